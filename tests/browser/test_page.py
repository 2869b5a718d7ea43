"""The page as a reader meets it: in a real browser, from a file, without a script of its own."""

import re

import pytest

from briefing.outputs import json as edition_json
from briefing.outputs.html import Html
from briefing.outputs.numbering import anchor
from briefing.outputs.view import page
from tests.browser import audit
from tests.building import SAMPLES
from tests.outputs import hostile
from tests.outputs.edition import EMPTY, FULL, HOSTILE

EXPECTED = edition_json.read(
    *((SAMPLES / "expected" / name).read_text(encoding="utf-8") for name in ("briefing.json", "evidence.json"))
)
EDITIONS = {"full": FULL, "empty": EMPTY, "samples": EXPECTED, "arabic": FULL.replace(language="ar")}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FIRST = ".told .said >> nth=0 >> button.cite >> nth=0"


def opened(tab):
    """The citations that stand open."""
    return tab.locator(".source:popover-open")


@pytest.mark.parametrize("settings", [{}, PHONE, {"java_script_enabled": False}], ids=["desktop", "phone", "no script"])
def test_a_citation_opens_the_exact_words_in_place_and_escape_closes_it(visit, rendered, settings):
    tab = visit(rendered(FULL), **settings)
    button = tab.locator(FIRST)
    button.click()
    assert opened(tab).count() == 1
    number = int(button.inner_text())
    source = page(FULL).sources[number - 1]
    assert source.words in opened(tab).inner_text()
    assert opened(tab).locator("a").first.get_attribute("href") == source.url
    assert ":~:text=" in source.url
    box, window = opened(tab).bounding_box(), tab.viewport_size
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= window["width"]
    assert box["y"] + box["height"] <= window["height"]
    tab.keyboard.press("Escape")
    assert opened(tab).count() == 0


def test_a_citation_stands_beside_its_number(visit, rendered):
    tab = visit(rendered(FULL))
    tab.locator(FIRST).click()
    number, box = tab.locator(FIRST).bounding_box(), opened(tab).bounding_box()
    above, below = number["y"] - (box["y"] + box["height"]), box["y"] - (number["y"] + number["height"])
    assert 0 <= max(above, below) < 40


def test_citations_are_reached_and_read_by_keyboard_alone(visit, rendered):
    tab = visit(rendered(FULL))
    tab.keyboard.press("Tab")
    assert tab.locator(":focus").inner_text() == "Skip to the stories"
    tab.keyboard.press("Enter")
    for _ in range(20):
        tab.keyboard.press("Tab")
        if tab.locator("button.cite:focus").count():
            break
    number = tab.locator("button.cite:focus").inner_text()
    tab.keyboard.press("Enter")
    assert opened(tab).get_attribute("id") == f"s{number}"
    tab.keyboard.press("Tab")
    assert opened(tab).locator("a:focus").count() == 1
    tab.keyboard.press("Escape")
    assert opened(tab).count() == 0
    assert tab.locator("button.cite:focus").inner_text() == number


def test_opening_another_citation_closes_the_first(visit, rendered):
    tab = visit(rendered(FULL))
    for place in (0, 3):
        tab.locator("button.cite").nth(place).click()
    assert opened(tab).count() == 1


def test_what_is_not_open_stands_in_the_list_of_sources(visit, rendered):
    tab = visit(rendered(FULL))
    shown = tab.locator("#sources").inner_text()
    assert all(source.words in shown for source in page(FULL).sources)


def ground(tab):
    return tab.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")


@pytest.mark.parametrize("script", [True, False])
def test_light_and_dark_are_chosen_without_a_script(visit, rendered, script):
    path = rendered(FULL)
    follows = {
        scheme: ground(visit(path, color_scheme=scheme, java_script_enabled=script)) for scheme in ("light", "dark")
    }
    assert follows["light"] != follows["dark"]
    tab = visit(path, color_scheme="light", java_script_enabled=script)
    tab.get_by_label("Dark").check()
    assert ground(tab) == follows["dark"]
    tab.get_by_label("Dark").press("ArrowLeft")
    assert tab.get_by_label("Light").is_checked()
    assert ground(tab) == follows["light"]


def test_the_setting_is_what_the_page_starts_with(visit, rendered):
    assert visit(rendered(FULL, Html(appearance="dark")), color_scheme="light").get_by_label("Dark").is_checked()


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
@pytest.mark.parametrize("name", EDITIONS)
def test_axe_finds_nothing_serious(visit, rendered, name, settings):
    tab = visit(rendered(EDITIONS[name]), **settings)
    assert audit.faults(tab) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_an_open_citation_of_any_accent(visit, rendered, scheme):
    tab = visit(rendered(FULL, Html(accent="#ffee00")), color_scheme=scheme)
    tab.locator(FIRST).click()
    assert audit.faults(tab) == []


@pytest.mark.parametrize("name", ["full", "arabic"])
@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280])
def test_nothing_is_wider_than_the_window(visit, rendered, width, name):
    tab = visit(rendered(EDITIONS[name]), viewport={"width": width, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_an_arabic_page_is_the_mirror_image_of_an_english_one(visit, rendered):
    """Where the page begins is on the right: the name, the rail beside a story, the first column of the picture."""

    def beginnings(name):
        tab = visit(rendered(EDITIONS[name]))
        boxes = {part: tab.locator(part).first.bounding_box() for part in ("h1", ".rail", ".told", ".strip")}
        marks = tab.locator(".strip").first.locator("circle, path:not(#guides)").all()
        return boxes, [mark.bounding_box()["x"] for mark in marks]

    english, columns = beginnings("full")
    arabic, mirrored = beginnings("arabic")
    assert english["h1"]["x"] < 640 < arabic["h1"]["x"] + arabic["h1"]["width"]
    assert english[".rail"]["x"] < english[".told"]["x"]
    assert arabic[".rail"]["x"] > arabic[".told"]["x"]
    assert english[".strip"]["x"] > 640 > arabic[".strip"]["x"]
    assert columns == sorted(columns)
    assert mirrored == sorted(mirrored, reverse=True)


def test_a_citation_opens_on_an_arabic_page(visit, rendered):
    tab = visit(rendered(EDITIONS["arabic"]))
    tab.locator(FIRST).click()
    box, window = opened(tab).bounding_box(), tab.viewport_size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window["width"]


def test_the_picture_is_drawn_where_there_is_room_and_is_a_list_on_a_phone(visit, rendered):
    path = rendered(FULL)
    wide, phone = visit(path), visit(path, **PHONE)
    assert wide.locator("svg.strip").first.is_visible()
    assert not phone.locator("svg.strip").first.is_visible()
    assert not phone.locator(".rows a").first.is_visible()
    phone.locator(".glance summary").click()
    phone.locator(".rows a").first.click()
    assert phone.url.endswith(f"#{anchor('b2')}")


def test_a_permalink_leads_to_its_story(visit, rendered):
    tab = visit(rendered(FULL), f"#{anchor('a1')}")
    assert 0 <= tab.locator(f"#{anchor('a1')}").bounding_box()["y"] < 400
    assert tab.locator(f"#{anchor('a1')} .here").get_attribute("href") == f"#{anchor('a1')}"


def test_on_paper_every_number_and_every_quote_stands_in_the_list(visit, rendered, tmp_path):
    pdfium = pytest.importorskip("pypdfium2")
    tab = visit(rendered(FULL))
    tab.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pdfium.PdfDocument(tmp_path / "page.pdf") as document:
        text = " ".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    squeezed = re.sub(r"\W+", "", text)
    for source in page(FULL).sources:
        assert re.sub(r"\W+", "", source.words) in squeezed
        assert f"{source.number}." in text
    assert "SkiptothestoriesAuto" not in squeezed


def test_hostile_text_stands_there_literally(visit, rendered):
    tab = visit(rendered(FULL))
    assert tab.locator(f"#{anchor('a1')}-title").inner_text() == HOSTILE.title
    assert tab.locator("script, img, iframe, object").count() == 0


@pytest.mark.parametrize("text", hostile.PAYLOADS[:4])
def test_a_page_of_payloads_runs_nothing(visit, rendered, text):
    tab = visit(rendered(hostile.edition(text, "javascript:alert(1)")))
    assert tab.locator("script, img, iframe, object, [onerror], [onmouseover]").count() == 0
    assert tab.locator("a[href^='javascript']").count() == 0


def test_the_page_of_the_samples_is_whole(visit, rendered):
    tab = visit(rendered(EXPECTED))
    assert tab.locator("h1").inner_text() == "Daily briefing"
    assert tab.locator("article").count() == 15
    assert "<script>alert(1)</script>" in tab.locator("body").text_content()
