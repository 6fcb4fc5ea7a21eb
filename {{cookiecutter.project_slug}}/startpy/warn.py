# From the template: an update may replace this file.
"""Warn at the line that called a helper, however deep the helper has gone."""

import sys
import warnings
from pathlib import Path

OURS = tuple(str(Path(__file__).resolve().parents[1] / folder) for folder in ("helpers", "startpy"))


def warn(message: str) -> None:
    """Warn, and name the line outside the helpers from which they were called."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_code.co_filename.startswith(OURS):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
