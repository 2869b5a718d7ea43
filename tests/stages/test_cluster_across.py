"""Stories of different languages as one: what is asked, what is joined, and what stays apart."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.stages.cluster import across, cluster
from briefing.stages.cluster.across import Vectors, joined
from briefing.types import Article
from tests.models.bilingual import ALL, BAKERY_EN, DAM_DE, FERRY_DE, FERRY_EN, article, meaning


def understood(*articles: Article) -> Vectors:
    return Vectors({i: meaning(text) for i, text in across.texts(articles).items()})


def grouped(*articles: Article) -> set[frozenset[str]]:
    """Titles by story."""
    stories = cluster(articles, near=understood(*articles))
    return {frozenset(a.title for a in story.articles) for story in stories}


def apart(*articles: Article) -> set[frozenset[str]]:
    return {frozenset({a.title}) for a in articles}


FERRY = frozenset({FERRY_EN.title, FERRY_DE.title})


def test_two_reports_of_one_event_are_one_story_and_two_events_stay_two():
    assert grouped(*ALL) == {FERRY, frozenset({BAKERY_EN.title}), frozenset({DAM_DE.title})}


def test_without_vectors_the_languages_stay_apart():
    assert {len(story.articles) for story in cluster(ALL)} == {1}


def test_nothing_is_asked_where_there_is_one_language():
    assert across.texts([FERRY_EN, BAKERY_EN]) == {}
    assert across.texts([FERRY_EN, BAKERY_EN.replace(language="en-GB")]) == {}
    assert across.texts([]) == {}


def test_private_articles_and_those_of_no_known_language_are_not_asked_for():
    others = [FERRY_EN, BAKERY_EN, DAM_DE]
    assert across.texts([*others, FERRY_DE.replace(private=True)]) == across.texts(others)
    assert across.texts([*others, FERRY_DE.replace(language=None)]) == across.texts(others)
    assert across.texts([FERRY_EN, FERRY_DE.replace(private=True)]) == {}
    assert across.texts([FERRY_EN, FERRY_DE.replace(language=None)]) == {}


def test_the_title_and_the_beginning_of_the_body_are_sent():
    long = article("A title " * 100, "The beginning. " + "middle " * 1000 + "The end.", "de")
    sent = across.texts([FERRY_EN, long])
    assert sent[FERRY_EN.id] == FERRY_EN.text
    assert len(sent[long.id]) == 200 + 2 + 400
    assert "The beginning." in sent[long.id]


@given(st.permutations(ALL))
def test_the_order_of_the_articles_plays_no_part(articles):
    assert cluster(articles, near=understood(*articles)) == cluster(ALL, near=understood(*ALL))
    assert across.texts(articles) == across.texts(ALL)


def test_stories_a_season_apart_are_not_one():
    later = article(FERRY_DE.title, FERRY_DE.body, "de", "2031-07-01")
    assert grouped(FERRY_EN, later, BAKERY_EN, DAM_DE) == apart(FERRY_EN, later, BAKERY_EN, DAM_DE)


def cosines(one: str, other: str, cosine: float, published: str | None = "2031-03-06") -> tuple[list[Article], Vectors]:
    first = Article.make("One", "Alpha beta.", language=one, published=published)
    second = Article.make("Zwei", "Gamma delta.", language=other, published=published)
    return [first, second], Vectors({first.id: [1.0, 0.0], second.id: [cosine, (1 - cosine**2) ** 0.5]})


@pytest.mark.parametrize(("cosine", "stories"), [(0.81, 1), (0.79, 2)])
def test_the_threshold_decides_where_two_stories_are_all_there_are(cosine, stories):
    articles, vectors = cosines("en", "de", cosine)
    assert len(joined([[a] for a in articles], vectors)) == stories


@pytest.mark.parametrize(("cosine", "stories"), [(0.85, 2), (0.88, 1)])
def test_an_unknown_day_asks_for_more_likeness(cosine, stories):
    articles, vectors = cosines("en", "de", cosine, published=None)
    assert len(joined([[a] for a in articles], vectors)) == stories


def test_stories_of_one_language_are_never_joined():
    articles, vectors = cosines("en", "en-GB", 1.0)
    assert len(joined([[a] for a in articles], vectors)) == 2


def planar(angles: dict[str, float]) -> tuple[list[list[Article]], Vectors]:
    """One article a story; its name begins with its language, and its vector points in a direction (degrees)."""
    articles = {n: Article.make(n, "Text.", language=n[:2], published="2031-03-06") for n in angles}
    vectors = {articles[n].id: [np.cos(np.radians(a)), np.sin(np.radians(a))] for n, a in angles.items()}
    return [[article] for article in articles.values()], Vectors(vectors)


def names(stories: list[list[Article]]) -> set[frozenset[str]]:
    return {frozenset(a.title for a in story) for story in stories if len(story) > 1}


def test_two_that_are_as_near_as_each_other_are_both_left():
    """The German report tells of one of them, but nothing says of which."""
    assert names(joined(*planar({"de": 0, "en1": 20, "en2": -20.5}))) == set()
    assert names(joined(*planar({"de": 0, "en1": 10, "en2": -35}))) == {frozenset({"de", "en1"})}


def test_a_neighbour_that_has_a_nearer_one_is_left():
    assert names(joined(*planar({"de1": 0, "de2": 25, "en": 5}))) == {frozenset({"de1", "en"})}


def test_three_languages_are_one_story_only_where_every_two_are_near():
    assert names(joined(*planar({"de": 0, "en": 10, "fr": -10}))) == {frozenset({"de", "en", "fr"})}
    assert names(joined(*planar({"de": 0, "en": 25, "fr": -30}))) == {frozenset({"de", "en"})}


def test_a_story_is_as_near_as_its_mean():
    """One of its reports points elsewhere; the others decide."""
    stories, vectors = planar({"de1": 0, "de2": 5, "de3": 60, "en": 15})
    assert len(joined([[*stories[0], *stories[1], *stories[2]], stories[3]], vectors)) == 1


def test_a_story_of_private_articles_is_left_alone_and_others_take_theirs_along():
    secret = article("Fähre auf Grund: internes Papier", "Die Fähre lief im Nebel auf Grund.", "de", private=True)
    vectors = understood(*ALL, secret)
    assert secret.id not in vectors.of
    assert [secret] in joined([[FERRY_EN], [secret], [BAKERY_EN]], vectors)
    together = joined([[FERRY_EN], [FERRY_DE, secret], [BAKERY_EN], [DAM_DE]], vectors)
    assert [FERRY_EN, FERRY_DE, secret] in together


def test_vectors_of_two_models_are_refused_in_clear_words():
    with pytest.raises(ValueError, match="vectors of 2 and 3 numbers cannot be compared: they are not of one model"):
        joined([[FERRY_EN], [FERRY_DE]], Vectors({FERRY_EN.id: [1.0, 0.0], FERRY_DE.id: [1.0, 0.0, 0.0]}))


def test_a_vector_of_zeros_resembles_nothing():
    assert len(joined([[FERRY_EN], [FERRY_DE]], Vectors({FERRY_EN.id: [0.0, 0.0], FERRY_DE.id: [0.0, 0.0]}, 0.01))) == 2


ANGLES = st.dictionaries(
    st.from_regex(r"(en|de|fr)[0-9]", fullmatch=True), st.integers(0, 359), min_size=1, max_size=12
)


@given(ANGLES, st.randoms(use_true_random=False))
def test_every_article_stays_in_one_story_of_one_story_a_language_whatever_the_order(
    angles: dict[str, int], rng: random.Random
):
    stories, vectors = planar({name: float(angle) for name, angle in angles.items()})
    found = joined(stories, vectors)
    assert sorted(a.id for story in found for a in story) == sorted(story[0].id for story in stories)
    assert all(len({a.language for a in story}) == len(story) for story in found)
    for story in found:
        for one in story:
            for other in story:
                assert np.dot(vectors.of[one.id], vectors.of[other.id]) > 0.8 - 1e-6
    if len(set(angles.values())) == len(angles):
        shuffled = rng.sample(stories, len(stories))
        if not _ties(list(angles.values())):
            assert names(joined(shuffled, vectors)) == names(found)


def _ties(angles: list[int]) -> bool:
    """Whether two pairs are as far apart: then the order, which `cluster` has made its own, decides."""
    gaps = [min((a - b) % 360, (b - a) % 360) for i, a in enumerate(angles) for b in angles[:i]]
    return len(set(gaps)) < len(gaps)


def test_many_stories_are_compared_in_blocks(monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(60, 8))
    one = [Article.make(f"en {i}", "Text.", language="en", published="2031-03-06") for i in range(60)]
    other = [Article.make(f"de {i}", "Text.", language="de", published="2031-03-06") for i in range(60)]
    near = rows + rng.normal(size=rows.shape) * 0.05
    vectors = Vectors(
        {**{a.id: r for a, r in zip(one, rows, strict=True)}, **{a.id: r for a, r in zip(other, near, strict=True)}}
    )
    whole = joined([[a] for a in (*one, *other)], vectors)
    monkeypatch.setattr(across, "_CELLS", 130)
    assert names(joined([[a] for a in (*one, *other)], vectors)) == names(whole)
    right = {frozenset({f"en {i}", f"de {i}"}) for i in range(60)}
    assert names(whole) <= right
    assert len(names(whole)) > 50
