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
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pandas as pd

from helpers.show import Table, show_table
from startpy.report.cells import Cell, Script

# In the order in which a page prefers them.
METHODS = {
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "text/markdown": "_repr_markdown_",
}


@dataclass
class Output:
    """Something a cell shows: a MIME type, or "table", and its content."""

    kind: str
    content: Any


class Session(io.TextIOBase):
    """The names a script has defined so far; as a text stream, what its cells print."""

    def __init__(self, script: Script) -> None:
        # Drawing must not need a screen.
        os.environ.setdefault("MPLBACKEND", "agg")
        self.script = script
        self.outputs: list[Output] = []
        self.module = ModuleType("__main__")
        self.module.__file__ = str(script.path)
        self.module.display = self.display

    def run(self, cell: Cell) -> list[Output]:
        """Execute a cell; return what it prints and shows, in order."""
        self.outputs = []
        code = self.parse(cell.text, cell.start, "exec")
        last = code.body[-1] if code.body else None
        shown = isinstance(last, ast.Expr) and not _silenced(cell, last)
        if shown:
            code.body.pop()
        with self.inside():
            self.evaluate(code)
            if shown:
                self.display(self.evaluate(ast.Expression(last.value)))
            for figure in _open_figures():
                self.display(figure)
        return self.outputs

    def value(self, expression: str, line: int) -> str:
        """Return the value of an expression as text."""
        with self.inside():
            return self.text(str(self.evaluate(self.parse(expression.strip(), line, "eval"))))

    def parse(self, code: str, line: int, mode: str) -> Any:
        """Parse code so that tracebacks name its true line."""
        return ast.parse("\n" * (line - 1) + code, str(self.script.path), mode)

    def evaluate(self, tree: ast.Module | ast.Expression) -> Any:
        """Run parsed code in the script's module."""
        mode = "eval" if isinstance(tree, ast.Expression) else "exec"
        code = compile(tree, str(self.script.path), mode, dont_inherit=True)
        return eval(code, vars(self.module))  # noqa: S307 - the script is the analyst's own.

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Let the script be `__main__`, as pickle and dataclasses expect, and keep its prints."""
        outer = sys.modules["__main__"]
        sys.modules["__main__"] = self.module
        try:
            with contextlib.redirect_stdout(self), warnings.catch_warnings():
                warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
                yield
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

    def text(self, text: str) -> str:
        """Refuse text that would differ in the next run."""
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
        if (plt := sys.modules.get("matplotlib.pyplot")) and isinstance(value, plt.Figure):
            picture = io.BytesIO()
            value.savefig(picture, format="png", dpi=200, metadata={"Software": None})
            plt.close(value)
            return Output("image/png", picture.getvalue())
        if type(value).__module__.startswith("matplotlib"):
            # Axes and the like: their figure is open and shown.
            return None
        if not isinstance(value, type):
            bundle = getattr(value, "_repr_mimebundle_", lambda **_: None)
            bundle = _first(bundle(include=None, exclude=None)) or {}
            for kind, method in METHODS.items():
                content = bundle.get(kind)
                if content is None:
                    content = _first(getattr(value, method, lambda: None)())
                if content is not None:
                    encoded = kind == "image/png" and isinstance(content, str)
                    return Output(kind, base64.b64decode(content) if encoded else content)
        return Output("text/plain", self.text(repr(value)) + "\n")


def _first(value: Any) -> Any:
    """Return the data, where data may come with metadata in a tuple."""
    return value[0] if isinstance(value, tuple) else value


def _silenced(cell: Cell, last: ast.Expr) -> bool:
    """Say whether the last expression of a cell ends with a semicolon."""
    line = cell.text.splitlines()[last.end_lineno - cell.start]
    return line.encode()[last.end_col_offset :].lstrip().startswith(b";")


def _open_figures() -> list[Any]:
    """Return the figures that pyplot holds open."""
    plt = sys.modules.get("matplotlib.pyplot")
    return [plt.figure(number) for number in plt.get_fignums()] if plt else []
