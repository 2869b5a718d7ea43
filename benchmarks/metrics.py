"""Measures shared by the benchmarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Scores(NamedTuple):
    """Precision, recall and their harmonic mean, each 0..1."""

    precision: float
    recall: float
    f1: float


def harmonic(precision: float, recall: float) -> float:
    """F1 of a precision and a recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def bcubed(predicted: Sequence[Hashable], gold: Sequence[Hashable]) -> Scores:
    """BCubed scores of a clustering (Bagga & Baldwin 1998); the label of item i stands at place i of both."""
    in_predicted, in_gold, in_both = Counter(predicted), Counter(gold), Counter(zip(predicted, gold, strict=True))
    size = len(gold)
    precision = sum(n * n / in_predicted[one] for (one, _), n in in_both.items()) / size
    recall = sum(n * n / in_gold[other] for (_, other), n in in_both.items()) / size
    return Scores(precision, recall, harmonic(precision, recall))
