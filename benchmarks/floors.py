"""The figures that were reached, and may not be lost: `floors.toml` beside this file, one table for each benchmark.

`least` are figures that must not fall below what stands there, `most` figures that must not rise above it. Speeds
and times stand there as ratios to a peer of the same run, or with room for a slower machine. A floor is only ever
raised; where one must be lowered, the commit says why.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

FLOORS = Path(__file__).with_suffix(".toml")


def faults(benchmark: str, figures: Mapping[str, float], floors: Path = FLOORS) -> Iterator[str]:
    """A line for each figure beyond its floor; figures that were not measured are passed over."""
    table = tomllib.loads(floors.read_text(encoding="utf-8")).get(benchmark, {})
    for name, floor in table.get("least", {}).items():
        if figures.get(name, floor) < floor:
            yield f"{benchmark}: {name} is {figures[name]:.4g}, below its floor of {floor:g}"
    for name, roof in table.get("most", {}).items():
        if figures.get(name, roof) > roof:
            yield f"{benchmark}: {name} is {figures[name]:.4g}, above its limit of {roof:g}"


def held(benchmark: str, figures: Mapping[str, float]) -> int:
    """The exit code of a benchmark: 1 with the faults on standard error, else 0."""
    found = list(faults(benchmark, figures))
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0
