"""`briefing build`: settings, lock, window, pipeline, outputs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo

from briefing import config as settings
from briefing.commands import given
from briefing.errors import ConfigError, NothingProducedError
from briefing.models.budget import Ledger, require_prices
from briefing.models.embedding import Embedder
from briefing.outputs import archive
from briefing.outputs import folder as editions
from briefing.outputs import json as edition_json
from briefing.plugins import Analyst, Output, Spent
from briefing.reporting import Reporter
from briefing.types import Briefing, Dropped, Record, Story

if TYPE_CHECKING:
    from briefing.analysts.asking import Asking
    from briefing.analysts.estimates import Writers
    from briefing.analysts.writing import Writing
    from briefing.commands.online import Run
    from briefing.models import Model
    from briefing.pipeline import Built, Foresee, Turn
    from briefing.stages.disputes import Checker
    from briefing.stages.overview import Composer
    from briefing.stages.topics import Namer
    from briefing.stages.verify import Judge

COMPLETE, DEGRADED = 0, 3
_DEFAULT = Path("briefing.toml")


class Options(Record):
    """The arguments of `briefing build`."""

    paths: tuple[str, ...] = ()
    config: Path | None = None
    out: Path | None = None
    day: str | None = None
    now: str | None = None
    since: str | None = None
    formats: str | None = None
    model: str | None = None
    offline: bool = False
    refresh: bool = False
    strict: bool = False
    quiet: bool = False
    explain: bool = False
    send: bool = False


def build_edition(options: Options) -> int:
    """Build and publish one edition; the exit code says whether it is complete or degraded."""
    # Only a build needs the stages' libraries: `verify` and `render` start without them.
    from briefing import lock
    from briefing.commands import send as sending

    config = configured(options)
    run = run_of(config, options)
    if options.send:
        sending.ready(config, sending.Options(offline=options.offline))
    editions.check_writable(config.out)
    with lock.held(config.out), Reporter.opened(quiet=options.quiet) as reporter:
        editions.recover(config.out)
        archive.recover(config.out)
        built = _published(config, options, run, reporter)
    if options.explain:
        _explain(built.dropped)
    # An edition that reached nobody is the greater trouble, so its code goes first.
    delivered = _sent(config, run.day, options.quiet) if options.send else COMPLETE
    return delivered or (DEGRADED if any(f.degrades for f in built.briefing.failures) else COMPLETE)


def run_of(config: settings.Config, options: Options) -> Run:
    """What of the arguments the sources depend on."""
    from briefing.commands.online import Run

    zone = ZoneInfo(config.timezone)
    now = given.moment(options.now, zone)
    return Run(
        day=given.day(options.day) if options.day else now.astimezone(zone).date().isoformat(),
        now=now, since=given.since(options.since, zone, now), windowed=not options.paths,
        offline=options.offline, refresh=options.refresh,
    )  # fmt: skip


def _sent(config: settings.Config, day: str, quiet: bool) -> int:
    """Send the edition; with `quiet` say what became of it only where someone does not have it."""
    from briefing.commands import send as sending

    said: list[str] = []
    code = sending.send(config, sending.Options(wanted=day), said.append if quiet else print)
    if code and said:
        print("\n".join(said))  # noqa: T201 - one line for each recipient is the command's result
    return code


def _published(config: settings.Config, options: Options, run: Run, reporter: Reporter) -> Built:
    """Build the edition, put it in its place and remember what the next one needs to know."""
    from briefing import pipeline, workers
    from briefing.commands import editions as stored
    from briefing.commands import online
    from briefing.commands.keeping import tidy
    from briefing.languages.publishers import named, publishers

    asked = _asking(config, options)
    with (
        # Outside the web: closed before them, it frees the threads that wait for it.
        workers.waiting(asked.waiting) as asks,
        workers.waiting(len(config.sources)) as reads,
        workers.opened(config.map, config.workers) as work,
        online.opened(config, run) as desk,
    ):
        reporter.failures(desk.passed_over(config))
        earlier = stored.earlier(config.out, run.day, desk.forgotten if desk.forgotten.marks else None)
        order = pipeline.Order(
            title=config.title, date=run.day, language=config.language, timezone=config.timezone, now=run.now,
            sources=desk.sources, analyst=asked.analyst, max_stories=config.max_stories,
            revision=editions.next_revision(config.out, run.day), spent=asked.spent, traces=desk.traces,
            publishers={**publishers(), **named(config.publishers)}, embed=asked.embed,
            checker=asked.checker, judge=asked.judge, composer=asked.composer, namer=asked.namer,
            earlier=earlier, forgotten=desk.forgotten, unchanged=config.unchanged, profile=config.profile,
        )  # fmt: skip
        if earlier.editions:
            order = order._replace(revisit=partial(desk.revisit, earlier.editions[0]))
        if asked.prepare:
            order = order._replace(prepare=asked.prepare)
        built = pipeline.build(order, pipeline.Maps(work, reads, asks), reporter.watch)
        degraded = [f for f in built.briefing.failures if f.degrades]
        if options.strict and degraded:
            raise NothingProducedError(
                "degraded, and --strict: " + "; ".join(f"{f.item}: {f.reason}" for f in degraded)
            )
        place = editions.publish(config.out, run.day, _files(built.briefing, config.renderers()))
        desk.published(built.briefing.revision, built.traces)
        reporter.removed(tidy(config, run.day, run.now, desk.state).said())
    reporter.failures(given.shelve(config))
    reporter.done(place, built.briefing)
    return built


class Asked(NamedTuple):
    """What a run asks: its analyst, the models beside it, how much was used, how many wait for them at once."""

    analyst: Analyst
    embed: Embedder | None = None
    checker: Checker | None = None
    judge: Judge | None = None
    composer: Composer | None = None
    namer: Namer | None = None
    prepare: Callable[[Sequence[Story], Foresee], Turn] | None = None
    spent: Callable[[], Spent] = Spent
    waiting: int = 0


def _asking(config: settings.Config, options: Options) -> Asked:
    """The models behind the run's one cache and one gate; an analyst that asks none stays as it is."""
    from briefing.analysts.llm import Llm

    if not isinstance(config.analyst, Llm) and not (config.embedding or _roles(config)):
        return Asked(config.analyst)
    from briefing.analysts import roles, writing
    from briefing.analysts.asking import Asking
    from briefing.analysts.estimates import prepared
    from briefing.cache import Cache
    from briefing.models.gate import Gate

    ledger = _ledger(config) if config.budget.bounded and not options.offline else None
    gate = Gate(config.limits, offline=options.offline, ledger=ledger)
    cache = Cache(folder=config.cache / "replies")
    asking = Asking(gate, cache, options.refresh)
    analyst = config.analyst.replace(ask=asking) if isinstance(config.analyst, Llm) else config.analyst
    told = analyst if isinstance(analyst, Llm) else None
    writers = writers_of(config, asking)
    templates = told.prompts_dir if told else config.prompts_dir
    embed = Embedder(config.embedding, gate, cache, options.refresh) if config.embedding else None

    def spent() -> Spent:
        used = asking.spent()
        return used._replace(cache_hits=used.cache_hits + (embed.hits if embed else 0))

    return Asked(
        analyst,
        embed,
        checker=roles.checker(config.checker, asking, templates) if config.checker else None,
        judge=roles.judge(config.judge, asking, templates) if config.judge else None,
        composer=writing.composer(writers.overview) if writers.overview else None,
        namer=writing.namer(writers.topics) if writers.topics else None,
        prepare=None if options.offline else prepared(told, asking, ledger, writers),
        spent=spent,
        waiting=config.limits.concurrency,
    )


def writers_of(config: settings.Config, asking: Asking) -> Writers:
    """Who writes the day in lines and names the topics, in the manner of the analyst."""
    from briefing.analysts.estimates import Writers
    from briefing.analysts.llm import Llm
    from briefing.analysts.writing import Writing

    told = config.analyst if isinstance(config.analyst, Llm) else None
    manner = {"tone": told.tone, "audience": told.audience} if told else {}
    templates = told.prompts_dir if told else config.prompts_dir

    def of(role: Literal["overview", "topics"]) -> Writing | None:
        models = config.writers(role)
        return Writing(models, asking, config.language, **manner, prompts_dir=templates) if models else None

    return Writers(of("overview"), of("topics"))


def _roles(config: settings.Config) -> tuple[Model, ...]:
    """The models that are asked beside those that tell the stories."""
    readers = (model for model in (config.checker, config.judge) if model)
    return (*config.writers("overview"), *config.writers("topics"), *readers)


def _ledger(config: settings.Config) -> Ledger:
    """What keeps the run under its ceiling. Raises ConfigError where that is in dollars and a price is not known."""
    from briefing.analysts.llm import Llm

    told = (config.analyst.model, *config.analyst.fallbacks) if isinstance(config.analyst, Llm) else ()
    embedding = (config.embedding,) if config.embedding else ()
    require_prices(config.budget, (*told, *embedding, *_roles(config)))
    return Ledger(config.budget)


def configured(options: Options) -> settings.Config:
    """The settings file, where there is one to use, with the arguments laid over it."""
    path = options.config or (_DEFAULT if not options.paths else None)
    if path == _DEFAULT and options.config is None and not path.exists():
        raise ConfigError("no PATHS and no briefing.toml here: name files to read, or run `briefing init`")
    config = given.with_model(given.loaded(path), options.model or os.environ.get("BRIEFING_MODEL") or None)
    if options.paths:
        config = config.replace(sources=tuple(given.source(p) for p in options.paths))
    if not config.sources:
        raise ConfigError(f"{path}: no sources; add a [[sources]] table")
    if options.out:
        config = config.replace(out=options.out)
    return given.with_formats(config, options.formats)


def _files(briefing: Briefing, renderers: Iterable[Output]) -> dict[str, str]:
    rendered = {f"briefing.{renderer.extension}": renderer.render(briefing) for renderer in renderers}
    return {**rendered, "evidence.json": edition_json.evidence(briefing)}


def _explain(dropped: Iterable[Dropped]) -> None:
    for passage in sorted(dropped, key=lambda d: (d.reason, d.item, d.text)):
        text = " ".join(passage.text.split())
        print(f"{passage.reason}\t{passage.item}\t{text}")  # noqa: T201 - this is the command's result
