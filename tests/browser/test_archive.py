"""The archive as a reader meets it: searched without a server, from a file and from any static host."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from briefing.outputs import archive
from briefing.outputs.html import Html
from briefing.text import one_line
from briefing.types import Analysis
from tests.browser import audit
from tests.outputs import hostile
from tests.outputs.edition import FERRY, FULL, HOSTILE, MAYOR, TAXES
from tests.outputs.shelves import dated, marked, put, read_order

DAYS = ("2031-04-30", "2031-05-19", "2031-05-20")
LINES = "main li:visible"
BOX = "Search headlines"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def many(number: int) -> tuple[Analysis, ...]:
    return tuple(story.replace(id=f"{story.id}x{n}") for n in range(number) for story in (FERRY, TAXES, MAYOR))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Three editions with real pages; the middle one tells nine stories, of which four stand open."""
    for day in DAYS:
        briefing = dated(day) if day != DAYS[1] else dated(day).replace(stories=many(3), topics=())
        put(tmp_path, briefing, page=Html().render(briefing))
    assert archive.update(tmp_path) == ()
    return tmp_path


@pytest.fixture
def site(shelf: Path) -> Iterator[str]:
    """The same from a static server on the loopback interface."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(shelf))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def lines(tab) -> list[str]:
    return [text.removesuffix(" disputed") for text in tab.locator(LINES).all_inner_texts()]


def test_typing_filters_the_list_and_clearing_it_brings_all_back(visit, shelf):
    tab = visit(shelf / "index.html")
    before = lines(tab)
    assert before == [one_line(s.headline.text) for s in (*read_order(FULL), *many(3)[:4], *read_order(FULL))]
    tab.get_by_label(BOX).fill("port ELLIN releve")
    assert lines(tab) == ["Le port d'Ellin relève ses taxes de 4 %"] * 5
    assert tab.get_by_role("status").inner_text() == "5 headlines in 3 editions"
    tab.get_by_label(BOX).fill("toll zebra")
    assert lines(tab) == []
    assert tab.locator("article:visible, section:visible").count() == 0
    assert tab.get_by_role("status").inner_text() == "No headline has these words"
    tab.get_by_label(BOX).press("Enter")
    tab.get_by_label(BOX).fill("")
    assert lines(tab) == before
    assert tab.get_by_role("status").inner_text() == ""


def test_disputed_stories_can_be_searched_for(visit, shelf):
    tab = visit(shelf / "index.html")
    tab.get_by_label(BOX).fill("disputed")
    assert set(lines(tab)) == {FERRY.headline.text}
    assert len(lines(tab)) == 5


def test_a_headline_found_leads_to_its_story_and_the_way_back_to_the_search(visit, shelf):
    tab = visit(shelf / "index.html")
    tab.get_by_label(BOX).fill("alder toll")
    assert len(lines(tab)) == 5
    href = tab.locator("main li a:visible").nth(1).get_attribute("href")
    assert href.startswith("2031-05-19/briefing.html#story-")
    story = visit(shelf / href.partition("#")[0], f"#{href.partition('#')[2]}")
    box = story.locator(f"#{href.partition('#')[2]}").bounding_box()
    assert 0 <= box["y"] < 400


def test_without_a_script_the_list_is_complete(visit, shelf):
    tab = visit(shelf / "index.html", java_script_enabled=False)
    assert not tab.get_by_label(BOX).is_visible()
    assert tab.locator("main li").count() == 3 + 9 + 3
    tab.locator("summary").click()
    assert tab.locator(LINES).count() == 3 + 9 + 3


def test_it_works_the_same_from_a_static_host(running, site):
    asked, said = [], []
    context = running.new_context()
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(site)
    tab.get_by_label(BOX).fill("alder toll")
    assert len(lines(tab)) == 5
    assert asked == [site]
    tab.locator("main li a:visible").first.click()
    assert tab.url == f"{site}2031-05-20/briefing.html#story-b2"
    tab.go_back()
    assert tab.get_by_label(BOX).input_value() == "alder toll"
    assert len(lines(tab)) == 5
    tab.get_by_text("Latest edition").click()
    assert tab.url == f"{site}latest/index.html"
    assert tab.locator("h1").inner_text() == FULL.title
    context.close()
    assert said == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(site).netloc}


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_axe_finds_nothing_serious(visit, shelf, settings):
    tab = visit(shelf / "index.html", **settings)
    assert audit.faults(tab) == []
    tab.get_by_label(BOX).fill("alder")
    assert audit.faults(tab) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_window(visit, shelf, width):
    tab = visit(shelf / "index.html", viewport={"width": width, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_headlines_stand_there_literally_and_run_nothing(visit, tmp_path):
    for day, text in enumerate(hostile.PAYLOADS[:9], 10):
        put(tmp_path, hostile.edition(text, "javascript:alert(1)").replace(date=f"2031-05-{day}"))
    put(tmp_path, FULL)
    archive.update(tmp_path)
    tab = visit(tmp_path / "index.html")
    assert HOSTILE.title in lines(tab)
    assert {marked(text) for text in hostile.PAYLOADS[:9]} <= {" ".join(line.split()) for line in lines(tab)}
    assert tab.locator("img, iframe, object, [onerror], [onmouseover], a[href^='javascript']").count() == 0
    tab.get_by_label(BOX).fill("<script>alert(1)</script>")
    assert lines(tab) == [marked("<script>alert(1)</script>")] * 2
