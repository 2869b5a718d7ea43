"""The maps a run may use: builtin, threads, spawned processes, or what suits the number of items."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Literal

from briefing.types import In, Map, Out

Kind = Literal["auto", "builtin", "threads", "processes"]
# Items sent to a process at once: enough to drown the cost of a message, few enough to share the work.
_CHUNK = 16
_MOST_WAITING = 1024
# To start processes and load the libraries there takes as long as 1,000 plain texts, or 50 pages.
_MANY = 1000


@contextmanager
def opened(kind: Kind, workers: int = 0) -> Iterator[Map]:
    """A map of the kind, with `workers` threads or processes (0: one for each processor), started when needed."""
    count = workers or os.cpu_count() or 1
    with ExitStack() as started:

        @cache
        def pool() -> Executor:
            return started.enter_context(_left(_executor(kind, count)))

        def mapped(fn: Callable[[In], Out], items: Iterable[In], /) -> Iterable[Out]:
            listed = tuple(items)
            alone = kind == "builtin" or (kind == "auto" and (len(listed) < _MANY or count == 1))
            return map(fn, listed) if alone else pool().map(fn, listed, chunksize=_CHUNK)

        yield mapped


@contextmanager
def _left(pool: Executor) -> Iterator[Executor]:
    """The pool, shut down at the end; what is left to do is dropped where something was raised."""
    with pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def waiting(items: int) -> Iterator[Map]:
    """A map for work that waits rather than computes: a thread for each of `items`, up to 1,024, begun when needed."""
    if items < 2:
        yield map
        return
    with _left(ThreadPoolExecutor(min(items, _MOST_WAITING))) as pool:
        yield pool.map


def _executor(kind: Kind, count: int) -> Executor:
    if kind == "threads":
        return ThreadPoolExecutor(count)
    # Spawned: a forked child would share the run's lock and outlive it.
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
