"""What writers promise: nothing is lost, nothing is half there, the same bytes everywhere."""

import csv
import datetime as dt
import json
import re
import sys
import time
import warnings
import weakref
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import TEMPLATE, run
from python_calamine import CalamineWorkbook

sys.path.insert(0, str(TEMPLATE))

from helpers.plot import (
    label_in_full,
    label_percent,
    reorder_within,
    scale_x_percent,
    scale_x_reordered,
    scale_y_percent,
    scale_y_reordered,
)
from helpers.write import write_excel, write_geo, write_plot, write_table

VECTORS = Path(__file__).parent / "vectors"
SEPARATOR = "\x1f"


def vectors(name):
    found = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return pytest.mark.parametrize("vector", found, ids=[each["id"] for each in found])


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


# --- tables ---------------------------------------------------------------------------------


@pytest.fixture
def pieces():
    """Three pieces of one table, as a reader of a file in pieces gives them."""
    nests = pd.DataFrame(
        {
            "nest": ["N1", None, "N3", "N4", "N5"],
            "eggs": pd.array([1, 2, None, 4, 5], dtype="Int64"),
            "mass_g": [1e16, 0.1, None, 1e-7, 2.0],
            "seen": pd.to_datetime(["2024-05-17"] * 5),
        }
    )
    return [nests.iloc[:2], nests.iloc[2:4], nests.iloc[4:]]


def test_pieces_of_a_table_make_the_same_csv_as_the_table(tmp_path, pieces):
    write_table(pd.concat(pieces), tmp_path / "whole.csv")
    write_table(iter(pieces), tmp_path / "pieces.csv")
    whole, made = ((tmp_path / f"{name}.csv").read_bytes() for name in ("whole", "pieces"))
    assert made == whole


def test_pieces_of_a_table_make_a_parquet_file_of_the_same_rows_and_types(tmp_path, pieces):
    write_table(iter(pieces), tmp_path / "nests.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "nests.parquet"), pd.concat(pieces))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_each_piece_may_count_anew(tmp_path, pieces, ending):
    path = tmp_path / f"nests.{ending}"
    write_table((piece.reset_index(drop=True) for piece in pieces), path)
    read = pd.read_parquet(path) if ending == "parquet" else pd.read_csv(path)
    assert read["nest"].tolist()[2:] == ["N3", "N4", "N5"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_in_pieces_is_never_in_memory_as_a_whole(tmp_path, ending):
    made = []

    def endless():
        for _ in range(9):
            piece = pd.DataFrame({"mass_g": [1.5] * 9})
            made.append(weakref.ref(piece))
            yield piece
            assert sum(each() is not None for each in made) <= 2

    write_table(endless(), tmp_path / f"nests.{ending}")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("second", "fault"),
    [
        (pd.DataFrame({"nest": ["N2"]}),
         "piece 2 must have the columns of the first piece, `nest`, `eggs`, but has `nest`"),
        (pd.DataFrame({"eggs": [1], "nest": ["N2"]}), "but has `eggs`, `nest`"),
        (pd.DataFrame({"nest": ["N2"], "eggs": [1.5]}), "piece 2: `eggs` must be int64 as in the "
         "first piece, but is float64"),
        (pd.DataFrame({"nest": ["N2"], "eggs": [1]}, index=[7]), "piece 2: .*reset_index"),
        (pd.Series(["N2"], name="nest"), r"piece 2 must be a table .* but is pandas.*Series"),
    ],
    ids=["a column less", "another order", "another type", "an index with a say", "no table"],
)  # fmt: skip
def test_a_piece_that_does_not_fit_is_named_and_no_file_is_left(tmp_path, ending, second, fault):
    first = pd.DataFrame({"nest": ["N1"], "eggs": [1]})
    with pytest.raises((ValueError, TypeError), match=fault):
        write_table([first, second], tmp_path / f"nests.{ending}")
    assert names_in(tmp_path) == []


def test_no_pieces_make_no_file(tmp_path):
    with pytest.raises(ValueError, match="at least one piece, but none came"):
        write_table([], tmp_path / "nests.csv")
    assert names_in(tmp_path) == []


def test_csv_has_numbers_in_full_wherever_they_are(tmp_path):
    numbers = [1e16, None, 1e-7]
    table = pd.DataFrame(
        {
            "float": numbers,
            "nullable": pd.array(numbers, dtype="Float64"),
            "object": pd.Series([1e16, "a", 1e-7], dtype=object),
            "category": pd.Categorical(numbers),
            "decimal": [Decimal("1E+16"), None, Decimal("1E-7")],
            "sparse": pd.arrays.SparseArray([1e16, 0, 1e-7]),
        }
    )
    write_table(table, tmp_path / "numbers.csv")
    written = (tmp_path / "numbers.csv").read_text(encoding="utf-8")
    assert "e" not in written.partition("\n")[2].lower()
    assert written.splitlines()[1] == ",".join(["10000000000000000"] * 6)


def test_text_in_csv_is_as_it_is(tmp_path):
    text = ["=1+1", " 007 ", 'say "no", twice', "a\rb", "é\nè"]
    write_table(pd.DataFrame({"text": text}), tmp_path / "text.csv")
    written = (tmp_path / "text.csv").read_bytes().decode()
    # A lone CR would end the row for a reader if it stood there without quotes.
    assert written == 'text\n=1+1\n 007 \n"say ""no"", twice"\n"a\rb"\n"é\nè"\n'


@pytest.mark.parametrize("write", [write_table, write_excel])
def test_a_header_of_two_rows_is_no_header(tmp_path, write):
    path = tmp_path / ("a.csv" if write is write_table else "a.xlsx")
    counts = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_product([["eggs"], [2023, 2024]]))
    with pytest.raises(ValueError, match="must have one name, but each has 2") as error:
        write(counts, path)
    assert names_in(tmp_path) == []
    mend = str(error.value).partition("Join them: ")[2].removesuffix(".")
    write(eval(mend, {"table": counts}), path)  # noqa: S307


def test_two_columns_of_one_name_are_no_parquet_but_may_be_csv(tmp_path):
    table = pd.DataFrame([[1, 2]], columns=["n", "n"])
    with pytest.raises(ValueError, match="`n` stands for more"):
        write_table(table, tmp_path / "a.parquet")
    write_table(table, tmp_path / "a.csv")
    assert names_in(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("table", [None, 3, "nests", {"a": [1]}, pd.Series([1])], ids=repr)
def test_only_a_table_is_a_table(tmp_path, table):
    with pytest.raises(TypeError, match=r"a\.csv must be a table \(pandas.DataFrame\), but is"):
        write_table(table, tmp_path / "a.csv")


def test_pieces_of_other_categories_differ(tmp_path):
    pieces = [pd.DataFrame({"sex": pd.Categorical([sex])}) for sex in ("female", "male")]
    with pytest.raises(ValueError, match=r"piece 2: `sex` must be .*'female'.* but is .*'male'"):
        write_table(pieces, tmp_path / "a.parquet")


def test_a_column_that_parquet_cannot_hold_is_named(tmp_path):
    table = pd.DataFrame({"nest": ["N1", "N2"], "eggs": pd.Series([1, "two"], dtype=object)})
    with pytest.raises(TypeError, match="`eggs` must hold one kind of values"):
        write_table(table, tmp_path / "nests.parquet")
    assert names_in(tmp_path) == []


# --- Excel ----------------------------------------------------------------------------------


@pytest.fixture
def excel(tmp_path):
    """Write one column of values; return its cells as two readers see them, and its format."""

    def cells(values):
        path = tmp_path / "a.xlsx"
        # A row without any value is none to a reader.
        table = pd.DataFrame({"a": values}).assign(row=1)
        before = table.copy(deep=True)
        write_excel(table, path)
        pd.testing.assert_frame_equal(table, before)
        (sheet,) = openpyxl.load_workbook(path).worksheets
        ours = [
            row[0] for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        ]
        theirs = list(sheet.iter_rows(min_row=2, max_col=1))
        return ours[1:], [cell.value for (cell,) in theirs], [c.number_format for (c,) in theirs]

    return cells


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@x", "https://example.org", "mailto:a@example.org", "007", "1e5", "TRUE",
     "2024-05-17", " a ", "\t", "a\nb", "#N/A", "<r><t>x</t></r>", "a & b < c", "😀", "{=1}", "'a"],
)  # fmt: skip
def test_text_stays_text_in_excel(excel, text):
    ours, theirs, formats = excel([text])
    assert (ours, theirs, formats) == ([text], [text], ["@"])


letters = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
tricky = st.sampled_from(["_x0041_", "_x", "&lt;", "<r>", "\r", "\n", "\x00", '"', ",", ";", "="])
texts_of_all_kinds = st.lists(st.lists(letters | tricky).map("".join), min_size=1)


@given(texts_of_all_kinds)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_comes_back_from_excel(excel, values):
    assert excel(values)[0] == values


@given(texts_of_all_kinds)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_comes_back_from_csv(tmp_path, values):
    write_table(pd.DataFrame({"text": values, "row": 1}), tmp_path / "text.csv")
    with open(tmp_path / "text.csv", encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == values


@pytest.mark.parametrize(
    "values",
    [
        [1, -5, 10**15 - 1],
        [0.1 + 0.2, None, 1e-300, -1e300],
        pd.array([1, None, 3], dtype="Int8"),
        pd.array([1.5, None], dtype="Float32"),
        pd.array([1, None], dtype="int64[pyarrow]"),
        pd.Categorical([3, None, 1]),
        [Decimal("1.10"), None],
        pd.arrays.SparseArray([1.5, None]),
        [True, None, False],
        pd.array([True, None, False], dtype="boolean"),
        [True, False],
        pd.Categorical([True, None]),
    ],
    ids=repr,
)
def test_numbers_and_booleans_are_what_they_are_with_their_gaps(excel, values):
    there = [None if pd.isna(value) else value for value in values]
    ours, theirs, _ = excel(values)
    wanted = [float(value) if isinstance(value, Decimal) else value for value in there]
    assert theirs == wanted
    assert [None if value == "" else value for value in ours] == wanted
    assert [type(value) is bool for value in theirs] == [
        isinstance(value, bool) or type(value).__name__ == "bool" for value in there
    ]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([10**15, 1], ["1000000000000000", "1"]),
        ([-(2**60), 1], ["-1152921504606846976", "1"]),
        ([2**64 - 1, 1], ["18446744073709551615", "1"]),
        (pd.Categorical([2**60, None]), ["1152921504606846976", ""]),
        ([Decimal("0.12345678901234567"), Decimal("1E+3")], ["0.12345678901234567", "1000"]),
        (pd.Series(["1850-06-01", "2024-05-17"], dtype="datetime64[s]"),
         ["1850-06-01", "2024-05-17"]),
        ([dt.date(1, 1, 1), None, dt.date(2024, 5, 17)], ["0001-01-01", "", "2024-05-17"]),
        (pd.to_timedelta(["1h", "-1min"]), ["0 days 01:00:00", "-1 days +23:59:00"]),
        (pd.period_range("2024-01", periods=2, freq="M"), ["2024-01", "2024-02"]),
        ([[1, "a"], None], ["[1, 'a']", ""]),
    ],
    ids=["16 digits", "below", "unsigned", "category", "decimal", "1850", "year 1", "negative",
         "periods", "lists"],
)  # fmt: skip
def test_what_excel_would_spoil_is_text_in_the_whole_column(excel, values, texts):
    ours, _, formats = excel(values)
    assert [value.removesuffix(".000000") for value in ours] == texts
    assert formats[0] == "@"


@pytest.mark.parametrize(
    ("values", "shown", "form"),
    [
        (pd.to_datetime(["1900-03-01", None, "9999-12-31"]),
         [dt.datetime(1900, 3, 1), None, dt.datetime(9999, 12, 31)], "yyyy-mm-dd"),
        ([dt.date(2024, 5, 17), None], [dt.datetime(2024, 5, 17), None], "yyyy-mm-dd"),
        (pd.to_datetime(["2024-05-17 13:45:06.789"]), [dt.datetime(2024, 5, 17, 13, 45, 6, 789000)],
         "yyyy-mm-dd hh:mm:ss"),
        ([dt.time(13, 45, 6), None], [dt.time(13, 45, 6), None], "hh:mm:ss"),
        (pd.to_timedelta(["36h", None]), [dt.timedelta(hours=36), None], "[h]:mm:ss"),
    ],
    ids=["days", "date objects", "moments", "times", "durations"],
)  # fmt: skip
def test_dates_and_times_are_real_ones(excel, values, shown, form):
    ours, theirs, formats = excel(pd.Series(values))
    assert (theirs, formats[0]) == (shown, form)
    days = [dt.datetime.combine(v, dt.time()) if type(v) is dt.date else v for v in ours]
    assert days == ["" if value is None else value for value in shown]


@pytest.mark.parametrize(
    ("values", "came"),
    [
        (pd.to_datetime(["2024-07-01 10:00Z"]).tz_convert("Europe/Oslo"), "Europe/Oslo"),
        ([pd.Timestamp("2024-07-01 10:00Z"), pd.Timestamp("2024-07-01", tz="Asia/Tokyo")], "UTC"),
    ],
    ids=["a zone", "several zones"],
)
def test_times_in_a_zone_are_refused_with_their_column_and_what_mends_it(tmp_path, values, came):
    table = pd.DataFrame({"seen": pd.Series(values)})
    fault = f'sheet "Sheet1": `seen` must be times without a zone, .* but is .*{came}'
    with pytest.raises(TypeError, match=fault):
        write_excel(table, tmp_path / "a.xlsx")
    assert names_in(tmp_path) == []
    seen = pd.to_datetime(table["seen"], utc=True).dt.tz_convert("Europe/London")
    write_excel(table.assign(seen=seen.dt.tz_localize(None)), tmp_path / "a.xlsx")


def test_every_second_of_a_day_comes_back(excel):
    moments = pd.Series(pd.date_range("2024-05-17", periods=86_400 // 7, freq="7s"))
    assert pd.Series(excel(moments)[1]).equals(moments.astype("datetime64[us]"))


def test_values_of_several_kinds_are_each_what_they_are(excel):
    values = pd.Series([1, "a", None, True, 2.5, dt.date(2024, 5, 17), [1]], dtype=object)
    shown = [1, "a", None, True, 2.5, dt.datetime(2024, 5, 17), "[1]"]
    assert excel(values)[1] == shown


def test_big_numbers_are_shown_in_full(excel):
    assert excel([123_456_789_012])[2] == ["0"]
    assert excel([2e12, None, 3.0])[2][0] == "0"


def test_names_of_columns_are_text_and_may_repeat(tmp_path):
    table = pd.DataFrame([[1, 2, 3, 4]], columns=["n", "n", 2024, None])
    write_excel(table, tmp_path / "a.xlsx")
    (sheet,) = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["n", "n", "2024", ""],
        [1, 2, 3, 4],
    ]


def test_the_header_is_bold_and_stays_with_a_filter_and_columns_as_wide_as_needed(tmp_path):
    table = pd.DataFrame({"id": [1] * 3, "note": ["x" * 30] * 3, "long": ["x" * 999] * 3})
    write_excel({"Nests & eggs": table}, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Nests & eggs"]
    assert sheet["A1"].font.bold and not sheet["A2"].font.bold
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.dimensions) == ("A2", "A1:C4", "A1:C4")
    widths = [round(sheet.column_dimensions[letter].width) for letter in "ABC"]
    assert widths == [7, 32, 62]


def test_sheets_come_in_their_order_and_may_be_empty(tmp_path):
    nests = pd.DataFrame({"nest": ["N1"]})
    sheets = {"Zebra": nests, "Empty": nests.iloc[:0], "Nothing": pd.DataFrame(), "ä'b": nests}
    write_excel(sheets, tmp_path / "a.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == list(sheets)
    read = [book.get_sheet_by_name(name).to_python() for name in sheets]
    assert read == [[["nest"], ["N1"]], [["nest"]], [], [["nest"], ["N1"]]]
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == list(sheets)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "1 to 31 letters"),
        ("x" * 32, "1 to 31 letters"),
        ("😀" * 16, "1 to 31 letters"),
        ("a/b", "be without"),
        ("a\nb", "be without"),
        ("'a", "apostrophe"),
        ("history", "History"),
        ("NESTS", "differ by more than case from 'nests'"),
        (2024, "must be text"),
    ],
)
def test_a_name_that_no_sheet_can_have_is_refused_before_anything_is_written(tmp_path, name, fault):
    nests = pd.DataFrame({"nest": ["N1"]})
    with pytest.raises((ValueError, TypeError), match=fault):
        write_excel({"nests": nests, name: nests}, tmp_path / "new" / "a.xlsx")
    assert [path.name for path in tmp_path.rglob("*.*")] == []


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (pd.DataFrame({"a": range(1_048_576)}), "at most 1,048,575 rows, but has 1,048,576"),
        (pd.DataFrame([[0] * 16_385]), "at most 16,384 columns, but has 16,385"),
        (pd.DataFrame({"a": ["x", "x" * 32_768]}),
         "`a` must be text of at most 32,767 letters, but has 32,768 in row 2"),
        (pd.DataFrame({"a": ["😀" * 16_384]}), "has 32,768 in row 1"),
        (pd.DataFrame({"x" * 40_000: [1]}), "name of a column must be text of at most 32,767"),
        (pd.DataFrame({"a": [1, float("inf"), -float("inf")]}),
         "`a` must be finite.* but 2 of 3 numbers are not; the first is in row 2"),
        (pd.DataFrame({"a": [Decimal("Infinity")]}), "`a` must be finite"),
        (pd.DataFrame({"a": [1]}, index=["Oslo"]), "reset_index"),
        (pd.Series([1]), "must be a table"),
        ({}, "at least one table"),
    ],
)  # fmt: skip
def test_what_excel_cannot_hold_is_refused_with_its_place_and_the_old_file_stays(
    tmp_path, table, fault
):
    path = tmp_path / "a.xlsx"
    path.write_text("old", encoding="utf-8")
    with pytest.raises((ValueError, TypeError), match=fault):
        write_excel(table, path)
    assert names_in(tmp_path) == ["a.xlsx"]
    assert path.read_text(encoding="utf-8") == "old"


def test_the_longest_text_that_excel_holds_is_held(excel):
    assert excel(["x" * 32_767, "😀" * 16_383])[0] == ["x" * 32_767, "😀" * 16_383]


def test_an_excel_file_ends_in_xlsx(tmp_path):
    with pytest.raises(ValueError, match=r"a\.xls must end in \.xlsx"):
        write_excel(pd.DataFrame({"a": [1]}), tmp_path / "a.xls")


def test_a_long_table_is_the_same_row_by_row(tmp_path):
    table = pd.DataFrame(
        {"n": range(150_000), "even": [i if i % 2 else None for i in range(150_000)]}
    )
    write_excel(table, tmp_path / "a.xlsx")
    read = pd.read_excel(tmp_path / "a.xlsx", engine="calamine")
    pd.testing.assert_frame_equal(read, table)


def test_excel_takes_a_third_of_the_time_of_pandas_with_openpyxl(tmp_path):
    table = pd.DataFrame(
        {
            "n": range(4000),
            "town": ["Tromsø", "Ærø", None, "Łódź"] * 1000,
            "share": [0.123456789, None] * 2000,
            "seen": pd.to_datetime(["2024-05-17", None] * 2000),
            "adult": pd.array([True, None] * 2000, dtype="boolean"),
        }
    )

    def seconds(write):
        start = time.process_time()
        write()
        return time.process_time() - start

    def usual():
        table.to_excel(tmp_path / "usual.xlsx", engine="openpyxl", index=False)

    rounds = [
        (seconds(lambda: write_excel(table, tmp_path / "ours.xlsx")), seconds(usual))
        for _ in range(3)
    ]
    ours, theirs = map(min, zip(*rounds, strict=True))
    assert theirs / ours > 3


# --- maps -----------------------------------------------------------------------------------


@pytest.fixture
def nests():
    """Nests with their places, in longitude and latitude."""
    geopandas = pytest.importorskip("geopandas")
    return geopandas.GeoDataFrame(
        {"nest": ["N1", None], "eggs": pd.array([2, None], dtype="Int64"), "mass_g": [0.1, 1e16]},
        geometry=geopandas.points_from_xy([-64.0712345678901, 18.9], [-64.77, 69.6], crs=4326),
    )


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_a_map_comes_back_as_it_was(tmp_path, nests, ending):
    from geopandas import list_layers, read_file

    path = tmp_path / f"nests.{ending}"
    write_geo(nests, path)
    back = read_file(path)
    assert (
        back.astype({"eggs": "Int64"})
        .drop(columns="geometry")
        .equals(pd.DataFrame(nests.drop(columns="geometry")))
    )
    assert back.geometry.geom_equals(nests.geometry).all()
    assert back.crs == nests.crs
    assert list_layers(path)["name"].tolist() == ["nests"]
    assert names_in(tmp_path) == [path.name]


def test_the_clock_of_other_maps_is_left_alone(tmp_path, nests):
    import pyogrio

    write_geo(nests, tmp_path / "nests.gpkg")
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


@pytest.mark.parametrize(
    ("change", "name", "fault"),
    [
        (lambda nests: nests, "a.shp", r"must end in \.gpkg or \.geojson"),
        (lambda nests: pd.DataFrame(nests), "a.gpkg", "must be a geopandas.GeoDataFrame with"),
        (lambda nests: nests.set_index("nest"), "a.gpkg", "reset_index"),
        (lambda nests: nests.set_crs(None, allow_override=True), "a.gpkg", r"\.set_crs\(4326\)"),
        (lambda nests: nests.to_crs(25833), "a.geojson", r"4326.*UTM zone 33N.*\.to_crs\(4326\)"),
        (lambda nests: nests.assign(mass_g=float("inf")), "a.geojson", "`mass_g` must be finite"),
        (lambda nests: nests.assign(nest="a\0b"), "a.gpkg", "`nest` must be text without .* NUL"),
        (lambda nests: nests.rename(columns={"eggs": 2024}), "a.gpkg", "must be text, but are"),
        (lambda nests: nests.assign(Eggs=1), "a.gpkg", "types and names that the format knows"),
        (lambda nests: nests.assign(age=pd.Timedelta(1)), "a.geojson", "types and names that"),
        (lambda nests: nests.drop(columns="geometry"), "a.gpkg", "geopandas.GeoDataFrame"),
    ],
)  # fmt: skip
def test_a_map_that_would_not_come_back_is_refused(tmp_path, nests, change, name, fault):
    with pytest.raises((ValueError, TypeError), match=fault):
        write_geo(change(nests), tmp_path / name)
    assert names_in(tmp_path) == []


def test_without_geopandas_a_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "geopandas", None)
    with pytest.raises(ImportError, match=r"run\.py lock --extra geo, then: python run\.py"):
        write_geo(None, tmp_path / "nests.gpkg")


# --- the same bytes, and copies --------------------------------------------------------------


def write_everything():
    """Write one of each kind here."""
    table = pd.DataFrame(
        {
            "town": ["Tromsø", None],
            "kind": pd.Categorical(["a", "b"]),
            "n": [1e16, 0.1],
            "seen": pd.to_datetime(["2024-07-01 10:00Z", None]).tz_convert("Europe/Oslo"),
            "mixed": pd.Series([{"b": 1, "a": 2}, dt.time(1)], dtype=object),
        }
    )
    excel = table.assign(seen=table["seen"].dt.tz_localize(None))
    write_excel({"a": excel, "b": excel}, "a.xlsx")
    write_table(table, "a.csv")
    write_table(table.drop(columns="mixed"), "a.parquet")
    write_table((table[["n"]] for _ in range(2)), "b.parquet")
    if find_spec("geopandas"):
        import geopandas

        places = geopandas.points_from_xy([1, 2], [3, 4], crs=4326)
        places = geopandas.GeoDataFrame(table.drop(columns="mixed"), geometry=places)
        write_geo(places, "a.gpkg")
        write_geo(places, "a.geojson")


def test_bytes_are_the_same_in_any_folder_zone_locale_and_second(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "Ördner mit Blanks"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    write_everything()
    start = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_writers"
    done = run(
        *[sys.executable, "-c", f"{start}; test_writers.write_everything()"],
        cwd=there,
        **{"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    )
    assert done.returncode == 0, done.output
    assert len(names_in(here)) >= 4
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {
        path.name: path.read_bytes() for path in there.iterdir()
    }


@pytest.fixture
def half_past_three(monkeypatch):
    """The project's clock, stopped."""
    stopped = dt.datetime(2026, 11, 24, 15, 30, tzinfo=ZoneInfo("Europe/Oslo"))
    monkeypatch.setattr("startpy.settings.now", lambda: stopped)


def write_to(path, table, **options):
    """Call the writer for this ending."""
    if path.suffix == ".xlsx":
        return write_excel(table, path, **options)
    if path.suffix in (".csv", ".parquet"):
        return write_table(table, path, **options)
    if path.suffix == ".gpkg":
        geopandas = pytest.importorskip("geopandas")
        places = geopandas.points_from_xy([1], [2], crs=4326)
        return write_geo(geopandas.GeoDataFrame(table, geometry=places), path, **options)
    from plotnine import aes, geom_point, ggplot

    return write_plot(ggplot(table, aes("a", "a")) + geom_point(), path, **options)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "gpkg", "png"])
def test_a_stamped_file_has_a_copy_that_no_other_run_overwrites(tmp_path, half_past_three, ending):
    path, copy = tmp_path / f"a.b.{ending}", tmp_path / f"a.b_20261124153000.{ending}"
    write_to(path, pd.DataFrame({"a": [1]}), stamp=True)
    assert names_in(tmp_path) == [path.name, copy.name]
    kept = copy.read_bytes()
    assert kept == path.read_bytes()
    with pytest.raises(FileExistsError, match="must be a new file, but is there"):
        write_to(path, pd.DataFrame({"a": [2]}), stamp=True)
    assert copy.read_bytes() == path.read_bytes() == kept
    write_to(path, pd.DataFrame({"a": [2]}))
    assert names_in(tmp_path) == [path.name, copy.name]
    assert copy.read_bytes() == kept != path.read_bytes()


def test_the_stamp_is_the_time_of_the_projects_clock(tmp_path):
    from startpy.settings import now

    before = f"{now():%Y%m%d%H%M%S}"
    write_table(pd.DataFrame({"a": [1]}), tmp_path / "a.csv", stamp=True)
    stamped = names_in(tmp_path)[1].removeprefix("a_").removesuffix(".csv")
    assert before <= stamped <= f"{now():%Y%m%d%H%M%S}"


# --- plots ----------------------------------------------------------------------------------


@vectors("reorder_within")
def test_values_are_reordered_within_groups_as_in_r(vector):
    ordered = reorder_within(*vector["args"]).cat
    assert ordered.ordered
    cut = [name.replace(SEPARATOR, "___") for name in ordered.categories]
    assert cut == vector["expected_levels"]
    reordered = reorder_within(*vector["args"]).tolist()
    assert [name.replace(SEPARATOR, "___") for name in reordered] == vector["expected"]


@vectors("reorder_func")
@pytest.mark.parametrize("scale", [scale_x_reordered, scale_y_reordered])
def test_labels_are_shown_without_their_group(vector, scale):
    names = [name and SEPARATOR.join(name.rsplit("___", 1)) for name in vector["args"][0]]
    # R cuts a label that holds the separator; ours is none that a label holds.
    wanted = ["a", "b", "a___x", *vector["expected"][3:]]
    assert scale().labels(names) == wanted


def test_what_is_reordered_keeps_index_name_and_missing_values():
    words = pd.Series(["cold", None, "", "deep"], index=[3, 2, 1, 0], name="word", dtype="category")
    order = reorder_within(words, pd.Series([1, 2, 3, 4]), pd.Series(["ice", "ice", "ice", None]))
    assert (order.name, order.index.tolist()) == ("word", [3, 2, 1, 0])
    assert order.isna().tolist() == [False, True, False, True]
    assert scale_x_reordered().labels(list(order.cat.categories)) == ["cold", ""]


def test_the_order_may_be_by_another_function_than_the_mean():
    words, topic = pd.Series(["a", "a", "b"]), pd.Series(["ice"] * 3)
    order = reorder_within(words, pd.Series([1, 9, 6]), topic, function="max").cat.categories
    assert list(order) == ["b\x1fice", "a\x1fice"]


@pytest.mark.parametrize(
    ("by", "error", "fault"),
    [
        (["1", "2"], TypeError, "`by` must be numbers or dates, but is str"),
        ([1], ValueError, "equally long, but have 2, 1 and 2 rows"),
    ],
)
def test_what_cannot_order_is_refused(by, error, fault):
    with pytest.raises(error, match=fault):
        reorder_within(pd.Series(["a", "b"]), pd.Series(by), pd.Series(["g", "g"]))


def texts(plot, path):
    """Return what stands on a plot, in the order of its SVG."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_plot(plot, path)
    return re.findall(r">([^<>]+)</text>", path.read_text(encoding="utf-8"))


def test_each_panel_shows_its_own_order_and_plain_labels(tmp_path):
    from plotnine import aes, facet_wrap, geom_col, ggplot

    words = pd.DataFrame(
        {
            "topic": ["ice", "ice", "sea", "sea"],
            "word": ["cold", "white", "cold", "deep"],
            "share": [0.125, 0.25, 0.5, 0.375],
        }
    ).assign(word=lambda t: reorder_within(t["word"], t["share"], t["topic"]))
    plot = (
        ggplot(words, aes("word", "share"))
        + geom_col()
        + facet_wrap("topic", scales="free_x")
        + scale_x_reordered()
        + scale_y_percent(breaks=[0, 0.125, 0.5])
    )
    shown = texts(plot, tmp_path / "words.svg")
    assert [text for text in shown if text in ("cold", "white", "deep")] == (
        ["cold", "white", "deep", "cold"]
    )
    assert [text for text in shown if text[-1] == "%"] == ["0.0%", "12.5%", "50.0%"]


def test_own_labels_win():
    for scale in (scale_x_percent, scale_y_percent, scale_x_reordered, scale_y_reordered):
        assert scale(labels=["half"]).labels == ["half"]


@pytest.mark.parametrize(
    ("shares", "labels"),
    [
        ([0, 0.1 + 0.2, 1], ["0%", "30%", "100%"]),
        ([0, 1 / 8], ["0.0%", "12.5%"]),
        ([-0.00001, -0.0], ["-0.001%", "0.000%"]),
        ([10, 20_000], ["1,000%", "2,000,000%"]),
        ([1 / 3, 2 / 3], ["33.3%", "66.7%"]),
        ([0.3 - 0.1, 1e-9], ["20.0000000%", "0.0000001%"]),
        ([], []),
    ],
)
def test_percentages_are_neither_rounded_nor_spun_out(shares, labels):
    assert label_percent(shares) == labels


def test_a_logarithmic_axis_shows_numbers_in_full(tmp_path):
    from plotnine import aes, geom_point, ggplot, scale_y_log10

    sums = pd.DataFrame({"n": [1, 2], "nok": [0.01, 5e7]})
    plot = ggplot(sums, aes("n", "nok")) + geom_point() + scale_y_log10(labels=label_in_full)
    assert {"1", "1,000", "1,000,000"} <= set(texts(plot, tmp_path / "sums.svg"))


@pytest.mark.parametrize("highest", [2_000_000, 3e12, 3e-6])
def test_an_axis_shows_numbers_in_full_by_itself(tmp_path, highest):
    from plotnine import aes, geom_point, ggplot

    plot = ggplot(pd.DataFrame({"n": [0, highest]}), aes("n", "n")) + geom_point()
    shown = texts(plot, tmp_path / "n.svg")
    assert f"{highest:.6f}".rstrip("0").rstrip(".") in shown
    assert not any("e" in text for text in shown if text[:1].isdigit())


def test_a_png_has_the_size_that_was_asked_for(tmp_path):
    from PIL import Image
    from plotnine import aes, geom_point, ggplot

    plot = ggplot(pd.DataFrame({"x": [1]}), aes("x", "x")) + geom_point()
    write_plot(plot, tmp_path / "new" / "x.png", width=5, height=3, dpi=100)
    assert Image.open(tmp_path / "new" / "x.png").size == (500, 300)


@pytest.mark.parametrize("ending", ["jpeg", "tiff", "nope", ""])
def test_a_plot_is_png_svg_or_pdf(tmp_path, ending):
    with pytest.raises(ValueError, match=r"must end in one of \.png, \.svg, \.pdf"):
        write_plot(None, tmp_path / f"x.{ending}")
    assert names_in(tmp_path) == []
