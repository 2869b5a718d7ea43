"""The web for a command on sources: the fetcher of a build, with no window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from briefing.config import Config

if TYPE_CHECKING:
    from briefing.sources.fetching.fetch import Fetcher


@contextmanager
def opened(config: Config, *, kept: bool = True) -> Iterator[Fetcher]:
    """A fetcher with the settings, state and stored bodies of a configuration; it asks also where a copy is young.

    Unless `kept`, what it learns is forgotten: a folder that has no settings file is left as it is.
    """
    from briefing.cache import Bodies
    from briefing.commands.online import NAME
    from briefing.sources.fetching.fetch import Fetcher
    from briefing.sources.fetching.policy import Moment
    from briefing.state import State

    with ExitStack() as stack:
        state = stack.enter_context(State.opened(config.state / NAME) if kept else State.transient())
        folder = config.cache / "bodies" if kept else Path(stack.enter_context(TemporaryDirectory()))
        run = Moment(datetime.now(UTC), refresh=True)
        yield stack.enter_context(Fetcher.opened(config.web, state, Bodies(folder=folder), run))
