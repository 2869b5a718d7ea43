"""Content-addressed caches in a folder, deletable at any moment, also by another process.

    Cache   texts    address = sha256(canonical JSON of all that shapes the text)
                     FOLDER/ab/cdef….json = {"sha256": …, "text": …, "of": [article id …]}
    Bodies  bytes    address = sha256(the bytes)
                     FOLDER/ab/cdef….gz

Nothing here fails a run: what cannot be read, or does not have its recorded hash, is a miss; what
cannot be written is not kept. A hit renews the file's time, so pruning drops the least recently used.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from briefing.types import Record

_ADDRESS = re.compile(r"[0-9a-f]{64}")
# A writer that was killed leaves its temporary file; one younger than this may still be being written.
_ABANDONED_S = 3600
# More than any page or feed; a damaged entry must not claim gigabytes.
_LARGEST = 100_000_000


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
    _write_bytes(path, text.encode("utf-8"))


def _write_bytes(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=path.name[:8], suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class _Shelf(Record):
    """Entries by address under `folder`, which is made for its owner only."""

    ending: ClassVar[str]

    folder: Path

    def stats(self) -> Stats:
        """Count what is kept."""
        entries = tuple(self._entries())
        if not entries:
            return Stats()
        times = [entry.used for entry in entries]
        size = sum(entry.size for entry in entries)
        return Stats(entries=len(entries), bytes=size, oldest=min(times), newest=max(times))

    def prune(self, max_bytes: int, used_since: float = 0.0) -> Pruned:
        """Remove the least recently used entries until at most `max_bytes` are kept, none last used before a time.

        `used_since` is in seconds since the epoch, by the clock of the disk.
        """
        self._sweep()
        entries = sorted(self._entries())
        over = sum(entry.size for entry in entries) - max_bytes
        removed = Pruned()
        for entry in entries:
            if over <= removed.bytes and entry.used >= used_since:
                break
            if _unlinked(entry.path):
                removed = Pruned(entries=removed.entries + 1, bytes=removed.bytes + entry.size)
        return removed

    def without(self, unwanted: Callable[[str, bytes], bool], *, dry: bool = False) -> Pruned:
        """Remove every entry whose address and content are `unwanted`; `dry` only counts them."""
        removed = Pruned()
        for entry in sorted(self._entries()):
            key = entry.path.parent.name + entry.path.name.removesuffix(self.ending)
            content = self._content(entry.path)
            if content is not None and unwanted(key, content) and (dry or _unlinked(entry.path)):
                removed = Pruned(entries=removed.entries + 1, bytes=removed.bytes + entry.size)
        return removed

    def _content(self, path: Path) -> bytes | None:
        raise NotImplementedError

    def _keep(self, key: str, data: bytes) -> bool:
        path = self._path(key)
        for _ in range(2):  # a second time where another process removed the folder in between
            try:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.parent.mkdir(mode=0o700, exist_ok=True)
                _write_bytes(path, data)
            except FileNotFoundError:
                continue
            except OSError:
                return False
            return True
        return False

    def _path(self, key: str) -> Path:
        if not _ADDRESS.fullmatch(key):
            raise ValueError(f"not an address: {key!r}")
        return self.folder / key[:2] / f"{key[2:]}{self.ending}"

    def _entries(self) -> Iterator[_Entry]:
        for path in self.folder.glob(f"[0-9a-f][0-9a-f]/*{self.ending}"):
            with suppress(OSError):
                status = path.lstat()
                yield _Entry(status.st_mtime, status.st_size, path)

    def _sweep(self) -> None:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*.tmp"):
            with suppress(OSError):
                if path.lstat().st_mtime < time.time() - _ABANDONED_S:
                    path.unlink()


class Cache(_Shelf):
    """Texts by address, under `folder`."""

    ending: ClassVar[str] = ".json"

    def _content(self, path: Path) -> bytes | None:
        with suppress(OSError):
            return path.read_bytes()
        return None

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

    def put(self, key: str, text: str, of: Sequence[str] = ()) -> bool:
        """Keep a text, and the ids of the articles it is `of`; False where it could not be written."""
        named = {"of": sorted(of)} if of else {}
        # ASCII, since a model's reply may hold lone surrogates, which UTF-8 cannot.
        entry = json.dumps({"sha256": _hash(text), "text": text, **named}, ensure_ascii=True)
        return self._keep(key, entry.encode("ascii"))


class Bodies(_Shelf):
    """Bytes by their own hash, compressed, under `folder`."""

    ending: ClassVar[str] = ".gz"

    def get(self, key: str) -> bytes | None:
        """Give the bytes of an address, or None where there are none or they are damaged."""
        path = self._path(key)
        data = self._content(path)
        if data is None or hashlib.sha256(data).hexdigest() != key:
            return None
        with suppress(OSError):
            os.utime(path)
        return data

    def put(self, data: bytes) -> str | None:
        """Keep bytes and give their address; None where they could not be written or are over 100 MB."""
        key = hashlib.sha256(data).hexdigest()
        if len(data) > _LARGEST:
            return None
        return key if self._keep(key, gzip.compress(data, compresslevel=6, mtime=0)) else None

    def _content(self, path: Path) -> bytes | None:
        try:
            return _unpacked(path.read_bytes())
        except (OSError, zlib.error):
            return None


def _unlinked(path: Path) -> bool:
    with suppress(OSError):
        path.unlink(missing_ok=True)
        return True
    return False


def _unpacked(packed: bytes) -> bytes | None:
    """The data of one gzip member, or None where it is not of the size recorded at its end (RFC 1952, ISIZE)."""
    size = int.from_bytes(packed[-4:], "little")
    if size > _LARGEST:
        return None
    unpacking = zlib.decompressobj(wbits=31)
    data = unpacking.decompress(packed, max_length=size + 1)
    return data if unpacking.eof and len(data) == size and not unpacking.unused_data else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
