# From the template: an update may replace this file.
"""Say of the values of a table what was taken for granted, and what does not fit."""

import math
import re
from collections.abc import Iterator

import pandas as pd

from startpy.begin.columns import Column, units_of
from startpy.parse import number_of
from startpy.suspicious import unlike_most

TOTAL = re.compile(
    r"\W*((sub|grand )?totals?|totaal|totale?s?|total g[ée]n[ée]ral|totale generale|gesamt\w*"
    r"|summe|insgesamt|sum|somme|suma|razem|ogółem|celkem|yhteensä|i alt|итого|合计|总计)\W*",
    re.IGNORECASE,
)
# In stages and logs nobody wants to read the address or the folder of a person.
PRIVATE = re.compile(r"@|\\|(?<!\w)/(?=\w)|://")
LONGEST = 60


def doubts_of(columns: list[Column]) -> Iterator[str]:
    """Yield what of the values was taken for missing, and which columns are nearly something."""
    texts = [each for each in columns if each.is_text]
    words = dict.fromkeys(word for each in texts for word in each.unknown if word)
    taken = {word: [each for each in texts if word in each.unknown] for word in words}
    if taken:
        told = [f"{in_code(word)} in {named(found)}" for word, found in taken.items()]
        yield f"Taken for missing: {'; '.join(told)}. Elsewhere such words stay as they are."
    for column in texts:
        if "NA" in column.distinct:
            yield (
                f"`NA` in `{column.ours}` stays: the other values are codes like it, so it may be "
                "one. If it means missing, replace it in `stages/clean.py`."
            )
        if column.kind in ("text", "category"):
            yield from mixed(column)


def mixed(column: Column) -> Iterator[str]:
    """Yield why a column that is nearly of numbers or dates stays text."""
    different = pd.Series(column.distinct, dtype="str")
    kind, others = unlike_most(different)
    odd = different[others]
    if not kind or len(odd) == len(different):
        return
    if len(odd):
        shown = [in_code(text) for text in odd.head(3)]
        more = [f"{len(odd) - 3} more"] if len(odd) > 3 else []
        yield (
            f"Most values of `{column.ours}` are {kind}s, but not {listed(shown + more)}. It stays "
            "text until they are corrected, or replaced in `stages/clean.py`."
        )
    elif kind == "number" and len(units_of(different)) > 1:
        units = listed([in_code(unit) for unit in units_of(different)])
        yield f"`{column.ours}` stays text, because its numbers are of several kinds: {units}."


def last_sum(table: pd.DataFrame, columns: list[Column]) -> tuple[str, Column] | None:
    """Return how a row of totals is called, and in which column; none if there is none.

    In several files each may have its own: a sum is one of the rows since the last.
    """
    numbers = [each for each in columns if each.kind in ("number", "whole")]
    for column in [each for each in columns if each.kind in ("text", "category") and each.is_text]:
        called = [text for text in column.distinct if TOTAL.fullmatch(text)]
        rows = [at for at, text in enumerate(column.values) if text in called]
        for number in numbers if rows else []:
            values = [value_of(text, number) for text in number.values]
            for start, end in zip([-1, *rows], rows, strict=False):
                total = values[end]
                above = math.fsum(values[start + 1 : end])
                if total and end - start > 2 and math.isclose(total, above, rel_tol=1e-6):
                    return column.values.iloc[end], column
    return None


def value_of(value: object, column: Column) -> float:
    """Return a value as a number, a missing one as nothing."""
    if pd.isna(value):
        return 0.0
    return (number_of(value, column.decimal) or 0.0) if column.is_text else float(value)


def in_code(text: str) -> str:
    """Return text of a file as code in Markdown, that is nothing but text: short, on one line.

    Examples
    --------
    >>> print(in_code("`{python} 1/0`"), in_code("by ann@example.org"))
    `'{ python} 1/0'` `by ann…`
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    plain = " ".join(plain.replace("`", "'").replace("{python}", "{ python}").split())
    public = PRIVATE.split(plain)[0]
    short = public if len(public) <= LONGEST else public[:LONGEST]
    return f"`{short}{'…' * (short != plain)}`"


def named(columns: list[Column]) -> str:
    """Return columns as a sentence names them, the first few."""
    names = [f"`{each.ours}`" for each in columns[:4]]
    return listed(names + [f"{len(columns) - 4} more columns"] * (len(columns) > 4))


def listed(names: list[str]) -> str:
    """Return names as a sentence lists them: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
