# From the template: an update may replace this file.
"""Read files as they are: no guessed encodings, no lost zeros, no shifted columns."""

import codecs
import csv
import io
from collections.abc import Collection
from pathlib import Path

import pandas as pd

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NULL", "null")
CODE_PAGES = ("cp1252", "cp1250", "cp1251")
SEPARATORS = ",;\t|"


def read_csv(
    path: Path | str,
    *,
    encoding: str | None = None,
    sep: str | None = None,
    dtype: str | dict | None = None,
    missing: Collection[str] = MISSING,
) -> pd.DataFrame:
    """Return the table in a file of separated values.

    Bytes decide the encoding: a byte order mark, else UTF-8, else you name it.
    The separator is the one of `, ; tab |` that parts the header. Codes such as
    `00123` stay text.

    Parameters
    ----------
    path : path
        The file.
    encoding : str, optional
        Needed only where the file is not UTF-8.
    sep : str, optional
        Needed only where the header does not show it.
    dtype : str or dict, optional
        As in `pandas.read_csv`; `"str"` reads everything as it is written.
    missing : collection of str
        How the file writes a missing value.

    Returns
    -------
    pandas.DataFrame, one row per record
        The index counts from 0.

    Raises
    ------
    ValueError
        If the file is empty, is not in the encoding, or has a row with more
        fields than the header.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "towns.csv"
    >>> _ = path.write_text("code;town;people\\n007;Tromsø;64448\\n", encoding="utf-8")
    >>> read_csv(path)
      code    town  people
    0  007  Tromsø   64448
    """
    path = Path(path)
    text = _decode(path, encoding)
    header = text.partition("\n")[0]
    if not header.strip():
        raise ValueError(f"{path.as_posix()} must begin with a row of column names, but is empty.")
    sep = sep or max(SEPARATORS, key=lambda each: len(next(csv.reader([header], delimiter=each))))
    _check_lengths(text, sep, path)
    options = {"sep": sep, "na_values": list(missing), "keep_default_na": False}
    written = pd.read_csv(io.StringIO(text), dtype="str", index_col=False, **options)
    if dtype == "str":
        return written
    codes = {name: "str" for name in written if written[name].str.match(r"[+-]?0\d").any()}
    dtypes = codes | (dtype if isinstance(dtype, dict) else {})
    return pd.read_csv(io.StringIO(text), dtype=dtypes, index_col=False, **options)


def _decode(path: Path, encoding: str | None) -> str:
    content = path.read_bytes()
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    try:
        text = content.decode(encoding or marked or "utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = max(content.rfind(b"\n", 0, error.start) + 1, error.start - 30)
        shown = content[start : error.start + 30].partition(b"\n")[0]
        readings = "\n".join(
            f'  encoding="{page}": {shown.decode(page, errors="replace")}' for page in CODE_PAGES
        )
        raise ValueError(
            f"{path.as_posix()} must be {encoding or 'UTF-8'}, but line {line} is not. "
            f"Read as:\n{readings}\nName the one that reads right: "
            'read_csv(path, encoding="...").'
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_lengths(text: str, sep: str, path: Path) -> None:
    """Refuse a row with more fields than the header: pandas would shift or drop them."""
    rows = csv.reader(io.StringIO(text), delimiter=sep)
    width = len(next(rows))
    for row in rows:
        if len(row) > width:
            raise ValueError(
                f"{path.as_posix()}, line {rows.line_num}: a row must have {width} fields "
                f"as the header has, but this one has {len(row)}."
            )
