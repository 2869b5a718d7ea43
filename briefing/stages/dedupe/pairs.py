"""Pairs of texts of which one holds most of the other, without comparing all with all.

Candidates are found by sketches of shingles: those whose hash is 0 modulo a power of two (the fraction sketch of
Broder 1997, unbiased for containment), sorted so that the holders of a shingle
stand together, like beside like (by min-hash). What may be a copy is
then measured on its full shingle sets, the rest where it matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from briefing.stages.dedupe.reading import Hashes, Indices, Shingles, common

Counts = NDArray[np.uint16]

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
# A shingle's holders are each compared with the next few only, in the order of their texts' least hashes, which copies
# mostly share: they are linked all the same, as a chain, and page furniture of thousands costs no square of thousands.
_NEIGHBOURS = 12
_CHUNK, _RUNS = 1 << 21, 16  # sketch entries counted at a time, and parts of the sums: they bound memory
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


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

    def only(self, wanted: NDArray[np.bool_] | Indices) -> Candidates:
        """The candidates at the places that are `wanted`, in that order."""
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
    sketches = [_sketch(s, level) for s, level in zip(sets, levels.tolist(), strict=True)]
    found = [_likely(*counted, sizes, levels) for counted in _sharing(sets, sketches)]
    return Candidates(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _likely(pairs: Hashes, shared: Counts, sizes: Indices, levels: Indices) -> Candidates:
    """Of pairs that share so many entries of their sketches those that may share enough in all."""
    first, second = (pairs >> _HALF).astype(np.int64), (pairs & _LOW).astype(np.int64)
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


def _sharing(sets: Sequence[Shingles], sketches: Sequence[Shingles]) -> Iterator[tuple[Hashes, Counts]]:
    """Pairs of near holders, two in one number, with how many shingles they have in common at least; in runs."""
    hashes = np.concatenate([np.empty(0, np.uint32), *sketches])
    holders = np.repeat(np.arange(len(sketches)), [len(s) for s in sketches])
    parts = []
    # Where the holders are many, nearness is asked twice, as a changed word may hide it once.
    for end, least in ((0, 2), (-1, _NEIGHBOURS + 2)):
        order = np.argsort(np.array([s[end] if len(s) else 0 for s in sets], np.uint32), kind="stable")
        entries = _shared(hashes, np.argsort(order)[holders], least)
        parts += [_counted(np.concatenate(list(_neighbours(part, order)))) for part in _chunks(entries)]
    del hashes, holders, entries
    yield from _summed(parts, len(sets))


def _shared(hashes: Shingles, ranks: Indices, least: int) -> Hashes:
    """Shingles that have `least` holders or more, each with the rank of a holder in its low half; sorted."""
    entries = (hashes.astype(np.uint64) << _HALF) | ranks.astype(np.uint64)
    entries.sort()
    starts = _starts(entries >> _HALF)
    lengths = np.diff(starts, append=len(entries))
    return entries[np.repeat(lengths >= least, lengths)]


def _starts(values: Hashes) -> Indices:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])[: len(values)])


def _chunks(entries: Hashes) -> Iterator[Hashes]:
    """Runs of whole shingles."""
    hashes = entries >> _HALF
    return iter(np.split(entries, np.unique(hashes.searchsorted(hashes[_CHUNK::_CHUNK]))))


def _neighbours(entries: Hashes, order: Indices) -> Iterator[Hashes]:
    """Holders of one shingle whose ranks are near each other, two in one number, the smaller first."""
    hashes, holders = entries >> _HALF, order[(entries & _LOW).astype(np.int64)].astype(np.uint64)
    yield np.empty(0, np.uint64)
    for step in range(1, _NEIGHBOURS + 1):
        together = hashes[step:] == hashes[:-step]
        one, other = holders[:-step][together], holders[step:][together]
        yield (np.minimum(one, other) << _HALF) | np.maximum(one, other)


def _counted(pairs: Hashes) -> tuple[Hashes, Counts]:
    pairs.sort()
    starts = _starts(pairs)
    return pairs[starts], np.diff(starts, append=len(pairs)).astype(np.uint16)


def _summed(parts: Sequence[tuple[Hashes, Counts]], size: int) -> Iterator[tuple[Hashes, Counts]]:
    """Counts of equal pairs added up over the parts, for some of the `size` first texts after another.

    Most pairs share one entry by chance: at 100,000 texts all of them at once would take 2 GB more.
    """
    bounds = np.linspace(0, size, _RUNS + 1).astype(np.uint64) << _HALF
    cuts = [found.searchsorted(bounds) for found, _ in parts]
    for run in range(_RUNS):
        within = [slice(cut[run], cut[run + 1]) for cut in cuts]
        pairs = np.concatenate([found[part] for (found, _), part in zip(parts, within, strict=True)])
        counts = np.concatenate([many[part] for (_, many), part in zip(parts, within, strict=True)])
        order = np.argsort(pairs, kind="stable")
        pairs, counts = pairs[order], counts[order]
        starts = _starts(pairs)
        yield pairs[starts], np.add.reduceat(counts, starts) if len(starts) else counts
