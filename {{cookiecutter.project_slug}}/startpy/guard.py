# From the template: an update may replace this file.
"""Raw files are as they came: the files, their list, and what the list held before agree."""

import hashlib
import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from startpy.manifest import (
    MANIFEST,
    RAW,
    Resource,
    Unreadable,
    fingerprint,
    name_fault,
    package_of,
    read_package,
    resources_of,
    short,
    withdrawn,
)

CACHE = Path(".snakemake/startpy/raw.json")
HEAD_OF_LIST = f"{MANIFEST.as_posix()} does not agree with data/raw:"
# What desktops and spreadsheets leave beside the files, and what people write about them.
LEFT_BY_PROGRAMS = {"Thumbs.db", "desktop.ini", "README.md"}
# A file that changes this soon after it was looked at may show the same time: a trap that git
# knows as the racy index.
RACY_SECONDS = 2
POINTER = b"version https://git-lfs.github.com/spec/"


def faults(*, full: bool = False, since: str | None = None) -> list[str]:
    """Return in what the raw files differ from their list, and the list from its past.

    Parameters
    ----------
    full : bool
        Whether to read every file, also those that have not been touched since the last look.
    since : str, optional
        A revision of git. The list must hold what it held where this one and
        the present parted, and git must hold what is listed. Without it, the
        list must hold all that it held in any commit up to the present.

    Returns
    -------
    list of str
        A paragraph for each fault: what must be, what is, and the command that mends it.
    """
    try:
        package = read_package()
        resources = resources_of(package)
    except Unreadable as error:
        return [
            f"{error}\n    Mend it, or take back the last edit: "
            f"git checkout -- {MANIFEST.as_posix()}"
        ]
    seen = {} if full else remembered()
    looks = [look(resource, seen) for resource in resources]
    found = [fault for fault in looks if fault]
    found += undeclared(resources, only_in_git=since is not None)
    if since is None:
        found += shrunken(package, seen)
    else:
        found += lost(package, parting(since)) + not_in_git(resources)
    remember(seen if not found else {"files": seen.get("files", {})})
    return found


def look(resource: Resource, seen: dict) -> str | None:
    """Return what is wrong with a raw file; one that has not been touched is not read."""
    try:
        return compare(resource, seen.setdefault("files", {}))
    except FileNotFoundError:
        return f"  {resource.path.as_posix()} must be there, but is missing.\n{back(resource)}"
    except OSError as error:
        return f"  {resource.path.as_posix()} cannot be read: {error.strerror}."


def compare(resource: Resource, files: dict) -> str | None:
    """Return what is wrong with a raw file that is there; note it in `files` if nothing is."""
    path, name = resource.path, resource.path.as_posix()
    if path.is_symlink():
        return f"  {name} must be a file, but is a link. Put the file itself there."
    before = stamp(path)
    if files.get(name) == [*before, resource.hash]:
        return None
    files.pop(name, None)
    if path.stat().st_size < 1024 and path.read_bytes().startswith(POINTER):
        return (
            f"  {name} is only Git LFS's note of where the file is.\n"
            f"    Get the file: git lfs pull --include {name}"
        )
    now, came = time.time(), fingerprint(path)
    if came == resource.hash:
        if stamp(path) == before and now - changed_at(path) > RACY_SECONDS:
            files[name] = [*before, came]
        return None
    return (
        f"  {name} has changed: it must have {resource.bytes:,} bytes and {short(resource.hash)}, "
        f"but has {path.stat().st_size:,} and {short(came)}.\n{back(resource)}\n"
        f"    If it is a newer file from the source, keep both. Move it out of data/raw first, "
        f"then:\n      python run.py raw replace {path.name} NEWFILE --reason ..."
    )


def back(resource: Resource) -> str:
    """Return how to get a raw file back."""
    name = resource.path.as_posix()
    if in_git(resource):
        return f"    Put it back: git checkout HEAD -- {name}"
    if resource.url:
        away = "Move this one away, then get it: " if resource.path.exists() else "Get it: "
        return f"    {away}python run.py raw fetch {resource.path.name}"
    sources = resource.entry.get("sources") or [{}]
    source = sources[0].get("title") or sources[0].get("path") or "its source"
    return f"    git does not hold it. Get it from whoever has it, or from the source: {source}"


def in_git(resource: Resource) -> bool:
    """Say whether the last commit holds a raw file as it is listed."""
    content = git("cat-file", "blob", f"HEAD:./{resource.path.as_posix()}")
    return content is not None and hashlib.sha256(content).hexdigest() == resource.hash[7:]


def undeclared(resources: list[Resource], *, only_in_git: bool) -> list[str]:
    """Return a fault for each file in data/raw that the list does not name."""
    listed = {resource.path.as_posix() for resource in resources} | {MANIFEST.as_posix()}
    there = held_by_git() if only_in_git else on_disk()
    return [
        f"  {name!r} is not in the list.\n"
        f"    Say where it is from: python run.py raw add {typed(name)} "
        "--source ... --license ...\n"
        "    Or move it out of data/raw."
        for name in sorted(set(there) - listed)
    ]


def typed(name: str) -> str:
    """Return a name as it is typed in a command; whatever it is, it does no harm there."""
    return shlex.quote(name) if name.isprintable() else "FILE"


def on_disk() -> Iterator[str]:
    """Yield the paths of what lies in data/raw, without what programs leave there."""
    for folder, folders, files in os.walk(RAW):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith((".", "~$")) and name not in LEFT_BY_PROGRAMS:
                yield (Path(folder) / name).as_posix()


def held_by_git() -> list[str]:
    """Return the paths of what the next commit holds in data/raw."""
    listed = (git("ls-files", "-z", "--", RAW.as_posix()) or b"").decode("utf-8", "replace")
    names = [name for name in listed.split("\0") if name]
    return [
        name
        for name in names
        if not Path(name).name.startswith(".") and Path(name).name not in LEFT_BY_PROGRAMS
    ]


def not_in_git(resources: list[Resource]) -> list[str]:
    """Return a fault for each listed file that the next commit would leave behind."""
    held = set(held_by_git())
    missing = [each.path.as_posix() for each in resources if each.path.as_posix() not in held]
    # What is too big for git is ignored, on purpose.
    ignored = (git("check-ignore", "--", *missing) or b"").decode("utf-8").split("\n")
    return [
        f"  {name} is listed, but git does not hold it.\n    Give it to git: git add {name}"
        for name in missing
        if name not in ignored
    ]


def shrunken(package: dict, seen: dict) -> list[str]:
    """Return what the list held in any commit up to the present, and holds no more."""
    head = (git("rev-parse", "--verify", "--quiet", "HEAD") or b"").decode().strip()
    held = [head, fingerprint(MANIFEST)]
    if not head or seen.get("history") == held:
        return []
    commits = (git("log", "--format=%H", "--", MANIFEST.as_posix()) or b"").decode().split()
    found = lost(package, ["HEAD", *commits])
    if not found:
        seen["history"] = held
    return found


def lost(package: dict, commits: list[str]) -> list[str]:
    """Return a fault for each entry that the list had in one of these commits, newest first."""
    here = {str(entry.get("path")): entry for entry in package.get("resources", [])}
    gone: dict[str, str] = {}
    for commit in commits:
        for path, (wanted, is_example) in entries_in(commit).items():
            now = here.get(path, {})
            # The example makes room for data of one's own, under whatever name.
            if wanted in (now.get("hash"), withdrawn(package).get(path)):
                continue
            if not is_example or now.get("example"):
                gone.setdefault(path, commit)
    return [lost_entry(path, commit[:10], path in here) for path, commit in gone.items()]


def lost_entry(path: str, commit: str, is_forged: bool) -> str:
    """Return the fault of an entry that the list had in a commit, and how to get it back."""
    when = "the last commit" if commit == "HEAD" else f"commit {commit}"
    file = (RAW / path).as_posix()
    has_file = name_fault(path) is None and git("cat-file", "-e", f"{commit}:./{file}") is not None
    both = [MANIFEST.as_posix(), *([file] if has_file else [])]
    return (
        f"  The list must hold whatever it held, but {path!r}, which stood in it in {when}, "
        f"{'has another fingerprint now' if is_forged else 'is gone'}.\n"
        f"    Put it back: git checkout {commit} -- {' '.join(both)}\n"
        f"    A newer file takes its place under a new name: python run.py raw replace --help\n"
        f"    What must not stay leaves a reason behind: python run.py raw withdraw --help"
    )


def entries_in(commit: str) -> dict[str, tuple[str, bool]]:
    """Return what the list held in a commit: path, fingerprint, whether it was the example's."""
    content = git("cat-file", "blob", f"{commit}:./{MANIFEST.as_posix()}")
    with suppress(Unreadable):
        package = package_of(content or b"{}")
        entries = [*package.get("resources", []), *package.get("withdrawn", [])]
        return {
            str(entry.get("path")): (str(entry.get("hash")), bool(entry.get("example")))
            for entry in entries
        }
    return {}


def parting(revision: str) -> list[str]:
    """Return the commit where a revision and the present parted; none before the first commit."""
    if git("rev-parse", "--verify", "--quiet", "HEAD") is None and git("rev-parse", "--git-dir"):
        return []
    base = git("merge-base", revision, "HEAD")
    if base is None:
        raise ValueError(
            f"git must know the revision {revision!r} and where it parted from the present one, "
            "but does not.\nName another, or get all of the history: git fetch --unshallow"
        )
    return [base.decode().strip()]


def git(*arguments: str) -> bytes | None:
    """Return what git says, or None if it fails, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def stamp(path: Path) -> list[int]:
    """Return what changes if a file is written to, replaced, or has its time put back."""
    seen = path.stat()
    return [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]


def changed_at(path: Path) -> float:
    """Return when a file was last changed; nobody can put this time back."""
    seen = path.stat()
    # On Windows this time is that of its making.
    return seen.st_mtime if os.name == "nt" else seen.st_ctime


def remembered() -> dict:
    """Return what was seen at the last look."""
    try:
        seen = json.loads(CACHE.read_text("utf-8"))
        return seen if isinstance(seen.get("files"), dict) else {}
    except (OSError, ValueError, AttributeError):
        return {}


def remember(seen: dict) -> None:
    """Keep what was seen; where that cannot be written, the next look takes longer."""
    part = CACHE.with_name(f"raw-{os.getpid()}.part")
    with suppress(OSError):
        CACHE.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(seen), "utf-8")
        os.replace(part, CACHE)
