# From the template: an update may replace this file.
"""Make the report: run a percent script, write what it shows as one self-contained page."""

from startpy.report.report import main

__all__ = ["main"]
