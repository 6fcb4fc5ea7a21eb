# From the template: an update may replace this file.
"""Check a table on its way: the same table comes back, or the rows at fault are named."""

from collections.abc import Collection, Hashable
from difflib import get_close_matches

import pandas as pd


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
    files = {str(value) for name in _sources(table) for value in table[name].unique()}
    table_of = f"The table from {', '.join(sorted(files))}" if len(files) == 1 else "The table"
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


def _alike(name: Hashable, names: Collection[Hashable]) -> list[Hashable]:
    """Return the name that is most like this one to an eye that skips case, order and marks."""
    seen = {_words(each): each for each in names}
    return [seen[match] for match in get_close_matches(_words(name), seen, n=1)]


def _words(name: Hashable) -> str:
    """Return the words of a name in the order of the alphabet: `egg_date` is `Date Egg`."""
    return " ".join(sorted(str(name).casefold().replace("_", " ").split()))


def _sources(table: pd.DataFrame) -> list[Hashable]:
    """Return the columns that say where a row came from."""
    return [name for name in table if str(name).startswith("source_")]


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
