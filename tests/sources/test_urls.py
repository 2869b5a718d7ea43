"""URLs as identities."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.sources.formats.urls import MAX_URL_CHARS, absolute, canonical, identity, site

HOSTS = st.sampled_from(["a.example", "www.A.example:80", "m.b.co.uk", "127.0.0.1:8000", "[::1]", "münchen.example"])
URLS = st.one_of(
    st.text(max_size=60),
    st.builds("{}://{}/{}".format, st.sampled_from(["http", "https", "HTTPS", "ftp"]), HOSTS, st.text(max_size=40)),
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("HTTPS://News.Example:443/A/b?x=1#top", "https://news.example/A/b?x=1"),
        ("https://a.example/x?utm_source=rss&id=7&fbclid=Z&at_medium=mail&xtor=RSS-1", "https://a.example/x?id=7"),
        ("https://a.example/story.php?12345", "https://a.example/story.php?12345"),
        ("https://a.example/x?cid=123&eid=4&gallery=2", "https://a.example/x?cid=123&eid=4&gallery=2"),
        ("https://a.example/%c3%a9t%c3%a9", "https://a.example/%C3%A9t%C3%A9"),
        ("https://a.example/été", "https://a.example/%C3%A9t%C3%A9"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
        ("https://a.example/r?u=https://b.example/y", "https://a.example/r?u=https://b.example/y"),
        ("https://a.example//b/../c", "https://a.example//c"),
        (" https://a.example ", "https://a.example"),
        ("urn:uuid:4711", "urn:uuid:4711"),
    ],
)
def test_a_url_has_one_canonical_form(written, expected):
    assert canonical(written).rstrip("/") == expected.rstrip("/")


@pytest.mark.parametrize(
    "twin",
    [
        "http://www.gazette.example/news/a-b-c",
        "https://gazette.example/news/a-b-c/",
        "https://m.gazette.example/news/a-b-c/amp",
        "https://amp.gazette.example/news/a-b-c?outputType=amp",
        "https://gazette.example/news/a-b-c/amp/?amp=1&utm_medium=x",
        "https://gazette.example/news/a-b-c?amp#part",
    ],
)
def test_the_same_article_in_other_clothes_is_the_same(twin):
    assert identity(twin) == identity("https://gazette.example/news/a-b-c")


def test_the_order_of_parameters_does_not_tell_articles_apart():
    assert identity("https://a.example/s?a=1&b=2") == identity("https://a.example/s?b=2&a=1")


@pytest.mark.parametrize(
    "other",
    [
        "https://gazette.example/s.php?id=2",
        "https://gazette.example/s.php",
        "https://gazette.example/S.php?id=1",
        "https://other.example/s.php?id=1",
        "https://sport.gazette.example/s.php?id=1",
        "https://gazette.example:8443/s.php?id=1",
        "https://gazette.example/s.php?id=1&amp=2",
    ],
)
def test_other_articles_are_others(other):
    assert identity(other) != identity("https://gazette.example/s.php?id=1")


def test_a_guid_that_is_no_url_is_its_own_identity():
    assert identity("tag:gazette.example,2026:4711") == "tag:gazette.example,2026:4711"
    assert identity("m.example") != identity("example")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.gazette.co.uk/x", "gazette.co.uk"),
        ("https://www.gazette.com:8080/", "gazette.com"),
        ("https://sport.bay.example/x", "bay.example"),
        ("http://127.0.0.1:8000/x", "127.0.0.1"),
        ("http://[2001:db8::1]/x", "2001:db8::1"),
        ("http://localhost/", "localhost"),
        ("urn:x", None),
        ("http://[", None),
    ],
)
def test_a_site_is_the_registrable_domain(url, expected):
    assert site(url) == expected


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "mailto:a@b.example", "data:text/html,x", "file:///etc/passwd", "http://u:p@a.example/", "",
     "ftp://a.example/", "http://[", "http://a b.example/", "http://./", "x" * 2001, "http://a.example:99999/"],
)  # fmt: skip
def test_what_cannot_be_fetched_is_no_address(href):
    assert absolute(href, "https://a.example/") is None


def test_an_address_is_read_against_the_page_it_stands_on():
    assert absolute("../b.html?x=1#c", "https://a.example/n/2/a.html") == "https://a.example/n/b.html?x=1"
    assert absolute("//cdn.example/x", "https://a.example/") == "https://cdn.example/x"
    assert absolute("x", "no base") is None


@given(URLS)
def test_canonical_forms_stay_as_they_are(url):
    once = canonical(url)
    assert canonical(once) == once
    assert identity(once) == identity(url)


@given(URLS, URLS)
def test_an_address_is_always_one_for_the_web(href, base):
    url = absolute(href, base)
    if url is not None:
        parts = urlsplit(url)
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert url.isascii()
        assert not any(c.isspace() for c in url)
        assert len(url) <= MAX_URL_CHARS
        assert canonical(url) == url
        assert site(url)
