"""The pipeline as a whole, on the real data, in a folder of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

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


def test_every_record_received_is_used_or_left_out(project):
    ingested = (project / "data" / "interim").glob("*.parquet")
    received = sum(len(pd.read_parquet(path)) for path in ingested)
    used = pd.read_parquet(project / "data/processed/penguins.parquet")
    left_out = pd.read_parquet(project / "data/processed/left_out.parquet")
    assert len(used) + len(left_out) == received


def test_males_are_heavier_in_every_species(project):
    differences = pd.read_csv(project / "results/tables/sex_differences.csv")
    assert set(differences["species"]) == {"Adelie", "Chinstrap", "Gentoo"}
    assert (differences["share_male_heavier"] > 0.5).all()


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
