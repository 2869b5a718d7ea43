"""The entries of RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0, and CDF, out of the elements of a feed.

    Tree ─home→ the feed's own element ─entries→ elements ─entry→ Entry, finished

Elements are known by their name and namespace: those of the feed formats bare ("title"), those of the
modules with the usual prefix ("dc:creator"), declared or not; all others are foreign, and so is what is in them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from itertools import islice

from lxml import etree

from briefing.errors import SourceError
from briefing.sources.formats.entries import (
    MAX_ENTRIES,
    MAX_HTML_CHARS,
    MAX_NAME_CHARS,
    MAX_TITLE_CHARS,
    Entry,
    ParsedFeed,
    cut_note,
    distinct,
    finished,
    identifier,
    language,
    newest,
    person,
    published,
)
from briefing.sources.formats.lenient import Tree, local
from briefing.sources.formats.plaintext import has_tags, line, paragraphs, size
from briefing.sources.formats.urls import absolute

Element = etree._Element
Fields = Mapping[str, Sequence[Element]]

HOMES = frozenset({"rss", "rdf", "feed", "channel", "entry", "item"})
_ENTRIES = frozenset({"item", "entry"})
# Entries stand in nothing else.
_AROUND = frozenset({"rss", "rdf", "feed", "channel", "items", "entries", "item", "entry"})
# A field given more often says no more; nor do more children than an entry of any feed has.
_MAX_CHILDREN = 300
_MAX_SAME = 20

_MODULES = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
_FORMATS = re.compile(
    r"""https?://(?:backend\.userland\.com/rss|blogs\.law\.harvard\.edu/tech/rss|cyber\.law\.harvard\.edu/rss
      |purl\.org/rss/1\.0/(?:modules/rss091\#)?\Z|(?:channel|my)\.netscape\.com/(?:rdf|publish/formats)
      |www\.w3\.org/1999/02/22-rdf-syntax-ns\#\Z
      |www\.w3\.org/2005/atom|purl\.org/(?:atom/|pie/|echo/|net/rss1)|example\.com/(?:newformat|necho))""",
    re.VERBOSE | re.IGNORECASE,
)
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML = "{http://www.w3.org/XML/1998/namespace}"

_PUBLISHED = ("pubdate", "published", "issued", "dc:date", "dcterms:issued", "dcterms:created", "created", "date")
_UPDATED = ("updated", "modified", "dcterms:modified", "lastbuilddate")
_FULL = ("content:encoded", "content", "xhtml:body", "body", "fullitem")
_SHORT = ("description", "summary", "abstract", "dc:description", "itunes:summary")
_SPACE = re.compile(r"[\t\r\n]+")
_HTML_TYPES = frozenset({"", "text/html", "html", "application/xhtml+xml", "xhtml"})
_TEXT_TYPES = frozenset({"text", "plain", "text/plain"})
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|div|br|a|b|i|em|strong|img|span|ul|li|h[1-6]|figure)\b", re.IGNORECASE)
# Windows' characters, which old feeds write by the numbers they have there.
_C1 = re.compile("[\x80-\x9f]")
_WINDOWS = {byte: found for byte in range(0x80, 0xA0) if (found := bytes([byte]).decode("cp1252", "ignore"))}


def read(tree: Tree, url: str) -> ParsedFeed:
    """The feed in a document fetched from `url`. Raises SourceError where it is XML of another kind."""
    home = next((e for e in tree.root.iter(etree.Element) if local(e.tag) in HOMES), None)
    if home is None:
        raise SourceError(f"not a feed: XML with the root <{line(local(tree.root.tag))[:40]}>")
    found = list(_entries(home))
    kept = [finished(_entry(found[place], home, url)) for place in _newest(found)]
    about = _about(home)
    return ParsedFeed(
        title=_title(about, home)[:MAX_TITLE_CHARS] or None,
        url=_link(about, url),
        language=language(_text(about, "language", "dc:language") or home.get(_XML + "lang")),
        entries=tuple(each.entry for each in kept),
        cut=cut_note((fault for each in kept for fault in each.faults), len(found), tree.truncated),
    )


def _entries(home: Element) -> Iterator[Element]:
    """The entries in document order, also where one stands within another."""
    own = _namespace(home)
    ahead = [home]
    while ahead:
        element = ahead.pop()
        if _name(element, own) in _ENTRIES:
            yield element
        ahead.extend(child for child in reversed(element) if _name(child, own) in _AROUND)


def _newest(entries: Sequence[Element]) -> Sequence[int]:
    if len(entries) <= MAX_ENTRIES:
        return range(len(entries))
    return newest([_date(_fields(element), _PUBLISHED + _UPDATED) for element in entries])


def _namespace(element: Element) -> str:
    return element.tag.rpartition("}")[0][1:]


def _name(element: Element, own: str = "") -> str:
    """The name of an element in lower case, with the usual prefix of its module; "" for a foreign one."""
    namespace = _namespace(element)
    prefix, _, name = element.tag.rpartition("}")[2].lower().rpartition(":")
    module = _MODULES.get(namespace.lower().replace("https://", "http://"))
    if module is not None:
        return module + name
    if namespace and namespace != own and not _FORMATS.match(namespace):
        return ""
    return {"": name, "atom": name, "rss": name, "rdf": name}.get(prefix) or (
        f"{prefix}:{name}" if f"{prefix}:" in _MODULES.values() else ""
    )


def _fields(element: Element) -> Fields:
    own = _namespace(element)
    fields: dict[str, list[Element]] = {}
    for child in islice(element, _MAX_CHILDREN):
        same = fields.setdefault(_name(child, own), [])
        if len(same) < _MAX_SAME:
            same.append(child)
    return fields


def _about(home: Element) -> Fields:
    """What a feed says of itself; nothing where the document is a single entry."""
    channel = next((child for child in home if _name(child, _namespace(home)) == "channel"), home)
    return {} if local(home.tag) in _ENTRIES else _fields(channel)


def _entry(element: Element, home: Element, url: str) -> Entry:
    fields = _fields(element)
    guid = _text(fields, "guid", "id") or element.get(_RDF + "about")
    return Entry(
        title=_title(fields, home),
        url=_link(fields, url) or absolute(element.get("HREF", ""), _base(element, url)) or _permalink(fields, guid),
        guid=identifier(guid),
        published=_date(fields, _PUBLISHED),
        updated=_date(fields, _UPDATED) or published(element.get("LASTMOD")),
        authors=_authors(fields, home),
        html=_fullest(fields, home),
        language=_language(element, fields),
        categories=distinct(_categories(fields)),
    )


def _title(fields: Fields, home: Element) -> str:
    for element in (*fields.get("title", ()), *fields.get("dc:title", ()), *fields.get("itunes:title", ())):
        text = _inner(element) if len(element) else _characters(element)
        # What is beyond the cap by far need not be cleaned either.
        found = line(text[: 20 * MAX_TITLE_CHARS], markup=len(element) > 0 or _type(element, home) not in _TEXT_TYPES)
        if found:
            return found
    return ""


def _type(element: Element, home: Element) -> str:
    """The media type of an element's text; RSS, whatever it says, is read as HTML by all."""
    return element.get("type", "").strip().lower() or ("text" if _is_atom(home) else "html")


def _is_atom(home: Element) -> bool:
    return local(home.tag) in {"feed", "entry"}


def _characters(element: Element) -> str:
    """The text of an element without children."""
    text = element.text or ""
    if element.get("mode") == "base64":
        text = _unpacked(text)
    return text.translate(_WINDOWS) if _C1.search(text) else text


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _text(fields: Fields, *names: str) -> str | None:
    texts = (_characters(element).strip() for name in names for element in fields.get(name, ()))
    return next(filter(None, texts), None)


def _base(element: Element, url: str) -> str:
    """What relative addresses in an element are relative to (XML Base)."""
    base = url
    for above in reversed([element, *element.iterancestors()]):
        own = above.get(_XML + "base")
        base = (absolute(own, base) if own else None) or base
    return base


def _link(fields: Fields, url: str) -> str | None:
    """The address of what is told: the publisher's own, then that of a page, then any alternate; never the feed's."""
    links = [(_text(fields, "feedburner:origlink") or "", url)]
    pages: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for element in fields.get("link", ()):
        href, base = element.get("href"), _base(element, url)
        if href is None:
            links.append((_characters(element), base))
        elif element.get("rel", "alternate").strip().lower() == "alternate":
            is_page = element.get("type", "").strip().lower() in _HTML_TYPES
            (pages if is_page else others).append((href, base))
    found = (absolute(_SPACE.sub("", href), base) for href, base in (*links, *pages, *others))
    own = absolute(url, "")
    return next((address for address in found if address and address != own), None)


def _permalink(fields: Fields, guid: str | None) -> str | None:
    """An id that is an address too, as it is unless it says not to be (RSS 2.0)."""
    named = any(element.get("isPermaLink", "").strip().lower() == "false" for element in fields.get("guid", ()))
    return None if named or not guid or not guid.lower().startswith("http") else absolute(guid, "")


def _date(fields: Fields, names: Sequence[str]) -> str | None:
    written = (element.text for name in names for element in fields.get(name, ()))
    return next(filter(None, map(published, written)), None)


def _authors(fields: Fields, home: Element) -> tuple[str, ...]:
    names = ("author", "dc:creator") if _is_atom(home) else ("dc:creator", "author")
    written = [e for name in (*names, "dc:author", "itunes:author") for e in fields.get(name, ())]
    found: dict[str, list[str]] = {}
    for element in written:
        named = _fields(element).get("name", ())
        texts = [each.text or "" for each in named] if len(element) else [_characters(element)]
        found.setdefault(element.tag, []).extend(map(person, texts))
    return next(filter(None, map(distinct, found.values())), ())


def _categories(fields: Fields) -> Iterator[str]:
    for element in (*fields.get("category", ()), *fields.get("dc:subject", ())):
        text = element.get("label") or element.get("term") or element.text or ""
        yield line(text[: 2 * MAX_NAME_CHARS])[:MAX_NAME_CHARS].rstrip()


def _language(element: Element, fields: Fields) -> str | None:
    """What an entry says of itself: that the feed is in a language says less."""
    texts = (each for name in (*_FULL, *_SHORT, "title") for each in fields.get(name, ()))
    tags = (element.get(_XML + "lang"), _text(fields, "dc:language"), *(each.get(_XML + "lang") for each in texts))
    return next(filter(None, map(language, tags)), None)


def _fullest(fields: Fields, home: Element) -> str:
    """The field with the most text as HTML, of equal ones the one meant for the full text."""
    found = [_markup(element, home) for name in _FULL + _SHORT for element in fields.get(name, ())]
    return max(found, key=size, default="")


def _markup(element: Element, home: Element) -> str:
    kind = _type(element, home)
    if len(element):
        return _inner(element)
    if "/" in kind and not kind.startswith("text/") and not kind.endswith("xml"):
        return ""
    text = _characters(element).strip()[: 2 * MAX_HTML_CHARS]
    if kind in _TEXT_TYPES:
        return paragraphs(escape(text, quote=False))
    if has_tags(text):
        return text
    # Escaped once too often: no article is a page of tags to be read.
    return unescape(text) if _ESCAPED_TAG.search(text) else paragraphs(text)


def _inner(element: Element) -> str:
    """The content of an element as HTML."""
    pieces = [escape(element.text or "", quote=False)]
    for child in element:
        for inner in child.iter(etree.Element):
            inner.tag = inner.tag.rpartition("}")[2].rpartition(":")[2]
        etree.cleanup_namespaces(child)
        pieces.append(etree.tostring(child, encoding="unicode", method="html"))
    return "".join(pieces).strip()
