"""Analyse: the tables and figures that answer the question.

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


TABLES = {
    "body_mass": lambda t, min_group: summarise_body_mass(t, ["species", "sex"], min_group),
    "sex_differences": summarise_sex_differences,
    "laying_dates": summarise_laying_dates,
    "adelie_islands": summarise_adelie_islands,
}
FIGURES = {
    "body_mass": lambda t: plot_body_mass(t, "species"),
    "laying_dates": plot_laying_dates,
    "adelie_islands": lambda t: plot_body_mass(only_adelies(t), "island"),
}


def main(penguins: Path, tables: list[Path], figures: list[Path], min_group: int) -> None:
    """Make every table and figure that is asked for."""
    clean = pd.read_parquet(penguins)
    for path in tables:
        write_table(TABLES[path.stem](clean, min_group), path)
    for path in figures:
        write_plot(FIGURES[path.stem](clean), path)


if __name__ == "__main__":
    run(main)
