"""What passes between the steps of cleaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from briefing.types import Article, Declared, Dropped, Failure, Record

MapFunction = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

# (group, normalised line): a group is a declared source, else a host, else a folder.
Chrome = frozenset[tuple[str, str]]


class Page(Record):
    """A document read to lines: what it says of itself, and what was hidden in it."""

    declared: Declared = Declared()
    free: bool = True
    hidden: tuple[str, ...] = ()
    # All visible text, for telling a wall from an article; empty for plain text.
    visible: str = ""


class Piece(Record):
    """One article of a document: title and paragraphs, before chrome is taken out."""

    title: str
    lines: tuple[str, ...]
    authors: tuple[str, ...] = ()
    published: str | None = None
    language: str | None = None


class Draft(Record):
    """A document taken apart; `group` says with which documents it shares page furniture."""

    item: str
    group: str
    declared: Declared
    page_language: str | None = None
    path: str | None = None
    private: bool = False
    pieces: tuple[Piece, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    failure: Failure | None = None


class Cleaned(Record):
    """What cleaning gives: articles in order of document and place, failures, and all that was left out."""

    articles: tuple[Article, ...] = ()
    failures: tuple[Failure, ...] = ()
    dropped: tuple[Dropped, ...] = ()
