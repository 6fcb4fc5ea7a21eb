"""Clean: one typed, tidy table, one row per bird and season."""

from pathlib import Path

import pandas as pd

import contracts
from helpers.check import check_columns, check_contract
from helpers.correct import apply_corrections
from helpers.document import make_codebook
from helpers.ledger import Ledger
from helpers.tidy import parse_date, parse_number, to_boolean
from helpers.write import write_excel, write_table
from startpy.command import run

# How the raw files write "not known".
UNKNOWN = "NA"

# Their name: ours. Region, stage and sample number are left out:
# the first two are the same in every row, the third only counts rows.
COLUMNS = {
    "Species": "species",
    "studyName": "season",
    "Island": "island",
    "Individual ID": "individual_id",
    "Sex": "sex",
    "Date Egg": "first_egg_on",
    "Clutch Completion": "has_full_clutch",
    "Culmen Length (mm)": "culmen_length_mm",
    "Culmen Depth (mm)": "culmen_depth_mm",
    "Flipper Length (mm)": "flipper_length_mm",
    "Body Mass (g)": "body_mass_g",
    "Delta 15 N (o/oo)": "delta_15n_permille",
    "Delta 13 C (o/oo)": "delta_13c_permille",
    "Comments": "comment",
    "source_file": "source_file",
    "source_line": "source_line",
}
# Where the rows go that break the contract, until a run passes.
REFUSED = Path("data/interim/refused/penguins.csv")
MEASUREMENTS = [name for name in COLUMNS.values() if name.endswith(("_mm", "_g", "_permille"))]


def clean_penguins(penguins: pd.DataFrame) -> pd.DataFrame:
    """Return one row per bird and season: typed, and named with units.

    An individual_id like N12A2 means the second adult at nest 12 of that season. It
    is no name for life: nests are numbered anew each season.
    """
    return (
        penguins.rename(columns=COLUMNS)[list(COLUMNS.values())]
        .replace(UNKNOWN, pd.NA)
        .assign(
            latin_name=pd.col("species").str.extract(r"\((.+)\)", expand=False),
            species=pd.col("species").str.split().str[0],
            season=pd.col("season").str.replace(r"^PAL(\d\d)(\d\d)$", r"20\1-\2", regex=True),
            nest=pd.col("individual_id").str.extract(r"^N(\d+)A\d$", expand=False).astype("int64"),
            sex=pd.col("sex").str.lower(),
            first_egg_on=lambda t: parse_date(t["first_egg_on"]),
            has_full_clutch=lambda t: to_boolean(t["has_full_clutch"], errors="raise"),
        )
        .pipe(lambda t: t.assign(**t[MEASUREMENTS].apply(parse_number).astype("float64")))
    )


def is_measured(penguins: pd.DataFrame) -> pd.Series:
    """Return for each bird whether anything of it was measured."""
    return penguins[MEASUREMENTS].notna().any(axis="columns")


def read_ingested(path: Path) -> pd.DataFrame:
    """Return one row per record of a raw file: all text, under the names in the file."""
    return pd.read_parquet(path).pipe(check_columns, COLUMNS)


def main(
    penguins: list[Path],
    corrections: list[Path],
    out: Path,
    left_out: Path,
    corrected: Path,
    ledger: Path,
    codebook: Path,
    lightest_g: float,
    heaviest_g: float,
) -> None:
    """Make one clean table of all files; birds that nobody measured go beside it.

    Corrections are written in the words of the raw files, so they are applied first.
    """
    rows = Ledger()
    received = pd.concat(
        [read_ingested(path).pipe(rows.receive, path.stem) for path in penguins],
        ignore_index=True,
    )
    mended, log = apply_corrections(received, corrections)
    contract = contracts.penguins(lightest_g, heaviest_g)
    clean = (
        mended.pipe(clean_penguins)
        .pipe(check_contract, contract, refused=REFUSED)
        .pipe(rows.keep, is_measured, "without measurements")
    )
    write_table(clean, out)
    write_table(rows.left_out(), left_out)
    write_table(log, corrected)
    write_table(rows.close(clean), ledger)
    write_excel({"Codebook": make_codebook(clean, contract, COLUMNS)}, codebook)


if __name__ == "__main__":
    run(main)
