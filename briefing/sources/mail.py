"""Mail as a source: files of messages, and folders on a server.

    messages ─window, first seen─> news ─┬─ a newsletter: each of its items
                                         └─ any other: its text

Nothing is ever fetched for a message: no picture, no linked page. Its text goes to no language model unless
`llm = "allow"`. Who a mail says it is from is what it says; nothing here proves it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import ConfigDict, Field

from briefing.errors import ItemError, SourceError
from briefing.plugins import Place, Reading, Weight
from briefing.sources.fetching.exchange import Web
from briefing.sources.mailboxes import imap, stored
from briefing.sources.mailboxes.links import target
from briefing.sources.mailboxes.message import Body, Headers, Letter, headers, letters
from briefing.sources.mailboxes.stored import Raw
from briefing.sources.window import AHEAD, Keys, is_news, late_from, reached
from briefing.state import Resource
from briefing.text import one_line
from briefing.types import Declared, Document, Failure, Health, Record

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from briefing.stages.clean.newsletter import Item

# A server's day may be another than ours (RFC 3501: SEARCH disregards time and timezone).
_ZONES = timedelta(days=1)


class Mailbox(Record):
    """The settings of every source of mail.

    `name` is what reports call it; `source` the outlet its messages are counted under, else the list or sender
    that each names; `section` a topic's name, `weight` what they count for in ranking. `limit` is the most messages of
    a run, the newest; larger ones than `max_bytes` are left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str | None = None
    source: str | None = None
    section: str | None = None
    weight: Weight = 1.0
    llm: Literal["allow", "never"] = "never"
    limit: int = Field(200, ge=1)
    max_bytes: int = Field(10_000_000, ge=1000)
    web: Web | None = Field(None, exclude=True, repr=False)


class Mail(Mailbox):
    """Messages in files: an .eml file or a folder of them, an mbox, a Maildir."""

    path: Place

    def read(self, now: datetime) -> Reading:  # noqa: ARG002 (the run's web has the clock)
        """What is news among the messages; all of them where there is no window. Every fault is a `Failure`."""
        found = tuple(stored.messages(self.path, self.max_bytes))
        return _reading(self, found, f"file:{self.path}")


class Imap(Mailbox):
    """A folder on a mail server, over TLS with a certificate that is verified; nothing in it is changed.

    `password_env` names the variable that holds the password. All of it takes `deadline_s` at most.
    """

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(993, ge=1, le=65535)
    user: str = Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")
    password_env: str
    folder: str = Field("INBOX", min_length=1)
    deadline_s: float = Field(120.0, gt=0)

    def read(self, now: datetime) -> Reading:  # noqa: ARG002 (the run's web has the clock)
        """What is news in the folder. Every fault is a `Failure`."""
        url = f"imaps://{self.host}:{self.port}/{self.folder}"
        before = _reached(self.web, url)
        try:
            found = imap.fetched(self._account(), self._since(before))
        except SourceError as error:
            health = Health(source=self.name or url, url=url, outcome="unreachable", note=str(error))
            failure = Failure(stage="read", item=self.name or url, reason=str(error))
            return Reading(failures=(failure,), health=(health,))
        if self.web is not None:
            self.web.state.remember(Resource(url=url, fetched=self.web.now))
        return _reading(self, found.messages, url, found.there, before)

    def _account(self) -> imap.Account:
        if self.web is not None and self.web.offline:
            raise SourceError(f"{self.host}: not asked, since this run is offline")
        password = os.environ.get(self.password_env, "")
        if not password or not password.isprintable():
            raise SourceError(f"the environment variable {self.password_env} is not set, or not to a password")
        names = ("host", "port", "user", "folder", "deadline_s", "max_bytes", "limit")
        return imap.Account(password=password, **{name: getattr(self, name) for name in names})

    def _since(self, before: datetime | None) -> date | None:
        window = self.web.window if self.web else None
        return (late_from(window, known=True, before=before) - _ZONES).date() if window else None


def _reached(web: Web | None, url: str) -> datetime | None:
    known = web.state.resource(url) if web else None
    if web is None or known is None:
        return None
    return reached(known.fetched, web.window, web.now - timedelta(days=web.settings.window_days))


class _Known(NamedTuple):
    raw: Raw
    headers: Headers


def _reading(
    box: Mailbox, found: Sequence[Raw | Failure], url: str, there: int | None = None, before: datetime | None = None
) -> Reading:
    """What is news among messages, and how their place was found.

    `there` counts those that were not fetched too; `before` is when the place was reached before.
    """
    known = [_Known(raw, headers(raw.data)) for raw in found if isinstance(raw, Raw)]
    news = _news(box, known, before)
    taken = news[: box.limit]
    read = Reading.of(result for one in taken for result in _documents(box, one.raw))
    failures = (*(one for one in found if isinstance(one, Failure)), *read.failures)
    over = len(news) - len(taken) + max(0, (there or 0) - box.limit)
    name = box.name or url
    health = Health(
        source=name, url=url, outcome="reached" if known or not failures else "failed", entries=there or len(known),
        taken=len(taken), note=f"{over:,} more not taken (limit {box.limit})" if over else "",
    )  # fmt: skip
    return Reading(documents=read.documents, failures=failures, health=(health,))


def _news(box: Mailbox, known: Iterable[_Known], before: datetime | None) -> list[_Known]:
    """The messages that are news, newest first, each once."""
    once = {_key(one.headers): one for one in known}
    web = box.web
    if web is not None and web.window is not None:
        window, seen = web.window, web.state.first_seen(once, web.now)
        here = before is not None and before <= window.since
        late = late_from(window, here or any(seen[key] <= window.since for key in once), before)
        once = {
            key: one
            for key, one in once.items()
            # What the last edition saw first, it saw at its end.
            if seen[key] > window.since
            and is_news(Keys(key, None), _when(one.headers, window.until), seen, window, late)
        }
    return sorted(once.values(), key=lambda one: _order(one.headers), reverse=True)


def _key(head: Headers) -> str:
    # Some senders give every issue the same id.
    return f"{head.identity}:{head.written}"


def _when(head: Headers, until: datetime) -> datetime | None:
    """When a message arrived; one from the future says nothing, as `window.moment` has it for feeds."""
    return head.arrived if head.arrived and head.arrived <= until + AHEAD else None


def _order(head: Headers) -> tuple[float, str]:
    return (head.arrived.timestamp() if head.arrived else 0.0, head.identity)


def _documents(box: Mailbox, raw: Raw) -> Iterator[Document | Failure]:
    try:
        found = letters(raw.data)
    except SourceError as error:
        yield Failure(stage="read", item=raw.place, reason=str(error), title=headers(raw.data).subject)
        return
    for one in found:
        if isinstance(one.body, SourceError):
            yield Failure(stage="read", item=raw.place, reason=str(one.body), title=one.headers.subject)
            continue
        try:
            yield from _told(box, one, one.body)
        except ItemError as error:
            yield Failure(stage="read", item=raw.place, reason=str(error), title=one.headers.subject)


def _told(box: Mailbox, one: Letter, body: Body) -> Iterator[Document | Failure]:
    """The items of a newsletter, those of a list of links by title and address, or the text of any other letter.

    Raises ItemError for HTML that cannot be read.
    """
    # lxml: only when mail is read.
    from briefing.stages.clean.newsletter import MIN_ITEMS, MIN_ITEMS_OF_TEXT, Item, letter, listed, newsletter
    from briefing.stages.clean.rows import rows, text_rows

    found = tuple(rows(_shown(body.text)) if body.html else text_rows(body.text))
    items = newsletter(found, MIN_ITEMS if body.html else MIN_ITEMS_OF_TEXT)
    links = listed(found) if body.html and not items else ()
    for number, item in enumerate(links, 1):
        yield _linked(one.headers, item, f"#{number}")
    if not items and not links:
        yield _document(box, one.headers, Item(None, letter(found) if body.html else body.text))
    for number, item in enumerate(items, 1):
        yield _document(box, one.headers, item, f"#{number}")


def _linked(head: Headers, item: Item, mark: str) -> Failure:
    return Failure(
        stage="read", item=head.identity + mark, reason="title and link only: the newsletter has no text of it",
        degrades=False, title=one_line(item.title or ""), url=target(item.href),
    )  # fmt: skip


def _shown(text: str) -> HtmlElement:
    from briefing.stages.clean.extract import parsed
    from briefing.stages.clean.hidden import remove_hidden

    tree = parsed(text)
    remove_hidden(tree)
    return tree


def _document(box: Mailbox, head: Headers, item: Item, mark: str = "") -> Document:
    declared = Declared(
        # An item without a headline is not what the subject speaks of: cleaning finds it a title.
        title=one_line(item.title or "") or (None if item.href else head.subject),
        authors=(head.author,) if head.author else (),
        published=head.written,
        source=box.source or head.name,
        url=target(item.href),
        section=box.section,
        weight=box.weight,
    )
    place = head.identity + mark
    return Document(
        item=place, text=item.text, media_type="text/plain", declared=declared, path=place,
        folder=box.name or "mail", private=box.llm == "never",
    )  # fmt: skip
