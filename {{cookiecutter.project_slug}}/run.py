# From the template: an update may replace this file.
"""The one command. It needs Python 3.11 or newer and nothing else.

python run.py             the whole pipeline, up to results/report.html
python run.py clean       up to one stage; options of Snakemake may follow (-n, --forcerun, ...)
python run.py test        the checks and tests of this project
python run.py begin       replace the example by your own data: drafted stages, and their report
python run.py schema      draft the contract of a table, for contracts.py
python run.py raw         the list of raw files: add, replace, withdraw, restore, fetch, check
python run.py record      sign the results of today as those that are expected
python run.py reproduce   make what is committed again elsewhere, and compare with what is expected
python run.py lock        pin in requirements.lock what pyproject.toml wants, after an edit of it
python run.py update      what a newer version of the template brings: say it, and do it

With --help, each of the last seven says more.
"""

import signal
import sys
from pathlib import Path

from startpy import githook
from startpy.environment import again, call, is_made, make_environment, python_in, stop

ROOT = Path(__file__).resolve().parent
COMMANDS = ["begin", "schema", "raw", "record", "reproduce", "lock", "update"]


def main(arguments: list) -> int:
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__)
        return 0
    command, rest = arguments[:1], arguments[1:]
    # The lock may be what is at fault: to mend it, an environment made from an earlier one will do.
    python = python_in(ROOT / ".venv")
    if command != ["lock"] or not is_made(ROOT / ".venv"):
        python = make_environment(ROOT)
    githook.install(ROOT)
    if command == ["test"]:
        return test(python, rest)
    if arguments and command[0] in COMMANDS:
        return call([python, "-m", f"startpy.{command[0]}", *rest], ROOT)
    if arguments and (ROOT / "stages" / f"{command[0]}.py").is_file():
        arguments = ["--until", *arguments]
    status = call([python, "-m", "snakemake", *arguments], ROOT)
    if status == 0 and arguments in ([], ["--until", "report"]):
        print(f"\nThe report: {ROOT / 'results' / 'report.html'}")
    return status


def test(python: Path, arguments: list) -> int:
    """Run the hooks and the tests; return 0 if both pass."""
    hooks = call([python, "-m", "startpy.hooks"], ROOT)
    if hooks in (130, -signal.SIGINT):
        return 130
    return call([python, "-m", "pytest", *arguments], ROOT) or hooks


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        stop(f"Interrupted before anything was run. Again: {again()}")
