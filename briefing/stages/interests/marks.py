"""What an article has to do with a profile, and what the articles of a story together make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from briefing.lexicon import Inflection, Inflections
from briefing.stages.interests.phrases import holds, lead, speaks
from briefing.stages.interests.profile import Profile, Section
from briefing.stages.outlets import key, known_as
from briefing.types import Article, ArticleEntry, Copy


class Marks(NamedTuple):
    """Of one article: the muted outlet that it is of, with all who carried it, and the muted word it speaks of, or "".

    `interests` and `sections` are the places in the profile of those it speaks of.
    """

    outlet: str = ""
    word: str = ""
    interests: frozenset[int] = frozenset()
    sections: frozenset[int] = frozenset()

    @property
    def muted(self) -> str:
        """Why it is not to be told, if so."""
        return self.outlet or self.word


class Standing(NamedTuple):
    """Of a story: why it is muted, or None, and the places in the profile of the interests it meets."""

    muted: str | None = None
    interests: tuple[int, ...] = ()


def marks(profile: Profile, articles: Sequence[Article], inflections: Inflections) -> tuple[Marks, ...]:
    """The marks of articles whose texts are known."""
    if not (profile.interests or profile.sections or profile.mute.words or profile.mute.outlets):
        return (Marks(),) * len(articles)
    return tuple(marked(profile, article, article.text, inflections) for article in articles)


def marked(profile: Profile, article: ArticleEntry, text: str, inflections: Inflections) -> Marks:
    """The marks of one article; `text` is its evidence text, or its title where no more is known."""
    of = lead(article, text, inflections.get(article.language or "", Inflection()))
    outlet = _carried_by(article, _keys(profile.mute.outlets))
    word = next((phrase for phrase in profile.mute.words if speaks(phrase, of)), None)
    sections = enumerate(profile.sections)
    return Marks(
        outlet=f"outlet: {outlet}" if outlet else "",
        word=f"word: {word}" if word else "",
        interests=frozenset(n for n, one in enumerate(profile.interests) if any(speaks(w, of) for w in one.words)),
        sections=frozenset(n for n, s in sections if _of_outlets(article, s) or any(speaks(w, of) for w in s.words)),
    )


def standing(found: Sequence[Marks]) -> Standing:
    """What the marks of a story's articles make of it: in doubt it is told, and told as what it may be.

    It is muted where all of its articles are, or more than half speak of a muted word; it meets an interest where half
    of those do that are of no muted outlet.
    """
    muted = sorted(m.muted for m in found if m.muted)
    worded = sum(1 for m in found if m.word)
    if muted and (len(muted) == len(found) or 2 * worded > len(found)):
        return Standing(Counter(muted).most_common(1)[0][0])
    return Standing(None, in_half([m.interests for m in found if not m.outlet]))


def in_half(sets: Sequence[frozenset[int]]) -> tuple[int, ...]:
    """What at least half of the sets hold, in order."""
    counted = Counter(n for one in sets for n in one)
    return tuple(sorted(n for n, count in counted.items() if 2 * count >= len(sets)))


def muted_topic(name: str, topics: Iterable[str]) -> str | None:
    """Why a topic's stories are not to be told, if so."""
    found = next((topic for topic in topics if holds(name, topic)), None)
    return f"topic: {found}" if found else None


def _keys(outlets: Iterable[str]) -> Mapping[str, str]:
    return {key(name): name for name in outlets}


def _carried_by(article: ArticleEntry, known: Mapping[str, str]) -> str | None:
    """The first of the outlets that carried a text, if all of them are known."""
    found = [_listed(one, known) for one in _carriers(article)] if known else [None]
    return None if None in found else found[0]


def _of_outlets(article: ArticleEntry, section: Section) -> bool:
    known = _keys(section.outlets)
    return bool(known) and any(_listed(one, known) for one in _carriers(article))


def _carriers(article: ArticleEntry) -> tuple[ArticleEntry | Copy, ...]:
    return (article, *article.copies)


def _listed(one: ArticleEntry | Copy, known: Mapping[str, str]) -> str | None:
    inferred = one.source_inferred if isinstance(one, ArticleEntry) else None
    return known_as(one.source or inferred, one.url, known)
