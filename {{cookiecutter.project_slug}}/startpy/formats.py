# From the template: an update may replace this file.
"""Read the formats that other programs write, whole or in pieces."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from startpy.separated import PACKED
from startpy.sheets import ENDINGS

KINDS = {
    "csv": (".csv", ".tsv", ".tab", ".txt"),
    "excel": ENDINGS,
    "parquet": (".parquet",),
    "feather": (".feather", ".arrow"),
    "json": (".json",),
    "json lines": (".jsonl", ".ndjson"),
    "stata": (".dta",),
    "spss": (".sav",),
    "map": (".geojson", ".gpkg", ".shp"),
}


def kind_of_file(path: Path) -> str:
    """Return the kind of a file by its ending; a packed one has the ending before the last."""
    endings = path.name.lower().split(".")[1:]
    if len(endings) > 1 and f".{endings[-1]}" in PACKED:
        endings.pop()
    ending = f".{endings[-1]}" if endings else ""
    for kind, known in KINDS.items():
        if ending in known:
            return kind
    every = " ".join(ending for endings in KINDS.values() for ending in endings)
    raise ValueError(f"{path.as_posix()} must end in one of {every}.")


def read_other(
    path: Path, kind: str, chunks: int | None, options: dict
) -> pd.DataFrame | Iterator[pd.DataFrame]:
    """Return the table in a file that is neither of separated values nor a workbook."""
    try:
        if chunks and kind in PIECES:
            return PIECES[kind](path, chunks, options)
        table = WHOLE[kind](path, options)
    except ImportError as error:
        raise ImportError(
            f"{path.as_posix()} needs {error.name}, which is not installed. It is in the extra "
            '"geo" of pyproject.toml: python run.py lock --extra geo. Then: python run.py'
        ) from None
    except ValueError as error:
        raise ValueError(f"{path.as_posix()} cannot be read as {kind}: {error}") from None
    return in_pieces(table, chunks) if chunks else table


def in_pieces(table: pd.DataFrame, size: int) -> Iterator[pd.DataFrame]:
    """Yield a table in pieces of so many rows."""
    for start in range(0, len(table), size):
        yield table.iloc[start : start + size]


def read_json(path: Path, options: dict) -> pd.DataFrame:
    # What looks like a number or a date in quotation marks is text: "00123" keeps its zeros.
    return pd.read_json(path, **{"dtype": False} | options)


def read_map(path: Path, options: dict) -> pd.DataFrame:
    import geopandas

    return geopandas.read_file(path, **options)


def parquet_pieces(path: Path, size: int, options: dict) -> Iterator[pd.DataFrame]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=size, **options):
            yield batch.to_pandas()


def feather_pieces(path: Path, size: int, options: dict) -> Iterator[pd.DataFrame]:
    from pyarrow import dataset

    for batch in dataset.dataset(path, format="feather").to_batches(batch_size=size, **options):
        yield batch.to_pandas()


def spss_pieces(path: Path, size: int, options: dict) -> Iterator[pd.DataFrame]:
    import pyreadstat

    reader = pyreadstat.read_file_in_chunks(
        pyreadstat.read_sav, path, chunksize=size, apply_value_formats=True, **options
    )
    for table, _ in reader:
        yield table


WHOLE: dict[str, Callable] = {
    "parquet": lambda path, options: pd.read_parquet(path, **options),
    "feather": lambda path, options: pd.read_feather(path, **options),
    "json": read_json,
    "json lines": lambda path, options: read_json(path, {"lines": True} | options),
    "stata": lambda path, options: pd.read_stata(path, **options),
    "spss": lambda path, options: pd.read_spss(path, **options),
    "map": read_map,
}
PIECES: dict[str, Callable] = {
    "parquet": parquet_pieces,
    "feather": feather_pieces,
    "json lines": lambda path, size, options: read_json(
        path, {"lines": True, "chunksize": size} | options
    ),
    "stata": lambda path, size, options: pd.read_stata(path, chunksize=size, **options),
    "spss": spss_pieces,
}
