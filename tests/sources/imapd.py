"""A mail server on this machine that speaks as much IMAP4rev1 as it takes to look at a folder, and errs as told.

with imapd({"INBOX": messages}, tls) as server:
    server.port, server.commands

An answer in `faults`, by command, is what is done instead: a function of the session and the command's tag.
"""

import base64
import email
import re
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import parsedate_to_datetime

USER, PASSWORD = "anna@post.example", "grüne Fähre"


class Session(socketserver.StreamRequestHandler):
    """One connection: a command, an answer, until the end."""

    server: "Server"

    def handle(self) -> None:
        self.messages: Sequence[bytes] = ()
        with suppress(OSError, ssl.SSLError):
            if self.server.faults.get("hello"):
                self.server.faults["hello"](self, "")
                return
            self.say("* OK ready")
            while line := self.rfile.readline():
                tag, verb, rest = (*line.decode().strip().split(" ", 2), "")[:3]
                verb = f"UID {rest.split(' ')[0]}" if verb.upper() == "UID" else verb.upper()
                self.server.commands.append(f"{verb} {rest}".strip())
                done = self.server.faults.get(verb) or getattr(self, f"do_{verb.lower().replace(' ', '_')}", None)
                if done is None:
                    self.say(f"{tag} BAD unknown")
                else:
                    self.rest = rest
                    done(*((self, tag) if verb in self.server.faults else (tag,)))

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def do_capability(self, tag: str) -> None:
        self.say(f"* CAPABILITY IMAP4rev1{self.server.offers}")
        self.say(f"{tag} OK done")

    def do_authenticate(self, tag: str) -> None:
        self.say("+ ")
        given = base64.b64decode(self.rfile.readline()).decode().split("\0")
        self.say(
            f"{tag} OK in" if given == ["", USER, self.server.password] else f"{tag} NO [AUTHENTICATIONFAILED] wrong"
        )

    def do_login(self, tag: str) -> None:
        given = re.findall(r'"((?:[^"\\]|\\.)*)"', self.rest)
        fits = [re.sub(r"\\(.)", r"\1", one) for one in given] == [USER, self.server.password]
        self.say(f"{tag} OK in" if fits else f"{tag} NO wrong login {self.rest}")

    def do_examine(self, tag: str) -> None:
        folder = self.rest.strip('"')
        if folder not in self.server.folders:
            self.say(f"{tag} NO no such folder")
            return
        self.messages = self.server.folders[folder]
        self.say(f"* {len(self.messages)} EXISTS")
        self.say(f"{tag} OK [READ-ONLY] looked at")

    def do_uid_search(self, tag: str) -> None:
        since = re.search(r"SINCE (\S+)", self.rest)
        first = datetime.strptime(since[1], "%d-%b-%Y").date() if since else None
        there = [i for i, one in enumerate(self.messages, 1) if first is None or _arrived(one) >= first]
        self.say("* SEARCH " + " ".join(map(str, there)))
        self.say(f"{tag} OK done")

    def do_uid_fetch(self, tag: str) -> None:
        number, most = re.search(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", self.rest).groups()
        data = self.messages[int(number) - 1].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")[: int(most)]
        self.wfile.write(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (int(number), int(number), len(data), data))
        self.say(f"{tag} OK done")

    def do_logout(self, tag: str) -> None:
        self.say("* BYE")
        self.say(f"{tag} OK gone")


Fault = Callable[[Session, str], None]


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    folders: Mapping[str, Sequence[bytes]]
    faults: Mapping[str, Fault]
    tls: ssl.SSLContext
    offers = " AUTH=PLAIN"
    password = PASSWORD
    commands: list[str]

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def finish_request(self, request: socket.socket, client_address: object) -> None:
        with suppress(OSError), self.tls.wrap_socket(request, server_side=True) as secure:
            self.RequestHandlerClass(secure, client_address, self)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has had enough is no error of the server's."""


def _arrived(message: bytes):
    return parsedate_to_datetime(email.message_from_bytes(message)["Date"]).date()


def says(*lines: str) -> Fault:
    """Lines said, with the command's tag for a leading "T"."""

    def fault(session: Session, tag: str) -> None:
        for line in lines:
            session.say(tag + line[1:] if line.startswith("T ") else line)

    return fault


def hangs(session: Session, tag: str) -> None:
    time.sleep(20)


def drips(session: Session, tag: str) -> None:
    """An answer that never ends, a byte at a time."""
    session.wfile.write(b"* OK ")
    while True:
        session.wfile.write(b"x")
        session.wfile.flush()
        time.sleep(0.02)


def drops(session: Session, tag: str) -> None:
    """Gone in the middle of a message."""
    session.wfile.write(b"* 1 FETCH (UID 1 BODY[]<0> {5000}\r\nSubject: half of")
    session.wfile.flush()
    session.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def imapd(
    folders: Mapping[str, Sequence[bytes]],
    tls: ssl.SSLContext,
    faults: Mapping[str, Fault] | None = None,
    offers: str = " AUTH=PLAIN",
) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Session)
    server.folders, server.tls, server.faults, server.offers = folders, tls, faults or {}, offers
    server.commands = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="imapd")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
