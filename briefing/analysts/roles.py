"""The two optional roles of a model: a checker of suspected conflicts, and a judge of statements.

    sentences --prompt--> Request --ask--> Reply -> one of three answers

Each asks one small question by the way the analyst asks its own, through the run's cache and gate. A role adds nothing:
a checker drops or confirms what code found, a judge withholds. One whose model answers anything else "could not tell";
one whose model fails raises ModelError, which the stages take for the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

from briefing.analysts import prompts
from briefing.analysts.exchange import Ask
from briefing.analysts.schema import written
from briefing.models import Model, Request
from briefing.stages.disputes import Answer, Checker
from briefing.stages.verify import Judge, Verdict
from briefing.text import one_line

Word = TypeVar("Word", bound=str)
_ANSWER = re.compile(r'"answer"\s*:\s*"([^"]*)"')
_CONTROL_TOKEN = re.compile(r"<(?=\|)|(?<=\|)>")
# One word is enough; a model that thinks first spends its thoughts from the same allowance.
_MAX_OUTPUT, _DEADLINE_S = 1_000, 60.0


class Question(NamedTuple):
    """Whom to ask, by what template: the parts of a request that all questions of one role share."""

    model: Model
    ask: Ask
    template: str
    schema_name: str
    prompts_dir: Path | None


def checker(model: Model, ask: Ask, prompts_dir: Path | None = None) -> Checker:
    """A checker that asks a model whether two sentences conflict. Raises ModelError where it gives no answer."""
    question = Question(model, ask, prompts.CHECKER, "briefing_conflict", prompts_dir)

    def check(one: str, other: str, asked: str) -> Answer:
        return _answer(question, [("question", asked), ("first", one), ("second", other)], get_args(Answer))

    return check


def judge(model: Model, ask: Ask, prompts_dir: Path | None = None) -> Judge:
    """A judge that asks a model whether sentences bear a statement out. Raises ModelError where it gives no answer."""
    question = Question(model, ask, prompts.JUDGE, "briefing_support", prompts_dir)

    def judged(statement: str, cited: Sequence[str]) -> Verdict:
        lines = [("statement", statement), *(("cited", sentence) for sentence in cited)]
        return _answer(question, lines, get_args(Verdict))

    return judged


def answers_schema(allowed: Sequence[str]) -> dict[str, Any]:
    """Build the JSON Schema of an answer: one field with one of the allowed words."""
    fields = {"answer": {"type": "string", "enum": list(allowed)}}
    return {"type": "object", "properties": fields, "required": ["answer"], "additionalProperties": False}


def _answer(question: Question, lines: Sequence[tuple[str, str]], allowed: Sequence[Word]) -> Word:
    """The word a model answers with; the last of those allowed where it is none or several of them."""
    reply = question.ask(question.model, _request(question, lines, allowed))
    said = {word for word in allowed if word in set(_ANSWER.findall(reply.text))}
    return said.pop() if len(said) == 1 else allowed[-1]


def _request(question: Question, lines: Sequence[tuple[str, str]], allowed: Sequence[str]) -> Request:
    text = "\n".join(f"{name}: {_CONTROL_TOKEN.sub(' ', one_line(said))}" for name, said in lines)
    # It follows from the text, so that equal questions make equal requests.
    nonce = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    schema = answers_schema(allowed)
    prompt = prompts.render(
        question.template,
        question.prompts_dir,
        answer_schema=written(schema),
        nonce=nonce,
        articles=text.replace(nonce, ""),
    )
    return Request(
        system=prompt.system,
        prompt=prompt.user,
        answer_schema=schema,
        schema_name=question.schema_name,
        max_output_tokens=_MAX_OUTPUT,
        deadline_s=_DEADLINE_S,
    )
