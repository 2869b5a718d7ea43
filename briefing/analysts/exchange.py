"""One question to one model after another, until one gives an answer that can be used.

request ──ask──> reply ──read──> answer
           └ once more, with what is wrong ┘ ── then the next model ── then ModelError
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from briefing.analysts import prompts
from briefing.models import Model, ModelError, Reply, Request

Ask = Callable[[Model, Request], Reply]
Read = TypeVar("Read")
# What a model sees of its own bad answer: enough to correct, not enough to crowd out the sentences.
_REPLY_CHARACTERS = 6_000


class Question(NamedTuple):
    """A request, the mark of its fence, and where a user's own templates are."""

    request: Request
    nonce: str
    prompts_dir: Path | None = None


def exchange(ask: Ask, model: Model, question: Question, read: Callable[[Reply, bool], Read]) -> Read:
    """Ask a model, and if its answer cannot be used, once more with what is wrong; then `read` is told so.

    Raises ModelError, also where `read` does.
    """
    reply = ask(model, question.request)
    try:
        return read(reply, False)
    except ModelError as error:
        if error.kind != "invalid":
            raise
        fault = str(error).partition(": ")[2]
    return read(ask(model, _repair(question, reply, fault)), True)


def first_answer(models: Sequence[Model], asked: Callable[[Model], Read]) -> Read:
    """The answer of the first model that gives one. Raises one ModelError for all that were asked."""
    faults: list[tuple[str, ModelError]] = []
    for model in models:
        try:
            return asked(model)
        except ModelError as error:
            faults.append((model.name, error))
    raise _summed(faults)


def _repair(question: Question, reply: Reply, problem: str) -> Request:
    request, nonce = question.request, question.nonce
    prompt = prompts.render(
        prompts.REPAIR,
        question.prompts_dir,
        system=request.system,
        prompt=request.prompt,
        reply=reply.text[:_REPLY_CHARACTERS].replace(nonce, ""),
        problem=f"{problem}.",
        nonce=nonce,
    )
    return request.replace(system=prompt.system, prompt=prompt.user)


def _summed(faults: Sequence[tuple[str, ModelError]]) -> ModelError:
    """One error for all models that were asked; it ends the run's calls only if each of them does."""
    first = faults[0][1]
    if len(faults) == 1:
        return first
    said = "; ".join(f"{name}: {error}" for name, error in faults)
    ends = all(error.scope == "run" for _, error in faults)
    return ModelError(first.kind, said, "run" if ends else "story", first.usage)
