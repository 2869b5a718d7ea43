"""The outbox as it is kept: who was sent which edition, in the state file; every change is on disk before it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from briefing.errors import StateError
from briefing.outputs.delivery.outbox import Entry, interrupted
from briefing.state import State

_COLUMNS = ", ".join(Entry.model_fields)
_VALUES = ", ".join(f":{name}" for name in Entry.model_fields)
_PUT = f"INSERT OR REPLACE INTO delivery ({_COLUMNS}, seal) VALUES ({_VALUES}, seal({_VALUES}))"  # noqa: S608
_ENTRIES = f"SELECT {_COLUMNS} FROM delivery WHERE title = ? AND (day = ? OR open) ORDER BY day, channel, recipient"  # noqa: S608
_KEEP = "INSERT OR IGNORE INTO message (digest, content, seal) VALUES (?1, ?2, seal(?1, ?2))"
_CONTENT = "SELECT content FROM message WHERE digest = ?"
# What nobody will send again is not kept: the edition itself stands in its folder.
_FORGET = "DELETE FROM message WHERE digest NOT IN (SELECT digest FROM delivery WHERE open)"


class SentLog:
    """The deliveries of the editions of one title. Every method raises StateError."""

    def __init__(self, state: State, title: str) -> None:
        self._state, self._title = state, title

    def entries(self, day: str, now: datetime) -> tuple[Entry, ...]:
        """Those of a day's edition, and those of others that are still open.

        Where a run ended while sending, nobody knows what arrived: such an entry is given as unknown.
        """
        with self._state.transaction() as connection:
            rows = connection.execute(_ENTRIES, (self._title, day)).fetchall()
        found = (Entry.model_validate(dict(zip(Entry.model_fields, row, strict=True))) for row in rows)
        return tuple(interrupted(entry, now) if entry.state == "sending" else entry for entry in found)

    def put(self, entries: Iterable[Entry], contents: Iterable[bytes] = ()) -> None:
        """Record all of the entries or none, and the messages they may still need."""
        with self._state.transaction(durable=True) as connection:
            connection.executemany(_KEEP, ((digest(content), content) for content in contents))
            connection.executemany(_PUT, ({name: _stored(value) for name, value in entry} for entry in entries))
            connection.execute(_FORGET)

    def content(self, entry: Entry) -> bytes:
        """The message of an open entry, as it was the first time."""
        with self._state.transaction() as connection:
            row = connection.execute(_CONTENT, (entry.digest,)).fetchone()
        if row is None or digest(row[0]) != entry.digest:
            raise StateError(
                f"the message to {entry.recipient} of {entry.day} is not in the state file any more;"
                f" `briefing send {entry.day} --again --to {entry.recipient}` writes it anew"
            )
        return bytes(row[0])


def digest(content: bytes) -> str:
    """SHA-256 in hex: the name a message is kept under."""
    return hashlib.sha256(content).hexdigest()


def _stored(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
