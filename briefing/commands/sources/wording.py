"""What the commands say of entries, in plain words that fit any terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from briefing.sources.files import printable
from briefing.sources.window import moment
from briefing.text import counted, one_line

if TYPE_CHECKING:
    from briefing.sources.formats.syndication import Entry

NEXT = "next: `briefing sources test` tries what is there, `briefing build` writes an edition"
_LONGEST = 200


def shown(text: str) -> str:
    """A text of someone else's on one line: what could steer a terminal is escaped."""
    return printable(one_line(text))[:_LONGEST]


def newest(entries: Iterable[Entry], now: datetime) -> datetime | None:
    """The date of the newest entry; None where none has one."""
    return max((when for entry in entries if (when := dated(entry, now))), default=None)


def dated(entry: Entry, now: datetime) -> datetime | None:
    """The date of an entry, as a build takes it."""
    return moment(entry.updated or entry.published, now)


def told(entries: Sequence[Entry], now: datetime) -> str:
    """How many entries there are, how new, and how much of their text."""
    if not entries:
        return "no entries"
    return f"{counted(len(entries), 'entry', 'entries')}, {_age(newest(entries, now), now)}, {_texts(entries)}"


def days(number: int) -> str:
    """So many days, in words."""
    return "1 day" if number == 1 else f"{number:,} days"


def _age(when: datetime | None, now: datetime) -> str:
    if when is None:
        return "without dates"
    past = (now.date() - when.astimezone(now.tzinfo).date()).days
    return f"newest {when.date().isoformat()} ({'today' if past <= 0 else days(past) + ' ago'})"


def _texts(entries: Sequence[Entry]) -> str:
    full = sum(bool(entry.html) and not entry.summary_only for entry in entries)
    if full * 2 > len(entries):
        return "full texts"
    return "summaries" if any(entry.html for entry in entries) else "titles only"
