# From the template: an update may replace this file.
"""What a stage reads is what was received, or what the stage before it made; nothing else."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from startpy import guard, manifest

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / ".snakemake/startpy/made"


class Changed(ValueError):
    """A file is not what it was when it was received or made."""


@contextmanager
def held_to_account(paths: Iterable[Path], stage: str) -> Iterator[None]:
    """Let a stage work, and refuse what it made of a file that was not as it should be.

    A program may write to a file between two stages, or while one of them reads
    it, and a disk may fail. What a stage makes is noted with its fingerprint;
    what it read must still have the fingerprint noted, or listed if it is raw.

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
    try:
        yield
    except Exception:
        # A changed file explains the failure better than what it led to.
        refuse(before)
        raise
    for path in refuse(before):
        if path.resolve().is_relative_to(ROOT):
            note(path, stage)


def refuse(before: dict[Path, list[int] | None]) -> list[Path]:
    """Return what the stage made, unless what it read was not as it should be."""
    made = [path for path in before if not is_raw(path) and stamp(path) != before[path]]
    for path in [path for path in before if before[path] and path not in made]:
        fault = raw_fault(path, before[path]) if is_raw(path) else made_fault(path)
        if fault:
            for each in made:
                each.unlink(missing_ok=True)
            raise Changed(fault)
    return [path for path in made if stamp(path)]


def raw_fault(path: Path, before: list[int]) -> str | None:
    """Return what is wrong with a raw file that a stage has read."""
    name = path.resolve().name
    listed = [each for each in manifest.read() if each.path.name == name]
    fault = next(filter(None, (guard.look(each, guard.remembered()) for each in listed)), None)
    if not fault and stamp(path) != before:
        fault = f"  {path.as_posix()} must not change while it is read, but something wrote to it."
    return fault and fault.lstrip()


def made_fault(path: Path) -> str | None:
    """Return what is wrong with a file that a stage has made, and another has read."""
    try:
        made = json.loads(note_of(path).read_text("utf-8"))
    except (OSError, ValueError):  # no note, or a file outside the project
        return None
    if made["hash"] == manifest.fingerprint(path):
        return None
    return (
        f"{path.as_posix()} must be as the stage {made['by']} left it, but has changed since. A "
        "program has written to it, or the disk fails.\n"
        f"Make it again: python run.py --forcerun {made['by']}"
    )


def note(path: Path, stage: str) -> None:
    """Note who made a file, and its fingerprint."""
    note = note_of(path)
    note.parent.mkdir(parents=True, exist_ok=True)
    part = note.with_name(f"{note.name}.part")
    part.write_text(json.dumps({"by": stage, "hash": manifest.fingerprint(path)}), "utf-8")
    os.replace(part, note)


def note_of(path: Path) -> Path:
    """Return where the note about a file of the project is."""
    return NOTES / f"{path.resolve().relative_to(ROOT).as_posix()}.json"


def is_raw(path: Path) -> bool:
    return path.resolve().parent == (ROOT / manifest.RAW).resolve()


def stamp(path: Path) -> list[int] | None:
    """Return what changes whenever a file does; nothing if there is no such file."""
    return guard.stamp(path) if path.is_file() else None
