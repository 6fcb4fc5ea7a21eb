# From the template: an update may replace this file.
"""Take what a newer version of the template brings: python run.py update"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from helpers.write import whole
from startpy import newer
from startpy.compare import few
from startpy.disk import refusal
from startpy.environment import again, call, called_in, quietly, stop
from startpy.lock import names, pinned
from startpy.newer import LINK, Fate, Wish, git

HELP = """Say what a newer version of the template would change here, and with --apply do it. What
is yours stays as it is: every file whose first line does not say that it is the template's. An edit
of yours in a file of the template is kept where the template has not changed the same lines. The
update is staged in git and not committed: look at it, run, test, then commit it or take it back."""
OWN = ("stages", "helpers", "tests")
LINES = 40
WRITTEN = (newer.CHANGED, newer.MERGED, newer.ADDED)
CLASHES = (newer.CLASH, newer.TAKEN)
TOLD = (
    *WRITTEN,
    *(newer.REMOVED, newer.OBSOLETE, newer.DELETED, newer.YOURS, newer.EXAMPLE),
)


class Plan(NamedTuple):
    """All that an update changes, before it changes anything."""

    version: str
    fates: dict[str, Fate]
    more: list[Wish]
    look: list[str]
    lost: list[str]
    pyproject: bytes | None
    link: dict

    def paths(self, *what: str) -> list[str]:
        return [path for path, fate in self.fates.items() if fate.what in what]

    @property
    def contents(self) -> dict[str, bytes]:
        """Return what is written where."""
        found = {path: self.fates[path].content for path in self.paths(*WRITTEN)}
        link = json.dumps(self.link, indent=2, ensure_ascii=False) + "\n"
        pyproject = {} if self.pyproject is None else {"pyproject.toml": self.pyproject}
        return found | pyproject | {LINK: link.encode()}


def main(arguments: list[str]) -> int:
    asked = read_arguments(arguments)
    link = read_link(asked)
    if asked.apply:
        refuse_unsaved()
    with tempfile.TemporaryDirectory(prefix="update-", ignore_cleanup_errors=True) as name:
        work = Path(name).resolve()
        history = work / "template.git"
        bring_template(link, history)
        before, after = two_commits(asked, link, history)
        version = newer.name_of(after, history)
        if before == after == link["commit"] and not (asked.take or asked.template):
            print(f"The project has version {version} of the template already.")
            return 0
        plan = make_plan(asked, link, before, after, work)
        address = newer.without_password(link["template"])
        print(f"{newer.name_of(before, history)} -> {version}, from {address}")
        print(*tell(plan, newer.news(before, after, history, link.get("directory"))), sep="\n")
    if clashes := list(said_of_clashes(plan)):
        stop("", *clashes, "", "Nothing is changed.")
    if not asked.apply:
        print(f"\nNothing is changed yet. To do it: {again()} --apply")
        return 0
    return apply(plan)


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python run.py update", description=HELP)
    parser.add_argument("--apply", action="store_true", help="do it")
    parser.add_argument(
        "--to", metavar="VERSION", help="a tag, branch or commit of the template; else the newest"
    )
    parser.add_argument(
        "--take",
        metavar="FILE",
        action="append",
        default=[],
        help="take the template's text of this file of the template, whatever you have done to it",
    )
    parser.add_argument(
        "--template", metavar="ADDRESS", help="where the template is now, if it has moved"
    )
    parser.add_argument(
        "--from",
        dest="made_from",
        metavar="VERSION",
        help=f"from which version the project was made, if {LINK} does not know it",
    )
    asked = parser.parse_args(arguments)
    asked.take = [Path(os.path.normpath(path)).as_posix() for path in asked.take]
    if asked.template and (called_in() / asked.template).exists():
        asked.template = str((called_in() / asked.template).resolve())
    return asked


def read_link(asked: argparse.Namespace) -> dict:
    """Return from which template, version and answers the project was made."""
    if not shutil.which("git"):
        stop("An update needs git, which is not on PATH.", f"Install it, then: {again()}")
    link = {"template": None, "commit": None, "context": {"cookiecutter": {}}, "directory": None}
    if not Path(LINK).exists() and not (asked.template and asked.made_from):
        stop(
            f"{LINK} must say from which template this project was made, but is not there (a "
            "project made from a zip has none).",
            "Take it back if you had one (git checkout -- .cruft.json). If not, name the template "
            "and the version:",
            "  python run.py update --template ADDRESS --from VERSION",
        )
    if Path(LINK).exists():
        try:
            link = json.loads(Path(LINK).read_text("utf-8"))
            _ = link["template"] + link["commit"], link["context"]["cookiecutter"].items()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            stop(
                f"{LINK} must say from which template, commit and answers this project was made, "
                f"but cannot be read: {error!r}.",
                f"Take it back: git checkout -- {LINK}. Then: {again()}",
            )
    return link | ({"template": asked.template} if asked.template else {})


def refuse_unsaved() -> None:
    """End the run if git could not take the update back."""
    inside = git("rev-parse", "--verify", "HEAD")
    if inside.returncode:
        stop(
            "Nothing is changed: the project must be in a git repository with a commit, so that an "
            f"update can be taken back. git says: {inside.stderr.strip()}",
            f"Make one: git init, git add --all, git commit. Then: {again()}",
        )
    edited = git("status", "--porcelain", "-z", "--untracked-files=no", "--no-renames", "--", ".")
    if edited.stdout:
        paths = [line[3:] for line in edited.stdout.split("\0") if line]
        stop(
            "Nothing is changed: what you have edited must be committed first, so that the update "
            f"alone can be looked at and taken back. Not committed: {few(paths)}.",
            f"Commit it (git add --all, git commit) or set it aside (git stash). Then: {again()}",
        )


def bring_template(link: dict, history: Path) -> None:
    """Copy the template's history, or end the run with what git says."""
    address = link["template"].removeprefix("git+")
    if fault := newer.bring(address, history):
        stop(
            f"Nothing is changed: git cannot bring the template from {address}:",
            *(f"  {line}" for line in fault.splitlines()[-4:]),
            "Connect to the network, or get access to it. If the template has moved, say where it "
            f"is: {again()} --template ADDRESS",
        )


def two_commits(asked: argparse.Namespace, link: dict, history: Path) -> tuple[str, str]:
    """Return the commit from which the project is, and the one to which it goes."""
    found = [newer.commit_of(asked.made_from or link["commit"], history)]
    found.append(newer.commit_of(asked.to or "HEAD", history))
    for commit, option, said in zip(
        found,
        ("--from VERSION", "--to VERSION"),
        (asked.made_from or link["commit"][:10], asked.to or "HEAD"),
        strict=True,
    ):
        if commit is None:
            tags = git("-C", history, "tag", "--sort=-creatordate").stdout.split()
            stop(
                f"Nothing is changed: the template at {link['template']} has no version {said}. "
                + (f"It has: {few(tags)}." if tags else "It has no tags."),
                f"Name a tag, branch or commit that it has: {option}; or where the template is "
                "that has it: --template ADDRESS.",
            )
    return found[0], found[1]


def make_plan(asked: argparse.Namespace, link: dict, before: str, after: str, work: Path) -> Plan:
    """Return what the update changes: the project between two versions of the template."""
    history = work / "template.git"
    old = newer.render(link, before, history, work)
    new = old if before == after else newer.render(link, after, history, work)
    if unknown := [path for path in asked.take if not newer.is_ours(new.get(path))]:
        stop(
            f"Nothing is changed: {few(unknown)} must be a file of the template, with its path "
            "from the project's folder, such as startpy/web.py.",
        )
    here = {path: newer.read(Path(path)) for path in old.keys() | new.keys() if exists(path)}
    found = newer.fates(old, here, new, asked.take)
    refuse_untracked(found, old, here)
    before_, now = (tomllib.loads(each["pyproject.toml"].decode()) for each in (old, new))
    more, look = newer.more_wanted(before_, read_pyproject(), now)
    answers = json.loads(new[LINK])["context"]["cookiecutter"]
    public = {name: text for name, text in answers.items() if not name.startswith("_")}
    address = newer.without_password(link["template"])
    link = link | {
        "template": address,
        "commit": after,
        "checkout": asked.to,
        "context": {"cookiecutter": {"_template": address, **public}},
    }
    version = newer.name_of(after, history)
    lost = newer.lost(old, new, own_code())
    return Plan(version, found, more, look, lost, with_more(more, work), link)


def own_code() -> dict[str, str]:
    """Return the Snakefile and the modules that are the user's."""
    paths = [
        Path("Snakefile"),
        *(path for place in OWN for path in sorted(Path(place).glob("*.py"))),
    ]
    code = {path.as_posix(): newer.read(path) for path in paths if path.is_file()}
    mine = {path: content for path, content in code.items() if not newer.is_ours(content)}
    return {path: content.decode("utf-8", "replace") for path, content in mine.items()}


def exists(path: str) -> bool:
    """Say whether there is something under a name, be it a link to nowhere."""
    if Path(path).is_dir():
        stop(
            f"Nothing is changed: {path} must be a file or nothing, but is a folder.",
            f"Give the folder another name (git mv {path} NAME), then: {again()}",
        )
    return Path(path).exists()


def refuse_untracked(found: dict[str, Fate], old: dict, here: dict) -> None:
    """End the run if an edit would be lost that git does not hold."""
    edited = [
        path
        for path, fate in found.items()
        if fate.what in WRITTEN and path in here and here[path] != old.get(path)
    ]
    if not edited or git("rev-parse", "--verify", "HEAD").returncode:
        return
    held = set(git("ls-files", "-z").stdout.split("\0"))
    if lost := [path for path in edited if path not in held]:
        stop(
            f"Nothing is changed: {few(lost)} is edited here and not in git, so that your edits "
            "could not be taken back.",
            f"Put it there: git add --force, git commit. Then: {again()}",
        )


def read_pyproject() -> dict:
    """Return what pyproject.toml says, or end the run."""
    try:
        project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
        newer.wishes(project)
        return project
    except (OSError, ValueError) as error:
        stop(f"pyproject.toml cannot be read: {error}.", f"Mend it, then: {again()}")


def with_more(more: list[Wish], work: Path) -> bytes | None:
    """Return pyproject.toml with more packages, and not a byte of it changed otherwise."""
    if not more:
        return None
    # Elsewhere: uv would look at the folders around the project.
    (work / "pyproject").mkdir()
    shutil.copyfile("pyproject.toml", work / "pyproject" / "pyproject.toml")
    for part, wanted in more:
        add = ["add", "--frozen", "--offline", "--no-config", "--python", sys.executable]
        uv = [sys.executable, "-m", "uv", "--directory", work / "pyproject", *add]
        quietly([*uv, *part, wanted], f"Adding {wanted} to pyproject.toml")
    return (work / "pyproject" / "pyproject.toml").read_bytes()


def tell(plan: Plan, changelog: list[str]) -> Iterator[str]:
    """Yield what an update changes and leaves alone, line by line."""
    if changelog:
        yield from ("", "What is new:", *(f"  {line}" for line in changelog[:LINES]))
        if len(changelog) > LINES:
            yield f"  ... and {len(changelog) - LINES} lines more in its CHANGELOG.md"
    for what in TOLD:
        if paths := plan.paths(what):
            yield from ("", f"{what}:", *(f"  {path}" for path in paths))
    if plan.more:
        yield from ("", "Packages that it needs: added to pyproject.toml, and pinned:")
        yield from (f"  {' '.join([wanted, *part[1:]])}" for part, wanted in plan.more)
    if plan.look:
        yield from ("", "Packages to look at: your limits stay, but the template wants:")
        yield from (f"  {line}" for line in plan.look)
    if plan.lost:
        yield from ("", "Your code uses what this version no longer has, and must be changed:")
        yield from (f"  {line}" for line in plan.lost)
    if not any(plan.paths(*WRITTEN, newer.REMOVED, *CLASHES)):
        yield from ("", "No file of the template has changed.")


def said_of_clashes(plan: Plan) -> Iterator[str]:
    """Yield what stands in the way of an update, and the ways on."""
    if paths := plan.paths(newer.CLASH):
        take = " ".join(f"--take {path}" for path in paths)
        yield from (f"{newer.CLASH}:", *(f"  {path}" for path in paths))
        yield f"To take the template's text (git keeps yours): {again()} {take}"
        yield (
            "To keep your file: delete its first line. Then it is yours, and no update touches it: "
            "git commit that, and do it again. What it does better is best told to the template."
        )
    if paths := plan.paths(newer.TAKEN):
        yield from (f"{newer.TAKEN}:", *(f"  {path}" for path in paths))
        yield f"Give yours another name, such as: git mv {paths[0]} {beside(paths[0])}"
        yield f"Commit that with what calls it, then: {again()}"


def beside(path: str) -> str:
    """Return another name for a file."""
    return Path(path).with_stem(f"our_{Path(path).stem}").as_posix()


def apply(plan: Plan) -> int:
    """Write the update, stage it, and pin what it needs; say how it is taken back."""
    back = "To take it back: git restore --staged --worktree ."
    removed = [path for path in plan.paths(newer.REMOVED) if Path(path).exists()]
    try:
        for path, content in plan.contents.items():
            with whole(Path(path)) as part:
                part.write_bytes(content)
                if Path(path).exists():
                    shutil.copymode(path, part)
        for path in removed:
            Path(path).unlink()
    except OSError as error:
        said, remedy = refusal(error) or (f"{error}.", "Mend it")
        stop(f"\nThe update stopped halfway: {said}", f"{back}. {remedy}. Then: {again()}")
    stage([*plan.contents, *removed])
    if plan.more and lock(plan):
        print(
            "\nThe new packages are not pinned, and nothing runs without them.\n"
            "Mend what stands above, then: python run.py lock",
            file=sys.stderr,
        )
        return 1
    print(
        f"\nThe update is here, staged and not committed. Look at it: git diff --staged\n{back}\n"
        "To keep it: python run.py, python run.py test, and\n"
        f'  git commit --all --message "Take version {plan.version} of the template"'
    )
    return 0


def stage(paths: list[str]) -> None:
    """Stage files, but for those of which git wants to know nothing."""
    ignored = git("check-ignore", "-z", "--stdin", given="\0".join(paths)).stdout.split("\0")
    for path in paths:
        if path not in ignored:
            git("add", "--all", "--", path)


def lock(plan: Plan) -> int:
    """Pin what the update needs, and keep the optional groups that are pinned; return 0 if done."""
    before = pinned(Path("requirements.lock"))
    wanted: dict = {}
    for (part, name), _ in newer.wishes(read_pyproject()).items():
        wanted.setdefault(part, set()).add(name)
    more = {(part, *names([wanted])) for part, wanted in plan.more}
    groups = [
        f"--extra={part[1]}"
        for part, packages in wanted.items()
        if part[:1] == ("--optional",)
        and (old := {name for name in packages if (part, name) not in more})
        and old <= before.keys()
    ]
    print("", flush=True)
    status = call([Path(sys.executable), "-m", "startpy.lock", *groups], Path())
    stage(["requirements.lock"])
    return status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        stop("\nInterrupted. git status says whether anything is changed.")
    except (OSError, subprocess.SubprocessError) as error:
        stop(f"Nothing is changed: {error}.", f"Mend it, then: {again()}")
