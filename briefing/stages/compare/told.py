"""Whether a statement was told before: in the same words, or in others that add nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from briefing.lexicon import Lexicons
from briefing.stages.claims import content_stems, denies, quantities
from briefing.stages.compare.past import Telling, quotes
from briefing.text import fold, one_line, words
from briefing.types import Analysis, Dispute, Statement, Update

_Change = Callable[[Statement], Statement]
_FIGURE = re.compile(r"\d[\d.,]*")


class Said(NamedTuple):
    """What a text says, as far as it can be compared."""

    content: frozenset[str]
    figures: frozenset[float | str]
    days: frozenset[str]
    polarity: tuple[bool, bool]


def mark(story: Analysis, tellings: Sequence[Telling], lexicons: Lexicons) -> Analysis:
    """The story with `new` set for each statement: whether no telling has it."""
    last = {said for s in tellings[0].story.statements() if (said := read(s, lexicons))}
    earlier = {said for t in tellings[1:] for s in t.story.statements() if (said := read(s, lexicons))}
    cited = {one_line(quote) for quote in quotes(tellings)}

    def marked(statement: Statement) -> Statement:
        # A figure of the day before yesterday may have moved since; words without one are told for good.
        same = all(one_line(c.quote) in cited for c in statement.citations)
        said = read(statement, lexicons)
        known = last if said and said.figures else last | earlier
        return statement.replace(new=not (same or (said is not None and any(_adds_nothing(said, k) for k in known))))

    return story.replace(
        headline=marked(story.headline),
        summary=tuple(marked(s) for s in story.summary),
        disputes=tuple(_each_side(d, marked) for d in story.disputes),
        updates=tuple(_each_step(u, marked) for u in story.updates),
    )


def read(statement: Statement, lexicons: Lexicons) -> Said | None:
    """What a statement says; None without a lexicon of its language, or where it says nothing that can be told."""
    lexicon = lexicons.get(statement.language or "")
    if lexicon is None or not (content := content_stems(statement.text, lexicon)):
        return None
    text, listed = statement.text, [fold(word) for word in words(statement.text)]
    digits = (figure.replace(",", "").rstrip(".") for figure in _FIGURE.findall(text))
    return Said(
        content=content,
        figures=frozenset(map(_number, digits)) | {q.value for q in quantities(text, lexicon)},
        days=frozenset(word for word in listed if word in lexicon.calendar),
        polarity=(any(word in lexicon.negations for word in listed), denies(text, lexicon, quoted=True)),
    )


def _number(written: str) -> float | str:
    return float(written) if written.count(".") < 2 else written


def _adds_nothing(said: Said, known: Said) -> bool:
    """Whether every word, figure and day of a statement stands in a known one that agrees with it."""
    within = said.content <= known.content and said.figures <= known.figures and said.days <= known.days
    return within and said.polarity == known.polarity


def _each_side(dispute: Dispute, change: _Change) -> Dispute:
    return dispute.replace(positions=tuple(p.replace(statement=change(p.statement)) for p in dispute.positions))


def _each_step(update: Update, change: _Change) -> Update:
    return update.replace(steps=tuple(s.replace(statement=change(s.statement)) for s in update.steps))
