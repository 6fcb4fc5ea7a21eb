# From the template: an update may replace this file.
"""The list of raw files, data/raw/datapackage.json: what it may say, read as if it were hostile."""

import hashlib
import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

RAW = Path("data/raw")
MANIFEST = RAW / "datapackage.json"
# A name becomes part of commands and paths: one plain word, on every system.
NAME = "[a-z0-9][a-z0-9_-]*"
FILE = re.compile(rf"({NAME})((?:\.[a-z0-9]+)*)")
NAME_LENGTH = 100
# Windows takes these for machines, whatever ending they have.
DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{each}{n}" for each in ("com", "lpt") for n in range(10)
}
PLAIN = "must be lower-case letters, digits, - and _, with an ending, and stand in data/raw itself."
HASH = re.compile("sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Resource:
    """A raw file as the list has it; `entry` is all that stands there."""

    entry: dict

    @property
    def name(self) -> str:
        return self.entry["name"]

    @property
    def path(self) -> Path:
        """The path from the project's root."""
        return RAW / self.entry["path"]

    @property
    def hash(self) -> str:
        """The fingerprint, as sha256:... in hexadecimal."""
        return self.entry["hash"]

    @property
    def bytes(self) -> int:
        return self.entry["bytes"]

    @property
    def url(self) -> str | None:
        """Where a file that is too big for git can be fetched."""
        return self.entry.get("fetch")

    @property
    def is_current(self) -> bool:
        """Whether no newer file has taken its place."""
        return "replaced" not in self.entry


class Unreadable(ValueError):
    """The list is not what it must be; the message has a line for each fault."""


def read() -> list[Resource]:
    """Return the raw files that the list names, in its order.

    Raises
    ------
    Unreadable
        If it is no such list, or one whose names could do harm.
    """
    return resources_of(read_package())


def read_package() -> dict:
    """Return all that the list says, as it stands there."""
    try:
        return package_of(MANIFEST.read_bytes())
    except OSError as error:
        raise Unreadable(f"  It cannot be read: {error.strerror}.") from None


def package_of(content: bytes) -> dict:
    """Return what a list says, if it is one at all."""
    if mark := re.search(rb"^<{7} ", content, re.MULTILINE):
        line = content.count(b"\n", 0, mark.start()) + 1
        raise Unreadable(
            f"  A merge has left two versions in it, from line {line} on. Keep the entries of both,"
            "\n  with a comma between them, and take out the lines of <, = and >."
        )
    try:
        package = json.loads(content.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise Unreadable(f"  Line {error.lineno} cannot be read: {error.msg}.") from None
    except (ValueError, RecursionError):
        raise Unreadable("  It must be JSON in UTF-8.") from None
    if not isinstance(package, dict) or not all(
        isinstance(package.get(part, []), list)
        and all(isinstance(entry, dict) for entry in package.get(part, []))
        for part in ("resources", "withdrawn")
    ):
        raise Unreadable('  It must be {"resources": [...]}, with one {...} for each raw file.')
    return package


def write_package(package: dict) -> None:
    """Write the list anew, whole or not at all."""
    part = hidden(MANIFEST.name)
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    # Half a letter, as JSON can write it, is none in UTF-8: it stays as JSON writes it.
    part.write_bytes(text.encode("utf-8", "backslashreplace"))
    os.replace(part, MANIFEST)


def hidden(name: str) -> Path:
    """Return a path in data/raw for a file that is not whole yet."""
    return RAW / f".{name}.part"


def resources_of(package: dict) -> list[Resource]:
    """Return the raw files of a list, every one of which is safe to touch."""
    entries = package.get("resources", [])
    counts = Counter(str(entry.get("name")) for entry in entries)
    faults = [fault for entry in entries for fault in faults_of(entry, counts)]
    if faults := faults or faults_among(entries, package.get("withdrawn", [])):
        raise Unreadable("\n".join(dict.fromkeys(faults)))
    return [Resource(entry) for entry in entries]


def mark(entry: dict) -> tuple:
    """Return what an entry can never change: the fingerprint and the size."""
    return entry.get("hash"), entry.get("bytes")


def withdrawn(package: dict) -> dict[str, tuple]:
    """Return the path and the mark of what had to leave, with a reason."""
    return {
        str(entry.get("path")): mark(entry)
        for entry in package.get("withdrawn", [])
        if entry.get("reason")
    }


def faults_of(entry: dict, counts: Counter) -> list[str]:
    """Return what is wrong with an entry of the list, in sentences."""
    name, path = str(entry.get("name")), str(entry.get("path"))
    faults = []
    if not re.fullmatch(NAME, name) or counts[name] > 1:
        faults.append(
            f"  name {name!r} must be lower-case letters, digits, - and _, and stand there once."
        )
    if fault := name_fault(path):
        faults.append(f"  path {path!r} {fault}")
    elif FILE.fullmatch(path)[1] != name:
        faults.append(f"  path {path!r} must be {name!r} and an ending.")
    if not HASH.fullmatch(str(entry.get("hash"))):
        faults.append(
            f"  {path}: hash must be sha256: and 64 digits, but is {entry.get('hash')!r}."
        )
    if type(entry.get("bytes")) is not int or entry["bytes"] < 0:
        faults.append(f"  {path}: bytes must be a whole number, but is {entry.get('bytes')!r}.")
    url = entry.get("fetch", "https://")
    if not (isinstance(url, str) and url.isprintable() and re.match("(https?|file)://", url)):
        faults.append(f"  {path}: fetch must be an address (https://...), but is {url!r}.")
    by = entry.get("replaced", {"by": ""})
    if not (isinstance(by, dict) and isinstance(by.get("by"), str)):
        faults.append(f'  {path}: replaced must be {{"by": "NAME", ...}}, but is {by!r}.')
    sources = entry.get("sources", [])
    if not (isinstance(sources, list) and all(isinstance(each, dict) for each in sources)):
        faults.append(f'  {path}: sources must be [{{"title": ...}}, ...], but is {sources!r}.')
    return faults


def faults_among(entries: list[dict], withdrawn: list[dict]) -> list[str]:
    """Return in what entries contradict each other, each of them being right by itself."""
    paths = {entry["path"] for entry in entries}
    # Else a file could be withdrawn on paper, and another one stand in its place.
    faults = [
        f"  path {path!r} was withdrawn: a file that is listed must have another name."
        for path in sorted(paths & {str(entry.get("path")) for entry in withdrawn})
    ]
    for entry in entries:
        by = entry["replaced"]["by"] if "replaced" in entry else None
        if by is not None and by not in paths - {entry["path"]}:
            faults.append(f"  {entry['path']}: what replaced it, {by!r}, must be in the list.")
    return faults


def name_fault(path: str) -> str | None:
    """Return what is wrong with the name of a raw file, if anything.

    Examples
    --------
    >>> name_fault("sales_2026.csv")
    >>> name_fault("../sales.csv")
    'must be lower-case letters, digits, - and _, with an ending, and stand in data/raw itself.'
    >>> name_fault("con.csv")
    "must be another name: Windows takes 'con' for a device."
    """
    match = FILE.fullmatch(path)
    if not match or path == MANIFEST.name:
        return PLAIN
    if match[1] in DEVICES:
        return f"must be another name: Windows takes {match[1]!r} for a device."
    if len(path) > NAME_LENGTH:
        return f"must be at most {NAME_LENGTH} letters long."
    return None


def fingerprint(path: Path) -> str:
    """Return the fingerprint of a file as the list writes it."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def short(fingerprint: str) -> str:
    """Return a fingerprint as people compare it."""
    return f"{fingerprint[:17]}..."
