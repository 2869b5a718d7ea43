"""Text of two directions on one line: what is put into a phrase is isolated from what stands around it.

Untrusted text has lost all bidi controls (see `text.one_line`), and loses any again wherever it is made one line. So
the marks are carried as two characters that pass, and become FSI and PDI (Unicode Annex 9, 2.4) where a text is
printed: `settled`.
"""

import re
import unicodedata
from typing import Literal

# Of the private use area, which no text that is to be read on other machines uses.
_OPEN, _CLOSE = "\ue066", "\ue069"
_FIRST_STRONG, _POP = "\u2068", "\u2069"
_CARRIED = re.compile(f"[{_OPEN}{_CLOSE}]")
_AGAINST = {"ltr": frozenset({"R", "AL"}), "rtl": frozenset({"L"})}


def isolated(value: str, direction: Literal["ltr", "rtl"]) -> str:
    """A value as it may stand in a phrase of a direction: between marks where a letter of it runs the other way."""
    against = _AGAINST[direction]
    if not any(unicodedata.bidirectional(character) in against for character in value):
        return value
    return f"{_OPEN}{_balanced(value)}{_CLOSE}"


def settled(text: str) -> str:
    """A text to be printed: its marks as FSI and PDI, or without any where they are not balanced (it was cut)."""
    return _balanced(text).replace(_OPEN, _FIRST_STRONG).replace(_CLOSE, _POP)


def plain(text: str) -> str:
    """A text for a terminal, which orders its lines itself: without the marks."""
    return _CARRIED.sub("", text)


def _balanced(text: str) -> str:
    depth = 0
    for mark in _CARRIED.findall(text):
        depth += 1 if mark == _OPEN else -1
        if depth < 0:
            break
    return text if depth == 0 else plain(text)
