# From the template: an update may replace this file.
"""What the example is, as it was shipped: made by tests/test_begin.py."""

TITLE = "Penguins of Palmer"
QUESTION = "Which penguins are big, which lay early, and what differs by sex and island?"
EXAMPLE = {
    "README.md": "72be81b13d3b560a",
    "Snakefile": "1490326c2c21c5fb",
    "config.schema.yaml": "9f133c2836013d83",
    "config.yaml": "3830cd3698a980ab",
    "contracts.py": "178e49c7a8ab26e6",
    "data/assumptions.csv": "f9a69e84922989a3",
    "data/corrections/penguins.csv": "9937886c302221e2",
    "stages/analyse.py": "fe64b75bed95834d",
    "stages/clean.py": "52df16b907c8d193",
    "stages/ingest.py": "7f158876ba826f33",
    "stages/report.py": "c7d842328ae7529a",
    "tests/test_analyse.py": "c0bd7d6f779b1363",
    "tests/test_clean.py": "5663f0cabd15e3cb",
    "tests/test_pipeline.py": "9d61d316d8947142",
}
