"""Sitemaps, good and broken."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.errors import SourceError
from briefing.sources.formats import sitemap
from briefing.sources.formats.sitemap import Listed, parse

BASE = "https://a.example/sitemap.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)
NEWS = (
    "<url><loc>https://a.example/tram-line</loc><lastmod>2026-03-13</lastmod>"
    "<image:image><image:loc>https://a.example/tram.jpg</image:loc><image:title>A tram</image:title></image:image>"
    "<news:news><news:publication><news:name>Courier</news:name><news:language>en</news:language></news:publication>"
    "<news:publication_date>2026-03-12T08:00:00+01:00</news:publication_date><news:title>Trams &amp; trains</news:title></news:news></url>"
)
ARTICLE = Listed("https://a.example/tram-line", "Trams & trains", "2026-03-12T08:00:00+01:00", "en")


def urls(*locations):
    return HEAD + "".join(f"<url><loc>{location}</loc></url>" for location in locations)


def pages(text):
    return parse(text.encode(), BASE).pages


def test_a_news_sitemap_gives_title_date_and_language():
    assert parse(f"{HEAD}{NEWS}</urlset>".encode(), BASE) == ((ARTICLE,), ())


def test_a_plain_sitemap_gives_what_it_has():
    text = urls("/a?utm_source=sitemap", " /b ") + "<url><loc>/c</loc><lastmod>2026-03-12</lastmod></url></urlset>"
    assert pages(text) == (
        Listed("https://a.example/a"),
        Listed("https://a.example/b"),
        Listed("https://a.example/c", published="2026-03-12"),
    )


def test_an_index_gives_its_sitemaps():
    text = "<sitemapindex><sitemap><loc>https://a.example/1.xml.gz</loc><lastmod>2026-03-12T00:00Z</lastmod></sitemap></sitemapindex>"
    assert parse(text.encode(), BASE) == (
        (),
        (Listed("https://a.example/1.xml.gz", published="2026-03-12T00:00:00+00:00"),),
    )


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff\n  " + HEAD + NEWS + "</urlset>",
        HEAD.replace("xmlns:news", "xmlns:new") + NEWS + "</urlset>",
        HEAD.replace("sitemaps.org/schemas", "google.com/schemas") + NEWS + "</urlset>",
        HEAD + NEWS + "<url><loc>https://a.exa",
        HEAD + "<url><lastmod>2026-03-12</url>" + NEWS + "</urlset>",
        HEAD + NEWS + NEWS + "</urlset>",
        HEAD + "<url><loc>javascript:alert(1)</loc></url>" + NEWS + "</urlset>",
    ],
)
def test_an_ill_formed_sitemap_is_read_as_far_as_it_goes(text):
    assert pages(text) == (ARTICLE,)


def test_an_address_that_may_be_cut_short_is_not_taken():
    assert [page.url for page in pages(urls("/a", "/b")[:-12])] == ["https://a.example/a"]


def test_a_bare_ampersand_does_not_change_an_address():
    assert [page.url for page in pages(urls("/s?a=1&b=2&amp;c=3", "/t") + "</urlset>")] == [
        "https://a.example/s?a=1&b=2&c=3",
        "https://a.example/t",
    ]
    broken = HEAD + "<url><lastmod>2026-03-12</url><url><loc>/s?a=1&amp;b=2</loc></url></urlset>"
    assert [page.url for page in pages(broken)] == ["https://a.example/s?a=1&b=2"]
    assert [page.url for page in pages(urls("<![CDATA[/s?a=1&b=2]]>") + "</urlset>")] == ["https://a.example/s?a=1&b=2"]


def test_other_encodings_are_read():
    text = f"{HEAD}{NEWS}</urlset>".replace("UTF-8", "UTF-16")
    assert parse(text.encode("utf-16"), BASE).pages == (ARTICLE,)


def test_a_list_with_one_address_a_line_is_a_sitemap():
    assert pages("https://a.example/a\r\nhttps://a.example/b\nnot one\n") == (
        Listed("https://a.example/a"),
        Listed("https://a.example/b"),
    )


def test_a_gzipped_sitemap_is_unpacked():
    assert parse(gzip.compress(f"{HEAD}{NEWS}</urlset>".encode()), BASE).pages == (ARTICLE,)


def test_a_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_BYTES", 10_000)
    with pytest.raises(SourceError, match="too large: more than 10,000 bytes"):
        parse(gzip.compress(b" " * 1_000_000), BASE)


def test_there_is_an_end_to_addresses(monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_URLS", 3)
    assert len(pages(urls(*(f"/{i}" for i in range(9))) + "</urlset>")) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"\n ", "empty"),
        (b"<!DOCTYPE html><html><body><p>Not found</body></html>", "an HTML page"),
        (b"<rss version='2.0'><channel/></rss>", r"a feed \(RSS\)"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", r"a feed \(Atom\)"),
        (b"{}", "lists no URL"),
        (b"\x00\x01\x02", "lists no URL"),
        (b"<urlset></urlset>", "lists no URL"),
        (b"\x1f\x8bgarbage", "damaged gzip"),
        (b'<!DOCTYPE u [<!ENTITY a "https://a.example/">]><urlset><url><loc>&a;</loc></url></urlset>', "declares XML entities"),
        ('<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "b">]><urlset/>'.encode("utf-16"), "declares XML entities"),
    ],
)  # fmt: skip
def test_what_is_no_sitemap_is_named(body, words):
    with pytest.raises(SourceError, match=words):
        parse(body, BASE)


def test_a_document_type_elsewhere_is_never_loaded(tmp_path):
    outside = tmp_path / "outside.dtd"
    outside.write_text('<!ATTLIST url loc CDATA "https://a.example/leak">')
    text = f'<!DOCTYPE urlset SYSTEM "{outside.as_uri()}"><urlset><url><loc>/a</loc></url></urlset>'
    assert pages(text) == (Listed("https://a.example/a"),)


PIECES = st.sampled_from(["<urlset>", "<url>", "<loc>", "https://a.example/a", "</loc>", "</url>", "<sitemap>", "&", "<news:title>", "]]>", "<![CDATA[", "<?xml", "http"])  # fmt: skip


@given(st.one_of(st.binary(max_size=200), st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=20).map("".join).map(lambda s: s.encode("utf-8", "replace"))))  # fmt: skip
def test_any_bytes_give_addresses_or_a_named_error(body):
    try:
        found = parse(body, BASE)
    except SourceError:
        return
    assert all(listed.url.startswith(("http://", "https://")) for listed in (*found.pages, *found.children))
