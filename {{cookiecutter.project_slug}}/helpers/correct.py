# From the template: an update may replace this file.
"""Correct mistakes in the raw data: what stood there, what is right, why, and who says so.

Raw files stay as they came. What is wrong in them stands in CSV files that people write by hand in
`data/corrections/`: kept in git, applied by a stage, listed in the report.
"""

from collections.abc import Collection
from itertools import islice
from pathlib import Path

import pandas as pd

from startpy.corrections import (
    columns_of,
    corrected,
    faults_of,
    log_of,
    places_of,
    read_sheets,
    rows_of,
    sound_lines,
)

MOST = 20  # nobody reads more faults than these at once


def apply_corrections(
    table: pd.DataFrame, corrections: pd.DataFrame | Path | str | Collection[Path | str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table with its mistakes corrected, and the log of what was corrected.

    A correction is a line: first the key of a row, in as many columns as it takes, named
    and written as in the table; then `column`, the `old` value that stands there, the
    `new` one, the `reason`, `who` says so, and the `date` (2026-11-24).

    In a column of text, values are compared as they are written; in others for what they
    are: 4875 is 4875.0. Nothing in `old` means that the value is missing, or an empty
    text; nothing in `new` makes it missing. A correction that does not fit stops all.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
        As it was read, all of it text, or typed.
    corrections : path, list of paths, or pandas.DataFrame of text
        CSV files, each with a key of its own. An empty list is fine.

    Returns
    -------
    pandas.DataFrame, n rows, and pandas.DataFrame, one row per correction
        The table; its dtypes, columns and index are kept. And the log: the corrections as
        they are written, in their order, with `correction_file`, `correction_line`, and
        what the table says of where the row came from (`source_...`, `filename`, `sheet`).

    Raises
    ------
    ValueError
        If a key finds no row, or several; if the old value is another one by now; if the
        new one cannot stand in its column; if two corrections are about one value; if
        something is not filled in. Every fault is named, with its file and line.
    TypeError
        If the corrections are not text, or a column holds what nobody can write as a
        text, such as durations or lists.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "birds.csv"
    >>> birds = pd.DataFrame({"bird": ["N1A1", "N1A2"], "mass_g": [3750, 48750]})
    >>> _ = path.write_text(
    ...     "bird,column,old,new,reason,who,date\\n"
    ...     "N1A2,mass_g,48750,4875,The field book has a digit less.,Ann,2026-11-24\\n"
    ... )
    >>> corrected, log = apply_corrections(birds, path)
    >>> corrected
       bird  mass_g
    0  N1A1    3750
    1  N1A2    4875
    >>> log[["bird", "column", "old", "new", "correction_file", "correction_line"]]
       bird  column    old   new correction_file  correction_line
    0  N1A2  mass_g  48750  4875       birds.csv                2

    Once there is a newer raw file with another value, somebody must look:

    >>> apply_corrections(birds.replace(48750, 4785), path)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: The corrections must fit the table, but do not:
      .../birds.csv, line 2: `mass_g` is 4785 where `bird` is 'N1A2', but the correction \
expects 48750. Was the raw file replaced? Look, then edit this line or delete it.
    """
    sheets, places = read_sheets(corrections), places_of(table)
    lines = sound_lines(sheets, places)
    columns = columns_of(table, places, lines)
    found = list(zip(lines, rows_of(lines, columns), strict=True))
    if faults := list(islice(faults_of(sheets, places, found, columns), MOST + 1)):
        listed = "\n  ".join(faults[:MOST] + ["... and more."] * (len(faults) > MOST))
        raise ValueError(f"The corrections must fit the table, but do not:\n  {listed}")
    cells = [(line, row) for line, (row,) in found]
    return corrected(table, columns, cells), log_of(table, sheets, cells)
