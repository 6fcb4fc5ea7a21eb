"""A table is shown as a reader wants it, a figure as it stands in its file."""

import re
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from projects import TEMPLATE
from reports import load


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


def test_a_column_of_sentences_has_room_to_be_read(show: ModuleType) -> None:
    table = pd.DataFrame({"short": ["a"], "note": ["Nest never observed with full clutch " * 2]})
    body = show.show_table(table).body
    assert '<th scope="col">short</th><th scope="col" class="long">note</th>' in body
    assert '<td>a</td><td class="long">Nest' in body


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


def test_only_what_is_a_figure_is_shown_as_one(
    show: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(TEMPLATE)
    (tmp_path / "a.png").write_bytes(b"not a figure")
    with pytest.raises(ValueError, match="must hold a PNG figure"):
        show.show_figure(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"must be a \.png or \.svg file"):
        show.show_figure(tmp_path / "a.jpg")
