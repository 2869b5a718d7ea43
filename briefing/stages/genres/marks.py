"""By what a kind of article is told in any language: types, sections, addresses, outlets; the rest is in the lexicons.

A section is named the same way in an address ("/opinion/"), in a page's metadata ("Opinion") and as the
rubric of a title ("Opinion: …"): one list serves all three, lower case, without accents, words joined by hyphens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from briefing.types import Genre

# https://schema.org/NewsArticle, its more specific types; SatiricalArticle and the others are of the pending part.
TYPES: Mapping[str, Genre] = {
    "opinionnewsarticle": "opinion",
    "satiricalarticle": "satire",
    "liveblogposting": "live blog",
    "advertisercontentarticle": "sponsored",
}

_SECTIONS: Mapping[Genre, str] = {
    "opinion": """
        opinion opinions op-ed op-eds opeds editorial editorials commentary commentaries comment
        commentisfree columnists columnist columns our-columnists guest-columns guest-column letters-to-the-editor
        letter-to-the-editor guest-essay viewpoints
        meinung meinungen kommentar kommentare leitartikel gastbeitrag gastbeitrage gastkommentar kolumne kolumnen
        leserbriefe debatte-meinung
        opinione opinioni editoriale editoriali commenti
        editoriaux edito editos idees-debats debats-opinions
        editoriales columnas columnistas opinion-columnas articulos-de-opinion cartas-al-director
        opiniao colunas colunistas editoriais
        opinie opinies columnisten ingezonden
        ledare ledarsidan asikter kronikk meninger debattinnlegg synspunkter kommentarer
        mielipide mielipiteet paakirjoitus paakirjoitukset kolumnit
        opinia opinie-publicystyka publicystyka felieton felietony komentarze
        nazory komentare nazor velemeny publicisztika opinii editoriale-opinii gnomi apopseis mneniya mnenie
    """,
    "satire": "satire satira satyra borowitz-report shouts-murmurs",
    "press release": """
        press-release press-releases pressrelease pressreleases news-release news-releases media-release media-releases
        prnewswire pr-newswire businesswire business-wire globenewswire globe-newswire accesswire newswire-releases
        pressemitteilung pressemitteilungen pressemeldung pressemeldungen presseaussendung medienmitteilung
        medienmitteilungen communique-de-presse communiques-de-presse comunicado-de-prensa comunicados-de-prensa
        nota-de-prensa notas-de-prensa comunicato-stampa comunicati-stampa comunicado-de-imprensa
        comunicados-de-imprensa nota-a-imprensa persbericht persberichten pressmeddelande pressmeddelanden
        pressemeddelelse pressemeddelelser pressemelding pressemeldinger lehdistotiedote lehdistotiedotteet
        komunikat-prasowy komunikaty-prasowe tiskova-zprava tiskove-zpravy sajtokozlemeny sajtokozlemenyek
        comunicat-de-presa comunicate-de-presa
    """,
    "correction": """
        corrections-and-clarifications corrections-clarifications correction-and-clarification erratum errata
        fe-de-errores fe-de-erratas rectificatif rectificatifs korrekturen richtigstellung richtigstellungen
        rettelser rattelser rettelse rattelse
    """,
    "live blog": """
        live-blog liveblog live-blogs liveblogs live-updates live-coverage livecoverage live-news-updates liveticker
        live-ticker en-direct en-vivo ao-vivo in-diretta livebericht liverapport
        livestudio liverapportering relacja-na-zywo
    """,
    "sponsored": """
        sponsored sponsored-content sponsor-content sponsored-post sponsored-posts sponsored-article paid-post paidpost
        paid-content paid-partnership advertorial advertorials partner-content partnercontent brandvoice brand-voice
        branded-content brand-studio brandstudio advertiser-content advertisement-feature publireportage
        publireportages publi-redactionnel publiredactionnel publirreportaje publirreportajes contenu-sponsorise
        contenu-partenaire contenido-patrocinado contenidos-patrocinados contenuto-sponsorizzato conteudo-patrocinado
        annonsorinnehall annonsorinnhold annonsorartikel advertentie-artikel material-sponsorowany artykul-sponsorowany
        anzeige sonderveroffentlichung
    """,
}
SECTIONS: Mapping[str, Genre] = {name: genre for genre, names in _SECTIONS.items() for name in names.split()}

# Names of sections that other things bear too: they count only where the text itself speaks of its kind. "/live/"
# holds concerts and video, "corrections" are prisons and falling markets.
UNSURE: Mapping[str, Genre] = {
    "live": "live blog",
    "direct": "live blog",
    "direto": "live blog",
    "diretta": "live blog",
    "correction": "correction",
    "corrections": "correction",
    "clarification": "correction",
    "clarifications": "correction",
}

# They stand in titles before what such a person has said: "Columnist: the mayor must go".
NO_RUBRICS = frozenset({"columnist", "columnists", "columnistas", "columnisten", "colunistas"})

# Hosts under which nothing else is printed (also their subdomains), and names no other outlet bears, without "the".
# Papers that mix satire with reporting (Private Eye, Le Canard enchaîné, Charlie Hebdo) are not listed.
_OUTLETS: Mapping[Genre, tuple[str, ...]] = {
    "satire": (
        "The Onion", "theonion.com", "The Babylon Bee", "babylonbee.com", "Der Postillon", "der-postillon.com",
        "Le Gorafi", "legorafi.fr", "The Daily Mash", "thedailymash.co.uk", "Waterford Whispers News",
        "waterfordwhispersnews.com", "NewsThump", "newsthump.com", "The Beaverton", "thebeaverton.com",
        "The Betoota Advocate", "betootaadvocate.com", "theshovel.com.au", "El Mundo Today", "elmundotoday.com",
        "lercio.it", "De Speld", "speld.nl", "nordpresse.be", "Die Tagespresse", "dietagespresse.com", "ClickHole",
        "clickhole.com", "Reductress", "reductress.com", "Duffel Blog", "duffelblog.com", "ASZdziennik",
        "aszdziennik.pl", "RokokoPosten", "rokokoposten.dk", "sensacionalista.com.br", "Zaytung", "zaytung.com",
        "NewsBiscuit", "newsbiscuit.com", "hard-drive.net", "panorama.pub", "The Borowitz Report",
    ),
    "press release": (
        "PR Newswire", "PRNewswire", "prnewswire.com", "prnewswire.co.uk", "Business Wire", "businesswire.com",
        "GlobeNewswire", "GlobeNewswire Inc.", "globenewswire.com", "ACCESSWIRE", "accesswire.com", "newsfilecorp.com",
        "EIN Presswire", "einpresswire.com", "PRWeb", "prweb.com", "presseportal.de", "EurekAlert!", "eurekalert.org",
    ),
}  # fmt: skip


def plain_name(name: str) -> str:
    """An outlet's name or host as it is looked up."""
    return name.casefold().strip().removeprefix("the ").removeprefix("www.")


OUTLETS: Mapping[str, Genre] = {plain_name(name): genre for genre, names in _OUTLETS.items() for name in names}

# The marks that news wires for paid releases set behind the dateline of each.
WIRE_MARK = re.compile(
    r"/\s?PR\s?Newswire\s?[/-]|/PRNewswire|\(\s?BUSINESS WIRE\s?\)|\(\s?GLOBE NEWSWIRE\s?\)"
    r"|\(\s?Marketwired\b[^)]{0,40}\)|\bACCESSWIRE\s?/|\(\s?ACCESSWIRE\s?\)|/\s?EINPresswire\.com\s?/|\(ots\)|\(ots/PRNewswire\)"
)


# A news agency's mark of a report sent again with its fault mended.
MENDED = re.compile(r"(?:CORRECTED|CORRECTION|CORREGIDO|CORREGIDA|CORRIGE|CORRIGÉ|KORREKTUR)\s?[-–/]")


def first(genres: Iterable[Genre | None]) -> Genre | None:
    """The first kind found."""
    return next((genre for genre in genres if genre), None)
