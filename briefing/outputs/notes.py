"""What an edition says of itself: its coverage, why it is empty, and how it was made."""

from collections import Counter
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from briefing.outputs import dates, reasons
from briefing.outputs.changes import compared
from briefing.outputs.outlets import genre
from briefing.outputs.wording import joined, money, reason, support, told
from briefing.outputs.words import Words
from briefing.text import one_line
from briefing.types import Analysis, ArticleEntry, Briefing, Failure, Health, Run

_BY_MODEL = frozenset({"analyse", "overview", "topics"})

_OUTCOMES = ("reached", "unchanged", "kept", "unreachable", "failed", "dead")


def coverage(words: Words, briefing: Briefing) -> str:
    """One line of figures: what came in, how much of it is distinct, from how many outlets, what was told."""
    articles = briefing.own().values()
    carried = sum(1 + len(article.copies) for article in articles)
    outlets = len(frozenset[str]().union(*(article.outlets for article in articles)))
    read = words("count.articles", n=carried)
    if briefing.run.sources:
        read = words("coverage.from-sources", articles=read, n=len(briefing.run.sources))
    elif briefing.run.documents:
        read = words("coverage.from-documents", articles=read, n=briefing.run.documents)
    distinct = words("coverage.distinct", n=len(articles))
    outlet = words("count.outlets", n=outlets)
    return joined((read, distinct, outlet, *_told(words, briefing), _undated(words, briefing)))


def _told(words: Words, briefing: Briefing) -> tuple[str, ...]:
    disputed = sum(1 for s in briefing.stories if any(d.state != "settled" for d in s.disputes))
    listed = sum(not untold.muted for untold in briefing.more)
    failed = sum(1 for failure in briefing.failures if failure.degrades)
    return (
        told(words, len(briefing.stories), disputed),
        words("count.more-listed", n=listed) if listed else "",
        words("coverage.failed", n=failed),
    )


def _undated(words: Words, briefing: Briefing) -> str:
    articles = briefing.own().values()
    none = articles and not any(article.published for article in articles)
    return words("coverage.undated") if none else ""


def facts(words: Words, briefing: Briefing, story: Analysis, zone: ZoneInfo) -> tuple[str, ...]:
    """How a story stands: support first, then its pages and dates, what changed, and who told it if another did."""
    articles = [briefing.articles[identity] for identity in story.articles if identity in briefing.articles]
    fallback = briefing.analyst.kind == "llm" and story.analysed_by not in {briefing.analyst.model, "llm"}
    found = (
        support(words, story.outlets, story.origins),
        _found_on(words, articles),
        dates.span(words, (article.published for article in articles), zone),
        words("story.collection") if story.kind == "collection" else "",
        words(f"story.{story.status}") if compared(briefing) else "",
        reasons.wanted(words, story),
        words("story.analysed-by", name=one_line(story.analysed_by)) if fallback else "",
    )
    return tuple(fact for fact in found if fact)


def _found_on(words: Words, articles: list[ArticleEntry]) -> str:
    carried = [1 + len(article.copies) for article in articles if article.copies]
    pages = words("count.pages", n=sum(carried))
    return words("story.found-on", n=len(carried), pages=pages) if carried else ""


def quiet(words: Words, briefing: Briefing) -> str:
    """Why there is no story to read; empty when there is one."""
    if briefing.stories:
        return ""
    if briefing.more and all(untold.muted for untold in briefing.more):
        return words("quiet.muted")
    if briefing.more:
        return words("quiet.listed")
    if briefing.run.sources:
        return words("quiet.sources", n=len(briefing.run.sources))
    return words("quiet.documents", n=briefing.run.documents) if briefing.run.documents else words("quiet.nothing")


def asked(words: Words, briefing: Briefing) -> tuple[str, ...]:
    """How the feeds and sites were found: their count by outcome, then each of which there is something to say."""
    found = briefing.run.sources
    if not found:
        return ()
    tally = Counter[str](health.outcome for health in found)
    counts = joined(words(f"source.{outcome}", n=tally[outcome]) for outcome in _OUTCOMES if tally[outcome])
    remarks = ((health, words("list.semicolon").join(_remarks(words, health))) for health in found)
    said = (words("source.remark", source=health.source, remarks=remark) for health, remark in remarks if remark)
    return (f"{counts}.", *map(one_line, said))


def _remarks(words: Words, health: Health) -> Iterator[str]:
    if health.note:
        yield health.note
    if health.as_of:
        yield words("source.copy-read", day=health.as_of)
    if health.moved_to:
        yield words("source.moved", url=health.moved_to)
    if health.silent_days:
        yield words("source.silent", n=health.silent_days)


def making(words: Words, briefing: Briefing, quotes: int) -> tuple[str, ...]:
    """How the edition was made, one sentence each: analyst, what was read and dropped, model use, where text went."""
    run = briefing.run
    lines = (
        _analyst(words, briefing),
        _over_budget(words, briefing),
        _read(words, run),
        words("rank.order") if len(briefing.stories) > 1 else "",
        reasons.muted(words, briefing),
        _dropped(words, run),
        _model_use(words, run) if _asked(briefing) else "",
        _hosts(words, run),
        _made(words, briefing),
        words("making.quotes", n=quotes) if quotes else "",
        words("making.one-origin") if any(story.origins > 1 for story in briefing.stories) else "",
    )
    return tuple(one_line(text) for text in lines if text)


def _asked(briefing: Briefing) -> bool:
    return briefing.analyst.kind == "llm" or briefing.run.calls > 0


def _analyst(words: Words, briefing: Briefing) -> str:
    analyst = briefing.analyst
    if analyst.kind == "extractive" and analyst.model:
        return words("making.plugin", analyst=analyst.model)
    if analyst.kind == "extractive" and (briefing.run.calls or briefing.run.cache_hits):
        return words("making.extractive-beside")
    if analyst.kind == "extractive":
        return words("making.extractive")
    model = analyst.model or words("making.model-unnamed")
    if not analyst.fallbacks_used:
        return words("making.model", model=model)
    return words("making.model-fallbacks", model=model, n=analyst.fallbacks_used)


def _over_budget(words: Words, briefing: Briefing) -> str:
    """The stories for which the ceiling left no room, in rank order, then the parts of the head."""
    named = [
        f.item if f.stage == "analyse" else words(f"making.part-{f.stage}") for f in briefing.failures if over_budget(f)
    ]
    return words("making.over-budget", stories=words("list.semicolon").join(named)) if named else ""


def over_budget(failure: Failure) -> bool:
    """Whether something was told without the model since the ceiling left no room for it."""
    return failure.stage in _BY_MODEL and not failure.degrades


def _read(words: Words, run: Run) -> str:
    return words(
        "making.read",
        documents=words("count.documents", n=run.documents),
        articles=words("count.articles", n=run.articles_read),
        n=run.articles_kept,
        copies=words("count.copies", n=run.copies),
    )


def _dropped(words: Words, run: Run) -> str:
    counted = sorted(run.dropped.items(), key=lambda item: (-item[1], item[0]))
    reasons = words.series(
        words("making.times", n=number, reason=reason(words, name, "dropped")) for name, number in counted
    )
    return words("making.dropped", reasons=reasons) if counted else ""


def _model_use(words: Words, run: Run) -> str:
    calls = words("count.calls", n=run.calls)
    used = {
        "calls": words("making.cached", calls=calls, n=run.cache_hits) if run.cache_hits else calls,
        "tokens": words("making.tokens", sent=run.tokens_in, received=run.tokens_out),
        "cost": money(words, run.cost_usd) if run.cost_usd is not None else words("making.cost-unknown"),
    }
    if run.cost_estimate_usd is None:
        return words("making.use", **used)
    return words("making.use-estimated", **used, estimate=money(words, run.cost_estimate_usd))


def _hosts(words: Words, run: Run) -> str:
    return words("making.hosts", hosts=words.series(run.hosts)) if run.hosts else words("making.no-hosts")


def _made(words: Words, briefing: Briefing) -> str:
    where, seconds = dates.zone(briefing.timezone), briefing.run.seconds
    made: dict[str, str | float] = {
        "moment": dates.moment(words, briefing.generated_at, where),
        "revision": briefing.revision,
        "zone": where.key,
    }
    took = words("making.generated-in", **made, seconds=words.decimal(seconds, 1)) if seconds else ""
    english = f" {words('making.no-catalogue', language=one_line(words.wanted))}" if words.wanted else ""
    return (took or words("making.generated", **made)) + english


def unreported(words: Words, cited: Iterable[ArticleEntry]) -> list[str]:
    """A mark for what no news report among its sources says: `press release only`."""
    genres = [None if article.vouches else article.genre for article in cited]
    named = dict.fromkeys(genre(words, found) for found in genres if found)
    only = words("story.only-genre", genres=words("list.and").join(named))
    return [only] if named and None not in genres else []
