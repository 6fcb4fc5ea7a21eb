"""What the checks and reports tell of a table, on tables small enough to read."""

import datetime
import sys
import time
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

from helpers.check import (
    check_columns,
    check_rows,
    check_unique,
    duplicates_report,
    merge_report,
    overview,
)
from helpers.show import show_table
from helpers.write import write_table

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def stays():
    return pd.DataFrame(
        {
            "bird": ["a", "b", "c", "d"],
            "nest": 1,
            "year": 2009,
            "eggs": 2,
            "first": [3, 9, 5, None],
            "last": [7.0, 8, None, 9],
            "filename": "stays.xlsx",
            "sheet": ["May", "May", "June", "June"],
        },
        index=[7, 7, 8, 9],
    )


@pytest.fixture
def orders():
    return pd.DataFrame({"id": ["A", "A", "B", "M", "M", "Z", None], "sum": range(7)})


@pytest.fixture
def customers():
    return pd.DataFrame({"id": ["A", "B", "B", "M", "M", "C", "O", None, None]})


def of_kind(report, kind):
    return report.set_index("kind").loc[kind].tolist()


@pytest.mark.parametrize(
    "holds",
    [
        pd.col("first") <= pd.col("last"),
        lambda stays: stays["first"] <= stays["last"],
        [True, False, False, False],
        np.array([True, False, False, False]),
        pd.array([True, False, None, None], dtype="boolean"),
        pd.Series([True, False, None, None], index=[7, 7, 8, 9], dtype=object),
    ],
    ids=["expression", "function", "list", "array", "with missing answers", "as objects"],
)
def test_rows_that_break_a_rule_are_shown_with_the_sentence_and_their_source(stays, holds):
    with pytest.raises(ValueError) as caught:
        check_rows(stays, holds, "`first` must not be after `last`.")
    said, *rows = str(caught.value).splitlines()
    assert said == (
        "`first` must not be after `last`: this must hold, but does not in 3 of 4 rows. The first:"
    )
    assert " ".join(rows[0].split()) == "bird nest year eggs filename sheet first last"
    assert " ".join(rows[1].split()) == "7 b 1 2009 2 stays.xlsx May 9.0 8.0"


def test_a_missing_answer_counts_as_no_in_every_dtype(stays):
    rule = pd.col("first") <= pd.col("last")
    for table in (stays, stays.convert_dtypes(), stays.convert_dtypes(dtype_backend="pyarrow")):
        with pytest.raises(ValueError, match="in 3 of 4 rows"):
            check_rows(table, rule, "no stay ends before it begins")
        known = table["first"].notna() & table["last"].notna()
        with pytest.raises(ValueError, match="in 1 of 4 rows"):
            check_rows(table, rule | ~known, "no stay ends before it begins")


def test_a_rule_that_holds_returns_the_table_itself(stays):
    assert check_rows(stays, pd.col("eggs") > 0, "a nest has eggs") is stays
    nobody = stays.head(0)
    assert check_rows(nobody, pd.col("eggs") > 5, "a nest has many eggs") is nobody
    assert check_rows(nobody, [], "a nest has many eggs") is nobody


def test_the_columns_of_an_expression_are_shown_wherever_they_stand(stays):
    with pytest.raises(ValueError, match=r"sheet  +last\n"):
        check_rows(stays, pd.col("last") < 8, "birds leave early")


@pytest.mark.parametrize(
    ("holds", "error", "fault"),
    [
        (lambda stays: (stays["eggs"] > 0).all(), TypeError, "for each row, but is a bool"),
        (lambda stays: stays[["eggs"]] > 0, TypeError, "for each row, but is a DataFrame"),
        ("eggs > 0", TypeError, "for each row, but is a str"),
        (pd.col("eggs"), TypeError, "true or false in each row, but is int64"),
        ([True], ValueError, "each of the 4 rows, but has 1"),
        (pd.Series([True] * 4), ValueError, "the table's index, but is of another table"),
    ],
)
def test_what_is_not_one_truth_value_for_each_row_is_refused(stays, holds, error, fault):
    with pytest.raises(error, match=rf"`holds` must .*{fault}.*pd\.col"):
        check_rows(stays, holds, "a nest has eggs")


def test_a_check_says_from_which_file_and_sheet_the_rows_came(stays):
    with pytest.raises(ValueError, match=r"The table from stays\.xlsx, June must have"):
        check_columns(stays[stays["sheet"] == "June"], ["ring"])
    with pytest.raises(ValueError, match="The table must have"):
        check_columns(stays, ["ring"])
    with pytest.raises(ValueError, match=r"filename sheet\n(.*stays\.xlsx.*\n?){4}"):
        check_unique(stays, "nest")


def test_a_merge_report_sorts_every_key_into_one_kind(orders, customers):
    report = merge_report(orders, customers, on="id")
    assert list(report) == ["kind", "keys", "left", "right", "merged", "first_keys"]
    assert of_kind(report, "one to one") == [0, 0, 0, 0, ""]
    assert of_kind(report, "many to one") == [1, 2, 1, 2, "'A'"]
    assert of_kind(report, "one to many") == [1, 1, 2, 2, "'B'"]
    assert of_kind(report, "many to many") == [1, 2, 2, 4, "'M'"]
    assert of_kind(report, "only in left") == [1, 1, 0, 1, "'Z'"]
    assert of_kind(report, "only in right") == [2, 0, 2, 0, "'C', 'O'"]
    assert of_kind(report, "missing in both") == [1, 1, 2, 2, "missing"]
    assert of_kind(report, "matched") == [4, 6, 7, 10, ""]
    assert of_kind(report, "unmatched") == [3, 1, 2, 1, ""]
    assert of_kind(report, "all") == [7, 7, 9, 11, ""]


def test_a_key_with_a_missing_part_matches_only_the_same_missing_part():
    left = pd.DataFrame({"town": ["Oslo", "Oslo", None], "year": [2020, None, 2020]})
    right = pd.DataFrame({"town": ["Oslo", None, None], "year": [None, 2021, None]})
    report = merge_report(left, right, on=["town", "year"])
    assert of_kind(report, "missing in both") == [1, 1, 1, 1, "'Oslo' · missing"]
    assert of_kind(report, "missing in one")[:4] == [3, 1, 2, 1]
    assert of_kind(report, "only in left") == [1, 1, 0, 1, "'Oslo' · 2020"]


def test_a_merge_report_shows_the_blank_that_keeps_keys_apart():
    left, right = pd.DataFrame({"id": ["A "]}), pd.DataFrame({"id": ["A"]})
    report = merge_report(left, right, on="id")
    assert of_kind(report, "only in left")[-1] == "'A '"
    assert of_kind(report, "only in right")[-1] == "'A'"


def test_a_merge_report_shows_the_first_three_keys_and_cuts_long_ones():
    left = pd.DataFrame({"id": ["x" * 100, "b", "a", "c"]})
    report = merge_report(left, left.head(0), on="id")
    assert of_kind(report, "only in left")[-1] == f"'{'x' * 31}…, 'b', 'a', ..."


def test_a_merge_report_fits_a_screen_and_a_report_page(orders, customers, tmp_path):
    report = merge_report(orders, customers, on="id")
    with pd.option_context("display.width", 80, "display.max_columns", 0):
        assert max(map(len, str(report).splitlines())) < 80
    assert "many to many" in show_table(report).body
    write_table(report, tmp_path / "report.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "report.parquet"), report)


def test_no_name_of_a_column_is_in_the_way_of_a_merge_report():
    awkward = {"_merge": [1, 2], "left": 1, "right": 1, "kind": 1, 0: [1, 2], ("a", "b"): 1}
    table = pd.DataFrame(awkward)
    before = table.copy(deep=True)
    for name in awkward:
        rows = merge_report(table, table, on=[name])["merged"].tolist()[-1]
        assert rows == len(table.merge(table, on=[name]))
    assert of_kind(merge_report(table, table, left_on="_merge", right_on=0), "all")[1:4] == [2] * 3
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("left", "right", "fault"),
    [
        (pd.Series(["1"]), pd.Series([1]), r"text \(str\).*whole number.*right.astype.*\"str\""),
        (pd.Series([1.0, None]), pd.Series(["1"]), r'left.astype\(.*"Int64"\}\).astype\(.*"str"'),
        (pd.Series(["1"], dtype="category"), pd.Series([1]), r"text \(category\)"),
        (pd.Series(["1"], dtype=object), pd.Series([1], dtype=object), "whole number .object"),
        (
            pd.Series(pd.to_datetime(["2020-01-01"])),
            pd.Series(["2020-01-01"]),
            r"date \(datetime64.*text",
        ),
        (
            pd.Series(pd.to_datetime(["2020-01-01"])),
            pd.Series(pd.to_datetime(["2020-01-01"], utc=True)),
            "UTC",
        ),
        (
            pd.Series([datetime.date(2020, 1, 1)]),
            pd.Series(pd.to_datetime(["2020-01-01"])),
            r"date \(object\).*date \(datetime64",
        ),
        (pd.Series([None, None]), pd.Series([1]), r"empty \(object\)"),
    ],
)
def test_keys_that_pandas_cannot_match_are_refused_with_their_types(left, right, fault):
    with pytest.raises(TypeError, match=rf"(?s)must be of one type.*{fault}"):
        merge_report(left.to_frame("id"), right.to_frame("id"), on="id")


def test_the_mend_of_a_key_with_gaps_keeps_its_numbers_and_its_gaps():
    left, right = pd.DataFrame({"id": [7, None]}), pd.DataFrame({"id": ["7", None]})
    with pytest.raises(TypeError) as caught:
        merge_report(left, right, on="id")
    mend = str(caught.value).partition("for example ")[2].rstrip(".")
    report = merge_report(eval(mend, {"left": left}), right, on="id")  # noqa: S307 - our own words
    assert of_kind(report, "matched")[:4] == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ({}, "must be named: by `on`"),
        ({"on": "id", "left_on": "id"}, "must be named: by `on`"),
        ({"left_on": "id"}, "must be named: by `on`"),
        ({"left_on": ["id", "sum"], "right_on": "id"}, "as many on the right as on the left"),
        ({"on": []}, "one column or more"),
        ({"on": "Id"}, "`left`: The table must have the column `Id`.*Did you mean `id`"),
        ({"on": "sum"}, "`right`: The table must have the column `sum`"),
        ({"on": "id", "how": "cross"}, "`how` must be .* or \"outer\", but is 'cross'"),
    ],
)
def test_a_key_that_is_not_named_well_is_refused(orders, customers, how, fault):
    with pytest.raises(ValueError, match=fault):
        merge_report(orders, customers, **how)


def test_a_key_whose_name_two_columns_bear_is_refused(customers):
    twice = pd.DataFrame([["A", "B"]], columns=["id", "id"])
    with pytest.raises(ValueError, match=r"`left`: `id` must name one column.*clean_columns"):
        merge_report(twice, customers, on="id")


AS = {
    "int64": lambda keys: keys.fillna(9).astype("int64"),
    "float64": lambda keys: keys.astype("float64"),
    "Int64": lambda keys: keys,
    "int64[pyarrow]": lambda keys: keys.astype("int64[pyarrow]"),
    "numbers as objects": lambda keys: keys.astype(object),
    "str": lambda keys: keys.astype("str"),
    "text as objects": lambda keys: keys.astype("str").astype(object),
    "category of text": lambda keys: keys.astype("str").astype("category"),
    "category of numbers": lambda keys: keys.astype("category"),
    "date": lambda keys: pd.to_datetime(keys, unit="D"),
    "date of a zone": lambda keys: pd.to_datetime(keys, unit="D", utc=True),
    "boolean": lambda keys: keys.mod(2).astype("boolean"),
}
KEYS = st.lists(st.none() | st.integers(0, 3), max_size=6)


@given(
    left=KEYS,
    right=KEYS,
    kinds=st.tuples(st.sampled_from(sorted(AS)), st.sampled_from(sorted(AS))),
    how=st.sampled_from(["left", "right", "inner", "outer"]),
    years=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_a_merge_report_gives_the_rows_that_the_merge_gives(left, right, kinds, how, years):
    left, right = (
        pd.DataFrame({"id": AS[kind](pd.Series(keys, dtype="Int64"))})
        for keys, kind in zip((left, right), kinds, strict=True)
    )
    on = ["id"]
    if years:
        left, right, on = left.assign(year=1), right.assign(year=range(len(right))), ["id", "year"]
    try:
        report = merge_report(left, right, on=on, how=how)
    except TypeError:
        return
    with warnings.catch_warnings(action="ignore"):
        merged = left.merge(right, on=on, how=how)
        inner = left.merge(right, on=on)
    kinds, sums = report.iloc[:8], report.iloc[8:].set_index("kind")
    counts = ["keys", "left", "right", "merged"]
    assert sums.loc["all", counts].tolist() == kinds[counts].sum().tolist()
    assert sums.loc["all", ["left", "right"]].tolist() == [len(left), len(right)]
    assert sums.loc["all", "merged"] == len(merged)
    assert sums.loc["matched", "merged"] == len(inner)


def test_copies_stand_side_by_side_and_tell_what_they_differ_in():
    nests = pd.DataFrame(
        {
            "nest": ["N2", "N1", None, "N2", "N3", "N1", None],
            "eggs": [2, 1, 2, 2, 0, None, 2],
            "note": ["x", "x", "x", "x", "x", "y", "x"],
        }
    )
    report = duplicates_report(nests, "nest")
    assert report.index.tolist() == [0, 3, 1, 5, 2, 6]
    assert report["copies"].tolist() == [2] * 6
    assert report["differs_in"].tolist() == ["", "", "eggs, note", "eggs, note", "", ""]
    pd.testing.assert_frame_equal(report[list(nests)], nests.loc[report.index])
    assert list(nests) == ["nest", "eggs", "note"]


def test_the_same_record_in_two_files_is_a_copy_that_differs_in_its_source():
    twice = pd.DataFrame({"nest": ["N1", "N1", "N2"], "source_file": ["a.csv", "b.csv", "b.csv"]})
    report = duplicates_report(twice)
    assert report["differs_in"].tolist() == ["source_file"] * 2


def test_no_copies_are_an_empty_report_with_the_same_columns():
    nests = pd.DataFrame({"nest": ["N1", "N2"]})
    for table in (nests, nests.head(0)):
        report = duplicates_report(table, "nest")
        assert report.empty
        assert list(report) == ["copies", "differs_in", "nest"]
    assert duplicates_report(pd.DataFrame()).empty


def test_copies_are_found_in_cells_of_any_kind_and_under_names_that_repeat():
    table = pd.DataFrame(
        {
            "a": [[1, None], [1, None], [2]],
            "b": [np.array([0.1, np.nan]), np.array([0.1, np.nan]), np.array([1.0])],
            "c": [{"x": [1], "y": 2}, {"y": 2, "x": [1]}, {}],
            "d": [1, 1, "1"],
            "e": pd.Categorical(["u", "u", "v"]),
        }
    )
    report = duplicates_report(table.set_axis(list("abcda"), axis="columns"))
    assert report.index.tolist() == [0, 1]
    assert list(report) == ["copies", "differs_in", *"abcda"]


def test_a_column_that_bears_the_name_of_a_new_one_is_not_lost():
    with pytest.raises(ValueError, match=r"`copies`.*rename\(columns=\{'copies': 'copies_before'"):
        duplicates_report(pd.DataFrame({"copies": [1, 1]}))
    with pytest.raises(ValueError, match="Did you mean `nest`"):
        duplicates_report(pd.DataFrame({"nest": [1, 1]}), "Nest")


DAY = pd.Timestamp("2009-11-11")
NO_ORDER = [None, None, None]
LEVELS = pd.CategoricalDtype(["low", "high"], ordered=True)
LISTS = pd.ArrowDtype(pa.list_(pa.int64()))


@pytest.mark.parametrize(
    ("values", "dtype", "kind", "distinct", "range_", "examples"),
    [
        ([3, 1, 1, None], "Int64", "whole number", 2, ["1", "1", "3"], "1, 3"),
        ([0.1, 0.2, None], None, "number", 2, ["0.1", "0.15", "0.2"], "0.1, 0.2"),
        ([1e15], "float64", "number", 1, ["1000000000000000"] * 3, "1000000000000000"),
        ([2**70, 1, 1], object, "whole number", 2, ["1", "1", f"{2**70}"], f"1, {2**70}"),
        ([Decimal("1.5"), Decimal(2)], object, "number", 2, ["1.5", "1.75", "2"], "1.5, 2"),
        ([True, None, True], "boolean", "yes or no", 1, NO_ORDER, "True"),
        (
            ["a", "abc", "😀", "abc", ""],
            "str",
            "text",
            4,
            ["0 characters", "1 character", "3 characters"],
            "'abc', 'a', '😀'",
        ),
        ([b"a"], object, "bytes", 1, NO_ORDER, "b'a'"),
        ([DAY, DAY, None], "datetime64[s]", "date", 1, ["2009-11-11"] * 3, "2009-11-11"),
        (
            [DAY, DAY + pd.Timedelta("1h")],
            "datetime64[us, Europe/Oslo]",
            "date and time",
            2,
            [f"2009-11-11 0{hour}:00:00+01:00" for hour in (0, 0, 1)],
            "2009-11-11 00:00:00+01:00, 2009-11-11 01:00:00+01:00",
        ),
        (
            [DAY, DAY.tz_localize("UTC")],
            object,
            "date and time",
            2,
            NO_ORDER,
            "2009-11-11, 2009-11-11 00:00:00+00:00",
        ),
        ([DAY.date()], object, "date", 1, ["2009-11-11"] * 3, "2009-11-11"),
        ([pd.Period("2009-11")], None, "period", 1, ["2009-11"] * 3, "2009-11"),
        ([pd.Timedelta("1D")], None, "duration", 1, ["1 days 00:00:00"] * 3, "1 days 00:00:00"),
        (["b", "a", "b"], "category", "category", 2, NO_ORDER, "'b', 'a'"),
        (["low", "high"] * 2, LEVELS, "category", 2, ["'low'", "'low'", "'high'"], "'low', 'high'"),
        ([[1], [1], None], object, "list", 1, NO_ORDER, "[1]"),
        ([[1], [1], None], LISTS, "list<item: int64>[pyarrow]", 1, NO_ORDER, "[1]"),
        ([{"a": 1}], object, "record", 1, NO_ORDER, "{'a': 1}"),
        ([1, "1", None], object, "mixed (int, str)", 2, NO_ORDER, "1, '1'"),
        ([1j], None, "complex number", 1, NO_ORDER, "1j"),
        ([None, None], "float64", "empty", 0, NO_ORDER, ""),
        ([], "int64", "empty", 0, NO_ORDER, ""),
    ],
)
def test_an_overview_says_in_plain_words_what_a_column_holds(
    values, dtype, kind, distinct, range_, examples
):
    (seen,) = overview(pd.Series(values, dtype=dtype).to_frame("a")).to_dict("records")
    assert (seen["type"], seen["distinct"], seen["examples"]) == (kind, distinct, examples)
    ends = [seen[end] for end in ("min", "median", "max")]
    assert [None if pd.isna(end) else end for end in ends] == range_
    assert seen["rows"] == len(values)
    assert seen["missing"] == sum(value is None for value in values)


def test_an_overview_has_the_same_dtypes_for_every_table_and_can_be_written(tmp_path):
    any_table = pd.DataFrame(
        [[1, "x", [1]], [2, None, None]], columns=["a", "a", ("b", 1)], index=["Oslo", "Bergen"]
    )
    before = any_table.copy(deep=True)
    for table in (any_table, any_table.head(0), any_table[[]], pd.DataFrame()):
        seen = overview(table)
        assert seen["column"].tolist() == [str(name) for name in table]
        assert seen.dtypes.equals(overview(any_table).dtypes)
        write_table(seen, tmp_path / "seen.parquet")
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "seen.parquet"), seen)
        show_table(seen, percent=["missing_share"])
    pd.testing.assert_frame_equal(any_table, before)


def test_a_hundred_thousand_rows_take_no_more_than_a_moment():
    random = np.random.default_rng(1)
    ids = pd.Series(random.integers(0, 30_000, 100_000))
    table = pd.DataFrame({"id": ids, "code": "C" + ids.astype("str"), "list": [[i] for i in ids]})
    begun = time.process_time()
    overview(table)
    duplicates_report(table, "code")
    merge_report(table, table, on=["id", "code"])
    check_rows(table, pd.col("id") >= 0, "ids count from 0")
    assert time.process_time() - begun < 6  # a million rows in a minute
