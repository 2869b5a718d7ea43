"""Where texts come from: what shares an origin confirms nothing of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from briefing.stages.dedupe.credits import agency
from briefing.stages.dedupe.pairs import SAME_ORIGIN, WHOLE, Candidates
from briefing.stages.dedupe.reading import Shingles, common
from briefing.stages.dedupe.unions import unions
from briefing.stages.outlets import known_as
from briefing.types import Article

# An outlet's name or web host, in lower case, -> the publisher whose outlets print each other's texts.
Publishers = Mapping[str, str]


def origins(
    ordered: Sequence[Article], sets: Sequence[Shingles], found: Candidates, publishers: Publishers
) -> dict[int, str]:
    """Name the origin of every article: one for texts of like length that share most words, and for what takes one up.

    A longer text has the origin of the longest it takes up only, so that a page of two texts does not make one of them.
    """
    alike = unions(len(ordered), _links(found.only(found.size >= WHOLE)), lambda link, *_: _near(sets, link))
    root = {i: group[0] for group in alike for i in group}
    taken: dict[int, tuple[int, int]] = {}
    shorter = found.only(found.size < WHOLE)
    order = np.lexsort((shorter.long, shorter.short, -shorter.size))
    for short, long in _links(shorter.only(order)):
        if root[long] not in taken and root[short] != root[long] and _near(sets, (short, long)):
            taken[root[long]] = (short, long)
    joined = [(group[0], i) for group in alike for i in group[1:]]
    groups = unions(len(ordered), [*joined, *taken.values()])
    return {i: name for group in groups for name in [_origin([ordered[i] for i in group], publishers)] for i in group}


def _links(found: Candidates) -> list[tuple[int, int]]:
    return list(zip(found.short.tolist(), found.long.tolist(), strict=True))


def _near(sets: Sequence[Shingles], link: tuple[int, int]) -> bool:
    """Measure one candidate; asked only where its answer matters, so that many variants cost no square of them."""
    short, long = link
    return common(sets[short], sets[long]) >= SAME_ORIGIN * len(sets[short])


def _origin(group: Sequence[Article], publishers: Publishers) -> str:
    """Where a text comes from: the agency credited, else the first outlet that carried it, else the text itself."""
    known = sorted({a.origin for a in group if a.origin}, key=lambda name: (not name.startswith("agency:"), name))
    credited = sorted(filter(None, (agency(a) for a in group)))
    if credited:
        return f"agency:{credited[0]}"
    if known:
        return known[0]
    first = group[0]
    family = known_as(first.source, first.url, publishers)
    if family:
        return f"publisher:{family}"
    return f"outlet:{first.source}" if first.source else f"text:{min(a.id for a in group)}"
