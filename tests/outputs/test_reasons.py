"""Why a story stands where it stands, and why one is not told, in words."""

import pytest

from briefing.outputs import html, markdown, reasons, terminal
from briefing.outputs.archive.summaries import shelf
from briefing.outputs.mail.email import Email, compose
from briefing.outputs.notes import coverage, quiet
from briefing.outputs.words import words_of
from tests.outputs.edition import FULL
from tests.outputs.shelves import put

EN = words_of("en")
TOLD = FULL.stories[0].replace(
    origins=3,
    outlets=4,
    interests=("Ferries", "Ellin"),
    why={"origins": 2.0, "outlets": 0.375, "recency": 0.93, "interest": 1.5, "weight": 1.0, "dispute": 0.5},
)
ALSO = FULL.more[0]
MUTED = FULL.replace(
    stories=(TOLD, *FULL.stories[1:]),
    more=(
        ALSO,
        ALSO.replace(id="m1", title="Lottery draw", muted="word: lottery"),
        ALSO.replace(id="m2", muted="outlet: X"),
    ),
)


def test_the_parts_of_the_score_are_told_by_size():
    assert reasons.standing(EN, TOLD) == (
        "2.0 for 3 origins, 1.5 for your interests “Ferries” and “Ellin”, 1.0 for a source you weigh × 2,"
        " 0.9 for how new it is, 0.5 for an open dispute, 0.4 for 4 outlets"
    )


@pytest.mark.parametrize(
    ("why", "words"),
    [({"origins": 1.0, "recency": 0.01}, "1.0 for 1 origin"), ({"weight": -1.0}, "-1.0 for a source you weigh × 0.5"),
     ({"of a later version": 2.0}, ""), ({}, "")],
)  # fmt: skip
def test_what_counts_next_to_nothing_or_is_not_known_is_not_told(why, words):
    assert reasons.standing(EN, TOLD.replace(origins=1, why=why)) == words


def test_beside_a_headline_stands_only_what_is_the_readers_own_doing():
    text = markdown.Markdown().render(MUTED)
    assert "· your interests “Ferries” and “Ellin”, a source you weigh × 2 · headline" in text
    assert text.count("your interest") == 1


def test_the_page_unfolds_all_of_it():
    assert f"<summary>Why here</summary>\n<p>{reasons.standing(EN, TOLD)}</p>" in html.Html().render(MUTED)


@pytest.mark.parametrize(
    "rendered",
    [markdown.Markdown().render, html.Html().render, lambda b: terminal.render(b, 100, colour=False),
     lambda b: compose(b, Email()).text, lambda b: compose(b, Email()).html],
)  # fmt: skip
def test_muted_stories_are_counted_by_reason_and_not_named(rendered):
    text = " ".join(rendered(MUTED).split())
    assert "Muted, not told: 2 stories (1 × outlet “X”, 1 × word “lottery”)." in text
    assert "Lottery draw" not in text
    assert ALSO.title in text


def test_they_are_none_of_those_listed(tmp_path):
    assert "1 more listed" in coverage(EN, MUTED)
    put(tmp_path, MUTED)
    assert shelf(tmp_path).editions[0].more == 1


def test_an_edition_of_nothing_but_muted_stories_says_so():
    bare = MUTED.replace(stories=(), topics=(), overview=(), corrections=(), more=MUTED.more[1:], evidence={})
    assert quiet(EN, bare) == "All that was read is muted."
