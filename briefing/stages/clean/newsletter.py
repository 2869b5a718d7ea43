# ruff: noqa: E501 - a phrase table is read by column, not by line
"""The items of a newsletter: headline, blurb and link, told by how the rows of a mail follow each other.

    headline   linked, a heading or bold; or the linked or bold beginning of a paragraph
    blurb      the paragraphs below it
    link       the headline's, else that of a "Read more" below the blurb

What runs around the items is left out: mastheads, lists of links, paid messages, the sender's small print.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from briefing.stages.clean.furniture import furniture
from briefing.stages.clean.lines import MAX_HEADLINE_WORDS, ends_sentence, is_headline, is_paragraph, key, size
from briefing.stages.clean.rows import NUMBERED, Row

# Fewer words than this are a slogan or a caption, not a blurb.
MIN_BLURB = 8
# Without a headline it takes more than "What do you think? Tell us here".
MIN_HEADLESS = 20
# A newsletter has this share of its words under headlines that lead on: editors' letters are long, but a text of
# one piece has less below its links. In plain text any line may look like a headline.
MIN_ITEMS, MIN_ITEMS_OF_TEXT, MIN_SHARE = 2, 3, 1 / 3
# So many linked headlines with hardly a word between them, and the mail is a list of links.
MIN_LISTED, MOST_BETWEEN = 4, 1 / 3
# An opening without a headline is the editor's letter from here on.
MIN_OPENING = 60
MAX_MORE_WORDS, MAX_LABEL_WORDS, MAX_SMALL_PRINT_WORDS = 6, 4, 60
# More of a row's letters than this in links, and the row is a link.
LINK = 0.8
# The bars between the links of a menu are not.
MENU = 0.6

_MORE = re.compile(
    r"(?:read|continue|keep|see|view|watch|listen|learn|find out|get|go|full|more|click|explore|discover|open"
    r"|lesen|weiter\w*|mehr|zum|ansehen|lire|voir|en savoir|la suite|leer|ver|seguir|leia|ler|saiba|leggi|continua|lees|las)\b.*"
)
_MORE_OF_ALL = re.compile(
    r"(?:read|see|view|get|click|show|browse)(?: (?:all|more|the full|the rest|here|on))+\b.*|more \w+"
)
_POINTER = re.compile(r".*[»›→>…❯⟶]\W*")
_SMALL_PRINT = re.compile(
    r".*(?:\bunsubscribe\b|e-?mail address (?:for your subscription )?is|\bopt[ -]?out\b|manage (?:your )?(?:e-?mail )?(?:preferences|subscriptions?)|update (?:your )?(?:preferences|profile)"
    r"|you(?:'re| are)? (?:receiving|received|getting|subscribed)|(?:mail|message|newsletter) was sent|sent to (?:you|\S+@)|add us to your address"
    r"|abmelden|abbestellen|abbestellung|sie erhalten diese|desabonner|desinscrire|vous recevez ce|darse de baja|cancelar (?:la |sua )?(?:suscripcion|inscricao|assinatura)"
    r"|has recibido este|disiscriv|annulla l'iscrizione|ricevi questa|afmelden|uitschrijven|all rights reserved).*"
)
_AROUND = re.compile(
    r".*(?:(?:view|read|open|see)\b.{0,40}\b(?:browser|online|on the web)|(?:trouble|problems?) (?:viewing|reading|seeing)|im browser|online ansehen"
    r"|webversion|dans (?:votre|le|un) navigateur|version en ligne|en (?:el|tu|su) navegador|no navegador|nel browser|in (?:je|de|uw) browser"
    r"|forward(?:ed)? (?:this|to a friend)|was forwarded|refer a friend|tell a friend|follow us|privacy policy).*"
)
_PAID = re.compile(
    r"(?:(?:today(?:'s)? )?(?:edition |issue |newsletter )?(?:is )?)?(?:sponsor(?:ed)?\b.*|(?:presented|powered|supported|brought to you) by\b.*|together with\b.*|in partnership with\b.*"
    r"|a (?:message|word) from (?:our )?(?:sponsors?|partners?|advertisers?)?.*|(?:from )?our (?:sponsors?|partners?)|paid (?:post|content|partnership|message).*|advertis\w+\b.{0,40}"
    r"|partner content|promoted|anzeige|werbung|publicite|sponsorise|publicidad|patrocinado.*|pubblicita|sponsorizzato|advertentie)"
)
_PAID_MARK = re.compile(r"\W*[(\[](?:sponsor(?:ed)?|ad|advertisement|anzeige|paid)[)\]]\W*$", re.IGNORECASE)
# What parts a title from the text that it begins.
_BETWEEN = " :–—-|."
_READING_TIME = re.compile(r"\s*[(\[]\d+\W?(?:min(?:ute)?s?|minuten)\.?(?: read| lesezeit)?[)\]]\s*$", re.IGNORECASE)


class Item(NamedTuple):
    """One item; without a title it is the letter that opens the mail. `href` is as it stands there."""

    title: str | None
    text: str
    href: str | None = None


class _Part(NamedTuple):
    """Rows that belong together: a headline, what stands below it, and the link that leads on."""

    head: str | None = None
    href: str | None = None
    prose: tuple[str, ...] = ()
    paid: bool = False

    @property
    def words(self) -> int:
        return sum(map(size, self.prose))


def newsletter(found: Iterable[Row], least: int = MIN_ITEMS) -> tuple[Item, ...]:
    """The items of a mail in its order, with the letter that opens it; () for a mail that is one text.

    `least` is how many headlines must lead to articles of their own.
    """
    parts = [part for part in _parts(_opened(found)) if part.words >= MIN_BLURB and not part.paid]
    linked = [part for part in parts if part.href and (part.head or part.words >= MIN_HEADLESS)]
    headed = [part for part in parts if part.head or part in linked]
    inside = sum(part.words for part in linked)
    if (
        sum(part.head is not None for part in linked) < least
        or 2 * len(linked) < len(headed)
        or inside < MIN_SHARE * sum(p.words for p in parts)
    ):
        return ()
    opening = [parts[0]] if parts[0] not in headed and parts[0].words >= MIN_OPENING else []
    return tuple(Item(part.head, "\n\n".join(part.prose), part.href) for part in (*opening, *headed))


def listed(found: Iterable[Row]) -> tuple[Item, ...]:
    """The headlines of a mail that is a list of links, none with a text of its own; () for any other mail."""
    parts = [part for part in _parts(_opened(found)) if not part.paid]
    heads = [Item(part.head, "", part.href) for part in parts if part.head and part.href and part.words < MIN_BLURB]
    between = sum(part.words for part in parts)
    few = len(heads) < MIN_LISTED or between > MOST_BETWEEN * sum(size(head.title or "") for head in heads)
    return () if few else tuple(heads)


def letter(found: Iterable[Row]) -> str:
    """The text of a mail that is no newsletter: its paragraphs without the sender's small print."""
    return "\n\n".join(row.text for row in found if not _is_small_print(row) and not _is_around(row))


def _opened(found: Iterable[Row]) -> list[Row]:
    """Rows in which a title that begins a paragraph stands in a row of its own."""
    opened = []
    for row in found:
        rest = row.text[len(row.lead) :].lstrip(_BETWEEN)
        if 3 <= size(row.lead) <= MAX_HEADLINE_WORDS and row.text.startswith(row.lead) and size(rest) >= MIN_BLURB:
            opened += [Row(row.lead.strip(_BETWEEN), row.href, 1.0 if row.href else 0.0, True), Row(rest, row.href)]
        else:
            opened.append(row)
    return opened


def _parts(found: Sequence[Row]) -> Iterator[_Part]:
    leads_on = _repeated(found)
    part, paid, closed = _Part(), False, False
    for row in found:
        folded = key(row.text)
        if _is_small_print(row):
            yield part
            part, closed = _Part(), True
        elif _PAID.fullmatch(folded) and not is_paragraph(row.text):
            yield part
            part, paid, closed = _Part(paid=True), True, False
        elif folded in leads_on or _is_more(row):
            yield part._replace(href=part.href or row.href)
            part, paid = _Part(), False
        elif _is_head(row):
            # A headline above a headline was a label, but a paid message has its label there.
            yield part
            part, paid, closed = _headed(row, paid and not part.head and not part.prose), False, False
        elif not closed and _is_prose(row, part):
            part = part._replace(prose=(*part.prose, row.text))
    yield part


def _headed(row: Row, paid: bool) -> _Part:
    bare = _READING_TIME.sub("", NUMBERED.sub("", row.text))
    href = row.href if row.linked >= LINK else None
    return _Part(_PAID_MARK.sub("", bare), href, paid=paid or _PAID_MARK.search(bare) is not None)


def _repeated(found: Iterable[Row]) -> frozenset[str]:
    """The words of links that stand there several times and lead to several places: "Read the full story"."""
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for row in found:
        if row.linked >= LINK and row.href and size(row.text) <= MAX_MORE_WORDS:
            targets[key(row.text)].add(row.href)
    return frozenset(folded for folded, places in targets.items() if len(places) > 1)


def _is_small_print(row: Row) -> bool:
    """Whether a row is what the sender must say, or a menu: "Home | Archive | Advertise"."""
    if size(row.text) > MAX_SMALL_PRINT_WORDS:
        return False
    menu = row.linked >= MENU and row.text.count("|") >= 1 and not ends_sentence(row.text)
    return menu or _SMALL_PRINT.fullmatch(key(row.text)) is not None or furniture(row.text) == "copyright"


def _is_around(row: Row) -> bool:
    return size(row.text) <= MAX_HEADLINE_WORDS and _AROUND.fullmatch(key(row.text)) is not None


def _is_more(row: Row) -> bool:
    """Whether a row only leads on to the whole article."""
    if row.linked < LINK or row.href is None or size(row.text) > MAX_MORE_WORDS or _is_around(row):
        return False
    if row.text == row.href or _POINTER.fullmatch(row.text):
        return True
    return (_MORE_OF_ALL if row.strong else _MORE).fullmatch(key(row.text)) is not None


def _is_head(row: Row) -> bool:
    text = NUMBERED.sub("", row.text)
    if not is_headline(text) or furniture(text) is not None or _is_around(row):
        return False
    return row.strong or (row.linked >= LINK and size(text) > 2)


def _is_prose(row: Row, part: _Part) -> bool:
    if furniture(row.text) is not None or _is_around(row):
        return False
    if part.head and size(row.text) > MAX_LABEL_WORDS and ends_sentence(row.text):
        return True
    return size(row.text) >= MIN_BLURB and (row.linked < LINK or is_paragraph(row.text))
