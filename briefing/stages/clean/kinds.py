"""Pages that hold no article, told from their words."""

from __future__ import annotations

from collections.abc import Iterable

from briefing.stages.clean.lines import key, size
from briefing.stages.clean.phrases import WALL_PATTERNS

# Less prose than this on a whole HTML page is a stub or no article; a text file may hold a brief.
MIN_PAGE_WORDS = 25
MIN_TEXT_WORDS = 8
# Walls of up to 400 characters have been seen, stubs of a paragraph or two; beyond that a page that
# also speaks of cookies or subscriptions is an article.
MAX_WALL_WORDS = 50
MAX_STUB_WORDS = 80
MAX_LOOKED_AT = 20_000


def wall(visible: str, words: int, free: bool) -> str | None:
    """Why a page with `words` words of text is no article (paywall, consent, JavaScript), or None."""
    if words > MAX_STUB_WORDS:
        return None
    if not free:
        return "paywall-stub"
    paid = [pattern for reason, pattern in WALL_PATTERNS if reason == "paywall-stub"]
    patterns = WALL_PATTERNS if words <= MAX_WALL_WORDS else [("paywall-stub", pattern) for pattern in paid]
    lines = [key(line) for line in visible[:MAX_LOOKED_AT].split("\n")]
    for reason, pattern in patterns:
        if any(pattern.search(line) for line in lines):
            return reason
    return None


def body_words(lines: Iterable[str]) -> int:
    """How many words stand in lines long enough to say something."""
    return sum(words for words in map(size, lines) if words >= 5)
