"""What a run tells its user: progress bars on a terminal, plain lines elsewhere, results on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from briefing.types import Briefing, Failure, Out

if TYPE_CHECKING:
    from rich.progress import Progress


class Reporter(NamedTuple):
    """Writes progress to stderr and the edition's place to stdout."""

    quiet: bool
    bars: Progress | None

    @classmethod
    @contextmanager
    def opened(cls, *, quiet: bool) -> Iterator[Self]:
        """A reporter that draws bars where stderr is a terminal."""
        if quiet or not sys.stderr.isatty():
            yield cls(quiet, None)
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bars:
            yield cls(quiet, bars)

    def watch(self, stage: str, items: Iterable[Out], total: int, /) -> Iterable[Out]:
        """Pass items on, counting them."""
        if self.bars:
            yield from self.bars.track(items, total=total, description=stage)
            return
        self._say(f"{stage}: {total}")
        yield from items

    def done(self, folder: Path, briefing: Briefing) -> None:
        """Say what was made; with `quiet` only what went wrong."""
        self.failures(briefing.failures)
        run = briefing.run
        self._say(
            f"{run.documents} documents, {run.articles_read} articles, {run.articles_kept} distinct, "
            f"{run.stories} stories, {sum(bool(s.disputes) for s in briefing.stories)} disputed, {run.seconds:.1f} s"
        )
        if not self.quiet:
            print(folder)  # noqa: T201 - the command's result

    def removed(self, what: str) -> None:
        """Say what is no longer kept, if anything."""
        if what:
            self._say(f"removed, as [keep] says: {what}")

    def failures(self, failures: Iterable[Failure]) -> None:
        """Name each failure; with `quiet` only those that leave something out."""
        for failure in failures:
            if failure.degrades or not self.quiet:
                self._line(f"{failure.stage}: {failure.item}: {failure.reason}")

    def _say(self, text: str) -> None:
        if not self.quiet:
            self._line(text)

    def _line(self, text: str) -> None:
        print(text, file=sys.stderr)  # noqa: T201 - progress and faults go to stderr
