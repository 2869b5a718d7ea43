"""Which IP addresses the fetcher must not be led to: everything that is not public.

The lists are our own, after the IANA special-purpose registries (RFC 6890 and what was added since):
`ipaddress.is_global` is True for NAT64, multicast and site-local addresses, and changed between patch
releases of Python for others. Addresses that carry an IPv4 address are judged by the one they carry.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_V4 = tuple(
    (reason, IPv4Network(network))
    for reason, network in (
        ("unspecified", "0.0.0.0/8"),
        ("private", "10.0.0.0/8"),
        ("shared by a carrier", "100.64.0.0/10"),
        ("loopback", "127.0.0.0/8"),
        # Azure answers for its metadata there, though the range is public.
        ("cloud metadata", "168.63.129.16/32"),
        ("link-local", "169.254.0.0/16"),
        ("private", "172.16.0.0/12"),
        ("reserved", "192.0.0.0/24"),
        ("documentation", "192.0.2.0/24"),
        ("reserved", "192.88.99.0/24"),
        ("private", "192.168.0.0/16"),
        ("benchmarking", "198.18.0.0/15"),
        ("documentation", "198.51.100.0/24"),
        ("documentation", "203.0.113.0/24"),
        ("multicast", "224.0.0.0/4"),
        ("broadcast", "255.255.255.255/32"),
        ("reserved", "240.0.0.0/4"),
    )
)
_V6 = tuple(
    (reason, IPv6Network(network))
    for reason, network in (
        ("unspecified", "::/128"),
        ("loopback", "::1/128"),
        ("private", "fc00::/7"),
        ("link-local", "fe80::/10"),
        ("private", "fec0::/10"),
        ("multicast", "ff00::/8"),
        ("reserved", "2001::/23"),
        ("documentation", "2001:db8::/32"),
        ("documentation", "3fff::/20"),
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")

_COMPATIBLE = IPv6Network("::/96")
_LAST_32_BITS = (
    _COMPATIBLE,
    IPv6Network("::ffff:0:0/96"),  # v4-mapped
    IPv6Network("::ffff:0:0:0/96"),  # v4-translated, RFC 2765
    IPv6Network("64:ff9b::/96"),  # NAT64, RFC 6052
)
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")  # RFC 8215: the operator chooses among the layouts of RFC 6052
_6TO4 = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")


def forbidden(address: str) -> str | None:
    """Why an address must not be connected to: "loopback", "private", "link-local" ...; None if it is public.

    Takes every form that a system's resolver takes for an address (see `literal`); what is no address at
    all is forbidden as well.
    """
    ip = literal(address)
    if ip is None:
        return "not an IP address"
    if isinstance(ip, IPv4Address):
        return _listed_v4(ip)
    own = next((reason for reason, network in _V6[:2] if ip in network), None)
    if own is None and (carried := tuple(_carried(ip))):
        return next((reason for inner in carried if (reason := _listed_v4(inner))), None)
    return own or _listed_v6(ip)


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is, None for a name.

    Besides the usual forms: IPv6 zones, and the short, decimal, octal and hexadecimal IPv4 forms of
    inet_aton(3) (`127.1`, `2130706433`, `0177.0.0.1`, `0x7f.1`), which connect() would take too.
    """
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _listed_v4(ip: IPv4Address) -> str | None:
    return next((reason for reason, network in _V4 if ip in network), None)


def _listed_v6(ip: IPv6Address) -> str | None:
    reason = next((reason for reason, network in _V6 if ip in network), None)
    return reason or (None if ip in _PUBLIC_V6 else "reserved")


def _carried(ip: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that traffic to an IPv6 address may end at."""
    packed = ip.packed
    if any(ip in network for network in _LAST_32_BITS):
        yield IPv4Address(packed[12:])
    elif ip in _LOCAL_NAT64:
        yield from _carried_by_nat64(packed)
    elif ip in _6TO4:
        yield IPv4Address(packed[2:6])
    elif ip in _TEREDO:
        yield IPv4Address(packed[4:8])
        yield IPv4Address(bytes(octet ^ 0xFF for octet in packed[12:]))


def _carried_by_nat64(packed: bytes) -> Iterator[IPv4Address]:
    """The readings of RFC 6052, section 2.2: prefixes of 96, 48, 56 and 64 bits; byte 8 is never part of one.

    Which one holds only the operator knows, so any that leads inside is enough to be refused. A reading
    that starts with 0 is padding.
    """
    without_byte_8 = packed[:8] + packed[9:]
    readings = (packed[12:], *(without_byte_8[first : first + 4] for first in (6, 7, 8)))
    likely = tuple(octets for octets in readings if octets[0])
    yield from map(IPv4Address, likely or readings[:1])
