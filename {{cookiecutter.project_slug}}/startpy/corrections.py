# From the template: an update may replace this file.
"""Read corrections that people have written, hold them against a table, and apply them."""

import math
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from helpers.check import READ_FROM
from helpers.read import read_csv
from startpy.separated import Format, lines_of
from startpy.text import is_missing, must_be_text

REQUIRED = ("column", "old", "new", "reason", "who", "date")
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[-+][0-9]{2}:[0-9]{2})?"
NUMBER = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"
# By the kind of a column: what a value must be, how it is written, and what makes one of that.
# A time is made by `moment`, which knows the zone.
KINDS: dict[str, tuple[str, str, Callable[[str], object] | None]] = {
    "string": ("text", "(?s:.*)", str),
    "empty": ("text", "(?s:.*)", str),
    "boolean": ("true or false", "(?i:true|false)", lambda word: word.lower() == "true"),
    "integer": ("a whole number", r"[-+]?[0-9]+(\.0*)?", lambda word: int(word.split(".")[0])),
    "floating": ("a number such as 0.5", rf"{NUMBER}|[-+]?inf", float),
    "decimal": ("a number such as 0.5", NUMBER, Decimal),
    "date": ("a date such as 2026-11-24", DAY, date.fromisoformat),
    "datetime64": ("a date such as 2026-11-24 or 2026-11-24 15:30", f"{DAY}([ T]{TIME})?", None),
}
# The types of NumPy that have no missing value, and those of pandas that do.
WITH_MISSING = {"b": "boolean", "i": "Int64", "u": "UInt64"}
# So many keys are compared to find the one that is meant.
LIKELY = 2_000


@dataclass(frozen=True)
class Line:
    """One correction as it is written, and where."""

    where: str
    file: str | None
    number: int | None
    key: dict[str, str]
    column: str
    old: str
    new: str
    reason: str
    who: str
    date: str


@dataclass(frozen=True)
class Sheet:
    """The corrections of one file: the names of its columns, and its lines."""

    where: str
    names: list[str]
    lines: list[Line]

    @property
    def key(self) -> list[str]:
        return [name for name in self.names if name not in REQUIRED]


@dataclass(frozen=True)
class Column:
    """A column of the table, and how it reads what is written in a correction."""

    place: int
    values: pd.Series

    @cached_property
    def is_category(self) -> bool:
        return isinstance(self.values.dtype, pd.CategoricalDtype)

    @cached_property
    def plain(self) -> pd.Series:
        """The values; of categories, what they stand for."""
        return self.values.cat.categories.to_series() if self.is_category else self.values

    @cached_property
    def kind(self) -> str:
        return infer_dtype(self.plain, skipna=True)

    @property
    def has_missing(self) -> bool:
        dtype = self.values.dtype
        return not (isinstance(dtype, np.dtype) and dtype.kind in WITH_MISSING)

    def read(self, text: str) -> object:
        """Return what a text means in this column: a value as it holds it, or None if missing."""
        if not text:
            return None
        must, written, make = KINDS[self.kind]
        try:
            value = self.stored(make(text) if make else self.moment(text), written, text)
        except (ValueError, TypeError, ArithmeticError):
            raise ValueError(f"must be {must}, as in {self.values.dtype}") from None
        if self.is_category and value not in self.values.cat.categories:
            raise ValueError(f"must be one of the categories {', '.join(map(str, self.plain))}")
        return value

    def stored(self, value: object, written: str, text: str) -> object:
        """Return a value as the column holds it; refuse one that it cannot hold."""
        with np.errstate(over="ignore"):
            (held,) = pd.array([value], dtype=self.plain.dtype)
        same = math.isinf(held) == ("inf" in text) if self.kind == "floating" else held == value
        if not same or not re.fullmatch(written, text):
            raise ValueError(text)
        return held

    def moment(self, text: str) -> pd.Timestamp:
        """Return a time; without an offset, it is what a clock in the column's zone showed."""
        zone, time = self.plain.dt.tz, pd.Timestamp(text)
        if time.tz and not zone:
            raise ValueError(text)
        return time.tz_localize(zone) if zone and not time.tz else time

    def at(self, row: int) -> object:
        """Return the value in a row; None if it is missing or an empty text."""
        value = self.values.iloc[row]
        return None if is_missing(value) or value == "" else value


Found = list[tuple[Line, list[int]]]
Cells = list[tuple[Line, int]]
Columns = dict[str, Column]
Places = dict[str, list[int]]


def read_sheets(corrections: pd.DataFrame | Path | str | Collection[Path | str]) -> list[Sheet]:
    """Return the corrections of each file, as text."""
    if isinstance(corrections, pd.DataFrame):
        for _, values in corrections.items():
            must_be_text(values)
        places = [(f"row {label}", None, None) for label in corrections.index]
        return [sheet_of("the header", corrections, places)]
    several = pd.api.types.is_list_like(corrections)
    paths = list(corrections) if several else [corrections]
    for path in paths:
        if not isinstance(path, str | Path):
            raise TypeError(
                "Corrections must be a table, the path of a CSV file or a list of such paths, but "
                f"{'among them ' * several}is {type(path).__name__}."
            )
    return [read_sheet(Path(path)) for path in paths]


def read_sheet(path: Path) -> Sheet:
    try:
        table = read_csv(path, dtype="str", missing=[])
    except ValueError as error:
        error.add_note("Corrections are CSV in UTF-8; a text with a comma is in quotation marks.")
        raise
    lines = lines_of(path, Format()).tolist()
    places = [(f"{path.as_posix()}, line {number}", path.name, number) for number in lines]
    return sheet_of(path.as_posix(), table, places)


def sheet_of(where: str, table: pd.DataFrame, places: list[tuple]) -> Sheet:
    names = list(map(str, table.columns))
    texts = table.astype("str").fillna("").itertuples(index=False, name=None)
    rows = [dict(zip(names, row, strict=True)) for row in texts]
    lines = [
        Line(
            *place,
            key={name: text for name, text in row.items() if name not in REQUIRED},
            **{name: row.get(name, "") for name in REQUIRED},
        )
        for place, row in zip(places, rows, strict=True)
        if any(text.strip() for text in row.values())  # spreadsheets leave empty rows at the end
    ]
    return Sheet(where, names, lines)


def places_of(table: pd.DataFrame) -> Places:
    """Return where the columns of each name stand; in a CSV, the name 2020 is a text, too."""
    places: Places = {}
    for place, name in enumerate(table.columns):
        places.setdefault(str(name), []).append(place)
    return places


def sound_lines(sheets: list[Sheet], places: Places) -> list[Line]:
    """Return the lines that can be read: those below a header without a fault."""
    sound = [sheet for sheet in sheets if not any(faults_of_header(sheet, places))]
    return [line for sheet in sound for line in sheet.lines]


def columns_of(table: pd.DataFrame, places: Places, lines: list[Line]) -> Columns:
    """Return the columns that corrections name, as far as the table has them."""
    names = dict.fromkeys(name for line in lines for name in (*line.key, line.column))
    alone = {name: places[name][0] for name in names if len(places.get(name, [])) == 1}
    columns = {name: Column(place, table.iloc[:, place]) for name, place in alone.items()}
    for name, column in columns.items():
        if column.kind not in KINDS or isinstance(column.values.dtype, pd.SparseDtype):
            raise TypeError(
                f"A column to correct, or of a key, must be text, numbers, dates, or true and "
                f"false, but `{name}` is {column.kind} ({column.values.dtype}). Correct the table "
                "before it becomes that."
            )
    return columns


def rows_of(lines: list[Line], columns: Columns) -> list[list[int]]:
    """Return for each correction the rows that its key finds."""
    keys = [key_of(line, columns) for line in lines]
    rows: dict[tuple | None, list[int]] = {}
    for names in dict.fromkeys(tuple(line.key) for line in lines):
        asked = {key for key in keys if key and key[0] == names}
        parts = [columns[name] for name in names]
        for row in rows_with(parts, [key[1:] for key in asked]):
            key = (names, *(part.at(row) for part in parts))
            if key in asked:
                rows.setdefault(key, []).append(row)
    return [rows.get(key, []) for key in keys]


def key_of(line: Line, columns: Columns) -> tuple | None:
    """Return the key as its columns read it; None if one cannot, and so has no such value."""
    try:
        return tuple(line.key), *(columns[name].read(text) for name, text in line.key.items())
    except ValueError:
        return None


def rows_with(parts: list[Column], keys: list[tuple]) -> list[int]:
    """Return the few rows of a large table in which each part of the key is one that is asked."""
    if not keys:
        return []
    likely = np.ones(len(parts[0].values), dtype=bool)
    for part, asked in zip(parts, zip(*keys, strict=True), strict=True):
        if None not in asked:
            likely &= part.values.isin(list(asked)).to_numpy(dtype=bool)
    return np.flatnonzero(likely).tolist()


def faults_of(sheets: list[Sheet], places: Places, found: Found, columns: Columns) -> Iterator[str]:
    """Yield everything that is wrong with corrections, each with its file and line."""
    for sheet in sheets:
        for fault in faults_of_header(sheet, places):
            yield f"{sheet.where}: {fault}"
    for line, rows in found:
        for fault in faults_of_line(line, rows, places, columns):
            yield f"{line.where}: {fault}"
    for line, fault in faults_of_two(found):
        yield f"{line.where}: {fault}"


def faults_of_header(sheet: Sheet, places: Places) -> Iterator[str]:
    if missing := [name for name in REQUIRED if name not in sheet.names]:
        yield (
            f"{listed(missing)} must be there. A correction has the key of a row, and then "
            f"{listed(REQUIRED)}."
        )
    if not sheet.key:
        yield "the key must be there: the columns of the table that find a row, before `column`."
    for name in dict.fromkeys(sheet.names):
        if sheet.names.count(name) > 1:
            yield f"`{name}` must stand there once."
        elif name not in REQUIRED and (fault := fault_of_name(name, places)):
            yield fault


def fault_of_name(name: str, places: Places) -> str | None:
    """Return what is wrong with the name of a column, if anything."""
    several = len(places.get(name, []))
    if several == 1:
        return None
    if several:
        return (
            f"`{name}` must be one column, but {several} of the table have that name. Make the "
            "names unique before, for example with clean_columns."
        )
    folded = {each.casefold(): each for each in places}
    near = get_close_matches(name.casefold(), folded, 1)
    meant = f"Did you mean `{folded[near[0]]}`?" if near else f"It has {listed(places) or 'none'}."
    return f"`{name}` is no column of the table. {meant}"


def faults_of_line(line: Line, rows: list[int], places: Places, columns: Columns) -> Iterator[str]:
    for name in ("column", "reason", "who", "date"):
        if not getattr(line, name).strip():
            yield f"`{name}` must be filled in."
    if line.date.strip() and not is_day(line.date):
        yield f"`date` must be a date such as 2026-11-24, but is {line.date!r}."
    if len(rows) != 1:
        yield fault_of_key(line, rows, columns)
    if line.column in line.key:
        yield f"`{line.column}` is part of the key. To correct it, find the row by another key."
    elif line.column in columns:
        yield from faults_of_values(line, rows, columns)
    elif line.column.strip():
        yield str(fault_of_name(line.column, places))


def fault_of_key(line: Line, rows: list[int], columns: Columns) -> str:
    if rows:
        first = ", ".join(map(str, rows[:5])) + ", ..." * (len(rows) > 5)
        return (
            f"the key must find one row, but in {len(rows):,} rows {key_in_words(line, columns)} "
            f"(counted from 0, rows {first}). Add a column to the key that tells them apart."
        )
    near = nearest_key(line, columns)
    meant = f" Did you mean the row where {near}?" if near else ""
    return f"there must be a row where {key_in_words(line, columns)}, but there is none.{meant}"


def nearest_key(line: Line, columns: Columns) -> str | None:
    """Return the key in the table that is most like the one of a correction."""
    parts = [columns[name] for name in line.key]
    shared = np.zeros(len(parts[0].values))
    for part, text in zip(parts, line.key.values(), strict=True):
        shared += (part.values.astype("str") == text).to_numpy(dtype=bool)
    likely = np.argsort(-shared, kind="stable")[:LIKELY]
    keys = ([part.at(row) for part in parts] for row in likely)
    spelled = {" ".join(map(str, key)): key for key in keys}
    near = get_close_matches(" ".join(line.key.values()), spelled, 1, cutoff=0)
    return in_words(dict(zip(line.key, spelled[near[0]], strict=True))) if near else None


def faults_of_values(line: Line, rows: list[int], columns: Columns) -> Iterator[str]:
    """Yield what is wrong with the old and the new value."""
    column = columns[line.column]
    read: dict[str, object] = {}
    for name, text in (("old", line.old), ("new", line.new)):
        try:
            read[name] = column.read(text)
        except ValueError as error:
            yield f"`{name}` {error}, but is {text!r}."
    if not line.new and not column.has_missing:
        dtype = column.values.dtype
        yield (
            f"`new` must be there, because `{line.column}` is {dtype}, which has no missing value. "
            f'Before, make it one that has: .astype({{{line.column!r}: "{WITH_MISSING[dtype.kind]}"'
            "})."
        )
    if len(read) == 2 and read["old"] == read["new"]:
        yield f"`old` and `new` must differ, but both are {shown(read['old'])}."
    elif len(rows) == 1 and "old" in read and (stands := column.at(rows[0])) != read["old"]:
        if stands == read.get("new", ...):
            do = "It is what the correction makes of it: delete this line."
        elif stands is None:
            do = "A missing value is written as nothing."
        else:
            do = "Was the raw file replaced? Look, then edit this line or delete it."
        yield (
            f"`{line.column}` is {shown(stands)} where {key_in_words(line, columns)}, but the "
            f"correction expects {shown(read['old'])}. {do}"
        )


def faults_of_two(found: Found) -> Iterator[tuple[Line, str]]:
    """Yield the corrections of a value that another one has corrected."""
    first: dict[tuple, Line] = {}
    for line, rows in found:
        other = first.setdefault((*rows, line.column), line)
        if len(rows) != 1 or other is line:
            continue
        same = (other.old, other.new) == (line.old, line.new)
        does = "does the same" if same else f"makes it {other.new!r}, and this one {line.new!r}"
        yield line, f"a value must be corrected once, but {other.where}, {does}. Keep one of them."


def corrected(table: pd.DataFrame, columns: Columns, cells: Cells) -> pd.DataFrame:
    """Return the table with its new values in place."""
    result = table.copy(deep=False)
    for name in dict.fromkeys(line.column for line, _ in cells):
        column = columns[name]
        new = {row: column.read(line.new) for line, row in cells if line.column == name}
        values = column.values.copy()
        values.iloc[list(new)] = pd.array(list(new.values()), dtype=values.dtype)
        result.isetitem(column.place, values)
    return result


def log_of(table: pd.DataFrame, sheets: list[Sheet], cells: Cells) -> pd.DataFrame:
    """Return the corrections as they are written, and where the rows came from."""
    names = [*dict.fromkeys(name for sheet in sheets for name in sheet.key), *REQUIRED]
    written = [{name: getattr(line, name) for name in REQUIRED} | line.key for line, _ in cells]
    texts = [{name: text or None for name, text in each.items()} for each in written]
    sources = [
        place
        for place, name in enumerate(map(str, table.columns))
        if (name.startswith("source_") or name in READ_FROM) and name not in names
    ]
    return (
        pd.DataFrame(texts, columns=names, dtype="str")
        .assign(
            correction_file=pd.array([line.file for line, _ in cells], dtype="str"),
            correction_line=pd.array([line.number for line, _ in cells], dtype="Int64"),
        )
        .join(table.iloc[[row for _, row in cells], sources].reset_index(drop=True))
    )


def key_in_words(line: Line, columns: Columns) -> str:
    key = key_of(line, columns)
    return in_words(dict(zip(line.key, key[1:], strict=True)) if key else line.key)


def in_words(key: dict[str, object]) -> str:
    return " and ".join(f"`{name}` is {shown(value)}" for name, value in key.items())


def shown(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, str):
        return repr(str(value))
    word = str(value)
    return word.lower() if word in ("True", "False") else word.removesuffix(" 00:00:00")


def is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(DAY, text) and date.fromisoformat(text))
    except ValueError:
        return False


def listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
