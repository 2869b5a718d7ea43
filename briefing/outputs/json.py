"""`briefing.json` and `evidence.json`: written, described by a JSON Schema, and read back."""

import json
import re
from typing import Any, ClassVar

from pydantic import ValidationError

from briefing.errors import EvidenceError
from briefing.types import SCHEMA, Briefing, Record

_SURROGATE = re.compile("[\ud800-\udfff]")


class Json(Record):
    """`briefing.json`, schema `briefing/1`."""

    extension: ClassVar[str] = "json"

    def render(self, briefing: Briefing) -> str:
        """The briefing without its evidence; fields in the order of the schema, the keys of maps sorted."""
        data = briefing.model_dump(mode="json")
        data["articles"] = _sorted(data["articles"])
        data["run"]["dropped"] = _sorted(data["run"]["dropped"])
        for story in data["stories"]:
            story["why"] = _sorted(story["why"])
        return _dumps(data)


def evidence(briefing: Briefing) -> str:
    """`evidence.json`: article id -> evidence text, for every cited article."""
    return _dumps(_sorted(briefing.evidence))


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `briefing.json`; keys it does not name are allowed, as readers must ignore them."""
    described: dict[str, Any] = _open(Briefing.model_json_schema(mode="serialization"))
    described["required"] = ["schema", *described["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **described}


def read(briefing_json: str, evidence_json: str) -> Briefing:
    """The briefing of the two texts; keys of a later writer are ignored.

    EvidenceError if a text is not JSON or not `briefing/1`, or if a statement does not stand on the evidence.
    """
    data = _object(briefing_json, "briefing.json")
    if data.get("schema") != SCHEMA:
        raise EvidenceError(f"briefing.json: its schema is {data.get('schema')!r}, not {SCHEMA!r}")
    texts = _object(evidence_json, "evidence.json")
    try:
        return Briefing.model_validate({**data, "evidence": texts}, extra="ignore")
    except ValidationError as error:
        raise EvidenceError("; ".join(_fault(fault) for fault in error.errors()[:3])) from error
    except UnicodeEncodeError as error:
        raise EvidenceError("evidence.json: a text holds a lone surrogate") from error


def _fault(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"])
    message = str(fault["msg"]).removeprefix("Value error, ")
    name = "evidence.json" if place.startswith("evidence") else "briefing.json"
    return f"{name}: {place}: {message}" if place else message


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise EvidenceError(f"{name}: nested too deeply") from error
    except ValueError as error:
        raise EvidenceError(f"{name}: not JSON: {error}") from error
    if not isinstance(found, dict):
        raise EvidenceError(f"{name}: not a JSON object")
    return found


def _open(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _open(value) for key, value in node.items() if (key, value) != ("additionalProperties", False)}
    return [_open(value) for value in node] if isinstance(node, list) else node


def _sorted(mapping: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(mapping.items()))


def _dumps(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
    # A file name may carry lone surrogates; UTF-8 cannot.
    return _SURROGATE.sub("\ufffd", text) + "\n"
