"""What an earlier edition said and an article of today takes back.

A correction is known by its kind and the article it names (`genres`), by the note of an article that was corrected
where it stood, or by a sentence that takes back a figure in so many words. Its statement is that sentence, verbatim;
behind it the citations name the sentence an edition told. A toll that rose is an update, and a lower one a correction
only where somebody says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from briefing.lexicon import Lexicon, Lexicons
from briefing.stages.checks import Grounds
from briefing.stages.claims import Claim, claims
from briefing.stages.compare.grounding import checked
from briefing.stages.disputes import statement
from briefing.stages.genres import correction_note
from briefing.stages.genres import corrections as ties
from briefing.text import fold, one_line, words
from briefing.types import Article, Briefing, Citation, Statement

# The share of the told sentence's stems that a sentence must have to take it back.
_SAME_MATTER = 0.5
# The share of both sentences' stems that makes one the other, rewritten in place.
_SAME_SENTENCE = 0.8


class _Told(NamedTuple):
    """A sentence that an earlier edition cited, and in which story."""

    citation: Citation
    article: Article
    story: str


class _Pair(NamedTuple):
    """A sentence of today and a sentence told before, as evidence and as read."""

    now: Claim
    told: Citation
    before: Claim


def corrections(
    home: Mapping[str, str], editions: Sequence[Briefing], articles: Sequence[Article], grounds: Grounds
) -> tuple[Statement, ...]:
    """One statement for each sentence told that is corrected, in the order of the correcting articles' ids.

    `home` is the story of each article, told or not.
    """
    known = {one_line(c.quote) for edition in editions for s in edition.corrections for c in s.citations[:1]}
    told = _told(editions, grounds)
    corrected = _corrected(articles, told, grounds)
    found: dict[tuple[str, str], Statement] = {}
    for article in sorted(articles, key=lambda a: a.id):
        replaced = [t for t in told if t.article.id in corrected.get(article.id, ())]
        near = [t for t in told if t.story == home.get(article.id) and t.article.id != article.id]
        pair = _pair(article, replaced, near, grounds)
        if pair and one_line(pair.now.text) not in known:
            found.setdefault((pair.told.quote, pair.now.text), _statement(pair, grounds))
    return tuple(found.values())


def _told(editions: Sequence[Briefing], grounds: Grounds) -> list[_Told]:
    """Every sentence that editions cited, the latest edition first, each once."""
    found: dict[Citation, _Told] = {}
    for edition in editions:
        for story in edition.stories:
            for cited in (c for s in story.statements() for c in s.citations if c.article in grounds.articles):
                found.setdefault(cited, _Told(cited, grounds.articles[cited.article], story.id))
    return list(found.values())


def _corrected(articles: Sequence[Article], told: Sequence[_Told], grounds: Grounds) -> Mapping[str, frozenset[str]]:
    """By the id of today's article, the earlier articles it corrects or replaces."""
    earlier = {t.article.id: t.article for t in told}
    tied = ties((*(a for a in articles if a.genre == "correction"), *earlier.values()), grounds.lexicons)
    at = {a.url: i for i, a in earlier.items() if a.url and "://" in a.url}
    listed = {a.id: {a.corrects, a.revision_of, tied.get(a.id), at.get(a.url or "")} for a in articles}
    return {i: frozenset(x for x in found if x in earlier and x != i) for i, found in listed.items()}


def _pair(article: Article, replaced: Sequence[_Told], near: Sequence[_Told], grounds: Grounds) -> _Pair | None:
    """The sentence that corrects and the sentence that was told, if the article is a correction of one."""
    lexicon = grounds.lexicons.get(article.language or "")
    if lexicon is None or not (replaced or (near and takes_back(article, grounds.lexicons))):
        return None
    read = claims(article, grounds.lexicons)[1:]
    note = correction_note(article.text, lexicon)
    noted = read if article.genre == "correction" else [c for c in read if note and c.span == note]
    if replaced and noted:
        return max(_pairs(noted, replaced, grounds), key=_fit, default=None)
    fit = [p for p in _pairs(read, replaced, grounds) if _lowers(p, lexicon)]
    taking_back = [c for c in read if _takes_back(c, lexicon)]
    fit += [p for p in _pairs(taking_back, near, grounds) if _other_figure(p) and _shared(p) >= _SAME_MATTER]
    return max(fit, key=_fit, default=None)


def takes_back(article: Article, lexicons: Lexicons) -> bool:
    """Whether a text can hold words that take something back: most need not be read for it."""
    lexicon, text = lexicons.get(article.language or ""), article.text.casefold()
    return lexicon is not None and any(phrase in text for phrase in lexicon.retractions)


def _pairs(read: Sequence[Claim], told: Sequence[_Told], grounds: Grounds) -> Iterator[_Pair]:
    for one in told if read else ():
        before = claims(one.article, grounds.lexicons)[one.citation.sentence :][:1]
        yield from (_Pair(now, one.citation, b) for b in before for now in read if now.text != b.text)


def _fit(pair: _Pair) -> tuple[bool, float, int, int]:
    """Another figure of the same measure first, then the most words in common, the earliest sentence of each."""
    return (_other_figure(pair), _shared(pair), -pair.now.sentence, -pair.before.sentence)


def _shared(pair: _Pair) -> float:
    return len(pair.now.content & pair.before.content) / (len(pair.before.content) or 1)


def _other_figure(pair: _Pair) -> bool:
    before = {(q.measure, q.value) for q in pair.before.quantities}
    now = {(q.measure, q.value) for q in pair.now.quantities}
    return bool({m for m, _ in now - before} & {m for m, _ in before})


def _takes_back(claim: Claim, lexicon: Lexicon) -> bool:
    flat = f" {' '.join(map(fold, words(claim.text)))} "
    return any(f" {phrase} " in flat for phrase in lexicon.retractions)


def _lowers(pair: _Pair, lexicon: Lexicon) -> bool:
    """Whether the same sentence on the same page has a smaller count now of what only grows."""
    grows = lexicon.figures.cumulative - lexicon.figures.falling
    before = {q.measure: q.value for q in pair.before.quantities if q.measure in grows}
    smaller = any(q.value < before.get(q.measure, 0.0) and not q.part for q in pair.now.quantities)
    one, other = pair.now.content, pair.before.content
    return smaller and len(one & other) >= _SAME_SENTENCE * len(one | other)


def _statement(pair: _Pair, grounds: Grounds) -> Statement:
    """The correcting sentence; the sentence it corrects stands behind it as a second citation."""
    plain = checked(statement([pair.now]), claims(pair.now.article, grounds.lexicons), grounds)
    return plain.replace(citations=(*plain.citations, pair.told))
