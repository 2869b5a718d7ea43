"""Where texts come from: what shares an origin confirms nothing of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from briefing.stages.dedupe.credits import agency
from briefing.stages.dedupe.order import later
from briefing.stages.dedupe.pairs import CLEAN_CUT, COPY, MAYBE_COPY, SAME_ORIGIN, WHOLE, Candidates
from briefing.stages.dedupe.reading import Shingles, common
from briefing.stages.dedupe.unions import unions
from briefing.stages.outlets import known_as
from briefing.types import Article

# An outlet's name or web host, in lower case, -> the publisher whose outlets print each other's texts.
Publishers = Mapping[str, str]


def origins(
    ordered: Sequence[Article],
    sets: Sequence[Shingles],
    found: Candidates,
    folded: Sequence[Sequence[int]],
    publishers: Publishers,
) -> dict[int, str]:
    """Name the origin of every article: one for texts of like length that share most words, and for what takes one up.

    A longer text has the origin of the longest it takes up only, so that a page of two texts does not make one of them.
    What is `folded` has one origin already, and so have a text and what is cut out of it later. A copy shares no more
    with other texts than what it is a copy of, unless they hold all of it.
    """
    first = {i: min(group) for group in folded for i in group}
    share = _share(sets, found)
    held = share >= CLEAN_CUT
    cuts = _cuts(ordered, found.only(share >= COPY), first)
    copy = _copies(sets, found.only(held), folded)
    told = found.only(~copy[found.long] & (held | ~copy[found.short]))
    joined = [(group[0], i) for group in folded for i in group[1:]] + cuts
    given = set(joined)

    def joins(link: tuple[int, int], *_: int) -> bool:
        return link in given or _near(sets, link)

    alike = unions(len(ordered), [*joined, *_links(told.only(told.size >= WHOLE))], joins)
    root = {i: group[0] for group in alike for i in group}
    taken = {root[long]: (short, long) for short, long in _sources(sets, folded)}
    shorter = told.only(told.size < WHOLE)
    order = np.lexsort((shorter.long, shorter.short, -shorter.size, copy[shorter.short]))
    for short, long in _links(shorter.only(order)):
        if root[long] not in taken and root[short] != root[long] and _near(sets, (short, long)):
            taken[root[long]] = (short, long)
    joined = [(group[0], i) for group in alike for i in group[1:]]
    groups = unions(len(ordered), [*joined, *taken.values()])
    return {i: name for group in groups for name in [_origin([ordered[i] for i in group], publishers)] for i in group}


def _share(sets: Sequence[Shingles], found: Candidates) -> NDArray[np.float64]:
    """How much of a much shorter text its candidate holds; 0 where the sketches tell that it is not most."""
    share = np.zeros(len(found.short))
    likely = np.flatnonzero((found.size < WHOLE) & (found.estimate >= MAYBE_COPY))
    links = _links(found.only(likely))
    share[likely] = [common(sets[short], sets[long]) / max(1, len(sets[short])) for short, long in links]
    return share


def _cuts(ordered: Sequence[Article], held: Candidates, first: Mapping[int, int]) -> list[tuple[int, int]]:
    """Texts that stand in a longer one and were cut out of it: they have its title, or stood nowhere before it."""
    return [
        (short, long)
        for short, long in _links(held)
        if later(ordered[first[short]], ordered[long])
        or (long < short and bool(ordered[long].title) and ordered[short].title == ordered[long].title)
    ]


def _copies(sets: Sequence[Shingles], held: Candidates, folded: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """Which texts are folded with, or all held by, one that stands before them and is longer."""
    found = np.zeros(len(sets), np.bool_)
    found[held.short[held.long < held.short]] = True
    for group in folded:
        places = np.sort(group)
        sizes = np.array([len(sets[i]) for i in places.tolist()])
        found[places] |= np.maximum.accumulate(sizes) > sizes
    return found


def _sources(sets: Sequence[Shingles], folded: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Of each folded group the shorter text that stood before the longest, which takes it up, and the longest."""
    longest = [(min(group), max(group, key=lambda i: (len(sets[i]), -i))) for group in folded]
    return [(i, long) for i, long in longest if len(sets[i]) < WHOLE * len(sets[long])]


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
