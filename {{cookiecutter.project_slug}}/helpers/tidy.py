# From the template: an update may replace this file.
"""Tidy text and names: a column in, the same column out, as it should have been."""

import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from typing import TypeVar

import pandas as pd

Text = TypeVar("Text", str, list, pd.Series, pd.Index)
Named = TypeVar("Named", pd.DataFrame, list, pd.Index)

# Latin letters that Unicode does not take apart, and signs that people type in several ways.
LIGATURES = """ß=ss ẞ=SS æ=ae Æ=AE œ=oe Œ=OE ø=o Ø=O ł=l Ł=L đ=d Đ=D ð=d Ð=D þ=th Þ=TH ħ=h Ħ=H
    ı=i ŋ=n Ŋ=N ŧ=t Ŧ=T ĸ=q ŉ='n ſ=s «=<< »=>> ‹=< ›=> ⁄=/ ‚=, „=,,"""
SPELLINGS = str.maketrans(
    dict(pair.split("=", 1) for pair in LIGATURES.split())
    | {"¼": " 1/4", "½": " 1/2", "¾": " 3/4"}
    | dict.fromkeys("‘’‛′ʼʻ", "'")
    | dict.fromkeys("“”‟″", '"')
    | dict.fromkeys("‐‑‒–—―", "-")
    | dict.fromkeys("\u200b\ufeff\u00ad\u2060", "")
    | dict.fromkeys("\u2028\u2029", "\n")
)
KEPT_WHOLE = "©®™°´¨¯¸"


def unaccent(text: Text) -> Text:
    """Return text with Latin letters without accents: the letters a keyboard has.

    Ligatures expand, typographic quotes, dashes and spaces become plain ones,
    digits of any script become 0 to 9. Other scripts and symbols stay as they
    are.

    Parameters
    ----------
    text : str, list of str, pandas.Index or pandas.Series of str, length n

    Returns
    -------
    same kind, length n
        Index and name are kept; missing stays missing.

    Raises
    ------
    TypeError
        If the values are not text.

    Examples
    --------
    >>> unaccent("Ærø, Łódź and “Montréal” in Москва")
    'AEro, Lodz and "Montreal" in Москва'
    """
    return _each(text, _unaccent)


def clean_columns(names: Named) -> Named:
    """Return a table with snake_case column names, or such names for a list of names.

    Accents go, `%` and `#` become words, a leading digit gets an `x`, a name
    without letters becomes `column_` and its position. Names are always unique:
    the second `date` is `date_2`. Cleaning twice changes nothing.

    Parameters
    ----------
    names : pandas.DataFrame, pandas.Index or list of str
        A table with c columns, or c names.

    Returns
    -------
    same kind
        A renamed copy of the table, or c names.

    Examples
    --------
    >>> clean_columns(["Body Mass (g)", "studyName", "% of Total", "2020", "", "body mass g"])
    ['body_mass_g', 'study_name', 'percent_of_total', 'x2020', 'column_5', 'body_mass_g_2']
    """
    if isinstance(names, pd.DataFrame):
        return names.set_axis(clean_columns(list(names.columns)), axis="columns")
    if isinstance(names, pd.Index):
        return pd.Index(clean_columns(list(names)))
    wanted = [_snake_case(name) or f"column_{i}" for i, name in enumerate(names, start=1)]
    cleaned: list[str] = []
    for name in wanted:
        free, count = name, 1
        while free in cleaned or (count > 1 and free in wanted):
            count += 1
            free = f"{name}_{count}"
        cleaned.append(free)
    return cleaned


def to_boolean(
    answers: pd.Series,
    truthy: Iterable[str] = ("t", "true", "y", "yes"),
    falsy: Iterable[str] = ("f", "false", "n", "no"),
    errors: str = "coerce",
) -> pd.Series:
    """Return yes-or-no answers as booleans.

    Parameters
    ----------
    answers : pandas.Series of str or bool, length n
        Answers in any case; spaces and punctuation around them do not count.
    truthy, falsy : iterable of str
        The words that mean yes and no.
    errors : {"coerce", "raise"}
        What to do with other words: missing and a warning, or an error.

    Returns
    -------
    pandas.Series of boolean, length n
        Same index and name; missing answers stay missing.

    Raises
    ------
    TypeError
        If the answers are not text.
    ValueError
        If a word means both, or `errors="raise"` and an answer is none of the words.

    Examples
    --------
    >>> to_boolean(pd.Series(["Yes", "no", None])).tolist()
    [True, False, <NA>]
    >>> to_boolean(pd.Series(["oui", "non"]), truthy=["oui"], falsy=["non"]).tolist()
    [True, False]
    """
    if errors not in ("coerce", "raise"):
        raise ValueError(f'`errors` must be "coerce" or "raise", not {errors!r}.')
    if isinstance(answers.dtype, pd.BooleanDtype) or answers.dtype == bool:
        return answers.astype("boolean")
    _must_be_text(answers)
    meanings = {_bare(word): True for word in truthy if pd.notna(word)}
    for word in falsy:
        if meanings.setdefault(_bare(word), False):
            raise ValueError(f"{word!r} must mean yes or no, but it is in both lists.")
    found = answers.map(lambda answer: meanings.get(_bare(answer)), na_action="ignore")
    unknown = answers[found.isna() & answers.notna()].drop_duplicates().tolist()
    if unknown and errors == "raise":
        raise ValueError(
            f"{_label(answers)} must be one of {', '.join(map(repr, meanings))}, "
            f"but {_first(unknown)} came. Name the words in `truthy` and `falsy`."
        )
    if unknown:
        warnings.warn(f"{_label(answers)}: {_first(unknown)} became missing.", stacklevel=2)
    return found.astype("boolean")


def _unaccent(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii():
        return composed
    # 1½ is 1 1/2, not 11/2; at the start of a text the blank has nothing to part.
    return "".join(map(_plain_letter, composed.translate(SPELLINGS)))


def _plain_letter(letter: str) -> str:
    if letter.isascii() or letter in KEPT_WHOLE:
        return letter
    if unicodedata.category(letter) == "Zs":
        return " "
    if unicodedata.category(letter) == "Mn":
        # A combining mark that belongs to no other script, left over from q̣̇ and the like.
        return "" if "COMBINING" in unicodedata.name(letter, "") else letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    plain = unicodedata.normalize("NFKD", letter.replace("µ", "u")).translate(SPELLINGS)
    plain = "".join(part for part in plain if not unicodedata.combining(part))
    return plain if plain.isascii() else letter


def _snake_case(name: object) -> str:
    if name is None or name is pd.NA or name != name:
        return ""
    words = _unaccent(_part_camel_case(unicodedata.normalize("NFC", str(name))))
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


def _bare(answer: object) -> str:
    """Return an answer without case, accents and what stands around it."""
    text = _unaccent(str(answer)).casefold().strip()
    return re.sub(r"^\W+|\W+$", "", text) or text


def _each(text: Text, change: Callable[[str], str]) -> Text:
    if isinstance(text, str):
        return change(text)
    if isinstance(text, list):
        return [value if pd.isna(value) else change(_must_be_text(value)) for value in text]
    _must_be_text(text)
    # Names repeat: each different value is changed once.
    changes = {value: change(value) for value in text.dropna().unique()}
    changed = text.map(changes.get, na_action="ignore")
    # Categories may become one when they lose their accents: they are worked out anew.
    return changed.astype("category" if text.dtype == "category" else text.dtype)


def _must_be_text(values: Text) -> Text:
    if isinstance(values, str):
        return values
    if isinstance(values, pd.Series | pd.Index):
        text = values.dtype.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
        if pd.api.types.is_string_dtype(text.dtype) or values.isna().all():
            return values
        raise TypeError(
            f'{_label(values)} must be text, but is {values.dtype}: use .astype("str") first.'
        )
    raise TypeError(f"A value must be text, but {values!r} is {type(values).__name__}.")


def _label(values: pd.Series | pd.Index) -> str:
    return f"`{values.name}`" if values.name is not None else "The values"


def _first(values: list, most: int = 5) -> str:
    shown = ", ".join(map(repr, values[:most]))
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"
