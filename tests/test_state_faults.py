"""The state file under damage, other processes, kills and full disks: it works with the right data, or is named and left."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefing.errors import StateError
from briefing.state import State
from tests.sources.unprivileged import unprivileged
from tests.test_state import DAY, NOW, beside, check, fill, resource, url


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state.sqlite"


def refused(path: Path, match: str | None = None) -> None:
    kept = path.read_bytes()
    with pytest.raises(StateError, match=match) as caught, State.opened(path):
        pass
    assert str(path) in str(caught.value)
    assert path.read_bytes() == kept


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "state.sqlite"
    fill(path)
    return path.read_bytes()


def test_any_altered_byte_is_harmless_or_named(tmp_path, sound):
    """1,000 random bytes and every one of the header and the schema, one at a time."""
    rng = random.Random(4)
    schema = sound.index(b"CREATE TABLE")
    places = [*range(108), *range(schema - 60, schema + 300, 3), *(rng.randrange(len(sound)) for _ in range(1000))]
    refusals: list[str] = []
    for number, place in enumerate(places):
        altered = bytearray(sound)
        altered[place] ^= rng.randrange(1, 256)
        path = tmp_path / f"{number}.sqlite"
        path.write_bytes(altered)
        try:
            check(path)
        except StateError as error:
            refusals.append(str(error))
            assert path.read_bytes() == altered
        for file in tmp_path.iterdir():
            file.unlink()
    assert len(refusals) > 300
    assert all(str(tmp_path) in refusal for refusal in refusals)


def test_many_altered_bytes_are_named(tmp_path, sound):
    rng = random.Random(5)
    for number in range(100):
        altered = bytearray(sound)
        for _ in range(rng.choice([2, 20, 500])):
            altered[rng.randrange(len(sound))] = rng.randrange(256)
        path = tmp_path / f"{number}.sqlite"
        path.write_bytes(altered)
        try:
            check(path)
        except StateError:
            assert path.read_bytes() == altered


def test_a_file_cut_anywhere_is_named(tmp_path, sound):
    for size in [1, 15, 16, 99, 100, *range(512, len(sound), 512), len(sound) - 1]:
        path = tmp_path / f"{size}.sqlite"
        path.write_bytes(sound[:size])
        refused(path)


def test_pages_of_zeros_are_named(tmp_path, sound):
    for start in range(0, len(sound), 4096):
        path = tmp_path / f"{start}.sqlite"
        path.write_bytes(sound[:start] + bytes(4096) + sound[start + 4096 :])
        refused(path, "damaged|database")


def test_a_page_that_lost_a_row_is_named(tmp_path, sound):
    """Its other rows are as they were: only the count in the header of the page (of type 10, a leaf) is one less."""
    leaves = [start for start in range(0, len(sound), 4096) if sound[start] == 10 and sound[start + 4]]
    assert len(leaves) > 3
    for start in leaves:
        altered = bytearray(sound)
        altered[start + 4] -= 1
        path = tmp_path / f"{start}.sqlite"
        path.write_bytes(altered)
        refused(path, "is damaged")


def test_a_column_of_another_name_is_named_at_opening(path, sound):
    path.parent.mkdir()
    path.write_bytes(sound.replace(b" until TEXT", b" untie TEXT"))
    refused(path, "its table edition is not that of schema")


@pytest.mark.parametrize(
    "data", [b"x", b"no database" * 1000, b"\x00" * 8192, b"SQLite format 3\x00", os.urandom(9000)]
)
def test_what_is_no_database_is_named(path, data):
    path.parent.mkdir()
    path.write_bytes(data)
    refused(path, "is not a database|state file|damaged")


def test_the_remedy_can_be_typed_as_it_stands(tmp_path):
    path = tmp_path / "my state" / "it's.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"garbage")
    with pytest.raises(StateError) as caught, State.opened(path):
        pass
    command = str(caught.value).partition("move it away: ")[2].partition(" (then articles")[0]
    subprocess.run(["sh", "-c", command], check=True)
    assert beside(path) == ["it's.sqlite.corrupt"]
    fill(path, 1)


def test_an_empty_file_is_new(path):
    path.parent.mkdir()
    path.touch()
    fill(path)
    check(path)


def test_a_database_of_another_program_is_refused_and_left(path):
    path.parent.mkdir()
    for pragma in ("application_id = 252006673", "user_version = 1"):
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE IF NOT EXISTS diary (day, entry)")
        connection.close()
        refused(path, "not a state file")


def test_a_row_that_another_program_changed_is_named(path):
    fill(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE seen SET at = '2020-01-01T00:00:00+00:00' WHERE at > '2026-10-03'")
    connection.commit()
    connection.close()
    refused(path, "table seen was altered")


def killed(path: Path, place: Path) -> Path:
    """The files a killed run leaves at `path`, in another place."""
    place.mkdir()
    with State.opened(path) as state:
        state.remember(resource(99))
        for file in path.parent.iterdir():
            shutil.copy(file, place)
    return place / path.name


def test_the_log_of_a_killed_run_is_read(path, tmp_path):
    fill(path)
    copy = killed(path, tmp_path / "killed")
    assert beside(copy) == ["state.sqlite", "state.sqlite-shm", "state.sqlite-wal"]
    check(copy)
    with State.opened(copy) as state:
        assert state.resource(url(99)) == resource(99)
    assert beside(copy) == ["state.sqlite"]


def test_a_log_of_which_only_the_index_is_left_is_missed(path, tmp_path):
    fill(path)
    copy = killed(path, tmp_path / "killed")
    copy.with_name("state.sqlite-wal").unlink()
    refused(copy, "state.sqlite-wal, are missing")


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"")], ids=["missing", "empty"])
def test_a_log_without_its_file_is_not_thrown_away(path, tmp_path, lose):
    fill(path)
    copy = killed(path, tmp_path / "killed")
    lose(copy)
    log = copy.with_name("state.sqlite-wal").read_bytes()
    with pytest.raises(StateError, match="is empty or missing, but"), State.opened(copy):
        pass
    assert copy.with_name("state.sqlite-wal").read_bytes() == log


def test_a_damaged_log_or_index_takes_nothing_of_the_file_with_it(path, tmp_path):
    fill(path)
    for number, (ending, data) in enumerate(
        [("-wal", b"garbage" * 1000), ("-wal", b""), ("-shm", b"garbage" * 5000), ("-shm", b"")]
    ):
        copy = killed(path, tmp_path / str(number))
        copy.with_name(copy.name + ending).write_bytes(data)
        check(copy)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_refused(path, make):
    path.parent.mkdir()
    make(path)
    with pytest.raises(StateError, match="is not a file"), State.opened(path):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "state").write_text("a file")
    with (
        pytest.raises(StateError, match="cannot be made, read or written"),
        State.opened(tmp_path / "state" / "state.sqlite"),
    ):
        pass


def test_what_may_not_be_read_or_written_is_named_at_opening():
    with unprivileged() as folder:
        path = folder / "state.sqlite"
        folder.chmod(0o500)
        with pytest.raises(StateError, match="Permission denied"), State.opened(path):
            pass
        folder.chmod(0o700)
        fill(path)
        folder.chmod(0o500)
        with pytest.raises(StateError, match="check who may"), State.opened(path):
            pass
        folder.chmod(0o700)
        for mode in (0o400, 0o000):
            path.chmod(mode)
            with pytest.raises(StateError, match="check who may"), State.opened(path):
                pass
        path.chmod(0o600)
        check(path)


# Other processes, threads, kills and full disks.


def child(script: str, path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, str(path), *arguments], stdout=subprocess.PIPE, text=True)


HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
connection.execute("SELECT count(*) FROM seen").fetchall()
print("held", flush=True)
time.sleep(60)
"""


def test_a_file_locked_by_another_process_is_waited_for_and_then_named(path):
    fill(path)
    with child(HOLD, path, "BEGIN IMMEDIATE") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        started = time.monotonic()
        with pytest.raises(StateError, match="in use by another process"), State.opened(path, busy_s=0.2):
            pass
        assert 0.2 <= time.monotonic() - started < 4
        threading.Timer(0.3, process.kill).start()
        check(path)


def test_a_lock_taken_while_the_file_is_open_leaves_what_is_there_readable(path):
    fill(path)
    with State.opened(path, busy_s=0.1) as state, child(HOLD, path, "BEGIN IMMEDIATE") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert state.resource(url(1)) == resource(1)
        with pytest.raises(StateError, match="in use by another process"):
            state.remember(resource(50))
        process.kill()
        process.wait()
        assert state.resource(url(50)) is None
        state.remember(resource(50))


def test_a_backup_that_reads_stops_no_writing(path):
    fill(path)
    with State.opened(path, busy_s=0) as state, child(HOLD, path, "BEGIN") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        state.remember(resource(50))
        process.kill()
    check(path)


MAKE = """
import pathlib, sys
from datetime import UTC, datetime
from briefing.state import State
print("ready", flush=True)
input()
with State.opened(pathlib.Path(sys.argv[1])) as state:
    print(*state.first_seen(["a"], datetime(2026, 10, int(sys.argv[2]), tzinfo=UTC)).values())
"""


def test_several_processes_may_make_the_file_at_once(path):
    command = [sys.executable, "-c", MAKE, str(path)]
    processes = [
        subprocess.Popen([*command, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for number in (1, 2, 3, 4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate()[0] for process in processes]
    assert all(answer.startswith("2026-10-0") for answer in answers)
    with State.opened(path) as state:
        assert state.first_seen(["a"], NOW + 9 * DAY) == {"a": datetime(2026, 10, 1, tzinfo=UTC)}


def test_threads_share_a_state(path):
    firsts: list[dict[str, datetime]] = []

    def work(number: int) -> None:
        for step in range(30):
            state.remember(resource(number * 30 + step))
            firsts.append(state.first_seen([f"a{step}", f"b{step}"], NOW + number * DAY))
            assert state.resource(url(number * 30 + step)) == resource(number * 30 + step)

    with State.opened(path) as state:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(state.resource(url(number)) == resource(number) for number in range(180))
        keys = [f"a{step}" for step in range(30)]
        assert set(state.first_seen(keys, NOW + 9 * DAY).values()) == {NOW}
    assert len(firsts) == 180


# Acknowledges each number when it has been written.
WRITE = """
import pathlib, sys
from datetime import UTC, datetime
from briefing.state import Resource, State
start = int(sys.argv[2])
with State.opened(pathlib.Path(sys.argv[1])) as state:
    for number in range(start, start + 100_000):
        state.remember(Resource(url=str(number), failures=number, fault="x" * (number % 3000)))
        state.first_seen([str(number), f"again {number}"], datetime.fromtimestamp(number, UTC))
        print(number, flush=True)
"""


def test_eight_kills_lose_nothing_acknowledged(path):
    rng = random.Random(6)
    following = 0
    for _ in range(8):
        with child(WRITE, path, str(following)) as process:
            assert process.stdout is not None
            assert int(process.stdout.readline()) == following
            time.sleep(rng.uniform(0, 0.25))
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().splitlines(keepends=True)
        following = max([following, *(int(line) for line in rest if line.endswith("\n"))]) + 1
        with State.opened(path) as state:
            numbers = [str(number) for number in range(following)]
            seen = state.first_seen(numbers, NOW)
            assert seen == {number: datetime.fromtimestamp(int(number), UTC) for number in numbers}
            for number in numbers:
                found = state.resource(number)
                assert found is not None
                assert found.failures == int(number)
    assert following > 100


# The n-th statement of a first run and of a second one ends the process, for every n.
CRASH = """
import os, pathlib, sqlite3, sys
from datetime import UTC, datetime
from briefing import state
real, place = sqlite3.connect, pathlib.Path(sys.argv[1])
now = datetime(2026, 10, 3, tzinfo=UTC)

def crashing(left):
    def count(statement):
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(9)
    def connect(*arguments, **options):
        connection = real(*arguments, **options)
        connection.set_trace_callback(count)
        return connection
    return connect

def run(path, day):
    with state.State.opened(path) as opened:
        opened.remember(state.Resource(url="a"))
        return opened.first_seen(["a"], now.replace(day=day))["a"].day

def crashes(path, day):
    for n in range(1000):
        child = os.fork()
        if child == 0:
            sqlite3.connect = crashing(n)
            run(path(n), day)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            return n
        run(path(n), 3)

first = crashes(lambda n: place / str(n) / "state.sqlite", 1)
second = crashes(lambda n: place / "0" / "state.sqlite", 4)
assert run(place / "0" / "state.sqlite", 9) == 3
print(first, second)
"""


def test_a_run_that_ends_before_any_statement_needs_no_repair(tmp_path):
    with child(CRASH, tmp_path) as process:
        output = process.communicate()[0]
    assert process.returncode == 0
    assert all(int(statements) > 10 for statements in output.split())


# Files may grow to the size given and no further: writing over it fails as on a full disk.
FULL = """
import pathlib, resource, sys
from datetime import UTC, datetime
from briefing.errors import StateError
from briefing.state import Resource, State
path, now = pathlib.Path(sys.argv[1]), datetime(2026, 10, 3, tzinfo=UTC)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

written = []
with State.opened(path) as state:
    limit(int(sys.argv[2]))
    try:
        for number in range(2000):
            state.remember(Resource(url=f"new {number}", fault="x" * 500))
            written.append(number)
    except StateError as error:
        assert "disk may be full" in str(error) or "disk is full" in str(error), error
        print("full after", len(written) > 0)
    try:
        state.first_seen([str(n) for n in range(5000)], now)
    except StateError:
        print("none seen")
    assert state.resource("new 0") is not None or not written
try:
    with State.opened(path) as state:
        print("opened")
        state.first_seen([str(n) for n in range(5000)], now)
except StateError:
    print("not written")
limit(soft)
with State.opened(path) as state:
    assert all(state.resource(f"new {number}") for number in written)
    assert set(state.first_seen([str(n) for n in range(5000)], now.replace(day=4)).values()) == {now.replace(day=4)}
print("all there")
"""


@pytest.mark.parametrize("size", [0, 4_000, 33_000, 100_000])
def test_a_full_disk_is_named_and_takes_nothing_with_it(path, size):
    fill(path)
    with child(FULL, path, str(size)) as process:
        lines = process.communicate()[0].splitlines()
    assert process.returncode == 0
    some = ["opened"] if size > 30_000 else []
    assert lines == [f"full after {bool(some)}", "none seen", *some, "not written", "all there"]
    check(path)


def test_a_file_that_cannot_grow_at_its_making_is_named(path):
    script = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, -1))\n" + WRITE
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path), "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        _, errors = process.communicate()
    assert "StateError" in errors
    fill(path)
    check(path)
