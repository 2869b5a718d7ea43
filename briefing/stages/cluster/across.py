"""Stories of different languages that tell of one event, found by the vectors of an embedding model.

    stories ─mean vector of each─→ nearest in each other language ─mutual, near, clearly nearest─→ joined

How high a cosine is says little by itself: E5 models give .7 and more to any two texts, text-embedding-3 models
less than half of that. So beside a least cosine, which is a setting, two criteria that know no scale: each story
is the other's nearest in its language, and clearly nearer than the next one, as in the mining of translations by
margin (Artetxe & Schwenk 2019, here with the nearest rival in place of an average). The figures below are chosen,
not measured: with a real model they were not tried. A doubtful pair stays apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from briefing.types import Article

Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Pair = tuple[int, int]

TITLE_CHARACTERS = 200
LEAD_CHARACTERS = 400  # about 150 tokens with the title: models for sentences read 128 to 512
THRESHOLD = 0.8
CLEAR = 0.2  # the nearest is closer than the next by this share of the next one's distance
DAYS_APART = 30  # between two stories' nearest reports
UNDATED_DISTANCE = 1.5  # what a distance counts for where the time between two stories is not known
_CELLS = 10_000_000


class Vectors(NamedTuple):
    """Vectors by article id, all of one length; stories of a cosine below `threshold` are never joined."""

    of: Mapping[str, Sequence[float]] = MappingProxyType({})
    threshold: float = THRESHOLD


class _Units(NamedTuple):
    """The stories of one language that have vectors: their places, unit mean vectors, first and last days."""

    places: Ints
    means: Singles
    days: npt.NDArray[np.float64]


class _Nearest(NamedTuple):
    """For each story of one language its nearest in another: place there, likeness, whether it is clearly nearest."""

    place: Ints
    likeness: Singles
    clear: npt.NDArray[np.bool_]


def texts(articles: Sequence[Article]) -> dict[str, str]:
    """What an embedding model is sent, by article id: the title and the first 400 characters of the body.

    Left out: private articles, and those whose language is not known. Nothing where fewer than two languages
    remain.
    """
    sent = sorted({article.id: article for article in articles if article.language and not article.private}.items())
    if len({_language(article) for _, article in sent}) < 2:
        return {}
    return {i: f"{article.title[:TITLE_CHARACTERS]}\n\n{article.body[:LEAD_CHARACTERS]}" for i, article in sent}


def joined(stories: Sequence[Sequence[Article]], vectors: Vectors) -> list[list[Article]]:
    """The stories, those of different languages that tell of one event as one; `stories` is every article once.

    A story's language is that of most of its articles. Of several languages each pair must be one another's
    nearest (complete linkage), so a joined story holds one story of a language. Raises ValueError for vectors
    of different lengths.
    """
    if len(lengths := {len(vector) for vector in vectors.of.values()}) > 1:
        numbers = " and ".join(map(str, sorted(lengths)))
        raise ValueError(f"vectors of {numbers} numbers cannot be compared: they are not of one model")
    units = _units(stories, vectors.of)
    pairs: dict[Pair, float] = {}
    for one, other in combinations(units, 2):
        pairs |= _pairs(one, other, vectors.threshold)
    return [[article for place in group for article in stories[place]] for group in _groups(len(stories), pairs)]


def _language(article: Article) -> str:
    return (article.language or "").partition("-")[0].lower()


def _units(stories: Sequence[Sequence[Article]], vectors: Mapping[str, Sequence[float]]) -> list[_Units]:
    """One record for each language, in the order of their names."""
    by_language: dict[str, list[tuple[int, Singles, tuple[float, float]]]] = {}
    for place, story in enumerate(stories):
        told = [article for article in story if article.id in vectors]
        if told:
            counted = Counter(map(_language, told)).items()
            language = min(counted, key=lambda item: (-item[1], item[0]))[0]
            by_language.setdefault(language, []).append((place, _mean([vectors[a.id] for a in told]), _span(story)))
    found = []
    for language in sorted(by_language):
        places, means, spans = zip(*by_language[language], strict=True)
        found.append(_Units(np.array(places), np.stack(means), np.array(spans)))
    return found


def _mean(vectors: Sequence[Sequence[float]]) -> Singles:
    """The mean of unit vectors, of unit length; zeros stay zeros and resemble nothing."""
    mean: Singles = _unit(_unit(np.asarray(vectors, np.float64)).sum(axis=0, keepdims=True))[0].astype(np.float32)
    return mean


def _unit(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def _span(story: Sequence[Article]) -> tuple[float, float]:
    """The first and the last day of publication as numbers, NaN where none is known."""
    days = [float(date.fromisoformat(a.published[:10]).toordinal()) for a in story if a.published]
    return (min(days), max(days)) if days else (float("nan"), float("nan"))


def _pairs(one: _Units, other: _Units, threshold: float) -> dict[Pair, float]:
    """Places of two stories that are clearly one another's nearest, each with its likeness."""
    there, back = _nearest(one, other), _nearest(other, one)
    mutual = back.place[there.place] == np.arange(len(one.places))
    good = mutual & there.clear & back.clear[there.place] & (there.likeness >= threshold)
    return {
        (min(pair), max(pair)): float(there.likeness[row])
        for row in np.flatnonzero(good)
        for pair in [(int(one.places[row]), int(other.places[there.place[row]]))]
    }


def _nearest(one: _Units, other: _Units) -> _Nearest:
    """Compared in blocks of rows: two languages of 10,000 stories would make a table of 400 MB."""
    step = max(1, _CELLS // len(other.places))
    blocks = [
        _nearest_of(one.means[i : i + step], one.days[i : i + step], other) for i in range(0, len(one.means), step)
    ]
    return _Nearest(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _nearest_of(means: Singles, days: npt.NDArray[np.float64], other: _Units) -> _Nearest:
    likeness = _likeness(means @ other.means.T, days, other.days)
    rows, place = np.arange(len(means)), likeness.argmax(axis=1)
    best = likeness[rows, place].copy()
    likeness[rows, place] = -1.0
    rival = likeness.max(axis=1)
    return _Nearest(place, best, best - rival >= CLEAR * (1.0 - rival))


def _likeness(cosines: Singles, days: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> Singles:
    """Cosines, -1 for stories far apart in time; an unknown time asks for more likeness."""
    apart = np.maximum(days[:, None, 0] - others[None, :, 1], others[None, :, 0] - days[:, None, 1])
    undated = np.maximum(1.0 - UNDATED_DISTANCE * (1.0 - cosines), -1.0)
    return np.where(apart > DAYS_APART, -1.0, np.where(np.isnan(apart), undated, cosines)).astype(np.float32)


def _groups(count: int, pairs: Mapping[Pair, float]) -> list[list[int]]:
    """Stories joined pair by pair, the most alike first, as long as every two in a group are a pair."""
    group = {place: frozenset({place}) for place in range(count)}
    for one, other in sorted(pairs, key=lambda pair: (-pairs[pair], pair)):
        both = group[one] | group[other]
        if all(pair in pairs for pair in combinations(sorted(both), 2)):
            group |= dict.fromkeys(both, both)
    return [sorted(members) for members in dict.fromkeys(group[place] for place in range(count))]
