"""Numbers: not in the source, or in the place of another."""

from __future__ import annotations

from itertools import chain

from briefing.lexicon import Lexicon
from briefing.stages.checks.figures import Figure, figures, stands
from briefing.stages.checks.grounds import Grounds, pair
from briefing.stages.checks.reading import Reading, Unit, places
from briefing.types import Statement


def number_not_in_source(statement: Statement, grounds: Grounds) -> bool:
    """A number that stands in none of the cited sentences, with its unit and scale; "five" and 5 are one number."""
    known = tuple(chain.from_iterable(figures(c.quote, _spoken(c.article, grounds)) for c in statement.citations))
    told = figures(statement.text, grounds.lexicons.get(statement.language or ""))
    # In a source without a lexicon "700 Millionen" is read as 700, so a scale told of it cannot be held against it.
    unread = any(_spoken(c.article, grounds) is None for c in statement.citations)
    bare = {f.start: f for f in figures(statement.text, None)} if unread else {}
    return any(not f.loose and not any(stands(one, known) for one in (f, bare.get(f.start, f))) for f in told)


def _spoken(article: str, grounds: Grounds) -> Lexicon | None:
    held = grounds.articles.get(article)
    return grounds.lexicons.get(held.language or "") if held else None


def number_out_of_place(statement: Statement, grounds: Grounds) -> bool:
    """A number where the source, in the same words, has another one, or a day or month where it has another."""
    beside = pair(statement, grounds)
    if beside is None:
        return False
    calendar = beside.lexicon.calendar
    return _exchanged(beside.told, beside.held) or any(
        _other(_figures(p.told), _figures(p.held)) or _other_days(_days(p.told, calendar), _days(p.held, calendar))
        for p in places(beside.told, beside.held)
    )


def _exchanged(told: Reading, held: Reading) -> bool:
    """Whether a number stands between words that in the source stand at another number, and not at its own."""
    sides = [(figure, _neighbours(held, i)) for i, u in enumerate(held.units) if (figure := u.figure)]
    for i, unit in enumerate(told.units):
        if unit.figure is None:
            continue
        own = [near for figure, near in sides if set(figure.values) & set(unit.figure.values)]
        other = [near for figure, near in sides if not set(figure.values) & set(unit.figure.values)]
        here = _neighbours(told, i)
        if own and not any(_shared(here, near) for near in own) and any(here == near for near in other):
            return True
    return False


def _neighbours(reading: Reading, i: int) -> tuple[str, str]:
    """The words right before and behind unit `i`."""
    keys = [u.key for u in reading.units]
    return keys[i - 1] if i else "", keys[i + 1] if i + 1 < len(keys) else ""


def _shared(a: tuple[str, str], b: tuple[str, str]) -> bool:
    return a[0] == b[0] or a[1] == b[1]


def _figures(units: tuple[Unit, ...]) -> tuple[Figure, ...]:
    return tuple(u.figure for u in units if u.figure)


def _other(told: tuple[Figure, ...], held: tuple[Figure, ...]) -> bool:
    return bool(told) and bool(held) and not any(stands(f, held) for f in told)


def _days(units: tuple[Unit, ...], calendar: frozenset[str]) -> frozenset[str]:
    return frozenset(u.folded for u in units if u.folded in calendar and u.word[0].isupper())


def _other_days(told: frozenset[str], held: frozenset[str]) -> bool:
    return bool(told) and bool(held) and not {d[:3] for d in told} & {d[:3] for d in held}
