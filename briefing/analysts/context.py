"""Packing: a story as numbered sentences under a token budget.

    Story -> lines (near-identical sentences once) -> Packed     one call
                                                   -> Packed ... one call for each part, and one to reduce

Article n is `an`, best first; its sentences are `an.0` (the title), `an.1`, numbered as in
`briefing.text.sentences`, so that code turns an id back into exact characters. What does not fit is
left out by whole sentences, the least telling first, and counted.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from briefing.analysts.schema import Answer
from briefing.lexicon import Lexicons
from briefing.stages.claims import Claim, claims
from briefing.stages.disputes import Checker, Findings, find
from briefing.text import fold, one_line, stem, words
from briefing.types import Article, Citation, Story

Count = Callable[[str], int]
Place = tuple[str, int]
"""A sentence: article id and number."""

# Stories below the floor go out whole; of a longer one, what tells least is left out once this share of the tokens
# of its full texts is reached. Sentences that must go are sent beyond it, up to the budget.
_WHOLE_TOKENS = 1_500
_SHARE = 0.36
_MOST_PARTS = 8
_MOST_HINTS = 8
_LEADS = 2
_PYRAMID = 0.95
_HEADING, _TITLED, _UNDATED = "##", "title", "time unknown"
_DIGIT = re.compile(r"\d")
_FAKE_ID = re.compile(r"\b(a\d+)\.(?=\d)", re.IGNORECASE)
_CONTROL_TOKEN = re.compile(r"<(?=\|)|(?<=\|)>")


class Line(NamedTuple):
    """Sentences that say the same in the same words: `told` holds them in the order of their articles.

    `tier` 0 and 1 must go: one sentence of each origin, then conflicts, denials and counted figures. Then come
    other figures (dates, ages), then attributions, negations and leads, then the rest.
    """

    told: tuple[Claim, ...]
    tier: int
    worth: float

    @property
    def order(self) -> tuple[int, float, str, int]:
        """Sorts what must go first to the front."""
        return (self.tier, -self.worth, self.told[0].article.id, self.told[0].sentence)


class Hint(NamedTuple):
    """A conflict the rules suspect: its question, and one id for each side."""

    kind: str
    question: str
    ids: tuple[str, ...]


class Packed(NamedTuple):
    """What goes out of a story: `text` with its ids, what each id stands for, and how much stayed behind.

    `left_out` counts the sentences of the story that were not sent; `tokens` is the size of `text`.
    """

    story: str
    text: str
    cited: Mapping[str, tuple[Citation, ...]]
    hints: tuple[Hint, ...]
    left_out: int
    tokens: int
    origins: int

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that may be cited, in order."""
        return tuple(self.cited)

    @property
    def nonce(self) -> str:
        """A mark for the fence around `text`: it follows from the text, so that equal stories make equal requests."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class Plan(NamedTuple):
    """A story made ready: its articles best first, its lines in reading order, the conflicts found in it.

    `number` is that of each article that may go out, from 1.
    """

    story: Story
    articles: tuple[Article, ...]
    lines: tuple[Line, ...]
    told: tuple[Claim, ...]
    found: Findings
    count: Count
    number: Mapping[str, int]


def plan(story: Story, lexicons: Lexicons, count: Count, checker: Checker | None = None) -> Plan:
    """Read a story for packing. Private articles take part in finding conflicts, and never go out.

    Those of outlets that the reader has muted go out where there are no others.
    """
    told = tuple(c for a in story.articles for c in claims(a, lexicons))
    found = find(told, lexicons, checker)
    public = [c for c in told if not c.article.private]
    public = [c for c in public if not c.article.muted] or public
    weight = _weights(public)
    articles = _best_first(public, weight)
    lines = _lines(public, articles, found, weight, lexicons)
    return Plan(story, articles, lines, told, found, count, {a.id: n for n, a in enumerate(articles, 1)})


def pack(story: Story, lexicons: Lexicons, budget_tokens: int, count: Count) -> Packed:
    """A story as numbered sentences of at most `budget_tokens` tokens, headers and hints among them."""
    return packed(plan(story, lexicons, count), budget_tokens)


def parts(story: Story, lexicons: Lexicons, budget_tokens: int, count: Count) -> tuple[Packed, ...]:
    """One `Packed` if all that must go fits the budget, else several that fit it one by one; ids are the story's."""
    return packed_in_parts(plan(story, lexicons, count), budget_tokens)


def packed(ready: Plan, budget_tokens: int) -> Packed:
    """Fill the budget: what must go first, then the most telling, up to a share of the full texts."""
    hints = _hints(ready, {(c.article.id, c.sentence) for line in ready.lines for c in line.told})
    spare = budget_tokens - _cost_of_hints(hints, ready.count)
    if spare < budget_tokens // 2:
        hints, spare = (), budget_tokens
    full = sum(ready.count(article.text) for article in ready.articles)
    chosen = _fill(ready, sorted(ready.lines, key=lambda line: line.order), spare, _SHARE * full)
    return _within(ready, chosen, hints, budget_tokens)


def packed_in_parts(ready: Plan, budget_tokens: int) -> tuple[Packed, ...]:
    """Cut an oversize story where its articles or sentences end."""
    must = [line for line in ready.lines if line.tier < 2]
    if _cost(ready, must) + _cost_of_hints(_hints(ready, None), ready.count) <= budget_tokens:
        return (packed(ready, budget_tokens),)
    groups = _groups(ready, must, budget_tokens)
    if len(groups) > _MOST_PARTS:
        # Parts break at sentences and repeat headers, so not all of the room is used.
        first = _fill(
            ready, sorted(must, key=lambda line: line.order), int(0.8 * _MOST_PARTS * budget_tokens), math.inf
        )
        groups = _groups(ready, [line for line in must if line in first], budget_tokens)[:_MOST_PARTS]
    made = [_within(ready, group, (), budget_tokens) for group in groups]
    sent = {c for part in made for cited in part.cited.values() for c in cited}
    return tuple(part._replace(left_out=len(ready.told) - len(sent)) for part in made)


def reduced(ready: Plan, packs: Sequence[Packed], notes: Sequence[Answer]) -> Packed:
    """The statements drawn out of the parts as material for one more request, which may cite only what they cite."""
    lines = [line for note in notes for line in _notes(note)]
    used = {i for note in notes for i in _ids_in(note)}
    known = {i: citations for p in packs for i, citations in p.cited.items() if i in used}
    hints = tuple(h for h in _hints(ready, None) if set(h.ids) <= known.keys())
    text = "".join([*lines, *_hint_lines(hints)]).rstrip("\n")
    held = {c.article for citations in known.values() for c in citations}
    origins = len({a.origin for a in ready.articles if a.id in held})
    return Packed(ready.story.id, text, known, hints, packs[0].left_out, ready.count(text), origins)


def _notes(note: Answer) -> Iterable[str]:
    for said in note.summary:
        yield f"[{', '.join(said.ids)}] {harmless(said.text)}\n"
    for dispute in note.disputes:
        for side in dispute.positions:
            about = f"{dispute.kind}, {harmless(dispute.question)}, {harmless(side.holder)}"
            yield f"[{', '.join(side.ids)}] ({about}) {harmless(side.text)}\n"


def _ids_in(note: Answer) -> Iterable[str]:
    yield from (i for said in note.summary for i in said.ids)
    yield from (i for dispute in note.disputes for side in dispute.positions for i in side.ids)


def _weights(told: Sequence[Claim]) -> Mapping[str, int]:
    """Weight of a stem: how many origins use it beyond the first, so that what all report comes first."""
    origins: dict[str, set[str]] = {}
    for claim in told:
        for found in claim.content:
            origins.setdefault(found, set()).add(claim.article.origin)
    return {s: len(o) - 1 for s, o in origins.items()}


def _best_first(told: Sequence[Claim], weight: Mapping[str, int]) -> tuple[Article, ...]:
    """Articles by how much of what the others say too stands in their opening; the newer first among equals."""
    opening: dict[str, set[str]] = {}
    for claim in told:
        held = opening.setdefault(claim.article.id, set())
        held.update(claim.content if claim.sentence <= 2 * _LEADS else ())
    listed = {c.article.id: c.article for c in told}.values()
    newest = sorted(listed, key=lambda a: (a.published or "", a.id), reverse=True)
    return tuple(sorted(newest, key=lambda a: -sum(weight[s] for s in opening[a.id])))


def _lines(
    told: Sequence[Claim],
    articles: Sequence[Article],
    found: Findings,
    weight: Mapping[str, int],
    lexicons: Lexicons,
) -> tuple[Line, ...]:
    place = {article.id: n for n, article in enumerate(articles)}
    same: dict[object, list[Claim]] = {}
    for claim in sorted(told, key=lambda c: (place[c.article.id], c.sentence)):
        if claim.sentence:
            same.setdefault(_wording(claim, lexicons), []).append(claim)
    firsts = _first_of_each_origin(same.values())
    suspected = _cited(found)
    return tuple(Line(tuple(g), _tier(g, firsts, suspected), _worth(g[0], weight)) for g in same.values())


def _wording(claim: Claim, lexicons: Lexicons) -> object:
    """Equal for sentences that differ in nothing that could matter.

    The words that carry meaning in their order, each figure with the word before it, each negation; other
    function words, calendar words and reporting verbs may differ.
    """
    lexicon = lexicons.get(claim.article.language or "")
    listed = [fold(word) for word in words(claim.text)]
    if lexicon is None:
        return tuple(listed)
    skip = lexicon.stopwords | lexicon.reporting_verbs | lexicon.calendar
    kept: list[str] = []
    for before, word in zip(["", *listed], listed, strict=False):
        if _DIGIT.search(word) or word in lexicon.numbers:
            kept += [before, word]
        elif word in lexicon.negations or word not in skip:
            kept.append(stem(word))
    return (tuple(kept), claim.denies, claim.negated)


def _first_of_each_origin(groups: Iterable[Sequence[Claim]]) -> frozenset[Place]:
    firsts: dict[str, Place] = {}
    for claim in sorted((c for g in groups for c in g), key=lambda c: c.sentence > 1):
        firsts.setdefault(claim.article.origin, (claim.article.id, claim.sentence))
    return frozenset(firsts.values())


def _cited(found: Findings) -> frozenset[Place]:
    sides = [p.statement for d in found.disputes for p in d.positions]
    steps = [s.statement for u in found.updates for s in u.steps]
    return frozenset((c.article, c.sentence) for s in (*sides, *steps) for c in s.citations)


def _tier(group: Sequence[Claim], firsts: frozenset[Place], suspected: frozenset[Place]) -> int:
    places = {(c.article.id, c.sentence) for c in group}
    if places & firsts:
        return 0
    first = group[0]
    if places & suspected or first.denies or first.differs or first.quantities:
        return 1
    if _DIGIT.search(first.text):
        return 2
    telling = first.speaker or first.negated or min(c.sentence for c in group) <= _LEADS
    return 3 if telling else 4


def _worth(claim: Claim, weight: Mapping[str, int]) -> float:
    """Weight per root of length, falling with the place in the article (news is written in falling order of weight)."""
    held = sum(math.log1p(weight[s]) for s in claim.content)
    return round(held / math.sqrt(len(claim.text) + 40) * _PYRAMID**claim.sentence, 6)


def _fill(ready: Plan, lines: Iterable[Line], budget: int, share: float) -> list[Line]:
    """Take lines in the order given while they fit; those that need not go only up to the share."""
    chosen: list[Line] = []
    opened: set[str] = set()
    spent = 0
    for line in lines:
        new = {c.article.id: c.article for c in line.told if c.article.id not in opened}
        cost = ready.count(_line(ready, line)) + sum(ready.count(_header(ready, a)) for a in new.values())
        if spent + cost <= (budget if line.tier < 2 else min(budget, max(share, _WHOLE_TOKENS))):
            chosen.append(line)
            opened |= new.keys()
            spent += cost
    return chosen


def _groups(ready: Plan, lines: Iterable[Line], budget: int) -> list[list[Line]]:
    """Consecutive lines that fit the budget together with their headers; a line too long by itself is left out."""
    groups: list[list[Line]] = []
    room, opened = 0, set[str]()
    for line in lines:
        heads = {c.article.id: ready.count(_header(ready, c.article)) for c in line.told}
        own = ready.count(_line(ready, line))
        cost = own + sum(n for i, n in heads.items() if i not in opened)
        if cost > room:
            room, opened, cost = budget, set(), own + sum(heads.values())
            if cost > budget:
                room = 0
                continue
            groups.append([])
        groups[-1].append(line)
        opened |= heads.keys()
        room -= cost
    return groups


def _cost(ready: Plan, lines: Sequence[Line]) -> int:
    opened = {c.article.id: c.article for line in lines for c in line.told}
    heads = sum(ready.count(_header(ready, article)) for article in opened.values())
    return heads + sum(ready.count(_line(ready, line)) for line in lines)


def _within(ready: Plan, chosen: Sequence[Line], hints: tuple[Hint, ...], budget: int) -> Packed:
    """Put the lines down; the counts of pieces need not add up, so the last in order go until the whole fits."""
    kept = sorted(chosen, key=lambda line: line.order)
    while True:
        made = _put(ready, kept, hints)
        if made.tokens <= budget or not kept:
            return made
        kept.pop()


def _put(ready: Plan, chosen: Sequence[Line], hints: tuple[Hint, ...]) -> Packed:
    wanted = set(map(id, chosen))
    lines = [line for line in ready.lines if id(line) in wanted]
    opened = {c.article.id for line in lines for c in line.told}
    blocks: list[str] = []
    cited: dict[str, tuple[Citation, ...]] = {}
    for article in (a for a in ready.articles if a.id in opened):
        title = next(c for c in ready.told if c.article.id == article.id)
        own = [line for line in lines if line.told[0].article.id == article.id]
        blocks += [_header(ready, article), *(_line(ready, line) for line in own)]
        cited[_id(ready, title)] = (title.citation,)
        for line in own:
            citations = tuple(c.citation for c in line.told)
            cited.update({_id(ready, c): citations for c in line.told})
    shown = tuple(h for h in hints if set(h.ids) <= cited.keys())
    text = "".join([*blocks, *_hint_lines(shown)]).rstrip("\n")
    sent = {c for group in cited.values() for c in group}
    origins = len({a.origin for a in ready.articles if a.id in opened})
    left_out = len(ready.told) - len(sent)
    return Packed(ready.story.id, text, cited, shown, left_out, ready.count(text), origins)


def _id(ready: Plan, claim: Claim) -> str:
    return f"a{ready.number[claim.article.id]}.{claim.sentence}"


def _header(ready: Plan, article: Article) -> str:
    number = ready.number[article.id]
    place = f"{_HEADING} a{number} | {harmless(article.label)} | {article.published or _UNDATED}"
    return f"{place}\na{number}.0 {_TITLED}: {harmless(article.title)}\n"


def _line(ready: Plan, line: Line) -> str:
    ids = [_id(ready, c) for c in line.told]
    shown = ids[0] if len(ids) == 1 else f"[{' = '.join(ids)}]"
    return f"{shown} {harmless(line.told[0].text)}\n"


def harmless(text: str) -> str:
    """One line of text in which nothing reads as an id of ours or as a control token of a model."""
    return _CONTROL_TOKEN.sub(" ", _FAKE_ID.sub(r"\1 ", one_line(text)))


def _hints(ready: Plan, places: set[Place] | None) -> tuple[Hint, ...]:
    """The suspected conflicts whose sides may all go out."""
    number = ready.number
    hints = []
    for dispute in ready.found.disputes:
        sides = [p.statement.citations[0] for p in dispute.positions]
        known = all(c.article in number and (places is None or (c.article, c.sentence) in places) for c in sides)
        if known:
            ids = tuple(f"a{number[c.article]}.{c.sentence}" for c in sides)
            hints.append(Hint(dispute.kind, harmless(dispute.question), ids))
    return tuple(hints[:_MOST_HINTS])


def _hint_lines(hints: Sequence[Hint]) -> list[str]:
    lines = [f"{h.kind} | {h.question} | {' / '.join(h.ids)}\n" for h in hints]
    return [f"{_HEADING} possible conflicts, found by rules\n", *lines] if lines else []


def _cost_of_hints(hints: Sequence[Hint], count: Count) -> int:
    return sum(count(line) for line in _hint_lines(hints))
