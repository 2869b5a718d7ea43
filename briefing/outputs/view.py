"""What a reader sees of one edition, before any markup: plain text in reading order, numbered once.

Every renderer prints the same `Page`; it only chooses the markup. All text here is still untrusted,
every `url` is a safe address or None.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from briefing.outputs import changes, dates, numbering
from briefing.outputs.charts import Reading, Steps, figure, steps
from briefing.outputs.escape import domain, file_path, safe_url, text_fragment
from briefing.outputs.notes import asked, coverage, facts, making, over_budget, quiet, unreported
from briefing.outputs.outlets import Origin, Picture, Strip, labelled, origins, outlet, picture, shown
from briefing.outputs.wording import cut, joined, reason, support
from briefing.text import one_line
from briefing.types import Analysis, ArticleEntry, Briefing, Citation, Dispute, Failure, Record, Statement, Update

_IDENTITY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Reference(Record):
    """An article as it is named to the reader; `key` labels its address where markup needs a label.

    `outlet` says beside the name what kind of article it is, where it is no news report.
    """

    key: str
    outlet: str
    title: str
    language: str | None
    url: str | None
    domain: str
    path: str
    published: str


class Quote(Record):
    """The words a statement stands on, with their citation number and where they were printed."""

    text: str
    language: str | None
    number: int
    where: str


class Line(Record):
    """A statement; `quotes` is empty where its text is nothing but the quotes. `language` only if not the edition's.

    `new` marks what is new in a story that was partly told before. `earlier` is what an edition before said of a
    correction.
    """

    text: str
    language: str | None
    numbers: tuple[int, ...]
    support: str
    notes: tuple[str, ...]
    quotes: tuple[Quote, ...]
    new: bool = False
    earlier: tuple[Quote, ...] = ()


class Side(Record):
    """One position of a dispute, always with its quotes; `line` is set where the position is told in other words."""

    holder: str
    line: Line | None
    quotes: tuple[Quote, ...]
    notes: tuple[str, ...]


class Unread(Record):
    """An item that gave no article: its title or what else names it, its address, and the host or file it was at."""

    name: str
    url: str | None
    place: str
    reason: str
    stage: str


class Conflict(Record):
    """A dispute: the question, what kind of difference it is, since when, and its sides.

    `tag` says how it stands; `brief` where nothing new is said in it.
    """

    question: str
    tag: str
    label: str
    brief: bool
    sides: tuple[Side, ...]


class Point(Record):
    """One step of an update."""

    value: str
    time: str
    line: Line


class Movement(Record):
    """A quantity or status that moved; `chart` where every value is a number."""

    what: str
    points: tuple[Point, ...]
    chart: Steps | None = None


class Told(Record):
    """A story as told; `anchor` is made from its id. `facts` say how it stands: support first, then its dates.

    `strip` is its row in the picture of the day, if there is one.
    """

    anchor: str
    headline: Line
    facts: tuple[str, ...]
    origins: tuple[Origin, ...]
    summary: tuple[Line, ...]
    disputes: tuple[Conflict, ...]
    updates: tuple[Movement, ...]
    uncited: tuple[Reference, ...]
    strip: Strip | None

    @property
    def disputed(self) -> bool:
        """Whether any dispute of it is not settled."""
        return any(dispute.tag != "Settled" for dispute in self.disputes)

    @property
    def about(self) -> str:
        """The facts on one line."""
        return joined(self.facts)


class Chapter(Record):
    """A topic with its stories."""

    anchor: str
    name: str
    stories: tuple[Told, ...]


class Source(Record):
    """One numbered citation: the article, which sentence, and its words.

    `quote` is cut for a list, and empty where the words are the title; `words` are all of them.
    """

    number: int
    reference: Reference
    sentence: str
    quote: str
    words: str
    carried: str
    url: str | None
    back: str


class Mention(Record):
    """A story that is only listed."""

    title: str
    about: str
    references: tuple[Reference, ...]


class Held(Record):
    """A withheld statement, why, and in which story."""

    text: str
    reasons: str
    story: str


class Page(Record):
    """One edition as read from top to bottom."""

    title: str
    day: str
    date: str
    language: str
    coverage: str
    quiet: str
    corrections: tuple[Line, ...]
    overview: tuple[Line, ...]
    chapters: tuple[Chapter, ...]
    sources: tuple[Source, ...]
    more: tuple[Mention, ...]
    withheld: tuple[Held, ...]
    unread: tuple[Unread, ...]
    no_article: tuple[Unread, ...]
    asked: tuple[str, ...]
    making: tuple[str, ...]
    picture: Picture | None

    @property
    def references(self) -> tuple[Reference, ...]:
        """The articles named without a citation number, each once, in order."""
        told = (reference for chapter in self.chapters for story in chapter.stories for reference in story.uncited)
        listed = (reference for mention in self.more for reference in mention.references)
        return tuple({reference.key: reference for reference in (*told, *listed)}.values())


class Edition(Record):
    """A briefing with what every part of its page needs: the citation numbers, the time zone, the year."""

    briefing: Briefing
    numbers: numbering.Numbers
    keys: dict[str, str]
    zone: ZoneInfo
    year: int | None

    @classmethod
    def of(cls, briefing: Briefing) -> "Edition":
        """The edition of a briefing."""
        zone = dates.zone(briefing.timezone)
        day = dates.parse(briefing.date, zone)
        return cls(
            briefing=briefing,
            numbers=numbering.numbers(briefing),
            keys={identity: f"a{n}" for n, identity in enumerate(briefing.articles, 1)},
            zone=zone,
            year=day.year if isinstance(day, date | datetime) else None,
        )

    def foreign(self, language: str | None) -> str | None:
        """The language, where it is not the edition's."""
        return None if language == self.briefing.language else language


def page(briefing: Briefing) -> Page:
    """The page of a briefing; a pure function of it."""
    briefing = changes.condensed(briefing)
    edition = Edition.of(briefing)
    drawn = picture(briefing)
    chapters = _chapters(edition, drawn.strips if drawn else {})
    return Page(
        title=one_line(briefing.title) or "Briefing",
        day=dates.long_day(briefing.date),
        date=one_line(briefing.date),
        language=one_line(briefing.language) or "und",
        coverage=coverage(briefing),
        quiet=quiet(briefing),
        corrections=tuple(_correction(edition, statement) for statement in briefing.corrections),
        overview=tuple(line(edition, s, changes.opening(briefing, s)) for s in briefing.overview),
        chapters=chapters,
        sources=_sources(edition),
        more=_mentions(edition),
        withheld=_withheld(briefing),
        unread=tuple(_unread(failure) for failure in briefing.failures if failure.degrades),
        # What the budget left to be told without a model stands under how the edition was made.
        no_article=tuple(_unread(f) for f in briefing.failures if not f.degrades and not over_budget(f)),
        asked=asked(briefing),
        making=making(briefing, len(edition.numbers)),
        picture=drawn,
    )


def _unread(failure: Failure) -> Unread:
    title, url = one_line(failure.title or ""), safe_url(failure.url)
    item = one_line(failure.item)
    return Unread(
        name=title or item,
        url=url if title else None,
        place=(domain(url) or item) if title else "",
        reason=one_line(failure.reason),
        stage=one_line(failure.stage),
    )


def anchor(identity: str) -> str:
    """Where a story stands on every page that tells it: `story-<id>`, or a hash of an id that fits no address."""
    fit = _IDENTITY.fullmatch(identity)
    return f"story-{identity if fit else hashlib.sha256(identity.encode('utf-8', 'replace')).hexdigest()[:12]}"


def line(edition: Edition, statement: Statement, opening: str = "") -> Line:
    """A statement behind an opening of ours, with its numbers, marks, and (where it is not verbatim) its quotes."""
    return Line(
        text=f"{opening}{one_line(statement.text)}",
        language=edition.foreign(statement.language),
        numbers=tuple(dict.fromkeys(edition.numbers[c.article, c.sentence] for c in statement.citations)),
        support=support(statement.outlets, statement.origins) if statement.origins > 1 else "",
        notes=_notes(edition, statement),
        quotes=() if _verbatim(statement) else _quotes(edition, statement),
    )


def _correction(edition: Edition, statement: Statement) -> Line:
    """A correction; one in a source's own words stands before what an edition before said."""
    first, *said = statement.citations
    if first.quote != statement.text:
        return line(edition, statement)
    plain = line(edition, statement.replace(citations=(first,)))
    return plain.replace(earlier=tuple(_quote(edition, citation) for citation in said))


def _verbatim(statement: Statement) -> bool:
    return one_line(statement.text) == one_line(" ".join(citation.quote for citation in statement.citations))


def _notes(edition: Edition, statement: Statement) -> tuple[str, ...]:
    articles = edition.briefing.articles
    languages = {articles[citation.article].language for citation in statement.citations} - {None}
    translated = statement.language is not None and bool(languages) and statement.language not in languages
    marks = [reason(problem) for problem in statement.problems or ()]
    marks += unreported(articles[citation.article] for citation in statement.citations)
    if translated and not _verbatim(statement):
        marks.append("translated; wording not checked")
    return tuple(marks)


def _quotes(edition: Edition, statement: Statement) -> tuple[Quote, ...]:
    return tuple(_quote(edition, citation) for citation in statement.citations)


def _quote(edition: Edition, citation: Citation) -> Quote:
    article = edition.briefing.articles[citation.article]
    return Quote(
        text=one_line(citation.quote),
        language=edition.foreign(article.language),
        number=edition.numbers[citation.article, citation.sentence],
        where=f"{labelled(article)}, {dates.moment(article.published, edition.zone)}",
    )


def _reference(edition: Edition, identity: str) -> Reference:
    article = edition.briefing.articles[identity]
    return Reference(
        key=edition.keys[identity],
        outlet=labelled(article),
        title=one_line(article.title) or "untitled",
        language=edition.foreign(article.language),
        url=safe_url(article.url),
        domain=domain(article.url),
        path=file_path(article.url),
        published=dates.moment(article.published, edition.zone),
    )


def _references(edition: Edition, identities: Iterable[str]) -> tuple[Reference, ...]:
    return tuple(_reference(edition, identity) for identity in identities if identity in edition.keys)


def _chapters(edition: Edition, strips: dict[str, Strip]) -> tuple[Chapter, ...]:
    found = numbering.sections(edition.briefing)
    return tuple(
        Chapter(
            anchor=f"topic-{n}",
            name=one_line(name) or ("Other stories" if len(found) > 1 else "Stories"),
            stories=tuple(_told(edition, story, strips.get(story.id)) for story in stories),
        )
        for n, (name, stories) in enumerate(found, 1)
    )


def _told(edition: Edition, story: Analysis, strip: Strip | None) -> Told:
    cited = {citation.article for statement in story.statements() for citation in statement.citations}
    return Told(
        anchor=anchor(story.id),
        headline=line(edition, story.headline),
        facts=facts(edition.briefing, story, edition.zone),
        origins=origins(edition.briefing, story),
        summary=tuple(line(edition, s).replace(new=s.new and changes.partly_new(story)) for s in story.summary),
        disputes=tuple(_conflict(edition, dispute) for dispute in story.disputes),
        updates=tuple(_movement(edition, update) for update in story.updates),
        uncited=_references(edition, (identity for identity in story.articles if identity not in cited)),
        strip=strip,
    )


def _conflict(edition: Edition, dispute: Dispute) -> Conflict:
    return Conflict(
        question=one_line(dispute.question) or "accounts differ",
        tag=changes.tag(dispute),
        label=changes.label(dispute, edition.briefing.date, edition.zone),
        brief=changes.repeated(dispute),
        sides=tuple(_side(edition, position.holder, position.statement) for position in dispute.positions),
    )


def _side(edition: Edition, holder: str, statement: Statement) -> Side:
    return Side(
        holder=shown(holder),
        line=None if _verbatim(statement) else line(edition, statement),
        quotes=_quotes(edition, statement),
        notes=_notes(edition, statement),
    )


def _movement(edition: Edition, update: Update) -> Movement:
    unit = f" {one_line(update.unit)}" if update.unit else ""
    points = tuple(
        Point(
            value=f"{one_line(step.value)}{unit}",
            time=dates.short_moment(step.time, edition.zone, edition.year),
            line=line(edition, step.statement),
        )
        for step in update.steps
    )
    return Movement(what=one_line(update.what), points=points, chart=_chart(edition, update, points))


def _chart(edition: Edition, update: Update, points: tuple[Point, ...]) -> Steps | None:
    articles = edition.briefing.articles
    readings = []
    for step, point in zip(update.steps, points, strict=True):
        language = articles[step.statement.citations[0].article].language
        number = figure(one_line(step.value), step.statement, language)
        if number is None:
            return None
        instant = dates.seconds(step.time, edition.zone)
        readings.append(Reading(number, one_line(step.value), instant, point.time))
    return steps(readings)


def _sources(edition: Edition) -> tuple[Source, ...]:
    back = _first_places(edition)
    named: set[str] = set()
    found = []
    for number, citation in enumerate(numbering.cited(edition.briefing), 1):
        found.append(_source(edition, citation, back[number], again=citation.article in named))
        named.add(citation.article)
    return tuple(found)


def _source(edition: Edition, citation: Citation, back: str, *, again: bool) -> Source:
    article = edition.briefing.articles[citation.article]
    reference = _reference(edition, citation.article)
    return Source(
        number=edition.numbers[citation.article, citation.sentence],
        reference=reference,
        sentence=f"sentence {citation.sentence}" if citation.sentence else "headline",
        quote="" if one_line(citation.quote) == reference.title else cut(citation.quote),
        words=one_line(citation.quote),
        carried="" if again else _carried(edition, article),
        url=text_fragment(reference.url, citation.quote) if reference.url else None,
        back=back,
    )


def _carried(edition: Edition, article: ArticleEntry) -> str:
    names = (one_line(copy.source or domain(copy.url) or file_path(copy.url)) for copy in article.copies)
    others = [name for name in dict.fromkeys(names) if name and name != outlet(article)]
    pages = f"{len(article.copies) + 1} pages"
    carried = f"Also carried by {', '.join(others)} ({pages})." if others else f"Found on {pages}."
    earlier = (("Revises", article.revision_of), ("Corrects", article.corrects))
    named = ((verb, edition.briefing.articles.get(identity or "")) for verb, identity in earlier)
    tied = [f"{verb} “{one_line(entry.title)}” ({outlet(entry)})." for verb, entry in named if entry]
    return " ".join((carried, *tied) if article.copies else tied)


def _first_places(edition: Edition) -> dict[int, str]:
    briefing = edition.briefing
    told = (story for _, stories in numbering.sections(briefing) for story in stories)
    places = [
        ("corrections", briefing.corrections),
        ("overview", briefing.overview),
        *((anchor(story.id), tuple(story.statements())) for story in told),
    ]
    first: dict[int, str] = {}
    for place, statements in places:
        for citation in (citation for statement in statements for citation in statement.citations):
            first.setdefault(edition.numbers[citation.article, citation.sentence], place)
    return first


def _mentions(edition: Edition) -> tuple[Mention, ...]:
    return tuple(
        Mention(
            title=one_line(untold.title) or "untitled",
            about=support(untold.outlets, untold.origins),
            references=_references(edition, untold.articles),
        )
        for untold in edition.briefing.more
    )


def _withheld(briefing: Briefing) -> tuple[Held, ...]:
    headlines = {story.id: one_line(story.headline.text) for story in briefing.stories}
    return tuple(
        Held(
            text=one_line(held.text),
            reasons="; ".join(reason(problem) for problem in held.problems),
            story=headlines.get(held.story, ""),
        )
        for held in briefing.withheld
    )
