"""`feed.xml` is Atom as RFC 4287 has it, and as an independent reader of feeds understands it."""

import re
import warnings
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

import feedparser
import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from briefing.outputs import archive
from briefing.outputs.archive import Archive
from briefing.outputs.html import Html
from briefing.text import one_line
from tests.outputs import hostile
from tests.outputs.edition import EMPTY, FULL, MAYOR
from tests.outputs.shelves import dated, marked, put, read_order

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://news.example/briefings/"
# RFC 3339, 5.6; RFC 4151, 2.1.
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
TAG = re.compile(r"tag:[a-z0-9.@_-]+,\d{4}(?:-\d\d(?:-\d\d)?)?:[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")
FEED = {
    "id": (1, 1),
    "title": (1, 1),
    "updated": (1, 1),
    "author": (1, 9),
    "link": (0, 9),
    "generator": (0, 1),
    "entry": (0, 99),
}
ENTRY = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "link": (1, 9), "summary": (0, 1)}


def made(out: Path, settings: Archive | None = None) -> bytes:
    assert archive.update(out, settings) == ()
    return (out / "feed.xml").read_bytes()


def parsed(feed: bytes):
    """The feed as feedparser reads it, which must find no fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = feedparser.parse(feed)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def checked(feed: bytes) -> etree._Element:
    """The feed as strict XML, after what RFC 4287 demands of it: which elements, how often, of what form."""
    root = etree.fromstring(feed, etree.XMLParser(resolve_entities=False, no_network=True, recover=False))
    assert root.tag == ATOM + "feed"
    for element, allowed in [(root, FEED), *((entry, ENTRY) for entry in root.iter(ATOM + "entry"))]:
        counts = {name: len(element.findall(ATOM + name)) for name in allowed}
        assert {str(child.tag).removeprefix(ATOM) for child in element} <= set(allowed)
        assert all(low <= counts[name] <= high for name, (low, high) in allowed.items()), counts
    identities = [str(element.text) for element in root.iter(ATOM + "id")]
    assert len(set(identities)) == len(identities)
    assert all(TAG.fullmatch(identity) for identity in identities)
    assert all(
        INSTANT.fullmatch(str(e.text)) and datetime.fromisoformat(str(e.text)) for e in root.iter(ATOM + "updated")
    )
    assert all((e.findtext(ATOM + "name") or "").strip() for e in root.iter(ATOM + "author"))
    for parent in (root, *root.iter(ATOM + "entry")):
        kinds = [(link.attrib["rel"], link.attrib["type"]) for link in parent.findall(ATOM + "link")]
        assert len(set(kinds)) == len(kinds)
    return root


def test_each_edition_is_an_entry_newest_first(tmp_path):
    for day in ("2031-05-18", "2031-05-20", "2031-05-19"):
        put(tmp_path, dated(day))
    feed = made(tmp_path, Archive(base_url=BASE))
    root = checked(feed)
    found = parsed(feed)
    assert found.feed.title == "Ellin briefing"
    assert [entry.id for entry in found.entries] == [
        f"tag:news.example,2026:/briefings/2031-05-{day}" for day in (20, 19, 18)
    ]
    first = found.entries[0]
    assert first.title == f"Tuesday 20 May 2031: {FULL.stories[1].headline.text}"
    assert first.link == f"{BASE}2031-05-20/briefing.html"
    assert first.updated == "2031-05-20T06:00:00+00:00" == found.feed.updated
    assert [(link.rel, link.href) for link in found.feed.links] == [
        ("self", f"{BASE}feed.xml"),
        ("alternate", f"{BASE}index.html"),
    ]
    assert root.find(ATOM + "entry").attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "en"


def test_headlines_lead_to_their_stories_where_the_address_is_known(tmp_path):
    place = put(tmp_path, FULL, page=Html().render(FULL))
    page = html5lib.parse((place / "briefing.html").read_text(), namespaceHTMLElements=False)
    summary = checked(made(tmp_path, Archive(base_url=BASE))).findtext(f".//{ATOM}summary")
    links = html5lib.parseFragment(summary, namespaceHTMLElements=False).findall(".//a")
    assert [a.text for a in links] == [one_line(story.headline.text) for story in read_order(FULL)]
    anchors = {element.attrib.get("id") for element in page.iter()}
    assert {a.attrib["href"].partition("#")[2] for a in links} <= anchors
    assert all(a.attrib["href"].startswith(f"{BASE}2031-05-20/briefing.html#story-") for a in links)
    assert not html5lib.parseFragment(
        checked(made(tmp_path)).findtext(f".//{ATOM}summary"), namespaceHTMLElements=False
    ).findall(".//a")


def test_links_without_a_base_are_relative_to_the_feed(tmp_path):
    put(tmp_path, FULL)
    root = checked(made(tmp_path))
    places = [link.attrib["href"] for link in root.iter(ATOM + "link")]
    assert places == ["feed.xml", "index.html", "2031-05-20/briefing.html"]
    assert all((tmp_path / place).is_file() for place in places)
    assert urljoin("https://any.example/x/feed.xml", places[2]) == "https://any.example/x/2031-05-20/briefing.html"


def test_ids_stay_when_other_editions_come_and_go_and_with_a_tag_when_the_address_changes(tmp_path):
    def identities(settings):
        return [str(e.text) for e in checked(made(tmp_path, settings)).iter(ATOM + "id")]

    put(tmp_path, dated("2031-05-19"))
    for chosen in (Archive(), Archive(base_url=BASE), Archive(tag="me@news.example,2030-01-02")):
        before = identities(chosen)
        put(tmp_path, dated("2031-05-20"))
        assert set(before) < set(identities(chosen))
        (tmp_path / "2031-05-20" / "briefing.json").unlink()
        (tmp_path / "2031-05-20" / "evidence.json").unlink()
        (tmp_path / "2031-05-20" / "briefing.html").unlink()
    moved = [
        identities(Archive(tag="me@news.example,2030", base_url=base)) for base in (BASE, "https://other.example/")
    ]
    assert moved[0] == moved[1] == ["tag:me@news.example,2030:feed", "tag:me@news.example,2030:2031-05-19"]


def test_the_latest_fifty_are_listed_or_as_many_as_are_set(tmp_path, monkeypatch):
    for day in range(1, 29):
        for month in (3, 4):
            put(tmp_path, dated(f"2031-{month:02}-{day:02}", EMPTY))
    assert len(parsed(made(tmp_path)).entries) == 50
    found = parsed(made(tmp_path, Archive(entries=2)))
    assert [entry.id[-10:] for entry in found.entries] == ["2031-04-28", "2031-04-27"]
    assert found.entries[0].title == "Monday 28 April 2031: no story"


def test_an_empty_archive_is_a_feed_too(tmp_path):
    feed = made(tmp_path)
    checked(feed)
    assert parsed(feed).entries == []


def test_a_long_edition_says_how_many_more_there_are(tmp_path):
    stories = tuple(MAYOR.replace(id=f"s{n}") for n in range(15))
    put(tmp_path, FULL.replace(stories=stories, topics=()))
    summary = checked(made(tmp_path)).findtext(f".//{ATOM}summary")
    assert summary.count("<li>") == 12
    assert "and 3 more" in summary


@pytest.mark.parametrize("text", hostile.PAYLOADS)
def test_no_payload_acts_in_the_feed(text):
    assert_literal(text)


@settings(max_examples=60)
@given(st.one_of(hostile.texts, st.sampled_from(hostile.ADDRESSES)))
def test_no_text_acts_in_the_feed(text):
    assert_literal(text)


def assert_literal(text: str) -> None:
    """It stands there as text: in the XML, in the HTML within, and for feedparser; no element and no link is added."""
    with TemporaryDirectory() as name:
        put(Path(name), hostile.edition(text, text).replace(date="2031-05-20"))
        feed = made(Path(name), Archive(base_url=BASE))
    root = checked(feed)
    written = one_line(re.sub("[\ud800-\udfff]", "\ufffd", text))
    assert " ".join((root.findtext(f"{ATOM}title") or "").split()) == (written or "Briefing")
    headline = marked(text)
    shown = (root.findtext(f"{ATOM}entry/{ATOM}title") or "").replace("\u2068", "").replace("\u2069", "")
    assert shown == f"Tuesday 20 May 2031: {headline}"
    body = html5lib.parseFragment(root.findtext(f".//{ATOM}summary") or "", namespaceHTMLElements=False)
    assert [element.tag for element in body.iter() if element is not body] == ["p", "ul", "li", "a", "li", "a"]
    assert ["".join(a.itertext()) for a in body.iter("a")] == [headline] * 2
    assert {urlsplit(a.attrib["href"]).netloc for a in body.iter("a")} == {"news.example"}
    assert {urlsplit(link.attrib["href"]).netloc for link in root.iter(ATOM + "link")} == {"news.example"}
    assert len(parsed(feed).entries) == 1
