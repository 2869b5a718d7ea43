"""The sources of a run that read the web: given one fetcher, one state file and the window of the edition."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from briefing.commands.sources.tables import addresses
from briefing.config import Config
from briefing.plugins import Source
from briefing.sources.fetching.exchange import Web
from briefing.sources.forgotten import Forgotten
from briefing.sources.online import Online
from briefing.sources.revisits import Revisited, revisit
from briefing.sources.web import Pages
from briefing.sources.window import Window
from briefing.stages.clean.records import Trace
from briefing.state import State
from briefing.types import Briefing, Failure, Record

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

    `published` records an edition, so that the next begins where it ends, and the traces to keep. `revisit` asks for
    what an edition cited once more; what is `forgotten` is among neither. `state` is that of a run by the settings.
    """

    sources: tuple[Source, ...]
    published: Callable[[int, Iterable[Trace]], None]
    traces: tuple[Trace, ...] = ()
    revisit: Callable[[Briefing], Revisited] = lambda _edition: Revisited()
    forgotten: Forgotten = Forgotten()
    state: State | None = None

    def passed_over(self, config: Config) -> tuple[Failure, ...]:
        """A line for each source of the settings that is forgotten."""
        reason = "forgotten, so it is not read; `briefing forget` lists what is"
        gone = (source for source in config.sources if left(source, self.forgotten) is None)
        return tuple(Failure(stage="read", item=_called(source), reason=reason, degrades=False) for source in gone)


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
            forgotten = Forgotten.of(state)
            sources = tuple(_with_web(one, web) for source in config.sources if (one := left(source, forgotten)))

            def published(revision: int, traces: Iterable[Trace]) -> None:
                with state.transaction():
                    # What was named on the command line covers no time, so the next window must not begin at its end.
                    if window:
                        state.published(run.day, revision, window.since, run.now)
                    state.keep_traces(traces, run.day)

            def again(edition: Briefing) -> Revisited:
                return revisit(web, edition, _entered(config)) if run.windowed else Revisited()

            traces = tuple(itertools.starmap(Trace, state.traces()))
            yield Desk(sources, published, traces, again, forgotten, state if run.windowed else None)


def _entered(config: Config) -> frozenset[str]:
    """The addresses of sources that are read with a login, or with a certificate that nobody verified."""
    own = (s for s in config.sources if isinstance(s, Online) and (s.headers_env or s.user_env or s.insecure))
    return frozenset(url for source in own for url in addresses(source))


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


def left(source: Source, forgotten: Forgotten) -> Source | None:
    """A source without the addresses that are forgotten; None where it is forgotten itself, or has none left."""
    if any(map(forgotten.outlet, (getattr(source, "name", None), getattr(source, "source", None)))):
        return None
    urls = addresses(source)
    if not any(map(forgotten.address, urls)):
        return source
    if isinstance(source, Pages) and not all(map(forgotten.address, urls)):
        lists = {name: getattr(source, name) for name in ("urls", "sections", "sitemaps")}
        kept = {name: tuple(u for u in listed if not forgotten.address(u)) for name, listed in lists.items()}
        return source.replace(**kept)
    return None


def _called(source: Source) -> str:
    named = (getattr(source, key, None) for key in ("name", "source"))
    return next((str(name) for name in (*named, *addresses(source)) if name), str(source))


def _with_web(source: Source, web: Web) -> Source:
    """A source that has a field for the web gets it; also one that a stranger wrote."""
    if isinstance(source, Record) and _WEB in type(source).model_fields:
        return cast("Source", source.replace(**{_WEB: web}))
    return source
