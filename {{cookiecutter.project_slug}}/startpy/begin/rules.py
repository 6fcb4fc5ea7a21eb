# From the template: an update may replace this file.
"""Draft the rules of a contract from the values of a table."""

import re

import pandas as pd

from startpy.begin.columns import Column
from startpy.parse import number_of

# So many things are held to their limits: a contract that nobody reads holds nobody.
MOST_CHECKED = 8
LONGEST = 66
UNIT = re.compile(r"[(\[]([^()\[\]\s]{1,6})[)\]]\s*$")
FROM = [
    {"name": "source_file", "dtype": "str", "description": "The raw file of the record"},
    {"name": "source_line", "dtype": "int64", "description": "Its line or row in that file"},
]


def rules_of_clean(columns: list[Column], key: list[str]) -> list[dict]:
    """Return the rules of the table that the drafted clean stage makes, column by column."""
    rules = rules_of(columns, key, {each.ours: dtype_of(each) for each in columns})
    return rules + [{"checks": [], "nullable": False, "unit": None} | each for each in FROM]


def rules_of_table(table: pd.DataFrame, columns: list[Column], key: list[str]) -> list[dict]:
    """Return the rules of a table as it is: under its own names, in its own types."""
    dtypes = {each.ours: known(str(table[each.theirs].dtype)) for each in columns}
    theirs = {each.ours: each.theirs for each in columns}
    # What is written as text is text here, whatever it may be taken for.
    rules = rules_of(columns, key, dtypes, as_it_is=True)
    return [rule | {"name": theirs[rule["name"]], "description": None} for rule in rules]


def rules_of(
    columns: list[Column], key: list[str], dtypes: dict[str, str | None], *, as_it_is: bool = False
) -> list[dict]:
    """Return for each column its dtype, and what holds of all values that are there now."""
    numbers = [
        each
        for each in columns
        if each.kind in ("number", "whole") and not (as_it_is and each.is_text)
    ]
    positive = [each for each in numbers if each.ours not in key and smallest(each) >= 0]
    positive = positive[:MOST_CHECKED]
    categories = most_even([each for each in columns if each.kind == "category"])
    rules = []
    for each in columns:
        checks = []
        if each in categories:
            checks.append(f"Check.isin({python(sorted(map(str, each.distinct)))})")
        if each in positive:
            checks.append("Check.ge(0)")
        unit = UNIT.search(each.theirs) if each in numbers else None
        rules.append(
            {
                "name": each.ours,
                "dtype": dtypes[each.ours],
                "checks": checks,
                "nullable": not each.is_complete,
                "description": on_a_line(each.theirs),
                "unit": unit and unit[1],
                "is_key": each.ours in key,
            }
        )
    return rules


def on_a_line(name: str) -> str:
    """Return the name of a column, cut where it is too long for a line of code."""
    text = " ".join(name.split())
    fitting = [
        end for end in range(min(len(text), LONGEST) + 1) if len(python(text[:end])) <= LONGEST
    ]
    return text if len(text) in fitting else f"{text[: max(fitting)]}…"


def dtype_of(column: Column) -> str | None:
    """Return the dtype that a column has after the drafted clean stage."""
    if not column.is_text:
        return known(str(column.values.dtype))
    if column.kind == "date":
        from helpers.tidy import parse_date

        return str(parse_date(column.values.astype("str"), column.formats).dtype)
    return {"number": "float64", "whole": "Int64", "boolean": "boolean"}.get(column.kind, "str")


def known(dtype: str) -> str | None:
    """Return a dtype if a contract can name it; none holds for every type."""
    from pandera.pandas import Column as Rule

    try:
        Rule(dtype)
    except (TypeError, NotImplementedError):
        return None
    return dtype


def most_even(categories: list[Column]) -> list[Column]:
    """Return the categories that are held to their values: those with the fewest."""
    few = sorted(categories, key=lambda each: each.values.nunique())[:MOST_CHECKED]
    return [each for each in categories if each in few and each.values.nunique() > 1]


def smallest(column: Column) -> float:
    """Return the smallest number of a column."""
    if not column.is_text:
        return float(column.values.min())
    numbers = [number_of(text, column.decimal) for text in column.distinct]
    return min(number for number in numbers if number is not None)


def python(value: object) -> str:
    """Return a value as Python writes it, with the quotes of the house.

    Examples
    --------
    >>> print(python('a "word" {x}'), python(["it's", 1]))
    'a "word" {x}' ["it's", 1]
    """
    if isinstance(value, list):
        return f"[{', '.join(map(python, value))}]"
    if not isinstance(value, str):
        return repr(value)
    # What does not print is escaped; double quotes, unless that takes more backslashes.
    text = repr(str(value))
    if text[0] == "'" and '"' not in text:
        return f'"{text[1:-1]}"'.replace("\\'", "'")
    return text
