# From the template: an update may replace this file.
"""Make the report: run a percent script, write what it shows as one self-contained page."""

import hashlib
import sys
from pathlib import Path

from helpers.write import whole
from startpy import answer
from startpy.command import remember
from startpy.report.cells import check_inputs, read_script
from startpy.report.claims import faults
from startpy.report.execute import Session
from startpy.report.page import Page
from startpy.report.parameters import given_values


def main(
    script: Path,
    inputs: list[Path],
    out: Path,
    parameters: list[str] = (),
    strict: bool = False,
) -> None:
    """Run a percent script and write what it shows as one self-contained page.

    The same inputs give the same bytes. A page of an earlier run is removed
    first: what stands under `out` was made from what is listed in its foot.
    `parameters`, `name=value` each, take the place of what the cell with the
    tag `parameters` says. Where the prose says otherwise than the facts, a line
    tells it; with `strict` there is no page.
    """
    out.unlink(missing_ok=True)
    read = read_script(script)
    values = given_values(read, parameters)
    check_inputs(script, inputs)
    sources = [(_name(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in inputs]
    page = Page(read, Session(read.path), values)
    for cell in read.cells:
        try:
            page.add(cell)
        except Exception as error:
            if page.headings:
                error.add_note(f"In the section “{page.headings[-1].text}” of the report.")
            raise
    text = page.html(sources)
    look_at([*faults(read), *answer.faults()], strict)
    with whole(out) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def look_at(found: list[str], strict: bool) -> None:
    """Tell what the prose says otherwise than the facts, also at the end of the run."""
    if not found:
        return
    told = "\n".join(["The text is not in keeping with the facts:", *found])
    if strict:
        raise ValueError(told)
    print(f"\n{told}\n", file=sys.stderr)
    remember(told)


def _name(path: Path) -> str:
    """Return the name of an input, the same on every machine."""
    root = Path.cwd().resolve()
    file = path.resolve()
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
