"""Conflicts of words: what one speaker says and another denies, and opposite polarity on one question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim, content_stems
from briefing.stages.disputes.questions import Questions, one_per_holder
from briefing.stages.disputes.wording import MOST_POSITIONS, dispute
from briefing.stages.speakers import Token, same_speaker, tokens
from briefing.text import stem
from briefing.types import Dispute

# Share of the lighter sentence's weight that two claims must have in common to be about one question: little when a
# denial names whom it denies, more when it does not.
_TARGETED, _UNTARGETED, _SAME_QUESTION, _SAME_POLARITY = 0.2, 0.5, 0.4, 0.6
# Content words after a verb of denial that carry what is denied; later ones are circumstance.
_DENIED_WORDS = 6
_ENDS = re.compile(r"[,;:—–]|\s-\s")
# Words behind a negation among which stands what it negates.
_GOVERNED = 4


def denials(told: Sequence[Claim], question: Questions) -> list[Dispute]:
    """What one speaker says and another denies."""
    found: list[Dispute] = []
    used: set[tuple[str, int]] = set()
    for denial in (c for c in told if c.denies):
        rivals = sorted(
            (c for c in question.near(denied(denial, question.lexicon), 2) if _denied_by(c, denial, question)),
            key=lambda c: (
                not _names(denial, c),
                _one_side(c, denial),
                -_aimed(c, denial, question),
                c.article.id,
                c.sentence,
            ),
        )
        if not rivals or (denial.article.id, denial.sentence) in used:
            continue
        best = rivals[0]
        asked = denied(denial, question.lexicon) & best.content
        either = denial.content | best.content
        near = (c for c in question.near(either, 1) if c not in (denial, best))
        others = [c for c in near if _answers(c, asked, either, question)]
        holders = one_per_holder([best, denial, *rivals[1:], *others], question.lexicon, MOST_POSITIONS)
        if denial not in holders:
            continue
        used.update((c.article.id, c.sentence) for c in holders)
        found.append(dispute("denial", f"“{phrase(denial, asked, question.lexicon)}”", holders))
    return found


def _denied_by(claim: Claim, denial: Claim, question: Questions) -> bool:
    """Whether `denial` may be aimed at `claim`: another's words, on what is denied, named or near enough."""
    # Who negates it too agrees with the denial, and a question holds nothing.
    if claim.denies or claim.negated or _asks(claim) or not question.apart(claim, denial):
        return False
    # "Officials disputed the media reports": what they are about, the sentence does not say.
    if len((claim.content & denied(denial, question.lexicon)) - _empty(question.lexicon)) < 2:
        return False
    targeted = claim.speaker is not None and _mentions(denial, claim.speaker.name, question.lexicon)
    return _aimed(claim, denial, question) >= (_TARGETED if targeted else _UNTARGETED)


def _asks(claim: Claim) -> bool:
    return claim.text.rstrip("”’\"')").endswith("?")


@lru_cache(maxsize=16)
def _empty(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(stem(word) for word in lexicon.sayings)


def _aimed(claim: Claim, denial: Claim, question: Questions) -> float:
    """How much of what is denied the claim says, by weight, 0..1."""
    named = content_stems(claim.speaker.name, question.lexicon) if claim.speaker else frozenset[str]()
    focus = denied(denial, question.lexicon) - named - _empty(question.lexicon)
    whole = question.weight(focus)
    return question.weight(claim.content & focus) / whole if whole else 0.0


def denied(denial: Claim, lexicon: Lexicon) -> frozenset[str]:
    """The stems of what is denied: the words after a verb ("denied that ..."), before a predicate ("... was false")."""
    toks = tokens(denial.text)
    flat = [t.folded for t in toks]
    for phrase in lexicon.denial_verbs + lexicon.denial_predicates:
        cue = phrase.split()
        at = next((i for i in range(len(flat)) if flat[i : i + len(cue)] == cue), None)
        if at is not None:
            behind = _clause(toks[at + len(cue) :], denial)
            before = [s for t in toks[:at] if (s := stem(t.word)) in denial.content]
            return frozenset(before if phrase in lexicon.denial_predicates else behind[:_DENIED_WORDS])
    return denial.content


def _clause(toks: Sequence[Token], denial: Claim) -> list[str]:
    """The content stems up to the mark that ends the clause; one that follows right away opens an aside."""
    found: list[str] = []
    for tok in toks:
        if len(found) > 1 and _ENDS.search(tok.gap):
            break
        if stem(tok.word) in denial.content:
            found.append(stem(tok.word))
    return found


def _mentions(claim: Claim, name: str, lexicon: Lexicon) -> bool:
    """Whether all words of a speaker's name stand in the claim, whoever speaks it."""
    own = claim.speaker.holder if claim.speaker else ""
    return same_speaker(name, claim.text.replace(own, ""), lexicon) and len(tokens(name)) > 1


def _names(denial: Claim, claim: Claim) -> bool:
    """Whether the denial names the claim's speaker in the same words: then it is aimed there."""
    return claim.speaker is not None and claim.speaker.name in denial.text


def _one_side(claim: Claim, denial: Claim) -> bool:
    """Whether both speakers are of one name: "China's government", "spokesman for China's Foreign Ministry"."""
    names = [c.speaker.name if c.speaker else "" for c in (claim, denial)]
    left, right = ({stem(t.word) for t in tokens(name) if t.capital} for name in names)
    return bool(left & right)


def _answers(claim: Claim, asked: frozenset[str], either: frozenset[str], question: Questions) -> bool:
    """Whether another speaker's claim answers the disputed question too, or says that accounts of it differ."""
    if claim.speaker is None or _asks(claim):
        return False
    if claim.differs:
        return bool(claim.content & either)
    shared = claim.content & asked
    return len(shared) > 1 and question.weight(shared) >= _SAME_QUESTION * question.weight(asked)


def opposites(told: Sequence[Claim], question: Questions, known: Sequence[Dispute]) -> list[Dispute]:
    """Pairs that say nearly the same words, one of them with a negation, from different speakers or origins."""
    cited = {(c.article, c.sentence) for d in known for p in d.positions for c in p.statement.citations}
    found: list[Dispute] = []
    for a in (c for c in told if c.negated and not c.denies):
        for b in (c for c in question.near(a.content, 3) if not c.negated and not c.denies):
            pair = {(a.article.id, a.sentence), (b.article.id, b.sentence)}
            if pair & cited or len(a.content & b.content) < 3 or not question.apart(a, b):
                continue
            if question.likeness(a, b) >= _SAME_POLARITY and _negates(a, b, question.lexicon):
                cited |= pair
                asked = a.content & b.content
                found.append(dispute("denial", f"“{phrase(a, asked, question.lexicon)}”", [b, a]))
    return found


def _negates(a: Claim, b: Claim, lexicon: Lexicon) -> bool:
    """Whether what the first sentence negates is what the second says: not "leaves no doubt", "had no comment"."""
    toks = tokens(a.text)
    flat = f" {' '.join(t.folded for t in toks)} "
    if any(f" {phrase} " in flat for phrase in lexicon.not_denials):
        return False
    for i, tok in enumerate(toks):
        if tok.folded in lexicon.negations:
            governed = [s for t in toks[i + 1 : i + 1 + _GOVERNED] if (s := stem(t.word)) in a.content]
            if governed and governed[0] in b.content:
                return True
    return False


def phrase(claim: Claim, asked: frozenset[str], lexicon: Lexicon) -> str:
    """Give the shortest run of a sentence's own words with most of the disputed stems, at most six words long."""
    toks = tokens(claim.text)
    hits = [bool(content_stems(t.word, lexicon) & asked) for t in toks]
    runs = [
        (-sum(hits[i:j]), j - i, i)
        for i in range(len(toks))
        for j in range(i + 1, min(i + 7, len(toks) + 1))
        if hits[i] and hits[j - 1] and not any(set(",;:") & set(t.gap) for t in toks[i + 1 : j])
    ]
    if not runs:
        return " ".join(t.word for t in toks[:6])
    _, length, first = min(runs)
    return claim.text[toks[first].start : toks[first + length - 1].end]
