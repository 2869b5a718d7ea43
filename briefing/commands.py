"""What the commands do, once their arguments are read: settings, lock, pipeline, outputs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from briefing import config as settings
from briefing.errors import ConfigError, EvidenceError, NothingProducedError
from briefing.languages import lexicons
from briefing.outputs import folder as editions
from briefing.outputs import json as edition_json
from briefing.plugins import Analyst, Output, Source, Spent, make
from briefing.reporting import Reporter
from briefing.sources.files import Files
from briefing.stages.verify import recheck
from briefing.types import Briefing, Dropped, Record

COMPLETE, DEGRADED = 0, 3
_DEFAULT = Path("briefing.toml")


class Options(Record):
    """The arguments of `briefing build`."""

    paths: tuple[Path, ...] = ()
    config: Path | None = None
    out: Path | None = None
    day: str | None = None
    now: str | None = None
    formats: str | None = None
    model: str | None = None
    offline: bool = False
    refresh: bool = False
    strict: bool = False
    quiet: bool = False
    explain: bool = False


def build_edition(options: Options) -> int:
    """Build and publish one edition; the exit code says whether it is complete or degraded."""
    # Only a build needs the stages' libraries: `verify` and `render` start without them.
    from briefing import lock, pipeline, workers

    config = _config(options)
    now = _now(options.now, ZoneInfo(config.timezone))
    day = _day(options.day) if options.day else now.astimezone(ZoneInfo(config.timezone)).date().isoformat()
    editions.check_writable(config.out)
    with lock.held(config.out), Reporter.opened(quiet=options.quiet) as reporter:
        editions.recover(config.out)
        analyst, spent, waiting = _asking(config, options)
        order = pipeline.Order(
            title=config.title, date=day, language=config.language, timezone=config.timezone, now=now,
            sources=config.sources, analyst=analyst, max_stories=config.max_stories,
            revision=editions.next_revision(config.out, day), spent=spent,
        )  # fmt: skip
        with workers.opened(config.map, config.workers) as mapped, workers.opened("threads", waiting) as asked:
            built = pipeline.build(order, mapped, reporter.watch, asked if waiting else None)
        degraded = [f for f in built.briefing.failures if f.degrades]
        if options.strict and degraded:
            raise NothingProducedError(
                "degraded, and --strict: " + "; ".join(f"{f.item}: {f.reason}" for f in degraded)
            )
        published = editions.publish(config.out, day, _files(built.briefing, config.renderers()))
        reporter.done(published, built.briefing)
    if options.explain:
        _explain(built.dropped)
    return DEGRADED if degraded else COMPLETE


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


def _with_model(config: settings.Config, name: str | None) -> settings.Config:
    """The settings with another model: "none" for no model, else a name like "openai/gpt-4o-mini"."""
    if name is None:
        return config
    from briefing.analysts.extractive import Extractive
    from briefing.analysts.llm import Llm
    from briefing.models.litellm import LiteLlm

    if name == "none":
        return config.replace(analyst=Extractive())
    if not isinstance(config.analyst, Llm):
        table = {"kind": "llm", "language": config.language, "model": {"name": name}}
        return config.replace(analyst=make("analysts", table))
    known = config.analyst.model
    # A key and an address go only to the provider they were given for.
    if isinstance(known, LiteLlm) and known.name.partition("/")[0] == name.partition("/")[0]:
        return config.replace(analyst=config.analyst.replace(model=known.replace(name=name)))
    return config.replace(analyst=config.analyst.replace(model=make("models", {"kind": "litellm", "name": name})))


def show_cache(config: Path | None) -> str:
    """What the cache of model replies holds."""
    from briefing.cache import Cache

    stats = Cache(folder=_loaded(config).cache / "replies").stats()
    return f"{_loaded(config).cache / 'replies'}: {stats.entries} replies, {stats.bytes / 1e6:.1f} MB"


def prune_cache(config: Path | None, max_mb: float) -> str:
    """Remove the replies used least recently."""
    from briefing.cache import Cache

    removed = Cache(folder=_loaded(config).cache / "replies").prune(int(max_mb * 1e6))
    return f"{removed.entries} replies removed, {removed.bytes / 1e6:.1f} MB"


def verify_edition(folder: Path) -> str:
    """Check an edition against its evidence. Raises EvidenceError naming each citation that fails."""
    place = _edition_folder(folder)
    briefing = _read(place)
    faults = recheck(briefing, lexicons())
    if faults:
        raise EvidenceError("\n".join((f"{place}: checks that fail now:", *faults)))
    quotes = sum(len(s.citations) for s in briefing.statements())
    return f"{place}: {quotes} quotes found in {len(briefing.evidence)} articles; all checks pass"


def render_edition(folder: Path, config: Path | None, formats: str | None) -> list[Path]:
    """Write the outputs of an edition again; returns their paths."""
    place = _edition_folder(folder)
    briefing = _read(place)
    loaded = _loaded(config)
    renderers = _with_formats(loaded, formats).renderers()
    # briefing.json is what the others are made from: it stays as it is.
    others = [r for r in renderers if r.extension != "json"]
    return [editions.replace(place / f"briefing.{r.extension}", r.render(briefing)) for r in others]


def write_starter(path: Path) -> str:
    """Write the commented settings file; an existing one is never touched."""
    if path.exists():
        raise ConfigError(f"{path}: exists already; nothing was written")
    try:
        path.write_text(settings.starter(), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
    return f"{path} written; name your sources in it, then run `briefing build`"


def _config(options: Options) -> settings.Config:
    """The settings file, where there is one to use, with the arguments laid over it."""
    path = options.config or (_DEFAULT if not options.paths else None)
    if path == _DEFAULT and options.config is None and not path.exists():
        raise ConfigError("no PATHS and no briefing.toml here: name files to read, or run `briefing init`")
    config = _with_model(_loaded(path), options.model or os.environ.get("BRIEFING_MODEL") or None)
    if options.paths:
        config = config.replace(sources=tuple(_files_source(p) for p in options.paths))
    if not config.sources:
        raise ConfigError(f"{path}: no sources; add a [[sources]] table")
    if options.out:
        config = config.replace(out=options.out)
    return _with_formats(config, options.formats)


def _loaded(path: Path | None) -> settings.Config:
    """The settings of a file; without one the defaults, with the cache in the user's own folder."""
    if path:
        return settings.load(path)
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return settings.Config().replace(cache=Path(home) / "briefing")


def _files_source(path: Path) -> Source:
    if not path.exists() and not path.is_symlink():
        raise ConfigError(f"{path}: no such file or folder")
    return cast("Source", Files(path=path))


def _with_formats(config: settings.Config, formats: str | None) -> settings.Config:
    if formats is None:
        return config
    try:
        return config.replace(formats=tuple(f.strip() for f in formats.split(",") if f.strip()))
    except ValueError as error:
        raise ConfigError(f"--format: {error}") from error


def _now(text: str | None, zone: ZoneInfo) -> datetime:
    if text is None:
        return datetime.now(UTC).astimezone(zone).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--now: {text!r} is not a moment like 2025-06-21T08:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ConfigError(f"--date: {text!r} is not a date like 2025-06-21") from error


def _files(briefing: Briefing, renderers: Iterable[Output]) -> dict[str, str]:
    rendered = {f"briefing.{renderer.extension}": renderer.render(briefing) for renderer in renderers}
    return {**rendered, "evidence.json": edition_json.evidence(briefing)}


def _edition_folder(folder: Path) -> Path:
    """The folder itself if it is an edition, else its latest edition."""
    if (folder / "briefing.json").exists():
        return folder
    found = sorted(path.parent for path in folder.glob("????-??-??/briefing.json"))
    if not found:
        raise ConfigError(f"{folder}: no edition here; name the folder that holds briefing.json")
    return found[-1]


def _read(folder: Path) -> Briefing:
    try:
        texts = [(folder / name).read_text(encoding="utf-8") for name in ("briefing.json", "evidence.json")]
    except OSError as error:
        raise EvidenceError(f"{folder}: {error.filename}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{folder}: not UTF-8: {error}") from error
    try:
        return edition_json.read(*texts)
    except EvidenceError as error:
        raise EvidenceError(f"{folder}: {error}") from error


def _explain(dropped: Iterable[Dropped]) -> None:
    for passage in sorted(dropped, key=lambda d: (d.reason, d.item, d.text)):
        text = " ".join(passage.text.split())
        print(f"{passage.reason}\t{passage.item}\t{text}")  # noqa: T201 - this is the command's result
