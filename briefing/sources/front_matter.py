"""Front matter: the `key: value` lines between two `---` at the head of a text.

The part of YAML that article files use: strings, quoted strings, `[a, b]`, and `- a` lines. Values stay
strings ("no" is a word, 2025-06-21 a date for a later stage); folded blocks and nested tables are passed
over, since no field of ours is one.
"""

import csv
import json
import re

Fields = dict[str, str | list[str]]

_FENCE = re.compile(r"---[ \t]*")
_END = re.compile(r"(?:---|\.\.\.)[ \t]*")
_FIELD = re.compile(r"([A-Za-z_][\w-]{0,60})[ \t]*:(?:[ \t]+(.*))?")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")
_LONGEST = 200


def split(text: str) -> tuple[Fields, str]:
    """Part the fields from the text after them; no fields and the whole text if there is no well-formed block."""
    lines = text.split("\n", _LONGEST)
    if not _FENCE.fullmatch(lines[0].rstrip("\r")):
        return {}, text
    lines = [line.rstrip("\r") for line in lines[:_LONGEST]]
    end = next((n for n, line in enumerate(lines[1:], 1) if _END.fullmatch(line)), None)
    fields = _fields(lines[1:end]) if end else None
    if end is None or not fields:
        return {}, text
    rest = text.split("\n", end + 1)
    return fields, rest[end + 1] if len(rest) > end + 1 else ""


def _fields(lines: list[str]) -> Fields | None:
    fields: Fields = {}
    name = ""
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if found := _FIELD.fullmatch(line):
            name = found[1]
            fields[name] = _value((found[2] or "").strip())
        elif (found := _ITEM.fullmatch(line)) and name:
            _append(fields, name, found[1])
        elif not (line[0] in " \t" and name):
            return None
    return fields


def _append(fields: Fields, name: str, item: str) -> None:
    before = fields[name]
    fields[name] = [*(before if isinstance(before, list) else []), _plain(item.strip())]


def _value(written: str) -> str | list[str]:
    if not (written.startswith("[") and written.endswith("]")):
        return _plain(written)
    try:
        rows = list(csv.reader([written[1:-1]], skipinitialspace=True))
    except csv.Error:
        return written
    return [_plain(item.strip()) for row in rows for item in row if item.strip()]


def _plain(written: str) -> str:
    if len(written) > 1 and written[0] == written[-1] == "'":
        return written[1:-1].replace("''", "'")
    if len(written) > 1 and written[0] == written[-1] == '"':
        try:
            return str(json.loads(written, strict=False))
        except ValueError:
            return written[1:-1]
    return "" if written in {"|", ">", "|-", ">-", "~", "null"} else written
