"""What the simulated outlets publish each day, and the servers and folders they publish it on.

Piece       one article, and where it stands
Town        feeds on loopback hosts, two of them with summaries only, and a folder of files
load_days   the days of the load stream: 1,000 articles each, dated to the day
"""

from __future__ import annotations

import importlib.util
import json
import random
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.sources.newsroom import HTML, item, page, rss
from tests.sources.servers import Farm, Route, Site, reply

FIRST_DAY = date(2031, 3, 11)
ZONE = ZoneInfo("Europe/Paris")
AT = time(7)
HOSTS, FEEDS_A_HOST = 10, 2
FEEDS = HOSTS * FEEDS_A_HOST
# The first feeds have a summary only: the text stands on pages.
SUMMARIES = 2
# Every other piece comes as a file.
_FILES = 2
_XML = {"Content-Type": "application/rss+xml"}
_SUMMARY = 200


class Piece(NamedTuple):
    """One article; `name` tells it from all others, `when` is its publication."""

    name: str
    title: str
    text: str
    outlet: str
    when: datetime


Days = Callable[[int], Sequence[Piece]]
"""The pieces of day 1, 2, …; asked for once each, in turn."""


def morning(day: int) -> datetime:
    """The moment of a day's run, at the same time by the clock on the wall: one of the nights has 23 hours."""
    return datetime.combine(FIRST_DAY + timedelta(days=day - 1), AT, ZONE)


def load_days(folder: Path, a_day: int, days: int, seed: int = 0) -> Days:
    """The load stream of `folder`, a share of its originals for each day.

    Each day's copies are of that day's originals; a twentieth of the articles are those of the day before with their
    figures changed. So every day is like every other, and what grows is the tool's.
    """
    amplify = _amplify(folder)
    pool = [row for row in _rows(folder) if len(row["text"] or "") > 300 and row["title"]]
    random.Random(seed).shuffle(pool)
    share = len(pool) // days
    again = a_day // 20

    def originals(day: int) -> list[dict[str, Any]]:
        return pool[(day - 1) * share : day * share]

    def pieces(day: int) -> Sequence[Piece]:
        rng = random.Random(seed * 1000 + day)
        rows = list(amplify.stream(a_day - again, rng.randrange(2**32), originals(day)))
        before = [row for row in originals(day - 1 if day > 1 else days) if re.search(r"\b\d{1,3}\b", row["text"])]
        rows += [{**row, "text": amplify.vary("update", row["text"], rng)} for row in rng.sample(before, again)]
        return [_piece(row, day, number, rng) for number, row in enumerate(rows)]

    return pieces


def _amplify(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("amplify", folder / "amplify.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    import gzip

    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _piece(row: dict[str, Any], day: int, number: int, rng: random.Random) -> Piece:
    when = morning(day) - timedelta(minutes=rng.randrange(5, 22 * 60))
    return Piece(f"{day}-{number}", row["title"], row["text"], row["source"] or "unnamed", when)


class Town:
    """Everything that is read: what stands there changes with each day.

    A feed lists the pieces of its day and of the day before, which must not be told again.
    """

    def __init__(self, servers: Farm, folder: Path, days: Days) -> None:
        self._days, self._before = days, dict[int, list[Piece]]()
        self.folder = folder
        self.sites = [servers.site({}, f"127.0.0.{n + 1}") for n in range(HOSTS)]
        self.today = dict[int, list[Piece]]()
        self.files: list[Piece] = []

    def tables(self) -> str:
        """The [[sources]] tables."""
        feeds = (f'[[sources]]\nkind = "feed"\nlimit = 200\nurl = "{self.feed_url(n)}"\n' for n in range(FEEDS))
        return "\n".join((*feeds, f'[[sources]]\npath = "{self.folder.name}"\n'))

    def feed_url(self, feed: int) -> str:
        """The address of a feed."""
        return self._site(feed).url(f"/feed{feed}")

    def publish(self, day: int) -> None:
        """Put the pieces of a day in the place of those of the day before, which the feeds still list."""
        pieces = self._days(day)
        self.files = list(pieces[::_FILES])
        rest = [piece for number, piece in enumerate(pieces) if number % _FILES]
        self._before, self.today = self.today, {feed: rest[feed::FEEDS] for feed in range(FEEDS)}
        for site in self.sites:
            assert isinstance(site.routes, dict)
            site.routes.clear()
        for feed in range(FEEDS):
            self._serve(feed)
        self._write_files()

    def address(self, piece: Piece, feed: int) -> str:
        """Where a piece of a feed stands."""
        return self._site(feed).url(f"/{piece.name}")

    def answer(self, feed: int, route: Route) -> None:
        """Have a feed answered in another way."""
        site = self._site(feed)
        assert isinstance(site.routes, dict)
        site.routes[f"/feed{feed}"] = route

    def _site(self, feed: int) -> Site:
        return self.sites[feed % HOSTS]

    def _serve(self, feed: int) -> None:
        site = self._site(feed)
        assert isinstance(site.routes, dict)
        listed = (*self.today[feed], *self._before.get(feed, ()))
        short = feed < SUMMARIES
        items = []
        for piece in listed:
            text = piece.text[:_SUMMARY] if short else _html(piece.text)
            items.append(item(_plain(piece.title), self.address(piece, feed), piece.when, text, full=not short))
            body = page(_plain(piece.title), _html(piece.text))
            site.routes[f"/{piece.name}"] = reply(body, headers=HTML)
        self.answer(feed, reply(rss(*items, title=f"Gazette {feed}"), headers=_XML))

    def _write_files(self) -> None:
        """Half of the files' pieces as one file of records, the others each as a file of text."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        half = len(self.files) // 2
        records = "".join(_record(piece) for piece in self.files[:half])
        (self.folder / "export.jsonl").write_text(records, encoding="utf-8")
        for piece in self.files[half:]:
            head = (
                f"title: {json.dumps(piece.title)}\ndate: {piece.when.isoformat()}\nsource: {json.dumps(piece.outlet)}"
            )
            (self.folder / f"{piece.name}.md").write_text(f"---\n{head}\n---\n\n{piece.text}\n", encoding="utf-8")


def _record(piece: Piece) -> str:
    row = {"title": piece.title, "text": piece.text, "source": piece.outlet, "date": piece.when.isoformat()}
    return json.dumps({**row, "url": f"https://files.example/{piece.name}"}) + "\n"


def _html(text: str) -> str:
    return "".join(f"<p>{escape(_plain(line))}</p>" for line in text.splitlines() if line.strip())


def _plain(text: str) -> str:
    """A text that may stand in XML."""
    return "".join(sign for sign in text if sign >= " ").replace("]]>", "]] >")
