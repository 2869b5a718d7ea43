"""The maps a run may use: builtin, threads, or spawned processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Literal

from briefing.types import In, Map, Out

Kind = Literal["builtin", "threads", "processes"]
# Items sent to a process at once: enough to drown the cost of a message, few enough to share the work.
_CHUNK = 16
_MOST_WAITING = 1024


@contextmanager
def opened(kind: Kind, workers: int = 0) -> Iterator[Map]:
    """A map of the kind, with `workers` threads or processes (0: one for each processor)."""
    if kind == "builtin":
        yield map
        return
    count = workers or os.cpu_count() or 1
    with _executor(kind, count) as pool:
        try:
            yield _mapper(pool)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def waiting(items: int) -> Iterator[Map]:
    """A map for work that waits rather than computes: a thread for each of `items`, up to 1,024, begun when needed."""
    if items < 2:
        yield map
        return
    with ThreadPoolExecutor(min(items, _MOST_WAITING)) as pool:
        try:
            yield pool.map
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _mapper(pool: Executor) -> Map:
    def mapped(fn: Callable[[In], Out], items: Iterable[In], /) -> Iterable[Out]:
        return pool.map(fn, items, chunksize=_CHUNK)

    return mapped


def _executor(kind: Kind, count: int) -> Executor:
    if kind == "threads":
        return ThreadPoolExecutor(count)
    # Spawned: a forked child would share the run's lock and outlive it.
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
