"""The page: what stands on it, and that nothing from outside acts on it."""

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import given

from briefing.outputs.html import Html
from briefing.outputs.view import page
from briefing.text import one_line
from tests.outputs import hostile
from tests.outputs.edition import EMPTY, FULL, HOSTILE
from tests.outputs.parsing import elements, links, names, tree, words

PLAIN = names(tree(Html().render(hostile.edition("plain text", None))))


def test_the_page_is_the_golden_one(golden):
    golden("briefing.html", Html().render(FULL))


def test_an_empty_day_gives_a_valid_short_page(golden):
    html = Html().render(EMPTY)
    golden("empty.html", html)
    assert "Nothing new" in words(tree(html))


def test_the_page_loads_nothing_and_runs_nothing():
    html = Html().render(FULL)
    root = tree(html)
    policy = next(e for e in elements(root, "meta") if e.get("http-equiv") == "Content-Security-Policy")
    assert policy.get("content", "").startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert not list(elements(root, "script", "img", "iframe", "object", "form"))
    assert [e.get("href") for e in elements(root, "link")] == ["data:,"]
    assert not re.search(r"@import|url\(", html)


def test_every_anchor_leads_to_one_place():
    root = tree(Html().render(FULL))
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links(root) if link.startswith("#")} <= set(ids)
    labels = {element.attrib["aria-labelledby"] for element in root.iter() if "aria-labelledby" in element.attrib}
    assert labels <= set(ids)


def test_every_citation_number_opens_its_source():
    root = tree(Html().render(FULL))
    sources = {e.get("id"): words(e) for e in elements(root, "li") if (e.get("id") or "").startswith("s")}
    cited = [e.get("href", "") for e in elements(root, "a") if e.get("class") == "cite"]
    assert {link[1:] for link in cited} == set(sources)
    assert "“" not in sources["s2"]
    assert "rose to 31 on Monday" in sources["s2"]


def test_headings_never_skip_a_level():
    levels = [int(e.tag[-1]) for e in elements(tree(Html().render(FULL)), "h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_text_of_another_language_says_so():
    root = tree(Html().render(FULL))
    assert next(elements(root, "html")).get("lang") == "en"
    assert {e.get("lang") for e in root.iter() if e.get("lang")} == {"en", "fr"}


def test_a_hostile_title_stands_there_literally():
    root = tree(Html().render(FULL))
    assert any(words(e) == HOSTILE.title for e in elements(root, "h3"))
    assert all(urlsplit(link).scheme in {"https", "", "data"} for link in links(root))


@pytest.mark.parametrize("text", hostile.PAYLOADS)
def test_no_payload_changes_the_page(text):
    assert_inert(text, "javascript:alert(1)")


@given(hostile.texts, hostile.addresses)
def test_no_text_and_no_address_changes_the_page(text, url):
    assert_inert(text, url)


def assert_inert(text, url):
    briefing = hostile.edition(text, url)
    html = Html().render(briefing)
    html.encode("utf-8")
    root = tree(html)
    counted = ("script", "img", "h1", "h2", "h3", "h4", "meta", "link", "style", "section", "article", "blockquote")
    assert {name: names(root)[name] for name in counted} == {name: PLAIN[name] for name in counted}
    allowed = {source.url for source in page(briefing).sources} | {ref.url for ref in page(briefing).references}
    assert {link for link in links(root) if link[0] != "#"} <= allowed | {"data:,"}
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]
    headline = next(element for element in elements(root, "h3"))
    assert words(headline) == " ".join(one_line(text).split())
