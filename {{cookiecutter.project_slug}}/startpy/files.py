# From the template: an update may replace this file.
"""Files that are either whole or absent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to; give the file its name once it is complete.

    A run that is stopped halfway leaves the old file, or none, and never half
    a file under the final name. The folder is made if it is not there.

    Parameters
    ----------
    path : Path
        The final name.

    Yields
    ------
    Path
        A hidden name beside it, with the same ending: writers that choose the
        format by the ending choose the right one.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> with whole(folder / "answer.txt") as part:
    ...     _ = part.write_text("42", encoding="utf-8")
    >>> [path.name for path in folder.iterdir()]
    ['answer.txt']
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
