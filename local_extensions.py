"""Filters for the answers: one that checks them all, one that quotes free text."""

import json
import os
import re
import unicodedata

from cookiecutter.exceptions import FailedHookException
from cookiecutter.utils import simple_filter

# Names that Windows keeps for devices: no folder there can have them.
PORTS = {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
DEVICES = {"aux", "con", "nul", "prn"} | PORTS


@simple_filter
def absolute(folder: str) -> str:
    """Return a folder's whole path: a hook runs elsewhere than the command."""
    return os.path.abspath(folder)


@simple_filter
def inside_quotes(text: str) -> str:
    """Return text for use between double quotes in TOML, YAML, JSON and Python alike.

    Emoji and accents stay as they are: the escapes that JSON makes of them mean
    something else in TOML and YAML.
    """
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    return re.sub("[\x7f-\x9f]", lambda match: f"\\u{ord(match[0]):04x}", escaped)


@simple_filter
def checked(answers: dict) -> str:
    """Refuse answers that make no working project, all at once, before anything is written."""
    faults = [
        f"  {name}: {value!r} must be one line of plain text without control characters"
        for name, value in answers.items()
        if not name.startswith("_") and has_controls(value)
    ]
    faults += [
        f"  {name}: must not be empty"
        for name in ("title", "question", "author")
        if not answers[name].strip()
    ]
    slug = answers["project_slug"]
    if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", slug) or slug in DEVICES:
        faults.append(
            f"  project_slug: {slug!r} must begin with a letter and be lower-case words joined by "
            "hyphens, such as penguins-of-palmer: it names the folder"
        )
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", answers["email"]):
        faults.append(f"  email: {answers['email']!r} must be an e-mail address")
    if faults:
        raise FailedHookException("\n".join(["No project was made. Please change:", *faults]))
    return "yes"


def has_controls(text: str) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text)
