# From the template: an update may replace this file.
"""The passport of a figure: what it shows in words, and what it was made from."""

import json
import os
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from pathlib import Path

from startpy.manifest import fingerprint
from startpy.past import git
from startpy.visible import visible

ROOT = Path(__file__).resolve().parents[1]
OURS = tuple(str(ROOT / folder) + os.sep for folder in ("helpers", "startpy"))
PICTURES = (".png", ".svg", ".pdf")
# Where each format keeps the caption, the text for those who cannot see it, and the origin.
PLACES = {
    ".png": ("Title", "Description", "Source"),
    ".svg": ("Title", "Description", "Source"),
    ".pdf": ("Title", "Subject", "Keywords"),
}
DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def draw_up(caption: str | None, alt: str | None, made_from: Iterable[Path | str]) -> dict | None:
    """Return the passport of the figure that the caller draws, without the commit.

    None if it has neither a caption nor a text for those who cannot see it.
    """
    if caption is None and alt is None:
        return None
    for name, text in (("caption", caption), ("alt", alt)):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(
                f"A figure must have both a caption and an alt text, but `{name}` is {text!r}. "
                "The alt text says what the figure shows to those who cannot see it."
            )
    return {
        "caption": visible(" ".join(caption.split())),
        "alt": visible(" ".join(alt.split())),
        "made_by": caller(),
        "made_from": {name_of(Path(path)): digest_of(Path(path)) for path in made_from},
    }


def caller() -> str | None:
    """Return the file of the project, outside of the helpers, that asks for the figure."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(OURS):
        frame = frame.f_back
    path = Path(frame.f_code.co_filename)
    return name_of(path) if path.is_file() and inside(path) else None


def inside(path: Path) -> bool:
    return path.resolve().is_relative_to(ROOT)


def name_of(path: Path) -> str:
    """Return the name of a file, the same on every machine."""
    return path.resolve().relative_to(ROOT).as_posix() if inside(path) else path.name


def digest_of(path: Path) -> str:
    """Return the sha256 of a file, which is read once for all figures made from it."""
    seen = path.stat()
    return _digest(path.resolve(), seen.st_mtime_ns, seen.st_size)


@lru_cache
def _digest(path: Path, *_: int) -> str:
    return fingerprint(path).removeprefix("sha256:")


def metadata(passport: dict, ending: str) -> dict[str, str]:
    """Return what a picture of this format says of itself."""
    digests = (f"{name} (sha256 {digest})" for name, digest in passport["made_from"].items())
    origin = f"made by {passport['made_by']}" * bool(passport["made_by"])
    origin += " from " * bool(passport["made_from"]) + ", ".join(digests)
    texts = (passport["caption"], passport["alt"], origin.strip())
    return {place: text for place, text in zip(PLACES[ending], texts, strict=True) if text}


def as_json(passport: dict) -> str:
    """Return the passport as it lies beside the picture: with the commit."""
    whole = {**passport, "commit": commit()}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def commit() -> str | None:
    """Return the commit that the project's files are of; None if they differ from it, or git."""
    # Another program may be at work in the repository: looking takes no lock.
    here = ("--no-optional-locks", "-C", str(ROOT))
    head = git(*here, "rev-parse", "HEAD", "HEAD:./Snakefile")
    changes = git(*here, "status", "--porcelain", "--", ".")
    return head.split()[0].decode() if head and changes == b"" else None


def words_in(content: bytes, ending: str) -> tuple[str | None, str | None]:
    """Return the caption of a picture and its text for those who cannot see it."""
    if ending == ".png":
        texts = dict(filter(None, map(_text, _chunks(content))))
        return texts.get("Title"), texts.get("Description")
    found = [
        re.search(rf"<dc:{place}>(.*?)</dc:{place}>", content.decode("utf-8", "replace"), re.S)
        for place in ("title", "description")
    ]
    caption, alt = (unescape(each[1]) if each else None for each in found)
    return caption, alt


def is_passport(path: Path) -> bool:
    """Say whether a file is the passport beside a picture."""
    return path.suffix == ".json" and any(path.with_suffix(kind).exists() for kind in PICTURES)


def picture_in(content: bytes, ending: str) -> bytes:
    """Return a picture and its words, whatever bytes it was made from."""
    if ending == ".png":
        content = b"".join(_chunks(content))
    return DIGEST.sub(b"", content)


def _text(chunk: bytes) -> tuple[str, str] | None:
    """Return name and text of a part of a PNG that holds one."""
    kind, (name, _, rest) = chunk[:4], chunk[4:].partition(b"\0")
    if kind == b"tEXt":
        return name.decode("latin-1"), rest.decode("latin-1")
    if kind == b"iTXt" and rest[:1] == b"\0":  # not compressed
        return name.decode("latin-1"), rest[2:].split(b"\0", 2)[-1].decode("utf-8", "replace")
    return None


def _chunks(png: bytes) -> Iterable[bytes]:
    """Yield kind and data of each part of a PNG, without the checksum."""
    at = 8
    while at < len(png):
        end = at + 8 + int.from_bytes(png[at : at + 4])
        yield png[at + 4 : end]
        at = end + 4
