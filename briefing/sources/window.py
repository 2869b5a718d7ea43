"""What counts as news: the window of an edition against dates and against what was seen before.

A feed's date alone cannot tell: feeds date old articles anew, publish late, or give no date. So an entry is
judged by two keys as well, of which the state file keeps when each was first seen: `identity`, its address,
and `text_key`, its words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from briefing.text import words

# An article dated before the window, but in a feed read before and not seen in it then, was published late.
LATE = timedelta(days=1)
# Feeds and hosts disagree about the time; further ahead, a date is no evidence of anything.
AHEAD = timedelta(hours=1)
# Fewer words recur by themselves ("Morning briefing", "Live updates").
_TELLING_WORDS = 20


class Window(NamedTuple):
    """The time an edition covers: from the end of the one before to its own `now`."""

    since: datetime
    until: datetime


class Keys(NamedTuple):
    """What an entry is known by: its address or id, and its words where they are enough to tell."""

    identity: str
    text: str | None


def text_key(title: str, text: str) -> str | None:
    """A key of an entry's words; None where they are too few to tell one article from another."""
    told = words(f"{title} {text}".casefold())
    if len(told) < _TELLING_WORDS:
        return None
    return "text:" + hashlib.sha256(" ".join(told).encode("utf-8", "replace")).hexdigest()


def moment(stamp: str | None, until: datetime) -> datetime | None:
    """The latest moment a date can mean; None where there is none, or it lies ahead of `until`."""
    if stamp is None:
        return None
    try:
        if "T" in stamp:
            when = datetime.fromisoformat(stamp)
            return when if when <= until + AHEAD else None
        day = date.fromisoformat(stamp)
    except ValueError:
        return None
    # A day without a time ends last where the clocks are furthest behind, but not after now.
    last = datetime.combine(day, time.max, UTC)
    return min(last, until) if day <= until.astimezone(UTC).date() + timedelta(days=1) else None


def reached(before: datetime | None, window: Window | None, furthest: datetime) -> datetime | None:
    """When a list was last read for an earlier edition, not before `furthest`; None where it never was.

    A second run of a window takes what the first did, and how far that reached back is not kept: as far as any may.
    """
    if before is None:
        return None
    return furthest if window and before > window.since else max(before, furthest)


def late_from(window: Window, known: bool, before: datetime | None = None) -> datetime:
    """From which date on an entry counts that its feed did not list before: that of one published late.

    `known`: the feed was read before the window, so that what is unseen is new there. `before`: when it was last read,
    which lies days before the window where it could not be had since.
    """
    return min(window.since, before or window.since) - LATE if known else window.since


def is_news(keys: Keys, when: datetime | None, seen: Mapping[str, datetime], window: Window, late: datetime) -> bool:
    """Whether an entry belongs into the window; one not seen before also from `late` on."""
    since = window.since
    # What the last edition was the first to see was seen at its end, which is where this window begins.
    seen_before = seen.get(keys.identity, window.until) <= since
    if keys.text is not None and seen.get(keys.text, window.until) <= since:
        return False
    if when is None:
        return not seen_before
    if seen_before and keys.text is None:
        return False
    return when >= (since if seen_before else late)
