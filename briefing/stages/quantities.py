"""The counted quantities of a sentence: how many of what, and how firmly it is said.

Numbers in digits and in words; years, dates, clock times, ages, scores and numbers that are names are left
out. Where it is open what a number counts, it counts nothing: a missed figure costs less than a false one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.tokens import Token, tokens
from briefing.text import stem

# Not inside a word, a date, a clock time, a score or a compound ("10:30", "5-4", "C-130", "54-year-old").
_DIGITS = re.compile(
    r"(?<![\w.,/:\-–])(?P<symbol>[$€£¥]\s?)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w:/]|[-–]\w|[.,]\d)"
)
_RANGE = re.compile(r"(?<![\w.,/:\-–])(?P<low>\d+)[-–](?P<high>\d+)(?![\w:/\-–]|[.,]\d)")
_PERCENT = re.compile(r"\s?(?:%|percent\b|per\s?cent\b)")
_CLAUSE = re.compile(r"[,;:()“”\"—–]")
_CLOCK = frozenset({"a.m", "p.m", "am", "pm", "gmt", "utc", "o'clock"})
_AGE_BEFORE, _AGE_AFTER = frozenset({"aged", "age"}), ("years", "old")
_YEARS = range(1800, 2151)
# A phrase of up to four words may stand between a number and the thing counted: "1,500 new military personnel".
_UNIT_WORDS = 4
_MEASURE_WINDOW = 7
# "The death toll from the sinking of the ferry … has risen to 17": the subject may stand far back.
_ARRIVALS, _SUBJECT_WINDOW = frozenset({"to", "at"}), 20
PEOPLE = "people"
_HEDGE_WORDS, _NEGATED = 4, 3


class Quantity(NamedTuple):
    """A number with what it counts. `measure` is a stem or a measure of the lexicon; `start` is in the sentence.

    `minimum` and `maximum` if it is a bound ("at least", "up to"), `approximate` if it is hedged or rounded.
    """

    value: float
    measure: str
    raw: str
    start: int
    approximate: bool
    minimum: bool
    maximum: bool = False


class Number(NamedTuple):
    """A number as written: `first` is its first token, `after` the first behind it; `symbol` a currency's or "%"."""

    value: float
    start: int
    end: int
    first: int
    after: int
    symbol: str = ""
    loose: bool = False


def quantities(sentence: str, lexicon: Lexicon) -> tuple[Quantity, ...]:
    """List the counted quantities of a sentence, in order."""
    toks = tokens(sentence)
    numbers = sorted([*_in_digits(sentence, toks, lexicon), *_in_words(sentence, toks, lexicon)], key=lambda n: n.start)
    found = []
    for i, number in enumerate(numbers):
        measure = _counted(number, numbers[i + 1 :], toks, lexicon)
        quantity = _quantity(number, measure, sentence, toks, lexicon)
        # "None of the 40 passengers was hurt" counts nobody; "no fewer than 40" does.
        negated = lexicon.negations & {t.folded for t in toks[max(0, number.first - _NEGATED) : number.first]}
        if measure and (quantity.minimum or quantity.maximum or not negated):
            found.append(quantity)
    return tuple(found)


def _quantity(number: Number, measure: str, sentence: str, toks: list[Token], lexicon: Lexicon) -> Quantity:
    near = [t.folded for t in toks[max(0, number.first - _HEDGE_WORDS) : number.first]]
    flat = f" {' '.join(near)} "
    minimum = any(flat.endswith(f" {phrase} ") for phrase in lexicon.minimum)
    return Quantity(
        value=number.value,
        measure=measure,
        raw=sentence[number.start : number.end],
        start=number.start,
        approximate=number.loose or bool(lexicon.approximate & set(near)),
        minimum=minimum,
        maximum=not minimum and any(flat.endswith(f" {phrase} ") for phrase in lexicon.maximum),
    )


def _in_digits(sentence: str, toks: list[Token], lexicon: Lexicon) -> Iterator[Number]:
    for match in _DIGITS.finditer(sentence):
        first = next(i for i, t in enumerate(toks) if t.end > match.start("number"))
        after = next((i for i, t in enumerate(toks) if t.start >= match.end()), len(toks))
        value = float(match["number"].replace(",", ""))
        number = Number(value, match.start(), match.end(), first, after, match["symbol"] or "")
        number = _with_percent(_scaled(number, toks, lexicon), sentence, toks)
        if not _is_calendar(number, match["number"], sentence, toks, lexicon):
            yield number
    for match in _RANGE.finditer(sentence):
        first = next(i for i, t in enumerate(toks) if t.end > match.start())
        following = toks[first + 1].folded if first + 1 < len(toks) else ""
        # A score has no noun in the plural behind it.
        if int(match["low"]) < int(match["high"]) and (following.endswith("s") or following in lexicon.generic_units):
            for side in ("low", "high"):
                yield Number(float(match[side]), match.start(side), match.end(side), first, first + 1)


def _scaled(number: Number, toks: list[Token], lexicon: Lexicon) -> Number:
    """The number multiplied by the scale word behind it: "1.2 million"."""
    tok = toks[number.after] if number.after < len(toks) else None
    if tok is None or tok.folded not in lexicon.scales or _CLAUSE.search(tok.gap):
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
    i = 0
    while i < len(toks):
        number = _run(toks, i, lexicon)
        i = max(i + 1, number.after)
        if number.value:
            yield _with_percent(number, sentence, toks)


def _run(toks: list[Token], first: int, lexicon: Lexicon) -> Number:
    """The number that the words from `first` on spell; its value is 0 where they spell none."""
    skipped, current = _article(toks, first, lexicon)
    total, i = 0.0, first + skipped
    while i < len(toks) and (i == first or not _CLAUSE.search(toks[i].gap)):
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


def _is_calendar(number: Number, written: str, sentence: str, toks: list[Token], lexicon: Lexicon) -> bool:
    """Whether a number is a year, a day, a clock time or an age."""
    prior = toks[number.first - 1].folded if number.first else ""
    aged = _AGE_BEFORE & {t.folded for t in toks[max(0, number.first - 2) : number.first]}
    ahead = tuple(t.folded for t in toks[number.after : number.after + 2])
    year = written.isdigit() and len(written) == 4 and int(written) in _YEARS
    day = written.isdigit() and int(written) <= 31 and bool({prior, *ahead[:1]} & lexicon.calendar)
    clock = bool(ahead) and ahead[0] in _CLOCK
    apposed = sentence[: number.start].endswith(", ") and sentence[number.end : number.end + 1] in {",", "."}
    age = bool(aged) or ahead == _AGE_AFTER or (apposed and toks[number.first - 1].capital)
    return year or day or clock or age


def _counted(number: Number, later: list[Number], toks: list[Token], lexicon: Lexicon) -> str:
    """What a number counts: a measure of the lexicon, or the stem of the noun that follows; "" if that is open."""
    if number.symbol:
        return "%" if number.symbol == "%" else "money"
    between = [t.folded for t in toks[number.after : later[0].first]] if later else []
    opens_range = number.first > 0 and toks[number.first - 1].folded == "between"
    if between in (["to"], ["or"]) or (between == ["and"] and opens_range):
        return _counted(later[0], later[1:], toks, lexicon)
    phrase = _phrase(toks, number.after, lexicon)
    return _unit(phrase, number, toks, lexicon) if phrase else _bare(number, toks, lexicon)


def _phrase(toks: list[Token], start: int, lexicon: Lexicon) -> list[Token]:
    """The words right behind a number, up to a mark or a stopword."""
    phrase: list[Token] = []
    for tok in toks[start : start + _UNIT_WORDS]:
        if _CLAUSE.search(tok.gap) or (tok.folded in lexicon.stopwords and tok.folded not in lexicon.measures):
            break
        phrase.append(tok)
    return phrase


def _unit(phrase: list[Token], number: Number, toks: list[Token], lexicon: Lexicon) -> str:
    folded = [t.folded for t in phrase]
    currency = next((word for word in folded[:2] if word in lexicon.money), None)
    if currency:
        return stem(currency)
    named = next((lexicon.measures[word] for word in folded if word in lexicon.measures), "")
    if folded[0] in lexicon.fractions:
        return ""
    if named:
        return named if number.value == int(number.value) else ""
    if folded[0] in lexicon.generic_units:
        return _nearest(number, toks, lexicon) or PEOPLE
    plural = [t.word for t in phrase if _is_plural(t.folded, lexicon)]
    # "One" is a pronoun more often than a count.
    return stem(plural[-1]) if plural and number.value != 1 else ""


def _is_plural(folded: str, lexicon: Lexicon) -> bool:
    return folded in lexicon.generic_units or (folded.endswith("s") and not folded.endswith("ss"))


def _bare(number: Number, toks: list[Token], lexicon: Lexicon) -> str:
    """What a number without a noun counts: "killed 12", "the toll rose to 12"; not "bus stop 12", "Route 12"."""
    prior = toks[number.first - 1] if number.first else None
    plain = prior is None or prior.folded in lexicon.stopwords | lexicon.approximate or prior.folded in lexicon.measures
    label = prior is not None and not plain and not _CLAUSE.search(toks[number.first].gap)
    return "" if label or number.value == 1 else _nearest(number, toks, lexicon)


def _nearest(number: Number, toks: list[Token], lexicon: Lexicon) -> str:
    """The measure word nearest to a whole number within its clause; at equal distance the one that follows."""
    if number.value != int(number.value):
        return ""
    prior = toks[number.first - 1].folded if number.first else ""
    behind = _SUBJECT_WINDOW if prior in _ARRIVALS else _MEASURE_WINDOW
    sides = (_walk(toks, number.after, _MEASURE_WINDOW, lexicon), _walk(toks, number.first - 1, -behind, lexicon))
    found = [
        (distance, lexicon.measures[word])
        for side in sides
        for distance, word in enumerate(side)
        if word in lexicon.measures
    ]
    return min(found, key=lambda near: near[0])[1] if found else ""


def _walk(toks: list[Token], start: int, window: int, lexicon: Lexicon) -> Iterator[str]:
    """The `window` words from `start` on (backwards where negative), up to a mark or another number."""
    step = 1 if window > 0 else -1
    for i in range(start, start + window, step):
        if not 0 <= i < len(toks):
            return
        mark = toks[i if step > 0 else i + 1].gap if i + 1 < len(toks) or step > 0 else ""
        if _CLAUSE.search(mark) or toks[i].word[0].isdigit() or toks[i].folded in lexicon.numbers:
            return
        yield toks[i].folded
