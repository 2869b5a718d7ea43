"""One run at a time: an advisory lock that the kernel releases, however the run ends.

`flock` needs no stale-lock logic, since a killed process holds nothing. The file is never deleted: a
run that waits on a deleted file and one that creates it anew would both hold "the" lock. Worker
processes must be spawned, not forked: a forked child shares the lock and outlives its parent with it.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from briefing.errors import ConfigError, LockedError

NAME = ".briefing.lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of an existing folder.

    Raises LockedError naming the holder's process id and age, ConfigError where no lock can be taken.
    """
    path = folder / NAME
    lock = _opened(path)
    try:
        _lock(lock, path)
        os.truncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        try:
            yield
        finally:
            # Explicitly, since closing alone does not release what a forked child still shares.
            fcntl.flock(lock, fcntl.LOCK_UN)
    finally:
        os.close(lock)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be opened for the lock ({error.strerror}); choose a folder of yours"
        ) from error


def _lock(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockedError(f"another run holds {path}: {_holder(lock)}; wait for it, or end it") from error
    except OSError as error:
        raise ConfigError(f"{path}: files cannot be locked here ({error.strerror}); use a local disk") from error


def _holder(lock: int) -> str:
    pid = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
    seconds = max(0, int(time.time() - os.fstat(lock).st_mtime))
    return f"process {pid or 'unknown'}, since {seconds // 60} min {seconds % 60} s"
