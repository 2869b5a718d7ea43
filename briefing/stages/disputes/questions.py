"""How much two claims of one story are about the same question, and whether they come from different sides."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim
from briefing.stages.names import same_speaker
from briefing.text import fold

_PRIOR = 10
# A stem that more claims use says little, and would make every claim a neighbour of every other.
_COMMON = 400


class Questions:
    """The claims of one story by the stems they share; a stem weighs more the rarer it is in the story."""

    def __init__(self, told: Sequence[Claim], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._told = told
        self._using: dict[str, list[int]] = {}
        for place, claim in enumerate(told):
            for found in claim.content:
                self._using.setdefault(found, []).append(place)
        # The prior keeps shared words from losing all weight in a story of two or three sentences.
        self._weight = {s: math.log(1 + (len(told) + _PRIOR) / len(using)) for s, using in self._using.items()}

    def weight(self, stems: Iterable[str]) -> float:
        """Summed rarity of stems."""
        return sum(self._weight.get(s, 0.0) for s in stems)

    def overlap(self, a: Claim, b: Claim) -> float:
        """Weight in common, as a share of the lighter claim's weight, 0..1."""
        least = min(self.weight(a.content), self.weight(b.content))
        return self.weight(a.content & b.content) / least if least else 0.0

    def likeness(self, a: Claim, b: Claim) -> float:
        """Weight in common, as a share of the weight of both (weighted Jaccard), 0..1."""
        either = self.weight(a.content | b.content)
        return self.weight(a.content & b.content) / either if either else 0.0

    def near(self, stems: Iterable[str], least: int) -> list[Claim]:
        """The claims that use at least so many of the stems, in the order of the story; common stems count for none."""
        using = [found for s in stems if len(found := self._using.get(s, ())) <= _COMMON]
        shared = Counter(place for places in using for place in places)
        return [self._told[place] for place in sorted(p for p, n in shared.items() if n >= least)]

    def apart(self, a: Claim, b: Claim) -> bool:
        """Whether two claims come from different speakers, or from different origins where none is named."""
        if a.speaker and b.speaker:
            return not same_speaker(a.speaker.name, b.speaker.name, self.lexicon)
        return a.article.origin != b.article.origin

    def distinct(self, a: Claim, b: Claim) -> bool:
        """Whether two named speakers are two voices; "police" and "authorities" are one."""
        if a.speaker is None or b.speaker is None:
            return False
        officials = self.lexicon.figures.officials
        if fold(a.speaker.name) in officials and fold(b.speaker.name) in officials:
            return False
        return not same_speaker(a.speaker.name, b.speaker.name, self.lexicon)


def one_per_holder(candidates: Sequence[Claim], lexicon: Lexicon, most: int) -> list[Claim]:
    """The first claim of each holder, at most so many."""
    kept: list[Claim] = []
    for claim in candidates:
        if len(kept) < most and all(not _same_holder(claim, other, lexicon) for other in kept):
            kept.append(claim)
    return kept


def _same_holder(a: Claim, b: Claim, lexicon: Lexicon) -> bool:
    if a.speaker and b.speaker:
        return same_speaker(a.speaker.name, b.speaker.name, lexicon)
    return a.holder == b.holder
