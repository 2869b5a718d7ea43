"""Per statement: how many outlets and independent origins say it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefing.stages.claims import Claim
from briefing.text import fold, words
from briefing.types import Statement

# A sentence says the same when it holds this share of the statement's stems and all of its figures.
_SAME = 0.7
# Two reporters seldom write the same so many words; who carries a piece of a text carries its origin.
_VERBATIM = 8
_FIGURE = re.compile(r"\d[\d.,]*")


def corroborate(statement: Statement, story: Sequence[Claim]) -> Statement:
    """Count the `outlets` and `origins` of the articles that say a statement; copies add outlets only.

    Opinion, satire, press releases and what was paid for corroborate nothing.
    """
    cited = {(c.article, c.sentence) for c in statement.citations}
    own = [c for c in story if (c.article.id, c.sentence) in cited]
    content = frozenset[str]().union(*(c.content for c in own))
    figures = _in_digits(statement.text) | {q.value for c in own for q in c.quantities if q.raw in statement.text}
    says = list(own)
    for claim in story:
        same = content and len(claim.content & content) >= _SAME * len(content)
        if same and figures <= _figures(claim) and all(_agree(claim, c) for c in own):
            says.append(claim)
    # Where no report says it, one opinion or press release does, whatever others repeat it.
    counted = [c for c in says if c.article.vouches] or [c for c in says if c.article.id == says[0].article.id]
    outlets = frozenset[str]().union(*(c.article.outlets for c in counted))
    return statement.replace(outlets=len(outlets), origins=_independent(counted))


def _independent(says: Sequence[Claim]) -> int:
    """How many origins say it in words of their own; a sentence that holds another's word for word adds none."""
    told = {(f" {' '.join(fold(w) for w in words(c.text))} ", c.article.origin) for c in says}
    pieces = {wording for wording, _ in told if wording.count(" ") > _VERBATIM}
    apart: list[set[str]] = []
    for wording, origin in told:
        marks = {origin, *(piece for piece in pieces if piece in wording)}
        touching = [group for group in apart if group & marks]
        apart = [group for group in apart if not group & marks] + [marks.union(*touching)]
    return len(apart)


def _agree(a: Claim, b: Claim) -> bool:
    """Whether both affirm, or both negate, or both deny."""
    return a.negated == b.negated and a.denies == b.denies


def _figures(claim: Claim) -> frozenset[float]:
    return _in_digits(claim.text) | {q.value for q in claim.quantities}


def _in_digits(text: str) -> frozenset[float]:
    """Read the numbers in digits; what has more than one point ("3.5.2031") is not one number but several."""
    listed = (f.replace(",", "").rstrip(".") for f in _FIGURE.findall(text))
    return frozenset(float(part) for f in listed for part in ([f] if f.count(".") < 2 else f.split(".")) if part)
