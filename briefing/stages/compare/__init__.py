"""What changed since the editions before: pure, order-blind, the same for every analyst.

    earlier editions ─past→ stories as told ─identity→ today's stories under their ids
                     ─told→ statements new or told ─chains→ figures that moved
                     ─disputes→ new, still open, settled ─corrections→ what was said and is taken back
                     ─pages→ cited sentences that no longer stand where they stood

Only what earlier editions told is compared with, never what they read: that is what a reader knows. Where a chain, a
dispute, a correction or a changed page cites an article of an earlier edition, its entry and evidence text are taken
over, so that the new edition proves itself alone; such an article stands in `articles` and in no story.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from briefing.lexicon import Lexicons
from briefing.stages.checks import Grounds
from briefing.stages.compare.chains import chains
from briefing.stages.compare.corrections import corrections
from briefing.stages.compare.disputes import disputes
from briefing.stages.compare.identity import Identity, grouped, identities
from briefing.stages.compare.pages import Reread, changed, reread
from briefing.stages.compare.past import Past, pasts
from briefing.stages.compare.told import mark
from briefing.types import Analysis, Article, ArticleEntry, Briefing, Statement

__all__ = ["Reread", "compare", "reread"]


def compare(
    briefing: Briefing,
    earlier: Sequence[Briefing],
    articles: Sequence[Article],
    lexicons: Lexicons,
    pages: Sequence[Reread] = (),
) -> Briefing:
    """The edition with what is new in it said; without earlier editions, as it is.

    `earlier` are editions of earlier dates, as many as are to be remembered; `articles` are those of today's stories;
    `pages` are what stands now where those editions cited something.
    """
    if not earlier:
        return briefing
    editions = sorted(earlier, key=lambda e: (e.date, e.revision), reverse=True)
    kept = Grounds.kept(_entries(editions), _evidence(editions), lexicons)
    again = _again(pages, kept, {a.id for a in articles})
    grounds = Grounds({**kept.articles, **{a.id: a for a in (*again, *articles)}}, lexicons)
    known = pasts(editions)
    named = identities(briefing, known, grounds)
    before = {past.id: past for past in known}
    stories = tuple(_compared(story, named[story.id], before, grounds) for story in briefing.stories)
    # One that is not told, or muted, may take back what was told before.
    home = {i: named[name].id for name, articles in grouped(briefing).items() for i in articles}
    corrected = (*briefing.corrections, *corrections(home, editions, (*articles, *again), grounds))
    changes = {
        "stories": stories,
        "corrections": corrected,
        "changed": changed(pages, articles, editions, corrected, grounds),
        "topics": tuple(t.replace(stories=tuple(named[i].id for i in t.stories)) for t in briefing.topics),
        "more": tuple(untold.replace(id=named[untold.id].id) for untold in briefing.more),
        "withheld": tuple(
            w.replace(story=named[w.story].id if w.story in named else w.story) for w in briefing.withheld
        ),
    }
    return _standing(briefing, changes, editions, grounds)


def _again(pages: Sequence[Reread], kept: Grounds, known: Collection[str]) -> tuple[Article, ...]:
    """The articles of pages read again that are others now, of the origin they had."""
    origins = {a.url: a.origin for a in kept.articles.values()}
    others = {a.id: a for page in pages for a in page.articles if a.id not in kept.articles and a.id not in known}
    return tuple(a.replace(origin=origins.get(a.url) or a.origin) for a in others.values())


def _compared(story: Analysis, identity: Identity, before: Mapping[str, Past], grounds: Grounds) -> Analysis:
    past = before.get(identity.id)
    tellings = past.tellings if past else ()
    told = story.replace(id=identity.id, was=identity.was)
    if not tellings:
        return told
    told = told.replace(disputes=disputes(told, tellings, grounds), updates=chains(told, tellings, grounds))
    marked = mark(told, tellings, grounds.lexicons)
    return marked.replace(
        status="developing" if _adds(marked, tellings[0].story, before[identity.id], grounds) else "unchanged"
    )


def _adds(story: Analysis, last: Analysis, past: Past, grounds: Grounds) -> bool:
    """Whether a story says anything new, has a dispute newly opened or settled, or is told by another origin."""
    stood = {dispute.id: dispute.state for dispute in last.disputes}
    turned = any(d.state != "open" and stood.get(d.id) != d.state for d in story.disputes)
    heard = {grounds.articles[i].origin for i in past.articles if i in grounds.articles} | past.origins
    return turned or any(s.new for s in story.statements()) or bool(_origins(story, grounds) - heard)


def _origins(story: Analysis, grounds: Grounds) -> frozenset[str]:
    return frozenset(grounds.articles[i].origin for i in story.articles if i in grounds.articles)


def _standing(
    briefing: Briefing, changes: Mapping[str, object], editions: Sequence[Briefing], grounds: Grounds
) -> Briefing:
    """The edition with the changes, and with the entries and texts of all it cites now."""
    bare = Briefing.model_construct(**{**dict(briefing), **changes})
    cited = _cited(bare.statements())
    named = cited | {page.article for page in bare.changed}
    again = {i: a.entry() for i, a in grounds.articles.items() if i in cited}
    entries = {**again, **{i: e for i, e in _entries(editions).items() if i in named}, **briefing.articles}
    return briefing.replace(
        **changes,
        articles={i: entries[i] for i in sorted(entries)},
        evidence={
            i: grounds.articles[i].text if i in grounds.articles else briefing.evidence[i] for i in sorted(cited)
        },
    )


def _cited(statements: Iterable[Statement]) -> frozenset[str]:
    return frozenset(c.article for s in statements for c in s.citations)


def _entries(editions: Sequence[Briefing]) -> dict[str, ArticleEntry]:
    """The articles of all editions, each as the latest has it."""
    return {i: entry for edition in reversed(editions) for i, entry in edition.articles.items()}


def _evidence(editions: Sequence[Briefing]) -> dict[str, str]:
    return {i: text for edition in reversed(editions) for i, text in edition.evidence.items()}
