"""What AGENTS.md and the tasks of the editor tell is what the project does."""

import json
import re
import shlex
import sys

import pytest
from projects import TEMPLATE, Project, run

TEXT = (TEMPLATE / "AGENTS.md").read_text("utf-8")
ME = {"GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@localhost",
      "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@localhost"}  # fmt: skip
# What the words in capitals stand for.
YOURS = {"FILE": "gentoo, late.csv", "NEWER": "gentoo, newer.csv", "NEWER_NAME": "late_v2",
         "NAME": "late", "TABLE": "penguins", "COLUMN": "island"}  # fmt: skip


def fences(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.M | re.S)


def filled(text):
    """Return text in which the words in capitals are replaced."""
    for word in sorted(YOURS, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){word}(?!\w)", YOURS[word], text)
    return text


@pytest.fixture(scope="module")
def worked_on(project, tmp_path_factory):
    """A clone with an environment, two more files of a kind to add, and the stage of the page."""
    folder = tmp_path_factory.mktemp("agent") / "cl öne"
    run("git", "clone", "--quiet", project.folder, folder, cwd=project.folder)
    borrow_environment(project, folder)
    head, *rows = (folder / "data/raw/gentoo.csv").read_text("utf-8").splitlines()
    for name, count in (("FILE", 3), ("NEWER", 2)):
        birds = [re.sub(r",N(\d)", r",N9\1", row) for row in rows[:count]]  # Birds not seen yet.
        text = "\n".join([head, *birds]) + "\n"
        (folder.parent / YOURS[name]).write_text(text, encoding="utf-8")
    return Project(folder, project.python)


def borrow_environment(project, folder):
    """Give a clone the environment of the project, as if it had been made there."""
    borrowed = project.folder / ".venv"
    (folder / ".venv").mkdir()
    for part in borrowed.iterdir():
        if part.name != "made-from":
            (folder / ".venv" / part.name).symlink_to(part)
    recipe = (borrowed / "made-from").read_text("utf-8")
    recipe = recipe.replace(str(project.folder), str(folder))
    (folder / ".venv/made-from").write_text(recipe, encoding="utf-8")


def follow(project, line):
    """Run one command of the page in the project."""
    words = [filled(word) for word in shlex.split(line)]
    words = [
        str(project.folder.parent / word) if word.endswith((" late.csv", " newer.csv")) else word
        for word in words
    ]
    if words[0] == "python":
        words[0] = sys.executable
    done = project.run(*words, **ME)
    assert done.returncode == 0, f"{line}\n{done.output}"
    return done.output


def test_every_command_of_the_page_works_in_the_order_of_the_page(worked_on):
    said = {}
    for about in re.split("^## ", TEXT, flags=re.M)[1:]:
        if about.startswith("Add a stage"):
            write_stage(worked_on)
        commands = re.findall(r"^```console\n(.*?)^```", about, re.M | re.S)
        for line in "".join(commands).splitlines():
            said[line] = follow(worked_on, line)
    assert "Nothing to be done" in said["python run.py"]
    assert "late_v2.csv is deleted" in said[next(line for line in said if "withdraw" in line)]
    assert (worked_on.folder / "results/tables/counts.csv").read_text("utf-8").count("\n") == 4
    assert "counts.csv" in said["python run.py record"]
    assert run("git", "status", "--porcelain", cwd=worked_on.folder).output == ""


def write_stage(project):
    """Do by hand what the page says of a new stage."""
    (stage,), (rule,) = fences("python"), fences("snakemake")
    (project.folder / "stages/count.py").write_text(stage, encoding="utf-8", newline="\n")
    project.edit("Snakefile", "rule report:", f"{filled(rule)}\n\nrule report:")
    asked = '        "results/report.html",'
    project.edit("Snakefile", asked, f'        "results/tables/counts.csv",\n{asked}')


def test_every_command_in_the_text_is_one_of_the_page_or_of_run_py():
    commands = {line for fence in fences("console") for line in fence.splitlines()}
    for named in re.findall("`(python run.py[^`]*)`", TEXT):
        assert any(line.startswith(named) for line in commands), named


def test_every_file_and_folder_that_the_page_names_is_there(project):
    for named in re.findall(r"`([\w.]+/[\w./]*|\w+\.\w+|Snakefile)`", TEXT):
        new = named == "stages/count.py"
        assert new or (project.folder / named).exists(), named


def test_the_page_holds_for_any_data():
    assert not re.search("penguin|gentoo|adelie|island", TEXT, re.I)


def tasks():
    text = (TEMPLATE / ".vscode/tasks.json").read_text("utf-8")
    first, _, rest = text.partition("\n")
    assert first.startswith("//")
    return json.loads(rest)


def test_the_tasks_of_the_editor_call_the_one_command(copy):
    for task in tasks()["tasks"]:
        assert (task["command"], task["windows"]["command"]) == ("python3", "python")
        assert task["args"][0] == "run.py"
        told = copy.run(sys.executable, *task["args"][:1], "--help").output
        command = task["args"][1:2]
        assert not command or command == ["${input:stage}"] or f"run.py {command[0]}" in told


def test_the_stages_to_choose_from_are_those_of_the_project():
    (stages,) = [choice["options"] for choice in tasks()["inputs"]]
    assert sorted(stages) == sorted(path.stem for path in (TEMPLATE / "stages").glob("[!_]*.py"))
