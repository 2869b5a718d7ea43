"""One message: its headers, and the text that a reader of it would see.

Parsed with the lenient `compat32` policy: of headers as long as hostile ones the structured parser of
`email.policy.default` is quadratic, and it raises on some broken ones; this one only splits.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import quote

from briefing.errors import SourceError
from briefing.sources.encoding import decode
from briefing.text import one_line, sanitise, words

# Digests have hundreds of parts, of which each message is two; mail programs stop at about 20 levels.
MAX_PARTS, MAX_DEPTH = 1000, 20
MAX_HEADER_CHARS, MAX_HEAD_BYTES = 10_000, 500_000
# HTML with less than this share of the words beside it only says that it cannot be shown.
_POORER = 0.5
# What is left of a mail without the quoted one must say something by itself.
_TELLING_WORDS = 12
# Beyond the code pages of web pages, which `decode` knows.
_SEVEN_BITS = re.compile(r"iso2022_\w+|hz|utf_7|utf-7")
_PGP_SIGNED = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:\w+: .*\n)*\n(.*?)\n-----BEGIN PGP SIGNATURE-----.*", re.S
)
_PGP_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
_SEALED = "encrypted; save its text from your mail program"
# Codes that services give lists for a name.
_CODE = re.compile(r"(?=\w*\d)(?=\w*[a-z])\w{8,}", re.IGNORECASE)


class Headers(NamedTuple):
    """What the head of a message says. `arrived` is when the last server took it, else when it says it was written."""

    identity: str
    subject: str | None
    author: str | None
    name: str | None
    written: str | None
    arrived: datetime | None


class Body(NamedTuple):
    """The text of a message; HTML as it stands there."""

    text: str
    html: bool


class Letter(NamedTuple):
    """A message: its headers, and its body or why there is none. Forwarded ones are letters of their own."""

    headers: Headers
    body: Body | SourceError


def headers(data: bytes) -> Headers:
    """The headers of a message; every fault in them makes them say less."""
    return _headers(BytesHeaderParser().parsebytes(_head(data)), data)


def _head(data: bytes) -> bytes:
    return data[:MAX_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"


def letters(data: bytes) -> tuple[Letter, ...]:
    """The letters that a message holds: itself, or those that it forwards. Raises SourceError if it is none."""
    if len(_head(data)) >= MAX_HEAD_BYTES:
        raise SourceError(f"its headers are larger than {MAX_HEAD_BYTES:,} bytes")
    try:
        message = message_from_bytes(data.replace(b"\r\n", b"\n"))
        if not message.keys():
            raise SourceError("not a message: it does not begin with headers")
        found = [part for _, part in zip(range(MAX_PARTS + 1), message.walk(), strict=False)]
        if len(found) > MAX_PARTS:
            raise SourceError(f"has more than {MAX_PARTS} parts")
        return tuple(_letters(message, data, 0))
    except RecursionError as error:
        raise SourceError("its parts are nested too deep") from error


def _letters(message: Message, data: bytes, depth: int) -> Iterator[Letter]:
    if depth > MAX_DEPTH:
        raise SourceError("its parts are nested too deep")
    if message.get_content_type() == "multipart/report":
        yield Letter(_headers(message, data), SourceError("a report on the delivery of another message"))
        return
    inner = list(_forwarded(message))
    if inner:
        for number, one in enumerate(inner):
            yield from _letters(one, data + b"#%d" % number, depth + 1)
        return
    try:
        body: Body | SourceError = _body(message)
    except SourceError as error:
        body = error
    yield Letter(_headers(message, data), body)


def _forwarded(message: Message) -> Iterator[Message]:
    """The messages inside a message, not those inside them."""
    if message.get_content_type() == "message/rfc822":
        payload = message.get_payload()
        yield from (part for part in payload if isinstance(part, Message)) if isinstance(payload, list) else ()
    elif message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _forwarded(part)


def _headers(message: Message, data: bytes) -> Headers:
    written = _date(_raw(message, "Date"))
    sender, address = _sender(_raw(message, "From"))
    name = _name(sender) or address.rpartition("@")[2] or None
    listed = _list_name(_raw(message, "List-Id"))
    identity = one_line(_raw(message, "Message-ID")).strip("<> ") or hashlib.sha256(_unframed(data)).hexdigest()[:32]
    received = _date(_raw(message, "Received").rpartition(";")[2])
    return Headers(
        identity="mid:" + quote(identity[:500], safe="@!$&'*+-/=?^_`{|}~.#"),
        subject=_text(_raw(message, "Subject")) or None,
        author=name if listed and name != listed else None,
        name=listed or name,
        written=written.isoformat() if written else None,
        arrived=received or written,
    )


def _unframed(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").strip()


def _raw(message: Message, name: str) -> str:
    """A header as it stands there, unfolded; "" where there is none. Beyond ASCII it is read as UTF-8 or Latin-1."""
    value = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    data = str(value)[:MAX_HEADER_CHARS].encode("ascii", "surrogateescape")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return re.sub(r"\r?\n(?=[ \t])", "", text)


def _text(value: str) -> str:
    """A header's words, where they are encoded (RFC 2047) decoded; one that cannot be stays as it is."""
    try:
        parts = [(text, charset) for text, charset in decode_header(value)]
    except (ValueError, LookupError):  # HeaderParseError and binascii.Error are ValueErrors
        return one_line(value)
    return one_line("".join(t if isinstance(t, str) else _worded(t, charset) for t, charset in parts))


def _worded(data: bytes, charset: str | None) -> str:
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace") if charset else data.decode("latin-1")


def _sender(value: str) -> tuple[str, str]:
    """Name and address of a From header. `email.utils.parseaddr` recurses without end, and mixes the two up."""
    phrase, opened, rest = value.rpartition("<")
    if opened:
        return phrase, rest.partition(">")[0].strip()
    address, _, comment = value.partition("(")
    return comment.rpartition(")")[0], address.strip()


def _name(phrase: str) -> str | None:
    """A sender's name; none that is itself an address, which could be another's."""
    name = _bare(phrase)
    return name if name and "@" not in name else None


def _bare(phrase: str) -> str:
    return _text(phrase).strip("'\" ").replace('\\"', '"')


def _list_name(value: str) -> str | None:
    phrase, opened, _ = value.partition("<")
    name = _bare(phrase)
    return name if opened and name and "@" not in name and not _CODE.search(name) else None


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value.strip())
        # "-0000" is UTC of an unknown place (RFC 5322 3.3).
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found if found.astimezone(UTC).year > 1970 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _body(message: Message) -> Body:
    """What is to be read in a message. Raises SourceError if there is nothing, or it is encrypted."""
    found = list(_bodies(message))
    html = "\n".join(body.text for body in found if body.html)
    text = "\n\n".join(body.text for body in found if not body.html)
    if not html and not text:
        kinds = sorted({part.get_content_type() for part in message.walk() if not part.is_multipart()})
        raise SourceError(f"no text in it, only {', '.join(kinds)[:200]}")
    return Body(html, True) if _size(Body(html, True)) >= _POORER * _size(Body(text, False)) else Body(text, False)


def _bodies(message: Message) -> Iterator[Body]:
    """The texts of a message: of alternatives the one that says most, of related parts and signed ones the first."""
    kind = message.get_content_type()
    if kind == "multipart/encrypted" or (
        kind.endswith("pkcs7-mime") and message.get_param("smime-type") != "signed-data"
    ):
        raise SourceError(_SEALED)
    if kind.endswith("pkcs7-mime"):
        raise SourceError("signed in a way that hides its text (S/MIME, opaque); save its text from your mail program")
    if message.get_content_disposition() == "attachment":
        return
    if message.is_multipart():
        yield from _of_several(kind, [part for part in message.get_payload() if isinstance(part, Message)])
    elif kind in {"text/plain", "text/html"} or (kind.startswith("multipart/") and message.get_payload()):
        body = _decoded(message, kind == "text/html")
        yield from (body,) if body else ()


def _of_several(kind: str, parts: list[Message]) -> Iterator[Body]:
    if kind == "multipart/alternative":
        choices = [list(_bodies(part)) for part in parts]
        html = [choice for choice in choices if any(body.html for body in choice)]
        rest = [choice for choice in choices if choice not in html]
        best, other = max(html, key=_sizes, default=[]), max(rest, key=_sizes, default=[])
        yield from best if best and _sizes(best) >= _POORER * _sizes(other) else other
    else:
        for part in parts[:1] if kind in {"multipart/related", "multipart/signed"} else parts:
            yield from _bodies(part)


def _decoded(part: Message, html: bool) -> Body | None:
    """The text of a part; None for one without. Raises SourceError where it is encrypted or cannot be decoded."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = _charset(part)
    if not (charset or "").startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
        data = data.replace(b"\0", b"")
    if not data.strip():
        return None
    text = (
        data.decode(charset, "replace") if charset and _SEVEN_BITS.fullmatch(charset) else decode(data, html, charset)
    )
    text = text.replace("\r\n", "\n")
    if not html and _PGP_ENCRYPTED in text:
        raise SourceError(_SEALED)
    return Body(text, html) if html else Body(_own(sanitise(text)), html)


def _charset(part: Message) -> str | None:
    try:
        name = part.get_content_charset()
        return codecs.lookup(name).name if name else None
    except (LookupError, ValueError):
        return None


def _own(text: str) -> str:
    """A text without the signature below it, and without the mail that it answers."""
    text = _PGP_SIGNED.sub(lambda found: re.sub(r"(?m)^- ", "", found[1]), text)
    text = re.split(r"(?m)^-- $", text, maxsplit=1)[0] or text
    lines = text.split("\n")
    own = [line for line in lines if not line.startswith(">")]
    if len(words("\n".join(own))) >= _TELLING_WORDS:
        return "\n".join(own)
    return "\n".join(re.sub(r"^(?:> ?)+", "", line) for line in lines)


def _sizes(bodies: list[Body]) -> int:
    return sum(map(_size, bodies))


def _size(body: Body) -> int:
    return len(words(re.sub(r"<style.*?</style>|<[^<>]*>|https?://\S+", " ", body.text, flags=re.S | re.I)))
