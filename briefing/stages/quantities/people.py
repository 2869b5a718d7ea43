"""Figures of people: how old a named person is, and lists that add up ("a baby and four people" are five)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.quantities.numbers import CLAUSE, Number
from briefing.stages.tokens import Token

_YEARS_OLD = re.compile(r"(?P<age>\d{1,3}|[a-z]+(?:-[a-z]+)?)-years?-old$")
_MARK = re.compile(r"[,;]")
# "18-year-old shop owner Lena Orr": so many plain words may stand before the name.
_EPITHET, _LONGEST_NAME = 3, 5
_OLDEST = 120
# "three women and two men were shot and killed": so many words may stand between a list and its verb, and so many
# before the noun of a conjunct ("a 10-year-old local girl").
_TO_VERB, _TO_NOUN = 5, 4


class Age(NamedTuple):
    """How old a person is, as the sentence says; `start` and `end` are those of the number.

    `name` is the person's, or the one word for who it is: "the 4-year-old boy".
    """

    value: float
    name: str
    start: int
    end: int


class Listing(NamedTuple):
    """People listed and added up: tokens `first` to `last`, and the word for what befell them."""

    value: float
    first: int
    last: int
    harm: str


class Conjunct(NamedTuple):
    """One member of a list: how many people, its last token, and whether it is a number, a name, or has an article."""

    value: float
    last: int
    number: bool = False
    name: bool = False
    article: bool = False


def ages(sentence: str, toks: list[Token], lexicon: Lexicon) -> Iterator[Age]:
    """The ages of persons: "Lena Orr, 54, ", "54-year-old Lena Orr", "Lena Orr (54)", "Lena Orr, aged 54".

    So is that of who is not named: "a 4-year-old boy".
    """
    for i, tok in enumerate(toks):
        compound = _YEARS_OLD.match(tok.folded)
        if compound:
            first = _name_ahead(toks, i + 1, lexicon)
            name = sentence[toks[first].start : toks[_name_end(toks, first)].end] if first is not None else ""
            name = name or _person_ahead(toks, i + 1, lexicon)
            value, start, end = _years(compound["age"], lexicon), tok.start, tok.start + len(compound["age"])
        elif tok.word.isdecimal() and i:
            name, value, start, end = _before(sentence, toks, i, lexicon), float(tok.word), tok.start, tok.end
        else:
            continue
        if name and 0 < value <= _OLDEST:
            yield Age(value, name, start, end)


def _name_ahead(toks: list[Token], start: int, lexicon: Lexicon) -> int | None:
    """Where a name of two words or more begins, at most three plain words ahead."""
    for i in range(start, min(start + _EPITHET + 1, len(toks))):
        if CLAUSE.search(toks[i].gap.strip('"“” ')):
            return None
        end = _name_end(toks, i)
        if toks[i].capital and end > i and toks[i].folded not in lexicon.calendar:
            return None if _describes(toks, end, lexicon) else i
        if toks[i].folded in lexicon.stopwords | lexicon.generic_units:
            return None
    return None


def _years(written: str, lexicon: Lexicon) -> float:
    """An age in digits or words ("four", "twenty-one"); 0 where it is neither."""
    parts = written.split("-")
    known = all(part in lexicon.numbers for part in parts)
    return float(written) if written.isdecimal() else sum(lexicon.numbers[p] for p in parts) if known else 0.0


def _person_ahead(toks: list[Token], start: int, lexicon: Lexicon) -> str:
    """The word for a person right behind an age: "4-year-old boy", "4-year-old local boy"; "" where a name follows."""
    for i in range(start, min(start + 2, len(toks))):
        if toks[i].capital or CLAUSE.search(toks[i].gap) or toks[i].folded in lexicon.stopwords:
            return ""
        if person(toks[i].folded, lexicon) == toks[i].folded:
            return toks[i].folded
    return ""


def _describes(toks: list[Token], end: int, lexicon: Lexicon) -> bool:
    """Whether a name only tells which person is meant: "the 26-year-old Lisk Marathon bombing suspect"."""
    for tok in toks[end + 1 : end + 1 + _EPITHET]:
        if tok.capital or CLAUSE.search(tok.gap) or tok.folded in lexicon.stopwords | lexicon.measures.keys():
            return False
        if person(tok.folded, lexicon):
            return True
    return False


def _name_end(toks: list[Token], first: int) -> int:
    last = first
    while (
        last + 1 < len(toks)
        and toks[last + 1].capital
        and not toks[last + 1].gap.strip("\"“”'‘’. ")
        and ("." not in toks[last + 1].gap or len(toks[last].word) == 1)
    ):
        last += 1
    return last


def _before(sentence: str, toks: list[Token], age: int, lexicon: Lexicon) -> str:
    """The name that the number behind it gives an age to, or ""."""
    gap, prior, behind = toks[age].gap, toks[age - 1], sentence[toks[age].end : toks[age].end + 2]
    closes = not behind or behind[0] in ",;)." or behind in {" a", " o", " w"}
    last = age - 1
    if prior.folded in lexicon.figures.aged and age > 1 and "," in prior.gap:
        last = age - 2
    elif not closes or not (gap == ", " or gap.endswith("(") or gap == "., "):
        return ""
    if not toks[last].capital:
        return ""
    first = last
    while first and last - first < _LONGEST_NAME and toks[first - 1].capital and _within_name(toks, first):
        first -= 1
    while first < last and toks[first].folded in lexicon.stopwords:
        first += 1
    if toks[first].folded in lexicon.calendar or toks[last].folded in lexicon.calendar:
        return ""
    return sentence[toks[first].start : toks[last].end] if last > first else _shared_surname(toks, last, age)


def _within_name(toks: list[Token], i: int) -> bool:
    """Whether word `i` goes on the name before it: a space, a nickname's marks, the point of an initial or "Jr."."""
    gap = toks[i].gap
    plain = not gap.strip("\"“”'‘’ ")
    initial = gap.strip() == "." and len(toks[i - 1].word) == 1
    suffix = gap.strip() == "," and toks[i].folded in {"jr", "sr"}
    return plain or initial or suffix


def _shared_surname(toks: list[Token], first: int, age: int) -> str:
    """The surname of "Fred, 70, and Anna Holm, 47" for the first of them too; "" where the words are others."""
    ahead = toks[age + 1 : age + 4]
    listed = len(ahead) == 3 and ahead[0].folded == "and" and ahead[1].capital and ahead[2].capital
    if not listed or toks[first].quoted or age + 4 >= len(toks) or not toks[age + 4].word.isdecimal():
        return ""
    return f"{toks[first].word} {ahead[2].word}"


def listings(toks: list[Token], found: list[Number], lexicon: Lexicon) -> Iterator[Listing]:
    """Lists of people with what befell them: "a man and two children are dead", "killed her, her husband and a boy"."""
    starts = {n.first: n for n in found}
    if not any(t.folded in lexicon.measures for t in toks):
        return
    i = 0
    while i < len(toks):
        value, last = _list(i, toks, starts, lexicon)
        harm = _harm(i, last, toks, lexicon) if value else ""
        if harm:
            yield Listing(value, i, last, harm)
        i = last + 1 if harm else i + 1


def _list(first: int, toks: list[Token], starts: dict[int, Number], lexicon: Lexicon) -> tuple[float, int]:
    """The sum of a list from word `first` on and its last word; 0 for fewer than two members or no "and"."""
    member = _conjunct(first, toks, starts, lexicon)
    total, members, closed, named = (member.value if member else 0.0), 1, False, bool(member and member.name)
    last = member.last if member else first
    while member and not closed:
        here = _joint(last, toks)
        following = _conjunct(here, toks, starts, lexicon) if here else None
        if here is None or following is None:
            break
        closed = toks[here - 1].folded in {"and", "&"}
        apposed = member.name and following.article and not closed
        total, members = total + (0.0 if apposed else following.value), members + (not apposed)
        last, member, named = following.last, following, named and following.name
    # "Father, 2 Children Dead", "10 women, 7 men wounded": a headline does without "and".
    headline = member is not None and (toks[last].capital or member.number)
    return (total, last) if members > 1 and (closed or headline) and not named else (0.0, first)


def _joint(last: int, toks: list[Token]) -> int | None:
    """Where the next member of a list begins, behind a comma, a semicolon or "and"; an age between commas is passed."""
    here = last + 1
    aside = here + 1 < len(toks) and toks[here].word.isdecimal() and "," in toks[here].gap
    if aside and _MARK.match(toks[here + 1].gap):
        here += 1
    if here < len(toks) and toks[here].folded in {"and", "&"} and toks[here].gap.strip() in {"", ",", ";"}:
        return here + 1 if here + 1 < len(toks) else None
    return here if here < len(toks) and toks[here].gap.strip() in {",", ";"} else None


def _conjunct(i: int, toks: list[Token], starts: dict[int, Number], lexicon: Lexicon) -> Conjunct | None:
    if i >= len(toks):
        return None
    led = toks[i].folded in lexicon.figures.leads
    at = i + 1 if led and i + 1 in starts else i
    number = starts.get(at)
    if number and not number.symbol and number.value == int(number.value):
        noun = _noun(number.after, toks, lexicon, plural=number.value > 1)
        return Conjunct(number.value, noun, number=True) if noun is not None else None
    noun = _noun(i + 1 if led else i, toks, lexicon, plural=False) if led or toks[i].capital else None
    if noun is not None and (led or noun == i):
        return Conjunct(1.0, noun, article=toks[i].folded in lexicon.determiners)
    end = _name_end(toks, i)
    named = toks[i].capital and end > i and not {t.folded for t in toks[i : end + 1]} & lexicon.calendar
    return Conjunct(1.0, end, name=True) if named and end - i < _LONGEST_NAME else None


def _noun(start: int, toks: list[Token], lexicon: Lexicon, plural: bool) -> int | None:
    """The word for a person, in the asked number, at most four words ahead in the clause."""
    for i in range(start, min(start + _TO_NOUN, len(toks))):
        if i > start and CLAUSE.search(toks[i].gap):
            return None
        one = person(toks[i].folded, lexicon)
        if one and (toks[i].folded != one) == plural:
            return i
        if one or toks[i].folded in lexicon.stopwords - {"other", "others"}:
            return None
    return None


def person(folded: str, lexicon: Lexicon) -> str:
    """The singular of a noun for people, or ""."""
    known = lexicon.figures.persons
    one = lexicon.figures.plurals.get(folded) or (folded if folded in known else folded.removesuffix("s"))
    return one if one in known else ""


def _harm(first: int, last: int, toks: list[Token], lexicon: Lexicon) -> str:
    """The word that says what befell the people from `first` to `last`: behind its auxiliaries, or right before."""
    for i in range(last + 1, min(last + 1 + _TO_VERB, len(toks))):
        if CLAUSE.search(toks[i].gap):
            break
        if toks[i].folded in lexicon.measures:
            return toks[i].folded
        if toks[i].folded not in lexicon.auxiliaries | lexicon.perfect | lexicon.figures.fillers:
            break
    before = first - 2 if first > 1 and toks[first - 1].folded == "of" else first - 1
    spoken = before >= 0 and not CLAUSE.search(toks[first].gap)
    return toks[before].folded if spoken and toks[before].folded in lexicon.measures else ""
