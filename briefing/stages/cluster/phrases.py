"""The phrase that a name stands in, and what kind of name it is, by how a topic's articles write it.

"Milky" always before "Way" -> "Milky Way"     "Chinese" before nouns -> an adjective
"Brenna" mostly before "quarry" -> "Brenna quarry"     "Sobel" alone beside "Irena Sobel" -> a person
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from briefing.lexicon import Lexicons
from briefing.text import fold, one_line

# Of the mentions of a name, the share that must have the same neighbour for it to be part of the name.
NEIGHBOUR_SHARE = 0.6
FEWEST_MENTIONS = 2
MOST_GROWTH = 2
# A family name stands alone at least so often for each time that it stands in full.
ALONE_SHARE = 0.5
SHORTEST_ENDING = 3  # "n" or "i" end places too

OPENERS = frozenset('.!?:\n“"‘•')
_WORD = re.compile(r"[^\W_]+(?:[.’'][^\W_]+)*")
_POSSESSIVE = re.compile(r"[’']s?$")


class _Word(NamedTuple):
    """A word of a text; `joined` to the one before by a single space, `opening` where a capital says nothing."""

    text: str
    key: str
    start: int
    end: int
    joined: bool
    opening: bool

    @property
    def capital(self) -> bool:
        return self.text[0].isupper() and not self.opening


class _Mention(NamedTuple):
    """Where a name stands: the words from `first` to before `end` of the text numbered `text`."""

    text: int
    first: int
    end: int


class Phrases:
    """What the bodies of a topic's articles show of its names; a name is given by its key, folded words."""

    def __init__(self, bodies: Sequence[str], key_of: Callable[[str], str], lexicons: Lexicons) -> None:
        self._bodies = bodies
        self._read = [tuple(_words(body, key_of)) for body in bodies]
        known = lexicons.values()
        self._no_part = frozenset[str]().union(*(k.stopwords | k.calendar | k.reporting_verbs for k in known))
        self._saying = frozenset[str]().union(*(k.reporting_verbs for k in known))
        self._determiners = frozenset({fold(word) for k in known for word in k.determiners})
        self._bodiless = frozenset[str]().union(*(k.organisations for k in known))
        self._endings = tuple(e for k in known for e in k.demonym_endings if len(e) >= SHORTEST_ENDING)

    def of(self, key: str) -> str:
        """The name with the words that belong to it, as it is written most; "" where it stands in no body."""
        found = self._mentions(key)
        for step in (*[1] * MOST_GROWTH, *[-1] * MOST_GROWTH):
            if found and found[0].end - found[0].first < MOST_GROWTH + len(key.split()):
                found = self._grown(found, step)
        written = Counter(self._written(mention) for mention in found)
        return min(written, key=lambda form: (-written[form], form), default="")

    def person(self, key: str) -> bool:
        """Whether a name is a person's: in full now and then, else the family name alone, never behind an article."""
        found = self._mentions(key.rsplit(maxsplit=1)[-1])
        before = [self._beside(mention, -1) for mention in found]
        full = sum(1 for word in before if word and word.text[0].isupper())
        alone = [m for m, word in zip(found, before, strict=True) if not (word and word.text[0].isupper())]
        if not full or any(word and word.key in self._determiners for word in before):
            return False
        said = any(word and word.key in self._saying for word in (self._beside(m, 1) for m in alone))
        return len(alone) >= ALONE_SHARE * full if " " in key else said

    def vague(self, key: str) -> bool:
        """Whether a name alone says nothing: an adjective of a place, or a word for bodies of any kind."""
        shown = fold(self.of(key) or key)
        if shown != key:
            return False
        return " " not in key and (key in self._bodiless or self.adjective(key))

    def adjective(self, key: str) -> bool:
        """Whether a word ends as the adjectives of places do."""
        return key.endswith(self._endings)

    def _mentions(self, key: str) -> list[_Mention]:
        wanted = key.split()
        return [
            _Mention(number, first, first + len(wanted))
            for number, read in enumerate(self._read)
            for first in range(len(read) - len(wanted) + 1)
            if read[first].text[0].isupper() and [word.key for word in read[first : first + len(wanted)]] == wanted
        ]

    def _beside(self, mention: _Mention, step: int) -> _Word | None:
        """The word right behind a mention (1) or before it (-1), if one space parts them."""
        read = self._read[mention.text]
        place = mention.end if step == 1 else mention.first - 1
        if not 0 <= place < len(read):
            return None
        return read[place] if read[max(place, mention.first)].joined else None

    def _grown(self, found: list[_Mention], step: int) -> list[_Mention]:
        """The mentions with their neighbour, where nearly all have the same and it belongs to the name."""
        beside = [self._beside(mention, step) for mention in found]
        counted = Counter(word.key for word in beside if word)
        if not counted:
            return found
        key, most = min(counted.items(), key=lambda item: (-item[1], item[0]))
        if most < max(FEWEST_MENTIONS, NEIGHBOUR_SHARE * len(found)) or not self._belongs(key, beside, step):
            return found
        return [
            mention._replace(end=mention.end + 1) if step == 1 else mention._replace(first=mention.first - 1)
            for mention, word in zip(found, beside, strict=True)
            if word and word.key == key
        ]

    def _belongs(self, key: str, beside: Sequence[_Word | None], step: int) -> bool:
        """Whether a neighbour is mostly written with a capital, or behind the name is a word that tells something."""
        same = [word for word in beside if word and word.key == key]
        if 2 * sum(word.capital for word in same) > len(same):
            return True
        return step == 1 and key.isalpha() and key not in self._no_part and not key.endswith(("ed", "ing", "ly"))

    def _written(self, mention: _Mention) -> str:
        read = self._read[mention.text]
        text = self._bodies[mention.text][read[mention.first].start : read[mention.end - 1].end]
        return _POSSESSIVE.sub("", one_line(text))


def _words(text: str, key_of: Callable[[str], str]) -> Iterator[_Word]:
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        opening = end == 0 or (between != " " and any(c in OPENERS for c in between))
        yield _Word(
            match[0], key_of(_POSSESSIVE.sub("", match[0])), match.start(), match.end(), between == " ", opening
        )
        end = match.end()
