"""Lists of feeds: OPML as it is exported, JSON by category, addresses on lines."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.errors import SourceError
from briefing.sources.formats import opml
from briefing.sources.formats.opml import Outline

FEEDS = Path(__file__).parent.parent / "data" / "feeds"

MENDED = (
    Outline("https://courier.example/feed?a=1&b=2", "The Selwick Quay Courier", "Harbours & ships", "rss"),
    Outline("https://fen.example/rss", "Fen & Ferry", "Ferries", "rss"),
    Outline("http://tower.example/feed.json", "Tower Hill Gazette", "Towns", "rss"),
)


def test_a_list_that_is_not_well_formed_gives_each_feed_once_where_it_stands_first():
    assert opml.parse((FEEDS / "readers.opml").read_bytes()) == MENDED


def test_a_well_formed_list_gives_the_same():
    text = (FEEDS / "readers.opml").read_text(encoding="utf-8")
    sound = text.replace("s & s", "s &amp; s").replace("a=1&b", "a=1&amp;b")
    sound = re.sub(r'description=".*?p>" xml', 'description="" xml', sound)
    assert opml.parse(sound.encode()) == MENDED


def test_attributes_are_read_in_any_case_and_order():
    body = b"<OPML><body><Outline XMLURL='https://a.example/f' TITLE='A'/><outline xmlurl=\"https://b.example/f?a&b\" text=\"B\"></outline></body></OPML>"
    assert [(o.url, o.title) for o in opml.parse(body)] == [
        ("https://a.example/f", "A"),
        ("https://b.example/f?a&b", "B"),
    ]


def test_a_list_that_breaks_off_gives_what_it_has():
    body = b'<opml><body><outline text="News"><outline xmlUrl="https://a.example/f" text="A"/><outline xmlUrl="https://b.exam'
    assert next((o.url, o.section) for o in opml.parse(body)) == ("https://a.example/f", "News")


def test_titles_and_categories_are_text():
    body = b'<opml><body><outline text="&lt;b&gt;Sea&lt;/b&gt;"><outline text="A&#x202e; &amp;amp; B" xmlUrl="https://a.example/f"/></outline></body></opml>'
    assert opml.parse(body) == (Outline("https://a.example/f", "A & B", "Sea", "rss"),)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"Sea": {"feeds": ["https://a.example/f"], "names": {"de": "Meer"}}}, [("https://a.example/f", "", "Sea")]),
        ({"Sea": ["https://a.example/f", "no address", 5]}, [("https://a.example/f", "", "Sea")]),
        (
            ["https://a.example/f", "a.example/g"],
            [("https://a.example/f", "", None), ("https://a.example/g", "", None)],
        ),
        (
            {"feeds": [{"title": "A", "feed_url": "https://a.example/f", "category": "Sea"}]},
            [("https://a.example/f", "A", "Sea")],
        ),
    ],
)
def test_json_lists_by_category(value, found):
    assert [(o.url, o.title, o.section) for o in opml.parse(json.dumps(value).encode())] == found


def test_addresses_on_lines():
    body = "\ufeff# mine\nhttps://a.example/f  The A\n\n  feed:https://b.example/f\nno address\nhttps://a.example/f\n"
    assert opml.parse(body.encode()) == (Outline("https://a.example/f", "The A"), Outline("https://b.example/f"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1", "binary"),
        (b"<opml><body/></opml>", "no feed's address"),
        (b"<html><body/></html>", "XML with the root <html>"),
        (b'<!DOCTYPE o [<!ENTITY a "b">]><opml/>', "entities"),
        (b"hello", "no feed's address"),
        (b"[" * 100_000, "nested too deeply"),
        (b"https://a.example/f\n" * 60_000, "more than 50,000"),
    ],
)
def test_what_is_no_list_is_named(body, reason):
    with pytest.raises(SourceError, match=reason):
        opml.parse(body)


PARTS = st.sampled_from(
    ["<opml>", "<outline ", "</outline>", "/>", ">", 'xmlUrl="https://a.example/f"', "xmlUrl='", 'text="', '"', "&", "&amp;", "<b>", "</opml>", "[", "{", '"a":', "]", "}", "\n", "javascript:x", "https://b.example/"]
)  # fmt: skip


@given(
    st.binary(max_size=200)
    | st.lists(PARTS | st.text(max_size=6), max_size=30).map(lambda p: "".join(p).encode("utf-8", "replace"))
)
def test_any_bytes_give_addresses_or_a_named_error(body):
    with suppress(SourceError):
        for outline in opml.parse(body):
            assert re.match(r"https?://", outline.url)
            assert not re.search(r"<[A-Za-z/!?]", outline.title)
