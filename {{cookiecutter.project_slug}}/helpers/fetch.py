# From the template: an update may replace this file.
"""Fetch from the web: with manners, once, and with a note of what came from where and when."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from helpers.write import whole
from startpy.web import NotFetched, Visit, address_of, agent, ask, folder_of, newest

__all__ = ["NotFetched", "Page", "download", "fetch"]


@dataclass(frozen=True)
class Page:
    """An answer of the web, as it lies in the cache.

    Parameters
    ----------
    url : str
        Where it came from in the end, without passwords and keys.
    fetched : datetime.datetime
        When, in UTC.
    path : pathlib.Path
        The file with its bytes; `note.json` beside it has the rest.
    content_type : str
        What the server called it, such as `text/html; charset=utf-8`.
    from_cache : bool
        Whether it came from the disk.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "answer.json"
    >>> _ = path.write_text('{"people": 64448}')
    >>> when = datetime.fromisoformat("2026-11-24T09:30:00+00:00")
    >>> page = Page("https://example.org/", when, path, "application/json", from_cache=True)
    >>> page.json()["people"]
    64448
    """

    url: str
    fetched: datetime
    path: Path
    content_type: str
    from_cache: bool

    @property
    def content(self) -> bytes:
        """The bytes, as they came."""
        return self.path.read_bytes()

    @property
    def text(self) -> str:
        """The text, in the encoding that the server names, else UTF-8."""
        named = re.search(r"charset=[\s\"']*([\w.:-]+)", self.content_type, re.IGNORECASE)
        encoding = named[1].lower() if named else "utf-8"
        # Latin-1 means Windows-1252 on the web, utf-8-sig is UTF-8 with or without its mark.
        meant = {"iso-8859-1": "cp1252", "us-ascii": "cp1252", "utf-8": "utf-8-sig"}
        try:
            return self.content.decode(meant.get(encoding, encoding))
        except (LookupError, UnicodeDecodeError):
            raise ValueError(
                f"{self.url} must be text in {encoding}, but is not. Give page.content to a "
                'parser, or name the encoding: page.content.decode("cp1252").'
            ) from None

    def json(self) -> object:
        """Return the lists and dictionaries that the JSON holds."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise ValueError(
                f"{self.url} must be JSON, but is {self.content_type or 'of no stated type'} and "
                f"begins with {self.content[:60]!r}."
            ) from None


def fetch(
    url: str,
    *,
    params: Mapping | None = None,
    headers: Mapping[str, str] | None = None,
    refresh: bool = False,
    contact: str | None = None,
    delay: float = 1.0,
    timeout: float = 30.0,
    cache: Path | str = "data/cache",
) -> Page:
    """Return what a web address answers, from the disk if it was asked before.

    All programs that share the cache together ask a host once in `delay`
    seconds, or more seldom if its robots.txt or an answer says so; if that
    means more than five minutes, they leave it alone. What robots.txt forbids
    is not fetched. After a dropped connection or a status of 429 or 5xx it is
    tried again, four times in all. Every answer is kept, with a note of its
    address and time; errors are not.

    Parameters
    ----------
    url : str
        It may hold a user and a password before the host.
    params : dict, optional
        What stands after the `?`, such as `{"year": 2026}`. The value of one
        named `key`, `token` and the like is noted as `***`.
    headers : dict, optional
        The best place for keys: noted nowhere, and kept from other hosts.
    refresh : bool
        Whether to ask again. The old answer stays beside the new one.
    contact : str, optional
        How the site's owner can reach you: an e-mail or web address. It is
        the e-mail address in CITATION.cff unless you name another.
    delay : float
        Seconds between two requests to a host.
    timeout : float
        Seconds to wait for a sign of life.
    cache : path
        The folder. git ignores `data/cache/`.

    Returns
    -------
    Page
        Use `page.text`, `page.json()`, `page.content` (bytes) or `page.path`.

    Raises
    ------
    NotFetched
        If no answer with status 200 can be had; `error.status` tells which.
    ValueError
        If the address, a header or the contact is none.
    ModuleNotFoundError
        If the packages of the extra `scrape` are not installed.

    Examples
    --------
    `site` is a server on this machine that shows the folders of the project.

    >>> import pytest, threading
    >>> from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    >>> _ = pytest.importorskip("protego"), getfixture("monkeypatch").setenv("no_proxy", "*")
    >>> server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    >>> threading.Thread(target=server.serve_forever, daemon=True).start()
    >>> site, cache = f"http://127.0.0.1:{server.server_port}", getfixture("tmp_path")

    It is asked once; the second answer comes from the disk.

    >>> page = fetch(f"{site}/helpers/", contact="desk@example.org", cache=cache)
    >>> "fetch.py" in page.text
    True
    >>> server.shutdown()
    >>> fetch(f"{site}/helpers/", cache=cache).from_cache
    True
    """
    _check_extra()
    if not (delay >= 0 and timeout > 0):
        raise ValueError(
            "delay must be at least 0 seconds and timeout more than 0, "
            f"but they are {delay} and {timeout}."
        )
    headers = dict(headers or {})
    address, user = address_of(url, params, headers)
    folder = folder_of(Path(cache), address, user and user[0], sorted(headers.items()))
    if not refresh and (answer := newest(folder)):
        return _page(answer, from_cache=True)
    visit = Visit(agent(contact), delay, timeout, Path(cache))
    return _page(ask(address, folder, visit, user, headers), from_cache=False)


def download(url: str, path: Path | str, **options) -> Page:
    """Write what a web address answers to a file, whole or not at all.

    The cache keeps it as well: what is large lies on the disk twice.

    Parameters
    ----------
    url : str
    path : path
        The folder is made if it is not there.
    **options
        Those of `fetch`, and its errors.

    Returns
    -------
    Page
        As `fetch` returns it.

    Examples
    --------
    >>> import pytest, threading
    >>> from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    >>> _ = pytest.importorskip("protego"), getfixture("monkeypatch").setenv("no_proxy", "*")
    >>> server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    >>> threading.Thread(target=server.serve_forever, daemon=True).start()
    >>> site, folder = f"http://127.0.0.1:{server.server_port}", getfixture("tmp_path")

    >>> path = folder / "received" / "run.py"
    >>> page = download(f"{site}/run.py", path, contact="desk@example.org", cache=folder)
    >>> path.read_bytes() == page.content
    True
    >>> server.shutdown()
    """
    page = fetch(url, **options)
    with whole(Path(path)) as part:
        shutil.copyfile(page.path, part)
    return page


def _page(answer: Path, *, from_cache: bool) -> Page:
    note = json.loads((answer / "note.json").read_text("utf-8"))
    when = datetime.fromisoformat(note["fetched"])
    return Page(note["url"], when, answer / note["file"], note["content_type"], from_cache)


def _check_extra() -> None:
    try:
        import protego  # noqa: F401
        import requests  # noqa: F401
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"helpers.fetch needs the package {error.name}, which is in the extra `scrape`. "
            "Put it into the project: `python run.py lock --extra scrape`, then `python run.py`.",
            name=error.name,
        ) from None
