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
from startpy.parse import number_of

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


def read_received(path: Path, name: str, encoding: str | None) -> Received:
    """Return what is in a file.

    Raises
    ------
    NoTable
        If there is no table in it, or none with rows.
    """
    kind = drafted_kind(name)
    readers = {"csv": read_separated, "excel": read_workbook, "parquet": read_parquet}
    try:
        received = readers[kind](path, encoding)
    except Exception as error:
        # The file has another name here than the one that the user knows.
        said = re.sub(r"\S*" + re.escape(path.name), lambda _: name, str(error))
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


def read_separated(path: Path, encoding: str | None) -> Received:
    with separated.unpacked(path) as file:
        head = file.read(separated.HEAD)
    for start, what in NO_TABLES.items():
        if head.startswith(start):
            raise NoTable(f"{path.name} must be text, but is {what}: give it the right ending.")
    if WEB_PAGE.match(head):
        raise NoTable(f"{path.name} must be a table, but is a page of the web, or XML.")
    found = encoding or encoding_of(path)
    options = {"encoding": found} if found not in (None, "ascii") else {}
    if skip := lines_above(head, found):
        options["skip"] = skip
    table = read_csv(path, dtype="str", missing=[], **options)
    chosen = []
    if found == "cp1252" and encoding is None:
        chosen.append(
            "The encoding is not UTF-8 and was taken for Windows-1252. If letters are wrong in "
            "the tables below, name another one in `stages/ingest.py`."
        )
    return Received("csv", {"encoding": found} | options, table, chosen)


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


def lines_above(head: bytes, encoding: str | None) -> int:
    """Return how many lines, such as titles, stand above the names."""
    marked = next((name for mark, name in separated.MARKS.items() if head.startswith(mark)), None)
    text = head.decode(marked or encoding or "utf-8", errors="replace")
    lines = text.splitlines(keepends=True)[:LINES]
    best = max((rows_of(lines, sep) for sep in separated.SEPARATORS), key=lambda rows: rows[0])
    (_, width), rows = best
    for at, (above, row) in enumerate(rows):
        if len(row) == width and at and not any(map(is_number, row)):
            return above
        # Two names above three fields are names, too; a title is one field, or two.
        if sum(map(bool, row)) > max(1, width // 2):
            return 0
    return 0


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
    try:
        return number_of(text, ".") is not None
    except ValueError:
        return False


def read_workbook(path: Path, _: str | None) -> Received:
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
    rows = sheets[largest]
    filled = [sum(cell != "" for cell in row) for row in rows]
    header = next((at for at, n in enumerate(filled) if n and n >= 0.6 * max(filled)), 0)
    options: dict = {} if largest == workbook.sheet_names[0] else {"sheet": largest}
    if any(filled[:header]):
        options["skip"] = header
    table = read_excel(path, dtype="str", missing=[], **options)
    others = [name for name in sheets if name != largest and sizes[name]]
    chosen = (
        ["Only the largest sheet of the workbook is read, but others have cells, too."]
        if others
        else []
    )
    return Received("excel", options, table, chosen)


def cells_of(sheet) -> int:
    return sheet.height * sheet.width


def read_parquet(path: Path, _: str | None) -> Received:
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
    return Received(one.kind, options, table, chosen)


def how(received: Received) -> dict:
    return {name: value for name, value in received.options.items() if name != "encoding"}


def told(received: Received) -> str:
    return ", ".join(f"{name} {value}" for name, value in received.options.items()) or "as usual"


def names(columns: set) -> str:
    listed = [f"`{name}`" for name in sorted(columns, key=str)]
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
