"""One name for an outlet that is read by several feeds, and one document for an article that stands in several.

Feeds are called "The Gazette - World" and "The Gazette - Business": counted by those names, one publisher
would be two outlets.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import takewhile

from briefing.sources.formats.urls import identity, site
from briefing.types import Document

_EDGE = re.compile(r"[\s\-–—:|/,·>»(\[]+$")
_SHORTEST = 3


def once(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Of the documents of the web with one address keep the longest; files stay, since they may be revisions."""
    kept: dict[str, Document] = {}
    files = []
    for document in documents:
        if document.path is not None or document.declared.url is None:
            files.append(document)
            continue
        key = identity(document.declared.url)
        other = kept.get(key)
        if other is None or _weight(document) > _weight(other):
            kept[key] = document
    return (*files, *kept.values())


def _weight(document: Document) -> tuple[int, str, str]:
    return len(document.text), document.text, document.declared.model_dump_json()


def one_name(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Call the documents of one site by the words its feeds' names begin with, where they share any."""
    documents = tuple(documents)
    names: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        if (place := _site(document)) and document.declared.source:
            names[place].add(document.declared.source)
    shared = {place: _shared(found) for place, found in names.items() if len(found) > 1}
    return tuple(_named(document, shared.get(_site(document) or "")) for document in documents)


def _site(document: Document) -> str | None:
    return site(document.declared.url) if document.path is None and document.declared.url else None


def _shared(names: Iterable[str]) -> str | None:
    """The whole words that names begin with."""
    listed = sorted(names)
    first, last = listed[0], listed[-1]
    prefix = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    if any(len(name) > len(prefix) and name[len(prefix)].isalnum() for name in listed):
        prefix = re.sub(r"\w+$", "", prefix)
    prefix = _EDGE.sub("", prefix)
    return prefix if len(prefix) >= _SHORTEST else None


def _named(document: Document, name: str | None) -> Document:
    if name is None or name == document.declared.source:
        return document
    return document.replace(declared=document.declared.replace(source=name))
