"""The nouns: frozen records that pass between the stages; imports nothing of ours but errors.

    Document ─clean→ Article ─cluster→ Story ─analyse→ Analysis ─verify→ Analysis ─→ Briefing

`Briefing` is also the file `briefing.json` (schema `briefing/1`): what it leaves out, the texts of
the cited articles, stands in `evidence.json` beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCHEMA: Literal["briefing/1"] = "briefing/1"

DisputeKind = Literal["figure", "denial", "attribution", "cause", "date", "identity", "characterisation"]
CopyKind = Literal["exact", "reprint", "cut"]
Showing = Literal["line", "hide", "full"]
Genre = Literal["opinion", "satire", "press release", "correction", "live blog", "sponsored"]

In = TypeVar("In")
Out = TypeVar("Out")


class Map(Protocol):
    """`map` as an argument: builtin, over threads or over processes; results in the order of the items."""

    def __call__(self, fn: Callable[[In], Out], items: Iterable[In], /) -> Iterable[Out]:
        """Apply `fn` to every item."""


class Record(BaseModel):
    """A frozen value; unknown fields are errors. Sequences are tuples, so equal records hash alike."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def replace(self, **changes: Any) -> Self:
        """A copy with `changes` applied and validated."""
        return type(self).model_validate(
            {**{name: getattr(self, name) for name in self.__class__.model_fields}, **changes}
        )


class Declared(Record):
    """What the input itself says of an article; what it does not say stays None.

    `section` is the subject the reader filed its source under: a hint for the name of a topic; `weight` what the
    source counts for in ranking. `kinds` are what a page says it is: the types of its linked data, its own sections.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    section: str | None = None
    weight: float | None = None
    kinds: tuple[str, ...] = ()


class Document(Record):
    """One input as read: `text` already decoded, `item` names it in failures.

    `path` is the place of a file relative to the input it was found in; `folder` groups documents
    that share page furniture when no source is declared. The text of a `private` one goes to no model.
    """

    item: str
    text: str
    media_type: Literal["text/plain", "text/markdown", "text/html"]
    declared: Declared = Declared()
    path: str | None = None
    folder: str = ""
    private: bool = False


class Failure(Record):
    """One item that could not be used. `degrades` is False for pages recognised as holding no article.

    `title` and `url` are those of an article that could not be read, as far as they are known.
    """

    stage: str
    item: str
    reason: str
    degrades: bool = True
    title: str | None = None
    url: str | None = None


class Dropped(Record):
    """A passage of a document that was not taken for article text, and why."""

    item: str
    reason: str
    text: str


class Copy(Record):
    """Another appearance of an article's text; `similarity` is the containment of the shorter text, 0..1."""

    source: str | None
    url: str | None
    title: str
    published: str | None
    kind: CopyKind
    similarity: float


class ArticleEntry(Record):
    """What `briefing.json` keeps of an article: everything but its text.

    `published` is RFC 3339 with an offset, or a day, or None. `origin` names where the text came
    from: articles with the same origin confirm nothing of each other. `genre` is None for news;
    `corrects` is the id of the article that a correction corrects.
    """

    title: str
    authors: tuple[str, ...] = ()
    source: str | None = None
    source_inferred: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None
    sha256: str
    origin: str = ""
    revision_of: str | None = None
    genre: Genre | None = None
    corrects: str | None = None
    copies: tuple[Copy, ...] = ()

    @property
    def vouches(self) -> bool:
        """Whether what it says can corroborate a fact: views, jokes and what was sent in or paid for cannot."""
        return self.genre in (None, "correction", "live blog")

    @property
    def id(self) -> str:
        """First 16 hex digits of the evidence text's hash."""
        return self.sha256[:16]

    @property
    def outlet(self) -> str:
        """The name an outlet is counted under; an article without a source counts once per origin."""
        return self.source or self.origin or self.id

    @property
    def outlets(self) -> frozenset[str]:
        """Every outlet that carried this text."""
        return frozenset({self.outlet, *(copy.source for copy in self.copies if copy.source)})

    @property
    def label(self) -> str:
        """The outlet as shown to a reader: the declared source, else the file or host it came from."""
        return self.source or self.source_inferred or (self.url or "").rsplit("/", 1)[-1] or "unnamed source"


class Article(ArticleEntry):
    """One cleaned article. `text` is the evidence text: title, two newlines, body; `private` keeps it from models.

    `section` is the subject its source was filed under, if any, `weight` what that counts for in ranking; `kinds` what
    its page says it is. A `muted` one is of an outlet whose words tell a story only where nobody else's do.
    """

    text: str = Field(repr=False)
    private: bool = False
    muted: bool = False
    section: str | None = None
    weight: float = 1.0
    kinds: tuple[str, ...] = ()

    @classmethod
    def make(cls, title: str, body: str, **fields: Any) -> Self:
        """An article whose evidence text, hash and id follow from its title and body."""
        text = f"{title}\n\n{body}"
        return cls(title=title, text=text, sha256=text_sha256(text), **fields)

    @property
    def body(self) -> str:
        """The evidence text without its title."""
        return self.text[len(self.title) + 2 :]

    def entry(self) -> ArticleEntry:
        """The article as `briefing.json` keeps it."""
        return ArticleEntry(**{name: getattr(self, name) for name in ArticleEntry.model_fields})


class Story(Record):
    """The articles on one event. Ranking gives `score` and its parts `why`, `interests`, and why it is `muted`."""

    id: str
    articles: tuple[Article, ...]
    topic: str = ""
    kind: Literal["event", "collection"] = "event"
    score: float = 0.0
    why: dict[str, float] = {}
    interests: tuple[str, ...] = ()
    muted: str | None = None

    @property
    def outlets(self) -> int:
        """How many outlets carried the story."""
        return len(frozenset[str]().union(*(a.outlets for a in self.articles)))

    @property
    def origins(self) -> int:
        """How many independent origins stand behind the story."""
        return len({a.origin for a in self.articles})


class Citation(Record):
    """One sentence of one article: `quote == text[start:end]`, half-open, in Unicode code points."""

    article: str
    sentence: int
    start: int
    end: int
    quote: str


class Statement(Record):
    """One or more sentences with their evidence. `problems` is None until the checks have run."""

    text: str
    language: str | None
    citations: tuple[Citation, ...]
    outlets: int = 0
    origins: int = 0
    new: bool = True
    problems: tuple[str, ...] | None = None


class Position(Record):
    """What one holder says on a disputed question."""

    holder: str
    statement: Statement


class Dispute(Record):
    """Positions on one question that cannot all hold."""

    id: str
    kind: DisputeKind
    question: str
    state: Literal["new", "open", "settled"] = "new"
    since: str | None = None
    positions: tuple[Position, ...] = Field(min_length=2)


class Step(Record):
    """One value of an update; `time` is what orders it, None where the sources give none."""

    time: str | None
    value: str
    statement: Statement


class Update(Record):
    """One quantity that moved over time."""

    id: str
    what: str
    unit: str | None
    steps: tuple[Step, ...] = Field(min_length=2)


class Withheld(Record):
    """A statement that failed a check, kept for the reader to see."""

    story: str
    text: str
    problems: tuple[str, ...]


class Analysis(Record):
    """A story told: its statements, disputes and updates, and who analysed it."""

    id: str
    was: tuple[str, ...] = ()
    kind: Literal["event", "collection"] = "event"
    headline: Statement
    summary: tuple[Statement, ...]
    disputes: tuple[Dispute, ...] = ()
    updates: tuple[Update, ...] = ()
    articles: tuple[str, ...]
    outlets: int
    origins: int
    left_out: int = 0
    status: Literal["new", "developing", "unchanged"] = "new"
    score: float = 0.0
    why: dict[str, float] = {}
    interests: tuple[str, ...] = ()
    analysed_by: str

    def statements(self) -> Iterator[Statement]:
        """Every statement, in reading order."""
        yield self.headline
        yield from self.summary
        for dispute in self.disputes:
            yield from (position.statement for position in dispute.positions)
        for update in self.updates:
            yield from (step.statement for step in update.steps)

    def untold(self, muted: str | None = None) -> Untold:
        """The story as it is only listed."""
        return Untold(
            id=self.id, title=self.headline.text, articles=self.articles,
            outlets=self.outlets, origins=self.origins, muted=muted,
        )  # fmt: skip


class Changed(Record):
    """A page that says something else than when an edition cited it; `edition` is the date of the latest that did.

    `extent`: "cited", sentences it was cited for are gone, which `gone` holds; "other", only others are; "rewritten",
    less than half of it is left; "missing", there is no page any more.
    """

    article: str
    edition: str
    extent: Literal["cited", "other", "rewritten", "missing"]
    gone: tuple[Statement, ...] = ()


class Topic(Record):
    """A section of the briefing: a readable name over story ids."""

    name: str
    stories: tuple[str, ...]


class Untold(Record):
    """A story that was ranked out, or that the reader has `muted` for the reason given: title and articles only."""

    id: str
    title: str
    articles: tuple[str, ...]
    outlets: int
    origins: int
    muted: str | None = None


class Analyst(Record):
    """Who analysed the stories."""

    kind: Literal["extractive", "llm"]
    model: str | None = None
    fallbacks_used: int = 0


class Health(Record):
    """How a feed or site was found: what the foot of a briefing says of it.

    `outcome`: "reached"; "unchanged" since the stored copy; "kept", the stored copy stood in for an
    answer; "failed"; "unreachable", no answer came; "dead" (HTTP 410), no longer asked. `entries` is how
    many it listed, `taken` how many were news. Times are RFC 3339; `silent_days` is None while it is not
    silent for long.
    """

    source: str
    url: str
    outcome: Literal["reached", "unchanged", "kept", "failed", "unreachable", "dead"]
    entries: int = 0
    taken: int = 0
    as_of: str | None = None
    moved_to: str | None = None
    silent_days: int | None = None
    note: str = ""


class Run(Record):
    """The run's figures: the only part of a briefing that may differ between equal runs."""

    documents: int = 0
    articles_read: int = 0
    articles_kept: int = 0
    copies: int = 0
    stories: int = 0
    dropped: dict[str, int] = {}
    calls: int = 0
    cache_hits: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    cost_estimate_usd: float | None = None
    seconds: float = 0.0
    hosts: tuple[str, ...] = ()
    sources: tuple[Health, ...] = ()


class Briefing(Record):
    """One edition. Construction fails unless every statement was checked and every quote is in the evidence.

    `unchanged` is how its readers want a story without anything new: as a line, listed only, or in full. `articles`
    are those of its stories, and those of earlier editions that it still cites.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    schema_: Literal["briefing/1"] = Field(SCHEMA, alias="schema")
    title: str
    date: str
    revision: int = Field(1, ge=1)
    generated_at: str
    language: str
    timezone: str
    analyst: Analyst
    overview: tuple[Statement, ...] = ()
    corrections: tuple[Statement, ...] = ()
    changed: tuple[Changed, ...] = ()
    topics: tuple[Topic, ...]
    stories: tuple[Analysis, ...]
    more: tuple[Untold, ...] = ()
    articles: dict[str, ArticleEntry]
    unchanged: Showing = "line"
    withheld: tuple[Withheld, ...] = ()
    failures: tuple[Failure, ...] = ()
    run: Run
    evidence: dict[str, str] = Field(exclude=True, repr=False)

    def statements(self) -> Iterator[Statement]:
        """Every statement of the edition, in reading order."""
        yield from (*self.overview, *self.corrections)
        for page in self.changed:
            yield from page.gone
        for analysis in self.stories:
            yield from analysis.statements()

    @property
    def empty(self) -> bool:
        """Whether it has nothing to say: no story, no correction, no cited sentence that is gone."""
        return not (self.stories or self.corrections or any(page.gone for page in self.changed))

    def own(self) -> dict[str, ArticleEntry]:
        """The articles of its stories: those that were read for it."""
        own = {i for story in self.stories for i in story.articles}
        own |= {i for untold in self.more for i in untold.articles}
        return {i: entry for i, entry in self.articles.items() if i in own}

    @model_validator(mode="after")
    def _only_checked_statements(self) -> Self:
        faults = tuple(evidence_faults(self.statements(), self.articles, self.evidence))
        if faults:
            raise ValueError("\n".join(faults))
        return self


def text_sha256(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def evidence_faults(
    statements: Iterable[Statement], articles: Mapping[str, ArticleEntry], evidence: Mapping[str, str]
) -> Iterator[str]:
    """Every way in which statements do not stand on the evidence texts; each names its citation."""
    unsound = frozenset(
        i for i, text in evidence.items() if i not in articles or articles[i].sha256 != text_sha256(text)
    )
    cited = set()
    for statement in statements:
        if statement.problems is None:
            yield f"unchecked statement: {statement.text!r}"
        if not statement.citations:
            yield f"statement without citation: {statement.text!r}"
        for citation in statement.citations:
            cited.add(citation.article)
            place = f"citation {citation.article} sentence {citation.sentence} [{citation.start}:{citation.end}]"
            if citation.article not in evidence:
                yield f"{place}: no evidence text"
            elif evidence[citation.article][citation.start : citation.end] != citation.quote:
                yield f"{place}: the quote is not what stands there"
            elif citation.article in unsound:
                yield f"{place}: the article's text does not have the recorded sha256"
    for identity in sorted(unsound - cited):
        yield f"evidence {identity}: cited nowhere, or not the text that was recorded"
