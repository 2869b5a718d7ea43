"""The state file: what was acknowledged stays, what is damaged is named, and nothing is begun anew in silence."""

import sqlite3
import stat
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing import state as module
from briefing.errors import StateError
from briefing.state import MIGRATIONS, Resource, State

NOW = datetime(2026, 10, 3, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def url(number: int) -> str:
    return f"https://ostrova-courier.example/{number}"


def resource(number: int) -> Resource:
    return Resource(
        url=url(number),
        final=f"https://www.ostrova-courier.example/{number}",
        etag=f'W/"{number}"',
        modified="Fri, 02 Oct 2026 21:14:00 GMT",
        body=f"{number:064x}",
        media_type="application/rss+xml",
        charset="utf-8",
        moved_to=None,
        reserved=number % 2 == 0,
        fetched=NOW - DAY,
        checked=NOW,
        not_before=NOW + DAY,
        failures=number,
        fault="the site is closed for the night",
        dead=number % 3 == 0,
    )


def fill(path: Path, count: int = 40) -> None:
    with State.opened(path) as state:
        for number in range(count):
            state.remember(resource(number))
            state.first_seen([url(number)], NOW - number * DAY)
        state.published("2026-10-01", 1, None, NOW - 2 * DAY)
        state.published("2026-10-02", 1, NOW - 2 * DAY, NOW - DAY)


def check(path: Path, count: int = 40) -> None:
    """Whether everything `fill` wrote is there and right."""
    with State.opened(path) as state:
        assert [state.resource(url(number)) for number in range(count)] == [resource(n) for n in range(count)]
        seen = state.first_seen([url(number) for number in range(count)], NOW + DAY)
        assert seen == {url(number): NOW - number * DAY for number in range(count)}
        assert state.edition_end("2026-10-03") == NOW - DAY
        assert state.edition_end("2026-10-02") == NOW - 2 * DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state.sqlite"


def beside(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def test_what_was_remembered_is_there_after_closing(path):
    fill(path)
    check(path)
    assert beside(path) == ["state.sqlite"]


def test_the_file_and_its_folder_are_for_their_owner_only(path):
    fill(path, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with State.opened(path) as state:
        state.remember(resource(1))
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_transient_state_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with State.transient() as state:
        state.remember(resource(1))
        assert state.resource(url(1)) == resource(1)
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_looks_like_an_address_of_sqlite_is_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("file:state?mode=memory", ":memory:"):
        fill(Path(name))
        check(tmp_path / name)


def test_an_unknown_url_is_none():
    with State.transient() as state:
        assert state.resource(url(1)) is None


def test_remembering_replaces_all_that_was_known_of_the_url():
    with State.transient() as state:
        state.remember(resource(1))
        state.remember(Resource(url=url(1)))
        assert state.resource(url(1)) == Resource(url=url(1))


# aiohttp gives the bytes of a header that are no UTF-8 as lone surrogates.
@given(st.text(st.characters()), st.text(st.characters()) | st.none(), st.text(st.characters()) | st.none())
def test_validators_come_back_byte_for_byte(name, etag, modified):
    with State.transient() as state:
        state.remember(Resource(url=name, etag=etag, modified=modified))
        found = state.resource(name)
        assert found is not None
        assert (found.url, found.etag, found.modified) == (name, etag, modified)


def test_validators_that_are_no_utf_8_are_sealed_like_any_other(path):
    odd = Resource(url=url(1), etag='"\udce9\x00"')
    with State.opened(path) as state:
        state.remember(odd)
    with State.opened(path) as state:
        assert state.resource(url(1)) == odd


@given(st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.timezones()))
def test_times_come_back_as_the_same_instant(moment):
    with State.transient() as state:
        state.remember(Resource(url=url(1), checked=moment))
        found = state.resource(url(1))
        assert found is not None
        assert found.checked == moment.astimezone(UTC)
        assert state.first_seen(["a"], moment) == {"a": moment.astimezone(UTC)}


def test_times_are_stored_as_rfc_3339_in_utc(path):
    with State.opened(path) as state:
        state.first_seen(["a"], datetime(2026, 10, 3, 8, 30, tzinfo=timezone(timedelta(hours=2))))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT at FROM seen").fetchall() == [("2026-10-03T06:30:00+00:00",)]
    connection.close()


def test_a_time_without_a_zone_is_refused():
    with State.transient() as state, pytest.raises(ValueError, match="without a zone"):
        state.first_seen(["a"], datetime(2026, 10, 3))
    with pytest.raises(ValueError, match="timezone"):
        Resource(url=url(1), checked=datetime(2026, 10, 3))


CALLS = st.lists(
    st.tuples(st.lists(st.text(st.characters(), max_size=2), max_size=8), st.integers(-400, 400)), max_size=12
)


@given(CALLS)
def test_first_seen_is_the_earliest_moment_whatever_the_clock_does(calls):
    first: dict[str, datetime] = {}
    with State.transient() as state:
        for keys, days in calls:
            now = NOW + days * DAY
            for key in keys:
                first[key] = min(first.get(key, now), now)
            assert state.first_seen(iter(keys), now) == {key: first[key] for key in keys}


def test_a_key_of_a_megabyte_takes_no_more_room_than_any_other(path):
    with State.opened(path) as state:
        state.first_seen(["x" * 1_000_000], NOW)
        assert state.first_seen(["x" * 1_000_000, "x" * 999_999], NOW + DAY)["x" * 1_000_000] == NOW
    assert path.stat().st_size < 50_000


def test_the_window_ends_with_the_last_revision_of_the_latest_edition_before():
    with State.transient() as state:
        assert state.edition_end("2026-10-03") is None
        state.published("2026-10-02", 2, NOW - DAY, NOW)
        state.published("2026-10-02", 1, NOW - DAY, NOW - DAY)
        state.published("2026-10-02", 10, NOW - DAY, NOW + DAY)
        state.published("2026-09-30", 11, None, NOW - 3 * DAY)
        assert state.edition_end("2026-10-03") == NOW + DAY
        assert state.edition_end("2026-10-02") == NOW - 3 * DAY
        assert state.edition_end("2026-09-30") is None


def test_an_edition_published_again_has_its_last_window():
    with State.transient() as state:
        state.published("2026-10-02", 1, None, NOW - DAY)
        state.published("2026-10-02", 1, None, NOW)
        assert state.edition_end("2026-10-03") == NOW


def test_the_traces_of_a_source_give_way_to_its_new_ones_and_are_forgotten_in_time(path):
    with State.opened(path) as state:
        state.keep_traces([("courier", b"b"), ("courier", b"a"), ("gone\ud800", b"c")], "2026-06-01")
    with State.opened(path) as state:
        assert state.traces() == [("courier", b"b"), ("courier", b"a"), ("gone\ud800", b"c")]
        state.keep_traces([("courier", b"d")], "2026-08-30")
        assert state.traces() == [("courier", b"d"), ("gone\ud800", b"c")]
        state.keep_traces([], "2026-08-31")
        assert state.traces() == [("courier", b"d")]


def test_a_day_that_is_none_is_refused():
    with State.transient() as state:
        with pytest.raises(ValueError, match="isoformat"):
            state.published("yesterday", 1, None, NOW)
        with pytest.raises(ValueError, match="out of range"):
            state.edition_end("2026-02-30")


def test_a_transaction_is_whole_or_not_at_all(path):
    with State.opened(path) as state:

        def interrupted() -> None:
            with state.transaction(durable=True) as connection:
                state.remember(resource(1))
                connection.execute("DELETE FROM edition")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert state.resource(url(1)) is None
        with state.transaction(durable=True):
            state.remember(resource(1))
            state.first_seen(["a"], NOW)
        assert state.resource(url(1)) == resource(1)


def test_a_durable_transaction_is_synced_and_the_next_is_fast_again(path):
    with State.opened(path) as state:
        with state.transaction(durable=True) as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        with state.transaction() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (1,)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_closed_state_is_a_fault_of_the_caller(path):
    with State.opened(path) as state:
        pass
    with pytest.raises(sqlite3.ProgrammingError):
        state.remember(resource(1))


def test_ten_thousand_of_each_take_seconds(path):
    started = time.monotonic()
    with State.opened(path) as state:
        for number in range(10_000):
            state.remember(resource(number))
        state.first_seen([url(number) for number in range(10_000)], NOW)
    with State.opened(path) as state:
        assert state.first_seen([url(number) for number in range(10_000)], NOW + DAY)[url(9_999)] == NOW
    assert time.monotonic() - started < 20


# Versions.


def migrated(monkeypatch: pytest.MonkeyPatch, *statements: str) -> None:
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, statements))


def test_a_file_is_brought_to_the_next_version(path, monkeypatch):
    fill(path)
    migrated(
        monkeypatch,
        "CREATE TABLE outbox (message TEXT PRIMARY KEY, seal INTEGER NOT NULL) WITHOUT ROWID",
        "ALTER TABLE resource ADD COLUMN language TEXT",
        "UPDATE edition SET since = until WHERE since IS NULL",
    )
    check(path)
    with State.opened(path) as state, state.transaction(durable=True) as connection:
        connection.execute("INSERT INTO outbox VALUES (?1, seal(?1))", ("to the readers",))
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
        state.remember(resource(0))
    check(path)


def test_a_new_file_goes_through_every_version(path, monkeypatch):
    migrated(monkeypatch, "ALTER TABLE edition ADD COLUMN sent TEXT")
    fill(path)
    check(path)


def test_a_migration_that_fails_leaves_the_version_before(path, monkeypatch):
    fill(path)
    with monkeypatch.context() as patch:
        migrated(patch, "ALTER TABLE resource ADD COLUMN language TEXT", "CREATE TABLE seen (key)")
        with pytest.raises(StateError, match="already exists"), State.opened(path):
            pass
    check(path)


def test_a_file_of_a_later_version_is_refused_and_left(path, monkeypatch):
    with monkeypatch.context() as patch:
        migrated(patch, "DROP TABLE seen")
        with State.opened(path):
            pass
    kept = path.read_bytes()
    with pytest.raises(StateError, match="written by a later release") as caught:
        check(path)
    assert f"schema {len(MIGRATIONS) + 1}; this one knows {len(MIGRATIONS)}" in str(caught.value)
    assert caught.value.exit_code == 4
    assert path.read_bytes() == kept


def test_every_table_is_sealed_and_no_row_is_found_by_an_index_apart(path):
    """So that no altered value passes the check at opening."""
    fill(path, 1)
    with sqlite3.connect(path) as connection:
        entries = connection.execute("SELECT type, sql FROM sqlite_master").fetchall()
        for kind, sql in entries:
            assert kind == "table"
            assert "seal INTEGER NOT NULL" in sql
            assert sql.endswith("WITHOUT ROWID")
        columns = [name for (name,) in connection.execute("SELECT name FROM pragma_table_info('resource')")]
        assert columns == [*Resource.model_fields, "seal"]
    connection.close()
