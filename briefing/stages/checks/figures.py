"""Every number of a text with its scale and unit, dates and ages among them: what a statement may not change.

Unlike `stages.quantities`, which reads what is counted and leaves open what it cannot tell, this leaves none out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.tokens import Token, tokens
from briefing.text import fold, stem

_SIGN = r"(?:(?P<before>[$€£¥])\s?)?"
_DIGITS = re.compile(rf"{_SIGN}(?P<digits>\d[\d.,]*)(?P<tail>[^\W\d_]+(?![\w’']))?\s?(?P<after>[%€])?")
# Number words up to this are pronouns more often than counts.
_COUNTED = 2


class Figure(NamedTuple):
    """A number: what it may be worth, its unit ("%", a currency's sign, the stem of a measure, or ""), its place.

    `loose` if other words may stand for it: "one", "hundreds".
    """

    values: tuple[float, ...]
    unit: str
    start: int
    end: int
    loose: bool = False


def numbers(text: str) -> frozenset[str]:
    """Numbers in digits, thousands separators removed."""
    return frozenset(n.rstrip(".,").replace(",", "") for n in re.findall(r"\d[\d.,]*", text))


def figures(text: str, lexicon: Lexicon | None) -> tuple[Figure, ...]:
    """List the figures of a text, in order; without a lexicon those in digits, as any language may write them."""
    in_digits = [_in_digits(match, text, lexicon) for match in _DIGITS.finditer(text)]
    taken = {at for f in in_digits for at in range(f.start, f.end)}
    spelled = [f for f in _in_words(text, lexicon) if not taken & set(range(f.start, f.end))] if lexicon else []
    return tuple(sorted((*in_digits, *spelled), key=lambda f: f.start))


def stands(figure: Figure, among: tuple[Figure, ...]) -> bool:
    """Whether one of the figures is of the same value and, as far as both tell one, of the same unit."""
    alike = (f for f in among if set(f.values) & set(figure.values))
    return any(not f.unit or not figure.unit or f.unit == figure.unit for f in alike)


def _in_digits(match: re.Match[str], text: str, lexicon: Lexicon | None) -> Figure:
    written = match["digits"].rstrip(".,")
    values = _values(written, lexicon)
    end = match.start("digits") + len(written)
    if lexicon is None:
        return Figure(values, match["after"] or "", match.start(), end)
    tail = fold(match["tail"] or "")
    scale, end = _scale(text, end, match, lexicon)
    scaled = tuple(v * scale for v in values)
    both = (*scaled, *values) if tail in lexicon.scale_signs and tail not in lexicon.scales else scaled
    sign = match["before"] or match["after"] or ""
    unit, end = (
        (sign, max(end, match.end())) if sign and not tail else (sign, end) if sign else _unit(text, end, lexicon)
    )
    return Figure(both, unit, match.start(), end)


def _values(written: str, lexicon: Lexicon | None) -> tuple[float, ...]:
    """What digits may mean: in English 1,234.5; elsewhere 1.234,5 too. Several points make a value of its own."""
    english = _number(written.replace(",", ""))
    if lexicon is not None and lexicon.language == "en":
        return (english,)
    return (english, _number(written.replace(".", "").replace(",", ".")))


def _number(written: str) -> float:
    return float(written) if written.count(".") < 2 else float(written.replace(".", "")) + 0.5


def _scale(text: str, end: int, match: re.Match[str], lexicon: Lexicon) -> tuple[float, int]:
    """What multiplies a number, as a word behind it or letters at its end, and where that ends."""
    tail = fold(match["tail"] or "")
    if tail in lexicon.scale_signs:
        return lexicon.scale_signs[tail], match.end("tail")
    word = re.compile(r"[\s-]([^\W\d_]+)").match(text, end)
    if word and fold(word[1]) in lexicon.scales:
        return lexicon.scales[fold(word[1])], word.end()
    return 1.0, end


def _unit(text: str, end: int, lexicon: Lexicon) -> tuple[str, int]:
    """The unit right behind a number, and where it ends if it is no word by itself."""
    word = re.compile(r"[\s-]?(%|[^\W\d_]+(?: cent\b)?)").match(text, end)
    if not word:
        return "", end
    folded = fold(word[1])
    first = folded.partition(" ")[0]
    if folded in lexicon.units:
        return lexicon.units[folded], word.end()
    return (stem(first), end) if first in lexicon.measure_words else (lexicon.units.get(first, ""), end)


def _in_words(text: str, lexicon: Lexicon) -> Iterator[Figure]:
    """Runs of number words: "twenty-three", "two hundred and fifty", "a dozen"."""
    toks, i = tokens(text), 0
    while i < len(toks):
        value, after = _run(toks, i, lexicon)
        if after > i:
            unit, end = _unit(text, toks[after - 1].end, lexicon)
            yield Figure((value,), unit, toks[i].start, end, loose=value <= _COUNTED)
        elif toks[i].folded.removesuffix("s") in lexicon.scales:
            yield Figure(
                (lexicon.scales[toks[i].folded.removesuffix("s")],), "", toks[i].start, toks[i].end, loose=True
            )
        i = max(i + 1, after)


def _run(toks: list[Token], first: int, lexicon: Lexicon) -> tuple[float, int]:
    """What the words from `first` on spell, and the first word behind them; `first` itself where they spell nothing."""
    total, current, i = 0.0, 0.0, first
    if [t.folded in lexicon.scales for t in toks[first : first + 2]] == [False, True] and toks[first].folded == "a":
        current, i = 1.0, first + 1
    while i < len(toks) and (i == first or not toks[i].gap.strip()):
        folded, parts = toks[i].folded, toks[i].folded.split("-")
        if parts[0] in lexicon.numbers:
            current += sum(map(lexicon.numbers.__getitem__, takewhile(lexicon.numbers.__contains__, parts)))
            current *= lexicon.scales.get(parts[-1], 1.0)
        elif folded in lexicon.scales and current:
            current *= lexicon.scales[folded]
            if lexicon.scales[folded] >= 1000:
                total, current = total + current, 0.0
        elif not (folded == "and" and toks[i - 1].folded in lexicon.scales and _counts_on(toks, i + 1, lexicon)):
            break
        i += 1
    return total + current, i


def _counts_on(toks: list[Token], i: int, lexicon: Lexicon) -> bool:
    return i < len(toks) and toks[i].folded in lexicon.numbers
