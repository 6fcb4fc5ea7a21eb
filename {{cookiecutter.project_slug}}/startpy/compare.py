# From the template: an update may replace this file.
"""Say of each result whether it is as expected, and where it differs first."""

import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from startpy import values
from startpy.expected import (
    RECORD,
    copy_name,
    copy_of,
    environment,
    fingerprint,
    read_record,
    results,
    signed,
    system,
)

ALIKE = "the same to 6 digits, other bytes"
OUTSIDE = "the same but for its head and foot"
# A figure says which bytes it was made from; others may hold the same values.
SAME_PICTURE = "the same picture and words, made from other bytes"


def main(made_from: str) -> int:
    """Compare the results in this folder with its record; return 0 if all are as expected.

    Parameters
    ----------
    made_from : str
        What the results were made from, for the last line.
    """
    record = read_record(RECORD.read_text("utf-8"))
    lock = Path("requirements.lock").read_text("utf-8")
    found = list(verdicts(record["results"]))
    print()
    for verdict, name, what in found:
        print(f"{verdict:<10} {name}{f' ({what})' if what else ''}")
    if others := other_environment(record.get("environment", {}), environment(lock)):
        print(f"\nNot as when it was recorded: {few(others)}.")
    bad = [verdict for verdict, _, _ in found if verdict not in ("identical", "equal")]
    if not bad:
        print(f"\nReproduced: {made_from}, Python {platform.python_version()}, {system()}.")
        return 0
    count = f"{len(bad)} of {len(found)} results"
    print(
        f"\nNot reproduced: {count} of {made_from} are not as recorded.\n"
        "If they are meant to be so: python run.py record, look at git diff expected, commit it.\n"
        "If not: git log -p -- stages helpers config.yaml requirements.lock data shows what "
        "has changed since."
    )
    return 1


def verdicts(record: dict) -> Iterator[tuple[str, str, str]]:
    """Yield verdict, path and what is to be said about each result, expected or made."""
    made = set(results())
    for name in sorted(made | record.keys()):
        if name not in record:
            yield "NEW", name, "nobody has signed it: python run.py record"
        elif name not in made:
            yield "MISSING", name, "the pipeline does not make it"
        else:
            verdict, what = compare(record[name], name)
            yield verdict, name, what


def compare(before: dict, name: str) -> tuple[str, str]:
    """Return the verdict on a result that is expected and there, and where it differs first.

    Parameters
    ----------
    before : dict
        What the record says of it.
    name : str
        Its path.
    """
    path = Path(name)
    if fingerprint(path)["sha256"] == before.get("sha256"):
        return "identical", ""
    now = signed(path)
    if "main" in before and "main" in now:
        same, is_page = before["main"] == now["main"], path.suffix == ".html"
        if same:
            return "equal", OUTSIDE if is_page else SAME_PICTURE
        return "DIFFERS", "between its head and foot" if is_page else "in what it shows"
    if "columns" not in before or "columns" not in now:
        return "DIFFERS", "in its bytes"
    if fault := other_shape(before, now):
        return "DIFFERS", fault
    changed = [each for each in now["columns"] if now["columns"][each] != before["columns"][each]]
    return compare_cells(before["columns"], name, changed) if changed else ("equal", ALIKE)


def compare_cells(digests: dict[str, str], name: str, changed: list[str]) -> tuple[str, str]:
    """Return the verdict on a table of which some columns have another digest."""
    copy, text = copy_name(name), copy_of(Path(name))
    if copy is None or text is None or not copy.is_file():
        return "DIFFERS", f"in {quoted(changed)}"
    was = values.read_again(copy.read_bytes().decode("utf-8", "replace"), name)
    became = values.read_again(text, name)
    if [(each, len(cells)) for each, cells in was] == [
        (each, len(cells)) for each, cells in became
    ]:
        if cell := values.first_difference(was, became):
            return "DIFFERS", cell
        # Two numbers that are close may still be rounded to different sixth digits.
        signed_ones = {
            each: values.digest(list(map(values.read_number, cells))) for each, cells in was
        }
        if all(signed_ones[each] == digests[each] for each in changed):
            return "equal", ALIKE
    return "DIFFERS", f"in {quoted(changed)}; {copy.as_posix()} is not of this record"


def other_shape(before: dict, now: dict) -> str | None:
    """Return in what the columns or the number of rows differ, if they do."""
    was, became = list(before["columns"]), list(now["columns"])
    gone = [name for name in was if name not in became]
    new = [name for name in became if name not in was]
    if gone or new:
        faults = [f"without {quoted(gone)}"] * bool(gone) + [f"new: {quoted(new)}"] * bool(new)
        return ", ".join(faults)
    if was != became:
        return "its columns stand in another order"
    if before["rows"] != now["rows"]:
        return f"{before['rows']:,} rows before, {now['rows']:,} now"
    return None


def quoted(names: list[str]) -> str:
    return few([f"`{name}`" for name in names])


def few(words: list[str]) -> str:
    """Return words for a sentence, the first of them if they are many."""
    return ", ".join(words[:5]) + (f" and {len(words) - 5} more" if len(words) > 5 else "")


def other_packages(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Return the packages that are not the same: name, version before, version now."""
    names = sorted(before.keys() | now.keys())
    return [
        f"{name} {before.get(name, 'none')} -> {now.get(name, 'none')}"
        for name in names
        if before.get(name) != now.get(name)
    ]


def other_environment(before: dict, now: dict) -> list[str]:
    """Return in what two environments of records differ."""
    kinds = {"python": "Python ", "platform": ""}
    others = [
        f"{word}{before.get(kind)} -> {now.get(kind)}"
        for kind, word in kinds.items()
        if before.get(kind) != now.get(kind)
    ]
    return others + other_packages(before.get("packages", {}), now.get("packages", {}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
