"""Times are shown in the edition's zone; days stay days."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.outputs.dates import day, moment, short_moment, span, zone
from briefing.outputs.words import words_of

ENGLISH = words_of("en")
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, "undated"),
        ("", "undated"),
        ("2031-05-20", "20 May 2031"),
        ("2031-05-20T22:30:00Z", "21 May 2031, 00:30 CEST"),
        ("2031-01-20T08:00:00-05:00", "20 January 2031, 14:00 CET"),
        ("2031-05-20T14:05:00", "20 May 2031"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("next\nTuesday", "next Tuesday"),
    ],
)
def test_a_date_is_shown_as_precisely_as_it_is_known(text, shown):
    assert moment(ENGLISH, text, PARIS) == shown


def test_a_zone_without_a_name_shows_its_offset():
    assert moment(ENGLISH, "2031-05-20T12:00:00Z", ZoneInfo("America/Sao_Paulo")) == "20 May 2031, 09:00 UTC-03"


@pytest.mark.parametrize("name", ["", "Nowhere/Here", "../../etc/passwd", "Europe", "\x00", "UTC"])
def test_an_unknown_zone_is_utc(name):
    assert zone(name).key == "UTC"


def test_a_day_is_named_in_full():
    assert day(ENGLISH, "2025-06-21") == "Saturday 21 June 2025"
    assert day(ENGLISH, "some day") == "some day"


def test_a_step_names_the_year_only_where_it_is_another():
    assert short_moment(ENGLISH, "2031-05-18T07:00:00Z", PARIS, 2031) == "18 May, 09:00"
    assert short_moment(ENGLISH, "2030-12-31", PARIS, 2031) == "31 December 2030"
    assert short_moment(ENGLISH, None, PARIS, 2031) == "undated"


def test_a_span_goes_from_the_first_to_the_last():
    assert span(ENGLISH, ["2031-05-20T12:00:00Z", None, "2031-05-18"], PARIS) == (
        "18 May 2031 to 20 May 2031, 14:00 CEST (1 undated)"
    )
    assert span(ENGLISH, ["2031-05-18", "2031-05-18"], PARIS) == "18 May 2031"
    assert span(ENGLISH, ["2031-05-18", "2031-05-20"], PARIS) == "18 May to 20 May 2031"
    assert span(ENGLISH, ["2030-12-31", "2031-01-01"], PARIS) == "31 December 2030 to 1 January 2031"
    assert (
        span(ENGLISH, ["2031-05-18T05:00:00Z", "2031-05-19T05:00:00Z"], PARIS)
        == "18 May, 07:00 to 19 May 2031, 07:00 CEST"
    )
    assert span(ENGLISH, ["2031-05-18T05:00:00Z", "2031-05-18T06:30:00Z"], PARIS) == "18 May 2031, 07:00 to 08:30 CEST"
    assert span(ENGLISH, ["2031-03-29T05:00:00Z", "2031-03-31T05:00:00Z"], PARIS) == (
        "29 March 2031, 06:00 CET to 31 March 2031, 07:00 CEST"
    )
    assert span(ENGLISH, [None], PARIS) == "undated"


@given(st.lists(st.none() | st.text() | st.datetimes().map(lambda at: f"{at.isoformat()}+03:00")))
def test_any_dates_give_one_line(texts):
    assert "\n" not in span(ENGLISH, texts, PARIS)
