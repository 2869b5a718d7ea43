"""What passes between the sources and the fetcher: what is wanted, what came, why it did not."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar, runtime_checkable
from urllib.parse import urlsplit

from pydantic import Field

from briefing.errors import SourceError
from briefing.sources.window import Window
from briefing.types import Record

if TYPE_CHECKING:
    from briefing.state import State

T = TypeVar("T")

Fault = Literal[
    "gone", "missing", "refused", "limited", "server", "status", "redirect", "network", "timeout", "tls",
    "private", "too_large", "encoding", "robots", "reserved", "offline", "address",
]  # fmt: skip


WEB_PORTS = frozenset({80, 443})


class Bounds(NamedTuple):
    """What one exchange may take, and where it may go; None is the transport's own bound.

    `insecure` takes any certificate for good.
    """

    deadline_s: float | None = None
    max_bytes: int | None = None
    insecure: bool = False
    ports: frozenset[int] = WEB_PORTS


class FetchError(SourceError):
    """Something could not be fetched; `fault` says what kind of trouble it was, the message says it in words."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault: Fault = fault


class Access(Record):
    """How the site of a configured URL is entered; `headers` go to its origin alone, never to another.

    `insecure` takes a certificate that cannot be verified, for that origin only.
    """

    home: str = ""
    headers: tuple[tuple[str, str], ...] = Field((), repr=False)
    insecure: bool = False

    def covers(self, url: str) -> bool:
        """Whether a URL has the scheme, host and port of `home`."""
        return bool(self.home) and origin(url) == origin(self.home)


class Want(Record):
    """One thing to fetch. What the user named himself is a "list" or "feed"; robots.txt is asked for each "page".

    `unsound` says what is wrong with a body and its media type, "" if nothing is: an unsound one never takes the
    place of a stored copy.
    """

    url: str
    role: Literal["feed", "list", "page"]
    access: Access = Access()
    unsound: Callable[[bytes, str], str] | None = Field(None, exclude=True, repr=False)


class Fetched(Record):
    """A body and where it came from.

    `how`: "fetched" now; "unchanged", the site said so (304); "fresh", the stored copy is too young to ask
    again; "kept", the stored copy stands in because of `fault`. `as_of` is when the body itself was
    fetched, `before` when the one before it was, `moved_to` where the site says the URL went for good.
    """

    url: str
    final: str
    body: bytes = Field(repr=False)
    media_type: str = ""
    charset: str | None = None
    as_of: datetime
    before: datetime | None = None
    how: Literal["fetched", "unchanged", "fresh", "kept"]
    moved_to: str | None = None
    fault: str = ""


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL (RFC 6454). Raises ValueError for a port that is no number."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(scheme)


class Net(Record):
    """The `[web]` table: how the run goes about the web.

    `interval_s` lies between two requests to one host, `deadline_s` bounds a request with its redirects,
    `max_bytes` what it may unpack to. A copy younger than `revisit_s` is not asked for again; robots.txt is
    kept `robots_s`. `allow_private` names hosts ("host" or "host:port") that may have a private address.
    `contact` stands in the user agent. The window of an edition goes back `window_days` at most; a feed without
    anything new for `silent_days` is called silent. So many pages that the last edition cited are asked for again
    (`recheck`), to say which changed.
    """

    contact: str = Field("", max_length=200, pattern=r"^[\x20-\x7e]*$")
    interval_s: float = Field(1.0, ge=0)
    deadline_s: float = Field(20.0, gt=0)
    retry_s: float = Field(5.0, ge=0)
    revisit_s: float = Field(3600.0, ge=0)
    robots_s: float = Field(86400.0, ge=0)
    connections: int = Field(64, ge=1, le=512)
    max_bytes: int = Field(15_000_000, ge=1000)
    redirects: int = Field(5, ge=0, le=20)
    allow_private: tuple[str, ...] = ()
    window_days: int = Field(7, ge=1)
    silent_days: int = Field(14, ge=1)
    recheck: int = Field(40, ge=0, le=500)


@runtime_checkable
class Web(Protocol):
    """What a source of the web is given by its run: a fetcher, what was seen before, and the window."""

    settings: Net
    state: State
    now: datetime
    window: Window | None
    offline: bool

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that fetches, and wait for it."""

    async def fetch(self, want: Want) -> Fetched:
        """What is wanted. Raises FetchError."""
