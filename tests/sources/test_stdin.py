"""Standard input: what is piped in is told by its content, and named "-"."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.sources.stdin import Stdin
from briefing.types import Document

STORY = "The ferry to Norrholm stopped on Monday. The harbour office gave no reason, and the council met at noon."
RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Norrholm Post</title><link>https://post.example/</link>
<item><title>Ferry stops</title><link>https://post.example/1</link><description>&lt;p&gt;{STORY}&lt;/p&gt;</description></item>
<item><title>No words</title><link>https://post.example/2</link></item></channel></rss>"""
OPML = '<opml version="2.0"><body><outline type="rss" xmlUrl="https://post.example/feed"/></body></opml>'


def read(content: str | bytes, **fields: object) -> tuple[list[Document], dict[str, str]]:
    data = content if isinstance(content, bytes) else content.encode()
    reading = Stdin(**fields).reading(io.BytesIO(data))
    return list(reading.documents), {failure.item: failure.reason for failure in reading.failures}


def test_a_plain_text_is_one_article() -> None:
    (document,), failures = read(STORY)
    assert (document.item, document.path, document.folder) == ("-", "-", "")
    assert (document.media_type, document.text) == ("text/plain", STORY)
    assert not failures


def test_front_matter_is_read_before_what_the_source_says() -> None:
    (document,), _ = read(f"---\ntitle: Ferry stops\nsource: Norrholm Post\n---\n{STORY}", source="The Example Gazette")
    assert document.media_type == "text/markdown"
    assert (document.declared.title, document.declared.source) == ("Ferry stops", "Norrholm Post")


@pytest.mark.parametrize(
    "text", [f"# Ferry stops\n\n{STORY}", f"[Ferry]({'https://post.example/1'}) stops.\n\n{STORY}"]
)
def test_marks_of_markdown_make_it_markdown(text: str) -> None:
    (document,), _ = read(text)
    assert document.media_type == "text/markdown"


def test_a_page_is_html() -> None:
    (document,), _ = read(f"<!DOCTYPE html><html><head><title>Ferry</title></head><body><p>{STORY}</p></body></html>")
    assert (document.item, document.media_type) == ("-", "text/html")


@pytest.mark.parametrize(
    ("content", "items"),
    [
        (json.dumps({"title": "Ferry", "text": STORY}), ["-"]),
        (json.dumps([{"title": "Ferry", "text": STORY}, {"title": "Vote", "text": STORY}]), ["-#1", "-#2"]),
        (json.dumps({"articles": [{"text": STORY}]}, indent=2), ["-#1"]),
        ("\n".join(json.dumps({"text": STORY, "title": t}) for t in "abc"), ["-#1", "-#2", "-#3"]),
    ],
    ids=["object", "array", "nested", "lines"],
)
def test_records_are_articles_named_by_their_number(content: str, items: list[str]) -> None:
    documents, failures = read(content, source="Norrholm Post")
    assert [d.item for d in documents] == items
    assert all(d.path == "-" and d.declared.source == "Norrholm Post" for d in documents)
    assert not failures


def test_a_line_cut_by_a_killed_writer_leaves_the_others() -> None:
    documents, failures = read(json.dumps({"text": STORY}) + '\n{"text": "The ferry to N')
    assert [d.item for d in documents] == ["-#1"]
    assert "line 2: not JSON" in failures["-#2"]


def test_a_text_that_begins_with_a_bracket_is_no_json() -> None:
    (document,), failures = read(f"[Norrholm, Monday] {STORY}")
    assert document.text.startswith("[Norrholm")
    assert not failures


def test_a_feed_gives_the_entries_that_hold_a_text() -> None:
    documents, failures = read(RSS)
    assert [(d.item, d.declared.title, d.declared.source, d.declared.url) for d in documents] == [
        ("-#1", "Ferry stops", "Norrholm Post", "https://post.example/1")
    ]
    assert STORY in documents[0].text
    assert "title and link only: No words (https://post.example/2)" in failures["-#2"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty; pipe articles into it"),
        (b" \n\t", "empty; pipe articles into it"),
        (b"\x00\x01\x02" * 50, "binary"),
        ('{"title": "no text"}', "no text"),
        ("[]", "a list without articles"),
        (OPML, "briefing sources import"),
        ('{"text": 1', "not JSON"),
    ],
    ids=["nothing", "space", "binary", "no-text", "no-records", "opml", "cut"],
)
def test_what_is_no_article_is_named_with_what_to_do(content: str | bytes, says: str) -> None:
    documents, failures = read(content)
    assert not documents
    assert says in failures["-"]


def test_a_text_over_the_cap_is_refused_and_so_is_each_record_over_it() -> None:
    assert "larger than 50 bytes" in read(STORY, max_bytes=50)[1]["-"]
    assert "larger than 50 bytes" in read(STORY * 5, max_bytes=50)[1]["-"]
    assert "larger than 1000 bytes" in read(STORY * 20, max_bytes=50)[1]["-"]
    documents, failures = read("\n".join(json.dumps({"text": t}) for t in (STORY, "Short.")), max_bytes=50)
    assert [d.item for d in documents] == ["-#2"]
    assert "larger than 50 bytes" in failures["-#1"]


def test_no_text_of_a_private_source_may_go_to_a_model() -> None:
    assert [d.private for d in read(RSS, llm="never")[0]] == [True]
    assert [d.private for d in read(STORY)[0]] == [False]


def test_a_closed_or_missing_standard_input_is_a_failure() -> None:
    closed = io.BytesIO()
    closed.close()
    for stream in (None, closed):
        (failure,) = Stdin().reading(stream).failures
        assert failure.item == "-"
        assert "briefing build -" in failure.reason


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    documents, failures = read(data)
    assert documents or failures


def test_a_pipe_is_read_by_build_beside_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Ostrel votes\n\n" + "The council of Ostrel met and put off its vote. " * 12, "utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "briefing",
        "build",
        "-",
        "a.txt",
        "--format",
        "json",
        "--now",
        "2031-05-20T08:00:00Z",
    ]
    text = "Ferry stops\n\n" + "The harbour office of Norrholm closed the pier on Monday. " * 12
    done = subprocess.run(command, cwd=tmp_path, input=text, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    edition = json.loads((tmp_path / "briefings/2031-05-20/briefing.json").read_text(encoding="utf-8"))
    assert sorted(a["title"] for a in edition["articles"].values()) == ["Ferry stops", "Ostrel votes"]
