"""Write docs/helpers.md from the docstrings of the helpers.

python docs/make_helpers.py
"""

import ast
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[1]
HELPERS = ROOT / "{{cookiecutter.project_slug}}" / "helpers"
PAGE = ROOT / "docs" / "helpers.md"
# The groups of upstartr's reference, and those it does not have.
GROUPS = {
    "Helpers": "tidy",
    "Reading": "read",
    "Correcting": "correct",
    "Writing": "write",
    "Graphics": "plot",
    "Checks": "check",
    "Accounting": "ledger",
    "Facts": "facts",
    "Documenting": "document",
    "Showing": "show",
    "Fetching": "fetch",
}
SECTIONS = ("Parameters", "Returns", "Yields", "Raises", "Examples")
TOP = """\
<!-- Made by docs/make_helpers.py from the docstrings: change those. -->
# The helpers, each with an example

You import a helper in a stage, `from helpers.tidy import clean_columns`. Most take a table or a
column first and return a new one; what you gave is never changed. So they fit into a chain:
`.pipe(clean_columns)` for a table, `.assign(name=lambda table: simplify_string(table["name"]))` for
a column.

Every example is a test of your project, too. `path` and `folder` in it stand for a file and a
folder of yours, `pd` for pandas. If you come from R, see
[what became of each function](from-startr.md).
"""
SETTINGS = """\
## Settings

What holds for all stages stands in `config.yaml` under `settings`: the time zone, whether numbers
are shown with exponents, and the bell at the end of a run.
[Each has its reason](why.md#the-clock-and-the-look-of-numbers-belong-to-the-project). Folders need
no function: a stage runs in the project's folder, so `data/raw/adelie.csv` is a path.
"""


def main():
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


def page():
    """Return the page."""
    contents, parts = ["- [Settings](#settings)"], [SETTINGS]
    for group, module in GROUPS.items():
        about, entries = read_module(HELPERS / f"{module}.py")
        contents.append(f"- [{group}](#{group.lower()}), `helpers.{module}`")
        contents += [
            f"  - [{each['name']}](#{each['name'].lower()}): {brief(each)}" for each in entries
        ]
        parts.append(f"## {group}\n\n{about}\n")
        parts += [describe(each, f"helpers/{module}.py") for each in entries]
    return "\n".join([TOP, "\n".join(contents) + "\n", *parts])


def read_module(path):
    """Return what a module says of itself, and its functions and described classes."""
    source = path.read_text(encoding="utf-8")
    module = ast.parse(source)
    entries = [
        {"name": node.name, "node": node, "source": source, **split(ast.get_docstring(node) or "")}
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
    ]
    shown = [
        each
        for each in entries
        if isinstance(each["node"], ast.FunctionDef) or "Examples" in each["sections"]
    ]
    return ast.get_docstring(module), shown


def split(docstring):
    """Return the summary, the text and the sections of a docstring."""
    pieces = re.split(rf"^({'|'.join(SECTIONS)})\n-+\n", f"{docstring}\n", flags=re.M)
    summary, _, text = pieces[0].partition("\n\n")
    sections = dict(zip(pieces[1::2], map(str.strip, pieces[2::2]), strict=True))
    return {"summary": one_line(summary), "text": text.strip(), "sections": sections}


def fields(section):
    """Return the name, the type and the description of each field of a section."""
    found = []
    for field in re.split(r"\n(?=\S)", section) if section else []:
        head, _, about = field.partition("\n")
        name, _, kind = head.partition(" : ")
        found.append((name, kind, textwrap.dedent(about).strip()))
    return found


def describe(entry, path):
    """Return what the page says of one function or class."""
    sections, is_class = entry["sections"], isinstance(entry["node"], ast.ClassDef)
    parts = [f"### {entry['name']}", entry["summary"], entry["text"]]
    parts.append(examples(sections.get("Examples", ""), path))
    if is_class:
        held = [*fields(sections.get("Parameters", "")), *members(entry["node"])]
        parts.append(table("It holds", held))
    else:
        parts.append(f"In full:\n\n```text\n{call(entry['node'], entry['source'])}\n```")
        if "Parameters" in sections:
            parts.append(table("You give", fields(sections["Parameters"])))
    parts.append(comes_back(sections.get("Returns") or sections.get("Yields")))
    parts.append(stops(sections.get("Raises")))
    return "\n\n".join(filter(None, parts)) + "\n"


def examples(section, path):
    """Return the examples as quotations of the module, without what prepares them."""
    parts, code = [], []
    for paragraph in [*section.split("\n\n"), ""]:
        if paragraph.startswith(">>>"):
            lines = re.sub(r" +# doctest: .*", "", paragraph).splitlines()
            prepared = [number for number, line in enumerate(lines, 1) if "getfixture" in line]
            code += ["\n".join(lines[max(prepared, default=0) :])]
        else:
            if any(code):
                parts.append(f"```python {path}\n" + "\n\n".join(filter(None, code)) + "\n```")
            parts.append(paragraph)
            code = []
    return "\n\n".join(filter(None, parts))


def call(function, source):
    """Return the call, with what its options are if you leave them out."""

    def written(argument, default):
        text = ast.get_source_segment(source, default) if default else None
        return f"{argument.arg}={text}" if text else argument.arg

    given = function.args
    needed = [None] * (len(given.args) - len(given.defaults))
    words = list(map(written, given.args, needed + given.defaults))
    if given.vararg or given.kwonlyargs:
        words.append(f"*{given.vararg.arg if given.vararg else ''}")
    words += list(map(written, given.kwonlyargs, given.kw_defaults))
    words += [f"**{given.kwarg.arg}"] if given.kwarg else []
    # A line must not break within a default such as ("t", "true"): its blanks are hidden meanwhile.
    hidden = ", ".join(word.replace(" ", "\0") for word in words)
    lines = textwrap.wrap(
        f"{function.name}({hidden})",
        width=88,
        subsequent_indent=" " * (len(function.name) + 1),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\0", " ")


def members(node):
    """Return the properties and methods of a class as fields."""
    return [
        (
            each.name if each.decorator_list else f"{each.name}()",
            "",
            split(ast.get_docstring(each))["summary"],
        )
        for each in node.body
        if isinstance(each, ast.FunctionDef) and each.name[0] != "_"
    ]


def comes_back(section):
    if not section:
        return None
    ((kind, _, about),) = fields(section)
    if about.startswith("- "):
        return f"**You get:** {kind}.\n\n{about}"
    return f"**You get:** {kind}. {about}".strip()


def stops(section):
    if not section:
        return None
    errors = [f"{coded(names)} {lower(one_line(about))}" for names, _, about in fields(section)]
    if len(errors) == 1:
        return f"**It stops:** {errors[0]}"
    return "\n- ".join(["**It stops:**\n", *errors])


def table(heading, rows):
    lines = [f"| {heading} | As | Meaning |", "| --- | --- | --- |"]
    for names, kind, about in rows:
        cells = [cell.replace("|", r"\|") for cell in (coded(names), kind, one_line(about))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def coded(names):
    return ", ".join(f"`{name}`" for name in names.split(", "))


def brief(entry):
    return lower(entry["summary"].removeprefix("Return "))


def lower(text):
    return text[:1].lower() + text[1:]


def one_line(text):
    return " ".join(text.split())


if __name__ == "__main__":
    main()
