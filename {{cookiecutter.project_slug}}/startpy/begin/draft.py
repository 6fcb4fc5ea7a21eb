# From the template: an update may replace this file.
"""Draft the stages, the contract, the tests and the README for a table."""

import builtins
import csv
import io
import json
import keyword
import math
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from startpy.begin.columns import BLANK, Column, key_of, look_at
from startpy.begin.doubts import doubts_of, in_code, last_sum, listed
from startpy.begin.reading import Received
from startpy.begin.rules import python, rules_of_clean
from startpy.begin.taken import NOT_TABLES
from startpy.environment import stop

HERE = Path(__file__).parent
DRAFTS = {
    "Snakefile": "Snakefile.j2",
    "config.schema.yaml": "config.schema.yaml.j2",
    "contracts.py": "contracts.py.j2",
    "README.md": "README.md.j2",
    "stages/ingest.py": "ingest.py.j2",
    "stages/clean.py": "clean.py.j2",
    "stages/analyse.py": "analyse.py.j2",
    "stages/report.py": "report.py.j2",
    "tests/test_clean.py": "test_clean.py.j2",
    "tests/test_analyse.py": "test_analyse.py.j2",
    "tests/test_pipeline.py": "test_pipeline.py.j2",
}
# So many pictures of a kind fit on a page that people read.
MOST_SHOWN = {"numbers": 12, "categories": 9, "dates": 6}


def drafts(
    received: Received, table: str, sources: list[str], about: dict
) -> tuple[dict[str, str], bool]:
    """Return the text of each drafted file by its path, and whether there are dates in the data.

    `about` says what the project is called, and from which files it is.
    """
    facts = facts_of(received, look_at(received.table)) | about
    facts |= {"table": table, "option": table.replace("_", "-"), "sources": sources}
    templates = environment()
    texts = {path: templates.get_template(name).render(facts) for path, name in DRAFTS.items()}
    texts["data/assumptions.csv"] = assumptions_of(facts)
    texts[corrections_name(table)] = corrections_of(facts)
    return texts, facts["has_dates"]


def environment() -> Environment:
    """Return what makes the drafts of their templates."""
    templates = Environment(
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701, Python, YAML and Markdown: what is free text is quoted
    )
    templates.filters |= {"python": python, "comment": comment, "bullet": bullet, "words": words}
    return templates


def table_name(names: list[str]) -> str:
    """Return what the table is called: as its files, without years and versions.

    Examples
    --------
    >>> table_name(["sales_2020.csv", "sales_2021.csv"]), table_name(["2020.csv"])
    ('sales', 'records')
    """
    stems = [name.partition(".")[0] for name in names]
    same = (len(set(letters)) == 1 for letters in zip(*stems, strict=False))
    common = stems[0][: sum(takewhile(bool, same))]
    if len(stems) > 1 and not all(stem[len(common) :][:1] in ("", "_", "-") for stem in stems):
        common = common.rpartition("_")[0] or common
    word = re.sub(r"([-_]?(v?\d+|final|new|export|copy))+$", "", common).replace("-", "_")
    bad = keyword.iskeyword(word) or keyword.issoftkeyword(word) or hasattr(builtins, word)
    fits = word.isidentifier() and 2 < len(word) <= 30
    return word if fits and not bad and word not in NOT_TABLES else "records"


def facts_of(received: Received, columns: list[Column]) -> dict:
    """Return what the drafts are told of the data."""
    key = key_of(columns)
    source, line = "source_file", "source_line"
    while {source, line} & {each.theirs for each in columns}:
        source, line = f"{source}_", f"{line}_"
    used = [each for each in columns if each.kind != "empty"]
    rules = rules_of_clean(used, key)
    # In Parquet a column of lists may stand beside one of text: each is looked at by itself.
    everywhere = unknown_everywhere(used) if received.kind != "parquet" else []
    numbers = of_kind(used, "number", "whole")
    shown = {
        "numbers": most_telling([each for each in numbers if each.ours not in key], "numbers"),
        "categories": most_telling(of_kind(used, "category", "boolean"), "categories"),
        "dates": most_telling(of_kind(used, "date"), "dates"),
    }
    parsed = [each for each in numbers if each.is_text]
    decimal = "," if any(each.decimal == "," for each in parsed) else "."
    usual = [each for each in parsed if each.decimal == decimal]
    return {
        "kind": received.kind,
        "read_options": call_of(received.options, received.kind),
        "options": received.options,
        "columns": used,
        "empty": [each.theirs for each in columns if each.kind == "empty"],
        "unknown": everywhere,
        "unknown_in": {
            each.ours: words for each in used if (words := without(everywhere, each.unknown))
        },
        "fractions": [each.ours for each in usual if each.kind == "number"],
        "wholes": [each.ours for each in usual if each.kind == "whole"],
        "decimal": decimal,
        "assigned": {each.ours: way for each in used if (way := way_of(each, usual))},
        "helpers": helpers_of(used),
        "unsure": [each for each in used if each.is_ambiguous],
        "key": key,
        "grain": listed([f"`{name}`" for name in key]),
        "rules": rules,
        "has_checks": any(rule["checks"] for rule in rules),
        "what": "clean table",
        "row": row_of(key),
        "source": source,
        "line": line,
        "shown": {
            "numbers": [each.ours for each in shown["numbers"]],
            "categories": [each.ours for each in shown["categories"]],
            "dates": {each.ours: every(each) for each in shown["dates"]},
        },
        "counted": {
            "numbers": len([each for each in numbers if each.ours not in key]),
            "categories": len(of_kind(used, "category", "boolean")),
            "dates": len(of_kind(used, "date")),
        },
        "decide": list(to_decide(received, columns, key, decimal)),
        "analysed": analysed_of(shown),
        "blank_is_missing": received.kind != "parquet",
        "figure_names": [name for name in shown if shown[name]],
        "has_figures": any(shown.values()),
        "heights": {
            "numbers": height(shown["numbers"], 3, 1.8),
            "categories": height(shown["categories"], 2, 2.4),
            "dates": height(shown["dates"], 1, 1.6),
        },
        "has_dates": bool(of_kind(used, "date")),
        "sample": samples_of(used),
        "chosen": received.chosen,
        "rows": len(received.table),
    }


def unknown_everywhere(columns: list[Column]) -> list[str]:
    """Return the words that mean missing wherever they stand."""
    found = {word for each in columns for word in each.unknown}
    kept = {word for each in columns if each.is_text for word in each.distinct}
    return [word for word in BLANK if word in found - kept]


def without(words: list[str], several: list[str]) -> list[str]:
    return [each for each in several if each not in words]


def row_of(key: list[str]) -> str:
    """Return what a row is, as far as the values tell."""
    names = listed([f"`{name}`" for name in key])
    return f"one row per {names}" if 0 < len(names) < 50 else "one row per record received"


def of_kind(columns: list[Column], *kinds: str) -> list[Column]:
    return [each for each in columns if each.kind in kinds]


def analysed_of(shown: dict[str, list[Column]]) -> list[str]:
    """Return the names that the test of the analyse stage imports from it."""
    names = {"dates": ["DATES", "count_dates"], "numbers": ["count_bins"]}
    names["categories"] = ["count_values"]
    return sorted(sum((names[each] for each in shown if shown[each]), ["list_duplicates"]))


def to_decide(
    received: Received, columns: list[Column], key: list[str], decimal: str
) -> Iterator[str]:
    """Yield what was assumed of the data, and only who knows them can say."""
    names = listed([f"`{name}`" for name in key])
    if len(key) == 1:
        yield f"Each row has its own {names}. Is that what a row is about, or is it so by chance?"
    elif key:
        yield f"No two rows have the same {names}. Is that what a row is about, or is it chance?"
    else:
        yield "No column identifies a row, and no two or three together. What is a row about?"
    yield from received.chosen
    if received.above:
        yield (
            f"Above the names stands {in_code(received.above)}, which is not read. Does it say "
            "what a column is, or what a reader must know?"
        )
    yield from doubts_of(columns)
    if found := last_sum(received.table, columns):
        yield (
            f"The row with {in_code(found[0])} in `{found[1].ours}` is the sum of those above: it "
            "counts twice. Leave it out with `rows.keep` in `stages/clean.py`."
        )
    for column in columns:
        if column.is_ambiguous:
            yield (
                f"The dates in `{column.ours}` can be read with the day or with the month first. "
                f"They were read as `{' or '.join(column.formats)}`."
            )
    if decimal == ",":
        yield "Numbers were read with a comma before the decimals."
    if of_kind(columns, "empty"):
        yield "Columns that are empty in every row are left out: they are in `stages/clean.py`."


def assumptions_of(facts: dict) -> str:
    """Return what was assumed of the data as the file of assumptions, for people to go on with."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["assumption", "why", "impact", "quality", "who", "date"])
    why, impact = "Drafted from the values in the files.", "Not known: say what changes if not so."
    for assumed in facts["decide"]:
        lines.writerow([assumed, why, impact, "red", facts["author"], facts["received_on"]])
    return text.getvalue()


def corrections_name(table: str) -> str:
    """Return the name of the file in which a table is corrected."""
    return f"data/corrections/{table}.csv"


def corrections_of(facts: dict) -> str:
    """Return a file of corrections without any: the first columns find a row."""
    named = {each.ours: each.theirs for each in facts["columns"]}
    rest = ["column", "old", "new", "reason", "who", "date"]
    key = [named[name] for name in facts["key"]]
    by = key if key and not set(key) & set(rest) else [facts["source"], facts["line"]]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([*by, *rest])
    return text.getvalue()


def height(shown: list[Column], side_by_side: int, each: float) -> float:
    """Return how many inches a figure of panels is high."""
    return round(1 + each * math.ceil(len(shown) / side_by_side), 1)


def most_telling(columns: list[Column], what: str) -> list[Column]:
    """Return the columns whose pictures tell most, in the order of the table."""
    several = [each for each in columns if each.values.nunique() > 1]
    if len(several) > MOST_SHOWN[what]:
        best = sorted(several, key=lambda each: -each.telling)[: MOST_SHOWN[what]]
        several = [each for each in several if each in best]
    return several


def call_of(options: dict, kind: str) -> str:
    """Return the arguments that the reader of the ingest stage needs, as code."""
    if kind == "parquet":
        return ""
    words = [
        f"{name}={python(value)}"
        for name, value in options.items()
        if (name, value) != ("encoding", "ascii") and value is not None
    ]
    return "".join(f", {word}" for word in words)


def way_of(column: Column, usual: list[Column]) -> str | None:
    """Return the code that makes the values of a column what they are."""
    at = f"t[{python(column.ours)}]"
    if column.to_datetime:
        return f"pd.to_datetime({at})"
    if not column.is_text:
        return None
    if column.kind == "date":
        formats = column.formats[0] if len(column.formats) == 1 else column.formats
        usually = formats == "%Y-%m-%d"
        return f"parse_date({at})" if usually else f"parse_date({at}, {python(formats)})"
    if column.kind == "boolean":
        words = ""
        if column.words:
            words = f", truthy={python([column.words[0]])}, falsy={python([column.words[1]])}"
        return f'to_boolean({at}{words}, errors="raise")'
    if column.kind in ("number", "whole") and column not in usual:
        return f"parse_number({at}, decimal={python(column.decimal)})"
    return None


def helpers_of(columns: list[Column]) -> dict[str, list[str]]:
    """Return which helpers the clean stage calls, by module."""
    parsed = {each.kind for each in columns if each.is_text}
    tidy = {
        "parse_date": "date" in parsed,
        "parse_number": bool(parsed & {"number", "whole"}),
        "to_boolean": "boolean" in parsed,
    }
    return {
        "tidy": [name for name, is_used in tidy.items() if is_used],
    }


def every(column: Column) -> str:
    """Return the period by which dates are counted: so that there are a few dozen at most."""
    dates = column.values.dropna()
    if column.is_text:
        from helpers.tidy import parse_date

        dates = parse_date(dates.astype("str"), column.formats).dropna()
    days = (dates.max() - dates.min()).days
    return "Y" if days > 3 * 366 else "M" if days > 60 else "D"


def samples_of(columns: list[Column]) -> list[dict]:
    """Return for one column of each kind a value as it is written, and what it becomes."""
    samples = []
    for kind in ("text", "category", "whole", "number", "date", "boolean"):
        for column in of_kind(columns, kind):
            raw = next((each for each in column.distinct if is_fit(each)), None)
            if column.is_text and raw is not None:
                sample = {"theirs": column.theirs, "ours": column.ours, "raw": raw}
                samples.append(sample | {"becomes": becomes(column, raw)})
                break
    return samples


def is_fit(value: object) -> bool:
    """Say whether a value may stand in a test: one short line, and no address or path."""
    return isinstance(value, str) and len(value) <= 30 and bool(re.fullmatch(r"[^/\\@]+", value))


def becomes(column: Column, raw: str) -> str:
    from helpers.tidy import parse_date, parse_number, to_boolean

    if column.kind == "date":
        day = str(parse_date(raw, column.formats)).removesuffix(" 00:00:00")
        return f"pd.Timestamp({python(day)})"
    if column.kind == "boolean":
        words = column.words
        return python(to_boolean(raw, *([[word] for word in words] if words else [])))
    if column.kind == "whole":
        return python(int(parse_number(raw, column.decimal)))
    return python(parse_number(raw, column.decimal) if column.kind == "number" else raw)


def comment(text: str) -> str:
    """Return a text as lines of a comment."""
    return textwrap.fill(text, 98, initial_indent="# ", subsequent_indent="# ")


def bullet(text: str) -> str:
    """Return a text as an item of a list in Markdown, in a comment."""
    return textwrap.fill(
        text, 98, initial_indent="# - ", subsequent_indent="#   ", break_on_hyphens=False
    )


def words(names: Iterable[str]) -> str:
    return ", ".join(python(str(name)) for name in names)


def config_of(text: str, about: dict) -> str:
    """Return config.yaml with what is asked for changed, and the settings kept as they are."""
    kept, _ = parted(text)
    for name in ("title", "question"):
        line = f"{name}: {in_quotes(about[name])}"
        if yaml.safe_load(text).get(name) != about[name]:
            kept = re.sub(rf"^{name}:.*$", lambda _, line=line: line, kept, flags=re.M)
    head, mark, settings = kept.partition("\nsettings:")
    analyse = (
        "\nanalyse:\n"
        "  # The day on which the data came: a date in them after it is in the future.\n"
        f'  received_on: "{about["received_on"]}"\n'
        if about["has_dates"]
        else ""
    )
    return head.rstrip("\n") + "\n" + analyse + (f"{mark}{settings}" if mark else "")


def in_quotes(text: str) -> str:
    """Return text in double quotes, as TOML, YAML and JSON read it alike."""
    return json.dumps(text, ensure_ascii=False)


def parted(text: str) -> tuple[str, str]:
    """Return the text of config.yaml without the numbers of its stages, and these."""
    removed = "".join(
        re.findall(r"^(?:clean|analyse):[^\n]*\n(?:(?:[ \t#][^\n]*)?\n)*", text, re.M)
    )
    kept = re.sub(r"^(?:clean|analyse):[^\n]*\n(?:(?:[ \t#][^\n]*)?\n)*", "", text, flags=re.M)
    return kept, removed


def tidy_up(folder: Path) -> None:
    """Format the drafts as the hooks want them, and stop if there is a fault in one."""
    paths = sorted(str(path) for path in folder.rglob("*.py"))
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", "ruff.toml", "--no-cache"]
    call([*ruff, "check", *config, "--select", "I", "--fix", "--quiet", *paths])
    call([*ruff, "format", *config, "--quiet", *paths])
    for path in paths:
        lines = Path(path).read_text("utf-8").removesuffix("\n").split("\n")
        # A name of the file's may be longer than a line.
        marked = [line + "  # noqa: E501" * (len(line) > 100) for line in lines]
        Path(path).write_text("\n".join(marked) + "\n", "utf-8", newline="\n")
    # The drafts are not in tests/ yet, where a test may assert.
    asserts = ["--extend-per-file-ignores", "test_*.py:S101"]
    call([*ruff, "check", *config, *asserts, "--quiet", *paths])
    call([sys.executable, "-m", "snakefmt", str(folder / "Snakefile")])


def call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode:
        stop("The drafts could not be made. Nothing was changed.", done.stdout, done.stderr)
