"""What the sources of the web share: their settings, and the way from a list of entries to documents.

    entries --window, first seen--> news --page or the feed's own text--> Documents

Of an entry whose page may not be read, or cannot be, the feed's own words stand in; where it has none, its
title and address are named as a `Failure`.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import ConfigDict, Field

from briefing.errors import ItemError, SourceError
from briefing.plugins import Reading, Weight
from briefing.sources.encoding import decode
from briefing.sources.fetching.exchange import Access, Fetched, FetchError, Want, Web
from briefing.sources.forgotten import Forgotten
from briefing.sources.formats.syndication import Entry, plain
from briefing.sources.formats.urls import identity, site
from briefing.sources.window import Keys, Window, is_news, late_from, moment, reached, text_key
from briefing.text import words
from briefing.types import Declared, Document, Failure, Health, Record

# A page this much older than the date its feed gives was dated anew.
_REDATED = timedelta(days=7)
# Fewer words of a feed's own say no more than the title.
_TELLING_WORDS = 12
_UNREACHABLE = frozenset(("network", "timeout"))
# What a site may close to us: no trouble of the run, so its edition is no worse for the exit code.
_CLOSED = frozenset(("robots", "reserved", "refused"))


class Online(Record):
    """The settings of every source of the web.

    `name` is what reports call it, `source` the outlet its articles are counted under, `section` a topic's
    name, `weight` what they count for in ranking. `limit` is the most articles of a run. `full_text`: "page" reads the
    linked page, "feed" keeps to the feed, "auto" reads it where the feed has only a summary. `headers_env` maps a
    header to the variable that holds its value; the login's name and password stand in `user_env` and `password_env`.
    Both go to the host of the source alone. `insecure` takes its certificate unverified.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str | None = None
    source: str | None = None
    section: str | None = None
    weight: Weight = 1.0
    llm: Literal["allow", "never"] = "allow"
    limit: int = Field(50, ge=1)
    full_text: Literal["auto", "page", "feed"] = "auto"
    headers_env: dict[str, str] = Field(default_factory=dict)
    user_env: str | None = None
    password_env: str | None = None
    insecure: bool = False
    web: Web | None = Field(None, exclude=True, repr=False)

    def online(self) -> Web:
        """The run's web. Raises SourceError where there is none."""
        if self.web is None:
            raise SourceError("this source reads the web, and was given none; run it by `briefing build`")
        return self.web

    def access(self, home: str) -> Access:
        """How the site of a URL is entered. Raises SourceError for a variable that is not set."""
        headers = [(name, _secret(variable)) for name, variable in sorted(self.headers_env.items())]
        if self.user_env or self.password_env:
            pair = ":".join(_secret(variable) if variable else "" for variable in (self.user_env, self.password_env))
            headers.append(("Authorization", "Basic " + base64.b64encode(pair.encode()).decode("ascii")))
        return Access(home=home, headers=tuple(headers), insecure=self.insecure)

    def unverified(self, url: str) -> str:
        """What a report says of a site whose certificate was taken unverified; "" for any other."""
        return "certificate not verified (`insecure = true`)" if self.insecure and url.startswith("https") else ""


class Listing(NamedTuple):
    """Entries as a feed, a section page or a sitemap lists them; `site_name` is what the site calls itself."""

    url: str
    fetched: Fetched
    entries: Sequence[Entry]
    site_name: str | None = None
    language: str | None = None
    note: str = ""


class Page(NamedTuple):
    """An article's page as text, and what it calls its outlet."""

    html: str
    outlet: str | None


class _Outcome(NamedTuple):
    """What became of an entry; `fault` why its page was not read, `closed` where the site does not want it."""

    result: Document | Failure
    fault: str = ""
    closed: bool = False


class _News(NamedTuple):
    entries: tuple[Entry, ...]
    newest: datetime | None
    over: int


def _secret(variable: str) -> str:
    try:
        return os.environ[variable]
    except KeyError:
        raise SourceError(f"the environment variable {variable} is not set; set it, or remove it here") from None


def unreached(source: Online, url: str, error: SourceError) -> Reading:
    """The reading of a source that could not be had at all."""
    fault = error.fault if isinstance(error, FetchError) else None
    outcome = "dead" if fault == "gone" else "unreachable" if fault in _UNREACHABLE else "failed"
    health = Health(source=source.name or url, url=url, outcome=outcome, note=str(error))
    return Reading(failures=(Failure(stage="read", item=source.name or url, reason=str(error)),), health=(health,))


def joined(readings: Iterable[Reading]) -> Reading:
    """Several readings as one."""
    found = tuple(readings)
    return Reading(
        documents=tuple(d for r in found for d in r.documents),
        failures=tuple(f for r in found for f in r.failures),
        health=tuple(h for r in found for h in r.health),
    )


def noted(*remarks: str) -> str:
    """Remarks as one; empty ones say nothing."""
    return "; ".join(filter(None, remarks))


async def articles(source: Online, listing: Listing, access: Access) -> Reading:
    """The documents of what is news in a listing, and how its site was found."""
    web = source.online()
    news = _news(source, listing, web)
    outcomes = await asyncio.gather(*(_article(source, listing, entry, access) for entry in news.entries))
    found = Reading.of(_results(outcomes))
    kept = listing.fetched
    name = source.name or listing.site_name or listing.url
    reason = f"{kept.fault}; the copy of {kept.as_of.isoformat()} stands in"
    # Who asked for no network misses none.
    stale = Failure(stage="read", item=name, reason=reason, degrades=not web.offline)
    health = Health(
        source=name,
        url=listing.url,
        outcome=OUTCOMES[kept.how],
        entries=len(listing.entries),
        taken=len(found.documents),
        as_of=kept.as_of.isoformat() if kept.how == "kept" else None,
        moved_to=kept.moved_to,
        silent_days=_silent(news.newest, web),
        note=noted(kept.fault, listing.note, _over(source, news), _closed(outcomes), source.unverified(listing.url)),
    )
    failures = (stale, *found.failures) if kept.how == "kept" else found.failures
    return Reading(documents=found.documents, failures=failures, health=(health,))


OUTCOMES: Mapping[str, Literal["reached", "unchanged", "kept"]] = {
    "fetched": "reached", "unchanged": "unchanged", "fresh": "unchanged", "kept": "kept",
}  # fmt: skip


def _news(source: Online, listing: Listing, web: Web) -> _News:
    """The entries that are news, newest first, as many as the source may give."""
    until, forgotten = web.now, Forgotten.of(web.state)
    keyed = tuple(
        (e, k) for e, k in zip(listing.entries, _keys(listing.entries), strict=True) if not forgotten.address(e.url)
    )
    feed = f"list:{identity(listing.url)}"
    seen = web.state.first_seen([feed, *(key for _, keys in keyed for key in keys if key)], until)
    dated = [(moment(entry.updated or entry.published, until), entry, keys) for entry, keys in keyed]
    newest = max((when or seen[keys.identity] for when, _, keys in dated), default=None)
    if web.window is not None:
        # By the feed's own address too: after a day without it, each of its entries may be a new one.
        known = any(seen[key] <= web.window.since for key in (feed, *(keys.identity for _, keys in keyed)))
        late = late_from(web.window, known, _reached(listing.fetched, web))
        dated = [(w, e, k) for w, e, k in dated if is_news(k, w, seen, web.window, late)]
    # Undated ones last: what nobody dates cannot be called the newest.
    ordered = sorted(dated, key=lambda one: (one[0] is None, -(one[0] or until).timestamp()))
    chosen = tuple(entry for _, entry, _ in ordered[: source.limit])
    return _News(chosen, newest, len(ordered) - len(chosen))


def _reached(fetched: Fetched, web: Web) -> datetime | None:
    return reached(fetched.before, web.window, web.now - timedelta(days=web.settings.window_days))


def _keys(entries: Sequence[Entry]) -> list[Keys]:
    """Of each entry: its address, unless others of the feed share it, else its id, else its title and date."""
    addresses = Counter(identity(entry.url) for entry in entries if entry.url)
    found = []
    for entry in entries:
        address = identity(entry.url) if entry.url else ""
        if address and addresses[address] == 1:
            key = f"url:{address}"
        else:
            key = f"id:{address}:{entry.guid or f'{entry.title}:{entry.published}'}"
        found.append(Keys(key, text_key(entry.title, plain(entry.html))))
    return found


async def _article(source: Online, listing: Listing, entry: Entry, access: Access) -> _Outcome:
    """One entry as a document, from its page or from the feed's own words."""
    if entry.url is None or source.full_text == "feed" or (source.full_text == "auto" and not entry.summary_only):
        return _Outcome(_own(source, listing, entry, "the feed has no text of it"))
    try:
        page = await source.online().fetch(Want(url=entry.url, role="page", access=access))
        return _Outcome(await asyncio.to_thread(_page, source, listing, entry, page))
    except FetchError as error:
        closed = error.fault in _CLOSED
        return _Outcome(_own(source, listing, entry, str(error), degrades=not closed), str(error), closed)
    except SourceError as error:
        return _Outcome(_own(source, listing, entry, str(error), degrades=True), str(error))


def _results(outcomes: Iterable[_Outcome]) -> Iterator[Document | Failure]:
    for result, fault, closed in outcomes:
        yield result
        if fault and not closed and isinstance(result, Document):
            yield Failure(stage="read", item=result.item, reason=f"{fault}; the feed's own words stand in")


def _closed(outcomes: Iterable[_Outcome]) -> str:
    closed = sum(outcome.closed for outcome in outcomes)
    pages = "1 page" if closed == 1 else f"{closed:,} pages"
    return f"{pages} closed to us; what the feed says stands in" if closed else ""


def _page(source: Online, listing: Listing, entry: Entry, page: Fetched) -> Document | Failure:
    html = decode(page.body, html=True, charset=page.charset)
    own = _declared(html)
    window = source.online().window
    if window and _older(own.published, entry.published, window):
        reason = f"old: first published {own.published}, dated {entry.published} by the feed"
        return Failure(stage="read", item=_item(entry), reason=reason, degrades=False)
    return _document(source, listing, entry, Page(html, own.source))


def _declared(html: str) -> Declared:
    """What a page says of itself."""
    from briefing.stages.clean.extract import parsed
    from briefing.stages.clean.metadata import metadata

    try:
        return metadata(parsed(html)).declared
    except ItemError:  # the clean stage says what is wrong with it
        return Declared()


def _older(own: str | None, listed: str | None, window: Window) -> bool:
    """Whether the date a page gives itself lies before the window, and the feed's is much later."""
    first, dated = moment(own, window.until), moment(listed, window.until)
    return bool(first and dated and first < min(window.since, dated - _REDATED))


def _own(source: Online, listing: Listing, entry: Entry, reason: str, degrades: bool = False) -> Document | Failure:
    """The feed's own words as a document, else a failure that keeps title and address."""
    if len(words(plain(entry.html))) >= _TELLING_WORDS:
        return _document(source, listing, entry, None)
    return Failure(stage="read", item=_item(entry), reason=f"title and link only: {reason}", degrades=degrades)


def _item(entry: Entry) -> str:
    return f"{entry.title} ({entry.url})" if entry.url and entry.title else entry.url or entry.title or "an entry"


def _document(source: Online, listing: Listing, entry: Entry, page: Page | None) -> Document:
    """The document of an entry: of its page, or without one of the feed's own words."""
    # A summary is no page: as one it would be refused for its length.
    html = page.html if page else None if entry.summary_only else f"<div>{entry.html}</div>"
    text = plain(entry.html) if html is None else html
    at_home = entry.url is None or site(entry.url) == site(listing.url)
    declared = Declared(
        title=entry.title or None,
        authors=entry.authors,
        published=entry.published or entry.updated,
        source=source.source or (page.outlet if page else None) or (listing.site_name if at_home else None),
        url=entry.url,
        language=entry.language or (listing.language if at_home else None),
        section=source.section,
        weight=source.weight,
    )
    item = entry.url or f"{listing.url}#{entry.guid or entry.title}"
    return Document(
        item=item, text=text, media_type="text/plain" if html is None else "text/html", declared=declared,
        folder=listing.url, private=source.llm == "never",
    )  # fmt: skip


def _silent(newest: datetime | None, web: Web) -> int | None:
    days = (web.now - newest).days if newest else 0
    return days if days >= web.settings.silent_days else None


def _over(source: Online, news: _News) -> str:
    return f"{news.over:,} more not taken (limit {source.limit})" if news.over else ""
