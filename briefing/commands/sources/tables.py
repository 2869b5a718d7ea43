"""Source tables, appended to a settings file.

Nothing that stands in the file is written anew: its comments and its order stay. What would come out is
loaded as a run loads it before it takes the file's place, whole or not at all.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from briefing import config as settings
from briefing.config import Config
from briefing.errors import ConfigError
from briefing.sources.formats.urls import identity

DEFAULT = Path("briefing.toml")
_NEW = """\
# The settings of `briefing build`. `briefing init all.toml` writes a file that shows every setting there is.

# Sites that wonder who reads them find this in the user agent: an address of yours, or a page about you.
#[web]
#contact = "you@example.org"
"""
_INLINE = "if sources stand there as `sources = [...]`, write them as [[sources]] tables, so that others can follow"
_PLACES = ("url", "urls", "sections", "sitemaps")

Value = str | Sequence[str]


class Table(NamedTuple):
    """One `[[sources]]` table; fields that are empty are left out."""

    kind: str
    fields: Mapping[str, Value | None]

    @property
    def places(self) -> frozenset[str]:
        """What its addresses are known by."""
        return frozenset(identity(url) for name in _PLACES for url in _listed(self.fields.get(name)))

    def __str__(self) -> str:
        """The table as TOML."""
        given = {"kind": self.kind, **{name: value for name, value in self.fields.items() if value}}
        return "[[sources]]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in given.items() if value)


class Appended(NamedTuple):
    """How many tables were written, and those whose address stands in the file already."""

    added: int
    known: tuple[Table, ...]


def opened(path: Path) -> Config:
    """The settings of the file; those of a new one where there is none. Raises ConfigError for a broken one."""
    if path.exists() or path.is_symlink():
        return settings.load(path)
    return Config.model_validate({}, context={"root": path.absolute().parent})


def addresses(source: object) -> tuple[str, ...]:
    """The addresses of the web that a source's settings name."""
    return tuple(url for name in _PLACES for url in _listed(getattr(source, name, None)))


def places(config: Config) -> frozenset[str]:
    """What the addresses of the configured sources are known by."""
    return frozenset(identity(url) for source in config.sources for url in addresses(source))


def append(path: Path, tables: Iterable[Table]) -> Appended:
    """Write those tables at the end of the file whose address it does not have, making it where there is none.

    Raises ConfigError, and leaves the file as it was, where it is broken or would be.
    """
    # Where the settings are a link, as in a folder of dotfiles, its target changes.
    path = path.resolve()
    with _alone(path):
        known = set(places(opened(path)))
        new: list[Table] = []
        there: list[Table] = []
        for table in tables:
            (there if table.places & known else new).append(table)
            known |= table.places
        if new:
            before = _read(path)
            _put(path, before, _joined(before, new))
    return Appended(len(new), tuple(there))


def write(path: Path, text: str) -> None:
    """Put a whole settings file in place, in that of an older one too. Raises ConfigError, as `append` does."""
    path = path.resolve()
    with _alone(path):
        _put(path, _read(path), text.encode("utf-8"))


def quoted(text: str) -> str:
    """A text as a TOML basic string on one line; what does not show is escaped."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    # TOML has no way to write half of a surrogate pair.
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _toml(value: Value) -> str:
    return quoted(value) if isinstance(value, str) else "[" + ", ".join(map(quoted, value)) + "]"


def _listed(value: Value | None) -> Sequence[str]:
    return () if not value else (value,) if isinstance(value, str) else value


def _joined(before: bytes, tables: Iterable[Table]) -> bytes:
    """The text with the tables after it, in the file's own line endings."""
    end = "\r\n" if b"\r\n" in before else "\n"
    gap = "" if not before or before.endswith(b"\n") else "\n"
    added = gap + "".join(f"\n{table}" for table in tables)
    return before + added.replace("\n", end).encode("utf-8")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other commands from writing the file between our reading and writing; nothing stays behind."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with suppress(OSError):  # some network disks have no locks; _put still sees a changed file
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _NEW.encode()
    except OSError as error:
        raise _unwritable(path, error) from error


def _put(path: Path, before: bytes, after: bytes) -> None:
    """Put a text in place once it is known to load."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        _check(path, temporary)
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        if _read(path) != before:
            raise ConfigError(f"{path}: was changed in the meantime; nothing was written, run the command again")
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _check(path: Path, temporary: Path) -> None:
    try:
        settings.load(temporary)
    except ConfigError as error:
        faults = str(error).replace(str(temporary), str(path))
        hint = f"; {_INLINE}" if ": not TOML" in faults else ""
        raise ConfigError(f"{faults}\nnothing was written{hint}") from error


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(f"{path}: cannot be read or written ({error.strerror}); nothing was changed")
