"""The numbers of a sentence, in digits and in words, with their scale, their range and how vague they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.tokens import Token

# Not inside a word, a date, a clock time, a score or a compound ("10:30", "5-4", "C-130", "54-year-old").
_DIGITS = re.compile(
    r"(?<![\w.,/:\-–])(?P<symbol>[$€£¥]\s?)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<sign>bn|tn|mn|m|k)?(?![\w:/]|[-–]\w|[.,]\d)"
)
_RANGE = re.compile(r"(?<![\w.,/:\-–])(?P<low>\d+)[-–](?P<high>\d+)(?![\w:/\-–]|[.,]\d)")
# "1, 500 houses" may be one number or two: it counts nothing.
_OPEN = re.compile(r"\b\d{1,3}, \d{3}\b")
_PERCENT = re.compile(r"\s?(?:%|percent\b|per\s?cent\b)")
CLAUSE = re.compile(r"[,;:()“”\"—–]|\s-\s")
_CLOCK = frozenset({"a.m", "p.m", "am", "pm", "gmt", "utc", "o'clock"})
_AGE_AFTER = ("years", "old")
_YEARS = range(1800, 2151)
_LONGEST_VAGUE = 3


class Number(NamedTuple):
    """A number as written: `first` is its first token, `after` the first behind it; `symbol` a currency's or "%".

    `second` is the other end of a range, or the other side of a score; `loose` if its words leave it open ("a dozen").
    """

    value: float
    start: int
    end: int
    first: int
    after: int
    symbol: str = ""
    loose: bool = False
    second: float | None = None
    score: bool = False


def numbers(sentence: str, toks: list[Token], lexicon: Lexicon) -> list[Number]:
    """The numbers of a sentence that are no dates, times or ages, in order; two that are one range are one."""
    found = sorted(
        [*_in_digits(sentence, toks, lexicon), *_in_words(sentence, toks, lexicon), *_vague(toks, lexicon)],
        key=lambda n: n.start,
    )
    joined: list[Number] = []
    for number in found:
        ranged = _range(joined[-1], number, toks, lexicon) if joined else None
        if ranged:
            joined[-1] = ranged
        elif not joined or number.start >= joined[-1].end:
            joined.append(number)
    return joined


def _range(low: Number, high: Number, toks: list[Token], lexicon: Lexicon) -> Number | None:
    """Two numbers as one: "between 20 and 30", "two to three", "20 or 30"; not "from 20 to 30": a change."""
    between = [t.folded for t in toks[low.after : high.first]]
    prior = toks[low.first - 1].folded if low.first else ""
    joins = between in (["to"], ["or"]) if prior != "between" else between == ["and"]
    apart = low.second is not None or high.second is not None or prior == "from" or low.symbol not in {"", high.symbol}
    if apart or not joins or low.value >= high.value:
        return None
    # "2 to 3 million": the scale is that of both.
    own = toks[low.after - 1].folded in lexicon.scales
    scale = 1.0 if own else lexicon.scales.get(toks[high.after - 1].folded, 1.0)
    loose = low.loose or high.loose
    return high._replace(value=low.value * scale, second=high.value, start=low.start, first=low.first, loose=loose)


def _in_digits(sentence: str, toks: list[Token], lexicon: Lexicon) -> Iterator[Number]:
    unclear = [match.span() for match in _OPEN.finditer(sentence)]
    for match in _DIGITS.finditer(sentence):
        if any(start <= match.start("number") < end for start, end in unclear):
            continue
        first = next(i for i, t in enumerate(toks) if t.end > match.start("number"))
        after = next((i for i, t in enumerate(toks) if t.start >= match.end()), len(toks))
        sign = match["sign"] or ""
        # "15m" is a length as often as a number; behind a currency's sign it is millions.
        if sign and (sign not in lexicon.scale_signs or (len(sign) == 1 and not match["symbol"])):
            continue
        value = float(match["number"].replace(",", "")) * lexicon.scale_signs.get(sign, 1.0)
        number = Number(value, match.start(), match.end(), first, after, (match["symbol"] or "").strip())
        number = _with_percent(_scaled(number, toks, lexicon), sentence, toks)
        if not _is_calendar(number, match["number"], sentence, toks, lexicon):
            yield number
    for match in _RANGE.finditer(sentence):
        first = next(i for i, t in enumerate(toks) if t.end > match.start())
        following = toks[first + 1].folded if first + 1 < len(toks) else ""
        low, high = float(match["low"]), float(match["high"])
        plural = following.endswith("s") or following in lexicon.generic_units
        # A score has no noun in the plural behind it, and its sides are small.
        if low < high and plural:
            yield Number(low, match.start(), match.end(), first, first + 1, second=high)
        elif max(low, high) < 200 and not plural:
            yield Number(low, match.start(), match.end(), first, first + 1, second=high, score=True)


def _scaled(number: Number, toks: list[Token], lexicon: Lexicon) -> Number:
    """The number multiplied by the scale word behind it: "1.2 million"."""
    tok = toks[number.after] if number.after < len(toks) else None
    if tok is None or tok.folded not in lexicon.scales or CLAUSE.search(tok.gap):
        return number
    return number._replace(value=number.value * lexicon.scales[tok.folded], end=tok.end, after=number.after + 1)


def _with_percent(number: Number, sentence: str, toks: list[Token]) -> Number:
    sign = _PERCENT.match(sentence, number.end)
    if not sign:
        return number
    after = next((i for i, t in enumerate(toks) if t.start >= sign.end()), len(toks))
    return number._replace(end=sign.end(), after=after, symbol="%")


def _in_words(sentence: str, toks: list[Token], lexicon: Lexicon) -> Iterator[Number]:
    """Runs of number words: "twenty-three", "two hundred and fifty", "half a million", "a dozen"."""
    places = [i for i, tok in enumerate(toks) if _opens(tok.folded, lexicon)]
    behind = 0
    for i in places:
        if i < behind:
            continue
        number = _run(toks, i, lexicon)
        behind = number.after
        if number.value:
            yield _with_percent(number, sentence, toks)


def _opens(folded: str, lexicon: Lexicon) -> bool:
    return folded in {"a", "half"} or folded.partition("-")[0] in lexicon.numbers


def _run(toks: list[Token], first: int, lexicon: Lexicon) -> Number:
    """The number that the words from `first` on spell; its value is 0 where they spell none."""
    skipped, current = _article(toks, first, lexicon)
    total, i = 0.0, first + skipped
    while i < len(toks) and (i == first or not CLAUSE.search(toks[i].gap)):
        folded, parts = toks[i].folded, toks[i].folded.split("-")
        joins = folded == "and" and i > first and toks[i - 1].folded in lexicon.scales
        if all(part in lexicon.numbers for part in parts):
            current += sum(lexicon.numbers[part] for part in parts)
        elif folded in lexicon.scales and current:
            current *= lexicon.scales[folded]
            if lexicon.scales[folded] >= 1000:
                total, current = total + current, 0.0
        elif not (joins and i + 1 < len(toks) and toks[i + 1].folded in lexicon.numbers):
            break
        i += 1
    return Number(total + current, toks[first].start, toks[max(first, i - 1)].end, first, i, loose=skipped > 0)


def _article(toks: list[Token], first: int, lexicon: Lexicon) -> tuple[int, float]:
    """How many words of "a dozen", "half a million" stand before the scale word, and what they multiply it by."""
    ahead = [t.folded for t in toks[first : first + 3]]
    if ahead[:2] == ["half", "a"] and ahead[-1] in lexicon.scales:
        return 2, 0.5
    if ahead[:1] == ["a"] and len(ahead) > 1 and ahead[1] in lexicon.scales:
        return 1, 1.0
    return 0, 0.0


@lru_cache(maxsize=16)
def _vague_words(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in lexicon.figures.vague)


def _vague(toks: list[Token], lexicon: Lexicon) -> Iterator[Number]:
    """Words for a magnitude: "dozens of", "hundreds", "tens of thousands"."""
    behind, firsts = 0, _vague_words(lexicon)
    for i in (place for place, tok in enumerate(toks) if tok.folded in firsts):
        for length in range(_LONGEST_VAGUE, 0, -1) if i >= behind else ():
            span = lexicon.figures.vague.get(" ".join(t.folded for t in toks[i : i + length]))
            if span and i + length <= len(toks):
                after = i + length + (i + length < len(toks) and toks[i + length].folded == "of")
                yield Number(span[0], toks[i].start, toks[i + length - 1].end, i, after, loose=True, second=span[1])
                behind = i + length
                break


def _is_calendar(number: Number, written: str, sentence: str, toks: list[Token], lexicon: Lexicon) -> bool:
    """Whether a number is a year, a day, a clock time or an age."""
    behind_mark = "," in toks[number.first].gap
    prior = toks[number.first - 1].folded if number.first and not behind_mark else ""
    aged = lexicon.figures.aged & {t.folded for t in toks[max(0, number.first - 2) : number.first]}
    ahead = tuple(t.folded for t in toks[number.after : number.after + 2])
    year = written.isdigit() and len(written) == 4 and int(written) in _YEARS
    months = lexicon.dates.months.keys() | lexicon.dates.short_months.keys()
    day = written.isdigit() and int(written) <= 31 and bool({prior, *ahead[:1]} & months)
    clock = bool(ahead) and ahead[0] in _CLOCK
    return year or day or clock or bool(aged) or ahead == _AGE_AFTER or _apposed(number, sentence, toks, lexicon)


def _apposed(number: Number, sentence: str, toks: list[Token], lexicon: Lexicon) -> bool:
    """Whether a number stands behind a name like an age: "Lena Orr, 54, said", "Lena Orr (54)"."""
    prior = toks[number.first - 1] if number.first else None
    if prior is None or not prior.capital or number.symbol or prior.folded in lexicon.calendar:
        return False
    before, behind = sentence[: number.start], sentence[number.end : number.end + 1]
    return (before.endswith(", ") and behind in {",", ".", ";", "", ")"}) or (before.endswith(" (") and behind == ")")
