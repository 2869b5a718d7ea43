"""Which news agency a text credits: by its outlet, by-line, dateline, or the words that close it."""

from __future__ import annotations

import re
from functools import lru_cache

from briefing.types import Article

_AGENCIES = {
    "aap": "AAP", "afp": "AFP", "agence france-presse": "AFP", "agence france presse": "AFP", "agencia efe": "EFE",
    "agência brasil": "Agência Brasil", "agência lusa": "Lusa", "anadolu": "Anadolu", "anadolu agency": "Anadolu",
    "anadolu ajansı": "Anadolu", "aa": "Anadolu", "ani": "ANI", "anp": "ANP", "ansa": "ANSA", "ap": "AP", "apa": "APA",
    "associated press": "AP", "belga": "Belga", "canadian press": "The Canadian Press", "čtk": "ČTK", "ctk": "ČTK",
    "dpa": "dpa", "efe": "EFE", "europa press": "Europa Press", "europapress": "Europa Press", "ians": "IANS",
    "interfax": "Interfax", "irna": "IRNA", "keystone-sda": "Keystone-SDA", "sda": "Keystone-SDA", "kyodo": "Kyodo",
    "kyodo news": "Kyodo", "lusa": "Lusa", "mti": "MTI", "ntb": "NTB", "pa media": "PA Media", "pap": "PAP",
    "press association": "PA Media", "press trust of india": "PTI", "pti": "PTI", "reuters": "Reuters",
    "thomson reuters": "Reuters", "ria novosti": "RIA Novosti", "ritzau": "Ritzau", "sana": "SANA", "stt": "STT",
    "tass": "TASS", "the associated press": "AP", "the canadian press": "The Canadian Press", "tt": "TT", "upi": "UPI",
    "united press international": "UPI", "ukrinform": "Ukrinform", "xinhua": "Xinhua", "xinhua news agency": "Xinhua",
    "yonhap": "Yonhap", "yonhap news agency": "Yonhap",
    "тасс": "TASS", "риа новости": "RIA Novosti", "интерфакс": "Interfax", "укринформ": "Ukrinform",
    "укрінформ": "Ukrinform", "رويترز": "Reuters", "أ ف ب": "AFP", "فرانس برس": "AFP", "新华社": "Xinhua",
    "新華社": "Xinhua", "共同通信": "Kyodo", "ロイター": "Reuters", "연합뉴스": "Yonhap",
}  # fmt: skip
_SHORT = 4  # an agency's name of so few letters counts only as the agency writes it: "Ani" is a first name


def _written() -> str:
    """The ways agencies are written, longest first."""
    long = [key for key in _AGENCIES if len(key) > _SHORT]
    short = {form for key, name in _AGENCIES.items() if len(key) <= _SHORT for form in (key.upper(), name)}
    short = {form for form in short if len(form) <= _SHORT}
    return "|".join([*(f"(?i:{re.escape(key)})" for key in sorted(long, key=_longest)), *sorted(short, key=_longest)])


def _longest(name: str) -> tuple[int, str]:
    return -len(name), name


_ANY = rf"(?<!\w)(?P<agency>{_written()})(?!\w)"
_PARTS = re.compile(r"\s*[,/|]\s*|^the\s+|\s+staff$", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_TELLING = frozenset(max(_WORD.findall(key), key=len) for key in _AGENCIES)
_UNSPACED = tuple(key for key in _AGENCIES if "\u3040" <= key[0] <= "\ud7ff")
# White space for all that a credit's words may touch: a fifth of the time of finding them by a pattern.
_GAPS = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~©–—‘’“”«»…", " "))
# "ORLO, 3 May (AFP) -" at the head: a place and perhaps a day, the agency in brackets, a dash.
_DATELINE = re.compile(
    r"(?P<place>[^\n.()]{0,60}(?:\.[^\n.()]{0,30})?)\(\s*(?P<agency>[^\W\d_][\w .\-/]{1,30}?)\s*\)\s*[-–—:]"
)
_PLACE = re.compile(r"[^\W\d_a-z]{3,}\b")
_NAMED = re.compile(_ANY)
_HEAD_LINES, _HEAD, _TAIL = 3, 1000, 600
# What stands between a credit's words and the agency: other names, never another sentence.
_GAP = r"[^.\n:;]{0,90}?"
_CREDITS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[(\[]\s*(?:{_ANY}[\s,/&+-]*\w{{0,12}}\s*)[)\]]\W*$",
        rf"{_ANY}{_GAP}\bcontributed\s+(?:to\s+th|reporting|material)",
        rf"(?i:contributing|contributors?|sources?|quellen?|fuentes?|fontes?|fonte|bron|kilde|källa|kaynak|źródło|zdroj|источник)\s*:"
        rf"[^.\n]{{0,120}}?{_ANY}",
        rf"(?i:\b(?:material|reporting|information|files|input)\s+(?:from|by)\s){_GAP}{_ANY}",
        rf"(?i:\bmit\s+(?:agentur)?material\s+(?:von|der)|\bmit\s+informationen\s+(?:von|der))\s{_GAP}{_ANY}",
        rf"(?i:[(*]\s*(?:avec|mit|con|com|met|med)\s){_GAP}{_ANY}",
        rf"(?i:\bcon\s+(?:información|informaciones|datos|material)\s+de\s){_GAP}{_ANY}",
        rf"(?i:\bcom\s+(?:informações|material)\s+d[aeo]s?\s){_GAP}{_ANY}",
        rf"(?i:\bcon\s+(?:informazioni|materiale)\s+d[aei]\w*\s){_GAP}{_ANY}",
        rf"(?i:copyright|©)[\s\d–-]{{0,20}}(?:(?i:by)\s+)?{_ANY}(?!\s*(?i:photo|images|/))",
        rf"\n\s*(?:[—–-]\s*)?{_ANY}(?:/\w{{2,8}})?\s*$",
    )
)
# Reuters' own closing line.
_DESKS = re.compile(r"\((?:Additional r|R)eporting by [^()]{3,200};\s*[Ee]diting by [^()]{3,100}\)")


def agency(article: Article) -> str | None:
    """Name the news agency that a text's outlet, by-line, dateline or closing credit names, or None.

    One that is not in the list counts when it stands in capitals in a dateline that opens with a place in capitals.
    """
    names = filter(None, (article.source, *article.authors, article.source_inferred))
    known = next(filter(None, map(_named, names)), None)
    if known:
        return known
    body = article.body
    return _opening(body[:_HEAD]) or _closing(body[-_TAIL:])


@lru_cache(maxsize=1 << 14)
def _named(name: str) -> str | None:
    """The agency that an outlet or a by-line names."""
    return next(filter(None, map(_known, _PARTS.split(name))), None)


def _known(name: str) -> str | None:
    """The agency a name is; short ones only as they write themselves."""
    found = _AGENCIES.get(name.casefold())
    return found if found and (len(name) > _SHORT or name.isupper() or name == found or not name.isascii()) else None


def _opening(head: str) -> str | None:
    for line in head.split("\n", _HEAD_LINES)[:_HEAD_LINES]:
        found = _DATELINE.match(line[:160]) if "(" in line[:90] else None
        name = found["agency"] if found else ""
        known = next(filter(None, map(_known, re.split(r"\s*[/,]\s*", name))), None)
        if known:
            return known
        if found and name.isalpha() and name.isupper() and len(name) <= 5 and _PLACE.match(found["place"]):
            return name
    return None


def _closing(tail: str) -> str | None:
    if "diting by" in tail and _DESKS.search(tail):
        return "Reuters"
    # Most texts name no agency near their end: they are spared the patterns.
    if _TELLING.isdisjoint(tail.casefold().translate(_GAPS).split()) and not any(name in tail for name in _UNSPACED):
        return None
    if not _NAMED.search(tail):
        return None
    found = min((m for m in (p.search(tail) for p in _CREDITS) if m), key=lambda m: m.start("agency"), default=None)
    return _AGENCIES[found["agency"].casefold()] if found else None
