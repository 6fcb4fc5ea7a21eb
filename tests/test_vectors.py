"""What upstartr does, as R answered it, and what our helpers do: the same, or better.

`vectors/*.json` holds a call and R's answer each. Where the verdict is "same" we do likewise;
where it is "bug" or "design" the file says what is better. Left out are those that were recorded
with a stand-in for a package of R, and those whose place Python has no use for.
"""

import json
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

from helpers import read, tidy

VECTORS = Path(__file__).parent / "vectors"


def vectors(*names):
    """Return the calls that are recorded for these functions of R."""
    found = [
        (name, vector)
        for name in names
        for vector in json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    ]
    kept = [(name, each) for name, each in found if each.get("verdict") != "not needed"]
    return pytest.mark.parametrize(
        ("name", "vector"), kept, ids=[vector["id"] for _, vector in kept]
    )


def wanted(vector):
    """Return what must come: a value and no error, or no value and an error."""
    keys = ("expected", "expected_error")
    if vector.get("verdict") in ("bug", "design") or "better_error" in vector:
        keys = ("better", "better_error")
    return vector.get(keys[0]), vector.get(keys[1])


def text_of(value):
    """Return a text that was recorded as bytes as Python has it once a file is read."""
    if not isinstance(value, dict):
        return value
    encoding = {"unknown": "utf-8"}.get(value["encoding"], value["encoding"])
    return bytes.fromhex(value["bytes"]).decode(encoding, errors="ignore")


def without_missing(values):
    return [None if pd.isna(value) or value in ("NaN", "NA") else value for value in values]


def arguments(vector):
    """Return R's vectors as Python's lists, and R's options, vectors of one value, as values."""
    lists = {"stopwords", "truthy", "falsy"}
    options = {
        name: value if name in lists or not isinstance(value, list) else value[0]
        for name, value in vector["kwargs"].items()
        if name not in ("utf8_only", "remove.nonconverted")
    }
    return [list(map(text_of, value)) for value in vector["args"]], options


@vectors("unaccent", "simplify_string", "clean_columns", "convert_str_to_logical", "parse_number")
@pytest.mark.parametrize("kind", [list, pd.Series], ids=["a list", "a Series"])
def test_text_becomes_what_is_recorded(name, vector, kind):
    if name == "clean_columns" and kind is pd.Series:
        kind = pd.Index
    (values,), options = arguments(vector)
    value, error = wanted(vector)
    call = getattr(tidy, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if error:
            with pytest.raises({"TypeError": TypeError}.get(error, ValueError)):
                call(kind(values), **options)
            return
        came = call(kind(values), **options)
    assert without_missing(came) == without_missing(value)
    assert isinstance(came, kind)


def number(value):
    return float(value) if value in ("NaN", "Inf", "-Inf") else value


@vectors("calc_index")
def test_numbers_are_indexed_as_recorded(name, vector):
    (values,), options = arguments(vector)
    if vector["dtypes"] == ["Date"] or "date" in vector["note"]:
        values = pd.to_datetime(pd.Series(values))
    else:
        values = list(map(number, values))
    value, error = wanted(vector)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if error:
            with pytest.raises(TypeError):
                tidy.calc_index(values, **options)
        else:
            came = tidy.calc_index(values, **{key: number(each) for key, each in options.items()})
            assert without_missing(came) == without_missing(value)


@vectors("calc_mode")
def test_the_most_frequent_come_in_the_order_in_which_they_came(name, vector):
    (values,), _ = arguments(vector)
    value, _ = wanted({"verdict": "same"} | vector)
    assert without_missing(tidy.calc_mode(values)) == without_missing(value)


@vectors("not_in", "not_na")
def test_pandas_says_what_is_not_in_and_not_missing(name, vector):
    values, *table = (pd.Series(each, dtype=object) for each in vector["args"])
    came = ~values.isin(table[0]) if table else values.map(number).notna()
    assert came.tolist() == vector["expected"]


FIXTURES = VECTORS / "fixtures"
READERS = {
    "combine_csvs": read.combine_csvs,
    "combine_excels": read.combine_excels,
    "read_all_excel_sheets": read.read_all_sheets,
}
# What options of R's readers are in Python.
OPTIONS = {
    ("col_types", "cc"): {"dtype": "str"},
    ("all_sheets", "TRUE"): {"all_sheets": True},
    ("sheet", "S2"): {"sheet": "S2"},
    ("pattern", r"\.csv$"): {"pattern": "[!B].csv"},
    ("n_max", "1"): {},
}


@vectors(*READERS)
def test_files_are_read_as_recorded(name, vector):
    path = vector["args"][0].replace("<FIXTURES>", str(FIXTURES))
    given = [OPTIONS[option] for option in vector["kwargs"].items()]
    options = {key: value for each in given for key, value in each.items()}
    expected, error = vector.get("better") or vector["expected"], vector.get("better_error")
    if not expected or error:
        kind = (error or "ValueError").partition(":")[0]
        kinds = {"FileNotFoundError": FileNotFoundError, "TypeError": TypeError}
        with pytest.raises(kinds.get(kind, ValueError)):
            READERS[name](path, **options)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        came = READERS[name](path, **options)
    if "n_max" in vector["kwargs"]:
        came = came.groupby("filename", as_index=False).head(1)
    assert len(came) == expected["nrow"]
    if "better" in vector:
        assert list(came) == expected["columns"]
        assert [str(dtype) for dtype in came.dtypes] == expected["dtypes"]
    for column, values in zip(expected["columns"], expected["data"], strict=True):
        shown = without_missing(came[column].head(len(values)))
        shown = [x.isoformat() if isinstance(x, pd.Timestamp) else x for x in shown]
        wanted_values = [Path(x).name for x in values] if column == "filename" else values
        assert shown == without_missing(wanted_values)
