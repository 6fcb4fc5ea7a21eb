# From the template: an update may replace this file.
"""What the list says of a raw file that is new: a safe name, its source, its licence, its bytes."""

import argparse
import mimetypes
import os
import re
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

from startpy.environment import again, stop
from startpy.guard import POINTER
from startpy.letters import PLAIN, compose
from startpy.manifest import FILE, RAW, fingerprint, name_fault
from startpy.settings import now
from startpy.web import shown

QUESTIONS = {
    "source": "Where is it from: who made it, or at which address is it described?",
    "license": "Under which licence: a name such as CC0-1.0, an address, or in words?",
    "reason": "For which reason?",
}
PACKED = {".gz", ".bz2", ".xz", ".zst", ".zip"}
# Longer names are cut: some systems take no more than 255 letters for a whole path.
LONGEST_STEM = 60


def today() -> str:
    """Return the date by the project's clock."""
    return now().date().isoformat()


def is_address(source: str) -> bool:
    """Say whether a source is an address, not a file of this machine."""
    return re.match("(https?|file)://", source) is not None


def as_called(source: str) -> str:
    """Return a source as seen from the folder in which the command was called."""
    return (
        source
        if is_address(source)
        else str(Path(os.environ.get("STARTPY_CALLED_IN", "."), source))
    )


def original_name(source: str) -> str:
    """Return the name that a file has where it comes from."""
    path = unquote(urlsplit(source).path) if is_address(source) else source
    return re.split(r"[/\\]", path)[-1] if is_address(source) else Path(path).name


def slug(source: str) -> str:
    """Return the name of a file in data/raw: lower-case letters, digits, _ and an ending.

    Examples
    --------
    >>> slug("Citywide Pizza Deliveries, 1998-2016.CSV")
    'citywide_pizza_deliveries_1998_2016.csv'
    >>> slug("https://example.org/années/Été.tar.gz?download=1")
    'ete.tar.gz'
    """
    stem, endings = original_name(source), ""
    while (ending := re.search(r"\.[A-Za-z0-9]{1,10}$", stem)) and stem != ending.group():
        stem, endings = stem[: ending.start()], ending.group().lower() + endings
        if endings not in PACKED:
            break
    plain = compose(stem).translate(PLAIN).lower()
    return re.sub("[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_STEM].rstrip("_") + endings


def next_name(old: str, new: str, package: dict) -> str:
    """Return a name for the file that takes a place: sales.csv is followed by sales_v2.csv."""
    stem = FILE.fullmatch(old)[1]
    base, number = re.fullmatch(r"(.*?)(?:_v(\d+))?", stem).groups(default="1")
    endings = new[new.index(".") :] if "." in new else ""
    names = {entry.get("name") for entry in [*package["resources"], *package.get("withdrawn", [])]}
    version = int(number) + 1
    while f"{base}_v{version}" in names:
        version += 1
    return f"{base}_v{version}{endings}"


def source_faults(sources: Iterable[str]) -> list[str]:
    """Return what is wrong with the files that are to be added, before any is touched."""
    faults = []
    for source in sources:
        name = original_name(source)
        if not name.isprintable():
            faults.append(f"  {name!r} must have a name without control characters.")
        elif name.startswith((".", "~$")):
            faults.append(f"  {name!r} is hidden, or left by a program, and no data.")
        elif not is_address(source):
            faults += file_faults(Path(source))
    return faults


def file_faults(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            start = opened.read(len(POINTER))
    except OSError as error:
        return [f"  {file} must be a file that can be read: {error.strerror}."]
    if not start:
        return [f"  {file} must hold data, but is empty."]
    if start == POINTER:
        return [f"  {file} is only Git LFS's note of where the file is. Get it: git lfs pull"]
    return []


def name_faults(names: list[str], sources: list[str], package: dict) -> list[str]:
    """Return which names cannot be had in data/raw, and why."""
    faults = []
    used = {entry.get("name"): "is in the list" for entry in package.get("resources", [])}
    used |= {entry.get("name"): "was withdrawn" for entry in package.get("withdrawn", [])}
    for name, source in zip(names, sources, strict=True):
        stem = name.partition(".")[0]
        if fault := name_fault(name):
            faults.append(f"  The name {name!r} {fault} Give it another: --as NAME")
        elif stem in used:
            faults.append(f"  The name {stem!r} {used[stem]}. Give it another: --as NAME")
        elif (RAW / name).exists() and not is_in_raw(source):
            faults.append(
                f"  {(RAW / name).as_posix()} is there already. Give it another: --as NAME"
            )
        used[stem] = "is given twice"
    return faults


def is_in_raw(source: str) -> bool:
    """Say whether a file lies in data/raw already."""
    return not is_address(source) and Path(source).resolve().parent == RAW.resolve()


def is_same(source: str, path: Path) -> bool:
    """Say whether a source is this very file."""
    return not is_address(source) and Path(source).resolve() == path.resolve()


def answers(options: argparse.Namespace, needed: list[str], faults: list[str]) -> dict:
    """Return what the list is to say; ask for what is missing, or end with all that is wrong."""
    given = {name: getattr(options, name, None) for name in (*QUESTIONS, "notes", "retrieved")}
    for name, text in given.items():
        if text is not None and not (text.strip() and text.isprintable()):
            faults.append(f"  --{name} must be one line of text, but is {text!r}.")
    if given["retrieved"] and not is_past_date(given["retrieved"]):
        came = given["retrieved"]
        faults.append(f"  --retrieved must be a date up to today, as {today()}, but is {came!r}.")
    missing = [name for name in needed if given[name] is None]
    if missing and not faults and sys.stdin.isatty():
        given |= {name: asked(QUESTIONS[name]) for name in missing}
    else:
        faults += [f"  --{name} is needed. {QUESTIONS[name]}" for name in missing]
    if faults:
        stop("Nothing was changed. Please mend:", *faults, f"Then again: {again()}")
    return given


def is_past_date(text: str) -> bool:
    """Say whether a text is a date, and not one of the future."""
    try:
        return date.fromisoformat(text).isoformat() == text <= today()
    except ValueError:
        return False


def asked(question: str) -> str:
    """Return what the user answers on the terminal."""
    try:
        while not (answer := input(f"{question}\n> ").strip()) or not answer.isprintable():
            pass
    except (EOFError, KeyboardInterrupt):
        stop("\nNothing was changed.")
    return answer


def entry_of(source: str, name: str, part: Path, given: dict, like: dict | None = None) -> dict:
    """Return what the list says of a file; what is not given is as in the entry `like`."""
    like = like or {}
    kind = mimetypes.guess_type(name)[0]
    entry = {
        "name": name.partition(".")[0],
        "path": name,
        "format": name.rpartition(".")[2] if "." in name else None,
        "mediatype": kind,
        "bytes": part.stat().st_size,
        "hash": fingerprint(part),
        "retrieved": given["retrieved"] or today(),
        "sources": [source_of(given["source"])] if given["source"] else like.get("sources"),
        "licenses": [licence_of(given["license"])] if given["license"] else like.get("licenses"),
        "notes": given["notes"],
        "originalName": original_name(source) if original_name(source) != name else None,
    }
    return {part: value for part, value in entry.items() if value is not None}


def source_of(text: str) -> dict:
    """Return a source as the standard has it; keys and passwords in an address are hidden."""
    return {"title": shown(text), "path": shown(text)} if is_address(text) else {"title": text}


def licence_of(text: str) -> dict:
    """Return a licence as the standard has it: a short name, an address, or words.

    Examples
    --------
    >>> licence_of("CC0-1.0")
    {'name': 'CC0-1.0'}
    >>> licence_of("Given to us for this article only")
    {'name': 'other', 'title': 'Given to us for this article only'}
    """
    if is_address(text):
        return {"title": shown(text), "path": shown(text)}
    return (
        {"name": text}
        if re.fullmatch("[-a-zA-Z0-9._]+", text)
        else {"name": "other", "title": text}
    )
