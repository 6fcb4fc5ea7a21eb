# From the template: an update may replace this file.
"""Read a file that nobody has seen before: its encoding, its sheet, the lines above its names."""

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.read import read_any, read_csv, read_excel
from startpy import separated
from startpy.formats import KINDS, kind_of_file
from startpy.sheets import text_of
from startpy.suspicious import is_read

# Each is drafted in its own way; the other formats of read_any are not drafted.
DRAFTED = ("csv", "excel", "parquet")
# What is certainly no table, whatever the ending says.
NO_TABLES = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PK\x03\x04": "a workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "a workbook or another file of Office",
    b"PAR1": "a Parquet file",
}
YEAR = re.compile(r"(1[5-9]|20)\d\d")
WEB_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml)", re.I)
LINES = 200


class NoTable(ValueError):
    """A file from which no project can be begun; the message says why."""


@dataclass(frozen=True)
class Received:
    """A file as it was read: its kind, with which options, and the table in it."""

    kind: str
    options: dict
    table: pd.DataFrame
    # What whoever drafts had to choose: other sheets, an encoding that may be another one.
    chosen: list[str]
    # What stands above the names.
    above: str = ""


def read_received(path: Path, name: str, encoding: str | None, skip: int | None = None) -> Received:
    """Return what is in a file; where `skip` is none, it is found out what stands above the names.

    Raises
    ------
    NoTable
        If there is no table in it, or none with rows.
    """
    kind = drafted_kind(name)
    readers = {"csv": read_separated, "excel": read_workbook, "parquet": read_parquet}
    try:
        received = readers[kind](path, encoding, skip)
    except Exception as error:
        # The file has another name here than the one that the user knows.
        said = re.sub(r"\S*" + re.escape(path.name), lambda _: name, str(error))
        said = re.sub(r"\bskip=(\d+)", r"--skip \1", said)
        raise NoTable(said if name in said else f"{name} cannot be read: {said}") from None
    if received.table.empty or not len(received.table.columns):
        raise NoTable(f"{name} must have rows below its names, but has none.")
    return received


def drafted_kind(name: str) -> str:
    """Return the kind of a file by its ending, if stages can be drafted for it."""
    endings = " ".join(ending for kind in DRAFTED for ending in KINDS[kind])
    try:
        kind = kind_of_file(Path(name))
    except ValueError:
        kind = ""
    if kind not in DRAFTED:
        raise NoTable(f"{name} must end in one of {endings}.")
    return kind


def read_separated(path: Path, encoding: str | None, skip: int | None) -> Received:
    with separated.unpacked(path) as file:
        head = file.read(separated.HEAD)
    for start, what in NO_TABLES.items():
        if head.startswith(start):
            raise NoTable(f"{path.name} must be text, but is {what}: give it the right ending.")
    if WEB_PAGE.match(head):
        raise NoTable(f"{path.name} must be a table, but is a page of the web, or XML.")
    found = encoding or encoding_of(path)
    options = {"encoding": found} if found not in (None, "ascii") else {}
    lines = lines_of(head, found)
    if is_parted_by_blanks(lines):
        raise NoTable(
            f"{path.name} must have a comma, semicolon, tab or | between its fields, but has "
            f"blanks: {lines[0].strip()!r}. Save it with commas. (If each line is one value, put "
            "it in quotation marks.)"
        )
    skip = lines_above(lines) if skip is None else skip
    if skip:
        options["skip"] = skip
    table = read_csv(path, dtype="str", missing=[], **options)
    chosen = []
    if found == "cp1252" and encoding is None:
        chosen.append(
            "The encoding is not UTF-8 and was taken for Windows-1252. If letters are wrong in "
            "the tables below, name another one in `stages/ingest.py`."
        )
    above = told_above(list(csv.reader(lines[:skip], delimiter=separator_of(lines))))
    return Received("csv", {"encoding": found} | options, table, chosen, above)


def encoding_of(path: Path) -> str | None:
    """Return the encoding that read_csv must be told, "ascii" if any will do; none for UTF-8."""
    with separated.unpacked(path) as file:
        head = file.read(separated.HEAD)
    if head.startswith(tuple(separated.MARKS)):
        return None
    if head.count(b"\0") > len(head) / 5:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    for encoding in ("ascii", "utf-8", "cp1252"):
        if can_be_decoded(path, encoding):
            return None if encoding == "utf-8" else encoding
    raise NoTable(
        f"{path.name} must be text in UTF-8, UTF-16 or Windows-1252, but is not. If it is text: "
        "--encoding NAME"
    )


def can_be_decoded(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with separated.unpacked(path) as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def lines_of(head: bytes, encoding: str | None) -> list[str]:
    """Return the first lines of a file."""
    marked = next((name for mark, name in separated.MARKS.items() if head.startswith(mark)), None)
    text = head.decode(marked or encoding or "utf-8", errors="replace")
    return text.splitlines(keepends=True)[:LINES]


def is_parted_by_blanks(lines: list[str]) -> bool:
    """Say whether blanks part the fields: as many everywhere, and numbers below a word."""
    rows = [line.split() for line in lines if line.strip()]
    width = len(rows[0]) if rows else 0
    has_other = any(mark in line for line in lines[:20] for mark in f'{separated.SEPARATORS}"')
    if width < 2 or len(rows) < 2 or has_other or any(len(row) != width for row in rows[:-1]):
        return False
    columns = zip(*(row for row in rows if len(row) == width), strict=True)
    return any(not is_number(name) and all(map(is_number, below)) for name, *below in columns)


def lines_above(lines: list[str]) -> int:
    """Return how many lines, such as titles, stand above the names."""
    _, rows = best_rows(lines)
    at = header_of([row for _, row in rows])
    return rows[at][0] if at else 0


def separator_of(lines: list[str]) -> str:
    return best_rows(lines)[0]


def best_rows(lines: list[str]) -> tuple[str, list[tuple[int, list[str]]]]:
    """Return the separator that makes most rows alike, and each row after the line above it."""
    found = {sep: rows_of(lines, sep) for sep in separated.SEPARATORS}
    best = max(found, key=lambda sep: found[sep][0])
    return best, found[best][1]


def header_of(rows: list[list[str]]) -> int:
    """Return at which row the names stand: the first, or below a title, a remark or a heading.

    Examples
    --------
    >>> header_of([["People", "", ""], ["town", "2024", "2025"], ["Bonn", "3", "4"]])
    1
    >>> header_of([["town", "2024", ""], ["Bonn", "3", "4"]])
    0
    """
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width = max(widths, key=lambda each: (widths[each], each), default=1)
    for at, row in enumerate(rows):
        below = [each for each in rows[at + 1 :] if any(each)]
        if is_above(row, below, width):
            continue
        usual = [each for each in below if len(each) == width]
        may_be = are_names(row) or is_count(row)
        fits = len(row) == width and may_be and len(usual) > len(below) / 2
        return at if fits else 0
    return 0


def is_above(row: list[str], below: list[list[str]], width: int) -> bool:
    """Say whether a row is no row of names: a title, a remark, a heading over several columns."""
    filled = [text.strip() for text in row if text.strip()]
    if width == 1 or not below:
        return False
    if not filled or (len(filled) < 2 and row[:1] != [""]):
        return True
    if row[:1] == [""] and len(row) == width == len(filled) + 1 == len(set(filled)) + 1:
        return False  # the names of an index and its columns
    if len(filled) < 0.6 * width:
        # Names may have gaps where the rows below have them, too.
        gaps = [sum(not text for text in each) / width for each in below]
        return sum(share < 0.4 for share in gaps) > len(below) / 2
    follows = len(below[0]) == width and are_names(below[0])
    first = row[0].strip()
    is_remark = first.startswith("# ") or (first.startswith("#") and len(row) != width)
    # Names over several columns, such as a year over what was measured in it.
    is_heading = len(set(filled)) < len(filled) and len(below) > 1 and not are_names(below[1])
    return follows and (is_remark or is_heading or (is_prose(row) and not is_prose(below[0])))


def is_prose(row: list[str]) -> bool:
    """Say whether a separator is a comma of a sentence: a blank comes after each."""
    return len(row) > 1 and all(text.startswith(" ") for text in row[1:])


def are_names(row: list[str]) -> bool:
    """Say whether a row may be names: no numbers but years."""
    return not any(is_number(text) and not YEAR.fullmatch(text.strip()) for text in row)


def is_count(row: list[str]) -> bool:
    """Say whether the numbers in a row are 1, 2, 3 and so on, as months are named."""
    numbers = [text.strip() for text in row if is_number(text)]
    counted = [str(place) for place in range(1, len(numbers) + 1)]
    return numbers == counted and 2 < len(numbers) < len(row)


def told_above(rows: list[list[str]]) -> str:
    """Return what stands above the names, row by row."""
    texts = [" | ".join(text.strip() for text in row if text.strip()) for row in rows]
    return " / ".join(text for text in texts if text and not text.startswith("sep="))


def rows_of(lines: list[str], sep: str) -> tuple[tuple[int, int], list[tuple[int, list[str]]]]:
    """Return the usual width of the rows, with how many have it, and each after its line."""
    reader = csv.reader(lines, delimiter=sep)
    rows, above = [], 0
    try:
        for row in reader:
            rows.append((above, row))
            above = reader.line_num
    except csv.Error:
        return (0, 1), []
    widths = Counter(len(row) for _, row in rows if len(row) > 1)
    width, count = max(widths.items(), key=lambda each: (each[1], each[0]), default=(1, 0))
    return (count, width), rows


def is_number(text: str) -> bool:
    return is_read(text, ".") or is_read(text, ",")


def read_workbook(path: Path, _: str | None, skip: int | None) -> Received:
    from python_calamine import CalamineError, CalamineWorkbook

    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes()[:1_000_000]:
        raise NoTable(f"{path.name} is protected by a password. Save it without one.")
    try:
        workbook = CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise NoTable(f"{path.name} must be a workbook, but cannot be read: {error}") from None
    sheets = {
        name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=LINES)
        for name in workbook.sheet_names
    }
    sizes = {name: cells_of(workbook.get_sheet_by_name(name)) for name in sheets}
    largest = max(sizes, key=lambda name: sizes[name])
    rows = [list(map(text_of, row)) for row in sheets[largest]]
    at = header_of(trimmed(rows)) if skip is None else skip
    options: dict = {} if largest == workbook.sheet_names[0] else {"sheet": largest}
    # Empty rows above the names are passed over by themselves.
    if any(map(any, rows[:at])):
        options["skip"] = at
    table = read_excel(path, dtype="str", missing=[], **options)
    others = [name for name in sheets if name != largest and sizes[name]]
    chosen = (
        ["Only the largest sheet of the workbook is read, but others have cells, too."]
        if others
        else []
    )
    return Received("excel", options, table, chosen, told_above(rows[:at]))


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows without columns that are empty in all of them."""
    columns = [column for column in zip(*rows, strict=True) if any(column)]
    return list(map(list, zip(*columns, strict=True)))


def cells_of(sheet) -> int:
    return sheet.height * sheet.width


def read_parquet(path: Path, _: str | None, skip: int | None) -> Received:
    if skip:
        raise NoTable(
            f"--skip is for lines above the names, but {path.name} has none. Leave it out."
        )
    table = read_any(path)
    options = {}
    if not table.index.equals(pd.RangeIndex(len(table))) or table.index.name is not None:
        options["index"] = True
        table = table.reset_index()
    if not all(isinstance(name, str) for name in table.columns):
        options["names"] = True
        table = table.rename(columns=str)
    return Received("parquet", options, table, [])


def together(received: dict[str, Received]) -> Received:
    """Return several files of one kind as one.

    Raises
    ------
    NoTable
        If they are of different kinds, or have different columns.
    """
    (first, one), *others = received.items()
    named = {each.options.get("encoding") for each in received.values()} - {"ascii"}
    for name, other in others:
        if Path(name).suffixes != Path(first).suffixes:
            raise NoTable(f"{first} and {name} must have the same ending, to be read as one table.")
        here, there = set(one.table.columns), set(other.table.columns)
        faults = [f"{name} lacks {names(here - there)}"] if here - there else []
        faults += [f"{name} has {names(there - here)} beside"] if there - here else []
        if faults:
            raise NoTable(
                f"All files must have the columns of {first}, but {' and '.join(faults)}. "
                "Begin with files of one kind, and add the others as a source of their own."
            )
        if how(other) != how(one) or len(named) > 1:
            raise NoTable(
                f"All files must be read as {first} is, but {name} is written otherwise: "
                f"{told(one)} in the first, {told(other)} in this one."
            )
    encoding = next(iter(named), None)
    options = how(one) | ({"encoding": encoding} if encoding else {})
    table = pd.concat([each.table for each in received.values()], ignore_index=True)
    chosen = list(dict.fromkeys(text for each in received.values() for text in each.chosen))
    return Received(one.kind, options, table, chosen, one.above)


def how(received: Received) -> dict:
    return {name: value for name, value in received.options.items() if name != "encoding"}


def told(received: Received) -> str:
    return ", ".join(f"{name} {value}" for name, value in received.options.items()) or "as usual"


def names(columns: set) -> str:
    listed = [f"`{name}`" for name in sorted(columns, key=str)]
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
