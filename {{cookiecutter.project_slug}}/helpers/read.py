# From the template: an update may replace this file.
"""Read files as they are: no guessed encodings, no lost zeros, no shifted columns, no lost cells.

To mend the shape of what was read, use pyjanitor: `row_to_names`, `remove_empty`, `coalesce`.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from startpy import separated
from startpy.formats import in_pieces, kind_of_file, read_other
from startpy.reading import combined, combined_pieces, format_of, matching_files, must_have_names
from startpy.sheets import ENDINGS, lines_of, read_sheets

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NULL", "null")


def read_csv(
    path: Path | str,
    *,
    encoding: str | None = None,
    sep: str | None = None,
    skip: int = 0,
    dtype: str | dict | None = None,
    missing: Collection[str] = MISSING,
    line: str | None = None,
    chunks: int | None = None,
) -> pd.DataFrame | Iterator[pd.DataFrame]:
    """Return the table in a file of separated values.

    Bytes decide the encoding: a byte order mark, else UTF-8, else you name it.
    The separator is the one of `, ; tab |` that parts the header. A column is of
    numbers only if nothing is lost by it: codes such as `00123` stay text, and
    dates stay as they are written.

    Parameters
    ----------
    path : path
        The file; one that ends in .gz, .bz2 or .zst is unpacked.
    encoding : str, optional
        Needed only where the file is not UTF-8.
    sep : str, optional
        Needed only where the header does not show it.
    skip : int
        Lines above the header, such as a title.
    dtype : str or dict, optional
        A dtype for all columns, or for some; `"str"` reads everything as it is
        written.
    missing : collection of str
        How the file writes a missing value: with nothing, NA, N/A, n/a, #N/A,
        NULL or null, unless you say otherwise.
    line : str, optional
        The name of a last column that says in which line of the file each row
        begins, counted from 1 as an editor does, such as `"source_line"`.
    chunks : int, optional
        Rows at a time, for a file larger than memory: pieces of the table come
        one after the other, each with the dtypes of the whole.

    Returns
    -------
    pandas.DataFrame, one row per record, or an iterator of them
        The index counts from 0.

    Raises
    ------
    ValueError
        If the file is empty, is not in the encoding, has a row with more fields
        than the header, or a column named as `line` is.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "towns.csv"
    >>> _ = path.write_text("code;town;people\\n007;Tromsø;64448\\n", encoding="utf-8")
    >>> read_csv(path)
      code    town  people
    0  007  Tromsø   64448
    >>> sum(len(piece) for piece in read_csv(path, chunks=10_000))
    1

    With where each row is from:

    >>> read_csv(path, line="source_line").assign(source_file=path.name)
      code    town  people  source_line source_file
    0  007  Tromsø   64448            2   towns.csv

    From an old Windows, not in UTF-8:

    >>> _ = path.write_bytes("town\\nTromsø\\n".encode("cp1252"))
    >>> read_csv(path, encoding="cp1252")
         town
    0  Tromsø
    """
    options = {"encoding": encoding, "sep": sep, "skip": skip, "dtype": dtype, "missing": missing}
    read = _read_separated([Path(path)], [{}], chunks, **options)
    if line is None:
        return read
    lines = separated.lines_of(Path(path), format_of(**options))
    if chunks:
        return (_with_lines(piece, line, lines, Path(path)) for piece in read)
    return _with_lines(read, line, lines, Path(path))


def combine_csvs(
    folder: Path | str,
    pattern: str = "*.csv",
    *,
    source: str = "filename",
    encoding: str | None = None,
    sep: str | None = None,
    skip: int = 0,
    dtype: str | dict | None = None,
    missing: Collection[str] = MISSING,
    chunks: int | None = None,
) -> pd.DataFrame | Iterator[pd.DataFrame]:
    """Return one table of all files of separated values in a folder.

    Files come in the order in which people count (`b2` before `b10`), without
    hidden ones. A column must be of one kind in all files; one with leading zeros
    in some is text in all. Columns that only some files have are missing in the
    others, and a warning says so.

    Parameters
    ----------
    folder : path
    pattern : str
        Which files, such as `2024-*.csv`; upper and lower case are the same.
    source : str
        The name of the column that says which file a row is from.
    encoding, sep, skip, dtype, missing, chunks
        As in `read_csv`, for all files.

    Returns
    -------
    pandas.DataFrame, one row per record of all files, or an iterator of them
        The first column is the name of the file.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no such file in it.
    TypeError
        If a column is of one kind here and of another there.
    ValueError
        As in `read_csv`, and if a file has a column of the name `source`.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> _ = (folder / "week10.csv").write_text("zip,pizzas\\n10115,7\\n", encoding="utf-8")
    >>> _ = (folder / "week2.csv").write_text("zip,pizzas\\n01067,5\\n", encoding="utf-8")
    >>> combine_csvs(folder)
         filename    zip  pizzas
    0   week2.csv  01067       5
    1  week10.csv  10115       7
    """
    paths = matching_files(folder, pattern)
    options = {"encoding": encoding, "sep": sep, "skip": skip, "dtype": dtype, "missing": missing}
    return _read_separated(paths, [{source: path.name} for path in paths], chunks, **options)


def read_excel(
    path: Path | str,
    sheet: str | int = 0,
    *,
    skip: int = 0,
    dtype: str | dict | None = None,
    missing: Collection[str] = MISSING,
    line: str | None = None,
) -> pd.DataFrame:
    """Return the table on one sheet of a workbook: .xlsx, .xlsm, .xls, .xlsb or .ods.

    Each cell has the type that it has in the workbook: text stays text, also
    `00123`. An error such as `#DIV/0!` is missing.

    Parameters
    ----------
    path : path
    sheet : str or int
        The name of the sheet, or its place from 0.
    skip : int
        Rows above the names, such as a title. Empty rows do not count as names.
    dtype, missing
        As in `read_csv`.
    line : str, optional
        The name of a last column that says in which row of the sheet each row
        stands, such as `"source_line"`.

    Returns
    -------
    pandas.DataFrame, one row per row below the names

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError
        If a column has numbers and text, or other cells of different kinds.
    ValueError
        If the file is no workbook, has no such sheet, or a column named as `line` is.

    Examples
    --------
    >>> from helpers.write import write_excel
    >>> path = getfixture("tmp_path") / "towns.xlsx"
    >>> write_excel(pd.DataFrame({"code": ["007"], "people": [64448]}), path)
    >>> read_excel(path)
      code  people
    0  007   64448
    """
    form = format_of(skip=skip, dtype=dtype, missing=missing)
    ((_, table),) = read_sheets(Path(path), form, sheet)
    must_have_names(Path(path), table.column_names)
    read = combined([({}, table)], dtype, Path(path).name)
    return read if line is None else _with_lines(read, line, lines_of(table), Path(path))


def read_all_sheets(
    path: Path | str,
    *,
    source: str = "sheet",
    skip: int = 0,
    dtype: str | dict | None = None,
    missing: Collection[str] = MISSING,
) -> pd.DataFrame:
    """Return one table of all sheets of a workbook, hidden ones included.

    Parameters
    ----------
    path : path
    source : str
        The name of the column that says which sheet a row is from.
    skip, dtype, missing
        As in `read_excel`, for all sheets.

    Returns
    -------
    pandas.DataFrame, one row per row of all sheets
        The first column is the name of the sheet.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError
        As in `read_excel` and `combine_csvs`.

    Examples
    --------
    >>> from helpers.write import write_excel
    >>> path = getfixture("tmp_path") / "pizzas.xlsx"
    >>> weeks = {"week 1": pd.DataFrame({"sold": [7]}), "week 2": pd.DataFrame({"sold": [5]})}
    >>> write_excel(weeks, path)
    >>> read_all_sheets(path)
        sheet  sold
    0  week 1     7
    1  week 2     5

    With a title above the names:

    >>> write_excel({"Roma": pd.DataFrame({"Sales 2016": ["sold", 12]})}, path)
    >>> read_all_sheets(path, source="shop", skip=1)
       shop  sold
    0  Roma    12
    """
    form = format_of(skip=skip, dtype=dtype, missing=missing)
    sheets = read_sheets(Path(path), form)
    return combined([({source: name}, table) for name, table in sheets], dtype)


def combine_excels(
    folder: Path | str,
    pattern: str = "*",
    *,
    all_sheets: bool = False,
    sheet: str | int = 0,
    source: str = "filename",
    sheet_source: str = "sheet",
    skip: int = 0,
    dtype: str | dict | None = None,
    missing: Collection[str] = MISSING,
) -> pd.DataFrame:
    """Return one table of all workbooks in a folder: one sheet of each, or all.

    Parameters
    ----------
    folder : path
    pattern : str
        Which workbooks, such as `2024-*`; upper and lower case are the same.
    all_sheets : bool
        Whether all sheets are read; a column then says which.
    sheet : str or int
        Which sheet is read otherwise.
    source : str
        The name of the column that says which file a row is from.
    sheet_source : str
        The name of the column that says which of all sheets it is from.
    skip, dtype, missing
        As in `read_excel`, for all workbooks.

    Returns
    -------
    pandas.DataFrame, one row per row of all workbooks
        The first column is the name of the file.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError
        As in `read_excel` and `combine_csvs`.

    Examples
    --------
    >>> from helpers.write import write_excel
    >>> folder = getfixture("tmp_path")
    >>> write_excel(pd.DataFrame({"sold": [7]}), folder / "week 2.xlsx")
    >>> write_excel(pd.DataFrame({"sold": [5]}), folder / "week 10.xlsx")
    >>> combine_excels(folder)
           filename  sold
    0   week 2.xlsx     7
    1  week 10.xlsx     5
    """
    if all_sheets and source == sheet_source:
        raise ValueError(f"The columns of the file and of the sheet cannot both be {source!r}.")
    form = format_of(skip=skip, dtype=dtype, missing=missing)
    parts = [
        ({source: path.name} | ({sheet_source: name} if all_sheets else {}), table)
        for path in matching_files(folder, pattern, ENDINGS)
        for name, table in read_sheets(path, form, None if all_sheets else sheet)
    ]
    return combined(parts, dtype)


def read_any(
    path: Path | str, *, chunks: int | None = None, **options: object
) -> pd.DataFrame | Iterator[pd.DataFrame]:
    """Return the table in a file, read as its ending asks for.

    The endings: .csv .tsv .txt (also .gz, .bz2, .zst), .xlsx .xlsm .xls .xlsb .ods, .parquet,
    .feather, .json .jsonl, .dta (Stata), .sav (SPSS), and with the extra `geo`
    .geojson .gpkg .shp.

    Parameters
    ----------
    path : path
    chunks : int, optional
        Rows at a time, for a file larger than memory. Workbooks, .json and maps
        are read whole all the same, and then come in pieces.
    **options
        Of `read_csv` or `read_excel`; for the other formats those of pandas.

    Returns
    -------
    pandas.DataFrame, or an iterator of them

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the ending is none of these, or as in `read_csv` and `read_excel`.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "towns.json"
    >>> _ = path.write_text('[{"code": "007", "town": "Tromsø"}]', encoding="utf-8")
    >>> read_any(path)
      code    town
    0  007  Tromsø
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path.as_posix()}.")
    kind = kind_of_file(path)
    if kind == "csv":
        return read_csv(path, chunks=chunks, **options)
    if kind == "excel":
        table = read_excel(path, **options)
        return in_pieces(table, chunks) if chunks else table
    return read_other(path, kind, chunks, options)


def _with_lines(table: pd.DataFrame, name: str, lines: np.ndarray, path: Path) -> pd.DataFrame:
    if name in table:
        raise ValueError(
            f"{path.as_posix()} has a column {name!r} of its own: choose another name for the "
            'column that says in which line a row is, with line="...".'
        )
    return table.assign(**{name: lines[table.index]})


def _read_separated(
    paths: list[Path], sources: list[dict[str, str]], chunks: int | None, **options: object
) -> pd.DataFrame | Iterator[pd.DataFrame]:
    form, dtype = format_of(**options), options["dtype"]
    if chunks is not None and chunks < 1:
        raise ValueError(f"`chunks` must be at least 1 row at a time, but is {chunks}.")
    if chunks:
        return combined_pieces(list(zip(sources, paths, strict=True)), form, dtype, chunks)
    tables = separated.read_all(paths, form)
    if sources == [{}]:
        must_have_names(paths[0], tables[0].column_names)
    return combined(list(zip(sources, tables, strict=True)), dtype)
