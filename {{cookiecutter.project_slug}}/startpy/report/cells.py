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
FRONT = {
    **dict.fromkeys(["title", "subtitle", "author", "lang"], TEXT),
    **{"date": (date, str), "toc": SWITCH, "toc-depth": (int,), "code-fold": FOLD},
}
WORDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    date: "a day",
}


class Settings(dict[str, Any]):
    """Options by name; `lines` has the line that each one stands on."""

    lines: dict[str, int]


@dataclass(frozen=True)
class Cell:
    """A cell: the line of its `# %%`, the line its text begins at, its text, its options."""

    markdown: bool
    line: int
    start: int
    text: str
    options: Settings

    def tagged(self, tag: str) -> bool:
        """Say whether the cell has a tag, alone or in a list."""
        tags = self.options.get("tags", [])
        return tag in ([tags] if isinstance(tags, str) else tags)


@dataclass(frozen=True)
class Script:
    """A percent script, read and found sound, not yet run."""

    path: Path
    front: Settings
    cells: list[Cell]
    labels: list[str]


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
    text = path.read_text(encoding="utf-8-sig")
    ast.parse(text, path.as_posix())
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines, 1) if MARKER.match(line)]
    if marks[:1] != [1] or MARKER.match(lines[0])["kind"] != "markdown":
        raise fault(path, 1, "a report must begin with `# %% [markdown]` and its front matter.")
    ends = [*marks[1:], len(lines) + 1]
    cells = [_cell(path, at, lines[at - 1 : end - 1]) for at, end in zip(marks, ends, strict=True)]
    front, cells[0] = _front_matter(path, cells[0])
    labels: list[str] = []
    for options in (cell.options for cell in cells if "label" in cell.options):
        if options["label"] in labels:
            text = f"a label must be unique, but {options['label']} was used before."
            raise fault(path, options.lines["label"], text)
        labels.append(options["label"])
    return Script(path, front, cells, labels)


def _cell(path: Path, mark: int, lines: list[str]) -> Cell:
    """Return the cell that begins at line `mark`; `lines` are all of its lines."""
    kind = MARKER.match(lines[0])["kind"]
    if kind == "markdown":
        for number, line in enumerate(lines[1:], mark + 1):
            if line.strip() and not line.startswith("#"):
                text = "a markdown cell must hold comments only; put `# %%` above the code."
                raise fault(path, number, text)
        text = "\n".join(re.sub("^# ?", "", line) for line in lines[1:])
        return Cell(True, mark, mark + 1, text, Settings())
    if kind is not None:
        raise fault(path, mark, f"a cell must be `# %%` or `# %% [markdown]`, but came [{kind}].")
    start = next((at for at, line in enumerate(lines) if at and line.strip()), len(lines))
    end = next((at for at in range(start, len(lines)) if lines[at][:2] != "#|"), len(lines))
    for number, line in enumerate(lines[end:], mark + end):
        if line.startswith("#|"):
            raise fault(path, number, "an option (`#|`) must stand above the code of its cell.")
    text = "\n".join(re.sub(r"^#\| ?", "", line) for line in lines[start:end])
    options = _settings(path, mark + start, text, OPTIONS)
    return Cell(False, mark, mark + end, "\n".join(lines[end:]).rstrip(), options)


def _front_matter(path: Path, cell: Cell) -> tuple[Settings, Cell]:
    """Return the front matter, and the rest of the first cell."""
    lines = cell.text.split("\n")
    fences = [at for at, line in enumerate(lines) if line.rstrip() == "---"]
    if len(fences) < 2 or fences[0] != 0:
        text = "the first cell must begin with the front matter, between two lines `# ---`."
        raise fault(path, cell.start, text)
    end = fences[1]
    front = _settings(path, cell.start + 1, "\n".join(lines[1:end]), FRONT)
    if not front.get("title"):
        raise fault(path, cell.start, "the front matter must have a title.")
    if not re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", front.setdefault("lang", "en")):
        raise fault(path, front.lines["lang"], "lang must be a language like en, fr or pt-BR.")
    if front.get("date") in ("today", "now", "last-modified"):
        raise fault(path, front.lines["date"], "date must be a day, the same in every run.")
    rest = "\n".join(lines[end + 1 :])
    return front, Cell(True, cell.line, cell.start + end + 1, rest, cell.options)


def _settings(path: Path, start: int, text: str, known: dict[str, tuple[Any, ...]]) -> Settings:
    """Return options written as YAML from line `start` on, each known and of its type."""
    loader = yaml.SafeLoader(text)
    try:
        tree = loader.get_single_node()
        values = loader.construct_document(tree) if tree else {}
    except yaml.MarkedYAMLError as error:
        scanning = str(error.context).startswith("while scanning")
        line = start + (error.context_mark if scanning else error.problem_mark).line
        hint = "Put a text in quotes if it has a colon in it or begins with `."
        raise fault(path, line, f"this must be YAML, but {error.problem}. {hint}") from None
    if not isinstance(values, dict):
        raise fault(path, start, f"an option must read `name: value`, but came {text!r}.")
    settings = Settings(values)
    settings.lines = (
        {key.value: start + key.start_mark.line for key, _ in tree.value} if tree else {}
    )
    for name, value in values.items():
        line = settings.lines.get(name, start)
        if name not in known:
            raise fault(path, line, f"an option must be one of {', '.join(known)}; came {name}.")
        if not any(value == kind or type(value) is kind for kind in known[name]):
            kinds = " or ".join(WORDS.get(kind, str(kind)) for kind in known[name])
            raise fault(path, line, f"{name} must be {kinds}, but came {value!r}.")
    return settings


def check_inputs(path: Path, inputs: Iterable[Path]) -> None:
    """Refuse a script that names a file of the project which its rule does not list.

    Raises
    ------
    ValueError
        At the first such name: the pipeline would not see that file change.
    """
    root = Path.cwd().resolve()
    listed = {file.resolve() for file in (path, *inputs)}
    for line, text in sorted(_literals(path.read_text(encoding="utf-8-sig"))):
        if not ("/" in text or Path(text).suffix) or not os.path.isfile(text):
            continue
        file = Path(text).resolve()
        if file.is_relative_to(root) and file not in listed:
            raise ValueError(
                f"{path.as_posix()}, line {line}, reads {file.relative_to(root).as_posix()}, "
                f"but the rule `{path.stem}` does not list it: add it to the rule's input in "
                "the Snakefile."
            )


def _literals(text: str) -> Iterator[tuple[int, str]]:
    """Yield each string literal of the code, inline code included, and its line."""
    pieces = [(0, text)]
    for number, line in enumerate(text.split("\n")):
        pieces += [(number, code.strip()) for code in INLINE.findall(line)]
    for before, code in pieces:
        # What is not Python is reported where it is run.
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield before + node.lineno, node.value
