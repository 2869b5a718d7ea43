"""What the archive knows of each edition in OUT, read from its `briefing.json` once and remembered.

`OUT/.archive.json` holds what was read with the stamp of the file it was read from (size, times, inode). It saves
time and nothing else: an entry whose file has another stamp is read anew, and without it, or with a damaged one,
everything is.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from briefing.errors import NothingProducedError
from briefing.outputs import folder
from briefing.outputs.wording import reason
from briefing.outputs.words import Words, words_of
from briefing.text import one_line
from briefing.types import SCHEMA, Failure, Record

CACHE = ".archive.json"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NEEDED = ("briefing.json", "evidence.json")


class Headline(Record):
    """One story of an edition, as it is listed; `disputes` counts its disputes."""

    id: str
    text: str
    language: str | None
    disputes: int


class Summary(Record):
    """One edition, as it is listed; the stories in the order of its page. `files` are its names, sorted."""

    date: str
    title: str
    revision: int
    generated_at: str
    language: str
    stories: tuple[Headline, ...]
    more: int
    files: tuple[str, ...] = ()

    @property
    def disputed(self) -> int:
        """How many of its stories hold a dispute."""
        return sum(1 for story in self.stories if story.disputes)


class Shelf(NamedTuple):
    """The sound editions, newest first, and a failure for each folder that should be one and is not."""

    editions: tuple[Summary, ...]
    failures: tuple[Failure, ...]


Stamp = tuple[int, int, int, int]


class _Remembered(Record):
    stamp: Stamp
    summary: Summary


class _Cache(Record):
    editions: dict[str, _Remembered]


class _Part(BaseModel):
    """A part of `briefing.json` of which only some keys are looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Said(_Part):
    text: str
    language: str | None = None
    problems: tuple[str, ...] | None = None


class _Dispute(_Part):
    state: str = "new"


class _Told(_Part):
    id: str
    headline: _Said
    disputes: tuple[_Dispute, ...] = ()


class _Topic(_Part):
    stories: tuple[str, ...]


class _Untold(_Part):
    muted: str | None = None


class _Edition(_Part):
    schema_: str = Field(alias="schema")
    title: str
    date: str
    revision: int = 1
    generated_at: str
    language: str
    topics: tuple[_Topic, ...]
    stories: tuple[_Told, ...]
    more: tuple[_Untold, ...] = ()


def shelf(out: Path) -> Shelf:
    """Read every edition that stands in OUT; a damaged one is a failure and stops no other."""
    known = _recalled(out / CACHE)
    found: dict[str, _Remembered] = {}
    failures = []
    for day in days(out):
        try:
            if entry := _remembered(out / day, known.get(day)):
                found[day] = entry
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            failures.append(
                Failure(stage="archive", item=f"{out / day}", reason=reason or "unreadable", degrades=False)
            )
    if found != known:
        with suppress(NothingProducedError):  # a disk that refuses this will refuse the archive too, and be named
            _remember(out / CACHE, found)
    editions = tuple(entry.summary for _, entry in sorted(found.items(), reverse=True))
    return Shelf(editions, tuple(failures))


def is_day(name: str) -> bool:
    """Whether a name is that of an edition's folder: a date that exists, like 2025-06-21."""
    try:
        return bool(_DATE.fullmatch(name)) and bool(date.fromisoformat(name))
    except ValueError:
        return False


def days(out: Path) -> Iterator[str]:
    """The folders that are named like an edition, in order."""
    for entry in sorted(os.scandir(out), key=lambda entry: entry.name):
        if is_day(entry.name) and entry.is_dir():
            yield entry.name


def _remembered(place: Path, known: _Remembered | None) -> _Remembered | None:
    """What is known of an edition, read anew if it has changed; None for an empty folder."""
    entries = list(os.scandir(place))
    if not entries:
        return None
    files = tuple(sorted(entry.name for entry in entries if folder.OWN.fullmatch(entry.name) and entry.is_file()))
    missing = [name for name in _NEEDED if name not in files]
    if missing:
        raise ValueError(f"{' and '.join(missing)} missing; not an edition, or a damaged one")
    stamp = _stamp(place / "briefing.json")
    if known and known.stamp == stamp and known.summary.date == place.name:
        same = known.summary.files == files
        return known if same else known.replace(summary=known.summary.replace(files=files))
    return _Remembered(stamp=stamp, summary=_read(place).replace(files=files))


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _read(place: Path) -> Summary:
    """Summarise the edition's `briefing.json`. Raises OSError or ValueError."""
    try:
        edition = _Edition.model_validate_json((place / "briefing.json").read_bytes())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise ValueError(f"briefing.json: {where}: {fault['msg']}".replace(": :", ":")) from error
    if edition.schema_ != SCHEMA:
        raise ValueError(f"briefing.json: its schema is {edition.schema_[:40]!r}, not {SCHEMA!r}")
    if edition.date != place.name:
        raise ValueError(f"briefing.json: it is the edition of {edition.date[:40]!r}")
    return Summary(
        date=edition.date,
        title=one_line(edition.title),
        revision=edition.revision,
        generated_at=edition.generated_at,
        language=edition.language,
        stories=tuple(_headline(words_of(edition.language), story) for story in _in_reading_order(edition)),
        more=sum(not untold.muted for untold in edition.more),
    )


def _in_reading_order(edition: _Edition) -> tuple[_Told, ...]:
    """Every story once: by topic, then those of none; see `numbering.sections`."""
    stories = {story.id: story for story in edition.stories}
    order = dict.fromkeys((*(name for topic in edition.topics for name in topic.stories), *stories))
    return tuple(stories[name] for name in order if name in stories)


def _headline(words: Words, story: _Told) -> Headline:
    said = story.headline
    marks = "".join(f" ⚠ {reason(words, problem)}" for problem in said.problems or ())
    text = one_line(f"{one_line(said.text) or words('story.untitled')}{marks}")
    return Headline(
        id=story.id, text=text, language=said.language, disputes=sum(d.state != "settled" for d in story.disputes)
    )


def _recalled(cache: Path) -> Mapping[str, _Remembered]:
    """What was read before, or nothing where that cannot be relied on."""
    try:
        digest, _, content = cache.read_bytes().partition(b"\n")
        if digest.decode() != hashlib.sha256(content).hexdigest():
            return {}
        return _Cache.model_validate_json(content).editions
    except (OSError, ValueError):
        return {}


def _remember(cache: Path, found: dict[str, Any]) -> None:
    content = _Cache(editions=found).model_dump_json()
    folder.replace(cache, f"{hashlib.sha256(content.encode()).hexdigest()}\n{content}")
