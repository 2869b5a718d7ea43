"""What a run may spend: prices, the ceiling, and the ledger that keeps every call under it.

    estimate   before: what each story will likely use, and use at most
    reserve    ahead of a call: its worst case, or it is refused
    settle     after it: what it really used; its worst case where that is not known

A call is made as soon as it fits whatever the stories ranked before its own may still use, and refused
only when they have all ended. So which stories are told does not depend on the speed of any answer, it is
always the first ones that are, and near its ceiling a run asks for fewer stories at a time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from pydantic import Field

from briefing.errors import ConfigError
from briefing.models import ModelError, Request, Usage
from briefing.types import Record

_MILLION = 1e6
# What a chat protocol adds around two messages.
_ENVELOPE_TOKENS = 32
_UNUSED = Usage(cost_usd=0.0, requests=0)
# Sums of floats may miss by as much; a ten-thousandth of a cent is no money.
_ROUNDING_USD = 1e-9


class Price(Record):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost, in US dollars."""
        return (tokens_in * self.input + tokens_out * self.output) / _MILLION


class Budget(Record):
    """The most a run may use: US dollars, requests, tokens in and out together; None is no ceiling."""

    max_usd: float | None = Field(None, ge=0)
    max_calls: int | None = Field(None, ge=0)
    max_tokens: int | None = Field(None, ge=0)

    @property
    def bounded(self) -> bool:
        """Whether there is any ceiling."""
        return not self.max_usd is self.max_calls is self.max_tokens is None

    def over(self, used: Amount) -> str:
        """The ceilings that `used` is over, as they stand in the settings; "" where there is none."""
        limits = {"max_usd": self.max_usd, "max_calls": self.max_calls, "max_tokens": self.max_tokens}
        amounts = {"max_usd": used.usd - _ROUNDING_USD, "max_calls": used.calls, "max_tokens": used.tokens}
        found = {name: limit for name, limit in limits.items() if limit is not None and amounts[name] > limit}
        return ", ".join(f"{name} = {limit:g}" for name, limit in found.items())


class Amount(NamedTuple):
    """Requests, tokens in and out, US dollars."""

    calls: int = 0
    tokens: int = 0
    usd: float = 0.0

    def plus(self, other: Amount) -> Amount:
        """The sum."""
        return Amount(self.calls + other.calls, self.tokens + other.tokens, self.usd + other.usd)

    def times(self, number: int) -> Amount:
        """So many of it."""
        return Amount(self.calls * number, self.tokens * number, self.usd * number)

    def most(self, other: Amount) -> Amount:
        """The larger of each."""
        return Amount(max(self.calls, other.calls), max(self.tokens, other.tokens), max(self.usd, other.usd))


def total(amounts: Sequence[Amount]) -> Amount:
    """The sum of all."""
    found = Amount()
    for amount in amounts:
        found = found.plus(amount)
    return found


def price(model: Any) -> Price | None:
    """What a model's tokens cost: as configured, as litellm lists it, nothing for one that answers by itself.

    Looking into litellm's table imports it, which takes seconds. None where the price is not known.
    """
    recorded = getattr(model, "record", None)
    if recorded is not None:
        return price(recorded)
    given = getattr(model, "price", None)
    if given is not None:
        return Price.model_validate(given)
    if getattr(model, "host", None) == "":
        return Price(input=0, output=0)
    listed = getattr(model, "listed_price", None)
    return listed() if listed else None


def require_prices(budget: Budget, models: Sequence[Any], found: Callable[[Any], Price | None] = price) -> None:
    """Raise ConfigError where a ceiling in dollars is set and what a model costs is not known."""
    unknown = [model.name for model in models if found(model) is None] if budget.max_usd is not None else []
    if unknown:
        raise ConfigError(
            f"budget.max_usd: the price of {', '.join(dict.fromkeys(unknown))} is not known; give it where the model"
            " is named, in US dollars for a million tokens: price = {input = 0.15, output = 0.6}"
        )


def most_requests(model: Any) -> int:
    """How many requests one call of a model may make, as it says itself; else one."""
    return max(1, int(getattr(model, "most_requests", 1)))


def sent(request: Request) -> str:
    """All that a server may count as input: instructions, prompt, and the schema of the answer."""
    return "\n".join((request.system, request.prompt, *_schema(request)))


def _schema(request: Request) -> Iterator[str]:
    if request.answer_format == "json_schema":
        yield json.dumps(request.answer_schema, ensure_ascii=False, separators=(",", ":"))


class Ledger:
    """Keeps a run under its ceiling; the methods may be used from any thread.

    `prices` gives a model's, by default as `price`; it is asked once a model.
    """

    def __init__(self, budget: Budget, prices: Callable[[Any], Price | None] = price) -> None:
        self.budget = budget
        self._prices = prices
        self._known: dict[str, Price | None] = {}
        self._changed = threading.Condition()
        self._others, self._turns = _Turn(Amount()), dict[int, _Turn]()
        self._closed: int | None = None
        self._limit = ""

    @property
    def used(self) -> Amount:
        """What all calls so far have used, at most where it is not known."""
        with self._changed:
            return total([turn.used for turn in self._all()])

    def price(self, model: Any) -> Price | None:
        """What a model's tokens cost, in US dollars a million; None where it is not known."""
        key = model.key()
        with self._changed:
            if key not in self._known:
                self._known[key] = self._prices(model)
            return self._known[key]

    def worst(self, model: Any, request: Request) -> Amount:
        """The most one request can use: no tokenizer makes more tokens of a text than it has bytes in UTF-8."""
        tokens_in = len(sent(request).encode("utf-8", "surrogatepass")) + _ENVELOPE_TOKENS
        known = self.price(model) if self.budget.max_usd is not None else None
        usd = known.of(tokens_in, request.max_output_tokens) if known else 0.0
        return Amount(1, tokens_in + request.max_output_tokens, usd)

    def begin(self, worst: Mapping[int, Amount]) -> None:
        """Say what each story may use at most, by its rank from 0; before the first is told, in rank order."""
        with self._changed:
            self._others.used = total([turn.used for turn in self._all()])
            self._turns, self._closed = {rank: _Turn(worst[rank]) for rank in sorted(worst)}, None

    @contextmanager
    def turn(self, rank: int) -> Iterator[None]:
        """Count the calls that this thread makes in the block as the story's, which ends with it."""
        token = _RANK.set(rank)
        try:
            yield
        finally:
            _RANK.reset(token)
            with self._changed:
                self._turns[rank].ended = True
                self._changed.notify_all()

    def reserve(self, model: Any, request: Request, wait_s: float) -> Hold:
        """Set a call's worst case aside, waiting for the stories before it where that decides.

        Raises ModelError: `budget`, or `timeout` after `wait_s` seconds.
        """
        rank, one = _RANK.get(), self.worst(model, request)
        most = most_requests(model)
        timeout = None if wait_s == float("inf") else wait_s
        with self._changed:
            if not self._changed.wait_for(lambda: self._decided(rank, one, most), timeout):
                raise ModelError("timeout", "the run is over before the stories ranked higher", "run", _UNUSED)
            while most > 1 and self._over(rank, one._replace(calls=most)):
                most -= 1
            asked = one._replace(calls=most)
            if not self._free(one) and (self._is_closed(rank) or self._over(rank, asked)):
                raise self._closing(rank, asked)
            turn = self._turn(rank)
            turn.held = turn.held.plus(asked)
        return Hold(rank, one, asked, most)

    def settle(self, hold: Hold, usage: Usage, model: Any) -> None:
        """Put what a call really used in the place of what was set aside for it."""
        used = _actual(hold, usage, self.price(model) if self.budget.max_usd is not None else None)
        with self._changed:
            turn = self._turn(hold.rank)
            turn.held = turn.held.plus(hold.amount.times(-1))
            turn.used = turn.used.plus(used)
            self._changed.notify_all()

    def _all(self) -> list[_Turn]:
        return [self._others, *self._turns.values()]

    def _turn(self, rank: int | None) -> _Turn:
        return self._others if rank is None else self._turns[rank]

    def _before(self, rank: int | None) -> list[_Turn]:
        """The stories that go before one; none goes before a call of no story."""
        return [turn for number, turn in self._turns.items() if rank is not None and number < rank]

    def _committed(self) -> Amount:
        return total([turn.used.plus(turn.held) for turn in self._all()])

    def _over(self, rank: int | None, call: Amount) -> str:
        """The ceilings that a call may break, whatever the stories before it still do."""
        if rank is None:
            return self.budget.over(self._committed().plus(call))
        own = self._turn(rank)
        before = [turn.bound for turn in self._before(rank)]
        others = self._others.used.plus(self._others.held)
        certain = total([others, *before, own.used, own.held, call])
        return self.budget.over(certain) or self.budget.over(self._committed().plus(call))

    def _free(self, call: Amount) -> bool:
        """Whether a call uses nothing that is limited, such as one to a local model where dollars are."""
        budget = self.budget
        limits = ((budget.max_usd, call.usd), (budget.max_calls, call.calls), (budget.max_tokens, call.tokens))
        return not any(limit is not None and amount for limit, amount in limits)

    def _decided(self, rank: int | None, one: Amount, most: int) -> bool:
        """Whether a call surely fits with all its attempts, or nothing that still runs can change that it does not."""
        if self._free(one) or self._is_closed(rank) or not self._over(rank, one._replace(calls=most)):
            return True
        return not any(turn.held.calls for turn in self._all()) and all(turn.ended for turn in self._before(rank))

    def _closing(self, rank: int | None, call: Amount) -> ModelError:
        """The refusal of a call; the stories ranked lower are then refused too, also where one is short."""
        limit = self._over(rank, call) or self._limit
        if rank is not None:
            self._closed, self._limit = min(rank, rank if self._closed is None else self._closed), limit
        return ModelError("budget", f"{limit} leaves no room for it", "story", _UNUSED)

    def _is_closed(self, rank: int | None) -> bool:
        return self._closed is not None and rank is not None and rank >= self._closed


class Hold(NamedTuple):
    """What is set aside for a call of the story at `rank`: one request of it, the whole, how many it may make.

    Of several requests of one call only one may be billed.
    """

    rank: int | None
    one: Amount
    amount: Amount
    requests: int


class _Turn:
    """A story's account."""

    def __init__(self, worst: Amount) -> None:
        self.worst, self.used, self.held = worst, Amount(), Amount()
        self.ended = False

    @property
    def bound(self) -> Amount:
        """The most it can come to in the end."""
        return self.used if self.ended else self.worst.most(self.used.plus(self.held))


def _actual(hold: Hold, usage: Usage, known: Price | None) -> Amount:
    """What a call used. A request that may have been billed and tells no figures counts with its worst case."""
    tokens = usage.tokens_in + usage.tokens_out
    if usage.cost_usd is not None:
        return Amount(usage.requests, tokens, usage.cost_usd)
    if tokens and usage.requests == 1:
        return Amount(1, tokens, known.of(usage.tokens_in, usage.tokens_out) if known else 0.0)
    # A model that keeps to the number it was given makes no further request after one that may be billed.
    worst = hold.one.times(1 if usage.requests <= hold.requests else usage.requests)
    return Amount(usage.requests, max(tokens, worst.tokens), worst.usd)


_RANK: ContextVar[int | None] = ContextVar("rank", default=None)
