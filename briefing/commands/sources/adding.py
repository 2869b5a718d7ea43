"""`briefing sources add`: from any address of a site to the table that reads it.

    address ─fetch→ feed, OPML, sitemap             -> its own table
                    page ─names feeds→ the first that is one
                         ─usual places→ the first that is one
                         ─links to articles→ a table of the page

The user named the site, so it is asked a few times, one after another, at the pace of a build.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from briefing.commands.sources import tables, web
from briefing.commands.sources.tables import Table, Value
from briefing.commands.sources.wording import NEXT, shown, told
from briefing.errors import ConfigError, NothingProducedError, SourceError
from briefing.sources.formats.urls import identity

if TYPE_CHECKING:
    from briefing.config import Config
    from briefing.sources.fetching.exchange import Fetched
    from briefing.sources.fetching.fetch import Fetcher
    from briefing.sources.formats.discovery import Found as Named

# What a site is asked at most, to find its feed.
_MOST_NAMED = 4
_MOST_GUESSES = 6
# Fewer links may be a page's own "read more".
_FEWEST_LINKS = 5
_SHOWN_OTHERS = 9


class Found(NamedTuple):
    """What reads an address: the kind of source and its fields, what to say of it, further feeds named with it."""

    kind: str
    fields: dict[str, Value]
    says: str
    title: str = ""
    others: tuple[Named, ...] = ()


def add_source(
    url: str, config: Path | None = None, name: str | None = None, section: str | None = None
) -> Iterator[str]:
    """Find what reads an address and write its table; gives the lines that say so.

    Raises ConfigError for an address or file that is wrong, NothingProducedError where nothing can be read.
    """
    path = config or tables.DEFAULT
    address = address_of(url)
    settings = tables.opened(path)
    if identity(address) in tables.places(settings):
        yield f"{address} is in {path} already; nothing was changed"
        return
    new = not path.exists()
    found = find(settings, address, kept=not new)
    fields = {**found.fields, "name": name or shown(found.title) or None, "section": section}
    table = Table(found.kind, fields)
    place = next(iter(found.fields.values()))
    place = place if isinstance(place, str) else place[0]
    if tables.append(path, [table]).known:
        yield f"{place}, which reads {address}, is in {path} already; nothing was changed"
        return
    yield f"added to {path}{' (new)' if new else ''}: {fields['name'] or place}"
    yield f"  {found.kind}: {place}: {found.says}"
    yield from _others(found.others, path)
    if new:
        yield NEXT


def address_of(url: str) -> str:
    """The address that is meant. Raises ConfigError for what is none."""
    if url.startswith(("http://", "https://")):
        return url
    if Path(url).exists():
        raise ConfigError(f"{url} is a file here; if it lists feeds, run `briefing sources import {shlex.quote(url)}`")
    url = url.removeprefix("feed://").removeprefix("feed:")
    if url.startswith(("http://", "https://")):
        return url
    if "." not in url.partition("/")[0] or "://" in url:
        raise ConfigError(f"{shown(url)}: neither an address like https://gazette.example/ nor a file here")
    return f"https://{url}"


def find(settings: Config, address: str, *, kept: bool) -> Found:
    """What reads an address; `kept` as for `web.opened`. Raises NothingProducedError, from what the fetcher said."""
    with web.opened(settings, kept=kept) as fetcher:
        try:
            found = fetcher.run(_at(fetcher, address))
        except SourceError as error:
            raise NothingProducedError(f"{address}: {error}; nothing was added") from error
    if found is None:
        raise NothingProducedError(
            f"{address}: names no feed, none is at the usual places, and it links to no list of articles;"
            " give the address of its feed, or of a page that lists its articles. Nothing was added"
        )
    return found


async def _at(fetcher: Fetcher, url: str) -> Found | None:
    """What an address leads to; None for a page that leads nowhere. Raises SourceError."""
    from briefing.sources.fetching.exchange import Want
    from briefing.sources.formats import opml, sitemap, syndication

    came = await fetcher.fetch(Want(url=url, role="list"))
    kind = syndication.kind(came.body, came.media_type)
    address = came.moved_to or url
    if kind in {"feed", "json-feed"}:
        return _feed(fetcher, came)
    if kind == "opml":
        return Found("opml", {"url": address}, f"{len(opml.parse(came.body)):,} feeds")
    if kind == "sitemap":
        pages, parts = sitemap.parse(came.body, came.final)
        return Found("web", {"sitemaps": [address]}, f"{len(pages):,} pages, {len(parts):,} further sitemaps")
    if kind == "html":
        return await _on_page(fetcher, came)
    raise SourceError("neither a feed nor a page, an OPML list or a sitemap")


def _feed(fetcher: Fetcher, came: Fetched) -> Found:
    from briefing.sources.formats import syndication

    parsed = syndication.parse(came.body, came.final, came.media_type, came.charset)
    says = told(parsed.entries, fetcher.now)
    return Found("feed", {"url": came.moved_to or came.url}, says, parsed.title or "")


async def _on_page(fetcher: Fetcher, page: Fetched) -> Found | None:
    """The first feed that a page names, or that stands at a usual place; else the page, if it lists articles."""
    from briefing.sources.encoding import decode
    from briefing.sources.formats import discovery

    html = decode(page.body, html=True, charset=page.charset)
    named = discovery.feeds_in(html, page.final)
    for number, feed in enumerate(named[:_MOST_NAMED], 1):
        if found := await _feed_at(fetcher, feed.url):
            return found._replace(others=named[number:])
    for url in discovery.guesses(page.final)[:_MOST_GUESSES]:
        if found := await _feed_at(fetcher, url):
            return found
    return await _section(fetcher, page, html)


async def _feed_at(fetcher: Fetcher, url: str) -> Found | None:
    """The feed at an address; None where there is none, or it cannot be had."""
    from briefing.sources.fetching.exchange import Want
    from briefing.sources.formats import syndication

    try:
        came = await fetcher.fetch(Want(url=url, role="feed"))
        feed = syndication.kind(came.body, came.media_type) in {"feed", "json-feed"}
        return _feed(fetcher, came) if feed else None
    except SourceError:  # there are others to try
        return None


async def _section(fetcher: Fetcher, page: Fetched, html: str) -> Found | None:
    from briefing.sources.fetching.exchange import Want
    from briefing.sources.formats.links import article_links

    links = article_links(html, page.final)
    if len(links) < _FEWEST_LINKS:
        return None
    # As a source it is read as a page: whether its robots.txt lets us is better known now.
    await fetcher.fetch(Want(url=page.url, role="page"))
    return Found("web", {"sections": [page.moved_to or page.url]}, f"no feed found; {len(links)} articles linked")


def _others(listed: Sequence[Named], path: Path) -> Iterator[str]:
    if not listed:
        return
    where = "" if path == tables.DEFAULT else f" --config {shlex.quote(str(path))}"
    yield "further feeds named there:"
    for other in listed[:_SHOWN_OTHERS]:
        title = f"  # {shown(other.title)}" if other.title else ""
        yield f"  briefing sources add {shlex.quote(other.url)}{where}{title}"
    if len(listed) > _SHOWN_OTHERS:
        yield f"  and {len(listed) - _SHOWN_OTHERS} more"
