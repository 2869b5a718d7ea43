"""A content-addressed cache of texts in a folder, deletable at any moment, also by another process.

    address = sha256(canonical JSON of all that shapes the text)
    FOLDER/ab/cdef….json = {"sha256": …, "text": …}

Nothing here fails a run: what cannot be read, or does not have its recorded hash, is a miss; what
cannot be written is not kept. A hit renews the file's time, so pruning drops the least recently used.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from briefing.types import Record

_ADDRESS = re.compile(r"[0-9a-f]{64}")
# A writer that was killed leaves its temporary file; one younger than this may still be being written.
_ABANDONED_S = 3600


class Stats(Record):
    """What a cache holds; times are seconds since the epoch, None where it is empty."""

    entries: int = 0
    bytes: int = 0
    oldest: float | None = None
    newest: float | None = None


class Pruned(Record):
    """What pruning removed."""

    entries: int = 0
    bytes: int = 0


class _Entry(NamedTuple):
    used: float
    size: int
    path: Path


def address(material: Any) -> str:
    """SHA-256, in hex, of a JSON value in canonical form. Raises TypeError for what JSON cannot hold."""
    canonical = json.dumps(material, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def write(path: Path, text: str) -> None:
    """Put a text in place whole or not at all, making its folders. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=path.name[:8], suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Cache(Record):
    """Texts by address, under `folder`."""

    folder: Path

    def get(self, key: str) -> str | None:
        """Give the text kept under an address, or None."""
        path = self._path(key)
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
            text = entry["text"]
            sound = isinstance(text, str) and _hash(text) == entry["sha256"]
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None
        if not sound:
            return None
        with suppress(OSError):
            os.utime(path)
        return str(text)

    def put(self, key: str, text: str) -> bool:
        """Keep a text; False where it could not be written."""
        # ASCII, since a model's reply may hold lone surrogates, which UTF-8 cannot.
        entry = json.dumps({"sha256": _hash(text), "text": text}, ensure_ascii=True)
        for _ in range(2):  # a second time where another process removed the folder in between
            try:
                write(self._path(key), entry)
            except FileNotFoundError:
                continue
            except OSError:
                return False
            return True
        return False

    def stats(self) -> Stats:
        """Count what is kept."""
        entries = tuple(self._entries())
        if not entries:
            return Stats()
        times = [entry.used for entry in entries]
        size = sum(entry.size for entry in entries)
        return Stats(entries=len(entries), bytes=size, oldest=min(times), newest=max(times))

    def prune(self, max_bytes: int) -> Pruned:
        """Remove the least recently used entries until at most `max_bytes` are kept."""
        self._sweep()
        entries = sorted(self._entries())
        over = sum(entry.size for entry in entries) - max_bytes
        removed = Pruned()
        for entry in entries:
            if over <= removed.bytes:
                break
            with suppress(OSError):
                entry.path.unlink(missing_ok=True)
                removed = Pruned(entries=removed.entries + 1, bytes=removed.bytes + entry.size)
        return removed

    def _path(self, key: str) -> Path:
        if not _ADDRESS.fullmatch(key):
            raise ValueError(f"not an address: {key!r}")
        return self.folder / key[:2] / f"{key[2:]}.json"

    def _entries(self) -> Iterator[_Entry]:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*.json"):
            with suppress(OSError):
                status = path.lstat()
                yield _Entry(status.st_mtime, status.st_size, path)

    def _sweep(self) -> None:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*.tmp"):
            with suppress(OSError):
                if path.lstat().st_mtime < time.time() - _ABANDONED_S:
                    path.unlink()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
