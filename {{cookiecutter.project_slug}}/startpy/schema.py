# From the template: an update may replace this file.
"""Draft the contract of a table from its values: python run.py schema TABLE."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd

from helpers.read import read_any
from startpy.begin.columns import key_of, look_at
from startpy.begin.draft import environment, row_of, table_name
from startpy.begin.rules import rules_of_table
from startpy.environment import again, called_in, stop

HELP = """Draft the contract of a table (a file that read_any reads, such as .parquet or .csv): its
columns, types, key, categories and what is never below zero, as they are in the values now. It is
printed for contracts.py: keep what is true, and write the rules that you know."""


def main(arguments: list[str]) -> int:
    words = argparse.ArgumentParser(
        prog="python run.py schema", description=HELP, allow_abbrev=False
    )
    words.add_argument("table", metavar="TABLE", help="such as data/processed/penguins.parquet")
    path = called_in() / words.parse_args(arguments).table
    try:
        table = read_any(path)
    except (OSError, ValueError, TypeError, ImportError) as error:
        stop(f"No contract can be drafted: {error}", f"Mend that, then: {again()}")
    # As bytes: a name may hold what this console's encoding does not.
    sys.stdout.buffer.write(draft(table, path).encode("utf-8"))
    return 0


def draft(table: pd.DataFrame, path: Path) -> str:
    """Return the contract of a table as a function, in the style of the house."""
    plain = table.reset_index() if table.index.name is not None else table
    plain = plain.rename(columns=str)
    if plain.empty:
        stop(f"{path.name} must have columns and rows, but has none. Nothing can be drafted.")
    if repeats := list(dict.fromkeys(plain.columns[plain.columns.duplicated()])):
        stop(
            f"{path.name}: a name must stand for one column, but {', '.join(repeats)} stands for "
            "more. Make the names unique in the file, or in the stage that writes it."
        )
    columns = look_at(plain)
    rules = rules_of_table(plain, columns, key_of(columns))
    key = [rule["name"] for rule in rules if rule["is_key"]]
    # Other names could end the docstring in which they stand.
    is_plain = all(name.isidentifier() for name in key)
    facts = {
        "table": table_name([re.sub(r"\W+", "_", path.name.partition(".")[0]).lower()]),
        "what": "table",
        "row": row_of(key if is_plain else []),
        "rules": rules,
        "key": key,
    }
    used = ["Check"] * any(rule["checks"] for rule in rules) + ["Column", "DataFrameSchema"]
    head = f"from pandera.pandas import {', '.join(used)}\n\n\n"
    text = head + environment().get_template("contract.py.j2").render(facts)
    ruff = [sys.executable, "-m", "ruff", "format", "--config", "ruff.toml", "--no-cache", "-"]
    done = subprocess.run(ruff, input=text, capture_output=True, encoding="utf-8")
    if done.returncode:
        stop("The draft could not be made.", done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
