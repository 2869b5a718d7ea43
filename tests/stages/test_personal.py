"""An edition as one reader wants it: a view of the same statements, and nothing else."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.languages.inflections import inflections
from briefing.stages.interests.profile import Reader
from briefing.stages.personal import personal
from briefing.stages.verify import recheck
from briefing.types import Briefing
from tests.outputs.edition import FULL
from tests.stages.test_interests import of, profile
from tests.stages.wishes import MORNINGS, OUTLETS, PROFILES, edition, report, story, tables


def view(briefing: Briefing, **wishes: Any) -> Briefing:
    return personal(briefing, Reader.model_validate({"to": ["bob@reader.example"], **wishes}), inflections())


MORNING = edition(of("ferry", 1), of("quarry", 2), of("lottery", 3), profile=profile(interests=["quarry"]))


def ids(briefing: Briefing) -> list[str]:
    return [told.id for told in briefing.stories]


def test_a_reader_without_wishes_gets_the_edition():
    assert view(MORNING) == MORNING
    assert view(FULL).replace(stories=FULL.stories, topics=FULL.topics) == FULL


def test_own_interests_take_the_place_of_the_editions():
    assert ids(MORNING) == ["quarry", "lottery", "ferry"]
    made = view(MORNING, interests=[{"words": ["ferry"], "name": "Ships", "weight": 2}])
    assert ids(made) == ["ferry", "lottery", "quarry"]
    assert [told.interests for told in made.stories] == [("Ships",), (), ()]
    assert all(told.score == round(sum(told.why.values()), 4) for told in made.stories)


def test_what_a_reader_mutes_is_listed_with_the_reason():
    made = view(MORNING, mute={"words": ["lottery"], "topics": ["quarry"]})
    assert ids(made) == ["ferry"]
    assert {(u.id, u.muted) for u in made.more} == {("lottery", "word: lottery"), ("quarry", "topic: quarry")}


def test_a_muted_outlet_takes_only_what_nobody_else_reports():
    both = edition(
        story("a", report("ferry", 1, OUTLETS[0]), report("ferry", 2, OUTLETS[2])),
        story("b", report("quarry", 3, OUTLETS[2])),
    )
    made = view(both, mute={"outlets": [OUTLETS[2]]})
    assert (ids(made), [u.muted for u in made.more]) == (["a"], [f"outlet: {OUTLETS[2]}"])


def test_the_first_stories_are_told_and_the_others_listed():
    made = view(MORNING, max_stories=1)
    assert (ids(made), [u.id for u in made.more]) == (["quarry"], ["lottery", "ferry"])
    assert set(made.evidence) == {c.article for s in made.statements() for c in s.citations}


def test_own_sections_stand_before_the_editions():
    made = view(MORNING, sections=[{"name": "Sea", "words": ["ferries"]}])
    assert (made.topics[0].name, made.topics[0].stories) == ("Sea", ("ferry",))
    assert sorted(i for t in made.topics for i in t.stories) == sorted(ids(MORNING))


def test_another_language_leaves_every_statement_as_it_is():
    made = view(FULL, language="de")
    assert made.language == "de"
    assert list(made.statements()) == list(FULL.replace(stories=made.stories).statements())


def test_what_the_edition_corrects_reaches_every_reader():
    statement = MORNING.stories[0].summary[0]
    corrected = MORNING.replace(corrections=(statement,))
    made = view(corrected, mute={"words": ["ferry", "quarry", "lottery"]})
    assert (made.stories, made.corrections) == ((), (statement,))


def test_a_line_on_a_story_that_is_not_told_goes_with_it():
    lines = tuple(told.headline for told in MORNING.stories)
    made = view(MORNING.replace(overview=lines), mute={"words": ["lottery"]})
    assert [line.text for line in made.overview] == [told.headline.text for told in made.stories]


@settings(max_examples=30)
@given(MORNINGS, PROFILES, tables(), st.integers(1, 4) | st.none())
def test_a_view_holds_no_statement_that_the_edition_does_not_and_verifies(stories, wishes, own, most):
    made = edition(*stories, profile=wishes)
    seen = view(made, **own, max_stories=most)
    known = list(made.statements())
    assert all(statement in known for statement in seen.statements())
    assert recheck(seen, lexicons()) == ()
    assert (seen.articles, seen.title, seen.date, seen.revision) == (
        made.articles,
        made.title,
        made.date,
        made.revision,
    )
    placed = sorted(i for s in (*seen.stories, *seen.more) for i in s.articles)
    assert placed == sorted(i for s in (*made.stories, *made.more) for i in s.articles)
    assert view(seen, **own, max_stories=most) == seen


@pytest.mark.parametrize("wish", [{}, {"interests": ["ferry"]}, {"max_stories": 1}, {"sections": [{"name": "x"}]}])
def test_no_view_changes_what_is_told_of_a_story(wish):
    before = {told.id: told for told in MORNING.stories}
    for told in view(MORNING, **wish).stories:
        kept = {"score": before[told.id].score, "why": before[told.id].why, "interests": before[told.id].interests}
        assert told.replace(**kept) == before[told.id]
