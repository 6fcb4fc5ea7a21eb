# From the template: an update may replace this file.
"""Read files of separated values: every byte accounted for, types decided over all files.

A column is a number only if nothing is lost by it: `00123`, `0x1F`, `NaN`, times of day and
numbers too long for a float stay text.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is its first half
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
PACKED = (".gz", ".bz2", ".zst")
CODE_PAGES = ("cp1252", "cp1250", "cp1251")
SEPARATORS = ",;\t|"
# Larger files are read in several blocks, and their types decided over all of them.
BLOCK = 64_000_000
HEAD = 100_000
NEWLINE, RETURN, QUOTE = map(ord, '\n\r"')
TOGETHER = 8_000_000
CACHED = 1 << 17  # so many bytes stay in a processor's cache
# From here on a float does not tell every whole number from the next.
EXACT = 2**53
TEXT, NUMBER, YES_NO, NOTHING = "text", "number", "true or false", "nothing"
WORDS = ["True", "TRUE", "true", "False", "FALSE", "false"]
STR = pd.StringDtype("pyarrow", na_value=np.nan)
TYPES = {pa.string(): STR, pa.large_string(): STR}
# How a table remembers that a column is text for the sake of its leading zeros.
CODES = {b"kind": b"codes"}


@dataclass(frozen=True)
class Format:
    """How a file is written, as far as its reader has said so."""

    encoding: str | None = None
    sep: str | None = None
    skip: int = 0
    missing: tuple[str, ...] = ()
    as_text: bool | frozenset[str] = False

    def keeps_text(self, name: str) -> bool:
        return self.as_text is True or (self.as_text is not False and name in self.as_text)

    def texts_among(self, names: list[str]) -> dict[str, pa.DataType]:
        """Return the type of the columns that are read as they are written."""
        return {name: pa.string() for name in names if self.keeps_text(name)}

    def with_text(self, names: Collection[str]) -> "Format":
        """Return the same format, with these columns read as they are written."""
        if self.as_text is True:
            return self
        return replace(self, as_text=frozenset(self.as_text or ()) | frozenset(names))


@dataclass(frozen=True)
class Layout:
    """What the head of a file shows: its separator, its names, where its rows begin."""

    sep: str
    names: list[str]
    start: int
    line: int
    has_quotes: bool = True


def read_all(paths: list[Path], form: Format) -> list[pa.Table]:
    """Return a table per file; a column with codes in one file is text in all of them.

    Parameters
    ----------
    paths : list of Path
    form : Format

    Returns
    -------
    list of pyarrow.Table
        Without rows where a file has none; without columns where it is empty.
    """
    tables = read_alike(paths, form)
    if tables is None:
        with ThreadPoolExecutor() as pool:
            tables = list(pool.map(lambda path: read_file(path, form), paths))
    as_text = kept_as_text(tables)
    for place, table in enumerate(tables):
        numbers = {field.name for field in table.schema if kind_of(field.type) == NUMBER}
        if as_text & numbers:
            tables[place] = read_file(paths[place], form.with_text(as_text & numbers))
    return tables


def kept_as_text(tables: list[pa.Table]) -> set[str]:
    """Return the columns that are codes somewhere, or too long for the floats of other tables."""
    fields = [field for table in tables for field in table.schema]
    floats = {field.name for field in fields if pa.types.is_floating(field.type)}
    too_long = {
        field.name
        for table in tables
        for field in table.schema
        if field.name in floats
        and pa.types.is_integer(field.type)
        and not all_exact(table[field.name])
    }
    return too_long | {field.name for field in fields if field.metadata == CODES}


def read_alike(paths: list[Path], form: Format) -> list[pa.Table] | None:
    """Return a table per file of many with the same header, parsed as few; none if in any doubt.

    Most folders are like that, and one large parse is twice as fast as many small ones.
    Whatever is unusual (quotes, blank lines, codes, a column of several kinds) is left to
    `read_file`, which looks at each file.
    """
    if len(paths) == 1 or form.encoding or any(path.suffix.lower() in PACKED for path in paths):
        return None
    with paths[0].open("rb") as file:
        head = file.read(HEAD)
    if encoding_of(paths[0], head, None) != "utf-8":
        return None
    layout = layout_of(paths[0], head, form)
    header = head[: layout.start] if layout else b""
    if layout is None or len(layout.names) == 1 or not header.endswith(b"\n"):
        return None
    layout = replace(layout, has_quotes=False)
    tables: list[pa.Table] = []
    dates: dict[str, pa.DataType] = {}
    for group in grouped(paths):
        parts = parsed_together(group, header, layout, form, dates)
        if parts is None:
            return None
        tables += parts
    return tables


def grouped(paths: list[Path]) -> Iterator[list[Path]]:
    """Yield files in groups small enough for a processor's cache, as far as they are small."""
    group, size = [], 0
    for path in paths:
        group.append(path)
        size += path.stat().st_size
        if size > TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def parsed_together(
    paths: list[Path], header: bytes, layout: Layout, form: Format, dates: dict[str, pa.DataType]
) -> list[pa.Table] | None:
    """Return a table per file, all parsed at once; none if in any doubt.

    `dates` are the columns that were dates in the files before: they are read as text at once.
    """
    together = rows_together(paths, header)
    if together is None:
        return None
    content, lengths = together
    texts = form.texts_among(layout.names)
    options = settings(layout, form, dates | texts, len(content) // 2)
    options["read_options"].use_threads = True
    options["convert_options"].check_utf8 = False  # all of it has been looked at
    try:
        table = arrow_csv.read_csv(pa.py_buffer(content)[layout.start :], **options)
    except pa.ArrowInvalid:
        return None
    if len(table) != sum(lengths) or doubtful_columns(table, content, layout, texts):
        return None
    places = list(zip(np.cumsum([0, *lengths[:-1]]), lengths, strict=True))
    for name in (field.name for field in table.schema if pa.types.is_string(field.type)):
        firsts = (first_of(table[name].slice(*place)) for place in places)
        if name not in texts and any(map(may_be_number, firsts)):
            return None
    dates |= {field.name: pa.string() for field in table.schema if pa.types.is_date(field.type)}
    table = settled(table)
    return [table.slice(*place) for place in places]


def rows_together(paths: list[Path], header: bytes) -> tuple[memoryview, list[int]] | None:
    """Return the rows of files below one header, and how many each has; none if they differ."""
    sizes = [path.stat().st_size - len(header) for path in paths]
    space = bytearray(len(header) + sum(sizes) + len(paths))
    content = memoryview(space)
    content[: len(header)] = header
    end, lengths = len(header), []
    for path, size in zip(paths, sizes, strict=True):
        start, end = end, end + size
        with path.open("rb", buffering=0) as file:
            if size < 1 or file.read(len(header)) != header:
                return None
            if file.readinto(content[start:end]) != size:
                return None
        if content[end - 1] != NEWLINE:
            content[end] = NEWLINE
            end += 1
        lines = np.frombuffer(content[start:end], dtype="uint8") == NEWLINE
        lengths.append(int(np.count_nonzero(lines)))
    content = content[:end]
    ends = pa.py_buffer(np.array([0, end], dtype="int64"))
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(content)).validate(full=True)
    except pa.ArrowInvalid:
        return None
    return None if b'"' in space else (content, lengths)


def first_of(column: pa.ChunkedArray) -> str:
    """Return the first text of a column; an empty one if there is none."""
    if len(column) and (first := column[0].as_py()) is not None:
        return first
    there = column.drop_null()
    return there[0].as_py() if len(there) else ""


def may_be_number(text: str) -> bool:
    """Say whether a text could stand in a column of numbers or booleans."""
    number = r"\s*[-+]?(\d[\d.]*(e[-+]?\d+)?|\.\d+|nan|inf|infinity|true|false)\s*"
    return re.fullmatch(number, text, re.IGNORECASE) is not None


def read_file(path: Path, form: Format) -> pa.Table:
    """Return the table in one file, typed."""
    content = decoded(path, form.encoding)
    layout = layout_of(path, content, form)
    if layout is None:
        return pa.table({})
    layout = replace(layout, has_quotes=b'"' in content)
    rows = memoryview(content)[layout.start :]
    if len(layout.names) == 1:
        rows = memoryview(bytes(rows).rstrip(b"\r\n"))
    if not len(rows):
        return nothing_in(layout, form)
    texts = form.texts_among(layout.names)
    table = parsed(path, content, rows, layout, form, texts)
    if layout.has_quotes and has_line_ends(table):
        for _ in whole_rows(path, io.TextIOWrapper(io.BytesIO(rows), "utf-8", newline=""), layout):
            pass  # a quotation mark that is not closed would swallow the rows below
    doubtful = doubtful_columns(table, content, layout, texts)
    if not doubtful:
        return settled(table)
    as_text = {name: pa.string() for name in doubtful}
    texts_only = parsed(path, content, rows, layout, form, texts | as_text)
    for name in doubtful:
        place = table.schema.get_field_index(name)
        written = texts_only[name]
        if is_code(written):
            table = table.set_column(place, pa.field(name, pa.string(), metadata=CODES), written)
        elif must_stay_text(table[name], written):
            table = table.set_column(place, name, written)
    return settled(table)


def has_line_ends(table: pa.Table) -> bool:
    """Say whether a text goes on in another line, as it does after an open quotation mark."""
    texts = [column for column in table.columns if pa.types.is_string(column.type)]
    return any(pc.any(pc.match_substring(column, "\n")).as_py() for column in texts)


def nothing_in(layout: Layout, form: Format) -> pa.Table:
    """Return the columns of a file without rows."""
    kinds = [pa.string() if form.keeps_text(name) else pa.null() for name in layout.names]
    return pa.table([pa.nulls(0, kind) for kind in kinds], names=layout.names)


def decoded(path: Path, encoding: str | None) -> bytes:
    """Return the bytes of a file as UTF-8, without a byte order mark."""
    packed = path.suffix.lower() in PACKED
    content = unpacked(path).read() if packed else path.read_bytes()
    encoding = encoding_of(path, content[:HEAD], encoding)
    if encoding == "utf-8":
        return content
    if encoding == "utf-8-sig":
        return content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode(encoding).encode("utf-8")
    except UnicodeDecodeError:
        raise wrong_encoding(path, content, encoding) from None


def unpacked(path: Path) -> pa.NativeFile:
    """Return the bytes of a file as a stream; what is packed is unpacked."""
    return pa.input_stream(str(path), compression="detect")


def encoding_of(path: Path, head: bytes, encoding: str | None) -> str:
    """Return the encoding that a mark at the start of a file tells, or that was named."""
    marked = next((name for mark, name in MARKS.items() if head.startswith(mark)), None)
    if head.startswith((b"PK\3\4", b"\x1f\x8b")):
        kind = "a workbook or an archive" if head.startswith(b"PK") else "packed by gzip"
        raise ValueError(
            f"{path.as_posix()} must be text, but is {kind}: give it the ending of what it is."
        )
    if encoding is None and marked is None and head.count(b"\0") > len(head) / 5:
        order = "le" if head[1:2] == b"\0" else "be"
        raise ValueError(
            f"{path.as_posix()} must be text, but holds zero bytes, as UTF-16 without a mark does. "
            f'If it is: encoding="utf-16-{order}". (If it is a workbook: read_any.)'
        )
    try:
        return codecs.lookup(marked or encoding or "utf-8").name
    except LookupError:
        raise ValueError(f'{path.as_posix()}: there is no encoding "{encoding}".') from None


def wrong_encoding(
    path: Path, content: bytes, encoding: str = "UTF-8", lines_before: int = 0
) -> ValueError:
    """Return an error that shows the first line that is not in the encoding, in several others."""
    at = 0
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        at = error.start
    line = lines_before + content.count(b"\n", 0, at) + 1
    start = max(content.rfind(b"\n", 0, at) + 1, at - 30)
    shown = content[start : at + 30].partition(b"\n")[0].strip()
    readings = "\n".join(
        f'  encoding="{page}": {shown.decode(page, errors="replace")}' for page in CODE_PAGES
    )
    return ValueError(
        f"{path.as_posix()} must be {encoding.upper()}, but line {line} is not. "
        f"Read as:\n{readings}\nName the one that reads right: "
        'encoding="...".'
    )


def layout_of(path: Path, content: bytes, form: Format) -> Layout | None:
    """Return what the head of a file shows; none if the file is empty."""
    head = content[:HEAD]
    try:
        text = head.decode("utf-8", errors="strict" if len(head) == len(content) else "ignore")
    except UnicodeDecodeError:
        raise wrong_encoding(path, content) from None
    lines = io.StringIO(text, newline="")
    line = sum(1 for _ in islice(lines, form.skip))
    above = lines.tell()
    while (first := lines.readline()) and not first.strip():
        line, above = line + 1, lines.tell()
    if not first:
        return None

    told = re.fullmatch(r"sep=(.)", first.strip())  # as Excel writes it
    if told:
        line, above = line + 1, lines.tell()

    def header(sep: str) -> tuple[list[str], int]:
        lines.seek(above)
        rows = csv.reader(lines, delimiter=sep)
        return next(rows, []), line + rows.line_num

    def fit(sep: str) -> tuple[bool, int]:
        """Say whether the next row has as many fields as the header, and how many that is."""
        width = len(header(sep)[0])
        return width > 1 and len(next(csv.reader(lines, delimiter=sep), [])) == width, width

    sep = form.sep or (told and told[1]) or max(SEPARATORS, key=fit)
    names, line = header(sep)
    if not names:
        return None
    start = len(text[: lines.tell()].encode("utf-8"))
    return Layout(sep, unique_names(names), start, line)


def unique_names(names: list[str]) -> list[str]:
    """Return column names as pandas makes them unique: `a`, `a.1`, `Unnamed: 2`."""
    if all(names) and len(set(names)) == len(names):
        return names
    header = io.StringIO()
    csv.writer(header).writerow(names)
    return list(pd.read_csv(io.StringIO(header.getvalue()), nrows=0))


def parsed(
    path: Path,
    content: bytes,
    rows: memoryview,
    layout: Layout,
    form: Format,
    types: dict[str, pa.DataType],
) -> pa.Table:
    """Return the rows parsed by Arrow; a file that it cannot parse is looked at line by line."""
    try:
        table = arrow_csv.read_csv(pa.py_buffer(rows), **settings(layout, form, types, len(rows)))
    except pa.ArrowInvalid as error:
        if "Expected" in str(error) or "out of sync" in str(error):
            try:
                mended = padded(path, rows, layout)
            except UnicodeDecodeError:
                raise wrong_encoding(path, content) from None
            return arrow_csv.read_csv(
                pa.py_buffer(mended), **settings(layout, form, types, len(mended))
            )
        if "invalid UTF8" in str(error):
            raise wrong_encoding(path, content) from None
        if types == (every := dict.fromkeys(layout.names, pa.string())):
            raise ValueError(f"{path.as_posix()} cannot be read: {error}") from None
        # Too large for one block, and a later block is not what the first one promised.
        return typed(parsed(path, content, rows, layout, form, every), types)
    if any(pa.types.is_binary(field.type) for field in table.schema):
        raise wrong_encoding(path, content)
    return table


def settings(layout: Layout, form: Format, types: dict, size: int) -> dict:
    return {
        "read_options": arrow_csv.ReadOptions(
            use_threads=False,
            block_size=min(size, BLOCK) + 1,
            column_names=layout.names,
        ),
        "parse_options": arrow_csv.ParseOptions(
            delimiter=layout.sep,
            newlines_in_values=layout.has_quotes,
            ignore_empty_lines=len(layout.names) > 1,
        ),
        "convert_options": arrow_csv.ConvertOptions(
            column_types=types,
            null_values=list(form.missing),
            strings_can_be_null=True,
            true_values=WORDS[:3],
            false_values=WORDS[3:],
            timestamp_parsers=["\1"],  # none: a date stays as it is written
        ),
    }


def padded(path: Path, rows: memoryview, layout: Layout) -> bytes:
    """Return rows with as many fields as the header."""
    text = io.StringIO(bytes(rows).decode("utf-8"), newline="")
    mended = io.StringIO(newline="")
    writer = csv.writer(mended, delimiter=layout.sep, lineterminator="\n")
    writer.writerows(whole_rows(path, text, layout))
    return mended.getvalue().encode("utf-8")


def whole_rows(path: Path, lines: TextIO, layout: Layout) -> Iterator[list[str]]:
    """Yield each row with as many fields as the header; refuse one that has more.

    A last row that alone has fewer, and no line end, is what is left of one.
    """
    width = len(layout.names)
    ends = deque(maxlen=1)
    reader = csv.reader(noted(lines, ends), delimiter=layout.sep, strict=True)
    blank = begun = short = 0
    try:
        for row in reader:
            if any(row[width:]):
                raise ValueError(
                    f"{path.as_posix()}, line {layout.line + reader.line_num}: a row must have "
                    f"{width} field{'s' * (width > 1)} as the header has, but this one has "
                    f"{len(row)}. (Does the header stand further down? Then: skip=1, or more.)"
                )
            if not row:
                blank += 1
                continue
            # In a file of one column a blank line is a missing value, but not at the end.
            yield from [[""]] * (blank if width == 1 else 0)
            blank = 0
            yield row[:width] + [""] * (width - len(row))
            begun, fields = reader.line_num, len(row)
            short += fields < width
        if short == 1 and fields < width and not ends[0].endswith(("\n", "\r")):
            raise ValueError(
                f"{path.as_posix()}, line {layout.line + begun}: the last row must have {width} "
                f"fields as all others, but breaks off after {fields}, without a line end. Get the "
                "whole file. (If this is all there is, go on with a copy that ends in a whole row.)"
            )
    except csv.Error as error:
        raise ValueError(
            f"{path.as_posix()}, line {layout.line + begun + 1}, cannot be read: {error}. "
            "Is a quotation mark opened and not closed?"
        ) from None


def noted(lines: TextIO, ends: deque) -> Iterator[str]:
    """Yield lines, and keep the last one."""
    for line in lines:
        ends.append(line)
        yield line


def doubtful_columns(
    table: pa.Table, content: bytes | memoryview, layout: Layout, texts: Collection[str]
) -> list[str]:
    """Return the columns in which a number may not be what is written."""
    kinds = {field.name: field.type for field in table.schema if field.name not in texts}
    numbers = [name for name, kind in kinds.items() if kind_of(kind) == NUMBER]
    lowest = [pc.min(table[name]).as_py() for name in numbers]
    signed = any(low is not None and low <= 0 for low in lowest)
    if numbers and has_leading_zeros(content, layout.start, layout.sep, signed):
        doubtful = set(numbers)
    else:
        floats = [name for name in numbers if pa.types.is_floating(kinds[name])]
        with_plus = b"+" in getattr(content, "obj", content)
        doubtful = {name for name in floats if with_plus or not all_exact(table[name])}
    times = {name for name, kind in kinds.items() if pa.types.is_time(kind)}
    return [name for name in kinds if name in doubtful | times]


def has_leading_zeros(content: bytes | memoryview, start: int, sep: str, signed: bool) -> bool:
    """Say whether a field may begin with a zero and a digit, or with 0x; a minus may stand first.

    It may say so in vain: a closer look follows. It must be fast, as it reads every byte.
    """
    codes = np.frombuffer(content, dtype="uint8")[start - 2 :]  # with the end of the header
    minus = ord("-")
    for place in range(0, len(codes), CACHED):
        part = codes[place : place + CACHED + 3]
        # Blanks, quotes, commas and line ends are below the minus, digits and letters above.
        starts = part[1:-2] < minus
        if sep > "-":
            starts |= part[1:-2] == ord(sep)
        if signed:
            starts |= (part[1:-2] == minus) & ((part[:-3] < minus) | (part[:-3] == ord(sep)))
        goes_on = part[3:] > ord("/")
        if sep > "/":
            goes_on &= part[3:] != ord(sep)
        if ((part[2:-1] == ord("0")) & goes_on & starts).any():
            return True
    return False


def all_exact(column: pa.ChunkedArray) -> bool:
    """Say whether all numbers are finite, and small enough for whole numbers to be exact."""
    with np.errstate(invalid="ignore"):
        small = np.abs(column.to_numpy()) < EXACT
    return len(small) - np.count_nonzero(small) == column.null_count


def is_code(written: pa.ChunkedArray) -> bool:
    """Say whether a column holds codes: whole numbers, some with leading zeros, or all with +."""
    if not pc.all(pc.match_substring_regex(written, r"^\s*[+-]?[0-9]+\s*$")).as_py():
        return False
    zeros = pc.match_substring_regex(written, r"^\s*[+-]?0[0-9]")
    plus = pc.match_substring_regex(written, r"^\s*[+]")  # in all rows: telephone numbers
    return bool(pc.any(zeros).as_py() or pc.all(plus).as_py())


def must_stay_text(numbers: pa.ChunkedArray, written: pa.ChunkedArray) -> bool:
    """Say whether something written in a column is lost in its numbers."""
    if pa.types.is_time(numbers.type):
        return True
    lossy = r"0[0-9xX]" if pa.types.is_integer(numbers.type) else r"0[0-9xX]|[0-9]{16}|[nNiI]"
    odd = pc.match_substring_regex(written, rf"^\s*[+-]?({lossy})")
    return any(not is_exact(value.strip()) for value in written.filter(odd).to_pylist())


def is_exact(value: str) -> bool:
    """Say whether a float can hold a number as it is written."""
    if not re.fullmatch(r"[+-]?(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?", value):
        return False
    whole = value.lstrip("+")
    return not whole.lstrip("-").isdigit() or int(float(whole)) == int(whole)


def settled(table: pa.Table) -> pa.Table:
    """Return a table of text, numbers and booleans: dates are text, as they are written."""
    for place, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            days = table[field.name].combine_chunks().dictionary_encode()
            written = days.dictionary.cast(pa.string())
            texts = pa.DictionaryArray.from_arrays(days.indices, written).cast(pa.string())
            table = table.set_column(place, field.name, texts)
    return table


def typed(table: pa.Table, texts: Collection[str]) -> pa.Table:
    """Return a table of text with each column as what all of its values are."""
    for place, name in enumerate(table.column_names):
        if name not in texts:
            table = table.set_column(place, name, typed_column(table[name]))
    return table


def typed_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of text as numbers or booleans, if all of its values are."""
    if column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column))])
    trimmed = pc.utf8_trim_whitespace(column)
    for kind in (pa.int64(), pa.float64()):
        try:
            return trimmed.cast(kind)
        except pa.ArrowInvalid:
            continue
    is_word = pc.all(pc.is_in(column, pa.array([*WORDS, None]))).as_py()
    return column.cast(pa.bool_()) if is_word else column


def kind_of(kind: pa.DataType) -> str:
    """Return what people call a type."""
    if pa.types.is_null(kind):
        return NOTHING
    if pa.types.is_boolean(kind):
        return YES_NO
    return NUMBER if pa.types.is_integer(kind) or pa.types.is_floating(kind) else TEXT


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table of pandas: text as str, booleans with gaps as boolean."""
    frame = table.to_pandas(types_mapper=TYPES.get, split_blocks=True)
    for name in table.column_names:
        column = table[name]
        if kind_of(column.type) == NOTHING:
            frame[name] = np.full(len(frame), np.nan)
        elif column.null_count and pa.types.is_boolean(column.type):
            frame[name] = frame[name].astype("boolean")
        elif column.null_count and pa.types.is_integer(column.type) and not all_exact(column):
            frame[name] = pd.array(column.to_pylist(), dtype="Int64")
    return frame


def lines_of(path: Path, form: Format) -> np.ndarray:
    """Return the line of the file in which each row begins, counted from 1 as an editor does."""
    content = decoded(path, form.encoding)
    layout = layout_of(path, content, form)
    if layout is None:
        return np.array([], dtype="int64")
    rows, is_narrow = content[layout.start :], len(layout.names) == 1
    if is_narrow:
        rows = rows.rstrip(b"\r\n")
    codes = np.frombuffer(rows, dtype="uint8")
    is_quote = codes == QUOTE
    if is_quote.any() and not are_around_fields(codes, is_quote, layout.sep):
        lines = lines_read(rows, layout, is_narrow)
        return np.fromiter(lines, dtype="int64")
    is_return = codes == RETURN
    is_end = codes == NEWLINE
    is_end |= is_return & ~np.append(is_end[1:], False)
    ends = np.flatnonzero(is_end)
    # Between quotation marks, of which an odd number stands before, a line end is part of a value.
    is_inside = np.cumsum(is_quote, dtype="uint8")[ends] % 2 == 1
    starts = np.concatenate([[0], ends + 1])
    is_row = np.concatenate([[True], ~is_inside]) & (starts < len(codes))
    if not is_narrow:
        # In a file of one column an empty line is a missing value; in others it is nothing.
        firsts = codes[np.minimum(starts, max(len(codes) - 1, 0))] if len(codes) else starts
        is_row &= (firsts != NEWLINE) & (firsts != RETURN)
    return np.flatnonzero(is_row) + layout.line + 1


def are_around_fields(codes: np.ndarray, is_quote: np.ndarray, sep: str) -> bool:
    """Say whether quotation marks stand at the ends of fields, and doubled within, only."""
    at = np.flatnonzero(is_quote)
    borders = np.array([QUOTE, NEWLINE, RETURN, ord(sep)], dtype="uint8")
    framed = np.concatenate([[NEWLINE], codes, [NEWLINE]]).astype("uint8")
    before, after = framed[at[::2]], framed[at[1::2] + 2]
    return len(at) % 2 == 0 and np.isin(before, borders).all() and np.isin(after, borders).all()


def lines_read(rows: bytes, layout: Layout, is_narrow: bool) -> Iterator[int]:
    """Yield the line in which each row begins, as the csv module reads them: slowly."""
    text = io.StringIO(rows.decode("utf-8"), newline="")
    reader, before = csv.reader(text, delimiter=layout.sep), layout.line
    for row in reader:
        if row or is_narrow:
            yield before + 1
        before = layout.line + reader.line_num
