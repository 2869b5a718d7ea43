"""Lines of a text: how they stand apart, and what kind of line each is.

The kinds are told by shape alone (length, closing mark, first letter), so they hold for any
language; scripts without spaces count two characters as a word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from briefing.text import fold, sanitise

# A paragraph of fewer words may be a label, a caption or a menu entry.
PROSE_WORDS = 8
# A line this long is prose even when a scrape lost its full stop.
LONG_WORDS = 25
MAX_HEADLINE_WORDS = 25
MAX_HEADLINE_CHARS = 250
MAX_KEY_CHARS = 400
MAX_FOLDED_CHARS = 200


class Line(NamedTuple):
    """One non-blank line: `gap` blank lines and perhaps a rule stand before it; `level` 1..6 marks a heading."""

    text: str
    gap: int = 0
    ruled: bool = False
    level: int = 0


_RULE = re.compile(r"[ \t]*(?:[*\-_=~#•·—–+][ \t]*){3,}")
_CJK = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯฀-๿]")
_CLOSERS = "”’\"'»)]›」』"
_STOPS = ".!?…。！？؟۔।"
_ABBREVIATED = re.compile(r"(?:\b[A-Z]\.){2,}$|\b(?:Inc|Corp|Ltd|Co|Jr|Sr|St)\.$")
_BULLET = re.compile(r"[-–—•*·►▶»]\s|\(?\d{1,2}[.)]\s")
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w")


def lines_of(text: str) -> list[Line]:
    """The non-blank lines of a text; rules (`* * *`, `-----`) become a mark on the line after them."""
    out: list[Line] = []
    gap, ruled = 0, False
    for raw in sanitise(text).split("\n"):
        bare = " ".join(raw.split())
        if not bare:
            gap += 1
        elif _RULE.fullmatch(bare):
            ruled = True
        else:
            out.append(Line(bare, gap, ruled))
            gap, ruled = 0, False
    return unwrapped(out)


def unwrapped(lines: Sequence[Line]) -> list[Line]:
    """Lines of a hard-wrapped text joined to paragraphs; other texts unchanged.

    A text counts as wrapped when most of its lines are followed directly by another, and most of those
    are 45 to 90 characters long and end inside a sentence.
    """
    inner = [line.text for line, after in pairwise(lines) if not after.gap and not after.ruled]
    broken = sum(45 <= len(text) <= 90 and not ends_sentence(text) for text in inner)
    if len(inner) < max(4, len(lines) // 2) or broken < 0.6 * len(inner):
        return list(lines)
    out: list[Line] = []
    for line in lines:
        if out and not line.gap and not line.ruled and not _BULLET.match(line.text):
            out[-1] = out[-1]._replace(text=f"{out[-1].text} {line.text}")
        else:
            out.append(line)
    return out


@lru_cache(maxsize=8192)  # asked some ten times of every line
def size(text: str) -> int:
    """How many words a line has; in scripts without spaces, half its characters."""
    return len(text.split()) + (0 if text.isascii() else len(_CJK.findall(text)) // 2)


def ends_sentence(text: str) -> bool:
    """Whether a line closes like a sentence; closing quotation marks and brackets are looked through."""
    bare = text.rstrip(_CLOSERS)
    return bare[-1:] in _STOPS or (bare != text and bare[-1:] == ",")


def is_prose(text: str) -> bool:
    """Whether a line reads as a paragraph of running text."""
    words = size(text)
    return words >= LONG_WORDS or (words >= PROSE_WORDS and (ends_sentence(text) or text.endswith(":")))


def is_headline(text: str, most: int = MAX_HEADLINE_WORDS) -> bool:
    """Whether a line could be a headline: 2 to `most` words, a capital or figure first, no full stop."""
    bare = text.rstrip(_CLOSERS)
    if not 2 <= size(text) <= most or len(text) > MAX_HEADLINE_CHARS or not bare:
        return False
    if bare[-1] in ".。…,;:؛،۔।" and not _ABBREVIATED.search(bare):
        return False
    if _BULLET.match(text) or _ADDRESS.search(text):
        return False
    return not _starts_lower(text)


def _starts_lower(text: str) -> bool:
    first = next((i for i, c in enumerate(text) if c.isalnum()), None)
    return first is not None and text[first].islower() and not text[first + 1 : first + 2].isupper()


def is_paragraph(text: str) -> bool:
    """Whether a line is prose and cannot be a headline that asks or exclaims."""
    return is_prose(text) and not is_headline(text)


def prose_words(lines: Iterable[str]) -> int:
    """How many words stand in lines of prose."""
    return sum(size(text) for text in lines if is_prose(text))


def key(text: str) -> str:
    """What two appearances of a line share: its first 400 characters without case, accents and edge marks.

    Lines over 200 characters keep their accents: they are compared with copies, not with variants.
    """
    return _key(text[:MAX_KEY_CHARS])


@lru_cache(maxsize=8192)
def _key(text: str) -> str:
    folded = " ".join(map(fold, text.split())) if len(text) <= MAX_FOLDED_CHARS else text.casefold()
    start, end = 0, len(folded)
    while start < end and not folded[start].isalnum():
        start += 1
    while end > start and not folded[end - 1].isalnum():
        end -= 1
    return folded[start:end]


def usual_gap(lines: Sequence[Line]) -> int:
    """The number of blank lines that most often parts two lines of this text."""
    gaps = Counter(line.gap for line in lines[1:])
    return min(gaps, key=lambda gap: (-gaps[gap], gap)) if gaps else 0
