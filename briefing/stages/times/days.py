"""What the slots of a date's form mean: the first and the last day, read from the day of publication."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

from briefing.lexicon import DateWords

Days = tuple[date, date]
Slots = Mapping[str, str]
Tense = Literal["past", "future", ""]

# A date without a year is the last one up to a season ahead: a coming election, but not a coming year's.
_AHEAD = timedelta(days=92)
_AGO = {"day": (1, 0), "week": (7, 3), "weekend": (7, 3), "month": (30, 15)}


class Anchor(NamedTuple):
    """What a relative time is read from: the day of publication and the tense of the clause."""

    day: date
    tense: Tense


def resolve(slots: Slots, anchor: Anchor | None, words: DateWords, numbers: Mapping[str, float]) -> Days | None:
    """The days that a form's slots mean; None for no days, or where a day of publication is needed and not known."""
    try:
        slots = _plain(slots, words)
        if {"day", "year"} <= slots.keys():
            return _from_to(slots, int(slots["year"]), words)
        if anchor is None:
            return None
        if "count" in slots:
            return _ago(*_count(slots["count"], words, numbers), words.units[slots["unit"]], anchor.day)
        return next((read(slots, anchor, words) for slot, read in _READERS.items() if slot in slots), None)
    except (ValueError, OverflowError):  # the thirtieth of February, the year before the first
        return None


def _plain(slots: Slots, words: DateWords) -> Slots:
    """Feasts and days in digits as a day and the number of a month; 04/05/2031 has two readings, so it has none."""
    if "feast" in slots:
        month, day = words.feasts[slots["feast"]]
        return {**slots, "number": str(month), "day": str(day)}
    if "either" in slots:
        one, two = int(slots["either"]), int(slots["or"])
        day, month = (two, one) if two > 12 else (one, two)
        return {**slots, "number": str(month), "day": str(day)} if day > 12 or day == month else {}
    return slots


def _from_to(slots: Slots, year: int, words: DateWords) -> Days:
    """Read "April 25", "25-27 April", in a year."""
    month, day = _numbered(slots, words), int(slots["day"])
    first, last = date(year, month, day), date(year, month, int(slots.get("until", day)))
    return first, max(first, last)


def _numbered(slots: Slots, words: DateWords) -> int:
    """The number of the month that the slots name."""
    named = slots.get("month") or slots.get("whole_month", "")
    return words.months.get(named) or words.short_months.get(named) or int(slots["number"])


def _month(slots: Slots, anchor: Anchor, words: DateWords) -> Days | None:
    """Read "April 25", "in April", "in April 2031", "last April"."""
    years = range(anchor.day.year - 1, anchor.day.year + 2)
    month, shift = _numbered(slots, words), words.shifts.get(slots.get("shift", ""))
    if "day" in slots:
        return _nearest([_from_to(slots, year, words) for year in years if _has(year, month, slots["day"])], anchor)
    if "year" in slots:
        return _whole_month(date(int(slots["year"]), month, 1), 0)
    months = [_whole_month(date(year, month, 1), 0) for year in years]
    if shift is None:
        return _nearest(months, anchor)
    if shift < 0:
        return [days for days in months if days[1] < anchor.day][-1]
    return next(days for days in months if days[0] > anchor.day) if shift else months[1]


def _nearest(found: list[Days], anchor: Anchor) -> Days | None:
    """The first of `found` from publication on if the clause looks ahead, else the last up to it, or soon after."""
    if anchor.tense == "future":
        return next((days for days in found if days[1] >= anchor.day), None)
    latest = anchor.day + (timedelta(0) if anchor.tense == "past" else _AHEAD)
    return next((days for days in reversed(found) if days[0] <= latest), None)


def _weekday(slots: Slots, anchor: Anchor, words: DateWords) -> Days | None:
    """Read "Tuesday", "last Tuesday", "Tuesday of next week"."""
    number, shift = words.weekdays[slots["weekday"]], words.shifts.get(slots.get("shift", ""))
    if slots.get("unit"):
        return _single(_week(anchor.day, shift or 0)[0] + timedelta(days=number - 1))
    since = (anchor.day.isoweekday() - number) % 7
    if shift is not None and shift < 0:
        return _single(anchor.day - timedelta(days=since or 7))
    if shift:
        return _single(anchor.day + timedelta(days=7 - since))
    ahead = anchor.tense == "future" or (shift == 0 and anchor.tense != "past")
    return _single(anchor.day + timedelta(days=-since % 7 if ahead else -since))


def _relative(slots: Slots, anchor: Anchor, words: DateWords) -> Days | None:
    """Read "yesterday", "overnight"."""
    first, last = words.days[" ".join(slots["relative"].split())]
    return anchor.day + timedelta(days=first), anchor.day + timedelta(days=last)


def _period(slots: Slots, anchor: Anchor, words: DateWords) -> Days | None:
    """Read "last week", "earlier this month", "next year"; "the last day" is no such period."""
    read = _PERIODS.get(words.units[slots["unit"]])
    if read is None:
        return None
    shift, bound = words.shifts[slots["shift"]], words.bounds.get(slots.get("bound", ""), 0)
    first, last = read(anchor.day, shift)
    if shift == 0 and anchor.tense == "past" and first > anchor.day:  # "this weekend", read on the Monday
        first, last = read(anchor.day, -1)
    if first <= anchor.day <= last and bound:
        return (first, anchor.day) if bound < 0 else (anchor.day, last)
    return first, last


def _weekend(_slots: Slots, anchor: Anchor, _words: DateWords) -> Days | None:
    """Read "the weekend"."""
    return _nearest([_saturday_and_sunday(anchor.day, shift) for shift in (-1, 0, 1)], _backward(anchor))


def _year(slots: Slots, _anchor: Anchor, _words: DateWords) -> Days | None:
    return _whole_year(date(int(slots["year"]), 1, 1), 0)


def _day(slots: Slots, anchor: Anchor, _words: DateWords) -> Days | None:
    """Read "on the 25th"."""
    months = [_whole_month(anchor.day, shift)[0] for shift in (-1, 0, 1)]
    days = [month.replace(day=int(slots["day"])) for month in months if _has(month.year, month.month, slots["day"])]
    return _nearest([_single(day) for day in days], _backward(anchor))


def _has(year: int, month: int, day: str) -> bool:
    return int(day) <= monthrange(year, month)[1]


def _backward(anchor: Anchor) -> Anchor:
    return anchor._replace(tense=anchor.tense or "past")


def _ago(least: int, most: int, unit: str, day: date) -> Days:
    """Days are exact; weeks and months are meant to half of one, years to the year."""
    if unit == "year":
        return _whole_year(day, -most)[0], _whole_year(day, -least)[1]
    length, about = _AGO[unit]
    return day - timedelta(days=most * length + about), day - timedelta(days=least * length - about)


def _count(word: str, words: DateWords, numbers: Mapping[str, float]) -> tuple[int, int]:
    if word.isdecimal():
        return int(word), int(word)
    return words.counts.get(word) or (int(numbers[word]), int(numbers[word]))


_READERS: dict[str, Callable[[Slots, Anchor, DateWords], Days | None]] = {
    "month": _month, "whole_month": _month, "number": _month, "weekday": _weekday, "relative": _relative,
    "weekend": _weekend, "unit": _period, "year": _year, "day": _day,
}  # fmt: skip


def _single(day: date) -> Days:
    return day, day


def _week(day: date, shift: int) -> Days:
    monday = day + timedelta(days=7 * shift - day.weekday())
    return monday, monday + timedelta(days=6)


def _saturday_and_sunday(day: date, shift: int) -> Days:
    _, sunday = _week(day, shift)
    return sunday - timedelta(days=1), sunday


def _whole_month(day: date, shift: int) -> Days:
    months = day.year * 12 + day.month - 1 + shift
    first, following = (date((months + i) // 12, (months + i) % 12 + 1, 1) for i in (0, 1))
    return first, following - timedelta(days=1)


def _whole_year(day: date, shift: int) -> Days:
    return date(day.year + shift, 1, 1), date(day.year + shift, 12, 31)


_PERIODS = {"week": _week, "weekend": _saturday_and_sunday, "month": _whole_month, "year": _whole_year}
