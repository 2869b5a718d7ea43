"""What a page says of its article besides the title."""

import json

import pytest

from briefing.stages.clean.extract import parsed
from briefing.stages.clean.metadata import is_declared_free, metadata
from tests.stages.clean.pages import STORM

OUTLET = '<meta property="og:site_name" content="Pell Post"><meta name="author" content="Pell Post">'
TEXT = "".join(f"<p>{line}</p>" for line in STORM)


def linked(**fields):
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **fields})}</script>"


def authors(head, body=TEXT):
    return metadata(parsed(f"<html><head>{head}</head><body>{body}</body></html>")).declared.authors


def test_people_in_linked_data_come_before_the_outlet_in_a_meta_element():
    assert authors(OUTLET + linked(author=[{"name": "Ada Rell"}, {"name": "Jon Orsk"}])) == ("Ada Rell", "Jon Orsk")


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("<p>By <a href='/ada'>Ada Rell</a></p>", ("Ada Rell",)),
        ("<div><span>von Dr. Ada Rell</span></div>", ("Dr. Ada Rell",)),
        ("<p><strong>Ada Rell</strong></p>", ("Ada Rell",)),
        ("<p><b>Ada Rell/Jon Orsk</b></p>", ("Ada Rell", "Jon Orsk")),
    ],
)
def test_an_author_that_is_only_the_outlet_gives_way_to_the_byline_on_the_page(byline, names):
    assert authors(OUTLET, byline + TEXT) == names


@pytest.mark.parametrize(
    "other",
    [
        "<p>By Ada Rell</p><p>By Jon Orsk</p>",
        "<p>By Pell Post</p>",
        "<p>By Associated Press</p>",
        "<p>Ada Rell</p>",
        f"<p><b>Ada Rell</b></p>{TEXT}<p>The storm was the worst that Ada Rell had seen in her life, she said.</p>",
        "<p><b>The roofs of Pell</b></p>",
    ],
    ids=["two bylines", "outlet", "agency", "not bold", "spoken of", "subheading"],
)
def test_what_may_be_something_else_is_taken_for_no_byline(other):
    assert authors(OUTLET, other + TEXT) == ()


def test_a_byline_on_the_page_does_not_replace_a_named_author():
    head = '<meta name="author" content="Ada Rell">'
    assert authors(head, "<p>By Jon Orsk</p>" + TEXT) == ("Ada Rell",)


def test_a_desk_stays_the_author_where_nobody_is_named():
    head = OUTLET.replace('"author" content="Pell Post"', '"author" content="Pell Post newsroom"')
    assert authors(head) == ("Pell Post newsroom",)


def test_an_address_of_the_outlet_is_no_author():
    address = (
        '<link rel=canonical href="https://pellpost.example/1"><meta name="author" content="pellpost.example, Anvar">'
    )
    assert authors(address + linked(author={"name": "Newsroom pellpost.example"})) == ("Newsroom pellpost.example",)


def test_a_slash_parts_names_but_not_the_letters_an_agency_signs_with():
    assert authors('<meta name="author" content="Ada Rell/Jon Orsk">') == ("Ada Rell", "Jon Orsk")
    assert authors('<meta name="author" content="prb/ador">') == ("prb/ador",)


def test_references_inside_linked_data_are_followed():
    graph = [
        {"@type": "NewsArticle", "author": [{"@id": "#ada"}, {"@id": "#gone"}], "publisher": {"@id": "#post"}},
        {"@type": "Person", "@id": "#ada", "name": "Ada Rell"},
        {"@type": "Organization", "@id": "#post", "name": "Pell Post"},
    ]
    head = f"<script type='application/ld+json'>{json.dumps({'@graph': graph})}</script>"
    declared = metadata(parsed(f"<html><head>{head}</head><body>{TEXT}</body></html>")).declared
    assert (declared.authors, declared.source) == (("Ada Rell",), "Pell Post")


@pytest.mark.parametrize(
    ("said", "free"), [(True, True), ("True", True), ("http://schema.org/True", True), (False, False), (None, False)]
)
def test_a_page_is_free_only_where_it_says_so(said, free):
    fields = {} if said is None else {"isAccessibleForFree": said}
    assert is_declared_free(parsed(f"<html><head>{linked(**fields)}</head><body>{TEXT}</body></html>")) is free


def test_a_page_says_what_kind_of_article_it_holds():
    head = '<meta property="article:section" content="Comment"><meta property="article:opinion" content="true">'
    page = parsed(f"<html><head>{head}{linked(articleSection=['World', 'Ports'])}</head><body>{TEXT}</body></html>")
    assert metadata(page).declared.kinds == ("NewsArticle", "World", "Ports", "Comment", "opinion")
    assert metadata(parsed(f"<html><body>{TEXT}</body></html>")).declared.kinds == ()
