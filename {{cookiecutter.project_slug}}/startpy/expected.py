# From the template: an update may replace this file.
"""The record of the results in expected/: what is a result, and what is written down of it."""

import hashlib
import json
import platform
import re
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from startpy import passport, values

RECORD = Path("expected/outputs.json")
MADE = (Path("data/processed"), Path("results"))
ABOUT = (
    "What python run.py reproduce must make again. Written by python run.py record: "
    "not to be edited."
)
# Larger tables would make the repository heavy, and nobody reads their differences.
SMALL = 200_000
# Title, author and the fingerprint of config.yaml stand outside of it.
STORY = re.compile(rb"<main\b.*</main>", re.S)


def results() -> list[str]:
    """Return the paths of what the pipeline made for people and for other programs, sorted.

    The passport beside a figure is not among them: all of it stands in the figure, but for
    the commit, which no second run can have foreseen.
    """
    return sorted(
        path.as_posix()
        for folder in MADE
        for path in folder.rglob("*")
        if path.is_file() and not is_left_by_programs(path) and not passport.is_passport(path)
    )


def is_left_by_programs(path: Path) -> bool:
    """Say whether a desktop or a spreadsheet left a file there."""
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or path.name.startswith("~$") or path.name in ("Thumbs.db", "desktop.ini")


def fingerprint(path: Path) -> dict:
    """Return the size and sha256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def signed(path: Path) -> dict:
    """Return what the record says of a result: its bytes, and its values if they can be told."""
    entry = fingerprint(path)
    if path.suffix == ".html" and (story := STORY.search(path.read_bytes())):
        return entry | {"main": hashlib.sha256(story[0]).hexdigest()}
    if path.suffix in passport.PICTURES:
        picture = passport.picture_in(path.read_bytes(), path.suffix)
        return entry | {"main": hashlib.sha256(picture).hexdigest()}
    columns = values.columns_of(path)
    if columns is None:
        return entry
    rows, digests = 0, {}
    for name, cells in columns:
        rows = max(rows, len(cells))
        read = list(map(values.read_number, cells)) if path.suffix == ".csv" else cells
        digests[name] = values.digest(read)
    return entry | {"rows": rows, "columns": digests}


def copy_name(name: str) -> Path | None:
    """Return where the readable copy of a table is kept, if it may have one.

    Tables of rows stay out: they may tell about persons, and expected/ is committed.

    Examples
    --------
    >>> copy_name("results/tables/sums.csv").as_posix()
    'expected/tables/sums.csv'
    >>> copy_name("results/sums.xlsx").as_posix()
    'expected/sums.xlsx.csv'
    >>> copy_name("results/facts.json").as_posix()
    'expected/facts.json'
    >>> copy_name("data/processed/birds.parquet")
    """
    path = Path(name)
    if path.parts[0] != "results" or path.suffix not in values.READERS:
        return None
    if path.suffix == ".json" and path.name != values.FACTS:
        return None
    ending = "" if path.suffix in (".csv", ".json") else ".csv"
    return RECORD.parent / f"{path.relative_to('results').as_posix()}{ending}"


def copy_of(path: Path) -> str | None:
    """Return the text of a table's readable copy, if it is small."""
    columns = values.columns_of(path) if path.stat().st_size <= SMALL else None
    if columns is None:
        return None
    text = path.read_text("utf-8") if path.suffix == ".json" else values.as_csv(columns)
    return text if len(text.encode()) <= SMALL else None


def read_record(text: str) -> dict:
    """Return the record that expected/outputs.json holds."""
    record = json.loads(text)
    if not isinstance(record, dict) or not isinstance(record.get("results"), dict):
        raise ValueError("it must be a record of results")
    return record


def as_json(record: dict) -> str:
    """Return the text of a record: a line for each fact, for readable differences."""
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def environment(lock: str) -> dict:
    """Return what the results are made with: Python, platform, and the packages of the lock."""
    here = installed()
    return {
        "python": platform.python_version(),
        "platform": system(),
        "packages": {name: here[name] for name in sorted(here) if name in pinned(lock)},
    }


def system() -> str:
    """Return the kind of machine: what can make a difference to a number."""
    library = " ".join(filter(None, platform.libc_ver()))
    kind = f"{platform.system()} {platform.machine()}"
    return f"{kind}, {library}" if library else kind


def installed() -> dict[str, str]:
    """Return name and version of every package that is installed here."""
    return {
        canonicalize_name(each.metadata["Name"]): each.version
        for each in distributions()
        if each.metadata["Name"]
    }


def pinned(lock: str) -> dict[str, str]:
    """Return name and version of every package that a lock wants here.

    Examples
    --------
    >>> pinned("numpy==2.4.6 ; python_version >= '3' --hash=x\\\\ncolorama==1.0 ; os_name == 'x'")
    {'numpy': '2.4.6'}
    """
    lines = re.findall(r"^(\S+==.*?)(?: --hash.*| *\\)?$", lock, re.M)
    wanted = [Requirement(line) for line in lines]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in wanted
        if each.marker is None or each.marker.evaluate()
    }
