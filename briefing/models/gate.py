"""The one gate a run's model calls pass: budget, circuit breaker, concurrency, rate limits, deadline, meter.

    call ── budget ── slot ── refused? ── rate ── refused? ── model.complete ── meter ── budget

Shared by all threads of a run. Breakers are kept by model, so that a fallback is still asked when the
first model's key is bad.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from pydantic import Field

from briefing.models import AnswerFormat, Model, ModelError, Reply, Request, Usage
from briefing.models.budget import Ledger
from briefing.types import Record

_MINUTE_S = 60.0
_FAILING = frozenset({"server", "timeout", "connection"})
_STRENGTH: dict[AnswerFormat, int] = {"plain": 0, "json_object": 1, "json_schema": 2}
# English takes about 4 characters a token, other languages less; the figure is corrected by what was used.
_CHARACTERS_A_TOKEN = 3.5


class Limits(Record):
    """What a run's calls may take; None is no limit.

    `failures` 5xx, timeouts or broken connections in a row end the calls to a model. `run_s` counts
    from the making of the gate.
    """

    concurrency: int = Field(8, ge=1, le=256)
    requests_per_minute: int | None = Field(None, ge=1)
    tokens_per_minute: int | None = Field(None, ge=1)
    failures: int = Field(5, ge=1)
    run_s: float | None = Field(900.0, gt=0)


class Meter(Record):
    """What was used; the cost is None once any part of it is unknown. `hosts` are those that were sent text."""

    calls: int = 0
    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0
    hosts: tuple[str, ...] = ()


class _Spent(NamedTuple):
    """Tokens within the last minute."""

    at: float
    tokens: int


class Gate:
    """Calls models within limits; the methods may be used from any thread."""

    def __init__(
        self,
        limits: Limits | None = None,
        offline: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        ledger: Ledger | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._ledger = ledger
        self._offline = offline
        self._clock, self._sleep = clock, sleep
        self._slots = threading.BoundedSemaphore(self._limits.concurrency)
        self._lock = threading.Lock()
        self._ends = None if self._limits.run_s is None else clock() + self._limits.run_s
        self._open: dict[str, str] = {}
        self._failures: dict[str, int] = {}
        self._formats: dict[str, AnswerFormat] = {}
        self._window: deque[_Spent] = deque()
        self._meter = Meter()

    @property
    def meter(self) -> Meter:
        """What all calls so far have used."""
        with self._lock:
            return self._meter

    def call(self, model: Model, request: Request) -> Reply:
        """Have a model complete a request within the limits.

        Raises ModelError: the model's own, or `circuit-open`, `offline` and, for the run's deadline,
        `timeout`, all of scope "run", or `budget`, without a call.
        """
        if self._ledger is None:
            return self._called(model, request)
        self._refuse(model, model.key())
        # Before the slot: a call that waits for the stories ahead of its own must not keep them from theirs.
        hold = self._ledger.reserve(model, request, self._left())
        usage = Usage()
        try:
            reply = self._called(model, request.replace(most_requests=hold.requests))
            usage = reply.usage
        except ModelError as error:
            usage = error.usage
            raise
        finally:
            self._ledger.settle(hold, usage, model)
        return reply

    def _called(self, model: Model, request: Request) -> Reply:
        key = model.key()
        with self._slots:
            self._refuse(model, key)
            estimate = self._pace(request) if _host(model) else _Spent(0.0, 0)
            self._refuse(model, key)
            try:
                reply = model.complete(self._fitted(key, request))
            except ModelError as error:
                self._failed(key, error)
                self._count(model, error.usage, estimate)
                raise
        self._answered(key, reply)
        self._count(model, reply.usage, estimate, reply.host)
        return reply

    def _refuse(self, model: Model, key: str) -> None:
        with self._lock:
            cause = self._open.get(key)
        if cause:
            raise ModelError("circuit-open", f"not asked, since {cause}", "run", _UNUSED)
        if self._offline and _host(model):
            raise ModelError("offline", f"{model.name} is not asked offline", "run", _UNUSED)
        if self._left() <= 0:
            raise ModelError("timeout", f"the run's {self._limits.run_s:g} s for models are over", "run", _UNUSED)

    def _left(self) -> float:
        return float("inf") if self._ends is None else self._ends - self._clock()

    def _fitted(self, key: str, request: Request) -> Request:
        """Fit a request to the run: within its deadline, in a format that the model's server is known to take."""
        with self._lock:
            known = self._formats.get(key, request.answer_format)
        weaker = min(known, request.answer_format, key=_STRENGTH.__getitem__)
        return request.replace(deadline_s=min(request.deadline_s, self._left()), answer_format=weaker)

    def _pace(self, request: Request) -> _Spent:
        """Wait for the rate limits; the request's tokens, estimated, are counted from now on."""
        tokens = int((len(request.system) + len(request.prompt)) / _CHARACTERS_A_TOKEN) + request.max_output_tokens
        while True:
            with self._lock:
                wait = self._until_free(tokens)
                if wait <= 0:
                    spent = _Spent(self._clock(), tokens)
                    self._window.append(spent)
                    return spent
            if wait >= self._left():
                raise ModelError("timeout", "the rate limits leave no time for this call in the run", "run", _UNUSED)
            self._sleep(wait)

    def _until_free(self, tokens: int) -> float:
        """Seconds until the last minute has room; a request larger than the limit goes when it is empty."""
        now = self._clock()
        while self._window and self._window[0].at <= now - _MINUTE_S:
            self._window.popleft()
        requests, used = len(self._window), sum(spent.tokens for spent in self._window)
        wait = 0.0
        for spent in self._window:
            if self._room(requests, used + tokens):
                break
            requests, used = requests - 1, used - spent.tokens
            wait = spent.at + _MINUTE_S - now
        return wait

    def _room(self, requests: int, tokens: int) -> bool:
        limits = self._limits
        return (limits.requests_per_minute is None or requests < limits.requests_per_minute) and (
            limits.tokens_per_minute is None or tokens <= limits.tokens_per_minute
        )

    def _answered(self, key: str, reply: Reply) -> None:
        with self._lock:
            self._failures[key] = 0
            self._formats[key] = reply.answer_format

    def _failed(self, key: str, error: ModelError) -> None:
        with self._lock:
            failures = self._failures.get(key, 0) + 1 if error.kind in _FAILING else 0
            self._failures[key] = failures
            if error.scope == "run":
                self._open.setdefault(key, str(error))
            elif failures >= self._limits.failures:
                self._open.setdefault(key, f"{failures} calls in a row failed, the last with {error}")

    def _count(self, model: Model, usage: Usage, estimate: _Spent, host: str = "") -> None:
        """Add a call to the meter, and put what it really used in the place of the estimate."""
        hosts = {*((_host(model),) if usage.requests else ()), host} - {""}
        with self._lock:
            meter = self._meter
            known = meter.cost_usd is not None and usage.cost_usd is not None
            self._meter = Meter(
                calls=meter.calls + 1,
                requests=meter.requests + usage.requests,
                tokens_in=meter.tokens_in + usage.tokens_in,
                tokens_out=meter.tokens_out + usage.tokens_out,
                cost_usd=(meter.cost_usd or 0.0) + (usage.cost_usd or 0.0) if known else None,
                hosts=tuple(sorted({*meter.hosts, *hosts})),
            )
            used = usage.tokens_in + usage.tokens_out
            if used and estimate in self._window:
                self._window[self._window.index(estimate)] = _Spent(estimate.at, used)


_UNUSED = Usage(cost_usd=0.0, requests=0)


def _host(model: Model) -> str:
    """Give the host a model sends text to; "" for one that answers on this machine, by itself."""
    return str(getattr(model, "host", model.name))
