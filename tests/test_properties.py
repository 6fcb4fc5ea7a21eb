"""What holds for any text and any numbers, tried on many that nobody would think of."""

import sys
import time
import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import TEMPLATE

sys.path.insert(0, str(TEMPLATE))

from helpers.tidy import (
    calc_index,
    calc_mode,
    clean_columns,
    parse_date,
    parse_number,
    simplify_string,
    to_boolean,
    unaccent,
)
from startpy import text as machine
from startpy.letters import Letters, plain_letter

# Many scripts, and often what is between Latin letters and the rest: marks, joiners, ligatures.
LETTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("aZ é\u0301Øßﬁ½’–\u200d\ufeff\uffff\x1c\t,.'(5%$€−МйѝΣςǆẛ̣q̣̇"),
)
TEXTS = st.text(LETTERS, max_size=12)
COLUMNS = st.lists(st.none() | TEXTS, max_size=8)
TEXT_HELPERS = {
    "unaccent": unaccent,
    "simplify_string": simplify_string,
    "simplify_string with everything": lambda text: simplify_string(
        text, digits=True, unaccent=False, case="title", stopwords=["a", "é"], punctuation="space"
    ),
    "simplify_string with nothing": lambda text: simplify_string(
        text, alpha=False, case="sentence", trim=False
    ),
    "to_boolean": lambda text: to_boolean(text, truthy=["a"], falsy=["é", "5"]),
    "parse_number": lambda text: parse_number(text, errors="coerce"),
    "parse_date": lambda text: parse_date(text, ["%d.%m.%Y", "excel"], errors="coerce"),
}
QUIET = settings(max_examples=150, deadline=None)
each_helper = pytest.mark.parametrize("helper", TEXT_HELPERS.values(), ids=TEXT_HELPERS)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@each_helper
@given(values=COLUMNS)
@QUIET
def test_a_column_comes_back_with_its_length_index_name_and_missing_values(helper, values):
    column = pd.Series(values, dtype="str", name="a", index=range(len(values), 0, -1))
    before = column.copy(deep=True)
    changed = helper(column)
    pd.testing.assert_index_equal(changed.index, column.index)
    assert changed.name == "a"
    assert changed[column.isna()].isna().all()
    pd.testing.assert_series_equal(column, before)


@each_helper
@given(values=COLUMNS)
@QUIET
def test_one_value_a_list_an_index_and_a_column_become_the_same(helper, values):
    as_list = helper(list(values))
    for kind in (pd.Series, pd.Index):
        came = list(helper(kind(values, dtype="str")))
        assert [None if pd.isna(x) else x for x in came] == as_list
    alone = [None if value is None else helper(value) for value in values]
    assert [None if pd.isna(x) else x for x in alone] == as_list


@each_helper
@pytest.mark.parametrize("dtype", ["string", "object", "category"])
def test_every_dtype_of_text_is_text(helper, dtype):
    values = ["é", None, "5", "é"]
    came = helper(pd.Series(values, dtype=dtype))
    assert [None if pd.isna(x) else x for x in came] == helper(values)


@pytest.mark.parametrize("dtype", ["str", "string", "object", "category"])
@pytest.mark.parametrize("index", [[5, 3, 9], [1, 1, 1], ["a", "b", "c"]])
def test_text_keeps_its_dtype_and_its_place(dtype, index):
    column = pd.Series(["é", None, "b"], dtype=dtype, index=index)
    for helper in (unaccent, lambda text: simplify_string(text, case="keep")):
        changed = helper(column)
        assert changed.dtype.name == column.dtype.name
        assert [None if pd.isna(x) else x for x in changed] == ["e", None, "b"]
        pd.testing.assert_index_equal(changed.index, column.index)


@each_helper
@pytest.mark.parametrize("dtype", ["float64", "object", "str", "datetime64[us]"])
def test_a_column_without_any_value_stays_without(helper, dtype):
    assert helper(pd.Series([None, None], dtype=dtype)).isna().all()


@pytest.mark.parametrize("written", ["5¹", "½", "0,123", "00,000", "1e-400", "1e999", "1,23"])
def test_what_may_be_another_number_is_refused(written):
    with pytest.raises(ValueError, match="must be numbers"):
        parse_number(written)


def test_a_sign_before_a_digit_is_part_of_an_answer():
    assert to_boolean(["1", "-1", "(1)"], truthy=["1"], falsy=["-1"]) == [True, False, True]


def test_numbers_can_be_words_and_one_boolean_is_no_text():
    assert to_boolean(["1", "0"], truthy=[1], falsy=[0]) == [True, False]
    with pytest.raises(TypeError, match="must be text, but True is bool"):
        to_boolean(True)


def test_a_half_is_one_and_two_when_its_stroke_goes():
    assert simplify_string("1½ Str.", digits=True) == "1 1 2 STR"


def test_a_base_is_a_number():
    with pytest.raises(TypeError, match="`base` must be a number, but is '100'"):
        calc_index([1, 2], base="100")


def test_a_mode_may_be_missing():
    answers = pd.Series(["a", None, None])
    assert pd.isna(calc_mode(answers, ties="first"))
    assert pd.isna(calc_mode(pd.Series([None, None]), ties="smallest"))
    assert calc_mode(answers, ties="first", dropna=True) == "a"


def test_small_kana_keep_their_voice():
    assert unaccent("ﾊﾟﾘ ﾊﾞﾘ") == "ﾊﾟﾘ ﾊﾞﾘ"


def test_names_come_back_as_the_kind_they_were():
    assert clean_columns("Body Mass (g)") == "body_mass_g"
    names = pd.Series(["A b", "A b"], index=[7, 8], name="old")
    pd.testing.assert_series_equal(
        clean_columns(names), pd.Series(["a_b", "a_b_2"], index=[7, 8], name="old")
    )
    assert len(set(clean_columns(["a"] * 20_000))) == 20_000


@pytest.mark.parametrize("values", [pd.Series([1.5, 2]), [1.5], pd.Series(["a", 1], dtype=object)])
def test_what_is_no_text_is_refused(values):
    for helper in (unaccent, to_boolean, parse_number, parse_date):
        with pytest.raises(TypeError, match="must be"):
            helper(values)
    with pytest.raises(TypeError, match="must be"):
        simplify_string(values, case="title")


@given(TEXTS)
@QUIET
def test_a_second_time_changes_nothing(text):
    for once in (unaccent, simplify_string):
        assert once(once(text)) == once(text)


@given(st.lists(TEXTS | st.none() | st.integers(), max_size=8))
@QUIET
def test_column_names_are_unique_words_and_cleaning_twice_changes_nothing(names):
    cleaned = clean_columns(names)
    assert len(set(cleaned)) == len(cleaned) == len(names)
    assert all(name and not any(map(str.isspace, name)) for name in cleaned)
    assert clean_columns(cleaned) == cleaned


@pytest.mark.parametrize("squish", [True, False])
@pytest.mark.parametrize("rows_at_once", [3, 50])
@given(values=st.lists(st.none() | TEXTS, min_size=1, max_size=20))
@QUIET
def test_the_fast_way_and_the_plain_way_agree(squish, rows_at_once, values):
    def change(letter):
        return " " if letter.isspace() else plain_letter(letter).upper().replace(".", "")

    letters = Letters(change)
    plain = [None if x is None else machine.change_one(x, letters, squish) for x in values]
    sizes = {"ROWS_AT_ONCE": rows_at_once, "SAMPLE": rows_at_once, "FEW": rows_at_once}
    with pytest.MonkeyPatch.context() as patch:
        for name, size in sizes.items():
            patch.setattr(machine, name, size)
        fast = machine.change_letters(pd.Series(values, dtype="str"), letters, squish=squish)
    assert [None if pd.isna(x) else x for x in fast] == plain


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    st.sampled_from([("{:,}", "."), ("{}", "."), ("$ {:,}", "."), ("{:,} EUR", ".")]),
)
@QUIET
def test_a_number_that_was_written_is_read(number, form):
    pattern, decimal = form
    assert parse_number(pattern.format(number), decimal=decimal) == float(number)


@given(st.datetimes(min_value=pd.Timestamp("1000-01-01").to_pydatetime()))
@QUIET
def test_a_date_that_was_written_is_read(moment):
    form = "%Y-%m-%d %H:%M:%S.%f"
    assert parse_date(moment.strftime(form), form) == moment


@given(st.lists(st.none() | st.floats(allow_infinity=False, width=32), min_size=1, max_size=8))
@QUIET
def test_an_index_keeps_length_index_and_missing_values(values):
    numbers = pd.Series(values, dtype="float64", name="a", index=range(len(values), 0, -1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        indexed = calc_index(numbers, base=100)
    pd.testing.assert_index_equal(indexed.index, numbers.index)
    assert indexed[numbers.isna()].isna().all()
    if numbers.notna().iloc[0] and numbers.iloc[0]:
        assert indexed.iloc[0] == pytest.approx(100)


@given(st.lists(st.none() | st.sampled_from("abc"), max_size=8))
@QUIET
def test_the_modes_are_the_most_frequent_values(values):
    modes = calc_mode(values)
    counts = {value: values.count(value) for value in values}
    most = [value for value in counts if counts[value] == max(counts.values())]
    assert [None if pd.isna(mode) else mode for mode in modes] == most


@pytest.mark.parametrize("unit", ["a", " ", "1", "1,", "(", "é", "\u0301", "- ", "USD", "1 ", "‚"])
@each_helper
def test_ten_times_the_text_takes_about_ten_times_the_time(helper, unit):
    def seconds(length):
        value = (unit * length)[:length] + "x"
        best = []
        for _ in range(3):
            start = time.process_time()
            helper(value)
            helper(pd.Series([value]))
            best.append(time.process_time() - start)
        return min(best)

    # Quadratic time would be a hundred times as long; a tenth of a millisecond is the overhead.
    assert seconds(1_000_000) < 30 * seconds(100_000) + 0.02
