# %% [markdown]
# ---
# title: "`{python} config['title']`"
# subtitle: "`{python} config['question']`"
# author: "`{python} config['author']`"
# lang: en
# ---

# %%
#| include: false
import pandas as pd
import yaml

from helpers.show import show_figure, show_table

with open("config.yaml", encoding="utf-8") as file:
    config = yaml.safe_load(file)

penguins = pd.read_parquet("data/processed/penguins.parquet")
left_out = pd.read_parquet("data/processed/left_out.parquet")
corrected = pd.read_parquet("data/processed/corrected.parquet")
body_mass = pd.read_csv("results/tables/body_mass.csv")
sex_differences = pd.read_csv("results/tables/sex_differences.csv")
DATES = ["earliest_on", "median_on", "latest_on"]
laying_dates = pd.read_csv("results/tables/laying_dates.csv", parse_dates=DATES)
adelie_islands = pd.read_csv("results/tables/adelie_islands.csv")

mean_g = body_mass.set_index(["species", "sex"])["mean_g"]
share_male_heavier = sex_differences.set_index("species")["share_male_heavier"]
laid_on = laying_dates.set_index(["species", "season"])["median_on"]
chinstrap_lag_days = (laid_on["Chinstrap"] - laid_on["Adelie"]).dropna().dt.days
adelie_g = adelie_islands.set_index(["island", "sex"])["mean_g"]

WORDS = {
    "species": "Species",
    "sex": "Sex",
    "island": "Island",
    "season": "Season",
    "individual_id": "Bird",
    "birds": "Birds",
    "nests": "Nests",
    "mean_g": "Mean (g)",
    "sd_g": "Standard deviation (g)",
    "lightest_g": "Lightest (g)",
    "heaviest_g": "Heaviest (g)",
    "mean_difference_g": "Mean difference (g)",
    "sd_difference_g": "Standard deviation (g)",
    "share_male_heavier": "Male is heavier",
    "earliest_on": "Earliest",
    "median_on": "Median",
    "latest_on": "Latest",
    "comment": "What the field notes say",
    "source_file": "File",
    "column": "Column",
    "studyName": "Study",
    "Individual ID": "Bird",
    "old": "Was",
    "new": "Is",
    "reason": "Why",
    "size": "Birds",
}


def kilograms(grams):
    return f"{grams / 1000:.1f} kg"


def day(date):
    return f"{date.day} {date:%B}"


def spread(values):
    return f"{values.max() - values.min():.0f} g"


# %% [markdown]
# Gentoos are the big ones: a male weighs `{python} kilograms(mean_g["Gentoo", "male"])`
# on average, a male Adelie `{python} kilograms(mean_g["Adelie", "male"])`. Who lays first
# depends on the year. In two seasons of three it was the Adelies; in 2008-09 the Gentoos
# came before them, by the median nest. Males are heavier in all three species, and it makes
# hardly any difference on which island an Adelie nests.
#
# The figures rest on `{python} len(penguins)` birds at
# `{python} len(penguins.drop_duplicates(["season", "nest"]))` nests, measured near Palmer
# Station in Antarctica in the summers of 2007-08 to 2009-10, as published by
# [Gorman, Williams and Fraser (2014)](https://doi.org/10.1371/journal.pone.0090081).
#
# ## Who is big?
#
# Adelies and Chinstraps are of a size. Gentoo females outweigh the males of both, on average.

# %%
#| label: fig-body-mass
#| fig-cap: "Body mass of each bird whose sex is known. Lines mark the mean."
#| fig-alt: >-
#|   Dots for each bird by species and sex. Mean body mass: Adelie females
#|   `{python} kilograms(mean_g["Adelie", "female"])` and males
#|   `{python} kilograms(mean_g["Adelie", "male"])`, Chinstrap females
#|   `{python} kilograms(mean_g["Chinstrap", "female"])` and males
#|   `{python} kilograms(mean_g["Chinstrap", "male"])`, Gentoo females
#|   `{python} kilograms(mean_g["Gentoo", "female"])` and males
#|   `{python} kilograms(mean_g["Gentoo", "male"])`.
show_figure("results/figures/body_mass.png")

# %%
#| label: tbl-body-mass
#| tbl-cap: "Body mass in grams by species and sex."
show_table(body_mass.rename(columns=WORDS), digits=0)

# %% [markdown]
# ## What differs by sex?
#
# Means of all males and of all females mix nests and seasons. Mates share both, so the table
# compares them pair by pair. The male is heavier in
# `{python} f"{share_male_heavier['Gentoo']:.0%}"` of Gentoo nests, but only in
# `{python} f"{share_male_heavier['Chinstrap']:.0%}"` of Chinstrap nests.

# %%
#| label: tbl-sex-differences
#| tbl-cap: "By how many grams the male is heavier than his mate, at nests where both are known."
show_table(
    sex_differences.rename(columns=WORDS),
    digits=0,
    percent=["Male is heavier"],
)

# %% [markdown]
# ## Who lays early?
#
# Adelies lay around the middle of November, and Chinstraps
# `{python} chinstrap_lag_days.min()` to `{python} chinstrap_lag_days.max()` days after them
# (medians). Gentoos do not keep a date: half of their nests had an egg by
# `{python} day(laid_on["Gentoo", "2008-09"])` in 2008, but not before
# `{python} day(laid_on["Gentoo", "2007-08"])` in 2007.

# %%
#| label: fig-laying-dates
#| fig-cap: "The day on which a nest had its first egg. Larger dots stand for more nests."
#| fig-alt: >-
#|   Three panels, one per season, with a row of dots per species from 1 November to early
#|   December. In 2007-08 and 2009-10 the Adelies come first; in 2008-09 the Gentoos do, with
#|   a median of `{python} day(laid_on["Gentoo", "2008-09"])` against
#|   `{python} day(laid_on["Adelie", "2008-09"])` for Adelies.
show_figure("results/figures/laying_dates.png")

# %%
#| label: tbl-laying-dates
#| tbl-cap: "First-egg dates by species and season."
show_table(laying_dates.rename(columns=WORDS))

# %% [markdown]
# ## What differs by island?
#
# Only Adelies nest on all three islands, so only they can be compared. The means of the
# islands lie within `{python} spread(adelie_g.xs("female", level="sex"))` of each other for
# females and within `{python} spread(adelie_g.xs("male", level="sex"))` for males, far less
# than birds of one island differ among themselves.

# %%
#| label: fig-adelie-islands
#| fig-cap: "Body mass of each Adelie whose sex is known, by island. Lines mark the mean."
#| fig-alt: >-
#|   Dots for each Adelie by island and sex. On Biscoe, Dream and Torgersen alike, females
#|   weigh about `{python} kilograms(adelie_g.xs("female", level="sex").mean())` and males
#|   about `{python} kilograms(adelie_g.xs("male", level="sex").mean())`.
show_figure("results/figures/adelie_islands.png")

# %%
#| label: tbl-adelie-islands
#| tbl-cap: "Body mass of Adelies in grams by island and sex."
show_table(adelie_islands.rename(columns=WORDS), digits=0)

# %% [markdown]
# ## What was corrected?
#
# The raw files stay as they came. What is wrong in them stands in `data/corrections/`, with a
# reason, and is corrected before anything is computed.

# %%
#| label: tbl-corrected
#| tbl-cap: "Values corrected, in the spelling of the raw files."
not_shown = ["who", "date", "correction_file", "correction_line"]
show_table(corrected.drop(columns=not_shown).rename(columns=WORDS))

# %% [markdown]
# ## What is missing?
#
# Of `{python} len(penguins) + len(left_out)` records received, `{python} len(penguins)` are
# used. The others name a bird that nobody measured; they are left out.

# %%
#| label: tbl-left-out
#| tbl-cap: "Records left out."
columns = ["species", "season", "individual_id", "comment", "source_file"]
show_table(left_out[columns].rename(columns=WORDS))

# %% [markdown]
# Some birds lack their sex or their isotopes. Birds without a known sex are in no comparison
# of the sexes; they count as nests. A group of fewer than
# `{python} config["analyse"]["min_group"]` birds or nests is in no table.

# %%
#| label: tbl-missing
#| tbl-cap: "Values missing among the birds used, with the reasons in the field notes."
missing = (
    penguins.assign(comment=penguins["comment"].fillna("no comment"))
    .melt(
        id_vars="comment",
        value_vars=["sex", "body_mass_g", "delta_15n_permille", "delta_13c_permille"],
        var_name="column",
    )
    .query("value.isna()")
    .groupby(["column", "comment"], as_index=False)
    .size()
)
show_table(missing.rename(columns=WORDS))

# %% [markdown]
# ## What to bear in mind
#
# - A row is one bird in one season. The identifiers do not follow birds from year to year:
#   nests are numbered anew, so the same bird may be in the table twice, unrecognised.
# - Three seasons are few. That Gentoos were early once is a fact about one summer, not
#   about Gentoos.
# - The nests were chosen by the field team, not drawn by lot; nothing here says how many
#   penguins there are.
