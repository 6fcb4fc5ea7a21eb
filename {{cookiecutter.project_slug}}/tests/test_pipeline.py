"""The pipeline as a whole, on the real data, in a folder of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers.ledger import sum_up

ROOT = Path(__file__).parents[1]
MADE = (".git", ".venv", ".snakemake", ".*_cache", "__pycache__", "interim", "processed", "results")


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project, made from the raw files to the report."""
    folder = tmp_path_factory.mktemp("project") / "copy"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*MADE))
    snakemake(folder)
    return folder


def test_a_second_run_has_nothing_to_do(project):
    assert "Nothing to be done" in snakemake(project)


def test_the_ledger_accounts_for_every_row_in_the_files(project):
    ledger = pd.read_csv(project / "data/processed/ledger.csv")
    ingested = sorted((project / "data/interim").glob("*.parquet"))
    received = ledger[ledger["step"] == "received"].set_index("reason")["added"]
    assert received.to_dict() == {path.stem: len(pd.read_parquet(path)) for path in ingested}
    used = pd.read_parquet(project / "data/processed/penguins.parquet")
    left_out = pd.read_parquet(project / "data/processed/left_out.parquet")
    assert sum_up(ledger).startswith(f"{received.sum()} rows received, {len(used)} kept")
    assert ledger["left_out"].sum() == len(left_out)


def test_the_report_and_the_readme_say_what_was_found(project):
    command = [sys.executable, "-m", "startpy.facts"]
    said = subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8")
    assert said.returncode == 0, said.stderr


def test_gentoos_are_big_and_the_others_are_of_a_size(project):
    masses = pd.read_csv(project / "results/tables/body_mass.csv")
    mean_g = masses.pivot(index="species", columns="sex", values="mean_g")
    others = mean_g.drop("Gentoo")
    assert mean_g.loc["Gentoo", "female"] > others["male"].max()
    assert (others.max() - others.min() < masses["sd_g"].min()).all()


def test_males_are_heavier_in_every_species(project):
    differences = pd.read_csv(project / "results/tables/sex_differences.csv")
    assert set(differences["species"]) == {"Adelie", "Chinstrap", "Gentoo"}
    assert (differences["share_male_heavier"] > 0.5).all()


def test_males_are_heavier_at_fewest_nests_of_chinstraps(project):
    differences = pd.read_csv(project / "results/tables/sex_differences.csv", index_col="species")
    assert differences["share_male_heavier"].idxmin() == "Chinstrap"


def test_the_island_makes_less_of_a_difference_than_any_two_birds_of_it(project):
    islands = pd.read_csv(project / "results/tables/adelie_islands.csv")
    apart = islands.groupby("sex")["mean_g"].agg(lambda means: means.max() - means.min())
    assert (apart < islands.groupby("sex")["sd_g"].min() / 3).all()


def test_adelies_lay_first_but_for_the_season_that_the_report_names(project):
    dates = pd.read_csv(project / "results/tables/laying_dates.csv", parse_dates=["median_on"])
    medians = dates.pivot(index="season", columns="species", values="median_on")
    assert medians.idxmin(axis="columns").to_dict() == {
        "2007-08": "Adelie",
        "2008-09": "Gentoo",
        "2009-10": "Adelie",
    }


def test_no_egg_is_dated_outside_its_season(project):
    penguins = pd.read_parquet(project / "data/processed/penguins.parquet")
    assert (penguins["first_egg_on"].dt.year.astype("str") == penguins["season"].str[:4]).all()
