# From the template: an update may replace this file.
"""Hold the prose to the facts: unknown ones, unused ones, numbers that are none."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from helpers.facts import Fact, UnknownFact, read_facts
from startpy.report.cells import Script
from startpy.report.markdown import reader

# It may go on in the next line of the comment.
INLINE = re.compile(r"`\{python\}([^`]+)`")
MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
)
# What is printed close to a number without changing that it is one.
UNITS = "kg|g|mg|km|m|cm|mm|ha|l|ml|h|min|s|ms"
NUMBER = re.compile(
    # Not within a name (N12, COVID-19, v2), a fraction, an address or another number.
    r"(?<![\w^@#/\\])(?<![^\W\d][-–.])(?<!\d[.,])"
    r"[-−]?\d+(?:[.,\u00a0\u202f]\d+)*"
    rf"(?:\s?%|\s?per\ cent\b|(?:{UNITS})\b)?(?![\w/])(?![.,]\d)",
    re.X,
)
# "2. Methods", "2.1 Birds" and "2 Birds", but not "2 birds are missing".
NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)+\.?|\d+\.|\d+(?=\s[A-Z]))\s")
# What stands for code, a formula or a link in a sentence.
VALUE = "\N{OBJECT REPLACEMENT CHARACTER}"
YEAR = r"(?:1[5-9]|20)\d\d"
NO_CLAIM = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Days with their year, and years, but not 1800 g.
        r"\b\d{4}-\d\d-\d\d\b",
        rf"\b\d{{1,2}}\.?\s(?:{MONTHS})\.?,?\s\d{{4}}\b",
        rf"\b(?:{MONTHS})\.?\s\d{{1,2}},?\s\d{{4}}\b",
        rf"(?<![\w.,])(?:{YEAR}[-–/]\d\d(?:\d\d)?|{YEAR})(?![\w%]|[.,]\d|\s(?:%|per\ cent)"
        rf"|\s(?:{UNITS})\b)",
        # Times of day.
        r"\b\d{1,2}:\d\d(?::\d\d)?\b",
        # What is numbered.
        r"\b(?:table|figure|fig\.|section|chapter|appendix|equation|step|version|page|question|item"
        r"|note|footnote|python)s?\s\d+(?:\.\d+)*",
        # Levels that somebody chose.
        r"\b\d+(?:\.\d+)?\s?%\s(?=confidence|credible|prediction|interval|level)",
    )
]


@dataclass(frozen=True)
class Use:
    """A place where a script uses a fact; of a computed name, a pattern."""

    line: int
    name: str
    is_pattern: bool = False


@dataclass(frozen=True)
class Sentence:
    """A paragraph, heading, caption or the like: its text, and the line of each letter."""

    text: str
    lines: list[int]


def faults(script: Script) -> Iterator[str]:
    """Yield where a report names no fact, where a fact is not used, and numbers that are none.

    A script that reads no facts has none of these faults.

    Parameters
    ----------
    script : Script
    """
    tree = ast.parse(script.path.read_text(encoding="utf-8-sig"))
    read = dict(names_of_facts(tree))
    for name, source in read.items():
        if not Path(source).is_file():
            continue
        facts = read_facts(source)
        known = {each: facts[each] for each in facts}
        used = list(uses(script, name))
        drawn = set(used_in_figures())
        for use in used:
            try:
                _ = use.is_pattern or facts[use.name]
            except UnknownFact as error:
                yield f"{place(script, use.line)}: {error}"
        for unused in [each for each in known if each not in drawn]:
            if not any(matches(use, unused) for use in used):
                yield (
                    f"{where_stated(unused, source)}: the fact `{unused}` is not used. Print it in "
                    f"{script.path.as_posix()}, `{{python}} {name}.{unused}`, or take it out."
                )
        yield from bare_numbers(script, name, source, known)


def names_of_facts(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the name that a script gives to facts, and the file it reads them from."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        call, target = node.value, node.targets[0]
        called = getattr(call.func, "id", getattr(call.func, "attr", None))
        source = call.args[0] if call.args else None
        if called == "read_facts" and isinstance(target, ast.Name):
            yield target.id, source.value


def uses(script: Script, name: str) -> Iterator[Use]:
    """Yield each use of a fact, in the code and in the inline code."""
    text = script.path.read_text(encoding="utf-8-sig")
    pieces = [(0, text)]
    for code in INLINE.finditer(text):
        joined = re.sub(r"\n *#\|? *", " ", code[1])
        pieces.append((text.count("\n", 0, code.start()), joined.strip()))
    for before, code in pieces:
        try:
            tree = ast.parse(code)
        except SyntaxError:
            continue  # It is reported where it is run.
        for node in ast.walk(tree):
            value = getattr(node, "value", None)
            if not isinstance(value, ast.Name) or value.id != name:
                continue
            if isinstance(node, ast.Attribute):
                yield Use(before + node.lineno, node.attr)
            elif isinstance(node, ast.Subscript):
                yield computed(before + node.lineno, node.slice)


def used_in_figures() -> Iterator[str]:
    """Yield the facts in the words of figures: a stage that draws one says `facts["birds"]`."""
    for _, tree in stages():
        for node in ast.walk(tree):
            named = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
            if named and isinstance(node.value, ast.Name) and node.value.id == "facts":
                yield node.slice.value


def computed(line: int, key: ast.expr) -> Use:
    """Return the use of a fact whose name is an expression."""
    if isinstance(key, ast.Constant):
        return Use(line, str(key.value))
    parts = key.values if isinstance(key, ast.JoinedStr) else [key]
    known = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in parts
    ]
    return Use(line, "".join(known), is_pattern=True)


def stages() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the stages, read."""
    for path in sorted(Path("stages").glob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8-sig"))


def words_of_figures() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each caption and alternative text that a stage writes."""
    for path, tree in stages():
        for node in ast.walk(tree):
            keys = node.keys if isinstance(node, ast.Dict) else []
            named = [(getattr(key, "value", None), node.values[at]) for at, key in enumerate(keys)]
            if isinstance(node, ast.Call):
                named = [(keyword.arg, keyword.value) for keyword in node.keywords]
            for name, value in named:
                if name in ("caption", "alt"):
                    pieces = value.values if isinstance(value, ast.JoinedStr) else [value]
                    text = "".join(
                        each.value
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                        else f" {VALUE} "
                        for each in pieces
                    )
                    yield f"{path.as_posix()}, line {value.lineno}", text


def matches(use: Use, name: str) -> bool:
    return bool(re.fullmatch(use.name, name)) if use.is_pattern else use.name == name


def where_stated(name: str, source: str) -> str:
    """Return the place in the stages where a fact gets its name; else that in its file."""
    for path, tree in stages():
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                for key in node.keys:
                    if isinstance(key, ast.Constant | ast.JoinedStr) and matches(
                        computed(key.lineno, key), name
                    ):
                        return f"{path.as_posix()}, line {key.lineno}"
            if isinstance(node, ast.DictComp) and matches(computed(node.lineno, node.key), name):
                return f"{path.as_posix()}, line {node.key.lineno}"
    lines = Path(source).read_text(encoding="utf-8").split("\n")
    line = next(at for at, text in enumerate(lines, 1) if text.startswith(f'  "{name}":'))
    return f"{source}, line {line}"


def place(script: Script, line: int) -> str:
    return f"{script.path.as_posix()}, line {line}"


def bare_numbers(script: Script, name: str, source: str, facts: dict[str, Fact]) -> Iterator[str]:
    """Yield each number that is written into a sentence and equals no fact as it is printed."""
    printed = [spaced(each.shown) for each in facts.values() if re.search(r"\d", each.shown)]
    numbers = [
        (place(script, each.lines[at]), number)
        for each in sentences(script)
        for at, number in claims(each.text, printed)
    ]
    numbers += [
        (where, number) for where, text in words_of_figures() for _, number in claims(text, printed)
    ]
    found = [
        f"{where}: {number} is written by hand, and no fact is printed so."
        for where, number in numbers
    ]
    yield from found
    if found:
        yield (
            f"A number that was found is a fact of {source}: `{{python}} {name}.NAME`. One that "
            "was chosen is printed from where it is chosen, such as config."
        )


def claims(text: str, printed: list[str]) -> Iterator[tuple[int, str]]:
    """Yield place and text of each number in a sentence that neither is printed nor no claim.

    Examples
    --------
    >>> said = "In 2007-08, 72% of 12 males (5.5 kg) were N1A2; see Table 3."
    >>> [number for _, number in claims(said, ["72%", "5.5 kg"])]
    ['12']
    """
    for each in sorted(printed, key=len, reverse=True):
        stands_alone = rf"(?<![\w.,]){re.escape(each)}(?!\w|[.,]\d)"
        text = re.sub(stands_alone, lambda found: " " * len(found[0]), text)
    for pattern in NO_CLAIM:
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    for found in NUMBER.finditer(text):
        yield found.start(), found[0]


def spaced(text: str) -> str:
    return re.sub(r"\s", " ", text)


def sentences(script: Script) -> Iterator[Sentence]:
    """Yield the texts of a script: prose, captions, and what those read who cannot see."""
    markdown = reader()
    for cell in script.cells:
        if cell.markdown:
            yield from paragraphs(markdown.parse(cell.text), cell.start)
        for option in ("fig-cap", "fig-alt", "tbl-cap"):
            if text := cell.options.get(option):
                inline = markdown.parseInline(text)
                yield sentence(inline[0].children or [], cell.options.lines[option])


def paragraphs(tokens: list, start: int) -> Iterator[Sentence]:
    """Yield the paragraphs, headings and cells of some Markdown; quotations are another's."""
    quoted = 0
    for at, token in enumerate(tokens):
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type != "inline" or quoted:
            continue
        # A cell of a table has no lines of its own.
        before = next((each.map for each in tokens[at::-1] if each.map), [0])
        said = sentence(token.children or [], start + before[0])
        if tokens[at - 1].type == "heading_open":
            # A heading may be numbered.
            text = NUMBERED.sub(lambda found: " " * len(found[0]), said.text)
            said = Sentence(text, said.lines)
        yield said


def sentence(tokens: list, line: int) -> Sentence:
    """Return the text of a line's tokens; code and the words of links stand for themselves."""
    text, lines, in_link = "", [], 0
    for token in tokens:
        in_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not in_link:
            added = token.content
        else:
            is_bare = token.type in ("softbreak", "hardbreak") or token.nesting
            added = "" if token.nesting else " " if is_bare else f" {VALUE} "
        line += token.type in ("softbreak", "hardbreak")
        text += spaced(added)
        lines += [line] * len(added)
    return Sentence(text, lines)
