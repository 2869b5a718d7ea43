"""gzip, unpacked in bounded pieces: what a few bytes swell to is never held at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

PIECE_BYTES = 64 * 1024
# Block-wise gzip (bgzip, pigz) has a member per 64 kB; empty members cost time and swell to nothing.
_MEMBERS = 1_000


class PackingError(Exception):
    """The data are packed in a way that cannot be unpacked, or not within bounds."""


class Gunzip:
    """Unpacks a gzip stream (RFC 1952) piece by piece.

    Several members are joined; zeros and garbage after the last one are ignored, as gzip(1) does.
    """

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._members = 0
        self._begun = self._unpacked = self._over = False

    @property
    def whole(self) -> bool:
        """Whether the stream may end here: before anything came, or after a member."""
        return self._over or not self._begun or (self._members > 0 and not self._unpacked)

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """The next packed bytes, unpacked in pieces of at most 64 kB. Raises PackingError."""
        self._begun = True
        while packed and not self._over:
            try:
                piece = self._member.decompress(packed, PIECE_BYTES)
            except zlib.error as error:
                if not self._members or self._unpacked:
                    raise PackingError("the gzip data are damaged") from error
                self._over = True
                return
            self._unpacked = self._unpacked or bool(piece)
            packed = self._member.unconsumed_tail
            if self._member.eof:
                packed = self._next_member()
            yield piece

    def _next_member(self) -> bytes:
        rest = self._member.unused_data
        self._members += 1
        if self._members > _MEMBERS:
            raise PackingError("the gzip data have too many parts")
        self._member, self._unpacked = zlib.decompressobj(wbits=31), False
        return rest


def unpacking(content_encoding: str) -> Gunzip | None:
    """What unpacks a Content-Encoding; None if nothing is packed. Raises PackingError for all but one gzip."""
    names = tuple(name for raw in content_encoding.lower().split(",") if (name := raw.strip()) not in {"", "identity"})
    if not names:
        return None
    if names in {("gzip",), ("x-gzip",)}:
        return Gunzip()
    raise PackingError(f"packed as {', '.join(names)[:60]!a}, where only gzip was asked for")
