"""The geometry of the page's drawings: plain numbers in, coordinates out; the templates write the SVG.

A chart never stands alone: what it shows also stands beside it as text, with its sources.
"""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from briefing.languages import lexicons
from briefing.stages.quantities import quantities
from briefing.types import Record, Statement

Anchor = Literal["start", "middle", "end"]

WIDTH, HEIGHT = 440, 168
_LEFT, _RIGHT, _TOP, _BASE = 6.0, 434.0, 30.0, 138.0
_TAIL = 56.0  # the last value holds until something else is known: its line goes on to the edge
_CHARACTER = 6.6  # an average of system sans-serifs at 12 units, digits being the widest
_LINE = 13.0
# A line whose values lie close together would be flat above zero; it is then drawn on a scale of its own, and says so.
_CLOSE = 0.6
_DIGITS = re.compile(r"[$€£¥]?\s?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?%?")


class Label(Record):
    """A word of a chart: where it starts, stands in the middle, or ends."""

    kind: Literal["value", "time"]
    text: str
    x: float
    y: float
    anchor: Anchor


class Dot(Record):
    """One value of a chart, and when it was told."""

    x: float
    y: float
    value: str
    time: str


class Steps(Record):
    """A stepped line: each value holds until the next. `from_zero` says whether its scale starts at nought."""

    path: str
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    from_zero: bool
    width: int = WIDTH
    height: int = HEIGHT
    base: float = _BASE


class Reading(NamedTuple):
    """One value of a quantity: as a number, as written, when (seconds, None if unknown), and when as written."""

    number: float
    value: str
    instant: float | None
    time: str


def figure(value: str, statement: Statement, language: str | None) -> float | None:
    """The number that `value` is: in digits, or as the quoted words count it ("nine", "1.2 million")."""
    lexicon = lexicons().get(language or "")
    plain = _DIGITS.fullmatch(value.strip())
    # A point or comma means thousands in one language and decimals in another.
    if plain and (lexicon or (plain[1].isdecimal() and not plain[2])):
        return _finite(float(plain[1].replace(",", "") + (plain[2] or "")))
    if lexicon is None:
        return None
    counted = (quantity for citation in statement.citations for quantity in quantities(citation.quote, lexicon))
    return next((_finite(q.value) for q in counted if q.raw.casefold() == value.casefold()), None)


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def steps(readings: Sequence[Reading]) -> Steps | None:
    """The line through two or more values that differ; None where there is nothing to draw."""
    numbers = [reading.number for reading in readings]
    if len(numbers) < 2 or min(numbers) == max(numbers):
        return None
    low = _low(numbers)
    across = _across(readings)
    heights = [round(_BASE - (n - low) / (max(numbers) - low) * (_BASE - _TOP), 1) for n in numbers]
    points = list(zip(across, heights, strict=True))
    return Steps(
        path=_path(points),
        dots=tuple(Dot(x=x, y=y, value=r.value, time=r.time) for (x, y), r in zip(points, readings, strict=True)),
        labels=(*_values(points, readings), *_times(across, readings)),
        from_zero=low == 0,
    )


def _low(numbers: Sequence[float]) -> float:
    least, most = min(numbers), max(numbers)
    return 0.0 if 0 <= least <= _CLOSE * most else least - 0.4 * (most - least)


def _across(readings: Sequence[Reading]) -> list[float]:
    """Places on the time axis, or evenly spaced where a time is missing or the order is not that of the times."""
    known = [reading.instant for reading in readings if reading.instant is not None]
    ordered = len(known) == len(readings) and all(a < b for a, b in pairwise(known))
    instants = known if ordered else [float(i) for i in range(len(readings))]
    width = _RIGHT - _TAIL - _LEFT
    return [round(_LEFT + (i - instants[0]) / (instants[-1] - instants[0]) * width, 1) for i in instants]


def _path(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    return f"M{x:g} {y:g}" + "".join(f"H{x:g}V{y:g}" for x, y in rest) + f"H{_RIGHT:g}"


def _values(points: Sequence[tuple[float, float]], readings: Sequence[Reading]) -> Iterator[Label]:
    """The values above the line: where it rises its left side is free, where it falls its right side."""
    placed = []
    for i, ((x, y), reading) in enumerate(zip(points, readings, strict=True)):
        width = len(reading.value) * _CHARACTER
        rises = i > 0 and reading.number > readings[i - 1].number
        anchor: Anchor = "end" if rises and x - width > _LEFT else "start"
        shift = 4.0 if anchor == "end" else -4.0 if i else 0.0
        placed.append(Label(kind="value", text=reading.value, x=round(x + shift, 1), y=round(y - 9, 1), anchor=anchor))
    risers = [(x, min(a, b), max(a, b)) for (_, a), (x, b) in pairwise(points)]
    return _apart([label for label in placed if not any(_crossed(label, riser) for riser in risers)])


def _times(across: Sequence[float], readings: Sequence[Reading]) -> Iterator[Label]:
    placed = [
        Label(kind="time", text=reading.time, x=x, y=_BASE + 19, anchor="middle" if i else "start")
        for i, (x, reading) in enumerate(zip(across, readings, strict=True))
    ]
    inside = (label for label in placed if _box(label)[1] <= WIDTH)
    return _apart(list(inside))


def _apart(labels: Sequence[Label]) -> Iterator[Label]:
    """The labels that fit beside each other; the last one and the first come before those between them."""
    kept: list[Label] = []
    for label in sorted(labels, key=lambda label: (label is not labels[-1], label is not labels[0])):
        if not any(_overlap(label, other) for other in kept):
            kept.append(label)
    return (label for label in labels if label in kept)


def _box(label: Label) -> tuple[float, float]:
    width = len(label.text) * _CHARACTER
    start = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return start, start + width


def _overlap(one: Label, other: Label) -> bool:
    (a, b), (c, d) = _box(one), _box(other)
    return abs(one.y - other.y) < _LINE and a < d + _CHARACTER and c < b + _CHARACTER


def _crossed(label: Label, riser: tuple[float, float, float]) -> bool:
    """Whether a vertical line (x, top, bottom) runs through the label."""
    start, end = _box(label)
    x, top, bottom = riser
    return start < x < end and top < label.y and bottom > label.y - _LINE
