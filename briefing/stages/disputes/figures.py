"""Conflicts of figures: the same thing counted differently by two speakers, or by two outlets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, groupby
from typing import Literal, NamedTuple

from briefing.errors import ItemError
from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim
from briefing.stages.disputes.questions import Questions
from briefing.stages.disputes.scope import Figure, figure
from briefing.stages.disputes.verdicts import Verdict, distinct, verdict
from briefing.stages.disputes.wording import MOST_POSITIONS, dispute
from briefing.stages.names import same_speaker
from briefing.stages.quantities import AGE, SCORE, Quantity
from briefing.stages.speakers import tokens
from briefing.text import stem
from briefing.types import Dispute

Answer = Literal["conflict", "no conflict", "could not tell"]
Checker = Callable[[str, str, str], Answer]

# What no speaker says counts as the outlet's own count only near the top: further down stand other cases and years.
LEAD_SENTENCES = 5
# Two counts of one case, further down, have so much of the lighter sentence's weight in common.
SAME_CASE = 0.3
# Figures of one measure that are set against each other; more are news of other things.
_MOST = 48


class Told(NamedTuple):
    """The figures of one measure in one article: its title's, and the first of each speaker in its body."""

    title: Figure | None
    body: tuple[Figure, ...]

    @property
    def outlets(self) -> Figure | None:
        """What the outlet itself puts first: its headline, unless that is vaguer than its text."""
        first = next((f for f in self.body if f.claim.sentence <= LEAD_SENTENCES), None)
        if self.title and not (first and _vague(self.title.quantity) and not _vague(first.quantity)):
            return self.title
        return first

    @property
    def telling(self) -> tuple[Figure, ...]:
        """The figures of the text; the headline's where the text has none."""
        return self.body or ((self.title,) if self.title else ())


def _vague(quantity: Quantity) -> bool:
    hedged = quantity.approximate or quantity.minimum or quantity.maximum
    return hedged or quantity.listed or quantity.second is not None


def groups(told: Sequence[Claim], question: Questions) -> list[list[Told]]:
    """The figures of a story by measure, one entry for each article, in the order of the articles' ids."""
    by_measure: dict[str, list[tuple[list[Claim], list[tuple[Claim, Quantity]]]]] = {}
    for _, listed in groupby(told, key=lambda c: c.article.id):
        article = list(listed)
        for measure, found in _firsts(article).items():
            by_measure.setdefault(measure, []).append((article, found))
    several = (m for m, entries in sorted(by_measure.items()) if len({q.value for _, f in entries for _, q in f}) > 1)
    return [[_told(article, found, question) for article, found in by_measure[m][:_MOST]] for m in several]


def _told(article: Sequence[Claim], found: Sequence[tuple[Claim, Quantity]], question: Questions) -> Told:
    read = [figure(c, q, article, question.lexicon) for c, q in found]
    return Told(read[0] if read[0].claim.sentence == 0 else None, tuple(f for f in read if f.claim.sentence))


def _firsts(article: Sequence[Claim]) -> dict[str, list[tuple[Claim, Quantity]]]:
    """By measure, the first claim of each speaker with one quantity of it; the title's comes first."""
    firsts: dict[str, dict[tuple[str, bool], tuple[Claim, Quantity]]] = {}
    for claim in article:
        counts = Counter(q.measure for q in claim.quantities)
        for quantity in claim.quantities:
            if counts[quantity.measure] == 1 and quantity.measure != AGE:
                key = (claim.speaker.name if claim.speaker else "", claim.sentence == 0)
                firsts.setdefault(quantity.measure, {}).setdefault(key, (claim, quantity))
    return {measure: list(found.values()) for measure, found in firsts.items()}


def figure_disputes(group: Sequence[Told], question: Questions, checker: Checker | None) -> Iterator[Dispute]:
    """Of one measure: what speakers put against each other, else what outlets do."""
    spoken = [f for told in group for f in told.body if f.claim.speaker][:_MOST]
    own = [f for told in group if (f := told.outlets)]
    moving = _moves([f for told in group for f in (*told.body, *([told.title] if told.title else []))], question)
    for pairs in (_by_speakers(spoken, question), combinations(own, 2)):
        rivals: dict[int, list[Figure]] = {}
        for a, b in pairs:
            if _clash(a, b, moving, question, checker):
                rivals.setdefault(id(a), [a]).append(b)
        if rivals:
            yield _dispute(next(iter(rivals.values())), question)
            return


def _by_speakers(spoken: Sequence[Figure], question: Questions) -> Iterator[tuple[Figure, Figure]]:
    for a, b in combinations(spoken, 2):
        lead = max(a.claim.sentence, b.claim.sentence) <= LEAD_SENTENCES
        if distinct(a, b, question) and (lead or question.overlap(a.claim, b.claim) >= SAME_CASE):
            yield a, b


def _moves(listed: Sequence[Figure], question: Questions) -> bool:
    """Whether a measure that only grows has grown from one day to another, so that each day has seen several."""
    dated = sorted((f for f in listed if f.told.day), key=lambda f: (f.told.day, f.quantity.value))
    if not dated or dated[0].quantity.measure not in question.lexicon.figures.cumulative:
        return False
    first = [f.quantity.value for f in dated if f.told.day == dated[0].told.day]
    last = [f.quantity.value for f in dated if f.told.day == dated[-1].told.day]
    return dated[0].told.day != dated[-1].told.day and max(last) > max(first)


def _clash(a: Figure, b: Figure, moving: bool, question: Questions, checker: Checker | None) -> bool:
    found = verdict(a, b, question)
    # On a day on which a toll rises, two outlets' counts are two hours'.
    if moving and found.kind == "dispute" and not distinct(a, b, question) and None in (a.told.second, b.told.second):
        found = Verdict("unclear", False)
    return upheld(found, a.claim, b.claim, _question([a, b], question.lexicon), checker)


def upheld(found: Verdict, a: Claim, b: Claim, asked: str, checker: Checker | None) -> bool:
    """Whether a verdict stands as a dispute; a checker may drop an uncertain one, or confirm an unclear one.

    A checker that fails, or answers anything else, changes nothing; it is not sent the text of a private article.
    """
    listed = found.kind == "dispute"
    private = a.article.private or b.article.private
    if checker is None or private or found.certain or found.kind not in {"dispute", "unclear"}:
        return listed
    try:
        answer: str = checker(a.text, b.text, asked)
    except ItemError:
        return listed
    return {"conflict": True, "no conflict": False}.get(answer, listed) if isinstance(answer, str) else listed


def _dispute(star: Sequence[Figure], question: Questions) -> Dispute:
    kept: list[Figure] = []
    speaking = distinct(star[0], star[1], question)
    for one in _distinct_values_first(star):
        if len(kept) < MOST_POSITIONS and not any(_same_side(one, other, speaking, question.lexicon) for other in kept):
            kept.append(one)
    holders = [f.claim.holder if speaking else f.claim.article.label for f in kept]
    return dispute("figure", _question(kept, question.lexicon), [f.claim for f in kept], holders)


def _distinct_values_first(star: Sequence[Figure]) -> list[Figure]:
    firsts: dict[float, Figure] = {}
    for one in star:
        firsts.setdefault(one.quantity.value, one)
    return [*firsts.values(), *(f for f in star if firsts[f.quantity.value] is not f)]


def _same_side(a: Figure, b: Figure, speaking: bool, lexicon: Lexicon) -> bool:
    """Whether two positions have one holder: one speaker, or one article where the outlets speak."""
    if speaking and a.claim.speaker and b.claim.speaker:
        return same_speaker(a.claim.speaker.name, b.claim.speaker.name, lexicon)
    return a.claim.article.id == b.claim.article.id or (
        a.claim.article.label == b.claim.article.label and a.quantity.value == b.quantity.value
    )


def _question(figures: Sequence[Figure], lexicon: Lexicon) -> str:
    """The values and what they count: "18,000 or 70,000 people present"."""
    values: dict[tuple[float, float | None], str] = {}
    for one in figures:
        values.setdefault((one.quantity.value, one.quantity.second), shown(one.quantity))
    return f"{' or '.join(values.values())} {counted(figures[0], lexicon)}".strip()


def shown(quantity: Quantity) -> str:
    """A value as its sentence has it; what was added up from a list as a number."""
    return f"{quantity.value:,.0f}" if quantity.listed else quantity.raw


def counted(of: Figure, lexicon: Lexicon) -> str:
    """What a figure counts, in the words of its sentence; "" where its sign says it."""
    sentence, quantity = of.claim.text, of.quantity
    if quantity.measure in lexicon.figures.cumulative or quantity.measure == SCORE:
        return quantity.measure
    if quantity.measure == "attendance":
        return "people present"
    if quantity.measure in {"%", "money"}:
        return ""
    after = (t.word for t in tokens(sentence) if t.start >= quantity.start and stem(t.word) == quantity.measure)
    return next(after, quantity.measure)
