"""`OUT/latest/`: the newest edition under an address that stays, whole at every moment.

    .briefing-latest-<random>.tmp    copies of the edition's files: a link would change with the original
    .tmp <-> latest                  both names change places in one step (Linux: renameat2), and the old one goes

Where the two cannot be exchanged, the old one steps aside first (`.briefing-latest.old`); `recover` undoes or
finishes that after a kill. The caller holds the lock on OUT.
"""

import ctypes
import os
import re
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LATEST = "latest"
PAGE = "briefing.html"
_INDEX = "index.html"
_OURS = re.compile(r"briefing\.[A-Za-z0-9.]+|evidence\.json|index\.html|\.DS_Store")
_ASIDE = ".briefing-latest.old"
_UNFINISHED = re.compile(r"\.briefing-latest-[0-9a-f]+\.tmp")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


def put(out: Path, edition: Path, files: Iterable[str]) -> None:
    """Let `OUT/latest/` hold the files of an edition, its page also as `index.html`.

    Raises ValueError if `latest` holds what is not ours, OSError if the disk refuses.
    """
    latest = out / LATEST
    if strange := _not_ours(latest):
        raise ValueError(f"{strange} is not of an edition; move it away")
    made = out / f".briefing-latest-{secrets.token_hex(6)}.tmp"
    try:
        made.mkdir()
        for name in files:
            _copied(edition / name, made / name)
            if name == PAGE:
                _copied(edition / name, made / _INDEX)
        _synced(made)
        _exchange(made, latest)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def take_away(out: Path) -> None:
    """Remove `OUT/latest/`, where no edition is left; leaves what is not ours."""
    latest = out / LATEST
    if latest.exists() and not _not_ours(latest):
        latest.rename(made := out / f".briefing-latest-{secrets.token_hex(6)}.tmp")
        shutil.rmtree(made)


def recover(out: Path) -> None:
    """Undo or finish what a killed run left of this."""
    latest, aside = out / LATEST, out / _ASIDE
    if aside.is_dir():
        if latest.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(latest)
    for path in sorted(out.iterdir()):
        if _UNFINISHED.fullmatch(path.name):
            shutil.rmtree(path)


def _not_ours(latest: Path) -> Path | None:
    """What stands in the way: a file or link of that name, or an entry that no edition has."""
    if latest.is_symlink() or (latest.exists() and not latest.is_dir()):
        return latest
    entries = sorted(latest.iterdir()) if latest.is_dir() else []
    return next((path for path in entries if not _OURS.fullmatch(path.name) or not path.is_file()), None)


def _copied(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    _synced(target)


def _exchange(made: Path, latest: Path) -> None:
    """Put `made` in the place of `latest`, which then stands under the other name, or is gone."""
    if not latest.exists():
        made.rename(latest)
    elif not _exchanged(made, latest):
        aside = latest.with_name(_ASIDE)
        latest.rename(aside)
        try:
            made.rename(latest)
        except OSError:
            aside.rename(latest)
            raise
        shutil.rmtree(aside)
    _synced(latest.parent)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two paths change places in one step; False where the system or the file system cannot."""
    with suppress(OSError, AttributeError):
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
        paths = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
        return bool(renameat2(*paths, _RENAME_EXCHANGE) == 0)
    return False


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
