"""Private addresses are not reached: by no form, no name, no second look-up, no proxy."""

import asyncio
import socket

import pytest

from briefing.sources.fetching import http
from briefing.sources.fetching.addresses import forbidden
from briefing.sources.fetching.exchange import Bounds, FetchError
from briefing.sources.fetching.http import Transport
from tests.sources import servers as make
from tests.sources.asking import fault, got, named, wired

pytestmark = pytest.mark.usefixtures("environment")

FORMS = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 017700000001 0x7f.1 0177.0.0.1 127.0.0.1. 127。0。0。1 １２７.0.0.1 ①②⑦.0.0.1
[::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [::1%25lo] [::1%lo] [64:ff9b::7f00:1] [2002:7f00:1::]
localhost LOCALHOST localhost. feeds.localhost 0.0.0.0 0 [::] [::ffff:0:0] 127.0.0.2 [::ffff:127.0.0.2]
"""


@pytest.mark.parametrize("host", FORMS.split())
def test_no_form_of_loopback_reaches_a_server(farm, host):
    site = farm.site(make.reply(b"secret"), "0.0.0.0")
    kind, words, _ = fault(site.url(host=host), wire=wired(allow_private=()), ports=frozenset({site.port}))
    assert (kind, "allow_private`" in words, site.accepted) == ("private", True, 0)


@pytest.mark.parametrize("host", ["127.0.0.1.5", "1.2.3.4.5", "134744072", "0x8080808", "[v1.x]"])
def test_what_only_looks_like_an_address_goes_nowhere(monkeypatch, host):
    named(monkeypatch)
    assert fault(f"http://{host}/", wire=wired(allow_private=()))[0] in {"address", "network"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "link-local"), ("http://10.0.0.1/", "private"),
        ("http://100.64.0.1/", "carrier"), ("http://[64:ff9b::a9fe:a9fe]/", "link-local"), ("http://[fd00::1]/", "private"),
        ("http://224.0.0.1/", "multicast"), ("http://[fe80::1%25eth0]/", "link-local"), ("https://[2002:a00:1::]/", "private"),
    ],
)  # fmt: skip
def test_other_inner_addresses_are_refused_by_name(url, reason):
    kind, words, _ = fault(url, wire=wired(allow_private=()))
    assert (kind, reason in words) == ("private", True)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fe80::1"])  # fmt: skip
def test_a_name_that_leads_inside_is_refused(monkeypatch, address):
    named(monkeypatch, inside=[[address]])
    kind, words, _ = fault("http://inside.example/", wire=wired(allow_private=()))
    assert kind == "private"
    assert "inside.example leads to" in words
    assert address in words


def test_what_was_checked_is_what_is_connected(farm, monkeypatch):
    """A name that is public when first looked up, and loopback from then on, is looked up once per exchange."""
    public = farm.site(make.reply(b"public"), "127.0.0.2")
    inner = farm.site(make.reply(b"secret"), "127.0.0.1", port=public.port)
    monkeypatch.setattr(http, "forbidden", lambda address: None if address == "127.0.0.2" else forbidden(address))
    asked = named(monkeypatch, rebound=[["127.0.0.2"], ["127.0.0.1"]])
    url, ports = f"http://rebound.example:{public.port}/", frozenset({public.port})

    async def twice():
        async with Transport(wired(allow_private=())) as transport:
            first = await transport.get(url, {}, Bounds(ports=ports))
            with pytest.raises(FetchError, match="loopback"):
                await transport.get(url, {}, Bounds(ports=ports))
            return first

    assert asyncio.run(twice()).body == b"public"
    assert (len(asked), public.accepted, inner.accepted) == (2, 1, 0)


def test_of_several_addresses_only_the_public_are_tried(farm, monkeypatch):
    public = farm.site(make.reply(b"public"), "127.0.0.2")
    inner = farm.site(make.reply(b"secret"), "127.0.0.1", port=public.port)
    monkeypatch.setattr(http, "forbidden", lambda address: None if address == "127.0.0.2" else forbidden(address))
    named(monkeypatch, both=[["127.0.0.1", "::1", "127.0.0.2"]])
    answer = got(f"http://both.example:{public.port}/", wire=wired(allow_private=()), ports=frozenset({public.port}))
    assert (answer.body, inner.accepted) == (b"public", 0)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "2130706433", "::1", "::ffff:127.0.0.1", "10.0.0.1", "inside.example"]
)
def test_the_last_gate_makes_no_socket_for_what_is_not_public(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(PermissionError):
        http._guarded_socket((family, socket.SOCK_STREAM, 6, "", (address, 80)))


def test_the_last_gate_stands_alone(farm, monkeypatch):
    """Were a look-up ever to let an inner address pass, the socket for it would still not be made."""
    site = farm.site(make.reply(b"secret"))
    named(monkeypatch, inside=[["127.0.0.1"]])
    verdicts = iter([None])
    monkeypatch.setattr(http, "forbidden", lambda address: next(verdicts, "loopback"))
    kind, _, _ = fault(
        f"http://inside.example:{site.port}/", wire=wired(allow_private=()), ports=frozenset({site.port})
    )
    assert (kind, site.accepted) == ("network", 0)


@pytest.mark.parametrize("entry", ["inside.example", "INSIDE.example", "inside.example:{port}"])
def test_a_private_host_is_allowed_by_name_or_name_and_port(farm, monkeypatch, entry):
    site = farm.site(make.reply(b"mine"))
    named(monkeypatch, inside=[["127.0.0.1"]], outside=[["127.0.0.1"]])
    wire = wired(allow_private=(entry.format(port=site.port),))
    assert got(f"http://inside.example:{site.port}/", wire=wire).body == b"mine"
    assert fault("http://outside.example/", wire=wire)[0] == "private"


def test_an_allowed_port_allows_no_other(farm):
    site = farm.site(make.reply(b"mine"))
    wire = wired(allow_private=("127.0.0.1:1",))
    assert fault(site.url(), wire=wire, ports=frozenset({site.port}))[0] == "private"
    assert site.accepted == 0


@pytest.mark.parametrize("entry", ["::1", "[::1]", "[::1]:{port}"])
def test_ipv6_literals_can_be_allowed(entry):
    """Nobody listens there, on a machine with IPv6 or without: what counts is that it was tried."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        wire = wired(allow_private=(entry.format(port=port),))
        assert fault(f"http://[::1]:{port}/", wire=wire)[0] == "network"


# Proxies.


def test_a_proxy_of_the_environment_is_used_and_no_name_looked_up(farm, monkeypatch):
    proxy = farm.site(make.reply(b"by proxy"))
    asked = named(monkeypatch)
    monkeypatch.setenv("HTTP_PROXY", f"http://reader:pass%20word@127.0.0.1:{proxy.port}")
    assert got("http://a.example/x", wire=wired(allow_private=())).body == b"by proxy"
    (request,) = proxy.requests
    assert (request.path, asked) == ("http://a.example/x", [])
    assert request.headers["proxy-authorization"] == "Basic cmVhZGVyOnBhc3Mgd29yZA=="


@pytest.mark.parametrize("name", ["http_proxy", "ALL_PROXY"])
def test_proxies_without_a_scheme_and_for_all(farm, monkeypatch, name):
    proxy = farm.site(make.reply(b"by proxy"))
    monkeypatch.setenv(name, f"127.0.0.1:{proxy.port}")
    assert got("http://a.example/x", wire=wired(allow_private=())).body == b"by proxy"


def test_no_proxy_for_hosts_that_are_named(farm, monkeypatch):
    proxy, site = farm.site(make.reply(b"by proxy")), farm.site(make.reply(b"straight"))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "localhost, 127.0.0.1")
    assert (got(site.url()).body, proxy.accepted) == (b"straight", 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "[::1]", "169.254.169.254", "localhost", "10.0.0.1"])
def test_a_proxy_is_not_sent_to_private_addresses(farm, monkeypatch, host):
    proxy = farm.site(make.reply(b"by proxy"))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    assert (fault(f"http://{host}/", wire=wired(allow_private=()))[0], proxy.accepted) == ("private", 0)


def test_certificates_are_verified_through_a_proxy(farm, certificates, monkeypatch):
    good = farm.site(make.reply(b"secure"), tls=certificates.good)
    bad = farm.site(make.reply(b"secure"), tls=certificates.self_signed)
    for site, expected in ((good, "secure"), (bad, "tls")):
        proxy = farm.site(make.tunnel(site))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        if expected == "tls":
            assert fault("https://a.example/", wire=wired(allow_private=()))[0] == "tls"
        else:
            assert got("https://a.example/", wire=wired(allow_private=())).body == b"secure"
        assert proxy.requests[0].path == "a.example:443"


@pytest.mark.parametrize(
    ("setting", "words"),
    [("socks5://user:secret@127.0.0.1:1080", "no http or https"), ("http://", "no http or https"), ("http://[", "no http or https")],
)  # fmt: skip
def test_a_proxy_that_cannot_be_used_is_named(monkeypatch, setting, words):
    monkeypatch.setenv("HTTP_PROXY", setting)
    kind, said, _ = fault("http://a.example/")
    assert (kind, words in said, "secret" in said) == ("network", True, False)


def test_a_proxy_that_refuses_and_one_that_is_away(farm, monkeypatch):
    proxy = farm.site(make.reply(b"", 407))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{proxy.port}")
    kind, words, _ = fault("https://a.example/")
    assert (kind, f"the proxy 127.0.0.1:{proxy.port} answered 407" in words) == ("network", True)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{unused.getsockname()[1]}")
        kind, words, _ = fault("https://a.example/")
    assert (kind, "the proxy 127.0.0.1" in words, "refused" in words, "secret" in words) == (
        "network",
        True,
        True,
        False,
    )
