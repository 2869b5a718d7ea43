"""What a mail shows of an edition: less than its page, so that mail readers do not cut it off.

    rooms(stories) -> Room, Room, …     from everything to next to nothing
    letter(briefing, page, room)        -> Letter, printed by both parts of the message

A mail cannot count on links within itself (Gmail on iOS ignores them), so a citation number leads
straight to the quoted words at its source, and each story is followed by the sources it cites.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from urllib.parse import quote

from briefing.outputs import numbering
from briefing.outputs.escape import domain
from briefing.outputs.view import Held, Line, Mention, Page, Reference, Told, Unread
from briefing.outputs.wording import joined, quoted, support
from briefing.outputs.words import Words, words_of
from briefing.text import one_line
from briefing.types import Analysis, Briefing, Record

LISTED, LISTED_BRIEFLY = 20, 5
_QUOTE_WORDS = 12
_NAME, _TITLE, _NOTE, _PREHEADER = 60, 200, 400, 140


class Room(Record):
    """How many stories are told in full and how many are named at all, the highest ranked first.

    `listed` is how many entries of each list at the foot are shown, `lead` how many lines before the stories.
    """

    full: int
    named: int
    listed: int = LISTED
    lead: int = 50


class Entry(Record):
    """A cited article: its citation numbers, and the words of those whose words stand nowhere else in the mail."""

    numbers: tuple[int, ...]
    reference: Reference
    carried: str
    quotes: tuple[tuple[int, str], ...]


class Item(Record):
    """A story told in full, and its sources."""

    told: Told
    entries: tuple[Entry, ...]


class Section(Record):
    """A topic with the stories of it that are told in full."""

    name: str
    items: tuple[Item, ...]


class Brief(Record):
    """A story shortened to its headline; `link` leads to the whole of it, or else to its first source."""

    headline: str
    language: str | None
    about: str
    link: str | None
    domain: str


class Notes(Record):
    """The first notes of a list at the foot, and how many there are besides."""

    shown: tuple[str, ...]
    left: int


class Foot(Record):
    """What follows the stories; `mentioned` is how many stories are listed besides those in `more`."""

    more: tuple[Mention, ...]
    mentioned: int
    withheld: Notes
    unread: Notes
    no_article: Notes
    asked: Notes
    making: tuple[str, ...]
    disclosure: str


class Letter(Record):
    """One mail from top to bottom, apart from its headers. `urls` leads from a number to the quoted words."""

    title: str
    day: str
    language: str
    direction: str
    preheader: str
    coverage: str
    web: str | None
    notice: str
    quiet: str
    corrections: tuple[Line, ...]
    overview: tuple[Line, ...]
    lead: tuple[Entry, ...]
    sections: tuple[Section, ...]
    brief: tuple[Brief, ...]
    sources: tuple[Entry, ...]
    urls: dict[int, str]
    foot: Foot


class _Shown(Record):
    """The page, its stories by id with those told in full, and the numbers whose words stand in the mail."""

    words: Words
    page: Page
    web: str | None
    stories: dict[str, Told]
    full: frozenset[str]
    worded: frozenset[int]


def ranked(briefing: Briefing) -> tuple[Analysis, ...]:
    """The stories of an edition, the most important first."""
    order = sorted(enumerate(briefing.stories), key=lambda item: (-item[1].score, item[0]))
    return tuple(story for _, story in order)


def rooms(stories: int) -> tuple[Room, ...]:
    """From everything to next to nothing: the lists at the foot give way first, then one story after another."""
    whole = Room(full=stories, named=stories)
    shortened = (Room(full=full, named=stories, listed=LISTED_BRIEFLY) for full in range(stories, -1, -1))
    unnamed = (Room(full=0, named=named, listed=0) for named in range(stories, -1, -1))
    return whole, *shortened, *unnamed, Room(full=0, named=0, listed=0, lead=0)


def letter(briefing: Briefing, page: Page, room: Room, link_base: str | None) -> Letter:
    """The mail of an edition; `link_base` is the address under which editions are published."""
    corrections, overview = page.corrections[: room.lead], page.overview[: room.lead]
    lead = (*corrections, *overview)
    shown = _shown(briefing, page, room, link_base, lead)
    told = {number for identity in shown.full for number in _numbers(shown.stories[identity])}
    cited = {n for line in lead for n in (*line.numbers, *(quote.number for quote in line.earlier))}
    return Letter(
        title=short(page.title, _TITLE),
        day=short(page.day, _NAME),
        language=short(page.language, _NAME),
        direction=page.direction,
        preheader=_preheader(shown.words, briefing, page),
        coverage=page.coverage,
        web=shown.web,
        notice=_notice(shown.words, briefing, room, shown.web),
        quiet=page.quiet,
        corrections=corrections,
        overview=overview,
        lead=_entries(shown, cited - told),
        sections=_sections(briefing, shown),
        brief=tuple(_brief(shown, story) for story in ranked(briefing)[room.full : room.named]),
        sources=_entries(shown, cited | told),
        urls={source.number: source.url for source in page.sources if source.url},
        foot=_foot(shown.words, briefing, page, room),
    )


def short(text: str, limit: int) -> str:
    """The text on one line of at most `limit` characters, an ellipsis where it was cut."""
    whole = one_line(text)
    if len(whole) <= limit:
        return whole
    cut = whole[: limit - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[limit // 2 :] else cut}…"


def _shown(briefing: Briefing, page: Page, room: Room, link_base: str | None, lead: Iterable[Line]) -> _Shown:
    anchors = [told for chapter in page.chapters for told in chapter.stories]
    order = [story for _, stories in numbering.sections(briefing) for story in stories]
    stories = {story.id: told for story, told in zip(order, anchors, strict=True)}
    full = frozenset(story.id for story in ranked(briefing)[: room.full])
    words = chain(_worded(lead), *(_told_words(stories[identity]) for identity in full))
    web = f"{link_base.rstrip('/')}/{quote(page.date, safe='')}/briefing.html" if link_base else None
    return _Shown(
        words=words_of(briefing.language), page=page, web=web, stories=stories, full=full, worded=frozenset(words)
    )


def _worded(lines: Iterable[Line]) -> Iterator[int]:
    return (number for line in lines if not line.quotes for number in line.numbers)


def _told_words(told: Told) -> Iterator[int]:
    yield from _worded((told.headline, *told.summary))
    yield from (quote.number for dispute in told.disputes for side in dispute.sides for quote in side.quotes)


def _numbers(told: Told) -> Iterator[int]:
    sides = [side for dispute in told.disputes for side in dispute.sides]
    points = (point.line for update in told.updates for point in update.points)
    lines = (told.headline, *told.summary, *(side.line for side in sides if side.line), *points)
    yield from (number for line in lines for number in line.numbers)
    yield from (quote.number for side in sides for quote in side.quotes)


def _entries(shown: _Shown, numbers: Iterable[int]) -> tuple[Entry, ...]:
    wanted = frozenset(numbers)
    groups: dict[str, list[int]] = {}
    for source in shown.page.sources:
        if source.number in wanted:
            groups.setdefault(source.reference.key, []).append(source.number)
    return tuple(_entry(shown, tuple(group)) for group in groups.values())


def _entry(shown: _Shown, numbers: tuple[int, ...]) -> Entry:
    sources = shown.page.sources
    reference = sources[numbers[0] - 1].reference
    carried = (source.carried for source in sources if source.reference.key == reference.key and source.carried)
    quotes = ((number, _few(sources[number - 1].quote)) for number in numbers if number not in shown.worded)
    return Entry(
        numbers=numbers,
        reference=reference,
        carried=next(carried, ""),
        quotes=tuple((number, quote) for number, quote in quotes if quote),
    )


def _few(quote: str) -> str:
    words = quote.split()
    return quote if len(words) <= _QUOTE_WORDS else f"{' '.join(words[:_QUOTE_WORDS])} …"


def _sections(briefing: Briefing, shown: _Shown) -> tuple[Section, ...]:
    sections = zip(shown.page.chapters, numbering.sections(briefing), strict=True)
    found = (
        Section(
            name=short(chapter.name, _TITLE),
            items=tuple(_item(shown, story) for story in stories if story.id in shown.full),
        )
        for chapter, (_, stories) in sections
    )
    return tuple(section for section in found if section.items)


def _item(shown: _Shown, story: Analysis) -> Item:
    told = shown.stories[story.id]
    return Item(told=told, entries=_entries(shown, _numbers(told)))


def _brief(shown: _Shown, story: Analysis) -> Brief:
    told = shown.stories[story.id]
    link = f"{shown.web}#{told.anchor}" if shown.web else _first_link(shown, told)
    disputed = shown.words("dispute.marked") if told.disputed else ""
    return Brief(
        headline=short(told.headline.text, _TITLE),
        language=told.headline.language,
        about=joined((support(shown.words, story.outlets, story.origins), disputed, *told.headline.notes)),
        link=link,
        domain=domain(link),
    )


def _first_link(shown: _Shown, told: Told) -> str | None:
    cited = (shown.page.sources[number - 1].reference.url for number in _numbers(told))
    return next((url for url in chain(cited, (reference.url for reference in told.uncited)) if url), None)


def _preheader(words: Words, briefing: Briefing, page: Page) -> str:
    also = (words("mail.also", headline=story.headline.text) for story in ranked(briefing)[1:2])
    return short(joined((*also, page.coverage)), _PREHEADER)


def _notice(words: Words, briefing: Briefing, room: Room, web: str | None) -> str:
    shortened, unnamed = room.named - room.full, len(briefing.stories) - room.named
    if not shortened and not unnamed:
        return ""
    folder = words("mail.whole-in-folder", folder=short(briefing.date, 20))
    return words(
        "mail.shortened",
        n=shortened,
        stories=words("count.stories", n=len(briefing.stories)),
        left=words("mail.left-out", n=unnamed) if unnamed else "",
        whole=words("mail.whole-on-web") if web else folder,
    )


def _foot(words: Words, briefing: Briefing, page: Page, room: Room) -> Foot:
    return Foot(
        more=page.more[: room.listed],
        mentioned=len(page.more[room.listed :]),
        withheld=_notes((_held(words, held) for held in page.withheld), room),
        unread=_notes((_failed(words, failure) for failure in page.unread), room),
        no_article=_notes((_failed(words, failure) for failure in page.no_article), room),
        asked=_notes(page.asked, room),
        making=tuple(short(note, _NOTE) for note in page.making),
        disclosure=_disclosure(words, briefing),
    )


def _held(words: Words, note: Held) -> str:
    why = words("withheld.reason", reasons=note.reasons)
    story = f" {words('withheld.story', story=note.story)}" if note.story else ""
    return f"{quoted(words, words.aside(note.text))} {why}{story}"


def _failed(words: Words, failure: Unread) -> str:
    name = words("reading.at", name=failure.name, place=failure.place) if failure.place else failure.name
    return words("reading.failed", name=name, reason=failure.reason, stage=failure.stage)


def _notes(notes: Iterable[str], room: Room) -> Notes:
    found = [short(note, _NOTE) for note in notes]
    return Notes(shown=tuple(found[: room.listed]), left=len(found[room.listed :]))


def _disclosure(words: Words, briefing: Briefing) -> str:
    """AI Act, Art. 50: text a model wrote on matters of public interest is said to be so."""
    if briefing.analyst.kind != "llm":
        return ""
    return words("mail.written-by", model=short(briefing.analyst.model or words("mail.a-model"), _TITLE))
