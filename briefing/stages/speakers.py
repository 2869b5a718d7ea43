"""Who says a sentence: attribution by reporting verb, "according to", quotation, and what follows on from these.

The rules read the sentence's own words and the `Lexicon`; names are recognised by their capitals. A
speaker is always a run of characters of the sentence, so that it can be found in the article again.
After the cue-based attribution of Pareti (2016), with the holder taken to be the nearest noun phrase.
Where the words leave it open who speaks, nobody does: the outlet then answers for its own sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.names import POSSESSIVE, can_speak, name_words, same_name, same_speaker
from briefing.stages.tokens import Token, tokens
from briefing.text import fold, words

__all__ = ["Speaker", "Token", "follow", "same_name", "same_speaker", "speaker", "tokens"]

_QUOTES = re.compile('[“”"«»„‘]|[.,!?…]’')
_BREAK = re.compile(r"[,;:()\[\]—–“”\"«»‘!?]|\s-\s|\.\.|…")
_OWNED = re.compile(r"(?P<owner>.+?)['’]s?\s+(?:\w+\s+){0,2}\w+$")
_NAME_AFTER_COMMA = re.compile(r",\s+([^\W\d_a-z][\w'’.\-]*(?:\s[^\W\d_a-z][\w'’.\-]*){0,3}?)(?=[.,;:]|\s*$)")
_LONGEST = 14


class Speaker(NamedTuple):
    """Who says a sentence; `via` is who quotes them; `anaphoric` if the words only point back ("he")."""

    name: str
    via: str | None = None
    anaphoric: bool = False

    @property
    def holder(self) -> str:
        """The speaker as shown to a reader."""
        return f"{self.name}, quoted by {self.via}" if self.via else self.name


def speaker(sentence: str, lexicon: Lexicon) -> Speaker | None:
    """Find whom the sentence itself names as its speaker, or None."""
    toks = tokens(sentence)
    for rule in (_quoting, _according, _finite, _participle):
        found = rule(sentence, toks, lexicon)
        if found:
            return found
    return None


def _quoting(sentence: str, toks: list[Token], lexicon: Lexicon) -> Speaker | None:
    """Read "X quoted Y as saying", "Y was quoted by X as saying", "X reported, citing Y": Y speaks, X quotes."""
    said_words = {t.folded for t in toks}
    for verb, tail in lexicon.quoting:
        if verb not in said_words:
            continue
        at = next((i for i, t in enumerate(toks) if t.folded == verb and not t.quoted and i), None)
        if at is None or (tail and f" {tail} " not in f" {' '.join(t.folded for t in toks[at + 1 :])} "):
            continue
        if toks[at - 1].folded in lexicon.auxiliaries:
            said, via = _left_phrase(sentence, toks, at - 1, lexicon), _agent(sentence, toks, at, lexicon)
        else:
            said, via = _right_phrase(sentence, toks, at, lexicon), _quoter(sentence, toks, at, lexicon)
        owned = not tail and any(POSSESSIVE.search(t.word) for t in toks[at + 1 : at + 4])
        if said and not owned and fold(said.name) not in lexicon.person_pronouns:
            return said._replace(via=via.name if via and not via.anaphoric else None)
    return None


def _quoter(sentence: str, toks: list[Token], verb: int, lexicon: Lexicon) -> Speaker | None:
    """Find the subject of the quoting verb, or of the reporting verb it hangs on."""
    if "," not in toks[verb].gap:
        return _left_phrase(sentence, toks, verb, lexicon)
    start = _phrase_start(toks, verb - 1, lexicon)
    return _finite(sentence, toks[:verb], lexicon) or (
        _phrase(sentence, toks, 0, verb - 1, lexicon) if start == 0 else None
    )


def _agent(sentence: str, toks: list[Token], verb: int, lexicon: Lexicon) -> Speaker | None:
    """Whoever stands after "by" in a passive."""
    by = next((i for i in range(verb + 1, len(toks)) if toks[i].folded == "by"), None)
    return None if by is None else _right_phrase(sentence, toks, by, lexicon)


def _according(sentence: str, toks: list[Token], lexicon: Lexicon) -> Speaker | None:
    said_words = {t.folded for t in toks}
    for phrase in lexicon.attribution_phrases:
        cue = phrase.split()
        for i in range(len(toks) - len(cue)) if cue[0] in said_words else ():
            here = toks[i : i + len(cue)]
            if [t.folded for t in here] == cue and not here[0].quoted:
                found = _right_phrase(sentence, toks, i + len(cue) - 1, lexicon)
                if found:
                    # "…, the colonel said, according to the Courier": the colonel speaks, the Courier quotes.
                    spoken = _finite(sentence, toks[:i], lexicon) if i else None
                    told = spoken and not spoken.anaphoric and not found.anaphoric
                    return spoken._replace(via=found.name) if spoken and told else found
    return None


def _finite(sentence: str, toks: list[Token], lexicon: Lexicon) -> Speaker | None:
    verbs = _verbs(lexicon)
    for i, tok in enumerate(toks):
        if tok.folded not in verbs or tok.quoted or tok.capital or not _reports(toks, i, lexicon):
            continue
        found = _left_phrase(sentence, toks, i, lexicon)
        if not found and _BREAK.search(tok.gap):
            found = _right_phrase(sentence, toks, i, lexicon)
        if found:
            return found
    return None


@lru_cache(maxsize=16)
def _verbs(lexicon: Lexicon) -> frozenset[str]:
    """All that `_reports` may find to be a reporting verb."""
    return lexicon.issuing_verbs | lexicon.figure_verbs | lexicon.weak_verbs | lexicon.reporting_verbs


def _reports(toks: list[Token], i: int, lexicon: Lexicon) -> bool:
    """Whether word `i` is a reporting verb in the active voice."""
    folded, before = toks[i].folded, i - 1
    while before >= 0 and _adverb(toks[before], lexicon):
        before -= 1
    if before >= 0 and (toks[before].folded in lexicon.auxiliaries or POSSESSIVE.search(toks[before].word)):
        return False
    if folded in lexicon.issuing_verbs:
        return any(t.folded in lexicon.statement_nouns for t in toks[i + 1 : i + 7])
    if folded in lexicon.figure_verbs:
        return _gives_figure(toks, i, lexicon)
    if folded in lexicon.weak_verbs:
        return _introduces(toks, i)
    return folded in lexicon.reporting_verbs


def _gives_figure(toks: list[Token], verb: int, lexicon: Lexicon) -> bool:
    """Whether a verb that may mean something else gives a figure: "put the damage at 4 million", "counted 12"."""
    number = next((j for j in range(verb + 1, min(verb + 9, len(toks))) if _is_number(toks[j], lexicon)), None)
    if number is None:
        return False
    leads = lexicon.approximate | {"at", "that", "least", "than", "over"}
    return toks[number - 1].folded in leads or (number == verb + 1 and toks[verb].folded in lexicon.reporting_verbs)


def _is_number(tok: Token, lexicon: Lexicon) -> bool:
    return tok.word[0].isdigit() or tok.folded in lexicon.numbers


def _introduces(toks: list[Token], verb: int) -> bool:
    """Whether words that someone said stand beside the verb: a quotation, a "that", or the clause it closes."""
    following = toks[verb + 1] if verb + 1 < len(toks) else None
    # "…, the agency reports." closes what it says behind a mark; "in the Blue Nile states." does not.
    set_off = any(_BREAK.search(t.gap) for t in toks[max(0, verb - _LONGEST // 2) : verb + 1])
    closes = set_off and (following is None or _BREAK.search(following.gap) is not None)
    near = toks[max(0, verb - _LONGEST // 2) : verb + _LONGEST // 2]
    return closes or (following is not None and following.folded == "that") or any(t.quoted for t in near)


def _participle(sentence: str, toks: list[Token], lexicon: Lexicon) -> Speaker | None:
    """Read "X did something, stressing that …": the subject at the head of the sentence speaks."""
    participles = lexicon.reporting_participles
    if not any(t.folded in participles and _reporting_participle(toks, i, lexicon) for i, t in enumerate(toks) if i):
        return None
    first = next((i for i, t in enumerate(toks) if i and "," in t.gap), 0) if toks[0].folded in lexicon.leads else 0
    last = first
    while last < len(toks) and not toks[last].quoted and _in_name(toks, last, first, lexicon):
        last += 1
    named = [t for t in toks[first:last] if t.capital and t.folded not in lexicon.stopwords]
    # A single capital at the head of a sentence is any word.
    if len(named) < 2 and not any(can_speak(t.folded, lexicon) for t in toks[first:last]):
        return None
    return _named(sentence[toks[first].start : toks[last - 1].end], lexicon)


def _reporting_participle(toks: list[Token], i: int, lexicon: Lexicon) -> bool:
    """Whether word `i` is a participle set off by a comma that introduces what is said."""
    if toks[i].quoted or toks[i].folded not in lexicon.reporting_participles or "," not in toks[i].gap:
        return False
    following = toks[i + 1] if i + 1 < len(toks) else None
    return following is not None and (
        following.folded == "that" or following.quoted or following.folded in lexicon.person_pronouns
    )


def _in_name(toks: list[Token], i: int, first: int, lexicon: Lexicon) -> bool:
    tok = toks[i]
    if i > first and _BREAK.search(tok.gap):
        return False
    return tok.capital or tok.folded in lexicon.determiners | {"of", "for"} or can_speak(tok.folded, lexicon)


def _left_phrase(sentence: str, toks: list[Token], verb: int, lexicon: Lexicon) -> Speaker | None:
    """Read the noun phrase that ends right before word `verb`, with a name set off by commas."""
    last = _before_circumstance(toks, verb, lexicon)
    if last < 0 or toks[last].quoted or _QUOTES.search(toks[last + 1].gap):
        return None
    if toks[last].folded in lexicon.person_pronouns:
        supposed = last > 0 and toks[last - 1].folded in lexicon.suppositions
        return None if supposed else Speaker(toks[last].word, anaphoric=True)
    if "," in toks[last + 1].gap:
        return _before_aside(sentence, toks, last, lexicon)
    first = _phrase_start(toks, last, lexicon)
    supposed = first > 0 and toks[first - 1].folded in lexicon.suppositions
    return None if supposed else _phrase(sentence, toks, first, last, lexicon)


def _before_circumstance(toks: list[Token], verb: int, lexicon: Lexicon) -> int:
    """The last word before adverbs and times that stand between subject and verb: "X late on Friday also said"."""
    last = verb - 1
    while last >= 0 and not _BREAK.search(toks[last + 1].gap):
        timed = toks[last].folded in lexicon.calendar | lexicon.times
        leads_time = toks[last + 1].folded in lexicon.calendar | lexicon.times and toks[last].folded in lexicon.leads
        if not (timed or leads_time or _adverb(toks[last], lexicon)):
            break
        last -= 1
    return last


def _before_aside(sentence: str, toks: list[Token], last: int, lexicon: Lexicon) -> Speaker | None:
    """Read the subject of "X, the minister, said" with its apposition; of "X, who …, said", "X, 54, said" without."""
    aside = next((i for i in range(last, 0, -1) if "," in toks[i].gap), 0)
    if aside == 0:
        return None
    first = _phrase_start(toks, last, lexicon)
    start = _phrase_start(toks, aside - 1, lexicon)
    age = aside == last and _is_number(toks[aside], lexicon)
    apposition = first == aside and not toks[aside].folded.endswith("ing") and not age
    plain = apposition and toks[aside].folded not in lexicon.relatives | lexicon.leads
    if toks[start : start + 1] and toks[start].folded.endswith("ing") and not toks[start].capital:
        return None
    return _phrase(sentence, toks, start, last if plain else aside - 1, lexicon)


def _phrase(sentence: str, toks: list[Token], first: int, last: int, lexicon: Lexicon) -> Speaker | None:
    return _named(sentence[toks[first].start : _end(sentence, toks[last])], lexicon) if first <= last else None


def _end(sentence: str, tok: Token) -> int:
    """Where a word ends, with the last point of an abbreviation like "U.N."."""
    dotted = "." in tok.word and sentence[tok.end : tok.end + 1] == "."
    return tok.end + dotted


def _phrase_start(toks: list[Token], last: int, lexicon: Lexicon) -> int:
    """Find where the noun phrase ending at word `last` begins; `last` + 1 if no noun phrase can end there.

    Read from the right: an article begins the phrase, unless a preposition or "and" ties it to another before it.
    """
    if not _may_close(toks[last], lexicon):
        return last + 1
    first = last
    while first > 0 and last - first < _LONGEST and not _BREAK.search(toks[first].gap):
        before = toks[first - 1]
        complete = toks[first].folded in lexicon.determiners
        if before.folded in lexicon.ties or (before.folded == "and" and _is_list(toks, first - 1, lexicon)):
            first -= 1
        elif complete or _ends_phrase(before, lexicon):
            break
        else:
            first -= 1
    while first < last and toks[first].folded in lexicon.leads | lexicon.times | lexicon.calendar:
        first += 1
    return first


def _may_close(tok: Token, lexicon: Lexicon) -> bool:
    """Whether a noun phrase may end with this word."""
    if tok.quoted or tok.folded in lexicon.calendar or _is_number(tok, lexicon):
        return False
    if not tok.capital and tok.folded.endswith("ed"):
        return False
    plain = tok.folded in lexicon.stopwords or tok.folded in lexicon.clause_openers
    return tok.capital or can_speak(tok.folded, lexicon) or not plain


def _ends_phrase(tok: Token, lexicon: Lexicon) -> bool:
    """Whether a word cannot stand inside a noun phrase, so that the phrase begins after it."""
    if tok.quoted:
        return True
    known = tok.capital or can_speak(tok.folded, lexicon) or tok.folded in lexicon.determiners | lexicon.approximate
    verb = tok.folded in lexicon.reporting_verbs | lexicon.figure_verbs
    opener = tok.folded in lexicon.clause_openers or (verb and not tok.capital)
    finite = tok.folded in lexicon.auxiliaries | lexicon.perfect and not known
    return opener or finite or tok.folded in lexicon.calendar | lexicon.person_pronouns


def _is_list(toks: list[Token], conjunction: int, lexicon: Lexicon) -> bool:
    """Whether all before an "and", up to a mark or clause, reads as names and offices: no verb stands in it."""
    for i in range(conjunction - 1, -1, -1):
        tok = toks[i]
        if tok.folded in lexicon.clause_openers - lexicon.ties - {"and"}:
            return i < conjunction - 1
        if not (
            tok.capital or can_speak(tok.folded, lexicon) or tok.folded in lexicon.noun_glue or _is_number(tok, lexicon)
        ):
            return False
        if _BREAK.search(tok.gap):
            return True
    return conjunction > 0


def _right_phrase(sentence: str, toks: list[Token], cue: int, lexicon: Lexicon) -> Speaker | None:
    """Read the noun phrase after an inverted verb or a preposition: `"…," said the minister, X`."""
    last = cue
    while last + 1 < len(toks) and last - cue < _LONGEST and _goes_on(toks, last + 1, cue, lexicon):
        last += 1
    while last > cue and toks[last].folded in lexicon.noun_glue and not toks[last].capital:
        last -= 1
    if last == cue:
        return None
    first, following = toks[cue + 1], toks[last + 1 : last + 2]
    if first.folded in lexicon.person_pronouns:
        closes = last == cue + 1 and not any(not _BREAK.search(t.gap) for t in following)
        return Speaker(first.word, anaphoric=True) if closes else None
    if any(t.folded == "by" for t in following) and any(
        t.folded in lexicon.statement_nouns for t in toks[cue + 1 : last + 1]
    ):
        return _right_phrase(sentence, toks, last + 1, lexicon)
    end = _end(sentence, toks[last])
    whole = first.capital and toks[last].capital
    name = None if whole else _NAME_AFTER_COMMA.match(sentence, toks[last].end)
    phrase = sentence[first.start : name.end(1)].rstrip(".") if name else sentence[first.start : end]
    return _named(phrase, lexicon)


def _goes_on(toks: list[Token], i: int, cue: int, lexicon: Lexicon) -> bool:
    """Whether word `i` still belongs to the noun phrase that began after `cue`."""
    tok = toks[i]
    verb = tok.folded in lexicon.reporting_verbs | lexicon.figure_verbs and not tok.capital
    if tok.quoted or _BREAK.search(tok.gap) or tok.folded in lexicon.calendar or (verb and i > cue + 1):
        return False
    if tok.capital:
        return True
    if tok.folded == "and" and i > cue + 1:
        following = toks[i + 1 : i + 3]
        return any(t.capital or can_speak(t.folded, lexicon) for t in following)
    if i > cue + 1 and tok.folded in lexicon.times | lexicon.auxiliaries | lexicon.perfect:
        return False
    return tok.folded not in lexicon.clause_openers - lexicon.ties


def _adverb(tok: Token, lexicon: Lexicon) -> bool:
    """Whether a word may stand between subject and verb; "the family" ends like an adverb and is none."""
    if tok.capital:
        return False
    listed = tok.folded in lexicon.adverbs or tok.folded in lexicon.perfect
    return listed or (tok.folded.endswith("ly") and not can_speak(tok.folded, lexicon))


def _named(phrase: str, lexicon: Lexicon) -> Speaker | None:
    """Take a phrase as a speaker: None if it names nobody; a statement gives its owner."""
    bare = _bare(phrase, lexicon)
    listed = words(bare)
    if not listed or len(listed) > _LONGEST or fold(listed[0]) in lexicon.negations:
        return None
    pointing = fold(words(phrase)[0]) in {"the", "that", "this"}
    owner = _owner(bare, lexicon)
    if owner:
        return _named(f"the {owner}" if pointing else owner, lexicon)
    bare = _without_epithets(bare, listed, lexicon)
    capital = any(w[0].isupper() and fold(w) not in lexicon.calendar | lexicon.stopwords for w in listed)
    stated = fold(listed[-1]) in lexicon.statement_nouns and not capital
    if not _can_speak(listed, lexicon):
        return None
    return Speaker(bare, anaphoric=(pointing or stated) and not capital)


def _can_speak(listed: list[str], lexicon: Lexicon) -> bool:
    """Whether the head of a noun phrase is a name, an office, a body, a statement, or a number of these."""
    folded = [fold(w) for w in listed]
    tie = next((i for i, w in enumerate(folded) if i and w in lexicon.noun_glue), len(listed))
    head, word = folded[tie - 1], listed[tie - 1]
    partitive = head in lexicon.numbers and tie < len(listed) and any(can_speak(w, lexicon) for w in folded[tie:])
    plain = head in lexicon.calendar | lexicon.stopwords
    name = word[0].isupper() and not (plain and (tie < 2 or not listed[tie - 2][0].isupper()))
    return name or partitive or can_speak(head, lexicon) or head in lexicon.statement_nouns


def _without_epithets(bare: str, listed: list[str], lexicon: Lexicon) -> str:
    """A name without the plain words before it: "a defiant Lena Orr", "baker Ana Lusk"."""
    capitals = [w[0].isupper() for w in listed]
    first = capitals.index(True) if True in capitals else 0
    plain = all(fold(w) not in lexicon.speaker_nouns | lexicon.noun_glue | set(lexicon.numbers) for w in listed[:first])
    return bare[bare.index(listed[first]) :] if plain and all(capitals[first:]) else bare


def _owner(bare: str, lexicon: Lexicon) -> str | None:
    """Whose statement it is: "X's latest statement", "a statement from X"."""
    listed = words(bare)
    owned = _OWNED.match(bare)
    if (
        owned
        and fold(listed[-1]) not in lexicon.speaker_nouns - lexicon.statement_nouns
        and not listed[-1][0].isupper()
    ):
        return owned["owner"]
    made = re.match(r"(?:\S+\s+){0,3}?(?P<noun>\w+)\s+(?:from|by)\s+(?P<owner>.+?)(?:\s+to\s.+)?$", bare)
    return made["owner"] if made and fold(made["noun"]) in lexicon.statement_nouns else None


def _bare(phrase: str, lexicon: Lexicon) -> str:
    """Without a leading article, closing possessive mark or stray punctuation."""
    phrase = phrase.strip(" ,;:'\"“”")
    head, _, rest = phrase.partition(" ")
    phrase = rest.strip() if rest and fold(head) in lexicon.determiners else phrase
    return POSSESSIVE.sub("", phrase)


def follow(
    named: Speaker | None, sentence: str, earlier: Sequence[Speaker], lexicon: Lexicon, last: Speaker | None = None
) -> Speaker | None:
    """Resolve a speaker that points back against the `earlier` ones of the article, in reading order.

    "The ministry" and a bare surname mean an earlier speaker of that name; "the statement" the last one; "he" is
    `last`, who spoke in the sentences just before, if that can be a person. A sentence that is all quotation and
    names nobody goes on speaking for `last`.
    """
    if named is None:
        return last if last and _all_quoted(sentence) else None
    head = fold(words(named.name)[-1])
    if head in lexicon.person_pronouns:
        return last if last and _may_be(head, last, lexicon) else None
    past = next((s for s in reversed(earlier) if _short_for(named, s, lexicon)), None)
    if past:
        return past._replace(via=named.via or (past.via if named.anaphoric else None))
    if named.anaphoric and head in lexicon.statement_nouns:
        return earlier[-1] if earlier else None
    return named._replace(anaphoric=False)


def _all_quoted(sentence: str) -> bool:
    """Whether a sentence is nothing but quotation: no word of it stands outside the marks."""
    toks = tokens(sentence)
    return bool(toks) and all(t.quoted for t in toks)


def _may_be(pronoun: str, past: Speaker, lexicon: Lexicon) -> bool:
    """Whether a pronoun can mean an earlier speaker: "he" neither ministry nor officials, "they", "it" no person."""
    folded = [fold(w) for w in words(past.name)]
    head = folded[next((i for i, w in enumerate(folded) if i and w in lexicon.noun_glue), len(folded)) - 1]
    several = head in lexicon.organisations or (can_speak(head, lexicon) and head.endswith("s"))
    if pronoun in lexicon.singular_pronouns:
        return not several
    return several and pronoun not in {"i", "we"}


def _short_for(named: Speaker, past: Speaker, lexicon: Lexicon) -> bool:
    """Whether a name is an earlier one cut short: "the ministry", "Orr" for "Mayor Lena Orr"."""
    short, full = name_words(named.name, lexicon), name_words(past.name, lexicon)
    if not short or len(short) > len(full):
        return False
    within = all(any(same_name(w, v, lexicon) for v in full) for w in short)
    return within and (
        named.anaphoric or (len(full) > 1 and short[-1] == full[-1] and not can_speak(short[-1], lexicon))
    )
