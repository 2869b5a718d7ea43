"""What stories will use of a model, from the very requests that would be sent.

    stories in rank order ── Estimate of each ── Ledger.begin
     │                                           └─ each story told in its turn, see briefing.models.budget
     └ as told by kept replies, else without a model ── Estimate of the overview and the topics

The last two are asked when all stories are told, with what is left.

The tokens are counted with o200k_base, so they are as good as that fits the model: near for OpenAI's, often a
tenth to a third too few for others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from briefing.analysts.asking import Asking
from briefing.analysts.extractive import Extractive
from briefing.analysts.llm import Llm
from briefing.analysts.tokens import count
from briefing.analysts.writing import Writing, overview_request, topics_request
from briefing.errors import BriefingError
from briefing.models import Model, ModelError, Reply, Request
from briefing.models.budget import Amount, Ledger, Price, most_requests, price, sent, total
from briefing.plugins import Analyst
from briefing.stages.heading import Asks
from briefing.types import Story

Turn = Callable[[Story], AbstractContextManager[object]]
Foresee = Callable[[Analyst], Asks]
Kept = Callable[[Model, Request], Reply | None]
# A guess: answers are rarely longer than this share of the tokens they may have.
_LIKELY = 0.3
# What a repair adds to a request: the answer as far as it is shown again, and what is wrong with it.
_REPAIR_TOKENS = 2_000
# A call may be repaired, and asked anew with half the sentences, which may be repaired too.
_MOST_ASKED = 4


class Need(NamedTuple):
    """The calls a story still needs: requests to one model, and one more over their statements where it is `parted`.

    `note` says why there are none.
    """

    model: Model | None = None
    requests: tuple[Request, ...] = ()
    parted: bool = False
    note: str = ""


class Writers(NamedTuple):
    """The models that write the day in lines and name the topics, where there are any."""

    overview: Writing | None = None
    topics: Writing | None = None


class Item(NamedTuple):
    """What a call is for: a story by id and title, or a part of the edition's head by name."""

    story: str
    title: str


class Estimate(NamedTuple):
    """What a story, or a part of the head, will use: calls, tokens, US dollars (None where the price is not known).

    `likely_out` and `usd` are for answers of usual length; `most_out` and `most_usd` for the longest, where each
    call is repaired once. `note` says why there is no call.
    """

    story: str
    title: str
    calls: int = 0
    tokens_in: int = 0
    likely_out: int = 0
    most_out: int = 0
    usd: float | None = 0.0
    most_usd: float | None = 0.0
    note: str = ""


class _UnkeptError(BriefingError):
    """A request whose reply is not kept."""

    def __init__(self, model: Model, request: Request) -> None:
        super().__init__(model.name)
        self.model, self.request = model, request


def need(llm: Llm, story: Story, kept: Kept) -> Need:
    """Tell a story from kept replies alone, as far as they go, and give what is missing."""

    def ask(model: Model, request: Request) -> Reply:
        reply = kept(model, request)
        if reply is None:
            raise _UnkeptError(model, request)
        return reply

    try:
        llm.replace(ask=ask).answer(story)
    except ModelError as error:
        return Need(note="private" if error.kind == "private" else "cached")
    except _UnkeptError as missing:
        first = llm.requests(story)
        unkept = tuple(r for r in first if kept(missing.model, r) is None)
        return Need(missing.model, unkept or (missing.request,), len(first) > 1 and bool(unkept))
    return Need(note="cached")


def kept_only(llm: Llm, kept: Kept) -> Llm:
    """The analyst, from kept replies alone: a ModelError for the others."""

    def ask(model: Model, request: Request) -> Reply:
        reply = kept(model, request)
        if reply is None:
            raise ModelError("offline", "no reply is kept")
        return reply

    return llm.replace(ask=ask)


def head_needs(writers: Writers, asked: Asks, kept: Kept) -> dict[str, Need]:
    """The calls that the overview and the topics still need, as far as they are to be written by a model."""
    found = {}
    if writers.overview and asked.points:
        request = overview_request(writers.overview, asked.points, asked.lines)
        found["overview"] = _head(writers.overview, request, kept)
    if writers.topics and asked.subjects:
        found["topics"] = _head(writers.topics, topics_request(writers.topics, asked.subjects), kept)
    return found


def _head(writing: Writing, request: Request, kept: Kept) -> Need:
    known = any(kept(model, request) for model in writing.models)
    return Need(note="cached") if known else Need(writing.models[0], (request,))


def estimate(item: Item, needed: Need, known: Price | None) -> Estimate:
    """What the missing calls for a story, or for the head of the edition, will use at a price."""
    if not needed.requests:
        return Estimate(*item, note=needed.note)
    calls = len(needed.requests) + needed.parted
    longest = needed.requests[0].max_output_tokens
    likely = int(_LIKELY * longest)
    tokens_in = sum(count(sent(request)) for request in needed.requests)
    if needed.parted:
        tokens_in += count(needed.requests[0].system) + likely * len(needed.requests)
    likely_out, most_out = calls * likely, 2 * calls * longest
    usd = known.of(tokens_in, likely_out) if known else None
    most_usd = known.of(2 * tokens_in + calls * _REPAIR_TOKENS, most_out) if known else None
    return Estimate(*item, calls, tokens_in, likely_out, most_out, usd, most_usd)


def estimates(items: Sequence[Item], needs: Sequence[Need]) -> list[Estimate]:
    """An estimate of each; prices are looked up where there is something to pay only."""
    prices = {needed.model.key(): price(needed.model) for needed in needs if needed.model}
    known = [prices[needed.model.key()] if needed.model else None for needed in needs]
    return [estimate(*one) for one in zip(items, needs, known, strict=True)]


def summed(estimates: Sequence[Estimate]) -> Estimate:
    """All stories together; the dollars are None once those of any are."""
    known = all(one.usd is not None and one.most_usd is not None for one in estimates)
    return Estimate(
        "",
        "total",
        sum(one.calls for one in estimates),
        sum(one.tokens_in for one in estimates),
        sum(one.likely_out for one in estimates),
        sum(one.most_out for one in estimates),
        sum(one.usd or 0.0 for one in estimates) if known else None,
        sum(one.most_usd or 0.0 for one in estimates) if known else None,
    )


def worst(llm: Llm, needed: Need, ledger: Ledger) -> Amount:
    """The most a story can use, whatever fails: every call with its repairs, by every model in turn."""
    found = Amount()
    for model in (llm.model, *llm.fallbacks) if needed.requests else ():
        known = ledger.price(model) if ledger.budget.max_usd is not None else None
        longer = 4 * _REPAIR_TOKENS
        repair = Amount(0, longer, known.of(longer, 0) if known else 0.0)
        calls = [ledger.worst(model, request).plus(repair) for request in needed.requests]
        calls += [total(calls)] if needed.parted else []
        asked = total(calls).times(_MOST_ASKED)
        found = found.plus(asked._replace(calls=asked.calls * most_requests(model)))
    return found


class Expected(NamedTuple):
    """What the stories need, in rank order, and the estimates of these and of the head of the edition."""

    needs: tuple[Need, ...]
    told: tuple[Estimate, ...]
    heads: tuple[Estimate, ...]


def expected(llm: Llm | None, writers: Writers, stories: Sequence[Story], foresee: Foresee, kept: Kept) -> Expected:
    """What an edition will use: of its stories where a model tells them, and of its head where one writes that."""
    needs = [need(llm, story, kept) for story in stories] if llm else []
    asked = foresee(kept_only(llm, kept) if llm else Extractive()) if any(writers) else Asks((), 0, ())
    heads = head_needs(writers, asked, kept)
    titles = [Item(story.id, story.articles[0].title) for story in stories][: len(needs)]
    told = estimates([*titles, *(Item("", part) for part in heads)], [*needs, *heads.values()])
    return Expected(tuple(needs), tuple(told[: len(needs)]), tuple(told[len(needs) :]))


def prepared(
    llm: Llm | None,
    asking: Asking,
    ledger: Ledger | None = None,
    writers: Writers = Writers(),  # noqa: B008 (immutable)
) -> Callable[[Sequence[Story], Foresee], Turn]:
    """What a run does before the first story is told, in rank order: it estimates them, and opens the ledger."""

    def prepare(stories: Sequence[Story], foresee: Foresee) -> Turn:
        found = expected(llm, writers, stories, foresee, asking.kept)
        asking.expect(summed((*found.told, *found.heads)).usd)
        if ledger is None or llm is None:
            return lambda _story: nullcontext()
        ledger.begin({rank: worst(llm, needed, ledger) for rank, needed in enumerate(found.needs)})
        ranks = {story.id: rank for rank, story in enumerate(stories)}
        return lambda story: ledger.turn(ranks[story.id])

    return prepare
