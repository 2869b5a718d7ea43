"""The feeds a page names, and where else to look."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import briefing.stages.clean.extract  # noqa: F401  (urllib3 warns when it is first imported, and warnings are errors here)
from briefing.sources.formats.discovery import Found, feeds_in, guesses

BASE = "https://www.courier.example/politics/"
RSS = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'


def test_declared_feeds_are_found_with_title_and_kind():
    html = (
        "<head>"
        + RSS.format("Courier", "/feed.xml")
        + '<link rel="ALTERNATE feed" type="application/atom+xml; charset=utf-8" href="https://feeds.far.example/courier">'
        '<link rel="alternate" type="application/feed+json" title=" JSON " href="feed.json"></head>'
    )
    assert feeds_in(html, BASE) == (
        Found("https://www.courier.example/politics/feed.json", "JSON", "json-feed"),
        Found("https://www.courier.example/feed.xml", "Courier", "rss"),
        Found("https://feeds.far.example/courier", "", "atom"),
    )


def test_the_feed_of_the_section_comes_first_and_comments_last():
    html = (
        RSS.format("Courier » Comments Feed", "/politics/comments/feed/")
        + RSS.format("Courier", "/feed/")
        + RSS.format("Courier » Politics", "/politics/feed/")
    )
    assert [feed.title for feed in feeds_in(html, BASE)] == ["Courier » Politics", "Courier", "Courier » Comments Feed"]


@pytest.mark.parametrize(
    ("href", "kind"),
    [
        ("/feed", "feed"),
        ("/rss/politics.xml", "rss"),
        ("/politics/rss.xml", "rss"),
        ("/politics.atom", "atom"),
        ("/feeds/posts/default", "feed"),
        ("/?feed=rss2", "feed"),
        ("/arc/outboundfeeds/rss/?outputType=xml", "rss"),
        ("https://feeds.far.example/courier/politics", "feed"),
        ("/feed.json", "json-feed"),
        ("/index.xml", "feed"),
    ],
)
def test_links_that_look_like_feeds_are_found(href, kind):
    assert [feed.kind for feed in feeds_in(f'<a href="{href}">Follow us</a>', BASE)] == [kind]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/politics/feeding-the-birds-of-the-bay">Feeding the birds</a>',
        '<a href="https://reader.far.example/subscribe/feed/https://www.courier.example/feed">Follow in Reader</a>',
        '<a href="https://far.example/rss.xml">Another paper</a>',
        '<a href="/sitemap.xml">Sitemap</a>',
        '<a href="/rss.html">What is RSS?</a>',
        '<link rel="alternate" hreflang="fr" href="/fr/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/categories/7">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">',
        '<link rel="stylesheet" type="application/rss+xml" href="/feed">',
        RSS.format("self", "/politics/"),
        RSS.format("script", "javascript:alert(1)"),
        "",
    ],
)
def test_what_is_no_feed_is_left_out(html):
    assert feeds_in(html, BASE) == ()


def test_a_feed_named_twice_stands_once():
    html = RSS.format("Courier", "/feed/") + '<a href="https://courier.example/feed">RSS</a>'
    assert feeds_in(html, BASE) == (Found("https://www.courier.example/feed/", "Courier", "rss"),)


def test_guesses_begin_at_the_page_and_end_at_the_root():
    found = guesses("https://www.courier.example/politics/index.html?x=1#y")
    assert found[:2] == ("https://www.courier.example/politics/feed", "https://www.courier.example/politics/rss")
    assert {"https://www.courier.example/" + place for place in ("feed", "rss.xml", "atom.xml", "index.xml")} <= set(
        found
    )
    assert found.index("https://www.courier.example/feed") > found.index("https://www.courier.example/politics/rss.xml")


def test_guesses_for_a_front_page_are_few_and_unlike():
    found = guesses("https://courier.example")
    assert found[0] == "https://courier.example/feed"
    assert len(found) == len(set(found)) <= 12


def test_there_is_nothing_to_guess_without_an_address():
    assert guesses("courier") == guesses("file:///etc/passwd") == guesses("http://[") == guesses("") == ()


PIECES = st.sampled_from([RSS.format("x", "/f"), '<a href="/feed', '">', "<base href='//b.example/q/'>", "<base href='http://['>", "<link rel=feed href=", "http://[::1", " >", "</a>"])  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=20).map("".join),
    st.sampled_from([BASE, "", "x", "http://["]),
)
def test_any_page_gives_addresses_of_the_web(html, base):
    assert all(feed.url.startswith(("http://", "https://")) for feed in feeds_in(html, base))


@given(st.one_of(st.text(max_size=40), st.text(max_size=20).map("https://a.example/{}".format)))
def test_any_address_can_be_guessed_from(url):
    assert all(place.startswith(("http://", "https://")) for place in guesses(url))
