# From the template: an update may replace this file.
"""Read the sheets of a workbook: every cell by its own type, none guessed from its neighbours."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from startpy.separated import Format, unique_names

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
# How a table remembers that a column has cells of several kinds.
MIXED = {b"kind": b"mixed"}


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
    return [
        (name, table_of(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), form))
        for name in wanted
    ]


def table_of(rows: list[list], form: Format) -> pa.Table:
    """Return the table on a sheet: its first row that is not empty holds the names."""
    rows = rows[form.skip :]
    while rows and is_blank(rows[0]):
        rows = rows[1:]
    while rows and is_blank(rows[-1]):
        rows.pop()
    if not rows:
        return pa.table({})
    header, *rows = rows
    cells = list(zip(*rows, strict=True)) or [()] * len(header)
    kept = [
        place
        for place, (name, column) in enumerate(zip(header, cells, strict=True))
        if name != "" or not is_blank(column)
    ]
    names = unique_names([name_of(header[place]) for place in kept])
    columns = [
        column_of(cells[place], form, form.keeps_text(name))
        for place, name in zip(kept, names, strict=True)
    ]
    fields = [
        pa.field(name, column.type, metadata=MIXED if is_mixed else None)
        for name, (column, is_mixed) in zip(names, columns, strict=True)
    ]
    return pa.table([column for column, _ in columns], schema=pa.schema(fields))


def is_blank(cells: Iterable) -> bool:
    return all(cell == "" for cell in cells)


def name_of(cell: object) -> str:
    return text_of(cell).strip()


def column_of(cells: tuple, form: Format, keeps_text: bool) -> tuple[pa.Array, bool]:
    """Return the cells of a column in the type that all of them have, and whether they differ."""
    gaps = {*form.missing, ""} if form.missing else {""}
    values = [None if cell.__class__ is str and cell in gaps else cell for cell in cells]
    kinds = {value.__class__ for value in values} - {type(None)}
    if keeps_text or kinds <= {str}:
        texts = [value if value is None else text_of(value) for value in values]
        return pa.array(texts, pa.string() if kinds or keeps_text else pa.null()), False
    if kinds <= {int, float}:
        whole = all(value is None or value == int(value) for value in values)
        return pa.array(values, pa.float64()).cast(pa.int64() if whole else pa.float64()), False
    if kinds == {bool}:
        return pa.array(values, pa.bool_()), False
    if kinds <= {dt.date, dt.datetime}:
        moments = [
            dt.datetime.combine(value, dt.time()) if value.__class__ is dt.date else value
            for value in values
        ]
        return pa.array(moments, pa.timestamp("us")), False
    if kinds == {dt.timedelta}:
        return pa.array(values, pa.duration("us")), False
    # Times of day stay text, as in a file of separated values.
    texts = [value if value is None else text_of(value) for value in values]
    return pa.array(texts, pa.string()), kinds != {dt.time}


def text_of(value: object) -> str:
    """Return what a cell says, as a file of separated values would write it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
