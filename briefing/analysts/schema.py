"""What a model is asked to answer with: flat, every field required, citations by id.

`Answer` validates strictly. `answer_schema` is the same as a JSON Schema in the subset that providers and
grammar-constrained engines have in common: definitions in place, `null` for "none", and none of the keywords
for lengths, ranges, patterns, defaults and titles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from briefing.types import DisputeKind, Record

NAME = "briefing_answer"
# Some providers refuse longer lists, counted over the whole schema, where this one stands four times.
_MOST_IDS = 200
_DROPPED = frozenset({"title", "default", "description", "$defs"})


class Said(Record):
    """A statement and the ids of the sentences it stands on."""

    text: str
    ids: tuple[str, ...]


class Side(Record):
    """What one holder says on a disputed question."""

    holder: str
    text: str
    ids: tuple[str, ...]


class Disputed(Record):
    """Positions on one question that cannot all hold."""

    question: str
    kind: DisputeKind
    positions: tuple[Side, ...]


class Moved(Record):
    """One value of a quantity that moved; `time` as the sentences give it."""

    time: str | None
    value: str
    ids: tuple[str, ...]
    text: str


class Progress(Record):
    """A quantity that moved over time."""

    what: str
    unit: str | None
    steps: tuple[Moved, ...]


class Answer(Record):
    """A story, or a part of one, told by a model; nothing in it is checked."""

    headline: Said
    summary: tuple[Said, ...]
    disputes: tuple[Disputed, ...]
    updates: tuple[Progress, ...]


class Overview(Record):
    """The day in lines, written by a model; nothing in it is checked."""

    lines: tuple[Said, ...]


class Naming(Record):
    """A name for the topic with this id."""

    topic: str
    name: str


class Names(Record):
    """The names of the topics, given by a model; nothing in them is checked."""

    names: tuple[Naming, ...]


def overview_schema(ids: Sequence[str] = ()) -> dict[str, Any]:
    """Build the JSON Schema of `Overview`, with a list of at most 200 ids as the only ones allowed."""
    return _of(Overview, {"ids": ids})


def names_schema(topics: Sequence[str]) -> dict[str, Any]:
    """Build the JSON Schema of `Names` for the topics with these ids."""
    return _of(Names, {"topic": topics})


def answer_schema(ids: Sequence[str] = ()) -> dict[str, Any]:
    """Build the JSON Schema of `Answer`; a list of at most 200 ids stands in it as the only ones allowed."""
    return _of(Answer, {"ids": ids})


def written(schema: Mapping[str, Any]) -> str:
    """Write a schema as it stands in a prompt."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _plain(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_plain(inner, definitions) for inner in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _plain(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
    if isinstance(node.get("properties"), dict):
        fields = {name: _plain(inner, definitions) for name, inner in node["properties"].items()}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {key: _plain(inner, definitions) for key, inner in node.items() if key not in _DROPPED}


def _of(form: type[Record], allowed: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    whole = form.model_json_schema()
    schema: dict[str, Any] = _plain(whole, whole.get("$defs", {}))
    for field, values in allowed.items():
        if 0 < len(values) <= _MOST_IDS:
            _limit(schema, field, list(values))
    return schema


def _limit(node: Any, field: str, values: list[str]) -> None:
    """Allow only `values` wherever the field stands, in it or in its list, in a schema just built."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if key == field and inner["type"] == "array":
                inner["items"] = {"type": "string", "enum": values}
            elif key == field:
                inner["enum"] = values
            else:
                _limit(inner, field, values)
