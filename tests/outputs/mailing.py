"""Mails as their readers get them."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from briefing.outputs.mail.email import Email, message
from briefing.types import Briefing
from tests.outputs.parsing import elements, tree, words

PLAIN = Email()
PUBLISHED = Email(link_base="https://news.example/b/")
TO = "ada@reader.example"


def parsed(data: bytes) -> EmailMessage:
    """The message, read by the standard library without a complaint."""
    mail = message_from_bytes(data, policy=policy.default)
    assert not mail.defects
    return mail


def parts(briefing: Briefing, email: Email = PLAIN) -> tuple[str, str]:
    """Text and HTML of the message, decoded."""
    text, html = (part.get_content() for part in parsed(message(briefing, email, TO)).iter_parts())
    return text.replace("\r\n", "\n"), html.replace("\r\n", "\n")


def bare(text: str) -> str:
    """Text without white space: each part breaks its lines wherever it must."""
    return "".join(text.split())


def seen(html: str) -> str:
    """The words of an HTML part, bare."""
    return bare(words(next(elements(tree(html), "body"))))
