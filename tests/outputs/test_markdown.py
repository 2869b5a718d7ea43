"""Markdown: how it reads, and that nothing from outside acts in it."""

import re

import pytest
from hypothesis import given

from briefing.outputs.escape import markdown
from briefing.outputs.markdown import Markdown
from briefing.outputs.view import page
from briefing.text import one_line
from tests.outputs import hostile
from tests.outputs.edition import EMPTY, FULL, HOSTILE, MAYOR
from tests.outputs.parsing import elements, links, markdown_tree, names, words

PLAIN, BLANK = (names(markdown_tree(Markdown().render(hostile.edition(text, None)))) for text in ("plain text", ""))


def test_the_text_is_the_golden_one(golden):
    golden("briefing.md", Markdown().render(FULL))


def test_an_empty_day_gives_a_valid_short_edition(golden):
    text = Markdown().render(EMPTY)
    golden("empty.md", text)
    assert "Nothing new" in text
    assert "Sources" not in text


def test_every_number_is_a_link_only_where_the_article_has_a_safe_address():
    text = Markdown().render(FULL)
    numbers = {int(n) for n in re.findall(r"(?<!\\)\[(\d+)\](?!:)", text)}
    defined = {int(n) for n in re.findall(r"^\[(\d+)\]: <https://", text, re.MULTILINE)}
    assert numbers == set(range(1, 13))
    assert defined == set(range(1, 10))
    assert text.rstrip().splitlines()[-1].startswith("[a6]: <https://")


def test_numbers_never_stand_together_as_a_reference_pair():
    assert not re.search(r"(?<!\\)\[\d+\]\[\d+\]", Markdown().render(FULL))


def test_sources_are_numbered_as_cited():
    items = list(next(e for e in elements(markdown_tree(Markdown().render(FULL)), "ol")))
    assert len(items) == 12
    assert "rose to 31 on Monday" in words(items[1])


def test_both_sides_of_a_dispute_are_told_in_the_same_way():
    quoted = next(elements(markdown_tree(Markdown().render(FULL)), "blockquote"))
    sides = [words(side) for side in elements(quoted, "li")]
    assert [re.sub(r"“.*”", "“…”", side).split("”")[0] for side in sides] == [
        "Ministry of Ports: “…",
        "owners' association: “…",
    ]


def test_an_edition_never_claims_to_be_true():
    text = Markdown().render(FULL)
    assert "verified" not in text.lower()
    assert "Quote found" in text


def test_what_was_not_told_is_listed_with_its_reason():
    text = Markdown().render(FULL)
    assert "Some 40 people are missing.” Reason: number not in source: 40." in text
    assert "scans/notice.pdf: PDF is not supported" in text
    assert text.index("Could not be read") < text.index("scans/notice.pdf") < text.index("Recognised as no article")


def test_all_articles_undated_is_said():
    entry = HOSTILE.entry().replace(published=None)
    briefing = FULL.replace(
        stories=(MAYOR,),
        topics=(),
        more=(),
        overview=(),
        corrections=(),
        articles={HOSTILE.id: entry},
        evidence={HOSTILE.id: HOSTILE.text},
    )
    assert "all articles undated" in Markdown().render(briefing)
    assert "all articles undated" not in Markdown().render(FULL)


def test_a_hostile_title_stands_there_literally():
    headings = [words(e) for e in elements(markdown_tree(Markdown().render(FULL)), "h3")]
    assert headings[-1] == HOSTILE.title


@pytest.mark.parametrize("text", hostile.PAYLOADS)
def test_no_payload_changes_the_structure(text):
    assert_inert(text, "https://ok.example/?a=1&lt;=2")


@pytest.mark.parametrize("url", hostile.ADDRESSES)
def test_no_address_changes_the_structure(url):
    assert_inert("ok](x)", url)


@given(hostile.texts, hostile.addresses)
def test_no_text_and_no_address_changes_the_structure(text, url):
    assert_inert(text, url)


@given(hostile.texts)
def test_escaped_text_reads_as_itself(text):
    root = markdown_tree(markdown(text))
    assert words(next(elements(root, "body"))) == one_line(text)
    assert set(names(root)) <= {"html", "head", "title", "body", "p"}


@given(hostile.texts, hostile.texts)
def test_two_escaped_texts_on_neighbouring_lines_read_as_themselves(one, two):
    root = markdown_tree(f"{markdown(one)} [1]\n{markdown(two)} [2]\n")
    assert words(next(elements(root, "body"))) == " ".join(f"{one_line(one)} [1] {one_line(two)} [2]".split())
    assert set(names(root)) <= {"html", "head", "title", "body", "p"}


@given(hostile.texts.map(one_line).filter(bool), hostile.texts.map(one_line).filter(bool))
def test_an_escaped_text_makes_no_heading_or_table_of_the_line_above(one, two):
    root = markdown_tree(f"{markdown(one)}\n{markdown(two)}")
    assert words(next(elements(root, "body"))) == f"{one} {two}"
    assert set(names(root)) <= {"html", "head", "title", "body", "p"}


@pytest.mark.parametrize("line", ["===", "=", "---", "- x", "| --- | --- |", "--- | ---", ":-- | --:", "> x", "1. x"])
def test_no_line_changes_what_stands_above_it(line):
    root = markdown_tree(f"a | b\n{markdown(line)}")
    assert words(next(elements(root, "body"))) == f"a | b {line}"
    assert set(names(root)) <= {"html", "head", "title", "body", "p"}


def test_an_unfinished_character_reference_is_not_finished_by_what_follows():
    assert words(next(elements(markdown_tree(f"{markdown('a &lt')}; b"), "body"))) == "a &lt; b"


@pytest.mark.parametrize(
    "prose",
    [
        "Prices rose 3.5 % (most since 2024) - and U.S. officials' well-known plan, Smith & Sons' “offer”: why not?",
        "The file snake_case_name.txt > 3 MB; was it 5 + 5 = 10? Yes!",
        "Syria-Türkiye talks: Güler says no. 1.5 million return.",
    ],
)
def test_ordinary_prose_is_left_alone(prose):
    assert markdown(prose) == prose


def assert_inert(text, url):
    briefing = hostile.edition(text, url)
    rendered = Markdown().render(briefing)
    rendered.encode("utf-8")
    root = markdown_tree(rendered)
    found = names(root)
    expected = PLAIN if one_line(text) else BLANK
    assert {**found, "a": 0} == {**expected, "a": 0}
    allowed = {source.url for source in page(briefing).sources} | {ref.url for ref in page(briefing).references}
    assert {canonical(link) for link in links(root)} <= {canonical(link) for link in allowed if link}
    headings = [words(element) for element in elements(root, "h3")]
    assert headings == [" ".join(one_line(text).split())] * 2


def canonical(url):
    """The address without the percent-encoding of what renderers may write either way."""
    return re.sub(r"%25(?=[0-9A-Fa-f]{2})", "%", url)
