# From the template: an update may replace this file.
"""The answer: what analyse states as the fact `answer` stands in the README, word for word."""

import os
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from helpers.facts import read_facts
from helpers.write import whole

FACTS = Path("results/facts.json")
README = Path("README.md")
ANSWER = "answer"
RECORDING = "STARTPY_RECORDING"
BEGIN = "<!-- The answer, as the last record has it: python run.py record -->"
END = "<!-- End of the answer. -->"
BETWEEN = re.compile(f"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.S)
MARKED = re.compile(r"([\\`*_{}\[\]<>#|~&!$])")


def faults() -> Iterator[str]:
    """Yield what is wrong with the answer in the README, if anything is."""
    if RECORDING in os.environ:
        return  # The answer is about to be written there.
    text = README.read_text(encoding="utf-8") if README.exists() else ""
    answer = stated_answer()
    if answer is None:
        if BEGIN in text:
            line = text[: text.index(BEGIN)].count("\n") + 1
            yield (
                f"{README}, line {line}: {FACTS.as_posix()} must have a fact `{ANSWER}` for this "
                f"place. State it in stages/analyse.py, or take the place out of {README}."
            )
        return
    there = BETWEEN.search(text)
    if there is None:
        yield (
            f"{README} must have a place for the answer, below the question: the lines\n"
            f"    {BEGIN}\n    {END}\nThen: python run.py record"
        )
    elif there[0] != in_markdown(answer):
        line = text[: there.start()].count("\n") + 1
        yield (
            f"{README}, line {line}: the answer must be that of the report, but it is another one. "
            "If that of the report is right: python run.py record writes it there."
        )


def stated_answer() -> str | None:
    """Return the answer as analyse states it, if it does."""
    facts = read_facts(FACTS) if FACTS.exists() else ()
    return facts[ANSWER].shown if ANSWER in facts else None


def write_answer() -> bool:
    """Write the answer into the README, into its place; return whether it was another one."""
    answer = stated_answer()
    text = README.read_text(encoding="utf-8") if README.exists() else ""
    if answer is None or not BETWEEN.search(text):
        return False
    anew = BETWEEN.sub(lambda _: in_markdown(answer), text)
    if anew != text:
        with whole(README) as part:
            part.write_text(anew, encoding="utf-8", newline="\n")
    return anew != text


def in_markdown(answer: str) -> str:
    """Return a text as a paragraph of Markdown that shows it as it is.

    Examples
    --------
    >>> print(in_markdown("1 < 2, and `x` *is* big."), end="")
    <BLANKLINE>
    1 \\< 2, and \\`x\\` \\*is\\* big.
    <BLANKLINE>
    """
    marked = MARKED.sub(r"\\\1", answer)
    lines = textwrap.wrap(marked, 100, break_long_words=False, break_on_hyphens=False)
    # At the beginning of a line these would begin a list.
    safe = [re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", line) for line in lines]
    return "\n" + "\n".join(safe) + "\n\n"
