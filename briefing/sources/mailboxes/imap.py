"""A folder on a mail server, by IMAP4rev1 (RFC 3501) over TLS: looked at, never changed.

    connect ─ TLS ─ LOGIN ─ EXAMINE ─ UID SEARCH ─┬─ UID FETCH BODY.PEEK[] ─> Raw
         fails: SourceError                       └ fails: Failure, what came before is kept

imaplib speaks the protocol. What it lacks is added here: one deadline over all of it, a bound on what an answer
may hold, a certificate that is always checked, folders' names beyond ASCII.
"""

from __future__ import annotations

import base64
import imaplib
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

import certifi
from pydantic import Field

from briefing.errors import SourceError
from briefing.sources.files import failure, too_large
from briefing.sources.mailboxes.stored import Raw
from briefing.text import one_line
from briefing.types import Failure, Record

# Answers that hold no message: a folder of 500,000 messages lists them in 4 MB.
_ANSWER_BYTES = 4_000_000
# Around a message: its number, its flags, the brackets.
_FRAME_BYTES = 64_000
_FAREWELL_S = 2.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BEYOND = re.compile(r"[^\x20-\x7e]+")
_MOST_SAID = 200


class Account(Record):
    """Where and as whom to ask, and how much: `limit` messages, the newest, of `max_bytes` each, in `deadline_s`."""

    host: str
    port: int
    user: str
    password: str = Field(repr=False)
    folder: str
    deadline_s: float
    max_bytes: int
    limit: int


class Found(Record):
    """How many messages a folder has since a day, and what came of those that were fetched, oldest first."""

    there: int
    messages: tuple[Raw | Failure, ...]


def fetched(account: Account, since: date | None) -> Found:
    """The newest messages of a folder that arrived on a day or later. Raises SourceError if it cannot be looked at."""
    with _deadline(account.deadline_s) as guard:
        try:
            link = _Connection(account, guard)
        except _FAULTS as error:
            raise SourceError(_words(error, account, guard)) from error
        with _left(link):
            try:
                numbers = _listed(link, account, since)
            except _FAULTS as error:
                raise SourceError(_words(error, account, guard)) from error
            return Found(there=len(numbers), messages=tuple(_messages(link, numbers[-account.limit :], guard)))


class _Guard:
    """The end of all waiting: a socket's timeout begins anew with every byte, so it is shut from outside."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self._end = seconds, time.monotonic() + seconds
        self._wires: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._timer.start()

    @property
    def left(self) -> float:
        return max(0.001, self._end - time.monotonic())

    @property
    def over(self) -> bool:
        return time.monotonic() >= self._end

    def watch(self, wire: socket.socket) -> None:
        # A socket of its own, since TLS takes the first one over.
        self._wires.append(wire.dup())
        if self.over:
            self._shut()

    def release(self) -> None:
        self._timer.cancel()
        self._timer.join()
        for wire in self._wires:
            wire.close()

    def _shut(self) -> None:
        for wire in self._wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)


@contextmanager
def _deadline(seconds: float) -> Iterator[_Guard]:
    guard = _Guard(seconds)
    try:
        yield guard
    finally:
        guard.release()


class _Connection(imaplib.IMAP4_SSL):
    """A connection whose answers end: each in so many bytes, all of them at the deadline."""

    def __init__(self, account: Account, guard: _Guard) -> None:
        self.account, self._guard, self._room = account, guard, _ANSWER_BYTES
        super().__init__(account.host, account.port, ssl_context=_verifying(), timeout=guard.left)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        # imaplib's own step (3.11 to 3.14), and the only one where the connection can be had before TLS.
        wire = socket.create_connection((self.host, self.port), timeout)
        self._guard.watch(wire)
        secure: socket.socket = self.ssl_context.wrap_socket(wire, server_hostname=self.host)
        return secure

    def read(self, size: int) -> bytes:
        """A literal; the server says how long it will be."""
        self._spend(size)
        return super().read(size)

    def readline(self) -> bytes:
        """A line of an answer."""
        line = super().readline()
        self._spend(len(line))
        return line

    def asked(self, room: int, ask: Callable[..., tuple[str, list[Any]]], *arguments: str) -> list[Any]:
        """The data of an answer of `room` bytes at most. Raises the error of imaplib where it is no OK."""
        self._room = room
        kind, data = ask(*arguments)
        if kind != "OK":
            raise imaplib.IMAP4.error(data[0] if data else kind)
        return data

    def _spend(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise self.abort("answers with more than was asked for")


def _listed(link: _Connection, account: Account, since: date | None) -> list[str]:
    """The numbers of the messages, in the order in which they arrived."""
    _log_in(link, account)
    link.asked(_ANSWER_BYTES, link.select, _mailbox(account.folder), True)  # type: ignore[arg-type]
    wanted = ["UNDELETED", "UNDRAFT", *(["SINCE", _day(since)] if since else [])]
    data = link.asked(_ANSWER_BYTES, link.uid, "SEARCH", *wanted)
    return sorted({one.decode("ascii") for line in data if isinstance(line, bytes) for one in line.split()}, key=int)


def _log_in(link: _Connection, account: Account) -> None:
    """By PLAIN (RFC 4616), which takes passwords in UTF-8, or by LOGIN; once, since servers lock accounts."""
    try:
        if "AUTH=PLAIN" in link.capabilities:
            given = f"\0{account.user}\0{account.password}".encode()
            link.asked(_ANSWER_BYTES, link.authenticate, "PLAIN", lambda _: given)  # type: ignore[arg-type]
        else:
            link.asked(_ANSWER_BYTES, link.login, _quoted(account.user), account.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise imaplib.IMAP4.error(f"does not take the login ({error})") from error


def _messages(link: _Connection, numbers: list[str], guard: _Guard) -> Iterator[Raw | Failure]:
    """Each message, or why not; where the connection ends, one failure for all that were still to come."""
    for place, number in enumerate(numbers):
        try:
            data = _message(link, number)
        except _FAULTS as error:
            reason = f"{_words(error, link.account, guard)}; {place} of {len(numbers)} messages were read"
            yield failure(link.account.folder, SourceError(reason))
            return
        name = f"{link.account.folder}#{number}"
        if data is None:  # deleted since it was listed
            continue
        most = link.account.max_bytes
        yield Raw(name, data) if len(data) <= most else failure(name, SourceError(too_large(most)))


def _message(link: _Connection, number: str) -> bytes | None:
    """A message, or a byte more of it than it may have."""
    most = link.account.max_bytes
    data = link.asked(most + _FRAME_BYTES, link.uid, "FETCH", number, f"(BODY.PEEK[]<0.{most + 1}>)")
    return next((bytes(part[1]) for part in data if isinstance(part, tuple) and b"BODY[]" in part[0].upper()), None)


@contextmanager
def _left(link: _Connection) -> Iterator[None]:
    """Take leave at the end; a server that does not answer is not waited for, nor is one that was at fault."""
    try:
        yield
        with suppress(*_FAULTS):
            link.sock.settimeout(_FAREWELL_S)
            link.logout()
    finally:
        with suppress(*_FAULTS):
            link.shutdown()


def _mailbox(name: str) -> str:
    """A folder's name in modified UTF-7 (RFC 3501 5.1.3), quoted."""

    def shifted(found: re.Match[str]) -> str:
        coded = base64.b64encode(found[0].encode("utf-16-be")).decode("ascii")
        return f"&{coded.rstrip('=').replace('/', ',')}-"

    return _quoted(_BEYOND.sub(shifted, name.replace("&", "&-")))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _day(day: date) -> str:
    return f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year}"


def _verifying() -> ssl.SSLContext:
    """The system's certificates and certifi's, or those alone that SSL_CERT_FILE or SSL_CERT_DIR name."""
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(certifi.where())
    return context


def _words(error: Exception, account: Account, guard: _Guard) -> str:
    """What went wrong in words, without the password, which a server may repeat."""
    where = f"{account.host}:{account.port}"
    if guard.over:
        return f"{where}: not done within {guard.seconds:g} s"
    reason = next((words(error) for kind, words in _REASONS if isinstance(error, kind)), str(error))
    return one_line(f"{where} {reason}".replace(account.password, "…"))[:_MOST_SAID]


def _said(error: imaplib.IMAP4.error) -> str:
    """The server's words; imaplib repeats them as bytes."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return re.sub(r"\bb'(.*?)'|\bb\"(.*?)\"", r"\1\2", text) or "refuses"


def _ended(error: imaplib.IMAP4.abort) -> str:
    said = _said(error)
    return "closed the connection" if "EOF" in said or not said else said


_FAULTS = (OSError, imaplib.IMAP4.error, UnicodeError, ValueError)
# The first that fits; all but the last three are OSErrors.
_REASONS: tuple[tuple[type[Exception], Callable[[Any], str]], ...] = (
    (ssl.SSLCertVerificationError, lambda e: f"shows a certificate that cannot be verified ({e.verify_message})"),
    (ssl.SSLError, lambda e: f"makes no secure connection ({e.reason or e})"),
    (TimeoutError, lambda _: "did not answer in time"),
    (ConnectionRefusedError, lambda _: "refuses connections"),
    (ConnectionError, lambda _: "closed the connection"),
    (socket.gaierror, lambda _: "is not a known name"),
    (OSError, lambda e: f"cannot be reached ({e.strerror or e})"),
    (imaplib.IMAP4.abort, _ended),
    (imaplib.IMAP4.error, _said),
    (ValueError, lambda e: f"cannot be asked, or answers with what is no IMAP ({e})"),
)
