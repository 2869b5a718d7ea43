"""The schema a model is given, and the records that validate its answer."""

import json

import jsonschema
import pytest
from pydantic import ValidationError

from briefing.analysts.schema import Answer, answer_schema, written
from tests.analysts.stories import reply, said

PORTABLE = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}


def nodes(schema):
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from nodes(inner)
    for inner in (schema.get("items"), *schema.get("anyOf", ())):
        if inner:
            yield from nodes(inner)


def test_only_keywords_that_every_provider_knows():
    assert {key for node in nodes(answer_schema(["a1.1"])) for key in node} <= PORTABLE


def test_every_object_is_closed_and_requires_all_its_fields():
    for node in nodes(answer_schema()):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])


def test_the_ids_stand_in_it_as_a_closed_list_where_they_are_few_enough():
    few, many = [f"a1.{n}" for n in range(200)], [f"a1.{n}" for n in range(201)]
    assert written(answer_schema(few)).count('"a1.199"') == 4
    assert "enum" not in answer_schema(many)["properties"]["headline"]["properties"]["ids"]["items"]
    assert "enum" not in answer_schema([])["properties"]["headline"]["properties"]["ids"]["items"]


def test_it_is_a_json_schema_that_accepts_an_answer_and_no_id_off_the_list():
    schema = answer_schema(["a1.1"])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(reply(said("x", "a1.1"))), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(reply(said("x", "a9.9"))), schema)


@pytest.mark.parametrize(
    "text",
    ['{"headline": {"text": "x", "ids": []}}', reply(said("x"), extra=1), reply(said(1)), reply(said("x"), summary={})],
    ids=["missing", "extra", "wrong type", "not a list"],
)
def test_an_answer_of_another_shape_is_not_one(text):
    with pytest.raises(ValidationError):
        Answer.model_validate_json(text, strict=True)
