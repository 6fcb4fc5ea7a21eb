"""Every fence of the README and the docs is run, compared, or declared to be plain text.

```console            commands, one a line; one shell folder per page
```text output        what the last command printed; `...` stands for anything
```python PATH        a quotation: these lines stand in that file of a project, or in a docstring
```yaml PATH          of it, as Python reads it
```pycon              a session of Python in the folder, with the helpers at hand; `...` as above
```text               declared plain
"""

import ast
import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from doctest import (
    ELLIPSIS,
    NORMALIZE_WHITESPACE,
    DocTestParser,
    DocTestRunner,
    OutputChecker,
)
from pathlib import Path

from projects import ROOT, TEMPLATE, copy_template
from sybil import Sybil
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

FENCE = RawFencedCodeBlockLexer(re.compile(r"(?P<info>[^\n]*)\n"))


def parse(document):
    for region in FENCE(document):
        region.parsed = (region.lexemes["info"].strip(), region.lexemes["source"])
        region.evaluator = evaluate
        yield region


def evaluate(example):
    info, text = example.parsed
    language, _, about = info.partition(" ")
    if language == "console":
        return "\n".join(filter(None, (run(line, example.namespace) for line in text.splitlines())))
    if info == "text output":
        said = example.namespace["said"]
        same = OutputChecker().check_output(text, said, ELLIPSIS | NORMALIZE_WHITESPACE)
        return None if same else f"The page says\n\n{text}\nbut the command said\n\n{said}"
    if language in ("python", "yaml") and about:
        held = (TEMPLATE / about).read_text(encoding="utf-8")
        if flush(text) in flush(held) or (about.endswith(".py") and quotes_docstring(text, held)):
            return None
        return f"{about} does not hold these lines:\n{text}"
    if info == "pycon":
        return play(text, example.namespace)
    if info == "text":
        return None
    return f"A fence must be console, pycon, text, text output, python or yaml PATH, not {info!r}."


def flush(text):
    """Return text without indentation: a quotation may begin in the middle of a block."""
    return "\n".join(line.strip() for line in text.strip("\n").split("\n"))


def quotes_docstring(text, source):
    """Say whether lines stand in a docstring, where Python has read its escapes."""
    kinds = (ast.Module, ast.FunctionDef, ast.ClassDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    docstrings = "\n".join(ast.get_docstring(node) or "" for node in nodes)
    return flush(text) in flush(re.sub(" +# doctest: .*", "", docstrings))


def play(text, page):
    """Run a session of Python in the page's folder; return what it says instead, if anything."""
    if str(TEMPLATE) not in sys.path:
        sys.path.insert(0, str(TEMPLATE))
    session = DocTestParser().get_doctest(text, page.setdefault("names", {}), "the page", None, 0)
    faults = []
    with contextlib.chdir(page["folder"]):
        DocTestRunner(optionflags=ELLIPSIS).run(session, out=faults.append, clear_globs=False)
    page["names"] = session.globs
    return "".join(faults) or None


def run(line, page):
    """Run one command of a page in the page's folder; return what is wrong, if anything."""
    words = shlex.split(line)
    if words[0] == "cd":
        page["folder"] /= words[1]
        return None if page["folder"].is_dir() else f"{line}: there is no such folder"
    if line == "python3 run.py test" and page["folder"].name == "startpy":
        return None  # the command that runs this test
    words = [word.replace("path/to/startpy", str(ROOT)) for word in words]
    scripts = Path(sys.executable).parent
    program = "python" if words[0] == "python3" else words[0]
    done = subprocess.run(
        [shutil.which(program, path=scripts) or program, *words[1:]],
        cwd=page["folder"],
        env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
        input="\n" * 20,  # every question is answered with Enter
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    page["said"] = done.stdout
    return None if done.returncode == 0 else f"{line} ended with {done.returncode}:\n{done.stdout}"


def open_page(page):
    """Give a page a folder as its reader has it: the README a fresh clone, the others nothing."""
    page["place"] = tempfile.TemporaryDirectory(prefix="ein Ördner ")
    page["folder"] = Path(page["place"].name)
    copy_template(page["folder"] / "startpy")


def close_page(page):
    page["place"].cleanup()


pytest_collect_file = Sybil(
    parsers=[parse],
    patterns=["README.md", "CONTRIBUTING.md", "docs/*.md"],
    setup=open_page,
    teardown=close_page,
).pytest()
