# From the template: an update may replace this file.
"""Write results: whole files, the same bytes each time, ready for other programs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from plotnine import ggplot

# Dates and program versions in a picture's metadata would change its bytes.
NO_DATES = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
# Text stays text, so that a graphics desk can edit it; ids in the SVG are the same each time.
EDITABLE = {"svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "startpy"}


def write_table(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table as .parquet or .csv, by the ending of the path.

    Numbers are written in full, never as 1e+16; text is written as it is.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
        Its index must be 0, 1, 2, ...: what the index says belongs in a column.
    path : path
        The folder is made if it is not there.

    Raises
    ------
    ValueError
        If the ending is another one, or the index says something.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> write_table(pd.DataFrame({"town": ["Oslo"], "sum_nok": [1e16]}), path)
    >>> print(path.read_text(encoding="utf-8"), end="")
    town,sum_nok
    Oslo,10000000000000000
    """
    path = Path(path)
    if not table.index.equals(pd.RangeIndex(len(table))):
        raise ValueError(
            f"{path.as_posix()}: the table's index must be 0, 1, 2, ..., because an index is not "
            "written. Call .reset_index() before, or .reset_index(drop=True) if it says nothing."
        )
    with whole(path) as part:
        if path.suffix == ".parquet":
            table.to_parquet(part, index=False)
        elif path.suffix == ".csv":
            table.to_csv(
                part, index=False, float_format=_in_full, lineterminator="\n", encoding="utf-8"
            )
        else:
            raise ValueError(f"{path.as_posix()} must end in .parquet or .csv.")


def write_plot(
    plot: "ggplot",
    path: Path | str,
    *,
    width: float = 8,
    height: float = 5,
    dpi: float = 200,
) -> None:
    """Write a plot as .png, .svg or .pdf, by the ending of the path.

    Text in SVG and PDF stays text. The same plot gives the same bytes.

    Parameters
    ----------
    plot : plotnine.ggplot
    path : path
        The folder is made if it is not there.
    width, height : float
        In inches.
    dpi : float
        Pixels per inch of a PNG.

    Raises
    ------
    ValueError
        If the ending is another one.

    Examples
    --------
    >>> from plotnine import aes, geom_point, ggplot
    >>> path = getfixture("tmp_path") / "point.svg"
    >>> plot = ggplot(pd.DataFrame({"x": [1], "y": [2]}), aes("x", "y")) + geom_point()
    >>> write_plot(plot, path)
    >>> "<svg" in path.read_text(encoding="utf-8")
    True
    """
    import matplotlib as mpl

    path = Path(path)
    if path.suffix not in NO_DATES:
        raise ValueError(f"{path.as_posix()} must end in one of {', '.join(NO_DATES)}.")
    with whole(path) as part, mpl.rc_context(EDITABLE):
        plot.save(
            part,
            width=width,
            height=height,
            dpi=dpi,
            verbose=False,
            metadata=NO_DATES[path.suffix],
        )


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to; give the file its name once it is complete.

    A run that is stopped halfway leaves the old file, or none, and never half
    a file under the final name. The folder is made if it is not there.

    Parameters
    ----------
    path : Path
        The final name.

    Yields
    ------
    Path
        A hidden name beside it, with the same ending: writers that choose the
        format by the ending choose the right one.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> with whole(folder / "answer.txt") as part:
    ...     _ = part.write_text("42", encoding="utf-8")
    >>> [path.name for path in folder.iterdir()]
    ['answer.txt']
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _in_full(number: float) -> str:
    import numpy as np

    return np.format_float_positional(number, trim="-")
