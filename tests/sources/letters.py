"""Mails from invented places: single letters, and newsletters of several make-ups about the same items."""

from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import NamedTuple

from tests.sources.newsroom import hours


class News(NamedTuple):
    title: str
    blurb: str
    link: str


ITEMS = (
    News(
        "Ferry line to Ostrand closes in spring",
        "The council of Sennes voted on Monday to close the ferry line to Ostrand, which lost four million crowns last year.",
        "https://gazette.example/2031/05/ferry",
    ),
    News(
        "Works on the Pell bridge begin anew",
        "After a month of rain, works on the Pell bridge were taken up again; the builders now speak of an opening in August.",
        "https://gazette.example/2031/05/bridge",
    ),
    News(
        "Schools in Marl keep their old timetable",
        "Parents had asked for a later start of lessons, but the school board of Marl found no drivers for the buses it would take.",
        "https://post.example/marl/schools",
    ),
)


def mail(text: str, html: str | None = None, subject: str = "The morning in Sennes", **heads: str | None) -> bytes:
    """A message as it travels; a header given as None is left out, "_" stands for a hyphen."""
    message = EmailMessage(policy=SMTP)
    usual = {
        "From": "The Sennes Gazette <morning@gazette.example>",
        "Date": dated(hours(3)),
        "Message-ID": f"<{abs(hash((text, subject)))}@gazette.example>",
    }
    for name, value in {**usual, "Subject": subject, **{k.replace("_", "-"): v for k, v in heads.items()}}.items():
        if value is not None:
            message[name] = value
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return bytes(message)


def dated(when: datetime) -> str:
    return format_datetime(when)


def raw(head: str, body: bytes | str = b"") -> bytes:
    """A message of these very bytes."""
    return head.encode("utf-8") + b"\n\n" + (body.encode("utf-8") if isinstance(body, str) else body)


TOP = '<div style="display:none">The ferry closes, and more in today&#39;s issue &zwnj;&nbsp;</div><p><a href="https://gazette.example/v/88">View this email in your browser</a></p>'
FOOT = (
    '<p><a href="https://facebook.com/gazette">Facebook</a> <a href="https://x.com/gazette">Twitter</a></p>'
    "<p>You are receiving this email because you signed up at our website to be told about the mornings of Sennes.</p>"
    '<p>The Sennes Gazette, 1 Quay Street, Sennes. <a href="https://gazette.example/u/1">Unsubscribe</a></p>'
    '<img src="https://gazette.example/open.gif?id=88" width=1 height=1>'
)


def tables(items: Iterable[News] = ITEMS) -> str:
    """Tables in tables, a picture beside each item, the headline a link, a button below."""
    rows = "".join(
        f'<tr><td><img src="https://gazette.example/{i}.jpg" alt="A picture"></td><td><table><tr><td><a href="{n.link}"><b>{escape(n.title)}</b></a></td></tr>'
        f'<tr><td><font size=2>{escape(n.blurb)}</font></td></tr><tr><td><a href="{n.link}">Read the full story</a></td></tr></table></td></tr>'
        for i, n in enumerate(items)
    )
    return f"<html><body>{TOP}<table><tr><td><table>{rows}</table></td></tr></table>{FOOT}</body></html>"


def cards(items: Iterable[News] = ITEMS) -> str:
    """Cards of divs; the headline is a heading without a link, the button says where it leads."""
    cards = "".join(
        f'<div class="card"><h2>{escape(n.title)}</h2><div>{escape(n.blurb)}</div><div><a href="{n.link}">Continue →</a></div></div>'
        for n in items
    )
    return f"<html><body>{TOP}<h1>The Sennes Morning</h1>{cards}{FOOT}</body></html>"


def linked_cards(items: Iterable[News] = ITEMS) -> str:
    """The whole card is one link."""
    cards = "".join(
        f'<a href="{n.link}" style="text-decoration:none"><div style="font-size: 22px">{escape(n.title)}</div><p>{escape(n.blurb)}</p></a>'
        for n in items
    )
    return f"<html><body>{TOP}{cards}{FOOT}</body></html>"


def bullets(items: Iterable[News] = ITEMS) -> str:
    """A list: the title begins each paragraph, and is its link."""
    points = "".join(
        f'<li><a href="{n.link}"><strong>{escape(n.title)}</strong></a>: {escape(n.blurb)}</li>' for n in items
    )
    return f"<html><body>{TOP}<p><b>In short</b></p><ul>{points}</ul>{FOOT}</body></html>"


def sections(items: Iterable[News] = ITEMS) -> str:
    """Sections with labels, reading times at the headlines, a paid message between them."""
    paid = (
        "<p>Together with Brant Tyres</p><h3><a href='https://brant.example'>Tyres that last all year</a></h3>"
        "<p>Brant has the tyres for every road in the valley, and fits them while you wait for your coffee.</p>"
    )
    parts = [
        f"<h2>Town &amp; country</h2><p><a href='{n.link}'><b>{escape(n.title)} (3 minute read)</b></a></p><p>{escape(n.blurb)}</p>"
        for n in items
    ]
    return f"<html><body>{TOP}{parts[0]}{paid}{''.join(parts[1:])}{FOOT}</body></html>"


def wrapped_links(items: Iterable[News] = ITEMS) -> str:
    """As tables, but each link leads through a counter of clicks that shows the target."""
    from urllib.parse import quote

    return tables(
        n._replace(link=f"https://click.mailer.example/t?id=7&amp;url={quote(n.link, safe='')}") for n in items
    )


def text_list(items: Iterable[News] = ITEMS) -> str:
    """Plain text: numbered titles, the address below, the blurb broken at 72 characters."""
    import textwrap

    parts = "\n\n".join(
        f"{i}) {n.title} (3 min read)\n{n.link}\n{textwrap.fill(n.blurb, 72)}" for i, n in enumerate(items, 1)
    )
    return f"THE SENNES MORNING\n\n{parts}\n\n--------\nUnsubscribe: https://gazette.example/u/1\n"


def text_references(items: Iterable[News] = ITEMS) -> str:
    """Plain text made from HTML: numbers in brackets, their addresses at the end."""
    import textwrap

    items = tuple(items)
    parts = "\n\n".join(f"{n.title.upper()} [{i}]\n\n{textwrap.fill(n.blurb, 68)}" for i, n in enumerate(items, 1))
    links = "\n".join(f"[{i}] {n.link}" for i, n in enumerate(items, 1))
    return f"{parts}\n\nLinks:\n------\n{links}\n"


ESSAY = (
    "<html><body><h1><a href='https://letters.example/p/lighthouse'>What the lighthouse keepers knew</a></h1>"
    + "".join(f"<h3>{head}</h3><p>{text}</p>" for head, text in (
        ("The first winter", "The keepers of Sennes wrote down every ship for ninety years, and <a href='https://archive.example/log'>their books</a> have now been read by two historians of the coast."),
        ("What the books say", "They found that storms came in groups of three, that herring boats turned back a day before them, and that nobody on land had asked the crews how they knew of it."),
        ("Why it matters", "The harbour office wants to use the books for its own forecasts, which have been wrong twice this spring, according to a report of the council that was made public on Friday."),
    ))
    + FOOT + "</body></html>"
)  # fmt: skip
