"""What is news: dates, what was seen before, and articles that feeds date anew or publish late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.sources.window import Keys, Window, is_news, late_from, moment, text_key

NOW = datetime(2031, 5, 20, 6, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
WINDOW = Window(SINCE, NOW)
LONG = "The harbour of Sennes was closed on Monday after a barge struck the eastern pier and lost part of its cargo of timber."
KEYS = Keys("url:a", "text:a")
OLD, NEW = SINCE - timedelta(days=3), NOW


def news(when, seen=None, known=True, keys=KEYS, before=None):
    late = late_from(WINDOW, known, before)
    return is_news(keys, when, {"url:a": NEW, "text:a": NEW, **(seen or {})}, WINDOW, late)


def test_an_article_dated_in_the_window_is_news():
    assert news(SINCE + timedelta(hours=2))


def test_an_article_dated_before_the_window_is_not():
    assert not news(SINCE - timedelta(days=2))


def test_an_article_published_late_in_a_known_feed_is_news():
    """Dated ten minutes before the window began, but not in the feed when the last edition was made."""
    assert news(SINCE - timedelta(minutes=10))


def test_what_a_feed_published_while_it_could_not_be_had_is_news():
    """Last read three days before the window: an article of two days before it is news, one of five days is not."""
    assert news(SINCE - timedelta(days=2), before=OLD)
    assert not news(SINCE - timedelta(days=2))
    assert not news(SINCE - timedelta(days=5), before=OLD)


def test_in_a_feed_read_for_the_first_time_the_date_alone_decides():
    assert not news(SINCE - timedelta(minutes=10), known=False)


def test_an_old_article_dated_anew_is_not_news():
    assert not news(NOW, {"url:a": OLD, "text:a": OLD})


def test_an_old_text_posted_at_a_new_address_is_not_news():
    assert not news(NOW, {"text:a": OLD})


def test_a_changed_text_at_a_known_address_is_news_when_its_date_is():
    assert news(NOW, {"url:a": OLD})


def test_a_changed_text_at_a_known_address_with_its_old_date_is_not_news():
    assert not news(SINCE - timedelta(hours=1), {"url:a": OLD})


def test_an_undated_entry_is_news_until_an_edition_later():
    assert news(None)
    assert not news(None, {"url:a": OLD})


def test_of_an_entry_without_enough_words_the_address_decides():
    keys = Keys("url:a", None)
    assert news(NOW, keys=keys)
    assert not news(NOW, {"url:a": OLD}, keys=keys)


def test_few_words_are_no_key_since_they_recur():
    assert text_key("Morning briefing", "All you need to know today") is None
    assert text_key("Pier struck", LONG) == text_key("PIER STRUCK", LONG + "\n\n")


@pytest.mark.parametrize("stamp", [None, "soon", "2031-05-20T09:00:00+00:00", "2031-06-01", "2031-13-01"])
def test_no_date_or_one_ahead_is_unknown(stamp):
    assert moment(stamp, NOW) is None


def test_a_day_without_a_time_is_not_over_before_it_ends():
    assert moment("2031-05-19", NOW) == datetime(2031, 5, 19, 23, 59, 59, 999999, tzinfo=UTC)
    assert moment("2031-05-20", NOW) == NOW


@given(st.datetimes(datetime(2031, 5, 1), datetime(2031, 5, 20)), st.booleans())
def test_what_was_told_before_is_never_news_again(when, known):
    """Whatever its date says: address and words seen before the window."""
    assert not news(when.replace(tzinfo=UTC), {"url:a": OLD, "text:a": OLD}, known)
