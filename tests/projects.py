"""Projects on disk, as a user makes and runs them."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "{{cookiecutter.project_slug}}"
# What making and running leaves behind, in a template or in a project.
LEFT_BEHIND = shutil.ignore_patterns(
    ".git",
    ".venv",
    ".snakemake",
    ".*_cache",
    "__pycache__",
    "cache",
    "interim",
    "processed",
    "results",
)


@dataclass(frozen=True)
class Project:
    """A project on disk, and the Python of its environment."""

    folder: Path
    python: Path
    # What `python run.py STAGE` printed, and which files were there after it, stage by stage.
    log: list = field(default_factory=list)
    reached: dict = field(default_factory=dict)

    def run(self, *command, **environment):
        """Run a command in the project and return what came of it."""
        return run(*command, cwd=self.folder, PATH=self.path, **environment)

    def snakemake(self, *arguments, **environment):
        return self.run(self.python, "-m", "snakemake", *arguments, **environment)

    @property
    def path(self):
        return os.pathsep.join([str(self.python.parent), os.environ["PATH"]])

    def plan(self):
        """Return the jobs that a run would do now, as `rule` or `rule source`, sorted."""
        done = self.snakemake("--dry-run")
        assert done.returncode == 0, done.output
        jobs = re.findall(r"^(?:local)?rule (\w+):\n((?: .*\n)*)", done.output, re.M)
        named = (
            " ".join([rule, *re.findall(r"wildcards: source=(\w+)", facts)]) for rule, facts in jobs
        )
        return sorted(set(named) - {"all"})

    def edit(self, path, old, new):
        """Replace text that must be there in a file of the project."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    def receive(self, name, old, new):
        """Replace text in a raw file and list it anew: the source has sent it like this."""
        file = self.folder / "data/raw" / name
        before = file.read_bytes()
        old, new = (each if isinstance(each, bytes) else each.encode() for each in (old, new))
        assert old in before, f"{name} does not hold {old!r}"
        content = before.replace(old, new)
        file.unlink()  # it may be read-only
        file.write_bytes(content)
        listed = self.folder / "data/raw/datapackage.json"
        package = json.loads(listed.read_text(encoding="utf-8"))
        (entry,) = [each for each in package["resources"] if each["path"] == name]
        entry["bytes"], entry["hash"] = len(content), f"sha256:{sha256(content).hexdigest()}"
        listed.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")

    def results(self):
        """Return the bytes of everything the pipeline made, by path; copies are of no commit."""
        made = ("data/interim", "data/processed", "results")
        return {
            path.relative_to(self.folder).as_posix(): without_commit(path)
            for folder in made
            for path in sorted((self.folder / folder).rglob("*"))
            if path.is_file()
        }

    def copy(self, folder):
        """Return a copy with all that was made, its environment shared."""
        ignore = shutil.ignore_patterns(".venv", ".git")
        shutil.copytree(self.folder, folder, ignore=ignore)
        return Project(folder, self.python)

    def sources_only(self, folder):
        """Return a copy of what a person gets: nothing is made yet."""
        shutil.copytree(self.folder, folder, ignore=LEFT_BEHIND)
        return Project(folder, self.python)


def without_commit(path):
    """Return the bytes of a file, the commit taken out of the passport of a figure."""
    content = path.read_bytes()
    return re.sub(rb'"commit": "\w+"', b'"commit": null', content)


def run(*command, cwd, **environment):
    """Run a command, without the variables that are None; `output` is all it printed, in order."""
    # What the command that runs these tests tells its own parts is not meant for theirs.
    ours = ("VIRTUAL_ENV", "STARTPY_")
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    given = {name: text for name, text in {**inherited, **environment}.items() if text is not None}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=900,
    )
    done.output = done.stdout
    return done


def copy_template(folder):
    """Copy the template's files as a fresh clone has them, and return the folder."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for path in filter(None, listed.output.split("\0")):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    return folder


def bake(folder, *answers, template=ROOT):
    """Make a project as a user does: with the cookiecutter command."""
    command = ["-m", "cookiecutter", template, "--no-input", "--output-dir", folder, *answers]
    return run(sys.executable, *command, cwd=folder)
