# From the template: an update may replace this file.
"""What the list of raw files held in the past, as git knows it."""

import io
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from startpy.manifest import MANIFEST, Unreadable, faults_of, mark, package_of


def first_held(tip: str) -> dict[tuple[str, bool], tuple[str, dict]]:
    """Return what the list held in any commit up to the tip, in the order in which it came.

    The first fingerprint of a file is the true one: else what was forged once
    could never be mended.

    Returns
    -------
    dict
        For each path, and whether it was the example's: the last commit that
        had it with its first fingerprint, and the entry there.
    """
    held: dict = {}
    for commit, content in lists_in(reversed(commits_of(MANIFEST, tip))):
        package: dict = {}
        with suppress(Unreadable):
            package = package_of(content)
        for entry in [*package.get("resources", []), *package.get("withdrawn", [])]:
            key = (str(entry.get("path")), bool(entry.get("example")))
            known = held.get(key, ("", None))[1]
            if known is not None and mark(known) != mark(entry):
                continue
            # What could never be used cannot be asked for either.
            if known == entry or not faults_of(entry, Counter()):
                held[key] = (commit, entry)
    return held


def commits_of(path: Path, *tips: str) -> list[str]:
    """Return the commits that changed a file, the newest first; also those a merge passed over."""
    how = ["--full-history", "--topo-order", "--abbrev-commit", *(tips or ["HEAD"])]
    return (git("rev-list", *how, "--", path.as_posix()) or b"").decode().split()


def lists_in(commits: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the list as it stood in each of these commits, if it did."""
    commits = list(commits)
    asked = "".join(f"{commit}:./{MANIFEST.as_posix()}\n" for commit in commits)
    answers = io.BytesIO(git("cat-file", "--batch", given=asked.encode()) or b"")
    for commit in commits:
        kind, _, size = answers.readline().rpartition(b" ")
        if kind.endswith(b" blob"):
            yield commit, answers.read(int(size))
            answers.readline()


def blob(commit: str, path: Path) -> bytes | None:
    """Return what a file holds in a commit, or among what is staged."""
    return git("cat-file", "blob", f"{commit}:./{path.as_posix()}")


def present() -> str:
    """Return the last commit, or nothing before the first and where git does not answer."""
    return (git("rev-parse", "--verify", "--quiet", "HEAD") or b"").decode().strip()


def parting(revision: str) -> str:
    """Return the commit where a revision and the present parted; nothing before the first."""
    if not present() and git("rev-parse", "--git-dir"):
        return ""
    base = git("merge-base", f"{revision}^{{commit}}", "HEAD")
    if base is None:
        raise ValueError(
            f"git must know the revision {revision!r} and where it parted from the present one, "
            "but does not.\nName another, or get all of the history: git fetch --unshallow"
        )
    return base.decode().strip()


def unseen() -> str | None:
    """Return why the past of the list cannot be looked at, or not all of it."""
    if not present():
        return "git does not answer here, or has no commit yet"
    if git("rev-parse", "--is-shallow-repository") == b"true\n":
        return "git has only the last commits here (all of them: git fetch --unshallow)"
    return None


def git(*arguments: str, given: bytes = b"") -> bytes | None:
    """Return what git says, or None if it fails, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], input=given, capture_output=True)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
