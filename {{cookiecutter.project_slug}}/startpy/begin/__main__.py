# From the template: an update may replace this file.
"""Replace the example by your own data: python run.py begin FILE..."""

import argparse
import re
import sys
from contextlib import ExitStack
from pathlib import Path

import yaml
from filelock import FileLock

from startpy import raw
from startpy.begin import place
from startpy.begin.draft import config_of, corrections_name, drafts, in_quotes, table_name, tidy_up
from startpy.begin.fingerprints import EXAMPLE, QUESTION, TITLE
from startpy.begin.reading import NoTable, Received, drafted_kind, read_received, together
from startpy.describe import (
    answers,
    as_called,
    endings_of,
    entry_of,
    is_address,
    is_in_raw,
    is_url,
    name_faults,
    name_of,
    original_name,
    source_faults,
)
from startpy.environment import again, call, stop
from startpy.manifest import RAW, fingerprint, hidden, read_package, resources_of
from startpy.receive import BIGGEST_IN_GIT, receive
from startpy.web import shown

HELP = """Replace the example by data of your own: one file, or several of one kind (.csv, .tsv,
Excel, Parquet), or addresses of them. The files are kept in data/raw/ and listed; stages, contract,
tests and README are drafted for them; the pipeline runs to a report that shows what is in the data.
What is drafted is yours: read it, and go on from there."""


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    with raw.explained("The folder"):
        raw.LOCK.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(raw.LOCK, timeout=0):
            plan = finish_earlier() or begin(options)
    return run(plan)


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(
        prog="python run.py begin", description=HELP, allow_abbrev=False
    )
    words.add_argument("files", nargs="+", metavar="FILE|URL")
    words.add_argument("--source", help="who made it, or at which address it is described")
    words.add_argument("--license", help="such as CC0-1.0, an address, or in words")
    words.add_argument("--as", dest="name", metavar="NAME", help="the name of one file in data/raw")
    words.add_argument("--notes", help="what whoever uses it should know")
    words.add_argument("--retrieved", metavar="YYYY-MM-DD", help="if it came before today")
    words.add_argument("--encoding", metavar="NAME", help="of text that is not in UTF-8")
    words.add_argument("--skip", type=lines, metavar="N", help="so many lines above the names")
    words.add_argument(
        "--overwrite", action="store_true", help="also what you have edited, if git holds it"
    )
    return words


def lines(text: str) -> int:
    """Return a number of lines."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a number of lines, such as 1, but is {text!r}")
    return int(text)


def finish_earlier() -> dict | None:
    """Finish what an earlier begin, stopped halfway, has written down; return that."""
    if not place.READY.exists():
        place.clear()
        return None
    print("An earlier begin was stopped while it put its files in place. This one finishes it.")
    return place.finish()


def begin(options: argparse.Namespace) -> dict:
    """Check, read, draft, and put in place; return what was done."""
    refuse_edited(options.overwrite)
    for part in RAW.glob(hidden("*").name):
        part.unlink()
    listed = read_package()
    resources_of(listed)
    package = without_example(listed)
    sources = [as_called(file) for file in options.files]
    if len(sources) == 1 and is_url(sources[0]):
        options.source = options.source or sources[0]
    here = {source: entry for source in sources if (entry := entry_there(source, package))}
    new = [source for source in sources if source not in here]
    if options.name and len(sources) > 1:
        stop("--as names one file, but several are given. Leave it out.")
    if options.name and not new:
        (entry,) = here.values()
        stop(
            f"--as names a file when it comes, but {original_name(sources[0])} is here already, as "
            f"data/raw/{entry['path']}, and keeps this name. Nothing was changed.",
            "Leave --as out. To call the table otherwise, give the file anew: "
            f"python run.py raw withdraw {entry['path']}, then: {again()}",
        )
    names = names_of(new, options.name)
    faults = source_faults(new) + name_faults(names, new, package)
    faults += kind_faults(sources)
    given = answers(options, ["source", "license"] if new else [], faults)
    with ExitStack() as parts:
        parts.callback(place.clear)
        received = {
            source: keep(receive(source, name, parts), name, source)
            for source, name in zip(new, names, strict=True)
        }
        tables = read_all(sources, received, here, options)
        entries = [
            entry_of(source, name, received[source], given)
            for source, name in zip(new, names, strict=True)
        ]
        raw.refuse_copies(entries, package)
        return put_in_place(package, listed, here, tables, new, entries, received)


def refuse_edited(overwrite: bool) -> None:
    """Stop if the user has edited what would be drafted anew."""
    edited = place.edited()
    lost = place.not_in_git(edited)
    commit = ("" if place.in_repository() else "git init, ") + "git add --all, git commit"
    if edited and not overwrite:
        stop(
            "The example is not as it came any more. What you have edited would be replaced:",
            *(f"  {name}" for name in edited),
            f"Nothing was changed. If that is meant, commit it, then: {again()} --overwrite",
        )
    if lost:
        stop(
            "What you have edited would be lost, because git does not hold it as it is:",
            *(f"  {name}" for name in lost),
            f"Nothing was changed. First: {commit}. Then: {again()}",
        )


def without_example(package: dict) -> dict:
    """Return the list as it is without the example, and what the list says of itself."""
    entries = [entry for entry in package.get("resources", []) if not entry.get("example")]
    if entries == package.get("resources"):
        return package
    about = ("title", "description", "licenses", "resources")
    rest = {part: text for part, text in package.items() if part not in about}
    return rest | {"name": "data", "resources": entries}


def entry_there(source: str, package: dict) -> dict | None:
    """Return what the list says of a file, if it has it already."""
    if is_address(source) or not Path(source).is_file():
        return None
    entries = {entry["hash"]: entry for entry in package["resources"]}
    return entries.get(fingerprint(Path(source)))


def names_of(sources: list[str], wanted: str | None) -> list[str]:
    """Return the names that files get in data/raw; where nothing is left of one, data_1, data_2.

    Examples
    --------
    >>> names_of(["Sales 2026.csv", "города.csv"], None)
    ['sales_2026.csv', 'data_2.csv']
    """
    names = [name_of(wanted, source) for source in sources]
    return [
        f"data_{number}{name}" if name.startswith(".") else name
        for number, name in enumerate(names, start=1)
    ]


def kind_faults(sources: list[str]) -> list[str]:
    """Return which files are of a kind that is not drafted, and whether they are of two."""
    faults, endings = [], {}
    for source in sources:
        name = name_of(None, source)
        endings.setdefault(endings_of(name), original_name(source))
        try:
            drafted_kind(name)
        except NoTable:
            faults.append(
                f"  {original_name(source)} must be .csv, .tsv, .txt, a workbook or .parquet."
            )
    if len(endings) > 1 and not faults:
        faults.append(
            f"  All files must be of one kind, but {' and '.join(endings.values())} end otherwise."
        )
    return faults


def read_all(
    sources: list[str],
    received: dict[str, Path],
    here: dict[str, dict],
    options: argparse.Namespace,
) -> Received:
    """Return what is in the files, as one table; stop if it cannot be."""
    tables, faults = {}, []
    for source in sources:
        path = received.get(source) or RAW / here[source]["path"]
        name = original_name(source)
        print(f"Reading {name} ...", flush=True)
        try:
            tables[name] = read_received(path, name, options.encoding, options.skip)
        except NoTable as error:
            faults.append(f"  {error}")
    try:
        if not faults:
            return together(tables)
    except NoTable as error:
        faults.append(f"  {error}")
    stop("Nothing was changed. No project can be begun with this:", *faults, f"Again: {again()}")


def put_in_place(
    package: dict,
    listed: dict,
    here: dict[str, dict],
    tables: Received,
    new: list[str],
    entries: list[dict],
    received: dict[str, Path],
) -> dict:
    """Draft, and put what was received and drafted in place of the example."""
    ours = [*here.values(), *entries]
    resources = [*package["resources"], *entries]
    reads_all = len(resources) == len(ours)
    files = [entry["path"] for entry in ours]
    patterns = [f"*{endings_of(files[0])}"] if reads_all else files
    table = table_name(files)
    print(f"Drafting the stages for {len(tables.table):,} rows ...", flush=True)
    about = about_project(ours[0]) | {
        "ending": endings_of(files[0]),
        "file_count": len(files),
        "reads_all": reads_all,
        "received_on": max(entry["retrieved"] for entry in ours),
    }
    texts, has_dates = drafts(tables, table, patterns, about)
    texts |= named_anew(about | {"has_dates": has_dates})
    folder = place.stage(texts)
    tidy_up(folder)
    for source, entry in zip(new, entries, strict=True):
        if is_url(source) and entry["bytes"] > BIGGEST_IN_GIT and shown(source) == source:
            entry["fetch"] = source
    examples = [each["path"] for each in listed["resources"] if each.get("example")]
    kept = {entry["path"] for entry in resources}
    plan = {
        "package": {**package, "resources": resources},
        "raw": [
            {"source": source, "part": str(received[source]), "entry": entry}
            for source, entry in zip(new, entries, strict=True)
        ],
        "remove": [
            *((RAW / path).as_posix() for path in examples if path not in kept),
            *(name for name in place.corrections() if name not in texts),
        ],
        "table": table,
        # The answers of the user stay; what was drafted may be drafted anew.
        "names": about["names"],
        "files": [name for name in texts if name in EXAMPLE or name == corrections_name(table)],
    }
    place.make_ready(plan)
    return place.finish()


def keep(part: Path, name: str, source: str) -> Path:
    """Give a file that was received its name, in a folder that outlives a stop."""
    if is_in_raw(source):
        return part
    kept = place.STAGE / "raw" / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    return part.rename(kept)


def about_project(first: dict) -> dict:
    """Return what the project is called and asks; what it said of the example is said anew."""
    config = yaml.safe_load(Path("config.yaml").read_text("utf-8"))
    readme = Path("README.md").read_text("utf-8") if Path("README.md").exists() else ""
    stem = original_name(first.get("originalName", first["path"])).partition(".")[0]
    name = " ".join(re.findall(r"[^\W_]+", stem)) or "data"
    _, who_made_it, who = readme.partition(place.WHO_MADE_IT)
    # These two are the example's, or drafted, unless the user has answered otherwise.
    earlier = place.drafted()["names"]
    is_title_ours = config["title"] in (TITLE, earlier.get("title"))
    is_question_ours = config["question"] in (QUESTION, earlier.get("question"))
    title = name[:1].upper() + name[1:] if is_title_ours else config["title"]
    question = f"What is in {title}?" if is_question_ours else config["question"]
    # As they stand there, characters that mean something in Markdown are escaped.
    first = re.match(r"# (.+)\n\n\*\*(.+)\*\*\n", readme)
    heading = first[1] if first and title == config["title"] else title
    asks = first[2] if first and question == config["question"] else f"What is in {heading}?"
    return {
        "title": title,
        "question": question,
        "was": {"title": config["title"], "question": config["question"]},
        "names": ({"title": title} if is_title_ours else {})
        | ({"question": question} if is_question_ours else {}),
        "author": config["author"],
        "heading": heading,
        "asks": asks,
        "who_made_it": (who_made_it + who).strip() or f"Made by {config['author']} with startpy.",
        "tree": place.tree_of(readme),
    }


def named_anew(about: dict) -> dict[str, str]:
    """Return the files that say what the project is called, without the example in them."""
    config = Path("config.yaml").read_text("utf-8")
    texts, was = {"config.yaml": config_of(config, about)}, about["was"]
    for name in ("CITATION.cff", "pyproject.toml"):
        if not Path(name).exists():
            continue
        text = Path(name).read_text("utf-8")
        anew = text.replace(f'name = "{slug(was["title"])}"', f'name = "{slug(about["title"])}"')
        anew = anew.replace(in_quotes(was["title"]), in_quotes(about["title"]))
        anew = anew.replace(in_quotes(was["question"]), in_quotes(about["question"]))
        block = re.search(r"^references:\n(?:[ -].*\n?)*", anew, re.M)
        if name == "CITATION.cff" and block and "Gorman" in block[0]:
            anew = anew.replace(block[0], "")
        if anew != text:
            texts[name] = anew
    return texts


def slug(title: str) -> str:
    """Return what a package of this title is called."""
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-") or "analysis"


def run(plan: dict) -> int:
    """Run the pipeline, record what it made, and say what comes next."""
    print("The drafts are in place. Now the pipeline runs.", flush=True)
    if status := call([Path(sys.executable), "-m", "startpy.record"], Path()):
        print("\nThe files are in place, but the pipeline did not run to its end: see above.")
        print("Go on with: python run.py, then python run.py record")
        return status
    print(f"\nThe report: {Path('results/report.html').resolve()}")
    print("It says what is in the data, and what is to be decided. Then edit, first of all:")
    print("  config.yaml       the title and the question")
    print("  stages/clean.py   COLUMNS: the names, and below them the types")
    print("  contracts.py      what each column means, and what must hold")
    if place.in_repository():
        print("Then: git add --all, git commit")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
