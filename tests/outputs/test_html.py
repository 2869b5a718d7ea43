"""The page: what stands on it, and that nothing from outside acts on it."""

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import given

from briefing.outputs.html import Html
from briefing.outputs.notes import coverage
from briefing.outputs.numbering import anchor
from briefing.outputs.view import page
from briefing.outputs.words import words_of
from briefing.text import one_line
from tests.outputs import hostile
from tests.outputs.crowd import crowd
from tests.outputs.edition import EMPTY, FERRY, FULL, HOSTILE
from tests.outputs.parsing import elements, links, names, tree, words

PLAIN = names(tree(Html().render(hostile.edition("plain text", None))))
ROOT = tree(Html().render(FULL))


def of_class(root, name):
    """The elements of a class, in order."""
    return [element for element in root.iter() if name in element.attrib.get("class", "").split()]


def test_the_page_is_the_golden_one(golden):
    golden("briefing.html", Html().render(FULL))


def test_an_empty_day_gives_a_valid_short_page(golden):
    html = Html().render(EMPTY)
    golden("empty.html", html)
    assert "Nothing new" in words(tree(html))


def test_the_page_loads_nothing_and_runs_nothing():
    html = Html().render(FULL)
    policy = next(e for e in elements(ROOT, "meta") if e.get("http-equiv") == "Content-Security-Policy")
    assert policy.get("content") == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert not list(elements(ROOT, "script", "img", "iframe", "object", "form"))
    assert [e.get("href") for e in elements(ROOT, "link")] == ["data:,"]
    assert not re.search(r"@import|url\(", html)


def test_sixty_stories_fit_in_600_kilobytes_and_parse_strictly():
    html = Html().render(crowd(60))
    assert len(html.encode()) <= 600_000
    root = tree(html)
    assert len(list(elements(root, "article"))) == 60
    assert len(of_class(root, "strip")) == 30


def test_every_anchor_leads_to_one_place():
    ids = [element.attrib["id"] for element in ROOT.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    opened = [element.attrib["popovertarget"] for element in ROOT.iter() if "popovertarget" in element.attrib]
    labels = [part for e in ROOT.iter() for part in e.attrib.get("aria-labelledby", "").split()]
    uses = [link for e in ROOT.iter() if str(e.tag).endswith("}use") for link in e.attrib.values()]
    inner = [link[1:] for link in (*links(ROOT), *uses) if link.startswith("#")]
    assert {*inner, *opened, *labels} <= set(ids)


def test_every_citation_number_opens_its_source_and_is_a_link_where_it_cannot():
    sources = {e.attrib["id"]: words(e) for e in of_class(ROOT, "source")}
    assert list(sources) == [f"s{n}" for n in range(1, 13)]
    assert all("popover" in e.attrib for e in of_class(ROOT, "source"))
    buttons = [e.attrib["popovertarget"] for e in of_class(ROOT, "cite") if "popovertarget" in e.attrib]
    assert [f"#{target}" for target in buttons] == [e.get("href") for e in of_class(ROOT, "cite") if e.get("href")]
    assert set(buttons) == set(sources)
    assert "rose to 31 on Monday" in sources["s2"]


def test_a_source_gives_the_whole_quote_where_it_was_printed_and_a_link_to_the_words():
    shown = page(FULL).sources[4]
    source = of_class(ROOT, "source")[4]
    assert words(next(elements(source, "q"))) == shown.words
    assert all(part in words(source) for part in (shown.reference.outlet, shown.reference.title, shown.sentence))
    assert next(elements(source, "a")).get("href") == shown.url
    assert ":~:text=The%20ferry%20Alder" in (shown.url or "")


def test_a_story_has_an_address_that_does_not_change():
    stories = list(elements(ROOT, "article"))
    assert [e.get("id") for e in stories] == ["story-b2", "story-c3", "story-a1"]
    assert [e.get("href") for e in of_class(ROOT, "here")] == [f"#{e.get('id')}" for e in stories]
    assert re.fullmatch(r"story-[0-9a-f]{12}", anchor("../<x> y"))
    assert anchor("../<x> y") != anchor("../<x> z")


def test_a_dispute_gives_each_side_with_holder_words_outlet_and_time():
    (dispute,) = of_class(ROOT, "dispute")
    sides = of_class(dispute, "side")
    assert [words(of_class(side, "holder")[0]) for side in sides] == ["Ministry of Ports", "owners' association"]
    assert [words(of_class(side, "where")[0]) for side in sides] == [
        "The Ellin Post, 18 May 2031, 09:10 CEST",
        "Vesk Gazette, 19 May 2031, 19:45 CEST",
    ]
    assert all(next(elements(side, "q")) is not None for side in sides)


def test_an_update_is_drawn_and_said():
    (update,) = of_class(ROOT, "update")
    (chart,) = of_class(update, "steps")
    assert chart.get("role") == "img"
    described = {e.get("id"): words(e) for e in chart.iter() if e.get("id")}
    assert [described[name] for name in chart.attrib["aria-labelledby"].split()] == [
        "confirmed dead, from 12 to 31",
        "12, 18 May, 09:10; 31, 19 May",
    ]
    values = [words(e) for e in elements(update, "li")]
    assert [value.split()[0] for value in values] == ["12", "31"]
    assert len(of_class(update, "cite")) == 4


def test_the_picture_says_who_reported_what():
    assert [e.get("aria-label") for e in of_class(ROOT, "strip")] == [
        "Reported by Harbour Radio (a shared text), marrow-ferries.txt, The Ellin Post (quoted in a dispute), "
        "Vesk Gazette (quoted in a dispute)",
        "Reported by Le Quai",
        "Reported by Mallory's_Blog_ [^1]",
    ]
    rows = of_class(ROOT, "rows")[0]
    assert [e.get("href") for e in elements(rows, "a")] == ["#story-b2", "#story-c3", "#story-a1"]
    assert ["Disputed" in words(row) for row in elements(rows, "li")] == [True, False, False]
    assert not of_class(tree(Html(picture=False).render(FULL)), "strip")


def test_origins_are_named():
    rails = [words(e) for e in of_class(ROOT, "rail")]
    assert rails[0].startswith("3 outlets, 3 origins The Ellin Post, also in Harbour Radio Vesk Gazette ")


def test_the_foot_says_what_was_covered_and_how():
    foot = words(next(elements(ROOT, "footer")))
    for said in (
        coverage(words_of("en"), FULL),
        "Some 40 people are missing.",
        "scans/notice.pdf",
        "only a login form",
        "extractive",
    ):
        assert said in foot


def test_landmarks_and_headings_are_in_order():
    found = names(ROOT)
    assert (found["header"], found["nav"], found["main"], found["footer"], found["h1"]) == (1, 1, 1, 1, 1)
    levels = [int(e.tag[-1]) for e in elements(ROOT, "h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert next(elements(ROOT, "a")).get("href") == "#main"


def test_text_of_another_language_says_so():
    assert next(elements(ROOT, "html")).get("lang") == "en"
    assert {e.get("lang") for e in ROOT.iter() if e.get("lang")} == {"en", "fr"}


def test_a_hostile_title_stands_there_literally():
    assert any(words(e) == HOSTILE.title for e in elements(ROOT, "h3"))
    assert all(urlsplit(link).scheme in {"https", "", "data"} for link in links(ROOT))


def test_one_story_needs_no_list_of_stories():
    root = tree(Html().render(FULL.replace(stories=(FERRY,))))
    assert not list(elements(root, "nav"))


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
    assert {link for link in links(root) if link[0] != "#"} <= allowed | {"data:,", "../index.html"}
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]
    headline = next(element for element in elements(root, "h3"))
    assert words(headline) == " ".join(one_line(text).split())
