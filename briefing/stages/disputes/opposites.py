"""Opposite polarity on one question: one says that it is so, another in like words that it is not."""

from __future__ import annotations

from collections.abc import Sequence

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim
from briefing.stages.disputes.questions import Questions
from briefing.stages.disputes.wording import dispute, phrase
from briefing.stages.speakers import tokens
from briefing.text import stem
from briefing.types import Dispute

_SAME_POLARITY = 0.6
# Words behind a negation among which stands what it negates.
_GOVERNED = 4


def opposites(told: Sequence[Claim], question: Questions, known: Sequence[Dispute]) -> list[Dispute]:
    """Pairs that say nearly the same words, one of them with a negation, from different speakers or origins."""
    cited = {(c.article, c.sentence) for d in known for p in d.positions for c in p.statement.citations}
    found: list[Dispute] = []
    for a in (c for c in told if c.negated and not c.denies):
        for b in (c for c in question.near(a.content, 3) if not c.negated and not c.denies):
            pair = {(a.article.id, a.sentence), (b.article.id, b.sentence)}
            if pair & cited or len(a.content & b.content) < 3 or not question.apart(a, b):
                continue
            if question.likeness(a, b) >= _SAME_POLARITY and _negates(a, b, question.lexicon):
                cited |= pair
                asked = a.content & b.content
                found.append(dispute("denial", f"“{phrase(a, asked, question.lexicon)}”", [b, a]))
    return found


def _negates(a: Claim, b: Claim, lexicon: Lexicon) -> bool:
    """Whether what the first sentence negates is what the second says: not "leaves no doubt", "had no comment"."""
    toks = tokens(a.text)
    flat = f" {' '.join(t.folded for t in toks)} "
    if any(f" {phrase} " in flat for phrase in lexicon.not_denials):
        return False
    for i, tok in enumerate(toks):
        if tok.folded in lexicon.negations:
            governed = [s for t in toks[i + 1 : i + 1 + _GOVERNED] if (s := stem(t.word)) in a.content]
            if governed and governed[0] in b.content:
                return True
    return False
