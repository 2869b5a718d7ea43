"""What passes between the steps of cleaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from briefing.types import Article, Declared, Dropped, Failure, Record

MapFunction = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

# The hashes of a group's recurring lines; a group is a declared source, else a host, else a folder.
Chrome = Mapping[str, frozenset[bytes]]


class Trace(NamedTuple):
    """One article as chrome is learned from it: `lines` are sorted hashes of its lines, end to end."""

    group: str
    lines: bytes


class Page(Record):
    """A document read to lines: what it says of itself, and what was hidden in it."""

    declared: Declared = Declared()
    free: bool = True
    hidden: tuple[str, ...] = ()
    # All visible text, for telling a wall from an article; empty for plain text.
    visible: str = ""


class Piece(Record):
    """One article of a document: title and paragraphs, before chrome is taken out.

    Of an `item` of a page the page's own title, authors and date do not speak.
    """

    title: str
    lines: tuple[str, ...]
    authors: tuple[str, ...] = ()
    published: str | None = None
    language: str | None = None
    url: str | None = None
    item: bool = False


class Draft(Record):
    """A document taken apart; `group` says with which documents it shares page furniture."""

    item: str
    group: str
    declared: Declared
    page_language: str | None = None
    path: str | None = None
    private: bool = False
    pieces: tuple[Piece, ...] = ()
    traces: tuple[Trace, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    failure: Failure | None = None


class Cleaned(Record):
    """What cleaning gives: articles in order of document and place, failures, and all that was left out.

    `traces` are of the run's own articles, to learn chrome from in runs to come.
    """

    articles: tuple[Article, ...] = ()
    failures: tuple[Failure, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    traces: tuple[Trace, ...] = ()
