"""A case made ready: its articles through the stages of the pipeline, and its labels found in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from briefing import pipeline
from briefing.analysts.extractive import Extractive
from briefing.errors import ConfigError
from briefing.evaluation.cases import Case, Fact, Wrong, facts
from briefing.evaluation.matching import Places, meets
from briefing.languages import lexicons
from briefing.languages.publishers import publishers
from briefing.plugins import Reading
from briefing.stages.claims import claims
from briefing.text import one_line
from briefing.types import Article, Declared, Document, Record, Story

# Before any case: how old its articles are plays no part.
_NOW = datetime(2000, 1, 1, tzinfo=UTC)


class Sentence(NamedTuple):
    """One sentence of the story: article id, number, text."""

    article: str
    number: int
    text: str


class Prepared(NamedTuple):
    """A case and its articles as one story, which the clustering of a build may not have made of them."""

    case: Case
    story: Story
    sentences: tuple[Sentence, ...]

    def places(self, at: Iterable[str]) -> Places:
        """The sentences that hold one of the parts."""
        parts = tuple(at)
        return frozenset((s.article, s.number) for s in self.sentences if any(part in s.text for part in parts))

    def support(self, fact: Fact) -> Places:
        """The sentences that hold a fact: those named, and those that have its words themselves."""
        own = (s for s in self.sentences if meets(s.text, fact.words, fact.without, self.case.language))
        return self.places(fact.at) | {(s.article, s.number) for s in own}


class _Written(Record):
    """The articles of a case as a source."""

    case: Case

    def read(self, now: datetime) -> Reading:  # noqa: ARG002
        return Reading(documents=tuple(_documents(self.case)))


def prepared(cases: Iterable[Case]) -> tuple[Prepared, ...]:
    """Make cases ready. Raises ConfigError with a line for each label that does not fit its case."""
    made, faults = [], []
    for case in cases:
        try:
            one = _ready(case)
        except ConfigError as error:
            faults.append(str(error))
            continue
        faults += [f"{case.place}: {fault}" for fault in _faults(one)]
        made.append(one)
    if faults:
        raise ConfigError("\n".join(faults))
    return tuple(made)


def _ready(case: Case) -> Prepared:
    found = pipeline.gather(
        pipeline.Order(
            title=case.title, date="2000-01-01", language=case.language, timezone="UTC", now=_NOW,
            sources=(_Written(case=case),), analyst=Extractive(), publishers=publishers(),
        )
    )  # fmt: skip
    read = len(found.distinct.articles) + found.distinct.copies
    failed = [f"{f.item}: {f.reason}" for f in found.cleaned.failures]
    if failed or read != len(case.articles):
        said = "; ".join(failed) or f"{len(case.articles)} articles were read as {read}"
        raise ConfigError(f"{case.place}: articles: {said}; give each as plain paragraphs of whole sentences")
    articles = sorted((a for s in (*found.first, *found.rest) for a in s.articles), key=_order)
    story = Story(id=case.id, articles=tuple(articles))
    told = (c for a in articles for c in claims(a, lexicons()))
    return Prepared(case, story, tuple(Sentence(c.article.id, c.sentence, one_line(c.text)) for c in told))


def _documents(case: Case) -> Iterator[Document]:
    for number, report in enumerate(case.articles):
        declared = Declared(
            title=report.title,
            published=report.date,
            source=report.outlet,
            url=report.url,
            language=report.language or case.language,
        )
        yield Document(item=f"articles[{number}]", text=report.text, media_type="text/plain", declared=declared)


def _order(article: Article) -> tuple[bool, str, str]:
    return article.published is None, article.published or "", article.id


def _faults(ready: Prepared) -> Iterator[str]:
    """Labels that cannot be met: parts of no sentence, and words that their own example lacks."""
    case = ready.case
    for place, at in _named(case):
        for number, part in enumerate(at):
            if not ready.places([part]):
                yield f"{place}.at[{number}]: {part!r} stands in no sentence of the articles"
    labels: list[tuple[str, Fact | Wrong]] = [
        *facts(case),
        *((f"wrong[{n}]", wrong) for n, wrong in enumerate(case.wrong)),
    ]
    for place, label in labels:
        if not meets(label.says, label.words, label.without, case.language):
            yield f"{place}.says: does not have its own words, or has one of `without`: {label.says!r}"
    for n, update in enumerate(case.updates):
        for m, step in enumerate(update.steps):
            if not meets(step.says, [step.value], (), case.language):
                yield f"updates[{n}].steps[{m}].says: does not have its own value {step.value!r}"


def _named(case: Case) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Everything that names sentences, with its place in the case."""
    yield from ((place, fact.at) for place, fact in facts(case))
    for n, dispute in enumerate(case.disputes):
        yield from ((f"disputes[{n}].sides[{m}]", side.at) for m, side in enumerate(dispute.sides))
    for n, update in enumerate(case.updates):
        yield from ((f"updates[{n}].steps[{m}]", step.at) for m, step in enumerate(update.steps))
