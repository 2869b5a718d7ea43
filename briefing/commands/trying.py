"""One small question to each model of the settings: reachable, at what price, and whether it keeps to a schema.

    roles ── each model once ── asked, at the same time ── Tried | the fault with its cure

The schema is sent and not shown, and its field has a name that nobody would guess: an answer of that form was made
by it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from briefing import workers
from briefing.commands.variables import key_variable, models
from briefing.config import Config
from briefing.models import ModelError, Reply, Request
from briefing.models.budget import Price, price
from briefing.models.embedding import Embedding
from briefing.models.litellm import LiteLlm

Asked = LiteLlm | Embedding

_FIELD, _WORDS = "pick_7f", ("red", "seven", "Tuesday")
_SCHEMA = {
    "type": "object",
    "properties": {_FIELD: {"type": "string", "enum": list(_WORDS)}},
    "required": [_FIELD],
    "additionalProperties": False,
}
# What the question takes at most: its words and the schema, and an answer in which a model may think a little.
_TOKENS_IN, _TOKENS_OUT = 120, 200
_CURES = {
    "auth": "put a valid key into {variable}",
    "quota": "add credit, or raise the limit, with the provider",
    "rate": "wait, or raise the limit with the provider; [limits] slows a run down",
    "not-found": "put `name` right, and `api_base` if there is one",
    "connection": "start it, or put `api_base` right",
    "timeout": "see whether it is up and not overloaded, or put `api_base` right",
}
_ANY_CURE = "see whether `api_base` is the address of its API, or name another model"


class Named(NamedTuple):
    """A model of the settings and the roles it has there."""

    model: Asked
    roles: tuple[str, ...]


class Tried(NamedTuple):
    """How a model answered, and what to do where not well; `doubtful` where it works and could be better."""

    well: bool
    says: str
    doubtful: bool = False


def of_roles(config: Config) -> tuple[Named, ...]:
    """Every model that a run may ask, once, with its roles; those in no role belong to a model that records."""
    story = (getattr(config.analyst, "model", None), *getattr(config.analyst, "fallbacks", ()))
    listed = {
        "story": story, "overview": config.writers("overview"), "topics": config.writers("topics"),
        "checker": (config.checker,), "judge": (config.judge,), "embedding": (config.embedding,),
    }  # fmt: skip
    found = dict.fromkeys(_identity(model) for model in models(config))
    return tuple(
        Named(next(m for m in models(config) if _identity(m) == one), tuple(r for r in listed if _has(listed[r], one)))
        for one in found
    )


def cost(ready: Sequence[Named]) -> str:
    """What asking them takes, at most, in words; a price that is not known is said."""
    prices = [price(named.model) for named in ready]
    known = sum(found.of(_TOKENS_IN, _TOKENS_OUT) for found in prices if found)
    unknown = prices.count(None)
    dollars = f"${known:.4f} at most" + (f" and {unknown} of unknown price" if unknown else "")
    return f"{len(ready)} asked one small question each, {_TOKENS_IN + _TOKENS_OUT} tokens at most, {dollars}"


def tried(ready: Sequence[Named], patience_s: float, budgeted: bool) -> Iterable[Tried]:
    """How each model answers within so many seconds; `budgeted` where a ceiling in dollars needs every price."""
    with workers.waiting(len(ready)) as waiting:
        yield from waiting(lambda named: _tried(named, patience_s, budgeted), ready)


def place(named: Named) -> str:
    """A model with its roles, where it is, and who gets its key."""
    variable = key_variable(named.model)
    key = f"its key in {variable} goes there" if variable else "without a key"
    roles = f" ({', '.join(named.roles)})" if named.roles else ""
    return f"{named.model.name}{roles} at {named.model.host}, {key}"


def _identity(model: Asked) -> tuple[str, str | None]:
    return model.key(), model.api_key_env


def _has(listed: Iterable[object], one: tuple[str, str | None]) -> bool:
    return any(isinstance(model, Asked) and _identity(model) == one for model in listed)


def _tried(named: Named, patience_s: float, budgeted: bool) -> Tried:
    model = named.model.replace(attempts=1)
    began = time.monotonic()
    try:
        reply = model.complete(_question(model, patience_s))
    except ModelError as error:
        if error.kind == "length":
            return Tried(
                True, f"{place(named)}; answers, but longer than {_TOKENS_OUT} tokens; name one that thinks less", True
            )
        variable = key_variable(named.model)
        cure = _CURES.get(error.kind, _ANY_CURE).format(variable=variable or "a variable, and name it by `api_key_env`")
        return Tried(False, f"{error}; {cure}")
    seconds = time.monotonic() - began
    known = price(named.model)
    said, doubtful = _form(reply, model)
    says = f"{place(named)}; answers in {seconds:.1f} s; {said}; {_priced(known)}"
    return Tried(known is not None or not budgeted, says, doubtful)


def _question(model: Asked, patience_s: float) -> Request:
    asked = json.dumps(["ready"]) if isinstance(model, Embedding) else f"Which is a colour: {', '.join(_WORDS)}?"
    return Request(
        system="Answer in JSON.",
        prompt=asked,
        answer_schema=_SCHEMA,
        schema_name="briefing_doctor",
        max_output_tokens=_TOKENS_OUT,
        deadline_s=patience_s,
    )


def _form(reply: Reply, model: Asked) -> tuple[str, bool]:
    """What the answer's form says, and whether that is a doubt."""
    try:
        answer = json.loads(reply.text)
    except ValueError:
        answer = None
    if isinstance(model, Embedding):
        return (f"{len(answer[0])} numbers in a vector", False) if answer else ("gives no vector", True)
    if isinstance(answer, dict) and answer.keys() == {_FIELD} and answer[_FIELD] in _WORDS:
        return "keeps to the schema", False
    took = "" if reply.answer_format == "json_schema" else f" (its server takes only {reply.answer_format})"
    return (
        f"ignores the schema{took}; more answers will be asked for twice, another model or server may keep to it",
        True,
    )


def _priced(known: Price | None) -> str:
    if known is None:
        return "price not known: give price = {input = …, output = …} where it is named"
    return f"${known.input:g} in and ${known.output:g} out for a million tokens"
