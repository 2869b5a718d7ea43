"""Hand-over to a mail system on this machine, by a command that does what a test wants."""

import os
import time

import pytest

from tests.delivery.desk import ANNA, BOB, CLEO, HOUR, SENDER, Desk
from tests.outputs.mailing import parsed


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A command `sendmail` in a PATH of its own; `does` is its shell code."""

    def made(does: str, *to: str, **fields) -> Desk:
        command = tmp_path / "bin" / "sendmail"
        command.parent.mkdir(exist_ok=True)
        command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{tmp_path}/calls"\n{does}\n', encoding="utf-8")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
        return Desk(tmp_path, {"kind": "sendmail", "command": ["sendmail"], "to": list(to or (ANNA,)), **fields})

    return made


KEEP = 'for last; do :; done; cat > "$(dirname "$0")/../$last"'


def test_each_recipient_gets_a_message_by_the_command(desk, tmp_path):
    office = desk(KEEP, ANNA, BOB)
    assert office.send().code == 0
    assert (tmp_path / "calls").read_text() == f"-i -f {SENDER} -- {ANNA}\n-i -f {SENDER} -- {BOB}\n"
    taken = (tmp_path / BOB).read_bytes()
    assert b"\r" not in taken
    assert parsed(taken)["To"] == BOB
    assert office.send().code == 0
    assert len((tmp_path / "calls").read_text().splitlines()) == 2


def test_bounces_go_where_the_settings_say(desk, tmp_path):
    assert desk(KEEP, return_path="bounces@ellin.example").send().code == 0
    assert "-f bounces@ellin.example --" in (tmp_path / "calls").read_text()


@pytest.mark.parametrize(
    ("does", "state", "words"),
    [
        ("cat >/dev/null; echo queue full >&2; exit 75", "deferred", "sendmail exited with 75: queue full"),
        ("cat >/dev/null; echo no such user; exit 67", "refused", "sendmail exited with 67: no such user"),
        ("exit 1", "refused", "sendmail exited with 1"),
        ("echo no login; exit 77", "pending", "sendmail exited with 77: no login; tried again by the next run"),
        ("kill -9 $$", "unknown", "sendmail was ended by signal 9; may have arrived"),
        ("yes | head -c 1000000", "sent", "…"),
    ],
)
def test_exit_codes(desk, does, state, words):
    office = desk(does)
    code, lines = office.send()
    assert office.states() == {ANNA: state}
    assert code == (0 if state == "sent" else 5)
    assert words in lines[0]
    assert len(lines[0]) < 400


def test_deferred_is_tried_again(desk):
    office = desk("exit 75")
    assert office.send().code == 5
    desk(KEEP)
    assert "tried again from" in office.send().lines[0]
    office.now += HOUR
    assert office.send().code == 0


def test_a_command_that_does_not_end_is_ended(desk, tmp_path):
    """With all that it started; it may have taken the message, which is sent once more."""
    office = desk("cat >/dev/null; sleep 60 & sleep 60", deadline_s=0.4)
    started = time.monotonic()
    assert "did not end within 0.4 seconds; may have arrived" in office.send().lines[0]
    assert time.monotonic() - started < 5
    desk(KEEP)
    assert office.send().code == 0


def test_a_command_that_is_not_there(desk):
    office = desk(KEEP, ANNA, BOB, CLEO, command=["no-such-sendmail", "-v"])
    code, lines = office.send()
    assert code == 5
    assert "no-such-sendmail cannot be started (No such file or directory)" in lines[0]
    assert set(office.states().values()) == {"pending"}
    assert office.entries()[ANNA].attempts == 1
    assert office.entries()[BOB].attempts == 0


def test_an_address_that_looks_like_an_option_is_none(desk, tmp_path):
    assert desk(KEEP, "-oQx@reader.example").send().code == 0
    assert (tmp_path / "calls").read_text().endswith("-- -oQx@reader.example\n")
