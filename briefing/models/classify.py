"""What went wrong with a call, from what was seen of it: a pure function of status, body and exception names.

    Seen --fault--> Fault(kind, scope, how often to ask again, how long to wait)

The status is the one the server sent. litellm's own is not used: for its OpenAI route a 401 or 400
whose body holds "rate_limit" becomes a 429 (measured, 1.106.2).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from briefing.models import Scope
from briefing.text import one_line
from briefing.types import Record

ALWAYS = 1_000_000
"""`attempts` of a fault that any number of attempts may follow."""

_MESSAGE = 240
_FORMAT_STATUSES = frozenset({400, 404, 415, 422, 500, 501})
_REFUSED_STATUSES = frozenset({400, 403, 422, 451})
_TOO_LONG_STATUSES = frozenset({400, 413, 422, 500})

_FORMAT = re.compile(
    r"response[_ ]?format|json[_ ]schema|json[_ ](?:object|mode)|structured[_ ]output|output[_ ](?:format|config)"
    r"|response[_ ]?(?:json[_ ])?schema|grammar|no endpoints found that (?:support|can handle)",
    re.IGNORECASE,
)
_CONTEXT = re.compile(
    r"context[_ -]?(?:length|window|size)|maximum context|exceed_context|(?:prompt|input|request) (?:is )?too long"
    r"|too many (?:input )?tokens|input token count|maximum (?:number of )?tokens|request_too_large",
    re.IGNORECASE,
)
_POLICY = re.compile(r"content[_ ](?:policy|filter|management)|safety system|responsible ?ai|moderation", re.IGNORECASE)
_QUOTA = re.compile(
    r"insufficient[_ ](?:quota|balance|funds|credits)|billing|credit balance|exceeded your current quota|per ?day",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(r"api[_ ]key (?:not valid|not found|expired)|invalid[_ ](?:x-)?api[_ -]key", re.IGNORECASE)
_NO_KEY = re.compile(r"missing .{0,30}api key|api_key", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model\b.{0,80}(?:not (?:found|exist|available|a valid)|does not exist|unknown|decommissioned)"
    r"|(?:unknown|invalid|no such) model|provider not provided",
    re.IGNORECASE | re.DOTALL,
)
_NOT_AN_ANSWER = re.compile(r"invalid response|unable to get json|not a list|unterminated string", re.IGNORECASE)
_DELAY = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')

_TIMEOUTS = frozenset({"Timeout", "APITimeoutError", "TimeoutError", "ReadTimeout", "ConnectTimeout", "PoolTimeout"})
_UNREACHED = frozenset(
    {"ConnectError", "ConnectTimeout", "ClientConnectorError", "ClientConnectorDNSError", "ClientConnectorSSLError",
     "ClientConnectorCertificateError", "ConnectionRefusedError", "gaierror"}
)  # fmt: skip
_BROKEN_OFF = frozenset(
    {"ReadError", "WriteError", "RemoteProtocolError", "ServerDisconnectedError", "ClientPayloadError",
     "ClientOSError", "ConnectionResetError", "BrokenPipeError", "IncompleteRead"}
)  # fmt: skip
_UNREADABLE = frozenset(
    {"JSONDecodeError", "AttributeError", "IndexError", "KeyError", "TypeError", "ValidationError", "DecodingError",
     "APIResponseValidationError"}
)  # fmt: skip


class Seen(NamedTuple):
    """What was seen of a failed call: `names` are the classes of the exception and its causes.

    `status` and `headers` (lower-case names) are the server's own, None and empty where none answered.
    """

    names: frozenset[str]
    status: int | None
    body: str
    headers: Mapping[str, str] = {}


class Fault(Record):
    """A classified failure: `attempts` in all may be made, `after` seconds are asked for before the next.

    `billed` is whether tokens may have been paid for that no usage was reported of.
    """

    kind: str
    message: str
    scope: Scope = "story"
    attempts: int = 1
    after: float | None = None
    billed: bool = False


def fault(seen: Seen) -> Fault:
    """Classify a failed call."""
    if seen.status is not None and 300 <= seen.status < 400:
        moved = f"status {seen.status}: moved to {seen.headers.get('location', 'another address')}, not followed"
        return Fault(kind="not-found", message=_short(moved), scope="run")
    if seen.status is not None and seen.status >= 400:
        return _answered(seen, seen.status)
    return _unanswered(seen)


def verdict(finish: str | None, refusal: str | None, text: str | None) -> Fault | None:
    """Judge how an answer ended, before anything reads it; None where it is whole."""
    if refusal or finish in {"content_filter", "refusal", "safety"}:
        return Fault(kind="refusal", message=_short(refusal or "the provider's content filter stopped the answer"))
    if finish in {"length", "max_tokens"}:
        return Fault(kind="length", message="the answer was cut at its token limit")
    if not (text or "").strip():
        return Fault(kind="empty", message=f"no text in the answer (finish reason {finish})", attempts=2)
    return None


def switched(asked: str, reported: str) -> bool:
    """Whether another model answered than was asked: a dated version or a route prefix is no other model."""
    wanted, answered = (name.rpartition("/")[2].lower() for name in (asked, reported))
    version = answered.removeprefix(wanted)
    return not (answered.startswith(wanted) and re.fullmatch(r"(?:[-@:](?:\d[\d.-]*|latest|preview))?", version))


def redacted(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """A text without the given secrets, nor anything of the shape of a key, token or password in a URL."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[key]")
    text = re.sub(r"(?i)\bbearer\s+[^\s\"',]+", "Bearer [key]", text)
    text = re.sub(r"\b(?:sk|pk|rk|xox[abp]|ghp|gsk|AIza)[-_]?[\w*-]{6,}", "[key]", text)
    text = re.sub(r"(?i)([?&](?:api[-_]?key|key|token)=)[^&\s\"']+", r"\1[key]", text)
    return re.sub(r"://[^/\s:@]+:[^/\s@]+@", "://[key]@", text)


def _answered(seen: Seen, status: int) -> Fault:
    kind = _kind(status, seen.body, seen.headers)
    message = _short(f"status {status}: {_detail(seen.body)}")
    if kind in {"quota", "auth", "not-found"}:
        return Fault(kind=kind, message=message, scope="run")
    if kind in {"rate", "server"}:
        return Fault(kind=kind, message=message, attempts=ALWAYS, after=retry_after(seen.headers, seen.body))
    return Fault(kind=kind, message=message)


def _kind(status: int, body: str, headers: Mapping[str, str]) -> str:
    """Name the fault a status and body stand for; what the whole run shares comes first."""
    if status == 429:
        # Gemini's "exceeded your current quota" is also said of a minute's quota; then it names a delay.
        short = retry_after(headers, body) is not None and not re.search(r"(?i)insufficient[_ ]|per ?day", body)
        return "quota" if _QUOTA.search(body) and not short else "rate"
    if status == 402 or (status in {400, 403} and _QUOTA.search(body)):
        return "quota"
    tests = (
        (status in _REFUSED_STATUSES and _POLICY.search(body), "refusal"),
        (status in {401, 403} or (status == 400 and _BAD_KEY.search(body)), "auth"),
        (status == 413 or (status in _TOO_LONG_STATUSES and _CONTEXT.search(body)), "context"),
        (status in _FORMAT_STATUSES and _FORMAT.search(body), "format"),
        (status == 404 or (status in {400, 422} and _NO_MODEL.search(body)), "not-found"),
        (status in {408, 409, 425} or status >= 500, "server"),
    )
    return next((kind for holds, kind in tests if holds), "invalid")


def _unanswered(seen: Seen) -> Fault:
    """Classify what has no error status: it was never sent, never answered, or the answer cannot be read."""
    message = _short(_detail(seen.body))
    names = seen.names
    if names & _UNREACHED:
        return Fault(kind="connection", message=message, attempts=ALWAYS)
    if names & _TIMEOUTS:
        return Fault(kind="timeout", message=message or "no answer in time", attempts=ALWAYS, billed=True)
    if names & _BROKEN_OFF:
        return Fault(kind="connection", message=message, attempts=ALWAYS, billed=True)
    if names & _UNREADABLE or _NOT_AN_ANSWER.search(seen.body):
        return Fault(kind="invalid", message=f"not an answer: {message}", attempts=2, billed=True)
    return _refused_locally(names, message)


def _refused_locally(names: frozenset[str], message: str) -> Fault:
    """Classify what litellm raised by itself, before or after the request."""
    if "AuthenticationError" in names or _NO_KEY.search(message):
        return Fault(kind="auth", message=message, scope="run")
    if names & {"NotFoundError", "LiteLLMUnknownProvider"} or _NO_MODEL.search(message):
        return Fault(kind="not-found", message=message, scope="run")
    if "ContextWindowExceededError" in names:
        return Fault(kind="context", message=message)
    if "ContentPolicyViolationError" in names:
        return Fault(kind="refusal", message=message)
    if names & {"APIConnectionError", "InternalServerError"}:
        return Fault(kind="connection", message=message, attempts=ALWAYS, billed=True)
    return Fault(kind="invalid", message=message, attempts=1 if "BadRequestError" in names else 2, billed=True)


def retry_after(headers: Mapping[str, str], body: str = "") -> float | None:
    """Seconds a server asks to wait (RFC 9110 10.2.3, and Gemini's `retryDelay`); None where it does not say.

    A date counts from the server's own `Date`, so that no clock of ours is asked.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", value):
        return float(value)
    try:
        if value:
            wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
            return max(0.0, wait.total_seconds())
    except (TypeError, ValueError):
        return None
    delay = _DELAY.search(body)
    return float(delay[1]) if delay else None


def _detail(body: str) -> str:
    """Give the message inside a provider's error body, else the body without markup or traceback."""
    try:
        said = _said(json.loads(body))
    except (ValueError, RecursionError):
        said = ""
    return said or re.sub(r"<[^>]*>", " ", body.partition("Traceback (most recent")[0])


def _said(value: Any) -> str:
    if isinstance(value, list) and value:
        return _said(value[0])
    if isinstance(value, dict):
        return next((_said(value[key]) for key in ("error", "message", "detail") if key in value), "")
    return value if isinstance(value, str) else ""


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _MESSAGE else line[: _MESSAGE - 1] + "…"
