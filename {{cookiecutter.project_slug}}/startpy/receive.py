# From the template: an update may replace this file.
"""Files on their way into data/raw: hidden until they are whole, and read-only from then on."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

from startpy.describe import content_fault, is_address, is_in_raw
from startpy.environment import again, stop
from startpy.guard import IGNORED, POINTER
from startpy.manifest import RAW, hidden
from startpy.web import shown

# What GitHub and its like take without a complaint, with room to spare.
BIGGEST_IN_GIT = 20_000_000


def receive(source: str, name: str, parts: ExitStack) -> Path:
    """Return where a file is now: in data/raw, under a hidden name unless it lay there before."""
    if is_in_raw(source):
        return Path(source)
    part = hidden(name)
    parts.callback(part.unlink, missing_ok=True)
    if not is_address(source):
        shutil.copyfile(source, part)
    elif fault := bring(source, part):
        stop(f"{shown(source)} could not be got. {fault}", f"Nothing was changed. Again: {again()}")
    with part.open("rb") as file:
        if fault := content_fault(file.read(len(POINTER))):
            stop(f"What is at {shown(source)} {fault} Nothing was changed.")
    return part


def bring(url: str, part: Path, longest: int | None = None) -> str | None:
    """Write what is behind an address to a file; return why it could not be had, if so."""
    # Asking the web takes long to import, and `check` runs before each commit.
    from startpy.download import NotGot, get

    try:
        get(url, part, longest)
    except NotGot as error:
        return str(error)
    return None


def take(source: str, part: Path, entry: dict) -> None:
    """Give a file its name in data/raw; what is too big for git is hidden from it."""
    if entry["bytes"] > BIGGEST_IN_GIT:
        show_to_git(entry["path"])
        lines = IGNORED.read_text("utf-8") if IGNORED.exists() else ""
        IGNORED.write_text(f"{lines}/{entry['path']}\n", "utf-8")
        if is_address(source) and shown(source) == source:
            entry["fetch"] = source
    settle(part, RAW / entry["path"])


def settle(part: Path, final: Path) -> None:
    """Give a file its final name, which nothing has, and let nobody write to it."""
    if final.exists() and final.samefile(part):
        part.rename(final)  # where Sales.csv and sales.csv are one file, the name may change
    else:
        try:
            os.link(part, final)
            part.unlink()
        except FileExistsError:
            stop(f"{final.as_posix()} has come to be there meanwhile. Nothing was written over it.")
        except OSError:  # a file system without links
            part.rename(final)
    final.chmod(0o444)


def show_to_git(name: str) -> None:
    """Let git see a name again, and leave no empty file of names behind."""
    if not IGNORED.exists():
        return
    lines = IGNORED.read_text("utf-8").splitlines()
    if left := [line for line in lines if line != f"/{name}"]:
        IGNORED.write_text("".join(f"{line}\n" for line in left), "utf-8")
    else:
        IGNORED.unlink()
