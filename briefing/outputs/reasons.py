"""Why a story stands where it stands, and why one is not told: the words for what ranking decided."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from briefing.outputs.wording import count
from briefing.text import one_line
from briefing.types import Analysis, Briefing

ORDER = (
    "Stories stand in the order of their independent origins, how new they are and how widely they were carried, open"
    " disputes, and what the reader asked for."
)

# What a part of a score must come to before it is worth a word.
_TELLING = 0.05


def standing(story: Analysis) -> str:
    """`2.0 for 3 origins, 1.0 for your interest “ferries”, 0.9 for how new it is`: the parts of its score by size."""
    parts = sorted(((n, value) for n, value in story.why.items() if n in _WORDS), key=lambda part: (-part[1], part[0]))
    return ", ".join(f"{value:.1f} for {_WORDS[name](story)}" for name, value in parts if abs(value) >= _TELLING)


def wanted(story: Analysis) -> str:
    """What of it is the reader's own doing: `your interest “ferries”`; empty if nothing is."""
    return ", ".join(_WORDS[name](story) for name in ("interest", "weight") if name in story.why)


def muted(briefing: Briefing) -> str:
    """How many stories were left out because the reader mutes them, by reason; empty if none were."""
    tally = Counter(untold.muted for untold in briefing.more if untold.muted)
    if not tally:
        return ""
    by = ", ".join(f"{number:,} × {_reason(why)}" for why, number in sorted(tally.items(), key=lambda x: (-x[1], x[0])))
    return f"Muted, not told: {count(tally.total(), 'story', 'stories')} ({by})."


def _reason(why: str) -> str:
    kind, _, name = one_line(why).partition(": ")
    return f"{kind} “{name}”" if name else kind


def _interest(story: Analysis) -> str:
    named = " and ".join(f"“{one_line(name)}”" for name in story.interests)
    return f"your interests {named}" if len(story.interests) > 1 else f"your interest {named}".rstrip()


def _weight(story: Analysis) -> str:
    return f"a source you weigh × {math.pow(2, story.why['weight']):.2g}"


_WORDS: dict[str, Callable[[Analysis], str]] = {
    "origins": lambda story: count(story.origins, "origin"),
    "outlets": lambda story: count(story.outlets, "outlet"),
    "recency": lambda _: "how new it is",
    "interest": _interest,
    "weight": _weight,
    "dispute": lambda _: "an open dispute",
}
