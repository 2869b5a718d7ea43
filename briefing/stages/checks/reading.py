"""A sentence as the checks read it: words and figures in order, and how two such readings line up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.checks.figures import Figure, figures
from briefing.stages.names import POSSESSIVE
from briefing.stages.tokens import Token, tokens
from briefing.text import stem

# This share of a statement's units must line up with the source's before a difference in one place says anything.
_CLOSE = 0.5
# What stands in the place of something else is rarely longer.
_LONGEST = 5


_OPENS = re.compile(r"[.!?:“\"«]")


class Unit(NamedTuple):
    """A word or a figure. `key` is equal where two are taken for the same; `content` if it carries meaning."""

    key: str
    folded: str
    word: str
    gap: str
    quoted: bool
    content: bool
    figure: Figure | None = None

    @property
    def named(self) -> bool:
        """Whether it is written like a name, and not only because it opens a sentence."""
        return self.word[0].isupper() and self.gap != "" and _OPENS.search(self.gap) is None


class Reading(NamedTuple):
    """A text, read."""

    text: str
    units: tuple[Unit, ...]
    figures: tuple[Figure, ...]
    stems: frozenset[str]


class Place(NamedTuple):
    """Where two readings differ between parts that agree: the units of each side, either may be none."""

    told: tuple[Unit, ...]
    held: tuple[Unit, ...]


@lru_cache(maxsize=4096)
def read(text: str, lexicon: Lexicon) -> Reading:
    """Read a text: figures whole ("1.2 million"), other words by their stems."""
    found = figures(text, lexicon)
    units = tuple(_units(text, found, lexicon))
    return Reading(text, units, found, frozenset(u.key for u in units if u.content))


def _units(text: str, found: Sequence[Figure], lexicon: Lexicon) -> Iterator[Unit]:
    skip = lexicon.stopwords | lexicon.reporting_verbs | lexicon.reporting_participles
    starts = {f.start: f for f in found}
    covered = -1
    for tok in tokens(text):
        figure = next((starts[at] for at in range(tok.start - 1, tok.end) if at in starts), None)
        if figure and figure.end > covered:
            covered = figure.end
            key = f"#{figure.values[0]:g}"
            yield Unit(key, tok.folded, text[figure.start : figure.end], tok.gap, tok.quoted, True, figure)
        elif tok.start >= covered:
            yield _word(tok, skip, lexicon)


def _word(tok: Token, skip: frozenset[str], lexicon: Lexicon) -> Unit:
    bare = POSSESSIVE.sub("", tok.folded)
    key = stem(lexicon.variants.get(bare, bare))
    content = tok.folded not in skip and len(tok.folded) > 1
    # Words that work rather than mean are told apart by their letters alone.
    return Unit(key if content else tok.folded, tok.folded, tok.word, tok.gap, tok.quoted, content)


@lru_cache(maxsize=1024)
def places(told: Reading, held: Reading) -> tuple[Place, ...]:
    """Where a statement that follows its source closely departs from it; nothing where it does not follow.

    The longest common runs are found as by Ratcliff & Obershelp (1988).
    """
    left, right = [u.key for u in told.units], [u.key for u in held.units]
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    same = sum(i2 - i1 for tag, i1, i2, _, _ in codes if tag == "equal")
    if same < _CLOSE * len(left):
        return ()
    return tuple(
        Place(told.units[i1:i2], held.units[j1:j2])
        for tag, i1, i2, j1, j2 in codes
        if tag != "equal" and i2 - i1 <= _LONGEST
    )
