"""Disputes from one edition to the next: new, still open, settled.

Settled is only what today's articles settle in so many words: a side gives the figure of all others as its own, the
one who denied admits, or the one who claimed takes it back. Whatever is less sure stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.checks import Grounds
from briefing.stages.claims import Claim
from briefing.stages.compare.grounding import checked, claims_now
from briefing.stages.compare.past import Telling
from briefing.stages.disputes import statement
from briefing.stages.names import same_speaker
from briefing.text import fold, one_line, words
from briefing.types import Analysis, Dispute, Position

# The share of the lighter side's stems that makes two sentences speak of the same.
_SAME_QUESTION, _SAME_MATTER = 0.3, 0.5
_MOST_POSITIONS = 6


class _Side(NamedTuple):
    """A position as it was told: its holder, its sentences, and its value of the measure the sides differ in."""

    holder: str
    claims: tuple[Claim, ...]
    value: float | None


def disputes(story: Analysis, tellings: Sequence[Telling], grounds: Grounds) -> tuple[Dispute, ...]:
    """Today's disputes with their state, then those of the last edition that today's articles do not repeat."""
    last = tellings[0]
    open_now = {d.id: d for d in last.story.disputes}
    found: list[Dispute] = []
    left = dict(open_now)
    now = [c for c in claims_now(story, grounds) if c.sentence]
    for dispute in story.disputes:
        before = next((d for d in left.values() if _same(d, dispute, grounds)), None)
        if before:
            del left[before.id]
            found.append(_continued(dispute.replace(id=before.id), before, last, now, grounds))
        else:
            found.append(dispute)
    carried = (_continued(d, d, last, now, grounds) for d in left.values() if d.state != "settled")
    return (*found, *carried)


def _continued(dispute: Dispute, before: Dispute, last: Telling, now: Sequence[Claim], grounds: Grounds) -> Dispute:
    since = before.since or last.edition.date
    settling = _settling(before, now, grounds)
    if settling is None:
        return dispute.replace(state="open", since=since)
    told = checked(statement([settling]), now, grounds)
    ended = Position(holder=settling.holder, statement=told)
    sides = (p for p in dispute.positions if p.statement.citations != told.citations)
    return dispute.replace(state="settled", since=since, positions=(*tuple(sides)[: _MOST_POSITIONS - 1], ended))


def _same(a: Dispute, b: Dispute, grounds: Grounds) -> bool:
    """Whether two disputes are one: a sentence in common, or two holders in common who speak of the same."""
    if _quotes(a) & _quotes(b):
        return True
    one, other = _sides(a, grounds), _sides(b, grounds)
    shared = sum(any(_one(x, y, grounds) for y in other) for x in one)
    return a.kind == b.kind and shared > 1 and _alike(_content(one), _content(other), _SAME_QUESTION)


def _quotes(dispute: Dispute) -> frozenset[str]:
    return frozenset(one_line(c.quote) for p in dispute.positions for c in p.statement.citations)


def _content(sides: Sequence[_Side]) -> frozenset[str]:
    return frozenset(s for side in sides for claim in side.claims for s in claim.content)


def _alike(a: frozenset[str], b: frozenset[str], share: float) -> bool:
    return bool(a and b) and len(a & b) >= share * min(len(a), len(b))


def _one(a: _Side, b: _Side, grounds: Grounds) -> bool:
    lexicon = _lexicon(a.claims, grounds)
    return fold(a.holder) == fold(b.holder) or (
        lexicon is not None and same_speaker(_name(a.holder), _name(b.holder), lexicon)
    )


def _name(holder: str) -> str:
    return holder.partition(", quoted by ")[0]


def _lexicon(claims: Sequence[Claim], grounds: Grounds) -> Lexicon | None:
    return grounds.lexicons.get(claims[0].article.language or "") if claims else None


def _sides(dispute: Dispute, grounds: Grounds) -> tuple[_Side, ...]:
    cited = [(p.holder, grounds.cited(p.statement)) for p in dispute.positions]
    measure = _measure([claims for _, claims in cited])
    return tuple(_Side(holder, claims, _value(claims, measure)) for holder, claims in cited)


def _measure(sides: Sequence[Sequence[Claim]]) -> str | None:
    """The one measure that all sides give, and give differently."""
    given = [{q.measure for c in claims for q in c.quantities} for claims in sides]
    common = sorted(set.intersection(*given)) if given else []
    differing = [m for m in common if len({_value(claims, m) for claims in sides}) > 1]
    return differing[0] if len(differing) == 1 else None


def _value(claims: Sequence[Claim], measure: str | None) -> float | None:
    values = {q.value for c in claims for q in c.quantities if q.measure == measure}
    return values.pop() if len(values) == 1 else None


def _settling(before: Dispute, now: Sequence[Claim], grounds: Grounds) -> Claim | None:
    """The sentence of today that ends a dispute of before, if there is one."""
    sides = _sides(before, grounds)
    cited = {(c.article, c.sentence) for p in before.positions for c in p.statement.citations}
    fresh = [c for c in now if (c.article.id, c.sentence) not in cited]
    if before.kind == "figure":
        return _agreed(sides, fresh, grounds)
    return next((c for side in sides for c in fresh if _gives_way(side, sides, c, grounds)), None)


def _agreed(sides: Sequence[_Side], fresh: Sequence[Claim], grounds: Grounds) -> Claim | None:
    """The first sentence by which all sides give one figure; none where a side gives several today."""
    measure = _measure([side.claims for side in sides])
    if measure is None or len(sides) < 2:
        return None
    moved: list[Claim] = []
    values: set[float | None] = set()
    for side in sides:
        own = [c for c in fresh if _speaks(c, side, grounds) and _sure(c, measure)]
        values |= {_value([c], measure) for c in own} or {side.value}
        moved += [c for c in own if _value([c], measure) != side.value]
    return moved[0] if moved and len(values) == 1 else None


def _sure(claim: Claim, measure: str) -> bool:
    firm = [q for q in claim.quantities if q.measure == measure]
    return len(firm) == 1 and not (
        firm[0].part or firm[0].possible or firm[0].approximate or claim.negated or claim.denies
    )


def _speaks(claim: Claim, side: _Side, grounds: Grounds) -> bool:
    """Whether a sentence is the side's own: its speaker's, or its outlet's where no one is named."""
    lexicon = _lexicon((claim,), grounds)
    if claim.speaker and lexicon:
        return same_speaker(claim.speaker.name, _name(side.holder), lexicon)
    return claim.article.label == side.holder


def _gives_way(side: _Side, sides: Sequence[_Side], claim: Claim, grounds: Grounds) -> bool:
    """Whether a side admits what it denied, or takes back what it said, in a sentence on the same matter."""
    lexicon = _lexicon((claim,), grounds)
    if lexicon is None or claim.denies or claim.negated:
        return False
    if not any(_alike(claim.content, c.content, _SAME_MATTER) for c in _matter(side, sides)):
        return False
    denied = any(c.denies for c in side.claims)
    flat = _flat(claim.text)
    said = [p for p in (lexicon.admissions if denied else lexicon.retractions) if f" {p} " in flat]
    return bool(said) and (_speaks(claim, side, grounds) or _does(claim, side, flat.partition(f" {said[0]} ")[0]))


def _does(claim: Claim, side: _Side, before: str) -> bool:
    """Whether a sentence that nobody speaks tells it of the side: who "withdrew its claim" is no speaker."""
    return claim.speaker is None and _flat(_name(side.holder)) in f"{before} "


def _matter(side: _Side, sides: Sequence[_Side]) -> Iterator[Claim]:
    """What the dispute is about: the sentences of all its sides, the side's own first."""
    yield from side.claims
    yield from (c for other in sides if other is not side for c in other.claims)


def _flat(text: str) -> str:
    return f" {' '.join(map(fold, words(text)))} "
