"""Pure string helpers: cleaning characters, sentences, words, stems.

Offsets are Unicode code points; spans are half-open.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


# Controls but newline, surrogates, noncharacters, soft hyphen, fillers, zero-width space and BOM, bidi controls,
# tag characters and the supplementary variation selectors: invisible, and known carriers of hidden instructions.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e0fff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Joiners carry meaning in emoji and in Arabic or Indic scripts, never between Latin letters and their accents.
_LATIN = "\x00-\u024f\u0300-\u036f\u1e00-\u1eff"
_LATIN_JOINER = re.compile(
    f"(?<=[{_LATIN}])[\u200c\u200d]+|[\u200c\u200d]+(?=[{_LATIN}])|^[\u200c\u200d]+|[\u200c\u200d]+$"
)
# One selects a glyph; a run of them can spell bytes.
_SELECTORS = re.compile("([\ufe00-\ufe0f])[\ufe00-\ufe0f]+")
_NEWLINES = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# What `sanitise` leaves as it is wherever it stands; most texts hold nothing else, and are spared seven passes.
_FIT = "\n\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
_UNFIT = re.compile(f"[^{_FIT}]")
_WORD = re.compile(r"[^\W_]+(?:['’\-.](?=[^\W_])[^\W_]+)*")
# sentencex 1.0.32 reads a lower-case "no." before a quotation mark as the abbreviation of "number".
_MISSED_BREAK = re.compile(r"(?<=\b(?:no|so|it)\.)\s+(?=[“\"‘])")
# Nor does it know the French for "Mr."; English and German ones it does.
_FALSE_BREAK = {"fr": re.compile(r"(?:^|[\s«’'])(?:MM?|Mmes?|Mlles?)\.$")}
# On 123 pages in 16 languages the first 200 characters already give the language of the first 3,000; these cost 0.5 ms.
_LANGUAGE_SAMPLE = 600


def sanitise(text: str) -> str:
    """Make text fit to stand in evidence: NFC, line feeds and ordinary spaces only, no invisible characters."""
    if not _UNFIT.search(text):
        return text
    text = _INVISIBLE.sub("", _SPACES.sub(" ", _NEWLINES.sub("\n", text)))
    text = _LATIN_JOINER.sub("", _SELECTORS.sub(r"\1", unicodedata.normalize("NFC", text)))
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """`sanitise`d text with every run of white space made one space."""
    return " ".join(sanitise(text).split())


@lru_cache(maxsize=4096)
def language(text: str) -> str | None:
    """Guess the ISO 639-1 code of a text from its character n-grams (langid); None for fewer than three words."""
    if len(words(text[:200])) < 3:
        return None
    from py3langid.langid import classify  # numpy and a 5 MB model: only when text is read

    return str(classify(text[:_LANGUAGE_SAMPLE])[0])


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[Span, ...]:
    """Split an evidence text: the title (its first line) is sentence 0; no sentence crosses a line."""
    from sentencex import get_sentence_boundaries

    code = language(text) or "en"
    title, _, body = text.partition("\n\n")
    spans = [Span(0, len(title))]
    offset = len(title) + 2
    for line in body.split("\n"):
        for found in get_sentence_boundaries(code, line) if line.strip() else ():
            spans.extend(_trimmed(text, offset + found["start_index"], offset + found["end_index"]))
        offset += len(line) + 1
    return tuple(_closed(text, spans, _FALSE_BREAK.get(code)))


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    """Strip a piece of its white space, and break it where the splitter misses a break."""
    piece = text[start:end]
    cuts = [0, *(m.end() for m in _MISSED_BREAK.finditer(piece)), len(piece)]
    spans = []
    for left, right in pairwise(cuts):
        bare = piece[left:right].strip()
        if bare:
            at = piece.index(bare, left)
            spans.append(Span(start + at, start + at + len(bare)))
    return spans


def _closed(text: str, spans: list[Span], false_break: re.Pattern[str] | None) -> list[Span]:
    """Join a piece without a word, or after a break that is none, to the sentence before it on its line."""
    out: list[Span] = spans[:1]
    for span in spans[1:]:
        wordless = not any(c.isalnum() for c in text[span.start : span.end])
        same_line = len(out) > 1 and "\n" not in text[out[-1].end : span.start]
        broken = false_break is not None and false_break.search(text[out[-1].start : out[-1].end]) is not None
        if same_line and (wordless or broken):
            out[-1] = Span(out[-1].start, span.end)
        elif not wordless:
            out.append(span)
    return out


def words(text: str) -> list[str]:
    """List the words as written; an inner apostrophe, hyphen or point does not split ("U.S", "M-4", "3.5")."""
    return _WORD.findall(text)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Remove case, accents and typographic apostrophes: `Türkiye’s` -> `turkiye's`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return bare.replace("’", "'").replace("ı", "i")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Cut a word to a light stem: normalise, normalize, normalising and normalization share one.

    Folded word without a possessive or plural "s", cut to its first six letters when longer (Xu & Croft 1998
    find such truncation level with suffix stripping for retrieval); numbers are kept whole. Unlike words that
    begin alike share a stem too (internal, internet): use it for likeness, never for identity.
    """
    bare = fold(word)
    for ending in ("'s", "'"):
        bare = bare.removesuffix(ending)
    if any(c.isdigit() for c in bare):
        return bare
    if len(bare) > 3 and bare.endswith("s") and not bare.endswith(("ss", "us", "is")):
        bare = bare[:-1]
    return bare[:6]


def stems(text: str) -> list[str]:
    """List the stems of a text's words, in order."""
    return [stem(word) for word in words(text)]


def counted(number: int, noun: str, plural: str = "") -> str:
    """How many of something, in the English of the commands: `1 story`, `1,200 stories`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
