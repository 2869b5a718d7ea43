"""The order of the stages, in one place.

    read(source, now)      -> Documents   map    effect
    clean(documents)       -> Articles    map    pure; chrome is learned per source inside
    dedupe(articles)       -> Articles    group  pure; copies kept as origins
    labelled(articles)     -> Articles    map    pure; what is no news report, what a correction corrects
    vectors(articles)      -> Vectors     map    where an embedding model is set and languages meet; else none
    cluster(articles)      -> Stories     group  pure
    rank(stories)          -> Stories     group  pure; the first `max_stories` that nothing mutes are analysed
    analyst.analyse(story) -> Analysis    map
    verify(analysis)       -> Analysis    map    pure; never asks the analyst
    edition(...)           -> Briefing           refuses what was not checked
    compare(briefing)      -> Briefing           pure; what is new since the editions before
    settled(briefing)      -> Briefing           pure; what was told in its last order, disputes counted
    headed(briefing)       -> Briefing           the day in lines and the names of topics, out of what was checked; what
                                                 a composer or a namer says is checked in its turn

The maps, `now` and `watch` are arguments: any map gives the same briefing.
"""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from briefing.analysts.extractive import Extractive
from briefing.errors import ItemError, NothingProducedError
from briefing.languages import lexicons
from briefing.languages.inflections import inflections
from briefing.models.classify import switched
from briefing.models.embedding import Embedder
from briefing.plugins import Analyst as AnalystPlugin
from briefing.plugins import Answered, Answering, Reading, Source, Spent
from briefing.sources.forgotten import Forgotten
from briefing.sources.naming import once, one_name
from briefing.sources.revisits import Revisited
from briefing.stages.claims import claims
from briefing.stages.clean import Cleaned, Trace, clean, remembered
from briefing.stages.cluster import across, cluster, with_topics
from briefing.stages.cluster.across import Vectors
from briefing.stages.compare import Reread, compare, reread
from briefing.stages.dedupe import Deduped, Publishers, dedupe
from briefing.stages.disputes import Checker
from briefing.stages.genres import labelled, tied
from briefing.stages.heading import Asks, Heads, asks, headed
from briefing.stages.interests.profile import Profile
from briefing.stages.interests.sections import chosen
from briefing.stages.overview import Composer
from briefing.stages.rank import rank, settled
from briefing.stages.topics import Namer
from briefing.stages.verify import Judge, Verified, verify
from briefing.types import (
    Analysis,
    Analyst,
    Article,
    Briefing,
    Document,
    Dropped,
    Failure,
    In,
    Map,
    Out,
    Record,
    Run,
    Showing,
    Story,
    Topic,
    Untold,
)

_FOUND = frozenset(("reached", "unchanged", "kept"))


class Watch(Protocol):
    """Sees items go by: `watch(stage, items, total)` gives the items on unchanged."""

    def __call__(self, stage: str, items: Iterable[Out], total: int, /) -> Iterable[Out]:
        """The items, watched."""


class Earlier(NamedTuple):
    """The editions of earlier dates that are remembered, and what could not be read of them."""

    editions: tuple[Briefing, ...] = ()
    failures: tuple[Failure, ...] = ()


Turn = Callable[[Story], AbstractContextManager[object]]
"""Gives the block in which a story is told."""


Foresee = Callable[[AnalystPlugin], Asks]
"""What the head of the edition would be asked, were its stories told by this analyst."""


def _unprepared(_stories: Sequence[Story], _foresee: Foresee) -> Turn:
    return _at_any_time


def _at_any_time(_story: Story) -> AbstractContextManager[object]:
    return nullcontext()


class Order(NamedTuple):
    """What to build: the edition's own words, its sources and analyst, and what is known from before.

    `publishers` names the family of outlets under one owner, `traces` are those that an earlier run gave to keep.
    `checker` and `judge` are second readers, if any: of suspected conflicts, and of statements in other words than
    their sources'; `composer` writes the day in lines, `namer` names the topics. `revisit` asks for pages that the last
    edition cited; what is `forgotten` is left out. `prepare` is shown the stories to tell, in rank order, before the
    first is told. `profile` is what the edition's readers want.
    """

    title: str
    date: str
    language: str
    timezone: str
    now: datetime
    sources: tuple[Source, ...]
    analyst: AnalystPlugin
    max_stories: int = 30
    revision: int = 1
    publishers: Publishers = MappingProxyType({})
    traces: tuple[Trace, ...] = ()
    spent: Callable[[], Spent] = Spent
    embed: Embedder | None = None
    checker: Checker | None = None
    judge: Judge | None = None
    composer: Composer | None = None
    namer: Namer | None = None
    prepare: Callable[[Sequence[Story], Foresee], Turn] = _unprepared
    earlier: Earlier = Earlier()
    revisit: Callable[[], Revisited] = Revisited
    forgotten: Forgotten = Forgotten()
    unchanged: Showing = "line"
    profile: Profile = Profile()


class Maps(NamedTuple):
    """How items are worked on side by side: `work` computes; `reads` and `asks` wait, for sources and for models."""

    work: Map = map
    reads: Map = map
    asks: Map = map


class Built(NamedTuple):
    """A briefing, every passage that was dropped on the way to it, and what to keep for the next run."""

    briefing: Briefing
    dropped: tuple[Dropped, ...]
    traces: tuple[Trace, ...]


class Gathered(NamedTuple):
    """What was read, cleaned, told apart and ranked: the stories to tell, and those only listed.

    `documents` counts those read; neither they nor the articles they gave are held on to, which at 100,000 would be two
    gigabytes. `alone` is the failure if stories were not compared across languages.
    """

    documents: int
    reading: Reading
    cleaned: Cleaned
    distinct: Deduped
    alone: tuple[Failure, ...]
    first: tuple[Story, ...]
    rest: tuple[Story, ...]


class Told(NamedTuple):
    """One analysed and checked story, and the failure if its analyst fell back."""

    verified: Verified
    failure: Failure | None


def unwatched(_stage: str, items: Iterable[Out], _total: int, /) -> Iterable[Out]:
    """A watch that looks away."""
    return items


def build(order: Order, maps: Maps = Maps(), watch: Watch = unwatched) -> Built:  # noqa: B008 (immutable)
    """One edition. Raises NothingProducedError if there were inputs and none could be read."""
    started = time.monotonic()
    found = gather(order, maps, watch)
    first, pages = found.first, _again(order)
    alone = functools.partial(analyse_and_verify, analyst=order.analyst, checker=order.checker, judge=order.judge)
    turn = order.prepare(first, functools.partial(foreseen, order, found))
    tell = functools.partial(_in_turn, tell=alone, turn=turn)
    told = tuple(_watched(maps.asks, watch, "analyse")(tell, first))
    briefing = _compared(order, found, told, pages)
    heads = Heads(order.composer, order.namer, order.judge, _sections(order))
    briefing = headed(briefing, found.distinct.articles, lexicons(), heads)
    seconds = round(time.monotonic() - started, 3)
    briefing = briefing.replace(run=briefing.run.replace(seconds=seconds, **order.spent()._asdict()))
    return Built(briefing, found.cleaned.dropped, remembered(found.cleaned.traces, order.traces))


def _compared(order: Order, found: Gathered, told: Sequence[Told], pages: Sequence[Reread] = ()) -> Briefing:
    """The stories told in their last order, beside earlier editions and what now stands on the pages those cited."""
    failures = (
        *order.earlier.failures,
        *found.reading.failures,
        *found.cleaned.failures,
        *found.alone,
        *(t.failure for t in told if t.failure),
    )
    stories = (found.first, found.rest)
    briefing = edition(order, told, stories, failures, _run(found, sum(map(len, stories))))
    briefing = compare(briefing, order.earlier.editions, found.distinct.articles, lexicons(), pages)
    return settled(briefing, order.profile.sections)


def foreseen(order: Order, found: Gathered, analyst: AnalystPlugin) -> Asks:
    """What the head of the edition would be asked, were its stories told by this analyst."""
    told = [analyse_and_verify(story, analyst) for story in found.first]
    return asks(_compared(order, found, told), found.distinct.articles, _sections(order))


def _sections(order: Order) -> frozenset[str]:
    return frozenset(section.name for section in order.profile.sections)


def _again(order: Order) -> tuple[Reread, ...]:
    """What stands now where the last edition cited something, and the site says it is another body."""
    pages, missing = order.revisit()
    return tuple(
        page._replace(articles=labelled(page.articles, lexicons())) for page in reread(pages, missing, order.traces)
    )


def gather(order: Order, maps: Maps = Maps(), watch: Watch = unwatched) -> Gathered:  # noqa: B008 (immutable)
    """All that comes before an analyst is asked. Raises as `build`."""
    reading = read(order.sources, order.now, _watched(maps.reads, watch, "read"))
    _require(reading)
    documents, left_out = order.forgotten.documents(reading.documents)
    count, reading = len(reading.documents), reading.replace(documents=())
    cleaned = clean(_handed_over(documents), _watched(maps.work, watch, "clean"), order.traces)
    cleaned = order.forgotten.cleaned(cleaned, left_out)
    distinct = _at_once(watch, "dedupe", cleaned.articles, lambda given: dedupe(given, lexicons(), order.publishers))
    distinct = distinct._replace(articles=tied(labelled(distinct.articles, lexicons()), lexicons()))
    cleaned = cleaned.replace(articles=())
    near, alone = vectors(distinct.articles, order.embed, _watched(maps.asks, watch, "embed"))
    stories = _at_once(watch, "cluster", distinct.articles, lambda given: cluster(given, lexicons(), near))
    ranked = rank(stories, order.now, order.profile, inflections())
    named = functools.partial(with_topics, lexicons=lexicons())
    first, rest = chosen(ranked, order.max_stories, order.profile, inflections(), named)
    return Gathered(count, reading, cleaned, distinct, alone, first, rest)


def read(sources: Sequence[Source], now: datetime, map: Map = map) -> Reading:  # noqa: A002
    """All documents of all sources, in an order that does not depend on theirs, those of the web once each."""
    readings = tuple(map(functools.partial(_read, now=now), sources))
    documents = one_name(once(d for r in readings for d in r.documents))
    failures = {f for r in readings for f in r.failures}
    return Reading(
        documents=tuple(sorted(documents, key=_document_order)),
        failures=tuple(sorted(failures, key=lambda f: (f.stage, f.item, f.reason))),
        health=tuple(sorted((h for r in readings for h in r.health), key=lambda h: (h.source, h.url))),
    )


def _require(reading: Reading) -> None:
    """Raise where nothing at all could be read; a source that was reached and has no news is no fault."""
    if reading.documents or not reading.failures or any(h.outcome in _FOUND for h in reading.health):
        return
    faults = "\n".join(f"  {f.item}: {f.reason}" for f in reading.failures)
    silent = reading.health and all(h.outcome == "unreachable" for h in reading.health)
    network = "; is there a network?" if silent else ""
    raise NothingProducedError(f"nothing could be read{network}\n{faults}")


def vectors(articles: Sequence[Article], embed: Embedder | None, map: Map) -> tuple[Vectors, tuple[Failure, ...]]:  # noqa: A002
    """What cluster compares stories of different languages by; without a model, or where it fails, nothing."""
    texts = across.texts(articles) if embed else {}
    if not embed or not texts:
        return Vectors(), ()
    try:
        found = embed(tuple(texts.values()), map)
    except ItemError as error:
        reason = f"stories were not compared across languages: {error}"
        return Vectors(), (Failure(stage="cluster", item=embed.settings.name, reason=reason),)
    return Vectors(dict(zip(texts, found, strict=True)), embed.settings.threshold), ()


def _read(source: Source, now: datetime) -> Reading:
    try:
        return source.read(now)
    except ItemError as error:
        item = next((str(place) for field in ("path", "url") if (place := getattr(source, field, None))), str(source))
        return Reading(failures=(Failure(stage="read", item=item, reason=str(error)),))


def _document_order(document: Document) -> tuple[str, str, str]:
    return (document.item, document.text, document.declared.model_dump_json())


def _in_turn(story: Story, tell: Callable[[Story], Told], turn: Turn) -> Told:
    with turn(story):
        return tell(story)


def analyse_and_verify(
    story: Story, analyst: AnalystPlugin, checker: Checker | None = None, judge: Judge | None = None
) -> Told:
    """One story, told and checked.

    Where its analyst fails, or nothing it says stands up to the checks, the extractive one tells the
    story and the briefing says so.
    """
    analyst = _with_checker(analyst, checker)
    plain = Extractive(checker=checker)
    try:
        answered = analyst.answer(story) if isinstance(analyst, Answering) else Answered(analyst.analyse(story))
    except ItemError as error:
        # A ceiling is the user's own: to keep to it is no fault.
        failure = _without_model(story, str(error), degrades=getattr(error, "kind", "") != "budget")
        return Told(_checked(story, Answered(plain.analyse(story))), failure)
    verified = _checked(story, answered, judge)
    if verified.analysis.summary or not answered.analysis.summary or isinstance(analyst, Extractive):
        return Told(verified, None)
    instead = Answered(plain.analyse(story), verified.withheld)
    return Told(_checked(story, instead), _without_model(story, "no statement passed the checks"))


def _with_checker(analyst: AnalystPlugin, checker: Checker | None) -> AnalystPlugin:
    """The analyst with the checker, if it is one that takes it."""
    if checker and isinstance(analyst, Record) and "checker" in type(analyst).model_fields:
        return analyst.replace(checker=checker)
    return analyst


def _checked(story: Story, answered: Answered, judge: Judge | None = None) -> Verified:
    told = tuple(c for a in story.articles for c in claims(a, lexicons()))
    # Its rank is no matter of who tells it.
    ranked = answered.analysis.replace(score=story.score, why=story.why, interests=story.interests)
    analysis, withheld = verify(ranked, story.articles, told, lexicons(), judge)
    return Verified(analysis, (*answered.withheld, *withheld))


def _without_model(story: Story, reason: str, degrades: bool = True) -> Failure:
    reason = f"told without a model: {reason}"
    return Failure(stage="analyse", item=story.articles[0].title, reason=reason, degrades=degrades)


def edition(
    order: Order,
    told: Sequence[Told],
    stories: tuple[Sequence[Story], Sequence[Story]],
    failures: Sequence[Failure],
    run: Run,
) -> Briefing:
    """Put the checked analyses together; `stories` are those told and those only listed."""
    first, rest = stories
    analyses = tuple(t.verified.analysis for t in told)
    articles = {a.id: a for s in (*first, *rest) for a in s.articles}
    cited = {c.article for analysis in analyses for s in analysis.statements() for c in s.citations}
    return Briefing(
        title=order.title,
        date=order.date,
        revision=order.revision,
        generated_at=order.now.isoformat(),
        language=order.language,
        timezone=order.timezone,
        analyst=_analyst(order.analyst, told),
        topics=_topics(first, analyses),
        stories=analyses,
        more=tuple(_untold(story) for story in rest),
        articles={i: articles[i].entry() for i in sorted(articles)},
        unchanged=order.unchanged,
        withheld=tuple(w for t in told for w in t.verified.withheld),
        failures=tuple(failures),
        run=run,
        evidence={i: articles[i].text for i in sorted(cited)},
    )


def _analyst(plugin: AnalystPlugin, told: Sequence[Told]) -> Analyst:
    if isinstance(plugin, Extractive):
        return Analyst(kind="extractive")
    name = str(getattr(plugin, "name", type(plugin).__name__))
    if not hasattr(plugin, "model"):
        return Analyst(kind="extractive", model=name)
    fallbacks = sum(t.failure is not None or switched(name, t.verified.analysis.analysed_by) for t in told)
    return Analyst(kind="llm", model=name, fallbacks_used=fallbacks)


def _topics(stories: Sequence[Story], analyses: Sequence[Analysis]) -> tuple[Topic, ...]:
    """Topics in the order of their first story."""
    by_name: dict[str, list[str]] = {}
    for story, analysis in zip(stories, analyses, strict=True):
        by_name.setdefault(story.topic, []).append(analysis.id)
    return tuple(Topic(name=name, stories=tuple(ids)) for name, ids in by_name.items())


def _untold(story: Story) -> Untold:
    return Untold(
        id=story.id,
        title=story.articles[0].title,
        articles=tuple(a.id for a in story.articles),
        outlets=story.outlets,
        origins=story.origins,
        muted=story.muted,
    )


def _run(found: Gathered, stories: int) -> Run:
    return Run(
        documents=found.documents,
        articles_read=len(found.distinct.articles) + found.distinct.copies,
        articles_kept=len(found.distinct.articles),
        copies=found.distinct.copies,
        stories=stories,
        dropped=dict(sorted(Counter(d.reason for d in found.cleaned.dropped).items())),
        sources=found.reading.health,
    )


def _handed_over(items: list[Out]) -> Iterator[Out]:
    """The items in order, none held any longer."""
    items.reverse()
    while items:
        yield items.pop()


def _at_once(watch: Watch, stage: str, items: Sequence[In], work: Callable[[Sequence[In]], Out]) -> Out:
    """The result of a stage that needs all items together."""
    (found,) = watch(stage, (work(every) for every in (items,)), len(items))
    return found


def _watched(map: Map, watch: Watch, stage: str) -> Map:  # noqa: A002
    def mapped(fn: Callable[[In], Out], items: Iterable[In], /) -> Iterable[Out]:
        listed = tuple(items)
        return watch(stage, map(fn, listed), len(listed))

    return mapped
