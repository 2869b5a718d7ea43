"""The shown text of an element tree, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from briefing.text import one_line

NOT_SHOWN = frozenset({"script", "style", "noscript", "template", "head"})
# Elements that run on within a line; every other element begins a line of its own.
INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q"}
    | {"rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img"}
)


def block_lines(tree: HtmlElement) -> Iterator[str]:
    """The shown text of a page, one line per block element."""
    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        shown = isinstance(element.tag, str)
        if shown and element.tag not in INLINE and "".join(parts).strip():
            yield one_line("".join(parts))
            parts = []
        if event == "start" and shown and element.tag not in NOT_SHOWN:
            parts.append(element.text or "")
        elif event != "start":
            parts.append(element.tail or "")
    if "".join(parts).strip():
        yield one_line("".join(parts))


def letters(text: str) -> str:
    """The letters and digits of a text of any length, without case: what two appearances of it share."""
    return re.sub(r"[\W_]+", "", text.casefold())
