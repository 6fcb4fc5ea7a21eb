# From the template: an update may replace this file.
"""Get a large file from an address: with patience, from where it broke off, as it is there."""

import re
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import requests
from tqdm import tqdm
from urllib3.exceptions import HTTPError

TRIES = 5
TIMEOUT = (10, 60)  # seconds to connect, and between two signs of life
PIECE = 1 << 20


class NotGot(OSError):
    """The file cannot be had, and why."""


def get(url: str, part: Path, longest: int | None = None) -> None:
    """Write the bytes behind an address to a file.

    A connection that breaks is taken up where it broke if the server can say
    that its file is still the same; else all begins anew.

    Parameters
    ----------
    url : str
        https://..., http://... or file://... .
    part : Path
        What is there is written over.
    longest : int, optional
        How many bytes it has. One more, and the rest is not waited for.

    Raises
    ------
    NotGot
        If the server refuses, or five tries were in vain.
    """
    part.unlink(missing_ok=True)
    if url.startswith("file://"):
        copy(Path(url2pathname(urlsplit(url).path)), part, longest)
        return
    version: str | None = None
    for tries_left in reversed(range(TRIES)):
        try:
            with ask(url, part, version) as answer:
                version = version_of(answer)
                write(answer, part, longest)
            return
        except (requests.ConnectionError, requests.Timeout, HTTPError) as error:
            said = f"The connection failed ({type(error).__name__})."
        except Again as error:
            said = str(error)
        except requests.RequestException as error:
            raise NotGot(f"This is no address to ask: {type(error).__name__}.") from None
        if tries_left:
            time.sleep(2 ** (TRIES - 1 - tries_left))
    raise NotGot(f"{said} It was tried {TRIES} times.")


class Again(Exception):
    """The server could not answer at this time."""


def ask(url: str, part: Path, version: str | None) -> requests.Response:
    """Return the answer to a request for the bytes that are not there yet."""
    headers = {"Accept-Encoding": "identity", "User-Agent": "startpy"}
    have = part.stat().st_size if version and part.exists() else 0
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": version}
    answer = requests.get(url, headers=headers, stream=True, timeout=TIMEOUT)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Again(f"The server answered {answer.status_code} {answer.reason}.")
    if answer.status_code == 416:
        part.unlink()
        raise Again("The server's file is shorter than what came of it before.")
    if answer.status_code not in (200, 206):
        raise NotGot(f"The server answered {answer.status_code} {answer.reason}.")
    goes_on = re.match(rf"bytes {have}-", answer.headers.get("Content-Range", ""))
    if answer.status_code == 200 or not goes_on:
        part.unlink(missing_ok=True)
    if answer.status_code == 206 and not goes_on:
        raise Again("The server sent another part of the file than it was asked for.")
    return answer


def version_of(answer: requests.Response) -> str | None:
    """Return by what the server tells one version of a file from another, if it does."""
    mark = answer.headers.get("ETag", "")
    return mark if mark.startswith('"') else answer.headers.get("Last-Modified")


def write(answer: requests.Response, part: Path, longest: int | None) -> None:
    """Append what comes to a file, and show how far it has come."""
    have = part.stat().st_size if part.exists() else 0
    left = answer.raw.length_remaining
    total = None if left is None else have + left
    name = part.name.strip(".").removesuffix(".part")
    with (
        part.open("ab") as file,
        tqdm(total=total, initial=have, desc=name, unit="B", unit_scale=True, disable=None) as bar,
    ):
        # As they come: what a server calls compressed may be meant to be so.
        for piece in answer.raw.stream(PIECE, decode_content=False):
            file.write(piece)
            bar.update(len(piece))
            if longest is not None and file.tell() > longest:
                return


def copy(source: Path, part: Path, longest: int | None) -> None:
    """Copy a file, if it is one, and no longer than it may be."""
    if not source.is_file():
        raise NotGot(f"There is no file {source}.")
    if longest is not None and source.stat().st_size > longest:
        raise NotGot(f"{source} has {source.stat().st_size:,} bytes and not {longest:,}.")
    try:
        shutil.copyfile(source, part)
    except OSError as error:
        raise NotGot(f"{source} cannot be read: {error.strerror}.") from None
