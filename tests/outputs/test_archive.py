"""The archive: lists exactly the editions there are, with and without its memory, and takes no text for markup."""

import base64
import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from briefing.outputs import archive
from briefing.outputs.archive import Archive, summaries
from briefing.outputs.html import Html
from briefing.text import one_line
from tests.outputs import hostile
from tests.outputs.edition import EMPTY, FULL
from tests.outputs.parsing import XHTML, elements, links, names, tree, words
from tests.outputs.shelves import dated, marked, put, read_order

DAYS = ("2030-12-31", "2031-05-19", "2031-05-20")


@pytest.fixture(autouse=True)
def _unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def index(out: Path):
    return tree((out / "index.html").read_text(encoding="utf-8"))


def listed(out: Path) -> list[str]:
    """The dates on the page, in order."""
    return [article.attrib["id"].removeprefix("d-") for article in elements(index(out), "article")]


def headlines(out: Path) -> list[str]:
    return [words(line) for line in elements(index(out), "li")]


def test_editions_are_listed_newest_first_by_month_with_their_headlines(tmp_path):
    for day in DAYS:
        put(tmp_path, dated(day))
    assert archive.update(tmp_path) == ()
    assert listed(tmp_path) == sorted(DAYS, reverse=True)
    assert [words(e) for e in elements(index(tmp_path), "h2")] == ["May 2031", "December 2030"]
    told = [one_line(story.headline.text) for story in read_order(FULL)]
    shown = [f"{text} disputed" if story.disputes else text for text, story in zip(told, read_order(FULL), strict=True)]
    assert headlines(tmp_path) == shown * 3
    assert words(next(elements(index(tmp_path), "article"))).startswith("Tuesday 20 May 3 stories · 1 disputed")
    assert "3 editions · 9 stories, 3 disputed · 31 December 2030 to 20 May 2031" in words(index(tmp_path))


def test_every_link_of_the_archive_leads_to_something(tmp_path):
    """Also to the very story: its permalink is an id on the page as it is rendered."""
    for day in DAYS:
        put(tmp_path, dated(day), page=Html().render(dated(day)))
    archive.update(tmp_path)
    targets = [link for link in links(index(tmp_path)) if link != "data:,"]
    assert len([t for t in targets if "#story-" in t]) == 9
    for target in targets:
        path, _, fragment = target.partition("#")
        found = tree((tmp_path / (path or "index.html")).read_text(encoding="utf-8")) if "xml" not in path else None
        assert path or fragment
        assert found is None or not fragment or fragment in {e.attrib.get("id") for e in found.iter()}


@settings(max_examples=30)
@given(
    st.dictionaries(st.dates().map(str), st.sampled_from(["sound", "damaged", "removed", "empty"]), max_size=8),
    st.booleans(),
)
def test_the_index_lists_exactly_the_sound_editions_there_are(days, memory):
    with TemporaryDirectory() as name:
        out = Path(name)
        for day in days:
            put(out, dated(day, EMPTY))
        archive.update(out)
        for day, state in days.items():
            if state in {"removed", "empty"}:
                shutil.rmtree(out / day)
            if state == "empty":
                (out / day).mkdir()
            if state == "damaged":
                (out / day / "briefing.json").write_text("{")
        if not memory:
            (out / ".archive.json").unlink(missing_ok=True)
        failures = archive.update(out)
        sound = sorted((day for day, state in days.items() if state == "sound"), reverse=True)
        assert listed(out) == sound
        assert sorted(Path(f.item).name for f in failures) == sorted(d for d, s in days.items() if s == "damaged")
        assert (out / "latest").exists() == bool(sound)
        if sound:
            assert (out / "latest/briefing.json").read_bytes() == (out / sound[0] / "briefing.json").read_bytes()


def _without(key):
    def change(place):
        data = json.loads((place / "briefing.json").read_text())
        del data[key]
        (place / "briefing.json").write_text(json.dumps(data))

    return change


DAMAGES = {
    "empty": (lambda place: (place / "briefing.json").write_bytes(b""), "EOF"),
    "not JSON": (lambda place: (place / "briefing.json").write_bytes(b"\xff\xfe{"), "JSON"),
    "cut": (lambda place: os.truncate(place / "briefing.json", 900), "EOF"),
    "nested": (lambda place: (place / "briefing.json").write_bytes(b"[" * 100_000), "JSON"),
    "a list": (lambda place: (place / "briefing.json").write_bytes(b"[1]"), "object"),
    "no title": (_without("title"), "title"),
    "no schema": (_without("schema"), "schema"),
    "other schema": (lambda place: _swap(place, '"briefing/1"', '"briefing/2"'), "schema is 'briefing/2'"),
    "other day": (lambda place: _swap(place, '"date": "2031-05-19"', '"date": "2031-05-18"'), "2031-05-18"),
    "no data": (lambda place: (place / "briefing.json").unlink(), "briefing.json missing"),
    "no evidence": (lambda place: (place / "evidence.json").unlink(), "evidence.json missing"),
    "a folder": (lambda place: _folder(place / "briefing.json"), "briefing.json missing"),
    "a lone surrogate": (lambda place: _swap(place, "Ellin briefing", "\\ud800"), "JSON"),
}


def _swap(place, old, new):
    text = (place / "briefing.json").read_text(encoding="utf-8")
    assert old in text
    (place / "briefing.json").write_text(text.replace(old, new), encoding="utf-8")


def _folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_edition_is_named_and_stops_no_other(tmp_path, damage):
    change, said = DAMAGES[damage]
    for day in DAYS:
        put(tmp_path, dated(day))
    archive.update(tmp_path)
    change(tmp_path / "2031-05-19")
    (failure,) = archive.update(tmp_path)
    assert (failure.stage, failure.item, failure.degrades) == ("archive", str(tmp_path / "2031-05-19"), False)
    assert said in failure.reason
    assert listed(tmp_path) == ["2031-05-20", "2030-12-31"]


def test_latest_is_the_newest_sound_edition(tmp_path):
    for day in DAYS:
        put(tmp_path, dated(day), page=f"<!doctype html>{day}")
    (tmp_path / "2031-05-20" / "evidence.json").unlink()
    archive.update(tmp_path)
    assert (tmp_path / "latest/index.html").read_text() == "<!doctype html>2031-05-19"
    assert {p.name for p in (tmp_path / "latest").iterdir()} == {
        "briefing.html", "briefing.json", "evidence.json", "index.html",
    }  # fmt: skip


def test_a_new_revision_replaces_what_was_known(tmp_path):
    put(tmp_path, FULL)
    archive.update(tmp_path)
    place = put(tmp_path, EMPTY.replace(date=FULL.date, revision=2))
    (place / ".r1").mkdir()
    archive.update(tmp_path)
    assert headlines(tmp_path) == []
    assert "No story was told." in words(index(tmp_path))
    assert "revision 2" in words(index(tmp_path))
    assert not (tmp_path / "latest" / ".r1").exists()


def test_folders_that_are_no_editions_are_passed_over(tmp_path):
    put(tmp_path, FULL)
    for name in ("2031-02-30", "2031-5-1", "drafts", "２０３１-05-20"):
        put(tmp_path, FULL, date=name)
    (tmp_path / "2031-05-01").write_text("a note")
    assert archive.update(tmp_path) == ()
    assert listed(tmp_path) == [FULL.date]


def test_without_any_edition_there_is_an_empty_archive(tmp_path):
    assert archive.update(tmp_path) == ()
    assert "No edition stands here yet." in words(index(tmp_path))
    assert not (tmp_path / "latest").exists()


def test_an_edition_without_a_page_leads_to_what_there_is(tmp_path):
    place = put(tmp_path, FULL, page=None)
    archive.update(tmp_path)
    assert "2031-05-20/briefing.json" in links(index(tmp_path))
    assert not any("#story" in link for link in links(index(tmp_path)))
    (place / "briefing.md").write_text("# Markdown")
    archive.update(tmp_path)
    assert {"2031-05-20/briefing.md", "latest/briefing.md"} <= set(links(index(tmp_path)))


CACHES = (b"", b"{}", b"\xff", b"0" * 64 + b"\n{}", b"[" * 100_000, None)


@pytest.mark.parametrize("content", CACHES)
def test_a_damaged_memory_is_never_relied_on(tmp_path, content):
    for day in DAYS:
        put(tmp_path, dated(day))
    archive.update(tmp_path)
    before = (tmp_path / "index.html").read_bytes()
    cache = tmp_path / ".archive.json"
    cache.unlink()
    if content is None:
        cache.mkdir()
    else:
        cache.write_bytes(content)
    assert archive.update(tmp_path) == ()
    assert (tmp_path / "index.html").read_bytes() == before


@given(st.data())
@settings(max_examples=40)
def test_no_byte_of_the_memory_can_change_what_is_listed(data):
    with TemporaryDirectory() as name:
        put(Path(name), FULL)
        archive.update(Path(name))
        before = (Path(name) / "index.html").read_bytes()
        content = bytearray((Path(name) / ".archive.json").read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        (Path(name) / ".archive.json").write_bytes(content)
        archive.update(Path(name))
        assert (Path(name) / "index.html").read_bytes() == before


def test_the_memory_spares_reading_and_is_not_trusted_where_a_file_has_changed(tmp_path, monkeypatch):
    for day in DAYS:
        put(tmp_path, dated(day))
    archive.update(tmp_path)
    read = []
    real = summaries._read
    monkeypatch.setattr(summaries, "_read", lambda place: read.append(place.name) or real(place))
    archive.update(tmp_path)
    assert read == []
    put(tmp_path, dated("2031-05-19", EMPTY))
    archive.update(tmp_path)
    assert read == ["2031-05-19"]
    stat = (tmp_path / DAYS[0] / "briefing.json").stat()
    _swap(tmp_path / DAYS[0], "Alder toll rises", "Alder toll falls")
    os.utime(tmp_path / DAYS[0] / "briefing.json", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    archive.update(tmp_path)
    assert read == ["2031-05-19", DAYS[0]]
    assert any("toll falls" in headline for headline in headlines(tmp_path))


@pytest.mark.parametrize("name", ["index.html", "feed.xml"])
@pytest.mark.parametrize("linked", [False, True])
def test_a_file_that_is_not_of_the_archive_is_left_alone_and_named(tmp_path, name, linked):
    put(tmp_path, FULL)
    mine = tmp_path / ("mine" if linked else name)
    mine.write_text("my own")
    if linked:
        (tmp_path / name).symlink_to("mine")
    (failure,) = archive.update(tmp_path)
    assert failure.item == str(tmp_path / name)
    assert "not made by briefing" in failure.reason
    assert failure.degrades
    assert mine.read_text() == "my own"
    assert (tmp_path / "latest/index.html").exists()
    assert len([p for p in ("index.html", "feed.xml") if (tmp_path / p).is_file()]) == 2


def test_a_disk_that_refuses_is_a_failure_and_leaves_the_old_files(tmp_path, monkeypatch):
    put(tmp_path, dated("2031-05-19"))
    archive.update(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    put(tmp_path, dated("2031-05-20"))

    def refused(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refused)
    monkeypatch.setattr(Path, "mkdir", refused)
    failures = archive.update(tmp_path)
    assert [Path(f.item).name for f in failures] == ["latest", "index.html", "feed.xml"]
    assert all("No space left" in f.reason for f in failures)
    assert {path: path.read_bytes() for path in before} == before
    assert not list(tmp_path.glob(".*.tmp"))


PLAIN = {
    "script": 1,
    "style": 1,
    "h1": 1,
    "h2": 1,
    "h3": 1,
    "article": 1,
    "section": 1,
    "li": 2,
    "img": 0,
    "iframe": 0,
    "form": 0,
}


def hostile_shelf(out: Path, text: str) -> None:
    put(out, hostile.edition(text, "javascript:alert(1)").replace(date="2031-05-20"))


@pytest.mark.parametrize("text", hostile.PAYLOADS)
def test_no_payload_changes_the_page(text):
    assert_inert(text)


@settings(max_examples=60)
@given(hostile.texts)
def test_no_text_changes_the_page(text):
    assert_inert(text)


def assert_inert(text: str) -> None:
    with TemporaryDirectory() as name:
        hostile_shelf(Path(name), text)
        archive.update(Path(name))
        root = index(Path(name))
    found = names(root)
    assert {key: found[key] for key in PLAIN} == PLAIN
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    assert {urlsplit(link).scheme for link in links(root)} == {"", "data"}
    assert [words(line).removesuffix(" disputed") for line in elements(root, "li")] == [marked(text)] * 2


def test_the_policy_allows_this_one_script_by_its_hash_and_no_request(tmp_path):
    hostile_shelf(tmp_path, "</script><script>alert(1)</script>")
    archive.update(tmp_path)
    root = index(tmp_path)
    (script,) = elements(root, "script")
    digest = base64.b64encode(hashlib.sha256((script.text or "").encode()).digest()).decode()
    (policy,) = [e.attrib["content"] for e in elements(root, "meta") if e.attrib.get("http-equiv")]
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert len(script.text or "") < 2500
    assert not re.search(r"innerHTML|eval|fetch|XMLHttp|import|http", script.text or "")
    assert (next(elements(root, "h1")).text or "") == one_line("</script><script>alert(1)</script>")


def test_the_whole_list_is_there_without_the_script(tmp_path):
    put(tmp_path, FULL)
    archive.update(tmp_path)
    root = index(tmp_path)
    hidden = [e for e in root.iter() if "hidden" in e.attrib]
    assert [e.attrib.get("role") for e in hidden] == ["search"]
    assert not any(e.tag == XHTML + "li" for e in hidden[0].iter())


def test_the_page_looks_like_the_editions_as_set(tmp_path):
    put(tmp_path, FULL)
    theme = tmp_path / "theme.css"
    theme.write_text("h1 { color: #a03; }")
    html = Html(accent="#aa3311", theme=theme, appearance="dark")
    assert archive.update(tmp_path, Archive(title="All of Ellin"), html) == ()
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "h1 { color: #a03; }" in text
    assert "#aa3311" in text
    assert [words(e) for e in elements(index(tmp_path), "h1")] == ["All of Ellin"]
    theme.unlink()
    (failure,) = archive.update(tmp_path, None, html)
    assert "theme.css could not be read" in failure.reason


@pytest.mark.parametrize(
    "settings",
    [{"base_url": url} for url in ("http://a.example/", "https://a.example/?q=1", "https://a@b.example/", "a.example", "javascript:x")]
    + [{"tag": "no date"}, {"tag": "a.example,31"}, {"entries": 0}, {"titel": "x"}],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(settings):
    with pytest.raises(ValidationError):
        Archive.model_validate(settings)


def test_the_base_ends_with_one_slash():
    assert Archive(base_url="https://News.example/briefings").base_url == "https://news.example/briefings/"
    assert Archive(base_url="https://news.example").base_url == "https://news.example/"
