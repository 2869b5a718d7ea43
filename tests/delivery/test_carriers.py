"""The [[delivery]] tables: what they may say, and what is wrong with those that say something else."""

import pytest

from briefing.config import load
from briefing.errors import ConfigError
from briefing.outputs.delivery.carriers import Smtp, carriers

GOOD = """
[[delivery]]
kind = "smtp"
to = ["Anna <anna@reader.example>", "bob@bücher.example"]
host = "mail.ellin.example"
user_env = "MAIL_USER"
password_env = "MAIL_PASSWORD"

[[delivery]]
kind = "sendmail"
name = "desk"
to = ["desk@ellin.example"]
send_empty = true

[[delivery]]
kind = "apprise"
url_env = ["BRIEFING_SLACK", "BRIEFING_NTFY"]
"""


def test_tables_of_a_file(tmp_path):
    (tmp_path / "briefing.toml").write_text(GOOD, encoding="utf-8")
    mail, desk, chats = load(tmp_path / "briefing.toml").delivery
    assert isinstance(mail, Smtp)
    assert (mail.name, mail.port, mail.security) == ("smtp", 465, "implicit")
    assert mail.recipients == ("anna@reader.example", "bob@xn--bcher-kva.example")
    assert (desk.name, desk.send_empty, desk.recipients) == ("desk", True, ("desk@ellin.example",))
    assert (chats.name, chats.recipients) == ("apprise", ("BRIEFING_SLACK", "BRIEFING_NTFY"))


TABLE = {"kind": "smtp", "to": ["anna@reader.example"], "host": "mail.ellin.example"}


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ({"kind": "pigeon"}, "delivery[0].kind: 'pigeon' is none of smtp, sendmail, apprise"),
        ({}, "delivery[0].kind: None is none of"),
        ("smtp", "delivery[0]: should be a table"),
        ({"kind": "smtp", "to": ["a@b.example"]}, "delivery[0].host: missing"),
        (TABLE | {"hots": "x"}, "delivery[0].hots: unknown key; did you mean 'host'?"),
        (TABLE | {"to": []}, "delivery[0].to: "),
        (TABLE | {"to": ["anna"]}, "delivery[0].to: not one mail address: 'anna'"),
        (TABLE | {"to": ["a@b.example, c@d.example"]}, "delivery[0].to: not one mail address"),
        (TABLE | {"to": ["a@b.example", "A <a@B.example>"]}, "a@b.example stands there twice"),
        (TABLE | {"to": [f"reader{n}@b.example" for n in range(51)]}, "delivery[0].to: "),
        (TABLE | {"tls": "none"}, 'tls = "none" is for a server on this machine'),
        (TABLE | {"tls": "maybe"}, "delivery[0].tls: "),
        (TABLE | {"user_env": "MAIL_USER"}, "user_env and password_env belong together"),
        (TABLE | {"user_env": "my password!", "password_env": "P"}, "delivery[0].user_env: "),
        (TABLE | {"host": "mail.example.org/x"}, "delivery[0].host: "),
        (TABLE | {"port": "465"}, "delivery[0].port: "),
        ({"kind": "apprise", "url_env": ["slack://token"]}, "delivery[0].url_env"),
        ({"kind": "sendmail", "to": ["a@b.example"], "command": "sendmail"}, "delivery[0].command: "),
    ],
)
def test_a_fault_is_named_with_its_place(table, fault):
    with pytest.raises(ConfigError) as caught:
        carriers([table])
    assert fault in str(caught.value)


def test_two_tables_need_two_names():
    with pytest.raises(ConfigError, match="2 tables are called 'smtp'; give each a `name`"):
        carriers([TABLE, TABLE])
    assert len(carriers([TABLE, TABLE | {"name": "home"}])) == 2


def test_a_login_in_the_file_is_refused(tmp_path):
    path = tmp_path / "briefing.toml"
    path.write_text(
        GOOD + '[[delivery]]\nkind = "apprise"\nname = "x"\nurl_env = ["slack://me:secret@x"]\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="looks like a secret"):
        load(path)
