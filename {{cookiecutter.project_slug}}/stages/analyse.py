"""Analyse: the tables, figures and facts that answer the question.

The Snakefile lists the results as files; a file is made by the function that
`TABLES` or `FIGURES` gives for its name.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    facet_wrap,
    geom_count,
    geom_jitter,
    ggplot,
    guide_legend,
    guides,
    labs,
    position_dodge,
    position_jitterdodge,
    scale_colour_manual,
    scale_size,
    scale_x_continuous,
    stat_summary,
)

import contracts
from helpers.check import check_contract
from helpers.facts import Fact, in_words, write_facts
from helpers.plot import PALETTE, theme_house
from helpers.write import write_plot, write_table
from startpy.command import run


def summarise_body_mass(penguins: pd.DataFrame, by: list[str], min_group: int) -> pd.DataFrame:
    """Return one row per group of birds: how many, and how heavy in grams."""
    return (
        penguins.dropna(subset=by)
        .groupby(by, as_index=False)
        .agg(
            birds=("body_mass_g", "count"),
            mean_g=("body_mass_g", "mean"),
            sd_g=("body_mass_g", "std"),
            lightest_g=("body_mass_g", "min"),
            heaviest_g=("body_mass_g", "max"),
        )
        .loc[pd.col("birds") >= min_group]
        .round(1)
        .reset_index(drop=True)
    )


def pair_mates(penguins: pd.DataFrame) -> pd.DataFrame:
    """Return one row per nest with a female and a male: by how many grams he is heavier."""
    return (
        penguins.dropna(subset=["sex", "body_mass_g"])
        .pivot(index=["species", "season", "nest"], columns="sex", values="body_mass_g")
        .dropna()
        .assign(male_minus_female_g=pd.col("male") - pd.col("female"))
        .reset_index()[["species", "season", "nest", "male_minus_female_g"]]
        .rename_axis(columns=None)
    )


def summarise_sex_differences(penguins: pd.DataFrame, min_group: int) -> pd.DataFrame:
    """Return one row per species: how mates differ in body mass, nest by nest, in grams."""
    return (
        pair_mates(penguins)
        .assign(is_male_heavier=pd.col("male_minus_female_g") > 0)
        .groupby("species", as_index=False)
        .agg(
            nests=("nest", "count"),
            mean_difference_g=("male_minus_female_g", "mean"),
            sd_difference_g=("male_minus_female_g", "std"),
            share_male_heavier=("is_male_heavier", "mean"),
        )
        .loc[pd.col("nests") >= min_group]
        .round({"mean_difference_g": 1, "sd_difference_g": 1, "share_male_heavier": 3})
        .reset_index(drop=True)
    )


def list_nests(penguins: pd.DataFrame) -> pd.DataFrame:
    """Return one row per nest: when its first egg was seen, in days after 1 November."""
    return (
        penguins.drop_duplicates(["season", "nest"])
        .assign(
            season_start=lambda t: pd.to_datetime(t["season"].str[:4] + "-11-01"),
            days_after_1_november=lambda t: (t["first_egg_on"] - t["season_start"]).dt.days,
        )
        .reset_index(drop=True)[
            ["species", "season", "nest", "first_egg_on", "days_after_1_november"]
        ]
    )


def summarise_laying_dates(penguins: pd.DataFrame, min_group: int) -> pd.DataFrame:
    """Return one row per species and season: the first, median and last first-egg date."""
    return (
        list_nests(penguins)
        .groupby(["species", "season"], as_index=False)
        .agg(
            nests=("nest", "count"),
            earliest_on=("first_egg_on", "min"),
            median_on=("first_egg_on", "median"),
            latest_on=("first_egg_on", "max"),
        )
        .loc[pd.col("nests") >= min_group]
        .assign(median_on=pd.col("median_on").dt.floor("D"))
        .reset_index(drop=True)
    )


def summarise_adelie_islands(penguins: pd.DataFrame, min_group: int) -> pd.DataFrame:
    """Return one row per island and sex of the one species that nests on all three islands."""
    return summarise_body_mass(only_adelies(penguins), ["island", "sex"], min_group)


def only_adelies(penguins: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of Adelies."""
    return penguins.loc[pd.col("species") == "Adelie"]


def state_facts(penguins: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> dict[str, Fact]:
    """Return by its name what the report and the README say, and how it is printed."""
    return {
        "birds": Fact(len(penguins)),
        "nests": Fact(len(list_nests(penguins))),
        **state_body_mass(tables["body_mass"]),
        **state_sex_differences(tables["sex_differences"]),
        **state_laying_dates(tables["laying_dates"]),
        **state_adelie_islands(tables["adelie_islands"]),
        "answer": Fact(answer(tables["laying_dates"])),
    }


def state_body_mass(body_mass: pd.DataFrame) -> dict[str, Fact]:
    """Return how heavy each group is on average, such as gentoo_male_kg."""
    return {
        f"{group.species.lower()}_{group.sex}_kg": Fact(group.mean_g / 1000, ".1f", "kg")
        for group in body_mass.itertuples()
    }


def state_sex_differences(sex_differences: pd.DataFrame) -> dict[str, Fact]:
    """Return the share of nests with the heavier male, such as gentoo_males_heavier."""
    return {
        f"{group.species.lower()}_males_heavier": Fact(group.share_male_heavier, ".0%")
        for group in sex_differences.itertuples()
    }


def state_laying_dates(laying_dates: pd.DataFrame) -> dict[str, Fact]:
    """Return who lays when, and who lays first in how many seasons."""
    first = find_first_layers(laying_dates)
    laid_on = laying_dates.set_index(["species", "season"])["median_on"]
    lag_days = (laid_on["Chinstrap"] - laid_on["Adelie"]).dropna().dt.days
    return {
        "seasons": Fact(len(first), "words"),
        "seasons_adelies_first": Fact((first == "Adelie").sum(), "words"),
        "season_gentoos_first": Fact(" and ".join(first.index[first == "Gentoo"])),
        "chinstrap_lag_least": Fact(lag_days.min()),
        "chinstrap_lag_most": Fact(lag_days.max(), unit="days"),
        "gentoos_2007_on": Fact(laid_on["Gentoo", "2007-08"], "%-d %B"),
        "gentoos_2008_on": Fact(laid_on["Gentoo", "2008-09"], "%-d %B"),
        "adelies_2008_on": Fact(laid_on["Adelie", "2008-09"], "%-d %B"),
    }


def find_first_layers(laying_dates: pd.DataFrame) -> pd.Series:
    """Return for each season the species that lays first, by the median nest."""
    medians = laying_dates.pivot(index="season", columns="species", values="median_on")
    return medians.idxmin(axis="columns")


def state_adelie_islands(adelie_islands: pd.DataFrame) -> dict[str, Fact]:
    """Return around which mass the means of the islands lie, and how far apart."""
    means = adelie_islands.groupby("sex")["mean_g"].agg(["mean", "min", "max"])
    return {
        "adelie_female_anywhere_kg": Fact(means.at["female", "mean"] / 1000, ".1f", "kg"),
        "adelie_male_anywhere_kg": Fact(means.at["male", "mean"] / 1000, ".1f", "kg"),
        "female_islands_apart_g": Fact((means["max"] - means["min"])["female"], ".0f", "g"),
        "male_islands_apart_g": Fact((means["max"] - means["min"])["male"], ".0f", "g"),
    }


def answer(laying_dates: pd.DataFrame) -> str:
    """Return the answer, for the top of the report and of the README.

    What it says in words is held by a test each, in tests/test_pipeline.py.
    """
    first = find_first_layers(laying_dates)
    return (
        "Gentoos are big, and males are heavier in every species. Adelies usually lay first, but "
        f"in {in_words((first == 'Gentoo').sum())} of {in_words(len(first))} seasons the Gentoos "
        "did. For Adelies, the island makes hardly any difference."
    )


def plot_body_mass(penguins: pd.DataFrame, x: str) -> ggplot:
    """Return every bird as a dot, in kilograms, with the mean of each group as a line."""
    sexed = penguins.dropna(subset=["sex"]).assign(body_mass_kg=pd.col("body_mass_g") / 1000)
    return (
        ggplot(sexed, aes(x, "body_mass_kg", colour="sex"))
        # The seed keeps each dot in its place from run to run.
        + geom_jitter(
            position=position_jitterdodge(jitter_width=0.25, dodge_width=0.7, random_state=1),
            alpha=0.45,
            stroke=0,
        )
        + stat_summary(
            fun_y=np.mean,
            fun_ymin=np.mean,
            fun_ymax=np.mean,
            geom="crossbar",
            width=0.5,
            position=position_dodge(0.7),
            show_legend=False,
        )
        + scale_colour_manual(values=PALETTE)
        + guides(colour=guide_legend(override_aes={"size": 4, "alpha": 1}))
        + labs(x="", y="Body mass (kg)")
        + theme_house()
    )


def plot_laying_dates(penguins: pd.DataFrame) -> ggplot:
    """Return the first-egg dates of all nests, one panel per season."""
    return (
        ggplot(list_nests(penguins), aes("days_after_1_november", "species", colour="species"))
        + geom_count()
        + facet_wrap("season", ncol=1)
        + scale_size(range=(1.5, 7), breaks=[1, 4, 8], labels=["1 nest", "4", "8"])
        + scale_x_continuous(breaks=[0, 10, 20, 30], labels=["1 Nov", "11 Nov", "21 Nov", "1 Dec"])
        + scale_colour_manual(values=PALETTE, guide=None)
        + labs(x="First egg seen", y="")
        + theme_house()
    )


def draw_body_mass(penguins: pd.DataFrame, facts: dict[str, Fact]) -> dict:
    """Return the figure of all birds by species and sex, and its words."""
    return {
        "plot": plot_body_mass(penguins, "species"),
        "caption": "Body mass of each bird whose sex is known. Lines mark the mean.",
        "alt": (
            "Dots for each bird by species and sex. Mean body mass: "
            f"Adelie females {facts['adelie_female_kg']} and males {facts['adelie_male_kg']}, "
            f"Chinstrap females {facts['chinstrap_female_kg']} "
            f"and males {facts['chinstrap_male_kg']}, "
            f"Gentoo females {facts['gentoo_female_kg']} and males {facts['gentoo_male_kg']}."
        ),
    }


def draw_laying_dates(penguins: pd.DataFrame, facts: dict[str, Fact]) -> dict:
    """Return the figure of first-egg dates, and its words."""
    return {
        "plot": plot_laying_dates(penguins),
        "caption": "The day on which a nest had its first egg. Larger dots stand for more nests.",
        "alt": (
            "One panel per season, with a row of dots per species from early November to early "
            f"December. The Adelies come first, but not in {facts['season_gentoos_first']}: the "
            f"median of the Gentoos is {facts['gentoos_2008_on']} there, that of the Adelies "
            f"{facts['adelies_2008_on']}."
        ),
    }


def draw_adelie_islands(penguins: pd.DataFrame, facts: dict[str, Fact]) -> dict:
    """Return the figure of Adelies by island and sex, and its words."""
    return {
        "plot": plot_body_mass(only_adelies(penguins), "island"),
        "caption": "Body mass of each Adelie whose sex is known, by island. Lines mark the mean.",
        "alt": (
            "Dots for each Adelie by island and sex. On Biscoe, Dream and Torgersen alike, "
            f"females weigh about {facts['adelie_female_anywhere_kg']} and males about "
            f"{facts['adelie_male_anywhere_kg']}."
        ),
    }


TABLES = {
    "body_mass": lambda t, min_group: summarise_body_mass(t, ["species", "sex"], min_group),
    "sex_differences": summarise_sex_differences,
    "laying_dates": summarise_laying_dates,
    "adelie_islands": summarise_adelie_islands,
}
FIGURES = {
    "body_mass": draw_body_mass,
    "laying_dates": draw_laying_dates,
    "adelie_islands": draw_adelie_islands,
}


def main(
    penguins: Path,
    tables: list[Path],
    figures: list[Path],
    facts: Path,
    lightest_g: float,
    heaviest_g: float,
    min_group: int,
) -> None:
    """Make every table and figure that is asked for, and the facts."""
    contract = contracts.penguins(lightest_g, heaviest_g)
    clean = pd.read_parquet(penguins).pipe(check_contract, contract)
    made = {name: make(clean, min_group) for name, make in TABLES.items()}
    for path in tables:
        write_table(made[path.stem], path)
    stated = state_facts(clean, made)
    for path in figures:
        write_plot(path=path, made_from=[penguins], **FIGURES[path.stem](clean, stated))
    write_facts(stated, facts)


if __name__ == "__main__":
    run(main)
