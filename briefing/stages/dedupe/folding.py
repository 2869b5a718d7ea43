"""Which texts are folded into one: copies, but no chain of them from one text to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from briefing.stages.dedupe.pairs import COPY, SAME_ORIGIN, WHOLE, Pairs
from briefing.stages.dedupe.reading import Shingles, common
from briefing.stages.dedupe.unions import unions

# Two texts that are each as far from a third as a copy may be.
_TWO_STEPS = COPY * COPY


def groups(sets: Sequence[Shingles], pairs: Pairs, apart: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Groups of texts of which one may stand for all, the likest joined first; that one first in each.

    Two groups are joined only if their longest members resemble each other, the shortest of each stands in the
    longest of the other, and both shortest share half: else a page with two texts would make one of them, and a
    cut that two texts begin with would, too. No group holds two texts that are to stay `apart`.
    """
    foes: dict[int, set[int]] = defaultdict(set)
    for i, j in apart:
        foes[i].add(j)
        foes[j].add(i)
    ends = [(i, i) for i in range(len(sets))]

    def order(i: int) -> tuple[int, int]:
        return len(sets[i]), i

    def joins(_: tuple[int, int], low: int, high: int) -> bool:
        if high in foes.get(low, ()) or not _alike(sets, ends[low], ends[high]):
            return False
        for foe in foes.pop(high, ()):
            foes[foe].discard(high)
            foes[foe].add(low)
            foes[low].add(foe)
        ends[low] = (min(ends[low][0], ends[high][0], key=order), max(ends[low][1], ends[high][1], key=order))
        return True

    return [_head_first(group, sets) for group in unions(len(sets), pairs.ends(), joins)]


def _alike(sets: Sequence[Shingles], one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two groups, given by their shortest and longest members, are of one text."""
    if one[0] == one[1] and other[0] == other[1]:
        return True
    crossed = ((one[1], other[1]), (one[0], other[1]), (other[0], one[1]))
    held = all(_containment(sets[i], sets[j]) >= _TWO_STEPS for i, j in crossed)
    return held and _containment(sets[one[0]], sets[other[0]]) >= SAME_ORIGIN


def _containment(a: Shingles, b: Shingles) -> float:
    return common(a, b) / max(1, min(len(a), len(b)))


def _head_first(group: Sequence[int], sets: Sequence[Shingles]) -> list[int]:
    """Put the article that stands for its group first: the first in precedence that is not a cut."""
    longest = max(len(sets[i]) for i in group)
    head = next(i for i in group if len(sets[i]) >= WHOLE * longest)
    return [head, *(i for i in group if i != head)]
