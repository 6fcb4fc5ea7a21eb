"""The section `settings` of config.yaml holds for every stage, however it is run."""

import contextlib
import math
import os
import shlex
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import LEFT_BEHIND, TEMPLATE, Project

sys.path.insert(0, str(TEMPLATE))

from startpy.pipeline import settings
from startpy.settings import in_full, now, settings_of, zone_fault

ALL_STAGES = ["analyse", "clean", "ingest adelie", "ingest chinstrap", "ingest gentoo", "report"]

# A stage that depends on the clock and on the look of numbers as much as a stage can.
LOOK = '''"""Look: what the clock says, and how numbers are shown."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
{at_the_top}
from startpy.command import run


def main(out: Path) -> None:
    """Write what is shown."""
    import matplotlib.pyplot as plt

    summer = datetime.fromtimestamp(1_750_000_000)
    figure, axes = plt.subplots()
    axes.plot([2e6, 4e6])
    figure.canvas.draw()
    ticks = [tick.get_text() for tick in axes.get_yticklabels()]
    table = pd.DataFrame({{"a": [12345678.9, 0.00001234], "b": pd.array([1e16, None], "Float64")}})
    offset = axes.yaxis.get_offset_text().get_text()
    shown = [summer, table, np.array([1e-9, 1e9]), ticks, f"times {{offset or 1}}"]
    out.write_text("\\n".join(map(str, shown)), encoding="utf-8")


if __name__ == "__main__":
    run(main)
'''


@pytest.fixture
def place(tmp_path):
    """The template's folder, which is a project, with nothing made in it."""
    folder = shutil.copytree(TEMPLATE, tmp_path / "a pläce", ignore=LEFT_BEHIND)
    return Project(folder, Path(sys.executable))


def look(project, at_the_top="", **environment):
    """Return what a stage shows that is run by hand."""
    stage = project.folder / "stages" / "look.py"
    stage.write_text(LOOK.format(at_the_top=at_the_top), encoding="utf-8")
    command = [project.python, "-m", "stages.look", "--out", "shown.txt"]
    done = project.run(*command, MPLBACKEND="agg", **environment)
    assert done.returncode == 0, done.output
    return (project.folder / "shown.txt").read_text(encoding="utf-8").splitlines()


def set_to(project, **values):
    for name, value in values.items():
        old = {"time_zone": "UTC", "scientific_notation": "false", "bell": "true"}[name]
        project.edit("config.yaml", f"{name}: {old}\n", f"{name}: {value}\n")


def leave_out_settings(project):
    config = project.folder / "config.yaml"
    text, _, _ = config.read_text(encoding="utf-8").partition("\nsettings:")
    config.write_text(text, encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows' local time is the machine's")
def test_the_project_has_its_own_clock_wherever_it_runs(place):
    set_to(place, time_zone="Asia/Kathmandu")
    assert look(place, TZ="America/New_York")[0] == "2025-06-15 20:51:40"


@pytest.mark.parametrize("at_the_top", ["", "import matplotlib.pyplot\n", "import plotnine\n"])
def test_numbers_are_shown_in_full(place, at_the_top):
    assert look(place, at_the_top)[1:] == [
        "           a                   b",
        "0 12345678.9 10000000000000000.0",
        "1 0.00001234                <NA>",
        "[0.000000001 1000000000.0]",
        str([str(number) for number in range(1_750_000, 4_500_000, 250_000)]),
        "times 1",
    ]


def test_scientific_notation_is_left_to_the_libraries_if_it_is_wanted(place):
    set_to(place, scientific_notation="true")
    shown = look(place)
    assert "1.234568e+07" in shown[2]
    assert shown[4] == "[1.e-09 1.e+09]"
    assert shown[-1] == "times 1e6"


def test_a_project_without_the_section_has_the_defaults(place):
    usual = look(place)
    leave_out_settings(place)
    assert look(place, TZ="Asia/Tokyo") == usual


@hypothesis.settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_full_has_no_exponent_and_says_the_same(number):
    text = in_full(number)
    assert "e" not in text
    assert math.isclose(float(text), number, rel_tol=5e-6, abs_tol=0)


def test_what_is_no_plain_number_is_shown_too():
    assert [in_full(each) for each in (math.inf, -math.inf, -0.0, 1 + 2j)] == [
        "inf",
        "-inf",
        "-0.0",
        "(1+2j)",
    ]


def test_now_is_aware_of_the_zone():
    assert now().utcoffset() == timedelta(0)
    assert now().tzinfo.key == "UTC"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("london", "Europe/London"),
        ("Europe/Pari", "Europe/Paris"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("europe/Berlin ", "Europe/Berlin"),
    ],
)
def test_a_time_zone_that_is_nearly_right_is_told_its_name(name, meant):
    assert zone_fault(name).endswith(f"but is {name!r}. Did you mean {meant!r}?")


@pytest.mark.parametrize("name", ["CEST", "UTC+2", "GMT+2", "localtime", "🕐", "", None, 5, [], {}])
def test_a_time_zone_that_could_be_any_is_not_guessed(name):
    assert zone_fault(name) == f"must be UTC or a place such as Europe/London, but is {name!r}."


def test_every_fault_of_the_settings_is_named_before_anything_runs(place):
    set_to(place, time_zone="Europe/Lodnon", bell="loud", scientific_notation="3\n  colour: red")
    done = place.snakemake("--nolock")
    assert done.returncode == 1
    said = [line.strip() for line in done.output.splitlines()]
    assert said[said.index("config.yaml must be mended:") + 1 :] == [
        "`colour` in `settings` is not a setting; these are: time_zone, scientific_notation, bell.",
        "`settings.bell` must be a yes or no (true or false), but is 'loud'.",
        "`settings.scientific_notation` must be a yes or no (true or false), but is 3.",
        "`settings.time_zone` must be UTC or a place such as Europe/London, but is "
        "'Europe/Lodnon'. Did you mean 'Europe/London'?",
        "",
        "Then: python run.py",
    ]


def test_a_stage_run_by_hand_names_a_wrong_time_zone_too(place):
    set_to(place, time_zone="Europe/Lodnon")
    command = "-m stages.ingest --raw data/raw/adelie.csv --out x.parquet"
    done = place.run(place.python, *command.split())
    assert done.returncode == 1
    assert "`settings.time_zone` in config.yaml must be UTC or a place" in done.output
    assert "Did you mean 'Europe/London'?" in done.output
    assert "Mend it, then: python run.py ingest" in done.output
    assert not (place.folder / "x.parquet").exists()


def test_the_settings_cost_a_stage_next_to_nothing_to_import(place):
    heavy = "{'numpy', 'pandas', 'matplotlib', 'yaml', 'jsonschema'}"
    program = f"import sys, startpy.settings; print(sorted({heavy} & set(sys.modules)))"
    assert place.run(place.python, "-c", program).output.strip() == "[]"


def test_the_settings_that_count_for_results_are_one_string_whatever_is_left_out():
    full = {"time_zone": "UTC", "scientific_notation": False, "bell": True}
    assert settings({}) == settings({"settings": full}) == settings({"settings": {"bell": False}})
    assert settings({"settings": {"time_zone": "Asia/Tokyo"}}) != settings({})
    assert settings({"settings": {"scientific_notation": True}}) != settings({})
    assert settings_of({"settings": None}) == full


def test_a_changed_time_zone_makes_everything_again(project, copy):
    set_to(copy, time_zone="Asia/Tokyo")
    assert copy.plan() == ALL_STAGES
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    assert copy.plan() == []
    # The example has no time of day in it; the foot of its report names config.yaml's fingerprint.
    before, after = project.results(), copy.results()
    assert {path for path in before if before[path] != after[path]} == {"results/report.html"}


def test_another_look_of_numbers_makes_everything_again(copy):
    set_to(copy, scientific_notation="true")
    assert copy.plan() == ALL_STAGES


@pytest.mark.parametrize(
    "change",
    [lambda copy: set_to(copy, bell="false"), leave_out_settings],
    ids=["the bell is switched off", "the defaults are left out"],
)
def test_only_the_report_which_names_the_config_is_made_again_when(copy, change):
    change(copy)
    assert copy.plan() == ["report"]


def test_the_report_shows_numbers_in_full_by_hand_as_in_the_pipeline(copy):
    copy.edit(
        "stages/report.py",
        "# %% [markdown]\n# ## What differs",
        "# %%\nprint(pd.Series([1e16, 1.5]))\n\n# %% [markdown]\n# ## What differs",
    )
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    page = copy.folder / "results" / "report.html"
    from_pipeline = page.read_bytes()
    assert b"10000000000000000.0" in from_pipeline
    command = next(line for line in done.output.splitlines() if "-m startpy.report" in line)
    done = copy.run(*shlex.split(command.removeprefix("Shell command: ")), TZ="Asia/Tokyo")
    assert done.returncode == 0, done.output
    assert page.read_bytes() == from_pipeline


BELL = "\a"
SNAKEFILE = """
from startpy.pipeline import begin

begin(workflow)

rule all:
    output: "done"
    shell: "{}"
"""


@pytest.fixture
def pipeline(tmp_path):
    """The smallest pipeline of all."""
    for folder in ("startpy", "data/raw"):
        shutil.copytree(TEMPLATE / folder, tmp_path / folder, ignore=LEFT_BEHIND)
    (tmp_path / "config.yaml").write_text("title: A bell\n", encoding="utf-8")
    (tmp_path / "Snakefile").write_text(SNAKEFILE.format("touch done"), encoding="utf-8")
    return Project(tmp_path, Path(sys.executable))


def on_a_terminal(project, *arguments, **environment):
    """Return the status of a run on a real terminal, and all that came out of it."""
    pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    ours, theirs = pty.openpty()
    inherited = {name: text for name, text in os.environ.items() if name != "CI"}
    process = subprocess.Popen(
        [project.python, "-m", "snakemake", "--cores", "1", *arguments],
        cwd=project.folder,
        env={**inherited, "PATH": project.path, **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):  # Linux raises it when nobody holds the other end any more
        while came := os.read(ours, 65536):
            said += came
    os.close(ours)
    return process.wait(timeout=60), said.decode("utf-8", errors="replace")


def test_the_bell_rings_once_when_a_run_has_ended_well(pipeline):
    status, said = on_a_terminal(pipeline)
    assert (status, said.count(BELL)) == (0, 1)
    status, said = on_a_terminal(pipeline)
    assert "Nothing to be done" in said
    assert BELL not in said


@pytest.mark.nightly
def test_the_bell_rings_once_when_a_run_has_failed_after_the_last_word(pipeline):
    (pipeline.folder / "Snakefile").write_text(SNAKEFILE.format("false"), encoding="utf-8")
    status, said = on_a_terminal(pipeline)
    assert (status, said.count(BELL)) == (1, 1)
    assert said.endswith(f"Go on where it stopped: python run.py\r\n{BELL}")


@pytest.mark.parametrize(
    ("config", "arguments", "environment"),
    [
        ("settings: {bell: false}\n", [], {}),
        ("title: A bell\n", ["--dry-run"], {}),
        ("title: A bell\n", [], {"CI": "true"}),
    ],
    ids=["it is switched off", "nothing was run", "a machine runs it"],
)
def test_the_bell_is_silent_if(pipeline, config, arguments, environment):
    (pipeline.folder / "config.yaml").write_text(config, encoding="utf-8")
    status, said = on_a_terminal(pipeline, *arguments, **environment)
    assert status == 0, said
    assert BELL not in said


@pytest.mark.nightly
def test_the_bell_does_not_get_into_a_file(pipeline):
    done = pipeline.snakemake("--cores", "1")
    assert done.returncode == 0, done.output
    assert BELL not in done.output
