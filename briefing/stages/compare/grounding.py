"""Statements made from sentences of today's articles, or taken over from an earlier edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from briefing.stages.checks import Grounds, problems
from briefing.stages.claims import Claim, claims
from briefing.stages.compare.past import Telling
from briefing.stages.corroborate import corroborate
from briefing.types import Analysis, Statement


def claims_now(story: Analysis, grounds: Grounds) -> tuple[Claim, ...]:
    """All that the story's articles claim."""
    return _claims(story.articles, grounds)


def claims_then(tellings: Iterable[Telling], story: Analysis, grounds: Grounds) -> tuple[Claim, ...]:
    """What the articles claim that earlier tellings cite, but for those that are today's too."""
    cited = {c.article for t in tellings for s in t.story.statements() for c in s.citations}
    return _claims(sorted(cited - set(story.articles)), grounds)


def _claims(identities: Iterable[str], grounds: Grounds) -> tuple[Claim, ...]:
    found = (grounds.articles[i] for i in identities if i in grounds.articles)
    return tuple(c for article in found for c in claims(article, grounds.lexicons))


def checked(statement: Statement, told: Sequence[Claim], grounds: Grounds) -> Statement:
    """A statement with its problems, and with the outlets and origins among the claims that say it."""
    return corroborate(statement.replace(problems=problems(statement, grounds)), told)
