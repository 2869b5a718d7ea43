"""Figures that moved: a measure that only grows, told anew as it grew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from briefing.stages.claims import content_stems
from briefing.stages.disputes.figures import LEAD_SENTENCES, SAME_CASE, Told, counted, shown
from briefing.stages.disputes.questions import Questions
from briefing.stages.disputes.scope import Figure, same_times
from briefing.stages.disputes.verdicts import verdict
from briefing.stages.disputes.wording import identity, statement
from briefing.types import Step, Update

# What an outlet reports anew a day later in the same words may be the next day's figure.
_REVISED_S = 86400.0


def updates(group: Sequence[Told], question: Questions) -> list[Update]:
    """The chain of a cumulative measure: dated figures in order, each later and higher than the one before."""
    dated = [f for told in group if (f := _lead(told, question))]
    dated.sort(key=lambda f: (f.told.day or date.min, f.told.second or 0.0, f.quantity.value, f.claim.article.id))
    steps: list[Figure] = []
    for figure in dated:
        # Of one day without hours the highest count is taken to be the last, but for the first day's.
        past = steps[:-1] if len(steps) > 1 and _replaces(figure, steps[-1], question) else steps
        if not past or (_higher(figure, past[-1]) and _goes_on(past[-1], figure, question)):
            steps = [*past, figure]
    steps = steps if len(steps) > 1 else _revised(group, question)
    if len(steps) < 2:
        return []
    made = tuple(
        Step(time=f.claim.article.published, value=shown(f.quantity).lower(), statement=statement([f.claim]))
        for f in steps
    )
    claims = [f.claim for f in steps]
    return [Update(id=identity("update", claims), what=counted(steps[-1], question.lexicon), unit=None, steps=made)]


def _revised(group: Sequence[Told], question: Questions) -> list[Figure]:
    """A figure that an outlet changed within a day in a later version of its own report; a correction is told so."""
    figures = [f for told in group for f in told.telling if f.told.second and f.claim.article.genre != "correction"]
    figures.sort(key=lambda f: (f.told.second or 0.0, f.claim.article.id))
    steps: list[Figure] = []
    for figure in figures:
        if not steps or _anew(steps[-1], figure, question):
            steps.append(figure)
    return steps


def _anew(earlier: Figure, later: Figure, question: Questions) -> bool:
    """Whether a report gives another figure under the same title and in the same words as its earlier version."""
    old, new = earlier.claim, later.claim
    apart = earlier.told.gap(later.told) or 0.0
    if old.article.label != new.article.label or not 0 < apart < _REVISED_S:
        return False
    titles = [content_stems(c.article.title, question.lexicon) for c in (old, new)]
    alike = titles[0] == titles[1] and old.content == new.content and same_times(earlier, later)
    one_thing = earlier.quantity.unit == later.quantity.unit and earlier.quantity.measure == later.quantity.measure
    return alike and one_thing and earlier.quantity.value != later.quantity.value


def _lead(told: Told, question: Questions) -> Figure | None:
    """An article's one figure for the chain: its headline's if its text has that, else its first; others are parts."""
    steps = [f for f in told.telling if f.told.day and _may_be_a_step(f, question)]
    headline = told.title.quantity.value if told.title else None
    return min(steps, key=lambda f: f.quantity.value != headline, default=None)


def _may_be_a_step(figure: Figure, question: Questions) -> bool:
    quantity = figure.quantity
    sure = not (quantity.part or quantity.possible or quantity.maximum or quantity.second is not None)
    return sure and quantity.measure in question.lexicon.figures.cumulative


def _higher(later: Figure, earlier: Figure) -> bool:
    gap = earlier.told.gap(later.told)
    return later.quantity.value > earlier.quantity.value and gap is not None and gap > 0


def _replaces(later: Figure, step: Figure, question: Questions) -> bool:
    """Whether a count is another of the step's thing and day, hours unknown."""
    same_day = later.told.day == step.told.day and None in (later.told.second, step.told.second)
    return same_day and verdict(step, later, question).kind != "scope"


def _goes_on(earlier: Figure, later: Figure, question: Questions) -> bool:
    """Whether two counts are of one thing: both near the top of their articles, or in like words."""
    lead = max(earlier.claim.sentence, later.claim.sentence) <= LEAD_SENTENCES
    alike = lead or question.overlap(earlier.claim, later.claim) >= SAME_CASE
    # A district's count is not the next of the whole's.
    one_area = earlier.local == later.local
    return alike and one_area and verdict(earlier, later, question).kind in {"update", "rounding"}
