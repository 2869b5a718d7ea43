"""Politeness and patience, measured at loopback servers while `briefing build` reads them in a process of its own.

    python -m benchmarks.polite [--interval 0.2] [--pages 200] [--feeds 500] [--feed-interval 1] [--deadline 20]
                               [--tables]

pages   two feeds on each of 4 hosts list so many pages, some of them closed by robots.txt; read twice
feeds   so many feeds on 50 hosts, of which every tenth fails in one of ten ways; read once

Of a host that is asked n times the polite minimum is n - 1 intervals, and the deadline for each feed that only
ends by it. Prints each measure beside its bar; exits 1 where one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

from tests.sources.newsroom import HTML, NOW, hours, item, page, rss
from tests.sources.servers import (
    MEGABYTE,
    Exchange,
    Farm,
    Route,
    Site,
    bomb,
    certificates,
    conditional,
    drip_body,
    farm,
    hang,
    redirect,
    reply,
)

HOSTS = 4
FEED_HOSTS = 50
ROBOTS = b"User-agent: *\nDisallow: /closed/\n"
WORST_RATIO = 1.5
LATER = NOW.replace(hour=NOW.hour + 2)

_XML = {"Content-Type": "application/rss+xml"}
_NOUNS = ("ferry", "bridge", "council", "harbour", "school", "clinic", "tram", "orchard", "mill", "library", "market")
_VERBS = ("opened", "closed", "delayed", "repaired", "sold", "inspected", "flooded", "rebuilt", "praised", "measured")
_PLACES = ("Sennes", "Marrow", "Harn", "Elmet", "Dorn", "Brask", "Ostby", "Molde", "Lune", "Varde", "Kell", "Tofte")


class Bar(NamedTuple):
    """One measure beside what is asked of it."""

    name: str
    value: object
    asked: str
    kept: bool


class Built(NamedTuple):
    """How a build ended: its exit code, the seconds it took by the wall and of processors, the edition."""

    code: int
    seconds: float
    cpu_s: float
    edition: dict[str, Any]


def prose(seed: str) -> str:
    """Six paragraphs that no other seed has."""
    rng = random.Random(seed)

    def sentence() -> str:
        noun, other, here, there = rng.choice(_NOUNS), rng.choice(_NOUNS), rng.choice(_PLACES), rng.choice(_PLACES)
        people = rng.randint(2, 900)
        return f"The {noun} of {here} was {rng.choice(_VERBS)} after {people} people had left the {other} of {there}."

    return "".join("<p>" + " ".join(sentence() for _ in range(3)) + "</p>" for _ in range(6))


def build(folder: Path, moment: str) -> Built:
    """`briefing build` in a process of its own. Loopback needs no proxy and no certificates but those at hand."""
    hidden = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}
    environment = {k: v for k, v in os.environ.items() if k.upper() not in hidden}
    command = [sys.executable, "-m", "briefing", "build", "--config", str(folder / "briefing.toml"), "--now", moment]
    started, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds, usage = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = usage.ru_utime + usage.ru_stime - used.ru_utime - used.ru_stime
    edition = folder / "briefings" / moment[:10] / "briefing.json"
    found = json.loads(edition.read_text(encoding="utf-8")) if edition.exists() else {}
    return Built(ran.returncode, seconds, cpu_s, found)


def settings(folder: Path, hosts: Sequence[str], sources: str, interval_s: float, deadline_s: float) -> None:
    """Write the briefing.toml of a folder."""
    web = f"[web]\ninterval_s = {interval_s}\ndeadline_s = {deadline_s}\nallow_private = {json.dumps(list(hosts))}\n"
    (folder / "briefing.toml").write_text(f'formats = ["json"]\n\n{web}\n{sources}', encoding="utf-8")


# Pages.


class Answered(NamedTuple):
    """What one of the pages' sites answered, in turn, as path and status."""

    site: Site
    answers: list[tuple[str, int]]


def page_sites(servers: Farm, pages: int, crawl_delay_s: float) -> list[Answered]:
    """The sites: two feeds with half of the pages each, and a closed page for every nine open ones."""
    return [_page_site(servers, host, pages // HOSTS, crawl_delay_s) for host in range(HOSTS)]


def _page_site(servers: Farm, host: int, pages: int, crawl_delay_s: float) -> Answered:
    # The last host asks for a longer pause.
    asks = f"Crawl-delay: {crawl_delay_s}\n".encode() if host == HOSTS - 1 else b""
    routes: dict[str, Route] = {"/robots.txt": reply(ROBOTS + asks)}
    answered = Answered(servers.site(routes, f"127.0.0.{host + 1}"), [])
    for half in range(2):
        items = []
        for number in range(half, pages, 2):
            titles = {f"/{number}": f"Report {number} from host {host}"}
            if number % 9 == 0:
                titles[f"/closed/{number}"] = f"Closed {number} of host {host}"
            for path, title in titles.items():
                items.append(item(title, answered.site.url(path), hours(1 + number / 100), "In short."))
                routes[path] = _noted(answered.answers, path, page(title, prose(title)), HTML)
        routes[f"/feed{half}"] = _noted(answered.answers, f"/feed{half}", rss(*items, title=f"Host {host}"), _XML)
    return answered


def _noted(answers: list[tuple[str, int]], path: str, body: bytes, headers: Mapping[str, str]) -> Route:
    tag = f'"{path}"'
    whole = conditional(body, tag, headers)

    async def route(exchange: Exchange) -> None:
        answers.append((path, 304 if exchange.request.headers.get("if-none-match") == tag else 200))
        await whole(exchange)

    return route


def polite_pages(folder: Path, pages: int, interval_s: float) -> list[Bar]:
    """Read the pages twice, two hours apart, and measure at the servers."""
    delay_s = 1.5 * interval_s
    with farm() as servers:
        sites = page_sites(servers, pages, delay_s)
        urls = [one.site.url(f"/feed{half}") for one in sites for half in range(2)]
        tables = "\n".join(f'[[sources]]\nkind = "feed"\nurl = "{url}"\nlimit = {pages}\n' for url in urls)
        settings(folder, [one.site.host for one in sites], tables, interval_s, 20)
        first = build(folder, NOW.isoformat())
        asked = [len(one.site.requests) for one in sites]
        kept = [len(one.answers) for one in sites]
        second = build(folder, LATER.isoformat())
    again = [status for one, count in zip(sites, kept, strict=True) for _, status in one.answers[count:]]
    pauses = [interval_s] * (HOSTS - 1) + [delay_s]
    minimum = max((count - 1) * pause for count, pause in zip(asked, pauses, strict=True))
    return [
        Bar("exit codes", (first.code, second.code), "0, 0", (first.code, second.code) == (0, 0)),
        *_manners(sites, pages, interval_s, delay_s),
        _bodies(again, pages),
        Bar("first run, s", round(first.seconds, 1), f"(polite minimum {minimum:.1f})", True),
        Bar("second run, s", round(second.seconds, 1), "", True),
    ]


def _manners(sites: Sequence[Answered], pages: int, interval_s: float, delay_s: float) -> Iterator[Bar]:
    most = max(one.site.most_open for one in sites)
    yield Bar("connections at once, to a host", most, "1", most == 1)
    gap = min(min(_gaps(one.site)) for one in sites)
    yield Bar("shortest gap at a host, s", f"{gap:.4f}", f">= {interval_s}", gap >= interval_s)
    slow = sites[-1].site
    known = next(i for i, request in enumerate(slow.requests) if request.path == "/robots.txt")
    gap = min(_gaps(slow, known))
    yield Bar("shortest gap where Crawl-delay asks, s", f"{gap:.4f}", f">= {delay_s:g}", gap >= delay_s)
    closed = sum(request.path.startswith("/closed/") for one in sites for request in one.site.requests)
    yield Bar("requests for closed pages", closed, "0", closed == 0)
    read = {(i, path) for i, one in enumerate(sites) for path, _ in one.answers if not path.startswith("/feed")}
    yield Bar("pages read", len(read), str(pages), len(read) == pages)


def _gaps(site: Site, since: int = 0) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(site.requests[since:])]


def _bodies(statuses: Sequence[int], pages: int) -> Bar:
    bodies = sum(status == 200 for status in statuses)
    words = f"{len(statuses)} answers, {bodies} with a body"
    return Bar("second run", words, f"{pages + 2 * HOSTS}, 0", bodies == 0 and len(statuses) == pages + 2 * HOSTS)


# Feeds, of which some fail.


class Listed(NamedTuple):
    """A feed of the list; `fault` is "" for a good one."""

    title: str
    url: str
    fault: str


FAULTS = ("missing", "gone", "error", "hang", "drip", "bomb", "page", "certificate", "circle", "refused")
# These end by the deadline alone.
_LATE = frozenset(("hang", "drip"))
_PAGE = b"<!doctype html><html><head><title>Welcome</title></head><body>Nothing to read here.</body></html>"
_ANSWERS: Mapping[str, Route] = {
    "missing": reply(b"", 404),
    "gone": reply(b"", 410),
    "error": reply(b"", 500),
    "hang": hang,
    "drip": drip_body(0.2, _XML),
    "bomb": bomb(64 * MEGABYTE),
    "page": reply(_PAGE, headers=HTML),
    "circle": redirect("/circle"),
}


def failing_feeds(folder: Path, feeds: int, interval_s: float, deadline_s: float, tables: bool = False) -> list[Bar]:
    """Read the feeds once, one failing on each host, and hold the time against the slowest host's minimum.

    They stand in an OPML list, or with `tables` each in a table of its own.
    """
    with farm() as servers:
        tls = certificates(folder).self_signed
        sites, listed = _feed_sites(servers, feeds, tls)
        sources = _tables(listed) if tables else _list(folder, listed)
        settings(folder, sorted({site.host for group in sites for site in group}), sources, interval_s, deadline_s)
        built = build(folder, NOW.isoformat())
        minimum = max(_least_seconds(group, listed, interval_s, deadline_s) for group in sites)
        reading = _last(sites) - _first(sites)
    return [
        Bar("exit code", built.code, "3", built.code == 3),
        *_named(built, listed),
        Bar("slowest host's polite minimum, s", round(minimum, 1), "", True),
        Bar("wall time, s", round(built.seconds, 1), "", True),
        Bar("processor time, s", round(built.cpu_s, 1), "", True),
        Bar(
            "wall time / minimum",
            round(built.seconds / minimum, 2),
            f"<= {WORST_RATIO}",
            built.seconds / minimum <= WORST_RATIO,
        ),
        Bar("first to last request / minimum", round(reading / minimum, 2), "", True),
    ]


def _list(folder: Path, listed: Sequence[Listed]) -> str:
    outlines = "".join(f"<outline text={quoteattr(one.title)} xmlUrl={quoteattr(one.url)}/>" for one in listed)
    (folder / "feeds.opml").write_text(f"<opml><body>{outlines}</body></opml>", encoding="utf-8")
    return '[[sources]]\nkind = "opml"\npath = "feeds.opml"\n'


def _tables(listed: Sequence[Listed]) -> str:
    return "\n".join(f'[[sources]]\nkind = "feed"\nname = "{one.title}"\nurl = "{one.url}"\n' for one in listed)


def _feed_sites(servers: Farm, feeds: int, tls: ssl.SSLContext) -> tuple[list[list[Site]], list[Listed]]:
    """The sites of each host, and the feeds; on each host the first fails."""
    sites, listed = [], []
    count = min(FEED_HOSTS, feeds // 10)
    for host in range(count):
        fault, address = FAULTS[host % len(FAULTS)], f"127.0.1.{host + 1}"
        site = servers.site({}, address)
        assert isinstance(site.routes, dict)
        group = [site]
        listed.append(Listed(f"Feed {host}.0 ({fault})", site.url(f"/{fault}"), fault))
        if fault == "certificate":
            group.append(servers.site(reply(rss()), address, tls=tls))
            listed[-1] = listed[-1]._replace(url=group[-1].url("/feed"))
        elif fault == "refused":
            listed[-1] = listed[-1]._replace(url=f"http://{address}:{_closed_port(address)}/feed")
        else:
            site.routes[f"/{fault}"] = _ANSWERS[fault]
        for number in range(1, feeds // count):
            title, path = f"Feed {host}.{number}", f"/{number}"
            site.routes[path] = reply(_good(title, site.url(f"{path}/story")), headers=_XML)
            listed.append(Listed(title, site.url(path), ""))
        sites.append(group)
    return sites, listed


def _good(title: str, link: str) -> bytes:
    return rss(item(f"{title}: the news", link, hours(3), prose(title), full=True), title=title)


def _closed_port(address: str) -> int:
    with socket.socket() as unused:
        unused.bind((address, 0))
        return int(unused.getsockname()[1])


def _least_seconds(group: Sequence[Site], listed: Sequence[Listed], interval_s: float, deadline_s: float) -> float:
    """What a host takes if nothing is waited for but the pauses, and the deadline where nothing else ends it."""
    faults = [one.fault for one in listed if f"//{group[0].host}:" in one.url]
    # Who is refused is asked twice, and sees neither.
    asked = sum(site.accepted for site in group) + 2 * faults.count("refused")
    return (asked - 1) * interval_s + deadline_s * sum(fault in _LATE for fault in faults)


def _first(sites: Sequence[Sequence[Site]]) -> float:
    return min(site.requests[0].at for group in sites for site in group if site.requests)


def _last(sites: Sequence[Sequence[Site]]) -> float:
    return max(site.requests[-1].at for group in sites for site in group if site.requests)


def _named(built: Built, listed: Sequence[Listed]) -> Iterator[Bar]:
    """Whether the edition names each feed that failed, as a failure and in its health, and no other."""
    run = built.edition.get("run", {})
    failures = {failure["item"] for failure in built.edition.get("failures", ())}
    bad = {one.title for one in listed if one.fault}
    unwell = {
        health["source"] for health in run.get("sources", ()) if health["outcome"] not in {"reached", "unchanged"}
    }
    yield Bar(
        "feeds that fail, and are named so",
        f"{len(bad)}, {len(bad & failures & unwell)}",
        "all",
        failures == unwell == bad,
    )
    good = len(listed) - len(bad)
    yield Bar("articles read from the others", run.get("articles_read", 0), str(good), run.get("articles_read") == good)


def main() -> int:
    """Measure both, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--interval", type=float, default=0.2, help="seconds between two requests to a host of pages")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--feed-interval", type=float, default=1.0)
    parser.add_argument("--deadline", type=float, default=20.0)
    parser.add_argument("--tables", action="store_true", help="each feed in a [[sources]] table, not in an OPML list")
    args = parser.parse_args()
    parts: tuple[tuple[str, Callable[[Path], list[Bar]]], ...] = (
        (f"{args.pages} pages on {HOSTS} hosts", lambda folder: polite_pages(folder, args.pages, args.interval)),
        (
            f"{args.feeds} feeds, a tenth failing",
            lambda folder: failing_feeds(folder, args.feeds, args.feed_interval, args.deadline, args.tables),
        ),
    )
    kept = True
    for title, measured in parts:
        with tempfile.TemporaryDirectory() as folder:
            bars = measured(Path(folder))
        print(f"\n{title}")
        for bar in bars:
            print(f"  {bar.name:38} {bar.value!s:>24}  {bar.asked:24} {'' if bar.kept else 'MISSED'}")
        kept = kept and all(bar.kept for bar in bars)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
