"""Time and memory of clean, dedupe and cluster as the articles grow in number, and how steeply they grow.

    python -m benchmarks.scale --data DIR [--n 10000 30000 100000]     DIR holds load/; or the variable BRIEFING_DATA

The load stream (about 6 KB an article, of text) goes through the three stages as in a build, each size in a process
of its own; `clean` runs over two worker processes. Times are wall seconds, memory the most that the process held
and, beside it, its two workers together. The exponent is that of time over number between the smallest and the
largest run: 1 is linear. A chart is written to `scale.svg` beside RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import floors
from benchmarks.charts import Line, chart

SIZES = (10_000, 30_000, 100_000)
WORKERS = 2
BARS = {"seconds": 360.0, "gigabytes": 6.0, "exponent": 1.15}
STAGES = ("clean", "dedupe", "cluster")
CHART = Path(__file__).with_name("scale.svg")

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Run(NamedTuple):
    """One size: wall and CPU seconds by stage, megabytes, and how many articles and stories came out."""

    n: int
    seconds: dict[str, float]
    cpu: dict[str, float]
    megabytes: int
    workers_megabytes: int
    articles: int
    stories: int
    largest: int

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.seconds.values())


def documents(path: Path) -> Iterator[Any]:
    """The rows of the stream as a source would hand them on."""
    from briefing.types import Declared, Document

    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            day = _DAY.match(row["published"] or "")
            known = {"source": row["source"], "url": row["url"], "published": day[0] if day else None}
            yield Document(
                item=f"stream#{row['id']}",
                text=row["text"],
                media_type="text/plain",
                declared=Declared(title=row["title"], **known),
            )


def run(path: Path, n: int) -> Run:
    """The three stages over one stream, in this process."""
    from briefing import workers
    from briefing.languages import lexicons
    from briefing.stages.clean import clean
    from briefing.stages.cluster import cluster
    from briefing.stages.dedupe import dedupe

    given = list(documents(path))
    clock = [(time.perf_counter(), time.process_time())]
    with workers.opened("processes", WORKERS) as work:
        cleaned = clean(_handed_over(given), work).articles
        others = max(work(_peak, range(64)))
    clock.append((time.perf_counter(), time.process_time()))
    kept = dedupe(cleaned, lexicons()).articles
    clock.append((time.perf_counter(), time.process_time()))
    del cleaned
    stories = cluster(kept, lexicons())
    clock.append((time.perf_counter(), time.process_time()))
    wall, cpu = (dict(zip(STAGES, (b[i] - a[i] for a, b in pairwise(clock)), strict=True)) for i in (0, 1))
    largest = max(len(story.articles) for story in stories)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Run(n, wall, cpu, own, WORKERS * others, len(kept), len(stories), largest)


def _handed_over(given: list[Any]) -> Iterator[Any]:
    """The documents, none held any longer, as a build hands them on."""
    given.reverse()
    while given:
        yield given.pop()


def _peak(_: int) -> int:
    """Megabytes that this process held at most. What the system says of children counts their parent's, before exec."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1024


def measured(data: Path, n: int) -> Run:
    """A run of this size in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stream.jsonl"
        subprocess.run([sys.executable, data / "load" / "amplify.py", str(n), path], check=True)
        command = [sys.executable, "-m", "benchmarks.scale", "--one", str(path), "--n", str(n)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Run(**json.loads(said))


def exponent(first: Run, last: Run, stage: str | None = None) -> float:
    """By what power of the number the time grew, of one stage or of all."""
    times = [one.seconds[stage] if stage else one.total for one in (first, last)]
    return math.log(times[1] / times[0]) / math.log(last.n / first.n)


def table(runs: Sequence[Run]) -> Iterator[str]:
    """The lines of the report."""
    columns = ("clean", "dedupe", "cluster", "total s", "MB", "workers", "kept", "stories", "largest")
    yield f"{'articles':>9s} {' '.join(f'{name:>8s}' for name in columns)}"
    for one in runs:
        stages = " ".join(f"{one.seconds[stage]:8.1f}" for stage in STAGES)
        yield (
            f"{one.n:9d} {stages} {one.total:8.1f} {one.megabytes:8d} {one.workers_megabytes:8d}"
            f" {one.articles:8d} {one.stories:8d} {one.largest:8d}"
        )
    if len(runs) > 1:
        parts = ", ".join(f"{stage} {exponent(runs[0], runs[-1], stage):.2f}" for stage in STAGES)
        yield f"growth exponent {exponent(runs[0], runs[-1]):.2f} ({parts}; bar {BARS['exponent']})"


def figures(runs: Sequence[Run]) -> dict[str, float]:
    """What is held against the floors: that of the largest run, where it is a full one."""
    last = runs[-1]
    found = {"exponent": exponent(runs[0], last)} if last.n >= 10 * runs[0].n else {}
    if last.n >= SIZES[-1]:
        found |= {"seconds": last.total, "gigabytes": (last.megabytes + last.workers_megabytes) / 1024}
    return found


def drawn(runs: Sequence[Run]) -> str:
    """The chart: seconds by stage and in all, and memory, over the number of articles."""
    sizes = [one.n for one in runs]
    times = [Line(stage, sizes, [one.seconds[stage] for one in runs]) for stage in STAGES]
    times.append(Line("all", sizes, [one.total for one in runs]))
    memory = [Line("memory", sizes, [(one.megabytes + one.workers_megabytes) / 1024 for one in runs])]
    return chart([("seconds", times), ("gigabytes", memory)], "articles")


def main() -> int:
    """Print the table and write the chart; 1 beyond a floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with load/amplify.py")
    parser.add_argument("--n", type=int, nargs="+", default=list(SIZES), help="articles in each run")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run(Path(options.one), options.n[0])._asdict()))
        return 0
    data = Path(options.data or "")
    if not options.data or not (data / "load" / "amplify.py").is_file():
        print("the load data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    runs = [measured(data, n) for n in sorted(options.n)]
    for line in table(runs):
        print(line, flush=True)
    if len(runs) > 1:
        CHART.write_text(drawn(runs), encoding="utf-8")
    return floors.held("scale", figures(runs))


if __name__ == "__main__":
    sys.exit(main())
