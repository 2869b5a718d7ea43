"""The names of topics by a namer: out of the words of their stories, or the names they have stand.

    topics ─subjects→ statements that were checked ─namer→ names ─named→ topics

What names topics where there is no namer is `cluster.topics`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import NamedTuple

from briefing.lexicon import Lexicons
from briefing.text import fold, stem, words
from briefing.types import Analysis, Briefing, Statement, Topic

LONGEST_NAME = 40
_MOST_WORDS = 5
# A name stands over what opens its stories, so that is enough to find one.
_SHOWN_STORIES, _SHOWN_TOPICS = 4, 30


class Subject(NamedTuple):
    """A topic as a namer is shown it: "t2" is the second."""

    id: str
    statements: tuple[Statement, ...]


# The subjects to names by id, as far as there are any. Raises ItemError where it gives none.
Namer = Callable[[Sequence[Subject]], Mapping[str, str]]


def subjects(briefing: Briefing, shareable: Set[str], sections: Set[str]) -> tuple[Subject, ...]:
    """What a namer may be shown: of each topic that is no section, headlines that stand on `shareable` articles alone.

    An edition of one topic needs no name for it.
    """
    if len(briefing.topics) < 2:
        return ()
    stories = {story.id: story for story in briefing.stories}
    found = []
    for number, topic in enumerate(briefing.topics[:_SHOWN_TOPICS], 1):
        told = [s for i in topic.stories[:_SHOWN_STORIES] if (s := _open(stories[i], shareable))]
        if told and topic.name not in sections:
            found.append(Subject(f"t{number}", tuple(told)))
    return tuple(found)


def named(briefing: Briefing, names: Mapping[str, str], lexicons: Lexicons) -> tuple[Topic, ...]:
    """The topics with the names that hold: short, in words of their stories or of a subject, and none given twice."""
    stories = {story.id: story for story in briefing.stories}
    taken = {fold(topic.name) for topic in briefing.topics}
    found = []
    for number, topic in enumerate(briefing.topics, 1):
        name = names.get(f"t{number}", "")
        told = [statement for i in topic.stories for statement in stories[i].statements()]
        fits = fold(name) not in taken - {fold(topic.name)} and _holds(name, told, lexicons)
        taken |= {fold(name)} if fits else frozenset()
        found.append(topic.replace(name=name) if fits else topic)
    return tuple(found)


def _open(story: Analysis, shareable: Set[str]) -> Statement | None:
    """The headline of a story, or what opens it, if that may be shown."""
    told = (s for s in (story.headline, *story.summary) if not s.problems)
    return next((s for s in told if {c.article for c in s.citations} <= shareable), None)


def _holds(name: str, told: Sequence[Statement], lexicons: Lexicons) -> bool:
    listed = [fold(word) for word in words(name)]
    known = [lexicons[code] for code in {s.language for s in told if s.language} if code in lexicons]
    bare = [w for w in listed if not any(w in lexicon.stopwords for lexicon in known)]
    if not bare or len(listed) > _MOST_WORDS or len(name) > LONGEST_NAME:
        return False
    if any(w in lexicon.allegations for w in bare for lexicon in known):
        return False
    said = {stem(fold(w)) for s in told for text in (s.text, *(c.quote for c in s.citations)) for w in words(text)}
    return all(stem(w) in said or any(w in lexicon.subjects for lexicon in known) for w in bare)
