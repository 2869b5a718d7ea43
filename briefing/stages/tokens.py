"""The words of a sentence with their places, and which of them stand inside quotation marks."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from briefing.text import fold

_TOKEN = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*['’]?")
# A straight quotation mark opens after a space and closes otherwise; a single closing one is told from an
# apostrophe by the mark before it.
_OPENS = re.compile(r"[“«„‘]|(?:(?<=^)|(?<=[\s(\[—–]))\"")
_CLOSES = re.compile(r"[”»]|(?<![\s(\[—–])\"|(?<=[.,!?…])’")


class Token(NamedTuple):
    """A word of a sentence: `gap` is what stands between it and the word before, `quoted` if inside quotation marks."""

    word: str
    folded: str
    start: int
    end: int
    gap: str
    quoted: bool

    @property
    def capital(self) -> bool:
        """Whether the word is written like a name."""
        return self.word[0].isupper()


def tokens(sentence: str) -> list[Token]:
    """Split a sentence into words with their places."""
    return list(_tokens(sentence))


# The parts of the layer read the sentences of a story one after another; few stories have more.
@lru_cache(maxsize=2048)
def _tokens(sentence: str) -> tuple[Token, ...]:
    found: list[Token] = []
    inside, last = _quoted(sentence), 0
    for match in _TOKEN.finditer(sentence):
        word, (start, end) = match[0], match.span()
        quoted = bool(inside) and any(low <= start < high for low, high in inside)
        found.append(Token(word, fold(word), start, end, sentence[last:start], quoted))
        last = end
    return tuple(found)


def _quoted(sentence: str) -> list[tuple[int, int]]:
    """Places inside quotation marks; a quotation may have begun before the sentence, or go on after it."""
    marks = [(m.start(), True) for m in _OPENS.finditer(sentence)] + [
        (m.start(), False) for m in _CLOSES.finditer(sentence)
    ]
    marks.sort()
    found: list[tuple[int, int]] = []
    start = 0 if marks and not marks[0][1] else None
    for place, opens in marks:
        if opens and start is None:
            start = place
        elif not opens and start is not None:
            found.append((start, place))
            start = None
    return found if start is None else [*found, (start, len(sentence))]
