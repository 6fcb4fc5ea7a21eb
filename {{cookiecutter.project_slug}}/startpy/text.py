# From the template: an update may replace this file.
"""Change a column of text fast: every letter by a table, or every different text once.

A column is changed letter by letter in Arrow's memory, without a Python object per row.
`change_one` says the same for one text, and the tests hold the two against each other.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import infer_dtype

from startpy.letters import MARKS, Letters, compose

Text = TypeVar("Text", str, list, pd.Series, pd.Index)

# Small enough for a processor's cache, large enough for the cost of a call to vanish.
ROWS_AT_ONCE = 50_000
BYTES_AT_ONCE = 100_000_000
SAMPLE = 10_000
LONG = 1_000
# What parts the rows while they are changed all at once: a byte that no UTF-8 text holds, and a
# code point that stands for no letter (if a row holds it all the same, rows are changed singly).
GAP = b"\xff"
GAP_LETTER = "\uffff"
# Up to so many letters, a pass for each is faster than a look at each letter.
FEW = 100
BLANK = b" "


def change_letters(text: Text, letters: Letters, *, squish: bool = False) -> Text:
    """Return text with each letter replaced on its own.

    Parameters
    ----------
    text : str, list of str, pandas.Index or pandas.Series of str, length n
    letters : Letters
        An ASCII letter becomes one ASCII letter or none, and what a letter
        becomes must not change again.
    squish : bool
        Whether blanks around a text go, and several in a row become one.

    Returns
    -------
    same kind, length n
        Index, name and dtype are kept; missing stays missing.

    Raises
    ------
    TypeError
        If the values are not text.
    """
    if isinstance(text, str | list):
        return change_values(text, lambda value: change_one(value, letters, squish))
    must_be_text(text)
    if isinstance(text.dtype, pd.CategoricalDtype) or text.isna().all():
        return change_values(text, lambda value: change_one(value, letters, squish))
    column = pa.array(text).cast(pa.large_string())
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if repeats(column):
        different = column.dictionary_encode()
        changes = change_column(different.dictionary, letters, squish).combine_chunks()
        whole = pa.DictionaryArray.from_arrays(different.indices, changes)
        pieces = (whole.slice(at, ROWS_AT_ONCE) for at in range(0, len(whole), ROWS_AT_ONCE))
        changed = pa.chunked_array([piece.cast(pa.large_string()) for piece in pieces])
    else:
        changed = change_column(column, letters, squish)
    return like(text, changed)


def change_one(text: str, letters: Letters, squish: bool) -> str:
    """Return one text with each letter replaced."""
    changed = compose(text).translate(letters)
    return re.sub(" +", " ", changed).strip(" ") if squish else changed


def change_values(text: Text, change: Callable[[str], Any], dtype: Any = None) -> Text:
    """Return text with each value changed; each different value is changed once.

    Parameters
    ----------
    text : str, list of str, pandas.Index or pandas.Series of str, length n
    change : callable
        Takes a text that is not missing.
    dtype : dtype, optional
        Of the values that come back, where it is another.

    Returns
    -------
    same kind, length n
        Index and name are kept; missing stays missing.
    """
    if isinstance(text, str):
        return change(text)
    if isinstance(text, list):
        return [None if is_missing(value) else change(must_be_text(value)) for value in text]
    must_be_text(text)
    different, codes = numbered(text)
    changes = [change(value) for value in different]
    kept = None if isinstance(text.dtype, pd.CategoricalDtype) else text.dtype
    changed = pd.array(changes, dtype=dtype or kept or "str").take(codes, allow_fill=True)
    if dtype is None and kept is None:
        changed = pd.Categorical(changed)  # categories may become one when they lose their accents
    if isinstance(text, pd.Index):
        return pd.Index(changed, name=text.name)
    return pd.Series(changed, index=text.index, name=text.name)


def numbered(text: pd.Series | pd.Index) -> tuple[list[str], np.ndarray]:
    """Return the different values, and for each row which one it is; -1 if it is missing."""
    if text.isna().all():
        return [], np.full(len(text), -1)
    encoded = pa.array(text, from_pandas=True)
    if not isinstance(text.dtype, pd.CategoricalDtype):
        encoded = encoded.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return encoded.dictionary.to_pylist(), codes.astype("int64")


def must_be_text(values: Text) -> Text:
    """Return the values if they are text; else say what to do."""
    if isinstance(values, str):
        return values
    if isinstance(values, pd.Series | pd.Index):
        text = values.dtype.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
        if infer_dtype(text, skipna=True) in ("string", "empty") or values.isna().all():
            return values
        kind = "text and other things" if values.dtype == object else values.dtype
        raise TypeError(f'{label(values)} must be text, but is {kind}: use .astype("str") first.')
    raise TypeError(f"A value must be text, but {values!r} is {type(values).__name__}.")


def label(values: pd.Series | pd.Index) -> str:
    """Return how a message calls the values."""
    return f"`{values.name}`" if values.name is not None else "The values"


def is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def repeats(column: pa.LargeStringArray) -> bool:
    """Say whether most values come more than once, judged by a sample."""
    if len(column) <= SAMPLE or column.nbytes > LONG * len(column):
        return False
    sample = column.take(np.linspace(0, len(column) - 1, SAMPLE, dtype="int64"))
    return pc.count_distinct(sample).as_py() < SAMPLE / 2


def change_column(column: pa.LargeStringArray, letters: Letters, squish: bool) -> pa.ChunkedArray:
    pieces = [
        change_piece(column.slice(start, ROWS_AT_ONCE), letters, squish)
        for start in range(0, max(len(column), 1), ROWS_AT_ONCE)
    ]
    return pa.chunked_array(pieces, pa.large_string())


def change_piece(piece: pa.LargeStringArray, letters: Letters, squish: bool) -> pa.LargeStringArray:
    """Return some rows changed: the few that are not ASCII first, then all of them as bytes."""
    if piece.nbytes > BYTES_AT_ONCE and len(piece) > 1:
        half = len(piece) // 2
        halves = [piece.slice(0, half), piece.slice(half)]
        return pa.concat_arrays([change_piece(each, letters, squish) for each in halves])
    if piece.null_count:
        missing = piece.is_null()
        changed = change_piece(piece.fill_null(""), letters, squish)
        return pc.if_else(missing, pa.scalar(None, pa.large_string()), changed)
    plain = pc.string_is_ascii(piece)
    if not pc.all(plain).as_py():
        special = pc.invert(plain)
        changed = change_special(piece.filter(special).to_pylist(), letters)
        piece = pc.replace_with_mask(piece, special, pa.array(changed, pa.large_string()))
    same = all(letters[code] == chr(code) for code in range(128))
    return piece if same and not squish else change_bytes(piece, letters, squish)


def change_special(rows: list[str], letters: Letters) -> list[str]:
    """Return rows with all but their ASCII letters changed: one pass over all rows a letter."""
    text = GAP_LETTER.join(rows)
    there = letters_in(text)
    if MARKS.search("".join(there)) or not unicodedata.is_normalized("NFC", text):
        text = GAP_LETTER.join(map(compose, rows))
        there = letters_in(text)
    changes = {letter: letters[ord(letter)] for letter in there if "\x7f" < letter != GAP_LETTER}
    changes = {letter: changed for letter, changed in changes.items() if changed != letter}
    if len(changes) > FEW:
        text = text.translate(str.maketrans(changes))
    else:
        for letter, changed in changes.items():
            text = text.replace(letter, changed)
    changed = text.split(GAP_LETTER)
    if len(changed) != len(rows):
        return [change_one(row, letters, squish=False) for row in rows]
    return changed


def letters_in(text: str) -> list[str]:
    """Return the different letters of a text, without a look at each in Python."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="uint32")
    return list(map(chr, np.flatnonzero(np.bincount(codes))))


def change_bytes(piece: pa.LargeStringArray, letters: Letters, squish: bool) -> pa.LargeStringArray:
    """Return rows with their ASCII letters changed; other letters have been changed before."""
    gone = bytes(code for code in range(128) if not letters[code])
    table = bytes((letters[code] or "\0").encode()[0] for code in range(128)) + bytes(
        range(128, 256)
    )
    rows = pa.ListArray.from_arrays([0, len(piece)], piece.cast(pa.binary()))
    joined = pc.binary_join(rows, GAP)[0].as_py() + GAP
    text = np.frombuffer(joined.translate(table, gone), dtype="uint8")
    if squish:
        text = squish_blanks(text)
    gaps = np.flatnonzero(text == GAP[0])
    offsets = np.concatenate([[0], gaps - np.arange(len(gaps))])
    return from_bytes(offsets, text[text != GAP[0]].tobytes())


def squish_blanks(text: np.ndarray) -> np.ndarray:
    """Return bytes without blanks that follow a blank or a gap, and then none before a gap."""
    blank = text == BLANK[0]
    edge = blank | (text == GAP[0])
    text = text[~(blank & np.concatenate([[True], edge[:-1]]))]
    last = (text[:-1] == BLANK[0]) & (text[1:] == GAP[0])
    return text[np.concatenate([~last, [True]])]


def from_bytes(offsets: np.ndarray, text: bytes) -> pa.LargeStringArray:
    buffers = [None, pa.py_buffer(offsets.astype("int64")), pa.py_buffer(text)]
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, buffers[1], buffers[2])


def like(text: pd.Series | pd.Index, changed: pa.ChunkedArray) -> pd.Series | pd.Index:
    """Return changed values as the kind, with the index, name and dtype of those that came."""
    if isinstance(text, pd.Index):
        return pd.Index(changed, dtype=text.dtype, name=text.name)
    # As an array: a Series would be lined up by its own index.
    values = changed.to_pandas().to_numpy() if text.dtype == object else changed
    return pd.Series(values, index=text.index, name=text.name, dtype=text.dtype)


def spelled(value: object, most: int = 32) -> str:
    """Return a value as text that shows what it is: text in quotes, numbers in full."""
    if not pd.api.types.is_list_like(value) and pd.isna(value):
        return "missing"
    if isinstance(value, str):
        text = repr(str(value))
    elif isinstance(value, float | np.floating):
        in_full = value == 0 or 1e-5 <= abs(value) < 1e16
        text = np.format_float_positional(value, trim="-") if in_full else f"{value:g}"
    elif isinstance(value, pd.Timestamp) and value.tz is None and value == value.normalize():
        text = value.date().isoformat()
    else:
        text = str(value)
    return text if len(text) <= most else text[:most] + "…"
