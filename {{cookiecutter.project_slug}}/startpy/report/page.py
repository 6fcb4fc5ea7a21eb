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
from startpy.report.cells import INLINE, Cell, Script, fault
from startpy.report.execute import Output, Session
from startpy.report.refused import refused

HERE = Path(__file__).parent
KINDS = {"text/plain": "printed", "text/html": "html", "text/markdown": "prose"}
CAPTIONS = {"figure": "fig-cap", "table": "tbl-cap"}
REFERENCE = re.compile(r"(?<![\w@.])@((?:fig|tbl)-[\w-]*\w)")
REGION = '<div class="scroll" role="region" tabindex="0" aria-label="Table {} of the text">'


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
        self.markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        prose = [self.markdown.parse(cell.text) for cell in script.cells if cell.markdown]
        # The title is the page's h1: where sections begin with `#`, all move down by one.
        self.down = int(any(token.tag == "h1" for tokens in prose for token in tokens))

    def add(self, cell: Cell) -> None:
        """Run a cell and put what it shows at the end of the page."""
        if cell.markdown:
            self.prose(cell.text, cell.start)
            return
        options, code = cell.options, cell.text.strip("\n")
        outputs = self.session.run(cell) if options.get("eval", True) else []
        if not options.get("include", True):
            return
        if code and options.get("echo", True):
            html = Markup(highlight(code, PythonLexer(), HtmlFormatter(nowrap=True)))  # noqa: S704
            fold = options.get("code-fold", self.script.front.get("code-fold", True))
            summary = options.get("code-summary", "Code")
            self.blocks.append({"kind": "code", "html": html, "fold": fold, "summary": summary})
        if options.get("eval", True) and options.get("output", True):
            self.show(cell, outputs)

    def show(self, cell: Cell, outputs: list[Output]) -> None:
        """Put what a cell shows on the page, its figure or its table with number and caption."""
        path, options = self.script.path, cell.options
        # A library's own HTML may be a table: a caption says so.
        kinds = KINDS | ({"text/html": "table"} if "tbl-cap" in options else {})
        shown = [kinds.get(output.kind, output.kind) for output in outputs]
        for kind, option in CAPTIONS.items():
            if option in options and shown.count(kind) != 1:
                text = f"with {option}, this cell must show one {kind}, not {shown.count(kind)}."
                raise fault(path, options.lines[option], text)
        for option in ("fig-cap", "fig-alt"):
            if "figure" in shown and not options.get(option):
                what = "caption" if option == "fig-cap" else "text for those who cannot see it"
                text = f'the figure of this cell must have a {what}: `#| {option}: "..."`.'
                raise fault(path, cell.line, text)
        for kind, output in zip(shown, outputs, strict=True):
            if output.kind == "text/html" and (reason := refused(output.content)):
                text = f"a page must need nothing from outside, but this cell shows {reason}."
                raise fault(path, cell.line, text)
            if kind == "prose":
                self.prose(output.content, cell.line, live=False)
            else:
                self.blocks.append(self.block(cell, kind, output))

    def block(self, cell: Cell, kind: str, output: Output) -> dict[str, Any]:
        """Return an output as the template takes it."""
        options, content = cell.options, output.content
        block = {"kind": kind, "html": content, "name": "", "note": getattr(content, "note", "")}
        if isinstance(content, Table):
            block["html"] = Markup(f"<table>{content.body}</table>")  # noqa: S704 - escaped there.
        elif output.kind == "text/html":
            block["html"] = Markup(content)  # noqa: S704 - searched above, disarmed by the policy.
        elif kind == "figure":
            alt, line = options["fig-alt"], options.lines["fig-alt"]
            block["alt"] = INLINE.sub(lambda code: self.session.value(code[1], line), alt)
            block["source"], block["size"] = content

        option, given = CAPTIONS.get(kind), getattr(content, "caption", None)
        if option in options:
            caption = self.inline(options[option], options.lines[option])
        elif given:
            caption = [Token("text", "", 0, content=given)]
        else:
            return block
        self.counts[kind] += 1
        name = f"{kind.title()} {self.counts[kind]}"
        label = options.get("label")
        label = self.unique(name) if label is None or label in self.names else label
        self.names[label] = name
        return block | {"name": name, "id": label, "caption": caption}

    def prose(self, text: str, line: int, live: bool = True) -> None:
        """Put Markdown on the page; values take the place of inline code if it is `live`."""
        tokens, here = self.markdown.parse(text), line
        for at, token in enumerate(tokens):
            here = line + token.map[0] if token.map else here
            if token.children:
                token.children = list(self.filled(token.children, here, live))
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(max(int(token.tag[1]) + self.down, 2), 6)}"
            if token.type == "heading_close":
                words = self.plain(tokens[at - 1].children or [])
                self.headings.append(Heading(int(token.tag[1]), self.unique(words), words))
                tokens[at - 2].attrSet("id", self.headings[-1].id)
            if token.type == "th_open":
                token.attrSet("scope", "col")
        self.blocks.append({"kind": "prose", "tokens": tokens})

    def inline(self, text: str, line: int) -> list[Token]:
        """Read a text without paragraphs."""
        tokens = self.markdown.parseInline(text)[0].children or []
        return list(self.filled(tokens, line, live=True))

    def filled(self, tokens: list[Token], line: int, live: bool) -> Iterator[Token]:
        """Yield a line's tokens: a value is text, whatever it holds; a reference is a link."""
        for token in tokens:
            line += token.type in ("softbreak", "hardbreak")
            code = re.fullmatch(r"\{python\} +(.+)", token.content)
            if token.type == "image":
                text = "an image must come from a code cell, by show_figure, with fig-alt."
                raise fault(self.script.path, line, text)
            if token.type == "code_inline" and code and live:
                yield Token("text", "", 0, content=self.session.value(code[1], line))
            elif token.type == "text" and live:
                for at, piece in enumerate(REFERENCE.split(token.content)):
                    if at % 2:
                        meta = {"label": piece, "line": line}
                        yield Token("link_open", "a", 1, attrs={"href": f"#{piece}"})
                        yield Token("text", "", 0, content=f"@{piece}", meta=meta)
                        yield Token("link_close", "a", -1)
                    else:
                        yield Token("text", "", 0, content=piece)
            else:
                yield token

    def plain(self, tokens: list[Token]) -> str:
        """Return the words of a line."""
        return "".join(" " if "break" in token.type else token.content for token in tokens)

    def rendered(self, tokens: list[Token]) -> Markup:
        """Return HTML; each reference becomes the name of its figure or table."""
        for token in (part for whole in tokens for part in (whole, *(whole.children or []))):
            if label := token.meta.get("label"):
                if label not in self.names:
                    text = f"{token.content} must be the label of a figure or table with a caption."
                    raise fault(self.script.path, token.meta["line"], text)
                token.content = self.names[label]
        html = self.markdown.renderer.render(tokens, self.markdown.options, {})
        html = re.sub("<table>", self.region, html).replace("</table>", "</table></div>")
        return Markup(html)  # noqa: S704 - Markdown with raw HTML off escapes all text.

    def region(self, table: re.Match[str]) -> str:
        """Let a table of the prose scroll by itself, with a name of its own."""
        self.counts["region"] += 1
        return REGION.format(self.counts["region"]) + table[0]

    def unique(self, words: str) -> str:
        """Return an id made from words, unlike every other on the page."""
        base = re.sub(r"[\W_]+", "-", words.lower()).strip("-") or "section"
        name, number = base, 1
        while name in self.ids:
            number += 1
            name = f"{base}-{number}"
        self.ids.add(name)
        return name

    def html(self, sources: list[tuple[str, str]]) -> str:
        """Return the page; `sources` are the names and sha256 of the inputs."""
        front = self.script.front
        script = (HERE / "page.js").read_text(encoding="utf-8").encode()
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        depth = front.get("toc-depth", 3) if front.get("toc", True) else 0
        places = Environment(
            loader=FileSystemLoader(HERE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            keep_trailing_newline=True,
        )
        places.filters |= {"rendered": self.rendered, "plain": self.plain}
        return places.get_template("page.html.j2").render(
            lang=front["lang"],
            date=str(front.get("date", "")),
            heads={
                name: self.inline(front[name], front.lines[name])
                for name in ("title", "subtitle", "author")
                if name in front
            },
            contents=[heading for heading in self.headings if heading.level <= depth],
            blocks=self.blocks,
            sources=sources,
            digest=digest,
        )
