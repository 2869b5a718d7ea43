"""Articles from standard input: whatever a pipe may bring, told by its content.

    JSON, JSON lines       -> the records of a file
    RSS, Atom, JSON Feed   -> the entries that hold a text
    HTML                   -> one page
    anything else          -> one text or Markdown, with front matter or without

Its documents stand in a file called "-", so that they are treated as those of files are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Literal

from pydantic import Field

from briefing.errors import SourceError
from briefing.plugins import Reading, Weight
from briefing.sources import files, records
from briefing.sources.encoding import decode
from briefing.sources.formats import syndication
from briefing.text import words
from briefing.types import Declared, Document, Failure, Record

PLACE = "-"
_HOW = "pipe articles into it, like `cat articles.jsonl | briefing build -`"
_JSON = re.compile(r'\{\s*["}]|\[\s*[\[{\]]')
# Read as Markdown, plain text loses line breaks and numbers at the beginning of lines.
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|---+\s*$|===+\s*$|[*+-] \S)|\]\((?:https?://|/)", re.MULTILINE)
_LISTS = {
    "opml": "a list of feeds, not articles; save it as a file and run `briefing sources import FILE`",
    "sitemap": "a sitemap, not articles; add its address with `briefing sources add URL`",
}
# Fewer words of a feed's own say no more than the title.
_TELLING_WORDS = 12


class Stdin(Record):
    """Articles that are piped in. `max_bytes` caps a text or page, and each record; 20 times it everything.

    `source` names the outlet where the input does not, `section` a topic; `weight` is what the articles count for in
    ranking. With `llm = "never"` no text of it goes to a language model.
    """

    source: str | None = None
    section: str | None = None
    weight: Weight = 1.0
    llm: Literal["allow", "never"] = "allow"
    max_bytes: int = Field(5_000_000, ge=1)

    def read(self, now: datetime) -> Reading:  # noqa: ARG002 (what is piped in has no window)
        """Everything on standard input, read to its end. Every fault is a `Failure`."""
        return self.reading(_standard_input())

    def reading(self, stream: IO[bytes] | None) -> Reading:
        """`read`, from a stream; None where there is none."""
        results = files.limited(self._results(stream), PLACE)
        reading = Reading.of(results)
        if self.llm == "allow":
            return reading
        return reading.replace(documents=tuple(d.replace(private=True) for d in reading.documents))

    def _results(self, stream: IO[bytes] | None) -> Iterator[Document | Failure]:
        try:
            yield from self._articles(_load(stream, self.max_bytes * files.CONTAINER))
        except SourceError as error:
            yield files.failure(PLACE, error)

    def _articles(self, data: bytes) -> Iterator[Document | Failure]:
        kind = syndication.kind(data)
        if kind in _LISTS:
            raise SourceError(_LISTS[kind])
        if kind in {"feed", "json-feed"}:
            yield from self._entries(data)
            return
        known = Declared(source=self.source, section=self.section, weight=self.weight)
        text = decode(data, html=kind == "html")
        if kind != "html" and _JSON.match(text.lstrip()):
            reader = records.read_lines if _is_lines(text) else records.read
            found = list(reader(text))
            if not found:
                raise SourceError("a list without articles")
            yield from files.of_records(PLACE, found, known, self.max_bytes)
        elif len(data) > self.max_bytes:
            raise SourceError(files.too_large(self.max_bytes))
        elif kind == "html":
            yield files.document(PLACE, text, "text/html", known)
        else:
            yield files.document(PLACE, text, "text/markdown" if _MARKDOWN.search(text) else "text/plain", known)

    def _entries(self, data: bytes) -> Iterator[Document | Failure]:
        feed = syndication.parse(data, "")
        if not feed.entries:
            raise SourceError("a feed without entries")
        for number, entry in enumerate(feed.entries, 1):
            item = f"{PLACE}#{number}"
            if len(words(syndication.plain(entry.html))) < _TELLING_WORDS:
                reason = f"title and link only: {entry.title} ({entry.url}); to read the pages, add the feed's address"
                yield Failure(stage="read", item=item, reason=reason, degrades=False)
                continue
            declared = Declared(
                title=entry.title or None,
                authors=entry.authors,
                published=entry.published or entry.updated,
                source=self.source or feed.title,
                url=entry.url,
                language=entry.language or feed.language,
                section=self.section,
                weight=self.weight,
            )
            # A summary is no page: as one it would be refused for its length.
            if entry.summary_only:
                yield files.placed(PLACE, item, syndication.plain(entry.html), "text/plain", declared)
            else:
                yield files.placed(PLACE, item, f"<div>{entry.html}</div>", "text/html", declared)


def _standard_input() -> IO[bytes] | None:
    # None where the process was started without one.
    return sys.stdin.buffer if sys.stdin is not None else None


def _load(stream: IO[bytes] | None, most: int) -> bytes:
    """All bytes of a stream. Raises SourceError; a terminal is not waited for."""
    try:
        if stream is None or stream.isatty():
            raise SourceError(f"nothing is piped into standard input; {_HOW}")
        data = stream.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: it was closed
        raise SourceError(f"standard input could not be read ({error}); {_HOW}") from error
    if len(data) > most:
        raise SourceError(files.too_large(most))
    if not data.strip():
        raise SourceError(f"standard input is empty; {_HOW}")
    return data


def _is_lines(text: str) -> bool:
    """Whether each line begins a record: the writer of the last one may have been killed."""
    lines = [line for line in text.split("\n") if line.strip()]
    return len(lines) > 1 and all(line.startswith("{") for line in lines)
