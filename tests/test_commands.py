"""The commands of the READMEs, as a person types them."""

import os
import sys

import pytest
from projects import copy_template, run


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A fresh copy of the template's files, as git has them, in a folder with blanks and é."""
    return copy_template(tmp_path_factory.mktemp("un café") / "startpy")


@pytest.mark.nightly  # By day the README's own commands do most of it.
def test_one_command_in_a_fresh_clone_makes_a_project_and_its_report(clone):
    first = run(sys.executable, "run.py", cwd=clone)
    assert first.returncode == 0, first.output
    report = first.output.rstrip().splitlines()[-1].removeprefix("The report: ")
    assert os.path.getsize(report) > 100_000
    second = run(sys.executable, "run.py", cwd=clone)
    assert second.returncode == 0, second.output
    assert "Nothing to be done" in second.output
    assert "Making the environment" not in second.output


@pytest.mark.nightly
def test_the_second_command_of_a_project_passes_its_hooks_and_tests(project):
    done = run(sys.executable, "run.py", "test", cwd=project.folder)
    assert done.returncode == 0, done.output
    assert "passed" in done.output
    assert "Failed" not in done.output


def test_a_second_run_of_a_project_has_nothing_to_do(project):
    done = run(sys.executable, "run.py", cwd=project.folder)
    assert "Nothing to be done" in done.output
    assert done.output.rstrip().splitlines()[-1].startswith("The report: ")


def test_help_says_what_the_command_can_do(project):
    done = run(sys.executable, "run.py", "--help", cwd=project.folder)
    assert "python run.py test" in done.output


NO_NETWORK = {
    "PIP_INDEX_URL": "http://127.0.0.1:9",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_FIND_LINKS": "",
}


def test_without_a_network_one_sentence_says_so(project, tmp_path):
    copy = project.sources_only(tmp_path / "offline")
    done = run(sys.executable, "run.py", cwd=copy.folder, **NO_NETWORK)
    assert done.returncode == 1
    assert "The package registry cannot be reached" in done.output
    assert "Traceback" not in done.output
    assert len(done.output.strip().splitlines()) == 3


def test_without_a_part_of_python_one_sentence_says_which(project, tmp_path):
    copy = project.sources_only(tmp_path / "no ensurepip")
    part = tmp_path / "parts" / "venv"
    part.mkdir(parents=True)
    (part / "__main__.py").write_text("import ensurepip_that_is_missing\n", encoding="utf-8")
    (part / "__init__.py").write_text("", encoding="utf-8")
    done = run(sys.executable, "run.py", cwd=copy.folder, PYTHONPATH=str(part.parent))
    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.output
    assert "Traceback" not in done.output


def test_a_lock_that_was_tampered_with_installs_nothing(project, tmp_path):
    copy = project.sources_only(tmp_path / "tampered")
    lock = copy.folder / "requirements.lock"
    before, uv, after = lock.read_text("utf-8").partition("\nuv==")
    forged = "".join("0" if letter in "123456789abcdef" else letter for letter in after)
    lock.write_text(before + uv + after[:6] + forged[6:], "utf-8")
    done = run(sys.executable, "run.py", cwd=copy.folder)
    assert done.returncode == 1
    assert "Setting up uv failed" in done.output
    assert not (copy.folder / ".venv" / "made-from").exists()
