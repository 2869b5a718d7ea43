"""One folder per edition, `OUT/<date>/`, put in place by renames: absent, old or complete, never half.

    .briefing-<date>-<random>.tmp   every file written and synced
    <date>      -> .briefing-<date>.old        (1) a prior edition steps aside
    ….tmp       -> <date>                      (2) the new edition stands
    .old/.rN    -> <date>/.rN                  (3) for each earlier revision
    .old        -> <date>/.r<N+1>              (4) the prior edition is kept

A run killed before (2) is undone by `recover`, one killed after it is finished. Every step is a
rename within OUT, followed by a sync of its folders, so no order of writes to the disk loses one.
An edition written anew (`rewrite`) changes places with the old one, which steps aside as `.briefing-<date>.gone`
and is not kept. The caller holds the lock on OUT.
"""

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from briefing.errors import ConfigError, NothingProducedError

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ASIDE = re.compile(rf"\.briefing-({_DATE.pattern})\.old")
_GONE = re.compile(rf"\.briefing-({_DATE.pattern})\.gone")
_UNFINISHED = re.compile(rf"\.briefing-{_DATE.pattern}-[0-9a-f]+\.tmp")
# What an edition is written as; any other file in its folder is somebody's own.
OWN = re.compile(r"briefing\.[A-Za-z0-9.]+|evidence\.json")
_REVISION = re.compile(r"\.r([1-9]\d{0,5})")


def check_writable(out: Path) -> None:
    """Make the folder OUT if need be and try to write in it; raises ConfigError if that fails."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise ConfigError(f"{out}: editions cannot be written here ({error.strerror}); choose another `out`") from error


def next_revision(out: Path, date: str) -> int:
    """Count, from 1, up to the edition of this date that would be published next."""
    edition = _edition(out, date)
    return _newest(edition) + 2 if _stands(edition) else 1


def publish(out: Path, date: str, files: Mapping[str, str]) -> Path:
    """Put an edition in place and return its folder; a prior one of that date is kept in it as `.rN`.

    `files` are names without a folder, and their text. Raises ConfigError if the place is taken by a
    file, NothingProducedError if the disk refuses; what stood there before then still stands.
    """
    edition = _edition(out, date)
    if not files:
        raise ValueError("an edition without files")
    if edition.exists() and not edition.is_dir():
        raise ConfigError(f"{edition}: the edition's place is taken by a file; move it away")
    unfinished = out / f".briefing-{date}-{secrets.token_hex(6)}.tmp"
    contents = {_bare(name): text.encode("utf-8") for name, text in files.items()}
    try:
        _settle(out, date)
        _write(unfinished, contents)
        _exchange(out, date, unfinished)
    except OSError as error:
        with suppress(OSError):  # what cannot be settled now, `recover` settles at the next start
            _settle(out, date)
        shutil.rmtree(unfinished, ignore_errors=True)
        size = sum(map(len, contents.values()))
        raise NothingProducedError(f"{edition}: {size} bytes could not be written ({error.strerror})") from error
    return edition


def replace(path: Path, text: str) -> Path:
    """Write one file of an edition anew: it is the old or the new one, never half. Returns its path."""
    unfinished = path.with_name(f".{path.name}-{secrets.token_hex(6)}.tmp")
    try:
        _write_file(unfinished, text.encode("utf-8"))
        unfinished.replace(path)
        _sync(path.parent)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise NothingProducedError(f"{path}: could not be written ({error.strerror})") from error
    return path


def rewrite(out: Path, date: str, files: Mapping[str, str]) -> None:
    """Put other files in the place of an edition's own, all of them at once; of the old ones nothing is kept.

    `files` are paths below the edition's folder, as `briefing.md` or `.r1/briefing.md`, and their text: all of each
    revision that is named. What else stands there is taken along. Raises NothingProducedError where the disk refuses.
    """
    edition, gone = _edition(out, date), out / f".briefing-{date}.gone"
    unfinished = out / f".briefing-{date}-{secrets.token_hex(6)}.tmp"
    try:
        shutil.copytree(edition, unfinished)
        for place in {(unfinished / name).parent for name in files}:
            for path in (p for p in place.iterdir() if OWN.fullmatch(p.name)):
                path.unlink()
        for name, text in files.items():
            _write_file(unfinished / name, text.encode("utf-8"))
        _rename(edition, gone)
        _rename(unfinished, edition)
        shutil.rmtree(gone)
    except OSError as error:
        recover(out)
        raise NothingProducedError(f"{edition}: could not be written anew ({error.strerror})") from error


def remove(out: Path, date: str) -> bool:
    """Remove an edition with all its revisions; False where the disk refuses."""
    away = out / f".briefing-{date}-{secrets.token_hex(6)}.tmp"
    try:
        _rename(_edition(out, date), away)
        shutil.rmtree(away)
    except OSError:
        return not _edition(out, date).exists()
    return True


def revisions(edition: Path) -> tuple[Path, ...]:
    """The folder of an edition and those of its earlier revisions, the latest first."""
    return (edition, *(edition / f".r{number}" for number in reversed(_revisions(edition))))


def recover(out: Path) -> None:
    """Finish or undo what a killed run left in OUT, and remove its unfinished folders."""
    found = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    for name in found:
        if aside := _ASIDE.fullmatch(name):
            _settle(out, aside[1])
        elif gone := _GONE.fullmatch(name):
            _give_way(out / gone[1], out / name)
        elif _UNFINISHED.fullmatch(name):
            shutil.rmtree(out / name)


def _give_way(edition: Path, gone: Path) -> None:
    """Remove an old edition that a new one took the place of; put it back where none did."""
    if _stands(edition):
        shutil.rmtree(gone)
    else:
        _rename(gone, edition)


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, data in contents.items():
        _write_file(folder / name, data)
    _sync(folder)


def _write_file(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _exchange(out: Path, date: str, unfinished: Path) -> None:
    edition = out / date
    if _stands(edition):
        _rename(edition, _aside(out, date))
    _rename(unfinished, edition)
    _settle(out, date)


def _settle(out: Path, date: str) -> None:
    """Undo step (1) if no new edition stands, else do what is left of (3) and (4)."""
    edition, aside = out / date, _aside(out, date)
    if not aside.is_dir():
        return
    if not _stands(edition):
        _rename(aside, edition)
        return
    for number in _revisions(aside):
        _rename(aside / f".r{number}", edition / f".r{number}")
    _rename(aside, edition / f".r{_newest(edition) + 1}")


def _rename(old: Path, new: Path) -> None:
    old.rename(new)
    _sync(new.parent)
    if old.parent != new.parent:
        _sync(old.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stands(edition: Path) -> bool:
    return edition.is_dir() and any(edition.iterdir())


def _revisions(edition: Path) -> list[int]:
    return sorted(int(found[1]) for path in edition.iterdir() if (found := _REVISION.fullmatch(path.name)))


def _newest(edition: Path) -> int:
    return max(_revisions(edition), default=0)


def _aside(out: Path, date: str) -> Path:
    return out / f".briefing-{date}.old"


def _edition(out: Path, date: str) -> Path:
    if not _DATE.fullmatch(date):
        raise ValueError(f"not a date of the form 2025-06-21: {date!r}")
    return out / date


def _bare(name: str) -> str:
    if not name or name.startswith(".") or "/" in name or "\\" in name:
        raise ValueError(f"not the bare name of an edition's file: {name!r}")
    return name
