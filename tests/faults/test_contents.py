# ruff: noqa: N802 - a row's test has the name it has in the fault table
"""F12 to F14, F16, F17, F19 and F25 of the fault table: bodies that are slow, large, hostile, or no feed at all.

What a row may cost is measured, so that each has a run of its own, but for F16, F19 and the packings of F14,
which share one.
"""

import asyncio
import gzip
import random
import zlib

import pytest

from tests.faults.runs import MOST_GROWTH, SLACK_S, XML, Town, feed, news
from tests.sources.newsroom import NOW, item, rss, told
from tests.sources.servers import (
    MEGABYTE,
    bomb,
    drip_body,
    drip_headers,
    encoded,
    endless,
    hang,
    lying_length,
    raw,
    reply,
    twice_gzipped,
)

DEADLINE_S = 1.0
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><rss version="2.0"><channel><title>&j;</title><item><title>&j;</title></item></channel></rss>'
)
QUADRATIC = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "' + b"a" * 50_000 + b'">]>'
    b'<rss version="2.0"><channel><title>' + b"&a;" * 50_000 + b"</title></channel></rss>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<rss version="2.0"><channel><title>&a;</title><item><title>&a;</title></item></channel></rss>'
)


SETUPS = []


def part(setup):
    SETUPS.append(setup)
    return setup


@pytest.fixture(scope="module")
def run(farm, certificates, tmp_path_factory):
    town = Town(farm, certificates, tmp_path_factory.mktemp("contents"))
    for setup in SETUPS:
        setup(town)
    return town, read(town)


@pytest.fixture
def town(farm, certificates, tmp_path):
    return Town(farm, certificates, tmp_path)


def read(town, **web):
    town.paper.write(town.hosts(), **web)
    return town.paper.read()


def test_F12_the_deadline_holds_against_silence_and_drips_in_headers_and_body(town):
    town.feed("silence", hang)
    town.feed("headers", drip_headers(0.02))
    town.feed("body", drip_body(0.02, XML))
    town.feed("seldom", drip_body(DEADLINE_S * 0.4))
    town.feed("other", feed("other"))
    morning = read(town, deadline_s=DEADLINE_S)
    for name in ("silence", "headers", "body", "seldom"):
        assert morning[name].failed(f"no whole answer within {DEADLINE_S:g} s")
        assert len(town.asked(name)) == 1
    assert morning["other"].titles == ["other"]
    assert morning.within(DEADLINE_S + SLACK_S)


def test_F13_a_body_without_end_is_cut_at_the_cap_whatever_its_length_says(town):
    """Of fifteen million bytes unpacked, the cap as it is without a setting."""
    town.feed("endless", endless(XML))
    town.feed("endless in chunks", chunks)
    town.feed("says 10 GB", lying_length(rss(item("Pier", "https://sennes.example/13", None)), 10**10))
    town.feed("says little", endless({**XML, "Content-Length": "1000000000"}))
    morning = read(town)
    for name in ("endless", "endless in chunks", "says little"):
        assert morning[name].failed("larger than 15,000,000 bytes")
    assert morning["says 10 GB"].failed("before the answer was whole")
    assert morning.within(growth=2 * 3 * 15_000_000)


def test_F14_two_gigabytes_of_zeros_cost_little_and_other_packing_is_refused(town):
    town.feed("bomb", bomb(2048 * MEGABYTE))
    morning = read(town)
    assert morning["bomb"].failed("larger than 15,000,000 bytes")
    assert morning.within()


@part
def packed(town):
    for coding in ("br", "zstd", "deflate", "gzip, br"):
        town.feed(coding, encoded(zlib.compress(b"a" * 1000), coding))
    town.feed("twice", twice_gzipped(rss()))
    damaged = bytearray(gzip.compress(random.Random(1).randbytes(5000)))
    damaged[2000] ^= 0xFF
    town.feed("damaged", encoded(bytes(damaged), "gzip"))
    town.feed("gzip", encoded(gzip.compress(news("gzip")), "gzip"))


def test_F14_packing_that_cannot_be_bounded_is_refused_by_name(run):
    town, morning = run
    for coding in ("br", "zstd", "deflate"):
        assert morning[coding].failed(coding)
        assert {r.headers["accept-encoding"] for r in town.sites[coding].requests} == {"gzip"}
    assert morning["gzip, br"].failed("gzip, br")
    assert morning["twice"].failed("gzip, gzip")
    assert morning["damaged"].failed("gzip")
    assert morning["gzip"].titles == ["gzip"]
    assert morning.within()


@part
def entities(town):
    for name, body in (("laughs", LAUGHS), ("quadratic", QUADRATIC), ("outside", OUTSIDE)):
        town.feed(name, reply(body, headers=XML))


def test_F16_a_feed_that_declares_entities_is_refused_before_it_is_read(run):
    _, morning = run
    for name in ("laughs", "quadratic", "outside"):
        assert morning[name].failed("entities")
    assert "root:" not in str((morning.failures, morning.health, morning.documents))
    assert morning.within()


def test_F17_two_hundred_thousand_nested_elements_are_read_or_refused_in_time(town):
    def nested(number):
        return b"<div>" * number + b"deep" + b"</div>" * number

    def with_body(inner):
        entry = item("Pier", "https://sennes.example/17", NOW, told("Pier") * 3, True).encode()
        return rss().replace(b"</channel>", inner + entry + b"</channel>")

    town.feed("nested", reply(with_body(nested(200_000)), headers=XML))
    town.feed("unclosed", reply(with_body(b"<x>" * 200_000), headers=XML))
    town.feed("items", reply(with_body(b"<item>" * 200_000), headers=XML))
    text = item(
        "Deep", "https://sennes.example/deep", NOW, (nested(200_000) + told("Deep").encode() * 3).decode(), True
    )
    town.feed("html", reply(rss(text), headers=XML))
    morning = read(town)
    for name in ("nested", "unclosed", "items", "html"):
        found = morning[name]
        assert found.outcome == "reached" or found.failed("too large")
    assert morning["nested"].titles == ["Pier"]
    assert morning.within(growth=160 * MEGABYTE, cpu_s=10)


NO_FEEDS = {
    "binary": (b"\x00\x01\x02\x03" * 5000, "text/plain", "neither XML"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(5000), "text/xml", "image"),
    "pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 20, "text/html", "PDF"),
    "login": (b"<!doctype html><html><head><title>Log in to read</title></head><body>", "application/rss+xml",
              "not a feed: HTML page titled 'Log in to read'"),
    "json": (b'{"error": "no such feed"}', "application/json", "not a feed"),
    "list": (b"<opml><body><outline text='A' xmlUrl='https://a.example/'/></body></opml>", "text/xml", "OPML"),
    "sitemap": (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", "text/xml", "sitemap"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><title>x</title></svg>", "text/xml", "<svg>"),
}  # fmt: skip


@part
def no_feeds(town):
    for name, (body, kind, _) in NO_FEEDS.items():
        town.feed(name, reply(body, headers={"Content-Type": kind}))
    town.feed("mail", raw(b"220 mail.example ESMTP\r\n"))


def test_F19_what_is_no_feed_is_said_by_what_it_is(run):
    _, morning = run
    for name, (_, _, words) in NO_FEEDS.items():
        assert morning[name].failed(words)
    assert morning["mail"].failed("cannot be read as HTTP")
    assert morning.within()


def test_F25_a_feed_that_is_too_much_is_cut_and_the_cut_is_told(town):
    long_title = "Pier " * 200_000
    entries = [item(f"Story {n}", f"https://sennes.example/{n}", NOW, f"Word {n} of it.") for n in range(10_000)]
    town.feed("entries", reply(rss(*entries), headers=XML), limit=500, full_text="feed")
    town.feed("title", reply(rss(item(long_title, "https://sennes.example/t", NOW, told("T") * 3, True)), headers=XML))
    words = "".join(f"<p>{told(f'Story {n}')}</p>" for n in range(4_000))
    town.feed("text", reply(rss(item("Long", "https://sennes.example/l", NOW, words, True)), headers=XML))
    town.feed("limit", reply(rss(*(item(f"L {n}", f"https://sennes.example/L{n}", NOW, told(f"L {n}") * 3, True) for n in range(60))), headers=XML))  # fmt: skip
    morning = read(town)
    assert morning["entries"].health[0]["entries"] == 500
    assert "the newest 500 of 10,000 entries" in morning["entries"].note
    (title,) = morning["title"].titles
    assert len(title) <= 300
    assert "1 titles cut at 300 characters" in morning["title"].note
    (document,) = morning["text"].documents
    assert document["chars"] <= 200_100
    assert "1 texts cut at 200,000 characters" in morning["text"].note
    assert len(morning["limit"].documents) == 50
    assert "10 more not taken (limit 50)" in morning["limit"].note
    assert morning.within(growth=2 * MOST_GROWTH)


async def chunks(exchange):
    """A chunked body that does not end."""
    await exchange.head(200, {**XML, "Transfer-Encoding": "chunked"})
    while True:
        await exchange.send(b"8000\r\n" + b"a" * 0x8000 + b"\r\n")
        await asyncio.sleep(0)
