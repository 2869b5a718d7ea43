"""Findings as records: positions with their evidence, an id that follows from it, and neutral questions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim, content_stems
from briefing.stages.speakers import tokens
from briefing.types import Dispute, DisputeKind, Position, Statement

MOST_POSITIONS = 6


def dispute(kind: DisputeKind, question: str, claims: Sequence[Claim], holders: Sequence[str] = ()) -> Dispute:
    """One position for each claim; `holders` are theirs, in order, where they are not those of the claims."""
    named = holders or [c.holder for c in claims]
    positions = tuple(Position(holder=h, statement=statement([c])) for h, c in zip(named, claims, strict=True))
    return Dispute(id=identity(kind, claims), kind=kind, question=question, positions=positions)


def identity(kind: str, cited: Sequence[Claim]) -> str:
    """Twelve hex digits that follow from the kind of finding and the sentences it cites."""
    key = kind + "".join(sorted(f"{c.article.id}.{c.sentence}" for c in cited))
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def statement(cited: Sequence[Claim]) -> Statement:
    """An extractive statement: whole sentences joined by one space, one citation each; not yet checked."""
    return Statement(
        text=" ".join(c.text for c in cited),
        language=cited[0].article.language,
        citations=tuple(c.citation for c in cited),
    )


def phrase(claim: Claim, asked: frozenset[str], lexicon: Lexicon) -> str:
    """Give the shortest run of a sentence's own words with most of the disputed stems, at most six words long."""
    toks = tokens(claim.text)
    hits = [bool(content_stems(t.word, lexicon) & asked) for t in toks]
    runs = [
        (-sum(hits[i:j]), j - i, i)
        for i in range(len(toks))
        for j in range(i + 1, min(i + 7, len(toks) + 1))
        if hits[i] and hits[j - 1] and not any(set(",;:") & set(t.gap) for t in toks[i + 1 : j])
    ]
    if not runs:
        return " ".join(t.word for t in toks[:6])
    _, length, first = min(runs)
    return claim.text[toks[first].start : toks[first + length - 1].end]
