"""What a reader meets in the three renderings: the words told without a mark, the links, what is listed as withheld."""

import json
import re
from collections.abc import Iterator
from typing import Any

import html5lib

from briefing.text import one_line
from briefing.types import Briefing
from tests.model_path.newsroom import Renderings, rendered
from tests.test_hostile import assert_sound

_MARK = "⚠"
# Everything behind these is a list of what was not told, or of what went in.
_NOT_TOLD = re.compile(r"^## (?:Withheld|Sources|Also reported|Not read|How this was made)$", re.MULTILINE)
# The mark of a headline stands in the line under it.
_MARKED_HEADING = re.compile(r"^### .*\n\n(?=\*.*⚠)", re.MULTILINE)


def told_in_markdown(text: str) -> str:
    """The entries themselves, without the lines that carry a mark."""
    entries = _MARKED_HEADING.sub("", _NOT_TOLD.split(text)[0])
    return "\n".join(line for line in entries.splitlines() if _MARK not in line)


def told_in_json(text: str) -> str:
    """Every text of an entry that has no problems, with its labels."""
    return "\n".join(t for story in json.loads(text)["stories"] for t in _texts(story))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _texts(inner)
    elif isinstance(node, dict) and not node.get("problems"):
        own = (node[key] for key in ("text", "question", "holder", "what", "unit", "value") if node.get(key))
        yield from map(str, own)
        yield from (t for key in node if key not in {"citations", "why"} for t in _texts(node[key]))


def told_in_html(page: str) -> str:
    """The words of each part of an entry that carries no mark, without its quotes from the sources."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for node in tree.iter():
        for folded in [e for e in node if e.tag in {"details", "blockquote"}]:
            node.remove(folded)
    rows = (
        _words(row) for row in tree.iter("li") if row.find("span[@class='what']") is not None and not _is_marked(row)
    )
    return "\n".join((*rows, *(words for entry in tree.iter("article") for words in _of_entry(entry))))


def _of_entry(entry: Any) -> Iterator[str]:
    heading = entry.find("div[@class='headline']")
    parts = [
        heading,
        *entry.iterfind(".//p[@class='said']"),
        *entry.iterfind(".//div[@class='side']"),
        *entry.iter("h4"),
    ]
    parts += entry.iterfind(".//section[@class='update']//li")
    yield from (_words(part) for part in parts if not _is_marked(part))


def _is_marked(node: Any) -> bool:
    return any(e.attrib.get("class") == "mark" for e in node.iter())


def _words(node: Any) -> str:
    return one_line("".join(node.itertext()))


def told(briefing: Briefing) -> Renderings:
    """What each rendering tells without a mark."""
    files = rendered(briefing)
    return Renderings(told_in_markdown(files.markdown), told_in_html(files.html), told_in_json(files.json))


def assert_told_nowhere(briefing: Briefing, words: str) -> None:
    """No rendering tells the words without a mark, and all three are sound."""
    assert_sound(briefing)
    for kind, text in told(briefing)._asdict().items():
        assert words not in one_line(text.replace("\\", "")), f"told in {kind}: {words!r}"
