"""Conflicts of whole reports: what one article's title or lead says and another says is not so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from briefing.stages.claims import Claim
from briefing.stages.disputes.figures import Checker, upheld
from briefing.stages.disputes.questions import Questions, one_per_holder
from briefing.stages.disputes.verdicts import Verdict
from briefing.stages.disputes.wording import MOST_POSITIONS, dispute, phrase
from briefing.stages.stances import Conflict
from briefing.types import Dispute

# Who disputes what others put first says so at once. Further down, what is turned down is mostly something else.
_LEAD = 2


def refutations(
    found: Sequence[Conflict], question: Questions, known: Sequence[Dispute], checker: Checker | None
) -> Iterator[Dispute]:
    """Each conflict that no known dispute tells of, as one with holders on both sides."""
    told = list(known)
    for conflict in found:
        claim, refuting = conflict.affirming[0], [c for c in conflict.refuting if c.sentence <= _LEAD]
        if not refuting or any(_tells_of(conflict, one) for one in told):
            continue
        asked = f"“{phrase(claim, claim.content & _content(refuting), question.lexicon)}”"
        # In turn, so that both sides are left where there are more holders than positions.
        turns = chain.from_iterable(zip_longest(conflict.affirming, refuting))
        kept = one_per_holder([c for c in turns if c], question.lexicon, MOST_POSITIONS)
        both = all(any(c in kept for c in side) for side in (conflict.affirming, refuting))
        if both and upheld(Verdict("dispute", certain=False), claim, refuting[0], asked, checker):
            told.append(dispute("denial", asked, kept))
            yield told[-1]


def _content(claims: Sequence[Claim]) -> frozenset[str]:
    return frozenset[str]().union(*(c.content for c in claims))


def _tells_of(conflict: Conflict, known: Dispute) -> bool:
    """Whether a dispute cites a refuting sentence, or is one of words between the same articles."""
    cited = {(c.article, c.sentence) for p in known.positions for c in p.statement.citations}
    if any((c.article.id, c.sentence) in cited for c in conflict.refuting):
        return True
    articles = {article for article, _ in cited}
    both = all(_articles(side) & articles for side in (conflict.affirming, conflict.refuting))
    return both and known.kind == "denial"


def _articles(side: Sequence[Claim]) -> set[str]:
    return {c.article.id for c in side}
