"""Feeds, one by one or as a reader's list of subscriptions: RSS, Atom, JSON Feed; OPML."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from briefing.errors import SourceError
from briefing.plugins import Place, Reading
from briefing.sources.fetching.exchange import Fetched, Want
from briefing.sources.forgotten import Forgotten
from briefing.sources.formats import opml, syndication
from briefing.sources.formats.syndication import ParsedFeed
from briefing.sources.online import Listing, Online, articles, joined, unreached
from briefing.types import Failure

_FEEDS = frozenset(("feed", "json-feed"))


class Feed(Online):
    """One feed at `url`; full texts from it, or from the linked pages where it has only summaries."""

    url: str = Field(pattern=r"^https?://")

    def read(self, now: datetime) -> Reading:  # noqa: ARG002 (the run's web has the clock)
        """What is news in the feed. Every fault is a `Failure`."""
        return self.online().run(self.reading())

    async def reading(self) -> Reading:
        """`read`, among others on one loop."""
        broken: list[bytes] = []
        try:
            access = self.access(self.url)
            want = Want(url=self.url, role="feed", access=access, unsound=partial(_no_whole_feed, broken))
            fetched = await self.online().fetch(want)
            parsed = await asyncio.to_thread(_parsed, fetched, broken)
        except SourceError as error:
            return unreached(self, self.url, error)
        listing = Listing(
            url=self.url, fetched=fetched, entries=parsed.entries, site_name=parsed.title,
            language=parsed.language, note=parsed.cut,
        )  # fmt: skip
        return await articles(self, listing, access)


class Opml(Online):
    """All feeds of an OPML file or URL (or a plain list of addresses); its categories are sections.

    The other settings hold for each of its feeds; `without` leaves out addresses.
    """

    path: Place | None = None
    url: str | None = Field(None, pattern=r"^https?://", description="The address of the list, where it is no file.")
    without: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.url is None):
            raise ValueError("give either a path or a url")
        return self

    def read(self, now: datetime) -> Reading:  # noqa: ARG002 (the run's web has the clock)
        """What is news in all the feeds, read side by side."""
        return self.online().run(self._reading())

    async def _reading(self) -> Reading:
        place = str(self.path or self.url)
        try:
            outlines = opml.parse(await self._list())
        except OSError as error:
            reason = f"cannot be read ({error.strerror}); check the path"
            return Reading(failures=(Failure(stage="read", item=place, reason=reason),))
        except SourceError as error:
            return unreached(self, place, error)
        forgotten = Forgotten.of(self.online().state)
        wanted = (one for one in outlines if one.url not in self.without and not forgotten(one.url, one.title))
        feeds = [self._feed(outline) for outline in wanted]
        return joined(await asyncio.gather(*(feed.reading() for feed in feeds)))

    async def _list(self) -> bytes:
        if self.url is None:
            return await asyncio.to_thread(_loaded, Path(self.path or ""), self.online().settings.max_bytes)
        want = Want(url=self.url, role="list", access=self.access(self.url), unsound=no_list)
        return (await self.online().fetch(want)).body

    def _feed(self, outline: opml.Outline) -> Feed:
        shared = {name: getattr(self, name) for name in Online.model_fields}
        own = self.url is not None and self.access(self.url).covers(outline.url)
        # What was given for the list's host is for no other.
        bare: dict[str, Any] = {"headers_env": {}, "user_env": None, "password_env": None, "insecure": False}
        names = {"name": outline.title or None, "section": self.section or outline.section}
        return Feed(**{**shared, **({} if own else bare), **names, "url": outline.url})


def no_feed(body: bytes, media_type: str) -> str:
    """What is wrong with a body that should be a feed; "" if nothing is."""
    found = syndication.kind(body, media_type)
    return "" if found in _FEEDS else f"no feed came, but {_WORDS.get(found, 'something else')}"


def _no_whole_feed(broken: list[bytes], body: bytes, media_type: str) -> str:
    """`no_feed`, and one that breaks off is noted, for its entries are news all the same."""
    wrong = no_feed(body, media_type)
    if not wrong and syndication.breaks_off(body, media_type):
        broken.append(body)
        return "the feed is truncated"
    return wrong


def _parsed(fetched: Fetched, broken: Iterable[bytes]) -> ParsedFeed:
    """The feed; where the stored copy stands in for one that breaks off, with the entries of both."""
    whole = syndication.parse(fetched.body, fetched.final, fetched.media_type, fetched.charset)
    if fetched.how != "kept":
        return whole
    for body in broken:
        with suppress(SourceError):
            found = syndication.parse(body, fetched.final, fetched.media_type, fetched.charset).entries
            # Of the last entry there may be only a part.
            both = {entry.url or entry.guid: entry for entry in (*found[-1:], *whole.entries, *found[:-1])}
            whole = whole.replace(entries=tuple(entry for key, entry in both.items() if key))
    return whole


def no_list(body: bytes, _media_type: str) -> str:
    """What is wrong with a body that should be a list of feeds; "" if nothing is."""
    try:
        opml.parse(body)
    except SourceError as error:
        return str(error)
    return ""


_WORDS = {"html": "an HTML page", "opml": 'an OPML list (its kind is "opml")', "sitemap": "a sitemap"}


def _loaded(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise SourceError(f"larger than {most:,} bytes; split the list")
    return data
