"""One request's way over the web: redirects hop by hop, each in its own host's turn, under one deadline.

permit(url) ─ turn at the host ─ exchange ─┬─ an answer ──────────────> Arrival
    ^                                      ├─ redirect: the next hop ─┐
    │                                      └─ dropped, 5xx: once more │
    └──────────────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from briefing.sources.fetching import policy
from briefing.sources.fetching.exchange import Bounds, FetchError, Net, Want
from briefing.sources.fetching.policy import Arrival
from briefing.sources.fetching.polite import Patience, Turns

if TYPE_CHECKING:
    from briefing.sources.fetching.http import Answer, Transport
    from briefing.state import Resource


class Carriers(NamedTuple):
    """What every journey of a run shares."""

    transport: Transport
    turns: Turns
    patience: Patience
    settings: Net
    now: datetime


@dataclass
class _Allowance:
    """What is left of a journey's deadline, which its exchanges use up but not its waiting for turns."""

    seconds: float
    second_try: bool = True


class Journey:
    """The way of one wanted resource. `permit` is asked before every hop, and raises FetchError to end it."""

    def __init__(
        self, carriers: Carriers, want: Want, resource: Resource, permit: Callable[[str], Awaitable[None]]
    ) -> None:
        self._carriers = carriers
        self._want = want
        self._resource = resource
        self._permit = permit
        self._allowance = _Allowance(carriers.settings.deadline_s)

    async def travel(self) -> Arrival:
        """The answer at the end of the redirects. Raises FetchError."""
        url, seen, permanent = self._want.url, set[str](), True
        most = self._carriers.settings.redirects
        while url not in seen:
            if len(seen) > most:
                raise FetchError("redirect", f"{policy.host(url)}: more than {most} redirects")
            seen.add(url)
            await self._permit(url)
            headers = policy.request_headers(url, self._want.access, self._resource)
            answer = await self._answer(url, headers)
            onwards = policy.target(url, answer)
            if onwards is None:
                asked = "If-None-Match" in headers or "If-Modified-Since" in headers
                return Arrival(url, answer, permanent, confirmed=asked and answer.status == 304)
            permanent = permanent and policy.for_good(answer)
            url = onwards
        raise FetchError("redirect", f"{policy.host(url)}: redirects in a circle")

    async def _answer(self, url: str, headers: dict[str, str]) -> Answer:
        """The answer to one hop, after a second try where the trouble may be over in a moment."""
        outcome = await self._exchange(url, headers)
        if policy.passing(outcome) and self._allowance.second_try:
            wait = policy.jitter(url, self._carriers.now, self._carriers.settings.retry_s)
            if wait < self._allowance.seconds:
                self._allowance = _Allowance(self._allowance.seconds - wait, second_try=False)
                await asyncio.sleep(wait)
                outcome = await self._exchange(url, headers)
        self._carriers.patience.note(policy.site(url), policy.trouble_of_site(url, outcome))
        if isinstance(outcome, FetchError):
            raise outcome
        return outcome

    async def _exchange(self, url: str, headers: dict[str, str]) -> Answer | FetchError:
        settings = self._carriers.settings
        async with self._carriers.turns.turn(policy.host(url)):
            # Only now, since it may have come to an end while we waited.
            if ended := self._carriers.patience.end(policy.site(url)):
                raise ended
            started = time.monotonic()
            try:
                bounds = Bounds(
                    deadline_s=max(self._allowance.seconds, 0.0),
                    max_bytes=settings.max_bytes,
                    insecure=self._want.access.insecure and self._want.access.covers(url),
                    ports=policy.ports(url, self._want, settings.allow_private),
                )
                answer = await self._carriers.transport.get(url, headers, bounds)
            except FetchError as error:
                self._allowance.seconds -= time.monotonic() - started
                return self._late(url) if error.fault == "timeout" else error
            self._allowance.seconds -= answer.seconds
            return answer

    def _late(self, url: str) -> FetchError:
        whole = f"no whole answer within {self._carriers.settings.deadline_s:g} s (`deadline_s`)"
        return FetchError("timeout", f"{policy.host(url)}: {whole}")
