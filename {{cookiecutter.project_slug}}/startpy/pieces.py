# From the template: an update may replace this file.
"""Read files of separated values in pieces, so that one larger than memory passes through.

A first pass finds what each column is over all rows and keeps none of them; a second pass yields
the pieces, each with the dtypes of the whole.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from startpy.separated import (
    BLOCK,
    HEAD,
    NOTHING,
    NUMBER,
    STR,
    TEXT,
    YES_NO,
    Format,
    Layout,
    all_exact,
    encoding_of,
    has_line_ends,
    is_code,
    kind_of,
    layout_of,
    must_stay_text,
    nothing_in,
    settings,
    to_frame,
    typed_column,
    unpacked,
    whole_rows,
    wrong_encoding,
)


@dataclass(frozen=True)
class Column:
    """What is known of a column after some of its values."""

    type: pa.DataType
    is_code: bool = False
    has_gaps: bool = False
    is_exact: bool = True  # whole numbers are small enough for a float

    def __or__(self, other: "Column") -> "Column":
        """Return what is known of both parts together."""
        one, two = self.type, other.type
        if kind_of(one) == NOTHING or one == two:
            kind = two
        elif kind_of(two) == NOTHING:
            kind = one
        else:
            both = kind_of(one) == kind_of(two) == NUMBER and self.is_exact and other.is_exact
            kind = pa.float64() if both else pa.string()
        return Column(
            kind,
            self.is_code or other.is_code,
            self.has_gaps or other.has_gaps,
            self.is_exact and other.is_exact,
        )

    @property
    def dtype(self) -> object:
        """Return the dtype that a column of pandas needs for all of its values."""
        kind = kind_of(self.type)
        if kind == YES_NO:
            return "boolean" if self.has_gaps else "bool"
        if pa.types.is_integer(self.type) and not self.has_gaps:
            return "int64"
        if pa.types.is_integer(self.type) and not self.is_exact:
            return "Int64"
        return STR if kind == TEXT else "float64"


def survey(path: Path, form: Format) -> dict[str, Column]:
    """Return what the columns of a file are, in one pass that keeps none of it."""
    columns: dict[str, Column] = {}
    looked_at = False
    for batch in text_batches(path, form):
        if not looked_at and has_line_ends(batch):
            look_at_quotes(path, form)
            looked_at = True
        for name in batch.column_names:
            known = column_of(batch[name], form.keeps_text(name))
            columns[name] = columns.get(name, known) | known
    return columns


def look_at_quotes(path: Path, form: Format) -> None:
    """Refuse a file with a quotation mark that is not closed: it would swallow rows."""
    encoding, layout = head_of(path, form)
    for _ in rows_looked_at(path, encoding, layout):
        pass


def column_of(written: pa.ChunkedArray, keeps_text: bool) -> Column:
    """Return what some values are, as they are written."""
    gaps = written.null_count > 0
    found = written if keeps_text else typed_column(written)
    if kind_of(found.type) != NUMBER:
        return Column(found.type, has_gaps=gaps)
    if is_code(written):
        return Column(pa.string(), is_code=True, has_gaps=gaps)
    if must_stay_text(found, written):
        return Column(pa.string(), has_gaps=gaps)
    is_exact = pa.types.is_floating(found.type) or all_exact(found)
    return Column(found.type, has_gaps=gaps, is_exact=is_exact)


def read_pieces(
    path: Path, form: Format, columns: dict[str, Column], size: int
) -> Iterator[pd.DataFrame]:
    """Yield the table of a file in pieces of so many rows, each column of the dtype it needs."""
    waiting: pa.Table | None = None
    for batch in text_batches(path, form):
        waiting = batch if waiting is None else pa.concat_tables([waiting, batch])
        while len(waiting) > size:
            yield piece_of(waiting.slice(0, size), columns)
            waiting = waiting.slice(size)
    if waiting is not None:
        yield piece_of(waiting, columns)


def piece_of(texts: pa.Table, columns: dict[str, Column]) -> pd.DataFrame:
    for place, name in enumerate(texts.column_names):
        kind = columns[name].type
        if kind_of(kind) in (NUMBER, YES_NO):
            texts = texts.set_column(place, name, pc.utf8_trim_whitespace(texts[name]).cast(kind))
    frame = to_frame(texts).reindex(columns=list(columns))
    return frame.astype({name: column.dtype for name, column in columns.items()})


def text_batches(path: Path, form: Format) -> Iterator[pa.Table]:
    """Yield the rows of a file in blocks, every value as it is written; at least one block."""
    encoding, layout = head_of(path, form)
    if layout is None:
        return
    texts = dict.fromkeys(layout.names, pa.string())
    yield nothing_in(layout, replace(form, as_text=True))
    done = 0
    with row_stream(path, encoding, layout) as stream:
        try:
            # What a blank line is in a file of one column, only a look at each line tells.
            if len(layout.names) > 1:
                options = settings(layout, form, texts, BLOCK // 16)
                for batch in arrow_csv.open_csv(stream, **options):
                    yield pa.table(batch)
                    done += len(batch)
                return
        except pa.ArrowInvalid as error:
            if "Empty CSV file" in str(error):
                return
            if "Expected" not in str(error):
                raise wrong_far_down(path, encoding) from None
    rows = islice(rows_looked_at(path, encoding, layout), done, None)
    gaps = dict.fromkeys(form.missing)
    for block in iter(lambda: list(islice(rows, 50_000)), []):
        columns = zip(*block, strict=True)
        arrays = [pa.array([gaps.get(x, x) for x in column], pa.string()) for column in columns]
        yield pa.table(arrays, names=layout.names)


def head_of(path: Path, form: Format) -> tuple[str, Layout | None]:
    """Return the encoding of a file, and what its head shows; no layout if it is empty."""
    with unpacked(path) as file:
        head = file.read(HEAD)
    encoding = encoding_of(path, head, form.encoding)
    return encoding, layout_of(path, decoded_head(path, head, encoding), form)


def wrong_far_down(path: Path, encoding: str) -> ValueError:
    """Return an error for the first line that is not in the encoding, found line by line."""
    with unpacked(path) as file:
        for number, line in enumerate(io.BufferedReader(file), start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return wrong_encoding(path, line, encoding, lines_before=number - 1)
    return ValueError(f"{path.as_posix()} must be {encoding.upper()}, but is not.")


def row_stream(path: Path, encoding: str, layout: Layout) -> pa.NativeFile:
    """Return a stream of the bytes below the header, as UTF-8."""
    stream = unpacked(path)
    if encoding not in ("utf-8", "utf-8-sig"):
        stream = pa.transcoding_input_stream(stream, encoding, "utf-8")
    stream.read(layout.start + len(codecs.BOM_UTF8) * (encoding == "utf-8-sig"))
    return stream


def rows_looked_at(path: Path, encoding: str, layout: Layout) -> Iterator[list[str]]:
    """Yield the rows of a file one by one, each with as many fields as the header."""
    with row_stream(path, encoding, layout) as stream:
        try:
            yield from whole_rows(path, io.TextIOWrapper(stream, "utf-8", newline=""), layout)
        except UnicodeDecodeError:
            raise wrong_far_down(path, encoding) from None


def decoded_head(path: Path, head: bytes, encoding: str) -> bytes:
    """Return the head of a file as UTF-8; it may end in the middle of a letter."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        raise wrong_encoding(path, head, encoding) from None
    return text.encode("utf-8")
