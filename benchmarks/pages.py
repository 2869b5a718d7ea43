"""How well HTML pages of several articles are split into their items, with their own times.

    python -m benchmarks.pages [--data FOLDER] [--worst N]

Pages are joined of 2-6 gold bodies under headlines, between menus, teaser cards, comments and a footer, with class
names drawn at random. A boundary is right when an article begins with an item's first paragraph. `LATER` are the
layouts that were written when the splitter was finished; they count as the others and are shown apart.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.joining import FIXED, Gold, Run, gold_articles
from benchmarks.metrics import harmonic
from benchmarks.reading import Page, aeb_pages, fundus_pages, html
from briefing.stages.clean import clean
from briefing.text import one_line
from briefing.types import Document

PAGES_PER_LAYOUT, SINGLES_PER_LAYOUT = 30, 30
MIN_UPDATE_WORDS = 40
ADDRESS = "https://post.example/2031/05/04/page"
_CLOCK = re.compile(r"\W*\d{1,2}[.:h]\d{2}\b")
_AUTHORS = ("Ada Brenner", "Joel Okafor", "Mirela Stan", "Tomas Hale")


class Item(NamedTuple):
    """One item as a page shows it: `moment` is when it was written, `author` who wrote it."""

    title: str
    paragraphs: tuple[str, ...]
    moment: datetime
    author: str


class Layout(NamedTuple):
    """How items are shown: `show` gives HTML, `time` what of an item's moment the page says, None for nothing.

    `live` items are short, newest first, under a page headline; `dated` pages say their own date.
    """

    show: Callable[[Sequence[Item], random.Random], str]
    time: Callable[[datetime], str] | None = datetime.isoformat
    live: bool = False
    head: Callable[[Sequence[Item]], str] | None = None


def _name(rng: random.Random) -> str:
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3))


def _body(item: Item) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in item.paragraphs)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _time(moment: datetime) -> str:
    return f"<time datetime='{moment.isoformat()}'>{_clock(moment)}</time>"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _written(moment: datetime) -> str:
    return f"{moment:%B} {moment.day}, {moment.year}"


def live_linked(items: Sequence[Item], rng: random.Random) -> str:
    block, line = _name(rng), _name(rng)
    return "".join(
        f"<div class='{block}' id='u{i}'><span class='{line}'>{_clock(x.moment)}</span>"
        f"<h3>{escape(x.title)}</h3>{_body(x)}</div>"
        for i, x in enumerate(items)
    )


def live_linked_head(items: Sequence[Item]) -> str:
    updates = [
        {"@type": "BlogPosting", "headline": x.title, "articleBody": "\n".join(x.paragraphs)[:300],
         "datePublished": x.moment.isoformat(), "url": f"{ADDRESS}#u{i}", "author": {"name": x.author}}
        for i, x in enumerate(items)
    ]  # fmt: skip
    node = {"@context": "https://schema.org", "@type": "LiveBlogPosting", "liveBlogUpdate": updates}
    text = json.dumps(node).replace("</", "<\\/")
    return f"<script type='application/ld+json'>{text}</script>"


def live_times(items: Sequence[Item], rng: random.Random) -> str:
    block, inner = _name(rng), _name(rng)
    return "".join(
        f"<div class='{block}'>{_time(x.moment)}<div class='{inner}'>{_body(x)}</div><button>Share</button></div>"
        for x in items
    )


def live_clocks(items: Sequence[Item], rng: random.Random) -> str:
    rows = (f"<li><div>{_clock(x.moment)}</div><h3>{escape(x.title)}</h3>{_body(x)}</li>" for x in items)
    return f"<ol class='{_name(rng)}'>{''.join(rows)}</ol>"


def live_days(items: Sequence[Item], rng: random.Random) -> str:
    day, block = _name(rng), _name(rng)
    parts = [items[: len(items) // 2], items[len(items) // 2 :]]
    return "".join(
        f"<section class='{day}'><h2>{_written(part[0].moment)}</h2>"
        + "".join(
            f"<section class='{block} {_name(rng)}'><header><h4>{escape(x.title)}</h4>"
            f"<a href='{ADDRESS}#{_name(rng)}'>{_time(x.moment)}</a></header>{_body(x)}</section>"
            for x in part
        )
        + "</section>"
        for part in parts
        if part
    )


def live_flat(items: Sequence[Item], rng: random.Random) -> str:
    name = _name(rng)
    return "".join(f"<p class='{name}'>{_clock(x.moment)} GMT</p><h3>{escape(x.title)}</h3>{_body(x)}" for x in items)


def articles(items: Sequence[Item], rng: random.Random) -> str:
    return "".join(
        f"<article class='{_name(rng)}'><h2>{escape(x.title)}</h2><p>By {x.author}</p>"
        f"<time datetime='{x.moment.isoformat()}'>{_written(x.moment)}</time>{_body(x)}</article>"
        for x in items
    )


def articles_bare(items: Sequence[Item], rng: random.Random) -> str:
    name = _name(rng)
    rows = (f"<article><h1>{escape(x.title)}</h1><div class='{name}'>{_body(x)}</div></article>" for x in items)
    return f"<div class='{_name(rng)}'>{''.join(rows)}</div>"


def soup(items: Sequence[Item], rng: random.Random) -> str:
    block, title, meta, text = (_name(rng) for _ in range(4))
    return "".join(
        f"<div class='{block} {_name(rng)}'><div class='{title}'>{escape(x.title)}</div>"
        f"<div class='{meta}'><span>{x.author}</span> <span>|</span> <span>{_written(x.moment)}</span></div>"
        f"<div class='{meta}'>{_written(x.moment)}</div>"
        f"<div class='{text}'>{_body(x)}</div></div>"
        for x in items
    )


def sections(items: Sequence[Item], rng: random.Random) -> str:
    name = _name(rng)
    return "".join(
        f"<h2>{escape(x.title)}</h2><p class='{name}'>By {x.author}</p>"
        f"<p class='{name}'>{_written(x.moment)}</p>{_body(x)}"
        for x in items
    )


def newsletter(items: Sequence[Item], rng: random.Random) -> str:
    link = "https://post.example/2031/"
    rows = (
        f"<tr><td><table width='100%'><tr><td><h3><a href='{link}{_name(rng)}'>{escape(x.title)}</a></h3></td></tr>"
        f"<tr><td>By {x.author}</td></tr><tr><td>{_body(x)}</td></tr></table></td></tr>"
        for x in items
    )
    return f"<table class='{_name(rng)}'><tbody>{''.join(rows)}</tbody></table>"


def rules(items: Sequence[Item], rng: random.Random) -> str:
    rows = (
        f"<p><strong>{escape(x.title)}</strong></p><p><em>By {x.author}, {_written(x.moment)}</em></p>{_body(x)}"
        for x in items
    )
    return f"<hr class='{_name(rng)}'>".join(rows)


def definitions(items: Sequence[Item], rng: random.Random) -> str:
    rows = (
        f"<dt id='{_name(rng)}'>{_clock(x.moment)}</dt><dd><strong>{escape(x.title)}</strong>{_body(x)}</dd>"
        for x in items
    )
    return f"<dl class='{_name(rng)}'>{''.join(rows)}</dl>"


def inline(items: Sequence[Item], rng: random.Random) -> str:
    name = _name(rng)
    return "".join(
        f"<p class='{name}'><b>{moment:%I.%M%p} BST</b> {escape(first)}</p>"
        + "".join(f"<p>{escape(p)}</p>" for p in rest)
        for (_, (first, *rest), moment, _) in items
    )


def feet(items: Sequence[Item], rng: random.Random) -> str:
    block, foot = _name(rng), _name(rng)
    return "".join(
        f"<div><section class='{block}'><h3>{escape(x.title)}</h3>{_body(x)}"
        f"<div class='{foot}'><a href='{ADDRESS}#{_name(rng)}'>{_time(x.moment)}</a> <span>{x.author}</span></div>"
        "</section></div>"
        for x in items
    )


def accordion(items: Sequence[Item], rng: random.Random) -> str:
    block = _name(rng)
    return "".join(
        f"<details open class='{block}'><summary><span>{_clock(x.moment)}</span> <b>{escape(x.title)}</b></summary>"
        f"<div>{_body(x)}</div></details>"
        for x in items
    )


def columns(items: Sequence[Item], rng: random.Random) -> str:
    row, kicker, title, by = (_name(rng) for _ in range(4))
    return "".join(
        f"<div class='{row}'><div><img src='/{_name(rng)}.jpg' alt=''><span>Photo: Pool</span></div><div>"
        f"<div class='{kicker}'>{rng.choice(('World', 'Politics', 'Sport'))}</div>"
        f"<h3 class='{title}'>{escape(x.title)}</h3><div class='{by}'>{x.author} · {x.moment:%d %b %Y}</div>"
        f"{_body(x)}<ul><li>Share</li><li>Print</li></ul></div></div>"
        for x in items
    )


def later_permalinks(items: Sequence[Item], rng: random.Random) -> str:
    return "".join(
        f"<div id='{_name(rng)}'><h2><a href='https://post.example/{_name(rng)}'>{escape(x.title)}</a></h2>{_body(x)}"
        f"<p>Posted by {x.author} <a href='#'>{_time(x.moment)}</a> · <a href='#c'>Comments</a></p></div>"
        for x in items
    )


def later_minutes(items: Sequence[Item], rng: random.Random) -> str:
    left, right = _name(rng), _name(rng)
    rows = (
        f"<tr><td class='{left}' valign='top'>{_clock(x.moment)} Uhr</td>"
        f"<td class='{right}'><p><b>{escape(x.title)}</b></p>{_body(x)}</td></tr>"
        for x in items
    )
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def later_panels(items: Sequence[Item], rng: random.Random) -> str:
    return "".join(
        f"<section><div class='{_name(rng)}'><h2>{escape(x.title)}</h2><address>{x.author}</address>"
        f"<p>{_written(x.moment)}</p></div><div class='{_name(rng)}'>{_body(x)}</div></section>"
        f"<div class='{_name(rng)}'>Advertisement</div>"
        for x in items
    )


KNOWN = {
    "live-linked": Layout(live_linked, live=True, head=live_linked_head),
    "live-times": Layout(live_times, live=True),
    "live-clocks": Layout(live_clocks, live=True),
    "live-days": Layout(live_days, live=True),
    "live-flat": Layout(live_flat, lambda moment: moment.replace(tzinfo=UTC).isoformat(), live=True),
    "articles": Layout(articles),
    "articles-bare": Layout(articles_bare, None),
    "soup": Layout(soup, _day),
    "sections": Layout(sections, _day),
    "newsletter": Layout(newsletter, None),
    "rules": Layout(rules, _day),
    "definitions": Layout(definitions, live=True),
    "inline": Layout(inline, _day, live=True),
    "feet": Layout(feet, live=True),
    "accordion": Layout(accordion, live=True),
    "columns": Layout(columns, _day),
}
LATER = {
    "permalinks": Layout(later_permalinks),
    "minutes": Layout(later_minutes, live=True),
    "panels": Layout(later_panels, _day),
}
LAYOUTS = KNOWN | LATER


def _teaser(gold: Gold, rng: random.Random) -> str:
    sentence = " ".join(gold.paragraphs[0].split()[:25]) + " …"
    return (
        f"<div class='card'><a href='/{_name(rng)}'><h3>{escape(gold.title)}</h3></a><p>{escape(sentence)}</p>"
        f"<time datetime='2031-05-03T10:00:00+02:00'>May 3</time></div>"
    )


def _comment(gold: Gold, rng: random.Random) -> str:
    text = escape(" ".join(gold.paragraphs[-1].split()[:60]))
    return (
        f"<li class='comment depth-1'><b>{_name(rng)}</b> <time datetime='2031-05-04T20:00:00+02:00'>8pm</time>"
        f"<p>{text}</p><a href='#'>Reply</a></li>"
    )


def page(items: Sequence[Item], layout: Layout, others: Sequence[Gold], rng: random.Random) -> str:
    """A whole page: head, menu, headline, items, teaser cards, comments, footer."""
    menu = "".join(f"<li><a href='/{_name(rng)}'>{_name(rng).title()}</a></li>" for _ in range(12))
    first = min(x.moment for x in items)
    title = "Live: the day as it happens" if layout.live else "The day in brief"
    head = (
        f"<link rel='canonical' href='{ADDRESS}'><title>{title} | Post</title>"
        f"<meta property='article:published_time' content='{first.isoformat()}'>"
        f"<meta property='og:site_name' content='Post'>{layout.head(items) if layout.head else ''}"
    )
    shown = f"<h1>{title}</h1>" if layout.live else ""
    cards = "".join(_teaser(gold, rng) for gold in others[:4])
    comments = f"<div id='comments'><ol>{''.join(_comment(gold, rng) for gold in others[4:8])}</ol></div>"
    main = f"<main class='{_name(rng)}'>{shown}<div class='{_name(rng)}'>{layout.show(items, rng)}</div></main>"
    return (
        f"<!DOCTYPE html><html lang='en'><head>{head}</head><body><nav><ul>{menu}</ul></nav>{main}"
        f"<section><h2>More news</h2>{cards}</section>{comments if rng.random() < 0.5 else ''}"
        f"<footer><p>© 2031 Post. All rights reserved.</p><ul>{menu}</ul></footer></body></html>"
    )


def made_items(golds: Sequence[Gold], layout: Layout, rng: random.Random) -> list[Item]:
    """Items of gold bodies with moments of their own; those of a live blog are cut short and stand newest first."""
    moment = datetime(2031, 5, 4, rng.randint(8, 11), rng.randint(0, 59), tzinfo=timezone(timedelta(hours=2)))
    items = []
    for gold in golds:
        lines = _short(gold.paragraphs, rng) if layout.live else gold.paragraphs
        items.append(Item(gold.title, lines, moment, rng.choice(_AUTHORS)))
        moment += timedelta(minutes=rng.randint(7, 90))
    return items[::-1] if layout.live else items


def _short(paragraphs: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
    wanted = MIN_UPDATE_WORDS + rng.randint(0, 60)
    count = next(
        (i for i in range(1, len(paragraphs)) if len(" ".join(paragraphs[:i]).split()) >= wanted), len(paragraphs)
    )
    return paragraphs[:count]


class Row(NamedTuple):
    """One page: boundaries found rightly, found, and there; times right and there; articles found."""

    layout: str
    right: int
    found: int
    there: int
    times: int
    timed: int
    articles: int


def _page_row(arguments: tuple[Sequence[Gold], Sequence[Gold], str, int]) -> Row:
    golds, others, name, number = arguments
    rng, layout = random.Random(number), LAYOUTS[name]
    items = made_items(golds, layout, rng)
    text = page(items, layout, others, rng)
    found = clean([Document(item="page", text=text, media_type="text/html")]).articles
    begun = [_begun(article.text, items) for article in found]
    right = {i for i in begun[1:] if i}
    times = sum(
        layout.time is not None and i is not None and article.published == layout.time(items[i].moment)
        for article, i in zip(found, begun, strict=True)
    )
    timed = len(items) if layout.time else 0
    return Row(name, len(right), max(0, len(found) - 1), len(items) - 1, times, timed, len(found))


def _begun(text: str, items: Sequence[Item]) -> int | None:
    """The item that a text begins with: its first paragraph is the title or stands in the body's first two lines."""
    opening = [one_line(line) for line in text.split("\n\n")[:3]]
    return next((i for i, item in enumerate(items) if one_line(item.paragraphs[0]) in opening), None)


def is_ticker(paragraphs: Iterable[str]) -> bool:
    """Whether a body is a live blog itself: three or more of its paragraphs begin with a time of day."""
    return sum(_CLOCK.match(line) is not None for line in paragraphs) > 2


def _real_page(real: Page) -> int:
    """How many articles a real page of one article gives; -1 for a live blog, by its linked data or its gold body."""
    text = html(real.path)
    if "LiveBlogPosting" in text or is_ticker(real.gold.body.split("\n")):
        return -1
    return len(clean([Document(item=real.name, text=text, media_type="text/html")]).articles)


def html_split(data: Path, run: Run, worst: int) -> dict[str, float]:
    """Boundary F1 and share of right times over all layouts; the least share of single articles kept whole.

    Single articles are gold bodies in every layout, and the real pages of the extraction sets that are no live blogs.
    """
    rng = random.Random(FIXED)
    golds = [gold for gold in gold_articles(data) if not is_ticker(gold.paragraphs)]
    several = [_drawn(golds, rng.randint(2, 6), name, rng) for name in LAYOUTS for _ in range(PAGES_PER_LAYOUT)]
    rows = list(run(_page_row, several))
    for name in LAYOUTS:
        _show(f"{name}{' (later)' if name in LATER else ''}", [row for row in rows if row.layout == name])
    _show("all later", [row for row in rows if row.layout in LATER])
    f1, times = _show("all", rows)
    alone = [_drawn(golds, 1, name, rng) for name in LAYOUTS for _ in range(SINGLES_PER_LAYOUT)]
    singles = list(run(_page_row, alone))
    kept = sum(row.articles == 1 for row in singles) / len(singles)
    odd = [
        (row.layout, row.articles, work[0][0].title)
        for row, work in zip(singles, alone, strict=True)
        if row.articles != 1
    ]
    whole = _real(data, run)
    print(f"html single articles kept whole: in the layouts {kept:.4f}, real pages {whole:.4f}")
    print("\n".join(f"   {count} {name} {title[:80]}" for name, count, title in odd[:worst]))
    return {"html_split_f1": f1, "item_times": times, "html_kept_whole": min(kept, whole)}


def _drawn(
    golds: Sequence[Gold], count: int, name: str, rng: random.Random
) -> tuple[Sequence[Gold], Sequence[Gold], str, int]:
    drawn = rng.sample(golds, count + 8)
    return drawn[:count], drawn[count:], name, rng.randint(0, 10**6)


def _show(name: str, rows: Sequence[Row]) -> tuple[float, float]:
    right, found, there, times, timed = (sum(int(row[i]) for row in rows) for i in range(1, 6))
    precision, recall = right / found if found else 0.0, right / there
    f1 = harmonic(precision, recall)
    share = f"{times / timed:.3f}" if timed else "-"
    print(f"html {name:24} boundary P {precision:.3f} R {recall:.3f} F1 {f1:.3f}  own time {share}")
    return f1, times / timed if timed else 0.0


def _real(data: Path, run: Run) -> float:
    pages = [*aeb_pages(data), *fundus_pages(data)]
    counts: list[tuple[int, str]] = [
        (count, real.name) for count, real in zip(run(_real_page, pages), pages, strict=True)
    ]
    single = [(count, name) for count, name in counts if count >= 0]
    print(f"real pages: {len(single)} of one article, {len(pages) - len(single)} live blogs left out")
    print("\n".join(f"   split into {count}: {name}" for count, name in single if count > 1))
    return sum(count <= 1 for count, _ in single) / len(single)


def main() -> int:
    """Print the figures; 2 when the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BRIEFING_DATA"))
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if not options.data or not (Path(options.data) / "extraction").is_dir():
        print("the extraction data are absent: pass --data FOLDER or set BRIEFING_DATA", file=sys.stderr)
        return 2
    with ProcessPoolExecutor(options.jobs) as pool:

        def run(work: Callable[[Any], Any], items: Sequence[Any]) -> Iterable[Any]:
            return pool.map(work, items, chunksize=8)

        html_split(Path(options.data), run, options.worst)
    return 0


if __name__ == "__main__":
    sys.exit(main())
