"""Text that a page holds but does not show; removed before extraction, since no reader has seen it.

Hidden instructions for language models stand in such places (white on white, zero size, off screen).
Only what a page says plainly is understood: attributes, inline styles, and rules for one class or id in
its own `<style>`; rules inside @media and the like are passed over. Rules for elements, and white text on
a ground nobody declared, are believed only where all styling stands in the page and is that simple.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from briefing.stages.clean.metadata import is_declared_free
from briefing.text import one_line

MAX_CSS_CHARS = 1_000_000
MAX_RECORDED_CHARS = 200
MAIN_TEXT_WORDS = 300

_BODILESS = ("template", "noscript", "dialog")
# Scripts start with everything hidden and then show it: the page as a whole is never hidden text.
_SHELL = frozenset({"html", "head", "body", "main"})
_NOT_TEXT = frozenset({"script", "style", "link", "meta", "title"})
_SELECTOR = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?(?P<mark>[.#][\w-]+)?")
_ZERO = re.compile(r"[01]?(?:\.\d+)?(?:px|pt)?|0(?:\.0+)?[a-z%]*")
_FAR = re.compile(r"-(?:\d{3,}(?:\.\d+)?(?:px|pt|%|vw|vh)?|\d{2,}(?:\.\d+)?r?em)")
_NOTHING = re.compile(
    r"(?:inset\((?:50|100)%.*|rect\((?:0|1px|0px)[, ]+(?:0|1px|0px)[, ]+(?:0|1px|0px)[, ]+(?:0|1px|0px)\))"
)
_WALL = re.compile(r"(?:^|[\s_-])paywall(?:ed)?(?:$|[\s_-])", re.IGNORECASE)
_AWAY = re.compile(r"scale\(0\)|translate[xy3d]*\(-\d{3,}.*")
_WHITE = frozenset(
    {"#fff", "#ffffff", "white", "rgb(255,255,255)", "rgba(255,255,255,1)", "transparent", "#ffffff00", "rgba(0,0,0,0)"}
)

Style = Mapping[str, str]


class Sheet(NamedTuple):
    """Declarations by simple selector; `complete` when nothing else can style the page."""

    rules: Mapping[str, Style]
    complete: bool


def remove_hidden(tree: HtmlElement) -> tuple[str, ...]:
    """Take hidden elements and comments out of `tree` (in place); their texts, each cut to 200 characters."""
    etree.strip_tags(tree, etree.Comment)
    removed = [_drop(element) for element in list(tree.iter(*_BODILESS))]
    sheet = stylesheet(tree)
    for element in list(tree.iter(etree.Element)):
        if element.tag in _NOT_TEXT or element.tag in _SHELL or element.getparent() is None:
            continue
        if _is_hidden(element, sheet):
            removed.append(_drop(element))
    return tuple(text for text in removed if text)


def _drop(element: HtmlElement) -> str:
    text = " ".join(_texts(element))[: 4 * MAX_RECORDED_CHARS]
    if element.getparent() is not None:
        element.drop_tree()
    return one_line(text)[:MAX_RECORDED_CHARS]


def _texts(element: HtmlElement) -> Iterator[str]:
    for node in element.iter(etree.Element):
        if node.tag not in _NOT_TEXT and node.text:
            yield node.text
        if node is not element and node.tail:
            yield node.tail


def stylesheet(tree: HtmlElement) -> Sheet:
    """The declarations of a page's own style sheets by simple selector (`.x`, `#x`, `p`, `p.x`); later ones win."""
    rules: dict[str, dict[str, str]] = {}
    complete = not any("stylesheet" in (link.get("rel") or "").lower() for link in tree.iter("link"))
    for style in tree.iter("style"):
        if (style.get("media") or "all").strip().lower() not in {"all", "screen"}:
            continue
        for selectors, block in _top_level_rules((style.text or "")[:MAX_CSS_CHARS]):
            declared = declarations(block)
            for name in map(str.strip, selectors.split(",")) if declared else ():
                if name and _SELECTOR.fullmatch(name):
                    rules.setdefault(name, {}).update(declared)
                else:
                    complete = False
    return Sheet(rules, complete)


def _top_level_rules(css: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of rules that stand in no @-block."""
    depth = 0
    selectors = ""
    for part in re.split(r"([{}])", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if part == "{":
            depth += 1
        elif part == "}":
            depth = max(0, depth - 1)
        elif depth == 0:
            selectors = part.rpartition(";")[2].strip()
        elif depth == 1 and not selectors.startswith("@"):
            yield selectors, part


def declarations(style: str) -> dict[str, str]:
    """Property -> value of a style attribute, lower case, without spaces and `!important`."""
    pairs = (part.partition(":") for part in style[:10_000].lower().split(";"))
    return {
        name.strip(): re.sub(r"\s*!important$", "", value.strip()).replace(", ", ",")
        for name, colon, value in pairs
        if colon and value.strip()
    }


def _style(element: HtmlElement, sheet: Sheet) -> dict[str, str]:
    tag = str(element.tag)
    marks = [f".{name}" for name in (element.get("class") or "").split()]
    if element.get("id"):
        marks.append(f"#{element.get('id')}")
    found: dict[str, str] = {}
    selectors = [tag] * sheet.complete + marks + [tag + mark for mark in marks]
    for selector in selectors if sheet.rules else ():
        found.update(sheet.rules.get(selector, {}))
    found.update(declarations(element.get("style") or ""))
    return found


def _is_hidden(element: HtmlElement, sheet: Sheet) -> bool:
    if (element.get("aria-hidden") or "").strip().lower() == "true":
        return True
    if element.get("hidden") is not None and not _awaits_a_wall(element):
        return True
    style = _style(element, sheet)
    if style.get("opacity", "1") == "0" and "opacity" not in (element.get("style") or "") and _is_main_text(element):
        style.pop("opacity")
    return bool(style) and (hides(style) or _without_size(element, style) or _invisible_colour(element, style, sheet))


def _is_main_text(element: HtmlElement) -> bool:
    """Whether an element holds a long article; style sheets set some to opacity 0 for a script to fade in."""
    return sum(len((p.text_content() or "").split()) for p in element.iter("p")) >= MAIN_TEXT_WORDS


def _awaits_a_wall(element: HtmlElement) -> bool:
    """Whether a script takes `hidden` off an element for most readers.

    Metered sites send an article's rest hidden in an element they call its paywall, and ask before they show it.
    Such a rest is believed where it is long and the page's JSON-LD calls the article free to read.
    """
    called = _WALL.search(element.get("class") or "") is not None
    return called and _is_main_text(element) and is_declared_free(element.getroottree().getroot())


def hides(style: Style) -> bool:
    """Whether declarations keep an element's text from being seen, whatever stands around it."""
    if style.get("display") == "none" or style.get("visibility") in {"hidden", "collapse"}:
        return True
    if re.fullmatch(r"0?(?:\.0+)?%?|0\.0\d*", style.get("opacity", "1")):
        return True
    if any(
        _FAR.fullmatch(style.get(side, "")) for side in ("left", "right", "top", "bottom", "text-indent", "margin-left")
    ):
        return True
    if _NOTHING.fullmatch(style.get("clip", "")) or _NOTHING.fullmatch(style.get("clip-path", "")):
        return True
    flat = any(_ZERO.fullmatch(style.get(side, "auto")) for side in ("height", "width", "max-height", "max-width"))
    return bool(_AWAY.search(style.get("transform", ""))) or (flat and style.get("overflow", "") in {"hidden", "clip"})


def _without_size(element: HtmlElement, style: Style) -> bool:
    """Zero size; not where a child sets its own, as pages do to close the gaps between inline blocks."""
    if not _ZERO.fullmatch(style.get("font-size", "1em")):
        return False
    return not any("font-size" in (child.get("style") or "") for child in element.iterdescendants())


def _invisible_colour(element: HtmlElement, style: Style, sheet: Sheet) -> bool:
    """Text in the colour of its ground; an undeclared ground is white, if all styling is known or the colour inline."""
    colour = style.get("color")
    if colour is None:
        return False
    ground = _background(style)
    ancestor = element.getparent()
    while ground is None and ancestor is not None:
        ground = _background(_style(ancestor, sheet))
        ancestor = ancestor.getparent()
    if colour in {"transparent", "rgba(0,0,0,0)"}:
        return ground is None
    sure = sheet.complete or "color" in declarations(element.get("style") or "")
    return _hex(colour) == _hex(ground or ("#fff" if sure else "unknown"))


def _background(style: Style) -> str | None:
    if (
        style.get("background-image", "none") != "none"
        or "url(" in style.get("background", "")
        or "gradient" in style.get("background", "")
    ):
        return "image"
    found = style.get("background-color") or style.get("background")
    return found.split()[0] if found and found not in {"none", "transparent", "inherit"} else None


def _hex(colour: str) -> str:
    short = re.fullmatch(r"#([0-9a-f])([0-9a-f])([0-9a-f])", colour)
    if short:
        return "#" + "".join(2 * digit for digit in short.groups())
    return "#ffffff" if colour in _WHITE else colour
