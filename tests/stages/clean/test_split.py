"""Several articles in one text, and one article that only looks like several."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.stages.clean import clean
from briefing.types import Declared
from tests.stages.clean.pages import ARTICLES, BRIDGE, FEVER, STORM, TITLES, scraped, text

CAPTION = "Fishing boats under the arch of the old bridge, seen from the customs quay"


def titles(body, **fields):
    return [article.title for article in clean([text(body, **fields)]).articles]


def bodies(body, **fields):
    return [article.body.split("\n\n") for article in clean([text(body, **fields)]).articles]


def plain(title, body):
    return title + "\n\n" + "\n\n".join(body)


def test_headlines_repeated_around_captions_part_a_page():
    page = "\n\n\n\n".join(scraped(title, body, f"{CAPTION} {title[:9]}") for title, body in ARTICLES)
    assert titles(page) == list(TITLES)
    assert bodies(page) == [list(BRIDGE), list(STORM), list(FEVER)]


def test_captions_marks_and_counters_of_a_head_are_dropped_with_their_reasons():
    dropped = clean([text(scraped(*ARTICLES[0], CAPTION))]).dropped
    assert [d.reason for d in dropped].count("caption") == 4
    assert {(d.reason, d.text) for d in dropped} >= {
        ("page-mark", "TT"),
        ("counter", "20"),
        ("repeated-headline", TITLES[0]),
    }


def test_captions_that_end_like_sentences_are_captions_when_doubled():
    caption = "Mayor Lena Orsk speaks in the town hall of Anvar before the vote on the bridge, May 3, 2031."
    assert bodies(scraped(*ARTICLES[0], caption)) == [list(BRIDGE)]


def test_a_page_of_single_blank_lines_is_parted_by_repeated_headlines():
    page = "\n\n".join(
        f"{title}\n\n{CAPTION} {i}\n\nShare\n\n{title}\n\n{CAPTION} {i}\n\n" + "\n\n".join(body)
        for i, (title, body) in enumerate(ARTICLES)
    )
    assert titles(page) == list(TITLES)


@pytest.mark.parametrize("joint", ["\n\n\n\n", "\n\n* * *\n\n", "\n\n----------\n\n", "\n\n=====\n\n"])
def test_a_wide_gap_or_a_rule_before_a_headline_begins_an_article(joint):
    page = joint.join(plain(title, body) for title, body in ARTICLES)
    assert titles(page) == list(TITLES)
    assert bodies(page) == [list(BRIDGE), list(STORM), list(FEVER)]


def test_a_byline_under_a_headline_begins_an_article():
    page = "\n\n".join(f"{title}\n\nBy Ada Rell\n\nMay 4, 2031\n\n" + "\n\n".join(body) for title, body in ARTICLES)
    articles = clean([text(page)]).articles
    assert [a.title for a in articles] == list(TITLES)
    assert {(a.authors, a.published) for a in articles} == {(("Ada Rell",), "2031-05-04")}


def test_the_residue_of_a_page_end_closes_an_article():
    page = "\n\n".join(
        plain(title, body) + "\n\nNews Code 41234\n\nYour Comment\n\ncaptcha" for title, body in ARTICLES
    )
    assert titles(page) == list(TITLES)


def test_headings_of_the_first_level_part_a_markdown_text():
    page = "\n\n".join(
        f"# {title}\n\n" + "\n\n".join(body) + f"\n\n## After {title[:12]}\n\nMore *is* to come of {title[:5]}."
        for title, body in ARTICLES
    )
    assert titles(page, media_type="text/markdown") == list(TITLES)
    assert bodies(page, media_type="text/markdown")[0][-2:] == ["After Anvar Counci", "More is to come of Anvar."]


@pytest.mark.parametrize("before", ["\n\n", "\n\n\n", "\n\n* * *\n\n"])
def test_subheadings_do_not_part_an_article(before):
    page = plain(TITLES[0], BRIDGE) + "".join(
        f"{before}{head}\n\n" + "\n\n".join(STORM[:2])
        for head in ("How it began", "The money", "What fishermen want now")
    )
    assert len(titles(page)) == 1


def test_a_question_as_subheading_does_not_part_an_article():
    page = plain(TITLES[0], BRIDGE) + "\n\nWho will pay for the new bridge in the end?\n\n" + "\n\n".join(STORM)
    assert titles(page) == [TITLES[0]]


def test_a_refrain_is_no_head():
    page = "\n\n".join((TITLES[0], *BRIDGE, TITLES[0], *STORM))
    assert len(titles(page)) == 1


def test_a_teaser_is_too_short_to_be_an_article():
    page = plain(TITLES[0], BRIDGE) + f"\n\n\n\n{TITLES[1]}\n\nA storm tore the roofs off forty houses on Pell."
    assert titles(page) == [TITLES[0]]


def test_a_menu_printed_twice_is_no_head():
    menu = "\n".join(("Home Page", "Local News", "World News", "Sports Desk", "Weather Map", "Contact Desk"))
    page = "\n\n".join((menu, menu, plain(TITLES[0], BRIDGE)))
    articles = clean([text(page)]).articles
    assert [a.title for a in articles][1:] == []
    assert articles[0].body.endswith(BRIDGE[-1])


def test_hard_wrapped_paragraphs_are_joined():
    long = tuple(" ".join(body) for body in (BRIDGE, STORM, FEVER))
    assert bodies(TITLES[0] + "\n\n" + "\n\n".join(textwrap.fill(line, 70) for line in long)) == [list(long)]


def test_the_declared_title_wins_and_is_not_repeated_in_the_body():
    article = clean([text(plain(TITLES[0], BRIDGE), declared={"title": TITLES[0]})]).articles[0]
    assert article.text == TITLES[0] + "\n\n" + "\n\n".join(BRIDGE)


def test_a_text_without_headline_is_titled_with_its_first_sentence():
    article = clean([text("Vets went to Tarn. " + "\n\n".join(FEVER))]).articles[0]
    assert article.title == "Vets went to Tarn."
    assert article.body.startswith("Vets went to Tarn.")


def test_metadata_of_a_page_belong_to_the_piece_of_that_title():
    page = "\n\n\n\n".join(scraped(title, body, CAPTION) for title, body in ARTICLES)
    declared = {"title": TITLES[1] + " | Pell Post", "published": "2031-05-04", "authors": ["Ada Rell"]}
    assert [(a.published, a.authors) for a in clean([text(page, declared=declared)]).articles] == [
        (None, ()),
        ("2031-05-04", ("Ada Rell",)),
        (None, ()),
    ]


@given(st.permutations(range(3)), st.sampled_from(["\n\n\n\n", "\n\n* * *\n\n"]))
def test_every_order_of_articles_is_parted_alike(order, joint):
    page = joint.join(scraped(*ARTICLES[i], CAPTION) for i in order)
    assert titles(page) == [TITLES[i] for i in order]


@pytest.mark.parametrize("marks", [("14:05 GMT", "12:30 GMT", "10:15 GMT"), ("2.05pm", "12.30pm", "10.15am")])
def test_lines_of_only_a_time_open_the_updates_of_a_live_blog(marks):
    page = "\n\n".join(f"{mark}\n\n{plain(*article)}" for mark, article in zip(marks, ARTICLES, strict=True))
    articles = clean([text(page, declared=Declared(published="2031-05-04T09:00:00+02:00"))]).articles
    assert [a.title for a in articles] == list(TITLES)
    zone = "+00:00" if "GMT" in marks[0] else "+02:00"
    assert [a.published for a in articles] == [f"2031-05-04T{clock}:00{zone}" for clock in ("14:05", "12:30", "10:15")]


def test_two_times_in_an_article_open_nothing():
    page = plain(TITLES[0], (*BRIDGE, "14:05", *STORM, "16:20", *FEVER))
    assert titles(page) == [TITLES[0]]
