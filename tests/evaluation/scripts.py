"""Scripted models for labelled cases: one that answers as the labels say, one fault at a time, and one that lies."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from briefing.analysts.llm import Llm
from briefing.evaluation.cases import Case, ExpectedDispute, ExpectedUpdate
from briefing.evaluation.prepare import Prepared
from briefing.evaluation.trials import Candidate
from briefing.models import Reply, Request
from briefing.models.scripted import Scripted
from briefing.text import one_line
from tests.model_path.newsroom import lines, said

DATA = Path(__file__).parent.parent / "data" / "evaluation"

Told = dict[str, Any]
"""An answer as JSON."""
Answer = Callable[[Prepared, Request], str | Reply]


def candidate(name: str, answer: Answer, cases: Sequence[Prepared]) -> Candidate:
    """Answers every request by the case whose articles it holds."""

    def told(request: Request) -> str | Reply:
        return answer(asked_about(request, cases), request)

    return Candidate(name, Llm(model=Scripted(name=name, answer=told)))


def asked_about(request: Request, cases: Sequence[Prepared]) -> Prepared:
    titles = set(lines(request).values())
    return next(ready for ready in cases if {one_line(a.title) for a in ready.story.articles} & titles)


def id_of(request: Request, at: str) -> str:
    """The id of the sentence that holds a part."""
    return next(i for i, text in lines(request).items() if at in text)


def first(forms: str) -> str:
    return forms.partition("|")[0].strip("* ")


def perfect_answer(case: Case, request: Request) -> Told:
    """What the labels say, with the ids of the sentences they name; the first fact is the headline too."""

    def stated(label: Any) -> Told:
        return said(label.says, *dict.fromkeys(id_of(request, at) for at in label.at))

    facts = [stated(fact) for fact in (*case.must, *case.should)]
    return {
        "headline": facts[0],
        "summary": facts,
        "disputes": [_dispute(d, stated) for d in case.disputes],
        "updates": [_update(u, stated) for u in case.updates],
    }


def _dispute(expected: ExpectedDispute, stated: Callable[[Any], Told]) -> Told:
    sides = [{"holder": first(side.holder), **stated(side)} for side in expected.sides]
    return {"question": expected.question, "kind": expected.kinds[0], "positions": sides}


def _update(expected: ExpectedUpdate, stated: Callable[[Any], Told]) -> Told:
    steps = [{"time": None, "value": first(step.value), **stated(step)} for step in expected.steps]
    return {"what": expected.what, "unit": None, "steps": steps}


def perfect(ready: Prepared, request: Request) -> str:
    return json.dumps(perfect_answer(ready.case, request), ensure_ascii=False)


def with_fault(identity: str, fault: Callable[[Told, Request], Told]) -> Answer:
    """Perfect but for one fault in one case."""

    def answer(ready: Prepared, request: Request) -> str:
        told = perfect_answer(ready.case, request)
        return json.dumps(fault(told, request) if ready.case.id == identity else told, ensure_ascii=False)

    return answer


def lying(ready: Prepared, request: Request) -> str:
    """Every figure another one; where there is none, something made up; all of it with the ids of real sentences."""

    def false(told: Told) -> Told:
        text = re.sub(r"\d", lambda digit: str((int(digit[0]) + 3) % 10), told["text"])
        return {**told, "text": text if text != told["text"] else "Zora Quell sold the moon to the pirates of Quell."}

    told = perfect_answer(ready.case, request)
    disputes = [{**d, "positions": [false(p) for p in d["positions"]]} for d in told["disputes"]]
    lied = {"headline": false(told["headline"]), "summary": [false(s) for s in told["summary"]], "disputes": disputes}
    return json.dumps({**lied, "updates": []}, ensure_ascii=False)


def script(path: Path, cases: Sequence[Prepared], changed: Mapping[str, str] | None = None) -> Path:
    """The perfect answers as a file of a scripted model; `changed` gives another text by the name of a case."""
    replies = []
    for ready in cases:
        request = Llm(model=Scripted(answer=str), language=ready.case.language).request(ready.story)
        text = (changed or {}).get(ready.case.id) or perfect(ready, request)
        replies.append({"match": [list(lines(request).values())[1]], "text": text})
    path.write_text(json.dumps({"replies": replies}, ensure_ascii=False), encoding="utf-8")
    return path
