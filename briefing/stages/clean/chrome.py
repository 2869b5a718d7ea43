"""Lines that recur across the articles of one source: the page's own, not the article's.

Learned from traces, which hold the hashes of an article's lines and no text; so those of earlier runs can be kept,
and a source of two articles a day is learned too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import chain, combinations

from briefing.stages.clean.bylines import credited
from briefing.stages.clean.furniture import is_agency
from briefing.stages.clean.lines import is_prose, key, size
from briefing.stages.clean.records import Chrome, Piece, Trace

LONG_WORDS = 20
# Least number of distinct articles, and least share of them, that make a short and a long line chrome.
SHORT_EVIDENCE = (3, 0.30)
LONG_EVIDENCE = (5, 0.50)
# Two articles that share more than this of the shorter one's prose are copies or revisions of each other.
SAME_SHARE = 0.5
# Above this many carriers a line links its carriers to the first of them only: pairs would be quadratic.
MAX_PAIRED = 30
# How many articles of a group are remembered from run to run; longer ones than this many lines are not.
REMEMBERED, MAX_LINES = 24, 400
_DIGITS = re.compile(r"\d+")
_WIDTH = 8  # bytes of a line's hash; its last two bits say what the line is
_PROSE, _LONG = 1, 2


def line_hash(line: str) -> bytes:
    """What a line is compared by between pages: folded, every number written 0."""
    found = blake2b(_DIGITS.sub("0", key(line)).encode("utf-8", "surrogatepass"), digest_size=_WIDTH).digest()
    kind = (_PROSE if is_prose(line) else 0) | (_LONG if size(line) >= LONG_WORDS else 0)
    return found[:-1] + bytes((found[-1] & 0xFC | kind,))


def trace(group: str, piece: Piece) -> Trace:
    """What is remembered of one piece of a document of this group."""
    hashes = sorted({line_hash(line) for line in piece.lines if key(line)})
    return Trace(group, b"".join(hashes))


def learn(traces: Iterable[Trace]) -> Chrome:
    """The chrome of every group, as line hashes; the order of the traces does not matter.

    Distinct articles are counted, copies and revisions of one article once. A short line needs 3
    articles and 30 % of the group's; a sentence of 20 words or more 5 and 50 %.
    """
    groups: defaultdict[str, set[bytes]] = defaultdict(set)
    for one in traces:
        groups[one.group].add(one.lines)
    return {group: found for group in groups if (found := frozenset(_recurring(sorted(groups[group]))))}


def remembered(today: Iterable[Trace], before: Iterable[Trace]) -> tuple[Trace, ...]:
    """The traces to keep for the next run: of each group that was met today a few, today's first.

    The groups that were not met are not among them.
    """
    groups: defaultdict[str, dict[bytes, Trace]] = defaultdict(dict)
    for one in sorted(set(today)):
        if len(one.lines) <= MAX_LINES * _WIDTH:
            groups[one.group][one.lines] = one
    for one in before:
        if one.group in groups:
            groups[one.group].setdefault(one.lines, one)
    return tuple(one for group in sorted(groups) for one in list(groups[group].values())[:REMEMBERED])


def _recurring(articles: Sequence[bytes]) -> Iterable[bytes]:
    least = SHORT_EVIDENCE[0]
    often = Counter(chain.from_iterable(map(_split, articles)))
    if max(often.values(), default=0) < least:
        return
    members = [[line for line in _split(one) if often[line] > 1] for one in articles]
    article = _articles(members, [sum(map(_is_prose, _split(one))) for one in articles])
    total = len(set(article))
    for line, holders in _carriers(members).items():
        count = len({article[i] for i in holders}) if len(holders) >= least else 0
        needed, share = LONG_EVIDENCE if line[-1] & _LONG else SHORT_EVIDENCE
        if count >= needed and count >= share * total:
            yield line


def _split(lines: bytes) -> list[bytes]:
    return [lines[i : i + _WIDTH] for i in range(0, len(lines), _WIDTH)]


def _is_prose(line: bytes) -> bool:
    return bool(line[-1] & _PROSE)


def _carriers(members: Iterable[Iterable[bytes]]) -> Mapping[bytes, list[int]]:
    carriers: defaultdict[bytes, list[int]] = defaultdict(list)
    for i, lines in enumerate(members):
        for line in lines:
            carriers[line].append(i)
    return carriers


def _articles(members: Sequence[Sequence[bytes]], prose: Sequence[int]) -> list[int]:
    """For each member the number of its article: members sharing half of the shorter one's prose are one article.

    `members` hold the lines that recur, `prose` says of how many lines of prose each consists in all.
    """
    common: Counter[tuple[int, int]] = Counter()
    for holders in _carriers(filter(_is_prose, lines) for lines in members).values():
        pairs = (
            combinations(holders, 2) if len(holders) <= MAX_PAIRED else ((holders[0], other) for other in holders[1:])
        )
        common.update(pairs)
    parent = list(range(len(members)))
    for (a, b), count in common.items():
        if count > SAME_SHARE * min(prose[a], prose[b]):
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


def without_chrome(piece: Piece, chrome: frozenset[bytes]) -> tuple[Piece, tuple[str, ...]]:
    """A piece without its group's chrome, and the lines taken out; credits of an agency stay."""
    recurring = [line for line in piece.lines if line_hash(line) in chrome] if chrome else []
    taken = tuple(line for line in recurring if not is_agency(line) and credited(line) is None)
    if not taken:
        return piece, ()
    return piece.replace(lines=tuple(line for line in piece.lines if line not in set(taken))), taken
