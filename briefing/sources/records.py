"""Articles as JSON: one record or many, under the field names of the common exports.

Names are compared without case, `_` and `-`, so `pubDate`, `pub_date` and `PUBDATE` are one. Values are
kept as given; a field that is not of a shape listed here counts as absent.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from briefing.errors import SourceError
from briefing.types import Declared

_TITLE = ("title", "headline", "name")
_TEXT = ("text", "body", "content", "articlebody", "fulltext", "maintext", "contenttext", "contenthtml", "description")
_URL = ("url", "link", "canonicalurl", "permalink")
_PUBLISHED = ("date", "published", "pubdate", "publishedat", "datepublished", "publishdate", "createdat")
_SOURCE = ("source", "publisher", "outlet", "site", "feed")
_AUTHORS = ("author", "authors", "byline", "creator")
_LANGUAGE = ("language", "lang")
_KNOWN = frozenset((*_TITLE, *_TEXT, *_URL, *_PUBLISHED, *_SOURCE, *_AUTHORS, *_LANGUAGE))
_LISTS = ("articles", "items", "entries", "results", "data", "docs")
_INNER = ("name", "rendered", "title", "url")
_DEEPEST = 3
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")

Value = Any
"""A value as `json.loads` gives it: outside data, of any shape."""


class Numbered(NamedTuple):
    """One record, or the reason why there is none; `number` counts records of JSON and lines of JSONL, from 1."""

    number: int | None
    record: Mapping[str, Value] | SourceError


def parse(text: str) -> Value:
    """Give the value of a JSON text. Raises SourceError saying where it is not JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}; export it anew"
        ) from error
    except RecursionError as error:
        raise SourceError("not usable JSON: nested too deeply; export the articles as a flat list") from error
    except ValueError as error:
        raise SourceError("not usable JSON: a number has too many digits; write it as a string") from error


def read(text: str) -> Iterator[Numbered]:
    """Read the records of a JSON file: an object, an array, or an object that holds an array under a usual name.

    A file with one object on each line is read as JSONL, whatever it is called.
    """
    try:
        found = _listed(parse(text))
    except SourceError as error:
        if not _is_lines(text, error.__cause__):
            raise
        yield from read_lines(text)
        return
    if not isinstance(found, list):
        yield Numbered(None, _record(found))
        return
    for number, value in enumerate(found, 1):
        yield Numbered(number, _record(value))


def read_lines(text: str) -> Iterator[Numbered]:
    """Read the records of a JSONL file, one a line; blank lines are passed over, a bad one does not stop the rest."""
    # One line after another: a list of them all would be a second copy of what may be a gigabyte.
    for number, line in enumerate((match[0] for match in _LINE.finditer(text)), 1):
        if line.strip():
            try:
                yield Numbered(number, _record(parse(line)))
            except SourceError as error:
                yield Numbered(number, SourceError(f"line {number}: {error}"))


def declared(fields: Mapping[str, Value]) -> Declared:
    """Gather what recognised fields say of an article; an unknown field is passed over."""
    found = _folded(fields)
    return Declared(
        title=_first(found, _TITLE),
        authors=next((names for key in _AUTHORS if (names := _names(found.get(key)))), ()),
        published=_first(found, _PUBLISHED),
        source=_first(found, _SOURCE),
        url=_first(found, _URL),
        language=_first(found, _LANGUAGE),
    )


def text_of(fields: Mapping[str, Value]) -> str:
    """Give the article's text, paragraphs of a list joined by blank lines. Raises SourceError if there is none."""
    found = _folded(fields)
    for key in _TEXT:
        value = found.get(key)
        paragraphs = value if isinstance(value, list) else [value]
        text = "\n\n".join(string for part in paragraphs if (string := _string(part)))
        if text:
            return text
    raise SourceError("no text: an article's text should stand under text, body or content")


def recognised(fields: Mapping[str, Value]) -> bool:
    """Whether any field has a name that is known."""
    return not _KNOWN.isdisjoint(map(_fold, fields))


def _is_lines(text: str, error: BaseException | None) -> bool:
    if not isinstance(error, json.JSONDecodeError) or error.msg != "Extra data":
        return False
    return "\n" not in text[: error.pos].strip()


def _record(value: Value) -> Mapping[str, Value] | SourceError:
    return value if isinstance(value, dict) else SourceError("not a record: an article should be an object with fields")


def _listed(value: Value) -> Value:
    for _ in range(_DEEPEST):
        if not isinstance(value, dict) or any(_string(_folded(value).get(key)) for key in _TEXT[:-1]):
            return value
        found = _folded(value)
        shape = list if _first(found, _TITLE) else list | dict  # an article may well have an object called data
        inner = next((found[key] for key in _LISTS if isinstance(found.get(key), shape)), None)
        if inner is None:
            return value
        value = inner
    return value


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _folded(fields: Mapping[str, Value]) -> dict[str, Value]:
    return {_fold(name): value for name, value in reversed(list(fields.items()))}


def _first(fields: Mapping[str, Value], keys: tuple[str, ...]) -> str | None:
    return next((string for key in keys if (string := _string(fields.get(key)))), None)


def _string(value: Value) -> str:
    """Make a string of a string or number; of an object take its name, of a list its first; else nothing."""
    for _ in range(_DEEPEST):
        if isinstance(value, dict):
            value = next((value[key] for key in _INNER if value.get(key)), None)
        elif isinstance(value, list):
            value = value[0] if value else None
    if isinstance(value, str):
        return _SURROGATE.sub("", value).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _names(value: Value) -> tuple[str, ...]:
    people = value if isinstance(value, list) else [value]
    return tuple(name for person in people if (name := _string(person)))
