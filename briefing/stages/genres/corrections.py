"""Which article a correction corrects: one of the same outlet or origin, by its address, its title or its subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from briefing.lexicon import Lexicon, Lexicons
from briefing.text import fold, stem, words
from briefing.types import Article

# The share of a correction's words, weighed by their rarity, that must stand in the article it corrects, and how
# much better than the next it must fit: a wrong tie is worse than none.
_MIN_SHARED, _MIN_LEAD = 0.5, 1.15
_MIN_WORDS = 4
_MIN_TITLE_CHARS = 20


def tied(articles: Sequence[Article], lexicons: Lexicons) -> tuple[Article, ...]:
    """The articles, each correction with the id of the article it corrects, where that is among them."""
    found = corrections(articles, lexicons)
    return tuple(a.replace(corrects=found[a.id]) if a.id in found else a for a in articles)


def corrections(articles: Sequence[Article], lexicons: Lexicons) -> dict[str, str]:
    """The id of the article that each correction corrects, by the correction's id; where none fits, nothing."""
    ordered = sorted(articles, key=lambda a: a.id)
    found = ((c.id, _corrected(c, ordered, lexicons.get(c.language or ""))) for c in ordered if c.genre == "correction")
    return {correction: corrected for correction, corrected in found if corrected}


def _corrected(correction: Article, articles: Iterable[Article], lexicon: Lexicon | None) -> str | None:
    near = [a for a in articles if a.genre != "correction" and _of_one_house(a, correction) and _before(a, correction)]
    named = [a for a in near if _names(correction, a)]
    if named:
        return named[0].id if len(named) == 1 else None
    told = {a.id: _content(a, lexicon) for a in near}
    wanted = _content(correction, lexicon) - _content_of(_speech(lexicon), lexicon)
    spread = Counter(word for content in told.values() for word in content)
    # What no article says is the fault's mending or the outlet's manner, and weighs as what one of them says.
    weight = {word: log(1 + len(near) / max(1, spread[word])) for word in sorted(wanted)}
    scores = sorted(
        ((_share(weight, content), identity) for identity, content in told.items()), key=lambda s: (-s[0], s[1])
    )
    if len(wanted) < _MIN_WORDS or not scores or scores[0][0] < _MIN_SHARED:
        return None
    alone = len(scores) == 1 or scores[0][0] >= _MIN_LEAD * scores[1][0]
    return scores[0][1] if alone else None


def _share(weight: dict[str, float], content: frozenset[str]) -> float:
    return sum(w for word, w in weight.items() if word in content) / (sum(weight.values()) or 1.0)


def _of_one_house(a: Article, b: Article) -> bool:
    return not a.outlets.isdisjoint(b.outlets) or (bool(a.origin) and a.origin == b.origin)


def _before(article: Article, correction: Article) -> bool:
    """Whether it was published on the same day or earlier, as far as is known."""
    days = (article.published or "")[:10], (correction.published or "")[:10]
    return not all(days) or days[0] <= days[1]


def _names(correction: Article, article: Article) -> bool:
    """Whether a correction gives the article's address, or its title word for word."""
    path = (article.url or "").partition("://")[2].rstrip("/")
    title = _running(article.title)
    return ("/" in path and path in correction.text) or (
        len(title) >= _MIN_TITLE_CHARS and f" {title} " in f" {_running(correction.text)} "
    )


def _running(text: str) -> str:
    return " ".join(map(fold, words(text)))


def _content(article: Article, lexicon: Lexicon | None) -> frozenset[str]:
    return _content_of(article.text, lexicon)


def _content_of(text: str, lexicon: Lexicon | None) -> frozenset[str]:
    stopwords = lexicon.stopwords if lexicon else frozenset[str]()
    calendar = lexicon.calendar if lexicon else frozenset[str]()
    folded = (fold(word) for word in words(text))
    return frozenset(stem(word) for word in folded if word not in stopwords and word not in calendar)


def _speech(lexicon: Lexicon | None) -> str:
    """The words in which corrections are made, whatever their subject."""
    return " ".join(words(" ".join(lexicon.genres.faults + lexicon.genres.correction_notes))) if lexicon else ""
