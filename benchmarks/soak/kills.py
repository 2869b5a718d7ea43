"""`kill -9` at random points of a build: the edition folder is absent, old or complete, never half.

    python -m benchmarks.soak.kills [--times 50] [--seed 1] [PATH]

Each round builds over what the round before left, kills the run after a random time, and reads what
stands; a last build must need no repair. Prints how often each state was met; exits 1 on a half edition.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

DAY = "2031-05-20"
NOW = f"{DAY}T08:00:00Z"
FILES = {"briefing.md", "briefing.html", "briefing.json", "evidence.json"}


def build(source: Path, out: Path) -> subprocess.Popen[bytes]:
    """A build in a process of its own."""
    command = [sys.executable, "-m", "briefing", "build", str(source), "--out", str(out), "--now", NOW, "--quiet"]
    return subprocess.Popen(command)


def edition_state(edition: Path) -> str:
    """`absent`, `complete` (every file, and the evidence proves it), or what is wrong."""
    from briefing.commands import verify_edition
    from briefing.errors import BriefingError

    if not edition.exists():
        return "absent"
    found = {path.name for path in edition.iterdir() if not path.name.startswith(".")}
    if found != FILES:
        return f"half: {sorted(found)}"
    try:
        verify_edition(edition)
    except BriefingError as error:
        return f"half: {error}"
    return "complete"


def kill_rounds(source: Path, out: Path, times: int, seed: int) -> Counter[str]:
    """The states met after each kill, and after the last whole build."""
    rng = random.Random(seed)
    started = time.monotonic()
    build(source, out / "timing").wait()
    length = time.monotonic() - started
    states: Counter[str] = Counter()
    for _ in range(times):
        child = build(source, out)
        # Most of a build is start-up and reading: half of the kills aim at its last third, where files are written.
        delay = rng.uniform(0, length) if rng.random() < 0.5 else rng.uniform(0.66 * length, 1.1 * length)
        try:
            child.wait(delay)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
        states[edition_state(out / DAY)] += 1
    last = build(source, out)
    last.wait()
    states["last: " + (edition_state(out / DAY) if last.returncode == 0 else f"exit {last.returncode}")] += 1
    leftover = [path.name for path in out.iterdir() if path.name.endswith((".tmp", ".old"))]
    states["leftovers"] += len(leftover)
    return states


def main() -> int:
    """Run the rounds and print what was met."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("path", nargs="?", type=Path, default=Path("samples"))
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as out:
        states = kill_rounds(args.path, Path(out), args.times, args.seed)
    for state, count in sorted(states.items()):
        print(f"{count:4}  {state}")
    return int(
        any(state.startswith(("half", "last: half", "last: exit")) for state in states) or states["leftovers"] > 0
    )


if __name__ == "__main__":
    sys.exit(main())
