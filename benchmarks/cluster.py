"""Stories by event, measured: BCubed on two sets of labelled news, beside word-bigram TF-IDF with average linkage.

    python -m benchmarks.cluster --data DIR      DIR holds clusters/*.jsonl.gz; or the variable BRIEFING_DATA

One setting for both sets; the gold labels and the outlets are never read by what is measured. The peer is
TF-IDF over words and word pairs (English stop words removed, logarithmic counts, at least two articles per
term, title and text), average linkage cut at cosine distance 0.83.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from benchmarks import floors
from benchmarks.metrics import bcubed
from briefing.languages import lexicons
from briefing.stages import cluster as stage
from briefing.types import Article

SETS = ("giveme5w1h-odd", "ecbplus")
PEER_DISTANCE = 0.83
SETTINGS = {"THRESHOLD": (0.06, 0.065, 0.07, 0.08, 0.085, 0.09), "RATIO": (0.5, 0.55, 0.65, 0.7)}

Labels = list[Any]
Method = Callable[[Sequence[Article]], Labels]

_MONTHS = {
    name: n
    for n, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
_MONTH_FIRST = re.compile(r"\b(?P<month>[a-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(?P<year>\d{4})")
_DAY_FIRST = re.compile(r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month>[a-z]{3})[a-z]*\.?,?\s+(?P<year>\d{4})")


def day(written: str | None) -> str | None:
    """The day of a date as found in the sets ("July 21, 2013, 2 : 21 pm BST"), or None."""
    for pattern in (_ISO, _MONTH_FIRST, _DAY_FIRST):
        match = pattern.search((written or "").lower())
        if match:
            month = match["month"]
            number = int(month) if month.isdigit() else _MONTHS.get(month, 0)
            try:
                return date(int(match["year"]), number, int(match["day"])).isoformat()
            except ValueError:
                continue
    return None


def load(path: Path) -> tuple[list[Article], Labels]:
    """The articles of a set and the event of each."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    made = [Article.make(" ".join(r["title"].split()), r["text"], published=day(r["published"])) for r in records]
    return made, [record["event"] for record in records]


def ours(articles: Sequence[Article]) -> Labels:
    """The story of every article."""
    home = {article.id: s.id for s in stage.cluster(articles, lexicons()) for article in s.articles}
    return [home[article.id] for article in articles]


def peer(articles: Sequence[Article]) -> Labels:
    """Word-bigram TF-IDF with average linkage."""
    stopwords = lexicons()["en"].stopwords
    documents = []
    for article in articles:
        found = [w for w in re.findall(r"\b\w\w+\b", article.text.lower()) if w not in stopwords]
        documents.append(Counter([*found, *map(" ".join, pairwise(found))]))
    cosines = np.clip(_cosines(documents), 0, 1)
    tree = linkage(squareform(1 - cosines, checks=False), "average")
    return list(map(int, fcluster(tree, PEER_DISTANCE, "distance")))


def _cosines(documents: Sequence[Counter[str]]) -> Any:
    frequency = Counter(term for document in documents for term in document)
    columns = {term: n for n, term in enumerate(term for term, count in frequency.items() if count > 1)}
    kept = [[term for term in document if term in columns] for document in documents]
    weights = [
        [(1 + np.log(document[t])) * (np.log((1 + len(documents)) / (1 + frequency[t])) + 1) for t in terms]
        for document, terms in zip(documents, kept, strict=True)
    ]
    data = np.concatenate([np.array(row) / max(float(np.linalg.norm(row)), 1e-12) for row in weights])
    starts = np.cumsum([0, *map(len, kept)])
    rows = sparse.csr_matrix((data, [columns[t] for terms in kept for t in terms], starts), (len(kept), len(columns)))
    return (rows @ rows.T).toarray()


class Score(NamedTuple):
    """BCubed figures, articles in the largest story and in the largest event, stories, and seconds."""

    precision: float
    recall: float
    f1: float
    largest: int
    largest_gold: int
    found: int
    seconds: float


def score(method: Method, articles: Sequence[Article], gold: Labels) -> Score:
    """A method's figures on one set."""
    started = time.perf_counter()
    predicted = method(articles)
    seconds = time.perf_counter() - started
    largest, largest_gold = (max(Counter(labels).values()) for labels in (predicted, gold))
    return Score(*bcubed(predicted, gold), largest, largest_gold, len(set(predicted)), seconds)


def row(name: str, one: Score) -> str:
    """One line of the table."""
    figures = " ".join(f"{value:9.3f}" for value in one[:3])
    return f"{name:34s} {figures} {one.largest:4d}/{one.largest_gold:<4d} {one.found:5d} {one.seconds:8.1f}"


def table(folder: Path, figures: dict[str, float], *, sensitivity: bool) -> Iterable[str]:
    """The lines of the report; `figures` is told what stands in the floors."""
    yield f"{'':34s} {'precision':>9s} {'recall':>9s} {'F1':>9s} {'largest':>9s} {'found':>5s} {'seconds':>8s}"
    for name in SETS:
        articles, gold = load(folder / f"{name}.jsonl.gz")
        undated = [article.replace(published=None) for article in articles]
        dated = sum(bool(article.published) for article in articles)
        yield f"{name}: {len(articles)} articles, {len(set(gold))} events, {dated} dated"
        reached = score(ours, articles, gold)
        figures |= {f"{name} {figure}": getattr(reached, figure) for figure in ("precision", "f1")}
        figures[f"{name} largest"] = reached.largest / reached.largest_gold
        yield row("  ours", reached)
        yield row("  ours, dates removed", score(ours, undated, gold))
        yield row("  peer: word pairs, average link", score(peer, articles, gold))
        for setting, values in SETTINGS.items() if sensitivity else ():
            yield from varied(setting, values, articles, gold)
    yield f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"


def varied(setting: str, values: Iterable[float], articles: Sequence[Article], gold: Labels) -> Iterable[str]:
    """Lines with one setting changed and the others as they are."""
    kept = getattr(stage, setting)
    for value in values:
        setattr(stage, setting, value)
        try:
            yield row(f"  {setting} {value}", score(ours, articles, gold))
        finally:
            setattr(stage, setting, kept)


def main() -> int:
    """Print the table; 1 where a figure is beyond its floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with clusters/*.jsonl.gz")
    parser.add_argument("--sensitivity", action="store_true", help="also vary each setting alone")
    arguments = parser.parse_args()
    folder = Path(arguments.data or "") / "clusters"
    missing = [name for name in SETS if not arguments.data or not (folder / f"{name}.jsonl.gz").is_file()]
    if missing:
        print(f"no data to measure with ({', '.join(missing)}): give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    for line in table(folder, figures, sensitivity=arguments.sensitivity):
        print(line, flush=True)
    return floors.held("cluster", figures)


if __name__ == "__main__":
    sys.exit(main())
