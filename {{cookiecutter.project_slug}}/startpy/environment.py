# From the template: an update may replace this file.
"""The environment of the project, made from its lock: standard library only, any Python 3."""

import hashlib
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path


def make_environment(root: Path) -> Path:
    """Make .venv from requirements.lock, unless it is made already; return its Python."""
    refuse_old_python()
    venv, lock = root / ".venv", root / "requirements.lock"
    python = python_in(venv)
    # An environment holds its own path and belongs to one Python: else it must be made anew.
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    recipe = f"{digest}\nPython {sys.version_info[0]}.{sys.version_info[1]}\n{root}\n"
    made_from = venv / "made-from"
    if python.exists() and made_from.exists() and made_from.read_text("utf-8") == recipe:
        return python
    print("Making the environment in .venv: once, a minute or two.", flush=True)
    quietly([sys.executable, "-m", "venv", "--clear", venv], "Making a virtual environment")
    pin = venv / "uv-pin.txt"
    pin.write_text(pin_of("uv", lock), "utf-8")
    pip = [python, "-m", "pip", "install", "--require-hashes", "--retries", "1"]
    quietly([*pip, "-r", pin], "Setting up uv")
    pins = ["--require-hashes", "--build-constraints", lock, "-r", lock]
    uv = [python, "-m", "uv", "pip", "install", "--python", python, "--exact"]
    quietly([*uv, *pins], "Setting up the packages")
    made_from.write_text(recipe, "utf-8")
    return python


def refuse_old_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036, an older Python reads this line too
        stop(f"Python must be 3.11 or newer, but {sys.executable} is {sys.version.split()[0]}.")


def python_in(venv: Path) -> Path:
    """Return the path of the Python of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_made(venv: Path) -> bool:
    """Say whether an environment was made to its end, from this lock or an earlier one."""
    return python_in(venv).exists() and (venv / "made-from").exists()


def pin_of(package: str, lock: Path) -> str:
    """Return the lines of the lock that pin one package."""
    return re.search(rf"^{package}==(?:.*\\\n)*.*\n", lock.read_text("utf-8"), re.M).group()


def quietly(command: list, doing: str) -> None:
    """Run a step of the setup; if it fails, say what it needs in a sentence."""
    defaults = {"UV_SYSTEM_CERTS": "true"}
    if "PIP_INDEX_URL" in os.environ:
        defaults["UV_DEFAULT_INDEX"] = os.environ["PIP_INDEX_URL"]
    done = subprocess.run(
        list(map(str, command)),
        env={**defaults, **os.environ},
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode == 0:
        return
    said = f"{done.stdout}\n{done.stderr}".strip()
    if re.search("ensurepip|No module named '?(venv|pip)", said):
        stop(
            f"Parts of Python are missing from {sys.executable}. {doing} failed.",
            f"On Debian and Ubuntu: sudo apt install python3-venv. Then: {again()}",
        )
    if re.search("NewConnection|name resolution|dns error|timed out|sending request", said):
        stop(
            f"The package registry cannot be reached. {doing} failed.",
            f"Connect to the network (behind a mirror, set PIP_INDEX_URL). Then: {again()}",
        )
    last = "\n".join(said.splitlines()[-8:])
    stop(f"{doing} failed:\n\n{last}\n", f"Mend it, then: {again()}")


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
    sys.exit("\n".join(lines))


def again() -> str:
    """Return the command that the user typed, for another try."""
    if Path(sys.argv[0]).name == "run.py":
        return shlex.join([Path(sys.executable).name, "run.py", *sys.argv[1:]])
    # A part of the machine that run.py has started.
    return os.environ.get("STARTPY_AGAIN", "python run.py")
