"""Stories by event, topics over stories: pure, order-blind, deterministic.

    articles ─features→ rows of weighted terms ─grouping→ stories ─topics→ stories with a topic name

Measured by `benchmarks/cluster.py`; the settings below are one choice for all inputs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from types import MappingProxyType

import numpy as np

from briefing.lexicon import Lexicons
from briefing.stages.cluster.features import Floats, vectors
from briefing.stages.cluster.grouping import Square, groups
from briefing.stages.cluster.topics import topic_names
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


def cluster(articles: Sequence[Article], lexicons: Lexicons = MappingProxyType({})) -> tuple[Story, ...]:
    """Articles grouped into stories by event, each with its topic's name; every article in exactly one story.

    The order of `articles` plays no part. A revision, and a second article of the same text, stands in
    the story of the article it revises or repeats. Grouping reads no word lists; `lexicons` keep
    function words and days of the week out of topic names. Where the sources of most of a story's articles
    were filed under one section, that is its topic. Story ids are provisional: they follow
    from the smallest article id.
    """
    families = _families(sorted(articles, key=_order))
    if not families:
        return ()
    heads = [family[0] for family in families]
    days = np.array([_day(head) for head in heads])
    found = groups(vectors(heads), THRESHOLD, RATIO, lambda members: _time_factors(days[members]))
    members = [[article for row in rows for article in families[row]] for rows in found]
    stories = [_story(group) for group in members]
    named = zip(stories, topic_names([story.articles for story in stories], lexicons), strict=True)
    topical = (story.replace(topic=_section(story) or name) for story, name in named)
    return tuple(sorted(topical, key=lambda s: (-len(s.articles), s.id)))


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


def _story(articles: list[Article]) -> Story:
    """A story in the order of publication, undated articles last."""
    ordered = sorted(articles, key=lambda a: (a.published is None, a.published or "", _order(a)))
    return Story(id=text_sha256(min(a.id for a in articles))[:12], articles=tuple(ordered))
