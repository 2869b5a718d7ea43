# ruff: noqa: N802 - a row's test has the name it has in the fault table
"""F2, F4 to F6, F8, F9 and F20 to F22 of the fault table: what a run makes of what those before it saw.

The rows share four runs, two hours, three hours and thirty hours after the first; each sets up its own sites,
whose answers change from one request to the next.
"""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.faults.runs import XML, Town, feed, news
from tests.sources.newsroom import HTML, NOW, item, rss, told
from tests.sources.servers import in_turn, redirect, reply

MOMENTS = tuple(NOW + timedelta(hours=number) for number in (0, 2, 3, 30))
# In the window of the last run, but not of the others.
LATE = NOW + timedelta(hours=29)
EARLY = NOW - timedelta(hours=1)
SETUPS = []


def part(setup):
    SETUPS.append(setup)
    return setup


def listed(*items, title="The Gazette"):
    return reply(rss(*items, title=title), headers=XML)


def full(title, link="", when=EARLY, guid="", text=""):
    """An item with its whole text."""
    written = item(
        title, link or f"https://sennes.example/{title.replace(' ', '-')}", when, text or told(title) * 3, True
    )
    return written.replace("</item>", f"<guid isPermaLink='false'>{guid}</guid></item>" if guid else "</item>")


class Week:
    """The runs, one after the other, and the town they ran over."""

    def __init__(self, town):
        self.town = town
        self.mornings = [town.paper.read(now) for now in MOMENTS]

    def found(self, name):
        return [morning[name] for morning in self.mornings]

    def titles(self, name):
        return [found.titles for found in self.found(name)]

    def outcomes(self, name):
        return [found.outcome for found in self.found(name)]

    def within(self):
        return all(morning.within() for morning in self.mornings)


@pytest.fixture(scope="module")
def week(farm, certificates, tmp_path_factory):
    town = Town(farm, certificates, tmp_path_factory.mktemp("mornings"))
    for setup in SETUPS:
        setup(town)
    town.paper.write(town.hosts())
    return Week(town)


@part
def moved_for_now(town):
    for status in (302, 303, 307):
        town.feed(f"F2 {status}", {"/a": redirect("/feed", status), "/feed": feed(f"F2 {status}")}, "/a")


def test_F02_what_moved_for_now_is_followed_and_the_old_address_asked_again(week):
    for status in (302, 303, 307):
        name = f"F2 {status}"
        assert week.titles(name)[:3] == [[name]] * 3
        assert {(h["moved_to"], h["url"]) for f in week.found(name) for h in f.health} == {
            (None, week.town.sites[name].url("/a"))
        }
        assert week.town.asked(name) == ["/a", "/feed"] * 4
    assert week.within()


@part
def unchanged(town):
    first = reply(news("F4"), headers={**XML, "ETag": 'W/"x y"', "Last-Modified": "Monday"})
    second = reply(b"", 304, {"Last-Modified": "Tuesday"})
    town.feed("F4", in_turn(first, second, reply(b"", 304)))


def test_F04_unchanged_means_the_stored_entries_without_an_error(week):
    assert week.titles("F4")[:3] == [["F4"]] * 3
    assert week.outcomes("F4") == ["reached", "unchanged", "unchanged", "unchanged"]
    assert [found.failures for found in week.found("F4")] == [()] * 4
    requests = week.town.sites["F4"].requests
    assert [r.headers.get("if-none-match") for r in requests] == [None, *['W/"x y"'] * 3]
    assert [r.headers.get("if-modified-since") for r in requests] == [None, "Monday", "Tuesday", "Tuesday"]
    assert week.within()


@part
def missing(town):
    town.feed("F5", reply(b"no such page", 404))


def test_F05_what_is_missing_is_an_error_of_each_run_and_from_the_third_on_a_question(week):
    assert all(found.failed("not found (404)") for found in week.found("F5"))
    assert ["gone?" in found.note for found in week.found("F5")] == [False, False, True, True]
    assert len(week.town.asked("F5")) == 4
    assert week.within()


@part
def gone(town):
    town.feed("F6", in_turn(feed("F6"), reply(b"", 410)))


def test_F06_what_is_gone_is_told_once_in_each_run_and_never_asked_again(week):
    assert week.outcomes("F6") == ["reached", "dead", "dead", "dead"]
    for found in week.found("F6")[1:]:
        (reason,) = found.reasons
        assert "remove it from the configuration" in reason
        assert found.documents == ()
    assert len(week.town.asked("F6")) == 2
    assert week.within()


@part
def asked_to_wait(town):
    def limited(name, status, wait):
        town.feed(name, in_turn(feed(name), reply(b"", status, {"Retry-After": wait}), feed(name)))

    limited("F8 seconds", 429, "5400")
    limited("F8 date", 503, format_datetime(MOMENTS[1] + timedelta(minutes=90), usegmt=True))
    limited("F8 for ever", 429, "864000")
    town.feed("F8 new", reply(b"", 429, {"Retry-After": "5400"}))


def test_F08_who_asks_us_to_wait_is_left_alone_so_long_but_no_longer_than_a_day(week):
    for name in ("F8 seconds", "F8 date", "F8 for ever"):
        assert week.outcomes(name) == ["reached", "kept", "kept", "reached"]
        assert week.titles(name)[:3] == [[name]] * 3
        assert len(week.town.asked(name)) == 3
        for found in week.found(name)[1:3]:
            assert "wait until" in found.note
            assert found.health[0]["as_of"] == NOW.isoformat()
    assert len(week.town.asked("F8 new")) == 3
    assert week.found("F8 new")[0].failed("wait until")
    assert week.within()


@part
def in_trouble(town):
    town.feed("F9 once", in_turn(reply(b"", 500), feed("F9 once"), reply(b"", 502), feed("F9 once")))
    town.feed("F9 later", in_turn(feed("F9 later"), reply(b"", 500)))
    town.feed("F9 always", reply(b"<h1>Bad gateway</h1>", 502))


def test_F09_a_server_in_trouble_is_asked_once_more_and_then_the_stored_entries_stand_in(week):
    assert week.outcomes("F9 once")[:2] == ["reached"] * 2
    assert week.outcomes("F9 later") == ["reached", "kept", "kept", "kept"]
    assert len(week.town.asked("F9 later")) == 1 + 3 * 2
    for found in week.found("F9 later")[1:3]:
        assert found.titles == ["F9 later"]
        assert found.health[0]["as_of"] == NOW.isoformat()
        assert f"the copy of {NOW.isoformat()} stands in" in found.reasons[0]
    assert all(found.failed("server in trouble (502)") for found in week.found("F9 always"))
    assert len(week.town.asked("F9 always")) == 4 * 2
    assert week.within()


@part
def spoilt(town):
    def old(kind):
        return [full(title, f"https://sennes.example/20/{kind}/{title}") for title in ("pier", "tram")]

    def spoils(kind, answer):
        town.feed(f"F20 {kind}", in_turn(listed(*old(kind)), answer))

    whole = rss(full("ferry", "https://sennes.example/20/ferry", NOW + timedelta(hours=1)), *old("cut"))
    cut = reply(whole[: whole.index(b"<title>tram")], headers=XML)
    spoils("empty", reply(b"", headers=XML))
    spoils("page", reply(b"<html><title>Oops</title><p>Try later", headers=HTML))
    spoils("cut", cut)
    town.feed("F20 new", cut)


def test_F20_what_is_empty_an_error_page_or_breaks_off_takes_no_entry_away(week):
    old = ["pier", "tram"]
    for name, words in (("F20 empty", "empty answer"), ("F20 page", "an HTML page")):
        assert week.titles(name)[:3] == [old] * 3
        assert week.outcomes(name)[:3] == ["reached", "kept", "kept"]
        assert all(words in found.note for found in week.found(name)[1:])
    assert week.titles("F20 cut")[1:3] == [["ferry", *old]] * 2
    assert "truncated" in week.found("F20 cut")[1].note
    assert "truncated" in week.found("F20 new")[0].note
    assert week.within()


@part
def known_by_other_names(town):
    base = "http://sennes.example/21"
    before = listed(
        full("Changing id", f"{base}/changing", guid="one"),
        full("Same id A", f"{base}/a", guid="same"),
        full("Same id B", f"{base}/b", guid="same"),
        full("No id", f"{base}/none"),
        full("New path", f"{base}/old/path", guid="path"),
    )
    after = listed(
        full("Changing id", f"{base}/changing", LATE, "two"),
        full("Same id A", f"{base}/a", LATE, "same"),
        full("Same id B", f"{base.replace('http:', 'https:')}/b?utm_source=rss", LATE, "same"),
        full("No id", f"{base}/none/", LATE),
        full("New path", f"{base}/new/path", LATE, "path"),
        full("Same id C", f"{base}/c", LATE, "same"),
    )
    town.feed("F21", in_turn(before, before, before, after))


def test_F21_an_article_is_known_by_its_address_and_words_whatever_its_id(week):
    first, *_, last = week.titles("F21")
    assert first == ["Changing id", "New path", "No id", "Same id A", "Same id B"]
    assert last == ["Same id C"]
    assert week.found("F21")[-1].health[0]["entries"] == 6
    assert week.within()


@part
def dated_anew(town):
    def brief(when):
        words = "The quay of Sennes closes on Friday for works, and opens again on Monday."
        return listed(item("F22 brief", "https://sennes.example/22/brief", when, words))

    before = listed(full("F22 first"), full("F22 second"))
    after = listed(full("F22 first", when=LATE), full("F22 second", when=LATE), full("F22 third", when=LATE))
    town.feed("F22", in_turn(before, before, before, after))
    town.feed("F22 undated", in_turn(listed(full("F22 no date", when=None)), listed(full("F22 no date", when=LATE))))
    # Too few words to know an article by: its address has to do.
    town.feed("F22 brief", in_turn(*[brief(EARLY)] * 3, brief(LATE)), full_text="feed")


def test_F22_what_was_seen_before_is_no_news_whatever_date_it_gets(week):
    assert week.titles("F22")[0] == ["F22 first", "F22 second"]
    assert week.titles("F22")[-1] == ["F22 third"]
    assert week.titles("F22 undated")[-1] == []
    assert (week.titles("F22 brief")[0], week.titles("F22 brief")[-1]) == (["F22 brief"], [])
    assert week.within()
