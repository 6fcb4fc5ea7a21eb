"""The ledger: no row comes or goes unseen on its way through a stage."""

import sys

import pandas as pd
import pytest
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

from helpers.ledger import COLUMNS, Ledger, sum_up

BIRDS = pd.DataFrame({"bird": ["A", "B", "B", "C"], "mass_g": [3750, 3800, 3800, None]})


def weighed(table):
    return table["mass_g"].notna()


def first_of_each(table):
    return ~table.duplicated()


def test_the_steps_of_a_chain_are_in_the_ledger_in_their_order():
    ledger = Ledger()
    clean = (
        BIRDS.pipe(ledger.receive, "birds.csv")
        .pipe(ledger.keep, first_of_each, "repeated")
        .pipe(ledger.keep, weighed, "never weighed")
        .pipe(ledger.keep, weighed, "never seen")
    )
    assert ledger.close(clean)[COLUMNS].values.tolist() == [
        ["received", "birds.csv", 0, 0, 4, 4],
        ["left out", "repeated", 4, 1, 0, 3],
        ["left out", "never weighed", 3, 1, 0, 2],
        ["left out", "never seen", 2, 0, 0, 2],
    ]
    said = "4 rows received, 2 kept: 1 repeated; 1 never weighed"
    assert sum_up(ledger.close(clean)) == said
    assert ledger.left_out()["why_left_out"].tolist() == ["repeated", "never weighed"]
    assert clean.index.tolist() == [0, 1]
    assert len(BIRDS) == 4
    assert "why_left_out" not in BIRDS


def test_the_rows_of_several_files_are_received_one_by_one_and_go_on_together():
    ledger = Ledger()
    parts = [BIRDS.head(1), BIRDS.tail(2), BIRDS.head(0)]
    tables = [
        part.pipe(ledger.receive, f"{number}.csv") for number, part in enumerate(parts, start=1)
    ]
    together = pd.concat(tables, ignore_index=True)
    assert ledger.close(together)["added"].tolist() == [1, 2, 0]
    assert sum_up(ledger.close(together)) == "3 rows received, 3 kept"


def test_a_join_that_adds_rows_is_a_step_with_its_reason():
    ledger = Ledger()
    nests = pd.DataFrame({"bird": ["A", "A", "B"], "nest": [1, 2, 3]})
    joined = BIRDS.pipe(ledger.receive, "birds.csv").pipe(
        ledger.change, lambda t: t.merge(nests, on="bird", how="left"), "birds with two nests"
    )
    assert sum_up(ledger.close(joined)) == (
        "4 rows received, 5 kept: 1 added, birds with two nests"
    )


def test_rows_that_go_without_a_step_are_missed_at_the_next_step_and_at_the_end():
    ledger = Ledger()
    lost = BIRDS.pipe(ledger.receive, "birds.csv").dropna()
    message = 'must have the 4 rows that "birds.csv" left, but has 3'
    with pytest.raises(ValueError, match=f'The table before "repeated" {message}'):
        lost.pipe(ledger.keep, first_of_each, "repeated")
    with pytest.raises(ValueError, match='The table before "tripled"'):
        lost.pipe(ledger.change, lambda t: pd.concat([t, t, t]), "tripled")
    with pytest.raises(ValueError, match=rf"The table to be written {message}.*ledger.keep or"):
        ledger.close(lost)


def test_a_step_before_anything_is_received_says_what_is_to_be_done():
    with pytest.raises(ValueError, match=r"must be received first: table.pipe\(ledger.receive"):
        BIRDS.pipe(Ledger().keep, weighed, "never weighed")


def test_a_table_cannot_be_received_in_the_middle():
    ledger = Ledger()
    BIRDS.pipe(ledger.receive, "birds.csv").pipe(ledger.keep, weighed, "never weighed")
    with pytest.raises(ValueError, match=r"'more.csv' came after 'never weighed'.*ledger.change"):
        BIRDS.pipe(ledger.receive, "more.csv")


@pytest.mark.parametrize(
    ("condition", "kind", "said"),
    [
        (lambda t: t["mass_g"], TypeError, "must be a column of True and False, but is float64"),
        (lambda t: [True] * len(t), TypeError, "but is list"),
        (BIRDS["mass_g"].notna().tail(2), ValueError, "must be about the rows of the table"),
    ],
)
def test_a_condition_must_say_yes_or_no_for_each_row(condition, kind, said):
    ledger = Ledger()
    with pytest.raises(kind, match=said):
        BIRDS.pipe(ledger.receive, "birds.csv").pipe(ledger.keep, condition, "never weighed")


def test_a_missing_yes_or_no_leaves_the_row_out():
    ledger = Ledger()
    unsure = pd.Series([True, False, None, True], dtype="boolean")
    kept = BIRDS.pipe(ledger.receive, "birds.csv").pipe(ledger.keep, unsure, "unsure")
    assert kept["bird"].tolist() == ["A", "C"]


def test_a_step_has_a_reason_and_returns_a_table():
    ledger = Ledger()
    with pytest.raises(ValueError, match="must have a reason in words, but came ''"):
        BIRDS.pipe(ledger.receive, "")
    BIRDS.pipe(ledger.receive, "birds.csv")
    with pytest.raises(TypeError, match="'counted' must return a table, but returned int"):
        BIRDS.pipe(ledger.change, len, "counted")


def test_a_column_of_the_name_that_the_ledger_writes_is_refused():
    ledger = Ledger()
    table = BIRDS.assign(why_left_out="?").pipe(ledger.receive, "birds.csv")
    with pytest.raises(ValueError, match="`why_left_out` is what the ledger writes"):
        table.pipe(ledger.keep, weighed, "never weighed")


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"mass_g": pd.array([1, None], dtype="Int64"), "n": [1, 2]}),
        pd.DataFrame({"mass_g": pd.Categorical(["a", None]), 7: ["😀", "b"]}),
        pd.DataFrame({"mass_g": pd.to_datetime(["2026-01-01", None]).tz_localize("UTC")}),
        pd.DataFrame([[1, 2], [None, 3]], columns=["mass_g", "mass_g2"]),
        pd.DataFrame({"mass_g": [1.0, None]}, index=pd.Index(["x", "y"], name="bird")),
    ],
)
def test_types_and_an_index_that_says_something_are_kept(table):
    ledger = Ledger()
    kept = table.pipe(ledger.receive, "any").pipe(ledger.keep, weighed, "never weighed")
    assert kept.dtypes.tolist() == table.dtypes.tolist()
    assert kept.equals(table.head(1))
    assert len(ledger.left_out()) == 1


def test_what_the_index_says_of_a_row_left_out_is_kept():
    ledger = Ledger()
    BIRDS.set_index("bird").pipe(ledger.receive, "any").pipe(ledger.keep, weighed, "never weighed")
    assert ledger.left_out()["bird"].tolist() == ["C"]


def test_a_run_that_leaves_nothing_out_writes_the_same_columns_and_types():
    def run(table):
        ledger = Ledger()
        table.pipe(ledger.receive, "birds.csv").pipe(ledger.keep, weighed, "never weighed")
        return ledger.left_out().dtypes.to_dict()

    assert run(BIRDS.dropna()) == run(BIRDS) == run(BIRDS.head(0))
    assert Ledger().left_out().empty


def test_a_ledger_that_does_not_add_up_is_refused(tmp_path):
    ledger = Ledger()
    clean = BIRDS.pipe(ledger.receive, "birds.csv").pipe(ledger.keep, weighed, "never weighed")
    ledger.close(clean).to_csv(tmp_path / "ledger.csv", index=False)
    back = pd.read_csv(tmp_path / "ledger.csv")
    assert sum_up(back) == "4 rows received, 3 kept: 1 never weighed"
    with pytest.raises(ValueError, match='does not at "never weighed": 4 rows before, 2 left out'):
        sum_up(back.assign(left_out=[0, 2]))
    with pytest.raises(ValueError, match=r"as Ledger.close returns it, but this one lacks step"):
        sum_up(back.drop(columns="step"))
    with pytest.raises(ValueError, match="has no step"):
        sum_up(back.head(0))


def test_the_report_tells_what_became_of_every_record_received(project):
    ledger = pd.read_csv(project.folder / "data/processed/ledger.csv")
    assert sum_up(ledger) == "344 rows received, 342 kept: 2 without measurements"
    page = (project.folder / "results/report.html").read_text("utf-8")
    assert "344 rows received, 342 kept: 2 without measurements" in page
