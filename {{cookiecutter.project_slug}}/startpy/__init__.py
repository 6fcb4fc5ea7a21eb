# From the template: an update may replace this file.
"""The machine behind the project: commands, the pipeline's bookkeeping, the report's page."""

import sys

# Whatever else is imported may hold what an older Python cannot even read.
if sys.version_info < (3, 11):  # noqa: UP036, an older Python reads this line too
    sys.exit("Python must be 3.11 or newer, but this one is " + sys.version.split()[0] + ".")

# A command or a stage, `python -m ...`: what it prints may hold text from the data.
if sys.argv[:1] == ["-m"]:
    from startpy.visible import obey_nothing

    obey_nothing()
