"""How many outlets and origins say a statement."""

from typing import Any

import pytest

from briefing.languages import lexicons
from briefing.stages.claims import Claim, claims
from briefing.stages.corroborate import corroborate
from briefing.types import Article, Copy, Genre, Statement

SAID = "The river Sarn flooded the market hall in Orlo and killed 12 people."
REWORDED = "In Orlo, 12 people were killed when the Sarn river flooded the market hall."


def told(*bodies: str, **fields: Any) -> list[list[Claim]]:
    """The claims of one article per body, each of its own outlet and origin."""
    made = (
        Article.make("A title", b, language="en", source=f"outlet{n}", origin=f"origin{n}", **fields)
        for n, b in enumerate(bodies)
    )
    return [list(claims(a, lexicons())) for a in made]


def counted(*bodies: str, text: str | None = None, **fields: Any) -> tuple[int, int]:
    """Outlets and origins that say the first sentence of the first body."""
    story = told(*bodies, **fields)
    first = story[0][1]
    statement = Statement(text=text or first.text, language="en", citations=(first.citation,))
    found = corroborate(statement, [c for article in story for c in article])
    return found.outlets, found.origins


def test_a_statement_is_said_by_the_article_it_cites() -> None:
    assert counted(SAID, "It rained in Vessara, and schools stayed shut.") == (1, 1)


def test_another_article_that_says_the_same_in_other_order_counts() -> None:
    assert counted(SAID, REWORDED) == (2, 2)


@pytest.mark.parametrize(
    "other",
    [
        "The river Sarn flooded the market hall in Orlo and killed 17 people.",
        "The river Sarn flooded the market hall in Orlo and killed nine people.",
        "The river Sarn did not flood the market hall in Orlo, and never killed 12 people.",
        "The council denied that the river Sarn flooded the market hall in Orlo and killed 12 people.",
        "The river Sarn flooded fields.",
    ],
)
def test_what_says_otherwise_does_not_count(other: str) -> None:
    assert counted(SAID, other) == (1, 1)


def test_number_words_count_as_the_figure_they_name() -> None:
    spelled = SAID.replace("12", "twelve")
    assert counted(spelled, SAID) == (2, 2)
    assert counted(spelled, SAID.replace("12", "nine")) == (1, 1)
    assert counted(SAID, spelled) == (2, 2)


def test_copies_add_outlets_but_no_origin() -> None:
    copies = tuple(
        Copy(source=s, url=None, title="T", published=None, kind="exact", similarity=1.0) for s in ("X", "Y")
    )
    assert counted(SAID, copies=copies) == (3, 1)


def test_outlets_of_one_origin_are_one_origin() -> None:
    story = told(SAID, f"{SAID} It rained.")
    story[1] = list(claims(story[1][0].article.replace(origin="origin0"), lexicons()))
    first = story[0][1]
    statement = Statement(text=first.text, language="en", citations=(first.citation,))
    found = corroborate(statement, [c for article in story for c in article])
    assert (found.outlets, found.origins) == (2, 1)


def test_a_statement_that_cites_nothing_of_the_story_is_said_by_nobody() -> None:
    statement = Statement(text=SAID, language="en", citations=())
    assert (corroborate(statement, told(SAID)[0]).outlets, corroborate(statement, ()).origins) == (0, 0)


def test_a_day_written_in_figures_is_no_number_that_breaks() -> None:
    opened = "The bridge at Kessel opened on 3.5.2031 at 10.30."
    assert counted(opened, "At 10.30 on 3.5.2031 the bridge at Kessel opened.") == (2, 2)


@pytest.mark.parametrize("genre", ["opinion", "satire", "press release", "sponsored"])
def test_what_is_no_report_corroborates_nothing(genre: Genre) -> None:
    report, other, view = told(SAID, REWORDED, f"{SAID} It is a shame.")
    view = [c._replace(article=c.article.replace(genre=genre)) for c in view]
    statement = Statement(text=SAID, language="en", citations=(report[1].citation,))
    assert corroborate(statement, [*report, *view]).origins == 1
    assert corroborate(statement, [*report, *other, *view]).origins == 2


def test_a_statement_of_opinions_only_has_one_origin() -> None:
    story = [c for claims_of_one in told(SAID, f"{SAID} It is a shame.", genre="opinion") for c in claims_of_one]
    statement = Statement(text=SAID, language="en", citations=(story[1].citation,))
    found = corroborate(statement, story)
    assert (found.outlets, found.origins) == (1, 1)


def test_a_sentence_taken_over_word_for_word_adds_an_outlet_and_no_origin() -> None:
    assert counted(SAID, f"Market days are off.\n\n{SAID}", REWORDED) == (3, 2)


def test_a_report_that_takes_a_sentence_from_the_wire_into_one_of_its_own_adds_no_origin() -> None:
    taken = f"The market reopens on Monday after this week of mourning in the town: {SAID}"
    assert counted(SAID, taken) == (2, 1)
    assert counted(SAID, taken, REWORDED) == (3, 2)
