"""JSON and JSONL: the records found, and what their fields say."""

import json

import pytest

from briefing.errors import SourceError
from briefing.sources import records
from briefing.sources.records import Value


def found(value: object) -> list[tuple[int | None, str]]:
    numbered = records.read(json.dumps(value))
    return [(number, records.text_of(r)) for number, r in numbered if not isinstance(r, SourceError)]


@pytest.mark.parametrize("name", ["articles", "items", "entries", "results", "data", "docs", "Articles"])
def test_array_may_stand_in_an_object_under_a_usual_name(name: str) -> None:
    assert found({"title": "The feed", "description": "All of it", name: [{"text": "a"}, {"body": "b"}]}) == [
        (1, "a"),
        (2, "b"),
    ]


def test_array_may_stand_two_objects_deep() -> None:
    assert found({"data": {"articles": [{"text": "a"}]}}) == [(1, "a")]


def test_single_object_is_one_record_without_a_number() -> None:
    assert found({"headline": "h", "articleBody": "a", "items": ["related"]}) == [(None, "a")]


@pytest.mark.parametrize(
    "name",
    ["text", "body", "content", "articleBody", "full_text", "maintext", "content_text", "description", "TEXT"],
)
def test_names_of_the_text_are_recognised(name: str) -> None:
    assert records.text_of({name: "a"}) == "a"


def test_description_is_the_text_of_last_resort() -> None:
    assert records.text_of({"description": "teaser", "content": "whole"}) == "whole"
    assert records.text_of({"description": "teaser", "content": None, "text": " "}) == "teaser"


def test_paragraphs_in_a_list_are_joined() -> None:
    assert records.text_of({"text": ["one", "", "two"]}) == "one\n\ntwo"


@pytest.mark.parametrize("record", [{}, {"title": "Only a title"}, {"text": None}, {"text": {}}, {"text": True}])
def test_record_without_text_is_refused(record: dict[str, Value]) -> None:
    with pytest.raises(SourceError, match="no text"):
        records.text_of(record)


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ({"headline": "T"}, "title", "T"),
        ({"title": {"rendered": "T"}}, "title", "T"),
        ({"link": "u", "URL": None}, "url", "u"),
        ({"canonical_url": "u"}, "url", "u"),
        ({"pubDate": "Mon, 19 May 2031"}, "published", "Mon, 19 May 2031"),
        ({"publishedAt": "x"}, "published", "x"),
        ({"datePublished": "x"}, "published", "x"),
        ({"date_published": "x"}, "published", "x"),
        ({"created_at": 1937000000}, "published", "1937000000"),
        ({"date": 1937000000.5}, "published", "1937000000.5"),
        ({"date": True}, "published", None),
        ({"publisher": {"@type": "Organization", "name": "Post"}}, "source", "Post"),
        ({"source": {"id": None, "name": "Post"}}, "source", "Post"),
        ({"site": ["Post", "Times"]}, "source", "Post"),
        ({"byline": "By A. Berg"}, "authors", ("By A. Berg",)),
        ({"author": [{"name": "A. Berg"}, "B. Lund", {"name": None}, 3]}, "authors", ("A. Berg", "B. Lund", "3")),
        ({"author": {"name": "A. Berg"}}, "authors", ("A. Berg",)),
        ({"author": None, "creator": ["A. Berg"]}, "authors", ("A. Berg",)),
        ({"lang": "de"}, "language", "de"),
        ({"published": "  "}, "published", None),
    ],
)
def test_fields_of_the_common_exports_are_recognised(fields: dict[str, Value], name: str, expected: object) -> None:
    assert getattr(records.declared(fields), name) == expected


def test_bad_line_is_named_and_the_others_go_on() -> None:
    text = '{"text": "a"}\n\n{"text": \n7\n{"text": "b"}\r\n'
    results = list(records.read_lines(text))
    assert [r.number for r in results] == [1, 3, 4, 5]
    reasons = [str(r.record) for r in results if isinstance(r.record, SourceError)]
    assert reasons[0].startswith("line 3: not JSON")
    assert reasons[1].startswith("not a record")


def test_one_object_a_line_is_read_whatever_the_file_is_called() -> None:
    assert [r.number for r in records.read('{"text": "a"}\n{"text": "b"}\n')] == [1, 2]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"text": "a",}', "not JSON: .* line 1, column"),
        ('{\n"text": "a"\n}\n}', "not JSON: Extra data at line 4"),
        ("[" * 100_000, "nested too deeply"),
        ("1" * 5000, "too many digits"),
    ],
)
def test_text_that_is_no_json_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        list(records.read(text))
