"""What the tests of the fault table share: a folder with a briefing.toml, run after run in child processes."""

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.sources.newsroom import HTML, NOW, hours, item, rss, told
from tests.sources.servers import MEGABYTE, Certificates, Farm, Route, Site, reply

ROOT = Path(__file__).parents[2]
XML = {"Content-Type": "application/rss+xml"}
# The deadline is long where none is meant to pass, since a machine may be busy; rows about deadlines have their own.
QUICK = {"interval_s": 0.05, "deadline_s": 10.0, "retry_s": 0.1, "revisit_s": 60}
# A machine with busy neighbours may take so much longer than the deadline; a drip would take for ever.
SLACK_S = 4.0
# The bar for a bomb of two gigabytes; nothing else may cost more.
MOST_GROWTH = 60 * MEGABYTE
# A whole build also loads what tells languages apart and groups articles.
MOST_GROWTH_OF_BUILD = 320 * MEGABYTE
# No run but those about deadlines waits for anything, so that what it takes is work: half a second of it over
# thirty sites. By the wall a busy machine may take many times that.
MOST_CPU_S = 5.0
MOST_SECONDS = 40.0


class Found(NamedTuple):
    """What became of one source."""

    health: tuple[dict[str, Any], ...]
    documents: tuple[dict[str, Any], ...]
    failures: tuple[dict[str, Any], ...]

    @property
    def outcome(self) -> str:
        (health,) = self.health
        return str(health["outcome"])

    @property
    def note(self) -> str:
        (health,) = self.health
        return str(health["note"])

    @property
    def titles(self) -> list[str]:
        return sorted(document["title"] for document in self.documents)

    @property
    def reasons(self) -> list[str]:
        return [failure["reason"] for failure in self.failures]

    def failed(self, *words: str) -> bool:
        """Whether the source gave nothing, and health and failure say why in these words."""
        said = all(word in text for word in words for text in (self.note, *self.reasons))
        assert said, (words, self.note, self.reasons)
        return self.outcome in {"failed", "unreachable"} and len(self.failures) == 1 and not self.documents


class Morning:
    """One run: what each source gave, by its name, and what all of them cost."""

    def __init__(self, outcome: Mapping[str, Any], addresses: Mapping[str, str], stderr: str) -> None:
        self._outcome, self._addresses, self.stderr = outcome, addresses, stderr
        self.seconds, self.cpu_s = float(outcome["seconds"]), float(outcome["cpu_s"])
        self.growth = int(outcome["growth"])
        self.connected: list[str] = outcome["connected"]
        self.code = int(outcome["code"])

    def __getitem__(self, name: str) -> Found:
        url = self._addresses[name]
        return Found(
            tuple(h for h in self._outcome["health"] if h["source"] == name),
            tuple(d for d in self._outcome["documents"] if d["list"] == url),
            tuple(f for f in self._outcome["failures"] if f["item"] == name),
        )

    @property
    def failures(self) -> list[dict[str, Any]]:
        return list(self._outcome["failures"])

    @property
    def documents(self) -> list[dict[str, Any]]:
        return list(self._outcome["documents"])

    @property
    def health(self) -> list[dict[str, Any]]:
        return list(self._outcome["health"])

    def within(self, seconds: float = MOST_SECONDS, growth: int = MOST_GROWTH, cpu_s: float = MOST_CPU_S) -> bool:
        """Whether the run kept to its time, its memory and its work."""
        assert self.seconds < seconds
        assert self.cpu_s < cpu_s
        assert self.growth < growth
        return True


class Paper:
    """A folder with a briefing.toml, whose runs follow each other on one state and one cache."""

    def __init__(self, folder: Path, authority: Path | None = None, variables: Mapping[str, str] = {}) -> None:
        self.folder, self._sources = folder, dict[str, Mapping[str, Any]]()
        proxies = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}
        own = {k: v for k, v in os.environ.items() if k.upper() not in proxies and not k.startswith("BRIEFING_")}
        # One authority instead of the hundreds that take 50 ms to load.
        trusted = {"SSL_CERT_FILE": str(authority)} if authority else {}
        self._environment = {**own, **trusted, **variables, "PYTHONPATH": str(ROOT)}

    @property
    def config(self) -> Path:
        return self.folder / "briefing.toml"

    def take(self, name: str, url: str, **settings: Any) -> None:
        """Add a feed, or another kind of source."""
        self._sources[name] = {"kind": "feed", "name": name, "url": url, **settings}

    def write(self, hosts: Iterable[str], more: str = "", **web: Any) -> None:
        """Write the settings; `hosts` may be private."""
        lines = ['formats = ["json"]', more, "[web]", *_lines({**QUICK, "allow_private": sorted(set(hosts)), **web})]
        for source in self._sources.values():
            lines += ["", "[[sources]]", *_lines(source)]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def read(self, now: datetime = NOW, **options: Any) -> Morning:
        """Read the sources once, in a child."""
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        given = {"config": str(self.config), "now": now.isoformat(), "report": str(report), **options}
        command = [sys.executable, "-m", "tests.faults.reading", json.dumps(given)]
        ran = subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert report.exists(), ran.stderr
        outcome = json.loads(report.read_text(encoding="utf-8"))
        addresses = {name: str(source.get("url", "")) for name, source in self._sources.items()}
        assert ran.returncode == 0, ran.stderr
        assert "Traceback" not in ran.stderr, ran.stderr
        return Morning(outcome, addresses, ran.stdout + ran.stderr)

    def build(self, now: datetime = NOW, *arguments: str, **options: Any) -> Morning:
        """Run `briefing build` in a child."""
        command = ["build", "--config", str(self.config), "--now", now.isoformat(), *arguments]
        return self.read(now, arguments=command, **options)

    def edition(self, now: datetime = NOW) -> dict[str, Any]:
        path = self.folder / "briefings" / now.date().isoformat() / "briefing.json"
        edition: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return edition


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in table.items()]


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value)


def news(name: str, when: float = 1) -> bytes:
    """A feed with one full article of its own, so many hours old."""
    link = f"https://sennes.example/{name.replace(' ', '-')}"
    return rss(item(name, link, hours(when), told(name) * 3, full=True), title=f"The {name} Gazette")


def feed(name: str) -> Route:
    """`news`, answered at once."""
    return reply(news(name), headers=XML)


def article(title: str, text: str | None = None, head: str = "") -> Route:
    """A page, answered at once."""
    from tests.sources.newsroom import page

    return reply(page(title, told(title) if text is None else text, head), headers=HTML)


class Town:
    """Sites by name, each on a host of its own, and the paper that reads them."""

    def __init__(self, farm: Farm, certificates: Certificates, folder: Path, **variables: str) -> None:
        self.farm, self.certificates = farm, certificates
        self.paper = Paper(folder, certificates.authority, variables)
        self.sites: dict[str, Site] = {}

    def site(self, name: str, routes: Mapping[str, Route] | Route, tls: ssl.SSLContext | None = None) -> Site:
        """A site on the next host; certificates are made out to 127.0.0.1 to 127.0.0.3 alone."""
        number = len(self.sites) % 200 + 4
        self.sites[name] = self.farm.site(routes, f"127.0.0.{number}", tls=tls)
        return self.sites[name]

    def feed(self, name: str, routes: Mapping[str, Route] | Route, path: str = "/feed", **settings: Any) -> Site:
        """A site whose feed the paper reads under the same name."""
        site = self.site(name, routes)
        self.paper.take(name, site.url(path), **settings)
        return site

    def asked(self, name: str) -> list[str]:
        """The paths that a site was asked for, in turn."""
        return [request.path for request in self.sites[name].requests]

    def hosts(self) -> list[str]:
        return [site.host for site in self.sites.values()]
