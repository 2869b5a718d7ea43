"""`briefing estimate`: what the models of the next edition would use, before any is asked."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from briefing import config as settings
from briefing.commands.build import Options, configured, run_of, writers_of
from briefing.errors import StateError
from briefing.models.budget import Amount
from briefing.models.embedding import Embedder
from briefing.reporting import Reporter
from briefing.text import one_line

if TYPE_CHECKING:
    from briefing.analysts.estimates import Estimate
    from briefing.pipeline import Gathered, Order

_HEAD = ("calls", "tokens in", "out likely", "out at most", "USD likely", "at most")
_TITLE_WIDTH = 48
_NOTES = {"cached": "cached: costs nothing", "private": "kept from models: costs nothing"}
_READ = (
    "likely: answers of usual length, no call repeated. at most: the longest answers, each call repaired once;"
    " fallbacks come on top. Tokens are counted as OpenAI's models do; others may count a third more."
)


def estimate_edition(options: Options, say: Callable[[str], None]) -> int:
    """Print calls, tokens and dollars for each story that would be told; asks no model and writes nothing.

    Sites are read as by a build, unless offline, but what the run remembers of them is forgotten.
    """
    config = configured(options)
    from briefing.analysts.llm import Llm

    told = config.analyst if isinstance(config.analyst, Llm) else None
    if told is None and not (config.writers("overview") or config.writers("topics")):
        say("No model is asked: the analyst is extractive. A [model] table or --model names one.")
        return 0
    from briefing import pipeline
    from briefing.analysts.asking import Asking
    from briefing.analysts.estimates import expected
    from briefing.cache import Cache
    from briefing.models.gate import Gate

    gate, cache = Gate(config.limits, offline=True), Cache(folder=config.cache / "replies")
    embed = Embedder(config.embedding, gate, cache, options.refresh) if config.embedding else None
    with Reporter.opened(quiet=options.quiet) as reporter:
        order, found = _gathered(config, options, embed, reporter)
        reporter.failures((*found.reading.failures, *found.cleaned.failures, *found.alone))
    asking = Asking(gate, cache, options.refresh)
    foresee = partial(pipeline.foreseen, order, found)
    needed = expected(told, writers_of(config, asking), found.first, foresee, asking.kept)
    for line in table(needed.told, config, needed.heads):
        say(line)
    return 0


def table(
    told: Sequence[Estimate], config: settings.Config, heads: Sequence[Estimate] = (), heading: str = "story"
) -> Iterator[str]:
    """The lines of the answer: a row for each story in rank order, those for the head, the sum, and what is meant."""
    from briefing.analysts.estimates import summed

    every = (*told, *heads)
    whole = summed(every)
    rows = [_HEAD, *map(_row, every), _row(whole)]
    stories = (f"{n}. {_short(one.title)}" for n, one in enumerate(told, 1))
    titles = [heading, *stories, *(one.title for one in heads), "total"]
    widths = [max(len(row[i]) for row in rows if len(row) > 1) for i in range(len(_HEAD))]
    first = max(map(len, titles))
    for title, row in zip(titles, rows, strict=True):
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)] if len(row) > 1 else row
        yield "  ".join((title.ljust(first), *cells))
    if not any(one.calls for one in every):
        return
    yield _READ
    if whole.usd is None:
        yield "The price of the model is not known: give it as price = {input = …, output = …} in [model]."
    over = config.budget.over(Amount(whole.calls, whole.tokens_in + whole.likely_out, whole.usd or 0.0))
    if over:
        yield f"This is likely more than the budget allows ({over}): the last stories will be told without a model."
    if config.checker or config.judge:
        yield "The calls of the checker and the judge depend on the answers and are not among these."


def _row(one: Estimate) -> tuple[str, ...]:
    if one.note:
        return (_NOTES.get(one.note, one.note),)
    counts = (one.calls, one.tokens_in, one.likely_out, one.most_out)
    return (*(f"{number:,}" for number in counts), _dollars(one.usd), _dollars(one.most_usd))


def _dollars(amount: float | None) -> str:
    return "not known" if amount is None else f"{amount:.4f}"


def _short(title: str) -> str:
    line = one_line(title)
    return line if len(line) <= _TITLE_WIDTH else line[: _TITLE_WIDTH - 1] + "…"


def _gathered(
    config: settings.Config, options: Options, embed: Embedder | None, reporter: Reporter
) -> tuple[Order, Gathered]:
    """The stories as a build would find them; the state it reads is a copy, which is forgotten."""
    from briefing import pipeline, workers
    from briefing.commands import editions as stored
    from briefing.commands import online
    from briefing.languages.publishers import named, publishers

    run = run_of(config, options)
    with (
        tempfile.TemporaryDirectory() as folder,
        workers.waiting(len(config.sources)) as reads,
        workers.opened(config.map, config.workers) as work,
        online.opened(config.replace(state=_copied(config.state, Path(folder))), run) as desk,
    ):
        order = pipeline.Order(
            title=config.title, date=run.day, language=config.language, timezone=config.timezone, now=run.now,
            sources=desk.sources, analyst=config.analyst, max_stories=config.max_stories, traces=desk.traces,
            publishers={**publishers(), **named(config.publishers)}, embed=embed, profile=config.profile,
            earlier=stored.earlier(config.out, run.day), forgotten=desk.forgotten, unchanged=config.unchanged,
        )  # fmt: skip
        return order, pipeline.gather(order, pipeline.Maps(work, reads, map), reporter.watch)


def _copied(state: Path, folder: Path) -> Path:
    """A copy of the state file, whole also while another process writes to it; of none there is none."""
    from briefing.commands.online import NAME

    if (state / NAME).is_file():
        with (
            closing(sqlite3.connect(f"{(state / NAME).absolute().as_uri()}?mode=ro", uri=True)) as kept,
            closing(sqlite3.connect(folder / NAME)) as copy,
        ):
            try:
                kept.backup(copy)
            except sqlite3.Error as error:
                raise StateError(f"{state / NAME}: cannot be copied ({one_line(str(error))})") from error
    return folder
