"""What the report costs beside the script itself, and how large its page is.

python3 run.py
python3 benchmarks/report.py [ROUNDS]

Whole commands are timed in turns (A B A B ...), in a copy of build/penguins-of-palmer, with their
processor seconds. A ratio holds when the machine is slow; seconds and bytes are for orientation.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "build" / "penguins-of-palmer"
PYTHON = PROJECT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OTHERS = shutil.ignore_patterns(".venv", ".git", ".snakemake")
PAGE = "results/page.html"

FRONT = """\
# %% [markdown]
# ---
# title: A page to be measured
# ---

# %%
#| include: false
import pandas as pd

from helpers.show import show_figure, show_table

penguins = pd.read_parquet("data/processed/penguins.parquet")
"""
TABLE_AND_FIGURE = """
# %% [markdown]
# ## Section {number}

# %%
#| tbl-cap: Fifty rows.
show_table(penguins)

# %%
#| fig-cap: A figure.
#| fig-alt: A figure.
show_figure("results/figures/body_mass.png")
"""
POINTS = """
# %%
import numpy as np
from plotnine import aes, geom_point, ggplot

random = np.random.default_rng(1)
points = pd.DataFrame({"x": random.normal(size=50_000), "y": random.normal(size=50_000)})

# %%
#| fig-cap: 50,000 points.
#| fig-alt: A cloud.
ggplot(points, aes("x", "y")) + geom_point(alpha=0.3)
"""


def timed(folder, *command):
    """Run a command; return the processor seconds of its process."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run([PYTHON, *command], cwd=folder, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, os.times()
    assert done.returncode == 0, done.stdout + done.stderr
    return sum(after[2:4]) - sum(before[2:4]), wall


def plainly(folder, script):
    """Run the script as plain Python, as a person does who wants no page."""
    return timed(folder, "-c", f"import runpy; runpy.run_path({script!r})")[0]


def rendered(folder, script):
    # The page lists what it is given; that a rule lists every input is not measured here.
    inputs = sorted(
        path.relative_to(folder).as_posix()
        for part in ("config.yaml", "data/**/*", "results/**/*")
        for path in folder.glob(part)
        if path.is_file() and path.suffix != ".html"
    )
    options = ["--script", script, "--out", PAGE, "--inputs", *inputs]
    return timed(folder, "-m", "startpy.report", *options)[0]


def compare(folder, name, script, rounds):
    """Say what the page of a script costs as a multiple of the script alone, and its size."""
    pairs = [(rendered(folder, script), plainly(folder, script)) for _ in range(rounds)]
    ratios = sorted(page / alone for page, alone in pairs)
    page, alone = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(
        f"{name:28} x {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        f"  {page:5.2f} s : {alone:.2f} s  {(folder / PAGE).stat().st_size / 1e6:6.2f} MB"
    )


def main(rounds=5):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(PROJECT, Path(place) / "project", ignore=OTHERS))
        many = FRONT + "".join(TABLE_AND_FIGURE.format(number=each) for each in range(1, 51))
        (folder / "stages" / "many.py").write_text(many, encoding="utf-8")
        (folder / "stages" / "points.py").write_text(FRONT + POINTS, encoding="utf-8")
        compare(folder, "the example", "stages/report.py", rounds)
        compare(folder, "50 tables and 50 figures", "stages/many.py", rounds)
        compare(folder, "a figure of 50,000 points", "stages/points.py", rounds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
