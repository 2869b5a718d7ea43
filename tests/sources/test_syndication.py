"""Feeds out of bytes: every kind, every fault of a feed, and what no feed may bring along."""

import json
import re
import time
from contextlib import suppress
from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefing.errors import SourceError
from briefing.sources.formats import syndication
from briefing.sources.formats.entries import published
from briefing.sources.formats.syndication import Entry, ParsedFeed
from briefing.text import one_line

FEEDS = Path(__file__).parent.parent / "data" / "feeds"
URL = "https://home.example/news/feed.xml"


def stored(name: str) -> ParsedFeed:
    return syndication.parse((FEEDS / name).read_bytes(), URL)


def rss(*items: str, prolog: str = '<?xml version="1.0"?>', rest: str = "</channel></rss>") -> bytes:
    return f'{prolog}<rss version="2.0"><channel><title>Home</title>{"".join(items)}{rest}'.encode()


def only(*fields: str) -> Entry:
    (entry,) = syndication.parse(rss(f"<item>{''.join(fields)}</item>"), URL).entries
    return entry


def refusal(body: bytes, **known: str) -> str:
    with pytest.raises(SourceError) as caught:
        syndication.parse(body, URL, **known)
    return str(caught.value)


def test_rss_2_with_its_modules():
    feed = stored("courier.rss")
    first, second, third = feed.entries
    assert (feed.title, feed.url, feed.language, feed.cut) == (
        "The Selwick Quay Courier", "https://courier.example/", "en", "",
    )  # fmt: skip
    assert first.title == "Harbour board & ferry line agree on ‘night boats’"
    assert first.url == "https://courier.example/2026/11/night-boats"
    assert (first.guid, first.published) == ("courier-4711", "2026-11-10T06:45:00+01:00")
    assert (first.authors, first.categories) == (("Odile Farnham",), ("Harbour", "Transport"))
    assert first.html.startswith("<p>The harbour board")
    assert not first.summary_only
    assert (second.url, second.published) == ("https://home.example/2026/11/lock", "2026-11-09T18:00:00-05:00")
    assert (second.authors, second.summary_only) == (("News desk",), True)
    assert (third.title, third.url, third.published) == ("", "https://courier.example/2026/11/untitled", None)


def test_atom_with_relative_addresses_and_the_kinds_of_its_texts():
    feed = stored("anzeiger.atom")
    first, second = feed.entries
    assert (feed.title, feed.url, feed.language) == (
        "Anzeiger für Oberlauf & Umland",
        "https://anzeiger.example/",
        "de",
    )
    assert first.title == "Wehr in Oberlauf bleibt zu"
    assert first.url == "https://anzeiger.example/nachrichten/wehr.html"
    assert (first.published, first.updated) == ("2026-11-10T07:30:00+01:00", "2026-11-10T09:00:00+01:00")
    assert (first.authors, first.categories) == (("Grete Hollm", "Ivo Tann"), ("Umwelt",))
    assert "<p>Das Wehr bei <b>Oberlauf</b> bleibt geschlossen.<br>" in first.html
    assert (second.title, second.language) == ("Why 3 < 5 &amp; other sums", "dsb")
    assert second.url == "https://anzeiger.example/nachrichten/summen.html"
    assert (second.published, second.updated) == (None, "2026-11-09")
    assert second.html == "<p>Erste Zeile.</p>\n<p>Zweiter Absatz mit 3 &lt; 5.</p>"


def test_rdf_takes_its_items_beside_the_channel():
    feed = stored("marsh.rdf")
    (entry,) = feed.entries
    assert (feed.title, feed.language) == ("Marsh Town Notes", "fr")
    assert (entry.url, entry.guid) == ("https://marsh.example/1", "https://marsh.example/1")
    assert (entry.published, entry.authors, entry.categories) == (
        "2026-11-08T21:05:00-05:00", ("Basil Wray",), ("Piers",),
    )  # fmt: skip


def test_json_feed_passes_over_fields_of_the_wrong_type():
    feed = stored("tower.json")
    first, second, third = feed.entries
    assert (feed.title, feed.url) == ("Tower Hill Gazette", "https://tower.example/")
    assert (first.title, first.authors, first.categories) == ("Clock repaired & wound", ("Mina Okell",), ("clocks",))
    assert (first.html, first.published) == ("<p>The clock goes.</p>", "2026-11-10T05:00:00-03:00")
    assert (second.url, second.authors, second.published) == ("https://tower.example/6", ("R. Dunmore",), None)
    assert second.html == "<p>A note.</p>\n<p>With 3 &lt; 5.</p>"
    assert (third.title, third.url, third.guid) == ("", None, "5")


def test_a_broken_feed_gives_its_entries_and_says_that_it_breaks_off():
    feed = stored("broken.rss")
    assert [e.title for e in feed.entries] == [
        "Tide tables – revised",
        "Bell & buoy < beacon",
        "An item begun in another",
    ]
    assert [e.url for e in feed.entries] == [
        "https://fen.example/a?x=1&copy=2", "https://fen.example/b", "https://fen.example/c",
    ]  # fmt: skip
    assert feed.entries[0].authors == ("Undeclared Prefix",)
    assert syndication.plain(feed.entries[0].html) == "Unclosed paragraphs\nand\nimages"
    assert (feed.title, feed.cut) == ("Fen & Ferry", "truncated: the feed breaks off")


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="0.91"><channel><title>Old</title><item><title>T</title></item></channel></rss>',
        b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/'
        b'rss-0.91.dtd">\n<rss version="0.91"><channel><item><title>T</title></item></channel></rss>',
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
        b"<channel/><item><title>T</title></item></rdf:RDF>",
        b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped" type="text/html">T</title></entry></feed>',
        b'<entry xmlns="http://www.w3.org/2005/Atom"><title>T</title></entry>',
        b"<rss><item><title>T</title></item></rss>",
        b'<CHANNEL><ITEM HREF="https://home.example/1"><TITLE>T</TITLE></ITEM></CHANNEL>',
        b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>T</a:title></a:entry></a:feed>',
    ],
)
def test_older_and_odder_kinds_are_read(body):
    assert [e.title for e in syndication.parse(body, URL).entries] == ["T"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<![CDATA[<script>steal()</script>Ferry]]>", "Ferry"),
        ("&lt;script&gt;steal()&lt;/script&gt;", ""),
        ("&lt;img src=x onerror=steal()&gt;Ferry", "Ferry"),
        ("&amp;lt;b&amp;gt;Ferry", "Ferry"),
        ("Ferry &lt;b", "Ferry < b"),
        ("&lt;&lt;b&gt;b&gt;Ferry", "Ferry"),
        ("&lt;\u200bb&gt;Ferry", "Ferry"),
        ("Fer\u202ery\u200b \u0007\n  line", "Ferry line"),
        ("R&amp;amp;D", "R&D"),
        ("R&amp;amp;amp;D", "R&amp;D"),
        ("R&amp;D", "R&D"),
        ("the <b>inner</b> town<br/>hall", "the inner town hall"),
        ("3 &lt; 5 &gt; 4", "3 < 5 > 4"),
        ("it&#146;s", "it’s"),
    ],
)
def test_titles_come_out_as_text(written, read):
    assert only(f"<title>{written}</title>").title == read


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "JaVaScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a.example/",
     "https://user:secret@a.example/", "https://", "http://[::1", "//", " ", "https://a.example/" + "x" * 2_000],
)  # fmt: skip
def test_a_link_that_cannot_be_followed_is_none(link):
    assert only(f"<link>{link}</link>").url is None
    assert only(f'<guid isPermaLink="true">{link}</guid>').url is None
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{link}"/></entry></feed>'.encode()
    assert syndication.parse(atom, URL).entries[0].url is None


def test_a_scheme_on_two_lines_is_still_a_scheme():
    assert only("<link>java\nscript:alert(1)</link>").url is None


def test_links_may_stand_on_lines_of_their_own_and_be_relative():
    assert only("<link>\n   https://home.example/a\n  </link>").url == "https://home.example/a"
    assert only("<link>b/c</link>").url == "https://home.example/news/b/c"


def test_an_id_that_says_to_be_no_address_is_none():
    assert only('<guid isPermaLink="false">https://home.example/1</guid>').url is None
    assert only("<guid>https://home.example/1</guid>").url == "https://home.example/1"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tue, 10 Nov 2026 10:00:00 GMT", "2026-11-10T10:00:00+00:00"),
        ("Tue, 10 Nov 2026 10:00:00", "2026-11-10"),
        ("Tue, 10 Nov 26 10:00 PST", "2026-11-10T10:00:00-08:00"),
        ("10 November 2026 10:00 +0530", "2026-11-10T10:00:00+05:30"),
        ("2026-11-10T10:00:00.25Z", "2026-11-10T10:00:00+00:00"),
        ("2026-11-10 10:00:00", "2026-11-10"),
        ("\n  2026-11-10  ", "2026-11-10"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("31 Dec 89 10:00 GMT", None),
        ("yesterday", None),
        ("32 Nov 26 10:00 GMT", None),
        ("", None),
        ("1-" * 50_000, None),
    ],
)
def test_dates_are_never_more_exact_than_written(written, read):
    assert published(written) == read
    assert only(f"<pubDate>{written}</pubDate>").published == read


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("<p>Short.</p>", True),
        ("<p>" + "The lock is shut. " * 40 + "</p>", False),
        ("<p>" + "The lock is shut. " * 40 + "[&#8230;]</p>", True),
        ("<p>" + "The lock is shut. " * 40 + '<a href="x">Continue reading <span>The lock</span></a></p>', True),
        ("<p>" + "Die Schleuse ist zu. " * 40 + "Weiterlesen</p>", True),
        ("<p>" + "L’écluse est fermée. " * 40 + "Lire la suite »</p>", True),
        ("<p>" + "水門は閉じている。" * 80 + "続きを読む</p>", True),
        (
            "<p>" + "The lock is shut. " * 40 + "…</p><p>The post <a>Lock</a> appeared first on <a>Courier</a>.</p>",
            True,
        ),
        ("<p>" + "The lock is shut. " * 40 + "The news has spread on</p>", False),
        ('<img src="' + "x" * 900 + '">', True),
    ],
)
def test_a_summary_is_told_from_a_full_text(text, summary):
    assert only(f"<description>{escape(text)}</description>").summary_only is summary


def test_the_fullest_field_is_the_text():
    long, short = "<p>" + "long " * 30 + "</p>", "<p>short</p>"
    for fields in ({"content:encoded": long, "description": short}, {"content:encoded": short, "description": long}):
        assert only(*(f"<{n}>{escape(t)}</{n}>" for n, t in fields.items())).html == long


def test_text_without_tags_keeps_its_paragraphs():
    assert only("<description>One &amp;amp; two\nlines.\n \nThree.</description>").html == (
        "<p>One &amp; two<br>\nlines.</p>\n<p>Three.</p>"
    )


def test_markup_escaped_once_too_often_is_markup():
    assert only("<description>&amp;lt;p&amp;gt;Ferry&amp;lt;/p&amp;gt;</description>").html == "<p>Ferry</p>"


def test_entries_of_foreign_vocabularies_are_no_entries_and_nested_ones_are():
    foreign = '<x:list xmlns:x="urn:x"><item/><x:item/></x:list>'
    feed = syndication.parse(rss(f"<item><title>a</title>{foreign}<item><title>b</title></item></item>"), URL)
    assert [entry.title for entry in feed.entries] == ["a", "b"]


def test_fields_of_foreign_vocabularies_are_passed_over():
    entry = only('<x:title xmlns:x="urn:x">no</x:title><title>yes</title>')
    assert entry.title == "yes"


def test_the_newest_500_entries_are_kept_in_the_order_of_the_feed():
    days = [
        f"<item><title>{n}</title><pubDate>{2000 + n // 28:04}-01-{n % 28 + 1:02}</pubDate></item>" for n in range(600)
    ]
    feed = syndication.parse(rss(*days), URL)
    assert [e.title for e in feed.entries] == [str(n) for n in range(100, 600)]
    assert feed.cut == "the newest 500 of 600 entries"
    undated = syndication.parse(rss(*(f"<item><title>{n}</title></item>" for n in range(600))), URL)
    assert [e.title for e in undated.entries] == [str(n) for n in range(500)]


def test_long_titles_and_texts_are_cut_and_counted():
    feed = syndication.parse(
        rss(f"<item><title>{'x' * 1_000_000}</title><description>{'&lt;p&gt;ab' * 60_000}</description></item>"), URL
    )
    (entry,) = feed.entries
    assert (len(entry.title), len(entry.html) <= 200_000) == (300, True)
    assert not entry.html.endswith(("<", "<p"))
    assert feed.cut == "1 titles cut at 300 characters; 1 texts cut at 200,000 characters"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_read(encoding):
    body = '<?xml version="1.0"?><rss><channel><item><title>Fähre für Łódź</title></item></channel></rss>'.encode(
        encoding
    )
    assert syndication.kind(body) == "feed"
    assert syndication.parse(body, URL).entries[0].title == "Fähre für Łódź"


def latin(declared: str) -> bytes:
    text = "Die Fähre über den Fluß fährt wieder, sagte der Bürgermeister von Oberlauf am Dienstag. "
    return f"<?xml version='1.0'{declared}?><rss><channel><item><title>Fähre fährt</title><description>{text * 5}</description></item></channel></rss>".encode(
        "latin-1"
    )


def test_the_servers_charset_the_documents_word_and_detection_in_this_order():
    wrong = ' encoding="koi8-r"'
    assert syndication.parse(latin(wrong), URL, charset="iso-8859-1").entries[0].title == "Fähre fährt"
    assert syndication.parse(latin(' encoding="iso-8859-1"'), URL).entries[0].title == "Fähre fährt"
    assert syndication.parse(latin(""), URL).entries[0].title == "Fähre fährt"


def test_utf_8_is_believed_before_a_lying_charset():
    assert (
        syndication.parse(rss("<item><title>Fähre</title></item>"), URL, charset="iso-8859-1").entries[0].title
        == "Fähre"
    )


def test_a_charset_that_could_smuggle_markup_is_not_used():
    body = rss("<item><title>x+ADw-b+AD4-</title></item>", prolog='<?xml version="1.0" encoding="utf-7"?>')
    assert syndication.parse(body, URL, charset="utf-7").entries[0].title == "x+ADw-b+AD4-"


def test_one_damaged_byte_costs_one_character_not_the_feed():
    text = "Fähre für Bürger über Flüsse " * 20
    body = rss(f"<item><title>ok</title><description>{text}</description></item>").replace(
        "Flüsse ".encode(), b"Fl\xffsse ", 1
    )
    (entry,) = syndication.parse(body, URL).entries
    assert entry.html.count("\ufffd") == 1
    assert "Fähre für Bürger" in entry.html


def test_an_entry_whose_text_was_lost_before_keeps_its_link_and_is_counted():
    feed = syndication.parse(
        rss(
            "<item><title>F\ufffdhre</title><link>https://home.example/1</link><description>\ufffd\ufffd x</description></item>"
        ),
        URL,
    )
    (entry,) = feed.entries
    assert (entry.title, entry.html, entry.url) == ("", "", "https://home.example/1")
    assert feed.cut == "1 unreadable (wrong encoding)"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"%PDF-1.7 ...", r"binary \(PDF\)"),
        (b"\x1f\x8b\x08\0", r"binary \(gzip\)"),
        (b"\0" * 100, "not a feed"),
        (b"<!doctype html><html><head><title>Log in &ndash; Home</title>", "HTML page titled 'Log in – Home'"),
        (b"<html><body>hi</body></html>", "HTML page without a title"),
        (b"<opml><body/></opml>", "OPML"),
        (b"<urlset/>", "sitemap"),
        (b"<config><a/></config>", "XML with the root <config>"),
        (b"hello", "neither XML nor a JSON feed"),
        (b'{"a": 1}', "neither XML nor a JSON feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": 5}', "without a list of items"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "not JSON"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000, "nested too deeply"),
        (b'<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><rss><channel/></rss>', "entities"),
        (b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title></item></channel></rss>', "entities"),
        (b"<rss>" + b"<a/>" * 700_000, "too large"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_named(body, reason):
    assert re.search(reason, refusal(body))


def test_an_empty_feed_is_a_feed():
    assert syndication.parse(rss(), URL).entries == ()
    assert syndication.parse(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', URL).entries == ()


def test_talk_of_entities_in_an_article_is_no_declaration():
    assert only("<description><![CDATA[<pre><!ENTITY a 'b'></pre>]]></description>").html


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xef\xbb\xbf <?xml version='1.0'?><!-- <html> --><rss/>", "feed"),
        (b"<feed/>", "feed"),
        (b"<rdf:RDF/>", "feed"),
        (b"<html><p>&lt;rss&gt;</p></html>", "html"),
        (b"<!DOCTYPE html>", "html"),
        (b"# Feeds\n\nThe `<rss version='2.0'>` element holds a <channel>.", "other"),
        (b"Warning: no cache in feed.php\n<?xml version='1.0'?><rss/>", "feed"),
        (b"<html><svg><metadata><rdf:RDF/></metadata></svg><feed></feed></html>", "html"),
        (b"<html><body><feed xmlns='http://www.w3.org/2005/Atom'/></body></html>", "feed"),
        (b"<opml/>", "opml"),
        (b"<sm:urlset/>", "sitemap"),
        (b"<sitemapindex/>", "sitemap"),
        (b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"}', "json-feed"),
        (b"{}", "other"),
        (b"", "other"),
        (b"%PDF", "other"),
    ],
)
def test_kinds_are_told_by_the_bytes(body, kind):
    assert syndication.kind(body, "text/html") == kind


def test_the_media_type_tells_a_json_feed_that_does_not_say_what_it_is():
    assert syndication.kind(b'{"items": []}', "application/feed+json") == "json-feed"


REPEATED = "<item><title>x</title><description>y</description></item>"


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>x</title>" + "<a>" * 200_000 + "</a>" * 200_000 + "</item>"),
        rss("<item><title>x</title><description>" + "<p><div>" * 100_000),
        rss("<item><author>" + "a" * 2_000_000 + "@" + "b." * 1_000_000 + "</author><title>x</title></item>"),
        rss("<item><title>x</title><pubDate>" + "1-" * 1_000_000 + "</pubDate></item>"),
        rss("<item " + " ".join(f'a{n}="x"' for n in range(200_000)) + "><title>x</title></item>"),
        rss("<item><title>x</title>" + "".join(f"<category>{n}</category>" for n in range(100_000)) + "</item>"),
        rss("<item><title>x</title><description>" + "&lt;script " * 100_000 + "</description></item>"),
        rss("<item><title>x</title>" + "<![CDATA[" * 100_000),
        rss("<item><title>x</title>" + "<!--" * 100_000),
        rss("<item><title>x</title>" + '<a "' * 100_000),
        rss("<item><title>x</title></item>" + "<item>" * 100_000),
        b'<rss xml:base="http://a/' + b"a/" * 1_000_000 + b'">' + b"<item><link>b</link><title>x</title></item>" * 1_000 + b"</rss>",
        rss(REPEATED * 40_000),
        rss(REPEATED * 40_000, rest="<x &nope;>"),
    ],
    ids=range(14),
)  # fmt: skip
def test_no_shape_of_a_feed_costs_more_than_its_length(body):
    started = time.process_time()
    entries = syndication.parse(body, URL).entries
    # Each takes under 1.5 s on the slowest machine it was tried on; quadratic time would be minutes.
    assert time.process_time() - started < 8
    assert "x" in {entry.title for entry in entries}


FRAGMENTS = st.sampled_from(
    ["<rss>", "</rss>", "<channel>", "</channel>", "<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<link>",
     "</link>", '<link href="', '"/>', "<guid>", "<description>", "</description>", "<![CDATA[", "]]>", "<!--", "-->", "&lt;b&gt;",
     "&#8238;", "&#x0;", "&nbsp;", "&amp;lt;", "<script>", "javascript:x", "https://a.example/", "<feed xmlns='http://www.w3.org/2005/Atom'>",
     "<!DOCTYPE a [", "<?xml version='1.0'?>", "xml:base='http://[' ", "<dc:creator>", "<author><name>", "<x:y>", "\u200d", "\u202e", "<", "&", "\0",
     "<pubDate>", "Tue, 99 Foo 2026 25:61 XYZ", '<category term="', "<content type='xhtml'>", "<content mode='base64' type='image/png'>", " ", "=", '"'],
)  # fmt: skip
ODD = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=40).map(
        lambda p: "".join(p).encode("utf-8", "surrogatepass")
    ),
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=40).map(
        lambda p: ("<rss><channel><item>" + "".join(p)).encode("utf-8", "replace")
    ),
)


def assert_sound(feed: ParsedFeed) -> None:
    for entry in feed.entries:
        assert entry.url is None or re.match(r"https?://[^\s\\]+\Z", entry.url)
        for text in (entry.title, *entry.authors, *entry.categories):
            assert not re.search(r"<[A-Za-z/!?]", text)
            assert one_line(text) == text
        assert len(entry.title) <= 300
        assert entry.published is None or re.match(r"(?:199|20|2100)\d{0,2}", entry.published)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    ODD,
    st.sampled_from(["", "application/feed+json"]),
    st.sampled_from([None, "utf-8", "latin-1", "utf-7", "\0", "big5"]),
)
def test_any_bytes_give_a_feed_or_a_named_error(body, media_type, charset):
    with suppress(SourceError):
        assert_sound(syndication.parse(body, URL, media_type, charset))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["javascript:x", "<b>x</b>"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "id",
    "url",
    "external_url",
    "title",
    "content_html",
    "content_text",
    "summary",
    "date_published",
    "authors",
    "author",
    "tags",
    "language",
)


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), JSON) | JSON, max_size=4), JSON)
def test_any_json_gives_a_feed_or_a_named_error(items, title):
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": title, "items": items}
    assert_sound(syndication.parse(json.dumps(feed).encode(), URL))


@given(st.text())
def test_titles_of_any_text_are_sound(text):
    body = rss(f"<item><title>{escape(text)}</title><author>{escape(text)}</author></item>")
    assert_sound(syndication.parse(body, URL))
