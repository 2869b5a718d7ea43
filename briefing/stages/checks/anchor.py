"""The sentences of a story that support a statement best, and a statement set on them where its citations do not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from briefing.lexicon import Lexicon
from briefing.stages.checks.grounds import Grounds
from briefing.stages.checks.reading import read
from briefing.stages.claims import Claim, claims
from briefing.types import Article, Statement

_MOST = 4
# A further sentence must bring this many words of the statement that none before it has.
_BRINGS = 2
# Share of a statement's words, by weight, that the sentences it is set on must hold.
_HOLDS = 0.75


def anchored(statement: Statement, articles: Sequence[Article], grounds: Grounds, most: int = _MOST) -> Statement:
    """The statement citing those sentences of the articles that together hold most of its words.

    The greedy choice of sets that cover most (Nemhauser et al. 1978), a word weighing as it is rare among the
    sentences. Unchanged where its language has no lexicon.
    """
    lexicon = grounds.lexicons.get(statement.language or "")
    if lexicon is None:
        return statement
    listed, weights = _listed(tuple(articles), lexicon)
    left = _words(statement.text, lexicon)
    chosen: list[Claim] = []
    while left and len(chosen) < most:
        best, held = max(listed, key=lambda item: (sum(weights[w] for w in item[1] & left), -len(item[0].text)))
        if len(held & left) < (_BRINGS if chosen else 1):
            break
        chosen.append(best)
        left -= held
    return statement.replace(citations=tuple(c.citation for c in chosen)) if chosen else statement


def holds(statement: Statement, articles: Sequence[Article], grounds: Grounds) -> bool:
    """Whether the sentences cited hold nearly all the statement says."""
    lexicon = grounds.lexicons.get(statement.language or "")
    if lexicon is None:
        return False
    _, weights = _listed(tuple(articles), lexicon)
    told = _words(statement.text, lexicon)
    held = frozenset[str]().union(*(_words(c.quote, lexicon) for c in statement.citations))
    unknown = max(weights.values(), default=1.0)
    whole = sum(weights.get(w, unknown) for w in told)
    return bool(told & held) and sum(weights[w] for w in told & held) >= _HOLDS * whole


@lru_cache(maxsize=32)
def _listed(
    articles: tuple[Article, ...], lexicon: Lexicon
) -> tuple[list[tuple[Claim, frozenset[str]]], dict[str, float]]:
    """The sentences with their words, and what each word weighs."""
    listed = [(c, _words(c.text, lexicon)) for a in articles for c in claims(a, {lexicon.language: lexicon})]
    often = Counter(word for _, held in listed for word in held)
    return listed, {word: math.log(1 + len(listed) / n) for word, n in often.items()}


def _words(text: str, lexicon: Lexicon) -> frozenset[str]:
    return read(text, lexicon).stems
