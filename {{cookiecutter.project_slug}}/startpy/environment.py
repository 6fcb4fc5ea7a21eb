# From the template: an update may replace this file.
"""The environment of the project, made from its lock: standard library only."""

import hashlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from startpy.disk import refusal
from startpy.visible import visible


def make_environment(root: Path) -> Path:
    """Make .venv from requirements.lock, unless it is made already; return its Python."""
    venv, lock = root / ".venv", root / "requirements.lock"
    refuse_broken(lock)
    # An environment holds its own path and belongs to one Python: else it must be made anew.
    recipe = f"{digest_of(lock)}\nPython {sys.version_info[0]}.{sys.version_info[1]}\n{root}\n"
    if not is_made_by(venv, recipe):
        with alone(root):
            # Whoever was waited for may have made it.
            if not is_made_by(venv, recipe):
                make(venv, lock)
                (venv / "made-from").write_text(recipe, "utf-8")
    return python_in(venv)


def make(venv: Path, lock: Path) -> None:
    """Make an environment from a lock, step by step."""
    python = python_in(venv)
    print("Making the environment in .venv: once, a minute or two.", flush=True)
    quietly([sys.executable, "-m", "venv", "--clear", venv], "Making a virtual environment")
    pin = venv / "uv-pin.txt"
    pin.write_text(pin_of("uv", lock), "utf-8")
    pip = [python, "-m", "pip", "install", "--require-hashes", "--retries", "1"]
    quietly([*pip, "-r", pin], "Setting up uv")
    # What a package is built with must be in the lock as well.
    hashed = ["--require-hashes", "--require-build-hashes"]
    pins = [*hashed, "--build-constraints", lock, "-r", lock]
    uv = [python, "-m", "uv", "pip", "install", *no_index(), "--python", python, "--exact"]
    quietly([*uv, *pins], "Setting up the packages")


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep others from making the environment meanwhile; a process that dies lets them go."""
    path = root / ".snakemake/startpy/environment.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        *why, remedy = refused(error) or [f"{error}.", "Mend it."]
        stop(*why, f"{remedy} Then: {again()}")
    with file:
        if not is_taken(file):
            print("Another run is making the environment in .venv. Waiting for it.", flush=True)
            while not is_taken(file):
                time.sleep(0.2)
        yield


def is_taken(file: TextIO) -> bool:
    """Take a file for this process alone, and say whether it was to be had."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system that knows no locks
        return True
    return True


def refuse_broken(lock: Path) -> None:
    if not lock.exists():
        stop(
            "requirements.lock is missing: it says which packages the project gets.",
            f"Take it back (git checkout -- requirements.lock), then: {again()}",
        )
    if re.search("^<{7} ", lock.read_text("utf-8", "replace"), re.M):
        stop(
            "requirements.lock holds the marks of a merge: two sides have changed it.",
            "Take one of them (git checkout --ours requirements.lock), then: python run.py lock",
        )


def python_in(venv: Path) -> Path:
    """Return the path of the Python of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def digest_of(lock: Path) -> str:
    """Return the digest of a lock, by which an environment knows what it was made from."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def is_made_by(venv: Path, recipe: str) -> bool:
    """Say whether an environment was made to its end, and by this recipe."""
    return is_made(venv) and (venv / "made-from").read_text("utf-8") == recipe


def is_made(venv: Path) -> bool:
    """Say whether an environment was made to its end, from this lock or an earlier one."""
    return python_in(venv).exists() and (venv / "made-from").exists()


def pin_of(package: str, lock: Path) -> str:
    """Return the lines of the lock that pin one package."""
    return re.search(rf"^{package}==(?:.*\\\n)*.*\n", lock.read_text("utf-8"), re.M).group()


def quietly(command: list, doing: str) -> None:
    """Run a step of the setup; if it fails, say what it needs in a sentence."""
    done = subprocess.run(
        list(map(str, command)),
        env={**as_pip_is_told(), **os.environ},
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        *why, remedy = reason(f"{done.stdout}\n{done.stderr}".strip(), doing)
        stop(*why, f"{remedy} Then: {again()}")


def as_pip_is_told() -> dict:
    """Return the variables that tell uv what those of pip tell pip."""
    told = {"UV_SYSTEM_CERTS": "true"}
    if index := os.environ.get("PIP_INDEX_URL"):
        told["UV_DEFAULT_INDEX"] = index
    if places := list(wheel_folders()):
        told["UV_FIND_LINKS"] = ",".join(places)
    return told


def wheel_folders() -> Iterator[str]:
    """Yield the addresses of the folders of wheels that pip is told of and would find."""
    for place in os.environ.get("PIP_FIND_LINKS", "").split():
        path = called_in() / place
        if "://" in place:
            yield place
        elif path.exists():
            yield path.as_uri().replace(",", "%2C")


def no_index() -> list:
    """Return the option that tells uv what PIP_NO_INDEX tells pip: there is no variable for it."""
    wanted = os.environ.get("PIP_NO_INDEX", "").lower() in ("1", "on", "t", "true", "y", "yes")
    own = {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL"} & os.environ.keys()
    return ["--no-index"] if wanted and not own else []


def reason(said: str, doing: str) -> list:
    """Return why a step failed and what mends it, in sentences where the reason is known."""
    if re.search("ensurepip|No module named '?(venv|pip)", said):
        return [
            f"Parts of Python are missing from {sys.executable}. {doing} failed.",
            "On Debian and Ubuntu: sudo apt install python3-venv.",
        ]
    if number := re.search(r"\[Errno (\d+)\]|\(os error (\d+)\)", said):
        code = int(number[1] or number[2])
        if found := refused(OSError(code, os.strerror(code))):
            return [f"{doing} failed.", *found]
    if forged := FORGED.search(said):
        return [f"{doing} failed, and nothing of it is used.", *other_bytes(*forged.groups())]
    if re.search("NewConnection|name resolution|dns error|timed out|sending request", said):
        return [
            f"The package registry cannot be reached. {doing} failed.",
            "Connect to the network (behind a mirror, set PIP_INDEX_URL).",
        ]
    last = "\n".join(said.splitlines()[-8:])
    if unpinned := re.search("no trusted hash was provided for: `(.+)`", said):
        return [
            f"{doing} failed:\n\n{last}\n",
            f"It is built with {unpinned[1]}, which requirements.lock does not pin. Name it in the "
            "group dev of pyproject.toml, then: python run.py lock.",
        ]
    if no_index():
        return [
            f"{doing} failed:\n\n{last}\n",
            "PIP_NO_INDEX is set, and what PIP_FIND_LINKS names "
            f"({os.environ.get('PIP_FIND_LINKS') or 'nothing'}) must hold all that is pinned.",
            "Where there is a network: "
            "pip download --no-deps --require-hashes -r requirements.lock -d FOLDER.",
        ]
    return [f"{doing} failed:\n\n{last}\n", "Mend it."]


def refused(error: OSError) -> list:
    """Return what a disk refuses, and what helps; nothing if the error is about another thing."""
    said, remedy = refusal(error) or ("", "")
    return [said, f"{remedy}."] if said else []


# As uv says it, and as pip does: the pin, the hashes that are expected, the one that came.
FORGED = re.compile(
    r"(?:Hash mismatch|DO NOT MATCH THE HASHES)[\s\S]*?([\w.-]+==[\w.!+-]+)"
    r"([\s\S]*?[0-9a-f]{64}[\s\S]*?)(?:Computed|Got)\b[\s\S]*?([0-9a-f]{64})"
)


def other_bytes(pin: str, hashes: str, got: str) -> list:
    """Return how what came for a pin differs, and what that may mean."""
    first, *others = re.findall("[0-9a-f]{64}", hashes)
    return [
        f"What came for {pin} is not what requirements.lock pins:",
        f"  expected sha256:{first}{f' or one of {len(others)} others' if others else ''}",
        f"  got      sha256:{got}",
        "Either the lock was changed by hand (see git diff requirements.lock), or a file was "
        "changed at the registry or on the way: find out which before you go on.",
    ]


def call(command: list, folder: Path) -> int:
    """Run a command in a folder, its environment first on PATH, and return its status."""
    path = os.pathsep.join([str(command[0].parent), os.environ.get("PATH", os.defpath)])
    # Ctrl-C reaches the child as well: this process waits until the child has tidied up.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        told = {"STARTPY_AGAIN": again(), "STARTPY_CALLED_IN": os.getcwd()}
        environment = {**os.environ, "PATH": path, **told}
        return subprocess.run(list(map(str, command)), cwd=folder, env=environment).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def stop(*lines: str) -> None:
    sys.exit(visible("\n".join(lines)))


def again() -> str:
    """Return the command that the user typed, for another try."""
    if Path(sys.argv[0]).name == "run.py":
        return shlex.join([Path(sys.executable).name, "run.py", *sys.argv[1:]])
    # A part of the machine that run.py has started.
    return os.environ.get("STARTPY_AGAIN", "python run.py")


def called_in() -> Path:
    """Return the folder in which the user typed the command."""
    if Path(sys.argv[0]).name == "run.py":
        return Path.cwd()
    return Path(os.environ.get("STARTPY_CALLED_IN", os.getcwd()))
