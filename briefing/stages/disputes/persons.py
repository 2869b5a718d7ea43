"""Ages of persons: one person has one age on one day; the living get older, and names are shared.

Who is not named ("a 4-year-old boy") is one person where each report tells of one such person only, near its top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim
from briefing.stages.disputes.figures import LEAD_SENTENCES, Checker, upheld
from briefing.stages.disputes.questions import Questions
from briefing.stages.disputes.verdicts import Verdict
from briefing.stages.disputes.wording import MOST_POSITIONS, dispute
from briefing.stages.names import same_speaker
from briefing.stages.quantities import AGE, Quantity
from briefing.stages.speakers import Token, tokens
from briefing.text import fold, stem, words
from briefing.types import Dispute

_YEAR = 365.25
# A birthday between two reports so many days apart is unlikely (4 in 100).
_BIRTHDAY = 14
# Parents and children of one name are so many years apart, or more; a child and so much older a person are two.
_GENERATION, _GROWN = 16, 18
_DEATH_WORDS = 8
# Who is not named is another person where the ages are further apart.
_MISTAKEN = 3
# Words behind a name among which an apposition opens; characters behind "no relation to" in which the name stands.
_APPOSED, _NEAR = 3, 80
_MOST = 48


class Bearer(NamedTuple):
    """A person with an age; `name` is folded, without titles and suffixes; `suffix` is "jr" and the like.

    The name of who is not named is the one word for who it is: "boy".
    """

    claim: Claim
    quantity: Quantity
    name: tuple[str, ...]
    suffix: str

    @property
    def day(self) -> date | None:
        """The day the age was told."""
        published = self.claim.article.published
        return date.fromisoformat(published[:10]) if published else None


def age_disputes(told: Sequence[Claim], question: Questions, checker: Checker | None) -> Iterator[Dispute]:
    """One dispute for each person whom the reports give ages that cannot both be right."""
    for bearers in _by_surname(told, question.lexicon).values():
        rivals: dict[tuple[str, ...], list[Bearer]] = {}
        for a, b in combinations(bearers[:_MOST], 2):
            if same_person(a, b) and upheld(
                age_verdict(a, b, bearers, question.lexicon), a.claim, b.claim, _question([a, b]), checker
            ):
                known = next((star for star in rivals.values() if same_person(star[0], a)), None)
                star = rivals.setdefault(a.name, [a]) if known is None else known
                star.extend(x for x in (a, b) if not any(x is y for y in star))
        for star in rivals.values():
            yield _dispute(star, question.lexicon)


def _by_surname(told: Sequence[Claim], lexicon: Lexicon) -> dict[str, list[Bearer]]:
    """The first sentence of each article for each age of each name, by surname."""
    found: dict[str, dict[tuple[str, tuple[str, ...], float], Bearer]] = {}
    alone = _alone(told)
    for claim in told:
        for quantity in claim.quantities:
            bearer = _bearer(claim, quantity, lexicon) if quantity.measure == AGE else None
            if bearer and (len(bearer.name) > 1 or (claim.article.id in alone and claim.sentence <= LEAD_SENTENCES)):
                key = (claim.article.id, bearer.name, quantity.value)
                found.setdefault(bearer.name[-1], {}).setdefault(key, bearer)
    return {surname: list(found[surname].values()) for surname in sorted(found)}


def _alone(told: Sequence[Claim]) -> frozenset[str]:
    """The articles that near their top give the age of one person who is not named, and of no other."""
    listed: dict[str, set[tuple[str, float]]] = {}
    for claim in (c for c in told if c.sentence <= LEAD_SENTENCES):
        aged = {(q.of, q.value) for q in claim.quantities if q.measure == AGE and " " not in q.of}
        listed.setdefault(claim.article.id, set()).update(aged)
    return frozenset(article for article, aged in listed.items() if len(aged) == 1)


def _bearer(claim: Claim, quantity: Quantity, lexicon: Lexicon) -> Bearer | None:
    listed = [fold(w).rstrip(".") for w in words(quantity.of)]
    suffix = next((w for w in listed if w in lexicon.figures.suffixes), "")
    bare = [w for w in listed if w not in lexicon.figures.suffixes]
    while len(bare) > 1 and bare[0] in lexicon.figures.honorifics | lexicon.speaker_nouns:
        bare = bare[1:]
    unnamed = len(listed) == 1 and listed[0] in lexicon.figures.persons
    return Bearer(claim, quantity, tuple(bare), suffix) if len(bare) > 1 or unnamed else None


def same_person(a: Bearer, b: Bearer) -> bool:
    """Whether one name is the other without its middle names; different suffixes are different persons."""
    short, full = sorted((a.name, b.name), key=len)
    within = short[-1] == full[-1] and set(short) <= set(full) and (short[0] == full[0] or len(full) > len(short) + 1)
    return within and not (a.suffix and b.suffix and a.suffix != b.suffix)


def age_verdict(a: Bearer, b: Bearer, others: Sequence[Bearer], lexicon: Lexicon) -> Verdict:
    """What two ages of one name are to each other; `others` bear the same surname in the story."""
    if a.quantity.value == b.quantity.value or a.claim.article.id == b.claim.article.id:
        return Verdict("same")
    if _namesakes(a, b, others, lexicon):
        return Verdict("namesake")
    if a.day is None or b.day is None:
        return Verdict("unclear", False)
    first, last = sorted((a, b), key=lambda x: (x.day or date.min, x.quantity.value))
    years = last.quantity.value - first.quantity.value
    passed = ((last.day or date.min) - (first.day or date.min)).days
    if years > 0 and not any(_died(x, lexicon) for x in (a, b)):
        possible = {int(passed / _YEAR), int(passed / _YEAR) + 1}
        if years in possible and not (passed < _BIRTHDAY):
            return Verdict("aged")
    return Verdict("dispute", False)


def _namesakes(a: Bearer, b: Bearer, others: Sequence[Bearer], lexicon: Lexicon) -> bool:
    """Whether the name is that of two: by an article that tells them apart, by kin, or by what each of them is."""
    pair = {a.quantity.value, b.quantity.value}
    for one in (a, b):
        twins = {x.quantity.value for x in others if x.name == one.name and x.claim.article.id == one.claim.article.id}
        if pair <= twins:
            return True
    apart = abs(a.quantity.value - b.quantity.value)
    if len(a.name) == 1:
        return apart > _MISTAKEN or not a.claim.content & b.claim.content
    if any(_unrelated(x, lexicon) for x in (a, b)) or (apart > _MISTAKEN and _of_two_callings(a, b, lexicon)):
        return True
    if apart < _GENERATION or _crossed(a, b, others):
        return False
    kin = {t.folded for x in (a, b) for t in tokens(x.claim.text)} & lexicon.figures.kin
    return bool(kin or a.suffix or b.suffix) or min(pair) < _GROWN


def _unrelated(bearer: Bearer, lexicon: Lexicon) -> bool:
    """Whether an article says that two bear the name: "no relation", "his namesake"."""
    flat = f" {' '.join(fold(w) for w in words(bearer.claim.article.body))} "
    behind = (flat.partition(f" {phrase} ")[2] for phrase in lexicon.figures.unrelated)
    return any(f" {bearer.name[-1]} " in after[:_NEAR] for after in behind)


def _of_two_callings(a: Bearer, b: Bearer, lexicon: Lexicon) -> bool:
    """Whether what each is called beside the name differs, and nothing else is told of both: "the goalkeeper X, 24"."""
    called = [_callings(x, lexicon) for x in (a, b)]
    names = {stem(word) for word in (*a.name, *b.name)}
    shared = (a.claim.content & b.claim.content) - names
    return all(called) and not called[0] & called[1] and not shared


def _callings(bearer: Bearer, lexicon: Lexicon) -> frozenset[str]:
    """The stems of what a person is called right before the name, or behind it and the age."""
    text, name = bearer.claim.text, bearer.quantity.of
    at = text.find(name)
    toks = tokens(text)
    before = [t for t in toks if t.end <= at][-1:] if at > 0 else []
    behind = _apposition([t for t in toks if t.start >= at + len(name)], lexicon)
    plain = lexicon.stopwords | lexicon.reporting_verbs | set(lexicon.measures) | lexicon.figures.honorifics
    fit = (t for t in [*before, *behind] if not t.capital and t.folded not in plain and t.folded[0].isalpha())
    return frozenset(stem(t.word) for t in fit) | frozenset(
        stem(w) for w in map(fold, words(name)) if w in lexicon.speaker_nouns
    )


def _apposition(behind: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The words of "X, 61, a councillor in Lisk, ..." up to a tie or a mark."""
    start = next((i for i, t in enumerate(behind[:_APPOSED]) if t.folded in lexicon.determiners and "," in t.gap), None)
    if start is None:
        return []
    rest = behind[start + 1 :]
    closing = lexicon.clause_openers | lexicon.ties
    end = next((i for i, t in enumerate(rest) if (i and t.gap.strip()) or t.folded in closing), len(rest))
    return list(rest[:end])


def _crossed(a: Bearer, b: Bearer, others: Sequence[Bearer]) -> bool:
    """Whether both articles tell two of the surname apart by the same two ages, and give them the other way round."""
    pair = {a.quantity.value, b.quantity.value}
    return all(
        pair <= {x.quantity.value for x in others if x.claim.article.id == one.claim.article.id} for one in (a, b)
    )


def _died(bearer: Bearer, lexicon: Lexicon) -> bool:
    """Whether the sentence tells that the person died: "the death of X", "X, 19, who was killed"."""
    text, name = bearer.claim.text, bearer.quantity.of
    at = text.find(name)
    before = [t.folded for t in tokens(text[:at])[-_DEATH_WORDS // 2 :]]
    behind = [t.folded for t in tokens(text[at + len(name) :])[:_DEATH_WORDS]]
    dead = {word for word, measure in lexicon.measures.items() if measure == "dead"} | lexicon.figures.fatal
    last_of = max((i for i, word in enumerate(before) if word == "of"), default=0)
    killed = set(before[:last_of]) & (lexicon.figures.killings | dead)
    passives = lexicon.auxiliaries | lexicon.figures.fillers | {""}
    passive = any(w in dead and (w == "died" or p in passives) for p, w in pairwise(["", *behind]))
    return bool(killed) or passive


def _dispute(star: Sequence[Bearer], lexicon: Lexicon) -> Dispute:
    kept: list[Bearer] = []
    for one in sorted(star, key=lambda x: sum(y.quantity.value == x.quantity.value for y in star[: star.index(x)])):
        if len(kept) < MOST_POSITIONS and not any(one.claim.article.id == k.claim.article.id for k in kept):
            kept.append(one)
    return dispute("figure", _question(kept), [b.claim for b in kept], _holders(kept, lexicon))


def _holders(kept: Sequence[Bearer], lexicon: Lexicon) -> list[str]:
    """The speakers where every position has one of its own, else the outlets."""
    speakers = [b.claim.speaker for b in kept]
    named = [s.name for s in speakers if s]
    apart = len(named) == len(kept) and not any(same_speaker(x, y, lexicon) for x, y in combinations(named, 2))
    generic = any(fold(n) in lexicon.figures.officials for n in named)
    return [b.claim.holder if apart and not generic else b.claim.article.label for b in kept]


def _question(bearers: Sequence[Bearer]) -> str:
    """The ages and whose they are: "18 or 19: age of Lena Orr"."""
    values = dict.fromkeys(f"{v:.0f}" for v in sorted(b.quantity.value for b in bearers))
    return f"{' or '.join(values)}: age of {min((b.quantity.of for b in bearers), key=len)}"
