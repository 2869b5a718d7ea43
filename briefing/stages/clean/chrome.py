"""Lines that recur across the articles of one source: the page's own, not the article's."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from briefing.stages.clean.bylines import credited
from briefing.stages.clean.furniture import is_agency
from briefing.stages.clean.lines import is_prose, key, size
from briefing.stages.clean.records import Chrome, Draft, Piece
from briefing.types import text_sha256

LONG_WORDS = 20
# Least number of distinct articles, and least share of them, that make a short and a long line chrome.
SHORT_EVIDENCE = (3, 0.30)
LONG_EVIDENCE = (5, 0.50)
# Two articles that share more than this of the shorter one's prose are copies or revisions of each other.
SAME_SHARE = 0.5
# Above this many carriers a line links its carriers to the first of them only: pairs would be quadratic.
MAX_PAIRED = 30
_DIGITS = re.compile(r"\d+")


class _Member(NamedTuple):
    """The recurring lines of one piece, those of them that are prose, how much prose it has in all, and its hash."""

    lines: frozenset[str]
    prose: frozenset[str]
    size: int
    content: str


def normalised(line: str) -> str:
    """A line as compared between pages: folded, every number written 0."""
    return _DIGITS.sub("0", key(line))


def learn(drafts: Iterable[Draft]) -> Chrome:
    """The chrome of every group of documents: (group, normalised line) pairs; the order of drafts does not matter.

    Distinct articles are counted, copies and revisions of one article once. A short line needs 3
    articles and 30 % of the group's; a sentence of 20 words or more 5 and 50 %.
    """
    groups: defaultdict[str, list[Piece]] = defaultdict(list)
    for draft in drafts:
        groups[draft.group].extend(draft.pieces)
    return frozenset((group, line) for group, pieces in groups.items() for line in _recurring(pieces))


def _recurring(pieces: Sequence[Piece]) -> Iterable[str]:
    least = SHORT_EVIDENCE[0]
    # Hashes first: most lines stand once, and their texts need not be held a second time.
    often = Counter(hash(line) for piece in pieces for line in {normalised(line) for line in piece.lines})
    members = {_member(piece, often) for piece in pieces} if max(often.values(), default=0) >= least else set()
    ordered = sorted(members, key=lambda member: member.content)
    article = _articles(ordered)
    total = len(set(article)) if ordered else 0
    for line, holders in _carriers(member.lines for member in ordered).items():
        count = len({article[i] for i in holders}) if len(holders) >= least else 0
        needed, share = LONG_EVIDENCE if size(line) >= LONG_WORDS else SHORT_EVIDENCE
        if count >= needed and count >= share * total:
            yield line


def _member(piece: Piece, often: Counter[int]) -> _Member:
    normal = [(normalised(line), is_prose(line)) for line in piece.lines]
    recurring = [(line, prose) for line, prose in normal if line and often[hash(line)] > 1]
    return _Member(
        lines=frozenset(line for line, _ in recurring),
        prose=frozenset(line for line, prose in recurring if prose),
        size=len({line for line, prose in normal if prose}),
        content=text_sha256("\n".join(line for line, _ in normal)),
    )


def _carriers(sets: Iterable[frozenset[str]]) -> Mapping[str, list[int]]:
    carriers: defaultdict[str, list[int]] = defaultdict(list)
    for i, lines in enumerate(sets):
        for line in lines:
            carriers[line].append(i)
    return carriers


def _articles(members: Sequence[_Member]) -> list[int]:
    """For each member the number of its article: members sharing half of the shorter one's prose are one article."""
    common: Counter[tuple[int, int]] = Counter()
    for holders in _carriers(member.prose for member in members).values():
        pairs = (
            combinations(holders, 2) if len(holders) <= MAX_PAIRED else ((holders[0], other) for other in holders[1:])
        )
        common.update(pairs)
    parent = list(range(len(members)))
    for (a, b), count in common.items():
        if count > SAME_SHARE * min(members[a].size, members[b].size):
            _join(parent, a, b)
    return [_root(parent, i) for i in range(len(members))]


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def _join(parent: list[int], a: int, b: int) -> None:
    a, b = _root(parent, a), _root(parent, b)
    parent[max(a, b)] = min(a, b)


def by_group(chrome: Chrome) -> dict[str, frozenset[str]]:
    """The normalised chrome lines of each group."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for group, line in chrome:
        groups[group].add(line)
    return {group: frozenset(lines) for group, lines in groups.items()}


def without_chrome(piece: Piece, chrome: frozenset[str]) -> tuple[Piece, tuple[str, ...]]:
    """A piece without its group's chrome, and the lines taken out; credits of an agency stay."""
    recurring = [line for line in piece.lines if normalised(line) in chrome] if chrome else []
    taken = tuple(line for line in recurring if not is_agency(line) and credited(line) is None)
    if not taken:
        return piece, ()
    return piece.replace(lines=tuple(line for line in piece.lines if line not in set(taken))), taken
