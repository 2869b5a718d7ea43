"""Stories as earlier editions told them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from briefing.types import Analysis, ArticleEntry, Briefing, Statement

_WEB = ("http://", "https://")


class Telling(NamedTuple):
    """A story as one edition told it."""

    story: Analysis
    edition: Briefing


class _Stood(NamedTuple):
    """A story as it stood in an edition, told or only listed."""

    edition: Briefing
    articles: tuple[str, ...]
    urls: frozenset[str]
    story: Analysis | None


class Past(NamedTuple):
    """A story of earlier editions, under the id of the latest; `first` is the earliest date it is known from.

    `tellings` are the latest first, and none where it was only listed.
    """

    id: str
    first: str
    articles: frozenset[str]
    urls: frozenset[str]
    origins: frozenset[str]
    tellings: tuple[Telling, ...]


def pasts(editions: Sequence[Briefing]) -> tuple[Past, ...]:
    """The stories of editions, given the latest first; one that became part of another is left out."""
    found: dict[str, list[_Stood]] = {}
    merged: set[str] = set()
    for edition in editions:
        for identity, stood in _stood(edition):
            if identity in found or identity not in merged:
                found.setdefault(identity, []).append(stood)
        merged.update(name for story in edition.stories for name in story.was)
    return tuple(_past(identity, stood) for identity, stood in sorted(found.items()))


def _past(identity: str, stood: Sequence[_Stood]) -> Past:
    return Past(
        id=identity,
        first=min(s.edition.date for s in stood),
        articles=frozenset(i for s in stood for i in s.articles),
        urls=frozenset[str]().union(*(s.urls for s in stood)),
        origins=frozenset(s.edition.articles[i].origin for s in stood for i in s.articles if i in s.edition.articles),
        tellings=tuple(Telling(s.story, s.edition) for s in stood if s.story),
    )


def _stood(edition: Briefing) -> Iterator[tuple[str, _Stood]]:
    urls = addresses(edition)
    told = ((story.id, story.articles, story) for story in edition.stories)
    for identity, articles, story in (*told, *((untold.id, untold.articles, None) for untold in edition.more)):
        own = frozenset[str]().union(*(urls.get(i, frozenset()) for i in articles))
        yield identity, _Stood(edition, articles, own, story)


def addresses(edition: Briefing) -> Mapping[str, frozenset[str]]:
    """By the ids of an edition's articles, the web addresses of each and of its copies.

    Without those that other articles were found at too: a page of many items stands for no story. A path names the
    file of a day, and tomorrow another.
    """
    listed = {i: _urls(entry) for i, entry in edition.articles.items()}
    shared = Counter(url for urls in listed.values() for url in urls)
    return {i: frozenset(url for url in urls if shared[url] == 1) for i, urls in listed.items()}


def _urls(entry: ArticleEntry) -> frozenset[str]:
    found = (entry.url, *(copy.url for copy in entry.copies))
    return frozenset(url for url in found if url and url.startswith(_WEB))


def quotes(tellings: Iterable[Telling]) -> Mapping[str, Statement]:
    """Every quote that tellings stand on, with the latest statement that cites it."""
    listed = [(c.quote, s) for telling in tellings for s in telling.story.statements() for c in s.citations]
    return dict(reversed(listed))
