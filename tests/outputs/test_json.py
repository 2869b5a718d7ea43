"""The contract: what is written can be described, and read back as it was."""

import json
import re

import jsonschema
import pytest
from hypothesis import given

from briefing.errors import EvidenceError
from briefing.outputs.json import Json, evidence, read, schema
from tests.outputs import hostile
from tests.outputs.edition import EMPTY, FULL, POST


def test_the_file_is_the_golden_one(golden):
    golden("briefing.json", Json().render(FULL))
    golden("evidence.json", evidence(FULL))
    golden("empty.json", Json().render(EMPTY))


@pytest.mark.parametrize("briefing", [FULL, EMPTY])
def test_what_is_written_fits_the_schema(briefing):
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(Json().render(briefing)), schema(), cls=jsonschema.Draft202012Validator)


def test_the_schema_refuses_a_citation_without_a_place():
    data = json.loads(Json().render(FULL))
    del data["stories"][0]["headline"]["citations"][0]["start"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema())


@pytest.mark.parametrize("briefing", [FULL, EMPTY])
def test_what_is_read_is_what_was_written(briefing):
    assert read(Json().render(briefing), evidence(briefing)) == briefing


def test_the_file_does_not_depend_on_the_order_of_maps():
    turned = FULL.replace(articles=dict(reversed(FULL.articles.items())))
    assert Json().render(turned) == Json().render(FULL)


def test_keys_of_a_later_writer_are_ignored_at_every_level():
    data = json.loads(Json().render(FULL))
    data["later"] = 1
    data["run"]["later"] = 1
    data["stories"][0]["headline"]["citations"][0]["later"] = 1
    data["articles"][next(iter(data["articles"]))]["later"] = 1
    jsonschema.validate(data, schema())
    assert read(json.dumps(data), evidence(FULL)) == FULL


@pytest.mark.parametrize(
    ("briefing_json", "evidence_json", "message"),
    [
        ("{", "{}", "briefing.json: not JSON"),
        ("[]", "{}", "briefing.json: not a JSON object"),
        ("[" * 100_000, "{}", "briefing.json: nested too deeply"),
        ("9" * 5000, "{}", "briefing.json: not JSON"),
        ("{}", "{}", "its schema is None, not 'briefing/1'"),
        ('{"schema": "briefing/2"}', "{}", "its schema is 'briefing/2'"),
        ('{"schema": "briefing/1"}', "{}", "briefing.json: title: Field required"),
        (Json().render(EMPTY), "7", "evidence.json: not a JSON object"),
        (Json().render(EMPTY), '{"a": 7}', "evidence.json: evidence.a: Input should be a valid string"),
        (Json().render(EMPTY), '{"a": "x"}', "evidence a: "),
    ],
)
def test_what_is_no_edition_is_refused_by_name(briefing_json, evidence_json, message):
    with pytest.raises(EvidenceError, match=re.escape(message)):
        read(briefing_json, evidence_json)


def test_one_changed_character_of_a_quote_names_its_citation():
    data = json.loads(Json().render(FULL))
    citation = data["stories"][0]["summary"][0]["citations"][0]
    citation["quote"] = citation["quote"].replace("mayor", "Mayor")
    with pytest.raises(EvidenceError, match=f"citation {citation['article']} sentence 1 "):
        read(json.dumps(data), evidence(FULL))


def test_one_changed_character_of_a_text_names_the_text():
    changed = evidence(FULL).replace("140 people", "141 people")
    with pytest.raises(EvidenceError, match=POST.id):
        read(Json().render(FULL), changed)


@given(hostile.texts, hostile.addresses)
def test_hostile_text_is_written_as_utf8_and_read_back(text, url):
    briefing = hostile.edition(text, url)
    written = Json().render(briefing).encode("utf-8").decode("utf-8")
    again = read(written, evidence(briefing))
    assert again.title == re.sub("[\ud800-\udfff]", "\ufffd", text)
    if not re.search("[\ud800-\udfff]", f"{text}{url}"):
        assert again == briefing
