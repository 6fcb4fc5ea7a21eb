"""`python run.py lock` pins what pyproject.toml wants, and changes no more than that takes."""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from projects import LEFT_BEHIND, TEMPLATE, bake, run

sys.path.insert(0, str(TEMPLATE))
from startpy import sources

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the environment is borrowed with links")


class Pages(BaseHTTPRequestHandler):
    """The pages of a registry: JSON, with the day on which each file came."""

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        registry = self.server.registry
        name, _, file = self.path.strip("/").partition("/")
        if registry.password and self.headers.get("Authorization") != registry.password:
            self.answer(401, b"who are you?", "text/plain")
        elif name not in registry.files or file not in {"", *registry.files[name]}:
            self.answer(404, b"not here", "text/plain")
        elif file:
            content = (registry.folder / file).read_bytes()
            self.answer(200, content, "application/octet-stream")
        else:
            files = list(registry.files[name].values())
            page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
            kind = "application/vnd.pypi.simple.v1+json"
            self.answer(200, json.dumps(page).encode(), kind)

    def answer(self, status, content, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


class Registry:
    """A real registry on this machine, of packages that hold next to nothing."""

    def __init__(self, folder):
        self.folder = folder
        self.files = {}
        self.password = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.server.registry = self
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.address = f"http://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, name, version, python=">=3.9", uploaded="2026-01-15T12:00:00Z", **code):
        """Publish a package as a wheel, with the modules it is to have."""
        own = name.replace("-", "_")
        wheel = self.folder / f"{own}-{version}-py3-none-any.whl"
        about = f"{own}-{version}.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            for module, text in code.items():
                archive.writestr(f"{module}.py", text)
            archive.writestr(f"{about}/METADATA", metadata(name, version, python))
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr(f"{about}/RECORD", "")
        self.offer(name, wheel, python, uploaded)

    def publish_source(self, name, version, pyproject=None, uploaded="2026-01-15T12:00:00Z"):
        """Publish a package as source only."""
        source = self.folder / f"{name}-{version}.tar.gz"
        files = {"PKG-INFO": metadata(name, version, ">=3.9"), "pyproject.toml": pyproject}
        pack(source, {f"{name}-{version}/{path}": text for path, text in files.items() if text})
        self.offer(name, source, ">=3.9", uploaded)

    def offer(self, name, file, python, uploaded):
        self.files.setdefault(name, {})[file.name] = {
            "filename": file.name,
            "url": f"{self.address}/{name}/{file.name}",
            "hashes": {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()},
            "requires-python": python,
            "upload-time": uploaded,
        }

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def metadata(name, version, python):
    return f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\nRequires-Python: {python}\n"


def pack(archive, files):
    """Make a .tar.gz of texts by path; a list of pairs may name a path twice."""
    with tarfile.open(archive, "w:gz") as opened:
        for path, text in files.items() if isinstance(files, dict) else files:
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            opened.addfile(member, io.BytesIO(text.encode()))


@pytest.fixture
def registry(tmp_path):
    (tmp_path / "registry").mkdir()
    registry = Registry(tmp_path / "registry")
    for name in ("alpha", "beta", "geo-one", "geo-two", "tool"):
        registry.publish(name, "1.0")
    yield registry
    registry.close()


PYPROJECT = """
[project]
name = "small"
version = "1.0.0"
requires-python = ">=3.9"
dependencies = ["alpha"]

[project.optional-dependencies]
geo = ["Geo_One>=1", "geo-two"]
both = ["alpha", "tool"]

[dependency-groups]
dev = ["tool"]
"""


class Small:
    """A small project with the template's run.py, and a registry that has its packages."""

    def __init__(self, folder, registry):
        self.folder = folder
        self.registry = registry
        borrow_environment(folder)
        shutil.copy(TEMPLATE / "run.py", folder)
        shutil.copytree(TEMPLATE / "startpy", folder / "startpy", ignore=LEFT_BEHIND)
        self.pyproject = folder / "pyproject.toml"
        self.pyproject.write_text(PYPROJECT, encoding="utf-8")
        self.file = folder / "requirements.lock"
        self.file.write_text("", encoding="utf-8")
        assert self.lock().returncode == 0

    def lock(self, *arguments, **environment):
        # As behind a mirror; called from another folder, with nothing remembered.
        own = {"PIP_INDEX_URL": self.registry.address, "UV_NO_CACHE": "1"}
        command = [sys.executable, self.folder / "run.py", "lock", *arguments]
        return run(*command, cwd=self.folder.parent, **(own | environment))

    def wants(self, old, new):
        text = self.pyproject.read_text(encoding="utf-8")
        assert old in text
        self.pyproject.write_text(text.replace(old, new), encoding="utf-8")

    def pins(self):
        return re.findall(r"^(\S+==.*?) \\$", self.file.read_text("utf-8"), re.M)


def borrow_environment(folder):
    """Give a project the environment of these tests, which has the same uv."""
    (folder / ".venv").mkdir(parents=True)
    for part in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / part).symlink_to(Path(sys.prefix) / part)
    (folder / ".venv" / "made-from").touch()


@pytest.fixture
def small(tmp_path, registry):
    return Small(tmp_path / "ein Projekt", registry)


def test_a_lock_that_is_right_stays_as_it_is(small):
    before = small.file.read_bytes()
    small.registry.publish("alpha", "2.0")
    done = small.lock()
    assert done.output == "requirements.lock pins what pyproject.toml wants, as before.\n"
    assert small.file.read_bytes() == before


def test_what_is_wanted_anew_is_added_and_nothing_else_is_renewed(small):
    small.registry.publish("alpha", "2.0")
    small.wants('["alpha"]', '["alpha", "beta"]')
    done = small.lock()
    assert done.output.splitlines() == [
        "added   beta==1.0",
        "requirements.lock pins what pyproject.toml wants.",
    ]
    assert small.pins() == ["alpha==1.0", "beta==1.0", "tool==1.0"]


def test_what_must_be_newer_or_is_not_wanted_any_more_is_named(small):
    small.registry.publish("alpha", "2.0")
    small.wants('["alpha"]', '["alpha>=2"]')
    assert small.lock().output.splitlines()[:-1] == ["renewed alpha 1.0 -> 2.0"]
    small.wants('both = ["alpha", "tool"]', "")
    small.wants('dev = ["tool"]', "dev = []")
    assert small.lock().output.splitlines()[:-1] == ["removed tool==1.0"]
    assert small.pins() == ["alpha==2.0"]


def test_an_extra_stays_in_until_pyproject_has_it_no_more(small):
    done = small.lock("--extra", "geo")
    assert done.output.splitlines()[:-1] == ["added   geo-one==1.0", "added   geo-two==1.0"]
    small.registry.publish("beta", "2.0")
    small.wants('["alpha"]', '["alpha", "beta<2"]')
    done = small.lock()
    assert done.output.splitlines()[:-1] == ["added   beta==1.0", "kept    the optional group geo"]
    small.registry.publish("geo-three", "1.0")
    small.wants('"geo-two"]', '"geo-two", "geo-three"]')
    done = small.lock()
    assert done.output.splitlines()[:-1] == [
        "added   geo-three==1.0",
        "kept    the optional group geo",
    ]
    small.wants('geo = ["Geo_One>=1", "geo-two", "geo-three"]', "")
    done = small.lock()
    assert done.output.splitlines()[:-1] == [
        "removed geo-one==1.0",
        "removed geo-three==1.0",
        "removed geo-two==1.0",
    ]


def test_the_pins_hold_for_the_oldest_python_that_is_wanted(small):
    small.registry.publish("beta", "2.0", python=">=3.10")
    small.wants('["alpha"]', '["alpha", "beta"]')
    assert small.lock().returncode == 0
    assert [pin for pin in small.pins() if pin.startswith("beta")] == [
        "beta==1.0 ; python_full_version < '3.10'",
        "beta==2.0 ; python_full_version >= '3.10'",
    ]


def test_every_pin_has_a_hash_and_no_address_gets_into_the_lock(small, tmp_path):
    settings = tmp_path / "uv.toml"
    settings.write_text("[pip]\nemit-index-url = true\nemit-index-annotation = true\n", "utf-8")
    done = small.lock("--extra", "geo", UV_CONFIG_FILE=str(settings))
    assert done.returncode == 0, done.output
    text = small.file.read_text("utf-8")
    assert "127.0.0.1" not in text
    assert text.count("--hash=sha256:") == len(small.pins()) == 4


def test_a_package_that_is_named_is_renewed_and_the_others_are_not(small):
    small.registry.publish("alpha", "2.0")
    small.registry.publish("tool", "2.0")
    assert small.lock("Alpha").output.splitlines()[:-1] == ["renewed alpha 1.0 -> 2.0"]
    assert small.pins() == ["alpha==2.0", "tool==1.0"]
    assert small.lock("alpha").output.splitlines() == [
        "kept    alpha 2.0, the newest that will do",
        "requirements.lock pins what pyproject.toml wants, as before.",
    ]


def test_a_day_brings_back_the_newest_pins_of_its_evening_whatever_was_pinned(small):
    small.registry.publish("alpha", "2.0", uploaded="2026-06-30T23:30:00Z")
    small.registry.publish("alpha", "3.0", uploaded="2026-07-01T00:30:00Z")
    small.registry.publish("tool", "2.0", uploaded="2026-06-01T00:00:00Z")
    small.wants('["alpha"]', '["alpha", "beta"]')
    assert small.lock("alpha").returncode == 0
    assert small.pins() == ["alpha==3.0", "beta==1.0", "tool==1.0"]
    # In Auckland, the 30th of June ends twelve hours earlier.
    done = small.lock("--exclude-newer", "2026-06-30", TZ="Pacific/Auckland")
    assert done.output.splitlines()[:-1] == ["lowered alpha 3.0 -> 2.0", "renewed tool 1.0 -> 2.0"]


def test_a_day_is_for_the_packages_that_are_named_if_any_are(small):
    small.registry.publish("alpha", "2.0", uploaded="2026-06-30T12:00:00Z")
    small.registry.publish("tool", "2.0", uploaded="2026-06-30T12:00:00Z")
    assert small.lock("alpha", "tool").returncode == 0
    done = small.lock("alpha", "--exclude-newer", "2026-06-29")
    assert done.output.splitlines()[:-1] == ["lowered alpha 2.0 -> 1.0"]
    assert small.pins() == ["alpha==1.0", "tool==2.0"]


def test_a_day_keeps_the_uv_that_makes_environments(small):
    small.registry.publish("uv", "7.0", uploaded="2026-07-01T00:00:00Z")
    small.wants('dev = ["tool"]', 'dev = ["tool", "uv"]')
    assert small.lock().returncode == 0
    small.registry.publish("uv", "8.0", uploaded="2026-07-02T00:00:00Z")
    done = small.lock("--exclude-newer", "2026-01-31")
    assert done.output == "requirements.lock pins what pyproject.toml wants, as before.\n"


def test_what_changes_for_other_machines_alone_is_named_too(small):
    small.wants('["alpha"]', "[\"alpha ; sys_platform == 'win32'\"]")
    done = small.lock()
    assert done.output.splitlines()[:-1] == [
        "changed alpha==1.0: for other machines, or other hashes"
    ]


def test_a_file_that_comes_to_a_version_later_does_not_get_into_the_lock(small):
    before = small.file.read_bytes()
    small.registry.publish_source("alpha", "1.0")
    assert small.lock().returncode == 0
    assert small.file.read_bytes() == before


def test_what_a_package_without_a_wheel_is_built_with_is_pinned(small):
    small.registry.publish("mill", "1.0")
    small.registry.publish("mill", "2.0")
    small.registry.publish("setuptools", "80.0")
    small.registry.publish("wheel", "0.45")
    small.registry.publish_source("grain", "1.0", '[build-system]\nrequires = ["mill<2"]\n')
    small.registry.publish_source("straw", "1.0")
    small.wants('["alpha"]', '["alpha", "grain", "straw"]')
    done = small.lock()
    assert done.output.splitlines()[:-1] == [
        "added   grain==1.0",
        "added   mill==1.0",
        "added   setuptools==80.0",
        "added   straw==1.0",
        "added   wheel==0.45",
    ]
    assert small.lock().output == "requirements.lock pins what pyproject.toml wants, as before.\n"
    small.wants(', "grain"', "")
    assert small.lock().output.splitlines()[:-1] == ["removed grain==1.0", "removed mill==1.0"]


def test_so_is_what_the_builder_is_built_with(small):
    small.registry.publish("stone", "1.0")
    small.registry.publish_source("mill", "1.0", '[build-system]\nrequires = ["stone"]\n')
    small.registry.publish_source("grain", "1.0", '[build-system]\nrequires = ["mill"]\n')
    small.wants('["alpha"]', '["alpha", "grain"]')
    assert small.lock().returncode == 0
    assert small.pins() == ["alpha==1.0", "grain==1.0", "mill==1.0", "stone==1.0", "tool==1.0"]


def test_a_package_without_a_wheel_where_nobody_works_needs_no_builder(small):
    small.registry.publish_source("grain", "1.0")
    small.wants('["alpha"]', '["alpha", "grain ; sys_platform == \'emscripten\'"]')
    assert small.lock().output.splitlines()[:-1] == ["added   grain==1.0"]


def test_a_registry_that_asks_for_a_password_gets_it_and_nobody_else_sees_it(small):
    small.registry.password = "Basic " + base64.b64encode(b"ann:open-sesame").decode()
    small.registry.publish("setuptools", "80.0")
    small.registry.publish("wheel", "0.45")
    small.registry.publish_source("grain", "1.0")
    small.wants('["alpha"]', '["alpha", "grain"]')
    done = small.lock(PIP_INDEX_URL=f"http://ann:open-sesame@{small.registry.host}")
    assert done.returncode == 0, done.output
    assert small.pins()[1:3] == ["grain==1.0", "setuptools==80.0"]
    assert "open-sesame" not in small.file.read_text("utf-8") + done.output


TEXTS = {
    "it says so": ('[build-system]\nrequires = ["mill>=2", "stone"]\n', {"mill>=2", "stone"}),
    "it says nothing": ("[project]\n", {"setuptools", "wheel"}),
    "it needs nothing": ('[build-system]\nrequires = []\nbuild-backend = "own"\n', set()),
}


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
@pytest.mark.parametrize(("text", "wanted"), TEXTS.values(), ids=TEXTS.keys())
def test_what_a_package_is_built_with_is_read_from_its_archive(tmp_path, kind, text, wanted):
    archive = tmp_path / f"grain-1.0.{kind}"
    files = {"grain-1.0/pyproject.toml": text, "grain-1.0/deep/pyproject.toml": "no TOML"}
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as opened:
            for path, content in files.items():
                opened.writestr(path, content)
    else:
        pack(archive, files)
    assert sources.requirements_in(archive) == wanted


def test_without_a_pyproject_a_package_is_built_with_setuptools(tmp_path):
    pack(tmp_path / "grain-1.0.tar.gz", {"grain-1.0/setup.py": "raise SystemExit('I was run')"})
    assert sources.requirements_in(tmp_path / "grain-1.0.tar.gz") == {"setuptools", "wheel"}


def test_of_two_files_of_one_name_the_last_counts_as_when_they_are_unpacked(tmp_path):
    files = [
        ("grain-1.0/pyproject.toml", '[build-system]\nrequires = ["mill"]\n'),
        ("./grain-1.0/pyproject.toml", '[build-system]\nrequires = ["stone"]\n'),
    ]
    pack(tmp_path / "grain-1.0.tar.gz", files)
    assert sources.requirements_in(tmp_path / "grain-1.0.tar.gz") == {"stone"}


HOSTILE = {
    "an option for uv": '[build-system]\nrequires = ["--index-url http://127.0.0.1:9"]\n',
    "a second line": '[build-system]\nrequires = ["mill\\n--no-index"]\n',
    "an address": '[build-system]\nrequires = ["mill @ http://127.0.0.1:9/mill.zip"]\n',
    "a path": '[build-system]\nrequires = ["./mill"]\n',
    "no list": '[build-system]\nrequires = "mill"\n',
    "no texts": "[build-system]\nrequires = [1]\n",
    "no table": "build-system = 1\n",
    "no TOML": "[build-system\n",
    "too deep": "x = " + "[" * 100_000,
    "too long": "# " + "x" * (1 << 20),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_source_is_refused_in_a_sentence(tmp_path, text):
    archive = tmp_path / "grain-1.0.tar.gz"
    pack(archive, {"grain-1.0/pyproject.toml": text})
    refused(archive)


def test_so_is_an_archive_that_is_cut_off_or_leads_elsewhere(tmp_path):
    archive = tmp_path / "grain-1.0.tar.gz"
    pack(archive, {"grain-1.0/pyproject.toml": "", "grain-1.0/big": os.urandom(99_999).hex()})
    archive.write_bytes(archive.read_bytes()[:-50_000])
    refused(archive)
    with tarfile.open(archive, "w:gz") as opened:
        link = tarfile.TarInfo("grain-1.0/pyproject.toml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        opened.addfile(link)
    refused(archive)
    with tarfile.open(archive, "w:gz") as opened:
        huge = tarfile.TarInfo("grain-1.0/huge")
        huge.size = 5 << 30
        opened.addfile(huge)
    refused(archive)


def refused(archive):
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    sources.built_with.cache_clear()
    with pytest.raises(SystemExit) as stopped:
        sources.built_with("grain 1.0", archive.as_uri(), digest)
    said = str(stopped.value)
    assert said.startswith("What grain 1.0 is built with cannot be read from its source: ")
    assert "Choose another version of it" in said


def test_a_source_with_other_bytes_than_were_promised_is_not_read(tmp_path):
    archive = tmp_path / "grain-1.0.tar.gz"
    archive.write_bytes(b"other bytes")
    got = hashlib.sha256(b"other bytes").hexdigest()
    with pytest.raises(SystemExit) as stopped:
        sources.built_with("grain 1.0", archive.as_uri(), "0" * 64)
    assert f"expected sha256:{'0' * 64}\n  got      sha256:{got}" in str(stopped.value)


FAULTS = {
    "no version will do": (
        ('["alpha"]', '["alpha>=9"]'),
        [],
        ["Pinning the packages failed", "only alpha==1.0 is available", "depends on alpha>=9"],
    ),
    "a package is nowhere": (
        ('["alpha"]', '["alpha", "alfa"]'),
        [],
        ["Pinning the packages failed", "alfa was not found in the package registry"],
    ),
    "pyproject.toml is no TOML": (
        ('["alpha"]', '["alpha"'),
        [],
        ["pyproject.toml cannot be read", "line 8"],
    ),
    "a name is misspelt": (
        ('["alpha"]', '["alpha"]'),
        ["alfa"],
        [
            "`alfa` is not in requirements.lock",
            "Did you mean `alpha`?",
            "name it in pyproject.toml",
        ],
    ),
    "a name is a version": (
        ('["alpha"]', '["alpha"]'),
        ["alpha==1.0"],
        [
            "A package is renewed by its name alone",
            "`alpha==1.0`",
            "write that into pyproject.toml",
        ],
    ),
    "a day is none": (
        ('["alpha"]', '["alpha"]'),
        ["--exclude-newer", "30.6.2026"],
        ["must be a date such as 2026-06-30, but is '30.6.2026'", "run.py lock"],
    ),
    "a day is to come": (
        ('["alpha"]', '["alpha"]'),
        ["--exclude-newer", "2206-01-01"],
        ["must not be in the future, but is '2206-01-01'"],
    ),
    "nothing was there on that day": (
        ('["alpha"]', '["alpha"]'),
        ["--exclude-newer", "2025-12-31"],
        ["Pinning the packages failed", "`alpha` was filtered by `exclude-newer`"],
    ),
    "there is no such extra": (
        ('["alpha"]', '["alpha"]'),
        ["--extra", "goe"],
        ["argument --extra: invalid choice: 'goe' (choose from 'geo', 'both')"],
    ),
}


@pytest.mark.parametrize(("edit", "arguments", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_the_lock_stays_as_it_was_and_the_reason_is_named_if(small, edit, arguments, words):
    before = small.file.read_bytes()
    small.wants(*edit)
    done = small.lock(*arguments)
    assert done.returncode != 0
    assert [word for word in words if word not in done.output] == [], done.output
    assert "Traceback" not in done.output
    assert "run.py lock" in done.output.rstrip().splitlines()[-1]
    assert small.file.read_bytes() == before
    assert {path.name for path in small.folder.iterdir()} == {
        ".venv",
        "pyproject.toml",
        "requirements.lock",
        "run.py",
        "startpy",
    }


BROKEN = {
    "it is not there": (None, "requirements.lock is missing", "git checkout -- requirements.lock"),
    "two people have changed it": (
        "alpha==1.0\n<<<<<<< HEAD\nbeta==1.0\n=======\ntool==1.0\n>>>>>>> theirs\n",
        "the marks of a merge",
        "git checkout --ours requirements.lock",
    ),
}


@pytest.mark.parametrize(("text", "what", "remedy"), BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("command", [["lock"], ["-n"]], ids=["lock", "run"])
def test_a_lock_is_not_used_if(small, command, text, what, remedy):
    small.file.unlink()
    if text:
        small.file.write_text(text, encoding="utf-8")
    done = run(sys.executable, "run.py", *command, cwd=small.folder)
    assert done.returncode == 1
    first, last = done.output.splitlines()
    assert what in first
    assert remedy in last and "run.py" in last


def test_without_a_registry_one_sentence_says_so(small):
    before = small.file.read_bytes()
    done = small.lock(PIP_INDEX_URL="http://127.0.0.1:9", UV_HTTP_RETRIES="0")
    assert done.returncode == 1
    assert done.output.startswith("The package registry cannot be reached.")
    assert len(done.output.splitlines()) == 2
    assert small.file.read_bytes() == before


@pytest.mark.nightly
def test_a_new_project_is_pinned_already_and_takes_the_extra_geo(tmp_path):
    made = bake(tmp_path)
    assert made.returncode == 0, made.output
    folder = tmp_path / "penguins-of-palmer"
    borrow_environment(folder)
    before = pins_in(folder)
    done = run(sys.executable, "run.py", "lock", cwd=folder)
    if "cannot be reached" in done.output:
        pytest.skip("the package registry cannot be reached")
    assert "as before" in done.output, done.output
    done = run(sys.executable, "run.py", "lock", "--extra", "geo", cwd=folder)
    assert "added   geopandas==" in done.output, done.output
    assert "removed" not in done.output
    assert pins_in(folder) > before
    assert "://" not in (folder / "requirements.lock").read_text("utf-8")


def pins_in(folder):
    return set(re.findall(r"^\S+==\S+", (folder / "requirements.lock").read_text("utf-8"), re.M))
