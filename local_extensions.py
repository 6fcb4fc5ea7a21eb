"""What the template does with the answers: takes them as text, checks them, quotes them."""

import json
import os
import re
import shlex
import subprocess
import sys
import unicodedata
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from cookiecutter.exceptions import FailedHookException
from jinja2.ext import Extension
from slugify import slugify

ROOT = Path(__file__).parent
ASKED = json.loads((ROOT / "cookiecutter.json").read_text("utf-8"))
QUESTIONS = {name: default for name, default in ASKED.items() if not name.startswith("_")}
FOLDER = "{{cookiecutter.project_slug}}"
# What is meant to be rendered and is no file of the project.
OWN = {each for each in ASKED.values() if isinstance(each, str)}
OWN |= {hook.read_text("utf-8") for hook in (ROOT / "hooks").glob("*.py")}
LICENCES = ["MIT", "BSD-3-Clause", "Apache-2.0", "CC-BY-4.0", "OGL-UK-3.0", "none"]
# Names that Windows keeps for devices: no folder there can have them.
PORTS = {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
DEVICES = {"aux", "con", "nul", "prn"} | PORTS
LONGEST_NAME = 60
# As in startpy/hooks.py of a project: it lets no commit pass with such a name.
HOMES = r"/home/\w|/Users/\w|/root/|[A-Za-z]:[\\/]+Users[\\/]"
# What Markdown may read as more than text in the middle of a line.
MARKED = re.compile(r"([\\`*_\[\]<>#&|~$])")


class Answers(Extension):
    """Take every answer as text, and check all of them before anything is written."""

    def __init__(self, environment):
        super().__init__(environment)
        filters = [absolute, checked, folder_name, in_markdown, inside_quotes, licence]
        environment.filters.update({each.__name__: each for each in filters})
        # cruft renders two versions of the template in one process: each imports its own.
        sys.modules.pop(__name__, None)

    def preprocess(self, source, name, filename=None):
        """Return the source of what cookiecutter is about to render.

        It renders answers too, those of the command line and, at an update, all: `{{ 7*7 }}` would
        become 49, and a lone `{{` a traceback. The folder's name is the first to be rendered when
        all answers are there, also with `--replay`, and nothing is written by then.
        """
        if source == FOLDER:
            return "{{ cookiecutter | checked }}"
        # Files come with a name; answers do not.
        return source if name or source in OWN else f"{{{{ {source!r} }}}}"


def absolute(folder: str) -> str:
    """Return a folder's whole path: a hook runs elsewhere than the command."""
    return os.path.abspath(folder)


def folder_name(title: object) -> str:
    """Return what the folder of an analysis with this title is called."""
    return slugify(str(title), max_length=LONGEST_NAME, word_boundary=True, save_order=True)


def inside_quotes(text: str) -> str:
    """Return text for use between double quotes in TOML, YAML, JSON and Python alike.

    Emoji and accents stay as they are: the escapes that JSON makes of them mean
    something else in TOML and YAML.
    """
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    return re.sub("[\x7f-\x9f]", lambda match: f"\\u{ord(match[0]):04x}", escaped)


def in_markdown(text: str) -> str:
    """Return text that Markdown shows as it is, in the middle of a line."""
    return MARKED.sub(r"\\\1", text)


def licence(answers: dict) -> str:
    """Return the whole text of the chosen licence, with its holder and year."""
    if answers["license"] == "none":
        # The hook takes this file away; it stays only where hooks are not allowed.
        return f"Copyright (c) {answers['year']} {answers['author']}. Nothing here is licensed."
    text = (ROOT / "licences" / f"{answers['license']}.txt").read_text("utf-8")
    holder = f"{answers['year']} {answers['author']}"
    return text.replace("<year> <holder>", holder, 1).rstrip("\n")


def checked(answers: dict) -> str:
    """Return the folder's name, or refuse answers that make no working project, all at once."""
    faults = {name: fault for name in QUESTIONS if (fault := fault_of(name, answers.get(name)))}
    if not faults:
        return answers["project_slug"]
    if "title" in faults and answers.get("project_slug") == folder_name(answers.get("title")):
        faults.pop("project_slug", None)
    told = [f"  {name}: {fault}" for name, fault in faults.items()]
    again = command_again(answers, faults)
    raise FailedHookException("\n".join(["No project was made. Please change:", *told, *again]))


def fault_of(name: str, answer: object) -> str | None:
    """Return what an answer must be and is not, if anything."""
    if not isinstance(answer, str):
        return f"{answer!r} must be text"
    if has_controls(answer):
        return f"{answer!r} must be one line of plain text without control characters"
    if not answer.strip():
        return "must not be empty" + (": it names the folder" if name == "project_slug" else "")
    if answer != answer.strip():
        return f"{answer!r} must not begin or end with a blank"
    if re.search(rf"(?<![\w.~}}-])(?:{HOMES})", answer):
        return f"{answer!r} must not name a folder that only one machine has"
    return CHECKS[name](answer) if name in CHECKS else None


def fault_of_slug(slug: str) -> str | None:
    if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", slug):
        return (
            f"{slug!r} must be lower-case letters (a-z) and digits, in words joined by hyphens, "
            "such as penguins-of-palmer: it names the folder"
        )
    if len(slug) > LONGEST_NAME:
        return f"{slug!r} has {len(slug)} letters; a folder's name must have {LONGEST_NAME} at most"
    if slug in DEVICES:
        return f"{slug!r} names a device on Windows: no folder there can have that name"
    return None


def fault_of_email(address: str) -> str | None:
    if re.fullmatch(r"[\w.!#$%&'*+/=?^~-]+@[\w-]+(\.[\w-]+)+", address):
        return None
    return f"{address!r} must be an e-mail address, such as you@example.org"


def fault_of_licence(name: str) -> str | None:
    if name in LICENCES:
        return None
    lower = {each.lower(): each for each in LICENCES}
    near = get_close_matches(name.lower(), lower, n=1, cutoff=0.4)
    meant = f" (did you mean {lower[near[0]]}?)" if near else ""
    return f"{name!r} must be one of {', '.join(LICENCES)}{meant}"


def fault_of_year(year: str) -> str | None:
    if re.fullmatch("[12][0-9]{3}", year):
        return None
    return f"{year!r} must be a year of four digits, such as 2026"


CHECKS = {
    "project_slug": fault_of_slug,
    "email": fault_of_email,
    "license": fault_of_licence,
    "year": fault_of_year,
}


def has_controls(text: str) -> bool:
    """Say whether text holds what ends a line, is no letter at all, or cannot be written."""
    return any(
        unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
        or ord(letter) & 0xFFFE == 0xFFFE
        or 0xFDD0 <= ord(letter) <= 0xFDEF
        for letter in text
    )


def command_again(answers: dict, faults: dict) -> list:
    """Return lines on the command that asks again, with the answers that can stay."""
    program, words = Path(sys.argv[0]), sys.argv[1:]
    if program.stem == "__main__":
        program = program.parent
    kept = {name: answers[name] for name in QUESTIONS if name not in faults}
    defaults = {
        **QUESTIONS,
        "project_slug": folder_name(answers.get("title")),
        "year": str(date.today().year),
    }
    kept = {name: answer for name, answer in kept.items() if answer != defaults[name]}
    if program.stem == "cookiecutter":
        words = without(words, {"--no-input", "--replay"}, {"--replay-file"})
        words = [word for word in words if word.partition("=")[0] not in QUESTIONS]
        words += [f"{name}={answer}" for name, answer in kept.items()]
    elif program.stem == "cruft" and words[:1] == ["create"]:
        words = without(
            words, {"--no-input", "-y"}, {"--extra-context", "--extra-context-file", "-e", "-E"}
        )
        words += ["--extra-context", json.dumps(kept, ensure_ascii=False)] if kept else []
    else:
        return ["", "In a project they stand in .cruft.json."] if "_commit" in answers else []
    command = [program.stem, *words]
    quoted = subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)
    return ["", "This asks again, with the other answers kept:", f"  {quoted}"]


def without(words: list, flags: set, options: set) -> list:
    """Return the words of a command without some flags, and options with their values."""
    left = []
    words = iter(words)
    for word in words:
        if word in options:
            next(words, None)
        elif word not in flags and word.partition("=")[0] not in options:
            left.append(word)
    return left
