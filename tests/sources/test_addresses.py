"""What counts as a public address, whatever form it is written in and whatever it is wrapped into."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from briefing.sources.fetching.addresses import forbidden, literal

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255
198.20.0.0 198.51.99.255 203.0.112.255 203.0.114.0 223.255.255.255
2000:: 2001:200::1 2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4001::1 2003::1 3ffe::1 3fff:1000::
64:ff9b::8.8.8.8 64:ff9b:1::8.8.8.8 64:ff9b:1:808:8:800:: ::ffff:8.8.8.8 ::8.8.8.8 ::ffff:0:8.8.8.8
2002:808:808::1 2001:0:808:808::f7f7:f7f7
"""

FORBIDDEN = {
    "unspecified": "0.0.0.0 0.1.2.3 0 :: ::0 0:0:0:0:0:0:0:0 ::ffff:0.0.0.0 64:ff9b::",
    "loopback": """127.0.0.1 127.1 127.255.255.255 ::1 0:0:0:0:0:0:0:1 ::1%lo 2130706433 017700000001 0x7f000001 0x7f.1
        0177.0.0.1 127.0.1 0x7f.0.0.0x1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 ::7f00:1 ::ffff:0:127.0.0.1
        64:ff9b::127.0.0.1 64:ff9b:1::127.0.0.1 64:ff9b:1:7f00:0:100:: 64:ff9b:1:7f:0:1:: 2002:7f00:1::
        2001:0:808:808::80ff:fffe 2001:0:7f00:1::f7f7:f7f7""",
    "private": """10.0.0.0 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 167772161 0xa.1 fc00::
        fd00:ec2::254 fdff::1 fec0::1 feff::1 ::ffff:10.0.0.1 ::10.0.0.1 64:ff9b::192.168.1.1 64:ff9b:1:a00:0:100::
        2002:a00:1:: 2002:c0a8:101::1 2001:0:808:808::f5ff:fffe""",
    "link-local": """169.254.0.0 169.254.169.254 169.254.255.255 2852039166 0xa9fea9fe fe80::1 fe80::1%eth0 febf::1
        ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::""",
    "shared by a carrier": "100.64.0.0 100.100.100.200 100.127.255.255 ::ffff:100.64.0.1 64:ff9b::100.64.0.1",
    "cloud metadata": "168.63.129.16 ::ffff:168.63.129.16",
    "documentation": "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1 3fff:fff::1",
    "benchmarking": "198.18.0.1 198.19.255.255",
    "multicast": "224.0.0.1 239.255.255.255 ff02::1 ff0e::1 ::ffff:224.0.0.1",
    "broadcast": "255.255.255.255 4294967295",
    "reserved": """192.0.0.0 192.0.0.192 192.0.0.255 192.88.99.1 240.0.0.1 255.255.255.254 2001:2::1 2001:10::1 2001:20::1
        2001:1ff::1 100::1 5f00::1 4000::1 1fff::1 e000::1 64:ff9b:2::1 1::""",
}

ANY_V4 = st.ip_addresses(v=4)
WRAPPINGS = ("::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::")


@pytest.mark.parametrize("address", PUBLIC.split())
def test_the_public_is_allowed_up_to_the_edges_of_the_list(address):
    assert forbidden(address) is None


@pytest.mark.parametrize(("reason", "address"), [(r, a) for r, many in FORBIDDEN.items() for a in many.split()])
def test_what_is_not_public_is_named(reason, address):
    assert forbidden(address) == reason


@pytest.mark.parametrize(
    "word", ["", "a.example", "localhost", "[::1]", "1.2.3.4.5", "::1::", "256.1.1.1", "127.0.0.1\0"]
)
def test_what_is_no_address_is_forbidden(word):
    assert literal(word) is None
    assert forbidden(word) == "not an IP address"


@given(ANY_V4, st.sampled_from(WRAPPINGS))
def test_a_wrapped_address_is_judged_by_what_it_wraps(inner, wrapping):
    assert forbidden(str(IPv6Address(int(IPv6Address(wrapping)) + int(inner)))) == forbidden(str(inner))


@given(ANY_V4, st.integers(0, 2**80 - 1))
def test_6to4_is_judged_by_the_router_in_it(inner, rest):
    assert forbidden(str(IPv6Address((0x2002 << 112) + (int(inner) << 80) + rest))) == forbidden(str(inner))


@given(ANY_V4, st.integers(0, 2**32 - 1))
def test_teredo_is_judged_by_the_client_hidden_in_it(client, middle):
    hidden = int(client) ^ 0xFFFFFFFF
    address = (0x20010000 << 96) + (int(IPv4Address("8.8.8.8")) << 64) + (middle << 32) + hidden
    assert forbidden(str(IPv6Address(address))) == forbidden(str(client))


@given(ANY_V4)
def test_every_way_of_writing_an_address_is_the_same_address(ip):
    a, b, c, d = ip.packed
    for form in (f"{int(ip)}", f"{int(ip):#x}", f"0{int(ip):o}", f"{a}.{(b << 16) + (c << 8) + d}",
                 f"{a:#x}.{b}.{(c << 8) + d}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}"):  # fmt: skip
        assert (literal(form), forbidden(form)) == (ip, forbidden(str(ip)))


@given(st.ip_addresses())
def test_nothing_that_python_knows_to_be_special_is_allowed(ip):
    assume(forbidden(str(ip)) is None)
    bare = ip if ip.version == 4 or ip in IPv6Network("2000::/3") else IPv4Address(int(ip) & 0xFFFFFFFF)
    # There the low 32 bits are one of several readings, of which those that are padding do not count.
    assume(ip.version == 4 or ip not in IPv6Network("64:ff9b:1::/48"))
    # Python calls all of 6to4 private, or none of it, depending on its patch level.
    assume(bare not in IPv6Network("2002::/16") and bare not in IPv6Network("2001::/32"))
    special = (bare.is_private, bare.is_loopback, bare.is_link_local, bare.is_multicast, bare.is_unspecified)
    assert not any(special)


@given(st.text())
def test_any_text_gets_a_verdict(text):
    assert forbidden(text) is None or forbidden(text)
