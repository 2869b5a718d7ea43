"""Which of several texts stands first: the earliest dated, then by content."""

from __future__ import annotations

from datetime import UTC, datetime

from briefing.types import Article

_DAY = len("2031-03-05")


def precedence(article: Article) -> tuple[float, str, bool, int, str, str, str]:
    """Order the appearances of a text: the earliest dated, with a source, the longest; ties by content."""
    return (
        _instant(article.published), article.published or "", article.source is None, -len(article.text),
        article.id, article.source or "", article.url or "",
    )  # fmt: skip


def later(article: Article, other: Article) -> bool:
    """Whether an article is known to be of a later time than the other, or of a later day where one has only that."""
    one, two = article.published or "", other.published or ""
    known = one and two and (min(len(one), len(two)) > _DAY or one[:_DAY] != two[:_DAY])
    return bool(known) and _instant(one) > _instant(two)


def _instant(published: str | None) -> float:
    """Seconds since 1970; a day or a time without zone is read as UTC, no date as the end of time."""
    if not published:
        return float("inf")
    moment = datetime.fromisoformat(published)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
