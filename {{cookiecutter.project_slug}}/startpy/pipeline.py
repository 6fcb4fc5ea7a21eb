# From the template: an update may replace this file.
"""What the Snakefile asks of the machine: a fair start, sources, code, options and settings."""

import ast
import atexit
import fnmatch
import os
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psutil
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from startpy import guard, manifest
from startpy.settings import settings_of, zone_fault

CONFIG = Path("config.yaml")
SCHEMA = Path("config.schema.yaml")
STATE = Path(".snakemake/startpy")
NOTES = STATE / "running"

# What jsonschema calls it: what people say.
KINDS = {
    "number": "number",
    "integer": "whole number",
    "string": "text",
    "boolean": "yes or no (true or false)",
    "object": "group of settings",
    "array": "list",
}
MUST = {
    "type": "a {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "enum": "one of {}",
}
FORMATS = FormatChecker(formats=())
FORMATS.checks("time-zone")(lambda name: not zone_fault(name))


def begin(workflow) -> None:
    """Prepare a run: this Python for every stage, fixed dates, no stale lock, a last word.

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
    # First the own note, then a look at the others': of two that start at once, both see two.
    note_this_run()
    locks = locks_here()
    if not others_running() and locks:
        print("The last run was killed. This one mends what it left.", file=sys.stderr)
        for lock in locks:
            lock.unlink(missing_ok=True)
    check_raw()
    config = load(CONFIG)
    if not isinstance(config, dict):
        stop(
            f"{CONFIG} must hold settings, one `name: value` a line, but holds none.",
            f"Take back the last edit: git checkout -- {CONFIG}",
            "Then: python run.py",
        )
    have_the_last_word(workflow, bell=settings_of(config)["bell"])


def check(config: dict) -> None:
    """End the run if the config breaks its schema: every fault, what must be and what came.

    Parameters
    ----------
    config : dict
        What config.yaml says, with what the command line adds.
    """
    schema = load(SCHEMA)
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    faults = [fault_of(error) for error in validator.iter_errors(config)]
    if faults:
        stop("config.yaml must be mended:", *sorted(faults), "", "Then: python run.py")


def fault_of(error) -> str:
    """Return a sentence for an error of jsonschema."""
    where = ".".join(map(str, error.absolute_path))
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema["properties"]))
        inside = f" in `{where}`" if where else ""
        known = ", ".join(error.schema["properties"])
        return f"  `{'`, `'.join(unknown)}`{inside} is not a setting; these are: {known}."
    if error.validator == "required":
        name = re.findall("'(.+?)'", error.message)[0]
        return f"  `{f'{where}.' if where else ''}{name}` is missing."
    if error.validator_value == "time-zone":
        return f"  `{where}` {zone_fault(error.instance)}"
    must = MUST.get(error.validator, f"what {SCHEMA} says ({error.validator}: {{}})")
    said = KINDS.get(str(error.validator_value), error.validator_value)
    return f"  `{where}` must be {must.format(said)}, but is {error.instance!r}."


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
        stop(
            guard.HEAD_OF_LIST,
            str(error),
            f"Mend it, or take back the last edit: git checkout -- {manifest.MANIFEST.as_posix()}",
            "Then: python run.py",
        )
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


def check_raw() -> None:
    """End the run unless every raw file is as it came."""
    if found := guard.faults():
        stop(guard.HEAD_OF_LIST, *found, "Then: python run.py")


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


def note_this_run() -> None:
    """Leave a note that this process runs here, for as long as it does."""
    mine = NOTES / note_of(psutil.Process())
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.touch()
    atexit.register(mine.unlink, missing_ok=True)


def others_running() -> bool:
    """Say whether another run is at work here, and clear away the notes of dead ones.

    A killed run leaves Snakemake's lock behind, and Snakemake cannot know that
    nobody holds it any more. The notes can: a process has a number and an age.
    """
    for note in [note for note in NOTES.iterdir() if not is_alive(note.name)]:
        note.unlink(missing_ok=True)
    return any(note.name != note_of(psutil.Process()) for note in NOTES.iterdir())


def note_of(process: psutil.Process) -> str:
    """Return a name for a process: its number, its start in seconds, its machine."""
    return f"{process.pid} {process.create_time():.0f} {platform.node()}"


def is_alive(note: str) -> bool:
    """Say whether the process with this name is running; on another machine it may be."""
    process, start, machine = note.split(" ", 2)
    if machine != platform.node():
        return True
    try:
        # The clock may be set while a run is at work; a number is not used again within a minute.
        return abs(psutil.Process(int(process)).create_time() - float(start)) < 60
    except psutil.Error:
        return False


def load(path: Path) -> dict:
    """Return what a file of settings says, or end the run with the line that cannot be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line, fault = error.problem_mark.line + 1, error.problem
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line, fault = 1, f"it must be text in UTF-8 ({error})"
    except OSError as error:
        line, fault = 1, str(error.strerror)
    name = path.as_posix()
    stop(
        f"{name}, line {line}, cannot be read: {fault}.",
        f"Mend it, or take back the last edit: git checkout -- {name}",
        "Then: python run.py",
    )


def locks_here() -> list[Path]:
    """Return the locks by which a run of Snakemake keeps others out of this folder."""
    return list(Path(".snakemake/locks").glob("*.lock"))


def have_the_last_word(workflow, bell: bool) -> None:
    """Repeat what failed when all is over: the last lines are what people read. Ring the bell."""
    failures = STATE / f"failures-{os.getpid()}.txt"
    failures.unlink(missing_ok=True)
    os.environ["STARTPY_FAILURES"] = str(failures.resolve())
    done, failed = [], []
    workflow.onsuccess(done.append)
    workflow.onerror(failed.append)

    def tell() -> None:
        told = failures.read_text(encoding="utf-8") if failures.exists() else ""
        failures.unlink(missing_ok=True)
        if locks_here() and others_running():
            told = BUSY
        if failed or told:
            print("\n" + (told.strip() or STOPPED), file=sys.stderr)
        if bell and (done or failed) and sys.stderr.isatty() and not os.environ.get("CI"):
            print("\a", end="", file=sys.stderr)

    atexit.register(tell)


STOPPED = """The run stopped before it was done. What was finished is kept; if a stage failed, the
reason stands above. Go on where it stopped: python run.py"""
BUSY = """Another run is at work in this folder. Wait until it has ended, then: python run.py
(If it is dead and on another machine: python run.py --unlock)"""


def stop(*lines: str) -> NoReturn:
    """End the process with a message and status 1."""
    sys.exit("\n" + "\n".join(lines))
