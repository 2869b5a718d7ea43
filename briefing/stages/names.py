"""When two names are one: spellings, short forms, a country and its adjective."""

from __future__ import annotations

import re

from briefing.lexicon import Lexicon
from briefing.text import fold, words

POSSESSIVE = re.compile(r"['’]s?$")


def same_speaker(a: str, b: str, lexicon: Lexicon) -> bool:
    """Whether two holders are one: "Turkish Ministry of Defence", "Turkey's Defense Ministry"; "Orr", "Lena Orr"."""
    left, right = name_words(a, lexicon), name_words(b, lexicon)
    if not left or not right:
        return fold(a) == fold(b)
    small, large = sorted((left, right), key=len)
    if len(small) < 2 and len(small) < len(large):
        # A single word is a surname, unless it is an office or the place of one.
        tied = any(fold(w) in lexicon.noun_glue for w in words(max(a, b, key=len)))
        return small[0] == large[-1] and not can_speak(small[0], lexicon) and not tied
    return all(any(same_name(w, v, lexicon) for v in large) for w in small)


def name_words(name: str, lexicon: Lexicon) -> list[str]:
    """List the words of a name that tell it from others, folded, without possessives, in one spelling."""
    bare = [POSSESSIVE.sub("", fold(w)) for w in words(name)]
    kept = [w for w in bare if w not in lexicon.noun_glue and w not in lexicon.stopwords and w != "quoted"]
    return [lexicon.variants.get(w, w) for w in kept]


def same_name(a: str, b: str, lexicon: Lexicon) -> bool:
    """Whether words are equal, or a country and its adjective ("turkey", "turkish") by one ending of each class."""
    if a == b:
        return True
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if common < 3:
        return False
    ends = [(a[cut:], b[cut:]) for cut in range(max(3, common - 2), common + 1)]
    country, demonym = lexicon.country_endings, lexicon.demonym_endings
    return any((x in country and y in demonym) or (y in country and x in demonym) for x, y in ends)


def can_speak(folded: str, lexicon: Lexicon) -> bool:
    """Whether a word names an office, a body or a group that speaks, in the singular or the plural."""
    return folded in lexicon.speaker_nouns or folded.removesuffix("s") in lexicon.speaker_nouns
