"""`briefing sources import`: a feed reader's subscriptions, or any list of feeds, as tables of the settings file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from briefing.commands.sources import tables, web
from briefing.commands.sources.tables import Table
from briefing.commands.sources.wording import NEXT, shown
from briefing.config import looks_secret
from briefing.errors import ConfigError, NothingProducedError, SourceError

if TYPE_CHECKING:
    from briefing.config import Config
    from briefing.sources.formats.opml import Outline

_SHOWN = 20
_KEY = "looks like a secret; such a feed is added by hand, with headers_env or user_env"
_OPML_ADDRESS = re.compile(r"""\bxmlurl\s{0,9}=\s{0,9}(?:"([^"<]{0,3000})"|'([^'<]{0,3000})')""", re.IGNORECASE)


class Unusable(NamedTuple):
    """A feed that cannot be read, and why."""

    title: str
    reason: str


class Listed(NamedTuple):
    """How many feeds a list has, the tables of those that can be read, and the others."""

    feeds: int
    usable: tuple[Table, ...]
    unusable: tuple[Unusable, ...]


def import_feeds(place: str, config: Path | None = None) -> Iterator[str]:
    """Write a table for each feed of a list, a file or a URL, that is not there yet; gives the lines that say so.

    Raises ConfigError for a list or settings file that cannot be read, NothingProducedError where no feed is usable.
    """
    path = config or tables.DEFAULT
    new = not path.exists()
    feeds, usable, unusable = listed(place, tables.opened(path), kept=not new)
    if not usable:
        faults = "\n".join(_faults(unusable))
        raise NothingProducedError(f"{place}: no feed in it that can be used; nothing was imported\n{faults}".strip())
    added, known = tables.append(path, usable)
    where = f"{path}{' (new)' if new else ''}"
    yield f"{added:,} of {feeds:,} feeds added to {where}" if added else f"no feed added to {path}"
    if known:
        yield f"{len(known):,} were there already, or stand in the list more than once"
    yield from _faults(unusable)
    if new:
        yield NEXT


def listed(place: str, settings: Config, *, kept: bool) -> Listed:
    """The feeds of a list, a file or a URL; `kept` as for `web.opened`. Raises ConfigError for what is no list."""
    from briefing.sources.formats import opml

    try:
        body = _body(place, settings, kept)
        outlines = opml.parse(body)
    except SourceError as error:
        raise ConfigError(f"{place}: {error}; nothing was imported") from error
    found = [_table(outline) for outline in outlines]
    usable = tuple(table for table in found if isinstance(table, Table))
    unusable = (*(fault for fault in found if isinstance(fault, Unusable)), *_refused(body))
    return Listed(len(outlines), usable, unusable)


def _body(place: str, settings: Config, kept: bool) -> bytes:
    """The list itself. Raises SourceError."""
    from briefing.sources.fetching.exchange import Want

    if place.startswith(("http://", "https://")):
        with web.opened(settings, kept=kept) as fetcher:
            return fetcher.run(fetcher.fetch(Want(url=place, role="list"))).body
    try:
        with Path(place).open("rb") as file:
            data = file.read(settings.web.max_bytes + 1)
    except OSError as error:
        raise SourceError(f"cannot be read ({error.strerror}); name a file or an address") from error
    if len(data) > settings.web.max_bytes:
        raise SourceError(f"larger than {settings.web.max_bytes:,} bytes; split the list")
    return data


def _table(outline: Outline) -> Table | Unusable:
    from briefing.sources.fetching.policy import fit

    try:
        url = fit(outline.url)
    except SourceError as error:
        return Unusable(outline.title, str(error))
    if any(looks_secret(text) for text in (url, outline.title, outline.section or "")):
        return Unusable(outline.title, _KEY)
    scheme, _, rest = url.partition(":")
    fields = {"name": shown(outline.title), "section": shown(outline.section or "")}
    return Table("feed", {"url": f"{scheme.lower()}:{rest}", **fields})


def _refused(body: bytes) -> Iterator[Unusable]:
    """What stands in the place of an address in OPML or in a list of lines, and is none."""
    from briefing.sources.fetching.policy import fit

    text = body.decode("utf-8", "replace").strip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return
    for written in _written(text):
        try:
            fit(written)
        except SourceError as error:
            yield Unusable("", str(error))


def _written(text: str) -> Iterator[str]:
    if text.startswith("<"):
        found = [html.unescape(match[1] or match[2] or "").strip() for match in _OPML_ADDRESS.finditer(text)]
    else:
        found = [line.split()[0] for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for address in found:
        if not address.lower().startswith("feed:"):  # another way to write http
            yield address


def _faults(unusable: Iterable[Unusable]) -> Iterator[str]:
    listed = list(unusable)
    for title, reason in listed[:_SHOWN]:
        yield f"not usable: {shown(title) + ': ' if title else ''}{shown(reason)}"
    if len(listed) > _SHOWN:
        yield f"and {len(listed) - _SHOWN:,} more that are not usable"
