"""What changed since the editions before, as a reader is shown it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from briefing.outputs import dates
from briefing.outputs.outlets import holder, outlet
from briefing.outputs.wording import joined
from briefing.outputs.words import Words
from briefing.text import one_line
from briefing.types import Analysis, ArticleEntry, Briefing, Changed, Dispute, Statement


def condensed(briefing: Briefing) -> Briefing:
    """The edition with the stories that have nothing new shown as its `unchanged` says.

    As a line: the headline and the disputes that are open; hidden: among those only listed. Told nowhere else.
    """
    quiet = {s.id: s for s in briefing.stories if s.status == "unchanged"}
    if not quiet or briefing.unchanged == "full":
        return briefing
    if briefing.unchanged == "line":
        stories = tuple(s.replace(summary=(), updates=()) if s.id in quiet else s for s in briefing.stories)
        return briefing.replace(stories=stories)
    return briefing.replace(
        stories=tuple(s for s in briefing.stories if s.id not in quiet),
        more=(*briefing.more, *(story.untold() for story in quiet.values())),
    )


def edited(words: Words, page: Changed, article: ArticleEntry) -> str:
    """What stands before the cited words that are gone from a page."""
    day = dates.day(words, page.edition)
    return words("changed.cited", n=len(page.gone), day=day, article=_named(words, article))


def elsewhere(words: Words, briefing: Briefing) -> tuple[str, ...]:
    """One line for each way in which pages changed that took no cited sentence away alone."""
    found = {
        extent: [_named(words, briefing.articles[page.article]) for page in briefing.changed if page.extent == extent]
        for extent in ("rewritten", "missing", "other")
    }
    listed = {extent: words("list.semicolon").join(names) for extent, names in found.items() if names}
    return tuple(words(f"changed.{extent}", articles=names) for extent, names in listed.items())


def _named(words: Words, article: ArticleEntry) -> str:
    return words("changed.article", outlet=outlet(words, article), title=one_line(article.title))


def compared(briefing: Briefing) -> bool:
    """Whether an earlier edition told any of its stories: else "new" says nothing."""
    return any(story.status != "new" for story in briefing.stories)


def partly_new(story: Analysis) -> bool:
    """Whether some of a story's summary was told before and some was not."""
    return story.status == "developing" and len({statement.new for statement in story.summary}) > 1


def repeated(dispute: Dispute) -> bool:
    """Whether a dispute is open as it was, and nothing new is said in it: then a line will do."""
    return dispute.state == "open" and not any(position.statement.new for position in dispute.positions)


def tag(words: Words, dispute: Dispute) -> str:
    """What stands before a dispute's question."""
    if dispute.state == "settled":
        return words("dispute.settled")
    return words("dispute.still" if repeated(dispute) else "dispute.disputed")


def opening(words: Words, briefing: Briefing, statement: Statement) -> str:
    """What stands before a line of the day that tells of a dispute: that cites two sides, or one and nothing else."""
    cited = {*statement.citations}
    for dispute in (d for story in briefing.stories for d in story.disputes if d.state != "settled"):
        sides = [{*p.statement.citations} for p in dispute.positions]
        if cited in sides or sum(bool(side & cited) for side in sides) > 1:
            return words("dispute.opening", tag=tag(words, dispute))
    return ""


def label(words: Words, dispute: Dispute, day: str, zone: ZoneInfo) -> str:
    """The kind of difference, and how the dispute stands: `open since 2 June 2031, 2 days`, `settled by …`."""
    settled = dispute.state == "settled"
    ended = words("dispute.settled-by", holder=holder(words, dispute.positions[-1].holder)) if settled else ""
    standing = "" if dispute.state == "new" else _since(words, dispute, day, zone)
    return joined((words(f"dispute.{dispute.kind}"), ended, standing))


def _since(words: Words, dispute: Dispute, day: str, zone: ZoneInfo) -> str:
    is_open = dispute.state == "open"
    if not dispute.since:
        return words("dispute.open") if is_open else ""
    since = dates.moment(words, dispute.since, zone)
    standing = words("dispute.open-since" if is_open else "dispute.was-open-since", day=since)
    first, last = dates.seconds(dispute.since, zone), dates.seconds(day, zone)
    days = round((last - first) / 86400) if first is not None and last is not None else 0
    return words("dispute.days", standing=standing, n=days) if days > 0 else standing
