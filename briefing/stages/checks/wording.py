"""The wording beside the source's: polarity, direction, hedges, and words that stand for nothing in it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from briefing.lexicon import Lexicon
from briefing.stages.checks.grounds import Grounds, Pair, pair, quoted
from briefing.stages.checks.reading import Place, places
from briefing.stages.claims import content_stems, denies
from briefing.stages.tokens import Token, tokens
from briefing.text import stem, words
from briefing.types import Statement

# Content words behind a negation, and behind a hedge, that it governs.
_GOVERNED, _HEDGED = 3, 2
# Share of a statement's content stems that must stand in what it cites. A quarter and a seventh withhold fewer true
# summaries of long talks (SummEdits +.01), but let short inventions about known names pass.
_SUPPORT, _PLAIN_SUPPORT = 0.34, 0.2
_FEW = 2
# A phrase: what was left out beyond this was cut, not reworded.
_PHRASE = 8


def little_support(statement: Statement, grounds: Grounds) -> bool:
    """Hardly a word of the statement stands in the sentences it cites."""
    lexicon = grounds.lexicon(statement)
    if lexicon is None or statement.text in quoted(statement):
        return False
    told, held = content_stems(statement.text, lexicon), content_stems(quoted(statement), lexicon)
    # The whole story shares its names: what is said of them needs support of its own.
    plain = told - {stem(w) for w in words(statement.text)[1:] if w[0].isupper()}
    return not told & held or _lacks(told, held, _SUPPORT) or _lacks(plain, held, _PLAIN_SUPPORT)


def _lacks(told: frozenset[str], held: frozenset[str], share: float) -> bool:
    return len(told) >= _FEW and len(told & held) < share * len(told)


def negation_differs(statement: Statement, grounds: Grounds) -> bool:
    """What the cited sentences deny is told as so, or what they say is told as not so."""
    beside = pair(statement, grounds)
    return beside is not None and (_turned_in_place(beside) or _turned(statement, beside.lexicon))


def _turned_in_place(beside: Pair) -> bool:
    """Whether a negation stands, or stands no more, between words that agree."""
    cues = beside.lexicon.negations
    both = cues | beside.lexicon.near_negations | {verb for verb in beside.lexicon.denial_verbs if " " not in verb}
    found = places(beside.told, beside.held)
    # A negation that stands in another place than the source's turns nothing round.
    own = [u.folded for place in found for u in place.told]
    source = [u.folded for place in found if len(place.held) <= _PHRASE for u in place.held]
    more, fewer = _count(own, cues) > _count(source, both), _count(own, both) < _count(source, cues)
    for place in found:
        told, held = ({u.folded for u in side} for side in (place.told, place.held))
        put_in = more and told & cues and not held & both
        left_out = fewer and held & cues and not told & both and len(place.held) <= _GOVERNED
        if put_in or left_out:
            return True
    return False


def _count(folded: list[str], among: frozenset[str]) -> int:
    return sum(word in among for word in folded)


def _turned(statement: Statement, lexicon: Lexicon) -> bool:
    """The same wherever the words stand."""
    said = content_stems(statement.text, lexicon)
    if _negates(statement.text, lexicon):
        source = content_stems(quoted(statement), lexicon)
        own = (*_governed(statement.text, lexicon.negations, lexicon), _denied(statement.text, lexicon))
        return not any(_negative(c.quote, lexicon) for c in statement.citations) and any(g & source for g in own)
    # A word like "failed" may turn a sentence round, or not: no ground for either fault.
    if _negative(statement.text, lexicon):
        return False
    return any(
        governed <= said
        for c in statement.citations
        for governed in (*_governed(c.quote, lexicon.negations, lexicon), _denied(c.quote, lexicon))
        if governed
    )


def direction_differs(statement: Statement, grounds: Grounds) -> bool:
    """A word in the place of its opposite: rose and fell, before and after, exports and imports."""
    beside = pair(statement, grounds)
    if beside is None:
        return False
    sides = _sides(beside.lexicon)
    return any(_opposed(p, sides) or _prefixed(p, beside.lexicon) for p in places(beside.told, beside.held))


@lru_cache(maxsize=16)
def _sides(lexicon: Lexicon) -> dict[str, frozenset[tuple[int, int]]]:
    """For each word, the pairs of opposites it stands in, and on which side."""
    found: dict[str, frozenset[tuple[int, int]]] = {}
    for number, pair_of in enumerate(lexicon.opposites):
        for side, listed in enumerate(pair_of):
            for word in listed.split():
                found[word] = found.get(word, frozenset()) | {(number, side)}
    return found


def _opposed(place: Place, sides: dict[str, frozenset[tuple[int, int]]]) -> bool:
    told, held = (
        frozenset[tuple[int, int]]().union(*(sides.get(u.folded, frozenset()) for u in units))
        for units in (place.told, place.held)
    )
    return any((number, 1 - side) in held and (number, side) not in held for number, side in told)


def _prefixed(place: Place, lexicon: Lexicon) -> bool:
    """Whether a word differs from the other side's by a prefix that negates it."""
    told, held = ({u.folded for u in units} for units in (place.told, place.held))
    pairs = ((a, b) for side, other in ((told, held), (held, told)) for a in side for b in other)
    return any(a == prefix + b for a, b in pairs for prefix in lexicon.negating_prefixes)


def hedge_dropped(statement: Statement, grounds: Grounds) -> bool:
    """What every cited sentence gives as possible or alleged is told as so."""
    lexicon = grounds.lexicon(statement)
    if lexicon is None or not statement.citations or _hedged(statement.text, lexicon):
        return False
    said = content_stems(statement.text, lexicon)
    hedged = (_governed(c.quote, lexicon.hedges, lexicon, _HEDGED) for c in statement.citations)
    return all(any(g and all(_told(w, said) for w in g) for g in governed) for governed in hedged)


def _told(word: str, said: frozenset[str]) -> bool:
    """Whether a stem is among others, or is a longer or shorter form of one: "hid", "hidden"."""
    return any(word.startswith(w) or w.startswith(word) for w in said)


def _negates(text: str, lexicon: Lexicon) -> bool:
    return denies(text, lexicon, quoted=True) or any(t.folded in lexicon.negations for t in tokens(text))


def _negative(text: str, lexicon: Lexicon) -> bool:
    return _negates(text, lexicon) or any(t.folded in lexicon.near_negations for t in tokens(text))


def _hedged(text: str, lexicon: Lexicon) -> bool:
    return any(t.folded in lexicon.hedges for t in tokens(text))


def _governed(text: str, cues: frozenset[str], lexicon: Lexicon, most: int = _GOVERNED) -> Iterable[frozenset[str]]:
    """For each cue word, the stems of the content words right behind it."""
    toks = tokens(text)
    for i, tok in enumerate(toks):
        if tok.folded in cues:
            yield _stems_of(toks[i + 1 :], lexicon, most)


def _denied(text: str, lexicon: Lexicon) -> frozenset[str]:
    """The stems right behind a verb of denial."""
    toks = tokens(text)
    verbs = {verb for verb in lexicon.denial_verbs if " " not in verb}
    at = next((i for i, t in enumerate(toks) if t.folded in verbs), None)
    return frozenset() if at is None else _stems_of(toks[at + 1 :], lexicon)


def _stems_of(toks: list[Token], lexicon: Lexicon, most: int = _GOVERNED) -> frozenset[str]:
    skip = lexicon.stopwords | lexicon.reporting_verbs | lexicon.calendar
    kept = [t.folded for t in toks if t.folded not in skip and len(t.folded) > 2 and not t.folded[0].isdigit()]
    return frozenset(stem(lexicon.variants.get(w, w)) for w in kept[:most])
