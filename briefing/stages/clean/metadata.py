"""What an HTML page says of its article: JSON-LD, meta elements, `<time>`, `<link rel=canonical>`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from briefing.stages.clean.bylines import names, shown_byline
from briefing.stages.clean.dates import parse_published
from briefing.stages.clean.lines import key
from briefing.stages.clean.titles import Said, headline, is_outlet, ordered_titles, read_titles
from briefing.text import one_line
from briefing.types import Declared

MAX_JSON_CHARS = 2_000_000
MAX_NODES = 5_000
MAX_VALUE_CHARS = 500
MAX_SECTIONS = 20
_ARTICLE = re.compile(
    r"(?:\w*NewsArticle|Article|ReportageNewsArticle|LiveBlogPosting|BlogPosting|Report|\w+Article|SocialMediaPosting)$"
)
_REFERRING = ("author", "creator", "publisher")


class Metadata(NamedTuple):
    """What was found; `titles` best first, `free` False where the page says its text must be paid for."""

    declared: Declared
    titles: tuple[str, ...]
    free: bool


def metadata(tree: HtmlElement) -> Metadata:
    """The metadata of a page; what it does not say stays None."""
    meta = _meta(tree)
    node = _article_node(tree)
    url = _url(tree, meta)
    named = map(_first, (meta.get("og:site_name"), name_of(node.get("publisher")), meta.get("application-name")))
    page = read_titles(tree, meta, node.get("headline"), [name for name in named if name], url)
    titles = ordered_titles(page)
    site = next(iter(page.sites), None)
    return Metadata(
        declared=Declared(
            title=headline(titles, page) if titles else None,
            authors=_authors(tree, meta, node, page),
            published=_published(tree, meta, node),
            source=site,
            url=url,
            language=_language(tree),
            kinds=tuple(_kinds_and_sections(meta, node)),
        ),
        titles=titles,
        free=_free(node) is not False,
    )


def is_declared_free(tree: HtmlElement) -> bool:
    """Whether the JSON-LD of a page says that its article may be read without paying."""
    return _free(_article_node(tree)) is True


def _free(node: Mapping[str, Any]) -> bool | None:
    return {"true": True, "false": False}.get(str(node.get("isAccessibleForFree")).lower().rpartition("/")[2])


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
    every = list(nodes_of(tree))
    nodes = [node for node in every if any(_ARTICLE.match(kind) for kind in kinds(node))]
    best = max(nodes, key=lambda node: ("datePublished" in node, "headline" in node), default={})
    named = {node["@id"]: node for node in every if isinstance(node.get("@id"), str) and "name" in node}
    return {**best, **{field: _resolved(best[field], named) for field in _REFERRING if field in best}}


def _resolved(value: object, named: Mapping[str, Mapping[str, Any]]) -> object:
    """A value with references to other nodes of the graph (`{"@id": …}`) followed."""
    if isinstance(value, list):
        return [_resolved(one, named) for one in value[:MAX_NODES] if not isinstance(one, list)]
    reference = value.get("@id") if isinstance(value, dict) and "name" not in value else None
    return named.get(reference, value) if isinstance(reference, str) else value


def nodes_of(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    """Every JSON-LD object of a page."""
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


def kinds(node: Mapping[str, Any]) -> list[str]:
    """The types of a JSON-LD object, without the address of their vocabulary."""
    kind = node.get("@type")
    return [str(one).rpartition("/")[2] for one in (kind if isinstance(kind, list) else [kind])]


def _kinds_and_sections(meta: Mapping[str, str], node: Mapping[str, Any]) -> Iterator[str]:
    """The types of a page's article and the sections it is filed under."""
    sections = node.get("articleSection")
    named = (sections if isinstance(sections, list) else [sections])[:MAX_SECTIONS]
    fields = ("article:section", "og:section", "og:article:section", "parsely-section", "section")
    yield from kinds(node) if "@type" in node else ()
    yield from filter(None, (_first(value) for value in (*named, *(meta.get(field) for field in fields))))
    # What newspapers tell Facebook of a piece, "true" or "false".
    yield from ("opinion",) if meta.get("article:opinion", "").lower() == "true" else ()


def name_of(value: object) -> str | None:
    """The name of a person or organisation, however JSON-LD writes it."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) and value.strip() else None


def _authors(tree: HtmlElement, meta: Mapping[str, str], node: Mapping[str, Any], page: Said) -> tuple[str, ...]:
    """People named as authors; an author that is only the outlet itself gives way to a byline elsewhere."""
    listed = node.get("author") or node.get("creator") or ()
    written = [name for one in (listed if isinstance(listed, list) else [listed]) for name in [name_of(one)] if name]
    fields = ("author", "article:author", "articleauthor", "dc.creator", "parsely-author", "byl")
    found = [authors for authors in [names(written), *(names([meta[f]]) for f in fields if f in meta)] if authors]
    for i, authors in enumerate(found):
        if any((i == 0 or " " in name) and not is_outlet(name, page.outlets) for name in authors):
            return authors
    desks = (authors for authors in found if {key(name) for name in authors} != {key(site) for site in page.sites[:1]})
    return shown_byline(tree, page.outlets) or next(desks, ())


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
