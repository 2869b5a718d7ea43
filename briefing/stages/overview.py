"""The day in lines: the top of an edition, out of nothing but statements that were checked.

    told stories ─points→ statements with ids ─composer→ lines ─checked→ the lines that hold
                 └chosen→ a headline or sentence of each story that leads, where no composer wrote any

What a composer writes is one more statement: it cites what its ids cite, and is checked against the same articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from briefing.lexicon import Lexicons
from briefing.stages.checks import Grounds, problems
from briefing.stages.claims import Claim, claims, content_stems
from briefing.stages.corroborate import corroborate
from briefing.stages.verify import Judge, examined, fails
from briefing.text import stems, words
from briefing.types import Analysis, Article, Briefing, Dispute, Position, Statement, Withheld

MOST = 5
AGAIN = "told-in-another-line"
# Below this many stories the lines would only repeat the page, and of a short day they tell half.
_FEWEST_STORIES, _SHARE = 4, 2
# A day of disputes has its tolls and votes too.
_MOST_DISPUTES = 3
# What a composer is shown: the stories that may lead, and of each what opens it.
_SHOWN_STORIES, _SHOWN_SENTENCES = 12, 3
_SHORTEST, _LONGEST = 4, 40
_MOST_HOLDERS, _MOST_CITATIONS = 4, 8
# Share of the shorter line's stems at which two say the same.
_SAME = 0.7


class Point(NamedTuple):
    """A statement as a composer is shown it: "a3.1" is the second of the third story.

    `side` says of what dispute it is a side, and whose; it is empty elsewhere.
    """

    id: str
    statement: Statement
    side: str = ""


class Composed(NamedTuple):
    """Lines not yet checked, and what the composer itself kept out."""

    lines: tuple[Statement, ...]
    withheld: tuple[Withheld, ...] = ()


# The points, and how many lines are wanted, to the lines. Raises ItemError where it gives none.
Composer = Callable[[Sequence[Point], int], Composed]


def wanted(briefing: Briefing) -> int:
    """How many lines a day has: none for a short one."""
    stories = len(_leading(briefing))
    return min(MOST, stories // _SHARE) if stories >= _FEWEST_STORIES else 0


def chosen(briefing: Briefing, lexicons: Lexicons) -> tuple[Statement, ...]:
    """The lines in the edition's own statements: disputes first, then by rank, a line a story, nothing said twice."""
    most, grounds = wanted(briefing), Grounds.kept(briefing.articles, briefing.evidence, lexicons)
    stories = _leading(briefing)
    disputed, covered = [s for s in stories if _live(s)], [s for s in stories if not _live(s) and s.origins > 1]
    # What one origin alone tells leads a day that has nothing else.
    rest = covered if len(disputed) + len(covered) > 1 else [s for s in stories if not _live(s)]
    first = disputed[: max(_MOST_DISPUTES, most - len(rest))]
    lines: list[Statement] = []
    for story in (*first, *rest):
        line = _line(story, grounds)
        if len(lines) < most and not any(_same(line, told, lexicons) for told in lines):
            lines.append(line)
    return tuple(lines)


def points(briefing: Briefing, shareable: Set[str]) -> tuple[Point, ...]:
    """What a composer may be shown: statements without a mark that stand on `shareable` articles alone, by id."""
    return tuple(
        point._replace(id=f"a{number}.{place}")
        for number, story in enumerate(_leading(briefing)[:_SHOWN_STORIES], 1)
        for place, point in enumerate(_shown(story, shareable))
    )


class Checked(NamedTuple):
    """Lines that hold, and what was written and is withheld."""

    lines: tuple[Statement, ...]
    withheld: tuple[Withheld, ...]


def checked(
    composed: Composed,
    briefing: Briefing,
    articles: Mapping[str, Article],
    lexicons: Lexicons,
    judge: Judge | None = None,
) -> Checked:
    """Put what a composer wrote to the same checks as a story; `articles` are today's, by id."""
    kept = Grounds.kept(briefing.articles, briefing.evidence, lexicons)
    grounds = Grounds({**kept.articles, **articles}, lexicons)
    lines: list[Statement] = []
    withheld = list(composed.withheld)
    for line in composed.lines:
        told = examined(line, [grounds.articles[i] for i in sorted(_cited(line))], grounds, judge)
        again = any(_same(told, one, lexicons) for one in lines)
        if again or fails(told):
            withheld.append(Withheld(story="", text=line.text, problems=(*(told.problems or ()), *([AGAIN] * again))))
        else:
            lines.append(corroborate(told, _beside(told, briefing, grounds)))
    return Checked(tuple(lines), tuple(withheld))


def _beside(line: Statement, briefing: Briefing, grounds: Grounds) -> list[Claim]:
    """The claims of all articles of the stories that a line is about."""
    about = [s.articles for s in briefing.stories if _cited(line) & {*s.articles}]
    known = sorted({i for listed in about for i in listed if i in grounds.articles})
    return [c for i in known for c in claims(grounds.articles[i], grounds.lexicons)]


def _leading(briefing: Briefing) -> list[Analysis]:
    """The stories that may lead, in rank order: events of which something is new, told by a report."""

    def reported(story: Analysis) -> bool:
        genres = {briefing.articles[i].genre for i in _cited(story.headline) if i in briefing.articles}
        return bool(genres & {None, "live blog"})

    return [s for s in briefing.stories if s.kind == "event" and s.status != "unchanged" and reported(s)]


def _line(story: Analysis, grounds: Grounds) -> Statement:
    """What stands for a story: its dispute, else its headline, else the sentence that tells what is new."""
    fit = [s for s in (story.headline, *story.summary) if s.new and not s.problems and _telling(s)]
    return next(
        (line for d in _live(story) if (line := _disputed(story.headline, d, grounds))), (*fit, story.headline)[0]
    )


def _live(story: Analysis) -> list[Dispute]:
    """The disputes of a story that are new, or in which something new was said."""
    return [d for d in story.disputes if d.state == "new" or (d.state == "open" and any(map(_is_new, d.positions)))]


def _is_new(position: Position) -> bool:
    return position.statement.new


def _disputed(headline: Statement, dispute: Dispute, grounds: Grounds) -> Statement | None:
    """The headline with what is in dispute and who holds a side; where a check finds fault, a side in its own words."""
    held = tuple(dict.fromkeys(p.holder for p in dispute.positions))
    sides = [p.statement for p in dispute.positions]
    citations = tuple(dict.fromkeys(c for s in (headline, *sides) for c in s.citations))
    line = Statement(
        text=f"{headline.text.rstrip('. ')} – {dispute.question} ({'; '.join(held[:_MOST_HOLDERS])})",
        language=headline.language,
        citations=citations[:_MOST_CITATIONS],
        outlets=min(s.outlets for s in (headline, *sides)),
        origins=min(s.origins for s in (headline, *sides)),
    )
    if problems(line, grounds):
        # The first side is what is disputed; who disputes it says so.
        return next((s for s in sides[1:] if not s.problems and _telling(s)), None)
    return line.replace(problems=())


def _telling(statement: Statement) -> bool:
    """Whether a statement tells by itself what happened, in a line."""
    return _SHORTEST <= len(words(statement.text)) <= _LONGEST and not statement.text.rstrip().endswith(("?", "؟"))


def _shown(story: Analysis, shareable: Set[str]) -> Iterator[Point]:
    opening = (story.headline, *story.summary[:_SHOWN_SENTENCES], *(u.steps[-1].statement for u in story.updates))
    yield from (Point("", s) for s in dict.fromkeys(opening) if _may_go(s, shareable))
    for dispute in story.disputes:
        # The question is drawn from all sides.
        if dispute.state != "settled" and all(_may_go(p.statement, shareable) for p in dispute.positions):
            yield from (Point("", p.statement, f"{dispute.question}, {p.holder}") for p in dispute.positions)


def _may_go(statement: Statement, shareable: Set[str]) -> bool:
    return not statement.problems and _cited(statement) <= shareable


def _cited(statement: Statement) -> frozenset[str]:
    return frozenset(c.article for c in statement.citations)


def _same(one: Statement, other: Statement, lexicons: Lexicons) -> bool:
    """Whether a line says what another does."""
    a, b = (_content(s, lexicons) for s in (one, other))
    return len(a & b) >= _SAME * max(1, min(len(a), len(b)))


def _content(statement: Statement, lexicons: Lexicons) -> frozenset[str]:
    lexicon = lexicons.get(statement.language or "")
    return content_stems(statement.text, lexicon) if lexicon else frozenset(stems(statement.text))
