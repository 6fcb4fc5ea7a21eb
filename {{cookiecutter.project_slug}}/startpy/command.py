# From the template: an update may replace this file.
"""Make a command of a stage's `main`, and make its failures readable."""

import argparse
import inspect
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, get_args, get_origin, get_type_hints

from startpy import disk, settings
from startpy.made import Changed, held_to_account
from startpy.visible import visible

ROOT = Path(__file__).resolve().parents[1]


def run(main: Callable[..., None]) -> None:
    """Call `main` with one `--option` per parameter, read from the command line.

    An option has the type that `main` annotates (`Path`, `int`, `float`, `str`,
    `bool` or a `list` of one of these) and is required unless the parameter has
    a default. A failure ends the process with status 1 and says where it was,
    what it was, and what to run next. The settings of config.yaml hold for all
    that `main` does.

    Parameters
    ----------
    main : callable
        A function with annotated parameters.
    """
    try:
        options = vars(parser(main).parse_args())
        settings.apply()
        with held_to_account(files_in(options), stage_name()):
            main(**options)
    except SystemExit as end:
        if isinstance(end.code, str):
            remember(f"{stage_name()} stopped:\n\n{end.code}")
        raise
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        tell(type(error), error, None)
        sys.exit(1)


def parser(main: Callable[..., None]) -> argparse.ArgumentParser:
    """Return a parser with one option per parameter of `main`."""
    options = Options(
        description=inspect.getdoc(main) or inspect.getdoc(inspect.getmodule(main)),
        allow_abbrev=False,
    )
    types = get_type_hints(main)
    for name, parameter in inspect.signature(main).parameters.items():
        several = get_origin(types[name]) is list
        kind = get_args(types[name])[0] if several else types[name]
        is_switch = kind is bool and parameter.default is False
        options.add_argument(
            "--" + name.replace("_", "-"),
            type=true_or_false if kind is bool else kind,
            nargs="*" if several else "?" if is_switch else None,
            # `--strict` alone means yes.
            const=True if is_switch else None,
            required=parameter.default is parameter.empty,
            default=None if parameter.default is parameter.empty else parameter.default,
        )
    return options


def files_in(options: dict) -> list[Path]:
    """Return the paths among the values of options, each once."""
    values = [each if isinstance(each, list) else [each] for each in options.values()]
    return list(dict.fromkeys(path for each in values for path in each if isinstance(path, Path)))


class Options(argparse.ArgumentParser):
    """A parser whose complaint is repeated at the end of the run."""

    def error(self, message: str) -> NoReturn:
        stage = stage_name()
        sys.exit(
            f"{message}\n\nThe parameters of its `main` must be the options of its rule in the "
            f"Snakefile, and the settings that the rule takes from config.yaml.\n"
            f"Mend it, then: python run.py {stage}"
        )


def true_or_false(word: str) -> bool:
    """Return what a word of config.yaml means; `bool` takes every word for true."""
    return {"True": True, "False": False}[word]


def stage_name() -> str:
    """Return the name of the stage that this process runs."""
    file = Path(sys.argv[0])
    return file.parent.name if file.stem == "__main__" else file.stem


def tell(_, error: BaseException, __) -> None:
    """Explain an error that nobody caught, here and at the end of the run."""
    if not isinstance(error, KeyboardInterrupt):
        message = explain(error, stage_name())
        print(f"\n{message}", file=sys.stderr)
        remember(message)


def explain(error: BaseException, stage: str) -> str:
    """Say where in the project's own files an error arose, what it was, and what to do."""
    if os.environ.get("STARTPY_TRACEBACK"):
        traceback.print_exception(error)
    places = list(own_places(error))
    in_stage = [place for place, _ in places if place.startswith("stages/")]
    head = f"{stage} stopped" + (f" at {in_stage[-1]}:" if in_stage else ":")
    if isinstance(error, Changed):
        return f"{stage} stopped:\n\n{error}"
    path = [line for place, source in places for line in (f"  {place}", f"      {source}")]
    kind = "" if type(error) in (ValueError, TypeError) else f"{type(error).__name__}: "
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    said, remedy = disk.refusal(error) or (f"{kind}{text}", "Mend it")
    fault = [said, *getattr(error, "__notes__", [])]
    mend = [f"{remedy}, then: python run.py {stage}", "(STARTPY_TRACEBACK=1 shows all of it.)"]
    parts = [[head], path, fault, mend]
    return "\n\n".join("\n".join(part) for part in parts if part)


def own_places(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield (place, source line) for each step of the error inside the project's own code."""
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        path = path if path.is_absolute() else ROOT / path
        parts = path.relative_to(ROOT).parts if path.is_relative_to(ROOT) else ()
        ours = parts and path.is_file() and parts[0] != "startpy"
        if not ours or parts[0].startswith("."):
            continue
        source = linecache.getline(str(path), frame.lineno or 0).strip()
        if source == "run(main)":
            continue  # where every stage begins
        if parts[0] == "helpers" and source.startswith("raise "):
            continue  # a helper that refuses something: its caller is where to look
        inside = "" if frame.name == "<module>" else f", in {frame.name}"
        yield f"{'/'.join(parts)}, line {frame.lineno}{inside}", source


def remember(message: str) -> None:
    """Keep a message for the end of the run, where the reader looks for it."""
    if path := os.environ.get("STARTPY_FAILURES"):
        # Where the disk is full, it has been said once, and that must do.
        with suppress(OSError), Path(path).open("a", encoding="utf-8") as failures:
            failures.write(f"{visible(message)}\n\n")


# `python -m stages.clean` imports the package of the stages first: from here on,
# an error in an import of the stage itself is explained, too.
if sys.argv[:1] == ["-m"]:
    sys.excepthook = tell
