"""The feeds of a site: those its pages name, and where to look when they name none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from briefing.errors import PageError
from briefing.sources.formats.urls import absolute, identity, site
from briefing.text import one_line

Kind = Literal["rss", "atom", "json-feed", "feed"]

MAX_FEEDS = 50
MAX_TITLE_CHARS = 200

_TYPES: dict[str, Kind] = {
    "application/rss+xml": "rss", "application/rss": "rss", "application/x-rss+xml": "rss", "text/rss+xml": "rss",
    "text/rss": "rss", "application/rdf+xml": "rss", "text/rdf": "rss",
    "application/atom+xml": "atom", "application/atom": "atom", "application/x-atom+xml": "atom",
    "text/atom+xml": "atom",
    "application/feed+json": "json-feed",
    "application/xml": "feed", "text/xml": "feed",
}  # fmt: skip
# application/json is mostly an interface for programs (WordPress names one on each page), oEmbed or a manifest.
_JSON_FEED = re.compile(r"feed[^/]*(?:\.json)?/?$", re.IGNORECASE)
_LOOKS_LIKE_FEED = re.compile(
    r"(?:^|/)(?:feeds?|rss\d?|atom|rdf)/?$|\.(?:rss|atom|rdf)$|(?:^|/)(?:[\w-]*(?:feed|rss|atom)[\w-]*)\.(?:xml|json|php|aspx|ashx)$"
    r"|(?:^|/)(?:feeds?|rss|rss[-_]?feeds?|outboundfeeds)/[\w./-]*$|\.feed$|^/?index\.xml$|feeds/posts/default/?$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed=(?:rss2?|atom|rdf)|(?:f|format|output|outputtype|alt|type|service)=(?:rss|atom|feed|xml)|rss=1)(?:&|$)",
    re.I,
)
_FEED_HOST = re.compile(r"^(?:feeds?|rss|feedproxy)\d?\.", re.IGNORECASE)
_NOT_A_FEED = re.compile(r"\.(?:html?|pdf|png|jpe?g|gif|svg|css|js|zip|opml)$|sitemap", re.IGNORECASE)
_COMMENTS = re.compile(
    r"\bcomment|kommentar|commentaire|comentario|commenti\b|\breacties\b|replies|комментари", re.IGNORECASE
)

# By how many of the 9,896 feeds of a public list stand there: /feed 2,275, /rss 492, /rss.xml 185,
# /rss/index.xml 74, /feeds/posts/default 36, /feed.xml 31, /index.rss 20, /arc/outboundfeeds 23, /index.xml 10,
# /atom.xml 9; two more are what static sites and JSON Feed use.
_PLACES = (
    "feed", "rss", "rss.xml", "feed.xml", "rss/index.xml", "atom.xml", "index.xml", "feeds/posts/default", "index.rss",
    "arc/outboundfeeds/rss/?outputType=xml", "feeds", "feed.json",
)  # fmt: skip
_PLACES_IN_FOLDER = ("feed", "rss", "rss.xml", "feed.xml", "index.xml", "atom.xml")


class Found(NamedTuple):
    """A feed that a page names; `title` is "" where it gives none, `kind` "feed" where it does not say which."""

    url: str
    title: str
    kind: Kind


def feeds_in(html: str, base: str) -> tuple[Found, ...]:
    """The feeds a page at `base` names, best first, at most 50.

    Feeds of the page's own section come before those of the site, declared ones before mere links, feeds of
    comments last. Raises SourceError for a page too large or nested too deep to be read.
    """
    from briefing.stages.clean.extract import parsed  # trafilatura, 1 s

    try:
        tree = parsed(html)
    except PageError:
        return ()
    start = next((absolute(b.get("href") or "", base) for b in tree.iter("base") if b.get("href")), None) or base
    found: dict[str, Found] = {}
    for feed in (*_declared(tree, start), *_linked(tree, start, base)):
        if identity(feed.url) != identity(base):
            found.setdefault(identity(feed.url), feed)
    return tuple(sorted(found.values(), key=lambda feed: _rank(feed, base)))[:MAX_FEEDS]


def _declared(tree: HtmlElement, start: str) -> Iterator[Found]:
    for link in tree.iter("link"):
        rels = (link.get("rel") or "").lower().split()
        url = absolute(link.get("href") or "", start)
        kind = _kind((link.get("type") or "").partition(";")[0].strip().lower(), url or "")
        if "feed" in rels and kind is None:
            kind = _guessed_kind(url or "")
        if url is not None and kind is not None and not {"alternate", "feed"}.isdisjoint(rels):
            yield Found(url, one_line(link.get("title") or "")[:MAX_TITLE_CHARS], kind)


def _kind(media_type: str, url: str) -> Kind | None:
    if media_type == "application/json":
        return "json-feed" if _JSON_FEED.search(urlsplit(url).path) else None
    return _TYPES.get(media_type)


def _linked(tree: HtmlElement, start: str, base: str) -> Iterator[Found]:
    for anchor in tree.iter("a"):
        url = absolute(anchor.get("href") or "", start)
        if url is not None and _looks_like_feed(url, base):
            title = anchor.get("title") or anchor.text_content()
            yield Found(url, one_line(title)[:MAX_TITLE_CHARS], _guessed_kind(url))


def _looks_like_feed(url: str, base: str) -> bool:
    """Whether a link is a feed by its address; on another site only if its host is one for feeds."""
    parts = urlsplit(url)
    asked = _FEED_QUERY.search(parts.query)
    if _NOT_A_FEED.search(parts.path) and not asked:
        return False
    if _FEED_HOST.match(parts.hostname or ""):
        return parts.path.strip("/") != ""
    named = asked or _LOOKS_LIKE_FEED.search(parts.path)
    return bool(named) and site(url) == site(base)


def _guessed_kind(url: str) -> Kind:
    path = urlsplit(url).path.lower()
    if path.endswith(".json"):
        return "json-feed"
    return "atom" if "atom" in path else "rss" if "rss" in path or path.endswith(".rdf") else "feed"


def _rank(feed: Found, base: str) -> tuple[bool, bool]:
    folder = urlsplit(base).path.strip("/").lower()
    own = bool(folder) and f"/{folder}/" in f"{urlsplit(feed.url).path.lower()}/"
    return bool(_COMMENTS.search(f"{feed.title} {feed.url}")), not own


def guesses(url: str) -> tuple[str, ...]:
    """The usual places of the feed of a page at `url` that names none, best first; () for no http(s) URL.

    First below the page's own path, then below the folder it stands in, then at the root of the site.
    """
    parts = urlsplit(absolute(url, url) or "")
    if not parts.netloc:
        return ()
    root = f"{parts.scheme}://{parts.netloc}"
    folder = parts.path.rstrip("/")
    if "." in folder.rpartition("/")[2]:
        folder = folder.rpartition("/")[0]
    places = [f"{root}{folder}/{place}" for place in _PLACES_IN_FOLDER] if folder else []
    places += [f"{root}/{place}" for place in _PLACES]
    found = (absolute(place, root) for place in places)
    return tuple(dict.fromkeys(place for place in found if place is not None))
