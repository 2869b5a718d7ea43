"""Several articles on one HTML page: live blogs, round-ups, newsletters, whole articles in a row.

An item is told by its structure, never by a site's names: blocks of one kind (the same path of tags), or runs
of siblings that begin alike, each of which opens with a headline or a time and goes on in prose. What is an
item must say so: by a time or byline of its own, by being an `<article>`, or by a headline that links to where
it stands alone. Teasers, comments and the sections of one article do not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from functools import partial
from typing import NamedTuple
from urllib.parse import urldefrag

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from briefing.stages.clean.blocks import block_lines, letters
from briefing.stages.clean.bylines import byline, names
from briefing.stages.clean.clocks import Stamp, opening_stamp, stamp
from briefing.stages.clean.dates import parse_published
from briefing.stages.clean.furniture import Removed, furniture
from briefing.stages.clean.lines import PROSE_WORDS, Line, is_headline, is_paragraph, is_prose, key, prose_words, size
from briefing.stages.clean.liveblog import Index, absolute, index, matched, updates, with_unfound
from briefing.stages.clean.split import MIN_PROSE, Section
from briefing.text import one_line

# An update that says when it was written may be a sentence; what only has a byline must be worth an article.
MIN_UPDATE = 8
# A headline that links elsewhere over fewer words, or over one paragraph, is a teaser.
MIN_LINKED = 60
# Items hold at least this share of the page's main text.
MIN_SHARE = 0.7
# Of a teaser more than this share of the words stands in links.
MAX_LINKED = 0.5
# Brief items and those without headlines come in lists of at least this many.
MIN_LIST = 3
# Beside an article that holds more than this share of the words, the others are its surroundings.
MAX_OF_ALL = 0.8
# Groups read, those of most members first; pages seen have up to 12, a page nested without end one for each level.
MAX_GROUPS = 24
# Of more lines than this only some are looked for: every look reads the whole text.
MAX_SOUGHT = 400
# How much of a line must stand in a block for the line to be found there.
OPENING_CHARS = 60
# Lines above an item's first paragraph that may be its head, and words of a label there.
HEAD_LINES, LABEL_WORDS = 6, 4
# Shorter lines above a paragraph are names and labels.
MIN_TITLE = 3
MAX_AUTHOR_WORDS = MAX_HEAD_WORDS = 12

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset({"article", "section", "div", "li", "tr", "td", "table", "dd", "center", "main", "details"})
_APART = ("nav", "aside", "form", "button", "select", "textarea", "figcaption", "iframe", "video", "audio", "svg")
_COMMENTS = re.compile(
    r"(?:^|[-_\s])(?:comments?|commentlist|repl(?:y|ies)|respond|disqus|discussion|kommentare?|commentaires?"
    r"|comentarios?|commenti|reacties)(?:[-_\s]|$)",
    re.IGNORECASE,
)
_ANSWERS = frozenset({"reply", "report", "antworten", "melden", "repondre", "signaler", "responder"})
_PARTS = re.compile(r"\s*[·|•]\s*")
_AUTHORS = "descendant::*[@rel='author' or @itemprop='author' or contains(@class, 'author')]"


class Block(NamedTuple):
    """A part of a page that may be an item, and what speaks for and against it.

    `words` and `paragraphs` are counted in its prose; `linked`: its headline leads to another page; `whole`: it is
    an `<article>`; `signed`: it names its authors; `first`: it holds an h1; `marks` are its class names, `there` the
    letters of all its text.
    """

    section: Section
    words: int
    paragraphs: int
    linked: bool
    whole: bool
    signed: bool
    first: bool
    marks: frozenset[str]
    there: str


class Main(NamedTuple):
    """The main text of a page as an extractor sees it: its lines, and of its prose the words and opening letters."""

    lines: tuple[str, ...]
    prose: tuple[tuple[int, str], ...]

    @property
    def words(self) -> int:
        """How many words its prose has."""
        return sum(words for words, _ in self.prose)

    def share(self, there: str) -> float:
        """Which share of the prose stands in a text given by its letters, 0..1 by words."""
        sample = self.prose[:: 1 + len(self.prose) // MAX_SOUGHT]
        return sum(words for words, opening in sample if opening in there) / max(1, sum(words for words, _ in sample))


class Head(NamedTuple):
    """What the lines above an item's first paragraph say, and which of them say it (by number)."""

    title: str | None
    stamp: Stamp | None
    removed: dict[int, str]


def items(tree: HtmlElement, lines: Sequence[str], url: str | None) -> tuple[Section, ...]:
    """The items of a page in its order, each a section; () for a page that is one article or none.

    `tree` holds no hidden text and is not changed; `lines` are the page's main text as an extractor sees it;
    `url` is the page's. What of the main text stands before the items is the first section if it is worth an article
    (a live blog's pinned summary); what else stands in none of them is among the `removed` of the last.
    """
    listed = updates(tree, url)
    known = index(listed)
    main = Main(tuple(lines), tuple((size(line), letters(line)[:OPENING_CHARS]) for line in lines if is_prose(line)))
    bare = _without_surroundings(tree, main)
    lists = [_items_of(map(partial(_known, listed=known), blocks)) for blocks in _candidates(bare, main, url)]
    fitting = [blocks for blocks in map(_without_opening, lists) if _are_items(blocks, main)]
    best = max(fitting, key=lambda blocks: (round(_held(blocks, main), 1), len(blocks)), default=[])
    found = [block.section for block in best]
    if listed:
        found = with_unfound(found, listed, _letters(tree))
    texts = (letters(line.text) for section in found for line in section.lines)
    there = "\n".join([*(block.there for block in best), *texts])
    return tuple(_with_rest(found, main, there)) if len(found) > 1 else ()


def _known(block: Block, listed: Index) -> Block:
    section = matched(block.section, listed) if listed else None
    return block._replace(section=section, linked=False) if section else block


def _without_surroundings(tree: HtmlElement, main: Main) -> HtmlElement:
    """A copy without menus, forms, captions and comments; what holds the main text is none of them."""
    bare = deepcopy(tree)
    chars = sum(map(len, main.lines))
    named = [e for e in bare.iter(*_BLOCKS, "ol", "ul") if _COMMENTS.search(f"{e.get('class')} {e.get('id')}")]
    feet = [foot for foot in bare.iter("footer") if next(foot.iterancestors("article"), None) is None]
    for element in [*bare.iter(*_APART), *feet, *named]:
        little = len(element.text_content()) < MIN_SHARE * chars
        if element.getparent() is not None and (little or main.share(_letters(element)) < MIN_SHARE):
            element.drop_tree()
    return bare


def _letters(element: HtmlElement) -> str:
    return letters("\n".join(block_lines(element)))


def _held(blocks: Sequence[Block], main: Main) -> float:
    return main.share("\n".join(block.there for block in blocks))


def _candidates(tree: HtmlElement, main: Main, url: str | None) -> Iterator[list[Block]]:
    """Lists of blocks that could be a page's items: those of one path of tags, and runs of siblings."""
    words = _words(tree)
    least = MIN_SHARE * main.words
    large = [group for group in _groups(tree, words) if sum(words[element] for element in group) >= least]
    for group in sorted(large, key=len, reverse=True)[:MAX_GROUPS]:
        yield [_block(element, url) for element in group]
    yield [_block(element, url) for element in _runs(_container(tree, words))]


def _words(tree: HtmlElement) -> dict[HtmlElement, int]:
    """How many words stand inside each element."""
    words: dict[HtmlElement, int] = {}
    for element in reversed(list(tree.iter(etree.Element))):
        own = (
            0
            if element.tag in {"script", "style", "noscript", "template", "head"}
            else len((element.text or "").split())
        )
        words[element] = own + sum(words.get(child, 0) + len((child.tail or "").split()) for child in element)
    return words


def _groups(tree: HtmlElement, words: dict[HtmlElement, int]) -> Iterator[list[HtmlElement]]:
    """Two or more blocks with enough words that stand at the same path of tags, in page order."""
    paths: dict[tuple[int, str], int] = {}
    at: dict[HtmlElement | None, int] = {None: 0}
    groups: defaultdict[int, list[HtmlElement]] = defaultdict(list)
    for element in tree.iter(etree.Element):
        at[element] = paths.setdefault((at.get(element.getparent(), 0), str(element.tag)), len(paths) + 1)
        if element.tag in _BLOCKS and words[element] >= MIN_UPDATE:
            groups[at[element]].append(element)
    return (group for group in groups.values() if len(group) > 1)


def _container(tree: HtmlElement, words: dict[HtmlElement, int]) -> HtmlElement:
    """The innermost element that holds most of the page's words."""
    element = tree
    while True:
        inner = max((child for child in element if child in words), key=lambda child: words[child], default=None)
        if (
            inner is None
            or words[inner] < 0.6 * words[element]
            or inner.tag not in {*_BLOCKS, "body", "tbody", "ol", "ul", "dl"}
        ):
            return element
        element = inner


def _runs(container: HtmlElement) -> Iterator[HtmlElement]:
    """The children of an element cut before every head: siblings without prose, a time or byline among them."""
    texts = [(child, list(block_lines(child))) for child in container if isinstance(child.tag, str)]
    run: list[HtmlElement] = []
    head: list[tuple[HtmlElement, list[str]]] = []
    for child, lines in texts:
        if not any(map(is_paragraph, lines)) and not _opens(lines):
            head.append((child, lines))
            continue
        if _opens(lines) or _is_head([line for _, part in head for line in part]):
            start = _after_page_title([one for one, _ in head])
            yield _wrapped([*run, *(one for one, _ in head[:start])])
            run, head = [], head[start:]
        run += [*(one for one, _ in head), child]
        head = []
    yield _wrapped([*run, *(one for one, _ in head)])


def _after_page_title(head: Sequence[HtmlElement]) -> int:
    """Where an item's own head begins: at the heading that follows an h1, if one does."""
    ranks = [str(one.tag) if one.tag in _HEADINGS else "" for one in head]
    first = ranks.index("h1") + 1 if "h1" in ranks else len(ranks)
    return next((i for i in range(first, len(ranks)) if ranks[i] and ranks[i] != "h1"), 0)


def _opens(lines: Sequence[str]) -> bool:
    """Whether a paragraph begins with its time: "14:05 – The ferry sailed"."""
    found = opening_stamp(lines[0]) if lines else None
    return found is not None and size(found[1]) >= PROSE_WORDS


def _is_head(lines: Sequence[str]) -> bool:
    return any(stamp(line) or opening_stamp(line) or byline(line) for line in lines)


def _wrapped(children: Iterable[HtmlElement]) -> HtmlElement:
    block = fragment_fromstring("<div></div>")
    block.extend([deepcopy(child) for child in children])
    return block


def _block(element: HtmlElement, url: str | None) -> Block:
    lines = _lines(element)
    heading = next((h for h in element.iter(*_HEADINGS) if _is_title(one_line(h.text_content()))), None)
    head = _head(lines, one_line(heading.text_content()) if heading is not None else None)
    when = _time(element) or head.stamp
    stay = [Line(line, 1) for i, line in enumerate(lines) if i not in head.removed and line]
    removed = tuple(Removed(reason, lines[i]) for i, reason in head.removed.items() if reason != "title")
    address, linked = _address(element, heading, head.title, url)
    authors = names(_authors(element))
    texts = [line.text for line in stay]
    return Block(
        section=Section(head.title, tuple(stay), removed, authors=authors, url=address, stamp=when, item=True),
        words=prose_words(texts) if not _is_answer(texts) and _link_share(element) <= MAX_LINKED else 0,
        paragraphs=sum(map(is_prose, texts)),
        linked=linked,
        whole=element.tag == "article",
        signed=bool(authors) or any(byline(line) for line in texts[:HEAD_LINES]),
        first=next(element.iter("h1"), None) is not None,
        marks=frozenset((element.get("class") or "").split()),
        there=letters("\n".join(lines)),
    )


def _lines(element: HtmlElement) -> list[str]:
    """An element's lines; the time that the first of them opens with stands in a line of its own."""
    lines = [line for line in block_lines(element) if line]
    found = opening_stamp(lines[0]) if lines else None
    return lines if found is None else [lines[0].removesuffix(found[1]).strip(), found[1], *lines[1:]]


def _is_title(text: str) -> bool:
    return bool(text) and stamp(text) is None and byline(text) == ()


def _head(lines: Sequence[str], heading: str | None) -> Head:
    """What stands above the first paragraph; a time may also stand in one of the last two lines."""
    found = opening_stamp(heading) if heading else None
    title = found[1] if found else heading
    stop = next((i for i, line in enumerate(lines) if is_paragraph(line) and line != title), len(lines))
    top = range(min(stop, HEAD_LINES))
    times = {i: when for i in (*top, *range(max(stop, len(lines) - 2), len(lines))) if (when := _said(lines[i]))}
    if title is None:
        title = next((lines[i] for i in top if i not in times and _could_head(lines[i])), None)
    named = next((i for i in top if lines[i] == title), None)
    removed = {i: "dateline" for i in times if not byline(lines[i])} | ({named: "title"} if named is not None else {})
    for i in top:
        if i not in removed and size(lines[i]) <= LABEL_WORDS and not byline(lines[i]):
            removed[i] = furniture(lines[i]) or "page-mark"
    return Head(title, next(iter(times.values()), None), removed)


def _said(line: str) -> Stamp | None:
    """The time that a line or a part of it consists of, or the day behind a byline's names."""
    signed = parse_published(line) if byline(line) else None
    parts = (stamp(part) for part in (line, *_PARTS.split(line))) if size(line) <= MAX_HEAD_WORDS else iter(())
    return Stamp(signed) if signed else next(filter(None, parts), None)


def _could_head(text: str) -> bool:
    return size(text) >= MIN_TITLE and is_headline(text) and furniture(text) is None and not byline(text)


def _time(element: HtmlElement) -> Stamp | None:
    """The first time that an element marks up as such; those of quoted posts are not its own."""
    for node in element.xpath("descendant::time | descendant::*[@itemprop='datePublished']"):
        if next(node.iterancestors("blockquote"), None) is None:
            machine = node.get("datetime") or node.get("content") or ""
            published = parse_published(machine)
            found = Stamp(published) if published else stamp(machine) or stamp(one_line(node.text_content()))
            if found:
                return found
    return None


def _authors(element: HtmlElement) -> list[str]:
    texts = [one_line(node.get("content") or node.text_content()) for node in element.xpath(_AUTHORS)]
    return [text for text in texts if size(text) <= MAX_AUTHOR_WORDS]


def _address(
    element: HtmlElement, heading: HtmlElement | None, title: str | None, url: str | None
) -> tuple[str | None, bool]:
    """Where an item stands alone, and whether that is another page: its headline's link, its time's, its own id."""
    around = [*heading.iter("a"), *heading.iterancestors("a")] if heading is not None else []
    around += [a for a in element.iter("a") if title and heading is None and one_line(a.text_content()) == title]
    links = [*around, *(a for node in element.iter("time") for a in (*node.iterancestors("a"), *node.iter("a")))]
    href = next((a.get("href") for a in links if a.get("href")), None) or f"#{element.get('id') or ''}"
    address = absolute(href, url)
    elsewhere = bool(around) and not href.startswith("#") and urldefrag(address or href)[0] != urldefrag(url or "")[0]
    return (address if href != "#" else None), elsewhere


def _link_share(element: HtmlElement) -> float:
    linked = sum(len(a.text_content().split()) for a in element.iter("a"))
    return linked / max(1, len(element.text_content().split()))


def _is_answer(lines: Sequence[str]) -> bool:
    return any(key(line) in _ANSWERS for line in lines)


def _items_of(blocks: Iterable[Block]) -> list[Block]:
    """The blocks that may be items, each text once, and only those that look like most of them."""
    fit = {tuple(line.text for line in block.section.lines): block for block in blocks if _is_item(block)}
    marks = Counter(mark for block in fit.values() for mark in block.marks)
    usual = {mark for mark, count in marks.items() if 2 * count >= len(fit)}
    return [block for block in fit.values() if not usual or usual & block.marks]


def _without_opening(blocks: list[Block]) -> list[Block]:
    """Blocks without a first that alone holds an h1: it opens the page, and the others are its items."""
    opens = len(blocks) > 2 and blocks[0].first and not any(block.first for block in blocks[1:])
    return blocks[1:] if opens else blocks


def _is_item(block: Block) -> bool:
    if block.linked:
        return block.words >= MIN_LINKED and block.paragraphs > 1
    when = block.section.stamp
    if when is not None and (block.section.title or when.clock or "T" in (when.published or "")):
        return block.words >= MIN_UPDATE
    worth = block.words >= MIN_LINKED or (block.words >= MIN_PROSE and block.paragraphs > 1)
    return worth and (block.signed or block.whole) and block.section.title is not None


def _are_items(blocks: Sequence[Block], main: Main) -> bool:
    """Whether blocks are a page's items: enough of them, all of one rank, and with the main text in them."""
    dated = sum(block.section.stamp is not None for block in blocks)
    titled = sum(block.section.title is not None for block in blocks)
    full = sum(block.words >= MIN_PROSE for block in blocks)
    if len(blocks) < (2 if 2 * titled > len(blocks) and full > 1 else MIN_LIST):
        return False
    if max(block.words for block in blocks) > MAX_OF_ALL * sum(block.words for block in blocks):
        return False
    if 0 < sum(block.first for block in blocks) < len(blocks):
        return False
    held = _held(blocks, main)
    outside = (1 - held) * main.words
    return held >= MIN_SHARE and (2 * dated > len(blocks) or outside < MIN_LINKED)


def _with_rest(sections: Sequence[Section], main: Main, there: str) -> list[Section]:
    """Sections, and what of the main text does not stand `there` in letters: before them, or left out."""
    heads = (text for section in sections for text in (section.title or "", *(row.text for row in section.removed)))
    texts = (line.text for section in sections for line in section.lines)
    begun = {letters(text)[:OPENING_CHARS] for text in (*heads, *texts)}
    openings = (letters(line)[:OPENING_CHARS] for line in main.lines)
    inside = [opening in begun or opening in there for opening in openings]
    start = inside.index(True) if True in inside else len(main.lines)
    lead = tuple(Line(line, 1) for line in main.lines[:start])
    rest = [line for line, held in zip(main.lines, inside, strict=True) if not held]
    opens = prose_words(main.lines[:start]) >= MIN_PROSE
    left = tuple(Removed("outside-items", line) for line in (rest[len(lead) :] if opens else rest))
    out = [*([Section(None, lead)] if opens else []), *sections]
    out[-1] = out[-1]._replace(removed=(*out[-1].removed, *left))
    return out
