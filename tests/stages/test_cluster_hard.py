"""Reports that are alike: which are one story? Invented, in `tests/data/stories/hard.toml`; more rules beside them."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from briefing.languages import lexicons
from briefing.stages.cluster import cluster, with_topics
from briefing.stages.cluster.grouping import cut
from briefing.stages.cluster.roundups import roundups
from briefing.types import Article, Story

FILE = Path(__file__).parents[1] / "data" / "stories" / "hard.toml"
SETS = {one["name"]: one for one in tomllib.loads(FILE.read_text(encoding="utf-8"))["set"]}
HELD = [name for name, one in SETS.items() if "weak" not in one]

Gold = list[list[Article]]


def gold(name: str, *, dated: bool = True) -> Gold:
    return [
        [Article.make(title, body, published=day if dated and day else None) for day, title, body in story]
        for story in SETS[name]["stories"]
    ]


def found(stories: tuple[Story, ...]) -> set[frozenset[str]]:
    return {frozenset(article.title for article in story.articles) for story in stories}


def expected(stories: Gold) -> set[frozenset[str]]:
    return {frozenset(article.title for article in story) for story in stories}


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize("name", HELD)
def test_alike_reports_stand_in_the_stories_of_their_events(name: str, dated: bool) -> None:
    stories = gold(name, dated=dated)
    assert found(cluster([a for story in stories for a in story], lexicons())) == expected(stories)


@pytest.mark.xfail(strict=True, reason="the reason stands beside each set")
@pytest.mark.parametrize("name", [name for name in SETS if name not in HELD])
def test_sets_that_are_not_held_yet(name: str) -> None:
    stories = gold(name)
    assert found(cluster([a for story in stories for a in story], lexicons())) == expected(stories)


def test_more_than_four_in_five_pairs_of_alike_reports_are_judged_rightly_when_all_sets_are_one_input() -> None:
    sets = {name: gold(name) for name in SETS}
    everything = [article for stories in sets.values() for story in stories for article in story]
    home = {article.id: story.id for story in cluster(everything, lexicons()) for article in story.articles}
    judged = [
        (home[one.id] == home[other.id]) == (i == j)
        for stories in sets.values()
        for (i, one), (j, other) in combinations([(i, a) for i, story in enumerate(stories) for a in story], 2)
    ]
    assert sum(judged) >= 0.85 * len(judged)


def test_a_member_that_resembles_one_neighbour_only_is_no_member() -> None:
    similarity = np.full((6, 6), 0.2)
    similarity[0, 1:] = similarity[1:, 0] = 0.01
    similarity[0, 1] = similarity[1, 0] = 0.9
    np.fill_diagonal(similarity, 1.0)
    assert sorted(map(len, cut(similarity, 0.07, 0.6))) == [1, 5]


def test_dense_halves_that_are_rivals_are_two_groups_however_alike() -> None:
    similarity = np.full((6, 6), 0.5)
    similarity[:3, :3] = similarity[3:, 3:] = 0.6
    parts = cut(similarity, 0.07, 0.6, lambda one, other: {*one.tolist()} in ({0, 1, 2}, {3, 4, 5}))
    assert [part.tolist() for part in sorted(parts, key=lambda part: int(part[0]))] == [[0, 1, 2], [3, 4, 5]]


MENTIONS = (
    "The ferry Lady Maren sailed again on Sunday after her repair in the yard of Port Ellen.\n"
    "Thieves stole the bronze bell of the town hall in Dorn in the night to Saturday.\n"
    "A baby elephant named Pim was shown to visitors of the zoo in Sarn.\n"
    "Herring fishermen from Hask landed their best catch in ten years, the office said.\n"
    "Velmar: pupils planted three hundred apple trees along the disused railway."
)


def test_paragraphs_without_a_word_in_common_are_a_roundup_and_those_of_one_event_are_not() -> None:
    is_roundup = roundups({})
    assert is_roundup(Article.make("Around the country", MENTIONS))
    assert not is_roundup(Article.make("Lady Maren sails", "\n".join([MENTIONS.split("\n", 1)[0]] * 5)))
    assert not is_roundup(Article.make("Lady Maren sails", MENTIONS.split("\n", 1)[0]))


def test_the_wording_of_a_title_tells_a_roundup() -> None:
    is_roundup = roundups(lexicons())
    assert all(is_roundup(Article.make(title, "")) for title in ("In brief: the weekend", "Top stories this Monday"))
    assert not any(
        is_roundup(Article.make(title, "")) for title in ("Minister in brief visit to Dorn", "Police round up gang", "")
    )


def test_a_roundup_is_a_collection_and_joins_no_story_of_what_it_mentions() -> None:
    ferry = gold("a round-up mentioning five events does not glue them")[1]
    stories = cluster([*ferry, Article.make("Around the country", MENTIONS)], lexicons())
    assert {(story.kind, len(story.articles)) for story in stories} == {("event", 2), ("collection", 1)}


def test_a_loose_group_on_one_subject_is_a_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    (crash,) = gold("one plane crash: the news, the victims, the inquiry")
    monkeypatch.setattr("briefing.stages.cluster.LOOSE_ARTICLES", 3)
    assert [story.kind for story in cluster(crash, lexicons())] == ["event"]
    monkeypatch.setattr("briefing.stages.cluster.LOOSE", 0.9)
    assert [story.kind for story in cluster(crash, lexicons())] == ["collection"]


def test_a_capital_tells_no_name_where_every_noun_has_one() -> None:
    stories = gold("two hotel fires in two cities")
    german = [a.replace(language="de") for story in stories for a in story]
    assert len(cluster(german, lexicons())) < len(cluster([a for story in stories for a in story], lexicons()))


def test_a_topic_is_called_after_headlines_and_not_after_a_person_within() -> None:
    body = "{} of Oakley Falls opened her electric bill and saw 284 billion. Mona Tressel called the power firm."
    stories = [
        Article.make(title, body.format(name), published="2031-01-02")
        for title, name in (
            ("Woman gets huge electric bill", "Mona Tressel"),
            ("Electric bill of billions", "Mrs Tressel"),
        )
    ]
    assert {story.topic for story in with_topics(cluster(stories, lexicons()), lexicons())} == {"Electric bill"}


NAMED = {
    "Hollow Way": [
        ("Scholars map the Hollow Way", "The Hollow Way was mapped again. Walkers on the Hollow Way met two scholars."),
        ("Hollow Way longer than thought", "The old Hollow Way runs on. They say the Hollow Way ends at a mill."),
    ],
    "Land Registry": [
        ("Land registry shut", "Clerks of the Land Registry went home. A Land Registry server had failed, they said."),
        ("Land registry opens again", "Queues at the Land Registry were long. Staff of the Land Registry said so."),
    ],
    "Brenna quarry": [
        ("Slide above Brenna quarry", "A slope slid at Brenna quarry. Rescuers came to Brenna quarry with dogs."),
        ("Four missing at Brenna quarry", "Men are missing at Brenna quarry. The Brenna quarry will be closed."),
    ],
    "Tarsia": [
        ("Tarsian boy saved from well", "A Tarsian boy fell into a well. Firemen in Tarsia dug for a Tarsian family."),
        ("Boy in Tarsian well alive", "The Tarsian boy is well. A crane was brought from Tarsia for him."),
    ],
    "Sennes": [
        ("Sennes ferry toll rises", "Divers searched the ferry off Sennes. Officer Irena Sobel spoke in Sennes; Sobel said more."),
        ("Sobel: none alive off Sennes", "Off Sennes, Irena Sobel told reporters. By noon Sobel said that was all from Sennes."),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_a_topics_name_is_whole_and_neither_an_adjective_nor_a_person_beside_a_place(name: str) -> None:
    articles = [Article.make(title, body, published="2031-01-02", language="en") for title, body in NAMED[name]]
    (topic,) = {story.topic for story in with_topics(cluster(articles, lexicons()), lexicons())}
    assert topic == name


def test_a_topic_is_not_called_after_the_outlet_that_reports_it() -> None:
    told = "The march in Pereto was long. Pereto saw no unrest. Stewards of Pereto told Libera Orlenza so."
    articles = [
        Article.make(f"March in Pereto, Orlenza {n}", f"{told} Libera Orlenza asked twice, {n} times.", source=source)
        for n, source in (("calm", "Libera Orlenza"), ("long", "Observer"))
    ]
    (story, *_) = with_topics(cluster(articles, lexicons()), lexicons())
    assert "Libera" not in story.topic
    assert "Pereto" in story.topic
