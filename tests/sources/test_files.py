"""Files and folders: what is read, what is passed over, what fails and how it is named."""

import json
import os
import socket
import stat
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefing.sources.files import Files, printable
from briefing.types import Document, Failure
from tests.sources.unprivileged import unprivileged

NOW = datetime(2031, 5, 20, 8, tzinfo=UTC)
STORY = "The ferry to Norrholm stopped on Monday. The harbour office gave no reason."


def read(path: Path, **fields: object) -> tuple[list[Document], dict[str, str]]:
    reading = Files(path=path, **fields).read(NOW)
    return list(reading.documents), {failure.item: failure.reason for failure in reading.failures}


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def records(folder: Path, value: object, name: str = "day.json") -> Path:
    return write(folder, name, json.dumps(value))


def test_folder_may_mix_all_kinds_and_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    write(tmp_path, "b/2.md", STORY)
    write(tmp_path, "b/1.TXT", STORY)
    write(tmp_path, "a.html", f"<p>{STORY}</p>")
    records(tmp_path, [{"title": "One", "text": STORY}, {"title": "Two", "text": STORY}], "c.json")
    write(tmp_path, "d.jsonl", json.dumps({"text": STORY}) + "\n")
    documents, failures = read(tmp_path)
    assert [(d.item, d.path, d.folder, d.media_type) for d in documents] == [
        ("a.html", "a.html", "", "text/html"),
        ("b/1.TXT", "b/1.TXT", "b", "text/plain"),
        ("b/2.md", "b/2.md", "b", "text/markdown"),
        ("c.json#1", "c.json", "", "text/plain"),
        ("c.json#2", "c.json", "", "text/plain"),
        ("d.jsonl#1", "d.jsonl", "", "text/plain"),
    ]
    assert not failures


def test_single_file_is_named_by_its_file_name(tmp_path: Path) -> None:
    documents, failures = read(write(tmp_path, "news/one.txt", STORY))
    assert [(d.item, d.text, d.folder) for d in documents] == [("one.txt", STORY, "")]
    assert not failures


def test_hidden_files_readmes_configurations_and_editions_are_passed_over(tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/x.txt", "README.md", "sub/readme.txt", "briefing.toml"):
        write(tmp_path, name, STORY)
    for name in ("briefing.md", "briefing.json", "evidence.json"):
        write(tmp_path, f"briefings/2031-05-19/{name}", "{}")
    assert read(tmp_path) == ([], {})


def test_readme_given_by_name_is_read(tmp_path: Path) -> None:
    documents, _ = read(write(tmp_path, "README.md", STORY))
    assert len(documents) == 1


@pytest.mark.parametrize("name", ["report.pdf", "report.DOCX", "photo.jpeg", "noending", "data.xml"])
def test_other_kinds_are_named_as_not_supported(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, STORY)
    documents, failures = read(tmp_path)
    assert not documents
    assert failures[name].startswith("not supported")
    assert ".txt" in failures[name]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"PK\x03\x04\0\0text", "binary"),
        (b"\x01\x02\x03\x04 ok", "binary"),
        (b"\xff\xfe\x00", "wrong encoding"),
        (bytes(range(128, 256)) * 10, "wrong encoding"),
        (("\ufffd " * 50).encode(), "wrong encoding"),
        (b"x" * 2001, "larger than 2000 bytes"),
    ],
)
def test_content_that_is_no_text_fails_with_its_reason_and_the_rest_goes_on(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    write(tmp_path, "a.txt", content)
    write(tmp_path, "b.txt", STORY)
    documents, failures = read(tmp_path, max_bytes=2000)
    assert [d.item for d in documents] == ["b.txt"]
    assert reason in failures["a.txt"]


def test_huge_line_within_the_cap_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "word " * 400_000)
    documents, _ = read(tmp_path)
    assert len(documents[0].text) == 2_000_000


def test_missing_path_is_a_failure(tmp_path: Path) -> None:
    reading = Files(path=tmp_path / "no.txt").read(NOW)
    assert reading.failures == (Failure(stage="read", item="no.txt", reason="no such file or folder; check the path"),)


def test_name_longer_than_the_file_system_allows_is_a_failure(tmp_path: Path) -> None:
    _, failures = read(tmp_path / ("x" * 5000 + ".txt"))
    assert [reason.startswith("could not be read") for reason in failures.values()] == [True]


def test_pipe_without_a_writer_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    begun = time.monotonic()
    _, failures = read(tmp_path)
    assert "a named pipe" in failures["pipe.txt"]
    assert time.monotonic() - begun < 2


def test_pipe_that_takes_the_place_of_a_file_does_not_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check before the opening is seen to pass; the one after it must refuse."""
    os.mkfifo(tmp_path / "pipe.txt")
    regular = write(tmp_path, "file.txt", STORY).stat()
    monkeypatch.setattr(Path, "stat", lambda self, **_: regular)
    _, failures = read(tmp_path / "pipe.txt")
    assert "a named pipe" in failures["pipe.txt"]


def test_socket_and_device_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        (tmp_path / "null.txt").symlink_to("/dev/null")
        assert "a socket" in read(tmp_path)[1]["socket.txt"]
        assert "a device" in read(tmp_path / "null.txt")[1]["null.txt"]


def test_folder_named_like_a_file_is_read_as_a_folder(tmp_path: Path) -> None:
    write(tmp_path, "x.txt/inner.txt", STORY)
    assert [d.item for d in read(tmp_path)[0]] == ["x.txt/inner.txt"]


def test_file_and_folders_without_permission_are_failures() -> None:
    with unprivileged() as folder:
        write(folder, "a.txt", STORY).chmod(0)
        write(folder, "unlisted/b.txt", STORY).parent.chmod(0)
        write(folder, "closed/c.txt", STORY).parent.chmod(0o400)
        write(folder, "d.txt", STORY)
        documents, failures = read(folder)
        for name in ("unlisted", "closed"):
            (folder / name).chmod(0o700)
    assert [d.item for d in documents] == ["d.txt"]
    assert sorted(failures) == ["a.txt", "closed", "unlisted"]
    assert all("Permission denied" in reason for reason in failures.values())


def test_refusal_by_the_system_is_a_failure_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    write(tmp_path, "a.txt", STORY)
    monkeypatch.setattr(os, "open", refuse)
    assert read(tmp_path)[1] == {
        "a.txt": "could not be read (Permission denied); check the file and its permissions",
    }


def test_links_are_read_inside_the_folder_only_and_never_loop(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    write(inside, "deep/real.txt", STORY)
    write(outside, "private.txt", STORY)
    (inside / "file.txt").symlink_to("deep/real.txt")
    (inside / "deep/loop").symlink_to("..")
    (inside / "self.txt").symlink_to("self.txt")
    (inside / "gone.txt").symlink_to("nothing.txt")
    (inside / "private.txt").symlink_to(outside / "private.txt")
    (inside / "private").symlink_to(outside)
    documents, failures = read(inside)
    assert [d.item for d in documents] == ["deep/real.txt", "file.txt"]
    assert "not followed" in failures["deep/loop"]
    assert "nowhere" in failures["self.txt"]
    assert "nowhere" in failures["gone.txt"]
    assert "out of the folder" in failures["private.txt"]
    assert "out of the folder" in failures["private"]


def test_link_to_a_folder_of_the_same_source_loses_nothing_so_does_not_degrade(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(".")
    assert [failure.degrades for failure in Files(path=tmp_path).read(NOW).failures] == [False]


def test_very_deep_folders_are_read(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(600):
        folder /= "d"
    folder.mkdir(parents=True)
    write(folder, "a.txt", STORY)
    assert len(read(tmp_path)[0]) == 1


def test_names_that_do_not_show_are_escaped(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9\nx\xe2\x80\xae.txt"
    Path(os.fsdecode(raw)).write_text(STORY)
    documents, failures = read(tmp_path)
    assert [d.item for d in documents] == ["caf\\udce9\\nx\\u202e.txt"]
    assert not failures


@given(st.text(alphabet=st.characters(exclude_characters="/\0")))
def test_printable_names_can_be_written_as_utf8_on_one_line(name: str) -> None:
    shown = printable(name)
    assert shown.isprintable()
    assert shown.encode("utf-8").decode("utf-8") == shown


def test_file_that_changes_while_it_is_read_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.txt", STORY)
    size_before = path.stat().st_size
    real = os.fstat

    def grown(handle: int) -> os.stat_result:
        status = real(handle)
        if stat.S_ISREG(status.st_mode) and status.st_size == size_before:
            path.write_text(STORY * 2)
        return status

    monkeypatch.setattr(os, "fstat", grown)
    assert "changed" in read(tmp_path)[1]["a.txt"]


def test_metadata_beside_a_file_fills_what_the_file_does_not_say(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", f"---\ntitle: Ferry stops\n---\n{STORY}")
    write(
        tmp_path, "a.meta.json", '{"title": "Other", "publisher": {"name": "Norrholm Post"}, "pubDate": "2031-05-19"}'
    )
    documents, failures = read(tmp_path, source="Configured")
    assert [d.declared.model_dump(exclude_defaults=True) for d in documents] == [
        {"title": "Ferry stops", "published": "2031-05-19", "source": "Norrholm Post", "weight": 1.0}
    ]
    assert documents[0].text == STORY
    assert not failures


def test_metadata_may_be_named_after_the_whole_file_name(tmp_path: Path) -> None:
    write(tmp_path, "a.html", "<p>Text</p>")
    write(tmp_path, "a.html.meta.json", '{"url": "https://norrholm.example/1"}')
    assert read(tmp_path / "a.html")[0][0].declared.url == "https://norrholm.example/1"


def test_source_of_the_configuration_stands_where_nothing_else_names_one(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", STORY)
    records(tmp_path, [{"text": STORY, "outlet": "Norrholm Post"}, {"text": STORY}])
    documents, _ = read(tmp_path, source="Configured")
    assert [d.declared.source for d in documents] == ["Configured", "Norrholm Post", "Configured"]


def test_bad_metadata_is_a_failure_and_the_article_stays(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", STORY)
    write(tmp_path, "a.meta.json", "{")
    documents, failures = read(tmp_path)
    assert len(documents) == 1
    assert failures["a.meta.json"].startswith("not JSON")


def test_metadata_of_no_file_is_a_failure_and_no_article(tmp_path: Path) -> None:
    write(tmp_path, "gone.meta.json", json.dumps({"text": STORY}))
    documents, failures = read(tmp_path)
    assert not documents
    assert "metadata of no article" in failures["gone.meta.json"]


def test_front_matter_alone_is_no_article(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "---\ntitle: Ferry stops\n---\n")
    assert "no text" in read(tmp_path)[1]["a.md"]


def test_front_matter_without_a_known_field_stays_text(tmp_path: Path) -> None:
    text = "---\nNote: the ferry stops\n---\nMore."
    write(tmp_path, "a.txt", text)
    assert read(tmp_path)[0][0].text == text


def test_text_with_markup_in_a_record_becomes_a_page(tmp_path: Path) -> None:
    records(tmp_path, [{"text": "<p>One</p><p>Two"}, {"text": "a < b > c, and <3"}])
    documents, _ = read(tmp_path)
    assert [d.media_type for d in documents] == ["text/html", "text/plain"]
    assert "<body>\n<p>One</p>" in documents[0].text
    assert documents[1].text == "a < b > c, and <3"


def test_record_larger_than_the_cap_fails_alone(tmp_path: Path) -> None:
    records(tmp_path, [{"text": "ä" * 501}, {"text": STORY}])
    documents, failures = read(tmp_path, max_bytes=1000)
    assert [d.item for d in documents] == ["day.json#2"]
    assert "larger than 1000 bytes" in failures["day.json#1"]


def test_file_of_records_may_hold_twenty_times_the_cap_and_no_more(tmp_path: Path) -> None:
    path = records(tmp_path, [{"text": STORY}] * 60)
    size = path.stat().st_size
    assert len(read(tmp_path, max_bytes=-(-size // 20))[0]) == 60
    assert "larger" in read(tmp_path, max_bytes=size // 20 - 1)[1]["day.json"]


def test_failures_of_one_file_are_counted_after_twenty(tmp_path: Path) -> None:
    records(tmp_path, [1] * 5000)
    _, failures = read(tmp_path)
    assert len(failures) == 21
    assert failures["day.json"].startswith("4980 more")


def test_lone_surrogates_of_json_do_not_reach_the_document(tmp_path: Path) -> None:
    write(tmp_path, "a.json", '{"title": "\\ud800Ferry", "text": "stops \\ud83d\\ude00 \\udfff", "author": "A\\ud800"}')
    (document,) = read(tmp_path)[0]
    assert document.text == "stops 😀"
    assert document.declared.title == "Ferry"
    assert document.declared.authors == ("A",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.sampled_from([b"[" * 100_000, b"1" * 5000, b'{"text":' * 50_000, b"---\n" * 500, b"<p" * 50_000]),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=4),
                st.dictionaries(st.sampled_from(["title", "text", "author", "source", "date", "items", "data"]), inner),
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    ending=st.sampled_from([".txt", ".md", ".html", ".json", ".jsonl", ".meta.json", ".pdf", ""]),
)
def test_whatever_stands_in_a_file_becomes_documents_or_failures(tmp_path: Path, content: bytes, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    path.write_bytes(content)
    try:
        documents, failures = read(tmp_path)
        assert documents or failures or ending.startswith(".json")
        for document in documents:
            assert document.text.strip()
            assert document.item.startswith("x")
        assert all(reason for reason in failures.values())
    finally:
        path.unlink()


def test_empty_list_of_records_is_an_empty_day(tmp_path: Path) -> None:
    records(tmp_path, {"status": "ok", "articles": []})
    assert read(tmp_path) == ([], {})
