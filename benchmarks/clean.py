"""How well `clean` extracts and splits, beside trafilatura alone and newspaper4k, on public data.

    python -m benchmarks.clean [--data FOLDER] [--only aeb,fundus,flat,split,html | --quick] [--worst N]

FOLDER (or BRIEFING_DATA) holds `extraction/` with the scrapinghub article-extraction benchmark, the fundus test
pages and the flattened pages. How each figure is counted stands at the function that counts it. A page that a side
makes no article of counts as wrong in every figure. trafilatura runs twice, as it comes and `fast`; the ratios are to
the better of the two. newspaper4k is measured where it is installed (`pip install newspaper4k`).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks import floors
from benchmarks.joining import Gold, Run, gold_articles, split_pages
from benchmarks.metrics import harmonic
from benchmarks.reading import SIDES, Page, Reading, aeb_pages, fundus_pages, headings, html, jsonl
from briefing.stages.clean import clean
from briefing.text import language
from briefing.types import Document

__all__ = ["Gold", "gold_articles"]

QUICK = "fundus,flat"
PEERS = {"trafilatura": ("trafilatura", "trafilatura fast"), "newspaper4k": ("newspaper4k",)}
_WORD = re.compile(r"\w+")


class Score(NamedTuple):
    """Precision, recall and F1, 0..1."""

    precision: float
    recall: float
    f1: float


def overlap(found: Counter[Any], gold: Counter[Any]) -> Score:
    """Bag overlap of what was found with what should be."""
    common = sum((found & gold).values())
    precision = common / sum(found.values()) if found else 0.0
    recall = common / sum(gold.values()) if gold else 0.0
    return Score(precision, recall, harmonic(precision, recall))


def shingles(text: str, n: int = 4) -> Counter[tuple[str, ...]]:
    """4-word shingles as the scrapinghub benchmark counts them."""
    words = _WORD.findall(text)
    return Counter(tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1))) if words else Counter()


def tokens(text: str) -> Counter[str]:
    """Lower-cased words, as a bag."""
    return Counter(_WORD.findall(text.lower()))


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def summary(scores: Sequence[Score]) -> Score:
    """Mean precision and recall over pages, and their harmonic mean (the scrapinghub benchmark's F1)."""
    precision, recall = mean([s.precision for s in scores]), mean([s.recall for s in scores])
    return Score(precision, recall, harmonic(precision, recall))


def letters(text: str) -> str:
    """A text's letters and digits alone, lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


def names_score(found: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of two sets of names, case and spaces aside; 1 where both are empty."""
    a, b = ({" ".join(name.casefold().split()) for name in names} for names in (found, gold))
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def plain_title(title: str) -> str:
    """A title's words, lower case: quotation marks, dashes and spacing do not count."""
    return " ".join(_WORD.findall(title.lower()))


def table(rows: Mapping[str, Mapping[str, float | None]]) -> Iterator[str]:
    """Lines of a table, one row a figure, one column a side; None is shown as absent. Ratios are ours to the peer's."""
    yield f"{'':22}" + "".join(f"{side:>17}" for side in SIDES) + "".join(f"{'ours/' + name:>18}" for name in PEERS)
    for figure, values in rows.items():
        cells = ["absent" if values[side] is None else f"{values[side]:.4f}" for side in SIDES]
        ratios = [_ratio(values["ours"], [values[side] for side in sides]) for sides in PEERS.values()]
        yield f"{figure:22}" + "".join(f"{cell:>17}" for cell in cells) + "".join(f"{cell:>18}" for cell in ratios)


def _ratio(ours: float | None, theirs: Sequence[float | None]) -> str:
    best = max((value for value in theirs if value is not None), default=None)
    return "absent" if best is None else "-" if not best else f"{(ours or 0) / best:.3f}"


def by_side(rows: Sequence[Mapping[str, Any]], of: Callable[[list[Any]], float]) -> dict[str, float | None]:
    """A figure of all pages for each side; None for one that is absent."""
    return {side: None if rows[0][side] is None else of([row[side] for row in rows]) for side in SIDES}


def _aeb_page(page: Page) -> dict[str, Score | None]:
    text, wanted = html(page.path), shingles(page.gold.body)
    found = {side: read(text) for side, read in SIDES.items()}
    return {side: None if said is None else overlap(shingles(said.body), wanted) for side, said in found.items()}


def aeb(data: Path, run: Run, worst: int) -> dict[str, float]:
    """4-gram shingle precision, recall, F1 of the body; means over pages, F1 of the means."""
    pages = aeb_pages(data)
    rows = list(run(_aeb_page, pages))
    figures = {f"aeb body {name}": by_side(rows, partial(_of_means, name)) for name in Score._fields}
    print("\n".join(table(figures)))
    for row, page in sorted(zip(rows, pages, strict=True), key=_lost)[:worst]:
        print(f"   {row['ours'].f1:.3f} {row['trafilatura'].f1:.3f}  {page.name[:12]} {page.gold.url[:90]}")
    return {"aeb_f1": figures["aeb body f1"]["ours"] or 0.0}


def _of_means(name: str, scores: list[Score]) -> float:
    return float(getattr(summary(scores), name))


def _lost(pair: tuple[dict[str, Any], Page]) -> float:
    return float(pair[0]["ours"].f1 - pair[0]["trafilatura"].f1)


class Row(NamedTuple):
    """How right one side is on one fundus page, each figure 0..1."""

    precision: float
    recall: float
    f1: float
    day: float
    title: float
    title_or_h1: float
    authors: float
    outlet: float
    address: float
    language: float


def fundus_row(said: Reading, gold: Reading, h1s: Sequence[str]) -> Row:
    """How right a reading is: see `fundus`."""
    title = plain_title(said.title)
    return Row(
        *overlap(tokens(said.body), tokens(gold.body)),
        day=float(said.day == gold.day),
        title=float(title == plain_title(gold.title)),
        title_or_h1=float(title != "" and title in map(plain_title, (gold.title, *h1s))),
        authors=names_score(said.authors, gold.authors) if said != Reading() else 0.0,
        outlet=float(letters(said.outlet) not in {"", letters(urlsplit(said.url).netloc.removeprefix("www."))}),
        address=float(re.match(r"https?://[^/]+/.", said.url) is not None),
        language=float(said.language == language(gold.body)),
    )


def _fundus_page(page: Page) -> tuple[dict[str, Row | None], Reading]:
    text = html(page.path)
    found = {side: read(text) for side, read in SIDES.items()}
    h1s = headings(text)
    rows = {side: None if said is None else fundus_row(said, page.gold, h1s) for side, said in found.items()}
    return rows, found["ours"] or Reading()


def fundus(data: Path, run: Run, worst: int) -> dict[str, float]:
    """Means over pages.

    Body: token precision, recall, F1. Day: the first ten characters of the publication date are the gold's. Title: the
    words are the gold's, in order, case and marks aside, and nothing more; title_or_h1: or those of an h1 of the page,
    since the gold often takes another of the titles a page gives. Authors: F1 of the set of names. Outlet: a name is
    given, and it is not the host of the address; address: an absolute one, with a path; language: the one that
    langid finds in the gold body.
    """
    pages = fundus_pages(data)
    results = list(run(_fundus_page, pages))
    rows = [row for row, _ in results]
    figures = {f"fundus {name}": by_side(rows, partial(_mean_of, name)) for name in Row._fields}
    print("\n".join(table(figures)))
    _worst(pages, results, worst)
    held = {name: figures[f"fundus {name}"]["ours"] or 0.0 for name in Row._fields[3:]}
    body = figures["fundus f1"]
    alone = max(body[side] or 0.0 for side in PEERS["trafilatura"])
    return {"fundus_f1": body["ours"] or 0.0, "fundus_gain": (body["ours"] or 0.0) - alone, **held}


def _mean_of(name: str, rows: list[Row]) -> float:
    return mean([getattr(row, name) for row in rows])


def _worst(pages: Sequence[Page], results: Sequence[tuple[dict[str, Any], Reading]], worst: int) -> None:
    pairs = sorted(zip(results, pages, strict=True), key=lambda pair: pair[0][0]["ours"].f1)
    for (row, _), page in pairs[:worst]:
        print(f"   body {row['ours'].f1:.3f} {row['trafilatura'].f1:.3f} {page.name}")
    for field in Row._fields[3:] if worst else ():
        for (row, said), page in pairs:
            if getattr(row["ours"], field) < 1:
                print(f"   {field} {page.name}: {said._replace(body='')} / {page.gold._replace(body='')}")


def _flat_page(arguments: tuple[dict[str, str], str]) -> tuple[Score, Score, int]:
    page, gold = arguments
    articles = clean([Document(item=page["id"], text=page["text"], media_type="text/plain")]).articles
    body = "\n".join(article.body for article in articles)
    return overlap(shingles(body), shingles(gold)), overlap(shingles(page["text"]), shingles(gold)), len(articles)


def flat(data: Path, run: Run, worst: int) -> dict[str, float]:
    """4-gram shingles of all articles found in pages flattened with their menus; the peer is the text as it is."""
    pages = jsonl(data / "extraction" / "aeb-flat-text.jsonl.gz")
    gold = {page.name: page.gold for page in aeb_pages(data)}
    rows = list(run(_flat_page, [(page, gold[page["id"]].body) for page in pages]))
    for label, i in (("ours", 0), ("as it is", 1)):
        score = summary([row[i] for row in rows])
        print(f"flat text, 4-gram  {label:12} P {score.precision:.4f} R {score.recall:.4f} F1 {score.f1:.4f}")
    several, none = sum(row[2] > 1 for row in rows), sum(row[2] == 0 for row in rows)
    print(f"flat text: pages taken for several articles {several}, for none {none} of {len(rows)}")
    for (own, _, count), page in sorted(zip(rows, pages, strict=True), key=lambda pair: pair[0][0].f1)[:worst]:
        print(f"   P {own.precision:.2f} R {own.recall:.2f} articles {count} {gold[page['id']].url[:90]}")
    found = summary([row[0] for row in rows])
    return {"flat_precision": found.precision, "flat_recall": found.recall}


def html_pages(data: Path, run: Run, worst: int) -> dict[str, float]:
    """HTML pages with several articles."""
    from benchmarks.pages import html_split

    figures: dict[str, float] = html_split(data, run, worst)
    return figures


PARTS = {"aeb": aeb, "fundus": fundus, "flat": flat, "split": split_pages, "html": html_pages}


def main() -> int:
    """Run the parts asked for; 1 where a figure is below its floor, 2 when the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"))
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--quick", dest="only", action="store_const", const=QUICK, help=f"the same as --only {QUICK}")
    parser.add_argument("--worst", type=int, default=0, help="also list this many of the worst pages, and all misses")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    data = Path(options.data or "")
    if not options.data or not (data / "extraction").is_dir():
        print("the extraction data are absent: pass --data FOLDER or set BRIEFING_DATA", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for part in options.only.split(","):
            began = time.perf_counter()
            figures |= PARTS[part](data, partial(pool.map, chunksize=8), options.worst)
            print(f"-- {part}: {time.perf_counter() - began:.1f} s", flush=True)
    return floors.held("clean", figures)


if __name__ == "__main__":
    sys.exit(main())
