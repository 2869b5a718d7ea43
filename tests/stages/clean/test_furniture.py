"""Page furniture is dropped under the name of what it is; text that resembles it stays."""

import pytest

from briefing.stages.clean import clean
from briefing.stages.clean.bylines import byline, credited, names
from briefing.stages.clean.furniture import furniture
from tests.stages.clean.pages import BRIDGE, STORM, TITLES, text

NAMED = {
    "comment-form": """
        Your Comment
        You are replying to: .
        captcha
        12 Comments
        Leave a Reply
        Kommentare
        Laisser un commentaire
        اترك تعليقا
    """,
    "news-code": """
        News Code 158962
        Article ID: 20-417
    """,
    "share-button": """
        Share
        Tweet
        Print
        Facebook Twitter WhatsApp
        Share this article on Facebook
        Teilen
        Partager
        مشاركة
        3 min read
    """,
    "subscription": """
        Follow us on Twitter and Facebook
        Click here to subscribe to our newsletter
        Sign up for our newsletter
        Get the day's top news in your inbox
    """,
    "related": """
        Read more
        Related articles
        Read more: Storm on Pell
        Lesen Sie auch
        Lea también: La tormenta
        اقرأ أيضا
    """,
    "advertisement": """
        Advertisement
        Story continues below advertisement
        Anzeige
        Publicité
    """,
    "cookie-notice": """
        Accept all cookies
        This website uses cookies to give you the best experience.
        Privacy Policy
    """,
    "copyright": """
        All rights reserved
        Copyright 2031 Pell Post. All rights reserved.
        Alle Rechte vorbehalten
    """,
    "counter": """
        20
        1,204
        3/7
        12k
    """,
    "page-mark": """
        TT
        A A
        | |
        f
    """,
    "credit": """
        Photo: Ada Rell/EPA
        (Photo by Ada Rell)
        Ada Rell/Reuters
        © Ada Rell
    """,
    "caption": """
        Boats in the harbour of Anvar on Monday. AFP file photo
        Mayor Lena Orsk in May (Photo: Ada Rell)
    """,
}


@pytest.mark.parametrize(
    ("reason", "line"),
    [(reason, line.strip()) for reason, lines in NAMED.items() for line in lines.strip().splitlines()],
)
def test_furniture_is_named(reason, line):
    assert furniture(line) == reason


@pytest.mark.parametrize(
    "line",
    [
        *BRIDGE, *STORM,
        "Share prices fell on Monday.", "The comments were made in Anvar.", "No.", "Why?", "NATO", "U.S.",
        "AFP", "(Reuters)",
        "Print runs have halved since 2010, publishers say.", "Subscribers to the old rail pass may keep it.",
        "Cookies were handed out to the children.", "The captcha was invented in 2000.", "He said: “Follow me.”",
        "Copyright law protects letters, the court held.", "Related cases had failed before.", "是", "Lea Marsh won.",
    ],
)  # fmt: skip
def test_text_that_resembles_furniture_stays(line):
    assert furniture(line) is None


def test_furniture_between_paragraphs_is_dropped():
    page = "\n\n".join(
        (TITLES[0], BRIDGE[0], "Advertisement", BRIDGE[1], "Share", "Tweet", BRIDGE[2], "News Code 158962", "captcha")
    )
    cleaned = clean([text(page)])
    assert cleaned.articles[0].body == "\n\n".join(BRIDGE)
    assert [d.reason for d in cleaned.dropped] == [
        "advertisement",
        "share-button",
        "share-button",
        "news-code",
        "comment-form",
    ]


def test_a_caption_doubled_between_paragraphs_goes_and_a_doubled_paragraph_stays_once():
    caption = "Mayor Lena Orsk in the town hall (Anvar Press Office)"
    page = "\n\n".join((TITLES[0], *BRIDGE, caption, caption, *STORM, STORM[-1]))
    assert clean([text(page)]).articles[0].body == "\n\n".join(BRIDGE + STORM)


def test_a_page_that_doubles_every_line_keeps_one_of_each():
    page = "\n\n".join(line for line in (*BRIDGE, *STORM) for _ in range(2))
    assert clean([text(page, declared={"title": TITLES[0]})]).articles[0].body == "\n\n".join(BRIDGE + STORM)


def test_long_menus_around_an_article_are_cut_and_lists_inside_it_stay():
    menu = "\n".join(
        f"Section number {word}"
        for word in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
    )
    items = "\n".join(("Rope", "Three lamps", "A stove"))
    page = "\n\n".join((menu, TITLES[0], BRIDGE[0], BRIDGE[1], items, BRIDGE[2], STORM[0], menu))
    article = clean([text(page, declared={"title": TITLES[0]})]).articles[0]
    assert article.body.split("\n\n") == [BRIDGE[0], BRIDGE[1], *items.split("\n"), BRIDGE[2], STORM[0]]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("By Ada Rell", ("Ada Rell",)),
        ("By Ada Rell and Jon Pell, Anvar", ("Ada Rell", "Jon Pell")),
        ("Von Annelie Rauch", ("Annelie Rauch",)),
        ("Par Luc de Brenn et Mira Stan", ("Luc de Brenn", "Mira Stan")),
        ("AFP", ("AFP",)),
        ("By the river the houses stand empty", ()),
        ("By Monday, all roads were open again.", ()),
    ],
)
def test_bylines(line, found):
    assert byline(line) == found


def test_author_names_leave_out_addresses_and_placeholders():
    assert names(["By Ada Rell, https://pell.example/ada", "admin", "@jon", "Jon Pell (pel)"]) == (
        "Ada Rell",
        "Jon Pell",
    )


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("It is over, he told the Pell Gazette. In remarks to the Pell Gazette, she agreed.", "Pell Gazette"),
        ("It is over, he told the Pell Gazette.", None),
        ("He told Orsk to go. She told Orsk to stay. Orsk went, and Orsk slept.", None),
        ("ANVAR (AFP) - The bridge is gone.", "AFP"),
        ("The bridge is gone, officials said. (Reuters)", "Reuters"),
        ("According to an AFP tally, the bridge is gone.", None),
    ],
)
def test_a_source_is_inferred_only_from_credits(body, name):
    assert credited(body) == name


def test_the_inferred_source_stands_beside_an_unknown_one_only():
    body = "\n\n".join(
        (TITLES[0], *BRIDGE, "He told the Pell Gazette so twice.", "In remarks to the Pell Gazette she said no.")
    )
    unknown, known = (clean([text(body, declared=declared)]).articles[0] for declared in ({}, {"source": "Pell Post"}))
    assert (unknown.source, unknown.source_inferred) == (None, "Pell Gazette")
    assert (known.source, known.source_inferred) == ("Pell Post", None)
