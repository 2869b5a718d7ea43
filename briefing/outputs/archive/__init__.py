"""The archive around the editions: `index.html`, `feed.xml` and `latest/` in OUT, made anew after each edition.

Everything follows from the editions that stand in OUT: one that was removed is no longer listed, a damaged one is
named and left out. Each file is the old or the new one at any moment, and needs no server and no request.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup
from pydantic import AfterValidator, Field

from briefing.errors import BriefingError
from briefing.outputs import assets, dates, folder, templating
from briefing.outputs.archive import atom, latest
from briefing.outputs.archive.summaries import CACHE, Headline, Summary, shelf
from briefing.outputs.escape import safe_url
from briefing.outputs.html import Html
from briefing.outputs.numbering import anchor
from briefing.outputs.wording import joined, told
from briefing.outputs.words import FALLBACK, Words, words_of
from briefing.text import one_line
from briefing.types import Failure, Record

INDEX = "index.html"
SHOWN = 4  # headlines of an edition that stand open; one more is not hidden alone
_MARKS = {INDEX: b'<meta name="generator" content="briefing">', atom.FILE: b"<generator>briefing</generator>"}
_MARK_WITHIN = 4096
_UNFINISHED = re.compile(rf"\.(?:{re.escape(INDEX)}|{re.escape(atom.FILE)}|{re.escape(CACHE)})-[0-9a-f]+\.tmp")


def _base(url: str | None) -> str | None:
    if url is None:
        return None
    safe = safe_url(url)
    parts = urlsplit(safe or "")
    if not safe or parts.scheme != "https" or parts.query or parts.fragment:
        raise ValueError("should be an address like https://news.example/briefings/")
    return safe.rstrip("/") + "/"


class Archive(Record):
    """How the archive is made: the settings table `[archive]`.

    `title` is that of the newest edition if empty. `base_url` is where OUT will stand on the web: the feed then has
    absolute links, and ids of that host; without it links are relative. `tag`, "authority,date" of RFC 4151, keeps
    the feed's ids when the address changes. `entries` is how many editions the feed lists.
    """

    title: str = Field("", max_length=200)
    base_url: Annotated[str | None, AfterValidator(_base)] = None
    tag: str = Field("", pattern=r"^(?:[a-z0-9.@_-]+,\d{4}(?:-\d\d(?:-\d\d)?)?)?$", max_length=200)
    entries: int = Field(50, ge=1, le=1000)


class Line(NamedTuple):
    """One headline of an edition; `href` leads to the story where there is a page."""

    text: str
    language: str
    href: Markup | None
    disputed: bool


class Listed(NamedTuple):
    """One edition; the first `shown` of its lines stand open. `disputed` says how many are, "" for none."""

    anchor: Markup
    date: str
    day: str
    href: Markup
    about: str
    disputed: str
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    shown: int


class Month(NamedTuple):
    """A month with its editions, newest first."""

    anchor: Markup
    year: str
    name: str
    short: str
    editions: tuple[Listed, ...]


class Year(NamedTuple):
    """A year with its months, newest first."""

    name: str
    months: tuple[Month, ...]


class Contents(NamedTuple):
    """What stands on the page of all editions; `latest` is where the newest one stands, if there is one."""

    title: str
    coverage: str
    latest: Markup | None
    months: tuple[Month, ...]

    @property
    def years(self) -> tuple[Year, ...]:
        """The months, by year."""
        grouped = groupby(self.months, lambda month: month.year)
        return tuple(Year(name, tuple(months)) for name, months in grouped)


def update(out: Path, settings: Archive | None = None, html: Html | None = None) -> tuple[Failure, ...]:
    """Bring the archive in OUT up to date with the editions there; `html` says how their pages look.

    Its own words are in the language of the newest edition.

    The caller holds the lock on OUT. Returns a failure for each edition that could not be read (`degrades` False)
    and for each part that could not be written: the editions themselves stand all the same.
    """
    settings, html = settings or Archive(), html or Html()
    recover(out)
    found = shelf(out)
    words = words_of(found.editions[0].language if found.editions else FALLBACK)
    named = atom.Named(_title(words, found.editions, settings), settings.base_url or "", settings.tag)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        (latest.LATEST, lambda: _put_latest(out, found.editions)),
        (INDEX, lambda: _write(out, INDEX, _index(words, found.editions, named.title, html))),
        (atom.FILE, lambda: _write(out, atom.FILE, atom.feed(found.editions[: settings.entries], named))),
    )
    faults = (_fault(out / name, step) for name, step in steps)
    return (*found.failures, *(fault for fault in faults if fault))


def recover(out: Path) -> None:
    """Undo or finish what a killed run left of the archive in OUT."""
    latest.recover(out)
    for path in sorted(out.iterdir()):
        if _UNFINISHED.fullmatch(path.name):
            path.unlink()


def contents(words: Words, editions: Sequence[Summary], title: str) -> Contents:
    """What the page of all editions says; `editions` are newest first."""
    grouped = groupby(editions, lambda edition: edition.date[:7])
    stands = f"{latest.LATEST}/{_entrance(editions[0])}" if editions else ""
    return Contents(
        title=title,
        coverage=_coverage(words, editions),
        latest=Markup("{}").format(stands) if stands else None,
        months=tuple(
            _month(words, month, [_listed(words, e, title, whole=e is editions[0]) for e in found])
            for month, found in grouped
        ),
    )


def _entrance(newest: Summary) -> str:
    name = atom.main_file(newest)
    return INDEX if name == latest.PAGE else name


def _title(words: Words, editions: Sequence[Summary], settings: Archive) -> str:
    return one_line(settings.title) or (editions[0].title if editions else "") or words("part.briefing")


def _coverage(words: Words, editions: Sequence[Summary]) -> str:
    if not editions:
        return words("archive.no-edition")
    first, last = (dates.day(words, edition.date, "full") for edition in (editions[-1], editions[0]))
    stories = sum(len(edition.stories) for edition in editions)
    return joined(
        (
            words("count.editions", n=len(editions)),
            told(words, stories, sum(edition.disputed for edition in editions)),
            first if first == last else words("archive.days", first=first, last=last),
        )
    )


def _month(words: Words, month: str, editions: Sequence[Listed]) -> Month:
    day = editions[0].date
    return Month(
        anchor=Markup("m-{}").format(month),
        year=month[:4],
        name=dates.day(words, day, "month"),
        short=dates.day(words, day, "month-short"),
        editions=tuple(editions),
    )


def _listed(words: Words, edition: Summary, title: str, *, whole: bool) -> Listed:
    notes = (
        edition.title if edition.title != title else "",
        words("archive.revision", revision=edition.revision) if edition.revision > 1 else "",
        words("count.more-listed", n=edition.more) if edition.more else "",
    )
    lines = tuple(_line(words, edition, story) for story in edition.stories)
    return Listed(
        anchor=Markup("d-{}").format(edition.date),
        date=edition.date,
        day=dates.day(words, edition.date, "in-month"),
        href=Markup("{}/{}").format(edition.date, atom.main_file(edition)),
        about=words("count.stories", n=len(lines)),
        disputed=words("archive.disputed", n=edition.disputed) if edition.disputed else "",
        notes=tuple(note for note in notes if note),
        lines=lines,
        shown=len(lines) if whole or len(lines) <= SHOWN + 1 else SHOWN,
    )


def _line(words: Words, edition: Summary, story: Headline) -> Line:
    paged = latest.PAGE in edition.files
    return Line(
        text=story.text,
        language=atom.language(story.language) if story.language != words.tag else "",
        href=Markup("{}/{}#{}").format(edition.date, latest.PAGE, anchor(story.id)) if paged else None,
        disputed=bool(story.disputes),
    )


def _index(words: Words, editions: Sequence[Summary], title: str, html: Html) -> str:
    script = (resources.files("briefing") / "outputs" / "templates" / "archive.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    theme = assets.theme(html.theme) if html.theme else ""
    return templating.render(
        "archive.html.jinja",
        None,
        html.templates_dir,
        words=words,
        searching=_searching(words),
        archive=contents(words, editions, title),
        look=html.look(assets.logo(html.logo) if html.logo else ""),
        theme=Markup(theme),  # noqa: S704 - the user's own style sheet, in which no tag can stand
        script=Markup(script),  # noqa: S704 - ours
        script_hash=Markup("sha256-{}").format(digest),
    )


def _searching(words: Words) -> str:
    """What the page's script says of a search, for it alone: its numbers are not known before."""
    said = {"found": "archive.found", "none": "archive.found-none", "headlines": "count.headlines"}
    return json.dumps({name: words.entries[key] for name, key in {**said, "editions": "count.editions"}.items()})


def _put_latest(out: Path, editions: Sequence[Summary]) -> None:
    if editions:
        latest.put(out, out / editions[0].date, editions[0].files)
    else:
        latest.take_away(out)


def _write(out: Path, name: str, text: str) -> None:
    """Write a file of the archive. Raises ValueError where one stands that is not of this archive."""
    path = out / name
    if path.exists() or path.is_symlink():
        with path.open("rb") as stream:
            if path.is_symlink() or _MARKS[name] not in stream.read(_MARK_WITHIN):
                raise ValueError("was not made by briefing; move it away, or choose another `out`")
    folder.replace(path, text)


def _fault(path: Path, step: Callable[[], None]) -> Failure | None:
    try:
        step()
    except (OSError, ValueError, BriefingError) as error:
        reason = error.strerror if isinstance(error, OSError) else ""
        return Failure(stage="archive", item=str(path), reason=reason or str(error))
    return None
