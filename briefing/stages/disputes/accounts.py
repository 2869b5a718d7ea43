"""Accounts of an event: who or what brought it about, as one sentence's speaker has it.

The forms stand in the lexicon (`AccountWords`): "<cause> caused <event>", "accused <doer> of <event>". What fills a
slot is the run of words up to a mark or the end of the clause. An account that is hedged, negated, asked about or said
to be one of several is none: it holds nothing that another could contradict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim, content_stems
from briefing.stages.names import can_speak
from briefing.stages.speakers import Token, tokens
from briefing.text import fold, stem

Slot = Literal["event", "cause", "doer"]
Run = tuple[int, int]

_SLOT = re.compile(r"<(event|cause|doer)>")
_BREAK = re.compile(r"[,;:()\[\]—–“”\"!?]|\s-\s|\.\.|…")
# Words of one slot; a longer run is more than who, what or why.
_LONGEST = 12


class Account(NamedTuple):
    """What one sentence says brought an event about.

    `event` is the kind of event, `about` the stems of what it befell and where, `names` those of them written like
    names. `given` are the stems of the cause or doer, `doer` if somebody is meant. `said` and `asked` are the words of
    the sentence for the cause and for the event.
    """

    claim: Claim
    event: str
    about: frozenset[str]
    names: frozenset[str]
    given: frozenset[str]
    doer: bool
    said: str
    asked: str


class _Form(NamedTuple):
    """Words with two slots: `first`, if any, opens the form; `between` stands between the slots."""

    first: tuple[str, ...]
    left: Slot
    between: tuple[str, ...]
    right: Slot | None
    deed: bool = False


def accounts(claim: Claim, lexicon: Lexicon) -> Iterator[Account]:
    """The accounts of a sentence with a speaker; none where it is a question, a denial or leaves it open."""
    toks = tokens(claim.text)
    folded = {t.folded for t in toks}
    words = lexicon.accounts
    if claim.speaker is None or claim.denies or folded.isdisjoint(_cues(lexicon).keys()):
        return
    if claim.text.rstrip("”’\"')").endswith("?") or folded & (words.open_words | words.partial):
        return
    for word in sorted(folded & _cues(lexicon).keys()):
        for form in _cues(lexicon)[word]:
            for slots, at in _matches(form, toks, lexicon):
                account = _account(claim, toks, form, slots, at, lexicon)
                if account:
                    yield account


@lru_cache(maxsize=16)
def _forms(lexicon: Lexicon) -> tuple[_Form, ...]:
    """The forms of a language, those made of its deeds and purposes among them."""
    words = lexicon.accounts
    made = [_form(written) for written in words.forms]
    for deed in words.deeds:
        cue = tuple(deed.split())
        made.append(_Form((), "doer", cue, "event", deed=True))
        made.extend(_Form((), "event", (*cue, by), "doer", deed=True) for by in words.passives)
    made.extend(_Form((), "event", tuple(purpose.split()), None) for purpose in words.purposes)
    return tuple(made)


def _form(written: str) -> _Form:
    first, left, between, right, _ = (part.strip() for part in _SLOT.split(written))
    slots: dict[str, Slot] = {"event": "event", "cause": "cause", "doer": "doer"}
    return _Form(tuple(first.split()), slots[left], tuple(between.split()), slots[right])


@lru_cache(maxsize=16)
def _cues(lexicon: Lexicon) -> dict[str, list[_Form]]:
    """The forms by the longest word of each, which few sentences have."""
    found: dict[str, list[_Form]] = {}
    for form in _forms(lexicon):
        found.setdefault(max(form.first or form.between, key=len), []).append(form)
    return found


def _matches(form: _Form, toks: Sequence[Token], lexicon: Lexicon) -> Iterator[tuple[dict[Slot, Run], Run]]:
    """The runs that fill a form's slots, each with the run of all its words."""
    cue = form.first or form.between
    for i in range(len(toks) - len(cue) + 1):
        if toks[i].folded != cue[0] or not _stands(cue, toks, i):
            continue
        after = i + len(cue)
        if form.first:
            link = next((j for j in range(after + 1, len(toks)) if _stands(form.between, toks, j)), None)
            if link is None or link - after > _LONGEST or any(_BREAK.search(t.gap) for t in toks[after + 1 : link + 1]):
                continue
            left, after = (after, link), link + len(form.between)
        else:
            left = (_first(toks, i, lexicon), i)
        right = (after, _last(toks, after, lexicon))
        filled: dict[Slot, Run] = {form.left: left}
        if form.right:
            filled[form.right] = right
        if all(start < end for start, end in filled.values()):
            yield filled, (min(left[0], i), right[1] if form.right else after)


def _stands(cue: Sequence[str], toks: Sequence[Token], i: int) -> bool:
    here = toks[i : i + len(cue)]
    return [t.folded for t in here] == list(cue) and not any(_BREAK.search(t.gap) for t in here[1:])


def _first(toks: Sequence[Token], cue: int, lexicon: Lexicon) -> int:
    """Where the words before a cue begin: behind a mark, a reporting verb or the opener of their clause."""
    first = cue
    while first > 0 and cue - first < _LONGEST and not _BREAK.search(toks[first].gap):
        if _parts_clauses(toks[first - 1], lexicon):
            break
        first -= 1
    return first


def _last(toks: Sequence[Token], start: int, lexicon: Lexicon) -> int:
    """Where the words behind a cue end: before a mark, a reporting verb or the opener of another clause."""
    last = start
    while last < len(toks) and last - start < _LONGEST:
        if (last > start and _parts_clauses(toks[last], lexicon)) or _BREAK.search(toks[last].gap):
            break
        last += 1
    return last


def _parts_clauses(tok: Token, lexicon: Lexicon) -> bool:
    opener = tok.folded in lexicon.clause_openers - lexicon.ties - {"near", "inside", "outside", "on", "per"}
    return (opener or tok.folded in lexicon.reporting_verbs) and not tok.capital


def _account(
    claim: Claim, toks: Sequence[Token], form: _Form, slots: dict[Slot, Run], at: Run, lexicon: Lexicon
) -> Account | None:
    inside = [t.folded for t in toks[slice(*at)]]
    unsure = lexicon.hedges | lexicon.negations | lexicon.suppositions | lexicon.near_negations - {"missing"}
    passive = form.deed and form.left == "doer" and _passive(toks, slots["doer"][1], lexicon)
    event = _event(" ".join(form.between) if form.deed else "", toks[slice(*slots["event"])], lexicon)
    if passive or not event or unsure & set(inside):
        return None
    filled = slots.get("cause") or slots.get("doer") or (slots["event"][1], at[1])
    said, asked = _words(claim, toks, filled, lexicon), _words(claim, toks, slots["event"], lexicon)
    kind = {stem(word) for word in (*" ".join(_set_of(event, lexicon)).split(), *lexicon.accounts.light)}
    about = content_stems(asked, lexicon) - kind - _purpose(lexicon) - _numbers(lexicon)
    given = content_stems(said, lexicon) - kind - about if "doer" in slots or form.right else _purpose(lexicon)
    doer = "doer" in slots or _somebody(toks[slice(*filled)], lexicon)
    names = frozenset(stem(t.word) for t in toks[slice(*slots["event"])] if t.capital and t.start) & about
    named = given - {stem(word) for word in lexicon.accounts.vague}
    return Account(claim, event, about, names, named, doer, said, asked) if named else None


def _passive(toks: Sequence[Token], cue: int, lexicon: Lexicon) -> bool:
    """Whether the verb right behind is passive: "the pipeline was bombed in May" names no doer."""
    near = [t.folded for t in toks[max(0, cue - 2) : cue]]
    return bool(set(near) & lexicon.auxiliaries)


def _event(deed: str, slot: Sequence[Token], lexicon: Lexicon) -> str:
    """The kind of the event: that of the deed, or of the first words for one in its slot; "" if there is none."""
    if deed:
        verb = " ".join(word for word in deed.split() if word not in lexicon.accounts.passives)
        return _kinds(lexicon).get(verb, verb)
    listed = [t.folded for t in slot]
    spans = (" ".join(listed[i : i + size]) for i in range(len(listed)) for size in (3, 2, 1))
    return next((kind for span in spans if (kind := _kinds(lexicon).get(span))), "")


@lru_cache(maxsize=16)
def _kinds(lexicon: Lexicon) -> dict[str, str]:
    return {word: listed[0] for listed in reversed(lexicon.accounts.events) for word in listed}


def _set_of(event: str, lexicon: Lexicon) -> tuple[str, ...]:
    return next((listed for listed in lexicon.accounts.events if listed[0] == event), (event,))


@lru_cache(maxsize=16)
def _purpose(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(stem(word) for phrase in lexicon.accounts.purposes for word in phrase.split()) - {"on"}


@lru_cache(maxsize=16)
def _numbers(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(stem(word) for word in (*lexicon.numbers, *lexicon.scales))


def _somebody(slot: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether the head of a cause, before any "of" or "in", is a name or a noun for people."""
    tie = next((i for i, t in enumerate(slot) if i and t.folded in lexicon.ties), len(slot))
    head = slot[tie - 1]
    people = lexicon.accounts.vague.union(*lexicon.accounts.doers)
    return head.capital or head.folded in people or can_speak(head.folded, lexicon)


def _words(claim: Claim, toks: Sequence[Token], run: Run, lexicon: Lexicon) -> str:
    """A run of the sentence's own words without function words at its ends: "Red Lantern group"."""
    first, last = run
    plain = lexicon.stopwords - lexicon.times | lexicon.perfect
    while first < last - 1 and toks[first].folded in plain:
        first += 1
    while last - 1 > first and toks[last - 1].folded in plain:
        last -= 1
    return claim.text[toks[first].start : toks[last - 1].end]


def kinds_of_cause(account: Account, lexicon: Lexicon) -> frozenset[int]:
    """The kinds of cause an account's words belong to, by their place in the lexicon."""
    return _kinds_among(account, _stems_of(lexicon)[0])


def kinds_of_doer(account: Account, lexicon: Lexicon) -> frozenset[int]:
    """The kinds of people an account's words belong to, by their place in the lexicon."""
    return _kinds_among(account, _stems_of(lexicon)[1])


def _kinds_among(account: Account, sets: Sequence[frozenset[str]]) -> frozenset[int]:
    return frozenset(place for place, stems in enumerate(sets) if stems & account.given)


@lru_cache(maxsize=16)
def _stems_of(lexicon: Lexicon) -> tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...]]:
    causes, doers = (
        tuple(frozenset(stem(fold(word)) for word in kind) for kind in sets)
        for sets in (lexicon.accounts.causes, lexicon.accounts.doers)
    )
    return causes, doers
