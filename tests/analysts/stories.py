"""Stories for the tests of the language-model analyst; all places and people are invented."""

import json
from collections.abc import Callable
from typing import Any

from briefing.models import ModelError, Reply, Request
from briefing.types import Article, Record, Story

GROUNDED = "The ferry Alda ran aground off Port Sarn on Sunday with 61 people aboard, the harbour office said."
TUGS = "Tugs pulled the ferry Alda free on Monday morning and towed it to the yard at Lisk Haven."
LEAK = "The Harbour Office said oil had leaked from the ferry into the bay of Port Sarn."
DENIAL = "The Shipping Line denied that oil had leaked from the ferry into the bay."
EARLY = "Rescuers said 4 people were killed when the ferry Alda struck the pier."
LATE = "Rescuers said 9 people were killed when the ferry Alda struck the pier."
YARD = "Workers at the yard expect the repair of the hull to last until the end of the month."


def article(
    *body: str, source: str = "Courier", when: str | None = "2031-05-18T08:00:00+00:00", **fields: Any
) -> Article:
    fields = {"title": "Ferry Alda aground off Port Sarn", "language": "en", "origin": f"outlet:{source}", **fields}
    return Article.make(fields.pop("title"), "\n\n".join(body), source=source, published=when, **fields)


def story(*articles: Article) -> Story:
    return Story(id="ferry", articles=articles)


def ferry() -> Story:
    """Three outlets: a dispute on a leak, a toll that rises, one sentence that two of them share."""
    return story(
        article(GROUNDED, TUGS, LEAK, EARLY),
        article(GROUNDED, DENIAL, source="Herald", title="Line denies spill", when="2031-05-18T09:00:00+00:00"),
        article(LATE, YARD, source="Libera", title="Nine dead on ferry Alda", when="2031-05-19T08:00:00+00:00"),
    )


def said(text: str, *ids: str) -> dict[str, Any]:
    return {"text": text, "ids": list(ids)}


def reply(headline: dict[str, Any] | None = None, *summary: dict[str, Any], **lists: Any) -> str:
    """A model's answer as JSON."""
    told = {"headline": headline or said(""), "summary": list(summary), "disputes": [], "updates": [], **lists}
    return json.dumps(told, ensure_ascii=False)


class Fake(Record):
    """A model that gives its replies in turn; one that is an error is raised."""

    name: str = "fake/one"
    replies: tuple[Any, ...] = ()
    asked: list[Any]

    def key(self) -> str:
        return self.name

    def complete(self, request: Request) -> Reply:
        self.asked.append(request)
        found = self.replies[min(len(self.asked), len(self.replies)) - 1]
        if isinstance(found, ModelError):
            raise found
        text = found(request) if isinstance(found, Callable) else found
        return Reply(text=text, model=f"{self.name}-2031", host="localhost")


def fake(*replies: Any, name: str = "fake/one") -> Fake:
    return Fake(name=name, replies=replies, asked=[])
