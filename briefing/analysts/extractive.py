"""The analyst without a model: whole source sentences, chosen for centrality, coverage and little redundancy.

Sentences are picked greedily for the weight of the stems they add (the submodular coverage of Lin &
Bilmes 2011); a stem weighs more the more origins use it. Titles make the headline; disputes and updates
are those the rules find.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import Field, SkipValidation

from briefing.languages import lexicons
from briefing.stages.checks.sources import speaks_to_reader
from briefing.stages.claims import Claim, claims
from briefing.stages.disputes import Checker, Findings, find, statement
from briefing.stages.speakers import same_speaker
from briefing.stages.verify import title_statement
from briefing.text import fold, stems, words
from briefing.types import Analysis, Article, Record, Statement, Story

_SHORTEST, _LONGEST = 7, 60
_SINGLE_ORIGIN_SENTENCES = 2
# A lead tells the event; the bonus is a share of the sentence's own weight and halves with each sentence.
# News is written in falling order of weight (the inverted pyramid): what stands late is background.
_LEAD, _PYRAMID = 0.8, 0.95
_NEW_ORIGIN = 0.5
_HALF_LIFE_S = 12 * 3600.0
# Below this share of new weight a sentence repeats what is told already.
_LEAST_NEW = 0.35
# Share of the shorter sentence's stems that makes it a restatement of a disputed side, by its own speaker or another.
_RESTATED_BY_SAME, _RESTATED = 0.3, 0.7
_NOT_OPENING = frozenset(
    {"but", "and", "however", "meanwhile", "this", "that", "these", "those", "such", "also", "yet", "so"}
)


class Extractive(Record):
    """`sentences` at most in a summary; a story of one origin gets no more than two.

    `checker` is asked of the conflicts that the rules are not certain of; a run puts it there.
    """

    sentences: int = 4
    checker: SkipValidation[Checker] | None = Field(None, exclude=True, repr=False)

    @property
    def name(self) -> str:
        """As named in the briefing."""
        return "extractive"

    def analyse(self, story: Story) -> Analysis:
        """An unchecked analysis of the story; the same story gives the same analysis."""
        told = [c for a in story.articles for c in claims(a, lexicons())]
        found = find(told, lexicons(), self.checker)
        return Analysis(
            id=story.id,
            kind=story.kind,
            headline=title_statement(_best_title(story, told)),
            summary=tuple(statement([c]) for c in self._summary(told, found)),
            disputes=found.disputes,
            updates=found.updates,
            articles=tuple(a.id for a in story.articles),
            outlets=story.outlets,
            origins=story.origins,
            analysed_by=self.name,
        )

    def _summary(self, told: Sequence[Claim], found: Findings) -> list[Claim]:
        sides = _cited_in(told, (p.statement for d in found.disputes for p in d.positions))
        # All but the last step of an update are overtaken.
        overtaken = _cited_in(told, (step.statement for u in found.updates for step in u.steps[:-1]))
        body = _vouched_for([c for c in told if c.sentence])
        fit = [
            c for c in body if stands_alone(c) and c not in overtaken and not any(_restates(c, side) for side in sides)
        ]
        fit = fit or body[:1]
        origins = {c.article.origin for c in body}
        most = self.sentences if len(origins) > 1 else min(self.sentences, _SINGLE_ORIGIN_SENTENCES)
        return _in_reading_order(_cover(fit, _weights(body), _freshness(c.article for c in body), most))


def _vouched_for(told: list[Claim]) -> list[Claim]:
    """The claims of reports, where there are any: views, jokes and what was sent in tell a story only by themselves.

    So do outlets that the reader has muted.
    """
    heard = [c for c in told if not c.article.muted] or told
    return [c for c in heard if c.article.vouches] or heard


def _cited_in(told: Sequence[Claim], statements: Iterable[Statement]) -> list[Claim]:
    cited = {(c.article, c.sentence) for s in statements for c in s.citations}
    return [c for c in told if (c.article.id, c.sentence) in cited]


def stands_alone(claim: Claim) -> bool:
    """Whether a sentence can be read without the one before it."""
    listed = words(claim.text)
    if not _SHORTEST <= len(listed) <= _LONGEST or claim.text.rstrip("”’\"')")[-1:] not in ".!。؟":
        return False
    named_elsewhere = claim.speaker is not None and claim.speaker.name not in claim.text
    if fold(listed[0]) in _NOT_OPENING or named_elsewhere:
        return False
    lexicon = lexicons().get(claim.article.language or "")
    # Orders to whoever reads, a machine among them, and advertising; not news.
    if lexicon and speaks_to_reader(claim.text, lexicon):
        return False
    pronouns = lexicon.person_pronouns if lexicon else frozenset[str]()
    pointing = {fold(w) for w in listed[:2]} & (pronouns | {"his", "her", "their", "its"})
    return not pointing and not (claim.text[0] in '“"«' and claim.speaker is None)


def _restates(claim: Claim, side: Claim) -> bool:
    """Whether a sentence is, or says again, one side of a dispute: the dispute shows all sides, the summary none."""
    if (claim.article.id, claim.sentence) == (side.article.id, side.sentence):
        return True
    lexicon = lexicons().get(claim.article.language or "")
    same = False
    if claim.speaker and side.speaker and lexicon:
        same = same_speaker(claim.speaker.name, side.speaker.name, lexicon)
    shared = len(claim.content & side.content)
    return shared >= (_RESTATED_BY_SAME if same else _RESTATED) * min(len(claim.content), len(side.content))


def _weights(body: Sequence[Claim]) -> Mapping[str, float]:
    """Weight of a stem: how many origins and sentences use it, damped, so that what all report comes first."""
    origins: dict[str, set[str]] = {}
    count: dict[str, int] = {}
    for claim in body:
        for found in claim.content:
            origins.setdefault(found, set()).add(claim.article.origin)
            count[found] = count.get(found, 0) + 1
    return {s: len(origins[s]) ** 1.5 * math.log1p(count[s]) for s in count}


def _freshness(articles: Iterable[Article]) -> Mapping[str, float]:
    """By article id, 1 for the newest of the story and for undated ones, halving with each half day behind."""
    dated = {a.id: datetime.fromisoformat(a.published) for a in articles if a.published}
    moments = {i: (d if d.tzinfo else d.replace(tzinfo=UTC)).timestamp() for i, d in dated.items()}
    newest = max(moments.values(), default=0.0)
    return {i: 0.5 ** ((newest - moment) / _HALF_LIFE_S) for i, moment in moments.items()}


def _cover(fit: Sequence[Claim], weight: Mapping[str, float], fresh: Mapping[str, float], most: int) -> list[Claim]:
    chosen: list[Claim] = []
    covered: set[str] = set()
    told_by: set[str] = set()
    left = sorted(fit, key=lambda c: (c.sentence, c.article.id))
    while left and len(chosen) < most:
        best = max(left, key=lambda c: fresh.get(c.article.id, 1.0) * _gain(c, covered, told_by, weight))
        left.remove(best)
        whole = sum(weight[s] for s in best.content)
        new = sum(weight[s] for s in best.content - covered)
        if chosen and (not whole or new < _LEAST_NEW * whole):
            continue
        chosen.append(best)
        covered |= best.content
        told_by.add(best.article.origin)
    return chosen


def _gain(claim: Claim, covered: set[str], told_by: set[str], weight: Mapping[str, float]) -> float:
    """New weight per root of length, more for what stands early and for an origin not heard yet."""
    new = sum(weight[s] for s in claim.content - covered)
    lead = _LEAD * 0.5 ** (claim.sentence - 1)
    unheard = _NEW_ORIGIN if told_by and claim.article.origin not in told_by else 0.0
    return new / math.sqrt(len(words(claim.text))) * (1 + lead + unheard) * _PYRAMID**claim.sentence


def _in_reading_order(chosen: Sequence[Claim]) -> list[Claim]:
    """The first choice first, then by article in order of choice, then as they stand in it."""
    order: dict[str, int] = {}
    for claim in chosen:
        order.setdefault(claim.article.id, len(order))
    return sorted(chosen, key=lambda c: (order[c.article.id], c.sentence))


def _best_title(story: Story, told: Sequence[Claim]) -> Article:
    """The report whose title holds most of what the whole story speaks of, the newer the better."""
    weight = _weights(_vouched_for([c for c in told if c.sentence]))
    heard = [a for a in story.articles if not a.muted] or story.articles
    articles = [a for a in heard if a.vouches] or heard
    fresh = _freshness(articles)

    def worth(article: Article) -> tuple[float, str, str]:
        listed = [s for s in stems(article.title) if s in weight]
        plain = 0.5 if article.title.endswith("?") else 1.0
        held = sum(weight[s] for s in set(listed)) / math.sqrt(len(listed) + 4)
        return (round(plain * fresh.get(article.id, 1.0) * held, 6), article.published or "", article.id)

    return max(articles, key=worth)
