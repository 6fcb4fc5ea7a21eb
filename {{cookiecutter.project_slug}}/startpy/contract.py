# From the template: an update may replace this file.
"""Say in sentences which rules of a contract, a schema of pandera, a table breaks, and where."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.write import write_table
from startpy.text import spelled

if TYPE_CHECKING:
    from pandera.api.checks import Check
    from pandera.errors import SchemaError
    from pandera.pandas import DataFrameSchema

# So many rows at fault are named with a rule; all of them are saved.
SHOWN = 3
# Nobody reads more rules than these at once.
MOST = 20
# What the built-in checks of pandera ask for, by their names.
WORDS: dict[str, Callable[[dict], str]] = {
    "in_range": lambda s: (
        f"from {spelled(s['min_value'])} to {spelled(s['max_value'])}"
        if s["include_min"] and s["include_max"]
        else f"between {spelled(s['min_value'])} and {spelled(s['max_value'])}"
    ),
    "isin": lambda s: f"one of {', '.join(map(str, s['allowed_values']))}",
    "notin": lambda s: f"none of {', '.join(map(str, s['forbidden_values']))}",
    "greater_than_or_equal_to": lambda s: f"at least {spelled(s['min_value'])}",
    "greater_than": lambda s: f"more than {spelled(s['min_value'])}",
    "less_than_or_equal_to": lambda s: f"at most {spelled(s['max_value'])}",
    "less_than": lambda s: f"less than {spelled(s['max_value'])}",
    "equal_to": lambda s: spelled(s["value"]),
    "not_equal_to": lambda s: f"other than {spelled(s['value'])}",
    "str_matches": lambda s: f"like {pattern(s['pattern'])} from the start",
    "str_contains": lambda s: f"text with {pattern(s['pattern'])} in it",
    "str_startswith": lambda s: f"text that begins with {s['string']!r}",
    "str_endswith": lambda s: f"text that ends in {s['string']!r}",
    "str_length": lambda s: f"text of {length(s)} characters",
}
# The families of dtypes, by how the names begin.
PLAIN = {
    "str": "text",
    "int": "whole number",
    "uint": "whole number",
    "float": "number",
    "bool": "yes or no",
    "datetime64": "date and time",
    "timedelta64": "duration",
    "category": "category",
}


@dataclass(frozen=True)
class Broken:
    """A rule that a table breaks: what must hold, what came, and in which rows."""

    must: str
    came: str
    rows: np.ndarray = field(default_factory=lambda: np.array([], dtype="int64"))

    @property
    def sentence(self) -> str:
        return f"{self.must}{self.came}"


def broken_rules(table: pd.DataFrame, contract: "DataFrameSchema") -> list[Broken]:
    """Return the rules that a table breaks, each once: first those about whole columns."""
    from pandera.errors import SchemaErrors

    refuse_others(table, contract)
    try:
        # With an index of its own, pandera could not tell which rows are at fault.
        contract.validate(table.reset_index(drop=True), lazy=True)
    except SchemaErrors as errors:
        found = errors.schema_errors
    else:
        return []
    reasons = {each.reason_code.name for each in found}
    if reasons & {"COLUMN_NOT_IN_DATAFRAME", "WRONG_DATATYPE"}:
        # What cannot be checked for want of a column, or of its type, is no news.
        found = [each for each in found if each.reason_code.name != "CHECK_ERROR"]
    rules = [rule for each in found for rule in rules_in(each, table.reset_index(drop=True))]
    return sorted(rules, key=lambda rule: len(rule.rows) > 0)


def refuse_others(table: object, contract: object) -> None:
    """Refuse what is no table or no contract."""
    from pandera.pandas import DataFrameSchema

    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"A table must be a DataFrame, but is {type(table).__name__}.")
    if not isinstance(contract, DataFrameSchema):
        mend = " Call its .to_schema()." if hasattr(contract, "to_schema") else ""
        kind = contract.__name__ if isinstance(contract, type) else type(contract).__name__
        raise TypeError(f"A contract must be a DataFrameSchema of pandera, but is {kind}.{mend}")
    if repeats := list(dict.fromkeys(table.columns[table.columns.duplicated()])):
        names = ", ".join(f"`{name}`" for name in repeats)
        raise ValueError(
            f"A name must stand for one column, but {names} stands for more. Call "
            "clean_columns(table) before: it tells them apart."
        )


def refuse(
    table: pd.DataFrame,
    contract: "DataFrameSchema",
    rules: list[Broken],
    refused: Path | str | None,
) -> str:
    """Save the rows at fault, and return a message with all rules that are broken."""
    which = f"The table `{contract.name}`" if contract.name else "The table"
    how_many = "a rule of it" if len(rules) == 1 else f"{len(rules)} rules of it"
    said = [f"{which} must keep its contract, but breaks {how_many}:"]
    said += [f"  {rule.sentence}" for rule in rules[:MOST]]
    said += [f"  ... and {len(rules) - MOST} more."] if len(rules) > MOST else []
    if refused is not None and (rows := rows_at_fault(table, rules)) is not None:
        write_table(rows, refused)
        are = "row at fault is" if len(rows) == 1 else "rows at fault are"
        said.append(
            f"The {len(rows):,} {are} in {Path(refused).as_posix()}. What is wrong in a raw file "
            "is mended by a line in data/corrections/, a rule that is wrong in contracts.py."
        )
    return "\n".join(said)


def rows_at_fault(table: pd.DataFrame, rules: list[Broken]) -> pd.DataFrame | None:
    """Return the rows that break a rule, after a column that says which; none if none do."""
    broken: dict[int, list[str]] = {}
    for rule in rules:
        for row in rule.rows.tolist():
            broken.setdefault(row, []).append(rule.must)
    if not broken:
        return None
    rows = table.iloc[sorted(broken)].reset_index(drop=True)
    name = "broken_rules"
    while name in rows:
        name += "_"
    rows.insert(0, name, ["; ".join(broken[row]) for row in sorted(broken)])
    return rows


def rules_in(error: "SchemaError", table: pd.DataFrame) -> Iterator[Broken]:
    """Yield the rules that an error of pandera is about."""
    reason, schema = error.reason_code.name, error.schema
    if reason == "COLUMN_NOT_IN_DATAFRAME":
        name = error.failure_cases
        near = get_close_matches(str(name), list(map(str, table.columns)), 1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        yield Broken(f"`{name}` must be a column", f", but is not there.{hint}")
    elif reason == "COLUMN_NOT_IN_SCHEMA":
        yield Broken(
            f"`{error.failure_cases}` must be a column of the contract",
            ", but is none. Describe it there, or drop it before.",
        )
    elif reason == "WRONG_DATATYPE":
        came = in_words(table[schema.name].dtype)
        yield Broken(
            f"`{schema.name}` must be {in_words(schema.dtype)}",
            f", but is {came}. Give it that type before, or say the other one in the contract.",
        )
    elif reason == "SERIES_CONTAINS_NULLS":
        rows = np.flatnonzero(table[schema.name].isna())
        yield told(f"`{schema.name}` must be there", rows, table)
    elif reason == "SERIES_CONTAINS_DUPLICATES":
        yield repeated(table, [schema.name])
    elif reason == "DUPLICATES":
        yield repeated(table, key_of(schema))
    elif reason == "DATAFRAME_CHECK":
        yield unmet(error, table)
    else:
        # Such as a check that stops by itself: a rule with a slip in it.
        of_check = reason == "CHECK_ERROR"
        said = str(error.failure_cases if of_check else error).splitlines()[0]
        at = f"`{schema.name}`: " if schema.name in table else ""
        yield Broken(f"{at}{rule_of(error.check)}", f", but this cannot be checked: {said}")


def unmet(error: "SchemaError", table: pd.DataFrame) -> Broken:
    """Return the rule of a check of one column, or of all, that does not hold."""
    name, output, rule = error.schema.name, error.check_output, rule_of(error.check)
    of_column = error.column_name is not None and name in table
    if isinstance(output, pd.DataFrame):
        output = output.all(axis="columns")
    if not isinstance(output, pd.Series) or not output.index.isin(table.index).all():
        must = f"`{name}`: {rule}" if of_column else capital(rule)
        return Broken(must, ": this must hold, but does not.")
    rows = output.index[~output.fillna(False).astype(bool)].to_numpy()
    if of_column and is_known(error.check):
        return told(f"`{name}` must be {rule}", rows, table, [name])
    if of_column:
        return told(f"`{name}`: {rule}", rows, table, [name], does=True)
    return told(capital(rule), rows, table, [c for c in table if f"`{c}`" in rule], does=True)


def repeated(table: pd.DataFrame, key: list) -> Broken:
    """Return the rule that a key identifies a row, and the rows that share theirs."""
    repeats = table[table.duplicated(key, keep=False)]
    together = repeats.groupby(key, sort=False, dropna=False).ngroup()
    rows = repeats.index[together.argsort(kind="stable")].to_numpy()
    return Broken(
        f"{', '.join(f'`{name}`' for name in key)} must identify a row",
        f", but {len(rows):,} of {len(table):,} rows repeat: {few(rows, table, key)}",
        rows,
    )


def told(
    must: str,
    rows: np.ndarray,
    table: pd.DataFrame,
    columns: Collection = (),
    *,
    does: bool = False,
) -> Broken:
    """Return a rule with how many rows break it, and the first of them."""
    number = f"{len(rows):,} of {len(table):,} rows"
    is_not = f", but {number} {'is' if len(rows) == 1 else 'are'} not: "
    does_not = f": this must hold, but does not in {number}: "
    return Broken(must, f"{does_not if does else is_not}{few(rows, table, columns)}", rows)


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def few(rows: np.ndarray, table: pd.DataFrame, columns: Collection) -> str:
    """Return the first rows at fault: the values, and where each came from."""
    named = []
    for row in rows[:SHOWN]:
        place = place_of(table, row)
        values = " and ".join(spelled(table[name].iloc[row]) for name in columns)
        named.append(f"{values} ({place})" if values else place)
    return ", ".join(named) + (", ..." if len(rows) > SHOWN else ".")


def place_of(table: pd.DataFrame, row: int) -> str:
    """Return where a row came from: its file, sheet and line, else its place in the table."""
    known = [name for name in ("source_file", "filename", "sheet", "source_sheet") if name in table]
    parts = [str(table[name].iloc[row]) for name in known]
    line = table["source_line"].iloc[row] if "source_line" in table else None
    parts.append(f"row {row}" if line is None or pd.isna(line) else f"line {line}")
    return ", ".join(parts)


def rule_of(check: "Check | str") -> str:
    """Return what a check asks for, in words."""
    if isinstance(check, str):
        return check
    if is_known(check):
        return WORDS[check.name](check.statistics)
    said = check.error or check.description or check.title or check.name
    return str(said).strip().rstrip(".")


def is_known(check: "Check | str") -> bool:
    """Say whether a check is one of pandera's, without words of the analyst's own."""
    return not isinstance(check, str) and check.name in WORDS and not own_words(check)


def own_words(check: "Check") -> bool:
    """Say whether the analyst has put a check into words; pandera's own are like isin([...])."""
    return bool(check.description or check.title) or not str(check.error).startswith(
        f"{check.name}("
    )


def rules_of(contract: "DataFrameSchema", name: object) -> str:
    """Return all that a contract asks of a column, in words."""
    column = contract.columns[name]
    rules = [rule_of(check) for check in column.checks]
    if tells_rows_apart(contract, name):
        rules.append("different in each row")
    elif name in key_of(contract):
        rules.append("part of the key")
    if not column.nullable:
        rules.append("never missing")
    return "; ".join(rules)


def tells_rows_apart(contract: "DataFrameSchema", name: object) -> bool:
    """Say whether a column alone identifies a row."""
    return key_of(contract) == [name] or (
        name in contract.columns and contract.columns[name].unique
    )


def key_of(contract: "DataFrameSchema") -> list:
    """Return the columns that together identify a row."""
    return [contract.unique] if isinstance(contract.unique, str) else list(contract.unique or [])


def in_words(dtype: object) -> str:
    """Return a dtype in plain words, with pandas' own after it.

    Examples
    --------
    >>> in_words(pd.Int64Dtype())
    'whole number (Int64)'
    """
    text = re.sub(r"^string.*", "str", str(dtype))
    plain = next((word for start, word in PLAIN.items() if text.lower().startswith(start)), None)
    return f"{plain} ({text})" if plain else text


def pattern(given: object) -> str:
    return str(getattr(given, "pattern", given))


def length(statistics: dict) -> str:
    low, high = statistics.get("min_value"), statistics.get("max_value")
    if statistics.get("exact_value") is not None:
        return str(statistics["exact_value"])
    if low is None or high is None:
        return f"at most {high}" if low is None else f"at least {low}"
    return f"{low} to {high}"
