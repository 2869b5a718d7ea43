"""Interests, mutes and sections: what they move, and what they must leave as it is."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.compare import compare
from briefing.stages.interests.profile import Profile
from briefing.types import Article, Copy, Story
from tests.stages.comparing import article, plain
from tests.stages.comparing import edition as compared
from tests.stages.wishes import MORNINGS, OUTLETS, PROFILES, edition, report, story, wanted

GAZETTE, RADIO, SPARK = OUTLETS


def profile(**tables: Any) -> Profile:
    return Profile.model_validate(tables)


def of(subject: str, origins: int, identity: str = "") -> Story:
    return story(identity or subject, *(report(subject, n, f"Outlet {n}") for n in range(origins)))


def order(*stories: Story, **tables: Any) -> list[str]:
    return [s.id for s in wanted(*stories, profile=profile(**tables)).first]


def test_an_interest_lifts_a_story_past_one_of_two_origins():
    assert order(of("quarry", 2), of("ferry", 1)) == ["quarry", "ferry"]
    assert order(of("quarry", 2), of("ferry", 1), interests=["ferries"]) == ["ferry", "quarry"]


@given(st.integers(0, 300))
def test_an_interest_never_lifts_a_story_of_one_origin_past_one_of_four(carried):
    copies = [
        Copy(source=f"c{n}", url=None, title="T", published=None, kind="exact", similarity=1) for n in range(carried)
    ]
    pet = story("ferry", report("ferry", 1, "A", copies=tuple(copies)))
    assert order(pet, of("quarry", 4), interests=["ferries"]) == ["quarry", "ferry"]


def test_only_its_weight_lifts_it_further():
    heavy = [{"words": ["ferry"], "weight": 3.0}]
    assert order(of("ferry", 1), of("quarry", 4), interests=heavy) == ["ferry", "quarry"]


def test_many_words_for_one_subject_count_once():
    many = ["ferry", "Sennes", "crossing", "harbour office"]
    assert order(of("ferry", 1), of("quarry", 4), interests=many) == ["quarry", "ferry"]


def test_what_it_meets_is_named_and_what_it_is_worth_stands_in_why():
    ((told, *_), _) = wanted(of("ferry", 1), profile=profile(interests=[{"name": "Ships", "words": ["ferry"]}, "tram"]))
    assert (told.interests, told.why["interest"]) == (("Ships",), 1.0)
    assert told.score == round(sum(told.why.values()), 4)


def test_an_interest_is_met_where_half_of_the_articles_speak_of_it():
    half, third = (
        story("s", report("ferry", 1, "A"), *(report("quarry", n, "B") for n in range(more))) for more in (1, 2)
    )
    for one, met in ((half, ("ferry",)), (third, ())):
        assert wanted(one, profile=profile(interests=["ferry"])).first[0].interests == met


def test_a_source_that_counts_double_is_worth_an_interest_and_one_of_little_weight_takes_nothing_from_others():
    double, light = (story(i, report("ferry", 1, "A", weight=w)) for i, w in (("double", 2.0), ("light", 0.5)))
    both = story("both", report("ferry", 1, "A", weight=0.5), report("ferry", 2, "B", origin="outlet:A"))
    first = {s.id: s for s in wanted(double, light, both, profile=Profile()).first}
    assert [s.why.get("weight") for s in (first["double"], first["light"], first["both"])] == [1.0, -1.0, None]


def test_a_dispute_lifts_a_story_among_those_told():
    said = "The {} said {} litres of dye had leaked from the tank at Holm on Monday."
    dispute = story(
        "z", article("Dye in the Lisk", said.format("Environment Ministry", 200), 2, "A"),
        article("Dye in the river", said.format("anglers' union", 900), 2, "B"),
    )  # fmt: skip
    calm = story("a", article("Owls", "The owls of Pereto have three young, the keeper said on Monday.", 2, "A"),
                 article("Young owls", "Three owls were hatched in the tower of Pereto on Monday.", 2, "B"))  # fmt: skip
    made = edition(dispute, calm)
    assert [(s.id, s.why.get("dispute")) for s in made.stories] == [("z", 0.5), ("a", None)]
    assert [i for topic in made.topics for i in topic.stories] == ["z", "a"]


def test_a_story_of_a_muted_word_is_listed_with_the_reason():
    first, rest = wanted(of("ferry", 2), of("lottery", 3), profile=profile(mute={"words": ["lotteries"]}))
    assert ([s.id for s in first], [(s.id, s.muted) for s in rest]) == (["ferry"], [("lottery", "word: lotteries")])


def test_half_of_its_articles_are_not_enough_to_mute_a_story():
    mixed = story("s", report("lottery", 1, "A"), report("ferry", 2, "B"))
    assert wanted(mixed, profile=profile(mute={"words": ["lottery"]})).first


@pytest.mark.parametrize("name", ["Daily Spark", "the daily spark", "spark.example"])
def test_a_story_that_only_a_muted_outlet_reports_is_not_told(name):
    only = story("s", report("ferry", 1, "The Daily Spark", url="https://www.spark.example/1"))
    assert wanted(only, profile=profile(mute={"outlets": [name]})).rest[0].muted == f"outlet: {name}"


def test_a_text_that_others_carried_too_is_not_of_a_muted_outlet():
    copy = Copy(source=GAZETTE, url=None, title="T", published=None, kind="exact", similarity=1.0)
    shared = story("s", report("ferry", 1, SPARK, copies=(copy,)))
    assert wanted(shared, profile=profile(mute={"outlets": [SPARK]})).first


def test_a_muted_outlet_is_no_reason_to_tell_a_story_and_tells_it_only_where_nobody_else_does():
    given_ = story("s", report("ferry", 1, SPARK), report("ferry", 2, GAZETTE))
    made = edition(given_, profile=profile(mute={"outlets": [SPARK]}))
    (told,) = made.stories
    assert (told.why["origins"], told.origins, told.outlets) == (1.0, 2, 2)
    assert {made.articles[c.article].source for s in (told.headline, *told.summary) for c in s.citations} == {GAZETTE}


def test_a_dispute_keeps_the_side_that_a_muted_outlet_reports():
    said = "The {} said {} litres of dye had leaked from the tank at Holm on Monday."
    both = story(
        "s", article("Dye in the Lisk", said.format("Environment Ministry", 200), 2, SPARK),
        article("Dye in the river", said.format("anglers' union", 900), 2, GAZETTE),
    )  # fmt: skip
    (told,) = edition(both, profile=profile(mute={"outlets": [SPARK]})).stories
    assert [p.holder for p in told.disputes[0].positions] == ["Environment Ministry", "anglers' union"]


def test_a_story_of_a_muted_topic_gives_way_to_the_next():
    sport = story("s", *(report("quarry", n, f"O{n}", section="Winter sport") for n in range(3)))
    first, rest = wanted(sport, of("ferry", 1), profile=profile(mute={"topics": ["sport"]}), most=1)
    assert ([s.id for s in first], [(s.id, s.muted) for s in rest]) == (["ferry"], [("s", "topic: sport")])


def test_all_muted_gives_a_valid_short_edition():
    made = edition(of("ferry", 2), of("lottery", 1), profile=profile(mute={"words": ["ferry", "lottery"]}))
    assert (made.stories, made.topics, len(made.more)) == ((), (), 2)


def test_sections_come_in_their_order_with_the_first_that_fits_and_the_topics_behind():
    filed = story("w", *(report("lottery", n, f"O{n}", section="World") for n in range(6)))
    tables = [
        {"name": "Stone", "words": ["quarries"]},
        {"name": "Sea", "words": ["ferry"], "outlets": [RADIO]},
        {"name": "Ferries", "words": ["ferry"]},
        {"name": "Empty", "words": ["nowhere"]},
    ]
    radio = story("r", report("lottery", 70, RADIO))
    made = edition(of("ferry", 3), of("quarry", 1), filed, radio, profile=profile(sections=tables))
    assert [(t.name, t.stories) for t in made.topics] == [
        ("Stone", ("quarry",)),
        ("Sea", ("ferry", "r")),
        ("World", ("w",)),
    ]


def test_a_section_of_the_sources_is_placed_by_its_name_alone():
    filed = story("w", *(report("lottery", n, f"O{n}", section="World") for n in range(2)))
    made = edition(of("ferry", 5), filed, profile=profile(sections=[{"name": "world"}]))
    assert made.topics[0].name == "world"


@pytest.mark.parametrize("muted", [None, "word: tram"])
def test_a_story_that_is_not_told_corrects_what_an_earlier_edition_said(muted):
    title, tail = "Tram accident in Halvik", "The tram had left Halm Square at noon, and the driver was unhurt."
    first = compared(2, article(title, f"The tram accident in Halvik injured 21 people. {tail}", 2))
    later = article(
        title, f"The hospital corrected the number of people injured in the tram accident in Halvik to 12. {tail}", 3,
        outlet="Radio Amaran",
    )  # fmt: skip
    made = plain(3, later)
    quiet = made.replace(stories=(), topics=(), evidence={}, more=tuple(s.untold(muted) for s in made.stories))
    found = compare(quiet, [first], (later,), lexicons())
    assert [c.text for c in found.corrections] == [
        "The hospital corrected the number of people injured in the tram accident in Halvik to 12."
    ]


@settings(max_examples=60)
@given(MORNINGS, PROFILES, st.integers(1, 4), st.randoms())
def test_every_article_stands_in_one_story_whatever_is_wished_and_in_any_order(stories, wishes, most, chance):
    shuffled = list(stories)
    chance.shuffle(shuffled)
    first, rest = wanted(*stories, profile=wishes, most=most)
    assert wanted(*shuffled, profile=wishes, most=most) == (first, rest)
    assert len(first) <= most
    assert sorted(a.id for s in (*first, *rest) for a in s.articles) == sorted(
        a.id for s in stories for a in s.articles
    )
    assert not any(s.muted for s in first)


@settings(max_examples=25)
@given(MORNINGS, PROFILES, st.integers(1, 4))
def test_the_edition_lists_what_it_does_not_tell(stories, wishes, most):
    made = edition(*stories, profile=wishes, most=most)
    placed = [i for s in (*made.stories, *made.more) for i in s.articles]
    assert sorted(placed) == sorted({a.id for s in stories for a in s.articles}) == sorted(set(placed))
    assert sorted(i for t in made.topics for i in t.stories) == sorted(s.id for s in made.stories)
    assert [s.score for s in made.stories] == sorted((s.score for s in made.stories), reverse=True)


def test_an_article_without_a_source_or_language_is_read_too():
    bare = Article.make("Ferry stops", "Nobody knows why.", origin="text:1")
    assert wanted(story("s", bare), profile=profile(interests=["ferry"], mute={"outlets": ["x"]})).first[0].interests
