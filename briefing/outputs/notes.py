"""What an edition says of itself: its coverage, why it is empty, and how it was made."""

from collections import Counter
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from briefing.outputs import dates
from briefing.outputs.changes import compared
from briefing.outputs.wording import count, joined, money, reason, support
from briefing.text import one_line
from briefing.types import Analysis, ArticleEntry, Briefing, Health, Run


def coverage(briefing: Briefing) -> str:
    """One line of figures: what came in, how much of it is distinct, from how many outlets, what was told."""
    articles = briefing.own().values()
    carried = sum(1 + len(article.copies) for article in articles)
    outlets = len(frozenset[str]().union(*(article.outlets for article in articles)))
    read = count(carried, "article")
    if briefing.run.sources:
        read += f" from {count(len(briefing.run.sources), 'feed or site', 'feeds and sites')}"
    elif briefing.run.documents:
        read += f" from {count(briefing.run.documents, 'document')}"
    return joined((read, f"{len(articles):,} distinct", count(outlets, "outlet"), *_told(briefing), _undated(briefing)))


def _told(briefing: Briefing) -> tuple[str, ...]:
    disputed = sum(1 for s in briefing.stories if any(d.state != "settled" for d in s.disputes))
    stories = count(len(briefing.stories), "story", "stories")
    failed = sum(1 for failure in briefing.failures if failure.degrades)
    return (
        f"{stories}, {disputed} disputed" if disputed else stories,
        f"{len(briefing.more):,} more listed" if briefing.more else "",
        f"{failed:,} failed",
    )


def _undated(briefing: Briefing) -> str:
    articles = briefing.own().values()
    none = articles and not any(article.published for article in articles)
    return "all articles undated: order is by what the texts say" if none else ""


def facts(briefing: Briefing, story: Analysis, zone: ZoneInfo) -> tuple[str, ...]:
    """How a story stands: support first, then its pages and dates, what changed, and who told it if another did."""
    articles = [briefing.articles[identity] for identity in story.articles if identity in briefing.articles]
    fallback = briefing.analyst.kind == "llm" and story.analysed_by not in {briefing.analyst.model, "llm"}
    found = (
        support(story.outlets, story.origins),
        _found_on(articles),
        dates.span((article.published for article in articles), zone),
        "a collection, not one event" if story.kind == "collection" else "",
        story.status if compared(briefing) else "",
        f"analysed by {one_line(story.analysed_by)}" if fallback else "",
    )
    return tuple(fact for fact in found if fact)


def _found_on(articles: list[ArticleEntry]) -> str:
    carried = [1 + len(article.copies) for article in articles if article.copies]
    return f"{count(len(carried), 'article')} found on {sum(carried)} pages" if carried else ""


def quiet(briefing: Briefing) -> str:
    """Why there is no story to read; empty when there is one."""
    if briefing.stories:
        return ""
    if briefing.more:
        return "No story was told in this edition; what was read is listed below."
    if briefing.run.sources:
        asked = count(len(briefing.run.sources), "feed or site", "feeds and sites")
        return f"Nothing new since the last edition in {asked}."
    read = count(briefing.run.documents, "document")
    return (
        f"Nothing new: no article was found in {read}." if briefing.run.documents else "Nothing new: nothing to read."
    )


def asked(briefing: Briefing) -> tuple[str, ...]:
    """How the feeds and sites were found: their count by outcome, then each of which there is something to say."""
    found = briefing.run.sources
    if not found:
        return ()
    tally = Counter[str](health.outcome for health in found)
    counts = joined(f"{tally[outcome]:,} {said}" for outcome, said in _OUTCOMES.items() if tally[outcome])
    return (f"{counts}.", *(one_line(f"{h.source}: {remark}") for h in found if (remark := _remark(h))))


_OUTCOMES = {
    "reached": "reached",
    "unchanged": "unchanged since they were read before",
    "kept": "not reached, an earlier copy was read",
    "unreachable": "not reachable",
    "failed": "failed",
    "dead": "gone for good, no longer asked",
}


def _remark(health: Health) -> str:
    return "; ".join(
        filter(
            None,
            (
                health.note,
                f"the copy of {health.as_of} was read" if health.as_of else "",
                f"moved for good to {health.moved_to}: change it in the settings" if health.moved_to else "",
                f"nothing new for {health.silent_days} days" if health.silent_days else "",
            ),
        )
    )


def making(briefing: Briefing, quotes: int) -> tuple[str, ...]:
    """How the edition was made, one sentence each: analyst, what was read and dropped, model use, where text went."""
    run = briefing.run
    lines = (
        _analyst(briefing),
        _over_budget(briefing),
        _read(run),
        _dropped(run),
        _model_use(run) if _asked(briefing) else "",
        _hosts(run),
    )
    found = f"Quote found for {count(quotes, 'cited sentence')}." if quotes else ""
    return tuple(one_line(text) for text in (*lines, _made(briefing), found) if text)


def _asked(briefing: Briefing) -> bool:
    return briefing.analyst.kind == "llm" or briefing.run.calls > 0


def _analyst(briefing: Briefing) -> str:
    analyst = briefing.analyst
    if analyst.kind == "extractive" and analyst.model:
        return f"Analyst: {analyst.model}, from another package; its sentences are checked like all others."
    if analyst.kind == "extractive":
        return "Analyst: extractive, no language model; every sentence stands as its source wrote it."
    fell = analyst.fallbacks_used
    fallbacks = f"; {count(fell, 'story', 'stories')} told by a fallback" if fell else ""
    return f"Analyst: language model {analyst.model or 'not named'}{fallbacks}."


def _over_budget(briefing: Briefing) -> str:
    """The stories for which the ceiling left no room, in rank order."""
    named = [f.item for f in briefing.failures if f.stage == "analyse" and not f.degrades]
    return f"Told without the model, over the budget: {'; '.join(named)}." if named else ""


def _read(run: Run) -> str:
    copied = count(run.copies, "copy", "copies")
    return (
        f"Read: {count(run.documents, 'document')}, {count(run.articles_read, 'article')} found, "
        f"{run.articles_kept:,} kept as distinct, {copied}."
    )


def _dropped(run: Run) -> str:
    reasons = sorted(run.dropped.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{number:,} × {reason(name)}" for name, number in reasons)
    return f"Passages not taken for article text: {listed}." if listed else ""


def _model_use(run: Run) -> str:
    cached = f" and {run.cache_hits:,} from the cache" if run.cache_hits else ""
    cost = f", {money(run.cost_usd)}" if run.cost_usd is not None else ", cost not known"
    estimate = f" (estimated {money(run.cost_estimate_usd)})" if run.cost_estimate_usd is not None else ""
    tokens = f"{run.tokens_in:,} tokens in, {run.tokens_out:,} out"
    return f"Model use: {count(run.calls, 'call')}{cached}, {tokens}{cost}{estimate}."


def _hosts(run: Run) -> str:
    return f"Text was sent to: {', '.join(run.hosts)}." if run.hosts else "No text was sent to any other machine."


def _made(briefing: Briefing) -> str:
    where = dates.zone(briefing.timezone)
    made = f"Generated {dates.moment(briefing.generated_at, where)}"
    took = f" in {briefing.run.seconds:.1f} seconds" if briefing.run.seconds else ""
    return f"{made}{took}; revision {briefing.revision} of this date; times in {where.key}."


def unreported(cited: Iterable[ArticleEntry]) -> list[str]:
    """A mark for what no news report among its sources says: `press release only`."""
    genres = [None if article.vouches else article.genre for article in cited]
    named = dict.fromkeys(genre for genre in genres if genre)
    return [f"{' and '.join(named)} only"] if named and None not in genres else []
