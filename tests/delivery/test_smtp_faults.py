"""Faults of mail servers, S1, S2 and S6 to S14: what is recorded, what the server has, how long it takes at most."""

import time

import pytest

from briefing.outputs.delivery.carriers import Smtp
from briefing.outputs.delivery.smtp import opened
from tests.delivery.desk import ALL, ANNA, BOB, CLEO, HOUR, MINUTE, MORNING, SENDER, Desk, message_id, same, smtp
from tests.delivery.postoffice import bare_server, drop, hang, in_turn, port_of_nobody, post_office
from tests.outputs.edition import FULL
from tests.outputs.mailing import parsed


def test_a_server_that_takes_everything(tmp_path):
    """Each recipient gets a message of their own, over one connection."""
    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port))
        assert desk.send() == (0, [f"sent      smtp: {name}  250 2.0.0 Ok: queued as 7F3A" for name in ALL])
    assert desk.states() == same("sent")
    assert [(mail.sender, mail.recipient) for mail in office.accepted] == [(SENDER, name) for name in ALL]
    assert office.connections == 1
    for mail in office.accepted:
        assert f"To: {mail.recipient}\r\n".encode() in mail.content
        assert not any(name.encode() in mail.content for name in ALL if name != mail.recipient)
    assert len({message_id(mail.content) for mail in office.accepted}) == 3


@pytest.mark.parametrize(
    "greeting", ["421 too busy", "554 no service here", "", "220-hello\r\n220-", "\x00\xff" * 5000, "HTTP/1.1 400 No"]
)
def test_s1_no_greeting(tmp_path, greeting):
    """Nothing is sent, no one else is tried, and the next run tries anew."""
    with bare_server(lambda line: line.say(greeting) if greeting else None) as (port, connections):
        desk = Desk(tmp_path, smtp(port))
        assert desk.send().code == 5
    assert desk.states() == same("pending")
    assert len(connections) == 1
    assert all(entry.attempts == 0 for entry in desk.entries().values())
    with post_office() as office:
        desk.tables = (smtp(office.port),)
        assert desk.send().code == 0
    assert len(office.accepted) == 3


def test_s1_nobody_listens(tmp_path):
    desk = Desk(tmp_path, smtp(port_of_nobody()))
    code, lines = desk.send()
    assert code == 5
    assert "refuses connections; tried again by the next run" in lines[0]
    assert desk.states() == same("pending")


def test_s1_a_greeting_that_never_comes_is_not_waited_for_longer_than_said(tmp_path):
    with bare_server(lambda line: line.read()) as (port, _):
        desk = Desk(tmp_path, smtp(port, command_s=0.3))
        started = time.monotonic()
        assert "did not answer in time" in desk.send().lines[0]
        assert time.monotonic() - started < 3


def test_s2_greylisted(tmp_path):
    """451 to MAIL: not before 30 minutes, given up after 24 hours."""
    with post_office({"MAIL": "451 4.7.1 greylisted, come back later"}) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA))
        assert desk.send() == (
            5,
            [f"deferred  smtp: {ANNA}  451 4.7.1 greylisted, come back later; tried again from 2031-05-20 06:35 UTC"],
        )
        for moment, asked in ((MORNING + 29 * MINUTE, 1), (MORNING + 30 * MINUTE, 2), (MORNING + 23 * HOUR, 3)):
            desk.now = moment
            assert desk.send().code == 5
            assert office.commands.count(f"MAIL {SENDER}") == asked
            assert desk.states() == {ANNA: "deferred"}
        desk.now = MORNING + 24 * HOUR + MINUTE
        office.answers.clear()
        assert "given up after 24 hours; the last answer: 451 4.7.1 greylisted" in desk.send().lines[0]
        assert desk.states() == {ANNA: "refused"}
        assert office.accepted == []
        assert desk.send(again=True).code == 0
    assert len(office.accepted) == 1


def test_s2_greylisted_and_let_in(tmp_path):
    with post_office({"MAIL": in_turn("451 4.7.1 greylisted", "250 ok")}) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA))
        assert desk.send().code == 5
        desk.now += 31 * MINUTE
        assert desk.send().code == 0
    assert len(office.accepted) == 1


def test_s6_one_recipient_is_refused(tmp_path):
    with post_office({f"RCPT {BOB}": "550 5.1.1 no such user"}) as office:
        desk = Desk(tmp_path, smtp(office.port))
        code, lines = desk.send()
        assert (code, lines[1]) == (5, f"refused   smtp: {BOB}  550 5.1.1 no such user")
        assert desk.states() == {ANNA: "sent", BOB: "refused", CLEO: "sent"}
        desk.now += HOUR
        assert "--again tries anew" in desk.send().lines[1]
    assert [mail.recipient for mail in office.accepted] == [ANNA, CLEO]
    assert office.commands.count(f"RCPT {BOB}") == 1
    assert office.connections == 1


def test_s7_one_recipient_is_deferred(tmp_path):
    """Only that one is tried again."""
    with post_office({f"RCPT {BOB}": in_turn("450 4.2.1 mailbox busy", "250 ok")}) as office:
        desk = Desk(tmp_path, smtp(office.port))
        assert desk.send().code == 5
        assert desk.states() == {ANNA: "sent", BOB: "deferred", CLEO: "sent"}
        desk.now += 31 * MINUTE
        assert desk.send().code == 0
    assert [mail.recipient for mail in office.accepted] == [ANNA, CLEO, BOB]


def test_s8_all_recipients_are_refused(tmp_path):
    with post_office({"RCPT": "550 5.1.1 no such user"}) as office:
        desk = Desk(tmp_path, smtp(office.port))
        assert desk.send().code == 5
    assert desk.states() == same("refused")
    assert office.accepted == []


def test_s9_the_message_is_not_taken_now(tmp_path):
    with post_office({"DATA": in_turn("451 4.3.0 try later", "250 ok")}) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA))
        assert desk.send().code == 5
        assert desk.states() == {ANNA: "deferred"}
        desk.now += HOUR
        assert desk.send().code == 0
        assert desk.send().code == 0
    assert office.commands.count(f"DATA {ANNA}") == 2


def test_s9_the_message_is_too_large(tmp_path):
    with post_office({"DATA": "552 5.3.4 message too big"}) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA))
        assert "552 5.3.4 message too big; `max_kb` in [outputs.email] makes mails smaller" in desk.send().lines[0]
    assert desk.states() == {ANNA: "refused"}
    assert office.accepted == []


def test_s9_a_server_that_says_its_limit_first(tmp_path):
    with post_office(data_size_limit=2000) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA))
        assert desk.send().code == 5
    assert desk.states() == {ANNA: "refused"}
    assert office.accepted == []


def test_s10_the_connection_drops_after_the_final_dot(tmp_path):
    """It may have arrived: sent once more, the same byte for byte, and no third time."""
    with post_office({f"DATA {BOB}": drop}) as office:
        desk = Desk(tmp_path, smtp(office.port))
        code, lines = desk.send()
        assert code == 5
        assert "closed the connection after it had the whole message; may have arrived; sent once more" in lines[1]
        assert desk.states() == {ANNA: "sent", BOB: "unknown", CLEO: "sent"}
        assert desk.send().code == 5
        assert "only --again sends it once more" in desk.send().lines[1]
        desk.now += HOUR
        desk.send()
    first, second = office.to(BOB)
    assert first == second
    assert len(office.to(ANNA)) == len(office.to(CLEO)) == 1
    assert desk.entries()[BOB].unsure == 2


def test_s10_the_resend_is_the_same_even_where_a_new_mail_would_not_be(tmp_path):
    """Other settings, another revision: what may have arrived is sent as it was."""
    with post_office({"DATA": in_turn(drop, "250 ok")}) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA))
        assert desk.send().code == 5
        desk.fields |= {"link_base": "https://ellin.example/b/", "list_name": "another"}
        desk.publish(FULL.replace(revision=2, title=FULL.title, overview=()))
        desk.now += MINUTE
        assert desk.send().code == 0
        assert desk.send().code == 0
    first, second = office.to(ANNA)
    assert first == second
    assert message_id(first) == message_id(second)


def test_s11_the_server_hangs_after_the_final_dot(tmp_path):
    with post_office({f"DATA {BOB}": in_turn(hang, "250 ok")}) as office:
        desk = Desk(tmp_path, smtp(office.port, data_s=0.5))
        started = time.monotonic()
        assert desk.send().code == 5
        assert time.monotonic() - started < 5
        assert desk.states() == {ANNA: "sent", BOB: "unknown", CLEO: "sent"}
        assert desk.send().code == 0
    first, second = office.to(BOB)
    assert first == second


def test_s11_ten_minutes_are_waited_for_the_last_answer(tmp_path):
    usual = Smtp(to=(ANNA,), host="mail.example.org")
    assert (usual.connect_s, usual.data_s, usual.security) == (20, 600, "implicit")
    assert usual.replace(port=587).security == "starttls"


@pytest.mark.parametrize("said", ["", "nonsense", "354 go on", "250-never\r\n250-ends", "9" * 100_000, "25"])
def test_s11_an_answer_that_is_none_leaves_it_unknown(tmp_path, said):
    def behave(line):
        line.say("220 mx.example")
        line.converse(DATA="354 go", DOT=said)

    with bare_server(behave) as (port, _):
        desk = Desk(tmp_path, smtp(port, ANNA, data_s=0.5, command_s=2))
        assert desk.send().code == 5
    assert desk.states() == {ANNA: "unknown"}


@pytest.mark.parametrize("at", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_s10_a_connection_lost_before_the_final_dot_is_not_in_doubt(tmp_path, at):
    """Nothing was accepted, so it is pending, and sent by the next run."""

    def behave(line):
        line.say("220 mx.example")
        while command := line.read():
            if command.upper().startswith(at.encode()):
                return
            line.say("250 ok")

    with bare_server(behave) as (port, _):
        desk = Desk(tmp_path, smtp(port, ANNA))
        assert desk.send().code == 5
    assert desk.states() == {ANNA: "pending"}


def test_s11_a_server_that_drips_is_left_at_the_deadline(tmp_path):
    """Each byte comes in time, the answer never: the deadline is for all of it."""

    def drip(line):
        line.say("220 mx.example")
        line.read()
        while True:
            line.wire.sendall(b"2")
            time.sleep(0.05)

    with bare_server(drip) as (port, connections):
        desk = Desk(tmp_path, smtp(port, deadline_s=0.6))
        started = time.monotonic()
        code, lines = desk.send()
        assert time.monotonic() - started < 4
    assert code == 5
    assert "the 0.6 seconds for all messages were over" in lines[0]
    assert desk.states() == same("pending")
    assert len(connections) == 1


def test_s11_the_deadline_after_the_final_dot_leaves_it_unknown_and_the_others_pending(tmp_path):
    with post_office({f"DATA {ANNA}": in_turn(hang, "250 ok")}) as office:
        desk = Desk(tmp_path, smtp(office.port, deadline_s=0.6))
        assert desk.send().code == 5
        assert desk.states() == {ANNA: "unknown", BOB: "pending", CLEO: "pending"}
        desk.tables = (smtp(office.port),)
        assert desk.send().code == 0
    assert [len(office.to(name)) for name in ALL] == [2, 1, 1]


def test_s12_a_drop_at_quit_is_success(tmp_path):
    with post_office({"QUIT": drop}) as office:
        desk = Desk(tmp_path, smtp(office.port))
        assert desk.send().code == 0
    assert desk.states() == same("sent")


def test_s13_line_ends_and_controls_in_a_headline(tmp_path):
    """They neither stop the mail nor become headers of it."""
    title = "Ellin\r\nBcc: all@reader.example\x0b\x85\u2028\x00briefing"
    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA), briefing=FULL.replace(title=title))
        assert desk.send().code == 0
    (mail,) = office.accepted
    found = parsed(mail.content)
    assert found["Bcc"] is None
    assert "Bcc: all@reader.example" in found["From"] + found["Subject"]


def test_s14_an_address_beyond_ascii_needs_a_server_that_takes_it(tmp_path):
    anna = "änna@reader.example"
    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port, anna, BOB))
        code, lines = desk.send()
        assert code == 5
        assert "takes no addresses beyond ASCII (it offers no SMTPUTF8)" in lines[0]
    assert desk.states() == {anna: "refused", BOB: "sent"}
    with post_office(enable_SMTPUTF8=True) as office:
        desk.tables = (smtp(office.port, anna, BOB),)
        assert desk.send(again=True, to=(anna,)).code == 0
    (mail,) = office.accepted
    assert mail.recipient == anna
    assert f"To: {anna}\r\n".encode() in mail.content


def test_s14_a_domain_beyond_ascii_is_written_in_ascii(tmp_path):
    with post_office() as office:
        assert Desk(tmp_path, smtp(office.port, "Anna <anna@bücher.example>")).send().code == 0
    (mail,) = office.accepted
    assert mail.recipient == "anna@xn--bcher-kva.example"
    assert b"To: Anna <anna@xn--bcher-kva.example>\r\n" in mail.content


@pytest.mark.parametrize(
    "content",
    [
        b".\r\n..\r\n.x\r\nend\r\n",
        b"a\n.\nMAIL FROM:<x@y.example>\n",
        b"a\r.\rb\r\n.\r\r\n",
        b"",
        b"no end",
        b"\r\n\r\n",
    ],
)
def test_no_line_of_a_message_ends_it(content):
    """RFC 5321 4.5.2: what stands there arrives, also where it looks like the end, or like a command."""
    table = Smtp(to=(ANNA,), host="127.0.0.1", port=1, tls="none")
    with post_office() as office, opened(table.replace(port=office.port), SENDER, None) as post:
        assert post(ANNA, content, lambda: None).state == "sent"
        assert post(BOB, b"next\r\n", lambda: None).state == "sent"
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert [mail.content.replace(b"\r\n", b"\n") for mail in office.accepted] == [
        lines if lines.endswith(b"\n") else lines + b"\n",
        b"next\n",
    ]
