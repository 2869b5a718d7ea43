"""How many origins stand behind each statement, where it is known which texts are copies.

    python -m benchmarks.origins --data DIR [--n 3000] [--copies 3]     DIR holds load/ and clusters/; or BRIEFING_DATA

The load stream is told twice by the extractive analyst: its originals alone, and with all their copies (exact, reprint,
cut, shuffled). A statement of both tellings must have as many origins with the copies as without; more is a false
corroboration. A statement may have at most as many origins as its story has originals, and one where its story has one.
Spliced texts and updates are left out: what they say is not what their parents say.

Independent reports of one event seldom stand in that stream. So the labelled sets are told by gold event as well, alone
and with `--copies` copies of every article (cut, shuffled or exact by the stream's own rules, a day later under other
outlets). There every sentence that an article puts first is counted, said by however many: the count of origins must be
the same with the copies as without, while that of outlets grows.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import runpy
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import floors
from benchmarks.cluster import SETS, day
from benchmarks.dedupe import Row, amplified, article, rows
from briefing.analysts.extractive import Extractive
from briefing.languages import lexicons
from briefing.stages.claims import claims
from briefing.stages.cluster import cluster
from briefing.stages.corroborate import corroborate
from briefing.stages.dedupe import dedupe
from briefing.stages.verify import verify
from briefing.types import Statement, Story

# Sentences of an article's body that are counted: what it reports first.
_LEADS = 3
# Its reprints are left out: one in five of them credits an agency, and what credits one agency is of one origin.
_RULES = ("cut", "shuffled", "exact")
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


class Counted(NamedTuple):
    """Outlets and origins behind one sentence."""

    outlets: int
    origins: int


def copies_of(data: Path, row: Row, number: int, rng: random.Random) -> Iterator[Row]:
    """Copies of a row, varied by the rules of the stream, each of an outlet of its own."""
    rules = runpy.run_path(str(data / "load" / "amplify.py"))
    for place, kind in enumerate(islice(cycle(_RULES), number)):
        outlet = f"outlet{rng.randrange(10**9)}.example"
        own = {"source": outlet, "url": f"http://{outlet}/{place}", "published": rules["later"](row["published"])}
        yield {**row, **own, "text": rules["vary"](kind, row["text"], rng)}


def counted(rows_of: Sequence[Row]) -> dict[str, Counted]:
    """What the leads of a story's articles say, with how many outlets and origins say it."""
    kept = dedupe([article(row) for row in rows_of], lexicons()).articles
    every = [claim for one in kept for claim in claims(one, lexicons())]
    found = {}
    for claim in (c for c in every if 0 < c.sentence <= _LEADS):
        statement = Statement(text=claim.text, language="en", citations=(claim.citation,))
        settled = corroborate(statement, every)
        found[claim.text] = Counted(settled.outlets, settled.origins)
    return found


def events(data: Path) -> Iterator[list[Row]]:
    """The rows of the labelled sets, by gold event, each of an outlet of its own."""
    for name in SETS:
        grouped: dict[object, list[Row]] = defaultdict(list)
        with gzip.open(data / "clusters" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                unique = {"url": f"http://{row['id']}.example/1", "source": f"{row['id']}.example"}
                grouped[row["event"]].append({**row, **unique, "published": day(row["published"])})
        yield from grouped.values()


def independent(data: Path, number: int, figures: dict[str, float]) -> Iterator[str]:
    """The lines on independent reports of one event, alone and among their copies; fills `figures`."""
    rng = random.Random(7)
    pairs: list[tuple[Counted, Counted]] = []
    for rows_of in events(data):
        alone = counted(rows_of)
        copied = counted([*rows_of, *(copy for row in rows_of for copy in copies_of(data, row, number, rng))])
        pairs += [(alone[text], copied[text]) for text in alone.keys() & copied.keys()]
    several = [(a, b) for a, b in pairs if a.origins > 1]
    same, wider = sum(a.origins == b.origins for a, b in pairs), sum(b.outlets > a.outlets for a, b in pairs)
    kept = sum(a.origins == b.origins for a, b in several)
    raised = sum(b.origins > a.origins for a, b in pairs)
    figures |= {"independent raised": raised, "independent same": same / max(1, len(pairs))}
    figures["several same"] = kept / max(1, len(several))
    yield f"{len(pairs)} leading sentences of the labelled events, {len(several)} of several origins"
    yield f"with {number} copies of each article: {same} have as many origins ({kept} of the several), {raised} more"
    yield f"{wider} have more outlets"


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
    parser.add_argument("--n", type=int, default=3000, help="articles in the stream; 0 for none")
    parser.add_argument("--copies", type=int, default=3, help="copies of each article of the labelled sets; 0 for none")
    options = parser.parse_args()
    data = Path(options.data or "")
    if not options.data or not (data / "load" / "amplify.py").is_file():
        print("the load data are absent: give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    if options.n:
        with tempfile.TemporaryDirectory() as folder:
            stream = rows(amplified(data, options.n, Path(folder)))
        for line in report(stream, figures):
            print(line, flush=True)
    for line in independent(data, options.copies, figures) if options.copies else ():
        print(line, flush=True)
    return floors.held("origins", figures)


if __name__ == "__main__":
    sys.exit(main())
