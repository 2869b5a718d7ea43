"""How an article stands to a claim: it bears it out, refutes it, or only passes it on.

Two readings make a stance. The claim's own: plain, hedged ("reportedly", a question, a quotation) or refuting ("X is a
hoax"). And the article's, of what the claim is about: words that call an account false, answers to it, reversals and
negations near the claim's words, against words that pass it on without vouching. An article that refutes disagrees
with a plain claim and agrees with a refuting one; whoever only passes on discusses. The cases are those of the
Emergent rumours (Ferreira & Vlachos 2016) and the Fake News Challenge.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from briefing.lexicon import Lexicon, Lexicons
from briefing.stages.claims import Claim, content_stems
from briefing.stages.names import POSSESSIVE
from briefing.stages.tokens import Token, tokens
from briefing.text import Span, fold, sentences, stem
from briefing.types import Article

Kind = Literal["agrees", "disagrees", "discusses", "unrelated"]

# Fitted on half of the Fake News Challenge's topics and rounded (logistic, a text's weight falling with the root of
# its topic's size); benchmarks/stances.py gives the figures on the half that was not fitted.
REFUTES = {
    "verdict": 0.7, "verdicts": 2.2, "rebuttal": 1.4, "negation": 1.8, "negated": 2.0, "reversal": 3.0,
    "accounts": 0.4, "length": -0.4, "refuting claim": 1.2, "always": -2.5,
}  # fmt: skip
PASSES_ON = {"doubts": 1.7, "hedges": 1.3, "confirmations": 0.4, "refuting claim": -0.9, "always": -0.6}
# From where on an article refutes, and passes on; for a refuting claim the second is less, as an article that
# bears out what the claim refutes should say so plainly.
_REFUTES, _PASSES_ON, _PASSES_ON_REFUTED = 0.2, 0.5, 0.3
_ABOUT = 0.2
_LEAD = 4
# Words before a verdict in which a negation turns it round ("not a hoax"), and behind a negation that it reaches.
_TURNED, _REACH = 3, 8
# Words on either side of a rebuttal among which stands what it turns down; "no evidence" has it behind it.
_REBUTTED, _NONE = 16, frozenset({"no", "nothing"})
_POINTED = 0.4
# Conflicts of a story: its titles and leads are asked about; a sentence that refutes one shares at least so many words
# and so much of its weight with it, and its article refutes it at least so surely.
_CENTRAL, _FEWEST, _NEAR, _SURELY = 2, 3, 0.5, 0.3
_PRIOR = 10
_QUOTED_WORDS = re.compile(r"(?<!\w)[‘'\"“][^‘'\"“”’]{3,}[’'\"”](?!\w)")


class Stance(NamedTuple):
    """How an article stands to a claim, the spans of its text that show it best first, and how surely (0..1)."""

    kind: Kind
    spans: tuple[Span, ...]
    strength: float


class Said(NamedTuple):
    """A claim read: the stems it is about, and whether it is plain (1), leaves it open (0) or refutes (-1)."""

    focus: frozenset[str]
    polarity: int


class Line(NamedTuple):
    """A sentence read: its stems in order, and the cues in it: how many, or the places of the words behind them."""

    span: Span
    stems: tuple[str, ...]
    verdicts: tuple[int, ...]
    rebuttals: tuple[int, ...]
    reversals: tuple[int, ...]
    doubts: int
    hedges: int
    confirmations: int
    accounts: int
    negations: tuple[int, ...]


def stance(claim: str, article: Article | str, lexicon: Lexicon) -> Stance:
    """How `article` (or a text without a title) stands to `claim`, in the language of `lexicon`."""
    said = read_claim(claim, lexicon)
    lines = read(article.text if isinstance(article, Article) else f"\n\n{article}", lexicon)
    known = frozenset[str]().union(*(line.stems for line in lines))
    if len(said.focus & known) < _ABOUT * len(said.focus) or not said.focus:
        return Stance("unrelated", (), 1 - len(said.focus & known) / max(1, len(said.focus)))
    refutes = refutation(said, lines)
    passes_on = _logistic(PASSES_ON, _reserve(said, lines))
    if said.polarity == 0:
        return Stance("discusses", _shown(said, lines, refuting=False), 1 - refutes)
    if refutes >= _REFUTES:
        kind: Kind = "disagrees" if said.polarity > 0 else "agrees"
        return Stance(kind, _shown(said, lines, refuting=True), refutes)
    if passes_on >= (_PASSES_ON if said.polarity > 0 else _PASSES_ON_REFUTED):
        return Stance("discusses", _shown(said, lines, refuting=False), passes_on)
    kind = "agrees" if said.polarity > 0 else "disagrees"
    return Stance(kind, _shown(said, lines, refuting=False), (1 - refutes) * (1 - passes_on))


@lru_cache(maxsize=4096)
def read_claim(claim: str, lexicon: Lexicon) -> Said:
    """What a claim, mostly a title, is about, and whether it is plain, leaves it open or refutes."""
    toks, cues = tokens(claim), _cues(lexicon)
    flat = " ".join(t.folded for t in toks)
    content = content_stems(claim, lexicon)
    focus = content - _cue_stems(lexicon) or content
    verdicts, negations = _turned(flat, toks, lexicon)
    if verdicts or negations or cues["rebuttals"].search(flat) or cues["title_refusals"].search(flat):
        return Said(focus, -1)
    if "?" in claim or cues["title_hedges"].search(flat) or _QUOTED_WORDS.search(claim):
        return Said(focus, 0)
    return Said(focus, -1 if cues["reversals"].search(flat) else 1)


@lru_cache(maxsize=1024)
def read(text: str, lexicon: Lexicon) -> tuple[Line, ...]:
    """The sentences of an evidence text with the cues in them."""
    return tuple(_line(text, span, lexicon) for span in sentences(text) if span.end > span.start)


def _line(text: str, span: Span, lexicon: Lexicon) -> Line:
    toks, cues = tokens(text[span.start : span.end]), _cues(lexicon)
    flat = " ".join(t.folded for t in toks)
    verdicts, negations = _turned(flat, toks, lexicon)
    return Line(
        span=span,
        stems=tuple(_stem(t.folded, lexicon) for t in toks),
        verdicts=verdicts,
        hedges=sum(t.folded in lexicon.hedges for t in toks),
        accounts=sum(t.folded in lexicon.stances.accounts for t in toks),
        negations=negations,
        rebuttals=_behind(cues["rebuttals"], flat),
        reversals=_behind(cues["reversals"], flat),
        **{name: len(cues[name].findall(flat)) for name in ("doubts", "confirmations")},
    )


def _behind(cue: re.Pattern[str], flat: str) -> tuple[int, ...]:
    return tuple(_places(flat, match)[1] for match in cue.finditer(flat))


def _stem(folded: str, lexicon: Lexicon) -> str:
    bare = POSSESSIVE.sub("", folded) if "'" in folded else folded
    return stem(lexicon.variants.get(bare, bare))


def _turned(flat: str, toks: list[Token], lexicon: Lexicon) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The verdicts that no negation turns round, each by the place of the word behind it, and the negations left.

    A negation that turns a verdict ("not a hoax"), or belongs to a doubt ("not confirmed") or a bound ("no less than"),
    negates nothing else.
    """
    cues = _cues(lexicon)
    negations = {i for i, t in enumerate(toks) if t.folded in lexicon.negations}
    others = (m for name in ("doubts", "bounds") for m in cues[name].finditer(flat))
    bound = {i for m in others for i in range(*_places(flat, m))}
    verdicts, spent = [], set[int]()
    for first, behind in (_places(flat, m) for m in cues["verdicts"].finditer(flat)):
        turning = negations.intersection(range(first - _TURNED, first))
        spent |= turning
        if not turning:
            verdicts.append(behind)
    return tuple(verdicts), tuple(sorted(negations - spent - bound))


def _places(flat: str, match: re.Match[str]) -> tuple[int, int]:
    """The numbers of a match's first word and of the word behind it."""
    return flat.count(" ", 0, match.start()), flat.count(" ", 0, match.end()) + 1


@lru_cache(maxsize=16)
def _cues(lexicon: Lexicon) -> dict[str, re.Pattern[str]]:
    listed = {name: getattr(lexicon.stances, name) for name in type(lexicon.stances).model_fields}
    listed["bounds"] = lexicon.minimum + lexicon.maximum
    return {name: _any_of(phrases) for name, phrases in listed.items()}


def _any_of(phrases: tuple[str, ...] | frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'])")


@lru_cache(maxsize=16)
def _cue_stems(lexicon: Lexicon) -> frozenset[str]:
    """Stems of words that show a stance, which a claim is not about."""
    words = lexicon.stances
    phrases = (*words.verdicts, *words.rebuttals, *words.doubts, *words.accounts)
    return frozenset(stem(fold(word)) for phrase in phrases for word in phrase.split())


def refutation(said: Said, lines: tuple[Line, ...]) -> float:
    """How surely a text refutes what a claim is about, 0..1; whichever side the claim itself takes."""
    near = _nearness(said, lines)
    shares = [_share(said, line.stems) for line in lines]
    lead = range(min(_LEAD, len(lines)))
    return _logistic(
        REFUTES,
        {
            "verdict": max((min(1, 1.5 * r) for r, line in zip(near, lines, strict=True) if line.verdicts), default=0),
            "verdicts": math.log1p(sum(r * len(line.verdicts) for r, line in zip(near, lines, strict=True))),
            "rebuttal": max((min(1, 1.5 * near[i]) for i in lead if lines[i].rebuttals), default=0),
            "negation": max((_negated(said, line) for line in lines), default=0),
            "negated": max((shares[i] for i in lead if lines[i].negations), default=0),
            "reversal": max((shares[i] for i in lead if lines[i].reversals), default=0),
            "accounts": math.log1p(sum(line.accounts for line in lines)),
            "length": math.log1p(len(lines)),
            "refuting claim": said.polarity < 0,
        },
    )


def _reserve(said: Said, lines: tuple[Line, ...]) -> dict[str, float]:
    lead = lines[:_LEAD]
    return {
        "doubts": sum(line.doubts for line in lead) / _LEAD,
        "hedges": sum(line.hedges for line in lead) / _LEAD,
        "confirmations": math.log1p(sum(line.confirmations for line in lines)),
        "refuting claim": said.polarity < 0,
    }


def _logistic(weights: dict[str, float], values: dict[str, float]) -> float:
    return 1 / (1 + math.exp(-weights["always"] - sum(weights[name] * value for name, value in values.items())))


def _share(said: Said, stems: tuple[str, ...]) -> float:
    return len(said.focus.intersection(stems)) / len(said.focus)


def _nearness(said: Said, lines: tuple[Line, ...]) -> list[float]:
    """How much of the claim stands in each sentence and its neighbours; a word for the account points to all of it."""
    held = [said.focus.intersection(line.stems) for line in lines]
    around = (held[i].union(*held[max(0, i - 1) : i + 2]) for i in range(len(lines)))
    return [
        max(len(found) / len(said.focus), _POINTED if line.accounts else 0)
        for found, line in zip(around, lines, strict=True)
    ]


def _negated(said: Said, line: Line) -> float:
    """How much of the claim stands right behind a negation, for a sentence that is about it."""
    reached = max((_share(said, line.stems[at : at + _REACH]) for at in line.negations), default=0.0)
    return reached * min(1.0, 2 * _share(said, line.stems))


def _shown(said: Said, lines: tuple[Line, ...], refuting: bool) -> tuple[Span, ...]:
    """The two sentences that show best that a text refutes, or what it says of the claim, best first."""
    near = _nearness(said, lines)

    def weight(i: int) -> float:
        line, share = lines[i], _share(said, lines[i].stems)
        against = (
            near[i] * (len(line.verdicts) + len(line.rebuttals)) + _negated(said, line) + share * bool(line.reversals)
        )
        early = 1 / (10 + i)
        return against + (against > 0) * early if refuting else share - against + early

    best = sorted(range(len(lines)), key=lambda i: (-weight(i), i))[:2]
    return tuple(lines[i].span for i in best if weight(i) > 0)


class Conflict(NamedTuple):
    """A question on which a story's articles stand on both sides: the claim asked about, and who says what of it."""

    question: str
    affirming: tuple[Claim, ...]
    refuting: tuple[Claim, ...]


class Answer(NamedTuple):
    """A sentence with a word that could turn a claim down, and its number among the lines of its article."""

    claim: Claim
    lines: tuple[Line, ...]
    at: int


def conflicts(told: Sequence[Claim], lexicons: Lexicons) -> list[Conflict]:
    """The plain claims in the titles and leads of a story that another origin's article refutes in so many words.

    `told` are all claims of the story's articles, titles among them. Order-blind, and strict: a refuting sentence
    must itself hold most of the claim by weight, and its article as a whole must refute it.
    """
    known = sorted((c for c in told if (c.article.language or "") in lexicons), key=_place)
    weights, answers = _weights(known), _answers(known, lexicons)
    central = [c for c in known if c.sentence < _CENTRAL]
    plain = [c for c in central if read_claim(c.text, lexicons[c.article.language or ""]).polarity > 0]
    found: list[Conflict] = []
    used: set[tuple[str, int]] = set()
    for claim in plain:
        lexicon = lexicons[claim.article.language or ""]
        against = [a.claim for a in answers if _place(a.claim) not in used and _refutes(a, claim, weights, lexicon)]
        if against and not any(_same(claim, other, weights) for conflict in found for other in conflict.affirming):
            used.update(map(_place, against))
            refuting = {c.article for c in against}
            also = [c for c in plain if c.article not in refuting | {claim.article} and _same(claim, c, weights)]
            found.append(Conflict(claim.text, (claim, *_one_each(also)), tuple(_one_each(against))))
    return found


def _answers(told: Sequence[Claim], lexicons: Lexicons) -> list[Answer]:
    found = []
    for article, group in groupby(told, key=lambda c: c.article):
        lines = read(article.text, lexicons[article.language or ""])
        by_span = {line.span: at for at, line in enumerate(lines) if _turns(line)}
        found += [Answer(c, lines, by_span[c.span]) for c in group if c.span in by_span and "?" not in c.text]
    return found


def _turns(line: Line) -> bool:
    return bool(line.verdicts or line.rebuttals or line.reversals or line.negations)


def _place(claim: Claim) -> tuple[str, int]:
    return claim.article.id, claim.sentence


def _weights(told: Sequence[Claim]) -> dict[str, float]:
    """Rarity of each stem in the story: what all its sentences name says little of what one of them is about."""
    counts = Counter(s for claim in told for s in claim.content)
    return {s: math.log(1 + (len(told) + _PRIOR) / n) for s, n in counts.items()}


def _held(part: Iterable[str], whole: frozenset[str], weights: dict[str, float]) -> float:
    """How much of the weight of `whole` stands in `part`, 0..1."""
    total = sum(weights.get(s, 0.0) for s in whole)
    return sum(weights.get(s, 0.0) for s in whole.intersection(part)) / total if total else 0.0


def _refutes(answer: Answer, claim: Claim, weights: dict[str, float], lexicon: Lexicon) -> bool:
    """Whether a sentence of another origin says in so many words that the claim is not so."""
    article = answer.claim.article
    if article.origin == claim.article.origin or article.language != claim.article.language:
        return False
    said = read_claim(claim.text, lexicon)
    if not _says_so(said, answer, weights, lexicon):
        return False
    return refutation(said, answer.lines) >= _SURELY > refutation(said, read(claim.article.text, lexicon))


def _says_so(said: Said, answer: Answer, weights: dict[str, float], lexicon: Lexicon) -> bool:
    """Whether a sentence turns the claim down: by a word for it ("a hoax", "denied"), or by a negation before it.

    A verdict on "the story" or "the rumour" speaks of what stands in its sentence or right before it.
    """
    _, lines, at = answer
    line = lines[at]
    if any(_aimed(said, line, place, lexicon) for place in line.verdicts):
        before = lines[at - 1].stems if at and line.accounts else ()
        return _most(said, (*before, *line.stems), weights)
    if any(_most(said, side, weights) for place in line.rebuttals for side in _sides(line, place)):
        return True
    if any(_aimed(said, line, place, lexicon) for place in line.reversals):
        return _most(said, line.stems, weights)
    if said.focus & _near_negation_stems(lexicon):
        return False  # "will stop serving" and "will no longer serve" are one
    return any(_most(said, line.stems[i : i + _REACH], weights) for i in line.negations)


def _sides(line: Line, place: int) -> Iterator[tuple[str, ...]]:
    """What a rebuttal can be aimed at: what stands behind it, or before it ("the claim was rejected")."""
    yield line.stems[place : place + _REBUTTED]
    if line.stems[max(0, place - 2)] not in _NONE:
        yield line.stems[max(0, place - _REBUTTED) : place]


def _most(said: Said, stems: Sequence[str], weights: dict[str, float]) -> bool:
    return len(said.focus.intersection(stems)) >= _FEWEST and _held(stems, said.focus, weights) >= _NEAR


def _aimed(said: Said, line: Line, place: int, lexicon: Lexicon) -> bool:
    """Whether a verdict stands alone, or before a word of the claim or for an account: not the fake of "fake teeth"."""
    behind = line.stems[place] if place < len(line.stems) else ""
    return not behind or behind in said.focus or behind in _plain_stems(lexicon)


@lru_cache(maxsize=16)
def _near_negation_stems(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(map(stem, lexicon.near_negations))


@lru_cache(maxsize=16)
def _plain_stems(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(stem(word) for word in lexicon.stances.accounts | lexicon.stopwords)


def _same(claim: Claim, other: Claim, weights: dict[str, float]) -> bool:
    return _held(other.content, claim.content, weights) >= _NEAR


def _one_each(claims: Sequence[Claim]) -> list[Claim]:
    """The first claim of each article."""
    return list({c.article.id: c for c in reversed(claims)}.values())[::-1]
