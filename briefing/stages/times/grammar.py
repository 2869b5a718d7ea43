"""The forms of one language compiled: one pattern finds every time of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from briefing.lexicon import DateWords, Lexicon
from briefing.stages.times.days import Slots, Tense
from briefing.text import fold

_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_SLOT = re.compile(r"<(\w+)>")
_DIGITS = {
    "day": r"[0-3]?\d(?!\d)", "until": r"[0-3]?\d(?!\d)", "number": r"[01]?\d", "year": r"(?:1[89]|2[01])\d\d",
    "either": r"[0-3]?\d", "or": r"[0-3]?\d", "hour": r"[0-2]?\d", "minute": r"[0-5]\d",
}  # fmt: skip
# "2031-04-25", "25.04.2031", "25/04/2031" are no language's own; not within addresses or longer numbers.
_DIGIT_FORMS = (
    r"(?<![./:])<year>-<number>-<day>(?![/-])",
    r"(?<![./:])<either>[./]<or>[./]<year>(?![/-])",
)


class Grammar(NamedTuple):
    """The compiled resources of a language; `said_before` and `said_after` a time tell the time of a saying."""

    words: DateWords
    numbers: Mapping[str, float]
    tenses: Mapping[str, Tense]
    forms: re.Pattern[str]
    clock_before: re.Pattern[str]
    clock_after: re.Pattern[str]
    towards: re.Pattern[str]
    parts: re.Pattern[str]
    said_before: re.Pattern[str]
    said_after: re.Pattern[str]


@lru_cache(maxsize=8)
def grammar_of(lexicon: Lexicon | None) -> Grammar:
    """The grammar of a language; without a lexicon it knows dates in digits."""
    words, numbers = (lexicon.dates, lexicon.numbers) if lexicon else (DateWords(), {})
    verbs, nouns = (
        (lexicon.reporting_verbs, lexicon.statement_nouns) if lexicon else (frozenset[str](), frozenset[str]())
    )
    patterns = _patterns(words, numbers)
    forms, clock = _compiled((*words.forms, *_DIGIT_FORMS), patterns), _compiled(words.clock_forms, patterns)
    link = rf"[\s,(]+(?:{_any(words.links)}[\s,(]+)*"
    tenses: dict[str, Tense] = dict.fromkeys(verbs, "")
    return Grammar(
        words=words,
        numbers=numbers,
        tenses=tenses | dict.fromkeys(words.behind, "past") | dict.fromkeys(words.ahead, "future"),
        forms=re.compile(rf"(?<![\w-])(?:{_any(words.names)}|{forms})(?!\w|[.,:]\d)"),
        clock_before=re.compile(rf"(?<![\w.:])(?P<clock>{clock}){link}$"),
        clock_after=re.compile(rf"{link}(?:{clock})(?!\w)"),
        towards=re.compile(rf"\b{_any(words.towards)}(?:\s\w{{1,3}})?\s$"),
        parts=re.compile(_any(words.parts)),
        said_before=re.compile(rf"\b{_any(verbs | nouns)}(?:\s\w+){{0,2}}\s*$"),
        said_after=re.compile(rf"\s{_any(verbs)}\b"),
    )


def slots_of(match: re.Match[str]) -> Slots:
    """The slots a match fills and the words in them."""
    return {group.rpartition("_")[0]: word for group, word in match.groupdict().items() if word}


def flat(text: str) -> str:
    """Folded text with every character at its place."""
    return _NON_ASCII.sub(_folded_character, text).lower()


def _folded_character(match: re.Match[str]) -> str:
    folded = fold(match[0])
    return folded if len(folded) == 1 else match[0]


def _patterns(words: DateWords, numbers: Mapping[str, float]) -> dict[str, str]:
    slots: dict[str, Iterable[str]] = {
        "weekday": words.weekdays, "month": [*words.months, *words.short_months], "whole_month": words.months,
        "relative": words.days, "part": words.parts, "unit": words.units, "shift": words.shifts, "bound": words.bounds,
        "weekend": [word for word, unit in words.units.items() if unit == "weekend"], "feast": words.feasts,
        "half": words.halves, "named": words.hours,
    }  # fmt: skip
    counts = rf"(?:\d{{1,3}}|{_any([*words.counts, *numbers])})"
    return _DIGITS | {"count": counts} | {slot: _any(listed) for slot, listed in slots.items()}


def _compiled(forms: Iterable[str], patterns: Mapping[str, str]) -> str:
    """Forms as the alternatives of one pattern, each slot a group of its name and the form's number."""
    return "|".join(_form(form.replace(" ", r"\s"), i, patterns) for i, form in enumerate(forms)) or _any(())


def _form(form: str, number: int, patterns: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda slot: f"(?P<{slot[1]}_{number}>{patterns[slot[1]]})", form)


def _any(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; of none, one that matches nowhere."""
    listed = [re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=lambda word: (-len(word), word))]
    return f"(?:{'|'.join(listed)})" if listed else "(?!)"
