"""Politeness, and patience with many feeds of which some fail: small versions of `python -m benchmarks.polite`."""

from benchmarks.polite import failing_feeds, polite_pages

# What the start of the program and its work on the articles may add where the machine is busy.
STARTED_S = 25.0


def test_hosts_are_asked_one_at_a_time_with_a_pause_and_nothing_twice(tmp_path):
    """24 pages on 4 hosts, read twice: concurrency, gaps, robots.txt, and 304 for all of them the second time."""
    bars = polite_pages(tmp_path, pages=24, interval_s=0.1)
    assert [bar for bar in bars if not bar.kept] == []


def test_many_feeds_of_which_some_fail_are_all_read_or_named_in_time(tmp_path):
    """100 feeds on 10 hosts, one of ten failing in each of ten ways."""
    bars = {bar.name: bar for bar in failing_feeds(tmp_path, feeds=100, interval_s=0.1, deadline_s=3.0)}
    ratio = bars.pop("wall time / minimum")
    assert [bar for bar in bars.values() if not bar.kept] == []
    minimum = bars["slowest host's polite minimum, s"].value
    assert ratio.value * minimum <= 1.5 * minimum + STARTED_S
