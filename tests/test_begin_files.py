"""`python run.py begin FILE` on files as people send them: what is a name, a number, a gap."""

import ast
import io
import re
import sys
import tokenize

import pandas as pd
import pytest
from projects import TEMPLATE
from test_begin import begin, clean, desk, draft, fresh, passes_its_tests, receive  # noqa: F401

sys.path.insert(0, str(TEMPLATE))

from startpy.begin.columns import look_at
from startpy.begin.doubts import doubts_of, in_code, last_sum
from startpy.begin.draft import table_name
from startpy.begin.reading import NoTable, read_received
from startpy.suspicious import suspicious_in

KINDS = "code;town;visited;paid;weight;note\n" + "".join(
    f"{n:03d};{['Bonn', 'Ulm'][n % 2]};0{n % 9 + 1}.02.2026;{['yes', 'no'][n % 2]};{n},5;t{n}\n"
    for n in range(1, 13)
)
TWICE = ["Town", "N", "R", "N.1", "R.1"]


def names_in(path):
    """Return the names that a drafted file uses or gives, of variables and in rules."""
    text = path.read_text("utf-8")
    if path.name == "Snakefile":
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        return {token.string for token in tokens if token.type == tokenize.NAME}
    found = set()
    for node in ast.walk(ast.parse(text)):
        for part in ("id", "arg", "asname", "name", "module"):
            if not isinstance(node, ast.keyword):
                found.add(getattr(node, part, None))
    return {name.partition(".")[0] for name in found if isinstance(name, str)}


def test_no_table_is_called_like_something_in_the_drafts_or_in_a_rule_of_snakemake(desk):  # noqa: F811
    from snakemake.iocontainers import InputFiles

    done = draft(desk, receive(desk, "visits_zz.csv", KINDS))
    assert done.returncode == 0, done.output
    drafted = [desk.folder / "Snakefile", desk.folder / "contracts.py"]
    drafted += [*(desk.folder / "stages").glob("*.py"), *(desk.folder / "tests").glob("*.py")]
    names = {name for path in drafted for name in names_in(path)} | set(dir(InputFiles()))
    ours = re.compile("_|test_|.*visits_zz")
    taken = {name for name in names if name.islower() and not ours.match(name)}
    assert {"items", "script", "overview", "column", "rows", "ledger", "few"} <= taken
    wrong = {name for name in taken if table_name([f"{name}.csv"]) == name}
    assert wrong == set(), sorted(wrong)


def as_read(tmp_path, content, name="a.csv", **options):
    (tmp_path / name).write_bytes(content.encode())
    return read_received(tmp_path / name, name, None, **options)


@pytest.mark.parametrize(
    ("content", "names", "above"),
    [
        ("town\nKöln\nBonn\nBonn\n", ["town"], ""),
        ("Full name\nAnna Schmidt\nBob Meier\n", ["Full name"], ""),
        (",town\na,Bonn\nb,Ulm\n", ["Unnamed: 0", "town"], ""),
        ("#id,town\n1,Bonn\n2,Ulm\n", ["#id", "town"], ""),
        ("land,2019,2020\nDE,1,2\nFR,3,4\n", ["land", "2019", "2020"], ""),
        ("name, age\nAnn, 5\nBob, 6\n", ["name", " age"], ""),
        ("a,b,,,\nx,y,,,\nu,v,w,w,w\nz,,,,\n", ["a", "b", "Unnamed: 2"], ""),
        ("Title\n\nland,km\nDE,1\n", ["land", "km"], "Title"),
        ("Title,,,\nland,2019,2020,2021\nDE,1,2,3\n", ["land", "2019", "2020", "2021"], "Title"),
        ("Title,,,\ntown,1,2,3\nBonn,5,2,3\n", ["town", "1", "2", "3"], "Title"),
        ("# so, and so\na,b\nx,1\ny,2\n", ["a", "b"], "# so | and so"),
        ("People, by land\nland,year,people\nDE,2019,5\n", ["land", "year", "people"], "People |"),
        (",2023,,2024,\nTown,N,R,N,R\nBonn,1,2,3,4\n", TWICE, "2023 | 2024"),
        (",23,23,24,24\nTown,N,R,N,R\nBonn,1,2,3,4\nUlm,5,6,7,8\n", TWICE, "23 | 23"),
    ],
)  # fmt: skip
def test_the_names_are_found_and_what_stands_above_them_is_told(tmp_path, content, names, above):
    received = as_read(tmp_path, content)
    assert list(received.table.columns)[: len(names)] == names
    assert received.above.startswith(above) and bool(received.above) == bool(above)


def test_a_heading_over_several_columns_of_a_sheet_is_told(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 1, 0, 2, 2023)
        sheet.merge_range(0, 3, 0, 4, 2024)
        sheet.write_row(1, 0, ["Town", "Number", "Rate", "Number", "Rate"])
        sheet.write_row(2, 0, ["Bonn", 1, 0.1 + 0.2, 3, 4.5])
        sheet.write_row(3, 0, ["Ulm", 1, 2.5, 3, 4e-9])
    received = read_received(tmp_path / "a.xlsx", "a.xlsx", None)
    assert (received.options, received.above) == ({"skip": 1}, "2023 | 2024")
    kinds = {each.theirs: each.kind for each in look_at(received.table)}
    assert (kinds["Town"], kinds["Number"], kinds["Rate"], kinds["Rate.1"]) == (
        *("text", "whole", "number", "number"),
    )


def test_fields_parted_by_blanks_are_refused_and_a_title_that_looks_like_names_can_be_skipped(
    tmp_path,
):
    with pytest.raises(NoTable, match="but has blanks: 'x y z'"):
        as_read(tmp_path, "x y z\n1 2 3\n4 5 6\n")
    with pytest.raises(NoTable, match="Then: --skip 1, or more"):
        as_read(tmp_path, "People,by land\nland,year,people\nDE,2019,5\n")
    skipped = as_read(tmp_path, "People,by land\nland,year,people\nDE,2019,5\n", skip=1)
    assert list(skipped.table.columns) == ["land", "year", "people"]


def test_the_line_of_the_names_can_be_told_and_a_file_keeps_the_name_it_has(desk):  # noqa: F811
    file = receive(desk, "towns.csv", "People,by land\nland,year,people\nDE,2019,5\n")
    assert "Then: --skip 1, or more." in draft(desk, file).output
    assert "must be a number of lines" in draft(desk, file, "--skip", "one").output
    done = draft(desk, file, "--skip", "1")
    assert done.returncode == 0, done.output
    assert "skip=1" in (desk.folder / "stages/ingest.py").read_text("utf-8")
    named = draft(desk, file, "--skip", "1", "--as", "lands.csv")
    assert named.returncode == 1
    assert "is here already, as data/raw/towns.csv, and keeps this name" in named.output


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["0.30000000000000004", "12.123456789012345"], "number"),
        (["1.2345678901234567e-05", "1e+20"], "number"),
        (["1234567890123456", "1"], "text"),
        (["+49301234567", "+49 30 7654321"], "text"),
        (["+5", "-12"], "whole"),
        (["$5", "€6"], "text"),
        (["5 EUR", "6,50 EUR", "0"], "number"),
        (["5%", "0.5"], "text"),
        (["5%", "12.5%", "0"], "number"),
    ],
)
def test_a_column_is_of_numbers_only_if_it_loses_nothing(values, kind):
    (column,) = look_at(pd.DataFrame({"x": values}))
    assert column.kind == kind


CODES = """code,region,side_effects,score
NA,Africa,none,1.5
DE,Europe,none,2.5
FR,Europe,rash,none
US,NA,none,4.5
"""


def test_a_word_that_means_missing_in_one_column_stays_in_the_others_and_the_report_says_so(desk):  # noqa: F811
    done = draft(desk, receive(desk, "trial.csv", CODES))
    assert done.returncode == 0, done.output
    table = clean(desk)
    assert table["code"].tolist() == ["NA", "DE", "FR", "US"]
    assert table["side_effects"].tolist() == ["none", "none", "rash", "none"]
    assert table["region"].isna().tolist() == [False, False, False, True]
    assert table["score"].isna().tolist() == [False, False, True, False]
    report = " ".join(
        (desk.folder / "stages/report.py").read_text("utf-8").replace("#", "").split()
    )
    assert "Taken for missing: `NA` in `region`; `none` in `score`." in report
    assert "`NA` in `code` stays" in report
    assert passes_its_tests(desk, "tests/test_clean.py") is True


@pytest.mark.parametrize(
    ("values", "finding", "said"),
    [
        (["1,5", "2,25", "3,75", "4,5", "n/k"], "is no number", "numbers, but not `n/k`"),
        (["1.5", "2", "3", "about 4"], "is no number", "numbers, but not `about 4`"),
        (["01.02.2026", "05.02.2026", "31.12.2025", "soon"], "is no date", "dates, but not `soon`"),
        (["$5", "$7", "€6"], None, "numbers are of several kinds: `$` and `€`"),
        (["007", "008", "009", "x"], None, None),
        (["Bonn", "Ulm", "Köln", "7"], None, None),
    ],
)
def test_a_column_that_is_nearly_of_numbers_or_dates_is_named(values, finding, said):
    (column,) = look_at(pd.DataFrame({"x": values}))
    told = [text for text in doubts_of([column]) if said and said in text]
    assert len(told) == (said is not None)
    found = [text for text, rows in suspicious_in(column.values, None) if len(rows)]
    assert [text for text in found if text.startswith("is no ")] == (
        [f"{finding}, as most others are"] if finding else []
    )


@pytest.mark.parametrize(
    ("town", "people", "found"),
    [
        (["Bonn", "Ulm", "Total"], ["3", "4", "7"], True),
        (["Bonn", "Ulm", "Total général"], ["3", "", "3"], True),
        (["Bonn", "Ulm", "Gesamt", "Bonn", "Ulm", "Gesamt"], ["3", "4", "7", "1", "2", "3"], True),
        (["Bonn", "Ulm", "Total"], ["3", "4", "8"], False),
        (["Bonn", "Ulm", "Totalschaden"], ["3", "4", "7"], False),
    ],
)
def test_a_row_of_totals_is_named(town, people, found):
    table = pd.DataFrame({"town": town, "people": people})
    assert bool(last_sum(table, look_at(table))) == found


def test_what_a_file_says_is_told_as_text_and_never_becomes_code():
    assert in_code("`{python} 1/0`\n# %%\x1b[31m") == "`'{ python} 1/0' # %% [31m`"
    assert in_code("from /home/ann/a.csv, ann@example.org") == "`from …`"
    assert in_code("n/k, 1/2") == "`n/k, 1/2`"
    assert len(in_code("x" * 1000)) < 80
