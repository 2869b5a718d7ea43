"""Who reported what: the outlets and origins behind a story, and the picture of the day, outlets × stories."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from briefing.outputs import numbering
from briefing.outputs.escape import domain, file_path
from briefing.text import one_line
from briefing.types import Analysis, ArticleEntry, Briefing, Record

UNNAMED = "unnamed"
MAX_OUTLETS = 25
MAX_STORIES = 30
_AGENCY = "agency:"

Kind = Literal["own", "shared", "quoted"]


class Origin(Record):
    """One origin of a story: the outlets that carried its text, and the agency it came from, where known."""

    agency: str
    outlets: tuple[str, ...]


class Mark(Record):
    """One outlet in a story: a report of its own, a text it shares with another, or quoted in a dispute."""

    column: int
    outlet: str
    kind: Kind


class Strip(Record):
    """The marks of a story, by column; `beyond` outlets have no column."""

    marks: tuple[Mark, ...]
    beyond: int


class Picture(Record):
    """Outlets as columns, the busiest first; `beyond` of them found no place. `strips` by story id, the first 30."""

    outlets: tuple[str, ...]
    beyond: int
    strips: dict[str, Strip]


def carried(briefing: Briefing, article: ArticleEntry) -> str:
    """Where else an article's text stands, and which article of the edition it revises or corrects."""
    names = (one_line(copy.source or domain(copy.url) or file_path(copy.url)) for copy in article.copies)
    others = [name for name in dict.fromkeys(names) if name and name != outlet(article)]
    pages = f"{len(article.copies) + 1} pages"
    also = f"Also carried by {', '.join(others)} ({pages})." if others else f"Found on {pages}."
    earlier = (("Revises", article.revision_of), ("Corrects", article.corrects))
    named = ((verb, briefing.articles.get(identity or "")) for verb, identity in earlier)
    tied = [f"{verb} “{one_line(entry.title)}” ({outlet(entry)})." for verb, entry in named if entry]
    return " ".join((also, *tied) if article.copies else tied)


def outlet(article: ArticleEntry) -> str:
    """The outlet as shown to a reader."""
    return shown(article.label)


def labelled(article: ArticleEntry) -> str:
    """The outlet, with the kind of article where it is no news report: `Vesk Gazette (opinion)`."""
    return f"{outlet(article)} ({article.genre})" if article.genre else outlet(article)


def origins(briefing: Briefing, story: Analysis) -> tuple[Origin, ...]:
    """The origins of a story in the order of its articles, each with the outlets that carried it."""
    carried: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for article in _articles(briefing, story):
        carried[article.origin or article.id].update(_carriers(article))
    return tuple(
        Origin(
            agency=one_line(name.removeprefix(_AGENCY)) if name.startswith(_AGENCY) else "",
            outlets=tuple(_named(found)),
        )
        for name, found in carried.items()
    )


def picture(briefing: Briefing) -> Picture | None:
    """The picture of the day; None where there are not two outlets and two stories to see, or none fits a column."""
    stories = [story for _, stories in numbering.sections(briefing) for story in stories]
    found = {story.id: _kinds(briefing, story) for story in stories}
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
        strips={story.id: _strip(found[story.id], columns) for story in stories[:MAX_STORIES]},
    )


def _strip(kinds: dict[str, tuple[str, Kind]], columns: dict[str, int]) -> Strip:
    marks = (Mark(column=columns[key], outlet=name, kind=kind) for key, (name, kind) in kinds.items() if key in columns)
    found = tuple(sorted(marks, key=lambda mark: mark.column))
    return Strip(marks=found, beyond=len(kinds) - len(found))


def _kinds(briefing: Briefing, story: Analysis) -> dict[str, tuple[str, Kind]]:
    """How each outlet stands in a story: by its key, its name and the kind of its mark."""
    articles = list(_articles(briefing, story))
    names = {key: name for article in articles for key, name in _carriers(article).items()}
    sharing: defaultdict[str, set[str]] = defaultdict(set)
    for article in articles:
        sharing[article.origin].update(_carriers(article))
    own = {_key(a) for a in articles if len(sharing[a.origin]) == 1 or a.origin == f"outlet:{a.outlet}"}
    positions = (position.statement for dispute in story.disputes for position in dispute.positions)
    cited = {citation.article for statement in positions for citation in statement.citations}
    quoted = {_key(briefing.articles[identity]) for identity in cited}
    return {
        key: (name, "quoted" if key in quoted else "own" if key in own else "shared") for key, name in names.items()
    }


def _articles(briefing: Briefing, story: Analysis) -> Iterator[ArticleEntry]:
    return (briefing.articles[identity] for identity in story.articles if identity in briefing.articles)


def _carriers(article: ArticleEntry) -> dict[str, str]:
    """The outlets that carried an article's text, by key, with their names."""
    key = _key(article)
    copies = {copy.source: shown(copy.source) for copy in article.copies if copy.source and copy.source != key}
    return {key: outlet(article), **copies}


def _key(article: ArticleEntry) -> str:
    """What an outlet is drawn under. A name that stands in the text is the outlet's too, though it is not counted."""
    return article.source or article.source_inferred or article.outlet


def _named(found: dict[str, str]) -> Iterable[str]:
    return dict.fromkeys(found.values())


def shown(name: str) -> str:
    """An outlet's or a holder's name; a host without its `www.`."""
    return one_line(name).removeprefix("www.") or UNNAMED
