"""Feeds and lists of feeds, read in full: what comes of each file, and whether its entries are all there.

    python -m benchmarks.feeds --data DIR [--peer]      DIR holds feeds/*; or the variable BRIEFING_DATA

Entries are counted a second time by ElementTree where a file is well-formed: elements `item` and `entry` that
stand, as all around them do, in no namespace, in that of the root, or in one of a feed format. `--peer` also
times feedparser, where it is installed, on shapes of feeds made to cost time; it is left after a minute.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tarfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from briefing.errors import SourceError
from briefing.sources.formats import opml, syndication
from briefing.sources.formats.entries import MAX_ENTRIES
from briefing.sources.formats.syndication import ParsedFeed

URL = "https://feeds.example/news/feed.xml"
FORMATS = ("w3.org/2005/Atom", "purl.org/atom", "purl.org/pie", "purl.org/echo", "purl.org/rss/1.0/",
           "netscape.com/rdf", "example.com/n", "userland.com/rss", "harvard.edu/tech/rss",
           "22-rdf-syntax-ns#")  # fmt: skip
MODULES = ("purl.org/rss/1.0/modules/",)
PEER_SECONDS = 60


class Outcome(NamedTuple):
    """What came of a file: a feed or an error in words. If it is well-formed: `counted` entries, and all so `named`."""

    name: str
    feed: ParsedFeed | None
    error: str
    counted: int | None
    named: int
    seconds: float


def bodies(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of an archive."""
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                yield member.name, file.read()


def outcomes(folder: Path) -> Iterator[Outcome]:
    """Each file of `feeds.tar.gz`, read; anything but a SourceError goes through."""
    for name, body in bodies(folder / "feeds.tar.gz"):
        started = time.perf_counter()
        feed, error = None, ""
        try:
            feed = syndication.parse(body, URL)
        except SourceError as reason:
            error = str(reason)
        seconds = time.perf_counter() - started
        try:
            root = ET.fromstring(body)
        except (ET.ParseError, ValueError, LookupError):
            yield Outcome(name, feed, error, None, 0, seconds)
        else:
            named = sum(1 for element in root.iter() if is_named(element))
            yield Outcome(name, feed, error, min(counted(root, root.tag), MAX_ENTRIES), named, seconds)


def is_named(element: ET.Element) -> bool:
    """Whether an element is called as entries are, in whatever namespace."""
    return element.tag.rpartition("}")[2].lower() in {"item", "entry"}


def counted(element: ET.Element, root: str) -> int:
    """The entries in an element, itself included, without what stands in other vocabularies."""
    namespace = element.tag.rpartition("}")[0]
    ours = not namespace or root.startswith(namespace) or any(name in namespace for name in FORMATS)
    if not ours or any(name in namespace for name in MODULES):
        return 0
    return is_named(element) + sum(counted(child, root) for child in element)


def shapes() -> dict[str, bytes]:
    """Feeds made to cost time, each with one entry or many."""
    start, end = b'<rss version="2.0"><channel><item>', b"</item></channel></rss>"
    item = (
        b"<item><title>Night boats</title><description>&lt;p&gt;" + b"word " * 60 + b"&lt;/p&gt;</description></item>"
    )
    return {
        "200,000 elements deep": start + b"<a>" * 200_000 + b"</a>" * 200_000 + end,
        "60 KB in one author": start + b"<author>" + b"a" * 20_000 + b"@" + b"b." * 20_000 + b"</author>" + end,
        "20,000 categories": start + b"".join(b"<category>%d</category>" % n for n in range(20_000)) + end,
        "20,000 attributes": start + b"<x " + b" ".join(b'a%d="x"' % n for n in range(20_000)) + b"/>" + end,
        "15 MB of entries": start + b"</item>" + item * 43_000 + b"<item>" + end,
        "15 MB of entries, broken off": start + b"</item>" + item * 43_000 + b"<x &",
    }


def ours(body: bytes) -> int:
    """How many entries are found."""
    return len(syndication.parse(body, URL).entries)


def peer(body: bytes) -> int:
    """How many feedparser finds."""
    import feedparser  # type: ignore[import-untyped]

    return len(feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False).entries)


def seconds(read: Callable[[bytes], int], body: bytes) -> str:
    """The time a reader takes, in a process of its own."""
    process = multiprocessing.get_context("fork").Process(target=read, args=(body,))
    started = time.perf_counter()
    process.start()
    process.join(PEER_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return f"> {PEER_SECONDS} s"
    return f"{time.perf_counter() - started:.2f} s"


def report(folder: Path, with_peer: bool) -> Iterable[str]:
    """The lines of the report."""
    yield from of_feeds(list(outcomes(folder)))
    lists = [opml.parse(body) for _, body in bodies(folder / "opml.tar.gz")]
    yield f"OPML: {len(lists)} files, {sum(map(len, lists)):,} feeds, at least {min(map(len, lists))} in each"
    body = (folder / "kite_feeds.json").read_bytes()
    started = time.perf_counter()
    count = len(opml.parse(body))
    named = sum(len(category["feeds"]) for category in json.loads(body).values())
    yield f"JSON list: {count:,} feeds of {named:,} addresses in {time.perf_counter() - started:.2f} s"
    for name, shape in shapes().items():
        beside = f"   feedparser {seconds(peer, shape):>8s}" if with_peer else ""
        yield f"{name:30s} {seconds(ours, shape):>8s}{beside}"


def of_feeds(found: list[Outcome]) -> Iterator[str]:
    """The lines about the feeds."""
    checked = [o for o in found if o.counted is not None]
    differing = [o for o in checked if found_in(o) != o.counted]
    read, times = sum(o.feed is not None for o in found), [o.seconds for o in found]
    yield f"feeds: {len(found)} files in {sum(times):.1f} s, the slowest {max(times):.1f} s"
    yield f"  {read} read, {sum(map(found_in, found)):,} entries in all; {len(found) - read} named errors"
    for reason, count in Counter(o.error for o in found if o.error).most_common():
        yield f"    {count:3d}  {reason}"
    yield f"  well-formed {len(checked)}; count of entries differs in {len(differing)}"
    yield from (f"    {o.name}: {found_in(o)} of {o.counted}  {o.error}" for o in differing)
    foreign = sum(o.named > (o.counted or 0) for o in checked)
    yield f"  files with elements called item or entry in other vocabularies, which are none: {foreign}"


def found_in(outcome: Outcome) -> int:
    """The entries read."""
    return len(outcome.feed.entries) if outcome.feed else 0


def main() -> int:
    """Print the report; 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--data", default=os.environ.get("BRIEFING_DATA"), help="folder with feeds/feeds.tar.gz and others"
    )
    parser.add_argument("--peer", action="store_true", help="also time feedparser on hostile shapes")
    arguments = parser.parse_args()
    folder = Path(arguments.data or "") / "feeds"
    if not arguments.data or not (folder / "feeds.tar.gz").is_file():
        print("no data to measure with: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    for line in report(folder, arguments.peer):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
