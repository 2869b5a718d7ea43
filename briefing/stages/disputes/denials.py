"""Denials: what one speaker says and another says is not so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim, content_stems
from briefing.stages.disputes.denied import answers_a_saying, denied, empty, names_nothing, unspecific
from briefing.stages.disputes.questions import Questions, one_per_holder
from briefing.stages.disputes.wording import MOST_POSITIONS, dispute, phrase
from briefing.stages.names import POSSESSIVE
from briefing.stages.speakers import Token, same_name, same_speaker, tokens
from briefing.text import stem
from briefing.types import Dispute

# Share of the lighter sentence's weight that two claims must have in common to be about one question: little when a
# denial names whom it denies, more when it does not.
_TARGETED, _UNTARGETED, _SAME_QUESTION = 0.2, 0.6, 0.6
# The same for two claims that one side denies, to be one question.
_ONE_QUESTION = 0.35
# How many sentences before it a denial that names nothing ("denied the report") may point back over.
_BACK = 6
# Words between "after" and the report that is only mentioned ("after a South Lisk newspaper said").
_PASSING = 6
# A sentence of fewer content words tells no account.
_FEWEST = 3


def denials(told: Sequence[Claim], question: Questions) -> list[Dispute]:
    """What one speaker says and another denies."""
    found: list[Dispute] = []
    settled: list[tuple[Claim, Claim]] = []
    used: set[tuple[str, int]] = set()
    by_article = {key: list(group) for key, group in groupby(told, key=lambda c: c.article.id)}
    denying = [c for c in told if c.denies]
    # What says itself what it denies comes first: of a side that did, "denied the report" tells nothing more.
    for denial in sorted(denying, key=lambda c: names_nothing(c, question.lexicon)):
        rivals = _rivals(denial, by_article[denial.article.id], question)
        if not rivals or (denial.article.id, denial.sentence) in used:
            continue
        if any(_one_question(rivals[0], denial, *known, question) for known in settled):
            continue
        asked, holders = _holders(rivals, denial, question)
        if denial in holders:
            settled.append((rivals[0], denial))
            used.update((c.article.id, c.sentence) for c in holders)
            told_by = rivals[0] if names_nothing(denial, question.lexicon) else denial
            found.append(dispute("denial", f"“{phrase(told_by, asked, question.lexicon)}”", holders))
    return found


def _holders(rivals: Sequence[Claim], denial: Claim, question: Questions) -> tuple[frozenset[str], list[Claim]]:
    """What is asked, and one claim of each who answers: whoever is denied, who denies, and others."""
    best = rivals[0]
    pointed = names_nothing(denial, question.lexicon)
    asked = best.content if pointed else denied(denial, question.lexicon) & best.content
    either = denial.content | best.content
    near = (c for c in question.near(either, 1) if c not in (denial, best))
    others = [c for c in near if _answers(c, asked, either, question)]
    return asked, one_per_holder([best, denial, *rivals[1:], *others], question.lexicon, MOST_POSITIONS)


def _one_question(claim: Claim, denial: Claim, known: Claim, known_denial: Claim, question: Questions) -> bool:
    """Whether a denial is one more of a side that has denied the like of this claim already."""
    shared = question.weight(claim.content & (known.content | known_denial.content))
    like = shared >= _ONE_QUESTION * min(question.weight(claim.content), question.weight(known.content))
    return (like or names_nothing(denial, question.lexicon)) and _allied(denial, known_denial, question.lexicon)


def _allied(a: Claim, b: Claim, lexicon: Lexicon) -> bool:
    """Whether two speakers are of one side by name: "Vessara", "Vessaran officials", "Vessara's foreign ministry"."""
    if a.speaker is None or b.speaker is None:
        return a.article.origin == b.article.origin
    same = _kindred(_names_in(a.speaker.name, lexicon), _names_in(b.speaker.name, lexicon), lexicon)
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
            _one_side(c, denial, question.lexicon),
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
    unfit = claim.denies or claim.negated or _asks(claim) or _speaks_of_sayings(claim, lexicon)
    if unfit or len(claim.content) < _FEWEST:
        return False
    if claim.speaker and denial.speaker:
        return not same_speaker(claim.speaker.name, denial.speaker.name, lexicon) and not _one_side(
            claim, denial, lexicon
        )
    accounts = lexicon.stances.accounts
    return _accuses(claim, lexicon) or any(t.folded in accounts for t in tokens(claim.text))


def _speaks_of_sayings(claim: Claim, lexicon: Lexicon) -> bool:
    """Whether a sentence is about a saying and does not tell what it says: "if the allegations are true"."""
    own = claim.speaker.holder if claim.speaker else ""
    toks = tokens(claim.text.replace(own, ""))
    led = [i for i, t in enumerate(toks) if i and t.folded in lexicon.sayings and _leads(toks[i - 1], lexicon)]
    return any(i + 1 == len(toks) or toks[i + 1].folded not in lexicon.saying_links for i in led)


def _leads(tok: Token, lexicon: Lexicon) -> bool:
    return (
        bool(POSSESSIVE.search(tok.word)) or tok.folded in lexicon.determiners | lexicon.stopwords - lexicon.auxiliaries
    )


def _accuses(claim: Claim, lexicon: Lexicon) -> bool:
    words = (lexicon.accusing | lexicon.allegations) - lexicon.speaker_nouns
    return any(t.folded in words for t in tokens(claim.text))


def _speaks_of(claim: Claim, denial: Claim, lexicon: Lexicon) -> bool:
    """Whether a sentence names the denier or its country: "Vessaran ships", "the Vessaran foreign ministry"."""
    own = claim.speaker.holder if claim.speaker else ""
    denier = _names_in(denial.speaker.name if denial.speaker else "", lexicon)
    return _kindred(_names_in(claim.text.replace(own, ""), lexicon), denier, lexicon)


def _names_in(text: str, lexicon: Lexicon) -> list[str]:
    """The words written like names, but for those of an office: of "Vessara's Foreign Minister" only "vessara"."""
    bare = (POSSESSIVE.sub("", t.folded) for t in tokens(text) if t.capital)
    return [word for word in bare if word not in lexicon.speaker_nouns | lexicon.office_words | lexicon.stopwords]


def _kindred(some: Sequence[str], others: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a name is among both, or a country and its adjective."""
    return any(same_name(a, b, lexicon) for a in some for b in others)


def _denied_by(claim: Claim, denial: Claim, question: Questions) -> bool:
    """Whether `denial` may be aimed at `claim`: another's words, on what is denied, named or near enough."""
    # Who negates it too agrees with the denial, and a question holds nothing.
    if claim.denies or claim.negated or _asks(claim) or not question.apart(claim, denial):
        return False
    # "Officials disputed the media reports": what they are about, the sentence does not say.
    shared = (claim.content & denied(denial, question.lexicon)) - empty(question.lexicon)
    # A name in common is no question: "the White House" stands in many sentences.
    if len(shared) < 2 or shared <= _written_as_names(claim) & _written_as_names(denial):
        return False
    # A share in something is denied to whoever sees the denier in it.
    if unspecific(denial, question.lexicon) and not _speaks_of(claim, denial, question.lexicon):
        return False
    if _in_passing(claim, denied(denial, question.lexicon), question):
        return False
    targeted = claim.speaker is not None and _mentions(denial, claim.speaker.name, question.lexicon)
    return _aimed(claim, denial, question) >= (_TARGETED if targeted else _UNTARGETED)


def _asks(claim: Claim) -> bool:
    return claim.text.rstrip("”’\"')").endswith("?")


def _written_as_names(claim: Claim) -> frozenset[str]:
    return frozenset(stem(t.word) for t in tokens(claim.text) if t.capital)


def _in_passing(claim: Claim, asked: frozenset[str], question: Questions) -> bool:
    """Whether a sentence only mentions another's report of it: "defended its checks after reports that ships ..."."""
    toks = tokens(claim.text)
    says = question.lexicon.sayings | question.lexicon.reporting_verbs
    for i, tok in enumerate(toks):
        if tok.folded in question.lexicon.passing and any(t.folded in says for t in toks[i + 1 : i + 1 + _PASSING]):
            before = question.weight({stem(t.word) for t in toks[:i]} & asked & claim.content)
            reporter = claim.speaker is not None and claim.speaker.name in claim.text[tok.start :]
            return not reporter and before < question.weight(asked & claim.content) / 2
    return False


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


def _one_side(claim: Claim, denial: Claim, lexicon: Lexicon) -> bool:
    """Whether both speakers are of one name: "Vessara's government", "spokesman for Vessara's Foreign Ministry"."""
    names = [_names_in(c.speaker.name if c.speaker else "", lexicon) for c in (claim, denial)]
    return bool(set(names[0]) & set(names[1]))


def _answers(claim: Claim, asked: frozenset[str], either: frozenset[str], question: Questions) -> bool:
    """Whether another speaker's claim answers the disputed question too, or says that accounts of it differ."""
    if claim.speaker is None or _asks(claim):
        return False
    if claim.differs:
        return bool(claim.content & either)
    shared = claim.content & asked
    return (
        len(shared) > 1
        and not _in_passing(claim, shared, question)
        and question.weight(shared) >= _SAME_QUESTION * question.weight(asked)
    )
