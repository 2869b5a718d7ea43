"""What a figure is a figure of: one scene or several, and the days and places its sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim
from briefing.stages.quantities import Quantity
from briefing.stages.speakers import tokens
from briefing.stages.times import Spoken, event_days, spoken
from briefing.text import fold, stem
from briefing.text import words as text_words
from briefing.types import Article

# A span of more days than this is a period ("this year"), not the time of an event.
_PERIOD = timedelta(days=20)
# Days by which two tellings of one event may miss each other: time zones, nights, the day it became known.
_SLACK = timedelta(days=2)
# Content before the body's third sentence is the lead: what the whole article is about.
_LEAD = 3
_AS_OF_WORDS = 4
# So near the word for an area stands its name: "Lisk province", "the district of Sarn".
_AREA_WORDS = 2
# A word with a capital inside a sentence, behind a space that no mark of its end stands before.
_CAPITALISED = re.compile(r"(?<=[^.!?\n”\"] )[^\W\d_a-z][^\W_]*(?:['’\-.][^\W_]+)*")


class Figure(NamedTuple):
    """One quantity of one claim: `many` if it is of several scenes, `told` as of when.

    `times` are the days and periods its sentence speaks of, `days` the span of them, or else that of the event.
    `names` are the places and persons the sentence names, `around` those of the whole article; `parts` are the counts
    the article gives of people of one kind. `local` if the sentence names a district or the like.
    """

    claim: Claim
    quantity: Quantity
    many: bool
    days: tuple[date, date] | None
    times: tuple[tuple[date, date], ...]
    told: Moment
    names: frozenset[str]
    around: frozenset[str]
    parts: frozenset[tuple[str, float]]
    local: bool


class Moment(NamedTuple):
    """When a figure held: a day, and the second where that is known."""

    day: date | None
    second: float | None = None

    def gap(self, other: Moment) -> float | None:
        """Seconds to a later moment, negative to an earlier; 0 within one day without hours; None without a day."""
        if self.day is None or other.day is None:
            return None
        if self.second is not None and other.second is not None:
            return other.second - self.second
        return (other.day - self.day).days * 86400.0


def figure(claim: Claim, quantity: Quantity, article: Sequence[Claim], lexicon: Lexicon) -> Figure:
    """A quantity with its surroundings; `article` holds the claims of its article, the title first."""
    around = article_names(article[0].article, lexicon)
    title = {stem(t.word) for t in tokens(claim.text) if t.capital} & around
    names = frozenset(title) if claim.sentence == 0 else _names(claim, lexicon)
    many = _many(claim.text, claim.article.published, lexicon) or _rounds_up(tuple(article[:_LEAD]), lexicon)
    times = times_of(claim, lexicon)
    return Figure(
        claim,
        quantity,
        many,
        days_of(claim, lexicon),
        times,
        _told(claim, lexicon),
        names,
        around,
        _parts(article),
        _local(claim, around, lexicon),
    )


def _parts(article: Sequence[Claim]) -> frozenset[tuple[str, float]]:
    counts = (q for c in article for q in c.quantities if q.measure not in {"money", "%"})
    return frozenset((q.unit, q.value) for q in counts if q.unit)


def _local(claim: Claim, around: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether a sentence names a district or the like, other than the one the article's title names."""
    toks = tokens(claim.text)
    for i, tok in enumerate(toks):
        if tok.folded in lexicon.figures.areas:
            near = {stem(t.word) for t in toks[max(0, i - _AREA_WORDS) : i + 1 + _AREA_WORDS] if t.capital and t.start}
            title = {stem(t.word) for t in tokens(claim.article.title)} & around
            if not near & title:
                return True
    return False


def _rounds_up(lead: tuple[Claim, ...], lexicon: Lexicon) -> bool:
    """Whether an article's title, or the first sentence with a figure behind it, tells of several scenes."""
    counting = [c for c in lead[1:] if any(q.measure in lexicon.figures.cumulative for q in c.quantities)]
    return any(_many(c.text, c.article.published, lexicon) for c in (*lead[:1], *counting[:1]))


@lru_cache(maxsize=4096)
def _many(sentence: str, published: str | None, lexicon: Lexicon) -> bool:
    """Whether a sentence tells of several scenes: "in overnight shootings", "across the city", "so far this year"."""
    words = [t.folded for t in tokens(sentence)]
    flat = f" {' '.join(words)} "
    if not _plural_events(lexicon).isdisjoint(words) or any(f" {p} " in flat for p in lexicon.figures.roundups):
        return True
    return any(time.last - time.first > _PERIOD for time in _spoken(sentence, published, lexicon))


@lru_cache(maxsize=16)
def _plural_events(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(f"{noun}{ending}" for noun in lexicon.figures.events for ending in ("s", "es"))


@lru_cache(maxsize=4096)
def _spoken(sentence: str, published: str | None, lexicon: Lexicon) -> tuple[Spoken, ...]:
    return spoken(sentence, published, lexicon)


def days_of(claim: Claim, lexicon: Lexicon) -> tuple[date, date] | None:
    """The span of the times a sentence speaks of, or else that of its article's event."""
    times = times_of(claim, lexicon)
    return (min(t[0] for t in times), max(t[1] for t in times)) if times else _event_days(claim.article, lexicon)


def times_of(claim: Claim, lexicon: Lexicon) -> tuple[tuple[date, date], ...]:
    """The times a sentence speaks of, but for that of a saying."""
    return tuple((t.first, t.last) for t in told_times(claim, lexicon))


def told_times(claim: Claim, lexicon: Lexicon) -> tuple[Spoken, ...]:
    """The same as they are written."""
    found = _spoken(claim.text, claim.article.published, lexicon)
    return tuple(t for t in found if not _dates_a_saying(claim.text, t, lexicon))


@lru_cache(maxsize=512)
def _event_days(article: Article, lexicon: Lexicon) -> tuple[date, date] | None:
    return event_days(article, lexicon)


def _told(claim: Claim, lexicon: Lexicon) -> Moment:
    """As of when a figure is told: the day of its saying where the sentence gives an earlier one, else publication."""
    published = claim.article.published
    if not published:
        return Moment(None)
    moment = datetime.fromisoformat(published)
    day, second = moment.date(), moment.timestamp() if moment.tzinfo else None
    for time in _spoken(claim.text, published, lexicon):
        if time.first == time.last < day and day - time.last <= _PERIOD and _dates_a_saying(claim.text, time, lexicon):
            return Moment(time.last)
    return Moment(day, second)


def _dates_a_saying(sentence: str, time: Spoken, lexicon: Lexicon) -> bool:
    """Whether a time is that of a saying or of a count: "said on Tuesday", "rose to 95 on Monday"."""
    before = [t.folded for t in tokens(sentence[: time.start])[-_AS_OF_WORDS:]]
    return bool(set(before) & (lexicon.reporting_verbs | lexicon.figures.as_of))


def another_time(a: Figure, b: Figure) -> bool:
    """Whether two sentences date what they tell, and not near each other."""
    return apart_in_time(a.days, b.days)


def apart_in_time(a: tuple[date, date] | None, b: tuple[date, date] | None) -> bool:
    """Whether two spans of days are known and further apart than two tellings of one event may be."""
    if a is None or b is None:
        return False
    return a[0] - _SLACK > b[1] or b[0] - _SLACK > a[1]


def same_times(a: Figure, b: Figure) -> bool:
    """Whether each time either sentence speaks of is also one of the other's, where both speak of any."""
    if not a.times or not b.times:
        return True
    sides = ((a.times, b.times), (b.times, a.times))
    return all(any(s[0] <= t[1] and t[0] <= s[1] for t in other) for one, other in sides for s in one)


def elsewhere(a: Figure, b: Figure) -> bool:
    """Whether each names places or people that the other's article, or for a district its sentence, does not."""
    if (a.local or b.local) and a.names and not a.names & b.names:
        return True
    return bool(a.names and b.names) and not a.names & b.around and not b.names & a.around


def _names(claim: Claim, lexicon: Lexicon) -> frozenset[str]:
    """Stems of the words written like names, but for the sentence's first word and its speaker."""
    own = claim.speaker.holder if claim.speaker else ""
    inside = (t for t in tokens(claim.text.replace(own, "")) if t.start and t.capital)
    return frozenset(stem(t.word) for t in inside if t.folded not in lexicon.calendar)


@lru_cache(maxsize=512)
def article_names(article: Article, lexicon: Lexicon) -> frozenset[str]:
    """Stems of the words an article's body writes like names inside its sentences."""
    found = set(_CAPITALISED.findall(article.body))
    return frozenset(stem(word) for word in found if fold(word) not in lexicon.calendar)


@lru_cache(maxsize=512)
def attacker_died(article: Article, lexicon: Lexicon) -> bool:
    """Whether an article tells that an attacker died: "including the gunman", "the gunman was killed", "suicide"."""
    words = [fold(word) for word in text_words(article.text)]
    flat = f" {' '.join(words)} "
    if any(f" {phrase} " in flat for phrase in lexicon.figures.attacker_deaths):
        return True
    dead = {word for word, measure in lexicon.measures.items() if measure == "dead"}
    for i, word in enumerate(words):
        if word in lexicon.figures.attackers:
            before, behind = words[max(0, i - 3) : i], words[i + 1 : i + 4]
            passive = behind[:1] and behind[0] in lexicon.auxiliaries | {"also"} and dead & set(behind)
            if passive or behind[:1] == ["died"] or {"including", "among"} & set(before):
                return True
    return False
