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

from helpers.document import read_assumptions, read_data_log
from helpers.facts import read_facts
from helpers.ledger import sum_up
from helpers.read import read_excel
from helpers.show import show_figure, show_table

with open("config.yaml", encoding="utf-8") as file:
    config = yaml.safe_load(file)

penguins = pd.read_parquet("data/processed/penguins.parquet")
left_out = pd.read_parquet("data/processed/left_out.parquet")
corrected = pd.read_parquet("data/processed/corrected.parquet")
codebook = read_excel("results/codebook.xlsx")
assumptions = read_assumptions("data/assumptions.csv")
data_log = read_data_log("data/raw/datapackage.json")
ledger = pd.read_csv("data/processed/ledger.csv")
rows = sum_up(ledger)
facts = read_facts("results/facts.json")
body_mass = pd.read_csv("results/tables/body_mass.csv")
sex_differences = pd.read_csv("results/tables/sex_differences.csv")
DATES = ["earliest_on", "median_on", "latest_on"]
laying_dates = pd.read_csv("results/tables/laying_dates.csv", parse_dates=DATES)
adelie_islands = pd.read_csv("results/tables/adelie_islands.csv")

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
    "source_line": "Line",
    "column": "Column",
    "studyName": "Study",
    "Individual ID": "Bird",
    "old": "Was",
    "new": "Is",
    "reason": "Why",
    "size": "Birds",
    "step": "Step",
    "rows_before": "Rows before",
    "left_out": "Left out",
    "added": "Added",
    "rows_after": "Rows after",
    "why_left_out": "Why",
    "meaning": "Meaning",
    "unit": "Unit",
    "type": "Type",
    "must_hold": "What must hold",
    "in_raw_files": "In the raw files",
    "missing": "Missing",
    "different": "Different values",
    "least": "Least",
    "most": "Most",
    "examples": "Examples",
    "file": "File",
    "source": "Source",
    "licence": "Licence",
    "received": "Received",
    "notes": "Notes",
    "assumption": "Assumption",
    "why": "Why",
    "impact": "If it is wrong",
    "quality": "Support",
    "who": "Who",
    "date": "Date",
}

# %% [markdown]
# `{python} facts.answer`
#
# A male Gentoo weighs `{python} facts.gentoo_male_kg` on average, a male Adelie
# `{python} facts.adelie_male_kg`. By the median nest, the Adelies laid first in
# `{python} facts.seasons_adelies_first` of `{python} facts.seasons` seasons; in
# `{python} facts.season_gentoos_first` the Gentoos came before them.
#
# The figures rest on `{python} facts.birds` birds at `{python} facts.nests` nests, measured
# near Palmer Station in Antarctica in the summers of 2007-08 to 2009-10, as published by
# [Gorman, Williams and Fraser (2014)](https://doi.org/10.1371/journal.pone.0090081).
#
# ## Who is big?
#
# Adelies and Chinstraps are of a size. Gentoo females outweigh the males of both, on average.

# %%
#| label: fig-body-mass
show_figure("results/figures/body_mass.png")

# %%
#| label: tbl-body-mass
#| tbl-cap: "Body mass in grams by species and sex."
show_table(body_mass.rename(columns=WORDS).set_index(["Species", "Sex"]), digits=0)

# %% [markdown]
# ## What differs by sex?
#
# Means of all males and of all females mix nests and seasons. Mates share both, so the table
# compares them pair by pair. The male is heavier in `{python} facts.gentoo_males_heavier` of
# Gentoo nests and `{python} facts.adelie_males_heavier` of Adelie nests, but only in
# `{python} facts.chinstrap_males_heavier` of Chinstrap nests.

# %%
#| label: tbl-sex-differences
#| tbl-cap: "By how many grams the male is heavier than his mate, at nests where both are known."
show_table(
    sex_differences.rename(columns=WORDS).set_index("Species"),
    digits=0,
    percent=["Male is heavier"],
)

# %% [markdown]
# ## Who lays early?
#
# Adelies lay around the middle of November, and Chinstraps
# `{python} facts.chinstrap_lag_least` to `{python} facts.chinstrap_lag_most` after them
# (medians). Gentoos do not keep a date: half of their nests had an egg by
# `{python} facts.gentoos_2008_on` in 2008, but not before `{python} facts.gentoos_2007_on`
# in 2007.

# %%
#| label: fig-laying-dates
show_figure("results/figures/laying_dates.png")

# %%
#| label: tbl-laying-dates
#| tbl-cap: "First-egg dates by species and season."
show_table(laying_dates.rename(columns=WORDS).set_index(["Species", "Season"]))

# %% [markdown]
# ## What differs by island?
#
# Only Adelies nest on all three islands, so only they can be compared. The means of the
# islands lie within `{python} facts.female_islands_apart_g` of each other for females and within
# `{python} facts.male_islands_apart_g` for males, far less than birds of one island differ among
# themselves.

# %%
#| label: fig-adelie-islands
show_figure("results/figures/adelie_islands.png")

# %%
#| label: tbl-adelie-islands
#| tbl-cap: "Body mass of Adelies in grams by island and sex."
show_table(adelie_islands.rename(columns=WORDS).set_index(["Island", "Sex"]), digits=0)

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
# `{python} rows`. A record without measurements names a bird that nobody measured.

# %%
#| label: tbl-ledger
#| tbl-cap: "What became of the rows, file by file and step by step."
show_table(ledger.rename(columns=WORDS | {"reason": "File or reason"}))

# %%
#| label: tbl-left-out
#| tbl-cap: "Records left out."
columns = ["species", "season", "individual_id", "why_left_out", "comment", "source_file"]
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
#
# ## Appendix: what was assumed
#
# Green is well supported, amber is plausible, and red is a guess that somebody should look at.

# %%
#| label: tbl-assumptions
#| tbl-cap: "Assumptions of this analysis, from `data/assumptions.csv`."
show_table(assumptions.rename(columns=WORDS))

# %% [markdown]
# ## Appendix: where the data are from

# %%
#| label: tbl-data-log
#| tbl-cap: "Raw files. Rows are those received; addresses stand in `data/raw/datapackage.json`."
received = pd.concat([penguins, left_out])["source_file"].value_counts()
show_table(
    data_log.assign(Rows=data_log["file"].map(received))
    .drop(columns=["address", "sha256"])
    .rename(columns=WORDS)
)

# %% [markdown]
# ## Appendix: what each column means
#
# The codebook of the table that is analysed; `results/codebook.xlsx` is the same as a workbook.

# %%
#| label: tbl-codebook
#| tbl-cap: "Codebook. Examples are values that at least five birds share."
show_table(codebook.rename(columns=WORDS), max_rows=200)
