"""One script, many readers: a Jupyter kernel, Jupytext, Quarto, and a page for each value."""

import html
import re
import sys
from pathlib import Path

import jupytext
import nbclient
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from projects import ROOT, TEMPLATE, Project
from reports import FRONT, Render, page_of

sys.path.insert(0, str(TEMPLATE))

from startpy.report import cells
from startpy.report.cells import Script, read_script
from startpy.report.parameters import given_values

SCRIPT = TEMPLATE / "stages" / "report.py"
# Of the keys that Quarto documents for scripts that Jupyter runs, and for documents in HTML.
QUARTO_OPTIONS = {
    "code-fold",
    "code-summary",
    "echo",
    "eval",
    "fig-alt",
    "fig-cap",
    "include",
    "label",
    "output",
    "tags",
    "tbl-cap",
}
QUARTO_FRONT = {
    "author",
    "code-fold",
    "date",
    "lang",
    "subtitle",
    "title",
    "toc",
    "toc-depth",
}
PARAMETERS = """
# %%
#| tags: [parameters]
island = "Biscoe"
top = 3
share = 0.5
birds = ["a"]
full = True
since = None

# %%
print([island, top, share, birds, full, since])
"""


class ThisPython(AsyncKernelManager):
    """A kernel of this interpreter: a kernel spec of this machine may start another."""

    kernel_spec = property(
        lambda self: KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python",
            language="python",
        )
    )


def test_the_report_runs_in_a_jupyter_kernel(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("PYTHONPATH", str(project.folder))
    notebook = jupytext.read("stages/report.py", fmt="py:percent")
    nbclient.NotebookClient(
        notebook,
        kernel_manager_class=ThisPython,
        timeout=120,
        resources={"metadata": {"path": str(project.folder)}},
    ).execute()
    shown = [
        kind
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for kind in output.get("data", {})
    ]
    page = (project.folder / "results/report.html").read_text(encoding="utf-8")
    assert shown.count("image/png") == page.count("<figure id=")
    assert shown.count("text/html") == page.count('<figure class="table"')


def test_jupytext_gives_the_script_back_byte_for_byte() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert jupytext.writes(jupytext.reads(text, fmt="py:percent"), fmt="py:percent") == text


def test_every_cell_begins_where_vs_code_sees_it() -> None:
    # VS Code's own default for "jupyter.codeRegularExpression" and its marker of a text cell.
    marker = re.compile(r"^(#\s*%%|#\s*<codecell>|#\s*In\[\d*?\]|#\s*In\[ \])")
    lines = SCRIPT.read_text(encoding="utf-8").split("\n")
    assert [cell.line for cell in read_script(SCRIPT).cells] == [
        number for number, line in enumerate(lines, 1) if marker.match(line)
    ]
    settings = (TEMPLATE / ".vscode/settings.json").read_text(encoding="utf-8")
    assert '"jupyter.notebookFileRoot": "${workspaceFolder}"' in settings


def test_a_script_may_say_only_what_quarto_knows() -> None:
    assert set(cells.OPTIONS) <= QUARTO_OPTIONS
    assert set(cells.FRONT) <= QUARTO_FRONT


# Many pages from one script


def test_parameters_take_the_place_of_the_defaults(render: Render, tools: Path) -> None:
    given = ["-P", "island=Dream", "-P", "top=9", "--parameters", "share=1e3", "birds=[b, c]"]
    done = render(FRONT + PARAMETERS, "dot.png", *given)
    assert done.returncode == 0, done.stderr
    page = html.unescape(page_of(tools).read_text(encoding="utf-8"))
    assert "['Dream', 9, 1000.0, ['b', 'c'], True, None]" in page
    assert "<li>island = Dream</li>" in page
    assert "Given for this page:" in page
    assert render(FRONT + PARAMETERS, "dot.png").returncode == 0
    page = html.unescape(page_of(tools).read_text(encoding="utf-8"))
    assert "['Biscoe', 3, 0.5, ['a'], True, None]" in page


@pytest.fixture
def script(tmp_path: Path) -> Script:
    (tmp_path / "island.py").write_text(FRONT + PARAMETERS, encoding="utf-8")
    return read_script(tmp_path / "island.py")


def test_a_value_is_of_the_kind_of_its_default(script: Script) -> None:
    given = given_values(script, ["island=no", "full=no", "share=2", "since=2008"])
    assert given == {"island": "no", "full": False, "share": 2.0, "since": 2008}
    assert type(given["share"]) is float
    assert given_values(script, ["island=007="]) == {"island": "007="}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("isle=Dream", "has island, top, share, birds, full, since; came isle."),
        ("island", "A parameter must be given as name=value, but came 'island'."),
        ("top=many", "top must be a whole number, as its default 3, but came 'many'."),
        ("top=1.5", "top must be a whole number"),
        ("share=half", "share must be a number, as its default 0.5, but came 'half'."),
        ("full=3", "full must be true or false, as its default True, but came '3'."),
        ("birds=a", "birds must be a list, as its default ['a'], but came 'a'."),
        ("birds=[", "birds must be YAML, but came '['."),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(script: Script, given: str, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        given_values(script, [given])
    assert said in str(refused.value)


def test_a_parameter_is_given_once(script: Script) -> None:
    with pytest.raises(ValueError, match="given once, but top came twice"):
        given_values(script, ["top=1", "top=2"])


def test_a_script_without_parameters_takes_none_and_leaves_no_page(
    render: Render, tools: Path
) -> None:
    done = render(FRONT, "dot.png", "-P", "top=1")
    assert "stages/report.py has no cell with `#| tags: [parameters]`; came top." in done.stderr
    assert not page_of(tools).exists()


def test_the_recipe_of_the_docs_makes_one_page_per_island(copy: Project) -> None:
    recipe = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    recipe = recipe[recipe.index("## One script makes many pages") :]
    fences = re.findall("```text\n(.*?)```", recipe, re.DOTALL)
    script, islands, wanted, rule = fences[:4]
    (copy.folder / "stages" / "island.py").write_text(script, encoding="utf-8")
    copy.edit("Snakefile", "\n\nrule all:", f"{islands}\n\nrule all:")
    copy.edit(
        "Snakefile",
        '        "results/report.html",\n',
        wanted,
    )
    snakefile = copy.folder / "Snakefile"
    snakefile.write_text(snakefile.read_text(encoding="utf-8") + "\n\n" + rule, encoding="utf-8")
    done = copy.snakemake()
    assert done.returncode == 0, done.output
    pages = sorted((copy.folder / "results" / "islands").iterdir())
    assert [page.stem for page in pages] == ["Biscoe", "Dream", "Torgersen"]
    for page in pages:
        assert f"<h1>Penguins of {page.stem}</h1>" in page.read_text(encoding="utf-8")
    copy.edit("stages/island.py", "Penguins of", "The penguins of")
    assert copy.plan() == ["island"]
