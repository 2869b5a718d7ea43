"""What a sentence claims: who says it, whether it denies, and the quantities in it.

A `Claim` is one sentence of one article with what the rules read in it. Without a `Lexicon` for the
article's language a claim has only its words: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from briefing.lexicon import Lexicon, Lexicons
from briefing.stages.names import POSSESSIVE
from briefing.stages.quantities import Quantity, quantities
from briefing.stages.speakers import Speaker, Token, follow, same_speaker, speaker, tokens
from briefing.text import Span, fold, sentences, stem, words
from briefing.types import Article, Citation

# "Denied four foreign ships access": so many words may stand between the verb and what is withheld.
_WITHHELD_WORDS = 5

__all__ = ["Claim", "Quantity", "claims", "content_stems", "denies", "quantities"]


class Claim(NamedTuple):
    """One sentence of one article, read. `content` holds the stems that carry meaning, speaker's own left out."""

    article: Article
    sentence: int
    span: Span
    text: str
    speaker: Speaker | None
    content: frozenset[str]
    denies: bool
    differs: bool
    negated: bool
    quantities: tuple[Quantity, ...]

    @property
    def holder(self) -> str:
        """Who holds this: the speaker, else the outlet."""
        return self.speaker.holder if self.speaker else self.article.label

    @property
    def citation(self) -> Citation:
        """The sentence as evidence."""
        return Citation(
            article=self.article.id, sentence=self.sentence, start=self.span.start, end=self.span.end, quote=self.text
        )


def claims(article: Article, lexicons: Lexicons) -> tuple[Claim, ...]:
    """Every sentence of the article, the title first, as claims; pointing speakers are resolved in reading order."""
    return _read(article, lexicons.get(article.language or ""))


# An analyst, packing and the checks read the same articles one after another; a story rarely has more than this.
@lru_cache(maxsize=512)
def _read(article: Article, lexicon: Lexicon | None) -> tuple[Claim, ...]:
    earlier: list[Speaker] = []
    last: Speaker | None = None
    read: list[Claim] = []
    for number, span in enumerate(sentences(article.text)):
        sentence = article.text[span.start : span.end]
        who, toks = None, tokens(sentence) if lexicon else []
        if lexicon and number:
            who = follow(speaker(sentence, lexicon), sentence, earlier, lexicon, last)
            last = who or (last if last and not _names_another(sentence, toks, last, lexicon) else None)
        earlier.extend([who] if who else [])
        read.append(_claim(article, number, span, who, lexicon, toks))
    return tuple(read)


def _names_another(sentence: str, toks: Sequence[Token], last: Speaker, lexicon: Lexicon) -> bool:
    """Whether a sentence without a speaker names someone else, so that a "he" after it need not mean `last`."""
    pairs = (sentence[a.start : b.end] for a, b in pairwise(toks) if a.capital and b.capital and b.gap == " ")
    return any(not same_speaker(pair, last.name, lexicon) for pair in pairs)


def _claim(
    article: Article, number: int, span: Span, who: Speaker | None, lexicon: Lexicon | None, toks: list[Token]
) -> Claim:
    sentence = article.text[span.start : span.end]
    if lexicon is None:
        content = frozenset(stem(w) for w in words(sentence) if len(w) > 3)
        return Claim(article, number, span, sentence, who, content, False, False, False, ())
    plain = _flat(toks, quoted=False)
    return Claim(
        article, number, span, sentence, who,
        content=content_stems(sentence, lexicon) - (content_stems(who.holder, lexicon) if who else frozenset()),
        # What stands in quotation marks is the speaker's own word; without one it may be a title or a sign.
        denies=_denies(_flat(toks, quoted=True) if who else plain, lexicon),
        differs=_has(plain, lexicon.differing_phrases),
        negated=any(t.folded in lexicon.negations for t in toks),
        quantities=quantities(sentence, lexicon, toks),
    )  # fmt: skip


@lru_cache(maxsize=16)
def _without_meaning(lexicon: Lexicon) -> frozenset[str]:
    return lexicon.stopwords | lexicon.reporting_verbs | lexicon.reporting_participles | lexicon.calendar


def content_stems(sentence: str, lexicon: Lexicon) -> frozenset[str]:
    """Stems of the words that carry meaning: no stopwords, numbers, calendar words or reporting verbs."""
    skip = _without_meaning(lexicon)
    kept = (f for w in words(sentence) if len(w) > 2 and (f := fold(w)) not in skip and not w[0].isdigit())
    bare = (POSSESSIVE.sub("", f) if "'" in f else f for f in kept)
    return frozenset(stem(lexicon.variants.get(w, w)) for w in bare)


def denies(sentence: str, lexicon: Lexicon, quoted: bool = False) -> bool:
    """Whether the sentence says that something said by another is not so; `quoted` words count only if asked for."""
    return _denies(_flat(tokens(sentence), quoted), lexicon)


def _denies(said: str, lexicon: Lexicon) -> bool:
    if not (_has(said, lexicon.denial_verbs) or _has(said, lexicon.denial_predicates)):
        return False
    if _has(said, lexicon.not_denials):
        return False
    cue = next((p for p in lexicon.denial_verbs if " " not in p and f" {p} " in said), "")
    behind = said.partition(f" {cue} ")[2].split()[:_WITHHELD_WORDS] if cue else []
    if behind[:1] and behind[0] in lexicon.person_pronouns and not lexicon.sayings & set(behind[1:2]):
        return False  # "denied her a lawyer", but "denied her accusation"
    return not lexicon.withheld & set(behind) or "that" in behind


def _flat(toks: Sequence[Token], quoted: bool) -> str:
    return f" {' '.join(t.folded for t in toks if quoted or not t.quoted)} "


def _has(flat: str, phrases: tuple[str, ...]) -> bool:
    listed = _by_first_word(phrases)
    return any(phrase in flat for word in listed.keys() & set(flat.split()) for phrase in listed[word])


@lru_cache(maxsize=64)
def _by_first_word(phrases: tuple[str, ...]) -> dict[str, list[str]]:
    """Phrases between spaces under their first words: most sentences hold none of these."""
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        found.setdefault(phrase.split()[0], []).append(f" {phrase} ")
    return found
