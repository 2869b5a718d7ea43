"""The edition on a terminal: complete at every width, and nothing in it can act on the terminal."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from briefing.outputs.escape import file_path, safe_url
from briefing.outputs.terminal import render
from briefing.outputs.view import page
from briefing.text import one_line
from tests.outputs import hostile
from tests.outputs.edition import EMPTY, FULL, HOSTILE

SGR = re.compile(r"\x1b\[[0-9;]*m")
ACTIONS = (
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://evil.example\x07here\x1b]8;;\x07", "\x9b2J", "\x1b[2J\x1b[1;1H",
    "\r\nover", "back\b\b\b\bspace", "bell\a", "\u202eright to left\u2066", "\x1bP1$r\x1b\\", "[bold red]markup[/]", "[link=http://evil.example]x[/link]",
    ":smile: :warning:", "\u200b\ufeff\u2060", "\x7f\x0e\x0f", "\U000e0041tag",
)  # fmt: skip


def flat(text: str) -> str:
    return " ".join(text.split())


def together(text: str) -> str:
    """The text without its spaces and line breaks, so that wrapping makes no difference."""
    return "".join(text.split())


def test_everything_of_the_page_stands_there_with_its_numbers():
    text = flat(render(FULL, 90, colour=False))
    told = page(FULL)
    assert text.startswith("Ellin briefing Tuesday 20 May 2031")
    for chapter in told.chapters:
        assert chapter.name in text
        for story in chapter.stories:
            assert together(story.headline.text) in together(text)
    assert "31 people are confirmed dead; divers return to the wreck on Wednesday." in text
    assert "Was the hull sound?" in text
    assert "name not checked" in text
    assert "Some 40 people are missing." in text
    assert "scans/notice.pdf: PDF is not supported (read)" in text
    assert "Vesk plants ten thousand larches" in text
    assert "letters/marrow-ferries.txt" in text
    numbers = {int(number) for number in re.findall(r"\[(\d+)\]", text.split("== Sources")[1])}
    assert {source.number for source in told.sources} <= numbers


def test_sources_stand_at_the_end_each_address_on_one_line():
    lines = render(FULL, 40, colour=False).split("\n")
    urls = {source.reference.url for source in page(FULL).sources if source.reference.url}
    assert urls
    assert urls <= {line.strip() for line in lines}
    assert all(len(url) > 20 for url in urls)


def test_sides_of_a_dispute_stand_beside_each_other_where_there_is_room():
    wide, narrow = render(FULL, 100, colour=False), render(FULL, 50, colour=False)
    assert re.search(r"Ministry of Ports +owners' association", wide)
    assert re.search(r"\| Ministry of Ports\n(.+\n)+ +\| owners' association", narrow)


def test_an_update_is_shown_in_steps():
    lines = [flat(line) for line in render(FULL, 80, colour=False).split("\n")]
    first = next(n for n, line in enumerate(lines) if line == "Update: confirmed dead")
    assert re.fullmatch(r"18 May, 09:10 12 \[\d\]", lines[first + 1])
    assert re.fullmatch(r"19 May 31 \[\d\]", lines[first + 2])


def test_an_empty_edition_says_why():
    assert "Nothing new: no article was found in 1 document." in render(EMPTY, 80, colour=False)


@pytest.mark.parametrize("width", [1, 24, 40, 60, 80, 100, 200])
def test_no_line_but_an_address_is_wider_and_no_word_is_lost(width):
    text = render(FULL, width, colour=False)
    places = {p for r in (*page(FULL).references, *(s.reference for s in page(FULL).sources)) for p in (r.url, r.path)}
    wide = [line for line in text.split("\n") if cell_len(line) > max(width, 24) and line.strip() not in places]
    assert wide == []
    if width >= 24:
        assert together(HOSTILE.title) in together(text)


def test_colour_is_the_only_difference():
    plain, coloured = render(FULL, 80, colour=False), render(FULL, 80, colour=True)
    assert "\x1b" not in plain
    assert SGR.search(coloured)
    assert [flat(SGR.sub("", line)) for line in coloured.split("\n")] == [flat(line) for line in plain.split("\n")]


def test_the_environment_changes_nothing(monkeypatch):
    before = render(FULL, 80, colour=True), render(FULL, 80, colour=False)
    for name, value in (
        ("NO_COLOR", "1"),
        ("FORCE_COLOR", "1"),
        ("TERM", "dumb"),
        ("COLUMNS", "30"),
        ("TTY_COMPATIBLE", "1"),
    ):
        monkeypatch.setenv(name, value)
    assert (render(FULL, 80, colour=True), render(FULL, 80, colour=False)) == before


@pytest.mark.parametrize("text", [*ACTIONS, *hostile.PAYLOADS])
def test_no_payload_acts_on_the_terminal(text):
    assert_inert(text, text)


@settings(max_examples=40)
@given(st.one_of(hostile.texts, st.lists(st.sampled_from(ACTIONS)).map("".join)), hostile.addresses)
def test_no_text_acts_on_the_terminal(text, url):
    assert_inert(text, url)


def assert_inert(text, url):
    briefing = hostile.edition(text, url)
    plain = render(briefing, 70, colour=False)
    coloured = SGR.sub("", render(briefing, 70, colour=True))
    plain.encode("utf-8", "strict")
    for shown in (plain, coloured):
        assert {c for c in shown if unicodedata.category(c) in {"Cc", "Cs"}} <= {"\n"}
        assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    assert together(one_line(text)) in together(plain)
    if "http" not in text:
        written = {word for word in plain.split() if word.startswith(("http://", "https://"))}
        assert written <= {safe_url(url), *file_path(url).split()}
