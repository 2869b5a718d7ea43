"""Several articles in one text: where each begins, and which lines are its head.

A text in which lines of only a time of day open the parts is a live blog, and the parts are its articles. Elsewhere
two signs begin an article. Its headline stands again a few lines further down with only captions, marks
and counters between (a page's header scraped twice). Or a line that could be a headline follows a clear
break: a rule, a gap wider than the text's own, a byline under it, the residue of a page's end above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from briefing.stages.clean.bylines import byline
from briefing.stages.clean.clocks import Stamp, moments, stamp
from briefing.stages.clean.dates import date_line
from briefing.stages.clean.furniture import CLOSING, Removed, furniture, is_mark
from briefing.stages.clean.lines import Line, is_headline, is_paragraph, is_prose, key, prose_words, size, usual_gap

# Lines between a headline and its repetition; pages seen have 3 to 8.
HEAD_WINDOW = 12
# A teaser has a sentence or two; the shortest brief worth its own article about this many words.
MIN_PROSE = 40
# A repeated headline or a heading of the first level is stronger evidence, so less text is asked for.
MIN_PROSE_MARKED = 30
# Words of a headline that a wide gap alone sets apart; subheadings are mostly shorter.
MIN_SET_APART = 4
MARKED = 9
MAX_REPEATED_WORDS = 40
# A head repeats its headline, its captions and a mark or two; a menu printed twice repeats everything.
MAX_REPEATED = 4
# Updates of a live blog, and the words that most of them have at least.
MIN_UPDATES, MIN_UPDATE = 3, 8
# Evidence for a break (see `_evidence`); pages whose lines are mostly menus ask for more.
ENOUGH, ENOUGH_IN_MENUS = 2, 4
MENU_SHARE = 0.6
# Parts set apart by one sign only are sections of one article when their median is shorter than this.
MIN_MEDIAN_PART = 150


class Head(NamedTuple):
    """The head of an article: `start` is its headline's line, `end` the first line after the head (half-open).

    `evidence` is 9 for a repeated headline or a heading of the first level.
    """

    start: int
    end: int
    title: str
    evidence: int


class Section(NamedTuple):
    """The lines of one article; `title` is None where the text names none.

    An `item` is one of several on a page and has its own address and time: `stamp` as written, `published` beside
    the page's date.
    """

    title: str | None
    lines: tuple[Line, ...]
    removed: tuple[Removed, ...] = ()
    item: bool = False
    authors: tuple[str, ...] = ()
    url: str | None = None
    stamp: Stamp | None = None
    published: str | None = None


def split(lines: Sequence[Line]) -> list[Section]:
    """The articles of a text, in order; every line is in one section: kept, or `removed`, or its title."""
    updates = _updates(lines)
    if updates:
        return updates
    marked = _repeated_heads(lines) + _first_level_heads(lines)
    heads = sorted({head.start: head for head in _breaks(lines, marked) + marked}.values())
    heads = _with_enough_prose(heads, lines)
    if not heads:
        return [Section(None, tuple(lines))] if lines else []
    opening = tuple(lines[: heads[0].start])
    stops = [head.start for head in heads[1:]] + [len(lines)]
    sections = [_section(head, lines, stop) for head, stop in zip(heads, stops, strict=True)]
    if prose_words(line.text for line in opening) >= MIN_PROSE:
        return [Section(None, opening), *sections]
    return [_opened(sections[0], opening), *sections[1:]]


def _updates(lines: Sequence[Line]) -> list[Section]:
    """The updates of a live blog: parts that each open with a line that is only a time of day.

    [] for any other text: with fewer than three such parts, or with most of its prose before the first of them.
    """
    times = {
        i: when for i, line in enumerate(lines) if (when := stamp(line.text)) and when.clock and not when.published
    }
    starts = list(times)
    parts = [lines[a + 1 : b] for a, b in pairwise([*starts, len(lines)])]
    words = [prose_words(line.text for line in part) for part in parts]
    opening = tuple(lines[: starts[0]]) if starts else ()
    before = prose_words(line.text for line in opening)
    if len(parts) < MIN_UPDATES or median(words) < MIN_UPDATE or before > sum(words):
        return []
    sections = [_update(lines[start].text, part, times[start]) for start, part in zip(starts, parts, strict=True)]
    return (
        [Section(None, opening), *sections] if before >= MIN_PROSE else [_opened(sections[0], opening), *sections[1:]]
    )


def _update(mark: str, lines: Sequence[Line], when: Stamp) -> Section:
    title = lines[0].text if len(lines) > 1 and is_headline(lines[0].text) and not byline(lines[0].text) else None
    return Section(title, tuple(lines[1:] if title else lines), (Removed("dateline", mark),), item=True, stamp=when)


def dated(sections: Sequence[Section], page: str | None) -> list[Section]:
    """Sections with what their stamps say beside the page's date (a day or RFC 3339) as `published`."""
    found = moments([section.stamp for section in sections], page)
    return [section._replace(published=when) for section, when in zip(sections, found, strict=True)]


def _opened(section: Section, opening: Sequence[Line]) -> Section:
    """A section with what stood above its headline: paragraphs are kept, the rest was the page's own."""
    prose = tuple(line for line in opening if is_prose(line.text))
    marks = tuple(
        Removed(furniture(line.text) or "page-mark", line.text) for line in opening if not is_prose(line.text)
    )
    return section._replace(lines=prose + section.lines, removed=marks + section.removed)


def _section(head: Head, lines: Sequence[Line], stop: int) -> Section:
    """The lines up to `stop`; of the head's own lines bylines and dates stay, for the step that reads them."""
    region = list(lines[head.start : head.end])
    repeated = _repeated_keys(region)
    region.remove(next(line for line in region if line.text == head.title))
    removed = []
    stay = []
    for line in region:
        if key(line.text) == key(head.title):
            removed.append(Removed("repeated-headline", line.text))
        elif byline(line.text) or date_line(line.text):
            stay.append(line)
        elif key(line.text) in repeated:
            removed.append(Removed("caption", line.text))
        else:
            removed.append(Removed(furniture(line.text) or "page-mark", line.text))
    return Section(head.title, (*stay, *lines[head.end : stop]), tuple(removed))


def _repeated_keys(lines: Sequence[Line]) -> set[str]:
    keys = [key(line.text) for line in lines]
    return {k for k in keys if keys.count(k) > 1}


def _repeated_heads(lines: Sequence[Line]) -> list[Head]:
    heads: list[Head] = []
    keys = [key(line.text) for line in lines]
    start = 0
    while start < len(lines):
        text = lines[start].text.lstrip("-–— ")
        again = keys[start] in keys[start + 2 : start + HEAD_WINDOW + 1] and is_headline(text, MAX_REPEATED_WORDS)
        end = _repeated_head_end(lines, keys, start) if again else None
        if end is not None:
            heads.append(Head(start, end, lines[start].text, evidence=MARKED))
        start = end or start + 1
    return heads


def _repeated_head_end(lines: Sequence[Line], all_keys: Sequence[str], start: int) -> int | None:
    """Where the head beginning at `start` ends, or None when the line is no repeated headline."""
    window = [line.text for line in lines[start : start + 2 * HEAD_WINDOW]]
    keys = all_keys[start : start + 2 * HEAD_WINDOW]
    again = next((i for i in range(min(HEAD_WINDOW, len(keys) - 1), 1, -1) if keys[i] == keys[0]), None)
    if again is None or not keys[0] or not all(_in_head(window, keys, i) for i in range(1, again)):
        return None
    end = again
    repeated = set(keys[1 : again + 1])
    if len({k for k in repeated if keys[: again + 1].count(k) > 1}) > MAX_REPEATED:
        return None
    for i in range(again + 1, len(window)):
        doubled = keys[i] in repeated or keys[i] in (keys[i - 1], *keys[i + 1 : i + 2])
        if doubled and not (is_prose(window[i]) and keys[i] not in repeated and keys.count(keys[i]) > 3):
            end = i
        elif not is_mark(window[i]):
            break
    return start + end + 1


def _in_head(window: Sequence[str], keys: Sequence[str], i: int) -> bool:
    return keys.count(keys[i]) > 1 or is_mark(window[i]) or bool(byline(window[i]))


def _first_level_heads(lines: Sequence[Line]) -> list[Head]:
    return [Head(i, i + 1, line.text, evidence=MARKED) for i, line in enumerate(lines) if line.level == 1]


def _breaks(lines: Sequence[Line], known: Sequence[Head]) -> list[Head]:
    """Headline-like lines after a clear break, between the prose of one article and the prose of the next."""
    taken = {i for head in known for i in range(head.start, head.end)}
    wide = _wide_gap(lines)
    menus = sum(not is_prose(line.text) for line in lines) > MENU_SHARE * len(lines)
    heads = []
    for low, high in _between_prose(lines):
        if taken.intersection(range(low, high)):
            continue
        evidence = [_evidence(lines, i, low, high, wide) for i in range(low, high)]
        i = low + evidence.index(max(evidence))
        apart = (at for at in range(i, low - 1, -1) if lines[at].ruled or lines[at].gap >= wide)
        heads.append(Head(next(apart, i), i + 1, lines[i].text, max(evidence)))
    least = ENOUGH_IN_MENUS if menus else ENOUGH
    return [head for head in _without_sections(heads, lines) if head.evidence >= least]


def _without_sections(heads: Sequence[Head], lines: Sequence[Line]) -> list[Head]:
    """Heads but those that part one article into sections: short parts, mostly under labels, capitals or questions."""
    slight = [head for head in heads if 0 < head.evidence <= ENOUGH]
    stops = {head.start: after.start for head, after in pairwise(slight)}
    words = [prose_words(line.text for line in lines[h.end : stops.get(h.start, len(lines))]) for h in slight]
    labels = sum(_is_label(head.title) for head in slight)
    if len(slight) >= 2 and 2 * labels >= len(slight) and median(words) < MIN_MEDIAN_PART:
        return [head for head in heads if head.evidence > ENOUGH]
    return [head for head in heads if head.evidence]


def _is_label(title: str) -> bool:
    return size(title) <= MIN_SET_APART or title.isupper() or title.endswith("?")


def _between_prose(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Half-open runs of lines that are no prose and stand between two lines of prose."""
    prose = [i for i, line in enumerate(lines) if is_paragraph(line.text) and furniture(line.text) is None]
    return [(a + 1, b) for a, b in pairwise(prose) if b > a + 1]


def _wide_gap(lines: Sequence[Line]) -> int:
    """The least gap that sets something apart in this text; out of reach where prose itself stands after wide gaps."""
    wide = max(2, usual_gap(lines) + 1)
    before_prose = sum(line.gap >= wide and is_paragraph(line.text) for line in lines)
    before_other = sum(line.gap >= wide and not is_paragraph(line.text) for line in lines)
    return wide if before_prose <= before_other else 1_000_000


def _evidence(lines: Sequence[Line], i: int, low: int, high: int, wide: int) -> int:
    """How much speaks for an article beginning at line `i` of the run low..high; 0 for a line that is no headline."""
    text = lines[i].text
    if not is_headline(text) or furniture(text) or byline(text) or date_line(text):
        return 0
    apart = any(line.ruled or line.gap >= wide for line in lines[low : i + 1])
    closed = any(furniture(line.text) in CLOSING for line in lines[low:i])
    signed = any(byline(line.text) for line in lines[i + 1 : min(i + 4, high)])
    dated = any(date_line(line.text) for line in lines[i + 1 : min(i + 4, high)])
    brief = size(text) < MIN_SET_APART
    return 2 * apart + 2 * closed + 2 * signed + dated - brief


def _with_enough_prose(heads: Sequence[Head], lines: Sequence[Line]) -> list[Head]:
    """Heads whose article has enough prose; what is too short stays with the article before it."""
    kept: list[Head] = []
    stops = [*(head.start for head in heads[1:]), len(lines)]
    for head, stop in zip(heads, stops, strict=False):
        words = prose_words(line.text for line in lines[head.end : stop])
        if words >= (MIN_PROSE_MARKED if head.evidence == MARKED else MIN_PROSE):
            kept.append(head)
    if kept and kept[0].evidence < MARKED:
        opening = prose_words(line.text for line in lines[: kept[0].start])
        return kept if opening >= MIN_PROSE else kept[1:]
    return kept
