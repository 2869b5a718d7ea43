"""Who reported what: the outlets and origins behind a story, and the picture of the day, outlets × stories."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Literal

from briefing.outputs import numbering
from briefing.outputs.escape import domain, file_path
from briefing.outputs.words import Words
from briefing.text import one_line
from briefing.types import Analysis, ArticleEntry, Briefing, Genre, Record

MAX_OUTLETS = 25
MAX_STORIES = 30
_AGENCY = "agency:"
# What the stages call an article of no outlet, and a speaker whom an article quotes from another.
_NAMELESS, _QUOTED_BY = "unnamed source", ", quoted by "

Kind = Literal["own", "shared", "quoted"]


class Origin(Record):
    """One origin of a story: the outlets that carried its text, and the agency it came from, where known.

    `text` says it: `The Post, also in Harbour Radio`.
    """

    agency: str
    outlets: tuple[str, ...]
    text: str


class Mark(Record):
    """One outlet in a story: a report of its own, a text it shares with another, or quoted in a dispute."""

    column: int
    outlet: str
    kind: Kind


class Strip(Record):
    """The marks of a story, by column; `beyond` outlets have no column. `text` says who reported it."""

    marks: tuple[Mark, ...]
    beyond: int
    text: str


class Picture(Record):
    """Outlets as columns, the busiest first; `beyond` of them found no place. `strips` by story id, the first 30."""

    outlets: tuple[str, ...]
    beyond: int
    strips: dict[str, Strip]


def carried(words: Words, briefing: Briefing, article: ArticleEntry) -> str:
    """Where else an article's text stands, and which article of the edition it revises or corrects."""
    names = (one_line(copy.source or domain(copy.url) or file_path(copy.url)) for copy in article.copies)
    others = [name for name in dict.fromkeys(names) if name and name != outlet(words, article)]
    pages = words("count.pages", n=len(article.copies) + 1)
    also = words("story.carried", outlets=words.series(others), pages=pages) if others else ""
    found = also or words("story.found", pages=pages)
    earlier = (("story.revises", article.revision_of), ("story.corrects", article.corrects))
    named = ((key, briefing.articles.get(identity or "")) for key, identity in earlier)
    tied = [words(key, title=one_line(entry.title), outlet=outlet(words, entry)) for key, entry in named if entry]
    return " ".join((found, *tied) if article.copies else tied)


def outlet(words: Words, article: ArticleEntry) -> str:
    """The outlet as shown to a reader."""
    return shown(words, article.label)


def labelled(words: Words, article: ArticleEntry) -> str:
    """The outlet, with the kind of article where it is no news report: `Vesk Gazette (opinion)`."""
    name = outlet(words, article)
    return words("story.of-genre", outlet=name, genre=genre(words, article.genre)) if article.genre else name


def genre(words: Words, code: Genre) -> str:
    """What an article is, where it is no news report."""
    return words(f"genre.{code.replace(' ', '-')}")


def holder(words: Words, name: str) -> str:
    """Who holds a position: an outlet, a speaker, or a speaker whom an outlet quotes from another."""
    speaker, quoted, by = one_line(name).partition(_QUOTED_BY)
    return words("dispute.quoted-by", speaker=speaker, outlet=shown(words, by)) if quoted else shown(words, name)


def origins(words: Words, briefing: Briefing, story: Analysis) -> tuple[Origin, ...]:
    """The origins of a story in the order of its articles, each with the outlets that carried it."""
    carried: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for article in _articles(briefing, story):
        carried[article.origin or article.id].update(_carriers(words, article))
    return tuple(_origin(words, name, tuple(dict.fromkeys(found.values()))) for name, found in carried.items())


def _origin(words: Words, name: str, outlets: tuple[str, ...]) -> Origin:
    agency = one_line(name.removeprefix(_AGENCY)) if name.startswith(_AGENCY) else ""
    if agency:
        text = words("story.from-agency", agency=agency, outlets=words.series(outlets))
    elif len(outlets) > 1:
        text = words("story.also-in", outlet=outlets[0], outlets=words.series(outlets[1:]))
    else:
        text = outlets[0]
    return Origin(agency=agency, outlets=outlets, text=text)


def picture(words: Words, briefing: Briefing) -> Picture | None:
    """The picture of the day; None where there are not two outlets and two stories to see, or none fits a column."""
    stories = [story for _, stories in numbering.sections(briefing) for story in stories]
    found = {story.id: _kinds(words, briefing, story) for story in stories}
    names = {key: name for kinds in found.values() for key, (name, _) in kinds.items()}
    busy = Counter(key for kinds in found.values() for key in kinds)
    order = sorted(busy, key=lambda key: (-busy[key], names[key].casefold(), key))
    # Many outlets of one story each are mostly articles without a source: columns would say nothing.
    if len(order) < 2 or len(stories) < 2 or (len(order) > MAX_OUTLETS and busy[order[0]] == 1):
        return None
    columns = {key: column for column, key in enumerate(order[:MAX_OUTLETS])}
    return Picture(
        outlets=tuple(names[key] for key in columns),
        beyond=len(order) - len(columns),
        strips={story.id: _strip(words, found[story.id], columns) for story in stories[:MAX_STORIES]},
    )


def _strip(words: Words, kinds: dict[str, tuple[str, Kind]], columns: dict[str, int]) -> Strip:
    marks = (Mark(column=columns[key], outlet=name, kind=kind) for key, (name, kind) in kinds.items() if key in columns)
    found = tuple(sorted(marks, key=lambda mark: mark.column))
    beyond = len(kinds) - len(found)
    named = words.series(_marked(words, mark) for mark in found) or words("picture.no-column")
    text = (
        words("picture.reported-by-more", outlets=named, n=beyond)
        if beyond
        else words("picture.reported-by", outlets=named)
    )
    return Strip(marks=found, beyond=beyond, text=text)


def _marked(words: Words, mark: Mark) -> str:
    return mark.outlet if mark.kind == "own" else words(f"picture.outlet-{mark.kind}", outlet=mark.outlet)


def _kinds(words: Words, briefing: Briefing, story: Analysis) -> dict[str, tuple[str, Kind]]:
    """How each outlet stands in a story: by its key, its name and the kind of its mark."""
    articles = list(_articles(briefing, story))
    names = {key: name for article in articles for key, name in _carriers(words, article).items()}
    sharing: defaultdict[str, set[str]] = defaultdict(set)
    for article in articles:
        sharing[article.origin].update(_carriers(words, article))
    own = {_key(a) for a in articles if len(sharing[a.origin]) == 1 or a.origin == f"outlet:{a.outlet}"}
    positions = (position.statement for dispute in story.disputes for position in dispute.positions)
    cited = {citation.article for statement in positions for citation in statement.citations}
    quoted = {_key(briefing.articles[identity]) for identity in cited}
    return {
        key: (name, "quoted" if key in quoted else "own" if key in own else "shared") for key, name in names.items()
    }


def _articles(briefing: Briefing, story: Analysis) -> Iterator[ArticleEntry]:
    return (briefing.articles[identity] for identity in story.articles if identity in briefing.articles)


def _carriers(words: Words, article: ArticleEntry) -> dict[str, str]:
    """The outlets that carried an article's text, by key, with their names."""
    key = _key(article)
    copies = {copy.source: shown(words, copy.source) for copy in article.copies if copy.source and copy.source != key}
    return {key: outlet(words, article), **copies}


def _key(article: ArticleEntry) -> str:
    """What an outlet is drawn under. A name that stands in the text is the outlet's too, though it is not counted."""
    return article.source or article.source_inferred or article.outlet


def shown(words: Words, name: str) -> str:
    """An outlet's name; a host without its `www.`."""
    if name == _NAMELESS:
        return words("story.unnamed-source")
    return one_line(name).removeprefix("www.") or words("story.unnamed")
