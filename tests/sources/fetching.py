"""What the tests of the fetcher share: runs on the same state and bodies, over loopback servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from briefing.cache import Bodies
from briefing.sources.fetching.exchange import Fetched, FetchError, Net, Want
from briefing.sources.fetching.fetch import Fetcher
from briefing.sources.fetching.policy import Moment
from briefing.state import State
from tests.sources.servers import Site, reply

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")
QUICK = Net(allow_private=HOSTS, interval_s=0, deadline_s=2, retry_s=0.05, revisit_s=0)
PAGE = reply(b"<p>The ferry is back.</p>", headers={"Content-Type": "text/html"})
OPTED_OUT = b"<meta name='tdm-reservation' content='1'><p>Text</p>"


class Runs:
    """Runs of the program, one after the other: `run(...)` opens a fetcher on what those before left behind."""

    def __init__(self, state: State, bodies: Bodies) -> None:
        self.state, self.bodies = state, bodies

    @contextmanager
    def __call__(self, now: datetime = NOW, net: Net = QUICK, **manner: Any) -> Iterator[Fetcher]:
        window = manner.pop("window", None)
        with Fetcher.opened(net, self.state, self.bodies, Moment(now, **manner), window) as web:
            yield web


@contextmanager
def runs(folder: Path) -> Iterator[Runs]:
    with State.transient() as state:
        yield Runs(state, Bodies(folder=folder / "bodies"))


def get(web: Fetcher, url: str, role: str = "feed", **want: Any) -> Fetched:
    return web.run(web.fetch(Want(url=url, role=role, **want)))


def trouble(web: Fetcher, url: str, role: str = "feed", **want: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        get(web, url, role, **want)
    return caught.value


def paths(site: Site) -> list[str]:
    return [request.path for request in site.requests]
