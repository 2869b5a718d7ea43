"""The analyst that asks a language model: one story, one answer in cited statements.

    Story -> packed sentences -> Request --ask--> Reply -> Answer -> Analysis
                              (an oversize story: a request for each part, and one over their statements)

An answer that cannot be used is asked for once more with what is wrong with it; one cut at its length, or a
request too long for the model, once more with half the sentences; then the next model of `fallbacks` is
asked. When none answers, a ModelError says why, and the pipeline tells the story without a model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo

from briefing import plugins
from briefing.analysts import prompts
from briefing.analysts.answer import Asked, answered, known_only, parse
from briefing.analysts.context import Packed, Plan, packed, packed_in_parts, plan, reduced
from briefing.analysts.exchange import Ask, Question, Read, exchange, first_answer
from briefing.analysts.schema import NAME, Answer, answer_schema, written
from briefing.analysts.tokens import count
from briefing.languages import lexicons
from briefing.models import Model, ModelError, Reply, Request
from briefing.plugins import Answered, Place
from briefing.stages.disputes import Checker
from briefing.types import Analysis, Record, Story

_SINGLE_ORIGIN_SENTENCES = 2
_PATH = re.compile(r"[/\\~.]|[A-Za-z]:[/\\]")
_TOO_LONG = frozenset({"length", "context"})


class Job(NamedTuple):
    """A prompt's template, and what fills it besides the settings of the analyst."""

    template: str
    packed: Packed
    values: Mapping[str, Any]


def complete(model: Model, request: Request) -> Reply:
    """Ask a model directly: no cache, no limits."""
    return model.complete(request)


def _made(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, Mapping):
        return value
    root = (info.context or {}).get("root")
    return plugins.make("models", {"kind": "litellm", **value}, info.field_name or "model", root)


def _readable(folder: Path) -> Path:
    prompts.check(folder)
    return folder


AnyModel = Annotated[Model, BeforeValidator(_made)]


class Llm(Record):
    """The settings of the analyst: the model, those to ask when it fails, and how the story is to be told.

    `budget_tokens` is for the sentences of one request, the instructions come on top; `sentences` at most in
    a summary, two where there is one origin. `ask` is how a model is called; a run puts its cache and limits
    there, and in `checker` whom to ask of the conflicts that the rules are not certain of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    model: AnyModel
    fallbacks: tuple[AnyModel, ...] = ()
    budget_tokens: int = Field(12_000, ge=500)
    max_output: int = Field(2_000, ge=100)
    deadline_s: float = Field(90.0, gt=0)
    language: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    sentences: int = Field(4, ge=1, le=12)
    tone: str = Field("plain and neutral", min_length=1, max_length=200)
    audience: str = Field("general readers", min_length=1, max_length=200)
    prompts_dir: Annotated[Place, AfterValidator(_readable)] | None = Field(
        None, description="Templates for stories alone, in place of those of the whole file."
    )
    ask: Ask = Field(default=complete, exclude=True, repr=False)
    checker: Checker | None = Field(None, exclude=True, repr=False)

    @property
    def name(self) -> str:
        """The configured model; the one that wrote a story is named with it."""
        return self.model.name

    def analyse(self, story: Story) -> Analysis:
        """An unverified analysis of the story. Raises ModelError when no model gave a usable answer."""
        return self.answer(story).analysis

    def answer(self, story: Story) -> Answered:
        """`analyse`, with the statements that were kept out before the checks."""
        ready = plan(story, lexicons(), count, self.checker)
        if not ready.articles:
            raise ModelError("private", "the text of this story is kept from language models")
        return first_answer((self.model, *self.fallbacks), lambda model: self._told(model, ready))

    def request(self, story: Story) -> Request:
        """The request for a story that fits one; of a larger one, for as much as fits."""
        ready = plan(story, lexicons(), count)
        return self._request(self._story_job(ready, packed(ready, self.budget_tokens)))

    def requests(self, story: Story) -> tuple[Request, ...]:
        """Every request that can be known before an answer: the story's, or one for each part of it."""
        ready = plan(story, lexicons(), count)
        packs = packed_in_parts(ready, self.budget_tokens) if ready.articles else ()
        jobs = [self._story_job(ready, packs[0])] if len(packs) == 1 else self._part_jobs(packs)
        return tuple(map(self._request, jobs))

    def _told(self, model: Model, ready: Plan) -> Answered:
        packs = packed_in_parts(ready, self.budget_tokens)
        try:
            return self._in_one(model, ready, packs[0]) if len(packs) == 1 else self._in_parts(model, ready, packs)
        except ModelError as error:
            if error.kind not in _TOO_LONG:
                raise
        return self._in_one(model, ready, packed(ready, min(p.tokens for p in packs) // 2))

    def _in_one(self, model: Model, ready: Plan, sent: Packed) -> Answered:
        if not sent.cited:
            raise ModelError("context", "not one sentence of the story fits the budget")

        def read(reply: Reply, last: bool) -> Answered:
            return answered(parse(reply.text), self._asked(ready, sent, reply, model, last))

        return self._exchange(model, self._story_job(ready, sent), read)

    def _in_parts(self, model: Model, ready: Plan, packs: tuple[Packed, ...]) -> Answered:
        def known(part: Packed) -> Callable[[Reply, bool], Answer]:
            return lambda reply, _last: known_only(parse(reply.text), part)

        notes = [self._exchange(model, job, known(job.packed)) for job in self._part_jobs(packs)]
        sent = reduced(ready, packs, notes)
        if not sent.cited:
            raise ModelError("empty", "the model found nothing to tell in any part of the story")

        def read(reply: Reply, last: bool) -> Answered:
            return answered(parse(reply.text), self._asked(ready, sent, reply, model, last))

        return self._exchange(model, self._reduce_job(ready, sent), read)

    def _exchange(self, model: Model, job: Job, read: Callable[[Reply, bool], Read]) -> Read:
        """One question and, if its answer cannot be used, the same with what is wrong."""
        question = Question(self._request(job), job.packed.nonce, self.prompts_dir)
        return exchange(self.ask, model, question, read)

    def _asked(self, ready: Plan, sent: Packed, reply: Reply, model: Model, last: bool) -> Asked:
        # A local server may call its model by the path of a file, which is nobody's business.
        writer = model.name if not reply.model or _PATH.match(reply.model) else reply.model
        return Asked(ready, sent, self.language, self._most(ready), writer, last)

    def _most(self, ready: Plan) -> int:
        return self.sentences if ready.story.origins > 1 else min(self.sentences, _SINGLE_ORIGIN_SENTENCES)

    def _story_job(self, ready: Plan, sent: Packed) -> Job:
        return Job(prompts.STORY, sent, {"articles": _unmarked(sent), **self._scope(ready, sent)})

    def _reduce_job(self, ready: Plan, sent: Packed) -> Job:
        return Job(prompts.REDUCE, sent, {"statements": _unmarked(sent), **self._scope(ready, sent)})

    def _part_jobs(self, packs: tuple[Packed, ...]) -> list[Job]:
        numbered = enumerate(packs, 1)
        return [
            Job(
                prompts.PART,
                p,
                {"articles": _unmarked(p), "part": n, "parts": len(packs), "sentences": 2 * self.sentences},
            )
            for n, p in numbered
        ]

    def _scope(self, ready: Plan, sent: Packed) -> dict[str, int]:
        return {"sentences": self._most(ready), "origins": sent.origins, "left_out": sent.left_out}

    def _request(self, job: Job) -> Request:
        prompt = prompts.render(
            job.template,
            self.prompts_dir,
            answer_schema=written(answer_schema()),
            nonce=job.packed.nonce,
            language=self.language,
            tone=self.tone,
            audience=self.audience,
            **job.values,
        )
        return Request(
            system=prompt.system,
            prompt=prompt.user,
            answer_schema=answer_schema(job.packed.ids),
            schema_name=NAME,
            max_output_tokens=self.max_output,
            deadline_s=self.deadline_s,
            articles=tuple(sorted({c.article for cited in job.packed.cited.values() for c in cited})),
        )


def _unmarked(sent: Packed) -> str:
    """The text without the mark of its own fence."""
    return sent.text.replace(sent.nonce, "")
