# From the template: an update may replace this file.
"""Tidy functions to call from a stage: read, correct, tidy, check, write, plot, show, fetch."""
