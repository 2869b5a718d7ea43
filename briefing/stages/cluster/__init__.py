"""Stories by event, topics over stories: pure, order-blind, deterministic.

    articles ─features→ rows of weighted terms ─grouping→ stories ─topics→ stories with a topic name

Measured by `benchmarks/cluster.py`; the settings below are one choice for all inputs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Literal

import numpy as np

from briefing.lexicon import Lexicons
from briefing.stages.cluster.across import Vectors, joined
from briefing.stages.cluster.features import Floats, Ints, vectors, words
from briefing.stages.cluster.grouping import Group, Square, groups
from briefing.stages.cluster.roundups import roundups
from briefing.stages.cluster.topics import topic_names
from briefing.stages.cluster.veto import Facts, Flags, facts, rivals, vetoed
from briefing.types import Article, Story, text_sha256

# Halves of a story resemble each other by this cosine at least, and by this share of their own density.
THRESHOLD = 0.07
RATIO = 0.6
# One report in four of the same event bears a date more than a week off (follow-ups, dates of crawling), so time
# apart weakens a likeness slowly: beyond a month by (days / 30) ** -0.15, a fifth in four months, half in ten years.
DAYS_APART = 30.0
APART_POWER = 0.15

# Reports of one region years apart share names and matter; without a date only their likeness can tell.
# ECB+, half of it undated: P .935 R .926 at 1, P .961 R .900 at 0.7; the dated set does not change.
UNDATED_FACTOR = 0.7

# What a cosine counts for where the distinguishing facts differ: beyond nothing, so that alike reports of two events
# come apart although some of their pairs show no difference. At -0.5 a veto in error costs recall.
VETO = -0.25

# The true stories of both sets are all denser than .11, a day's pieces on a president's doings are not.
LOOSE = 0.1
LOOSE_ARTICLES = 4


def cluster(
    articles: Sequence[Article],
    lexicons: Lexicons = MappingProxyType({}),
    near: Vectors = Vectors(),  # noqa: B008
) -> tuple[Story, ...]:
    """Articles grouped into stories by event; every article in exactly one story, the largest stories first.

    The order of `articles` plays no part. A revision, and a second article of the same text, stands in
    the story of the article it revises or repeats. Where `near` holds vectors, stories of different languages
    that tell of one event are one. Round-ups stand alone, and a loose group is no event: both are collections.
    Likeness reads no word lists; `lexicons` give contrasts ("exports", "imports") and the wording of round-ups.
    Story ids are provisional: they follow from the smallest article id.
    """
    families = _families(sorted(articles, key=_order))
    if not families:
        return ()
    heads = [family[0] for family in families]
    days = np.array([_day(head) for head in heads])
    read = words(heads)
    listing = np.array([*map(roundups(lexicons), heads)])
    known = facts(heads, read, lexicons)
    likeness = partial(_likeness, known=known, days=days, listing=listing)
    found = groups(vectors(read), THRESHOLD, RATIO, likeness, partial(rivals, known))
    loose = {heads[row].id for group in found if _is_loose(group) or listing[group.rows].all() for row in group.rows}
    members = joined([[article for row in group.rows for article in families[row]] for group in found], near)
    return tuple(sorted((_story(group, loose) for group in members), key=lambda s: (-len(s.articles), s.id)))


def with_topics(stories: Sequence[Story], lexicons: Lexicons = MappingProxyType({})) -> tuple[Story, ...]:
    """The stories, in order, each with the name of its topic; `lexicons` keep function words out of the names.

    Where the sources of most of a story's articles were filed under one section, that is its topic.
    """
    if not stories:
        return ()
    named = zip(stories, topic_names([story.articles for story in stories], lexicons), strict=True)
    return tuple(story.replace(topic=_section(story) or name) for story, name in named)


def _likeness(members: Ints, cosines: Square, known: Facts, days: Floats, listing: Flags) -> Square:
    """What the cosines of a component's articles count for: nothing with a round-up, less than nothing with a veto."""
    lists = listing[members]
    cosines = np.where(lists[:, None] | lists, 0.0, cosines)
    return cosines * np.where(vetoed(known, members, cosines), VETO, _time_factors(days[members]))


def _is_loose(group: Group) -> bool:
    return len(group.rows) >= LOOSE_ARTICLES and group.cohesion < LOOSE


def _section(story: Story) -> str | None:
    """The section that the sources of most of a story's articles were filed under."""
    filed = Counter(article.section for article in story.articles)
    section, most = min(filed.items(), key=lambda item: (-item[1], item[0] or ""))
    return section if 2 * most > len(story.articles) else None


def _order(article: Article) -> tuple[str, str, str]:
    """A total order: articles that tie are equal."""
    return (article.id, article.published or "", article.model_dump_json(exclude={"text"}))


def _families(articles: list[Article]) -> list[list[Article]]:
    """Articles with their revisions and repetitions; a family's first article stands for it."""
    root: dict[str, str] = {article.id: article.id for article in articles}

    def head(identity: str) -> str:
        while root[identity] != identity:
            identity = root[identity]
        return identity

    for article in articles:
        if article.revision_of in root:
            one, other = sorted((head(article.id), head(article.revision_of)))
            root[other] = one
    families: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        families[head(article.id)].append(article)
    return [families[identity] for identity in sorted(families)]


def _day(article: Article) -> float:
    """The day of publication as a number, NaN where none is known."""
    return float(date.fromisoformat(article.published[:10]).toordinal()) if article.published else float("nan")


def _time_factors(days: Floats) -> Square:
    """What a pair's cosine counts for, given the days between the two; an unknown time asks for more likeness."""
    apart = np.abs(days[:, None] - days[None, :])
    known: Square = (np.maximum(np.nan_to_num(apart), DAYS_APART) / DAYS_APART) ** -APART_POWER
    return np.where(np.isnan(apart), UNDATED_FACTOR, known)


def _story(articles: list[Article], loose: Set[str]) -> Story:
    """A story in the order of publication, undated articles last; a collection where no event holds it together."""
    ordered = sorted(articles, key=lambda a: (a.published is None, a.published or "", _order(a)))
    kind: Literal["event", "collection"] = "event" if loose.isdisjoint(a.id for a in articles) else "collection"
    return Story(id=text_sha256(min(a.id for a in articles))[:12], articles=tuple(ordered), kind=kind)
