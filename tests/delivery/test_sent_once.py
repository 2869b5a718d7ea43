"""What keeps a mail from being sent twice or not at all: the record of it, S15, and a second run, S16."""

import os
from datetime import timedelta

import pytest

from briefing import lock
from briefing.errors import LockedError
from briefing.outputs.delivery import outbox
from briefing.state import State
from tests.delivery.desk import ANNA, BOB, Desk, smtp
from tests.delivery.postoffice import bare_server, post_office
from tests.outputs.edition import FULL
from tests.outputs.mailing import parsed


def test_s15_the_intent_is_recorded_before_the_message_leaves(tmp_path):
    """So that a run that ends there leaves it unknown, not unsent."""
    seen = {}

    async def look(office, server):
        seen.update(recorded(tmp_path))
        return "250 ok"

    with post_office({"DATA": look}) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA, BOB))
        assert desk.send().code == 0
    assert seen == {ANNA: "sent", BOB: "sending"}


def test_s15_before_the_server_is_asked_to_take_it(tmp_path):
    """Not before the recipient is accepted either: until then nothing is in doubt."""
    seen = []

    def behave(line):
        line.say("220 mx.example")
        while command := line.read():
            if command[:4].upper() in (b"RCPT", b"DATA"):
                seen.append((command[:4], recorded(tmp_path)[ANNA]))
            line.say("451 not now" if command.startswith((b"DATA", b"data")) else "250 ok")

    with bare_server(behave) as (port, _):
        desk = Desk(tmp_path, smtp(port, ANNA))
        assert desk.send().code == 5
    assert [state for _, state in seen] == ["pending", "sending"]
    assert desk.states() == {ANNA: "deferred"}


def test_s15_every_record_outlives_the_loss_of_power(tmp_path, monkeypatch):
    durable = []
    transaction = State.transaction

    def watched(state, **options):
        durable.append(options.get("durable", False))
        return transaction(state, **options)

    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA))
        monkeypatch.setattr(State, "transaction", watched)
        assert desk.send().code == 0
    # Read who has it; then kept, read, begun and settled.
    assert durable == [False, True, False, True, True]


def recorded(root) -> dict[str, str]:
    with State.opened(root / "state" / "briefing.sqlite3") as state, state.transaction() as connection:
        return dict(connection.execute("SELECT recipient, state FROM delivery").fetchall())


def test_s15_a_run_that_ends_while_sending_leaves_it_unknown(tmp_path, monkeypatch):
    def power_cut(*_):
        raise SystemExit(143)

    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA, BOB))
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "settled", power_cut)
            with pytest.raises(SystemExit):
                desk.send()
        assert recorded(tmp_path) == {ANNA: "sending", BOB: "pending"}
        assert desk.states() == {ANNA: "unknown", BOB: "pending"}
        assert desk.send().code == 0
        assert desk.send().code == 0
    first, second = office.to(ANNA)
    assert first == second
    assert len(office.to(BOB)) == 1


def test_s16_a_second_run_sends_nothing(tmp_path):
    """The same edition, or a second build of the day by another schedule; `--again` sends it all the same."""
    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA))
        assert desk.send().code == 0
        desk.now += timedelta(minutes=1)
        code, lines = desk.send()
        assert code == 0
        assert lines == [f"sent      smtp: {ANNA}  since 2031-05-20 06:05 UTC: 250 2.0.0 Ok: queued as 7F3A"]
        desk.publish(FULL.replace(revision=2))
        code, lines = desk.send()
        assert (code, len(office.accepted)) == (0, 1)
        assert "(revision 1; --again sends revision 2)" in lines[0]
        assert desk.send(again=True).code == 0
        assert desk.send().code == 0
    assert len(office.accepted) == 2
    assert "(revision 2)" in parsed(office.accepted[1].content)["Subject"]


def test_s16_two_runs_at_once(tmp_path):
    """The second one sends nothing, and says who is sending."""
    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port))
        (tmp_path / "state").mkdir()
        with lock.held(tmp_path / "state"), pytest.raises(LockedError, match=f"process {os.getpid()}") as caught:
            desk.send()
        assert caught.value.exit_code == 75
        assert office.connections == 0
        assert desk.send().code == 0
    assert len(office.accepted) == 3
