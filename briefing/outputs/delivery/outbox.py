"""What becomes of an edition on its way to one recipient: decisions alone, made of what is known and the time.

    pending -> sending -> sent | refused | deferred | unknown

    pending    nothing of it has left; the next run tries
    sending    the bytes are being handed over, and whether they were taken is not known yet
    sent       taken by the server, which answers for it from there on
    refused    not taken, for good; or given up
    deferred   not taken now; tried again, but not before `next_at`
    unknown    handed over without an answer: it may have arrived, so it is sent once more and no third time,
               the same byte for byte, that mail servers may recognise it

RFC 5321 4.5.4 (retrying), 4.2.1 (what replies mean); the answer lost after the final dot is RFC 1047's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from briefing.text import one_line
from briefing.types import Record

# A server that greylists wants to see the message again, but not at once (RFC 5321 4.5.4.1).
PAUSE = timedelta(minutes=30)
# Yesterday's briefing is noise.
STALE = timedelta(hours=24)
_RESENT = 1
# Of a server's words.
_SHOWN = 200

State = Literal["pending", "sending", "sent", "refused", "deferred", "unknown"]
Step = Literal["compose", "resend", "wait", "give up", "leave"]


class Outcome(NamedTuple):
    """What came of one attempt, in the server's words; `stop`: the next recipients would fare no better."""

    state: Literal["pending", "sent", "refused", "deferred", "unknown"]
    reply: str
    stop: bool = False


Post = Callable[[str, bytes, Callable[[], None]], Outcome]
"""Hand a message over to one recipient; the third argument is called before the first byte of it leaves."""


def said(words: bytes | str, secrets: tuple[str, ...] = ()) -> str:
    """A server's words on one line, shortened; what it repeats of a login is left out."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    for secret in secrets:
        text = text.replace(secret, "…")
    text = one_line(text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


class Entry(Record):
    """One recipient of one day's edition, the key being `title`, `day`, `channel` and `recipient`.

    `digest` is the SHA-256 of the message, `attempts` counts hand-overs, `unsure` those of them whose outcome
    was never known. `since` is when the message was first meant to go, `at` when anything last happened.
    `open`: a run may still work on it without being told to.
    """

    title: str
    day: str
    channel: str
    recipient: str
    revision: int
    state: State = "pending"
    open: bool = True
    digest: str
    attempts: int = 0
    unsure: int = 0
    since: AwareDatetime
    at: AwareDatetime
    next_at: AwareDatetime | None = None
    reply: str = ""


def step(entry: Entry | None, revision: int, now: datetime, *, again: bool = False) -> Step:
    """What to do about a recipient of the edition of that revision.

    "compose" it from the edition; "resend" the bytes that may have arrived before; "wait" for `next_at`;
    "give up"; "leave" it as it is. Who has the day's edition in any revision gets another only by `again`, so that
    a second build of the day by a second schedule sends nothing.
    """
    if entry is None or again:
        return "compose"
    due = outstanding(entry, now)
    if entry.unsure or entry.state == "sent":
        return due
    renewed = entry.revision != revision and due in ("give up", "leave")
    return "compose" if due == "resend" or renewed else due


def outstanding(entry: Entry, now: datetime) -> Step:
    """What to do about an entry of an edition that nobody asked for: never "compose"."""
    if not entry.open:
        return "leave"
    if now - entry.since > STALE:
        return "give up"
    # A clock that was set back must not make anyone wait for days.
    if entry.next_at and entry.at <= now < entry.next_at:
        return "wait"
    return "resend"


def begun(entry: Entry, now: datetime) -> Entry:
    """The entry while its bytes are handed over; recorded before the first of them."""
    return entry.replace(state="sending", attempts=entry.attempts + 1, at=now, next_at=None, reply="")


def settled(entry: Entry, outcome: Outcome, now: datetime) -> Entry:
    """The entry after an attempt, or after none was made; what may have arrived before is not pending again."""
    unsure = entry.unsure + (outcome.state == "unknown")
    return entry.replace(
        state="unknown" if unsure and outcome.state == "pending" else outcome.state,
        open=outcome.state in ("pending", "deferred") or (outcome.state == "unknown" and unsure <= _RESENT),
        unsure=unsure,
        at=now,
        next_at=now + PAUSE if outcome.state == "deferred" else None,
        reply=outcome.reply,
    )


def interrupted(entry: Entry, now: datetime) -> Entry:
    """The entry that a run left `sending` when it ended."""
    return settled(entry, Outcome("unknown", "the run ended before the answer was known"), now)


def given_up(entry: Entry, now: datetime) -> Entry:
    """The entry that is too old to be tried again; what may have arrived stays unknown."""
    hours = int(STALE.total_seconds() // 3600)
    reply = f"given up after {hours} hours" + (f"; the last answer: {entry.reply}" if entry.reply else "")
    return entry.replace(state="unknown" if entry.unsure else "refused", open=False, at=now, next_at=None, reply=reply)
