"""The day in lines without a model: the edition's own statements, disputes first, nothing twice, nothing that is old."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.outputs.view import page
from briefing.stages import overview
from briefing.stages.verify import recheck
from briefing.types import Briefing
from tests.building import SAMPLES, built


@pytest.fixture(scope="module")
def briefing() -> Briefing:
    return built(*(SAMPLES / name for name in ("dispute", "toll", "copies", "lone", "evening-post")))


def told(briefing: Briefing):
    return overview.chosen(briefing, lexicons())


def with_stories(briefing: Briefing, **changes) -> Briefing:
    return briefing.replace(stories=tuple(s.replace(**changes) for s in briefing.stories))


def subject(briefing: Briefing, line) -> str:
    """The story a line is about."""
    (story,) = (s.id for s in briefing.stories if {c.article for c in line.citations} & {*s.articles})
    return story


def test_lines_are_few_stand_on_the_edition_and_are_each_on_another_story(briefing):
    lines = briefing.overview
    assert lines == told(briefing)
    assert 1 < len(lines) <= min(5, len(briefing.stories) // 2)
    assert len({subject(briefing, line) for line in lines}) == len(lines)
    cited = {c for story in briefing.stories for s in story.statements() for c in s.citations}
    assert {c for line in lines for c in line.citations} <= cited
    assert all(line.problems == () for line in lines)
    assert recheck(briefing, lexicons()) == ()


def test_disputes_come_first_and_name_who_holds_which_side(briefing):
    disputed = {s.id for s in briefing.stories if s.disputes}
    kinds = [subject(briefing, line) in disputed for line in briefing.overview]
    assert kinds == sorted(kinds, reverse=True)
    assert any(kinds)
    for line, shown in zip(briefing.overview, page(briefing).overview, strict=True):
        (story,) = (s for s in briefing.stories if s.id == subject(briefing, line))
        assert shown.text.startswith("Disputed: ") == bool(story.disputes)
        if story.disputes:
            holders = {p.holder for d in story.disputes for p in d.positions}
            assert sum(holder.casefold() in line.text.casefold() for holder in holders) >= 1


def test_a_figure_in_dispute_is_told_with_both_figures_and_both_holders(briefing):
    text = next(line.text for line in briefing.overview if "412 million or 590 million" in line.text)
    assert text.endswith("(Port Authority; City Audit Office)")


def test_stories_with_nothing_new_do_not_lead(briefing):
    first = briefing.overview[0]
    gone = subject(briefing, first)
    stories = tuple(s.replace(status="unchanged") if s.id == gone else s for s in briefing.stories)
    later = briefing.replace(stories=stories)
    assert gone not in {subject(later, line) for line in told(later)}
    assert told(with_stories(briefing, status="unchanged")) == ()


def test_a_dispute_of_yesterday_is_no_news_and_a_settled_one_neither(briefing):
    for state in ("open", "settled"):
        stories = tuple(
            s.replace(
                disputes=tuple(
                    d.replace(
                        state=state,
                        positions=tuple(p.replace(statement=p.statement.replace(new=False)) for p in d.positions),
                    )
                    for d in s.disputes
                )
            )
            for s in briefing.stories
        )
        lines = told(briefing.replace(stories=stories))
        assert not any(" or 590 million" in line.text for line in lines)


def test_a_question_is_no_line_and_what_repeats_a_line_is_left_out(briefing):
    plain = with_stories(briefing, disputes=())
    asked = tuple(
        s.replace(headline=s.headline.replace(text="Will the bridge be built this summer?")) for s in plain.stories
    )
    assert not any(line.text.endswith("?") for line in told(plain.replace(stories=asked)))
    same = tuple(s.replace(headline=plain.stories[0].headline, summary=()) for s in plain.stories)
    assert len(told(plain.replace(stories=same))) == 1


def test_views_and_corrections_do_not_lead(briefing):
    for genre in ("opinion", "correction", "press release"):
        entries = {i: a.replace(genre=genre) for i, a in briefing.articles.items()}
        assert told(briefing.replace(articles=entries)) == ()


@settings(max_examples=25, deadline=None)
@given(kept=st.sets(st.integers(0, 20)))
def test_a_short_day_has_none_and_no_day_more_than_half_its_stories(briefing, kept):
    stories = tuple(s for place, s in enumerate(briefing.stories) if place in kept)
    day = briefing.replace(stories=stories)
    lines = told(day)
    assert len(lines) <= min(5, len(stories) // 2)
    assert not (lines and len(stories) < 4)
    assert set(lines) == set(told(day))
