# From the template: an update may replace this file.
"""What a newer template brings: two versions of it side by side, and what becomes of each file."""

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from startpy.environment import stop

# A Snakefile is no Python, but imports like it.
IMPORTS = re.compile(
    r"^[ \t]*from[ \t]+((?:helpers|startpy)[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)", re.M
)
MODULES = re.compile(
    r"^[ \t]*import[ \t]+((?:helpers|startpy)[\w.]*)(?:[ \t]+as[ \t]+(\w+))?", re.M
)
NAMES = re.compile(r"(?:^|,)\s*(\w+)(?:\s+as\s+(\w+))?")
MARK = b"From the template: an update may replace this file."
# Where a template writes where the project came from; it is no file of either side.
LINK = ".cruft.json"
# Packages are compared by name, and pins by what wants them.
PINS = {"pyproject.toml", "requirements.lock"}

CHANGED = "Changed"
MERGED = "Changed, and your edits there are kept"
ADDED = "New"
REMOVED = "Removed"
OBSOLETE = "No longer of the template, but edited by you: left alone, and yours from now on"
DELETED = "Changed, but you have deleted them: left out"
YOURS = "Yours, and left alone, though the template has another text by now"
EXAMPLE = "New in the template's example, and not brought: it would be yours"
CLASH = "Changed by you and by the template in the same lines"
TAKEN = "New, but you have a file of that name"


class Fate(NamedTuple):
    """What an update does to a file, and what the file holds then; nothing if it goes."""

    what: str
    content: bytes | None = None


class Wish(NamedTuple):
    """A package that the template wants: in which part of pyproject.toml, and with which limits."""

    part: tuple
    wanted: str


def bring(address: str, folder: Path) -> str:
    """Copy the history of a template into a folder; return what git says if it cannot."""
    # All branches and tags, and no files.
    done = git("clone", "--quiet", "--bare", "--", address, folder)
    return done.stderr.strip() if done.returncode else ""


def commit_of(revision: str, history: Path) -> str | None:
    """Return the commit that a tag, a branch or an abbreviation means in a template."""
    words = ["--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
    done = git("-C", history, "rev-parse", *words)
    return done.stdout.strip() or None


def name_of(commit: str, history: Path) -> str:
    """Return a commit as people call it: by its tag, or the last tag before it."""
    return git("-C", history, "describe", "--tags", "--always", commit).stdout.strip()


def news(before: str, after: str, history: Path, folder: str) -> list[str]:
    """Return the lines that the changelog of a template has gained."""
    path = f"{folder}/CHANGELOG.md" if folder else "CHANGELOG.md"
    how = ["--no-color", "--no-ext-diff", "--unified=0", before, after, "--", path]
    said = git("-C", history, "diff", *how).stdout.splitlines()
    lines = [line[1:] for line in said if line.startswith("+") and not line.startswith("+++")]
    return [line for line in lines if line.strip()]


def render(link: dict, commit: str, history: Path, work: Path) -> dict[str, bytes]:
    """Return the files of a project as a version of the template makes it.

    The answers are those of the project; a question that they do not know has its
    default answer.
    """
    place, answers = work / commit, work / "answers.json"
    known = link["context"]["cookiecutter"]
    public = {name: text for name, text in known.items() if not name.startswith("_")}
    answers.write_text(json.dumps(public), "utf-8")
    (work / "temporary").mkdir(exist_ok=True)
    folder = ["--directory", link["directory"]] if link.get("directory") else []
    command = [sys.executable, "-m", "cruft", "create", history, "--checkout", commit, *folder]
    how = ["--no-input", "--default-config", "--extra-context-file", answers]
    done = subprocess.run(
        list(map(str, [*command, *how, "--output-dir", place])),
        cwd=work,
        # Cookiecutter leaves files behind; on Windows, cruft would write in the local encoding.
        env={
            **os.environ,
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(work / "temporary")),
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode or not place.is_dir():
        last = "\n".join(f"{done.stdout}\n{done.stderr}".strip().splitlines()[-12:])
        if "No module named cruft" in last:
            stop(
                "An update needs cruft, which is not in the environment.",
                'Name "cruft" in the group dev of pyproject.toml, then: python run.py lock',
            )
        stop(
            f"Nothing is changed: version {name_of(commit, history)} of the template makes no "
            f"project of the answers in {LINK}.",
            last,
        )
    (project,) = place.iterdir()
    return files_in(project)


def files_in(folder: Path) -> dict[str, bytes]:
    """Return what is in each file of a folder, by its path."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): read(path) for path in found}


def read(path: Path) -> bytes:
    """Return what is in a file, whatever line ends an editor has given it."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def is_ours(content: bytes | None) -> bool:
    """Say whether a file is the template's: its first line says so.

    Examples
    --------
    >>> is_ours(b"# From the template: an update may replace this file.\\nx = 1\\n")
    True
    >>> is_ours(b"x = 1\\n"), is_ours(None)
    (False, False)
    """
    return MARK in (content or b"").partition(b"\n")[0]


def fates(old: dict, yours: dict, new: dict, taken: list[str]) -> dict[str, Fate]:
    """Return what becomes of each file; those are left out of which nothing is to be said.

    Parameters
    ----------
    old, new : dict of str to bytes
        The project as the two versions of the template make it.
    yours : dict of str to bytes
        The files of the project that have a path of these.
    taken : list of str
        The files of which the template's text is wanted, whatever became of them here.

    Examples
    --------
    >>> mark = b"# From the template: an update may replace this file.\\n"
    >>> old, new = {"run.py": mark + b"1\\n"}, {"run.py": mark + b"2\\n"}
    >>> fates(old, {"run.py": mark + b"1\\n"}, new, [])["run.py"].what
    'Changed'
    >>> fates(old, {"run.py": b"1\\n"}, new, [])["run.py"].what
    'Yours, and left alone, though the template has another text by now'
    """
    found = {}
    for path in sorted(old.keys() | new.keys()):
        if path in taken:
            fate = Fate(CHANGED if path in yours else ADDED, new[path])
        else:
            fate = fate_of(old.get(path), yours.get(path), new.get(path))
        is_same = fate and fate.what in (CHANGED, ADDED) and fate.content == yours.get(path)
        if fate and not is_same and path not in {LINK, *PINS}:
            found[path] = fate
    return found


def fate_of(old: bytes | None, yours: bytes | None, new: bytes | None) -> Fate | None:
    """Return what becomes of a file, of which a version of each side may be missing."""
    if new in (old, yours):
        return None
    if old is None and is_ours(new):
        return Fate(ADDED if yours is None else TAKEN, new)
    if not all(is_ours(each) for each in (old, yours, new) if each is not None):
        if yours is None:
            return Fate(EXAMPLE) if old is None else None
        return None if new is None else Fate(YOURS)
    if yours is None:
        return Fate(DELETED)
    if new is None:
        return Fate(REMOVED if yours == old else OBSOLETE)
    return Fate(CHANGED, new) if yours == old else merged(old, yours, new)


def merged(old: bytes, yours: bytes, new: bytes) -> Fate:
    """Return a file with the edits of both sides, if they are in different lines."""
    with tempfile.TemporaryDirectory(prefix="merge-") as folder:
        names = [Path(folder, name) for name in ("yours", "old", "new")]
        for name, content in zip(names, (yours, old, new), strict=True):
            name.write_bytes(content)
        done = subprocess.run(
            ["git", "merge-file", "-p", "--quiet", *map(str, names)], capture_output=True
        )
    return Fate(MERGED, done.stdout) if done.returncode == 0 else Fate(CLASH, new)


def lost(old: dict, new: dict, code: dict[str, str]) -> list[str]:
    """Return what the project's own code imports that a newer template no longer has.

    Examples
    --------
    >>> old = {"helpers/tidy.py": b"def clean(): ...\\ndef count(): ...\\n"}
    >>> new = {"helpers/tidy.py": b"def count(): ...\\n"}
    >>> lost(old, new, {"stages/clean.py": "from helpers.tidy import clean, count"})
    ['stages/clean.py: clean of helpers.tidy']
    """
    gone = set()
    for path in old:
        if path.startswith(("helpers/", "startpy/")) and path.endswith(".py"):
            module = path[:-3].removesuffix("/__init__").replace("/", ".")
            # What this Python cannot read, it cannot judge.
            with suppress(SyntaxError):
                left = names_in(old[path]) - names_in(new.get(path, b""))
                gone |= {(module, name) for name in left}
            gone |= set() if path in new else {tuple(module.rpartition(".")[::2])}
    return [
        f"{path}: {name} of {module}"
        for path, text in code.items()
        for module, name in dict.fromkeys(taken(text))
        if (module, name) in gone
    ]


def taken(text: str) -> Iterator[tuple[str, str]]:
    """Yield the modules of helpers and startpy that code uses, each with a name in it.

    Examples
    --------
    >>> list(taken("import helpers.tidy as t\\nfrom helpers import read\\nt.clean(read.csv())"))
    [('helpers', 'read'), ('helpers.tidy', 'clean'), ('helpers.read', 'csv')]
    """
    known = {alias or module: module for module, alias in MODULES.findall(text)}
    for module, listed in IMPORTS.findall(text):
        for name, alias in NAMES.findall(re.sub("#.*|[()]", "", listed)):
            yield module, name
            known[alias or name] = f"{module}.{name}"
    for called, module in known.items():
        for name in re.findall(rf"(?<![\w.]){re.escape(called)}\.(\w+)", text):
            yield module, name


def names_in(module: bytes) -> set[str]:
    """Return the names that a module has at its top."""
    body = ast.parse(module).body
    imports = (each for each in body if isinstance(each, ast.Import | ast.ImportFrom))
    return {
        *(each.name for each in body if isinstance(each, ast.FunctionDef | ast.ClassDef)),
        *(name.asname or name.name for each in imports for name in each.names),
        *(
            target.id
            for each in body
            for target in getattr(each, "targets", [getattr(each, "target", None)])
            if isinstance(target, ast.Name)
        ),
    }


def wishes(project: dict) -> dict[tuple, str]:
    """Return what each part of a pyproject.toml wants, by part and package.

    Examples
    --------
    >>> wishes({"project": {"dependencies": ["Pandas >=3"]}, "dependency-groups": {"dev": ["uv"]}})
    {((), 'pandas'): 'Pandas >=3', (('--group', 'dev'), 'uv'): 'uv'}
    """
    section = project.get("project", {})
    parts = {(): section.get("dependencies", [])}
    for option, groups in (
        ("--optional", section.get("optional-dependencies", {})),
        ("--group", project.get("dependency-groups", {})),
    ):
        parts |= {(option, name): wanted for name, wanted in groups.items()}
    # A group may also hold another group, which is no text.
    return {
        (part, canonicalize_name(Requirement(each).name)): each
        for part, wanted in parts.items()
        for each in wanted
        if isinstance(each, str)
    }


def more_wanted(old: dict, yours: dict, new: dict) -> tuple[list[Wish], list[str]]:
    """Return what pyproject.toml lacks for a newer template, and what its owner must look at."""
    old, yours, new = map(wishes, (old, yours, new))
    more, look = [], []
    for (part, name), wanted in new.items():
        before, here = old.get((part, name)), yours.get((part, name))
        if wanted in (before, here):
            continue
        if here == before:
            more.append(Wish(part, wanted))
        elif Requirement(wanted).specifier:
            look.append(f"{wanted} (in your pyproject.toml: {here or 'taken out'})")
    return more, look


def without_password(address: str) -> str:
    """Return an address without a name and password in it: this one is committed."""
    return re.sub("//[^/@]*@", "//", address)


def git(*arguments: str | Path, given: str | None = None) -> subprocess.CompletedProcess:
    """Return what came of a command of git, in words that do not depend on the reader's tongue."""
    return subprocess.run(
        ["git", *map(str, arguments)],
        env=os.environ | {"LC_ALL": "C"},
        input=given,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
