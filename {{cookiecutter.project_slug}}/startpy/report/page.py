# From the template: an update may replace this file.
"""Lay out the page: prose, code, figures and tables, in the order of the script."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from helpers.show import Table
from startpy.report.cells import INLINE, Cell, Script
from startpy.report.execute import Output, Session
from startpy.report.refused import refused

HERE = Path(__file__).parent
KINDS = {
    "text/plain": "printed",
    "text/html": "html",
    "text/markdown": "prose",
    "image/png": "figure",
    "image/svg+xml": "figure",
}
CAPTIONS = {"figure": "fig-cap", "table": "tbl-cap"}
REFERENCE = re.compile(r"(?<![\w@.])@((?:fig|tbl)-[\w-]*\w)")


@dataclass(frozen=True)
class Heading:
    """A heading of the prose, for the contents."""

    level: int
    id: str
    text: str


class Page:
    """The parts of a page, collected cell by cell."""

    def __init__(self, script: Script, session: Session) -> None:
        self.script = script
        self.session = session
        self.headings: list[Heading] = []
        self.blocks: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.names: dict[str, str] = {}
        self.ids = {"main", "show-code", *script.labels}
        self.markdown = MarkdownIt("commonmark", {"html": False, "highlight": _fence})
        self.markdown.enable("table")
        prose = [self.markdown.parse(cell.text) for cell in script.cells if cell.markdown]
        # The title is the page's h1: where sections begin with `#`, all move down by one.
        self.down = int(any(token.tag == "h1" for tokens in prose for token in tokens))

    def add(self, cell: Cell) -> None:
        """Run a cell and put what it shows at the end of the page."""
        options = cell.options
        if cell.markdown:
            self.prose(cell.text, cell.start)
            return
        runs = options.get("eval", True)
        outputs = self.session.run(cell) if runs else []
        if not options.get("include", True):
            return
        code = cell.text.strip("\n")
        if code and options.get("echo", True):
            fold = options.get("code-fold", self.script.front.get("code-fold", True))
            summary = options.get("code-summary", "Code")
            block = {"kind": "code", "html": _python(code), "fold": fold, "summary": summary}
            self.blocks.append(block)
        if runs and options.get("output", True):
            self.show(cell, outputs)

    def show(self, cell: Cell, outputs: list[Output]) -> None:
        """Put what a cell shows on the page, its figure or its table with number and caption."""
        options, fault = cell.options, self.script.fault
        captioned = [kind for kind, option in CAPTIONS.items() if option in options]
        kinds = [KINDS.get(output.kind, output.kind) for output in outputs]
        # A library's own HTML is what its caption says it is.
        kinds = [captioned[0] if kind == "html" and captioned else kind for kind in kinds]
        for kind in captioned:
            option, number = CAPTIONS[kind], kinds.count(kind)
            if number != 1:
                text = f"a cell with {option} must show one {kind}, but this one shows {number}."
                raise fault(options.lines[option], text)
        for option in ("fig-cap", "fig-alt"):
            if "figure" in kinds and not options.get(option):
                what = "caption" if option == "fig-cap" else "text for those who cannot see it"
                text = f'the figure of this cell must have a {what}; add `#| {option}: "..."`.'
                raise fault(cell.line, text)
        for kind, output in zip(kinds, outputs, strict=True):
            if output.kind == "text/html" and (reason := refused(output.content)):
                raise fault(cell.line, f"the page must need nothing from outside, but {reason}.")
            if kind == "prose":
                self.prose(output.content, cell.line, live=False)
            else:
                self.blocks.append(self.block(cell, kind, output))

    def block(self, cell: Cell, kind: str, output: Output) -> dict[str, Any]:
        """Return an output as the page's template takes it."""
        options, content = cell.options, output.content
        block = {"kind": kind, "html": content, "name": "", "note": getattr(content, "note", "")}
        if isinstance(content, Table):
            block["html"] = Markup(f"<table>{content.body}</table>")  # noqa: S704 - escaped there.
        elif output.kind == "text/html":
            block["html"] = Markup(content)  # noqa: S704 - checked, and under the page's policy.
        if kind == "figure":
            line = options.lines["fig-alt"]
            block["alt"] = INLINE.sub(
                lambda code: self.session.value(code[1], line), options["fig-alt"]
            )
            if output.kind != "text/html":
                data = content if isinstance(content, bytes) else content.encode()
                block["source"] = f"data:{output.kind};base64,{base64.b64encode(data).decode()}"
                block["size"] = _size(data) if output.kind == "image/png" else ()

        option = CAPTIONS.get(kind, "")
        if option in options:
            caption = self.inline(options[option], options.lines[option])
        elif given := getattr(content, "caption", None):
            caption = [Token("text", "", 0, content=given)]
        else:
            return block
        self.counts[kind] += 1
        block["name"] = f"{kind.title()} {self.counts[kind]}"
        label = options.get("label")
        if label in self.names or not label:
            label = self.unique(block["name"])
        self.names[label] = block["name"]
        return block | {"id": label, "caption": caption}

    def prose(self, text: str, line: int, live: bool = True) -> None:
        """Put Markdown on the page; values take the place of inline code if it is `live`."""
        tokens = self.read(self.markdown.parse(text), line, live)
        for at, token in enumerate(tokens):
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(max(int(token.tag[1]) + self.down, 2), 6)}"
            if token.type == "heading_open":
                words = self.plain(tokens[at + 1].children)
                token.attrSet("id", self.unique(words))
                self.headings.append(Heading(int(token.tag[1]), str(token.attrs["id"]), words))
            if token.type == "th_open":
                token.attrSet("scope", "col")
        self.blocks.append({"kind": "prose", "tokens": tokens})

    def inline(self, text: str, line: int) -> list[Token]:
        """Read a text of one line."""
        return self.read(self.markdown.parseInline(text), line, True)[0].children or []

    def read(self, tokens: list[Token], line: int, live: bool) -> list[Token]:
        """Put values and references in place; `line` is where the text begins."""
        at = 0
        for token in tokens:
            at = token.map[0] if token.map else at
            if token.children:
                token.children = list(self.filled(token.children, line + at, live))
        return tokens

    def filled(self, tokens: list[Token], line: int, live: bool) -> Iterator[Token]:
        """Yield a line's tokens: a value is text, whatever it holds; a reference is a link."""
        for token in tokens:
            line += token.type in ("softbreak", "hardbreak")
            code = re.fullmatch(r"\{python\} +(.+)", token.content)
            if token.type == "image":
                text = "an image must come from a code cell: `show_figure(...)`, with `#| fig-alt:`."
                raise self.script.fault(line, text)
            if token.type == "code_inline" and code and live:
                yield Token("text", "", 0, content=self.session.value(code[1], line))
            elif token.type == "text" and live:
                for at, piece in enumerate(REFERENCE.split(token.content)):
                    if at % 2 == 0:
                        yield Token("text", "", 0, content=piece)
                        continue
                    yield Token("link_open", "a", 1, attrs={"href": f"#{piece}"})
                    yield Token("text", "", 0, content=f"@{piece}", meta={"to": piece, "line": line})
                    yield Token("link_close", "a", -1)
            else:
                yield token

    def plain(self, tokens: list[Token] | None) -> str:
        """Return the words of a line."""
        words = (" " if token.type.endswith("break") else token.content for token in tokens or [])
        return "".join(words).strip()

    def rendered(self, tokens: list[Token]) -> Markup:
        """Return HTML, with the names of the figures and tables that it refers to."""
        for token in [child for token in tokens for child in [token, *(token.children or [])]]:
            if "to" in token.meta:
                if token.meta["to"] not in self.names:
                    text = f"{token.content} must be the label of a figure or table with a caption."
                    raise self.script.fault(token.meta["line"], text)
                token.content = self.names[token.meta["to"]]
        # Markdown with raw HTML off escapes all text.
        html = self.markdown.renderer.render(tokens, self.markdown.options, {})
        return Markup(html)  # noqa: S704

    def unique(self, words: str) -> str:
        """Return an id made from words, unlike every other on the page."""
        base = re.sub(r"[\W_]+", "-", words.lower()).strip("-") or "section"
        names = (base if number == 1 else f"{base}-{number}" for number in range(1, 10**6))
        name = next(name for name in names if name not in self.ids)
        self.ids.add(name)
        return name

    def html(self, sources: list[tuple[str, str]]) -> str:
        """Return the page; `sources` are the names and sha256 of the inputs."""
        front, lines = self.script.front, self.script.front.lines
        heads = {"title": front["title"], "subtitle": front.get("subtitle"), "author": None}
        if author := front.get("author"):
            heads["author"] = author if isinstance(author, str) else ", ".join(map(str, author))
        heads = {name: self.inline(text, lines[name]) for name, text in heads.items() if text}
        depth = front.get("toc-depth", 3) if front.get("toc", True) else 0
        script = (HERE / "page.js").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy = (
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
            f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        )
        places = Environment(
            loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        )  # fmt: skip
        places.filters |= {"rendered": self.rendered, "plain": self.plain}
        return places.get_template("page.html.j2").render(
            lang=front["lang"],
            heads=heads,
            date=str(front.get("date", "")),
            contents=[heading for heading in self.headings if heading.level <= depth],
            blocks=self.blocks,
            sources=sources,
            policy=Markup(policy),  # noqa: S704 - ours.
            style=Markup((HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - ours.
            script=Markup(script),  # noqa: S704 - ours.
        )


def _python(code: str) -> Markup:
    """Return Python with its syntax marked; Pygments escapes it."""
    return Markup(highlight(code, PythonLexer(), HtmlFormatter(nowrap=True)))  # noqa: S704


def _fence(code: str, language: str, _: str) -> str:
    """Return a code block of the prose; "" leaves it to Markdown."""
    return _python(code) if language in ("python", "py") else ""


def _size(png: bytes) -> tuple[int, int]:
    """Return the width and height that a PNG says it has."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
