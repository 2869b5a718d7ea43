"""The articles a section or front page leads to, told from all else it links to.

    page ─anchors→ ─by target→ cards ─evidence: title, place, date, URL→ links in page order

A card is the largest element around a link that leads nowhere else; its heading, its `<time>` and the
text of its other links belong to the link. What a page says of itself in JSON-LD counts most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

from briefing.errors import PageError
from briefing.sources.formats.listed import listed
from briefing.sources.formats.paths import day, weight
from briefing.sources.formats.surroundings import mentions, within_furniture
from briefing.sources.formats.urls import absolute, canonical, identity, site
from briefing.stages.clean.dates import date_line, parse_published
from briefing.stages.clean.hidden import remove_hidden
from briefing.stages.clean.lines import size
from briefing.text import one_line

__all__ = ["Link", "article_links", "canonical", "identity", "site"]

MAX_LINKS = 1_000
MAX_TITLE_CHARS = 300
HEADLINE_WORDS = 4
# Points of evidence an article link has, of at most 17; on the test pages navigation has 3 and less.
ENOUGH = 5
# Around a link, not around the page: a card seen is at most this many elements up.
MAX_CLIMB = 8
# A target linked more often is judged by its first links.
MAX_ANCHORS = 8

_CARD_NAMES = re.compile(
    r"\b\w*(?:card|teaser|story|item|post|entry|headline|promo|article|news|listing)", re.IGNORECASE
)
_TITLE_NAMES = re.compile(r"title|headline|heading|titre|titel|titulo|schlagzeile", re.IGNORECASE)
_UNSEEN = re.compile(r"\b(?:sr-only|screen-reader-text|visually-?hidden|u-hidden)\b", re.IGNORECASE)
_CHANGED = re.compile(r"updat|modif", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NEVER_RELS = frozenset(
    {
        "nofollow",
        "sponsored",
        "ugc",
        "author",
        "tag",
        "category",
        "next",
        "prev",
        "search",
        "help",
        "license",
        "privacy-policy",
    }
)
_NOT_A_CARD = frozenset({"html", "body", "main", "table", "tbody", "ul", "ol"})
_DATED = ("time", "span", "p", "div", "small", "em", "td", "dd", "dt", "li", "b", "i", "font")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "em", "font", "i", "mark", "q", "s", "small", "strong", "sub", "sup", "u"}
)
_NOT_TEXT = frozenset({"script", "style", "svg", "noscript", "template", "button", "time"})
_SEAM = "\0"


class Link(NamedTuple):
    """A link to an article: canonical URL, the title it is shown under ("" if none), RFC 3339 date or day."""

    url: str
    title: str
    published: str | None


class _Anchor(NamedTuple):
    element: HtmlElement
    url: str
    weight: int


Cards = Mapping[HtmlElement, str | None]


def article_links(html: str, base: str) -> tuple[Link, ...]:
    """The article links of a page at `base`, in page order, each target once, at most 1,000.

    Only targets on the same registrable domain. Raises SourceError for a page of more than 10 million
    characters or 50,000 elements, or nested deeper than 250; a page without articles gives ().
    """
    from briefing.stages.clean.extract import parsed  # trafilatura, 1 s

    try:
        tree = parsed(html)
    except PageError:
        return ()
    declared = {identity(link.url): link for link in map(Link._make, listed(tree, base)) if _may_lead(link.url, base)}
    remove_hidden(tree)
    groups = _groups(tree, base, declared)
    cards = _cards(groups)
    found: dict[str, Link] = {}
    for key, anchors in groups.items():
        link = _judged(anchors, cards, declared.get(key))
        if link is not None:
            found[key] = link
    found |= {key: link for key, link in declared.items() if key not in groups and _stands_alone(link)}
    return tuple(found.values())[:MAX_LINKS]


def _stands_alone(link: Link) -> bool:
    return size(link.title) >= HEADLINE_WORDS or (weight(link.url) or 0) >= HEADLINE_WORDS


def _may_lead(url: str, base: str) -> bool:
    return weight(url) is not None and site(url) == site(base) and not _is_above(url, base)


def _is_above(url: str, base: str) -> bool:
    """Whether `url` is the page at `base` itself or a page above it: a crumb of its path."""
    return (identity(base) + "/").startswith(identity(url) + "/")


def _groups(tree: HtmlElement, base: str, declared: Mapping[str, Link]) -> dict[str, list[_Anchor]]:
    """The anchors that may lead to articles by target, in page order."""
    groups: dict[str, list[_Anchor]] = {}
    for anchor in _anchors(tree, base):
        groups.setdefault(identity(anchor.url), []).append(anchor)
    likely = (next(filter(_is_likely, anchors), None) for anchors in groups.values())
    furniture = within_furniture(tree, frozenset(anchor.element for anchor in likely if anchor is not None))
    standing = {
        key: [anchor for anchor in anchors if key in declared or anchor.element not in furniture][:MAX_ANCHORS]
        for key, anchors in groups.items()
    }
    return {key: anchors for key, anchors in standing.items() if anchors}


def _is_likely(anchor: _Anchor) -> bool:
    return anchor.weight >= 3 and size(_text(anchor.element)) >= HEADLINE_WORDS


def _anchors(tree: HtmlElement, base: str) -> Iterator[_Anchor]:
    start = next((absolute(b.get("href") or "", base) for b in tree.iter("base") if b.get("href")), None) or base
    mentioned = mentions(tree)
    for element in tree.iter("a"):
        href = (element.get("href") or "").strip()
        rels = (element.get("rel") or "").lower().split()
        if not href or href.startswith("#") or "download" in element.attrib or not _NEVER_RELS.isdisjoint(rels):
            continue
        url = absolute(href, start)
        if url is not None and _may_lead(url, base) and element not in mentioned:
            yield _Anchor(element, url, weight(url) or 0)


def _cards(groups: Mapping[str, Iterable[_Anchor]]) -> Cards:
    """The one target that each element around a link leads to; None where it leads to several."""
    owner: dict[HtmlElement, str | None] = {}
    for key, anchors in groups.items():
        for anchor in anchors:
            # A link to a section or an author shares a card with the article's; it has none of its own.
            if anchor.weight > 0 or _in_heading(anchor.element):
                _own(owner, anchor.element, key)
    return owner


def _own(owner: dict[HtmlElement, str | None], element: HtmlElement | None, key: str) -> None:
    """Note a target on an element and those above it, up to where nothing changes."""
    while element is not None:
        if element in owner and owner[element] in {key, None}:
            return
        owner[element] = None if element in owner else key
        element = element.getparent()


def _climb(anchor: HtmlElement, cards: Cards) -> list[HtmlElement]:
    """The anchor and the elements around it that lead nowhere else, the smallest first."""
    climbed = [anchor]
    key = cards.get(anchor)
    for element in anchor.iterancestors():
        if len(climbed) > MAX_CLIMB or cards.get(element) != key or element.tag in _NOT_A_CARD:
            break
        if _heads_the_page(element, anchor):
            break
        climbed.append(element)
    return climbed


def _heads_the_page(element: HtmlElement, anchor: HtmlElement) -> bool:
    """Whether an element holds a first-level heading apart from the link: that of the page, not of a card."""
    heading = next(element.iter("h1"), None)
    return heading is not None and heading not in anchor.iterancestors() and anchor not in heading.iterancestors()


def _judged(anchors: Sequence[_Anchor], cards: Cards, declared: Link | None) -> Link | None:
    """The link that a group of anchors is, if the evidence for an article is enough."""
    owned = [a.element for a in anchors if a.weight > 0 or _in_heading(a.element)]
    climbs = [_climb(element, cards) for element in owned] or [[anchor.element] for anchor in anchors]
    heading = next(filter(None, (_heading(climb) for climb in climbs)), "")
    title = heading or _anchor_title(anchors) or (declared.title if declared else "")
    written = next(filter(None, (_date(climb) for climb in climbs)), None)
    length = size(title)
    evidence = (
        anchors[0].weight
        + (3 if length >= 6 else 2 if length >= HEADLINE_WORDS else 0 if length == 3 else -2)
        + 2 * bool(heading)
        + any(_is_card(element) for climb in climbs for element in climb)
        + 2 * (written is not None)
        + 4 * (declared is not None)
    )
    # One or two words name a section or a language, unless the page says they are a headline.
    label = 0 < length <= 2 and not heading and declared is None
    if evidence < ENOUGH or label:
        return None
    url = anchors[0].url
    published = (declared.published if declared else None) or written or day(url)
    return Link(url, title[:MAX_TITLE_CHARS], published)


def _in_heading(anchor: HtmlElement) -> bool:
    return next(anchor.iterancestors(*_HEADINGS), None) is not None


def _is_card(element: HtmlElement) -> bool:
    return element.tag in {"article", "li", "dd", "td"} or bool(_CARD_NAMES.search(element.get("class") or ""))


def _heading(climb: Sequence[HtmlElement]) -> str:
    """The heading that holds a link, or stands in it, or else beside it in its card."""
    for element in climb:
        headings = [element] if element.tag in _HEADINGS else element.iter(*_HEADINGS)
        longest = max((_longest(_text(heading)) for heading in headings), key=size, default="")
        if size(longest) >= 2:
            return longest
    return ""


def _longest(text: str) -> str:
    return max(map(one_line, text.split("\n")), key=size)


def _anchor_title(anchors: Sequence[_Anchor]) -> str:
    """The longest text of the anchors to one target; where they are pictures, what these are said to show."""
    texts = [_marked_title(anchor.element) or _headline(_text(anchor.element)) for anchor in anchors]
    longest = max(texts, key=size)
    if size(longest) >= 2:
        return longest
    spoken = [_headline(a.element.get("title") or a.element.get("aria-label") or "") for a in anchors]
    spoken += [_headline(image.get("alt") or "") for a in anchors for image in a.element.iter("img")]
    return max([longest, *spoken], key=size)


def _marked_title(anchor: HtmlElement) -> str:
    marked = (part for part in anchor.iterdescendants() if _TITLE_NAMES.search(str(part.get("class") or "")))
    return max((_headline(_text(part)) for part in marked), key=size, default="")


def _text(element: HtmlElement) -> str:
    """The text of an element, each block on a line, without what only screen readers say.

    Spans grown together ("BudgetCouncil votes") are two lines: style sheets set a kicker apart that way.
    """
    pieces = "".join(_pieces(element)).split(_SEAM)
    text = pieces[0]
    for piece in pieces[1:]:
        apart = text[-1:].strip() and piece[:1].isupper()
        text += "\n" + piece if apart else piece
    return text


def _pieces(element: HtmlElement) -> Iterator[str]:
    if element.tag in _NOT_TEXT or _UNSEEN.search(str(element.get("class") or "")):
        return
    edge = _SEAM if element.tag == "span" else "" if element.tag in _INLINE else " " if element.tag == "br" else "\n"
    yield edge
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _pieces(child)
        yield child.tail or ""
    yield edge


def _headline(text: str) -> str:
    """Of several lines the first long enough for a headline: a kicker stands before it, a summary after."""
    lines = [one_line(line) for line in text.split("\n")]
    return next((line for line in lines if size(line) >= HEADLINE_WORDS), max(lines, key=size))


def _date(climb: Sequence[HtmlElement]) -> str | None:
    """The date of publication a card gives: of its `<time>`, else a short text that is only a date."""
    for element in climb:
        times = sorted(element.iter("time"), key=_says_changed)
        found = (parse_published(time.get("datetime") or "") for time in times)
        stamp = next(filter(None, found), None)
        if stamp is not None:
            return stamp
    lines = (one_line(part.text or "") for part in climb[-1].iter(*_DATED))
    dates = (line.published for line in map(date_line, filter(None, lines)) if line is not None)
    return next(filter(None, dates), None)


def _says_changed(time: HtmlElement) -> bool:
    return bool(_CHANGED.search(f"{time.get('class') or ''} {time.get('itemprop') or ''}"))
