"""Differing accounts: two speakers give one event two causes of different kinds, or two doers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from briefing.lexicon import Lexicon
from briefing.stages.claims import Claim
from briefing.stages.disputes.accounts import Account, accounts, kinds_of_cause, kinds_of_doer
from briefing.stages.disputes.figures import Checker, upheld
from briefing.stages.disputes.questions import Questions
from briefing.stages.disputes.scope import apart_in_time, article_names, days_of
from briefing.stages.disputes.verdicts import Verdict
from briefing.stages.disputes.wording import MOST_POSITIONS, dispute
from briefing.stages.names import same_name
from briefing.stages.speakers import tokens
from briefing.text import fold, stem, words
from briefing.types import Dispute, DisputeKind

# Accounts that are set against each other; a story with more is about more than one event.
_MOST = 48
_NEWS = timedelta(days=10)


def differing(
    told: Sequence[Claim], question: Questions, known: Sequence[Dispute], checker: Checker | None
) -> list[Dispute]:
    """One dispute for each event whose accounts differ and that no known dispute tells of."""
    cited = {(c.article, c.sentence) for d in known for p in d.positions for c in p.statement.citations}
    listed = [account for claim in told for account in accounts(claim, question.lexicon)][:_MOST]
    found: list[Dispute] = []
    for a, b in combinations(listed, 2):
        pair = {(x.claim.article.id, x.claim.sentence) for x in (a, b)}
        if pair & cited or not same_event(a, b, question):
            continue
        asked = f"{a.said} or {b.said}: {min(a.asked, b.asked, key=len)}"
        if upheld(verdict(a, b, question), a.claim, b.claim, asked, checker):
            star = _star(a, b, listed, question)
            cited.update((x.claim.article.id, x.claim.sentence) for x in star)
            kind: DisputeKind = "attribution" if all(x.doer for x in (a, b)) else "cause"
            found.append(dispute(kind, asked, [x.claim for x in star]))
    return found


def _star(a: Account, b: Account, listed: Sequence[Account], question: Questions) -> list[Account]:
    """Both accounts, and those of others on the same event that differ from the first or are as one of the two."""
    kept = [a, b]
    for one in listed:
        fits = all(question.distinct(one.claim, x.claim) for x in kept) and same_event(a, one, question)
        if len(kept) < MOST_POSITIONS and fits and verdict(a, one, question).kind == "dispute":
            kept.append(one)
    return kept


def same_event(a: Account, b: Account, question: Questions) -> bool:
    """Whether two accounts are of one event: its kind, what it befell, its place and its time."""
    lexicon = question.lexicon
    if a.event != b.event or not _befell_one_thing(a, b):
        return False
    bodies = [article_names(x.claim.article, lexicon) for x in (a, b)]
    for one, other, body in ((a, b, bodies[1]), (b, a, bodies[0])):
        if one.names and not one.names & (body | _title(other.claim)):
            return False
    # "The fire" is that of the article: both must be about one place or person.
    if not a.about & b.about and not bodies[0] & bodies[1]:
        return False
    return not apart_in_time(*(days_of(x.claim, lexicon) or _news(x.claim) for x in (a, b)))


def _news(claim: Claim) -> tuple[date, date] | None:
    """The days before its publication of which an article without a date is news."""
    if not claim.article.published:
        return None
    day = date.fromisoformat(claim.article.published[:10])
    return day - _NEWS, day


def _befell_one_thing(a: Account, b: Account) -> bool:
    """Whether what each befell may be one thing: a pipeline and a house at one place are two."""
    things = [x.about - x.names for x in (a, b)]
    if all(things):
        return bool(things[0] & things[1])
    return not (a.about and b.about) or bool(a.about & b.about)


def _title(claim: Claim) -> frozenset[str]:
    return frozenset(stem(t.word) for t in tokens(claim.article.title) if t.capital)


def verdict(a: Account, b: Account, question: Questions) -> Verdict:
    """Whether two accounts of one event cannot both hold; what only may be so is "unclear"."""
    if not question.distinct(a.claim, b.claim):
        return Verdict("same")
    if _in_common(a, b, question.lexicon) or a.given & b.claim.content or b.given & a.claim.content:
        return Verdict("same")
    lexicon = question.lexicon
    if a.doer and b.doer:
        return Verdict("dispute" if _two_doers(a, b, lexicon) else "unclear", False)
    kinds = [kinds_of_cause(x, lexicon) for x in (a, b)]
    if kinds[0] & kinds[1]:
        return Verdict("same")
    return Verdict("dispute" if all(kinds) else "unclear", False)


def _in_common(a: Account, b: Account, lexicon: Lexicon) -> bool:
    """Whether a word is in both causes, or a country and its adjective."""
    left, right = ([fold(w) for w in words(x.said) if stem(w) in x.given] for x in (a, b))
    return bool(a.given & b.given) or any(same_name(x, y, lexicon) for x in left for y in right)


def _two_doers(a: Account, b: Account, lexicon: Lexicon) -> bool:
    """Whether two doers cannot be one: two names of bodies or countries, people of two kinds, or a name and a kind."""
    named = [_named(x, lexicon) for x in (a, b)]
    if any(_is_person(x, names) for x, names in zip((a, b), named, strict=True)):
        # One of two persons may have been with the other, or of the other's group.
        return False
    kinds = [kinds_of_doer(x, lexicon) for x in (a, b)]
    if all(named):
        return True
    if any(named):
        nameless = b if named[0] else a
        banded = {t.folded for t in tokens(nameless.said)} & lexicon.accounts.bands
        return bool(kinds_of_doer(nameless, lexicon)) and not banded
    return all(kinds) and not kinds[0] & kinds[1]


def _named(account: Account, lexicon: Lexicon) -> list[str]:
    """The words of a doer written like names; at the head of a sentence, one that is no noun for people."""
    people = lexicon.accounts.vague.union(*lexicon.accounts.doers)
    listed = [t for t in tokens(account.said) if t.capital and t.folded not in people]
    heads = account.claim.text.startswith(account.said)
    return [t.word for t in listed if t.start or not (heads and t.folded.endswith("s"))]


def _is_person(account: Account, names: Sequence[str]) -> bool:
    """Whether a doer is a person by name: a name alone, of two words here or elsewhere in the article."""
    if not names or len(names) != len(tokens(account.said)):
        return False
    return (
        len(names) > 1 or re.search(rf"[^\W\d_a-z]\w+ {re.escape(names[0])}\b", account.claim.article.body) is not None
    )
