"""Whether a statement tells a labelled fact: by code alone, from words and figures and the sentences it cites.

A fact lists `words`. Each of them must occur in the statement, in one of the forms between its bars, and none of
`without`. A form is one or more words in a row; case and accents do not count, and `*` stands for any letters at the
beginning or end of a word ("flood*", "*wasser"). A form of digits alone is a figure: where the language has a lexicon
"14" also stands for "fourteen", and "1200000" for "1.2 million"; where it has none, a scale in words is not read. A
fact is told where such a statement cites a sentence that holds it: one that is named in the case, or one that has the
words itself. A dispute or an update is told where two different sides cite sentences of two different labelled sides.

So another wording costs nothing as long as the case lists its key words, and what is made up does not count: it lacks
the figure or the name, or cites another sentence. The limits, which are the same for all candidates: words in an order
that turns the sense round ("A sued B" for "B sued A") are not seen here, though the evidence checks see many of them; a
wording that the case's author did not think of is missed; what no label speaks of is judged by the checks alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from briefing.languages import lexicons
from briefing.stages.checks.figures import figures
from briefing.text import fold, words
from briefing.types import Statement

Places = frozenset[tuple[str, int]]
"""Sentences: article id and number."""

_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_JOINED = re.compile(r"['-]")
_NEVER = r"(?!)"


def meets(text: str, needed: Iterable[str], without: Iterable[str], language: str) -> bool:
    """Whether a text has one form of each of `needed` and none of `without`."""
    return all(_has(text, forms, language) for forms in needed) and not any(
        _has(text, forms, language) for forms in without
    )


@lru_cache(maxsize=4096)
def pattern(forms: str) -> tuple[re.Pattern[str], frozenset[float]]:
    """What finds forms in a text's folded words, and the figures among them. Raises ValueError for an empty one."""
    listed = [form.strip() for form in forms.split("|")]
    if not all(words(form) for form in listed):
        raise ValueError("an empty form; write forms between bars, like 'flood*|high water'")
    values = frozenset(float(form) for form in listed if _FIGURE.fullmatch(form))
    spelled = [_spelled(form) for form in listed if not _FIGURE.fullmatch(form)]
    return re.compile(rf"(?<!\S)(?:{'|'.join(spelled)})(?!\S)" if spelled else _NEVER), values


def places(statement: Statement) -> Places:
    """The sentences a statement cites."""
    return frozenset((c.article, c.sentence) for c in statement.citations)


def paired(told: Sequence[Places], wanted: Sequence[Places]) -> tuple[int, ...] | None:
    """For each of `wanted` another one of `told` that shares a sentence with it, by index; None where there are not.

    A maximum matching of a bipartite graph (Hopcroft & Karp 1973).
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching

    if len(told) < len(wanted):
        return None
    shared = csr_matrix([[bool(one & side) for one in told] for side in wanted])
    found = tuple(int(i) for i in maximum_bipartite_matching(shared, perm_type="column"))
    return None if -1 in found else found


def _has(text: str, forms: str, language: str) -> bool:
    found, values = pattern(forms)
    return found.search(_folded(text)) is not None or bool(values & _values(text, language))


def _spelled(form: str) -> str:
    """A form as a pattern over folded words; the stars stay where they stand."""
    return " ".join(_starred(piece) for piece in form.split() if words(piece))


def _starred(piece: str) -> str:
    before, after = (r"\S*" if starred else "" for starred in (piece.startswith("*"), piece.endswith("*")))
    return f"{before}{re.escape(_folded(piece))}{after}"


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """The words, folded; those with an apostrophe or a hyphen are several: "Vell's", "l'école", "mid-June"."""
    return " ".join(_JOINED.sub(" ", fold(word)) for word in words(text))


@lru_cache(maxsize=4096)
def _values(text: str, language: str) -> frozenset[float]:
    lexicon = lexicons().get(language.partition("-")[0])
    return frozenset(value for figure in figures(text, lexicon) for value in figure.values)
