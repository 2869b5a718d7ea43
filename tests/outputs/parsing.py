"""Independent parsers for what the renderers write."""

import warnings
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
from markdown_it import MarkdownIt

XHTML = "{http://www.w3.org/1999/xhtml}"


def tree(html: str) -> Element:
    """The document as a browser reads it; any parse error of HTML5 raises."""
    with warnings.catch_warnings():
        # html5lib 1.1 itself uses deprecated calls of the standard library.
        warnings.simplefilter("ignore", DeprecationWarning)
        found: Element = html5lib.HTMLParser(strict=True).parse(html)
        return found


def markdown_tree(text: str) -> Element:
    """Markdown with tables and strikethrough, as a GitHub-like reader renders it, raw HTML allowed."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    return tree(f"<!doctype html><html><head><title>t</title></head><body>{rendered}</body></html>")


def elements(root: Element, *names: str) -> Iterator[Element]:
    """Every element of one of these names, in order."""
    wanted = {XHTML + name for name in names}
    return (element for element in root.iter() if element.tag in wanted)


def names(root: Element) -> Counter[str]:
    """How often each element occurs."""
    return Counter(str(element.tag).removeprefix(XHTML) for element in root.iter())


def words(element: Element) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def links(root: Element) -> list[str]:
    """Every address the document can lead to or load from."""
    attributes = ("href", "src", "action", "data", "srcset", "poster", "formaction", "background", "ping")
    return [element.attrib[name] for element in root.iter() for name in attributes if name in element.attrib]
