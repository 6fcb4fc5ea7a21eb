"""The four stages of the analysis: ingest, clean, analyse, report."""

import startpy.command  # noqa: F401, explains errors of a stage from its first import on
