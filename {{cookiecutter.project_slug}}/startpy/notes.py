# From the template: an update may replace this file.
"""Notes that the machine keeps for itself in .snakemake: a few facts as JSON."""

import json
import os
from pathlib import Path


def load(path: Path) -> dict | None:
    """Return what a note says; nothing if it is not there or cannot be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def save(said: dict, path: Path) -> None:
    """Write a note, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(said), "utf-8")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
