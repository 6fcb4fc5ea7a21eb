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
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from helpers.show import Table
from startpy.report.cells import INLINE, Cell, Script, fault
from startpy.report.execute import Output, Session
from startpy.report.markdown import mathml, plain_reader, reader, value, words
from startpy.report.refused import refused

HERE = Path(__file__).parent
KINDS = {"text/plain": "printed", "text/html": "html", "text/markdown": "prose"}
CAPTIONS = {"figure": "fig-cap", "table": "tbl-cap"}
REFERENCE = re.compile(r"(?<![\w@.])@((?:fig|tbl)-[\w-]*\w)")
REGION = '<div class="scroll" role="region" tabindex="0" aria-label="{} {} of the text">'
# In the contents, each heading is one link.
NOT_LISTED = {"link_open", "link_close", "footnote_ref"}
# Languages written from right to left.
LEFTWARD = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}


@dataclass(frozen=True)
class Heading:
    """A heading of the prose, for the contents."""

    level: int
    id: str
    text: str
    tokens: list[Token]


@dataclass(frozen=True)
class Note:
    """A footnote: the line it stands on, and what it says."""

    line: int
    tokens: list[Token]


class Page:
    """The parts of a page, collected cell by cell."""

    def __init__(self, script: Script, session: Session, parameters: dict[str, Any]) -> None:
        self.script = script
        self.parameters = parameters
        self.session = session
        self.headings: list[Heading] = []
        self.blocks: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.names: dict[str, str] = {}
        self.ids = {"main", "show-code", *script.labels}
        self.cited: dict[str, int] = {}
        self.notes: dict[str, Note] = {}
        self.markdown = reader()
        self.markdown.add_render_rule("footnote_ref", _cited)
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
        if self.parameters and cell.tagged("parameters"):
            self.session.names |= self.parameters
            given = [f"{name} = {value!r}" for name, value in self.parameters.items()]
            code = "\n".join([code, "", "# Given for this page:", *given])
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
        for picture in (each.content for each in outputs if each.kind == "figure"):
            for option, own in (("fig-cap", picture.caption), ("fig-alt", picture.alt)):
                if not (options.get(option) or own):
                    what = "caption" if option == "fig-cap" else "text for those who cannot see it"
                    text = (
                        f"the figure of this cell must have a {what}: give write_plot one, or "
                        f'write `#| {option}: "..."`.'
                    )
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
            block["alt"], block["source"], block["size"] = content.alt, content.source, content.size
            if alt := options.get("fig-alt"):
                line = options.lines["fig-alt"]
                block["alt"] = INLINE.sub(lambda code: self.session.value(code[1], line), alt)

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
        parser = self.markdown if live else plain_reader()
        tokens, here = parser.parse(text), line
        for at, token in enumerate(tokens):
            here = line + token.map[0] if token.map else here
            if token.children:
                token.children = list(self.filled(token.children, here, live))
            if token.type == "math_block":
                token.content = self.formula(token.content, here, "block")
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(max(int(token.tag[1]) + self.down, 2), 6)}"
            if token.type == "heading_close":
                line_of = tokens[at - 1].children or []
                text = words(line_of)
                listed = [each for each in line_of if each.type not in NOT_LISTED]
                self.headings.append(Heading(int(token.tag[1]), self.unique(text), text, listed))
                tokens[at - 2].attrSet("id", self.headings[-1].id)
            if token.type == "th_open":
                token.attrSet("scope", "col")
        self.blocks.append({"kind": "prose", "tokens": list(self.without_notes(tokens, line))})

    def without_notes(self, tokens: list[Token], line: int) -> Iterator[Token]:
        """Yield the tokens of a text; keep its footnotes for the end of the page."""
        kept: list[Token] | None = None
        for token in tokens:
            if token.type == "footnote_reference_open":
                label, at, kept = token.meta["label"], line + token.map[0], []
                if label in self.notes:
                    text = f"a footnote must be written once, but [^{label}] was before."
                    raise fault(self.script.path, at, text)
                self.notes[label] = Note(at, kept)
            elif token.type == "footnote_reference_close":
                kept = None
            elif kept is None:
                yield token
            else:
                kept.append(token)

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
            if token.type == "math_inline_double":
                # There it could not scroll by itself on a phone.
                text = "a formula between double dollars must stand alone, between empty lines."
                raise fault(self.script.path, line, text)
            if token.type == "math_inline":
                token.meta["tex"] = token.content
                token.content = self.formula(token.content, line, "inline")
            if token.type == "footnote_ref":
                # Of several references to one note, the way back leads to the first.
                token.meta |= {"line": line, "first": token.meta["label"] not in self.cited}
                token.meta["number"] = self.cited.setdefault(
                    token.meta["label"], len(self.cited) + 1
                )
            if token.type == "code_inline" and code and live:
                yield from value(self.session.value(code[1], line))
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

    def formula(self, tex: str, line: int, display: str) -> str:
        """Return a formula as MathML."""
        try:
            return mathml(tex, display)
        except ValueError as error:
            raise fault(self.script.path, line, str(error)) from None

    def rendered(self, tokens: list[Token]) -> Markup:
        """Return HTML; each reference becomes the name of its figure or table."""
        for token in (part for whole in tokens for part in (whole, *(whole.children or []))):
            label = token.meta.get("label")
            if token.type == "footnote_ref" and label not in self.notes:
                text = f"[^{label}] must be a footnote, written `[^{label}]: ...` somewhere below."
                raise fault(self.script.path, token.meta["line"], text)
            if label and token.type == "text":
                if label not in self.names:
                    text = f"{token.content} must be the label of a figure or table with a caption."
                    raise fault(self.script.path, token.meta["line"], text)
                token.content = self.names[label]
        html = self.markdown.renderer.render(tokens, self.markdown.options, {})
        html = re.sub('<table>|<div class="math block">', self.region, html)
        html = html.replace("</table>", "</table></div>")
        return Markup(html)  # noqa: S704 - Markdown with raw HTML off escapes all text.

    def region(self, wide: re.Match[str]) -> str:
        """Let a table or a formula of the prose scroll by itself, with a name of its own."""
        what = "Table" if wide[0] == "<table>" else "Formula"
        self.counts[what] += 1
        inside = wide[0] if what == "Table" else ""
        return REGION.format(what, self.counts[what]) + inside

    def numbered_notes(self) -> list[list[Token]]:
        """Return what the footnotes say, in the order in which the text refers to them."""
        for label, note in self.notes.items():
            if label not in self.cited:
                text = f"a footnote must be referred to, but [^{label}] stands nowhere in the text."
                raise fault(self.script.path, note.line, text)
        return [self.notes[label].tokens for label in self.cited if label in self.notes]

    def unique(self, text: str) -> str:
        """Return an id made from words, unlike every other on the page."""
        base = re.sub(r"[\W_]+", "-", text.lower()).strip("-") or "section"
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
        places.filters |= {"rendered": self.rendered, "plain": words}
        return places.get_template("page.html.j2").render(
            lang=front["lang"],
            direction="rtl" if front["lang"].split("-")[0] in LEFTWARD else "ltr",
            date=str(front.get("date", "")),
            heads={
                name: self.inline(front[name], front.lines[name])
                for name in ("title", "subtitle", "author")
                if name in front
            },
            contents=[heading for heading in self.headings if heading.level <= depth],
            blocks=self.blocks,
            notes=self.numbered_notes(),
            parameters=self.parameters,
            sources=sources,
            digest=digest,
        )


def _cited(_: object, tokens: list[Token], at: int, *__: object) -> str:
    """Return the number of a footnote in the text, a link to it."""
    number, first = tokens[at].meta["number"], tokens[at].meta["first"]
    # A dot, which no id made from words has.
    mark = f' id="note.{number}.from"' if first else ""
    return f'<sup><a href="#note.{number}"{mark} aria-label="Note {number}">{number}</a></sup>'
