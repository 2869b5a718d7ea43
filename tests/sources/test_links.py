"""The article links of front and section pages: each page in data/pages has its links beside it."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import briefing.stages.clean.extract  # noqa: F401  (urllib3 warns when it is first imported, and warnings are errors here)
from briefing.errors import SourceError
from briefing.sources.formats.links import MAX_LINKS, Link, article_links, canonical, identity, site

PAGES = sorted((Path(__file__).parent.parent / "data" / "pages").glob("*.json"))
BASE = "https://a.example/news/"


def card(inside, wrap="article"):
    return article_links(f"<body><main><{wrap}>{inside}</{wrap}></main></body>", BASE)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_gives_its_articles_in_order_and_nothing_else(path):
    expected = json.loads(path.read_text(encoding="utf-8"))
    found = article_links(path.with_suffix(".html").read_text(encoding="utf-8"), expected["base"])
    assert [list(link) for link in found] == expected["links"]


def test_there_are_pages_of_several_kinds():
    assert len(PAGES) >= 6


def test_a_picture_takes_the_title_of_the_link_beside_it():
    url = "/2026/03/12/tram-line-voted-down/"
    found = card(f'<a href="{url}"><img alt="a tram"></a><p><a href="{url}">Tram line voted down again</a></p>')
    assert found == (
        Link("https://a.example/2026/03/12/tram-line-voted-down/", "Tram line voted down again", "2026-03-12"),
    )


def test_a_kicker_grown_together_with_its_headline_is_cut_off():
    found = card(
        '<a href="/news/tram-line-voted-down-3391201"><span>Council</span><span>Tram line voted down again</span></a>'
    )
    assert [link.title for link in found] == ["Tram line voted down again"]


def test_a_date_written_as_text_counts_where_nothing_else_gives_one():
    found = card(
        '<span>12 March 2026</span><h3><a href="/news/tram-line-voted-down-3391201">Tram line voted down again</a></h3>'
    )
    assert [link.published for link in found] == ["2026-03-12"]


def test_of_two_times_the_one_of_publication_counts():
    found = card(
        '<h3><a href="/news/tram-line-voted-down-3391201">Tram line voted down again</a></h3>'
        '<time class="updated" datetime="2026-03-13T07:00:00Z"></time><time datetime="2026-03-12T07:00:00Z"></time>'
    )
    assert [link.published for link in found] == ["2026-03-12T07:00:00+00:00"]


def test_the_headline_of_the_page_is_not_taken_for_that_of_its_only_link():
    html = '<div><h1>Ships collide in the bay</h1><div><a href="/news/tram-line-voted-down-3391201">Tram line voted down again</a></div></div>'
    assert [link.title for link in article_links(html, BASE)] == ["Tram line voted down again"]


def test_japanese_headlines_have_no_spaces():
    found = card('<a href="/articles/AST1F4445T1F.html">橋の修理で六週間の通行止め</a>', "li")
    assert [link.title for link in found] == ["橋の修理で六週間の通行止め"]


@pytest.mark.parametrize(
    "inside",
    [
        '<h3><a href="/news/tram-line-voted-down-3391201" rel="nofollow">Tram line voted down again</a></h3>',
        '<h3 hidden><a href="/news/tram-line-voted-down-3391201">Tram line voted down again</a></h3>',
        '<h3><a href="https://b.example/news/tram-line-voted-down-3391201">Tram line voted down again</a></h3>',
        '<h3><a href="/news/">All the news from the bay today</a></h3>',
        '<h3><a href="/">The Bay Courier and all its pages</a></h3>',
        '<h3><a href="#tram">Tram line voted down again</a></h3>',
        '<h3><a href="javascript:go(3391201)">Tram line voted down again</a></h3>',
        '<p>As we wrote on Monday of last week, the <a href="/news/tram-line-voted-down-3391201">line was voted down</a>.</p>',
        '<nav><a href="/news/tram-line-voted-down-3391201">Tram line voted down again</a></nav>',
        '<a href="/news/tram-line-voted-down-3391201" hreflang="fr">Français</a>',
        '<h2><a href="/tag/tram-line-voted-down-3391201">Tram line voted down again</a></h2>',
    ],
)  # fmt: skip
def test_what_is_no_article_link_is_left_out(inside):
    assert card(inside) == ()


def test_an_article_stands_once_under_the_first_of_its_addresses():
    found = article_links(
        '<ul><li><a href="/2026/03/12/a-b-c-d/?utm_source=x">Tram line voted down again</a></li>'
        '<li><a href="http://m.a.example/2026/03/12/a-b-c-d/amp">Tram line voted down again</a></li></ul>',
        BASE,
    )
    assert [link.url for link in found] == ["https://a.example/2026/03/12/a-b-c-d/"]


def test_an_empty_page_has_no_links():
    assert article_links("", BASE) == article_links("<!-- -->", BASE) == ()


def test_a_page_beyond_all_measure_is_refused_in_words():
    with pytest.raises(SourceError, match="nested too deep"):
        article_links("<div>" * 300, BASE)


def test_there_is_an_end_to_links():
    rows = "".join(
        f'<li><a href="/news/tram-line-voted-down-{i}">Tram line voted down again</a></li>'
        for i in range(12_000, 13_500)
    )
    assert len(article_links(f"<ul>{rows}</ul>", BASE)) == MAX_LINKS


PIECES = st.sampled_from(
    ["<article>", "</article>", "<h3>", "</h3>", "<li>", "<nav>", "</nav>", "<p>", "</p>", "<time datetime=2026-03-12>", "</a>",
     '<a href="/2026/03/12/a-b-c-d-e">', '<a href="//b.example/x-y-z-1-2-3-4">', '<a href="http://[x/1">', '<a href="?p=123456">',
     "<base href='https://b.example/'>", '<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"@type":"ListItem","url":',
     '"/x/y-1-2026-03-12"}]}</script>', '<script type="application/ld+json">[1,{"@type":7,"url":{}},{"@type":["Article"],"url":"x:y"}]</script>',
     "Council votes on the tram line", '<a href="javascript:1">', "<base href='http://[//'>", "<div class='menu card tags'>", "</div>"],
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join),
    st.sampled_from([BASE, "https://a.example", "http://127.0.0.1:8000/x", "", "no url", "http://["]),
)
def test_any_page_gives_unlike_links_of_its_own_site(html, base):
    found = article_links(html, base)
    assert len({identity(link.url) for link in found}) == len(found)
    for link in found:
        assert link.url.startswith(("http://", "https://"))
        assert canonical(link.url) == link.url
        assert site(link.url) == site(base)
        assert "\n" not in link.title
