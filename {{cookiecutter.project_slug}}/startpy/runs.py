# From the template: an update may replace this file.
"""The runs of the pipeline in this folder: one at a time, none on altered files, a last word."""

import atexit
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import psutil

from startpy import disk, made
from startpy.environment import again
from startpy.visible import visible

STATE = Path(".snakemake/startpy")
NOTES = STATE / "running"
# The clocks of two machines may differ by this much.
SKEW_SECONDS = 60
LONG_AGO = 946_684_800  # the year 2000
STOPPED = """The run stopped before it was done. What was finished is kept; if a stage failed, the
reason stands above. Go on where it stopped: python run.py"""
BUSY = """Another run is at work in this folder. Wait until it has ended, then: python run.py
(If it is dead and on another machine: python run.py --unlock)"""


def be_alone() -> None:
    """Note that this run is here, and mend the lock that a killed one has left."""
    # First the own note, then a look at the others': of two that start at once, both see two.
    try:
        note_this_run()
    except OSError as error:
        error.filename = NOTES.as_posix()  # more telling than the note in it
        said, remedy = disk.refusal(error) or (str(error), "Mend it")
        stop(said, f"{remedy}, then: {again()}")
    locks = locks_here()
    if not others_running() and locks:
        print("The last run was killed. This one mends what it left.", file=sys.stderr)
        for lock in locks:
            lock.unlink(missing_ok=True)


def note_this_run() -> None:
    """Leave a note that this process runs here, for as long as it does."""
    mine = NOTES / note_of(psutil.Process())
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.touch()
    atexit.register(mine.unlink, missing_ok=True)


def others_running() -> bool:
    """Say whether another run is at work here, and clear away the notes of dead ones.

    A killed run leaves Snakemake's lock behind, and Snakemake cannot know that
    nobody holds it any more. The notes can: a process has a number and an age.
    """
    for note in [note for note in NOTES.iterdir() if not is_alive(note.name)]:
        note.unlink(missing_ok=True)
    return any(note.name != note_of(psutil.Process()) for note in NOTES.iterdir())


def note_of(process: psutil.Process) -> str:
    """Return a name for a process: its number, its start in seconds, its machine."""
    return f"{process.pid} {process.create_time():.0f} {platform.node()}"


def is_alive(note: str) -> bool:
    """Say whether the process with this name is running; on another machine it may be."""
    process, start, machine = note.split(" ", 2)
    if machine != platform.node():
        return True
    try:
        # The clock may be set while a run is at work; a number is not used again within a minute.
        return abs(psutil.Process(int(process)).create_time() - float(start)) < 60
    except psutil.Error:
        return False


def locks_here() -> list[Path]:
    """Return the locks by which a run of Snakemake keeps others out of this folder."""
    return list(Path(".snakemake/locks").glob("*.lock"))


def mend_times() -> None:
    """Give a time of today or of the past to files that seem to come from the future.

    A clock that was ahead and is set right leaves them. An edit made now would
    count as older than the results, and no run would take it up.
    """
    late = time.time() + SKEW_SECONDS
    found = [path for path in own_files() if (made.stamp(path) or [0, 0])[1] > late * 1e9]
    for path in found:
        with suppress(OSError):
            # Older than any edit, so that Snakemake compares what the files say.
            os.utime(path, (LONG_AGO, LONG_AGO) if made.maker(path) else None)
    if found:
        print(
            f"{found[0].as_posix()}{' and others' * (len(found) > 1)} seemed to be from the "
            "future, as after a clock was set right. The times are mended.",
            file=sys.stderr,
        )


def own_files() -> Iterator[Path]:
    """Yield the files of the project, without those in hidden folders."""
    for folder, folders, files in os.walk("."):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in files)


def check_made() -> list[str]:
    """End the run if a file is not as the pipeline made it, unless it is to be made again.

    Snakemake goes by the time of a file: it would build on what somebody has
    written into a table, or call the table up to date.
    """
    changed = made.changed_since()
    standing = {
        name: stage
        for name, stage in changed.items()
        if not made.is_forced(name, stage, sys.argv[1:])
    }
    if standing and "--unlock" not in sys.argv:
        stop(made.altered(standing))
    return list(changed)


def have_the_last_word(workflow, changed: list[str], bell: bool) -> None:
    """Repeat what failed when all is over: the last lines are what people read. Ring the bell."""
    failures = STATE / f"failures-{os.getpid()}.txt"
    failures.unlink(missing_ok=True)
    os.environ["STARTPY_FAILURES"] = str(failures.resolve())
    started, done, failed = [], [], []
    workflow.onstart(started.append)
    workflow.onsuccess(done.append)
    workflow.onerror(failed.append)

    def tell() -> None:
        told = failures.read_text(encoding="utf-8") if failures.exists() else ""
        failures.unlink(missing_ok=True)
        if locks_here() and others_running():
            told = BUSY
        if done:
            made.forget(changed)
        if failed or told or (started and not done):
            print("\n" + (told.strip() or STOPPED), file=sys.stderr)
            if not told and disk.is_nearly_full(Path()):
                print("First make room: the disk with this folder is full.", file=sys.stderr)
        if bell and (done or failed) and sys.stderr.isatty() and not os.environ.get("CI"):
            print("\a", end="", file=sys.stderr)

    atexit.register(tell)


def stop(*lines: str) -> NoReturn:
    """End the process with a message and status 1."""
    sys.exit("\n" + visible("\n".join(lines)))
