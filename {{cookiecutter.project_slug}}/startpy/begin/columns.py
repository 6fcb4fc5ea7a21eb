# From the template: an update may replace this file.
"""Look at every value of every column: what it is called here, what it is, what must hold."""

import keyword
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
from pandas.api.types import (
    infer_dtype,
    is_bool_dtype,
    is_datetime64_any_dtype,
    is_float_dtype,
    is_integer_dtype,
)

from helpers.tidy import clean_columns
from startpy.letters import PLAIN, compose
from startpy.parse import CURRENCY, DAYS, FORMATS, MOMENTS, number_of, reading_of

BLANK = ("", "NA", "N/A", "n/a", "#N/A", "NULL", "null")
# Where a column would be of numbers or dates but for these, they mean missing.
PERHAPS_BLANK = ("-", "--", ".", "..", "?", "NaN", "nan", "None", "none", "n.a.", "na", "N.A.")
YES_NO = (
    {"t", "true", "f", "false"},
    {"y", "yes", "n", "no"},
)
OTHER_YES_NO = [
    ("ja", "nein"),
    ("ja", "nej"),
    ("ja", "nee"),
    ("oui", "non"),
    ("sí", "no"),
    ("si", "no"),
    ("sim", "não"),
    ("tak", "nie"),
    ("да", "нет"),
    ("是", "否"),
]
ID = re.compile(r"(^|_)(id|uuid|guid|key|code|nr|no|num|number|index)$")
LONGEST_NAME = 50
MOST_CATEGORIES = 20
# Names that a drafted function would have twice, or that a helper or method keeps for itself.
TAKEN = {"self", "copies", "differs_in", "source_file", "source_line"}
# Digits that a float still tells apart.
MOST_DIGITS = 15


@dataclass(frozen=True, eq=False)
class Column:
    """A column: its name in the file and here, its kind, and what was seen in it.

    The kind is number, whole, date, boolean, category, text, other or empty;
    `is_text` says that it is written as text, and must be parsed.
    """

    theirs: str
    ours: str
    kind: str
    is_text: bool
    values: pd.Series
    formats: list[str] = field(default_factory=list)
    is_ambiguous: bool = False
    decimal: str = "."
    words: tuple[str, str] | None = None
    to_datetime: bool = False
    # The words in it that mean missing.
    unknown: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return bool(self.values.notna().all())

    @property
    def distinct(self) -> list:
        return list(self.values.dropna().unique())

    @property
    def telling(self) -> float:
        """How much a picture of it would tell: how many values it has, and how different."""
        shares = self.values.value_counts(normalize=True)
        shares = shares[shares > 0]
        return float(self.values.notna().mean() * -(shares * np.log(shares)).sum())


def look_at(table: pd.DataFrame) -> list[Column]:
    """Return the columns of a table."""
    texts = {name: values for name, values in table.items() if is_text(values)}
    unknown = {name: unknown_in(values) for name, values in texts.items()}
    with_comma = (only_with_comma(values, unknown[name]) for name, values in texts.items())
    decimal = "," if any(with_comma) else "."
    ours = our_names(list(table.columns))
    columns = [
        text_column(name, new, table[name], unknown[name], decimal)
        if name in texts
        else typed_column(name, new, table[name])
        for name, new in zip(table.columns, ours, strict=True)
    ]
    return one_order(columns)


def is_text(values: pd.Series) -> bool:
    return not isinstance(values.dtype, pd.CategoricalDtype) and (
        infer_dtype(values, skipna=True) == "string"
    )


def unknown_in(values: pd.Series) -> list[str]:
    """Return the words that mean missing in a column, in a fixed order."""
    different = set(values.dropna().unique())
    found = different & set(BLANK)
    if "NA" in found and are_codes(different - found):
        found = found - {"NA"}
    perhaps = different & set(PERHAPS_BLANK)
    rest = list(different - found - perhaps)
    if perhaps and rest and is_more_than_text(rest):
        found = found | perhaps
    return [word for word in (*BLANK, *PERHAPS_BLANK) if word in found]


def are_codes(different: set[str]) -> bool:
    """Say whether all texts are two capital letters: among these NA is Namibia, not a gap."""
    return len(different) > 1 and all(re.fullmatch("[A-Z]{2}", text) for text in different)


def is_more_than_text(different: list[str]) -> bool:
    return are_numbers(different, ".") or are_numbers(different, ",") or bool(formats_of(different))


def are_numbers(different: Iterable[str], decimal: str) -> bool:
    """Say whether all texts are numbers, and none would lose anything by being one."""
    different = list(different)
    numbers = 0
    for text in different:
        # A whole number of so many digits is a name; a fraction was a float already.
        is_whole = decimal not in text and not re.search(r"\d[eE]", text)
        digits = re.sub(r"\D", "", text).lstrip("0")
        if re.match(r"\s*[-+]?0\d", text) or (is_whole and len(digits) > MOST_DIGITS):
            return False
        try:
            numbers += number_of(text, decimal) is not None
        except ValueError:
            return False
    return numbers > 0 and not are_telephones(different) and len(units_of(different)) < 2


def are_telephones(different: list[str]) -> bool:
    """Say whether a plus before eight digits or more is a part of the name, and no sign."""
    has_minus = any("-" in text or "\N{MINUS SIGN}" in text for text in different)
    return not has_minus and any(re.fullmatch(r"\s*\+(?:\s?\d){8,}\s*", text) for text in different)


def units_of(different: Iterable[str]) -> list[str]:
    """Return the currencies that stand by numbers, and the percent sign; one or none is usual.

    Examples
    --------
    >>> units_of(["$5", "7 €", "9"]), units_of(["5%", "0.5"]), units_of(["5%", "0"])
    (['$', '€'], ['%', 'no %'], ['%'])
    """
    currencies, percent = set(), set()
    for text in different:
        if re.search(r"[^\d\s.,'+-]", text):
            currencies |= set(re.findall(CURRENCY, compose(text).translate(PLAIN)))
        if re.search("[1-9]", text):
            percent.add("%" if "%" in text else "no %")
    return sorted(currencies) + sorted(percent if "%" in percent else ())


def only_with_comma(values: pd.Series, unknown: list[str]) -> bool:
    different = [text for text in values.dropna().unique() if text not in unknown]
    return not are_numbers(different, ".") and are_numbers(different, ",")


def formats_of(different: list[str]) -> list[str]:
    """Return the formats in which all these texts are dates; a day, and the same with a time."""
    stripped = [text.strip() for text in different if text.strip()]
    if not stripped:
        return []
    fitting = [each for each in FORMATS if all_read(stripped, each)]
    if fitting:
        return fitting
    with_time = [text for text in stripped if ":" in text]
    without = [text for text in stripped if ":" not in text]
    if not with_time or not without:
        return []
    moments = [each for each in MOMENTS if all_read(with_time, each) and "%z" not in each]
    days = [each for each in DAYS if all_read(without, each)]
    pairs = [(day, moment) for day in days for moment in moments if moment.startswith(day)]
    return [f"{day}|{moment}" for day, moment in pairs]


def all_read(texts: list[str], form: str) -> bool:
    return all(reading_of(text, form) is not None for text in texts)


def text_column(name: str, ours: str, texts: pd.Series, unknown: list[str], decimal: str) -> Column:
    values = texts.mask(texts.isin(unknown))
    present = values.dropna()
    different = list(present.unique())

    def found(kind: str, **more: object) -> Column:
        told = {"is_text": True, "values": values, "unknown": unknown}
        return Column(str(name), ours, kind, **told, **more)

    if not different:
        return found("empty")
    words = {text.strip(" .!").casefold() for text in different} - {""}
    for pair in YES_NO:
        if words <= pair and len({word[0] for word in words}) == 2:
            return found("boolean")
    for yes, no in OTHER_YES_NO:
        if words == {yes, no}:
            return found("boolean", words=(yes, no))
    if are_compact_days(different):
        return found("date", formats=["%Y%m%d"])
    for mark in dict.fromkeys([decimal, ".", ","]):
        if are_numbers(different, mark):
            numbers = [number_of(text, mark) for text in different]
            whole = all(map(is_whole, numbers))
            return found("whole" if whole else "number", decimal=mark)
    if formats := formats_of(different):
        months_first = {each[:2] == "%m" for each in formats if each[:2] in ("%m", "%d")}
        return found("date", formats=formats, is_ambiguous=len(months_first) > 1)
    few = len(different) <= min(MOST_CATEGORIES, len(present) / 3)
    return found("category" if few and max(map(len, different)) <= 40 else "text")


def is_whole(number: float | None) -> bool:
    return number is None or (number.is_integer() and abs(number) < 10**MOST_DIGITS)


def are_compact_days(different: list[str]) -> bool:
    """Say whether all texts are days such as 20261124, of times that people know."""
    if not all(re.fullmatch(r"(18|19|20)\d{6}", text.strip()) for text in different):
        return False
    return all_read([text.strip() for text in different], "%Y%m%d")


def typed_column(name: str, ours: str, values: pd.Series) -> Column:
    present, more = values.dropna(), {}
    if present.empty:
        kind = "empty"
    elif isinstance(values.dtype, pd.CategoricalDtype):
        is_few = infer_dtype(values.cat.categories) == "string"
        kind = "category" if is_few and present.nunique() <= MOST_CATEGORIES else "other"
    elif is_bool_dtype(values.dtype):
        kind = "boolean"
    elif is_integer_dtype(values.dtype):
        kind = "whole"
    elif is_float_dtype(values.dtype):
        kind = "number"
    elif is_datetime64_any_dtype(values.dtype):
        kind = "date"
    elif infer_dtype(values, skipna=True) == "date":
        kind, more = "date", {"to_datetime": True}
        values = pd.to_datetime(values, errors="coerce")
        kind = "date" if values.notna().sum() == len(present) else "other"
    else:
        kind = "other"
    return Column(str(name), ours, kind, is_text=False, values=values, **more)


def one_order(columns: list[Column]) -> list[Column]:
    """Return the columns with one format each: where several fit, as the others of the file."""
    sure = [each.formats[0] for each in columns if each.formats and not each.is_ambiguous]
    months_first = {form[:2] == "%m" for form in sure if form[:2] in ("%m", "%d")}
    settled = []
    for column in columns:
        formats = column.formats
        if column.is_ambiguous:
            # With am and pm, the month is first nearly everywhere.
            american = months_first == {True} or (not months_first and "%p" in formats[0])
            wanted = [each for each in formats if (each[:2] == "%m") == american]
            formats = wanted or formats
        # A year of four digits rather than of two, and no more of a format than it takes.
        chosen = formats[0].split("|") if formats else []
        unsure = column.is_ambiguous and len(months_first) != 1
        changed = {"formats": chosen, "is_ambiguous": unsure}
        settled.append(Column(**{**vars(column), **changed}))
    return settled


def our_names(theirs: list) -> list[str]:
    """Return names as a stage has them: of clean_columns, words of Python and long ones changed.

    Examples
    --------
    >>> our_names(["Order ID", "class", "Fläche (m²)", "order id"])
    ['order_id', 'class_', 'flache_m2', 'order_id_2']
    """
    wanted = []
    for place, name in enumerate(clean_columns([str(each) for each in theirs]), start=1):
        plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", name)).strip("_")
        short = plain if len(plain) <= LONGEST_NAME else plain[:LONGEST_NAME].rpartition("_")[0]
        word = short or plain[:LONGEST_NAME] or f"column_{place}"
        word = word if word.isidentifier() else f"x{word}"
        word = word if word.isidentifier() else f"column_{place}"
        is_taken = keyword.iskeyword(word) or word in TAKEN
        wanted.append(f"{word}_" if is_taken else word)
    unique: list[str] = []
    for word in wanted:
        free, number = word, 1
        while free in unique or (free != word and free in wanted):
            number += 1
            free = f"{word}_{number}"
        unique.append(free)
    return unique


def key_of(columns: list[Column]) -> list[str]:
    """Return the columns that identify a row, three at most; none if none do."""
    named = [each for each in columns if ID.search(each.ours)]
    first = [each for each in columns[:1] if each not in named]
    candidates = [
        each
        for each in [*named, *first, *columns[1:]]
        if each.is_complete and each.kind in ("whole", "date", "text", "category")
    ]
    single = [each for each in candidates if each in named or each in first or each.kind == "text"]
    for column in single:
        short = column.kind != "text" or column.values.str.len().median() <= 40
        if short and column.values.is_unique and len(column.values) > 1:
            return [column.ours]
    paired = [each for each in columns if each in candidates and is_part_of_a_key(each)][:6]
    for together in [*combinations(paired, 2), *combinations(paired, 3)]:
        frame = pd.concat([each.values for each in together], axis="columns")
        if not frame.duplicated().any() and len(frame) > 1:
            return [each.ours for each in together]
    return []


def is_part_of_a_key(column: Column) -> bool:
    """Say whether a column may identify a row together with another: a measurement does not."""
    return column.kind != "whole" or bool(re.search("year|month|week|day|id|nr|no", column.ours))
