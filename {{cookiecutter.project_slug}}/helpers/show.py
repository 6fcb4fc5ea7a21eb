# From the template: an update may replace this file.
"""Show a table or a figure to the reader: in the report, and in a notebook."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

MISSING = "\N{EN DASH}"
LONG = 40
KINDS = {".png": "image/png", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Table:
    """A table ready to be read: escaped HTML, a caption and a note below."""

    body: str
    caption: str | None
    note: str

    def _repr_html_(self) -> str:
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        note = f"<p>{self.note}</p>" if self.note else ""
        return f"<table>{caption}{self.body}</table>{note}"


@dataclass(frozen=True)
class Figure:
    """A figure that a stage has drawn, as it stands in its file, and its words."""

    kind: str
    content: bytes
    caption: str | None = None
    alt: str | None = None

    def _repr_png_(self) -> bytes | None:
        return self.content if self.kind == "image/png" else None

    def _repr_svg_(self) -> str | None:
        return self.content.decode("utf-8") if self.kind == "image/svg+xml" else None


def show_figure(path: str | Path) -> Figure:
    """Show a figure from its file, with the words that `write_plot` was given for it.

    Parameters
    ----------
    path : str or Path
        A `.png` or `.svg` file that a stage has written.

    Returns
    -------
    Figure
        Displays in the report, in Jupyter and in VS Code.

    Raises
    ------
    ValueError
        If the file is not what a `.png` or a `.svg` must be.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "dot.svg"
    >>> _ = path.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    >>> show_figure(path).kind
    'image/svg+xml'
    """
    path = Path(path)
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"A figure to show must be a .png or .svg file, but came {path}.")
    content = path.read_bytes()
    sound = content[:8] == b"\x89PNG\r\n\x1a\n" if kind == "image/png" else b"<svg" in content
    if not sound:
        raise ValueError(f"{path} must hold a {path.suffix[1:].upper()} figure, but it does not.")
    from startpy.passport import words_in

    return Figure(kind, content, *words_in(content, path.suffix.lower()))


def show_table(
    table: pd.DataFrame | pd.Series,
    *,
    caption: str | None = None,
    digits: int | Mapping[str, int] | None = None,
    percent: Collection[str] = (),
    labels: Mapping[str, str] | None = None,
    max_rows: int = 50,
) -> Table:
    """Show a table as a reader wants it.

    Numbers have thousands separators (but not years, and not the index) and
    the decimals that their column needs; dates have no midnight; what is
    missing is a dash. Whatever the values hold, it is shown as text.

    Parameters
    ----------
    table : DataFrame or Series
        Columns of any dtype. The index becomes the row headings, unless it is
        the unnamed 0, 1, 2...
    caption : str, optional
        What the table shows. In the report, `#| tbl-cap:` says it better.
    digits : int or mapping of column name to int, optional
        Decimals, guessed for each column where not given. Whole numbers have none.
    percent : collection of str, optional
        Columns to show as per cent: 0.431 as 43.1%.
    labels : mapping of column name to str, optional
        Headings for columns and for index levels.
    max_rows : int, default 50
        Show no more rows than these, and say so.

    Returns
    -------
    Table
        Displays in the report, in Jupyter and in VS Code.

    Raises
    ------
    TypeError
        If `table` is neither a DataFrame nor a Series.
    ValueError
        If `percent` or `digits` names a column that the table does not have,
        or `percent` one that holds no numbers.

    Examples
    --------
    >>> penguins = pd.DataFrame(
    ...     {"species": ["Adelie", "Gentoo"], "mass_g": [3700.66, 5076.02], "share": [0.431, 0.569]}
    ... )
    >>> table = show_table(penguins, percent=["share"], labels={"mass_g": "Mass (g)"})
    >>> import re
    >>> re.findall(">([^<>]+)</t[hd]>", table.body)
    ['species', 'Mass (g)', 'share', 'Adelie', '3,700.66', '43.1%', 'Gentoo', '5,076.02', '56.9%']
    """
    if isinstance(table, pd.Series):
        table = table.to_frame("" if table.name is None else table.name)
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"show_table takes a DataFrame or a Series, but came {type(table).__name__}."
        )
    percent = [percent] if isinstance(percent, str) else list(percent)
    for option, names in {
        "percent": percent,
        "digits": digits if isinstance(digits, Mapping) else (),
    }.items():
        if unknown := [name for name in names if name not in list(table.columns)]:
            raise ValueError(
                f"`{option}` must name columns of the table ({', '.join(map(str, table.columns))}),"
                f" but came {', '.join(map(str, unknown))}."
            )

    shown = table.head(max_rows)
    columns = []
    if not (table.index.name is None and table.index.equals(pd.RangeIndex(len(table)))):
        for level, name in enumerate(table.index.names):
            values = pd.Series(shown.index.get_level_values(level))
            columns.append(('th scope="row"', _label(name, labels), *_texts(values, index=True)))
    for position, name in enumerate(table.columns):
        decimals = digits.get(name) if isinstance(digits, Mapping) else digits
        texts = _texts(shown.iloc[:, position], decimals, percent=name in percent)
        columns.append(("td", _label(name, labels), *texts))

    head = "".join(
        f'<th scope="col"{kind}>{escape(label)}</th>' if label else "<td></td>"
        for _, label, _, kind in columns
    )
    rows = zip(*(texts for _, _, texts, _ in columns), strict=True)
    body = "".join(
        "<tr>"
        + "".join(
            f"<{tag}{kind}>{escape(text)}</{tag[:2]}>"
            for text, (tag, _, _, kind) in zip(row, columns, strict=True)
        )
        + "</tr>\n"
        for row in rows
    )
    note = "" if len(table) else "No rows."
    if len(table) > max_rows:
        note = f"First {max_rows:,} of {len(table):,} rows."
    return Table(f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>", caption, note)


def _label(name: object, labels: Mapping[str, str] | None) -> str:
    """Return the heading of a column: its label, its name, or the names of its levels."""
    if labels and name in labels:
        return labels[name]
    parts = name if isinstance(name, tuple) else (name,)
    return " · ".join(str(part) for part in parts if part is not None and str(part) != "")


def _texts(
    values: pd.Series, digits: int | None = None, percent: bool = False, index: bool = False
) -> tuple[list[str], str]:
    """Return each value as text, and the class of the column: number, date, long or none."""
    kind = ""
    missing = values.isna()
    present = values[~missing]
    dtype = values.dtype
    numeric = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    numeric = numeric and not pd.api.types.is_complex_dtype(dtype)
    if percent and not numeric and len(present):
        raise ValueError(f"A column in `percent` must hold numbers, but {values.name} does not.")

    if numeric:
        kind = "" if index else ' class="number"'
        whole = pd.api.types.is_integer_dtype(dtype) and not percent
        scale = 100 if percent else 1
        numbers = [int(value) if whole else float(value) * scale for value in present]
        year = "year" in str(values.name).lower() and all(1000 <= n < 3000 for n in numbers)
        comma = "" if index or year else ","
        places = 0 if whole else _decimals(numbers) if digits is None else digits
        form = f"{comma}d" if whole else f"z{comma}.{places}f"
        shown = [format(number, form) for number in numbers]
        shown = [text + "%" for text in shown] if percent else shown
    elif pd.api.types.is_datetime64_any_dtype(dtype):
        kind = ' class="date"'
        midnight = all(moment == moment.normalize() for moment in present)
        shown = [moment.date().isoformat() if midnight else str(moment) for moment in present]
    else:
        words = {True: "yes", False: "no"}
        shown = [words[bool(v)] if pd.api.types.is_bool(v) else str(v) for v in present]
        # A page gives such a column room to read, and breaks an address that is one long word.
        kind = ' class="long"' if any(len(text) > LONG for text in shown) else ""

    texts = iter(shown)
    return [MISSING if gone else next(texts) for gone in missing], kind


def _decimals(numbers: list[float]) -> int:
    """Return the decimals a column needs.

    As many as its values were given with, if these are at most two; else
    enough for three significant digits of the value in the middle.
    """
    finite = [abs(number) for number in numbers if math.isfinite(number)]
    for places in range(3):
        if all(math.isclose(number, round(number, places), abs_tol=1e-12) for number in finite):
            return places
    sizes = sorted(number for number in finite if number)
    middle = sizes[len(sizes) // 2]
    return min(max(2 - math.floor(math.log10(middle)), 0), 12)
