"""Figures under the words beside them: of two texts that are alike but for a figure, one revises the other."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from briefing.lexicon import Lexicon, Lexicons
from briefing.stages.dedupe.pairs import Pairs
from briefing.stages.dedupe.reading import (
    ALONE,
    CLOSER,
    DIGIT,
    SPACE,
    STOP,
    Hashes,
    Indices,
    Words,
    folded,
    mixed,
    words,
)
from briefing.types import Article

# Words beside a figure that make it the same figure in another text: on both sides, or more of its own
# sentence on one side, where the sentence was moved.
_BESIDE, _ONE_SIDE = 3, 6
_DATELINE_WORDS = 12
_FIGURE = np.uint64(0x23)  # what stands for any figure in a context
_LOW = np.uint64(0xFFFF)
_THOUSANDS = re.compile(r"[.,](?=\d{3}\b)")
_JOINTS = frozenset(".,:")

Marks = NDArray[np.uint32]
# A figure in its context, both as one number -> the context.
Figures = Mapping[int, int]


class _Lists(NamedTuple):
    """The words of a language that are figures, with their values, and those that name a day, by hash."""

    numbers: Mapping[int, str]
    likely: NDArray[np.bool_]
    calendar: frozenset[int]

    # `likely` is a first look by a hash's low bits.


class _Told(NamedTuple):
    """A text as a row of words, every figure one word: hashes with figures masked, starts, breaks, figures."""

    hashes: Hashes
    starts: Indices
    breaks: Indices
    places: Indices
    values: Hashes


def figures_changed(a: Figures, b: Figures) -> bool:
    """Whether two near-duplicates have other figures beside the same words: then one revises the other."""
    return not {c for f, c in a.items() if f not in b}.isdisjoint(c for f, c in b.items() if f not in a)


def figures(text: str, lexicon: Lexicon | None = None) -> Figures:
    """File the figures of a text under the words beside them: those on both sides, and more of them on each one.

    Other figures stand masked in a context, so that a sentence with several changed ones is still recognised.
    The day of a dateline is no figure.
    """
    told = _told(text, _lists(lexicon))
    if not len(told.places):
        return {}
    edge = np.zeros(_ONE_SIDE, np.uint64)
    hashes = np.concatenate([edge, told.hashes, edge])
    at = told.places + _ONE_SIDE
    around = [hashes[at + step] for step in range(-_ONE_SIDE, _ONE_SIDE + 1)]
    before, after = around[:_ONE_SIDE], around[_ONE_SIDE + 1 :]
    contexts, values = [folded([*before[-_BESIDE:], *after[:_BESIDE]])], [told.values]
    for side, (beside, far) in enumerate(((before, -_ONE_SIDE), (after, _ONE_SIDE)), 1):
        held = _in_sentence(told, far) & (sum(word == _FIGURE for word in beside) < _BESIDE)
        contexts.append(folded(word[held] for word in beside) + np.uint64(side))
        values.append(told.values[held])
    context, value = np.concatenate(contexts), np.concatenate(values)
    return _numbered(mixed(context ^ value).tolist(), context.tolist())


def _numbered(keys: Sequence[int], contexts: Sequence[int]) -> Figures:
    """Each figure with its context; where a text says it twice, as two, so that a change of one of them is seen."""
    found: dict[int, int] = {}
    for first, context in zip(keys, contexts, strict=True):
        key = first
        while key in found:
            key += 1
        found[key] = context
    return found


def _in_sentence(told: _Told, far: int) -> NDArray[np.bool_]:
    """Whether the word so far from each figure stands in its sentence."""
    other = told.places + far
    inside = (other >= 0) & (other < len(told.starts))
    ends = [told.breaks.searchsorted(told.starts[at], "right") for at in (told.places, np.where(inside, other, 0))]
    return np.asarray(inside & (ends[0] == ends[1]))


def _told(text: str, lists: _Lists) -> _Told:
    found = words(text)
    numerals = _numerals(text, found)
    goes_on = [i for i in numerals if i - 1 in numerals and text[found.ends[i - 1] : found.starts[i]] in _JOINTS]
    kept = np.delete(np.arange(len(found.starts)), goes_on)
    hashes, starts = found.hashes[kept], found.starts[kept]
    ends = found.ends[np.append(kept[1:], len(found.ends)) - 1]
    likely = np.flatnonzero(lists.likely[hashes & _LOW]).tolist()
    spelt = [(i, lists.numbers[h]) for i in likely if (h := int(hashes[i])) in lists.numbers]
    at = kept.searchsorted(np.array([i for i in numerals if i not in goes_on], np.int64)).tolist()
    written = [(i, _THOUSANDS.sub("", text[starts[i] : ends[i]])) for i in at]
    said = [(i, value) for i, value in (*spelt, *written) if not _in_dateline(hashes, i, lists)]
    hashes[[i for i, _ in (*spelt, *written)]] = _FIGURE
    values = np.array([zlib.crc32(value.encode()) for _, value in said], np.uint64)
    return _Told(hashes, starts, _breaks(found.characters), np.array([i for i, _ in said], np.int64), values)


def _numerals(text: str, found: Words) -> dict[int, None]:
    """The words of digits only, in order."""
    first = np.flatnonzero(found.characters[found.starts] & DIGIT).tolist()
    return {i: None for i in first if text[found.starts[i] : found.ends[i]].isdecimal()}


def _in_dateline(hashes: Hashes, i: int, lists: _Lists) -> bool:
    return i < _DATELINE_WORDS and not lists.calendar.isdisjoint(hashes[max(0, i - 1) : i + 2].tolist())


def _breaks(characters: NDArray[np.uint32]) -> Indices:
    """Where sentences have ended: white space after a stop and up to two closing marks, or a mark that needs none."""
    padded = np.append(characters, np.zeros(3, np.uint32))
    after = np.flatnonzero(characters & STOP) + 1
    for _ in range(2):
        after += padded[after] & CLOSER != 0
    return np.union1d(after[padded[after] & SPACE != 0], np.flatnonzero(characters & ALONE))


@lru_cache(maxsize=64)
def _lists(lexicon: Lexicon | None) -> _Lists:
    """The figures and days of a language; none without a lexicon."""
    if lexicon is None:
        return _Lists({}, np.zeros(int(_LOW) + 1, np.bool_), frozenset())
    spelt = {h: f"{value:.12g}" for word, value in lexicon.numbers.items() if (h := _hash(word))}
    likely = np.zeros(int(_LOW) + 1, np.bool_)
    likely[[h & int(_LOW) for h in spelt]] = True
    return _Lists(spelt, likely, frozenset(filter(None, map(_hash, lexicon.calendar))))


def _hash(word: str) -> int | None:
    found = words(word).hashes
    return int(found[0]) if len(found) == 1 else None


def marks(found: Words, lexicon: Lexicon | None) -> Marks:
    """A first look at a text's figures: sorted hashes of each number, in digits or letters, with the word after it."""
    likely = (_lists(lexicon).likely[found.hashes & _LOW]) | (found.characters[found.starts] & DIGIT != 0)
    at = likely.nonzero()[0]
    after = np.append(found.hashes, _FIGURE)[at + 1]
    return np.sort((folded([found.hashes[at], after]) >> np.uint64(32)).astype(np.uint32))


def revisions(
    ordered: Sequence[Article], looked: Sequence[Marks], pairs: Pairs, lexicons: Lexicons
) -> list[tuple[int, int]]:
    """Those of the pairs that would be copies but for a figure that changed; `looked` are the `marks` of each text."""

    @cache
    def of(i: int) -> Figures:
        return figures(ordered[i].body, lexicons.get(ordered[i].language or ""))

    def changed(i: int, j: int) -> bool:
        one, other = Counter(looked[i].tolist()), Counter(looked[j].tolist())
        # Most copies have no number that the other lacks: they are spared the rest.
        return not (one <= other or other <= one) and figures_changed(of(i), of(j))

    unlike = pairs.only((pairs.containment < 1) | (pairs.size < 1))
    return [(i, j) for i, j in unlike.ends() if changed(i, j)]


def revised(groups: Sequence[Sequence[int]], pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each group's head, the earlier head it revises: that of the first of the `pairs` that stand between them.

    Heads stand in order of time, then of content.
    """
    head_of = {i: group[0] for group in groups for i in group}
    found: dict[int, int] = {}
    for i, j in pairs:
        earlier, later = sorted((head_of[i], head_of[j]))
        if earlier != later:
            found.setdefault(later, earlier)
    return found
