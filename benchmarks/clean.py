"""How well `clean` extracts and splits, beside trafilatura alone, on public data.

    python -m benchmarks.clean [--data FOLDER] [--only aeb,fundus,flat,split] [--worst N]

FOLDER (or BRIEFING_DATA) holds `extraction/` with the scrapinghub article-extraction benchmark, the fundus
test pages and the flattened pages. How each figure is counted stands at the function that counts it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import trafilatura

from briefing.stages.clean import clean
from briefing.text import one_line
from briefing.types import Article, Document

_WORD = re.compile(r"\w+")
FIXED = 7

Run = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]


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


def harmonic(precision: float, recall: float) -> float:
    """F1 of a precision and a recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


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


def jsonl(path: Path) -> list[Any]:
    """The records of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def html(path: Path) -> str:
    """A gzipped page as text."""
    return trafilatura.utils.decode_file(gzip.decompress(path.read_bytes()))


def one(document: Document) -> Article | None:
    """The first article of a document cleaned alone."""
    return next(iter(clean([document]).articles), None)


def peer(text: str) -> tuple[str, str, str, str]:
    """Title, authors, day and text by trafilatura alone."""
    found = trafilatura.bare_extraction(text, fast=True, include_comments=False, with_metadata=True)
    if not isinstance(found, trafilatura.settings.Document):
        return "", "", "", ""
    return found.title or "", found.author or "", str(found.date), found.text or ""


def _aeb_page(arguments: tuple[Path, dict[str, str]]) -> tuple[Score, Score]:
    path, gold = arguments
    text = html(path)
    article = one(Document(item=path.name, text=text, media_type="text/html"))
    wanted = shingles(gold["articleBody"])
    return overlap(shingles(article.body if article else ""), wanted), overlap(shingles(peer(text)[3]), wanted)


def aeb(data: Path, run: Run, worst: int) -> None:
    """4-gram shingle precision, recall, F1 of the body; means over pages, F1 of the means."""
    folder = data / "extraction" / "aeb"
    truth = json.loads((folder / "ground-truth.json").read_text())
    rows = list(run(_aeb_page, [(folder / "html" / f"{name}.html.gz", gold) for name, gold in truth.items()]))
    show("aeb body, 4-gram", summary([ours for ours, _ in rows]), summary([theirs for _, theirs in rows]))
    for (ours, theirs), name in sorted(zip(rows, truth, strict=True), key=lambda row: row[0][0].f1 - row[0][1].f1)[
        :worst
    ]:
        print(f"   {ours.f1:.3f} {theirs.f1:.3f}  {name[:12]} {truth[name]['url'][:90]}")


def gold_body(body: dict[str, Any]) -> str:
    """Standfirst, subheadings and paragraphs of a fundus page, one per line."""
    sections = [line for section in body["sections"] for line in (*section["headline"], *section["paragraphs"])]
    return "\n".join([*body["summary"], *sections])


def names_score(found: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of two sets of names, case and spaces aside; 1 where both are empty."""
    a, b = ({" ".join(name.casefold().split()) for name in names} for names in (found, gold))
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def plain_title(title: str) -> str:
    """A title's words, lower case: quotation marks, dashes and spacing do not count."""
    return " ".join(_WORD.findall(title.lower()))


class FundusRow(NamedTuple):
    """One page: body score, and whether day, title and authors are right, 0..1."""

    body: Score
    day: float
    title: float
    authors: float


def _fundus_page(arguments: tuple[Path, dict[str, Any]]) -> tuple[FundusRow, FundusRow, str]:
    path, gold = arguments
    text = html(path)
    article = one(Document(item=path.name, text=text, media_type="text/html"))
    title, author, day, body = peer(text)
    wanted = tokens(gold_body(gold["body"]))
    date, names, headline = gold["publishing_date"][:10], gold.get("authors", []), plain_title(gold["title"])
    authors = article.authors if article else ()
    ours = FundusRow(
        overlap(tokens(article.body if article else ""), wanted),
        float(article is not None and (article.published or "")[:10] == date),
        float(article is not None and plain_title(article.title) == headline),
        names_score(authors, names),
    )
    theirs = FundusRow(
        overlap(tokens(body), wanted),
        float(day == date),
        float(plain_title(title) == headline),
        names_score([n for n in author.split("; ") if n], names),
    )
    got = (article.title, article.authors, article.published) if article else None
    return ours, theirs, f"{got} / {(gold['title'], names, date)}"


def fundus(data: Path, run: Run, worst: int) -> None:
    """Token F1 of the body (mean over pages), day of publication, title, mean F1 of the author set."""
    gold = jsonl(data / "extraction" / "fundus-gold.jsonl.gz")
    rows = list(run(_fundus_page, [(data / "extraction" / "fundus" / f"{row['id']}.html.gz", row) for row in gold]))
    for side, name in ((0, "ours"), (1, "trafilatura")):
        pages = [row[side] for row in rows]
        body = Score(*(mean([page.body[i] for page in pages]) for i in range(3)))
        print(f"fundus body        {name:12} P {body.precision:.4f} R {body.recall:.4f} token F1 {body.f1:.4f}")
        fields = (f"{field} {mean([getattr(page, field) for page in pages]):.3f}" for field in FundusRow._fields[1:])
        print(f"fundus metadata    {name:12} {'  '.join(fields)}")
    for (ours, theirs, said), row in sorted(zip(rows, gold, strict=True), key=lambda pair: pair[0][0].body.f1)[:worst]:
        print(f"   {ours.body.f1:.3f} {theirs.body.f1:.3f} {row['id']}  {said[:150]}")
    for field in FundusRow._fields[1:] if worst else ():
        wrong = [(row["id"], said) for (ours, _, said), row in zip(rows, gold, strict=True) if getattr(ours, field) < 1]
        print("\n".join(f"   {field} {name}: {said}" for name, said in wrong))


def _flat_page(arguments: tuple[dict[str, str], str]) -> tuple[Score, Score, int]:
    page, gold = arguments
    articles = clean([Document(item=page["id"], text=page["text"], media_type="text/plain")]).articles
    body = "\n".join(article.body for article in articles)
    return overlap(shingles(body), shingles(gold)), overlap(shingles(page["text"]), shingles(gold)), len(articles)


def flat(data: Path, run: Run, worst: int) -> None:
    """4-gram shingles of all articles found in pages flattened with their menus; the peer is the text as it is."""
    pages = jsonl(data / "extraction" / "aeb-flat-text.jsonl.gz")
    truth = json.loads((data / "extraction" / "aeb" / "ground-truth.json").read_text())
    rows = list(run(_flat_page, [(page, truth[page["id"]]["articleBody"]) for page in pages]))
    show("flat text, 4-gram", summary([row[0] for row in rows]), summary([row[1] for row in rows]), "as it is")
    several, none = sum(row[2] > 1 for row in rows), sum(row[2] == 0 for row in rows)
    print(f"flat text: pages taken for several articles {several}, for none {none} of {len(rows)}")
    for (ours, _, count), page in sorted(zip(rows, pages, strict=True), key=lambda pair: pair[0][0].f1)[:worst]:
        print(f"   P {ours.precision:.2f} R {ours.recall:.2f} articles {count} {truth[page['id']]['url'][:90]}")


class Gold(NamedTuple):
    """One article to be joined with others: headline and paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


LAYOUTS = ("doubled-head", "doubled-head-tight", "wide-gap", "rule", "byline", "page-end", "kicker-gap", "markdown")
_NAMES = ("Ada Brenner", "Joel Okafor", "Mirela Stan", "Tomas Hale", "Ines Carvalho")
_MONTHS = ("January", "March", "April", "June", "September", "November")


def laid_out(article: Gold, layout: str, rng: random.Random) -> str:
    """An article as a page of this layout shows it."""
    body = "\n\n".join(article.paragraphs)
    place, agency = rng.choice(("harbour", "summit", "court", "station")), rng.choice(("AFP", "Reuters", "EPA"))
    caption = f"{rng.choice(_NAMES)} at the {place} on {rng.choice(_MONTHS)} {rng.randint(1, 28)} ({agency})"
    if layout == "doubled-head":
        head = f"{article.title}\n\n {caption}\n{caption}\nTT\n{rng.randint(10, 40)}\n\n"
        return f"{head}{article.title}\n\n {caption}\n{caption}\n\n{body}"
    if layout == "doubled-head-tight":
        return f"{article.title}\n\n{caption}\n\nShare\n\n{article.title}\n\n{caption}\n\n{body}"
    if layout == "byline":
        day = f"{rng.choice(_MONTHS)} {rng.randint(1, 28)}, {rng.randint(2015, 2025)}"
        return f"{article.title}\n\nBy {rng.choice(_NAMES)}\n\n{day}\n\n{body}"
    if layout == "page-end":
        code = rng.randint(10000, 99999)
        return f"{article.title}\n\n{body}\n\nNews Code {code}\n\nYour Comment\n\nYou are replying to: ."
    if layout == "kicker-gap":
        return f"{rng.choice(('WORLD', 'Politics', 'Business'))}\n{article.title}\n{caption}\n\n{body}\n\nShare\nTweet"
    return f"# {article.title}\n\n{body}" if layout == "markdown" else f"{article.title}\n\n{body}"


JOINTS = {"doubled-head": "\n\n\n\n", "wide-gap": "\n\n\n\n", "kicker-gap": "\n\n\n", "rule": "\n\n* * *\n\n"}


def joined(articles: Sequence[Gold], layout: str, rng: random.Random) -> tuple[str, list[tuple[int, int]]]:
    """A page of several articles, and for each where its head begins and its first paragraph ends (code points)."""
    text = ""
    spans = []
    for article in articles:
        text += JOINTS.get(layout, "\n\n") if text else ""
        start = len(text)
        text += laid_out(article, layout, rng)
        first = text.index(article.paragraphs[0], start)
        spans.append((start, first + len(article.paragraphs[0])))
    return text, spans


def starts(text: str, articles: Sequence[Article]) -> Iterator[int]:
    """Where in `text` the first paragraph of each article stands."""
    squeezed = " ".join(text.split())
    at = 0
    for article in articles:
        opening = " ".join(article.body.split("\n")[0].split())[:200]
        found = squeezed.find(opening, at)
        at = found if found >= 0 else at
        yield at


def _split_page(arguments: tuple[Sequence[Gold], str, int]) -> tuple[str, int, int, int]:
    """(layout, boundaries found rightly, found, there)."""
    articles, layout, number = arguments
    text, spans = joined(articles, layout, random.Random(number))
    media = "text/markdown" if layout == "markdown" else "text/plain"
    found = list(starts(text, clean([Document(item="page", text=text, media_type=media)]).articles))
    squeezed = [(len(" ".join(text[:a].split())), len(" ".join(text[:b].split()))) for a, b in spans]
    right = sum(any(a <= at <= b for at in found[1:]) for a, b in squeezed[1:])
    return layout, right, max(0, len(found) - 1), len(spans) - 1


def _single_page(arguments: tuple[Gold, str, int]) -> int:
    article, layout, number = arguments
    text, _ = joined([article], layout, random.Random(number))
    media = "text/markdown" if layout == "markdown" else "text/plain"
    return len(clean([Document(item="page", text=text, media_type=media)]).articles)


def _clean_line(line: str) -> str:
    return one_line(line.replace("#", " "))


def gold_articles(data: Path) -> list[Gold]:
    """The fundus articles of at least 80 words and three paragraphs."""
    rows = jsonl(data / "extraction" / "fundus-gold.jsonl.gz")
    return _long_enough((row["title"], gold_body(row["body"])) for row in rows)


def aeb_articles(data: Path) -> list[Gold]:
    """The aeb articles of that length, headed by their page's title."""
    truth = json.loads((data / "extraction" / "aeb" / "ground-truth.json").read_text())
    pages = {page["id"]: page["text"] for page in jsonl(data / "extraction" / "aeb-flat-text.jsonl.gz")}
    return _long_enough((pages[name].split("\n")[0], gold["articleBody"]) for name, gold in truth.items())


def _long_enough(articles: Iterable[tuple[str, str]]) -> list[Gold]:
    golds = [
        Gold(_clean_line(title), tuple(filter(None, map(_clean_line, body.split("\n"))))) for title, body in articles
    ]
    return [gold for gold in golds if len(gold.paragraphs) >= 3 and sum(len(p.split()) for p in gold.paragraphs) >= 80]


def split(data: Path, run: Run, worst: int) -> None:
    """Pages joined of 2-6 gold bodies: a boundary is right when an article begins between headline and first paragraph.

    Single articles in the same layouts: the share that stays one article.
    """
    rng = random.Random(FIXED)
    golds = gold_articles(data)
    pages = [
        (rng.sample(golds, rng.randint(2, 6)), layout, rng.randint(0, 10**6)) for layout in LAYOUTS for _ in range(40)
    ]
    rows = list(run(_split_page, pages))
    for layout in (*LAYOUTS, "all"):
        right, found, there = (sum(row[i] for row in rows if layout in (row[0], "all")) for i in (1, 2, 3))
        precision, recall = right / found if found else 0.0, right / there
        print(f"split {layout:20} boundary P {precision:.3f} R {recall:.3f} F1 {harmonic(precision, recall):.3f}")
    _singles(golds + aeb_articles(data), run, worst)


def _singles(golds: Sequence[Gold], run: Run, worst: int) -> None:
    single = [(gold, layout, 1) for gold in golds for layout in LAYOUTS]
    counts = list(run(_single_page, single))
    whole, several = sum(count == 1 for count in counts), sum(count > 1 for count in counts)
    print(f"single articles: kept whole {whole / len(counts):.4f}, split {several} of {len(counts)}")
    odd = [(count, layout, gold.title) for (gold, layout, _), count in zip(single, counts, strict=True) if count != 1]
    print("\n".join(f"   {count} {layout} {title[:90]}" for count, layout, title in odd[:worst]))


def show(name: str, ours: Score, theirs: Score, peer_name: str = "trafilatura") -> None:
    """One line per side."""
    for label, score in (("ours", ours), (peer_name, theirs)):
        print(f"{name:18} {label:12} P {score.precision:.4f} R {score.recall:.4f} F1 {score.f1:.4f}")


PARTS = {"aeb": aeb, "fundus": fundus, "flat": flat, "split": split}


def main() -> int:
    """Run the parts asked for; 2 when the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"))
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if not options.data or not (Path(options.data) / "extraction").is_dir():
        print("the extraction data are absent: pass --data FOLDER or set BRIEFING_DATA", file=sys.stderr)
        return 2
    with ProcessPoolExecutor(options.jobs) as pool:
        for part in options.only.split(","):
            began = time.perf_counter()
            PARTS[part](Path(options.data), lambda work, items: pool.map(work, items, chunksize=8), options.worst)
            print(f"-- {part}: {time.perf_counter() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
