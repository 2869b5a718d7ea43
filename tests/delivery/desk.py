"""An edition ready to be sent, a clock that is set by hand, and what was recorded of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from briefing.commands.online import NAME
from briefing.commands.send import Options, send
from briefing.config import Config
from briefing.outputs.delivery.carriers import Carrier, carriers
from briefing.outputs.delivery.outbox import Entry
from briefing.outputs.delivery.sentlog import SentLog
from briefing.outputs.mail.email import Email
from briefing.state import State
from briefing.types import Briefing
from tests.outputs.edition import FULL
from tests.outputs.mailing import parsed
from tests.outputs.shelves import put

ANNA, BOB, CLEO = "anna@reader.example", "bob@reader.example", "cleo@reader.example"
SENDER = "desk@ellin.example"
MORNING = datetime(2031, 5, 20, 6, 5, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


ALL = (ANNA, BOB, CLEO)


def same(state: str) -> dict[str, str]:
    return dict.fromkeys(ALL, state)


class Result(NamedTuple):
    code: int
    lines: list[str]


def smtp(port: int, *to: str, **fields: Any) -> dict[str, Any]:
    """A table for a server on this machine, which is waited for no longer than tests need."""
    waits = {"connect_s": 5, "command_s": 5, "data_s": 5, "deadline_s": 20}
    table = {"kind": "smtp", "host": "127.0.0.1", "port": port, "tls": "none", "to": list(to or (ANNA, BOB, CLEO))}
    return {**table, **waits, **fields}


class Desk:
    """A folder with editions and a state file; `now` is what the clock says."""

    def __init__(self, root: Path, *tables: Mapping[str, Any], briefing: Briefing = FULL, **fields: Any) -> None:
        self.root, self.tables, self.now = root, tables, MORNING
        self.fields = {"sender": SENDER, **fields}
        self.wishes: dict[str, Any] = {}
        self.publish(briefing)

    def publish(self, briefing: Briefing) -> None:
        put(self.root / "briefings", briefing)
        self.briefing = briefing

    @property
    def config(self) -> Config:
        made: tuple[Carrier, ...] = carriers([dict(table) for table in self.tables])
        settings = Config(out=self.root / "briefings", state=self.root / "state", delivery=made, **self.wishes)
        return settings.replace(outputs={"email": Email(**self.fields)})

    def send(self, **options: Any) -> Result:
        lines: list[str] = []
        code = send(self.config, Options(**options), lines.append, lambda: self.now)
        return Result(code, lines)

    def entries(self, day: str | None = None) -> dict[str, Entry]:
        with State.opened(self.root / "state" / NAME) as state:
            found = SentLog(state, self.briefing.title).entries(day or self.briefing.date, self.now)
        return {entry.recipient: entry for entry in found}

    def states(self) -> dict[str, str]:
        return {recipient: entry.state for recipient, entry in self.entries().items()}


def message_id(content: bytes) -> str:
    mail: EmailMessage = parsed(content)
    return str(mail["Message-ID"])
