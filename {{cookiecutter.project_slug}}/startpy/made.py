# From the template: an update may replace this file.
"""What a stage reads is what was received, or what the stage before it made; nothing else."""

import os
import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from startpy import guard, manifest
from startpy.notes import load, save

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / ".snakemake/startpy/made"
SEEN = ROOT / ".snakemake/startpy/made.json"
# What Snakemake is told in order to make again what looks finished.
FORCE = {"--forcerun", "-R", "--force", "-f"}
FORCE_ALL = {"--forceall", "-F"}


class Changed(ValueError):
    """A file is not what it was when it was received or made; the message says what mends it."""


@contextmanager
def held_to_account(paths: Iterable[Path], stage: str) -> Iterator[None]:
    """Let a stage work, and refuse what it made of a file that was not as it should be.

    A program may write to a file between two stages, or while one of them reads
    it, and a disk may fail. What a stage makes is noted with its fingerprint;
    what it read must still have the fingerprint noted, or listed if it is raw.
    Nor may its code be edited while it works: what it makes is newer than the
    edit, so no later run would see that it was made without.

    Parameters
    ----------
    paths : iterable of Path
        What the stage reads or writes.
    stage : str
        Its name.

    Raises
    ------
    Changed
        With the command that mends it. What the stage wrote is deleted first.
    """
    before = {path: stamp(path) for path in paths}
    read = {path: seen for path, seen in before.items() if seen and is_read(path, stage)}
    own = [path for path in before if not before[path] or maker(path) == stage]
    code = {path: manifest.fingerprint(path) for path in own_modules()}
    for path in [path for path in own if is_noted(path) and not before[path]]:
        # It is about an earlier file. If this process is killed, nobody else takes it away.
        note_of(path).unlink(missing_ok=True)
    ended = None
    try:
        yield
    except (Exception, SystemExit) as error:
        ended = error
    made = [path for path in own if path not in read and stamp(path) != before[path]]
    # A changed file explains a failure better than what it led to.
    fault = next(faults_while(stage, read, code), None)
    if fault := fault or (ended and broken(ended, [path for path in before if path not in made])):
        for path in made:
            path.unlink(missing_ok=True)
        raise Changed(fault)
    if ended is None or (isinstance(ended, SystemExit) and not ended.code):
        for path in filter(is_noted, made):
            note(path, stage)
    if ended:
        raise ended


def is_read(path: Path, stage: str) -> bool:
    """Say whether a stage is to read a file that is there when it begins."""
    # In the pipeline, what a stage is to write is never there before; by hand, it may be.
    in_pipeline = "STARTPY_FAILURES" in os.environ
    return in_pipeline or is_raw(path) or maker(path) not in (None, stage)


def own_modules() -> list[Path]:
    """Return the project's files that this process has imported."""
    files = [getattr(module, "__dict__", {}).get("__file__") for module in sys.modules.values()]
    inside = [Path(file) for file in files if file and file.startswith(f"{ROOT}{os.sep}")]
    return [path for path in inside if path.is_file() and not hidden(path)]


def hidden(path: Path) -> bool:
    """Say whether a file of the project is in a folder such as .venv."""
    return path.relative_to(ROOT).parts[0].startswith(".")


def faults_while(stage: str, read: dict[Path, list[int]], code: dict[Path, str]) -> Iterator[str]:
    """Yield what was not as it should be while a stage was at work."""
    for path, before in code.items():
        if fingerprint(path) != before:
            yield changed_while(stage, path.relative_to(ROOT))
    raw = {path.name for path in read if is_raw(path)}
    wrong = raw_faults(raw) if raw else {}
    for path, before in read.items():
        if fault := wrong.get(path.name) if is_raw(path) else made_fault(path):
            yield fault
        elif stamp(path) != before:
            yield changed_while(stage, path)


def changed_while(stage: str, path: Path) -> str:
    return (
        f"{path.as_posix()} must stay as it is while the stage {stage} is at work, but a program "
        f"has written to it. What {stage} made may be of either, so it is not kept.\n"
        f"Once nothing writes to it any more: python run.py {stage}"
    )


def raw_faults(names: set[str]) -> dict[str, str]:
    """Return what is wrong with the raw files of these names that a stage has read, by name."""
    try:
        listed = [each for each in manifest.read() if each.path.name in names]
        seen = guard.remembered()
        found = {each.path.name: guard.look(each, seen) for each in listed}
    except manifest.Unreadable as error:
        found = dict.fromkeys(names, str(error))
    return {
        name: "\n".join([guard.HEAD_OF_LIST, fault, "Then: python run.py"])
        for name, fault in found.items()
        if fault
    }


def made_fault(path: Path) -> str | None:
    """Return what is wrong with a file that a stage has made, and another has read."""
    note = read_note(path)
    if not note or fingerprint(path) in (note["hash"], None):
        return None
    return altered({path.as_posix(): note["by"]})


def broken(error: BaseException, paths: list[Path]) -> str | None:
    """Return which Parquet file an error is about that does not say so itself."""
    is_arrows = type(error).__module__.startswith("pyarrow")
    if not is_arrows and not (type(error) is OSError and error.errno is None):
        return None
    for path in paths:
        if path.suffix != ".parquet" or not path.is_file():
            continue
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        try:
            with ParquetFile(path) as file:
                for _ in file.iter_batches():
                    pass
        except (ArrowException, OSError) as error:
            return (
                f"{path.as_posix()} must be a Parquet file, but cannot be read: "
                f"{str(error).splitlines()[0]}\n"
                f"If a stage makes it, make it again: python run.py --forcerun "
                f"{shlex.quote(path.as_posix())}\nElse get it anew from where it came from."
            )
    return None


def altered(makers: dict[str, str]) -> str:
    """Return a message about files that have changed since a stage made them."""
    names = [f"  {name}, made by {stage}" for name, stage in makers.items()]
    return "\n".join(
        [
            "What the pipeline made must stay as it was made, but this has changed since, or "
            "cannot be read:",
            *names,
            "To keep what you wrote there, move it elsewhere first. Make it again:",
            f"  python run.py --forcerun {' '.join(map(shlex.quote, makers))}",
        ]
    )


def changed_since() -> dict[str, str]:
    """Return what has changed since the pipeline made it: its path, and the stage that made it.

    A file that has not been touched since the last look is not read.
    """
    seen, here, found = load(SEEN) or {}, {}, {}
    for note_path in sorted(NOTES.rglob("*.json")):
        name = note_path.relative_to(NOTES).as_posix().removesuffix(".json")
        path, note = ROOT / name, load(note_path)
        before, now = stamp(path), time.time()
        if not note or not before:
            continue
        if seen.get(name) == [*before, note["hash"]]:
            here[name] = seen[name]
        elif fingerprint(path) not in (note["hash"], None):
            found[name] = note["by"]
        elif stamp(path) and guard.is_settled(path, before, now):
            here[name] = [*before, note["hash"]]
    if here != seen:
        with suppress(OSError):
            save(here, SEEN)
    return found


def is_forced(name: str, stage: str, words: list[str]) -> bool:
    """Say whether a command line asks for a file, or all that its stage makes, once more."""
    named = name in words or stage in words
    return not FORCE_ALL.isdisjoint(words) or (named and not FORCE.isdisjoint(words))


def forget(names: Iterable[str]) -> None:
    """Drop the notes about files that were made again by what writes none, such as another tool."""
    for name in names:
        if fingerprint(ROOT / name) != (read_note(ROOT / name) or {}).get("hash"):
            note_of(ROOT / name).unlink(missing_ok=True)


def note(path: Path, stage: str) -> None:
    """Note who made a file, and its fingerprint."""
    save({"by": stage, "hash": manifest.fingerprint(path)}, note_of(path))


def read_note(path: Path) -> dict | None:
    """Return who made a file, and its fingerprint then, if that is known."""
    return load(note_of(path)) if is_noted(path) else None


def maker(path: Path) -> str | None:
    """Return the stage that made a file, if that is known."""
    return (read_note(path) or {}).get("by")


def is_noted(path: Path) -> bool:
    """Say whether a file is one of the project's."""
    return absolute(path).is_relative_to(ROOT)


def note_of(path: Path) -> Path:
    """Return where the note about a file is."""
    return NOTES / f"{absolute(path).relative_to(ROOT).as_posix()}.json"


def is_raw(path: Path) -> bool:
    return absolute(path).parent == ROOT / manifest.RAW


def absolute(path: Path) -> Path:
    """Return a path from the root of the disk; a link to another disk stays where it is."""
    return Path(os.path.abspath(path))


def stamp(path: Path) -> list[int] | None:
    """Return what changes whenever a file does; nothing if there is no such file."""
    try:
        return guard.stamp(path) if path.is_file() else None
    except OSError:
        return None


def fingerprint(path: Path) -> str | None:
    """Return the fingerprint of a file; nothing if it has gone."""
    try:
        return manifest.fingerprint(path)
    except FileNotFoundError:
        return None
    except OSError:  # a failing disk, or a file that is somebody else's
        return "none that can be taken"
