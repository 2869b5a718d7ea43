"""A run killed while it sends: nobody is knowingly sent two, nobody is lost."""

from benchmarks.soak.sending import READERS, kill_rounds


def test_eight_kills(tmp_path):
    met = kill_rounds(tmp_path, times=8, seed=5)
    assert not [what for what in met if what.startswith("wrong")]
    readers = sum(count for what, count in met.items() if "cop" in what)
    assert readers == 8 * len(READERS)
    assert met["two copies, after a doubt"] > 0
    assert met["killed"] >= 8
