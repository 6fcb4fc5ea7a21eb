"""The lock holds: without a registry, with plain pip, and against other bytes than it names."""

import hashlib
import os
import re
import shutil
import subprocess
import sys

import pytest
from projects import TEMPLATE, bake, run
from test_lock import Registry

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no networks to take away"),
]
# Nobody's settings, nothing remembered; what pip is told, uv is to do as well.
BARE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9",
    "PIP_NO_CACHE_DIR": "1",
    "PIP_NO_INDEX": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "UV_NO_CACHE": "1",
    "UV_NO_CONFIG": "1",
}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A folder with the files that the lock pins, got by pip as the docs say."""
    folder = tmp_path_factory.mktemp("pins") / "wheels"
    lock = TEMPLATE / "requirements.lock"
    # Only uv comes with the environment of these tests: pip is that of the Python below it.
    download = ["-m", "pip", "download", "--no-deps", "--require-hashes", "-r", lock, "-d", folder]
    done = run(bare_python(), *download, cwd=folder.parent)
    if "NewConnectionError" in done.output:
        pytest.skip("the package registry cannot be reached")
    assert done.returncode == 0, done.output
    return folder


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A project that nobody has run."""
    place = tmp_path_factory.mktemp("pins")
    made = bake(place)
    assert made.returncode == 0, made.output
    return place / "penguins-of-palmer"


@pytest.fixture
def untouched(fresh, tmp_path):
    return shutil.copytree(fresh, tmp_path / "ein Projekt", ignore=shutil.ignore_patterns(".git"))


def bare_python():
    return os.path.realpath(sys.executable)


def without_network(*command, cwd, home, **environment):
    """Run a command where no network is, if this machine lets us; with an empty home."""
    home.mkdir(exist_ok=True)
    cut = ["unshare", "--net", "--map-root-user"]
    try:
        permitted = subprocess.run([*cut, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        permitted = False
    words = [*(cut if permitted else []), *command]
    return run(*words, cwd=cwd, HOME=str(home), **BARE, **environment)


def test_an_environment_is_made_again_from_a_folder_of_wheels_alone(untouched, wheels, tmp_path):
    home, command = tmp_path / "home", [bare_python(), "run.py", "--dry-run"]
    place = os.path.relpath(wheels, untouched)
    done = without_network(*command, cwd=untouched, home=home, PIP_FIND_LINKS=place)
    assert done.returncode == 0, done.output
    assert "rule report:" in done.output
    done = without_network(*command, cwd=untouched, home=home, PIP_FIND_LINKS="")
    assert "Making the environment" not in done.output


def test_what_is_missing_in_the_folder_is_named_and_how_to_fill_it(untouched, wheels, tmp_path):
    some = tmp_path / "some"
    shutil.copytree(wheels, some, ignore=shutil.ignore_patterns("pandas-*"))
    command = [bare_python(), "run.py"]
    done = without_network(
        *command, cwd=untouched, home=tmp_path / "home", PIP_FIND_LINKS=str(some)
    )
    assert done.returncode == 1
    assert "pandas" in done.output
    assert f"what PIP_FIND_LINKS names ({some}) must hold all that is pinned" in done.output
    assert "pip download --no-deps --require-hashes -r requirements.lock -d" in done.output
    assert not (untouched / ".venv" / "made-from").exists()


def test_plain_pip_installs_the_lock(wheels, tmp_path):
    run(bare_python(), "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    # Compiling is what takes pip long, and is not in question.
    install = ["-m", "pip", "install", "--no-compile", "--require-hashes", "-r"]
    command = [python, *install, TEMPLATE / "requirements.lock"]
    done = without_network(
        *command, cwd=tmp_path, home=tmp_path / "home", PIP_FIND_LINKS=str(wheels)
    )
    assert done.returncode == 0, done.output
    done = run(python, "-c", "import pandas, plotnine, snakemake; print('all there')", cwd=tmp_path)
    assert done.output == "all there\n"


def test_a_file_with_other_bytes_is_refused_by_both_roads(untouched, wheels, tmp_path):
    lock = untouched / "requirements.lock"
    text = lock.read_text("utf-8")
    pins = re.search(r"^iniconfig==(?:.*\\\n)*.*\n", text, re.M).group()
    lock.write_text(text.replace(pins, re.sub(r"sha256:.{8}", "sha256:0000beef", pins)), "utf-8")
    [wheel] = wheels.glob("iniconfig-*.whl")
    got = hashlib.sha256(wheel.read_bytes()).hexdigest()
    expected = re.findall("sha256:(0000beef.{56})", lock.read_text("utf-8"))
    places = {"home": tmp_path / "home", "PIP_FIND_LINKS": str(wheels)}
    done = without_network(bare_python(), "run.py", cwd=untouched, **places)
    assert done.returncode == 1
    assert "Setting up the packages failed, and nothing of it is used." in done.output
    assert f"What came for {wheel.name.split('-py')[0].replace('-', '==')} is not" in done.output
    assert f"expected sha256:{expected[0]} or one of {len(expected) - 1} others" in done.output
    assert f"got      sha256:{got}" in done.output
    assert not (untouched / ".venv" / "made-from").exists()

    python = untouched / ".venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--require-hashes", "-r", lock]
    done = without_network(*install, cwd=untouched, **places)
    assert done.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.output
    assert expected[0] in done.output and got in done.output


MILL = """
import zipfile
from pathlib import Path

def build_wheel(folder, settings=None, about=None):
    name = "grain-1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder, name), "w") as wheel:
        wheel.writestr("grain.py", "ground_by = {version!r}")
        wheel.writestr("grain-1.0.dist-info/METADATA", "Metadata-Version: 2.2\\nName: grain\\nVersion: 1.0\\n")
        wheel.writestr("grain-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr("grain-1.0.dist-info/RECORD", "")
    return name
"""  # noqa: E501, as others wrote it
GRAIN = '[build-system]\nrequires = ["mill"]\nbuild-backend = "mill"\n'


@pytest.fixture
def ground(untouched, wheels, tmp_path):
    """A project with one package, which is built from source with another."""
    (tmp_path / "registry").mkdir()
    registry = Registry(tmp_path / "registry")
    for version in ("1.0", "2.0"):
        registry.publish("mill", version, mill=MILL.replace("{version!r}", repr(version)))
    registry.publish_source("grain", "1.0", GRAIN)
    uv = re.search(r"^uv==(?:.*\\\n)*.*\n", (untouched / "requirements.lock").read_text(), re.M)
    untouched.joinpath("requirements.lock").write_text(uv.group() + hashed(registry, "grain-1.0"))
    yield untouched, registry, {"home": tmp_path / "home", "PIP_FIND_LINKS": str(wheels)}
    registry.close()


def hashed(registry, pin):
    name, version = pin.split("-")
    [digest] = [
        file["hashes"]["sha256"]
        for path, file in registry.files[name].items()
        if path.startswith(pin)
    ]
    return f"{name}=={version} --hash=sha256:{digest}\n"


def make(folder, registry, places):
    """Make the environment, from a registry on this machine."""
    places["home"].mkdir(exist_ok=True)
    asked = {**BARE, "PIP_INDEX_URL": registry.address, "PIP_NO_INDEX": "0"}
    asked |= {"HOME": str(places["home"]), "PIP_FIND_LINKS": places["PIP_FIND_LINKS"]}
    code = "from startpy.environment import make_environment; from pathlib import Path;"
    return run(bare_python(), "-c", f"{code} make_environment(Path.cwd())", cwd=folder, **asked)


def test_a_package_is_built_with_what_is_pinned_not_with_the_newest(ground):
    folder, registry, places = ground
    with (folder / "requirements.lock").open("a") as lock:
        lock.write(hashed(registry, "mill-1.0"))
    done = make(folder, registry, places)
    assert done.returncode == 0, done.output
    python = folder / ".venv" / "bin" / "python"
    done = run(python, "-c", "import grain; print(grain.ground_by)", cwd=folder)
    assert done.output == "1.0\n"


def test_with_a_builder_that_has_other_bytes_nothing_is_built(ground):
    folder, registry, places = ground
    with (folder / "requirements.lock").open("a") as lock:
        lock.write(hashed(registry, "mill-1.0").split(":")[0] + f":{'0' * 64}\n")
    done = make(folder, registry, places)
    assert done.returncode == 1
    assert "What came for mill==1.0 is not what requirements.lock pins" in done.output
    assert f"expected sha256:{'0' * 64}" in done.output


def test_with_a_builder_that_is_not_pinned_nothing_is_built(ground):
    folder, registry, places = ground
    done = make(folder, registry, places)
    assert done.returncode == 1
    assert "It is built with mill, which requirements.lock does not pin" in done.output
    assert "python run.py lock" in done.output
