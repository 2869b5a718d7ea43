"""The line that `briefing schedule` prints, run by Debian's cron.

The test writes a crontab of the machine it runs on, and puts back what was there; so it runs only where BRIEFING_CRON
is set, as in .ci/run. The daemon it starts is its own, in the foreground, and ends with it.
"""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from briefing import lock
from briefing.commands.schedule import schedule
from briefing.errors import LockedError
from tests.sources.newsroom import item, rss, told
from tests.sources.servers import farm, reply

# To the next full minute, or the one after, and a build on a busy machine.
WAIT_S = 120
SETTINGS = """
timezone = "{zone}"
[web]
interval_s = 0.0
allow_private = ["127.0.0.1"]
[[sources]]
kind = "feed"
url = "{url}"
headers_env = {{X-Key = "SENNES_KEY"}}
"""


@pytest.fixture
def crontab() -> str:
    """The command that sets the crontab, where this machine's may be written."""
    if not os.environ.get("BRIEFING_CRON"):
        pytest.skip("writes a crontab of this machine; BRIEFING_CRON=1 allows it")
    if os.geteuid() != 0:
        pytest.skip("a cron daemon of one's own needs root")
    found = shutil.which("crontab")
    if not found or not shutil.which("cron"):
        pytest.skip("Debian's cron is not installed")
    return found


@contextmanager
def cron(crontab: str, table: str) -> Iterator[None]:
    """A daemon with this table. Where one is running already it does the work, and ours ends by itself."""
    before = subprocess.run([crontab, "-l"], capture_output=True, text=True, check=False)
    try:
        subprocess.run([crontab, "-"], input=table, text=True, check=True)
        daemon = subprocess.Popen([str(shutil.which("cron")), "-f"], env={}, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            daemon.terminate()
            daemon.wait(10)
    finally:
        if before.returncode == 0:
            subprocess.run([crontab, "-"], input=before.stdout, text=True, check=True)
        else:
            subprocess.run([crontab, "-r"], check=True)


def ended(out: Path) -> bool:
    """Whether an edition stands, and no run holds the lock any more."""
    if not list(out.glob("2*/briefing.json")):
        return False
    try:
        with lock.held(out):
            return True
    except LockedError:
        return False


@pytest.mark.timeout(WAIT_S + 60)
def test_the_printed_line_builds_an_edition_under_debians_cron(tmp_path: Path, crontab: str):
    folder = tmp_path / "Anna's News 100%"
    folder.mkdir()
    # Cron goes by the machine's clock; two seconds before the minute may be too late for it.
    now = datetime.now().astimezone()
    at = (now + timedelta(seconds=62)).strftime("%H:%M")
    with farm() as servers:
        feed = rss(item("Pier of Sennes closed", "https://sennes.example/pier", now, told("The pier") * 3, full=True))
        site = servers.site({"/feed": reply(feed, headers={"Content-Type": "application/rss+xml"})})
        settings = SETTINGS.format(zone="UTC", url=site.url("/feed"))
        (folder / "briefing.toml").write_text(settings, encoding="utf-8")
        (folder / "briefing.env").write_text("SENNES_KEY='a key with spaces'\n", encoding="utf-8")
        *_, line = schedule("cron", folder / "briefing.toml", at, send=False).splitlines()
        assert re.match(r"\d+ \d+ \* \* \* set -a; \. ", line)
        out, said = folder / "briefings", tmp_path / "said"
        with cron(crontab, f'MAILTO=""\n{line} >{said} 2>&1\n'):
            late = time.monotonic() + WAIT_S
            while not ended(out) and time.monotonic() < late:
                time.sleep(0.5)
        assert said.exists(), "cron did not run the line"
        assert said.read_text(encoding="utf-8") == ""
        (edition,) = out.glob("2*/briefing.json")
        articles = json.loads(edition.read_text(encoding="utf-8"))["articles"]
        assert [article["title"] for article in articles.values()] == ["Pier of Sennes closed"]
        assert {request.headers.get("x-key") for request in site.requests} == {"a key with spaces"}
