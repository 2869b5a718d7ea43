"""Lists of feeds: OPML, mostly not well-formed; JSON by category; one address on a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from lxml import etree

from briefing.errors import SourceError
from briefing.sources import records
from briefing.sources.formats.lenient import characters, legal, names, unicode_text, well_formed
from briefing.sources.formats.plaintext import line
from briefing.sources.formats.urls import absolute, canonical

MAX_FEEDS = 50_000
_MAX_TITLE_CHARS = 200
_DEEPEST = 6
_HEAD_CHARS = 10_000
_ADDRESSES = ("xmlurl", "feed_url", "feedurl", "feed", "rss", "url")
_TITLES = ("title", "name", "text")
_SECTIONS = ("category", "section", "folder")
# Words of a list itself, not subjects.
_NO_SUBJECTS = frozenset(
    {"feeds", "feed", "items", "outlines", "subscriptions", "sources", "urls", "categories", "folders", "rss", "list"}
)
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=https?:)|^feed(?=://)", re.IGNORECASE)
_NO_SCHEME = re.compile(r"^(?=(?:[a-z0-9-]+\.)+[a-z]{2,}/\S)", re.IGNORECASE)
_OUTLINE = re.compile(r"<(/?)outline\b", re.IGNORECASE)
_END = re.compile(r"</(?:body|opml)\b", re.IGNORECASE)
# A value ends at a quotation mark before another attribute or the end of the tag; if there is none, nowhere.
_ATTRIBUTE = re.compile(
    r"""(?<![\w:.-])([A-Za-z_][\w:.-]*+)\s*+=\s*+(["'])(.*?)(?:\2(?=\s+[\w:.-]++\s*+=|\s*+/?>?\s*+\Z)|\Z)""", re.DOTALL
)
_LINE = re.compile(r"(\S+)[ \t]*(.*)")


Fields = Mapping[str, str]
Each = TypeVar("Each")


class Outline(NamedTuple):
    """A feed in a list: `section` is the category it stands in, `kind` what the list calls it ("rss")."""

    url: str
    title: str = ""
    section: str | None = None
    kind: str = "rss"


def parse(body: bytes) -> tuple[Outline, ...]:
    """The feeds of a list, each once, where it stands first.

    Raises SourceError for what is no list, has no feed in it, or more than 50,000.
    """
    text = unicode_text(body).strip()
    if text.startswith("<"):
        found = _outlines(text)
    elif text.startswith(("{", "[")):
        found = _listed(records.parse(text), None)
    else:
        found = _lines(text)
    kept: dict[str, Outline] = {}
    for outline in _at_most(found, MAX_FEEDS):
        kept.setdefault(canonical(outline.url), outline)
    if not kept:
        raise SourceError("no list of feeds: there is no feed's address in it")
    return tuple(kept.values())


def _at_most(found: Iterable[Each], most: int) -> Iterator[Each]:
    for number, each in enumerate(found):
        if number == most:
            raise SourceError(f"more than {MAX_FEEDS:,} feeds; split the list")
        yield each


def _outlines(text: str) -> Iterator[Outline]:
    root = well_formed(text)
    if "opml" not in names(text[:_HEAD_CHARS]) and not _OUTLINE.search(text):
        raise SourceError(f"no list of feeds: XML with the root <{(names(text[:_HEAD_CHARS]) or [''])[0][:40]}>")
    sections: list[str | None] = [None]
    events = _scanned(legal(text)) if root is None else _walked(root)
    # Each outline begins and ends, and a category is seldom empty.
    for fields in _at_most(events, 4 * MAX_FEEDS):
        if fields is None:
            sections.pop()
            sections = sections or [None]
            continue
        own, kind = _title(fields), fields.get("type", "").strip().lower() or "rss"
        url = _address(fields.get("xmlurl") or (fields.get("url", "") if kind in {"rss", "atom"} else ""))
        if url:
            yield Outline(url, own, sections[-1] or _category(fields), kind)
        sections.append(sections[-1] if url else own or sections[-1])


def _walked(root: etree._Element) -> Iterator[Fields | None]:
    """The attributes of each outline where it begins, None where one ends."""
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="outline"):
        if event == "end":
            yield None
        else:
            yield {str(name).lower(): str(value) for name, value in element.attrib.items()}


def _scanned(text: str) -> Iterator[Fields | None]:
    """`_walked` for what is not well-formed: HTML, quotation marks and all stand in the attributes."""
    marks = list(_OUTLINE.finditer(text))
    for mark, following in zip_longest(marks, marks[1:]):
        if mark[1]:
            yield None
            continue
        written = text[mark.end() : following.start() if following else len(text)]
        written = written[: end.start() if (end := _END.search(written)) else None].rstrip()
        yield {name.lower(): characters(value) for name, _, value in _ATTRIBUTE.findall(written)}
        if written.endswith("/>"):
            yield None


def _title(fields: Fields) -> str:
    found = (line(fields[name][: 3 * _MAX_TITLE_CHARS]) for name in _TITLES if name in fields)
    return next(filter(None, found), "")[:_MAX_TITLE_CHARS].rstrip()


def _category(fields: Fields) -> str | None:
    """The first category of an attribute: a list with commas, of paths with slashes (OPML 2.0)."""
    for name in _SECTIONS:
        found = line(fields.get(name, "")[:_MAX_TITLE_CHARS]).split(",")[0].strip("/ ").rpartition("/")[2]
        if found:
            return found
    return None


def _address(written: str) -> str | None:
    """An address as it is written, if it can be fetched; the scheme alone may be missing."""
    url = _FEED_SCHEME.sub(lambda match: "" if ":" in match[0] else "http", written.strip())
    url = _NO_SCHEME.sub("https://", url)
    return url if absolute(url, "") is not None else None


def _lines(text: str) -> Iterator[Outline]:
    """An address on each line, a title behind it; comments begin with "#"."""
    for written in text.splitlines():
        match = _LINE.match(written.strip())
        url = _address(match[1]) if match and not match[1].startswith("#") else None
        if match and url:
            yield Outline(url, _title({"title": match[2]}))


def _listed(value: records.Value, section: str | None, depth: int = 0) -> Iterator[Outline]:
    """Addresses in lists, and objects with an address; the names of the objects around them are categories."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for inner in value:
            yield from _string(inner, section) if isinstance(inner, str) else _listed(inner, section, depth + 1)
    elif isinstance(value, dict):
        fields = {name.lower(): text for name, text in value.items() if isinstance(text, str)}
        url = next(filter(None, (_address(fields.get(name, "")) for name in _ADDRESSES)), None)
        if url:
            yield Outline(url, _title(fields), _category(fields) or section)
        for name, inner in value.items():
            named = section if name.lower() in _NO_SUBJECTS else line(name[:_MAX_TITLE_CHARS]) or section
            yield from _listed(inner, named, depth + 1)


def _string(written: str, section: str | None) -> Iterable[Outline]:
    url = _address(written)
    return (Outline(url, "", section),) if url else ()
