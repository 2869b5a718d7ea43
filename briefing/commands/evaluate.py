"""`briefing eval`: which model is good enough, and at what cost, by labelled cases.

settings, --model ─> candidates ─> estimate, said ─> cases told and marked ─> table, JSON, page
                                        └ --dry-run ends here
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from briefing import config as settings
from briefing import workers
from briefing.analysts.asking import Asking
from briefing.analysts.estimates import Estimate, Item, Need, estimates, need, summed, worst
from briefing.analysts.extractive import Extractive
from briefing.analysts.llm import Llm
from briefing.cache import Cache, write
from briefing.commands import given
from briefing.commands.estimate import table as estimate_table
from briefing.errors import ConfigError
from briefing.evaluation import page, report
from briefing.evaluation.cases import load
from briefing.evaluation.prepare import Prepared, prepared
from briefing.evaluation.trials import Candidate, in_language, tried
from briefing.models.budget import Ledger, require_prices
from briefing.models.gate import Gate
from briefing.models.replay import Replay
from briefing.reporting import Reporter
from briefing.text import one_line
from briefing.types import In, Map, Out, Record

if TYPE_CHECKING:
    from briefing.evaluation.report import Evaluation, Standing

COMPLETE, DEGRADED = 0, 3
_DEFAULT = Path("briefing.toml")
_ABOUT = "recording.json"


class Options(Record):
    """The arguments of `briefing eval`."""

    models: tuple[str, ...] = ()
    cases: tuple[Path, ...] = ()
    own: bool = False
    config: Path | None = None
    record: Path | None = None
    replay: Path | None = None
    out: Path | None = None
    json_file: Path | None = None
    refresh: bool = False
    dry_run: bool = False
    quiet: bool = False


class Entry(NamedTuple):
    """A model that is to tell the cases, and what it still needs for each of them."""

    llm: Llm
    needs: tuple[Need, ...]


def evaluate(options: Options, say: Callable[[str], None]) -> int:
    """Have the cases told and say how well; the exit code is 3 where a model told none of them."""
    _check(options)
    cases = prepared(load(options.cases, shipped=not options.own))
    config = given.loaded(options.config or (_DEFAULT if _DEFAULT.exists() else None))
    llms = _llms(config, options)
    with tempfile.TemporaryDirectory() as unused, workers.waiting(config.limits.concurrency) as asks:
        # What is recorded is really asked, and what is replayed stays out of the cache of real replies.
        apart = options.record or options.replay
        cache = Cache(folder=Path(unused) if apart else config.cache / "replies")
        ledger = _ledger(config, llms, options)
        # The deadline of a run is that of a morning; an evaluation may take an hour.
        asking = Asking(Gate(config.limits.replace(run_s=None), ledger=ledger), cache, options.refresh)
        entries = [Entry(llm, _needs(llm, cases, asking)) for llm in llms]
        _announce(entries, cases, config, options, say)
        if options.dry_run:
            return COMPLETE
        found = _evaluated(entries, cases, asking, ledger, _watched(asks, options))
    for line in report.table(found):
        say(line)
    for place in _written(found, options):
        say(str(place))
    return DEGRADED if any(_silent(one) for one in found.candidates) else COMPLETE


def _check(options: Options) -> None:
    """Find what cannot be done before anything is paid for."""
    if options.own and not options.cases:
        raise ConfigError("--own: name a folder of cases with --cases")
    if options.record and options.replay:
        raise ConfigError("--record and --replay: give one of the two")
    written = {
        "--out": options.out,
        "--json": options.json_file and options.json_file.parent,
        "--record": options.record,
    }
    for name, folder in written.items():
        try:
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
                tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise ConfigError(f"{name}: {folder} cannot be written in ({error.strerror})") from error


def _llms(config: settings.Config, options: Options) -> list[Llm]:
    """The analyst of the settings with each model alone: those named, else the configured one and its fallbacks."""
    if options.replay:
        return _recorded(config, options.replay, options.models)
    wanted = options.models or (os.environ.get("BRIEFING_MODEL") or None,)
    found = [llm for name in wanted for llm in _alone(given.with_model(config, name))]
    llms = list({llm.model.key(): llm for llm in found}.values())
    twice = [name for name, count in Counter(llm.name for llm in llms).items() if count > 1]
    if twice:
        raise ConfigError(f"{twice[0]}: stands twice among [model] and its fallbacks; try one of them at a time")
    if options.record is None:
        return llms
    folder = options.record
    return [llm.replace(model=Replay(folder=folder / _slug(llm.name), record=llm.model)) for llm in llms]


def _alone(config: settings.Config) -> Iterator[Llm]:
    if isinstance(config.analyst, Llm):
        for model in (config.analyst.model, *config.analyst.fallbacks):
            yield config.analyst.replace(model=model, fallbacks=())


def _recorded(config: settings.Config, folder: Path, names: Sequence[str]) -> list[Llm]:
    """Those whose exchanges stand below a folder, by name; all of them where none is named."""
    folders = [folder / _slug(name) for name in names] or [folder] * (folder / _ABOUT).is_file()
    folders = folders or sorted(path.parent for path in folder.glob(f"*/{_ABOUT}"))
    if not folders:
        raise ConfigError(f"{folder}: holds no recording; make one with --record")
    base = config.analyst if isinstance(config.analyst, Llm) else None
    models = [Replay(folder=place) for place in folders]
    return [base.replace(model=m, fallbacks=()) if base else Llm(model=m) for m in models]


def _slug(name: str) -> str:
    """A model's name as that of a folder: none of it can lead elsewhere, no two names share one."""
    return quote(name, safe="").replace(".", "%2E") if name.startswith(".") else quote(name, safe="")


def _ledger(config: settings.Config, llms: Sequence[Llm], options: Options) -> Ledger | None:
    """What keeps all candidates together under the ceiling; a replay uses nothing."""
    if not config.budget.bounded or options.replay:
        return None
    require_prices(config.budget, [llm.model for llm in llms])
    return Ledger(config.budget)


def _needs(llm: Llm, cases: Sequence[Prepared], asking: Asking) -> tuple[Need, ...]:
    return tuple(need(in_language(llm, ready), ready.story, asking.kept) for ready in cases)


def _announce(
    entries: Sequence[Entry],
    cases: Sequence[Prepared],
    config: settings.Config,
    options: Options,
    say: Callable[[str], None],
) -> None:
    """Say what will be asked and what it costs, before any of it."""
    if options.replay:
        say(
            f"Replayed from {options.replay}: nothing is asked; tokens, dollars and seconds are those of the recording."
        )
    elif not entries:
        say("No model is asked: name one with --model, or in [model] of briefing.toml.")
    else:
        told = [_estimate(entry, cases) for entry in entries]
        for line in estimate_table(told, config, heading="model"):
            say(line)
    say("")


def _estimate(entry: Entry, cases: Sequence[Prepared]) -> Estimate:
    whole = summed(estimates([Item(ready.story.id, ready.case.id) for ready in cases], entry.needs))
    return whole._replace(title=entry.llm.name, note="" if whole.calls else "cached")


def _evaluated(
    entries: Sequence[Entry],
    cases: Sequence[Prepared],
    asking: Asking,
    ledger: Ledger | None,
    mapped: Callable[[str], Map],
) -> Evaluation:
    plain = Candidate("extractive", Extractive())
    standings = [report.standing(plain, tried(plain, cases, mapped(plain.name)))]
    for entry in entries:
        candidate = Candidate(one_line(entry.llm.name), entry.llm.replace(ask=asking))
        if ledger:
            worsts = (worst(entry.llm, needed, ledger) for needed in entry.needs)
            ledger.begin(dict(enumerate(worsts)))
            candidate = candidate._replace(turn=ledger.turn)
        standings.append(report.standing(candidate, tried(candidate, cases, mapped(candidate.name))))
    return report.Evaluation(
        generated_at=datetime.now(UTC).replace(microsecond=0).isoformat(),
        cases=tuple(ready.case for ready in cases),
        candidates=tuple(standings),
    )


def _watched(asks: Map, options: Options) -> Callable[[str], Map]:
    """For each candidate a map over the cases that shows how far it is."""

    def watched(name: str) -> Map:
        def mapped(fn: Callable[[In], Out], items: Iterable[In], /) -> Iterable[Out]:
            listed = tuple(items)
            with Reporter.opened(quiet=options.quiet) as reporter:
                yield from reporter.watch(name, asks(fn, listed), len(listed))

        return mapped

    return watched


def _written(found: Evaluation, options: Options) -> Iterator[Path]:
    data = found.model_dump_json(indent=1) + "\n"
    files = {options.json_file: data} if options.json_file else {}
    if options.out:
        files |= {options.out / "evaluation.json": data, options.out / "evaluation.html": page.render(found)}
    for path, text in files.items():
        try:
            write(path, text)
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
        yield path


def _silent(one: Standing) -> bool:
    return bool(one.asked) and not any(t.told for t in one.trials)
