"""Certificates: a mail goes to the server that was meant, or stays."""

import pytest

from tests.delivery.desk import ANNA, Desk, smtp
from tests.delivery.postoffice import bare_server, post_office
from tests.sources.servers import certificates


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def trusted(tls, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.authority))
    monkeypatch.setenv("MAIL_USER", "anna")
    monkeypatch.setenv("MAIL_PASSWORD", "the-secret-of-anna")


LOGIN = {"user_env": "MAIL_USER", "password_env": "MAIL_PASSWORD"}


@pytest.mark.parametrize("how", ["tls", "starttls"])
def test_s4_a_certificate_that_can_be_verified(tmp_path, tls, how):
    with post_office(login=("anna", "the-secret-of-anna"), **{how: tls.good}) as office:
        table = smtp(office.port, ANNA, tls={"tls": "implicit"}.get(how, how), **LOGIN)
        assert Desk(tmp_path, table).send().code == 0
    assert office.commands[0] == "AUTH PLAIN"
    assert len(office.accepted) == 1


@pytest.mark.parametrize("how", ["tls", "starttls"])
@pytest.mark.parametrize("which", ["self_signed", "expired", "wrong_host"])
def test_s4_a_certificate_that_cannot(tmp_path, tls, how, which):
    """Neither login nor mail goes there; the certificate is named, and who shows it."""
    with post_office(login=("anna", "the-secret-of-anna"), **{how: getattr(tls, which)}) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA, tls={"tls": "implicit"}.get(how, how), **LOGIN))
        code, lines = desk.send()
    assert code == 5
    assert f"127.0.0.1:{office.port} shows a certificate that cannot be verified (" in lines[0]
    assert desk.states() == {ANNA: "pending"}
    assert office.commands == office.accepted == []


def test_s4_a_name_is_compared_too(tmp_path, tls):
    with post_office(tls=tls.good) as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA, tls="implicit", host="localhost"))
        assert desk.send().code == 0


def test_s4_what_was_said_before_tls_counts_for_nothing(tmp_path, tls):
    """Answers slipped in behind STARTTLS are not taken for the server's."""

    def slip(line):
        line.say("220 mx.example")
        line.read()
        line.say("250-mx.example\r\n250 STARTTLS")
        line.read()
        line.wire.sendall(
            b"220 go\r\n250-mx.example\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n"
        )
        wire = tls.good.wrap_socket(line.wire, server_side=True)
        with wire, wire.makefile("rb") as lines:
            heard.append(lines.readline())

    heard: list[bytes] = []
    with bare_server(slip) as (port, _):
        desk = Desk(tmp_path, smtp(port, ANNA, tls="starttls", **LOGIN))
        assert desk.send().code == 5
    assert desk.states() == {ANNA: "pending"}
    assert not any(b"AUTH" in line for line in heard)


def test_s4_tls_on_a_port_of_the_other_kind_is_named(tmp_path):
    with post_office() as office:
        desk = Desk(tmp_path, smtp(office.port, ANNA, tls="implicit"))
        assert "makes no secure connection" in desk.send().lines[0]
    assert office.accepted == []
