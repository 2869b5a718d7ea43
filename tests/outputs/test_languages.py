"""Editions in German and in Arabic, from the articles to the page, the mail and the terminal."""

import json
import re
from pathlib import Path

import pytest

from briefing import pipeline
from briefing.analysts.asking import Asking
from briefing.analysts.llm import Llm
from briefing.cache import Cache
from briefing.models.gate import Gate, Limits
from briefing.models.scripted import Scripted
from briefing.outputs import archive, terminal
from briefing.outputs.html import Html
from briefing.outputs.mail.email import Email, message, subject
from briefing.outputs.markdown import Markdown
from briefing.types import Briefing
from tests.building import order
from tests.outputs.edition import EMPTY, FULL
from tests.outputs.mailing import TO, parts
from tests.outputs.parsing import elements, tree, words
from tests.outputs.shelves import put

ARABIC = Path(__file__).parent.parent / "data" / "arabic"
GERMAN = FULL.replace(language="de", title="Ellin-Briefing")
ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")
ARABIC_LETTER = re.compile("[\u0621-\u064a]")


@pytest.fixture(scope="module")
def arabic() -> Briefing:
    wanted = order(ARABIC)._replace(language="ar", title="موجز تلمار", timezone="Asia/Riyadh")
    briefing = pipeline.build(wanted, pipeline.Maps(map, map, map)).briefing
    return briefing.replace(run=briefing.run.replace(seconds=0.0))


def test_a_german_edition_is_the_golden_one(golden):
    golden("de.md", Markdown().render(GERMAN))
    golden("de.html", Html().render(GERMAN))
    golden("de.eml", Email().render(GERMAN).replace("\r\n", "\n"))
    golden("de-empty.md", Markdown().render(EMPTY.replace(language="de")))


def test_an_arabic_edition_is_the_golden_one(golden, arabic):
    golden("ar.md", Markdown().render(arabic))
    golden("ar.html", Html().render(arabic))
    golden("ar.eml", Email().render(arabic).replace("\r\n", "\n"))


def test_arabic_reports_are_read_as_sentences_and_one_event_is_one_story(arabic):
    ferry = max(arabic.stories, key=lambda story: story.outlets)
    assert (ferry.outlets, ferry.origins) == (3, 2)
    assert {entry.language for entry in arabic.articles.values()} == {"ar", "en"}
    assert all(s.text.endswith((".", "؟")) for s in ferry.summary)
    assert len(ferry.summary) >= 3


def test_an_arabic_page_and_its_archive_run_to_the_left(arabic, tmp_path):
    page = tree(Html().render(arabic))
    root = next(elements(page, "html"))
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    assert {e.get("lang") for e in page.iter() if e.get("lang")} == {"ar", "en"}
    put(tmp_path, arabic)
    archive.update(tmp_path)
    index = next(elements(tree((tmp_path / "index.html").read_text(encoding="utf-8")), "html"))
    assert (index.get("lang"), index.get("dir")) == ("ar", "rtl")


def test_an_arabic_mail_says_its_direction_wherever_a_reader_may_cut_it(arabic):
    _, html = parts(arabic)
    found = tree(html)
    cell = next(e for e in elements(found, "td") if e.get("dir"))
    assert (cell.get("align"), cell.get("dir")) == ("right", "rtl")
    assert next(elements(found, "html")).get("dir") == "rtl"
    assert b"Content-Language: ar" in message(arabic, Email(), TO)
    assert subject(arabic).startswith("موجز تلمار، الثلاثاء 20 مايو: ")


def test_an_english_page_says_no_direction():
    assert 'dir="rtl"' not in Html().render(FULL) + "".join(parts(FULL))


def test_digits_are_latin_in_every_language(arabic):
    assert not re.search("[٠-٩]", Markdown().render(arabic) + "".join(parts(arabic)))


def test_a_latin_name_in_an_arabic_line_is_isolated_and_leaves_no_mark_on_the_terminal(arabic):
    listed = next(line for line in Markdown().render(arabic).splitlines() if line.startswith("6."))
    assert "\u2068The Telmar Courier\u2069" in listed
    assert not re.search("[A-Za-z]", re.sub(r"\]\[\d+\]", "", ISOLATED.sub("", listed)))
    shown = terminal.render(arabic, 80, colour=False)
    assert ARABIC_LETTER.search(shown)
    assert not set(shown) & set("\u2066\u2067\u2068\u2069\ue066\ue069")


def test_reasons_of_the_program_are_marked_as_english():
    page = tree(Html().render(GERMAN))
    (notice,) = [e for e in elements(page, "span") if words(e) == "PDF is not supported"]
    assert notice.get("lang") == "en"
    assert "hinter einer Bezahlschranke" in words(page)


ANSWER = {
    "headline": {"text": "Fähre vor den Sennes-Inseln auf ein Riff gelaufen", "ids": ["a1.1"]},
    "summary": [{"text": "Das Schiff hatte 186 Menschen an Bord und hatte Lisk Haven am Nachmittag verlassen.", "ids": ["a1.2"]}],
    "disputes": [],
    "updates": [],
}  # fmt: skip


def test_a_model_s_german_of_english_reports_is_marked_as_translated(tmp_path):
    """The words are German, the quotes stay English and say so, and nobody claims the translation was checked."""
    source = Path(__file__).parent.parent.parent / "samples" / "toll" / "1-courier-sunday-evening.md"
    (tmp_path / "replies.json").write_text(json.dumps({"replies": [{"answer": ANSWER}]}), encoding="utf-8")
    model = Scripted(path=tmp_path / "replies.json")
    asking = Asking(Gate(Limits()), Cache(folder=tmp_path), refresh=False)
    wanted = order(source)._replace(language="de", analyst=Llm(model=model, ask=asking, language="de"))
    briefing = pipeline.build(wanted, pipeline.Maps(map, map, map)).briefing
    (story,) = briefing.stories
    assert story.summary[0].text == ANSWER["summary"][0]["text"]
    text = Markdown().render(briefing)
    assert "*(⚠ übersetzt; Wortlaut nicht geprüft)*" in text
    assert "Auswertung: Sprachmodell" in text
    page = tree(Html().render(briefing))
    assert next(elements(page, "html")).get("lang") == "de"
    quotes = [e for e in elements(page, "q") if "186 people" in words(e)]
    assert {e.get("lang") for e in quotes} == {"en"}
