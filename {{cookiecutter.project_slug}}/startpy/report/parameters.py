# From the template: an update may replace this file.
"""Give the parameters of a script other values than its own."""

import ast
from contextlib import suppress
from typing import Any

import yaml

from startpy.report.cells import WORDS, Script, fault


def given_values(script: Script, given: list[str]) -> dict[str, Any]:
    """Return what `given` says, as `name=value` each, every value of its default's type.

    Raises
    ------
    ValueError
        If the script has no such parameter, or a value is of another type.
    """
    known = defaults(script)
    values: dict[str, Any] = {}
    for word in given:
        name, equals, text = word.partition("=")
        name = name.strip()
        if not equals:
            raise ValueError(f"A parameter must be given as name=value, but came {word!r}.")
        if name not in known:
            have = (
                f"has {', '.join(known)}" if known else "has no cell with `#| tags: [parameters]`"
            )
            raise ValueError(
                f"A parameter must be one of the script, but {script.path.as_posix()} {have}; "
                f"came {name}."
            )
        if name in values:
            raise ValueError(f"A parameter must be given once, but {name} came twice.")
        values[name] = read_value(name, text, known[name])
    return values


def defaults(script: Script) -> dict[str, Any]:
    """Return the parameters of a script: what its cell with the tag `parameters` assigns.

    They are read, not run: a value is known, and refused, before anything is computed.
    """
    found: dict[str, Any] = {}
    for cell in (cell for cell in script.cells if cell.tagged("parameters")):
        for line in ast.parse("\n" * (cell.start - 1) + cell.text).body:
            try:
                (target,) = line.targets
                found[target.id] = ast.literal_eval(line.value)
            except (AttributeError, ValueError):
                text = (
                    'a cell tagged `parameters` must hold only lines like `island = "Dream"`; '
                    "what follows from them belongs in a cell below."
                )
                raise fault(script.path, line.lineno, text) from None
    return found


def read_value(name: str, text: str, default: Any) -> Any:
    """Return a value of the type that its default has."""
    if isinstance(default, str):
        return text  # "007" and "no" are texts here, whatever YAML makes of them.
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError(f"{name} must be YAML, but came {text!r}.") from None
    if type(default) is float and type(value) in (int, str):
        with suppress(ValueError):
            return float(value)  # YAML takes 1e3 for a text.
    if default is not None and type(value) is not type(default):
        kind = WORDS.get(type(default), type(default).__name__)
        raise ValueError(f"{name} must be {kind}, as its default {default!r}, but came {text!r}.")
    return value
