# From the template: an update may replace this file.
"""Make what is committed again, elsewhere, and compare: python run.py reproduce"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from startpy import guard, manifest
from startpy.compare import few, other_packages
from startpy.environment import again, call, digest_of, make_environment, stop
from startpy.expected import RECORD, installed, pinned, read_record

HELP = """Take the project as it is committed into an empty folder, check that every raw file is as
it came, run the pipeline there, compare what it made with the record in expected/, and remove the
folder. A result is identical, equal (the same to 6 digits), or DIFFERS; it may be MISSING or NEW.
The exit status is 0 if all are identical or equal. What is not committed has no part in it."""
# What may be set in this terminal alone and would change the run, and what git tells its hooks.
OWN_SETTINGS = (
    *("PYTHON", "STARTPY_", "SNAKEMAKE_", "MPL", "MATPLOTLIBRC", "VIRTUAL_ENV"),
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
)
STEPS = {
    "the check of its raw files": ["startpy.raw", "check", "--full"],
    "its pipeline": ["snakemake", "--cores", "all"],
}


class Commit(NamedTuple):
    """What is committed: by which name, in which repository, and where in it the project is."""

    name: str
    repository: str
    project: str

    @property
    def short(self) -> str:
        return self.name[:7]


def main(arguments: list) -> int:
    parser = argparse.ArgumentParser(prog="python run.py reproduce", description=HELP)
    parser.parse_args(arguments)
    command = again()
    forget_own_settings()
    commit = last_commit(command)
    refuse_without_record(commit, command)
    print(f"Commit {commit.short} is made again in an empty folder.", flush=True)
    if others := uncommitted():
        print(f"What is not committed is not in this run: {few(others)}.", flush=True)
    with empty_folder() as folder:
        project = check_out(commit, folder)
        bring_raw_files(project)
        python = python_for(project)
        for doing, step in STEPS.items():
            if call([python, "-m", *step], project):
                stop(
                    f"\nNot reproduced: {doing} failed at commit {commit.short}, or was "
                    "interrupted; its last words stand above.",
                    f"Mend it, commit it, then: {command}",
                )
        return call([python, "-m", "startpy.compare", f"commit {commit.short}"], project)


def forget_own_settings() -> None:
    """Take away what stands in this terminal alone, and what a hook of git is told."""
    for name in [each for each in os.environ if each.startswith(OWN_SETTINGS)]:
        del os.environ[name]
    # Big files that git keeps elsewhere are copied from here: they need not be fetched again.
    os.environ["GIT_LFS_SKIP_SMUDGE"] = "1"


def last_commit(command: str) -> Commit:
    """Return the last commit, or end with what is lacking."""
    only = "Only what is committed can be made again by others."
    make = "git add --all, then git commit"
    if shutil.which("git") is None:
        stop(f"git must be installed, but is not on PATH. {only}", f"Then: {command}")
    inside = git("rev-parse", "--show-toplevel")
    if inside.returncode:
        stop(
            f"The project must be in a git repository. {only} git says: {inside.stderr.strip()}",
            f"Make one: git init, {make}. Then: {command}",
        )
    head = git("rev-parse", "--verify", "HEAD")
    if head.returncode:
        stop(f"The repository must have a commit. {only}", f"Make one: {make}. Then: {command}")
    place = git("rev-parse", "--show-prefix")
    return Commit(*(each.stdout.rstrip("\n") for each in (head, inside, place)))


def refuse_without_record(commit: Commit, command: str) -> None:
    """End the run if the commit does not say what is expected."""
    record = git("cat-file", "blob", f"{commit.name}:./{RECORD.as_posix()}")
    folder = RECORD.parent
    lines = f"git add {folder}, git commit. Then: {command}"
    if record.returncode and RECORD.exists():
        stop(f"{folder}/ must be committed, but commit {commit.short} has no {RECORD}.", lines)
    if record.returncode:
        stop(
            f"There must be a record of the results, but commit {commit.short} has no {RECORD}.",
            f"Make it: python run.py record, {lines}",
        )
    try:
        read_record(record.stdout)
    except ValueError as error:
        stop(
            f"{RECORD} of commit {commit.short} cannot be read: {error}.",
            f"Make it anew: python run.py record, {lines}",
        )


def uncommitted() -> list[str]:
    """Return the paths of what has been edited or added here since the last commit."""
    edited = git("diff", "--name-only", "-z", "--relative", "HEAD").stdout
    added = git("ls-files", "-z", "--others", "--exclude-standard").stdout
    return sorted(filter(None, (edited + added).split("\0")))


@contextmanager
def empty_folder() -> Iterator[Path]:
    """Yield an empty folder that is gone afterwards, however it ends."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="reproduce-") as name:
            folder = Path(name).resolve()
            # What programs leave behind that are killed goes with it.
            temporary = folder / "temporary"
            temporary.mkdir()
            os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)))
            try:
                yield folder
            finally:
                # A stage that is still at work would write into the folder while it is removed.
                for process in psutil.Process().children(recursive=True):
                    with suppress(psutil.Error):
                        process.kill()
    finally:
        signal.signal(signal.SIGTERM, before)


def check_out(commit: Commit, folder: Path) -> Path:
    """Put the files of a commit into the folder, and return where the project is among them."""
    copy = folder / "copy"
    # What is shared is git's store of objects, which only grows: nothing is copied.
    how = ["--quiet", "--shared", "--no-checkout", "--template="]
    for step in (
        ["clone", *how, "--", commit.repository, copy],
        ["-C", copy, "checkout", "--quiet", "--detach", commit.name],
    ):
        done = git(*step)
        if done.returncode:
            stop(f"git cannot put commit {commit.short} into a folder: {done.stderr.strip()}")
    return copy / commit.project


def bring_raw_files(project: Path) -> None:
    """Copy the listed raw files that git does not hold; whether they are right is checked later."""
    missing = []
    with chdir(project), suppress(manifest.Unreadable):
        missing = [each.path for each in manifest.read() if not is_held(each.path)]
    for path in missing:
        if path.is_file():
            shutil.copyfile(path, project / path)


def is_held(path: Path) -> bool:
    """Say whether a file is there, and not only Git LFS's note of where it is."""
    return path.is_file() and not guard.is_pointer(path)


def python_for(project: Path) -> Path:
    """Return the Python of an environment that is what the committed lock wants."""
    lock = project / "requirements.lock"
    if not (others := not_as_locked(lock)):
        return Path(sys.executable)
    print(f"The commit wants another environment than this one: {few(others)}.", flush=True)
    return make_environment(project)


def not_as_locked(lock: Path) -> list[str]:
    """Return in what the environment of this process is not what a lock wants."""
    made_from = Path(sys.prefix, "made-from")
    if made_from.exists() and not made_from.read_text("utf-8").startswith(digest_of(lock)):
        return ["another requirements.lock"]
    wanted, here = pinned(lock.read_text("utf-8")), installed()
    # An environment has these from its making on.
    of_its_own = {"pip", "setuptools", "wheel"} - wanted.keys()
    return other_packages(here, wanted | {name: here[name] for name in of_its_own & here.keys()})


def git(*arguments: str | Path) -> subprocess.CompletedProcess:
    """Return what came of a command of git, in words that do not depend on the reader's tongue."""
    words = os.environ | {"LC_ALL": "C"}
    command = ["git", *map(str, arguments)]
    return subprocess.run(
        command, env=words, capture_output=True, encoding="utf-8", errors="replace"
    )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        stop("\nInterrupted. Nothing is left behind.")
    except OSError as error:
        stop(f"\nNot reproduced: {error}.", f"Make room or mend it, then: {again()}")
