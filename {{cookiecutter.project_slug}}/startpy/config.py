# From the template: an update may replace this file.
"""Read config.yaml, and say in sentences what in it must be mended."""

import re
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from startpy.runs import stop
from startpy.settings import zone_fault

CONFIG = Path("config.yaml")
SCHEMA = Path("config.schema.yaml")

# What jsonschema calls it: what people say.
KINDS = {
    "number": "number",
    "integer": "whole number",
    "string": "text",
    "boolean": "yes or no (true or false)",
    "object": "group of settings",
    "array": "list",
}
MUST = {
    "type": "a {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "enum": "one of {}",
}
FORMATS = FormatChecker(formats=())
FORMATS.checks("time-zone")(lambda name: not zone_fault(name))


def read_config() -> dict:
    """Return what config.yaml says, or end the run: Snakemake would show a traceback."""
    config = load(CONFIG)
    if not isinstance(config, dict):
        stop(
            f"{CONFIG} must hold settings, one `name: value` a line, but holds none.",
            f"Take back the last edit: git checkout -- {CONFIG}",
            "Then: python run.py",
        )
    return config


def check(config: dict) -> None:
    """End the run if the config breaks its schema: every fault, what must be and what came.

    Parameters
    ----------
    config : dict
        What config.yaml says, with what the command line adds.
    """
    schema = load(SCHEMA)
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    faults = [fault_of(error) for error in validator.iter_errors(config)]
    if faults:
        stop("config.yaml must be mended:", *sorted(faults), "", "Then: python run.py")


def fault_of(error) -> str:
    """Return a sentence for an error of jsonschema."""
    where = ".".join(map(str, error.absolute_path))
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema["properties"]))
        inside = f" in `{where}`" if where else ""
        known = ", ".join(error.schema["properties"])
        return f"  `{'`, `'.join(unknown)}`{inside} is not a setting; these are: {known}."
    if error.validator == "required":
        name = re.findall("'(.+?)'", error.message)[0]
        return f"  `{f'{where}.' if where else ''}{name}` is missing."
    if error.validator_value == "time-zone":
        return f"  `{where}` {zone_fault(error.instance)}"
    must = MUST.get(error.validator, f"what {SCHEMA} says ({error.validator}: {{}})")
    said = KINDS.get(str(error.validator_value), error.validator_value)
    return f"  `{where}` must be {must.format(said)}, but is {error.instance!r}."


def load(path: Path) -> dict:
    """Return what a file of settings says, or end the run with the line that cannot be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line, fault = error.problem_mark.line + 1, error.problem
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line, fault = 1, f"it must be text in UTF-8 ({error})"
    except OSError as error:
        line, fault = 1, str(error.strerror)
    name = path.as_posix()
    stop(
        f"{name}, line {line}, cannot be read: {fault}.",
        f"Mend it, or take back the last edit: git checkout -- {name}",
        "Then: python run.py",
    )
