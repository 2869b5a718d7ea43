"""Stories by event and topics over stories: what holds for all inputs, and small invented cases."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.cluster import cluster, with_topics
from briefing.stages.cluster.features import vectors, words
from briefing.stages.cluster.grouping import components, cut, neighbours
from briefing.types import Article, Story

FERRY_1 = Article.make(
    "Ferry runs aground off Port Ellen Sound, 212 taken off",
    "The ferry Lady Maren ran aground in fog off Port Ellen Sound early on Thursday with 212 people on board, the"
    " Norvale coastguard said.\nAll passengers were taken off by lifeboats within three hours. Two crew members "
    "were treated for broken bones.\nCaptain Ove Brandt told investigators that the radar of the Lady Maren had "
    "failed minutes before the ship struck the Hesper rocks.",
    published="2031-03-06T09:10:00+00:00",
    source="Norvale Courier",
)
FERRY_2 = Article.make(
    "Radar failed before Lady Maren hit rocks, captain says",
    "Investigators are asking why the radar failed on the Lady Maren, the ferry that struck the Hesper rocks on "
    "Thursday. The captain, Ove Brandt, said the screen went dark in thick fog.\nThe 212 people on board were "
    "brought to Port Ellen Sound in lifeboats, according to the coastguard. The ferry is still aground and "
    "leaning.",
    published="2031-03-07",
    source="Sound Radio",
)
FERRY_3 = Article.make(
    "Divers inspect hull of grounded ferry",
    "Divers went down to the hull of the ferry Lady Maren on Friday, a day after she ran aground on the Hesper "
    "rocks with 212 passengers and crew.\nThe coastguard in Port Ellen Sound said no fuel had leaked. Captain Ove"
    " Brandt has blamed a radar failure in fog.",
    published="2031-03-07T18:00:00+00:00",
    source="The Ledger",
)
FERRY_OLD = Article.make(
    "Port Ellen Sound gets its first ferry terminal",
    "Port Ellen Sound opened a ferry terminal that took four years to build. Mayor Dita Holm cut the ribbon and "
    "called it a gate to the islands.\nThe terminal has two piers, a fish market and a hall designed by Lars "
    "Quist. Norvale paid two thirds of the cost, the rest came from a harbour tax. A choir of school children "
    "sang.",
    source="Sound Radio",
)
SHOOTING_ARDEN_1 = Article.make(
    "Three killed in shooting at Arden bakery",
    "A man opened fire in the Lindqvist bakery in Arden on Saturday, killing three people, police said. The "
    "suspect, Joren Falk, 34, a former baker there, was arrested at the railway station an hour later.\nArden "
    "police chief Mirja Sand said Falk used a hunting rifle. The dead were two shop assistants and a customer.",
    published="2031-05-10",
)
SHOOTING_ARDEN_2 = Article.make(
    "Former baker Joren Falk held after Arden killings",
    "Joren Falk, 34, was held on Saturday over the killing of three people in the Lindqvist bakery in Arden where"
    " he had once worked.\nPolice chief Mirja Sand said he was arrested at the railway station with a hunting "
    "rifle. A customer and two shop assistants died.",
    published="2031-05-11",
)
SHOOTING_BELMERE_1 = Article.make(
    "Two dead in shooting outside Belmere cinema",
    "Gunmen on a motorcycle opened fire outside the Orion cinema in Belmere on Saturday night, killing two "
    "people, police said. No one has been arrested.\nInspector Tove Adal said the victims, brothers Emil and "
    "Anton Rask, had been witnesses in a smuggling trial due to start in Belmere on Monday.",
    published="2031-05-10",
)
SHOOTING_BELMERE_2 = Article.make(
    "Brothers shot outside Orion cinema were trial witnesses",
    "Emil and Anton Rask, the brothers killed outside the Orion cinema in Belmere, were to be witnesses in a "
    "smuggling trial on Monday, Inspector Tove Adal said.\nGunmen on a motorcycle shot them on Saturday night and"
    " escaped.",
    published="2031-05-11",
)
EXPORTS_1 = Article.make(
    "Norvale exports fall 7.5 % as timber slumps",
    "Exports from Norvale fell 7.5 % in April, the statistics office said on Tuesday, as sawmills shipped less "
    "timber to Tarsia. Timber is the country's largest export good.\nEconomist Hedda Wim said the new Tarsian "
    "duty on planks explains most of the fall. The sawmill owners' league wants state aid.",
    published="2031-05-13",
)
EXPORTS_2 = Article.make(
    "Timber slump pulls exports down by 7.5 %",
    "Sawmills in Norvale shipped less timber to Tarsia in April and exports dropped 7.5 %, figures of the "
    "statistics office show. Tarsia has put a duty on planks.\nThe league of sawmill owners asked for state aid "
    "on Tuesday. Hedda Wim, an economist, expects more of the same.",
    published="2031-05-14",
)
IMPORTS_1 = Article.make(
    "Imports fall 7.5 % after mild winter cuts oil bill",
    "A mild winter cut the oil bill of Norvale, and imports fell 7.5 % in the first quarter, the central bank "
    "reported. Households burned a fifth less heating oil.\nBank governor Pelle Grann said cheap crude helped "
    "too. Car dealers, by contrast, brought more vehicles into the country than a year ago.",
    published="2031-05-13",
)
IMPORTS_2 = Article.make(
    "Warm months lower oil bill, imports drop 7.5 %",
    "Households used a fifth less heating oil in the mild winter and imports fell 7.5 % in the first quarter, "
    "central bank governor Pelle Grann said.\nCheap crude also played a part, the bank reported, while car "
    "dealers brought in more vehicles.",
    published="2031-05-14",
)
FERRY = (FERRY_1, FERRY_2, FERRY_3)
EVERYTHING = (
    *FERRY, FERRY_OLD, SHOOTING_ARDEN_1, SHOOTING_ARDEN_2, SHOOTING_BELMERE_1, SHOOTING_BELMERE_2,
    EXPORTS_1, EXPORTS_2, IMPORTS_1, IMPORTS_2,
)  # fmt: skip


def told(stories: Iterable[Story]) -> set[frozenset[str]]:
    return {frozenset(article.title for article in story.articles) for story in stories}


def titles(*articles: Article) -> frozenset[str]:
    return frozenset(article.title for article in articles)


def test_one_event_by_three_outlets_is_one_story_and_an_old_piece_on_the_place_another():
    assert told(cluster([*FERRY, FERRY_OLD])) == {titles(*FERRY), titles(FERRY_OLD)}


def test_two_shootings_in_two_towns_are_two_stories():
    arden, belmere = (SHOOTING_ARDEN_1, SHOOTING_ARDEN_2), (SHOOTING_BELMERE_1, SHOOTING_BELMERE_2)
    assert told(cluster([*arden, *belmere])) == {titles(*arden), titles(*belmere)}


def test_exports_and_imports_that_fall_by_the_same_figure_are_two_stories():
    found = told(cluster([EXPORTS_1, EXPORTS_2, IMPORTS_1, IMPORTS_2]))
    assert found == {titles(EXPORTS_1, EXPORTS_2), titles(IMPORTS_1, IMPORTS_2)}


def test_one_setting_holds_for_the_mixed_day_with_and_without_word_lists():
    expected = {
        titles(*FERRY),
        titles(FERRY_OLD),
        titles(SHOOTING_ARDEN_1, SHOOTING_ARDEN_2),
        titles(SHOOTING_BELMERE_1, SHOOTING_BELMERE_2),
        titles(EXPORTS_1, EXPORTS_2),
        titles(IMPORTS_1, IMPORTS_2),
    }
    assert told(cluster(EVERYTHING)) == expected
    assert told(cluster(EVERYTHING, lexicons())) == expected


def test_stories_do_not_need_dates():
    undated = [article.replace(published=None) for article in EVERYTHING]
    assert told(cluster(undated)) == told(cluster(EVERYTHING))


def test_a_revision_stands_with_what_it_revises_however_much_was_rewritten():
    revision = FERRY_OLD.replace(revision_of=FERRY_1.id)
    (story,) = cluster([FERRY_1, revision])
    assert titles(*story.articles) == titles(FERRY_1, FERRY_OLD)


def test_a_revision_of_an_article_that_is_not_there_stands_alone():
    assert len(cluster([FERRY_1.replace(revision_of="0" * 16)])) == 1


def test_a_story_runs_in_the_order_of_publication_with_undated_articles_last():
    (story,) = cluster([FERRY_3, FERRY_1.replace(published=None), FERRY_2])
    assert [article.title for article in story.articles] == [FERRY_2.title, FERRY_3.title, FERRY_1.title]


def test_reports_years_apart_or_undated_need_more_likeness_than_reports_of_one_week(monkeypatch):
    rows = vectors(words([FERRY_1, FERRY_2]))
    monkeypatch.setattr("briefing.stages.cluster.THRESHOLD", 0.9 * float((rows @ rows.T).toarray()[0, 1]))
    assert len(cluster([FERRY_1, FERRY_2])) == 1
    assert len(cluster([FERRY_1, FERRY_2.replace(published=None)])) == 2
    assert len(cluster([FERRY_1, FERRY_2.replace(published="2011-03-06")])) == 2


def test_topics_are_called_after_names_and_never_after_a_day_of_the_week():
    named = {titles(*s.articles): s.topic for s in with_topics(cluster(EVERYTHING, lexicons()), lexicons())}
    assert named[titles(*FERRY)] == named[titles(FERRY_OLD)] == "Port Ellen Sound"
    assert "Belmere" in named[titles(SHOOTING_BELMERE_1, SHOOTING_BELMERE_2)]
    assert all(named.values())
    assert not any(day in topic for topic in named.values() for day in ("Saturday", "Monday", "Tuesday", "Thursday"))


def test_the_country_stands_for_its_adjective_in_a_topic():
    one = Article.make(
        "Talks on Tarsia's border", "Envoys of Tarsia met. The Tarsian army and Tarsian police left for Tarsia."
    )
    assert [story.topic for story in with_topics(cluster([one]))] == ["Tarsia"]


def test_no_articles_no_stories():
    assert cluster([]) == ()


def test_two_dense_halves_stay_apart_at_a_likeness_that_holds_a_loose_story_together():
    def square(within: float, between: float) -> np.ndarray:
        similarity = np.full((6, 6), between)
        similarity[:3, :3] = similarity[3:, 3:] = within
        return similarity

    assert len(cut(square(0.5, 0.12), 0.1, 0.6)) == 2
    assert len(cut(square(0.15, 0.12), 0.1, 0.6)) == 1


def test_a_chain_of_neighbours_is_not_one_story():
    size = 12
    similarity = np.array([[0.3 ** abs(i - j) for j in range(size)] for i in range(size)])
    assert max(len(part) for part in cut(similarity, 0.15, 0.0)) < size / 2


def test_a_component_beyond_the_cap_is_cut_into_pieces_that_lose_no_row(monkeypatch):
    monkeypatch.setattr("briefing.stages.cluster.grouping.LARGEST_COMPONENT", 4)
    rows = vectors(words([FERRY_1.replace(revision_of=None)] * 10))
    parts = list(components(neighbours(rows, 0.05), np.arange(10), 0.05))
    assert sorted(int(row) for part in parts for row in part) == list(range(10))
    assert max(map(len, parts)) <= 4


WORDS = st.sampled_from(
    ["Norvale", "Arden", "ferry", "fog", "fell", "7.5", "the", "of", "Saturday", "東京で地震", "Größe", "\n", "."]
)
BODIES = st.lists(WORDS, max_size=25).map(" ".join)
DATES = st.sampled_from([None, "2031-05-10", "2031-05-11T08:00:00+00:00", "1999-01-01"])
ARTICLES = st.builds(lambda title, body, date: Article.make(title, body, published=date), BODIES, BODIES, DATES)


def inputs() -> st.SearchStrategy[list[Article]]:
    """Articles with repetitions, and revisions of one another."""

    def revise(articles: list[Article], picks: list[int]) -> list[Article]:
        revised = [a.replace(revision_of=articles[p % len(articles)].id) for a, p in zip(articles, picks, strict=False)]
        return [*revised, *articles[len(revised) :]]

    lists = st.lists(st.one_of(ARTICLES, st.sampled_from(EVERYTHING)), min_size=1, max_size=10)
    return st.builds(revise, lists, st.lists(st.integers(0, 9), max_size=2))


@settings(max_examples=60, deadline=None)
@given(inputs(), st.randoms(use_true_random=False))
def test_the_order_of_articles_plays_no_part(articles, random):
    shuffled = list(articles)
    random.shuffle(shuffled)
    assert cluster(shuffled) == cluster(articles)


@settings(max_examples=60, deadline=None)
@given(inputs())
def test_every_article_stands_in_exactly_one_story_and_equal_texts_and_revisions_together(articles):
    stories = cluster(articles)
    placed = [article for story in stories for article in story.articles]
    assert sorted(a.model_dump_json() for a in placed) == sorted(a.model_dump_json() for a in articles)
    home: dict[str, set[str]] = {}
    for story in stories:
        for article in story.articles:
            home.setdefault(article.id, set()).add(story.id)
    assert all(len(ids) == 1 for ids in home.values())
    assert all(home[a.id] == home[a.revision_of] for a in articles if a.revision_of in home)
    assert len({story.id for story in stories}) == len(stories)


@settings(max_examples=30, deadline=None)
@given(inputs())
def test_grouping_the_articles_of_its_stories_again_changes_nothing(articles):
    stories = cluster(articles)
    assert cluster([article for story in stories for article in story.articles]) == stories
