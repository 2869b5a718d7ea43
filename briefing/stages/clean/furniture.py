"""Page furniture: lines that stand around an article, each named for what it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from briefing.stages.clean.dates import date_line
from briefing.stages.clean.lines import Line, ends_sentence, is_prose, key, size
from briefing.stages.clean.phrases import AGENCIES, PATTERNS, WHOLE_LINES

# A longer line is prose that merely speaks of comments, cookies or sharing.
MAX_FURNITURE_CHARS = 300

# Residue of a page's end: after it, what follows is another article or nothing.
CLOSING = frozenset({"comment-form", "news-code", "copyright"})

_COUNTER = re.compile(r"[\W\d_]*\d[\W\d_]*|\d[\d.,]*\s?[kmKM]")
_INITIALS = re.compile(r"[^\W\d_]{1,3}(?:[\s|/·]+[^\W\d_]{1,2}[+-]?){0,3}")
_CREDIT = re.compile(
    r"[(\[]?\s*(?:(?i:file|archive|handout|undated)\s+)?"
    r"(?i:photos?|pictures?|images?|fotos?|bild|credits?|photograph|illustration|imagen|video|graphic)"
    r"(?i:\s+(?:by|credits?|courtesy(?: of)?|from|via|source|von))?\s*[:/©–—-]\s*\S.{0,90}"
    r"|[(\[]?(?i:photo(?:graph)?s?|pictures?|images?|illustration) (?i:by|courtesy of|via) .{2,80}"
    r"|[(\[]?©\s*.{2,60}|[^.!?]{0,60}/\s?(?:"
    + AGENCIES
    + r"|Getty Images|Getty|EPA|Shutterstock|ZUMA|Pool|dpa-Bildfunk)(?:\s+via\s.{2,30})?[)\]]?"
    r"|(?:[A-Z][\w.'’-]+ ){0,3}(?:AFP|AP|Reuters|Getty Images|Getty|EPA)"
    r" (?i:file photo|photo|file|archive|images)[)\]]?"
)
_AGENCY = re.compile(r"[(\[—–-]*\s*(?:©\s*)?(?i:" + AGENCIES + r")\s*[)\]]?")
_CAPTION = re.compile(
    r".{0,400}[(\[](?:(?i:photos?|pictures?|images?|file|credit|foto|bild|courtesy)\b[^()\[\]]{0,80}"
    r"|(?:AP|AFP|Reuters|Getty)\s(?i:photo|images|file)[^()\[\]]{0,60}"
    r"|[^()\[\]]{2,50}/\s?(?:"
    + AGENCIES
    + r"|Getty Images|Getty|EPA|Shutterstock|Pool)(?:\s[^()\[\]]{0,30})?)[)\]]\s*\.?"
    r"|.{5,300}\b(?:AFP|AP|Reuters|Getty Images|EPA) (?:file )?(?i:photo)\.?"
    r"|(?:FILE PHOTO|FILE - |FILE: |PHOTO: ).{5,400}"
    r"|.{5,300}[.”\"] ?(?:Photograph|Photo|Picture|Foto|Bild|Credit): ?[^.]{2,70}"
)


class Removed(NamedTuple):
    """A line that was left out, and why."""

    reason: str
    text: str


@lru_cache(maxsize=65536)
def furniture(text: str) -> str | None:
    """Why a line cannot be article text, or None; judged by the line alone."""
    if len(text) > MAX_FURNITURE_CHARS:
        return "caption" if len(text) < 500 and _CAPTION.fullmatch(text) else None
    if not any(c.isalnum() for c in text):
        return "page-mark"
    if is_agency(text):
        return None
    folded = key(text)
    if folded in WHOLE_LINES:
        return WHOLE_LINES[folded]
    shape = _by_shape(text)
    return shape or next((reason for reason, pattern in PATTERNS if pattern.fullmatch(folded)), None)


def is_agency(text: str) -> bool:
    """Whether a line is only the name of a news agency: it says where the text comes from."""
    return _AGENCY.fullmatch(text) is not None


def _by_shape(text: str) -> str | None:
    if _COUNTER.fullmatch(text):
        return "counter"
    if _INITIALS.fullmatch(text) and len(text) <= 12 and not ends_sentence(text) and text.isascii():
        return "page-mark"
    if _CREDIT.fullmatch(text) and size(text) <= 14:
        return "credit"
    return "caption" if _CAPTION.fullmatch(text) else None


def doubled_captions(lines: Sequence[Line]) -> tuple[list[Line], list[Removed]]:
    """Lines without captions that stand twice in a row.

    Where doubling is the page's habit (over a fifth of its lines) one copy is text; elsewhere a
    doubled line before the first paragraph, or with a picture credit, is a caption and both go.
    """
    same = [a.text and key(a.text) == key(b.text) for a, b in pairwise(lines)]
    habit = sum(map(bool, same)) > max(2, len(lines) // 5)
    first_prose = next(
        (i for i, line in enumerate(lines) if is_prose(line.text) and not _is_doubled(same, i)), len(lines)
    )
    kept: list[Line] = []
    removed: list[Removed] = []
    for i, line in enumerate(lines):
        again = i > 0 and same[i - 1]
        caption = not habit and _is_doubled(same, i) and (i < first_prose or "(" in line.text)
        if caption:
            removed.append(Removed("caption", line.text))
        elif again:
            removed.append(Removed("repeated-line", line.text))
        else:
            kept.append(line)
    return kept, removed


def _is_doubled(same: Sequence[object], i: int) -> bool:
    return bool((i > 0 and same[i - 1]) or (i < len(same) and same[i]))


def without_furniture(lines: Sequence[Line]) -> tuple[list[Line], list[Removed]]:
    """Lines without page furniture."""
    kept: list[Line] = []
    removed: list[Removed] = []
    for line in lines:
        reason = None if line.level else furniture(line.text)
        if reason is None:
            kept.append(line)
        else:
            removed.append(Removed(reason, line.text))
    return kept, removed


def is_mark(text: str) -> bool:
    """Whether a line is too slight to be text between two headlines: a label, a counter, a credit, a date."""
    return size(text) <= 4 or furniture(text) is not None or date_line(text) is not None
