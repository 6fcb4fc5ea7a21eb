# From the template: an update may replace this file.
"""The machine behind the project: commands, the pipeline's bookkeeping, the report's page."""
