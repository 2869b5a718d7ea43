"""The order in which an edition is read, and the citation numbers that follow from it."""

from collections.abc import Iterator

from briefing.types import Analysis, Briefing, Citation, Statement, Topic

Numbers = dict[tuple[str, int], int]


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
    """Every statement in the order the renderings print them: corrections, the day in lines, topics."""
    yield from (*briefing.corrections, *briefing.overview)
    for _, stories in sections(briefing):
        for story in stories:
            yield from story.statements()


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
