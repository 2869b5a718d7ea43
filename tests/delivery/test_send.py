"""`briefing send`: which edition, to whom, and what is said of it."""

import os
import subprocess
import sys
import time

import pytest

from briefing.errors import ConfigError, EvidenceError, StateError
from briefing.outputs.delivery.sentlog import SentLog
from briefing.state import State
from tests.delivery.desk import ANNA, BOB, CLEO, HOUR, Desk, smtp
from tests.delivery.postoffice import post_office
from tests.outputs.edition import EMPTY, FULL
from tests.outputs.shelves import dated


@pytest.fixture
def office():
    with post_office() as opened:
        yield opened


def test_the_latest_edition_or_that_of_a_date(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, ANNA))
    desk.publish(dated("2031-05-19"))
    assert desk.send().code == 0
    assert b"20 May 2031" in office.accepted[0].content
    assert desk.send(wanted="2031-05-19").code == 0
    assert b"19 May 2031" in office.accepted[1].content
    assert len({bytes(mail.content) for mail in office.accepted}) == 2


def test_an_edition_that_is_not_there_or_damaged(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, ANNA))
    with pytest.raises(ConfigError, match="no edition of 2031-05-18"):
        desk.send(wanted="2031-05-18")
    evidence = tmp_path / "briefings" / "2031-05-20" / "evidence.json"
    evidence.write_text(evidence.read_text(encoding="utf-8").replace("ferry", "barge"), encoding="utf-8")
    with pytest.raises(EvidenceError):
        desk.send()
    assert office.connections == 0


def test_a_damaged_state_file_stops_it(tmp_path, office):
    """Who has it already cannot be known, so nobody is sent anything."""
    desk = Desk(tmp_path, smtp(office.port, ANNA))
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "briefing.sqlite3").write_bytes(b"garbage" * 1000)
    with pytest.raises(StateError, match="what was sent may be sent again") as caught:
        desk.send()
    assert (caught.value.exit_code, office.connections) == (4, 0)


def test_to_one_recipient_or_one_table(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, ANNA, BOB), smtp(office.port, CLEO, name="home"))
    assert desk.send(to=("BOB@reader.example",)).code == 0
    assert [mail.recipient for mail in office.accepted] == [BOB]
    assert desk.send(to=("home",)).code == 0
    assert [mail.recipient for mail in office.accepted] == [BOB, CLEO]
    assert desk.send().code == 0
    assert [mail.recipient for mail in office.accepted] == [BOB, CLEO, ANNA]
    with pytest.raises(ConfigError, match=r"did you mean 'anna@reader\.example'"):
        desk.send(to=("ana@reader.example",))


def test_a_dry_run_asks_no_one_and_leaves_no_trace(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, ANNA, BOB))
    code, lines = desk.send(dry_run=True)
    assert (code, office.connections) == (0, 0)
    assert [line[:32] for line in lines] == [f"would send     smtp: {ANNA}"[:32], f"would send     smtp: {BOB}"[:32]]
    assert not (tmp_path / "state").exists()
    office.answers[f"RCPT {BOB}"] = "450 later"
    desk.send()
    seen = desk.entries()
    code, lines = desk.send(dry_run=True)
    assert lines[0].startswith(f"would leave    smtp: {ANNA}  since")
    assert lines[1].startswith(f"would wait     smtp: {BOB}  450 later")
    assert desk.entries() == seen
    assert office.connections == 1


def test_offline_sends_nothing(tmp_path, office):
    with pytest.raises(ConfigError, match="--offline opens no connection"):
        Desk(tmp_path, smtp(office.port)).send(offline=True)
    assert office.connections == 0


def test_an_empty_edition_goes_only_where_it_is_wanted(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, ANNA), smtp(office.port, BOB, name="all", send_empty=True), briefing=EMPTY)
    code, lines = desk.send()
    assert code == 0
    assert lines[-1] == "smtp: the edition of 2031-05-21 is empty, and send_empty is not set"
    assert [mail.recipient for mail in office.accepted] == [BOB]


def test_settings_that_send_nothing(tmp_path, office):
    with pytest.raises(ConfigError, match=r"no \[\[delivery\]\] table"):
        Desk(tmp_path).send()
    desk = Desk(tmp_path, smtp(office.port))
    del desk.fields["sender"]
    with pytest.raises(ConfigError, match=r"outputs\.email\.sender: missing"):
        desk.send()


def test_what_is_left_of_yesterday_goes_with_today(tmp_path, office):
    """As long as it is young enough, in the bytes it had, and only to those who are still in the settings."""
    office.answers["MAIL"] = "451 later"
    desk = Desk(tmp_path, smtp(office.port), briefing=dated("2031-05-19"))
    assert desk.send().code == 5
    office.answers.clear()
    desk.publish(FULL)
    desk.tables = (smtp(office.port, ANNA, BOB),)
    desk.now += 3 * HOUR
    code, lines = desk.send(to=(ANNA,))
    assert code == 0
    assert lines[0].startswith(f"sent      smtp: {ANNA} (edition of 2031-05-19)  250")
    assert len(office.to(ANNA)) == 2
    desk.now += 24 * HOUR
    code, lines = desk.send()
    assert code == 5
    assert f"refused   smtp: {BOB} (edition of 2031-05-19)  given up after 24 hours" in "\n".join(lines)
    assert len(office.to(BOB)) == 1
    assert desk.send().code == 0
    assert office.to(CLEO) == []


def test_two_briefings_that_share_a_state_file_are_kept_apart(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, ANNA))
    assert desk.send().code == 0
    desk.publish(FULL.replace(title="Harbour briefing"))
    assert desk.send().code == 0
    assert len(office.accepted) == 2


def test_messages_are_kept_no_longer_than_they_may_be_needed(tmp_path, office):
    office.answers[f"RCPT {BOB}"] = "450 later"
    desk = Desk(tmp_path, smtp(office.port))
    desk.send()
    with State.opened(tmp_path / "state" / "briefing.sqlite3") as state, state.transaction() as connection:
        kept = connection.execute("SELECT digest FROM message").fetchall()
    assert kept == [(desk.entries()[BOB].digest,)]


def test_what_cannot_be_recorded_is_not_sent(tmp_path, office, monkeypatch):
    """The disk is full as the first message is about to leave: it stays, and is sent once there is room."""
    desk = Desk(tmp_path, smtp(office.port, ANNA, BOB))
    whole = SentLog.put

    def full(log, entries, contents=()):
        entries = list(entries)
        if any(entry.state == "sending" for entry in entries):
            raise StateError("the disk is full")
        whole(log, entries, contents)

    with monkeypatch.context() as patch:
        patch.setattr(SentLog, "put", full)
        with pytest.raises(StateError, match="disk is full"):
            desk.send()
    assert office.accepted == []
    assert desk.states() == {ANNA: "pending", BOB: "pending"}
    assert desk.send().code == 0
    assert len(office.accepted) == 2


def test_fifty_readers_at_one_connection(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, *(f"reader{number}@reader.example" for number in range(50))))
    started = time.monotonic()
    assert desk.send().code == 0
    assert time.monotonic() - started < 30
    assert (len(office.accepted), office.connections) == (50, 1)


SETTINGS = """
[outputs.email]
sender = "desk@ellin.example"
[[delivery]]
kind = "smtp"
host = "127.0.0.1"
port = {port}
tls = "none"
to = ["anna@reader.example", "bob@reader.example"]
"""


def test_the_command(tmp_path, office):
    """Exit 0 and a line for each recipient; 5 where one does not have it; 2 for a wrong setting."""
    Desk(tmp_path)
    (tmp_path / "briefing.toml").write_text(SETTINGS.format(port=office.port), encoding="utf-8")
    office.answers[f"RCPT {BOB}"] = "550 no such user"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "briefing", "send", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False)

    first = run()
    assert (first.returncode, first.stderr) == (5, "")
    assert first.stdout.splitlines() == [
        f"sent      smtp: {ANNA}  250 2.0.0 Ok: queued as 7F3A",
        f"refused   smtp: {BOB}  550 no such user",
    ]
    assert run("latest", "--to", ANNA).returncode == 0
    assert run("2031-05-20", "--to", ANNA, "--again").returncode == 0
    assert run("2031-05-01").returncode == 2
    assert [mail.recipient for mail in office.accepted] == [ANNA, ANNA]
