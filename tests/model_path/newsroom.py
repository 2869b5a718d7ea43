"""The whole way with a model: files, pipeline, the `llm` analyst behind cache and gate, all three renderings.

The places, people and events are invented.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from briefing import pipeline
from briefing.analysts import roles, writing
from briefing.analysts.asking import Asking
from briefing.analysts.llm import Llm
from briefing.analysts.writing import Writing
from briefing.cache import Cache
from briefing.models import ModelError, Reply, Request, Usage
from briefing.models.gate import Gate, Limits
from briefing.models.scripted import Scripted
from briefing.outputs.html import Html
from briefing.outputs.json import Json
from briefing.outputs.markdown import Markdown
from briefing.sources.files import Files
from briefing.types import Briefing, Map, Statement

NOW = datetime.fromisoformat("2031-05-20T08:00:00+00:00")
HOST = "models.example"

GROUNDED = "The ferry Alda ran aground off Port Sarn on Sunday with 61 people aboard, the harbour office said."
TUGS = "Tugs pulled the ferry Alda free on Monday morning and towed it to the yard at Lisk Haven."
LEAK = "The Harbour Office said oil had leaked from the ferry into the bay of Port Sarn."
DENIAL = "The Shipping Line denied that oil had leaked from the ferry into the bay of Port Sarn."
EARLY = "Rescuers said 4 people were killed when the ferry Alda struck the pier at Port Sarn."
LATE = "Rescuers said 9 people were killed when the ferry Alda struck the pier at Port Sarn."
YARD = "Workers at the yard in Lisk Haven expect the repair of the ferry's hull may last until the end of June."
MAYOR = "“We will not reopen the pier before the divers have finished,” said Ada Torrin, the mayor of Port Sarn."
CAUSE = "The harbour master said fog may have hidden the buoys from the crew of the ferry Alda."

FERRY = {
    "courier": {
        "title": "Ferry Alda runs aground off Port Sarn",
        "source": "Sarn Courier",
        "published": "2031-05-18T18:00:00+00:00",
        "body": (GROUNDED, LEAK, EARLY, CAUSE),
    },
    "herald": {
        "title": "Shipping line denies oil spill from ferry Alda at Port Sarn",
        "source": "Lisk Herald",
        "published": "2031-05-19T09:00:00+00:00",
        "body": (GROUNDED.replace("Sunday with", "Sunday evening with"), DENIAL, TUGS, MAYOR),
    },
    "libera": {
        "title": "Nine dead as ferry Alda strikes pier at Port Sarn",
        "source": "Libera",
        "published": "2031-05-19T15:00:00+00:00",
        "body": (LATE, YARD, "The ferry Alda had left Port Sarn for Lisk Haven in the evening, its owners said."),
    },
}
BRIDGE = {
    "bridge": {
        "title": "Cracks close the old bridge over the Orle at Tamsin",
        "source": "Tamsin Post",
        "published": "2031-05-19T12:00:00+00:00",
        "body": (
            "The council of Tamsin closed the old bridge over the Orle after inspectors found cracks in two piers.",
            "Buses will take the road through Welm for at least six weeks, the council said.",
        ),
    },
}

Records = Mapping[str, Mapping[str, Any]]
Answer = Callable[[Request], str | Reply]


def write(folder: Path, records: Records) -> Path:
    """A folder with one file of JSON for each record."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, record in records.items():
        text = "\n\n".join(record["body"])
        value = {**{k: v for k, v in record.items() if k != "body"}, "text": text}
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    return folder


class Ran(NamedTuple):
    """An edition, and every request that reached a model for it, by the model's name."""

    briefing: Briefing
    asked: tuple[tuple[str, Request], ...]

    @property
    def calls(self) -> int:
        return len(self.asked)


class Remote(Scripted):
    """A model with an answer from code that counts as standing on another machine."""

    @property
    def host(self) -> str:
        return HOST


class Setup(NamedTuple):
    """How a run is to ask: what the gate allows, whether the cache is passed over, the analyst's own settings, the map.

    `checker`, `judge`, `overview` and `topics` answer for the models of these roles.
    """

    limits: Limits = Limits(concurrency=1)
    offline: bool = False
    refresh: bool = False
    language: str = "en"
    analyst: Mapping[str, Any] = {}
    map: Map | None = None
    checker: Answer | None = None
    judge: Answer | None = None
    overview: Answer | None = None
    topics: Answer | None = None


def run(folder: Path, *answers: Answer, setup: Setup | None = None, sources: Sequence[Files] = ()) -> Ran:
    """The edition of a folder by models `one`, `two`, … that answer in that order; their replies are kept beside it."""
    how = setup or Setup()
    asked: list[tuple[str, Request]] = []

    def remote(name: str, answer: Answer) -> Remote:
        return Remote(name=f"test/{name}", answer=_noting(f"test/{name}", answer, asked))

    models = [remote(name, answer) for name, answer in zip(("one", "two", "three"), answers, strict=False)]

    def heads(role: str, answer: Answer) -> Writing:
        return Writing((remote(role, answer),), asking, how.language)

    asking = Asking(Gate(how.limits, offline=how.offline), Cache(folder=folder.parent / "replies"), how.refresh)
    order = pipeline.Order(
        title="Daily briefing",
        date="2031-05-20",
        language=how.language,
        timezone="UTC",
        now=NOW,
        sources=tuple(sources) or (Files(path=folder),),
        analyst=Llm(model=models[0], fallbacks=models[1:], ask=asking, language=how.language, **how.analyst),
        spent=asking.spent,
        checker=roles.checker(remote("checker", how.checker), asking) if how.checker else None,
        judge=roles.judge(remote("judge", how.judge), asking) if how.judge else None,
        composer=writing.composer(heads("overview", how.overview)) if how.overview else None,
        namer=writing.namer(heads("topics", how.topics)) if how.topics else None,
    )
    return Ran(pipeline.build(order, pipeline.Maps(asks=how.map or map)).briefing, tuple(asked))


def _noting(name: str, answer: Answer, asked: list[tuple[str, Request]]) -> Answer:
    def noting(request: Request) -> str | Reply:
        asked.append((name, request))
        made = answer(request)
        return made if isinstance(made, Reply) else Reply(text=made, model=name, host=HOST, usage=Usage(cost_usd=0.001))

    return noting


class Renderings(NamedTuple):
    """What a reader and a program see of an edition."""

    markdown: str
    html: str
    json: str


def rendered(briefing: Briefing) -> Renderings:
    return Renderings(Markdown().render(briefing), Html().render(briefing), Json().render(briefing))


_LINE = re.compile(r"^\[?(a\d+\.\d+)(?: = a\d+\.\d+)*\]? (?:title: )?(.*)$", re.MULTILINE)


def fenced(request: Request) -> str:
    """What stands inside the fence of a request."""
    (nonce,) = set(re.findall(r"^(?:ARTICLES|NOTES|STATEMENTS) (\w{12})$", request.prompt, re.MULTILINE))
    return re.split(rf"^(?:ARTICLES|NOTES|STATEMENTS) {nonce}$", request.prompt, flags=re.MULTILINE)[1]


def lines(request: Request) -> dict[str, str]:
    """The sentences a model was shown, by id."""
    return dict(_LINE.findall(fenced(request)))


def id_of(request: Request, sentence: str) -> str:
    """The id under which a sentence was sent; one that does not stand in the story if it was not."""
    start = sentence[:60].rstrip()
    return next((i for i, text in lines(request).items() if text.startswith(start)), "a99.99")


def said(text: str, *ids: str) -> dict[str, Any]:
    return {"text": text, "ids": list(ids)}


def reply(headline: Mapping[str, Any] | None = None, *summary: Mapping[str, Any], **lists: Any) -> str:
    """A model's answer as JSON."""
    told = {"headline": headline or said(""), "summary": list(summary), "disputes": [], "updates": [], **lists}
    return json.dumps(told, ensure_ascii=False)


def honest(request: Request) -> str:
    """Tell each story in the first sentences it shows, with their ids."""
    shown = lines(request)
    titles = [i for i in shown if i.endswith(".0")]
    body = [i for i in shown if not i.endswith(".0")]
    return reply(said(shown[titles[0]], titles[0]), *(said(shown[i], i) for i in body[:2]))


def raising(kind: str, scope: Any = "story", cost: float | None = 0.0) -> Answer:
    """A model that gives no answer but a fault."""

    def raise_it(request: Request) -> str:
        raise ModelError(kind, "as scripted", scope, Usage(cost_usd=cost))

    return raise_it


def in_turn(*answers: Answer | str) -> Answer:
    """A model whose answers differ from call to call; the last one stays."""
    left = list(answers)

    def answer(request: Request) -> str | Reply:
        now = left.pop(0) if len(left) > 1 else left[0]
        return now if isinstance(now, str) else now(request)

    return answer


def unmarked(briefing: Briefing) -> str:
    """Every word that reaches a reader without a mark, in any place that an analyst can write to."""
    texts: list[str] = [t for s in briefing.statements() for t in _unmarked(s)]
    for story in briefing.stories:
        texts += [x for d in story.disputes for x in (d.question, *(p.holder for p in d.positions))]
        texts += [x for u in story.updates for x in (u.what, u.unit or "", *(s.value for s in u.steps))]
    return "\n".join(texts)


def _unmarked(statement: Statement) -> Iterable[str]:
    return () if statement.problems else (statement.text,)


def kept_out(briefing: Briefing) -> dict[str, tuple[str, ...]]:
    """What was withheld, with its problems."""
    return {w.text: w.problems for w in briefing.withheld}


def marked(briefing: Briefing) -> dict[str, tuple[str, ...]]:
    """What is shown with a mark, with its problems."""
    return {s.text: s.problems for s in briefing.statements() if s.problems}
