# From the template: an update may replace this file.
"""Write results: whole files, the same bytes each time, ready for other programs."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pandas as pd

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from plotnine import ggplot
    from pyarrow import Schema

# Dates and program versions in a picture's metadata would change its bytes.
NO_DATES = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
# Text stays text, so that a graphics desk can edit it; ids in the SVG are the same each time.
# Dollars in the data are dollars: what stands between two of them is no formula.
EDITABLE = {
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "svg.hashsalt": "startpy",
    "text.parse_math": False,
}
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A GeoPackage says when it was changed, by this clock.
CLOCK, NO_TIME = "OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z"


def write_table(
    table: pd.DataFrame | Iterable[pd.DataFrame], path: Path | str, *, stamp: bool = False
) -> None:
    """Write a table as .parquet or .csv, by the ending of the path.

    Numbers are written in full, never as 1e+16. Text is written as it is: a
    spreadsheet that opens the CSV may run text that begins with `=`, `+`, `-` or
    `@`, and makes 7 of `007`. To hand a table to a spreadsheet, use `write_excel`.

    Parameters
    ----------
    table : pandas.DataFrame, n rows, or an iterable of them
        Its index must be 0, 1, 2, ...: what the index says belongs in a column.
        An iterable gives a table larger than memory in pieces, which have the
        same columns of the same types; each may count on from the one before.
    path : path
        The folder is made if it is not there.
    stamp : bool
        Whether to leave a copy with the time in its name beside it, such as
        `sums_20261124153000.csv`.

    Raises
    ------
    ValueError
        If the ending is another one, the index says something, or pieces differ.
    TypeError
        If a column holds what Parquet has no type for.
    FileExistsError
        If this second has a copy already.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> write_table(pd.DataFrame({"town": ["Oslo"], "sum_nok": [1e16]}), path)
    >>> print(path.read_text(encoding="utf-8"), end="")
    town,sum_nok
    Oslo,10000000000000000

    In pieces:

    >>> write_table((pd.DataFrame({"nest": [nest]}) for nest in ["N1", "N2"]), path)
    >>> print(path.read_text(encoding="utf-8"), end="")
    nest
    N1
    N2
    """
    path = _named(path, ".parquet", ".csv")
    in_pieces = isinstance(table, Iterable) and not isinstance(
        table, pd.DataFrame | pd.Series | str | Mapping
    )
    pieces = _alike(table, path) if in_pieces else [_counted(table, path.as_posix())]
    with _finished(path, stamp) as part:
        if path.suffix == ".csv":
            _write_csv(pieces, part, path)
        elif in_pieces:
            _write_parquet(pieces, part, path)
        else:
            with _told_for_parquet(table, path.as_posix()):
                table.to_parquet(part, index=False)


def write_excel(
    tables: pd.DataFrame | Mapping[str, pd.DataFrame], path: Path | str, *, stamp: bool = False
) -> None:
    """Write a table, or several as sheets, as an Excel file (.xlsx).

    Text stays text: `=1+1` is no formula, `https://...` no link, `007` not 7.
    Dates are dates. Missing values are empty cells. The header is bold and stays in view, with a
    filter. The same tables give the same bytes.

    Where Excel would spoil a value, the whole column is text, so that it still
    sorts as one: whole numbers of more than 15 digits, dates before March 1900,
    negative durations. Lists, periods and the like are text too. Excel keeps
    times to the millisecond.

    Parameters
    ----------
    tables : pandas.DataFrame, or dict of sheet name and pandas.DataFrame
        A single table is `Sheet1`. Each index must be 0, 1, 2, ...: what the
        index says belongs in a column.
    path : path
        The folder is made if it is not there.
    stamp : bool
        Whether to leave a copy with the time in its name beside it, such as
        `sums_20261124153000.xlsx`.

    Raises
    ------
    ValueError
        If the ending is another one, the index says something, Excel takes no
        sheet of that name, or a table is too large for a sheet: more than
        1,048,575 rows, 16,384 columns or 32,767 letters in a cell. If a number
        is infinite: a spreadsheet has no such number.
    TypeError
        If it is no table, or a column has times in a zone: a spreadsheet has none.
    FileExistsError
        If this second has a copy already.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "birds.xlsx"
    >>> birds = pd.DataFrame({"ring": ["007", "=1+1"], "seen": pd.to_datetime(["2024-05-17"] * 2)})
    >>> write_excel({"Birds": birds, "Rings": birds[["ring"]]}, path)
    >>> pd.read_excel(path, sheet_name="Birds", engine="calamine")
       ring       seen
    0   007 2024-05-17
    1  =1+1 2024-05-17
    """
    from startpy.excel import write_workbook

    path = _named(path, ".xlsx")
    sheets = dict(tables) if isinstance(tables, Mapping) else {"Sheet1": tables}
    for name, table in sheets.items():
        where = f'{path.as_posix()}, sheet "{name}"'
        _one_header(_counted(table, where), where)
    with _finished(path, stamp) as part:
        write_workbook(sheets, part, path.as_posix())


def write_geo(table: "GeoDataFrame", path: Path | str, *, stamp: bool = False) -> None:
    """Write a table with geometries as .gpkg or .geojson, by the ending of the path.

    GeoPackage (.gpkg) is what QGIS, ArcGIS and R open; GeoJSON is for the web and
    holds longitude and latitude only. A shapefile cannot hold every table: it cuts
    names to 10 letters and text to 254, and has no times. The same table gives the
    same bytes. Times are kept to the millisecond.

    Needs the extra `geo`: `python run.py lock --extra geo`, then `python run.py`.

    Parameters
    ----------
    table : geopandas.GeoDataFrame, n rows
        With a coordinate reference system. Its index must be 0, 1, 2, ...: what
        the index says belongs in a column.
    path : path
        The folder is made if it is not there. A GeoPackage's layer gets its name.
    stamp : bool
        Whether to leave a copy with the time in its name beside it, such as
        `nests_20261124153000.gpkg`.

    Raises
    ------
    ValueError
        If the ending is another one, the index says something, or the coordinate
        reference system is missing, or another one than GeoJSON's. If text holds
        the character NUL, or a number for GeoJSON is infinite: it would be lost.
    TypeError
        If it is no table with geometries, or a column is of a type or name that
        the format does not know.
    ImportError
        If geopandas is not installed.
    FileExistsError
        If this second has a copy already.

    Examples
    --------
    >>> import pytest
    >>> geopandas = pytest.importorskip("geopandas")
    >>> path = getfixture("tmp_path") / "nests.geojson"
    >>> place = geopandas.points_from_xy(x=[-64.07], y=[-64.77], crs=4326)
    >>> write_geo(geopandas.GeoDataFrame({"nest": ["N1"]}, geometry=place), path)
    >>> print(*geopandas.read_file(path).loc[0])
    N1 POINT (-64.07 -64.77)
    """
    try:
        import geopandas
        import pyogrio
        from pyogrio.errors import FeatureError, FieldError
    except ImportError:
        raise ImportError(
            "write_geo must have geopandas, which is not installed here. Get it with: "
            "python run.py lock --extra geo, then: python run.py"
        ) from None

    path = _named(path, ".gpkg", ".geojson")
    where = path.as_posix()
    if not isinstance(table, geopandas.GeoDataFrame) or table.active_geometry_name is None:
        raise TypeError(
            f"{where}: the table must be a geopandas.GeoDataFrame with geometries, but is "
            f"{_kind(table)}. Make it one: geopandas.GeoDataFrame(table, geometry=...)."
        )
    _check_map(_one_header(_counted(table, where), where), where)
    if path.suffix == ".geojson":
        _check_geojson(table, where)
    before = pyogrio.get_gdal_config_option(CLOCK)
    pyogrio.set_gdal_config_options({CLOCK: NO_TIME})
    try:
        with _finished(path, stamp) as part:
            table.to_file(part, layer=path.stem, engine="pyogrio", index=False)
    except (FeatureError, FieldError, NotImplementedError, OverflowError) as error:
        raise TypeError(
            f"{where} must have columns of types and names that the format knows ({error}). Make "
            'a column text before: .astype({"NAME": "str"}), or give it another name.'
        ) from None
    finally:
        pyogrio.set_gdal_config_options({CLOCK: before})


def write_plot(
    plot: "ggplot",
    path: Path | str,
    *,
    width: float = 8,
    height: float = 5,
    dpi: float = 200,
    caption: str | None = None,
    alt: str | None = None,
    made_from: Iterable[Path | str] = (),
    stamp: bool = False,
) -> None:
    """Write a plot as .png, .svg or .pdf, or its passport as .json, by the ending of the path.

    Text in SVG and PDF stays text. The same plot gives the same bytes.

    A passport says what the figure shows in words, which file drew it, and from which
    bytes. It stands in the picture itself, where `show_figure` finds the words; the
    `.json` beside it has the commit as well, if no file of the project differs from it.

    Parameters
    ----------
    plot : plotnine.ggplot
    path : path
        The folder is made if it is not there.
    width, height : float
        In inches.
    dpi : float
        Pixels per inch of a PNG.
    caption, alt : str
        What the figure is about, and what it shows to those who cannot see it.
    made_from : iterable of path
        The files that the stage has read.
    stamp : bool
        Whether to leave a copy with the time in its name beside it, such as
        `body_mass_20261124153000.png`.

    Raises
    ------
    ValueError
        If the ending is another one. If there is a caption without an alt text, or an
        alt text without a caption, or a passport is to be written and there is neither.
    FileExistsError
        If this second has a copy already.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "sold.svg"
    >>> from plotnine import aes, geom_col, ggplot
    >>> sales = pd.DataFrame({"year": [2015, 2016], "sold": [20, 25]})
    >>> plot = ggplot(sales, aes("year", "sold")) + geom_col()
    >>> write_plot(plot, path, caption="Cars sold.", alt="Bars: 20 in 2015, 25 in 2016.")
    >>> "<dc:title>Cars sold.</dc:title>" in path.read_text(encoding="utf-8")
    True
    """
    from startpy import passport

    path = _named(path, *NO_DATES, ".json")
    about = passport.draw_up(caption, alt, made_from)
    if path.suffix != ".json":
        size = {"width": width, "height": height, "dpi": dpi}
        said = passport.metadata(about, path.suffix) if about else {}
        _draw(plot, path, size, NO_DATES[path.suffix] | said, stamp)
    elif about:
        with _finished(path, stamp) as part:
            part.write_text(passport.as_json(about), encoding="utf-8", newline="\n")
    else:
        raise ValueError(
            f"{path.as_posix()} must say what the figure shows: give write_plot a `caption` and "
            "an `alt` text."
        )


def _draw(plot: "ggplot", path: Path, size: dict, metadata: dict, stamp: bool) -> None:
    import matplotlib as mpl
    import numpy as np

    # The ids in an SVG are hashes of printed numbers, whichever way NumPy prints them at the time.
    print_as_usual = np.printoptions(formatter=None)
    with _finished(path, stamp) as part, mpl.rc_context(EDITABLE), print_as_usual:
        plot.save(part, **size, verbose=False, metadata=metadata)
        if path.suffix == ".svg":
            drawn = part.read_text(encoding="utf-8")
            # Text from the data may hold what no XML may: then no program would open the picture.
            part.write_text(NO_XML.sub("\N{REPLACEMENT CHARACTER}", drawn), "utf-8", newline="\n")


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


@contextmanager
def _finished(path: Path, stamp: bool) -> Iterator[Path]:
    """Do as `whole` does, and leave a copy with the time in its name if there is to be one."""
    if not stamp:
        with whole(path) as part:
            yield part
        return
    from startpy.settings import now

    copy = path.with_name(f"{path.stem}_{now():%Y%m%d%H%M%S}{path.suffix}")
    if copy.exists():
        raise FileExistsError(
            f"{copy.as_posix()} must be a new file, but is there. Run it again in a second, or "
            "give each file a name of its own."
        )
    with whole(path) as part:
        yield part
    with whole(copy) as part:
        shutil.copyfile(path, part)


def _named(path: Path | str, *endings: str) -> Path:
    path = Path(path)
    if path.suffix not in endings:
        either = " or ".join(endings) if len(endings) < 3 else f"one of {', '.join(endings)}"
        raise ValueError(f"{path.as_posix()} must end in {either}.")
    return path


def _counted(table: pd.DataFrame, where: str, start: int = 0) -> pd.DataFrame:
    """Return the table if it is one, and its index only counts."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{where} must be a table (pandas.DataFrame), but is {_kind(table)}.")
    counts = (pd.RangeIndex(first, first + len(table)) for first in (0, start))
    if not any(map(table.index.equals, counts)):
        raise ValueError(
            f"{where}: the table's index must be 0, 1, 2, ..., because an index is not "
            "written. Call .reset_index() before, or .reset_index(drop=True) if it says nothing."
        )
    return table


def _one_header(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return the table if each of its columns has a single name."""
    if table.columns.nlevels > 1:
        raise ValueError(
            f"{where}: a column must have one name, but each has {table.columns.nlevels}. Join "
            'them: table.set_axis([" ".join(map(str, name)) for name in table], axis="columns").'
        )
    return table


def _alike(tables: Iterable[pd.DataFrame], path: Path) -> Iterator[pd.DataFrame]:
    """Yield the pieces of a table as long as each goes on where the one before ended."""
    dtypes, rows = None, 0
    for number, piece in enumerate(tables, start=1):
        where = f"{path.as_posix()}, piece {number}"
        _counted(piece, where, rows)
        dtypes = piece.dtypes if dtypes is None else dtypes
        if list(piece.columns) != list(dtypes.index):
            raise ValueError(
                f"{where} must have the columns of the first piece, {_names(dtypes.index)}, but "
                f"has {_names(piece.columns)}."
            )
        for name, first, this in zip(piece.columns, dtypes, piece.dtypes, strict=True):
            if this != first:
                # The types of two categories differ in what only their repr shows.
                must, came = map(repr if str(this) == str(first) else str, (first, this))
                raise ValueError(
                    f"{where}: `{name}` must be {must} as in the first piece, but is {came}. "
                    f"Give it one type in all of them: .astype({{{name!r}: ...}})."
                )
        rows += len(piece)
        yield piece
    if dtypes is None:
        raise ValueError(f"{path.as_posix()} must be made of at least one piece, but none came.")


def _write_csv(pieces: Iterable[pd.DataFrame], part: Path, path: Path) -> None:
    with open(part, "w", encoding="utf-8", newline="") as file:
        for number, piece in enumerate(pieces):
            _in_columns(_one_header(piece, path.as_posix())).to_csv(
                _Lines(file),
                index=False,
                header=number == 0,
                float_format=_in_full,
                lineterminator="\r\n",
            )


def _write_parquet(pieces: Iterable[pd.DataFrame], part: Path, path: Path) -> None:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    with ExitStack() as stack:
        file = None
        for number, piece in enumerate(pieces, start=1):
            schema = file.schema if file else None
            with _told_for_parquet(piece, f"{path.as_posix()}, piece {number}", schema):
                rows = pa.Table.from_pandas(piece, schema, preserve_index=False)
            file = file or stack.enter_context(ParquetWriter(part, rows.schema))
            file.write_table(rows)


@contextmanager
def _told_for_parquet(
    table: pd.DataFrame, where: str, schema: "Schema | None" = None
) -> Iterator[None]:
    """Say which column Parquet does not take, if it does not take the table."""
    import pyarrow as pa

    faults = (pa.ArrowException, TypeError, OverflowError)
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated):
        raise ValueError(
            f"{where}: a name must stand for one column, but {_names(repeated)} stands for more. "
            "Call clean_columns(table) before: it tells them apart."
        )
    try:
        yield
    except faults as error:
        for name, column in table.items():
            field = pa.schema([schema.field(name)]) if schema else None
            try:
                pa.Table.from_pandas(column.to_frame(), field, preserve_index=False)
            except faults as fault:
                raise TypeError(
                    f"{where}: `{name}` must hold one kind of values, and one that Parquet knows "
                    f"({str(fault.args[0]).rstrip('.')}). Make it text before: "
                    f'.astype({{{name!r}: "str"}}).'
                ) from None
        raise error


class _Lines:
    """A file whose lines end in LF, though pandas believes in CRLF.

    With LF alone, Python 3.11 would not quote a text with a lone CR in it, and
    every reader would take that for the end of the line.
    """

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def write(self, line: str) -> int:
        return self.file.write(line.removesuffix("\r\n") + "\n")


def _in_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with numbers among Python objects and categories as text, in full."""
    from pandas.api.types import is_object_dtype

    spelled = table.copy(deep=False)
    for place, dtype in enumerate(table.dtypes):
        if is_object_dtype(dtype) or isinstance(dtype, pd.CategoricalDtype | pd.SparseDtype):
            column = table.iloc[:, place].astype(object)
            spelled.isetitem(place, column.map(_number_in_full, na_action="ignore"))
    return spelled


def _number_in_full(value: object) -> object:
    import numpy as np

    if isinstance(value, float | np.floating):
        return _in_full(value)
    return f"{value:f}" if isinstance(value, Decimal) else value


def _in_full(number: float) -> str:
    import numpy as np

    return np.format_float_positional(number, trim="-")


def _check_map(table: "GeoDataFrame", where: str) -> None:
    if table.crs is None:
        raise ValueError(
            f"{where}: the table must have a coordinate reference system. Say which one its "
            "coordinates are in: .set_crs(4326) if they are longitude and latitude."
        )
    if not all(isinstance(name, str) for name in table.columns):
        raise TypeError(
            f"{where}: names of columns must be text, but are {_names(table.columns)}. Call "
            ".rename(columns=str) before."
        )
    for name, text in table.select_dtypes("str").items():
        if text.str.contains("\0", regex=False).any():
            raise ValueError(
                f"{where}: `{name}` must be text without the character NUL, where the format ends "
                'it. Take it out before: .str.replace("\\0", "").'
            )


def _check_geojson(table: "GeoDataFrame", where: str) -> None:
    if not table.crs.equals("EPSG:4326", ignore_axis_order=True):
        raise ValueError(
            f"{where} must be in longitude and latitude (EPSG:4326), but the table is in "
            f"{table.crs.name}. Call .to_crs(4326) before, or write a .gpkg."
        )
    numbers = table.select_dtypes("number")
    infinite = numbers.columns[numbers.isin([float("inf"), -float("inf")]).any()]
    if len(infinite):
        raise ValueError(
            f"{where}: {_names(infinite)} must be finite, because GeoJSON has no infinity. "
            'If it means missing: .replace([float("inf"), -float("inf")], float("nan")).'
        )


def _names(names: Iterable) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__name__}".removeprefix("builtins.")
