"""From the lines of one article to its title, paragraphs, authors and date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from briefing.stages.clean.bylines import byline
from briefing.stages.clean.dates import date_line
from briefing.stages.clean.furniture import Removed, doubled_captions, furniture, without_furniture
from briefing.stages.clean.lines import Line, ends_sentence, is_headline, is_paragraph, is_prose, key, size
from briefing.stages.clean.records import Piece
from briefing.stages.clean.split import Section
from briefing.text import language, one_line, sentences

MAX_TITLE_CHARS = 300
# Enough for langid to be sure, and half the time of its own 3,000.
LANGUAGE_CHARS = 1_200
# Lines above the first paragraph in which a byline and a date may stand.
HEAD_LINES = 8
# A menu entry costs a run of text this many words; chosen on pages flattened with all their menus.
MENU_COST = 5
MAX_GAIN = 40
# Shorter runs at an article's edges are standfirsts, lists and signatures as often as menus.
MIN_MENU = 5


class Signed(NamedTuple):
    """What the lines under a headline say of an article."""

    authors: tuple[str, ...]
    published: str | None


def piece(section: Section, title: str | None, menus_left: bool = True) -> tuple[Piece, tuple[Removed, ...]]:
    """The article of a section under its own or the declared `title`, and the lines that were left out.

    `menus_left` is False for lines that come from an extractor, which has cut menus already.
    """
    lines, captions = doubled_captions(section.lines)
    lines, signed, signatures = _signed(lines)
    lines, marks = without_furniture(lines)
    own = title or section.title
    heads = [Removed("headline", section.title)] if title and section.title and key(title) != key(section.title) else []
    title = own or _title(lines)
    lines, repeats = _without_title(lines, title)
    repeats = repeats if own else repeats[1:]
    lines, menus = _without_menus(lines) if menus_left else (lines, [])
    body = tuple(line.text for line in lines)
    made = Piece(
        title=title or _first_sentence(body),
        lines=body,
        authors=section.authors or signed.authors,
        published=section.published or signed.published,
        url=section.url,
        item=section.item,
        language=language("\n".join((title or "", *body[:20]))[:LANGUAGE_CHARS]) if body else None,
    )
    return made, (*heads, *section.removed, *captions, *signatures, *marks, *repeats, *menus)


def _signed(lines: Sequence[Line]) -> tuple[list[Line], Signed, list[Removed]]:
    """Take bylines and date lines out of the lines above the first paragraph."""
    first_prose = next((i for i, line in enumerate(lines) if is_prose(line.text)), 0)
    authors: tuple[str, ...] = ()
    published = None
    kept, removed = [], []
    for i, line in enumerate(lines):
        named = byline(line.text) if i < first_prose else ()
        dated = date_line(line.text) if i < first_prose and not named else None
        if not named and not dated:
            kept.append(line)
            continue
        removed.append(Removed("byline" if named else "dateline", line.text))
        if first_prose - i <= HEAD_LINES:
            authors = authors or named
            published = published or (dated.published if dated else None)
    return kept, Signed(authors, published), removed


def _title(lines: Sequence[Line]) -> str | None:
    """The headline-like line above the first paragraph; without the outlet's name where it also stands alone."""
    above = []
    for line in lines:
        if is_paragraph(line.text):
            break
        above.append(line.text)
    candidates = [text for text in above if is_headline(text)]
    long = [text for text in candidates if size(text) >= 3]
    if not candidates:
        return None
    first = (long or candidates)[0]
    bare = [text for text in candidates if size(text) >= 3 and text != first and key(first).startswith(key(text))]
    return max(bare, key=len, default=first)


def _first_sentence(body: Sequence[str]) -> str:
    """A title for a text without one: its first line, cut to the sentence and to a length."""
    if not body:
        return ""
    line = body[0][:2000]
    spans = [span for span in sentences(f"-\n\n{line}") if span.start > 1]
    sentence = f"-\n\n{line}"[spans[0].start : spans[0].end] if spans else line
    return shortened(sentence)


def shortened(title: str) -> str:
    """A title of at most 300 characters, cut between words."""
    title = one_line(title)
    if len(title) <= MAX_TITLE_CHARS:
        return title
    return (title[: MAX_TITLE_CHARS - 1].rpartition(" ")[0] or title[: MAX_TITLE_CHARS - 1]) + "…"


def _without_title(lines: Sequence[Line], title: str | None) -> tuple[list[Line], list[Removed]]:
    """Drop the title where it stands again before the second paragraph, also with the outlet's name behind it."""
    if not title:
        return list(lines), []
    wanted = key(title)
    kept, removed, paragraphs = [], [], 0
    for line in lines:
        own = key(line.text) if paragraphs < 2 and len(line.text) <= 2 * MAX_TITLE_CHARS else ""
        same = own == wanted or (
            own.startswith(wanted) and size(line.text) <= size(title) + 5 and not ends_sentence(line.text)
        )
        if wanted and same:
            removed.append(Removed("repeated-headline", line.text))
        else:
            kept.append(line)
            paragraphs += is_prose(line.text)
    return kept, removed


def _without_menus(lines: Sequence[Line]) -> tuple[list[Line], list[Removed]]:
    """Cut runs of menu entries off both ends: the run of lines with the greatest sum of scores is the text.

    Maximum subsequence segmentation (Pasternack & Roth 2009) over lines: prose gains its words, any
    other line costs a little, so short lines between paragraphs stay and long menus at the edges go.
    """
    best = total = 0
    start = low = 0
    high = len(lines)
    for i, line in enumerate(lines):
        total += min(size(line.text), MAX_GAIN) if is_prose(line.text) or line.level else -MENU_COST
        if total <= 0:
            total, start = 0, i + 1
        elif total > best:
            best, low, high = total, start, i + 1
    low = low if low >= MIN_MENU else 0
    high = high if len(lines) - high >= MIN_MENU else len(lines)
    removed = [Removed(furniture(line.text) or "menu", line.text) for line in (*lines[:low], *lines[high:])]
    return list(lines[low:high]), removed
