"""Names and speakers: not in the source, in the place of another, or given another's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from briefing.lexicon import Lexicon
from briefing.stages.checks.grounds import Grounds, pair
from briefing.stages.checks.reading import Unit, places
from briefing.stages.names import POSSESSIVE, can_speak
from briefing.stages.speakers import same_speaker, speaker
from briefing.stages.tokens import tokens
from briefing.text import fold, words
from briefing.types import Statement

# A verb of speech and its subject are rarely further apart than a name and its title.
_BESIDE = 3
_OPENS = re.compile(r"[.!?:]\s+|[“\"«]")


def name_not_in_source(statement: Statement, grounds: Grounds) -> bool:
    """A word written like a name, not opening a sentence, that stands in no cited article.

    That the name stand near the cited sentences tells nothing: on SummEdits true statements failed it as often.
    """
    return grounds.names_tell(statement) and bool(_strange_capitals(statement, grounds))


def name_not_checked(statement: Statement, grounds: Grounds) -> bool:
    """A word in capitals that stands in no cited article, where it may be a noun, or the translation of a name."""
    return not grounds.names_tell(statement) and bool(_strange_capitals(statement, grounds))


def _strange_capitals(statement: Statement, grounds: Grounds) -> set[str]:
    cited = frozenset[str]().union(*(_vocabulary(grounds.text(c)) for c in statement.citations))
    opening = {words(part)[0] for part in _OPENS.split(statement.text) if words(part)}
    return {w for w in _parts(statement.text) if w[0].isupper() and w not in opening and fold(w) not in cited}


@lru_cache(maxsize=256)
def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(fold(w) for w in _parts(text))


def _runs(text: str) -> list[str]:
    """Runs of words in capitals; one word alone that opens a sentence may be any."""
    found = re.finditer(r"[^\W\d_a-z][\w’'.-]*(?:\s[^\W\d_a-z][\w’'.-]*)*", text)
    opening = {0, *(m.end() for m in _OPENS.finditer(text))}
    return [m[0] for m in found if " " in m[0] or m.start() not in opening]


def _parts(text: str) -> list[str]:
    """Words with hyphenated compounds and possessives taken apart."""
    return [p for w in words(text) for p in re.split(r"[-–]|['’]s$", w) if p]


def name_out_of_place(statement: Statement, grounds: Grounds) -> bool:
    """A name where the source, in the same words, has another one or none of its own."""
    beside = pair(statement, grounds)
    if beside is None or not grounds.names_tell(statement):
        return False
    held = {u.key for u in beside.held.units}
    return any(
        bool(told := _names(p.told, beside.lexicon))
        and bool(_names(p.held, beside.lexicon))
        and not {u.key for u in told} & {u.key for u in p.held}
        and not {u.key for u in told} <= held
        for p in places(beside.told, beside.held)
    )


def _names(units: Iterable[Unit], lexicon: Lexicon) -> tuple[Unit, ...]:
    return tuple(u for u in units if u.named and u.content and not u.figure and u.folded not in lexicon.calendar)


def speaker_differs(statement: Statement, grounds: Grounds) -> bool:
    """Words given to a speaker whom no cited sentence has as its own."""
    beside = pair(statement, grounds)
    if beside is None:
        return False
    said = speaker(statement.text, beside.lexicon)
    # "The company", "officials": which, the statement may have told before.
    if said is None or said.anaphoric or not any(w[0].isupper() for w in words(said.name)):
        return False
    if any(_speaks(said.name, c.quote, beside.lexicon) for c in statement.citations):
        return False
    held = [c.speaker for c in grounds.cited(statement) if c.speaker]
    if not held:
        return fold(words(said.name)[-1]) not in {fold(w) for text in grounds.near(statement) for w in _parts(text)}
    return not any(_one(said.name, name, beside.lexicon) for s in held for name in (s.name, s.via) if name)


def _speaks(name: str, sentence: str, lexicon: Lexicon) -> bool:
    """Whether a name stands right beside a verb of speech in a sentence, or behind "according to"."""
    toks, last = tokens(sentence), fold(words(name)[-1])
    verbs = (
        lexicon.reporting_verbs | lexicon.weak_verbs | {phrase.split()[-1] for phrase in lexicon.attribution_phrases}
    )
    return any(
        POSSESSIVE.sub("", tok.folded) == last
        and bool(verbs & {t.folded for t in toks[max(0, i - _BESIDE) : i + _BESIDE + 1]})
        for i, tok in enumerate(toks)
    )


def _one(told: str, held: str, lexicon: Lexicon) -> bool:
    """Whether two holders are one, or share a word of their names that is no office."""
    left, right = ({fold(w) for w in words(name)} - lexicon.stopwords for name in (told, held))
    bare = [{w for w in side if not can_speak(w, lexicon)} or side for side in (left, right)]
    return bool(bare[0] & bare[1]) or same_speaker(told, held, lexicon)


def allegation_unattributed(statement: Statement, grounds: Grounds) -> bool:
    """A deed laid to a named person as a fact, though the cited sentence says who alleges it, or that it is alleged."""
    beside = pair(statement, grounds)
    if beside is None:
        return False
    lexicon = beside.lexicon
    guarded = lexicon.accusing | lexicon.hedges | lexicon.reporting_verbs
    told, held = ({u.folded for u in reading.units} for reading in (beside.told, beside.held))
    deed = told & lexicon.allegations and not told & guarded and held & guarded
    named = any(len(run.split()) > 1 for run in _runs(statement.text))
    return bool(deed) and named and speaker(statement.text, lexicon) is None
