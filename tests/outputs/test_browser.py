"""The page in a real browser: nothing runs, nothing is asked for, hostile text stands there literally."""

import shutil
import subprocess
from pathlib import Path

import html5lib
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PAGE = Path(__file__).parents[2] / "samples" / "expected" / "briefing.html"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--virtual-time-budget=2000", "--dump-dom",
)  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)")
def test_the_page_as_chromium_built_it(tmp_path):
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path}", PAGE.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    page = html5lib.parse(done.stdout, namespaceHTMLElements=False)
    assert [e.tag for e in page.iter() if e.tag in {"script", "img", "iframe", "object"}] == []
    assert not [e for e in page.iter() if any(name.startswith("on") for name in e.attrib)]
    assert not [e for e in page.iter("a") if e.attrib.get("href", "").startswith("javascript")]
    text = " ".join(" ".join(page.itertext()).split())
    assert "<script>alert(1)</script>" in text
    assert page.find(".//h1").text.strip() == "Daily briefing"
    assert len(page.findall(".//article")) == 15
