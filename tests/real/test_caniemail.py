"""Every element, attribute and declaration of the mail's HTML, looked up in caniemail.com's tables; needs BRIEFING_DATA.

A feature is fine where the newest version tested of every client of Gmail, Apple Mail and Outlook knows it. Where one
knows it with a remark, that remark was read and is answered in READ; where one does not know it, FALLBACKS says what
its reader sees instead. What is neither in the tables nor in UNTESTED fails, and so does an answer nobody needs.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
import tinycss2

from briefing.outputs.mail.email import Email, compose
from briefing.types import Analyst
from tests.outputs.crowd import crowd
from tests.outputs.edition import EMPTY, FULL
from tests.outputs.parsing import XHTML, elements, links, tree

TABLES = Path(os.environ["BRIEFING_DATA"], "mail", "caniemail.json")
FAMILIES = ("gmail", "apple-mail", "outlook")

# Not in the tables, and why it may be used all the same.
UNTESTED = {
    "<html>": "every document has it, written or not",
    "<head>": "every document has it, written or not",
    "<title>": "is not shown",
    "<meta charset>": "the message's own header says the same",
    "<meta viewport>": "has a phone show the page in its width",
    "<meta format-detection>": "has iOS not make telephone numbers of figures; elsewhere without effect",
    "<a>": "HTML 2; a reader without links shows their text, and beside it their domain",
    "<br>": "HTML 2",
    "[class]": "only for the rules in @media",
    "color": "CSS 1",
    "border-color": "in @media only: where that is known, borders are",
}
# Remarks on partial support, by number, and why they do not touch the mail.
READ = {
    "css-at-media": {"1": "not nested", "6": "see FALLBACKS", "7": "not of heights", "10": "not nested"},
    "css-at-media-prefers-color-scheme": {"3": "attributes that Outlook adds in dark mode are not used"},
    "css-border": {"1": "tested: under 8 px", "2": "tested: on a cell; below a heading it may be missing"},
    "css-display-none": {"1": "tested: no table inside", "2": "no images"},
    "css-font-size": {"1": "tested: px only", "2": "tested: px only"},
    "css-important": {
        "1": "tested: lower case",
        "2": "see css-at-media in FALLBACKS: it stands nowhere else",
        "4": "tested: a space before it",
        "5": "tested: not inline",
    },
    "css-letter-spacing": {"1": "not negative", "2": "tested: in px"},
    "css-margin": {
        "1": "tested: not negative",
        "2": "tested: not on span; around the body some space may stay",
        "3": "tested: not on what has a background",
        "4": "tested: not auto",
    },
    "css-max-width": {"1": "tested: on a table"},
    "css-overflow-wrap": {"1": "Apple Mail breaks long words of its own"},
    "css-padding": {"1": "tested: on cells, and lists keep their own indent", "2": "cells stand alone in their rows"},
    "css-selector-class": {"1": "see css-at-media in FALLBACKS: selectors stand nowhere else"},
    "css-selector-grouping": {"1": "see css-at-media in FALLBACKS: selectors stand nowhere else"},
    "css-selector-type": {"1": "see css-at-media in FALLBACKS: selectors stand nowhere else"},
    "css-text-transform": {"1": "not to lower case"},
    "css-width": {"1": "tested: on tables"},
    "html-align": {"3": "centred, or left as it is anyway"},
    "html-body": {"1": "its colour and margin are all it has"},
    "html-dir": {"1": "a client that turns a whole mail does so with every mail", "3": "tested: not on links"},
    "html-doctype": {"2": "nothing here depends on it"},
    "html-lists": {"1": "tested: no ordered lists", "2": "tested: no ordered lists"},
    "html-role": {"1": "as for the tables of every newsletter"},
    "html-style": {
        "1": "tested: in the head",
        "2": "see css-at-media in FALLBACKS",
        "4": "tested: in the head",
        "6": "tested: far below 16 KB",
    },
    "html-width": {"1": "no images", "3": "no images", "2": "an older Outlook at 120 dpi shows the mail narrower"},
}
# Progressive enhancement: what a reader sees where it is not known.
FALLBACKS = {
    "css-at-media": "the light colours, which each element has inline",
    "css-at-media-prefers-color-scheme": "the light colours, or those the client itself turns dark",
    "css-display-none": "the preheader is shown: a line above the title that says what else is in the mail",
    "css-overflow-wrap": "a word longer than a line is broken by the client or makes the mail wider",
    "css-selector-class": "the light colours, which each element has inline",
    "css-selector-grouping": "the light colours, which each element has inline",
    "css-selector-type": "the light colours, which each element has inline",
    "html-body": "the colour around the mail is that of a cell, too",
    "html-doctype": "nothing: the mail is laid out by cells, margins and one width",
    "html-meta-color-scheme": "the light colours, or those the client itself turns dark",
    "html-role": "tables of one column, read in order",
    "html-style": "the light colours, which each element has inline",
}

ELEMENTS = {
    **{name: f"html-{name}" for name in ("body", "div", "p", "span", "strong", "style", "table")},
    **dict.fromkeys(("h1", "h2", "h3", "h4"), "html-h1-h6"),
    **dict.fromkeys(("li", "ul"), "html-lists"),
    **dict.fromkeys(("tbody", "td", "tr"), "html-table"),
    **{name: f"<{name}>" for name in ("a", "br", "head", "html", "title")},
}
ATTRIBUTES = {
    **{name: f"html-{name}" for name in ("align", "cellpadding", "cellspacing", "dir", "lang", "role", "width")},
    "class": "[class]",
}
PROPERTIES = {
    **{name: f"css-{name}" for name in ("background-color", "font", "font-size", "letter-spacing", "margin")},
    **{name: f"css-{name}" for name in ("max-width", "overflow-wrap", "padding", "text-transform", "width")},
    "border-bottom": "css-border",
    "border-top": "css-border",
    "border-color": "border-color",
    "color": "color",
}
UNITS = {"px": "css-unit-px", "%": "css-unit-percent"}


@cache
def tables() -> dict[str, dict]:
    return {feature["slug"]: feature for feature in json.loads(TABLES.read_text(encoding="utf-8"))}


@cache
def mails() -> tuple[Element, ...]:
    """Mails in which every line of the template is printed."""
    model = FULL.replace(analyst=Analyst(kind="llm", model="m"))
    published = Email(link_base="https://news.example/b", list_unsubscribe="https://news.example/off")
    small = Email(list_unsubscribe="mailto:off@news.example", max_kb=30)
    editions = ((FULL, Email()), (EMPTY, Email()), (model, published), (crowd(12), small))
    return tuple(tree(compose(briefing, email).html) for briefing, email in editions)


@cache
def used() -> frozenset[str]:
    found = {feature for mail in mails() for element in mail.iter() for feature in features(element)}
    return frozenset({*found, "html-doctype"})


def features(element: Element) -> Iterator[str]:
    """What an element uses, by the names of the tables or of UNTESTED."""
    name = str(element.tag).removeprefix(XHTML)
    if name == "meta":
        kind = element.get("name") or "charset"
        yield "html-meta-color-scheme" if kind == "color-scheme" else f"<meta {kind}>"
        return
    yield ELEMENTS[name]
    for attribute, value in element.attrib.items():
        if attribute == "href":
            yield from address(value)
        elif attribute == "style":
            yield from declarations(value)
        else:
            yield ATTRIBUTES[attribute]
    if name == "style":
        yield from rules(element.text or "")


def address(value: str) -> Iterator[str]:
    if value.startswith("mailto:"):
        yield "html-mailto-links"
    elif not value.startswith(("https://", "http://")):
        yield "html-anchor-links"


def declarations(text: str) -> Iterator[str]:
    for found in tinycss2.parse_declaration_list(text, skip_whitespace=True):
        assert found.type == "declaration", found
        if found.important:
            yield "css-important"
        value = [token for token in found.value if token.type not in {"whitespace", "comment"}]
        if found.name == "display":
            assert [token.serialize() for token in value] == ["none"]
            yield "css-display-none"
        else:
            yield PROPERTIES[found.name]
        for token in value:
            yield from measure(token)


def measure(token: tinycss2.ast.Node) -> Iterator[str]:
    """The unit of a value; a function is a feature of its own, and none is known here."""
    if token.type == "dimension":
        yield UNITS[token.unit]
    elif token.type == "percentage":
        yield UNITS["%"]
    elif token.type == "ident" and token.value in {"system-ui", "initial", "auto", "inherit"}:
        yield f"value {token.value}"
    else:
        assert token.type in {"hash", "ident", "literal", "number", "string"}, token


def rules(text: str) -> Iterator[str]:
    for rule in tinycss2.parse_stylesheet(text, skip_whitespace=True):
        assert (rule.type, rule.at_keyword) == ("at-rule", "media")
        assert tinycss2.serialize(rule.prelude).strip() == "(prefers-color-scheme: dark)"
        yield from ("css-at-media", "css-at-media-prefers-color-scheme")
        for inner in tinycss2.parse_rule_list(rule.content, skip_whitespace=True):
            assert inner.type == "qualified-rule", inner
            yield from selectors(tinycss2.serialize(inner.prelude))
            yield from declarations(tinycss2.serialize(inner.content))


def selectors(text: str) -> Iterator[str]:
    each = [selector.strip() for selector in text.split(",")]
    if len(each) > 1:
        yield "css-selector-grouping"
    for selector in each:
        assert selector.removeprefix(".").isalnum(), selector
        yield "css-selector-class" if selector.startswith(".") else "css-selector-type"


def support(slug: str) -> dict[str, str]:
    """The newest answer of each client: `y`, `a` or `n` with the numbers of its remarks."""
    stats = tables()[slug]["stats"]
    return {
        f"{family} {client}": list(versions.values())[-1]
        for family in FAMILIES
        for client, versions in stats.get(family, {}).items()
    }


def remarks(answer: str) -> list[str]:
    """The numbers of an answer's remarks; "" where support is partial and nobody says in what."""
    numbers = [word.removeprefix("#") for word in answer.split()[1:]]
    return [""] if answer.startswith("a") and not numbers else numbers


TESTED = sorted(used() - set(UNTESTED))


@pytest.mark.parametrize("slug", TESTED)
def test_a_feature_is_known_everywhere_or_has_a_fallback(slug):
    found = support(slug)
    assert found
    assert {client.split()[0] for client in found} == set(FAMILIES)
    missing = {client: answer for client, answer in found.items() if answer[0] not in "ya"}
    assert not missing or slug in FALLBACKS, missing


@pytest.mark.parametrize("slug", TESTED)
def test_every_remark_on_a_feature_was_read(slug):
    notes = {note for answer in support(slug).values() for note in remarks(answer)}
    texts = tables()[slug]["notes_by_num"] or {}
    assert notes == set(READ.get(slug, {})), {number: texts.get(number, "partial") for number in sorted(notes)}


def test_no_answer_is_given_that_nobody_needs():
    missing = {slug for slug in TESTED if any(answer[0] not in "ya" for answer in support(slug).values())}
    assert missing == set(FALLBACKS)
    assert set(UNTESTED) <= used()
    assert set(READ) <= set(TESTED)


@pytest.mark.parametrize("mail", mails())
class TestWhatTheRemarksDemand:
    def test_padding_stands_on_cells_and_lists(self, mail):
        assert {name(e) for e in mail.iter() if "padding" in style(e)} <= {"td", "ul"}

    def test_borders_are_thin_and_stand_on_cells_or_below_headings(self, mail):
        bordered = [(name(e), style(e)) for e in mail.iter() if any(p.startswith("border") for p in style(e))]
        assert {tag for tag, _ in bordered} <= {"td", "h2"}
        widths = [v.split()[0] for _, found in bordered for p, v in found.items() if p.startswith("border")]
        assert all(int(width.removesuffix("px")) <= 8 for width in widths)

    def test_margins_are_plain(self, mail):
        margins = [(name(e), style(e)) for e in mail.iter() if "margin" in style(e)]
        assert not {tag for tag, _ in margins} & {"span", "td", "a"}
        assert not any("-" in found["margin"] or "auto" in found["margin"] for _, found in margins)
        assert not any("background-color" in found for tag, found in margins if tag != "body")

    def test_widths_stand_on_tables(self, mail):
        assert {name(e) for e in mail.iter() if {"width", "max-width"} & set(style(e))} == {"table"}

    def test_sizes_are_in_pixels(self, mail):
        sizes = [v for e in mail.iter() for p, v in style(e).items() if p in {"font-size", "letter-spacing"}]
        assert all(size.removesuffix("px").isdigit() for size in sizes)

    def test_what_is_hidden_holds_text_only(self, mail):
        (hidden,) = [e for e in mail.iter() if style(e).get("display") == "none"]
        assert (name(hidden), len(hidden)) == ("div", 0)

    def test_the_style_sheet_is_small_stands_in_the_head_and_holds_what_is_important(self, mail):
        (sheet,) = elements(next(elements(mail, "head")), "style")
        text = sheet.text or ""
        assert len(text) < 4096
        assert text.count("!") == text.count(" !important;")
        assert not any("!" in e.get("style", "") for e in mail.iter())
        assert len(list(elements(mail, "style"))) == 1

    def test_direction_is_given_to_text_only(self, mail):
        assert not {name(e) for e in mail.iter() if "dir" in e.attrib} & {"table", "td", "a"}

    def test_lists_are_without_order_and_tables_of_one_column(self, mail):
        assert not list(elements(mail, "ol"))
        assert all([name(cell) for cell in row] == ["td"] for row in elements(mail, "tr"))
        assert all(e.get("role") == "presentation" for e in elements(mail, "table"))

    def test_no_link_counts_on_anchors_and_nothing_is_loaded(self, mail):
        assert all(link.startswith(("https://", "http://", "mailto:")) for link in links(mail))
        assert not any(
            "src" in e.attrib or "background" in e.attrib or "url(" in e.get("style", "") for e in mail.iter()
        )


def name(element: Element) -> str:
    return str(element.tag).removeprefix(XHTML)


def style(element: Element) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in element.get("style", "").split(";") if part)
    return {key.strip(): value.strip() for key, value in pairs}
