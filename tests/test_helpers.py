"""What the helpers promise beyond their doctests, on values small enough to read."""

import shlex
import sys
import warnings

import pandas as pd
import pytest
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

from helpers.check import check_columns, check_unique, check_values
from helpers.read import read_csv
from helpers.show import show_table
from helpers.tidy import clean_columns, to_boolean, unaccent
from helpers.write import whole, write_plot, write_table
from startpy.command import parser
from startpy.pipeline import options


@pytest.fixture
def csv(tmp_path):
    def write(content):
        path = tmp_path / "towns.csv"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("names", "cleaned"),
    [
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (
            ["userID", "HTTPCode", "snake_case", "a.b"],
            ["user_id", "http_code", "snake_case", "a_b"],
        ),
        (["Straße", "Œuvre", "Łódź"], ["strasse", "oeuvre", "lodz"]),
        (["100%", "100", "# of eggs"], ["x100_percent", "x100", "number_of_eggs"]),
        (["", None, "😀"], ["column_1", "column_2", "column_3"]),
        (["日本", "Москва"], ["日本", "москва"]),
    ],
)
def test_column_names_are_unique_snake_case_and_cleaning_twice_changes_nothing(names, cleaned):
    assert clean_columns(names) == cleaned
    assert clean_columns(cleaned) == cleaned


def test_cleaning_the_columns_of_a_table_leaves_the_table_as_it_was():
    table = pd.DataFrame({"Body Mass (g)": [1]})
    assert list(clean_columns(table)) == ["body_mass_g"]
    assert list(table) == ["Body Mass (g)"]


def test_text_comes_back_as_the_kind_it_was_with_index_name_and_missing_values():
    towns = pd.Series(["Tromsø", None, "Ærø"], index=[3, 2, 1], name="town")
    expected = pd.Series(["Tromso", None, "AEro"], index=[3, 2, 1], name="town")
    pd.testing.assert_series_equal(unaccent(towns), expected)
    assert unaccent(["é", None]) == ["e", None]


@pytest.mark.parametrize("values", [pd.Series([1, 2]), [1], pd.Series([True])])
def test_numbers_are_no_text(values):
    with pytest.raises(TypeError, match="must be text"):
        unaccent(values)


def test_a_category_keeps_its_text_when_it_loses_its_accents():
    assert unaccent(pd.Series(["é", "a", "é"], dtype="category")).tolist() == ["e", "a", "e"]


def test_settings_become_options_that_a_stage_reads_back():
    def main(strict: bool, lowest: float, towns: list[str]) -> None: ...

    settings = {"strict": False, "lowest": -1e-05, "towns": ["Oslo", "Sankt Hans"]}
    read = vars(parser(main).parse_args(shlex.split(options(settings))))
    assert read == settings


def test_a_table_of_almost_only_zeros_is_shown():
    assert "0.00123" in show_table(pd.DataFrame({"a": [0, 0, 0, 0.00123456]})).body


def test_words_that_mean_neither_are_listed_and_become_missing():
    with pytest.warns(UserWarning, match=r"'maybe' \(at 1\), '1' \(at 2\) became missing"):
        answers = to_boolean(pd.Series(["yes", "maybe", "1", None]))
    assert answers.tolist() == [True, pd.NA, pd.NA, pd.NA]


def test_a_word_cannot_mean_both():
    with pytest.raises(ValueError, match="in both lists"):
        to_boolean(pd.Series(["y"]), truthy=["y"], falsy=["Y"])


@pytest.mark.parametrize(
    "content",
    [
        "code;town\n007;Tromsø\n".encode(),
        "code,town\r\n007,Tromsø\r\n".encode("utf-8-sig"),
        "code\ttown\n007\tTromsø\n".encode("utf-16"),
        "code|town\n007|Tromsø\n".encode(),
    ],
    ids=["semicolons", "a mark and CRLF", "UTF-16 and tabs", "bars"],
)
def test_encoding_and_separator_are_read_from_the_bytes(csv, content):
    assert read_csv(csv(content)).to_dict("list") == {"code": ["007"], "town": ["Tromsø"]}


def test_a_named_encoding_is_used_and_an_unnamed_one_is_asked_for(csv):
    path = csv("town\nTromsø\n".encode("cp1252"))
    with pytest.raises(ValueError, match=r'line 2 is not(.|\n)*"cp1252": Tromsø'):
        read_csv(path)
    assert read_csv(path, encoding="cp1252")["town"].tolist() == ["Tromsø"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"a,b\n1,2\n3,4,5\n", "line 3: a row must have 2 fields as the header has.*has 3"),
        (b"", "must begin with a row of column names"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_line(csv, content, fault):
    with pytest.raises(ValueError, match=fault):
        read_csv(csv(content))


def test_a_file_can_be_read_letter_by_letter(csv):
    table = read_csv(csv(b"a,b\nNA,1.0\n,x\n"), dtype="str", missing=[])
    assert table.to_dict("list") == {"a": ["NA", ""], "b": ["1.0", "x"]}


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        (lambda t: check_columns(t, ["Nest", "eggs"]), "the column `Nest`.*Did you mean `nest`"),
        (lambda t: check_unique(t, "nest"), "`nest` must identify a row, but 2 of 3 rows repeat"),
        (lambda t: check_unique(t.assign(nest=[1, "N", 1]), "nest"), "2 of 3 rows repeat"),
        (lambda t: check_values(t, "eggs", low=1), "at least 1, but 1 of 3 rows is not"),
        (lambda t: check_values(t, "eggs", high=1.5), "at most 1.5, but 1 of 3 rows is not"),
        (lambda t: check_values(t, "nest", allowed=["N1"]), "one of N1, but 2 of 3 rows are not"),
        (lambda t: check_values(t, "eggs", missing=False), "there, but 1 of 3 rows is not"),
    ],
)
def test_a_check_names_the_rows_at_fault(check, fault):
    nests = pd.DataFrame({"nest": ["N1", "N2", "N2"], "eggs": [2.0, 0.0, None]})
    with pytest.raises(ValueError, match=fault):
        check(nests)


def test_a_check_that_holds_returns_the_table_itself():
    nests = pd.DataFrame({"nest": ["N1", "N2"], "eggs": [2, None]})
    assert check_columns(nests, ["nest"]) is nests
    assert check_unique(nests, "nest") is nests
    assert check_values(nests, "eggs", low=0, high=2) is nests


def test_an_index_that_says_something_is_not_dropped_in_silence(tmp_path):
    with pytest.raises(ValueError, match=r"reset_index"):
        write_table(pd.DataFrame({"a": [1]}, index=["Oslo"]), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["xlsx", "pickle", ""])
def test_a_table_is_parquet_or_csv(tmp_path, ending):
    with pytest.raises(ValueError, match=r"must end in \.parquet or \.csv"):
        write_table(pd.DataFrame({"a": [1]}), tmp_path / f"a.{ending}")
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), whole(path) as part:
        part.write_text("half", encoding="utf-8")
        _ = 1 / 0
    assert [file.read_text("utf-8") for file in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_plot_is_the_same_bytes_each_time_and_its_text_stays_text(tmp_path, ending):
    from plotnine import aes, geom_point, ggplot

    plot = ggplot(pd.DataFrame({"x": [1], "eggs": [2]}), aes("x", "eggs")) + geom_point()
    paths = [tmp_path / f"{name}.{ending}" for name in ("first", "second")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in paths:
            write_plot(plot, path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    if ending == "svg":
        assert b">eggs</text>" in first
    if ending == "pdf":
        assert b"/Type3" not in first  # a font of pictures, which nobody can edit
        assert b"/CIDFontType2" in first
