"""Dates: what is written, never more precise than it is written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.stages.clean import parse_published
from briefing.stages.clean.dates import date_line


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2023-04-25T10:00:00Z", "2023-04-25T10:00:00+00:00"),
        ("2023-04-25T10:00:00.123+02:00", "2023-04-25T10:00:00+02:00"),
        ("2023-04-25 10:00:00 +0200", "2023-04-25T10:00:00+02:00"),
        ("2023-04-25 10:00:00 UTC", "2023-04-25T10:00:00+00:00"),
        ("2023-04-25T10:00", "2023-04-25"),
        ("2023-04-25", "2023-04-25"),
        ("20230425", "2023-04-25"),
        ("2023/4/25", "2023-04-25"),
        ("Tue, 25 Apr 2023 10:00:00 -0500", "2023-04-25T10:00:00-05:00"),
        ("25 Apr 2023 10:00 GMT", "2023-04-25T10:00:00+00:00"),
        ("April 25, 2023", "2023-04-25"),
        ("Tuesday, April 25th, 2023 at 5:53 PM", "2023-04-25"),
        ("25 April 2023", "2023-04-25"),
        ("25. Januar 2023", "2023-01-25"),
        ("25 février 2023", "2023-02-25"),
        ("25 de abril de 2023", "2023-04-25"),
        ("25 أبريل 2023", "2023-04-25"),
        ("25.04.2023", "2023-04-25"),
        ("04/25/2023", "2023-04-25"),
        ("1682416800", "2023-04-25T10:00:00+00:00"),
        ("1682416800000", "2023-04-25T10:00:00+00:00"),
    ],
)
def test_dates_that_can_be_read(written, read):
    assert parse_published(written) == read


@pytest.mark.parametrize(
    "written",
    ["", "today", "Tuesday", "2023", "April 2023", "04.05.2023", "04/05/2023", "31 February 2023", "2023-13-45",
     "1889-01-01", "2101-01-01", "99999999999999", "10:30", "25 Foo 2023", "x" * 500],
)  # fmt: skip
def test_nothing_is_invented(written):
    assert parse_published(written) is None


@given(st.text(max_size=120) | st.from_regex(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}( \d\d:\d\d)?", fullmatch=True))
def test_any_text_gives_a_date_in_form_or_none(written):
    found = parse_published(written)
    assert found is None or re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?", found)


@given(st.datetimes(timezones=st.timezones()))
def test_what_was_read_is_read_alike_again(moment):
    found = parse_published(moment.isoformat())
    assert found is None or parse_published(found) == found


@pytest.mark.parametrize(
    "line",
    [
        "November 20, 2031 - 11:28 AMT",
        "Published 7:07 PM EST Nov 20, 2031",
        "20 NOV 2031",
        "Posted on: 20 November 2031",
    ],
)
def test_a_line_that_is_only_a_date(line):
    assert date_line(line).published == "2031-11-20"


def test_a_line_that_says_when_a_text_was_changed_gives_no_date_of_publication():
    assert date_line("Updated: 3 May 2031").published is None


def test_a_sentence_with_a_date_is_no_date_line():
    assert date_line("On 25 April 2023 he died") is None
