"""Editions made of articles in a test: the real stages from `cluster` on, without sources."""

from collections.abc import Sequence
from datetime import datetime

from briefing import pipeline
from briefing.analysts.extractive import Extractive
from briefing.languages import lexicons
from briefing.stages.cluster import cluster
from briefing.stages.compare import compare
from briefing.stages.genres import labelled
from briefing.stages.rank import rank
from briefing.types import Analysis, Article, Briefing, Run


def article(title: str, body: str, day: int, outlet: str = "Ostrel Courier", **fields: object) -> Article:
    """An article of a day of June 2031."""
    given = {
        "language": "en",
        "source": outlet,
        "origin": f"outlet:{outlet}",
        "published": f"2031-06-{day:02}",
        **fields,
    }
    return Article.make(title, body, **given)


def edition(day: int, *articles: Article, earlier: Sequence[Briefing] = ()) -> Briefing:
    """The edition of a day, compared with the earlier ones."""
    known = labelled(articles, lexicons())
    return compare(plain(day, *known), earlier, known, lexicons())


def plain(day: int, *articles: Article) -> Briefing:
    """The edition of a day by itself."""
    now = datetime.fromisoformat(f"2031-06-{day:02}T06:00:00+00:00")
    order = pipeline.Order("Briefing", now.date().isoformat(), "en", "UTC", now, (), Extractive())
    stories = rank(cluster(articles, lexicons()), now)
    told = tuple(pipeline.analyse_and_verify(story, Extractive()) for story in stories)
    return pipeline.edition(order, told, (stories, ()), (), Run())


def story(briefing: Briefing, words: str) -> Analysis:
    """The one story with these words in its headline or summary."""
    (found,) = (s for s in briefing.stories if any(words in said.text for said in (s.headline, *s.summary)))
    return found
