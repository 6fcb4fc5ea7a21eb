"""What the codebook, the data log and the assumptions say, and what they keep to themselves."""

import json
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

with warnings.catch_warnings(action="ignore"):
    from pandera.pandas import Check, Column, DataFrameSchema

from helpers.document import make_codebook, read_assumptions, read_data_log
from helpers.write import write_excel

HEADER = "assumption,why,impact,quality,who,date\n"


@pytest.fixture
def people():
    """Ten people, five of whom live in each town."""
    return pd.DataFrame(
        {
            "person_id": range(1000, 1010),
            "name": [f"Person {letter}" for letter in "abcdefghij"],
            "town": ["Bonn", "Ulm"] * 5,
            "seen_in": ["Bonn"] * 9 + ["Kleinstadt"],
            "born_on": pd.date_range("1950-01-01", periods=10),
            "mass_kg": [70.5, 61.0, None, *np.linspace(50, 80, 7)],
        }
    )


CONTRACT = DataFrameSchema(
    {
        "person_id": Column(int, unique=True),
        "name": Column(str),
        "town": Column(str, Check.isin(["Bonn", "Ulm"]), description="Where the person lives"),
        "seen_in": Column(str),
        "born_on": Column("datetime64[us]", metadata={"personal": True}),
        "mass_kg": Column(float, Check.gt(0), nullable=True, metadata={"unit": "kg"}),
    }
)


def test_a_column_has_its_meaning_unit_rules_and_name_in_the_raw_files(people):
    book = make_codebook(people, CONTRACT, {"Wohnort": "town"}).set_index("column")
    assert book.loc["town", ["meaning", "type", "must_hold", "in_raw_files"]].tolist() == [
        "Where the person lives",
        "text",
        "one of Bonn, Ulm; never missing",
        "Wohnort",
    ]
    assert book.loc["mass_kg", ["unit", "missing", "different", "least", "most"]].tolist() == [
        "kg",
        1,
        9,
        "50",
        "80",
    ]


def test_a_value_by_which_somebody_may_be_known_is_not_shown(people):
    shown = make_codebook(people, CONTRACT).set_index("column")[["least", "most", "examples"]]
    for column in ("person_id", "born_on"):
        assert shown.loc[column].isna().all(), column
    assert shown["examples"].dropna().to_dict() == {"town": "'Bonn', 'Ulm'"}
    text = make_codebook(people, CONTRACT).to_string()
    for personal in ("Person a", "1000", "1950", "Kleinstadt"):
        assert personal not in text


def test_a_table_without_a_contract_for_a_column_or_without_rows_has_a_codebook():
    table = pd.DataFrame({1: pd.array([None], dtype="Int64"), "list": [[1]], "😀": ["=1+1"]})
    for rows in (table, table.head(0), pd.DataFrame()):
        book = make_codebook(rows, DataFrameSchema({}))
        assert book["column"].tolist() == list(map(str, rows))
        assert book["examples"].isna().all()


def test_the_same_table_gives_the_same_workbook(people, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_excel({"Codebook": make_codebook(people, CONTRACT)}, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_codebook_of_the_example_explains_every_column(project):
    book = pd.read_excel(project.folder / "results/codebook.xlsx", engine="calamine")
    penguins = pd.read_parquet(project.folder / "data/processed/penguins.parquet")
    assert book["column"].tolist() == list(penguins)
    assert book["meaning"].notna().all()
    assert book.loc[book["column"].str.endswith(("_mm", "_g", "_permille")), "unit"].notna().all()


def test_the_data_log_has_every_file_also_those_that_left(tmp_path):
    path = tmp_path / "datapackage.json"
    old = {"name": "a", "path": "a.csv", "hash": "sha256:ab", "retrieved": "2026-01-01"}
    old |= {"replaced": {"by": "b.csv", "on": "2026-02-01", "reason": "Newer"}, "notes": "Draft."}
    new = {"name": "b", "path": "b.csv", "sources": [{"title": "Town hall", "path": "https://a.b"}]}
    gone = {"name": "c", "path": "c.csv", "reason": "Held names"}
    package = {"licenses": [{"name": "CC0-1.0"}], "resources": [old, new], "withdrawn": [gone]}
    path.write_text(json.dumps(package), encoding="utf-8")
    log = read_data_log(path)
    assert log["file"].tolist() == ["a.csv", "b.csv", "c.csv"]
    assert log["notes"].tolist()[0] == "Draft. Replaced by b.csv."
    assert log["notes"].tolist()[2] == "Withdrawn: Held names"
    described = log.loc[1, ["source", "address", "licence"]].tolist()
    assert described == ["Town hall", "https://a.b", "CC0-1.0"]


def test_a_list_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "datapackage.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"datapackage\.json must be a list of raw files"):
        read_data_log(path)


def test_assumptions_without_a_line_are_fine(tmp_path):
    path = tmp_path / "assumptions.csv"
    path.write_text(HEADER, encoding="utf-8")
    assert read_assumptions(path).empty
    path.write_text(HEADER + ",,,,,\n", encoding="utf-8")
    assert read_assumptions(path).empty


def test_every_fault_of_the_assumptions_is_named_with_its_line(tmp_path):
    path = tmp_path / "assumptions.csv"
    path.write_text(
        HEADER
        + '"All were\nasked.",So says the letter.,None,green,Ann,2026-11-24\n'
        + "Nobody lied.,,None,orange,Ann,24.11.2026\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError) as stopped:
        read_assumptions(path)
    faults = str(stopped.value).splitlines()[1:]
    assert [fault.partition(" line ")[2] for fault in faults] == [
        "4: `why` must be filled in.",
        "4: `quality` must be red, amber or green, but is 'orange'.",
        "4: `date` must be a date such as 2026-11-24, but is '24.11.2026'.",
    ]


def test_assumptions_under_other_names_are_refused_with_what_must_be_there(tmp_path):
    path = tmp_path / "assumptions.csv"
    path.write_text("assumption,reason\nx,y\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must have the columns assumption, why, impact, quality"):
        read_assumptions(path)


def test_the_assumptions_of_the_example_can_be_read():
    assert len(read_assumptions(TEMPLATE / "data/assumptions.csv")) > 3
