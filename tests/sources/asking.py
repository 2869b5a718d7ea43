"""One exchange with a server, as a test asks for it."""

import asyncio
import socket
import time

import pytest

from briefing.sources.fetching.exchange import Bounds, FetchError
from briefing.sources.fetching.http import Transport, Wire

LOOPBACK = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "localhost", "::1")


def got(url, headers=(), *, wire=None, **options):
    """One exchange in a loop of its own; loopback is allowed unless `wire` says otherwise."""

    async def ask():
        async with Transport(wire or wired()) as transport:
            return await transport.get(url, dict(headers), Bounds(**options))

    return asyncio.run(ask())


def wired(**settings):
    return Wire(**{"user_agent": "briefing/1 (desk@example.org)", "allow_private": LOOPBACK, **settings})


def fault(url, headers=(), **options):
    """The fault of an exchange, its words, and how long it took."""
    started = time.monotonic()
    with pytest.raises(FetchError) as caught:
        got(url, headers, **options)
    return caught.value.fault, str(caught.value), time.monotonic() - started


def named(monkeypatch, **addresses):
    """Host names for this test: each look-up gives the next list of addresses, the last one stays. Gives the log."""
    asked = []

    def look_up(host, port, family=0, kind=0, proto=0, flags=0):
        asked.append(host)
        lists = addresses.get(host.partition(".")[0])
        if not lists:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = lists.pop(0) if len(lists) > 1 else lists[0]
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
