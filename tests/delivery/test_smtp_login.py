"""Servers that are not to be trusted, or do not trust us, S3 and S5; certificates, S4, are in test_tls.py."""

import base64

import pytest

from briefing.errors import ConfigError
from briefing.outputs.delivery.carriers import carriers
from tests.delivery.desk import SENDER, Desk, same, smtp
from tests.delivery.postoffice import bare_server, post_office

LOGIN = ("anna", "pässword-of-anna")


def test_s3_no_starttls_and_no_clear_text(tmp_path):
    """A server that offers no STARTTLS gets neither login nor mail."""
    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port, tls="starttls"))
        code, lines = desk.send()
    assert code == 5
    assert "offers no STARTTLS" in lines[0]
    assert desk.states() == same("pending")
    assert office.accepted == office.commands[:-1] == []


@pytest.mark.parametrize("answer", ["530 5.7.0 Must issue a STARTTLS command first", "535 5.7.8 log in first"])
def test_s3_the_server_wants_tls_or_a_login(tmp_path, answer):
    """A fault of the settings: exit 5, nobody else is tried, and nothing need be said `--again` once it is put right."""
    with post_office({"MAIL": answer}) as office:
        desk = Desk(tmp_path, smtp(office.port))
        code, lines = desk.send()
        assert (code, answer in lines[0]) == (5, True)
        assert office.commands.count(f"MAIL {SENDER}") == 1
        assert desk.states() == same("pending")
        office.answers.clear()
        assert desk.send().code == 0


def test_s3_clear_text_is_refused_by_the_settings_but_on_this_machine():
    for host in ("mail.example.org", "10.0.0.7", "localhost.example.org"):
        with pytest.raises(ConfigError, match="for a server on this machine"):
            carriers([smtp(25, host=host)])
    for host in ("localhost", "127.0.0.9", "::1"):
        assert carriers([smtp(25, host=host)])


@pytest.fixture
def login(monkeypatch):
    monkeypatch.setenv("MAIL_USER", LOGIN[0])
    monkeypatch.setenv("MAIL_PASSWORD", LOGIN[1])
    return {"user_env": "MAIL_USER", "password_env": "MAIL_PASSWORD"}


@pytest.mark.parametrize("excluded", [(), ("PLAIN",)])
def test_s5_a_login_that_is_taken(tmp_path, login, excluded):
    with post_office(login=LOGIN, auth_exclude_mechanism=excluded) as office:
        assert Desk(tmp_path, smtp(office.port, **login)).send().code == 0
    assert office.commands[0] == ("AUTH LOGIN" if excluded else "AUTH PLAIN")
    assert len(office.accepted) == 3


def test_s5_a_login_that_is_not_taken_is_tried_once(tmp_path, login, capfd):
    """Trying again would lock the account; exit 5, and no word of the password anywhere."""
    with post_office(login=("anna", "another")) as office:
        desk = Desk(tmp_path, smtp(office.port, **login))
        code, lines = desk.send()
    assert code == 5
    assert "does not take the login; it says 535" in lines[0]
    assert office.commands == ["AUTH PLAIN", "QUIT"]
    assert office.connections == 1
    assert desk.states() == same("pending")
    assert not leaked("\n".join(lines) + "".join(capfd.readouterr()) + str(desk.entries()))


def test_s5_a_server_that_repeats_the_password(tmp_path, login, capfd):
    """Whatever it says of a login is kept out of lines and log."""
    heard = []

    def tattle(line):
        line.say("220 mx.example")
        line.read()
        line.say("250-mx.example\r\n250 AUTH PLAIN LOGIN CRAM-MD5")
        heard.append(line.read().split()[-1].decode())
        plain = base64.b64decode(heard[0]).decode()
        line.say(f"535 {heard[0]} is {plain!r}, {LOGIN[1]}, {base64.b64encode(LOGIN[1].encode()).decode()}")

    with bare_server(tattle) as (port, connections):
        desk = Desk(tmp_path, smtp(port, **login))
        code, lines = desk.send()
    assert (code, len(connections), len(heard)) == (5, 1, 1)
    assert "535" in lines[0]
    assert not leaked("\n".join(lines) + "".join(capfd.readouterr()) + str(desk.entries()))


def leaked(text: str) -> list[str]:
    coded = [base64.b64encode(word.encode()).decode() for word in (LOGIN[1], f"\0{LOGIN[0]}\0{LOGIN[1]}")]
    return [word for word in (LOGIN[1], *coded) if word in text]


def test_s5_a_variable_that_is_not_set_is_a_fault_of_the_settings(tmp_path, login, monkeypatch):
    monkeypatch.delenv("MAIL_PASSWORD")
    with post_office(login=LOGIN) as office:
        desk = Desk(tmp_path, smtp(office.port, **login))
        with pytest.raises(ConfigError, match="variable MAIL_PASSWORD is not set") as caught:
            desk.send()
    assert caught.value.exit_code == 2
    assert office.connections == 0
