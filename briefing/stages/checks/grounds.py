"""What statements are checked against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from briefing.lexicon import Lexicon, Lexicons
from briefing.stages.checks.reading import Reading, read
from briefing.stages.claims import Claim, claims
from briefing.types import Article, ArticleEntry, Citation, Statement

_NOUNS_IN_CAPITALS = frozenset({"de", "lb"})
# How many sentences before a cited one may name whom it calls "he" or "the company".
_BEFORE = 3


class Grounds(NamedTuple):
    """The articles in evidence by id, and the lexicons."""

    articles: Mapping[str, Article]
    lexicons: Lexicons

    @classmethod
    def of(cls, articles: Iterable[Article], lexicons: Lexicons) -> Grounds:
        """The grounds that articles give."""
        return cls({a.id: a for a in articles}, lexicons)

    @classmethod
    def kept(cls, entries: Mapping[str, ArticleEntry], evidence: Mapping[str, str], lexicons: Lexicons) -> Grounds:
        """The grounds that a finished edition keeps."""
        known = {i: dict(a) for i, a in entries.items() if i in evidence}
        return cls({i: Article.model_validate({**known[i], "text": evidence[i]}) for i in known}, lexicons)

    def text(self, citation: Citation) -> str:
        """The evidence text of the article cited, empty if it is not in evidence."""
        article = self.articles.get(citation.article)
        return article.text if article else ""

    def lexicon(self, statement: Statement) -> Lexicon | None:
        """The lexicon of the one language of a statement and all it cites, else None."""
        return None if self._translated(statement) else self.lexicons.get(statement.language or "")

    def names_tell(self, statement: Statement) -> bool:
        """Whether a capital makes a name, and a name stands as it does in the source."""
        return statement.language not in _NOUNS_IN_CAPITALS and not self._translated(statement)

    def cited(self, statement: Statement) -> tuple[Claim, ...]:
        """The cited sentences as the rules read them."""
        return tuple(c for citation in statement.citations for c in self._claims(citation)[:1])

    def near(self, statement: Statement) -> tuple[str, ...]:
        """The cited sentences, those right before them, and their articles' titles."""
        return tuple(dict.fromkeys(c.text for citation in statement.citations for c in self._claims(citation)))

    def _claims(self, citation: Citation) -> tuple[Claim, ...]:
        """The cited sentence, those before it, and the title."""
        article = self.articles.get(citation.article)
        told = claims(article, self.lexicons) if article else ()
        if citation.sentence >= len(told):
            return ()
        return (*reversed(told[max(0, citation.sentence - _BEFORE) : citation.sentence + 1]), told[0])

    def _translated(self, statement: Statement) -> bool:
        spoken = {a.language for c in statement.citations if (a := self.articles.get(c.article))}
        return bool(spoken) and spoken != {statement.language}


def quoted(statement: Statement) -> str:
    """The cited sentences, joined by one space."""
    return " ".join(c.quote for c in statement.citations)


class Pair(NamedTuple):
    """A statement beside what it cites, both read in one language."""

    told: Reading
    held: Reading
    lexicon: Lexicon


def pair(statement: Statement, grounds: Grounds) -> Pair | None:
    """The statement beside what it cites; None without a lexicon of their language, or where it is verbatim."""
    lexicon = grounds.lexicon(statement)
    source = quoted(statement)
    if lexicon is None or not source or statement.text in {source, *(c.quote for c in statement.citations)}:
        return None
    return Pair(read(statement.text, lexicon), read(source, lexicon), lexicon)
