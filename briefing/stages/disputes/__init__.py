"""Disputes and updates of a story, decided in code: the same for every analyst.

    claims ─questions→ what is about the same ─denials, refutations→ conflicts of words
                                              ─scope, verdicts→ figures ─persons→ ages ─updates→ what moved

A dispute is two or more holders whose claims on one question cannot all hold: a denial of what another said, opposite
polarity on one question, or different figures for one thing at one time. A figure that only grows and does so with
time is an update. A part against the whole, a list against its sum, a rounded number, a namesake, a birthday between
two reports are neither: a missed dispute costs less than an invented one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from briefing.lexicon import Lexicons
from briefing.stages.claims import Claim
from briefing.stages.disputes.dates import date_disputes
from briefing.stages.disputes.denials import denials
from briefing.stages.disputes.differing import differing
from briefing.stages.disputes.figures import Answer, Checker, figure_disputes, groups
from briefing.stages.disputes.opposites import opposites
from briefing.stages.disputes.persons import age_disputes
from briefing.stages.disputes.questions import Questions
from briefing.stages.disputes.refutations import refutations
from briefing.stages.disputes.updates import updates
from briefing.stages.disputes.wording import statement
from briefing.stages.stances import conflicts
from briefing.types import Dispute, Update

__all__ = ["Answer", "Checker", "Findings", "find", "statement"]


class Findings(NamedTuple):
    """What a story disputes and what moved in it."""

    disputes: tuple[Dispute, ...]
    updates: tuple[Update, ...]


def find(story: Sequence[Claim], lexicons: Lexicons, checker: Checker | None = None) -> Findings:
    """The disputes and updates among the claims of one story.

    Order-blind. Claims in a language without a lexicon take no part, nor do those of satire; titles do as evidence of
    a figure, or of what another article refutes.
    `checker` is asked about pairs of sentences that code is not certain of, never of private articles: it may drop such
    a dispute, or confirm one that code found and did not list; "could not tell", an error or nonsense leave it as it is
    without one.
    """
    known = [c for c in story if (c.article.language or "") in lexicons and c.article.genre != "satire"]
    known.sort(key=lambda c: (c.article.id, c.sentence))
    told = [c for c in known if c.sentence]
    if not told:
        return Findings((), ())
    question = Questions(told, lexicons[told[0].article.language or ""])
    figures = groups(known, question)
    disputes = [*denials(told, question), *(d for g in figures for d in figure_disputes(g, question, checker))]
    disputes.extend(age_disputes(told, question, checker))
    disputes.extend(differing(told, question, disputes, checker))
    disputes.extend(date_disputes(told, question, disputes, checker))
    disputes.extend(opposites(told, question, disputes))
    disputes.extend(refutations(conflicts(known, lexicons), question, disputes, checker))
    return Findings(tuple(disputes), tuple(u for group in figures for u in updates(group, question)))
