# From the template: an update may replace this file.
"""Print what the report and the README say otherwise than the facts: python -m startpy.facts"""

import sys
from pathlib import Path

from startpy import answer
from startpy.report.cells import read_script
from startpy.report.claims import faults

REPORT = Path("stages/report.py")


def main() -> int:
    """Print the faults, each with file and line; return 1 if there is one."""
    if not answer.FACTS.exists():
        print(f"There is no {answer.FACTS.as_posix()} yet: python run.py", file=sys.stderr)
        return 1
    found = [*faults(read_script(REPORT)), *answer.faults()]
    print(*found, sep="\n", end="\n" * bool(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
