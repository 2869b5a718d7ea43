"""An edition without articles that are to be forgotten: pure.

A statement that stands on one of them is withheld with the reason, without its words; a dispute with such a side goes
whole, a chain goes on with the steps that are left. A story none of whose articles is left is told no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from briefing.lexicon import Lexicons
from briefing.stages.checks import Grounds
from briefing.stages.claims import claims
from briefing.stages.compare.grounding import checked
from briefing.stages.verify import title_statement
from briefing.types import Analysis, ArticleEntry, Briefing, Failure, Statement, Topic, Untold, Withheld

# Whether an address, an outlet's name or an article's id is to be forgotten.
Unwanted = Callable[[str | None, str | None, str], bool]

REMOVED = "removed-on-request"
NO_WORDS = "…"
_OTHER_SIDE = "other-side-withheld"
_ADDRESS = re.compile(r"https?://[^\s)]+")


class _Left(NamedTuple):
    """What is left of a story: told or only listed, if anything, and what was taken out of it."""

    told: Analysis | None
    listed: Untold | None
    withheld: tuple[Withheld, ...]


class _Known(NamedTuple):
    """The articles that stay, those in evidence, and the ids of those that go or lose a copy."""

    entries: Mapping[str, ArticleEntry]
    grounds: Grounds
    gone: frozenset[str]
    touched: frozenset[str]

    def stays(self, statement: Statement) -> bool:
        """Whether a statement cites nothing that goes."""
        return not any(c.article in self.gone for c in statement.citations)


def matched(briefing: Briefing, unwanted: Unwanted) -> dict[str, ArticleEntry]:
    """The articles of an edition that are to be forgotten, by id."""
    return {i: e for i, e in briefing.articles.items() if unwanted(e.url, e.source or e.source_inferred, i)}


def without(briefing: Briefing, unwanted: Unwanted, lexicons: Lexicons) -> Briefing:
    """The edition without what is unwanted; itself where it holds nothing of it."""
    gone = matched(briefing, unwanted)
    entries = {i: _entry(e, gone, unwanted) for i, e in briefing.articles.items() if i not in gone}
    evidence = {i: text for i, text in briefing.evidence.items() if i in entries}
    touched = frozenset(i for i, e in briefing.articles.items() if entries.get(i) != e)
    known = _Known(entries, Grounds.kept(entries, evidence, lexicons), frozenset(gone), touched)
    left = [_story(story, known) for story in briefing.stories]
    told = tuple(x.told for x in left if x.told)
    more = (*(_mentioned(untold, known) for untold in briefing.more), *(x.listed for x in left))
    changes = {
        "overview": tuple(filter(known.stays, briefing.overview)),
        "corrections": tuple(filter(known.stays, briefing.corrections)),
        "changed": tuple(page for page in briefing.changed if page.article not in gone),
        "stories": told,
        "topics": tuple(_topics(briefing.topics, {story.id for story in told})),
        "more": tuple(filter(None, more)),
        "articles": entries,
        "withheld": (*_withheld(briefing, known), *(w for x in left for w in x.withheld)),
        "failures": tuple(_failures(briefing.failures, {e.title for e in gone.values()}, unwanted)),
        "run": briefing.run.replace(
            sources=tuple(h for h in briefing.run.sources if not unwanted(h.url, h.source, ""))
        ),
    }
    bare = Briefing.model_construct(**{**dict(briefing), **changes})
    cited = {c.article for s in bare.statements() for c in s.citations}
    return briefing.replace(**changes, evidence={i: text for i, text in evidence.items() if i in cited})


def _entry(entry: ArticleEntry, gone: Mapping[str, ArticleEntry], unwanted: Unwanted) -> ArticleEntry:
    return entry.replace(
        copies=tuple(copy for copy in entry.copies if not unwanted(copy.url, copy.source, "")),
        revision_of=None if entry.revision_of in gone else entry.revision_of,
        corrects=None if entry.corrects in gone else entry.corrects,
    )


def _topics(topics: Iterable[Topic], told: Collection[str]) -> Iterator[Topic]:
    for topic in topics:
        if stories := tuple(identity for identity in topic.stories if identity in told):
            yield topic.replace(stories=stories)


def _story(story: Analysis, known: _Known) -> _Left:
    """The story without what goes; only listed where no headline is left for it."""
    if known.touched.isdisjoint({*story.articles, *(c.article for s in story.statements() for c in s.citations)}):
        return _Left(story, None, ())
    articles = tuple(i for i in story.articles if i in known.entries)
    disputes = tuple(d for d in story.disputes if all(known.stays(p.statement) for p in d.positions))
    chains = [(u, tuple(step for step in u.steps if known.stays(step.statement))) for u in story.updates]
    halves = [p.statement for d in story.disputes if d not in disputes for p in d.positions]
    halves += [step.statement for _, steps in chains if len(steps) == 1 for step in steps]
    withheld = (
        *(_removed(story.id) for s in story.statements() if not known.stays(s)),
        *(Withheld(story=story.id, text=s.text, problems=(_OTHER_SIDE,)) for s in halves if known.stays(s)),
    )
    headline = story.headline if known.stays(story.headline) else _headline(articles, known)
    if headline is None or not articles:
        return _Left(None, _listed(story.id, articles, known), withheld)
    told = story.replace(
        headline=headline,
        summary=tuple(filter(known.stays, story.summary)),
        disputes=disputes,
        updates=tuple(u.replace(steps=steps) for u, steps in chains if len(steps) > 1),
        articles=articles,
        outlets=_outlets(articles, known),
        origins=len({known.entries[i].origin for i in articles}),
    )
    return _Left(told, None, withheld)


def _headline(articles: Iterable[str], known: _Known) -> Statement | None:
    """The title of the first article left that is in evidence: of others the edition has no words."""
    found = next((known.grounds.articles[i] for i in articles if i in known.grounds.articles), None)
    lexicons = known.grounds.lexicons
    return checked(title_statement(found), claims(found, lexicons), known.grounds) if found else None


def _mentioned(untold: Untold, known: _Known) -> Untold | None:
    """A listed story without what goes."""
    return untold if known.touched.isdisjoint(untold.articles) else _listed(untold.id, untold.articles, known)


def _listed(identity: str, articles: Iterable[str], known: _Known) -> Untold | None:
    left = tuple(i for i in articles if i in known.entries)
    if not left:
        return None
    origins = len({known.entries[i].origin for i in left})
    title = known.entries[left[0]].title
    return Untold(id=identity, title=title, articles=left, outlets=_outlets(left, known), origins=origins)


def _outlets(articles: Iterable[str], known: _Known) -> int:
    return len(frozenset[str]().union(*(known.entries[i].outlets for i in articles)))


def _removed(story: str) -> Withheld:
    return Withheld(story=story, text=NO_WORDS, problems=(REMOVED,))


def _withheld(briefing: Briefing, known: _Known) -> Iterator[Withheld]:
    """What was withheld before, and the lead's statements that go.

    Of a sentence that was withheld nobody knows any more what it stood on: where its story had an article that goes,
    its words go too.
    """
    shaken = {s.id for s in briefing.stories if not known.gone.isdisjoint(s.articles)}
    for one in briefing.withheld:
        bare = tuple(dict.fromkeys((*(problem.partition(":")[0] for problem in one.problems), REMOVED)))
        yield one.replace(text=NO_WORDS, problems=bare) if one.story in shaken else one
    lead = (*briefing.overview, *briefing.corrections, *(s for page in briefing.changed for s in page.gone))
    yield from (_removed("") for statement in lead if not known.stays(statement))


def _failures(failures: Iterable[Failure], titles: Collection[str], unwanted: Unwanted) -> Iterator[Failure]:
    for failure in failures:
        places = {failure.url, failure.item, *_ADDRESS.findall(failure.item)}
        if any(unwanted(place, None, "") for place in places):
            continue
        yield failure.replace(item=NO_WORDS) if failure.item in titles else failure
