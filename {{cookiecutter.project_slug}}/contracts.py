"""What each table must be: a contract per table, with the meaning and the unit of each column.

The stage that writes a table checks it against its contract, and so does the stage that reads it.
The codebook is made from it. A rule that you know belongs here, and is a line: see pandera.
"""

from pandera.pandas import Check, Column, DataFrameSchema


def penguins(lightest_g: float, heaviest_g: float) -> DataFrameSchema:
    """Return the contract of the clean table: one row per bird and season."""
    return DataFrameSchema(
        {
            "species": Column(
                str,
                Check.isin(["Adelie", "Chinstrap", "Gentoo"]),
                description="The species, by the first word of its English name",
            ),
            "season": Column(
                str,
                Check.str_matches(r"20\d\d-\d\d$"),
                description="The southern summer in which the bird was measured",
            ),
            "island": Column(
                str,
                Check.isin(["Biscoe", "Dream", "Torgersen"]),
                description="The island on which it nests",
            ),
            "individual_id": Column(
                str,
                Check.str_matches(r"N\d+A[12]$"),
                description="Nest and adult: N12A2 is the second adult at nest 12 of the season",
            ),
            "sex": Column(
                str,
                Check.isin(["female", "male"]),
                nullable=True,
                description="The sex, determined from blood",
            ),
            "first_egg_on": Column(
                "datetime64[us]",
                description="The day on which the nest was seen with its first egg",
            ),
            "has_full_clutch": Column(
                "boolean", description="Whether the nest was seen with a full clutch of two eggs"
            ),
            "culmen_length_mm": Column(
                float,
                Check.gt(0),
                nullable=True,
                description="Length of the upper ridge of the bill",
                metadata={"unit": "mm"},
            ),
            "culmen_depth_mm": Column(
                float,
                Check.gt(0),
                nullable=True,
                description="Depth of the bill",
                metadata={"unit": "mm"},
            ),
            "flipper_length_mm": Column(
                float,
                Check.gt(0),
                nullable=True,
                description="Length of the flipper",
                metadata={"unit": "mm"},
            ),
            "body_mass_g": Column(
                float,
                Check.between(lightest_g, heaviest_g),
                nullable=True,
                description="Body mass",
                metadata={"unit": "g"},
            ),
            "delta_15n_permille": Column(
                float,
                nullable=True,
                description="Ratio of the nitrogen isotopes 15 and 14 in blood, to the standard",
                metadata={"unit": "‰"},
            ),
            "delta_13c_permille": Column(
                float,
                nullable=True,
                description="Ratio of the carbon isotopes 13 and 12 in blood, to the standard",
                metadata={"unit": "‰"},
            ),
            "comment": Column(str, nullable=True, description="What the field notes say"),
            "source_file": Column(str, description="The raw file in which the record stands"),
            "source_line": Column(int, Check.ge(2), description="Its line in that file"),
            "latin_name": Column(str, description="The species, by its scientific name"),
            "nest": Column(
                int, Check.ge(1), description="The number of the nest, given anew each season"
            ),
        },
        name="penguins",
        unique=["season", "individual_id"],
        strict=True,
    )
