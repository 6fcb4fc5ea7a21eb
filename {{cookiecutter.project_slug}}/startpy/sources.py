# From the template: an update may replace this file.
"""Packages that come as source only: what they are built with, read without running them."""

import hashlib
import lzma
import os
import sys
import tarfile
import tempfile
import tomllib
import zipfile
import zlib
from functools import cache
from itertools import product
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import urlsplit

from packaging.markers import Marker
from packaging.requirements import Requirement

from startpy.download import NotGot, get
from startpy.environment import again, quietly, stop

PLATFORMS = ("linux", "darwin", "win32")
PYTHONS = [f"3.{minor}" for minor in range(9, 30)]
# An archive that unpacks to more is not looked through, a longer pyproject.toml is not read.
LARGEST_ARCHIVE = 4 << 30
LONGEST_FILE = 1 << 20
# What does not say with what it is built is built with these; wheel is for pip before 24.
DEFAULT = ["setuptools", "wheel"]
UNREADABLE = (
    EOFError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


def needed_to_build(lock: Path, how: list) -> set:
    """Return what the packages of a lock are built with that have no wheel, as requirements.

    Parameters
    ----------
    lock : Path
        Pins with hashes.
    how : list
        Options for uv: those with which the lock was made.

    Returns
    -------
    set of str
        Such as {"setuptools>=61"}.
    """
    pins = lock.read_text("utf-8")
    listed = lock.with_name("pylock.files.toml")
    uv = [sys.executable, "-m", "uv", "pip", "compile", lock, "--no-deps", *how]
    form = ["--format=pylock.toml", "--no-header", "--quiet", "-o", listed]
    quietly([*uv, *form], "Looking for packages that come as source")
    needed: set = set()
    for package in tomllib.loads(listed.read_text("utf-8"))["packages"]:
        # A wheel whose hash is not in the lock is none: it came after the pin.
        wheels = [wheel["hashes"]["sha256"] for wheel in package.get("wheels", [])]
        if "sdist" in package and not any(wheel in pins for wheel in wheels) and for_us(package):
            url, expected = package["sdist"]["url"], package["sdist"]["hashes"]["sha256"]
            needed |= built_with(f"{package['name']} {package['version']}", url, expected)
    return needed


def for_us(package: dict) -> bool:
    """Say whether a package is for a platform that the template is made for."""
    marker = Marker(package.get("marker", "python_version >= '3'"))
    return any(
        marker.evaluate(
            {"sys_platform": platform, "python_version": minor, "python_full_version": f"{minor}.0"}
        )
        for platform, minor in product(PLATFORMS, PYTHONS)
    )


@cache
def built_with(package: str, url: str, expected: str) -> set:
    """Return what a package is built with, from its archive at an address."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, PurePosixPath(urlsplit(url).path).name)
        try:
            get(as_the_index_is_asked(url), archive)
        except NotGot as error:
            stop(f"The source of {package} cannot be had. {error}", f"Ask again later: {again()}")
        with archive.open("rb") as file:
            got = hashlib.file_digest(file, "sha256").hexdigest()
        if got != expected:
            stop(
                f"The source of {package} is not what the registry says it is.",
                f"  expected sha256:{expected}",
                f"  got      sha256:{got}",
                f"If this stays so, tell those who keep the registry. To try again: {again()}",
            )
        try:
            return requirements_in(archive)
        except UNREADABLE as error:
            stop(
                f"What {package} is built with cannot be read from its source: {error}.",
                f"Choose another version of it, or another package, then: {again()}",
            )


def as_the_index_is_asked(url: str) -> str:
    """Return an address with the name and password of the index, if it is on the same host."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        index = urlsplit(os.environ.get(name, ""))
        if index.netloc.rpartition("@")[2] == urlsplit(url).netloc:
            return urlsplit(url)._replace(netloc=index.netloc).geturl()
    return url


def requirements_in(archive: Path) -> set:
    """Return the requirements that the source of a package says it is built with."""
    read = from_zip if archive.suffix == ".zip" else from_tar
    build = tomllib.loads(read(archive).decode("utf-8")).get("build-system", {})
    if not isinstance(build, dict) or not isinstance(build.get("requires", []), list):
        raise ValueError("[build-system] must be a table, and its requires a list")
    # Requirement refuses what is none: the lines go to uv, and could be options of it.
    wanted = [Requirement(each) for each in build.get("requires", DEFAULT)]
    if addresses := [str(each) for each in wanted if each.url]:
        raise ValueError(f"{addresses[0]} names an address, which a lock must not")
    return set(map(str, wanted))


def from_tar(archive: Path) -> bytes:
    """Return the text of pyproject.toml from an archive, without unpacking it."""
    found = b""
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.offset_data + member.size > LARGEST_ARCHIVE:
                raise ValueError("it unpacks to more than 4 GB")
            if is_pyproject(member.name):
                # Where a name stands twice, unpacking would leave the last.
                found = short(opened.extractfile(member) if member.isreg() else None)
    return found


def from_zip(archive: Path) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        members = [member for member in opened.infolist() if is_pyproject(member.filename)]
        return short(opened.open(members[-1])) if members else b""


def is_pyproject(name: str) -> bool:
    return len(PurePosixPath(name).parts) == 2 and PurePosixPath(name).name == "pyproject.toml"


def short(file: IO[bytes] | None) -> bytes:
    """Return the bytes of a file in an archive that must be a file, and short."""
    text = file.read(LONGEST_FILE + 1) if file else b""
    if file is None or len(text) > LONGEST_FILE:
        raise ValueError("its pyproject.toml is no file, or larger than 1 MB")
    return text
