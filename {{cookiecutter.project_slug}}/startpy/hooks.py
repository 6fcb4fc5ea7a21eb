# From the template: an update may replace this file.
"""All hooks at once, and those that are our own."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from startpy.environment import call

# Homes of people. What stands before one in an address does not stand before a path; in strings
# and notebooks backslashes are doubled.
HOMES = r"/home/\w|/Users/\w|/root/|[A-Za-z]:[\\/]+Users[\\/]"


def main(arguments: list[str]) -> int:
    """Run all hooks on all files; or the one named first on the files named after it."""
    if not arguments:
        return run_all()
    hooks = {
        "secrets": refuse_secrets,
        "paths": refuse_machine_paths,
        "twice": tell_of_second_values,
    }
    return hooks[arguments[0]](arguments[1:])


def run_all() -> int:
    """Run every hook on every file, in a project without a repository of its own as well."""
    hooks = [Path(sys.executable), "-m", "pre_commit", "run", "--all-files"]
    root = Path.cwd()
    if not shutil.which("git"):
        print("The hooks are left out: they need git, which is not on PATH.", flush=True)
        return 0
    if (root / ".git").exists():
        return call(hooks, root)
    # Hooks name files from the top of a repository. What is raw may be large, and is not touched
    # by any but the first, which needs none.
    raw = call([Path(sys.executable), "-m", "startpy.raw", "check"], root)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(GIT_DIR=folder, GIT_WORK_TREE=str(root), SKIP="raw-data")
        subprocess.run(["git", "init", "--quiet"], check=True)
        subprocess.run(["git", "add", "--all", ".", ":!data/raw"], check=True)
        return call(hooks, root) or raw


def refuse_secrets(names: list[str]) -> int:
    """Print what looks like a password or a key; return 1 if there is one."""
    from detect_secrets.pre_commit_hook import main as detect

    os.environ.setdefault("DETECT_SECRETS_SECURITY_TEAM", "whoever gave them to you")
    # Else it would send each to where it may come from, to see whether it is valid.
    # Private keys are a hook of their own, which knows more kinds.
    found = detect(["--no-verify", "--disable-plugin", "PrivateKeyDetector", *names])
    if found:
        print(
            "A program reads a real one from the environment: os.environ[NAME]. One that was ever "
            "pushed is\nknown: have it replaced."
        )
    return found


def refuse_machine_paths(names: list[str]) -> int:
    """Print each line that names a folder of one machine; return 1 if there is one."""
    found = [
        f"{name}, line {line}, names a folder that only this machine has:\n    {said}"
        for name in names
        for line, said in machine_paths(read(name))
    ]
    if not found:
        return 0
    print(*found, sep="\n")
    print(
        "Name it from the project's folder, such as data/raw/penguins.csv. "
        "A file from elsewhere comes\nthere with: python run.py raw add FILE"
    )
    return 1


def machine_paths(text: str) -> Iterator[tuple[int, str]]:
    r"""Yield the lines that hold the home of a person, or the folder that the project is in.

    Examples
    --------
    >>> list(machine_paths('x = 1\ny = read("C:/Users/ann/y.csv")  # \n'))
    [(2, 'y = read("C:/Users/ann/y.csv")  #')]
    >>> list(machine_paths('read("data/home/y.csv", "https://example.org/home/y.csv")'))
    []
    """
    here = r"[\\/]+".join(map(re.escape, re.split(r"[\\/]", str(Path.cwd()))))
    path = re.compile(rf"(?<![\w.~}}-])(?:{HOMES}|{here}\b)")
    for number, line in enumerate(text.split("\n"), start=1):
        if path.search(line):
            yield number, line.strip()


def tell_of_second_values(names: list[str]) -> int:
    """Print each name that is given twice. It is no error: return 0."""
    found = [
        f"{name}, line {line}: `{twice}` gets a second value; it got its first in line {first}."
        for name in names
        for twice, first, line in second_values(read(name))
    ]
    if found:
        print(*found, sep="\n")
        print(
            "Whoever runs the cells in another order cannot know which is meant. Give each a name "
            "of its own,\nor make both steps one chain. (This does not hold up the commit.)"
        )
    return 0


def second_values(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each name that is assigned again at the top of a module, where it was, where it is.

    Only what is run from top to bottom is looked at: in a loop or behind an `if`
    a second value is in order.

    Examples
    --------
    >>> list(second_values("birds = read()\\nbirds = birds.dropna()"))
    [('birds', 1, 2)]
    >>> list(second_values("if cold:\\n    n = 1\\nelse:\\n    n = 2\\na.b = a['c'] = n"))
    []
    """
    try:
        statements = list(straight(ast.parse(text).body))
    except (SyntaxError, ValueError):
        return  # another hook says so
    seen: dict[str, int] = {}
    for statement in statements:
        for name in given_in(statement):
            if name in seen:
                yield name, seen[name], statement.lineno
            seen.setdefault(name, statement.lineno)


def straight(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that are run once, in their order."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.With):
            yield from straight(statement.body)


def given_in(statement: ast.stmt) -> set[str]:
    """Return the names that a statement assigns; `_` is no name, it says that none is needed."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return set()
    if statement.value is None:
        return set()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = (node for each in targets for node in ast.walk(each) if isinstance(node, ast.Name))
    # In `a.b = 1` and `a[b] = 1`, `a` and `b` are looked up.
    return {name.id for name in names if isinstance(name.ctx, ast.Store)} - {"_"}


def read(name: str) -> str:
    """Return the text of a file; what is not text is of no interest here."""
    return Path(name).read_text("utf-8-sig", "replace")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
