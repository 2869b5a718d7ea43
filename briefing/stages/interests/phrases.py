"""Whether a text speaks of something: whole words, without case and accents, in the forms of the text's language.

"ferry"          also "ferries", "Ferry's"
"Ellin harbour"  the words in this order; a word with a capital is a name, and changes its form no more
"WHO", "IT"      only in capitals
"harbour*"       any ending
"港口", "ميناء"   inside a run of characters where a script sets no spaces; behind what Arabic writes onto a word
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from briefing.lexicon import Inflection
from briefing.types import ArticleEntry

# News tells in its first two or three sentences what it is about; a word is not cut off at the end.
_LEAD = re.compile(r".{0,400}\S{0,40}", re.DOTALL)
_LONGEST = 200
# Shorter words are met as they are: "as" is not "ass".
_SHORTEST = 3
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
# Particles stand behind a Korean word without a space.
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7af]")
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)
_INITIALS = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)")
_TATWEEL = "\u0640"


class Lead(NamedTuple):
    """The beginning of an article: its words folded, set between spaces; as it was written; how its language varies."""

    folded: str
    written: str
    inflection: Inflection


class _Compiled(NamedTuple):
    pattern: re.Pattern[str]
    capitals: tuple[re.Pattern[str], ...]


class _Folding(dict[int, str]):
    """What each character becomes, worked out when it is first met: `str.translate` then folds without a loop here."""

    def __missing__(self, code: int) -> str:
        made = self[code] = _folded(chr(code))
        return made


def fault(phrase: str) -> str:
    """What is wrong with a phrase; "" if nothing is."""
    if len(phrase) > _LONGEST:
        return f"longer than {_LONGEST} characters"
    words = phrase.split()
    if not words or not all(flat(word) for word in words):
        return f"{phrase!r} should be words"
    if any("*" in word[:-1] for word in words):
        return f"{phrase!r}: a '*' stands at the end of a word, for any ending"
    short = any(word.endswith("*") and len(flat(word)) < _SHORTEST - 1 for word in words)
    return f"{phrase!r} would be met by too many words: at least two letters stand before a '*'" if short else ""


def lead(article: ArticleEntry, text: str, inflection: Inflection) -> Lead:
    """What of an article is looked at: its title and the first sentences of its evidence text, if that is known."""
    body = _LEAD.match(text[len(article.title) : len(article.title) + 1000].lstrip())
    written = f"{article.title}\n{body[0] if body else ''}"
    return Lead(f" {flat(written)} ", written, inflection)


def speaks(phrase: str, of: Lead) -> bool:
    """Whether a lead holds a phrase."""
    found = _compiled(phrase, of.inflection)
    return bool(found.pattern.search(of.folded)) and all(word.search(_bare(of.written)) for word in found.capitals)


def holds(name: str, phrase: str) -> bool:
    """Whether the name of a topic holds a phrase."""
    return bool(_compiled(phrase, Inflection()).pattern.search(f" {flat(name)} "))


def flat(text: str) -> str:
    """The words of a text, folded, with one space between."""
    return " ".join(_bare(text).translate(_FOLDING).split())


def _bare(text: str) -> str:
    """`U.S.` as `US.`, and no possessives."""
    return _INITIALS.sub("", _POSSESSIVE.sub("", text))


def _folded(character: str) -> str:
    """A letter without case and accents, a space for what belongs to no word.

    Marks that are part of a script's spelling stay, and so do those of kana, Thai and their like.
    """
    if _UNSPACED.match(character) or _HANGUL.match(character):
        plain = unicodedata.normalize("NFKC", character).casefold()
    else:
        parts = unicodedata.normalize("NFKD", character.casefold()).replace("ı", "i").replace(_TATWEEL, "")
        plain = "".join(c for c in parts if not unicodedata.combining(c))
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain)


_FOLDING = _Folding()


@lru_cache(maxsize=4096)
def _compiled(phrase: str, inflection: Inflection) -> _Compiled:
    written = phrase.split()
    pieces = " ".join(piece for word in written for piece in _pieces(word, inflection))
    capitals = tuple(re.compile(_in_capitals(word)) for word in map(_bare, written) if _is_acronym(word))
    return _Compiled(re.compile(f" {pieces} "), capitals)


def _pieces(word: str, inflection: Inflection) -> Iterator[str]:
    """The expressions for a word of a phrase: several, where it is written with a hyphen or an apostrophe."""
    for part in flat(word).split():
        if _UNSPACED.search(part):
            yield rf"\S*{re.escape(part)}\S*"
        elif word.endswith("*") or _HANGUL.search(part):
            yield rf"{re.escape(part)}\S*"
        else:
            is_name = word[0].isupper() and not inflection.capital_nouns
            yield _any({part} if is_name or _is_acronym(word) else forms(part, inflection), inflection)


def _any(words: frozenset[str] | set[str], inflection: Inflection) -> str:
    before = "|".join(map(re.escape, map(flat, inflection.prefixes)))
    return (f"(?:{before})?" if before else "") + f"(?:{'|'.join(map(re.escape, sorted(words)))})"


def _is_acronym(word: str) -> bool:
    return word.isupper() and len(word.rstrip("*")) > 1


def _in_capitals(word: str) -> str:
    end = "" if word.endswith("*") else r"(?!\w)"
    return rf"(?<!\w){re.escape(word.rstrip('*'))}{end}"


def forms(word: str, inflection: Inflection) -> frozenset[str]:
    """A folded word with the forms that its language's endings give it; some of them are no words, and meet none."""
    if word in inflection.fixed:
        return frozenset({word})
    pairs = [pair for one, other in inflection.endings for pair in ((one, other), (other, one))]
    made = {word[: len(word) - len(old)] + new for old, new in pairs if word.endswith(old)}
    return frozenset({word, *(form for form in made if min(len(form), len(word)) >= _SHORTEST)})
