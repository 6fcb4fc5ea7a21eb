"""One project, made and run once, that all tests look at; and copies of it to break."""

import os
import sys

import pytest
from browser import browser  # noqa: F401
from projects import Project, bake, run
from reports import (  # noqa: F401
    example,
    example_page,
    hostile_page,
    opened,
    render,
    server,
    tools,
)


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """The default project, run to its report by its own command, in a folder with blanks and ö."""
    place = tmp_path_factory.mktemp("Ördner mit Blanks")
    made = bake(place)
    assert made.returncode == 0, made.output
    scripts = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    made = Project(place / "penguins-of-palmer", place / "penguins-of-palmer" / ".venv" / scripts)
    for stage in ("ingest", "clean", "analyse", None):
        done = run(sys.executable, "run.py", *filter(None, [stage]), cwd=made.folder)
        assert done.returncode == 0, done.output
        made.log.append(done.output)
        made.reached[stage or "report"] = set(made.results())
    return made


@pytest.fixture
def copy(project, tmp_path):
    """A copy of the finished project, to be edited and broken."""
    return project.copy(tmp_path / "a cöpy")


@pytest.fixture(scope="session")
def report_page(project):
    return project.folder / "results" / "report.html"
