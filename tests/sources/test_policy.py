"""What the fetcher decides about URLs, answers and what it remembers; nothing here asks anybody."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.sources.fetching import policy
from briefing.sources.fetching.exchange import Access, FetchError, Want
from briefing.sources.fetching.http import Answer
from briefing.sources.fetching.policy import Arrival, Moment
from briefing.state import Resource

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
URL = "https://gazette.test/feed"


def answer(status=200, body=b"text", **headers):
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body, 0.1)


def arrival(status=200, body=b"text", url=URL, permanent=False, confirmed=False, **headers):
    return Arrival(url, answer(status, body, **headers), permanent, confirmed)


def fault(status, body=b"", failures=0, until=None, **headers):
    return policy.fault(arrival(status, body, **headers), until, failures)


# Addresses.


@pytest.mark.parametrize(
    "url",
    [
        "ftp://gazette.test/feed",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:///feed",
        "https://",
        "gazette.test/feed",
        "",
        "https://reader:secret@gazette.test/feed",
        "https://reader:secret@gazette.test:port/feed",
        "ftp://reader:secret@gazette.test/feed",
        "https://gazette.test\\@evil.test/feed",
        "https://gazette.test\\.evil.test/feed",
        "https://gazette.test:port/feed",
        "https://gazette.test:99999/feed",
        "https://[::1/feed",
        "https://gazette.test/a\nb",
        "https://gazette.test/a\tb",
        "https://gazette.test/\x00",
        "https://gazette.test/\x85",
        "https://gazette.test/\udc80",
        "https://gazette.test/" + "a" * 2000,
    ],
)
def test_what_is_no_address_of_the_web_is_not_asked(url):
    with pytest.raises(FetchError) as caught:
        policy.fit(url)
    assert caught.value.fault == "address"
    assert "secret" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_an_address_is_kept_as_it_is_but_for_its_fragment():
    assert policy.fit("https://Gazette.test:8443/a?b=c&utm_x=1#part") == "https://Gazette.test:8443/a?b=c&utm_x=1"


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused_as_one(text):
    with suppress(FetchError):
        url = policy.fit(f"http://{text}")
        assert policy.host(url)
        assert policy.site(url).startswith("http://")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Gazette.Test./feed", "gazette.test"),
        ("https://bücher.test/", "xn--bcher-kva.test"),
        ("http://[::1]:8080/", "::1"),
        ("http://gazette.test:8080/", "gazette.test"),
    ],
)
def test_a_host_has_one_name(url, host):
    assert policy.host(url) == host


def test_ports_are_the_webs_and_the_configured_ones():
    access = Access(home="https://gazette.test:8443/feed")
    page = Want(url="https://other.test:22/a", role="page", access=access)
    assert policy.ports(page.url, page, ()) == {80, 443, 8443}
    assert policy.ports(page.url, page, ("other.test",)) == {80, 443, 8443, 22}
    assert policy.ports(page.url, page, ("other.test:22",)) == {80, 443, 8443, 22}
    assert policy.ports(page.url, page, ("other.test:23", "elsewhere.test")) == {80, 443, 8443}
    feed = Want(url="http://gazette.test:9000/feed", role="feed")
    assert policy.ports("http://gazette.test/moved", feed, ()) == {80, 443, 9000}


# Requests.

STORED = Resource(url=URL, final=URL, etag='W/"a b"', modified="Fri, 20 Nov 2026 05:00:00 GMT", body="0" * 64)


def test_validators_go_back_byte_for_byte_and_only_where_they_came_from():
    assert policy.request_headers(URL, Access(), STORED) == {
        "If-None-Match": 'W/"a b"',
        "If-Modified-Since": "Fri, 20 Nov 2026 05:00:00 GMT",
    }
    assert policy.request_headers(URL, Access(), STORED.replace(final="https://gazette.test/new")) == {}


@pytest.mark.parametrize(
    "url", ["http://gazette.test/feed", "https://gazette.test:8443/feed", "https://www.gazette.test/feed"]
)
def test_a_login_goes_to_its_own_origin_alone(url):
    access = Access(home=URL, headers=(("Authorization", "Basic x"),))
    assert policy.request_headers("https://gazette.test/a", access, Resource(url=URL)) == {"Authorization": "Basic x"}
    assert policy.request_headers(url, access, Resource(url=URL)) == {}


# Redirects.


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("https://other.test/a", "https://other.test/a"),
        ("/new?x=1#y", "https://gazette.test/new?x=1"),
        ("new", "https://gazette.test/new"),
        ("//other.test/", "https://other.test/"),
        ("http://gazette.test/feed", "http://gazette.test/feed"),
        (" /padded ", "https://gazette.test/padded"),
        ("/Nüchtern", "https://gazette.test/N%C3%BCchtern"),
    ],
)
def test_a_redirect_leads_where_it_says(location, leads_to):
    assert policy.target(URL, answer(302, location=location)) == leads_to


@pytest.mark.parametrize(
    "location",
    [
        "",
        "file:///etc/passwd",
        "ftp://gazette.test/",
        "javascript:alert(1)",
        "https://u:p@other.test/",
        "https://[::1/",
        "/a\x00b",
    ],
)
def test_a_redirect_out_of_the_web_is_an_error(location):
    with pytest.raises(FetchError) as caught:
        policy.target(URL, answer(301, location=location))
    assert caught.value.fault == "redirect"


@pytest.mark.parametrize("status", [200, 300, 304, 305, 404])
def test_only_redirects_lead_on(status):
    assert policy.target(URL, answer(status, location="/new")) is None


# What an answer means.


@pytest.mark.parametrize(
    ("status", "expected", "words"),
    [
        (401, "refused", "login"),
        (403, "refused", "refuses us"),
        (451, "refused", "legal"),
        (404, "missing", "not found"),
        (410, "gone", "no longer asked"),
        (500, "server", "in trouble (500)"),
        (599, "server", "in trouble (599)"),
        (418, "status", "unexpected answer (418)"),
        (304, "status", "unexpected answer (304)"),
        (206, "status", "unexpected answer (206)"),
        (204, "server", "empty"),
    ],
)
def test_each_status_has_its_kind_of_trouble_and_its_words(status, expected, words):
    trouble = fault(status)
    assert trouble.fault == expected
    assert words in str(trouble)
    assert str(trouble).startswith("gazette.test: ")


def test_a_body_is_no_trouble_and_an_empty_one_is():
    assert fault(200, b"text") is None
    assert fault(200, b" \r\n").fault == "server"
    assert policy.fault(arrival(304, b"", confirmed=True), None, 0) is None


@pytest.mark.parametrize(("failures", "asks"), [(0, False), (1, False), (2, True), (9, True)])
def test_what_is_missing_for_the_third_run_may_be_gone(failures, asks):
    assert ("gone?" in str(fault(404, failures=failures))) is asks


@pytest.mark.parametrize(
    "challenge",
    [
        arrival(403, b"", cf_mitigated="challenge"),
        arrival(503, b"<title>Just a moment...</title>", server="cloudflare"),
        arrival(403, b"<script src=/cdn-cgi/challenge-platform/x.js>", server="cloudflare", retry_after="60"),
    ],
)
def test_a_check_for_browsers_is_a_refusal_and_not_tried_again(challenge):
    assert policy.fault(challenge, policy.hold(challenge.answer, NOW, 3600), 0).fault == "refused"
    assert not policy.passing(challenge.answer)


def test_a_page_about_such_checks_is_none():
    assert policy.fault(arrival(200, b"challenge-platform", server="cloudflare"), None, 0) is None


@pytest.mark.parametrize(
    ("outcome", "passes"),
    [
        (answer(500), True),
        (answer(503), True),
        (answer(503, retry_after="5"), False),
        (answer(429), False),
        (answer(404), False),
        (answer(200), False),
        (FetchError("network", ""), True),
        (FetchError("timeout", ""), False),
        (FetchError("tls", ""), False),
        (FetchError("private", ""), False),
    ],
)
def test_a_second_try_is_for_what_may_be_over_in_a_moment(outcome, passes):
    assert policy.passing(outcome) is passes


# When to come back.

HTTP_DATE = format_datetime(NOW + timedelta(minutes=10), usegmt=True)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", "", 120),
        (" 120 ", "", 120),
        ("0", "", None),
        ("-5", "", None),
        ("soon", "", None),
        ("", "", None),
        ("1e3", "", None),
        ("٣٠", "", None),
        ("9" * 5000, "", 86400),
        (HTTP_DATE, "", 600),
        ("Fri, 20 Nov 2026 06:10:00 -0000", "", 600),
        (HTTP_DATE, format_datetime(NOW + timedelta(minutes=9), usegmt=True), 60),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), "", None),
        (format_datetime(NOW + timedelta(days=99), usegmt=True), "", 86400),
        ("Fri, 20 Nov 99999999999 06:10:00 GMT", "", None),
    ],
)
def test_when_to_come_back_is_read_in_seconds_or_as_a_date_and_is_a_day_at_most(value, date, seconds):
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert policy.retry_after({"retry-after": value, "date": date}, NOW) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_words_of_a_server_keep_us_away_for_more_than_a_day(value, date):
    until = policy.retry_after({"retry-after": value, "date": date}, NOW)
    assert until is None or NOW < until <= NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (answer(429, retry_after="60"), 60),
        (answer(429), 1800),
        (answer(503, retry_after="60"), 60),
        (answer(503), None),
        (answer(500, retry_after="60"), None),
        (answer(200, retry_after="60"), None),
    ],
)
def test_429_and_503_can_ask_us_to_wait(said, seconds):
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert policy.hold(said, NOW, 1800) == expected


@given(st.text(max_size=30), st.floats(0, 100))
def test_the_wait_before_a_second_try_is_within_its_cap_and_steady(url, cap):
    wait = policy.jitter(url, NOW, cap)
    assert 0 <= wait <= cap
    assert wait == policy.jitter(url, NOW, cap)


def test_the_waits_of_many_urls_are_spread():
    waits = sorted(policy.jitter(f"{URL}{n}", NOW, 1.0) for n in range(200))
    assert waits[20] < 0.25
    assert waits[180] > 0.75


# Before anybody is asked.


@pytest.mark.parametrize(
    ("resource", "run", "expected"),
    [
        (Resource(url=URL), Moment(NOW), None),
        (Resource(url=URL, dead=True), Moment(NOW), "gone"),
        (Resource(url=URL, dead=True), Moment(NOW, refresh=True), None),
        (Resource(url=URL, dead=True), Moment(NOW, offline=True), "gone"),
        (Resource(url=URL), Moment(NOW, offline=True), "offline"),
        (Resource(url=URL, not_before=NOW + timedelta(hours=1)), Moment(NOW), "limited"),
        (Resource(url=URL, not_before=NOW + timedelta(hours=1)), Moment(NOW, refresh=True), "limited"),
        (Resource(url=URL, not_before=NOW), Moment(NOW), None),
        (Resource(url=URL, not_before=NOW + timedelta(days=400)), Moment(NOW), None),
        (Resource(url=URL, reserved=True, checked=NOW - timedelta(hours=1)), Moment(NOW), "reserved"),
        (Resource(url=URL, reserved=True, checked=NOW - timedelta(hours=1)), Moment(NOW, refresh=True), None),
        (Resource(url=URL, reserved=True, checked=NOW - timedelta(hours=3)), Moment(NOW), None),
    ],
)
def test_what_was_learnt_before_can_keep_us_from_asking(resource, run, expected):
    trouble = policy.barred(resource, run, reserved_s=7200)
    assert (trouble.fault if trouble else None) == expected


@pytest.mark.parametrize(
    ("age_s", "fault", "refresh", "fresh"),
    [
        (10, "", False, True),
        (60, "", False, False),
        (10, "", True, False),
        (10, "trouble", False, False),
        (-10, "", False, False),
    ],
)
def test_a_copy_is_fresh_while_it_is_young_sound_and_not_from_the_future(age_s, fault, refresh, fresh):
    resource = Resource(url=URL, checked=NOW - timedelta(seconds=age_s), fault=fault)
    assert policy.fresh(resource, Moment(NOW, refresh=refresh), 60) is fresh


# What is remembered.


def test_a_body_that_came_is_remembered_with_what_came_with_it():
    said = arrival(
        url="https://gazette.test/new", permanent=True, etag='"1"', last_modified="yesterday",
        content_type="application/rss+xml; charset=Latin1",
    )  # fmt: skip
    before = STORED.replace(failures=2, fault="trouble", not_before=NOW, dead=True, reserved=True)
    assert policy.received(before, said, "a" * 64, NOW) == Resource(
        url=URL, final="https://gazette.test/new", etag='"1"', modified="yesterday", body="a" * 64,
        media_type="application/rss+xml", charset="latin1", moved_to="https://gazette.test/new",
        fetched=NOW, checked=NOW,
    )  # fmt: skip


def test_a_move_for_a_while_is_no_move():
    assert policy.received(STORED, arrival(url="https://gazette.test/new"), None, NOW).moved_to is None
    assert policy.received(STORED, arrival(permanent=True), None, NOW).moved_to is None


def test_304_keeps_what_is_stored_and_takes_new_validators():
    said = arrival(304, b"", confirmed=True, last_modified="today")
    kept = policy.confirmed(STORED.replace(fetched=NOW - timedelta(days=1), failures=1, fault="x"), said, NOW)
    assert (kept.body, kept.etag, kept.modified) == (STORED.body, STORED.etag, "today")
    assert (kept.fetched, kept.checked) == (NOW - timedelta(days=1), NOW)
    assert (kept.failures, kept.fault) == (0, "")


@pytest.mark.parametrize("value", ["a" * 1001, "\x80", "a\x01b", ""])
def test_a_validator_that_cannot_be_sent_back_is_not_kept(value):
    assert policy.received(STORED, arrival(etag=value), None, NOW).etag is None


@pytest.mark.parametrize(("kind", "checked"), [("missing", NOW), ("server", NOW), ("network", None), ("timeout", None)])
def test_a_failure_is_counted_and_only_an_answer_is_a_check(kind, checked):
    failed = policy.failed(STORED.replace(failures=1), FetchError(kind, "words"), NOW)
    assert (failed.failures, failed.fault, failed.checked, failed.dead) == (2, "words", checked, False)
    assert (failed.body, failed.etag) == (STORED.body, STORED.etag)


def test_what_is_gone_is_dead_and_what_is_limited_waits():
    assert policy.failed(STORED, FetchError("gone", "words"), NOW).dead
    assert policy.failed(STORED, FetchError("limited", "words"), NOW, NOW).not_before == NOW


def test_of_an_opted_out_page_nothing_is_kept_but_that():
    kept, error = policy.reserved(STORED, arrival(), NOW)
    assert error.fault == "reserved"
    assert kept == Resource(url=URL, final=URL, reserved=True, checked=NOW)


@pytest.mark.parametrize(
    ("value", "kind", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "utf-8"),
        ("TEXT/XML", "text/xml", None),
        ("nonsense", "", None),
        ("text/html; charset=\x80", "", None),
        (";;;", "", None),
        ("text/html;" + '"(' * 16_000, "text/html", None),
        ("", "", None),
    ],
)
def test_a_media_type_is_read_or_taken_for_none(value, kind, charset):
    assert policy.media_type(answer(content_type=value)) == (kind, charset)


@given(st.text(max_size=100))
def test_no_content_type_is_too_odd(value):
    kind, charset = policy.media_type(answer(content_type=value))
    assert policy.received(STORED, arrival(content_type=value), None, NOW).media_type == kind
    assert charset is None or isinstance(charset, str)


def test_the_head_of_a_page_is_read_whatever_its_charset():
    page = "<meta name='robots' content='noai'>"
    assert page in policy.html_head(answer(body=page.encode("utf-16"), content_type="text/html"))
    assert page in policy.html_head(answer(body=page.encode() + b"\xff\xfe"))
    assert policy.html_head(answer(body=page.encode(), content_type="application/pdf")) == ""
