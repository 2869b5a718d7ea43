"""Near-duplicates and origins: one text carried by many pages is one article with copies and one origin.

    articles ─reading→ shingle sets ─pairs→ near pairs ─revisions, folding→ groups ─origins→ articles

Pairs become groups by union-find, the likest first, so the result does not depend on the order of articles.
Measured by `benchmarks/dedupe.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from briefing.lexicon import Lexicons
from briefing.stages.dedupe.folding import groups
from briefing.stages.dedupe.order import precedence
from briefing.stages.dedupe.origins import Publishers, origins
from briefing.stages.dedupe.pairs import CUT, MAYBE_COPY, WHOLE, candidates, measured
from briefing.stages.dedupe.reading import Shingles, common, shingles, words
from briefing.stages.dedupe.revisions import Marks, marks, revised, revisions
from briefing.types import Article, Copy, CopyKind

# A body of fewer words than this ("More follows.") is compared together with its title.
_BRIEF = 25


__all__ = ["Deduped", "Publishers", "dedupe"]


class Deduped(NamedTuple):
    """The distinct articles, each with its copies and origin, and how many appearances were folded into them."""

    articles: tuple[Article, ...]
    copies: int


def dedupe(
    articles: Sequence[Article],
    lexicons: Lexicons = MappingProxyType({}),
    publishers: Publishers = MappingProxyType({}),
) -> Deduped:
    """Fold copies into the article they repeat; mark revisions; name each article's origin. Order-blind.

    With `lexicons`, number words count as figures too, and the day of a dateline does not. `publishers` names
    the family of outlets that share an origin.
    """
    ordered = sorted(articles, key=precedence)
    sets, looked = zip(*(_read(a, lexicons) for a in ordered), strict=True) if ordered else ((), ())
    near = candidates(sets)
    pairs = measured(sets, near.only((near.size >= CUT) & (near.estimate >= MAYBE_COPY)))
    copies = pairs.only(pairs.copies)
    apart = revisions(ordered, looked, copies, lexicons)
    folded = groups(sets, copies, apart)
    origin = origins(ordered, sets, near, folded, publishers)
    earlier = revised(folded, apart)
    kept = []
    for head, *rest in folded:
        made = tuple(_copy(ordered[head], ordered[i], sets[head], sets[i]) for i in rest)
        held = (c for i in (head, *rest) for c in ordered[i].copies)
        revises = ordered[earlier[head]].id if head in earlier else ordered[head].revision_of
        # A text that stands in a public source too is no secret.
        private = all(ordered[i].private for i in (head, *rest))
        weight = max(ordered[i].weight for i in (head, *rest))
        found = {"copies": (*made, *held), "origin": origin[head], "revision_of": revises, "private": private}
        kept.append(ordered[head].replace(**found, weight=weight))
    return Deduped(tuple(sorted(kept, key=lambda a: a.id)), len(ordered) - len(folded))


def _read(article: Article, lexicons: Lexicons) -> tuple[Shingles, Marks]:
    """What an article is compared by, and a first look at its figures."""
    found = words(article.body)
    looked = marks(found, lexicons.get(article.language or ""))
    compared = found.hashes if len(found.hashes) >= _BRIEF else words(article.text).hashes
    return shingles(compared), looked


def _copy(head: Article, other: Article, head_set: Shingles, other_set: Shingles) -> Copy:
    least, most = sorted((len(head_set), len(other_set)))
    similarity = common(head_set, other_set) / max(1, least)
    whole: CopyKind = "cut" if least < WHOLE * most else "reprint"
    same = head.body == other.body
    return Copy(
        source=other.source,
        url=other.url,
        title=other.title,
        published=other.published,
        kind="exact" if same else whole,
        similarity=1.0 if same else round(similarity, 3),
    )
