"""What the truth layer costs: time per article of each of its parts on one core, and memory by the size of a story.

    python -m benchmarks.layer --data DIR [--n 600] [--sizes 10 40 160]     DIR holds clusters/ and load/

DIR may stand in BRIEFING_DATA. The labelled sets are read by gold event, `--n` articles of the load set in stories of
six in the order of the file. Seconds are CPU time of one process, each part cold: reading sentences into claims,
finding disputes and updates (with stances), and checking and corroborating what the extractive analyst told; its
own telling is no part of the layer. Memory is the peak that Python allocates while one story of so many load articles
goes through all of it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from benchmarks import floors
from benchmarks.cluster import SETS, load
from benchmarks.dedupe import article
from briefing.analysts.extractive import Extractive
from briefing.languages import lexicons
from briefing.stages.claims import claims
from briefing.stages.disputes import find
from briefing.stages.verify import verify
from briefing.types import Article, Story

PARTS = ("claims", "disputes", "checks")
_TOLD = 6

Articles = tuple[Article, ...]


def by_event(path: Path) -> list[Articles]:
    """The articles of a labelled set, in English and each of its own origin, by gold event."""
    events: dict[object, list[Article]] = defaultdict(list)
    for one, event in zip(*load(path), strict=True):
        events[event].append(one.replace(language="en", origin=one.id))
    return [tuple(found) for found in events.values()]


def loaded(path: Path, count: int) -> Articles:
    """The first articles of the load set, each of its own origin."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, count)]
    read = [article({**row, "published": row.get("published"), "url": row.get("url")}) for row in rows]
    return tuple(one.replace(origin=one.id) for one in read)


def costs(stories: Sequence[Articles]) -> Counter[str]:
    """CPU seconds of each part over the stories."""
    spent: Counter[str] = Counter()
    for number, articles in enumerate(stories):
        started = time.process_time()
        told = [claim for one in articles for claim in claims(one, lexicons())]
        read = time.process_time()
        find(told, lexicons())
        found = time.process_time()
        analysis = Extractive().analyse(Story(id=str(number), articles=articles))
        analysed = time.process_time()
        verify(analysis, articles, told, lexicons())
        spent.update(claims=read - started, disputes=found - read, checks=time.process_time() - analysed)
    return spent


def memory(articles: Articles) -> float:
    """Megabytes allocated at the peak while one story goes through the layer."""
    tracemalloc.start()
    costs([articles])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def report(data: Path, count: int, sizes: Sequence[int], figures: dict[str, float]) -> Iterator[str]:
    """The lines of the report; fills `figures`."""
    lexicons()
    every = loaded(data / "load" / "articles.jsonl.gz", max(count, *sizes))
    sets = {name: by_event(data / "clusters" / f"{name}.jsonl.gz") for name in SETS}
    sets["load"] = [every[i : i + _TOLD] for i in range(0, count, _TOLD)]
    for name, stories in sets.items():
        spent, number = costs(stories), sum(map(len, stories))
        shares = ", ".join(f"{part} {1000 * spent[part] / number:.1f}" for part in PARTS)
        total = 1000 * spent.total() / number
        figures["milliseconds"] = max(total, figures.get("milliseconds", 0.0))
        yield f"{name:<15} {number:>5} articles, {len(stories):>4} stories: {total:.1f} ms per article ({shares})"
    for size in sizes:
        megabytes = memory(every[-size:])
        figures["kilobytes"] = 1000 * megabytes / size
        yield f"one story of {size:>4} articles: {megabytes:.1f} MB at most, {figures['kilobytes']:.0f} kB an article"


def main() -> int:
    """Print the report; 1 beyond a floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with clusters/ and load/")
    parser.add_argument("--n", type=int, default=600, help="articles of the load set")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 40, 160], help="articles of the stories weighed")
    options = parser.parse_args()
    data = Path(options.data or "")
    if not options.data or not (data / "load" / "articles.jsonl.gz").is_file():
        print("the load data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    for line in report(data, options.n, options.sizes, figures):
        print(line, flush=True)
    return floors.held("layer", figures)


if __name__ == "__main__":
    sys.exit(main())
