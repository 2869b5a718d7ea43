"""The sources of a run that read the web: given one fetcher, one state file and the window of the edition."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from briefing.config import Config
from briefing.plugins import Source
from briefing.sources.fetching.exchange import Web
from briefing.sources.window import Window
from briefing.stages.clean.records import Trace
from briefing.state import State
from briefing.types import Record

NAME = "briefing.sqlite3"
# What the first edition covers, before there is one to begin at.
_FIRST = timedelta(days=1)
_WEB = "web"


class Run(NamedTuple):
    """What of a run its sources depend on. `windowed` is False where what to read was named on the command line."""

    day: str
    now: datetime
    since: datetime | None = None
    windowed: bool = True
    offline: bool = False
    refresh: bool = False


class Desk(NamedTuple):
    """The sources, ready to be read, and the traces of earlier articles.

    `published` records an edition, so that the next begins where it ends, and the traces to keep.
    """

    sources: tuple[Source, ...]
    published: Callable[[int, Iterable[Trace]], None]
    traces: tuple[Trace, ...] = ()


@contextmanager
def opened(config: Config, run: Run) -> Iterator[Desk]:
    """The sources of a configuration; files named on the command line stay as they are and open no state.

    Raises StateError where the state file cannot be used.
    """
    online = any(isinstance(source, Record) and _WEB in type(source).model_fields for source in config.sources)
    if not online and not run.windowed:
        yield Desk(config.sources, lambda _revision, _traces: None)
        return
    from briefing.cache import Bodies
    from briefing.sources.fetching.fetch import Fetcher
    from briefing.sources.fetching.policy import Moment

    with State.opened(config.state / NAME) as state:
        window = window_of(config, state, run)
        bodies = Bodies(folder=config.cache / "bodies")
        moment = Moment(run.now, run.offline, run.refresh)
        with Fetcher.opened(config.web, state, bodies, moment, window) as web:
            sources = tuple(_with_web(source, web) for source in config.sources)

            def published(revision: int, traces: Iterable[Trace]) -> None:
                with state.transaction():
                    # What was named on the command line covers no time, so the next window must not begin at its end.
                    if window:
                        state.published(run.day, revision, window.since, run.now)
                    state.keep_traces(traces, run.day)

            yield Desk(sources, published, tuple(itertools.starmap(Trace, state.traces())))


def window_of(config: Config, state: State, run: Run) -> Window | None:
    """From the end of the last edition of an earlier date, a week back at most, unless a moment is given.

    Another run of a date is a revision of its edition, and goes back as far as the one before it did.
    """
    if run.since is not None:
        return Window(run.since, run.now)
    if not run.windowed:
        return None
    begun = state.edition_start(run.day) or run.now
    last = state.edition_end(run.day) or min(begun, run.now - _FIRST)
    earliest = min(begun, run.now - timedelta(days=config.web.window_days))
    # An edition that was dated by hand may end later than now.
    return Window(min(max(last, earliest), run.now), run.now)


def _with_web(source: Source, web: Web) -> Source:
    """A source that has a field for the web gets it; also one that a stranger wrote."""
    if isinstance(source, Record) and _WEB in type(source).model_fields:
        return cast("Source", source.replace(**{_WEB: web}))
    return source
