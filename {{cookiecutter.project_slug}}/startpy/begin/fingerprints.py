# From the template: an update may replace this file.
"""What the example is, as it was shipped: made by tests/test_begin.py."""

TITLE = "Penguins of Palmer"
QUESTION = "Which penguins are big, which lay early, and what differs by sex and island?"
SLUG = "penguins-of-palmer"
EXAMPLE = {
    "README.md": "6b1bb8a7b033e9a1",
    "Snakefile": "2def1368b3fdb899",
    "config.schema.yaml": "9f133c2836013d83",
    "config.yaml": "3830cd3698a980ab",
    "data/corrections/penguins.csv": "9937886c302221e2",
    "stages/analyse.py": "21c3173c1475b70c",
    "stages/clean.py": "a870756e11b113f9",
    "stages/ingest.py": "cde0928f686fb3ae",
    "stages/report.py": "7701163659125be9",
    "tests/test_analyse.py": "7a469185bd50dc09",
    "tests/test_clean.py": "c85d2b39fcbd5223",
    "tests/test_pipeline.py": "59a0009f9731a64d",
}
