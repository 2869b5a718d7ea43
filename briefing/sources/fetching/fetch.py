"""The fetcher: the one way from the sources to the web, which asks as little as it can and remembers all of it.

    fetch(want) ─ asked before in this run? ─ barred? ─ fresh? ─ Journey ─ Bodies, then State ─> Fetched
                                                          └ permit: robots.txt, tdmrep.json       or FetchError

An event loop in a thread of its own does the work, so that sources which know nothing of it can `run` theirs
on it. The deadlines go by the monotonic clock, what is remembered by the run's `now`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Self, TypeVar

from briefing.sources.fetching import policy, robots
from briefing.sources.fetching.exchange import Access, Fetched, FetchError, Net, Want
from briefing.sources.fetching.journey import Carriers, Journey
from briefing.sources.fetching.policy import Arrival, Moment
from briefing.sources.fetching.polite import Patience, Turns
from briefing.state import Resource

if TYPE_CHECKING:
    from briefing.cache import Bodies
    from briefing.sources.fetching.http import Transport
    from briefing.sources.window import Window
    from briefing.state import State

T = TypeVar("T")

_CLOSE_S = 5.0


class Fetcher:
    """The web as a run sees it. The fields without underscore are for the sources to read."""

    def __init__(self, settings: Net, state: State, bodies: Bodies, run: Moment, window: Window | None) -> None:
        self.settings = settings
        self.state = state
        self.now = run.now
        self.window = window
        self.offline = run.offline
        self._bodies = bodies
        self._run = run
        self._started = time.monotonic()
        self._flights: dict[object, asyncio.Task[Any]] = {}
        self._told: dict[object, Fetched | FetchError] = {}
        self._turns = Turns(settings.interval_s)
        self._patience = Patience()
        self._transport: Transport | None = None
        self._stack = AsyncExitStack()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fetcher", daemon=True)
        # Not the loop's own threads: there a body would wait behind the parsing of others, and be lost by a kill.
        self._shelves = ThreadPoolExecutor(2, thread_name_prefix="bodies")

    @classmethod
    @contextmanager
    def opened(
        cls, settings: Net, state: State, bodies: Bodies, run: Moment, window: Window | None = None
    ) -> Iterator[Self]:
        """A fetcher at work; when closed it ends what still runs, within 5 s."""
        fetcher = cls(settings, state, bodies, run, window)
        fetcher._thread.start()
        try:
            fetcher.run(fetcher._open())
            yield fetcher
        finally:
            fetcher._shut()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the fetcher's loop and wait for it, from any other thread.

        An exception in the waiting thread, as KeyboardInterrupt, cancels the work; one of the work is raised.
        """
        if threading.current_thread() is self._thread or self._loop.is_closed():
            work.close()
            raise RuntimeError("run() waits for the fetcher's loop: not from a coroutine on it, nor after its end")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        finally:
            future.cancel()

    async def fetch(self, want: Want) -> Fetched:
        """What is wanted, from the web or as stored. Raises FetchError.

        The same URL asked for twice in a run is one exchange, whoever asks.
        """
        want = want.replace(url=policy.fit(want.url))
        key = (want.url, want.role == "page", _means(want.access, want.url))
        told = self._told.get(key)
        if isinstance(told, FetchError):
            raise FetchError(told.fault, str(told))
        if told is None:
            return await self._shared(key, lambda: self._telling(key, want))
        return told if told.body else told.replace(body=await self._body(self._remembered(want.url)) or b"")

    async def _shared(self, key: object, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the work under a key: whoever comes while it is under way, or after, is given the same."""
        if key not in self._flights:
            task = asyncio.get_running_loop().create_task(make())
            # asyncio complains of an exception that nobody asked for, as when all who wait were cancelled.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._flights[key] = task
        # Who no longer waits must not end it for the others.
        result: T = await asyncio.shield(self._flights[key])
        return result

    async def _telling(self, key: object, want: Want) -> Fetched:
        """`_obtain`, and note what came of it; not its body where that is stored: a run may read thousands."""
        try:
            fetched = await self._obtain(want)
        except FetchError as error:
            self._told[key] = FetchError(error.fault, str(error))
            raise
        finally:
            del self._flights[key]
        stored = self._remembered(want.url).body is not None
        self._told[key] = fetched.replace(body=b"") if stored else fetched
        return fetched

    async def _obtain(self, want: Want, *, standing: bool = False) -> Fetched:
        """What is wanted; `standing` for a site's robots.txt and tdmrep.json, which ask no leave themselves."""
        resource = self._remembered(want.url)
        trouble = policy.barred(resource, self._run, self.settings.robots_s if want.role == "page" else 0)
        if trouble is not None:
            return await self._instead(resource, trouble)
        age_s = self.settings.robots_s if standing else self.settings.revisit_s
        if policy.fresh(resource, self._run, age_s) and (body := await self._body(resource)) is not None:
            if want.role == "page" and not standing and self._transport is not None:
                # It may have been stored as what the user named himself, which needs no leave.
                await self._permit(want.access, want.url)
            return policy.fetched(resource, body, "fresh", self.now)
        try:
            arrival = await self._travel(want, resource, gated=want.role == "page" and not standing)
        except FetchError as error:
            if error.fault in {"robots", "reserved"}:  # it was not asked, so there is nothing to remember
                raise
            return await self._failed(resource, error)
        return (await self._settled(want, resource, arrival, standing)).replace(before=resource.fetched)

    async def _travel(self, want: Want, resource: Resource, gated: bool) -> Arrival:
        """The answer to a request, conditional only where the stored copy is still there."""
        if self._transport is None:
            raise FetchError("offline", f"{policy.host(want.url)}: not asked, since this run is offline")
        whole = await self._body(resource) is not None
        known = resource if whole else resource.replace(etag=None, modified=None)
        permit = partial(self._permit, want.access) if gated else _free
        carriers = Carriers(self._transport, self._turns, self._patience, self.settings, self.now)
        return await Journey(carriers, want, known, permit).travel()

    async def _settled(self, want: Want, resource: Resource, arrival: Arrival, standing: bool) -> Fetched:
        """Remember what an answer says, and give what it leaves us with."""
        answer = arrival.answer
        moment = self.now + timedelta(seconds=time.monotonic() - self._started)
        until = policy.hold(answer, moment, self.settings.revisit_s)
        trouble = policy.fault(arrival, until, resource.failures)
        if trouble is not None and not (standing and answer.status == 200):  # an empty robots.txt is one
            return await self._failed(resource, trouble, until)
        if want.role == "page" and not standing and robots.reserved(answer.headers, policy.html_head(answer)):
            optout, error = policy.reserved(resource, arrival, self.now)
            self.state.remember(optout)
            raise error
        if not arrival.confirmed:
            return await self._received(want, resource, arrival)
        body = await self._body(resource)
        if body is None:  # removed since we asked: now it is asked for whole
            return await self._obtain(want, standing=standing)
        resource = policy.confirmed(resource, arrival, self.now)
        self.state.remember(resource)
        return policy.fetched(resource, body, "unchanged", self.now)

    async def _received(self, want: Want, resource: Resource, arrival: Arrival) -> Fetched:
        """Store a body, then the row that names it; one that is unsound leaves the stored copy where it is."""
        body, media_type = arrival.answer.body, policy.media_type(arrival.answer)[0]
        if want.unsound is not None and (wrong := await asyncio.to_thread(want.unsound, body, media_type)):
            error = FetchError("server", f"{policy.host(arrival.url)}: {wrong}")
            if await self._body(resource) is not None:
                return await self._failed(resource, error)
            self.state.remember(policy.failed(resource, error, self.now))
            return policy.fetched(policy.received(resource, arrival, None, self.now), body, "fetched", self.now)
        address = await self._loop.run_in_executor(self._shelves, self._bodies.put, body)
        resource = policy.received(resource, arrival, address, self.now)
        self.state.remember(resource)
        return policy.fetched(resource, body, "fetched", self.now)

    async def _failed(self, resource: Resource, error: FetchError, until: datetime | None = None) -> Fetched:
        """Remember a failure; give the stored copy in its place, or raise it."""
        self.state.remember(policy.failed(resource, error, self.now, until))
        return await self._instead(resource, error)

    async def _instead(self, resource: Resource, error: FetchError) -> Fetched:
        if error.fault in policy.KEPT and (body := await self._body(resource)) is not None:
            return policy.fetched(resource, body, "kept", self.now, str(error))
        raise error

    async def _permit(self, access: Access, url: str) -> None:
        """Raise FetchError ("robots", "reserved", or why neither is known) for a page that may not be read."""
        site, host = policy.site(url), policy.host(url)
        entered = _means(access, url)
        rules = await self._shared((robots.ROBOTS_PATH, site, entered), lambda: self._rules(site, access))
        if isinstance(rules, FetchError):
            raise robots.closed(rules)
        self._turns.slow(host, rules.crawl_delay())
        if not rules.allowed(url):
            raise FetchError("robots", f"{host}: its robots.txt asks programs not to read this page")
        optouts = await self._shared((robots.TDMREP_PATH, site, entered), lambda: self._optouts(site, access, rules))
        if optouts.cover(url):
            raise FetchError("reserved", f"{host}: its tdmrep.json keeps this page from text and data mining")

    async def _rules(self, site: str, access: Access) -> robots.Robots | FetchError:
        try:
            return robots.robots(await self._standing(site + robots.ROBOTS_PATH, access))
        except FetchError as error:
            return FetchError(error.fault, str(error))

    async def _optouts(self, site: str, access: Access, rules: robots.Robots) -> robots.Reservations:
        url = site + robots.TDMREP_PATH
        try:
            return robots.reservations(await self._standing(url, access) if rules.allowed(url) else b"")
        except FetchError:
            # By the protocol a file that cannot be had means that the site does not take part in it.
            return robots.Reservations()

    async def _standing(self, url: str, access: Access) -> bytes:
        """A site's robots.txt or tdmrep.json; empty where it has none. Raises FetchError."""
        try:
            return (await self._obtain(Want(url=url, role="page", access=access), standing=True)).body
        except FetchError as error:
            if error.fault not in robots.ABSENT:
                raise
        address = await self._loop.run_in_executor(self._shelves, self._bodies.put, b"")
        self.state.remember(policy.absent(url, address, self.now))
        return b""

    def _remembered(self, url: str) -> Resource:
        return self.state.resource(url) or Resource(url=url)

    async def _body(self, resource: Resource) -> bytes | None:
        if resource.body is None:
            return None
        return await self._loop.run_in_executor(self._shelves, self._bodies.get, resource.body)

    async def _open(self) -> None:
        if self._run.offline:
            return
        from briefing.sources.fetching.http import Transport, Wire

        contact = f" ({self.settings.contact})" if self.settings.contact else ""
        wire = Wire(
            user_agent=f"{robots.PRODUCT}/{version('briefing')}{contact}",
            deadline_s=self.settings.deadline_s,
            max_bytes=self.settings.max_bytes,
            connections=self.settings.connections,
            allow_private=self.settings.allow_private,
        )
        self._transport = await self._stack.enter_async_context(Transport(wire))

    async def _close(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._stack.aclose()
        self._shelves.shutdown(wait=False, cancel_futures=True)
        await self._loop.shutdown_default_executor()

    def _shut(self) -> None:
        """End the loop and its thread; one that does not end in time is left behind, as it ends with the program."""
        ends = time.monotonic() + _CLOSE_S
        closing = asyncio.run_coroutine_threadsafe(self._close(), self._loop)
        try:
            with suppress(TimeoutError):
                closing.result(_CLOSE_S)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(max(ends - time.monotonic(), 0.1))
        if not self._thread.is_alive():
            self._loop.close()


async def _free(_url: str) -> None:
    """The leave for what the user named himself."""


def _means(access: Access, url: str) -> object:
    """What of an access changes the answer for a URL: the same page in the feeds of two sites is one page."""
    return (access.headers, access.insecure) if access.covers(url) else None
