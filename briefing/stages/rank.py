"""Which stories come first: a score that is a sum of named parts, so that it explains itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from briefing.types import Story

# A second origin (0.58) is worth more than any number of copies (0.5 at most); a day costs about as much.
_PER_ORIGIN, _COPIED, _FRESH, _HALF_LIFE_H = 1.0, 0.5, 1.0, 24.0


def rank(stories: Sequence[Story], now: datetime) -> tuple[Story, ...]:
    """Sort stories by falling score, each with the parts of its score in `why`; ties by id, so the order is total."""
    scored = []
    for story in stories:
        why = _reasons(story, now)
        scored.append(story.replace(why=why, score=round(sum(why.values()), 4)))
    return tuple(sorted(scored, key=lambda s: (-s.score, s.id)))


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
