"""The quantities of a sentence: how many of what, of whom, and how firmly it is said.

    sentence ─numbers→ values and ranges ─measures→ what they count ─people→ ages, lists that add up

Numbers in digits and in words; years, dates, clock times and numbers that are names are left out (days and hours are
read by `stages/times`). Where it is open what a number counts, it counts nothing: a missed figure costs less than a
false one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.quantities.measures import PEOPLE, Counted, counted
from briefing.stages.quantities.numbers import CLAUSE, Number, numbers
from briefing.stages.quantities.people import Age, Listing, ages, listings
from briefing.stages.tokens import Token, tokens

__all__ = ["AGE", "PEOPLE", "SCORE", "Quantity", "quantities"]

AGE, SCORE = "age", "score"
_AGED = re.compile(r"\d|-years?-old")
_HEDGE_WORDS, _NEGATED, _PART_WORDS = 4, 3, 3


class Quantity(NamedTuple):
    """A number with what it counts. `measure` is a stem or a measure of the lexicon; `start` is in the sentence.

    `second` is the other end of a range, or the other side of a score. `minimum` and `maximum` if it is a bound ("at
    least", "up to"), `approximate` if it is hedged or vague, `possible` if it is not said to be so ("may have died").
    `of` is the person an age belongs to; `unit` a currency's sign, or the noun of the people counted where it is
    not just people ("child"). `part` if it counts some of a larger number, `listed` if it was added up from a list.
    """

    value: float
    measure: str
    raw: str
    start: int
    approximate: bool
    minimum: bool
    maximum: bool = False
    second: float | None = None
    of: str = ""
    unit: str = ""
    possible: bool = False
    part: bool = False
    listed: bool = False

    @property
    def least(self) -> float:
        """The lower end of what is said."""
        return 0.0 if self.maximum else self.value

    @property
    def most(self) -> float:
        """The upper end of what is said."""
        return float("inf") if self.minimum else max(self.value, self.second or 0.0)


def quantities(sentence: str, lexicon: Lexicon, toks: list[Token] | None = None) -> tuple[Quantity, ...]:
    """List the quantities of a sentence, in order; none overlap. `toks` are its words where they are known."""
    toks = tokens(sentence) if toks is None else toks
    found = numbers(sentence, toks, lexicon)
    aged = list(ages(sentence, toks, lexicon)) if _AGED.search(sentence) else []
    # People listed by name with their ages are told apart; what they add up to is not what the sentence says.
    named = [a for a in aged if a.name not in lexicon.figures.persons]
    listed = [x for x in listings(toks, found, lexicon) if not any(_within(a.start, x, toks) for a in named)]
    taken = [(a.start, a.end) for a in aged] + [(toks[x.first].start, toks[x.last].end) for x in listed]
    plain = [
        (number, counted(number, found[i + 1 :], toks, lexicon))
        for i, number in enumerate(found)
        if not any(start <= number.start < end for start, end in taken)
    ]
    made = [_age(a, sentence) for a in aged]
    made += [_listing(x, sentence, toks, lexicon) for x in listed]
    made += [_quantity(n, c, sentence, toks, lexicon) for n, c in plain if _counts(n, c, toks, lexicon)]
    return tuple(sorted(made, key=lambda q: q.start))


def _within(place: int, listing: Listing, toks: list[Token]) -> bool:
    return toks[listing.first].start <= place <= toks[listing.last].end


def _age(age: Age, sentence: str) -> Quantity:
    return Quantity(age.value, AGE, sentence[age.start : age.end], age.start, False, False, of=age.name)


def _listing(listing: Listing, sentence: str, toks: list[Token], lexicon: Lexicon) -> Quantity:
    start, end = toks[listing.first].start, toks[listing.last].end
    fatal = lexicon.figures.fatal & {t.folded for t in toks[listing.last + 1 : listing.last + 1 + _HEDGE_WORDS]}
    measure = "dead" if fatal else lexicon.measures[listing.harm]
    return Quantity(
        listing.value, measure, sentence[start:end], start, False, False, listed=True,
        possible=_possible(listing.first, listing.last + 1, toks, lexicon),
        part=_part(listing.first, listing.last + 1, toks, lexicon),
    )  # fmt: skip


def _counts(number: Number, what: Counted, toks: list[Token], lexicon: Lexicon) -> bool:
    """Whether a number counts: "none of the 40 passengers was hurt" counts nobody; "no fewer than 40" does."""
    near = [t.folded for t in toks[max(0, number.first - _HEDGE_WORDS) : number.first]]
    bound = _ends(near, lexicon.minimum) or _ends(near, lexicon.maximum)
    negated = lexicon.negations & set(near[-_NEGATED:])
    return bool(what.measure) and (bound or not negated)


def _quantity(number: Number, what: Counted, sentence: str, toks: list[Token], lexicon: Lexicon) -> Quantity:
    near = [t.folded for t in toks[max(0, number.first - _HEDGE_WORDS) : number.first]]
    minimum = _ends(near, lexicon.minimum)
    return Quantity(
        value=number.value,
        measure=what.measure,
        raw=sentence[number.start : number.end],
        start=number.start,
        approximate=number.loose or bool(lexicon.approximate & set(near)),
        minimum=minimum,
        maximum=not minimum and _ends(near, lexicon.maximum),
        second=number.second,
        unit=what.unit,
        possible=_possible(number.first, number.after, toks, lexicon),
        part=not number.symbol and _part(number.first, number.after, toks, lexicon),
    )


def _possible(first: int, after: int, toks: list[Token], lexicon: Lexicon) -> bool:
    """Whether a modal stands beside a count within its clause: "may have killed 12", "12 are feared dead"."""
    low, high = first, after
    while low > 0 and first - low < _HEDGE_WORDS and not CLAUSE.search(toks[low].gap):
        low -= 1
    while high < len(toks) and high - after < _HEDGE_WORDS and not CLAUSE.search(toks[high].gap):
        high += 1
    # "In May" is no modal.
    return any(t.folded in lexicon.figures.possible and not t.capital for t in toks[low:high])


def _part(first: int, after: int, toks: list[Token], lexicon: Lexicon) -> bool:
    """Whether a count is of some out of more: "including 3", "six of the dead", "the names of three victims"."""
    near = [t.folded for t in toks[max(0, first - _PART_WORDS) : first]]
    behind = toks[after].folded if after < len(toks) else ""
    named = any(_ends(near[: len(near) - cut], lexicon.figures.parts) for cut in (0, 1))
    return behind in {"of", "more"} or named


def _ends(near: list[str], phrases: tuple[str, ...]) -> bool:
    flat = f" {' '.join(near)} "
    return any(flat.endswith(f" {phrase} ") for phrase in phrases)
