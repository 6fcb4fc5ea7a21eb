# From the template: an update may replace this file.
"""Sign the results of today as those that are expected: python run.py record"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from helpers.write import whole
from startpy import answer, values
from startpy.compare import compare, few, other_environment
from startpy.environment import call, stop
from startpy.expected import (
    ABOUT,
    MADE,
    RECORD,
    as_json,
    copy_name,
    copy_of,
    environment,
    read_record,
    results,
    signed,
)

HELP = """Run the pipeline, then write down in expected/ what it made: the fingerprint of every
file in data/processed/ and results/, a digest of every column of a table, small tables of results/
as CSV, the facts, and the versions of Python and the packages. The answer, if analyse states one as
a fact, goes into its place in README.md. Commit both, and whoever has the project can say with
python run.py reproduce whether they get the same."""


def main(arguments: list) -> int:
    argparse.ArgumentParser(prog="python run.py record", description=HELP).parse_args(arguments)
    os.environ[answer.RECORDING] = "1"
    if status := call([Path(sys.executable), "-m", "snakemake"], Path()):
        print("\nNothing is recorded: the pipeline must run to its end first.", file=sys.stderr)
        return status
    names = results()
    if not names:
        stop(f"There is nothing to record in {' or '.join(path.as_posix() for path in MADE)}.")
    before = last_record()
    now = {
        "about": ABOUT,
        "environment": environment(Path("requirements.lock").read_text("utf-8")),
        "results": {name: signed(Path(name)) for name in names},
    }
    copies = {copy_name(name): copy_of(Path(name)) for name in names if copy_name(name)}
    news = list(changes(before, now))
    write(now, {path: text for path, text in copies.items() if text})
    is_answered_anew = answer.write_answer()
    if is_answered_anew:
        news.append(f"changed    {answer.README} (the answer)")
    print("", *news, *leftovers(names), sep="\n")
    print(f"{RECORD.parent}/ is the record of {len(names)} results{'' if news else ', as before'}.")
    if news:
        both = f"{RECORD.parent} {answer.README}" if is_answered_anew else RECORD.parent
        print(f"Look at it, then commit it: git add {both}, git commit")
    return 0


def last_record() -> dict:
    """Return the record of last time; an empty one if there is none that can be read."""
    try:
        return read_record(RECORD.read_text("utf-8"))
    except (OSError, ValueError):
        return {"results": {}}


def changes(before: dict, now: dict) -> Iterator[str]:
    """Yield a line for each result that was not recorded, is not made, or is another one."""
    for name in sorted(before["results"].keys() | now["results"].keys()):
        if name not in now["results"]:
            yield f"gone       {name}"
        elif name not in before["results"]:
            yield f"new        {name}"
        else:
            verdict, what = compare(before["results"][name], name)
            if verdict != "identical":
                yield f"changed    {name} ({what})"
    others = other_environment(before.get("environment", {}), now["environment"])
    if others and "environment" in before:
        yield f"changed    the environment: {few(others)}"


def write(record: dict, copies: dict[Path, str]) -> None:
    """Write the record, every file whole; the copies of what is no longer a result leave."""
    for path, text in copies.items():
        put(path, text)
    for path in [*RECORD.parent.rglob("*.csv"), *RECORD.parent.rglob(values.FACTS)]:
        if path not in copies:
            path.unlink()
    put(RECORD, as_json(record))


def put(path: Path, text: str) -> None:
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="")


def leftovers(names: list[str]) -> list[str]:
    """Return a line for each result that no rule makes: one of an earlier Snakefile."""
    command = [sys.executable, "-m", "snakemake", "--summary"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    made = {line.partition("\t")[0] for line in done.stdout.splitlines()}
    if done.returncode != 0:
        return []
    return [
        f"No rule makes {name}. If it is left from earlier, delete it and record again."
        for name in names
        if made.isdisjoint([name, *(parent.as_posix() for parent in Path(name).parents)])
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
