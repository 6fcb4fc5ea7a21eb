"""`python run.py lock` pins what pyproject.toml wants, and changes no more than that takes."""

import hashlib
import os
import re
import shutil
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from projects import TEMPLATE, bake, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the environment is borrowed with links")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Registry:
    """A real registry of packages that hold nothing, on this machine."""

    def __init__(self, folder):
        self.folder = folder
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, name, version, python=">=3.9"):
        """Put a wheel on the registry's page of its package."""
        page = self.folder / name / "index.html"
        page.parent.mkdir(exist_ok=True)
        wheel = page.with_name(f"{name}-{version}-py3-none-any.whl")
        about = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{about}/METADATA", metadata + f"Requires-Python: {python}\n")
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr(f"{about}/RECORD", "")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        needs = python.replace(">", "&gt;")
        with page.open("a", encoding="utf-8") as links:
            links.write(
                f'<a href="{wheel.name}#sha256={digest}" data-requires-python="{needs}">'
                f"{wheel.name}</a>\n"
            )


@pytest.fixture
def registry(tmp_path):
    (tmp_path / "registry").mkdir()
    registry = Registry(tmp_path / "registry")
    for name in ("alpha", "beta", "geo-one", "geo-two", "tool"):
        registry.publish(name.replace("-", "_"), "1.0")
        if "-" in name:
            (registry.folder / name.replace("-", "_")).rename(registry.folder / name)
    yield registry
    registry.server.shutdown()
    registry.server.server_close()


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
        (folder / "startpy").mkdir()
        for part in ("__init__", "environment", "lock"):
            shutil.copy(TEMPLATE / f"startpy/{part}.py", folder / "startpy")
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
    assert small.lock().output.splitlines()[:2] == ["removed alpha==1.0", "added   alpha==2.0"]
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
    small.wants('geo = ["Geo_One>=1", "geo-two"]', "")
    done = small.lock()
    assert done.output.splitlines()[:-1] == ["removed geo-one==1.0", "removed geo-two==1.0"]


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


def test_without_a_registry_one_sentence_says_so(small):
    before = small.file.read_bytes()
    done = small.lock(PIP_INDEX_URL="http://127.0.0.1:9", UV_HTTP_RETRIES="0")
    assert done.returncode == 1
    assert done.output.startswith("The package registry cannot be reached.")
    assert len(done.output.splitlines()) == 2
    assert small.file.read_bytes() == before


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
