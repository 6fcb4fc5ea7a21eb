# From the template: an update may replace this file.
"""Put what was drafted in the place of the example, so that a stop halfway loses nothing."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from startpy.begin.draft import parted
from startpy.begin.fingerprints import EXAMPLE
from startpy.manifest import write_package
from startpy.receive import take

STAGE = Path(".snakemake/startpy/begin")
READY = STAGE / "ready.json"
# What an earlier begin has drafted may be drafted anew.
DRAFTED = Path(".snakemake/startpy/drafted.json")
# The heading of the README below which the answers of a new project stand.
WHO_MADE_IT = "## Who made it\n"
MADE = (Path("data/interim"), Path("data/processed"), Path("results"), Path("expected"))


def fingerprint(path: Path, name: str) -> str:
    """Return the fingerprint of a text, whatever its line ends and the answers in it."""
    text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    if name == "config.yaml":
        text = parted(text)[1]
    if name == "README.md":
        # Above stand the title and the question, below who made it, and a licence need not be.
        lines = text.partition(WHO_MADE_IT)[0].split("\n")[3:]
        text = "\n".join(line for line in lines if not line.startswith(("{%", "├── LICENSE")))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def drafted() -> dict:
    """Return what an earlier begin drafted: names of the project, and files by fingerprint."""
    try:
        return json.loads(DRAFTED.read_text("utf-8"))
    except (OSError, ValueError):
        return {"names": {}, "files": {}}


def edited() -> list[str]:
    """Return the files of the example, or drafted, that are not any more as they came."""
    earlier = drafted()["files"]
    return [
        name
        for name in EXAMPLE | earlier
        if Path(name).is_file()
        and fingerprint(Path(name), name) not in (EXAMPLE.get(name), earlier.get(name))
    ]


def corrections() -> list[str]:
    """Return the files of corrections that came with the example, or were drafted."""
    return [name for name in EXAMPLE | drafted()["files"] if name.startswith("data/corrections/")]


def not_in_git(names: list[str]) -> list[str]:
    """Return which of these files git does not hold as they are."""
    return [name for name in names if not is_in_git(name)]


def in_repository() -> bool:
    try:
        return subprocess.run(["git", "rev-parse"], capture_output=True).returncode == 0
    except OSError:
        return False


def is_in_git(name: str) -> bool:
    for command in (["ls-files", "--error-unmatch"], ["diff", "--quiet", "HEAD"]):
        try:
            done = subprocess.run(["git", *command, "--", name], capture_output=True)
        except OSError:
            return False
        if done.returncode:
            return False
    return True


def stage(drafts: dict[str, str]) -> Path:
    """Write the drafts where nobody looks for them, and return the folder."""
    folder = STAGE / "drafts"
    for name, text in drafts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return folder


def make_ready(plan: dict) -> None:
    """Write down all that is to be done: from here on, it can be done in several goes."""
    part = READY.with_suffix(".part")
    part.write_text(json.dumps(plan), encoding="utf-8")
    os.replace(part, READY)


def finish() -> dict:
    """Do what is written down, all that is not done yet, and return it."""
    plan = json.loads(READY.read_text("utf-8"))
    for raw in plan["raw"]:
        if Path(raw["part"]).exists():
            take(raw["source"], Path(raw["part"]), raw["entry"])
    write_package(plan["package"])
    for name in plan["remove"]:
        remove(Path(name))
    for folder in MADE:
        shutil.rmtree(folder, ignore_errors=True)
    drafts = STAGE / "drafts"
    for path in sorted(path for path in drafts.rglob("*") if path.is_file()):
        final = path.relative_to(drafts)
        final.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, final)
    remember(plan)
    shutil.rmtree(STAGE)
    return plan


def clear() -> None:
    """Throw away what was staged and is not to be put in place."""
    if not READY.exists():
        shutil.rmtree(STAGE, ignore_errors=True)


def remember(plan: dict) -> None:
    """Note what the drafts are, to know whether they are edited later."""
    files = {name: fingerprint(Path(name), name) for name in plan["files"] if Path(name).is_file()}
    DRAFTED.write_text(json.dumps({"names": plan["names"], "files": files}), encoding="utf-8")


def remove(path: Path) -> None:
    if os.name == "nt" and path.exists():
        path.chmod(0o644)  # Windows deletes nothing that is read-only
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()


def tree_of(readme: str) -> str:
    """Return the tree of folders that a README shows."""
    found = re.search(r"```text\n(├──.*?)\n```", readme, re.S)
    names = sorted(path.name for path in Path().iterdir() if not path.name.startswith("."))
    return found[1] if found else "\n".join(f"├── {name}" for name in names)
