"""What packing saves and keeps, measured on the largest labelled events of two sets of news.

    python -m benchmarks.packing --data DIR      DIR holds clusters/*.jsonl.gz; or the variable BRIEFING_DATA

`sent` is the packed block with its ids and headers, beside the full texts of all the articles (o200k_base
tokens). `kept` is the share of the sentences with a counted figure or a denial that went out, themselves or
as one wording with another; `digits` the same for sentences with any digit, dates and ages among them.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks.cluster import SETS, load
from briefing.analysts.context import parts
from briefing.analysts.tokens import count
from briefing.languages import lexicons
from briefing.stages.claims import Claim, claims
from briefing.stages.dedupe import dedupe
from briefing.text import language
from briefing.types import Article, Story

STORIES = 30
BUDGET_TOKENS = 12_000
MOST_SENT, LEAST_KEPT = 0.45, 0.95


class Row(NamedTuple):
    """One event: sizes in tokens, counts of sentences."""

    name: str
    articles: int
    full: int
    sent: int
    calls: int
    origins: tuple[int, int]
    figures: tuple[int, int]
    digits: tuple[int, int]
    sentences: int
    left_out: int
    seconds: float


def largest(folder: Path) -> list[tuple[str, list[Article]]]:
    """The events with the most tokens, as they came in."""
    events: dict[str, list[Article]] = defaultdict(list)
    for name in SETS:
        articles, gold = load(folder / f"{name}.jsonl.gz")
        for article, event in zip(articles, gold, strict=True):
            events[f"{name} {event}"].append(article.replace(language=language(article.text)))
    return sorted(events.items(), key=lambda item: -sum(count(a.text) for a in item[1]))[:STORIES]


def measured(name: str, articles: list[Article], budget: int) -> Row:
    """Pack one event as a story, after the folding of copies."""
    story = Story(id=name, articles=dedupe(articles, lexicons()).articles)
    started = time.perf_counter()
    packs = parts(story, lexicons(), budget, count)
    seconds = time.perf_counter() - started
    sent = {(c.article, c.sentence) for p in packs for group in p.cited.values() for c in group}
    told = [c for a in story.articles for c in claims(a, lexicons()) if c.sentence]
    origin = {a.id: a.origin for a in story.articles}
    return Row(
        name=name,
        articles=len(articles),
        full=sum(count(a.text) for a in articles),
        sent=sum(p.tokens for p in packs),
        calls=len(packs),
        origins=(len({origin[article] for article, number in sent if number}), story.origins),
        figures=_share(sent, [c for c in told if c.quantities or c.denies]),
        digits=_share(sent, [c for c in told if re.search(r"\d", c.text)]),
        sentences=len(told),
        left_out=packs[0].left_out,
        seconds=seconds,
    )


def _share(sent: set[tuple[str, int]], wanted: list[Claim]) -> tuple[int, int]:
    return sum((c.article.id, c.sentence) in sent for c in wanted), len(wanted)


def table(rows: list[Row]) -> Iterable[str]:
    """The lines of the report."""
    yield (
        f"{'event':28s} {'articles':>8s} {'full':>6s} {'sent':>6s} {'share':>6s} {'calls':>5s} {'origins':>7s}"
        f" {'kept':>8s} {'digits':>8s} {'ms':>5s}"
    )
    for r in rows:
        yield (
            f"{r.name:28s} {r.articles:8d} {r.full:6d} {r.sent:6d} {r.sent / r.full:6.1%} {r.calls:5d}"
            f" {r.origins[0]:3d}/{r.origins[1]:<3d} {r.figures[0]:4d}/{r.figures[1]:<4d}"
            f" {r.digits[0]:3d}/{r.digits[1]:<4d} {1000 * r.seconds:5.0f}"
        )
    full, sent = sum(r.full for r in rows), sum(r.sent for r in rows)
    yield f"sent {sent:,} of {full:,} tokens: {sent / full:.1%} (at most {MOST_SENT:.0%})"
    shares = sorted(r.sent / r.full for r in rows)
    yield f"by event: median {shares[len(shares) // 2]:.1%}, most {shares[-1]:.1%}"
    yield f"events with every origin present: {sum(r.origins[0] == r.origins[1] for r in rows)} of {len(rows)}"
    yield f"sentences with figures or denials kept: {kept(rows):.1%} (at least {LEAST_KEPT:.0%})"
    digits = sum(r.digits[0] for r in rows) / sum(r.digits[1] for r in rows)
    yield f"sentences with any digit kept: {digits:.1%}"


def kept(rows: list[Row]) -> float:
    """Share of the sentences with figures or denials that went out, over all events."""
    return sum(r.figures[0] for r in rows) / sum(r.figures[1] for r in rows)


def holds(rows: list[Row]) -> bool:
    """Whether all three targets are met."""
    lean = sum(r.sent for r in rows) <= MOST_SENT * sum(r.full for r in rows)
    return lean and kept(rows) >= LEAST_KEPT and all(r.origins[0] == r.origins[1] for r in rows)


def main() -> int:
    """Print the table; 1 where a target is missed, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with clusters/*.jsonl.gz")
    parser.add_argument("--budget", type=int, default=BUDGET_TOKENS, help="tokens for one call")
    arguments = parser.parse_args()
    folder = Path(arguments.data or "") / "clusters"
    missing = [name for name in SETS if not arguments.data or not (folder / f"{name}.jsonl.gz").is_file()]
    if missing:
        print(f"no data to measure with ({', '.join(missing)}): give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    rows = [measured(name, articles, arguments.budget) for name, articles in largest(folder)]
    for line in table(rows):
        print(line)
    return 0 if holds(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
