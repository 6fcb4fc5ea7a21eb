"""What goes wrong is said in the last lines, loses nothing, and stays wrong until it is mended."""

import os
import signal
import subprocess
import time

import pytest

STAGES = ["ingest", "clean", "analyse", "report"]
# By day one of them stands for all: the machine is the same for each.
BY_NIGHT = [
    "clean",
    *(pytest.param(stage, marks=pytest.mark.nightly) for stage in ("ingest", "analyse", "report")),
]
MADE_BY = {
    "ingest": "data/interim",
    "clean": "data/processed",
    "analyse": "results/tables",
    "report": "results/report.html",
}


def last_lines(output, count=16):
    return "\n".join(output.rstrip().splitlines()[-count:])


def break_stage(copy, stage):
    if stage == "report":
        copy.edit("stages/report.py", "penguins = pd", "1 / 0\npenguins = pd")
    else:
        copy.edit(f"stages/{stage}.py", ') -> None:\n    """', ') -> None:\n    1 / 0\n    """')


def mend_stage(copy, stage):
    copy.edit(f"stages/{stage}.py", "1 / 0\npenguins" if stage == "report" else "    1 / 0\n",
              "penguins" if stage == "report" else "")  # fmt: skip


@pytest.mark.parametrize("stage", BY_NIGHT)
def test_a_broken_stage_fails_again_until_it_is_mended(project, copy, stage):
    break_stage(copy, stage)
    for _ in range(2):
        done = copy.snakemake()
        said = last_lines(done.output)
        assert done.returncode == 1, done.output
        assert f"{stage} stopped at stages/{stage}.py, line" in said
        assert "1 / 0" in said
        assert "ZeroDivisionError: division by zero" in said
        assert f"Mend it, then: python run.py {stage}" in said
    sources = ["adelie", "chinstrap", "gentoo"]
    jobs = [f"ingest {source}" for source in sources] if stage == "ingest" else [stage]
    assert set(jobs) <= set(copy.plan())
    mend_stage(copy, stage)
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    assert copy.results() == project.results()


def rename_raw_column(copy):
    copy.receive("gentoo.csv", "Date Egg", "Egg Date")


def overweight_bird(copy):
    copy.receive("adelie.csv", ",181,3750,", ",181,37500,")


def surplus_field(copy):
    copy.receive("adelie.csv", ",181,3750,", ",181,3,750,")


def not_utf8(copy):
    copy.receive("adelie.csv", b"Adult not sampled.", b"Ad\xe9lie not sampled.")


def lose_raw_file(copy):
    for words in (["init"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b.c",
                                           "commit", "-m", "Start"]):  # fmt: skip
        assert copy.run("git", *words).returncode == 0
    (copy.folder / "data/raw/gentoo.csv").unlink()


FAULTS = {
    "a column is missing": (
        rename_raw_column,
        ["clean stopped at stages/clean.py, line", "The table from gentoo.csv must have the column",
         "`Date Egg`", "Did you mean `Egg Date`?", "python run.py clean"],
    ),
    "a value cannot be": (
        overweight_bird,
        ["`body_mass_g` must be from 2500 to 6500", "37500 (adelie.csv, line 2)", "run.py clean"],
    ),
    "a row has too many fields": (
        surplus_field,
        ["data/raw/adelie.csv, line 2", "must have 17 fields", "has 18", "python run.py ingest"],
    ),
    "a file is not UTF-8": (
        not_utf8,
        ["data/raw/adelie.csv must be UTF-8, but line 5 is not", 'encoding="cp1252"', "Adélie"],
    ),
    "a setting is of the wrong kind": (
        lambda copy: copy.edit("config.yaml", "lightest_g: 2500", "lightest_g: heavy"),
        ["config.yaml", "`clean.lightest_g` must be a number, but is 'heavy'", "python run.py"],
    ),
    "settings are unknown, missing and out of range": (
        lambda copy: copy.edit("config.yaml", "min_group: 5", "min_groups: 5\nclean_up: 1"),
        ["`analyse.min_group` is missing", "`min_groups` in `analyse` is not a setting",
         "`clean_up` is not a setting", "python run.py"],
    ),
    "there are no settings": (
        lambda copy: (copy.folder / "config.yaml").write_text("", encoding="utf-8"),
        ["config.yaml must hold settings", "git checkout -- config.yaml", "python run.py"],
    ),
    "the settings are no YAML": (
        lambda copy: copy.edit("config.yaml", "analyse:", "analyse: ["),
        ["config.yaml, line", "cannot be read", "git checkout -- config.yaml", "python run.py"],
    ),
    "a raw file has a name that a shell would run": (
        lambda copy: copy.edit("data/raw/datapackage.json", '"name": "gentoo"', '"name": "x$(id)"'),
        ["data/raw/datapackage.json does not agree", "'x$(id)' must be lower-case letters"],
    ),
    "a raw file is listed twice": (
        lambda copy: copy.edit("data/raw/datapackage.json", '"name": "gentoo"', '"name": "adelie"'),
        ["name 'adelie' must be", "stand there once", "path 'gentoo.csv' must be 'adelie'"],
    ),
    "a stage imports what is not there": (
        lambda copy: copy.edit("stages/clean.py", "import parse_date,", "import parse_dates,"),
        ["clean stopped at stages/clean.py, line", "cannot import name 'parse_dates'",
         "Mend it, then: python run.py clean"],
    ),
    "a setting has no parameter": (
        lambda copy: (
            copy.edit("config.yaml", "  min_group: 5", "  min_group: 5\n  years: 3"),
            copy.edit("config.schema.yaml", "      min_group", "      years: {}\n      min_group"),
        ),
        ["unrecognized arguments: --years 3", "Mend it, then: python run.py analyse"],
    ),
    "the Snakefile asks for a stage that is not there": (
        lambda copy: copy.edit("Snakefile", 'code("clean")', 'code("claen")'),
        ["The Snakefile asks for the code of stages.claen", "python run.py"],
    ),
    "a raw file is missing": (
        lose_raw_file,
        ["data/raw/gentoo.csv must be there", "git checkout HEAD -- data/raw/gentoo.csv"],
    ),
    "the manifest is no JSON": (
        lambda copy: copy.edit("data/raw/datapackage.json", '"resources"', "resources"),
        ["data/raw/datapackage.json does not agree", "Line 13 cannot be read", "python run.py"],
    ),
    "a stage is no Python": (
        lambda copy: copy.edit("stages/clean.py", "def main(", "def main(:"),
        ["stages/clean.py, line", "is not Python", "^", "Mend it, then: python run.py"],
    ),
    "a helper is no Python": (
        lambda copy: copy.edit("helpers/tidy.py", "def unaccent(", "def unaccent(("),
        ["helpers/tidy.py, line", "is not Python", "Mend it, then: python run.py"],
    ),
    "the report reads what the rule does not list": (
        lambda copy: copy.edit("stages/report.py", "processed/left_out", "interim/adelie"),
        ["stages/report.py, line", "data/interim/adelie.parquet", "Snakefile"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_in_the_last_lines(copy, fault, words):
    fault(copy)
    done = copy.snakemake()
    said = last_lines(done.output)
    assert done.returncode == 1, done.output
    assert [word for word in words if word not in said] == [], said
    assert "Traceback" not in done.output


@pytest.fixture(scope="module")
def held(project, tmp_path_factory):
    """A finished copy whose stages can be held in the act of writing.

    A stage that the file `hold` names stops for ten minutes between writing its
    bytes and giving the file its name, and leaves the file `holding`.
    """
    copy = project.copy(tmp_path_factory.mktemp("held") / "copy")
    copy.edit(
        "helpers/write.py",
        "        os.replace(part, path)\n",
        "        hold = Path('hold')\n"
        "        import sys, time\n"
        "        if hold.exists() and hold.read_text() in Path(sys.argv[0]).as_posix():\n"
        "            Path('holding').touch()\n"
        "            time.sleep(600)\n"
        "        os.replace(part, path)\n",
    )
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    return copy


posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups to signal")


@posix_only
@pytest.mark.parametrize("by", ["SIGINT", pytest.param("SIGKILL", marks=pytest.mark.nightly)])
@pytest.mark.parametrize("stage", BY_NIGHT)
def test_a_run_that_is_cut_off_goes_on_where_it_stopped(held, tmp_path, stage, by):
    copy = held.copy(tmp_path / "copy")
    for path in copy.results():
        if path.startswith(MADE_BY[stage]):
            (copy.folder / path).unlink()
    module = "startpy/report/" if stage == "report" else f"stages/{stage}.py"
    (copy.folder / "hold").write_text(module, encoding="utf-8")
    with (tmp_path / "output.txt").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            [copy.python, "-m", "snakemake"],
            cwd=copy.folder,
            env={**os.environ, "PATH": copy.path},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        while not (copy.folder / "holding").exists():
            assert process.poll() is None, (tmp_path / "output.txt").read_text("utf-8")
            time.sleep(0.05)
        os.killpg(process.pid, getattr(signal, by))
        process.wait(timeout=60)
    assert process.returncode != 0
    assert not [
        path for path in copy.results() if path.startswith(MADE_BY[stage]) and "part" not in path
    ]
    if by == "SIGINT":
        said = last_lines((tmp_path / "output.txt").read_text("utf-8"), 4)
        assert "Go on where it stopped: python run.py" in said
    (copy.folder / "hold").unlink()
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    assert copy.results() == held.results()


@posix_only
def test_a_run_beside_a_run_is_refused_and_spoils_nothing(held, tmp_path):
    copy = held.copy(tmp_path / "copy")
    (copy.folder / "results/report.html").unlink()
    (copy.folder / "hold").write_text("startpy/report/", encoding="utf-8")
    first = subprocess.Popen(
        [copy.python, "-m", "snakemake"],
        cwd=copy.folder,
        env={**os.environ, "PATH": copy.path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not (copy.folder / "holding").exists():
            assert first.poll() is None
            time.sleep(0.05)
        second = copy.snakemake()
        assert second.returncode == 1
        assert "Another run" in last_lines(second.output, 3), second.output
        assert copy.plan() == ["report"]  # looking is allowed
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
