"""After the project is made: link it to the template, make a git repository, say what is next.

Nothing here needs the network, and nothing that fails takes the project away.
"""

import json
import re
import subprocess
from pathlib import Path

# `tojson` leaves no single quote: the literal holds whatever the answers are.
ANSWERS = json.loads(r'{{ cookiecutter | tojson }}')  # fmt: skip
# cruft renders the template time and again to compare; a repository in there would break it.
UNDER_CRUFT = "{{ cookiecutter._commit is defined }}" == "True"


def main():
    link_to_template()
    note = make_repository()
    folder = Path.cwd().name
    print(f"\nYour project is in {folder}. {note}\nNext:\n  cd {folder}\n  python run.py")


def git(*arguments, cwd="."):
    """Return what git says, or None if it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=cwd, capture_output=True, text=True, encoding="utf-8"
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def link_to_template():
    """Write what cruft needs to bring later versions of the template into this project."""
    # A template named by a relative path is meant from where the command was called.
    named = ANSWERS.get("_repo_dir") or ANSWERS["_template"]
    source = Path(ANSWERS["__called_in"], named).resolve()
    commit = git("rev-parse", "HEAD", cwd=source) if source.is_dir() else None
    if commit is None:
        return
    kept = {k: v for k, v in ANSWERS.items() if k == "_template" or not k.startswith("_")}
    link = {
        "template": without_password(git("remote", "get-url", "origin", cwd=source) or str(source)),
        "commit": commit,
        "checkout": None,
        "context": {"cookiecutter": kept},
        "directory": None,
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
    unsigned = ["-c", "commit.gpgsign=false"]
    nobody = git("config", "user.email") is None
    if nobody:
        unsigned += ["-c", "user.name=analyst", "-c", "user.email=analyst@localhost"]
    message = f"Start {ANSWERS['title']} from the startpy template"
    if git(*unsigned, "commit", "--no-verify", "--quiet", "--message", message) is None:
        return "It is a git repository without a first commit: git commit says why."
    if nobody:
        return (
            "It is a git repository with a first commit. Tell git who you are: "
            "git config --global user.name NAME, and user.email ADDRESS."
        )
    return "It is a git repository with a first commit."


if not UNDER_CRUFT:
    main()
