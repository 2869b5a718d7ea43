"""Differing days: two speakers say in like words that one thing happened, each on another day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim, content_stems
from briefing.stages.disputes.figures import Checker, upheld
from briefing.stages.disputes.questions import Questions
from briefing.stages.disputes.scope import told_times
from briefing.stages.disputes.verdicts import Verdict
from briefing.stages.disputes.wording import dispute, phrase
from briefing.stages.speakers import tokens
from briefing.stages.times import Spoken
from briefing.types import Dispute

# Words in common for one event, and their share of the weight of both sentences.
_FEWEST, _SAME_EVENT = 3, 0.6
# Further apart are two events of one kind.
_MOST_DAYS = 14
_MOST = 48


class Dated(NamedTuple):
    """A claim whose speaker says on which day a past event was."""

    claim: Claim
    time: Spoken


def date_disputes(
    told: Sequence[Claim], question: Questions, known: Sequence[Dispute], checker: Checker | None
) -> list[Dispute]:
    """Pairs of speakers who date one event differently and whom no known dispute cites."""
    cited = {(c.article, c.sentence) for d in known for p in d.positions for c in p.statement.citations}
    listed = [one for claim in told if (one := _dated(claim, question.lexicon))][:_MOST]
    found: list[Dispute] = []
    for a, b in combinations(listed, 2):
        pair = {(x.claim.article.id, x.claim.sentence) for x in (a, b)}
        if pair & cited or not _differ(a, b) or not _one_event(a.claim, b.claim, question):
            continue
        common = phrase(a.claim, a.claim.content & b.claim.content, question.lexicon)
        asked = f"{a.time.written} or {b.time.written}: {common}"
        if upheld(Verdict("dispute", certain=False), a.claim, b.claim, asked, checker):
            cited |= pair
            found.append(dispute("date", asked, [a.claim, b.claim]))
    return found


def _dated(claim: Claim, lexicon: Lexicon) -> Dated | None:
    """A sentence with a speaker and one day, past and said without reserve; not one of several times."""
    if claim.speaker is None or claim.denies or claim.negated or claim.text.rstrip("”’\"')").endswith("?"):
        return None
    # Reading the times is dear; a sentence without a day or month has none that differs.
    folded = {t.folded for t in tokens(claim.text)}
    if folded.isdisjoint(lexicon.calendar) or folded & _unfit(lexicon):
        return None
    times = told_times(claim, lexicon)
    if len(times) != 1:
        return None
    past = claim.article.published and times[0].last <= date.fromisoformat(claim.article.published[:10])
    one_day = times[0].first == times[0].last and times[0].tense != "future"
    return Dated(claim, times[0]) if past and one_day else None


@lru_cache(maxsize=16)
def _unfit(lexicon: Lexicon) -> frozenset[str]:
    words = lexicon.accounts
    return lexicon.hedges | lexicon.suppositions | words.partial | words.open_words | words.again


def _differ(a: Dated, b: Dated) -> bool:
    apart = abs((a.time.first - b.time.first).days)
    # A night has two days.
    least = 2 if a.time.part or b.time.part else 1
    return least <= apart <= _MOST_DAYS


def _one_event(a: Claim, b: Claim, question: Questions) -> bool:
    """Whether two speakers tell of one event: nearly the same words but for who speaks, and no figure that differs."""
    speakers = frozenset[str]().union(*(content_stems(c.holder, question.lexicon) for c in (a, b)))
    told = [c._replace(content=c.content - speakers) for c in (a, b)]
    if not question.distinct(a, b) or len(told[0].content & told[1].content) < _FEWEST:
        return False
    figures = [{(q.measure, q.value) for q in c.quantities} for c in (a, b)]
    return figures[0] == figures[1] and question.likeness(*told) >= _SAME_EVENT
