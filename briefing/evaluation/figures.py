"""Shares of good marks and means over stories, each with its 95 % confidence interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from briefing.evaluation.marks import FIGURES, Mark
from briefing.types import Record

_RESAMPLES, _SEED = 2_000, 1
_TAILS = (2.5, 97.5)


class Share(Record):
    """`good` of `of`; the share and the ends of its interval are None where there was nothing to mark."""

    good: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class Mean(Record):
    """A sum over stories, and the mean of a story with its interval; None where nothing is known.

    `unknown` counts the stories that are left out, since theirs is not known.
    """

    unknown: int = 0
    total: float | None
    mean: float | None
    low: float | None
    high: float | None


def shares(marks: Iterable[Mark]) -> dict[str, Share]:
    """Every figure, in the order of `FIGURES`."""
    listed = tuple(marks)
    return {name: share([m.good for m in listed if m.figure == name]) for name in FIGURES}


def share(good: Sequence[bool]) -> Share:
    """A proportion with its score interval (Wilson 1927), which holds at 0, at 1 and for few.

    It takes the marks for independent. Those of one story are not quite, so it is a little narrow.
    """
    if not good:
        return Share(good=0, of=0, share=None, low=None, high=None)
    from scipy.stats import binomtest

    found = binomtest(sum(good), len(good)).proportion_ci(0.95, method="wilson")
    return Share(
        good=sum(good),
        of=len(good),
        share=sum(good) / len(good),
        low=max(0.0, float(found.low)),
        high=min(1.0, float(found.high)),
    )


def mean(values: Sequence[float | None]) -> Mean:
    """A mean with the interval of the percentile bootstrap over stories (Efron 1979), always the same one."""
    known = [v for v in values if v is not None]
    unknown = len(values) - len(known)
    if not known:
        return Mean(unknown=unknown, total=None, mean=None, low=None, high=None)
    import numpy as np

    drawn = np.random.default_rng(_SEED).choice(known, (_RESAMPLES, len(known))).mean(axis=1)
    low, high = (float(end) for end in np.percentile(drawn, _TAILS))
    return Mean(unknown=unknown, total=sum(known), mean=sum(known) / len(known), low=low, high=high)
