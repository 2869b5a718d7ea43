"""Fictional outlets on loopback servers: feeds and pages that the source records can read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from briefing.sources.fetching.exchange import Net
from tests.sources.servers import Exchange, Route, Site, conditional

NOW = datetime(2031, 5, 20, 6, 0, tzinfo=UTC)
HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 9))
QUICK = Net(allow_private=HOSTS, interval_s=0, deadline_s=2, retry_s=0.05, revisit_s=0)
HTML = {"Content-Type": "text/html; charset=utf-8"}


def hours(number: float) -> datetime:
    """So many hours before the morning."""
    return NOW - timedelta(hours=number)


def told(subject: str) -> str:
    """Three paragraphs about a subject, as an article has them."""
    return (
        f"<p>{escape(subject)}, the harbour office of Sennes said on Monday after a meeting with the owners of the quay.</p>"
        f"<p>The works on the matter of {escape(subject).lower()} are to begin in June, the office said, and end before winter.</p>"
        "<p>Nobody was hurt, according to the fire service, which had sent two boats and eleven men to the eastern pier.</p>"
    )


def item(title: str, link: str, when: datetime | str | None, text: str = "", full: bool = False) -> str:
    """One RSS item; `full` puts the text into content:encoded, else it is the description."""
    date = format_datetime(when) if isinstance(when, datetime) else when
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    body = (
        f"<content:encoded><![CDATA[{text}]]></content:encoded>"
        if full
        else f"<description>{escape(text)}</description>"
    )
    return f"<item><title>{escape(title)}</title><link>{escape(link)}</link>{dated}{body}</item>"


def rss(*items: str, title: str = "The Sennes Gazette") -> bytes:
    """An RSS 2.0 feed."""
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    channel = f"<title>{escape(title)}</title><language>en</language>{''.join(items)}"
    return f'<?xml version="1.0"?><rss version="2.0" {space}><channel>{channel}</channel></rss>'.encode()


def page(title: str, text: str, head: str = "") -> bytes:
    """An article's page."""
    return (
        f"<!doctype html><html lang=en><head><title>{escape(title)}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<main><article><h1>{escape(title)}</h1>{text}</article></main><footer>Imprint</footer></body></html>"
    ).encode()


def swapped(routes: dict[str, Route]) -> Route:
    """A route table that a test may change while the server runs."""

    async def answer(exchange: Exchange) -> None:
        from tests.sources.servers import reply

        path = exchange.request.path.partition("?")[0]
        await routes.get(path, reply(b"not here", 404))(exchange)

    return answer


def pages(site: Site, texts: Mapping[str, str]) -> None:
    """Articles by path and title, each answering conditional requests."""
    assert isinstance(site.routes, dict)
    for path, title in texts.items():
        site.routes[path] = conditional(page(title, told(title)), etag=f'"{path}"', headers=HTML)
