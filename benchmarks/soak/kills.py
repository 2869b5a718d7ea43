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
    from briefing.commands.editions import verify_edition
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
    for number in range(times):
        # Every second round starts on an empty folder, the others over the edition of the rounds before.
        place = out / ("kept" if number % 2 else f"fresh-{number}")
        # Most of a build is start-up and reading: of four kills three aim at the time when files are written.
        if number % 4 < 3:
            states["killed while writing"] += _killed_writing(build(source, place), place, rng.uniform(0, 0.03))
        else:
            states["killed"] += _killed(build(source, place), rng.uniform(0, length))
        states[edition_state(place / DAY)] += 1
    kept = out / "kept"
    last = build(source, kept)
    last.wait()
    states["last: " + (edition_state(kept / DAY) if last.returncode == 0 else f"exit {last.returncode}")] += 1
    states["leftovers"] += sum(path.name.endswith((".tmp", ".old")) for path in kept.iterdir())
    return states


def _killed(child: subprocess.Popen[bytes], delay: float) -> bool:
    """Kill the run after `delay` seconds; False where it had ended by then."""
    try:
        child.wait(delay)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()
        return True
    return False


def _killed_writing(child: subprocess.Popen[bytes], out: Path, delay: float) -> bool:
    """Kill the run `delay` seconds after its unfinished folder appeared; False where it had ended by then."""
    while child.poll() is None and not any(out.glob(".briefing-*.tmp")):
        time.sleep(0.0005)
    return _killed(child, delay)


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
