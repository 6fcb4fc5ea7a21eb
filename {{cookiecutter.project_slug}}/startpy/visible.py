# From the template: an update may replace this file.
"""Show on a terminal what text holds, and let none of it take effect there."""

import re
import sys
from typing import TextIO

# What moves the cursor, changes colours or turns letters around; a new line and a tab may stay.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
    "|\r(?!\n)"
)


def visible(text: str) -> str:
    """Return text with what a terminal would obey spelled out.

    Examples
    --------
    >>> print(visible("mass \\x1b[2J \\u202eg 005"))
    mass \\x1b[2J \\u202eg 005
    """
    return HIDDEN.sub(_spelled, text)


def _spelled(sign: re.Match[str]) -> str:
    code = ord(sign[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


class Visible:
    """A stream that prints what is visible, and else does as the one below it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        self.stream.write(visible(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)


def obey_nothing() -> None:
    """From here on, let this process print only what is visible, whoever wrote it."""
    sys.stdout, sys.stderr = (
        stream if stream is None or isinstance(stream, Visible) else Visible(stream)
        for stream in (sys.stdout, sys.stderr)
    )
