"""What an HTML page says of its article: JSON-LD, meta elements, `<time>`, `<link rel=canonical>`."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from briefing.stages.clean.bylines import names
from briefing.stages.clean.dates import parse_published
from briefing.stages.clean.lines import key, size
from briefing.text import one_line
from briefing.types import Declared

MAX_JSON_CHARS = 2_000_000
MAX_NODES = 5_000
MAX_VALUE_CHARS = 500
_ARTICLE = re.compile(
    r"(?:\w*NewsArticle|Article|ReportageNewsArticle|LiveBlogPosting|BlogPosting|Report|\w+Article|SocialMediaPosting)$"
)
_SEPARATORS = re.compile(r"\s+(?:[|·•»›]|[-–—])\s+|\s*\|\s*")


class Metadata(NamedTuple):
    """What was found; `titles` best first, `free` False where the page says its text must be paid for."""

    declared: Declared
    titles: tuple[str, ...]
    free: bool


def metadata(tree: HtmlElement) -> Metadata:
    """The metadata of a page; what it does not say stays None."""
    meta = _meta(tree)
    node = _article_node(tree)
    site = _first(meta.get("og:site_name"), _name(node.get("publisher")), meta.get("application-name"))
    titles = _titles(tree, meta, node)
    return Metadata(
        declared=Declared(
            title=stripped_title(titles[0], site, titles) if titles else None,
            authors=_authors(meta, node, site),
            published=_published(tree, meta, node),
            source=site,
            url=_url(tree, meta),
            language=_language(tree),
        ),
        titles=titles,
        free=str(node.get("isAccessibleForFree", "true")).lower() not in {"false", "http://schema.org/false"},
    )


def _first(*values: object) -> str | None:
    return next(
        (one_line(value[:MAX_VALUE_CHARS]) for value in values if isinstance(value, str) and value.strip()), None
    )


def _meta(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _article_node(tree: HtmlElement) -> Mapping[str, Any]:
    """The JSON-LD object that describes the page's article; empty when there is none."""
    nodes = [node for node in _nodes(tree) if any(_ARTICLE.match(kind) for kind in _kinds(node))]
    return max(nodes, key=lambda node: ("datePublished" in node, "headline" in node), default={})


def _nodes(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        raw = (script.text or "").strip()
        try:
            todo = [json.loads(raw, strict=False)] if len(raw) <= MAX_JSON_CHARS else []
        except (ValueError, RecursionError):
            continue
        for _ in range(MAX_NODES):
            if not todo:
                break
            node = todo.pop(0)
            if isinstance(node, list):
                todo.extend(node)
            elif isinstance(node, dict):
                yield node
                todo.extend(
                    node[part]
                    for part in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement")
                    if part in node
                )


def _kinds(node: Mapping[str, Any]) -> list[str]:
    kind = node.get("@type")
    return [str(one).rpartition("/")[2] for one in (kind if isinstance(kind, list) else [kind])]


def _name(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) and value.strip() else None


def _headline(node: Mapping[str, Any]) -> str | None:
    # JSON-LD is escaped twice on some pages, and cut at 110 characters on others.
    headline = html.unescape(str(node.get("headline") or ""))
    return None if headline.rstrip().endswith(("...", "…")) else _first(headline)


def _titles(tree: HtmlElement, meta: Mapping[str, str], node: Mapping[str, Any]) -> tuple[str, ...]:
    headings = [one_line(h1.text_content()) for h1 in list(tree.iter("h1"))[:3]]
    page = tree.find(".//title")
    candidates = [
        _headline(node),
        _first(meta.get("og:title")),
        *(heading for heading in headings if 2 <= size(heading) <= 40),
        _first(meta.get("twitter:title")),
        _first(page.text_content()) if page is not None else None,
    ]
    return tuple(dict.fromkeys(title for title in candidates if title))


def stripped_title(title: str, site: str | None, others: tuple[str, ...] = ()) -> str:
    """A title without " - Outlet" or " | Section | Outlet".

    A part is cut when it is the site's name, or when another title of the page ends before it.
    """
    for other in others:
        rest = title[len(other) :]
        if (
            size(other) >= 3
            and title.startswith(other)
            and site
            and re.match(r"\W|ㅣ", rest)
            and key(site) in key(rest)
        ):
            return other
    for match in reversed(list(_SEPARATORS.finditer(title))):
        left, right = title[: match.start()].strip(), title[match.end() :].strip()
        named = (
            site is not None
            and key(right) != ""
            and (key(right) in key(site) or key(site) in key(right))
            and size(right) <= 6
        )
        shorter = size(left) >= 3 and any(key(other) == key(left) for other in others)
        if left and (named or shorter):
            title = left
    return title


def _authors(meta: Mapping[str, str], node: Mapping[str, Any], site: str | None) -> tuple[str, ...]:
    """People named as authors; an author that is only the outlet itself gives way to a byline elsewhere."""
    listed = node.get("author") or node.get("creator") or ()
    written = [name for one in (listed if isinstance(listed, list) else [listed]) for name in [_name(one)] if name]
    fields = ("author", "article:author", "dc.creator", "parsely-author", "byl")
    found = [names(written), *(names([meta[field]]) for field in fields if field in meta)]
    people = [authors for authors in found if authors and {key(name) for name in authors} != {key(site or "")}]
    return next(iter(people), ())


def _published(tree: HtmlElement, meta: Mapping[str, str], node: Mapping[str, Any]) -> str | None:
    fields = (
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "date",
        "dc.date.issued",
        "parsely-pub-date",
        "publish-date",
        "pubdate",
    )
    times = (
        time.get("datetime")
        for time in tree.iterfind(".//time[@datetime]")
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished"
    )
    for value in (node.get("datePublished"), *(meta.get(field) for field in fields), *times):
        found = parse_published(value) if isinstance(value, str) else None
        if found:
            return found
    return None


def _url(tree: HtmlElement, meta: Mapping[str, str]) -> str | None:
    canonical = next((link.get("href") for link in tree.iterfind(".//link[@rel='canonical']")), None)
    return next(
        (
            url.strip()
            for url in (canonical, meta.get("og:url"))
            if url and re.match(r"https?://[^\s/]+\.[^\s]+$", url.strip())
        ),
        None,
    )


def _language(tree: HtmlElement) -> str | None:
    code = (tree.get("lang") or "").strip().lower().partition("-")[0]
    return code if re.fullmatch(r"[a-z]{2}", code) else None
