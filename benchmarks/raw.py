"""What the guard of the raw files costs: 1 GB in four files, 500 small ones, a long history.

python3 run.py
python3 benchmarks/raw.py [ROUNDS]

Medians of whole commands and of the guard alone, on a copy of build/penguins-of-palmer. Warm: no
file was touched since the last look. Cold: all are read. The files lie in the page cache.
"""

import hashlib
import json
import os
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
GUARD = """
import time
from startpy import guard
start = time.perf_counter()
assert not guard.faults(full=%s), guard.faults()
print(time.perf_counter() - start)
"""
WHO = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]


def git(folder, *words):
    subprocess.run(["git", *WHO, *words], cwd=folder, check=True, capture_output=True)


def fill(folder):
    """Put 1 GB and 500 small files into data/raw and list them."""
    manifest = folder / "data" / "raw" / "datapackage.json"
    package = json.loads(manifest.read_text("utf-8"))
    sizes = [250_000_000] * 4 + [2_000] * 500
    for number, size in enumerate(sizes):
        path = manifest.with_name(f"file_{number}.csv")
        content = hashlib.sha256(path.name.encode()).digest() * (size // 32)
        path.write_bytes(content)
        package["resources"].append(
            {
                "name": path.stem,
                "path": path.name,
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "sources": [{"title": "The benchmark"}],
                "licenses": [{"name": "CC0-1.0"}],
            }
        )
    write(manifest, package)
    names = "".join(f"/file_{number}.csv\n" for number in range(4))
    manifest.with_name(".gitignore").write_text(names, encoding="utf-8")


def write(manifest, package):
    manifest.write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8")


def commit_often(folder, commits):
    """Change the list in many commits, as a long project does."""
    manifest = folder / "data" / "raw" / "datapackage.json"
    package = json.loads(manifest.read_text("utf-8"))
    for number in range(commits):
        write(manifest, package | {"version": str(number)})
        git(folder, "commit", "--quiet", "--no-verify", "--message", str(number), manifest)


def seconds(folder, *command):
    start = time.perf_counter()
    done = subprocess.run([PYTHON, *command], cwd=folder, capture_output=True, text=True)
    wall = time.perf_counter() - start
    assert done.returncode == 0, done.stdout + done.stderr
    return wall, done.stdout


def report(what, rounds, measure):
    times = sorted(measure() for _ in range(rounds))
    print(
        f"{what}: {statistics.median(times):.3f} s (from {times[0]:.3f} to {times[-1]:.3f})",
        flush=True,
    )


def main(rounds=5):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "project")
        shutil.copytree(PROJECT, folder, ignore=MADE)
        fill(folder)
        git(folder, "init", "--quiet")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--no-verify", "--message", "All")
        time.sleep(2.5)  # a file that was touched a moment ago is not remembered

        def guard(full):
            return float(seconds(folder, "-c", GUARD % full)[1])

        def check(*words):
            return seconds(folder, "-m", "startpy.raw", "check", *words)[0]

        report("guard alone, cold", rounds, lambda: guard(True))
        report("guard alone, warm", rounds, lambda: guard(False))
        report("`raw check --full`", rounds, lambda: check("--full"))
        report("`raw check`", rounds, check)
        report("`raw check --since HEAD`", rounds, lambda: check("--since", "HEAD"))
        report("an empty Python", rounds, lambda: seconds(folder, "-c", "")[0])
        commit_often(folder, 200)
        print("After 200 commits that changed the list:")
        print(f"`raw check`, the first time: {check():.3f} s")
        report("`raw check`", rounds, check)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
