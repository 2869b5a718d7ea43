"""`evaluation.html`: the figures, every case by its share, and the worst cases with all candidates side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from briefing.evaluation.cases import Case
from briefing.evaluation.marks import FIGURES, Mark
from briefing.evaluation.report import READING, Evaluation, Standing, notes, percent, rows_of
from briefing.evaluation.trials import Trial
from briefing.outputs import templating
from briefing.outputs.words import FALLBACK, words_of
from briefing.types import Analysis

TEMPLATE = "evaluation.html.jinja"
_WORST = 8
# They say how a story came about, not how it is told.
_OF_THE_WAY = frozenset({"stood", "valid"})


class Fault(NamedTuple):
    """What went wrong, under the words of its figure."""

    figure: str
    what: str
    told: str


class Side(NamedTuple):
    """A case as one candidate told it: `share` of its marks that are good, its lines, and what went wrong."""

    name: str
    share: str
    reason: str
    headline: str
    lines: tuple[str, ...]
    faults: tuple[Fault, ...]


class Row(NamedTuple):
    """A case and what each candidate made of it; `worst` is the lowest share of a model, if one was asked, 0..1."""

    case: Case
    sides: tuple[Side, ...]
    worst: float

    @property
    def anchor(self) -> str:
        """Where it stands on the page; the name of a file may hold anything."""
        return "case-" + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}" for c in self.case.id)


class Page(NamedTuple):
    """What the template is given."""

    day: str
    names: tuple[str, ...]
    figures: tuple[tuple[str, ...], ...]
    reading: tuple[str, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    worst: tuple[Row, ...]


def render(found: Evaluation) -> str:
    """The evaluation as an HTML document: no script, nothing loaded; untrusted text can only appear literally."""
    return templating.render(TEMPLATE, None, None, words=words_of(FALLBACK), page=view(found))


def view(found: Evaluation) -> Page:
    """The evaluation as the template shows it; of cases that are equally bad those first by name come first."""
    rows = tuple(_row(n, case, found.candidates) for n, case in enumerate(found.cases))
    bad = sorted((row for row in rows if row.worst < 1), key=lambda row: row.worst)
    return Page(
        day=found.generated_at[:10],
        names=tuple(one.name for one in found.candidates),
        figures=tuple(rows_of(found.candidates)),
        reading=READING,
        notes=tuple(line for one in found.candidates for line in notes(one, len(found.cases))),
        rows=rows,
        worst=tuple(bad[:_WORST]),
    )


def _row(number: int, case: Case, candidates: Sequence[Standing]) -> Row:
    trials = [one.trials[number] for one in candidates]
    shares = [_share(trial) for trial in trials]
    sides = (_side(one.name, t, share) for one, t, share in zip(candidates, trials, shares, strict=True))
    models = [s for one, s in zip(candidates, shares, strict=True) if one.kind == "llm" and s is not None]
    return Row(case, tuple(sides), min(models or (s for s in shares if s is not None), default=1.0))


def _share(trial: Trial) -> float | None:
    counted = [mark.good for mark in trial.marks if mark.figure not in _OF_THE_WAY]
    return sum(counted) / len(counted) if counted else None


def _side(name: str, trial: Trial, share: float | None) -> Side:
    told = trial.told and trial.asked
    return Side(
        name=name,
        share=percent(share),
        reason=trial.reason,
        headline=trial.analysis.headline.text if told else "",
        lines=_lines(trial.analysis) if told else (),
        # That it told nothing stands there as the reason.
        faults=tuple(_fault(mark) for mark in trial.marks if not mark.good and mark.figure != "told"),
    )


def _lines(analysis: Analysis) -> tuple[str, ...]:
    disputes = (
        f"Disputed: {d.question}. " + " / ".join(f"{p.holder}: {p.statement.text}" for p in d.positions)
        for d in analysis.disputes
    )
    updates = (f"Moved: {u.what}, {' → '.join(s.value for s in u.steps)}" for u in analysis.updates)
    return (*(s.text for s in analysis.summary), *disputes, *updates)


def _fault(mark: Mark) -> Fault:
    return Fault(FIGURES[mark.figure], mark.what, mark.told)
