"""Hostile inputs never crash a build, never inject markup, and are each named as a Failure or appear literally."""

import json
import os
import socket
import string
from pathlib import Path
from tempfile import TemporaryDirectory

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from briefing.outputs import html, markdown
from briefing.outputs import json as edition_json
from briefing.types import Briefing
from tests.building import built, without_run

PROSE = (
    "The harbour council of Lisk Haven met on Monday to discuss the repair of the eastern mole. "
    "Engineers said the work would take two summers and cost 9 million crowns. "
    "The mayor, Ada Torrin, said the council would vote in June. "
) * 3
KINDS = ("txt", "md", "html", "json", "jsonl")
# As text of an article, of a title, of a name: markup, template code, links, control and bidi characters.
MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "](javascript:alert(1))", "[x]: http://evil.example",
    "![p](http://evil.example/p.png)", "{{ 7*7 }}{% for x in y %}", "</title></style><h1>owned", "<!-- ", "]]>",
    "| a | b |\n|---|---|", "\n# Heading\n", "\u202egnp.exe", "\u200b\u2066", "\x00\x1b[31m", "&lt;b&gt;&#x3c;", "`code` **b** _i_",
    "http://evil.example/?q=1", "a@evil.example", "\ud800", "💥" * 20, "-----\n\n- [ ] task", "[^1]: note",
)  # fmt: skip
pieces = st.lists(st.one_of(st.sampled_from(MARKUP), st.text(max_size=30)), max_size=6).map(" ".join)


def parsed(page: str) -> object:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert parser.errors == []
    return tree


def assert_sound(briefing: Briefing) -> None:
    """Both renderings hold only markup of ours, and the edition reads back as it is."""
    page = parsed(html.Html().render(briefing))
    assert [e.tag for e in page.iter() if e.tag in {"script", "img", "iframe", "object", "form", "base"}] == []
    # The empty icon of ours keeps browsers from asking a server for one.
    assert {e.attrib["href"] for e in page.iter("link")} <= {"data:,"}
    assert [e.attrib for e in page.iter() if any(name.startswith("on") for name in e.attrib)] == []
    links = [e.attrib["href"] for e in page.iter("a") if "href" in e.attrib]
    assert [u for u in links if not u.startswith(("#", "http://", "https://"))] == ["../index.html"]
    made = html5lib.parse(
        MarkdownIt("commonmark").render(markdown.Markdown().render(briefing)), namespaceHTMLElements=False
    )
    assert [e.tag for e in made.iter() if e.tag in {"script", "img", "iframe", "style"}] == []
    assert [
        u for e in made.iter("a") if not (u := e.attrib.get("href", "#")).startswith(("#", "http://", "https://"))
    ] == []
    again = edition_json.read(edition_json.Json().render(briefing), edition_json.evidence(briefing))
    assert without_run(again) == without_run(briefing)


def assert_named_or_kept(briefing: Briefing, items: set[str]) -> None:
    """Every file is the origin of an article or of a failure."""
    named = {f.item.split("#")[0] for f in briefing.failures}
    kept = {c.url for a in briefing.articles.values() for c in (a, *a.copies) if c.url}
    assert [item for item in items if item not in named and not any(u.endswith(item) or item in u for u in kept)] == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    files=st.dictionaries(
        st.sampled_from([f"{n}.{k}" for n in "ab" for k in KINDS]), st.binary(max_size=400), min_size=1
    )
)
def test_random_bytes_in_every_kind_of_file(files):
    with TemporaryDirectory() as name:
        for path, content in files.items():
            Path(name, path).write_bytes(content)
        Path(name, "good.txt").write_text(f"Mole repair agreed\n\n{PROSE}", encoding="utf-8")
        briefing = built(Path(name))
        assert_sound(briefing)
        assert_named_or_kept(briefing, {*files, "good.txt"})


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(title=pieces, body=pieces, source=pieces, url=pieces, author=pieces)
def test_markup_in_every_field_of_a_record_appears_literally_or_not_at_all(title, body, source, url, author):
    record = {"title": title, "text": f"{PROSE}\n\n{body}\n\n{PROSE}", "source": source, "url": url, "author": author}
    with TemporaryDirectory() as name:
        Path(name, "a.json").write_text(json.dumps(record), encoding="utf-8")
        briefing = built(Path(name))
    assert_sound(briefing)
    assert_named_or_kept(briefing, set() if briefing.articles else {"a.json"})


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(title=pieces, body=pieces)
def test_markup_in_scraped_text_and_markdown(title, body):
    with TemporaryDirectory() as name:
        for kind in ("txt", "md"):
            text = f"{title}\n\n{PROSE}\n\n{body}\n\n{PROSE}"
            Path(name, f"a.{kind}").write_text(text.replace("\0", ""), encoding="utf-8", errors="replace")
        assert_sound(built(Path(name)))


HOSTILE_FILES = {
    "empty.txt": b"",
    "spaces.md": b" \n \n",
    "nul.txt": b"a\0b" * 100,
    "deep.html": b"<div>" * 100_000 + b"text",
    "deep.json": b"[" * 100_000,
    "unclosed.html": b"<html><body><p>" + b"<b>" * 5_000,
    "long-line.txt": b"word " * 2_000_000,
    "one-word.txt": b"x" * 3_000_000,
    "number.json": b'{"title": "t", "text": ' + b"9" * 5_000 + b"}",
    "surrogate.json": b'{"title": "\\ud800", "text": "\\udfff ' + PROSE.encode() + b'"}',
    "entities.html": b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + b"&a;" * 1_000,
    "bidi.txt": ("\u202e" + PROSE).encode(),
    "latin.txt": ("Müller größte Straße. " * 40).encode("latin-1"),
    "utf16.txt": PROSE.encode("utf-16"),
    "bad-utf8.txt": b"\xc3\x28" * 400,
    "picture.png": b"\x89PNG\r\n\x1a\n",
    "letter.docx": b"PK\x03\x04",
    "lines.jsonl": b'{"title": 1}\nnot json\n[]\n"x"\n',
    "-rf.txt": PROSE.encode(),
    "$(id).md": PROSE.encode(),
}


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for name, content in HOSTILE_FILES.items():
        (folder / name).write_bytes(content)
    (folder / "folder.txt").mkdir()
    os.mkfifo(folder / "pipe.txt")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "dangling.txt").symlink_to(folder / "nowhere")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.path.relpath(folder / "socket.txt"))
    os.close(os.open(os.fsencode(folder) + b"/\xff\xfe.txt", os.O_CREAT | os.O_WRONLY))
    (folder / ("n" * 200 + ".txt")).write_text(PROSE, encoding="utf-8")
    return folder


def test_a_folder_of_everything_hostile_gives_a_sound_edition_that_names_each(hostile_folder):
    briefing = built(hostile_folder)
    assert_sound(briefing)
    names = set(HOSTILE_FILES) | {"pipe.txt", "socket.txt", "dangling.txt", "self.txt"}
    assert_named_or_kept(briefing, names)


@pytest.mark.parametrize("name", sorted(HOSTILE_FILES))
def test_each_hostile_file_alone_beside_a_good_one(name, tmp_path):
    (tmp_path / name).write_bytes(HOSTILE_FILES[name])
    (tmp_path / "good.txt").write_text(f"Mole repair agreed\n\n{PROSE}", encoding="utf-8")
    briefing = built(tmp_path)
    assert_sound(briefing)
    assert_named_or_kept(briefing, {name})


def test_nothing_invisible_reaches_the_evidence(hostile_folder):
    texts = "".join(built(hostile_folder).evidence.values())
    allowed = set(string.printable) - set("\t\r\x0b\x0c")
    assert [c for c in set(texts) if ord(c) < 160 and c not in allowed] == []
    assert not set(texts) & set("\u202e\u200b\u2066\ufeff\u00ad")
