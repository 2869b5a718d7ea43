"""What a number counts: a measure of the lexicon ("dead"), a currency, a share, or the noun behind it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.quantities.numbers import CLAUSE, Number
from briefing.stages.quantities.people import person
from briefing.stages.tokens import Token
from briefing.text import stem

# A phrase of up to four words may stand between a number and the thing counted: "1,500 new military personnel".
_UNIT_WORDS = 4
_MEASURE_WINDOW = 7
# "The death toll from the sinking of the ferry … has risen to 17": the subject may stand far back.
_ARRIVALS, _SUBJECT_WINDOW = frozenset({"to", "at"}), 20
_FATAL_WORDS = 3
PEOPLE = "people"
SHOT, DEAD = "shot", "dead"


class Counted(NamedTuple):
    """What a number counts; `measure` is "" where that is open, `unit` a sign or a noun ("child")."""

    measure: str
    unit: str = ""


def counted(number: Number, later: list[Number], toks: list[Token], lexicon: Lexicon) -> Counted:
    """What a number counts: a measure of the lexicon, or the stem of the noun that follows."""
    if number.score:
        return Counted("score")
    if number.symbol:
        return Counted("%") if number.symbol == "%" else Counted("money", number.symbol)
    between = [t.folded for t in toks[number.after : later[0].first]] if later else []
    if between in (["to"], ["or"]):
        return counted(later[0], later[1:], toks, lexicon)
    if _belongs(number, toks, lexicon):
        return Counted("")
    phrase = _phrase(toks, number.after, lexicon)
    measure = _unit(phrase, number, toks, lexicon) if phrase else _bare(number, toks, lexicon)
    # "Shot and killed", "fatally shot": what befell them is the worse of the two.
    if measure == SHOT and _fatal(number, toks, lexicon):
        measure = DEAD
    return Counted(measure, _noun(phrase, lexicon) or _from(number, toks))


def _phrase(toks: list[Token], start: int, lexicon: Lexicon) -> list[Token]:
    """The words right behind a number, up to a mark or a stopword."""
    phrase: list[Token] = []
    for tok in toks[start : start + _UNIT_WORDS]:
        # "US" is a country.
        country = tok.word.isupper() and len(tok.word) > 1
        plain = tok.folded in lexicon.stopwords and not country and not person(tok.folded, lexicon)
        if CLAUSE.search(tok.gap) or (plain and tok.folded not in lexicon.measures):
            break
        phrase.append(tok)
    return phrase


def _noun(phrase: list[Token], lexicon: Lexicon) -> str:
    """The kind of people counted, "" where they are just people, victims or others."""
    found = next((one for t in reversed(phrase) if (one := person(t.folded, lexicon))), "")
    return "" if found in {"person", "victim", "other"} else found


def _from(number: Number, toks: list[Token]) -> str:
    """Where the people counted come from: "killed 10 from Vessara"."""
    here = toks[number.after : number.after + 2]
    return stem(here[1].word) if len(here) == 2 and here[0].folded == "from" and here[1].capital else ""


def _fatal(number: Number, toks: list[Token], lexicon: Lexicon) -> bool:
    at = next((i for i in range(number.after, len(toks)) if lexicon.measures.get(toks[i].folded) == SHOT), None)
    if at is None:
        return False
    near = toks[max(number.after, at - 1) : at + _FATAL_WORDS + 1]
    return any(t.folded in lexicon.figures.fatal for t in near)


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
    if lexicon.generic_units & set(folded[:2]):
        return _nearest(number, toks, lexicon) or PEOPLE
    plural = [t.word for t in phrase if _is_plural(t.folded, lexicon)]
    if plural and person(plural[-1].casefold(), lexicon):
        return _nearest(number, toks, lexicon) or stem(plural[-1])
    # "One" is a pronoun more often than a count; "11 shots" hit nobody yet.
    known = bool(plural) and stem(plural[-1]) in lexicon.measures
    return stem(plural[-1]) if plural and number.value != 1 and not known else ""


def _is_plural(folded: str, lexicon: Lexicon) -> bool:
    return folded in lexicon.generic_units or (folded.endswith("s") and not folded.endswith("ss"))


def _bare(number: Number, toks: list[Token], lexicon: Lexicon) -> str:
    """What a number without a noun counts: "killed 12", "the toll rose to 12"; not "bus stop 12", "Route 12"."""
    prior = toks[number.first - 1] if number.first else None
    plain = prior is None or prior.folded in lexicon.stopwords | lexicon.approximate or prior.folded in lexicon.measures
    label = prior is not None and not plain and not CLAUSE.search(toks[number.first].gap)
    return "" if label or number.value == 1 else _nearest(number, toks, lexicon)


def _belongs(number: Number, toks: list[Token], lexicon: Lexicon) -> bool:
    """Whether a number tells of one person: "died at 77", "mother of 12 killed"."""
    phrase = toks[number.after].folded if number.after < len(toks) and not CLAUSE.search(toks[number.after].gap) else ""
    before = [t.folded for t in toks[max(0, number.first - _MEASURE_WINDOW) : number.first]]
    stands = set(before) & (lexicon.figures.as_of | lexicon.figure_verbs)
    of_one = before[-1:] == ["of"] and len(before) > 1 and person(before[-2], lexicon) == before[-2]
    bare = not phrase or phrase in lexicon.stopwords
    return (before[-1:] == ["at"] and bare and not stands) or of_one


def _nearest(number: Number, toks: list[Token], lexicon: Lexicon) -> str:
    """The measure word nearest to a whole number within its clause; at equal distance the one that follows."""
    if number.value != int(number.value):
        return ""
    governing = _governing(number, toks, lexicon)
    if governing:
        return governing
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


def _governing(number: Number, toks: list[Token], lexicon: Lexicon) -> str:
    """The measure of the verb right before a number, hedges passed over: "killing at least three and hurting"."""
    if number.after < len(toks) and toks[number.after].folded in lexicon.measures:
        return ""
    i = number.first - 1
    while i >= 0 and not CLAUSE.search(toks[i + 1].gap) and toks[i].folded in _hedging(lexicon):
        i -= 1
    clear = i >= 0 and not CLAUSE.search(toks[i + 1].gap) and toks[i].folded not in lexicon.figures.as_of
    return lexicon.measures.get(toks[i].folded, "") if clear else ""


@lru_cache(maxsize=16)
def _hedging(lexicon: Lexicon) -> frozenset[str]:
    phrases = lexicon.minimum + lexicon.maximum
    return lexicon.approximate | {word for phrase in phrases for word in phrase.split()} | {"a", "an"}


def _walk(toks: list[Token], start: int, window: int, lexicon: Lexicon) -> Iterator[str]:
    """The `window` words from `start` on (backwards where negative), up to a mark or another number."""
    step = 1 if window > 0 else -1
    for i in range(start, start + window, step):
        if not 0 <= i < len(toks):
            return
        mark = toks[i if step > 0 else i + 1].gap if i + 1 < len(toks) or step > 0 else ""
        if CLAUSE.search(mark) or toks[i].word[0].isdigit() or toks[i].folded in lexicon.numbers:
            return
        # "Two were killed and three people injured": what stands before "and" is told of others.
        if step < 0 and toks[i].folded == "and":
            return
        yield toks[i].folded
