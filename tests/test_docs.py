"""The pages that name functions: none is forgotten, and every name that they give is there."""

import ast
import importlib
import pydoc
import re
import sys
import warnings

import pandas as pd
import pytest
import yaml
from projects import ROOT, TEMPLATE

sys.path.insert(0, str(TEMPLATE))
sys.path.insert(0, str(ROOT / "docs"))

import make_helpers

PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in ROOT.glob("docs/*.md"))]
HELPERS = {
    entry["name"]: (module, entry)
    for module in make_helpers.GROUPS.values()
    for entry in make_helpers.read_module(make_helpers.HELPERS / f"{module}.py")[1]
}
# What upstartr exports.
UPSTARTR = """
%not_in% begin_processing calc_index calc_mode clean_columns combine_csvs combine_excels
convert_str_to_logical dir_data_cache dir_data_out dir_data_processed dir_data_raw dir_path
dir_plots dir_reports dir_scrape dir_src end_processing initialize_startr not.na not.null
read_all_excel_sheets remove_non_utf8 render_notebook reorder_within run_analyze run_config
run_notebook run_process run_visualize scale_x_percent scale_x_reordered scale_y_percent
scale_y_reordered simplify_string unaccent write_excel write_plot write_shp
"""
# What startr's README names beside these.
README = """
%>% %in% Encoding aes arrange c coord_flip count desc filter format geom_col ggplot ggsave group_by
is.na is.null librarian::shelf library mutate n n_distinct one_of parse_number read_csv read_excel
read_feather rename rename_all renv::remove renv::restore renv::snapshot select source summarise
write_csv write_feather year ymd
"""
# What `initialize_startr` takes.
ARGUMENTS = """
author title scipen timezone should_render_notebook should_process_data
should_timestamp_output_files should_clean_processing_variables should_beep
set_minimal_graphics_theme packages repos
"""


def test_the_page_of_helpers_says_what_the_docstrings_say():
    assert make_helpers.PAGE.read_text("utf-8") == make_helpers.page(), (
        "docs/helpers.md is out of date: python docs/make_helpers.py"
    )


def test_every_helper_is_on_the_page():
    modules = {path.stem for path in (TEMPLATE / "helpers").glob("[!_]*.py")}
    assert modules == set(make_helpers.GROUPS.values())


@pytest.mark.parametrize("name", HELPERS)
def test_a_helper_says_what_it_takes_returns_and_refuses_and_shows_it(name):
    _, entry = HELPERS[name]
    node, sections = entry["node"], entry["sections"]
    assert re.fullmatch(r"[A-Z].+\.", entry["summary"])
    assert ">>> " in sections["Examples"]
    described = [
        argument.strip("*")
        for names, _, _ in make_helpers.fields(sections.get("Parameters", ""))
        for argument in names.split(", ")
    ]
    if isinstance(node, ast.ClassDef):
        fields = [each.target.id for each in node.body if isinstance(each, ast.AnnAssign)]
        assert described == fields
        return
    arguments = [each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)]
    assert set(filter(None, described)) == set(arguments)
    assert entry["summary"].startswith("Write ") or sections.keys() & {"Returns", "Yields"}
    if any(isinstance(each, ast.Raise) for each in ast.walk(node)):
        assert "Raises" in sections


@pytest.mark.parametrize("page", PAGES)
def test_a_link_within_the_pages_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", (ROOT / page).read_text("utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = (ROOT / page).parent / path if path else ROOT / page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def anchors(page):
    """Return the anchors that GitHub gives to the headings of a page."""
    text = re.sub("^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    headings = re.findall("^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows():
    """Return the cells of every row of every table for those who come from startr."""
    text = (ROOT / "docs" / "from-startr.md").read_text("utf-8")
    tables = re.findall(r"^\| .*\n\| ---.*\n((?:\|.*\n)+)", text, re.M)
    cells = [line.strip("|").split(" | ") for line in "".join(tables).splitlines()]
    assert all(len(row) == 3 for row in cells)
    return cells


def named_in(cell):
    return re.findall("`([^`]+)`", cell)


def test_every_function_of_startr_has_its_row():
    named = [name.removesuffix("()") for first, _, _ in rows() for name in named_in(first)]
    for name in (UPSTARTR + README + ARGUMENTS).split():
        assert named.count(name) == 1, name


def test_every_helper_that_the_rows_name_is_there_and_linked():
    for _, here, _ in rows():
        for name, anchor in re.findall(r"\[`(\w+)`\]\(helpers\.md#(\w+)\)", here):
            module, _ = HELPERS[anchor]
            given = getattr(importlib.import_module(f"helpers.{module}"), name)
            assert given.__name__ == anchor


def test_everything_else_that_the_rows_name_is_there():
    settings = yaml.safe_load((TEMPLATE / "config.yaml").read_text("utf-8"))["settings"]
    made = {"data/cache/", "data/processed/", "results/", "results/tables/", "results/figures/"}
    calls = {name for name, _ in re.findall(r"`(\w+)`(\]\(helpers\.md)", str(rows()))}
    for here in (name for _, cell, _ in rows() for name in named_in(cell)):
        if here.startswith(("pandas.", "janitor.", "plotnine.", "pathlib.")):
            assert pydoc.locate(here), here
        elif here.startswith("settings."):
            assert here.removeprefix("settings.") in settings, here
        elif here.startswith("python run.py"):
            command = [*here.split(), ""][2]
            told = f"\npython run.py {command} " in (TEMPLATE / "run.py").read_text("utf-8")
            assert told or (TEMPLATE / "stages" / f"{command}.py").exists(), here
        elif re.fullmatch(r"[\w/-]*[./][\w./-]*", here):
            assert here in made or (TEMPLATE / here).exists(), here
        else:
            words = {"stamp=True", "encoding=", "PIP_INDEX_URL", "import", "is None", "is not None"}
            words |= {"Snakefile", "LICENSE", "cookiecutter"}
            assert here in words | calls, here


def test_pyjanitor_does_what_the_page_warns_of():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import janitor

        names = pd.DataFrame([[1, 2, 3]], columns=["A", "a", ""]).clean_names()
        prices = pd.DataFrame({"price": ["(12)", "12%", "1.234,50 €"]})
        dates = janitor.convert_to_date(pd.Series(["03/04/2020", "31/01/2020"]))
        counts = pd.DataFrame({"shop": ["Roma", "Lupa"], "size": ["9", "12"]}).tabyl("shop", "size")
        shares = counts.adorn_totals("both").adorn_percentages("row")
        table = pd.DataFrame({"a": ["x"], "b": ["y"], "n": [1.0]})
        table.concatenate_columns(["a", "b"], "joined")
        table.jitter("n", "moved", scale=1)
    assert list(names) == ["a", "a", ""]
    numbers = prices.currency_column_to_numeric("price")["price"]
    assert numbers.tolist() == [12, 12, 1.2345]
    assert [day.month for day in dates] == [3, 1]
    assert shares["Total"].tolist() == [0.5, 0.5, 0.5]
    assert list(table) == ["a", "b", "n", "joined", "moved"]
