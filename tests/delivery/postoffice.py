"""Mail servers on this machine: one of aiosmtpd that answers as it is told, and one that speaks no protocol at all.

with post_office({"RCPT bob@reader.example": "550 no such user", "DATA": drop}) as office:
    office.port, office.accepted, office.connections, office.commands
"""

# ruff: noqa: N802 - aiosmtpd names its hooks after the commands
import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

TAKEN = "250 2.0.0 Ok: queued as 7F3A"


class Mail(NamedTuple):
    """What a server has accepted, and answers for."""

    sender: str
    recipient: str
    content: bytes


# Either what is said instead, or what is done; a message is accepted before an answer to DATA is looked up.
Answer = str | Callable[["Office", SMTP], Coroutine[Any, Any, str]]


class Office:
    """The hooks of aiosmtpd. A key of `answers` is a command, or one with its argument."""

    def __init__(self, answers: Mapping[str, Answer], login: tuple[str, str] | None) -> None:
        self.answers, self.login, self.port = dict(answers), login, 0
        self.accepted: list[Mail] = []
        self.commands: list[str] = []
        self.connections = 0

    def to(self, recipient: str) -> list[bytes]:
        return [mail.content for mail in self.accepted if mail.recipient == recipient]

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        said = await self._answer(server, "MAIL", address)
        if said.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return said

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        said = await self._answer(server, "RCPT", address)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):
        (recipient,) = envelope.rcpt_tos
        answer = self.answers.get(f"DATA {recipient}", self.answers.get("DATA", TAKEN))
        if not (isinstance(answer, str) and answer[0] in "45"):
            self.accepted.append(Mail(str(envelope.mail_from), recipient, bytes(envelope.original_content or b"")))
        return await self._answer(server, "DATA", recipient)

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope):
        return await self._answer(server, "RSET", "")

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope):
        return await self._answer(server, "QUIT", "", "221 bye")

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any):
        self.commands.append(f"AUTH {mechanism}")
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self.login, handled=False)

    async def _answer(self, server: SMTP, command: str, argument: str, usual: str = TAKEN) -> str:
        self.commands.append(f"{command} {argument}".strip())
        answer = self.answers.get(f"{command} {argument}", self.answers.get(command, usual))
        return answer if isinstance(answer, str) else await answer(self, server)


async def drop(office: Office, server: SMTP) -> str:
    """The connection is gone, and nothing was said."""
    server.transport.abort()
    return "451 nobody hears this"


async def hang(office: Office, server: SMTP) -> str:
    """Nothing is said for longer than anyone waits."""
    await asyncio.sleep(60)
    return TAKEN


def in_turn(*answers: Answer) -> Answer:
    """An answer for each time; the last one stays."""
    left = list(answers)

    async def turn(office: Office, server: SMTP) -> str:
        answer = left.pop(0) if len(left) > 1 else left[0]
        return answer if isinstance(answer, str) else await answer(office, server)

    return turn


@contextmanager
def post_office(
    answers: Mapping[str, Answer] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
    **options: Any,
) -> Iterator[Office]:
    office = Office(answers or {}, login)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="post office")
    thread.start()
    if login:
        # Without STARTTLS aiosmtpd offers a login, but warns of requiring one.
        secure = starttls is not None
        options |= {"authenticator": office.authenticate, "auth_required": secure, "auth_require_tls": secure}

    def server() -> SMTP:
        office.connections += 1
        return SMTP(office, hostname="mx.example", tls_context=starttls, loop=loop, **options)

    async def serve() -> asyncio.Server:
        return await loop.create_server(server, "127.0.0.1", 0, ssl=tls)

    async def close(listening: asyncio.Server) -> None:
        listening.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)

    listening = asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    office.port = listening.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(close(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Line(NamedTuple):
    """A bare connection; `read` gives a line, empty at the end."""

    wire: socket.socket
    read: Callable[[], bytes]

    def say(self, text: str) -> None:
        self.wire.sendall(text.encode() + b"\r\n")

    def converse(self, **answers: str) -> None:
        """Answer each command by its first word; what is not named gets 250. Ends with the connection."""
        while command := self.read():
            verb = command.split()[0].upper().decode()
            self.say(answers.get(verb, "250 ok"))
            if verb == "DATA" and answers.get("DATA", "354").startswith("354"):
                while self.read() not in (b".\r\n", b""):
                    pass
                self.say(answers.get("DOT", "250 ok"))


@contextmanager
def bare_server(behave: Callable[[Line], None]) -> Iterator[tuple[int, list[int]]]:
    """A listening socket whose connections do as they are told; its port, and a list that grows with each of them."""
    connections: list[int] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                wire, _ = listening.accept()
            except OSError:
                return
            connections.append(1)
            with wire, wire.makefile("rb") as lines, suppress(OSError):
                wire.settimeout(10)
                behave(Line(wire, lines.readline))

    thread = threading.Thread(target=serve, name="bare server")
    thread.start()
    try:
        yield listening.getsockname()[1], connections
    finally:
        # Closing alone does not wake who waits in `accept`.
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(15)


def port_of_nobody() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]
