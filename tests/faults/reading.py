"""One run of a briefing.toml in a process of its own, with what it cost and where it went.

    python -m tests.faults.reading OPTIONS      a JSON object, see `Options`

Without `arguments` the sources are read as a build reads them; with them the real command line runs. Either
way the file `report` gets what came of it as JSON. Nothing leaves the machine: every address that a socket is
to be connected to is noted, and one that is not loopback is refused.
"""

import errno
import json
import os
import socket
import sys
import time
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from pydantic import BaseModel

from briefing import config, pipeline, workers
from briefing.commands import online
from briefing.plugins import Reading
from briefing.sources.fetching import http
from briefing.sources.fetching.addresses import forbidden, literal
from tests.sources.servers import peak_bytes

# What a build imports on its way, so that it is not taken for memory that a feed costs.
HEAVY = (
    "aiohttp", "charset_normalizer", "courlan", "lxml.html", "trafilatura", "briefing.sources.feeds", "briefing.sources.fetching.fetch",
    "briefing.sources.web", "briefing.stages.clean.extract", "briefing.stages.clean.metadata",
)  # fmt: skip


class Options(BaseModel):
    """`names`: the addresses that each look-up of a host gives in turn, the last list stays. Of addresses, those
    that are `public` pass for public, and to those `unreachable` there is no way.
    """

    config: Path
    now: datetime
    report: Path
    names: dict[str, list[list[str]]] = {}
    public: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


def main() -> None:
    options = Options.model_validate_json(sys.argv[1])
    connected: list[str] = []
    sys.addaudithook(lambda event, args: event == "socket.connect" and noted(connected, args[1], options.unreachable))
    socket.getaddrinfo = looked_up(options.names, socket.getaddrinfo)
    http.forbidden = lambda address: None if address in options.public else forbidden(address)
    for module in HEAVY:
        __import__(module)
    before, started, used, found, code = forgotten_peak(), time.monotonic(), time.process_time(), Reading(), 0
    try:
        if options.arguments:
            code = commanded(options.arguments)
        else:
            found = read(options)
    finally:
        took = {"seconds": time.monotonic() - started, "cpu_s": time.process_time() - used}
        cost = {**took, "growth": peak_bytes() - before}
        options.report.write_text(json.dumps({**told(found), **cost, "connected": connected, "code": code}))


def read(options: Options) -> Reading:
    settings = config.load(options.config)
    run = online.Run(day=options.now.date().isoformat(), now=options.now)
    with online.opened(settings, run) as desk, workers.waiting(len(desk.sources)) as reads:
        return pipeline.read(desk.sources, options.now, reads)


def commanded(arguments: tuple[str, ...]) -> int:
    from briefing import cli

    sys.argv = ["briefing", *arguments]
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def told(reading: Reading) -> dict[str, object]:
    documents = [
        {
            "item": d.item, "list": d.folder, "title": d.declared.title, "chars": len(d.text), "source": d.declared.source,
            "url": d.declared.url, "text": d.text[:2000],
        }
        for d in reading.documents
    ]  # fmt: skip
    return {
        "documents": documents,
        "failures": [failure.model_dump() for failure in reading.failures],
        "health": [health.model_dump() for health in reading.health],
    }


def noted(connected, address, unreachable):
    host = address[0] if isinstance(address, tuple) else ""
    if isinstance(host, str) and host and not host.startswith("/"):
        connected.append(host)
        if host in unreachable:
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        if not ip_address(host.partition("%")[0]).is_loopback:
            raise RuntimeError(f"a test tried to reach the network: {host}")


def looked_up(names, real):
    def look_up(host, port, family=0, kind=0, proto=0, flags=0):
        if literal(host):
            return real(host, port, family, kind, proto, flags)
        lists = names.get(host)
        if not lists:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = lists.pop(0) if len(lists) > 1 else lists[0]
        families = ((socket.AF_INET6 if ":" in ip else socket.AF_INET, ip) for ip in found)
        return [(family, socket.SOCK_STREAM, 6, "", (ip, port)) for family, ip in families]

    return look_up


def forgotten_peak() -> int:
    """The memory held now, from which the peak is counted anew where the system can."""
    if os.access("/proc/self/clear_refs", os.W_OK):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_bytes()


if __name__ == "__main__":
    main()
