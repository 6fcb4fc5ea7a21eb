# From the template: an update may replace this file.
"""Tables as the sheets of an Excel file.

XlsxWriter makes the file: styles, widths, frozen header, filter. The cells are poured in as XML,
a column at a time. That takes a third of the time, keeps every digit of a number, and never takes
text for a formula, a link or markup.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd
from pandas.api import types

MOST_ROWS, MOST_COLUMNS, MOST_LETTERS, MOST_BYTES = 1_048_575, 16_384, 32_767, 2 * 10**9
# Excel shows 15 digits of a number and zeros for the rest.
TOO_LONG = 10**15
# Excel counts a 29 February 1900, and no day after the year 9999.
DAY_ZERO, FIRST_DAY, END = map(pd.Timestamp, ("1899-12-30", "1900-03-01", "9999-12-31 23:59:59"))

STYLES = {
    "header": {"bold": True},
    # Otherwise Excel reads text anew when its cell is edited: 007 would become 7.
    "text": {"num_format": "@"},
    "plain": {},
    # Otherwise Excel shows 123456789012 as 1.23457E+11.
    "whole": {"num_format": "0"},
    "date": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "time": {"num_format": "hh:mm:ss"},
    "duration": {"num_format": "[h]:mm:ss"},
}
WIDTHS = {"plain": 12, "date": 11, "moment": 19, "time": 9, "duration": 11}
WIDEST = 60

# What stands in a cell before its value, and after it.
NUMBER = ("><v>", "</v></c>")
TRUTH = (' t="b"><v>', "</v></c>")
TEXT = (' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What XML cannot hold, and what Excel would take for its own spelling of such a character.
UNFIT = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
CELLS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Cells:
    """The values of one kind in a column; their index counts the rows from the header's 0."""

    values: pd.Series
    style: str
    markup: tuple[str, str] = NUMBER

    def width(self) -> int:
        """Return how many letters wide the widest value is."""
        if self.style in WIDTHS:
            return WIDTHS[self.style]
        if self.style == "whole":
            return max(len(f"{end:.0f}") for end in (self.values.min(), self.values.max()))
        return int(self.values.str.len().max())

    def between(self, start: int, stop: int) -> Iterator[tuple[int, object]]:
        """Yield row and value, as XML spells it, of the values in these rows."""
        first, last = self.values.index.searchsorted([start, stop])
        part = self.values.iloc[first:last]
        values = part.tolist()
        yield from zip(
            part.index.tolist(), map(spell, values) if self.markup is TEXT else values, strict=True
        )


def write_workbook(sheets: dict[str, pd.DataFrame], path: Path, named: str) -> None:
    """Write tables as the sheets of an Excel file, which messages call `named`."""
    check_names(list(sheets), named)
    columns = [columns_of(table, f'{named}, sheet "{name}"') for name, table in sheets.items()]
    frame = ZipFile(frame_of(sheets, columns))
    parts = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    # The first sheet of the frame has a cell for each style.
    found = re.findall(r'<c r="A\d+" s="(\d+)"/>', frame.read(parts[0]).decode())
    styles = dict(zip(STYLES, found, strict=True))
    filled = {
        part: fill(frame.read(part).decode(), cells, len(table) + 1, styles, named)
        for part, cells, table in zip(parts, columns, sheets.values(), strict=True)
    }
    with ZipFile(path, "w") as file:
        for part in frame.namelist():
            # Unlike a bare name, this has the same date each time.
            info = ZipInfo(part)
            info.compress_type = ZIP_DEFLATED
            with file.open(info, "w") as out:
                out.writelines(filled.get(part) or [frame.read(part)])


def check_names(names: list[str], named: str) -> None:
    """Refuse names that Excel does not take for a sheet."""
    if not names:
        raise ValueError(f"{named} must have a sheet: give at least one table.")
    taken: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{named}: the name of a sheet must be text, but is {name!r}.")
        faults = {
            "be 1 to 31 letters long": not 1 <= utf16_length(name) <= 31,
            "be without [ ] : * ? / \\ and control characters": re.search(
                r"[][:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", name
            ),
            "not begin or end with an apostrophe": name[:1] == "'" or name[-1:] == "'",
            "not be History, which Excel keeps for itself": name.lower() == "history",
            f"differ by more than case from {taken.get(name.lower())!r}": name.lower() in taken,
        }
        for must, is_fault in faults.items():
            if is_fault:
                raise ValueError(f"{named}: the name of a sheet must {must}, but is {name!r}.")
        taken[name.lower()] = name


def columns_of(table: pd.DataFrame, where: str) -> list[list[Cells]]:
    """Return the cells of each column, or say which of them Excel cannot hold."""
    for most, count, what in (
        (MOST_ROWS, len(table), "rows"),
        (MOST_COLUMNS, table.shape[1], "columns"),
    ):
        if count > most:
            raise ValueError(
                f"{where} must have at most {most:,} {what}, but has {count:,}. Write less of it, "
                'or all of it with write_table(table, "NAME.parquet").'
            )
    columns = []
    for name, (_, column) in zip(names_of(table), table.items(), strict=True):
        at = f"{where}: `{name}`"
        header = Cells(pd.Series([name], dtype=object), "header", TEXT)
        check_lengths(header.values, f"{where}: the name of a column")
        values = column.set_axis(pd.RangeIndex(1, len(column) + 1))
        columns.append([header, *cells_of(values, at)])
    return columns


def names_of(table: pd.DataFrame) -> list[str]:
    """Return the names of the columns as text; no name is none."""
    return ["" if types.is_scalar(name) and pd.isna(name) else str(name) for name in table.columns]


def cells_of(values: pd.Series, at: str) -> Iterator[Cells]:
    """Yield the values that are there, those of one kind together."""
    if isinstance(values.dtype, pd.SparseDtype):
        values = values.sparse.to_dense()
    elif isinstance(values.dtype, pd.CategoricalDtype | pd.ArrowDtype):
        values = values.astype(object)
    values = values.dropna()
    if values.empty:
        return
    if types.is_bool_dtype(values.dtype):
        yield truths(values)
    elif types.is_integer_dtype(values.dtype):
        yield whole_numbers(values)
    elif types.is_float_dtype(values.dtype):
        yield numbers(values, at)
    elif types.is_datetime64_any_dtype(values.dtype):
        refuse_zone(values.dtype, getattr(values.dtype, "tz", None), at)
        yield moments(values)
    elif types.is_timedelta64_dtype(values.dtype):
        yield durations(values)
    elif isinstance(values.dtype, pd.StringDtype):
        yield words(values, at)
    else:
        values = values.astype(object)
        for kind, alike in values.groupby(values.map(type), sort=False):
            yield objects(kind, alike, at)


def objects(kind: type, values: pd.Series, at: str) -> Cells:
    """Return the cells of Python objects of one type."""
    if issubclass(kind, bool | np.bool_):
        return truths(values)
    if issubclass(kind, Integral):
        return whole_numbers(values)
    if issubclass(kind, Decimal):
        return decimals(values, at)
    if issubclass(kind, Real):
        return numbers(values, at)
    if issubclass(kind, dt.datetime):
        zone = next((moment.tzinfo for moment in values if moment.tzinfo), None)
        refuse_zone(f"times in {zone}", zone, at)
        return moments(values)
    if issubclass(kind, dt.date):
        return moments(values)
    if issubclass(kind, dt.time):
        return times(values)
    if issubclass(kind, dt.timedelta):
        return durations(pd.to_timedelta(values))
    return words(values if issubclass(kind, str) else as_text(values), at)


def truths(values: pd.Series) -> Cells:
    return Cells(values.astype(int), "plain", TRUTH)


def whole_numbers(values: pd.Series) -> Cells:
    if max(int(values.max()), -int(values.min())) >= TOO_LONG:
        return Cells(as_text(values), "text", TEXT)
    return Cells(values, "whole")


def numbers(values: pd.Series, at: str) -> Cells:
    values = values.astype("float64")
    infinite = np.isinf(values)
    if infinite.any():
        raise ValueError(
            f"{at} must be finite, because a spreadsheet has no infinity, but {infinite.sum():,} "
            f"of {len(values):,} numbers are not; the first is in row {values[infinite].index[0]}. "
            'If they mean missing: .replace([float("inf"), -float("inf")], float("nan")).'
        )
    are_whole = (values % 1 == 0).all() and values.abs().max() < TOO_LONG
    return Cells(values, "whole" if are_whole else "plain")


def decimals(values: pd.Series, at: str) -> Cells:
    if values.map(lambda number: len(number.normalize().as_tuple().digits)).max() > 15:
        return Cells(values.map("{:f}".format), "text", TEXT)
    return numbers(values, at)


def moments(values: pd.Series) -> Cells:
    values = values.astype("datetime64[us]") if values.dtype == object else values
    if values.min() < FIRST_DAY or values.max() > END:
        return Cells(as_text(values), "text", TEXT)
    are_days = (values == values.dt.normalize()).all()
    return Cells((values - DAY_ZERO) / pd.Timedelta(days=1), "date" if are_days else "moment")


def refuse_zone(came: object, zone: dt.tzinfo | None, at: str) -> None:
    """Refuse times in a zone: a cell would show a clock, and not say where it hangs."""
    if zone is not None:
        raise TypeError(
            f"{at} must be times without a zone, because a spreadsheet has none, but is {came}. "
            'Say whose clock it is to show: .dt.tz_convert("Europe/London").dt.tz_localize(None).'
        )


def times(values: pd.Series) -> Cells:
    midnight = dt.datetime(1900, 1, 1)
    since = values.map(lambda t: dt.datetime.combine(midnight, t.replace(tzinfo=None)) - midnight)
    return Cells(pd.to_timedelta(since) / pd.Timedelta(days=1), "time")


def durations(values: pd.Series) -> Cells:
    # Excel shows a negative duration as #####.
    if values.min() < pd.Timedelta(0):
        return Cells(as_text(values), "text", TEXT)
    return Cells(values / pd.Timedelta(days=1), "duration")


def words(values: pd.Series, at: str) -> Cells:
    check_lengths(values, at)
    return Cells(values, "text", TEXT)


def as_text(values: pd.Series) -> pd.Series:
    return values.astype("str") if values.dtype != object else values.map(str)


def check_lengths(values: pd.Series, at: str) -> None:
    """Refuse text that Excel would cut off."""
    # Excel counts an emoji as two.
    suspects = values[values.str.len() > MOST_LETTERS // 2]
    for row, length in suspects.map(utf16_length).items():
        if length > MOST_LETTERS:
            raise ValueError(
                f"{at} must be text of at most {MOST_LETTERS:,} letters, but has {length:,} "
                f"in row {row}. Cut it before, .str[:32000], or use write_table."
            )


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def frame_of(sheets: dict[str, pd.DataFrame], columns: list[list[list[Cells]]]) -> io.BytesIO:
    """Return the workbook without its cells, but for one of each style in the first sheet."""
    import xlsxwriter

    frame = io.BytesIO()
    with xlsxwriter.Workbook(frame, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1)})
        styles = [book.add_format(style) for style in STYLES.values()]
        for (name, table), sheet_columns in zip(sheets.items(), columns, strict=True):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            if sheet_columns:
                sheet.autofilter(0, 0, len(table), len(sheet_columns) - 1)
            for place, (header, *cells) in enumerate(sheet_columns):
                # The button of the filter covers three letters of the header.
                widest = max([header.width() + 3, *(each.width() for each in cells)])
                sheet.set_column(place, place, min(widest, WIDEST) + 1)
        for row, style in enumerate(styles):
            book.worksheets()[0].write_blank(row, 0, None, style)
    return frame


def fill(
    frame: str, columns: list[list[Cells]], rows: int, styles: dict[str, str], named: str
) -> Iterator[bytes]:
    """Yield a sheet's XML piece by piece: what the frame says, with the cells in it."""
    from xlsxwriter.utility import xl_col_to_name, xl_range

    before, after = re.split("<sheetData.*</sheetData>|<sheetData/>", frame)
    area = xl_range(0, 0, rows - 1, max(len(columns) - 1, 0))
    yield re.sub('(?<=<dimension ref=")[^"]*', area, before).encode()
    yield b"<sheetData>"
    letters = [xl_col_to_name(place) for place in range(len(columns))]
    step, room = CELLS_AT_ONCE // max(len(columns), 1) + 1, MOST_BYTES
    for start in range(0, rows if columns else 0, step):
        stop = min(start + step, rows)
        written = [
            column_xml(*each, start, stop, styles) for each in zip(letters, columns, strict=True)
        ]
        xml = "".join(
            f'<row r="{row}">{"".join(cells)}</row>'
            for row, cells in enumerate(zip(*written, strict=True), start=start + 1)
        ).encode()
        room -= len(xml)
        if room < 0:
            raise ValueError(
                f"{named} must have sheets of less than 2 GB, but one has more. Write less of it, "
                'or all of it with write_table(table, "NAME.parquet").'
            )
        yield xml
    yield b"</sheetData>" + after.encode()


def column_xml(
    letters: str, column: list[Cells], start: int, stop: int, styles: dict[str, str]
) -> list[str]:
    """Return the cells of some rows of a column; one that is missing is empty."""
    xml = [""] * (stop - start)
    for cells in column:
        middle, end = f'" s="{styles[cells.style]}"{cells.markup[0]}', cells.markup[1]
        for row, value in cells.between(start, stop):
            xml[row - start] = f'<c r="{letters}{row + 1}{middle}{value}{end}'
    return xml


def spell(text: str) -> str:
    """Return text as XML spells it, and Excel what XML cannot.

    Examples
    --------
    >>> spell("a < b\\x00 and _x0000_")
    'a &lt; b_x0000_ and _x005F_x0000_'
    """
    if not UNFIT.search(text):
        return text
    return UNFIT.sub(lambda sign: ENTITIES.get(sign[0]) or f"_x{ord(sign[0]):04X}_", text)
