# From the template: an update may replace this file.
"""Read the prose: Markdown with tables, footnotes and formulas, and no HTML of its own."""

import html
import re
import unicodedata
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

# A value of these writing directions, or that changes direction, must not turn its sentence.
TURNING = {"R", "AL", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI", "FSI"}
LOCKED = ("href", "style", "class", "id")
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munderover": 3}


def reader() -> MarkdownIt:
    """Return a reader of the script's own prose, which draws formulas as they come."""
    markdown = plain_reader()
    markdown.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)
    # A dollar is a formula where Quarto sees one: `$5 and $10` is money.
    rules = {"allow_labels": False, "allow_space": False, "allow_digits": False}
    rules |= {"double_inline": True, "renderer": lambda drawn, _: drawn}
    markdown.use(dollarmath_plugin, **rules)
    return markdown


def plain_reader() -> MarkdownIt:
    """Return a reader for Markdown that a library has made: it knows nothing of the page."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def words(tokens: list[Token]) -> str:
    """Return the words of a line; a formula is its source."""
    return "".join(
        " " if "break" in token.type else token.meta.get("tex", token.content) for token in tokens
    )


def value(text: str) -> list[Token]:
    """Return a value as text that cannot change the direction of the sentence around it."""
    token = Token("text", "", 0, content=text)
    if TURNING.isdisjoint(map(unicodedata.bidirectional, text)):
        return [token]
    return [Token("bdi_open", "bdi", 1), token, Token("bdi_close", "bdi", -1)]


def mathml(tex: str, display: str) -> str:
    """Return a formula in LaTeX as MathML, which browsers draw without a script.

    Raises
    ------
    ValueError
        If it is not LaTeX, or has a command that is not known.
    """
    from latex2mathml.converter import convert_to_element

    try:
        formula = convert_to_element(tex.strip(), display=display)
    except Exception as error:
        reason = re.sub("(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error"))
        raise ValueError(
            f"a formula must be LaTeX, but {tex.strip()!r} is not: {reason}."
        ) from None
    for element in formula.iter():
        # The library leaves its signs escaped, and what it was given as it was.
        element.text = html.unescape(element.text or "") or None
        unknown = re.findall(r"^\\[A-Za-z]+", element.text or "")
        locked = [f"\\{name}" for name in LOCKED if name in element.attrib]
        if refused := unknown or locked:
            raise ValueError(f"a formula must do without {refused[0]}, but came {tex.strip()!r}.")
        if len(element) < PARTS.get(element.tag, 0):
            raise ValueError(f"a formula must be whole, but {tex.strip()!r} lacks a part.")
    return ElementTree.tostring(formula, encoding="unicode")
