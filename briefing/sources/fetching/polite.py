"""Manners at the web's hosts: one exchange at a time with each, a pause between two, and knowing when to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from briefing.sources.fetching.exchange import FetchError

# What a site's Crawl-delay may ask for; more would make its articles old before they are read.
LONGEST_PAUSE_S = 30.0
# So many times in a row a site may leave us without an answer, or tell us to slow down; then the rest of its
# pages, fifty perhaps, would each wait for a deadline of its own.
_PATIENCE = 3


@dataclass
class _Line:
    """Who waits for one host, in the order of coming, and when its last exchange ended (monotonic seconds)."""

    pause_s: float
    ended: float | None = None
    door: asyncio.Lock = field(default_factory=asyncio.Lock)

    def wait_s(self) -> float:
        return 0.0 if self.ended is None else self.ended + self.pause_s - time.monotonic()


class Turns:
    """Whose turn it is at each host. To be used from one event loop.

    The pause is counted from the end of the exchange before, which lies after the moment its request arrived:
    so no server sees two requests closer than the interval, however long they were under way.
    """

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it for one exchange."""
        line = self._line(host)
        async with line.door:
            while (wait := line.wait_s()) > 0:  # a sleep may end a little early
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                line.ended = time.monotonic()

    def slow(self, host: str, pause_s: float | None) -> None:
        """Lengthen the pause at a host to what it asks for, at most 30 s; it is never shortened."""
        line = self._line(host)
        line.pause_s = max(line.pause_s, min(pause_s or 0.0, LONGEST_PAUSE_S))

    def _line(self, host: str) -> _Line:
        return self._lines.setdefault(host, _Line(self._interval_s))


class Patience:
    """Which sites are asked no more in a run, since their last exchanges all ended in trouble of the whole site."""

    def __init__(self) -> None:
        self._troubles: dict[str, list[FetchError]] = {}

    def note(self, site: str, trouble: FetchError | None) -> None:
        """Count an exchange: no answer came, or one that we come too often; None for any other answer."""
        self._troubles[site] = [*self._troubles.get(site, ()), trouble] if trouble else []

    def end(self, site: str) -> FetchError | None:
        """Why a site is not asked, once its patience or ours is at an end."""
        troubles = self._troubles.get(site, [])
        if len(troubles) < _PATIENCE:
            return None
        last = troubles[-1]
        return FetchError(last.fault, f"{last}; so it was {len(troubles)} times in a row, and it is left alone for now")
