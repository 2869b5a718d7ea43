"""`briefing build` over one large file of JSON lines, as a user runs it: time, memory, progress, order of lines.

    python -m benchmarks.build --data DIR [--n 100000] [--orders 10000]     DIR holds load/; or BRIEFING_DATA

The load stream is built by the installed command in a process of its own; seconds are wall time from start to exit
(reading, rendering and writing included), memory is the most that any one of its processes held. `--orders` N builds
N of its lines in three orders: the editions must be equal but for the run's figures.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import floors
from benchmarks.dedupe import amplified

NOW, DAY = "2021-01-01T08:00:00Z", "2021-01-01"
STAGES = ("read", "clean", "dedupe", "cluster", "analyse")
ORDERS = 3
_COMMAND = "import sys; from briefing.cli import main; sys.exit(main())"


def build(stream: Path, out: Path) -> tuple[float, str]:
    """Seconds, and what the command said; its settings are the defaults."""
    command = [sys.executable, "-c", _COMMAND, "build", str(stream), "--out", str(out), "--now", NOW]
    started = time.perf_counter()
    done = subprocess.run(command, check=False, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(f"the build ended with {done.returncode}\n{done.stderr[-2000:]}")
    return time.perf_counter() - started, done.stderr


def edition(out: Path) -> tuple[Any, str]:
    """What a build wrote but for the run's figures and the places of lines in the file."""
    briefing = json.loads((out / DAY / "briefing.json").read_text(encoding="utf-8"))
    briefing["failures"] = sorted((f["stage"], f["reason"]) for f in briefing["failures"])
    return {**briefing, "run": None}, (out / DAY / "evidence.json").read_text(encoding="utf-8")


def large(data: Path, n: int, figures: dict[str, float]) -> Iterator[str]:
    """One build of `n` articles; fills `figures`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds, said = build(amplified(data, n, folder), folder / "out")
        sizes = {path.suffix[1:]: path.stat().st_size / 1e6 for path in (folder / "out" / DAY).glob("briefing.*")}
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    shown = [stage for stage in STAGES if f"{stage}: " in said]
    figures |= {"stages_shown": len(shown), "seconds": seconds, "gigabytes": gigabytes}
    yield f"{n} articles: {seconds:.0f} s, {gigabytes:.2f} GB in the largest process, {n / seconds:.0f} a second"
    yield f"progress shown for: {', '.join(shown)}"
    yield f"written: {', '.join(f'{kind} {size:.1f} MB' for kind, size in sorted(sizes.items()))}"
    yield said.strip().splitlines()[-1]


def orders(data: Path, n: int, figures: dict[str, float]) -> Iterator[str]:
    """Builds of the same lines in several orders; fills `figures`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = amplified(data, n, folder).read_text(encoding="utf-8").splitlines(keepends=True)
        found = []
        for number in range(ORDERS):
            stream = folder / str(number) / "stream.jsonl"
            stream.parent.mkdir()
            stream.write_text("".join(random.Random(number).sample(lines, len(lines))), encoding="utf-8")
            build(stream, folder / f"out{number}")
            found.append(edition(folder / f"out{number}"))
    figures["order_blind"] = float(all(one == found[0] for one in found))
    yield f"{n} lines in {ORDERS} orders give one edition: {'yes' if figures['order_blind'] else 'NO'}"


def main() -> int:
    """Print the report; 1 beyond a floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with load/amplify.py")
    parser.add_argument("--n", type=int, default=100_000, help="articles of the large build; 0 for none")
    parser.add_argument("--orders", type=int, default=10_000, help="articles built in several orders; 0 for none")
    options = parser.parse_args()
    data = Path(options.data or "")
    if not options.data or not (data / "load" / "amplify.py").is_file():
        print("the load data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    for part, n in ((orders, options.orders), (large, options.n)):
        for line in part(data, n, figures) if n else ():
            print(line, flush=True)
    return floors.held("build", figures)


if __name__ == "__main__":
    sys.exit(main())
