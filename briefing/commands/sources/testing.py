"""`briefing sources test`: each source is asked now, and what is found is said; no edition is made of it.

The sources are read as a build reads them, by a `Web` that notes what comes, but without the linked pages: of
those one is tried for each feed whose articles would be read from them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from briefing import config as settings
from briefing.commands.sources import tables, web
from briefing.commands.sources.wording import dated, days, shown, told
from briefing.config import Config
from briefing.errors import ConfigError, SourceError
from briefing.plugins import Reading, Source, suggestion
from briefing.sources.fetching.exchange import Fetched, FetchError, Want, Web
from briefing.sources.formats import syndication
from briefing.sources.formats.syndication import Entry
from briefing.sources.formats.urls import identity
from briefing.sources.online import Online
from briefing.sources.stdin import Stdin
from briefing.sources.window import Window
from briefing.types import Health

if TYPE_CHECKING:
    from briefing.sources.fetching.fetch import Fetcher

T = TypeVar("T")

FINE, TROUBLE = 0, 3
_WELL = frozenset(("reached", "unchanged"))
_ALL = 10**9
_SHOWN = 5


class _Seen(NamedTuple):
    """What came from an address: in words, and the newest of its pages that a build would read."""

    says: str
    page: str | None = None


class Tested(NamedTuple):
    """The lines on one feed, site or folder, and whether all is well with it."""

    well: bool
    lines: tuple[str, ...]


class _Observer:
    """The run's web, noting what comes. What is dead stays unasked, though all else is asked anew."""

    def __init__(self, fetcher: Fetcher, source: Online) -> None:
        self.settings, self.state, self.now = fetcher.settings, fetcher.state, fetcher.now
        self.window: Window | None = None
        self.offline = False
        self.seen: dict[str, _Seen] = {}
        self._fetcher = fetcher
        self._source = source

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._fetcher.run(work)

    async def fetch(self, want: Want) -> Fetched:
        resource = self.state.resource(want.url)
        if resource and resource.dead:
            when = f"{resource.checked:%Y-%m-%d}" if resource.checked else "before"
            raise FetchError("gone", f"answered 410, gone for good, on {when}: not asked again; remove it")
        came = await self._fetcher.fetch(want)
        self.seen[want.url] = await asyncio.to_thread(_seen, came, self._source, self.now)
        return came

    async def page_fault(self, url: str) -> str:
        """Why the newest page of a listing cannot be read; "" where it can, or none need be."""
        seen = self.seen.get(url)
        if seen is None or seen.page is None:
            return ""
        try:
            await self._fetcher.fetch(Want(url=seen.page, role="page", access=self._source.access(url)))
        except SourceError as error:
            return f"its newest page, {seen.page}, cannot be read: {error}"
        return ""


def probe(names: Iterable[str], config: Path | None, say: Callable[[str], None]) -> int:
    """Ask the sources of those names or addresses, or all; say what is found, return the exit code.

    Raises ConfigError for a name that no source has, and StateError.
    """
    path = config or tables.DEFAULT
    loaded = settings.load(path)
    well = count = 0
    for one in asked(loaded, _chosen(loaded, tuple(names), path), path):
        well, count = well + one.well, count + 1
        for line in one.lines:
            say(line)
    say(f"{count:,} tested: {well:,} fine" + (f", {count - well:,} with trouble" if count > well else ""))
    return FINE if well == count else TROUBLE


def asked(config: Config, chosen: Sequence[Source], path: Path, *, kept: bool = True) -> Iterator[Tested]:
    """Ask these sources of the settings at `path`, side by side; `kept` as for `web.opened`. Raises StateError."""
    from briefing import workers

    # In this order: interrupted, the web is closed first, and whoever waits for it waits no longer.
    with workers.waiting(len(chosen)) as reads, web.opened(config, kept=kept) as fetcher:
        for found in reads(lambda source: _tested(source, fetcher, path), chosen):
            yield from found


def _chosen(config: Config, names: tuple[str, ...], path: Path) -> list[Source]:
    if not config.sources:
        raise ConfigError(f"{path} names no sources; `briefing sources add URL` adds one")
    written = {name: source for source in config.sources for name in _names(source)}
    known = {_key(name): source for name, source in written.items()}
    for name in names:
        if _key(name) not in known:
            some = suggestion(name, written).partition(" (known")[0]
            raise ConfigError(f"{shown(name)}: no source of {path} has that name or address{some}")
    wanted = [known[_key(name)] for name in names] if names else config.sources
    return list({id(source): source for source in wanted}.values())


def _names(source: Source) -> Iterator[str]:
    found = (getattr(source, name, None) for name in ("name", "source", "path"))
    yield from (str(name) for name in (*found, *tables.addresses(source)) if name)


def _key(name: str) -> str:
    return identity(name) if name.startswith(("http://", "https://")) else name.casefold()


def _tested(source: Source, fetcher: Fetcher, path: Path) -> list[Tested]:
    if isinstance(source, Stdin):
        return []
    if not isinstance(source, Online):
        return [_of_files(source, source.read(fetcher.now))]
    observer = _Observer(fetcher, source)
    given: Web = observer
    # Without pages and without limit: what a feed itself has is what it is tested for.
    asked = source.replace(web=given, limit=_ALL, full_text="feed")
    reading = asked.read(fetcher.now)
    if not reading.health:
        return [Tested(False, (f"failed     {f.item}", f"    {shown(f.reason)}")) for f in reading.failures]
    faults = fetcher.run(_page_faults(observer, reading.health))
    return [_of_site(health, observer.seen.get(health.url), fault, path)
            for health, fault in zip(reading.health, faults, strict=True)]  # fmt: skip


async def _page_faults(observer: _Observer, found: Iterable[Health]) -> list[str]:
    return await asyncio.gather(*(observer.page_fault(health.url) for health in found))


def _of_files(source: Source, reading: Reading) -> Tested:
    faults = [failure for failure in reading.failures if failure.degrades]
    place = shown(str(getattr(source, "path", None) or type(source).__name__))
    first = f"{'failed' if faults else 'read':<11}{place}: {len(reading.documents):,} articles"
    lines = [f"    {shown(f.item)}: {shown(f.reason)}" for f in faults[:_SHOWN]]
    more = [f"    and {len(faults) - _SHOWN:,} more"] if len(faults) > _SHOWN else []
    return Tested(not faults, (first, *lines, *more))


def _of_site(health: Health, seen: _Seen | None, page_fault: str, path: Path) -> Tested:
    """What is said of one feed or site."""
    says = f": {seen.says}" if seen else ""
    lines = [f"{health.outcome:<11}{shown(health.source)}{says}"]
    if health.source != health.url:
        lines.append(f"    {shown(health.url)}")
    notes = [
        f"{health.note}; the copy of {health.as_of} stands in" if health.outcome == "kept" else health.note,
        f"nothing new for {days(health.silent_days)}" if health.silent_days is not None else "",
        f"moved for good: {_change(health, path)}" if health.moved_to else "",
        page_fault,
    ]
    lines += [f"    {shown(note)}" for note in notes if note]
    return Tested(health.outcome in _WELL, tuple(lines))


def _change(health: Health, path: Path) -> str:
    """Where the address of a source that moved stands, and what to write there."""
    new = tables.quoted(health.moved_to or "")
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        written = f'"{health.url}"' in line or f"'{health.url}'" in line
        if written and not line.lstrip().startswith("#"):
            return f"in line {number} of {path}, write {new} in place of the old address"
    return f"where its list has {health.url}, write {health.moved_to}"


def _seen(came: Fetched, source: Online, now: datetime) -> _Seen:
    """What came, in words; the newest page where a build would read it: not where the feed has the full text."""
    try:
        entries = _entries(came, source)
    except SourceError:  # the reading itself says what is wrong
        return _Seen("nothing to read")
    pages = [
        entry for entry in entries
        if entry.url and source.full_text != "feed" and (source.full_text == "page" or entry.summary_only)
    ]  # fmt: skip
    newest = max(pages, key=lambda entry: when.timestamp() if (when := dated(entry, now)) else 0.0, default=None)
    return _Seen(told(entries, now), newest.url if newest else None)


def _entries(came: Fetched, source: Online) -> tuple[Entry, ...]:
    """The entries of a feed, a section page or a sitemap. Raises SourceError."""
    from briefing.sources.encoding import decode
    from briefing.sources.formats import sitemap
    from briefing.sources.formats.links import article_links

    kind = syndication.kind(came.body, came.media_type)
    if kind == "sitemap":
        found = [(page.url, page.published) for page in sitemap.parse(came.body, came.final).pages]
    elif kind == "html" and came.url in getattr(source, "sections", ()):
        html = decode(came.body, html=True, charset=came.charset)
        found = [(link.url, link.published) for link in article_links(html, came.final)]
    else:
        return syndication.parse(came.body, came.final, came.media_type, came.charset).entries
    return tuple(Entry(title="", url=url, published=published, summary_only=True) for url, published in found)
