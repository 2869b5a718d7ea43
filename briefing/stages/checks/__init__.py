"""The evidence checks: small questions on one statement and what it cites, each named for the fault it finds.

Numbers, quotations and names are looked up in the cited text. The wording (polarity, direction, hedges, support,
who speaks) is compared only where statement and sources are in one language that has a lexicon: a translation
is not its source's words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from briefing.stages.checks.anchor import anchored, holds
from briefing.stages.checks.counts import number_not_in_source, number_out_of_place
from briefing.stages.checks.figures import numbers
from briefing.stages.checks.grounds import Grounds
from briefing.stages.checks.naming import (
    allegation_unattributed,
    name_not_checked,
    name_not_in_source,
    name_out_of_place,
    speaker_differs,
)
from briefing.stages.checks.sources import asks_the_reader, no_citation, quotation_not_in_source, quote_not_found
from briefing.stages.checks.wording import (
    direction_differs,
    hedge_dropped,
    little_support,
    negation_differs,
)
from briefing.types import Statement

__all__ = ["CHECKS", "WITHHOLDING", "Check", "Grounds", "anchored", "holds", "numbers", "problems"]


class Check(NamedTuple):
    """`finds(statement, grounds)` is True where the fault is present; `withholds` is set by measured precision."""

    fault: str
    withholds: bool
    finds: Callable[[Statement, Grounds], bool]


# Behind a check: in how many false and true statements `benchmarks.verify` finds its fault, of 7,128 one-edit lies
# and 3,203 true retellings (swap), then of 2,817 and 1,506 summaries far from their sources' words (SummEdits). What is
# found at least twice as often among false ones in both, or is wrong by itself, is withheld; the rest is marked.
CHECKS = (
    Check("no-citation", True, no_citation),
    Check("quote-not-found", True, quote_not_found),
    Check("number-not-in-source", True, number_not_in_source),  # 1959 : 0, 688 : 184
    Check("number-out-of-place", True, number_out_of_place),  # 2310 : 0, 203 : 30
    Check("quotation-not-in-source", True, quotation_not_in_source),  # 166 : 3, 90 : 4
    # 805 : 0 before citations are replaced; 499 : 274, where there is little to support them in any sentence.
    Check("little-support", True, little_support),
    Check("negation-differs", True, negation_differs),  # 806 : 0, 355 : 55
    Check("direction-differs", True, direction_differs),  # 598 : 0, 81 : 4
    Check("speaker-differs", False, speaker_differs),  # 308 : 1, 105 : 34
    Check("name-out-of-place", False, name_out_of_place),  # 1350 : 0, 58 : 17
    Check("hedge-dropped", False, hedge_dropped),  # 336 : 1, 10 : 3
    Check("asks-the-reader", False, asks_the_reader),
    Check("allegation-unattributed", False, allegation_unattributed),
    # 1087 : 0, 508 : 125; a name may be known from elsewhere: on FaithBench it was right in two of three sentences.
    Check("name-not-in-source", False, name_not_in_source),
    Check("name-not-checked", False, name_not_checked),
)
WITHHOLDING = frozenset(check.fault for check in CHECKS if check.withholds)


def problems(statement: Statement, grounds: Grounds) -> tuple[str, ...]:
    """The faults found in a statement, in the order of `CHECKS`."""
    return tuple(check.fault for check in CHECKS if check.finds(statement, grounds))
