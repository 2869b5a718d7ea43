"""What a sentence of denial denies, or that it leaves it to the sentences before it ("denied the report")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim, content_stems
from briefing.stages.speakers import Token, tokens
from briefing.text import stem

# Content words after a verb of denial that carry what is denied; later ones are circumstance.
_DENIED_WORDS = 6
# So far behind the verb may stand what was said ("the Herald's earlier claims"), and the "that" of what it says.
_TO_SAYING, _TO_THAT = 5, 14
_ENDS = re.compile(r"[,;:—–]|\s-\s")


def denied(denial: Claim, lexicon: Lexicon) -> frozenset[str]:
    """The stems of what is denied: the words after a verb ("denied that ..."), before a predicate ("... was false")."""
    toks = tokens(denial.text)
    flat = [t.folded for t in toks]
    for phrase in lexicon.denial_verbs + lexicon.denial_predicates:
        cue = phrase.split()
        at = next((i for i in range(len(flat)) if flat[i : i + len(cue)] == cue), None)
        if at is not None:
            # "Denying he was there, he went home": a clause that opens the sentence ends at its first mark.
            most = 0 if at == 0 else 1
            behind = _clause(_said(toks[at + len(cue) :], lexicon), denial, most, lexicon)
            before = [s for t in toks[:at] if (s := stem(t.word)) in denial.content]
            near = before[-_DENIED_WORDS:] if phrase in lexicon.denial_predicates else behind[:_DENIED_WORDS]
            return frozenset(near)
    return denial.content


def answers_a_saying(denial: Claim, lexicon: Lexicon) -> bool:
    """Whether what is denied is a saying: "the report", not "any wrongdoing"."""
    toks = tokens(denial.text)
    at = next((i for i, t in enumerate(toks) if t.folded in _verbs(lexicon)), len(toks))
    return any(t.folded in lexicon.sayings for t in toks[at : at + 1 + _TO_SAYING])


@lru_cache(maxsize=16)
def _verbs(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(phrase.split()[0] for phrase in lexicon.denial_verbs) - lexicon.stopwords


def _said(toks: Sequence[Token], lexicon: Lexicon) -> Sequence[Token]:
    """The words behind a verb of denial from where they tell what is denied.

    "The claim in a letter that he lied" begins behind "that", "the reports of a raid" behind "of"; "the allegations in
    a letter" tell nothing.
    """
    noun = next((i for i, t in enumerate(toks[:_TO_SAYING]) if t.folded in lexicon.sayings), None)
    if any(_ENDS.search(t.gap) for t in toks[1 : (noun or 0) + 1]):
        noun = None
    after = 0 if noun is None else noun + 1
    here = toks[after] if after < len(toks) else None
    if here is None or not (
        here.folded in lexicon.ties | lexicon.leads or (noun is not None and _ENDS.search(here.gap))
    ):
        return toks[after:]
    if noun is not None and here.folded in lexicon.saying_links and not _ENDS.search(here.gap):
        return toks[after + 1 :]
    that = next((i for i, t in enumerate(toks[:_TO_THAT]) if t.folded == "that" and i >= after), None)
    return toks[that + 1 :] if that is not None else [] if noun is not None else toks


def _clause(toks: Sequence[Token], denial: Claim, most: int, lexicon: Lexicon) -> list[str]:
    """The content stems up to the mark that ends the clause, to "and said" or to "as (utterly) baseless".

    A mark behind no more than `most` of them opens an aside.
    """
    found: list[str] = []
    for i, tok in enumerate(toks):
        says = i > 0 and toks[i - 1].folded == "and" and tok.folded in lexicon.reporting_verbs | lexicon.weak_verbs
        judges = any(f"{tok.folded} {t.folded}" in lexicon.denial_predicates for t in toks[i + 1 : i + 4])
        if says or judges or (len(found) > most and _ENDS.search(tok.gap)):
            break
        if stem(tok.word) in denial.content:
            found.append(stem(tok.word))
    return found


def names_nothing(denial: Claim, lexicon: Lexicon) -> bool:
    """Whether a denial says only that something is denied: "denied the report", "denied any wrongdoing"."""
    named = content_stems(denial.speaker.name, lexicon) if denial.speaker else frozenset[str]()
    vague = answers_a_saying(denial, lexicon) or unspecific(denial, lexicon)
    return vague and not denied(denial, lexicon) - named - empty(lexicon)


@lru_cache(maxsize=16)
def empty(lexicon: Lexicon) -> frozenset[str]:
    """Stems that say nothing of what is denied."""
    return frozenset(stem(word) for word in lexicon.sayings | lexicon.unspecific)


def unspecific(denial: Claim, lexicon: Lexicon) -> bool:
    """Whether a share in something is denied, not the thing: "any involvement in the raid", "knowledge of it"."""
    return bool(denied(denial, lexicon) & frozenset(stem(word) for word in lexicon.unspecific))
