"""One exchange, bounded whatever the server does: address, time, size, packing, certificate, words."""

import asyncio
import gc
import gzip
import json
import random
import socket
import subprocess
import sys
import threading
import time
import zlib

import pytest

from briefing.sources.fetching.exchange import Bounds, FetchError
from briefing.sources.fetching.http import Transport
from tests.sources import servers as make
from tests.sources.asking import fault, got, named, wired
from tests.sources.servers import MEGABYTE

pytestmark = pytest.mark.usefixtures("environment")

# What a machine with a busy neighbour may add to a deadline.
SLACK_S = 0.6


# The exchange.


def test_an_answer_has_status_headers_and_body(farm):
    site = farm.site(make.reply(b"hello", headers={"Content-Type": "text/plain", "ETag": '"x"'}))
    answer = got(site.url("/a?b=c"), {"If-None-Match": '"w"'})
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"hello", '"x"')
    assert 0 < answer.seconds < 5
    (request,) = site.requests
    assert (request.method, request.path, request.headers["if-none-match"]) == ("GET", "/a?b=c", '"w"')
    assert request.headers["user-agent"] == "briefing/1 (desk@example.org)"


def test_only_gzip_is_asked_for_and_nothing_of_the_reader_is_told(farm, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("default login reader password secret\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    site = farm.site(make.reply(b"hello"))
    got(site.url(), {"accept-encoding": "br"})
    assert site.requests[0].headers["accept-encoding"] == "gzip"
    assert not {"authorization", "cookie", "referer"} & set(site.requests[0].headers)


def test_cookies_are_not_kept(farm):
    site = farm.site(make.reply(b"hello", headers={"Set-Cookie": "id=1; Path=/"}))

    async def twice():
        async with Transport(wired()) as transport:
            for _ in range(2):
                await transport.get(site.url(), {})

    asyncio.run(twice())
    assert ["cookie" in request.headers for request in site.requests] == [False, False]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_given_back_and_not_followed(farm, status):
    site = farm.site({"/": make.redirect("/next", status), "/next": make.reply(b"no")})
    answer = got(site.url())
    assert (answer.status, answer.headers["location"], len(site.requests)) == (status, "/next", 1)


def test_not_modified_has_no_body(farm):
    site = farm.site(make.conditional(b"hello"))
    assert got(site.url()).body == b"hello"
    assert got(site.url(), {"If-None-Match": '"v1"'})[::2] == (304, b"")


def test_repeated_headers_are_joined_and_strange_bytes_can_be_stored(farm):
    site = farm.site(make.raw(b'HTTP/1.1 200 OK\r\nX-Robots-Tag: a\r\nX-Robots-Tag: noai\r\nETag: "\xe9"\r\n\r\nx'))
    headers = got(site.url()).headers
    assert (headers["x-robots-tag"], headers["etag"]) == ("a, noai", '"é"')
    headers["etag"].encode()


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\0b", "\udce9"])
def test_a_header_that_cannot_be_sent_is_refused_without_its_value(farm, value):
    site = farm.site(make.reply(b"hello"))
    kind, words, _ = fault(site.url(), {"Authorization": value})
    assert (kind, "Authorization" in words, value in words, site.accepted) == ("address", True, False, 0)


def test_never_more_exchanges_at_once_than_connections(farm):
    site = farm.site(make.reply(b"hello", after_s=0.05))

    async def many():
        async with Transport(wired(connections=3)) as transport:
            return await asyncio.gather(*(transport.get(site.url(f"/{i}"), {}) for i in range(12)))

    assert {answer.status for answer in asyncio.run(many())} == {200}
    assert site.most_open == 3


def test_waiting_for_a_connection_costs_no_deadline(farm):
    site = farm.site(make.reply(b"hello", after_s=0.25))

    async def many():
        async with Transport(wired(connections=1, deadline_s=0.8)) as transport:
            return await asyncio.gather(*(transport.get(site.url(), {}) for _ in range(5)))

    assert max(answer.seconds for answer in asyncio.run(many())) < 0.8


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_nothing_is_left_open(farm):
    site = farm.site({"/": make.reply(b"hello"), "/endless": make.endless(), "/hang": make.hang})
    got(site.url())
    fault(site.url("/endless"), max_bytes=1000)
    fault(site.url("/hang"), deadline_s=0.1)
    gc.collect()
    until = time.monotonic() + 2
    while site.open_now > 1 and time.monotonic() < until:
        time.sleep(0.01)
    # The one that hangs does not look at its connection.
    assert site.open_now <= 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/", "file:///etc/passwd", "http:///x", "a.example", "", "http://u:pw@a.example/", "http://u@a.example/",
        "http://a.example:99999/", "http://a b.example/", "http://a%6d.example/", "http://a\x00.example/", "http://a.example/\n",
        "http://a.example\\@b.example/", "http://a..example/", f"http://{'a' * 64}.example/", "http://[::1/", "http://[v1.a:b]/",
        "http://\ud800/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url, monkeypatch):
    asked = named(monkeypatch)
    kind, words, _ = fault(url)
    assert (kind, asked, "pw" in words) == ("address", [], False)


def test_only_ports_that_are_named(farm):
    site = farm.site(make.reply(b"hello"))
    kind, words, _ = fault(site.url(), wire=wired(allow_private=()))
    assert (kind, str(site.port) in words, site.accepted) == ("address", True, 0)


# The deadline.


@pytest.mark.parametrize(
    "route",
    [make.hang, make.drip_headers(0.02), make.drip_body(0.02)],
    ids=["silence", "dripping headers", "dripping body"],
)
def test_the_deadline_holds_against_a_drip(farm, route):
    site = farm.site(route)
    kind, words, seconds = fault(site.url(), deadline_s=0.4)
    assert (kind, words) == ("timeout", "127.0.0.1: no whole answer within 0.4 s")
    assert seconds < 0.4 + SLACK_S


def test_the_deadline_holds_against_interim_answers_without_end(farm):
    async def interim(exchange):
        while True:
            await exchange.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            await asyncio.sleep(0.01)

    kind, _, seconds = fault(farm.site(interim).url(), deadline_s=0.4)
    assert kind == "timeout"
    assert seconds < 0.4 + SLACK_S


def test_the_deadline_holds_against_a_look_up_that_hangs(monkeypatch):
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(30) and [])
    kind, _, seconds = fault("http://slow.example/", deadline_s=0.3)
    done.set()
    assert kind == "timeout"
    assert seconds < 0.3 + SLACK_S


def test_look_ups_that_hang_do_not_hold_up_others(farm, monkeypatch):
    done, site = threading.Event(), farm.site(make.reply(b"hello"))

    def look_up(host, port, *_, **__):
        if host == "slow.example":
            done.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    async def ask():
        async with Transport(wired(allow_private=("slow.example", "quick.example"))) as transport:
            slow = [asyncio.create_task(transport.get("http://slow.example/", {})) for _ in range(50)]
            await asyncio.sleep(0)
            answer = await transport.get(f"http://quick.example:{site.port}/", {}, Bounds(deadline_s=2))
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
            return answer

    assert asyncio.run(ask()).status == 200
    done.set()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_deadline_holds_against_a_listener_that_never_accepts(scheme):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kind, _, seconds = fault(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/", deadline_s=0.3)
    assert kind == "timeout"
    assert seconds < 0.3 + SLACK_S


# Size and packing.


@pytest.mark.parametrize("route", [make.reply, make.gzipped], ids=["plain", "gzip"])
def test_the_cap_counts_unpacked_bytes_to_the_byte(farm, route):
    site = farm.site(route(b"a" * 300_000))
    assert len(got(site.url(), max_bytes=300_000).body) == 300_000
    kind, words, _ = fault(site.url(), max_bytes=299_999)
    assert (kind, "299,999" in words) == ("too_large", True)


@pytest.mark.parametrize("route", [make.endless(), make.bomb(200 * MEGABYTE)], ids=["endless", "bomb"])
def test_what_is_too_large_is_given_up_at_the_cap(farm, route):
    kind, _, seconds = fault(farm.site(route).url(), max_bytes=1_000_000)
    assert kind == "too_large"
    assert seconds < 3


def test_packed_nothing_without_end_is_given_up(farm):
    """A stream of empty blocks swells to nothing, so that a cap on what is unpacked alone would never fire."""
    packer = zlib.compressobj(wbits=31)
    start, empty = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH), packer.flush(zlib.Z_FULL_FLUSH)

    async def route(exchange):
        await exchange.head(200, {"Content-Encoding": "gzip"})
        await exchange.send(start)
        while True:
            await exchange.send((empty or b"\0\0\0\xff\xff") * 10_000)

    assert fault(farm.site(route).url(), max_bytes=1_000_000)[0] == "too_large"


def test_the_bomb_is_real(farm):
    assert got(farm.site(make.bomb(3 * MEGABYTE)).url()).body == bytes(3 * MEGABYTE)


def test_two_gigabytes_of_zeros_cost_little_memory(farm):
    outcome = in_child(farm.site(make.bomb(2048 * MEGABYTE)).url())
    assert outcome["fault"] == "too_large"
    assert outcome["peak"] - outcome["before"] <= 60 * MEGABYTE


def in_child(url):
    """One exchange in a process of its own: fault, memory before and at most, bytes."""
    run = subprocess.run([sys.executable, "-c", CHILD, url], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(run.stdout)


CHILD = """
import asyncio, json, sys, time
from briefing.sources.fetching.http import Transport, Wire
from briefing.sources.fetching.exchange import FetchError
from tests.sources.servers import peak_bytes

async def ask():
    before, started = peak_bytes(), time.process_time()
    fault = ""
    async with Transport(Wire(user_agent="briefing/1", allow_private=("127.0.0.1",))) as transport:
        try:
            await transport.get(sys.argv[1], {})
        except FetchError as error:
            fault = error.fault
    return {"fault": fault, "before": before, "peak": peak_bytes(), "cpu": time.process_time() - started}

print(json.dumps(asyncio.run(ask())))
"""


def test_several_gzip_members_are_one_body(farm):
    body = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    assert got(farm.site(make.encoded(body, "gzip")).url()).body == b"one two"
    assert got(farm.site(make.encoded(body, "X-GZip")).url()).body == b"one two"


@pytest.mark.parametrize("end", [b"\0" * 100, b"garbage", b"\x1f"])
def test_what_stands_behind_the_gzip_data_is_ignored(farm, end):
    assert got(farm.site(make.encoded(gzip.compress(b"all") + end, "gzip")).url()).body == b"all"


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, br", "compress", "nonsense"])
def test_packing_that_was_not_asked_for_is_refused_by_name(farm, coding):
    kind, words, _ = fault(farm.site(make.encoded(gzip.compress(b"x"), coding)).url())
    assert (kind, coding in words) == ("encoding", True)


def test_two_layers_named_in_two_headers_are_two_layers(farm):
    route = make.reply(b"x", headers=[("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")])
    assert fault(farm.site(route).url())[0] == "encoding"
    assert fault(farm.site(make.twice_gzipped(b"x")).url())[0] == "encoding"


@pytest.mark.parametrize("coding", ["", "identity", " , "])
def test_no_packing_needs_none(farm, coding):
    assert got(farm.site(make.encoded(b"plain", coding)).url()).body == b"plain"


def test_gzip_that_is_none_and_gzip_that_is_damaged(farm):
    packed = bytearray(gzip.compress(random.Random(1).randbytes(5000)))
    packed[2000] ^= 0xFF
    assert fault(farm.site(make.encoded(b"plain", "gzip")).url())[0] == "encoding"
    assert fault(farm.site(make.encoded(bytes(packed), "gzip")).url())[0] == "encoding"


def test_a_body_cut_off_is_no_body(farm):
    packed = gzip.compress(random.Random(1).randbytes(5000))
    for route in (
        make.dropped(b"a" * 5000, 2500), make.lying_length(b"a" * 100, 10**10), make.encoded(packed[:-9], "gzip"),
        make.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), make.closed,
        make.raw(b"HTTP/1.1 200 OK\r\nContent-"),
    ):  # fmt: skip
        site = farm.site(route)
        kind, words, seconds = fault(site.url())
        assert (kind, "127.0.0.1" in words, len(site.requests)) == ("network", True, 1)
        assert seconds < 3


def test_a_length_that_says_too_little_gives_so_much_or_a_fault(farm):
    """Which of them depends on what had arrived when the length was reached."""
    url, outcomes = farm.site(make.lying_length(b"a" * 100, 10)).url(), []
    try:
        outcomes.append(got(url).body)
    except FetchError as error:
        outcomes.append(error.fault)
    assert outcomes in ([b"a" * 10], ["network"])


def test_a_broken_page_does_not_hide_the_status(farm):
    for route in (
        make.encoded(b"brotli", "br", 404), make.encoded(b"no gzip", "gzip", 404), make.endless(status=404),
        make.raw(b"HTTP/1.1 404 No\r\nContent-Length: 50\r\n\r\nhalf"),
    ):  # fmt: skip
        answer = got(farm.site(route).url())
        assert answer.status == 404
        assert len(answer.body) <= 65536


def test_the_page_of_a_redirect_is_not_read(farm):
    answer = got(farm.site(make.endless({"Location": "/x"}, status=301)).url())
    assert (answer.status, answer.body) == (301, b"")


# Headers, and what is no HTTP.


@pytest.mark.parametrize("route", [make.header_flood(1000), make.header_flood(), make.long_header(200_000)])
def test_a_flood_of_headers_is_named(farm, route):
    kind, words, seconds = fault(farm.site(route).url())
    assert (kind, "headers" in words) == ("too_large", True)
    assert seconds < 3


def test_long_headers_of_real_sites_are_taken(farm):
    assert got(farm.site(make.long_header(30_000)).url()).status == 200


@pytest.mark.parametrize("data", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x15\x03\x01\x00\x02\x02\x50", b"HTTP/1.1 two hundred\r\n\r\n", b"\0" * 500])  # fmt: skip
def test_what_is_not_http_is_named(farm, data):
    assert fault(farm.site(make.raw(data)).url())[0] == "network"


# Certificates.


def test_a_certificate_is_verified(farm, certificates):
    site = farm.site(make.reply(b"secure"), tls=certificates.good)
    assert got(site.url()).body == b"secure"


@pytest.mark.parametrize(
    ("kind", "words"), [("expired", "expired"), ("wrong_host", "another"), ("self_signed", "signed by itself")]
)
def test_a_bad_certificate_is_refused_in_plain_words(farm, certificates, kind, words):
    site = farm.site(make.reply(b"secure"), tls=getattr(certificates, kind))
    found, said, _ = fault(site.url())
    assert (found, words in said, "`insecure = true`" in said, site.requests) == ("tls", True, True, [])


def test_an_unknown_authority_is_refused(farm, certificates, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    site = farm.site(make.reply(b"secure"), tls=certificates.good)
    kind, words, _ = fault(site.url())
    assert (kind, "authority" in words, site.requests) == ("tls", True, [])


def test_insecure_holds_for_one_exchange_alone(farm, certificates):
    site = farm.site(make.reply(b"secure"), tls=certificates.self_signed)

    async def ask():
        async with Transport(wired()) as transport:
            answer = await transport.get(site.url(), {}, Bounds(insecure=True))
            with pytest.raises(FetchError, match="signed by itself"):
                await transport.get(site.url(), {})
            return answer

    assert asyncio.run(ask()).body == b"secure"
    assert len(site.requests) == 1


def test_http_on_the_port_of_https(farm):
    site = farm.site(make.reply(b"hello"))
    assert fault(site.url().replace("http:", "https:"))[0] in {"tls", "network"}


# No connection.


def test_a_name_that_is_unknown(monkeypatch):
    named(monkeypatch)
    kind, words, _ = fault("http://nowhere.example/")
    assert (kind, words) == ("network", "nowhere.example is not a known name")


def test_no_network(monkeypatch):
    def look_up(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    kind, words, _ = fault("http://a.example/")
    assert (kind, "no network?" in words) == ("network", True)


def test_a_refused_connection():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        kind, words, _ = fault(f"http://127.0.0.1:{port}/")
    assert (kind, words) == ("network", "127.0.0.1 refused the connection")
