"""What the fetcher decides, as pure functions: whether to ask, where to, what an answer means, what is remembered.

    URL --fit, barred, fresh--> asked --target--> hop … answer --hold, fault--> Resource as remembered

The clock of all of them is an argument. What an answer means follows RFC 9110, and for a feed's readers
the long experience of other readers: validators are opaque, 410 is final, 429 and 503 say when to come back.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

from yarl import URL

from briefing.sources.fetching.exchange import Access, Fault, Fetched, FetchError, Want, origin
from briefing.sources.formats.urls import MAX_URL_CHARS
from briefing.state import Resource

if TYPE_CHECKING:
    from typing import Literal

    from briefing.sources.fetching.http import Answer

DAY = timedelta(days=1)
# A stored copy stands in where the site is in trouble, not where it says no.
KEPT: frozenset[Fault] = frozenset(("network", "timeout", "server", "limited", "offline"))
# What says nothing of the resource, since no answer of its server came.
_UNANSWERED: frozenset[Fault] = frozenset(("network", "timeout", "tls", "private", "address"))
_MOVED = frozenset((301, 302, 303, 307, 308))
_FOR_GOOD = frozenset((301, 308))
_GONE_AFTER = 3
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CHARSET = re.compile(r"[\w.:-]{1,40}", re.ASCII)
_LOGIN = re.compile(r"//[^/?#]*@")
_CHALLENGE = re.compile(rb"challenge-platform|cf-chl|<title>Just a moment", re.IGNORECASE)
_HEAD_BYTES = 256 * 1024
# An ETag is a few dozen characters; a site that sends a novel gets no conditional requests.
_MAX_VALUE_CHARS = 1000

_STATUS: Mapping[int, tuple[Fault, str]] = {
    401: ("refused", "asks for a login (401): set user_env and password_env, or headers_env, for this source"),
    403: ("refused", "refuses us (403): it may offer another feed, or not want to be read by programs"),
    404: ("missing", "not found (404)"),
    407: ("refused", "the proxy asks for a login (407): name it in the proxy's address in the environment"),
    410: ("gone", "gone for good (410): it is no longer asked; remove it from the configuration"),
    451: ("refused", "withheld for legal reasons (451)"),
}


class Moment(NamedTuple):
    """What a run goes by: its clock, and whether it may ask or should ask anew.

    `offline` opens no socket to anywhere; `refresh` asks anew for what is fresh or was gone.
    """

    now: datetime
    offline: bool = False
    refresh: bool = False


class Arrival(NamedTuple):
    """The answer at the end of a chain of redirects; `confirmed`: it said that the stored copy still holds."""

    url: str
    answer: Answer
    permanent: bool = False
    confirmed: bool = False


def fit(url: str) -> str:
    """A URL that may be asked for, without its fragment. Raises FetchError ("address") for any other."""
    shown = _LOGIN.sub("//", url)
    shown = shown if len(shown) <= 80 else shown[:80] + "…"
    if len(url) > MAX_URL_CHARS:
        raise FetchError("address", f"{shown}: the address is longer than {MAX_URL_CHARS:,} characters")
    if _CONTROLS.search(url):
        raise FetchError("address", f"{shown!r}: the address holds control characters")
    try:
        whole = origin(url)[0] in {"http", "https"} and bool(host(url)) and "\\" not in urlsplit(url).netloc
    except ValueError:
        whole = False
    if not whole:
        raise FetchError("address", f"{shown}: not an address of the web: it needs http or https, and a host")
    if "@" in urlsplit(url).netloc:
        raise FetchError("address", f"{shown}: the address holds a login; name it by user_env and password_env")
    return urldefrag(url).url


def host(url: str) -> str:
    """The host that a URL's requests are counted for, in lower case and ASCII."""
    return (URL(url).raw_host or "").rstrip(".")


def site(url: str) -> str:
    """A URL's origin as the beginning of its URLs: "https://gazette.test:8080"."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


def ports(url: str, want: Want, allow_private: tuple[str, ...]) -> frozenset[int]:
    """The ports a URL may name: the web's own, that of what the user configured, any of a host allowed by name."""
    _, name, port = origin(url)
    configured = [want.access.home] if want.access.home else []
    configured += [] if want.role == "page" else [want.url]
    own = {80, 443, *(found for _, _, found in map(origin, configured) if found)}
    by_name = port and (name in allow_private or f"{name}:{port}" in allow_private)
    return frozenset(own | {port} if by_name and port else own)


def request_headers(url: str, access: Access, resource: Resource) -> dict[str, str]:
    """The headers of one hop: the login only for the site it is for, validators only where they came from."""
    headers = dict(access.headers) if access.covers(url) else {}
    if url == (resource.final or resource.url):
        if resource.etag:
            headers["If-None-Match"] = resource.etag
        if resource.modified:
            headers["If-Modified-Since"] = resource.modified
    return headers


def target(url: str, answer: Answer) -> str | None:
    """Where a redirect leads; None for an answer that is none. Raises FetchError ("redirect")."""
    if answer.status not in _MOVED:
        return None
    raw = answer.headers.get("location", "").strip()
    try:
        if not raw:
            raise FetchError("redirect", "it does not say where")
        joined = urljoin(url, raw)
        # In raw UTF-8, against the standard and often: yarl writes the host by IDNA, the rest percent-encoded.
        return fit(joined if joined.isascii() else str(URL(joined)))
    except (FetchError, ValueError) as error:
        raise FetchError("redirect", f"{host(url)}: redirects ({answer.status}) nowhere: {error}") from None


def for_good(answer: Answer) -> bool:
    """Whether a redirect is one for good."""
    return answer.status in _FOR_GOOD


def passing(outcome: Answer | FetchError) -> bool:
    """Whether trouble may be over in a moment: a dropped connection, or a server error that names no time."""
    if isinstance(outcome, FetchError):
        return outcome.fault == "network"
    return outcome.status >= 500 and not _challenged(outcome) and "retry-after" not in outcome.headers


def trouble_of_site(url: str, outcome: Answer | FetchError) -> FetchError | None:
    """The trouble that says as much of the site's other pages: no answer in time, none at all, or "too many" (429)."""
    if isinstance(outcome, FetchError):
        return outcome if outcome.fault in {"network", "timeout"} else None
    return FetchError("limited", f"{host(url)}: asks for fewer requests (429)") if outcome.status == 429 else None


def jitter(url: str, now: datetime, cap_s: float) -> float:
    """The wait before a second try, 0 to `cap_s` seconds: spread over URLs and runs, the same for the same two."""
    return random.Random(f"{url} {now.isoformat()}").uniform(0, cap_s)  # noqa: S311 - spreads load, hides nothing


def barred(resource: Resource, run: Moment, reserved_s: float) -> FetchError | None:
    """Why a URL is not asked for now, if it is not; an opt-out seen on it holds for `reserved_s`."""
    name = host(resource.url)
    if resource.dead and not run.refresh:
        return FetchError("gone", f"{name}: {_STATUS[410][1]}")
    if resource.reserved and not run.refresh and _younger(resource.checked, run.now, reserved_s):
        return _reserved(name)
    if run.offline:
        return FetchError("offline", f"{name}: not asked, since this run is offline")
    # A time more than a day ahead was set by a clock that was wrong.
    if resource.not_before and run.now < resource.not_before <= run.now + DAY:
        return FetchError("limited", f"{name}: asked us to wait until {_minute(resource.not_before)}")
    return None


def fresh(resource: Resource, run: Moment, age_s: float) -> bool:
    """Whether the stored copy is too young to ask again."""
    return not run.refresh and not resource.fault and _younger(resource.checked, run.now, age_s)


def _younger(when: datetime | None, now: datetime, age_s: float) -> bool:
    return when is not None and timedelta(0) <= now - when < timedelta(seconds=age_s)


def _minute(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def retry_after(headers: Mapping[str, str], moment: datetime) -> datetime | None:
    """When a server asks to come back (RFC 9110, 10.2.3), a day ahead at most; None where it does not say."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:10])
    else:
        when, sent = _http_date(value), _http_date(headers.get("date", ""))
        if when is None:
            return None
        # By the server's own clock where it tells it: ours may be wrong.
        seconds = (when - (sent or moment)).total_seconds()
    return moment + min(timedelta(seconds=seconds), DAY) if seconds > 0 else None


def _http_date(value: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def hold(answer: Answer, moment: datetime, revisit_s: float) -> datetime | None:
    """Until when an answer asks for no more requests: 429 always, 503 where it says so; None for any other."""
    if answer.status not in {429, 503} or _challenged(answer):
        return None
    until = retry_after(answer.headers, moment)
    return until or (moment + min(timedelta(seconds=revisit_s), DAY) if answer.status == 429 else None)


def fault(arrival: Arrival, until: datetime | None, failures: int) -> FetchError | None:
    """What is wrong with an answer, if anything; `failures` is how many runs in a row failed before."""
    answer, name = arrival.answer, host(arrival.url)
    if arrival.confirmed or answer.status == 200:
        return None if arrival.confirmed or answer.body.strip() else FetchError("server", f"{name}: empty answer")
    if _challenged(answer):
        return FetchError("refused", f"{name}: asks for a browser ({answer.status}), and we do not pose as one")
    if until:
        return FetchError("limited", f"{name}: asks us ({answer.status}) to wait until {_minute(until)}")
    if answer.status >= 500:
        return FetchError("server", f"{name}: server in trouble ({answer.status})")
    if answer.status in {204, 205}:
        return FetchError("server", f"{name}: empty answer ({answer.status})")
    kind, words = _STATUS.get(answer.status, ("status", f"unexpected answer ({answer.status})"))
    if kind == "missing" and failures + 1 >= _GONE_AFTER:
        words += f", failing {failures + 1} runs in a row: gone? Look for its new address, or remove it"
    return FetchError(kind, f"{name}: {words}")


def _challenged(answer: Answer) -> bool:
    """Cloudflare's check for browsers: by its header, or by its page."""
    if answer.headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    cloudflare = "cloudflare" in answer.headers.get("server", "").lower()
    return cloudflare and answer.status in {403, 503} and bool(_CHALLENGE.search(answer.body))


def _reserved(name: str) -> FetchError:
    return FetchError("reserved", f"{name}: the page keeps itself from text and data mining")


def html_head(answer: Answer) -> str:
    """The beginning of an answer that is HTML, or does not say what it is, for its `<meta>` elements."""
    kind = media_type(answer)[0]
    if kind and "html" not in kind:
        return ""
    head = answer.body[:_HEAD_BYTES]
    return head.decode("utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "latin-1", "replace")


def media_type(answer: Answer) -> tuple[str, str | None]:
    """The media type of an answer ("" where it gives none) and its charset, both in lower case."""
    value = answer.headers.get("content-type", "")[:_MAX_VALUE_CHARS]
    if "/" not in value or _CONTROLS.search(value):
        return "", None
    # Not EmailMessage: its parser goes as deep as the value has brackets, and raises RecursionError.
    message = Message()
    message["Content-Type"] = value
    charset = message.get_content_charset() or ""
    return message.get_content_type(), charset if _CHARSET.fullmatch(charset) else None


def failed(resource: Resource, error: FetchError, now: datetime, until: datetime | None = None) -> Resource:
    """What is remembered of a URL that gave trouble; the stored copy stays."""
    return resource.replace(
        failures=resource.failures + 1,
        fault=_CONTROLS.sub("?", str(error)),
        dead=error.fault == "gone",
        not_before=until,
        checked=resource.checked if error.fault in _UNANSWERED else now,
    )


def received(resource: Resource, arrival: Arrival, body: str | None, now: datetime) -> Resource:
    """What is remembered of a URL whose body came and lies at an address of the stored bodies, or nowhere."""
    kind, charset = media_type(arrival.answer)
    came = _checked(resource, arrival, now)
    return came.replace(
        body=body,
        media_type=kind,
        charset=charset,
        fetched=now,
        etag=_validator(arrival.answer, "etag"),
        modified=_validator(arrival.answer, "last-modified"),
    )


def confirmed(resource: Resource, arrival: Arrival, now: datetime) -> Resource:
    """What is remembered of a URL whose stored copy still holds (304)."""
    return _checked(resource, arrival, now).replace(
        etag=_validator(arrival.answer, "etag") or resource.etag,
        modified=_validator(arrival.answer, "last-modified") or resource.modified,
    )


def reserved(resource: Resource, arrival: Arrival, now: datetime) -> tuple[Resource, FetchError]:
    """What is remembered of a page that keeps itself from text and data mining: that it does, and no copy."""
    seen = _checked(resource, arrival, now)
    return seen.replace(reserved=True, body=None, etag=None, modified=None), _reserved(host(arrival.url))


def absent(url: str, body: str | None, now: datetime) -> Resource:
    """What is remembered of a site's robots.txt or tdmrep.json that is not there: an empty one."""
    return Resource(url=url, final=url, body=body, fetched=now, checked=now)


def _checked(resource: Resource, arrival: Arrival, now: datetime) -> Resource:
    moved = arrival.url if arrival.permanent and arrival.url != resource.url else None
    return resource.replace(
        final=arrival.url,
        moved_to=moved,
        reserved=False,
        checked=now,
        not_before=None,
        failures=0,
        fault="",
        dead=False,
    )


def _validator(answer: Answer, name: str) -> str | None:
    value = answer.headers.get(name, "")
    fits = value.isascii() and value.isprintable() and len(value) <= _MAX_VALUE_CHARS
    return value if value and fits else None


def fetched(
    resource: Resource,
    body: bytes,
    how: Literal["fetched", "unchanged", "fresh", "kept"],
    now: datetime,
    fault: str = "",
) -> Fetched:
    """A body as its source is given it."""
    return Fetched(
        url=resource.url,
        final=resource.final or resource.url,
        body=body,
        media_type=resource.media_type,
        charset=resource.charset,
        as_of=resource.fetched or now,
        how=how,
        moved_to=resource.moved_to,
        fault=fault,
    )
