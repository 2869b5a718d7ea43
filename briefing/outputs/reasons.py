"""Why a story stands where it stands, and why one is not told: the words for what ranking decided."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from briefing.outputs.wording import quoted
from briefing.outputs.words import Words
from briefing.text import one_line
from briefing.types import Analysis, Briefing

# What a part of a score must come to before it is worth a word.
_TELLING = 0.05


def standing(words: Words, story: Analysis) -> str:
    """`2.0 for 3 origins, 1.0 for your interest “ferries”, 0.9 for how new it is`: the parts of its score by size."""
    known = ((name, value) for name, value in story.why.items() if name in _PARTS and abs(value) >= _TELLING)
    parts = sorted(known, key=lambda part: (-part[1], part[0]))
    said = (words("rank.part", value=words.decimal(v, 1), reason=_PARTS[name](words, story)) for name, v in parts)
    return words("list.comma").join(said)


def wanted(words: Words, story: Analysis) -> str:
    """What of it is the reader's own doing: `your interest “ferries”`; empty if nothing is."""
    return words("list.comma").join(_PARTS[name](words, story) for name in ("interest", "weight") if name in story.why)


def muted(words: Words, briefing: Briefing) -> str:
    """How many stories were left out because the reader mutes them, by reason; empty if none were."""
    tally = Counter(untold.muted for untold in briefing.more if untold.muted)
    if not tally:
        return ""
    listed = sorted(tally.items(), key=lambda one: (-one[1], one[0]))
    by = (words("making.times", n=number, reason=_reason(words, why)) for why, number in listed)
    stories = words("count.stories", n=tally.total())
    return words("rank.muted", stories=stories, reasons=words("list.comma").join(by))


def _reason(words: Words, why: str) -> str:
    kind, _, name = one_line(why).partition(": ")
    said = words.known(f"rank.muted-{kind}") or kind
    return f"{said} {quoted(words, name)}" if name else said


def _interest(words: Words, story: Analysis) -> str:
    named = words("list.and").join(quoted(words, one_line(name)) for name in story.interests)
    return words("rank.interest", n=max(1, len(story.interests)), interests=named).rstrip()


def _weight(words: Words, story: Analysis) -> str:
    return words("rank.weight", factor=f"{math.pow(2, story.why['weight']):.2g}")


_PARTS: dict[str, Callable[[Words, Analysis], str]] = {
    "origins": lambda words, story: words("count.origins", n=story.origins),
    "outlets": lambda words, story: words("count.outlets", n=story.outlets),
    "recency": lambda words, _: words("rank.recency"),
    "interest": _interest,
    "weight": _weight,
    "dispute": lambda words, _: words("rank.dispute"),
}
