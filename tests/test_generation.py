"""From the answers to a project on disk: whole, tidy, and under git."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from projects import LEFT_BEHIND, ROOT, TEMPLATE, bake, run

PLACEHOLDERS = {"CITATION.cff", "LICENSE", "README.md", "config.yaml", "pyproject.toml"}


def files_in(folder):
    """Return the paths of the files in a folder that no run has made."""
    found = set()
    for here, folders, files in os.walk(folder):
        left = LEFT_BEHIND(here, [*folders, *files])
        folders[:] = [name for name in folders if name not in left]
        relative = os.path.relpath(here, folder)
        found |= {
            os.path.normpath(os.path.join(relative, name)).replace(os.sep, "/")
            for name in files
            if name not in left
        }
    return found


def git(*arguments, cwd):
    done = run("git", *arguments, cwd=cwd)
    assert done.returncode == 0, done.output
    return done.output


def test_a_handful_of_text_files_know_the_answers_and_no_code_does():
    knowing = {
        path for path in files_in(TEMPLATE) if b"{{ cookiecutter" in (TEMPLATE / path).read_bytes()
    }
    assert knowing == PLACEHOLDERS
    # Where nothing is licensed, a few lines are not there; nothing else depends on an answer.
    asked = {
        condition
        for path in PLACEHOLDERS
        for condition in re.findall("{%-? if (.*?) %}", (TEMPLATE / path).read_text("utf-8"))
    }
    assert asked == {'cookiecutter.license != "none"', 'cookiecutter.license == "none"'}


def test_the_files_on_disk_in_git_and_in_the_project_are_the_same(project):
    tracked = git("ls-files", "-z", "--", TEMPLATE.name, cwd=ROOT).split("\0")
    in_git = {path.removeprefix(f"{TEMPLATE.name}/") for path in tracked if path}
    assert files_in(TEMPLATE) == in_git
    assert files_in(project.folder) - {".cruft.json"} == in_git


def test_no_file_has_a_name_that_windows_forbids_and_none_is_empty():
    for path in files_in(TEMPLATE):
        assert not re.search(r'[<>:"\\|?*]|[. ]$', path), path
        assert (TEMPLATE / path).stat().st_size > 0, path


@pytest.mark.parametrize(
    "readme", [TEMPLATE / "README.md", ROOT / "README.md"], ids=["project", "template"]
)
def test_the_tree_in_the_readme_is_the_tree_on_disk(readme):
    tree = re.search(r"```text\n(?:[^\n`]*/\n)?(├──.*?)```", readme.read_text("utf-8"), re.S)[1]
    named = {name.strip("/").split("/")[0] for name in re.findall(r"^[├└]── (\S+)", tree, re.M)}
    on_disk = {path.split("/")[0] for path in files_in(TEMPLATE)}
    assert named == {name for name in on_disk if not name.startswith(".")}


def test_every_file_of_ours_says_so_in_its_first_line_and_no_file_of_yours_does():
    ours = {
        path
        for path in files_in(TEMPLATE)
        if "From the template: an update may replace this file." in first_line(TEMPLATE / path)
    }
    yours = ("README.md", "config", "contracts.py", "Snakefile", "stages/", "data/", "expected/",
             "tests/", "pyproject.toml", "requirements.lock", "LICENSE",
             "CITATION.cff")  # fmt: skip
    assert {path for path in files_in(TEMPLATE) if not path.startswith(yours)} == ours


def first_line(path):
    return path.read_bytes().partition(b"\n")[0].decode("utf-8", errors="replace")


def test_the_manifest_tells_the_source_licence_and_fingerprint_of_every_raw_file():
    raw = TEMPLATE / "data" / "raw"
    resources = json.loads((raw / "datapackage.json").read_text("utf-8"))["resources"]
    assert {r["path"] for r in resources} == {path.name for path in raw.glob("*.csv")}
    for resource in resources:
        content = (raw / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["retrieved"] and resource["sources"] and resource["licenses"]


def test_the_lock_of_the_template_holds_the_pins_of_the_project():
    project, template = (
        set(re.findall(r"^\S+==\S+", (folder / "requirements.lock").read_text("utf-8"), re.M))
        for folder in (TEMPLATE, ROOT)
    )
    assert len(project) > 50
    assert project - template == set()


@pytest.mark.parametrize("folder", [TEMPLATE, ROOT], ids=["project", "template"])
def test_every_pin_has_a_hash_and_no_lock_names_an_address(folder):
    lock = (folder / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    for pin in re.findall(r"^\S+==(?:.*\\\n)*.*$", lock, re.M):
        assert "--hash=sha256:" in pin, pin


def test_free_text_arrives_in_every_file_as_it_was_given(tmp_path):
    title = 'Ärger mit "Zitaten": C:\\temp, {x} & 📈'
    made = bake(
        tmp_path, f"title={title}", "project_slug=zitate", f"question={title}?", f"author={title}"
    )
    assert made.returncode == 0, made.output
    folder = tmp_path / "zitate"
    config = yaml.safe_load((folder / "config.yaml").read_text("utf-8"))
    citation = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    pyproject = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    assert (config["title"], config["question"], config["author"]) == (title, f"{title}?", title)
    assert (citation["title"], citation["authors"][0]["name"]) == (title, title)
    assert pyproject["project"]["description"] == f"{title}?"


def test_wrong_answers_are_all_named_at_once_and_nothing_is_written(tmp_path):
    made = bake(tmp_path, "title= ", "project_slug=../out", "email=me", "author=A\tB")
    assert made.returncode == 1
    for name in ("title", "project_slug", "email", "author"):
        assert f"\n  {name}: " in made.output
    assert "Traceback" not in made.output
    assert list(tmp_path.iterdir()) == []


def test_a_project_is_a_clean_repository_with_one_commit_on_main(project):
    assert git("rev-list", "--count", "main", cwd=project.folder).strip() == "1"
    assert git("status", "--porcelain", cwd=project.folder) == ""


def test_the_last_lines_say_what_to_do_next(tmp_path):
    said = bake(tmp_path).output.rstrip().splitlines()
    assert [line.strip() for line in said[-2:]] == ["cd penguins-of-palmer", "python run.py"]


def test_making_a_project_again_over_itself_keeps_what_was_made_and_added(tmp_path):
    bake(tmp_path)
    folder = tmp_path / "penguins-of-palmer"
    mine = [folder / path for path in ("data/raw/mine.csv", "data/interim/x.parquet", ".vscode/x")]
    for path in mine:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    made = bake(tmp_path, "--overwrite-if-exists")
    assert made.returncode == 0, made.output
    assert [path.read_text("utf-8") for path in mine] == ["mine"] * 3


def test_a_project_inside_a_repository_gets_none_of_its_own(tmp_path):
    git("init", cwd=tmp_path)
    made = bake(tmp_path)
    assert "belongs to the git repository around it" in made.output
    assert not (tmp_path / "penguins-of-palmer" / ".git").exists()


def test_a_project_is_made_without_git(tmp_path):
    command = [sys.executable, "-m", "cookiecutter", ROOT, "--no-input", "--output-dir", tmp_path]
    done = subprocess.run(
        list(map(str, command)), env=os.environ | {"PATH": ""}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "git is not installed" in done.stdout
    assert (tmp_path / "penguins-of-palmer" / "Snakefile").is_file()


def test_a_template_named_by_a_relative_path_is_found_again(tmp_path):
    relative = os.path.relpath(ROOT, tmp_path)
    made = bake(tmp_path, template=relative)
    assert made.returncode == 0, made.output
    assert (tmp_path / "penguins-of-palmer" / ".cruft.json").is_file()


def test_cruft_finds_what_it_needs_in_a_project_made_by_cookiecutter(project):
    link = json.loads((project.folder / ".cruft.json").read_text("utf-8"))
    assert link["commit"] == git("rev-parse", "HEAD", cwd=ROOT).strip()
    assert link["context"]["cookiecutter"]["project_slug"] == "penguins-of-palmer"
