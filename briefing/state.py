"""What must outlive a run: one SQLite file of validators, first sightings and published editions.

    resource   one row per URL asked: validators, where its body is, how its site answered
    seen       one row per article key (hashed): when it was first seen, and the day it was last met
    edition    one row per published revision: the window it covered
    delivery   one row per recipient and day: how far the edition got on its way to them
    message    what of it may still have to be sent again, byte for byte
    trace      the last few articles of each source, as hashes of their lines, of which page furniture is learned
    forgotten  one row per address, host, outlet or article that is not to be read again, and since when

The file is never repaired, replaced or begun anew in silence: what is wrong with it is a StateError
that names the file, the fault and the remedy. SQLite finds broken pages but not altered values; so
every row has a `seal`, a checksum of its other values, and all are compared when the file is opened.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import shlex
import sqlite3
import threading
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from pydantic import AwareDatetime, ValidationError

from briefing.errors import StateError
from briefing.text import one_line
from briefing.types import Record

# How `file` and SQLite tell the file from any other database: "brfg".
APPLICATION_ID = 0x62726667

# Schema n is made from schema n-1 by the n-th of these, statement by statement in one transaction; published
# ones never change. WITHOUT ROWID, since quick_check does not compare an index with its table: here they are
# one. The key's columns come first, or SQLite 3.40 reports a NULL in every row (fixed in 3.41.1).
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE resource (url TEXT PRIMARY KEY, final TEXT NOT NULL, etag TEXT, modified TEXT, body TEXT,"
        " media_type TEXT NOT NULL, charset TEXT, moved_to TEXT, reserved INTEGER NOT NULL, fetched TEXT,"
        " checked TEXT, not_before TEXT, failures INTEGER NOT NULL, fault TEXT NOT NULL, dead INTEGER NOT NULL,"
        " seal INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE seen (key TEXT PRIMARY KEY, at TEXT NOT NULL, seal INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE edition (day TEXT, revision INTEGER, since TEXT, until TEXT NOT NULL, seal INTEGER NOT NULL,"
        " PRIMARY KEY (day, revision)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE delivery (title TEXT, day TEXT, channel TEXT, recipient TEXT, revision INTEGER NOT NULL,"
        " state TEXT NOT NULL, open INTEGER NOT NULL, digest TEXT NOT NULL, attempts INTEGER NOT NULL,"
        " unsure INTEGER NOT NULL, since TEXT NOT NULL, at TEXT NOT NULL, next_at TEXT, reply TEXT NOT NULL,"
        " seal INTEGER NOT NULL, PRIMARY KEY (title, day, channel, recipient)) WITHOUT ROWID",
        "CREATE TABLE message (digest TEXT PRIMARY KEY, content BLOB NOT NULL, seal INTEGER NOT NULL) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE trace (source TEXT, place INTEGER, lines BLOB NOT NULL, day TEXT NOT NULL,"
        " seal INTEGER NOT NULL, PRIMARY KEY (source, place)) WITHOUT ROWID",
    ),
    (
        "ALTER TABLE seen ADD COLUMN met TEXT",
        "CREATE TABLE forgotten (kind TEXT, name TEXT, asked TEXT NOT NULL, at TEXT NOT NULL, seal INTEGER NOT NULL,"
        " PRIMARY KEY (kind, name)) WITHOUT ROWID",
    ),
)

# Met again on a later day it is written anew, within a day it is not; the first sighting moves only where the clock was
# set back. The stamps are all in UTC and of one form, so that the earlier one is the lesser text.
_SEE = (
    "INSERT INTO seen (key, at, met, seal) VALUES (?1, ?2, ?2, seal(?1, ?2, ?2)) ON CONFLICT (key) DO UPDATE"
    " SET at = min(at, ?2), met = max(coalesce(met, ?2), ?2),"
    " seal = seal(key, min(at, ?2), max(coalesce(met, ?2), ?2))"
    " WHERE ?2 < at OR met IS NULL OR substr(met, 1, 10) < substr(?2, 1, 10)"
)
# An entry of before there was a day to it counts as met when that is first asked for.
_MET = "UPDATE seen SET met = ?1, seal = seal(key, at, ?1) WHERE met IS NULL"
# What lists still name is met each day, and their own rows are checked each day: neither goes.
_OUTDATED = (
    "DELETE FROM seen WHERE met < ?1",
    "DELETE FROM resource WHERE checked < ?1 AND coalesce(not_before, '') < ?1",
)
_SETTLED = "DELETE FROM delivery WHERE NOT open AND day = ?"
_PUBLISH = (
    "INSERT OR REPLACE INTO edition (day, revision, since, until, seal) VALUES (?1, ?2, ?3, ?4, seal(?1, ?2, ?3, ?4))"
)
_TRACE = "INSERT INTO trace (source, place, lines, day, seal) VALUES (?1, ?2, ?3, ?4, seal(?1, ?2, ?3, ?4))"
_BEGUN = "SELECT since FROM edition WHERE day = ? AND since IS NOT NULL ORDER BY revision LIMIT 1"
_EDITION = "SELECT until FROM edition WHERE day < ? ORDER BY day DESC, revision DESC LIMIT 1"

TRACES_DAYS = 90
# No value of ours is near it; a damaged length must not make SQLite reserve a gigabyte.
_LONGEST_VALUE = 10_000_000

# What is no damage, by SQLite's primary result codes. A write over RLIMIT_FSIZE is IOERR, not FULL.
_TROUBLES = {
    sqlite3.SQLITE_PERM: "may not be opened; check who may read and write it and its folder",
    sqlite3.SQLITE_BUSY: "is in use by another process; wait for it, or end it",
    sqlite3.SQLITE_LOCKED: "is in use by another process; wait for it, or end it",
    sqlite3.SQLITE_PROTOCOL: "is in use by another process; wait for it, or end it",
    sqlite3.SQLITE_READONLY: "cannot be written; check who may write it and its folder",
    sqlite3.SQLITE_IOERR: "could not be read or written; its disk may be full, failing, or limited in file size",
    sqlite3.SQLITE_FULL: "could not be written, its disk is full; make room",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check who may read and write it and its folder",
}


class Resource(Record):
    """What is remembered of one URL.

    `etag` and `modified` are the site's, byte for byte; `body` is an address in `cache.Bodies`. `fetched` is
    when that body came, `checked` when the site last answered anything. It is not asked before `not_before`,
    and never when `dead` (HTTP 410). `reserved`: its owner reserves text and data mining. `failures` counts
    those in a row, `fault` is the last one in words.
    """

    url: str
    final: str = ""
    etag: str | None = None
    modified: str | None = None
    body: str | None = None
    media_type: str = ""
    charset: str | None = None
    moved_to: str | None = None
    reserved: bool = False
    fetched: AwareDatetime | None = None
    checked: AwareDatetime | None = None
    not_before: AwareDatetime | None = None
    failures: int = 0
    fault: str = ""
    dead: bool = False


# In the order of the table, which is what the seal goes by.
_COLUMNS = ", ".join(Resource.model_fields)
_VALUES = ", ".join(f":{name}" for name in Resource.model_fields)
_REMEMBER = f"INSERT OR REPLACE INTO resource ({_COLUMNS}, seal) VALUES ({_VALUES}, seal({_VALUES}))"  # noqa: S608
_RECALL = f"SELECT {_COLUMNS} FROM resource WHERE url = ?"  # noqa: S608


class State:
    """An opened state file, usable from several threads. Every method raises StateError."""

    def __init__(self, connection: sqlite3.Connection, place: Path) -> None:
        self._connection = connection
        self._place = place
        # Re-entrant, so that what runs in a transaction may also ask.
        self._lock = threading.RLock()

    @classmethod
    @contextmanager
    def opened(cls, path: Path, *, busy_s: float = 5) -> Iterator[Self]:
        """Open the file, make it where there is none, bring it to the present schema.

        `busy_s` is how long to wait for another process that writes.
        """
        path = path.absolute()
        _prepare(path)
        with _named(path):
            connection = _sound(path, busy_s)
        with cls(connection, path)._closed_after() as state:
            yield state

    @classmethod
    @contextmanager
    def transient(cls) -> Iterator[Self]:
        """A state in memory, forgotten at the end."""
        with cls(_sound(Path(":memory:"), 0), Path(":memory:"))._closed_after() as state:
            yield state

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Write all of the block or nothing of it; one within another is part of that.

        What was committed outlives the process however it ends, and where `durable` the loss of power too.
        """
        with self._lock, _named(self._place):
            if self._connection.in_transaction:
                yield self._connection
                return
            if durable:
                self._connection.execute("PRAGMA synchronous = FULL")
            try:
                with _transaction(self._connection):
                    yield self._connection
            finally:
                if durable:
                    self._connection.execute("PRAGMA synchronous = NORMAL")

    def resource(self, url: str) -> Resource | None:
        """Give what is remembered of a URL."""
        with self._lock, _named(self._place):
            row = self._connection.execute(_RECALL, (_stored(url),)).fetchone()
            if row is None:
                return None
            return Resource.model_validate(dict(zip(Resource.model_fields, map(_recalled, row), strict=True)))

    def remember(self, resource: Resource) -> None:
        """Put this in place of what was remembered of its URL."""
        row = {name: _stored(value) for name, value in resource}
        with self.transaction() as connection:
            connection.execute(_REMEMBER, row)

    def first_seen(self, keys: Iterable[str], now: datetime) -> dict[str, datetime]:
        """Record the keys as seen `now`; give the earliest moment at which each was seen.

        That moves only where the clock was set back: what a clock ahead had seen is then no news for ever.
        """
        hashes = {key: hashed(key) for key in keys}
        at = _stored(now)
        if not hashes:
            return {}
        with self.transaction() as connection:
            connection.executemany(_SEE, ((hashed, at) for hashed in hashes.values()))
            return {
                key: datetime.fromisoformat(
                    connection.execute("SELECT at FROM seen WHERE key = ?", (hashed,)).fetchone()[0]
                )
                for key, hashed in hashes.items()
            }

    def published(self, day: str, revision: int, since: datetime | None, until: datetime) -> None:
        """Record that an edition is out, and its window; `day` is an ISO date."""
        row = (_day(day), revision, _stored(since), _stored(until))
        with self.transaction() as connection:
            connection.execute(_PUBLISH, row)

    def edition_start(self, day: str) -> datetime | None:
        """Give the start of the window of the edition of an ISO date, in its first revision that has one."""
        with self._lock, _named(self._place):
            row = self._connection.execute(_BEGUN, (_day(day),)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def edition_end(self, before: str) -> datetime | None:
        """Give the end of the window of the latest edition dated before an ISO date, in its last revision."""
        with self._lock, _named(self._place):
            row = self._connection.execute(_EDITION, (_day(before),)).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def traces(self) -> list[tuple[str, bytes]]:
        """Give the traces kept of every source, latest first within one."""
        with self._lock, _named(self._place):
            rows = self._connection.execute("SELECT source, lines FROM trace ORDER BY source, place").fetchall()
        return [(_recalled(source), lines) for source, lines in rows]

    def keep_traces(self, traces: Iterable[tuple[str, bytes]], day: str) -> None:
        """Put these in place of what was kept of their sources; forget sources not met for `TRACES_DAYS`."""
        found: dict[str, list[bytes]] = {}
        for source, lines in traces:
            found.setdefault(_stored(source), []).append(lines)
        oldest = (date.fromisoformat(day) - timedelta(days=TRACES_DAYS)).isoformat()
        with self.transaction() as connection:
            connection.executemany("DELETE FROM trace WHERE source = ?", ((source,) for source in found))
            connection.execute("DELETE FROM trace WHERE day < ?", (oldest,))
            connection.executemany(
                _TRACE, ((source, i, one, _day(day)) for source, kept in found.items() for i, one in enumerate(kept))
            )

    def prune(self, now: datetime, days: int, editions: Collection[str]) -> int:
        """Remove what can no longer make old news new: what was met, asked or delivered last over `days` days ago.

        The deliveries of the days in `editions` stay, since those can still be sent. Returns how many rows went.
        """
        last = _stored(now - timedelta(days=days))
        with self.transaction() as connection:
            connection.execute(_MET, (_stored(now),))
            gone = sum(connection.execute(statement, (last,)).rowcount for statement in _OUTDATED)
            old = connection.execute("SELECT DISTINCT day FROM delivery WHERE day < ?", (last[:10],)).fetchall()
            over = [row for row in old if row[0] not in editions]
            return gone + sum(connection.execute(_SETTLED, row).rowcount for row in over)

    @contextmanager
    def _closed_after(self) -> Iterator[Self]:
        try:
            yield self
        finally:
            with self._lock:
                # The last to close moves the write-ahead log into the file and removes it.
                self._connection.close()


def _prepare(path: Path) -> None:
    """Make the folder and an empty file, for their owner only; refuse what must not be taken for a new file."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise StateError(f"{path}: is not a file; name another place for the state")
        _refuse_parted(path)
        if not path.exists():
            # Never opened where it exists: closing it would drop the locks this process may have on it.
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        # SQLite would open it for reading, and leave files beside it that nobody may write.
        if not os.access(path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise StateError(
            f"{path}: cannot be made, read or written ({error.strerror}); check who may, or name another place"
        ) from error


def _refuse_parted(path: Path) -> None:
    """Raise where the file and its write-ahead log were parted: SQLite would go on with half of the data."""
    log, index = _beside(path, "-wal"), _beside(path, "-shm")
    if _size(path) == 0:
        # A killed first run leaves an empty file, but no log: the tables are made before there is one.
        if _size(log):
            raise StateError(f"{path}: is empty or missing, but {log.name} beside it is not. {_remedy(path)}")
    # A killed run leaves both; SQLite makes the log before the index and removes it after.
    elif index.exists() and not log.exists() and index.exists():
        raise StateError(
            f"{path}: its latest entries, in {log.name}, are missing. Put that file back, or go on without them:"
            f" rm {shlex.quote(str(index))}"
        )


def _sound(path: Path, busy_s: float) -> sqlite3.Connection:
    """Connect to a file that is new or undamaged and ours, and bring it to the present schema."""
    connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
    try:
        connection.create_function("seal", -1, _seal, deterministic=True)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        connection.execute("PRAGMA cell_size_check = ON")
        # SQLite takes a file of a single byte for an empty one.
        if _number(connection, "page_count") or _size(path):
            # In one view of the file, since another process may be bringing it to the present schema.
            connection.execute("BEGIN")
            _check(connection, path)
            connection.execute("COMMIT")
        _migrate(connection)
        # Only now: while the tables are made, the file and its rollback journal are all there is.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # On macOS alone: without it what is synced may still stand in the drive's buffer.
        connection.execute("PRAGMA fullfsync = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise unless the file is ours, of a schema we know, and undamaged."""
    if _number(connection, "application_id") != APPLICATION_ID:
        raise StateError(f"{path}: is a database, but not a state file. {_remedy(path)}")
    version = _number(connection, "user_version")
    if version > len(MIGRATIONS):
        raise StateError(
            f"{path}: was written by a later release (schema {version}; this one knows {len(MIGRATIONS)});"
            " install that release, or restore a backup from before it"
        )
    ((result,),) = connection.execute("PRAGMA quick_check(1)")
    if version < 1 or result != "ok":
        raise sqlite3.DatabaseError(result if version > 0 else f"schema {version}")
    with closing(sqlite3.connect(":memory:")) as model:
        for statement in itertools.chain(*MIGRATIONS[:version]):
            model.execute(statement)
        expected, found = _tables(model), _tables(connection)
    for table, columns in expected.items():
        if found.get(table) != columns:
            raise sqlite3.DatabaseError(f"its table {table} is not that of schema {version}")
        if connection.execute(f"SELECT 1 FROM {table} WHERE seal IS NOT {_sealing(columns)} LIMIT 1").fetchone():  # noqa: S608
            raise sqlite3.DatabaseError(f"a row of its table {table} was altered")


def _migrate(connection: sqlite3.Connection) -> None:
    version = -1
    while version < len(MIGRATIONS):
        with _transaction(connection):
            # Read here, since another process may be migrating too.
            version = _number(connection, "user_version")
            if version < len(MIGRATIONS):
                _advance(connection, version)


def _advance(connection: sqlite3.Connection, version: int) -> None:
    for statement in MIGRATIONS[version]:
        connection.execute(statement)
    for table, columns in _tables(connection).items():
        connection.execute(f"UPDATE {table} SET seal = {_sealing(columns)}")  # noqa: S608
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version + 1}")


def _tables(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Name, type, constraints and place in the key of the columns of every table."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: connection.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall() for (name,) in tables}


def _sealing(columns: list[tuple[Any, ...]]) -> str:
    """The SQL for the seal of a row, from a table of `_tables`."""
    return f"seal({', '.join(column[1] for column in columns if column[1] != 'seal')})"


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # where there is none, or SQLite has rolled back by itself
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say a fault of the database as a StateError."""
    try:
        yield
    except sqlite3.ProgrammingError:  # a fault of the caller, as using a closed state
        raise
    # SQLite quotes damaged names in its messages, and those are then no UTF-8.
    except (sqlite3.Error, UnicodeDecodeError, ValidationError) as error:
        trouble = _TROUBLES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        # `seal` is our only function, and such text all that it cannot be called with.
        reason = one_line(str(error)).replace("user-defined function raised exception", "text that is no UTF-8")
        if trouble:
            raise StateError(f"{path}: {trouble} ({reason})") from error
        raise StateError(f"{path}: is damaged ({reason}). {_remedy(path)}") from error


def _remedy(path: Path) -> str:
    log = _beside(path, "-wal")
    parts = [*([path] if path.exists() else []), *([log] if _size(log) else [])]
    moves = " && ".join(shlex.join(["mv", str(part), f"{path}.corrupt{part.name[len(path.name) :]}"]) for part in parts)
    return (
        f"Restore it from a backup, or move it away: {moves} (then articles of earlier days may count as new,"
        " every feed is fetched whole, and what was sent may be sent again)"
    )


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    with closing(connection.execute(f"PRAGMA {pragma}")) as found:
        return int(found.fetchone()[0])


def _seal(*values: Any) -> int:
    """CRC-32 of a row; what is NULL counts for nothing, so that adding an empty column changes no seal."""
    text = "\0".join([str(value) for value in values if value is not None])
    return zlib.crc32(text.encode())


def hashed(key: str) -> str:
    """The first 128 bits of a key's SHA-256, in hex: how long a key is would be up to a feed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _stored(value: Any) -> Any:
    """A value as SQLite keeps it: times as RFC 3339 in UTC, text that is no UTF-8 (in headers) as bytes."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError(f"a time without a zone: {value}")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value


def _recalled(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()
