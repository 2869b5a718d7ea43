"""A run killed while it fetches leaves nothing to repair, loses nothing it saw, and is not repeated."""

import pytest

from benchmarks.soak.fetching import HOSTS, kill_rounds


# A dozen builds, one after the other: 25 s where the machine has nothing else to do.
@pytest.mark.timeout(300)
def test_eight_kills(tmp_path):
    met = kill_rounds(tmp_path, times=8, seed=5)
    assert met.faults == []
    assert met.counts["killed"] == 8
    assert met.counts["killed with pages to come"] > 0
    # One under way at each host, and one being stored.
    assert met.counts["asked for again after one kill, at most"] <= 2 * HOSTS
