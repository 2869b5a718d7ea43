"""Several articles on one HTML page: live blogs, round-ups, newsletters; and pages that only look like them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.stages.clean import clean
from briefing.stages.clean.clocks import Stamp, moments, opening_stamp, stamp
from briefing.types import Declared
from tests.stages.clean.pages import ARTICLES, BRIDGE, FEVER, STORM, TITLES, html

ADDRESS = "https://pellpost.example/live"
CANONICAL = f"<link rel=canonical href='{ADDRESS}'>"
DATED = f"{CANONICAL}<meta property='article:published_time' content='2031-05-04T09:00:00+02:00'>"
CLOCKS = ("14:05", "12:30", "10:15")
MENU = "<nav><ul>" + "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(9)) + "</ul></nav>"
FOOT = "<footer><p>© 2031 Pell Post. All rights reserved.</p></footer>"


def prose(body):
    return "".join(f"<p>{line}</p>" for line in body)


def paged(main, head=DATED):
    return html(f"{MENU}<main><h1>Live: a day on Pell</h1>{main}</main>{FOOT}", head)


def found(main, head=DATED):
    return clean([paged(main, head)]).articles


def update(clock, title, body, tag="div"):
    return f"<{tag} class='zk' id='u{clock[:2]}'><span>{clock}</span><h3>{title}</h3>{prose(body)}</{tag}>"


LIVE = "".join(update(clock, *article) for clock, article in zip(CLOCKS, ARTICLES, strict=True))


def test_updates_become_articles_in_page_order():
    assert [a.title for a in found(LIVE)] == list(TITLES)
    assert [a.body.split("\n\n") for a in found(LIVE)] == [list(BRIDGE), list(STORM), list(FEVER)]


def test_a_time_of_day_is_of_the_pages_day_and_zone():
    assert [a.published for a in found(LIVE)] == [f"2031-05-04T{clock}:00+02:00" for clock in CLOCKS]


def test_an_item_without_a_link_is_addressed_by_its_id():
    assert [a.url for a in found(LIVE)] == [f"{ADDRESS}#u14", f"{ADDRESS}#u12", f"{ADDRESS}#u10"]


def test_without_a_zone_only_the_day_is_kept():
    head = f"{CANONICAL}<meta property='article:published_time' content='2031-05-04'>"
    assert {a.published for a in found(LIVE, head)} == {"2031-05-04"}


def test_without_a_date_of_the_page_there_is_none():
    assert {a.published for a in found(LIVE, CANONICAL)} == {None}


def test_the_time_element_wins_over_the_page():
    main = "".join(
        f"<div class='q'><time datetime='2031-05-0{n}T08:00:00Z'>8am</time><h3>{title}</h3>{prose(body)}</div>"
        for n, (title, body) in enumerate(ARTICLES, 1)
    )
    assert [a.published for a in found(main)] == [f"2031-05-0{n}T08:00:00+00:00" for n in (1, 2, 3)]


def test_updates_grouped_by_day_are_told_apart():
    days = "".join(
        f"<section><h2>May {n}, 2031</h2>"
        + "".join(
            f"<div class='q'><time datetime='2031-05-0{n}T1{i}:00:00Z'>1{i}:00</time><h3>{title}</h3>{prose(body)}</div>"
            for i, (title, body) in pairs
        )
        + "</section>"
        for n, pairs in ((4, list(enumerate(ARTICLES))[:2]), (3, list(enumerate(ARTICLES))[2:]))
    )
    assert [a.title for a in found(days)] == list(TITLES)


def linked(entries):
    node = {"@type": "LiveBlogPosting", "headline": "Live: a day on Pell", "liveBlogUpdate": entries}
    return f"{DATED}<script type='application/ld+json'>{json.dumps(node)}</script>"


def entries(bodies=True):
    return [
        {
            "@type": "BlogPosting",
            "headline": title,
            "articleBody": " ".join(body) if bodies else "",
            "datePublished": f"2031-05-04T{clock}:30+02:00",
            "url": f"{ADDRESS}#u{clock[:2]}",
            "author": {"@type": "Person", "name": "Ada Rell"},
        }
        for clock, (title, body) in zip(CLOCKS, ARTICLES, strict=True)
    ]


@pytest.mark.parametrize("bodies", [True, False])
def test_linked_data_give_times_authors_and_addresses_and_the_page_its_paragraphs(bodies):
    articles = found(LIVE, linked(entries(bodies)))
    assert [a.published for a in articles] == [f"2031-05-04T{clock}:30+02:00" for clock in CLOCKS]
    assert {a.authors for a in articles} == {("Ada Rell",)}
    assert [a.body.split("\n\n") for a in articles] == [list(BRIDGE), list(STORM), list(FEVER)]


def test_an_update_the_page_does_not_show_is_left_out_by_name():
    unshown = {"headline": "Ferry fares double", "articleBody": "Nobody sees this on the page, so nobody can check it."}
    cleaned = clean([paged(LIVE, linked([*entries(), unshown]))])
    assert [a.title for a in cleaned.articles] == list(TITLES)
    assert any(d.reason == "not-shown" and d.text.startswith("Ferry fares double") for d in cleaned.dropped)


def test_a_live_blog_that_a_script_shows_is_read_from_linked_data():
    assert [a.title for a in found("<p>Loading</p>", linked(entries()))] == list(TITLES)


def test_a_pinned_summary_opens_the_page_under_its_title_and_time():
    points = (
        "The old bridge of Anvar is to be rebuilt from spring on, and fishermen asked for its arch.",
        "Forty roofs are gone on Pell after the storm, and two ferries had to be towed home by a tug.",
        "Cattle must be killed on three farms of the Tarn valley, where no animal may be moved until June.",
    )
    summary = "<ul>" + "".join(f"<li>{line}</li>" for line in points) + "</ul>"
    articles = found(f"{summary}{LIVE}", f"{DATED}<title>Live: a day on Pell</title>")
    assert [a.title for a in articles] == ["Live: a day on Pell", *TITLES]
    assert (articles[0].published, articles[0].url) == ("2031-05-04T09:00:00+02:00", ADDRESS)


def test_an_update_of_a_few_words_is_dropped_by_name():
    cleaned = clean(
        [
            paged(
                f"{LIVE}<div class='zk'><span>09:55</span><h3>Ferry</h3><p>The ferry has sailed at last today.</p></div>"
            )
        ]
    )
    assert [a.title for a in cleaned.articles] == list(TITLES)
    assert any("The ferry has sailed" in d.text for d in cleaned.dropped)


ROUND_UPS = {
    "articles": lambda title, body: f"<article><h2>{title}</h2>{prose(body)}</article>",
    "soup": lambda title, body: f"<div class='k'><div>{title}</div><div>May 3, 2031</div><div>{prose(body)}</div></div>",
    "sections": lambda title, body: f"<h2>{title}</h2><p>By Ada Rell</p><p>May 3, 2031</p>{prose(body)}",
    "rows": lambda title, body: f"<table><tr><td>{title}</td></tr><tr><td>By Ada Rell, May 3, 2031</td></tr><tr><td>{prose(body)}</td></tr></table>",
}  # fmt: skip


@pytest.mark.parametrize("layout", ROUND_UPS)
def test_whole_articles_in_a_row_are_told_apart(layout):
    articles = found("".join(ROUND_UPS[layout](*article) for article in ARTICLES))
    assert [a.title for a in articles] == list(TITLES)
    assert {a.published for a in articles} == {None if layout == "articles" else "2031-05-03"}
    assert [a.body.split("\n\n") for a in articles] == [list(BRIDGE), list(STORM), list(FEVER)]


@pytest.mark.parametrize("layout", ROUND_UPS)
def test_one_article_in_the_layout_of_several_is_one(layout):
    assert len(found(ROUND_UPS[layout](*ARTICLES[0]))) == 1


def test_the_sections_of_one_article_stay_together():
    main = "<p>By Ada Rell</p><p>May 4, 2031</p>" + "".join(
        f"<section><h2>{t}</h2>{prose(b)}</section>" for t, b in ARTICLES
    )
    assert len(found(main)) == 1


def test_headings_alone_open_no_article():
    assert len(found("".join(f"<h2>{title}</h2>{prose(body)}" for title, body in ARTICLES))) == 1


def test_a_timeline_of_days_is_one_article():
    days = "".join(
        f"<div class='d'><h3>May {n}, 2031</h3>{prose(body)}</div>" for n, (_, body) in enumerate(ARTICLES, 1)
    )
    assert len(found(days)) == 1


def test_teasers_beside_an_article_are_no_items():
    card = (
        "<div class='card'><a href='/x'><h3>{}</h3></a><p>{}</p><time datetime='2031-05-04T08:00:00Z'>8am</time></div>"
    )
    cards = "".join(card.format(title, body[0]) for title, body in ARTICLES)
    articles = found(f"<article>{prose(BRIDGE + STORM + FEVER)}</article><div>{cards}</div>")
    assert len(articles) == 1


def test_a_front_of_teasers_is_not_split():
    card = "<article><h3><a href='/x{}'>{}</a></h3><p>{}</p><time datetime='2031-05-04T08:00:00Z'>8am</time></article>"
    assert len(found("".join(card.format(n, title, body[0]) for n, (title, body) in enumerate(ARTICLES)))) <= 1


@pytest.mark.parametrize("name", ["comment", "xq"])
def test_comments_are_no_items(name):
    row = "<div class='{}'><b>ferryman</b><time datetime='2031-05-04T08:00:00Z'>8am</time>{}<a href='#'>Reply</a></div>"
    main = f"<article>{prose(BRIDGE)}</article>" + "".join(row.format(name, prose(body)) for body in (STORM, FEVER) * 2)
    assert len(found(main)) == 1


def test_the_fetched_documents_date_serves_where_the_page_has_none():
    document = paged(LIVE, CANONICAL).replace(declared=Declared(published="2031-05-04T08:00:00+02:00"))
    assert clean([document]).articles[0].published == "2031-05-04T14:05:00+02:00"


order = st.permutations(range(3)).map(lambda numbers: [ARTICLES[n] for n in numbers])


@given(order, st.sampled_from(sorted(ROUND_UPS)))
def test_items_stand_in_the_order_of_the_page(articles, layout):
    assert [a.title for a in found("".join(ROUND_UPS[layout](*one) for one in articles))] == [
        title for title, _ in articles
    ]


PARTS = st.sampled_from(
    ["<div>", "</div>", "<article>", "</article>", "<h2>", "</h2>", "<time>14:05</time>", "<time datetime='x'>", "<a href='http://['>",
     "<script type='application/ld+json'>{\"@type\":\"LiveBlogPosting\",\"liveBlogUpdate\":[{},3,{\"url\":\"http://[\"}]}</script>",
     "<table><tr><td>", "</table>", "<p>", *TITLES, *BRIDGE, *STORM, *FEVER, "14:05 GMT", "10.32am", "May 3, 2031", "By Ada Rell"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=40).map("".join))
def test_any_page_gives_articles_or_a_failure(markup):
    cleaned = clean([html(markup, DATED)])
    assert cleaned.articles or cleaned.failures


@given(st.lists(st.sampled_from([*ARTICLES]), min_size=2, max_size=3, unique=True), st.sampled_from(sorted(ROUND_UPS)))
def test_no_sentence_of_an_item_is_lost(articles, layout):
    cleaned = clean([paged("".join(ROUND_UPS[layout](*one) for one in articles))])
    kept = "\n".join([*(a.text for a in cleaned.articles), *(d.text for d in cleaned.dropped)])
    assert all(line in kept for _, body in articles for line in body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:05 GMT", Stamp(None, "14:05", "+00:00")),
        ("10.32am", Stamp(None, "10:32")),
        ("Updated at 14:05", Stamp(None, "14:05")),
        ("18.30 Uhr", Stamp(None, "18:30")),
        ("3pm EDT", Stamp(None, "15:00", "-04:00")),
        ("12:15 a.m.", Stamp(None, "00:15")),
        ("14:05 BST", Stamp(None, "14:05", "unknown")),
        ("4 May 2031, 14:05 CET", Stamp("2031-05-04", "14:05", "+01:00")),
        ("May 4, 2031", Stamp("2031-05-04")),
        ("7.30", None),
        ("25:10", None),
        ("1,400", None),
        ("The ferry sailed at 14:05", None),
    ],
)
def test_a_stamp_is_a_line_that_is_only_a_time(text, expected):
    assert stamp(text) == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("14:05 – Ferry sails", "Ferry sails"),
        ("10.32am: the ferry sails", "the ferry sails"),
        ("12.31 Uhr: Fähre legt ab", "Fähre legt ab"),
        ("10.30 Uhr begann das Fest", None),
        ("10.5 million crowns", None),
        ("14:05 GMT", None),
    ],
)
def test_a_line_may_open_with_its_time(text, rest):
    assert (opening_stamp(text) or (None, None))[1] == rest


@pytest.mark.parametrize(
    ("clocks", "page", "expected"),
    [
        (("14:05", "10:15"), "2031-05-04T09:00:00+02:00", ("2031-05-04T14:05:00+02:00", "2031-05-04T10:15:00+02:00")),
        (("23:10", "00:20", "01:00"), "2031-05-04", (None, None, None)),
        (("01:10", "00:20"), "2031-05-04T22:00:00+02:00", (None, None)),
        (("14:05", "10:15"), "2031-05-04T09:00:00+00:00", ("2031-05-04", "2031-05-04")),
        (("14:05", "10:15"), None, (None, None)),
    ],
)
def test_a_time_of_day_is_dated_only_where_the_day_is_sure(clocks, page, expected):
    assert tuple(moments([Stamp(None, clock) for clock in clocks], page)) == expected


def test_a_stated_zone_moves_the_day():
    assert moments([Stamp(None, "23:30", "-04:00")], "2031-05-04T03:00:00+00:00") == ["2031-05-03T23:30:00-04:00"]
