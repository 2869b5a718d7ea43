"""Newsletters are split into their items, each with its link; single letters stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from briefing.stages.clean.hidden import remove_hidden
from briefing.stages.clean.newsletter import MIN_ITEMS_OF_TEXT, Item, letter, newsletter
from briefing.stages.clean.rows import Row, rows, text_rows
from tests.sources import letters


def read(html: str) -> tuple[Item, ...]:
    tree = document_fromstring(html)
    remove_hidden(tree)
    return newsletter(rows(tree))


def told(items: tuple[Item, ...]) -> list[tuple[str | None, str, str | None]]:
    return [(item.title, item.text, item.href) for item in items]


EXPECTED = [(news.title, news.blurb, news.link) for news in letters.ITEMS]


@pytest.mark.parametrize(
    "made", [letters.tables, letters.cards, letters.linked_cards, letters.bullets, letters.sections]
)
def test_items_of_html_newsletters_of_every_make_up(made):
    """Headlines, blurbs and links, and nothing of what stands around them or is paid for."""
    assert told(read(made())) == EXPECTED


def test_items_of_a_text_with_addresses_below_the_titles():
    assert told(newsletter(text_rows(letters.text_list()), MIN_ITEMS_OF_TEXT)) == EXPECTED


def test_items_of_a_text_with_its_addresses_at_the_end():
    found = newsletter(text_rows(letters.text_references()), MIN_ITEMS_OF_TEXT)
    assert told(found) == [(title.upper(), blurb, link) for title, blurb, link in EXPECTED]


def test_an_essay_with_headings_and_links_stays_whole():
    tree = document_fromstring(letters.ESSAY)
    assert newsletter(rows(tree)) == ()
    text = letter(rows(tree))
    assert "storms came in groups of three" in text
    assert "Unsubscribe" not in text


def test_the_letter_that_opens_a_newsletter_is_kept_under_no_title():
    opening = " ".join(["Good morning from the quay, where the first boats came in before the rain did today."] * 5)
    found = read(letters.tables().replace("<table>", f"<p>{opening}</p><table>", 1))
    assert found[0] == Item(None, opening, None)
    assert told(found[1:]) == EXPECTED


def test_a_letter_between_two_people_with_links_stays_whole():
    text = (
        "Hello Anna,\n\nthe photographs of the regatta are here:\nhttps://photos.example/a\n\nand the list of those who came:\n"
        "https://photos.example/b\n\nSee you on Friday at the quay, bring the boots and the rope.\n\nMy page\nhttps://photos.example/me\n"
    )
    assert newsletter(text_rows(text), MIN_ITEMS_OF_TEXT) == ()


def test_a_marked_sponsor_is_left_out_and_so_is_the_one_below_a_label():
    for label in ("<h3><a href='https://brant.example'>Tyres for every road (Sponsor)</a></h3>",
                  "<p>Presented by</p><h3><a href='https://brant.example'>Tyres for every road</a></h3>"):  # fmt: skip
        paid = f"{label}<p>Brant has the tyres for every road in the valley, and fits them while you wait.</p>"
        assert told(read(letters.cards().replace("<div class=", f"{paid}<div class=", 1))) == EXPECTED


def test_a_table_of_contents_gives_no_items_of_its_own():
    contents = "".join(f'<p><a href="#{i}">{n.title}</a></p>' for i, n in enumerate(letters.ITEMS))
    assert told(read(letters.cards().replace("<div class=", f"{contents}<div class=", 1))) == EXPECTED


def test_what_leads_on_is_known_in_any_language_by_its_repetition():
    html = letters.cards().replace("Continue →", "Läs hela nyheten")
    assert told(read(html)) == EXPECTED


@given(st.lists(st.builds(
    Row, st.text(max_size=80), st.none() | st.sampled_from(["https://a.example/1", "https://b.example/2"]),
    st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.text(max_size=20),
), max_size=25))  # fmt: skip
def test_items_hold_only_words_of_the_rows(found):
    there = " ".join(row.text for row in found)
    for item in newsletter(found):
        assert all(word in there for word in f"{item.title or ''} {item.text}".split())


@given(st.text(alphabet="aB .\n[]1)(:/<>-*", max_size=300))
def test_any_text_gives_rows(text):
    assert all(row.text for row in text_rows(text))
