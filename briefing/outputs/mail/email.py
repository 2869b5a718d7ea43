"""`briefing.eml`: the edition as a message, plain text first and complete by itself, then HTML.

    Email      the record: who it is from, what its headers say, how large it may be
    message    briefing + recipient -> the bytes to send, the same for equal arguments

Standards: RFC 5322 (format), 2046 (alternatives), 2047 (words of headers), 2919 and 2369 (lists), 3834
(Auto-Submitted), 8058 (one-click). What mail readers keep of HTML is checked against caniemail.com in the tests.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from datetime import datetime
from email.charset import SHORTEST, Charset
from email.errors import HeaderParseError, NonASCIILocalPartDefect
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime
from functools import cache
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

import css_inline
from pydantic import AfterValidator, Field
from rich.cells import cell_len

from briefing.outputs import bidi, dates, templating, view
from briefing.outputs.changes import condensed
from briefing.outputs.escape import domain, safe_url
from briefing.outputs.mail.letter import Letter, letter, ranked, rooms, short
from briefing.outputs.mail.wrapping import wrapped
from briefing.outputs.words import Words, words_of
from briefing.text import one_line
from briefing.types import Briefing, Record

_SUBJECT, _COLUMNS = 78, 72
_TITLE_IN_SUBJECT, _DAY_IN_SUBJECT, _TITLE_IN_FROM = 30, 20, 60
# The headers of a message may take so many of its bytes; List-Unsubscribe, the longest, at most 2,000.
_HEADERS = 4096
_LOCAL_PART = 64
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MAILTO = re.compile(r"mailto:[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,200}(?:\?[A-Za-z0-9._~%&=+-]{0,200})?")
_BLANK_LINES = re.compile(r"\n{3,}")
_RULE = "-" * _COLUMNS


class Composed(Record):
    """Both parts of a message, for every recipient the same."""

    text: str
    html: str

    @property
    def boundary(self) -> str:
        """What separates the parts: a hash of them, so that a second rendering gives the same bytes."""
        return f"briefing-{hashlib.sha256(f'{self.text}{self.html}'.encode()).hexdigest()[:40]}"


def mailbox(text: str) -> Address:
    """The one address in a text like `a@b.example` or `Name <a@b.example>`, its domain in ASCII; else ValueError."""
    address = _only_address(text)
    host = urlsplit(safe_url(f"https://{address.domain}/") or "").hostname if address else None
    if not address or not host or not 0 < len(address.username) <= _LOCAL_PART:
        raise ValueError(f"not one mail address: {text!r}; write one like 'briefing@example.org'")
    return Address(address.display_name, address.username, host)


def _only_address(text: str) -> Address | None:
    try:
        found = SMTP.header_factory("to", text)
    except (HeaderParseError, IndexError):  # IndexError: Python 3.11 on "a@"
        return None
    faults = [defect for defect in found.defects if not isinstance(defect, NonASCIILocalPartDefect)]
    single = len(found.addresses) == 1 and text == one_line(text)
    return found.addresses[0] if single and not faults else None


def _is_mailbox(text: str) -> str:
    mailbox(text)
    return text


def _is_unsubscribe(text: str) -> str:
    if not _MAILTO.fullmatch(text) and not (safe_url(text) == text and text.startswith("https://")):
        raise ValueError("should be 'mailto:' and an address, or an https address in ASCII")
    return text


def _is_base(text: str) -> str:
    url = safe_url(text)
    if url is None or "?" in url or "#" in url:
        raise ValueError("should be an http or https address without '?' and '#'")
    return url


class Email(Record):
    """`briefing.eml`, and what every message of it says.

    `recipient` stands in the file only; messages that are sent name theirs. `link_base` is the address of the
    folder under which editions are published. `list_unsubscribe` is a mailto or https address; with https, mail
    readers are told that they may POST to it (one click). `max_kb` bounds the encoded message: Gmail cuts a
    message off at about 102 KB.
    """

    extension: ClassVar[str] = "eml"
    sender: Annotated[str, AfterValidator(_is_mailbox)] = "briefing@localhost"
    recipient: Annotated[str, AfterValidator(_is_mailbox)] = "reader@localhost"
    list_name: str = Field("briefing", pattern=r"^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$")
    list_unsubscribe: Annotated[str, AfterValidator(_is_unsubscribe)] | None = None
    link_base: Annotated[str, AfterValidator(_is_base)] | None = None
    max_kb: int = Field(90, ge=30, le=9_000)

    def render(self, briefing: Briefing) -> str:
        """The edition as a message to `recipient`, with the line endings of the network."""
        return message(briefing, self, self.recipient).decode("utf-8")


def message(briefing: Briefing, email: Email, recipient: str) -> bytes:
    """The message to one recipient, ready for SMTP; the same bytes for equal arguments."""
    return addressed(briefing, email, recipient, compose(briefing, email))


def compose(briefing: Briefing, email: Email) -> Composed:
    """Both parts, told as fully as `max_kb` allows: the least important stories become headlines, one after another."""
    briefing = condensed(briefing)
    page, words = view.page(briefing), words_of(briefing.language)
    choices = rooms(len(briefing.stories))

    @cache
    def choice(n: int) -> Composed:
        return _printed(email, words, letter(briefing, page, choices[n], email.link_base))

    def fits(n: int) -> bool:
        return len(_flat(_parts(choice(n)))) <= email.max_kb * 1024 - _HEADERS

    first = 0 if fits(0) else bisect_left(range(len(choices) - 1), True, lo=1, key=fits)
    return choice(first)


def addressed(briefing: Briefing, email: Email, recipient: str, composed: Composed) -> bytes:
    """The message to one recipient from its parts."""
    sender, to = mailbox(email.sender), mailbox(recipient)
    mail = _parts(composed)
    mail["From"] = sender if sender.display_name else _named(sender, briefing.title)
    mail["To"] = to
    mail["Subject"] = subject(briefing)
    if sent := _date(briefing):
        mail["Date"] = sent
    mail["Message-ID"] = message_id(briefing, email, recipient)
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"<{email.list_name}.{sender.domain}>"
    if email.list_unsubscribe:
        mail["List-Unsubscribe"] = f"<{email.list_unsubscribe}>"
        if email.list_unsubscribe.startswith("https:"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if _LANGUAGE.fullmatch(briefing.language):
        mail["Content-Language"] = briefing.language
    return _flat(mail, utf8=not f"{sender.addr_spec}{to.addr_spec}".isascii())


def subject(briefing: Briefing) -> str:
    """`Briefing Tue 20 May: <headline of the most important story>`, at most 78 characters."""
    words = words_of(briefing.language)
    title = _word(briefing.title)
    # A headline that failed a check has no room for its mark here.
    sound = (story.headline for story in ranked(briefing) if not story.headline.problems)
    headline = next((_word(said.text) for said in sound), "")
    kind = "nothing-new" if briefing.empty else "todays-stories" if briefing.stories else "corrections"
    values: dict[str, str | float] = {
        "title": title if 0 < len(title) <= _TITLE_IN_SUBJECT else words("part.briefing"),
        "day": short(_word(dates.day(words, briefing.date, "subject")), _DAY_IN_SUBJECT),
        "said": headline or words(f"mail.{kind}"),
    }
    if briefing.revision > 1:
        return bidi.settled(short(words("mail.subject-revised", **values, revision=briefing.revision), _SUBJECT))
    return bidi.settled(short(words("mail.subject", **values), _SUBJECT))


def message_id(briefing: Briefing, email: Email, recipient: str) -> str:
    """`<date.revision.hash@domain>`: the same for every sending of one revision to one recipient.

    The hash also holds the list and the title, so that two briefings of a day do not pass for one message.
    """
    sender, to = mailbox(email.sender), mailbox(recipient)
    identity = "\n".join((email.list_name, briefing.title, to.username, to.domain))
    digest = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:16]
    date = re.sub(r"[^0-9A-Za-z-]", "", briefing.date)[:40] or "undated"
    return f"<{date}.{briefing.revision}.{digest}@{sender.domain}>"


def _printed(email: Email, words: Words, content: Letter) -> Composed:
    values: dict[str, Any] = {
        "letter": content,
        "host": domain(email.link_base),
        "unsubscribe": email.list_unsubscribe,
        "address": domain(email.list_unsubscribe) or (email.list_unsubscribe or "").removeprefix("mailto:"),
    }
    text = templating.render("email.txt.jinja", str, words=words, rule=_RULE, underline=_underline, **values)
    lines = (wrapped(line.rstrip(), _COLUMNS) for line in text.split("\n"))
    html = templating.render("email.html.jinja", None, words=words, **values)
    return Composed(text=_BLANK_LINES.sub("\n\n", "\n".join(lines)), html=_inliner().inline(html))


def _underline(headline: str) -> str:
    return "~" * min(cell_len(headline), _COLUMNS)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)


class _Unfolded(UnstructuredHeader, BaseHeader):
    """A header that holds one address: folded, EmailMessage would write it as encoded words, which is no address."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Words(UnstructuredHeader, BaseHeader):
    """A header of words: folded by EmailMessage (Python 3.11 to 3.14), it comes back with spaces nobody wrote."""

    def fold(self, *, policy: Policy) -> str:
        charset = Charset("us-ascii" if self.isascii() else "utf-8")
        if not self.isascii():
            # Not as the process has it: Apprise's plugins set another encoding for all.
            charset.header_encoding = SHORTEST
        folded = Header(str(self), charset, maxlinelen=76, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {folded}{policy.linesep}"


@cache
def _policy() -> EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", _Unfolded)
    headers.map_to_type("subject", _Words)
    return SMTP.clone(header_factory=headers)


def _parts(composed: Composed) -> EmailMessage:
    mail = EmailMessage(policy=_policy())
    mail.set_content(composed.text, cte="quoted-printable")
    mail.add_alternative(composed.html, subtype="html", cte="quoted-printable")
    mail.set_boundary(composed.boundary)
    return mail


def _flat(mail: EmailMessage, *, utf8: bool = False) -> bytes:
    return mail.as_bytes(policy=_policy().clone(utf8=utf8))


def _word(text: str) -> str:
    """Text as it may stand in a header: on one line, and nothing in it reads as an encoded word (RFC 2047)."""
    return one_line(text).replace("=?", "= ?")


def _named(address: Address, title: str) -> Address:
    return Address(short(_word(title), _TITLE_IN_FROM), address.username, address.domain)


def _date(briefing: Briefing) -> str | None:
    try:
        made = datetime.fromisoformat(briefing.generated_at)
    except ValueError:
        return None
    return format_datetime(made) if made.tzinfo else None
