"""What git refuses to commit, and what it says then, however and wherever it is called."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from projects import ROOT, TEMPLATE, Project, bake, run

sys.path.insert(0, str(TEMPLATE))

from startpy import githook
from startpy.hooks import machine_paths, second_values

# A desktop program hands git a PATH on which nobody has put an environment.
DESKTOP = os.pathsep.join([str(Path(shutil.which("git") or "git").parent), os.defpath])
ME = {"GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@localhost",
      "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@localhost"}  # fmt: skip


@pytest.fixture
def repository(project, tmp_path):
    """A clone of the project with an environment, as its first run leaves it."""
    folder = tmp_path / "ein Körper"
    git(project.folder, "clone", "--quiet", ".", folder)
    return set_up(project, folder)


def set_up(project, folder):
    """Give a clone the environment of the project, and git the hook; return the clone."""
    (folder / ".venv").symlink_to(project.folder / ".venv", target_is_directory=True)
    # git takes a link for a file, and .gitignore names a folder.
    ignored = folder / git(folder, "rev-parse", "--git-path", "info/exclude").output.strip()
    ignored.write_text(".venv\n", encoding="utf-8")
    githook.install(folder)
    return Project(folder, project.python)


def git(folder, *arguments, **environment):
    done = run("git", "-C", folder, *arguments, cwd=folder.anchor, **ME, **environment)
    assert done.returncode == 0 or "commit" in arguments, done.output
    return done


def commit(repository, *options):
    """Commit all there is, from another folder; return what came of it."""
    git(repository.folder, "add", "--all")
    return git(repository.folder, "commit", "--message", "x", *options, PATH=DESKTOP)


def head(repository):
    return git(repository.folder, "rev-parse", "HEAD").output


def append(repository, path, text):
    """Write text at the end of a file, which may be new."""
    file = repository.folder / path
    file.parent.mkdir(exist_ok=True)
    old = file.read_bytes() if file.exists() else b""
    file.write_bytes(old + (text.encode() if isinstance(text, str) else text))


def list_raw_file(repository, name, content):
    """Put a raw file of one's own into the list and commit it."""
    received = repository.folder.parent / name
    received.write_bytes(content)
    about = ["--source", "a friend", "--license", "CC0-1.0"]
    added = repository.run(repository.python, "-m", "startpy.raw", "add", received, *about)
    assert added.returncode == 0, added.output
    done = commit(repository)
    assert done.returncode == 0, done.output
    return repository.folder / "data" / "raw" / name


def list_without(repository, name):
    manifest = repository.folder / "data" / "raw" / "datapackage.json"
    package = json.loads(manifest.read_text("utf-8"))
    package["resources"] = [each for each in package["resources"] if each["path"] != name]
    manifest.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def change_raw(repository):
    append(repository, "data/raw/gentoo.csv", "one more line\n")


def delete_raw(repository):
    (repository.folder / "data/raw/gentoo.csv").unlink()


def shrink_list(repository):
    list_raw_file(repository, "nests.csv", b"nest\n1\n").unlink()
    list_without(repository, "nests.csv")


def force_env(repository):
    append(repository, ".env", "TOKEN=abc\n")
    git(repository.folder, "add", "--force", ".env")


def grow(repository):
    append(repository, "notes.dat", b"\0")
    assert commit(repository).returncode == 0
    append(repository, "notes.dat", b"\0" * 6_000_000)


def writes(path, text):
    return lambda repository: append(repository, path, text)


TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3
PASSPHRASE = "c3VwZXIgbG9uZyBzdHJpbmcg" + "c2hvdWxkIGNhdXNlIGVub3VnaCBlbnRyb3B5"
REFUSED = {
    "a raw file was changed": (change_raw, ["gentoo.csv has changed", "Put it back: "]),
    "a raw file was deleted": (delete_raw, ["gentoo.csv must be there", "Put it back: "]),
    "a raw file is not in the list": (
        writes("data/raw/new.csv", "a\n"),
        ["'data/raw/new.csv' is not in the list", "python run.py raw add data/raw/new.csv"],
    ),
    "the list of raw files is shorter": (
        shrink_list, ["must hold whatever it held", "'nests.csv'", "Put it back: "],
    ),
    "a token": (
        writes("helpers/mine.py", f'ISSUES = "{TOKEN}"\n'),
        ["Secret Type: GitHub Token", "helpers/mine.py:1", "pragma: allowlist secret",
         "os.environ[NAME]"],
    ),
    "a private key": (
        writes("key.pem", "-----BEGIN OPENSSH PRIVATE " + "KEY-----\nb3BlbnNzaC1rZXk=\n"),
        ["no private key is in a file", "Private key found: key.pem"],
    ),
    "a string that looks random": (
        writes("config.yaml", f'\nkey: "{PASSPHRASE}"\n'),
        ["Secret Type: Base64 High Entropy String", "config.yaml"],
    ),
    "a file of passwords": (force_env, ["passwords", "git rm --cached FILE", "\n.env\n"]),
    "a file over 5 MB": (
        writes("stages/model.bin", b"\0" * 6_000_000),
        ["stages/model.bin (5860 KB) exceeds 5000 KB", "python run.py raw add"],
    ),
    "a file that has grown over 5 MB": (grow, ["notes.dat (5860 KB) exceeds 5000 KB"]),
    "a pickle": (
        writes("data/model.pkl.gz", b"\0"),
        ["runs whatever code is in it", "Parquet", "git rm --cached FILE", "\ndata/model.pkl.gz\n"],
    ),
    "a path of this machine": (
        writes("stages/clean.py", '\nNESTS = "C:\\\\Users\\\\ann\\\\nests.csv"\n'),
        ["stages/clean.py, line", 'NESTS = "C:', "python run.py raw add FILE"],
    ),
    "marks of a merge": (
        writes("README.md", "<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> branch\n"),
        ["no marks of a merge are left", "README.md:", "<<<<<<< HEAD"],
    ),
    "broken YAML": (writes("config.yaml", "\nx: [\n"), ["YAML can be read", "config.yaml"]),
    "broken TOML": (writes("pyproject.toml", "\nx =\n"), ["TOML can be read", "pyproject.toml"]),
    "broken JSON": (writes("notes.json", '{"a": }\n'), ["JSON can be read", "notes.json"]),
    "a fault in Python": (writes("helpers/mine.py", "import json\n"), ["F401", "helpers/mine.py"]),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_fault_is_not_committed_and_the_lines_say_what_to_do(repository, fault, words):
    fault(repository)
    before = head(repository)
    done = commit(repository)
    assert done.returncode == 1, done.output
    assert [word for word in words if word not in done.output] == [], done.output
    assert done.output.count("- exit code: 1") == 1, done.output
    assert "Nothing is committed yet." in done.output
    assert "Traceback" not in done.output
    assert head(repository) == before


NOTEBOOK = {
    "cells": [{
        "cell_type": "code", "execution_count": 1, "id": "a", "metadata": {}, "source": ["1 + 1"],
        "outputs": [{"data": {"text/plain": ["2"]}, "execution_count": 1, "metadata": {},
                     "output_type": "execute_result"}],
    }],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip
MENDED = {
    "the outputs of a notebook": ("look.ipynb", json.dumps(NOTEBOOK, indent=1) + "\n"),
    "unformatted Python": ("stages/clean.py", "\n\nheaviest_g  =  6500\n"),
    "an unformatted Snakefile": ("Snakefile", "\n\nrule more:\n  output: 'data/more.csv'\n"),
}


@pytest.mark.parametrize(("path", "text"), MENDED.values(), ids=MENDED.keys())
def test_what_a_hook_mends_stops_the_commit_once(repository, path, text):
    append(repository, path, text)
    before = head(repository)
    first = commit(repository)
    assert first.returncode == 1, first.output
    assert "- files were modified by this hook" in first.output
    assert "(Files that were modified by a hook are mended: git add them.)" in first.output
    assert head(repository) == before
    assert '"2"' not in (repository.folder / path).read_text("utf-8")
    second = commit(repository)
    assert second.returncode == 0, second.output


def test_two_names_that_are_one_elsewhere_are_not_committed(repository):
    append(repository, "Notes.md", "a\n")
    append(repository, "notes.md", "b\n")
    if (repository.folder / "Notes.md").read_text("utf-8") != "a\n":
        pytest.skip("this file system takes both names for one")
    done = commit(repository)
    assert done.returncode == 1
    assert "Case-insensitivity conflict found: Notes.md" in done.output


def test_a_name_that_is_given_twice_is_told_of_and_committed(repository):
    append(repository, "stages/report.py", '\n# %%\npenguins = penguins.query("species.notna()")\n')
    before = head(repository)
    done = commit(repository)
    assert done.returncode == 0, done.output
    assert "stages/report.py, line" in done.output
    assert "`penguins` gets a second value; it got its first in line" in done.output
    assert head(repository) != before


def test_only_what_runs_from_top_to_bottom_counts_as_given_twice():
    def names(text):
        return [name for name, _, _ in second_values(text)]

    assert names("a = 1\na = 2\na = 3") == ["a", "a"]
    assert names("a, (b, *c) = 1, (2, 3)\nb += 1\nc: list = []") == ["b", "c"]
    assert names("with open('x') as file:\n    a = 1\nwith open('y') as file:\n    a = 2") == ["a"]
    assert names("a: int\na = 1\n_ = 1\n_ = 2\na.b = 1\na['c'] = 2") == []
    assert names("for a in b:\n    c = a\nfor a in b:\n    c = a\nif a:\n    c = 1") == []
    assert names("def f():\n    a = 1\n    a = 2\n    return a\n") == []
    assert names("a = 1\na = (") == names("a\0") == names("") == []


@pytest.mark.parametrize("line", [
    'read("/home/ann/x.csv")', "read('/Users/ann/x.csv')", r'read(r"D:\Users\ann\x.csv")',
    r'"source": ["read(\"C:\\\\Users\\\\ann\")"]', "x=/root/x.csv", "file:///home/ann/x.csv",
    f'read("{Path.cwd().as_posix()}/x.csv")', f"{str(Path.cwd())!r}",
])  # fmt: skip
def test_a_path_of_one_machine_is_seen(line):
    assert list(machine_paths(f"\n  {line}\n")) == [(2, line)]


@pytest.mark.parametrize("line", [
    'read("data/raw/x.csv")', 'get("https://example.org/home/ann")', 'get(f"{site}/Users/ann")',
    "at /home and /Users", "Path.home() / 'x.csv'", '"~/home/ann"', "print('C:\\n')", "a/root/b",
])  # fmt: skip
def test_what_is_no_path_of_one_machine_is_let_pass(line):
    assert list(machine_paths(line)) == []


def test_what_is_raw_and_what_is_expected_is_committed_as_it_is(repository):
    content = b"id  \n<<<<<<< HEAD\n" + TOKEN.encode() + b" \r\n" + b"\0" * 6_000_000
    raw = list_raw_file(repository, "measured.json", content)
    digest = json.dumps({"results/x.csv": {"sha256": "0f1e2d3c4b5a6978" * 4}}) + "\n"
    append(repository, "expected/more.json", digest)
    append(repository, "expected/x.csv", "a \n1 \n\n\n")
    done = commit(repository)
    assert done.returncode == 0, done.output
    assert raw.read_bytes() == content
    committed = git(repository.folder, "show", "HEAD:expected/x.csv").output
    assert committed == "a \n1 \n\n\n"


def test_a_string_that_is_no_secret_is_let_pass_where_a_comment_says_so(repository):
    append(repository, "helpers/mine.py", f'KEY = "{PASSPHRASE}"  # pragma: allowlist secret\n')
    done = commit(repository)
    assert done.returncode == 0, done.output


def test_only_what_is_committed_is_looked_at(repository):
    append(repository, "README.md", "A line.\n")
    git(repository.folder, "add", "README.md")
    append(repository, "config.yaml", "\nx: [\n")
    append(repository, "data/raw/gentoo.csv", "one more line\n")
    done = git(repository.folder, "commit", "--message", "x", PATH=DESKTOP)
    assert done.returncode == 0, done.output
    kept = (repository.folder / "data/raw/gentoo.csv").read_text("utf-8")
    assert kept.endswith("one more line\n")


def test_a_commit_is_checked_without_a_network(repository):
    if run("unshare", "--map-root-user", "--net", "true", cwd=repository.folder).returncode:
        pytest.skip("this machine lets nobody leave the network")
    append(repository, "config.yaml", "# A line.\n")
    append(repository, "helpers/mine.py", f'KEY = "{PASSPHRASE}"  # pragma: allowlist secret\n')
    git(repository.folder, "add", "--all")
    words = ["unshare", "--map-root-user", "--net", "git", "commit", "--message", "x"]
    done = repository.run(*words, **ME)
    assert done.returncode == 0, done.output


def test_the_first_run_in_a_repository_sets_up_the_hook_and_says_so_once(project):
    hook = project.folder / ".git" / "hooks" / "pre-commit"
    assert hook.read_bytes() == githook.HOOK.encode()
    assert os.access(hook, os.X_OK)
    said = ["From now on git checks every commit" in output for output in project.log]
    assert said == [True, False, False, False]


def test_pre_commit_takes_the_hook_for_its_own(project):
    question = "from pre_commit.commands.install_uninstall import CURRENT_HASH as n; print(n)"
    asked = run(project.python, "-c", question, cwd=project.folder)
    assert githook.NUMBER in asked.output


def test_without_the_environment_the_commit_says_how_to_make_it(repository):
    (repository.folder / ".venv").unlink()
    append(repository, "README.md", "A line.\n")
    done = commit(repository)
    assert done.returncode == 1
    assert "Nothing is committed yet" in done.output
    assert done.output.rstrip().endswith("python run.py")


def test_a_project_that_was_moved_is_checked_in_its_new_place(project, repository):
    moved = Project(repository.folder.parent / "moved", project.python)
    repository.folder.rename(moved.folder)
    writes("config.yaml", "\nx: [\n")(moved)
    done = commit(moved)
    assert done.returncode == 1
    assert "YAML can be read" in done.output


def test_a_hook_of_the_users_own_is_run_as_well(repository, capsys):
    hook = repository.folder / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho mine has run\n", encoding="utf-8")
    hook.chmod(0o755)
    githook.install(repository.folder)
    assert "From now on" in capsys.readouterr().out
    append(repository, "README.md", "A line.\n")
    done = commit(repository)
    assert done.returncode == 0, done.output
    assert "mine has run" in done.output
    assert "raw files are as listed" in done.output


def test_of_two_hooks_in_the_way_none_is_lost(repository, capsys):
    hooks = repository.folder / ".git" / "hooks"
    (hooks / "pre-commit").write_text("one", encoding="utf-8")
    (hooks / "pre-commit.legacy").write_text("two", encoding="utf-8")
    githook.install(repository.folder)
    assert "Commits are not checked: " in capsys.readouterr().out.splitlines()[-1]
    assert [
        path.read_text("utf-8")
        for path in sorted(hooks.glob("pre*t*"))
        if path.suffix in ("", ".legacy") and path.stem == "pre-commit"
    ] == ["one", "two"]


def test_where_settings_send_git_elsewhere_for_its_hooks_one_line_says_so(repository, capsys):
    hook = repository.folder / ".git" / "hooks" / "pre-commit"
    hook.unlink()
    git(repository.folder, "config", "core.hooksPath", "/somewhere/else")
    capsys.readouterr()
    githook.install(repository.folder)
    githook.install(repository.folder)
    [said] = capsys.readouterr().out.splitlines()
    assert said.startswith("Commits are not checked: core.hooksPath sends git to /somewhere/else")


def test_commits_of_a_worktree_are_checked_with_its_own_environment(project, repository):
    worktree = Project(repository.folder.parent / "worktree", project.python)
    git(repository.folder, "worktree", "add", "--quiet", worktree.folder)
    append(worktree, "README.md", "A line.\n")
    done = commit(worktree)
    assert done.returncode == 1
    assert done.output.rstrip().endswith("python run.py")
    set_up(project, worktree.folder)
    done = commit(worktree)
    assert done.returncode == 0, done.output
    append(worktree, "config.yaml", "\nx: [\n")
    assert commit(worktree).returncode == 1


def test_in_a_larger_repository_there_is_no_hook_but_the_tests_look_at_every_file(
    project, tmp_path, capsys
):
    git(tmp_path, "init", "--quiet")
    assert bake(tmp_path).returncode == 0
    inside = Project(tmp_path / "penguins-of-palmer", project.python)
    githook.install(inside.folder)
    assert capsys.readouterr().out == ""
    assert not (tmp_path / ".git" / "hooks" / "pre-commit").exists()
    append(inside, "config.yaml", "\nx: [\n")
    change_raw(inside)
    done = inside.run(inside.python, "-m", "startpy.hooks")
    assert done.returncode == 1
    assert "gentoo.csv has changed" in done.output
    assert re.search(r"^YAML can be read\.+Failed$", done.output, re.M)
    assert re.search(r"^no path of this machine\.+Passed$", done.output, re.M)
    assert git(tmp_path, "ls-files").output == ""


@pytest.mark.parametrize("autocrlf", ["true", "input"])
def test_a_clone_has_every_raw_byte_whatever_git_does_to_line_ends(project, tmp_path, autocrlf):
    clone = tmp_path / "clone"
    setting = f"core.autocrlf={autocrlf}"
    git(project.folder, "-c", setting, "clone", "--quiet", "--config", setting, ".", clone)
    raw = Path("data", "raw")
    names = sorted(path.name for path in (project.folder / raw).iterdir())
    assert sorted(path.name for path in (clone / raw).iterdir()) == names
    for name in names:
        assert (clone / raw / name).read_bytes() == (project.folder / raw / name).read_bytes()
    assert git(clone, "status", "--porcelain").output == ""


def test_the_page_names_every_hook_and_no_other():
    hooks = yaml.safe_load((TEMPLATE / ".pre-commit-config.yaml").read_text("utf-8"))
    ids = {hook["id"] for hook in hooks["repos"][0]["hooks"]}
    page = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    first_cells = re.findall(r"^\| (`.+?) \|", page, re.M)
    named = {name for cell in first_cells for name in re.findall("`(.+?)`", cell)}
    assert named | {"named-once"} == ids
