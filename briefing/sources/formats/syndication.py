"""Feeds of every kind out of bytes nobody vouches for: RSS, RDF, Atom, CDF, JSON Feed.

bytes ─kind→ ─unicode_text→ ─tree, rss | jsonfeed→ ParsedFeed, or a SourceError that says what it is instead
"""

from __future__ import annotations

import re
from typing import Literal

from briefing.errors import SourceError
from briefing.sources.formats import jsonfeed, rss
from briefing.sources.formats.entries import Entry, ParsedFeed
from briefing.sources.formats.lenient import head, names, tree, unicode_text
from briefing.sources.formats.plaintext import line, plain

__all__ = ["Entry", "Kind", "ParsedFeed", "kind", "parse", "plain"]

Kind = Literal["feed", "json-feed", "opml", "sitemap", "html", "other"]

_JSON_FEED = re.compile(r'"version"\s*+:\s*+"https?:\\?/\\?/(?:www\.)?jsonfeed\.org', re.IGNORECASE)
_HTML_TITLE = re.compile(r"<title\b[^<>]*+>([^<]*+)", re.IGNORECASE)
_HTML = frozenset({"html", "head", "body", "title", "meta", "script", "style", "div", "p", "noscript"})
_BY_ROOT: dict[str, Kind] = {"opml": "opml", "urlset": "sitemap", "sitemapindex": "sitemap"}
# A feed may begin after a server's own complaints in HTML, or stand in a page; pictures in pages hold RDF too.
_FEED_WITHIN = re.compile(r"<(?:rss|feed)\s[^<>]*?\b(?:version|xmlns)\s*+=", re.IGNORECASE)
# How nearly all feeds end; any other is read to see whether it does.
_TAIL_BYTES = 200
_ENDS = (b"</rss>", b"</feed>", b"</rdf:rdf>")
# Of a server, in plain text; further down, markup is what a text is about.
_COMPLAINT_CHARS = 1_000


def kind(body: bytes, media_type: str = "") -> Kind:
    """What a body is, told by its first 64 kB; `media_type` only tells a JSON feed that does not say its version."""
    text = head(body)
    if text.startswith("{"):
        named = _JSON_FEED.search(text) or media_type.strip().lower() == "application/feed+json"
        return "json-feed" if named else "other"
    if not text.startswith("<"):
        text = text[start:] if (start := text.find("<?xml", 0, _COMPLAINT_CHARS)) > 0 else ""
    root = next(iter(names(text)), "")
    if root in _BY_ROOT:
        return _BY_ROOT[root]
    if root in rss.HOMES or _FEED_WITHIN.search(text):
        return "feed"
    return "html" if root in _HTML or text[:14].lower() == "<!doctype html" else "other"


def parse(body: bytes, url: str, media_type: str = "", charset: str | None = None) -> ParsedFeed:
    """The feed in a body fetched from `url`; a feed without entries is a feed.

    `charset` is what the server called it. At most 500 entries, the newest; titles of 300 characters; 200,000
    characters of HTML an entry. Raises SourceError for what is empty, binary, no feed, or declares entities.
    """
    text = unicode_text(body, charset)
    found = kind(body, media_type)
    if found == "json-feed":
        return jsonfeed.read(text, url)
    if found != "feed":
        raise SourceError(_instead(found, text))
    return rss.read(tree(text), url)


def breaks_off(body: bytes, media_type: str = "") -> bool:
    """Whether a feed is not there to its end: its root is never closed, or its JSON cannot be read."""
    if body[-_TAIL_BYTES:].rstrip().lower().endswith(_ENDS):
        return False
    found = kind(body, media_type)
    try:
        text = unicode_text(body)
        if found == "json-feed":
            jsonfeed.read(text, "")
        return found == "feed" and tree(text).truncated
    except SourceError:
        return found == "json-feed"


def _instead(found: Kind, text: str) -> str:
    if found == "html":
        title = _HTML_TITLE.search(text)
        named = line(title[1][:1_000])[:80] if title else ""
        return f"not a feed: HTML page titled {named!r}" if named else "not a feed: HTML page without a title"
    if found == "opml":
        return "not a feed: a list of feeds (OPML)"
    if found == "sitemap":
        return "not a feed: a sitemap"
    roots = names(text[:10_000])
    return f"not a feed: XML with the root <{roots[0][:40]}>" if roots else "not a feed: neither XML nor a JSON feed"
