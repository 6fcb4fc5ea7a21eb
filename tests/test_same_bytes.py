"""The same raw files and code give the same bytes, wherever and however they run."""

import re
import shutil

from projects import LEFT_BEHIND, TEMPLATE, Project


def test_another_folder_hash_seed_time_zone_locale_and_one_core_change_no_byte(project, tmp_path):
    elsewhere = project.sources_only(tmp_path / "deeper" / "and elsewhere")
    done = elsewhere.snakemake(
        "--cores", "1", PYTHONHASHSEED="7", TZ="Asia/Tokyo", LC_ALL="C", LANG="C"
    )
    assert done.returncode == 0, done.output
    assert elsewhere.results() == project.results()


def test_the_template_runs_as_it_stands(project, tmp_path):
    """Unrendered, in a folder with the template's own name."""
    folder = tmp_path / TEMPLATE.name
    shutil.copytree(TEMPLATE, folder, ignore=LEFT_BEHIND)
    unrendered = Project(folder, project.python)
    for tool in (
        ("ruff", "check"),
        ("ruff", "format", "--check"),
        ("snakefmt", "--check", "Snakefile"),
    ):
        done = unrendered.run(project.python, "-m", *tool)
        assert done.returncode == 0, done.output
    # Looking for locks, Snakemake takes the braces in the folder's own name for a wildcard.
    done = unrendered.snakemake("--nolock")
    assert done.returncode == 0, done.output
    ours, theirs = unrendered.results(), project.results()
    assert ours.keys() == theirs.keys()
    different = {path for path in ours if ours[path] != theirs[path]}
    assert different == {"results/report.html"}  # its title is a placeholder
    assert re.search(rb"<h1>\s*\{\{ cookiecutter.title", ours["results/report.html"])
    done = unrendered.run(project.python, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.output
