"""What a site asks of programs that read it: robots.txt (RFC 9309), and opt-outs from text and data mining.

The opt-outs are those of the TDM Reservation Protocol (W3C community group, final report of 10 May 2024): a
header, a `<meta>` element and `/.well-known/tdmrep.json`; and `noai` among the directives for robots. Pure:
what is fetched, and when, is decided elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from protego import Protego

from briefing.sources.fetching.exchange import Fault, FetchError

PRODUCT = "briefing"
ROBOTS_PATH = "/robots.txt"
TDMREP_PATH = "/.well-known/tdmrep.json"

# What a request for robots.txt may end in. RFC 9309, 2.3.1.3: these say that there is none, so all is allowed.
# Any other (5xx, 429, not reached; 2.3.1.4) closes the site, for what it would have asked for is not known.
ABSENT: frozenset[Fault] = frozenset(("gone", "missing", "refused", "status", "redirect"))
_UNREACHED: frozenset[Fault] = frozenset(("network", "timeout", "tls", "private", "address"))

# RFC 9309, 2.5: a parser reads at least 500 KiB.
_PARSED_BYTES = 500 * 1024
_MOST_RESERVATIONS = 1000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# The directives of X-Robots-Tag that have a value; any other word before a colon names a robot.
_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})


class Robots(NamedTuple):
    """The rules of one robots.txt."""

    rules: Protego

    def allowed(self, url: str, agent: str = PRODUCT) -> bool:
        """Whether the agent of that product token may fetch a URL of the site."""
        return self.rules.can_fetch(url, agent)

    def crawl_delay(self, agent: str = PRODUCT) -> float | None:
        """The seconds the site asks for between two requests."""
        return self.rules.crawl_delay(agent)


def robots(body: bytes) -> Robots:
    """The rules of a robots.txt; an empty one allows everything."""
    return Robots(Protego.parse(_head(body)))


def closed(error: FetchError) -> FetchError:
    """Why no page of a site is read whose robots.txt could not be had."""
    if error.fault in _UNREACHED:  # as little as the robots.txt could the page be reached
        return FetchError(error.fault, f"{error} (asked for its robots.txt)")
    return FetchError("robots", f"{error}; without its robots.txt no page of it is read")


def _head(body: bytes) -> str:
    head = body[:_PARSED_BYTES]
    if len(body) > len(head):  # half a line might allow or close more than the whole
        head = head.rpartition(b"\n")[0]
    return head.decode("utf-8-sig", "replace")


class _Reservation(NamedTuple):
    location: Protego
    reserved: bool


class Reservations(NamedTuple):
    """The rules of one tdmrep.json, in the order of the file."""

    rules: tuple[_Reservation, ...] = ()

    def cover(self, url: str) -> bool:
        """Whether text and data mining of a URL of the site is reserved: the first rule that fits it decides."""
        return next((rule.reserved for rule in self.rules if not rule.location.can_fetch(url, PRODUCT)), False)


def reservations(body: bytes) -> Reservations:
    """The rules of a tdmrep.json; of what is no such file, none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return Reservations()
    entries = found if isinstance(found, list) else [found]
    return Reservations(tuple(_rules(entries[:_MOST_RESERVATIONS])))


def _rules(entries: list[object]) -> Iterator[_Reservation]:
    for entry in entries:
        location = entry.get("location") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(location, str):
            continue
        pattern = location.strip().replace("#", "%23")
        if pattern and not _CONTROLS.search(pattern):
            # Patterns are those of robots.txt by the letter of the protocol, so its parser matches them.
            path = pattern if pattern.startswith(("/", "*")) else f"/{pattern}"
            parsed = Protego.parse(f"User-agent: *\nDisallow: {path}")
            yield _Reservation(parsed, entry.get("tdm-reservation") in (1, "1"))


def reserved(headers: Mapping[str, str], html_head: str = "") -> bool:
    """Whether a page keeps itself from text and data mining, by its headers or the `<meta>` elements of its head.

    `headers` have lower-case names. What the page says of itself goes before the header, as the protocol has it.
    """
    metas = tuple(_metas(html_head)) if "<meta" in html_head.lower() else ()
    said = [headers.get("tdm-reservation", "")] + [content for name, content in metas if name == "tdm-reservation"]
    known = [value.strip() for value in said if value.strip() in {"0", "1"}]
    tags = [f"{PRODUCT}: {content}" for name, content in metas if name in {"robots", PRODUCT}]
    return known[-1:] == ["1"] or any(_noai(tag) for tag in [headers.get("x-robots-tag", ""), *tags])


def _noai(tag: str) -> bool:
    """Whether directives, of which some may name the robot they are for, say `noai` to all or to us."""
    ours = True
    for part in tag.lower().split(","):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if colon and name not in _VALUED:
            ours = name in {PRODUCT, "*"}
        if ours and (value if colon else name) == "noai":
            return True
    return False


def _metas(html_head: str) -> Iterator[tuple[str, str]]:
    from lxml import etree

    # In bytes, since lxml refuses a text that names an encoding of its own.
    root = etree.fromstring(html_head.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8"))
    for element in root.iter("meta") if root is not None else ():
        yield (element.get("name") or "").strip().lower(), element.get("content") or ""
