"""`kill -9` while an edition is sent to three readers: nobody is knowingly sent two, nobody is lost.

    python -m benchmarks.soak.sending [--times 50] [--seed 1]

Each round sends to a mail server on this machine, kills the run at a random point or right after the server has
taken a message and before it says so, and runs again (every fourth round: is killed once more) until a run ends.
A second copy is allowed where a kill left it in doubt, byte for byte the same; a third never. Prints how often
each thing was met; exits 1 where someone was sent two knowingly, or has none without its being said.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from aiosmtpd.smtp import SMTP

from tests.delivery.postoffice import TAKEN, Answer, Office, post_office
from tests.outputs.edition import FULL
from tests.outputs.shelves import put

READERS = tuple(f"{name}@reader.example" for name in ("anna", "bob", "cleo"))
_SETTINGS = """
[outputs.email]
sender = "desk@ellin.example"
[[delivery]]
kind = "smtp"
host = "127.0.0.1"
port = {port}
tls = "none"
to = {to}
"""
# How long the server takes for each command, at most.
_PAUSE_S = 0.03


class Kill(NamedTuple):
    """When a run is killed: as the server has taken so many messages, or so long after it was first spoken to."""

    taken: int | None
    after_s: float


def kill_rounds(folder: Path, times: int, seed: int) -> Counter[str]:
    """What was met in so many rounds."""
    rng = random.Random(seed)
    met: Counter[str] = Counter()
    for number in range(times):
        place = folder / str(number)
        put(place / "briefings", FULL)
        met += _round(place, [_kill(rng) for _ in range(2 if number % 4 == 3 else 1)], rng)
    return met


def _kill(rng: random.Random) -> Kill:
    if rng.random() < 0.5:
        return Kill(rng.randint(1, len(READERS)), 0.0)
    return Kill(None, rng.uniform(0, len(READERS) * 3 * _PAUSE_S))


def _round(place: Path, kills: list[Kill], rng: random.Random) -> Counter[str]:
    met: Counter[str] = Counter()
    doubts: Counter[str] = Counter()
    moved = threading.Event()
    with post_office({command: _slowly(moved, rng) for command in ("MAIL", "RCPT", "DATA")}) as office:
        settings = _SETTINGS.format(port=office.port, to=str(list(READERS)))
        (place / "briefing.toml").write_text(settings, encoding="utf-8")
        for kill in kills:
            met["killed"] += _killed(place, office, moved, kill)
            doubts.update(name for name, state in _recorded(place).items() if state == "sending")
        last = _run(place)
        words = last.communicate()[0]
    states = _recorded(place)
    for reader in READERS:
        met[_verdict(office.to(reader), doubts[reader], states[reader], f"unknown   smtp: {reader}" in words)] += 1
    met[f"exit {last.returncode}"] += 1
    return met


def _verdict(copies: list[bytes], doubts: int, state: str, said: bool) -> str:
    """What one reader has, after all of it."""
    if len(set(copies)) > 1:
        return "wrong: two that differ"
    if len(copies) > min(2, 1 + doubts):
        return "wrong: sent again without a doubt"
    if state == "sent" and copies:
        return "two copies, after a doubt" if len(copies) == 2 else "one copy"
    if state == "unknown" and doubts == 2 and said:
        return f"twice in doubt, {len(copies)} copies, and said so"
    return f"wrong: {state} with {len(copies)} copies"


def _slowly(moved: threading.Event, rng: random.Random) -> Answer:
    async def answer(_office: Office, _server: SMTP) -> str:
        moved.set()
        await asyncio.sleep(rng.uniform(0, _PAUSE_S))
        return TAKEN

    return answer


def _run(place: Path) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "briefing", "send", "--config", str(place / "briefing.toml")]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _killed(place: Path, office: Office, moved: threading.Event, kill: Kill) -> bool:
    """Kill a run; False where it had ended by then."""
    moved.clear()
    before = len(office.accepted)
    child = _run(place)
    if kill.taken is None:
        _wait(child, moved.is_set)
        time.sleep(kill.after_s)
    else:
        wanted = before + kill.taken
        _wait(child, lambda: len(office.accepted) >= wanted)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    return child.returncode == -signal.SIGKILL


def _wait(child: subprocess.Popen[str], until: Callable[[], bool]) -> None:
    while child.poll() is None and not until():
        time.sleep(0.0005)


def _recorded(place: Path) -> dict[str, str]:
    """The states as a run left them."""
    with closing(sqlite3.connect(place / "state" / "briefing.sqlite3")) as connection:
        return dict(connection.execute("SELECT recipient, state FROM delivery").fetchall())


def main() -> int:
    """Run the rounds and print what was met."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        met = kill_rounds(Path(folder), args.times, args.seed)
    for what, count in sorted(met.items()):
        print(f"{count:4}  {what}")
    print(f"{args.times} rounds in {time.monotonic() - started:.0f} s")
    return int(any(what.startswith("wrong") for what in met))


if __name__ == "__main__":
    sys.exit(main())
