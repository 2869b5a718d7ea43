"""`briefing forget`: an article or a source is removed, and never read again.

    marks      what is forgotten, in the state file: from here on it is not read
    cache      pages that hold it; models' replies that were asked of it, and those that do not say of what
    state      its addresses, that it was seen, the lines learned of a source
    editions   only where asked for: statements on it are withheld, the outputs are written again

In this order, so that an interrupted run finds the rest again: editions say what there is to remove.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from briefing import lock
from briefing.cache import Bodies, Cache, Pruned
from briefing.commands import editions, given
from briefing.commands.online import NAME
from briefing.commands.sources.tables import addresses
from briefing.config import Config
from briefing.errors import ConfigError, EvidenceError
from briefing.languages import lexicons
from briefing.outputs import archive, folder
from briefing.outputs import json as edition_json
from briefing.outputs.archive.summaries import days
from briefing.sources import forgotten
from briefing.sources.forgotten import Forgotten, Mark, Traces
from briefing.sources.formats.urls import identity
from briefing.stages.forgetting import matched, without
from briefing.state import State
from briefing.text import counted, sentences
from briefing.types import ArticleEntry, Briefing, Record

_DEFAULT = Path("briefing.toml")
# Shorter ones stand on many pages.
_TELLING_CHARS = 24

Say = Callable[[str], object]


class Options(Record):
    """The arguments of `briefing forget`."""

    what: str | None = None
    config: Path | None = None
    out: Path | None = None
    editions: bool = False
    dry_run: bool = False
    undo: bool = False


class Held(NamedTuple):
    """One edition or revision that holds what is to be forgotten, as it is and as it will be."""

    place: Path
    before: Briefing
    after: Briefing


class Found(NamedTuple):
    """What there is of it: the marks to make, where editions hold it, its articles and their texts by id."""

    marks: tuple[Mark, ...]
    held: tuple[Held, ...]
    articles: Mapping[str, ArticleEntry]
    texts: Mapping[str, str]
    damaged: tuple[str, ...]


def forget(options: Options, say: Say) -> None:
    """Forget, take it back, or list what is forgotten; `say` gets each line.

    Raises ConfigError for a name that nothing is known by, EvidenceError naming editions too damaged to search.
    """
    config = given.loaded(options.config or (_DEFAULT if _DEFAULT.exists() else None))
    config = config.replace(out=options.out) if options.out else config
    if options.what is None:
        for line in _listed(config):
            say(line)
    elif options.undo:
        say(_undone(config, options.what))
    else:
        with lock.held(config.out) if config.out.is_dir() else nullcontext():
            _forget(config, options.what, options, say)


def _forget(config: Config, asked: str, options: Options, say: Say) -> None:
    if not options.dry_run and config.out.is_dir():
        folder.recover(config.out)
        archive.recover(config.out)
    path = config.state / NAME
    # Where there is none, looking makes none.
    with State.transient() if options.dry_run and not path.exists() else State.opened(path) as state:
        found = _found(config, state, asked)
        marks = Forgotten(marks=frozenset(found.marks))
        if not options.dry_run:
            forgotten.remember(state, found.marks, asked, datetime.now(UTC))
        kept = forgotten.traces(state, marks)
        pages, replies = _uncached(config, found, kept, dry=options.dry_run)
        if not options.dry_run:
            forgotten.erase(state, kept, (e.url for e in found.articles.values() if e.url))
    for line in _said(asked, found, kept, (pages, replies), options):
        say(line)
    if options.editions and not options.dry_run:
        for day in sorted({_day(config.out, one.place) for one in found.held}):
            _rewritten(config, day, [one for one in found.held if _day(config.out, one.place) == day], say)
        given.shelve(config)
    if found.damaged:
        said = "not searched, since they cannot be read; mend or remove them, and run this again:"
        raise EvidenceError("\n".join((said, *found.damaged)))


def _found(config: Config, state: State, asked: str) -> Found:
    """Look it up in the settings and in every revision of every edition."""
    marks = _marks(config, asked)
    unwanted = Forgotten(marks=frozenset(marks))
    held, damaged = [], []
    articles: dict[str, ArticleEntry] = {}
    texts: dict[str, str] = {}
    for place, edition in _shelf(config.out):
        if isinstance(edition, EvidenceError):
            damaged.append(str(edition))
            continue
        articles |= matched(edition, unwanted)
        after = without(edition, unwanted, lexicons())
        if after != edition:
            held.append(Held(place, edition, after))
            texts |= {i: text for i, text in edition.evidence.items() if i in articles}
    if not held:
        _require_known(config, state, marks, asked)
    if marks[0].kind == "article":
        marks = (*marks, *{Mark("url", identity(url)) for e in articles.values() if (url := _web(e))})
    return Found(marks, tuple(held), articles, texts, tuple(damaged))


def _require_known(config: Config, state: State, marks: tuple[Mark, ...], asked: str) -> None:
    """Raise ConfigError for a name that nothing has, unless it is forgotten already."""
    before = {Mark(m.kind, m.name) for m in forgotten.remembered(state)}
    if marks[0].kind not in {"outlet", "article"} or len(marks) > 1 or marks[0] in before:
        return
    names = {e.source for _, one in _shelf(config.out) if isinstance(one, Briefing) for e in one.articles.values()}
    names |= {name for source in config.sources for name in _names(source)}
    known = ", ".join(sorted(filter(None, names))[:12])
    raise ConfigError(f"{asked}: no edition and no source is known by that; known are {known or 'none'}")


def _web(entry: ArticleEntry) -> str:
    return entry.url if entry.url and "://" in entry.url else ""


def _shelf(out: Path) -> Iterator[tuple[Path, Briefing | EvidenceError]]:
    """Every edition and revision, or what is wrong with it; one at a time, since there may be years of them."""
    for day in days(out) if out.is_dir() else ():
        for place in folder.revisions(out / day):
            try:
                yield place, editions.read(place)
            except EvidenceError as error:
                yield place, error


def _marks(config: Config, asked: str) -> tuple[Mark, ...]:
    """What is meant; of a source, by its address or its name, also what its articles are counted under."""
    first = forgotten.mark(asked)
    unwanted = Forgotten(marks=frozenset((first,)))
    more = []
    for source in config.sources:
        urls, names = addresses(source), _names(source)
        if any(map(unwanted.address, urls)) or any(map(unwanted.outlet, names)):
            more += [*(Mark("outlet", name.casefold()) for name in names), *(Mark("url", identity(u)) for u in urls)]
    shelf = (edition for _, edition in _shelf(config.out)) if first.kind == "url" else ()
    for health in (h for edition in shelf if isinstance(edition, Briefing) for h in edition.run.sources):
        if unwanted.address(health.url) and "://" not in health.source:
            more.append(Mark("outlet", health.source.casefold()))
    return tuple(dict.fromkeys((first, *more)))


def _names(source: object) -> tuple[str, ...]:
    return tuple(name for key in ("name", "source") if (name := getattr(source, key, None)))


def _uncached(config: Config, found: Found, kept: Traces, *, dry: bool) -> tuple[Pruned, Pruned]:
    """Remove the pages that hold it and the replies that may; `dry` counts them."""
    needles = tuple(_needles(found))

    def page(key: str, body: bytes) -> bool:
        return key in kept.bodies or any(needle in body for needle in needles)

    def reply(_key: str, entry: bytes) -> bool:
        of = _asked_of(entry)
        # Where its page was read and no edition is left to say which article that was, it may be any.
        return of is None or not found.articles or not frozenset(of).isdisjoint(found.articles)

    pages = Bodies(folder=config.cache / "bodies").without(page, dry=dry)
    if not found.articles and not kept.urls:
        return pages, Pruned()
    return pages, Cache(folder=config.cache / "replies").without(reply, dry=dry)


def _needles(found: Found) -> Iterator[bytes]:
    """What tells a page that holds one of the articles: its address, its title, its sentences."""
    said = [text for e in found.articles.values() for text in (e.title, _web(e))]
    said += [text[span.start : span.end] for text in found.texts.values() for span in sentences(text)]
    for text in dict.fromkeys(said):
        if len(text) >= _TELLING_CHARS:
            yield text.encode()
            yield html.escape(text).encode()


def _asked_of(entry: bytes) -> list[str] | None:
    """The articles that a kept reply is of; None where it does not say."""
    try:
        found = json.loads(entry).get("of")
    except (ValueError, AttributeError, RecursionError):
        return None
    return [str(one) for one in found] if isinstance(found, list) else None


def _said(asked: str, found: Found, kept: Traces, cached: tuple[Pruned, Pruned], options: Options) -> Iterator[str]:
    pages, replies = cached
    dates = sorted({one.before.date for one in found.held})
    verb = "would be forgotten" if options.dry_run else "forgotten"
    yield f"{verb}: {asked} ({counted(len(found.articles), 'article')})"
    learned = f", learned lines of {', '.join(kept.groups)}" if kept.groups else ""
    yield f"state: {counted(len(kept.urls), 'address', 'addresses')}{learned}"
    yield f"cache: {counted(pages.entries, 'page')}, {counted(replies.entries, 'reply', 'replies')}"
    if not dates:
        yield "editions: none holds it"
    elif options.editions:
        lost = sum(len(one.after.withheld) - len(one.before.withheld) for one in found.held)
        yield f"editions: {', '.join(dates)}; {counted(lost, 'statement')} withheld"
    else:
        yield f"editions: {', '.join(dates)} still hold it; --editions takes it out of them"


def _day(out: Path, place: Path) -> str:
    return place.relative_to(out).parts[0]


def _rewritten(config: Config, day: str, held: Iterable[Held], say: Say) -> None:
    """Write an edition's revisions without it; what they were written as is written again, all at once."""
    files = {}
    for one in held:
        below = one.place.relative_to(config.out / day)
        kinds = sorted(p.name.partition(".")[2] for p in one.place.iterdir() if p.match("briefing.*"))
        for kind in kinds:
            try:
                (renderer, *_) = given.with_formats(config, kind).renderers()
            except ConfigError:
                say(f"{one.place / f'briefing.{kind}'}: removed, since nothing here writes it any more")
                continue
            files[str(below / f"briefing.{kind}")] = renderer.render(one.after)
        files[str(below / "evidence.json")] = edition_json.evidence(one.after)
    folder.rewrite(config.out, day, files)


def _listed(config: Config) -> Iterator[str]:
    path = config.state / NAME
    marks: tuple[forgotten.Remembered, ...] = ()
    if path.exists():
        with State.opened(path) as state:
            marks = forgotten.remembered(state)
    asked = {one.asked: one.at[:10] for one in marks}
    yield from (f"{day}  {what}" for what, day in asked.items())
    if not asked:
        yield "nothing is forgotten"


def _undone(config: Config, asked: str) -> str:
    path = config.state / NAME
    if path.exists():
        with State.opened(path) as state:
            if forgotten.undo(state, asked):
                return f"{asked}: is read again; what was removed does not come back"
    raise ConfigError(f"{asked}: is not forgotten; `briefing forget` lists what is")
