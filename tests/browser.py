"""A browser for the tests that look at pages."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium, Chrome or Edge of this machine."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found and shutil.which("apt"):
        lack = f"No browser on PATH ({', '.join(NAMES)}). On Debian: sudo apt install chromium"
        pytest.fail(lack) if os.environ.get("CI") else pytest.skip(lack)
    with sync_playwright() as playwright:
        # On macOS and Windows no browser is on PATH; playwright knows where Chrome is installed.
        where = {"executable_path": found} if found else {"channel": "chrome"}
        started = playwright.chromium.launch(**where, args=["--no-sandbox"])
        yield started
        started.close()
