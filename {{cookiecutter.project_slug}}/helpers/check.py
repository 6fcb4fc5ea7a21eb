# From the template: an update may replace this file.
"""Check a table on its way: the same table comes back, or the rows at fault are named.

What you do not know yet, a report tells: `overview`, `duplicates_report`,
`suspicious_report`, `merge_report`.
"""

import warnings
from collections.abc import Callable, Collection, Hashable
from difflib import get_close_matches
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from startpy.text import spelled

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

# What the readers call the columns that say where a row came from, beside `source_...`.
READ_FROM = ("filename", "sheet")
# The types of pandas in plain words; what is not here is called as pandas calls it.
TYPES = {
    "string": "text",
    "boolean": "yes or no",
    "integer": "whole number",
    "floating": "number",
    "decimal": "number",
    "mixed-integer-float": "number",
    "complex": "complex number",
    "date": "date",
    "datetime64": "date and time",
    "datetime": "date and time",
    "time": "time",
    "timedelta64": "duration",
    "timedelta": "duration",
    "period": "period",
    "interval": "interval",
    "categorical": "category",
    "bytes": "bytes",
}
WITH_A_RANGE = {"whole number", "number", "date", "date and time", "time", "duration", "period"}
# pandas matches these with each other: 1 with 1.0, and a day with its midnight.
ALIKE = {"whole number": "number", "yes or no": "number", "date and time": "date"}
# By way of Int64, because whole numbers with gaps are floats: 7 would be the text 7.0.
AS_TEXT = {"whole number": ["str"], "number": ["Int64", "str"]}
# What closes a report of a merge: no kinds of their own.
SUMS = ("matched", "unmatched", "all")


def check_columns(table: pd.DataFrame, columns: Collection[Hashable]) -> pd.DataFrame:
    """Return the table if it has all these columns.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    columns : collection of column names

    Returns
    -------
    pandas.DataFrame, n rows
        The table itself.

    Raises
    ------
    ValueError
        If a column is missing; names are compared letter by letter.

    Examples
    --------
    >>> birds = pd.DataFrame({"species": ["Adelie"], "body_mass_g": [3750]})
    >>> check_columns(birds, ["species", "Body mass"])
    Traceback (most recent call last):
    ValueError: The table must have the column `Body mass`, but has: `species`, `body_mass_g`. \
Did you mean `body_mass_g`?
    """
    missing = [name for name in columns if name not in table.columns]
    if not missing:
        return table
    # Lines are numbers, files and sheets are not.
    files = [
        values.unique()
        for _, values in table[_sources(table)].items()
        if not pd.api.types.is_numeric_dtype(values)
    ]
    table_of = "The table"
    if files and all(len(names) == 1 for names in files):
        table_of += " from " + ", ".join(dict.fromkeys(str(name) for (name,) in files))
    guesses = [match for name in missing for match in _alike(name, table.columns)]
    hint = f" Did you mean {_names(guesses)}?" if guesses else ""
    raise ValueError(
        f"{table_of} must have the column{'s' * (len(missing) > 1)} {_names(missing)}, "
        f"but has: {_names(table.columns)}.{hint}"
    )


def check_unique(table: pd.DataFrame, *key: Hashable) -> pd.DataFrame:
    """Return the table if no two rows share a key.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    *key : column names
        The columns that together identify a row. A missing value counts as a
        value of its own.

    Returns
    -------
    pandas.DataFrame, n rows
        The table itself.

    Raises
    ------
    ValueError
        If rows repeat; the first of them are shown.

    Examples
    --------
    >>> nests = pd.DataFrame({"nest": ["N1", "N2", "N2"], "eggs": [2, 2, 1]})
    >>> check_unique(nests, "nest")
    Traceback (most recent call last):
    ValueError: `nest` must identify a row, but 2 of 3 rows repeat. The first:
      nest  eggs
    1   N2     2
    2   N2     1
    """
    columns = list(key)
    check_columns(table, columns)
    repeats = table[table.duplicated(columns, keep=False)]
    if repeats.empty:
        return table
    together = repeats.groupby(columns, sort=False, dropna=False).ngroup()
    repeats = repeats.iloc[together.argsort(kind="stable")]
    raise ValueError(
        f"{_names(columns)} must identify a row, but {len(repeats):,} of {len(table):,} rows "
        f"repeat. The first:\n{_rows(repeats, columns)}"
    )


def check_values(
    table: pd.DataFrame,
    column: Hashable,
    *,
    low: float | str | None = None,
    high: float | str | None = None,
    allowed: Collection | None = None,
    missing: bool = True,
) -> pd.DataFrame:
    """Return the table if every value of a column is one that can be.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    column : column name
    low, high : number or date, optional
        The smallest and largest value that can be, in the column's unit.
    allowed : collection, optional
        All the values that can be.
    missing : bool
        Whether values may be missing.

    Returns
    -------
    pandas.DataFrame, n rows
        The table itself.

    Raises
    ------
    ValueError
        If a value cannot be; the first rows with one are shown.

    Examples
    --------
    >>> birds = pd.DataFrame({"bird": ["a", "b"], "body_mass_g": [3750, 37.5]})
    >>> check_values(birds, "body_mass_g", low=2500, high=6500)
    Traceback (most recent call last):
    ValueError: `body_mass_g` must be from 2500 to 6500, but 1 of 2 rows is not. The first:
      bird  body_mass_g
    1    b         37.5
    """
    check_columns(table, [column])
    values = table[column]
    wrong = pd.Series(False, index=table.index)
    must = []
    if low is not None or high is not None:
        outside = (values < low if low is not None else False) | (
            values > high if high is not None else False
        )
        wrong |= outside.fillna(False).astype(bool)
        must.append(_between(low, high))
    if allowed is not None:
        wrong |= ~values.isin(allowed) & values.notna()
        must.append("one of " + ", ".join(map(str, allowed)))
    if not missing:
        wrong |= values.isna()
        must.append("there")
    if not wrong.any():
        return table
    count = int(wrong.sum())
    raise ValueError(
        f"`{column}` must be {' and '.join(must)}, but {count:,} of {len(table):,} rows "
        f"{'is' if count == 1 else 'are'} not. The first:\n{_rows(table[wrong], [column])}"
    )


def check_rows(
    table: pd.DataFrame,
    holds: pd.Series | np.ndarray | Callable[[pd.DataFrame], pd.Series],
    must: str,
) -> pd.DataFrame:
    """Return the table if something holds in every row.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    holds : boolean Series or array of length n, function of the table, or expression
        True where the row is as it must be: `pd.col("first") <= pd.col("last")`. A
        missing answer counts as no, whatever the dtype: a comparison with NaN gives
        False, one with pandas.NA gives none. Where a value may be missing, add
        `| pd.col("last").isna()`.
    must : str
        The sentence of what must hold. The columns that it names in backticks are
        shown with the rows at fault; so are those that an expression names.

    Returns
    -------
    pandas.DataFrame, n rows
        The table itself.

    Raises
    ------
    ValueError
        If it does not hold in a row; the first such rows are shown. Or if `holds` is
        about other rows than the table's.
    TypeError
        If `holds` is not one truth value for each row.

    Examples
    --------
    >>> stays = pd.DataFrame({"bird": ["a", "b"], "first": [3, 9], "last": [7, 8]})
    >>> check_rows(stays, pd.col("first") <= pd.col("last"), "no stay ends before it begins")
    Traceback (most recent call last):
    ValueError: No stay ends before it begins: this must hold, but does not in 1 of 2 rows. \
The first:
      bird  first  last
    1    b      9     8
    """
    wrong = ~_truths(table, holds)
    if not wrong.any():
        return table
    sentence = must.strip().rstrip(".")
    names = must + repr(holds) if isinstance(holds, pd.api.typing.Expression) else must
    columns = [name for name in table if f"`{name}`" in names or f"col({name!r})" in names]
    raise ValueError(
        f"{sentence[:1].upper()}{sentence[1:]}: this must hold, but does not in "
        f"{wrong.sum():,} of {len(table):,} rows. The first:\n{_rows(table[wrong], columns)}"
    )


def check_contract(
    table: pd.DataFrame, contract: "DataFrameSchema", *, refused: Path | str | None = None
) -> pd.DataFrame:
    """Return the table if it keeps its contract: every column, type and rule of it.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    contract : pandera.DataFrameSchema
        What must hold; `contracts.py` has those of the project.
    refused : path, optional
        A `.csv` or `.parquet` file for the rows at fault, each with the rules that it
        breaks. It goes as soon as a table keeps the contract.

    Returns
    -------
    pandas.DataFrame, n rows
        The table itself; nothing in it is converted.

    Raises
    ------
    ValueError
        If a rule is broken: a sentence for each says what must hold, what came, in how
        many rows, and where the first of them are from (`source_file`, `source_line`).
    TypeError
        If the contract is no DataFrameSchema.

    Examples
    --------
    >>> from pandera.pandas import Check, Column, DataFrameSchema
    >>> contract = DataFrameSchema(
    ...     {"bird": Column(str, unique=True), "mass_g": Column(float, Check.between(2500, 6500))}
    ... )
    >>> birds = pd.DataFrame({"bird": ["a", "b"], "mass_g": [3750.0, 37.5]})
    >>> check_contract(birds, contract)
    Traceback (most recent call last):
    ValueError: The table must keep its contract, but breaks a rule of it:
      `mass_g` must be from 2500 to 6500, but 1 of 2 rows is not: 37.5 (row 1).
    """
    from startpy.contract import broken_rules, refuse

    rules = broken_rules(table, contract)
    if rules:
        raise ValueError(refuse(table, contract, rules, refused))
    if refused is not None:
        Path(refused).unlink(missing_ok=True)
    return table


def merge_report(
    left: pd.DataFrame,
    right: pd.DataFrame,
    on: Hashable | list[Hashable] | None = None,
    *,
    left_on: Hashable | list[Hashable] | None = None,
    right_on: Hashable | list[Hashable] | None = None,
    how: str = "left",
) -> pd.DataFrame:
    """Return what `left.merge(right, ...)` would match, before it does.

    Every key is of one kind, so the kinds add up to the rows that the tables have and
    to those that the merge would give.

    Parameters
    ----------
    left, right : pandas.DataFrame
    on, left_on, right_on : column name or list of column names
        The key, as in `merge`: `on`, or the other two.
    how : {"left", "right", "inner", "outer"}

    Returns
    -------
    pandas.DataFrame, one row per kind of key, then three sums
        - `kind`: a key in both tables is "one to one" or, where it repeats, "many to
          one", "one to many" or "many to many"; others are "only in left" or "only in
          right". Keys with a missing part stand apart: pandas matches those that are
          "missing in both" with each other, and not those "missing in one".
        - `keys`: how many keys are of the kind.
        - `left`, `right`, `merged`: how many rows have such a key, in the two tables and
          in what the merge would give.
        - `first_keys`: the first of the keys; text is in quotes.

    Raises
    ------
    ValueError
        If a column is not there, or the key is not named for both tables.
    TypeError
        If a key is of one type on the left and of another on the right, such as text
        and number, so that pandas would stop, or match nothing.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer": ["A", "A", "B", "X", None], "sum": [5, 2, 9, 4, 1]})
    >>> customers = pd.DataFrame({"customer": ["A", "B", "B", "C", None]})
    >>> merge_report(orders, customers, on="customer")  # doctest: +NORMALIZE_WHITESPACE
                   kind  keys  left  right  merged first_keys
    0        one to one     0     0      0       0
    1       many to one     1     2      1       2        'A'
    2       one to many     1     1      2       2        'B'
    3      many to many     0     0      0       0
    4      only in left     1     1      0       1        'X'
    5     only in right     1     0      1       0        'C'
    6   missing in both     1     1      1       1    missing
    7    missing in one     0     0      0       0
    8           matched     3     4      4       5
    9         unmatched     2     1      1       1
    10              all     5     5      5       6
    """
    if how not in ("left", "right", "inner", "outer"):
        raise ValueError(f'`how` must be "left", "right", "inner" or "outer", but is {how!r}.')
    left_on, right_on = _key_names(on, left_on, right_on)
    ours, theirs = _key_columns("left", left, left_on), _key_columns("right", right, right_on)
    for name, other, position in zip(left_on, right_on, ours, strict=True):
        _check_alike(name, ours[position], other, theirs[position])

    keys = pd.concat([ours, theirs], ignore_index=True)
    groups = _groups(keys)
    keys = keys[~pd.Series(groups).duplicated()].reset_index(drop=True)
    in_left = pd.Series(np.bincount(groups[: len(left)], minlength=len(keys)))
    in_right = pd.Series(np.bincount(groups[len(left) :], minlength=len(keys)))
    kept_left = in_left * (in_right == 0) * (how in ("left", "outer"))
    kept_right = in_right * (in_left == 0) * (how in ("right", "outer"))
    merged = in_left * in_right + kept_left + kept_right
    return pd.DataFrame(
        {
            "kind": kind,
            "keys": of_kind.sum(),
            "left": in_left[of_kind].sum(),
            "right": in_right[of_kind].sum(),
            "merged": merged[of_kind].sum(),
            "first_keys": "" if kind in SUMS else _few_keys(keys[of_kind]),
        }
        for kind, of_kind in _kinds(in_left, in_right, keys.isna().any(axis="columns")).items()
    )


def duplicates_report(table: pd.DataFrame, *key: Hashable) -> pd.DataFrame:
    """Return the rows that share a key, copies side by side, and what they differ in.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    *key : column names
        The columns that together should identify a row. If none is given: all but
        those that say where a row came from (`source_...`, `filename`, `sheet`). A
        missing value counts as a value of its own.

    Returns
    -------
    pandas.DataFrame, one row per row that shares its key with another
        The rows as they are in the table, with its index, after two new columns:
        `copies`, how many rows share the key, and `differs_in`, the columns in which
        these are not all the same (empty for true copies).

    Raises
    ------
    ValueError
        If a column is not there, or the table has a column named like a new one.

    Examples
    --------
    >>> nests = pd.DataFrame({"nest": ["N1", "N2", "N3", "N2", "N1"], "eggs": [2, 1, 2, 0, 2]})
    >>> duplicates_report(nests, "nest")
       copies differs_in nest  eggs
    0       2              N1     2
    4       2              N1     2
    1       2       eggs   N2     1
    3       2       eggs   N2     0
    """
    check_columns(table, key)
    if taken := [name for name in ("copies", "differs_in") if name in table.columns]:
        renamed = {name: f"{name}_before" for name in taken}
        raise ValueError(
            f"The report has a column {_names(taken)} of its own, but so has the table. "
            f"Rename that first: table.rename(columns={renamed})."
        )
    identifying = key or [name for name in table if name not in _sources(table)] or list(table)
    of_key = table.columns.isin(list(identifying))
    groups = _groups(table.loc[:, of_key])
    copies = np.bincount(groups)[groups]
    order = np.argsort(groups, kind="stable")
    order = order[copies[order] > 1]
    repeats = table.iloc[order]
    repeats.insert(0, "copies", copies[order])
    repeats.insert(1, "differs_in", _differences(table.iloc[order, ~of_key], groups[order]))
    return repeats


def overview(table: pd.DataFrame) -> pd.DataFrame:
    """Return what is in each column of a table.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
        Columns of any dtype.

    Returns
    -------
    pandas.DataFrame, one row per column, in their order
        - `column`; `type` in plain words, "empty" if no value is there; `dtype`.
        - `rows`; `missing`; `missing_share`, from 0 to 1; `distinct`, without missing.
        - `min`, `median`, `max`, as text: of the values, if they are numbers, dates,
          times, durations or ordered categories; of their lengths, if they are text;
          else missing. The median of numbers may lie between two; any other is a value
          that is there, the lower one of two in the middle.
        - `examples`: the three most frequent values; text is in quotes.

    Examples
    --------
    >>> birds = pd.DataFrame({"bird": ["N1A1", "N1A2", "N9"], "mass_g": [3750, None, 3800.5]})
    >>> overview(birds).set_index("column").T
    column                         bird        mass_g
    type                           text        number
    dtype                           str       float64
    rows                              3             3
    missing                           0             1
    missing_share                   0.0      0.333333
    distinct                          3             2
    min                    2 characters          3750
    median                 4 characters       3775.25
    max                    4 characters        3800.5
    examples       'N1A1', 'N1A2', 'N9'  3750, 3800.5
    """
    dtypes = (
        dict.fromkeys(["column", "type", "dtype"], "str")
        | {"rows": "int64", "missing": "int64", "missing_share": "float64", "distinct": "int64"}
        | dict.fromkeys(["min", "median", "max", "examples"], "str")
    )
    columns = [_described(name, values) for name, values in table.items()]
    return pd.DataFrame(columns, columns=list(dtypes)).astype(dtypes)


def suspicious_report(table: pd.DataFrame, received: str | None = None) -> pd.DataFrame:
    """Return which values look like slips: what, in which column, how many, for example.

    Nothing of it must be wrong, and what is wrong need not be in it: it says where to look.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    received : str, optional
        The day on which the data came, as 2026-11-24: a later one is in the future.

    Returns
    -------
    pandas.DataFrame, one row per column and finding
        - `column`; `finding`, in words; `rows`, in how many it is so; `examples`.
        - Numbers: more than three times the middle half's width away from it, or like 999 at
          an end. Dates: like 1900-01-01, or in the future. Text: blanks around it, words for
          missing, spellings that differ in case or blanks, broken letters, text among
          numbers or dates. Any column: empty, or the same in every row. Columns that say where
          a row came from (`source_...`, `filename`, `sheet`) are not looked at.

    Raises
    ------
    ValueError
        If `received` is no date.

    Examples
    --------
    >>> trips = pd.DataFrame({"town": ["Bonn", "bonn ", "Ulm"], "km": [12, 15, -999]})
    >>> suspicious_report(trips)
      column                                finding  rows         examples
    0   town             begins or ends with blanks     1          'bonn '
    1   town  is another one but for case or blanks     2  'Bonn', 'bonn '
    2     km                  may stand for missing     1             -999
    """
    from startpy.suspicious import suspicious_in

    day = None if received is None else pd.Timestamp(received)
    found = [
        {
            "column": str(name),
            "finding": finding,
            "rows": len(values),
            "examples": ", ".join(map(spelled, values.dropna().drop_duplicates().head(3))),
        }
        for place, name in enumerate(table)
        if name not in _sources(table)
        for finding, values in suspicious_in(table.iloc[:, place], day)
        if len(values)
    ]
    dtypes = {"column": "str", "finding": "str", "rows": "int64", "examples": "str"}
    return pd.DataFrame(found, columns=list(dtypes)).astype(dtypes)


def _alike(name: Hashable, names: Collection[Hashable]) -> list[Hashable]:
    """Return the name that is most like this one to an eye that skips case, order and marks."""
    seen = {_words(each): each for each in names}
    return [seen[match] for match in get_close_matches(_words(name), seen, n=1)]


def _words(name: Hashable) -> str:
    """Return the words of a name in the order of the alphabet: `egg_date` is `Date Egg`."""
    return " ".join(sorted(str(name).casefold().replace("_", " ").split()))


def _sources(table: pd.DataFrame) -> list[Hashable]:
    """Return the columns that say where a row came from."""
    return [name for name in table if str(name).startswith("source_") or name in READ_FROM]


def _rows(table: pd.DataFrame, columns: list[Hashable]) -> str:
    """Return the first rows as text: what leads them, where they came from, what is at fault."""
    shown = dict.fromkeys([*table.columns[:4], *_sources(table), *columns])
    return table[list(shown)].head(6).to_string()


def _between(low: float | str | None, high: float | str | None) -> str:
    low, high = (f"{end:g}" if isinstance(end, float) else end for end in (low, high))
    if low is None or high is None:
        return f"at most {high}" if low is None else f"at least {low}"
    return f"from {low} to {high}"


def _names(names: Collection[Hashable]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _truths(table: pd.DataFrame, holds: object) -> pd.Series:
    """Return one bool for each row; a missing answer is False."""
    mend = 'Give a comparison of columns, such as pd.col("first") <= pd.col("last").'
    if isinstance(holds, pd.api.typing.Expression):
        holds = table.assign(holds=holds)["holds"]
    elif callable(holds):
        holds = holds(table)
    if isinstance(holds, pd.DataFrame) or not pd.api.types.is_list_like(holds):
        raise TypeError(
            f"`holds` must be one truth value for each row, but is a {type(holds).__name__}. {mend}"
        )
    if len(holds) != len(table):
        raise ValueError(
            f"`holds` must be one truth value for each of the {len(table):,} rows, but has "
            f"{len(holds):,}. {mend}"
        )
    if isinstance(holds, pd.Series) and not holds.index.equals(table.index):
        raise ValueError(f"`holds` must have the table's index, but is of another table. {mend}")
    truths = pd.Series(getattr(holds, "array", holds), index=table.index)
    if pd.api.types.infer_dtype(truths, skipna=True) not in ("boolean", "empty"):
        raise TypeError(f"`holds` must be true or false in each row, but is {truths.dtype}. {mend}")
    return truths.fillna(False).astype(bool)


def _key_names(on: object, left_on: object, right_on: object) -> tuple[list, list]:
    """Return the names of the key's columns in the left and in the right table."""
    if (on is None) == (left_on is None) or (left_on is None) != (right_on is None):
        raise ValueError("The key must be named: by `on`, or else by `left_on` and `right_on`.")
    sides = (on, on) if left_on is None else (left_on, right_on)
    left, right = (list(side) if isinstance(side, list | tuple) else [side] for side in sides)
    if len(left) != len(right) or not left:
        raise ValueError(
            "The key must be one column or more, as many on the right as on the left, but is "
            f"{_names(left) or 'none'} on the left and {_names(right) or 'none'} on the right."
        )
    return left, right


def _key_columns(side: str, table: pd.DataFrame, names: list[Hashable]) -> pd.DataFrame:
    """Return the columns of a key, numbered: the two tables may name them differently."""
    try:
        check_columns(table, names)
    except ValueError as error:
        raise ValueError(f"`{side}`: {error}") from None
    if shared := [name for name in names if isinstance(table[name], pd.DataFrame)]:
        raise ValueError(
            f"`{side}`: {_names(shared)} must name one column, but several have this name. "
            "Make the names unique first, for example with clean_columns."
        )
    return table[names].set_axis(range(len(names)), axis="columns")


def _check_alike(name: Hashable, lefts: pd.Series, other: Hashable, rights: pd.Series) -> None:
    """Refuse keys that pandas would not merge, or would merge without a match."""
    types = [
        _type(values.cat.categories.to_series() if values.dtype == "category" else values.dropna())
        for values in (lefts, rights)
    ]
    families = {ALIKE.get(each, each) for each in types if each in TYPES.values()}
    if len(families) < 2 and _can_merge(lefts, rights):
        return
    mend = "Give both the same type first"
    for side, column, kind in (("left", name, types[0]), ("right", other, types[1])):
        if kind in AS_TEXT and "text" in types:
            steps = "".join(f'.astype({{{column!r}: "{dtype}"}})' for dtype in AS_TEXT[kind])
            mend += f", for example {side}{steps}"
    raise TypeError(
        f"A key must be of one type, but `{name}` is {types[0]} ({lefts.dtype}) on the left and "
        f"`{other}` is {types[1]} ({rights.dtype}) on the right: pandas cannot match these. {mend}."
    )


def _can_merge(lefts: pd.Series, rights: pd.Series) -> bool:
    """Return whether pandas takes the two as a key: it is asked, not imitated."""
    try:
        with warnings.catch_warnings(action="ignore"):
            lefts, rights = (values.drop_duplicates().to_frame("key") for values in (lefts, rights))
            lefts.merge(rights, on="key")
    except (TypeError, ValueError, NotImplementedError):
        return False
    return True


def _kinds(in_left: pd.Series, in_right: pd.Series, missing: pd.Series) -> dict[str, pd.Series]:
    """Return which keys are of which kind, by how many rows have them in the two tables."""
    matched = (in_left > 0) & (in_right > 0)
    known = matched & ~missing
    return {
        "one to one": known & (in_left == 1) & (in_right == 1),
        "many to one": known & (in_left > 1) & (in_right == 1),
        "one to many": known & (in_left == 1) & (in_right > 1),
        "many to many": known & (in_left > 1) & (in_right > 1),
        "only in left": ~missing & (in_right == 0),
        "only in right": ~missing & (in_left == 0),
        "missing in both": missing & matched,
        "missing in one": missing & ~matched,
        **dict(zip(SUMS, (matched, ~matched, matched | ~matched), strict=True)),
    }


def _groups(table: pd.DataFrame) -> np.ndarray:
    """Return for each row the number of its group, counted from 0 as the groups appear.

    Rows are in one group if they have the same values, or none, in every column.
    """
    groups = np.zeros(len(table), dtype="int64")
    for _, values in table.items():
        codes = _codes(values)
        groups = pd.factorize(groups * (codes.max(initial=0) + 1) + codes)[0]
    return groups


def _codes(values: pd.Series) -> np.ndarray:
    """Return the same whole number for the same value; 0 for missing."""
    try:
        codes = pd.factorize(values)[0]
    except (TypeError, NotImplementedError):
        codes = pd.factorize(values.astype(object).map(_frozen, na_action="ignore"))[0]
    return codes.astype("int64") + 1


def _frozen(value: object) -> object:
    """Return lists and the like as tuples, which can be compared and counted."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, dict):
        value = sorted(value.items(), key=str)
    if isinstance(value, set):
        return frozenset(value)
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _differences(table: pd.DataFrame, groups: np.ndarray) -> list[str]:
    """Return for each row the columns in which its group is not all the same."""
    _, first, groups = np.unique(groups, return_index=True, return_inverse=True)
    differ = np.zeros((len(first), table.shape[1]), dtype=bool)
    for column, (_, values) in enumerate(table.items()):
        codes = _codes(values)
        differ[groups[codes != codes[first][groups]], column] = True
    names = [", ".join(compress(map(str, table.columns), of_group)) for of_group in differ]
    return [names[group] for group in groups]


def _few_keys(keys: pd.DataFrame) -> str:
    """Return the first keys as text, the parts of each with a dot between."""
    first = keys.head(3).itertuples(index=False, name=None)
    texts = [" · ".join(map(spelled, parts)) for parts in first]
    return ", ".join(texts + ["..."] * (len(keys) > 3))


def _described(name: Hashable, values: pd.Series) -> dict[str, object]:
    """Return the row of a column in the overview."""
    present = values.dropna()
    kind = _type(present)
    codes = _codes(present)
    counts = np.bincount(codes)
    frequent = np.argsort(-counts, kind="stable")[:3]
    examples = [present.iloc[(codes == code).argmax()] for code in frequent if counts[code]]
    return {
        "column": str(name),
        "type": kind,
        "dtype": str(values.dtype),
        "rows": len(values),
        "missing": len(values) - len(present),
        "missing_share": values.isna().mean(),
        "distinct": np.count_nonzero(counts),
        **_range(present, kind),
        "examples": ", ".join(map(spelled, examples)),
    }


def _range(present: pd.Series, kind: str) -> dict[str, str]:
    """Return the smallest, middle and largest value, or length of a text, as text."""
    if kind == "text":
        lengths = _range(present.str.len(), "number")
        return {end: f"{size} character{'s' * (size != '1')}" for end, size in lengths.items()}
    if kind not in WITH_A_RANGE and not getattr(present.dtype, "ordered", False):
        return {}
    try:
        ordered = present.sort_values()
    except TypeError:  # dates with and without a time zone, say
        return {}
    low, high = ordered.iloc[(len(ordered) - 1) // 2], ordered.iloc[len(ordered) // 2]
    # Rounded, because half a sum shows the noise of its last digits.
    middle = float(f"{ordered.median():.12g}") if "number" in kind and low != high else low
    ends = {"min": ordered.iloc[0], "median": middle, "max": ordered.iloc[-1]}
    return {end: spelled(value) for end, value in ends.items()}


def _type(present: pd.Series) -> str:
    """Return the type of values, of which none is missing, in plain words."""
    if present.empty:
        return "empty"
    inferred = pd.api.types.infer_dtype(present)
    if inferred == "datetime64" and present.dt.tz is None:
        return "date" if (present == present.dt.normalize()).all() else "date and time"
    if inferred in TYPES:
        return TYPES[inferred]
    if present.dtype != object:
        return str(present.dtype)
    names = present.map(lambda value: type(value).__name__).unique()
    plain = {"ndarray": "list", "dict": "record"}
    return plain.get(names[0], names[0]) if len(names) == 1 else f"mixed ({', '.join(names)})"
