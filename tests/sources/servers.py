"""Loopback servers that misbehave as they are told.

    with farm() as servers:
        site = servers.site({"/feed": reply(b"..."), "/slow": drip_body(every_s=0.1)}, host="127.0.0.2")
        site.url("/feed"), site.requests, site.heads, site.accepted, site.most_open

A route is a coroutine that gets the `Exchange` and writes what it likes; every connection is closed after
one answer. All sites of a farm run on one event loop in a thread of its own; nothing large is ever held.
"""

import asyncio
import gzip
import http.client
import resource
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

MEGABYTE = 1024 * 1024

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


class Request(NamedTuple):
    """One request as it arrived; `at` is monotonic, header names are lower-case."""

    at: float
    method: str
    path: str
    headers: dict[str, str]


class Exchange:
    """One connection: what was asked, and the pen to answer with."""

    def __init__(self, site: "Site", request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.site, self.request, self.reader, self.writer = site, request, reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int = 200, headers: Headers = ()) -> None:
        """Status line and headers, noted in `site.heads`."""
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        lines = [f"HTTP/1.1 {status} {_phrase(status)}", *(f"{k}: {v}" for k, v in pairs), "Connection: close", "", ""]
        self.site.heads.append(time.monotonic())
        await self.send("\r\n".join(lines).encode())


Route = Callable[[Exchange], Awaitable[None]]


class Site:
    """One server. `accepted` counts connections, `most_open` those at once, `heads` when answers' headers left."""

    def __init__(self, routes: Mapping[str, Route] | Route, host: str, tls: bool):
        self.routes, self.host, self.tls, self.port = routes, host, tls, 0
        self.requests: list[Request] = []
        self.heads: list[float] = []
        self.accepted = self.open_now = self.most_open = 0

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"http{'s' if self.tls else ''}://{host or self.host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            if request := await _request(reader):
                self.requests.append(request)
                await self._route(request.path)(Exchange(self, request, reader, writer))
                if writer.can_write_eof():
                    writer.write_eof()
                writer.close()
                await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open_now -= 1
            writer.transport.abort()

    def _route(self, path: str) -> Route:
        if callable(self.routes):
            return self.routes
        return self.routes.get(path.partition("?")[0], reply(b"not here", 404))


class Farm:
    """Sites on one event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="farm")
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread.start()

    def site(
        self,
        routes: Mapping[str, Route] | Route,
        host: str = "127.0.0.1",
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> Site:
        site = Site(routes, host, tls is not None)
        self._do(self._open(site, port, tls))
        return site

    def close(self) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self, site: Site, port: int, tls: ssl.SSLContext | None) -> None:
        def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self._loop.create_task(site.serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        server = await asyncio.start_server(serve, site.host, port, ssl=tls, backlog=1024)
        site.port = server.sockets[0].getsockname()[1]
        self._servers.append(server)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # Aborted transports let go of their sockets in the loop's next rounds.
        await asyncio.sleep(0.01)


@contextmanager
def farm() -> Iterator[Farm]:
    servers = Farm()
    try:
        yield servers
    finally:
        servers.close()


# What behaves.


def reply(body: bytes = b"", status: int = 200, headers: Headers = (), *, after_s: float = 0.0) -> Route:
    """A whole answer, after a while."""
    pairs = tuple(headers.items() if isinstance(headers, Mapping) else headers)

    async def route(exchange: Exchange) -> None:
        await asyncio.sleep(after_s)
        await exchange.head(status, (*pairs, ("Content-Length", str(len(body)))))
        await exchange.send(body)

    return route


def gzipped(body: bytes, headers: Headers = ()) -> Route:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return reply(gzip.compress(body), headers=(*pairs, ("Content-Encoding", "gzip")))


def redirect(to: str, status: int = 301) -> Route:
    return reply(b"moved", status, {"Location": to})


def conditional(body: bytes, etag: str = '"v1"', headers: Headers = ()) -> Route:
    """The body, or 304 to who has it already."""
    pairs = (("ETag", etag), *(headers.items() if isinstance(headers, Mapping) else headers))

    async def route(exchange: Exchange) -> None:
        known = exchange.request.headers.get("if-none-match") == etag
        await (reply(b"", 304, pairs) if known else reply(body, 200, pairs))(exchange)

    return route


def in_turn(*routes: Route) -> Route:
    """A route for each request in turn; the last one stays."""
    left = list(routes)

    async def route(exchange: Exchange) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(exchange)

    return route


# What is slow, or never ends.


async def hang(exchange: Exchange) -> None:
    """Nothing at all."""
    await asyncio.sleep(3600)


def drip_headers(every_s: float = 1.0) -> Route:
    """A header that grows by one byte at a time."""

    async def route(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            await exchange.send(b"a")
            await asyncio.sleep(every_s)

    return route


def drip_body(every_s: float = 1.0, headers: Headers = ()) -> Route:
    """A body that grows by one byte at a time."""

    async def route(exchange: Exchange) -> None:
        await exchange.head(200, headers)
        while True:
            await exchange.send(b"a")
            await asyncio.sleep(every_s)

    return route


def endless(headers: Headers = (), status: int = 200) -> Route:
    """A body that comes as fast as it is taken and does not end."""

    async def route(exchange: Exchange) -> None:
        await exchange.head(status, headers)
        while True:
            await exchange.send(b"a" * 65536)

    return route


def bomb(unpacked: int) -> Route:
    """gzip of so many zeros: a thousandth of it travels, and only one megabyte is ever held."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    # After a full flush the next megabyte is packed into the same bytes again.
    block = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)

    async def route(exchange: Exchange) -> None:
        await exchange.head(200, {"Content-Encoding": "gzip", "Content-Type": "text/html"})
        await exchange.send(b"\x1f\x8b\x08\0\0\0\0\0\0\x03")
        checksum = 0
        for _ in range(unpacked // MEGABYTE):
            await exchange.send(block)
        for _ in range(unpacked // MEGABYTE):
            checksum = zlib.crc32(bytes(MEGABYTE), checksum)
            await asyncio.sleep(0)  # 2,000 of them would hold up every other server
        end = b"".join(number.to_bytes(4, "little") for number in (checksum, unpacked % 2**32))
        await exchange.send(b"\x03\0" + end)

    return route


# What is broken.


async def closed(exchange: Exchange) -> None:
    """The connection is closed without a word."""


def lying_length(body: bytes, says: int) -> Route:
    async def route(exchange: Exchange) -> None:
        await exchange.head(200, {"Content-Length": str(says)})
        await exchange.send(body)

    return route


def dropped(body: bytes, sent: int, headers: Headers = ()) -> Route:
    """So many bytes of a body whose length was announced, and no more."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers

    async def route(exchange: Exchange) -> None:
        await exchange.head(200, (*pairs, ("Content-Length", str(len(body)))))
        await exchange.send(body[:sent])

    return route


def twice_gzipped(body: bytes) -> Route:
    return reply(gzip.compress(gzip.compress(body)), headers={"Content-Encoding": "gzip, gzip"})


def encoded(body: bytes, coding: str, status: int = 200) -> Route:
    """A body under a Content-Encoding that it need not have."""
    return reply(body, status, {"Content-Encoding": coding})


def header_flood(count: int | None = None) -> Route:
    """So many short headers; without a number they do not end."""

    async def route(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\n")
        sent = 0
        while count is None or sent < count:
            await exchange.send(b"X-Flood: a\r\n" * 50)
            sent += 50
        await exchange.send(b"Content-Length: 0\r\n\r\n")

    return route


def long_header(size: int) -> Route:
    return reply(b"", headers={"X-Long": "a" * size})


def raw(data: bytes) -> Route:
    """Any bytes at all, where an answer is expected."""

    async def route(exchange: Exchange) -> None:
        exchange.site.heads.append(time.monotonic())
        await exchange.send(data)

    return route


# Proxies and certificates.


def tunnel(to: Site) -> Route:
    """A proxy's CONNECT: whatever host is asked for, it leads to this site."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()

    async def route(exchange: Exchange) -> None:
        reader, writer = await asyncio.open_connection(to.host, to.port)
        await exchange.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        pumps = [asyncio.ensure_future(pump(*ends)) for ends in ((exchange.reader, writer), (reader, exchange.writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in pumps:
                one.cancel()
            writer.transport.abort()

    return route


class Certificates(NamedTuple):
    """Contexts for servers; `authority` is the PEM file that `good`, `expired` and `wrong_host` are signed by."""

    authority: Path
    good: ssl.SSLContext
    expired: ssl.SSLContext
    wrong_host: ssl.SSLContext
    self_signed: ssl.SSLContext


def certificates(folder: Path) -> Certificates:
    """Certificates for 127.0.0.1 to 127.0.0.3, localhost and some hosts of `.example`, made by the openssl command."""
    names = "DNS:localhost,DNS:a.example,DNS:gazette.example,IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3"
    _openssl(folder, "req", "-x509", *_NEW_KEY, "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2",
             "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    _openssl(folder, "req", "-x509", *_NEW_KEY, "self.key", "-out", "self.pem", "-subj", "/CN=self", "-days", "2",
             "-addext", f"subjectAltName={names}")  # fmt: skip
    _signed(folder, "good", names, days=2)
    _signed(folder, "expired", names, days=-1)
    _signed(folder, "other", "DNS:other.example", days=2)
    contexts = (_server_context(folder, name) for name in ("good", "expired", "other", "self"))
    return Certificates(folder / "ca.pem", *contexts)


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout")


def _signed(folder: Path, name: str, alternatives: str, days: int) -> None:
    extensions = folder / f"{name}.ext"
    extensions.write_text(
        f"subjectAltName={alternatives}\nauthorityKeyIdentifier=keyid\nextendedKeyUsage=serverAuth\n", encoding="ascii"
    )
    _openssl(folder, "req", "-new", *_NEW_KEY, f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
             "-days", str(days), "-extfile", extensions.name, "-out", f"{name}.pem")  # fmt: skip


def _server_context(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(("openssl", *arguments), cwd=folder, check=True, capture_output=True)


def peak_bytes() -> int:
    """The most memory that this process has held. Linux's ru_maxrss starts at that of the parent, VmHWM does not."""
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def _request(reader: asyncio.StreamReader) -> Request | None:
    try:
        first_byte = await reader.readexactly(1)
        if not first_byte.isalpha():  # a TLS greeting
            return None
        head = first_byte + await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return None
    first, *lines = head.decode("utf-8", "replace").splitlines()
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    return Request(time.monotonic(), method, path, {name.lower(): value.strip() for name, _, value in pairs})


def _phrase(status: int) -> str:
    return http.client.responses.get(status, "Unheard of")
