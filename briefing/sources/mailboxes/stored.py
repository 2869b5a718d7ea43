"""Mail in files: a message (.eml), a folder of them, an mbox, a Maildir."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from briefing.errors import SourceError
from briefing.sources import files
from briefing.types import Failure

# RFC 4155, and what mail programs write: "From " at the beginning, an address, a date that ends in a year.
_POSTMARK = re.compile(rb"From \S.{0,300}\d\d:\d\d.{0,40}\d{4}.{0,40}\r?\n", re.DOTALL)
_QUOTED = re.compile(rb">+From ")
_LINE = 1_000_000
_MAIL = frozenset((".eml", ".mbox", ".mbx"))


class Raw(NamedTuple):
    """A message as it is kept, and the name of its place."""

    place: str
    data: bytes


def is_mail(path: Path) -> bool:
    """Whether a path given by itself is mail: by its ending, as a Maildir, as a folder with nothing but messages."""
    if path.is_dir():
        return _is_maildir(path) or _holds_messages(path)
    return path.suffix.lower() in _MAIL


def messages(path: Path, most: int) -> Iterator[Raw | Failure]:
    """The messages at a path, of `most` bytes each at most; what cannot be read is a Failure."""
    if _is_maildir(path):
        yield from _maildir(path, most)
        return
    for found in files.walk(path):
        if isinstance(found, Failure):
            yield found
        elif path.is_dir() and found.path.suffix.lower() not in _MAIL:
            yield files.failure(found.item, SourceError("not mail; save it as .eml, or name it as a source of its own"))
        elif _is_mbox(found.path):
            yield from _mbox(found.path, found.item, most)
        else:
            yield _message(found.path, found.item, most)


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir() and (path / "new").is_dir()


def _holds_messages(path: Path) -> bool:
    try:
        names = [entry.name.lower() for entry in os.scandir(path) if entry.name[0] != "."]
    except OSError:
        return False
    return bool(names) and all(name.endswith(".eml") for name in names)


def _maildir(path: Path, most: int) -> Iterator[Raw | Failure]:
    """What is new and what was seen; not what was thrown away or is still being written (its flags are T and D)."""
    for folder in (path / "new", path / "cur"):
        for found in files.walk(folder):
            flags = "" if isinstance(found, Failure) else found.path.name.rpartition(":2,")[2]
            if isinstance(found, Failure):
                yield found.replace(item=f"{folder.name}/{found.item}")
            elif found.path.parent == folder and (":2," not in found.path.name or not {"T", "D"} & set(flags)):
                yield _message(found.path, f"{folder.name}/{found.item}", most)


def _message(path: Path, place: str, most: int) -> Raw | Failure:
    try:
        return Raw(place, files.load(path, most))
    except SourceError as error:
        return files.failure(place, error)


def _is_mbox(path: Path) -> bool:
    if path.suffix.lower() == ".eml" or not _is_regular(path):
        return False
    try:
        with path.open("rb") as stream:
            return stream.read(5) == b"From "
    except OSError:  # told when it is read
        return False


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _mbox(path: Path, place: str, most: int) -> Iterator[Raw | Failure]:
    """The messages of an mbox, whatever its size: one of them is held at a time."""
    try:
        with path.open("rb") as stream:
            for number, data in enumerate(_cut(stream, most), 1):
                name = f"{place}#{number}"
                yield Raw(name, data) if len(data) <= most else files.failure(name, SourceError(files.too_large(most)))
    except OSError as error:
        yield files.failure(place, SourceError(f"could not be read ({error.strerror}); check the file"))


def _cut(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """The messages between the postmarks; of one that is too large a little more than `most` bytes."""
    message = bytearray()
    blank, begun = True, False
    while line := stream.readline(_LINE):
        if blank and _POSTMARK.fullmatch(line):
            if begun:
                yield bytes(message)
            message.clear()
            begun = True
        elif len(message) <= most:
            message += line[1:] if _QUOTED.match(line) else line
        blank = line in (b"\n", b"\r\n")
    if begun:
        yield bytes(message)
