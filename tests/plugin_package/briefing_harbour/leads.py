"""An analyst: a story told by the first sentence of each of its origins."""

from __future__ import annotations

from briefing.text import sentences
from briefing.types import Analysis, Article, Citation, Record, Statement, Story


class Leads(Record):
    """`most` sentences at most."""

    most: int = 3

    @property
    def name(self) -> str:
        """As named in the briefing."""
        return "leads"

    def analyse(self, story: Story) -> Analysis:
        """An analysis not yet checked: whatever is said here, the checks of `briefing` come after."""
        first = {article.origin: article for article in reversed(story.articles)}
        return Analysis(
            id=story.id,
            kind=story.kind,
            headline=_cited(story.articles[0], 0),
            summary=tuple(_cited(article, 1) for article in list(first.values())[: self.most]),
            articles=tuple(article.id for article in story.articles),
            outlets=story.outlets,
            origins=story.origins,
            score=story.score,
            why=story.why,
            analysed_by=self.name,
        )


def _cited(article: Article, number: int) -> Statement:
    """A sentence of an article, word for word; the title is number 0."""
    start, end = sentences(article.text)[number]
    quote = article.text[start:end]
    citation = Citation(article=article.id, sentence=number, start=start, end=end, quote=quote)
    return Statement(text=quote, language=article.language, citations=(citation,))
