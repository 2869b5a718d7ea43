"""The decisions about one recipient, apart from servers and files: every order of outcomes, restarts and clocks."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from briefing.outputs.delivery.outbox import (
    PAUSE,
    STALE,
    Entry,
    Outcome,
    begun,
    given_up,
    interrupted,
    outstanding,
    settled,
    step,
)
from tests.delivery.desk import HOUR, MINUTE, MORNING

NEW = Entry(title="Ellin", day="2031-05-20", channel="smtp", recipient="anna@reader.example", revision=1,
            digest="d1", since=MORNING, at=MORNING)  # fmt: skip


def after(*states: str) -> Entry:
    entry = NEW
    for state in states:
        entry = settled(begun(entry, MORNING), Outcome(state, "said"), MORNING)
    return entry


@pytest.mark.parametrize(
    ("entry", "at_once", "later", "stale"),
    [
        (NEW, "compose", "compose", "give up"),
        (after("deferred"), "wait", "compose", "give up"),
        (after("sent"), "leave", "leave", "leave"),
        (after("refused"), "leave", "leave", "leave"),
        (after("unknown"), "resend", "resend", "give up"),
        (after("unknown", "deferred"), "wait", "resend", "give up"),
        (after("unknown", "pending"), "resend", "resend", "give up"),
        (after("unknown", "unknown"), "leave", "leave", "leave"),
        (after("unknown", "sent"), "leave", "leave", "leave"),
        (given_up(after("deferred"), MORNING), "leave", "leave", "leave"),
        (given_up(after("unknown"), MORNING), "leave", "leave", "leave"),
    ],
)
def test_the_steps(entry, at_once, later, stale):
    moments = (MORNING, MORNING + PAUSE, MORNING + STALE + MINUTE)
    assert [step(entry, 1, now) for now in moments] == [at_once, later, stale]
    assert [step(entry, 1, now, again=True) for now in moments] == ["compose"] * 3


def test_a_later_revision_goes_to_those_who_have_none():
    assert step(None, 2, MORNING) == "compose"
    for state in ("refused", "pending"):
        assert step(after(state), 2, MORNING) == "compose"
    assert step(given_up(after("deferred"), MORNING), 2, MORNING + STALE * 2) == "compose"
    assert step(after("deferred"), 2, MORNING) == "wait"
    assert step(after("sent"), 2, MORNING) == "leave"
    # What may have arrived is settled with the bytes that may have arrived.
    assert step(after("unknown"), 2, MORNING) == "resend"
    assert step(after("unknown", "unknown"), 2, MORNING) == "leave"


def test_what_may_have_arrived_is_never_called_pending_or_refused_by_age():
    assert after("unknown", "pending").state == "unknown"
    assert given_up(after("unknown"), MORNING).state == "unknown"
    assert given_up(after("deferred"), MORNING).state == "refused"


def test_a_clock_that_was_set_back_makes_nobody_wait():
    assert outstanding(after("deferred"), MORNING - 5 * HOUR) == "resend"


class Delivery(RuleBasedStateMachine):
    """A recipient, a server that does anything, runs that end anywhere, a clock that goes both ways."""

    def __init__(self):
        super().__init__()
        self.entry, self.now = NEW, MORNING
        self.accepted: list[str] = []  # what the server really has
        self.told = False  # whether it said so
        self.doubts = 0

    @rule(minutes=st.integers(-90, 60 * 30))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(
        revision=st.integers(1, 3),
        outcome=st.sampled_from(["pending", "sent", "refused", "deferred", "unknown", "killed"]),
        accepted=st.booleans(),
        untried=st.booleans(),
    )
    def a_run(self, revision, outcome, accepted, untried):
        entry = interrupted(self.entry, self.now) if self.entry.state == "sending" else self.entry
        what = step(entry, revision, self.now)
        if what == "give up":
            entry = given_up(entry, self.now)
        if what == "compose":
            assert not entry.unsure, "new bytes for who may have the old ones"
            since = entry.since if entry.revision == revision else self.now
            entry = entry.replace(revision=revision, digest=f"d{revision}", state="pending", open=True, since=since)
        if what in ("compose", "resend"):
            entry = (
                settled(entry, Outcome("pending", ""), self.now) if untried else self.attempt(entry, outcome, accepted)
            )
        self.entry = entry

    def attempt(self, entry, outcome, accepted):
        assert not self.told, "sent knowingly twice"
        self.at_server(entry.digest, outcome, accepted)
        entry = begun(entry, self.now)
        self.doubts += outcome in ("killed", "unknown")
        return entry if outcome == "killed" else settled(entry, Outcome(outcome, ""), self.now)

    def at_server(self, digest, outcome, accepted):
        if outcome == "sent" or (outcome in ("killed", "unknown") and accepted):
            self.accepted.append(digest)
        self.told = outcome == "sent"

    @invariant()
    def nobody_gets_three_and_two_only_after_a_doubt(self):
        assert len(self.accepted) <= min(2, 1 + self.doubts)
        assert len(set(self.accepted)) <= 1

    @invariant()
    def it_says_what_is_known(self):
        if self.told:
            assert self.entry.state == "sent"
        if self.entry.state == "sent":
            assert self.accepted
        if self.entry.state in ("pending", "refused", "deferred") and not self.entry.unsure:
            assert not self.accepted

    @invariant()
    def nobody_is_lost(self):
        """Who has nothing is tried again, or is reported as without it."""
        if not self.accepted and not self.entry.open:
            assert self.entry.state in ("refused", "unknown")


TestDelivery = Delivery.TestCase
