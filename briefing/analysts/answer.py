"""From a model's reply to an analysis: parsed leniently, validated strictly, its ids turned into citations by code.

    text --parse--> Answer --answered--> Analysis, and what was kept out of it

Conflicts and movements that the rules find are in the analysis whether or not the model mentions them.
The analysis is not yet verified; a statement that is marked here already carries the mark in `problems`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from briefing.analysts.context import Packed, Plan
from briefing.analysts.plain import MOST_CHARACTERS, Plain, plain
from briefing.analysts.schema import Answer, Disputed, Moved, Names, Naming, Overview, Progress, Said, Side
from briefing.languages import lexicons
from briefing.models import ModelError
from briefing.plugins import Answered
from briefing.stages.checks import WITHHOLDING, Grounds, problems
from briefing.stages.verify import title_statement
from briefing.text import fold, language, stem, stems, words
from briefing.types import (
    Analysis,
    Citation,
    Dispute,
    DisputeKind,
    Position,
    Record,
    Statement,
    Step,
    Update,
    Withheld,
)

Form = TypeVar("Form", bound=Record)
NO_CITATION, TOO_LONG, ADDRESS, BEYOND, ONE_SIDE, MOVED = (
    "no-citation", "too-long", "address-in-text", "more-than-asked", "other-side-withheld", "an-update-not-a-dispute",
)  # fmt: skip
WRONG_LANGUAGE = "wrong-language"

_ID = re.compile(r"a\d+\.\d+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# A server says what it is called; only what the names of models are made of is shown.
_NOT_A_NAME = re.compile(r"[^\w.:/@+\- ]|\w+://")
_FIGURE = re.compile(r"\d[\d.,]*")
# A statement that cites everything cites nothing: no check could fail it.
_MOST_IDS = 8
_MOST_ITEMS, _MOST_NOTES, _MOST_TEXT = 50, 8, 400_000
_SHORT_FIELD, _QUESTION = 80, 160
# Words up to this length are mostly articles and prepositions; a question or label need not share them.
_FUNCTION_WORD = 3
# Below this many words the language of a text cannot be told; some languages not at all from one another.
_WORDS_TO_TELL, _WORDS_OF_ONE = 12, 8
_ALIKE = ({"da", "nb", "nn", "no"}, {"bs", "hr", "sr"}, {"id", "ms"}, {"gl", "pt"}, {"cs", "sk"}, {"af", "nl"})
_PLAIN_QUESTION: dict[DisputeKind, str] = {
    "figure": "the figure",
    "denial": "what is denied",
    "attribution": "who did it",
    "cause": "the cause",
    "date": "the date",
    "identity": "who or what it is",
    "characterisation": "how it is described",
}


class Terms(NamedTuple):
    """What a statement is made by: what an id stands for, the language asked for, the story it is about, if one."""

    cited: Mapping[str, tuple[Citation, ...]]
    language: str
    story: str = ""


class Asked(NamedTuple):
    """What an answer is read against. `last` is True where the model cannot be asked again."""

    ready: Plan
    packed: Packed
    language: str
    sentences: int
    writer: str
    last: bool

    @property
    def terms(self) -> Terms:
        """What its statements are made by."""
        return Terms(self.packed.cited, self.language, self.ready.story.id)


def parse(text: str) -> Answer:
    """Find the answer in a reply. Raises ModelError("invalid") in words fit for the model and the reader."""
    answer = parsed(text, Answer)
    if max(map(len, (answer.summary, answer.disputes, answer.updates))) > _MOST_ITEMS:
        raise ModelError("invalid", f"a list holds more than {_MOST_ITEMS} items")
    return answer


def parsed(text: str, form: type[Form]) -> Form:
    """Find an answer of this form in a reply, leniently, and validate it strictly. Raises as `parse`."""
    # A lone surrogate cannot be written down.
    text = text[:_MOST_TEXT].encode("utf-8", "replace").decode()
    found = _first_object(text, frozenset(form.model_fields))
    if {"properties", "$defs"} & found.keys() or found.get("type") == "object":
        raise ModelError("invalid", "the schema itself came back in place of an answer; the model may be too weak")
    try:
        return form.model_validate_json(json.dumps(found), strict=True)
    except ValidationError as error:
        raise ModelError("invalid", "; ".join(_faults(error))) from error


def answered(answer: Answer, asked: Asked) -> Answered:
    """Turn an answer into an analysis of the story.

    Raises ModelError: "empty" for an answer that tells nothing; "invalid" where no statement cites a sentence
    that was sent, or, unless `asked.last`, where it is in another language than the one asked for.
    """
    _refuse(answer, asked)
    out: list[Withheld] = []
    summary = [s for said in answer.summary[: asked.sentences] if (s := _statement(said, asked, out))]
    _withhold((s.text for s in answer.summary[asked.sentences :]), BEYOND, asked, out)
    disputes = _disputes(answer, asked, out)
    updates = _updates(answer, asked, out)
    found = asked.ready.found
    if not summary and set(disputes) <= set(found.disputes) and set(updates) <= set(found.updates):
        reasons = ", ".join(sorted({w.problems[0] for w in out})) or NO_CITATION
        raise ModelError("invalid", f"no statement could be used ({reasons}); cite given ids, in plain sentences")
    story = asked.ready.story
    analysis = Analysis(
        id=story.id,
        kind=story.kind,
        headline=_statement(answer.headline, asked, out) or title_statement(asked.ready.articles[0]),
        summary=tuple(summary),
        disputes=disputes,
        updates=updates,
        articles=tuple(a.id for a in story.articles),
        outlets=story.outlets,
        origins=story.origins,
        left_out=asked.packed.left_out,
        analysed_by=_NOT_A_NAME.sub("", asked.writer)[:_SHORT_FIELD] or "unnamed model",
    )
    return Answered(analysis, tuple(out))


def known_only(answer: Answer, packed: Packed) -> Answer:
    """The answer on one part as material for the next request: plain text, known ids, nothing without any."""

    def kept(items: Iterable[Said]) -> list[Said]:
        made = [Said(text=plain(s.text).text, ids=_ids(s.ids, packed.cited)) for s in items]
        return [s for s in made if s.text and s.ids]

    sides = [
        d.replace(
            question=plain(d.question, _QUESTION).text,
            positions=tuple(
                Side(holder=plain(p.holder, _SHORT_FIELD).text, text=s.text, ids=s.ids)
                for p in d.positions[:_MOST_IDS]
                for s in kept([Said(text=p.text, ids=p.ids)])
            ),
        )
        for d in answer.disputes[:_MOST_NOTES]
    ]
    steps = [Said(text=s.text, ids=s.ids) for u in answer.updates for s in u.steps]
    return Answer(
        headline=Said(text="", ids=()),
        summary=tuple(kept([answer.headline, *answer.summary, *steps])[: 2 * _MOST_NOTES]),
        disputes=tuple(d for d in sides if d.positions),
        updates=(),
    )


def wrong_language(texts: Iterable[str], wanted: str) -> str | None:
    """The language some texts are in, where it is not the one wanted; None where it is, or cannot be told."""
    joined = " ".join(texts)
    return _other(joined, wanted) if len(words(joined)) >= _WORDS_TO_TELL else None


def _other(text: str, wanted: str) -> str | None:
    base = wanted.partition("-")[0]
    found = language(text)
    alike = any({found, base} <= group for group in _ALIKE)
    return None if found in {None, base} or alike else found


def _first_object(text: str, fields: Set[str]) -> dict[str, object]:
    """The first whole JSON object; one that is not closed is never completed, what it lacks cannot be known."""
    decoder = json.JSONDecoder()
    start = text.find("{")
    if start < 0:
        raise ModelError("invalid", "the answer holds no JSON object")
    try:
        found, _ = decoder.raw_decode(text, start)
    except RecursionError as error:
        raise ModelError("invalid", "the JSON is nested too deeply") from error
    except ValueError as error:
        later = _later_object(text, start, decoder, fields)
        if later is not None:
            return later
        raise ModelError("invalid", "the JSON object is broken or not closed") from error
    return dict(found)


def _later_object(text: str, start: int, decoder: json.JSONDecoder, fields: Set[str]) -> dict[str, object] | None:
    """An answer behind prose that holds a brace of its own."""
    for match in list(re.finditer(rf'\{{\s*"(?:{"|".join(sorted(fields))})"', text[start + 1 :]))[:5]:
        try:
            found, _ = decoder.raw_decode(text, start + 1 + match.start())
        except (ValueError, RecursionError):
            continue
        return dict(found)
    return None


def _faults(error: ValidationError) -> Iterable[str]:
    """Where and what, never the value: it is the model's, and these words are shown to the reader."""
    for fault in error.errors(include_url=False, include_input=False)[:5]:
        known = [str(part) for part in fault["loc"] if isinstance(part, int) or part in _FIELDS]
        place = ".".join(known) or "the answer"
        yield (
            "has a field that is not in the schema"
            if fault["type"] == "extra_forbidden"
            else (f"{place}: {fault['msg'].lower()}")
        )


_FIELDS = frozenset(
    name
    for record in (Answer, Said, Side, Disputed, Moved, Progress, Overview, Naming, Names)
    for name in record.model_fields
)  # fmt: skip


def _refuse(answer: Answer, asked: Asked) -> None:
    if not (answer.summary or answer.disputes or answer.updates):
        raise ModelError("empty", "the model found nothing to tell")
    told = [s.text for s in answer.summary] + [p.text for d in answer.disputes for p in d.positions]
    other = wrong_language(told, asked.language)
    if other and not asked.last:
        raise ModelError("invalid", f"the statements are in {other!r}; write them in {asked.language!r}")


def stated(said: Said | Side | Moved, terms: Terms, out: list[Withheld]) -> Statement | None:
    """One statement with its citations, or None and a word in `out` on why not; nothing said is nothing withheld."""
    text = plain(said.text)
    citations = _citations(said.ids, terms.cited)
    fault = TOO_LONG if text.too_long else ADDRESS if text.addressed else NO_CITATION
    if fault != NO_CITATION or not citations or not text.text:
        withhold([said.text], fault, terms.story, out)
        return None
    other = _other(text.text, terms.language) if len(words(text.text)) >= _WORDS_OF_ONE else None
    verbatim = text.text == " ".join(c.quote for c in citations)
    wrong = other is not None and not verbatim
    return Statement(
        text=text.text,
        language=other if wrong else terms.language.partition("-")[0],
        citations=citations,
        problems=(WRONG_LANGUAGE,) if wrong else None,
    )


def withhold(texts: Iterable[str], problem: str, story: str, out: list[Withheld]) -> None:
    """Note in `out` what was written and cannot be shown."""
    for text in texts:
        shown = plain(text)
        if text.strip():
            cut = f"{shown.text} …" if shown.too_long else shown.text or "(no text)"
            out.append(Withheld(story=story, text=cut, problems=(problem,)))


def _statement(said: Said | Side | Moved, asked: Asked, out: list[Withheld]) -> Statement | None:
    return stated(said, asked.terms, out)


def _withhold(texts: Iterable[str], problem: str, asked: Asked, out: list[Withheld]) -> None:
    withhold(texts, problem, asked.ready.story.id, out)


def _ids(written: Iterable[str], known: Container[str]) -> tuple[str, ...]:
    """The known ones among ids as written: "[a1.3 = a2.5]" holds two."""
    found = (i for text in written for i in _ID.findall(text[:MOST_CHARACTERS]))
    return tuple(i for i in dict.fromkeys(found) if i in known)[:_MOST_IDS]


def _citations(written: Iterable[str], cited: Mapping[str, tuple[Citation, ...]]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(c for i in _ids(written, cited) for c in cited[i]))


def _disputes(answer: Answer, asked: Asked, out: list[Withheld]) -> tuple[Dispute, ...]:
    """The model's disputes, then those of the rules that it did not mention or told badly."""
    told = [d for one in answer.disputes if (d := _dispute(one, asked, out))]
    found = asked.ready.found.disputes
    sound = []
    for dispute in told:
        mentioned = [f for f in found if _mentions(_places_by_side(dispute), _places_by_side(f))]
        if mentioned and not all(_passes(p.statement, asked) for p in dispute.positions):
            out.extend(_failed((p.statement for p in dispute.positions), asked))
            continue
        sound.append(_completed(dispute, mentioned))
    told_of = [_places_by_side(d) for d in sound]
    missed = [f for f in found if not any(_mentions(t, _places_by_side(f)) for t in told_of)]
    return (*sound, *missed)


def _dispute(told: Disputed, asked: Asked, out: list[Withheld]) -> Dispute | None:
    positions: list[Position] = []
    for side in told.positions:
        statement = _statement(side, asked, out)
        holder = plain(side.holder, _SHORT_FIELD).text or (_label(statement, asked) if statement else "")
        if statement and not any(_words(p.holder) == _words(holder) for p in positions):
            positions.append(Position(holder=holder, statement=statement))
        elif statement:
            _withhold([statement.text], ONE_SIDE, asked, out)
    places = frozenset(c for p in positions for c in _places(p.statement))
    if len(positions) < 2 or any(places <= moved for moved in _moves(asked)):
        reason = ONE_SIDE if len(positions) < 2 else MOVED
        _withhold((p.statement.text for p in positions), reason, asked, out)
        return None
    citations = tuple(dict.fromkeys(c for p in positions for c in p.statement.citations))
    question = _grounded(plain(told.question, _QUESTION), citations, asked) or _PLAIN_QUESTION[told.kind]
    return Dispute(id=_identity(told.kind, citations), kind=told.kind, question=question, positions=tuple(positions))


def _completed(dispute: Dispute, mentioned: Sequence[Dispute]) -> Dispute:
    """The dispute with the sides the rules found and the model left out; the rules' own identity, if any."""
    held = frozenset(c for p in dispute.positions for c in _places(p.statement))
    missing = [p for f in mentioned for p in f.positions if not _places(p.statement) & held]
    taken = {_words(p.holder) for p in dispute.positions}
    added = tuple({_words(p.holder): p for p in missing if _words(p.holder) not in taken}.values())
    identity = mentioned[0].id if mentioned else dispute.id
    return dispute.replace(id=identity, positions=(*dispute.positions, *added))


def _updates(answer: Answer, asked: Asked, out: list[Withheld]) -> tuple[Update, ...]:
    told = [u for one in answer.updates if (u := _update(one, asked, out))]
    found = asked.ready.found.updates
    sound = []
    for update in told:
        mentioned = any(_mentions(_places_by_step(update), _places_by_step(f)) for f in found)
        if mentioned and not all(_passes(s.statement, asked) for s in update.steps):
            out.extend(_failed((s.statement for s in update.steps), asked))
        else:
            sound.append(update)
    told_of = [_places_by_step(u) for u in sound]
    return (*sound, *(f for f in found if not any(_mentions(t, _places_by_step(f)) for t in told_of)))


def _update(told: Progress, asked: Asked, out: list[Withheld]) -> Update | None:
    steps = []
    for moved in told.steps:
        statement = _statement(moved, asked, out)
        value = _value(moved, statement) if statement else ""
        if statement and value:
            steps.append(Step(time=_time(moved.time, statement, asked), value=value, statement=statement))
        elif statement:
            _withhold([statement.text], "value-not-in-statement", asked, out)
    if len({s.value for s in steps}) < 2:
        _withhold((s.statement.text for s in steps), ONE_SIDE, asked, out)
        return None
    if all(s.time for s in steps):
        steps.sort(key=lambda s: s.time or "")
    citations = tuple(dict.fromkeys(c for s in steps for c in s.statement.citations))
    what = _grounded(plain(told.what, _SHORT_FIELD), citations, asked) or "the figure"
    unit = _grounded(plain(told.unit or "", _SHORT_FIELD), citations, asked) or None
    return Update(id=_identity("update", citations), what=what, unit=unit, steps=tuple(steps))


def _value(moved: Moved, statement: Statement) -> str:
    """The value if its words stand in the statement, else the one figure of the value that does, else ""."""
    value = plain(moved.value, _SHORT_FIELD).text
    if value and _words(value) <= _words(statement.text):
        return value
    figures = [f.rstrip(".,") for f in _FIGURE.findall(value)]
    return next((f for f in figures if f in statement.text), "")


def _time(written: str | None, statement: Statement, asked: Asked) -> str | None:
    """A day that the cited sentences name, else the time of the first cited article: models guess dates."""
    published = next(a.published for a in asked.ready.story.articles if a.id == statement.citations[0].article)
    day = _DAY.match(written or "")
    quotes = " ".join(c.quote for c in statement.citations)
    named = day and re.search(rf"(?<!\d)0?{int(day[0][-2:])}(?!\d)", quotes)
    return day[0] if day and named and (not published or day[0] <= published[:10]) else published


def _grounded(text: Plain, citations: tuple[Citation, ...], asked: Asked) -> str:
    """A question or label if the checks find nothing in it that its evidence lacks, else ""."""
    if not text.text or text.addressed:
        return ""
    languages = {a.language for a in asked.ready.story.articles if a.id in {c.article for c in citations}}
    found = set(_problems(Statement(text=text.text, language=None, citations=citations), asked))
    if asked.language.partition("-")[0] not in languages:
        return "" if found & WITHHOLDING else text.text
    told = {stem(w) for w in words(text.text) if len(w) > _FUNCTION_WORD}
    held = told & {s for c in citations for s in stems(c.quote)}
    return "" if found or 2 * len(held) < len(told) else text.text


def _problems(statement: Statement, asked: Asked) -> tuple[str, ...]:
    return problems(statement, Grounds.of(asked.ready.story.articles, lexicons()))


def _passes(statement: Statement, asked: Asked) -> bool:
    return not WITHHOLDING & set(_problems(statement, asked))


def _failed(statements: Iterable[Statement], asked: Asked) -> Iterable[Withheld]:
    """The sides of a dispute told badly, that the rules' own words replace."""
    for statement in statements:
        found = tuple(p for p in _problems(statement, asked) if p in WITHHOLDING)
        yield Withheld(story=asked.ready.story.id, text=statement.text, problems=found or (ONE_SIDE,))


Places = frozenset[tuple[str, int]]


def _places(statement: Statement) -> Places:
    return frozenset((c.article, c.sentence) for c in statement.citations)


def _places_by_side(dispute: Dispute) -> list[Places]:
    return [_places(p.statement) for p in dispute.positions]


def _places_by_step(update: Update) -> list[Places]:
    return [_places(s.statement) for s in update.steps]


def _mentions(told: Sequence[Places], found: Sequence[Places]) -> bool:
    """Whether two different sides of one stand on sentences of two different sides of the other."""
    pairs = [(i, j) for i, a in enumerate(told) for j, b in enumerate(found) if a & b]
    return any(i != k and j != m for i, j in pairs for k, m in pairs)


def _moves(asked: Asked) -> list[Places]:
    return [frozenset(c for p in _places_by_step(u) for c in p) for u in asked.ready.found.updates]


def _label(statement: Statement, asked: Asked) -> str:
    return next(a.label for a in asked.ready.story.articles if a.id == statement.citations[0].article)


def _words(text: str) -> frozenset[str]:
    return frozenset(map(fold, words(text)))


def _identity(kind: str, citations: Iterable[Citation]) -> str:
    """From the evidence alone, as the rules make theirs, so that a dispute keeps its name however it is worded."""
    key = kind + "".join(sorted(f"{c.article}.{c.sentence}" for c in citations))
    return hashlib.sha256(key.encode()).hexdigest()[:12]
