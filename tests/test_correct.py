"""A mistake in the raw data is corrected as data, or nothing is and the reason is told."""

import datetime
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

from helpers.correct import apply_corrections
from helpers.show import show_table
from helpers.write import write_table

HEADER = "bird,column,old,new,reason,who,date\n"
END = ",a slip,Ann,2026-11-24\n"
BIRDS = pd.DataFrame(
    {
        "bird": ["N1", "N2", "N2"],
        "adult": ["A1", "A1", "A2"],
        "sex": ["MALE", ".", ""],
        "mass_g": [4875.0, None, 3750.5],
        "source_file": ["a.csv", "a.csv", "b.csv"],
    }
)


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file of corrections into the folder of the test, and return its name."""
    monkeypatch.chdir(tmp_path)

    def write(content, name="birds.csv"):
        (tmp_path / name).write_text(content, encoding="utf-8", newline="")
        return name

    return write


def correction(**changes):
    """Return a table of one correction, of the sex of the second bird unless it says otherwise."""
    usual = {"bird": "N2", "adult": "A1", "column": "sex", "old": ".", "new": "NA"}
    return pd.DataFrame([usual | {"reason": "r", "who": "w", "date": "2026-11-24"} | changes])


def refusal(table, corrections):
    with pytest.raises(ValueError) as refused:
        apply_corrections(table, corrections)
    return str(refused.value)


def test_a_value_is_corrected_and_the_table_that_came_is_as_it_was():
    before = BIRDS.copy(deep=True)
    corrected, _ = apply_corrections(BIRDS, correction())
    pd.testing.assert_frame_equal(corrected, BIRDS.assign(sex=["MALE", "NA", ""]))
    pd.testing.assert_frame_equal(BIRDS, before)


def test_the_log_has_the_correction_its_place_in_the_file_and_the_raw_file_of_the_row(write):
    path = write(
        "bird,adult,column,old,new,reason,who,date\n"
        '\n,,,,,,,\nN2,A2,mass_g,3750.5,,"two\nlines",Ann,2026-11-24\n'
        "N2,A1,sex,.,NA,none,Bo,2026-11-25\n"
    )
    _, log = apply_corrections(BIRDS, path)
    assert log.fillna({"new": ""}).to_dict("list") == {
        "bird": ["N2", "N2"],
        "adult": ["A2", "A1"],
        "column": ["mass_g", "sex"],
        "old": ["3750.5", "."],
        "new": ["", "NA"],
        "reason": ["two\nlines", "none"],
        "who": ["Ann", "Bo"],
        "date": ["2026-11-24", "2026-11-25"],
        "correction_file": ["birds.csv", "birds.csv"],
        "correction_line": [4, 6],
        "source_file": ["b.csv", "a.csv"],
    }


def test_files_with_other_keys_are_applied_together_and_their_keys_stand_side_by_side(write):
    first = write(HEADER + "N1,mass_g,4875,4800" + END, "first.csv")
    second = write(f"bird;adult{HEADER[4:]}N2;A1;sex;.;NA{END}".replace(",", ";"), "second.csv")
    corrected, log = apply_corrections(BIRDS, [first, second])
    assert corrected["mass_g"].tolist()[0] == 4800
    assert corrected["sex"].tolist()[1] == "NA"
    assert log[["bird", "adult", "correction_file"]].fillna("-").values.tolist() == [
        ["N1", "-", "first.csv"],
        ["N2", "A1", "second.csv"],
    ]


@pytest.mark.parametrize("rows", [0, 3])
def test_without_corrections_nothing_changes_and_the_log_can_be_written(write, rows):
    birds = BIRDS.head(rows)
    header_only = write(HEADER)
    for corrections in (header_only, [header_only], [], correction().head(0)):
        corrected, log = apply_corrections(birds, corrections)
        pd.testing.assert_frame_equal(corrected, birds)
        assert len(log) == 0
        assert log.columns[-3:].tolist() == ["correction_file", "correction_line", "source_file"]
        assert (log.dtypes.drop("correction_line") == "str").all()
        write_table(log, "log.parquet")
        pd.testing.assert_frame_equal(pd.read_parquet("log.parquet"), log)


LINES = {
    "the key is unknown": (
        "N3,mass_g,1,2",
        [
            "a row where `bird` is 'N3', but there is none",
            "Did you mean the row where `bird` is 'N2'",
        ],
    ),
    "the key finds two rows": (
        "N2,sex,.,NA",
        ["must find one row, but in 2 rows `bird` is 'N2'", "rows 1, 2", "Add a column to the key"],
    ),
    "the column is unknown": ("N1,Mas_g,1,2", ["`Mas_g` is no column", "Did you mean `mass_g`"]),
    "there is no column": ("N1,,1,2", ["`column` must be filled in"]),
    "the column is part of the key": ("N1,bird,N1,N2", ["`bird` is part of the key"]),
    "the old value is another one": (
        "N1,sex,male,FEMALE",
        ["`sex` is 'MALE' where `bird` is 'N1'", "expects 'male'", "Was the raw file replaced?"],
    ),
    "a number is written as people do": (
        'N1,mass_g,"4,875",1',
        ["`old` must be a number", "is '4,875'"],
    ),
    "a value is there by now": ("N1,sex,,FEMALE", ["`sex` is 'MALE'", "expects missing"]),
    "the raw file has it right by now": (
        "N1,mass_g,4785,4875",
        ["is 4875.0", "It is what the correction makes of it: delete this line."],
    ),
    "old and new are one number": ("N1,mass_g,4875,4875.00", ["must differ", "both are 4875.0"]),
    "old and new are both nothing": ("N1,mass_g,,", ["must differ", "both are missing"]),
    "the new value is no number": ("N1,mass_g,4875,heavy", ["`new` must be a number", "'heavy'"]),
    "the new number is too large": ("N1,mass_g,4875,1e999", ["`new` must be a number", "'1e999'"]),
}


@pytest.mark.parametrize(("line", "words"), LINES.values(), ids=LINES)
def test_a_correction_that_does_not_fit_is_refused_with_its_line(write, line, words):
    said = refusal(BIRDS, write(HEADER + line + END))
    assert "\n  birds.csv, line 2: " in said
    assert [word for word in words if word not in said] == [], said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": " "}, "`reason` must be filled in"),
        ({"who": ""}, "`who` must be filled in"),
        ({"date": None}, "`date` must be filled in"),
        ({"date": "24/11/2026"}, "`date` must be a date such as 2026-11-24, but is '24/11/2026'"),
        ({"date": "2026-02-30"}, "`date` must be a date such as"),
        ({"date": "20261124"}, "`date` must be a date such as"),
    ],
)
def test_a_correction_says_why_who_and_when(changes, words):
    assert f"\n  row 0: {words}" in refusal(BIRDS, correction(**changes))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("bird,column,old,new,reason,date", ["`who` must be there"]),
        ("bird,adult", ["`column`, `old`, `new`, `reason`, `who`, `date` must be there"]),
        ("column,old,new,reason,who,date", ["the key must be there"]),
        ("Bird,column,old,new,reason,who,date", ["`Bird` is no column", "Did you mean `bird`"]),
        ("bird,Old,column,new,reason,who,date", ["`old` must be there", "`Old` is no column"]),
        ("twice,column,old,new,reason,who,date", ["2 of the table have that name"]),
    ],
)
def test_a_header_that_does_not_fit_is_refused_with_its_file(write, header, words):
    table = pd.concat([BIRDS, BIRDS[["sex", "sex"]].set_axis(["twice"] * 2, axis=1)], axis=1)
    said = refusal(table, write(f"{header}\n"))
    assert "\n  birds.csv: " in said
    assert [word for word in words if word not in said] == [], said


def test_every_fault_of_every_file_is_told_at_once(write):
    first = write("Bird,column,old,new,reason,who,date\n", "first.csv")
    second = write(f"{HEADER}N1,sex,male,F{END}N9,sex,.,F,,Ann,today\n", "second.csv")
    said = refusal(BIRDS, [first, second])
    assert [line.split(": ")[0].strip() for line in said.splitlines()[1:]] == [
        "first.csv",
        "second.csv, line 2",
        "second.csv, line 3",
        "second.csv, line 3",
        "second.csv, line 3",
    ]


def test_of_very_many_faults_the_first_are_told(write):
    said = refusal(BIRDS, write(HEADER + f"N9,sex,.,F{END}" * 1_000))
    assert len(said.splitlines()) < 30
    assert said.endswith("and more.")


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("FEMALE", "first.csv, line 2, does the same. Keep one of them."),
        ("NA", "first.csv, line 2, makes it 'FEMALE', and this one 'NA'. Keep one of them."),
    ],
)
def test_a_value_is_corrected_once_whatever_the_key_that_finds_it(write, new, words):
    first = write(f"{HEADER}N1,sex,MALE,FEMALE{END}", "first.csv")
    second = write(f"mass_g{HEADER[4:]}4875,sex,MALE,{new}{END}", "second.csv")
    said = refusal(BIRDS, [first, second])
    assert f"second.csv, line 2: a value must be corrected once, but {words}" in said


def test_text_is_compared_as_it_is_written_and_numbers_for_what_they_are():
    raw = BIRDS.astype({"mass_g": "str"})
    key = {"bird": "N1", "adult": "A1", "column": "mass_g", "new": "4800"}
    assert apply_corrections(BIRDS, correction(**key, old="4875"))[0]["mass_g"][0] == 4800.0
    assert apply_corrections(raw, correction(**key, old="4875.0"))[0]["mass_g"][0] == "4800"
    assert "is '4875.0' where" in refusal(raw, correction(**key, old="4875"))


@pytest.mark.parametrize(("adult", "column"), [("A2", "sex"), ("A1", "mass_g")])
def test_an_empty_old_is_an_empty_text_or_a_missing_value(adult, column):
    change = correction(adult=adult, column=column, old="", new="1")
    corrected, log = apply_corrections(BIRDS, change)
    assert str(corrected.set_index(["bird", "adult"]).loc[("N2", adult), column]) in ("1", "1.0")
    assert log["old"].isna().all()


def test_an_empty_new_makes_a_value_missing_in_text_too():
    corrected, _ = apply_corrections(BIRDS, correction(new=""))
    assert corrected["sex"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("values", "old", "new", "words"),
    [
        ([1, 2], "1", "", "int64, which has no missing value"),
        ([1, 2], "1", "1.5", "`new` must be a whole number"),
        (pd.array([1, 2], "int8"), "1", "300", "`new` must be a whole number"),
        ([True, False], "TRUE", "no", "`new` must be true or false"),
        ([True, False], "true", "", "make it one that has: .astype({'value': \"boolean\"})"),
        (pd.Categorical(["a", "b"]), "a", "c", "`new` must be one of the categories a, b"),
        (pd.to_datetime(["2026-01-31", None]), "31/01/2026", "", "`old` must be a date such as"),
        (pd.to_datetime(["2026-01-31", None]), "2026-01-31", "2026-02-30", "`new` must be a date"),
        (pd.to_datetime(["2026-01-31"] * 2), "2026-01-31", "2026-01-31T00:00Z", "`new` must be"),
    ],
)
def test_a_value_that_cannot_stand_in_the_column_is_refused(values, old, new, words):
    table = pd.DataFrame({"bird": ["N1", "N2"], "value": values})
    change = correction(bird="N1", column="value", old=old, new=new).drop(columns="adult")
    assert words in refusal(table, change)


@pytest.mark.parametrize(
    "values",
    [[1, 2], [1.0, 2.5], [True, False], ["1", None], pd.Categorical([7, 8]), [None, "é 😀"],
     pd.to_datetime(["2026-01-31 00:00", "2026-02-01 15:30"]).tz_localize("Europe/London"),
     [datetime.date(2026, 1, 31), None], pd.array([1, None], "Int64")],
)  # fmt: skip
def test_a_key_is_found_by_values_of_any_type(values):
    table = pd.DataFrame({"key": values, "eggs": [1, 2]}, index=[5, 5])
    for row, value in enumerate(pd.Series(values).astype("str").fillna("")):
        change = correction(key=value, column="eggs", old=str(row + 1), new="0")
        corrected, _ = apply_corrections(table, change.drop(columns=["bird", "adult"]))
        assert corrected["eggs"].tolist()[row] == 0
        assert corrected.index.tolist() == [5, 5]


def test_a_column_named_by_a_number_is_found_by_that_number():
    table = pd.DataFrame({2025: ["a", "b"], 2026: [1, 2]})
    change = correction(column="2026", old="1", new="0").rename(columns={"bird": "2025"})
    corrected, log = apply_corrections(table, change.drop(columns="adult").assign(**{"2025": "a"}))
    assert corrected.to_dict("list") == {2025: ["a", "b"], 2026: [0, 2]}
    assert log["2025"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("table", "corrections", "words"),
    [
        (BIRDS, correction(old=1), "`old` must be text, but is int64: use .astype"),
        (
            BIRDS.assign(sex=pd.to_timedelta([1, 2, 3], unit="h")),
            correction(),
            "`sex` is timedelta64 .* Correct the table before it becomes that",
        ),
        (BIRDS.assign(sex=[["M"], ["F"], []]), correction(), "`sex` is mixed"),
        (BIRDS, None, "must be a table, the path of a CSV file or a list .* but is NoneType"),
        (BIRDS, [correction()], "but among them is DataFrame"),
    ],
)
def test_what_is_no_text_and_what_no_text_stands_for_is_refused(table, corrections, words):
    with pytest.raises(TypeError, match=words):
        apply_corrections(table, corrections)


def test_a_file_that_a_spreadsheet_has_spoilt_is_refused_with_what_to_do(write, tmp_path):
    path = write(HEADER)
    (tmp_path / path).write_bytes((HEADER + "N1,sex,MALE,M\xe4nnchen" + END).encode("cp1252"))
    with pytest.raises(ValueError, match=r"must be UTF-8, but line 2 is not") as refused:
        apply_corrections(BIRDS, path)
    assert "Corrections are CSV in UTF-8" in str(refused.value.__notes__)


def test_hostile_values_are_kept_and_shown_as_text(write):
    path = write(f'{HEADER}N1,sex,MALE,"=HYPERLINK(""x"")<script>",<b>why</b>,Ann,2026-11-24\n')
    corrected, log = apply_corrections(BIRDS, path)
    assert corrected["sex"][0] == '=HYPERLINK("x")<script>'
    assert "<script>" not in show_table(log).body
    assert "&lt;b&gt;why" in show_table(log).body


TIMES = st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2200, 1, 1))
KINDS = {
    "str": st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    "string": st.text(min_size=1, alphabet="aé😀,\"'\n "),
    "object": st.dates(),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint8": st.integers(0, 255),
    "Int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(allow_nan=False),
    "float32": st.floats(width=32, allow_nan=False),
    "Float64": st.floats(allow_nan=False),
    "bool": st.booleans(),
    "boolean": st.booleans(),
    "category": st.sampled_from("abc"),
    "datetime64[us]": TIMES,
    "datetime64[ns]": TIMES,
    "datetime64[us, Europe/London]": TIMES,
    "int64[pyarrow]": st.integers(-(2**63), 2**63 - 1),
    "timestamp[us][pyarrow]": TIMES,
    "date32[pyarrow]": st.dates(),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=2),
}
# Objects without any value do not tell what they were of.
WITHOUT_MISSING = ("int64", "uint8", "bool", "object", "decimal")


def written(value):
    """Return a value as a person writes it into a file of corrections."""
    if pd.isna(value):
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_corrected_there_and_back_the_table_is_what_it_was(kind, data):
    values = KINDS[kind] if kind in WITHOUT_MISSING else st.none() | KINDS[kind]
    drawn = data.draw(st.lists(values, min_size=2, max_size=6))
    dtype = pd.CategoricalDtype(list("abc")) if kind == "category" else kind
    column = pd.Series(drawn, dtype="object" if kind == "decimal" else dtype)
    row, new = data.draw(st.integers(0, len(drawn) - 2)), len(drawn) - 1
    old_text, new_text = written(column[row]), written(column[new])
    table = pd.DataFrame({"bird": [f"N{each}" for each in column.index], "value": column})
    there = pd.DataFrame(
        [{"bird": f"N{row}", "column": "value", "old": old_text, "new": new_text}]
    ).assign(reason="r", who="w", date="2026-11-24")
    if old_text == new_text or (old_text and new_text and column[row] == column[new]):
        assert "must differ" in refusal(table, there)
        return
    corrected, _ = apply_corrections(table, there)
    assert written(corrected["value"][row]) == new_text
    assert corrected["value"].dtype == table["value"].dtype
    back, _ = apply_corrections(corrected, there.rename(columns={"old": "new", "new": "old"}))
    pd.testing.assert_frame_equal(back, table, check_exact=True)


@pytest.fixture(scope="module")
def uncorrected(project, tmp_path_factory):
    """A copy of the project whose analyst has deleted the corrections."""
    copy = project.copy(tmp_path_factory.mktemp("uncorrected") / "copy")
    (copy.folder / "data/corrections/penguins.csv").unlink()
    return copy


def test_a_file_of_corrections_that_is_gone_stops_the_run(uncorrected):
    done = uncorrected.snakemake()
    assert done.returncode == 1
    assert "data/corrections/penguins.csv must be there" in done.output
    assert "git checkout -- data/corrections/penguins.csv" in done.output


@pytest.mark.nightly
def test_a_project_without_corrections_says_so_in_one_line_of_the_snakefile(uncorrected):
    uncorrected.edit("Snakefile", 'existing("data/corrections/penguins.csv")', "[]")
    done = uncorrected.snakemake("clean")
    assert "`sex` must be one of female, male, but 1 of 344 rows is not" in done.output
    uncorrected.edit("stages/clean.py", 'UNKNOWN = "NA"', 'UNKNOWN = ["NA", "."]')
    done = uncorrected.snakemake()
    assert done.returncode == 0, done.output
    page = (uncorrected.folder / "results/report.html").read_text(encoding="utf-8")
    assert "What was corrected?" in page and "No rows." in page


def test_the_report_says_what_was_corrected_and_why(report_page):
    page = report_page.read_text(encoding="utf-8")
    section = page.partition("What was corrected?</h2>")[2].partition("<h2")[0]
    for cell in ("PAL0910", "N36A1", "Sex", ".", "NA", "gentoo.csv"):
        assert f">{cell}</td>" in section
    assert "sexing primers did not amplify" in section


def test_an_edited_correction_makes_the_run_start_at_clean(copy):
    copy.edit("data/corrections/penguins.csv", "Not known", "Unknown")
    assert copy.plan() == ["analyse", "clean", "report"]


def test_a_correction_that_does_not_fit_stops_the_run_in_the_last_lines(copy):
    copy.edit("data/corrections/penguins.csv", ",.,NA,", ",MALE,NA,")
    said = "\n".join(copy.snakemake().output.splitlines()[-12:])
    assert "data/corrections/penguins.csv, line 2: `Sex` is '.' where `studyName` is" in said
    assert "Mend it, then: python run.py clean" in said
    assert "Traceback" not in said
