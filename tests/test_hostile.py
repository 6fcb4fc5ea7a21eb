"""Raw data whose every value is an attack: nothing runs, nothing leaves, nothing is obeyed."""

import csv
import io
import re
import zipfile

import openpyxl
import pytest
from projects import Project

# What a terminal would obey: escape codes, and signs that turn letters around.
OBEYED = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# `ADDRESS` is the counting server's.
ATTACKS = [
    "</script><script>document.title='taken';fetch('ADDRESS/script')</script>",
    "<img src=ADDRESS/img onerror=\"document.title='taken'\">",
    "<svg onload=\"fetch('ADDRESS/svg')\"><style>@import 'ADDRESS/css'</style>",
    "[click](javascript:document.title='taken') ![](ADDRESS/md)",
    "`{python} 1/0` $\\frac{ {braces} %(n)s",
    '=HYPERLINK("ADDRESS/x","click")',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "\t=1+1",
    "{=1+1}",
    "\x1b[2J\x1b[31mred\x1b]0;taken\x07",
    "safe \u202egnp.exe\u202c \u2066x\u2069",
    "x" * 1_000_000,
]


@pytest.fixture(scope="module")
def attacks(server):
    return [text.replace("ADDRESS", server[0]) for text in ATTACKS]


@pytest.fixture(scope="module")
def attacked(project, attacks, server, tmp_path_factory):
    """The example with attacks for field notes, run; and what the run printed."""
    copy = project.copy(tmp_path_factory.mktemp("attacked") / "project")
    for path in ("adelie.csv", "chinstrap.csv", "gentoo.csv"):
        file = copy.folder / "data/raw" / path
        header, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
        for row, attack in zip(rows, attacks, strict=False):
            # Of a bird that nobody measured the report shows what the field notes say.
            row[9:13], row[14:16], row[16] = ["NA"] * 4, ["NA"] * 2, attack
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([header, *rows])
        copy.receive(path, file.read_bytes(), text.getvalue())
    done = copy.snakemake()
    assert done.returncode == 0, done.output[-3000:]
    return copy, done.output


@pytest.fixture(scope="module")
def begun(project, attacks, tmp_path_factory):
    """A project begun with a file of attacks, by name, value and column."""
    place = tmp_path_factory.mktemp("begun")
    copy = project.copy(place / "project")
    names = [f"{attack[:60]}" for attack in attacks[:8]]
    header = ["id", *names, "n"]
    rows = [
        [str(number), *(attacks[(number + at) % len(attacks)] for at in range(len(names))), "1.5"]
        for number in range(30)
    ]
    text = "\n".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [header, *rows]
    )
    (place / "attack.csv").write_text(text + "\n", encoding="utf-8", newline="")
    words = ["attack.csv", "--source", attacks[0], "--license", "CC0-1.0"]
    for command in (["init"], ["add", "."], ["commit", "-m", "a"]):
        name = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.hooksPath=none"]
        assert copy.run("git", *name, *command).returncode == 0
    done = copy.run(copy.python, "-m", "startpy.begin", *words, STARTPY_CALLED_IN=str(place))
    assert done.returncode == 0, done.output[-3000:]
    return Project(copy.folder, copy.python), done.output


BOTH = pytest.mark.parametrize(
    "name", ["attacked", pytest.param("begun", marks=pytest.mark.nightly)]
)


@BOTH
def test_on_the_page_nothing_runs_and_no_request_leaves(name, request, opened, server):
    server[1].clear()
    made, _ = request.getfixturevalue(name)
    page = opened(made.folder / "results/report.html")
    title = page.title()
    for details in page.locator("details.code summary").all()[:2]:
        details.click()
    page.wait_for_load_state("networkidle")
    assert (page.complaints, server[1]) == ([], [])
    assert page.title() == title != "taken"
    forbidden = "script, iframe, style, [onerror], [onload], a[href^=javascript], img[src^=http]"
    assert page.locator(f"main :is({forbidden})").count() == 0


@BOTH
def test_no_workbook_holds_a_formula_or_a_link(name, request):
    made, _ = request.getfixturevalue(name)
    books = list((made.folder / "results").rglob("*.xlsx"))
    assert books
    for path in books:
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                assert not [cell.value for cell in row if cell.data_type == "f" or cell.hyperlink]
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                assert b"<f>" not in archive.read(part) and "hyperlink" not in part


@BOTH
def test_a_run_prints_nothing_that_a_terminal_obeys(name, request):
    _, said = request.getfixturevalue(name)
    assert OBEYED.findall(said) == []


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("stages/clean.py", "    rows = Ledger()",
         "    print(EVIL)\n    warnings.warn(EVIL)\n    raise ValueError(EVIL)"),
        ("data/corrections/penguins.csv", "N", "N\x1b[31m\u202e"),
        ("config.yaml", "lightest_g: ", "lightest_g: \x1b[31m\u202e"),
    ],
    ids=["an error of a stage", "a correction", "a setting"],
)  # fmt: skip
def test_an_error_quotes_a_value_and_the_terminal_obeys_none_of_it(copy, path, old, new):
    copy.edit(path, old, new)
    if path.startswith("stages"):
        copy.edit(path, "from pathlib import Path\n", "import warnings\nfrom pathlib import Path\n")
        copy.edit(path, "UNKNOWN = ", 'EVIL = "\\x1b[31m red \\u202e txet \\r gone"\nUNKNOWN = ')
    done = copy.snakemake()
    assert done.returncode != 0
    assert OBEYED.findall(done.output) == []
    assert "\\x1b[31m" in done.output or path == "config.yaml"
