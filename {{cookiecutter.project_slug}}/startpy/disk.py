# From the template: an update may replace this file.
"""What a disk refuses, in words, with what helps: standard library only."""

import errno
import os
import shutil
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
# With less than this, a run cannot even note how far it has come.
LITTLE = 5_000_000


def refusal(error: BaseException) -> tuple[str, str] | None:
    """Return what a disk refused, and what helps, if an error or one behind it is about that.

    Examples
    --------
    >>> refusal(OSError(28, "No space left on device"))
    ('The disk must have room for what is written, but is full.', 'Make room on it')
    >>> refusal(ValueError("27.11.2026 is no number"))
    """
    behind: BaseException | None = error
    while behind:
        if isinstance(behind, OSError) and behind.errno in FULL | CLOSED:
            return words(behind)
        behind = behind.__cause__ or behind.__context__
    return None


def words(error: OSError) -> tuple[str, str]:
    """Return what an error of the system says, and what helps."""
    if error.errno in FULL:
        return "The disk must have room for what is written, but is full.", "Make room on it"
    name = named(error.filename)
    if error.errno == errno.EROFS:
        return (
            f"{name} must be where one can write, but this disk is read-only.",
            "Copy the project to a folder of your own",
        )
    return (
        f"{name} must be open to you, but the system does not let you ({error.strerror}).",
        "Close the program that has it open, take the right to it, or copy the project to a "
        "folder of your own",
    )


def named(path: object) -> str:
    """Return a path as it is seen from here."""
    if not isinstance(path, str | os.PathLike):
        return "This folder"
    here, path = Path.cwd(), Path(path)
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def is_nearly_full(folder: Path) -> bool:
    """Say whether a disk has no room for a run."""
    try:
        return shutil.disk_usage(folder).free < LITTLE
    except OSError:
        return False
