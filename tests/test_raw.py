"""Raw files: they come in by a command, with where they are from, and nothing changes unnoticed."""

import hashlib
import json
import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openpyxl
import pytest
from projects import Project, bake, run

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no pty, fifo or kill -9")

SALES = b"shop,sold\nRoma,30\nLupa,5\n"
NEWER = b"shop,sold\nRoma,30\nLupa,6\n"
BIG = b"".join(b"%07d\n" % n for n in range(500))
FROM = ("--source", "The shops", "--license", "CC0-1.0")
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 9\n"
LIST = "data/raw/datapackage.json"
EXAMPLE = ["adelie", "chinstrap", "gentoo"]
WHO = {"NAME": "Anna", "EMAIL": "anna@example.org"}
WHO = {f"GIT_{part}_{key}": text for key, text in WHO.items() for part in ("AUTHOR", "COMMITTER")}


class Desk(Project):
    """A project, and the folder around it, in which its user stands and files come in."""

    @property
    def here(self):
        return self.folder.parent

    def start(self, *words, at=None, **streams):
        """Start `python run.py raw ...`."""
        words = [str(word) for word in words]
        told = {
            "STARTPY_AGAIN": shlex.join(["python", "run.py", "raw", *words]),
            "STARTPY_CALLED_IN": str(at or self.here),
            "PATH": self.path,
            "PYTHONDONTWRITEBYTECODE": "1",
            "no_proxy": "*",
        }
        piped = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": -2}
        command = [str(self.python), "-m", "startpy.raw", *words]
        return subprocess.Popen(command, cwd=self.folder, env=os.environ | told, **piped | streams)

    def raw(self, *words, at=None):
        """Run such a command; return whether it went well, and what it said."""
        process = self.start(*words, at=at)
        said = process.communicate(timeout=60)[0].decode("utf-8")
        assert "Traceback" not in said, said
        return process.returncode == 0, said

    def done(self, *words, at=None):
        """Run such a command, which must go well; return what it said."""
        well, said = self.raw(*words, at=at)
        assert well, said
        return said

    def refused(self, *words):
        """Run such a command, which must fail and change nothing; return what it said."""
        before = self.all_files()
        well, said = self.raw(*words)
        assert not well, said
        assert self.all_files() == before
        return said

    def git(self, *words):
        done = run("git", *words, cwd=self.folder, **WHO)
        assert done.returncode == 0, done.output
        return done.output

    def commit(self, message="A commit"):
        """Commit all there is, past the hooks."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", message)

    def comes(self, name, content=SALES):
        """Let a file come in."""
        file = self.here / name
        file.write_bytes(content)
        return name

    def listed(self, name="sales.csv", content=SALES):
        """List a file and commit it; return its path."""
        self.done("add", self.comes(name, content), *FROM)
        self.commit(f"Add {name}")
        return self.at(name)

    def at(self, name):
        return self.folder / "data" / "raw" / name

    def put(self, name, content):
        """Write to a file in data/raw, whatever its list may say."""
        self.at(name).parent.mkdir(exist_ok=True)
        self.at(name).unlink(missing_ok=True)
        self.at(name).write_bytes(content)

    def all_files(self):
        """Return all that lies in data/raw, hidden files as well."""
        found = sorted((self.folder / "data" / "raw").rglob("*"))
        return {path.name: path.is_file() and (path.stat().st_mode, path.read_bytes())
                for path in found}  # fmt: skip

    def package(self):
        return json.loads((self.folder / LIST).read_text("utf-8"))

    def entry(self, name):
        return next(each for each in self.package()["resources"] if each["path"] == name)

    def rewrite(self, change):
        """Edit the entries by hand: `change` returns one anew, or None."""
        package = self.package()
        entries = [new for each in package["resources"] if (new := change(each))]
        text = json.dumps(package | {"resources": entries}, indent=2, ensure_ascii=False)
        (self.folder / LIST).write_text(text, encoding="utf-8")

    def forge(self, name, content=NEWER):
        """Change a file, and its entry with it."""
        self.put(name, content)
        digest = hashlib.sha256(content).hexdigest()
        forged = {"hash": f"sha256:{digest}", "bytes": len(content)}
        self.rewrite(lambda entry: entry | forged if entry["path"] == name else entry)

    def drop(self, name):
        """Delete a file, and its entry with it."""
        self.at(name).unlink()
        self.rewrite(lambda entry: entry if entry["path"] != name else None)

    def sources(self):
        """Return what the pipeline reads beside the example."""
        ask = "from startpy.pipeline import sources; print(*sources('*.csv'))"
        done = self.run(self.python, "-c", ask)
        assert done.returncode == 0, done.output
        return [name for name in done.output.split() if name not in EXAMPLE]

    def mend(self, said):
        """Run the first command that is named below each fault, as its user would."""
        for command in re.findall(r"^  \S.*\n.*?((?:git|python run\.py) .*)$", said, re.MULTILINE):
            typed = command.replace("--source ...", "--source Shops").replace("...", "CC0-1.0")
            words = shlex.split(typed)
            if words[0] == "git":
                self.git(*words[1:])
            else:
                self.done(*words[3:], at=self.folder)


@pytest.fixture(scope="module")
def baked(tmp_path_factory):
    place = tmp_path_factory.mktemp("raw")
    made = bake(place)
    assert made.returncode == 0, made.output
    return place / "penguins-of-palmer"


@pytest.fixture
def desk(baked, tmp_path):
    """A new project, with its repository."""
    shutil.copytree(baked, tmp_path / "my desk" / "pröject")
    return Desk(tmp_path / "my desk" / "pröject", Path(sys.executable))


@pytest.fixture(scope="module")
def still(baked, tmp_path_factory):
    """A project with the file sales.csv, for tests that leave it as it is."""
    place = tmp_path_factory.mktemp("still") / "pröject"
    shutil.copytree(baked, place)
    desk = Desk(place, Path(sys.executable))
    desk.listed()
    return desk


@pytest.fixture
def shop(still, tmp_path):
    """A project with the file sales.csv, listed and committed."""
    shutil.copytree(still.folder, tmp_path / "my desk" / "pröject")
    return Desk(tmp_path / "my desk" / "pröject", still.python)


class Site:
    """A web server: `answers` are functions of the handler, in turn, the last one for ever."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append(dict(self.headers))
                with suppress(ConnectionError):
                    site.answers.pop(0)(self) if site.answers[1:] else site.answers[0](self)

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


def says(body=SALES, status=200, /, **headers):
    """Return an answer with a body, and with its length unless another one is given."""

    def answer(handler):
        handler.send_response(status)
        for name, text in ({"Content_Length": str(len(body))} | headers).items():
            handler.send_header(name.replace("_", "-"), text)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def rest(body, **headers):
    """Return an answer by the rules: the rest of a body if it is what was asked for, else all."""

    def answer(handler):
        start = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        if start is None or handler.headers.get("If-Range") not in headers.values():
            return says(body, **headers)(handler)
        have = int(start[1])
        part = f"bytes {have}-{len(body) - 1}/{len(body)}"
        return says(body[have:], 206, Content_Range=part, **headers)(handler)

    return answer


def drops(body, **headers):
    """Return an answer that ends in the middle."""
    return says(body[:1000], Content_Length=str(len(body)), **headers)


# Files come in


def test_a_file_is_listed_with_where_it_is_from_and_stays_as_it_came(desk):
    came = "Citywide Pizza Deliveries, 1998-2016.CSV"
    said = desk.done("add", desk.comes(came), *FROM, "--notes", "Ask Mia", "--retrieved=2026-01-31")
    name = "citywide_pizza_deliveries_1998_2016.csv"
    assert f"data/raw/{name} is in the list: 25 bytes, sha256:" in said
    assert "Next: git add data/raw, then: python run.py" in said
    assert desk.entry(name) == {
        "name": "citywide_pizza_deliveries_1998_2016",
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "bytes": len(SALES),
        "hash": f"sha256:{hashlib.sha256(SALES).hexdigest()}",
        "retrieved": "2026-01-31",
        "sources": [{"title": "The shops"}],
        "licenses": [{"name": "CC0-1.0"}],
        "notes": "Ask Mia",
        "originalName": came,
    }
    assert desk.at(name).read_bytes() == (desk.here / came).read_bytes() == SALES
    assert desk.at(name).stat().st_mode & 0o222 == 0
    assert desk.done("check") == "4 raw files are as listed.\n"
    assert desk.sources() == [name.removesuffix(".csv")]


@pytest.mark.parametrize(
    ("came", "options", "name"),
    [
        ("Été à l’île.tar.GZ", [], "ete_a_l_ile.tar.gz"),
        ("report.2026.final.xlsx", [], "report_2026_final.xlsx"),
        ("a\u00a0b 📈.csv", [], "a_b.csv"),
        ("-rf.csv", [], "rf.csv"),
        ("x" * 200 + ".csv", [], "x" * 60 + ".csv"),
        ("данные.csv", ["--as", "data.csv"], "data.csv"),
        ("late gentoos.CSV", ["--as", "late"], "late.csv"),
    ],
)
def test_a_name_becomes_a_plain_one_and_the_first_is_kept(desk, came, options, name):
    desk.comes(came)
    desk.done("add", *FROM, *options, "--", came)
    assert desk.entry(name)["originalName"] == came


def test_several_files_come_with_one_answer_or_not_at_all(desk):
    desk.comes("may.csv"), desk.comes("june.csv", NEWER), desk.comes("july.csv", b"")
    assert "july.csv must hold data, but is empty" in desk.refused(
        "add", "may.csv", "june.csv", "july.csv", *FROM
    )
    desk.done("add", "may.csv", "june.csv", *FROM)
    assert desk.sources() == ["may", "june"]


def test_what_is_behind_an_address_is_its_own_source(desk, site):
    site.answers = [says()]
    address = f"{site.url}/Sales%20of%20May.csv?download=1"
    desk.done("add", address, "--license", f"{site.url}/terms")
    entry = desk.entry("sales_of_may.csv")
    assert entry["sources"] == [{"title": address, "path": address}]
    assert entry["licenses"] == [{"title": f"{site.url}/terms", "path": f"{site.url}/terms"}]
    assert entry["originalName"] == "Sales of May.csv"
    assert "fetch" not in entry  # git holds it
    assert desk.at("sales_of_may.csv").read_bytes() == SALES


def test_a_file_of_a_shared_drive_has_an_address_but_no_source(desk):
    address = (desk.here / desk.comes("drive.csv")).as_uri()
    assert "--source is needed" in desk.refused("add", address, "--license", "CC0-1.0")
    desk.done("add", address, *FROM)
    assert desk.at("drive.csv").read_bytes() == SALES


@pytest.mark.parametrize("there", ["Sales of May.csv", "sub/Sales of May.csv", "sales_of_may.csv"])
def test_a_file_that_lies_in_data_raw_already_is_moved_to_its_name(desk, there):
    desk.put(there, SALES)
    desk.done("add", f"data/raw/{there}", *FROM, at=desk.folder)
    assert desk.at("sales_of_may.csv").read_bytes() == SALES
    assert desk.done("check") == "4 raw files are as listed.\n"


def test_what_was_not_said_is_named_and_nothing_is_done(desk):
    said = desk.refused("add", desk.comes("sales.csv"))
    assert "--source is needed. Where is it from" in said
    assert "--license is needed. Under which licence" in said
    assert "Then again: python run.py raw add sales.csv" in said
    assert "--reason is needed" in desk.refused("replace", "adelie", desk.comes("new.csv"))
    desk.listed()
    assert "--reason is needed" in desk.refused("withdraw", "sales")


def on_a_terminal(desk, *words, answers=b"", cut_off_at=None):
    """Run a command on a terminal; return its status and what is to be read there."""
    import pty
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    # The tests may run where Ctrl-C is not heard, as in the background; a terminal hears it.
    hears = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    on_it = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    process = desk.start(*words, **on_it, preexec_fn=hears)
    os.close(theirs)
    os.write(ours, answers)
    said = b""
    end = time.monotonic() + 60
    with suppress(OSError):  # the terminal is gone
        while time.monotonic() < end:
            if select.select([ours], [], [], 0.5)[0]:
                said += os.read(ours, 4096)
            elif cut_off_at and cut_off_at in said:
                # Python hears it once it waits for an answer, not just before: hence again.
                process.send_signal(signal.SIGINT)
    os.close(ours)
    return process.wait(timeout=60), said.decode("utf-8")


@posix_only
def test_on_a_terminal_what_was_not_said_is_asked(desk):
    answers = "\nThe shops, by é-mail\nGiven for this article\n".encode()
    status, said = on_a_terminal(desk, "add", desk.comes("sales.csv"), answers=answers)
    assert status == 0, said
    assert said.count("Where is it from") == 2  # an empty answer is none
    assert desk.entry("sales.csv")["sources"] == [{"title": "The shops, by é-mail"}]
    assert desk.entry("sales.csv")["licenses"] == [
        {"name": "other", "title": "Given for this article"}
    ]


@posix_only
@pytest.mark.parametrize("leave", ["Ctrl-C", "Ctrl-D"])
def test_who_leaves_a_question_unanswered_has_changed_nothing(desk, leave):
    before = desk.all_files()
    how = {"Ctrl-C": {"cut_off_at": b"Under which"}, "Ctrl-D": {"answers": b"The shops\n\x04"}}
    if leave == "Ctrl-C":
        how[leave]["answers"] = b"The shops\n"
    status, said = on_a_terminal(desk, "add", desk.comes("sales.csv"), **how[leave])
    assert (status, "Nothing was changed." in said) == (1, True), said
    assert "Traceback" not in said
    assert desk.all_files() == before


REFUSED = {
    "a way out of the folder": (["--as", "../x.csv"], "and stand in data/raw itself"),
    "a path from the root": (["--as", "/x.csv"], "must be lower-case letters"),
    "a path": (["--as", "sub/x.csv"], "must be lower-case letters"),
    "a Windows path": (["--as", "c:\\x.csv"], "must be lower-case letters"),
    "a control character": (["--as", "x\ny.csv"], r"'x\ny.csv' must be lower-case letters"),
    "a device of Windows": (["--as", "con.csv"], "Windows takes 'con' for a device"),
    "a device with two endings": (["--as", "lpt1.tar.gz"], "Windows takes 'lpt1' for a device"),
    "a hidden name": (["--as", ".x.csv"], "must be lower-case letters"),
    "capitals": (["--as", "Adelie.csv"], "must be lower-case letters"),
    "a name that is taken": (["--as", "adelie.csv"], "The name 'adelie' is in the list"),
    "a name that is taken, but for its ending": (["--as", "adelie.tsv"], "'adelie' is in the list"),
    "the name of the list": (["--as", "datapackage.json"], "must be lower-case letters"),
    "a very long name": (["--as", "x" * 101 + ".csv"], "at most 100 letters"),
    "no name": (["--as", ""], "must be lower-case letters"),
    "a day to come": (["--retrieved", "2126-01-01"], "must be a date up to today, as 20"),
    "no day": (["--retrieved", "31.1.2026"], "--retrieved must be a date"),
    "an empty answer": (["--notes", " "], "--notes must be one line of text, but is ' '"),
    "an answer in two lines": (["--notes", "a\nb"], r"--notes must be one line of text, but is"),
    "one name for two files": (["more.csv", "--as", "x.csv"], "--as names one file"),
    "one name twice": (["./sales.csv"], "The name 'sales' is given twice"),
    "one file under two names": (["copy.csv"], "'copy.csv' is, byte for byte, 'sales.csv'"),
    "a file that the list has": (["mine.csv"], "'mine.csv' is, byte for byte, 'adelie.csv', which"),
    "an empty file": (["empty.csv"], "empty.csv must hold data, but is empty"),
    "no file": (["none.csv"], "none.csv must be a file that can be read: No such file"),
    "a folder": (["folder"], "folder must be a file."),
    "a hidden file": ([".hidden.csv"], "'.hidden.csv' is hidden, or left by a program"),
    "a trace of Excel": (["~$sales.xlsx"], "'~$sales.xlsx' is hidden, or left by a program"),
    "a note of Git LFS": (["pointer.csv"], "is only Git LFS's note of where the file is"),
    "a pipe": (["pipe"], "pipe must be a file."),
    "a name of control characters": (["\x1b[2J.csv"], r"'\x1b[2J.csv' must have a name in UTF-8"),
    "a name without letters of ours": (["данные.csv"], "The name '.csv' must be lower-case"),
    "nothing at an address": (["http://127.0.0.1:1/"], "The name '' must be lower-case"),
}  # fmt: skip


@pytest.fixture(scope="module")
def full_desk(baked, tmp_path_factory):
    """A project, and beside it all kinds of things that are no data, among some that are."""
    place = tmp_path_factory.mktemp("full")
    shutil.copytree(baked, place / "pröject")
    desk = Desk(place / "pröject", Path(sys.executable))
    for name in (
        "sales.csv",
        "copy.csv",
        ".hidden.csv",
        "~$sales.xlsx",
        "\x1b[2J.csv",
        "данные.csv",
    ):
        desk.comes(name)
    for name, content in {"empty.csv": b"", "pointer.csv": POINTER, "more.csv": NEWER}.items():
        desk.comes(name, content)
    desk.comes("mine.csv", desk.at("adelie.csv").read_bytes())
    (desk.here / "folder").mkdir()
    os.mkfifo(desk.here / "pipe")
    return desk


@posix_only
@pytest.mark.parametrize(("words", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_kept_is_refused_and_changes_nothing(full_desk, words, reason):
    assert reason in full_desk.refused("add", *FROM, "sales.csv", *words)


def test_all_that_is_wrong_is_said_at_once(desk):
    said = desk.refused("add", "none.csv", desk.comes("con.csv"), "--retrieved", "soon")
    for fault in (
        "none.csv must be",
        "'con' for a device",
        "--retrieved must",
        "--source is needed",
    ):
        assert fault in said


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(b"no", 404), "The server answered 404 Not Found."),
        (says(b"no", 403), "The server answered 403 Forbidden."),
        (says(b""), "must hold data, but is empty."),
        (says(POINTER), "is only Git LFS's note"),
    ],
    ids=["missing", "forbidden", "empty", "pointer"],
)
def test_an_address_without_data_is_refused(desk, site, answer, reason):
    site.answers = [answer]
    assert reason in desk.refused("add", f"{site.url}/x.csv", "--license", "CC0-1.0")


def test_a_key_in_an_address_is_not_recorded(desk, site):
    site.answers = [says(BIG)]
    smaller(desk)
    secret = f"http://me:hush@{site.url.removeprefix('http://')}/x.csv?year=2026&api_key=hush"
    terms = "Terms: https://me:hush@example.org/?token=hush (signed)"
    said = desk.done("add", secret, "--license", terms, "--notes", f"See {secret}")
    assert site.asked[0]["Authorization"].startswith("Basic ")
    assert "hush" not in (desk.folder / LIST).read_text("utf-8") + said
    assert desk.entry("x.csv")["licenses"][0]["title"].endswith("?token=*** (signed)")
    assert "fetch" not in desk.entry("x.csv")
    assert "or one with a key in it" in said


# Too big for git


def smaller(desk):
    """Make less be too big for git, and patience shorter."""
    desk.edit("startpy/receive.py", "BIGGEST_IN_GIT = 20_000_000", "BIGGEST_IN_GIT = 1_000")
    desk.edit("startpy/download.py", "time.sleep(2 **", "time.sleep(0.1 *")


def big_one(desk, site):
    """List a file that is too big for git, and commit; return its address."""
    smaller(desk)
    site.answers = [says(BIG)]
    desk.done("add", f"{site.url}/big.csv", "--license", "CC0-1.0")
    desk.commit()
    site.asked.clear()
    return f"{site.url}/big.csv"


def test_a_file_too_big_for_git_is_kept_out_of_it_and_fetched_elsewhere(desk, site, tmp_path):
    address = big_one(desk, site)
    assert desk.entry("big.csv")["fetch"] == address
    assert "data/raw/big.csv" not in desk.git("ls-files")
    desk.git("clone", "--quiet", ".", tmp_path / "clone" / "project")
    clone = Desk(tmp_path / "clone" / "project", desk.python)
    well, said = clone.raw("check")
    assert not well
    assert "data/raw/big.csv must be there, but is missing" in said
    assert "Get it: python run.py raw fetch big.csv" in said
    clone.mend(said)
    assert clone.at("big.csv").read_bytes() == BIG
    assert clone.at("big.csv").stat().st_mode & 0o222 == 0
    assert "4 raw files are as listed" in clone.done("check", "--full", "--since", "HEAD")


def test_a_big_file_without_an_address_must_come_from_its_owner(desk):
    smaller(desk)
    said = desk.done("add", desk.comes("big.csv", BIG), *FROM)
    assert "It is too big for git, which is told to leave it out. Others must get it from" in said
    desk.at("big.csv").unlink()
    said = desk.refused("check")
    assert "Get it from whoever has it, or from its source: 'The shops'" in said
    desk.done("withdraw", "big.csv", "--reason", "lost")
    assert not desk.at(".gitignore").exists()
    assert "3 raw files" in desk.done("check")


TAG = {"ETag": '"1"'}
DAY = {"Last_Modified": "Tue, 01 Sep 2026 10:00:00 GMT"}


@pytest.mark.parametrize(
    ("answers", "ranges"),
    [
        ([drops(BIG, **TAG), rest(BIG, **TAG)], [None, "bytes=1000-"]),
        ([drops(BIG, **DAY), rest(BIG, **DAY)], [None, "bytes=1000-"]),
        ([drops(BIG), rest(BIG)], [None, None]),
        ([drops(BIG[::-1], **TAG), rest(BIG, ETag='"2"')], [None, "bytes=1000-"]),
        ([drops(BIG, **TAG), says(BIG, **TAG)], [None, "bytes=1000-"]),
        ([says(b"later", 503), says(BIG)], [None, None]),
        ([drops(BIG, **TAG), says(b"", 416), rest(BIG, **TAG)], [None, "bytes=1000-", None]),
    ],
    ids=["by its tag", "by its date", "no way to tell", "changed meanwhile", "no ranges", "busy",
         "out of range"],
)  # fmt: skip
def test_a_broken_download_goes_on_where_it_can_and_else_begins_anew(desk, site, answers, ranges):
    big_one(desk, site)
    desk.at("big.csv").unlink()
    site.answers = answers
    assert "data/raw/big.csv is here: 4,000 bytes, as listed." in desk.done("fetch")
    assert desk.at("big.csv").read_bytes() == BIG
    assert [asked.get("Range") for asked in site.asked] == ranges


def endless(handler):
    """Send more than there is, for as long as anybody listens."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(500):
        handler.wfile.write(BIG * 250)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([says(b"no", 404)], "The server answered 404 Not Found."),
        ([says(b"busy", 500)], "answered 500 Internal Server Error. It was tried 2 times."),
        ([drops(BIG)], "The connection failed (ProtocolError). It was tried 2 times."),
        ([says(BIG[::-1])], "is not what is at http"),
        ([says(BIG[:-8])], "is not what is at http"),
        ([endless], "is not what is at http"),
    ],
    ids=["missing", "always busy", "always broken", "other bytes", "too few", "endless"],
)
def test_what_cannot_be_fetched_leaves_nothing_behind(desk, site, answers, reason):
    address = big_one(desk, site)
    desk.edit("startpy/download.py", "TRIES = 5", "TRIES = 2")
    desk.at("big.csv").unlink()
    site.answers = answers
    said = desk.refused("fetch")
    assert reason in said
    assert address in said
    assert "Again: python run.py raw fetch" in said


def test_a_newer_file_at_the_address_is_listed_beside_the_old_one(desk, site):
    big_one(desk, site)
    desk.at("big.csv").unlink()
    site.answers = [says(BIG * 2)]
    _, said = desk.raw("fetch")
    command = re.search("python run.py raw (replace .*) --reason ...", said)[1]
    said = desk.done(*shlex.split(command), "--reason", "of June")
    assert desk.sources() == ["big_v2"]
    assert "It is not there now, and must be:" in said


def test_fetch_leaves_alone_what_is_there_and_what_git_holds(desk, site):
    address = big_one(desk, site)
    assert "0 fetched" in desk.done("fetch")
    assert site.asked == []
    desk.at("adelie.csv").unlink()
    assert "Put it back: git checkout HEAD -- data/raw/adelie.csv" in desk.refused(
        "fetch", "adelie"
    )
    assert "must be one of the raw files in the list, which are: adelie.csv" in desk.refused(
        "fetch", address
    )


@posix_only
def test_a_download_shows_on_a_terminal_how_far_it_is(desk, site):
    big_one(desk, site)
    desk.at("big.csv").unlink()
    status, said = on_a_terminal(desk, "fetch")
    assert status == 0, said
    assert re.search(r"big\.csv: +100%", said), said


# Cut off, and two at once


class Holding:
    """An answer that has sent half and waits."""

    def __init__(self):
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(BIG)))
        handler.end_headers()
        handler.wfile.write(BIG[:1000])
        self.begun.set()
        self.go_on.wait(30)
        handler.wfile.write(BIG[1000:])


@posix_only
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_an_add_that_is_cut_off_in_its_download_has_changed_nothing(desk, site, by):
    holding = Holding()
    site.answers = [holding]
    process = desk.start("add", f"{site.url}/big.csv", "--license", "CC0-1.0")
    assert holding.begun.wait(30)
    process.send_signal(by)
    said = process.communicate(timeout=30)[0].decode()
    holding.go_on.set()
    assert process.returncode
    assert "Traceback" not in said
    assert "3 raw files are as listed" in desk.done("check")
    assert desk.git("status", "--porcelain") == ""
    site.answers = [says(BIG)]
    desk.done("add", desk.comes("sales.csv"), *FROM)
    assert set(desk.all_files()) == {f"{name}.csv" for name in [*EXAMPLE, "sales"]} | {
        "datapackage.json"
    }


@posix_only
def test_an_add_that_is_killed_before_it_lists_its_file_can_be_done_again(desk):
    killed = "        os.kill(os.getpid(), 9)\n"
    desk.edit("startpy/raw.py", "        write_package(", f"{killed}        write_package(")
    desk.comes("Sales.csv")
    well, _ = desk.raw("add", "Sales.csv", *FROM)
    desk.edit("startpy/raw.py", killed, "")
    assert not well
    said = desk.refused("add", "Sales.csv", *FROM)
    assert "data/raw/sales.csv is there already, and not in the list." in said
    desk.mend(desk.refused("check"))
    assert "4 raw files are as listed" in desk.done("check")


def test_of_two_changes_at_once_one_is_refused_and_none_is_lost(desk, site):
    holding = Holding()
    site.answers = [holding]
    first = desk.start("add", f"{site.url}/big.csv", "--license", "CC0-1.0")
    assert holding.begun.wait(30)
    well, said = desk.raw("add", desk.comes("sales.csv"), *FROM)
    assert not well
    assert "Another change of the list is at work in this folder" in said
    assert "Then: python run.py raw add sales.csv" in said
    holding.go_on.set()
    assert first.communicate(timeout=30) and first.returncode == 0
    desk.done("add", "sales.csv", *FROM)
    assert desk.sources() == ["big", "sales"]


# Files are replaced and withdrawn


def test_a_newer_file_stands_beside_the_old_one_and_is_read_in_its_place(desk):
    desk.listed("sales.csv"), desk.listed("zones.csv", b"zone\n1\n")
    said = desk.done(
        "replace", "sales", desk.comes("from the shops.csv", NEWER), "--reason", "Lupa"
    )
    assert "data/raw/sales.csv stays, but the pipeline does not read it any more." in said
    assert desk.entry("sales.csv")["replaced"]["by"] == "sales_v2.csv"
    assert desk.entry("sales.csv")["replaced"]["reason"] == "Lupa"
    assert desk.entry("sales_v2.csv")["sources"] == [{"title": "The shops"}]
    assert desk.at("sales.csv").read_bytes() == SALES
    assert desk.sources() == ["sales_v2", "zones"]
    assert "replaced by sales_v2.csv: replace that one" in desk.refused(
        "replace", "sales.csv", desk.comes("x.csv", b"x"), "--reason", "no"
    )
    desk.done("replace", "data/raw/sales_v2.csv", "x.csv", "--reason", "Roma", "--source", "Roma")
    assert desk.sources() == ["sales_v3", "zones"]
    assert "7 raw files are as listed" in desk.done("check")


def test_the_pipeline_reads_the_newer_file(desk):
    desk.put("adelie.csv", desk.at("adelie.csv").read_bytes().replace(b",181,3750,", b",181,3751,"))
    desk.done("replace", "adelie", "data/raw/adelie.csv", "--reason", "typo", at=desk.folder)
    desk.git("checkout", "HEAD", "--", "data/raw/adelie.csv")
    assert [job for job in desk.plan() if job.startswith("ingest")] == [
        "ingest adelie_v2",
        "ingest chinstrap",
        "ingest gentoo",
    ]


def test_a_newer_file_of_another_kind_is_pointed_out(shop):
    said = shop.done("replace", "sales", shop.comes("s.xlsx", b"PK"), "--reason", "now Excel")
    assert "The Snakefile must ask for sales_v2.xlsx" in said


def test_what_must_go_goes_and_leaves_its_reason(desk):
    file = desk.listed()
    said = desk.done("withdraw", "sales", "--reason", "Names of customers")
    assert "data/raw/sales.csv is deleted; its entry and the reason stay in the list." in said
    assert "Earlier commits still hold it" in said
    assert not file.exists()
    (left,) = desk.package()["withdrawn"]
    assert (left["path"], left["reason"]) == ("sales.csv", "Names of customers")
    assert left["hash"] == f"sha256:{hashlib.sha256(SALES).hexdigest()}"
    assert desk.sources() == []
    desk.commit()
    assert "3 raw files are as listed" in desk.done("check", "--since", "HEAD~1")
    desk.comes("sales.csv", NEWER)
    assert "The name 'sales' was withdrawn" in desk.refused("add", "sales.csv", *FROM)


def test_what_was_never_committed_is_not_said_to_be_in_commits(desk):
    desk.done("add", desk.comes("sales.csv"), *FROM)
    assert "Earlier commits" not in desk.done("withdraw", "sales", "--reason", "wrong one")


def test_when_a_newer_file_is_withdrawn_the_one_before_is_read_again(shop):
    for number in (2, 3):
        new = shop.comes(f"{number}.csv", SALES * number)
        shop.done("replace", f"sales{'_v2' * (number == 3)}", new, "--reason", "newer")
    shop.done("withdraw", "sales_v2", "--reason", "wrong")
    assert shop.sources() == ["sales_v3"]
    said = shop.done("withdraw", "sales_v3", "--reason", "wrong as well")
    assert "The pipeline reads data/raw/sales.csv again, which it replaced." in said
    assert shop.sources() == ["sales"]


def test_the_example_makes_room_and_leaves_nothing(desk):
    for name in EXAMPLE:
        desk.done("withdraw", name)
    desk.commit()
    assert desk.package()["resources"] == []
    assert "withdrawn" not in desk.package()
    assert "0 raw files are as listed" in desk.done("check", "--since", "HEAD~1")
    desk.listed("adelie.csv")
    desk.done("check")


# The guard


FAULTS = {
    "changed": (
        lambda desk: desk.put("sales.csv", NEWER + b"\n"),
        ["data/raw/sales.csv has changed: it must have 25 bytes and sha256:", "but has 26 and ",
         "raw replace sales.csv data/raw/sales.csv --reason ..."],
    ),
    "changed and staged": (
        lambda desk: (desk.put("sales.csv", NEWER), desk.git("add", "--all")),
        ["Put it back: git checkout HEAD -- data/raw/sales.csv"],
    ),
    "changed in the last commit, past the hooks": (
        lambda desk: (desk.put("sales.csv", NEWER), desk.commit()),
        ["data/raw/sales.csv has changed", "Put it back: git checkout"],
    ),
    "changed several commits ago": (
        lambda desk: (desk.put("sales.csv", NEWER), desk.commit(), desk.listed("b.csv", b"b")),
        ["data/raw/sales.csv has changed", "Put it back: git checkout"],
    ),
    "changed before it was committed": (
        lambda desk: (desk.done("add", desk.comes("b.csv", b"b"), *FROM),
                      desk.git("add", "--all"), desk.put("b.csv", b"c")),
        ["Put it back: git checkout -- data/raw/b.csv"],
    ),
    "cut off": (
        lambda desk: desk.put("sales.csv", b""),
        ["data/raw/sales.csv has changed", "but has 0 and"],
    ),
    "missing": (
        lambda desk: desk.at("sales.csv").unlink(),
        ["data/raw/sales.csv must be there, but is missing", "git checkout HEAD --"],
    ),
    "missing in the last commit": (
        lambda desk: (desk.at("sales.csv").unlink(), desk.commit()),
        ["data/raw/sales.csv must be there, but is missing", "Put it back: git checkout"],
    ),
    "a link": (
        lambda desk: (desk.at("sales.csv").unlink(), desk.at("sales.csv").symlink_to("/etc/hosts")),
        ["data/raw/sales.csv must be a file itself, but is a link"],
    ),
    "a folder": (
        lambda desk: (desk.at("sales.csv").unlink(), desk.at("sales.csv").mkdir()),
        ["data/raw/sales.csv must be a file. Move away what is there.", "git checkout HEAD --"],
    ),
    "undeclared": (
        lambda desk: desk.put("Süd $(id).csv", NEWER),
        ["'data/raw/Süd $(id).csv' is not in the list", "raw add 'data/raw/Süd $(id).csv' --source",
         "Or move it out of data/raw."],
    ),
    "undeclared in a folder": (
        lambda desk: desk.put("sub/new.csv", NEWER),
        ["'data/raw/sub/new.csv' is not in the list"],
    ),
    "hash and file edited": (
        lambda desk: desk.forge("sales.csv"),
        ["'sales.csv', as it stands there in commit", "has another fingerprint or size now",
         "Put it back: python run.py raw restore"],
    ),
    "hash and file edited in the last commit": (
        lambda desk: (desk.forge("sales.csv"), desk.commit()),
        ["has another fingerprint or size now"],
    ),
    "hash and file edited several commits ago": (
        lambda desk: (desk.forge("sales.csv"), desk.commit(), desk.forge("sales.csv", b"x"),
                      desk.commit(), desk.listed("b.csv", b"b")),
        ["has another fingerprint or size now"],
    ),
    "size edited": (
        lambda desk: desk.edit(LIST, '"bytes": 25', '"bytes": 24'),
        ["has another fingerprint or size now"],
    ),
    "entry and file deleted": (
        lambda desk: desk.drop("sales.csv"),
        ["'sales.csv', as it stands there in commit", "is gone", "raw withdraw --help"],
    ),
    "entry and file deleted several commits ago": (
        lambda desk: (desk.drop("sales.csv"), desk.commit(), desk.listed("b.csv", b"b")),
        ["is gone"],
    ),
    "withdrawn by hand, without a reason": (
        lambda desk: (
            desk.drop("sales.csv"),
            desk.edit(LIST, '"resources":', '"withdrawn": [{"path": "sales.csv"}], "resources":'),
        ),
        ["is gone", "What must not stay leaves a reason behind"],
    ),
    "withdrawn on paper, with another in its place": (
        lambda desk: (desk.forge("sales.csv"), desk.edit(LIST, '"resources":',
                      '"withdrawn": [{"path": "sales.csv", "hash": "sha256:00", "reason": "x"}],'
                      '"resources":')),
        ["path 'sales.csv' was withdrawn: a file that is listed must have another name",
         "git checkout HEAD -- data/raw/datapackage.json"],
    ),
    "the list deleted": (
        lambda desk: desk.git("rm", "--quiet", LIST),
        ["It cannot be read: No such file", "git checkout HEAD -- data/raw/datapackage.json"],
    ),
    "the list broken in the last commit": (
        lambda desk: (desk.edit(LIST, '"resources"', "resources"), desk.commit()),
        ["cannot be read: Expecting property name", "Mend it, or go back: git checkout"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_the_guard_names_what_differs_and_the_command_that_mends_it(shop, fault, words):
    fault(shop)
    said = shop.refused("check")
    for word in words:
        assert word in said, said
    if shop.at("sales.csv").is_dir():
        shop.at("sales.csv").rmdir()
    for _ in range(2):  # of a forged pair, the list is mended first and then the file
        shop.mend(said)
        well, said = shop.raw("check")
        if well:
            break
    shop.done("check", "--full")
    assert shop.at("sales.csv").read_bytes() == SALES
    assert shop.package()["resources"][3]["path"] == "sales.csv"
    assert "withdrawn" not in shop.package()
    if shop.git("status", "--porcelain"):
        shop.commit("Mended")
    shop.done("check", "--full")


@pytest.mark.parametrize("ago", [0, 3600], ids=["at once", "later"])
def test_a_change_is_seen_also_with_its_size_and_time_put_back(desk, ago):
    file = desk.listed()
    os.utime(file, (time.time() - ago,) * 2)
    desk.done("check")
    before = file.stat()
    file.chmod(0o644)
    file.write_bytes(NEWER)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert "data/raw/sales.csv has changed" in desk.refused("check")


def test_a_run_stops_at_the_guard_before_any_job(shop):
    shop.put("sales.csv", NEWER)
    done = shop.snakemake("--dry-run")
    assert done.returncode == 1
    assert "data/raw/sales.csv has changed" in done.output
    assert done.output.rstrip().endswith("Then: python run.py")
    assert "rule ingest" not in done.output
    assert "Traceback" not in done.output


def test_a_file_is_read_once_unless_it_may_have_changed_in_the_same_moment(desk):
    def remembered():
        cache = desk.folder / ".snakemake" / "startpy" / "raw.json"
        return set(json.loads(cache.read_text("utf-8"))["files"])

    file = desk.listed()
    desk.done("check")
    assert "data/raw/sales.csv" not in remembered()
    time.sleep(2.1)
    desk.done("check")
    assert "data/raw/sales.csv" in remembered()
    file.chmod(0o644)
    desk.done("check")
    assert "data/raw/sales.csv" not in remembered()


def test_a_full_check_believes_no_earlier_look(shop):
    shop.put("sales.csv", NEWER)
    seen = shop.at("sales.csv").stat()
    stamp = [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]
    cache = shop.folder / ".snakemake" / "startpy" / "raw.json"
    cache.parent.mkdir(parents=True, exist_ok=True)
    believed = {"data/raw/sales.csv": [*stamp, shop.entry("sales.csv")["hash"]]}
    cache.write_text(json.dumps({"files": believed}), encoding="utf-8")
    shop.done("check")
    assert "data/raw/sales.csv has changed" in shop.refused("check", "--full")


@pytest.mark.parametrize("text", ["", "[]", '{"files": 3}', '{"files": {"data/raw/x": 1}}', "\0"])
def test_a_broken_memory_is_no_trouble(desk, text):
    cache = desk.folder / ".snakemake" / "startpy" / "raw.json"
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(text, encoding="utf-8")
    assert desk.done("check") == "3 raw files are as listed.\n"


def test_a_note_of_git_lfs_is_told_from_data(shop):
    shop.put("sales.csv", POINTER)
    said = shop.refused("check")
    assert "data/raw/sales.csv is only Git LFS's note of where the file is" in said
    assert "Get the file: git lfs pull --include data/raw/sales.csv" in said


@posix_only
@pytest.mark.parametrize("target", ["/etc/hosts", "/etc"])
def test_a_link_in_data_raw_is_not_data(desk, target):
    desk.at("more.csv").symlink_to(target)
    assert "'data/raw/more.csv' is a link, and not in the list" in desk.refused("check")
    (desk.here / "way").symlink_to(desk.folder / "data" / "raw")
    assert "is a link. Move it out of data/raw" in desk.refused("add", "way/more.csv", *FROM)


@pytest.mark.parametrize(
    "name", ["Thumbs.db", "desktop.ini", ".DS_Store", "~$sales.xlsx", ".~lock.a.csv#", "README.md"]
)
def test_what_programs_leave_beside_the_files_stops_nobody(desk, name):
    desk.put(name, b"x")
    desk.put(f"sub/{name}", b"x")
    desk.git("add", "--all", "--force")
    desk.done("check")
    desk.done("check", "--since", "HEAD")


HOSTILE = {
    "a way out": ({"path": "../sales.csv"}, "path '../sales.csv' must be lower-case"),
    "a path from the root": ({"path": "/etc/passwd"}, "path '/etc/passwd' must be"),
    "a device": ({"name": "nul", "path": "nul.csv"}, "Windows takes 'nul' for a device"),
    "a command": ({"name": "x$(id)", "path": "x$(id).csv"}, "name 'x$(id)' must be"),
    "an escape": ({"path": "x\x1b[2J.csv"}, r"path 'x\x1b[2J.csv' must be"),
    "a newline at the end": ({"path": "sales.csv\n"}, r"path 'sales.csv\n' must be"),
    "the list itself": ({"name": "datapackage", "path": "datapackage.json"}, "must be lower-case"),
    "another name than its path's": ({"name": "other"}, "path 'sales.csv' must be 'other' and an"),
    "no path": ({"path": None}, "path 'None' must be"),
    "paths": ({"path": ["a.csv", "b.csv"]}, "must be lower-case"),
    "no hash": ({"hash": None}, "sales.csv: hash must be sha256: and 64 digits, but is None"),
    "another hash": ({"hash": "md5:" + "0" * 32}, "hash must be sha256:"),
    "no size": ({"bytes": "25"}, "bytes must be a whole number, but is '25'"),
    "a size of true": ({"bytes": True}, "bytes must be a whole number, but is True"),
    "an address that is none": ({"fetch": "ftp://x"}, "fetch must be an address"),
    "an address with an escape": ({"fetch": "https://x\x1b[2J"}, r"but is 'https://x\x1b[2J'"),
    "replaced by nothing": ({"replaced": "x"}, "replaced must be {"),
    "replaced by itself": (
        {"replaced": {"by": "sales.csv"}},
        "what replaced it, 'sales.csv', must",
    ),
    "replaced by a stranger": ({"replaced": {"by": "x.csv"}}, "what replaced it, 'x.csv', must"),
    "sources that are none": ({"sources": ["x"]}, "sources must be ["),
    "an entry that is none": ("sales.csv", "with one {...} for each raw file"),
}


@pytest.fixture
def edited(still):
    """A project whose list is put back after the test."""
    yield still
    still.git("checkout", "HEAD", "--", LIST)


@pytest.mark.parametrize(("change", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_list_is_refused(edited, change, reason):
    def hostile(entry):
        if entry["path"] != "sales.csv":
            return entry
        return change if isinstance(change, str) else entry | change

    edited.rewrite(hostile)
    said = edited.refused("check")
    assert reason in said
    assert "git checkout HEAD -- data/raw/datapackage.json" in said
    assert "\x1b" not in said


def test_no_command_believes_a_hostile_list(edited):
    edited.comes("new.csv", NEWER)
    edited.rewrite(lambda entry: entry | {"path": "../../../new.csv"})
    for command in (
        ["fetch"],
        ["restore"],
        ["add", "new.csv", *FROM],
        ["replace", "adelie", "new.csv", "--reason", "x"],
        ["withdraw", "sales", "--reason", "x"],
    ):
        assert "path '../../../new.csv' must be lower-case" in edited.refused(*command)
    assert (edited.here / "new.csv").read_bytes() == NEWER


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"resources": {}}', '{"resources": [[]]}', "[" * 100_000, "9" * 5000,
     '{"resources": [{"bytes": 1e999}]}', '{"withdrawn": [1]}', "\ufeff{}"],
)  # fmt: skip
def test_a_list_that_is_none_is_refused_in_a_sentence(edited, text):
    (edited.folder / LIST).write_text(text, encoding="utf-8")
    said = edited.refused("check")
    assert "does not agree with data/raw" in said
    assert "git checkout HEAD -- data/raw/datapackage.json" in said


def test_hostile_entries_in_earlier_commits_are_asked_for_by_nobody(desk):
    good = (desk.folder / LIST).read_text("utf-8")
    for change in ({"path": "../../x"}, {"hash": None}, {"path": ["x"]}, {"name": 3}):
        desk.rewrite(lambda entry, change=change: {"example": False} | entry | change)
        desk.commit()
    for text in ("{", "[[[", '{"resources": 3}', "9" * 5000, "<<<<<<< HEAD"):
        (desk.folder / LIST).write_text(text, encoding="utf-8")
        desk.commit()
    (desk.folder / LIST).write_text(good, encoding="utf-8")
    desk.commit()
    assert "3 raw files are as listed" in desk.done("check")


def test_half_a_letter_in_the_list_survives_a_change_of_it(desk):
    desk.edit(LIST, '"notes": "The rows', '"notes": "\\ud83d The rows')
    desk.done("add", desk.comes("sales.csv"), *FROM)
    assert '"notes": "\\ud83d The rows' in (desk.folder / LIST).read_text("utf-8")
    desk.done("check")


# The list and git


def test_what_is_not_in_the_commit_does_not_stop_it_and_what_is_must_be_listed(desk):
    desk.put("new.csv", NEWER)
    desk.done("check", "--since", "HEAD")
    desk.git("add", "data/raw/new.csv")
    assert "'data/raw/new.csv' is not in the list" in desk.refused("check", "--since", "HEAD")


def test_a_listed_file_must_be_in_the_commit(desk):
    desk.done("add", desk.comes("sales.csv"), *FROM)
    said = desk.refused("check", "--since", "HEAD")
    assert "data/raw/sales.csv is listed, but git does not hold it" in said
    desk.mend(said)
    desk.done("check", "--since", "HEAD")


def test_a_file_that_git_ignores_by_accident_is_missed_and_on_purpose_is_not(desk):
    (desk.folder / ".git" / "info" / "exclude").write_text("*.csv\n", encoding="utf-8")
    desk.done("add", desk.comes("sales.csv"), *FROM)
    desk.git("add", "--all")
    said = desk.refused("check", "--since", "HEAD")
    assert "Or leave it out on purpose, with the line /sales.csv in data/raw/.gitignore" in said
    desk.put(".gitignore", b"/sales.csv\n")
    desk.done("check", "--since", "HEAD")
    desk.at(".gitignore").unlink()
    desk.mend(said)
    desk.done("check", "--since", "HEAD")


def test_before_a_commit_a_list_that_shrank_is_refused(shop):
    shop.drop("sales.csv")
    shop.git("add", "--all")
    assert "'sales.csv', as it stands there in commit" in shop.refused("check", "--since", "HEAD")


def test_a_branch_is_compared_with_where_it_parted(desk):
    desk.git("checkout", "--quiet", "-b", "other")
    desk.listed("theirs.csv", NEWER)
    desk.git("checkout", "--quiet", "main")
    desk.listed("ours.csv")
    assert "4 raw files" in desk.done("check", "--since", "other")
    said = desk.refused("check", "--since", "origin/none")
    assert "git must know the revision 'origin/none'" in said
    assert "git must know the revision '--all'" in desk.refused("check", "--since=--all")


def test_before_the_first_commit_there_is_nothing_to_lose(desk):
    shutil.rmtree(desk.folder / ".git")
    desk.git("init", "--quiet")
    desk.git("add", "--all")
    desk.done("check", "--since", "HEAD")
    assert "git does not answer here, or has no commit yet" in desk.done("check")


def test_without_git_files_and_list_are_compared_and_it_is_said_that_no_more_is(desk):
    shutil.rmtree(desk.folder / ".git")
    desk.done("add", desk.comes("sales.csv"), *FROM)
    assert "What the list held before was not compared" in desk.done("check")
    desk.put("sales.csv", NEWER)
    said = desk.refused("check")
    assert "Get it from whoever has it, or from its source: 'The shops'" in said
    done = run(desk.python, "-m", "startpy.raw", "check", cwd=desk.folder, PATH="")
    assert "data/raw/sales.csv has changed" in done.output


def test_a_shallow_clone_says_how_much_it_cannot_see(shop, tmp_path):
    shop.git("clone", "--quiet", "--depth=1", shop.folder.as_uri(), tmp_path / "clone" / "project")
    clone = Desk(tmp_path / "clone" / "project", shop.python)
    assert "git fetch --unshallow" in clone.done("check", "--since", "HEAD")
    assert "git fetch --unshallow" in clone.refused("check", "--since", "HEAD~1")


def test_a_clone_that_turns_line_ends_leaves_raw_files_alone(desk, tmp_path):
    desk.listed("lf.csv", SALES), desk.listed("crlf.csv", SALES.replace(b"\n", b"\r\n"))
    clone = tmp_path / "clone" / "project"
    desk.git("-c", "core.autocrlf=true", "clone", "--quiet", "-c", "core.autocrlf=true", ".", clone)
    assert "5 raw files are as listed" in Desk(clone, desk.python).done("check", "--full")


def test_a_project_within_a_larger_repository_is_guarded_as_well(desk):
    shutil.rmtree(desk.folder / ".git")
    run("git", "init", "--quiet", cwd=desk.here)
    desk.listed()
    desk.done("check", "--since", "HEAD")
    desk.forge("sales.csv")
    desk.commit()
    said = desk.refused("check")
    for _ in range(2):
        desk.mend(said)
        _, said = desk.raw("check")
    assert desk.at("sales.csv").read_bytes() == SALES
    desk.put("new.csv", NEWER)
    desk.git("add", "--all")
    assert "'data/raw/new.csv' is not in the list" in desk.refused("check", "--since", "HEAD")


def both_add(desk):
    """Let two branches add a file each, and try to merge them."""
    desk.git("checkout", "--quiet", "-b", "other")
    desk.listed("theirs.csv", NEWER)
    desk.git("checkout", "--quiet", "main")
    desk.listed("ours.csv")
    return run("git", "merge", "--quiet", "other", cwd=desk.folder, **WHO)


def test_two_branches_that_add_files_meet_in_a_conflict_that_is_said_in_words(desk):
    assert both_add(desk).returncode
    said = desk.refused("check")
    assert "A merge has left two versions in it, from line" in said
    assert "Keep the entries of both" in said
    ours, theirs = (json.loads(desk.git("show", f":{side}:{LIST}")) for side in (2, 3))
    ours["resources"].append(theirs["resources"][-1])
    (desk.folder / LIST).write_text(json.dumps(ours, indent=2), encoding="utf-8")
    desk.done("check")
    desk.commit("Merge")
    desk.done("check", "--since", "HEAD")
    assert desk.sources() == ["ours", "theirs"]


def test_a_merge_that_forgets_the_other_side_is_found_out(desk):
    both_add(desk)
    desk.git("checkout", "--ours", "--", LIST)
    desk.commit("Merge")
    said = desk.refused("check")
    assert "'theirs.csv', as it stands there in commit" in said
    desk.done("restore")
    desk.done("check")
    assert desk.sources() == ["theirs", "ours"] or desk.sources() == ["ours", "theirs"]


def test_a_list_that_lost_several_entries_gets_them_back_in_their_order(desk):
    for name in "abc":
        desk.listed(f"{name}.csv", name.encode())
    desk.done("replace", "b", desk.comes("new.csv"), "--reason", "newer")
    desk.done("withdraw", "c", "--reason", "private")
    desk.commit()
    whole = (desk.folder / LIST).read_text("utf-8")
    desk.rewrite(lambda entry: entry if "example" in entry else None)
    package = desk.package()
    del package["withdrawn"]
    (desk.folder / LIST).write_text(json.dumps(package), encoding="utf-8")
    assert desk.refused("check").count("is gone") == 4
    desk.done("restore")
    paths = [entry["path"] for entry in desk.package()["resources"]]
    assert paths == [*(f"{name}.csv" for name in EXAMPLE), "a.csv", "b.csv", "b_v2.csv"]
    assert desk.package()["withdrawn"] == json.loads(whole)["withdrawn"]
    assert desk.entry("b.csv")["replaced"]["by"] == "b_v2.csv"
    desk.done("check")
    assert "The list holds whatever it held" in desk.done("restore")


# The standard


def test_the_list_is_what_the_tool_of_the_standard_takes(desk, site):
    uv = [sys.executable, "-m", "uv", "tool", "run", "--from", "frictionless[excel]==5.21.0"]
    there = run(*uv, "frictionless", "--version", cwd=desk.here)
    if there.returncode:
        pytest.skip(f"frictionless cannot be installed here: {there.output.splitlines()[-1]}")
    book = openpyxl.Workbook()
    book.active.append(["shop", "sold"])
    book.save(desk.here / "book.xlsx")
    for name, content in {
        "Messy Table.csv": b"A title\n\n;a;;b\n1\n",
        "report.pdf": b"%PDF-1.7 not really",
        "no ending": b"x",
        "packed.csv.gz": bytes.fromhex("1f8b08000000000000034b040043beb7e801000000"),
        "spss.sav": b"$FL2",
        "book.xlsx": (desk.here / "book.xlsx").read_bytes(),
    }.items():
        desk.done("add", desk.comes(name, content), *FROM, "--notes", "é 📈")
    site.answers = [says()]
    desk.done("add", f"{site.url}/x.csv?y=1", "--license", "https://example.org/terms")
    desk.done("replace", "x", desk.comes("new.csv", NEWER), "--reason", "newer")
    desk.done("withdraw", "spss", "--reason", "private")
    check = [*uv, "frictionless", "validate", LIST]
    only = ["--pick-errors", "hash-count,byte-count,scheme-error"]
    done = run(*check, *only, cwd=desk.folder)
    assert done.returncode == 0, done.output
    desk.put("new.csv", b"x"), desk.put("x_v2.csv", SALES + b"z\n")
    done = run(*check, *only, cwd=desk.folder)
    assert done.returncode == 1, done.output
    assert "hash-count" in done.output
