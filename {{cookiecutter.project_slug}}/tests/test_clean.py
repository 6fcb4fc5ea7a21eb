"""What the clean stage promises, on tables small enough to read."""

import pandas as pd
import pytest

import contracts
from helpers.check import check_contract
from stages.clean import clean_penguins

CONTRACT = contracts.penguins(lightest_g=2500, heaviest_g=6500)

BIRD = {
    "studyName": "PAL0910",
    "Sample Number": "117",
    "Species": "Gentoo penguin (Pygoscelis papua)",
    "Region": "Anvers",
    "Island": "Biscoe",
    "Stage": "Adult, 1 Egg Stage",
    "Individual ID": "N36A1",
    "Clutch Completion": "Yes",
    "Date Egg": "2009-12-01",
    "Culmen Length (mm)": "44.5",
    "Culmen Depth (mm)": "15.7",
    "Flipper Length (mm)": "217",
    "Body Mass (g)": "4875",
    "Sex": "MALE",
    "Delta 15 N (o/oo)": "8.04111",
    "Delta 13 C (o/oo)": "NA",
    "Comments": "NA",
    "source_file": "gentoo.csv",
    "source_line": 117,
}


def clean(**changes):
    """Return the one row of a clean table, after changes to the raw record."""
    return clean_penguins(pd.DataFrame([BIRD | changes])).iloc[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("species", "Gentoo"),
        ("latin_name", "Pygoscelis papua"),
        ("season", "2009-10"),
        ("nest", 36),
        ("sex", "male"),
        ("first_egg_on", pd.Timestamp("2009-12-01")),
        ("has_full_clutch", True),
        ("body_mass_g", 4875.0),
        ("culmen_depth_mm", 15.7),
    ],
)
def test_a_raw_record_becomes_a_typed_row(column, value):
    assert clean()[column] == value


def test_a_bird_as_it_should_be_keeps_the_contract():
    penguins = clean_penguins(pd.DataFrame([BIRD]))
    assert check_contract(penguins, CONTRACT) is penguins


def test_an_unknown_sex_is_missing():
    assert pd.isna(clean(Sex="NA")["sex"])


def test_a_full_stop_for_a_sex_stops_the_stage_until_it_is_corrected():
    dotted = clean_penguins(pd.DataFrame([BIRD | {"Sex": "."}]))
    at = r"`sex` must be one of female, male, .* '\.' \(gentoo.csv, line 117\)"
    with pytest.raises(ValueError, match=at):
        check_contract(dotted, CONTRACT)


def test_a_mass_that_is_no_number_stops_the_stage():
    with pytest.raises(ValueError, match=r"`body_mass_g` must be numbers.*'48,75' \(at 0\)"):
        clean(**{"Body Mass (g)": "48,75"})


def test_an_answer_that_is_neither_yes_nor_no_stops_the_stage():
    with pytest.raises(ValueError, match="'Perhaps'"):
        clean(**{"Clutch Completion": "Perhaps"})


def test_a_date_in_another_format_stops_the_stage():
    with pytest.raises(ValueError, match=r"`first_egg_on` must be dates.*'01.12.2009'"):
        clean(**{"Date Egg": "01.12.2009"})


def test_a_bird_may_appear_once_in_a_season():
    twice = clean_penguins(pd.DataFrame([BIRD, BIRD]))
    with pytest.raises(ValueError, match="must identify a row, but 2 of 2 rows repeat"):
        check_contract(twice, CONTRACT)


def test_a_bird_heavier_than_any_bird_stops_the_stage():
    heavy = clean_penguins(pd.DataFrame([BIRD | {"Body Mass (g)": "48750"}]))
    with pytest.raises(ValueError, match="`body_mass_g` must be from 2500 to 6500"):
        check_contract(heavy, CONTRACT)
