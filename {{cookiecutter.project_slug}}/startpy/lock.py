# From the template: an update may replace this file.
"""Pin in requirements.lock what pyproject.toml wants, with no more changes than that takes."""

import argparse
import os
import re
import shutil
import sys
import tempfile
import tomllib
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from packaging.version import Version

from startpy.environment import again, no_index, quietly, refuse_broken, stop
from startpy.sources import needed_to_build

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"


def lock(arguments: list) -> int:
    """Pin what pyproject.toml wants, with no more changes than that takes, and name them."""
    refuse_broken(LOCK)
    if not os.access(ROOT, os.W_OK):
        stop(f"Nothing is pinned: {ROOT} cannot be written to.", f"Allow it, then: {again()}")
    project = read_project()
    groups = project.get("optional-dependencies", {})
    asked = read_arguments(arguments, list(groups))
    before = pinned(LOCK)
    renewed = [known(package, before) for package in asked.package]
    with tempfile.TemporaryDirectory(prefix=".lock-", dir=ROOT) as folder:
        part = Path(folder, LOCK.name)
        how = [*where(project), *freedom(renewed, asked.exclude_newer)]
        # Seen from another day everything is chosen anew, but not the tool that chooses.
        held = before.get("uv", {}) if asked.exclude_newer and not renewed else None
        pin(part, asked.extra, how, held)
        # A group that was added once stays, with what it has gained: without it, some would go.
        gone = before.keys() - pinned(part).keys()
        if lost := [name for name, wants in groups.items() if names(wants) & gone]:
            pin(part, asked.extra + lost, how, held)
        after = pinned(part)
        os.replace(part, LOCK)
    changes = list(differences(before, after))
    print(*changes, sep="\n", end="\n" if changes else "")
    for name in renewed:
        if before[name].keys() == after.get(name, {}).keys():
            print(f"kept    {name} {' and '.join(after[name])}, the newest that will do")
    for name in lost:
        print(f"kept    the optional group {name}")
    print(f"requirements.lock pins what pyproject.toml wants{'' if changes else ', as before'}.")
    return 0


def read_arguments(arguments: list, groups: list) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python run.py lock",
        description=f"{__doc__} With packages named, these are renewed, and of the others only"
        " what that takes.",
    )
    parser.add_argument("package", nargs="*", help="renew this one: the newest that will do")
    parser.add_argument(
        "--extra", action="append", default=[], choices=groups, help="add this optional group"
    )
    parser.add_argument(
        "--exclude-newer",
        type=day,
        metavar="DATE",
        help="pin everything anew (or the packages named), as if it were the end of that day",
    )
    return parser.parse_args(arguments)


def day(text: str) -> date:
    """Return the day that somebody wrote."""
    try:
        given = date.fromisoformat(text)
    except ValueError:
        wrong = f"must be a date such as 2026-06-30, but is {text!r}"
        raise argparse.ArgumentTypeError(wrong) from None
    # East of here it may be tomorrow already.
    if given > datetime.now(UTC).date() + timedelta(days=1):
        raise argparse.ArgumentTypeError(f"must not be in the future, but is {text!r}")
    return given


def known(package: str, before: dict) -> str:
    """Return the name of a package as the lock has it."""
    if re.search(r"[^\w.-]", package):
        stop(
            f"A package is renewed by its name alone, but here is `{package}`.",
            "To hold it to a version, write that into pyproject.toml, then: python run.py lock",
        )
    [name] = names([package])
    if name not in before:
        near = get_close_matches(name, before, n=1)
        stop(
            f"`{package}` is not in requirements.lock, and only what is there can be renewed."
            + (f" Did you mean `{near[0]}`?" if near else ""),
            "To add a package, name it in pyproject.toml, then: python run.py lock",
        )
    return name


def where(project: dict) -> list:
    """Return how uv is told for which machines the pins must hold: for all, old Pythons too."""
    # Without the oldest Python that is wanted, uv would take the one at hand for it.
    oldest = re.findall(r">=\s*([\d.]+)", project.get("requires-python", ""))[:1]
    return [
        "--python",
        sys.executable,
        "--universal",
        *(f"--python-version={each}" for each in oldest),
    ]


def freedom(renewed: list, until: date | None) -> list:
    """Return how uv is told what it may choose anew, and until which day."""
    renew = [f"--upgrade-package={name}" for name in renewed]
    if until is None:
        return renew
    # A bare date would end when it ends on the clock of this machine.
    end = f"{until + timedelta(days=1)}T00:00:00Z"
    if renewed:
        return renew + [f"--exclude-newer-package={name}={end}" for name in renewed]
    return [f"--exclude-newer={end}", "--exclude-newer-package=uv=false"]


def pin(part: Path, extras: list, how: list, held: dict | None) -> None:
    """Write the pins to a file, those too with which packages are built from source."""
    builders: set = set()
    while True:
        if held is None:
            shutil.copyfile(LOCK, part)
        else:
            part.write_text("".join(held.values()), "utf-8")
        resolve(part, extras, how, builders)
        more = needed_to_build(part, [*how, *no_index()])
        if more <= builders:
            return
        builders |= more


def resolve(part: Path, extras: list, how: list, builders: set) -> None:
    """Choose the pins and write them to `part`; those that it holds stay wherever they will do."""
    built = part.with_name("builders.in")
    built.write_text("\n".join(sorted(builders)), "utf-8")
    what = ["pyproject.toml", built, "--group", "dev", *(f"--extra={name}" for name in extras)]
    # A mirror's address is of no use to others, whatever one's own settings of uv say.
    no_address = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-index-annotation"]
    form = ["--generate-hashes", "--no-annotate", "--no-header", *no_address, "--quiet"]
    uv = [sys.executable, "-m", "uv", "--directory", ROOT, "pip", "compile", *no_index()]
    doing = "Pinning what packages are built with" if builders else "Pinning the packages"
    quietly([*uv, *what, *how, *form, "-o", part], doing)


def read_project() -> dict:
    """Return the section `project` of pyproject.toml."""
    try:
        return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    except (OSError, ValueError) as error:
        stop(f"pyproject.toml cannot be read: {error}.", f"Mend it, then: {again()}")
    except KeyError:
        stop("pyproject.toml must have a section [project].", f"Mend it, then: {again()}")


def pinned(lock: Path) -> dict:
    """Return the lines of a lock by package and version: {"numpy": {"2.4.6": "numpy==..."}}."""
    found: dict = {}
    for pin in re.finditer(r"^(\S+)==(\S+).*\n(?: .*\n)*", lock.read_text("utf-8"), re.M):
        versions = found.setdefault(pin[1], {})
        versions[pin[2]] = versions.get(pin[2], "") + pin[0]
    return found


def differences(before: dict, after: dict) -> list:
    """Return what is to be said of a lock that has changed, a line for each package."""
    said = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, {}), after.get(name, {})
        if not old or not new:
            said += [f"{'removed' if old else 'added  '} {name}=={each}" for each in old or new]
        elif old.keys() != new.keys():
            newer = max(map(Version, new)) >= max(map(Version, old))
            steps = f"{' and '.join(old)} -> {' and '.join(new)}"
            said.append(f"{'renewed' if newer else 'lowered'} {name} {steps}")
        elif old != new:
            said.append(f"changed {name}=={' and '.join(new)}: for other machines, or other hashes")
    return said


def names(packages: list) -> set:
    """Return the names of packages, without versions and written in one way."""
    found = (re.match(r"[\w.-]+", package).group() for package in packages)
    return {re.sub("[-_.]+", "-", name).lower() for name in found}


if __name__ == "__main__":
    sys.exit(lock(sys.argv[1:]))
