"""What two articles can share: weighted terms (words and word pairs), as one sparse matrix.

The weights follow Salton & Buckley 1988 (logarithmic term frequency, inverse document frequency,
cosine norm) with the idf squared, and with a prior on document frequencies so that the idf of a
handful of articles still tells a name from a function word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from briefing.text import stem
from briefing.types import Article

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Matrix = Any  # a scipy.sparse CSR matrix; scipy has no type stubs

BODY_WORDS = 400  # news tells the event first; what follows is background shared with other events
LEAD_WORDS = 100
LEAD_WEIGHT = 2.0
TITLE_WEIGHT = 4.0
NAME_GAIN = 0.5
NAME_ARTICLES = 40.0
PRIOR_ARTICLES = 10.0
ONCE_WEIGHT = 0.15
ONCE_ARTICLES = 30.0
PAIR_PRIOR = 0.003

_PIECE = re.compile(r"[^\W_]+(?:['’\-.](?=[^\W_])[^\W_]+)*|[.!?\n]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
_PAIR = np.int64(1) << np.int64(32)


class Vocabulary:
    """Stems numbered from 1 in order of appearance, with how often each stood capitalised, and how often small."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.written: dict[str, int] = {}
        self.seen = [0]
        self.named = [0]
        self.small = [0]
        self.titled = [0]

    def number(self, word: str) -> int:
        """The number of a word's stem."""
        found = self.written.get(word)
        if found is None:
            found = self.numbers.setdefault(stem(word), len(self.numbers) + 1)
            self.written[word] = found
            if found == len(self.seen):
                for tally in (self.seen, self.named, self.small, self.titled):
                    tally.append(0)
        return found

    def title(self, text: str) -> Numbers:
        """The numbers of a title's words, in order."""
        found = read(text)
        out = np.array([self.number(word) for word, _ in found], np.int32)
        long = [word for word, opening in found if len(word) > 3 and not opening]
        if 2 * sum(word[0].islower() for word in long) >= max(1, len(long)):
            for number, (word, opening) in zip(out.tolist(), found, strict=True):
                self.titled[number] += word[0].isupper() and not opening
                self.small[number] += word[0].islower() and not opening
        return out

    def body(self, text: str) -> Numbers:
        """The numbers of a body's words, in order; counts which stand capitalised without opening a sentence."""
        out = []
        known = self.written.get
        for word, opening in read(text):
            number = known(word) or self.number(word)
            self.seen[number] += 1
            if not opening:
                if word[0].isupper():
                    self.named[number] += 1
                elif word[0].islower():
                    self.small[number] += 1
            out.append(number)
        return np.array(out, np.int32)

    def names(self) -> npt.NDArray[np.bool_]:
        """Which stems stand mostly capitalised, and not only to open a sentence."""
        return np.array(self.named) * 2 > np.array(self.seen)

    def proper(self) -> npt.NDArray[np.bool_]:
        """Which stems are hardly ever small where a capital tells: inside sentences and titles written as such."""
        large, small = np.array(self.named) + np.array(self.titled), np.array(self.small)
        proper: npt.NDArray[np.bool_] = (large > 0) & (large >= 4 * small)
        return proper

    def priors(self) -> Floats:
        """The share of unseen articles each stem is guessed to stand in."""
        return np.array([1.0, *map(_prior, self.numbers)])


def read(text: str, limit: int = BODY_WORDS) -> list[tuple[str, bool]]:
    """The first `limit` words of a text, and whether each opens a sentence.

    Scripts written without spaces give overlapping pairs of characters.
    """
    found: list[tuple[str, bool]] = []
    opening = True
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece in ".!?\n":
            opening = True
            continue
        if piece.isascii() or not _UNSPACED.search(piece):
            found.append((piece, opening))
        else:
            found.extend((piece[i : i + 2], opening) for i in range(max(1, len(piece) - 1)))
        opening = False
        if len(found) >= limit:
            break
    return found[:limit]


def _prior(word: str) -> float:
    """The share of unseen articles a stem is guessed to stand in: short words are common in every language."""
    if any(c.isdigit() for c in word) or _UNSPACED.search(word):
        return 0.02
    return {1: 0.6, 2: 0.6, 3: 0.6, 4: 0.2, 5: 0.08}.get(len(word), 0.04)


def _codes(numbers: Numbers) -> tuple[Ints, Ints]:
    """Terms of a run of words with the place of each: every word, every pair of neighbours."""
    pairs = numbers[:-1] * _PAIR + numbers[1:]
    places = np.arange(len(numbers))
    return np.concatenate([numbers.astype(np.int64), pairs]), np.concatenate([places, places[1:]])


def _counted(title: Numbers, body: Numbers) -> tuple[Ints, Singles]:
    """The distinct terms of one article and their weighted counts."""
    of_title, _ = _codes(title)
    of_body, places = _codes(body)
    weights = np.concatenate([np.full(len(of_title), TITLE_WEIGHT), np.where(places < LEAD_WORDS, LEAD_WEIGHT, 1.0)])
    terms, inverse = np.unique(np.concatenate([of_title, of_body]), return_inverse=True)
    return terms, np.bincount(inverse, weights, len(terms)).astype(np.float32)


class Words(NamedTuple):
    """The words of articles as numbers: each title's, and each body's first `BODY_WORDS`, in order."""

    titles: list[Numbers]
    bodies: list[Numbers]
    vocabulary: Vocabulary


def words(articles: Sequence[Article]) -> Words:
    """Read every article once."""
    vocabulary = Vocabulary()
    titles = [vocabulary.title(article.title) for article in articles]
    return Words(titles, [vocabulary.body(article.body) for article in articles], vocabulary)


def vectors(given: Words) -> Matrix:
    """One unit row per article over the terms that two or more articles share (float32, shape n × terms).

    Terms of one article alone count in its length only.
    """
    rows = [_counted(*numbers) for numbers in zip(given.titles, given.bodies, strict=True)]
    lengths = np.array([len(terms) for terms, _ in rows])
    counts = np.concatenate([counts for _, counts in rows])
    every = np.concatenate([terms for terms, _ in rows])
    del rows  # at 100,000 articles each of these arrays is half a gigabyte
    codes, inverse = np.unique(every, return_inverse=True)
    columns: npt.NDArray[np.int32] = inverse.astype(np.int32)
    del every, inverse
    frequency = np.bincount(columns, minlength=len(codes))
    weights = _weights(codes, frequency, given.vocabulary, len(lengths)).astype(np.float32)
    return _unit_rows((1 + np.log(counts)) * weights[columns], columns, lengths, frequency > 1)


def _weights(codes: Ints, frequency: Ints, vocabulary: Vocabulary, size: int) -> Floats:
    first, second = codes // _PAIR, codes % _PAIR
    names = vocabulary.names()
    names[0] = True  # the missing first word of a single-word term must not deny it
    named = names[first] & names[second]
    priors = np.where(first > 0, PAIR_PRIOR, vocabulary.priors()[second])
    priors = np.where(named & (first == 0), np.minimum(priors, 0.02), priors)
    idf = np.log((size + PRIOR_ARTICLES + 1) / (frequency + PRIOR_ARTICLES * priors + 0.5))
    # A word seen in one article only is a detail when the articles are many, and evidence when they are few.
    once = ONCE_WEIGHT + (1 - ONCE_WEIGHT) * (ONCE_ARTICLES / (ONCE_ARTICLES + size)) ** 2
    # Names tell events apart in a large collection; in a small one on one region they are what all articles share.
    name = 1 + NAME_GAIN * size / (size + NAME_ARTICLES)
    weights: Floats = np.maximum(idf, 0.0) ** 2 * np.where(named, name, 1.0) * np.where(frequency > 1, 1.0, once)
    return weights


def _unit_rows(data: Singles, columns: npt.NDArray[np.int32], lengths: Ints, kept: npt.NDArray[np.bool_]) -> Matrix:
    row = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    norms = np.sqrt(np.bincount(row, data.astype(np.float64) ** 2, len(lengths)))
    stays = kept[columns]
    row = row[stays]
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(lengths)))])
    data = data[stays] / np.where(norms > 0, norms, 1.0).astype(np.float32)[row]
    place = (np.cumsum(kept) - 1).astype(np.int32)
    return sparse.csr_matrix((data, place[columns[stays]], starts), shape=(len(lengths), int(kept.sum())))
