"""HTML that feeds and lists put where text belongs, as text: no tags, entities resolved once, nothing invisible."""

from __future__ import annotations

import html
import re

from briefing.text import one_line, sanitise

# Every pattern is possessive or stops at the next "<": time grows with the length of the text, whatever stands in it.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>", re.DOTALL)
_NOT_TEXT = re.compile(
    r"<(script|style|noscript|template|iframe|object|svg|math|textarea|select|head)\b[^<>]*+>.*?(?:</\1\s*+>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub"
    r"|sup|time|tt|u|var|wbr)(?![\w:-])[^<>]*+>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*+>")
# What is left of a tag: in "a <b" it stays, with a space that keeps it from being one.
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
_EMPTY_LINE = re.compile(r"\n[^\S\n]*+\n\s*+")


def plain(markup: str) -> str:
    """The text of HTML, each of its blocks on a line."""
    text = html.unescape(_TAG.sub("\n", _shown(markup)))
    lines = (" ".join(written.split()) for written in sanitise(text).split("\n"))
    return "\n".join(filter(None, lines))


def line(text: str, markup: bool = True) -> str:
    """A title or name on one line, without tags; `markup` says that entities in it stand for characters."""
    bare = _unmarked(one_line(text))
    if not markup:
        return one_line(bare)
    return one_line(_unmarked(one_line(html.unescape(bare))))


def has_tags(text: str) -> bool:
    """Whether a text holds anything that could be a tag."""
    return _TAG.search(text) is not None


def size(markup: str) -> int:
    """The number of characters in HTML outside its tags."""
    return len(_TAG.sub("", markup))


def paragraphs(markup: str) -> str:
    """HTML of a text without tags: an empty line ends a paragraph, a line break stays one."""
    parts = (part.strip() for part in _EMPTY_LINE.split(markup.replace("\r\n", "\n")))
    return "\n".join("<p>" + part.replace("\n", "<br>\n") + "</p>" for part in parts if part)


def _unmarked(text: str) -> str:
    return _OPENING.sub("< ", _TAG.sub(" ", _shown(text)))


def _shown(markup: str) -> str:
    return _INLINE.sub("", _NOT_TEXT.sub(" ", _COMMENT.sub("", markup)))
