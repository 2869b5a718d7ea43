# ruff: noqa: N802 - a row's test has the name it has in the fault table
"""F23 of the fault table: no private address is reached, whatever it is written as and whoever leads there.

One server listens at every loopback address. As 127.0.0.9 it is a site that the settings allow; whatever is
asked of it by another address is a leak, and so is every connection of the run to anywhere else.
"""

from contextlib import suppress

import pytest

from tests.faults.runs import XML, Paper
from tests.sources.newsroom import item, rss
from tests.sources.servers import reply

OURS = "127.0.0.9"
LIVE = """
    127.0.0.1 127.0.0.2 127.1 127.0.1 127.0.0.1. 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 127%2e0%2e0%2e1
    １２７.0.0.1 ①②⑦.0.0.1 127。0。0。1 localhost LOCALHOST localhost. feeds.localhost 0.0.0.0 0 [::] [::1] [0:0:0:0:0:0:0:1] [::1%25lo]
    [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:0:127.0.0.1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::127.0.0.1]
    [64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:7f00:0001::1] [::ffff:127.0.0.2]
"""
OTHERS = """
    10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.254 0.1.2.3 168.63.129.16 192.0.0.192
    198.18.0.1 224.0.0.1 239.255.255.250 255.255.255.255 240.0.0.1 167772161 0x0a000001 012.0.0.1 10.1 2852039166
    [fd00::1] [fc00::1] [fe80::1] [fe80::1%25eth0] [fec0::1] [ff02::1] [ff0e::1] [64:ff9b::a00:1] [64:ff9b::a9fe:a9fe]
    [64:ff9b:1::a9fe:a9fe] [2002:a00:1::] [2002:a9fe:a9fe::] [2002:c0a8:101::1] [::ffff:10.0.0.1] [::ffff:169.254.169.254]
    [2001:0:a00:1::f5ff:fffe] [::ffff:0:10.0.0.1] [2001:db8::1]
"""
NAMES = {
    "inside.test": [["127.0.0.1"]], "ten.test": [["10.0.0.1"]], "metadata.test": [["169.254.169.254"]], "six.test": [["::1"]],
    "mapped.test": [["::ffff:127.0.0.1"]], "nat64.test": [["64:ff9b::7f00:1"]], "both.test": [["127.0.0.1", "10.0.0.1"]],
}  # fmt: skip
FORMS = (*LIVE.split(), *OTHERS.split(), *NAMES)
NO_LINKS = {"127%2e0%2e0%2e1", "127。0。0。1", "[::]", "[::1%25lo]", "[fe80::1%25eth0]"}


class Trap:
    """The server at every address, by IPv4 and, where the machine has it, by IPv6."""

    def __init__(self, farm):
        self.sites = [farm.site({}, "0.0.0.0")]
        self.port = self.sites[0].port
        with suppress(OSError):
            self.sites.append(farm.site({}, "::", port=self.port))

    def url(self, path, host=OURS):
        return f"http://{host}:{self.port}{path}"

    def routes(self, table):
        for site in self.sites:
            site.routes.update(table)

    def leaks(self):
        """What reached the server by another address than the one that is allowed."""
        strange = [r for site in self.sites for r in site.requests if r.headers.get("host") != f"{OURS}:{self.port}"]
        return strange, sum(site.accepted for site in self.sites) - sum(len(site.requests) for site in self.sites)


@pytest.fixture
def trap(farm):
    return Trap(farm)


@pytest.fixture
def paper(certificates, tmp_path):
    return Paper(tmp_path, certificates.authority)


def closed_off(morning, trap, name, words):
    """Whether a source gave nothing, for this reason, and nothing was connected to but the allowed address."""
    assert morning[name].failed(words)
    assert trap.leaks() == ([], 0)
    return set(morning.connected) <= {OURS}


def test_F23_no_form_of_a_private_address_is_reached_as_a_feed(trap, paper):
    trap.routes({"/feed": reply(b"secret")})
    for form in FORMS:
        paper.take(form, trap.url("/feed", form))
    paper.write([OURS])
    morning = paper.read(names=NAMES)
    for form in FORMS:
        assert closed_off(morning, trap, form, "not a host name" if "%2e" in form else "is not a public address")
    assert morning.connected == []
    assert sum(site.accepted for site in trap.sites) == 0
    assert morning.within()


def test_F23_no_form_of_a_private_address_is_reached_by_a_redirect(trap, paper):
    trap.routes({"/feed": reply(b"secret")})
    for number, form in enumerate(FORMS):
        trap.routes({f"/{number}": reply(b"", (301, 302, 307)[number % 3], {"Location": trap.url("/feed", form)})})
        paper.take(form, trap.url(f"/{number}"))
    paper.write([OURS], interval_s=0)
    morning = paper.read(names=NAMES)
    for form in FORMS:
        assert closed_off(morning, trap, form, "not a host name" if "%2e" in form else "public address")
    assert sorted(r.path for r in trap.sites[0].requests) == sorted(f"/{n}" for n in range(len(FORMS)))
    assert morning.within()


def test_F23_no_form_of_a_private_address_is_reached_by_a_link_in_a_feed(trap, paper):
    entries = [item(f"Story {n}", trap.url(f"/{n}", form), None, "Short.") for n, form in enumerate(FORMS)]
    trap.routes({"/feed": reply(rss(*entries), headers=XML)})
    paper.take("feed", trap.url("/feed"), limit=500)
    paper.write([OURS], interval_s=0)
    morning = paper.read(names=NAMES)
    assert morning.documents == []
    assert trap.leaks() == ([], 0)
    assert set(morning.connected) == {OURS}
    assert [r.path for site in trap.sites for r in site.requests] == ["/feed"]
    # A link that the feed's reader takes for none is not even asked for.
    told = {f["item"].partition(" (")[0]: "public address" in f["reason"] for f in morning.failures}
    assert set(told) == {f"Story {n}" for n in range(len(FORMS))}
    assert {form for n, form in enumerate(FORMS) if not told[f"Story {n}"]} <= NO_LINKS
    assert morning.within()


def test_F23_a_name_that_is_private_on_the_second_look_up_is_refused_then(trap, paper):
    """127.0.0.8 passes for a public address: the feed is read from it, and its page, asked of the same name, is not."""
    url = trap.url("/feed", "rebound.test")
    trap.routes({"/feed": reply(rss(item("Pier", trap.url("/pier", "rebound.test"), None, "Short.")), headers=XML)})
    paper.take("rebound", url)
    paper.write([OURS])
    morning = paper.read(names={"rebound.test": [["127.0.0.8"], ["127.0.0.1"]]}, public=["127.0.0.8"])
    assert morning["rebound"].outcome == "reached"
    assert morning.documents == []
    assert morning.connected == ["127.0.0.8"]
    assert [r.path for site in trap.sites for r in site.requests] == ["/feed"]
    assert "rebound.test leads to 127.0.0.1" in str(morning.failures)
    assert morning.within()
