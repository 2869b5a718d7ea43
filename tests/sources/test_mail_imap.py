"""A folder on a mail server, over TLS: what a Maildir gives, nothing changed, and every fault named in time."""

import time

import pytest

from briefing.plugins import Reading
from briefing.sources.mail import Imap, Mail
from briefing.stages.clean import clean
from briefing.state import State
from tests.delivery.postoffice import port_of_nobody
from tests.sources import letters as make
from tests.sources.imapd import USER, drips, drops, hangs, imapd, says
from tests.sources.newsroom import NOW, hours
from tests.sources.test_mail import LONG, maildir, run

pytestmark = pytest.mark.usefixtures("environment")

MESSAGES = (
    make.mail("x", make.tables(), "Tables"),
    make.mail(LONG, subject="Letter", Date=make.dated(hours(5))),
    make.raw(
        f"Subject: no id\nDate: {make.dated(hours(6))}\nContent-Type: text/plain; charset=utf-8", f"Grüße. {LONG}"
    ),
)


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("POST_PASSWORD", "grüne Fähre")


def box(server, **settings: object) -> Imap:
    usual = {"host": "127.0.0.1", "port": server.port, "user": USER, "password_env": "POST_PASSWORD", "deadline_s": 5}
    return Imap(**{**usual, **settings})


def read(server, **settings: object) -> Reading:
    return box(server, **settings).read(NOW)


def why(reading: Reading) -> str:
    (failure,) = reading.failures
    return failure.reason


def test_a_server_gives_the_same_articles_as_a_maildir(tmp_path, certificates):
    local = Mail(path=maildir(tmp_path / "box", *MESSAGES)).read(NOW)
    with imapd({"INBOX": MESSAGES}, certificates.good) as server:
        remote = read(server)
    assert remote.failures == local.failures == ()
    found = clean(remote.documents).articles
    assert len(found) == 5
    assert found == clean(local.documents).articles
    health = remote.health[0]
    assert (health.outcome, health.entries, health.taken) == ("reached", 3, 3)


def test_the_folder_is_only_looked_at(certificates):
    """EXAMINE and BODY.PEEK alone: nothing is marked as seen, stored, moved or removed."""
    with imapd({"INBOX": MESSAGES}, certificates.good) as server:
        read(server)
    assert {command.split(" ")[0] for command in server.commands} == {
        "CAPABILITY",
        "AUTHENTICATE",
        "EXAMINE",
        "UID",
        "LOGOUT",
    }
    assert all("BODY.PEEK[" in c for c in server.commands if "FETCH" in c)


def test_only_days_of_the_window_are_asked_for_and_only_what_is_new_is_news(tmp_path, certificates):
    old = make.mail(LONG, subject="old", Date=make.dated(hours(24 * 30)))
    with imapd({"INBOX": (old, *MESSAGES)}, certificates.good) as server, State.transient() as state:
        with run(state, tmp_path) as web:
            assert len(read(server, web=web).documents) == 5
        assert "UID SEARCH SEARCH UNDELETED UNDRAFT SINCE 17-May-2031" in server.commands
        assert sum("FETCH" in command for command in server.commands) == 3


def test_what_came_while_the_server_could_not_be_had_is_news_when_it_can(tmp_path, certificates):
    """Read four days ago and not since, in which time other editions were made."""
    late = make.mail(LONG, subject="late", Date=make.dated(hours(80)))
    with State.transient() as state, imapd({"INBOX": ()}, certificates.good) as server:
        with run(state, tmp_path, now=hours(96)) as web:
            read(server, web=web)
        server.folders = {"INBOX": (late,)}
        with run(state, tmp_path) as web:
            assert [d.declared.title for d in read(server, web=web).documents] == ["late"]


def test_an_offline_run_asks_nobody(tmp_path, certificates):
    with (
        imapd({"INBOX": MESSAGES}, certificates.good) as server,
        State.transient() as state,
        run(state, tmp_path, offline=True) as web,
    ):
        assert "offline" in why(read(server, web=web))
    assert server.commands == []


def test_a_server_without_plain_is_told_the_password_by_login(certificates, monkeypatch):
    monkeypatch.setenv("POST_PASSWORD", 'quo"te\\d')
    with imapd({"INBOX": MESSAGES}, certificates.good, offers="") as server:
        server.password = 'quo"te\\d'
        assert len(read(server).documents) == 5


def test_a_folder_may_have_any_name(certificates):
    with imapd({"Post & B&APw-cher".replace(" & ", " &- "): MESSAGES}, certificates.good) as server:
        assert len(read(server, folder="Post & Bücher").documents) == 5


def test_the_newest_are_taken_and_the_others_counted(certificates):
    with imapd({"INBOX": MESSAGES}, certificates.good) as server:
        reading = read(server, limit=1)
    assert [d.declared.title for d in reading.documents] == ["no id"]
    assert reading.health[0].note == "2 more not taken (limit 1)"


def test_an_empty_folder_is_no_fault(certificates):
    with imapd({"INBOX": ()}, certificates.good) as server:
        reading = read(server)
    assert (reading.documents, reading.failures, reading.health[0].outcome) == ((), (), "reached")


def test_a_large_message_is_not_fetched_whole_and_the_others_are_read(certificates):
    large = make.mail(LONG * 1000, subject="large")
    with imapd({"INBOX": (large, *MESSAGES)}, certificates.good) as server:
        reading = read(server, max_bytes=20_000)
    assert len(reading.documents) == 5
    assert "larger than 20000 bytes" in why(reading)


@pytest.mark.parametrize("offers", [" AUTH=PLAIN", ""])
def test_a_wrong_password_is_tried_once_and_told_to_nobody(certificates, monkeypatch, offers):
    monkeypatch.setenv("POST_PASSWORD", "wrong-password")
    with imapd({"INBOX": MESSAGES}, certificates.good, offers=offers) as server:
        reading = read(server)
    assert "does not take the login" in why(reading)
    assert "wrong-password" not in reading.model_dump_json()
    assert sum(command.startswith(("AUTHENTICATE", "LOGIN")) for command in server.commands) == 1
    assert reading.health[0].outcome == "unreachable"


def test_a_password_that_is_not_set_is_named_and_nobody_is_asked(certificates, monkeypatch):
    monkeypatch.delenv("POST_PASSWORD")
    with imapd({"INBOX": MESSAGES}, certificates.good) as server:
        assert "POST_PASSWORD is not set" in why(read(server))
    assert server.commands == []


@pytest.mark.parametrize("which", ["self_signed", "expired", "wrong_host"])
def test_a_certificate_that_cannot_be_verified_is_refused(certificates, which):
    with imapd({"INBOX": MESSAGES}, getattr(certificates, which)) as server:
        assert "certificate that cannot be verified" in why(read(server))
    assert server.commands == []


def test_a_folder_that_is_not_there_is_named(certificates):
    with imapd({"INBOX": MESSAGES}, certificates.good) as server:
        assert "no such folder" in why(read(server, folder="Nowhere"))


def test_nobody_listens(certificates):
    with imapd({}, certificates.good) as server:
        assert "refuses connections" in why(read(server, port=port_of_nobody()))


FAULTS = {
    "hangs before it says anything": ({"hello": hangs}, "not done within 1 s"),
    "drips": ({"hello": drips}, "not done within 1 s"),
    "hangs at the login": ({"AUTHENTICATE": hangs}, "not done within 1 s"),
    "drips at the search": ({"UID SEARCH": drips}, "not done within 1 s"),
    "is no mail server": ({"hello": says("HTTP/1.1 200 OK")}, ""),
    "says BYE at once": ({"hello": says("* BYE too many of you")}, "too many of you"),
    "says BYE to the folder": ({"EXAMINE": says("* BYE closing down", "T NO")}, "closing down"),
    "has a literal without end at the search": (
        {"UID SEARCH": says("* SEARCH {4000000000}")},
        "more than was asked for",
    ),
    "lists numbers that are none": ({"UID SEARCH": says("* SEARCH 1 two 3", "T OK done")}, "no IMAP"),
    "speaks without end": (
        {"EXAMINE": lambda s, t: [s.say("* OK " + "x" * 900_000) for _ in range(20)]},
        "more than was asked for",
    ),
    "says a line without end": ({"EXAMINE": lambda s, t: s.say("x" * 5_000_000)}, ""),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_server_that(certificates, name):
    """Every fault before the messages: one failure in words, in time."""
    faults, words = FAULTS[name]
    started = time.monotonic()
    with imapd({"INBOX": MESSAGES}, certificates.good, faults) as server:
        reading = read(server, deadline_s=1 if "within" in words else 5)
    assert time.monotonic() - started < 4
    assert reading.documents == ()
    assert words in why(reading)
    assert why(reading).startswith(f"127.0.0.1:{server.port}")


def later(fault):
    """The first message as it should be, then this."""

    def do(session, tag):
        if "FETCH 1 " in session.rest:
            session.do_uid_fetch(tag)
        else:
            fault(session, tag)

    return do


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (drops, "closed the connection"),
        (hangs, "not done within 1 s"),
        (drips, "not done within 1 s"),
        (says("* 2 FETCH (UID 2 BODY[]<0> {4000000000}"), "more than was asked for"),
        (says("* BYE shutting down"), "shutting down"),
        (says("T NO not today"), "not today"),
    ],
)
def test_what_came_before_a_fault_is_kept(certificates, fault, words):
    with imapd({"INBOX": MESSAGES[::-1]}, certificates.good, {"UID FETCH": later(fault)}) as server:
        reading = read(server, deadline_s=1 if "within" in words else 5)
    assert [d.declared.title for d in reading.documents] == ["no id"]
    assert words in why(reading)
    assert "1 of 3 messages were read" in why(reading)


def test_a_message_removed_meanwhile_is_passed_over(certificates):
    with imapd({"INBOX": MESSAGES[::-1]}, certificates.good, {"UID FETCH": later(says("T OK nothing"))}) as server:
        reading = read(server)
    assert [d.declared.title for d in reading.documents] == ["no id"]
    assert reading.failures == ()
