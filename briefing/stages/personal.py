"""An edition as one reader wants it: reordered, under headings of their own, without what they have muted.

A pure view of the statements that were verified: none is added or changed, and each has all of its evidence. What
the edition corrects of an earlier one is left to every reader; a story that is not told stands in `more`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from briefing.lexicon import Inflections
from briefing.stages.interests.marks import Marks, marked, muted_topic, standing
from briefing.stages.interests.profile import Reader
from briefing.stages.interests.sections import heading, topics
from briefing.stages.rank import in_order, interest, labels, scored
from briefing.types import Analysis, Briefing, Statement, Untold


class _Read(NamedTuple):
    """The edition, whom it is for, and the marks of its articles; `headings` are those of its stories, by id."""

    briefing: Briefing
    reader: Reader
    marks: Mapping[str, Marks]
    headings: Mapping[str, str]

    def of(self, articles: Iterable[str]) -> list[Marks]:
        """The marks of a story's articles."""
        return [self.marks[identity] for identity in articles if identity in self.marks]


def personal(briefing: Briefing, reader: Reader, inflections: Inflections) -> Briefing:
    """The edition as a reader wants it. Of articles that it does not cite only the titles are known."""
    read = _Read(briefing, reader, _marks(briefing, reader, inflections), _headings(briefing))
    off = {story.id: why for story in briefing.stories if (why := _muted(read, story))}
    wanted = in_order(_scored(read, story) for story in briefing.stories if story.id not in off)
    told = wanted[: reader.max_stories]
    under = {s.id: heading(read.headings.get(s.id, ""), read.of(s.articles), reader.sections) for s in told}
    more = [*(story.untold() for story in wanted[len(told) :]), *(_remarked(read, untold) for untold in briefing.more)]
    more += [story.untold(off[story.id]) for story in briefing.stories if story.id in off]
    return _with_evidence(
        briefing,
        overview=tuple(_of_these(briefing.overview, told, briefing)),
        stories=told,
        topics=topics(told, under, reader.sections),
        more=tuple(sorted(more, key=lambda untold: untold.muted is not None)),
        language=reader.language or briefing.language,
    )


def _marks(briefing: Briefing, reader: Reader, inflections: Inflections) -> Mapping[str, Marks]:
    texts = briefing.evidence
    return {i: marked(reader, a, texts.get(i, a.title), inflections) for i, a in briefing.own().items()}


def _headings(briefing: Briefing) -> Mapping[str, str]:
    return {identity: topic.name for topic in briefing.topics for identity in topic.stories}


def _muted(read: _Read, story: Analysis) -> str | None:
    met = standing(read.of(story.articles))
    return met.muted or muted_topic(read.headings.get(story.id, ""), read.reader.mute.topics)


def _scored(read: _Read, story: Analysis) -> Analysis:
    """With the reader's interests, if there are any, in the place of the edition's."""
    if not read.reader.interests:
        return story
    met = standing(read.of(story.articles))
    others = {name: part for name, part in story.why.items() if name != "interest"}
    return scored(story, {**others, **interest(met, read.reader)}).replace(interests=labels(met, read.reader))


def _remarked(read: _Read, untold: Untold) -> Untold:
    return untold if untold.muted else untold.replace(muted=standing(read.of(untold.articles)).muted)


def _of_these(said: Iterable[Statement], told: Iterable[Analysis], briefing: Briefing) -> Iterator[Statement]:
    """The statements on these stories, and on none of the edition's."""
    left = {i for story in briefing.stories for i in story.articles} - {i for story in told for i in story.articles}
    return (statement for statement in said if left.isdisjoint(c.article for c in statement.citations))


def _with_evidence(briefing: Briefing, **changes: object) -> Briefing:
    """The edition with the changes, and with the texts of what it cites then."""
    bare = Briefing.model_construct(**{**dict(briefing), **changes})
    cited = {c.article for statement in bare.statements() for c in statement.citations}
    return briefing.replace(**changes, evidence={i: t for i, t in briefing.evidence.items() if i in cited})
