"""A project takes what a newer template brings, and keeps what its owner has made of it."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from projects import TEMPLATE, Project, copy_template, run

sys.path.insert(0, str(TEMPLATE))
from startpy import newer

T = TEMPLATE.name
MARK = f"# {newer.MARK.decode()}\n"
HELPER = MARK + '"""Loud words."""\n\n\n' + (
    "def shout(text: str) -> str:\n"
    '    """Return a text in capitals."""\n'
    "    return text.upper()\n"
)  # fmt: skip
USED = MARK + '"""What the machine does with a package that it did not need before."""\n\n' + (
    "from natsort import natsorted\n\nSORTED = natsorted\n"
)  # fmt: skip


def git(*arguments, cwd):
    named = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "core.hooksPath=no"]
    done = run("git", *named, *arguments, cwd=cwd)
    assert done.returncode == 0, done.output
    return done.output


def edit(file, old, new):
    text = file.read_text("utf-8")
    assert old in text, f"{file.name} does not hold {old!r}"
    file.write_text(text.replace(old, new, 1), "utf-8", newline="\n")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A template with a past: after v1, v2 brings what a version may; v3 needs a package more."""
    root = copy_template(tmp_path_factory.mktemp("Vorlage mit Blanks") / "startpy")
    project = root / T
    (project / "startpy/left_over.py").write_text(MARK + "LEFT = 1\n", "utf-8")
    git("init", "--quiet", "--initial-branch=main", cwd=root)
    commit(root, "v1")
    (project / "startpy/left_over.py").unlink()
    (project / "helpers/loud.py").write_text(HELPER, "utf-8")
    edit(project / "startpy/githook.py", "A desktop program", "A desktop tool")
    edit(project / ".gitignore", "Thumbs.db", "Thumbs.db\nehthumbs.db")
    edit(project / "ruff.toml", '"RUF", "S"]', '"RUF", "S"] # and no more')
    edit(project / "profiles/default/profile.yaml", "update may replace this file.\n",
         "update may replace this file.\n# One more line.\n")  # fmt: skip
    edit(project / "stages/clean.py", '"""', '"""A better example. ')
    edit(project / "Snakefile", "# The pipeline:", "# The whole pipeline:")
    edit(project / "README.md", "## Run it", "## Run all of it")
    (project / "stages/explore.py").write_text('"""A stage more."""\n', "utf-8")
    edit(root / "CHANGELOG.md", "## 0.1.0", "## 0.2.0\n\n- Words can be loud.\n\n## 0.1.0")
    commit(root, "v2")
    (project / "startpy/sort.py").write_text(USED, "utf-8")
    edit(project / "pyproject.toml", '    "matplotlib",', '    "matplotlib",\n    "natsort>=8",')
    commit(root, "v3")
    return root


def commit(root, tag):
    git("add", "--all", cwd=root)
    git("commit", "--quiet", "--message", tag, cwd=root)
    git("tag", tag, cwd=root)


@pytest.fixture(scope="module")
def of_cookiecutter(template, tmp_path_factory):
    return of_v1(template, tmp_path_factory.mktemp("made"))


@pytest.fixture
def made(of_cookiecutter, tmp_path):
    """A project that cookiecutter has made of v1."""
    shutil.copytree(of_cookiecutter.folder, tmp_path / "project")
    return Project(tmp_path / "project", of_cookiecutter.python)


def of_v1(template, place):
    # Cookiecutter takes a folder as it stands: a version is had of a repository.
    command = ["-m", "cookiecutter", f"git+{template.as_uri()}", "--checkout", "v1", "--no-input"]
    alone = {"COOKIECUTTER_CONFIG": str(place / "none.yaml")}
    (place / "none.yaml").write_text(f"cookiecutters_dir: {json.dumps(str(place / 'all'))}\n")
    done = run(sys.executable, *command, "--output-dir", place, cwd=place, **alone)
    assert done.returncode == 0, done.output
    return Project(place / "penguins-of-palmer", Path(sys.executable))


def update(project, *arguments, **environment):
    again = " ".join(["python run.py update", *arguments])
    command = [project.python, "-m", "startpy.update", *arguments]
    return project.run(*command, STARTPY_AGAIN=again, PYTHONDONTWRITEBYTECODE="1", **environment)


def save(project, message="edits"):
    git("add", "--all", cwd=project.folder)
    git("commit", "--quiet", "--message", message, cwd=project.folder)


def contents(folder):
    made = (".git", ".snakemake", "__pycache__", "interim", "processed", "results")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not set(made) & set(path.relative_to(folder).parts)
    }


def edit_as_users_do(project):
    """Edit all that is the user's, add and withdraw raw data, and sign the results anew."""
    edit(project.folder / "README.md", "Gentoos are big", "Gentoos are really big")
    edit(project.folder / "README.md", "## Run it", "## How to run it")
    edit(project.folder / "config.yaml", "min_group: 5", "min_group: 6")
    edit(project.folder / "config.schema.yaml", "# What config", "# Our rules. What config")
    edit(project.folder / "pyproject.toml", '    "numpy",', '    "numpy<3",')
    edit(project.folder / "Snakefile", "# The pipeline:", "# Our pipeline:")
    for stage in ("ingest", "clean", "analyse"):
        edit(project.folder / f"stages/{stage}.py", '"""', '"""Ours. ')
    edit(
        project.folder / "stages/report.py",
        "import pandas as pd\n",
        "import pandas as pd  # Ours.\n",
    )
    edit(project.folder / "tests/test_clean.py", '"""', '"""Ours. ')
    edit(project.folder / "requirements.lock", "numpy==", "# Ours.\nnumpy==")
    (project.folder / "helpers/birds.py").write_text('"""Ours."""\n', "utf-8")
    raw = [project.python, "-m", "startpy.raw"]
    more = project.folder.parent / "weather.csv"
    more.write_text("day,celsius\n2008-01-01,-3\n", "utf-8")
    told = ["--source", "https://example.org/weather", "--license", "CC0-1.0"]
    for words in (["add", more, *told], ["withdraw", "weather.csv", "--reason", "not needed"]):
        done = project.run(*raw, *words)
        assert done.returncode == 0, done.output
    with (project.folder / "data/corrections/penguins.csv").open("a", encoding="utf-8") as file:
        file.write("PAL0910,N39A1,Body Mass (g),4850,4860,Read anew.,Ann,2026-11-24\n")
    done = project.run(project.python, "-m", "startpy.record")
    assert done.returncode == 0, done.output


def test_every_edit_of_the_user_stays_and_every_mend_of_the_machine_comes(made):
    edit_as_users_do(made)
    save(made)
    before = contents(made.folder)
    done = update(made, "--apply")
    assert done.returncode == 0, done.output
    after = contents(made.folder)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed == {
        ".cruft.json", ".gitignore", "helpers/loud.py", "profiles/default/profile.yaml",
        "pyproject.toml", "requirements.lock", "ruff.toml", "startpy/githook.py",
        "startpy/left_over.py", "startpy/sort.py",
    }  # fmt: skip
    assert "startpy/left_over.py" not in after
    lines = after["pyproject.toml"].decode().splitlines()
    assert '    "natsort>=8",' in lines
    lines.remove('    "natsort>=8",')
    assert lines == before["pyproject.toml"].decode().splitlines()
    assert update(made).output == "The project has version v3 of the template already.\n"
    git("commit", "--quiet", "--all", "--message", "update", cwd=made.folder)
    assert git("status", "--porcelain", cwd=made.folder) == ""
    for command in (["snakemake"], ["startpy.hooks"], ["pytest", "-q", "tests"]):
        done = made.run(made.python, "-m", *command)
        assert done.returncode == 0, done.output


def test_without_apply_it_says_what_would_change_and_changes_nothing(made):
    made.edit("startpy/githook.py", "standard library only", "the standard library only")
    (made.folder / "Dockerfile").unlink()
    mine = "from startpy.left_over import LEFT\n"
    (made.folder / "helpers/mine.py").write_text(mine, "utf-8")
    before = contents(made.folder)
    done = update(made)
    assert done.returncode == 0, done.output
    assert contents(made.folder) == before
    said = done.output.split("\n\n")
    assert said[0].startswith("v1 -> v3, from ")
    assert said[1:] == [
        "What is new:\n  ## 0.2.0\n  - Words can be loud.",
        "Changed:\n  .gitignore\n  profiles/default/profile.yaml\n  ruff.toml",
        "Changed, and your edits there are kept:\n  startpy/githook.py",
        "New:\n  helpers/loud.py\n  startpy/sort.py",
        "Removed:\n  startpy/left_over.py",
        "Yours, and left alone, though the template has another text by now:\n"
        "  README.md\n  Snakefile\n  stages/clean.py",
        "New in the template's example, and not brought: it would be yours:\n  stages/explore.py",
        "Packages that it needs: added to pyproject.toml, and pinned:\n  natsort>=8",
        "Your code uses what this version no longer has, and must be changed:\n"
        "  helpers/mine.py: LEFT of startpy.left_over",
        "Nothing is changed yet. To do it: python run.py update --apply\n",
    ]


def test_an_update_is_staged_and_can_be_taken_back_to_the_last_byte(made):
    (made.folder / "notes.txt").write_text("mine", "utf-8")
    before = contents(made.folder)
    done = update(made, "--to", "v2", "--apply")
    assert done.returncode == 0, done.output
    assert git("diff", "--name-only", cwd=made.folder) == ""
    assert "To take it back: git restore --staged --worktree ." in done.output
    git("restore", "--staged", "--worktree", ".", cwd=made.folder)
    assert contents(made.folder) == before


def test_what_is_not_committed_must_be_committed_first(made):
    made.edit("README.md", "Gentoos", "The Gentoos")
    before = contents(made.folder)
    done = update(made, "--to", "v2", "--apply")
    assert done.returncode == 1
    assert "Not committed: README.md.\nCommit it (git add --all, git commit)" in done.output
    assert contents(made.folder) == before


def test_the_same_lines_edited_on_both_sides_stop_it_and_two_ways_on_are_named(made):
    made.edit("startpy/githook.py", "# A desktop program", "# Any program")
    save(made)
    before = contents(made.folder)
    done = update(made, "--to", "v2", "--apply")
    assert done.returncode == 1
    assert (
        "Changed by you and by the template in the same lines:\n  startpy/githook.py\n"
        "To take the template's text (git keeps yours): "
        "python run.py update --to v2 --apply --take startpy/githook.py\n"
        "To keep your file: delete its first line."
    ) in done.output
    assert done.output.endswith("Nothing is changed.\n")
    assert contents(made.folder) == before

    hook = made.folder / "startpy/githook.py"
    mine = hook.read_text("utf-8").partition("\n")[2]
    hook.write_text(mine, "utf-8", newline="\n")
    assert "left alone, though the template has another text by now:\n  README.md\n" in (
        update(made).output
    )
    git("checkout", "--", ".", cwd=made.folder)
    done = update(made, "--to", "v2", "--apply", "--take", "startpy/githook.py")
    assert done.returncode == 0, done.output
    assert "A desktop tool" in hook.read_text("utf-8")


def test_a_new_file_of_the_template_never_replaces_one_of_yours(made):
    (made.folder / "helpers/loud.py").write_text('"""Mine."""\n', "utf-8")
    for saved in (False, True):
        if saved:
            save(made)
        done = update(made, "--to", "v2", "--apply")
        assert done.returncode == 1
        assert "New, but you have a file of that name:\n  helpers/loud.py\n" in done.output
        assert "git mv helpers/loud.py helpers/our_loud.py" in done.output
        assert (made.folder / "helpers/loud.py").read_text("utf-8") == '"""Mine."""\n'


def test_a_project_made_by_cruft_is_updated_by_cruft_itself_too(template, tmp_path):
    cruft = [sys.executable, "-m", "cruft"]
    done = run(*cruft, "create", template, "--no-input", "--checkout", "v1", cwd=tmp_path)
    assert done.returncode == 0, done.output
    project = Project(tmp_path / "penguins-of-palmer", Path(sys.executable))
    git("init", "--quiet", cwd=project.folder)
    for path in ("README.md", "stages/clean.py", "Snakefile", "config.yaml"):
        text = (project.folder / path).read_text("utf-8")
        (project.folder / path).write_text(f"{text}# Mine.\n", "utf-8", newline="\n")
    save(project)
    said = update(project, "--to", "v2").output
    assert "Changed:\n  .gitignore\n" in said
    done = run(*cruft, "update", "--skip-apply-ask", "--checkout", "v2", cwd=project.folder)
    assert done.returncode == 0, done.output
    changed = git("status", "--porcelain", cwd=project.folder).split("\n")
    assert {line[3:] for line in changed if line} == {
        ".cruft.json", ".gitignore", "helpers/loud.py", "profiles/default/profile.yaml",
        "ruff.toml", "startpy/githook.py", "startpy/left_over.py",
    }  # fmt: skip
    assert "has version v2" in update(project, "--to", "v2").output


def test_a_project_in_a_larger_repository_is_updated_whatever_lies_around_it(template, tmp_path):
    git("init", "--quiet", cwd=tmp_path)
    around = tmp_path / "paper.tex"
    around.write_text("Draft.\n", "utf-8")
    project = of_v1(template, tmp_path)
    save(project)
    around.write_text("Draft 2.\n", "utf-8")
    before = contents(project.folder)
    done = update(project, "--to", "v2", "--apply")
    assert done.returncode == 0, done.output
    assert "ehthumbs" in (project.folder / ".gitignore").read_text("utf-8")
    git("restore", "--staged", "--worktree", ".", cwd=project.folder)
    assert contents(project.folder) == before
    assert around.read_text("utf-8") == "Draft 2.\n"


def test_a_template_that_has_moved_is_found_by_its_new_address(made, template):
    link = json.loads((made.folder / ".cruft.json").read_text("utf-8"))
    assert link["template"] == template.as_uri()
    gone = (template / "gone").as_uri()
    made.edit(".cruft.json", template.as_uri(), gone)
    save(made)
    done = update(made)
    assert done.returncode == 1
    assert f"git cannot bring the template from {gone}:\n" in done.output
    assert "say where it is: python run.py update --template ADDRESS\n" in done.output
    done = update(made, "--to", "v1", "--template", str(template), "--apply")
    assert done.returncode == 0, done.output
    assert "No file of the template has changed." in done.output
    link = json.loads((made.folder / ".cruft.json").read_text("utf-8"))
    assert (link["template"], link["checkout"]) == (str(template), "v1")


def test_a_project_without_a_link_is_told_how_to_get_one(made, template):
    (made.folder / ".cruft.json").unlink()
    save(made)
    done = update(made)
    assert done.returncode == 1
    assert "python run.py update --template ADDRESS --from VERSION" in done.output
    done = update(made, "--template", str(template), "--from", "v1", "--to", "v2", "--apply")
    assert done.returncode == 0, done.output
    assert "has version v2" in update(made, "--to", "v2").output


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("{", ".cruft.json must say from which template, commit and answers"),
        ('{"template": 1}', ".cruft.json must say from which template, commit and answers"),
        ("[]", ".cruft.json must say from which template, commit and answers"),
    ],
)
def test_a_broken_link_is_named(made, link, said):
    (made.folder / ".cruft.json").write_text(link, "utf-8")
    done = update(made)
    assert done.returncode == 1
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_pyproject_that_cannot_be_read_is_named(made):
    made.edit("pyproject.toml", '"numpy"', '"numpy 3"')
    done = update(made)
    assert done.returncode == 1
    assert "pyproject.toml cannot be read: " in done.output
    assert "numpy 3" in done.output
    assert "Traceback" not in done.output


def test_a_version_that_is_not_there_is_named_with_those_that_are(made):
    done = update(made, "--to", "v4")
    assert done.returncode == 1
    assert "has no version v4. It has: " in done.output
    done = update(made, "--take", "stages/clean.py")
    assert done.returncode == 1
    assert "stages/clean.py must be a file of the template" in done.output


def test_without_a_repository_it_says_what_would_change_and_does_not_do_it(made):
    shutil.rmtree(made.folder / ".git", ignore_errors=True)
    assert "Nothing is changed yet." in update(made).output
    done = update(made, "--apply")
    assert done.returncode == 1
    assert "the project must be in a git repository with a commit" in done.output


@pytest.mark.skipif(os.name == "nt", reason="there, a program is found without PATH")
def test_without_git_it_says_so(made):
    command = [made.python, "-m", "startpy.update"]
    done = run(*command, cwd=made.folder, PATH="", PYTHONDONTWRITEBYTECODE="1")
    assert done.returncode == 1
    assert done.output.startswith("An update needs git, which is not on PATH.")


OLD, NEW, MINE = (MARK.encode() + text for text in (b"1\n2\n3\n4\n5\n", b"1\n2\n3\n4\n6\n", b"7\n"))


@pytest.mark.parametrize(
    ("old", "yours", "new", "what"),
    [
        (OLD, OLD, OLD, None),
        (OLD, MINE, OLD, None),
        (OLD, None, OLD, None),
        (OLD, NEW, NEW, None),
        (OLD, OLD, NEW, newer.CHANGED),
        (OLD, OLD.replace(b"1", b"0"), NEW, newer.MERGED),
        (OLD, MINE, NEW, newer.CLASH),
        (OLD, None, NEW, newer.DELETED),
        (OLD, b"my own\n", NEW, newer.YOURS),
        (OLD, OLD, None, newer.REMOVED),
        (OLD, MINE, None, newer.OBSOLETE),
        (OLD, b"my own\n", None, None),
        (None, None, NEW, newer.ADDED),
        (None, b"my own\n", NEW, newer.TAKEN),
        (None, MINE, NEW, newer.TAKEN),
        (b"x\n", b"x\n", b"y\n", newer.YOURS),
        (b"x\n", None, b"y\n", None),
        (b"x\n", b"x\n", NEW, newer.YOURS),
        (OLD, OLD, b"y\n", newer.YOURS),
        (None, None, b"y\n", newer.EXAMPLE),
        (None, b"x\n", b"y\n", newer.YOURS),
    ],
)
def test_each_file_has_one_fate(old, yours, new, what):
    fate = newer.fate_of(old, yours, new)
    assert (fate.what if fate else None) == what
    if what == newer.MERGED:
        assert fate.content == MARK.encode() + b"0\n2\n3\n4\n6\n"


@pytest.mark.parametrize(
    ("old", "yours", "new", "more", "look"),
    [
        ([], [], ["tqdm"], ["tqdm"], []),
        (["pandas>=3"], ["pandas>=3"], ["pandas>=3.2"], ["pandas>=3.2"], []),
        (["pandas>=3"], ["Pandas<4"], ["pandas>=3.2"], [],
         ["pandas>=3.2 (in your pyproject.toml: Pandas<4)"]),
        (["pandas>=3"], [], ["pandas>=3"], [], []),
        (["pandas>=3"], [], ["pandas>=4"], [],
         ["pandas>=4 (in your pyproject.toml: taken out)"]),
        ([], ["tqdm>=4"], ["tqdm"], [], []),
        (["tqdm"], ["tqdm"], [], [], []),
    ],
)  # fmt: skip
def test_pyproject_gains_what_the_machine_needs_and_keeps_the_limits_of_its_owner(
    old, yours, new, more, look
):
    projects = ({"project": {"dependencies": each}} for each in (old, yours, new))
    added, seen = newer.more_wanted(*projects)
    assert ([each.wanted for each in added], seen) == (more, look)
