# From the template: an update may replace this file.
"""The hook by which git checks a commit before it makes it: standard library only."""

import os
import subprocess
from pathlib import Path

# By this number pre-commit takes the file for one of its own.
NUMBER = "138fd403232d2ddd5efb44317e38bf03"  # pragma: allowlist secret
# A desktop program calls git without the environment on PATH, and a project may be moved: so the
# environment is looked for where git stands, at the top of the work tree.
HOOK = f"""#!/bin/sh
# Written by run.py ({NUMBER}).
for tools in "$PWD/.venv/bin" "$PWD/.venv/Scripts"; do
    if [ -x "$tools/python" ] && [ -e "$tools/pre-commit" ]; then
        PATH="$tools:$PATH"
        export PATH
        here=$(cd "$(dirname "$0")" && pwd)
        python -m pre_commit hook-impl --config=.pre-commit-config.yaml --skip-on-missing-config \\
            --hook-type=pre-commit --hook-dir "$here" -- "$@" && exit 0
        echo "Nothing is committed yet. Mend what is named above, git add it, and commit again." >&2
        echo "(Files that were modified by a hook are mended: git add them.)" >&2
        exit 1
    fi
done
# A branch that is no such project, such as one with pages for the web.
[ -e .pre-commit-config.yaml ] || exit 0
echo "Nothing is committed yet: a commit is checked first, but what checks it is not set up." >&2
echo "Set it up, then commit again: python run.py" >&2
exit 1
"""


def install(root: Path) -> None:
    """Let git check every commit of a project that has a repository of its own."""
    try:
        said = place(root)
    except OSError as error:
        said = f"Commits are not checked: {error.filename}: {error.strerror}."
    if said:
        print(said, flush=True)


def place(root: Path) -> str:
    """Write the hook unless it is there already; return what is to be said about it, if anything.

    A hook of the user's is kept under the name by which pre-commit runs it first.
    """
    # Whoever uses git in a desktop program alone has no git on PATH: ask it only where we must.
    folder = root / ".git"
    if folder.is_file():  # a worktree, whose hooks are those of its repository, or a submodule
        folder = root / (ask_git(root, "--git-common-dir") or ".git")
    hook = folder / "hooks" / "pre-commit"
    if not folder.is_dir() or (hook.is_file() and hook.read_bytes() == HOOK.encode()):
        return ""
    hook.parent.mkdir(exist_ok=True)
    if hook.exists() and NUMBER not in hook.read_text("utf-8", "replace"):
        aside = hook.with_name("pre-commit.legacy")
        if aside.exists():
            raise FileExistsError(0, f"another hook stands there, and in {aside.name}", str(hook))
        hook.rename(aside)
    hook.write_bytes(HOOK.encode())
    hook.chmod(0o755)
    used = ask_git(root, "--git-path", "hooks")
    if used and (root / used).resolve() != hook.parent.resolve():
        return (
            f"Commits are not checked: core.hooksPath sends git to {used} for its hooks. "
            "Before a commit: python run.py test"
        )
    return "From now on git checks every commit of this project."


def ask_git(root: Path, *question: str) -> str:
    """Return what git knows about the repository of a folder, or nothing."""
    try:
        said = subprocess.run(["git", "rev-parse", *question], cwd=root, capture_output=True)
    except OSError:
        return ""
    return os.fsdecode(said.stdout).rstrip("\r\n") if said.returncode == 0 else ""
