"""The titles of a page: which one is its headline, and what is cut from it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from briefing.stages.clean.lines import key, size
from briefing.text import one_line

MAX_VALUE_CHARS = 500
MAX_HEADINGS, MAX_LESSER, MAX_HEADING_WORDS = 5, 40, 40
CRUMB_LEVELS = 3
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
_TRAILS = frozenset({"nav", "li"})
_CRUMBS = re.compile(r"bread-?_?crumb|breadbar", re.IGNORECASE)
_BREAKS = frozenset({"br", "div", "p", "small"})


class Said(NamedTuple):
    """What a page gives as its title, by place, and what it calls its outlet.

    `linked` is JSON-LD, `shared` Open Graph, `posted` Twitter and other meta elements, `window` the title
    element, `shown` the h1s; `trail` where the h1 is a breadcrumb and `shown` the heading in its place.
    `sites` are the outlet's names as given, `outlets` those it may go by, squeezed.
    """

    linked: tuple[str, ...]
    shared: tuple[str, ...]
    posted: tuple[str, ...]
    window: tuple[str, ...]
    shown: tuple[str, ...] = ()
    trail: bool = False
    sites: tuple[str, ...] = ()
    outlets: frozenset[str] = frozenset()

    def head(self) -> tuple[str, ...]:
        """The titles a reader does not see on the page."""
        return (*self.linked, *self.shared, *self.posted, *self.window)


def read_titles(
    tree: HtmlElement, meta: Mapping[str, str], linked: object, named: Sequence[str], url: str | None
) -> Said:
    """What a page says: its meta elements by name, its JSON-LD headline, what its outlet is named, its address."""
    page = tree.find(".//title")
    head = Said(
        linked=tuple(title for title in _plain(linked) if not title.endswith(("...", "…"))),
        shared=_plain(meta.get("og:title")),
        posted=_plain(meta.get("twitter:title"), meta.get("headline")),
        window=_plain(page.text_content()) if page is not None else (),
    )
    shown, trail = _shown(tree, head.head())
    sites = _sites(named, head)
    return head._replace(shown=shown, trail=trail, sites=sites, outlets=_outlets(sites, url))


def _shown(tree: HtmlElement, titles: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The headings a page shows, and whether its h1 is only a breadcrumb that repeats another title for machines.

    In place of such an h1 stands the first of `titles` that is one of the lesser headings.
    """
    runs = frozenset(run for title in titles for run in _runs(title))
    h1s = {h1: _heading(h1, runs) for h1 in list(tree.iter("h1"))[:MAX_HEADINGS]}
    shown = tuple(text for h1, text in h1s.items() if _could_head(text) and not _is_crumb(h1))
    named = {squeezed(title): title for title in reversed(titles)}
    lesser = list(tree.iter("h2", "h3"))[:MAX_LESSER] if h1s and not shown else []
    keys = (squeezed(text) for element in lesser for text in (text_of(element), _heading(element, runs)))
    found = next((named[key] for key in keys if key in named), None)
    if found is None:
        return shown or tuple(filter(_could_head, h1s.values())), False
    return (found,), squeezed(found) not in map(squeezed, h1s.values())


def _is_crumb(heading: HtmlElement) -> bool:
    """Whether a heading stands in the trail of links that leads to the page, where it repeats a title for machines."""
    near = [heading, *islice(heading.iterancestors(), CRUMB_LEVELS)]
    return any(element.tag in _TRAILS or _CRUMBS.search(element.get("class") or "") for element in near)


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
    parts = [one_line(part) for child in h1 for part in (text_of(child), child.tail or "")]
    last = next((part for part in reversed(parts) if squeezed(part)), "")
    own = not (h1.text or "").strip() and size(last) >= MIN_WORDS and squeezed(last) in runs
    return last if own else text_of(h1)


def text_of(element: HtmlElement) -> str:
    """An element's text as one line; a break, or a capital right after a small letter, parts two of its pieces."""
    if not isinstance(element.tag, str):
        return ""
    out = ""
    for node in element.xpath(".//text()"):
        parent = node.getparent()
        glued = out[-1:].islower() and node[:1].isupper()
        out += f" {node}" if glued or parent.tag in _BREAKS else str(node)
    return one_line(out)


def _sites(named: Sequence[str], said: Said) -> tuple[str, ...]:
    """What the page calls its outlet, best first; some templates put the article's title or an address there."""
    titles = {key(title) for title in said.head() if size(title) > MAX_LOGO_WORDS}
    return tuple(name.removeprefix("@") for name in named if key(name) not in titles and "://" not in name)


def _outlets(sites: Sequence[str], url: str | None) -> frozenset[str]:
    """The outlet's names, their abbreviations in brackets, and the host of the page with and without its ending."""
    host = re.match(r"https?://(?:www\.)?([^\s/:?#]+)", url or "")
    labels = [label for label in host[1].lower().split(".")[:-1] if label not in _SECOND_LEVEL] if host else []
    short = [match for site in sites for match in re.findall(r"\((\w+)\)", site)]
    found = map(squeezed, (*sites, *short, *labels[-1:], *([host[1]] if host else [])))
    return frozenset(name for name in found if len(name) >= MIN_OUTLET_CHARS)


def is_outlet(text: str, outlets: frozenset[str]) -> bool:
    """Whether a text is an outlet's name or half of one ("Hollywood Reporter" of "The Hollywood Reporter")."""
    bare = squeezed(text)
    pairs = (sorted((bare, outlet), key=len) for outlet in outlets)
    return bare != "" and any(short in long and 2 * len(short) >= len(long) for short, long in pairs)


def ordered_titles(said: Said) -> tuple[str, ...]:
    """The titles of a page, best first: JSON-LD, Open Graph, the h1s, other meta elements, the window's.

    An h1 that no other title of the page resembles may be a logo or the heading of a box: a short one stands
    last. Where the h1 is a breadcrumb, JSON-LD holds what is written for search engines as well, and the heading
    that readers see comes first. Behind all stands what is the outlet's name, or so short that it must be found
    in two places.
    """
    first = [title for title in said.shown if any(_resembles(title, other) for other in said.head())]
    rest = [title for title in said.shown if title not in first]
    long = [title for title in rest if size(title) > MAX_LOGO_WORDS]
    seen = said.shown if said.trail else ()
    candidates = (*seen, *said.linked, *said.shared, *first, *long, *said.posted, *said.window, *rest)
    return tuple(dict.fromkeys(sorted(candidates, key=lambda title: _is_label(title, said))))


def _resembles(heading: str, title: str) -> bool:
    words = set(key(heading).split())
    return squeezed(heading) in squeezed(title) or 2 * len(words & set(key(title).split())) >= len(words)


def _is_label(title: str, said: Said) -> bool:
    places = (said.linked, (*said.shared, *said.posted), said.window, said.shown)
    found = sum(any(squeezed(title) in squeezed(other) for other in place) for place in places)
    short = len(title.split()) < MIN_WORDS and len(title) <= MAX_LABEL_CHARS
    return is_outlet(title, said.outlets) or (short and found < 2)


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
        if size(right) >= MIN_WORDS and piped and (is_outlet(left, said.outlets) or key(right) in keys):
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
    if is_outlet(part, said.outlets):
        return True
    shown = any(key(title) == key(heading) for heading in said.shown)
    return not shown and size(part) <= 6 and any(f" {key(site)}" in f" {key(part)}" for site in said.sites)
