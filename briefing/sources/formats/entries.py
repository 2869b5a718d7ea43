"""What a feed says, as records: text without markup, addresses that can be fetched, dates as exact as written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from briefing.sources.formats.plaintext import line, plain
from briefing.stages.clean.dates import MAX_CHARS, parse_published
from briefing.types import Record

MAX_ENTRIES = 500
MAX_TITLE_CHARS = 300
MAX_HTML_CHARS = 200_000
MAX_NAMES = 20
MAX_NAME_CHARS = 300
# A teaser is seldom longer, an article seldom shorter; where it is, its page is fetched once for nothing.
FULL_TEXT_CHARS = 600
_MAX_GUID_CHARS = 2_000
_UNREADABLE_SHARE = 0.01

_WORDPRESS_FOOT = re.compile(r"\s*The post .{1,400} (?:appeared first on|first appeared on) .{1,200}\Z", re.DOTALL)
_GOES_ON = re.compile(
    r"""(?:\.\.\.|…|[\[(]\s?(?:\.\.\.|…)\s?[\])]                       # the three points of an excerpt
      | (?<!\w)(?:read\ (?:more|on|the\ (?:full|rest|whole).{0,40}|full\ (?:story|article).{0,20})
      | (?:continue|keep)\ reading.{0,200} | (?:full|more)\ (?:story|details|at\ source) | view\ full\ (?:post|article))
      | weiterlesen.{0,100} | mehr\ lesen | lesen\ sie\ (?:mehr|weiter).{0,60}
      | lire\ (?:la\ suite|plus|l.article).{0,60}
      | leer\ más.{0,60} | seguir\ leyendo.{0,60} | sigue\ leyendo.{0,60} | le(?:ia|er)\ mais.{0,60}
      | (?:continua\ a\ leggere|leggi\ (?:tutto|l.articolo|di\ più)).{0,60} | lees\ (?:meer|verder).{0,60}
      | läs\ (?:mer|hela).{0,60} | les\ (?:mer|hele).{0,60} | læs\ (?:mere|hele).{0,60} | lue\ (?:lisää|koko).{0,60}
      | czytaj\ (?:więcej|dalej|całość).{0,60} | číst\ (?:dál|více).{0,60} | celý\ článek | citește\ mai\ mult.{0,60}
      | devamını\ oku.{0,60} | читать\ (?:далее|дальше|полностью).{0,60} | подробнее | читати\ (?:далі|більше).{0,60}
      | اقرأ\ المزيد.{0,60} | המשך\ (?:קריאה|לקרוא).{0,60} | और\ पढ़ें
      | 続きを読む | 全文を読む | 阅读(?:全文|更多) | 閱讀(?:全文|更多) | 계속\ 읽기 | 더\ ?보기
    )[\s.…»›>→]*\Z""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=[-_]|\Z)")
_ADDRESS = re.compile(r"(?:mailto:)?[^\s@<>()]+@[^\s@<>()]+")
_LONG_DATE = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})[ -]([A-Za-z]{3})[a-z]{0,6}\.?[ -](\d{4}|\d{2})\s+(\d{1,2}:\d{2}(?::\d{2})?)"
    r"(?:\.\d{1,6})?\s*([+-]\d{4}|[+-]\d{2}:\d{2}|[A-Z]{1,5})?\Z",
    re.IGNORECASE,
)


class Entry(Record):
    """One entry of a feed, no longer than the caps of this module.

    `title`, `authors` and `categories` are single lines without markup; `url` is an http(s) address or None.
    `published` and `updated` are RFC 3339 with an offset, or a day, or None. `html` is the fullest
    text the feed has, hostile as any page ("" if none); `summary_only` says that it is no full text.
    """

    title: str
    url: str | None = None
    guid: str | None = None
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    html: str = ""
    summary_only: bool = True
    language: str | None = None
    categories: tuple[str, ...] = ()


class ParsedFeed(Record):
    """A feed: `url` is its site, `cut` says what of it was left out, "" if nothing."""

    title: str | None = None
    url: str | None = None
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    cut: str = ""


class Finished(NamedTuple):
    """An entry within the caps, and in one word each what had to be done to it."""

    entry: Entry
    faults: tuple[str, ...]


def finished(entry: Entry) -> Finished:
    """An entry with its text held to the caps, unreadable text left out, and `summary_only` told."""
    faults = []
    title, html = entry.title, entry.html
    if _unreadable(title) or _unreadable(html):
        faults.append("unreadable")
        title, html = ("" if _unreadable(title) else title), ("" if _unreadable(html) else html)
    if len(title) > MAX_TITLE_CHARS:
        faults.append("title")
        title = title[: MAX_TITLE_CHARS - 1].rstrip() + "…"
    if len(html) > MAX_HTML_CHARS:
        faults.append("text")
        html = _cut(html)
    return Finished(entry.replace(title=title, html=html, summary_only=_is_summary(html)), tuple(faults))


def cut_note(faults: Iterable[str], entries: int, truncated: bool = False) -> str:
    """What was left out of a feed with so many entries, in words."""
    count = Counter(faults)
    notes = (
        f"the newest {MAX_ENTRIES} of {entries:,} entries" if entries > MAX_ENTRIES else "",
        f"{count['title']} titles cut at {MAX_TITLE_CHARS} characters" if count["title"] else "",
        f"{count['text']} texts cut at {MAX_HTML_CHARS:,} characters" if count["text"] else "",
        f"{count['unreadable']} unreadable (wrong encoding)" if count["unreadable"] else "",
        "truncated: the feed breaks off" if truncated else "",
    )
    return "; ".join(filter(None, notes))


def newest(dates: list[str | None]) -> list[int]:
    """Places of the `MAX_ENTRIES` newest of a feed's entries, in the feed's order; undated ones are the oldest."""
    ranked = sorted(range(len(dates)), key=lambda place: dates[place] or "", reverse=True)
    return sorted(ranked[:MAX_ENTRIES])


def published(written: str | None) -> str | None:
    """A date as feeds write it, as RFC 3339 with its offset, or as a day; None where it cannot be told."""
    text = " ".join((written or "")[: 3 * MAX_CHARS].split())
    found = parse_published(text)
    return found if found and "T" in found else _long_date(text) or found


def _long_date(text: str) -> str | None:
    """RFC 822 with years of two digits, long names of months, or zones beside the point."""
    match = _LONG_DATE.match(text)
    if match is None:
        return None
    day, month, year, clock, zone = match.groups()
    century = "" if len(year) == 4 else "19" if int(year) >= 69 else "20"  # as POSIX reads %y
    return parse_published(f"{day} {month.title()} {century}{year} {clock} {(zone or '').replace(':', '')}")


def language(tag: str | None) -> str | None:
    """The primary language of a BCP 47 tag, in lower case; None where it is none."""
    found = _LANGUAGE.match((tag or "").strip())
    return found[0].lower() if found else None


def person(text: str) -> str:
    """The name in an author's field ("name@host (Name)", "Name <name@host>"); "" where it is only an address."""
    bare = _ADDRESS.sub(" ", line(text[: 2 * MAX_NAME_CHARS]))
    return " ".join(bare.replace("<", " ").replace(">", " ").split()).strip("(),;: ")[:MAX_NAME_CHARS].rstrip()


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The first `MAX_NAMES` of the names that are not empty, each once."""
    return tuple(dict.fromkeys(filter(None, names)))[:MAX_NAMES]


def identifier(text: str | None) -> str | None:
    """An entry's id on one line; None if there is none."""
    return line((text or "")[:_MAX_GUID_CHARS], markup=False) or None


def _unreadable(text: str) -> bool:
    return text.count("\ufffd") > len(text) * _UNREADABLE_SHARE


def _cut(html: str) -> str:
    kept = html[:MAX_HTML_CHARS]
    return kept[: kept.rfind("<")] if kept.rfind("<") > kept.rfind(">") else kept


def _is_summary(html: str) -> bool:
    text = " ".join(plain(html).split())
    if len(text) < FULL_TEXT_CHARS:
        return True
    return bool(_GOES_ON.search(_WORDPRESS_FOOT.sub("", text[-1_000:])))
