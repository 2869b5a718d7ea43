"""True retellings of news sentences and false ones, made by code: what `benchmarks.verify` puts to the checks.

A sentence of a story is retold in ways that code can make safely (shortened, two joined, a number in words written
in digits, attribution moved, a synonym), and turned false by one edit (a number, name, day, direction, negation,
speaker or hedge), half of the time on top of a retelling; or a true one cites a sentence that does not say it.
The word lists and patterns here are written apart from those of the checks and share no code with them. Overlap
is unavoidable where the language has few words for a thing: "not", number words, weekdays, "may".
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from briefing.text import sentences
from briefing.types import Article, Citation, Statement


class Sentence(NamedTuple):
    """One sentence of an article, its number and its words as they stand."""

    article: Article
    number: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words."""
        return self.article.text[self.start : self.end]

    @property
    def citation(self) -> Citation:
        """The sentence as evidence."""
        return Citation(article=self.article.id, sentence=self.number, start=self.start, end=self.end, quote=self.text)


class Case(NamedTuple):
    """A statement put to the checks: its kind, whether it is true of what it cites, and its story's articles."""

    kind: str
    true: bool
    statement: Statement
    story: tuple[Article, ...]


class Tale(NamedTuple):
    """A story, read: its sentences, the names and speakers in it by article, and names of another story."""

    articles: tuple[Article, ...]
    sentences: tuple[Sentence, ...]
    names: dict[str, tuple[str, ...]]
    speakers: tuple[str, ...]
    strangers: tuple[str, ...]


class At(NamedTuple):
    """Where an edit is made: the sentence that is retold, its story, and a source of chance."""

    sentence: Sentence
    tale: Tale
    rng: random.Random


# Words and what takes their place: "rose", "fell".
Exchanges = Sequence[tuple[str, ...]]
# A text, and where it stands, to the changed text; None where the edit has nothing to change.
Edit = Callable[[str, At], str | None]


_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_LISTS: dict[str, list[str]] = {key: value.split() for key, value in _WORDS.items() if isinstance(value, str)}
ANTONYMS, SYNONYMS = ([tuple(pair.split(":")) for pair in _LISTS[key]] for key in ("antonyms", "synonyms"))
SMALL, TENS, DAYS, MONTHS = (_LISTS[key] for key in ("small", "tens", "days", "months"))
_SAYS = "said|says|told|added|wrote|tweeted|warned|explained|insisted|argued"
_NAME = r"[A-Z][\w’'-]*[a-z][\w’'-]*(?: (?:[A-Z]\. |al-|de |van )?[A-Z][\w’'-]+){0,3}"
_SPEAKER = re.compile(rf"\b(?P<after>{_NAME}) (?:{_SAYS})\b|\b(?:said|according to) (?P<before>{_NAME})")
_RUN = re.compile(_NAME)
_NOT_NAMES = frozenset([*_LISTS["not_names"], *DAYS, *MONTHS])
_DIGITS = re.compile(r"(?<![\w.,:/–-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w:/–]|[.,]\d|-(?!year))")
_PLAIN = re.compile(r"^[A-Z“\"‘'(].*[.!?]['’”\")]*$", re.DOTALL)


def tales(stories: Sequence[Sequence[Article]]) -> list[Tale]:
    """The stories, read."""
    read = [_tale(tuple(articles)) for articles in stories]
    names = [tuple(n for held in tale.names.values() for n in held) for tale in read]
    return [tale._replace(strangers=names[i - 1]) for i, tale in enumerate(read)]


def _tale(articles: tuple[Article, ...]) -> Tale:
    listed = tuple(Sentence(a, n, *span) for a in articles for n, span in enumerate(sentences(a.text)))
    names: dict[str, dict[str, None]] = defaultdict(dict)
    speakers: dict[str, None] = {}
    for one in listed:
        if one.number:
            names[one.article.id].update(dict.fromkeys(m[0] for m in _mentions(one.text)))
            said = (m["after"] or m["before"] for m in _SPEAKER.finditer(one.text))
            speakers.update(dict.fromkeys(name for name in said if _is_name(name)))
    return Tale(articles, listed, {i: tuple(found) for i, found in names.items()}, tuple(speakers), ())


def _is_name(name: str) -> bool:
    return not set(name.split()) & _NOT_NAMES


def _mentions(text: str) -> Iterator[re.Match[str]]:
    """Names in a text: runs of capitals, not one word alone at its head."""
    for match in _RUN.finditer(text):
        alone = " " not in match[0] and (match.start() < 2 or text[match.start() - 2] in '.!?“"‘:')
        if not alone and _is_name(match[0]) and len(match[0]) > 3:
            yield match


def cases(stories: Sequence[Tale], rng: random.Random, most: int, further: Exchanges = ()) -> Iterator[Case]:
    """True and false statements, at most `most` of each kind, in an order of chance.

    `further` are words to exchange for others in false statements, beside the common opposites here.
    """
    edits = {**EDITS, "direction: others' pairs": lambda text, at: _exchanged_word(text, further, at.rng)}
    pool = [(one, tale) for tale in stories for one in tale.sentences if one.number and _fit(one.text)]
    made: dict[str, int] = defaultdict(int)
    for one, tale in rng.sample(pool, len(pool)):
        at = At(one, tale, rng)
        for case in (*_true(at), *_false(at, edits), *_astray(at)):
            if made[case.kind] < most:
                made[case.kind] += 1
                yield case


def _fit(text: str) -> bool:
    return 8 <= len(text.split()) <= 45 and _PLAIN.match(text) is not None and "\n" not in text


def _case(kind: str, true: bool, text: str, cited: Sequence[Sentence], tale: Tale) -> Case:
    statement = Statement(text=text, language="en", citations=tuple(s.citation for s in cited))
    return Case(kind, true, statement, tale.articles)


def _true(at: At) -> Iterator[Case]:
    one, tale, _ = at
    yield _case("verbatim", True, one.text, [one], tale)
    for kind, retell in RETELLINGS.items():
        text = retell(one.text, at)
        if text and text != one.text:
            yield _case(kind, True, text, [one], tale)
    following = next((s for s in tale.sentences if s.article is one.article and s.number == one.number + 1), None)
    if following and _fit(following.text):
        both = (_shortened(s.text, at) or s.text for s in (one, following))
        yield _case("two joined", True, " ".join(both), [one, following], tale)
        named = _named(one, following)
        if named:
            yield _case("name for a pronoun", True, named, [following], tale)
    title = Sentence(one.article, 0, 0, len(one.article.title))
    if one.number == 1 and title.text[:40] != one.text[:40]:
        yield _case("title, citing the lead", True, title.text, [one], tale)


def _false(at: At, edits: Mapping[str, Edit]) -> Iterator[Case]:
    retellings = [r(at.sentence.text, at) for r in RETELLINGS.values()] if at.rng.random() < 0.5 else []
    base = at.rng.choice([text for text in retellings if text] or [at.sentence.text])
    for kind, edit in edits.items():
        text = edit(base, at)
        if text and text != base:
            yield _case(kind, False, text, [at.sentence], at.tale)


def _astray(at: At) -> Iterator[Case]:
    """The sentence, as it is or retold, citing another that does not say it."""
    one, tale, rng = at
    texts = [one.text, *(text for r in RETELLINGS.values() if (text := r(one.text, at)))]
    others = [s for s in tale.sentences if s.number and _apart(s.text, one.text)]
    for kind, own in (("citation: same article", True), ("citation: other article", False)):
        away = [s for s in others if (s.article is one.article) == own]
        if away:
            yield _case(kind, False, rng.choice(texts), [rng.choice(away)], tale)


def _apart(a: str, b: str) -> bool:
    left, right = ({w.lower() for w in re.findall(r"\w{4,}", t)} for t in (a, b))
    return len(left & right) < 0.25 * max(1, min(len(left), len(right)))


def _shortened(text: str, at: At) -> str | None:
    """Without a parenthesis, an aside, or a clause at the end; quotations stay whole."""
    if text != _without_quotes(text):
        return None
    cuts = (
        (r" \([^()“”\"]{3,80}\)", ""),
        (r", (?:who|which|whose|a|an|the|\d\d?)\b[^,“”\".;:]{2,70}, (?!and\b|or\b)", " "),
        (r", (?:which|who|where|while|as|after) [^,“”\";:]{8,}(?=\.$)", ""),
        (r" – [^–“”\"]{5,90} – ", " "),
    )
    options = [re.sub(pattern, to, text, count=1) for pattern, to in cuts if re.search(pattern, text)]
    kept = [o for o in options if len(o.split()) >= 6]
    return at.rng.choice(kept) if kept else None


def _numbers_rewritten(text: str, at: At) -> str | None:
    """Words for digits, digits for words, separators dropped, signs written out."""
    if text != _without_quotes(text):
        return None
    options = [
        re.sub(r"\b(\d{1,3}),(\d{3})\b(?!,)", r"\1\2", text, count=1),
        re.sub(r"\b(\d+(?:\.\d+)?) (?:percent|per cent)\b", r"\1%", text, count=1),
        re.sub(r"(?<=\d)%", " percent", text, count=1),
        re.sub(r"(?<!\w)\$\s?(\d+(?:\.\d+)?) (million|billion)", r"\1 \2 dollars", text, count=1),
        re.sub(r"\b(\d)\.(\d) million\b", r"\1,\g<2>00,000", text, count=1),
    ]
    for value, word in enumerate(SMALL[3:], 3):
        options.append(re.sub(rf"(?<=[a-z] )\b{word}\b(?= [a-z])", str(value), text, count=1))
        options.append(re.sub(rf"(?<=[a-z] )\b{value}\b(?= [a-z])", word, text, count=1))
    changed = [o for o in options if o != text]
    return at.rng.choice(changed) if changed else None


def _day_dropped(text: str, _at: At) -> str | None:
    when = rf"(?:on|late on|early on) (?:{'|'.join(DAYS)})(?: morning| night| evening| afternoon)?\b"
    return re.sub(rf",? {when}(?!['’-])(?! and),?", "", text, count=1)


def _attribution_moved(text: str, _at: At) -> str | None:
    said = re.match(rf"^(?P<who>(?:The )?{_NAME}) said (?:that )?(?P<what>[a-z][^“”\"]+)\.$", text)
    closed = re.match(rf"^(?P<what>[A-Z][^“”\"]+), (?P<who>{_NAME}) said\.$", text)
    if said:
        return f"According to {said['who']}, {said['what']}."
    return f"{closed['who']} said {closed['what']}." if closed else None


def _moved(text: str, _at: At) -> str | None:
    """What opens the sentence put at its end."""
    opening = re.match(r"^(?P<lead>(?:In|On|At|After|During|By|Since) [^,“”\"]{3,60}), (?P<rest>[^“”\"]+)\.$", text)
    if not opening:
        return None
    lead, rest = opening["lead"], opening["rest"]
    return f"{rest[0].upper()}{rest[1:]} {lead[0].lower()}{lead[1:]}."


def _synonym(text: str, at: At) -> str | None:
    return _exchanged_word(text, SYNONYMS, at.rng)


def _without_quotes(text: str) -> str:
    """The text with what stands in quotation marks blanked."""
    return re.sub(r"[“\"‘][^”\"’]*[”\"’]?", lambda m: "\x00" * len(m[0]), text)


def _exchanged_word(text: str, pairs: Exchanges, rng: random.Random) -> str | None:
    seen = _without_quotes(text)
    spoken = set(re.findall(r"\w+", seen))
    found = [
        (m.start(), m.end(), b) for a, b in pairs if a in spoken for m in re.finditer(rf"(?<!-)\b{a}\b(?!-)", seen)
    ]
    if not found:
        return None
    start, end, to = rng.choice(found)
    return text[:start] + to + text[end:]


def _named(one: Sentence, following: Sentence) -> str | None:
    """The sentence behind, with the speaker before it in the place of its pronoun."""
    said = re.match(rf"^(?P<who>{_NAME}) (?:{_SAYS})\b", one.text)
    pronoun = re.match(r"^(?:He|She) (?=\w+)", following.text)
    if not said or not pronoun or not _is_name(said["who"]) or "\n" in one.article.text[one.end : following.start]:
        return None
    return f"{said['who']} {following.text[pronoun.end() :]}"


RETELLINGS: dict[str, Edit] = {
    "shortened": _shortened,
    "numbers rewritten": _numbers_rewritten,
    "day dropped": _day_dropped,
    "attribution moved": _attribution_moved,
    "opening moved": _moved,
    "synonym": _synonym,
}


def _digits_changed(text: str, at: At) -> str | None:
    return _at_one(list(_DIGITS.finditer(text)), text, lambda m: _other_digits(m[0], at.sentence.text, at.rng), at.rng)


def _at_one(
    found: Sequence[re.Match[str]], text: str, change: Callable[[re.Match[str]], str | None], rng: random.Random
) -> str | None:
    """The text with one of the matches replaced."""
    if not found:
        return None
    match = rng.choice(found)
    to = change(match)
    return None if to is None else text[: match.start()] + to + text[match.end() :]


def _other_digits(written: str, source: str, rng: random.Random) -> str | None:
    places = [i for i, c in enumerate(written) if c.isdigit()]
    for _ in range(9):
        place = rng.choice(places)
        digit = rng.choice([d for d in "123456789" if d != written[place]])
        made = written[:place] + digit + written[place + 1 :]
        spelled = {word for word in SMALL if made == str(SMALL.index(word))}
        if not re.search(rf"(?<!\d){re.escape(made)}(?!\d)", source) and not spelled & set(source.lower().split()):
            return made
    return None


def _word_changed(text: str, at: At) -> str | None:
    counted = [*SMALL[2:], *TENS]
    found = list(re.finditer(rf"\b(?:{'|'.join(counted)})\b", text))
    taken = set(re.findall(r"\w+", at.sentence.text.lower()))
    free = [w for w in counted if w not in taken and not (w in SMALL and str(SMALL.index(w)) in taken)]
    return _at_one(found, text, lambda m: at.rng.choice(free) if m[0] not in free else None, at.rng)


def _scale(text: str, at: At) -> str | None:
    other = {"million": "billion", "billion": "million", "thousand": "million", "hundred": "thousand"}
    found = list(re.finditer(r"(?<=[\w\d] )(?:million|billion|thousand|hundred)\b", text))
    return _at_one([m for m in found if other[m[0]] not in at.sentence.text], text, lambda m: other[m[0]], at.rng)


def _unit(text: str, at: At) -> str | None:
    options = [re.sub(pattern, to, text, count=1) for pattern, to in _WORDS["units"] if re.search(pattern, text)]
    return at.rng.choice(options) if options else None


def _number_nearby(text: str, at: At) -> str | None:
    """A number of another sentence of the same article."""
    own = (s.text for s in at.tale.sentences if s.article is at.sentence.article and s.number)
    free = [n for told in own for n in _DIGITS.findall(told) if n not in at.sentence.text]
    return _at_one(list(_DIGITS.finditer(text)), text, lambda _: at.rng.choice(free) if free else None, at.rng)


def _exchanged(text: str, at: At) -> str | None:
    """Two numbers of the sentence, each in the place of the other."""
    found = list(_DIGITS.finditer(text))
    pairs = [(a, b) for a, b in pairwise(found) if a[0] != b[0] and re.search("[a-z]", text[a.end() : b.start()])]
    if not pairs:
        return None
    a, b = at.rng.choice(pairs)
    return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]


def _other_day(text: str, at: At) -> str | None:
    found = list(re.finditer(rf"\b(?:{'|'.join(DAYS + MONTHS)})\b", text))

    def other(match: re.Match[str]) -> str:
        return at.rng.choice([d for d in (DAYS if match[0] in DAYS else MONTHS) if d not in at.sentence.text])

    return _at_one(found, text, other, at.rng)


def _name_from(pool: Callable[[At], Sequence[str]]) -> Edit:
    def edit(text: str, at: At) -> str | None:
        own = set(re.findall(r"\w+", at.sentence.text))
        mentions = list(_mentions(text))
        if not mentions:
            return None
        match = at.rng.choice(mentions)
        free = [n for n in pool(at) if _other_name(n, match[0], own)]
        return text[: match.start()] + at.rng.choice(free) + text[match.end() :] if free else None

    return edit


def _other_name(name: str, than: str, own: set[str]) -> bool:
    """Whether a name is of another thing, and of as many words or nearly: not a short form, nor initials."""
    parts = re.findall(r"\w+", name)
    letters = "".join(p[0] for p in parts)
    initials = than.upper() in {letters, name.upper()} or letters == "".join(p[0] for p in than.split())
    return not set(parts) & own and not initials and abs(len(parts) - len(than.split())) < 2


def _antonym(text: str, at: At) -> str | None:
    return _exchanged_word(text, [way for a, b in ANTONYMS for way in ((a, b), (b, a))], at.rng)


def _negated(text: str, at: At) -> str | None:
    verbs = "is|are|was|were|will|would|can|could|has|have|had|did|does|should|must"
    found = list(re.finditer(rf"\b(?:{verbs})\b(?= [a-z])(?! (?:not|never|no|been no)\b)", _without_quotes(text)))
    return _at_one(found, text, lambda m: f"{m[0]} not", at.rng)


def _affirmed(text: str, at: At) -> str | None:
    seen = _without_quotes(text)
    found = [(m.start(), m.end(), to) for pattern, to in _WORDS["negations"] for m in re.finditer(pattern, seen)]
    if not found:
        return None
    start, end, to = at.rng.choice(found)
    made: str = text[:start] + to + text[end:]
    return made.replace(" ca ", " can ").replace(" wo ", " will ")


def _other_speaker(text: str, at: At) -> str | None:
    found = [m for m in _SPEAKER.finditer(text) if _is_name(m["after"] or m["before"])]
    if not found:
        return None
    match = at.rng.choice(found)
    group = "after" if match["after"] else "before"
    own = set(re.findall(r"\w+", at.sentence.text))
    free = [s for s in at.tale.speakers if not set(re.findall(r"\w+", s)) & own]
    return text[: match.start(group)] + at.rng.choice(free) + text[match.end(group) :] if free else None


def _unhedged(text: str, at: At) -> str | None:
    seen = _without_quotes(text)
    found = [(m, to) for pattern, to in _WORDS["hedges"] for m in re.finditer(pattern, seen)]
    if not found:
        return None
    match, to = at.rng.choice(found)
    return text[: match.start()] + match.expand(to) + text[match.end() :]


EDITS: dict[str, Edit] = {
    "number: digits": _digits_changed,
    "number: words": _word_changed,
    "number: scale": _scale,
    "number: unit": _unit,
    "number: of the article": _number_nearby,
    "numbers exchanged": _exchanged,
    "day or month": _other_day,
    "name: same article": _name_from(lambda at: at.tale.names[at.sentence.article.id]),
    "name: other article": _name_from(
        lambda at: [n for i, held in at.tale.names.items() if i != at.sentence.article.id for n in held]
    ),
    "name: other story": _name_from(lambda at: at.tale.strangers),
    "direction: common": _antonym,
    "negation inserted": _negated,
    "negation removed": _affirmed,
    "speaker": _other_speaker,
    "hedge dropped": _unhedged,
}
