# From the template: an update may replace this file.
"""Keep a ledger of the rows: how many came, how many are left, and why."""

from collections.abc import Callable, Hashable

import pandas as pd

WHY = "why_left_out"
COLUMNS = ["step", "reason", "rows_before", "left_out", "added", "rows_after"]


class Ledger:
    """What became of the rows of a table on its way through a stage.

    Its methods fit into a chain and return the table; the ledger remembers how many
    rows went in and came out, and refuses a step that begins with another number of
    rows than the last one ended with. So no row is lost or added unseen.

    Examples
    --------
    >>> birds = pd.DataFrame({"bird": ["N1A1", "N1A2", "N2A1"], "mass_g": [3750, 3800, None]})
    >>> ledger = Ledger()
    >>> clean = birds.pipe(ledger.receive, "birds.csv").pipe(
    ...     ledger.keep, lambda t: t["mass_g"].notna(), "without measurements"
    ... )
    >>> clean
       bird  mass_g
    0  N1A1  3750.0
    1  N1A2  3800.0
    >>> ledger.left_out()
       bird  mass_g          why_left_out
    0  N2A1     NaN  without measurements
    >>> ledger.close(clean)
           step                reason  rows_before  left_out  added  rows_after
    0  received             birds.csv            0         0      3           3
    1  left out  without measurements            3         1      0           2
    >>> sum_up(ledger.close(clean))
    '3 rows received, 2 kept: 1 without measurements'
    """

    def __init__(self) -> None:
        self._steps: list[tuple[str, str, int, int]] = []
        self._left_out: list[pd.DataFrame] = []

    @property
    def rows(self) -> int:
        """How many rows there must be now."""
        return self._steps[-1][3] if self._steps else 0

    def receive(self, table: pd.DataFrame, reason: str) -> pd.DataFrame:
        """Return a table that comes in; of several, each is received and all together go on.

        Parameters
        ----------
        table : pandas.DataFrame, n rows
        reason : str
            Where it is from, such as the name of its file.

        Returns
        -------
        pandas.DataFrame, n rows
            The table itself.

        Raises
        ------
        ValueError
            If a step has been taken since the last table was received.
        """
        if any(step != "received" for step, *_ in self._steps):
            raise ValueError(
                f"All tables must be received before the first step, but {reason!r} came after "
                f"{self._steps[-1][1]!r}. Rows that are added on the way: ledger.change."
            )
        self._enter("received", reason, self.rows, self.rows + len(table))
        return table

    def keep(
        self,
        table: pd.DataFrame,
        condition: pd.Series | Callable[[pd.DataFrame], pd.Series],
        reason: str,
    ) -> pd.DataFrame:
        """Return the rows for which a condition holds.

        Parameters
        ----------
        table : pandas.DataFrame, n rows
        condition : pandas.Series of n yes or no, or a function of the table that returns one
            True for a row to keep; a missing value leaves the row out.
        reason : str
            What the rows that go have in common, so that it reads well after a
            number: 2 "without measurements".

        Returns
        -------
        pandas.DataFrame
            Counted anew if the table was counted 0, 1, 2, ...; else with its index.

        Raises
        ------
        ValueError
            If the table has another number of rows than the last step left, or the
            condition is not about its rows.
        TypeError
            If the condition is not yes or no.
        """
        self._expect(table, reason)
        kept = _condition(table, condition, reason)
        named = any(name is not None for name in table.index.names)
        gone = table[~kept].reset_index() if named else table[~kept]
        if WHY in table.columns:
            raise ValueError(f"`{WHY}` is what the ledger writes: give the column another name.")
        self._left_out.append(gone.assign(**{WHY: pd.Series(reason, gone.index, dtype="str")}))
        self._enter("left out", reason, len(table), len(table) - len(gone))
        is_counted = isinstance(table.index, pd.RangeIndex) and not named
        return table[kept].reset_index(drop=True) if is_counted else table[kept]

    def change(
        self, table: pd.DataFrame, step: Callable[[pd.DataFrame], pd.DataFrame], reason: str
    ) -> pd.DataFrame:
        """Return what a step makes of the table: a join, a reshape, whatever changes rows.

        Parameters
        ----------
        table : pandas.DataFrame, n rows
        step : callable
            Takes the table and returns another one.
        reason : str
            Why there are more rows after it, or fewer.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        ValueError
            If the table has another number of rows than the last step left.
        TypeError
            If the step returns no table.

        Examples
        --------
        >>> nests = pd.DataFrame({"nest": ["N1", "N2"]})
        >>> eggs = pd.DataFrame({"nest": ["N1", "N1", "N2"], "egg_g": [92, 90, 95]})
        >>> ledger = Ledger()
        >>> each_egg = nests.pipe(ledger.receive, "nests.csv").pipe(
        ...     ledger.change, lambda t: t.merge(eggs, on="nest"), "nests with two eggs"
        ... )
        >>> sum_up(ledger.close(each_egg))
        '2 rows received, 3 kept: 1 added, nests with two eggs'
        """
        self._expect(table, reason)
        after = step(table)
        if not isinstance(after, pd.DataFrame):
            raise TypeError(
                f"The step {reason!r} must return a table, but returned {type(after).__name__}."
            )
        self._enter("changed", reason, len(table), len(after))
        return after

    def left_out(self) -> pd.DataFrame:
        """Return the rows that `keep` has left out, with the reason in the column `why_left_out`.

        Returns
        -------
        pandas.DataFrame
            Of a ledger without such a step, a table without rows and columns.
        """
        # An empty table has its columns' types, so that a run without such rows writes the same.
        tables = [each for each in self._left_out if len(each)] or self._left_out[:1]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def close(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the ledger, one row per step, if it ends with the rows of this table.

        Parameters
        ----------
        table : pandas.DataFrame, n rows
            What the stage writes.

        Returns
        -------
        pandas.DataFrame
            `step`, `reason`, `rows_before`, `left_out`, `added`, `rows_after`.

        Raises
        ------
        ValueError
            If rows have gone or come since the last step.

        Examples
        --------
        >>> birds = pd.DataFrame({"bird": ["N1A1", "N1A2"]})
        >>> ledger = Ledger()
        >>> ledger.close(birds.pipe(ledger.receive, "birds.csv").head(1))
        Traceback (most recent call last):
        ValueError: The table to be written must have the 2 rows that "birds.csv" left, but has 1. \
Take the step between them with ledger.keep or ledger.change.
        """
        self._expect(table, None)
        rows = [
            (step, reason, before, max(before - after, 0), max(after - before, 0), after)
            for step, reason, before, after in self._steps
        ]
        return pd.DataFrame(rows, columns=COLUMNS)

    def _enter(self, step: str, reason: str, before: int, after: int) -> None:
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(f"A step must have a reason in words, but came {reason!r}.")
        self._steps.append((step, reason, before, after))

    def _expect(self, table: pd.DataFrame, reason: str | None) -> None:
        """Refuse a table that is not the one that the last step left."""
        what = "The table to be written" if reason is None else f'The table before "{reason}"'
        if not self._steps:
            raise ValueError(
                f"{what} must be received first: table.pipe(ledger.receive, NAME OF ITS FILE)."
            )
        if len(table) != self.rows:
            raise ValueError(
                f'{what} must have the {self.rows:,} rows that "{self._steps[-1][1]}" left, but '
                f"has {len(table):,}. Take the step between them with ledger.keep or ledger.change."
            )


def sum_up(ledger: pd.DataFrame) -> str:
    """Return a ledger as a line: how many rows were received and kept, and what became of others.

    Parameters
    ----------
    ledger : pandas.DataFrame
        From `Ledger.close`, or read from the file it was written to.

    Returns
    -------
    str
        Steps that changed nothing are not in it.

    Raises
    ------
    ValueError
        If the numbers do not add up.

    Examples
    --------
    >>> steps = [("received", "a.csv", 0, 0, 4, 4), ("left out", "repeated", 4, 1, 0, 3)]
    >>> sum_up(pd.DataFrame(steps, columns=COLUMNS))
    '4 rows received, 3 kept: 1 repeated'
    """
    _add_up(ledger)
    later = ledger[ledger["step"] != "received"]
    parts = [
        f"{row.left_out:,} {row.reason}" if row.left_out else f"{row.added:,} added, {row.reason}"
        for row in later.itertuples()
        if row.left_out or row.added
    ]
    received = ledger.loc[ledger["step"] == "received", "added"].sum()
    kept = ledger["rows_after"].iloc[-1]
    said = f"{received:,} {'row' if received == 1 else 'rows'} received, {kept:,} kept"
    return f"{said}: {'; '.join(parts)}" if parts else said


def _condition(
    table: pd.DataFrame,
    condition: pd.Series | Callable[[pd.DataFrame], pd.Series],
    reason: str,
) -> pd.Series:
    """Return a condition as True or False for each row of the table."""
    kept = table.pipe(condition) if callable(condition) else condition
    if not isinstance(kept, pd.Series) or not pd.api.types.is_bool_dtype(kept.dtype):
        kind = str(kept.dtype) if isinstance(kept, pd.Series) else type(kept).__name__
        raise TypeError(
            f'The condition of "{reason}" must be a column of True and False, but is {kind}.'
        )
    if not kept.index.equals(table.index):
        raise ValueError(
            f'The condition of "{reason}" must be about the rows of the table, but has another '
            "index. Write it as a function of the table: lambda t: t[...]."
        )
    return kept.fillna(False).astype("bool")


def _add_up(ledger: pd.DataFrame) -> None:
    """Refuse a ledger of which a step does not follow from the one before."""
    missing: list[Hashable] = [name for name in COLUMNS if name not in ledger]
    if missing or ledger.empty:
        fault = f"lacks {', '.join(map(str, missing))}" if missing else "has no step"
        raise ValueError(f"A ledger must be as Ledger.close returns it, but this one {fault}.")
    ends = 0
    for row in ledger.itertuples():
        if row.rows_before != ends or row.rows_before - row.left_out + row.added != row.rows_after:
            raise ValueError(
                f'The ledger must add up, but does not at "{row.reason}": {row.rows_before:,} rows '
                f"before, {row.left_out:,} left out, {row.added:,} added, {row.rows_after:,} "
                f"after; the step before it left {ends:,}."
            )
        ends = row.rows_after
