"""`feed.xml`: the editions as an Atom 1.0 feed (RFC 4287), one entry each, with `tag:` addresses as ids (RFC 4151)."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup

from briefing.outputs import dates, templating
from briefing.outputs.archive.summaries import Summary
from briefing.outputs.numbering import anchor
from briefing.outputs.wording import told
from briefing.outputs.words import FALLBACK, words_of

HEADLINES = 12
FILE = "feed.xml"
# An id needs the owner of a name and a date of ownership; without an address of the reader's own there is neither.
_NOBODY = "briefing.invalid"
_SINCE = "2026"
_TYPES = {"briefing.html": "text/html", "briefing.md": "text/markdown", "briefing.json": "application/json"}
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


class Named(NamedTuple):
    """What the feed is called, and where it will stand: `base_url` ends with a slash, or is empty."""

    title: str
    base_url: str
    tag: str


class Line(NamedTuple):
    """A headline; `url` leads to its story, where that has an address."""

    text: str
    url: Markup | None


class Entry(NamedTuple):
    """One edition as an entry."""

    id: Markup
    url: Markup
    media_type: str
    title: str
    language: str
    updated: str
    about: str
    lines: tuple[Line, ...]
    further: str


def feed(editions: Sequence[Summary], named: Named) -> str:
    """The editions given, newest first, as the text of an Atom feed.

    Links are absolute where the base is known; without one they are relative to the feed's own address, which
    RFC 4287 allows and RFC 3986, 5.1.3, defines.
    """
    entries = tuple(_entry(edition, named) for edition in editions)
    return templating.render(
        "feed.xml.jinja",
        None,
        words=words_of(editions[0].language if editions else FALLBACK),
        id=_id(named, "feed"),
        title=named.title,
        link=_address(named.base_url, "index.html"),
        own=_address(named.base_url, FILE),
        updated=max((entry.updated for entry in entries), default="1970-01-01T00:00:00+00:00"),
        entries=entries,
    )


def main_file(edition: Summary) -> str:
    """The file of an edition that a reader is led to: its page, else Markdown, else the data."""
    return next((name for name in _TYPES if name in edition.files), "briefing.json")


def language(tag: str | None) -> str:
    """A language tag as far as it has the form of one (BCP 47), else nothing."""
    return tag if tag and _LANGUAGE.fullmatch(tag) else ""


def _entry(edition: Summary, named: Named) -> Entry:
    words = words_of(edition.language)
    first = edition.stories[0].text if edition.stories else words("archive.no-story-entry")
    further = max(0, len(edition.stories) - HEADLINES)
    name = main_file(edition)
    return Entry(
        id=_id(named, edition.date),
        url=_address(named.base_url, f"{edition.date}/{name}"),
        media_type=_TYPES[name],
        title=words("archive.entry", day=dates.day(words, edition.date), headline=first),
        language=language(edition.language),
        updated=_instant(edition),
        about=told(words, len(edition.stories), edition.disputed),
        lines=tuple(Line(s.text, _story(edition, s.id, named.base_url)) for s in edition.stories[:HEADLINES]),
        further=words("count.and-more", n=further) if further else "",
    )


def _story(edition: Summary, identity: str, base_url: str) -> Markup | None:
    """Where a story stands; None without a base: inside an entry's text many readers resolve no relative address."""
    if not base_url or "briefing.html" not in edition.files:
        return None
    return _address(base_url, f"{edition.date}/briefing.html#{anchor(identity)}")


def _id(named: Named, name: str) -> Markup:
    parts = urlsplit(named.base_url)
    if named.tag:
        return _markup(f"tag:{named.tag}:{name}")
    if parts.hostname:
        return _markup(f"tag:{parts.hostname},{_SINCE}:{parts.path}{name}")
    digest = hashlib.sha256(named.title.encode("utf-8", "replace")).hexdigest()[:12]
    return _markup(f"tag:{_NOBODY},{_SINCE}:{digest}/{name}")


def _address(base_url: str, path: str) -> Markup:
    return _markup(base_url + path)


def _markup(address: str) -> Markup:
    """An address made of checked settings, dates and anchors, escaped once."""
    return Markup("{}").format(address)


def _instant(edition: Summary) -> str:
    found = dates.parse(edition.generated_at, ZoneInfo("UTC"))
    instant = found if isinstance(found, datetime) else datetime.fromisoformat(edition.date).replace(tzinfo=UTC)
    return instant.isoformat(timespec="seconds")
