# From the template: an update may replace this file.
"""What in a column looks like a slip: rules, each for one kind of column."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from startpy.parse import FORMATS, number_of, reading_of

# What people type, and programs write, where they know nothing.
NUMBERS = [-9, -99, -999, -9999, -99999, 999, 9999, 99999, 999999]
DAYS = ["1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "1999-09-09", "9999-12-31"]
WORDS = {
    *("-", "--", ".", "..", "?", "??", "n/a", "na", "nan", "nil", "none", "null", "tba", "tbd"),
    *("test", "unknown", "xx", "xxx"),
}
# What UTF-8 looks like when it was read as Windows-1252, and what was lost for good.
BROKEN = re.compile("[ÃÂ][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|�")
# Of a column of numbers or dates that somebody wrote as text, so many are numbers or dates.
MOST = 0.75
SAMPLE = 1000

# What is suspicious, in words, and the values that are: one for each row.
Finding = tuple[str, pd.Series]


def suspicious_in(values: pd.Series, received: pd.Timestamp | None) -> Iterator[Finding]:
    """Yield what is suspicious in a column, and the values that are."""
    present = values.dropna()
    if present.empty:
        yield "is empty", values
        return
    if isinstance(present.dtype, pd.CategoricalDtype):
        present = present.astype(present.dtype.categories.dtype)
    if len(present) > 1 and (present.astype("str") == str(present.iloc[0])).all():
        yield "is the same in every row that has it", present
    if is_bool_dtype(present.dtype):
        return
    if is_datetime64_any_dtype(present.dtype):
        yield from of_dates(present, received)
    elif is_numeric_dtype(present.dtype):
        yield from of_numbers(present.astype("float64"))
    elif pd.api.types.infer_dtype(present) == "string":
        yield from of_texts(present.astype("str"))


def of_numbers(numbers: pd.Series) -> Iterator[Finding]:
    ends = numbers.isin([numbers.min(), numbers.max()]) & numbers.isin(NUMBERS)
    yield "may stand for missing", numbers[ends]
    yield "is infinite", numbers[np.isinf(numbers)]
    known = numbers[~ends & np.isfinite(numbers)]
    low, high = known.quantile([0.25, 0.75]) if len(known) else (0, 0)
    reach = 3 * (high - low)
    if reach > 0:
        yield "is far below the others", known[known < low - reach]
        yield "is far above the others", known[known > high + reach]


def of_dates(dates: pd.Series, received: pd.Timestamp | None) -> Iterator[Finding]:
    days = dates.dt.tz_localize(None).dt.normalize()
    placeholders = days.dt.strftime("%Y-%m-%d").isin(DAYS)
    yield "may stand for missing", dates[placeholders]
    yield "is before 1900", dates[~placeholders & (days.dt.year < 1900)]
    if received is not None:
        yield f"is after {received:%Y-%m-%d}", dates[~placeholders & (days > received)]


def of_texts(texts: pd.Series) -> Iterator[Finding]:
    # Each different text is looked at once: a column may have a million rows.
    different = pd.Series(texts.unique())
    bare = different.str.split().str.join(" ").str.casefold()
    rules = {
        "is blank": bare == "",
        "begins or ends with blanks": (different != different.str.strip()) & (bare != ""),
        "may stand for missing": bare.isin(WORDS),
        "is another one but for case or blanks": bare.duplicated(keep=False) & (bare != ""),
        "has broken letters": different.str.contains(BROKEN),
    }
    kind, others = unlike_most(different)
    if kind:
        rules[f"is no {kind}, as most others are"] = others
    for sentence, holds in rules.items():
        yield sentence, texts[texts.isin(different[holds])] if holds.any() else texts[:0]


def unlike_most(texts: pd.Series) -> tuple[str | None, pd.Series]:
    """Return what most of these different texts are, a number or a date, and which are not.

    Examples
    --------
    >>> kind, others = unlike_most(pd.Series(["1,5", "2,25", "3", "about 4"]))
    >>> kind, others.tolist()
    ('number', [False, False, False, True])
    """
    filled = texts.str.strip() != ""
    nothing = texts.str.strip().str.casefold().isin(WORDS)
    sample = texts[filled & ~nothing].head(SAMPLE)
    none = pd.Series(False, index=texts.index)
    if len(sample) == 0 or sample.str.contains(r"\d").mean() < MOST:
        return None, none
    # Codes such as 007 are no numbers.
    marks = [] if sample.str.match(r"[-+]?0\d").any() else [".", ","]
    for kind, ways in (("number", marks), ("date", FORMATS)):
        if how := fitting(sample, ways):
            read = [is_read(text, how) for text in texts]
            return kind, filled & ~pd.Series(read, index=texts.index)
    return None, none


def fitting(texts: pd.Series, ways: list[str]) -> str | None:
    """Return the way in which most of these texts, three at least, can be read; none if in none."""
    first = list(texts.head(50))
    how = max(ways, key=lambda way: sum(is_read(text, way) for text in first), default=None)
    read = texts.map(lambda text: how is not None and is_read(text, how))
    return how if read.sum() >= 3 and read.mean() >= MOST else None


def is_read(text: str, how: str) -> bool:
    """Say whether a text is a number with this mark before its decimals, or a date so written."""
    if how not in ".,":
        return reading_of(text.strip(), how) is not None
    try:
        return number_of(text, how) is not None
    except ValueError:
        return False
