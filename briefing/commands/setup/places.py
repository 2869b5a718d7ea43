"""An answer to "where from?" -> tables of sources: feeds of the list that ships, what lies here, what a site has."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from briefing.commands import given
from briefing.commands.sources import adding, importing
from briefing.commands.sources.tables import Table
from briefing.commands.sources.wording import shown
from briefing.config import Config
from briefing.errors import BriefingError, ConfigError, NothingProducedError
from briefing.sources.fetching.exchange import FetchError
from briefing.sources.files import Files
from briefing.sources.mail import Mail

# A feed reader may export its list under either name.
_LISTS = frozenset((".opml", ".xml"))


class Found(NamedTuple):
    """The tables that an answer stands for, and what to say of them."""

    tables: tuple[Table, ...]
    says: str


class PrivateError(BriefingError):
    """An address in a private network: read only where the settings name its host."""

    def __init__(self, message: str, host: str) -> None:
        super().__init__(message)
        self.host = host


@cache
def listed() -> tuple[Table, ...]:
    """The feeds that ship as a beginning."""
    text = (resources.files("briefing") / "starter_feeds.toml").read_text(encoding="utf-8")
    return tuple(Table("feed", feed) for feed in tomllib.loads(text)["feeds"])


def found(answer: str, folder: Path, settings: Config) -> Found:
    """What an answer means, for settings in that folder: numbers of the list, a path, or an address, which is asked.

    Raises ConfigError or NothingProducedError that says what is wrong, PrivateError for an address that wants leave.
    """
    numbers = answer.replace(",", " ").split()
    if answer == "all" or (numbers and all(number.isdecimal() for number in numbers)):
        return _of_list(numbers if answer != "all" else [str(n + 1) for n in range(len(listed()))])
    path = Path(answer).expanduser()
    if path.exists():
        return _at_path(path, folder, settings)
    if "." not in answer and "://" not in answer:
        raise ConfigError(
            f"{shown(answer)} is no file or folder here, no address like https://gazette.example,"
            " and no numbers of the list"
        )
    return _at_site(answer, settings)


def _of_list(numbers: list[str]) -> Found:
    known = listed()
    for number in numbers:
        if not 1 <= int(number) <= len(known):
            raise ConfigError(f"the list has no {shown(number)}; its numbers are 1 to {len(known)}")
    chosen = tuple(dict.fromkeys(int(number) - 1 for number in numbers))
    return Found(tuple(known[at] for at in chosen), ", ".join(str(known[at].fields["name"]) for at in chosen))


def _at_path(path: Path, folder: Path, settings: Config) -> Found:
    """A list of feeds, mail, or articles; its path as the settings in that folder are to write it."""
    inside = path.absolute().is_relative_to(folder.absolute())
    fields = {"path": os.path.relpath(path, folder) if inside else str(path.absolute())}
    source = given.source(str(path))
    if isinstance(source, Mail):
        return Found((Table("mail", fields),), f"mail in {path}")
    if isinstance(source, Files) and path.suffix.lower() not in _LISTS:
        return Found((Table("files", fields),), f"articles in {path}")
    _, usable, unusable = importing.listed(str(path), settings, kept=False)
    if not usable:
        raise NothingProducedError(f"{path}: no feed in it that can be used: {shown(unusable[0].reason)}")
    left_out = f", and {len(unusable):,} that cannot be used" if unusable else ""
    return Found((Table("opml", fields),), f"{len(usable):,} feeds listed in {path}{left_out}")


def _at_site(answer: str, settings: Config) -> Found:
    address = adding.address_of(answer)
    try:
        site = adding.find(settings, address, kept=False)
    except NothingProducedError as error:
        if isinstance(error.__cause__, FetchError) and error.__cause__.fault == "private":
            raise PrivateError(str(error.__cause__), urlsplit(address).netloc.rpartition("@")[2]) from error
        raise
    table = Table(site.kind, {**site.fields, "name": shown(site.title) or None})
    return Found((table,), f"{shown(site.title) or address}: {site.says}")
