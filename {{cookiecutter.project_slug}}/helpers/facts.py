# From the template: an update may replace this file.
"""State what was found as facts, so that no number in the prose goes stale.

A stage computes a fact and says how it is printed; the report prints it by name.
"""

import datetime
import json
import keyword
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from helpers.write import whole

WORDS = (
    "no", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
# These stand at the number.
CLOSE = ("%", "‰", "°", "′", "″")


class UnknownFact(AttributeError):
    """No fact has this name; the message says which one may be meant."""


@dataclass(frozen=True)
class Fact:
    """A number, a share, a day or a sentence, and how it is printed.

    Parameters
    ----------
    value : int, float, date or str
        Also as NumPy and pandas have them. It is kept in full.
    form : str
        How it is printed. Of a number, as in an f-string: `".1f"`, `",.0f"`, `".0%"`
        for a share; or `"words"`, which prints 2 as two. Whole numbers need none and
        have thousands separators. Of a day, as in `strftime`: `"%-d %B"` prints
        9 November, on every system; without one the year follows. A text has none.
    unit : str
        What a number counts or measures, printed behind it.

    Raises
    ------
    ValueError
        If the value is missing or infinite, or the form does not fit it.
    TypeError
        If the value is of another type.

    Examples
    --------
    >>> print(Fact(5.4848, ".1f", "kg"), Fact(0.724, ".0%"), Fact(12345), Fact(2, "words"))
    5.5 kg 72% 12,345 two
    >>> print(Fact(pd.Timestamp("2008-11-09"), "%-d %B"))
    9 November
    """

    value: int | float | str | pd.Timestamp
    form: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        value = _plain(self.value)
        form = self.form or _usual_form(value)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "form", form)
        if self.unit and not isinstance(value, int | float):
            raise ValueError(f"Only a number has a unit, but {value!r} came with {self.unit!r}.")
        if isinstance(value, pd.Timestamp) and "%" not in form:
            raise ValueError(f'A day must be printed like "%-d %B", but came {form!r}.')
        try:
            _ = self.shown
        except ValueError as error:
            raise ValueError(f"{value!r} cannot be printed as {form!r}: {error}.") from None

    @property
    def shown(self) -> str:
        """The fact as a reader sees it."""
        if isinstance(self.value, str):
            if self.form:
                raise ValueError("a text is printed as it is")
            return self.value
        if isinstance(self.value, pd.Timestamp):
            # Windows does not know %-d.
            return self.value.strftime(self.form.replace("%-d", str(self.value.day)))
        if self.form == "words":
            text = in_words(self.value)
        else:
            # z: what is rounded to 0 has no minus.
            is_usual = isinstance(self.value, float) and self.form[:1] in (".", ",")
            text = format(self.value, f"z{self.form}" if is_usual else self.form)
        between = "" if not self.unit or self.unit in CLOSE else " "
        return f"{text}{between}{self.unit}"

    def __str__(self) -> str:
        return self.shown


class Facts:
    """Facts by name: `facts.gentoo_male`, or `facts[name]` where the name is computed."""

    def __init__(self, facts: Mapping[str, Fact], source: str) -> None:
        self._facts = dict(facts)
        self._source = source

    def __getattr__(self, name: str) -> Fact:
        # Python and notebooks ask every object for names like these.
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._facts:
            raise UnknownFact(_no_such_fact(name, self._facts, self._source))
        return self._facts[name]

    def __getitem__(self, name: str) -> Fact:
        if name not in self._facts:
            raise UnknownFact(_no_such_fact(name, self._facts, self._source))
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._facts]


def write_facts(facts: Mapping[str, Fact], path: Path | str) -> None:
    """Write facts as a JSON file, sorted by name, one a line.

    Parameters
    ----------
    facts : dict of name and Fact
        A name is one that Python takes: `gentoo_male`, not `Gentoo male`.
    path : path
        Ends in `.json`. The folder is made if it is not there.

    Raises
    ------
    ValueError
        If the ending or a name is another one.
    TypeError
        If something is not a `Fact`.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "facts.json"
    >>> write_facts({"gentoo_male": Fact(5.4848, ".1f", "kg"), "birds": Fact(342)}, path)
    >>> print(path.read_text(encoding="utf-8"), end="")
    {
      "birds": {"value": 342, "form": ",", "shown": "342"},
      "gentoo_male": {"value": 5.4848, "form": ".1f", "unit": "kg", "shown": "5.5 kg"}
    }
    """
    path = Path(path)
    if path.suffix != ".json":
        raise ValueError(f"Facts must be written to a .json file, but came {path.as_posix()}.")
    for name, fact in facts.items():
        if not isinstance(name, str) or not _is_name(name):
            raise ValueError(
                f"The name of a fact must be letters, digits and _, such as gentoo_male, "
                f"but came {name!r}."
            )
        if not isinstance(fact, Fact):
            raise TypeError(
                f"`{name}` must be a Fact, but is {type(fact).__name__}: "
                f"write Fact(...) around it, and how it is printed."
            )
    lines = [f"  {_json(name)}: {_json(_entry(facts[name]))}" for name in sorted(facts)]
    text = "{\n" + ",\n".join(lines) + "\n}\n" if lines else "{}\n"
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def read_facts(path: Path | str) -> Facts:
    """Return the facts in a file that `write_facts` has written.

    Parameters
    ----------
    path : path

    Returns
    -------
    Facts
        `facts.gentoo_male` is a fact. It prints as it was stated; its `value` is the
        number, day or text in full.

    Raises
    ------
    UnknownFact
        When a fact is asked for that is not among them.
    ValueError
        If the file does not hold facts.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "facts.json"
    >>> write_facts({"gentoo_male": Fact(5.4848, ".1f", "kg")}, path)
    >>> facts = read_facts(path)
    >>> print(f"A male weighs {facts.gentoo_male}."), facts.gentoo_male.value
    A male weighs 5.5 kg.
    (None, 5.4848)
    >>> facts.gento_male
    Traceback (most recent call last):
    helpers.facts.UnknownFact: ...has no fact `gento_male`. Did you mean `gentoo_male`?
    """
    path = Path(path)
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        facts = {name: _fact(entry) for name, entry in entries.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(
            f"{path.as_posix()} must hold facts as write_facts writes them: {error}"
        ) from None
    return Facts(facts, path.as_posix())


def in_words(number: int | float) -> str:
    """Return a whole number as prose has it: up to twelve in letters.

    Parameters
    ----------
    number : int
        Also 2.0 and NumPy's.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it is no whole number.

    Examples
    --------
    >>> [in_words(number) for number in (0, 2, 12, 13, 1200)]
    ['no', 'two', 'twelve', '13', '1,200']
    """
    if number != int(number):
        raise ValueError(f"only whole numbers are written in words, but came {number}")
    number = int(number)
    return WORDS[number] if 0 <= number < len(WORDS) else f"{number:,}"


def _no_such_fact(name: str, known: Mapping[str, Fact], source: str) -> str:
    """Return what to say of a fact that is not there."""
    near = get_close_matches(name, list(known), 1)
    hint = f"Did you mean `{near[0]}`?" if near else "State it in the stage that writes the file."
    return f"{source} has no fact `{name}`. {hint}"


def _plain(value: object) -> int | float | str | pd.Timestamp:
    """Return a value as Python has it, or say what must come instead."""
    if not pd.api.types.is_scalar(value):
        raise TypeError(f"A fact must be one value, but came {type(value).__name__}: {value!r}.")
    if pd.isna(value):
        raise ValueError(
            "A fact must have a value, but this one is missing. Was it taken from an empty group?"
        )
    if isinstance(value, str):
        if not value.strip() or any(not letter.isprintable() for letter in value):
            raise ValueError(f"A text must be one line with letters in it, but came {value!r}.")
        return value
    if isinstance(value, datetime.date) or type(value).__name__ == "datetime64":
        return pd.Timestamp(value)
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(
            f"A fact must be a number, a day or a text, but came {type(value).__name__} {value!r}. "
            "Say it in words, or in days, kilograms, ..."
        )
    if not math.isfinite(value):
        raise ValueError(f"A fact must be a finite number, but came {value}.")
    return value


def _usual_form(value: int | float | str | pd.Timestamp) -> str:
    if isinstance(value, float):
        raise ValueError(
            f'Say how {value} is printed: Fact({value}, ".1f") prints {value:.1f}, '
            f'and ".0%" prints {value:.0%}.'
        )
    if isinstance(value, pd.Timestamp):
        return "%-d %B %Y"
    return "," if isinstance(value, int) else ""


def _is_name(name: str) -> bool:
    return name.isidentifier() and name[0] != "_" and not keyword.iskeyword(name)


def _entry(fact: Fact) -> dict:
    value = fact.value
    if isinstance(value, pd.Timestamp):
        value = value.isoformat().removesuffix("T00:00:00")
    more = {"form": fact.form, "unit": fact.unit, "shown": fact.shown if fact.form else ""}
    return {"value": value, **{part: text for part, text in more.items() if text}}


def _fact(entry: dict) -> Fact:
    value, form = entry["value"], entry.get("form", "")
    # A text has no form: this is a day.
    is_day = isinstance(value, str) and form
    return Fact(pd.Timestamp(value) if is_day else value, form, entry.get("unit", ""))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
