"""Union-find: pairs to groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

# Whether a link holds, and the two groups that it would join, each given by its least number, are to be one.
Joins = Callable[[tuple[int, int], int, int], bool]


def unions(size: int, links: Iterable[tuple[int, int]], joins: Joins | None = None) -> list[list[int]]:
    """Join linked numbers in order of the links; `joins` is asked where they are apart yet.

    Returns the groups, each sorted, in order of their least number.
    """
    parent = list(range(size))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in links:
        one, other = root(i), root(j)
        low, high = (one, other) if one < other else (other, one)
        if low != high and (joins is None or joins((i, j), low, high)):
            parent[high] = low
    found: dict[int, list[int]] = defaultdict(list)
    for i in range(size):
        found[root(i)].append(i)
    return list(found.values())
