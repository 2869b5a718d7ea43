"""How well `dedupe` finds copies, revisions and origins, beside datasketch MinHashLSH, on a stream with known copies.

    python -m benchmarks.dedupe --data DIR [--n 20000]      DIR holds load/; or the variable BRIEFING_DATA

A copy counts as found when it is folded into one article with its original; an update when it stays an article
that is marked a revision of a text of its base, or is revised by one. A false merge is a pair of originals
(spliced ones aside) folded into one article though their 5-word shingles, counted exactly and apart from what is
measured, overlap by less than half of the shorter text; pairs above that are natural copies, listed with `--list`.
Embedded: wire texts of 120 to 400 words put into articles at least twice as long, whole, in two halves, or with
a tenth of the sentences lost; found when both have one origin. No outlet is shared and no agency named there.
The peer hashes 4-word shingles with 128 permutations, in bulk, and keeps pairs with an estimated Jaccard of 0.5.
Times are CPU seconds of one process each, so that what else runs on the machine counts little.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import floors
from briefing.languages import lexicons
from briefing.stages.dedupe import dedupe
from briefing.text import one_line, sanitise
from briefing.types import Article

VARIANTS = ("exact", "reprint", "cut", "shuffled")
BARS = {"exact": 1.0, "reprint": 0.99, "cut": 0.90, "shuffled": 0.99}
EMBEDDED_BAR, SPEED_BAR = 0.95, 4.0
PEER_JACCARD, PEER_PERMUTATIONS = 0.5, 128
NATURAL = 0.5
EMBEDDINGS = 1000
MODES = ("whole", "halves", "tenth lost")
FIXED = 11

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WORD = re.compile(r"\w+")
_SENTENCE_GAP = re.compile(r"(?<=[.!?])\s+")
_NAMES_AGENCY = re.compile(r"\b(?:AP|AFP|Reuters|Associated Press|Agence France|UPI|Xinhua|dpa)\b")

Row = dict[str, Any]


class Found(NamedTuple):
    """What one side made of the stream: a label for each row, what its label revises, and what it cost."""

    home: list[str]
    revises: dict[str, str]
    why: dict[str, int]
    cpu: float
    wall: float
    megabytes: tuple[int, int]


def amplified(data: Path, count: int, folder: Path, seed: int = 0) -> Path:
    """The load stream of `count` articles, as a file in `folder`."""
    path = folder / f"stream-{count}.jsonl"
    subprocess.run([sys.executable, data / "load" / "amplify.py", str(count), path, str(seed)], check=True)
    return path


def rows(path: Path) -> list[Row]:
    """The records of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def article(row: Row) -> Article:
    """A row as the stage before would hand it on."""
    day = _DAY.match(row["published"] or "")
    known = {"source": row["source"], "url": row["url"], "published": day[0] if day else None, "language": "en"}
    return Article.make(one_line(row["title"]), sanitise(row["text"]), **known)


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """The result of `work` in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def megabytes() -> int:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def ours(path: Path, shuffled: bool = False) -> Found:
    """`dedupe` over the stream."""
    articles = [article(row) for row in rows(path)]
    given = random.Random(FIXED).sample(articles, len(articles)) if shuffled else articles
    known = lexicons()
    before, cpu, wall = megabytes(), time.process_time(), time.perf_counter()
    found = dedupe(given, known)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    home = {url: kept.id for kept in found.articles for url in (kept.url, *(c.url for c in kept.copies))}
    return Found(
        home=[home[a.url] for a in articles],
        revises={kept.id: kept.revision_of for kept in found.articles if kept.revision_of},
        why=dict(Counter(copy.kind for kept in found.articles for copy in kept.copies)),
        cpu=cpu,
        wall=wall,
        megabytes=(before, megabytes()),
    )


def peer(path: Path) -> Found:
    """MinHash signatures in bulk, each looked up among those before it."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

    texts = [sanitise(row["text"]) for row in rows(path)]
    before, cpu, wall = megabytes(), time.process_time(), time.perf_counter()
    index = MinHashLSH(threshold=PEER_JACCARD, num_perm=PEER_PERMUTATIONS)
    signatures = MinHash.bulk(map(_shingles, texts), num_perm=PEER_PERMUTATIONS)
    parent = list(range(len(texts)))
    for i, signature in enumerate(signatures):
        for j in index.query(signature):
            if signature.jaccard(signatures[j]) >= PEER_JACCARD:
                parent[_root(parent, i)] = _root(parent, j)
        index.insert(i, signature)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Found([str(_root(parent, i)) for i in range(len(texts))], {}, {}, cpu, wall, (before, megabytes()))


def _shingles(text: str) -> set[bytes]:
    found = _WORD.findall(text.lower())
    return {" ".join(found[i : i + 4]).encode() for i in range(max(1, len(found) - 3))}


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def recall(stream: Sequence[Row], home: Sequence[str]) -> dict[str, float]:
    """For each variant, the share of copies that stand under one article with their original."""
    original = {row["base"]: label for row, label in zip(stream, home, strict=True) if row["variant"] == "original"}
    hits: dict[str, list[bool]] = defaultdict(list)
    for row, label in zip(stream, home, strict=True):
        hits[row["variant"]].append(label == original[row["base"]])
    return {variant: sum(hits[variant]) / len(hits[variant]) for variant in VARIANTS}


def hidden_updates(stream: Sequence[Row], found: Found) -> list[Row]:
    """The updates that no longer show as a revision."""
    family: dict[str, set[str]] = defaultdict(set)
    others: dict[str, set[str]] = defaultdict(set)
    for row, label in zip(stream, found.home, strict=True):
        for base in (row["base"], *(row["parents"] or ())):
            family[base].add(label)
        if row["variant"] in ("original", "exact", "reprint"):
            others[row["base"]].add(label)

    def shows(base: str, label: str) -> bool:
        revised = found.revises.get(label) in family[base] - {label}
        revises = any(found.revises.get(other) == label for other in family[base] - {label})
        return label not in others[base] and (revised or revises)

    updates = ((row, label) for row, label in zip(stream, found.home, strict=True) if row["variant"] == "update")
    return [row for row, label in updates if not shows(row["base"], label)]


def merged(stream: Sequence[Row], home: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of originals, none of them spliced, that stand under one article."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, (row, label) in enumerate(zip(stream, home, strict=True)):
        if row["variant"] == "original" and not row["parents"]:
            groups[label].append(i)
    return [pair for group in groups.values() for pair in combinations(group, 2)]


def natural_copies(stream: Sequence[Row]) -> dict[tuple[int, int], float]:
    """Pairs of originals, none spliced, of which the shorter stands to half or more in the longer: exact 5-grams."""
    grams = {
        i: _grams(row["text"]) for i, row in enumerate(stream) if row["variant"] == "original" and not row["parents"]
    }
    holders: dict[int, list[int]] = defaultdict(list)
    for i, found in grams.items():
        for gram in found:
            if gram % 4 == 0:  # only to find candidates; their likeness is counted in full below
                holders[gram].append(i)
    often = Counter(pair for held in holders.values() if 1 < len(held) <= 50 for pair in combinations(held, 2))
    likely = (pair for pair, count in often.items() if count >= 0.05 * min(len(grams[i]) for i in pair))
    measured = {(i, j): len(grams[i] & grams[j]) / max(1, min(len(grams[i]), len(grams[j]))) for i, j in likely}
    return {pair: share for pair, share in measured.items() if share >= NATURAL}


def _grams(text: str) -> set[int]:
    found = text.lower().split()
    return {zlib.crc32(" ".join(found[i : i + 5]).encode()) for i in range(max(1, len(found) - 4))}


class Embedding(NamedTuple):
    """A wire text, and an article that takes it up."""

    mode: str
    wire: Article
    host: Article


def embeddings(data: Path, count: int) -> list[Embedding]:
    """Wire texts cut from load articles, and others at least twice as long with one of them put in."""
    with gzip.open(data / "load" / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = {text for text in (sanitise(json.loads(line)["text"] or "") for line in lines) if len(text) > 300}
    rng = random.Random(FIXED)
    pool = rng.sample(kept := sorted(text for text in texts if not _NAMES_AGENCY.search(text)), len(kept))
    hosts = sorted(pool[len(pool) // 2 :], key=lambda text: len(text.split()))
    made: list[Embedding] = []
    for number, text in enumerate(pool[: len(pool) // 2]):
        wire = wire_text(text, rng.randint(120, 400))
        size = len(wire.split())
        host = next((h for h in hosts if len(h.split()) >= 2 * size and rng.random() < 0.02), None)
        if size < 120 or host is None or len(made) == count:
            continue
        hosts.remove(host)
        made.append(embedded(number, MODES[len(made) % len(MODES)], wire, host, rng))
    return made


def wire_text(text: str, words: int) -> str:
    """The first sentences of a text, to about this many words."""
    kept: list[str] = []
    for sentence in _SENTENCE_GAP.split(text):
        if len(" ".join(kept).split()) >= min(words, 400):
            break
        kept.append(sentence)
    return " ".join(kept)


def embedded(number: int, mode: str, wire: str, host: str, rng: random.Random) -> Embedding:
    """One wire text inside one host, in this way."""
    parts, around = _SENTENCE_GAP.split(wire), _SENTENCE_GAP.split(host)
    if mode == "tenth lost":
        parts = [part for part in parts if rng.random() >= 0.1] or parts
    half = len(parts) // 2 if mode == "halves" else 0
    low, high = sorted(rng.sample(range(len(around) + 1), 2)) if len(around) > 1 else (0, 1)
    text = " ".join([*around[:low], *parts[:half], *around[low:high], *parts[half:], *around[high:]])
    return Embedding(
        mode,
        Article.make(f"Wire {number}", wire, source=f"wire {number}", language="en"),
        Article.make(f"Report {number}", text, source=f"report {number}", language="en"),
    )


def origins(data: Path, count: int) -> tuple[dict[str, float], int, int]:
    """For each mode the share of wire texts found, how many there were, and pairs of strangers with one origin."""
    made = embeddings(data, count)
    found = dedupe([a for one in made for a in (one.wire, one.host)], lexicons())
    origin = {url: a.origin for a in found.articles for url in (a.source, *(c.source for c in a.copies))}
    hits: dict[str, list[bool]] = defaultdict(list)
    together: dict[str, set[str]] = defaultdict(set)
    for one in made:
        hits[one.mode].append(origin[one.wire.source] == origin[one.host.source])
        for side in (one.wire, one.host):
            together[origin[side.source]].add((side.source or "").rpartition(" ")[2])
    strangers = sum(len(numbers) - 1 for numbers in together.values())
    return {mode: sum(hit) / len(hit) for mode, hit in hits.items()}, len(made), strangers


def quality(stream: Sequence[Row], found: Found, theirs: Found, figures: dict[str, float]) -> Iterator[str]:
    """The lines on copies and updates; fills `figures`."""
    own, other = recall(stream, found.home), recall(stream, theirs.home)
    counts = Counter(row["variant"] for row in stream)
    yield f"{'recall':24s} {'there':>7s} {'ours':>8s} {'peer':>8s} {'bar':>6s}"
    for variant in VARIANTS:
        yield f"  {variant:22s} {counts[variant]:7d} {own[variant]:8.4f} {other[variant]:8.4f} {BARS[variant]:6.2f}"
        figures[variant] = own[variant]
    hidden, lost = hidden_updates(stream, found), hidden_updates(stream, theirs)
    visible, seen = (1 - len(rows) / max(1, counts["update"]) for rows in (hidden, lost))
    figures["updates"] = visible
    yield f"  {'updates still visible':22s} {counts['update']:7d} {visible:8.4f} {seen:8.4f} {1:6.2f}"
    yield from (f"    hidden: {row['id']} {row['title'][:80]}" for row in hidden[:20])
    yield f"folded, by kind: {', '.join(f'{kind} {n}' for kind, n in sorted(found.why.items()))}"


def merges(
    stream: Sequence[Row], found: Found, theirs: Found, listed: bool, figures: dict[str, float]
) -> Iterator[str]:
    """The lines on false merges and natural copies; fills `figures`."""
    natural = natural_copies(stream)
    for name, side in (("ours", found), ("peer", theirs)):
        pairs = merged(stream, side.home)
        wrong = [pair for pair in pairs if pair not in natural]
        yield f"originals merged, {name}: {len(pairs)} pairs, of them false {len(wrong)}"
        yield from (f"    false: {_named(stream, pair)}" for pair in wrong[:10])
        figures.setdefault("false_merges", len(wrong))
    whole = sum(share >= 0.8 for share in natural.values())
    yield f"natural copies among originals: {len(natural)} pairs share half of the shorter text, {whole} of them .8"
    if listed:
        together = set(merged(stream, found.home))
        for pair, share in sorted(natural.items(), key=lambda item: -item[1]):
            yield f"    {share:.2f} {'folded' if pair in together else 'kept  '} {_named(stream, pair)}"


def _named(stream: Sequence[Row], pair: tuple[int, int]) -> str:
    return " | ".join(
        f"{row['base']} {row['source']} {row['published']} {row['title'][:60]}" for row in map(stream.__getitem__, pair)
    )


def cost(size: int, found: Found, theirs: Found, figures: dict[str, float]) -> Iterator[str]:
    """The lines on time and memory; fills `figures`."""
    yield f"{'':24s} {'articles/s':>10s} {'CPU s':>8s} {'wall s':>8s} {'peak MB':>8s} {'before':>8s}"
    for name, side in (("ours", found), ("datasketch MinHashLSH", theirs)):
        before, peak = side.megabytes
        yield f"  {name:22s} {size / side.cpu:10.0f} {side.cpu:8.1f} {side.wall:8.1f} {peak:8d} {before:8d}"
    figures["speed"] = theirs.cpu / found.cpu
    yield f"  ours is {figures['speed']:.1f} times as fast (bar {SPEED_BAR:g})"


def report(data: Path, count: int, seed: int, listed: bool, figures: dict[str, float]) -> Iterator[str]:
    """The lines of the report; fills `figures`."""
    with tempfile.TemporaryDirectory() as folder:
        path = amplified(data, count, Path(folder), seed)
        stream = rows(path)
        found, theirs = apart(ours, path), apart(peer, path)
        again = apart(ours, path, True)
    yield from quality(stream, found, theirs, figures)
    yield from merges(stream, found, theirs, listed, figures)
    figures["order_blind"] = float(found[:3] == again[:3])
    yield f"the same in another order: {'yes' if figures['order_blind'] else 'NO'}"
    shares, there, strangers = origins(data, EMBEDDINGS)
    figures |= {"embedded": min(shares.values()), "strangers": strangers}
    by_mode = ", ".join(f"{mode} {share:.3f}" for mode, share in shares.items())
    yield f"embedded wire texts with their report's origin, of {there}: {by_mode} (bar {EMBEDDED_BAR})"
    yield f"strangers with one origin: {strangers}"
    yield from cost(len(stream), found, theirs, figures)


def main() -> int:
    """Print the report; 1 where a figure is below its floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with load/amplify.py")
    parser.add_argument("--n", type=int, default=20_000, help="articles in the stream")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="also list the natural copies among the originals")
    options = parser.parse_args()
    data = Path(options.data or "")
    if not options.data or not (data / "load" / "amplify.py").is_file():
        print("the load data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    for line in report(data, options.n, options.seed, options.list, figures):
        print(line, flush=True)
    return floors.held("dedupe", figures)


if __name__ == "__main__":
    sys.exit(main())
