"""Who wrote a text, and whom it credits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice, pairwise

from lxml.html import HtmlElement

from briefing.stages.clean.furniture import is_agency
from briefing.stages.clean.lines import is_prose, size
from briefing.stages.clean.phrases import AGENCIES
from briefing.stages.clean.titles import is_outlet, text_of
from briefing.text import one_line

MAX_NAMES = 12

_NAME = r"[^\W\d_a-z][\w.'’-]*"
_RUN = rf"{_NAME}(?:[ -](?:{_NAME}|de|del|di|da|dos|la|le|van|von|der|den|bin|al|el|ibn|ten|zu))*"
_BY = re.compile(
    rf"(?i:written by|reported by|story by|by|von|par|por|di|door|av|af|بقلم)[:\s]+"
    rf"(?P<names>{_RUN}(?:\s*(?:,|;|&|\||/|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b|\bog\b|\boch\b)\s*{_RUN}){{0,8}})"
    r"\s*(?:[,|/·•–—-].{0,60})?"
)
_PERSON = rf"{_NAME}(?: {_NAME}){{1,3}}"
_PEOPLE = re.compile(rf"{_PERSON}(?:\s*(?:[/,&]|\band\b)\s*{_PERSON}){{0,4}}")
# An element that holds a byline holds little else.
MAX_PARTS, MAX_BYLINE_CHARS = 12, 200
_JOIN = re.compile(r"\s*(?:[,;&|·]|/(?=\s*[^\W\d_a-z])|\band\b|\bund\b|\bet\b|\by\b|\bog\b|\boch\b)\s*")
_LEADING = re.compile(r"^(?:written |reported |story )?(?:by|von|par|por|text|autor|author)\b[:\s]*", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_ADDRESS = re.compile(r"(?:https?:|www\.)\S+|\S*@\S+")
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\d{3}|[<>{}=]|^(?:staff|admin|editor|news|nachrichten|redaktion|none|null|unknown|author|authors|guest)$",
    re.IGNORECASE,
)

# An outlet or agency that gathered the words itself: "he told X", "in an interview with X".
_CREDITS = re.compile(
    r"\b(?:(?:told|tells|[Ii]n (?:\w+ )?(?:remarks|comments|statements) to"
    r"|[Ii]n (?:an? |the )?(?:\w+ )?interview (?:with|to)"
    r"|questions from|[Ss]peaking to|statement to|obtained by|seen by|reviewed by) (?:the )?)"
    r"(?P<name>[A-ZÀ-Þ][\w’'-]*(?:[ -](?:[A-ZÀ-Þ][\w’'-]*|al-[A-Z]\w+|of(?= [A-Z])))*)"
)
_DATELINE = re.compile(
    rf"^.{{0,40}}\((?P<name>{AGENCIES})\)\s*[-–—]|\((?P<end>{AGENCIES})\)\s*$|^\((?P<start>{AGENCIES})\)"
)


def byline(text: str) -> tuple[str, ...]:
    """The names in a line like "By Jane Doe and John Roe", or an agency standing alone; () for any other line."""
    if is_agency(text):
        return (text.strip("()[]©—– -"),)
    short = size(text) <= 20 and len(text) <= 200 and not text.endswith((".", "!", "?"))
    match = _BY.fullmatch(text) if short else None
    return names([match["names"]]) if match else ()


def shown_byline(tree: HtmlElement, outlets: frozenset[str]) -> tuple[str, ...]:
    """The people a page shows as its authors: its only "By Jane Doe", or names in bold before the first paragraph.

    Its outlet (`outlets` as in `titles.Said`) and agencies, which photographs are credited to, are no such people.
    """
    lines = (text_of(element) for element in tree.iter("p", "div", "span", "address", "li") if _is_small(element))
    found = {people for people in map(byline, lines) if people and all(_is_person(one, outlets) for one in people)}
    return next(iter(found)) if len(found) == 1 else _bold_byline(tree)


def _is_person(name: str, outlets: frozenset[str]) -> bool:
    return " " in name and not is_agency(name) and not is_outlet(name, outlets)


def _is_small(element: HtmlElement) -> bool:
    return len(list(islice(element.iter(), MAX_PARTS))) < MAX_PARTS


def _bold_byline(tree: HtmlElement) -> tuple[str, ...]:
    paragraphs = [(element, text) for element in tree.iter("p") for text in [text_of(element)] if text]
    before = next((one for one, (_, text) in pairwise(paragraphs) if is_prose(text)), None)
    if before is None or len(before[1]) > MAX_BYLINE_CHARS or not _PEOPLE.fullmatch(before[1]):
        return ()
    bold = "".join(text_of(part) for part in before[0].iter("b", "strong"))
    spoken_of = sum(before[1] in text for _, text in paragraphs) > 1
    return names([before[1]]) if bold == before[1] and not spoken_of else ()


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """Author names out of strings that may hold several; addresses, handles and placeholders are left out."""
    found: dict[str, str] = {}
    for text in texts:
        for name in _parts(text):
            found.setdefault(name.casefold(), name)
    return tuple(list(found.values())[:MAX_NAMES])


def _parts(text: str) -> list[str]:
    whole = _LEADING.sub("", _ADDRESS.sub("", one_line(text[:500])))
    parts = [_ASIDE.sub("", part).strip(" .,-–|") for part in _JOIN.split(whole)]
    likely = [part for part in parts if 1 < len(part) <= 60 and size(part) <= 6 and not _NOT_A_NAME.search(part)]
    full = [part for part in likely if " " in part]
    # "Jane Doe, Brussels": beside full names, a single word is a place or a desk, or an agency.
    return [part for part in likely if not full or part in full or is_agency(part)]


def credited(text: str) -> str | None:
    """The organisation a text credits as the one it was told to, or the agency of its dateline; else None.

    A name counts when it stands in at least two such credits and nearly nowhere else in the text:
    people and parliaments who are told things are spoken of in other places, too.
    """
    for line in text.split("\n"):
        dateline = _DATELINE.search(line)
        if dateline:
            return dateline["name"] or dateline["end"] or dateline["start"]
    counts = Counter(match["name"] for match in _CREDITS.finditer(text))
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]:
        mentions = len(re.findall(rf"\b{re.escape(name)}\b", text))
        if count >= 2 and count >= 0.75 * mentions:
            return name
    return None
