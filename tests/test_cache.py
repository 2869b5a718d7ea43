"""The cache: what was put comes back, and nothing that happens to its files fails a run."""

import gzip
import hashlib
import json
import os
import shutil
import stat
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefing.cache import Bodies, Cache, address, write

KEY = address({"prompt": "What of the ferry to Ostrova?"})


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(folder=tmp_path / "replies")


def files(cache: Cache) -> list[Path]:
    return sorted(cache.folder.glob("*/*"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_an_address_is_known_from_outside():
    """The SHA-256 of `{"a":1,"b":"\\u00e9"}`, so that no release changes addresses unseen."""
    assert address({"b": "é", "a": 1}) == "6071e7aa781e8adc235db31b17e6d0ee414a17031b1744a38fbf2cd17effcbce"


@given(JSON)
def test_an_address_does_not_depend_on_the_order_of_keys(value):
    shuffled = json.loads(json.dumps(value), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert address(value) == address(shuffled)


@given(JSON, JSON)
def test_different_values_have_different_addresses(one, other):
    assert (address(one) == address(other)) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


def test_what_json_cannot_hold_has_no_address():
    with pytest.raises(TypeError):
        address({"path": Path("x")})
    with pytest.raises(ValueError, match="JSON"):
        address(float("nan"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters()))
def test_every_text_comes_back_as_it_was_put(cache, text):
    """Also lone surrogates and newlines of any kind."""
    assert cache.put(KEY, text)
    assert cache.get(KEY) == text


def test_what_was_not_put_is_a_miss(cache):
    assert cache.get(KEY) is None


def test_the_last_text_wins_and_leaves_one_file(cache):
    cache.put(KEY, "one")
    cache.put(KEY, "two")
    assert cache.get(KEY) == "two"
    assert len(files(cache)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-5]),
        lambda path: path.write_bytes(b"\xff\xfe\x00"),
        lambda path: path.write_text("[1, 2]"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_text('{"sha256": 1, "text": 2}'),
        lambda path: path.write_text(path.read_text().replace("twelve", "twenty")),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["empty", "cut", "binary", "list", "deep", "types", "altered", "folder"],
)
def test_a_damaged_entry_is_a_miss(cache, damage):
    cache.put(KEY, "twelve boats")
    (path,) = files(cache)
    damage(path)
    assert cache.get(KEY) is None


def test_a_damaged_entry_can_be_written_anew(cache):
    cache.put(KEY, "twelve boats")
    files(cache)[0].write_text("x")
    assert cache.put(KEY, "twelve boats")
    assert cache.get(KEY) == "twelve boats"


def test_a_folder_deleted_in_between_is_made_again(cache):
    cache.put(KEY, "one")
    shutil.rmtree(cache.folder)
    assert cache.get(KEY) is None
    assert cache.put(KEY, "two")
    assert cache.get(KEY) == "two"


def test_a_place_that_cannot_hold_files_keeps_nothing_and_fails_nothing(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    cache = Cache(folder=tmp_path / "file")
    assert cache.put(KEY, "text") is False
    assert cache.get(KEY) is None
    assert cache.stats().entries == 0


@pytest.mark.parametrize("key", ["", "../../etc/passwd", KEY.upper(), KEY + "\n", KEY[:-1]])
def test_only_addresses_name_entries(cache, key):
    with pytest.raises(ValueError, match="not an address"):
        cache.get(key)
    with pytest.raises(ValueError, match="not an address"):
        cache.put(key, "text")


def test_stats_count_entries_and_bytes(cache):
    assert cache.stats().oldest is None
    for number in range(5):
        cache.put(address(number), "x" * 100)
    stats = cache.stats()
    assert stats.entries == 5
    assert stats.bytes == sum(path.stat().st_size for path in files(cache))
    assert stats.oldest is not None
    assert stats.newest is not None
    assert stats.oldest <= stats.newest <= time.time() + 1


def test_pruning_removes_the_least_recently_used_first(cache):
    keys = [address(number) for number in range(4)]
    for age, key in enumerate(keys):
        cache.put(key, "x" * 100)
        path = cache.folder / key[:2] / f"{key[2:]}.json"
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    assert cache.get(keys[0])
    size = cache.stats().bytes // 4
    assert cache.prune(2 * size).entries == 2
    assert [bool(cache.get(key)) for key in keys] == [True, False, False, True]


def test_pruning_to_a_size_that_is_met_removes_nothing(cache):
    cache.put(KEY, "text")
    assert cache.prune(cache.stats().bytes).entries == 0
    assert cache.prune(0).entries == 1
    assert cache.get(KEY) is None


def test_pruning_sweeps_what_a_killed_writer_left_but_not_what_is_being_written(cache):
    cache.put(KEY, "text")
    folder = files(cache)[0].parent
    old, young = folder / "old.tmp", folder / "young.tmp"
    old.write_text("half")
    young.write_text("half")
    os.utime(old, (1, 1))
    cache.prune(10**9)
    assert not old.exists()
    assert young.exists()


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "reply.json"
    write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write(path, "new \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_readers_never_see_half_an_entry_while_others_write_and_delete(cache):
    texts = {"a" * 50_000, "b" * 50_000}
    stop = time.monotonic() + 0.5
    seen: list[str | None] = []

    def put() -> None:
        while time.monotonic() < stop:
            for text in texts:
                cache.put(KEY, text)

    def delete() -> None:
        while time.monotonic() < stop:
            shutil.rmtree(cache.folder, ignore_errors=True)
            time.sleep(0.01)

    def get() -> None:
        while time.monotonic() < stop:
            seen.append(cache.get(KEY))

    threads = [threading.Thread(target=work) for work in (put, put, delete, get)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) <= texts | {None}
    assert cache.put(KEY, "at last")


BODY = b"<rss><channel><title>The Ostrova Courier</title></channel></rss>" * 20


@pytest.fixture
def bodies(tmp_path: Path) -> Bodies:
    return Bodies(folder=tmp_path / "cache" / "bodies")


def the_file(bodies: Bodies) -> Path:
    (path,) = bodies.folder.glob("*/*")
    return path


def kept(bodies: Bodies, data: bytes) -> str:
    key = bodies.put(data)
    assert key is not None
    return key


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=3000))
def test_every_body_comes_back_byte_for_byte(bodies, data):
    assert bodies.get(kept(bodies, data)) == data


def test_a_body_is_kept_once_under_its_own_hash_as_plain_gzip(bodies):
    key = kept(bodies, BODY)
    assert key == hashlib.sha256(BODY).hexdigest() == kept(bodies, BODY)
    path = the_file(bodies)
    assert path == bodies.folder / key[:2] / f"{key[2:]}.gz"
    assert gzip.decompress(path.read_bytes()) == BODY
    assert path.read_bytes()[4:8] == bytes(4), "no time of its own, so that equal bodies are equal files"
    assert path.stat().st_size < len(BODY) / 5


def test_folders_and_files_are_for_their_owner_only(bodies):
    kept(bodies, BODY)
    path = the_file(bodies)
    assert [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent, bodies.folder)] == [0o600, 0o700, 0o700]


def test_a_body_that_was_not_put_is_a_miss(bodies):
    assert bodies.get(KEY) is None


@pytest.mark.parametrize("key", ["", "../../etc/passwd", KEY.upper(), KEY + "\n", KEY[:-1]])
def test_only_addresses_name_bodies(bodies, key):
    with pytest.raises(ValueError, match="not an address"):
        bodies.get(key)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-5]),
        lambda path: path.write_bytes(path.read_bytes() + b"more"),
        lambda path: path.write_bytes(path.read_bytes() * 2),
        lambda path: path.write_bytes(path.read_bytes()[:-4] + (len(BODY) - 1).to_bytes(4, "little")),
        lambda path: path.write_bytes(gzip.compress(BODY.replace(b"Courier", b"Tribune"))),
        lambda path: path.write_bytes(BODY),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["empty", "cut", "longer", "twice", "size", "other", "plain", "folder"],
)
def test_a_damaged_body_is_a_miss(bodies, damage):
    key = kept(bodies, BODY)
    damage(the_file(bodies))
    assert bodies.get(key) is None


def test_no_altered_byte_of_a_body_gives_other_bytes(bodies):
    key = kept(bodies, BODY)
    path = the_file(bodies)
    sound = path.read_bytes()
    for place in range(len(sound)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0x55]) + sound[place + 1 :])
        assert bodies.get(key) in {None, BODY}


def test_a_damaged_body_can_be_put_anew(bodies):
    key = kept(bodies, BODY)
    the_file(bodies).write_bytes(b"x")
    kept(bodies, BODY)
    assert bodies.get(key) == BODY


def test_a_body_that_grows_beyond_its_recorded_size_is_damaged(bodies):
    key = kept(bodies, BODY)
    the_file(bodies).write_bytes(gzip.compress(bytes(50_000_000))[:-4] + len(BODY).to_bytes(4, "little"))
    tracemalloc.start()
    try:
        assert bodies.get(key) is None
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_body_too_large_is_not_kept(bodies, monkeypatch):
    monkeypatch.setattr("briefing.cache._LARGEST", 1000)
    assert bodies.put(bytes(1001)) is None
    assert bodies.put(bytes(1000)) is not None


def test_a_place_that_cannot_hold_bodies_keeps_nothing_and_fails_nothing(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    bodies = Bodies(folder=tmp_path / "file")
    assert bodies.put(BODY) is None
    assert bodies.get(KEY) is None
    assert bodies.prune(0).entries == 0


def test_bodies_deleted_in_between_are_put_again(bodies):
    key = kept(bodies, BODY)
    shutil.rmtree(bodies.folder)
    assert bodies.get(key) is None
    assert kept(bodies, BODY) == key
    assert bodies.get(key) == BODY


def test_bodies_are_counted_and_pruned_by_their_use(bodies):
    keys = [kept(bodies, os.urandom(1000)) for _ in range(4)]
    for age, key in enumerate(keys):
        path = bodies.folder / key[:2] / f"{key[2:]}.gz"
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    assert bodies.get(keys[0])
    assert bodies.stats().entries == 4
    assert bodies.prune(bodies.stats().bytes // 2).entries == 2
    assert [bool(bodies.get(key)) for key in keys] == [True, False, False, True]
