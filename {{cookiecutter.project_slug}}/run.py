# From the template: an update may replace this file.
"""The one command. It needs Python 3.11 or newer and nothing else.

python run.py          the whole pipeline, up to results/report.html
python run.py clean    up to one stage; options of Snakemake may follow (-n, --forcerun clean, ...)
python run.py test     the checks and tests of this project
"""

import hashlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
AGAIN = f"{Path(sys.executable).name} run.py"


def main(arguments: list) -> int:
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__)
        return 0
    python = make_environment(ROOT)
    if arguments[:1] == ["test"]:
        return test(python, arguments[1:])
    if arguments and (ROOT / "stages" / f"{arguments[0]}.py").is_file():
        arguments = ["--until", *arguments]
    status = call([python, "-m", "snakemake", *arguments], ROOT)
    if status == 0 and arguments in ([], ["--until", "report"]):
        print(f"\nThe report: {ROOT / 'results' / 'report.html'}")
    return status


def test(python: Path, arguments: list) -> int:
    """Run the hooks and the tests; return 0 if both pass."""
    hooks = 0
    if (ROOT / ".git").exists():
        hooks = call([python, "-m", "pre_commit", "run", "--all-files"], ROOT)
    else:
        print("The hooks are left out: they need a git repository of the project.", flush=True)
    if hooks in (130, -signal.SIGINT):
        return 130
    return call([python, "-m", "pytest", *arguments], ROOT) or hooks


def make_environment(root: Path) -> Path:
    """Make .venv from requirements.lock, unless it is made already; return its Python."""
    if sys.version_info < (3, 11):  # noqa: UP036, an older Python reads this line too
        stop(f"Python must be 3.11 or newer, but {sys.executable} is {sys.version.split()[0]}.")
    venv, lock = root / ".venv", root / "requirements.lock"
    scripts = venv / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    # An environment holds its own path and belongs to one Python: else it must be made anew.
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    recipe = f"{digest}\nPython {sys.version_info[0]}.{sys.version_info[1]}\n{root}\n"
    made_from = venv / "made-from"
    if python.exists() and made_from.exists() and made_from.read_text("utf-8") == recipe:
        return python
    print("Making the environment in .venv: once, a minute or two.", flush=True)
    quietly([sys.executable, "-m", "venv", "--clear", venv], "a virtual environment")
    pin = venv / "uv-pin.txt"
    pin.write_text(pin_of("uv", lock), "utf-8")
    pip = [python, "-m", "pip", "install", "--require-hashes", "--retries", "1"]
    quietly([*pip, "-r", pin], "uv")
    pins = ["--require-hashes", "--build-constraints", lock, "-r", lock]
    uv = [python, "-m", "uv", "pip", "install", "--python", python, "--exact"]
    quietly([*uv, *pins], "the packages")
    made_from.write_text(recipe, "utf-8")
    return python


def pin_of(package: str, lock: Path) -> str:
    """Return the lines of the lock that pin one package."""
    return re.search(rf"^{package}==(?:.*\\\n)*.*\n", lock.read_text("utf-8"), re.M).group()


def quietly(command: list, what: str) -> None:
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
    if "ensurepip" in said or "No module named" in said:
        stop(
            f"Python's own parts are missing, so {what} cannot be made with {sys.executable}.",
            f"On Debian and Ubuntu: sudo apt install python3-venv. Then: {AGAIN}",
        )
    if re.search("NewConnection|name resolution|dns error|timed out|sending request", said):
        stop(
            f"The package registry cannot be reached, so {what} cannot be installed.",
            f"Connect to the network (behind a mirror, set PIP_INDEX_URL). Then: {AGAIN}",
        )
    last = "\n".join(said.splitlines()[-8:])
    stop(f"Setting up {what} failed:\n\n{last}\n", f"Mend it, then: {AGAIN}")


def call(command: list, folder: Path) -> int:
    """Run a command in a folder, its environment first on PATH, and return its status."""
    path = os.pathsep.join([str(command[0].parent), os.environ.get("PATH", os.defpath)])
    # Ctrl-C reaches the child as well: this process waits until the child has tidied up.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        environment = {**os.environ, "PATH": path}
        return subprocess.run(list(map(str, command)), cwd=folder, env=environment).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def stop(*lines: str) -> None:
    sys.exit("\n".join(lines))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        stop(f"Interrupted before anything was run. Again: {AGAIN}")
