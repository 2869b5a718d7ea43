"""Disputes, measured: which conflicts between two reports are called a dispute, and which are not.

    python -m benchmarks.disputes --data DIR [--only figures] [--list] [--model NAME [--api-base URL]]

DIR (or the variable BRIEFING_DATA) holds disputes/figures-dev*.jsonl.gz: candidate conflicts of figures, each
between two reports of one incident and labelled by hand. The two reports are read as a story of two articles with
their days and outlets; a candidate is flagged when the positions of one dispute cite both of its sentences. The
labels `ambiguous` and `not_comparable` are left out. Intervals are Wilson's, of 95 %. With --model the figures are
given once more, with that model as the checker.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks import models
from benchmarks.floors import held
from briefing.analysts import roles
from briefing.languages import lexicons
from briefing.stages.claims import claims
from briefing.stages.disputes import Checker, Findings, find
from briefing.text import language, sanitise, words
from briefing.types import Article, Dispute

UNCLEAR = frozenset({"ambiguous", "not_comparable"})
# Share of the shorter one's words: the labels' sentences are cut by other rules than ours.
_SAME_SENTENCE = 0.8
_Z = 1.96

Row = dict[str, Any]


class Judged(NamedTuple):
    """A candidate with what was found in its two reports: `others` are disputes that cite other sentences."""

    row: Row
    flagged: bool
    others: tuple[Dispute, ...]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), 0..1."""
    if not of:
        return 0.0, 1.0
    share, squared = hits / of, _Z * _Z
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = _Z * math.sqrt(share * (1 - share) / of + squared / (4 * of * of)) / (1 + squared / of)
    return middle - half, middle + half


def read(path: Path) -> list[Row]:
    """The records of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def article(row: Row) -> Article:
    """A report as an article of its own origin, dated to the day."""
    text = sanitise(row["text"]).strip()
    title = sanitise(row["title"]).replace("\n", " ").strip()
    host = urlsplit("http" + row["url"].rsplit("http", 1)[-1]).hostname
    return Article.make(
        title, text, published=row["date"], source=host, url=row["url"], language=language(text), origin=row["id"]
    )


def story(articles: Sequence[Article], checker: Checker | None = None) -> Findings:
    """What the product finds in one story."""
    return find([c for a in articles for c in claims(a, lexicons())], lexicons(), checker)


def judged(rows: Sequence[Row], articles: dict[str, Article], checker: Checker | None = None) -> Iterator[Judged]:
    """Each clear candidate, judged by what is found in its two reports."""
    for row in rows:
        if row["label"] not in UNCLEAR:
            sides = [(articles[row[s]["doc"]], row[s]["sentence"]) for s in ("side_a", "side_b")]
            found = story([a for a, _ in sides], checker).disputes
            matching = [d for d in found if all(_cites(d, a, sentence) for a, sentence in sides)]
            yield Judged(row, bool(matching), tuple(d for d in found if d not in matching))


def _cites(dispute: Dispute, cited: Article, sentence: str) -> bool:
    quotes = [c.quote for p in dispute.positions for c in p.statement.citations if c.article == cited.id]
    return any(_alike(quote, sentence) for quote in quotes)


def _alike(a: str, b: str) -> bool:
    left, right = Counter(words(a.casefold())), Counter(words(b.casefold()))
    return (left & right).total() >= _SAME_SENTENCE * min(left.total(), right.total())


def figures(folder: Path, listing: bool, checker: Checker | None = None) -> dict[str, float]:
    """Measure and print the conflicts of figures; recall and the share of false alarms, 0..1."""
    articles = {row["id"]: article(row) for row in read(folder / "figures-dev-articles.jsonl.gz")}
    started = time.process_time()
    found = list(judged(read(folder / "figures-dev.jsonl.gz"), articles, checker))
    seconds = time.process_time() - started
    real, other = [j for j in found if j.row["flag"]], [j for j in found if not j.row["flag"]]
    hits, alarms = sum(j.flagged for j in real), sum(j.flagged for j in other)
    for name, part, whole in (("recall", hits, len(real)), ("false alarms", alarms, len(other))):
        low, high = wilson(part, whole)
        print(f"figures  {name:<13} {part:>3} of {whole:<3} {part / whole:.2f}  [{low:.2f}, {high:.2f}]")
    print(f"figures  other disputes {sum(len(j.others) for j in found)}, unlabelled")
    print(f"figures  {1000 * seconds / (2 * len(found)):.1f} ms per article, reading and comparing")
    if listing:
        _list(found)
    return {"figures recall": hits / len(real), "figures alarms": alarms / len(other)}


def _list(found: Sequence[Judged]) -> None:
    for j in sorted(found, key=lambda j: (j.row["label"], j.row["kind"])):
        if j.flagged != j.row["flag"]:
            fault = "missed" if j.row["flag"] else "flagged"
            print(f"\n{fault}: {j.row['label']}, {j.row['kind']} {j.row['entity'] or ''}")
            for side in (j.row["side_a"], j.row["side_b"]):
                print(f"  {side['date']} {side['source']}: {side['value']}  {side['sentence']}")
        for dispute in j.others:
            print(f"\nother: {dispute.question}")
            for position in dispute.positions:
                print(f"  {position.holder}: {position.statement.text}")


def main() -> int:
    """Print the table; 1 where a figure is beyond its floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("BRIEFING_DATA"))
    parser.add_argument("--only", choices=sorted(SETS))
    parser.add_argument("--list", action="store_true", help="print what was missed, flagged wrongly, and found besides")
    models.arguments(parser, "checker")
    given = parser.parse_args()
    folder = given.data and Path(given.data) / "disputes"
    if not folder or not folder.is_dir():
        print("no data to measure with: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    measured: dict[str, float] = {}
    wanted = [measure for name, measure in SETS.items() if given.only in (None, name)]
    for measure in wanted:
        measured |= measure(folder, given.list)
    if given.model:
        asked = models.Asked(given.model, given.api_base)
        print(f"with {given.model} as the checker")
        for measure in wanted:
            measure(folder, given.list, roles.checker(asked.model, asked))
        print(asked)
    return held("disputes", measured)


SETS = {"figures": figures}


if __name__ == "__main__":
    sys.exit(main())
