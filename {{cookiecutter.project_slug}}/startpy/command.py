# From the template: an update may replace this file.
"""Make a command of a stage's `main`, and make its failures readable."""

import argparse
import inspect
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

ROOT = Path(__file__).resolve().parents[1]


def run(main: Callable[..., None]) -> None:
    """Call `main` with one `--option` per parameter, read from the command line.

    An option has the type that `main` annotates (`Path`, `int`, `float`, `str`
    or a `list` of one of these) and is required unless the parameter has a
    default. A failure ends the process with status 1 and says where it was,
    what it was, and what to run next.

    Parameters
    ----------
    main : callable
        A function with annotated parameters.
    """
    arguments = vars(parser(main).parse_args())
    stage = Path(inspect.getfile(main)).resolve()
    stage = stage.parent if stage.stem == "__init__" else stage
    try:
        main(**arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        message = explain(error, stage.stem)
        print(f"\n{message}", file=sys.stderr)
        remember(message)
        sys.exit(1)


def parser(main: Callable[..., None]) -> argparse.ArgumentParser:
    """Return a parser with one option per parameter of `main`."""
    options = argparse.ArgumentParser(
        description=inspect.getdoc(main) or inspect.getdoc(inspect.getmodule(main)),
        allow_abbrev=False,
    )
    types = get_type_hints(main)
    for name, parameter in inspect.signature(main).parameters.items():
        several = get_origin(types[name]) is list
        options.add_argument(
            "--" + name.replace("_", "-"),
            type=get_args(types[name])[0] if several else types[name],
            nargs="+" if several else None,
            required=parameter.default is parameter.empty,
            default=None if parameter.default is parameter.empty else parameter.default,
        )
    return options


def explain(error: Exception, stage: str) -> str:
    """Say where in the project's own files an error arose, what it was, and what to do."""
    if os.environ.get("STARTPY_TRACEBACK"):
        traceback.print_exception(error)
    places = list(own_places(error))
    in_stage = [place for place, _ in places if place.startswith("stages/")]
    head = f"{stage} stopped" + (f" at {in_stage[-1]}:" if in_stage else ":")
    path = [line for place, source in places for line in (f"  {place}", f"      {source}")]
    kind = "" if type(error) in (ValueError, TypeError) else f"{type(error).__name__}: "
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    fault = [f"{kind}{text}", *getattr(error, "__notes__", [])]
    mend = [f"Mend it, then: python run.py {stage}", "(STARTPY_TRACEBACK=1 shows all of it.)"]
    parts = [[head], path, fault, mend]
    return "\n\n".join("\n".join(part) for part in parts if part)


def own_places(error: Exception) -> Iterator[tuple[str, str]]:
    """Yield (place, source line) for each step of the error inside the project's own code."""
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        path = path if path.is_absolute() else ROOT / path
        parts = path.relative_to(ROOT).parts if path.is_relative_to(ROOT) else ()
        if not parts or parts[0].startswith(".") or parts[0] == "startpy":
            continue
        source = linecache.getline(str(path), frame.lineno or 0).strip()
        if parts[0] == "helpers" and source.startswith("raise "):
            continue  # a helper that refuses something: its caller is where to look
        inside = "" if frame.name == "<module>" else f", in {frame.name}"
        yield f"{'/'.join(parts)}, line {frame.lineno}{inside}", source


def remember(message: str) -> None:
    """Keep a message for the end of the run, where the reader looks for it."""
    if path := os.environ.get("STARTPY_FAILURES"):
        with Path(path).open("a", encoding="utf-8") as failures:
            failures.write(f"{message}\n\n")
