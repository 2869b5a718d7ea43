"""The stage's flow: `draft` per document, `learn` over all of them, then articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from briefing.errors import ItemError, PageError, SourceError
from briefing.stages.clean.bylines import credited
from briefing.stages.clean.chrome import learn, trace, without_chrome
from briefing.stages.clean.dates import parse_published
from briefing.stages.clean.kinds import MIN_PAGE_WORDS, MIN_TEXT_WORDS, body_words, wall
from briefing.stages.clean.lines import key, lines_of
from briefing.stages.clean.piece import piece, shortened
from briefing.stages.clean.records import Cleaned, Draft, MapFunction, Page, Piece, Trace
from briefing.stages.clean.split import Section, dated, split
from briefing.text import one_line
from briefing.types import Article, Declared, Document, Dropped, Failure

MAX_TEXT_CHARS = 2_000_000
# A megabyte of one-letter lines took 14 s; the longest text pages seen have 3,000.
MAX_LINES = 50_000


def clean(documents: Iterable[Document], map: MapFunction = map, before: Sequence[Trace] = ()) -> Cleaned:  # noqa: A002
    """The articles of `documents`, ordered by document and place; the order of `documents` does not matter.

    `map` may run `draft` anywhere. `before` are traces of articles of earlier runs: chrome is learned from them too.
    """
    drafts = sorted(map(draft, documents), key=_order)
    traces = tuple(found for one in drafts for found in one.traces)
    chrome = learn((*before, *traces))
    parts = []
    drafts.reverse()
    while drafts:  # each is let go as its articles are made: at 100,000 they hold a gigabyte
        one = drafts.pop()
        parts.append(finished(one, chrome.get(one.group, frozenset())))
    return Cleaned(
        articles=tuple(article for part in parts for article in part.articles),
        failures=tuple(failure for part in parts for failure in part.failures),
        dropped=tuple(dropped for part in parts for dropped in part.dropped),
        traces=traces,
    )


def _order(one: Draft) -> tuple[object, ...]:
    """By item; the rest only decides between documents of one name, so that their order does not matter."""
    texts = tuple((part.title, part.lines) for part in one.pieces)
    left_out = tuple((dropped.reason, dropped.text) for dropped in one.dropped)
    said = (one.declared.model_dump_json(), one.path or "", one.failure.reason if one.failure else "")
    return one.item, one.group, texts, left_out, said


def draft(document: Document) -> Draft:
    """A document read, split and freed of the furniture that can be told without other documents."""
    try:
        page, sections = _read(document)
        return _drafted(document, page, sections)
    except ItemError as error:
        failure = _failure(document.item, str(error), document.declared, degrades=not isinstance(error, PageError))
        return Draft(item=document.item, group=_group(document), declared=document.declared, failure=failure)


def _failure(item: str, reason: str, declared: Declared, degrades: bool = False) -> Failure:
    """Why a document gave no article, with the title and link under which a reader may look for it elsewhere."""
    title = shortened(declared.title) if declared.title else None
    return Failure(stage="clean", item=item, reason=reason, degrades=degrades, title=title, url=declared.url)


def _read(document: Document) -> tuple[Page, list[Section]]:
    # lxml, trafilatura and markdown-it are loaded only where a page needs them.
    if document.media_type == "text/html":
        from briefing.stages.clean.extract import html_page

        return html_page(document.text)
    if len(document.text) > MAX_TEXT_CHARS:
        raise SourceError(f"too large: more than {MAX_TEXT_CHARS:,} characters of text")
    if document.text.count("\n") > MAX_LINES:
        raise SourceError(f"too large: more than {MAX_LINES:,} lines")
    if document.media_type == "text/markdown":
        from briefing.stages.clean.extract import markdown_page

        page, lines = markdown_page(document.text)
        return page, split(lines)
    return Page(), split(lines_of(document.text))


def _drafted(document: Document, page: Page, sections: Sequence[Section]) -> Draft:
    declared = merged(document.declared, page.declared)
    html = document.media_type == "text/html"
    title = one_line(declared.title) if declared.title else None
    several = len(sections) > 1
    made = [
        piece(section, None if section.item or (several and not html) else title, menus_left=section.item or not html)
        for section in dated(sections, declared.published)
    ]
    pieces = tuple(part for part, _ in made)
    removed = [Dropped(item=document.item, reason=reason, text=text) for _, rows in made for reason, text in rows]
    hidden = [Dropped(item=document.item, reason="hidden", text=text) for text in page.hidden]
    reason = _no_article(page, pieces, html)
    group = _group(document, declared)
    return Draft(
        item=document.item,
        group=group,
        declared=declared,
        page_language=page.declared.language,
        path=document.path,
        private=document.private,
        pieces=() if reason else pieces,
        traces=() if reason else tuple(trace(group, part) for part in pieces),
        dropped=tuple(hidden + removed),
        failure=_failure(document.item, reason, declared) if reason else None,
    )


def _no_article(page: Page, pieces: Sequence[Piece], html: bool) -> str | None:
    """Why a page holds no article, or None."""
    words = sum(body_words(part.lines) for part in pieces)
    visible = page.visible if html else "\n".join(line for part in pieces for line in part.lines)
    reason = wall(visible, words, page.free)
    if reason is None and html and words < MIN_PAGE_WORDS:
        return "chrome-only: no article text"
    return reason


def merged(declared: Declared, found: Declared) -> Declared:
    """What the input declares, and where it is silent what the page says of itself.

    Not the language: templates carry the wrong `lang` too often, so a page's own counts only where
    its text is too short to tell.
    """
    return Declared(
        title=declared.title or found.title,
        authors=tuple(filter(None, map(one_line, declared.authors))) or found.authors,
        published=parse_published(declared.published or "") or found.published,
        source=declared.source or found.source,
        url=declared.url or found.url,
        language=declared.language,
        section=declared.section,
        weight=declared.weight,
        kinds=declared.kinds or found.kinds,
    )


def _group(document: Document, declared: Declared | None = None) -> str:
    known = declared or document.declared
    return known.source or host(known.url) or f"folder:{document.folder}"


def host(url: str | None) -> str | None:
    """The host of a web address, without "www."; None for anything else."""
    try:
        name = urlsplit(url or "").hostname
    except ValueError:
        return None
    return name.removeprefix("www.") if name else None


def finished(one: Draft, chrome: frozenset[bytes]) -> Cleaned:
    """The articles of one draft once the chrome of its group is known."""
    dropped = list(one.dropped)
    articles = []
    main = _main_piece(one)
    for i, part in enumerate(one.pieces):
        bare, taken = without_chrome(part, chrome)
        dropped += [Dropped(item=one.item, reason="recurring-chrome", text=text) for text in taken]
        if body_words(bare.lines) >= MIN_TEXT_WORDS:
            articles.append(_article(bare, one, i == main))
        else:
            dropped += [
                Dropped(item=one.item, reason="no-article-text", text=text)
                for text in (bare.title, *bare.lines)
                if text
            ]
    failures = [one.failure] if one.failure else []
    if not articles and not failures:
        failures = [_failure(one.item, "chrome-only: no article text", one.declared)]
    return Cleaned(articles=tuple(articles), failures=tuple(failures), dropped=tuple(dropped))


def _main_piece(one: Draft) -> int:
    """The piece a document's own title, authors and date speak of: the one of that title, else the first, or -1."""
    wanted = key(one.declared.title or "")
    own = [i for i, part in enumerate(one.pieces) if not part.item]
    return next((i for i in own if wanted and key(one.pieces[i].title) in wanted), own[0] if own else -1)


def _article(part: Piece, one: Draft, is_main: bool) -> Article:
    declared = one.declared
    body = "\n\n".join(part.lines)  # every line was sanitised when it was read
    source = declared.source or host(declared.url)
    return Article.make(
        shortened(part.title),
        body,
        authors=(declared.authors if is_main else ()) or part.authors,
        source=one_line(source) if source else None,
        source_inferred=credited(body) if source is None else None,
        url=part.url or declared.url or one.path,
        published=(declared.published if is_main else None) or part.published,
        language=declared.language or part.language or one.page_language,
        private=one.private,
        section=declared.section,
        weight=declared.weight or 1.0,
        kinds=declared.kinds,
    )
