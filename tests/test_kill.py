"""A run killed at a random point leaves the edition absent, old or complete, and the next run needs no repair."""

from benchmarks.soak.kills import kill_rounds
from tests.building import SAMPLES


def test_eight_kills(tmp_path):
    states = kill_rounds(SAMPLES / "lone", tmp_path, times=8, seed=3)
    assert set(states) <= {"killed", "killed while writing", "absent", "complete", "last: complete", "leftovers"}
    assert states["killed while writing"] > 0
    assert (states["last: complete"], states["leftovers"]) == (1, 0)
