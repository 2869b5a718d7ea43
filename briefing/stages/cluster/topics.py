"""Topics: stories that share their names, called after the names they share.

Names are runs of capitalised words that do not open a sentence and are hardly ever written small.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, takewhile
from typing import NamedTuple

import numpy as np
from scipy import sparse

from briefing.lexicon import Lexicons
from briefing.stages.cluster.features import Matrix
from briefing.stages.cluster.grouping import groups
from briefing.stages.cluster.phrases import OPENERS, Phrases
from briefing.text import fold
from briefing.types import Article

TOPIC_THRESHOLD = 0.35
TOPIC_RATIO = 0.6
READ_CHARACTERS = 1500
CAPITALISED_SHARE = 0.8
TITLE_MENTIONS = 3
SECOND_NAME_SHARE = 0.5
HEADLINED, SECOND_HEADLINED = 1 / 3, 1 / 2
TITLES_WORTH = 1.5  # a name in all headlines weighs 5/3 of one in none
LONGEST_NAME = 3
MOST_NAMES = 40
CANDIDATES = 8
FORM_SHARE = 0.4
STEM = 5  # Syria and Syrian, Israel and Israeli, Lebanon and Lebanese are one subject

_WORD = re.compile(r"[^\W_]+(?:[.’'](?=[^\W_])[^\W_]+)*")
_APOSTROPHES = ("'", "’")

Tally = Counter[str]
Told = Sequence[Article]
IsName = Callable[[str], bool]
Share = Callable[[str], float]
_Weighed = tuple[str, float]


class _WordLists(NamedTuple):
    never: frozenset[str]  # function words and words of the calendar: no names, however they are written
    variants: Mapping[str, str]


class _Token(NamedTuple):
    word: str
    opening: bool
    joined: bool  # one space stands between this word and the one before


def topic_names(stories: Sequence[Told], lexicons: Lexicons) -> list[str]:
    """Name the topic of every story, in order: equal names are one topic; never empty where a title is not."""
    lists = _word_lists(lexicons)
    is_name = _naming((article.body[:READ_CHARACTERS] for told in stories for article in told), lists)
    written: dict[str, Tally] = defaultdict(Counter)
    found = [_names(told, is_name, lists, written) for told in stories]
    frequency = Counter(key for names in found for key in names)
    topics = [""] * len(stories)
    for part, _ in groups(_rows(found), TOPIC_THRESHOLD, TOPIC_RATIO):
        told = [article for place in part for article in stories[place]]
        phrases = Phrases([a.body[:READ_CHARACTERS] for a in told], lambda word: _key([word], lists), lexicons)
        headlined = _headlined([article.title for article in told], is_name, lists, phrases)
        fit = _Fit(headlined, phrases, frozenset(fold(outlet) for article in told for outlet in article.outlets))
        keys = _chosen([found[place] for place in part], frequency, fit, len(stories))
        subject = "" if any(headlined(key) >= HEADLINED for key in keys) else _subject(told, lists, phrases)
        name = subject or _joined([phrases.of(key) or _form(written[key]) for key in keys])
        for place in part:
            topics[place] = name or stories[place][0].title
    return topics


def _word_lists(lexicons: Lexicons) -> _WordLists:
    never = frozenset[str]().union(*(known.stopwords | known.calendar for known in lexicons.values()))
    return _WordLists(never, {spelling: one for known in lexicons.values() for spelling, one in known.variants.items()})


def _form(written: Tally) -> str:
    """Give the commonest way a name is written."""
    return min(written, key=lambda form: (-written[form], form))


def _tokens(text: str) -> Iterator[_Token]:
    """The words of a text; a hyphenated word counts as its parts."""
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        joined = between == " "
        bare = match[0]
        if bare[-1] == "s" and bare[-2:-1] in _APOSTROPHES:
            bare = bare[:-2]
        yield _Token(bare, end == 0 or (not joined and not OPENERS.isdisjoint(between)), joined)
        end = match.start() + len(bare)


def _naming(bodies: Iterable[str], lists: _WordLists) -> IsName:
    """Whether a word is a name in these bodies: nearly always capitalised, also inside sentences."""
    seen = Counter[str]()
    for body in bodies:
        seen.update(token.word for token in _tokens(body) if not token.opening)
    everywhere, capitalised = Counter[str](), Counter[str]()
    for word, count in seen.items():
        everywhere[fold(word)] += count
        capitalised[fold(word)] += count * word[0].isupper()
    names = {
        key
        for key, count in capitalised.items()
        if count >= CAPITALISED_SHARE * everywhere[key] and len(key) > 1 and key not in lists.never
    }
    return cache(lambda word: word[0].isupper() and fold(word) in names)


def _runs(text: str, is_name: IsName) -> Iterator[list[str]]:
    """Neighbouring names, each run as one."""
    run: list[str] = []
    for token in _tokens(text):
        named = is_name(token.word)
        if run and not (named and token.joined and len(run) < LONGEST_NAME):
            yield run
            run = []
        if named:
            run.append(token.word)
    if run:
        yield run


def _names(told: Told, is_name: IsName, lists: _WordLists, written: dict[str, Tally]) -> Tally:
    """Mentions of a story's names by key (folded, spelling variants as one); `written` is told how each was written.

    A mention in a title counts `TITLE_MENTIONS` times, and one article gives a name twice that at most.
    """
    mentions: Tally = Counter()
    for article in told:
        of_article: Tally = Counter()
        for text, weight in ((article.title, TITLE_MENTIONS), (article.body[:READ_CHARACTERS], 1)):
            for run in _runs(text, is_name):
                key = _key(run, lists)
                of_article[key] += weight
                written[key][" ".join(run)] += 1
        mentions.update({key: min(count, 2 * TITLE_MENTIONS) for key, count in of_article.items()})
    return Counter(dict(sorted(mentions.items(), key=lambda item: (-item[1], item[0]))[:MOST_NAMES]))


def _rows(found: Sequence[Tally]) -> Matrix:
    """One unit row per story over the stems of its names."""
    columns: dict[str, int] = {}
    data, places, starts = [], [], [0]
    for names in found:
        stems: Tally = Counter()
        for key, count in names.items():
            for word in key.split():
                stems[word[:STEM]] += count
        weights = np.array([1 + math.log(count) for count in stems.values()])
        data.append(weights / max(1e-9, float(np.linalg.norm(weights))))
        places += [columns.setdefault(stem, len(columns)) for stem in stems]
        starts.append(len(places))
    shape = (len(found), max(1, len(columns)))
    return sparse.csr_matrix((np.concatenate(data), places, starts), shape=shape, dtype=np.float32)


def _headlined(titles: Sequence[str], is_name: IsName, lists: _WordLists, phrases: Phrases) -> Share:
    """In what share of these titles a name or its adjective stands: one that stands in few is a detail."""
    given = [{word for run in _runs(title, is_name) for word in _key(run, lists).split()} for title in titles]
    stems = [{word[:STEM] for word in words if phrases.adjective(word)} for words in given]
    counted = Counter(word for words in (*given, *stems) for word in words)
    return lambda key: max(counted[form] for word in key.split() for form in (word, word[:STEM])) / len(titles)


def _subject(told: Told, lists: _WordLists, phrases: Phrases) -> str:
    """The two neighbouring words that most titles share, those most used in the texts, or the one; else nothing."""
    read = [[fold(token.word) for token in _tokens(article.title)] for article in told]
    telling = [[word if len(word) >= STEM - 1 and word not in lists.never else "" for word in title] for title in read]
    given = [{*title, *(f"{a} {b}" for a, b in pairwise(title) if a and b)} - {""} for title in telling]
    counted = Counter(term for terms in given for term in terms)
    bodies = " ".join(fold(article.body[:READ_CHARACTERS]) for article in told)
    used = {term: bodies.count(term) for term in counted if not phrases.vague(term)}
    if len(told) == 1:
        return max((term for term in used if used[term] > 1), key=lambda t: (used[t], t), default="").capitalize()
    shared = [term for term in used if 2 * counted[term] > len(told)]
    return min(shared, key=lambda t: (" " not in t, -counted[t], -used[t], t), default="").capitalize()


def _joined(names: Sequence[str]) -> str:
    """One name, or two where the second says more."""
    first, *rest = names or [""]
    more = [name for name in rest if not {*map(fold, name.split())} & {*map(fold, first.split())}]
    return " and ".join((first, *more))


def _key(run: Sequence[str], lists: _WordLists) -> str:
    """A name folded, spelling variants as one."""
    return " ".join(lists.variants.get(fold(word), fold(word)) for word in run)


class _Fit(NamedTuple):
    """What a topic may be called by: what its headlines name, rather no person, and nothing that needs another word."""

    headlined: Share
    phrases: Phrases
    outlets: frozenset[str]

    def ranked(self, weights: Mapping[str, float]) -> list[_Weighed]:
        """The names of the best kind there is, those of most headlines first."""
        known = [
            pair for pair in _subjects(weights, self.phrases) if fold(self.phrases.of(pair[0])) not in self.outlets
        ]
        named = [pair for pair in known if not self.phrases.vague(pair[0])]
        things = [pair for pair in named if not self.phrases.person(pair[0])]
        tries = ([(key, w) for key, w in kind if self.headlined(key) >= HEADLINED] for kind in (things, named, known))
        found = next((fit for fit in tries if fit), things[:1])
        return sorted(found, key=lambda pair: (-pair[1] * (TITLES_WORTH + self.headlined(pair[0])), pair[0]))


def _chosen(found: Sequence[Tally], frequency: Tally, fit: _Fit, size: int) -> list[str]:
    """One name, or two where the second is as much in the headlines and weighs half the first; else none."""
    weights: dict[str, float] = defaultdict(float)
    for names in found:
        for key, count in names.items():
            weights[key] += (1 + math.log(count)) * math.log(1 + size / frequency[key]) ** 0.5
    first, *rest = fit.ranked(weights) or [("", 0.0)]
    second = [
        key for key, weight in rest if weight >= SECOND_NAME_SHARE * first[1] and fit.headlined(key) >= SECOND_HEADLINED
    ]
    return [key for key in (first[0], *second[:1]) if key]


def _subjects(weights: Mapping[str, float], phrases: Phrases) -> list[_Weighed]:
    """The heaviest names with their adjectives and longer forms counted in, heaviest first."""
    heads: dict[str, list[str]] = {}
    for key in sorted(weights, key=lambda key: (-weights[key], key))[:CANDIDATES]:
        head = next((head for head in heads if _related(key, head)), key)
        heads.setdefault(head, []).append(key)
    merged = []
    for head, keys in heads.items():
        least = 0.0 if phrases.vague(head) else FORM_SHARE * weights[head]
        common = [key for key in keys if weights[key] >= least and " " not in key]
        shown = head if " " in head else min(common, key=lambda key: (len(key), -weights[key], key))
        merged.append((shown, float(sum(weights[key] for key in keys))))
    return sorted(merged, key=lambda pair: (-pair[1], pair[0]))


def _related(one: str, other: str) -> bool:
    """Whether two names share a word, or begin so alike that one is likely an adjective of the other."""
    return any(_alike(a, b) for a in one.split() for b in other.split())


def _alike(one: str, other: str) -> bool:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return one == other or (same >= 4 and same / max(len(one), len(other)) >= 0.57)
