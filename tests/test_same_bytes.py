"""The same raw files and code give the same bytes, wherever and however they run."""

import re
import shutil
import sys
from importlib.util import find_spec

from projects import LEFT_BEHIND, TEMPLATE, Project, run

# One file of each format that the helpers write; sums on many cores, sets, dates and text in them.
WRITER = """
import os, sys

if hasattr(os, "sched_setaffinity") and os.environ.get("ONE_CORE"):
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
sys.path.insert(0, sys.argv[1])
from helpers.write import write_excel, write_geo, write_plot, write_table
from startpy import settings

settings.apply()
import numpy as np
import pandas as pd
from plotnine import aes, geom_point, ggplot, labs

draws = np.random.default_rng(1).normal(size=200_000)
birds = pd.DataFrame(
    {
        "nest": [f"Nèst {n % 7} 🐧" for n in range(500)],
        "mass_kg": draws.reshape(500, -1) @ np.ones(400),
        "seen": pd.date_range("2024-01-01", periods=500, freq="h").as_unit("ms"),
        "zoned": pd.date_range("2024-01-01", periods=500, freq="h", tz="Europe/London"),
        "kind": pd.Categorical(sorted({"b", "a"}) * 250),
    }
)
means = birds.groupby("nest", as_index=False)["mass_kg"].agg(["mean", "std"])
for ending in ("csv", "parquet"):
    write_table(birds, f"birds.{ending}")
    write_table([means, means], f"pieces.{ending}")
write_excel({"Birds": birds.drop(columns="zoned"), "Means": means}, "birds.xlsx")
plot = ggplot(birds, aes("nest", "mass_kg", colour="kind")) + geom_point() + labs(x="Nèst")
for ending in ("png", "svg", "pdf"):
    write_plot(plot, f"birds.{ending}")
if "geo" in sys.argv:
    import geopandas

    place = geopandas.points_from_xy(birds["mass_kg"], birds["mass_kg"], crs=4326)
    places = geopandas.GeoDataFrame(birds[["nest", "seen"]], geometry=place)
    write_geo(places, "birds.gpkg")
    write_geo(places, "birds.geojson")
"""


def test_every_format_has_the_same_bytes_wherever_and_however_it_is_written(tmp_path):
    geo = ["geo"] * bool(find_spec("geopandas"))
    made = []
    for name, settings in {
        "here": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        "deeper/ö and elsewhere": {
            "PYTHONHASHSEED": "2",
            "TZ": "Asia/Tokyo",
            "LC_ALL": "C",
            "LANG": "de_DE.UTF-8",
            "ONE_CORE": "1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        },
    }.items():
        folder = tmp_path / name
        folder.mkdir(parents=True)
        command = [sys.executable, "-B", "-c", WRITER, TEMPLATE, *geo]
        done = run(*command, cwd=folder, **settings)
        assert done.returncode == 0, done.output
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    endings = {"csv", "parquet", "xlsx", "png", "svg", "pdf"} | (
        {"gpkg", "geojson"} if geo else set()
    )
    assert {name.partition(".")[2] for name in made[0]} == endings
    assert made[0].keys() == made[1].keys()
    assert [name for name in made[0] if made[0][name] != made[1][name]] == []


def test_another_folder_hash_seed_time_zone_locale_and_one_core_change_no_byte(project, tmp_path):
    elsewhere = project.sources_only(tmp_path / "deeper" / "and elsewhere")
    done = elsewhere.snakemake(
        "--cores", "1", PYTHONHASHSEED="7", TZ="Asia/Tokyo", LC_ALL="C", LANG="C"
    )
    assert done.returncode == 0, done.output
    assert elsewhere.results() == project.results()


def test_the_template_runs_as_it_stands(project, tmp_path):
    """Unrendered, in a folder with the template's own name."""
    folder = tmp_path / TEMPLATE.name
    shutil.copytree(TEMPLATE, folder, ignore=LEFT_BEHIND)
    unrendered = Project(folder, project.python)
    for tool in (
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("snakefmt", "--check", "Snakefile"),
    ):
        done = unrendered.run(project.python, "-m", *tool)
        assert done.returncode == 0, done.output
    # Looking for locks, Snakemake takes the braces in the folder's own name for a wildcard.
    done = unrendered.snakemake("--nolock")
    assert done.returncode == 0, done.output
    ours, theirs = unrendered.results(), project.results()
    assert ours.keys() == theirs.keys()
    different = {path for path in ours if ours[path] != theirs[path]}
    assert different == {"results/report.html"}  # its title is a placeholder
    assert re.search(rb"<h1>\s*\{\{ cookiecutter.title", ours["results/report.html"])
    done = unrendered.run(project.python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.output
