"""A real browser for tests and pictures: Chromium as installed, driven by Playwright; no request leaves the page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# In a container there is neither a user namespace for the sandbox nor a large /dev/shm.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]


def missing() -> str:
    """What is not installed, with how to get it; empty if a browser can be driven."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "Playwright is not installed (pip install playwright)"
    return "" if EXECUTABLE else "Chromium is not installed (Debian: apt-get install chromium)"


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium, as Playwright's Browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        try:
            yield running
        finally:
            running.close()
