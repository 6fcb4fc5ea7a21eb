"""Ingest: one raw file in the project's format, its content as it came."""

from pathlib import Path

import pandas as pd

from helpers.read import read_csv
from helpers.write import write_table
from startpy.command import run


def ingest_file(raw: Path) -> pd.DataFrame:
    """Return one row per record of the raw file: every value as text, as it is written."""
    return read_csv(raw, dtype="str", missing=[], line="source_line").assign(source_file=raw.name)


def main(raw: Path, out: Path) -> None:
    """Read one raw file and write it as Parquet."""
    write_table(ingest_file(raw), out)


if __name__ == "__main__":
    run(main)
