"""What a report refuses is said with its file and line, and no page is left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from reports import FRONT, Render, load, made, page_of

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
    "a footnote that nobody wrote": (
        "# See\n# this.[^gone]\n",
        "line 6: [^gone] must be a footnote",
    ),
    "a footnote that nobody refers to": (
        "# See.\n#\n# [^lost]: A note.\n",
        "line 7: a footnote must be referred to, but [^lost]",
    ),
    "a footnote written twice": (
        "# See.[^a]\n#\n# [^a]: A.\n\n# %% [markdown]\n# [^a]: B.\n",
        "line 10: a footnote must be written once, but [^a] was before",
    ),
    "a formula with an unknown command": (
        "# Two lines\n# and $\\maen{x}$.\n",
        "line 6: a formula must do without \\maen, but came '\\\\maen{x}'",
    ),
    "a formula that links": ("# $\\href{javascript:x}{y}$\n", "line 5: a formula must do without"),
    "a large formula in a line": (
        "# Two lines\n# and $$x$$.\n",
        "line 6: a formula between double dollars must stand alone",
    ),
    "a formula cut off": ("# $$\n# x_\n# $$\n", "line 5: a formula must be LaTeX, but 'x_' is not"),
    "a formula without a part": ("# $\\frac{1}$\n", "line 5: a formula must be whole"),
    "a parameter that is computed": (
        "\n# %%\n#| tags: [parameters]\ntop = 3\nlast = top + 1\n",
        "line 9: a cell tagged `parameters` must hold only lines like",
    ),
    "a figure too heavy for a page": (
        "\n# %%\n#| fig-cap: A\n#| fig-alt: A\nclass Rich:\n    def _repr_svg_(self):\n"
        "        return '<svg>' + 1_200_000 * ' ' + '</svg>'\n\nRich()\n",
        "line 13",
        "An SVG figure in a page must be below 1 MB, but this has 1.2",
        "Show the .png",
    ),
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
