"""What changed since the editions before, as a reader is shown it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from briefing.outputs import dates
from briefing.outputs.wording import DISPUTE_LABELS, count, joined
from briefing.text import one_line
from briefing.types import Analysis, Briefing, Dispute


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


def compared(briefing: Briefing) -> bool:
    """Whether an earlier edition told any of its stories: else "new" says nothing."""
    return any(story.status != "new" for story in briefing.stories)


def partly_new(story: Analysis) -> bool:
    """Whether some of a story's summary was told before and some was not."""
    return story.status == "developing" and len({statement.new for statement in story.summary}) > 1


def repeated(dispute: Dispute) -> bool:
    """Whether a dispute is open as it was, and nothing new is said in it: then a line will do."""
    return dispute.state == "open" and not any(position.statement.new for position in dispute.positions)


def tag(dispute: Dispute) -> str:
    """What stands before a dispute's question."""
    if dispute.state == "settled":
        return "Settled"
    return "Still disputed" if repeated(dispute) else "Disputed"


def label(dispute: Dispute, day: str, zone: ZoneInfo) -> str:
    """The kind of difference, and how the dispute stands: `open since 2 June 2031, 2 days`, `settled by …`."""
    since = f"open since {dates.moment(dispute.since, zone)}{_days(dispute.since, day, zone)}" if dispute.since else ""
    ended = f"settled by {one_line(dispute.positions[-1].holder)}" if dispute.state == "settled" else ""
    standing = (
        since or dispute.state if dispute.state == "open" else since and since.replace("open since", "was open since")
    )
    return joined((DISPUTE_LABELS[dispute.kind], ended, standing if dispute.state != "new" else ""))


def _days(since: str | None, day: str, zone: ZoneInfo) -> str:
    first, last = dates.seconds(since, zone), dates.seconds(day, zone)
    days = round((last - first) / 86400) if first is not None and last is not None else 0
    return f", {count(days, 'day')}" if days > 0 else ""
