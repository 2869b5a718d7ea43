"""What an HTML page says of its article: JSON-LD, meta elements, `<time>`, `<link rel=canonical>`."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
MAX_HEADINGS, MAX_HEADING_WORDS = 5, 40
# A title has at least this many words; a shorter one is looked at twice.
MIN_WORDS = 3
MAX_LOGO_WORDS = 4
MAX_LABEL_CHARS = 20
MIN_OUTLET_CHARS = 2
MAX_SEPARATORS = 12
# Google asked for headlines of at most this many characters in JSON-LD, and templates cut them there.
LINKED_CHARS = 110
_SEPARATORS = re.compile(r"\s+(?:[·•»›:]|::|[-–—])\s+|\s*[|｜│ㅣ]\s*")
_KICKER_ENDS = re.compile(r"\s*:\s+(?:[-–—]\s+)?|\s*[|/]\s*|\s+[-–—]\s+")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,8}\d{0,2});")
_TAG = re.compile(r"</?(?:a|b|br|cite|em|i|mark|q|small|span|strong|sub|sup|u|wbr)\b[^<>]{0,200}>", re.IGNORECASE)
# What stands before a country in a host: "pellpost.co.example".
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "gob", "gouv", "ne", "net", "or", "org"})
_BREAKS = frozenset({"br", "div", "p", "small"})


class Said(NamedTuple):
    """What a page gives as its title, by place, and what it calls its outlet.

    `linked` is JSON-LD, `shared` Open Graph, `posted` Twitter and other meta elements, `window` the title
    element, `shown` the h1s. `sites` are the outlet's names as given, `outlets` those it may go by, squeezed.
    """

    linked: tuple[str, ...]
    shared: tuple[str, ...]
    posted: tuple[str, ...]
    window: tuple[str, ...]
    shown: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    outlets: frozenset[str] = frozenset()

    def head(self) -> tuple[str, ...]:
        """The titles a reader does not see on the page."""
        return (*self.linked, *self.shared, *self.posted, *self.window)


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
    said = _said(tree, meta, node)
    sites = _sites(meta, node, said)
    site = next(iter(sites), None)
    said = said._replace(sites=sites, outlets=_outlets(sites, url))
    titles = ordered_titles(said)
    return Metadata(
        declared=Declared(
            title=headline(titles, said) if titles else None,
            authors=_authors(meta, node, site),
            published=_published(tree, meta, node),
            source=site,
            url=url,
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


def _said(tree: HtmlElement, meta: Mapping[str, str], node: Mapping[str, Any]) -> Said:
    page = tree.find(".//title")
    head = Said(
        linked=tuple(title for title in _plain(node.get("headline")) if not title.endswith(("...", "…"))),
        shared=_plain(meta.get("og:title")),
        posted=_plain(meta.get("twitter:title"), meta.get("headline")),
        window=_plain(page.text_content()) if page is not None else (),
    )
    runs = frozenset(run for title in head.head() for run in _runs(title))
    headings = [_heading(h1, runs) for h1 in list(tree.iter("h1"))[:MAX_HEADINGS]]
    return head._replace(shown=tuple(text for text in headings if _could_head(text)))


def _could_head(text: str) -> bool:
    return len(text) <= MAX_VALUE_CHARS and 2 <= size(text) <= MAX_HEADING_WORDS


def _plain(*values: object) -> tuple[str, ...]:
    """Titles as text: JSON-LD and meta elements are escaped twice on some pages, or hold tags."""
    texts = (value[:MAX_VALUE_CHARS] for value in values if isinstance(value, str))
    bare = (_TAG.sub("", _ENTITY.sub(lambda match: html.unescape(match[0]), text)) for text in texts)
    return tuple(title for title in map(one_line, bare) if title)


def squeezed(text: str) -> str:
    """A text's letters and digits alone, without case and accents."""
    return re.sub(r"[\W_]+", "", key(text))


def _runs(title: str) -> set[str]:
    """What stands in a title between any two of its separators and colons, squeezed."""
    ends = [match.span() for pattern in (_SEPARATORS, _KICKER_ENDS) for match in _ends(title, pattern)]
    starts, stops = [0, *(end for _, end in ends)], [*(start for start, _ in ends), len(title)]
    return {squeezed(title[a:b]) for a in starts for b in stops if a < b}


def _heading(h1: HtmlElement, runs: frozenset[str]) -> str:
    """The text of an h1 without a kicker that stands in an element of its own before the headline.

    Style alone parts such a kicker from the headline. That the rest is the headline must be seen from `runs`,
    the other titles of the page: an h1 may also begin with a name in italics.
    """
    parts = [one_line(part) for child in h1 for part in (_text(child), child.tail or "")]
    last = next((part for part in reversed(parts) if squeezed(part)), "")
    own = not (h1.text or "").strip() and size(last) >= MIN_WORDS and squeezed(last) in runs
    return last if own else _text(h1)


def _text(element: HtmlElement) -> str:
    """An element's text as one line; a break, or a capital right after a small letter, parts two of its pieces."""
    if not isinstance(element.tag, str):
        return ""
    out = ""
    for node in element.xpath(".//text()"):
        parent = node.getparent()
        glued = out[-1:].islower() and node[:1].isupper()
        out += f" {node}" if glued or parent.tag in _BREAKS else str(node)
    return one_line(out)


def _sites(meta: Mapping[str, str], node: Mapping[str, Any], said: Said) -> tuple[str, ...]:
    """What the page calls its outlet, best first; some templates put the article's title or an address there."""
    given = map(_first, (meta.get("og:site_name"), _name(node.get("publisher")), meta.get("application-name")))
    titles = {key(title) for title in said.head() if size(title) > MAX_LOGO_WORDS}
    return tuple(name.removeprefix("@") for name in given if name and key(name) not in titles and "://" not in name)


def _outlets(sites: Sequence[str], url: str | None) -> frozenset[str]:
    """The outlet's names, their abbreviations in brackets, and the host of the page with and without its ending."""
    host = re.match(r"https?://(?:www\.)?([^\s/:?#]+)", url or "")
    labels = [label for label in host[1].lower().split(".")[:-1] if label not in _SECOND_LEVEL] if host else []
    short = [match for site in sites for match in re.findall(r"\((\w+)\)", site)]
    found = map(squeezed, (*sites, *short, *labels[-1:], *([host[1]] if host else [])))
    return frozenset(name for name in found if len(name) >= MIN_OUTLET_CHARS)


def _is_outlet(text: str, outlets: frozenset[str]) -> bool:
    """Whether a text is an outlet's name or half of one ("Hollywood Reporter" of "The Hollywood Reporter")."""
    bare = squeezed(text)
    pairs = (sorted((bare, outlet), key=len) for outlet in outlets)
    return bare != "" and any(short in long and 2 * len(short) >= len(long) for short, long in pairs)


def ordered_titles(said: Said) -> tuple[str, ...]:
    """The titles of a page, best first: JSON-LD, Open Graph, the h1s, other meta elements, the window's.

    An h1 that no other title of the page resembles may be a logo or the heading of a box: a short one stands
    last. Behind all stands what is the outlet's name, or so short that it must be found in two places.
    """
    first = [title for title in said.shown if any(_resembles(title, other) for other in said.head())]
    rest = [title for title in said.shown if title not in first]
    long = [title for title in rest if size(title) > MAX_LOGO_WORDS]
    candidates = (*said.linked, *said.shared, *first, *long, *said.posted, *said.window, *rest)
    return tuple(dict.fromkeys(sorted(candidates, key=lambda title: _is_label(title, said))))


def _resembles(heading: str, title: str) -> bool:
    words = set(key(heading).split())
    return squeezed(heading) in squeezed(title) or 2 * len(words & set(key(title).split())) >= len(words)


def _is_label(title: str, said: Said) -> bool:
    places = (said.linked, (*said.shared, *said.posted), said.window, said.shown)
    found = sum(any(squeezed(title) in squeezed(other) for other in place) for place in places)
    short = len(title.split()) < MIN_WORDS and len(title) <= MAX_LABEL_CHARS
    return _is_outlet(title, said.outlets) or (short and found < 2)


def headline(titles: Sequence[str], said: Said) -> str:
    """The first of a page's titles, whole, and without the outlet and a kicker most of the others leave out."""
    whole = next((other for other in titles if _is_cut(titles[0], other)), titles[0])
    title = stripped_title(whole, said)
    tails = [title[match.end() :] for match in _ends(title, _KICKER_ENDS)]
    counts = Counter(squeezed(stripped_title(other, said)) for other in (*said.head(), *said.shown[:1]))
    fuller = counts[squeezed(title)]
    return next((tail for tail in tails if size(tail) >= MIN_WORDS and counts[squeezed(tail)] > fuller), title)


def _ends(title: str, pattern: re.Pattern[str] = _SEPARATORS) -> list[re.Match[str]]:
    return list(pattern.finditer(title))[:MAX_SEPARATORS]


def _is_cut(title: str, other: str) -> bool:
    """Whether a title is another, cut.

    Titles are cut with an ellipsis, inside a word, at 110 characters, and by a quotation mark that ends an
    attribute because it was not escaped.
    """
    stem = title.rstrip(".… ") if title.endswith(("...", "…")) else title
    if size(stem) < MIN_WORDS or not other.startswith(stem) or len(other) <= len(title):
        return False
    rest = other[len(stem) :]
    word = rest.split()[0] if rest.split() else ""
    limited = re.match(r" \w", rest) and len(stem) <= LINKED_CHARS <= len(stem) + 1 + len(word)
    return bool(stem != title or limited or re.match(r"\w|\s?[\"“„]\w", rest))


def stripped_title(title: str, said: Said) -> str:
    """A title without " - Outlet", " | Section | Outlet", "Outlet | " or "Opinion | ".

    A part is cut when it names the outlet, or when another title of the page is the rest.
    """
    others = (*said.head(), *said.shown)
    title = next((other for other in others if _only_adds_outlet(title, other, said.outlets)), title)
    keys = {key(other) for other in others}
    for match in reversed(_ends(title)):
        left, right = title[: match.start()].strip(), title[match.end() :].strip()
        if left and (_names_outlet(right, title, said) or (size(left) >= MIN_WORDS and key(left) in keys)):
            title = left
    for match in _ends(title):
        left, right = title[: match.start()].strip(), title[match.end() :].strip()
        piped = match[0].strip() in {"|", "｜", "│"}
        if size(right) >= MIN_WORDS and piped and (_is_outlet(left, said.outlets) or key(right) in keys):
            return stripped_title(right, said)
    return title


def _only_adds_outlet(title: str, other: str, outlets: frozenset[str]) -> bool:
    """Whether a title is another with something before or behind it that names the outlet."""
    if size(other) < MIN_WORDS or len(other) >= len(title):
        return False
    before, after = title.removesuffix(other), title.removeprefix(other)
    behind = after != title and re.match(r"\W|ㅣ", after) is not None
    extra = squeezed(after if behind else before)
    apart = behind or (before != title and re.search(r"\W\s*$", before) is not None)
    return apart and any(outlet in extra for outlet in outlets)


def _names_outlet(part: str, title: str, said: Said) -> bool:
    """Whether a title's last part is the outlet's name, also among up to six words ("RT World News").

    An h1 rarely ends with the outlet's name: where it shows the whole title, the part belongs to it.
    """
    if _is_outlet(part, said.outlets):
        return True
    shown = any(key(title) == key(heading) for heading in said.shown)
    return not shown and size(part) <= 6 and any(f" {key(site)}" in f" {key(part)}" for site in said.sites)


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
