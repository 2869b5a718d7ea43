"""The only module that opens sockets to the web: one bounded HTTP exchange at a time.

    get(url) ─ URL and port ─ slot ─┬─ deadline ───────────────────────────────────────┬─ Answer
                                    └ look-up ─ guard ─ connect ─ TLS ─ headers ─ body ┘  or FetchError

What holds whatever the server does: the deadline covers everything between its two marks; the cap counts
unpacked bytes; and the address that was checked is the one that is connected, because each exchange has a
connection, and a look-up, of its own.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from typing import Any, NamedTuple, Self
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict
from pydantic import Field
from yarl import URL

from briefing.sources.fetching.addresses import forbidden, literal
from briefing.sources.fetching.exchange import Bounds, Fault, FetchError
from briefing.sources.fetching.unpacking import PackingError, unpacking
from briefing.types import Record

# 16 kB unpack to 16 MB at most: so long may other exchanges have to wait for their turn.
_CHUNK = 16 * 1024
# Enough to recognise the page of a refusal.
_REFUSAL_BYTES = 64 * 1024
# What packing may add to data that cannot be packed; beyond it, input without output is an attack.
_SLACK_BYTES = 64 * 1024
# Content-Security-Policy headers of news sites pass aiohttp's 8 kB. It takes 128 headers.
_HEADER_BYTES = 32 * 1024

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_USUAL = Bounds()
_HOST_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?", re.IGNORECASE)


class Wire(Record):
    """How the web is spoken to. `allow_private` names hosts, as "host" or "host:port", that may be private."""

    user_agent: str
    deadline_s: float = Field(20.0, gt=0)
    max_bytes: int = Field(15_000_000, gt=0)
    connections: int = Field(64, gt=0)
    allow_private: tuple[str, ...] = ()


class Answer(NamedTuple):
    """What a server answered. `headers` have lower-case names, repeated ones joined by a comma.

    `body` is unpacked: whole for status 200, its first 64 kB for a refusal (400 and up), else empty.
    `seconds` is how long all of it took.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Transport:
    """Bounded HTTP exchanges, so many at once. An async context manager; belongs to one event loop.

    Proxies come from the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY); cookies are not kept.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._allowed = frozenset(entry.lower() for entry in wire.allow_private)
        self._slots = asyncio.Semaphore(wire.connections)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._tls, self._insecure_tls = _verifying(), _trusting()
        self._guarded = await self._stack.enter_async_context(_session(_Names(guard=True), _guarded_socket))
        self._open = await self._stack.enter_async_context(_session(_Names(guard=False), None))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        # Closed transports let go of their sockets in the loop's next round.
        await asyncio.sleep(0)

    async def get(self, url: str, headers: Mapping[str, str], bounds: Bounds = _USUAL) -> Answer:
        """One GET; no redirect is followed, nothing is asked twice. Waiting for a slot costs no deadline.

        Raises FetchError: "address" (the URL or a header cannot be used), "private", "network", "tls",
        "timeout", "too_large" (body or headers), "encoding" (packed in a way that cannot be bounded).
        """
        target = _target(url)
        exempt = self._admitted(target, bounds.ports)
        proxy = _proxy(target)
        session = self._open if exempt or proxy else self._guarded
        request = _Request(
            target, self._headers(headers), proxy, self._insecure_tls if bounds.insecure else self._tls,
            bounds.max_bytes or self._wire.max_bytes,
        )  # fmt: skip
        limit_s = self._wire.deadline_s if bounds.deadline_s is None else bounds.deadline_s
        async with self._slots:
            return await _within(limit_s, session, request)

    def _admitted(self, target: URL, ports: frozenset[int]) -> bool:
        """Whether `allow_private` names the target; raises FetchError for one that must not be asked."""
        host, port = (target.raw_host or "").rstrip("."), target.port
        names = {host, f"[{host}]", target.host}
        if self._allowed & (names | {f"{name}:{port}" for name in names}):
            return True
        if port not in ports:
            raise FetchError(
                "address", f"{host}: port {port} is not one of the web's; sources name others in their URL"
            )
        if host == "localhost" or host.endswith(".localhost"):
            raise _private(host, host, "loopback")
        if (address := literal(host)) and (reason := forbidden(host)):
            raise _private(host, str(address), reason)
        return False

    def _headers(self, given: Mapping[str, str]) -> CIMultiDict[str]:
        headers = CIMultiDict({"User-Agent": self._wire.user_agent})
        headers.update(given)
        headers["Accept-Encoding"] = "gzip"
        for name, value in headers.items():
            if _CONTROL.search(name + value) or not _encodable(name + value):
                raise FetchError("address", f"the request header {name!a} holds characters that cannot be sent")
        return headers


class _Request(NamedTuple):
    target: URL
    headers: CIMultiDict[str]
    proxy: URL | None
    tls: ssl.SSLContext
    max_bytes: int

    @property
    def host(self) -> str:
        return self.target.host or ""


async def _within(limit_s: float, session: aiohttp.ClientSession, request: _Request) -> Answer:
    started = time.monotonic()
    try:
        async with asyncio.timeout(limit_s):
            status, headers, body = await _exchange(session, request)
    except TimeoutError:
        raise FetchError("timeout", f"{request.host}: no whole answer within {limit_s:g} s") from None
    except aiohttp.ClientError as error:
        raise _explained(error, request) from error
    return Answer(status, headers, body, time.monotonic() - started)


async def _exchange(session: aiohttp.ClientSession, request: _Request) -> tuple[int, dict[str, str], bytes]:
    async with session.get(
        request.target,
        headers=request.headers,
        proxy=request.proxy,
        ssl=request.tls,
        allow_redirects=False,
        middlewares=(_asked_once(request),),
    ) as response:
        headers, body = _decoded(response.raw_headers), bytearray()
        if response.status == 200:
            await _read(response.content, headers, body, request)
        elif response.status >= 400:
            # The status is the answer; a broken page of it changes nothing.
            with suppress(FetchError, aiohttp.ClientError):
                await _read(response.content, headers, body, request._replace(max_bytes=_REFUSAL_BYTES))
        return response.status, headers, bytes(body)


async def _read(content: aiohttp.StreamReader, headers: Mapping[str, str], body: bytearray, request: _Request) -> None:
    """Append the unpacked body up to the cap. The Content-Length is not believed."""
    received = 0
    try:
        packed = unpacking(headers.get("content-encoding", ""))
        async for chunk in content.iter_chunked(_CHUNK):
            received += len(chunk)
            for piece in packed.feed(chunk) if packed else (chunk,):
                room = request.max_bytes - len(body)
                body += piece[:room]
                if len(piece) > room or received > request.max_bytes + _SLACK_BYTES:
                    raise _too_large(request)
                await asyncio.sleep(0)
    except PackingError as error:
        raise FetchError("encoding", f"{request.host}: {error}") from error
    if packed and not packed.whole:
        raise FetchError("network", f"{request.host} closed the connection before the answer was whole")


def _too_large(request: _Request) -> FetchError:
    return FetchError(
        "too_large", f"{request.host}: the answer is larger than {request.max_bytes:,} bytes (`max_bytes`)"
    )


def _target(url: str) -> URL:
    # What stands before an @ may be a password.
    shown = ascii(url.rpartition("@")[2][:100])
    if _CONTROL.search(url):
        raise FetchError("address", f"control characters in the URL {shown}")
    try:
        target = URL(url)
    except ValueError as error:
        raise FetchError("address", f"not a URL: {shown}") from error
    if target.scheme not in {"http", "https"} or not target.raw_host:
        raise FetchError("address", f"not a web address: {shown}")
    if target.raw_user is not None or target.raw_password is not None:
        raise FetchError("address", f"{target.host}: a user name in a URL is not sent; name it in `user_env`")
    if not _HOST_NAME.fullmatch(target.raw_host) and not literal(target.raw_host):
        raise FetchError("address", f"not a host name: {target.raw_host[:100]!a}")
    return target


def _proxy(target: URL) -> URL | None:
    """The proxy that the environment names for a URL. aiohttp's own reading (trust_env) would send .netrc as well."""
    proxies = getproxies()
    named = proxies.get(target.scheme) or proxies.get("all")
    if not named or proxy_bypass(f"{target.raw_host}:{target.port}"):
        return None
    try:
        proxy = URL(named if "://" in named else f"http://{named}")
    except ValueError:
        proxy = URL()
    if proxy.scheme not in {"http", "https"} or not proxy.host:
        raise FetchError("network", f"{target.host}: the proxy set in the environment is no http or https URL")
    return proxy


def _encodable(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


def _decoded(raw: tuple[tuple[bytes, bytes], ...]) -> dict[str, str]:
    """Headers as text that can be stored and sent again: UTF-8, or Latin-1 where it is not."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name = raw_name.decode("ascii", "replace").lower()
        try:
            value = raw_value.decode()
        except UnicodeDecodeError:
            value = raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _session(names: AbstractResolver, socket_factory: Callable[[Any], socket.socket] | None) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        resolver=names,
        use_dns_cache=False,
        socket_factory=socket_factory,
        force_close=True,
        limit=0,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
        auto_decompress=False,
        trust_env=False,
        max_line_size=_HEADER_BYTES,
        max_field_size=_HEADER_BYTES,
    )


def _asked_once(request: _Request) -> aiohttp.ClientMiddlewareType:
    """What keeps aiohttp from silently repeating a GET whose connection broke: that is for the caller to decide."""

    async def ask(asked: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        try:
            return await handler(asked)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            raise _explained(error, request) from error

    return ask


class _Names(AbstractResolver):
    """getaddrinfo() in a thread of its own, with the addresses left out that must not be connected to.

    A look-up cannot be stopped: a daemon thread keeps neither the loop nor the program from ending, and
    hanging ones do not hold up the others.
    """

    def __init__(self, *, guard: bool) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises OSError where there are none, FetchError where all are forbidden."""
        found: Future[list[ResolveResult]] = Future()
        threading.Thread(target=_look_up, args=(found, host, port, family), name=f"look up {host}", daemon=True).start()
        results = await asyncio.wrap_future(found)
        refused = {result["host"]: forbidden(result["host"]) for result in results} if self._guard else {}
        allowed = [result for result in results if not refused.get(result["host"])]
        if results and not allowed:
            address, reason = next(iter(refused.items()))
            raise _private(host, address, reason or "")
        return allowed

    async def close(self) -> None:
        """Nothing is held."""


def _look_up(found: Future[list[ResolveResult]], host: str, port: int, family: socket.AddressFamily) -> None:
    found.set_running_or_notify_cancel()
    try:
        infos = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    except (OSError, ValueError, RuntimeError) as error:
        found.set_exception(error)
        return
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    found.set_result(
        [
            ResolveResult(hostname=host, host=str(info[4][0]), port=port, family=info[0], proto=info[2], flags=numeric)
            for info in infos
        ]
    )


def _guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """A socket for an address about to be connected to: the last gate, and the only one for literal addresses."""
    family, kind, protocol, _, address = info
    if reason := forbidden(address[0]):
        raise PermissionError(f"{address[0]} is {reason}")
    return socket.socket(family, kind, protocol)


def _verifying() -> ssl.SSLContext:
    """The system's certificates and certifi's, or those alone that SSL_CERT_FILE or SSL_CERT_DIR name."""
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


def _private(host: str, address: str, reason: str) -> FetchError:
    where = host if host == address else f"{host} leads to {address}, which"
    return FetchError(
        "private", f"{where} is not a public address ({reason}); if it is meant, name {host!a} in `[web] allow_private`"
    )


def _explained(error: aiohttp.ClientError, request: _Request) -> FetchError:
    if isinstance(error, aiohttp.ClientResponseError) and error.message.startswith(_HEADER_FLOOD):
        return FetchError("too_large", f"{request.host} sends too many headers, or one that is too long")
    for kind, fault, words in _TROUBLE:
        if isinstance(error, kind):
            return FetchError(fault, f"{request.host} {words(error, request)}")
    return FetchError("network", f"{request.host} closed the connection before the answer was whole")


def _proxy_words(error: aiohttp.ClientHttpProxyError, request: _Request) -> str:
    return f"could not be asked: the proxy {_proxy_name(request)} answered {error.status}"


def _proxy_name(request: _Request) -> str:
    return f"{request.proxy.host}:{request.proxy.port}" if request.proxy else ""


def _connection_words(error: aiohttp.ClientConnectorError, request: _Request) -> str:
    words = _reason(error.os_error)
    if request.proxy and (error.host, error.port) == (request.proxy.host, request.proxy.port):
        return f"could not be asked: the proxy {_proxy_name(request)} {words}"
    return words


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        unknown = error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)}
        return "is not a known name" if unknown else "could not be looked up (no network?)"
    if isinstance(error, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(error, ConnectionError):
        return "closed the connection before it answered"
    return f"could not be reached ({error.strerror or error})"


def _tls_words(error: aiohttp.ClientConnectorSSLError, _: object) -> str:
    return f"makes no secure connection ({getattr(error.os_error, 'reason', None) or error.os_error})"


# How aiohttp says so.
_HEADER_FLOOD = ("Too many headers", "Got more than")

# X509_V_ERR_... of OpenSSL's x509_vfy.h
_CERTIFICATE_FAULTS = {
    9: "is not valid yet (or this computer's clock is wrong)",
    10: "has expired (or this computer's clock is wrong)",
    18: "is signed by itself alone",
    19: "comes from an authority that is not known here",
    20: "comes from an authority that is not known here",
    62: "is made out to another name",
    64: "is made out to another address",
}


def _certificate_words(error: aiohttp.ClientConnectorCertificateError, _: object) -> str:
    cause = error.certificate_error
    words = _CERTIFICATE_FAULTS.get(getattr(cause, "verify_code", 0), f"cannot be verified ({cause})")
    return f"shows a certificate that {words}; `insecure = true` for its source would take it unverified"


_TROUBLE: tuple[tuple[type[aiohttp.ClientError], Fault, Callable[[Any, _Request], str]], ...] = (
    (aiohttp.ClientConnectorCertificateError, "tls", _certificate_words),
    (aiohttp.ClientConnectorSSLError, "tls", _tls_words),
    (aiohttp.ClientHttpProxyError, "network", _proxy_words),
    (aiohttp.ClientConnectorError, "network", _connection_words),
    (aiohttp.InvalidURL, "address", lambda *_: "is not an address that can be asked"),
    (aiohttp.ClientResponseError, "network", lambda *_: "answers what cannot be read as HTTP"),
)
