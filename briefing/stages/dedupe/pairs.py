"""Pairs of texts of which one holds most of the other, without comparing all with all.

Candidates are found by sketches of shingles: those whose hash is 0 modulo a power of two (the fraction sketch of
Broder 1997, unbiased for containment), sorted so that the holders of a shingle stand together. What may be a copy is
then measured on its full shingle sets, the rest where it matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from briefing.stages.dedupe.reading import Hashes, Indices, Shingles, common

# Likeness is containment in the shorter text. Reprints and cuts keep nearly all of it; a text that takes
# over half of another shares its origin but says more.
COPY, SAME_ORIGIN = 0.8, 0.5
# A cut says nothing of its own: of two texts of unlike length that share four fifths, each adds to the other.
CLEAN_CUT = 0.9
# A pair of which the sketches tell less than this is no copy: of texts alike in length they err by .05.
MAYBE_COPY = 0.65
# Below this share of the longer text the shorter one is a cut, not a reprint; below the next, the longer
# one is a different article that embeds it.
WHOLE, CUT = 0.8, 0.4

# A text of 256 shingles or fewer keeps all of them in its sketch, one of 512 half, one of 1,024 a quarter, longer ones
# an eighth: a wire text of 120 words still leaves 15 in the sketch of the longest article that embeds it.
_SKETCH, _COARSEST = 256, 3
# A pair is measured when it shares this part of what the least containment leads one to expect in the sketches: at
# .5, 5 of 21,933 pairs of the load stream were lost to chance.
_SLACK = 0.3
# A shingle's holders are each compared with the next few only: the copies of one text are linked all the
# same, as a chain, and page furniture that thousands share costs no square of thousands.
_NEIGHBOURS = 12
_CHUNK = 1 << 21  # sketch entries counted at a time, which bounds memory
_ENTRY = np.uint64(32)


class Pairs(NamedTuple):
    """Pairs of articles by index, the likest first, as four arrays of one length.

    `containment` is that of the shorter one in the longer, `size` the shorter one's as a share of the longer's.
    """

    short: Indices
    long: Indices
    containment: NDArray[np.float64]
    size: NDArray[np.float64]

    @property
    def copies(self) -> NDArray[np.bool_]:
        """Where one may stand for the other."""
        return (self.containment >= np.where(self.size >= WHOLE, COPY, CLEAN_CUT)) & (self.size >= CUT)

    def only(self, wanted: NDArray[np.bool_]) -> Pairs:
        """The pairs at the places that are `wanted`."""
        return Pairs(self.short[wanted], self.long[wanted], self.containment[wanted], self.size[wanted])

    def ends(self) -> list[tuple[int, int]]:
        """Both indices of each pair, the smaller first."""
        low, high = np.minimum(self.short, self.long), np.maximum(self.short, self.long)
        return list(zip(low.tolist(), high.tolist(), strict=True))


class Candidates(NamedTuple):
    """Pairs of articles by index that may be near, with their containment and size as sketches tell them."""

    short: Indices
    long: Indices
    estimate: NDArray[np.float64]
    size: NDArray[np.float64]

    def only(self, wanted: NDArray[np.bool_]) -> Candidates:
        """The candidates at the places that are `wanted`."""
        return Candidates(self.short[wanted], self.long[wanted], self.estimate[wanted], self.size[wanted])


def measured(sets: Sequence[Shingles], found: Candidates) -> Pairs:
    """Those of the candidates whose containment, on the full sets, reaches `SAME_ORIGIN`."""
    short, long, _, size = found
    shared = [common(sets[a], sets[b]) for a, b in zip(short.tolist(), long.tolist(), strict=True)]
    containment = np.array(shared, np.float64) / np.array([max(1, len(sets[a])) for a in short.tolist()])
    order = np.lexsort((np.maximum(short, long), np.minimum(short, long), -size, -containment))
    order = order[containment[order] >= SAME_ORIGIN]
    return Pairs(short[order], long[order], containment[order], size[order])


def candidates(sets: Sequence[Shingles]) -> Candidates:
    """Pairs whose sketches share enough to be looked at; near-linear in the number of texts."""
    sizes = np.array([len(s) for s in sets], np.int64)
    levels = np.clip(np.ceil(np.log2(np.maximum(1, sizes / _SKETCH))).astype(np.int64), 0, _COARSEST)
    first, second, shared = _sharing([_sketch(s, level) for s, level in zip(sets, levels.tolist(), strict=True)])
    # The shorter one's shingles at the coarser of both rates.
    expected = np.minimum(sizes[first], sizes[second]) / (1 << np.maximum(levels[first], levels[second]))
    estimate = shared / np.maximum(1, expected)
    likely = estimate >= _SLACK * SAME_ORIGIN
    first, second, estimate = first[likely], second[likely], estimate[likely]
    swap = sizes[first] > sizes[second]
    short, long = np.where(swap, second, first), np.where(swap, first, second)
    return Candidates(short, long, estimate, sizes[short] / np.maximum(1, sizes[long]))


def _sketch(full: Shingles, level: int) -> Shingles:
    return full[full & np.uint32((1 << level) - 1) == 0] if level else full


def _sharing(sketches: Sequence[Shingles]) -> tuple[Indices, Indices, Indices]:
    """Count the shingles that neighbours among a shingle's holders have in common: firsts, seconds, counts."""
    entries = np.concatenate([np.empty(0, np.uint32), *sketches]).astype(np.uint64) << _ENTRY
    entries |= np.repeat(np.arange(len(sketches), dtype=np.uint64), [len(s) for s in sketches])
    entries.sort()
    hashes = (entries >> _ENTRY).astype(np.uint32)
    again = hashes[1:] == hashes[:-1]
    stays = np.concatenate([again, [False]]) | np.concatenate([[False], again])
    entries, hashes = entries[stays[: len(entries)]], hashes[stays[: len(entries)]]
    parts = [_counted(np.concatenate(list(_neighbours(part)))) for part in _chunks(entries, hashes)]
    pairs, counts = _summed(parts)
    return (pairs >> _ENTRY).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64), counts


def _chunks(entries: Hashes, hashes: Shingles) -> Iterator[Hashes]:
    """Runs of whole shingles."""
    bounds = np.searchsorted(hashes, hashes[_CHUNK::_CHUNK])
    return iter(np.split(entries, np.unique(bounds)))


def _neighbours(entries: Hashes) -> Iterator[Hashes]:
    """Holders of one shingle that stand near each other, two in one number."""
    hashes, holders = (entries >> _ENTRY).astype(np.uint32), entries & np.uint64(0xFFFFFFFF)
    yield np.empty(0, np.uint64)
    for step in range(1, _NEIGHBOURS + 1):
        together = hashes[step:] == hashes[:-step]
        yield (holders[:-step][together] << _ENTRY) | holders[step:][together]


def _counted(pairs: Hashes) -> tuple[Hashes, Indices]:
    pairs.sort()
    starts = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]])[: len(pairs)])
    return pairs[starts], np.diff(starts, append=len(pairs))


def _summed(parts: Sequence[tuple[Hashes, Indices]]) -> tuple[Hashes, Indices]:
    """Counts of equal pairs added up over the parts."""
    pairs = np.concatenate([pairs for pairs, _ in parts])
    counts = np.concatenate([counts for _, counts in parts])
    order = np.argsort(pairs, kind="stable")
    pairs, counts = pairs[order], counts[order]
    starts = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]])[: len(pairs)])
    return pairs[starts], np.add.reduceat(counts, starts) if len(starts) else counts
