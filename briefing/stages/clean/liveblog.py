"""The updates that a live blog lists as linked data (https://schema.org/LiveBlogPosting)."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urldefrag, urljoin

from lxml.html import HtmlElement

from briefing.stages.clean.blocks import letters
from briefing.stages.clean.bylines import names
from briefing.stages.clean.clocks import stamp
from briefing.stages.clean.furniture import Removed
from briefing.stages.clean.lines import Line
from briefing.stages.clean.metadata import kinds, name_of, nodes_of
from briefing.stages.clean.split import Section
from briefing.text import one_line

MAX_UPDATES = 1_000
# Two texts that begin with the same letters, this many, are one update.
OPENING = 40
_TAG = re.compile(r"</?[a-z][^<>]{0,300}>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^<>]{0,100}>", re.IGNORECASE)

Index = Mapping[str, Section]


def updates(tree: HtmlElement, url: str | None) -> tuple[Section, ...]:
    """The updates of a page's LiveBlogPosting in its order, their texts as far as the linked data hold them."""
    nodes = [node for node in nodes_of(tree) if any(kind == "LiveBlogPosting" for kind in kinds(node))]
    listed = [node.get("liveBlogUpdate") for node in nodes]
    flat = [update for one in listed for update in (one if isinstance(one, list) else [one])]
    return tuple(_update(update, url) for update in flat[:MAX_UPDATES] if isinstance(update, Mapping))


def _update(node: Mapping[str, Any], url: str | None) -> Section:
    body = node.get("articleBody") or node.get("text") or node.get("description")
    title = node.get("headline") or node.get("name")
    written = node.get("author") or node.get("creator") or ()
    authors = [name_of(one) for one in (written if isinstance(written, list) else [written])]
    published, address = node.get("datePublished"), node.get("url") or node.get("@id")
    return Section(
        title=one_line(_plain(title)) or None if isinstance(title, str) else None,
        lines=tuple(Line(line, 1) for line in _lines(body)) if isinstance(body, str) else (),
        authors=names(name for name in authors if name),
        url=absolute(address, url) if isinstance(address, str) else None,
        stamp=stamp(published) if isinstance(published, str) else None,
        item=True,
    )


def absolute(address: str, url: str | None) -> str | None:
    """A web address as seen from the page's own, or None."""
    try:
        joined = urljoin(url or "", address.strip())
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) else None


def _plain(text: str) -> str:
    """Text without tags and entities: linked data are escaped once more on some pages."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", html.unescape(text))))


def _lines(body: str) -> list[str]:
    return [line for line in map(one_line, _plain(body).split("\n")) if line]


def index(listed: Sequence[Section]) -> Index:
    """Updates by the marks that a block of the page shares with them; of two with one mark the first."""
    found: dict[str, Section] = {}
    for update in listed:
        for mark in _marks(update):
            found.setdefault(mark, update)
    return found


def _marks(section: Section) -> list[str]:
    texts = [letters(section.title or ""), letters(section.lines[0].text if section.lines else "")[:OPENING]]
    fragment = urldefrag(section.url or "")[1]
    return [mark for mark in (f"#{fragment}" if fragment else "", *texts) if mark]


def matched(section: Section, listed: Index) -> Section | None:
    """A block of the page with the time, authors and address that the linked data give it; None for an unlisted one."""
    update = next((listed[mark] for mark in _marks(section) if mark in listed), None)
    if update is None:
        return None
    return section._replace(
        title=section.title or update.title,
        stamp=update.stamp or section.stamp,
        authors=update.authors or section.authors,
        url=update.url or section.url,
    )


def with_unfound(found: Sequence[Section], listed: Sequence[Section], page: str) -> list[Section]:
    """The blocks found and the listed updates that the page shows elsewhere; `page` is its text in letters.

    An update that is not shown is no evidence, as no hidden text is: it is among the `removed` of the last. Where
    none is shown, a script shows them, and all are taken from the linked data.
    """
    have = {mark for section in found for mark in _marks(section)}
    rest = [update for update in listed if not have.intersection(_marks(update))]
    shown = [update for update in rest if any(not m.startswith("#") and m in page for m in _marks(update)[-1:])]
    if not found and not shown:
        return rest
    out = [*found, *shown]
    unshown = [update for update in rest if update not in shown]
    texts = [" ".join(filter(None, (update.title, *(line.text for line in update.lines)))) for update in unshown]
    out[-1] = out[-1]._replace(
        removed=(*out[-1].removed, *(Removed("not-shown", text[:200]) for text in texts if text))
    )
    return out
