"""What the evidence checks catch: one-edit falsehoods made from labelled stories, and SummEdits beside word overlap.

    python -m benchmarks.verify --data DIR [--only swap,summedits] [--seed N] [--list N]
        [--model NAME [--api-base URL]]    or BRIEFING_DATA

Swap: see `benchmarks.swaps`; each kind with the share caught (withheld, marked, or the citation replaced), for true
statements the share rejected (withheld) and marked, with 95 % Wilson intervals. SummEdits (Laban et al. 2023): the
document is the article, each sentence of a summary a statement that cites what supports it best, chosen as the
product re-anchors; a summary counts as inconsistent when one is withheld or marked. The peer is the share of the
summary's words that stand in the document, cut where it does best over all domains at once. With --model each figure
is given once more, with that model as the judge.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import random
import re
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import floors, models
from benchmarks.cluster import day
from benchmarks.swaps import Case, cases, tales
from briefing import workers
from briefing.analysts import roles
from briefing.languages import lexicons
from briefing.stages.checks import Grounds, anchored
from briefing.stages.claims import Claim, claims
from briefing.stages.verify import Judge, title_statement, verify
from briefing.text import sanitise, sentences
from briefing.types import Analysis, Article, Statement

SETS = ("giveme5w1h-odd", "ecbplus")
DOMAINS = ("news", "podcast", "samsum", "sales_call", "sales_email", "qmsumm", "scitldr", "ectsum")
MOST = 400
# The bars of the issue by group of kinds; a true title need not be in its lead, and is no part of the true ones.
BARS = {
    "wrong number": ("number: ", 0.99),
    "wrong name": ("name: ", 0.90),
    "negation or direction": ("direction:common negation", 0.90),
    "speaker": ("speaker", 0.80),
    "wrong citation": ("citation: ", 0.85),
}
_SHORT = 4
ASIDE = frozenset({"title, citing the lead"})


class Judged(NamedTuple):
    """A case with what became of it: "withheld", "marked", "repaired" or "passed", and its problems."""

    case: Case
    outcome: str
    problems: tuple[str, ...]


def records(path: Path) -> list[dict[str, Any]]:
    """The records of a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def stories(data: Path, name: str) -> list[list[Article]]:
    """The articles of a set by event."""
    found = sorted(records(data / "clusters" / f"{name}.jsonl.gz"), key=lambda r: str(r["event"]))
    return [[_article(r) for r in group] for _, group in groupby(found, key=lambda r: str(r["event"]))]


def _article(record: dict[str, Any]) -> Article:
    title, body = _joined(record["title"]), _joined(record["text"])
    body = body.removeprefix(title).strip() or body
    known = {"source": record["source"], "origin": record["source"], "published": day(record["published"])}
    return Article.make(" ".join(title.split()), body, language="en", **known)


def _joined(text: str) -> str:
    """Tokenised text as it was printed: no space before a mark, quotation marks as such."""
    text = re.sub(r"\s?''", '"', sanitise(text).replace("``", '"'))
    text = re.sub(r"(?<=\w)\.(?=[A-Z][a-z])", ". ", text)
    text = re.sub(r" (?=['’](?:s|ll|re|ve|d|m|t)\b|[,.;:!?%)](?:\s|$))", "", text)
    return re.sub(r'(?<=[$€£(]) (?=\w)|(?<=^") | (?="[,.])', "", text)


def judged(case: Case, read: dict[str, tuple[Claim, ...]], judge: Judge | None = None) -> Judged:
    """One case through verification, as a story tells it; a model to compare enters as the `judge`."""
    known = lexicons()
    story = [c for a in case.story for c in read[a.id]]
    analysis = Analysis(
        id="s",
        headline=title_statement(case.story[0]),
        summary=(case.statement,),
        articles=tuple(a.id for a in case.story),
        outlets=1,
        origins=1,
        analysed_by="benchmark",
    )
    done = verify(analysis, case.story, story, known, judge)
    gone = next((w for w in done.withheld if w.text == case.statement.text), None)
    if gone:
        return Judged(case, "withheld", gone.problems)
    (kept,) = done.analysis.summary
    repaired = kept.citations != case.statement.citations
    marks = kept.problems or ()
    return Judged(case, "repaired" if repaired else "marked" if marks else "passed", marks)


def swap(data: Path, seed: int, show: int, figures: dict[str, float], judge: Judge | None = None) -> Iterator[str]:
    """The lines on the swap set; fills `figures`."""
    told = [t for name in SETS for t in tales(stories(data, name))]
    read = {a.id: claims(a, lexicons()) for tale in told for a in tale.articles}
    made = list(cases(told, random.Random(seed), MOST, exchanges(data)))
    # Those of one story together, as the product checks them.
    made.sort(key=lambda case: case.story[0].id)
    started = time.process_time()
    with workers.waiting(models.CONCURRENCY if judge else 0) as mapped:
        results = list(mapped(partial(judged, read=read, judge=judge), made))
    each = (time.process_time() - started) / len(made)
    yield f"swap set: {len(made)} statements of {len(told)} stories, seed {seed}, {1000 * each:.1f} ms each"
    by_kind: dict[tuple[bool, str], list[Judged]] = defaultdict(list)
    for result in results:
        by_kind[not result.case.true, result.case.kind].append(result)
    yield f"  {'':26s} {'n':>5s} {'withheld':>9s} {'marked':>9s} {'repaired':>9s} {'caught':>8s}  95 % interval"
    for (_, kind), found in sorted(by_kind.items(), key=lambda item: item[0]):
        yield _row(kind, found)
        yield from _listed(found, show)
    yield from _grouped(results, figures)
    yield from _precision(results)


def exchanges(data: Path) -> list[tuple[str, str]]:
    """The words that SummEdits' editors put in the place of their opposites: pairs no one here chose."""
    found = set()
    edited = (r for d in DOMAINS for r in records(data / "verify" / f"summedits-{d}.jsonl.gz"))
    for record in edited:
        if record["label"] or record["edit_types"] != ["antonym_swap"]:
            continue
        before, after = (re.findall(r"\w+|[^\w\s]", record[key]) for key in ("original_summary", "summary"))
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if tag == "replace" and (i2 - i1, j2 - j1) == (1, 1):
                found.add((before[i1], after[j1]))
    # Shorter words are mostly prepositions, opposites only where they stood.
    return sorted((a, b) for a, b in found if a.islower() and b.islower() and min(len(a), len(b)) > _SHORT)


def _row(kind: str, found: Sequence[Judged]) -> str:
    n = len(found)
    shares = [sum(r.outcome == o for r in found) / n for o in ("withheld", "marked", "repaired")]
    # Of a true statement "caught" is a false alarm.
    low, high = wilson(sum(r.outcome != "passed" for r in found), n)
    return (
        f"  {kind:26s} {n:5d} " + " ".join(f"{s:9.3f}" for s in shares) + f" {sum(shares):8.3f}  {low:.3f} {high:.3f}"
    )


def _listed(found: Sequence[Judged], show: int) -> Iterator[str]:
    """Some that went wrong."""
    wrong = [r for r in found if (r.outcome != "passed") == r.case.true]
    for result in wrong[:show]:
        cited = " | ".join(c.quote for c in result.case.statement.citations)
        yield f"      {result.outcome} {result.problems}\n        {result.case.statement.text}\n        {cited}"


def _grouped(results: Sequence[Judged], figures: dict[str, float]) -> Iterator[str]:
    """The lines of the groups that have a bar."""
    yield "  by group"
    for name, (prefixes, bar) in BARS.items():
        kinds = prefixes.split()
        found = [
            r for r in results if not r.case.true and any(r.case.kind.replace(" ", "").startswith(k) for k in kinds)
        ]
        hits = sum(r.outcome != "passed" for r in found)
        low, high = wilson(hits, len(found))
        figures[name] = hits / len(found)
        yield f"    {name:24s} {figures[name]:.3f} of {len(found)} ({low:.3f} {high:.3f}), bar {bar}"
    true = [r for r in results if r.case.true and r.case.kind not in ASIDE]
    for name, outcome in (("true rejected", "withheld"), ("true marked", "marked"), ("true repaired", "repaired")):
        hits = sum(r.outcome == outcome for r in true)
        low, high = wilson(hits, len(true))
        figures[name] = hits / len(true)
        yield f"    {name:24s} {figures[name]:.3f} of {len(true)} ({low:.3f} {high:.3f})"


def _precision(results: Sequence[Judged]) -> Iterator[str]:
    """For each fault: how often it was found, in how many kinds of false statement, and its precision.

    The set holds each kind equally often; precision is given for a world in which one statement in ten is false.
    """
    false, true = (
        [r for r in results if not r.case.true],
        [r for r in results if r.case.true and r.case.kind not in ASIDE],
    )
    yield f"  {'fault':26s} {'false':>6s} {'true':>6s} {'precision at 1 in 10':>21s}"
    for fault in sorted({p for r in results for p in r.problems}):
        hit, alarm = sum(fault in r.problems for r in false), sum(fault in r.problems for r in true)
        right, wrong = 0.1 * hit / len(false), 0.9 * alarm / len(true)
        yield f"  {fault:26s} {hit:6d} {alarm:6d} {right / max(1e-9, right + wrong):21.2f}"


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not n:
        return 0.0, 1.0
    share, spread = hits / n, z * z / n
    middle = share + spread / 2
    reach = z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)


class Summary(NamedTuple):
    """A summary of SummEdits: whether it is consistent, what the checks found, and its word overlap."""

    consistent: bool
    problems: tuple[str, ...]
    overlap: float


def summedits(data: Path, figures: dict[str, float], judge: Judge | None = None) -> Iterator[str]:
    """The lines on SummEdits; fills `figures`."""
    with workers.waiting(models.CONCURRENCY if judge else 0) as mapped:
        read = {
            d: list(mapped(partial(_summary, judge=judge), records(data / "verify" / f"summedits-{d}.jsonl.gz")))
            for d in DOMAINS
        }
    cuts = sorted({s.overlap for held in read.values() for s in held})
    cut = max(cuts, key=lambda c: sum(_balanced(held, lambda s: s.overlap < c) for held in read.values()))
    yield f"SummEdits: balanced accuracy; peer: share of words in the document, under {cut:.3f} inconsistent"
    yield f"  {'':14s} {'n':>5s} {'ours':>6s} {'peer':>6s} {'caught':>7s} {'alarms':>7s}"
    for domain, held in read.items():
        own, peer = _balanced(held, lambda s: bool(s.problems)), _balanced(held, lambda s: s.overlap < cut)
        caught, alarms = _flagged(held, consistent=False), _flagged(held, consistent=True)
        figures[f"summedits {domain}"] = own
        yield f"  {domain:14s} {len(held):5d} {own:6.3f} {peer:6.3f} {caught:7.3f} {alarms:7.3f}"
    mean = [sum(figures[f"summedits {d}"] for d in DOMAINS) / len(DOMAINS)]
    mean.append(sum(_balanced(held, lambda s: s.overlap < cut) for held in read.values()) / len(DOMAINS))
    figures["summedits"] = mean[0]
    figures["summedits over peer"] = mean[0] - mean[1]
    yield f"  {'mean':14s} {'':5s} {mean[0]:6.3f} {mean[1]:6.3f}"
    everything = [s for held in read.values() for s in held]
    for fault in sorted({p for s in everything for p in s.problems}):
        hit, alarm = ([s for s in everything if fault in s.problems and s.consistent == c] for c in (False, True))
        yield f"    {fault:26s} {len(hit):5d} false {len(alarm):5d} true"


def _summary(record: dict[str, Any], judge: Judge | None) -> Summary:
    paragraphs = [" ".join(p.split()) for p in sanitise(record["doc"]).split("\n") if p.strip()]
    article = Article.make("Document", "\n".join(paragraphs), language="en", source="d", origin="d")
    told = Article.make("Summary", " ".join(sanitise(record["summary"]).split()), language="en")
    grounds = Grounds.of([article], lexicons())
    problems: list[str] = []
    for start, end in sentences(told.text)[1:]:
        bare = Statement(text=told.text[start:end], language="en", citations=())
        problems += _problems(anchored(bare, [article], grounds), article, judge)
    words_told, held = (set(re.findall(r"\w+", t.lower())) for t in (record["summary"], record["doc"]))
    return Summary(record["label"] == 1, tuple(dict.fromkeys(problems)), len(words_told & held) / len(words_told))


def _problems(statement: Statement, article: Article, judge: Judge | None) -> tuple[str, ...]:
    result = judged(Case("summary", True, statement, (article,)), {article.id: claims(article, lexicons())}, judge)
    return result.problems


def _flagged(held: Sequence[Summary], *, consistent: bool) -> float:
    found = [s for s in held if s.consistent == consistent]
    return sum(bool(s.problems) for s in found) / len(found)


def _balanced(held: Sequence[Summary], flags: Callable[[Summary], bool]) -> float:
    """Balanced accuracy of a flag for the inconsistent ones."""
    false, true = [s for s in held if not s.consistent], [s for s in held if s.consistent]
    return (sum(map(flags, false)) / len(false) + sum(not flags(s) for s in true) / len(true)) / 2


def _told(
    data: Path, options: argparse.Namespace, figures: dict[str, float], judge: Judge | None = None
) -> Iterator[str]:
    """The lines of the parts asked for; fills `figures`."""
    parts = {
        "swap": lambda: swap(data, options.seed, options.list, figures, judge),
        "summedits": lambda: summedits(data, figures, judge),
    }
    for part in options.only.split(","):
        yield from parts[part]()


def main() -> int:
    """Print the tables; 1 below a floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with clusters/ and verify/")
    parser.add_argument("--only", default="swap,summedits", help="parts to run, with commas between")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--list", type=int, default=0, metavar="N", help="print N statements of each kind that went wrong"
    )
    models.arguments(parser, "judge")
    options = parser.parse_args()
    data = Path(options.data or "")
    if not options.data or not (data / "verify").is_dir() or not (data / "clusters").is_dir():
        print("the data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    for line in _told(data, options, figures):
        print(line, flush=True)
    if options.model:
        asked = models.Asked(options.model, options.api_base)
        with_judge: dict[str, float] = {}
        deque(_told(data, options, with_judge, roles.judge(asked.model, asked)), maxlen=0)
        print(f"{'figure':26s} {'without':>8s} {'with':>8s} {options.model} as the judge")
        for name, figure in figures.items():
            print(f"{name:26s} {figure:8.3f} {with_judge[name]:8.3f}")
        print(asked)
    return floors.held("verify", figures)


if __name__ == "__main__":
    sys.exit(main())
