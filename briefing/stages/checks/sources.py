"""Citations, quotations and words to the reader: what needs no reading of the sentence."""

from __future__ import annotations

import re

from briefing.lexicon import Lexicon
from briefing.stages.checks.grounds import Grounds, quoted
from briefing.stages.tokens import tokens
from briefing.text import fold
from briefing.types import Statement

_QUOTED = re.compile(
    r"[“\"«„]([^“”\"«»„]{2,})[”\"»“]"  # double marks of all kinds
    r"|‘(.{2,}?)’(?!\w)"
    r"|(?:(?<=^)|(?<=[\s(]))'([^']{2,}?)'(?=[\s.,;:!?)]|$)"
)


def no_citation(statement: Statement, grounds: Grounds) -> bool:
    """No citation, or one of an article that is not in evidence."""
    return not statement.citations or any(c.article not in grounds.articles for c in statement.citations)


def quote_not_found(statement: Statement, grounds: Grounds) -> bool:
    """A quote that is not exactly what stands at its place."""
    return any(grounds.text(c)[c.start : c.end] != c.quote or not c.quote for c in statement.citations)


def quotation_not_in_source(statement: Statement, grounds: Grounds) -> bool:
    """Words in quotation marks that stand in no cited article."""
    cited = " ".join(_flat(grounds.text(c)) for c in statement.citations)
    said = ("".join(found) for found in _QUOTED.findall(statement.text))
    return any(_flat(part).strip(" .,;:!?") not in cited for part in said)


def asks_the_reader(statement: Statement, grounds: Grounds) -> bool:
    """A request to the reader, outside quotation marks, that is not a source's own whole sentence."""
    lexicon = grounds.lexicon(statement)
    if lexicon is None or statement.text == quoted(statement):
        return False
    return speaks_to_reader(statement.text, lexicon)


def speaks_to_reader(text: str, lexicon: Lexicon) -> bool:
    """Whether a text addresses its reader, or asks something of them, outside quotation marks."""
    told = [t for t in tokens(text) if not t.quoted]
    flat = f" {' '.join(t.folded for t in told)} "
    opening = {t.folded for n, t in enumerate(told) if not n or re.search(r"[.!?:;]", t.gap)}
    addressed = any(t.folded in lexicon.reader_words for t in told)
    return addressed or bool(opening & lexicon.requests) or any(f" {p} " in flat for p in lexicon.request_phrases)


def _flat(text: str) -> str:
    return " ".join(fold(text).replace("“", '"').replace("”", '"').replace("‘", "'").split())
