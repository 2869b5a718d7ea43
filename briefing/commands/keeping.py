"""How long things are kept: what `[keep]` no longer wants goes after each build, and by `briefing cache prune`.

    pages, replies   by their last use, then by size
    editions         by their date; never the last few, with which the next one is compared
    state            what was last met long ago, see `State.prune`

Each goes whole or stays, and whatever is left by an interruption goes the next time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from briefing.cache import Bodies, Cache, Pruned
from briefing.commands.editions import REMEMBERED
from briefing.config import Config, Keep
from briefing.outputs import folder
from briefing.outputs.archive.summaries import days
from briefing.state import State
from briefing.text import counted

_DAY_S = 86_400
_MB = 1_000_000


class Removed(NamedTuple):
    """What was removed: pages and replies, the dates of editions, rows of the state file."""

    bodies: Pruned = Pruned()
    replies: Pruned = Pruned()
    editions: tuple[str, ...] = ()
    rows: int = 0

    def said(self) -> str:
        """What was removed, in a line; empty where nothing was."""
        parts = (
            _size(self.bodies, "fetched page"),
            _size(self.replies, "reply", "replies"),
            counted(len(self.editions), "edition") if self.editions else "",
            counted(self.rows, "row of the state file", "rows of the state file") if self.rows else "",
        )
        return ", ".join(filter(None, parts))


def tidy(config: Config, day: str, now: datetime, state: State | None, disk_s: float | None = None) -> Removed:
    """Remove what is no longer to be kept on a day, of a state only where it is given; the caller locks `out`.

    `disk_s` is the clock of the disk, seconds since the epoch: by it a file's last use is told. Raises StateError.
    """
    at = time.time() if disk_s is None else disk_s
    keep = config.keep
    bodies = Bodies(folder=config.cache / "bodies").prune(keep.bodies_mb * _MB, at - keep.bodies_days * _DAY_S)
    replies = Cache(folder=config.cache / "replies").prune(keep.replies_mb * _MB, at - keep.replies_days * _DAY_S)
    gone = tuple(one for one in _outdated(config.out, keep, day) if folder.remove(config.out, one))
    rows = state.prune(now, keep.state_days, frozenset(_standing(config.out))) if state else 0
    return Removed(bodies, replies, gone, rows)


def _outdated(out: Path, keep: Keep, day: str) -> Iterator[str]:
    """The dates whose edition is older than `keep` allows on a day, but for the last few of those before it."""
    if keep.editions == "forever":
        return
    oldest = ""
    with suppress(OverflowError):
        oldest = (date.fromisoformat(day) - timedelta(days=keep.editions)).isoformat()
    before = [one for one in _standing(out) if one < day]
    yield from (one for one in before[:-REMEMBERED] if one < oldest)


def _standing(out: Path) -> tuple[str, ...]:
    return tuple(days(out)) if out.is_dir() else ()


def _size(pruned: Pruned, noun: str, plural: str = "") -> str:
    return f"{counted(pruned.entries, noun, plural)} ({pruned.bytes / _MB:.1f} MB)" if pruned.entries else ""
