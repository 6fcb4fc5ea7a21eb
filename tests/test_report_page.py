"""The report: one page that needs nothing, says where it stopped, and runs no stranger's script."""

import base64
import hashlib
import http.server
import importlib.util
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

TEMPLATE = Path(__file__).parents[1] / "{{cookiecutter.project_slug}}"
Render = Callable[..., subprocess.CompletedProcess[str]]

FRONT = """\
# %% [markdown]
# ---
# title: A small report
# ---
"""
EXAMPLE = """\
# %% [markdown]
# ---
# title: '`{python} config["title"]`'
# subtitle: Three birds
# author: "Ada & Bo"
# date: 2024-05-06
# ---

# %%
#| include: false
import json
import pandas as pd
from helpers.show import show_figure, show_table

config = json.loads(open("config.json").read())
birds = pd.DataFrame(
    {
        "name": ["Ada", "Bo", "Cy"],
        "mass_g": [3700.5, None, 12000.25],
        "born": pd.to_datetime(["2007-11-11", "2007-11-09", None]),
    }
)

# %% [markdown]
# ## All the birds
# There are `{python} len(birds)` birds, see @tbl-birds and @fig-dot.
#
# ### Their masses
# |Bird|Mass|
# |----|---:|
# |Ada | 1  |
#
# #### Too deep for the contents

# %%
#| label: tbl-birds
#| tbl-cap: "All `{python} len(birds)` *birds*."
birds

# %%
#| label: fig-dot
#| fig-cap: "A dot."
#| fig-alt: "One dot of `{python} 1 + 1` pixels"
#| code-fold: show
#| code-summary: How it was drawn
show_figure("dot.png")

# %%
#| echo: false
#| output: false
hidden_code = 1
print("hidden output")

# %%
#| eval: false
never_run()

# %% [markdown]
# ## All the birds

# %%
print("printed", "<b>")
display(None)
display(3 * 7)
hidden_code;
"""
# `ADDRESS` is the counting server's. Every text of the data and of the prose wants out.
HOSTILE = """\
# %% [markdown]
# ---
# title: '`{python} evil`'
# author: '`{python} evil`'
# ---

# %%
#| include: false
import pandas as pd
from helpers.show import show_figure, show_table

evil = (
    "</title></script><script>document.title = 'taken'; fetch('ADDRESS/fetch')</script>"
    "<img src=ADDRESS/img onerror=\\"document.title = 'taken'\\"> <b>bold</b> "
    "[link](javascript:document.title='taken') ![image](ADDRESS/md) `{python} 1/0` **strong**"
)
index = pd.Index([evil, "b"], name=evil)
table = pd.DataFrame({evil: [evil, 1], "plain": [2.5, None]}, index=index)

# %% [markdown]
# ## In the prose: `{python} evil`
# A value `{python} evil`, a [link](javascript:document.title='taken'), <script>alert(1)</script>
# and <img src="ADDRESS/raw">
#
# |`{python} evil`|
# |---------------|
# |`{python} evil`|

# %%
#| tbl-cap: "`{python} evil`"
table

# %%
#| fig-cap: "`{python} evil`"
#| fig-alt: "`{python} evil`"
show_figure("dot.png")

# %%
print(evil)
show_table(table[evil], caption=evil, labels={evil: evil + "!"})
"""


def png(side: int = 2) -> bytes:
    """Return a black square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * side) * side)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def load(path: str) -> ModuleType:
    """Import one file of the template, which is not on the path of these tests."""
    name = Path(path).stem
    spec = importlib.util.spec_from_file_location(name, TEMPLATE / path)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the parts of a project that make a page, and two files to read."""
    folder = tmp_path_factory.mktemp("tools")
    for name in ("startpy", "helpers"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TEMPLATE / name, folder / name, ignore=ignore)
    (folder / "stages").mkdir()
    (folder / "config.json").write_text('{"title": "Birds <& bees>"}', encoding="utf-8")
    (folder / "dot.png").write_bytes(png())
    return folder


@pytest.fixture(scope="session")
def render(tools: Path) -> Render:
    """Return a function that renders a script; its page is at `page_of(folder)`."""

    def render(
        script: str, *inputs: str, folder: Path = tools, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        (folder / "stages" / "report.py").write_text(script, encoding="utf-8")
        command = [sys.executable, "-m", "startpy.report", "--script", "stages/report.py"]
        return subprocess.run(
            [*command, "--inputs", *(inputs or ["dot.png"]), "--out", "results/report.html"],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", **environment},
            capture_output=True,
            encoding="utf-8",
        )

    return render


def page_of(folder: Path) -> Path:
    return folder / "results" / "report.html"


@pytest.fixture(scope="session")
def example_page(render: Render, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = render(EXAMPLE, "config.json", "dot.png")
    assert done.returncode == 0, done.stderr
    return Path(shutil.copy(page_of(tools), tmp_path_factory.mktemp("example")))


@pytest.fixture(scope="session")
def example(example_page: Path) -> str:
    return example_page.read_text(encoding="utf-8")


def made(render: Render, folder: Path, body: str) -> str:
    """Return the page of a script without title page, or fail with what went wrong."""
    done = render(FRONT + body)
    assert done.returncode == 0, done.stderr
    return page_of(folder).read_text(encoding="utf-8")


# What a page is made of


def test_the_title_may_be_a_value_that_a_later_cell_finds(example: str) -> None:
    assert example.count("<h1") == 1
    assert "<h1>Birds &lt;&amp; bees&gt;</h1>" in example
    assert "<title>Birds &lt;&amp; bees&gt;</title>" in example
    assert "Ada &amp; Bo" in example
    assert "2024-05-06" in example


def test_contents_list_the_headings_down_to_their_depth(example: str) -> None:
    contents = example[example.index("<nav") : example.index("</nav>")]
    assert re.findall('href="#([^"]+)">([^<]+)<', contents) == [
        ("all-the-birds", "All the birds"),
        ("their-masses", "Their masses"),
        ("all-the-birds-2", "All the birds"),
    ]
    assert re.findall(r"<(h\d) id=\"([^\"]+)\"", example) == [
        ("h2", "all-the-birds"),
        ("h3", "their-masses"),
        ("h4", "too-deep-for-the-contents"),
        ("h2", "all-the-birds-2"),
    ]


def test_each_id_is_unique_and_each_link_within_the_page_arrives(example: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', example)
    assert len(ids) == len(set(ids))
    assert set(re.findall('href="#([^"]+)"', example)) <= set(ids)


def test_sections_that_begin_with_one_sign_move_below_the_title(
    render: Render, tools: Path
) -> None:
    page = made(render, tools, "# # Section\n# ## Part of it\n")
    assert re.findall(r"<(h\d) id=\"([^\"]+)\"", page) == [("h2", "section"), ("h3", "part-of-it")]


def test_code_is_folded_unless_a_cell_says_otherwise(example: str) -> None:
    assert re.findall('<details class="code"( open)?>\n<summary>(.*)</summary>', example) == [
        ("", "Code"),
        (" open", "How it was drawn"),
        ("", "Code"),
        ("", "Code"),
    ]
    assert "never_run" in example
    assert "hidden_code = 1" not in re.sub("<[^>]+>", "", example)
    assert "hidden output" not in example
    assert "#|" not in example


def test_figures_and_tables_are_numbered_and_referred_to(example: str) -> None:
    captions = re.findall(r"<figcaption[^>]*>(.*)</figcaption>", example)
    assert captions == ["<b>Table 1.</b> All 3 <em>birds</em>.", "<b>Figure 1.</b> A dot."]
    sentence = (
        'There are 3 birds, see <a href="#tbl-birds">Table 1</a> and <a href="#fig-dot">Figure 1'
    )
    assert sentence in example
    assert 'alt="One dot of 2 pixels" width="2" height="2"' in example


def test_a_bare_table_is_shown_for_readers(example: str) -> None:
    table = example[example.index('id="tbl-birds"') :]
    table = table[table.index("<thead>") : table.index("</table>")]
    assert table == (
        '<thead><tr><th scope="col">name</th><th scope="col" class="number">mass_g</th>'
        '<th scope="col" class="date">born</th></tr></thead>\n<tbody>\n'
        '<tr><td>Ada</td><td class="number">3,700.50</td><td class="date">2007-11-11</td></tr>\n'
        '<tr><td>Bo</td><td class="number">–</td><td class="date">2007-11-09</td></tr>\n'
        '<tr><td>Cy</td><td class="number">12,000.25</td><td class="date">–</td></tr>\n'
        "</tbody>"
    )


def test_print_display_and_semicolon_work_as_in_a_notebook(example: str) -> None:
    assert re.findall(r'<pre role="region"[^>]*>([^<]*)</pre>', example) == [
        "printed &lt;b&gt;\n",
        "21\n",
    ]


def test_the_foot_names_each_input_and_its_sha256(example: str, tools: Path) -> None:
    foot = example[example.index("<footer>") :]
    for name in ("config.json", "dot.png"):
        assert name in foot
        assert hashlib.sha256((tools / name).read_bytes()).hexdigest() in foot
    assert str(tools) not in example


def test_open_figures_and_rich_objects_are_shown(render: Render, tools: Path) -> None:
    page = made(
        render,
        tools,
        """
# %%
#| fig-cap: Drawn by pyplot
#| fig-alt: A line
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()

# %%
#| tbl-cap: Made by a library
class Rich:
    def _repr_html_(self):
        return "<table><tr><td>its own</td></tr></table>"
Rich()

# %%
class Prose:
    def _repr_markdown_(self):
        return "*said* `{python} 1/0` <b>"
Prose()
""",
    )
    assert 'alt="A line" width="1280"' in page
    assert "<b>Table 1.</b> Made by a library" in page
    assert "<td>its own</td>" in page
    assert "<em>said</em> <code>{python} 1/0</code> &lt;b&gt;" in page


def test_the_same_page_comes_of_another_seed_zone_language_and_folder(
    render: Render, tools: Path, example_page: Path, tmp_path: Path
) -> None:
    elsewhere = shutil.copytree(tools, tmp_path / "an other place")
    page_of(elsewhere).unlink(missing_ok=True)
    done = render(
        EXAMPLE,
        "config.json",
        str(elsewhere / "dot.png"),
        folder=elsewhere,
        PYTHONHASHSEED="7",
        TZ="Asia/Tokyo",
        LC_ALL="de_DE.UTF-8",
    )
    assert done.returncode == 0, done.stderr
    assert page_of(elsewhere).read_bytes() == example_page.read_bytes()
    assert b"\r" not in example_page.read_bytes()


def test_python_makes_the_same_page_as_the_command(
    render: Render, tools: Path, example_page: Path
) -> None:
    render(EXAMPLE, "config.json", "dot.png")
    call = (
        "from pathlib import Path; from startpy.report import main; "
        "main(Path('stages/report.py'), [Path('config.json'), Path('dot.png')], Path('other.html'))"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", call], cwd=tools, env=environment, check=True)
    assert (tools / "other.html").read_bytes() == example_page.read_bytes()


# What is refused, and how

FAULTS = {
    "an error in a cell": (
        "# ## Sums\n\n# %%\n\n1 / 0\n",
        "report stopped at stages/report.py, line 9:",
        "ZeroDivisionError: division by zero",
        "In the section “Sums” of the report.",
    ),
    "an error in inline code": (
        "# ## Sums\n# Two lines\n# and `{python} nothing + 1` more\n",
        "report stopped at stages/report.py, line 7:",
        "NameError: name 'nothing' is not defined",
        "In the section “Sums” of the report.",
    ),
    "an error in a caption": (
        "\n# %%\n#| tbl-cap: '`{python} nothing`'\nimport pandas as pd\npd.DataFrame({'a': [1]})\n",
        "report stopped at stages/report.py, line 7:",
        "NameError",
    ),
    "an error while a value is shown": (
        "\n# %%\nclass Odd:\n    def _repr_html_(self):\n        raise KeyError('gone')\n\nOdd()\n",
        "stages/report.py, line 11",
        "KeyError: gone",
    ),
    "a sentence that is not Python": ("\n# %%\nthis is not\n", "(report.py, line 7)"),
    "code in a markdown cell": ("x = 1\n", "stages/report.py, line 5: a markdown cell must hold"),
    "an unknown kind of cell": (
        "\n# %% [markdwn]\n# Lost\n",
        "line 6: a cell must be",
        "[markdwn]",
    ),
    "an unknown option": ("\n# %%\n#| fig-capt: A\n1\n", "line 7: an option must be", "fig-capt"),
    "a malformed option": ("\n# %%\n#| fig-cap A\n1\n", "line 7: an option must read", "fig-cap A"),
    "an option of the wrong type": (
        "\n# %%\n#| label: a\n#| echo: nope\n1\n",
        "line 8: echo must be true or false, but came 'nope'",
    ),
    "an unquoted colon": (
        "\n# %%\n#| fig-cap: A: b\n1\n",
        "line 7: this must be YAML",
        "in quotes",
    ),
    "an option below code": (
        "\n# %%\nx = 1\n#| echo: false\n",
        "line 8: an option",
        "above the code",
    ),
    "a figure without alternative text": (
        "\n# %%\n#| fig-cap: A dot\nfrom helpers.show import show_figure\nshow_figure('dot.png')\n",
        "line 6: the figure of this cell must have a text for those who cannot see it",
        "#| fig-alt:",
    ),
    "a figure without caption": (
        "\n# %%\n#| fig-alt: A dot\nfrom helpers.show import show_figure\nshow_figure('dot.png')\n",
        "line 6: the figure of this cell must have a caption",
    ),
    "a caption without figure": (
        "\n# %%\n#| fig-cap: A dot\nx = 1\n",
        "line 7: with fig-cap, this cell must show one figure, not 0",
    ),
    "a label used twice": (
        "\n# %%\n#| label: tbl-a\n1\n\n# %%\n#| label: tbl-a\n2\n",
        "line 11: a label must be unique, but tbl-a was used before",
    ),
    "a reference to nothing": ("# See\n# @fig-none.\n", "line 6: @fig-none must be the label"),
    "an image in the prose": ("# ![dot](dot.png)\n", "line 5: an image must come from a code cell"),
    "an object without a text": ("\n# %%\nobject()\n", "line 7", "<object object at 0x"),
    "a file that the rule does not list": (
        "\n# %%\nx = 1\ny = open('config.json').read()\n",
        "stages/report.py, line 8, reads config.json, but the rule `report` does not list it: "
        "add it to the rule's input in the Snakefile",
    ),
    "an unlisted file in inline code": (
        "# `{python} open('config.json').read()`\n",
        "stages/report.py, line 5, reads config.json",
    ),
}
SHOWN = {
    "a script": "<script>1</script>",
    "an event handler": "<b onclick='x()'>b</b>",
    "a picture from elsewhere": "<img src='https://example.org/a.png'>",
    "a stylesheet": "<link rel=stylesheet href=a.css>",
    "a style that loads": "<p style='background: url(https://example.org/a.png)'>b</p>",
    "an imported style": "<style>@import 'https://example.org/a.css';</style>",
    "a link that runs": "<a href='javascript:x()'>b</a>",
    "a frame": "<iframe srcdoc='a'></iframe>",
}
RICH = "\n# %%\nclass Rich:\n    def _repr_html_(self):\n        return {html!r}\n\nRich()\n"


FRONT_FAULTS = {
    "# %%\n1\n": "line 1: a report must begin with `# %% [markdown]`",
    "# %% [markdown]\n# Hello\n": "line 2: the first cell must begin with the front matter",
    "# %% [markdown]\n# ---\n# lang: en\n# ---\n": "line 2: the front matter must have a title",
    "# %% [markdown]\n# ---\n# lang: en\n# title: A: b\n# ---\n": "line 4: this must be YAML",
    "# %% [markdown]\n# ---\n# title: A\n# date: today\n# ---\n": "line 4: date must be a day",
    "# %% [markdown]\n# ---\n# title: A\n# titel: B\n# ---\n": "line 4: an option must be one of",
    "# %% [markdown]\n# ---\n# title: A\n# lang: Old English\n# ---\n": "line 4: lang must be",
    "# %% [markdown]\n# ---\n# title: '`{python} gone`'\n# ---\n": "NameError: name 'gone'",
}
# One Python for all faults: each script meets the page of yesterday and leaves what it says.
EACH_FAULT = """
import contextlib, io, json, os, sys
from pathlib import Path
from startpy.command import run
from startpy.report import main

said = {}
for name, text in json.load(sys.stdin).items():
    Path("stages/report.py").write_text(text, encoding="utf-8")
    Path("results").mkdir(exist_ok=True)
    Path("results/report.html").write_text("the page of yesterday", encoding="utf-8")
    words = "--script stages/report.py --inputs dot.png --out results/report.html"
    sys.argv = ["report", *words.split()]
    status, error = 0, io.StringIO()
    with contextlib.redirect_stderr(error):
        try:
            run(main)
        except SystemExit as end:
            status = end.code
    said[name] = [status, error.getvalue(), os.listdir("results")]
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tools: Path) -> dict[str, list]:
    """What came of each faulty script: its status, its words, and what is left in results."""
    scripts = {name: FRONT + body for name, (body, *_) in FAULTS.items()}
    scripts |= {script: script for script in FRONT_FAULTS}
    done = subprocess.run(
        [sys.executable, "-c", EACH_FAULT],
        input=json.dumps(scripts),
        cwd=tools,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_said_with_file_and_line(fault: str, said: dict[str, list]) -> None:
    status, text, left = said[fault]
    for words in FAULTS[fault][1:]:
        assert words in text
    assert "Traceback" not in text
    assert "python run.py report" in text
    assert (status, left) == (1, [])


@pytest.mark.parametrize("script", FRONT_FAULTS)
def test_a_faulty_front_matter_is_said_with_its_line(script: str, said: dict[str, list]) -> None:
    status, text, left = said[script]
    assert FRONT_FAULTS[script] in text
    assert (status, left) == (1, [])


def test_a_report_that_stops_ends_with_status_1_and_leaves_no_page(
    render: Render, tools: Path
) -> None:
    page_of(tools).parent.mkdir(exist_ok=True)
    page_of(tools).write_text("the page of yesterday", encoding="utf-8")
    done = render(FRONT + "# ## Sums\n\n# %%\n1 / 0\n")
    assert done.returncode == 1
    assert "report stopped at stages/report.py, line 8:" in done.stderr
    assert list(page_of(tools).parent.iterdir()) == []


@pytest.mark.parametrize("shown", SHOWN)
def test_html_that_needs_the_network_or_a_script_is_found(shown: str) -> None:
    assert load("startpy/report/refused.py").refused(SHOWN[shown])


def test_html_that_needs_the_network_or_a_script_is_refused(render: Render) -> None:
    done = render(FRONT + RICH.format(html=SHOWN["a script"]))
    assert done.returncode == 1
    assert "stages/report.py, line 6: a page must need nothing from outside" in done.stderr
    assert "<script>" in done.stderr


def test_html_that_needs_nothing_is_shown(render: Render, tools: Path) -> None:
    html = "<p style='background: url(data:,)'><a href='https://example.org'>b</a></p>"
    assert html in made(render, tools, RICH.format(html=html))


# show_table


@pytest.fixture(scope="module")
def show() -> ModuleType:
    return load("helpers/show.py")


def cells(table: object) -> list[list[str]]:
    """Return the text of each cell, row by row, headings first."""
    rows = re.findall("<tr>(.*)</tr>", table.body)
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in rows]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([1234567, 12], ["1,234,567", "12"]),
        ([1.5, None], ["1.5", "–"]),
        ([5076.0163, 3700.6625], ["5,076", "3,701"]),
        ([43.92193, 38.79139], ["43.9", "38.8"]),
        ([0.000123456, 0.0002], ["0.000123", "0.000200"]),
        ([-0.0001, 10.0], ["0.0", "10.0"]),
        ([True, False], ["yes", "no"]),
        ([None, None], ["–", "–"]),
        (pd.array([1, None], dtype="Int64"), ["1", "–"]),
        (pd.array([True, None], dtype="boolean"), ["yes", "–"]),
        (pd.Categorical(["b", None]), ["b", "–"]),
        (pd.to_datetime(["2007-11-11", "2007-11-12 09:30"], format="ISO8601"),
         ["2007-11-11 00:00:00", "2007-11-12 09:30:00"]),
        (["<b>", "a & b"], ["&lt;b&gt;", "a &amp; b"]),
        ([2**60 + 1, 1], ["1,152,921,504,606,846,977", "1"]),
    ],
)  # fmt: skip
def test_a_column_is_shown_as_a_reader_wants_it(
    show: ModuleType, values: list, shown: list
) -> None:
    assert [row[0] for row in cells(show.show_table(pd.DataFrame({"a": values})))[1:]] == shown


def test_years_and_the_index_have_no_separators(show: ModuleType) -> None:
    table = pd.DataFrame({"egg_year": [2007, 2008]}, index=pd.Index([1001, 1002], name="nest"))
    assert cells(show.show_table(table)) == [
        ["nest", "egg_year"],
        ["1001", "2007"],
        ["1002", "2008"],
    ]


def test_an_index_of_row_numbers_is_left_out(show: ModuleType) -> None:
    table = pd.DataFrame({"a": [1, 2, 3]})
    assert cells(show.show_table(table))[0] == ["a"]
    assert cells(show.show_table(table[1:])) == [["", "a"], ["1", "2"], ["2", "3"]]


def test_an_index_of_levels_is_shown_whole_even_if_named_as_a_column(show: ModuleType) -> None:
    index = pd.MultiIndex.from_tuples([("x", 1), ("x", 2)], names=["a", "b"])
    table = pd.DataFrame([[3, 4], [5, 6]], index=index, columns=["a", "a"])
    assert cells(show.show_table(table)) == [
        ["a", "b", "a", "a"],
        ["x", "1", "3", "4"],
        ["x", "2", "5", "6"],
    ]


def test_columns_of_levels_are_named_by_all_levels(show: ModuleType) -> None:
    table = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("mass", "min"), ("n", "")]))
    assert cells(show.show_table(table))[0] == ["mass · min", "n"]


def test_percent_digits_and_labels_are_by_column(show: ModuleType) -> None:
    table = pd.DataFrame({"share": [0.4312, 1], "n": [1, 2], "x": [1.25, 2]})
    shown = show.show_table(table, percent=["share"], digits={"x": 3}, labels={"n": "Birds"})
    assert cells(shown) == [
        ["share", "Birds", "x"],
        ["43.12%", "1", "1.250"],
        ["100.00%", "2", "2.000"],
    ]


def test_long_and_empty_tables_say_so(show: ModuleType) -> None:
    long = show.show_table(pd.Series(range(12345), name="n"))
    assert (len(cells(long)), long.note) == (51, "First 50 of 12,345 rows.")
    empty = show.show_table(pd.DataFrame({"a": []}))
    assert (cells(empty), empty.note) == ([["a"]], "No rows.")


def test_a_name_that_is_no_column_is_refused(show: ModuleType) -> None:
    with pytest.raises(
        ValueError, match=r"`percent` must name columns of the table \(a\), but came b"
    ):
        show.show_table(pd.DataFrame({"a": [1]}), percent=["b"])
    with pytest.raises(TypeError, match="a DataFrame or a Series, but came list"):
        show.show_table([1])


def test_only_what_is_a_figure_is_shown_as_one(show: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"not a figure")
    with pytest.raises(ValueError, match="must hold a PNG figure"):
        show.show_figure(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"must be a \.png or \.svg file"):
        show.show_figure(tmp_path / "a.jpg")


# In a browser


class Counter(http.server.BaseHTTPRequestHandler):
    hits: list[str]

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[str, list[str]]]:
    """Count what pages ask of the network: the address of a server and the paths asked for."""
    hits: list[str] = []
    handler = type("Handler", (Counter,), {"hits": hits})
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}", hits
    listening.shutdown()


@pytest.fixture(scope="session")
def hostile_page(
    render: Render,
    tools: Path,
    server: tuple[str, list[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    done = render(HOSTILE.replace("ADDRESS", server[0]))
    assert done.returncode == 0, done.stderr
    return Path(shutil.copy(page_of(tools), tmp_path_factory.mktemp("hostile")))


@pytest.fixture
def opened(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page and notes what it complains of and asks for."""
    pages = []

    def opened(path: Path, width: int = 1280, scheme: str = "light") -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        pages.append(page)
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "request", lambda asked: page.complaints.append(asked.url) if web(asked.url) else None
        )
        page.goto(path.as_uri(), wait_until="networkidle")
        return page

    yield opened
    for page in pages:
        page.close()


def web(url: str) -> bool:
    return not url.startswith(("file:", "data:"))


PAGES = pytest.mark.parametrize("name", ["report_page", "example_page", "hostile_page"])


@PAGES
def test_a_page_asks_for_nothing_and_complains_of_nothing(
    name: str,
    request: pytest.FixtureRequest,
    opened: Callable[..., Page],
    server: tuple[str, list[str]],
) -> None:
    server[1].clear()
    page = opened(request.getfixturevalue(name))
    title = page.title()
    page.locator("details.code summary").first.click()
    for button in page.locator("th button").all()[:3]:
        button.click()
    page.wait_for_load_state("networkidle")
    assert page.complaints == []
    assert server[1] == []
    assert page.title() == title != "taken"
    assert page.locator("main :is(script, iframe, [onerror], a[href^=javascript])").count() == 0


def test_hostile_text_is_shown_as_it_is(hostile_page: Path, opened: Callable[..., Page]) -> None:
    page = opened(hostile_page)
    evil = page.title()
    assert evil.startswith("</title></script><script>document.title = 'taken'")
    assert evil.endswith("`{python} 1/0` **strong**")
    assert page.locator("h1").text_content() == evil
    assert page.locator("figure img").get_attribute("alt") == evil
    assert page.locator("figcaption").first.text_content() == f"Table 1. {evil}"
    assert page.locator("figure.table tbody th").first.text_content() == evil
    assert page.locator("main :is(b, strong):not(figcaption > b)").count() == 0
    assert page.locator("main :is(p, h2, td, th) img").count() == 0


@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without it"])
def test_the_policy_disarms_what_a_library_forgets_to_escape(
    policy: bool,
    example: str,
    tmp_path: Path,
    opened: Callable[..., Page],
    server: tuple[str, list[str]],
) -> None:
    address, hits = server
    forgotten = (
        f"<script>document.title = 'taken'; fetch('{address}/fetch')</script>"
        f"<img src='{address}/img' onerror=\"document.title = 'taken'\">"
        f"<link rel=stylesheet href='{address}/style'><iframe src='{address}/frame'></iframe>"
    )
    text = example.replace("</main>", forgotten + "</main>")
    if not policy:
        text = re.sub("<meta http-equiv=.*>", "", text)
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    hits.clear()
    page = opened(tmp_path / "page.html")
    assert (page.title() == "taken") is not policy
    assert sorted(hits) == ([] if policy else ["/fetch", "/frame", "/img", "/style"])


def test_the_policy_admits_the_script_of_the_page_alone(example: str) -> None:
    script = re.findall("<script>(.*?)</script>", example, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert (
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\""
    ) in example


@PAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_is_accessible_with_code_closed_and_open(
    name: str, scheme: str, width: int, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name), width, scheme)
    for click in (False, True):
        if click:
            page.locator("#show-code").click()
        found = Axe().run(page).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


@PAGES
def test_a_page_fits_a_phone(
    name: str, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name), width=390)
    page.locator("#show-code").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@PAGES
def test_what_scrolls_is_reached_by_keyboard_and_has_a_name_of_its_own(
    name: str, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name))
    regions = page.locator("main :is(.scroll, pre)").all()
    assert regions
    assert {region.get_attribute("tabindex") for region in regions} == {"0"}
    assert {region.get_attribute("role") for region in regions} == {"region"}
    names = [
        region.get_attribute("aria-label") or region.get_attribute("aria-labelledby")
        for region in regions
    ]
    assert None not in names
    assert len(set(names)) == len(names)


@PAGES
@pytest.mark.parametrize(("width", "open_at_first"), [(1280, True), (390, False)])
def test_contents_are_open_at_a_desk_and_folded_on_a_phone(
    name: str,
    width: int,
    open_at_first: bool,
    request: pytest.FixtureRequest,
    opened: Callable[..., Page],
) -> None:
    page = opened(request.getfixturevalue(name), width)
    assert page.locator("nav a").first.is_visible() is open_at_first
    page.set_viewport_size({"width": 1670 - width, "height": 900})
    page.wait_for_function(
        f"document.querySelector('nav details').open === {str(not open_at_first).lower()}"
    )


@PAGES
def test_one_button_shows_and_hides_all_code(
    name: str, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name))
    button = page.locator("#show-code")
    code, shown = page.locator("details.code"), page.locator("details.code[open]")
    assert code.count() > shown.count()
    button.click()
    assert (shown.count(), button.get_attribute("aria-pressed")) == (code.count(), "true")
    button.click()
    assert (shown.count(), button.get_attribute("aria-pressed")) == (0, "false")


def test_a_heading_sorts_its_table_up_and_down(
    example_page: Path, opened: Callable[..., Page]
) -> None:
    page = opened(example_page)
    table = page.locator("#tbl-birds")

    def after(heading: str) -> tuple[str | None, list[str]]:
        table.get_by_role("button", name=heading).click()
        names = table.locator("tbody tr td:first-child").all_text_contents()
        return table.locator("th", has_text=heading).get_attribute("aria-sort"), names

    assert after("name") == ("ascending", ["Ada", "Bo", "Cy"])
    assert after("name") == ("descending", ["Cy", "Bo", "Ada"])
    assert after("mass_g") == ("ascending", ["Ada", "Cy", "Bo"])
    assert after("mass_g") == ("descending", ["Cy", "Ada", "Bo"])
    assert after("born") == ("ascending", ["Bo", "Ada", "Cy"])
    assert table.locator("[aria-sort]").count() == 1


@PAGES
def test_a_print_has_the_figures_and_neither_code_nor_buttons(
    name: str, request: pytest.FixtureRequest, opened: Callable[..., Page]
) -> None:
    page = opened(request.getfixturevalue(name))
    page.locator("#show-code").click()
    page.emulate_media(media="print")
    assert page.locator("figure img").first.is_visible()
    for hidden in ("nav", "#show-code", "details.code", "pre.code"):
        assert not page.locator(hidden).first.is_visible()
