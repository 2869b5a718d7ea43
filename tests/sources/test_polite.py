"""Turns at hosts: one at a time, a pause in between, and no host waits for another."""

import asyncio
import time

from briefing.sources.fetching.exchange import FetchError
from briefing.sources.fetching.polite import LONGEST_PAUSE_S, Patience, Turns

PAUSE_S = 0.05


async def visit(turns, host, log, lasts_s=0.0):
    async with turns.turn(host):
        log.append((host, time.monotonic()))
        await asyncio.sleep(lasts_s)
        log.append((host, time.monotonic()))


def gaps(log, host):
    """The seconds from the end of each visit to the start of the next."""
    times = [at for name, at in log if name == host]
    return [start - end for end, start in zip(times[1::2], times[2::2], strict=False)]


def test_the_pause_is_counted_from_the_end_of_the_visit_before():
    async def visits():
        turns, log = Turns(PAUSE_S), []
        await asyncio.gather(*(visit(turns, "a.test", log, lasts_s=0.02) for _ in range(4)))
        return log

    found = gaps(asyncio.run(visits()), "a.test")
    assert len(found) == 3
    assert min(found) >= PAUSE_S


def test_hosts_do_not_wait_for_each_other():
    async def visits():
        turns, log = Turns(PAUSE_S), []
        slow = asyncio.create_task(visit(turns, "slow.test", log, lasts_s=5))
        await asyncio.sleep(0)
        started = time.monotonic()
        await asyncio.gather(*(visit(turns, f"{n}.test", log) for n in range(20)))
        slow.cancel()
        return time.monotonic() - started

    assert asyncio.run(visits()) < PAUSE_S


def test_turns_come_in_the_order_of_asking():
    async def visits():
        turns, order = Turns(0.001), []

        async def come(number):
            async with turns.turn("a.test"):
                order.append(number)

        await asyncio.gather(*(come(number) for number in range(10)))
        return order

    assert asyncio.run(visits()) == list(range(10))


def test_who_gives_up_waiting_leaves_the_turn_to_the_next():
    async def visits():
        turns, log = Turns(0), []
        first = asyncio.create_task(visit(turns, "a.test", log, lasts_s=0.05))
        second = asyncio.create_task(visit(turns, "a.test", log))
        third = asyncio.create_task(visit(turns, "a.test", log))
        await asyncio.sleep(0.01)
        second.cancel()
        await asyncio.gather(first, second, third, return_exceptions=True)
        return len(log)

    assert asyncio.run(visits()) == 4


def test_a_visit_that_was_cancelled_still_counts_for_the_pause():
    async def visits():
        turns, log = Turns(PAUSE_S), []
        first = asyncio.create_task(visit(turns, "a.test", log, lasts_s=5))
        await asyncio.sleep(0.01)
        first.cancel()
        ended = time.monotonic()
        await visit(turns, "a.test", log)
        return log[1][1] - ended

    assert asyncio.run(visits()) >= PAUSE_S - 0.005


def test_a_site_can_lengthen_the_pause_and_nothing_shortens_it():
    async def visits():
        turns, log = Turns(0.01), []
        await visit(turns, "a.test", log)
        turns.slow("a.test", PAUSE_S)
        turns.slow("a.test", 0.0)
        turns.slow("a.test", None)
        await visit(turns, "a.test", log)
        return log

    assert gaps(asyncio.run(visits()), "a.test")[0] >= PAUSE_S


def test_no_site_makes_us_wait_more_than_half_a_minute():
    turns = Turns(1.0)
    turns.slow("a.test", 1e9)
    assert turns._line("a.test").pause_s == LONGEST_PAUSE_S


def test_a_site_is_left_alone_after_three_troubles_in_a_row_and_only_it():
    patience, trouble = Patience(), FetchError("timeout", "a.test: no answer")
    for _ in range(3):
        assert patience.end("http://a.test") is None
        patience.note("http://a.test", trouble)
    ended = patience.end("http://a.test")
    assert ended is not None
    assert ended.fault == "timeout"
    assert "3 times in a row" in str(ended)
    assert patience.end("http://b.test") is None


def test_an_answer_renews_the_patience():
    patience, trouble = Patience(), FetchError("network", "a.test: closed the connection")
    for outcome in (trouble, trouble, None, trouble, trouble):
        patience.note("http://a.test", outcome)
    assert patience.end("http://a.test") is None
