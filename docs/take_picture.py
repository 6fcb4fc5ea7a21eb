"""Take the picture of the report that the README shows.

python3 run.py
.venv/bin/python docs/take_picture.py
"""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "build" / "penguins-of-palmer" / "results" / "report.html"

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox"]
    )
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(REPORT.as_uri())
    page.screenshot(path=ROOT / "docs" / "report.png")
