"""What a contract says of rows that break it, and which contract is drafted from a table."""

import csv
import io
import sys
import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import TEMPLATE, run

sys.path.insert(0, str(TEMPLATE))

with warnings.catch_warnings(action="ignore"):
    from pandera.pandas import Check, Column, DataFrameSchema

from helpers.check import check_contract
from helpers.read import read_csv, read_excel
from helpers.write import write_excel

CONTRACT = DataFrameSchema(
    {
        "bird": Column(str),
        "sex": Column(str, Check.isin(["female", "male"]), nullable=True),
        "mass_g": Column(float, Check.between(2500, 6500)),
        "source_file": Column(str),
        "source_line": Column(int),
    },
    name="birds",
    unique=["bird"],
    strict=True,
)


@pytest.fixture
def birds():
    return pd.DataFrame(
        {
            "bird": ["a", "b", "c", "d"],
            "sex": ["female", "male", None, "male"],
            "mass_g": [3000.0, 3500, 4000, 4500],
            "source_file": "birds.csv",
            "source_line": [2, 3, 4, 5],
        },
        index=[7, 7, 8, 9],
    )


def said(table, contract=CONTRACT, **options):
    with pytest.raises(ValueError) as stopped:
        check_contract(table, contract, **options)
    return str(stopped.value)


def changed(table, column, **values):
    """Return the table with other values in some rows, counted from 0: `_1="x"`."""
    new = table[column].astype(object).tolist()
    for row, value in values.items():
        new[int(row[1:])] = value
    return table.assign(**{column: pd.Series(new, index=table.index, dtype=table[column].dtype)})


def test_a_table_that_keeps_its_contract_comes_back_itself(birds):
    assert check_contract(birds, CONTRACT) is birds


def test_a_broken_rule_is_a_sentence_with_the_values_and_where_they_came_from(birds):
    assert said(changed(birds, "sex", _1=".")) == (
        "The table `birds` must keep its contract, but breaks a rule of it:\n"
        "  `sex` must be one of female, male, but 1 of 4 rows is not: '.' (birds.csv, line 3)."
    )


def test_every_broken_rule_is_named_at_once(birds):
    message = said(
        birds.pipe(changed, "mass_g", _0=37.5, _1=None)
        .pipe(changed, "bird", _3="a")
        .rename(columns={"sex": "gender"})
    )
    for sentence in (
        "but breaks 5 rules of it:",
        "`sex` must be a column, but is not there.",
        "`gender` must be a column of the contract, but is none.",
        "`bird` must identify a row, but 2 of 4 rows repeat: "
        "'a' (birds.csv, line 2), 'a' (birds.csv, line 5).",
        "`mass_g` must be from 2500 to 6500, but 1 of 4 rows is not: 37.5 (birds.csv, line 2).",
        "`mass_g` must be there, but 1 of 4 rows is not: birds.csv, line 3.",
    ):
        assert sentence in message


def test_a_column_of_another_type_is_told_without_what_follows_from_it(birds):
    message = said(birds.astype({"mass_g": "str"}))
    assert "`mass_g` must be number (float64), but is text (str)." in message
    assert "breaks a rule of it" in message


def test_a_rule_about_several_columns_is_told_in_the_analysts_words():
    stays = pd.DataFrame({"first": [3, 9], "last": [7, 8]})
    whole = Check(lambda t: t["first"] <= t["last"], error="`first` is not after `last`")
    contract = DataFrameSchema({"first": Column(int), "last": Column(int)}, checks=[whole])
    assert "`first` is not after `last`: this must hold, but does not in 1 of 2 rows: 9 and 8" in (
        said(stays, contract)
    )


def test_a_rule_with_a_slip_in_it_is_told_as_one():
    slip = DataFrameSchema({"a": Column(int, Check(lambda v: v.foo > 1, error="foo"))})
    message = said(pd.DataFrame({"a": [1]}), slip)
    assert "`a`: foo, but this cannot be checked: AttributeError" in message


@pytest.mark.parametrize("rows", [0, 1])
def test_names_types_and_gaps_of_all_kinds_are_checked(rows):
    table = pd.DataFrame(
        {
            1: pd.array([1], dtype="Int64"),
            "yes": pd.array([True], dtype="boolean"),
            "kind": pd.Categorical(["x"]),
            "at": pd.to_datetime(["2026-11-24"], utc=True),
            "😀": ["a"],
        }
    ).head(rows)
    dtypes = ["Int64", "boolean", "category", "datetime64[us, UTC]", "str"]
    contract = DataFrameSchema(dict(zip(table, map(Column, dtypes), strict=True)), strict=True)
    assert check_contract(table, contract) is table


def test_what_is_no_table_or_no_contract_is_refused(birds):
    with pytest.raises(TypeError, match="A contract must be a DataFrameSchema of pandera, but is"):
        check_contract(birds, {"bird": str})
    with pytest.raises(TypeError, match="A table must be a DataFrame, but is list"):
        check_contract([1], CONTRACT)
    with pytest.raises(ValueError, match="`bird` stands for more"):
        check_contract(birds[["bird", "bird"]], CONTRACT)


def test_rows_at_fault_are_saved_with_their_rules_until_a_table_passes(birds, tmp_path):
    refused = tmp_path / "refused" / "birds.csv"
    message = said(changed(birds, "sex", _1=".", _3="?"), refused=refused)
    assert f"The 2 rows at fault are in {refused.as_posix()}." in message
    saved = pd.read_csv(refused)
    assert saved["broken_rules"].tolist() == ["`sex` must be one of female, male"] * 2
    assert saved["source_line"].tolist() == [3, 5]
    check_contract(birds, CONTRACT, refused=refused)
    assert not refused.exists()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a,b\n1,2\n\n3,4\n", [2, 4]),
        ('a,b\r\n1,"x\r\ny"\r\n\r\n3,4', [2, 5]),
        ('a,b\n1,5" pipe\n3,6" pipe\n4,5\n', [2, 3, 4]),
        ("a,b\r1,2\r\r3,4\r", [2, 4]),
        ('"a","b"\n"1","say ""hi""\nx"\n3,4\n', [2, 4]),
        ("a\n1\n\n3\n\n", [2, 3, 4]),
        ("sep=;\na;b\n1;2\n", [3]),
        ("a,b\n", []),
    ],
)
def test_a_row_knows_the_line_of_the_file_in_which_it_begins(tmp_path, text, lines):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    table = read_csv(path, dtype="str", missing=[], line="source_line")
    assert table["source_line"].tolist() == lines


FIELDS = st.text(st.sampled_from('ab",\n\r ö'), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FIELDS, FIELDS), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_lines_are_those_of_the_csv_module_whatever_is_quoted(tmp_path_factory, rows, end):
    text = "".join(written(row).removesuffix("\r\n") + end for row in [("x", "y"), *rows])
    path = tmp_path_factory.getbasetemp() / "lines.csv"
    path.write_bytes(text.encode())
    reader = csv.reader(io.StringIO(text, newline=""))
    begins = [1, *(reader.line_num + 1 for _ in reader)]
    table = read_csv(path, dtype="str", missing=[], line="line")
    assert table["line"].tolist() == begins[1:-1]


def written(row):
    """Return a line that ends in CRLF, so that either of the two is quoted within."""
    text = io.StringIO()
    csv.writer(text).writerow(row)
    return text.getvalue()


def test_pieces_know_their_lines_too_and_a_name_is_not_taken_twice(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n\n3,4\n5,6\n")
    pieces = read_csv(path, line="line", chunks=2)
    assert [piece["line"].tolist() for piece in pieces] == [[2, 4], [5]]
    with pytest.raises(ValueError, match=r"a\.csv has a column 'b' of its own"):
        read_csv(path, line="b")


def test_a_row_of_a_workbook_knows_its_row_of_the_sheet(tmp_path):
    path = tmp_path / "a.xlsx"
    write_excel(pd.DataFrame({"Title": ["", "town", "Bonn", "", "Ulm"]}), path)
    table = read_excel(path, skip=1, line="row")
    assert table.dropna()["row"].tolist() == [4, 6]


def schema(path, tmp_path):
    done = run(
        sys.executable,
        "-m",
        "startpy.schema",
        path,
        cwd=TEMPLATE,
        PYTHONDONTWRITEBYTECODE="1",
        STARTPY_CALLED_IN=str(tmp_path),
        STARTPY_AGAIN=f"python run.py schema {path}",
        PYTHONWARNINGS="ignore",
    )
    return done


def test_a_contract_is_drafted_from_a_table_and_the_table_keeps_it(tmp_path):
    table = pd.DataFrame(
        {
            'No."""': range(1, 10),
            "town": ["Bonn", "Ulm", None] * 3,
            "{km}": [0.5] * 9,
            "at": pd.to_datetime(["2026-11-24"] * 9, utc=True),
        }
    )
    table.to_parquet(tmp_path / "my trips.parquet")
    done = schema("my trips.parquet", tmp_path)
    assert done.returncode == 0, done.output
    made = {}
    exec(done.output, made)  # noqa: S102, what is drafted is to be a module
    contract = made["my_trips"]()
    assert check_contract(table, contract) is table
    assert "`town` must be one of Bonn, Ulm" in said(table.assign(town="Köln"), contract)
    assert 'unique=[\'No."""\']' in done.output


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.csv", None, "There is no file"),
        ("a.csv", "a,b\n", "must have columns and rows, but has none"),
        ("a.pdf", "x", "must end in one of"),
    ],
)
def test_what_no_contract_can_be_drafted_from_is_said_in_a_sentence(
    tmp_path, name, content, sentence
):
    if content:
        (tmp_path / name).write_text(content)
    done = schema(name, tmp_path)
    assert done.returncode == 1
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_the_pipeline_stops_at_a_broken_contract_and_names_file_and_line(copy):
    copy.receive("gentoo.csv", ",4875,", ",48750,")
    done = copy.run(copy.python, "-m", "snakemake", COLUMNS="200")
    assert done.returncode != 0
    last = done.output[done.output.rindex("clean stopped") :]
    assert "`body_mass_g` must be from 2500 to 6500, but " in last
    assert "48750 (gentoo.csv, line " in last
    assert "Traceback" not in last and "pandera" not in last.lower()
    refused = copy.folder / "data/interim/refused/penguins.csv"
    assert set(pd.read_csv(refused)["body_mass_g"]) == {48750}
    copy.receive("gentoo.csv", ",48750,", ",4875,")
    assert copy.snakemake().returncode == 0
    assert not refused.exists()
    raw = (copy.folder / "data/raw/gentoo.csv").read_text("utf-8").splitlines()
    penguins = pd.read_parquet(copy.folder / "data/processed/penguins.parquet")
    for row in penguins[penguins["source_file"] == "gentoo.csv"].itertuples():
        assert f",{row.individual_id}," in raw[row.source_line - 1]


def test_the_limits_in_config_are_those_of_the_contract(copy):
    copy.edit("config.yaml", "heaviest_g: 6500", "heaviest_g: 6000")
    done = copy.snakemake()
    assert "`body_mass_g` must be from 2500 to 6000" in done.output
