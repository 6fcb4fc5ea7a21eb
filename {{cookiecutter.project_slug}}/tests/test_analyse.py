"""What the tables say, worked out by hand on four birds."""

import pandas as pd

from stages.analyse import (
    find_first_layers,
    list_nests,
    pair_mates,
    state_body_mass,
    summarise_body_mass,
    summarise_laying_dates,
    summarise_sex_differences,
)

PENGUINS = pd.DataFrame(
    {
        "species": ["Adelie", "Adelie", "Adelie", "Gentoo"],
        "season": ["2007-08", "2007-08", "2008-09", "2007-08"],
        "nest": [1, 1, 1, 2],
        "sex": ["female", "male", "male", None],
        "body_mass_g": [3000.0, 4000.0, 5000.0, 5500.0],
        "first_egg_on": pd.to_datetime(["2007-11-10", "2007-11-10", "2008-11-04", "2007-11-27"]),
    }
)


def test_body_mass_is_summarised_by_group_and_birds_of_unknown_sex_are_in_none():
    masses = summarise_body_mass(PENGUINS, ["species", "sex"], min_group=1)
    assert masses[["species", "sex", "birds", "mean_g"]].values.tolist() == [
        ["Adelie", "female", 1, 3000.0],
        ["Adelie", "male", 2, 4500.0],
    ]


def test_a_group_below_the_smallest_size_is_not_printed():
    masses = summarise_body_mass(PENGUINS, ["species", "sex"], min_group=2)
    assert masses["sex"].tolist() == ["male"]


def test_a_mean_is_stated_in_kilograms_by_species_and_sex():
    facts = state_body_mass(summarise_body_mass(PENGUINS, ["species", "sex"], min_group=1))
    assert {name: fact.shown for name, fact in facts.items()} == {
        "adelie_female_kg": "3.0 kg",
        "adelie_male_kg": "4.5 kg",
    }


def test_the_first_to_lay_are_found_season_by_season():
    dates = summarise_laying_dates(PENGUINS, min_group=1)
    assert find_first_layers(dates).to_dict() == {"2007-08": "Adelie", "2008-09": "Adelie"}


def test_mates_are_paired_within_a_nest_and_a_season():
    assert pair_mates(PENGUINS).values.tolist() == [["Adelie", "2007-08", 1, 1000.0]]


def test_the_share_of_heavier_males_counts_nests():
    differences = summarise_sex_differences(PENGUINS, min_group=1)
    assert differences.loc[0, ["nests", "mean_difference_g", "share_male_heavier"]].tolist() == [
        1,
        1000.0,
        1.0,
    ]


def test_a_nest_counts_once_for_laying_dates_whoever_was_measured_there():
    assert list_nests(PENGUINS)["days_after_1_november"].tolist() == [9, 3, 26]
    assert summarise_laying_dates(PENGUINS, min_group=1)["nests"].tolist() == [1, 1, 1]
