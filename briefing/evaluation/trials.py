"""Candidates tell the cases, each as a build would have its stories told."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from briefing.analysts.extractive import Extractive
from briefing.analysts.llm import Llm
from briefing.evaluation.marks import Mark, marks, untold
from briefing.evaluation.prepare import Prepared
from briefing.models import Model, ModelError, Reply, Request, Usage
from briefing.models.replay import Replay
from briefing.pipeline import analyse_and_verify
from briefing.plugins import Answered
from briefing.types import Analysis, Map, Record, Story, Withheld

Turn = Callable[[int], AbstractContextManager[object]]
"""Gives the block in which the story at a rank is told."""


class Call(Record):
    """One request of a model: what it took, and its fault if no reply came. `kept` ones were answered before."""

    seconds: float
    tokens_in: int
    tokens_out: int
    usd: float | None
    kept: bool = False
    fault: str | None = None


class Trial(Record):
    """One case told by a candidate. Where `told` is False it was not, for `reason`; `asked` only if a budget allowed.

    `analysis` is what a reader would be shown: the extractive one where the candidate told nothing.
    """

    case: str
    asked: bool = True
    told: bool = True
    reason: str = ""
    analysis: Analysis
    withheld: tuple[Withheld, ...] = ()
    marks: tuple[Mark, ...] = ()
    calls: tuple[Call, ...] = ()


class Candidate(NamedTuple):
    """Who tells the cases: its analyst asks one model alone, without fallbacks. `turn` keeps it within the budget."""

    name: str
    analyst: Llm | Extractive
    turn: Turn = lambda _rank: nullcontext()


def tried(candidate: Candidate, cases: Sequence[Prepared], map: Map = map) -> tuple[Trial, ...]:  # noqa: A002
    """Every case told by a candidate, in order."""

    def one(item: tuple[int, Prepared]) -> Trial:
        rank, ready = item
        with candidate.turn(rank):
            return trial(candidate.analyst, ready)

    return tuple(map(one, enumerate(cases)))


def trial(analyst: Llm | Extractive, ready: Prepared) -> Trial:
    """Have a case told, checked and marked."""
    if isinstance(analyst, Extractive):
        verified = analyse_and_verify(ready.story, analyst).verified
        found = marks(ready, verified.analysis, verified.withheld)
        return Trial(case=ready.case.id, analysis=verified.analysis, withheld=verified.withheld, marks=found)
    heard = Heard(in_language(analyst, ready))
    told = analyse_and_verify(ready.story, heard)
    verified, reason = told.verified, told.failure.reason if told.failure else ""
    asked = heard.fault is None or heard.fault.kind != "budget"
    own = marks(ready, verified.analysis, verified.withheld) if not reason else untold(ready)
    return Trial(
        case=ready.case.id,
        asked=asked,
        told=not reason,
        reason=reason,
        analysis=verified.analysis,
        withheld=verified.withheld,
        marks=(*own, *_replies(heard, ready.story), _told(reason)) if asked else (),
        calls=tuple(heard.calls),
    )


def in_language(llm: Llm, ready: Prepared) -> Llm:
    """The analyst, to tell a case in the language of its labels."""
    return llm.replace(language=ready.case.language)


class Heard:
    """An analyst whose calls are listened to; for one story."""

    def __init__(self, llm: Llm, clock: Callable[[], float] = time.monotonic) -> None:
        self.llm = llm
        self.calls: list[Call] = []
        self.fault: ModelError | None = None
        self._clock = clock

    def analyse(self, story: Story) -> Analysis:
        """As `answer`, without what was kept out."""
        return self.answer(story).analysis

    def answer(self, story: Story) -> Answered:
        """As the analyst answers. Raises ModelError as it does."""
        try:
            return self.llm.replace(ask=self._ask).answer(story)
        except ModelError as error:
            self.fault = error
            raise

    def _ask(self, model: Model, request: Request) -> Reply:
        started = self._clock()
        try:
            reply = self.llm.ask(model, request)
        except ModelError as error:
            self._heard(self._clock() - started, error.usage, error.kind)
            raise
        took = self._clock() - started
        if isinstance(model, Replay) and model.record is None:
            recorded = model.exchange(request)
            self._heard(recorded.seconds or 0.0, recorded.reply.usage if recorded.reply else reply.usage, None)
        else:
            self._heard(took, reply.usage, None)
        return reply

    def _heard(self, seconds: float, usage: Usage, fault: str | None) -> None:
        self.calls.append(
            Call(
                seconds=round(seconds, 3),
                tokens_in=usage.tokens_in,
                tokens_out=usage.tokens_out,
                usd=usage.cost_usd,
                kept=fault is None and usage.requests == 0,
                fault=fault,
            )
        )


def _replies(heard: Heard, story: Story) -> tuple[Mark, ...]:
    """A mark for each reply: the last ones, as many as the story needed, were of use if it was answered."""
    replies = sum(call.fault is None for call in heard.calls)
    needed = len(heard.llm.requests(story))
    needed += needed > 1
    used = min(replies, needed) if heard.fault is None else 0
    why = str(heard.fault or "asked for again")
    bad = [Mark(figure="valid", what="reply", good=False, told=why)] * (replies - used)
    return (*bad, *[Mark(figure="valid", what="reply", good=True)] * used)


def _told(reason: str) -> Mark:
    return Mark(figure="told", what="story", good=not reason, told=reason)
