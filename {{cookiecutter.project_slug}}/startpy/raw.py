# From the template: an update may replace this file.
"""The list of raw files. Files and list agree, and the list only grows.

python run.py raw add FILE           list a file, or what is behind an address
python run.py raw replace OLD NEW    list a newer file beside the one whose place it takes
python run.py raw withdraw NAME      delete a file that must not stay; its entry stays
python run.py raw restore            put entries back that the list has lost
python run.py raw fetch              get the listed files that are too big for git
python run.py raw check              say whether files and list agree

With --help, each says more.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from startpy import guard, past
from startpy.describe import (
    answers,
    as_called,
    endings_of,
    entry_of,
    is_url,
    name_faults,
    name_of,
    next_name,
    slug,
    source_faults,
    today,
)
from startpy.environment import again, stop
from startpy.manifest import (
    RAW,
    Resource,
    Unreadable,
    fingerprint,
    hidden,
    read_package,
    resources_of,
    short,
    write_package,
)
from startpy.receive import BIGGEST_IN_GIT, bring, receive, settle, show_to_git, take

LOCK = Path(".snakemake/startpy/raw.lock")


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    with explained(RAW.as_posix(), "Nothing half done is left. "):
        if options.command == "check":
            return check(options)
        LOCK.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(LOCK, timeout=0):
            # What a command that was killed has left: while this one has the lock, no other is on.
            for part in RAW.glob(hidden("*").name):
                part.unlink()
            return options.call(options)


@contextmanager
def explained(place: str, left: str = "") -> Iterator[None]:
    """End the run in words if the list, or a file at this place, cannot be worked with."""
    try:
        yield
    except Timeout:
        stop(
            "Another change of the list is at work in this folder. Wait until it has ended.",
            f"Then: {again()}",
        )
    except Unreadable as error:
        stop(guard.HEAD_OF_LIST, guard.mend_list(error), f"Then: {again()}")
    except OSError as error:
        stop(
            f"{error.filename or place} cannot be used: {error.strerror or error}.",
            f"Mend that, then: {again()}",
        )
    except KeyboardInterrupt:
        stop(f"\nInterrupted. {left}Again: {again()}")


def parser() -> argparse.ArgumentParser:
    """Return a parser of the words after `python run.py raw`."""
    raw = argparse.ArgumentParser(
        prog="python run.py raw",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = raw.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, call: Callable, about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        added.set_defaults(call=call)
        return added

    def about_the_file(added: argparse.ArgumentParser) -> None:
        added.add_argument("--source", help="who made it, or at which address it is described")
        added.add_argument("--license", help="such as CC0-1.0, an address, or in words")
        added.add_argument("--as", dest="name", metavar="NAME", help="its name in data/raw")
        added.add_argument("--notes", help="what whoever uses it should know")
        added.add_argument("--retrieved", metavar="YYYY-MM-DD", help="if it came before today")

    added = command("add", add, "List files, or what is behind addresses, and keep them.")
    added.add_argument("files", nargs="+", metavar="FILE|URL")
    about_the_file(added)
    added = command("replace", replace, "List a newer file beside the one whose place it takes.")
    added.add_argument("old", metavar="OLD")
    added.add_argument("new", metavar="NEW")
    added.add_argument("--reason", help="why there is a newer one")
    about_the_file(added)
    added = command("withdraw", withdraw, "Delete a file that must not stay; its entry stays.")
    added.add_argument("old", metavar="NAME")
    added.add_argument("--reason", help="why it must go")
    command("restore", restore, "Put back what the list held in any commit and holds no more.")
    added = command("fetch", fetch, "Get the listed files that are too big for git.")
    added.add_argument("names", nargs="*", metavar="NAME")
    added = command("check", check, "Say whether files and list agree.")
    added.add_argument("--full", action="store_true", help="read files again that nobody touched")
    added.add_argument("--since", metavar="REV", help="what the list held there, it must hold")
    return raw


def check(options: argparse.Namespace) -> int:
    """Say whether files and list agree; return 1 if they do not."""
    try:
        found = guard.faults(full=options.full, since=options.since)
    except ValueError as error:
        stop(str(error))
    if found:
        stop(guard.HEAD_OF_LIST, *found)
    count = len(resources_of(read_package()))
    print(f"{count} raw file{' is' if count == 1 else 's are'} as listed.")
    if reason := past.unseen():
        print(f"What the list held before was not compared, or not all of it: {reason}.")
    return 0


def add(options: argparse.Namespace) -> int:
    """List files, with where they are from, and put them into data/raw."""
    package = read_package()
    resources_of(package)
    sources = [as_called(file) for file in options.files]
    if options.name and len(sources) > 1:
        stop("--as names one file, but several are to be added. Add them one by one.")
    if len(sources) == 1 and is_url(sources[0]):
        options.source = options.source or sources[0]
    names = [name_of(options.name, source) for source in sources]
    faults = source_faults(sources) + name_faults(names, sources, package)
    given = answers(options, ["source", "license"], faults)
    with ExitStack() as parts:
        received = [receive(*each, parts) for each in zip(sources, names, strict=True)]
        entries = [
            entry_of(source, name, part, given)
            for source, name, part in zip(sources, names, received, strict=True)
        ]
        refuse_copies(entries, package)
        for source, part, entry in zip(sources, received, entries, strict=True):
            take(source, part, entry)
        write_package({**package, "resources": [*package.get("resources", []), *entries]})
    tell(entries)
    return 0


def replace(options: argparse.Namespace) -> int:
    """List a newer file; the one whose place it takes stays, and is not read any more."""
    package = read_package()
    old = find(options.old, resources_of(package))
    if not old.is_current:
        by = old.entry["replaced"]["by"]
        stop(f"{old.path.as_posix()} was replaced by {by}: replace that one.")
    source = as_called(options.new)
    name = (
        name_of(options.name, source)
        if options.name
        else next_name(old.path.name, slug(source), package)
    )
    faults = source_faults([source]) + name_faults([name], [source], package)
    given = answers(options, ["reason"], faults)
    with ExitStack() as parts:
        part = receive(source, name, parts)
        entry = entry_of(source, name, part, given, like=old.entry)
        refuse_copies([entry], package)
        take(source, part, entry)
        replaced = {"by": entry["path"], "on": today(), "reason": given["reason"]}
        at = package["resources"].index(old.entry)
        both = [{**old.entry, "replaced": replaced}, entry]
        resources = package["resources"]
        write_package({**package, "resources": resources[:at] + both + resources[at + 1 :]})
    print(f"{old.path.as_posix()} stays, but the pipeline does not read it any more.")
    if not old.path.exists():
        print(f"It is not there now, and must be:\n{guard.back(old)}")
    if endings_of(name) != endings_of(old.path.name):
        print(f"The Snakefile must ask for {name}: it ends otherwise than the one before.")
    tell([entry])
    return 0


def withdraw(options: argparse.Namespace) -> int:
    """Delete a file that must not stay; what it was and why it went stays in the list."""
    package = read_package()
    old = find(options.old, resources_of(package))
    # The example makes room for data of one's own, and leaves nothing behind.
    is_example = bool(old.entry.get("example"))
    given = answers(options, [] if is_example else ["reason"], [])
    left = package.get("withdrawn", [])
    if not is_example:
        left = [*left, {**old.entry, "withdrawn": today(), "reason": given["reason"]}]
    others = [entry for entry in package["resources"] if entry is not old.entry]
    resources = [without(old.entry, entry) for entry in others]
    write_package({**package, "resources": resources} | ({"withdrawn": left} if left else {}))
    if os.name == "nt" and old.path.exists():
        old.path.chmod(0o644)  # Windows deletes nothing that is read-only
    old.path.unlink(missing_ok=True)
    show_to_git(old.path.name)
    for entry in [now for now, before in zip(resources, others, strict=True) if now != before]:
        if "replaced" not in entry:
            print(
                f"The pipeline reads {(RAW / entry['path']).as_posix()} again, which it replaced."
            )
    stays = "" if is_example else "; its entry and the reason stay in the list"
    print(f"{old.path.as_posix()} is deleted{stays}.")
    if not is_example and past.commits_of(old.path, "--all"):
        print(
            "Earlier commits still hold it, here and wherever they were pushed. If nobody may see "
            "it there\neither, the history must be rewritten, for example with git filter-repo."
        )
    print(f"Next: git add --all {RAW.as_posix()}, then: python run.py")
    return 0


def without(old: dict, entry: dict) -> dict:
    """Return an entry as it is when the one that took its place is withdrawn."""
    if entry.get("replaced", {}).get("by") != old["path"]:
        return entry
    current = {part: value for part, value in entry.items() if part != "replaced"}
    return current | ({"replaced": old["replaced"]} if "replaced" in old else {})


def restore(options: argparse.Namespace) -> int:
    """Put back what the list held in any commit and holds no more; no file is touched."""
    package = read_package()
    order = [path for path, _ in past.first_held("HEAD")]
    lost = guard.lost(package, "HEAD")
    for _, entry in lost.values():
        package = put_back(entry, package, order)
    resources = {resource.path.name: resource for resource in resources_of(package)}
    if lost:
        write_package(package)
    for path in lost:
        print(f"{path} stands in the list again, as it came into it.")
        if path in resources and (fault := guard.look(resources[path], {})):
            print(fault)
    if not lost:
        print("The list holds whatever it held in any commit.")
    return 0


def put_back(entry: dict, package: dict, order: list[str]) -> dict:
    """Return a list with an entry of the past; `order` are all paths as they came into it."""
    path = entry["path"]
    parts = {part: package.get(part, []) for part in ("resources", "withdrawn")}
    others = {
        part: [each for each in entries if each.get("path") != path]
        for part, entries in parts.items()
    }
    gone = next((each for each in parts["withdrawn"] if each.get("path") == path), entry)
    if gone.get("reason"):
        kept = {"withdrawn": gone.get("withdrawn"), "reason": gone["reason"]}
        return package | others | {"withdrawn": [*others["withdrawn"], entry | kept]}
    # The pipeline reads the files in the order of the list.
    later = order[order.index(path) :]
    before = [each.get("path") in later for each in others["resources"]]
    at = before.index(True) if True in before else len(before)
    others["resources"].insert(at, entry)
    rest = {part: text for part, text in package.items() if part != "withdrawn"}
    return rest | {part: entries for part, entries in others.items() if entries}


def fetch(options: argparse.Namespace) -> int:
    """Get the listed files that are not here and have an address; wrong bytes are not kept."""
    resources = resources_of(read_package())
    wanted = [find(name, resources) for name in options.names] or resources
    missing = [each for each in wanted if not each.path.exists()]
    failures = [failure for each in missing if (failure := fetch_one(each))]
    if failures:
        stop("Not all raw files could be fetched:", *failures, f"Again: {again()}")
    print(f"{len(missing)} fetched. All files that were asked for are here.")
    return 0


def fetch_one(resource: Resource) -> str | None:
    """Get one listed file; return what went wrong, if anything."""
    name = resource.path.as_posix()
    if not resource.url:
        return f"  {name} has no address.\n{guard.back(resource)}"
    part = hidden(resource.path.name)
    try:
        if fault := bring(resource.url, part, resource.bytes):
            return f"  {name} could not be got from {resource.url}. {fault}"
        if (came := fingerprint(part)) != resource.hash:
            return (
                f"  {name} is not what is at {resource.url} now: it must have "
                f"{short(resource.hash)}, but has {short(came)}. This was not kept.\n"
                f"    If the newer file is wanted: python run.py raw replace {resource.path.name} "
                f"{shlex.quote(resource.url)} --reason ...\n    Else get the old one elsewhere."
            )
        settle(part, resource.path)
    finally:
        part.unlink(missing_ok=True)
    print(f"{name} is here: {resource.bytes:,} bytes, as listed.")
    return None


def find(name: str, resources: list[Resource]) -> Resource:
    """Return the listed file that is meant, by its name or path."""
    for resource in resources:
        if name in (resource.name, resource.path.name, resource.path.as_posix()):
            return resource
    known = ", ".join(resource.path.name for resource in resources) or "none"
    stop(f"{name!r} must be one of the raw files in the list, which are: {known}.")


def refuse_copies(entries: list[dict], package: dict) -> None:
    """End the command if a file is one that the list has already."""
    known = {entry["hash"]: entry["path"] for entry in package.get("resources", [])}
    for entry in entries:
        if entry["hash"] in known:
            stop(
                f"{entry.get('originalName', entry['path'])!r} is, byte for byte, "
                f"{known[entry['hash']]!r}, which is in the list. Nothing was changed."
            )
        known[entry["hash"]] = entry["path"]


def tell(entries: list[dict]) -> None:
    """Say what is in the list now, and what comes next."""
    for entry in entries:
        name = (RAW / entry["path"]).as_posix()
        print(f"{name} is in the list: {entry['bytes']:,} bytes, {short(entry['hash'])}")
        if entry["bytes"] <= BIGGEST_IN_GIT:
            continue
        others = (
            "get it with: python run.py raw fetch"
            if "fetch" in entry
            else "must get it from you: there is no address, or one with a key in it."
        )
        print(f"It is too big for git, which is told to leave it out. Others {others}")
    print(f"Next: git add {RAW.as_posix()}, then: python run.py")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
