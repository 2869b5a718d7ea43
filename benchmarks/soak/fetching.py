"""`kill -9` of `briefing build` while it fetches: the next run goes on, and asks again only for what was under way.

    python -m benchmarks.soak.fetching [--times 50] [--seed 1]
    python -m benchmarks.soak.fetching --full      deadlines as they are without a setting

A loopback site of three hosts has two feeds on each, whose articles stand on pages. In each round a run begins on
an empty folder and is killed at a random moment after its first request; so is the next, until one comes to its end.
After each kill state and bodies are read as they lie there. What is held against them:

    state     opens as it is, and no run after a kill says anything that a run without one does not say
    first seen    no key is lost, and none is seen later than it was
    pages     none whose body was stored before a kill is asked for again
    articles  those of the last run are those of a run that was never killed

`--full` reads a site that hangs, one that sends a byte a second in its headers, and one that does so in its body.
Prints what was met; exits 1 where anything of it does not hold.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks.polite import prose
from briefing.cache import Bodies
from briefing.commands.online import NAME
from briefing.sources.fetching.exchange import Net
from briefing.state import State
from tests.faults.runs import Paper
from tests.sources.newsroom import HTML, NOW, hours, item, page, rss
from tests.sources.servers import Farm, Route, Site, drip_body, drip_headers, farm, hang, reply

HOSTS = 3
PAGES = 14
INTERVAL_S = 0.03
# More kills on one folder would find nothing left to fetch.
_MOST_KILLS = 8
# What a run may take beyond its deadline: the loop's own turn, and the end of what it began.
_GRACE_S = 1.0
_XML = {"Content-Type": "application/rss+xml"}


class Stored(NamedTuple):
    """What a killed run left behind: when each key was first seen, and the URLs whose bodies are whole."""

    seen: Mapping[str, str]
    bodies: frozenset[str]


class Plan(NamedTuple):
    """How many kills there are to be, and how long a run fetches that is not disturbed."""

    times: int
    rng: random.Random
    length_s: float


class Met(NamedTuple):
    """What the rounds met, and the faults among it, in words."""

    counts: Counter[str]
    faults: list[str]


def newsroom(servers: Farm) -> list[Site]:
    """Three hosts with two feeds each, and an article for each of their entries."""
    sites = []
    for host in range(HOSTS):
        site = servers.site({"/robots.txt": reply(b"User-agent: *\nAllow: /")}, f"127.0.0.{host + 1}")
        assert isinstance(site.routes, dict)
        for half in range(2):
            numbers = range(half, PAGES, 2)
            titles = {n: f"Report {n} of host {host}" for n in numbers}
            items = [item(titles[n], site.url(f"/{n}"), hours(1 + n / 10), "In short.") for n in numbers]
            site.routes[f"/feed{half}"] = reply(rss(*items, title=f"Host {host}"), headers=_XML)
            for n, title in titles.items():
                site.routes[f"/{n}"] = reply(page(title, prose(title)), headers=HTML, after_s=0.01)
        sites.append(site)
    return sites


def settings(folder: Path, sites: Sequence[Site]) -> Path:
    """A briefing.toml for the feeds in a new folder."""
    folder.mkdir()
    tables = [
        f'[[sources]]\nkind = "feed"\nurl = "{site.url(f"/feed{half}")}"\n' for site in sites for half in range(2)
    ]
    hosts = json.dumps([site.host for site in sites])
    web = f"[web]\ninterval_s = {INTERVAL_S}\nallow_private = {hosts}\n"
    path = folder / "briefing.toml"
    path.write_text("\n".join(['formats = ["json"]', web, *tables]), encoding="utf-8")
    return path


def build(config: Path, moment: datetime) -> subprocess.Popen[str]:
    """A build in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "briefing",
        "build",
        "--config",
        str(config),
        "--now",
        moment.isoformat(),
        "--quiet",
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def articles(folder: Path) -> dict[str, tuple[str, str]]:
    """Title and address of the edition's articles, by their ids, which follow from their texts."""
    edition = folder / "briefings" / NOW.date().isoformat()
    found = json.loads((edition / "briefing.json").read_text(encoding="utf-8"))["articles"]
    return {key: (article["title"], article["url"]) for key, article in found.items()}


def stored(folder: Path, sites: Sequence[Site]) -> Stored:
    """What lies there, read from a copy as the next run would read it; the original stays as the kill left it."""
    with tempfile.TemporaryDirectory() as place:
        copy = shutil.copytree(folder, Path(place) / "copy")
        file, bodies = copy / "state" / NAME, Bodies(folder=copy / "cache" / "bodies")
        if not file.exists():
            return Stored({}, frozenset())
        with State.opened(file) as state:
            found = {url: state.resource(url) for url in asked(sites)}
        whole = frozenset(url for url, one in found.items() if one and one.body and bodies.get(one.body) is not None)
        with closing(sqlite3.connect(file)) as database:
            return Stored(dict(database.execute("SELECT key, at FROM seen")), whole)


def asked(sites: Sequence[Site]) -> Counter[str]:
    """How often each URL was asked for."""
    return Counter(site.url(request.path) for site in sites for request in tuple(site.requests))


def kill_rounds(folder: Path, times: int, seed: int) -> Met:
    """Kill so many runs; what was met, and every fault."""
    rng, met = random.Random(seed), Met(Counter(), [])
    with farm() as servers:
        sites = newsroom(servers)
        control = settings(folder / "control", sites)
        said = build(control, NOW).communicate()[0]
        if said:
            met.faults.append(f"a run that was never killed says: {said}")
        expected = articles(control.parent)
        met.counts["articles"] = len(expected)
        plan = Plan(times, rng, max(site.requests[-1].at - site.requests[0].at for site in sites))
        while met.counts["killed"] < times:
            met.counts["folders"] += 1
            config = settings(folder / str(met.counts["folders"]), sites)
            _round(config, sites, plan, met)
            if articles(config.parent) != expected:
                met.faults.append("the articles are not those of a run that was never killed")
    return met


def _round(config: Path, sites: Sequence[Site], plan: Plan, met: Met) -> None:
    """Run after run on one folder, killed until one comes to its end, or has to."""
    before, earlier = Stored({}, frozenset()), Counter[str]()
    for minute in range(_MOST_KILLS + 1):
        asked_before = asked(sites)
        child = build(config, NOW + timedelta(minutes=minute))
        left = plan.times > met.counts["killed"] and minute < _MOST_KILLS
        killed = left and _killed(child, sites, asked_before.total(), plan.rng.uniform(0, plan.length_s / 2))
        said = child.communicate()[0]
        again = asked(sites) - asked_before
        after = stored(config.parent, sites)
        met.faults.extend(_broken(before, after, again))
        twice = sum(count for url, count in again.items() if url in earlier)
        met.counts["asked for again, in all"] += twice
        met.counts["asked for again after one kill, at most"] = max(
            met.counts["asked for again after one kill, at most"], twice
        )
        if not killed:
            met.faults.extend([f"exit {child.returncode}: {said}"] if child.returncode or said else [])
            return
        met.counts["killed"] += 1
        met.counts["killed with pages to come"] += len(after.bodies) < HOSTS * (PAGES + 4)
        before, earlier = after, earlier + again


def _broken(before: Stored, after: Stored, again: Mapping[str, int]) -> Iterator[str]:
    """What a run lost of what the one before it left, or asked for although it was there."""
    for key, at in before.seen.items():
        if after.seen.get(key) != at:
            yield f"first seen {at}, and after the next run {after.seen.get(key)}"
    for url in before.bodies & set(again):
        yield f"{url} was stored before the kill, and asked for again"
    if lost := before.bodies - after.bodies:
        yield f"stored before, and lost: {sorted(lost)}"


def _killed(child: subprocess.Popen[str], sites: Sequence[Site], before: int, delay: float) -> bool:
    """Kill the run `delay` seconds after its first request; False where it had ended by then."""
    while child.poll() is None and sum(len(site.requests) for site in sites) == before:
        time.sleep(0.002)
    try:
        child.wait(delay)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()
        return True
    return False


# The deadlines as they are.


LATE: Mapping[str, Route] = {
    "hangs before the headers": hang,
    "a byte a second in the headers": drip_headers(1.0),
    "a byte a second in the body": drip_body(1.0, _XML),
}


def overshoots(folder: Path) -> dict[str, float]:
    """By how many seconds a run over each of the late sites goes beyond its deadline; the three run side by side."""
    with farm() as servers, ThreadPoolExecutor(len(LATE)) as pool:
        places = [servers.site(route, f"127.0.0.{n + 1}") for n, route in enumerate(LATE.values())]
        return dict(zip(LATE, pool.map(lambda site: _overshoot(folder / site.host, site), places), strict=True))


def _overshoot(folder: Path, site: Site) -> float:
    folder.mkdir()
    web = f'[web]\nallow_private = ["{site.host}"]\n'
    source = f'[[sources]]\nkind = "feed"\nname = "late"\nurl = "{site.url("/feed")}"\n'
    (folder / "briefing.toml").write_text(f"{web}\n{source}", encoding="utf-8")
    morning = Paper(folder).read()
    deadline_s = Net().deadline_s
    (reason,) = [failure["reason"] for failure in morning.failures]
    if f"no whole answer within {deadline_s:g} s" not in reason:
        raise SystemExit(f"{site.host} was given up for another reason: {reason}")
    return morning.seconds - deadline_s


def main() -> int:
    """Kill the runs, or measure the deadlines, and print what was met."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--full", action="store_true", help="measure the deadlines instead")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.full:
            late = overshoots(Path(folder))
            for name, seconds in late.items():
                print(f"{name}: given up {seconds:.2f} s after the deadline of {Net().deadline_s:g} s")
            return int(max(late.values()) > _GRACE_S)
        met = kill_rounds(Path(folder), args.times, args.seed)
    for name, count in met.counts.items():
        print(f"{count:4}  {name}")
    print(f"{len(met.faults):4}  faults", *sorted(set(met.faults)), sep="\n      ")
    return int(bool(met.faults))


if __name__ == "__main__":
    sys.exit(main())
