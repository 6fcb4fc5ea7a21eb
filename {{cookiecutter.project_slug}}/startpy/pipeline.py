# From the template: an update may replace this file.
"""What the Snakefile asks of the machine: a fair start, sources, code, options and settings."""

import ast
import fnmatch
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from startpy import guard, manifest
from startpy.config import CONFIG, check, read_config
from startpy.runs import be_alone, check_made, have_the_last_word, mend_times, stop
from startpy.settings import settings_of

__all__ = ["begin", "check", "code", "existing", "options", "settings", "sources"]


def begin(workflow) -> None:
    """Prepare a run: this Python for every stage, fixed dates, sound files, a last word.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    """
    # An environment that is not activated would leave the stages to the system's Python.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    os.environ["PYTHONUTF8"] = "1"
    if not workflow.is_main_process:
        return
    be_alone()
    mend_times()
    check_raw()
    changed = check_made()
    have_the_last_word(workflow, changed, bell=settings_of(read_config())["bell"])


def check_raw() -> None:
    """End the run unless every raw file is as it came."""
    if found := guard.faults():
        stop(guard.HEAD_OF_LIST, *found, "Then: python run.py")


def sources(*patterns: str) -> list[str]:
    """Return the names of the raw files in the list, in its order; those replaced are left out.

    Parameters
    ----------
    *patterns : str
        Only files of which one is the name, such as `"islands.csv"` or `"*.csv"`;
        without one, all files.
    """
    try:
        resources = [resource for resource in manifest.read() if resource.is_current]
    except manifest.Unreadable as error:
        stop(guard.HEAD_OF_LIST, guard.mend_list(error), "Then: python run.py")
    names = [each.path.name for each in resources]
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            stop(
                f"The Snakefile asks for the raw files {pattern!r}, but the list has none. It has: "
                f"{', '.join(names) or 'nothing'}.",
                "Add one, python run.py raw add FILE, or mend the Snakefile. Then: python run.py",
            )
    wanted = {name for pattern in patterns or "*" for name in fnmatch.filter(names, pattern)}
    return [each.name for each in resources if each.path.name in wanted]


def existing(*paths: str) -> list[str]:
    """Return the paths of files that people write, or end the run if one is not there.

    Snakemake misses a file only if it must make something of it. What was made of
    one that is deleted would pass for up to date.
    """
    for path in paths:
        if not Path(path).is_file():
            stop(
                f"{path} must be there: the Snakefile names it.",
                f"Put it back, git checkout -- {path}, or take its name out of the Snakefile.",
                "Then: python run.py",
            )
    return list(paths)


def options(settings: dict) -> str:
    """Return settings as options of a command.

    One string, and not a list: Snakemake compares parameters without their
    names, so it would not see two values that change places.

    Examples
    --------
    >>> options({"lightest_g": 2500, "heaviest_g": 6500})
    '--lightest-g 2500 --heaviest-g 6500'
    """
    words = []
    for name, value in settings.items():
        option = "--" + name.replace("_", "-")
        values = list(map(str, value if isinstance(value, list) else [value]))
        if not values or any("{" in each or "}" in each for each in values):
            stop(
                f"{CONFIG}: `{name}` must have a value without braces, but is {value!r}.",
                "Mend it, then: python run.py",
            )
        # -0.5 would be taken for an option of its own.
        negative = len(values) == 1 and values[0].startswith("-")
        words += [f"{option}={values[0]}"] if negative else [option, *values]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def settings(config: dict) -> str:
    """Return the settings that every stage reads for itself, all but the bell, as one string.

    Examples
    --------
    >>> settings({"settings": {"time_zone": "Europe/London", "bell": False}})
    '--time-zone Europe/London --scientific-notation False'
    """
    return options({name: each for name, each in settings_of(config).items() if name != "bell"})


def code(*modules: str) -> list[str]:
    """Return the files that these modules consist of, with every project file they import.

    Parameters
    ----------
    *modules : str
        Names as in an import; a single word is a stage.

    Returns
    -------
    list of str
        Paths from the project's root, sorted. An edit of one re-runs the rule.

    Examples
    --------
    >>> [path for path in code("ingest") if path.startswith("stages")]
    ['stages/__init__.py', 'stages/ingest.py']
    """
    found: set[Path] = set()
    waiting = [name if "." in name else f"stages.{name}" for name in modules]
    for name in waiting:
        if not files_of(name):
            stop(
                f"The Snakefile asks for the code of {name}, but there is no such module.",
                "Mend it, then: python run.py",
            )
    while waiting:
        name = waiting.pop()
        for path in files_of(name) - found:
            found.add(path)
            if path.suffix == ".py":
                waiting += imports_of(path)
    return sorted(path.as_posix() for path in found)


def files_of(module: str) -> set[Path]:
    """Return the project's files that importing a module reads; none if it is not the project's."""
    path = Path(*module.split("."))
    if path.with_suffix(".py").is_file():
        own = {path.with_suffix(".py")}
    elif (path / "__init__.py").is_file():
        # What a package reads beside its modules, such as the look of the report's page.
        others = {file for file in path.iterdir() if file.suffix not in ("", ".py", ".pyc")}
        own = {path / "__init__.py", path / "__main__.py"} | others
    else:
        return set()
    packages = {parent / "__init__.py" for parent in path.parents}
    return {file for file in own | packages if file.is_file() and not file.name.startswith(".")}


def imports_of(path: Path) -> Iterator[str]:
    """Yield the names of the modules that a file imports, project's or not."""
    try:
        tree = ast.parse(path.read_bytes(), filename=path.as_posix())
    except SyntaxError as error:
        stop(
            f"{path.as_posix()}, line {error.lineno}, is not Python: {error.msg}.",
            f"    {(error.text or '').rstrip()}",
            f"    {' ' * ((error.offset or 1) - 1)}^",
            "Mend it, then: python run.py",
        )
    package = list(path.parent.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*above, *filter(None, [node.module])])
            yield from (start, *(f"{start}.{alias.name}" for alias in node.names))
