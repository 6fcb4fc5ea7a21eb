"""What making a project costs beside cookiecutter itself, as a ratio within one run.

python benchmarks/generation.py [ROUNDS]    with a Python that has cookiecutter

The empty template has one folder and one file. Both are made in turns (A B A B ...) by the whole
command, as a user calls it. A ratio holds when the machine is slow; seconds do not.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
WITHOUT_HOOKS = ("--accept-hooks", "no")


def empty_template(folder):
    inside = folder / "{{cookiecutter.name}}"
    inside.mkdir(parents=True)
    (inside / "README.md").write_text("# {{ cookiecutter.name }}\n", encoding="utf-8")
    (folder / "cookiecutter.json").write_text(json.dumps({"name": "empty"}), encoding="utf-8")
    return folder


def timed(template, *options):
    """Make a project and return its wall and processor seconds, and its folder's files."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "cookiecutter", template, "--no-input", *options]
        before, start = os.times(), time.perf_counter()
        subprocess.run([*command, "--output-dir", place], check=True, capture_output=True)
        wall, after = time.perf_counter() - start, os.times()
        files = [
            path for path in Path(place).rglob("*") if path.is_file() and ".git" not in path.parts
        ]
    return wall, sum(after[2:4]) - sum(before[2:4]), files


def main(rounds):
    with tempfile.TemporaryDirectory() as place:
        ways = {
            "an empty template": (empty_template(Path(place) / "empty"),),
            "startpy": (ROOT,),
            "startpy without its hook": (ROOT, *WITHOUT_HOOKS),
        }
        times = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                times[name].append(timed(*way))
    middle = {
        name: [statistics.median(each[kind] for each in runs) for kind in (0, 1)]
        for name, runs in times.items()
    }
    base = middle["an empty template"]
    for name, (wall, cpu) in middle.items():
        files = len(times[name][0][2])
        print(
            f"{name:26} {files:4} files  {wall:6.2f} s  {cpu:6.2f} s of processor"
            f"  x {wall / base[0]:.2f}, x {cpu / base[1]:.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 7)
