"""What is not to be read again: addresses, hosts, outlets and articles, as the state file remembers them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple, Self

from briefing.sources.formats.urls import identity
from briefing.stages.clean.records import Cleaned
from briefing.state import State, hashed
from briefing.types import Document, Dropped, Record

REASON = "forgotten"
_ARTICLE = re.compile(r"[0-9a-f]{16}")
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d]{2,}(?::\d+)?|\d+(?:\.\d+){3}(?::\d+)?")
_MARK = "INSERT OR IGNORE INTO forgotten (kind, name, asked, at, seal) VALUES (?1, ?2, ?3, ?4, seal(?1, ?2, ?3, ?4))"
_MARKS = "SELECT kind, name, asked, at FROM forgotten ORDER BY at, asked, kind, name"
# Where what an address led to is remembered.
_ROWS = "SELECT url, final, body FROM resource"


class Mark(NamedTuple):
    """One thing to forget: a "url" by its identity, a "host", an "outlet" in lower case, an "article" by its id."""

    kind: str
    name: str


def mark(asked: str) -> Mark:
    """What a user means by a text."""
    text = asked.strip()
    if text.startswith(("http://", "https://")):
        return Mark("url", identity(text))
    if _ARTICLE.fullmatch(text):
        return Mark("article", text)
    if _HOST.fullmatch(text):
        return Mark("host", text.lower().removeprefix("www."))
    return Mark("outlet", text.casefold())


class Remembered(Record):
    """A mark as it is kept: what was asked for, and when (RFC 3339)."""

    kind: str
    name: str
    asked: str
    at: str


class Forgotten(Record):
    """All marks, to ask whether something is to be read. Empty it forgets nothing."""

    marks: frozenset[Mark] = frozenset()

    @classmethod
    def of(cls, state: State) -> Self:
        """What a state file says is forgotten. Raises StateError."""
        return cls(marks=frozenset(Mark(one.kind, one.name) for one in remembered(state)))

    def __call__(self, url: str | None, source: str | None, article: str = "") -> bool:
        """Whether an article of an address, an outlet and an id is forgotten."""
        return bool(self.marks) and (Mark("article", article) in self.marks or self.address(url) or self.outlet(source))

    def address(self, url: str | None) -> bool:
        """Whether an address, or its host or one above it, is forgotten."""
        if not self.marks or not url or not url.startswith(("http://", "https://")):
            return False
        known = identity(url)
        place = known.partition("/")[0].partition("?")[0]
        host = place.partition(":")[0]
        above = {place, host, *(host[at + 1 :] for at, sign in enumerate(host) if sign == ".")}
        return Mark("url", known) in self.marks or any(Mark("host", name) in self.marks for name in above)

    def outlet(self, name: str | None) -> bool:
        """Whether an outlet is forgotten; one without a name is called by its host."""
        folded = (name or "").casefold()
        return bool(folded) and not {Mark("outlet", folded), Mark("host", folded.removeprefix("www."))}.isdisjoint(
            self.marks
        )

    def documents(self, given: Iterable[Document]) -> tuple[list[Document], tuple[Dropped, ...]]:
        """The documents that are to be read, and for each of the others that it was left out."""
        wanted, left_out = [], []
        for one in given:
            if self(one.declared.url, one.declared.source) or self.address(one.item):
                left_out.append(Dropped(item=one.item, reason=REASON, text=""))
            else:
                wanted.append(one)
        return wanted, tuple(left_out)

    def cleaned(self, cleaned: Cleaned, left_out: tuple[Dropped, ...]) -> Cleaned:
        """What is left of the articles, those that were left out counted."""
        if not self.marks:
            return cleaned
        articles = tuple(a for a in cleaned.articles if not self(a.url, a.source or a.source_inferred, a.id))
        kept = {a.id for a in articles}
        gone = (a for a in cleaned.articles if a.id not in kept)
        more = (*left_out, *(Dropped(item=a.url or a.id, reason=REASON, text="") for a in gone))
        return cleaned.replace(articles=articles, dropped=(*cleaned.dropped, *more))


def remembered(state: State) -> tuple[Remembered, ...]:
    """All marks of a state file, the oldest first."""
    with state.transaction() as connection:
        rows = connection.execute(_MARKS).fetchall()
    return tuple(Remembered(**dict(zip(Remembered.model_fields, row, strict=True))) for row in rows)


def remember(state: State, marks: Iterable[Mark], asked: str, now: datetime) -> None:
    """Write marks down, on the disk before it returns."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    with state.transaction(durable=True) as connection:
        connection.executemany(_MARK, [(one.kind, one.name, asked, at) for one in marks])


def undo(state: State, asked: str) -> int:
    """Take back what was asked for in these words, or what they mean; returns how many marks went."""
    one = mark(asked)
    said = {m.asked for m in remembered(state) if m.asked == asked or (m.kind, m.name) == one}
    with state.transaction(durable=True) as connection:
        return sum(connection.execute("DELETE FROM forgotten WHERE asked = ?", (a,)).rowcount for a in said)


class Traces(NamedTuple):
    """What a state file holds of something: the addresses, the bodies under them, the groups of learned lines."""

    urls: tuple[str, ...]
    bodies: frozenset[str]
    groups: tuple[str, ...]


def traces(state: State, forgotten: Forgotten) -> Traces:
    """What a state file holds of what is forgotten."""
    with state.transaction() as connection:
        rows = [(str(url), str(final), body) for url, final, body in connection.execute(_ROWS)]
        groups = [str(group) for (group,) in connection.execute("SELECT DISTINCT source FROM trace")]
    found = [(url, body) for url, final, body in rows if forgotten.address(url) or forgotten.address(final)]
    return Traces(
        tuple(url for url, _ in found),
        frozenset(str(body) for _, body in found if body),
        tuple(group for group in groups if forgotten.outlet(group)),
    )


def erase(state: State, found: Traces, urls: Iterable[str]) -> None:
    """Remove the rows of what is forgotten, and that `urls` were ever seen."""
    keys = [(hashed(f"url:{identity(url)}"),) for url in {*urls, *found.urls}]
    with state.transaction(durable=True) as connection:
        connection.executemany("DELETE FROM resource WHERE url = ?", [(url,) for url in found.urls])
        connection.executemany("DELETE FROM seen WHERE key = ?", keys)
        connection.executemany("DELETE FROM trace WHERE source = ?", [(group,) for group in found.groups])
