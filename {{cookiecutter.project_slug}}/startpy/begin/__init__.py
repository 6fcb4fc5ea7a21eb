# From the template: an update may replace this file.
"""Replace the example by data of one's own: read them, draft the stages, put them in place."""
