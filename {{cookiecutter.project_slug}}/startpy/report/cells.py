# From the template: an update may replace this file.
"""Read a percent script: its front matter, its cells, their options, the files it names."""

import ast
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

MARKER = re.compile(r"# ?%%+[^\[]*(?:\[(?P<kind>\w*)\])?")
INLINE = re.compile(r"`\{python\} +([^`]+)`")
TEXT, SWITCH, FOLD = (str,), (bool,), (bool, "show")
OPTIONS = {
    **dict.fromkeys(["label", "fig-cap", "fig-alt", "tbl-cap", "code-summary"], TEXT),
    **dict.fromkeys(["echo", "eval", "include", "output"], SWITCH),
    **{"code-fold": FOLD, "tags": (list, str)},
}
# The last four are Quarto's own, and nothing to us.
FRONT = {
    **dict.fromkeys(["title", "subtitle", "lang"], TEXT),
    **{"author": (str, list), "date": (str, date), "toc": SWITCH, "toc-depth": (int,)},
    **{"code-fold": FOLD, "embed-resources": SWITCH},
    **dict.fromkeys(["execute", "format", "jupyter"], (str, dict)),
}
WORDS = {
    **{str: "text", bool: "true or false", int: "a whole number", list: "a list"},
    **{dict: "settings", date: "a day"},
}


class Settings(dict[str, Any]):
    """Options by name; `lines` has the line that each one stands on."""

    def __init__(self, values: dict[str, Any], lines: dict[str, int]) -> None:
        super().__init__(values)
        self.lines = lines


@dataclass(frozen=True)
class Cell:
    """A cell: the line of its `# %%`, the line its text begins at, its text, its options."""

    markdown: bool
    line: int
    start: int
    text: str
    options: Settings


@dataclass(frozen=True)
class Script:
    """A percent script, read and found sound, not yet run."""

    path: Path
    front: Settings
    cells: list[Cell]
    labels: list[str]

    def fault(self, line: int, text: str) -> ValueError:
        """Return an error that says where in the script something is wrong."""
        return fault(self.path, line, text)


def fault(path: Path, line: int, text: str) -> ValueError:
    """Return an error that says where in a script something is wrong."""
    return ValueError(f"{path.as_posix()}, line {line}: {text}")


def read_script(path: Path) -> Script:
    """Read a percent script as VS Code, Jupytext and Quarto understand it.

    Raises
    ------
    SyntaxError
        If it is not Python.
    ValueError
        If a cell, an option or the front matter is not what it must be.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    tree = ast.parse("\n".join(lines), path.as_posix())
    marks = [number for number, line in enumerate(lines, 1) if MARKER.match(line)]
    first = min(marks, default=len(lines) + 1)
    for node in tree.body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if node.lineno < first and not docstring:
            raise fault(path, node.lineno, "code must stand in a cell; put `# %%` above it.")

    cells = [
        _cell(path, mark, lines[mark - 1 : end - 1])
        for mark, end in zip(marks, [*marks[1:], len(lines) + 1], strict=True)
    ]
    if not cells or not cells[0].markdown:
        raise fault(path, first, "the first cell must be `# %% [markdown]`, with the front matter.")
    front, rest = _front_matter(path, cells[0])
    labels: list[str] = []
    for options in (cell.options for cell in cells if "label" in cell.options):
        label, line = options["label"], options.lines["label"]
        if not re.fullmatch(r"[A-Za-z][\w-]*", label):
            raise fault(path, line, f"a label must be one word, but came {label!r}.")
        if label in labels:
            raise fault(path, line, f"a label must be unique, but {label} was used before.")
        labels.append(label)
    return Script(path, front, [rest, *cells[1:]], labels)


def _cell(path: Path, mark: int, lines: list[str]) -> Cell:
    """Return the cell that begins at line `mark`; `lines` are all of its lines."""
    kind = MARKER.match(lines[0])["kind"]
    if kind == "markdown":
        for number, line in enumerate(lines[1:], mark + 1):
            if line.strip() and not line.startswith("#"):
                raise fault(
                    path,
                    number,
                    "a markdown cell holds comment lines only, but this is code; "
                    "put `# %%` above it.",
                )
        text = "\n".join(re.sub("^# ?", "", line) for line in lines[1:])
        return Cell(True, mark, mark + 1, text, Settings({}, {}))
    if kind is not None:
        raise fault(path, mark, f"a cell is `# %%` or `# %% [markdown]`, but this is [{kind}].")

    start = next((at for at, line in enumerate(lines) if at and line.strip()), len(lines))
    end = next((at for at in range(start, len(lines)) if lines[at][:2] != "#|"), len(lines))
    for number, line in enumerate(lines[end:], mark + end):
        if line.startswith("#|"):
            raise fault(path, number, "options (`#|`) must be the first lines of their cell.")
    text = "\n".join(re.sub(r"^#\| ?", "", line) for line in lines[start:end])
    options = _settings(path, mark + start, text, OPTIONS, "#| option")
    return Cell(False, mark, mark + end, "\n".join(lines[end:]).rstrip(), options)


def _front_matter(path: Path, cell: Cell) -> tuple[Settings, Cell]:
    """Return the front matter, and what else the first cell holds."""
    lines = cell.text.splitlines()
    fences = [at for at, line in enumerate(lines) if line.rstrip() == "---"]
    if len(fences) < 2 or any(line.strip() for line in lines[: fences[0]]):
        raise fault(
            path,
            cell.line,
            "the first cell must begin with the front matter, between two lines `# ---`.",
        )
    begin, end = fences[:2]
    start = cell.start + begin + 1
    front = _settings(path, start, "\n".join(lines[begin + 1 : end]), FRONT, "front matter key")
    if not front.get("title"):
        raise fault(path, start, "the front matter must have a title.")
    if not re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", front.setdefault("lang", "en")):
        raise fault(path, front.lines["lang"], "lang must be a language like en, fr or pt-BR.")
    if front.get("date") in ("today", "now", "last-modified"):
        raise fault(path, front.lines["date"], "date must be a day: the page must not change daily.")
    rest = "\n".join(lines[end + 1 :])
    return front, Cell(True, cell.line, cell.start + end + 1, rest, cell.options)


def _settings(
    path: Path, start: int, text: str, known: dict[str, tuple[Any, ...]], what: str
) -> Settings:
    """Return options written as YAML from line `start` on, each known and of its type."""
    try:
        values = yaml.safe_load(text) or {}
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        context = str(getattr(error, "context", ""))
        scanning = context.startswith("while scanning")
        mark = getattr(error, "context_mark" if scanning else "problem_mark", None)
        raise fault(
            path,
            start + (mark.line if mark else 0),
            f"this is not YAML: {getattr(error, 'problem', error)}. Put a text in quotes "
            "if it has a colon in it or begins with `.",
        ) from None
    if not isinstance(values, dict):
        raise fault(path, start, f"a {what} must read `name: value`, but this is {text!r}.")
    lines = {key.value: start + key.start_mark.line for key, _ in tree.value} if tree else {}
    for name, value in values.items():
        line = lines.get(name, start)
        if name not in known:
            raise fault(
                path, line, f"{name!r} is not a known {what}; these are: {', '.join(known)}."
            )
        if not any(value == kind or type(value) is kind for kind in known[name]):
            kinds = " or ".join(WORDS.get(kind, str(kind)) for kind in known[name])
            raise fault(path, line, f"{name} must be {kinds}, but came {value!r}.")
    return Settings(values, lines)


def check_inputs(path: Path, inputs: Iterable[Path]) -> None:
    """Refuse a script that names a file of the project which its rule does not list.

    Raises
    ------
    ValueError
        At the first such name: the pipeline would not see that file change.
    """
    root = Path.cwd().resolve()
    listed = {file.resolve() for file in (path, *inputs)}
    for line, text in sorted(_literals(path.read_text(encoding="utf-8"))):
        if not ("/" in text or Path(text).suffix) or not os.path.isfile(text):
            continue
        file = Path(text).resolve()
        if file.is_relative_to(root) and file not in listed:
            raise ValueError(
                f"{path.as_posix()}, line {line}, reads {file.relative_to(root).as_posix()}, but "
                "the rule `report` does not list it: add it to the rule's input in the Snakefile."
            )


def _literals(text: str) -> Iterator[tuple[int, str]]:
    """Yield each string literal of the code, inline code included, and its line."""
    pieces = [(0, text)]
    for number, line in enumerate(text.splitlines()):
        pieces += [(number, code.strip()) for code in INLINE.findall(line)]
    for before, code in pieces:
        # Inline code that is not Python is reported where it is evaluated.
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield before + node.lineno, node.value
