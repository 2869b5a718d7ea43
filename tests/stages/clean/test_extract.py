"""HTML pages: main text, metadata, pages that hold no article."""

import json

import pytest

from briefing.stages.clean import clean
from briefing.types import Declared
from tests.stages.clean.pages import BRIDGE, FEVER, STORM, TITLES, html, paragraphs

MENU = "<nav><ul>" + "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(9)) + "</ul></nav>"
BODY = f"{MENU}<main><h1>{TITLES[0]}</h1>{paragraphs(BRIDGE)}</main><footer>Imprint</footer>"


def article(document):
    return clean([document]).articles[0]


def linked_data(**fields):
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f"<script type='application/ld+json'>{json.dumps(node)}</script>"


def test_the_main_text_is_kept_and_menus_are_not():
    assert article(html(BODY)).text == TITLES[0] + "\n\n" + "\n\n".join(BRIDGE)


def test_metadata_come_from_linked_data():
    head = (
        linked_data(
            headline=TITLES[0],
            datePublished="2031-05-04T09:30:00+02:00",
            author=[{"@type": "Person", "name": "Ada Rell"}, {"name": "Jon Pell"}],
            publisher={"name": "Pell Post"},
        )
        + "<link rel=canonical href='https://pellpost.example/bridge'>"
    )
    found = article(html(BODY, head))
    assert (found.title, found.authors, found.source) == (TITLES[0], ("Ada Rell", "Jon Pell"), "Pell Post")
    assert (found.published, found.url, found.language) == (
        "2031-05-04T09:30:00+02:00",
        "https://pellpost.example/bridge",
        "en",
    )


def test_linked_data_in_a_graph_are_found():
    graph = {
        "@graph": [
            {"@type": "WebSite", "name": "Pell Post"},
            {"@type": ["NewsArticle"], "headline": TITLES[0], "datePublished": "2031-05-04T09:30:00Z"},
        ]
    }
    head = f"<script type='application/ld+json'>{json.dumps(graph)}</script>"
    assert article(html(BODY, head)).published == "2031-05-04T09:30:00+00:00"


def test_meta_elements_are_read_where_there_are_no_linked_data():
    fields = {
        "property='article:published_time'": "2031-05-04T09:30:00+02:00",
        "property='og:site_name'": "Pell Post",
        "name='author'": "By Ada Rell and Jon Pell",
    }
    head = "".join(f"<meta {name} content='{value}'>" for name, value in fields.items())
    found = article(html(BODY, head))
    assert (found.published, found.source, found.authors) == (
        "2031-05-04T09:30:00+02:00",
        "Pell Post",
        ("Ada Rell", "Jon Pell"),
    )


def test_a_time_without_zone_is_a_day():
    head = "<meta property='article:published_time' content='2031-05-04T09:30:00'>"
    assert article(html(BODY, head)).published == "2031-05-04"


def test_a_page_without_date_has_none():
    assert article(html(BODY)).published is None


@pytest.mark.parametrize("suffix", [" - Pell Post", " | Pell Post", " | Local | Pell Post", " – Pell Post"])
def test_the_outlet_is_cut_from_the_title(suffix):
    title = f"{TITLES[0]}{suffix}"
    head = f"<title>{title}</title><meta property='og:title' content='{title}'>"
    head += "<meta property='og:site_name' content='Pell Post'>"
    body = f"<main><h1>{TITLES[0]}</h1>{paragraphs(BRIDGE)}</main>"
    assert article(html(body, head)).title == TITLES[0]


def test_a_dash_inside_a_title_stays():
    title = "Anvar – a town without a bridge"
    assert (
        article(html(f"<h1>{title}</h1>{paragraphs(BRIDGE)}", f"<meta property='og:title' content='{title}'>")).title
        == title
    )


def test_declared_metadata_win():
    declared = Declared(
        title="The Bridge Vote",
        source="Agency",
        published="2031-05-05",
        authors=("Mira Stan",),
        url="https://a.example/1",
    )
    head = linked_data(headline=TITLES[0], datePublished="2031-05-04", publisher={"name": "Pell Post"})
    found = article(html(BODY, head, declared=declared))
    assert (found.title, found.source, found.published, found.authors, found.url) == (
        "The Bridge Vote", "Agency", "2031-05-05", ("Mira Stan",), "https://a.example/1",
    )  # fmt: skip


def test_a_source_without_a_name_is_the_host():
    assert article(html(BODY, declared=Declared(url="https://www.pellpost.example/1"))).source == "pellpost.example"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<p>Please enable JavaScript to view this site.</p>", "needs JavaScript"),
        ("<p>We value your privacy. Accept all cookies to go on.</p>", "consent-wall"),
        (
            f"<h1>{TITLES[0]}</h1><p>{BRIDGE[0]}</p><p>Subscribe now to continue reading this article.</p>",
            "paywall-stub",
        ),
        (MENU, "chrome-only"),
        ("", "chrome-only"),
    ],
)
def test_a_page_without_article_is_a_failure_that_does_not_degrade(body, reason):
    cleaned = clean([html(body)])
    assert not cleaned.articles
    assert [(f.stage, f.item, f.degrades) for f in cleaned.failures] == [("clean", "page.html", False)]
    assert cleaned.failures[0].reason.startswith(reason)


def test_a_stub_that_says_so_keeps_its_title_and_link():
    head = linked_data(headline=TITLES[0], isAccessibleForFree=False)
    page = html(f"<h1>{TITLES[0]}</h1><p>{BRIDGE[0]}</p><p>{BRIDGE[1]}</p>", head)
    cleaned = clean([page.replace(declared=Declared(url="https://pell.example/bridge"))])
    found = [(f.reason, f.title, f.url) for f in cleaned.failures]
    assert found == [("paywall-stub", TITLES[0], "https://pell.example/bridge")]


def test_an_article_that_mentions_cookies_is_an_article():
    body = f"<h1>{TITLES[0]}</h1>{paragraphs(BRIDGE + STORM + FEVER)}<p>We use cookies. Accept all cookies?</p>"
    assert clean([html(body)]).articles


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<div>" * 100_000 + BRIDGE[0], "nested too deep"),
        ("<b>x</b>" * 60_000, "too large"),
        ("x" * 10_000_001, "too large"),
    ],
)
def test_a_page_that_cannot_be_parsed_degrades(page, reason):
    cleaned = clean([html(page)])
    assert [(f.reason.startswith(reason), f.degrades) for f in cleaned.failures] == [(True, True)]


def test_linked_data_nested_without_end_are_passed_over():
    head = "<script type='application/ld+json'>" + "[" * 100_000 + "</script>"
    assert article(html(BODY, head)).title == TITLES[0]
