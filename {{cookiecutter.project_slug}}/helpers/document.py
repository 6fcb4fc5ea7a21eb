# From the template: an update may replace this file.
"""Document the data: what each column means, where each file is from, what was assumed.

The report shows these tables at its end, for whoever must rely on it.
"""

import re
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.check import overview
from helpers.read import read_csv
from startpy import manifest
from startpy.corrections import is_day

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

ASSUMPTION = ["assumption", "why", "impact", "quality", "who", "date"]
QUALITIES = ("red", "amber", "green")
MOST = 20  # nobody reads more faults than these at once
# A value is an example only if every value of its column is shared by so many rows, and if these
# are so few values: a name, a free text or a number of a person is not.
SHARED, FEW = 5, 20
WITH_EXAMPLES = {"text", "category", "yes or no", "whole number", "number", "date"}
WITH_RANGE = {"number", "whole number", "date", "date and time", "time", "duration"}
# Columns that number persons or things: neither their least nor their most says anything.
NUMBERS_THINGS = re.compile(r"(^|_)(id|uuid|guid|key|code|nr|no|num|number|index|phone)$")


def make_codebook(
    table: pd.DataFrame,
    contract: "DataFrameSchema",
    columns: Mapping[Hashable, Hashable] | None = None,
) -> pd.DataFrame:
    """Return what is in each column of a table: its meaning, its unit, its rules, its values.

    No value that may be personal is shown. An example is one of at most 20 different
    values, each of which at least 5 rows share. A range is of numbers and dates, unless
    the column tells rows apart or is named like a number of things (`id`, `..._no`).
    `metadata={"personal": True}` in the contract keeps all values of a column back.

    Parameters
    ----------
    table : pandas.DataFrame, n rows
    contract : pandera.DataFrameSchema
        Its descriptions are the meanings; a unit stands in `metadata={"unit": "g"}`.
    columns : mapping of name in the raw files to name in the table, optional

    Returns
    -------
    pandas.DataFrame, one row per column of the table
        - `column`; `meaning`; `unit`; `type` in plain words; `must_hold`, the rules.
        - `in_raw_files`, the name there; missing if a stage has made the column.
        - `missing` and `different`, how many rows and how many values.
        - `least`, `most` and `examples`, as text, where they may be shown.

    Examples
    --------
    >>> from pandera.pandas import Check, Column, DataFrameSchema
    >>> mass = Column(float, Check.gt(0), description="Body mass", metadata={"unit": "g"})
    >>> contract = DataFrameSchema({"bird": Column(str, unique=True), "mass_g": mass})
    >>> birds = pd.DataFrame({"bird": ["N1", "N2"], "mass_g": [3750.0, 4100.5]})
    >>> book = make_codebook(birds, contract, {"Body Mass (g)": "mass_g"})
    >>> book.set_index("column").T
    column                                        bird                      mass_g
    meaning                                        NaN                   Body mass
    unit                                           NaN                           g
    type                                          text                      number
    must_hold     different in each row; never missing  more than 0; never missing
    in_raw_files                                   NaN               Body Mass (g)
    missing                                          0                           0
    different                                        2                           2
    least                                          NaN                        3750
    most                                           NaN                      4100.5
    examples                                       NaN                         NaN
    """
    from startpy.contract import rules_of, tells_rows_apart

    theirs = {ours: name for name, ours in (columns or {}).items() if name != ours}
    rows = []
    for place, (name, seen) in enumerate(
        zip(table, overview(table).to_dict("records"), strict=True)
    ):
        rule = contract.columns.get(name)
        if tells_rows_apart(contract, name) or NUMBERS_THINGS.search(str(name).casefold()):
            seen |= {"min": None, "max": None}
        metadata = (rule.metadata if rule else None) or {}
        rows.append(
            {
                "column": str(name),
                "meaning": rule.description if rule else None,
                "unit": metadata.get("unit"),
                "type": seen["type"],
                "must_hold": rules_of(contract, name) if rule else None,
                "in_raw_files": theirs.get(name),
                "missing": seen["missing"],
                "different": seen["distinct"],
                **({} if metadata.get("personal") else _values(table.iloc[:, place], seen)),
            }
        )
    dtypes = (
        dict.fromkeys(["column", "meaning", "unit", "type", "must_hold", "in_raw_files"], "str")
        | dict.fromkeys(["missing", "different"], "int64")
        | dict.fromkeys(["least", "most", "examples"], "str")
    )
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


def read_data_log(path: Path | str = manifest.MANIFEST) -> pd.DataFrame:
    """Return where each raw file is from, as the list of raw files says.

    Parameters
    ----------
    path : path
        The list, `data/raw/datapackage.json`.

    Returns
    -------
    pandas.DataFrame, one row per file, those replaced or withdrawn included
        `file`, `source`, `address`, `licence`, `received`, `sha256` and `notes`, all text.

    Raises
    ------
    FileNotFoundError
        If there is no such list.
    ValueError
        If it is no list of raw files.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "datapackage.json"
    >>> _ = path.write_text(
    ...     '{"resources": [{"name": "towns", "path": "towns.csv", "retrieved": "2026-11-24",'
    ...     ' "sources": [{"title": "Town hall"}], "licenses": [{"name": "CC0-1.0"}]}]}'
    ... )
    >>> read_data_log(path)[["file", "source", "licence", "received"]]
            file     source  licence    received
    0  towns.csv  Town hall  CC0-1.0  2026-11-24
    """
    try:
        package = manifest.package_of(Path(path).read_bytes())
    except manifest.Unreadable as error:
        raise ValueError(f"{Path(path).as_posix()} must be a list of raw files:\n{error}") from None
    entries = [*package.get("resources", []), *package.get("withdrawn", [])]
    rows = [
        {
            "file": entry.get("path"),
            "source": _listed(entry.get("sources"), "title", "path"),
            "address": _listed(entry.get("sources"), "path"),
            "licence": _listed(entry.get("licenses") or package.get("licenses"), "name"),
            "received": entry.get("retrieved"),
            "sha256": str(entry.get("hash", "")).removeprefix("sha256:") or None,
            "notes": " ".join(_notes(entry)) or None,
        }
        for entry in entries
    ]
    names = ["file", "source", "address", "licence", "received", "sha256", "notes"]
    return pd.DataFrame(rows, columns=names, dtype="str")


def read_assumptions(path: Path | str) -> pd.DataFrame:
    """Return what the analysis assumes, as people have written it down.

    An assumption is a line of a CSV file: `assumption`; `why` it is made; its `impact`,
    what would change if it were wrong; `quality`, how well it is supported (red, amber or
    green); `who` stands for it; and the `date` (2026-11-24).

    Parameters
    ----------
    path : path

    Returns
    -------
    pandas.DataFrame, one row per assumption, as text

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If something is not filled in, or is another thing; every fault is named, with
        its line.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "assumptions.csv"
    >>> _ = path.write_text(
    ...     "assumption,why,impact,quality,who,date\\n"
    ...     "No bird was counted twice.,Rings were read.,Counts too high.,amber,Ann,2026-11-24\\n"
    ... )
    >>> read_assumptions(path)[["assumption", "quality"]]
                       assumption quality
    0  No bird was counted twice.   amber
    >>> _ = path.write_text(path.read_text().replace("amber", "orange"))
    >>> read_assumptions(path)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: The assumptions must be as they are meant to be, but are not:
      .../assumptions.csv, line 2: `quality` must be red, amber or green, but is 'orange'.
    """
    where = Path(path).as_posix()
    try:
        table = read_csv(path, dtype="str", missing=[], line="line")
    except ValueError as error:
        error.add_note(
            "Assumptions are CSV in UTF-8, below the names "
            f"{','.join(ASSUMPTION)}; a text with a comma is in quotation marks."
        )
        raise
    if list(table.columns[:-1]) != ASSUMPTION:
        raise ValueError(
            f"{where} must have the columns {', '.join(ASSUMPTION)}, but has: "
            f"{', '.join(table.columns[:-1])}."
        )
    table = table[table[ASSUMPTION].apply(lambda texts: texts.str.strip()).ne("").any(axis=1)]
    faults = [
        f"{where}, line {row['line']}: {fault}"
        for row in table.to_dict("records")
        for fault in _faults_of(row)
    ]
    if faults:
        said = "\n  ".join(faults[:MOST] + ["... and more."] * (len(faults) > MOST))
        raise ValueError(f"The assumptions must be as they are meant to be, but are not:\n  {said}")
    return table[ASSUMPTION].reset_index(drop=True)


def _values(values: pd.Series, seen: dict) -> dict[str, str]:
    """Return the range and the examples of a column, as far as nobody is known by them."""
    shown = {}
    if seen["type"] in WITH_RANGE:
        shown |= {"least": seen["min"], "most": seen["max"]}
    if seen["type"] in WITH_EXAMPLES and 0 < seen["distinct"] <= FEW:
        rows = values.dropna().value_counts()
        if rows[rows > 0].min() >= SHARED:
            shown["examples"] = seen["examples"]
    return shown


def _listed(entries: object, *parts: str) -> str | None:
    """Return the first of these parts that each entry of the list has, one after the other."""
    texts = [
        next((str(entry[part]) for part in parts if entry.get(part)), "")
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]
    return "; ".join(filter(None, texts)) or None


def _notes(entry: dict) -> Iterator[str]:
    if entry.get("notes"):
        yield str(entry["notes"])
    if replaced := entry.get("replaced"):
        by = replaced.get("by") if isinstance(replaced, dict) else replaced
        yield f"Replaced by {by}."
    if entry.get("reason"):
        yield f"Withdrawn: {entry['reason']}"


def _faults_of(row: dict) -> Iterator[str]:
    """Yield what is wrong with an assumption."""
    for name in ASSUMPTION:
        if not row[name].strip():
            yield f"`{name}` must be filled in."
    if row["quality"].strip() and row["quality"] not in QUALITIES:
        yield f"`quality` must be red, amber or green, but is {row['quality']!r}."
    if row["date"].strip() and not is_day(row["date"]):
        yield f"`date` must be a date such as 2026-11-24, but is {row['date']!r}."
