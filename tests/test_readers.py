"""The readers: every byte accounted for, whole, in pieces, or many files at once."""

import csv
import gzip
import io
import subprocess
import sys
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

from helpers.read import (
    combine_csvs,
    combine_excels,
    read_all_sheets,
    read_any,
    read_csv,
    read_excel,
)
from helpers.write import write_excel
from startpy import pieces, separated


@pytest.fixture
def file(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.fixture(params=[None, 2], ids=["whole", "in pieces"])
def read(request):
    """Read a file whole, and in pieces of two rows: the same table must come."""

    def read(path, **options):
        if request.param is None:
            return read_csv(path, **options)
        return pd.concat(list(read_csv(path, chunks=request.param, **options)))

    return read


@pytest.mark.parametrize(
    ("content", "values", "dtype"),
    [
        ("a\n1\n2\n", [1, 2], "int64"),
        ("a\n1\n\n2\n\n", [1, None, 2], "float64"),
        ("a\n1.5\n1e5\n", [1.5, 100000], "float64"),
        ("a\n007\n12\n", ["007", "12"], "str"),
        ("a\n-007\n", ["-007"], "str"),
        ("a\n0x1F\n", ["0x1F"], "str"),
        ("a\n1.5\nNaN\n", ["1.5", "NaN"], "str"),
        ("a\ninf\n", ["inf"], "str"),
        ("a\n12345678901234567890\n1\n", ["12345678901234567890", "1"], "str"),
        ("a\n9007199254740993\n1\n", [9007199254740993, 1], "int64"),
        ("a,b\n9007199254740993,\n,x\n", [9007199254740993, None], "Int64"),
        ("a\n1\n2\n3\nx\n", ["1", "2", "3", "x"], "str"),
        ("a\ntrue\nFALSE\n", [True, False], "bool"),
        ("a,b\nTrue,1\n,2\n", [True, None], "boolean"),
        ("a\n2020-01-31\n", ["2020-01-31"], "str"),
        ("a\n10:30\n", ["10:30"], "str"),
        ("a\n2020-01-31 10:30\n", ["2020-01-31 10:30"], "str"),
        ("a,b\nNA,1\n,2\n", [None, None], "float64"),
        ('a,b\n"x\r\ny",1\r\n', ["x\r\ny"], "str"),
        ('a\n"say ""hello"""\n', ['say "hello"'], "str"),
        ("a\rx\ry\r", ["x", "y"], "str"),
        ("a,b\n1\n2,3\n", [1, 2], "int64"),
        ("\n\na,b\n\n1,2\n\n", [1], "int64"),
        ("a,b\nx\0y,1\n", ["x\0y"], "str"),
        ("a\n+491511\n+4930\n", ["+491511", "+4930"], "str"),
        ("a\n+5\n-3\n", [5, -3], "float64"),
        ("a;b\n1;2;\n3;4;\n", [1, 3], "int64"),
        ("sep=;\na;b\n1;2\n", [1], "int64"),
    ],
)
def test_a_column_is_a_number_only_if_nothing_is_lost_by_it(file, read, content, values, dtype):
    came = read(file(content))
    assert [None if pd.isna(x) else x for x in came["a"]] == values
    assert str(came["a"].dtype) == dtype


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("a,b\n1,2\n3,4,5\n", "line 3: a row must have 2 fields as the header has.*has 3"),
        ("a,b\n1,2,3\n4,5,6\n", "line 2: a row must have 2 fields"),
        ("Report of 2020\nid,x\n1,2\n", r"line 2: .* 1 field as .*has 2.*skip=1"),
        ('a,b\n"open,1\n2,3\n', "line 2.*quotation mark opened and not closed"),
        ('a,b\n1,"lost\n2,ok\n3,ok\n', "line 2.*quotation mark opened and not closed"),
        ('a,b\n1,"lost\n2,"ok\n', "line 2, cannot be read"),
        (b"PK\3\4" + bytes(40), "is a workbook or an archive"),
        (b"\x1f\x8b" + bytes(40), "is packed by gzip"),
        ("", "table.csv must begin with a row of column names, but is empty"),
        (" \n\n", "must begin with a row of column names"),
        ("a\nMontréal\n".encode("cp1252"), r'line 2 is not(.|\n)*"cp1252": Montréal'),
        ("Größe,b\n1,2\n".encode("cp1252"), r'line 1 is not(.|\n)*"cp1252": Größe'),
        ("a,b\n1,2\n".encode("utf-16-le"), 'encoding="utf-16-le"'),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_line(file, read, content, fault):
    with pytest.raises(ValueError, match=fault):
        read(file(content))


def test_an_encoding_that_does_not_exist_is_named(file):
    with pytest.raises(ValueError, match='no encoding "latin-99"'):
        read_csv(file("a\n1\n"), encoding="latin-99")


def test_a_bad_byte_far_down_is_found_in_pieces_too(file):
    path = file(b"a,b\n" + b"x,1\n" * 100_000 + "é,1\n".encode("cp1252"))
    with pytest.raises(ValueError, match="must be UTF-8, but"):
        read_csv(path)
    with pytest.raises(ValueError, match="must be UTF-8, but"):
        list(read_csv(path, chunks=1000))


@pytest.mark.parametrize(
    "end", ["7\n", "7,8,\n", '7,"two\nlines"\n' * 60_000], ids=["short", "long", "quotes"]
)
def test_a_row_that_is_unusual_far_down_doubles_none_in_pieces(file, end):
    path = file("a,b\n" + "".join(f"{i},a text {i}\n" for i in range(400_000)) + end)
    parts = list(read_csv(path, chunks=90_000))
    pd.testing.assert_frame_equal(pd.concat(parts), read_csv(path))


@pytest.mark.parametrize("chunks", [None, 10_000])
def test_a_bad_byte_in_an_uneven_file_is_an_error_and_no_other_letter(file, chunks):
    path = file(b"a,b\n1\n" + b"x,1\n" * 100_000 + "é,1\n".encode("cp1252"))
    with pytest.raises(ValueError, match=r"line 100003 is not(.|\n)*\"cp1252\": é"):
        list(read_csv(path, chunks=chunks))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_told_by_the_bytes(file, read, encoding, sep):
    path = file(f"code{sep}town\r\n007{sep}Tromsø\r\n".encode(encoding))
    named = {"encoding": encoding} if encoding == "cp1252" else {}
    assert read(path, **named).to_dict("list") == {"code": ["007"], "town": ["Tromsø"]}


def test_of_two_separators_in_a_header_the_next_row_decides(file, read):
    assert list(read(file("Sales, net;Year\n1;2\n"))) == ["Sales, net", "Year"]


def test_a_mark_tells_more_than_the_encoding_that_is_named(file, read):
    path = file("town\nTromsø\n".encode("utf-8-sig"))
    assert read(path, encoding="cp1252")["town"].tolist() == ["Tromsø"]
    assert read(file("town\nTromsø\n".encode("utf-32")))["town"].tolist() == ["Tromsø"]


@pytest.mark.parametrize("dtype", ["str", "string", pd.StringDtype()])
def test_any_dtype_of_text_reads_what_is_written(file, read, dtype):
    path = file("v,w\n1.10,+49301234567\n1.20,5\n")
    for asked in (dtype, {"v": dtype}):
        came = read(path, dtype=asked)
        assert came["v"].tolist() == ["1.10", "1.20"]
        assert came["v"].dtype == pd.api.types.pandas_dtype(dtype)


def test_a_dtype_for_all_columns_is_given_to_all_but_the_source(file):
    folder = file("a,b\n1,2\n", "a.csv").parent
    came = combine_csvs(folder, dtype="float64")
    assert list(map(str, came.dtypes)) == ["str", "float64", "float64"]


@pytest.mark.parametrize("missing", ["-9", [-9], ["-9"]])
def test_a_number_can_mean_missing(tmp_path, file, missing):
    assert read_csv(file("a\n9\n-9\n"), missing=missing)["a"].isna().tolist() == [False, True]
    write_excel(pd.DataFrame({"a": [9, -9]}), tmp_path / "a.xlsx")
    came = read_excel(tmp_path / "a.xlsx", missing=missing)
    assert came["a"].isna().tolist() == [False, True]


def test_a_number_too_large_for_a_whole_one_is_read_from_a_workbook(tmp_path):
    from xlsxwriter import Workbook

    with Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write_column(0, 0, ["x", 1e19, 5])
    assert read_excel(tmp_path / "a.xlsx")["x"].tolist() == [1e19, 5]


def test_names_are_unique_and_none_is_empty(file, read):
    assert list(read(file("a,a,,b\n1,2,3,4\n"))) == ["a", "a.1", "Unnamed: 2", "b"]


def test_lines_above_the_header_can_be_skipped(file, read):
    path = file('Report\n"of, 2020"\n\nid,x\n1,2\n')
    assert read(path, skip=2).to_dict("list") == {"id": [1], "x": [2]}


def test_all_columns_or_some_can_be_read_as_they_are_written(file, read):
    path = file("a,b,c\n1,NA,5\n2.50,x,6\n")
    as_text = read(path, dtype="str", missing=[])
    assert as_text.to_dict("list") == {"a": ["1", "2.50"], "b": ["NA", "x"], "c": ["5", "6"]}
    some = read(path, dtype={"a": "str", "c": "float64"})
    assert some["a"].tolist() == ["1", "2.50"]
    assert str(some["c"].dtype) == "float64"


CELLS = st.one_of(
    st.sampled_from(["", "NA", "007", "true", "FALSE", "1.50", "-3", "1e3", "0x1F", "nan", " 5"]),
    st.integers().map(str),
    st.floats(allow_nan=False).map(str),
    st.dates().map(str),
    st.times().map(str),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=5),
)


@st.composite
def tables(draw):
    """Draw the columns of a table, each of one kind or of any."""
    rows = draw(st.integers(1, 6))
    kinds = st.sampled_from([CELLS, st.integers().map(str), st.sampled_from(["1", "02", "x", ""])])
    columns = [draw(st.lists(draw(kinds), min_size=rows, max_size=rows)) for _ in "abc"]
    return list(zip(*columns, strict=True))


def written(rows):
    text = io.StringIO(newline="")
    # The writer does not see that a lone return ends a line for some readers.
    quoting = csv.QUOTE_ALL if any("\r" in cell for row in rows for cell in row) else 0
    csv.writer(text, lineterminator="\n", quoting=quoting).writerows([("a", "b", "c"), *rows])
    return text.getvalue()


@given(rows=tables())
@settings(max_examples=150, deadline=None)
def test_every_value_comes_back_as_it_was_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_text(written(rows), encoding="utf-8", newline="")
    came = read_csv(path, dtype="str", missing=[])
    assert [tuple(row) for row in came.itertuples(index=False)] == rows


@given(rows=tables(), size=st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_a_file_in_pieces_is_the_file_as_a_whole(tmp_path_factory, rows, size):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_text(written(rows), encoding="utf-8", newline="")
    parts = list(read_csv(path, chunks=size))
    assert all(0 < len(part) <= size for part in parts)
    pd.testing.assert_frame_equal(pd.concat(parts), read_csv(path))


@given(first=tables(), second=tables())
@settings(max_examples=150, deadline=None)
def test_many_files_at_once_are_what_each_file_is(tmp_path_factory, first, second):
    folder = tmp_path_factory.mktemp("any")
    for name, rows in (("a.csv", first), ("b.csv", second)):
        (folder / name).write_text(written(rows), encoding="utf-8", newline="")

    def outcome(**options):
        try:
            read = combine_csvs(folder, **options)
            return pd.concat(list(read)) if options else read
        except (TypeError, ValueError) as error:
            return str(error)

    together, in_pieces = outcome(), outcome(chunks=100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(separated, "read_alike", lambda paths, form: None)
        one_by_one = outcome()
    if isinstance(together, str):
        assert together == one_by_one == in_pieces
    else:
        pd.testing.assert_frame_equal(together, one_by_one)
        pd.testing.assert_frame_equal(together, in_pieces)


def test_a_file_larger_than_its_block_is_typed_over_all_blocks(file, monkeypatch):
    monkeypatch.setattr(separated, "BLOCK", 2000)
    monkeypatch.setattr(pieces, "BLOCK", 2000)
    path = file("a,b,c\n" + "1,2,007\n" * 1000 + "x,2.5,8\n")
    assert [str(dtype) for dtype in read_csv(path).dtypes] == ["str", "float64", "str"]
    parts = list(read_csv(path, chunks=300))
    assert {str(part.dtypes.tolist()) for part in parts} == {str(read_csv(path).dtypes.tolist())}


MEMORY = """
import resource, sys
from helpers.read import read_csv
from helpers.write import write_table
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
write_table(read_csv(sys.argv[1], chunks=50_000), sys.argv[2])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")
def test_a_file_larger_than_memory_passes_through(tmp_path):
    path, out = tmp_path / "large.csv", tmp_path / "large.parquet"
    line = "{:07},Some name or other of a person in a town,3.14159,2024-01-31\n"
    with path.open("w") as large:
        large.write("code,name,value,day\n")
        for start in range(0, 5_000_000, 100_000):
            large.write("".join(line.format(i) for i in range(start, start + 100_000)))
    megabytes = path.stat().st_size / 2**20
    run = [sys.executable, "-c", MEMORY, path, out]
    grown = subprocess.run(run, cwd=TEMPLATE, capture_output=True, text=True, check=True).stdout
    assert int(grown) < megabytes * 0.75
    assert len(pd.read_parquet(out, columns=["code"])) == 5_000_000


def test_files_come_as_people_count_and_locks_and_hidden_files_do_not_count(file):
    for name in ("b10.csv", "b2.csv", "B1.CSV", ".hidden.csv", "~$b3.csv", "notes.txt"):
        file("x\n1\n", name)
    folder = file("x\n1\n", "b2.csv").parent
    assert combine_csvs(folder)["filename"].tolist() == ["B1.CSV", "b2.csv", "b10.csv"]
    assert combine_csvs(folder, "b?.csv")["filename"].tolist() == ["B1.CSV", "b2.csv"]


def test_codes_in_one_file_are_text_in_all(file):
    folder = file("zip,n\n00123,1\n", "a.csv").parent
    file("zip,n\n90210,2\n", "b.csv")
    assert combine_csvs(folder)["zip"].tolist() == ["00123", "90210"]


def test_a_column_that_is_a_number_here_and_text_there_names_both_files(file):
    folder = file("x,y\n5,1\n", "a.csv").parent
    file("x,y\nabc,2\n", "b.csv")
    with pytest.raises(
        TypeError, match=r"'x' is number in a.csv, text in b.csv.*dtype=\{'x': 'str'"
    ):
        combine_csvs(folder)
    assert combine_csvs(folder, dtype={"x": "str"})["x"].tolist() == ["5", "abc"]


def test_columns_that_some_files_lack_are_told_and_missing(file):
    folder = file("id,x\n1,5\n", "a.csv").parent
    file("id,y\n2,7\n", "b.csv")
    with pytest.warns(UserWarning, match=r"a.csv lacks 'y'; b.csv lacks 'x'"):
        both = combine_csvs(folder)
    assert both.columns.tolist() == ["filename", "id", "x", "y"]
    assert both["y"].isna().tolist() == [True, False]


def test_files_without_rows_are_told_and_passed_over(file):
    folder = file("", "a.csv").parent
    file("id\n", "b.csv")
    file("id\n7\n", "c.csv")
    with pytest.warns(UserWarning) as told:
        assert combine_csvs(folder)["id"].tolist() == [7]
    assert sorted(str(each.message) for each in told) == ["a.csv is empty.", "b.csv has no rows."]


@pytest.mark.parametrize(
    ("folder", "pattern", "fault"),
    [("nowhere", "*.csv", "There is no folder .*nowhere"), (".", "*.tsv", "match '.*tsv'.*a.csv")],
)
def test_what_is_not_there_is_an_error_and_no_empty_table(file, folder, pattern, fault):
    path = file("x\n1\n", "a.csv").parent
    with pytest.raises(FileNotFoundError, match=fault):
        combine_csvs(path / folder, pattern)


def test_a_column_of_the_files_own_is_not_overwritten(file):
    folder = file("filename,x\na,1\n", "a.csv").parent
    with pytest.raises(ValueError, match=r"'filename' of its own.*source="):
        combine_csvs(folder)
    assert list(combine_csvs(folder, source="file")) == ["file", "filename", "x"]


PEOPLE = pd.DataFrame(
    {
        "code": ["007", None],
        "people": [64448, 12],
        "share": [0.5, np.nan],
        "on": pd.to_datetime(["2020-01-31", None]).astype("datetime64[us]"),
        "is_town": pd.array([True, None], dtype="boolean"),
    }
)


@pytest.mark.parametrize("chunks", [None, 1])
@pytest.mark.parametrize("ending", ["csv", "csv.gz", "tsv", "xlsx", "parquet", "feather", "jsonl"])
def test_any_file_is_read_by_its_ending(tmp_path, ending, chunks):
    path = tmp_path / f"people.{ending}"
    table = PEOPLE
    if ending.startswith("csv"):
        path.write_bytes(gzip.compress(PEOPLE.to_csv(index=False).encode()))
        if ending == "csv":
            PEOPLE.to_csv(path, index=False)
    elif ending == "tsv":
        PEOPLE.to_csv(path, index=False, sep="\t")
    elif ending == "jsonl":
        table = PEOPLE[["code", "people"]]
        table.to_json(path, orient="records", lines=True)
    elif ending == "xlsx":
        write_excel(PEOPLE, path)
    else:
        getattr(PEOPLE, f"to_{ending}")(path)
    came = read_any(path, chunks=chunks)
    came = came if chunks is None else pd.concat(list(came))
    expected = table.assign(on=["2020-01-31", None]) if ending[1:3] == "sv" else table
    pd.testing.assert_frame_equal(
        came.reset_index(drop=True), expected, check_dtype=chunks is None and "json" not in ending
    )


@pytest.mark.parametrize("chunks", [None, 1])
def test_stata_and_spss_files_are_read(tmp_path, chunks):
    import pyreadstat

    table = pd.DataFrame({"town": ["Oslo", "Bergen"], "people": [7.0, 3.0]})
    table.to_stata(tmp_path / "towns.dta", write_index=False)
    pyreadstat.write_sav(table, tmp_path / "towns.sav")
    for name in ("towns.dta", "towns.sav"):
        came = read_any(tmp_path / name, chunks=chunks)
        came = came if chunks is None else pd.concat(list(came))
        assert came.to_dict("list") == table.to_dict("list")


def test_a_map_is_read(tmp_path):
    geopandas = pytest.importorskip("geopandas")
    places = geopandas.GeoDataFrame(
        {"town": ["Oslo"]}, geometry=geopandas.points_from_xy([10.7], [59.9]), crs=4326
    )
    places.to_file(tmp_path / "towns.geojson")
    assert read_any(tmp_path / "towns.geojson").geometry.iloc[0].x == 10.7


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S">{}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
ROW = (
    '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p>'
    "</table:table-cell></table:table-row>"
)


def test_a_sheet_of_libreoffice_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as ods:
        ods.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        ods.writestr("META-INF/manifest.xml", "<manifest/>")
        ods.writestr("content.xml", ODS.format(ROW.format("code") + ROW.format("007")))
    assert read_any(tmp_path / "a.ods").to_dict("list") == {"code": ["007"]}


@pytest.mark.parametrize("name", ["a.docx", "a", "a.csv.rar"])
def test_another_ending_is_refused_with_the_list(file, name):
    with pytest.raises(ValueError, match=r"must end in one of \.csv \.tsv.*\.sav"):
        read_any(file("x", name))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*nowhere\.csv"):
        read_any(tmp_path / "nowhere.csv")


def test_a_file_that_only_looks_like_a_workbook_is_refused(file):
    with pytest.raises(ValueError, match="must be a workbook, but cannot be read as one"):
        read_any(file("id,x\n1,2\n", "a.xlsx"))


def test_numbers_and_text_in_a_column_of_a_workbook_are_not_mixed_in_silence(tmp_path):
    path = tmp_path / "a.xlsx"
    write_excel(pd.DataFrame({"x": pd.Series([1, 2, "n. k."], dtype=object), "y": [1, 2, 3]}), path)
    with pytest.raises(TypeError, match=r"'x' is mixed in a.xlsx.*dtype=\{'x': 'str'\}"):
        read_excel(path)
    assert read_excel(path, dtype={"x": "str"})["x"].tolist() == ["1", "2", "n. k."]
    assert read_excel(path, missing=["n. k."])["x"].tolist()[:2] == [1, 2]


def test_sheets_and_workbooks_are_combined_with_where_a_row_is_from(tmp_path):
    write_excel(
        {"S1": pd.DataFrame({"x": [1]}), "S2": pd.DataFrame({"x": [2]})}, tmp_path / "a.xlsx"
    )
    write_excel({"S1": pd.DataFrame({"x": [3]})}, tmp_path / "b.xlsx")
    assert read_all_sheets(tmp_path / "a.xlsx").to_dict("list") == {
        "sheet": ["S1", "S2"],
        "x": [1, 2],
    }
    every = combine_excels(tmp_path, all_sheets=True)
    assert every.to_dict("list") == {
        "filename": ["a.xlsx", "a.xlsx", "b.xlsx"],
        "sheet": ["S1", "S2", "S1"],
        "x": [1, 2, 3],
    }
    named = combine_excels(tmp_path, all_sheets=True, source="sheet", sheet_source="tab")
    assert list(named) == ["sheet", "tab", "x"]
    with pytest.raises(ValueError, match=r"b.xlsx must have the sheet 'S2', but has: 'S1'"):
        combine_excels(tmp_path, sheet="S2")


def test_rows_above_the_names_of_a_sheet_are_skipped(tmp_path):
    from xlsxwriter import Workbook

    with Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["Pizzas of 2020"], [], ["shop", "sold"], ["Roma", 7]]):
            sheet.write_row(row, 0, cells)
    assert read_excel(tmp_path / "a.xlsx", skip=1).to_dict("list") == {
        "shop": ["Roma"],
        "sold": [7],
    }


def test_a_reader_warns_at_the_line_that_called_it(file):
    folder = file("", "a.csv").parent
    file("id\n7\n", "b.csv")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        combine_csvs(folder)
    assert told[0].filename == __file__


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"sep": "::"}, "`sep` must be one character, but is '::'"),
        ({"skip": -1}, "`skip` must be a number of lines, but is -1"),
        ({"chunks": 0}, "`chunks` must be at least 1 row at a time, but is 0"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_a_sentence(file, options, fault):
    with pytest.raises(ValueError, match=fault):
        read_csv(file("a\n1\n"), **options)


def test_a_sheet_without_anything_is_refused(tmp_path):
    from xlsxwriter import Workbook

    with Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet()
    with pytest.raises(ValueError, match=r"a.xlsx must begin with a row of column names"):
        read_excel(tmp_path / "a.xlsx")


@pytest.mark.parametrize("name", ["a.json", "a.parquet", "a.feather", "a.dta"])
def test_a_file_that_is_not_what_its_ending_says_is_named(file, name):
    with pytest.raises(ValueError, match=f"{name} cannot be read as"):
        read_any(file("{", name))


@pytest.mark.parametrize("chunks", [None, 1])
def test_a_file_that_breaks_off_in_its_last_row_is_refused(tmp_path, chunks):
    path = tmp_path / "birds.csv"
    path.write_text("bird,nest,grams\na,1,3750\nb,2,3800\nc,3", "utf-8")
    with pytest.raises(ValueError, match=r"line 4: the last row must have 3 fields .* after 2"):
        list(read_csv(path, chunks=chunks) if chunks else [read_csv(path)])


@pytest.mark.parametrize(
    "text",
    ["bird,nest,grams\na,1,3750\nb,2\n", "bird,nest,grams\na,1\nb,2", "bird,nest,grams\na,1,3"],
    ids=["its line has an end", "another row is short as well", "it is whole"],
)
def test_a_last_row_is_taken_as_it_is_if(tmp_path, text):
    path = tmp_path / "birds.csv"
    path.write_text(text, "utf-8")
    assert len(read_csv(path)) == text.rstrip().count("\n")
