# From the template: an update may replace this file.
"""Run the cells of a script in this process and keep what they show."""

import ast
import base64
import contextlib
import io
import os
import re
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from helpers.show import Figure, Table, show_table
from startpy.report.cells import Cell

# In the order in which a page prefers them.
METHODS = {
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "text/markdown": "_repr_markdown_",
}
# A page must open on a phone: 50,000 points are 0.4 MB as PNG and 36 MB as SVG.
HEAVY = 1_000_000


@dataclass
class Output:
    """Something a cell shows: "table", "figure" or a MIME type, and its content."""

    kind: str
    content: Any


@dataclass(frozen=True)
class Picture:
    """A figure as an address that holds it, the size of a PNG, and the words it came with."""

    source: str
    size: tuple[int, ...]
    caption: str | None = None
    alt: str | None = None


class Session(io.TextIOBase):
    """The names a script has defined so far; as a text stream, what its cells print."""

    def __init__(self, path: Path) -> None:
        # Drawing must not need a screen, and `plt.show()` nobody to look at one.
        os.environ.setdefault("MPLBACKEND", "agg")
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
        self.path = path
        self.outputs: list[Output] = []
        self.module = ModuleType("__main__")
        self.names = vars(self.module)
        self.names |= {"__file__": str(path), "display": self.display}
        self.names |= {"__display__": self.display, "__text__": self.text}

    def run(self, cell: Cell) -> list[Output]:
        """Execute a cell; return what it prints and shows, in order."""
        code = self.parse(cell.text, cell.start, "exec")
        last = code.body[-1] if code.body else None
        if isinstance(last, ast.Expr) and not _silenced(cell, last):
            last.value = _call("__display__", last.value)
        self.evaluate(code)
        plt = sys.modules.get("matplotlib.pyplot")
        for number in plt.get_fignums() if plt else []:
            self.display(plt.figure(number))
        outputs, self.outputs = self.outputs, []
        return outputs

    def value(self, expression: str, line: int) -> str:
        """Return the value of an expression as text."""
        code = self.parse(expression.strip(), line, "eval")
        return self.evaluate(ast.Expression(_call("__text__", code.body)))

    def parse(self, code: str, line: int, mode: str) -> Any:
        """Parse code so that tracebacks name its true line."""
        return ast.parse("\n" * (line - 1) + code, str(self.path), mode)

    def evaluate(self, tree: ast.Module | ast.Expression) -> Any:
        """Run parsed code as `__main__`, as pickle and dataclasses expect; keep its prints."""
        mode = "eval" if isinstance(tree, ast.Expression) else "exec"
        code = compile(tree, str(self.path), mode, dont_inherit=True)
        outer, sys.modules["__main__"] = sys.modules["__main__"], self.module
        try:
            with contextlib.redirect_stdout(self):
                return eval(code, self.names)  # noqa: S307 - the script is the analyst's own.
        finally:
            sys.modules["__main__"] = outer

    def display(self, *values: Any) -> None:
        """Show values in the report; `None` shows nothing."""
        for value in values:
            if value is not None and (output := self.represent(value)):
                self.outputs.append(output)

    def write(self, text: str) -> int:
        """Keep printed text, joined to what was printed before it."""
        if not self.outputs or self.outputs[-1].kind != "text/plain":
            self.outputs.append(Output("text/plain", ""))
        self.outputs[-1].content += self.text(text)
        return len(text)

    def text(self, value: Any) -> str:
        """Return a value as text; refuse text that would differ in the next run."""
        text = str(value)
        if found := re.search(r"<[^<>]* at 0x[0-9a-fA-F]+[^<>]*>", text):
            raise ValueError(
                f"{found[0]} says nothing to a reader, and something else in each run. "
                "Show a value of it; or silence the line: `_ = ...`."
            )
        return text

    def represent(self, value: Any) -> Output | None:
        """Return a value in the richest form it has."""
        if isinstance(value, pd.DataFrame | pd.Series):
            value = show_table(value)
        if isinstance(value, Table):
            return Output("table", value)
        if isinstance(value, Figure):
            return _figure(value.kind, value.content, value.caption, value.alt)
        if (plt := sys.modules.get("matplotlib.pyplot")) and isinstance(value, plt.Figure):
            picture = io.BytesIO()
            value.savefig(picture, format="png", dpi=200, metadata={"Software": None})
            plt.close(value)
            return _figure("image/png", picture.getvalue())
        if type(value).__module__.startswith("matplotlib"):
            # Axes and the like: their figure is open and shown.
            return None
        if not isinstance(value, type):
            bundle = getattr(value, "_repr_mimebundle_", lambda **_: None)
            bundle = _first(bundle(include=None, exclude=None)) or {}
            for kind, method in METHODS.items():
                content = bundle.get(kind) or _first(getattr(value, method, lambda: None)())
                if content is not None:
                    return _figure(kind, content) if "image" in kind else Output(kind, content)
        return Output("text/plain", self.text(repr(value)) + "\n")


def _figure(kind: str, content: str | bytes, *words: str | None) -> Output:
    """Return a picture as an output, with the size that a PNG says it has."""
    if kind == "image/png" and isinstance(content, str):
        content = base64.b64decode(content)
    data = content.encode() if isinstance(content, str) else content
    if "svg" in kind and len(data) > HEAVY:
        raise ValueError(
            f"An SVG figure in a page must be below 1 MB, but this has {len(data) / 1e6:.1f}: "
            "it holds every point. Show the .png, and give the .svg away as a file."
        )
    size = (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) if "png" in kind else ()
    source = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return Output("figure", Picture(source, size, *words))


def _first(value: Any) -> Any:
    """Return the data, where data may come with metadata in a tuple."""
    return value[0] if isinstance(value, tuple) else value


def _silenced(cell: Cell, last: ast.Expr) -> bool:
    """Say whether the last expression of a cell ends with a semicolon."""
    line = cell.text.split("\n")[last.end_lineno - cell.start]
    return line.encode()[last.end_col_offset :].lstrip().startswith(b";")


def _call(name: str, argument: ast.expr) -> ast.Call:
    """Return `name(argument)`, in the place of the argument."""
    call = ast.Call(ast.Name(name, ast.Load()), [argument], [])
    return ast.fix_missing_locations(ast.copy_location(call, argument))
