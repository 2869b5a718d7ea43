"""Near-duplicates and origins: one text carried by many pages is one article with copies and one origin.

Candidates are found by sketches of word shingles kept where their hash is 0 modulo `_KEEP` (the fraction
sketch of Broder 1997, unbiased for containment), sorted so that the holders of a shingle stand together;
each candidate pair is then measured on its full shingle sets. Pairs become groups by union-find, the
likest first, so the result does not depend on the order of articles.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from briefing.lexicon import Lexicon, Lexicons
from briefing.types import Article, Copy, CopyKind

_SHINGLE = 4  # words; shorter ones meet by chance in quotes and names, longer ones break at each edit
_KEEP = 8
_SMALL = 512  # texts with fewer shingles than this keep all of them, so that briefs can be found
# A shingle's holders are each compared with the next few only: the copies of one text are linked all the
# same, as a chain, and page furniture that thousands share costs no square of thousands.
_NEIGHBOURS = 12
# A body of fewer words than this ("More follows.") is compared together with its title.
_BRIEF = 25
# Likeness is containment in the shorter text. Reprints and cuts keep nearly all of it; a text that takes
# over half of another shares its origin but says more.
_COPY, _SAME_ORIGIN = 0.8, 0.5
# Below this share of the longer text the shorter one is a cut, not a reprint; below the next, the longer
# one is a different article that embeds it.
_WHOLE, _CUT = 0.8, 0.4
# Words beside a figure that make it the same figure in another text: on both sides, or more of its own
# sentence on one side, where the sentence was moved.
_BESIDE, _ONE_SIDE = 3, 6
_DATELINE_WORDS = 12
# A figure with its separators, a character of a script without spaces, or a word.
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*(?!\w)|[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")

_AGENCIES = {
    "afp": "AFP", "agence france-presse": "AFP", "ap": "AP", "associated press": "AP", "reuters": "Reuters",
    "dpa": "dpa", "apa": "APA", "ansa": "ANSA", "efe": "EFE", "tass": "TASS", "interfax": "Interfax",
    "xinhua": "Xinhua", "kyodo": "Kyodo", "yonhap": "Yonhap", "pti": "PTI", "ani": "ANI", "anadolu": "Anadolu",
    "aa": "Anadolu", "upi": "UPI", "pa media": "PA Media", "the canadian press": "The Canadian Press",
}  # fmt: skip
# "ORLO, 3 May (AFP) -" at the head: a place and perhaps a day, the agency in brackets, a dash.
_DATELINE = re.compile(r"(?P<place>[^\n.()]{0,60})\((?P<agency>[A-Za-z][A-Za-z .\-]{1,30})\)\s*[-–—:]")
_CREDIT_AT_END = re.compile(r"[(\[](?P<agency>[A-Za-z][A-Za-z .\-]{1,30})[)\]]\s*$")
_PLACE = re.compile(r"[^\W\d_a-z]{3,}\b")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|[。！？।؟\n]")

Shingles = NDArray[np.uint32]
Indices = NDArray[np.int64]
Context = tuple[str, ...]


class Deduped(NamedTuple):
    """The distinct articles, each with its copies and origin, and how many appearances were folded into them."""

    articles: tuple[Article, ...]
    copies: int


class Pair(NamedTuple):
    """Two articles by index, the shorter first: containment of the shorter, and its size as a share of the longer's."""

    short: int
    long: int
    containment: float
    size: float

    @property
    def ends(self) -> tuple[int, int]:
        """Both indices, the smaller first."""
        return (min(self.short, self.long), max(self.short, self.long))

    @property
    def copies(self) -> bool:
        """Whether one may stand for the other."""
        return self.containment >= _COPY and self.size >= _CUT


def dedupe(articles: Sequence[Article], lexicons: Lexicons | None = None) -> Deduped:
    """Fold copies into the article they repeat; mark revisions; name each article's origin. Order-blind.

    With `lexicons`, number words count as figures too, and the day of a dateline does not.
    """
    ordered = sorted(articles, key=_precedence)
    sets = [shingles(_compared(a)) for a in ordered]
    pairs = sorted(near_pairs(sets), key=lambda p: (-p.containment, -p.size, p.ends))
    revisions = _revisions(ordered, [p for p in pairs if p.copies], lexicons or {})
    groups = _groups(len(ordered), (p.ends for p in pairs if p.copies), apart=revisions)
    headed = [_head_first(group, sets) for group in groups]
    origins = _origins(ordered, pairs)
    revised = _revised(headed, revisions)
    kept = []
    for head, *rest in headed:
        made = tuple(_copy(ordered[head], ordered[i], sets[head], sets[i]) for i in rest)
        held = (c for i in (head, *rest) for c in ordered[i].copies)
        earlier = ordered[revised[head]].id if head in revised else ordered[head].revision_of
        # A text that stands in a public source too is no secret.
        private = all(ordered[i].private for i in (head, *rest))
        found = {"copies": (*made, *held), "origin": origins[head], "revision_of": earlier, "private": private}
        kept.append(ordered[head].replace(**found))
    return Deduped(tuple(sorted(kept, key=lambda a: a.id)), len(ordered) - len(groups))


def _precedence(article: Article) -> tuple[float, str, bool, int, str, str, str]:
    """Order the appearances of a text: the earliest dated, with a source, the longest; ties by content."""
    return (
        _instant(article.published), article.published or "", article.source is None, -len(article.text),
        article.id, article.source or "", article.url or "",
    )  # fmt: skip


def _instant(published: str | None) -> float:
    """Seconds since 1970; a day or a time without zone is read as UTC, no date as the end of time."""
    if not published:
        return float("inf")
    moment = datetime.fromisoformat(published)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _compared(article: Article) -> str:
    body = article.body
    return body if len(_TOKEN.findall(body[: 20 * _BRIEF])) >= _BRIEF else article.text


def shingles(text: str) -> Shingles:
    """Sorted distinct 32-bit hashes of a text's word n-grams; figures count as words."""
    listed = _TOKEN.findall(text.casefold())
    ids = np.fromiter(map(_word_hash, listed), dtype=np.uint64, count=len(listed))
    size = min(_SHINGLE, len(ids))
    if size == 0:
        return np.empty(0, dtype=np.uint32)
    mixed = np.zeros(len(ids) - size + 1, dtype=np.uint64)
    for place in range(size):
        # FNV-1a's 64-bit prime; wrap-around is meant.
        mixed = (mixed ^ ids[place : len(ids) - size + 1 + place]) * np.uint64(0x100000001B3)
        mixed ^= mixed >> np.uint64(29)
    return np.unique((mixed >> np.uint64(16)).astype(np.uint32))


@lru_cache(maxsize=1 << 18)
def _word_hash(word: str) -> int:
    return zlib.crc32(word.encode())


def near_pairs(sets: Sequence[Shingles]) -> Iterator[Pair]:
    """Pairs whose containment reaches `_SAME_ORIGIN`; near-linear in the number of texts."""
    sampled = [full[full % _KEEP == 0] for full in sets]
    sketches = [few if len(full) >= _SMALL else full for full, few in zip(sets, sampled, strict=True)]
    i, j, shared = _sharing(sketches)
    sizes, sampled_sizes = (np.array([len(s) for s in kept], dtype=np.int64) for kept in (sets, sampled))
    swap = sizes[i] > sizes[j]
    short, long = np.where(swap, j, i), np.where(swap, i, j)
    expected = np.where(sizes[long] >= _SMALL, sampled_sizes[short], sizes[short])
    # Half of what the containment leads one to expect, so that chance in the sample loses nothing.
    likely = shared >= 0.5 * _SAME_ORIGIN * expected
    for a, b in zip(short[likely].tolist(), long[likely].tolist(), strict=True):
        containment = np.intersect1d(sets[a], sets[b], assume_unique=True).size / max(1, len(sets[a]))
        if containment >= _SAME_ORIGIN:
            yield Pair(a, b, containment, len(sets[a]) / max(1, len(sets[b])))


def _sharing(sketches: Sequence[Shingles]) -> tuple[Indices, Indices, Indices]:
    """Count the shingles that neighbours among a shingle's holders have in common: firsts, seconds, counts."""
    holders = np.repeat(np.arange(len(sketches)), [len(s) for s in sketches])
    hashes = np.concatenate([*sketches, np.empty(0, dtype=np.uint32)])
    order = np.argsort(hashes, kind="stable")
    holders, hashes = holders[order], hashes[order]
    found = [np.empty(0, dtype=np.int64)]
    for step in range(1, _NEIGHBOURS + 1):
        together = hashes[step:] == hashes[:-step]
        found.append(holders[:-step][together] * len(sketches) + holders[step:][together])
    pairs, counts = np.unique(np.concatenate(found), return_counts=True)
    first, second = np.divmod(pairs, max(1, len(sketches)))
    return first, second, counts


def _groups(size: int, links: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]] = ()) -> list[list[int]]:
    """Join linked numbers, in order of the links, unless that would join a pair that is to stay `apart` (union-find).

    Returns the components, each sorted, in order of their first member.
    """
    parent = list(range(size))
    foes: dict[int, set[int]] = defaultdict(set)
    for i, j in apart:
        foes[i].add(j)
        foes[j].add(i)

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in links:
        low, high = sorted((root(i), root(j)))
        if low == high or high in foes[low]:
            continue
        parent[high] = low
        for foe in foes.pop(high, ()):
            foes[foe].discard(high)
            foes[foe].add(low)
            foes[low].add(foe)
    found: dict[int, list[int]] = defaultdict(list)
    for i in range(size):
        found[root(i)].append(i)
    return list(found.values())


def _head_first(group: Sequence[int], sets: Sequence[Shingles]) -> list[int]:
    """Put the article that stands for its group first: the first in precedence that is not a cut."""
    longest = max(len(sets[i]) for i in group)
    head = next(i for i in group if len(sets[i]) >= _WHOLE * longest)
    return [head, *(i for i in group if i != head)]


def _copy(head: Article, other: Article, head_set: Shingles, other_set: Shingles) -> Copy:
    least, most = sorted((len(head_set), len(other_set)))
    similarity = np.intersect1d(head_set, other_set, assume_unique=True).size / max(1, least)
    whole: CopyKind = "cut" if least < _WHOLE * most else "reprint"
    same = head.body == other.body
    return Copy(
        source=other.source,
        url=other.url,
        title=other.title,
        published=other.published,
        kind="exact" if same else whole,
        similarity=1.0 if same else round(similarity, 3),
    )


def _revisions(ordered: Sequence[Article], pairs: Iterable[Pair], lexicons: Lexicons) -> set[tuple[int, int]]:
    """Pairs that would be copies but for a figure that changed."""

    @cache
    def contexts(i: int) -> Mapping[Context, frozenset[str]]:
        return figure_contexts(ordered[i].body, lexicons.get(ordered[i].language or ""))

    return {p.ends for p in pairs if p.containment < 1 and figures_changed(contexts(p.short), contexts(p.long))}


def figures_changed(a: Mapping[Context, frozenset[str]], b: Mapping[Context, frozenset[str]]) -> bool:
    """Whether two near-duplicates have other figures beside the same words: then one revises the other."""
    return any(not (a[context] <= b[context] or b[context] <= a[context]) for context in a.keys() & b.keys())


def figure_contexts(text: str, lexicon: Lexicon | None = None) -> dict[Context, frozenset[str]]:
    """File the figures of a text under the words beside them: those on both sides, and more of them on each one.

    Other figures stand masked in a context, so that a sentence with several changed ones is still recognised.
    """
    pieces = [_TOKEN.findall(piece) for piece in _SENTENCE_END.split(text.casefold())]
    listed = [word for piece in pieces for word in piece]
    figures = {i: value for i, word in enumerate(listed) if (value := _figure(word, lexicon))}
    masked = ["#" if i in figures else word for i, word in enumerate(listed)]
    limits = [
        (end - len(piece), end) for piece, end in zip(pieces, accumulate(map(len, pieces)), strict=True) for _ in piece
    ]
    found: dict[Context, set[str]] = defaultdict(set)
    for i, value in figures.items():
        start, end = limits[i]
        if i < _DATELINE_WORDS and lexicon and lexicon.calendar & set(masked[max(0, i - 1) : i + 2]):
            continue
        found["both", *masked[max(0, i - _BESIDE) : i], "#", *masked[i + 1 : i + 1 + _BESIDE]].add(value)
        for side, words in (("before", masked[start:i][-_ONE_SIDE:]), ("after", masked[i + 1 : end][:_ONE_SIDE])):
            if len(words) == _ONE_SIDE and words.count("#") < _BESIDE:
                found[side, *words].add(value)
    return {context: frozenset(values) for context, values in found.items()}


def _figure(word: str, lexicon: Lexicon | None) -> str | None:
    """Read a number in digits, without separators of thousands, or a number word; None for other words."""
    if word[0].isdigit():
        return re.sub(r"[.,](?=\d{3}\b)", "", word) if word[-1].isdigit() else None
    return word if lexicon and word in lexicon.numbers else None


def _revised(groups: Sequence[Sequence[int]], revisions: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each group's head, the latest earlier head it revises; heads stand in order of time, then of content."""
    head_of = {i: group[0] for group in groups for i in group}
    linked = {(min(pair), max(pair)) for i, j in revisions for pair in [(head_of[i], head_of[j])]}
    return {later: earlier for earlier, later in sorted(linked) if earlier != later}


def _origins(ordered: Sequence[Article], pairs: Sequence[Pair]) -> dict[int, str]:
    """Name the origin of every article: one for texts that share most of their words, and for what embeds such a text.

    A roundup shares the origin of the longest text it embeds only, so that it does not make one of them all.
    """
    links = [p.ends for p in pairs if p.size >= _CUT]
    home = {i: group[0] for group in _groups(len(ordered), links) for i in group}
    longest_embedded: dict[int, tuple[int, int]] = {}
    for pair in sorted(pairs, key=lambda p: (-p.size, p.ends)):
        if pair.size < _CUT:
            longest_embedded.setdefault(home[pair.long], pair.ends)
    groups = _groups(len(ordered), [*links, *longest_embedded.values()])
    return {i: name for group in groups for name in [_origin([ordered[i] for i in group])] for i in group}


def _origin(group: Sequence[Article]) -> str:
    """Where a text comes from: the agency credited, else the first outlet that carried it, else the text itself."""
    known = sorted({a.origin for a in group if a.origin}, key=lambda name: (not name.startswith("agency:"), name))
    credited = sorted(filter(None, (agency(a) for a in group)))
    if credited:
        return f"agency:{credited[0]}"
    if known:
        return known[0]
    first = group[0]
    return f"outlet:{first.source}" if first.source else f"text:{min(a.id for a in group)}"


def agency(article: Article) -> str | None:
    """Name the news agency that a text's outlet, by-line, dateline or closing credit names, or None.

    One that is not in the list counts when it stands in capitals in a dateline that opens with a place in capitals.
    """
    for name in (article.source, *article.authors):
        parts = re.split(r"\s*[,/|]\s*|^the\s+|\s+staff$", name or "", flags=re.IGNORECASE)
        known = next((_AGENCIES[part.casefold()] for part in parts if _is_agency(part)), None)
        if known:
            return known
    return _credited(article.body)


def _is_agency(name: str) -> bool:
    """Whether a name is an agency's: short ones only as they write themselves, "Ani" being a first name."""
    known = _AGENCIES.get(name.casefold())
    return known is not None and (len(name) > 4 or name.isupper() or name == known)


def _credited(body: str) -> str | None:
    at_end = _CREDIT_AT_END.search(body[-60:])
    if at_end and _is_agency(at_end["agency"]):
        return _AGENCIES[at_end["agency"].casefold()]
    for line in body.split("\n", 3)[:3]:
        found = _DATELINE.match(line)
        name = found["agency"].strip() if found else ""
        if _is_agency(name):
            return _AGENCIES[name.casefold()]
        if found and name.isalpha() and name.isupper() and len(name) <= 5 and _PLACE.match(found["place"]):
            return name
    return None
