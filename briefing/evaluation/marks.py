"""What became of each labelled thing in a story as it was told and checked: a mark, good or not, under a figure.

A dispute that is an update told as one, or the other way round, is marked as that alone: it is not also an invented
dispute or update. One that shows only some of the sides there are is not found, but not invented either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from briefing.evaluation.cases import ExpectedDispute, ExpectedUpdate, Fact
from briefing.evaluation.matching import Places, meets, paired, places
from briefing.evaluation.prepare import Prepared
from briefing.types import Analysis, Dispute, Record, Statement, Update, Withheld

FIGURES = {
    "must": "what must be told",
    "should": "what should be told",
    "disputes_found": "disputes: found",
    "disputes_right": "disputes: not invented",
    "kinds": "disputes: kind right",
    "holders": "disputes: holders right",
    "updates_found": "updates: steps found",
    "updates_right": "updates: not invented",
    "told_apart": "dispute or update: not mixed up",
    "support": "citations hold what is told",
    "traps": "traps not fallen into",
    "origins": "origins counted right",
    "stood": "statements not withheld",
    "valid": "replies of use",
    "told": "stories told by it",
}
"""Every figure, in the order of the table: a share of marks that are good; 1 is best for all."""


class Mark(Record):
    """One labelled thing, or one thing told, under a figure: `what` it is, whether it is `good`, `told` as what."""

    figure: str
    what: str
    good: bool
    told: str = ""


def marks(ready: Prepared, analysis: Analysis, withheld: Sequence[Withheld]) -> tuple[Mark, ...]:
    """Mark a story that the candidate told."""
    shown = tuple(dict.fromkeys(analysis.statements()))
    opposed = _Opposed.of(ready, analysis)
    return (
        *_facts(ready, shown),
        *_disputes(ready, opposed),
        *_updates(ready, opposed),
        *_traps(ready, analysis, shown),
        *_origins(ready, analysis),
        *(Mark(figure="stood", what=s.text, good=True) for s in shown),
        *(Mark(figure="stood", what=w.text, good=False, told=", ".join(w.problems)) for w in withheld),
    )


def untold(ready: Prepared) -> tuple[Mark, ...]:
    """The marks of a story that the candidate did not tell: all there is to tell is missing."""
    case = ready.case
    missing = [("must", f.says) for f in case.must] + [("should", f.says) for f in case.should]
    missing += [("disputes_found", d.question) for d in case.disputes if not d.optional]
    missing += [("updates_found", step.says) for u in case.updates for step in u.steps]
    return tuple(Mark(figure=figure, what=what, good=False, told="not told") for figure, what in missing)


def _facts(ready: Prepared, shown: Sequence[Statement]) -> Iterator[Mark]:
    for figure, listed in (("must", ready.case.must), ("should", ready.case.should)):
        for fact in listed:
            support = ready.support(fact)
            telling = [s for s in shown if meets(s.text, fact.words, fact.without, ready.case.language)]
            held = [s for s in telling if places(s) & support]
            yield Mark(figure=figure, what=fact.says, good=bool(held), told=_text(held or telling))
            yield from _support(fact, telling, held)


def _support(fact: Fact, telling: Sequence[Statement], held: Sequence[Statement]) -> Iterator[Mark]:
    for statement in telling:
        yield Mark(figure="support", what=fact.says, good=statement in held, told=statement.text)


class _Opposed(NamedTuple):
    """Disputes and updates by the sentences of their sides; `asides` are those shown as the other of the two."""

    disputes: Sequence[tuple[Dispute, list[Places]]]
    updates: Sequence[tuple[Update, list[Places]]]
    expected_disputes: Sequence[tuple[ExpectedDispute, list[Places]]]
    expected_updates: Sequence[tuple[ExpectedUpdate, list[Places]]]

    @classmethod
    def of(cls, ready: Prepared, analysis: Analysis) -> _Opposed:
        """What is shown beside what is expected."""
        return cls(
            [(d, [places(p.statement) for p in d.positions]) for d in analysis.disputes],
            [(u, [places(s.statement) for s in u.steps]) for u in analysis.updates],
            [(d, [ready.places(side.at) for side in d.sides]) for d in ready.case.disputes],
            [(u, [ready.places(step.at) for step in u.steps]) for u in ready.case.updates],
        )

    def moved(self, sides: list[Places]) -> bool:
        """Whether a dispute shown sets two steps of an expected update against each other."""
        return any(_share(sides, steps) for _, steps in self.expected_updates)

    def disputed(self, steps: list[Places]) -> bool:
        """Whether an update shown makes steps of two sides of an expected dispute."""
        return any(_share(steps, sides) for _, sides in self.expected_disputes)


def _share(told: Sequence[Places], wanted: Sequence[Places]) -> bool:
    return any(paired(told, pair) for pair in combinations(wanted, 2))


def _disputes(ready: Prepared, opposed: _Opposed) -> Iterator[Mark]:
    left, missed = list(opposed.disputes), []
    for expected, sides in opposed.expected_disputes:
        found = next(((d, told, pairs) for d, told in left if (pairs := paired(told, sides))), None)
        if found:
            dispute, _, pairs = found
            left = [(d, s) for d, s in left if d is not dispute]
            yield Mark(figure="disputes_right", what=dispute.question, good=True)
            yield Mark(figure="kinds", what=expected.kinds[0], good=dispute.kind in expected.kinds, told=dispute.kind)
            yield from _holders(ready, expected, dispute, pairs)
        else:
            missed.append(sides)
        if found or not expected.optional:
            yield Mark(
                figure="disputes_found", what=expected.question, good=bool(found),
                told=found[0].question if found else "not shown",
            )  # fmt: skip
        as_update = [u for u, steps in opposed.updates if _share(steps, sides)]
        yield Mark(
            figure="told_apart", what=expected.question, good=not as_update,
            told="shown as an update" if as_update else "",
        )  # fmt: skip
    for dispute, sides in left:
        if not opposed.moved(sides):
            partly = any(_share(sides, wanted) for wanted in missed)
            yield Mark(figure="disputes_right", what=dispute.question, good=partly, told=_sides(dispute))


def _holders(ready: Prepared, expected: ExpectedDispute, dispute: Dispute, pairs: Sequence[int]) -> Iterator[Mark]:
    for side, index in zip(expected.sides, pairs, strict=True):
        told = dispute.positions[index].holder
        good = meets(told, [side.holder], (), ready.case.language)
        yield Mark(figure="holders", what=side.holder, good=good, told=told)


def _updates(ready: Prepared, opposed: _Opposed) -> Iterator[Mark]:
    for expected, wanted in opposed.expected_updates:
        shown = [u for u, steps in opposed.updates if _share(steps, wanted)]
        for step, where in zip(expected.steps, wanted, strict=True):
            told = [
                s.statement
                for update in shown
                for s in update.steps
                if places(s.statement) & where and meets(s.value, [step.value], (), ready.case.language)
            ]
            yield Mark(figure="updates_found", what=step.says, good=bool(told), told=_text(told))
        against = [d for d, sides in opposed.disputes if _share(sides, wanted)]
        yield Mark(
            figure="told_apart", what=expected.what, good=not against, told=_sides(against[0]) if against else ""
        )
    for update, steps in opposed.updates:
        if not opposed.disputed(steps):
            right = any(_share(steps, wanted) for _, wanted in opposed.expected_updates)
            values = " → ".join(s.value for s in update.steps)
            yield Mark(figure="updates_right", what=update.what, good=right, told=values)


def _traps(ready: Prepared, analysis: Analysis, shown: Sequence[Statement]) -> Iterator[Mark]:
    texts = [s.text for s in shown] + [d.question for d in analysis.disputes] + [u.what for u in analysis.updates]
    for wrong in ready.case.wrong:
        caught = [t for t in texts if meets(t, wrong.words, wrong.without, ready.case.language)]
        yield Mark(figure="traps", what=wrong.says, good=not caught, told=caught[0] if caught else "")


def _origins(ready: Prepared, analysis: Analysis) -> Iterator[Mark]:
    wanted = ready.case.origins
    if wanted is not None:
        told = str(analysis.origins)
        yield Mark(figure="origins", what=str(wanted), good=analysis.origins == wanted, told=told)


def _text(statements: Iterable[Statement]) -> str:
    return next((s.text for s in statements), "not told")


def _sides(dispute: Dispute) -> str:
    return " / ".join(f"{p.holder}: {p.statement.text}" for p in dispute.positions)
