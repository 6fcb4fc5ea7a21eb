"""No fault makes a wrong result pass for a good one, and the next run recovers."""

import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest
from projects import TEMPLATE, Project, run
from test_failures import last_lines
from test_three_ways import printed_commands

pytestmark = pytest.mark.skipif(os.name == "nt", reason="these faults are made with POSIX signals")

FAR = 1_893_456_000  # the year 2030

# Stands before a stage by way of PYTHONPATH: a stage that the file `hold` names waits, between
# writing its bytes and giving them their name, until that file is gone.
HELD = """
import os, sys, time
from pathlib import Path

replace, hold = os.replace, Path("hold")

def wait(part, path):
    stage = Path(sys.argv[0]).as_posix()
    if hold.exists() and hold.read_text() in stage and ".snakemake" not in str(path):
        Path("holding").touch()
        while hold.exists():
            time.sleep(0.02)
    return replace(part, path)

os.replace = wait
"""


def start(copy, output, *command, **environment):
    """Start a command in a project, in a group of processes of its own."""
    with output.open("w") as file:
        return subprocess.Popen(
            [copy.python, "-m", *(command or ["snakemake"])],
            cwd=copy.folder,
            env={**os.environ, "PATH": copy.path, **environment},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def while_at_work(copy, stage, act, tmp_path):
    """Run the pipeline, do something while a stage is at work, and return what the run printed."""
    (tmp_path / "early").mkdir(exist_ok=True)
    (tmp_path / "early" / "sitecustomize.py").write_text(HELD, encoding="utf-8")
    (copy.folder / "hold").write_text(stage, encoding="utf-8")
    process = start(copy, tmp_path / "said.txt", PYTHONPATH=str(tmp_path / "early"))
    try:
        while not (copy.folder / "holding").exists():
            assert process.poll() is None, (tmp_path / "said.txt").read_text("utf-8")
            time.sleep(0.02)
        act()
        (copy.folder / "hold").unlink()
        process.wait(timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    (copy.folder / "holding").unlink()
    assert process.returncode == 1
    return (tmp_path / "said.txt").read_text("utf-8")


def raw_bytes(copy):
    return {path.name: path.read_bytes() for path in (copy.folder / "data/raw").iterdir()}


def finished(copy):
    """Return the bytes of what stands under its final name."""
    return {path: content for path, content in copy.results().items() if "/." not in path}


def expect_sound(copy, project):
    """Whatever is there is right, and what was received is as it was."""
    assert raw_bytes(copy) == raw_bytes(project)
    right = project.results()
    assert [path for path, content in finished(copy).items() if right.get(path) != content] == []


def expect_recovery(copy, project, *command):
    done = copy.snakemake(*command)
    assert done.returncode == 0, done.output
    assert copy.results() == project.results()
    assert raw_bytes(copy) == raw_bytes(project)


# What a run prints when one of its parts begins, and for how long that part is at work at least.
PARTS = {
    "Using": 3.0,
    "rule ingest:": 3.0,
    "rule clean:": 1.5,
    "rule analyse:": 6.0,
    "rule report:": 2.0,
}
KILLS = [
    pytest.param([(part, 0) for part in PARTS], id="in each part in turn"),
    *(
        pytest.param([(part, seed)], id=f"{part} {seed}", marks=pytest.mark.nightly)
        for part in PARTS
        for seed in range(1, 7)
    ),
]


@pytest.mark.parametrize("kills", KILLS)
def test_a_run_that_is_killed_at_any_moment_leaves_nothing_wrong(project, tmp_path, kills):
    copy = project.sources_only(tmp_path / "copy")
    for part, seed in kills:
        process = start(copy, tmp_path / "said.txt")
        while part not in (tmp_path / "said.txt").read_text("utf-8"):
            assert process.poll() is None
            time.sleep(0.02)
        moment = random.Random(f"{part} {seed}").uniform(0, PARTS[part])  # noqa: S311, no secret
        try:
            process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        expect_sound(copy, project)
        left = [path for path in copy.results() if "/." in path]
        print(f"{moment:.1f} s: {status}, {len(finished(copy))} whole, {len(left)} half-written")
    expect_recovery(copy, project)


@pytest.fixture
def mount(tmp_path):
    """Mount a file system for one test, where that is allowed."""
    places = []

    def mount(*words):
        place = tmp_path / f"mounted {len(places)}"
        place.mkdir()
        try:
            done = run("mount", *words, place, cwd=tmp_path)
        except FileNotFoundError:
            pytest.skip("there is no mount here")
        if done.returncode:
            pytest.skip(f"mounting is not allowed here: {done.output.strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        run("umount", "--lazy", place, cwd=tmp_path)


def fill(folder, left):
    """Fill the disk of a folder until so many bytes are left."""
    block = os.statvfs(folder).f_bsize
    with (folder / "filler").open("ab") as filler:
        while (free := shutil.disk_usage(folder).free) > left + block:
            filler.write(bytes(min(free - left, 1_000_000) // block * block))
            filler.flush()


@pytest.mark.nightly
def test_a_full_disk_stops_a_run_in_a_sentence_and_room_lets_it_go_on(project, mount, tmp_path):
    disk = mount("-t", "tmpfs", "-o", "size=16m", "tmpfs")
    copy = project.sources_only(disk / "project")
    (disk / "project/filler").symlink_to(disk / "filler")
    for left in (30_000, 400_000):
        (disk / "filler").unlink(missing_ok=True)
        fill(disk, left)
        done = copy.snakemake(XDG_CACHE_HOME=str(tmp_path))
        said = last_lines(done.output, 12)
        assert done.returncode == 1, (left, done.output)
        assert re.search("(Make|make) room", said), (left, done.output)
        assert "python run.py" in said
        assert "Traceback" not in done.output, (left, done.output)
        expect_sound(copy, project)
    (tmp_path / "big.csv").write_bytes(b"a,b\n" * 1_000_000)
    before = raw_bytes(copy)
    about = ["--source", "x", "--license", "CC0-1.0"]
    done = copy.run(copy.python, "-m", "startpy.raw", "add", tmp_path / "big.csv", *about)
    assert done.returncode == 1
    assert "No space left on device" in done.output
    assert "Traceback" not in done.output
    assert raw_bytes(copy) == before
    (disk / "filler").unlink()
    expect_recovery(copy, project)


def test_a_folder_that_is_read_only_is_refused_in_a_sentence(project, mount):
    folder = mount("--bind", project.folder)
    if run("mount", "-o", "remount,bind,ro", folder, cwd=folder.parent).returncode:
        pytest.skip("mounting is not allowed here")
    copy, new = Project(folder, project.python), folder.parent / "new.csv"
    new.write_text("a,b\n1,2\n", encoding="utf-8")
    about = ["--source", "x", "--license", "CC0-1.0"]
    for command in (
        [copy.python, "-m", "snakemake"],
        [copy.python, "-m", "startpy.raw", "add", new, *about],
        [sys.executable, "run.py"],  # here it would make an environment
    ):
        done = copy.run(*command, STARTPY_AGAIN="python run.py as typed")
        assert done.returncode == 1, done.output
        said = last_lines(done.output, 3)
        assert re.search("[Rr]ead-only", said), done.output
        assert re.search(r"hen: python\S* run\.py", said), done.output
        assert "Traceback" not in done.output


def rewrite(path, change, *, time_back):
    """Change the bytes of a file; its times, too, may be put back."""
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(change(path.read_bytes()))
    if time_back:
        os.utime(path, ns=times)


def truncate(content):
    return content[: len(content) // 2]


def flip(content):
    """Turn one byte of a value into another: still a table that can be read."""
    at = content.index(b"Adelie") if b"Adelie" in content else len(content) // 4
    return content[:at] + b"B" + content[at + 1 :]


def raise_a_number(content):
    """As an editor would."""
    return re.sub(rb",(\d)(\d+\.\d),", rb",9\2,", content, count=1)


DAMAGES = {
    "half a table": ("data/interim/gentoo.parquet", "clean", truncate, True),
    "another byte": ("data/processed/penguins.parquet", "analyse", flip, True),
    "another byte, with a new time": ("data/processed/penguins.parquet", "report", flip, False),
    "an edited result": ("results/tables/body_mass.csv", "report", raise_a_number, False),
    "an edited result, its time put back": (
        "results/tables/body_mass.csv", "report", raise_a_number, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("file", "stage", "change", "time_back"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_not_as_a_stage_left_it_is_refused(project, copy, file, stage, change, time_back):
    rewrite(copy.folder / file, change, time_back=time_back)
    again = f"python run.py --forcerun {file}"
    # The pipeline, before it starts; it would have nothing to do, or build on it.
    done = copy.snakemake()
    assert done.returncode == 1, done.output
    assert again in last_lines(done.output, 3)
    assert "rule" not in done.output
    # The stage that reads it, by hand.
    before = copy.results()
    (command,) = printed_commands(project, stage)
    done = copy.run(*shlex.split(command))
    assert done.returncode == 1, done.output
    assert again in last_lines(done.output, 3)
    assert "Traceback" not in done.output
    assert before.items() >= finished(copy).items()


def test_the_command_that_the_message_names_mends_what_was_changed(project, copy):
    rewrite(copy.folder / "data/interim/gentoo.parquet", truncate, time_back=True)
    rewrite(copy.folder / "results/figures/body_mass.svg", raise_a_number, time_back=False)
    (copy.folder / "results/figures/body_mass.svg").write_text("<svg/>", encoding="utf-8")
    command = re.search(r"python run\.py (--forcerun .*)", copy.snakemake().output)[1]
    assert command.split() == [
        "--forcerun", "data/interim/gentoo.parquet", "results/figures/body_mass.svg",
    ]  # fmt: skip
    expect_recovery(copy, project, *command.split())
    assert copy.plan() == []


def test_a_table_that_no_stage_has_made_and_nobody_can_read_is_named(project, copy):
    (copy.folder / "other.parquet").write_bytes(b"PAR1 is how it should begin, and end")
    (command,) = printed_commands(project, "analyse")
    words = shlex.split(command.replace("data/processed/penguins.parquet", "other.parquet"))
    done = copy.run(*words)
    assert done.returncode == 1
    said = last_lines(done.output, 6)
    assert "other.parquet must be a Parquet file, but cannot be read" in said
    assert "python run.py --forcerun other.parquet" in said
    assert "Traceback" not in done.output


def test_a_raw_file_that_is_replaced_while_it_is_read_leaves_no_result(project, copy, tmp_path):
    raw, made = copy.folder / "data/raw/adelie.csv", copy.folder / "data/interim/adelie.parquet"
    made.unlink()
    received = raw.read_bytes()

    def replace():
        raw.unlink()
        raw.write_bytes(received.replace(b"3750", b"3751"))

    said = while_at_work(copy, "stages/ingest", replace, tmp_path)
    assert "ingest stopped" in said
    assert "data/raw/adelie.csv has changed" in said
    assert "Put it back" in said or "Get it from" in said
    assert "Traceback" not in said
    assert not made.exists()
    # And put back before the stage ends: who knows which of the two it has read?
    raw.write_bytes(received)

    def there_and_back():
        raw.unlink()
        raw.write_bytes(received.replace(b"3750", b"3751"))
        raw.unlink()
        raw.write_bytes(received)

    said = while_at_work(copy, "stages/ingest", there_and_back, tmp_path)
    assert "data/raw/adelie.csv must stay as it is while the stage ingest is at work" in said
    assert "python run.py ingest" in last_lines(said, 3)
    assert not made.exists()
    expect_recovery(copy, project, "--until", "ingest")
    assert copy.plan() == []


@pytest.mark.nightly
def test_what_a_stage_reads_and_its_code_stay_as_they_are_while_it_works(copy, tmp_path):
    made, read = copy.folder / "data/processed/penguins.parquet", "data/interim/adelie.parquet"
    made.unlink()
    said = while_at_work(
        copy,
        "stages/clean",
        lambda: rewrite(copy.folder / read, truncate, time_back=True),
        tmp_path,
    )
    assert f"python run.py --forcerun {read}" in last_lines(said, 3)
    assert not made.exists()
    done = copy.snakemake("--forcerun", read, "--until", "ingest")
    assert done.returncode == 0, done.output
    # What is made is newer than the edit, so that no run would ever take it up.
    said = while_at_work(
        copy,
        "stages/clean",
        lambda: copy.edit("stages/clean.py", "def main(", "# edited\n\n\ndef main("),
        tmp_path,
    )
    assert "stages/clean.py must stay as it is while the stage clean is at work" in said
    assert "python run.py clean" in last_lines(said, 3)
    assert "edited" in (copy.folder / "stages/clean.py").read_text("utf-8")
    assert not made.exists()


@pytest.mark.nightly
def test_settings_that_are_edited_while_the_report_is_made_are_taken_up(copy, tmp_path):
    page = copy.folder / "results/report.html"
    page.unlink()
    said = while_at_work(
        copy,
        "startpy/report",
        lambda: copy.edit("config.yaml", "Penguins of", "Birds of"),
        tmp_path,
    )
    assert "config.yaml must stay as it is while the stage report is at work" in said
    assert "Birds of" in (copy.folder / "config.yaml").read_text("utf-8")
    assert not page.exists()
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    assert "Birds of" in page.read_text("utf-8")


def test_a_raw_file_that_ends_amid_a_line_is_never_taken_for_whole(copy):
    raw = copy.folder / "data/raw/gentoo.csv"
    whole = raw.read_bytes()
    cut = whole.rindex(b"Anvers") + 3
    # After it was listed: the guard.
    raw.write_bytes(whole[:cut])
    done = copy.snakemake()
    assert done.returncode == 1
    assert "data/raw/gentoo.csv has changed" in done.output
    # As it came: a row that is cut off is no bird.
    raw.write_bytes(whole)
    copy.receive("gentoo.csv", whole[cut:], b"")
    done = copy.snakemake()
    assert done.returncode == 1, done.output
    assert "data/raw/gentoo.csv, line 125: the last row must have 17 fields" in done.output
    assert "breaks off after 4" in done.output
    assert "Traceback" not in done.output


@pytest.mark.nightly
def test_files_from_the_future_hide_no_edit(copy):
    for path in copy.results():
        os.utime(copy.folder / path, (FAR, FAR))
    for path in ("data/raw/adelie.csv", "stages/clean.py", "config.yaml"):
        os.utime(copy.folder / path, (FAR, FAR))
    assert copy.plan() == []
    ahead = [path for path in copy.folder.rglob("*") if path.stat().st_mtime > time.time() + 60]
    assert [path for path in ahead if ".snakemake" not in path.parts] == []
    for path in copy.results():
        os.utime(copy.folder / path, (FAR, FAR))
    copy.edit("stages/report.py", "\nimport ", "\n# edited\nimport ")
    assert copy.plan() == ["report"]


@pytest.fixture
def fresh(project, tmp_path):
    """A project without an environment, which needs next to nothing in it."""
    copy = project.sources_only(tmp_path / "frësh")
    lock = (TEMPLATE / "requirements.lock").read_text("utf-8")
    pins = [re.search(rf"^{name}==(?:.*\\\n)*.*\n", lock, re.M)[0] for name in ("uv", "filelock")]
    (copy.folder / "requirements.lock").write_text("".join(pins), encoding="utf-8")
    return copy.folder


@pytest.mark.nightly
def test_an_environment_is_made_once_and_whole_whatever_happens(fresh, tmp_path):
    command = [sys.executable, "run.py", "raw", "check"]
    first = subprocess.Popen(
        command, cwd=fresh, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    while not list(fresh.glob(".venv/lib/*/site-packages/pip/__init__.py")):
        assert first.poll() is None
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (fresh / ".venv/made-from").exists()
    # Two at once, which find what the killed one has left.
    second = subprocess.Popen(
        command, cwd=fresh, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while "Making" not in second.stdout.readline():
        assert second.poll() is None
    third = run(*command, cwd=fresh)
    said, _ = second.communicate(timeout=300)
    assert (second.returncode, third.returncode) == (0, 0), said + third.output
    assert third.output.startswith("Another run is making the environment in .venv. Waiting")
    assert "3 raw files are as listed." in third.output
    assert "Making" not in run(*command, cwd=fresh).output
