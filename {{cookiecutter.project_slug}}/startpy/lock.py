# From the template: an update may replace this file.
"""Pin in requirements.lock what pyproject.toml wants, with no more changes than that takes."""

import argparse
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

from startpy.environment import again, quietly, stop

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"


def lock(arguments: list) -> int:
    """Pin what pyproject.toml wants, with no more changes than that takes, and name them."""
    project = read_project()
    groups = project.get("optional-dependencies", {})
    parser = argparse.ArgumentParser(prog="python run.py lock")
    parser.add_argument("--extra", action="append", default=[], choices=list(groups))
    extras = parser.parse_args(arguments).extra
    part = LOCK.with_name(".requirements.part.lock")
    before = pinned(LOCK)
    try:
        resolve(project, extras, part)
        # A group that was added once stays: without it some of its packages would go.
        there = [name for name, wants in groups.items() if names(wants) <= names(before)]
        if lost := [name for name in there if not names(groups[name]) <= names(pinned(part))]:
            resolve(project, extras + lost, part)
        os.replace(part, LOCK)
    finally:
        part.unlink(missing_ok=True)
    changes = sorted(before ^ pinned(LOCK))
    for pin in changes:
        print("removed" if pin in before else "added  ", pin)
    for name in lost:
        print(f"kept    the optional group {name}")
    print(f"requirements.lock pins what pyproject.toml wants{'' if changes else ', as before'}.")
    return 0


def resolve(project: dict, extras: list, part: Path) -> None:
    """Write the pins to `part`; those of the lock stay wherever they will do."""
    shutil.copyfile(LOCK, part)
    uv = [sys.executable, "-m", "uv", "--directory", ROOT, "pip", "compile", "pyproject.toml"]
    what = ["--group", "dev", *(f"--extra={name}" for name in extras)]
    # Without the oldest Python that is wanted, uv would take the one at hand for it.
    oldest = re.findall(r">=\s*([\d.]+)", project.get("requires-python", ""))[:1]
    where = [
        "--python",
        sys.executable,
        "--universal",
        *(f"--python-version={each}" for each in oldest),
    ]
    # A mirror's address is of no use to others, whatever one's own settings of uv say.
    no_address = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-index-annotation"]
    how = ["--generate-hashes", "--no-annotate", "--no-header", *no_address, "--quiet"]
    quietly([*uv, *what, *where, *how, "-o", part], "Pinning the packages")


def read_project() -> dict:
    """Return the section `project` of pyproject.toml."""
    try:
        return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    except tomllib.TOMLDecodeError as error:
        stop(f"pyproject.toml cannot be read: {error}.", f"Mend it, then: {again()}")


def pinned(lock: Path) -> set:
    """Return every `package==version` of a lock."""
    return set(re.findall(r"^\S+==\S+", lock.read_text("utf-8"), re.M))


def names(packages: set) -> set:
    """Return the names of packages, without versions and written in one way."""
    found = (re.match(r"[\w.-]+", package).group() for package in packages)
    return {re.sub("[-_.]+", "-", name).lower() for name in found}


if __name__ == "__main__":
    sys.exit(lock(sys.argv[1:]))
