"""The head of an edition: the day in lines and the names of its topics, out of what was checked.

    edition ─┬─ composer? ─ checked ─┬→ overview
             │                       └ fails, or none: its own statements
             └─ namer? ─ in words of the stories ─→ topics; where it fails, the names they have

Pure but for the two callables, which may ask a model. They are shown statements that stand on articles which may leave
this machine; what fails of theirs is a Failure, what fails a check is withheld.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

from briefing.errors import ItemError
from briefing.lexicon import Lexicons
from briefing.stages import overview, topics
from briefing.stages.verify import Judge
from briefing.types import Article, Briefing, Failure, Topic


class Heads(NamedTuple):
    """Who writes the day in lines, who names the topics, and who judges what is written; none needs to be there.

    `sections` are headings of the user's own, which nobody renames.
    """

    composer: overview.Composer | None = None
    namer: topics.Namer | None = None
    judge: Judge | None = None
    sections: frozenset[str] = frozenset()


class Asks(NamedTuple):
    """What composer and namer are asked: nothing where there is nothing to ask."""

    points: tuple[overview.Point, ...]
    lines: int
    subjects: tuple[topics.Subject, ...]


def asks(briefing: Briefing, articles: Sequence[Article], sections: Set[str] = frozenset()) -> Asks:
    """What a composer and a namer of this edition would be asked; `articles` are those read for it.

    `sections` are headings that keep their names, beside those that the articles are filed under.
    """
    shareable = {a.id for a in articles if not a.private}
    lines = overview.wanted(briefing)
    filed = {a.section for a in articles if a.section}
    return Asks(
        overview.points(briefing, shareable) if lines else (),
        lines,
        topics.subjects(briefing, shareable, sections | filed),
    )


def headed(briefing: Briefing, articles: Sequence[Article], lexicons: Lexicons, heads: Heads = Heads()) -> Briefing:  # noqa: B008 (immutable)
    """The edition with its head; without a composer and a namer the same for every analyst."""
    asked = asks(briefing, articles, heads.sections)
    written, unwritten = _written(briefing, articles, lexicons, heads, asked)
    named, unnamed = _named(briefing, lexicons, heads, asked)
    return briefing.replace(
        overview=written.lines or overview.chosen(briefing, lexicons),
        topics=named,
        withheld=(*briefing.withheld, *written.withheld),
        failures=(*briefing.failures, *(failure for failure in (unwritten, unnamed) if failure)),
    )


def _written(
    briefing: Briefing, articles: Sequence[Article], lexicons: Lexicons, heads: Heads, asked: Asks
) -> tuple[overview.Checked, Failure | None]:
    nothing = overview.Checked((), ())
    if not heads.composer or not asked.points:
        return nothing, None
    try:
        composed = heads.composer(asked.points, asked.lines)
    except ItemError as error:
        return nothing, _without_model("overview", error)
    found = overview.checked(composed, briefing, {a.id: a for a in articles}, lexicons, heads.judge)
    return found, None if found.lines else _without_model("overview", "no line passed the checks")


def _named(
    briefing: Briefing, lexicons: Lexicons, heads: Heads, asked: Asks
) -> tuple[tuple[Topic, ...], Failure | None]:
    if not heads.namer or not asked.subjects:
        return briefing.topics, None
    try:
        return topics.named(briefing, heads.namer(asked.subjects), lexicons), None
    except ItemError as error:
        return briefing.topics, _without_model("topics", error)


def _without_model(part: str, reason: ItemError | str) -> Failure:
    # A ceiling is the user's own: to keep to it is no fault.
    degrades = getattr(reason, "kind", "") != "budget"
    return Failure(stage=part, item=part, reason=f"made without a model: {reason}", degrades=degrades)
