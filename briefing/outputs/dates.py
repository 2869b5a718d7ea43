"""Points in time as a reader sees them: in the edition's time zone; a day stays a day, no date stays no date."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_time

from briefing.outputs.words import Words
from briefing.text import one_line


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


def day(words: Words, text: str, pattern: str = "long") -> str:
    """`2031-05-20` as `Tuesday 20 May 2031`, or by another pattern of the catalogue; other text as it stands."""
    found = parse(text, ZoneInfo("UTC"))
    return _day(words, found, pattern) if found else one_line(text)


def moment(words: Words, text: str | None, where: ZoneInfo) -> str:
    """`20 May 2031, 14:05 UTC`, `20 May 2031`, or `undated`; text that is no date stands as it is."""
    found = parse(text, where) if text else None
    if found is None:
        return one_line(text or "") or words("date.undated")
    shown = _day(words, found, "full")
    return words("date.at", day=shown, time=_clock(words, found, zoned=True)) if isinstance(found, datetime) else shown


def short_moment(words: Words, text: str | None, where: ZoneInfo, year: int | None) -> str:
    """`18 May, 09:00` or `18 May`; the year is named when it is not `year`."""
    found = parse(text, where) if text else None
    if found is None:
        return one_line(text or "") or words("date.undated")
    shown = _day(words, found, "in-year" if found.year == year else "full")
    return words("date.at", day=shown, time=_clock(words, found)) if isinstance(found, datetime) else shown


def span(words: Words, texts: Iterable[str | None], where: ZoneInfo) -> str:
    """The first and the last of several dates, and how many are missing: `18 May to 20 May 2031 (1 undated)`."""
    given = list(texts)
    dated = sorted({text for text in given if text and parse(text, where)}, key=lambda text: _start(text, where))
    missing = sum(1 for text in given if not text)
    if not dated:
        return words("date.undated")
    between = _between(words, dated[0], dated[-1], where)
    return words("date.missing", dates=between, n=missing) if missing else between


def _between(words: Words, first: str, last: str, where: ZoneInfo) -> str:
    """`X to Y`; the day, the year and the zone named once if they are the same."""
    start, end = (parse(text, where) for text in (first, last))
    ends = moment(words, last, where)
    if start is None or end is None or moment(words, first, where) == ends:
        return ends
    if isinstance(start, datetime) and isinstance(end, datetime) and start.date() == end.date():
        clocks = {"first": _clock(words, start), "last": _clock(words, end, zoned=True)}
        return words("date.span-in-day", day=_day(words, start, "full"), **clocks)
    timed = [found for found in (start, end) if isinstance(found, datetime)]
    zones = {_abbreviation(found) for found in timed}
    alike = start.year == end.year and (not timed or (len(timed) == 2 and len(zones) == 1))
    begins = short_moment(words, first, where, end.year) if alike else moment(words, first, where)
    return words("date.span", first=begins, last=ends)


def seconds(text: str | None, where: ZoneInfo) -> float | None:
    """An instant on a time axis, a day at its start; None where there is no date."""
    found = parse(text, where) if text else None
    if found is None or not 1 < found.year < 9999:
        return None
    return (found if isinstance(found, datetime) else datetime.combine(found, time.min, where)).timestamp()


def _start(text: str, where: ZoneInfo) -> tuple[datetime, str]:
    found = parse(text, where) or date.min
    return (found if isinstance(found, datetime) else datetime.combine(found, time.min, where)), text


def _day(words: Words, found: date, pattern: str) -> str:
    return format_date(found, words(f"date.{pattern}"), locale=words.language)


def _clock(words: Words, instant: datetime, *, zoned: bool = False) -> str:
    # A time of day only: Babel would move an instant to UTC.
    clock = format_time(instant.time(), words("date.time"), locale=words.language)
    return f"{clock} {_abbreviation(instant)}" if zoned else clock


def _abbreviation(instant: datetime) -> str:
    name = instant.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name
