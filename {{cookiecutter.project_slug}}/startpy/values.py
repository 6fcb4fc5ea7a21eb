# From the template: an update may replace this file.
"""The values in a file of results: its columns, their digests, the first cell that differs."""

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyarrow import ChunkedArray

Column = tuple[str, list]

# Beyond six digits the order of a sum shows, and with it another processor or library.
CLOSE = 1e-6
# What is left of a difference of equals: next to the largest value of its column it is zero.
NOTHING = 1e-9
FACTS = "facts.json"
# Not 007 and not +49: these are names. Python refuses to read a number of thousands of digits.
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(\.[0-9]+)?(e[+-]?[0-9]+)?", re.I)


def columns_of(path: Path) -> Iterable[Column] | None:
    """Return name and values of each column of a table, or None if the file holds no table.

    A column is made of Python's objects only when its turn comes. The sheets of
    a workbook stand side by side; the column `sex` of the sheet `Birds` is
    `Birds!sex`. Text in a CSV stays text. Facts are columns of one value each,
    because a share is not small beside a population.
    """
    if path.suffix not in READERS:
        return None
    from python_calamine import CalamineError

    try:
        return READERS[path.suffix](path)
    except (ValueError, OSError, CalamineError):
        return None


def from_csv(path: Path) -> Iterable[Column]:
    import pandas as pd

    from startpy.separated import unique_names

    form = {"dtype": "str", "keep_default_na": False, "skip_blank_lines": False}
    table = pd.read_csv(path, header=None, **form).fillna("")
    names = unique_names(table.iloc[0].tolist())
    return ((name, table.iloc[1:, place].tolist()) for place, name in enumerate(names))


def from_parquet(path: Path) -> Iterable[Column]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    from startpy.separated import unique_names

    with ParquetFile(path) as file:
        table = file.read()
    columns = zip(unique_names(table.column_names), table.columns, strict=True)
    return (
        (name, (as_text(column) if pa.types.is_temporal(column.type) else column).to_pylist())
        for name, column in columns
    )


def as_text(times: "ChunkedArray") -> "ChunkedArray":
    """Return times as text, the same in whichever unit they are kept."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_duration(times.type):
        return times.cast(pa.duration("ns"), safe=False).cast("int64").cast("str")
    zone = getattr(times.type, "tz", None)
    # A moment in a zone is told in UTC: that takes no list of zones, which not every machine has.
    text = (times.cast(pa.timestamp(times.type.unit)) if zone else times).cast("str")
    shorter = pc.replace_substring_regex(text, r"(\.[0-9]*[1-9])0+$", r"\1")
    shortest = pc.replace_substring_regex(shorter, r"\.0+$", "")
    return pc.binary_join_element_wise(shortest, "Z", "") if zone else shortest


def from_excel(path: Path) -> Iterable[Column]:
    from python_calamine import CalamineWorkbook

    from startpy.separated import unique_names

    book, columns = CalamineWorkbook.from_path(str(path)), []
    for sheet in book.sheet_names:
        header, *below = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) or [[]]
        names = unique_names([str(cell) for cell in header])
        columns += [
            (f"{sheet}!{name}", list(map(plain_cell, cells)))
            for name, *cells in zip(names, *below, strict=True)
        ]
    return columns


def plain_cell(cell: object) -> object:
    """Return the value of a cell: a workbook has no empty text, and no whole numbers of its own."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return None if cell == "" else cell


def from_facts(path: Path) -> Iterable[Column]:
    return facts_in(path.read_text("utf-8")) if path.name == FACTS else None


def facts_in(text: str) -> list[Column]:
    """Return the facts in the text of their file: what each is of, and its value.

    Examples
    --------
    >>> facts_in('{"birds": {"value": 342}, "male": {"value": 5.5, "unit": "kg"}}')
    [('birds', [342]), ('male (kg)', [5.5])]
    """
    try:
        return [
            (f"{name} ({fact['unit']})" if fact.get("unit") else name, [fact["value"]])
            for name, fact in json.loads(text).items()
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"these are no facts: {error}") from None


READERS = {
    ".csv": from_csv,
    ".parquet": from_parquet,
    ".xlsx": from_excel,
    ".json": from_facts,
}


def digest(values: list) -> str:
    """Return 16 hexadecimal digits, the same for columns that agree to six significant digits.

    Whole numbers count in full, unless the column has fractions. What is less
    than a billionth of the largest number of the column counts as 0.

    Examples
    --------
    >>> digest([0.1 + 0.2, None]) == digest([0.3, None])
    True
    >>> digest([0.3]) == digest([0.300001])
    False
    >>> digest([1234567]) == digest([1234568])
    False
    """
    nothing = nothing_beside(values)
    if nothing is None:
        spelled = json.dumps(values, default=str, separators=(",", ":"))
    else:
        spelled = f"[{','.join(spell(value, nothing) for value in values)}]"
    return hashlib.sha256(spelled.encode()).hexdigest()[:16]


def nothing_beside(values: list) -> float | None:
    """Return below what a number of the column is nothing; None if all are whole and exact."""
    if not any(isinstance(value, float) for value in values):
        return None
    numbers = (abs(value) for value in values if isinstance(value, int | float))
    return NOTHING * max(filter(math.isfinite, numbers), default=0)


def spell(value: object, nothing: float) -> str:
    """Return a value as JSON, a number with six digits."""
    if value is None or value != value:
        return "null"
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value if abs(value) > nothing else 0:.6g}"
    return json.dumps(value, default=str)


def as_csv(columns: Iterable[Column]) -> str:
    """Return columns as the text of a CSV, every value in full."""
    columns = list(columns)
    rows = [[name for name, _ in columns], *zip_longest(*(values for _, values in columns))]
    return "".join(f"{line_of(row)}\n" for row in rows)


def line_of(row: Sequence) -> str:
    """Return a line of a CSV; with the line end that csv believes in, it quotes a lone CR, too."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(row)
    return line.getvalue().removesuffix("\r\n")


def read_again(text: str, name: str) -> list[Column]:
    """Return the columns in a readable copy of this name, their values as text."""
    if Path(name).name == FACTS:
        try:
            return [(fact, [str(value)]) for fact, (value,) in facts_in(text)]
        except ValueError:  # Somebody has edited it: it is of no record.
            return []
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    rows = csv.reader(io.StringIO(text, newline=""))
    return [(name, cells) for name, *cells in zip_longest(*rows, fillvalue="")]


def first_difference(before: list[Column], now: list[Column]) -> str | None:
    """Return the first cell of text that differs by more than the sixth digit, with both values.

    Parameters
    ----------
    before, now : list of (name, values)
        With the same names and numbers of rows.

    Examples
    --------
    >>> first_difference([("mean", ["0.5", "2"])], [("mean", ["0.5000000001", "3"])])
    'mean, row 2: 2 before, 3 now'
    """
    found = [
        (name, row, old, new)
        for (name, was), (_, became) in zip(before, now, strict=True)
        for row, old, new in different(was, became)
    ]
    if not found:
        return None
    name, row, old, new = found[0]
    is_fact = all(len(was) == 1 for _, was in before)
    more = f"; {len(found)} {'values' if is_fact else 'cells'} differ" if len(found) > 1 else ""
    place = name if is_fact else f"{name}, row {row}"
    return f"{place}: {shown(old)} before, {shown(new)} now{more}"


def different(before: list[str], now: list[str]) -> Iterator[tuple[int, str, str]]:
    """Yield row, old and new text where two columns are not the same to six digits."""
    was, became = list(map(read_number, before)), list(map(read_number, now))
    nothing = nothing_beside([*was, *became])
    for row, (old, new) in enumerate(zip(was, became, strict=True), start=1):
        if old != new and not is_close(old, new, nothing):
            yield row, before[row - 1], now[row - 1]


def is_close(old: object, new: object, nothing: float | None) -> bool:
    """Say whether two values are numbers that are the same to six digits."""
    both = isinstance(old, int | float) and isinstance(new, int | float)
    if not both or nothing is None:
        return False
    return math.isclose(old, new, rel_tol=CLOSE, abs_tol=nothing)


def read_number(text: str) -> str | int | float | None:
    """Return the number that a text of a CSV is, or the text; nothing if it is empty.

    Examples
    --------
    >>> [read_number(text) for text in ("12", "0.5", "1e-3", "007", "")]
    [12, 0.5, 0.001, '007', None]
    """
    match = NUMBER.fullmatch(text)
    if not match:
        return text or None
    return float(text) if any(match.groups()) else int(text)


def shown(text: str) -> str:
    """Return a value for a message: on one line, not too long, and visible."""
    short = text if len(text) <= 60 else f"{text[:57]}..."
    return short if short.strip() == short != "" and short.isprintable() else repr(short)
