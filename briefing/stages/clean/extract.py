"""HTML and Markdown to lines."""

from __future__ import annotations

from copy import deepcopy

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from markdown_it import MarkdownIt
from markdown_it.token import Token
from trafilatura.settings import Document as Extract

from briefing.errors import PageError, SourceError
from briefing.stages.clean.blocks import block_lines
from briefing.stages.clean.bylines import names
from briefing.stages.clean.dates import parse_published
from briefing.stages.clean.hidden import remove_hidden
from briefing.stages.clean.items import items
from briefing.stages.clean.lines import Line, lines_of, prose_words
from briefing.stages.clean.metadata import metadata
from briefing.stages.clean.records import Page
from briefing.stages.clean.split import Section
from briefing.text import one_line, sanitise

MAX_HTML_CHARS = 10_000_000
# 50,000 links took trafilatura 7.4 s; articles seen have at most 15,000 elements.
MAX_ELEMENTS = 50_000
# libxml2 gives up at 256 levels and drops what stands deeper.
MAX_DEPTH = 250
# Less than this share of a page's prose is a reason to look again; the other look must find this much more.
LITTLE, MUCH_MORE = 0.15, 1.5
# A larger Markdown text is read as plain text: parsing time grows faster than its length.
MAX_MARKDOWN_CHARS = 300_000

# What trafilatura 2.3 and htmldate 1.11 have been seen to raise on broken pages, and kin.
_LIBRARY_FAULTS = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, etree.LxmlError)
_TOO_DEEP = "boolean(" + "/*" * MAX_DEPTH + ")"


def html_page(text: str) -> tuple[Page, list[Section]]:
    """A page's metadata and its main text: one section, or one for each of its items.

    Raises SourceError for a page that is too large or nested too deep, PageError for an empty one.
    """
    tree = parsed(text)
    found = metadata(tree)
    hidden = remove_hidden(tree)
    visible = list(block_lines(tree))
    extracted = _extracted(tree, prose_words(visible))
    declared = found.declared
    if extracted is not None:
        declared = declared.replace(
            title=declared.title or extracted.title or None,
            authors=declared.authors or names((extracted.author or "").split(";")),
            published=declared.published or parse_published(extracted.date or ""),
            url=declared.url or extracted.url or None,
        )
    body = extracted.text if extracted is not None and extracted.text else ""
    page = Page(declared=declared, free=found.free, hidden=hidden, visible="\n".join(visible)[:20_000])
    main = [line for line in map(one_line, body.split("\n")) if line]
    return page, list(items(tree, main, declared.url)) or [Section(None, tuple(Line(line, 1) for line in main))]


def parsed(text: str) -> HtmlElement:
    """The element tree of a page; raises SourceError or PageError as `html_page` does."""
    if len(text) > MAX_HTML_CHARS:
        raise SourceError(f"too large: more than {MAX_HTML_CHARS:,} characters of HTML")
    data = text.replace("\x00", "").encode("utf-8", "ignore")
    try:
        tree = document_fromstring(data, parser=HTMLParser(encoding="utf-8"))
    except etree.LxmlError as error:
        raise PageError("chrome-only: the page is empty") from error
    if tree.getroottree().xpath(_TOO_DEEP):
        raise SourceError(f"nested too deep: more than {MAX_DEPTH} elements inside each other")
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise SourceError(f"too large: more than {MAX_ELEMENTS:,} elements")
    return tree


def _extracted(tree: HtmlElement, there: int) -> Extract | None:
    """What trafilatura finds; a second, slower look where the first left most of the page's prose (`there` words)."""
    first = _attempt(tree, fast=True)
    if _words(first) >= LITTLE * there:
        return first
    second = _attempt(tree, fast=False)
    return second if _words(second) > MUCH_MORE * _words(first) else first


def _words(found: Extract | None) -> int:
    return prose_words((found.text or "").split("\n")) if found is not None else 0


def _attempt(tree: HtmlElement, fast: bool) -> Extract | None:
    try:
        found = trafilatura.bare_extraction(deepcopy(tree), fast=fast, include_comments=False, with_metadata=True)
    except _LIBRARY_FAULTS as error:
        raise SourceError(f"could not be extracted: {type(error).__name__}: {error}"[:200]) from error
    return found if isinstance(found, Extract) else None


def markdown_page(text: str) -> tuple[Page, list[Line]]:
    """The blocks of a Markdown text as lines without markup; headings keep their level."""
    if len(text) > MAX_MARKDOWN_CHARS:
        return Page(), lines_of(text)
    lines: list[Line] = []
    ruled = False
    level = 0
    for token in MarkdownIt("commonmark").enable("table").parse(sanitise(text)):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "hr":
            ruled = True
        for block in _block_texts(token):
            lines.append(Line(block, 1, ruled, level))
            ruled, level = False, 0
    return Page(), lines


def _block_texts(token: Token) -> list[str]:
    if token.type == "inline":
        return [block for block in [one_line(_inline(token.children or []))] if block]
    if token.type in {"fence", "code_block"}:
        return [block for block in map(one_line, token.content.split("\n")) if block]
    return []


def _inline(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type in {"text", "code_inline"}:
            parts.append(token.content)
    return "".join(parts)
