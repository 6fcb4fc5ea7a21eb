# From the template: an update may replace this file.
"""The one command. It needs Python 3.11 or newer and nothing else.

python run.py          the whole pipeline, up to results/report.html
python run.py clean    up to one stage; options of Snakemake may follow (-n, --forcerun clean, ...)
python run.py test     the checks and tests of this project
python run.py lock     pin in requirements.lock what pyproject.toml wants, after an edit of it;
                       --extra NAME adds one of its optional groups
"""

import argparse
import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
AGAIN = shlex.join([Path(sys.executable).name, "run.py", *sys.argv[1:]])


def main(arguments: list) -> int:
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__)
        return 0
    if arguments[:1] == ["lock"]:
        return lock(arguments[1:])
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


def lock(arguments: list) -> int:
    """Pin what pyproject.toml wants, with no more changes than that takes, and name them."""
    refuse_old_python()
    project = read_project()
    groups = project.get("optional-dependencies", {})
    parser = argparse.ArgumentParser(prog=f"{Path(sys.executable).name} run.py lock")
    parser.add_argument("--extra", action="append", default=[], choices=list(groups))
    extras = parser.parse_args(arguments).extra
    # The lock may be what is at fault: an environment made from an earlier one will do.
    venv = ROOT / ".venv"
    python = python_in(venv)
    if not (python.exists() and (venv / "made-from").exists()):
        python = make_environment(ROOT)
    part = LOCK.with_name(".requirements.part.lock")
    before = pinned(LOCK)
    try:
        resolve(python, project, extras, part)
        # A group that was added once stays: without it some of its packages would go.
        there = [name for name, wants in groups.items() if names(wants) <= names(before)]
        if lost := [name for name in there if not names(groups[name]) <= names(pinned(part))]:
            resolve(python, project, extras + lost, part)
        os.replace(part, LOCK)
    finally:
        part.unlink(missing_ok=True)
    changes = sorted(before ^ pinned(LOCK))
    for pin in changes:
        print("removed" if pin in before else "added  ", pin)
    for name in lost:
        print(f"kept    the optional group {name}")
    print(f"requirements.lock pins what pyproject.toml wants{'' if changes else ', as before'}.")
    return 0


def resolve(python: Path, project: dict, extras: list, part: Path) -> None:
    """Write the pins to `part`; those of the lock stay wherever they will do."""
    shutil.copyfile(LOCK, part)
    uv = [python, "-m", "uv", "--directory", ROOT, "pip", "compile", "pyproject.toml"]
    what = ["--group", "dev", *(f"--extra={name}" for name in extras)]
    # Without the oldest Python that is wanted, uv would take the one at hand for it.
    oldest = re.findall(r">=\s*([\d.]+)", project.get("requires-python", ""))[:1]
    where = ["--python", python, "--universal", *(f"--python-version={each}" for each in oldest)]
    # A mirror's address is of no use to others, whatever one's own settings of uv say.
    no_address = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-index-annotation"]
    how = ["--generate-hashes", "--no-annotate", "--no-header", *no_address, "--quiet"]
    quietly([*uv, *what, *where, *how, "-o", part], "Pinning the packages")


def read_project() -> dict:
    """Return the section `project` of pyproject.toml."""
    import tomllib  # not at the top: an old Python does not have it, and must come so far

    try:
        return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    except tomllib.TOMLDecodeError as error:
        stop(f"pyproject.toml cannot be read: {error}.", f"Mend it, then: {AGAIN}")


def pinned(lock: Path) -> set:
    """Return every `package==version` of a lock."""
    return set(re.findall(r"^\S+==\S+", lock.read_text("utf-8"), re.M))


def names(packages: set) -> set:
    """Return the names of packages, without versions and written in one way."""
    found = (re.match(r"[\w.-]+", package).group() for package in packages)
    return {re.sub("[-_.]+", "-", name).lower() for name in found}


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
            f"On Debian and Ubuntu: sudo apt install python3-venv. Then: {AGAIN}",
        )
    if re.search("NewConnection|name resolution|dns error|timed out|sending request", said):
        stop(
            f"The package registry cannot be reached. {doing} failed.",
            f"Connect to the network (behind a mirror, set PIP_INDEX_URL). Then: {AGAIN}",
        )
    last = "\n".join(said.splitlines()[-8:])
    stop(f"{doing} failed:\n\n{last}\n", f"Mend it, then: {AGAIN}")


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
