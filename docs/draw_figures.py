"""Draw the pictures of docs/figures.md: run what stands on the page.

python docs/draw_figures.py
"""

import contextlib
import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "{{cookiecutter.project_slug}}"))


def draw(folder):
    """Run the sessions of the page in a folder, up to its pictures."""
    sessions = re.findall(
        r"^```pycon\n(.*?)^```", (DOCS / "figures.md").read_text("utf-8"), re.M | re.S
    )
    drawing = [session for session in sessions if '.png",' in session]
    code = "\n".join(re.findall(r"^(?:>>>|\.\.\.) ?(.*)$", "\n".join(drawing), re.M))
    with contextlib.chdir(folder):
        exec(code, {})  # noqa: S102, the page is ours


if __name__ == "__main__":
    draw(DOCS / "figures")
