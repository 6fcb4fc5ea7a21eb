# From the template: an update may replace this file.
"""python -m startpy.report --script stages/report.py --inputs FILE [FILE ...] --out FILE

`--parameters NAME=VALUE [NAME=VALUE ...]` gives the script's parameters other values.
"""

import sys
from itertools import pairwise

from startpy.command import run
from startpy.report import main


def with_parameters(words: list[str]) -> list[str]:
    """Return a command with its `-P NAME=VALUE`, as Quarto and papermill have them, in one option.

    Examples
    --------
    >>> with_parameters(["report", "-P", "island=Dream", "--out", "dream.html", "-P", "top=9"])
    ['report', '--out', 'dream.html', '--parameters', 'island=Dream', 'top=9']
    """
    given = [value for option, value in pairwise(words) if option == "-P"]
    others = [word for word in words if word != "-P" and word not in given]
    if given and "--parameters" not in others:
        others.append("--parameters")
    at = others.index("--parameters") + 1 if given else len(others)
    return [*others[:at], *given, *others[at:]]


if __name__ == "__main__":
    sys.argv = with_parameters(sys.argv)
    run(main)
