"""What stands around the content of a page: menus, headers, footers, side columns; and links within running text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lxml import etree
from lxml.html import HtmlElement

from briefing.text import words

# A sign that is not sure marks furniture only while most of the page's article links stand outside it.
MOST = 0.5
# So many words before a link, and it is part of a sentence; a date or a kicker has fewer.
SENTENCE_WORDS = 4

_TAGS = frozenset({"nav", "menu", "dialog"})
_ROLES = frozenset({"navigation", "search", "menu"})
_UNSURE_TAGS = frozenset({"aside", "form", "header"})
_UNSURE_ROLES = frozenset({"banner", "contentinfo", "menubar", "complementary", "dialog", "toolbar"})
_UNSURE_NAMES = frozenset(
    {"nav", "navbar", "navigation", "menu", "submenu", "megamenu", "breadcrumb", "breadcrumbs", "pagination", "pager"}
    | {"paging", "footer", "masthead", "topbar", "toolbar", "sidebar", "share", "sharing", "social", "cookie"}
    | {"cookies", "consent", "newsletter", "subscribe", "login", "tags", "taglist", "tagcloud", "ad", "ads", "advert"}
    | {"advertisement", "sponsored", "sponsor", "outbrain", "taboola", "skiplink", "byline", "langswitch"}
)
_PAGE = frozenset({"html", "body", "main", "article"})
# A header or footer within one of these is that of a card.
_ITEMS = frozenset({"article", "section", "li", "main", "td"})
# WordPress names the categories and tags of an article in the classes of its card.
_NOT_A_NAME = re.compile(r"(?:has|no|with|without|is|category|tag|type|author|format|post|status)[-_]", re.IGNORECASE)


def within_furniture(tree: HtmlElement, likely: Collection[HtmlElement]) -> frozenset[HtmlElement]:
    """The elements of a page that are furniture or stand in it; `likely` are anchors to articles, one a target."""
    held = _held(tree, likely)
    inside: set[HtmlElement] = set()
    items: set[HtmlElement] = set()
    for element in tree.iter(etree.Element):
        above = element.getparent()
        in_item = above is not None and above in items
        if in_item or element.tag in _ITEMS:
            items.add(element)
        outside = held.get(element, 0) <= MOST * len(likely)
        if (above is not None and above in inside) or _is_furniture(element, in_item, outside):
            inside.add(element)
    return frozenset(inside)


def _held(tree: HtmlElement, anchors: Collection[HtmlElement]) -> dict[HtmlElement, int]:
    """How many of `anchors` each element holds, counted from the end of the page: children come before parents."""
    held = dict.fromkeys(anchors, 1)
    for element in reversed(list(tree.iter(etree.Element))):
        above = element.getparent()
        if above is not None and element in held:
            held[above] = held.get(above, 0) + held[element]
    return held


def _is_furniture(element: HtmlElement, in_item: bool, outside: bool) -> bool:
    role = (element.get("role") or "").strip().lower()
    if element.tag in _PAGE:
        return False
    if element.tag in _TAGS or role in _ROLES:
        return True
    if element.tag in {"header", "footer"}:
        return not in_item and (outside or element.tag == "footer")
    if not outside:
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}".split()
    return element.tag in _UNSURE_TAGS or role in _UNSURE_ROLES or any(map(_is_furniture_name, names))


def _is_furniture_name(name: str) -> bool:
    parts = [part for part in re.split(r"[-_]+", name.lower()) if part]
    return bool(parts) and not _NOT_A_NAME.match(name) and not _UNSURE_NAMES.isdisjoint((parts[0], parts[-1]))


def mentions(tree: HtmlElement) -> frozenset[HtmlElement]:
    """The links within running text: words of a sentence come before them in their paragraph."""
    return frozenset(
        anchor
        for anchor, said in _words_before(tree)
        if said >= SENTENCE_WORDS or (said > 0 and _first_letter(anchor).islower())
    )


def _words_before(tree: HtmlElement) -> Iterator[tuple[HtmlElement, int]]:
    """Each link within a paragraph, and how many words the paragraph has before it."""
    said: list[int] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            if element.tag == "p":
                said.append(0)
            elif element.tag == "a" and said:
                yield element, said[-1]
        elif element.tag == "p" and said:
            said.pop()
        if said:
            said[-1] += len(words((element.text if event == "start" else element.tail) or ""))


def _first_letter(element: HtmlElement) -> str:
    return next((text.strip()[0] for text in element.itertext() if text.strip()), "")
