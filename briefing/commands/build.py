"""`briefing build`: settings, lock, window, pipeline, outputs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from briefing import config as settings
from briefing.commands import given
from briefing.errors import ConfigError, NothingProducedError
from briefing.outputs import archive
from briefing.outputs import folder as editions
from briefing.outputs import json as edition_json
from briefing.plugins import Analyst, Output, Spent
from briefing.reporting import Reporter
from briefing.types import Briefing, Dropped, Record

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
    from briefing import lock, pipeline, workers
    from briefing.commands import online
    from briefing.commands import send as sending

    config = _config(options)
    zone = ZoneInfo(config.timezone)
    now = given.moment(options.now, zone)
    day = given.day(options.day) if options.day else now.astimezone(zone).date().isoformat()
    since = given.since(options.since, zone, now)
    if options.send:
        sending.ready(config, sending.Options(offline=options.offline))
    editions.check_writable(config.out)
    with lock.held(config.out), Reporter.opened(quiet=options.quiet) as reporter:
        editions.recover(config.out)
        archive.recover(config.out)
        analyst, spent, waiting = _asking(config, options)
        run = online.Run(day=day, now=now, since=since, windowed=not options.paths,
                         offline=options.offline, refresh=options.refresh)  # fmt: skip
        with (
            # Outside the web: closed before them, it frees the threads that wait for it.
            workers.waiting(waiting) as asks,
            workers.waiting(len(config.sources)) as reads,
            workers.opened(config.map, config.workers) as work,
            online.opened(config, run) as desk,
        ):
            order = pipeline.Order(
                title=config.title, date=day, language=config.language, timezone=config.timezone, now=now,
                sources=desk.sources, analyst=analyst, max_stories=config.max_stories,
                revision=editions.next_revision(config.out, day), spent=spent,
            )  # fmt: skip
            built = pipeline.build(order, pipeline.Maps(work, reads, asks), reporter.watch)
            degraded = [f for f in built.briefing.failures if f.degrades]
            if options.strict and degraded:
                raise NothingProducedError(
                    "degraded, and --strict: " + "; ".join(f"{f.item}: {f.reason}" for f in degraded)
                )
            published = editions.publish(config.out, day, _files(built.briefing, config.renderers()))
            desk.published(built.briefing.revision)
            reporter.failures(given.shelve(config))
        reporter.done(published, built.briefing)
    if options.explain:
        _explain(built.dropped)
    # An edition that reached nobody is the greater trouble, so its code goes first.
    delivered = sending.send(config, sending.Options(wanted=day), print) if options.send else COMPLETE
    return delivered or (DEGRADED if degraded else COMPLETE)


class Asked(NamedTuple):
    """An analyst as a run uses it: how much its models were used, and how many stories wait on them at once."""

    analyst: Analyst
    spent: Callable[[], Spent]
    waiting: int


def _asking(config: settings.Config, options: Options) -> Asked:
    """The analyst behind the run's one cache and one gate; one that asks no model stays as it is."""
    from briefing.analysts.llm import Llm

    if not isinstance(config.analyst, Llm):
        return Asked(config.analyst, Spent, 0)
    from briefing.analysts.asking import Asking
    from briefing.cache import Cache
    from briefing.models.gate import Gate

    gate = Gate(config.limits, offline=options.offline)
    asking = Asking(gate, Cache(folder=config.cache / "replies"), options.refresh)
    return Asked(config.analyst.replace(ask=asking), asking.spent, config.limits.concurrency)


def _config(options: Options) -> settings.Config:
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
