# From the template: an update may replace this file.
"""What `helpers.fetch` asks of the machine: manners towards servers, and a cache of whole answers.

Ready-made parts were tried and left. requests-cache gives back other bytes than came (text and
JSON are kept decoded), asks again for what varies, and notes the keys of redirected requests.
requests-ratelimiter counts requests in a span of time, so that several start at once. The retries
of urllib3 begin without a pause, and miss a connection that drops in the middle of an answer.
"""

import hashlib
import json
import mimetypes
import os
import re
import shutil
import socket
import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

if TYPE_CHECKING:
    from requests import Response, Session

NAME = "startpy"  # what a robots.txt may call us
CITATION = Path("CITATION.cff")
TRIES = 4
REDIRECTS = 10
LONGEST_WAIT = 300
# The standard of robots.txt, RFC 9309, says how long one is good for and how much of it is read.
RULES_LAST = timedelta(days=1)
RULES_BYTES = 500 * 1024
PLAIN = "headers must be names and values, each one line of ASCII text."
# Types that say nothing: the address tells better what the file is.
VAGUE = ("", "application/octet-stream", "binary/octet-stream", "text/plain")
# Parameters whose names end so have values to be hidden.
HIDDEN = re.compile(
    r"([?&;][^=&;]*(?:key|token|secret|pass|password|passwd|pwd|sig|signature|credential|auth|jwt)"
    r"=)[^&;#]*",
    re.IGNORECASE,
)


class NotFetched(OSError):
    """There is no answer to be had: why, and what to do.

    `status` is the status of the answer that came instead, such as 404, or None.
    """

    def __init__(self, message: str, status: int | None = None):
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Visit:
    """How we ask: as whom, with what pause and patience in seconds, and where answers are kept."""

    agent: str
    delay: float
    timeout: float
    cache: Path


class Fault(NamedTuple):
    """What came instead of an answer, and whether and when to ask again."""

    said: str
    advice: str
    status: int | None
    again: bool
    pause: float = 0


def address_of(
    url: str, params: Mapping | None, headers: Mapping[str, str]
) -> tuple[str, tuple[str, str] | None]:
    """Return an address as it is asked for, and the user and password that stood in it."""
    from requests import Request, RequestException
    from requests.exceptions import InvalidHeader
    from requests.utils import urldefragauth

    if not isinstance(url, str):
        raise TypeError(f"The address must be text, but is {url!r}.")
    if not all(
        isinstance(text, str) and text.isascii() for each in headers.items() for text in each
    ):
        raise ValueError(PLAIN)
    if "user-agent" in map(str.lower, headers):
        raise ValueError(
            "The site's owner must see who asks, so headers must have no User-Agent. "
            'Say how to reach you: fetch(url, contact="...").'
        )
    wrong = f"The address must be http://... or https://..., but is {shown(url)!r}."
    if not re.match("https?://", url, re.IGNORECASE):
        raise ValueError(wrong)
    try:
        ready = Request("GET", url, params=params, headers=headers).prepare().url
    except InvalidHeader:
        raise ValueError(PLAIN) from None
    except RequestException:
        raise ValueError(wrong) from None
    parts = urlsplit(ready)
    user = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return urldefragauth(ready), user


def shown(url: str) -> str:
    """Return an address as it is shown and noted: without passwords and keys."""
    return HIDDEN.sub(r"\1***", re.sub("(?<=//)[^/?#]*@", "", url))


def agent(contact: str | None) -> str:
    """Return the name under which we ask: it says whom to write to."""
    import yaml

    known = "[!-~]*(@|://)[!-~]+"
    if contact is None:
        cited = yaml.safe_load(CITATION.read_text("utf-8")) if CITATION.is_file() else {}
        authors = (cited or {}).get("authors") or []
        contact = next((who["email"] for who in authors if "email" in who), None)
        # The address that a new project has reaches nobody.
        known = r"[!-~]+@(?!example\.org)[!-~]+"
    if not re.fullmatch(known, contact or ""):
        raise ValueError(
            f"The site's owner must be able to reach you, but the contact is {contact!r}. Put your "
            f'e-mail address into {CITATION}, or name one: fetch(url, contact="...").'
        )
    return f"{NAME} ({contact})"


def folder_of(cache: Path, address: str, *asked: object) -> Path:
    """Return the folder for the answers to a question, with a name that can be read."""
    parts = urlsplit(shown(address))
    host = re.sub("[^a-z0-9.-]+", "-", parts.netloc.lower())
    words = re.sub(r"\W+", "-", unquote(f"{parts.path} {parts.query}")).strip("-")[:40]
    digest = hashlib.sha256(json.dumps([address, *asked]).encode()).hexdigest()
    return cache / host / f"{words or 'index'}-{digest[:16]}"


def newest(folder: Path, since: datetime | None = None) -> Path | None:
    """Return the newest answer in a folder, if it is no older than that and still as it came."""
    answer = max(folder.glob("[0-9]*Z"), default=None)
    if answer is None:
        return None
    try:
        note = json.loads((answer / "note.json").read_text("utf-8"))
        with (answer / note["file"]).open("rb") as file:
            as_it_came = hashlib.file_digest(file, "sha256").hexdigest() == note["sha256"]
        fresh = since is None or datetime.fromisoformat(note["fetched"]) >= since
    except (OSError, ValueError, KeyError):
        return None
    return answer if as_it_came and fresh else None


def ask(
    address: str,
    folder: Path,
    visit: Visit,
    user: tuple[str, str] | None,
    headers: Mapping[str, str],
    *,
    for_rules: bool = False,
) -> Path:
    """Ask, go where we are sent, keep the answer, and return the folder in which it is.

    Parameters
    ----------
    address : str
        From `address_of`, as is `user`.
    folder : pathlib.Path
        Where the answers to this question are.
    visit : Visit
    user : (str, str) or None
        User and password; like headers, they are sent to no other site.
    headers : dict
    for_rules : bool
        Whether this is the robots.txt that has to be read before all else.

    Returns
    -------
    pathlib.Path
        It holds `note.json` and the file that the note names.

    Raises
    ------
    NotFetched
        If there is no answer, or it must not be asked for.
    """
    from requests import Session

    started, at = datetime.now(UTC), address
    # A site may have no robots.txt, and so no rules: that is an answer.
    wanted = {200, *range(400, 429), *range(430, 500)} if for_rules else {200}
    with Session() as session:
        session.auth = user
        session.headers.update({**headers, "User-Agent": visit.agent})
        for _ in range(REDIRECTS + 1):
            delay = visit.delay if for_rules else _let_in(at, visit)
            for tried in range(1, TRIES + 1):
                while wait := take_turn(visit.cache, at, delay):
                    time.sleep(wait)
                    # Another program may have got it meanwhile.
                    if answer := newest(folder, started):
                        return answer
                came = _ask_once(session, at, visit.timeout, wanted, address, folder)
                if not isinstance(came, Fault):
                    break
                _bear(came, at, tried, visit)
            if isinstance(came, Path):
                return came
            before, at = at, _redirected(at, came)
            if urlsplit(before)[:2] != urlsplit(at)[:2]:
                # What one site may know is not for another.
                session.auth = None
                for name in headers:
                    session.headers.pop(name, None)
    raise NotFetched(f"{shown(address)} redirects on and on, {REDIRECTS} times, to {shown(at)}.")


def _ask_once(
    session: "Session", at: str, timeout: float, wanted: Set[int], address: str, folder: Path
) -> Path | str | Fault:
    """Return the answer, kept, or the address to which we are sent, or what is wrong."""
    from requests import RequestException

    try:
        with session.get(at, timeout=timeout, stream=True, allow_redirects=False) as response:
            if target := session.get_redirect_target(response):
                return target
            if response.status_code in wanted:
                return _keep(response, address, folder)
            return _refusal(response)
    # Of an address to which we are sent, requests may say that it is none: ValueError.
    except (RequestException, ValueError) as error:
        return _failure(error)


def _let_in(url: str, visit: Visit) -> float:
    """Return the seconds between two requests to a site, if its robots.txt lets us in."""
    from protego import Protego

    address = urljoin(url, "/robots.txt")
    folder = folder_of(visit.cache, address, "rules")
    try:
        answer = newest(folder, datetime.now(UTC) - RULES_LAST)
        answer = answer or ask(address, folder, visit, None, {}, for_rules=True)
    except NotFetched as error:
        raise NotFetched(
            f"{shown(url)} was not asked for, because the site's rules are not known: {error}",
            error.status,
        ) from None
    note = json.loads((answer / "note.json").read_text("utf-8"))
    text = (answer / note["file"]).read_bytes()[:RULES_BYTES].decode("utf-8-sig", "replace")
    # What a site shows in place of a robots.txt is no rule.
    rules = Protego.parse(text if note["status"] == 200 else "")
    if not rules.can_fetch(url, NAME):
        raise NotFetched(
            f"{shown(url)} must not be fetched: {address} forbids it. Ask the site's owner for the "
            "data, or look for another source."
        )
    return max(visit.delay, rules.crawl_delay(NAME) or 0)


def _refusal(response: "Response") -> Fault:
    """Return what a status means."""
    from urllib3.exceptions import InvalidHeader
    from urllib3.util import Retry

    status = response.status_code
    again = status == 429 or status >= 500
    try:
        pause = Retry().get_retry_after(response.raw) or 0 if again else 0
    except InvalidHeader:
        pause = 0
    if pause > LONGEST_WAIT:
        advice = f"It wants to be left alone for {pause:,.0f} seconds: try again then."
    elif again:
        advice = "Try again later."
    elif status in (401, 403):
        advice = "It may want a key or a password: fetch(url, headers={...})."
    else:
        advice = "Check the address."
    said = f"answered {status} {response.reason}".rstrip()
    return Fault(said, advice, status, again, pause)


def _failure(error: Exception) -> Fault:
    """Return what an error on the way means."""
    from requests.exceptions import ChunkedEncodingError, ConnectionError, SSLError, Timeout

    cause: BaseException = error
    while inner := cause.__cause__ or cause.__context__:
        cause = inner
    reason = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    passing = isinstance(error, (ConnectionError, Timeout, ChunkedEncodingError))
    lasting = isinstance(error, SSLError) or isinstance(cause, socket.gaierror)
    advice = "Check the address and the network."
    return Fault(f"could not be had: {shown(reason)}", advice, None, passing and not lasting)


def _bear(fault: Fault, at: str, tried: int, visit: Visit) -> None:
    """Keep everybody from the host for a while, longer each time, or give up."""
    again = fault.again and tried < TRIES and fault.pause <= LONGEST_WAIT
    if again or fault.pause:
        pause = max(fault.pause, visit.delay * 2**tried)
        with _turns(visit.cache) as turns:
            turns.execute(
                "UPDATE turns SET free = max(free, ?) WHERE host = ?",
                [time.time() + pause, urlsplit(at).netloc],
            )
    if not again:
        often = f", {tried} times in a row" if tried > 1 else ""
        raise NotFetched(f"{shown(at)} {fault.said}{often}. {fault.advice}", fault.status)


def _redirected(at: str, target: str) -> str:
    """Return the address to which another one redirects."""
    try:
        return address_of(urljoin(at, target), None, {})[0]
    except ValueError:
        raise NotFetched(
            f"{shown(at)} redirects to {shown(target)!r}, which is no address of the web."
        ) from None


def take_turn(cache: Path, url: str, delay: float) -> float:
    """Take the turn at a host and return 0, or return the seconds until the next one."""
    host = urlsplit(url).netloc
    with _turns(cache) as turns:
        now = time.time()
        (free,) = turns.execute("SELECT free FROM turns WHERE host = ?", [host]).fetchone() or (0,)
        if free <= now:
            turns.execute("INSERT OR REPLACE INTO turns VALUES (?, ?)", [host, now + delay])
            return 0
    if free - now > LONGEST_WAIT:
        raise NotFetched(
            f"{shown(url)} was not asked for: {host} wants to be left alone until "
            f"{datetime.fromtimestamp(free, UTC):%Y-%m-%d %H:%M} UTC. Try again then."
        )
    return free - now


@contextmanager
def _turns(cache: Path) -> Iterator[sqlite3.Connection]:
    """Yield the list of when each host may be asked again; nobody else has it meanwhile."""
    cache.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(cache / "turns.sqlite", timeout=60, isolation_level=None)
    with closing(connection) as turns, turns:
        turns.execute("BEGIN IMMEDIATE")
        turns.execute("CREATE TABLE IF NOT EXISTS turns (host TEXT PRIMARY KEY, free REAL)")
        yield turns


def _keep(response: "Response", asked: str, folder: Path) -> Path:
    """Write an answer and its note into a folder of their own, which appears when it is whole."""
    fetched = datetime.now(UTC)
    kind = response.headers.get("Content-Type", "")
    name = f"answer{_ending(response.url, kind)}"
    part, final = folder / f".{uuid.uuid4().hex}", folder / f"{fetched:%Y%m%dT%H%M%S.%fZ}"
    part.mkdir(parents=True)
    try:
        with (part / name).open("wb") as file:
            for piece in response.iter_content(2**16):
                file.write(piece)
        with (part / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        note = {
            "asked": shown(asked),
            "url": shown(response.url),
            "fetched": fetched.isoformat(),
            "status": response.status_code,
            "content_type": kind,
            "last_modified": response.headers.get("Last-Modified"),
            "file": name,
            "bytes": (part / name).stat().st_size,
            "sha256": digest,
        }
        text = json.dumps(note, indent=2, ensure_ascii=False) + "\n"
        (part / "note.json").write_text(text, encoding="utf-8", newline="\n")
        # Otherwise another program kept its answer to the same question in the same instant.
        if not final.exists():
            os.rename(part, final)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return final


def _ending(url: str, kind: str) -> str:
    """Return the ending of a file's name by which other programs know what it is."""
    kind = kind.partition(";")[0].strip().lower()
    named = PurePosixPath(urlsplit(url).path).suffix
    named = named if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", named) else ""
    typed = mimetypes.guess_extension(kind) or ""
    return (named or typed) if kind in VAGUE else (typed or named)
