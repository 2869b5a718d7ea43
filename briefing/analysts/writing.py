"""A model that writes about all stories at once: the day in lines, and the names of topics.

    points   --request--> answer in lines --> statements   ─┐ checked in `stages.heading`
    subjects --request--> answer in names --> names by id  ─┘

It sees only statements that were checked, and asks by the way the analyst asks; all it writes is one more claim.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from briefing.analysts import prompts
from briefing.analysts.answer import BEYOND, Terms, parsed, stated, withhold, wrong_language
from briefing.analysts.context import harmless
from briefing.analysts.exchange import Ask, Question, exchange, first_answer
from briefing.analysts.plain import plain
from briefing.analysts.schema import Names, Overview, names_schema, overview_schema, written
from briefing.models import Model, ModelError, Reply, Request
from briefing.stages.overview import Composed, Composer, Point
from briefing.stages.topics import LONGEST_NAME, Namer, Subject
from briefing.types import Statement, Withheld

_OVERVIEW_OUTPUT, _TOPICS_OUTPUT, _DEADLINE_S = 1_000, 600, 60.0


class Writing(NamedTuple):
    """Who is asked, by the first that answers, and how it is to write; as for the analyst."""

    models: tuple[Model, ...]
    ask: Ask
    language: str = "en"
    tone: str = "plain and neutral"
    audience: str = "general readers"
    prompts_dir: Path | None = None


def composer(writing: Writing) -> Composer:
    """A composer that asks a model. Raises ModelError where none gives a line that can be used."""

    def compose(points: Sequence[Point], most: int) -> Composed:
        terms = Terms({p.id: p.statement.citations for p in points}, writing.language)

        def read(reply: Reply, last: bool) -> Composed:
            return _lines(parsed(reply.text, Overview), terms, most, last)

        question = Question(overview_request(writing, points, most), _nonce(_listed(points)), writing.prompts_dir)
        return first_answer(writing.models, lambda model: exchange(writing.ask, model, question, read))

    return compose


def namer(writing: Writing) -> Namer:
    """A namer that asks a model. Raises ModelError where none gives a name that can be read."""

    def name(subjects: Sequence[Subject]) -> Mapping[str, str]:
        known = {subject.id for subject in subjects}

        def read(reply: Reply, _last: bool) -> Mapping[str, str]:
            given = {n.topic: n.name.strip().rstrip(".") for n in reversed(parsed(reply.text, Names).names)}
            fit = {i: name for i, name in given.items() if i in known and plain(name, LONGEST_NAME).text == name != ""}
            if not fit:
                raise ModelError(
                    "invalid", f"no name could be used; give plain names of {LONGEST_NAME} letters at most"
                )
            return fit

        question = Question(topics_request(writing, subjects), _nonce(_sorted(subjects)), writing.prompts_dir)
        return first_answer(writing.models, lambda model: exchange(writing.ask, model, question, read))

    return name


def overview_request(writing: Writing, points: Sequence[Point], most: int) -> Request:
    """The request for the day in lines."""
    schema = overview_schema([p.id for p in points])
    values = {"lines": most, "tone": writing.tone, "audience": writing.audience}
    return _request(writing, prompts.OVERVIEW, _listed(points), values, (overview_schema(), schema, _OVERVIEW_OUTPUT))


def topics_request(writing: Writing, subjects: Sequence[Subject]) -> Request:
    """The request for the names of topics."""
    schema = names_schema([s.id for s in subjects])
    values = {"longest": LONGEST_NAME}
    return _request(writing, prompts.TOPICS, _sorted(subjects), values, (names_schema(()), schema, _TOPICS_OUTPUT))


def _lines(answer: Overview, terms: Terms, most: int, last: bool) -> Composed:
    out: list[Withheld] = []
    told = [s for said in answer.lines[:most] if (s := stated(said, terms, out))]
    withhold((said.text for said in answer.lines[most:]), BEYOND, terms.story, out)
    if not told:
        raise ModelError("invalid", "no line could be used; cite given ids, in plain sentences")
    other = wrong_language((s.text for s in told), terms.language)
    if other and not last:
        raise ModelError("invalid", f"the lines are in {other!r}; write them in {terms.language!r}")
    return Composed(tuple(told), tuple(out))


def _listed(points: Sequence[Point]) -> str:
    """The points, those of each story under a heading of their own."""
    lines = []
    for before, point in zip((None, *points), points, strict=False):
        story = point.id.partition(".")[0]
        if before is None or before.id.partition(".")[0] != story:
            lines.append(f"## {story}")
        side = f"(disputed: {harmless(point.side)}) " if point.side else ""
        lines.append(f"{point.id} {side}{_said(point.statement)}")
    return "\n".join(lines)


def _sorted(subjects: Sequence[Subject]) -> str:
    return "\n".join(line for s in subjects for line in (f"## {s.id}", *map(_said, s.statements)))


def _said(statement: Statement) -> str:
    return harmless(statement.text)


def _nonce(text: str) -> str:
    """It follows from the text, so that equal days make equal requests."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _request(
    writing: Writing,
    template: str,
    text: str,
    values: Mapping[str, Any],
    answer: tuple[Mapping[str, Any], dict[str, Any], int],
) -> Request:
    """`answer` is the schema as the prompt shows it, as it is sent, and the most tokens it may take."""
    shown, schema, most = answer
    nonce = _nonce(text)
    prompt = prompts.render(
        template,
        writing.prompts_dir,
        answer_schema=written(shown),
        nonce=nonce,
        statements=text.replace(nonce, ""),
        language=writing.language,
        **values,
    )
    return Request(
        system=prompt.system,
        prompt=prompt.user,
        answer_schema=schema,
        schema_name=f"briefing_{template.partition('.')[0]}",
        max_output_tokens=most,
        deadline_s=_DEADLINE_S,
    )
