"""Pages that the last edition cited, asked for once more: whether they still say it is for `compare` to find.

Only what was read from the web before, without a login, and only where the site has another body than it had then.
It goes through the run's fetcher, so a page that a source reads today is not asked for twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from briefing.sources.encoding import decode
from briefing.sources.fetching import policy
from briefing.sources.fetching.exchange import Fetched, FetchError, Want, Web, origin
from briefing.types import Briefing, Declared, Document

# A host is asked once a second; an edition must not wait long for what it may not need.
_MOST_OF_HOST = 10
_MOST_S = 60.0
_GONE = frozenset(("missing", "gone"))


class Revisited(NamedTuple):
    """The pages that have another body now, and the addresses where there is no page any more."""

    pages: tuple[Document, ...] = ()
    missing: tuple[str, ...] = ()


def revisit(web: Web, edition: Briefing, entered: Collection[str], most_s: float = _MOST_S) -> Revisited:
    """Ask again for what an edition cited. `entered` are the sites that are read with a login or unverified."""
    if web.offline or not web.settings.recheck:
        return Revisited()
    sites = {origin(url) for url in entered}
    known = (url for url in _cited(edition) if _read_before(web, url) and origin(url) not in sites)
    wanted = tuple(_some_of_each_host(known))[: web.settings.recheck]
    return web.run(_asked(web, wanted, datetime.fromisoformat(edition.generated_at), most_s)) if wanted else Revisited()


def _cited(edition: Briefing) -> dict[str, None]:
    """The addresses of the articles an edition cites, in its order, each once; not those of an earlier one."""
    own = edition.own()
    cited = (own.get(c.article) for s in edition.statements() for c in s.citations)
    return dict.fromkeys(entry.url for entry in cited if entry and entry.url and entry.genre != "live blog")


def _read_before(web: Web, url: str) -> bool:
    """Whether a page was read by its address: the link of a mail or of an export is never followed."""
    try:
        resource = web.state.resource(policy.fit(url))
    except FetchError:
        return False
    return resource is not None and resource.fetched is not None


def _some_of_each_host(urls: Iterable[str]) -> Iterator[str]:
    taken = Counter[str]()
    for url in urls:
        taken[policy.host(url)] += 1
        if taken[policy.host(url)] <= _MOST_OF_HOST:
            yield url


async def _asked(web: Web, urls: Iterable[str], since: datetime, most_s: float) -> Revisited:
    tasks = {asyncio.create_task(_page(web, url)): url for url in urls}
    done, late = await asyncio.wait(tasks, timeout=most_s)
    for task in late:
        task.cancel()
    found = {tasks[task]: task.result() for task in done}
    pages = (_document(url, page) for url, page in found.items() if isinstance(page, Fetched) and page.as_of > since)
    missing = (url for url, page in found.items() if page == "missing")
    return Revisited(tuple(sorted(pages, key=lambda d: d.item)), tuple(sorted(missing)))


async def _page(web: Web, url: str) -> Fetched | str:
    """The page, or "missing", or "" where nothing can be said of it."""
    try:
        return await web.fetch(Want(url=url, role="page"))
    except FetchError as error:
        return "missing" if error.fault in _GONE else ""


def _document(url: str, page: Fetched) -> Document:
    text = decode(page.body, html=True, charset=page.charset)
    return Document(item=url, text=text, media_type="text/html", declared=Declared(url=url))
