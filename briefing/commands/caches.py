"""`briefing cache`: what is kept, and making room."""

from __future__ import annotations

from pathlib import Path

from briefing.cache import Cache
from briefing.commands.given import loaded


def show_cache(config: Path | None) -> str:
    """What the cache of model replies holds."""
    stats = Cache(folder=loaded(config).cache / "replies").stats()
    return f"{loaded(config).cache / 'replies'}: {stats.entries} replies, {stats.bytes / 1e6:.1f} MB"


def prune_cache(config: Path | None, max_mb: float) -> str:
    """Remove the replies used least recently."""
    removed = Cache(folder=loaded(config).cache / "replies").prune(int(max_mb * 1e6))
    return f"{removed.entries} replies removed, {removed.bytes / 1e6:.1f} MB"
