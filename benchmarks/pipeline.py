"""What the pipeline costs beside the work itself, as ratios within one run.

python3 run.py
python3 benchmarks/pipeline.py [ROUNDS]

Whole commands are timed in turns (A B A B ...), on copies of build/penguins-of-palmer, with
processor seconds of all their processes. A ratio holds when the machine is slow; seconds do not.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "build" / "penguins-of-palmer"
PYTHON = PROJECT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
MADE = shutil.ignore_patterns(".venv", ".git", ".snakemake", "interim", "processed", "results")

ONE_PROCESS = """
import re, shlex, sys
from importlib import import_module
from startpy.command import parser
for command in open("commands.txt", encoding="utf-8"):
    _, _, module, *options = shlex.split(command)
    main = import_module(module).main
    main(**vars(parser(main).parse_args(options)))
"""


def timed(*command, folder):
    """Run a command; return its wall seconds and the processor seconds of all its processes."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run([PYTHON, *command], cwd=folder, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, os.times()
    assert done.returncode == 0, done.stdout + done.stderr
    cpu = sum(after[2:4]) - sum(before[2:4])
    return wall, cpu, done.stdout + done.stderr


def fresh(place, name):
    folder = place / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PROJECT, folder, ignore=MADE)
    return folder


def report(what, first, second):
    ratios = sorted(a / b for a, b in zip(first, second, strict=True))
    print(
        f"{what}: {statistics.median(ratios):.2f} (from {ratios[0]:.2f} to {ratios[-1]:.2f}); "
        f"medians {statistics.median(first):.2f} s and {statistics.median(second):.2f} s"
    )


def main(rounds=5):
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        empty = place / "empty"
        empty.mkdir()
        (empty / "Snakefile").write_text("rule all:\n", encoding="utf-8")
        pipeline, alone, noop, nothing = [], [], [], []
        for _ in range(rounds):
            folder = fresh(place, "pipeline")
            _, cpu, output = timed("-m", "snakemake", folder=folder)
            pipeline.append(cpu)
            commands = re.findall(r"^Shell command: (python .+)$", output, re.M)
            noop.append(timed("-m", "snakemake", folder=folder)[0])
            nothing.append(timed("-m", "snakemake", "-n", folder=empty)[0])
            folder = fresh(place, "alone")
            (folder / "commands.txt").write_text("\n".join(commands), encoding="utf-8")
            alone.append(timed("-c", ONE_PROCESS, folder=folder)[1])
        report("CPU, whole pipeline : one process that calls the four mains", pipeline, alone)
        report("wall, run with nothing to do : snakemake -n on an empty Snakefile", noop, nothing)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
