"""Which stories come first: a score that is a sum of named parts, so that it explains itself.

    origins     how many independent origins stand behind it
    outlets     how far it was carried
    recency     how new it is
    interest    what the reader asked for: the weightiest interest it meets
    weight      what its sources count for with the reader: the weightiest of them
    dispute     its sources contradict each other

The last is known only when a story has been told: it orders those that are, and does not choose them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from briefing.lexicon import Inflections
from briefing.stages.interests.marks import Standing, marks, standing
from briefing.stages.interests.profile import Profile, Section
from briefing.stages.interests.sections import topics
from briefing.types import Analysis, Article, Briefing, Story

# A second origin (0.58) is worth more than any number of copies (0.5 at most); a day costs about as much.
_PER_ORIGIN, _COPIED, _FRESH, _HALF_LIFE_H = 1.0, 0.5, 1.0, 24.0
# A story of one origin on the reader's subject stands beside one of three of its age, never before one of four; several
# subjects are worth no more than the weightiest, and only its weight can lift it further.
_INTEREST = 1.0
# A source that counts double is worth an interest.
_PER_DOUBLING = 1.0
# What sources contradict each other on is worth as much as a report by one more, and not more.
_DISPUTE = 0.5


def rank(
    stories: Sequence[Story],
    now: datetime,
    profile: Profile = Profile(),  # noqa: B008 (immutable)
    inflections: Inflections = MappingProxyType({}),
) -> tuple[Story, ...]:
    """Sort stories by falling score, each with the parts of its score in `why`; ties by id, so the order is total.

    Muted outlets are no reason to tell a story; a story that is not to be told says why in `muted`.
    """
    ranked = (_ranked(story, now, profile, inflections) for story in stories)
    return tuple(sorted(ranked, key=lambda s: (-s.score, s.id)))


def settled(briefing: Briefing, sections: Sequence[Section] = ()) -> Briefing:
    """The edition in its last order, with what telling its stories showed; `sections` come first, as they are defined.

    Which stories are told does not change.
    """
    headings = {identity: topic.name for topic in briefing.topics for identity in topic.stories}
    stories = in_order(_weighed(story) for story in briefing.stories)
    return briefing.replace(stories=stories, topics=topics(stories, headings, sections))


def in_order(stories: Iterable[Analysis]) -> tuple[Analysis, ...]:
    """Stories that are told, by falling score; ties by id."""
    return tuple(sorted(stories, key=lambda s: (-s.score, s.id)))


def scored(story: Analysis, why: Mapping[str, float]) -> Analysis:
    """A story that is told with other parts of its score."""
    return story.replace(why=dict(why), score=_sum(why))


def interest(met: Standing, profile: Profile) -> dict[str, float]:
    """The part of the score that interests make, if any is met."""
    weights = [profile.interests[n].weight for n in met.interests]
    return {"interest": round(_INTEREST * max(weights), 4)} if weights else {}


def labels(met: Standing, profile: Profile) -> tuple[str, ...]:
    """What a briefing calls the interests that are met."""
    return tuple(dict.fromkeys(profile.interests[n].label for n in met.interests))


def _ranked(story: Story, now: datetime, profile: Profile, inflections: Inflections) -> Story:
    found = marks(profile, story.articles, inflections)
    met = standing(found)
    articles = tuple(a.replace(muted=True) if m.outlet else a for a, m in zip(story.articles, found, strict=True))
    heard = tuple(a for a in articles if not a.muted) or articles
    reasons = _reasons(story if len(heard) == len(articles) else story.replace(articles=heard), now)
    why = {**reasons, **interest(met, profile), **_weight(heard)}
    return story.replace(articles=articles, why=why, score=_sum(why), muted=met.muted, interests=labels(met, profile))


def _sum(why: Mapping[str, float]) -> float:
    return round(sum(why.values()), 4)


def _weighed(story: Analysis) -> Analysis:
    disputed = any(dispute.state != "settled" for dispute in story.disputes)
    return scored(story, {**story.why, "dispute": _DISPUTE}) if disputed else story


def _weight(articles: Sequence[Article]) -> dict[str, float]:
    """The weightiest source decides: one that counts little takes nothing from a story that others report too."""
    most = max(article.weight for article in articles)
    return {"weight": round(_PER_DOUBLING * math.log2(most), 4)} if most != 1 else {}


def _reasons(story: Story, now: datetime) -> dict[str, float]:
    return {
        "origins": round(_PER_ORIGIN * math.log2(1 + story.origins), 4),
        "outlets": round(_COPIED * (1 - 1 / story.outlets), 4),
        "recency": round(_FRESH * _recency(story, now), 4),
    }


def _recency(story: Story, now: datetime) -> float:
    """Exponential decay with the age of the newest article, 0..1; undated stories count as a half-life old."""
    dated = [datetime.fromisoformat(a.published) for a in story.articles if a.published]
    if not dated:
        return 0.5
    ages = [(now - (d if d.tzinfo else d.replace(tzinfo=now.tzinfo))).total_seconds() / 3600 for d in dated]
    return math.pow(0.5, max(0.0, min(ages)) / _HALF_LIFE_H)
