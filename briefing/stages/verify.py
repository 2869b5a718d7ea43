"""Verification: every statement through the evidence checks, the same for every analyst, never asking it.

A statement with a fault whose check withholds is not shown as told, and is listed with its problems; a
fault that only marks stays on the statement. One that cites the wrong sentences of its story is set on those
that hold it, if there are such, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from briefing.errors import ItemError
from briefing.lexicon import Lexicons
from briefing.stages.checks import CHECKS, WITHHOLDING, Grounds, anchored, holds, numbers, problems
from briefing.stages.claims import Claim
from briefing.stages.corroborate import corroborate
from briefing.text import fold, sentences, words
from briefing.types import Analysis, Article, Briefing, Citation, Dispute, Position, Statement, Step, Update, Withheld

__all__ = [
    "CHECKS",
    "JUDGED",
    "REPLACED",
    "WITHHOLDING",
    "Grounds",
    "Judge",
    "Verified",
    "examined",
    "fails",
    "problems",
    "recheck",
    "title_statement",
    "verify",
]

Verdict = Literal["supported", "not supported", "could not tell"]
# A statement and the sentences it cites, to a verdict.
Judge = Callable[[str, Sequence[str]], Verdict]

REPLACED = "citation-replaced"
JUDGED = "judged-unsupported"
# Faults that say the statement may stand on other sentences than those it cites.
_ASTRAY = frozenset({"little-support"})
# Words of a holder that the tool itself adds.
_OWN_WORDS = frozenset({"quoted", "by"})


class Verified(NamedTuple):
    """An analysis whose every statement was checked, and what was taken out of it."""

    analysis: Analysis
    withheld: tuple[Withheld, ...]


def verify(
    analysis: Analysis,
    articles: Sequence[Article],
    story: Sequence[Claim],
    lexicons: Lexicons | None = None,
    judge: Judge | None = None,
) -> Verified:
    """Check every statement; withhold what fails; count who else says it. `story`: the claims of all its articles.

    A headline that fails gives way to the title of the story's first article; a dispute or update left
    with fewer than two sides is withheld whole. The judge is asked of what passed in other words than its
    source's, and can only withhold.
    """
    grounds = Grounds.of(articles, lexicons or {})
    withheld: list[Withheld] = []

    def checked(statement: Statement) -> Statement | None:
        told = examined(statement, articles, grounds, judge)
        if fails(told):
            withheld.append(Withheld(story=analysis.id, text=statement.text, problems=told.problems or ()))
            return None
        return corroborate(told, story)

    result = analysis.replace(
        headline=checked(analysis.headline) or corroborate(title_statement(articles[0]).replace(problems=()), story),
        summary=_kept(checked(s) for s in analysis.summary),
        disputes=tuple(d for d in (_dispute(d, checked, articles) for d in analysis.disputes) if d),
        updates=tuple(u for u in (_update(u, checked) for u in analysis.updates) if u),
    )
    withheld.extend(_halved(analysis, result))
    return Verified(result, tuple(withheld))


def examined(
    statement: Statement, articles: Sequence[Article], grounds: Grounds, judge: Judge | None = None
) -> Statement:
    """The statement with its problems, those a judge finds among them; it may stand on other sentences than before."""
    settled = _settled(statement, articles, grounds)
    if judge and not fails(settled) and not _supported(settled, articles, judge):
        return settled.replace(problems=(*(settled.problems or ()), JUDGED))
    return settled


def fails(statement: Statement) -> bool:
    """Whether a checked statement is to be withheld."""
    return bool({*WITHHOLDING, JUDGED} & set(statement.problems or ()))


def _settled(statement: Statement, articles: Sequence[Article], grounds: Grounds) -> Statement:
    """The statement with its problems, on other sentences of the story where only those hold it without a fault."""
    # An analyst may have marked it before.
    marked = statement.problems or ()
    found = problems(statement, grounds)
    if _ASTRAY & set(found):
        other = anchored(statement, articles, grounds)
        if holds(other, articles, grounds) and not WITHHOLDING & set(left := problems(other, grounds)):
            return other.replace(problems=tuple(dict.fromkeys((*marked, REPLACED, *left))))
    return statement.replace(problems=tuple(dict.fromkeys((*marked, *found))))


def _supported(statement: Statement, articles: Sequence[Article], judge: Judge) -> bool:
    """Whether a judge lets a statement stand: its own source's words always, else unless it says "not supported".

    It is not asked where a private article is cited.
    """
    quotes = tuple(c.quote for c in statement.citations)
    private = {a.id for a in articles if a.private}
    if statement.text in {*quotes, " ".join(quotes)} or any(c.article in private for c in statement.citations):
        return True
    try:
        return judge(statement.text, quotes) != "not supported"
    except ItemError:
        return True


def recheck(briefing: Briefing, lexicons: Lexicons | None = None) -> tuple[str, ...]:
    """Run the checks again on a finished edition: one line for each statement that should not stand in it."""
    grounds = Grounds.kept(briefing.articles, briefing.evidence, lexicons or {})
    faults = []
    for statement in briefing.statements():
        found = problems(statement, grounds)
        if set(found) - set(statement.problems or ()):
            places = ", ".join(f"citation {c.article} sentence {c.sentence}" for c in statement.citations)
            faults.append(f"{places}: {', '.join(found)}: {statement.text!r}")
    return tuple(faults)


def title_statement(article: Article) -> Statement:
    """An article's title as an extractive statement, not yet checked."""
    span = sentences(article.text)[0]
    citation = Citation(article=article.id, sentence=0, start=span.start, end=span.end, quote=article.title)
    return Statement(text=article.title, language=article.language, citations=(citation,))


def _kept(statements: Iterator[Statement | None]) -> tuple[Statement, ...]:
    return tuple(s for s in statements if s is not None)


def _dispute(
    dispute: Dispute, checked: Callable[[Statement], Statement | None], articles: Sequence[Article]
) -> Dispute | None:
    sides = []
    for position in dispute.positions:
        statement = checked(position.statement)
        if statement:
            sides.append(Position(holder=_holder(position.holder, statement, articles), statement=statement))
    return dispute.replace(positions=tuple(sides)) if len(sides) > 1 else None


def _holder(holder: str, statement: Statement, articles: Sequence[Article]) -> str:
    """The holder if all its words stand in a cited article, else the outlet of the first one cited."""
    cited = [a for a in articles if a.id in {c.article for c in statement.citations}]
    named = {fold(w) for w in words(holder)} - _OWN_WORDS
    if named and any(named <= {fold(w) for w in words(a.text)} for a in cited):
        return holder
    return cited[0].label


def _update(update: Update, checked: Callable[[Statement], Statement | None]) -> Update | None:
    steps = [step.replace(statement=s) for step in update.steps if (s := checked(step.statement))]
    steps = [s for s in steps if numbers(s.value) <= numbers(s.statement.text)]
    return update.replace(steps=tuple(steps)) if len(steps) > 1 else None


def _halved(before: Analysis, after: Analysis) -> Iterator[Withheld]:
    """Sound statements that went with a dispute or update too few of whose sides could be shown."""
    kept = {d.id for d in after.disputes} | {u.id for u in after.updates}
    lost: list[Position | Step] = [p for d in before.disputes if d.id not in kept for p in d.positions]
    lost += [s for u in before.updates if u.id not in kept for s in u.steps]
    for side in lost:
        yield Withheld(story=before.id, text=side.statement.text, problems=("other-side-withheld",))
