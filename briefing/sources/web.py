"""Web pages without a feed: articles by address, the articles a section page links, news sitemaps."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from briefing.errors import SourceError
from briefing.plugins import Reading
from briefing.sources.encoding import decode
from briefing.sources.feeds import Feed
from briefing.sources.fetching.exchange import Access, Fetched, Want
from briefing.sources.formats import sitemap, syndication
from briefing.sources.formats.links import article_links
from briefing.sources.formats.sitemap import Listed
from briefing.sources.formats.syndication import Entry
from briefing.sources.formats.urls import identity
from briefing.sources.online import OUTCOMES, Listing, Online, articles, joined, noted, unreached
from briefing.types import Declared, Document, Health

Address = Annotated[str, Field(pattern=r"^https?://")]
# Of a sitemap's index only the newest parts hold news.
_PARTS = 5


class Pages(Online):
    """Articles at `urls`, articles that the pages in `sections` link to, and articles of news `sitemaps`.

    What sections and sitemaps list is news as in a feed; an article at one of `urls` is news when it is first
    read. An address that turns out to be a feed is read as one.
    """

    urls: tuple[Address, ...] = ()
    sections: tuple[Address, ...] = ()
    sitemaps: tuple[Address, ...] = ()

    @model_validator(mode="after")
    def _some_place(self) -> Self:
        if not (self.urls or self.sections or self.sitemaps):
            raise ValueError("give urls, sections or sitemaps")
        return self

    def read(self, now: datetime) -> Reading:  # noqa: ARG002 (the run's web has the clock)
        """What is news at all the addresses, read side by side."""
        return self.online().run(self._reading())

    async def _reading(self) -> Reading:
        readers = ((self._article, self.urls), (self._section, self.sections), (self._sitemap, self.sitemaps))
        work = [_caught(self, url, reader(url)) for reader, urls in readers for url in urls]
        return joined(await asyncio.gather(*work))

    async def _article(self, url: str) -> Reading:
        web = self.online()
        page = await web.fetch(Want(url=url, role="page", access=self.access(url)))
        if syndication.kind(page.body, page.media_type) in {"feed", "json-feed"}:
            shared = {name: getattr(self, name) for name in Online.model_fields}
            return await Feed(**shared, url=url).reading()
        text = await asyncio.to_thread(decode, page.body, True, page.charset)
        key = f"url:{identity(url)}"
        first = web.state.first_seen([key], web.now)[key]
        news = web.window is None or first >= web.window.since
        declared = Declared(source=self.source, url=page.final, section=self.section, weight=self.weight)
        document = Document(item=url, text=text, media_type="text/html", declared=declared, private=self.llm == "never")
        health = Health(
            source=self.name or url, url=url, outcome=OUTCOMES[page.how], entries=1, taken=int(news),
            moved_to=page.moved_to, note=noted(page.fault, self.unverified(url)),
        )  # fmt: skip
        return Reading(documents=(document,) if news else (), health=(health,))

    async def _section(self, url: str) -> Reading:
        access = self.access(url)
        page = await self.online().fetch(Want(url=url, role="page", access=access))
        html = await asyncio.to_thread(decode, page.body, True, page.charset)
        links = await asyncio.to_thread(article_links, html, page.final)
        entries = [_entry(link.url, link.title, link.published) for link in links]
        note = "" if entries else "no links to articles found"
        return await articles(self, Listing(url=url, fetched=page, entries=entries, note=note), access)

    async def _sitemap(self, url: str) -> Reading:
        access = self.access(url)
        fetched, listed = await self._listed(url, access)
        newest = sorted(listed.children, key=lambda part: part.published or "", reverse=True)[:_PARTS]
        parts = await asyncio.gather(*(self._listed(part.url, access) for part in newest))
        pages = [page for found in (listed, *(part for _, part in parts)) for page in found.pages]
        entries = [_entry(page.url, page.title or "", page.published, page.language) for page in _dated(pages)]
        return await articles(self, Listing(url=url, fetched=fetched, entries=entries), access)

    async def _listed(self, url: str, access: Access) -> tuple[Fetched, sitemap.Sitemap]:
        fetched = await self.online().fetch(Want(url=url, role="list", access=access))
        return fetched, await asyncio.to_thread(sitemap.parse, fetched.body, fetched.final)


def _entry(url: str, title: str, published: str | None, language: str | None = None) -> Entry:
    return Entry(title=title, url=url, published=published, language=language, summary_only=True)


def _dated(pages: Iterable[Listed]) -> list[Listed]:
    """The pages that give a date, where any does: a sitemap also lists what was never news."""
    listed = list(pages)
    return [page for page in listed if page.published] or listed


async def _caught(source: Online, url: str, work: Coroutine[Any, Any, Reading]) -> Reading:
    try:
        return await work
    except SourceError as error:
        return unreached(source, url, error)
