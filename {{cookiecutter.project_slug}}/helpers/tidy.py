# From the template: an update may replace this file.
"""Tidy text, names, numbers and dates: a column in, the same column out, as it should have been.

Each function takes one value, a list, an Index or a Series and returns the same kind, with index
and name kept; missing stays missing. To reshape tables, use what pandas (`melt`, `pivot`, `ffill`)
and pyjanitor (`row_to_names`, `complete`, `coalesce`, `remove_empty`) have.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Literal, TypeVar

import pandas as pd
from pandas.api.types import infer_dtype, is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from startpy.letters import PLAIN, Letters, plain_letter
from startpy.parse import date_of, number_of
from startpy.text import Text, change_letters, change_one, change_values, is_missing, label
from startpy.warn import warn

Named = TypeVar("Named", pd.DataFrame, str, list, pd.Index, pd.Series)
Values = TypeVar("Values", list, pd.Series, pd.Index)
Case = Literal["upper", "lower", "sentence", "title", "keep"]
Errors = Literal["raise", "coerce"]

CASES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "sentence": lambda text: re.sub(r"\S", lambda first: first[0].title(), text.lower(), count=1),
    "title": lambda text: re.sub(r"\S+", lambda word: word[0].capitalize(), text),
    "keep": str,
}


def unaccent(text: Text) -> Text:
    """Return text with Latin letters without accents: the letters a keyboard has.

    Ligatures expand, typographic quotes, dashes and spaces become plain ones,
    digits of any script become 0 to 9, marks that nobody sees go. Other scripts
    and symbols stay as they are.

    Parameters
    ----------
    text : str, list of str, pandas.Index or pandas.Series of str, length n

    Returns
    -------
    same kind, length n

    Raises
    ------
    TypeError
        If the values are not text.

    Examples
    --------
    >>> unaccent("Montréal")
    'Montreal'
    >>> unaccent(["Škofja Loka", "Łódź", "“Smørrebrød” – Ærø", "Москва"])
    ['Skofja Loka', 'Lodz', '"Smorrebrod" - AEro', 'Москва']
    """
    return change_letters(text, PLAIN)


def simplify_string(
    text: Text,
    alpha: bool = True,
    digits: bool = False,
    unaccent: bool = True,
    case: Case = "upper",
    trim: bool = True,
    stopwords: str | Collection[str] = (),
    punctuation: Literal["delete", "space"] = "delete",
) -> Text:
    """Return text that can be compared: the same name written in two ways becomes one.

    Parameters
    ----------
    text : str, list of str, pandas.Index or pandas.Series of str, length n
    alpha, digits : bool
        Whether letters, whether digits stay. What is neither goes, unless both
        are False: then everything stays.
    unaccent : bool
        Whether accents go.
    case : {"upper", "lower", "sentence", "title", "keep"}
        How letters are written.
    trim : bool
        Whether blanks around a text go, and several in a row become one.
    stopwords : str or collection of str
        Words to leave out, whatever their case and accents.
    punctuation : {"delete", "space"}
        What becomes of punctuation between letters: `Jean-Luc` is `JEANLUC` or
        `JEAN LUC`. An apostrophe parts nothing: `O'Brien` is always `OBRIEN`.

    Returns
    -------
    same kind, length n

    Raises
    ------
    TypeError
        If the values are not text.
    ValueError
        If `case` or `punctuation` is none of these.

    Examples
    --------
    >>> simplify_string(["Trattoria D’Angelo", "TRATTORIA  D'ANGELO (2)", "trattoria d'Ángelo."])
    ['TRATTORIA DANGELO', 'TRATTORIA DANGELO', 'TRATTORIA DANGELO']
    >>> simplify_string("Pizzeria 24 – Roma Ltd.", digits=True, stopwords=["ltd"])
    'PIZZERIA 24 ROMA'
    >>> simplify_string("SMITH,JOHN"), simplify_string("SMITH,JOHN", punctuation="space")
    ('SMITHJOHN', 'SMITH JOHN')

    A column of a table:

    >>> deliveries = pd.DataFrame({"customer_name": ["Zoë  O’Hara", None, "ZOE O'HARA (2)"]})
    >>> deliveries.assign(customer=simplify_string(deliveries["customer_name"]))
        customer_name   customer
    0     Zoë  O’Hara  ZOE OHARA
    1             NaN        NaN
    2  ZOE O'HARA (2)  ZOE OHARA
    """
    _one_of("case", case, CASES)
    _one_of("punctuation", punctuation, ("delete", "space"))
    upper = case == "upper"
    letters = _simple_letters(alpha, digits, unaccent, upper, trim, punctuation == "space")
    simple = change_letters(text, letters, squish=trim)
    words = [stopwords] if isinstance(stopwords, str) else stopwords or ()
    words = [change_one(word, letters, True) for word in words if not is_missing(word)]
    if upper and not words:
        return simple
    # Where punctuation stays, it ends a word; where it went, only a blank does.
    end = r"\S" if alpha or digits else r"\w"
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    stop = re.compile(rf"(?<!{end})(?:{either})(?!{end})" if words else r"(?!)", re.IGNORECASE)

    def finish(value: str) -> str:
        left = stop.sub("", value)
        return CASES[case](re.sub(" +", " ", left).strip(" ") if trim else left)

    return simple if case == "keep" and not words else change_values(simple, finish)


def clean_columns(names: Named) -> Named:
    """Return a table with snake_case column names, or such names for a list of names.

    Accents go, `%` and `#` become words, a leading digit gets an `x`, a name
    without letters becomes `column_` and its position. Names are always unique:
    the second `date` is `date_2`. Cleaning twice changes nothing. The table
    remembers the old names in `table.attrs["old_names"]`, and so does Parquet.

    Parameters
    ----------
    names : pandas.DataFrame, str, list, pandas.Index or pandas.Series of str
        A table with c columns, or c names.

    Returns
    -------
    same kind
        A renamed copy of the table, or c names.

    Examples
    --------
    >>> clean_columns(["Delivered on", "Size (inches)", "", "Driver's name?"])
    ['delivered_on', 'size_inches', 'column_3', 'drivers_name']
    >>> clean_columns(["Body Mass (g)", "studyName", "% of Total", "2020", "body mass g"])
    ['body_mass_g', 'study_name', 'percent_of_total', 'x2020', 'body_mass_g_2']
    >>> table = pd.DataFrame({"Größe (cm)": [180]}).pipe(clean_columns)
    >>> list(table), table.attrs["old_names"]
    (['grosse_cm'], {'grosse_cm': 'Größe (cm)'})
    """
    if isinstance(names, str):
        return clean_columns([names])[0]
    if isinstance(names, pd.Series):
        return pd.Series(clean_columns(list(names)), index=names.index, name=names.name)
    if isinstance(names, pd.DataFrame):
        cleaned = pd.Index(clean_columns(list(names.columns)), name=names.columns.name)
        table = names.set_axis(cleaned, axis="columns")
        known = names.attrs.get("old_names", {})
        renamed = zip(table.columns, map(str, names.columns), strict=True)
        table.attrs["old_names"] = {new: known.get(old, old) for new, old in renamed}
        return table
    if isinstance(names, pd.Index):
        return pd.Index(clean_columns(list(names)), name=names.name)
    wanted = [_snake_case(name) or f"column_{i}" for i, name in enumerate(names, start=1)]
    taken, unique, counts = set(wanted), {}, {}
    for name in wanted:
        free = name
        while free in unique or (free != name and free in taken):
            counts[name] = counts.get(name, 1) + 1
            free = f"{name}_{counts[name]}"
        unique[free] = None
    return list(unique)


def to_boolean(
    answers: Text,
    truthy: Iterable[str] = ("t", "true", "y", "yes"),
    falsy: Iterable[str] = ("f", "false", "n", "no"),
    errors: Errors = "coerce",
) -> Text:
    """Return yes-or-no answers as booleans. `convert_str_to_logical` is another name for it.

    Parameters
    ----------
    answers : str, list of str, pandas.Index or pandas.Series of str, length n
        Answers in any case; accents do not count, nor do spaces and punctuation
        around them. Booleans are fine, too.
    truthy, falsy : iterable of str
        The words that mean yes and no.
    errors : {"coerce", "raise"}
        What to do with other words: missing and a warning, or an error.

    Returns
    -------
    same kind, length n
        A Series or an Index has the dtype boolean.

    Raises
    ------
    TypeError
        If the answers are not text.
    ValueError
        If a word means both, or `errors="raise"` and an answer is none of the words.

    Examples
    --------
    >>> to_boolean(["oui", "Non !"], truthy=["oui"], falsy=["non"])
    [True, False]
    >>> deliveries = pd.DataFrame({"was_delivered": ["YES", "y", "No.", None]})
    >>> deliveries.assign(delivered=to_boolean(deliveries["was_delivered"]))
      was_delivered  delivered
    0           YES       True
    1             y       True
    2           No.      False
    3           NaN       <NA>
    """
    _one_of("errors", errors, ("coerce", "raise"))
    meanings = {_bare(str(word)): True for word in truthy if not is_missing(word)}
    for word in falsy:
        if not is_missing(word) and meanings.setdefault(_bare(str(word)), False):
            raise ValueError(f"{word!r} must mean yes or no, but it is in both lists.")
    several = isinstance(answers, list | pd.Series | pd.Index)
    if several and infer_dtype(answers, skipna=True) == "boolean":
        return list(answers) if isinstance(answers, list) else answers.astype("boolean")
    unknown: list[str] = []

    def meaning(answer: str) -> bool | None:
        said = meanings.get(_bare(answer))
        if said is None and answer.strip():
            unknown.append(answer)
        return said

    found = change_values(answers, meaning, "boolean")
    must = f"one of {', '.join(map(repr, meanings))}"
    _tell(answers, unknown, must, "Name the words in `truthy` and `falsy`.", errors)
    return found


convert_str_to_logical = to_boolean


def parse_number(text: Text, decimal: Literal[".", ","] = ".", errors: Errors = "raise") -> Text:
    """Return numbers that people have written: with currencies, groups, brackets, percent signs.

    A number is read only if it can mean one thing: thousands stand in groups of
    three, parted by one kind of sign. `12%` is 0.12, `(12)` is -12. A blank is
    missing.

    Parameters
    ----------
    text : str, list of str, pandas.Index or pandas.Series of str, length n
    decimal : {".", ","}
        What stands before the decimals.
    errors : {"raise", "coerce"}
        What to do with other text: an error, or missing and a warning.

    Returns
    -------
    same kind, length n
        Floats; a Series or an Index has the dtype Float64.

    Raises
    ------
    TypeError
        If the values are not text.
    ValueError
        If `errors="raise"` and a text is no number, or might be two.

    Examples
    --------
    >>> parse_number(["$1,234.50", "(12)", "33.3%", "−5", "1e5", ""])
    [1234.5, -12.0, 0.333, -5.0, 100000.0, None]
    >>> parse_number("1 234,50 €", decimal=",")
    1234.5
    >>> parse_number(pd.Series(["1,23", "7"], name="price"))
    Traceback (most recent call last):
    ValueError: `price` must be numbers like 1,234.5, but '1,23' (at 0) is not. \
Is decimal="," meant?
    """
    _one_of("decimal", decimal, (".", ","))
    _one_of("errors", errors, ("coerce", "raise"))
    other = "." if decimal == "," else ","
    unknown: list[str] = []

    def number(value: str) -> float | None:
        try:
            return number_of(value, decimal)
        except ValueError:
            unknown.append(value)
            return None

    numbers = change_values(text, number, "Float64")
    hint = f'Is decimal="{other}" meant?' if any(_reads(x, other) for x in unknown) else ""
    _tell(text, unknown, f"numbers like 1{other}234{decimal}5", hint, errors)
    return numbers


def parse_date(
    text: Text | pd.Series, formats: str | Collection[str] = "%Y-%m-%d", errors: Errors = "raise"
) -> Text | pd.Series:
    """Return dates that are written in one of the formats you name, and in no other.

    Nothing is guessed: a text that two of the formats read as two different
    days is an error. A blank is missing.

    Parameters
    ----------
    text : str, list of str, pandas.Index or pandas.Series of str, length n
        Numbers are fine where `formats` has "excel"; dates are fine as they are.
    formats : str or collection of str
        As in `datetime.strptime`, or "excel" for a count of days like 43831.
    errors : {"raise", "coerce"}
        What to do with other text: an error, or missing and a warning.

    Returns
    -------
    same kind, length n
        Timestamps; a Series or an Index has the dtype datetime64[us], in UTC if
        the formats have time zones.

    Raises
    ------
    TypeError
        If the values are not text.
    ValueError
        If `errors="raise"` and a text is in none of the formats, or is two dates.

    Examples
    --------
    >>> parse_date(["2020-01-31", "", None])
    [Timestamp('2020-01-31 00:00:00'), None, None]
    >>> dates = pd.Series(["31/01/2020", "43831"], name="born_on")
    >>> parse_date(dates, ["%d/%m/%Y", "excel"]).dt.strftime("%d %B %Y").tolist()
    ['31 January 2020', '01 January 2020']
    >>> parse_date(dates, "%d/%m/%Y")
    Traceback (most recent call last):
    ValueError: `born_on` must be dates like %d/%m/%Y, but '43831' (at 1) is not.
    >>> parse_date("03/04/2020", ["%d/%m/%Y", "%m/%d/%Y"])
    Traceback (most recent call last):
    ValueError: The value must be dates like %d/%m/%Y or %m/%d/%Y, \
but '03/04/2020' may be 2020-03-04 or 2020-04-03.
    """
    _one_of("errors", errors, ("coerce", "raise"))
    formats = [formats] if isinstance(formats, str) else list(formats)
    zoned = ["%z" in form for form in formats]
    if any(zoned) and not all(zoned):
        raise ValueError("Formats must all have a time zone (%z), or none of them.")
    dtype = "datetime64[us, UTC]" if any(zoned) else "datetime64[us]"
    if isinstance(text, pd.Series | pd.Index):
        if is_datetime64_any_dtype(text.dtype):
            return text
        if "excel" in formats and is_numeric_dtype(text.dtype):
            text = text.map(lambda days: f"{float(days)!r}", na_action="ignore").astype("str")
    unknown: list[str] = []
    reasons: list[str] = []

    def date(value: str) -> pd.Timestamp | None:
        try:
            day = date_of(value, formats)
        except ValueError as error:
            unknown.append(value)
            reasons.append(str(error))
            return None
        return None if day is None else pd.Timestamp(day).as_unit("us")

    dates = change_values(text, date, dtype)
    _tell(text, unknown, f"dates like {' or '.join(formats)}", "", errors, reasons)
    return dates


def calc_index(values: Values, base: float = 0) -> Values:
    """Return numbers relative to the first of them.

    With `base=0` each is the share of change since the first (0.5 is half as
    much again); with another base the first is that number. A missing first
    number makes all of them missing, and so does a first 0, with a warning.

    Parameters
    ----------
    values : list, pandas.Index or pandas.Series of numbers, length n
        In order. For each group: `.groupby("town")["people"].transform(calc_index)`.
    base : float
        What the first becomes.

    Returns
    -------
    same kind, length n
        Floats.

    Raises
    ------
    TypeError
        If the values are not numbers.

    Examples
    --------
    >>> calc_index([20, 25, 10])
    [0.0, 0.25, -0.5]
    >>> calc_index([20, 25, 10], base=100)
    [100.0, 125.0, 50.0]

    For each group:

    >>> sales = pd.DataFrame({"size": ["S", "S", "L", "L"], "sold": [10, 15, 40, 20]})
    >>> sales.assign(growth=sales.groupby("size")["sold"].transform(calc_index))
      size  sold  growth
    0    S    10     0.0
    1    S    15     0.5
    2    L    40     0.0
    3    L    20    -0.5
    """
    if base is not None and not isinstance(base, int | float):
        raise TypeError(f"`base` must be a number, but is {base!r}.")
    numbers = values if isinstance(values, pd.Series) else pd.Series(values)
    numeric = is_numeric_dtype(numbers.dtype) or numbers.isna().all()
    if numbers.isna().all():
        numbers = numbers.astype(object).astype("float64")
    if not numeric or is_bool_dtype(numbers.dtype):
        raise TypeError(
            f"{label(numbers)} must be numbers, but is {numbers.dtype}: use parse_number first."
        )
    nullable = isinstance(numbers.dtype, pd.api.extensions.ExtensionDtype)
    numbers = numbers.astype("Float64" if nullable else "float64")
    first = numbers.iloc[0] if len(numbers) else None
    if first == 0 and (numbers != 0).any():
        warn(f"{label(numbers)} starts with 0, and nothing is a share of 0: all became missing.")
    if first == 0 or is_missing(first):
        indexed = numbers.where(pd.Series(False, index=numbers.index))
    else:
        indexed = numbers / first * base if base else (numbers - first) / first
    if isinstance(values, pd.Series):
        return indexed
    return pd.Index(indexed, name=values.name) if isinstance(values, pd.Index) else list(indexed)


def calc_mode(
    values: Values,
    ties: Literal["all", "first", "smallest", "largest", "missing"] = "all",
    dropna: bool = False,
) -> Values | object:
    """Return the most frequent values, or one of them by a rule you state.

    Parameters
    ----------
    values : list, pandas.Index or pandas.Series, length n
        Of any kind. A missing value counts as a value, as long as `dropna` is False.
    ties : {"all", "first", "smallest", "largest", "missing"}
        With "all", all the most frequent values come, those first that came
        first. The other rules give one value, for `.agg()`: the first to come,
        the smallest, the largest, or a missing value where there are several.
    dropna : bool
        Whether missing values are left out.

    Returns
    -------
    same kind, length m <= n, or one value
        No values have no mode: none come back, or a missing one.

    Raises
    ------
    ValueError
        If `ties` is none of these.

    Examples
    --------
    >>> calc_mode(["thin", "thick", "thin", "filled"])
    ['thin']
    >>> calc_mode([2, 1, 1, 2, 3]), calc_mode([2, 1, 1, 2, 3], ties="smallest")
    ([2, 1], 1)

    For each group, a value in a cell or a row for each value:

    >>> deliveries = pd.DataFrame({"shop": ["Roma", "Roma", "Lupa", "Lupa"], "size": [9, 9, 12, 9]})
    >>> deliveries.groupby("shop")["size"].agg(calc_mode, ties="smallest").to_dict()
    {'Lupa': 9, 'Roma': 9}
    >>> deliveries.groupby("shop")["size"].apply(calc_mode).droplevel(1)
    shop
    Lupa    12
    Lupa     9
    Roma     9
    Name: size, dtype: int64
    """
    _one_of("ties", ties, ("all", "first", "smallest", "largest", "missing"))
    series = pd.Series(values, dtype=None if len(values) else object)
    counts = series.value_counts(dropna=dropna, sort=False)
    modes = counts.index[counts == counts.max()]
    if ties == "all":
        if isinstance(values, pd.Series):
            return pd.Series(modes, name=values.name, dtype=values.dtype)
        return pd.Index(modes, name=values.name) if isinstance(values, pd.Index) else list(modes)
    if not len(modes) or (ties == "missing" and len(modes) > 1):
        return pd.NA
    if ties == "smallest" or ties == "largest":
        there = modes.dropna()
        return (min if ties == "smallest" else max)(there) if len(there) else pd.NA
    return modes[0]


@cache
def _simple_letters(
    alpha: bool, digits: bool, unaccent: bool, upper: bool, trim: bool, space: bool
) -> Letters:
    """Return what `simplify_string` makes of each letter."""
    spell = plain_letter if unaccent else str

    def change(letter: str) -> str:
        if trim and letter.isspace():
            return " "
        parts = spell(letter)
        parts = parts if len(parts) == 1 else parts.replace("/", " ")  # ½ is 1 2, not 12
        spelled = "".join(part if kept(part) else parting(part) for part in parts)
        return spelled.upper() if upper else spelled

    def kept(letter: str) -> bool:
        kind = unicodedata.category(letter)
        if letter.isspace() or not (alpha or digits):
            return True
        # Vowel signs are marks in many scripts; the marks that tell emoji apart are no letters.
        is_mark = kind in ("Mn", "Mc") and "VARIATION" not in unicodedata.name(letter, "")
        return (alpha and (kind[0] == "L" or is_mark)) or (digits and kind[0] == "N")

    def parting(letter: str) -> str:
        return " " if space and letter != "'" and unicodedata.category(letter)[0] in "PS" else ""

    return Letters(change)


def _snake_case(name: object) -> str:
    if is_missing(name):
        return ""
    words = unaccent(_part_camel_case(unicodedata.normalize("NFC", str(name))))
    words = words.replace("'", "").replace("%", " percent ").replace("#", " number ")
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in words)
    snake = "_".join(unicodedata.normalize("NFC", kept.lower()).split())
    return f"x{snake}" if snake[:1].isdigit() else snake


def _part_camel_case(text: str) -> str:
    """Return `userID HTTPCode` as `user ID HTTP Code`."""
    return "".join(
        f" {letter}"
        if letter.isupper() and (before.islower() or (before.isupper() and after.islower()))
        else letter
        for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False)
    )


def _bare(answer: str) -> str:
    """Return an answer without case, accents and what stands around it."""
    text = change_one(answer, PLAIN, squish=False).casefold().strip()
    # A sign before a digit is part of it: -1 is another answer than 1.
    words = re.search(r"(?:[-+](?=\d))?\w(?:.*\w)?", text, re.DOTALL)
    return words[0] if words else text


def _reads(text: str, decimal: str) -> bool:
    """Say whether a text is a number with the other decimal sign."""
    try:
        return number_of(text, decimal) is not None
    except ValueError:
        return False


def _one_of(name: str, value: object, allowed: Iterable[str]) -> None:
    if value not in allowed:
        raise ValueError(f"`{name}` must be one of {', '.join(map(repr, allowed))}, not {value!r}.")


def _tell(
    values: Text,
    unknown: list[str],
    must: str,
    hint: str,
    errors: Errors,
    reasons: list[str] | None = None,
) -> None:
    """Say which values are not what they must be, and where the first of them stand."""
    if not unknown:
        return
    said = reasons or [
        repr(value) if len(value) < 60 else f"{value[:50]!r} and so on" for value in unknown
    ]
    if not isinstance(values, str):
        where = values.index if isinstance(values, pd.Series) else range(len(values))
        first = dict.fromkeys(unknown)
        for place, value in zip(where, values, strict=True):
            if not is_missing(value) and value in first and first[value] is None:
                first[value] = place
        said = [f"{text} (at {first[value]})" for text, value in zip(said, unknown, strict=True)]
    shown = ", ".join(said[:5]) + (f" and {len(said) - 5} more" if len(said) > 5 else "")
    name = "The value" if isinstance(values, str | list) else label(values)
    if errors == "coerce":
        warn(f"{name}: {shown} became missing.")
        return
    end = "" if "may be" in shown else f" {'is' if len(unknown) == 1 else 'are'} not"
    raise ValueError(f"{name} must be {must}, but {shown}{end}. {hint}".rstrip())
