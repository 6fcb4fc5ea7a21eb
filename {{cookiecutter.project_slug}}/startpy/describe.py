# From the template: an update may replace this file.
"""What the list says of a raw file that is new: a safe name, its source, its licence, its bytes."""

import argparse
import mimetypes
import os
import re
import sys
import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

from startpy.environment import again, stop
from startpy.guard import POINTER, is_data
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


def is_url(text: str) -> bool:
    """Say whether a text is an address on the web and nothing else."""
    return re.fullmatch(r"https?://\S+", text) is not None


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


def name_of(wanted: str | None, source: str) -> str:
    """Return the name of a file in data/raw; one given without an ending gets that of the source.

    Examples
    --------
    >>> name_of("late", "Gentoo penguins, late.CSV")
    'late.csv'
    """
    if wanted is None:
        return slug(source)
    return wanted if "." in wanted else wanted + endings_of(slug(source))


def endings_of(name: str) -> str:
    """Return what follows the first dot of a name, with the dot."""
    return "".join(name.partition(".")[1:])


def next_name(old: str, new: str, package: dict) -> str:
    """Return a name for the file that takes a place: sales.csv is followed by sales_v2.csv."""
    stem = FILE.fullmatch(old)[1]
    base, number = re.fullmatch(r"(.*?)(?:_v(\d+))?", stem).groups(default="1")
    names = {entry.get("name") for entry in [*package["resources"], *package.get("withdrawn", [])]}
    version = int(number) + 1
    while f"{base}_v{version}" in names:
        version += 1
    return f"{base}_v{version}{endings_of(new)}"


def source_faults(sources: Iterable[str]) -> list[str]:
    """Return what is wrong with the files that are to be added, before any is touched."""
    faults = []
    for source in sources:
        name = original_name(source)
        if not is_line(name):
            faults.append(f"  {name!r} must have a name in UTF-8 without control characters.")
        elif name and not is_data(name):
            faults.append(f"  {name!r} is hidden, or left by a program, and no data.")
        elif not is_address(source):
            faults += file_faults(Path(source))
    return faults


def is_line(text: str) -> bool:
    """Say whether a text is one line, without characters that command a terminal."""
    return not {"Cc", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, text))


def file_faults(file: Path) -> list[str]:
    """Return what is wrong with a file that is to be added, if anything."""
    try:
        if file.is_symlink() and is_in_raw(str(file)):
            return [f"  {file} is a link. Move it out of data/raw, and list what it leads to."]
        # Of a pipe, what is read here would be lost.
        if file.exists() and not file.is_file():
            return [f"  {file} must be a file."]
        with file.open("rb") as opened:
            start = opened.read(len(POINTER))
    except OSError as error:
        return [f"  {file} must be a file that can be read: {error.strerror}."]
    return [f"  {file} {fault}"] if (fault := content_fault(start)) else []


def content_fault(start: bytes) -> str | None:
    """Return what is wrong with a file that begins with these bytes, if anything."""
    if not start:
        return "must hold data, but is empty."
    if start == POINTER:
        return "is only Git LFS's note of where the file is. Get the file itself: git lfs pull"
    return None


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
        elif os.path.lexists(RAW / name) and not is_same(source, RAW / name):
            there = (RAW / name).as_posix()
            faults.append(
                f"  {there} is there already, and not in the list. List it: python run.py raw add "
                f"{there}\n    Or give this one another name: --as NAME"
            )
        used[stem] = "is given twice"
    return faults


def is_in_raw(source: str) -> bool:
    """Say whether a file lies in data/raw already, or in a folder there."""
    folder = Path(source).parent.resolve()
    return not is_address(source) and RAW.resolve() in [folder, *folder.parents]


def is_same(source: str, path: Path) -> bool:
    """Say whether a source is this very file."""
    return not is_address(source) and path.exists() and path.samefile(source)


def answers(options: argparse.Namespace, needed: list[str], faults: list[str]) -> dict:
    """Return what the list is to say; ask for what is missing, or end with all that is wrong."""
    given = {name: getattr(options, name, None) for name in (*QUESTIONS, "notes", "retrieved")}
    for name, text in given.items():
        if text is not None and not (text.strip() and is_line(text)):
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
    return {name: text and told(text) for name, text in given.items()}


def told(text: str) -> str:
    """Return a text as the list has it: keys and passwords in its addresses are hidden.

    Examples
    --------
    >>> told("Bureau, https://me:pw@example.org/x?y=1&api_key=pw")  # pragma: allowlist secret
    'Bureau, https://example.org/x?y=1&api_key=***'
    """
    return re.sub(r"\w+://\S+", lambda address: shown(address[0]), text.strip())


def is_past_date(text: str) -> bool:
    """Say whether a text is a date, and not one of the future."""
    try:
        return date.fromisoformat(text).isoformat() == text <= today()
    except ValueError:
        return False


def asked(question: str) -> str:
    """Return what the user answers on the terminal."""
    try:
        while not (answer := input(f"{question}\n> ").strip()) or not is_line(answer):
            pass
    except (EOFError, KeyboardInterrupt):
        stop("\nNothing was changed.")
    return answer


def entry_of(source: str, name: str, part: Path, given: dict, like: dict | None = None) -> dict:
    """Return what the list says of a file; what is not given is as in the entry `like`."""
    like = like or {}
    # What Python knows, not what this machine does.
    kind, packed = mimetypes.MimeTypes().guess_type(name)
    entry = {
        "name": name.partition(".")[0],
        "path": name,
        "format": name.rpartition(".")[2] if "." in name else None,
        "mediatype": None if packed else kind,
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
    """Return a source as the standard has it."""
    return {"title": text, "path": text} if is_url(text) else {"title": text}


def licence_of(text: str) -> dict:
    """Return a licence as the standard has it: a short name, an address, or words.

    Examples
    --------
    >>> licence_of("CC0-1.0")
    {'name': 'CC0-1.0'}
    >>> licence_of("Given to us for this article only")
    {'name': 'other', 'title': 'Given to us for this article only'}
    """
    if is_url(text):
        return {"title": text, "path": text}
    return (
        {"name": text}
        if re.fullmatch("[-a-zA-Z0-9._]+", text)
        else {"name": "other", "title": text}
    )
