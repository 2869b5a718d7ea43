"""Readers with wishes of their own: each their own view of one edition, each once."""

from datetime import timedelta

import pytest

from briefing.errors import ConfigError
from briefing.outputs.delivery import outbox
from briefing.outputs.delivery.carriers import carriers
from briefing.types import Briefing
from tests.delivery.desk import ANNA, BOB, CLEO, Desk, smtp
from tests.delivery.postoffice import post_office
from tests.outputs.mailing import parsed
from tests.stages.test_interests import of, profile
from tests.stages.wishes import edition

TABLE = {"kind": "smtp", "to": [f"Bob <{BOB}>", ANNA], "host": "mail.ellin.example"}
MORNING = edition(of("ferry", 1), of("quarry", 2), of("lottery", 3), profile=profile())


def text(content: bytes) -> str:
    return str(parsed(content).get_body(("plain",)).get_content())


@pytest.fixture
def office():
    with post_office() as opened:
        yield opened


def sent(office) -> dict[str, str]:
    return {mail.recipient: text(mail.content) for mail in office.accepted}


def test_each_reader_gets_their_view_and_the_others_the_edition(tmp_path, office):
    readers = [{"to": [BOB], "interests": ["ferry"], "max_stories": 1}, {"to": [CLEO], "mute": {"words": ["lottery"]}}]
    desk = Desk(tmp_path, smtp(office.port, readers=readers), briefing=MORNING)
    assert desk.send().code == 0
    told = {
        name: [
            word
            for word in ("Ferry", "Quarry", "Lottery")
            if f"{word} news: " in mail.split("SOURCES")[0].split("ALSO REPORTED")[0]
        ]
        for name, mail in sent(office).items()
    }
    assert told == {ANNA: ["Ferry", "Quarry", "Lottery"], BOB: ["Lottery"], CLEO: ["Ferry", "Quarry"]}
    assert "Muted, not told: 1 story (1 × word “lottery”)." in sent(office)[CLEO]


def test_who_has_no_sections_of_their_own_gets_the_editions_in_their_order(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, BOB, readers=[{"to": [BOB], "interests": ["ferry"]}]), briefing=MORNING)
    desk.wishes = {"sections": [{"name": "Lottery news"}, {"name": "Quarry news"}]}
    desk.send()
    headings = [line for line in sent(office)[BOB].splitlines() if line in {"Lottery news", "Quarry news", "Sennes"}]
    assert headings == ["Lottery news", "Quarry news", "Sennes"]


def test_the_edition_on_disk_stays_as_it_is(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, readers=[{"to": [BOB], "max_stories": 1}]), briefing=MORNING)
    path = tmp_path / "briefings" / MORNING.date / "briefing.json"
    before = path.read_bytes()
    desk.send()
    assert path.read_bytes() == before


def test_a_reader_is_sent_the_edition_once_whatever_they_want_later(tmp_path, office):
    desk = Desk(tmp_path, smtp(office.port, BOB, readers=[{"to": [BOB], "interests": ["ferry"]}]), briefing=MORNING)
    assert desk.send().code == 0
    desk.tables = (smtp(office.port, BOB, readers=[{"to": [BOB], "interests": ["quarry"]}]),)
    desk.now += timedelta(minutes=40)
    assert desk.send().code == 0
    assert len(office.accepted) == 1


def test_a_message_in_doubt_is_sent_again_as_it_was(tmp_path, office, monkeypatch):
    """Whatever the reader wants by then: the same bytes, that mail servers may recognise them."""

    def power_cut(*_):
        raise SystemExit(143)

    desk = Desk(tmp_path, smtp(office.port, BOB, readers=[{"to": [BOB], "interests": ["ferry"]}]), briefing=MORNING)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "settled", power_cut)
        with pytest.raises(SystemExit):
            desk.send()
    all_muted = {"words": ["ferry", "quarry", "lottery"]}
    desk.tables = (smtp(office.port, BOB, readers=[{"to": [BOB], "mute": all_muted}]),)
    assert desk.send().code == 0
    first, second = office.to(BOB)
    assert first == second


def nothing_for_bob(office, briefing: Briefing, folder) -> Desk:
    muted = {"to": [BOB], "mute": {"words": ["ferry", "quarry", "lottery"]}}
    return Desk(folder, smtp(office.port, BOB, ANNA, readers=[muted]), briefing=briefing)


def test_who_has_muted_everything_is_sent_nothing_and_it_is_said(tmp_path, office):
    code, lines = nothing_for_bob(office, MORNING, tmp_path).send()
    assert (code, list(sent(office))) == (0, [ANNA])
    assert lines[-1] == f"smtp: the edition of {MORNING.date} is empty for {BOB}, and send_empty is not set"


def test_a_correction_is_sent_to_who_has_muted_everything_else(tmp_path, office):
    statement = MORNING.stories[0].summary[0]
    assert nothing_for_bob(office, MORNING.replace(corrections=(statement,)), tmp_path).send().code == 0
    assert "CORRECTIONS" in sent(office)[BOB]


@pytest.mark.parametrize(
    ("reader", "fault"),
    [
        ({"interests": ["x"]}, "delivery[0].readers[0].to: missing"),
        ({"to": ["bo@reader.example"]}, f"delivery[0]: readers: 'bo@reader.example' is no recipient; did you mean {BOB!r}?"),
        ({"to": ["bob"]}, "delivery[0]: readers: 'bob' is no recipient"),
        ({"to": [BOB, f"B <{BOB}>"]}, f"readers: {BOB} stands there twice"),
        ({"to": [BOB], "intrests": ["x"]}, "delivery[0].readers[0].intrests: unknown key; did you mean 'interests'?"),
        ({"to": [BOB], "interests": ["*"]}, "delivery[0].readers[0].interests[0].words[0]: '*' should be words"),
        ({"to": [BOB], "interests": [{"words": []}]}, "delivery[0].readers[0].interests[0].words: "),
        ({"to": [BOB], "max_stories": 0}, "delivery[0].readers[0].max_stories: "),
        ({"to": [BOB], "language": "German"}, "delivery[0].readers[0].language: "),
    ],
)  # fmt: skip
def test_a_fault_of_a_reader_is_named_with_its_place(reader, fault):
    with pytest.raises(ConfigError) as caught:
        carriers([TABLE | {"readers": [reader]}])
    assert fault in str(caught.value)


def test_a_reader_of_a_chat_is_named_by_its_variable():
    (chats,) = carriers(
        [{"kind": "apprise", "url_env": ["ONE", "TWO"], "readers": [{"to": ["TWO"], "max_stories": 3}]}]
    )
    assert (chats.reader("ONE"), chats.reader("TWO").max_stories) == (None, 3)
