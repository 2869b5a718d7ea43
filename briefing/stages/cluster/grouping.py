"""Groups of rows that resemble each other as a whole: average linkage inside components of the neighbour graph.

Near-linear: rows cut to their heaviest terms are compared block by block, only neighbours are kept,
and the quadratic linkage runs inside components of bounded size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

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

Square = npt.NDArray[np.float64]
Adjust = Callable[[Ints], Square]


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


def groups(rows: Matrix, threshold: float, ratio: float, adjust: Adjust | None = None) -> list[Ints]:
    """Rows in groups, each row in exactly one (sorted row numbers).

    `adjust` gives the factors on the cosines of a component's rows, such as for time apart.
    """
    graph = neighbours(heaviest(rows), NEAR * threshold)
    found: list[Ints] = []
    for members in components(graph, np.arange(rows.shape[0]), NEAR * threshold):
        if len(members) == 1:
            found.append(members)
            continue
        inner = _narrow(rows[members])
        cosines = (inner @ inner.T).toarray().astype(np.float64)
        found += [
            members[part] for part in cut(cosines if adjust is None else cosines * adjust(members), threshold, ratio)
        ]
    return found


def _narrow(rows: Matrix) -> Matrix:
    """The same rows over the columns they use: a product costs in columns, and components are many."""
    used, places = np.unique(rows.indices, return_inverse=True)
    return sparse.csr_matrix((rows.data, places, rows.indptr), shape=(rows.shape[0], max(1, len(used))))


def cut(similarity: Square, threshold: float, ratio: float) -> list[Ints]:
    """Average linkage (Sokal & Michener 1958), cut from the root down where two halves are two things.

    A node stays whole when its halves resemble each other on average by `threshold` or more and, where
    both have three members, by `ratio` of how much the looser half resembles itself: two dense groups
    on two events of one kind stay apart at a similarity that would hold one loose story together.
    """
    size = len(similarity)
    tree = linkage(squareform(1 - similarity, checks=False), "average")
    sizes = np.concatenate([np.ones(size), tree[:, 3]])
    between = 1 - tree[:, 2]
    cohesion = _cohesion(tree, sizes, between)
    whole = [True] * size
    for (left, right), resemblance in zip(tree[:, :2].astype(int), between, strict=True):
        dense = min(sizes[left], sizes[right]) >= 3
        bar = ratio * min(cohesion[left], cohesion[right]) if dense else 0.0
        whole.append(bool(resemblance >= max(threshold, bar)))
    return _nodes(tree, whole)


def _cohesion(tree: Floats, sizes: Floats, between: Floats) -> Floats:
    """The mean similarity of the pairs under every node; 0 for single rows."""
    pairs = sizes * (sizes - 1) / 2
    total = np.zeros(len(sizes))
    first = len(tree) + 1
    for place, (left, right) in enumerate(tree[:, :2].astype(int)):
        total[first + place] = total[left] + total[right] + between[place] * sizes[left] * sizes[right]
    return np.divide(total, pairs, out=np.zeros(len(sizes)), where=pairs > 0)


def _nodes(tree: Floats, whole: list[bool]) -> list[Ints]:
    first = len(tree) + 1
    leaves = [[place] for place in range(first)]
    for left, right in tree[:, :2].astype(int):
        leaves.append(leaves[left] + leaves[right])
    found, waiting = [], [2 * first - 2]
    while waiting:
        node = waiting.pop()
        if whole[node]:
            found.append(np.array(sorted(leaves[node])))
        else:
            waiting += tree[node - first, :2].astype(int).tolist()
    return found
