"""Stances of articles to claims, measured on the Fake News Challenge's rumours, beside a list of refuting words.

    python -m benchmarks.stances --data DIR      DIR holds disputes/fnc1-*.jsonl.gz; or the variable BRIEFING_DATA

Given a headline as the claim and another article's body: agrees, disagrees or discusses; a claim is disputed where
some article agrees and another disagrees. Claims that share a body are one topic and stand in one half: the weights
were fitted on the first half, the second was only looked at to report it. The peer says "disagrees" where a refuting
word (the challenge baseline's list) stands in a sentence that shares two words with the claim, "discusses" at a
hedging word in the lead, else "agrees". Of strangers, claims set against a body of another topic, the share called
unrelated is given too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import floors
from briefing.languages import lexicons
from briefing.stages import stances as stage
from briefing.text import sanitise, stems

Row = dict[str, Any]
GOLD = {"agree": "agrees", "disagree": "disagrees", "discuss": "discusses"}
DISAGREE_BAR, DISPUTED_BAR, MILLISECONDS_BAR = 0.30, 0.45, 5.0
REFUTING = frozenset(
    {"fake", "fraud", "hoax", "false", "deny", "denies", "denied", "despite", "nope", "doubt", "doubts", "bogus"}
    | {"debunk", "debunked", "debunks", "pranks", "retract", "retracted", "refute", "refuted", "refutes", "rejected"}
    | {"rejects", "untrue", "incorrect", "wrong"}
)
HEDGING = frozenset({"reportedly", "allegedly", "alleged", "claims", "claimed", "rumor", "rumors", "unconfirmed"})
FIXED = 7
_SENTENCE_GAP = re.compile(r"(?<=[.!?])\s+")


class Pair(NamedTuple):
    """A claim, the number of a body, and the gold stance."""

    claim: str
    body: str
    gold: str


class Scores(NamedTuple):
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float
    f1: float

    def __str__(self) -> str:
        return f"{self.precision:.3f} {self.recall:.3f} {self.f1:.3f}"


def lines(path: Path) -> list[Row]:
    """The records of a packed file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as opened:
        return [json.loads(line) for line in opened]


def halves(headlines: Sequence[Row]) -> tuple[list[Pair], list[Pair]]:
    """The pairs of every other topic: claims that share a body, even by way of others, are one topic."""
    topics = sorted(
        _topics(headlines), key=lambda topic: (-sum(len(row["articles"]) for row in topic), topic[0]["headline"])
    )
    parts: tuple[list[Pair], list[Pair]] = ([], [])
    for number, topic in enumerate(topics):
        # First, second, second, first: so that neither half has the larger of every two.
        part = parts[0 if number % 4 in (0, 3) else 1]
        part.extend(Pair(row["headline"], a["body"], GOLD[a["stance"]]) for row in topic for a in row["articles"])
    return parts


def _topics(headlines: Sequence[Row]) -> list[list[Row]]:
    home: dict[str, int] = {}
    parent = list(range(len(headlines)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, row in enumerate(headlines):
        for article in row["articles"]:
            parent[root(i)] = root(home.setdefault(article["body"], i))
    topics: dict[int, list[Row]] = defaultdict(list)
    for i, row in enumerate(headlines):
        topics[root(i)].append(row)
    return list(topics.values())


def ours(claim: str, body: str) -> str:
    """The stage's answer."""
    return stage.stance(claim, body, lexicons()["en"]).kind


def peer(claim: str, body: str) -> str:
    """A list of refuting words near the claim's words."""
    about = set(stems(claim))
    parts = [(set(re.findall(r"\w+", part.lower())), set(stems(part))) for part in _SENTENCE_GAP.split(body)]
    if any(found & REFUTING and len(held & about) > 1 for found, held in parts):
        return "disagrees"
    return "discusses" if any(found & HEDGING for found, _ in parts[:4]) else "agrees"


def scores(gold: Sequence[bool], said: Sequence[bool]) -> Scores:
    """Of yes and no."""
    both = sum(g and s for g, s in zip(gold, said, strict=True))
    precision, recall = both / max(1, sum(said)), both / max(1, sum(gold))
    return Scores(precision, recall, 2 * precision * recall / max(1e-9, precision + recall))


def disputed(pairs: Sequence[Pair], said: Sequence[str]) -> Scores:
    """Claims with which one article agrees and another disagrees."""
    found: dict[str, set[str]] = defaultdict(set)
    gold: dict[str, set[str]] = defaultdict(set)
    for pair, kind in zip(pairs, said, strict=True):
        found[pair.claim].add(kind)
        gold[pair.claim].add(pair.gold)
    sides = {"agrees", "disagrees"}
    return scores([sides <= gold[c] for c in gold], [sides <= found[c] for c in gold])


def measured(pairs: Sequence[Pair], said: Sequence[str]) -> dict[str, Scores]:
    """Scores of each kind and of disputed claims."""
    kinds = {k: scores([p.gold == k for p in pairs], [s == k for s in said]) for k in GOLD.values()}
    return kinds | {"disputed": disputed(pairs, said)}


def answers(
    pairs: Sequence[Pair], bodies: Mapping[str, str], answer: Callable[[str, str], str]
) -> tuple[list[str], float]:
    """The stance of every pair, and the milliseconds for each."""
    start = time.perf_counter()
    found = [answer(pair.claim, bodies[pair.body]) for pair in pairs]
    return found, 1000 * (time.perf_counter() - start) / len(pairs)


def strangers(pairs: Sequence[Pair], other: Sequence[Pair], bodies: Mapping[str, str]) -> float:
    """Of claims set against bodies of the other half, the share called unrelated."""
    rng = random.Random(FIXED)
    drawn = [(pair.claim, rng.choice(other).body) for pair in rng.sample(list(pairs), min(1000, len(pairs)))]
    return sum(ours(claim, bodies[body]) == "unrelated" for claim, body in drawn) / len(drawn)


def report(data: Path, figures: dict[str, float]) -> Iterator[str]:
    """The lines of the report; fills `figures`."""
    fitted, held_out = halves(lines(data / "disputes" / "fnc1-headlines.jsonl.gz"))
    bodies = {row["id"]: sanitise(row["text"]) for row in lines(data / "disputes" / "fnc1-bodies.jsonl.gz")}
    parts = {"fitted half": fitted, "other half": held_out, "all": [*fitted, *held_out]}
    spent = 0.0
    for name, pairs in parts.items():
        yield f"{name}: {len(pairs)} pairs, {len({p.claim for p in pairs})} claims; precision, recall, F1"
        for side, answer in (("ours", ours), ("list of words", peer)):
            found, each = answers(pairs, bodies, answer)
            table = measured(pairs, found)
            macro = sum(table[kind].f1 for kind in GOLD.values()) / len(GOLD)
            yield f"  {side:14s} " + "   ".join(f"{kind} {table[kind]}" for kind in table) + f"   macro {macro:.3f}"
            if side == "ours":
                spent = max(spent, each)
                key = name.replace(" ", "_")
                figures |= {f"{key}_disagrees": table["disagrees"].f1, f"{key}_disputed": table["disputed"].f1}
    figures["milliseconds"] = spent
    figures["strangers"] = strangers(fitted, held_out, bodies)
    yield f"bars: disagrees {DISAGREE_BAR}, disputed {DISPUTED_BAR} (challenge winners .03-.13, human .67)"
    yield f"strangers called unrelated: {figures['strangers']:.3f}"
    yield f"each pair: {spent:.2f} ms (bar {MILLISECONDS_BAR:g})"


def main() -> int:
    """Print the report; 1 where a figure is below its floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with disputes/fnc1-*.jsonl.gz")
    options = parser.parse_args()
    data = Path(options.data or "")
    if not options.data or not (data / "disputes" / "fnc1-headlines.jsonl.gz").is_file():
        print("the rumour data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    for line in report(data, figures):
        print(line, flush=True)
    return floors.held("stances", figures)


if __name__ == "__main__":
    sys.exit(main())
