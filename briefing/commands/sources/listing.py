"""`briefing sources list`: one line a source, and what is remembered of it; nothing is asked of any site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from briefing import plugins
from briefing.commands.online import NAME, left
from briefing.commands.sources import tables
from briefing.commands.sources.wording import days, newest, shown
from briefing.config import Config, load
from briefing.errors import ConfigError, SourceError
from briefing.plugins import Source
from briefing.sources.feeds import Opml
from briefing.sources.forgotten import Forgotten
from briefing.state import State

if TYPE_CHECKING:
    from briefing.cache import Bodies
    from briefing.state import Resource

_WIDEST = 40


class _Known(NamedTuple):
    """What there is to look things up in; `state` None where nothing was ever fetched."""

    config: Config
    state: State | None
    bodies: Bodies
    now: datetime


def list_sources(config: Path | None = None) -> Iterator[str]:
    """Kind, name, place, section and state of each source, in columns. Raises ConfigError and StateError."""
    path = config or tables.DEFAULT
    loaded = load(path)
    if not loaded.sources:
        yield f"{path} names no sources; `briefing sources add URL` adds one"
        return
    kinds = _kinds()
    with _known(loaded) as known:
        rows = [(kinds.get(type(source), "?"), *_named(source), _state(source, known)) for source in loaded.sources]
    widths = [min(max(len(row[column]) for row in rows), _WIDEST) for column in range(4)]
    for row in rows:
        columns = (cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True))
        yield "  ".join(columns).rstrip()


def _kinds() -> dict[type, str]:
    found: dict[type, str] = {}
    for name in plugins.names("sources"):
        try:
            found[plugins.load("sources", name)] = name
        except ConfigError:  # a stranger's that is broken, and is not used here: the settings did load
            continue
    return found


def _named(source: Source) -> tuple[str, str, str]:
    """Name, place and section of a source."""
    urls = tables.addresses(source)
    more = f" (+{len(urls) - 1})" if len(urls) > 1 else ""
    place = f"{urls[0]}{more}" if urls else str(getattr(source, "path", "-"))
    name = getattr(source, "name", None) or getattr(source, "source", None) or "-"
    return shown(name), shown(place), shown(getattr(source, "section", None) or "-")


@contextmanager
def _known(config: Config) -> Iterator[_Known]:
    from briefing.cache import Bodies

    bodies, now = Bodies(folder=config.cache / "bodies"), datetime.now(UTC)
    path = config.state / NAME
    if not path.exists():
        yield _Known(config, None, bodies, now)
        return
    with State.opened(path) as state:
        yield _Known(config, state, bodies, now)


def _state(source: Source, known: _Known) -> str:
    if known.state and left(source, Forgotten.of(known.state)) is None:
        return "forgotten: not read; `briefing forget --undo` reads it again"
    urls = _feeds(source, known) if isinstance(source, Opml) else tables.addresses(source)
    if urls is None:
        return "its list was never read"
    if not urls:
        path = getattr(source, "path", None)
        return "no such file or folder" if isinstance(path, Path) and not path.exists() else ""
    resources = [known.state.resource(url) if known.state else None for url in urls]
    if len(urls) == 1:
        return _one(resources[0], known)
    return _many(resources)


def _feeds(source: Opml, known: _Known) -> Sequence[str] | None:
    """The feeds of a list, as it stands there or was last fetched; None where neither can be read."""
    from briefing.sources.formats import opml

    try:
        body = source.path.read_bytes() if source.path else _body(known, source.url or "")
        return [outline.url for outline in opml.parse(body)] if body else None
    except (OSError, SourceError):
        return None


def _body(known: _Known, url: str) -> bytes | None:
    resource = known.state.resource(url) if known.state else None
    return known.bodies.get(resource.body) if resource and resource.body else None


def _one(resource: Resource | None, known: _Known) -> str:
    if resource is None:
        return "never read"
    if resource.dead:
        return f"dead since {_day(resource.checked)} (410): no longer asked"
    if resource.fault:
        times = f" ({resource.failures} times)" if resource.failures > 1 else ""
        last = f"; last reached {_day(resource.fetched)}" if resource.fetched else ""
        return f"failed{times}: {shown(resource.fault)}{last}"
    return f"reached {_day(resource.checked)}{_silence(resource, known)}"


def _many(resources: Sequence[Resource | None]) -> str:
    known = [resource for resource in resources if resource]
    dead = sum(resource.dead for resource in known)
    failed = sum(bool(resource.fault) and not resource.dead for resource in known)
    counts = {"reached": len(known) - dead - failed, "failed": failed, "dead": dead}
    counts["never read"] = len(resources) - len(known)
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)


def _silence(resource: Resource, known: _Known) -> str:
    from briefing.sources.formats import syndication

    body = known.bodies.get(resource.body) if resource.body else None
    try:
        entries = syndication.parse(body, resource.final, resource.media_type, resource.charset).entries if body else ()
    except SourceError:  # a page or a sitemap
        return ""
    when = newest(entries, known.now)
    silent = (known.now - when).days if when else 0
    return f", silent for {days(silent)}" if silent >= known.config.web.silent_days else ""


def _day(when: datetime | None) -> str:
    return when.date().isoformat() if when else "?"
