"""Public pages with their gold, and what each side reads of a page: ours, trafilatura alone, newspaper4k.

Every text, ours, theirs and the gold, passes through `sanitise` first: the gold holds zero-width characters, soft
hyphens and spaces of many widths, which no reader sees and no side should be judged by.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import lxml.html
import trafilatura

from briefing.stages.clean import clean
from briefing.text import one_line, sanitise
from briefing.types import Document

# newspaper4k asks for an address; none of the sides is given the page's own.
NOWHERE = "https://page.invalid/"


class Reading(NamedTuple):
    """What one side makes of a page; empty where it found nothing. `day` is YYYY-MM-DD, `body` has a line per block."""

    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""
    body: str = ""
    outlet: str = ""
    url: str = ""
    language: str = ""


class Page(NamedTuple):
    """A page and its gold."""

    name: str
    path: Path
    gold: Reading


def jsonl(path: Path) -> list[Any]:
    """The records of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def html(path: Path) -> str:
    """A gzipped page as text."""
    return trafilatura.utils.decode_file(gzip.decompress(path.read_bytes()))


def fundus_pages(data: Path) -> list[Page]:
    """The fundus test pages; their gold says nothing of outlet, address and language."""
    folder = data / "extraction" / "fundus"
    return [
        Page(row["id"], folder / f"{row['id']}.html.gz", fundus_gold(row))
        for row in jsonl(data / "extraction" / "fundus-gold.jsonl.gz")
    ]


def fundus_gold(row: dict[str, Any]) -> Reading:
    """A row of the fundus gold."""
    names = tuple(map(one_line, row.get("authors") or ()))
    return Reading(one_line(row["title"]), names, row["publishing_date"][:10], _gold_body(row["body"]))


def _gold_body(body: dict[str, Any]) -> str:
    """Standfirst, subheadings and paragraphs of a fundus page, one per line."""
    sections = [line for section in body["sections"] for line in (*section["headline"], *section["paragraphs"])]
    return sanitise("\n".join([*body["summary"], *sections]))


def aeb_pages(data: Path) -> list[Page]:
    """The pages of the article-extraction benchmark; their gold is a body and an address."""
    folder = data / "extraction" / "aeb"
    truth = json.loads((folder / "ground-truth.json").read_text())
    return [
        Page(name, folder / "html" / f"{name}.html.gz", Reading(body=sanitise(gold["articleBody"]), url=gold["url"]))
        for name, gold in truth.items()
    ]


def headings(text: str) -> list[str]:
    """The h1s of a page, as text."""
    return [
        one_line(" ".join(map(str, h1.itertext()))) for h1 in lxml.html.document_fromstring(text.encode()).iter("h1")
    ]


def ours(text: str) -> Reading | None:
    """The first article of a page cleaned alone; the items of a live blog, which are articles too, end its body."""
    article, *items = clean([Document(item="page", text=text, media_type="text/html")]).articles or (None,)
    if article is None:
        return Reading()
    return Reading(
        article.title,
        article.authors,
        (article.published or "")[:10],
        "\n".join([article.body, *(item.text for item in items if item is not None)]),
        article.source or "",
        article.url or "",
        article.language or "",
    )


def trafilatura_alone(text: str, fast: bool = False) -> Reading | None:
    """`trafilatura.bare_extraction` with metadata and without comments."""
    found = trafilatura.bare_extraction(text, fast=fast, include_comments=False, with_metadata=True)
    if not isinstance(found, trafilatura.settings.Document):
        return Reading()
    authors = (found.author or "").split("; ")
    said = (found.date, found.text, found.sitename, found.url, found.language)
    return _theirs(found.title, authors, *said)


def newspaper4k(text: str) -> Reading | None:
    """`newspaper.Article` of a page; None where newspaper4k is not installed.

    Some languages need a further package (`pip install newspaper4k[all]`); without it their pages are read as English.
    """
    if importlib.util.find_spec("newspaper") is None:
        return None
    warnings.simplefilter("ignore")
    import newspaper  # type: ignore[import-not-found]

    for known in ({}, {"language": "en"}):
        article = newspaper.Article(NOWHERE, fetch_images=False, **known)
        try:
            article.download(input_html=text, ignore_read_more=True).parse()
            break
        except newspaper.ArticleException:
            return Reading()
        except ImportError:
            continue
    date = article.publish_date
    said = (date and date.isoformat(), article.text, article.meta_site_name, article.canonical_link, article.meta_lang)
    return _theirs(article.title, article.authors, *said)


def _theirs(title: str | None, authors: Iterable[str], *said: str | None) -> Reading:
    day, body, outlet, url, language = (value or "" for value in said)
    names = tuple(one_line(name) for name in authors if name)
    return Reading(one_line(title or ""), names, day[:10], sanitise(body), outlet, url, language)


SIDES: dict[str, Callable[[str], Reading | None]] = {
    "ours": ours,
    "trafilatura": trafilatura_alone,
    "trafilatura fast": partial(trafilatura_alone, fast=True),
    "newspaper4k": newspaper4k,
}
