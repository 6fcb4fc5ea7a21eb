# From the template: an update may replace this file.
"""python -m startpy.report --script stages/report.py --inputs FILE [FILE ...] --out FILE"""

from startpy.command import run
from startpy.report import main

if __name__ == "__main__":
    run(main)
