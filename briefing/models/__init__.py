"""Models: text in, text out. An adapter owns retries, deadline and classification of faults; it never parses.

    Request --complete--> Reply | ModelError

A model plugin is a frozen record with `complete(request) -> Reply`.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol, runtime_checkable

from briefing.errors import ItemError
from briefing.types import Record

Scope = Literal["story", "run"]
AnswerFormat = Literal["json_schema", "json_object", "plain"]


class Request(Record):
    """One call: instructions, prompt, and the JSON Schema the answer should have.

    `deadline_s` is a wall-clock limit over all attempts. `answer_format` is the strongest way to ask for the
    schema; an adapter goes down the list where a server refuses one, and says so in the reply. Where
    `most_requests` is given, a call makes no more, and none after one that may have been billed. `articles` are the
    ids of those whose text stands in the prompt, where that is known; they shape no answer.
    """

    system: str
    prompt: str
    answer_schema: dict[str, Any]
    schema_name: str
    max_output_tokens: int
    deadline_s: float
    answer_format: AnswerFormat = "json_schema"
    most_requests: int | None = None
    articles: tuple[str, ...] = ()


class Usage(Record):
    """What a call used over all its attempts; cost is None where the price, or what was used, is not known."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    requests: int = 1


class Reply(Record):
    """A model's answer as it came: `model` is the one that says it wrote it, `host` the machine that was asked."""

    text: str
    model: str
    host: str
    usage: Usage = Usage()
    answer_format: AnswerFormat = "json_schema"


class ModelError(ItemError):
    """No usable answer. `scope` is "run" where no further call can succeed (bad key, no quota, no such model).

    `kind` names the fault: rate, quota, auth, not-found, server, timeout, connection, refusal, length,
    context, empty, invalid, circuit-open, offline, budget.
    """

    def __init__(self, kind: str, message: str, scope: Scope = "story", usage: Usage | None = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.scope = scope
        self.usage = usage or Usage()

    def __reduce__(self) -> tuple[type[ModelError], tuple[str, str, Scope, Usage]]:
        """Survive being sent between processes."""
        return (ModelError, (self.kind, str(self).removeprefix(f"{self.kind}: "), self.scope, self.usage))


@runtime_checkable
class Model(Protocol):
    """What the `llm` analyst calls. `name` stands in the briefing; `key()` is all that shapes its answers."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def key(self) -> str: ...  # noqa: D102

    def complete(self, request: Request) -> Reply: ...  # noqa: D102
