"""`record` signs the results; `reproduce` makes what is committed again elsewhere, and compares."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from projects import TEMPLATE, Project, bake, run

sys.path.insert(0, str(TEMPLATE))

from helpers.write import write_excel, write_table
from startpy import compare, expected, values

SNAKEFILE = """
from startpy.pipeline import begin

begin(workflow)


rule all:
    input:
        MADE,


rule make:
    input:
        raw="data/raw/adelie.csv",
        stage="stages/make.py",
        config="config.yaml",
    output:
        MADE,
    shell:
        "python -m stages.make"
"""
MADE = """[
    "data/processed/birds.parquet",
    "results/report.html",
    "results/sums.csv",
    "results/sums.xlsx",
    "results/shares.csv",
]"""
STAGE = '''
"""A stage that makes one result of each kind."""

from pathlib import Path

import pandas as pd

from helpers.write import write_excel, write_table

FACTOR = 1.0
TITLE = "Penguins"
birds = pd.DataFrame({"bird": ["N1A1", "N1A2"], "mass_g": [3750.0, 3800.0 * FACTOR]})
sums = pd.DataFrame({"sex": ["female", "male"], "mean_g": [3368.75, 4043.5]})
shares = pd.DataFrame({"share": [1 / 3, 2 / 3]})
write_table(birds, "data/processed/birds.parquet")
write_table(sums, "results/sums.csv")
write_excel({"Sums": sums}, "results/sums.xlsx")
write_table(shares, "results/shares.csv")
page = f"<title>{TITLE}</title><main>{Path('data/raw/adelie.csv').stat().st_size}</main>"
Path("results/report.html").write_text(page, encoding="utf-8")
'''
NAMES = re.findall('"(.+?)"', MADE)


def git(folder, *arguments):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = run("git", *who, *arguments, cwd=folder)
    assert done.returncode == 0, done.output
    return done.output


def commit(folder):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", "An edit")


def reproduce(copy, tmp_path, **environment):
    """Run it, and see that it leaves no folder behind."""
    temporary = tmp_path / "temporary"
    temporary.mkdir(exist_ok=True)
    done = copy.run(copy.python, "-m", "startpy.reproduce", TMPDIR=str(temporary), **environment)
    assert list(temporary.iterdir()) == []
    assert "Traceback" not in done.output, done.output
    return done


def verdicts(done):
    """Return verdict and what is said about each result."""
    kinds = "identical|equal|DIFFERS|MISSING|NEW"
    lines = re.findall(rf"^({kinds}) +(\S+)(?: \((.*)\))?$", done.output, re.M)
    return {name: (verdict, what) for verdict, name, what in lines}


def last_line(done):
    return done.output.rstrip().splitlines()[-1]


@pytest.fixture(scope="module")
def recorded(project, tmp_path_factory):
    """A small project under git whose results are recorded: a run of it takes a moment."""
    place = tmp_path_factory.mktemp("small")
    made = bake(place)
    assert made.returncode == 0, made.output
    folder = place / "penguins-of-palmer"
    small = Project(folder, project.python)
    shutil.rmtree(folder / "expected")
    (folder / "Snakefile").write_text(SNAKEFILE.replace("MADE", MADE), encoding="utf-8")
    (folder / "stages" / "make.py").write_text(STAGE, encoding="utf-8")
    done = small.run(small.python, "-m", "startpy.record")
    assert done.returncode == 0, done.output
    small.log.append(done.output)
    commit(folder)
    return small


@pytest.fixture
def small(recorded, tmp_path):
    shutil.copytree(recorded.folder, tmp_path / "a cöpy", symlinks=True)
    return Project(tmp_path / "a cöpy", recorded.python, recorded.log)


# What the template ships


def test_a_new_project_makes_again_what_the_template_recorded(project, tmp_path):
    bake(tmp_path)
    folder = tmp_path / "penguins-of-palmer"
    done = reproduce(Project(folder, project.python), tmp_path)
    assert done.returncode == 0, done.output
    assert {verdict for verdict, _ in verdicts(done).values()} == {"identical"}
    # Nor is a passport: it names the commit.
    passports = {path for path in project.results() if re.match(r"results/figures/.+\.json", path)}
    results = {path for path in project.results() if "interim" not in path}
    assert verdicts(done).keys() == results - passports
    commit = git(folder, "rev-parse", "HEAD")[:7]
    assert last_line(done).startswith(f"Reproduced: commit {commit}, Python 3.")


def test_with_another_title_and_author_the_page_is_equal_and_the_rest_identical(project, tmp_path):
    bake(tmp_path, "title=Big birds", "author=Somebody Else", "question=Why?")
    done = reproduce(Project(tmp_path / "big-birds", project.python), tmp_path)
    assert done.returncode == 0, done.output
    found = verdicts(done)
    assert found.pop("results/report.html")[0] == "equal"
    assert {verdict for verdict, _ in found.values()} == {"identical"}


# What differs


def test_each_result_is_told_apart_and_the_first_cell_that_differs_is_named(small, tmp_path):
    small.edit("stages/make.py", "4043.5", "4044.5")
    small.edit("stages/make.py", "1 / 3,", "1 / 3 + 1e-9,")
    small.edit("stages/make.py", "FACTOR = 1.0", "FACTOR = 1.00001")
    small.edit("stages/make.py", '"Penguins"', '"Birds"')
    small.edit("stages/make.py", '{"Sums": sums}, "results/sums.xlsx"', 'sums, "results/new.xlsx"')
    small.edit("Snakefile", "results/sums.xlsx", "results/new.xlsx")
    commit(small.folder)
    done = reproduce(small, tmp_path)
    assert done.returncode == 1
    assert verdicts(done) == {
        "data/processed/birds.parquet": ("DIFFERS", "in `mass_g`"),
        "results/new.xlsx": ("NEW", "nobody has signed it: python run.py record"),
        "results/report.html": ("equal", "the same but for its head and foot"),
        "results/shares.csv": ("equal", "the same to 6 digits, other bytes"),
        "results/sums.csv": ("DIFFERS", "mean_g, row 2: 4043.5 before, 4044.5 now"),
        "results/sums.xlsx": ("MISSING", "the pipeline does not make it"),
    }
    assert "Not reproduced: 4 of 6 results" in done.output
    assert "python run.py record" in done.output


def test_what_is_not_committed_has_no_part_in_it(small, tmp_path):
    small.edit("stages/make.py", "4043.5", "4044.5")
    small.edit("helpers/write.py", "import os\n", "raise ValueError\n")
    small.edit("requirements.lock", "pandas==3", "pandas==2")
    small.edit("config.yaml", "min_group: 5", "min_group: many")
    (small.folder / "data/raw/adelie.csv").write_text("mine\n", encoding="utf-8")
    (small.folder / "note.txt").write_text("mine\n", encoding="utf-8")
    module = tmp_path / "mine" / "pandas.py"
    module.parent.mkdir()
    module.write_text("raise ValueError\n", encoding="utf-8")
    done = reproduce(
        small,
        tmp_path,
        # As for a hook of another repository.
        GIT_DIR=str(tmp_path / "elsewhere"),
        SNAKEMAKE_PROFILE="mine",
        STARTPY_FAILURES=str(tmp_path / "failures"),
    )
    assert done.returncode == 0, done.output
    assert (
        "What is not committed is not in this run: config.yaml, data/raw/adelie.csv, "
        "helpers/write.py, note.txt, requirements.lock and 1 more.\n"
    ) in done.output
    assert verdicts(done) == dict.fromkeys(NAMES, ("identical", ""))


def test_a_module_on_pythonpath_has_no_part_in_it(small, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "pandas.py").write_text("raise ValueError\n", encoding="utf-8")
    done = reproduce(small, tmp_path, PYTHONPATH=str(tmp_path / "mine"))
    assert done.returncode == 0, done.output


def test_a_raw_file_that_is_committed_but_not_as_listed_is_refused(small, tmp_path):
    (small.folder / "data/raw/adelie.csv").write_text("forged\n", encoding="utf-8")
    commit(small.folder)
    done = reproduce(small, tmp_path)
    assert done.returncode == 1
    assert "data/raw/adelie.csv has changed" in done.output
    assert "Not reproduced: the check of its raw files failed at commit" in done.output
    assert not verdicts(done)


def test_a_listed_raw_file_that_git_does_not_hold_is_brought_along(small, tmp_path):
    git(small.folder, "rm", "--quiet", "--cached", "data/raw/adelie.csv")
    (small.folder / "data/raw/.gitignore").write_text("adelie.csv\n", encoding="utf-8")
    commit(small.folder)
    done = reproduce(small, tmp_path)
    assert done.returncode == 0, done.output


@pytest.mark.nightly
def test_a_project_in_a_folder_of_a_shallow_repository_at_no_branch(small, tmp_path):
    (tmp_path / "many").mkdir()
    shutil.rmtree(small.folder / ".git")
    shutil.move(small.folder, tmp_path / "many" / "birds")
    git(tmp_path / "many", "init", "--quiet")
    commit(tmp_path / "many")
    (tmp_path / "many" / "readme.txt").write_text("Another commit\n", encoding="utf-8")
    commit(tmp_path / "many")
    address = (tmp_path / "many").as_uri()
    git(tmp_path, "clone", "--quiet", "--depth", "1", address, "few")
    git(tmp_path / "few", "checkout", "--quiet", "--detach")
    done = reproduce(Project(tmp_path / "few" / "birds", small.python), tmp_path)
    assert done.returncode == 0, done.output
    assert verdicts(done) == dict.fromkeys(NAMES, ("identical", ""))


def test_when_the_pipeline_fails_there_its_last_words_are_shown(small, tmp_path):
    small.edit("stages/make.py", "sums = ", 'raise ValueError("too few birds")\nsums = ')
    commit(small.folder)
    done = reproduce(small, tmp_path)
    assert done.returncode == 1
    assert "too few birds" in done.output
    assert "Not reproduced: its pipeline failed at commit" in done.output


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupted_it_leaves_no_folder_behind(small, tmp_path, name):
    small.edit("stages/make.py", "sums = ", "import time\ntime.sleep(60)\nsums = ")
    commit(small.folder)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    running = subprocess.Popen(
        [small.python, "-m", "startpy.reproduce"],
        cwd=small.folder,
        env=os.environ | {"TMPDIR": str(temporary), "PATH": small.path},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not list(temporary.glob("*/copy/.snakemake/locks/*.lock")):
        assert time.monotonic() < end and running.poll() is None
        time.sleep(0.1)
    time.sleep(1)
    # A terminal sends Ctrl-C to all that runs in it; a machine that shuts down, to each.
    tell = os.killpg if name == "SIGINT" else os.kill
    tell(running.pid, getattr(signal, name))
    assert running.wait(timeout=30) != 0
    assert list(temporary.iterdir()) == []


def test_another_lock_makes_another_environment(small, tmp_path):
    small.edit("requirements.lock", "pandas==", "# Pinned anew.\npandas==")
    commit(small.folder)
    done = reproduce(
        small, tmp_path, PIP_INDEX_URL="http://127.0.0.1:9", PIP_CONFIG_FILE=os.devnull
    )
    assert "wants another environment than this one: another requirements.lock" in done.output
    assert "The package registry cannot be reached" in done.output
    assert done.returncode == 1


# What is lacking

LACKING = {
    "git is not installed": (
        lambda folder: None,
        {"PATH": ""},
        ["git must be installed", "Then: python run.py"],
    ),
    "there is no repository": (
        lambda folder: shutil.rmtree(folder / ".git"),
        {},
        ["must be in a git repository", "git init, git add --all, then git commit"],
    ),
    "there is no commit": (
        lambda folder: (shutil.rmtree(folder / ".git"), git(folder, "init", "--quiet")),
        {},
        ["must have a commit", "git add --all, then git commit"],
    ),
    "nothing is recorded": (
        lambda folder: (shutil.rmtree(folder / "expected"), commit(folder)),
        {},
        ["must be a record", "python run.py record, git add expected, git commit"],
    ),
    "the record is not committed": (
        lambda folder: (
            git(folder, "rm", "--quiet", "-r", "--cached", "expected"),
            git(folder, "commit", "--quiet", "--no-verify", "-m", "Without"),
        ),
        {},
        ["expected/ must be committed", "git add expected, git commit"],
    ),
    "the record cannot be read": (
        lambda folder: ((folder / expected.RECORD).write_text("<<<<"), commit(folder)),
        {},
        ["cannot be read: Expecting value: line 1", "python run.py record"],
    ),
}


@pytest.mark.parametrize(("lack", "settings", "words"), LACKING.values(), ids=LACKING.keys())
def test_it_says_what_is_lacking_if(small, tmp_path, lack, settings, words):
    lack(small.folder)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = run(
        *(small.python, "-m", "startpy.reproduce"),
        cwd=small.folder,
        TMPDIR=str(temporary),
        **settings,
    )
    assert done.returncode == 1
    assert [word for word in words if word not in done.output] == [], done.output
    assert "Traceback" not in done.output
    assert list(temporary.iterdir()) == []


# The record


def test_the_first_record_names_every_result_and_the_next_nothing(recorded, small):
    assert re.findall("^new +(.+)$", small.log[0], re.M) == sorted(NAMES)
    before = small.run("git", "status", "--porcelain").output
    done = small.run(small.python, "-m", "startpy.record")
    assert last_line(done) == "expected/ is the record of 5 results, as before."
    assert small.run("git", "status", "--porcelain").output == before


def test_a_record_says_what_has_changed_and_keeps_no_copy_of_what_is_gone(small):
    (small.folder / "expected" / "mine.md").write_text("Mine\n", encoding="utf-8")
    small.edit("stages/make.py", "4043.5", "4044.5")
    small.edit("stages/make.py", 'shares, "results/shares.csv"', 'shares, "results/parts.csv"')
    small.edit("Snakefile", "results/shares.csv", "results/parts.csv")
    done = small.run(small.python, "-m", "startpy.record")
    assert done.returncode == 0, done.output
    said = done.output.splitlines()
    for line in (
        "new        results/parts.csv",
        "changed    results/sums.csv (mean_g, row 2: 4043.5 before, 4044.5 now)",
        "changed    results/sums.xlsx (Sums!mean_g, row 2: 4043.5 before, 4044.5 now)",
        # Snakemake leaves the outputs of a rule that is gone where they are.
        "No rule makes results/shares.csv. If it is left from earlier, delete it and record again.",
    ):
        assert line in said
    (small.folder / "results" / "shares.csv").unlink()
    done = small.run(small.python, "-m", "startpy.record")
    assert "gone       results/shares.csv" in done.output
    assert {path.name for path in (small.folder / "expected").iterdir()} == {
        "mine.md",
        "outputs.json",
        "parts.csv",
        "sums.csv",
        "sums.xlsx.csv",
    }


def test_nothing_is_recorded_of_a_pipeline_that_fails(small):
    before = (small.folder / expected.RECORD).read_bytes()
    small.edit("stages/make.py", "sums = ", 'raise ValueError("too few birds")\nsums = ')
    done = small.run(small.python, "-m", "startpy.record")
    assert done.returncode != 0
    assert "Nothing is recorded: the pipeline must run to its end first." in done.output
    assert (small.folder / expected.RECORD).read_bytes() == before


def test_the_record_is_small_readable_and_has_no_rows_of_processed_data(recorded):
    folder = recorded.folder / "expected"
    record = json.loads((folder / "outputs.json").read_text("utf-8"))
    assert list(record["results"]) == sorted(NAMES)
    assert record["results"]["data/processed/birds.parquet"].keys() == {
        "bytes", "sha256", "rows", "columns",
    }  # fmt: skip
    assert record["environment"]["packages"]["pandas"] == pd.__version__
    assert (folder / "sums.csv").read_text("utf-8") == "sex,mean_g\nfemale,3368.75\nmale,4043.5\n"
    copies = {path.name for path in folder.rglob("*.csv")}
    assert copies == {"sums.csv", "shares.csv", "sums.xlsx.csv"}
    assert b"\r" not in (folder / "outputs.json").read_bytes()


@pytest.mark.parametrize("name", ["record", "reproduce"])
def test_help_says_in_a_paragraph_what_it_does(recorded, name):
    done = recorded.run(recorded.python, "-m", f"startpy.{name}", "--help")
    assert done.returncode == 0
    assert done.output.startswith(f"usage: python run.py {name} [-h]")
    assert "expected/" in done.output


# Tables, compared by hand


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def put(table, path):
    (write_excel if path.endswith(".xlsx") else write_table)(pd.DataFrame(table), path)


def sign(name):
    """Sign a result; keep its copy where the record keeps it."""
    path = expected.Path(name)
    entry, copy = expected.signed(path), expected.copy_name(name)
    if copy and (text := expected.copy_of(path)):
        copy.parent.mkdir(exist_ok=True, parents=True)
        copy.write_text(text, encoding="utf-8", newline="")
    return entry


BIRDS = {"nest": ["N1", "N2", None], "mass_g": [3750.25, 1e-14, None], "eggs": [1, 2, 1234567]}
EDITS = {
    "noise in the ninth digit": ({"mass_g": [3750.2500001, 0.0, None]}, "equal", "the same to 6"),
    "a number moves": ({"mass_g": [3750.26, 0.0, None]}, "DIFFERS", "3750.25 before, 3750.26 now"),
    "a value goes missing": ({"mass_g": [None, 0.0, None]}, "DIFFERS", "3750.25 before, '' now"),
    "a whole number counts in full": (
        {"eggs": [1, 2, 1234568]},
        "DIFFERS",
        "eggs, row 3: 1234567 before, 1234568 now",
    ),
    "two cells": (
        {"nest": ["N3", "N2\n", None]},
        "DIFFERS",
        "nest, row 1: N1 before, N3 now; 2 cells differ",
    ),
    "a name loses its zeros": ({"nest": ["1", "N2", None]}, "DIFFERS", "N1 before, 1 now"),
}


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
@pytest.mark.parametrize(("edit", "verdict", "words"), EDITS.values(), ids=EDITS.keys())
def test_a_table_is_compared_value_by_value(here, ending, edit, verdict, words):
    name = f"results/birds{ending}"
    put(BIRDS, name)
    before = sign(name)
    put(BIRDS | edit, name)
    found = compare.compare(before, name)
    assert found[0] == verdict
    assert words in found[1]


SHAPES = {
    "a row less": ({key: cells[:2] for key, cells in BIRDS.items()}, "3 rows before, 2 now"),
    "a column less": ({"nest": BIRDS["nest"]}, "without `mass_g`, `eggs`"),
    "a column more": (BIRDS | {"sex": [None] * 3}, "new: `sex`"),
    "another order": (dict(reversed(BIRDS.items())), "its columns stand in another order"),
}


@pytest.mark.parametrize(("table", "words"), SHAPES.values(), ids=SHAPES.keys())
def test_another_shape_of_a_table_is_named(here, table, words):
    put(BIRDS, "results/birds.csv")
    before = sign("results/birds.csv")
    put(table, "results/birds.csv")
    assert compare.compare(before, "results/birds.csv") == ("DIFFERS", words)


def test_of_a_table_without_a_copy_the_column_is_named(here):
    put(BIRDS, "data/processed/birds.parquet")
    before = sign("data/processed/birds.parquet")
    put(BIRDS | {"eggs": [1, 2, 3]}, "data/processed/birds.parquet")
    assert compare.compare(before, "data/processed/birds.parquet") == ("DIFFERS", "in `eggs`")


def test_a_large_table_has_digests_and_no_copy(here):
    put({"bird": range(50_000)}, "results/birds.csv")
    entry = sign("results/birds.csv")
    assert entry["rows"] == 50_000
    assert expected.copy_of(expected.Path("results/birds.csv")) is None


def test_a_number_on_the_edge_of_rounding_is_equal_as_long_as_its_copy_is_of_the_record(here):
    put({"share": [0.12345650000001]}, "results/shares.csv")
    before = sign("results/shares.csv")
    put({"share": [0.12345649999999]}, "results/shares.csv")
    assert compare.compare(before, "results/shares.csv")[0] == "equal"
    # Somebody edits the copy by hand, until it agrees.
    put({"share": [0.5]}, "results/shares.csv")
    put({"share": [0.5]}, "expected/shares.csv")
    assert compare.compare(before, "results/shares.csv") == (
        "DIFFERS",
        "in `share`; expected/shares.csv is not of this record",
    )


AWKWARD = {
    "empty": pd.DataFrame({"a": pd.Series([], dtype="float64")}),
    "all missing": pd.DataFrame({"a": [None, None], "b": [float("nan")] * 2}),
    "one column with a gap": pd.DataFrame({"a": ["x", None, "y"]}),
    "infinite": pd.DataFrame({"a": [float("inf"), -float("inf"), 1e-5, 1e300]}),
    "emoji and line ends": pd.DataFrame({"🐧": ["a\rb", "c\r\nd", 'e"f', " g", "=1+1"]}),
    "times": pd.DataFrame(
        {
            "day": pd.to_datetime(["2007-11-11", None]),
            "at": pd.to_datetime(["2007-11-11 10:00:00.25", None]).tz_localize("Europe/London"),
            "took": pd.to_timedelta(["1s", None]),
        }
    ),
    "categories and nullable": pd.DataFrame(
        {
            "c": pd.Categorical(["x", None]),
            "i": pd.array([1, None], dtype="Int64"),
            "b": pd.array([True, None], dtype="boolean"),
        }
    ),
}


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize("table", AWKWARD.values(), ids=AWKWARD.keys())
def test_any_table_that_can_be_written_can_be_signed(here, table, ending):
    name = f"results/table{ending}"
    put(table, name)
    entry = sign(name)
    assert list(entry["columns"]) == list(table.columns)
    assert entry["rows"] == len(table)
    assert compare.compare(entry, name) == ("identical", "")
    # As another version of a library would write it: the values are the same.
    assert compare.compare(entry | {"sha256": "of other bytes"}, name)[0] == "equal"
    columns = values.read_again(expected.copy_of(expected.Path(name)), name)
    assert [name for name, _ in columns] == list(table.columns)
    assert all(len(cells) == len(table) for _, cells in columns)


def test_a_unit_of_time_is_no_value(here):
    took = pd.Series(pd.to_timedelta(["1s", "2h"]))
    days = pd.Series(
        pd.to_datetime(["2007-11-11T00:00:00", "2008-11-12T10:00:01.5"], format="ISO8601")
    )
    found = []
    for unit in ("ms", "us", "ns"):
        at = days.astype(f"datetime64[{unit}]")
        zoned = at.dt.tz_localize("Europe/London")
        table = {"at": at, "zoned": zoned, "took": took.astype(f"timedelta64[{unit}]")}
        put(table, "results/days.parquet")
        found.append(expected.signed(expected.Path("results/days.parquet"))["columns"])
    assert found[0] == found[1] == found[2]


NO_TABLES = {
    "results/empty.csv": b"",
    "results/ragged.csv": b"a,b\n1,2\n1,2,3\n",
    "results/latin.csv": "a\nö\n".encode("cp1252"),
    "results/none.parquet": b"PAR1",
    "results/none.xlsx": b"PK",
    "results/note.txt": b"a\n",
}


@pytest.mark.parametrize(("name", "content"), NO_TABLES.items(), ids=NO_TABLES.keys())
def test_what_is_no_table_counts_by_its_bytes(here, name, content):
    path = expected.Path(name)
    path.parent.mkdir()
    path.write_bytes(content)
    assert expected.signed(path).keys() == {"bytes", "sha256"}
    entry = sign(name)
    path.write_bytes(content + b"x")
    assert compare.compare(entry, name) == ("DIFFERS", "in its bytes")


def test_what_a_desktop_leaves_is_no_result(here):
    for name in ("results/a.csv", "results/~$a.xlsx", "results/.DS_Store", "results/Thumbs.db"):
        expected.Path(name).parent.mkdir(exist_ok=True)
        expected.Path(name).write_bytes(b"")
    assert expected.results() == ["results/a.csv"]
