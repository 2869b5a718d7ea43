"""Building editions in tests: the real pipeline over folders, with a fixed clock."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from briefing import pipeline
from briefing.analysts.extractive import Extractive
from briefing.outputs import json as edition_json
from briefing.sources.files import Files
from briefing.types import Analysis, ArticleEntry, Briefing, Map, Run

SAMPLES = Path(__file__).parent.parent / "samples"
SAMPLES_NOW = datetime.fromisoformat("2031-05-20T08:00:00+00:00")


def order(*paths: Path, now: datetime = SAMPLES_NOW, max_stories: int = 30) -> pipeline.Order:
    """An order for the files and folders at `paths`."""
    return pipeline.Order(
        title="Daily briefing",
        date=now.date().isoformat(),
        language="en",
        timezone="UTC",
        now=now,
        sources=tuple(Files(path=path) for path in paths),
        analyst=Extractive(),
        max_stories=max_stories,
    )


def built(*paths: Path, map: Map = map, now: datetime = SAMPLES_NOW) -> Briefing:  # noqa: A002
    """The edition of the files and folders at `paths`."""
    return pipeline.build(order(*paths, now=now), pipeline.Maps(map, map, map)).briefing


def without_run(briefing: Briefing) -> str:
    """`briefing.json` apart from the run's figures."""
    return edition_json.Json().render(briefing.replace(run=Run()))


def titled(briefing: Briefing, prefix: str) -> ArticleEntry:
    """The one article whose title, or a copy's, begins with `prefix`."""
    found = [
        a
        for a in briefing.articles.values()
        if any(t.startswith(prefix) for t in (a.title, *(c.title for c in a.copies)))
    ]
    assert len(found) == 1, f"{len(found)} articles titled {prefix!r}"
    return found[0]


def story_of(briefing: Briefing, article: ArticleEntry) -> Analysis:
    """The story that holds an article."""
    (found,) = (s for s in briefing.stories if article.id in s.articles)
    return found


def texts_of(statements: Sequence[object]) -> str:
    """All texts joined, to look something up in."""
    return "\n".join(str(getattr(s, "text", s)) for s in statements)
