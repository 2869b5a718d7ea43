"""Disputes and updates of a story, decided in code: the same for every analyst.

A dispute is two or more holders whose claims on one question cannot all hold: a denial of what another
said, opposite polarity on one question, or different figures for one thing at one time. A cumulative
figure that rises with time is an update. Where the order in time is unknown, figures are set against
each other only if each is attributed to a speaker of its own: a missed dispute costs less than an
invented one.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from briefing.lexicon import Lexicon, Lexicons
from briefing.stages.claims import Claim, Quantity, content_stems
from briefing.stages.speakers import same_speaker, tokens
from briefing.text import stem
from briefing.types import Dispute, DisputeKind, Position, Statement, Step, Update

# Measures that only grow while an event is reported: a later, higher figure is news, not contradiction.
CUMULATIVE = frozenset({"dead", "injured", "arrested", "displaced", "missing"})
# Share of the lighter sentence's weight that two claims must have in common to be about one question:
# little when a denial names whom it denies, more when it does not; figures of a story-wide measure
# (its dead, its crowd) need the least, other figures the most.
_TARGETED, _UNTARGETED, _SAME_QUESTION = 0.2, 0.4, 0.4
_SAME_FIGURE, _SAME_POLARITY, _SAME_TOLL = 0.4, 0.6, 0.4
_ROUNDING = 0.05
_AT_ONCE_S = 3600
_MOST_POSITIONS = 6
_PRIOR = 10
# Content words after a verb of denial that carry what is denied; later ones are circumstance.
_DENIED_WORDS = 6


class Findings(NamedTuple):
    """What a story disputes and what moved in it."""

    disputes: tuple[Dispute, ...]
    updates: tuple[Update, ...]


class Figure(NamedTuple):
    """A claim with the one quantity of its kind in it."""

    claim: Claim
    quantity: Quantity


def find(story: Sequence[Claim], lexicons: Lexicons) -> Findings:
    """The disputes and updates among the claims of one story.

    Order-blind; titles, and claims in a language without a lexicon, take no part.
    """
    told = [c for c in story if c.sentence and (c.article.language or "") in lexicons]
    told.sort(key=lambda c: (c.article.id, c.sentence))
    if not told:
        return Findings((), ())
    question = Questions(told, lexicons[told[0].article.language or ""])
    figures = _figure_groups(told, question)
    disputes = [*_denials(told, question), *(d for g in figures for d in _figure_disputes(g, question))]
    disputes.extend(_opposites(told, question, disputes))
    updates = [u for group in figures for u in _updates(group)]
    return Findings(tuple(disputes), tuple(updates))


class Questions:
    """How much two claims of one story are about the same question: shared stems weighted by rarity in the story."""

    def __init__(self, told: Sequence[Claim], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        counts = Counter(s for c in told for s in c.content)
        # The prior keeps shared words from losing all weight in a story of two or three sentences.
        self._weight = {s: math.log(1 + (len(told) + _PRIOR) / n) for s, n in counts.items()}

    def weight(self, stems: Iterable[str]) -> float:
        """Summed rarity of stems."""
        return sum(self._weight.get(s, 0.0) for s in stems)

    def overlap(self, a: Claim, b: Claim) -> float:
        """Weight in common, as a share of the lighter claim's weight, 0..1."""
        least = min(self.weight(a.content), self.weight(b.content))
        return self.weight(a.content & b.content) / least if least else 0.0

    def likeness(self, a: Claim, b: Claim) -> float:
        """Weight in common, as a share of the weight of both (weighted Jaccard), 0..1."""
        either = self.weight(a.content | b.content)
        return self.weight(a.content & b.content) / either if either else 0.0

    def apart(self, a: Claim, b: Claim) -> bool:
        """Whether two claims come from different speakers, or from different origins where none is named."""
        if a.speaker and b.speaker:
            return not same_speaker(a.speaker.name, b.speaker.name, self.lexicon)
        return a.article.origin != b.article.origin


def _denials(told: Sequence[Claim], question: Questions) -> list[Dispute]:
    found: list[Dispute] = []
    used: set[tuple[str, int]] = set()
    for denial in (c for c in told if c.denies):
        rivals = sorted(
            (c for c in told if _denied_by(c, denial, question)),
            key=lambda c: (not _names(denial, c), -_aimed(c, denial, question), c.article.id, c.sentence),
        )
        if not rivals or (denial.article.id, denial.sentence) in used:
            continue
        best = rivals[0]
        asked = denied(denial, question.lexicon) & best.content
        either = denial.content | best.content
        others = [c for c in told if c not in {denial, best} and _answers(c, asked, either, question)]
        holders = _one_per_holder([best, denial, *rivals[1:], *others], question)
        used.update((c.article.id, c.sentence) for c in holders)
        found.append(_dispute("denial", f"“{_phrase(denial, asked)}”", holders))
    return found


def _denied_by(claim: Claim, denial: Claim, question: Questions) -> bool:
    """Whether `denial` may be aimed at `claim`: another's words, on what is denied, named or near enough."""
    if claim.denies or not question.apart(claim, denial):
        return False
    if len(claim.content & denied(denial, question.lexicon)) < 2:
        return False
    targeted = claim.speaker is not None and _mentions(denial, claim.speaker.name, question.lexicon)
    return _aimed(claim, denial, question) >= (_TARGETED if targeted else _UNTARGETED)


def _aimed(claim: Claim, denial: Claim, question: Questions) -> float:
    """How much of what is denied the claim says, by weight, 0..1."""
    named = content_stems(claim.speaker.name, question.lexicon) if claim.speaker else frozenset[str]()
    focus = denied(denial, question.lexicon) - named
    whole = question.weight(focus)
    return question.weight(claim.content & focus) / whole if whole else 0.0


def denied(denial: Claim, lexicon: Lexicon) -> frozenset[str]:
    """The stems of what is denied: the words after a verb ("denied that ..."), before a predicate ("... was false")."""
    toks = tokens(denial.text)
    flat = [t.folded for t in toks]
    for phrase in lexicon.denial_verbs + lexicon.denial_predicates:
        cue = phrase.split()
        at = next((i for i in range(len(flat)) if flat[i : i + len(cue)] == cue), None)
        if at is not None:
            behind = [s for t in toks[at + len(cue) :] if (s := stem(t.word)) in denial.content]
            before = [s for t in toks[:at] if (s := stem(t.word)) in denial.content]
            return frozenset(before if phrase in lexicon.denial_predicates else behind[:_DENIED_WORDS])
    return denial.content


def _mentions(claim: Claim, name: str, lexicon: Lexicon) -> bool:
    """Whether all words of a speaker's name stand in the claim, whoever speaks it."""
    own = claim.speaker.holder if claim.speaker else ""
    return same_speaker(name, claim.text.replace(own, ""), lexicon) and len(tokens(name)) > 1


def _names(denial: Claim, claim: Claim) -> bool:
    """Whether the denial names the claim's speaker in the same words: then it is aimed there."""
    return claim.speaker is not None and claim.speaker.name in denial.text


def _answers(claim: Claim, asked: frozenset[str], either: frozenset[str], question: Questions) -> bool:
    """Whether another speaker's claim answers the disputed question too, or says that accounts of it differ."""
    if claim.speaker is None:
        return False
    if claim.differs:
        return bool(claim.content & either)
    shared = claim.content & asked
    return len(shared) > 1 and question.weight(shared) >= _SAME_QUESTION * question.weight(asked)


def _one_per_holder(candidates: Sequence[Claim], question: Questions) -> list[Claim]:
    kept: list[Claim] = []
    for claim in candidates:
        if len(kept) < _MOST_POSITIONS and all(not _same_holder(claim, other, question.lexicon) for other in kept):
            kept.append(claim)
    return kept


def _same_holder(a: Claim, b: Claim, lexicon: Lexicon) -> bool:
    if a.speaker and b.speaker:
        return same_speaker(a.speaker.name, b.speaker.name, lexicon)
    return a.holder == b.holder


def _opposites(told: Sequence[Claim], question: Questions, known: Sequence[Dispute]) -> list[Dispute]:
    """Pairs that say nearly the same words, one of them with a negation, from different speakers or origins."""
    cited = {(c.article, c.sentence) for d in known for p in d.positions for c in p.statement.citations}
    found: list[Dispute] = []
    for a in (c for c in told if c.negated and not c.denies):
        for b in (c for c in told if not c.negated and not c.denies):
            pair = {(a.article.id, a.sentence), (b.article.id, b.sentence)}
            if pair & cited or len(a.content & b.content) < 3 or not question.apart(a, b):
                continue
            if question.likeness(a, b) >= _SAME_POLARITY:
                cited |= pair
                asked = a.content & b.content
                found.append(_dispute("denial", f"“{_phrase(a, asked)}”", [b, a]))
    return found


def _figure_groups(told: Sequence[Claim], question: Questions) -> list[list[Figure]]:
    """Figures for one thing: the first of each holder in each article, grouped by measure and, if need be, context."""
    firsts: dict[tuple[str, str, str], Figure] = {}
    for claim in told:
        for measure, number in Counter(q.measure for q in claim.quantities).items():
            if number == 1 and measure not in {"%", "money"}:
                quantity = next(q for q in claim.quantities if q.measure == measure)
                firsts.setdefault(
                    (measure, claim.article.id, claim.speaker.name if claim.speaker else ""), Figure(claim, quantity)
                )
    groups: list[list[Figure]] = []
    for (measure, _, _), figure in sorted(firsts.items(), key=lambda item: item[0]):
        wide = measure in set(question.lexicon.measures.values())
        home = next((g for g in groups if _same_thing(g[0], figure, wide, question)), None)
        if home is None:
            groups.append([figure])
        else:
            home.append(figure)
    return [g for g in groups if len(g) > 1]


def _same_thing(a: Figure, b: Figure, wide: bool, question: Questions) -> bool:
    if a.quantity.measure != b.quantity.measure:
        return False
    return wide or question.overlap(a.claim, b.claim) >= _SAME_FIGURE


def _figure_disputes(group: Sequence[Figure], question: Questions) -> list[Dispute]:
    for i, a in enumerate(group):
        rivals = [b for b in group[i + 1 :] if _figures_clash(a, b, question)]
        if rivals:
            holders = _one_per_holder([a.claim, *(b.claim for b in rivals)], question)
            if len(holders) > 1:
                values = [f.quantity.raw for f in (a, *rivals) if f.claim in holders]
                return [_dispute("figure", f"{' or '.join(dict.fromkeys(values))} {_counted(a)}", holders)]
    return []


def _figures_clash(a: Figure, b: Figure, question: Questions) -> bool:
    if not question.apart(a.claim, b.claim) or not _incompatible(a.quantity, b.quantity):
        return False
    if _elsewhere(a.claim, b.claim):
        return False
    gap = _seconds_between(a.claim.article.published, b.claim.article.published)
    if gap is not None and gap < _AT_ONCE_S and a.claim.article.id != b.claim.article.id:
        return True
    if a.claim.speaker is None or b.claim.speaker is None:
        return False
    # The dead of two attacks stand in one article as often as two counts of one: only the latter share their words.
    return a.quantity.measure not in CUMULATIVE or (not gap and question.likeness(a.claim, b.claim) >= _SAME_TOLL)


def _elsewhere(a: Claim, b: Claim) -> bool:
    """Whether both claims name places or people, and none in common: then they count different things."""
    left, right = _names_in(a), _names_in(b)
    return bool(left and right) and not left & right


def _names_in(claim: Claim) -> frozenset[str]:
    own = claim.speaker.holder if claim.speaker else ""
    return frozenset(
        stem(t.word)
        for t in tokens(claim.text.replace(own, ""))
        if t.start and t.capital and stem(t.word) in claim.content
    )


def _incompatible(a: Quantity, b: Quantity) -> bool:
    low, high = sorted((a, b), key=lambda q: q.value)
    if low.value == high.value or low.minimum or high.maximum:
        return False
    rounded = low.approximate or high.approximate or any(q.value >= 100 and q.value % 100 == 0 for q in (low, high))
    return not (rounded and high.value - low.value <= _ROUNDING * high.value)


def _updates(group: Sequence[Figure]) -> list[Update]:
    """The chain of a cumulative measure: dated articles in order, each step higher than the one before."""
    dated = [f for f in group if f.quantity.measure in CUMULATIVE and f.claim.article.published]
    dated.sort(key=lambda f: (_order(f.claim.article.published or ""), f.quantity.value, f.claim.article.id))
    steps: list[Figure] = []
    for figure in dated:
        if not steps or figure.quantity.value > steps[-1].quantity.value:
            later = not steps or _order(figure.claim.article.published or "") > _order(
                steps[-1].claim.article.published or ""
            )
            steps = [*steps, figure] if later else steps
    if len(steps) < 2:
        return []
    made = tuple(
        Step(time=f.claim.article.published, value=f.quantity.raw.lower(), statement=statement([f.claim]))
        for f in steps
    )
    return [Update(id=_id("update", steps), what=_counted(steps[-1]), unit=None, steps=made)]


def _order(published: str) -> tuple[str, float]:
    """Sorts by day, then by instant; a day without a time stands at its start."""
    moment = datetime.fromisoformat(published)
    return (published[:10], moment.timestamp() if moment.tzinfo else 0.0)


def _seconds_between(a: str | None, b: str | None) -> float | None:
    """Seconds between two publications, None where their order is not known."""
    if not a or not b:
        return None
    left, right = datetime.fromisoformat(a), datetime.fromisoformat(b)
    if left.tzinfo and right.tzinfo:
        return abs((left - right).total_seconds())
    days = abs((left.date() - right.date()).days)
    return days * 86400.0 if days else None


def _counted(figure: Figure) -> str:
    """What a figure counts, in the words of its sentence."""
    sentence, quantity = figure.claim.text, figure.quantity
    if quantity.measure in CUMULATIVE:
        return quantity.measure
    if quantity.measure == "attendance":
        return "people present"
    after = (t.word for t in tokens(sentence) if t.start >= quantity.start and stem(t.word) == quantity.measure)
    return next(after, quantity.measure)


def _phrase(claim: Claim, asked: frozenset[str]) -> str:
    """The shortest run of the sentence's own words that holds most of the disputed stems, at most six words long."""
    toks = tokens(claim.text)
    hits = [stem(t.word) in asked for t in toks]
    runs = [
        (-sum(hits[i:j]), j - i, i)
        for i in range(len(toks))
        for j in range(i + 1, min(i + 7, len(toks) + 1))
        if hits[i] and hits[j - 1] and not any(set(",;:") & set(t.gap) for t in toks[i + 1 : j])
    ]
    if not runs:
        return " ".join(t.word for t in toks[:6])
    _, length, first = min(runs)
    return claim.text[toks[first].start : toks[first + length - 1].end]


def _dispute(kind: DisputeKind, question: str, holders: Sequence[Claim]) -> Dispute:
    positions = tuple(Position(holder=c.holder, statement=statement([c])) for c in holders)
    return Dispute(id=_id(kind, holders), kind=kind, question=question, positions=positions)


def _id(kind: str, evidence: Sequence[Claim | Figure]) -> str:
    cited = [e.claim if isinstance(e, Figure) else e for e in evidence]
    key = kind + "".join(sorted(f"{c.article.id}.{c.sentence}" for c in cited))
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def statement(cited: Sequence[Claim]) -> Statement:
    """An extractive statement: whole sentences joined by one space, one citation each; not yet checked."""
    return Statement(
        text=" ".join(c.text for c in cited),
        language=cited[0].article.language,
        citations=tuple(c.citation for c in cited),
    )
