"""Files of the user's that become part of the page: a logo, a style sheet. Each is checked before it is taken in.

A fault is a ValueError that says what to do; the page loads nothing, so neither may a file in it.
"""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

MAX_BYTES = 100_000
_MAGIC = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("image/svg+xml", re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|svg)")),
)
# A browser runs no script in the picture of an <img>; a file that holds one is refused all the same.
_ACTIVE = frozenset({"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "listener"})
_INNER = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|webp);)")
_LOADS = re.compile(r"@import\b|@charset\b|url\(\s*['\"]?(?!\s*(?:#|data:image/))|image-set\(", re.IGNORECASE)


def logo(path: Path) -> str:
    """The picture as a `data:` address: PNG, JPEG, WebP or a still SVG of at most 100 kB."""
    content = _content(path)
    kind = next((name for name, magic in _MAGIC if magic.match(content)), None)
    if kind is None:
        raise ValueError(f"{path} is no PNG, JPEG, WebP or SVG picture")
    if kind == "image/svg+xml":
        fault = next(_svg_faults(content), None)
        if fault:
            raise ValueError(f"{path}: {fault}; save it as a plain SVG, or as PNG")
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def theme(path: Path) -> str:
    """A style sheet to stand after the page's own: UTF-8, at most 100 kB, loading nothing."""
    try:
        text = _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    for number, line in enumerate(text.splitlines(), 1):
        if "</" in line or "<!--" in line:
            raise ValueError(f"{path}: line {number}: holds markup; only style rules can stand here")
        if found := _LOADS.search(line):
            raise ValueError(f"{path}: line {number}: {found[0].strip()} loads something; the page is one file")
    return text


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{path} could not be read ({error.strerror})") from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"{path} is larger than {MAX_BYTES // 1000} kB")
    return content


def _svg_faults(content: bytes) -> Iterator[str]:
    # Entities could name other files or grow without end; without a document type there are none.
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE):
        yield "it has a document type"
        return
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - no document type, at most 100 kB
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        yield f"it is not well-formed ({error})"
        return
    if _local(root.tag) != "svg":
        yield "it is not an SVG picture"
    for element in root.iter():
        yield from _element_faults(element)


def _element_faults(element: ElementTree.Element) -> Iterator[str]:
    name = _local(element.tag)
    if name in _ACTIVE:
        yield f"it holds <{name}>"
    if name == "style" and _LOADS.search(element.text or ""):
        yield "its style loads something"
    for attribute, value in element.attrib.items():
        if _local(attribute).startswith("on"):
            yield f"it holds the script {_local(attribute)}"
        elif _local(attribute) in {"href", "src"} and not _INNER.match(value):
            yield "it points to something outside"
        elif _LOADS.search(value):
            yield "it loads something"


def _local(name: object) -> str:
    return str(name).rpartition("}")[2].lower()
