"""Kinds of article: what a page shows to be opinion, satire, press release, correction, live blog or paid for.

Evidence in order: the outlet, what the page declares, its address, the rubric of its title, its wording. An
article that shows none is news. The last three are read strictly: a report about satire, about an opinion poll or
about a correction of share prices is news too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from briefing.lexicon import GenreWords, Lexicon, Lexicons
from briefing.stages.genres.corrections import corrections, tied
from briefing.stages.genres.marks import (
    MENDED,
    NO_RUBRICS,
    OUTLETS,
    SECTIONS,
    TYPES,
    UNSURE,
    WIRE_MARK,
    first,
    plain_name,
)
from briefing.text import Span, fold, sentences
from briefing.types import Article, Genre

__all__ = ["Genre", "correction_note", "corrections", "genre", "labelled", "tied"]

_OPENING_LINES, _ENDING_LINES = 3, 15
_DATELINE_CHARS, _LEAD_CHARS = 300, 1_500
_MIN_ENDINGS = 2
# Where a text says "live", three paragraphs that begin with an hour make it one.
_MIN_CLOCKS = 3
_CLOCK = re.compile(r"\W{0,3}(?:[01]?\d|2[0-3])[.:h][0-5]\d\b")
_NO_LETTERS = re.compile(r"[\W_]+")
_LEVELS = re.compile(r"\s*[/,>|;·]\s*")
_RUBRIC = re.compile(r"\W{0,2}(?P<rubric>[^:|–—]{3,32}?)\W?(?:\s*[:|│]\s|\s+[-–—]\s|\]\s|\)\s)")
_LAST_RUBRIC = re.compile(r"(?:\s[-–—|│]\s|\s[(\[])(?P<rubric>[^:|()\[\]–—]{3,32})[)\]]?$")
_UPDATED_LIVE = re.compile(r"(?:^live-updates?-|-live-(?:updates|blog)(?:-\d+)?$)")
_NOTE_LEAD = r"\W{0,3}(?:(?:editor's note|correction|clarification|note|update)s?\b\W{1,3})?"


def labelled(articles: Iterable[Article], lexicons: Lexicons) -> tuple[Article, ...]:
    """The articles, each with its kind."""
    return tuple(_labelled(article, lexicons.get(article.language or "")) for article in articles)


def _labelled(article: Article, lexicon: Lexicon | None) -> Article:
    found = article.genre or genre(article, lexicon)
    return article if found == article.genre else article.replace(genre=found)


def genre(article: Article, lexicon: Lexicon | None) -> Genre | None:
    """What kind of article this shows itself to be; None for news. Without a lexicon its wording is not read."""
    words = lexicon.genres if lexicon else GenreWords()
    return (
        _of_outlet(article)
        or _named(article, words, _declared(article))
        or _named(article, words, _segments(article.url))
        or _of_rubric(article, words)
        or _of_wording(article, words)
    )


def correction_note(text: str, lexicon: Lexicon) -> Span | None:
    """The sentence in which an article says that it was corrected ("An earlier version of this article …")."""
    pattern = _any(lexicon.genres.correction_notes, _NOTE_LEAD)
    return next(
        (span for span in sentences(text)[1:] if pattern.match(_plain(text[span.start : span.end][:200]))), None
    )


def _of_outlet(article: Article) -> Genre | None:
    host = (_split(article.url)[0] or "").split(".")
    parents = (".".join(host[i:]) for i in range(len(host) - 1))
    return first(OUTLETS.get(plain_name(name)) for name in (article.source or "", *parents))


def _declared(article: Article) -> Iterator[str]:
    """The types and sections that a page says its article is of, and the section in its source's name, as slugs."""
    desk = _LAST_RUBRIC.search(article.source or "")
    for name in (*article.kinds, article.section or "", desk["rubric"] if desk else ""):
        yield from map(_slug, (name, *_LEVELS.split(name)))


def _segments(url: str | None) -> Iterator[str]:
    """The folders of a web address, without the article's own name, and "live-updates" where that bears it."""
    _, path = _split(url)
    *folders, name = [_slug(part) for part in path.split("/") if part] or [""]
    yield from folders
    if _UPDATED_LIVE.search(name.removesuffix("-html")):
        yield "live-updates"


def _split(url: str | None) -> tuple[str | None, str]:
    """Host and path of a web address; of a file's neither, for folders at home are named as one likes."""
    try:
        parts = urlsplit(url or "")
        return (parts.hostname, parts.path) if parts.scheme in {"http", "https"} else (None, "")
    except ValueError:
        return None, ""


def _slug(name: str) -> str:
    return _NO_LETTERS.sub("-", fold(name[:100])).strip("-")


def _named(article: Article, words: GenreWords, names: Iterable[str]) -> Genre | None:
    """The kind by the first of the names that stands for one; for those that are unsure the text must speak too."""
    return first(
        TYPES.get(name)
        or SECTIONS.get(name)
        or (UNSURE[name] if name in UNSURE and _says(article, words, UNSURE[name]) else None)
        for name in names
    )


def _says(article: Article, words: GenreWords, kind: Genre) -> bool:
    """Whether the text itself speaks of being a live blog, or of the fault it corrects."""
    lead = _plain(article.body[:_LEAD_CHARS])
    if kind == "correction":
        return bool(_any(words.faults).search(lead))
    clocks = sum(bool(_CLOCK.match(line)) for line in article.body.split("\n"))
    return clocks >= _MIN_CLOCKS or bool(_any(words.live).search(f"{_plain(article.title)}\n{lead}"))


def _of_rubric(article: Article, words: GenreWords) -> Genre | None:
    if MENDED.match(article.title):
        return "correction"
    found = (_RUBRIC.match(article.title), _LAST_RUBRIC.search(article.title))
    rubrics = (_slug(match["rubric"]) for match in found if match)
    return _named(article, words, (name for name in rubrics if name not in NO_RUBRICS))


def _of_wording(article: Article, words: GenreWords) -> Genre | None:
    lines = [_plain(line[:200]) for line in article.body.split("\n") if line.strip()]
    opening, ending = lines[:_OPENING_LINES], lines[_OPENING_LINES:][-_ENDING_LINES:]
    edges = (*opening, *ending)
    endings = sum(_begins(words.release_endings, [line]) for line in ending)
    released = WIRE_MARK.search(article.body[:_DATELINE_CHARS]) or _begins(words.release_openings, opening)
    if released or endings >= _MIN_ENDINGS:
        return "press release"
    if _begins(words.satire_notes, edges):
        return "satire"
    if _begins(words.sponsor_notes, opening):
        return "sponsored"
    return "opinion" if _begins(words.opinion_notes, edges) else None


def _begins(phrases: tuple[str, ...], lines: Sequence[str]) -> bool:
    pattern = _any(phrases, r"\W{0,3}")
    return any(pattern.match(line) for line in lines)


@lru_cache(maxsize=64)
def _any(phrases: tuple[str, ...], lead: str = r"\b") -> re.Pattern[str]:
    """Any of the phrases; nothing, where there are none."""
    return re.compile(f"{lead}(?:{'|'.join(phrases)})" if phrases else r"(?!)")


def _plain(text: str) -> str:
    """Folded text with one space between words."""
    return " ".join(map(fold, text.split()))
