"""What two figures are to each other.

Only figures that answer one question, at one time, and cannot both hold, are a dispute; the other verdicts say why
two different numbers are none.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from briefing.stages.disputes.questions import Questions
from briefing.stages.disputes.scope import Figure, another_time, attacker_died, elsewhere, same_times
from briefing.stages.quantities import PEOPLE, SCORE, Quantity
from briefing.text import stem

Kind = Literal["same", "rounding", "composition", "scope", "update", "dispute", "unclear", "aged", "namesake"]

# Measures of the story itself ("attendance", "dead") need no words in common; other figures need so much of the
# lighter sentence's weight, shares and prices, and lengths of time, so much of both, as do two counts in one article.
_SAME_FIGURE, _SAME_SHARE, _SAME_LENGTH, _SAME_TOLL, _SAME_UNDATED = 0.4, 0.5, 0.7, 0.4, 0.3
_SAME_WORDING = 0.22
_AT_ONCE_S, _LAG_S = 3600, 6 * 3600
# What outlets put at so many times the other's figure, without a speaker, is not the same thing counted.
_ANOTHER_SCALE = 3
_ROUNDING, _ABOUT, _ROUND = 0.05, 0.1, 100
_FEW = 10


class Verdict(NamedTuple):
    """`certain` is False where a second reader may overrule: a dispute may fall, an "unclear" be confirmed."""

    kind: Kind
    certain: bool = True


def verdict(a: Figure, b: Figure, question: Questions) -> Verdict:
    """What two figures of one measure are to each other; the same for (b, a)."""
    if _agree(a.quantity, b.quantity):
        return Verdict("same" if a.quantity.value == b.quantity.value else "rounding")
    if _of_another_thing(a, b, question):
        return Verdict("scope")
    if _gunman(a, b, question):
        return Verdict("composition")
    lexicon, measure = question.lexicon, a.quantity.measure
    both = distinct(a, b, question)
    if a.claim.article.id == b.claim.article.id:
        alike = measure not in lexicon.figures.cumulative or question.likeness(a.claim, b.claim) >= _SAME_TOLL
        return Verdict("dispute" if both and alike else "scope")
    found = _in_time(a, b, both, question)
    # One origin does not dispute itself; it may tell of a rise.
    alone = not both and a.claim.article.origin == b.claim.article.origin
    return Verdict("same") if alone and found.kind != "update" else found


def _in_time(a: Figure, b: Figure, both: bool, question: Questions) -> Verdict:
    """The verdict on figures of two articles, by the order they were told in; `both` if two speakers give them."""
    gap = a.told.gap(b.told)
    at_once = gap is not None and abs(gap) < _AT_ONCE_S
    if a.quantity.measure not in question.lexicon.figures.cumulative:
        return Verdict("dispute", both) if both or at_once else Verdict("unclear", False)
    if gap is None and question.overlap(a.claim, b.claim) < _SAME_UNDATED:
        return Verdict("unclear", False)
    if gap is None or at_once:
        scenes = (a.many and b.many) or _growing(a, b)
        return Verdict("dispute", both) if both or (at_once and not scenes) else Verdict("unclear", False)
    first, last = (a, b) if gap > 0 else (b, a)
    if last.quantity.value > first.quantity.value:
        return Verdict("update")
    falls = a.quantity.measure in question.lexicon.figures.falling
    sure = abs(gap) >= _LAG_S and not (a.many or b.many or falls)
    return Verdict("dispute", False) if sure else Verdict("unclear", False)


def _growing(a: Figure, b: Figure) -> bool:
    """Whether the higher of two counts of one day, hours unknown, is a least number: then it may be the later one."""
    high = max(a, b, key=lambda f: f.quantity.value)
    return high.quantity.minimum and None in (a.told.second, b.told.second)


def distinct(a: Figure, b: Figure, question: Questions) -> bool:
    """Whether two named speakers give the figures."""
    return question.distinct(a.claim, b.claim)


def _of_another_thing(a: Figure, b: Figure, question: Questions) -> bool:
    one, other = a.quantity, b.quantity
    kinds = one.unit != other.unit and one.measure != "attendance"
    if one.measure != other.measure or kinds:
        return True
    if one.part or other.part or one.possible or other.possible or a.many != b.many:
        return True
    if another_time(a, b) or elsewhere(a, b) or _beside(a, b, question):
        return True
    return not _alike(a, b, question) or _another_scale(a, b, question)


def _beside(a: Figure, b: Figure, question: Questions) -> bool:
    return _stands_beside(a, b, question) or _stands_beside(b, a, question)


def _alike(a: Figure, b: Figure, question: Questions) -> bool:
    """Whether the sentences have words enough in common for their measure."""
    measure = a.quantity.measure
    if measure in {"%", "money", SCORE}:
        said = distinct(a, b, question) or measure == SCORE
        return said and same_times(a, b) and question.likeness(a.claim, b.claim) >= _SAME_SHARE
    if measure == PEOPLE:
        return question.likeness(a.claim, b.claim) >= _SAME_FIGURE
    if measure in set(question.lexicon.measures.values()):
        return True
    if measure in {stem(unit) for unit in question.lexicon.dates.units}:
        return question.likeness(a.claim, b.claim) >= _SAME_LENGTH
    # A short sentence within a long one on other things has the most of its weight in it.
    near = question.likeness(a.claim, b.claim) >= _SAME_WORDING
    return near and question.overlap(a.claim, b.claim) >= _SAME_FIGURE


def _another_scale(a: Figure, b: Figure, question: Questions) -> bool:
    low, high = sorted((a.quantity.value, b.quantity.value))
    gap = a.told.gap(b.told)
    moving = gap is not None and abs(gap) >= _AT_ONCE_S
    undated = gap is None and a.quantity.measure in question.lexicon.figures.cumulative
    apart = high > _ANOTHER_SCALE * low and high > _FEW
    return apart and not moving and (undated or not distinct(a, b, question))


def _stands_beside(a: Figure, b: Figure, question: Questions) -> bool:
    """Whether the second report gives the first's number too, for some of them: "10 islanders among 12 dead"."""
    if a.quantity.measure not in question.lexicon.figures.cumulative:
        return False
    shot = any(q.value == a.quantity.value and q.measure == "shot" != b.quantity.measure for q in b.claim.quantities)
    return shot or any(value == a.quantity.value and kind != a.quantity.unit for kind, value in b.parts)


def _agree(a: Quantity, b: Quantity) -> bool:
    """Whether two figures can both hold: bounds, ranges, and what is rounded to the coarser of the two."""
    if a.measure == SCORE:
        return sorted((a.value, a.second or 0.0)) == sorted((b.value, b.second or 0.0))
    if a.least <= b.most and b.least <= a.most:
        return True
    low, high = sorted((a, b), key=lambda q: q.value)
    near, far = low.most, high.least
    hedged = low.approximate or high.approximate
    round_numbers = any(q.value >= _ROUND and q.value % _ROUND == 0 for q in (low, high))
    tolerance = _ABOUT if hedged else _ROUNDING if round_numbers else 0.0
    return far - near <= tolerance * far or _rounds_to(low.value, high.value) or _rounds_to(high.value, low.value)


def _rounds_to(coarse: float, fine: float) -> bool:
    """Whether a number with decimals becomes the other when they are dropped: 4.2 and 4."""
    return coarse == int(coarse) and fine != int(fine) and round(fine) == coarse


def _gunman(a: Figure, b: Figure, question: Questions) -> bool:
    """Whether two counts of dead differ by the attacker, who died: one report counts him and one does not."""
    if a.quantity.measure != "dead" or abs(a.quantity.value - b.quantity.value) != 1:
        return False
    return any(attacker_died(f.claim.article, question.lexicon) for f in (a, b))
