"""Phrases that several renderings share: labels, reasons, support. No label takes a side."""

import re
from collections.abc import Iterable

from briefing.outputs.words import Words
from briefing.text import one_line

_QUOTE_WORDS = 25
_QUOTE_CHARACTERS = 220
_CODE_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")


def joined(parts: Iterable[str]) -> str:
    """The non-empty parts, separated by middle dots."""
    return " · ".join(part for part in parts if part)


def reason(words: Words, code: str, section: str = "problem") -> str:
    """A code in words: `number-not-in-source: 31` -> `number not in source: 31`; one not in the catalogue as it is."""
    name, colon, detail = one_line(code).partition(":")
    return f"{words.known(f'{section}.{name}') or _CODE_HYPHEN.sub(' ', name)}{colon}{detail}"


def phrase(words: Words, text: str, section: str) -> str | None:
    """What the catalogue has for one of the program's fixed phrases, `needs JavaScript`, up to its colon; else None."""
    code = one_line(text).partition(":")[0].lower().replace(" ", "-")
    return words.known(f"{section}.{code}")


def support(words: Words, outlets: int, origins: int) -> str:
    """How many outlets and independent origins: `3 outlets, one origin only`."""
    standing = words("support.one-origin") if origins == 1 else words("count.origins", n=origins)
    return words("support.told-by", outlets=words("count.outlets", n=outlets), origins=standing)


def told(words: Words, stories: int, disputed: int) -> str:
    """How many stories, and how many of them are disputed: `12 stories, 3 disputed`."""
    counted = words("count.stories", n=stories)
    return words("count.stories-disputed", stories=counted, n=disputed) if disputed else counted


def quoted(words: Words, text: str) -> str:
    """A text between the language's quotation marks."""
    return f"{words('quote.open')}{text}{words('quote.close')}"


def cut(quote: str) -> str:
    """A quote of at most 25 words (and 220 characters, for scripts without spaces), an ellipsis where it was cut."""
    text = one_line(quote)
    short = " ".join(text.split()[:_QUOTE_WORDS])[:_QUOTE_CHARACTERS].rstrip()
    return text if short == text else f"{short} …"


def money(words: Words, dollars: float) -> str:
    """US dollars, to a tenth of a cent."""
    return words("money.dollars", amount=words.decimal(dollars, 3))
