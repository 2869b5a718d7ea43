"""How many origins stand behind each statement, where it is known which texts are copies.

    python -m benchmarks.origins --data DIR [--n 3000]      DIR holds load/; or the variable BRIEFING_DATA

The load stream is told twice by the extractive analyst: its originals alone, and with all their copies (exact, reprint,
cut, shuffled). A statement of both tellings must have as many origins with the copies as without; more is a false
corroboration. A statement may have at most as many origins as its story has originals, and one where its story has one.
Spliced texts and updates are left out: what they say is not what their parents say.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import floors
from benchmarks.dedupe import Row, amplified, article, rows
from briefing.analysts.extractive import Extractive
from briefing.languages import lexicons
from briefing.stages.claims import claims
from briefing.stages.cluster import cluster
from briefing.stages.dedupe import dedupe
from briefing.stages.verify import verify
from briefing.types import Story

_COPIES = frozenset({"original", "exact", "reprint", "cut", "shuffled"})


class Said(NamedTuple):
    """The origins counted behind a statement, and how many originals its story has."""

    origins: int
    originals: int


def told(stream: Sequence[Row]) -> dict[str, Said]:
    """Each statement's words, with its origins."""
    base = {row["url"]: row["base"] for row in stream}
    kept = dedupe([article(row) for row in stream], lexicons()).articles
    found: dict[str, Said] = {}
    for story in cluster(kept, lexicons()):
        originals = len({base[url] for a in story.articles for url in (a.url, *(c.url for c in a.copies)) if url})
        for text, origins in _statements(story):
            found[text] = Said(origins, originals)
    return found


def _statements(story: Story) -> Iterator[tuple[str, int]]:
    every = [claim for one in story.articles for claim in claims(one, lexicons())]
    analysis, _ = verify(Extractive().analyse(story), story.articles, every, lexicons())
    yield from ((statement.text, statement.origins) for statement in analysis.summary)


def report(stream: Sequence[Row], figures: dict[str, float]) -> Iterator[str]:
    """The lines of the report; fills `figures`."""
    usable = [row for row in stream if row["variant"] in _COPIES and not row["parents"]]
    alone = told([row for row in usable if row["variant"] == "original"])
    copied = told(usable)
    both = alone.keys() & copied.keys()
    raised = sum(copied[text].origins > alone[text].origins for text in both)
    same = sum(copied[text].origins == alone[text].origins for text in both)
    over = sum(said.origins > said.originals for said in copied.values())
    several = sum(said.origins > 1 for said in copied.values())
    figures |= {"raised": raised, "over": over, "same": same / max(1, len(both))}
    yield f"{len(usable)} articles of {sum(row['variant'] == 'original' for row in usable)} originals"
    yield f"{len(copied)} statements, {several} of several origins; of more origins than originals: {over}"
    yield f"{len(both)} statements told with and without copies: {same} have as many origins, {raised} more with copies"


def main() -> int:
    """Print the report; 1 beyond a floor, 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with load/amplify.py")
    parser.add_argument("--n", type=int, default=3000, help="articles in the stream")
    options = parser.parse_args()
    data = Path(options.data or "")
    if not options.data or not (data / "load" / "amplify.py").is_file():
        print("the load data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        stream = rows(amplified(data, options.n, Path(folder)))
    for line in report(stream, figures):
        print(line, flush=True)
    return floors.held("origins", figures)


if __name__ == "__main__":
    sys.exit(main())
