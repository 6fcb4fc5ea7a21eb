# From the template: an update may replace this file.
"""Raw files are as they came: the files, their list, and what the list held before agree."""

import hashlib
import os
import shlex
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
    mark,
    package_of,
    read_package,
    resources_of,
    short,
    withdrawn,
)
from startpy.notes import load, save
from startpy.past import blob, commits_of, first_held, git, parting, present

IGNORED = RAW / ".gitignore"
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
        A revision of git. The list must hold all that it held up to where this
        one and the present parted, and git must hold what is listed. Without
        it, the list must hold all that it held in any commit up to the present.

    Returns
    -------
    list of str
        A paragraph for each fault: what must be, what is, and the command that mends it.
    """
    try:
        package = read_package()
        resources = resources_of(package)
    except Unreadable as error:
        return [mend_list(error)]
    seen = {} if full else remembered()
    looks = [look(resource, seen) for resource in resources]
    found = [fault for fault in looks if fault]
    found += undeclared(resources, only_in_git=since is not None)
    tip = present() if since is None else parting(since)
    found += shrunken(package, tip, seen)
    if since is not None:
        found += not_in_git(resources)
    remember(seen if not found else {"files": seen.get("files", {})})
    return found


def mend_list(error: Unreadable) -> str:
    """Return what is wrong with a list that cannot be used, and how to get one that can."""
    for commit in ["HEAD", *commits_of(MANIFEST)]:
        with suppress(Unreadable):
            resources_of(package_of(blob(commit, MANIFEST) or b"-"))
            return (
                f"{error}\n    Mend it, or go back: git checkout {commit} -- {MANIFEST.as_posix()}"
            )
    return f"{error}\n    Mend it."


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
        return f"  {name} must be a file itself, but is a link.\n{back(resource)}"
    before = stamp(path)
    if files.get(name) == [*before, resource.hash]:
        return None
    files.pop(name, None)
    if not path.is_file():
        return f"  {name} must be a file. Move away what is there.\n{back(resource)}"
    if is_pointer(path):
        return (
            f"  {name} is only Git LFS's note of where the file is.\n"
            f"    Get the file: git lfs pull --include {name}"
        )
    now, came = time.time(), fingerprint(path)
    if came == resource.hash:
        if is_settled(path, before, now):
            files[name] = [*before, came]
        return None
    changed = (
        f"  {name} has changed: it must have {resource.bytes:,} bytes and {short(resource.hash)}, "
        f"but has {path.stat().st_size:,} and {short(came)}\n{back(resource)}"
    )
    newer = (
        "\n    If the source sent this newer file, keep both: "
        f"python run.py raw replace {path.name} {name} --reason ..."
    )
    return changed + newer * resource.is_current


def is_pointer(path: Path) -> bool:
    """Say whether a file is only a note of Git LFS, in place of what was meant."""
    with path.open("rb") as file:
        return file.read(len(POINTER)) == POINTER


def back(resource: Resource) -> str:
    """Return how to get a raw file back."""
    name = resource.path.as_posix()
    if (commit := commit_with(resource)) is not None:
        return f"    Put it back: {' '.join(['git checkout', *commit.split(), '--', name])}"
    if resource.url:
        away = "Move this one away, then get it: " if resource.path.exists() else "Get it: "
        return f"    {away}python run.py raw fetch {resource.path.name}"
    sources = resource.entry.get("sources") or [{}]
    source = sources[0].get("title") or sources[0].get("path") or "unknown"
    return (
        f"    git does not hold it. Get it from whoever has it, or from its source: {source!r}.\n"
        "    If nobody has it any more: "
        f"python run.py raw withdraw {resource.path.name} --reason ..."
    )


def commit_with(resource: Resource) -> str | None:
    """Return a commit that holds a raw file as it is listed, or "" for what is staged."""
    for commit in ["HEAD", "", *commits_of(resource.path, "--all")]:
        content = blob(commit, resource.path)
        if content is not None and hashlib.sha256(content).hexdigest() == resource.hash[7:]:
            return commit
    return None


def undeclared(resources: list[Resource], *, only_in_git: bool) -> list[str]:
    """Return a fault for each file in data/raw that the list does not name."""
    listed = {resource.path.as_posix() for resource in resources} | {MANIFEST.as_posix()}
    there = held_by_git() if only_in_git else on_disk()
    return [unlisted(name) for name in sorted(set(there) - listed)]


def unlisted(name: str) -> str:
    """Return the fault of a file that the list does not name."""
    if Path(name).is_symlink():
        return (
            f"  {name!r} is a link, and not in the list.\n    Move it out of data/raw, then list "
            f"what it leads to: python run.py raw add {typed(str(Path(name).resolve()))} "
            "--source ... --license ..."
        )
    return (
        f"  {name!r} is not in the list.\n    Say where it is from: python run.py raw add "
        f"{typed(name)} --source ... --license ...\n    Or move it out of data/raw."
    )


def typed(name: str) -> str:
    """Return a name as it is typed in a command; whatever it is, it does no harm there."""
    return shlex.quote(name) if name.isprintable() else "FILE"


def on_disk() -> Iterator[str]:
    """Yield the paths of what lies in data/raw, without what programs leave there."""
    for folder, folders, files in os.walk(RAW):
        folders[:] = [name for name in folders if not name.startswith(".")]
        # A folder that is a link is not walked through: it counts as a file.
        links = [name for name in folders if Path(folder, name).is_symlink()]
        yield from ((Path(folder) / name).as_posix() for name in [*files, *links] if is_data(name))


def held_by_git() -> list[str]:
    """Return the paths of what the next commit holds in data/raw."""
    listed = (git("ls-files", "-z", "--", RAW.as_posix()) or b"").decode("utf-8", "replace")
    return [name for name in listed.split("\0") if name and is_data(Path(name).name)]


def is_data(name: str) -> bool:
    """Say whether a name is not one of those that programs, or people's notes, have."""
    return not name.startswith((".", "~$")) and name not in LEFT_BY_PROGRAMS


def not_in_git(resources: list[Resource]) -> list[str]:
    """Return a fault for each listed file that the next commit would leave behind."""
    held, left_out = set(held_by_git()), left_out_on_purpose(resources)
    return [
        f"  {name} is listed, but git does not hold it.\n"
        f"    Give it to git: git add --force {name}\n"
        "    Or leave it out on purpose, "
        f"with the line /{resource.path.name} in {IGNORED.as_posix()}"
        for resource in resources
        if (name := resource.path.as_posix()) not in held | left_out
    ]


def left_out_on_purpose(resources: list[Resource]) -> set[str]:
    """Return the paths that data/raw/.gitignore keeps out of git: too big, or not for all eyes.

    What is ignored for another reason, such as a user's own list, is forgotten rather than meant.
    """
    if not IGNORED.exists():
        return set()
    given = "\0".join(resource.path.as_posix() for resource in resources).encode()
    said = git("check-ignore", "--verbose", "-z", "--stdin", given=given) or b""
    words = said.decode("utf-8", "replace").split("\0")
    return {
        path
        for file, pattern, path in zip(words[::4], words[2::4], words[3::4], strict=False)
        if file.endswith(IGNORED.as_posix()) and not pattern.startswith("!")
    }


def shrunken(package: dict, tip: str, seen: dict) -> list[str]:
    """Return a fault for each entry that the list had in any commit up to the tip, and has lost."""
    look = [tip, fingerprint(MANIFEST)]
    if not tip or seen.get("history") == look:
        return []
    here = {entry["path"] for entry in package.get("resources", [])}
    faults = [
        f"  The list must hold whatever it held, but {path!r}, as it stands there in commit "
        f"{commit}, {'has another fingerprint or size now' if path in here else 'is gone'}.\n"
        f"    Put it back: python run.py raw restore\n"
        "    A newer file gets a new name: python run.py raw replace --help\n"
        "    What must not stay leaves a reason behind: python run.py raw withdraw --help"
        for path, (commit, _) in lost(package, tip).items()
    ]
    if not faults:
        seen["history"] = look
    return faults


def lost(package: dict, tip: str) -> dict[str, tuple[str, dict]]:
    """Return what the list held in any commit up to the tip, and has not as it was."""
    here = {str(entry.get("path")): entry for entry in package.get("resources", [])}
    left = withdrawn(package)
    found = {}
    for (path, is_example), (commit, entry) in first_held(tip).items():
        now = here.get(path, {})
        # The example makes room for data of one's own, under whatever name.
        makes_room = is_example and not now.get("example")
        is_here = mark(entry) in (mark(now), left.get(path))
        if not is_here and not makes_room and not (is_example and path in found):
            found[path] = (commit, entry)
    return found


def stamp(path: Path) -> list[int]:
    """Return what changes if a file is written to, replaced, or has its time put back."""
    seen = path.stat()
    return [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]


def is_settled(path: Path, before: list[int], now: float) -> bool:
    """Say whether a file that was read just now would show it if it were changed from here on."""
    seen = path.stat()
    # Nobody can put this time back. On Windows it is that of its making.
    changed_at = seen.st_mtime if os.name == "nt" else seen.st_ctime
    return stamp(path) == before and now - changed_at > RACY_SECONDS


def remembered() -> dict:
    """Return what was seen at the last look."""
    seen = load(CACHE)
    return seen if isinstance(seen, dict) and isinstance(seen.get("files"), dict) else {}


def remember(seen: dict) -> None:
    """Keep what was seen; where that cannot be written, the next look takes longer."""
    with suppress(OSError):
        save(seen, CACHE)
