"""What sites ask of programs: robots.txt and the opt-outs from text and data mining."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.sources.fetching import robots
from briefing.sources.fetching.exchange import FetchError

SITE = "https://gazette.test"

RULES = b"""
User-agent: *
Disallow: /archive
Allow: /archive/open
Disallow: /*.pdf$
Crawl-delay: 2.5

User-agent: otherbot
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/archive/1", False),
        ("/archive/open/1", True),
        ("/a.pdf", False),
        ("/a.pdf?page=2", True),
        ("/%61rchive/1", False),
        ("/robots.txt", True),
    ],
)
def test_the_longest_rule_that_fits_decides(path, allowed):
    assert robots.robots(RULES).allowed(SITE + path) is allowed


def test_rules_for_us_by_name_go_before_those_for_all():
    rules = robots.robots(b"User-agent: *\nDisallow: /\n\nUser-agent: Briefing\nDisallow: /private\n")
    assert rules.allowed(SITE + "/news")
    assert not rules.allowed(SITE + "/private/1")
    assert not rules.allowed(SITE + "/news", "somebody")


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html><title>Not here</title>", b"\x00\xff\xfe", b"Disallow: /"])
def test_what_holds_no_rules_closes_nothing(body):
    assert robots.robots(body).allowed(SITE + "/news")


def test_a_byte_order_mark_hides_no_rule():
    assert not robots.robots(b"\xef\xbb\xbfUser-agent: *\nDisallow: /").allowed(SITE + "/news")


def test_the_first_500_kib_are_read_and_no_half_line():
    start = b"User-agent: *\nDisallow: /secret\n"
    filler = b"#" * (500 * 1024 - len(start) - 12) + b"\n"
    rules = robots.robots(start + filler + b"Disallow: /newsroom\n")
    assert not rules.allowed(SITE + "/secret")
    assert rules.allowed(SITE + "/news")


def test_the_delay_a_site_asks_for_is_given_in_seconds():
    assert robots.robots(RULES).crawl_delay() == 2.5
    assert robots.robots(b"User-agent: *\nCrawl-delay: soon").crawl_delay() is None


def test_what_stands_for_no_robots_txt_is_not_trouble():
    assert {"missing", "gone", "refused"} <= robots.ABSENT
    assert not robots.ABSENT & {"server", "limited", "network", "timeout", "too_large", "private"}


@pytest.mark.parametrize(
    ("fault", "given_as"), [("timeout", "timeout"), ("network", "network"), ("server", "robots"), ("limited", "robots")]
)
def test_a_site_without_a_readable_robots_txt_is_closed_and_says_why(fault, given_as):
    error = robots.closed(FetchError(fault, "gazette.test: trouble"))
    assert error.fault == given_as
    assert "gazette.test: trouble" in str(error)
    assert "robots.txt" in str(error)


def tdmrep(*rules):
    entries = [{"location": location, "tdm-reservation": value} for location, value in rules]
    return robots.reservations(json.dumps(entries).encode())


@pytest.mark.parametrize(
    ("rules", "path", "covered"),
    [
        ((("/", 1),), "/news/1", True),
        ((("/", 0),), "/news/1", False),
        ((("/news/", 0), ("/", 1)), "/news/1", False),
        ((("/news/", 0), ("/", 1)), "/sport/1", True),
        ((("/", 1), ("/news/", 0)), "/news/1", True),
        ((("/images/*.jpg$", "1"),), "/images/a.jpg", True),
        ((("/images/*.jpg$", "1"),), "/images/a.jpg?small", False),
        ((("*", 1),), "/news/1", True),
        ((("news/", 1),), "/news/1", True),
        ((("/", 2),), "/news/1", False),
        ((("", 1),), "/news/1", False),
        ((("/x\nAllow: /", 1),), "/news/1", False),
        ((), "/news/1", False),
    ],
)
def test_the_first_rule_of_tdmrep_that_fits_decides(rules, path, covered):
    assert tdmrep(*rules).cover(SITE + path) is covered


def test_one_rule_outside_of_an_array_counts():
    assert robots.reservations(b'{"location": "/", "tdm-reservation": 1}').cover(SITE + "/news")


@given(st.one_of(st.binary(max_size=200), st.sampled_from([b"[" * 100_000, b"null", b"[1, {}, null, [[]]]", b"1e999"])))
def test_no_bytes_are_too_odd_for_a_tdmrep(body):
    assert robots.reservations(body).cover(SITE + "/news") is False


HTML = "<html><head>{}</head><body><p>Text</p></body></html>"


@pytest.mark.parametrize(
    "meta",
    [
        '<meta name="tdm-reservation" content="1">',
        "<META CONTENT='1' NAME='TDM-Reservation'/>",
        '<meta name="robots" content="noindex, NOAI">',
        '<meta name="briefing" content="noai">',
    ],
)
def test_a_page_can_opt_out_in_its_head(meta):
    assert robots.reserved({}, HTML.format(meta))


@pytest.mark.parametrize(
    "meta",
    [
        '<!-- <meta name="tdm-reservation" content="1"> -->',
        '<meta name="tdm-reservation" content="0">',
        '<meta name="tdm-reservation" content="yes">',
        '<meta name="robots" content="noindex, noimageai">',
        '<meta name="otherbot" content="noai">',
        '<meta name="description" content="noai">',
        "<meta>",
        "",
    ],
)
def test_what_is_no_opt_out_is_not_taken_for_one(meta):
    assert not robots.reserved({}, HTML.format(meta))


@pytest.mark.parametrize(
    ("headers", "reserved"),
    [
        ({"tdm-reservation": "1"}, True),
        ({"tdm-reservation": "0"}, False),
        ({"x-robots-tag": "noai"}, True),
        ({"x-robots-tag": "noindex, noai"}, True),
        ({"x-robots-tag": "otherbot: noindex, noai"}, False),
        ({"x-robots-tag": "otherbot: noindex, briefing: noai"}, True),
        ({"x-robots-tag": "max-snippet: 20, noai"}, True),
        ({"x-robots-tag": "noimageai"}, False),
        ({}, False),
    ],
)
def test_an_answer_can_opt_out_by_its_headers(headers, reserved):
    assert robots.reserved(headers) is reserved


def test_what_a_page_says_of_itself_goes_before_the_header():
    assert not robots.reserved({"tdm-reservation": "1"}, HTML.format('<meta name="tdm-reservation" content="0">'))
    assert robots.reserved({"tdm-reservation": "0"}, HTML.format('<meta name="tdm-reservation" content="1">'))


@given(st.text(max_size=300), st.text(max_size=50))
def test_no_head_and_no_header_is_too_odd(text, tag):
    assert robots.reserved({"x-robots-tag": tag}, f"<?xml encoding='x'?><meta {text}") in {True, False}
