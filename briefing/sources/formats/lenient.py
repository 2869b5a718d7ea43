"""XML as feeds and subscription lists write it: well-formed or mended, in time that grows with its length alone.

    bytes ─unicode_text→ text ─tree→ lxml, as it is ─if it is not well-formed→ mended, then lxml

feedparser is not used: 60 KB in one author's name take it more than half a minute, 20,000 categories 6 to 17 s,
15 MB of ordinary entries 3 to 13 s, and no check of the bytes beforehand can tell these from other feeds;
here each takes under 5 s (`python -m benchmarks.feeds --peer`).
"""

from __future__ import annotations

import codecs
import html
import re
from html.entities import html5
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from briefing.errors import SourceError
from briefing.sources.encoding import decode

# Each costs up to 8 µs and 250 bytes. The densest of 27 feeds over 30 kB has a tag every 29 characters, an attribute
# every 41, a reference every 20, what stands in CDATA included: 15 MB of it would still be read.
MAX_TAGS = MAX_ATTRIBUTES = 600_000
MAX_REFERENCES = 2_000_000
# Of what is not well-formed; libxml2 itself gives up at 256.
MAX_DEPTH = 100
_HEAD_BYTES = 65_536

_BINARY = ((b"%PDF", "PDF"), (b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"), (b"\x89PNG", "an image"),
           (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"), (b"OggS", "sound"), (b"ID3", "sound"))  # fmt: skip
# The first characters of a document that has no byte-order mark; the longer patterns first.
_WIDE = ((b"\0\0\0<", "utf-32-be"), (b"<\0\0\0", "utf-32-le"), (b"\0<", "utf-16-be"), (b"<\0", "utf-16-le"))
_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^<>]*>")
_ASIDE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_NAME = re.compile(r"<((?:[A-Za-z_][A-Za-z0-9_.-]*+:)?[A-Za-z_][A-Za-z0-9_.-]*+)(?=[\s/>])")
_TOKEN = re.compile(
    r"""<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)
      | <!--.*?(?:-->|\Z) | <\?[^<>]*+>? | <![^<>]*+>?
      | <(?P<close>/?)(?P<name>[A-Za-z_][A-Za-z0-9_.-]*+(?::[A-Za-z_][A-Za-z0-9_.-]*+)?+)
          (?P<attributes>(?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+|[^<>]*+)>
      | (?P<text><?[^<]*+)""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""(?<![\w:.-])([A-Za-z_][A-Za-z0-9_.-]*+(?::[A-Za-z_][A-Za-z0-9_.-]*+)?+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++))"""
)
_REFERENCE = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# HTML that is never closed, where a feed forgot to escape it.
_VOID = frozenset({"br", "hr", "img", "input", "meta", "wbr", "area", "col", "embed"})
_ENTRIES = frozenset({"item", "entry"})
_AROUND_ENTRIES = frozenset({"rss", "rdf", "feed", "channel", "items", "entries"})


class Tree(NamedTuple):
    """The root of a document; `truncated` where it was never closed."""

    root: etree._Element
    truncated: bool = False


class _Mended(NamedTuple):
    text: str
    truncated: bool


def unicode_text(body: bytes, charset: str | None = None) -> str:
    """The text of a document. Raises SourceError if it is empty or binary.

    UTF-8 and byte-order marks are believed before the server's `charset`, that before the document's own
    word. What cannot be told keeps replacement characters, for its reader to judge.
    """
    if not body.strip():
        raise SourceError("empty: there is nothing in it")
    form = next((name for mark, name in _BINARY if body.startswith(mark)), None)
    if form is not None:
        raise SourceError(f"binary ({form})")
    wide = _wide(body)
    if wide is not None:
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return decode(body, html=True, charset=charset)
    except SourceError:
        return body.decode("utf-8", "replace")


def _wide(body: bytes) -> str | None:
    return next((name for start, name in (*_MARKS, *_WIDE) if body.startswith(start)), None)


def head(body: bytes) -> str:
    """The beginning of a document, decoded as far as its markup needs it; CDATA and comments left out."""
    start = body[:_HEAD_BYTES]
    text = start.decode(_wide(start) or "utf-8", "replace")
    return _ASIDE.sub("", text).lstrip("\ufeff \t\r\n")


def names(text: str) -> list[str]:
    """The names of the elements in a text, in order, in lower case, without prefixes."""
    return [local(name) for name in _NAME.findall(text)]


def local(name: str) -> str:
    """The last part of an element's name, whatever its namespace or undeclared prefix, in lower case."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def tree(text: str) -> Tree:
    """The elements of a document, its faults mended.

    Raises SourceError where it declares entities, has too many elements, or none.
    """
    root = well_formed(text)
    if root is not None:
        return Tree(root)
    mended = _mended(legal(text))
    root = _parsed(mended.text, recover=True)
    if root is None:
        raise SourceError("no XML: it has no element")
    return Tree(root, mended.truncated)


def well_formed(text: str) -> etree._Element | None:
    """The root of well-formed XML; None for other. Raises SourceError where reading it could be made a burden."""
    if text.count("<") > MAX_TAGS or text.count("=") > MAX_ATTRIBUTES or text.count("&") > MAX_REFERENCES:
        raise SourceError(f"too large: more than {MAX_TAGS:,} tags or attributes, or {MAX_REFERENCES:,} references")
    if "<!ENTITY" in text and "<!ENTITY" in _ASIDE.sub("", text):
        raise SourceError("declares entities of its own, which can be made to grow without end; refused")
    # With a document type, references to its entities would be left unresolved.
    return None if "<!DOCTYPE" in text else _parsed(legal(text), recover=False)


def legal(text: str) -> str:
    """A document without its declaration and without characters that XML does not allow."""
    return _ILLEGAL.sub("", _DECLARATION.sub("", text, count=1)).strip()


def characters(text: str) -> str:
    """Text or an attribute's value with its references resolved, also where they are badly written."""
    return _REFERENCE.sub(_character, text)


def _parsed(text: str, recover: bool) -> etree._Element | None:
    parser = etree.XMLParser(
        encoding="utf-8", recover=recover, resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        # With recover lxml gives None where there is nothing, whatever its stubs say.
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None


def _mended(text: str) -> _Mended:
    """Well-formed XML of a text: tags balanced, stray marks and unknown entities resolved, CDATA as text.

    An entry begun within another, or in anything but a feed, ends that; elements below `MAX_DEPTH` are left
    out, their text kept.
    """
    out: list[str] = []
    opened: list[str] = []
    finished = False
    for token in _TOKEN.finditer(text, _start(text)):
        if token["name"] is None:
            out.append(escape(token["cdata"]) if token["cdata"] is not None else _resolved(token["text"] or ""))
        elif token["close"]:
            finished = finished or (opened[:1] == [token["name"]] and opened.count(token["name"]) == 1)
            _close(token["name"], opened, out)
        else:
            finished = finished or _open(token["name"], token["attributes"], opened, out)
    out.extend(f"</{name}>" for name in reversed(opened))
    return _Mended("".join(out), not finished)


def _start(text: str) -> int:
    """Where the feed begins: a server's own complaints may stand before it."""
    bare = _ASIDE.sub(lambda aside: " " * len(aside[0]), text)
    first = _NAME.search(bare)
    feed = next((found for found in _NAME.finditer(bare) if local(found[1]) in _AROUND_ENTRIES), first)
    return feed.start() if feed else len(text)


def _open(name: str, attributes: str, opened: list[str], out: list[str]) -> bool:
    """Write a start tag; True if it is a root without content."""
    if local(name) in _ENTRIES:
        places = (at for at in range(len(opened), 0, -1) if local(opened[at - 1]) in _AROUND_ENTRIES)
        _end(next(places, 1), opened, out)
    if len(opened) >= MAX_DEPTH:
        return False
    empty = attributes.endswith("/") or name.lower() in _VOID
    out.append(f"<{name}{_attributes(attributes.removesuffix('/'))}{'/' * empty}>")
    if not empty:
        opened.append(name)
    return empty and not opened


def _close(name: str, opened: list[str], out: list[str]) -> None:
    """Write the end tags of an element and all within it; the root stays open for what may follow it."""
    if name in opened[1:]:
        _end(len(opened) - 1 - opened[::-1].index(name), opened, out)


def _end(place: int, opened: list[str], out: list[str]) -> None:
    out.extend(f"</{above}>" for above in reversed(opened[place:]))
    del opened[place:]


def _attributes(text: str) -> str:
    found = {name: next(filter(None, values), "") for name, *values in _ATTRIBUTE.findall(text)}
    return "".join(f" {name}={quoteattr(characters(value))}" for name, value in found.items())


def _resolved(text: str) -> str:
    if text.startswith("<"):
        text = f"&lt;{text[1:]}"
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    if match[1] in _XML_NAMES:
        return match[0]
    return _ILLEGAL.sub("", escape(_character(match)))


def _character(match: re.Match[str]) -> str:
    """What a reference stands for; itself where it is none. Without its semicolon, "&copy" is part of an address."""
    name = match[1]
    if name is None:
        return match[0]
    return html.unescape(match[0]) if name.startswith("#") else html5.get(f"{name};", match[0])
