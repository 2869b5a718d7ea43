"""Editions of every zone and kind of day: their windows meet, and every article is told in one of them.

`runs` are given by what the clock on the wall says, as a scheduler does; the window of each is made as a build makes
it, and the last revision of a date is the edition that counts.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefing.commands.build import Options, run_of
from briefing.commands.online import opened, window_of
from briefing.config import Config
from briefing.sources.feeds import Feed
from briefing.sources.fetching.exchange import Fetched
from briefing.sources.formats.syndication import Entry
from briefing.sources.online import Listing, Online, _news
from briefing.sources.window import Window
from briefing.state import State

ZONES = sorted(available_timezones())
DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(days=7)
FIRST, YEARS = date(2026, 1, 1), 10
MIDNIGHTS = [datetime.combine(FIRST, time()) + n * DAY for n in range(366 * YEARS)]
HOURS = (time(0), time(2, 30), time(7), time(23, 59))
# A day was skipped or came twice; half an hour of summer time; a zone that moved by 23 hours, and one by a quarter.
ODD = [
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Fakaofo", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Pacific/Kwajalein", date(1969, 9, 30)),
    ("Pacific/Kiritimati", date(1994, 12, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("America/Caracas", date(2016, 5, 1)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("Africa/Juba", date(2021, 2, 1)),
]


def instants(zone: ZoneInfo, days: Iterable[date], at: time) -> list[datetime]:
    """When the wall shows that time, once each; where it never does, the moment that long after midnight's offset."""
    found = {datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC) for day in days for fold in (0, 1)}
    # Of a time that comes twice a scheduler takes the first; a date that comes twice has both.
    kept: list[datetime] = []
    for moment in sorted(found):
        if not kept or moment - kept[-1] > 2 * HOUR:
            kept.append(moment)
    return kept


def editions(zone: str, moments: Iterable[datetime]) -> dict[str, list[Window]]:
    """The windows of the revisions of each edition, by its date, of builds at these moments."""
    config = Config(timezone=zone)
    found: dict[str, list[Window]] = {}
    with State.transient() as state:
        for moment in moments:
            run = run_of(config, Options(now=moment.isoformat()))
            window = window_of(config, state, run)
            assert window
            revisions = found.setdefault(run.day, [])
            revisions.append(window)
            state.published(run.day, len(revisions), window.since, run.now)
    return found


def check(zone: str, moments: list[datetime]) -> None:
    """The windows of the editions that count meet, in the order of their dates, but for pauses of over a week."""
    found = editions(zone, moments)
    last = [found[day][-1] for day in sorted(found)]
    assert (last[0].since, last[-1].until) == (moments[0] - DAY, moments[-1])
    for earlier, later in pairwise(last):
        assert later.since == max(earlier.until, later.until - WEEK)
        assert earlier.since < earlier.until <= later.since < later.until


def around(day: date, many: int = 3) -> list[date]:
    return [day + n * DAY for n in range(-many, many + 1)]


def changes(zone: ZoneInfo) -> list[date]:
    """The days of ten years that end with another offset than they begin with."""
    offsets = [zone.utcoffset(day) for day in MIDNIGHTS]
    return [day.date() for day, (one, other) in zip(MIDNIGHTS, pairwise(offsets), strict=False) if one != other]


@functools.cache
def alike() -> dict[tuple[timedelta | None, ...], ZoneInfo]:
    """A zone for each way in which offsets change: many names are other names of one, or rules like another's."""
    zones = map(ZoneInfo, ZONES)
    return {tuple(zone.utcoffset(day) for day in MIDNIGHTS[::4]): zone for zone in zones}


@pytest.mark.parametrize("at", HOURS, ids=str)
def test_on_every_day_that_a_zone_makes_longer_or_shorter_the_windows_meet(at: time):
    for zone in alike().values():
        if days := changes(zone):
            # Some zones change twice within a month.
            near = sorted({near for day in days for near in around(day, 2)})
            check(str(zone), instants(zone, near, at))


@pytest.mark.parametrize("at", HOURS, ids=str)
@pytest.mark.parametrize(("zone", "day"), ODD)
def test_where_a_day_is_skipped_or_comes_twice_the_windows_meet(zone: str, day: date, at: time):
    check(zone, instants(ZoneInfo(zone), around(day), at))


@given(
    st.sampled_from(ZONES), st.dates(FIRST, date(FIRST.year + YEARS, 1, 1)), st.times().map(lambda t: t.replace(fold=0))
)
def test_in_every_zone_on_every_day_the_windows_meet(zone: str, day: date, at: time):
    check(zone, instants(ZoneInfo(zone), around(day, 2), at.replace(microsecond=0)))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", "2026-03-29", 23),
        ("Europe/Paris", "2026-10-25", 25),
        ("Europe/Paris", "2026-06-01", 24),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Pacific/Apia", "2011-12-31", 24),
    ],
)
def test_a_window_is_as_long_as_the_night_was(zone: str, day: str, hours: float):
    """In hours that passed, not by the difference of two clocks; Samoa's missing day was no time at all."""
    moments = instants(ZoneInfo(zone), around(date.fromisoformat(day)), time(7))
    (window,) = editions(zone, moments)[day]
    assert (window.until.astimezone(UTC) - window.since.astimezone(UTC)) == timedelta(hours=hours)


def test_a_date_that_comes_twice_is_one_edition_of_two_revisions():
    """Kwajalein went back by 23 hours on the 30th of September 1969."""
    zone = "Pacific/Kwajalein"
    found = editions(zone, instants(ZoneInfo(zone), around(date(1969, 9, 30)), time(7)))
    assert [len(windows) for windows in found.values()].count(2) == 1
    (first, second) = next(windows for windows in found.values() if len(windows) == 2)
    assert second.since == first.since
    assert second.until - first.until == 23 * HOUR


# Runs that are not punctual.

NOON = datetime(2031, 5, 20, 12, tzinfo=UTC)


def ends(*hours: float) -> dict[str, list[tuple[float, float]]]:
    """Windows by date, in hours from noon, of builds at so many hours from noon."""
    found = editions("UTC", [NOON + number * HOUR for number in hours])
    return {
        day: [((w.since - NOON) / HOUR, (w.until - NOON) / HOUR) for w in windows] for day, windows in found.items()
    }


def test_a_second_run_of_the_first_day_keeps_the_window_of_the_first():
    assert ends(-5, 3, 8, 20) == {"2031-05-20": [(-29, -5), (-29, 3), (-29, 8)], "2031-05-21": [(8, 20)]}


def test_a_second_run_of_a_later_day_begins_where_the_day_before_ended():
    assert ends(-29, -5, 3) == {"2031-05-19": [(-53, -29)], "2031-05-20": [(-29, -5), (-29, 3)]}


def test_late_early_and_skipped_runs_begin_where_the_last_edition_ended():
    assert ends(-5, 31, 42.5, 115) == {
        "2031-05-20": [(-29, -5)],
        "2031-05-21": [(-5, 31)],
        "2031-05-22": [(31, 42.5)],
        "2031-05-25": [(42.5, 115)],
    }


def test_after_more_than_a_week_the_window_is_a_week_and_a_second_run_keeps_its_beginning():
    week, gone = 7 * 24, 24 * 20
    assert ends(0, gone, gone + 5)["2031-06-09"] == [(gone - week, gone), (gone - week, gone + 5)]


def test_a_clock_set_back_by_hours_makes_a_revision_and_the_next_edition_begins_at_its_end():
    assert ends(-29, -5, -7, 19) == {
        "2031-05-19": [(-53, -29)],
        "2031-05-20": [(-29, -5), (-29, -7)],
        "2031-05-21": [(-7, 19)],
    }


def test_a_clock_that_was_a_month_ahead_leaves_no_gap_when_it_is_right_again():
    ahead = 30 * 24
    found = ends(-5, ahead, 19, 43)
    assert (found["2031-05-21"], found["2031-05-22"]) == ([(-5, 19)], [(19, 43)])


def test_an_edition_dated_by_hand_that_ends_later_than_the_next_run_leaves_it_an_empty_window():
    config = Config(timezone="UTC")
    with State.transient() as state:
        state.published("2031-05-20", 1, NOON - DAY, NOON + 30 * HOUR)
        window = window_of(config, state, run_of(config, Options(now=(NOON + DAY).isoformat())))
    assert window == Window(NOON + DAY, NOON + DAY)


def test_what_was_named_on_the_command_line_covers_no_time(tmp_path: Path):
    config = Config(timezone="UTC", state=tmp_path, sources=(Feed(url="https://sennes.example/feed"),))
    for hours, paths in ((-5, ()), (3, ("https://sennes.example/pier",)), (19, ())):
        run = run_of(config, Options(now=(NOON + hours * HOUR).isoformat(), paths=paths))
        with opened(config, run) as desk:
            desk.published(1, ())
    with State.opened(tmp_path / "briefing.sqlite3") as state:
        assert state.edition_end("2031-05-21") == NOON - 5 * HOUR


# What is told, and when.


class Act(NamedTuple):
    """So many hours after the act before: articles appear, and where `error` is not None a run whose clock is as far off."""

    after: int
    articles: int
    error: int | None


def told(acts: Iterable[Act], down: Callable[[int], bool] = lambda _run: False) -> tuple[dict[str, set[str]], set[str]]:
    """What each edition that counts tells of one feed, and all that stood in it when last read.

    Of a run that is `down` the feed is not reached, and what was read before stands in.
    """
    config = Config(timezone="UTC")
    true, entries, copy, found = NOON, list[Entry](), list[Entry](), dict[str, set[str]]()
    before: datetime | None = None
    with State.transient() as state:
        for number, act in enumerate(acts):
            true += act.after * HOUR
            entries += [_entry(len(entries) + n, true - n * HOUR / 4) for n in range(act.articles)]
            if act.error is None:
                continue
            run = run_of(config, Options(now=(true + act.error * HOUR).isoformat()))
            window = window_of(config, state, run)
            assert window
            fetched = Fetched(url="u", final="u", body=b"", as_of=run.now, before=before, how="fetched")
            if not down(number):
                copy, before = list(entries), run.now
            web = SimpleNamespace(state=state, now=run.now, window=window, settings=config.web, offline=False)
            news = _news(Online(limit=1000), Listing("https://sennes.example/feed", fetched, copy), web)
            state.published(run.day, 1 + (run.day in found), window.since, run.now)
            found[run.day] = {entry.title for entry in news.entries}
    return found, {entry.title for entry in copy}


def _entry(number: int, when: datetime) -> Entry:
    title = f"Report {number}"
    return Entry(url=f"https://sennes.example/{number}", title=title, published=when.isoformat(), html="")


def once(found: dict[str, set[str]]) -> Iterator[str]:
    for news in found.values():
        yield from news


ERRORS = st.sampled_from((0, 0, 0, None))
ACTS = st.builds(Act, st.integers(1, 60), st.integers(0, 4), ERRORS)
FIRST_RUN = Act(1, 3, 0)


@given(st.lists(ACTS, max_size=10))
def test_whenever_it_is_run_every_article_is_told_in_one_edition(acts: list[Act]):
    found, read = told([FIRST_RUN, *acts])
    assert sorted(once(found)) == sorted(read)


# A second run of the day on which the feed is there again.
@example([Act(1, 1, 0), Act(24, 0, 0), Act(7, 0, 0), Act(1, 0, 0)], {1, 2})
@given(st.lists(ACTS, max_size=10), st.sets(st.integers(1, 10)))
def test_what_stood_in_a_feed_while_it_could_not_be_had_is_told_when_it_can(acts: list[Act], down: set[int]):
    """Within a week: here no two runs are further apart, and no more than two in turn fail."""
    failing = {number for number in down if not {number - 1, number - 2} <= down}
    short = [act._replace(after=act.after % 40 + 1, error=0) for act in acts]
    found, read = told([FIRST_RUN, *short], failing.__contains__)
    assert sorted(once(found)) == sorted(read)


@given(st.lists(st.builds(Act, st.integers(24, 40), st.integers(0, 4), st.integers(-11, 0)), max_size=10))
def test_a_clock_that_is_set_back_by_hours_loses_nothing_and_tells_nothing_twice(acts: list[Act]):
    found, read = told([FIRST_RUN, *acts])
    assert sorted(once(found)) == sorted(read)


@given(
    st.integers(48, 24 * 40),
    st.lists(st.builds(Act, st.integers(20, 30), st.integers(1, 4), st.just(0)), min_size=2, max_size=8),
)
def test_a_clock_that_was_far_ahead_once_loses_nothing(ahead: int, acts: list[Act]):
    """What stood there by then is told before, by the run whose clock is wrong, or after it; what came later, once."""
    found, read = told([FIRST_RUN, Act(20, 2, ahead), *acts])
    assert set(once(found)) == read
    ahead_of_time = f"{NOON + (ahead + 21) * HOUR:%Y-%m-%d}"
    right = list(once({day: news for day, news in found.items() if day != ahead_of_time}))
    assert len(right) == len(set(right))
