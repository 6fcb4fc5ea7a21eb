"""`python run.py begin FILE...`: the example makes room for data of one's own.

python tests/test_begin.py     writes down anew what the example is, after a change of it
"""

import html
import json
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from markdown_it import MarkdownIt
from projects import TEMPLATE, Project, bake, run

sys.path.insert(0, str(TEMPLATE))

from helpers.check import suspicious_report
from startpy.begin import place
from startpy.begin.columns import key_of, look_at, our_names
from startpy.begin.draft import table_name

EXAMPLE = [
    "README.md",
    "Snakefile",
    "config.schema.yaml",
    "config.yaml",
    "contracts.py",
    "data/assumptions.csv",
    "data/corrections/penguins.csv",
    *(f"stages/{stage}.py" for stage in ("analyse", "clean", "ingest", "report")),
    *(f"tests/test_{of}.py" for of in ("analyse", "clean", "pipeline")),
]
PRINTS = TEMPLATE / "startpy/begin/fingerprints.py"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FROM = ("--source", "The office", "--license", "CC0-1.0")
OF_THE_EXAMPLE = re.compile("penguin|adelie|gentoo|chinstrap|bird|palmer|gorman", re.I)
# All but the last step, the run of the pipeline; or all up to a stop of the machine.
NO_RUN = "import startpy.begin.__main__ as b, sys; b.run = lambda _: 0; b.main(sys.argv[1:])"
POWER_CUT = (
    "import os, sys, startpy.begin.__main__ as b; b.place.remember = lambda _: os._exit(9);"
    "b.main(sys.argv[1:])"
)
ORDERS = """Auftrags-Nr.;Straße;Datum;Betrag;bezahlt?;leer
000001;Königstraße;31.12.2025;1.234,50 €;ja;
000002;königstraße ;02.01.2026;12,00 €;nein;
000003;Königstraße;24.12.2026;;ja;
000004;Ring;03.01.2026;7,25 €;ja;
"""
HOSTILE = {
    "class": range(4),
    "def f():\n  pass": "x",
    "{braces}": 1.5,
    "\"quotes\" and 'more'": "a{b}",
    "</script><script>alert(1)</script>": "=1+1",
    "`{python} 1/0`": "</script>",
    "": list("abcd"),
    "source_file": "q",
    "copies": "7",
    "self": "z",
    "x" * 130: ["| pipe |", "\\", "😀", '"""'],
}


def fingerprints():
    """Return the module that says what the example is, as it must be now."""
    asked = json.loads((TEMPLATE.parent / "cookiecutter.json").read_text("utf-8"))
    parts = [
        "# From the template: an update may replace this file.",
        '"""What the example is, as it was shipped: made by tests/test_begin.py."""',
        "",
        f'TITLE = "{asked["title"]}"',
        f'QUESTION = "{asked["question"]}"',
        "EXAMPLE = {",
        *(f'    "{name}": "{place.fingerprint(TEMPLATE / name, name)}",' for name in EXAMPLE),
        "}",
    ]
    return "\n".join(parts) + "\n"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A project as it was made, not run yet."""
    folder = tmp_path_factory.mktemp("Ördner mit Blanks")
    made = bake(folder)
    assert made.returncode == 0, made.output
    return Project(folder / "penguins-of-palmer", Path(sys.executable))


@pytest.fixture
def desk(fresh, tmp_path):
    """A copy of it with its repository, in a folder to which files come."""
    shutil.copytree(fresh.folder, tmp_path / "project")
    return Project(tmp_path / "project", fresh.python)


def begin(desk, *words, how=("-m", "startpy.begin"), source=FROM):
    told = {"STARTPY_CALLED_IN": str(desk.folder.parent)}
    told["STARTPY_AGAIN"] = "python run.py begin " + " ".join(map(str, words))
    return desk.run(desk.python, *how, *words, *source, **told)


def draft(desk, *words, **more):
    """Do all that begin does but the run."""
    return begin(desk, *words, how=("-c", NO_RUN), **more)


def receive(desk, name, content, encoding="utf-8"):
    content = content if isinstance(content, bytes) else content.encode(encoding)
    (desk.folder.parent / name).write_bytes(content)
    return name


def clean(desk):
    """Run the first two drafted stages by hand, and return the clean table."""
    (table,) = re.findall(r"def clean_(\w+)", (desk.folder / "stages/clean.py").read_text("utf-8"))
    listed = json.loads((desk.folder / "data/raw/datapackage.json").read_text("utf-8"))
    names = [entry["path"] for entry in listed["resources"]]
    for name in names:
        words = ("--raw", f"data/raw/{name}", "--out", f"data/interim/{name}.parquet")
        assert (done := desk.run(desk.python, "-m", "stages.ingest", *words)).returncode == 0, (
            done.output
        )
    ingested = [f"data/interim/{name}.parquet" for name in names]
    corrections = desk.folder / "data/corrections" / f"{table}.csv"
    words = (f"--{table.replace('_', '-')}", *ingested, "--corrections", corrections)
    words += ("--out", "data/processed/clean.parquet", "--corrected", "data/processed/log.parquet")
    words += ("--ledger", "data/processed/ledger.csv")
    words += ("--codebook", "results/codebook.xlsx")
    done = desk.run(desk.python, "-m", "stages.clean", *words)
    assert done.returncode == 0, done.output
    return pd.read_parquet(desk.folder / "data/processed/clean.parquet")


def passes_its_tests(desk, *paths):
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *paths)
    done = desk.run(desk.python, *words)
    return done.returncode == 0 or done.output


def changed(desk):
    """Return what git sees as changed or new."""
    return run("git", "status", "--porcelain", cwd=desk.folder).output


def test_what_the_example_is_is_written_down_as_it_is_shipped():
    assert PRINTS.read_text("utf-8") == fingerprints(), "Renew it: python tests/test_begin.py"


def test_one_command_replaces_the_example_and_ends_in_a_report_that_others_can_make(desk):
    file = receive(desk, "Aufträge 2026.csv", ORDERS, "cp1252")
    done = begin(desk, file)
    assert done.returncode == 0, done.output
    assert re.search(r"The report: .*results.report\.html\n", done.output)
    assert "contracts.py      what each column means" in done.output
    table = pd.read_parquet(desk.folder / "data/processed/auftrage.parquet")
    assert table["auftrags_nr"].tolist() == ["000001", "000002", "000003", "000004"]
    assert table["betrag"].tolist()[:2] == [1234.5, 12.0]
    assert table["datum"].dt.date.astype("str").tolist()[0] == "2025-12-31"
    assert table["bezahlt"].tolist() == [True, False, True, True]
    assert "leer" not in table
    page = (desk.folder / "results/report.html").read_text("utf-8")
    for said in ("begins or ends with blanks", "is another one but for case", "Windows-1252"):
        assert said in page
    assert "Aufträge 2026" in page
    record = json.loads((desk.folder / "expected/outputs.json").read_text("utf-8"))
    assert "results/report.html" in record["results"]
    for path in desk.folder.rglob("*"):
        parts = path.relative_to(desk.folder).parts
        if path.is_file() and parts[0] not in (
            ".git",
            ".snakemake",
            ".cruft.json",
            "helpers",
            "startpy",
        ):
            assert not OF_THE_EXAMPLE.search("/".join(parts)), path
            text = path.read_bytes().decode("utf-8", "replace")
            assert path.suffix in (".png", ".pdf", ".parquet") or not OF_THE_EXAMPLE.search(text), (
                path
            )
    assert passes_its_tests(desk, "tests/test_clean.py", "tests/test_analyse.py") is True
    assert "Nothing to be done" in desk.snakemake().output
    assert desk.run(desk.python, "-m", "startpy.raw", "check").returncode == 0


def test_a_drafted_project_keeps_the_title_that_the_user_gave(project, tmp_path):
    title = 'Wo "bleibt" \\ {{ die }} *Post* & <b>?'
    assert bake(tmp_path, f"title={title}", "project_slug=x").returncode == 0
    desk = Project(tmp_path / "x", project.python)
    done = draft(desk, receive(desk, "orders.csv", ORDERS))
    assert done.returncode == 0, done.output
    config = yaml.safe_load((desk.folder / "config.yaml").read_text("utf-8"))
    assert (config["title"], config["question"]) == (title, f"What is in {title}?")
    assert (config["settings"]["time_zone"], config.get("clean")) == ("UTC", None)
    wanted = tomllib.loads((desk.folder / "pyproject.toml").read_text("utf-8"))
    assert wanted["project"]["description"] == config["question"]
    cited = yaml.safe_load((desk.folder / "CITATION.cff").read_text("utf-8"))
    assert (cited["title"], cited["abstract"]) == (title, config["question"])
    text = (desk.folder / "README.md").read_text("utf-8")
    assert "\n## Who made it\n\nMade by Your Name with startpy. Ask at you@example.org." in text
    readme = MarkdownIt().render(text)
    shown = re.findall("<h1>(.*)</h1>|<p><strong>(.*)</strong></p>", readme)
    assert [html.unescape("".join(each)) for each in shown] == [title, config["question"]]


def test_a_workbook_is_read_from_its_sheet_with_data_and_below_its_title(desk):
    import xlsxwriter

    with xlsxwriter.Workbook(desk.folder.parent / "Parcels.xlsx") as book:
        book.add_worksheet("Cover").write(0, 0, "Read me")
        sheet = book.add_worksheet("Data")
        sheet.write(0, 0, "Parcels by town, 2026")
        for place_, name in enumerate(["Town", "Code", "Parcels"]):
            sheet.write(2, place_, name)
        for row in range(3, 20):
            sheet.write_row(row, 0, [["Bonn", "Ulm", "Köln"][row % 3], f"{row:04d}"])
            sheet.write(row, 2, row)
    done = draft(desk, "Parcels.xlsx")
    assert done.returncode == 0, done.output
    assert 'sheet="Data", skip=2' in (desk.folder / "stages/ingest.py").read_text("utf-8")
    table = clean(desk)
    assert table["code"].tolist()[:2] == ["0003", "0004"]
    assert table["parcels"].sum() == sum(range(3, 20))


def test_names_and_values_from_a_file_never_become_code(desk):
    pd.DataFrame(HOSTILE).to_csv(desk.folder.parent / "import.csv", index=False)
    done = begin(desk, "import.csv")
    assert done.returncode == 0, done.output
    assert (desk.folder / "data/processed/records.parquet").exists()
    page = (desk.folder / "results/report.html").read_text("utf-8")
    assert "<script>alert(1)" not in page
    assert passes_its_tests(desk, "tests/test_clean.py", "tests/test_analyse.py") is True


def test_several_files_of_one_kind_become_one_table_that_knows_them_apart(desk):
    for year in (2025, 2026):
        rows = "".join(f"S{n},{year}-0{n}-11,{n * 3}\n" for n in range(1, 9))
        receive(desk, f"sales_{year}.csv", f"Sales of {year}\n\nshop,day,sold\n{rows}")
    done = draft(desk, "sales_2025.csv", "sales_2026.csv")
    assert done.returncode == 0, done.output
    assert "def sales" in (desk.folder / "contracts.py").read_text("utf-8")
    assert clean(desk)["source_file"].value_counts().to_dict() == {
        "sales_2025.csv": 8,
        "sales_2026.csv": 8,
    }


def test_a_parquet_file_keeps_its_types(desk):
    kept = {"n": pd.array([1, None], dtype="Int64"), "at": pd.to_datetime(["2026-01-01"] * 2)}
    table = pd.DataFrame(kept | {"kind": pd.Categorical(["a", "b"]), "list": [[1], [2]]})
    table.to_parquet(desk.folder.parent / "events.parquet")
    done = draft(desk, "events.parquet")
    assert done.returncode == 0, done.output
    assert clean(desk)[list(table)].dtypes.astype("str").tolist() == [
        *("Int64", "datetime64[us]", "category", "object")
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.csv": ""}, "must hold data, but is empty"),
        ({"a.csv": "town,sold\n"}, "must have rows below its names"),
        ({"a.csv": "<!DOCTYPE html><html></html>"}, "is a page of the web"),
        ({"a.csv": b"%PDF-1.4 ..."}, "must be text, but is a PDF document"),
        ({"a.csv": b"a,b\n\x81\x8d,1\n"}, "must be text in UTF-8, UTF-16 or Windows-1252"),
        ({"a.pdf": b"%PDF-1.4 ..."}, "must be .csv, .tsv, .txt, a workbook or .parquet"),
        ({"Ä 1.xlsx": OLE + "EncryptedPackage".encode("utf-16-le")}, "Ä 1.xlsx is protected by a"),
        ({"a.xlsx": b"PK\x03\x04 no workbook"}, "must be a workbook, but cannot be read"),
        ({"a.csv": "a,b\n1,2\n", "b.tsv": "a\tb\n1\t2\n"}, "All files must be of one kind"),
        ({"a.csv": "a,b\n1,2\n", "b.csv": "a,c\n1,2\n"}, "b.csv lacks `b` and b.csv has `c`"),
        ({"a.csv": "a,b\n1,2\n3,4,5\n"}, "line 3: a row must have 2 fields"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence_before_anything_is_written(fresh, files, said):
    for name, content in files.items():
        receive(fresh, name, content)
    done = draft(fresh, *files)
    assert done.returncode == 1
    assert said in done.output
    assert "Traceback" not in done.output
    assert changed(fresh) == ""


def test_a_file_without_a_source_is_refused_with_the_question(fresh):
    done = draft(fresh, receive(fresh, "orders.csv", ORDERS), source=())
    assert "--source is needed. Where is it from" in done.output
    assert "--license is needed." in done.output
    assert changed(fresh) == ""


def test_edited_stages_are_replaced_only_if_told_and_only_if_git_holds_them(desk):
    file = receive(desk, "orders.csv", ORDERS)
    desk.edit("stages/clean.py", "UNKNOWN =", "# mine\nUNKNOWN =")
    refused = draft(desk, file)
    assert "  stages/clean.py\n" in refused.output
    assert refused.output.rstrip().endswith("--overwrite")
    refused = draft(desk, file, "--overwrite")
    assert "would be lost, because git does not hold it" in refused.output
    assert "# mine" in (desk.folder / "stages/clean.py").read_text("utf-8")
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    run("git", *who, "commit", "--no-verify", "-qam", "mine", cwd=desk.folder)
    done = draft(desk, file, "--overwrite")
    assert done.returncode == 0, done.output
    assert "def clean_orders" in (desk.folder / "stages/clean.py").read_text("utf-8")


def test_drafts_that_nobody_has_edited_are_drafted_anew_for_another_file(desk):
    draft(desk, receive(desk, "orders.csv", ORDERS))
    done = draft(desk, receive(desk, "towns.csv", "town,people\nBonn,3\nUlm,1\n"))
    assert done.returncode == 0, done.output
    assert 'sources("towns.csv")' in (desk.folder / "Snakefile").read_text("utf-8")
    corrections = desk.folder / "data/corrections"
    assert os.listdir(corrections) == ["towns.csv"]
    config = yaml.safe_load((desk.folder / "config.yaml").read_text("utf-8"))
    assert (config["title"], config["question"]) == ("Towns", "What is in Towns?")
    wanted = tomllib.loads((desk.folder / "pyproject.toml").read_text("utf-8"))["project"]
    assert (wanted["name"], wanted["description"]) == ("towns", "What is in Towns?")
    with open(corrections / "towns.csv", "a", encoding="utf-8") as file:
        file.write("Ulm,people,1,2,Counted again,Ann,2026-11-24\n")
    refused = draft(desk, "orders.csv")
    assert "\n  data/corrections/towns.csv\n" in refused.output


@pytest.mark.parametrize(
    ("content", "key"),
    [("town,people\nBonn,3\nUlm,1\n", "Ulm"), ("date,hours\n1,3\n1,3\n", "days.csv,2")],
    ids=["by a key", "by file and line"],
)
def test_a_line_of_corrections_is_applied_by_what_was_drafted(desk, content, key):
    done = draft(desk, receive(desk, "days.csv", content))
    assert done.returncode == 0, done.output
    column = content.split("\n")[0].split(",")[1]
    corrections = desk.folder / "data/corrections/days.csv"
    old = content.split("\n")[2 if key == "Ulm" else 1].split(",")[1]
    with open(corrections, "a", encoding="utf-8") as file:
        file.write(f"{key},{column},{old},8,Counted again,Ann,2026-11-24\n")
    assert 8 in clean(desk)[column].tolist()


def test_a_begin_that_was_stopped_halfway_is_finished_by_the_next(desk):
    file = receive(desk, "orders.csv", ORDERS)
    stopped = begin(desk, file, how=("-c", POWER_CUT))
    assert stopped.returncode == 9
    done = draft(desk, file)
    assert done.returncode == 0, done.output
    assert "An earlier begin was stopped" in done.output
    assert "def clean_orders" in (desk.folder / "stages/clean.py").read_text("utf-8")
    assert os.listdir(desk.folder / "data/raw") and not place.READY.exists()
    assert desk.run(desk.python, "-m", "startpy.raw", "check").returncode == 0


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["0012", "0034"], "text"),
        (["12", "7"], "whole"),
        (["1.5", "7", "-"], "number"),
        (["1 234,50", "7,1"], "number"),
        (["12345678901234567890", "1"], "text"),
        (["31/12/2025", "01/02/2026"], "date"),
        (["20251231", "20260101"], "date"),
        (["2026-01-01", "2026-01-01 10:30:00"], "date"),
        (["yes", "No"], "boolean"),
        (["да", "нет"], "boolean"),
        (["M", "F"] * 3, "category"),
        (["NA", ""], "empty"),
        (["12.5", "about 13"], "text"),
    ],
)
def test_a_column_is_what_all_its_values_are(values, kind):
    (column,) = look_at(pd.DataFrame({"x": values}))
    assert column.kind == kind


def test_dates_that_may_be_two_follow_the_other_dates_of_the_file_or_are_named():
    dates = {"sure": ["12/31/2025", "01/02/2026"], "unsure": ["01/02/2026", "03/04/2026"]}
    _, unsure = look_at(pd.DataFrame(dates))
    assert (unsure.formats, unsure.is_ambiguous) == (["%m/%d/%Y"], False)
    (alone,) = look_at(pd.DataFrame(dates)[["unsure"]])
    assert (alone.formats, alone.is_ambiguous) == (["%d/%m/%Y"], True)


def test_a_key_is_one_column_or_a_few_together_and_no_measurement():
    table = pd.DataFrame({"town": list("aabb"), "year": ["1", "2"] * 2, "km": list("1234")})
    assert key_of(look_at(table)) == ["town", "year"]
    assert key_of(look_at(table.assign(km="1", year="1"))) == []


def test_our_names_are_words_of_python_and_no_two_are_alike():
    theirs = ["class", "Fläche (m²)", "²", "date", "date ", "1st", "日期", "self", "y" * 200]
    ours = our_names(theirs)
    assert all(name.isidentifier() and len(name) <= 60 for name in ours)
    assert len(set(ours)) == len(ours)
    assert ours[0] == "class_"


def test_a_table_is_called_as_its_files_are():
    assert table_name(["sales_2025.csv", "sales_2026.csv"]) == "sales"
    assert {table_name([f"{bad}.csv"]) for bad in ("import", "print", "2026", "figures")} == {
        "records"
    }


def test_suspicious_values_are_named_by_column_and_shown():
    dates = pd.to_datetime(["1900-01-01", "2026-01-01", "2027-01-01"] + ["2026-02-01"] * 9)
    table = pd.DataFrame(
        {
            "town": ["Bonn", "bonn", " Ulm", "KÃ¶ln", "?"] + ["Bonn"] * 7,
            "km": [999, 12, 13, 14, 90, 15, 12, 13, 14, 15, 12, 13],
            "seen": dates,
            "same": "x",
            "none": np.nan,
            "sold": ["1", "2", "about 3", *"456789", "10", "11", "12"],
        }
    )
    found = suspicious_report(table, received="2026-11-24").set_index(["column", "finding"])["rows"]
    for finding in [
        ("town", "is another one but for case or blanks"),
        ("town", "begins or ends with blanks"),
        ("town", "has broken letters"),
        ("town", "may stand for missing"),
        ("km", "may stand for missing"),
        ("km", "is far above the others"),
        ("seen", "may stand for missing"),
        ("seen", "is after 2026-11-24"),
        ("same", "is the same in every row that has it"),
        ("none", "is empty"),
        ("sold", "is no number, as most others are"),
    ]:
        assert finding in found.index, finding


def test_a_table_without_rows_or_oddities_has_nothing_suspicious():
    assert suspicious_report(pd.DataFrame({"a": []})).columns.tolist() == [
        *("column", "finding", "rows", "examples")
    ]
    assert suspicious_report(pd.DataFrame({"a": ["x", "y"], "b": [True, False]})).empty


if __name__ == "__main__":
    PRINTS.write_text(fingerprints(), encoding="utf-8", newline="\n")
