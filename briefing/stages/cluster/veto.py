"""Reports that are alike and yet of two events: their distinguishing facts differ.

Two quakes of one day, two firms' results, exports and imports: reports of one kind of event share most of their
words, so likeness alone joins them. What tells them apart stands in the headline. A pair is vetoed where

- the headlines name different things: no name in either headline stands anywhere in the other report, their leads
  share hardly a name, and no third report, alike to both, has the names of both (that would make them one story
  told from two sides: the county and the state of one quake);
- the headlines are near-identical but for a name in one place, that the other report never gives;
- the headlines say opposite things in the same place ("exports fall", "imports fall"): words that the language
  resources list as contrasts, beside the same word.

Two halves of a story are rivals where each half's headlines have a name that the other's hardly ever have.

Names need no model: words that stand capitalised inside sentences, and hardly ever small. Where capitals tell
nothing (German, scripts without them) and no language resources stand by, nothing is vetoed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from briefing.lexicon import Lexicons
from briefing.stages.cluster.features import Ints, Matrix, Numbers, Vocabulary, Words
from briefing.stages.cluster.grouping import Square
from briefing.text import stem
from briefing.types import Article

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[Any]  # int32 word numbers or int64 codes of words in a place

LEAD_WORDS = 120
NEAR_IDENTICAL = 0.6  # of Dice's coefficient of two headlines' words
STRANGERS = 0.2  # leads share fewer names than this, by Dice's coefficient
# A third report that has half the names of a headline, at this cosine: without it recall on ECB+ is .883, not .902.
HALF = 0.5
BRIDGE = 0.07
# The share of one half's headlines with a name, less that of the other half's. On the two sets: at .6 precision
# .969 and recall .897 on ECB+, at .75 .961 and .903, and nothing lost on the other.
RIVALS = 0.75
NOUNS_CAPITALISED = frozenset({"de", "lb"})  # there a capital does not tell a name

SIDES = 16  # room for the words of one set of contrasts
_WORDS = 1 << 32


class Facts(NamedTuple):
    """What headlines and leads say, by article: numbers of words."""

    names: list[Numbers]  # of the title
    leads: list[Numbers]  # names of title and lead
    titles: list[Numbers]  # without function words
    places: list[Ints]  # names of the title with the word beside them
    slots: list[Ints]  # contrasted words of the title with the word beside them
    texts: list[Numbers]


def facts(articles: Sequence[Article], words: Words, lexicons: Lexicons) -> Facts:
    """The distinguishing facts of every article."""
    contrasts = _contrasts(words.vocabulary, lexicons)
    common = _flags(words.vocabulary, (word for known in lexicons.values() for word in known.stopwords))
    common[list(contrasts)] = False
    dull = common | _flags(words.vocabulary, (word for known in lexicons.values() for word in known.calendar))
    figures = np.array([False, *(any(c.isdigit() for c in word) for word in words.vocabulary.numbers)])
    name = words.vocabulary.proper() & ~dull
    none = np.zeros_like(name)
    found = Facts([], [], [], [], [], [])
    for article, title, body in zip(articles, words.titles, words.bodies, strict=True):
        tells = none if (article.language or "")[:2] in NOUNS_CAPITALISED else name
        lead = np.concatenate([title, body[:LEAD_WORDS]])
        found.leads.append(lead[tells[lead]])
        told = title[~common[title]]
        found.names.append(title[tells[title]])
        found.titles.append(told[~figures[told]])
        found.places.append(_places(told, tells))
        found.slots.append(_slots(told.tolist(), contrasts))
        found.texts.append(np.concatenate([title, body]))
    return found


def _flags(vocabulary: Vocabulary, listed: Iterable[str]) -> Flags:
    """Which word numbers are of these words."""
    flags = np.zeros(len(vocabulary.seen), bool)
    flags[[vocabulary.numbers[one] for one in map(stem, listed) if one in vocabulary.numbers]] = True
    return flags


def _contrasts(vocabulary: Vocabulary, lexicons: Lexicons) -> dict[int, tuple[int, int]]:
    """Contrasted words by number: the set of contrasts, and the side in it."""
    return {
        vocabulary.numbers[stem(word)]: (group, side)
        for group, sides in enumerate(sides for known in lexicons.values() for sides in known.contrasts)
        for side, listed in enumerate(sides)
        for word in listed.split()
        if stem(word) in vocabulary.numbers
    }


def _slots(told: list[int], contrasts: Mapping[int, tuple[int, int]]) -> Ints:
    """A code for every contrasted word and neighbour; without its last digit (of base `SIDES`) that of the place."""
    codes = []
    for before, number, after in zip([None, *told], told, [*told[1:], None], strict=False):
        if number in contrasts:
            group, side = contrasts[number]
            beside = [(2 * group, before), (2 * group + 1, after)]
            codes += [(place * _WORDS + word) * SIDES + side for place, word in beside if word is not None]
    return np.array(codes, np.int64)


def _places(told: Numbers, name: Flags) -> Ints:
    """A code for every name at the edge of a run of names and the word beside the run; shifted, that of the place."""
    named = name[told]
    edge = np.flatnonzero(named[:-1] != named[1:])
    after = named[edge]  # the word after a run, or else the one before it
    inside = np.where(after, told[edge], told[edge + 1]).astype(np.int64)
    beside = np.where(after, told[edge + 1], told[edge]).astype(np.int64)
    codes: Ints = ((2 * beside + after) << 32) + inside
    return codes


def vetoed(known: Facts, members: Ints, cosines: Square) -> Flags:
    """Which pairs of these articles tell of different events (a symmetric square)."""
    names, leads, titles, places, slots, texts = ([field[i] for i in members] for field in known)
    foreign = _foreign(names, texts)
    count = np.array([len(np.unique(of)) for of in names])[:, None]
    told = ((foreign <= HALF * count) & (cosines >= BRIDGE)).astype(np.float32)
    other = _both((foreign == count) & (count > 0)) & (_dice(leads) < STRANGERS) & (told @ told.T == 0)
    near = _dice(titles) >= NEAR_IDENTICAL
    swapped = near & _both(foreign > 0) & (_common([of >> 32 for of in places]) > _common(places))
    opposed = _common([of // SIDES for of in slots]) > _common(slots)
    found: Flags = other | swapped | opposed
    return found


def rivals(known: Facts, one: Ints, other: Ints) -> bool:
    """Whether each set of articles has a name in its headlines that the other's hardly ever give."""
    names = [known.names[i] for i in (*one, *other)]
    columns = np.unique(np.concatenate(names))
    given = _incidence(names, columns)
    more = np.asarray(given[: len(one)].mean(axis=0) - given[len(one) :].mean(axis=0)).ravel()
    return bool(min(more.max(), -more.min()) >= RIVALS)


def _both(relation: Flags) -> Flags:
    return relation & relation.T


def _foreign(names: Sequence[Numbers], texts: Sequence[Numbers]) -> Square:
    """How many of an article's names (rows) stand nowhere in another article (columns)."""
    shared = _common(names, texts)
    missing: Square = shared.diagonal()[:, None] - shared
    return missing


def _dice(titles: Sequence[Numbers]) -> Square:
    """Twice the words two titles share, by the words of both (Dice 1945)."""
    shared = _common(titles)
    sizes = shared.diagonal()
    alike: Square = 2 * shared / np.maximum(1, sizes[:, None] + sizes[None, :])
    return alike


def _common(ones: Sequence[Codes], others: Sequence[Codes] | None = None) -> Square:
    """How many distinct codes every one (rows) shares with every other (columns)."""
    columns = np.unique(np.concatenate(ones))
    left = _incidence(ones, columns)
    shared: Square = (left @ (left if others is None else _incidence(others, columns)).T).toarray()
    return shared


def _incidence(listed: Sequence[Codes], columns: Codes) -> Matrix:
    """One row of 0 and 1 for each list: which of the columns' codes stand in it."""
    codes = np.concatenate(listed)
    rows = np.repeat(np.arange(len(listed)), [len(of) for of in listed])
    places = np.searchsorted(columns, codes)
    places[places == len(columns)] = 0
    known = columns[places] == codes if len(columns) else np.zeros(len(codes), bool)
    cells = np.unique(rows[known] * max(1, len(columns)) + places[known])
    shape = (len(listed), max(1, len(columns)))
    return sparse.csr_matrix((np.ones(len(cells), np.float32), np.divmod(cells, shape[1])), shape=shape)
