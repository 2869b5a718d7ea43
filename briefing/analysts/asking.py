"""How a run asks its models: through the cache, then through the gate.

The address of a reply is all that shapes it: instructions, prompt, schema, length, model settings. A
reply that cannot be used is kept too: asking again would cost the same and give the same.
"""

from __future__ import annotations

import threading

from pydantic import ValidationError

from briefing.cache import Cache, address
from briefing.models import Model, Reply, Request, Usage
from briefing.models.gate import Gate
from briefing.plugins import Spent

_VERSION = 1


class Asking:
    """Calls a model for any thread of a run. `refresh` asks again what the cache keeps."""

    def __init__(self, gate: Gate, cache: Cache, refresh: bool = False) -> None:
        self._gate, self._cache, self._refresh = gate, cache, refresh
        self._hits = 0
        self._expected: float | None = None
        self._lock = threading.Lock()

    def __call__(self, model: Model, request: Request) -> Reply:
        """The model's reply, kept or new. Raises ModelError."""
        kept = self.kept(model, request)
        if kept:
            with self._lock:
                self._hits += 1
            return kept
        reply = self._gate.call(model, request)
        self._cache.put(_key(model, request), reply.model_dump_json(), request.articles)
        return reply

    def kept(self, model: Model, request: Request) -> Reply | None:
        """The reply that stands for a call, which then costs nothing."""
        return None if self._refresh else self._kept(_key(model, request))

    def expect(self, usd: float | None) -> None:
        """Remember what the run was estimated to cost, for `spent`."""
        self._expected = usd

    def spent(self) -> Spent:
        """What the run used so far."""
        meter = self._gate.meter
        return Spent(
            calls=meter.requests,
            cache_hits=self._hits,
            tokens_in=meter.tokens_in,
            tokens_out=meter.tokens_out,
            cost_usd=meter.cost_usd,
            hosts=meter.hosts,
            cost_estimate_usd=self._expected,
        )

    def _kept(self, key: str) -> Reply | None:
        text = self._cache.get(key)
        if text is None:
            return None
        try:
            return Reply.model_validate_json(text).replace(usage=Usage(cost_usd=0.0, requests=0))
        except ValidationError:
            return None


def _key(model: Model, request: Request) -> str:
    shaping = request.model_dump(exclude={"deadline_s", "most_requests", "articles"}, mode="json")
    return address([_VERSION, shaping, model.key()])
