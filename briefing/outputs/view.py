"""What a reader sees of one edition, before any markup: plain text in reading order, numbered once.

Every renderer prints the same `Page`; it only chooses the markup. All text here is still untrusted,
every `url` is a safe address or None.
"""

from collections.abc import Iterable

from briefing.outputs import changes, dates, numbering, reasons
from briefing.outputs.charts import Reading, Steps, figure, steps
from briefing.outputs.edition import Edition
from briefing.outputs.escape import domain, file_path, safe_url, text_fragment
from briefing.outputs.notes import asked, coverage, facts, making, over_budget, quiet, unreported
from briefing.outputs.outlets import Origin, Picture, Strip, carried, holder, labelled, origins, picture
from briefing.outputs.wording import cut, joined, phrase, reason, support
from briefing.outputs.words import FALLBACK, Words
from briefing.text import one_line
from briefing.types import Analysis, Briefing, Changed, Citation, Dispute, Failure, Record, Statement, Update


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
    numbers: tuple[int, ...] = ()
    support: str = ""
    notes: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    new: bool = False
    earlier: tuple[Quote, ...] = ()


class Side(Record):
    """One position of a dispute, always with its quotes; `line` is set where the position is told in other words."""

    holder: str
    line: Line | None
    quotes: tuple[Quote, ...]
    notes: tuple[str, ...]


class Unread(Record):
    """An item that gave no article: its title or what else names it, its address, and the host or file it was at.

    `language` is that of the reason, where it is told in the program's words and not in the page's.
    """

    name: str
    url: str | None
    place: str
    reason: str
    language: str | None
    stage: str


class Conflict(Record):
    """A dispute: the question, what kind of difference it is, since when, and its sides.

    `tag` says how it stands; `brief` where nothing new is said in it.
    """

    question: str
    tag: str
    settled: bool
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

    `why` it stands where it does; `strip` is its row in the picture of the day, if there is one.
    """

    anchor: str
    headline: Line
    facts: tuple[str, ...]
    origins: tuple[Origin, ...]
    summary: tuple[Line, ...]
    disputes: tuple[Conflict, ...]
    updates: tuple[Movement, ...]
    uncited: tuple[Reference, ...]
    why: str
    strip: Strip | None

    @property
    def disputed(self) -> bool:
        """Whether any dispute of it is not settled."""
        return not all(dispute.settled for dispute in self.disputes)

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
    direction: str
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


def page(briefing: Briefing) -> Page:
    """The page of a briefing; a pure function of it."""
    briefing = changes.condensed(briefing)
    edition = Edition.of(briefing)
    words = edition.words
    drawn = picture(words, briefing)
    chapters = _chapters(edition, drawn.strips if drawn else {})
    return Page(
        title=one_line(briefing.title) or words("part.briefing"),
        day=dates.day(words, briefing.date),
        date=one_line(briefing.date),
        language=words.tag,
        direction=words.direction,
        coverage=coverage(words, briefing),
        quiet=quiet(words, briefing),
        corrections=(
            *(_correction(edition, statement) for statement in briefing.corrections),
            *(_edited(edition, page) for page in briefing.changed if page.extent == "cited"),
        ),
        overview=tuple(line(edition, s, changes.opening(words, briefing, s)) for s in briefing.overview),
        chapters=chapters,
        sources=_sources(edition),
        more=_mentions(edition),
        withheld=_withheld(edition),
        unread=tuple(_unread(words, failure) for failure in briefing.failures if failure.degrades),
        # What the budget left to be told without a model stands under how the edition was made.
        no_article=tuple(_unread(words, f) for f in briefing.failures if not f.degrades and not over_budget(f)),
        asked=(*asked(words, briefing), *changes.elsewhere(words, briefing)),
        making=making(words, briefing, len(edition.numbers)),
        picture=drawn,
    )


def _unread(words: Words, failure: Failure) -> Unread:
    told = phrase(words, failure.reason, "failure")
    title, url = one_line(failure.title or ""), safe_url(failure.url)
    item = one_line(failure.item)
    return Unread(
        name=title or item,
        url=url if title else None,
        place=(domain(url) or item) if title else "",
        reason=told or one_line(failure.reason),
        language=None if told or words.language == FALLBACK else FALLBACK,
        stage=words.known(f"reading.{failure.stage}") or one_line(failure.stage),
    )


def line(edition: Edition, statement: Statement, opening: str = "") -> Line:
    """A statement behind an opening of ours, with its numbers, marks, and (where it is not verbatim) its quotes."""
    return Line(
        text=f"{opening}{one_line(statement.text)}",
        language=edition.foreign(statement.language),
        numbers=tuple(dict.fromkeys(edition.numbers[c.article, c.sentence] for c in statement.citations)),
        support=support(edition.words, statement.outlets, statement.origins) if statement.origins > 1 else "",
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


def _edited(edition: Edition, page: Changed) -> Line:
    """A page that no longer has what it was cited for, before the words that are gone."""
    return Line(
        text=changes.edited(edition.words, page, edition.briefing.articles[page.article]),
        language=None,
        earlier=tuple(quote for statement in page.gone for quote in _quotes(edition, statement)),
    )


def _verbatim(statement: Statement) -> bool:
    return one_line(statement.text) == one_line(" ".join(citation.quote for citation in statement.citations))


def _notes(edition: Edition, statement: Statement) -> tuple[str, ...]:
    articles = edition.briefing.articles
    languages = {articles[citation.article].language for citation in statement.citations} - {None}
    translated = statement.language is not None and bool(languages) and statement.language not in languages
    marks = [reason(edition.words, problem) for problem in statement.problems or ()]
    marks += unreported(edition.words, (articles[citation.article] for citation in statement.citations))
    if translated and not _verbatim(statement):
        marks.append(edition.words("story.translated"))
    return tuple(marks)


def _quotes(edition: Edition, statement: Statement) -> tuple[Quote, ...]:
    return tuple(_quote(edition, citation) for citation in statement.citations)


def _quote(edition: Edition, citation: Citation) -> Quote:
    article = edition.briefing.articles[citation.article]
    return Quote(
        text=one_line(citation.quote),
        language=edition.foreign(article.language),
        number=edition.numbers[citation.article, citation.sentence],
        where=edition.words(
            "story.printed", outlet=labelled(edition.words, article), moment=edition.moment(article.published)
        ),
    )


def _reference(edition: Edition, identity: str) -> Reference:
    article = edition.briefing.articles[identity]
    return Reference(
        key=edition.keys[identity],
        outlet=labelled(edition.words, article),
        title=one_line(article.title) or edition.words("story.untitled"),
        language=edition.foreign(article.language),
        url=safe_url(article.url),
        domain=domain(article.url),
        path=file_path(article.url),
        published=edition.moment(article.published),
    )


def _references(edition: Edition, identities: Iterable[str]) -> tuple[Reference, ...]:
    return tuple(_reference(edition, identity) for identity in identities if identity in edition.keys)


def _chapters(edition: Edition, strips: dict[str, Strip]) -> tuple[Chapter, ...]:
    found = numbering.sections(edition.briefing)
    return tuple(
        Chapter(
            anchor=f"topic-{n}",
            name=one_line(name) or edition.words("part.other-stories" if len(found) > 1 else "part.stories"),
            stories=tuple(_told(edition, story, strips.get(story.id)) for story in stories),
        )
        for n, (name, stories) in enumerate(found, 1)
    )


def _told(edition: Edition, story: Analysis, strip: Strip | None) -> Told:
    cited = {citation.article for statement in story.statements() for citation in statement.citations}
    return Told(
        anchor=numbering.anchor(story.id),
        headline=line(edition, story.headline),
        facts=facts(edition.words, edition.briefing, story, edition.zone),
        origins=origins(edition.words, edition.briefing, story),
        summary=tuple(line(edition, s).replace(new=s.new and changes.partly_new(story)) for s in story.summary),
        disputes=tuple(_conflict(edition, dispute) for dispute in story.disputes),
        updates=tuple(_movement(edition, update) for update in story.updates),
        uncited=_references(edition, (identity for identity in story.articles if identity not in cited)),
        why=reasons.standing(edition.words, story),
        strip=strip,
    )


def _conflict(edition: Edition, dispute: Dispute) -> Conflict:
    return Conflict(
        question=_asked(edition, dispute),
        tag=changes.tag(edition.words, dispute),
        settled=dispute.state == "settled",
        label=changes.label(edition.words, dispute, edition.briefing.date, edition.zone),
        brief=changes.repeated(dispute),
        sides=tuple(_side(edition, position.holder, position.statement) for position in dispute.positions),
    )


def _asked(edition: Edition, dispute: Dispute) -> str:
    """The question in the sources' or a model's words; in the page's where neither had any."""
    plain = phrase(edition.words, dispute.question, "question")
    return plain or one_line(dispute.question) or edition.words("dispute.unasked")


def _side(edition: Edition, name: str, statement: Statement) -> Side:
    return Side(
        holder=holder(edition.words, name),
        line=None if _verbatim(statement) else line(edition, statement),
        quotes=_quotes(edition, statement),
        notes=_notes(edition, statement),
    )


def _movement(edition: Edition, update: Update) -> Movement:
    unit = f" {one_line(update.unit)}" if update.unit else ""
    points = tuple(
        Point(
            value=f"{one_line(step.value)}{unit}",
            time=dates.short_moment(edition.words, step.time, edition.zone, edition.year),
            line=line(edition, step.statement),
        )
        for step in update.steps
    )
    return Movement(
        what=phrase(edition.words, update.what, "question") or one_line(update.what),
        points=points,
        chart=_chart(edition, update, points),
    )


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
    words, article = edition.words, edition.briefing.articles[citation.article]
    reference = _reference(edition, citation.article)
    return Source(
        number=edition.numbers[citation.article, citation.sentence],
        reference=reference,
        sentence=words("story.sentence", number=citation.sentence) if citation.sentence else words("story.headline"),
        quote="" if one_line(citation.quote) == reference.title else cut(citation.quote),
        words=one_line(citation.quote),
        carried="" if again else carried(words, edition.briefing, article),
        url=text_fragment(reference.url, citation.quote) if reference.url else None,
        back=back,
    )


def _first_places(edition: Edition) -> dict[int, str]:
    briefing = edition.briefing
    told = (story for _, stories in numbering.sections(briefing) for story in stories)
    places = [
        ("corrections", (*briefing.corrections, *numbering.gone(briefing))),
        ("overview", briefing.overview),
        *((numbering.anchor(story.id), tuple(story.statements())) for story in told),
    ]
    first: dict[int, str] = {}
    for place, statements in places:
        for citation in (citation for statement in statements for citation in statement.citations):
            first.setdefault(edition.numbers[citation.article, citation.sentence], place)
    return first


def _mentions(edition: Edition) -> tuple[Mention, ...]:
    return tuple(
        Mention(
            title=one_line(untold.title) or edition.words("story.untitled"),
            about=support(edition.words, untold.outlets, untold.origins),
            references=_references(edition, untold.articles),
        )
        for untold in edition.briefing.more
        if not untold.muted
    )


def _withheld(edition: Edition) -> tuple[Held, ...]:
    headlines = {story.id: one_line(story.headline.text) for story in edition.briefing.stories}
    return tuple(
        Held(
            text=one_line(held.text),
            reasons=edition.words("list.semicolon").join(reason(edition.words, problem) for problem in held.problems),
            story=headlines.get(held.story, ""),
        )
        for held in edition.briefing.withheld
    )
