"""Mails to a mail server: one connection for all, one transaction (MAIL, RCPT, DATA) for each recipient.

    connect ─ TLS ─ EHLO ─ AUTH ─┬─ MAIL ─ RCPT ─┬─ DATA ─ message ─ "." ─┬─ answer ─ Outcome
         fails: pending, all     │ deferred,     │ intent recorded        │ none: unknown
                                 └ refused       └ lost: pending          └ 2yz sent, 4yz deferred, 5yz refused

smtplib speaks the protocol. What it lacks is added here: answers that end, one deadline over all of it, a
certificate that is always checked, passwords beyond ASCII, and one attempt at a login (it would try a wrong
password by every mechanism there is, which locks accounts).
"""

from __future__ import annotations

import base64
import os
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import certifi

from briefing.outputs.delivery.outbox import Outcome, Post, said

if TYPE_CHECKING:
    from briefing.outputs.delivery.carriers import Smtp

_LINE_BYTES, _LINES = 2048, 100
_FAREWELL_S = 5.0
# Neither the name nor the address of this machine is the server's business.
_OURSELVES = "[127.0.0.1]"
# RFC 3463 and 4954: what must be put right in the settings, not at the recipient's.
_SETTINGS = frozenset({502, 503, 504, 523, 530, 534, 535, 538})
_CODE = re.compile(rb"[2-5][0-9]{2}(?![0-9])")
_DOT = re.compile(rb"(?m)^\.")
_LINE_END = re.compile(rb"\r\n|\r|\n")


@contextmanager
def opened(smtp: Smtp, sender: str, login: tuple[str, str] | None) -> Iterator[Post]:
    """A function that sends one message; it connects when first called."""
    session = _Session(smtp, sender, login)
    try:
        yield session.post
    finally:
        session.close()


def tried(smtp: Smtp, login: tuple[str, str] | None) -> str:
    """Connect, secure the connection and log in, and send nothing: what is wrong with it, "" where nothing is."""
    session = _Session(smtp, "", login)
    try:
        session.connected()
    except _FAULTS as error:
        return session.unconnected(error)
    finally:
        session.close()
    return ""


class _Deadline:
    """The end of all waiting: smtplib's timeouts begin anew with every byte, so the connection is shut from outside."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end = seconds, time.monotonic() + seconds
        self._timer: threading.Timer | None = None
        self._wire: socket.socket | None = None

    @property
    def left(self) -> float:
        return self._end - time.monotonic()

    @property
    def words(self) -> str:
        return f"the {self._seconds:g} seconds for all messages were over"

    def guard(self, wire: socket.socket) -> None:
        """Shut this connection in time; one before it was closed."""
        self.release()
        # A socket of its own, since TLS takes the first one over.
        self._wire = wire.dup()
        self._timer = threading.Timer(max(0.0, self.left), self._shut, (self._wire,))
        self._timer.daemon = True
        self._timer.start()

    def release(self) -> None:
        if self._timer and self._wire:
            self._timer.cancel()
            self._timer.join()
            self._wire.close()
        self._timer = self._wire = None

    @staticmethod
    def _shut(wire: socket.socket) -> None:
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)


class _Connection(smtplib.SMTP):
    def __init__(self, smtp: Smtp, deadline: _Deadline) -> None:
        self._smtp, self._deadline = smtp, deadline
        super().__init__(smtp.host, smtp.port, local_hostname=_OURSELVES, timeout=smtp.connect_s)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # smtplib's own step (3.11 to 3.14), and the only one where the connection can be had before TLS.
        wire = socket.create_connection((host, port), max(0.001, min(timeout, self._deadline.left)))
        self._deadline.guard(wire)
        if self._smtp.security == "implicit":
            wire = _verifying().wrap_socket(wire, server_hostname=host)
        wire.settimeout(self._smtp.command_s)
        return wire

    def getreply(self) -> tuple[int, bytes]:
        """The next answer: its code, -1 for what is none, and its words. smtplib's takes any number of lines."""
        lines = []
        for _ in range(_LINES):
            line = self._line()
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]) if _CODE.match(line) else -1, b"\n".join(lines)
        self.close()
        raise smtplib.SMTPServerDisconnected("answered without an end")

    def _line(self) -> bytes:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("closed the connection")
        if self.file is None:
            self.file = self.sock.makefile("rb")
        try:
            line = self.file.readline(_LINE_BYTES)
        except OSError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected(_reason(error)) from error
        if not line.endswith(b"\n"):
            self.close()
            raise smtplib.SMTPServerDisconnected("answered without an end" if line else "closed the connection")
        return line


class _Session:
    def __init__(self, smtp: Smtp, sender: str, login: tuple[str, str] | None) -> None:
        self._smtp, self._sender, self._login = smtp, sender, login
        self._secrets = _secrets(*login) if login else ()
        self._deadline = _Deadline(smtp.deadline_s)
        self._connection: _Connection | None = None

    def post(self, recipient: str, content: bytes, intent: Callable[[], None]) -> Outcome:
        """Send one message. Before the final dot nothing is accepted; after it only an answer tells."""
        if self._deadline.left <= 0:
            return Outcome("pending", f"not tried, {self._deadline.words}", stop=True)
        try:
            connection = self.connected()
        except _FAULTS as error:
            self.close()
            return Outcome("pending", self.unconnected(error), stop=True)
        try:
            return self._transaction(connection, recipient, content, intent)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            return Outcome("pending", f"the server {self._words(error)} before it had the whole message")

    def close(self) -> None:
        """Take leave; a server that does not wait for it has all it needs."""
        connection, self._connection = self._connection, None
        if connection and connection.sock:
            with suppress(OSError, smtplib.SMTPException):
                connection.sock.settimeout(_FAREWELL_S)
                connection.quit()
            connection.close()
        self._deadline.release()

    def connected(self) -> _Connection:
        if self._connection and self._connection.sock:
            return self._connection
        connection = self._connection = _Connection(self._smtp, self._deadline)
        connection.ehlo_or_helo_if_needed()
        if self._smtp.security == "starttls":
            connection.starttls(context=_verifying())
            connection.ehlo_or_helo_if_needed()
        if self._login:
            _log_in(connection, *self._login)
        return connection

    def unconnected(self, error: Exception) -> str:
        return f"{self._smtp.host}:{self._smtp.port} {self._words(error)}"

    def _transaction(self, link: _Connection, recipient: str, content: bytes, intent: Callable[[], None]) -> Outcome:
        international = not (content.isascii() and recipient.isascii() and self._sender.isascii())
        if international and not link.has_extn("smtputf8"):
            return Outcome("refused", "the server takes no addresses beyond ASCII (it offers no SMTPUTF8)")
        for code, words in self._envelope(link, recipient, len(content), international):
            if code // 100 != 2:
                return self._not_taken(link, code, words)
        intent()
        code, words = link.docmd("DATA")
        if code != 354:
            return self._not_taken(link, code, words)
        link.send(_on_the_wire(content))
        return self._answered(link)

    def _envelope(
        self, link: _Connection, recipient: str, size: int, international: bool
    ) -> Iterator[tuple[int, bytes]]:
        options = [f"SIZE={size}"] if link.has_extn("size") else []
        if international:
            options += ["SMTPUTF8", *(["BODY=8BITMIME"] if link.has_extn("8bitmime") else [])]
        yield link.mail(self._sender, options)
        yield link.rcpt(recipient)

    def _answered(self, link: _Connection) -> Outcome:
        """What the server says to the whole message; it may have taken it, and not said so."""
        try:
            if link.sock:
                link.sock.settimeout(self._smtp.data_s)
            code, words = link.getreply()
            if link.sock:
                link.sock.settimeout(self._smtp.command_s)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            return Outcome("unknown", f"the server {self._words(error)} after it had the whole message")
        if code // 100 == 2:
            return Outcome("sent", said(b"%d %b" % (code, words), self._secrets))
        if code // 100 in (4, 5):
            return self._not_taken(link, code, words)
        self.close()
        return Outcome("unknown", "the server's answer to the whole message is none of SMTP")

    def _not_taken(self, link: _Connection, code: int, words: bytes) -> Outcome:
        self._begin_anew(link, code)
        reply = said(b"%d %b" % (code, words), self._secrets)
        if code in _SETTINGS:
            return Outcome("pending", reply, stop=True)
        if code == 552 or b"5.3.4" in words:
            reply += "; `max_kb` in [outputs.email] makes mails smaller"
        if code // 100 in (4, 5):
            return Outcome("deferred" if code < 500 else "refused", reply)
        return Outcome("pending", "the server's answer is none of SMTP")

    def _begin_anew(self, link: _Connection, code: int) -> None:
        try:
            if code != 421 and code // 100 in (4, 5) and link.rset()[0] == 250:
                return
        except (smtplib.SMTPServerDisconnected, OSError):
            pass
        self.close()

    def _words(self, error: Exception) -> str:
        return self._deadline.words if self._deadline.left <= 0 else said(_reason(error), self._secrets)


def _log_in(link: _Connection, user: str, password: str) -> None:
    """RFC 4954 by PLAIN or LOGIN, once."""
    offered = link.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        code, words = link.docmd("AUTH", f"PLAIN {_coded(f'{chr(0)}{user}{chr(0)}{password}')}")
    elif "LOGIN" in offered:
        code, words = link.docmd("AUTH", "LOGIN")
        for answer in (user, password):
            if code == 334:
                code, words = link.docmd(_coded(answer))
    else:
        raise smtplib.SMTPNotSupportedError("offers no login by PLAIN or LOGIN")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _coded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


def _secrets(user: str, password: str) -> tuple[str, ...]:
    """The login in every form in which a server could repeat it, the longest first."""
    forms = (_coded(f"\0{user}\0{password}"), _coded(password), password, _coded(user))
    return tuple(sorted(forms, key=len, reverse=True))


def _on_the_wire(content: bytes) -> bytes:
    """Lines that end as they must, so that no line of the content can end it (RFC 5321 4.5.2)."""
    lines = _LINE_END.sub(b"\r\n", content).removesuffix(b"\r\n")
    return _DOT.sub(b"..", lines) + b"\r\n.\r\n"


def _verifying() -> ssl.SSLContext:
    """The system's certificates and certifi's, or those alone that SSL_CERT_FILE or SSL_CERT_DIR name."""
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(certifi.where())
    return context


def _reason(error: Exception) -> str:
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words(error)
    return f"cannot be reached ({getattr(error, 'strerror', None) or error})"


def _answer(error: smtplib.SMTPResponseException) -> str:
    words = error.smtp_error
    return f"says {error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"


def _login_refused(error: smtplib.SMTPAuthenticationError) -> str:
    return f"does not take the login; it {_answer(error)}"


def _own_words(error: smtplib.SMTPServerDisconnected) -> str:
    # smtplib's are of two kinds, as "Connection unexpectedly closed"; ours go on where "the server" begins.
    return "closed the connection" if str(error)[:1].isupper() or not str(error) else str(error)


_FAULTS = (OSError, smtplib.SMTPException, UnicodeError)
# The first that fits; all but UnicodeError are OSErrors.
_REASONS: tuple[tuple[type[Exception], Callable[[Any], str]], ...] = (
    (ssl.SSLCertVerificationError, lambda e: f"shows a certificate that cannot be verified ({e.verify_message})"),
    (ssl.SSLError, lambda e: f"makes no secure connection ({e.reason or e})"),
    (smtplib.SMTPAuthenticationError, _login_refused),
    (smtplib.SMTPResponseException, _answer),
    (smtplib.SMTPNotSupportedError, lambda e: "offers no STARTTLS" if "STARTTLS" in str(e) else str(e)),
    (smtplib.SMTPServerDisconnected, _own_words),
    (TimeoutError, lambda _: "did not answer in time"),
    (ConnectionRefusedError, lambda _: "refuses connections"),
    (ConnectionError, lambda _: "closed the connection"),
    (socket.gaierror, lambda _: "is not a known name"),
    (UnicodeError, lambda _: "is not a name of a server"),
)
