"""The days and hours a text speaks of, read relative to the day it was published.

    text ─grammar→ forms and their slots ─days→ first and last day

How days are written stands in the lexicon (`DateWords`): forms made of slots. What a form means follows from the
slots it fills, so another language brings words and forms, not code. After HeidelTime (Strötgen & Gertz 2010), which
also keeps the patterns of a language apart from their reading. dateparser 1.5's search, on the phrases of the tests,
reads 56 of 101 and a date in 15 of the 20 without one, at 27 ms an article (here 1.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from briefing.lexicon import DateWords, Lexicon
from briefing.stages.times.days import Anchor, Days, Tense, resolve
from briefing.stages.times.grammar import Grammar, flat, grammar_of, slots_of
from briefing.types import Article

__all__ = ["Spoken", "event_days", "spoken"]

_SENTENCE_END = re.compile(r"[!?;\n]|\.(?=[\"'”’)]*\s+[A-Z“‘\"])")
_WORD = re.compile(r"\w+(?:'\w+)?")
_CONTEXT, _CLOCK_REACH = 120, 45
_OPENING_WORDS, _TENSE_WORDS = 1, 10
# The lead in characters, about three sentences (longer ones name more days, but fewer that the articles on one event
# share), how far from its publication an event may lie, and how many days it may take.
_LEAD, _EVENT_BEFORE, _EVENT_AFTER, _EVENT_SPAN = 500, timedelta(days=10), timedelta(days=1), timedelta(days=7)


class Spoken(NamedTuple):
    """A time written in a text, at `text[start:end] == written`, in code points, half-open.

    `first` and `last` are the days it can mean, inclusive: equal for a day, apart for "last week" or "in 2030".
    `relative` if the day of publication was needed to read it. `hour` is the (hour, minute) written beside it,
    `part` the part of the day ("night"). `tense` is that of its clause where a word shows it, else "".
    """

    start: int
    end: int
    first: date
    last: date
    written: str
    relative: bool
    hour: tuple[int, int] | None = None
    part: str = ""
    tense: Tense = ""


def spoken(text: str, published: str | None, lexicon: Lexicon | None) -> tuple[Spoken, ...]:
    """List the times a text speaks of, in order, none overlapping; never raises.

    `published` is RFC 3339 or a day, and its own local day counts; without it only dates with day, month and year
    are read; without a lexicon only those in digits that can be read one way. A weekday is the last one up to
    publication, that day included, or the first one from it on where the nearest telling word of its sentence looks
    ahead ("will meet on Friday"). A day or month without a year is the last one up to three months after
    publication, or the first one ahead: "the 7 October attacks" is a day of the last year, whichever is meant.
    "Two weeks ago" is the days around it, "since Monday" the Monday.
    """
    day, grammar = _day_of(published), grammar_of(lexicon)
    return tuple(_found(text, flat(text), day, grammar))


def event_days(article: Article, lexicon: Lexicon | None) -> Days | None:
    """The days an article's event most likely fell on, inclusive, from its title and lead; None where none is told.

    The first time near publication that is not ahead, a day on which something was merely said coming last:
    "A ferry sank on Monday, police said on Tuesday" gives the Monday.
    """
    lead = article.text[: len(article.title) + 2 + _LEAD]
    day, grammar = _day_of(article.published), grammar_of(lexicon)
    near = [time for time in spoken(lead, article.published, lexicon) if _may_date(time, day)]
    best = min(near, key=lambda time: _is_report(lead, time, grammar), default=None)
    return (best.first, best.last) if best else None


def _may_date(time: Spoken, published: date | None) -> bool:
    if published is None:
        return True
    near = published - time.first <= _EVENT_BEFORE and time.last - published <= _EVENT_AFTER
    return near and time.tense != "future" and time.last - time.first < _EVENT_SPAN


def _is_report(text: str, time: Spoken, grammar: Grammar) -> bool:
    """Whether a time is that of a saying: "said on Tuesday", "told reporters Tuesday", "on Tuesday said"."""
    before, after = flat(text[max(0, time.start - 40) : time.start]), flat(text[time.end : time.end + 20])
    return bool(grammar.said_before.search(before) or grammar.said_after.match(after))


def _day_of(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def _found(text: str, folded: str, published: date | None, grammar: Grammar) -> Iterator[Spoken]:
    last = 0
    for match in grammar.forms.finditer(folded):
        if match.start() < last or not _is_written(text, match, grammar.words):
            continue
        slots, tense = slots_of(match), _tense(text, match, grammar) if published else ""
        days = resolve(slots, Anchor(published, tense) if published else None, grammar.words, grammar.numbers)
        if days:
            start, end, hour = _with_clock(folded, last, match, grammar)
            part = grammar.parts.search(match[0])
            name = grammar.words.parts[part[0]] if part else ""
            yield Spoken(start, end, *days, text[start:end], "year" not in slots, hour, name, tense)
            last = end


def _is_written(text: str, match: re.Match[str], words: DateWords) -> bool:
    """Whether weekdays and months have their capitals: "it may 12 times" names no month."""
    names = ("weekday", "month", "whole_month")
    return not words.capitals or all(
        text[match.start(group)].isupper()
        for group, word in match.groupdict().items()
        if word and group.rpartition("_")[0] in names
    )


def _tense(text: str, match: re.Match[str], grammar: Grammar) -> Tense:
    """What the nearest telling word before the time shows; behind it only where the time opens its sentence."""
    before = flat(_SENTENCE_END.split(text[max(0, match.start() - _CONTEXT) : match.start()])[-1])
    if grammar.towards.search(before):
        return "future"
    nearest = _WORD.findall(before)[::-1]
    if len(nearest) <= _OPENING_WORDS:
        behind = _SENTENCE_END.split(text[match.end() : match.end() + _CONTEXT], maxsplit=1)[0]
        nearest += _WORD.findall(flat(behind))
    return next((grammar.tenses[word] for word in nearest[:_TENSE_WORDS] if word in grammar.tenses), "")


def _with_clock(
    folded: str, floor: int, match: re.Match[str], grammar: Grammar
) -> tuple[int, int, tuple[int, int] | None]:
    """The span with the hour written beside the day, and the hour."""
    after = grammar.clock_after.match(folded, match.end(), match.end() + _CLOCK_REACH)
    hour = _hour(after, grammar.words) if after else None
    if after and hour:
        return match.start(), after.end(), hour
    before = grammar.clock_before.search(folded, max(floor, match.start() - _CLOCK_REACH), match.start())
    hour = _hour(before, grammar.words) if before else None
    return (before.start("clock"), match.end(), hour) if before and hour else (match.start(), match.end(), None)


def _hour(match: re.Match[str], words: DateWords) -> tuple[int, int] | None:
    slots = slots_of(match)
    if "named" in slots:
        return words.hours[slots["named"]], 0
    hour, minute = int(slots["hour"]), int(slots.get("minute", 0))
    if "half" in slots:
        hour = hour % 12 + words.halves[slots["half"]] if 1 <= hour <= 12 else 24
    return (hour, minute) if hour < 24 else None
