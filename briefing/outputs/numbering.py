"""The order in which an edition is read, the citation numbers that follow from it, and where a story stands."""

import hashlib
import re
from collections.abc import Iterator

from briefing.types import Analysis, Briefing, Citation, Statement, Topic

Numbers = dict[tuple[str, int], int]
_IDENTITY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def anchor(identity: str) -> str:
    """Where a story stands on every page that tells it: `story-<id>`, or a hash of an id that fits no address."""
    fit = _IDENTITY.fullmatch(identity)
    return f"story-{identity if fit else hashlib.sha256(identity.encode('utf-8', 'replace')).hexdigest()[:12]}"


def sections(briefing: Briefing) -> tuple[tuple[str, tuple[Analysis, ...]], ...]:
    """Topic names with their stories, each story once; stories of no topic come last under an empty name."""
    left = {story.id: story for story in briefing.stories}
    rest = Topic(name="", stories=tuple(left))
    found = [
        (topic.name, tuple(left.pop(name) for name in topic.stories if name in left))
        for topic in (*briefing.topics, rest)
    ]
    return tuple((name, stories) for name, stories in found if stories)


def reading_order(briefing: Briefing) -> Iterator[Statement]:
    """Every statement in the order the renderings print them: corrections, changed pages, the day in lines, topics."""
    yield from (*briefing.corrections, *gone(briefing), *briefing.overview)
    for _, stories in sections(briefing):
        for story in stories:
            yield from story.statements()


def gone(briefing: Briefing) -> Iterator[Statement]:
    """The cited sentences that no longer stand where they stood."""
    for page in briefing.changed:
        yield from page.gone


def cited(briefing: Briefing) -> tuple[Citation, ...]:
    """The first citation of each distinct (article, sentence), in reading order; its number is its place from 1."""
    first: dict[tuple[str, int], Citation] = {}
    for statement in reading_order(briefing):
        for citation in statement.citations:
            first.setdefault((citation.article, citation.sentence), citation)
    return tuple(first.values())


def numbers(briefing: Briefing) -> Numbers:
    """The citation number of each cited (article, sentence), from 1."""
    return {(citation.article, citation.sentence): n for n, citation in enumerate(cited(briefing), 1)}
