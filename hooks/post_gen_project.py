"""After the project is made: link it to the template, make a git repository, say what is next.

Nothing here needs the network, and nothing that fails takes the project away.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

# `tojson` leaves no single quote: the literal holds whatever the answers are.
ANSWERS = json.loads(r'{{ cookiecutter | tojson }}')  # fmt: skip
# cruft renders the template time and again to compare; a repository in there would break it.
UNDER_CRUFT = "{{ cookiecutter._commit is defined }}" == "True"


def main():
    link_to_template()
    note = make_repository()
    folder = seen_from(ANSWERS["__called_in"])
    # What a terminal cannot show must not take the project away.
    sys.stdout.reconfigure(errors="replace")
    print(f"\nYour project is in {folder}. {note}\nNext:\n  cd {folder}\n  python run.py")


def seen_from(place):
    """Return the path of the project from where the command was called."""
    try:
        folder = os.path.relpath(Path.cwd(), place)
    except ValueError:  # On another drive of Windows.
        folder = str(Path.cwd())
    return f'"{folder}"' if os.name == "nt" and " " in folder else shlex.quote(folder)


def git(*arguments, cwd="."):
    """Return what git says, or None if it fails or is not there."""
    # A hook of git that calls us names its own repository there.
    elsewhere = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd,
            env={name: text for name, text in os.environ.items() if name not in elsewhere},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def link_to_template():
    """Write what cruft needs to bring later versions of the template into this project."""
    # A template named by a relative path is meant from where the command was called.
    named = ANSWERS.get("_repo_dir") or ANSWERS["_template"]
    source = Path(ANSWERS["__called_in"], named).resolve()
    if not source.is_dir() or not git("ls-files", "cookiecutter.json", cwd=source):
        return
    commit = git("rev-parse", "HEAD", cwd=source)
    if commit is None:
        return
    whole = git("rev-parse", "--show-toplevel", cwd=source)
    # Where a clone is from does not have its own commits.
    is_known = git("branch", "--remotes", "--contains", commit, cwd=source)
    origin = git("remote", "get-url", "origin", cwd=source) if is_known else None
    kept = {k: v for k, v in ANSWERS.items() if k == "_template" or not k.startswith("_")}
    link = {
        "template": without_password(origin or whole),
        "commit": commit,
        "checkout": None,
        "context": {"cookiecutter": kept},
        "directory": git("rev-parse", "--show-prefix", cwd=source).strip("/") or None,
    }
    Path(".cruft.json").write_text(
        json.dumps(link, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )


def without_password(address):
    """Return an address without a name and password in it: this one is committed."""
    return re.sub("//[^/@]*@", "//", address)


def make_repository():
    """Make a git repository with a first commit; return a sentence about it."""
    if git("--version") is None:
        return "It is not a git repository, because git is not installed."
    inside = git("rev-parse", "--is-inside-work-tree") == "true"
    if Path(".git").exists() or (inside and git("check-ignore", "--quiet", ".") is None):
        return "It belongs to the git repository around it."
    if git("init") is None or git("symbolic-ref", "HEAD", "refs/heads/main") is None:
        return "It is not a git repository, because git init failed here."
    git("add", "--all")
    # Whoever signs commits may be asked for a password; whose hooks are theirs may refuse.
    options = ["-c", "commit.gpgsign=false", "-c", f"core.hooksPath={os.devnull}"]
    nobody = git("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT") is None
    if nobody:
        options += ["-c", "user.name=analyst", "-c", "user.email=analyst@localhost"]
    message = f"Start {ANSWERS['title']} from the startpy template"
    if git(*options, "commit", "--no-verify", "--quiet", "--message", message) is None:
        return "It is a git repository without a first commit: git commit says why."
    if nobody:
        return (
            "It is a git repository with a first commit. Tell git who you are: "
            "git config --global user.name NAME, and user.email ADDRESS."
        )
    if git("config", "--type", "bool", "commit.gpgsign") == "true":
        return (
            "It is a git repository with a first commit, not signed. To sign it: "
            "git commit --amend --no-edit --gpg-sign."
        )
    return "It is a git repository with a first commit."


if ANSWERS["license"] == "none":
    Path("LICENSE").unlink(missing_ok=True)
if not UNDER_CRUFT:
    main()
