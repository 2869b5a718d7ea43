"""Three simulated mornings of the long run, over articles of our own: a kill while mail is sent, a feed that is dead."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.polite import prose
from benchmarks.soak.days import FEEDS, Piece, morning
from benchmarks.soak.mornings import Day, drift, month


def days(day: int) -> Sequence[Piece]:
    """One article for each feed, and as many for the folder of files."""
    return [piece(f"{day}-{number}", day) for number in range(2 * FEEDS)]


def piece(name: str, day: int) -> Piece:
    text = prose(name).replace("<p>", "").replace("</p>", "\n")
    return Piece(name, f"Report {name} from the coast", text, "Gazette", morning(day) - timedelta(hours=2))


@pytest.mark.timeout(300)
def test_three_mornings_lose_nothing_and_tell_nothing_twice(tmp_path: Path):
    found: list[Day] = []
    assert month(tmp_path, days, ("killed sending", "dead feed", ""), found.append) == []
    assert [(day.build.code, day.run["documents"]) for day in found] == [(0, 40), (3, 39), (0, 41)]
    assert all(day.build.cpu_s > 0 and day.state > 0 for day in found)


def test_a_drift_is_the_share_by_which_values_move_whatever_one_of_them_does():
    steady = dict.fromkeys(range(6, 31), 10.0)
    assert drift(steady)[0] == 0
    assert drift({**steady, 9: 90.0})[0] == 0
    moved, low, high = drift({day: 10 + (day - 6) / 24 for day in range(6, 31)})
    assert low <= moved <= high
    assert round(moved, 3) == round(1 / 10.5, 3)
