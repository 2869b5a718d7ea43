"""The articles a page lists in its JSON-LD: `ItemList`, `CollectionPage`, `Blog` and bare articles."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

from briefing.sources.formats.urls import absolute
from briefing.stages.clean.dates import parse_published
from briefing.text import one_line

MAX_JSON_CHARS = 2_000_000
MAX_NODES = 5_000
MAX_TITLE_CHARS = 300

_ARTICLE = re.compile(r"\w*Article|LiveBlogPosting|BlogPosting|Report|ReportageNewsArticle")
# Lists of other things: crumbs, menus, videos.
_OTHER_LISTS = frozenset(
    {"BreadcrumbList", "SiteNavigationElement", "WPHeader", "WPFooter", "VideoObject", "ImageGallery"}
)
_PARTS = ("@graph", "mainEntity", "itemListElement", "hasPart", "blogPost", "blogPosts", "item")


def listed(tree: HtmlElement, base: str) -> Iterator[tuple[str, str, str | None]]:
    """(canonical URL, title, date) of each article a page at `base` lists in JSON-LD."""
    for node in _nodes(tree):
        kinds = _kinds(node)
        if not any(_ARTICLE.fullmatch(kind) for kind in kinds) and "ListItem" not in kinds:
            continue
        url = absolute(_url(node), base)
        if url is not None:
            title = html.unescape(str(node.get("headline") or node.get("name") or ""))
            yield url, one_line(title)[:MAX_TITLE_CHARS], _date(node)


def _nodes(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    todo: deque[object] = deque(filter(None, map(_read, tree.iterfind(".//script[@type='application/ld+json']"))))
    for _ in range(MAX_NODES):
        if not todo:
            break
        node = todo.popleft()
        if isinstance(node, list):
            todo.extendleft(reversed(node))
        elif isinstance(node, dict) and _OTHER_LISTS.isdisjoint(_kinds(node)):
            yield node
            todo.extendleft(node[part] for part in reversed(_PARTS) if part in node)


def _read(script: HtmlElement) -> object:
    raw = (script.text or "").strip()
    try:
        return json.loads(raw, strict=False) if len(raw) <= MAX_JSON_CHARS else None
    except (ValueError, RecursionError):
        return None


def _kinds(node: Mapping[str, Any]) -> list[str]:
    kind = node.get("@type")
    return [str(one).rpartition("/")[2] for one in (kind if isinstance(kind, list) else [kind])]


def _url(node: Mapping[str, Any]) -> str:
    page = node.get("mainEntityOfPage")
    values = (node.get("url"), page.get("@id") if isinstance(page, dict) else page, node.get("item"), node.get("@id"))
    return next((value for value in values if isinstance(value, str) and not value.startswith("#")), "")


def _date(node: Mapping[str, Any]) -> str | None:
    value = node.get("datePublished")
    return parse_published(value) if isinstance(value, str) else None
