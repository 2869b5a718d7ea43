"""A model that lies in every way: nothing of it reaches a reader unmarked, and what was kept out is listed."""

import pytest

from tests.model_path.lying import LIES, liar
from tests.model_path.newsroom import (
    BRIDGE,
    FERRY,
    GROUNDED,
    honest,
    kept_out,
    lines,
    marked,
    rendered,
    reply,
    run,
    said,
    unmarked,
    write,
)
from tests.model_path.reading import assert_told_nowhere, told

# What is left of these once the link is gone may stand, or the rules' own words stand in the place of the label.
CLEANED = {
    "a link in Markdown",
    "markup",
    "a picture in Markdown",
    "a dispute with an invented holder",
    "a dispute about an invented question",
}


@pytest.fixture(scope="module")
def told_by_a_liar(tmp_path_factory):
    """The edition with each lie, built once."""
    found = {}

    def get(name):
        if name not in found:
            folder = write(tmp_path_factory.mktemp("lie") / "in", FERRY)
            found[name] = run(folder, liar(LIES[name])).briefing
        return found[name]

    return get


@pytest.mark.parametrize("name", list(LIES))
def test_a_lie_reaches_no_reader_unmarked(name, told_by_a_liar):
    briefing = told_by_a_liar(name)
    assert LIES[name].words not in unmarked(briefing)
    assert_told_nowhere(briefing, LIES[name].words)


@pytest.mark.parametrize("name", sorted(set(LIES) - CLEANED))
def test_a_lie_is_never_dropped_in_silence(name, told_by_a_liar):
    briefing = told_by_a_liar(name)
    listed = {**kept_out(briefing), **marked(briefing)}
    assert listed
    assert all(listed.values())
    files = rendered(briefing)
    for text in kept_out(briefing):
        assert "## Withheld" in files.markdown
        assert 'id="withheld"' in files.html
        assert text[:40].replace('"', '\\"') in files.json


@pytest.mark.parametrize("name", sorted(LIES))
def test_the_true_statement_beside_a_lie_is_told_by_the_model(name, told_by_a_liar):
    briefing = told_by_a_liar(name)
    (story,) = briefing.stories
    assert story.summary[0].text.startswith(GROUNDED[:40])
    assert story.summary[0].problems == ()
    assert story.analysed_by == "test/one"
    assert briefing.failures == ()


def test_the_words_of_a_headline_that_fails_give_way_to_a_title_of_the_story(told_by_a_liar):
    titles = {record["title"] for record in FERRY.values()}
    for name in ("a headline with an invented figure", "a headline without evidence"):
        assert told_by_a_liar(name).stories[0].headline.text in titles


def test_the_rules_name_the_holders_and_the_question_where_the_model_invents_them(told_by_a_liar):
    for name in ("a dispute with an invented holder", "a dispute about an invented question"):
        (dispute,) = told_by_a_liar(name).stories[0].disputes
        assert {p.holder for p in dispute.positions} <= {"Harbour Office", "Sarn Courier", "Shipping Line"}
        assert "Zora Quell" not in dispute.question


def test_what_the_rules_found_stands_whatever_the_model_says(told_by_a_liar):
    for name in LIES:
        (story,) = told_by_a_liar(name).stories
        assert [d.kind for d in story.disputes] == ["denial"], name
        assert [[s.value for s in u.steps] for u in story.updates] == [["4", "9"]], name


def test_a_statement_that_cites_everything_stands_on_few_sentences(told_by_a_liar):
    for statement in told_by_a_liar("a statement that cites everything").statements():
        assert len(statement.citations) <= 8


def test_a_model_that_only_lies_gets_its_story_told_without_it(tmp_path):
    ran = run(write(tmp_path / "in", FERRY), lambda _: reply(said("Ferry sold"), said("The ferry was sold.", "a7.7")))
    (story,) = ran.briefing.stories
    assert story.analysed_by == "extractive"
    assert "sold" not in unmarked(ran.briefing)
    assert "no statement could be used" in ran.briefing.failures[0].reason


def test_a_lie_about_one_story_stays_out_of_the_others(tmp_path):
    def lying_about_the_bridge(request):
        if "Orle" not in request.prompt:
            return honest(request)
        shown = lines(request)
        first = next(i for i in shown if i.endswith(".1"))
        return reply(said(""), said(shown[first], first), said("The ferry Alda carried 900 guns.", first))

    briefing = run(write(tmp_path / "in", {**FERRY, **BRIDGE}), lying_about_the_bridge).briefing
    assert len(briefing.stories) == 2
    (withheld,) = briefing.withheld
    assert withheld.text == "The ferry Alda carried 900 guns."
    assert "number-not-in-source" in withheld.problems
    assert_told_nowhere(briefing, "900 guns")


def test_every_rendering_tells_the_true_statement_and_marks_the_doubtful_one(told_by_a_liar):
    briefing = told_by_a_liar("a name")
    for text in told(briefing):
        assert GROUNDED[:40] in text
    (doubtful,) = marked(briefing)
    files = rendered(briefing)
    for text in (files.markdown, files.html):
        assert "Zora Quell steered it" in text
        assert "name not in source" in text
    assert doubtful in files.json
