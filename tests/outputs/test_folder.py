"""The edition folder is absent, old or complete, wherever a run dies."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from briefing.errors import ConfigError, NothingProducedError
from briefing.outputs import folder
from tests.sources.unprivileged import unprivileged

DAY = "2031-05-20"
NAMES = ("briefing.md", "briefing.json", "evidence.json")


def edition(number: int) -> dict[str, str]:
    return {name: f"edition {number} of {name}: é\r\n" * 50 for name in NAMES}


def tree(path: Path) -> dict[str, str]:
    return {p.relative_to(path).as_posix(): p.read_bytes().decode() for p in sorted(path.rglob("*")) if p.is_file()}


def expected(count: int) -> dict[str, str]:
    """What stands after `count` editions of one day."""
    if not count:
        return {}
    newest = {f"{DAY}/{name}": text for name, text in edition(count).items()}
    earlier = {f"{DAY}/.r{n}/{name}": text for n in range(1, count) for name, text in edition(n).items()}
    return newest | earlier


class Died(BaseException):
    """Stands for `kill -9`: nothing may catch it."""


_dies_at: list[int] = []
_STEPS = frozenset(("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"))


def _count(event: str, _: object) -> None:
    if _dies_at and event in _STEPS:
        _dies_at[0] -= 1
        if _dies_at[0] < 0:
            raise Died


sys.addaudithook(_count)


@pytest.fixture
def _unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the syncs, which only a loss of power can tell from none."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@contextmanager
def dying_at(step: int) -> Iterator[None]:
    """Raise Died in place of the step-th opening, making, renaming or removing, counted from 0."""
    _dies_at[:] = [step]
    try:
        yield
    finally:
        _dies_at.clear()


def test_edition_holds_the_files_as_given(tmp_path: Path) -> None:
    assert folder.publish(tmp_path, DAY, edition(1)) == tmp_path / DAY
    assert tree(tmp_path) == expected(1)


def test_prior_editions_of_the_day_are_kept_and_counted(tmp_path: Path) -> None:
    for number in range(1, 13):
        assert folder.next_revision(tmp_path, DAY) == number
        folder.publish(tmp_path, DAY, edition(number))
        assert tree(tmp_path) == expected(number)
    assert folder.next_revision(tmp_path, "2031-05-21") == 1


def test_removed_revision_is_not_numbered_anew(tmp_path: Path) -> None:
    for number in range(1, 4):
        folder.publish(tmp_path, DAY, edition(number))
    for path in (tmp_path / DAY / ".r1").iterdir():
        path.unlink()
    (tmp_path / DAY / ".r1").rmdir()
    assert folder.next_revision(tmp_path, DAY) == 4
    folder.publish(tmp_path, DAY, edition(4))
    assert sorted(p.name for p in (tmp_path / DAY).glob(".r*")) == [".r2", ".r3"]


@pytest.mark.usefixtures("_unsynced")
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_death_at_any_step_loses_nothing(tmp_path: Path, before: int) -> None:
    """After `recover` the day is as before or as after, whole; before it, the day's folder is absent or whole."""
    step, died = 0, True
    while died:
        out = tmp_path / str(step)
        out.mkdir()
        for number in range(1, before + 1):
            folder.publish(out, DAY, edition(number))
        died = False
        try:
            with dying_at(step):
                folder.publish(out, DAY, edition(before + 1))
        except Died:
            died = True
        standing = {p.name for p in (out / DAY).iterdir() if p.is_file()} if (out / DAY).exists() else set()
        assert standing in (set(), set(NAMES))
        folder.recover(out)
        assert tree(out) in (expected(before), expected(before + 1))
        folder.publish(out, DAY, edition(len(tree(out)) // len(NAMES) + 1))
        step += 1
    assert step > 5


@pytest.mark.usefixtures("_unsynced")
def test_death_while_recovering_loses_nothing_either(tmp_path: Path) -> None:
    step = 0
    for fault in range(100):
        for second in range(100):
            out = tmp_path / f"{fault}-{second}"
            out.mkdir()
            for number in (1, 2):
                folder.publish(out, DAY, edition(number))
            if not _dies(lambda out=out: folder.publish(out, DAY, edition(3)), fault):
                assert step
                return
            step += 1
            died = _dies(lambda out=out: folder.recover(out), second)
            folder.recover(out)
            assert tree(out) in (expected(2), expected(3))
            if not died:
                break


def _dies(act: object, step: int) -> bool:
    assert callable(act)
    try:
        with dying_at(step):
            act()
    except Died:
        return True
    return False


def test_publishing_after_a_death_needs_no_recovery_first(tmp_path: Path) -> None:
    """Killed between the two renames: the prior edition is put back before it steps aside again."""
    folder.publish(tmp_path, DAY, edition(1))
    (tmp_path / DAY).rename(tmp_path / f".briefing-{DAY}.old")
    folder.publish(tmp_path, DAY, edition(2))
    assert tree(tmp_path) == expected(2)


def test_recover_leaves_what_is_not_ours(tmp_path: Path) -> None:
    for name in (".briefing.lock", f".briefing-{DAY}.txt", "notes.txt", f".briefing-{DAY}-zz.tmp"):
        (tmp_path / name).write_text("kept")
    (tmp_path / f".briefing-{DAY}-0123456789ab.tmp").mkdir()
    folder.recover(tmp_path)
    assert len(tree(tmp_path)) == 4
    assert not (tmp_path / f".briefing-{DAY}-0123456789ab.tmp").exists()
    folder.recover(tmp_path / "absent")


def test_empty_folder_in_the_place_of_an_edition_is_no_edition(tmp_path: Path) -> None:
    (tmp_path / DAY).mkdir()
    assert folder.next_revision(tmp_path, DAY) == 1
    folder.publish(tmp_path, DAY, edition(1))
    assert tree(tmp_path) == expected(1)


@pytest.mark.parametrize("failing", ["write", "rename"])
def test_refusal_of_the_disk_leaves_the_prior_edition_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    folder.publish(tmp_path, DAY, edition(1))
    real = Path.rename

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def second_fails(self: Path, target: Path) -> Path:
        if self.name.endswith(".tmp"):
            full()
        return real(self, target)

    if failing == "write":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(
        NothingProducedError, match=r"\d+ bytes could not be written \(No space left on device\)"
    ) as caught:
        folder.publish(tmp_path, DAY, edition(2))
    assert caught.value.exit_code == 4
    monkeypatch.undo()
    assert tree(tmp_path) == expected(1)
    assert [p.name for p in tmp_path.iterdir()] == [DAY]


def test_every_file_and_folder_is_synced_before_it_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []
    sync, rename = os.fsync, Path.rename

    def logged_sync(handle: int) -> None:
        log.append("sync")
        sync(handle)

    def logged_rename(old: Path, new: Path) -> Path:
        log.append("rename")
        return rename(old, new)

    monkeypatch.setattr(os, "fsync", logged_sync)
    monkeypatch.setattr(Path, "rename", logged_rename)
    folder.publish(tmp_path, DAY, edition(1))
    assert log == ["sync"] * (len(NAMES) + 1) + ["rename", "sync"]


def test_files_get_the_modes_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        published = folder.publish(tmp_path, DAY, edition(1))
    finally:
        os.umask(before)
    assert published.stat().st_mode & 0o777 == 0o750
    assert (published / "briefing.md").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["", ".r1", "../x", "a/b", "a\\b", ".hidden"])
def test_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="bare name"):
        folder.publish(tmp_path, DAY, {name: "x"})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("date", ["", "..", "2031-05-20/x", "20310520", "2031-05-20\n"])
def test_what_is_no_date_is_refused(tmp_path: Path, date: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        folder.publish(tmp_path, date, edition(1))


def test_file_in_the_place_of_the_edition_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / DAY).write_text("precious")
    with pytest.raises(ConfigError, match="taken by a file"):
        folder.publish(tmp_path, DAY, edition(1))
    assert (tmp_path / DAY).read_text() == "precious"


def test_out_is_made_and_left_empty_by_the_check(tmp_path: Path) -> None:
    folder.check_writable(tmp_path / "a" / "b")
    assert not list((tmp_path / "a" / "b").iterdir())


def test_out_that_is_a_file_or_below_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "gone").symlink_to("nowhere/at/all")
    for out in (tmp_path / "file", tmp_path / "file" / "b", tmp_path / "gone"):
        with pytest.raises(ConfigError, match="cannot be written here"):
            folder.check_writable(out)


def test_out_that_may_not_be_written_is_refused() -> None:
    with unprivileged() as out:
        out.chmod(0o500)
        for refused in (out, out / "below"):
            with pytest.raises(ConfigError, match=r"cannot be written here \(Permission denied\)"):
                folder.check_writable(refused)


PUBLISH = """
import pathlib, sys
from briefing.outputs import folder
out, day, names = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(",")
folder.recover(out)
print("ready", flush=True)
while True:
    number = folder.next_revision(out, day)
    folder.publish(out, day, {name: f"edition {number} of {name}: \\u00e9\\r\\n" * 50 for name in names})
"""


def test_kill_9_at_random_moments_loses_no_edition(tmp_path: Path) -> None:
    moments = random.Random(7)
    for _ in range(8):
        arguments = [sys.executable, "-c", PUBLISH, str(tmp_path), DAY, ",".join(NAMES)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0, 0.15))
            child.kill()
        folder.recover(tmp_path)
        assert tree(tmp_path) == expected(folder.next_revision(tmp_path, DAY) - 1)
