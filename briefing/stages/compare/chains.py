"""Figures that moved from one edition to the next: a toll that goes on rising, a price that is another now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from briefing.stages.checks import Grounds
from briefing.stages.claims import Claim, Quantity
from briefing.stages.compare.grounding import checked, claims_now, claims_then
from briefing.stages.compare.past import Telling, quotes
from briefing.stages.disputes import find, statement
from briefing.stages.disputes.wording import identity
from briefing.stages.names import same_speaker
from briefing.stages.quantities import AGE, SCORE
from briefing.types import Analysis, Statement, Step, Update

_Known = Callable[[str], Statement | None]
# Two sentences count the same thing where they share so many of the stems of both.
_SAME_THING = 0.6


class _Counted(NamedTuple):
    claim: Claim
    quantity: Quantity


def chains(story: Analysis, tellings: Sequence[Telling], grounds: Grounds) -> tuple[Update, ...]:
    """The story's updates, continued from the earlier tellings and with those that only the days together show.

    A toll is followed by the rules that follow it within a day, over the articles of all days. Any other figure moved
    where today's sentence says the same of another number as one told in the last edition.
    """
    now, then = claims_now(story, grounds), claims_then(tellings, story, grounds)
    earlier = {c.article.id for c in then}
    across = [u for u in find((*then, *now), grounds.lexicons).updates if _goes_on(u, earlier)]
    told = (*then, *now)
    across.extend(_moved(story, tellings, now, grounds))
    known = quotes(tellings)
    whole = tuple(_named(_grounded(u, told, known.get, grounds), tellings) for u in across)
    return (*whole, *(u for u in story.updates if not any(_same(u, w) for w in whole)))


def _goes_on(update: Update, earlier: set[str]) -> bool:
    """Whether a chain begins in an earlier edition and ends today."""
    first, last = update.steps[0].statement, update.steps[-1].statement
    return first.citations[0].article in earlier and last.citations[0].article not in earlier


def _same(a: Update, b: Update) -> bool:
    return a.what == b.what or bool(_places(a) & _places(b))


def _places(update: Update) -> frozenset[tuple[str, int]]:
    return frozenset((c.article, c.sentence) for step in update.steps for c in step.statement.citations)


def _named(update: Update, tellings: Iterable[Telling]) -> Update:
    """The chain under the id it had."""
    before = (u for t in tellings for u in t.story.updates if _same(u, update))
    return update.replace(id=next((u.id for u in before), update.id))


def _grounded(update: Update, told: Sequence[Claim], known: _Known, grounds: Grounds) -> Update:
    return update.replace(
        steps=tuple(s.replace(statement=_stated(s.statement, told, known, grounds)) for s in update.steps)
    )


def _stated(given: Statement, told: Sequence[Claim], known: _Known, grounds: Grounds) -> Statement:
    """A step's statement as an edition told it, or checked now."""
    before = known(given.citations[0].quote)
    return before if before and before.citations == given.citations else checked(given, told, grounds)


def _moved(story: Analysis, tellings: Sequence[Telling], now: Sequence[Claim], grounds: Grounds) -> Iterator[Update]:
    """Figures of the last edition's summary, each with today's value of the same."""
    last = tellings[0].story
    disputed = {(c.article, c.sentence) for d in story.disputes for p in d.positions for c in p.statement.citations}
    fresh = [f for c in now if c.sentence and (c.article.id, c.sentence) not in disputed for f in _figures(c, grounds)]
    for said in last.summary:
        for before in (f for claim in grounds.cited(said) for f in _figures(claim, grounds)):
            after = [f for f in fresh if f.claim.article.id not in last.articles and _moves(before, f, grounds)]
            if len({f.quantity.value for f in after}) == 1:
                yield _chain(before, after[0])


def _figures(claim: Claim, grounds: Grounds) -> list[_Counted]:
    """The one figure of its measure in a sentence, if it is sure and no toll."""
    lexicon = grounds.lexicons.get(claim.article.language or "")
    measures = [q.measure for q in claim.quantities]
    skip = {AGE, SCORE, *(lexicon.figures.cumulative if lexicon else ())}
    return [
        _Counted(claim, q)
        for q in claim.quantities
        if measures.count(q.measure) == 1
        and q.measure not in skip
        and not (q.part or q.possible or q.approximate or q.minimum or q.maximum or q.second is not None)
    ]


def _moves(before: _Counted, after: _Counted, grounds: Grounds) -> bool:
    one, other = before.claim, after.claim
    a, b = before.quantity, after.quantity
    if (
        (a.measure, a.unit) != (b.measure, b.unit)
        or a.value == b.value
        or one.article.language != other.article.language
    ):
        return False
    if one.negated != other.negated or one.denies != other.denies or not _later(one, other):
        return False
    either = one.content | other.content
    return len(one.content & other.content) >= _SAME_THING * len(either) and _one_voice(one, other, grounds)


def _one_voice(one: Claim, other: Claim, grounds: Grounds) -> bool:
    """Whether the same speaker gives both figures; two speakers' figures are a difference, not a change."""
    lexicon = grounds.lexicons[one.article.language or ""]
    if one.speaker and other.speaker:
        return same_speaker(one.speaker.name, other.speaker.name, lexicon)
    return one.speaker is None and other.speaker is None


def _later(one: Claim, other: Claim) -> bool:
    before, after = one.article.published, other.article.published
    return bool(before and after) and _instant(before or "") < _instant(after or "")


def _instant(published: str) -> datetime:
    moment = datetime.fromisoformat(published)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _chain(before: _Counted, after: _Counted) -> Update:
    made = tuple(
        Step(time=f.claim.article.published, value=f.quantity.raw.lower(), statement=statement([f.claim]))
        for f in (before, after)
    )
    what = after.quantity.unit or after.quantity.measure
    return Update(id=identity("update", [before.claim, after.claim]), what=what, unit=None, steps=made)
