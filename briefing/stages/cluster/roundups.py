"""Articles that list several events: round-ups, digests, news in brief.

Told by the wording of the title, or by the body: its paragraphs have hardly a word in common.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from briefing.lexicon import Lexicons
from briefing.text import fold
from briefing.types import Article

LEAST, MOST = 5, 8  # paragraphs that are compared; with fewer there is no telling
PARAGRAPH_WORDS = 8
IN_COMMON = 2  # pairs of paragraphs with a word in common: of 10,450 news articles one has so few

_STEM = 5
_MARKS = ".,:;!?()[]\"'“”‘’«»„"


def roundups(lexicons: Lexicons) -> Callable[[Article], bool]:
    """Whether an article lists several events, each in a few words."""
    phrases = [re.escape(phrase) for known in lexicons.values() for phrase in known.roundup_titles]
    wording = re.compile(rf"(?<!\w)(?:{'|'.join(phrases) or '(?!)'})(?!\w)")
    return lambda article: bool(wording.search(fold(article.title))) or _unconnected(article.body)


def _unconnected(body: str) -> bool:
    paragraphs = [line for line in body.split("\n", 40) if line.count(" ") >= PARAGRAPH_WORDS - 1][:MOST]
    told: list[set[str]] = []
    connected = 0
    for line in paragraphs:
        words = {
            bare[:_STEM].casefold() for word in line.split() if len(bare := word.strip(_MARKS)) > 3 + bare.islower()
        }
        connected += sum(not words.isdisjoint(others) for others in told)
        if connected > IN_COMMON:
            return False
        told.append(words)
    return len(told) >= LEAST
