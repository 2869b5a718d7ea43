"""Dates of publication: what is written, never more precise than it is written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from briefing.stages.clean.phrases import MONTHS
from briefing.text import fold

MIN_YEAR, MAX_YEAR = 1990, 2100
MAX_CHARS = 100

_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MAIL = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?\d{1,2}[ -][A-Za-z]{3}[ -]\d{4}\s+\d{1,2}:\d{2}(?::\d{2})?\s+(?:[+-]\d{4}|[A-Z]{1,4})"
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d{1,9})?")
_ZONE_NAME = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_SPACED_ZONE = re.compile(r"(?<=\d)\s+(?=[+-]\d{2}:?\d{2}$)")
_SHORT_ZONE = re.compile(r"(?<=\d)([+-]\d{2})$")
# Between the parts of a written date only these stand; "12 people died in April 2023" is no date.
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|ª)?\.?(?:\s+de)?[\s-]+([^\W\d_]+)\.?(?:\s+del?)?,?[\s-]+(\d{4})\b"
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(\d{4})\b")
_DOTTED = re.compile(r"\b(\d{1,2})([./])(\d{1,2})\2(\d{4})\b")


def parse_published(text: str) -> str | None:
    """A date of publication as RFC 3339 with offset, or as a day, or None; never raises.

    Read are RFC 3339 and ISO 8601, RFC 2822, seconds or milliseconds since 1970, dates with a month's
    name in seven languages, and numeric dates that can be read in one way only. A time without a
    zone, or beside a written date, is left out; a year outside 1990–2100 gives None.
    """
    bare = " ".join(text.split())
    if not bare or len(bare) > MAX_CHARS:
        return None
    for reader in (_epoch, _iso, _mail, _written, _numeric):
        found = reader(bare)
        if found is not None:
            return found
    return None


def _epoch(text: str) -> str | None:
    if not _EPOCH.fullmatch(text):
        return None
    seconds = float(text)
    return _moment(datetime.fromtimestamp(seconds / 1000 if seconds >= 1e11 else seconds, UTC))


def _iso(text: str) -> str | None:
    if _COMPACT_DAY.fullmatch(text):
        return _day(*_COMPACT_DAY.fullmatch(text).groups())  # type: ignore[union-attr]
    opening = _ISO_DAY.match(text)
    if opening is None:
        return None
    zoned = _SHORT_ZONE.sub(r"\1:00", _SPACED_ZONE.sub("", _ZONE_NAME.sub("+00:00", text)))
    try:
        moment = datetime.fromisoformat(zoned)
    except ValueError:
        return _day(*opening.groups())
    return _moment(moment)


def _mail(text: str) -> str | None:
    if not _MAIL.match(text):
        return None
    try:
        return _moment(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _moment(moment: datetime) -> str | None:
    """RFC 3339 to the second; the day alone where there is no zone, or none that RFC 3339 can write."""
    offset = moment.utcoffset()
    if not MIN_YEAR <= moment.year <= MAX_YEAR:
        return None
    if offset is None or offset.total_seconds() % 60:
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds")


def _written(text: str) -> str | None:
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        for match in pattern.finditer(text):
            number = MONTHS.get(fold(match[month]))
            if number is not None:
                return _day(match[3], str(number), match[day])
    return None


def _numeric(text: str) -> str | None:
    """25.04.2023 or 04/25/2023; 04.05.2023 has two readings, so it has none."""
    match = _DOTTED.search(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    if first > 12 or first == second:
        return _day(match[4], match[3], match[1])
    if second > 12 and match[2] == "/":
        return _day(match[4], match[1], match[3])
    return None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if MIN_YEAR <= found.year <= MAX_YEAR else None


_AROUND = re.compile(
    r"\b(?:published|posted|updated|last|modified|on|at|date|created|first|time|publie|le|mis|jour|veroffentlicht|stand|aktualisiert"
    r"|am|um|uhr|publicado|actualizado|el|de|h|hrs?|pm|a\.m|p\.m|gmt|utc|est|edt|et|cet|cest|bst|pst|pdt|ist|amt|noon"
    r"|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|\w+day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b|[\W\d_]"
)
_LABEL = re.compile(r"^\W*[^\W\d_]+(?: [^\W\d_]+)?\s*[:|]\s*")
_UPDATED = re.compile(r"\s*(?:last )?(?:updated|modified|aktualisiert|mis a jour|actualizado)\b")


class DateLine(NamedTuple):
    """A line that is only a date; `published` is None where it says when the text was changed, not published."""

    published: str | None


def date_line(text: str) -> DateLine | None:
    """The date a line consists of, weekdays, times and words like "published" aside; None for any other line."""
    if len(text) > MAX_CHARS or not any(c.isdigit() for c in text):
        return None
    found = parse_published(_LABEL.sub("", text)) or parse_published(text)
    folded = fold(text)
    rest = _AROUND.sub("", folded)
    if found is None or (rest and rest not in MONTHS):
        return None
    return DateLine(None if _UPDATED.match(folded) else found)
