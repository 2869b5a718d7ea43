"""Points in time as a reader sees them: in the edition's time zone; a day stays a day, no date stays no date."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from briefing.text import one_line

UNDATED = "undated"
# strftime follows the machine's locale, and equal briefings must render equally everywhere.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def zone(name: str) -> ZoneInfo:
    """The IANA time zone `name`, or UTC when it is unknown; every time shown names its zone, so none is mislabelled."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def parse(text: str, where: ZoneInfo) -> date | datetime | None:
    """A day, or an instant in `where`; a time without an offset keeps day precision; None when it is no date."""
    try:
        if len(text) <= 10:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
        return instant.astimezone(where) if instant.tzinfo else instant.date()
    except (ValueError, OverflowError):
        return None


def long_day(text: str) -> str:
    """`2031-05-20` as `Tuesday 20 May 2031`; other text as it stands."""
    found = parse(text, ZoneInfo("UTC"))
    return f"{_WEEKDAYS[found.weekday()]} {_day(found)} {found.year}" if found else one_line(text)


def moment(text: str | None, where: ZoneInfo) -> str:
    """`20 May 2031, 14:05 UTC`, `20 May 2031`, or `undated`; text that is no date stands as it is."""
    found = parse(text, where) if text else None
    if found is None:
        return one_line(text or "") or UNDATED
    clock = f", {found:%H:%M} {_abbreviation(found)}" if isinstance(found, datetime) else ""
    return f"{_day(found)} {found.year}{clock}"


def short_moment(text: str | None, where: ZoneInfo, year: int | None) -> str:
    """`18 May, 09:00` or `18 May`; the year is named when it is not `year`."""
    found = parse(text, where) if text else None
    if found is None:
        return one_line(text or "") or UNDATED
    named = "" if found.year == year else f" {found.year}"
    clock = f", {found:%H:%M}" if isinstance(found, datetime) else ""
    return f"{_day(found)}{named}{clock}"


def span(texts: Iterable[str | None], where: ZoneInfo) -> str:
    """The first and the last of several dates, and how many are missing: `18 May to 20 May 2031 (1 undated)`."""
    given = list(texts)
    dated = sorted({text for text in given if text and parse(text, where)}, key=lambda text: _start(text, where))
    missing = sum(1 for text in given if not text)
    if not dated:
        return UNDATED
    return _between(dated[0], dated[-1], where) + (f" ({missing} undated)" if missing else "")


def _between(first: str, last: str, where: ZoneInfo) -> str:
    """`X to Y`; the day, the year and the zone named once if they are the same."""
    start, end = (parse(text, where) for text in (first, last))
    if start is None or end is None or moment(first, where) == moment(last, where):
        return moment(last, where)
    if isinstance(start, datetime) and isinstance(end, datetime) and start.date() == end.date():
        return f"{_day(start)} {start.year}, {start:%H:%M} to {end:%H:%M} {_abbreviation(end)}"
    timed = [found for found in (start, end) if isinstance(found, datetime)]
    zones = {_abbreviation(found) for found in timed}
    alike = start.year == end.year and (not timed or (len(timed) == 2 and len(zones) == 1))
    return f"{short_moment(first, where, end.year) if alike else moment(first, where)} to {moment(last, where)}"


def seconds(text: str | None, where: ZoneInfo) -> float | None:
    """An instant on a time axis, a day at its start; None where there is no date."""
    found = parse(text, where) if text else None
    if found is None or not 1 < found.year < 9999:
        return None
    return (found if isinstance(found, datetime) else datetime.combine(found, time.min, where)).timestamp()


def _start(text: str, where: ZoneInfo) -> tuple[datetime, str]:
    found = parse(text, where) or date.min
    return (found if isinstance(found, datetime) else datetime.combine(found, time.min, where)), text


def _day(found: date) -> str:
    return f"{found.day} {_MONTHS[found.month - 1]}"


def _abbreviation(instant: datetime) -> str:
    name = instant.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name
