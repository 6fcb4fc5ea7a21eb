"""One project, made and run once, that all tests look at; and copies of it to break."""

import json
import os
import sys

import pytest
from browser import browser  # noqa: F401
from filelock import FileLock
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

LONGEST = ["test_update.py", "test_agents.py"]


def pytest_collection_modifyitems(items):
    """Begin with the longest files, so that no process is left alone with one at the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session")
def project(tmp_path_factory, worker_id):
    """The default project, run to its report by its own command, in a folder with blanks and ö.

    All processes of pytest share it: whoever comes first makes it, and notes what was seen.
    """
    base = tmp_path_factory.getbasetemp()
    place = (base if worker_id == "master" else base.parent) / "Ördner mit Blanks"
    folder, seen = place / "penguins-of-palmer", place / "seen.json"
    scripts = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    made = Project(folder, folder / ".venv" / scripts)
    with FileLock(place.with_suffix(".lock")):
        if not seen.exists():
            run_by_stages(made)
            seen.write_text(json.dumps([made.log, made.reached]), encoding="utf-8")
    log, reached = json.loads(seen.read_text(encoding="utf-8"))
    return Project(made.folder, made.python, log, reached)


def run_by_stages(project):
    """Make the project and run it, one stage after the other."""
    project.folder.parent.mkdir()
    made = bake(project.folder.parent)
    assert made.returncode == 0, made.output
    for stage in ("ingest", "clean", "analyse", None):
        done = run(sys.executable, "run.py", *filter(None, [stage]), cwd=project.folder)
        assert done.returncode == 0, done.output
        project.log.append(done.output)
        project.reached[stage or "report"] = sorted(project.results())


@pytest.fixture
def copy(project, tmp_path):
    """A copy of the finished project, to be edited and broken."""
    return project.copy(tmp_path / "a cöpy")


@pytest.fixture(scope="session")
def report_page(project):
    return project.folder / "results" / "report.html"
