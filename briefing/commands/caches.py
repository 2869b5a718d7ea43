"""`briefing cache`: what is kept of pages and models' replies, and making room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from briefing import lock
from briefing.cache import Bodies, Cache
from briefing.commands.given import loaded, shelve
from briefing.commands.keeping import tidy
from briefing.commands.online import NAME
from briefing.state import State

_DEFAULT = Path("briefing.toml")


def show_cache(config: Path | None) -> Iterator[str]:
    """What the cache holds of fetched pages and of replies, a line each."""
    cache = loaded(_settings(config)).cache
    for shelf, noun in ((Bodies(folder=cache / "bodies"), "pages"), (Cache(folder=cache / "replies"), "replies")):
        stats = shelf.stats()
        yield f"{shelf.folder}: {stats.entries} {noun}, {stats.bytes / 1e6:.1f} MB"


def prune_cache(config: Path | None, max_mb: float | None) -> str:
    """Remove what `[keep]` no longer wants; of pages and replies all but the `max_mb` used last, where it is given."""
    settings = loaded(_settings(config))
    if max_mb is not None:
        shelves = (Bodies(folder=settings.cache / "bodies"), Cache(folder=settings.cache / "replies"))
        bodies, replies = (shelf.prune(int(max_mb * 1e6)) for shelf in shelves)
        size = (bodies.bytes + replies.bytes) / 1e6
        return f"removed: {bodies.entries} pages, {replies.entries} replies, {size:.1f} MB"
    now, path = datetime.now(UTC), settings.state / NAME
    locked = lock.held(settings.out) if settings.out.is_dir() else nullcontext()
    with locked, State.opened(path) if path.exists() else nullcontext() as state:
        removed = tidy(settings, now.astimezone(ZoneInfo(settings.timezone)).date().isoformat(), now, state)
        if removed.editions:
            shelve(settings)
    said = removed.said()
    return f"removed: {said}" if said else "nothing to remove"


def _settings(config: Path | None) -> Path | None:
    return config or (_DEFAULT if _DEFAULT.exists() else None)
