"""The mail as a message: its form, its headers, its settings."""

import re
from datetime import datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from briefing.outputs.mail.email import Email, addressed, compose, mailbox, message, message_id, subject
from tests.outputs import hostile
from tests.outputs.edition import EMPTY, FERRY, FULL, MAYOR, TAXES
from tests.outputs.mailing import PLAIN, TO, parsed, parts
from tests.outputs.parsing import links, tree


def test_the_message_is_the_golden_one(golden):
    golden("briefing.eml", PLAIN.render(FULL).replace("\r\n", "\n"))


def test_an_empty_day_gives_a_valid_short_message(golden):
    golden("empty.eml", PLAIN.render(EMPTY).replace("\r\n", "\n"))
    assert all("Nothing new" in part for part in parts(EMPTY))


def test_plain_text_stands_first_and_both_parts_are_quoted_printable_utf8():
    mail = parsed(message(FULL, PLAIN, TO))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for part in mail.iter_parts():
        assert not part.defects
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"


def test_lines_end_as_smtp_wants_them_and_are_short():
    data = message(FULL, PLAIN, TO)
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_the_file_is_the_message_to_the_configured_recipient():
    email = Email(recipient=TO)
    assert email.render(FULL).encode() == message(FULL, email, TO)


def test_equal_arguments_give_equal_bytes():
    turned = FULL.replace(articles=dict(reversed(FULL.articles.items())))
    assert message(FULL, PLAIN, TO) == message(FULL, PLAIN, TO) == message(turned, PLAIN, TO)


def test_composing_once_serves_every_recipient():
    composed = compose(FULL, PLAIN)
    for to in (TO, "ben@reader.example"):
        assert addressed(FULL, PLAIN, to, composed) == message(FULL, PLAIN, to)


def test_the_boundary_follows_from_the_content():
    boundaries = {parsed(message(b, PLAIN, TO)).get_boundary() for b in (FULL, FULL, EMPTY)}
    assert len(boundaries) == 2


def test_headers():
    mail = parsed(message(FULL, Email(sender="briefing@ellin.example", list_name="ellin"), TO))
    assert mail["From"] == "Ellin briefing <briefing@ellin.example>"
    assert mail["To"] == TO
    assert mail["Date"].datetime == datetime.fromisoformat(FULL.generated_at)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<ellin.ellin.example>"
    assert mail["Content-Language"] == "en"
    assert mail["MIME-Version"] == "1.0"
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None


def test_a_sender_s_own_name_is_kept():
    mail = parsed(message(FULL, Email(sender="Ellin Désk <desk@ellin.example>"), TO))
    assert mail["From"].addresses[0].display_name == "Ellin Désk"


def test_one_click_is_promised_only_with_an_https_address():
    url = f"https://news.example/off/{'x' * 200}"
    mail = parsed(message(FULL, Email(list_unsubscribe=url), TO))
    assert mail["List-Unsubscribe"] == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mail = parsed(message(FULL, Email(list_unsubscribe="mailto:off@news.example?subject=off"), TO))
    assert mail["List-Unsubscribe"] == "<mailto:off@news.example?subject=off>"
    assert mail["List-Unsubscribe-Post"] is None


def test_the_way_out_can_be_seen():
    text, html = parts(FULL, Email(list_unsubscribe="mailto:off@news.example"))
    assert "Unsubscribe: mailto:off@news.example" in text
    assert "mailto:off@news.example" in links(tree(html))


def test_the_message_id_is_stable_for_a_recipient_and_a_revision():
    first = message_id(FULL, PLAIN, TO)
    assert re.fullmatch(r"<2031-05-20\.1\.[0-9a-f]{16}@localhost>", first)
    assert parsed(message(FULL, PLAIN, TO))["Message-ID"] == first
    assert message_id(FULL.replace(withheld=()), PLAIN, TO) == first
    others = {
        message_id(FULL, PLAIN, "ben@reader.example"),
        message_id(FULL.replace(revision=2), PLAIN, TO),
        message_id(FULL.replace(title="Another briefing"), PLAIN, TO),
        message_id(FULL, Email(list_name="another"), TO),
    }
    assert len(others | {first}) == 5


def test_addresses_of_other_scripts():
    mail = parsed(message(FULL, Email(sender="briefing@münchen.example"), TO))
    assert mail["From"].addresses[0].domain == "xn--mnchen-3ya.example"
    assert message_id(FULL, Email(sender="a@münchen.example"), TO).endswith("@xn--mnchen-3ya.example>")
    data = message(FULL, PLAIN, "jörg@reader.example")
    assert "To: jörg@reader.example\r\n".encode() in data


def test_an_unreadable_time_is_left_to_the_server():
    assert parsed(message(FULL.replace(generated_at="today"), PLAIN, TO))["Date"] is None


def test_a_language_that_is_none_is_not_named():
    assert parsed(message(FULL.replace(language="no language"), PLAIN, TO))["Content-Language"] is None


def test_it_names_the_day_and_the_most_important_story():
    assert subject(FULL) == "Ellin briefing Tue 20 May: Alder toll rises to 31 as owners and ministry…"
    first = FULL.replace(stories=(MAYOR, FERRY, TAXES.replace(score=9.0)))
    assert subject(first) == "Ellin briefing Tue 20 May: Le port d'Ellin relève ses taxes de 4 %"


def test_a_later_revision_says_so():
    assert "Tue 20 May (revision 2): Alder" in subject(FULL.replace(revision=2))


def test_a_long_title_gives_way():
    assert subject(FULL.replace(title="x" * 40)).startswith("Briefing Tue 20 May: Alder")


def test_an_empty_day():
    assert subject(EMPTY) == "Ellin briefing Wed 21 May: nothing new"


@pytest.mark.parametrize(
    "character", [*"\r\n\x0b\x0c\x85\u2028\u2029\x00\x1b\u202e\u2066\ufeff", "\r\nBcc: a@b.example\r\n\r\n"]
)
def test_no_character_of_a_title_stops_or_splits_the_message(character):
    briefing = hostile.edition(f"owned{character}title", None)
    mail = parsed(message(briefing, PLAIN, TO))
    assert mail["Subject"] == subject(briefing)
    assert mail["Bcc"] is None
    assert not re.search(r"[^\x20-\U0010ffff]|[\x7f-\x9f\u2028\u2029\u202e\u2066\ufeff]", mail["Subject"])


def sound(briefing):
    """The edition as it would be had its headlines passed the checks."""
    stories = (story.replace(headline=story.headline.replace(problems=())) for story in briefing.stories)
    return briefing.replace(stories=tuple(stories))


def test_a_headline_that_failed_a_check_is_not_the_subject():
    briefing = hostile.edition("Click here", None)
    assert subject(briefing).endswith(": today's stories")
    assert subject(sound(briefing)).endswith(": Click here")


def test_an_encoded_word_in_a_title_stays_text():
    mail = parsed(message(sound(hostile.edition("=?utf-8?q?=0D=0ABcc:_a@b.example?=", None)), PLAIN, TO))
    assert "=0D=0ABcc" in mail["Subject"]
    assert mail["From"].addresses[0].display_name.startswith("= ?utf-8")


@settings(max_examples=40)
@given(hostile.texts)
def test_it_comes_back_as_it_was(title):
    briefing = FULL.replace(title=title)
    assert len(subject(briefing)) <= 78
    mail = message_from_bytes(b"Subject: x\r\n" + message(briefing, PLAIN, TO), policy=policy.default)
    assert mail.get_all("Subject")[1] == subject(briefing)


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "a@", "@b", "a b@c.example", "a@b, c@d", "a@b\r\nBcc: c@d", "a@b\u202e.example", "a@b c"),
        *("a@[127.0.0.1]", f"{'x' * 65}@b.example", "Name <a@b> x", "undisclosed-recipients:;"),
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match="mail address"):
        mailbox(address)
    for field in ("sender", "recipient"):
        with pytest.raises(ValidationError, match="mail address"):
            Email(**{field: address})


@pytest.mark.parametrize("address", ["briefing@localhost", "A B <a.b+c@d.example>", "ü@exämple.com", '"x y"@b.example'])
def test_what_is_an_address_is_taken(address):
    assert mailbox(address).domain.isascii()


@pytest.mark.parametrize(
    "value",
    [
        "http://a.example/",
        "mailto:",
        "mailto:a",
        "javascript:x",
        "https://ä.example/",
        "mailto:a@b\r\nX: y",
        "mailto:a@b>, <https://c.example/",
        "https://a.example/ b",
    ],
)
def test_what_is_no_way_out_is_refused(value):
    with pytest.raises(ValidationError, match="list_unsubscribe"):
        Email(list_unsubscribe=value)


@pytest.mark.parametrize("value", ["news.example", "ftp://a.example/", "https://a.example/?x", "https://a.example/#x"])
def test_what_is_no_base_is_refused(value):
    with pytest.raises(ValidationError, match="link_base"):
        Email(link_base=value)


@pytest.mark.parametrize("fields", [{"list_name": "A b"}, {"list_name": ""}, {"list_name": "a-"}, {"max_kb": 29}])
def test_other_limits(fields):
    with pytest.raises(ValidationError):
        Email(**fields)
