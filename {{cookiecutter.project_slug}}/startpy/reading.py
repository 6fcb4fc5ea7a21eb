# From the template: an update may replace this file.
"""Bring several files or sheets into one table: in order, of one kind, with where a row is from."""

import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa

from startpy.pieces import Column, read_pieces, survey
from startpy.separated import NOTHING, Format, kind_of, to_frame
from startpy.warn import warn

Dtype = str | Mapping[str, object] | None


def format_of(encoding=None, sep=None, skip=0, dtype: Dtype = None, missing=()) -> Format:
    """Return how a file is to be read."""
    if sep is not None and len(sep) != 1:
        raise ValueError(f"`sep` must be one character, but is {sep!r}.")
    if skip < 0:
        raise ValueError(f"`skip` must be a number of lines, but is {skip}.")
    if is_map(dtype):
        as_text = frozenset(name for name, kind in dtype.items() if is_text(kind))
    else:
        as_text = dtype is not None and is_text(dtype)
    missing = [missing] if isinstance(missing, str) else missing
    return Format(encoding, sep, skip, tuple(map(str, missing)), as_text)


def is_text(dtype: object) -> bool:
    """Say whether values of a dtype are to be read as they are written."""
    return isinstance(pd.api.types.pandas_dtype(dtype), pd.StringDtype)


def cast(table: pd.DataFrame, dtype: Dtype, sources: Collection[str]) -> pd.DataFrame:
    """Return a table with the dtypes that were asked for; source columns are text."""
    if dtype is None:
        return table
    if is_map(dtype):
        return table.astype({name: kind for name, kind in dtype.items() if name in table})
    return table.astype({name: dtype for name in table if name not in sources})


def is_map(dtype: Dtype) -> bool:
    return isinstance(dtype, Mapping)


def matching_files(folder: Path | str, pattern: str, endings: tuple[str, ...] = ()) -> list[Path]:
    """Return the files of a folder that match, in the order in which people count.

    Hidden files and the locks that office programs leave (`~$a.xlsx`) do not count.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no such file in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder.as_posix()}.")
    found = [
        path
        for path in folder.iterdir()
        if path.is_file()
        and not path.name.startswith((".", "~$"))
        and fnmatch(path.name.lower(), pattern.lower())
        and (not endings or path.suffix.lower() in endings)
    ]
    if not found:
        there = sorted(path.name for path in folder.iterdir())[:5]
        raise FileNotFoundError(
            f"{folder.as_posix()} must have files that match {pattern!r}, but has none"
            f"{' of ' + ', '.join(endings) if endings else ''}. "
            f"{'The first of what is there: ' + ', '.join(there) if there else 'It is empty'}."
        )
    return sorted(found, key=lambda path: natural(path.name))


def natural(name: str) -> list:
    """Return a key that puts `b2` before `b10`, whatever the case."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(part.isdigit(), int(part) if part.isdigit() else part) for part in parts] + [name]


def combined(
    parts: list[tuple[dict[str, str], pa.Table]], dtype: Dtype, where: str = "the file"
) -> pd.DataFrame:
    """Return one table of several, each with what its source columns say.

    Parameters
    ----------
    parts : list of (source, table)
        Source is what stands in each of the source columns, such as
        {"filename": "a.csv"}.
    dtype : str or mapping
    where : str
        What a message calls the one part that has no source.
    """
    known = [(source, columns_of(table.schema), len(table)) for source, table in parts]
    check_parts(known, where)
    # What a column remembers of its file says nothing in the whole.
    bare = [pa.table(table.columns, names=table.column_names) for _, table in parts]
    whole = pa.concat_tables(bare, promote_options="permissive")
    for place, name in enumerate(parts[0][0]):
        labels = [
            pa.repeat(pa.scalar(source[name], pa.large_string()), len(table))
            for source, table in parts
        ]
        whole = whole.add_column(place, name, pa.chunked_array(labels))
    frame = to_frame(whole)
    return cast(frame, dtype, parts[0][0])


def combined_pieces(
    parts: list[tuple[dict[str, str], Path]], form: Format, dtype: Dtype, size: int
) -> Iterator[pd.DataFrame]:
    """Yield the table of several files in pieces, each with the dtypes of the whole."""
    surveys = [(source, path, survey(path, form)) for source, path in parts]
    for source, path, columns in surveys:
        if not source:
            must_have_names(path, columns)
    check_parts([(source, columns, len(columns)) for source, _, columns in surveys])
    whole: dict[str, Column] = {}
    for _, _, columns in surveys:
        for name, column in columns.items():
            whole[name] = whole.get(name, column) | column
    for columns in (columns for _, _, columns in surveys if columns):
        for name in whole.keys() - columns.keys():
            whole[name] |= Column(pa.null(), has_gaps=True)
    start = 0
    for source, path, _ in surveys:
        for piece in read_pieces(path, form, whole, size):
            piece = piece.set_axis(range(start, start + len(piece)))
            start += len(piece)
            for place, (name, label) in enumerate(source.items()):
                piece.insert(place, name, pd.Series(label, index=piece.index, dtype="str"))
            yield cast(piece, dtype, source)


def must_have_names(path: Path, names: Collection[str]) -> None:
    """Refuse an empty file that is read alone; among others it is passed over with a warning."""
    if not names:
        raise ValueError(f"{path.as_posix()} must begin with a row of column names, but is empty.")


def columns_of(schema: pa.Schema) -> dict[str, Column]:
    """Return what is known of the columns of a table; of many alike it is the same object."""
    return known_columns(tuple((field.name, field.type, kind_noted(field)) for field in schema))


def kind_noted(field: pa.Field) -> bytes | None:
    return field.metadata and field.metadata.get(b"kind")


@lru_cache(maxsize=100)
def known_columns(fields: tuple) -> dict[str, Column]:
    return {
        name: Column(pa.binary() if kind == b"mixed" else of, is_code=kind == b"codes")
        for name, of, kind in fields
    }


def check_parts(
    parts: list[tuple[dict[str, str], dict[str, Column], int]], where: str = "the file"
) -> None:
    """Refuse parts that do not go together; warn of those that go together with gaps."""
    sources = list(parts[0][0])
    said = [(" ".join(source.values()) or where, columns) for source, columns, _ in parts]
    for place, columns in said:
        for name in sources:
            if name in columns:
                raise ValueError(
                    f"{place} has a column {name!r} of its own: choose another name for the "
                    'column that says where a row is from, with source="...".'
                )
    different = list({id(columns): (place, columns) for place, columns in reversed(said)}.values())
    names = list(dict.fromkeys(name for _, columns in different[::-1] for name in columns))
    faults = [fault for name in names if (fault := clash(name, different[::-1]))]
    if faults:
        wrong = ", ".join(f"{name!r}: 'str'" for name, _ in faults)
        raise TypeError(
            f"A column must be of one kind, but {'; '.join(text for _, text in faults)}. "
            f"Read it as text, and clean it afterwards: dtype={{{wrong}}}."
            " (Does a title stand above the names? Then: skip=1, or more.)"
        )
    for source, columns, rows in parts:
        if sources and not rows:
            what = "has no rows" if columns else "is empty"
            warn(f"{' '.join(source.values())} {what}.")
    lacking = {
        place: [name for name in names if name not in columns] for place, columns in said if columns
    }
    if any(lacking.values()):
        gaps = "; ".join(
            f"{place} lacks {', '.join(map(repr, some))}" for place, some in lacking.items() if some
        )
        warn(f"Columns differ, and are missing where they lack: {gaps}.")


def clash(name: str, parts: list[tuple[str, dict[str, Column]]]) -> tuple[str, str] | None:
    """Return what differs about a column, if anything; codes go with numbers, as text."""
    kinds: dict[str, str] = {}
    for place, columns in parts:
        if name in columns:
            kind = (
                "mixed" if pa.types.is_binary(columns[name].type) else kind_of(columns[name].type)
            )
            if kind != NOTHING:
                kinds.setdefault(kind, place)
    has_codes = any(name in columns and columns[name].is_code for _, columns in parts)
    if "mixed" not in kinds and (
        len(kinds) < 2 or (has_codes and set(kinds) == {"text", "number"})
    ):
        return None
    return name, f"{name!r} is " + ", ".join(f"{kind} in {place}" for kind, place in kinds.items())
