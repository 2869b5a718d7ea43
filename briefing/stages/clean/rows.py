"""Mails as rows: the lines of their text, each with where it links to and whether it stands out.

Layout tables, cards of divs and plain text become the same rows, so that one reading of them serves all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from briefing.stages.clean.blocks import INLINE, NOT_SHOWN
from briefing.stages.clean.lines import Line, is_headline, lines_of
from briefing.text import one_line

# Mails are broken at 65 to 76 characters; a line that is ended earlier was meant to end.
WIDTH = 60

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_STRONG = frozenset({"b", "strong", "th", *_HEADINGS})
_LARGE = re.compile(
    r"font-weight\s*:\s*(?:bold|[6-9]00)|font-size\s*:\s*(?:1[89]|[2-9]\d)(?:\.\d+)?px|font:[^;]*\bbold\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"font-weight\s*:\s*(?:normal|[1-4]00)", re.IGNORECASE)
_URL = r"<?(?P<url>https?://[^\s<>\[\]]{1,4000})>?"
# "https://…", "<https://…>", "Read more: https://…", "[3] https://…"
_ADDRESS_LINE = re.compile(r"(?:(?P<words>[^\n]{0,60}?)[\s:(\[]{1,3})??" + _URL + r"[)\]]?[.,;]?")
_REFERENCE = re.compile(r"\[?(?P<number>\d{1,3})[\].:)]{1,2}\s+" + _URL)
NUMBERED = re.compile(r"^(?:\(?\d{1,2}[.)]|[•*·►▶»-])\s+")
_REFERRED = re.compile(r"\s*\[(?P<number>\d{1,3})\]")


class Row(NamedTuple):
    """One line: `href` is its first link, `linked` the share of its letters in links, `strong` that it stands out.

    `lead` is how it begins, where the beginning alone is linked or stands out: a title before its text.
    """

    text: str
    href: str | None = None
    linked: float = 0.0
    strong: bool = False
    lead: str = ""


class _Mark(NamedTuple):
    href: str | None = None
    strong: bool = False


class _Chunk(NamedTuple):
    text: str
    mark: _Mark


def rows(tree: HtmlElement) -> Iterator[Row]:
    """The shown lines of a page, one for each block element or line break."""
    chunks: list[_Chunk] = []
    marks = [_Mark()]
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        shown = isinstance(element.tag, str)
        if shown and element.tag not in INLINE:
            yield from _row(chunks)
            chunks = []
        if event == "start" and shown:
            marks.append(_marked(element, marks[-1]))
            if element.tag not in NOT_SHOWN:
                chunks.append(_Chunk(element.text or "", marks[-1]))
        elif event != "start":
            if shown:
                marks.pop()
            chunks.append(_Chunk(element.tail or "", marks[-1]))
    yield from _row(chunks)


def _marked(element: HtmlElement, around: _Mark) -> _Mark:
    href, style = around.href, element.get("style") or ""
    if element.tag == "a":
        target = (element.get("href") or "").strip()
        href = target if target and not target.startswith("#") else None
    large = element.tag == "font" and (element.get("size") or "")[:2].lstrip("+") in {"4", "5", "6", "7"}
    strong = element.tag in _STRONG or large or bool(_LARGE.search(style))
    return _Mark(href, strong or (around.strong and not _PLAIN.search(style)))


def _row(chunks: Sequence[_Chunk]) -> Iterator[Row]:
    text = one_line("".join(chunk.text for chunk in chunks))
    if not text:
        return
    told = [chunk for chunk in chunks if chunk.text.strip()]
    letters = sum(len(chunk.text.strip()) for chunk in told)
    linked = sum(len(chunk.text.strip()) for chunk in told if chunk.mark.href)
    opening = list(takewhile(lambda chunk: chunk.mark.strong or chunk.mark.href, told))
    yield Row(
        text=text,
        href=next((chunk.mark.href for chunk in told if chunk.mark.href), None),
        linked=linked / max(1, letters),
        strong=all(chunk.mark.strong for chunk in told),
        lead=one_line("".join(chunk.text for chunk in opening)) if len(opening) < len(told) else "",
    )


def text_rows(text: str) -> Iterator[Row]:
    """The paragraphs of a plain text; an address in a line of its own, or behind a number, is a link.

    A line by itself that could be a headline stands out; the address directly below it is its link.
    """
    known = {found["number"]: found["url"] for found in map(_REFERENCE.fullmatch, _stripped(text)) if found}
    held: Row | None = None
    for line in _joined(lines_of("\n".join(_apart(text)))):
        if _REFERENCE.fullmatch(line.text):
            continue
        alone = _ADDRESS_LINE.fullmatch(line.text)
        if alone and not alone["words"] and held and held.strong and not held.href:
            held = held._replace(href=alone["url"], linked=1.0)
            continue
        if held:
            yield held
        held = Row(one_line(alone["words"] or alone["url"]), alone["url"], 1.0) if alone else _told(line.text, known)
    if held:
        yield held


def _joined(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines joined where one was broken for its length: the next one's first word would not have fitted."""
    held: Line | None = None
    end = 0
    for line in lines:
        fits = end + 1 + len(line.text.split(" ", 1)[0]) < WIDTH
        if held and not (line.gap or line.ruled or fits or NUMBERED.match(line.text)):
            held = held._replace(text=f"{held.text} {line.text}")
        else:
            yield from (held,) if held else ()
            held = line
        end = len(line.text)
    yield from (held,) if held else ()


def _stripped(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def _apart(text: str) -> Iterator[str]:
    """The lines of a text with empty ones around every address, so that none is taken into a paragraph."""
    for line in _stripped(text):
        yield from ("", line, "") if "://" in line and _ADDRESS_LINE.fullmatch(line) else (line,)


def _told(text: str, known: Mapping[str, str]) -> Row:
    """A row without its "[3]", which is a link where a list of addresses has that number."""
    numbers = [found["number"] for found in _REFERRED.finditer(text) if found["number"] in known]
    bare = one_line(_REFERRED.sub(lambda found: "" if found["number"] in known else found[0], text))
    strong = is_headline(NUMBERED.sub("", bare))
    if not numbers:
        return Row(bare, strong=strong)
    return Row(bare, known[numbers[0]], 1.0 if strong else 0.1, strong)
