"""Sitemaps (sitemaps.org 0.9, Google News extension): pages with their dates, and further sitemaps.

Read leniently: any or no namespace, cut or ill-formed XML up to where it breaks, and lists with one URL a
line. Entity declarations are refused; nothing is ever loaded from elsewhere.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from lxml import etree

from briefing.errors import SourceError
from briefing.sources.formats.urls import absolute
from briefing.stages.clean.dates import parse_published
from briefing.text import one_line

# The protocol's own limits: 50,000 URLs and 50 MB a file.
MAX_URLS = 50_000
MAX_BYTES = 50_000_000
MAX_TITLE_CHARS = 300
MAX_FIELD_CHARS = 2_000

_GZIP = b"\x1f\x8b"
_AMPERSAND = re.compile(rb"&(?:(amp|lt|gt|quot|apos);|(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};))")
_CHARACTERS = {b"amp": b"&#38;", b"lt": b"&#60;", b"gt": b"&#62;", b"quot": b"&#34;", b"apos": b"&#39;", None: b"&#38;"}
_CLOSED = re.compile(rb"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_LINE = re.compile(r"https?://\S+", re.IGNORECASE)
_ROOTS = {"html": "an HTML page", "rss": "a feed (RSS)", "feed": "a feed (Atom)", "RDF": "a feed (RSS 1.0)"}
_ROOTS |= {"opml": "an OPML file"}


class Listed(NamedTuple):
    """A page or sitemap as listed; `published` (RFC 3339 or a day) is its `lastmod` where no date of news is given."""

    url: str
    title: str | None = None
    published: str | None = None
    language: str | None = None


class Sitemap(NamedTuple):
    """What a sitemap lists, in its order, each URL once."""

    pages: tuple[Listed, ...]
    children: tuple[Listed, ...]


def parse(body: bytes, base: str) -> Sitemap:
    """Read a sitemap fetched from `base`, gzipped or not: at most 50,000 URLs, at most 50 MB.

    Raises SourceError, in plain words, for what is no sitemap, is too large or declares entities.
    """
    body = _unpacked(body)
    if len(body) > MAX_BYTES:
        raise SourceError(f"sitemap too large: more than {MAX_BYTES:,} bytes")
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body:
        raise SourceError("not a sitemap: empty")
    if b"<!ENTITY" in body.replace(b"\0", b"").upper():
        raise SourceError("sitemap refused: it declares XML entities")
    found = _lines(body, base) if body[:4].lower() == b"http" else _entries(body, base)
    if found.pages or found.children:
        return found
    raise SourceError("not a sitemap: it lists no URL")


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_GZIP):
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        return unpacking.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise SourceError(f"not a sitemap: damaged gzip file ({error})") from error


def _lines(body: bytes, base: str) -> Sitemap:
    lines = (line.strip() for line in body.decode("utf-8", "replace").splitlines()[:MAX_URLS])
    urls = (absolute(line, base) for line in lines if _LINE.fullmatch(line))
    unique = dict.fromkeys(url for url in urls if url is not None)
    return Sitemap(tuple(map(Listed, unique)), ())


def _entries(body: bytes, base: str) -> Sitemap:
    entries: list[tuple[str, Listed]] = []
    for element in _elements(body):
        listed = _listed(element, base)
        if listed is not None:
            entries.append((_local(element), listed))
        _forget(element)
        if len(entries) == MAX_URLS:
            break
    if len(entries) < MAX_URLS and not _CLOSED.search(body[-400:].replace(b"\0", b"")):
        entries = entries[:-1]  # its address may be cut short
    return Sitemap(_unique(entries, "url"), _unique(entries, "sitemap"))


def _unique(entries: list[tuple[str, Listed]], kind: str) -> tuple[Listed, ...]:
    found: dict[str, Listed] = {}
    for name, listed in entries:
        if name == kind:
            found.setdefault(listed.url, listed)
    return tuple(found.values())


def _elements(body: bytes) -> Iterator[etree._Element]:
    """The entries as they close; raises SourceError where the root is known and not a sitemap's."""
    parsing = etree.iterparse(
        BytesIO(_escaped(body)), tag=("{*}url", "{*}sitemap"), recover=True, resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for _, element in parsing:
            yield element
    except etree.LxmlError:
        pass
    other = _ROOTS.get(_local(parsing.root)) if parsing.root is not None else None
    if other is not None:
        raise SourceError(f"not a sitemap: {other}")


def _escaped(body: bytes) -> bytes:
    """Write ampersands by number: libxml2 loses bare ones, and named ones too once it has met an error.

    Either turns `?a=1&b=2` into another address. In CDATA bare ones stand rightly.
    """
    if b"<![CDATA[" in body or b"\0" in body[:200]:
        return body
    return _AMPERSAND.sub(lambda match: _CHARACTERS[match[1]], body)


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _forget(element: etree._Element) -> None:
    """Free an element that has been read, and those before it: 50,000 entries need 30 MB otherwise."""
    element.clear()
    above = element.getparent()
    while above is not None and element.getprevious() is not None:
        del above[0]


def _listed(entry: etree._Element, base: str) -> Listed | None:
    fields: dict[str, str] = {}
    for element in entry.iterdescendants():
        if element.text and element.text.strip():
            fields.setdefault(_path(element, entry), element.text.strip()[:MAX_FIELD_CHARS])
    url = absolute(fields.get("loc", ""), base)
    if url is None:
        return None
    language = fields.get("news/publication/language", "").lower().replace("_", "-")
    return Listed(
        url=url,
        title=one_line(fields.get("news/title", ""))[:MAX_TITLE_CHARS] or None,
        published=parse_published(fields.get("news/publication_date", ""))
        or parse_published(fields.get("lastmod", "")),
        language=language if _LANGUAGE.fullmatch(language) else None,
    )


def _path(element: etree._Element, entry: etree._Element) -> str:
    names = [_local(element)]
    for above in element.iterancestors():
        if above is entry:
            break
        names.append(_local(above))
    return "/".join(reversed(names))
