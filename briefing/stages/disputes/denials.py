"""Denials: what one speaker says and another says is not so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim, content_stems
from briefing.stages.disputes.denied import answers_a_saying, denied, empty, names_nothing
from briefing.stages.disputes.questions import Questions, one_per_holder
from briefing.stages.disputes.wording import MOST_POSITIONS, dispute, phrase
from briefing.stages.names import POSSESSIVE
from briefing.stages.speakers import same_name, same_speaker, tokens
from briefing.text import stem
from briefing.types import Dispute

# Share of the lighter sentence's weight that two claims must have in common to be about one question: little when a
# denial names whom it denies, more when it does not.
_TARGETED, _UNTARGETED, _SAME_QUESTION = 0.2, 0.5, 0.6
# The same for two claims that one side denies, to be one question.
_ONE_QUESTION = 0.35
# How many sentences before it a denial that names nothing ("denied the report") may point back over.
_BACK = 6
# A sentence of fewer content words tells no account.
_FEWEST = 3


def denials(told: Sequence[Claim], question: Questions) -> list[Dispute]:
    """What one speaker says and another denies."""
    found: list[Dispute] = []
    settled: list[tuple[Claim, Claim]] = []
    used: set[tuple[str, int]] = set()
    by_article = {key: list(group) for key, group in groupby(told, key=lambda c: c.article.id)}
    for denial in (c for c in told if c.denies and (c.article.id, c.sentence) not in used):
        rivals = _rivals(denial, by_article[denial.article.id], question)
        if not rivals:
            continue
        best, pointed = rivals[0], names_nothing(denial, question.lexicon)
        asked = best.content if pointed else denied(denial, question.lexicon) & best.content
        either = denial.content | best.content
        near = (c for c in question.near(either, 1) if c not in (denial, best))
        others = [c for c in near if _answers(c, asked, either, question)]
        holders = one_per_holder([best, denial, *rivals[1:], *others], question.lexicon, MOST_POSITIONS)
        if denial not in holders or any(_one_question(best, denial, *known, question) for known in settled):
            continue
        settled.append((best, denial))
        used.update((c.article.id, c.sentence) for c in holders)
        found.append(dispute("denial", f"“{phrase(best if pointed else denial, asked, question.lexicon)}”", holders))
    return found


def _one_question(claim: Claim, denial: Claim, known: Claim, known_denial: Claim, question: Questions) -> bool:
    """Whether a denial is one more of a side that has denied the like of this claim already."""
    shared = question.weight(claim.content & (known.content | known_denial.content))
    like = shared >= _ONE_QUESTION * min(question.weight(claim.content), question.weight(known.content))
    return like and _allied(denial, known_denial, question.lexicon)


def _allied(a: Claim, b: Claim, lexicon: Lexicon) -> bool:
    """Whether two speakers are of one side by name: "China", "Chinese officials", "China's foreign ministry"."""
    if a.speaker is None or b.speaker is None:
        return a.article.origin == b.article.origin
    names = [[POSSESSIVE.sub("", t.folded) for t in tokens(c.speaker.name) if t.capital] for c in (a, b) if c.speaker]
    same = any(same_name(x, y, lexicon) for x in names[0] for y in names[1])
    return same or same_speaker(a.speaker.name, b.speaker.name, lexicon)


def _rivals(denial: Claim, article: Sequence[Claim], question: Questions) -> list[Claim]:
    """What a denial may be aimed at, the likeliest first; `article` holds the claims of its own."""
    if names_nothing(denial, question.lexicon):
        return [c for c in [_pointed_at(denial, article, question)] if c]
    listed = (c for c in question.near(denied(denial, question.lexicon), 2) if _denied_by(c, denial, question))
    return sorted(
        listed,
        key=lambda c: (
            not _names(denial, c),
            _one_side(c, denial),
            -_aimed(c, denial, question),
            c.article.id,
            c.sentence,
        ),
    )


def _pointed_at(denial: Claim, article: Sequence[Claim], question: Questions) -> Claim | None:
    """The account right before such a denial, of the denier by name if there is one: what it points back to."""
    if denial.speaker is None:
        return None
    before = [c for c in article if denial.sentence - _BACK <= c.sentence < denial.sentence]
    told = [c for c in reversed(before) if _gives_account(c, denial, question.lexicon)]
    if not answers_a_saying(denial, question.lexicon):
        # "Denied any wrongdoing" answers who accuses, not whoever spoke.
        told = [c for c in told if _accuses(c, question.lexicon)]
    close = [c for c in told if c.sentence == denial.sentence - 1 and (c.speaker or _accuses(c, question.lexicon))]
    return next((c for c in told if _speaks_of(c, denial, question.lexicon)), next(iter(close), None))


def _gives_account(claim: Claim, denial: Claim, lexicon: Lexicon) -> bool:
    """Whether a sentence tells an account that is somebody's: another's words, or what is only alleged."""
    if claim.denies or claim.negated or _asks(claim) or len(claim.content) < _FEWEST:
        return False
    if claim.speaker and denial.speaker:
        return not same_speaker(claim.speaker.name, denial.speaker.name, lexicon) and not _one_side(claim, denial)
    accounts = lexicon.stances.accounts
    return _accuses(claim, lexicon) or any(t.folded in accounts for t in tokens(claim.text))


def _accuses(claim: Claim, lexicon: Lexicon) -> bool:
    words = lexicon.accusing | lexicon.allegations
    return any(t.folded in words for t in tokens(claim.text))


def _speaks_of(claim: Claim, denial: Claim, lexicon: Lexicon) -> bool:
    """Whether a sentence names the denier or its country: "Russian ships", denied by "the Russian foreign ministry"."""
    own = claim.speaker.holder if claim.speaker else ""
    named = {t.folded for t in tokens(claim.text.replace(own, "")) if t.capital}
    denier = {t.folded for t in tokens(denial.speaker.name if denial.speaker else "") if t.capital}
    bare = [[POSSESSIVE.sub("", word) for word in side] for side in (named, denier - lexicon.speaker_nouns)]
    return any(same_name(a, b, lexicon) for a in bare[0] for b in bare[1])


def _denied_by(claim: Claim, denial: Claim, question: Questions) -> bool:
    """Whether `denial` may be aimed at `claim`: another's words, on what is denied, named or near enough."""
    # Who negates it too agrees with the denial, and a question holds nothing.
    if claim.denies or claim.negated or _asks(claim) or not question.apart(claim, denial):
        return False
    # "Officials disputed the media reports": what they are about, the sentence does not say.
    if len((claim.content & denied(denial, question.lexicon)) - empty(question.lexicon)) < 2:
        return False
    targeted = claim.speaker is not None and _mentions(denial, claim.speaker.name, question.lexicon)
    return _aimed(claim, denial, question) >= (_TARGETED if targeted else _UNTARGETED)


def _asks(claim: Claim) -> bool:
    return claim.text.rstrip("”’\"')").endswith("?")


def _aimed(claim: Claim, denial: Claim, question: Questions) -> float:
    """How much of what is denied the claim says, by weight, 0..1."""
    named = content_stems(claim.speaker.name, question.lexicon) if claim.speaker else frozenset[str]()
    focus = denied(denial, question.lexicon) - named - empty(question.lexicon)
    whole = question.weight(focus)
    return question.weight(claim.content & focus) / whole if whole else 0.0


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
