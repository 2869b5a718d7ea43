"""Times of day as pages write them ("14:05 GMT", "10.32am"), and the moments they mean beside a page's date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import NamedTuple

from briefing.stages.clean.dates import date_line, parse_published
from briefing.text import fold

MAX_CHARS = 80
# A time of day so much earlier than the page's own may as well be of the next day.
MAX_EARLIER = timedelta(hours=6)
# Minutes east of UTC. RFC 5322 (4.3) fixes the American ones; BST, IST and their like have several meanings.
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
_TIME = (
    r"(?<![\d:.,$€£])(?:(?P<hour>[01]?\d|2[0-4])(?P<mark>[:.h])(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:.])|(?P<bare>1[0-2]|0?[1-9])(?=\s?[ap]\.?m\b))"
    r"\s?(?P<half>[ap]\.?m\b\.?)?(?P<word>\s?(?:uhr|hrs?|h)\b)?(?P<known>\s?\(?(?:[+-]\d{2}:?\d{2}|[a-z]{1,4}t|utc|mez|mesz|z)\b\)?)?"
)
_CLOCK = re.compile(_TIME, re.IGNORECASE)
_OPENS = re.compile(rf"\W*{_TIME}\s*(?P<dash>[-–—:|•·]?)\s*(?=\S)", re.IGNORECASE)
_LABELS = re.compile(
    r"\b(?:last|first|updated?|published|posted|at|today|time|um|stand|aktualisiert|veroffentlicht|heute"
    r"|publie|a|le|las|el|actualizado|publicado|mis|jour|ore|alle)\b|[\W_]"
)


class Stamp(NamedTuple):
    """When something says it was published, as far as it says so.

    `published` is a day or a moment (RFC 3339), `clock` a time of day "HH:MM", `zone` its offset "+02:00".
    """

    published: str | None = None
    clock: str | None = None
    zone: str | None = None


def stamp(text: str) -> Stamp | None:
    """The time, the date, or both that a line consists of, labels such as "updated" aside; None for any other line."""
    if len(text) > MAX_CHARS or not any(c.isdigit() for c in text):
        return None
    whole = parse_published(text) or ""
    if "T" in whole:
        return Stamp(whole)
    found = _CLOCK.search(text)
    clock, zone = _read(found) if found else (None, None)
    if found and clock and not _LABELS.sub("", fold(text[: found.start()] + " " + text[found.end() :])):
        return Stamp(None, clock, zone)
    day = date_line(text)
    return Stamp(whole or day.published, clock, zone) if day else None


def opening_stamp(text: str) -> tuple[Stamp, str] | None:
    """The time of day that a line begins with ("14:05 – Ferry sails") and the rest of the line, or None."""
    found = _OPENS.match(text) if stamp(text) is None else None
    clock, zone = _read(found) if found else (None, None)
    if found is None or clock is None:
        return None
    rest = text[found.end() :]
    return (Stamp(None, clock, zone), rest) if found["dash"] or _begins(rest) else None


def _begins(text: str) -> bool:
    """Whether a text begins, and does not go on ("10.30 Uhr begann …", "10.30 8 people")."""
    first = next((c for c in text if c.isalnum()), "")
    return text.startswith("…") or (first.isalpha() and not first.islower())


def _read(found: re.Match[str]) -> tuple[str | None, str | None]:
    hour, minute = int(found["hour"] or found["bare"]), int(found["minute"] or 0)
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"][0] in "pP") if hour <= 12 else 24
    figure = found["mark"] == "." and not (found["half"] or found["word"] or found["known"])
    if hour > 23 or figure:
        return None, None
    return f"{hour:02}:{minute:02}", _offset((found["known"] or "").strip(" ()"))


def _offset(zone: str) -> str | None:
    if re.fullmatch(r"[+-]\d{2}:?\d{2}", zone):
        return f"{zone[:3]}:{zone[-2:]}"
    minutes = _ZONES.get(zone.lower())
    if minutes is None:
        return "unknown" if zone else None
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def moments(stamps: Sequence[Stamp | None], page: str | None) -> list[str | None]:
    """What each stamp says beside the page's date (a day or RFC 3339): a moment, a day, or None.

    A time of day is of the page's day, where all of them run one way (none crosses midnight) and none is much
    earlier than the page. Without a zone, its own or the page's, only the day is kept; a page's UTC is no zone: servers
    write it whatever the clock shows.
    """
    bare = [mark.clock for mark in stamps if mark and mark.clock and not mark.published]
    one_way = all(a <= b for a, b in pairwise(bare)) or all(a >= b for a, b in pairwise(bare))
    return [_moment(mark, page, one_way) if mark else None for mark in stamps]


def _moment(mark: Stamp, page: str | None, one_way: bool) -> str | None:
    base = mark.published or (page if one_way else None)
    if base is None or mark.clock is None or (mark.published and "T" in mark.published):
        return mark.published
    written = mark.zone or (page[19:] if page and "T" in page else "+00:00")
    zone = _zone(written) if written != "unknown" and (mark.zone or written != "+00:00") else None
    if mark.published or "T" not in base:
        return _joined(date.fromisoformat(base[:10]), mark.clock, zone) or base[:10]
    return _beside(datetime.fromisoformat(base), mark.clock, zone)


def _beside(page: datetime, clock: str, zone: timezone | None) -> str | None:
    """A time of day on the day of a page's own moment; None where it may as well be the next day's."""
    there = page.astimezone(zone) if zone else page
    moment = datetime.combine(there.date(), time.fromisoformat(clock), there.tzinfo)
    if there - moment > MAX_EARLIER:
        return None
    return moment.isoformat(timespec="seconds") if zone else moment.date().isoformat()


def _joined(day: date, clock: str, zone: timezone | None) -> str | None:
    return datetime.combine(day, time.fromisoformat(clock), zone).isoformat(timespec="seconds") if zone else None


def _zone(written: str) -> timezone:
    shift = datetime.fromisoformat(f"2000-01-01T00:00:00{written}").utcoffset()
    return timezone(shift or timedelta())
