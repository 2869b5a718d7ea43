"""One run at a time, and nothing to clean up after a killed one."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from briefing import lock
from briefing.errors import ConfigError, LockedError

HOLD = """
import pathlib, sys, time
from briefing.lock import held
with held(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_second_run_is_told_who_holds_the_lock_and_since_when(tmp_path: Path) -> None:
    with holder(tmp_path) as child:
        os.utime(tmp_path / lock.NAME, (0, (tmp_path / lock.NAME).stat().st_mtime - 200))
        with (
            pytest.raises(LockedError, match=rf"process {child.pid}, since 3 min 2\d s") as caught,
            lock.held(tmp_path),
        ):
            pass
        assert caught.value.exit_code == 75
        child.kill()


def test_killed_run_holds_nothing(tmp_path: Path) -> None:
    with holder(tmp_path) as child:
        child.send_signal(signal.SIGKILL)
        child.wait()
        with lock.held(tmp_path):
            assert (tmp_path / lock.NAME).read_text() == f"{os.getpid()}\n"


def test_lock_is_released_after_an_exception_and_its_file_stays(tmp_path: Path) -> None:
    with pytest.raises(KeyError), lock.held(tmp_path):
        raise KeyError
    inode = (tmp_path / lock.NAME).stat().st_ino
    with lock.held(tmp_path):
        assert (tmp_path / lock.NAME).stat().st_ino == inode


def test_lock_within_the_lock_is_refused(tmp_path: Path) -> None:
    with lock.held(tmp_path), pytest.raises(LockedError, match=f"process {os.getpid()}"), lock.held(tmp_path):
        pass


def test_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    with lock.held(tmp_path):
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,), daemon=True)
        child.start()
    try:
        with lock.held(tmp_path):
            assert child.is_alive()
    finally:
        child.kill()
        child.join()


def test_folder_without_a_place_for_the_lock_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file or directory"), lock.held(tmp_path / "gone"):
        pass


def test_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / lock.NAME).symlink_to("precious")
    with pytest.raises(ConfigError), lock.held(tmp_path):
        pass
    assert (tmp_path / "precious").read_text() == "kept"
