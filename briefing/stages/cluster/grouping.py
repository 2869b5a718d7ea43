"""Groups of rows that resemble each other as a whole: average linkage inside components of the neighbour graph.

Near-linear: rows cut to their heaviest terms are compared block by block, only neighbours are kept,
and the quadratic linkage runs inside components of bounded size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.cluster.hierarchy import linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from briefing.stages.cluster.features import Floats, Ints, Matrix

BLOCK = 1000
HEAVIEST = 60
NEIGHBOURS = 50
NEAR = 0.6  # an average of t needs a pair of t; the slack is for what cutting rows to their heaviest terms changes
LARGEST_COMPONENT = 2000
STEP = 1.3
DENSE = 3
FEWEST = 4
MEMBER = 0.5  # of the threshold: the mean likeness to the other members, the nearest left out

Square = npt.NDArray[np.float64]
Adjust = Callable[[Ints, Square], Square]
Rivals = Callable[[Ints, Ints], bool]


def _strongest(rows: Matrix, keep: int) -> None:
    """Drop all but the `keep` largest entries of every row (ties stay), and the zeros, in place."""
    for start, end in zip(rows.indptr[:-1], rows.indptr[1:], strict=True):
        values = rows.data[start:end]
        if len(values) > keep:
            values[values < np.partition(values, -keep)[-keep]] = 0
    rows.eliminate_zeros()


def heaviest(rows: Matrix, keep: int = HEAVIEST) -> Matrix:
    """Unit rows cut to their `keep` heaviest terms and made unit length again."""
    rows = rows.copy()
    _strongest(rows, keep)
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(norms > 0, norms, 1)).astype(np.float32) @ rows


def neighbours(rows: Matrix, above: float) -> Matrix:
    """The graph of row pairs whose cosine exceeds `above`: a row's `NEIGHBOURS` nearest (sparse, n × n)."""
    columns = rows.T.tocsc()
    blocks = []
    for start in range(0, rows.shape[0], BLOCK):
        block = (rows[start : start + BLOCK] @ columns).tocsr()
        block.data[block.data <= above] = 0
        block.eliminate_zeros()
        _strongest(block, NEIGHBOURS)
        blocks.append(block)
    return sparse.vstack(blocks, format="csr")


def components(graph: Matrix, members: Ints, above: float) -> Iterator[Ints]:
    """Connected components; one larger than `LARGEST_COMPONENT` is cut again at a higher cosine."""
    count, labels = connected_components(graph, directed=False)
    order = np.argsort(labels, kind="stable")
    for part in np.split(order, np.cumsum(np.bincount(labels, minlength=count))[:-1]):
        if len(part) <= LARGEST_COMPONENT:
            yield members[part]
        elif above > 1:  # as good as equal rows: any cut is as right as another
            yield from np.array_split(members[part], -(-len(part) // LARGEST_COMPONENT))
        else:
            inner = graph[part][:, part]
            inner.data[inner.data <= above * STEP] = 0
            inner.eliminate_zeros()
            yield from components(inner, members[part], above * STEP)


class Group(NamedTuple):
    """Rows that belong together (sorted row numbers), and the mean cosine of their pairs (1 for a single row)."""

    rows: Ints
    cohesion: float


def groups(
    rows: Matrix, threshold: float, ratio: float, adjust: Adjust | None = None, rivals: Rivals | None = None
) -> list[Group]:
    """Rows in groups, each row in exactly one.

    `adjust` lowers the cosines of a component's rows to how alike they are, such as for time apart; `rivals`
    tells of two sets of rows that they are two things, however alike.
    """
    graph = neighbours(heaviest(rows), NEAR * threshold)
    found: list[Group] = []
    for members in components(graph, np.arange(rows.shape[0]), NEAR * threshold):
        if len(members) == 1:
            found.append(Group(members, 1.0))
            continue
        inner = _narrow(rows[members])
        cosines = (inner @ inner.T).toarray().astype(np.float64)
        if np.triu(cosines, 1).max() < threshold:  # half of the components; the rest would not change a thing
            found += [Group(members[place : place + 1], 1.0) for place in range(len(members))]
            continue
        likeness = cosines if adjust is None else adjust(members, cosines)
        parts = cut(likeness, threshold, ratio, partial(_rivals_of, rivals, members) if rivals else None)
        found += [Group(members[part], _mean(cosines, part)) for part in parts]
    return found


def _rivals_of(rivals: Rivals, members: Ints, one: Ints, other: Ints) -> bool:
    return rivals(members[one], members[other])


def _mean(cosines: Square, part: Ints) -> float:
    pairs = len(part) * (len(part) - 1)
    return float((cosines[np.ix_(part, part)].sum() - cosines[part, part].sum()) / pairs) if pairs else 1.0


def _narrow(rows: Matrix) -> Matrix:
    """The same rows over the columns they use: a product costs in columns, and components are many."""
    used, places = np.unique(rows.indices, return_inverse=True)
    return sparse.csr_matrix((rows.data, places, rows.indptr), shape=(rows.shape[0], max(1, len(used))))


def cut(similarity: Square, threshold: float, ratio: float, rivals: Rivals | None = None) -> list[Ints]:
    """Average linkage (Sokal & Michener 1958), cut from the root down where two halves are two things.

    A node stays whole when its halves resemble each other on average by `threshold` or more and, where
    both have `DENSE` members, by `ratio` of how much the looser half resembles itself: two dense groups
    on two events of one kind stay apart at a similarity that would hold one loose story together. So do two
    such halves that are `rivals`.
    """
    size = len(similarity)
    if size == 1:
        return [np.array([0])]
    tree = linkage(squareform(1 - similarity, checks=False), "average")
    sizes = np.concatenate([np.ones(size), tree[:, 3]])
    between = 1 - tree[:, 2]
    cohesion = _cohesion(tree, sizes, between)
    whole = [True] * size
    for (left, right), resemblance in zip(tree[:, :2].astype(int), between, strict=True):
        dense = min(sizes[left], sizes[right]) >= DENSE
        bar = ratio * min(cohesion[left], cohesion[right]) if dense else 0.0
        whole.append(bool(resemblance >= max(threshold, bar)))
    return [part for node in _nodes(tree, whole, rivals) for part in _settled(similarity, node, threshold, ratio)]


def _settled(similarity: Square, node: Ints, threshold: float, ratio: float) -> list[Ints]:
    """A node without the rows that resemble one neighbour and not the others; those are cut anew."""
    if len(node) < FEWEST:
        return [node]
    inner = np.sort(similarity[np.ix_(node, node)] - np.diag(np.full(len(node), np.inf)), axis=1)
    stays = inner[:, 1:-1].mean(axis=1) >= MEMBER * threshold
    if stays.all() or not stays.any():
        return [node]
    leaving = node[~stays]
    return [node[stays], *(leaving[part] for part in cut(similarity[np.ix_(leaving, leaving)], threshold, ratio))]


def _cohesion(tree: Floats, sizes: Floats, between: Floats) -> Floats:
    """The mean similarity of the pairs under every node; 0 for single rows."""
    pairs = sizes * (sizes - 1) / 2
    total = np.zeros(len(sizes))
    first = len(tree) + 1
    for place, (left, right) in enumerate(tree[:, :2].astype(int)):
        total[first + place] = total[left] + total[right] + between[place] * sizes[left] * sizes[right]
    return np.divide(total, pairs, out=np.zeros(len(sizes)), where=pairs > 0)


def _nodes(tree: Floats, whole: list[bool], rivals: Rivals | None) -> list[Ints]:
    """The rows under every node that is whole, from the root down."""
    first = len(tree) + 1
    leaves = [np.array([place]) for place in range(first)]
    for left, right in tree[:, :2].astype(int):
        leaves.append(np.sort(np.concatenate([leaves[left], leaves[right]])))
    found, waiting = [], [2 * first - 2]
    while waiting:
        node = waiting.pop()
        halves = tree[node - first, :2].astype(int).tolist() if node >= first else []
        dense = bool(halves) and min(len(leaves[half]) for half in halves) >= DENSE
        if whole[node] and not (rivals and dense and rivals(*(leaves[half] for half in halves))):
            found.append(leaves[node])
        else:
            waiting += halves
    return found
