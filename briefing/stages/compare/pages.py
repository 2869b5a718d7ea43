"""Pages that an edition cited and that say something else now: silent changes.

A sentence stands on a page where its letters and digits do, in their order: in what is shown of the page, or in the
article as cleaned. So neither markup nor another cleaning makes a change, and what was added is none either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from briefing.errors import ItemError
from briefing.stages.checks import Grounds
from briefing.stages.claims import claims
from briefing.stages.clean import Trace, clean
from briefing.stages.clean.blocks import block_lines, letters
from briefing.stages.compare.grounding import checked
from briefing.text import sentences
from briefing.types import Article, Briefing, Changed, Citation, Document, Statement

# With fewer of its sentences left it is another text: a story told on at the same address, or a wall.
_LEFT = 0.5


class Reread(NamedTuple):
    """A page that was cited, as it is now: all it shows, and its articles. `shown` is None where there is no page."""

    url: str
    shown: str | None
    articles: tuple[Article, ...] = ()


class _Cited(NamedTuple):
    """An article that editions cited: in which sentences, and the date of the latest of them."""

    article: Article
    edition: str
    citations: tuple[Citation, ...]


def reread(pages: Sequence[Document], missing: Iterable[str], traces: Sequence[Trace]) -> tuple[Reread, ...]:
    """What stands at the addresses of pages now; one that gives no article says nothing of what it was."""
    made = clean(pages, before=traces).articles
    found = []
    for page in pages:
        url = page.declared.url or page.item
        if articles := tuple(a for a in made if a.url == url):
            found.append(Reread(url, _shown(page.text), articles))
    return (*found, *(Reread(url, None) for url in missing))


def _shown(html: str) -> str:
    from briefing.stages.clean.extract import parsed

    try:
        return "\n".join(block_lines(parsed(html)))
    except ItemError:
        return ""


def changed(
    pages: Sequence[Reread],
    articles: Sequence[Article],
    editions: Sequence[Briefing],
    corrected: Sequence[Statement],
    grounds: Grounds,
) -> tuple[Changed, ...]:
    """Of each page read again what was cited from it and is gone, but for what a correction or an edition says.

    `pages` were asked for again; `articles` are today's, of which one may stand at an address that was cited.
    """
    known = {(c.article, c.extent) for e in editions for c in e.changed}
    said = {c for e in editions for one in e.changed for s in one.gone for c in s.citations}
    said |= {c for s in corrected for c in s.citations}
    asked = {page.url: page for page in pages}
    read: dict[str, list[Article]] = {}
    for article in articles:
        read.setdefault(article.url or "", []).append(article)
    found = []
    for cited in _cited(editions, grounds):
        url = cited.article.url or ""
        change = _change(cited, asked.get(url), read.get(url, ()), grounds)
        if change is None or (change.extent != "cited" and (change.article, change.extent) in known):
            continue
        left = tuple(s for s in change.gone if s.citations[0] not in said)
        if left or change.extent != "cited":
            found.append(change.replace(gone=left))
    return tuple(found)


def _cited(editions: Sequence[Briefing], grounds: Grounds) -> Iterator[_Cited]:
    """By id, every article with an address that editions, the latest first, cited; what runs on is no change."""
    found: dict[str, dict[Citation, str]] = {}
    for edition in editions:
        for citation in (c for story in edition.stories for s in story.statements() for c in s.citations):
            found.setdefault(citation.article, {}).setdefault(citation, edition.date)
    for identity, citations in sorted(found.items()):
        article = grounds.articles.get(identity)
        if article and "://" in (article.url or "") and article.genre != "live blog":
            in_order = sorted(citations, key=lambda c: c.sentence)
            yield _Cited(article, max(citations.values()), tuple(in_order))


def _change(cited: _Cited, page: Reread | None, read: Sequence[Article], grounds: Grounds) -> Changed | None:
    if page and page.shown is None:
        return Changed(article=cited.article.id, edition=cited.edition, extent="missing")
    if cited.article.id in {a.id for a in read} or not (page or read):
        return None
    texts = (*((page.shown or "", *(a.text for a in page.articles)) if page else ()), *(a.text for a in read))
    now = letters("\n".join(texts))
    spans = sentences(cited.article.text)
    gone = {n for n, span in enumerate(spans) if letters(cited.article.text[span.start : span.end]) not in now}
    # A feed may call its article otherwise than the page does: only a title from the same hand is another title.
    gone -= frozenset() if read else {0}
    if len(gone) > (1 - _LEFT) * len(spans):
        # What a feed says of an article may be less than its page said.
        return Changed(article=cited.article.id, edition=cited.edition, extent="rewritten") if page else None
    lost = tuple(_sentence(c, cited.article, grounds) for c in _first(cited.citations) if c.sentence in gone)
    extent = "cited" if lost else "other"
    return Changed(article=cited.article.id, edition=cited.edition, extent=extent, gone=lost) if gone else None


def _first(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    by_sentence: Mapping[int, Citation] = {c.sentence: c for c in citations}
    return tuple(by_sentence.values())


def _sentence(citation: Citation, article: Article, grounds: Grounds) -> Statement:
    """A cited sentence as a statement in its own words."""
    plain = Statement(text=citation.quote, language=article.language, citations=(citation,), new=False)
    return checked(plain, claims(article, grounds.lexicons), grounds)
