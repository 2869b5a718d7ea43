"""Which stories are told, under which heading, and in which order at last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from briefing.lexicon import Inflections
from briefing.stages.interests.marks import Marks, in_half, marks, muted_topic
from briefing.stages.interests.phrases import flat, holds
from briefing.stages.interests.profile import Profile, Section
from briefing.types import Analysis, Story, Topic

Naming = Callable[[Sequence[Story]], Sequence[Story]]
"""Gives stories the names of their topics."""


class Chosen(NamedTuple):
    """The stories to tell, under their headings, and those only listed, the muted ones last."""

    first: tuple[Story, ...]
    rest: tuple[Story, ...]


def chosen(ranked: Sequence[Story], most: int, profile: Profile, inflections: Inflections, named: Naming) -> Chosen:
    """The `most` highest ranked stories that nothing mutes; one of a muted topic gives way to the next."""
    heard = [story for story in ranked if story.muted is None]
    silent = [story for story in ranked if story.muted is not None]
    while True:
        first = named(heard[:most])
        off = {s.id: why for s in first if (why := muted_topic(s.topic, profile.mute.topics))}
        if not off:
            break
        silent += [story.replace(muted=off[story.id]) for story in heard if story.id in off]
        heard = [story for story in heard if story.id not in off]
    silent.sort(key=lambda story: (-story.score, story.id))
    told = tuple(story.replace(topic=_heading(story, profile, inflections)) for story in first)
    return Chosen(told, (*heard[most:], *silent))


def heading(topic: str, found: Sequence[Marks], sections: Sequence[Section]) -> str:
    """The first section that fits a story of a topic, by its articles' marks, or by that topic; else the topic."""
    fitting = in_half([m.sections for m in found])
    return next((s.name for n, s in enumerate(sections) if n in fitting or _is_of(topic, s)), topic)


def topics(stories: Sequence[Analysis], headings: Mapping[str, str], sections: Sequence[Section]) -> tuple[Topic, ...]:
    """Stories in rank order under their headings (by story id): the sections as they are defined, then the others."""
    names = dict.fromkeys((*(s.name for s in sections), *(headings.get(story.id, "") for story in stories)))
    found = (Topic(name=n, stories=tuple(s.id for s in stories if headings.get(s.id) == n)) for n in names if n)
    return tuple(topic for topic in found if topic.stories)


def _heading(story: Story, profile: Profile, inflections: Inflections) -> str:
    return heading(story.topic, marks(profile, story.articles, inflections), profile.sections)


def _is_of(topic: str, section: Section) -> bool:
    return flat(topic) == flat(section.name) or any(holds(topic, name) for name in section.topics)
