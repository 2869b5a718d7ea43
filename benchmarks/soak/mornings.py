"""A month of mornings: is the thirtieth as quick and as whole as the sixth, and does every fault stay its day's own?

    python -m benchmarks.soak.mornings --data DIR [--days 30] [--articles 1000]   DIR holds load/; or BRIEFING_DATA

Each simulated day, the day's articles of the load stream stand in 20 feeds on ten loopback hosts and in a folder of
files; `briefing build` reads them at seven by the clock of Paris (the nineteenth night has 23 hours) and `send` mails
the edition to three readers over a server on this machine, each in a process of its own. Every third day has a fault
of `FAULTS`. Held against it, day by day:

    exit codes    are those that the fault calls for; a run without one prints nothing; no traceback anywhere
    articles      each of a feed's is told on one day: that of its publication, or the next where its feed was dead
    mail          one message for each reader and day; two alike only where a kill left it in doubt
    evidence      `briefing verify` passes for every edition, at the end
    growth        CPU seconds of a build, and bytes that the state grows by, on the days after the fifth

The seconds are those of the process and its workers, since the wall depends on what else runs. A drift is the
Theil-Sen slope (the median of all pairs' slopes) of the days without a fault, over all days after the fifth, as a
share of their median; the bar is 10 %. Exits 1 where anything does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.soak.days import FEEDS, Days, Town, load_days, morning
from tests.delivery.postoffice import Office, post_office
from tests.sources.servers import dropped, farm, reply

READERS = tuple(f"{name}@reader.example" for name in ("anna", "bob", "cleo"))
SETTLED, BAR = 5, 0.10
# Below what any state file and edition takes.
_FULL_DISK = 40_000
_LONGEST_S = 300
# Set by the process itself: a thread of ours may hold a lock while another is started.
_LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])
"""
_SETTINGS = """
timezone = "Europe/Paris"
formats = ["md", "html", "json"]
[web]
interval_s = 0.0
deadline_s = 60.0
retry_s = 0.1
revisit_s = 0
allow_private = {hosts}
[outputs.email]
sender = "desk@ellin.example"
[[delivery]]
kind = "smtp"
host = "127.0.0.1"
port = {port}
tls = "none"
to = {to}
"""


class Ran(NamedTuple):
    """A process that ended: its exit code, what it printed, CPU and wall seconds, the most megabytes it held."""

    code: int
    said: str
    cpu_s: float
    wall_s: float
    megabytes: int


class Day(NamedTuple):
    """A day's figures. `fault` is "" for an ordinary one; bytes are those of the folders at its end."""

    number: int
    fault: str
    build: Ran
    run: Mapping[str, Any]
    state: int
    cache: int


class Soak:
    """The folder of a month, its sources and its mail server; `wrong` is what did not hold, in words."""

    def __init__(self, folder: Path, town: Town, office: Office) -> None:
        self.folder, self.town, self.office = folder, town, office
        self.wrong: list[str] = []
        self.built: Ran | None = None
        self.doubted = False
        self._told: set[str] = set()
        self._known: set[str] = set()
        self._owed: dict[str, str] = {}
        hosts = json.dumps([site.host for site in town.sites])
        settings = _SETTINGS.format(hosts=hosts, port=office.port, to=json.dumps(READERS))
        (folder / "briefing.toml").write_text(settings + town.tables(), encoding="utf-8")

    def day(self, number: int, fault: str = "") -> Day:
        """Publish, build, send and check one day."""
        self.town.publish(number)
        before, self.doubted = len(self.office.accepted), False
        FAULTS[fault](self, number)
        self._check_mail(number, before)
        edition = json.loads((self.edition(number) / "briefing.json").read_text(encoding="utf-8"))
        self._check_told(number, edition)
        assert self.built
        sizes = (_bytes(self.folder / name) for name in ("state", "cache"))
        return Day(number, fault, self.built, edition["run"], *sizes)

    def edition(self, number: int) -> Path:
        """The folder of a day's edition."""
        return self.folder / "briefings" / morning(number).date().isoformat()

    def start(self, number: int, minutes: float = 0, most_bytes: int | None = None) -> Started:
        """Begin a build, so many minutes after the morning's moment; no file of it may have more bytes."""
        now = morning(number) + timedelta(minutes=minutes)
        arguments = ("briefing", "build", "--config", "briefing.toml", "--now", now.isoformat(), "--quiet")
        return Started(self.folder, arguments, most_bytes)

    def build(self, number: int, minutes: float = 0, code: int = 0, words: str = "") -> None:
        """Build, and expect this exit code and these words; a build without trouble prints nothing."""
        self.built = self.start(number, minutes).end()
        self.expect(number, "build", self.built, code, words)

    def send(self, number: int, minutes: float = 10, code: int = 0) -> None:
        """Send, so many minutes after the morning's moment, and expect this exit code."""
        self.expect(number, "send", self.start_sending(number, minutes).end(), code, "smtp")

    def start_sending(self, number: int, minutes: float) -> Started:
        """Begin to send."""
        now = morning(number) + timedelta(minutes=minutes)
        return Started(self.folder, ("benchmarks.soak.postman", "briefing.toml", now.isoformat()))

    def expect(self, number: int, what: str, ran: Ran, code: int, words: str = "") -> None:
        """Note where a run did not end as it should."""
        quiet = code or words or not ran.said
        if ran.code != code or words not in ran.said or not quiet or "Traceback" in ran.said:
            self.wrong.append(f"day {number}: {what} ends with {ran.code}, not {code} and {words!r}:\n{ran.said}")

    def owe(self, feed: int) -> None:
        """A feed could not be read: what it had is to be told the next day."""
        self._owed |= {self.town.address(piece, feed): piece.text for piece in self.town.today[feed]}

    def _check_mail(self, number: int, before: int) -> None:
        came = self.office.accepted[before:]
        for reader in READERS:
            contents = [mail.content for mail in came if mail.recipient == reader]
            if not contents or len(set(contents)) > 1 or len(contents) > 1 + self.doubted:
                self.wrong.append(
                    f"day {number}: {reader} got {len(contents)} mails, {len(set(contents))} of them unlike"
                )

    def _check_told(self, number: int, edition: Mapping[str, Any]) -> None:
        feeds = self.town.today.items()
        listed = {self.town.address(piece, feed): piece.text for feed, pieces in feeds for piece in pieces}
        ours = {entry for entry in _addresses(edition) if entry.startswith("http://127.")}
        late = {address: text for address, text in self._owed.items() if address not in listed}
        # A text that was told on another day, at another address, is none of this day's.
        due = {a: text for a, text in (listed | late).items() if a in late or a not in self._owed}
        if lost := {a for a, text in due.items() if text not in self._known} - ours - _unreadable(edition):
            self.wrong.append(f"day {number}: {len(lost)} of {len(due)} articles are not told, as {min(lost)}")
        if again := ours & self._told:
            self.wrong.append(f"day {number}: {len(again)} articles are told again, as {min(again)}")
        self._told |= ours
        self._known |= {text for address, text in due.items() if address in ours}
        self._owed = {address: text for address, text in self._owed.items() if address not in late}


class Started:
    """A process that runs in a folder; what it prints goes into a file, so that it never waits to be read."""

    def __init__(self, folder: Path, arguments: Sequence[str], most_bytes: int | None = None) -> None:
        limit = [sys.executable, "-c", _LIMITED.format(most_bytes), *arguments] if most_bytes else []
        self._output = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (closed in `end`)
        self._began = time.monotonic()
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        command = limit or [sys.executable, "-m", *arguments]
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=self._output, stderr=subprocess.STDOUT
        )

    def end(self) -> Ran:
        """Wait for its end."""
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        with self._output:
            self._output.seek(0)
            said = self._output.read()
        cpu, took = used.ru_utime + used.ru_stime, time.monotonic() - self._began
        return Ran(self.process.returncode, said, cpu, took, used.ru_maxrss // 1024)

    def kill(self, when: Callable[[], bool]) -> Ran:
        """Kill it as soon as something is so, or after so long that it has ended by itself."""
        late = time.monotonic() + _LONGEST_S
        while not when() and time.monotonic() < late:
            time.sleep(0.005)
        # Not `send_signal`, which reaps a process that has ended, and with it what it used.
        os.kill(self.process.pid, signal.SIGKILL)
        return self.end()


# What a day may be like.


def _ordinary(soak: Soak, day: int) -> None:
    soak.build(day)
    soak.send(day)


def _dead_feed(soak: Soak, day: int) -> None:
    feed = FEEDS - 1
    soak.town.answer(feed, dropped(b"<rss", 2))
    soak.owe(feed)
    soak.build(day, code=3, words=f"Gazette {feed}: ")
    soak.send(day)


def _malformed(soak: Soak, day: int) -> None:
    """A record that breaks off, a file of noise, a feed cut in two: what stands before the cut is told."""
    export = soak.town.folder / "export.jsonl"
    export.write_text(export.read_text(encoding="utf-8") + '{"title": "Cut off', encoding="utf-8")
    (soak.town.folder / "noise.txt").write_bytes(bytes(range(256)) * 40)
    soak.build(day, code=3, words="noise.txt")
    soak.send(day)


def _greylisted(soak: Soak, day: int) -> None:
    soak.build(day)
    soak.office.answers[f"RCPT {READERS[1]}"] = "450 4.2.0 greylisted"
    soak.send(day, 10, code=5)
    soak.office.answers.clear()
    soak.send(day, 20, code=5)
    soak.send(day, 60)


def _disk_full(soak: Soak, day: int) -> None:
    soak.expect(day, "build", soak.start(day, 0, _FULL_DISK).end(), 4, "could not be")
    soak.build(day, 5)
    soak.send(day)


def _killed(soak: Soak, day: int) -> None:
    """Once while the feeds are read, and once in the middle of the work on what was read."""
    asked = _requests(soak.town)
    soak.start(day).kill(lambda: _requests(soak.town) >= asked + FEEDS // 2)
    half = time.monotonic() + (soak.built.wall_s / 2 if soak.built else 2)
    soak.start(day, 3).kill(lambda: time.monotonic() > half)
    soak.build(day, 6)
    soak.send(day)


def _no_mail_server(soak: Soak, day: int) -> None:
    soak.build(day)
    soak.office.answers["MAIL"] = "421 4.3.2 going down"
    soak.send(day, 10, code=5)
    soak.office.answers.clear()
    soak.send(day, 60)


def _cache_unwritable(soak: Soak, day: int) -> None:
    """The cache is a file: nothing can be kept, and no edition depends on what is."""
    cache, aside = soak.folder / "cache", soak.folder / "cache.aside"
    cache.rename(aside)
    cache.write_text("not a folder", encoding="utf-8")
    soak.build(day)
    cache.unlink()
    aside.rename(cache)
    soak.send(day)


def _killed_sending(soak: Soak, day: int) -> None:
    soak.build(day)
    before = len(soak.office.accepted)
    soak.doubted = True
    soak.start_sending(day, 10).kill(lambda: len(soak.office.accepted) > before)
    soak.send(day, 60)


def _twice_and_back(soak: Soak, day: int) -> None:
    """Two schedules at one moment, then a clock that is set back by an hour."""
    both = [soak.start(day), soak.start(day)]
    codes = sorted(ran.code for ran in [one.end() for one in both])
    if codes != [0, 75]:
        soak.wrong.append(f"day {day}: two runs at once end with {codes}")
    soak.build(day, -60)
    revision = json.loads((soak.edition(day) / "briefing.json").read_text(encoding="utf-8"))["revision"]
    if revision != 2:
        soak.wrong.append(f"day {day}: built twice, and the revision is {revision}")
    soak.send(day)


def _server_in_trouble(soak: Soak, day: int) -> None:
    """All hosts answer 503: only the files are told, the feeds' articles a day later."""
    for feed in range(FEEDS):
        soak.town.answer(feed, reply(b"down", 503))
        soak.owe(feed)
    soak.build(day, code=3, words="503")
    soak.send(day)


FAULTS: Mapping[str, Callable[[Soak, int], None]] = {
    "": _ordinary,
    "dead feed": _dead_feed,
    "malformed files": _malformed,
    "greylisted": _greylisted,
    "disk full": _disk_full,
    "killed twice": _killed,
    "mail server down": _no_mail_server,
    "cache unwritable": _cache_unwritable,
    "killed sending": _killed_sending,
    "run twice, clock back": _twice_and_back,
    "all feeds down": _server_in_trouble,
}


def _requests(town: Town) -> int:
    return sum(len(site.requests) for site in town.sites)


def _addresses(edition: Mapping[str, Any]) -> Iterator[str]:
    """The addresses of what was read for an edition, copies too."""
    for story in (*edition["stories"], *edition["more"]):
        for name in story["articles"]:
            entry = edition["articles"][name]
            yield from (one["url"] for one in (entry, *entry["copies"]) if one["url"])


def _unreadable(edition: Mapping[str, Any]) -> set[str]:
    return {failure["url"] or failure["item"] for failure in edition["failures"]}


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# What a month comes to.


def month(folder: Path, days: Days, faults: Sequence[str], say: Callable[[Day], object]) -> list[str]:
    """A day for each name of a fault, "" for none; what did not hold, in words. `say` is given each day's figures."""
    numbers = range(1, len(faults) + 1)
    with farm() as servers, post_office() as office:
        soak = Soak(folder, Town(servers, folder / "inbox", days), office)
        for day in numbers:
            say(soak.day(day, faults[day - 1]))
        for day in numbers:
            arguments = ("briefing", "verify", str(soak.edition(day)))
            soak.expect(day, "verify", Started(folder, arguments).end(), 0, "all checks pass")
    return soak.wrong


def drift(values: Mapping[int, float]) -> tuple[float, float, float]:
    """How far values by day move between the first and the last, as a share of their median, and its 95 % interval."""
    from scipy.stats import theilslopes

    slope, _, low, high = theilslopes(list(values.values()), list(values))
    span = (max(values) - min(values)) / median(values.values())
    return slope * span, low * span, high * span


def _figures(days: Sequence[Day]) -> Iterator[tuple[str, dict[int, float]]]:
    """The figures whose growth is held to the bar, by day."""
    plain = [day for day in days if not day.fault and day.number > SETTLED]
    yield "CPU seconds of a build", {day.number: day.build.cpu_s for day in plain}
    before = {day.number + 1: day.state for day in days}
    yield (
        "bytes that the state grows by",
        {day.number: float(day.state - before[day.number]) for day in days if day.number > SETTLED},
    )


def _told(day: Day) -> None:
    run, build = day.run, day.build
    print(
        f"{day.number:3} {day.fault or '-':22} exit {build.code} {build.cpu_s:6.1f} s CPU {build.wall_s:6.1f} s"
        f" {build.megabytes:5} MB  {run['articles_read']:5} read {run['stories']:5} stories"
        f"  state {day.state / 1e6:6.2f} MB  cache {day.cache / 1e6:7.2f} MB",
        flush=True,
    )


def main() -> int:
    """Run the month and print each day, the growth, and what did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with load/amplify.py")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--articles", type=int, default=1000)
    args = parser.parse_args()
    load = Path(args.data or "", "load")
    if not args.data or not (load / "amplify.py").exists():
        print("the load data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    found: list[Day] = []

    def say(day: Day) -> None:
        found.append(day)
        _told(day)

    with tempfile.TemporaryDirectory() as folder:
        coming = iter(tuple(FAULTS)[1:])
        faults = [next(coming, "") if day % 3 == 2 else "" for day in range(args.days)]
        wrong = month(Path(folder), load_days(load, args.articles, args.days), faults, say)
    if args.days > SETTLED + 3:
        for name, values in _figures(found):
            moved, low, high = drift(values)
            print(f"{name}: median {median(values.values()):,.1f}, drift {moved:+.1%} ({low:+.1%} to {high:+.1%})")
            if moved > BAR:
                wrong.append(f"{name}: grow by {moved:.1%}, over {BAR:.0%}")
    print(f"{len(wrong)} faults", *wrong, sep="\n  ")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
