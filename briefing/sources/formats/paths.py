"""What the path of a URL says of the page behind it: an article, a list of articles, or something else."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

# Whole segments of paths, in the languages news sites name them in; a slug that merely holds such a word is none.
_ELSEWHERE = frozenset(
    # lists: tags, authors, searches
    {"tag", "tags", "topic", "topics", "thema", "themen", "tema", "temas", "sujet", "sujets", "argomenti"}
    | {"keyword", "keywords", "schlagwort", "schlagworte", "stichwort", "etiqueta", "etiquetas", "emne", "amne"}
    | {"author", "authors", "autor", "autoren", "autores", "auteur", "auteurs", "autore", "autori", "byline"}
    | {"profile", "profiles", "staff", "contributor", "contributors", "columnists", "journalist", "search", "suche"}
    | {"recherche", "buscar", "ricerca", "zoeken", "seite", "pagina", "sitemap", "site-map", "most-read"}
    # the reader's account and the house itself
    | {"login", "logout", "signin", "sign-in", "signup", "sign-up", "register", "registration", "account", "user"}
    | {"users", "member", "members", "membership", "subscribe", "subscription", "subscriptions", "abo"}
    | {"abonnement", "abonnements", "abonnieren", "suscripcion", "suscripciones", "assine", "donate", "spenden"}
    | {"support-us", "about", "about-us", "ueber-uns", "uber-uns", "qui-sommes-nous", "quienes-somos", "contact"}
    | {"contact-us", "contacts", "kontakt", "contacto", "contatti", "impressum", "imprint", "datenschutz"}
    | {"privacy", "privacy-policy", "cookies", "cookie-policy", "terms", "terms-of-use", "terms-of-service"}
    | {"terms-and-conditions", "agb", "mentions-legales", "aviso-legal", "accessibility", "help", "hilfe"}
    | {"aide", "ayuda", "faq", "faqs", "policies", "stellenmarkt", "advertise", "advertising", "mediadaten"}
    | {"newsletter", "newsletters", "rss", "feed", "feeds", "download", "downloads"}
    # pictures, sound, play, trade
    | {"gallery", "galleries", "galerie", "galerien", "galeria", "galleria", "photos", "photo", "fotos", "foto"}
    | {"bilder", "bildergalerie", "fotostrecke", "fotostrecken", "diaporama", "slideshow", "slideshows", "pictures"}
    | {"in-pictures", "video", "videos", "vidéo", "vidéos", "watch", "live-tv", "mediathek", "multimedia"}
    | {"podcast", "podcasts", "audio", "listen", "episode", "episodes", "programme", "programmes", "livestream"}
    | {"puzzle", "puzzles", "crossword", "crosswords", "sudoku", "quiz", "quizzes", "shop", "store", "cart"}
    | {"checkout", "deals", "coupons", "vouchers", "gutscheine", "sponsored", "sponsor", "advertorial"}
    | {"advertorials", "partner-content", "paid-content", "brandstudio", "brand-studio", "anzeige", "anzeigen"}
    | {"classifieds", "kleinanzeigen", "immobilien", "auctions", "tickets", "veranstaltungen", "termine"}
    | {"calendar", "kalender", "horoscope", "horoscopes", "horoskop", "epaper", "e-paper", "todays-paper"}
    | {"tv-guide", "tv-programm", "comments", "kommentare", "cgi-bin", "wp-admin", "wp-content", "wp-json"}
    | {"wp-login.php", "xmlrpc.php", "cdn-cgi", "web-stories"}
)
# The same, unless the path names a day or an article's number as well: some sites file articles below them.
_OFTEN_ELSEWHERE = frozenset(
    {"category", "categories", "kategorie", "kategorien", "categorie", "categoria", "categorias", "rubrik"}
    | {"rubrique", "archive", "archives", "archiv", "archivo", "archivio", "page", "pages", "all", "latest"}
    | {"newest", "index", "people", "team", "redaktion", "my", "share", "support", "feedback", "corrections"}
    | {"careers", "career", "jobs", "job", "app", "apps", "tv", "radio", "shows", "stream", "game", "games"}
    | {"spiele", "jeux", "event", "events", "weather", "wetter", "meteo", "tiempo", "newspaper", "print", "forum"}
    | {"forums", "community", "comment", "legal", "alerts", "product", "products"}
)
_ELSEWHERE_HOSTS = frozenset(
    {"shop", "store", "jobs", "stellen", "epaper", "account", "accounts", "login", "id", "my", "abo", "subscribe"}
    | {"tickets", "help", "support", "hilfe", "podcast", "podcasts", "video", "videos", "games", "spiele", "wetter"}
    | {
        "weather",
        "forum",
        "forums",
        "newsletter",
        "newsletters",
        "advertising",
        "ads",
        "media",
        "cdn",
        "static",
        "images",
    }
    | {"img", "status", "careers", "feeds", "rss", "api", "mail", "events", "deals", "gutscheine", "classifieds"}
    | {"archive", "archiv", "search"}
)
_PAGED = re.compile(
    r"(?:^|&)(?:page|paged|seite|pg|start|offset|s|q|query|search|tag|cat|category|author|replytocom)=", re.IGNORECASE
)
_SERVICE = re.compile(
    r"(?:^|[-_])(?:gallery|galerie|fotostrecke|bildergalerie|in-pictures)$|(?:^|[-_])newsletters?(?:[-_]|$)"
    r"|code-of-(?:ethics|conduct)|(?:privacy|cookie)-(?:policy|notice|statement)|terms-(?:of|and)-"
)
_PAGE_NUMBER = re.compile(r"(?:page|seite|pagina|p)[-_]?\d{1,4}", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.(?:s?html?|xhtml|php\d?|aspx?|jsp|cfm|ece|stm|cms|story|do|article|amp)$", re.IGNORECASE)
_OTHER_FILE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|avif|svg|ico|mp[34]|m4[av]|ogg|wav|webm|mov|avi|zip|gz|docx?|xlsx?|pptx?|epub|csv|json|xml"
    r"|rss|atom|rdf|css|js|ics|apk|exe|m3u8?|txt)$",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?<!\d)(199\d|20[0-4]\d)(?:([/_-])(\d{1,2})\2(\d{1,2})|/?(\d\d)(\d\d))(?!\d)")
_MONTH = re.compile(r"/(?:19|20)\d{2}[/-](?:0?[1-9]|1[0-2]|[a-z]{3})/", re.IGNORECASE)
_DATE_ONLY = re.compile(r"(?:19|20)\d{2}(?:[/-]?\d{1,2}){0,2}")
_ID = re.compile(
    r"\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}|(?=[a-z]*\d)[0-9a-z]{10,}|(?<![a-z])[a-z]{1,3}\d{4,}", re.IGNORECASE
)
_SHORT_ID = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w-]{5,}|\d{3,}")
_ID_PARAMETER = re.compile(
    r"(?:^|&)(?:\w*id|p|nid|article|artikel|story|doc|n|no)=[\w-]*\d[\w-]*(?:&|$)|^\d{3,}$", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


class _Signs(NamedTuple):
    """What a path shows: the words of its slug, a day or month, an article's number, a document's suffix."""

    words: int
    dated: int
    number: int
    document: bool

    @property
    def sure(self) -> bool:
        return self.dated > 0 or (self.number == 2 and self.words >= 3)

    @property
    def weight(self) -> int:
        return (3 if self.words >= 4 else 2 if self.words == 3 else 0) + self.dated + self.number + self.document


@lru_cache(maxsize=8192)
def weight(url: str) -> int | None:
    """How much a URL looks like an article's, -3 to 9; None where it leads to a list, a service or media."""
    parts = urlsplit(url)
    segments = [segment for segment in unquote(parts.path).split("/") if segment]
    signs = _signs(url, segments, parts.query)
    if _leads_elsewhere(parts.hostname or "", segments, parts.query, signs):
        return None
    if not segments:
        return 1 if signs.number else None
    return signs.weight or (-3 if len(segments) == 1 else -2)


def _signs(url: str, segments: list[str], query: str) -> _Signs:
    last = _DOCUMENT.sub("", segments[-1]) if segments else ""
    # "/council-votes-on-budget/41822": the slug is not always the last part.
    words = _slug_words(last) or (_slug_words(segments[-2]) if len(segments) > 1 else 0)
    named = bool(_ID.search(last) or _ID_PARAMETER.search(query))
    return _Signs(
        words=words,
        dated=3 if day(url) else 2 if _MONTH.search(urlsplit(url).path) else 0,
        number=2 if named else 1 if _SHORT_ID.fullmatch(last) else 0,
        document=bool(segments) and last != segments[-1] and last.lower() not in {"index", "default", "home"},
    )


def _leads_elsewhere(host: str, segments: list[str], query: str, signs: _Signs) -> bool:
    labels = host.split(".")
    names = {segment.lower() for segment in segments}
    last = segments[-1] if segments else ""
    if segments:
        names.add(_DOCUMENT.sub("", last).lower())
    if (len(labels) > 2 and labels[0] in _ELSEWHERE_HOSTS) or not _ELSEWHERE.isdisjoint(names):
        return True
    if not signs.sure and not _OFTEN_ELSEWHERE.isdisjoint(names):
        return True
    if (
        _SERVICE.search(_DOCUMENT.sub("", last).lower())
        or _OTHER_FILE.search(last)
        or _PAGE_NUMBER.fullmatch(last)
        or _is_date(segments)
    ):
        return True
    return bool(_PAGED.search(query)) and not _ID_PARAMETER.search(query)


def _is_date(segments: list[str]) -> bool:
    """/2026/03/12/ or /news/2026-03: the articles of a day, month or year."""
    dated = len(segments)
    while dated and segments[dated - 1].replace("-", "").isdigit():
        dated -= 1
    return dated < len(segments) and _DATE_ONLY.fullmatch("/".join(segments[dated:])) is not None


def _slug_words(segment: str) -> int:
    unspaced = len(_UNSPACED.findall(segment))
    return unspaced // 2 if unspaced else len(_WORD.findall(segment))


def day(url: str) -> str | None:
    """The day that a URL's path names (`/2026/03/12/`, `-20260312`), as YYYY-MM-DD; None where it names none."""
    match = _DAY.search(urlsplit(url).path)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3] or match[5]), int(match[4] or match[6])).isoformat()
    except ValueError:
        return None
