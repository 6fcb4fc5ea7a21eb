# From the template: an update may replace this file.
"""Read the sheets of a workbook: every cell by its own type, none guessed from its neighbours."""

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from startpy.separated import NUMBER, TEXT, YES_NO, Format, unique_names

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
# How a table remembers that a column has cells of several kinds.
MIXED = {b"kind": b"mixed"}
# How a table remembers in which row of its sheet the names stand.
HEADER = b"header"
ROWS_AT_ONCE = 10_000


def read_sheets(
    path: Path, form: Format, sheet: str | int | None = None
) -> list[tuple[str, pa.Table]]:
    """Return (name, table) for the sheets of a workbook, or for one of them.

    Parameters
    ----------
    path : Path
    form : Format
    sheet : str or int, optional
        The name of a sheet, or its place from 0.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path.as_posix()}.")
    try:
        workbook = CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise ValueError(
            f"{path.as_posix()} must be a workbook, but cannot be read as one: {error}"
        ) from None
    names = workbook.sheet_names
    if isinstance(sheet, str) and sheet not in names:
        there = ", ".join(map(repr, names))
        raise ValueError(f"{path.as_posix()} must have the sheet {sheet!r}, but has: {there}.")
    if isinstance(sheet, int) and not 0 <= sheet < len(names):
        raise ValueError(f"{path.as_posix()} has {len(names)} sheets, so there is no {sheet}.")
    wanted = names if sheet is None else [sheet if isinstance(sheet, str) else names[sheet]]
    return [(name, table_of(workbook.get_sheet_by_name(name).iter_rows(), form)) for name in wanted]


def table_of(rows: Iterator[list], form: Format) -> pa.Table:
    """Return the table on a sheet: its first row that is not empty holds the names."""
    numbered = enumerate(islice(rows, form.skip, None), start=form.skip + 1)
    above, header = next(((n, row) for n, row in numbered if not is_blank(row)), (0, None))
    if header is None:
        return pa.table({})
    below = without_blank_end(rows)
    names = unique_names([text_of(cell).strip() for cell in header])
    as_text = list(map(form.keeps_text, names))
    # Cells are objects, many times as large as what they hold: they are let go block by block.
    blocks = [
        [column_of(cells, form, text) for cells, text in zip(columns, as_text, strict=True)]
        for columns in iter(lambda: list(zip(*islice(below, ROWS_AT_ONCE), strict=True)), [])
    ]
    fields, arrays = [], []
    for place, name in enumerate(names):
        parts = [block[place] for block in blocks]
        if header[place] == "" and not any(kind for kind, _ in parts):
            continue
        array, is_mixed = joined(parts)
        fields.append(pa.field(name, array.type, metadata=MIXED if is_mixed else None))
        arrays.append(array)
    return pa.table(arrays, schema=pa.schema(fields, {HEADER: str(above)}))


def lines_of(table: pa.Table) -> np.ndarray:
    """Return the row of the sheet in which each row of a table stands, counted as in Excel."""
    above = int((table.schema.metadata or {}).get(HEADER, 0))
    return np.arange(above + 1, above + 1 + len(table))


def without_blank_end(rows: Iterator[list]) -> Iterator[list]:
    """Yield rows up to the last that is not blank."""
    blank: list[list] = []
    for row in rows:
        if is_blank(row):
            blank.append(row)
            continue
        yield from blank
        yield row
        blank = []


def is_blank(row: list) -> bool:
    return all(cell == "" for cell in row)


def column_of(cells: tuple, form: Format, keeps_text: bool) -> tuple[str | None, pa.Array]:
    """Return what people call the cells of a column, and the cells in the type all of them have."""
    gaps = {*form.missing, "", *numbers_in(form.missing)}
    values = [None if cell in gaps and cell is not True else cell for cell in cells]
    kinds = {value.__class__ for value in values} - {type(None)}
    if not kinds:
        return None, pa.nulls(len(values), pa.string() if keeps_text else pa.null())
    if kinds <= {int, float} and not keeps_text:
        whole = all(
            value is None or (value == int(value) and abs(value) < 2**63) for value in values
        )
        return NUMBER, pa.array(values, pa.float64()).cast(pa.int64() if whole else pa.float64())
    if kinds == {bool} and not keeps_text:
        return YES_NO, pa.array(values, pa.bool_())
    if kinds <= {dt.date, dt.datetime} and not keeps_text:
        moments = [
            dt.datetime.combine(value, dt.time()) if value.__class__ is dt.date else value
            for value in values
        ]
        return "date", pa.array(moments, pa.timestamp("us"))
    if kinds == {dt.timedelta} and not keeps_text:
        return "length of time", pa.array(values, pa.duration("us"))
    # Times of day stay text, as in a file of separated values.
    texts = [value if value is None else text_of(value) for value in values]
    alike = keeps_text or kinds == {str} or kinds == {dt.time}
    return TEXT if alike else "mixed", pa.array(texts, pa.string())


def numbers_in(missing: tuple[str, ...]) -> set[float]:
    """Return the numbers that stand for a missing value, such as -9."""
    return {float(text) for text in missing if re.fullmatch(r"-?\d+(\.\d+)?", text)}


def joined(parts: list[tuple[str | None, pa.Array]]) -> tuple[pa.ChunkedArray, bool]:
    """Return the blocks of a column as one, and whether they are of different kinds."""
    kinds = {kind for kind, _ in parts} - {None}
    if len(kinds) > 1 or "mixed" in kinds:
        return pa.chunked_array([pa.nulls(sum(len(part) for _, part in parts), pa.string())]), True
    types = {part.type for _, part in parts} - {pa.null()}
    kind = pa.float64() if len(types) > 1 else next(iter(types), pa.null())
    return pa.chunked_array([part.cast(kind) for _, part in parts], kind), False


def text_of(value: object) -> str:
    """Return what a cell says, as a file of separated values would write it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
