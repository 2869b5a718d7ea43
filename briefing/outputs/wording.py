"""The fixed words of a rendering: counts, labels, reasons. No label takes a side."""

import re
from collections.abc import Iterable

from briefing.text import one_line
from briefing.types import DisputeKind

DISPUTE_LABELS: dict[DisputeKind, str] = {
    "figure": "figures differ",
    "denial": "stated and denied",
    "attribution": "accounts differ on who did it",
    "cause": "accounts differ on the cause",
    "date": "dates differ",
    "identity": "accounts differ on who or what it is",
    "characterisation": "described differently",
}
_QUOTE_WORDS = 25
_QUOTE_CHARACTERS = 220
_CODE_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 story`, `1,200 stories`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def joined(parts: Iterable[str]) -> str:
    """The non-empty parts, separated by middle dots."""
    return " · ".join(part for part in parts if part)


def reason(code: str) -> str:
    """A problem's code in words: `number-not-in-source: 31` -> `number not in source: 31`."""
    name, colon, detail = one_line(code).partition(":")
    return f"{_CODE_HYPHEN.sub(' ', name)}{colon}{detail}"


def support(outlets: int, origins: int) -> str:
    """How many outlets and independent origins: `3 outlets, one origin only`."""
    standing = "one origin only" if origins == 1 else count(origins, "origin")
    return f"{count(outlets, 'outlet')}, {standing}"


def cut(quote: str) -> str:
    """A quote of at most 25 words (and 220 characters, for scripts without spaces), an ellipsis where it was cut."""
    text = one_line(quote)
    short = " ".join(text.split()[:_QUOTE_WORDS])[:_QUOTE_CHARACTERS].rstrip()
    return text if short == text else f"{short} …"


def money(dollars: float) -> str:
    """US dollars, to a tenth of a cent."""
    return f"${dollars:,.3f}"
