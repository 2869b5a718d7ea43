"""What an evaluation found: the record that is written as JSON, and the table that is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import ConfigDict, Field

from briefing.analysts.extractive import Extractive
from briefing.evaluation.cases import Case
from briefing.evaluation.figures import Mean, Share, mean, shares
from briefing.evaluation.marks import FIGURES
from briefing.evaluation.trials import Candidate, Trial
from briefing.text import one_line
from briefing.types import Record

READING = (
    "A share, its 95 % interval, and how many of how many; 100 % is best everywhere.",
    "Where intervals overlap widely, the cases do not tell two models apart.",
    "A story that a model did not tell counts as nothing told, though a reader would be given the extractive one.",
    "Disputes and updates that the rules find are shown whoever tells the story, and count for each.",
)
_REASON_WIDTH = 160


class Standing(Record):
    """How a candidate did. Tokens, US dollars and seconds are those of a story for which it was asked now.

    `kept` replies were answered in an earlier run. Replayed ones count as at the time of their recording.
    """

    name: str
    kind: Literal["extractive", "llm"]
    asked: int
    kept: int
    calls: int
    figures: dict[str, Share]
    tokens_in: Mean
    tokens_out: Mean
    usd: Mean
    seconds: Mean
    trials: tuple[Trial, ...]


class Evaluation(Record):
    """Cases and candidates, as they stand in the JSON file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    schema_: Literal["briefing-eval/1"] = Field("briefing-eval/1", alias="schema")
    generated_at: str
    cases: tuple[Case, ...]
    candidates: tuple[Standing, ...]


def standing(candidate: Candidate, trials: Sequence[Trial]) -> Standing:
    """The figures of a candidate, over the cases that a budget let it tell."""
    asked = [t for t in trials if t.asked]
    paid = [[c for c in t.calls if not c.kept] for t in asked]
    paid = [calls for calls in paid if calls]
    return Standing(
        name=candidate.name,
        kind="extractive" if isinstance(candidate.analyst, Extractive) else "llm",
        asked=len(asked),
        kept=sum(c.kept for t in asked for c in t.calls),
        calls=sum(map(len, paid)),
        figures=shares(m for t in asked for m in t.marks),
        tokens_in=mean([float(sum(c.tokens_in for c in calls)) for calls in paid]),
        tokens_out=mean([float(sum(c.tokens_out for c in calls)) for calls in paid]),
        usd=mean([_usd([c.usd for c in calls]) for calls in paid]),
        seconds=mean([sum(c.seconds for c in calls) for calls in paid]),
        trials=tuple(trials),
    )


def table(found: Evaluation) -> Iterator[str]:
    """The lines to print: a row for each figure, a column for each candidate, and what there is to say of them."""
    rows = [("", *(one_line(c.name) for c in found.candidates)), *rows_of(found.candidates)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    yield from (f"{len(found.cases)} cases.", *READING)
    for one in found.candidates:
        yield from notes(one, len(found.cases))


def rows_of(candidates: Sequence[Standing]) -> Iterator[tuple[str, ...]]:
    """A row for each figure and amount: its words, then a cell for each candidate."""
    for name, words in FIGURES.items():
        yield (words, *(_share(one.figures[name]) for one in candidates))
    if any(one.kind == "llm" for one in candidates):
        yield ("tokens in, a story", *(_amount(one, one.tokens_in, 0) for one in candidates))
        yield ("tokens out, a story", *(_amount(one, one.tokens_out, 0) for one in candidates))
        yield ("US dollars, a story", *(_amount(one, one.usd, 4) for one in candidates))
        yield ("US dollars, all cases", *(_total(one) for one in candidates))
        yield ("seconds, a story", *(_amount(one, one.seconds, 1) for one in candidates))


def notes(one: Standing, cases: int) -> Iterator[str]:
    """What else there is to say of a candidate, a line each."""
    if one.asked < cases:
        yield f"{one.name}: the budget allowed {one.asked} of {cases} cases; its figures are of these alone."
    if one.kept:
        yield f"{one.name}: {one.kept} replies were kept by an earlier run and cost nothing; --refresh asks again."
    if one.usd.unknown:
        yield (
            f"{one.name}: what {one.usd.unknown} stories cost is not known; a price can be given in [model]:"
            " price = {input = …, output = …}."
        )
    reasons = Counter(one_line(t.reason) for t in one.trials if t.asked and t.reason)
    for reason, count in reasons.most_common(3):
        shown = reason if len(reason) <= _REASON_WIDTH else f"{reason[:_REASON_WIDTH]}…"
        yield f"{one.name}: {count} × {shown}"


def percent(share: float | None) -> str:
    """A share as a whole percentage, rounded down short of 100 so that only all is "100 %"; "–" for none."""
    return "–" if share is None else f"{int(100 * share + (0.5 if share < 0.99 else 0))} %"


def _share(found: Share) -> str:
    if found.low is None or found.high is None:
        return "–"
    return f"{percent(found.share)} ({100 * found.low:.0f}–{100 * found.high:.0f}) {found.good}/{found.of}"


def _amount(one: Standing, found: Mean, digits: int) -> str:
    if found.mean is None or found.low is None or found.high is None:
        return _none(one)
    return f"{found.mean:,.{digits}f} ({found.low:,.{digits}f}–{found.high:,.{digits}f})"


def _total(one: Standing) -> str:
    return _none(one) if one.usd.total is None else f"{one.usd.total:,.4f}"


def _none(one: Standing) -> str:
    return "not known" if one.calls else "–"


def _usd(costs: Iterable[float | None]) -> float | None:
    listed = tuple(costs)
    return None if None in listed else sum(cost for cost in listed if cost is not None)
