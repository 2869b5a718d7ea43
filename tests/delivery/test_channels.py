"""Headlines to a service by Apprise: a webhook on this machine that answers as it is told."""

import json
import logging
import sys

import pytest

from briefing.errors import ConfigError
from briefing.outputs.delivery.channels import notice
from briefing.outputs.mail.email import Email
from tests.delivery.desk import ANNA, Desk, smtp
from tests.delivery.postoffice import port_of_nobody, post_office
from tests.outputs.edition import EMPTY, FULL
from tests.sources.servers import closed, farm, reply

# Apprise loads all of its services, one of which looks for a module that Python 3.13 has no more.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

HOOK = "BRIEFING_HOOK"
TOKEN = "s3cretT0ken"
TABLE = {"kind": "apprise", "name": "team", "url_env": [HOOK]}


@pytest.fixture
def hook(monkeypatch):
    """A function that opens a webhook with such an answer and names it in the environment."""
    with farm() as servers:

        def opened(route):
            bodies = []

            async def keep(exchange):
                length = int(exchange.request.headers["content-length"])
                bodies.append(json.loads(await exchange.reader.readexactly(length)))
                await route(exchange)

            site = servers.site(keep)
            monkeypatch.setenv(HOOK, f"json://127.0.0.1:{site.port}/hook/{TOKEN}")
            return bodies

        yield opened


def test_headlines_and_links_are_told(tmp_path, hook):
    bodies = hook(reply(b"ok"))
    desk = Desk(tmp_path, TABLE, link_base="https://ellin.example/b/")
    assert desk.send() == (0, [f"sent      team: {HOOK}  taken by the service"])
    assert desk.send().code == 0
    (body,) = bodies
    assert body["title"].startswith("Ellin briefing Tue 20 May: Alder toll rises to 31")
    assert "• Alder toll rises to 31 as owners and ministry differ over hull" in body["message"]
    assert "https://ellin.example/b/2031-05-20/briefing.html" in body["message"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (reply(b"no", 404), "pending"),
        (reply(b"slow down", 429), "pending"),
        (reply(b"oops", 502), "unknown"),
        (closed, "unknown"),
    ],
)
def test_what_the_service_answers(tmp_path, hook, capfd, caplog, answer, state):
    """Where it said that it did not take it, nothing arrived; else nobody knows, and it is sent once more."""
    bodies = hook(answer)
    desk = Desk(tmp_path, TABLE)
    with caplog.at_level(logging.DEBUG):
        first = desk.send()
        second = desk.send()
        desk.send()
    assert (first.code, second.code) == (5, 5)
    assert desk.states() == {HOOK: state}
    assert len(bodies) == (3 if state == "pending" else 2)
    assert all(body == bodies[0] for body in bodies)
    shown = "\n".join((*first.lines, *second.lines)) + "".join(capfd.readouterr()) + str(desk.entries())
    assert TOKEN not in shown


def test_nobody_listens(tmp_path, monkeypatch):
    monkeypatch.setenv(HOOK, f"json://127.0.0.1:{port_of_nobody()}/{TOKEN}")
    desk = Desk(tmp_path, TABLE)
    code, lines = desk.send()
    assert (code, desk.states()) == (5, {HOOK: "unknown"})
    assert TOKEN not in lines[0]


def test_mails_and_channels_together(tmp_path, hook):
    bodies = hook(reply(b"ok"))
    with post_office({"RCPT": "550 no"}) as office:
        code, lines = Desk(tmp_path, smtp(office.port, ANNA), TABLE).send()
    assert (code, len(bodies)) == (5, 1)
    assert [line.split()[0] for line in lines] == ["refused", "sent"]


@pytest.mark.parametrize("address", [None, "", "nonsense", f"no-such-service://{TOKEN}/x", "json://"])
def test_an_address_that_is_none_is_a_fault_of_the_settings(tmp_path, monkeypatch, capfd, address):
    if address is None:
        monkeypatch.delenv(HOOK, raising=False)
    else:
        monkeypatch.setenv(HOOK, address)
    with pytest.raises(ConfigError, match=HOOK) as caught:
        Desk(tmp_path, TABLE).send()
    assert caught.value.exit_code == 2
    assert TOKEN not in f"{caught.value}{capfd.readouterr()}"


def test_without_apprise_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(HOOK, "json://127.0.0.1/")
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigError, match=r"pip install 'briefing\[channels\]'"):
        Desk(tmp_path, TABLE).send()


def test_a_headline_calls_nobody():
    """ "@everyone" or "<!channel>" in a title is read, and nobody's telephone rings."""
    title = FULL.stories[1].headline.replace(text="@everyone <!channel> <@U1> see")
    story = FULL.stories[1].model_copy(update={"headline": title})
    said = notice(FULL.model_copy(update={"stories": (story,)}), Email(), 8).decode()
    for call in ("@everyone", "<!", "<@"):
        assert call not in said
    assert said.replace("\u2060", "").count("@everyone <!channel> <@U1> see") == 2


def test_a_message_is_short_and_says_what_is_left():
    stories = tuple(FULL.stories[1].model_copy(update={"id": f"s{n}"}) for n in range(60))
    many = FULL.model_copy(update={"stories": stories, "topics": ()})
    said = notice(many, Email(link_base="https://ellin.example/b/"), 50).decode()
    assert len(said) < 2000
    assert said.endswith("\nand 10 more\nhttps://ellin.example/b/2031-05-20/briefing.html")
    assert notice(EMPTY, Email(), 8).decode().splitlines()[0].endswith("nothing new")
