"""What fetching promises, with real servers on this machine that count, fail, delay and refuse."""

import base64
import json
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from projects import TEMPLATE, run

sys.path.insert(0, str(TEMPLATE))

from helpers.fetch import NotFetched, download
from helpers.fetch import fetch as fetch_with_options
from startpy.web import take_turn

DROP = object()
HALF = object()
SILENCE = object()


class Site:
    """A web server: `answers[path]` are (status, headers, body) in turn, the last one for ever."""

    def __init__(self):
        self.answers = {"/robots.txt": [(404, {}, b"no such page")]}
        self.asked = []
        self.hung_up = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append((time.time(), self.path, dict(self.headers)))
                answers = site.answers.get(self.path.partition("?")[0], [(404, {}, b"")])
                site.answer(self, answers.pop(0) if len(answers) > 1 else answers[0])

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def answer(self, handler, answer):
        if answer is SILENCE:
            self.hung_up.wait(5)
        if answer in (DROP, SILENCE):
            return
        status, headers, body = (
            (200, {"Content-Length": "99"}, b"half") if answer is HALF else answer
        )
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def says(self, path, body=b"yes", status=200, /, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = [(status, named, body)]

    def says_in_turn(self, path, *answers):
        self.answers[path] = [
            (answer, {}, b"") if isinstance(answer, int) else answer for answer in answers
        ]

    def times(self, path):
        return [when for when, asked, _ in self.asked if asked.partition("?")[0] == path]

    def headers(self, path):
        return next(headers for _, asked, headers in self.asked if asked == path)

    def close(self):
        self.hung_up.set()
        self.server.shutdown()
        self.server.server_close()


YES = (200, {}, b"yes")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def other_site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "data" / "cäche"


@pytest.fixture
def fetch(cache):
    def fetch(url, **options):
        usual = {"contact": "desk@paper.example", "delay": 0.01, "timeout": 5, "cache": cache}
        return fetch_with_options(url, **(usual | options))

    return fetch


def kept(cache):
    """Return all that the cache holds, as one text; and that no half answer is among it."""
    files = [path for path in cache.rglob("*") if path.is_file()]
    assert not list(cache.rglob(".*"))
    names = "\n".join(str(path.relative_to(cache)) for path in files)
    return names + "".join(path.read_bytes().decode("latin-1") for path in files)


def test_a_page_is_asked_for_once_and_then_comes_from_the_disk(site, fetch):
    site.says("/minutes/2024", "Møte".encode(), Content_Type="text/html; charset=utf-8")
    first = fetch(f"{site.url}/minutes/2024")
    site.close()
    second = fetch(f"{site.url}/minutes/2024", contact=None)
    assert (first.text, first.from_cache) == ("Møte", False)
    assert (second.text, second.from_cache) == ("Møte", True)
    assert (second.url, second.fetched, second.path) == (first.url, first.fetched, first.path)
    assert datetime.now(UTC) - first.fetched < timedelta(minutes=1)
    assert [path for _, path, _ in site.asked] == ["/robots.txt", "/minutes/2024"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", '<meta charset="utf-8">Tromsø'.encode()),
        ("text/html", "Tromsø".encode("latin-1")),
        ("application/json", b'{"a": 1.10, "a": 12345678901234567890.123}'),
        ("application/zip", bytes(range(256))),
        ("text/plain", b""),
    ],
)
def test_the_bytes_are_those_that_came_now_and_later(site, fetch, kind, body):
    site.says("/", body, Content_Type=kind, Vary="*", Cache_Control="no-store")
    assert fetch(site.url).content == fetch(site.url).content == body
    assert len(site.times("/")) == 1


def test_the_cache_can_be_read_by_people(site, fetch, cache):
    site.says("/a/Møte 1", b"<p>", Content_Type="text/html", Last_Modified="yesterday")
    site.answers["/a/M%C3%B8te%201"] = site.answers["/a/Møte 1"]
    page = fetch(f"{site.url}/a/Møte 1", params={"year": 2024})
    assert page.path.name == "answer.html"
    assert page.path.parents[1].name.startswith("a-Møte-1-year-2024-")
    note = json.loads((page.path.parent / "note.json").read_text("utf-8"))
    assert note["url"] == page.url == f"{site.url}/a/M%C3%B8te%201?year=2024"
    assert note["fetched"] == page.fetched.isoformat()
    assert (note["bytes"], note["status"], note["last_modified"]) == (3, 200, "yesterday")


def test_to_ask_again_keeps_the_old_answer_beside_the_new(site, fetch):
    site.says_in_turn("/", (200, {}, b"old"), (200, {}, b"new"))
    old, new = fetch(site.url), fetch(site.url, refresh=True)
    assert (old.text, new.text, fetch(site.url).text) == ("old", "new", "new")
    assert not new.from_cache


def test_another_question_is_another_answer(site, fetch):
    site.says("/a")
    questions = [
        {},
        {"params": {"page": 1}},
        {"params": {"page": 2}},
        {"params": {"key": "mammals"}},
        {"params": {"key": "birds"}},
        {"headers": {"Accept-Language": "nb"}},
    ]
    pages = [fetch(f"{site.url}/a", **question) for question in questions]
    ann, bob = (fetch(site.url.replace("//", f"//{who}:secret@") + "/a") for who in ("ann", "bob"))
    assert len({page.path for page in [*pages, ann, bob]}) == len(site.times("/a")) == 8


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (404, "answered 404 Not Found. Check the address."),
        (403, r"answered 403 Forbidden. It may want a key or a password: fetch\(url, headers"),
        (202, "answered 202 Accepted"),
        (204, "answered 204 No Content"),
        (503, "answered 503 Service Unavailable, 4 times in a row. Try again later."),
    ],
)
def test_an_answer_that_is_none_is_told_and_not_kept(site, fetch, status, advice):
    site.says("/a", b"Sorry", status)
    with pytest.raises(NotFetched, match=f"{site.url}/a {advice}") as told:
        fetch(f"{site.url}/a")
    assert told.value.status == status
    site.says("/a")
    assert fetch(f"{site.url}/a").text == "yes"


@pytest.mark.parametrize(
    "failure", [429, 500, 503, DROP, HALF], ids=["429", "500", "503", "dropped", "half"]
)
def test_a_failure_is_tried_again_and_later_each_time(site, fetch, cache, failure):
    site.says_in_turn("/", failure, failure, YES)
    assert fetch(site.url, delay=0.05).text == "yes"
    first, second, third = site.times("/")
    assert second - first >= 0.1
    assert third - second >= 0.2
    assert kept(cache).count('"status": 200') == 1


def test_a_server_that_says_nothing_is_not_waited_for(site, fetch):
    site.says_in_turn("/", SILENCE, SILENCE, SILENCE, SILENCE)
    with pytest.raises(NotFetched, match="could not be had: timed out, 4 times in a row"):
        fetch(site.url, timeout=0.05)


def test_a_server_that_is_not_there_is_told_without_the_machine_words(fetch):
    with pytest.raises(NotFetched) as told:
        fetch("http://ann:secret@127.0.0.1:9/?token=secret")
    assert re.fullmatch(
        r"http://127.0.0.1:9/\?token=\*\*\* was not asked for, because the site's rules are not "
        r"known: http://127.0.0.1:9/robots.txt could not be had: [\w ]+, 4 times in a row. "
        r"Check the address and the network.",
        str(told.value),
    )
    assert told.value.status is None


def test_a_site_that_cannot_prove_its_name_is_not_tried_again(site, fetch):
    with pytest.raises(NotFetched, match=r"could not be had: [^,]*\. Check the address"):
        fetch(site.url.replace("http:", "https:"))


@pytest.mark.parametrize("written", ["1", "date"])
def test_a_server_is_left_alone_as_long_as_it_asks(site, fetch, written):
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    date = format_datetime(until, usegmt=True)
    rest = (503, {"Retry-After": date if written == "date" else written}, b"")
    site.says_in_turn("/", rest, YES)
    assert fetch(site.url).text == "yes"
    first, second = site.times("/")
    assert second >= (until.timestamp() if written == "date" else first + 1)


@pytest.mark.parametrize("nonsense", ["soon", "-1", "1.5", ""])
def test_a_wish_that_cannot_be_read_is_an_ordinary_failure(site, fetch, nonsense):
    site.says_in_turn("/", (429, {"Retry-After": nonsense}, b""), YES)
    assert fetch(site.url).text == "yes"


def test_a_long_rest_is_not_waited_for_and_nothing_there_is_asked_meanwhile(site, fetch):
    site.says("/a", b"", 429, Retry_After="3600")
    with pytest.raises(NotFetched, match="left alone for 3,600 seconds") as told:
        fetch(f"{site.url}/a")
    assert told.value.status == 429
    with pytest.raises(NotFetched, match=r"/b was not asked for: 127.*left alone until 20\d\d-"):
        fetch(f"{site.url}/b")
    assert len(site.asked) == 2


def test_what_robots_txt_forbids_is_not_asked_for(site, fetch):
    site.says("/robots.txt", b"User-agent: *\nDisallow: /private\nAllow: /private/open\n")
    for path in ("/private/open", "/public", "/public?a=1"):
        site.says(path.partition("?")[0])
        assert fetch(site.url + path).text == "yes"
    for path in ("/private", "/private/a?b=c"):
        with pytest.raises(NotFetched, match=f"{site.url}/robots.txt forbids it. Ask the site"):
            fetch(site.url + path)
    assert not site.times("/private")
    assert len(site.times("/robots.txt")) == 1


def test_robots_txt_may_name_us(site, fetch):
    site.says("/robots.txt", "\ufeffUser-agent: startpy\nDisallow: /\n".encode())
    with pytest.raises(NotFetched, match="forbids it"):
        fetch(site.url)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_txt_has_no_rules(site, fetch, status):
    site.says("/robots.txt", b"User-agent: *\nDisallow: /\n", status)
    site.says("/")
    assert fetch(site.url).text == "yes"
    fetch(site.url, refresh=True)
    assert len(site.times("/robots.txt")) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_rules_that_cannot_be_read_forbid_everything_until_they_can(site, fetch, status):
    site.says("/")
    site.says("/robots.txt", b"", status)
    with pytest.raises(NotFetched, match=f"the site's rules are not known: .*answered {status}"):
        fetch(site.url)
    assert not site.times("/")
    site.says("/robots.txt", b"")
    assert fetch(site.url).text == "yes"


def test_rules_are_read_anew_after_a_day(site, fetch, cache):
    site.says("/")
    fetch(site.url)
    (note,) = cache.glob("*/robots*/*/note.json")
    yesterday = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
    written = json.loads(note.read_text("utf-8")) | {"fetched": yesterday}
    note.write_text(json.dumps(written), encoding="utf-8")
    note.parent.rename(note.parents[1] / "20200101T000000.000000Z")
    site.says("/robots.txt", b"User-agent: *\nDisallow: /\n")
    assert fetch(site.url).from_cache
    with pytest.raises(NotFetched, match="forbids it"):
        fetch(site.url, refresh=True)


def test_a_site_may_ask_for_a_longer_pause(site, fetch):
    site.says("/robots.txt", b"User-agent: *\nCrawl-delay: 0.4\n")
    for path in "abc":
        site.says(f"/{path}")
        fetch(f"{site.url}/{path}")
    first, second, third = (site.times(f"/{path}")[0] for path in "abc")
    # A turn is kept, but the way to the server may take some of it.
    assert second - first >= 0.3
    assert third - second >= 0.3


def test_threads_and_programs_wait_for_each_other(site, fetch, cache):
    for number in range(12):
        site.says(f"/{number}")
    program = (
        "import sys; from helpers.fetch import fetch\n"
        "for n in sys.argv[3:]:\n"
        "    fetch(f'{sys.argv[1]}/{n}', contact='a@b.example', delay=0.15, cache=sys.argv[2])"
    )
    programs = [
        subprocess.Popen(
            [sys.executable, "-B", "-c", program, site.url, str(cache), *numbers], cwd=TEMPLATE
        )
        for numbers in ("0123", "4567")
    ]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: fetch(f"{site.url}/{n}", delay=0.15), range(8, 12)))
    assert [each.wait(60) for each in programs] == [0, 0]
    times = sorted(when for when, _, _ in site.asked)
    assert len(site.times("/robots.txt")) == 1
    assert len(times) == 13
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.05


def test_of_many_who_come_at_once_one_has_the_turn(cache):
    start = threading.Barrier(8)

    def come(_):
        waits = []
        for number in range(20):
            start.wait()
            waits.append(take_turn(cache, f"http://{number}.example", 60))
        return waits

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(come, range(8)))
    assert [turns.count(0) for turns in zip(*waits, strict=True)] == [1] * 20


def test_programs_that_want_the_same_page_at_once_get_it_whole(site, fetch, cache):
    body = b"0123456789" * 100_000
    site.says("/big", body)
    program = (
        "import sys; from helpers.fetch import fetch\n"
        "page = fetch(sys.argv[1], contact='a@b.example', delay=0, cache=sys.argv[2])\n"
        "assert page.content == b'0123456789' * 100_000"
    )
    command = [sys.executable, "-B", "-c", program, f"{site.url}/big", str(cache)]
    programs = [subprocess.Popen(command, cwd=TEMPLATE) for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        pages = threads.map(lambda _: fetch(f"{site.url}/big", delay=0, refresh=True), range(16))
    assert all(page.content == body for page in pages)
    assert [each.wait(60) for each in programs] == [0, 0]
    assert fetch(f"{site.url}/big").content == body
    kept(cache)


def test_an_answer_that_was_cut_off_or_edited_is_asked_for_again(site, fetch):
    site.says("/", b"as it came")
    note = fetch(site.url).path.parent / "note.json"
    note.write_text(note.read_text("utf-8")[:50], encoding="utf-8")
    page = fetch(site.url)
    page.path.write_bytes(b"as it was edited")
    assert fetch(site.url).content == b"as it came"
    assert len(site.times("/")) == 3


def test_a_program_that_is_killed_leaves_no_answer(site, fetch, cache):
    site.says("/")
    program = (
        "import os, sys, startpy.web as web; from helpers.fetch import fetch\n"
        "web.os.rename = lambda *_: os._exit(9)\n"
        "fetch(sys.argv[1], contact='a@b.example', delay=0.01, cache=sys.argv[2])"
    )
    done = run(sys.executable, "-B", "-c", program, site.url, cache, cwd=TEMPLATE)
    assert done.returncode == 9, done.output
    assert fetch(site.url).text == "yes"


def test_a_redirect_obeys_the_rules_of_the_site_it_leads_to(site, other_site, fetch):
    site.says("/go", b"", 302, Location=f"{other_site.url}/here")
    site.says("/stay", b"", 301, Location="/here")
    site.says("/here", b"at home")
    other_site.says("/here", b"abroad")
    assert fetch(f"{site.url}/stay").text == "at home"
    page = fetch(f"{site.url}/go")
    assert (page.text, page.url) == ("abroad", f"{other_site.url}/here")
    assert len(other_site.times("/robots.txt")) == 1


def test_a_redirect_to_a_forbidden_page_is_not_followed(site, other_site, fetch):
    other_site.says("/robots.txt", b"User-agent: *\nDisallow: /\n")
    site.says("/go", b"", 302, Location=f"{other_site.url}/here")
    with pytest.raises(NotFetched, match=f"{other_site.url}/here must not be fetched"):
        fetch(f"{site.url}/go")
    assert not other_site.times("/here")


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("/", "redirects on and on, 10 times"),
        ("ftp://127.0.0.1/a", "redirects to 'ftp://127.0.0.1/a', which is no address of the web"),
        ("file:///etc/passwd", "no address of the web"),
        ("http://[", "could not be had: Invalid IPv6 URL. Check the address"),
    ],
)
def test_a_redirect_to_nowhere_is_told(site, fetch, target, fault):
    site.says("/", b"", 302, Location=target)
    with pytest.raises(NotFetched, match=fault):
        fetch(site.url)


def test_passwords_and_keys_reach_their_site_and_nothing_else(site, other_site, fetch, cache):
    basic = base64.b64encode(b"ann:pa:ss").decode()
    location = f"{other_site.url.replace('//', '//eve:hush@')}/here?X-Amz-Signature=hush#token=hush"
    site.says("/go", b"", 302, Location=location)
    other_site.says("/here", b"abroad")
    page = fetch(
        site.url.replace("//", "//ann:pa%3Ass@") + "/go",
        params={"api_key": "hush", "accessToken": "hush", "author": "Ibsen"},
        headers={"X-Api-Key": "hush", "Cookie": "hush"},
    )
    sent = site.headers("/go?api_key=hush&accessToken=hush&author=Ibsen")
    assert (sent["Authorization"], sent["X-Api-Key"]) == (f"Basic {basic}", "hush")
    passed_on = other_site.headers("/here?X-Amz-Signature=hush")
    assert not {"Authorization", "X-Api-Key", "Cookie"} & set(passed_on)
    assert page.url == f"{other_site.url}/here?X-Amz-Signature=***"
    everything = kept(cache)
    assert "api_key=***&accessToken=***&author=Ibsen" in everything
    for secret in ("hush", "ann", "pa:ss", "pa%3Ass", basic):
        assert secret not in everything


def test_the_owner_of_a_site_sees_whom_to_write_to(site, fetch, tmp_path, monkeypatch):
    for path in "abc":
        site.says(f"/{path}")
    fetch(f"{site.url}/a", contact="https://paper.example/who")
    assert site.headers("/a")["User-Agent"] == "startpy (https://paper.example/who)"
    monkeypatch.chdir(tmp_path)
    citation = tmp_path / "CITATION.cff"
    citation.write_text("authors: [{name: Bo}, {name: Ann, email: ann@paper.no}]", encoding="utf-8")
    fetch(f"{site.url}/b", contact=None)
    assert site.headers("/b")["User-Agent"] == "startpy (ann@paper.no)"
    for text in ("authors: [{email: you@example.org}]", "authors: [{name: Bo}]", "title: a"):
        citation.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"must be able to reach you.*CITATION.cff"):
            fetch(f"{site.url}/c", contact=None)
    citation.unlink()
    with pytest.raises(ValueError, match=r"the contact is None\. Put your"):
        fetch(f"{site.url}/c", contact=None)


@pytest.mark.parametrize("contact", ["", "Ann", "ann@påper.no", "a@b.no\nX-A: b", "😀@b.no"])
def test_a_contact_that_is_no_address_is_refused(fetch, contact):
    with pytest.raises(ValueError, match=r'must be able to reach you.*fetch\(url, contact="..."\)'):
        fetch("http://127.0.0.1:9", contact=contact)


@pytest.mark.parametrize(
    ("url", "options", "error", "fault"),
    [
        ("www.paper.no", {}, ValueError, "must be http.*but is 'www.paper.no'"),
        ("ftp://ann:hush@paper.no", {}, ValueError, "but is 'ftp://paper.no'"),
        ("http://", {}, ValueError, "but is 'http://'"),
        ("http://[", {}, ValueError, r"but is 'http://\['"),
        ("", {}, ValueError, "but is ''"),
        (float("nan"), {}, TypeError, "must be text, but is nan"),
        ("http://a.no", {"headers": {"User-Agent": "Mozilla"}}, ValueError, "must see who asks"),
        ("http://a.no", {"headers": {"X": "hush\n"}}, ValueError, "each one line of ASCII text"),
        ("http://a.no", {"headers": {"X": 1}}, ValueError, "each one line of ASCII text"),
        ("http://a.no", {"headers": {"X": "😀"}}, ValueError, "each one line of ASCII text"),
        ("http://a.no", {"delay": -1}, ValueError, "delay must be at least 0.*are -1 and 5"),
        ("http://a.no", {"timeout": 0}, ValueError, "timeout more than 0"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(fetch, cache, url, options, error, fault):
    with pytest.raises(error, match=fault) as told:
        fetch(url, **options)
    assert "hush" not in str(told.value)
    assert not cache.exists()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/html; charset=UTF-8", "“Tromsø”".encode()),
        ("text/html", "“Tromsø”".encode("utf-8-sig")),
        ('text/html; charset="ISO-8859-1"', "“Tromsø”".encode("cp1252")),
        ("text/csv; header=present; charset=utf-16", "“Tromsø”".encode("utf-16")),
    ],
)
def test_text_is_read_as_the_server_means_it(site, fetch, kind, content):
    site.says("/", content, Content_Type=kind)
    assert fetch(site.url).text == "“Tromsø”"


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf8mb4"])
def test_text_is_not_guessed(site, fetch, kind):
    site.says("/", "Tromsø".encode("cp1252"), Content_Type=kind)
    with pytest.raises(ValueError, match=r"must be text in utf.*page.content.decode\(\"cp1252\"\)"):
        _ = fetch(site.url).text


def test_what_should_be_json_and_is_a_page_is_shown(site, fetch):
    site.says("/", b"<!doctype html><title>Log in", Content_Type="text/html")
    with pytest.raises(ValueError, match="must be JSON, but is text/html and begins with b'<!doc"):
        fetch(site.url).json()


def test_a_download_is_whole_or_not_there(site, cache, tmp_path):
    path = tmp_path / "new" / "towns.csv"
    usual = {"contact": "desk@paper.example", "delay": 0.01, "cache": cache, "refresh": True}
    site.says("/towns", b"town\nOslo\n", Content_Type="text/csv")
    page = download(f"{site.url}/towns", path, **usual)
    assert path.read_bytes() == page.content == b"town\nOslo\n"
    site.says_in_turn("/towns", HALF, HALF, HALF, HALF)
    with pytest.raises(NotFetched, match="4 times in a row"):
        download(f"{site.url}/towns", path, **usual)
    assert [each.name for each in path.parent.iterdir()] == ["towns.csv"]
    assert path.read_bytes() == b"town\nOslo\n"
    kept(cache)


@pytest.mark.parametrize(
    ("address", "kind", "ending"),
    [
        ("/a.php", "text/html; charset=utf-8", ".html"),
        ("/a.csv", "text/plain", ".csv"),
        ("/a.xlsx", "application/octet-stream", ".xlsx"),
        ("/a", "application/json", ".json"),
        ("/a.csv", "nonsense", ".csv"),
        ("/a", "", ""),
        ("/a.b:c*", "", ""),
    ],
)
def test_an_answer_has_the_ending_by_which_programs_know_it(site, fetch, address, kind, ending):
    site.says(address, Content_Type=kind)
    assert fetch(site.url + address).path.name == f"answer{ending}"


def test_without_the_extra_a_sentence_says_how_to_get_it():
    program = (
        "import sys; sys.modules['protego'] = None\n"
        "from helpers.fetch import fetch\n"
        "fetch('https://paper.example')"
    )
    done = run(sys.executable, "-B", "-c", program, cwd=TEMPLATE)
    assert done.returncode == 1
    assert done.output.splitlines()[-1] == (
        "ModuleNotFoundError: helpers.fetch needs the package protego, which is in the extra "
        "`scrape`. Put it into the project: `python run.py lock --extra scrape`, then "
        "`python run.py`."
    )


def test_nothing_of_the_extra_is_imported_before_it_is_needed():
    program = (
        "import sys, helpers.fetch\n"
        "print({'protego', 'requests', 'urllib3', 'yaml', 'plotnine', 'scipy'} & set(sys.modules))"
    )
    done = run(sys.executable, "-B", "-c", program, cwd=TEMPLATE)
    assert done.output == "set()\n"


def test_git_leaves_the_cache_alone():
    ignored = run("git", "check-ignore", "data/cache/paper.no/a/note.json", cwd=TEMPLATE)
    assert ignored.returncode == 0, ignored.output
