"""Text pages made by joining articles, in several layouts, and how well `clean` takes them apart again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.reading import aeb_pages, fundus_pages, jsonl
from briefing.stages.clean import clean
from briefing.text import one_line
from briefing.types import Article, Document

FIXED = 7

Run = Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]]


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
    return _long_enough((page.gold.title, page.gold.body) for page in fundus_pages(data))


def aeb_articles(data: Path) -> list[Gold]:
    """The aeb articles of that length, headed by their page's title."""
    texts = {page["id"]: page["text"] for page in jsonl(data / "extraction" / "aeb-flat-text.jsonl.gz")}
    return _long_enough((texts[page.name].split("\n")[0], page.gold.body) for page in aeb_pages(data))


def _long_enough(articles: Iterable[tuple[str, str]]) -> list[Gold]:
    golds = [
        Gold(_clean_line(title), tuple(filter(None, map(_clean_line, body.split("\n"))))) for title, body in articles
    ]
    return [gold for gold in golds if len(gold.paragraphs) >= 3 and sum(len(p.split()) for p in gold.paragraphs) >= 80]


def split_pages(data: Path, run: Run, worst: int) -> dict[str, float]:
    """Pages joined of 2-6 gold bodies: a boundary is right when an article begins between headline and first paragraph.

    Single articles in the same layouts: the share that stays one article. Returns `split_f1` and `kept_whole`.
    """
    rng = random.Random(FIXED)
    golds = gold_articles(data)
    pages = [
        (rng.sample(golds, rng.randint(2, 6)), layout, rng.randint(0, 10**6)) for layout in LAYOUTS for _ in range(40)
    ]
    rows = list(run(_split_page, pages))
    f1 = 0.0
    for layout in (*LAYOUTS, "all"):
        right, found, there = (sum(row[i] for row in rows if layout in (row[0], "all")) for i in (1, 2, 3))
        precision, recall, f1 = right / found if found else 0.0, right / there, 2 * right / (found + there)
        print(f"split {layout:20} boundary P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")
    return {"split_f1": f1, "kept_whole": _singles(golds + aeb_articles(data), run, worst)}


def _singles(golds: Sequence[Gold], run: Run, worst: int) -> float:
    single = [(gold, layout, 1) for gold in golds for layout in LAYOUTS]
    counts: list[int] = list(run(_single_page, single))
    whole, several = sum(count == 1 for count in counts), sum(count > 1 for count in counts)
    print(f"single articles: kept whole {whole / len(counts):.4f}, split {several} of {len(counts)}")
    odd = [(count, layout, gold.title) for (gold, layout, _), count in zip(single, counts, strict=True) if count != 1]
    print("".join(f"   {count} {layout} {title[:90]}\n" for count, layout, title in odd[:worst]), end="")
    return whole / len(counts)
