"""JSON Feed 1 and 1.1 (jsonfeed.org): its items as entries; a field of the wrong type is passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import islice

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
from briefing.sources.formats.plaintext import line, paragraphs, size
from briefing.sources.formats.urls import absolute
from briefing.sources.records import Value, parse

Fields = Mapping[str, Value]

_MAX_LISTED = 100


def read(text: str, url: str) -> ParsedFeed:
    """The feed in a JSON text fetched from `url`. Raises SourceError where it is no JSON, or another."""
    feed = parse(text)
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise SourceError("not a feed: JSON without a list of items")
    found = [item for item in items if isinstance(item, dict)]
    places = newest([_date(item) for item in found]) if len(found) > MAX_ENTRIES else range(len(found))
    kept = [finished(_entry(found[place], url)) for place in places]
    return ParsedFeed(
        title=line(_string(feed, "title")[:MAX_TITLE_CHARS], markup=False) or None,
        url=absolute(_string(feed, "home_page_url"), url),
        language=language(_string(feed, "language")),
        entries=tuple(each.entry for each in kept),
        cut=cut_note((fault for each in kept for fault in each.faults), len(found)),
    )


def _entry(item: Fields, url: str) -> Entry:
    guid = _string(item, "id")
    addresses = (_string(item, "url"), _string(item, "external_url"), guid if guid.lower().startswith("http") else "")
    return Entry(
        title=line(_string(item, "title")[: 20 * MAX_TITLE_CHARS], markup=False),
        url=next(filter(None, (absolute(address, url) for address in addresses)), None),
        guid=identifier(guid),
        published=published(_string(item, "date_published")),
        updated=published(_string(item, "date_modified")),
        authors=distinct(map(person, _names(item))),
        html=_fullest(item),
        language=language(_string(item, "language")),
        categories=distinct(
            line(tag[:MAX_NAME_CHARS], markup=False) for tag in _list(item, "tags") if isinstance(tag, str)
        ),
    )


def _date(item: Fields) -> str | None:
    return published(_string(item, "date_published")) or published(_string(item, "date_modified"))


def _names(item: Fields) -> Iterator[str]:
    """The authors' names: a list since 1.1, one object before."""
    for author in (*_list(item, "authors"), item.get("author")):
        if isinstance(author, dict):
            yield _string(author, "name")


def _fullest(item: Fields) -> str:
    texts = (paragraphs(escape(_string(item, name), quote=False)) for name in ("content_text", "summary"))
    return max((_string(item, "content_html"), *texts), key=size)[: 2 * MAX_HTML_CHARS]


def _string(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _list(fields: Fields, name: str) -> list[Value]:
    value = fields.get(name)
    return list(islice(value, _MAX_LISTED)) if isinstance(value, list) else []
