"""Every dispute and update that a build finds in real news, printed to be read and judged.

    python -m benchmarks.findings --data DIR [--set NAME ...] [--sample 3000] [--verdicts FILE]

DIR (or the variable BRIEFING_DATA) holds clusters/*.jsonl.gz and load/articles.jsonl.gz. Each set is read, cleaned,
grouped into stories, told by the extractive analyst and checked as `briefing build FILE` does; what is printed is what
the edition shows: all sides with their outlets, times and sentences. `--sample` takes so many articles of the load set.
FILE holds one line for each finding that was judged, its id and "right", "wrong" or "debatable" apart by white space:
the precision is then printed with its 95 % interval (Wilson), and what was not judged is said.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.disputes import wilson
from briefing.analysts.extractive import Extractive
from briefing.pipeline import Order, build
from briefing.sources.files import Files
from briefing.types import Analysis, Briefing, Dispute, Statement, Update

SETS = {"giveme5w1h-odd": "clusters", "ecbplus": "clusters", "articles": "load"}
VERDICTS = ("right", "debatable", "wrong")
# Later than every article, and always the same.
_NOW = datetime(2021, 1, 1, 8, tzinfo=UTC)


def edition(path: Path, most: int | None) -> Briefing:
    """The edition that a build makes of a gzipped file of records, or of its first `most`; every story is told."""
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "records.jsonl"
        with gzip.open(path, "rb") as lines:
            records.write_bytes(b"".join(islice(lines, most)))
        order = Order(
            title="Findings", date=_NOW.date().isoformat(), language="en", timezone="UTC", now=_NOW,
            sources=(Files(path=records),), analyst=Extractive(), max_stories=sys.maxsize,
        )  # fmt: skip
        return build(order).briefing


def shown(finding: Dispute | Update, briefing: Briefing) -> Iterator[str]:
    """The lines of one finding: its id, what it is about, and each side with its evidence."""
    if isinstance(finding, Dispute):
        yield f"{finding.id}  dispute, {finding.kind}: {finding.question}"
        sides = [(p.holder, p.statement) for p in finding.positions]
    else:
        yield f"{finding.id}  update: {finding.what}"
        sides = [(step.value, step.statement) for step in finding.steps]
    for name, statement in sides:
        yield f"    {name}  [{', '.join(_places(statement, briefing))}]"
        yield f"        {statement.text}"


def _places(statement: Statement, briefing: Briefing) -> Iterator[str]:
    for citation in statement.citations:
        entry = briefing.articles[citation.article]
        yield f"{entry.label}, {entry.published or 'undated'}, sentence {citation.sentence}"


def findings(story: Analysis) -> tuple[Dispute | Update, ...]:
    """What a story disputes and what moved in it."""
    return (*story.disputes, *story.updates)


def report(briefing: Briefing, verdicts: dict[str, str]) -> Iterator[str]:
    """The lines of one set's report."""
    told = [story for story in briefing.stories if findings(story)]
    for story in told:
        yield f"\n== {story.headline.text}  ({len(story.articles)} articles)"
        for finding in findings(story):
            lines = list(shown(finding, briefing))
            yield "\n".join([f"{lines[0]}  {verdicts.get(finding.id, '')}".rstrip(), *lines[1:]])
    every = [finding.id for story in told for finding in findings(story)]
    disputes = sum(len(story.disputes) for story in told)
    yield f"\n{len(briefing.stories)} stories, {len(briefing.articles)} articles"
    yield f"{disputes} disputes, {len(every) - disputes} updates"
    yield from _precision([verdicts[i] for i in every if i in verdicts], len(every))


def _precision(judged: Sequence[str], found: int) -> Iterator[str]:
    if judged:
        counts = Counter(judged)
        held = counts["right"] + counts["debatable"]
        low, high = wilson(held, len(judged))
        yield f"{', '.join(f'{counts[v]} {v}' for v in VERDICTS)}; {found - len(judged)} not judged"
        yield f"right or debatable {held / len(judged):.2f}  [{low:.2f}, {high:.2f}]"


def read_verdicts(path: Path | None) -> dict[str, str]:
    """The verdict on each finding, by id; SystemExit names a line that holds none."""
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path else (), 1):
        words = line.split()
        if words and (len(words) < 2 or words[1] not in VERDICTS):
            raise SystemExit(f"{path}, line {number}: expected an id and one of {', '.join(VERDICTS)}")
        found |= {words[0]: words[1]} if words else {}
    return found


def main() -> int:
    """Print the report; 2 where there is no data to measure with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"), help="folder with clusters/ and load/")
    parser.add_argument("--set", action="append", choices=sorted(SETS), help="may be given several times; else all")
    parser.add_argument("--sample", type=int, default=3000, help="articles of the load set")
    parser.add_argument("--verdicts", type=Path, help="verdicts on findings, to print the precision")
    options = parser.parse_args()
    paths = {name: Path(options.data or "") / SETS[name] / f"{name}.jsonl.gz" for name in options.set or SETS}
    absent = [str(path) for path in paths.values() if not path.is_file()]
    if not options.data or absent:
        print(f"data are absent: {', '.join(absent)}; give --data DIR or set BRIEFING_DATA", file=sys.stderr)
        return 2
    verdicts = read_verdicts(options.verdicts)
    for name, path in paths.items():
        print(f"\n# {name}", flush=True)
        for line in report(edition(path, options.sample if SETS[name] == "load" else None), verdicts):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
