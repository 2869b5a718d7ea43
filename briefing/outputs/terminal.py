"""An edition on the terminal: the same `Page` as every rendering, in lines of a width.

Text is given to rich as `Text`, never as markup, and is rid of control and bidi characters before: nothing an
article says can move the cursor, set a colour or a window's title, or turn round what stands beside it.
"""

from collections.abc import Iterable, Iterator
from io import StringIO

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from briefing.outputs import bidi, view
from briefing.outputs.wording import quoted
from briefing.outputs.words import Words, words_of
from briefing.text import one_line
from briefing.types import Briefing

MIN_WIDTH = 24
_SIDE_WIDTH = 30  # columns that a side of a dispute needs to stand beside another
_INDENT = 2
_DIM, _STRONG, _TAG, _NUMBER, _MARK = "dim", "bold", "bold red", "cyan", "yellow"


def render(briefing: Briefing, width: int, *, colour: bool) -> str:
    """The briefing in lines of at most `width` columns, 24 at least; only addresses may be longer.

    With `colour` in ANSI colours and weights, else without any escape sequence.
    """
    written = StringIO()
    console = Console(
        file=written,
        width=max(width, MIN_WIDTH),
        color_system="standard" if colour else None,
        force_terminal=colour,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    for block in _blocks(words_of(briefing.language), view.page(briefing), console.width):
        console.print(block, crop=False)
    return "\n".join(line.rstrip(" ") for line in written.getvalue().rstrip("\n").split("\n")) + "\n"


def _blocks(words: Words, page: view.Page, width: int) -> Iterator[RenderableType]:
    yield _text(page.title, _STRONG)
    yield _text(page.day)
    yield _text(page.coverage, _DIM)
    yield from _section(
        words("part.corrections"), (part for line in page.corrections for part in _correction(words, line))
    )
    yield from _section(words("part.overview"), (_item(_line(words, line)) for line in page.overview))
    if page.quiet:
        yield from ("", _text(page.quiet))
    for chapter in page.chapters:
        yield from _section(chapter.name, (part for story in chapter.stories for part in _story(words, story, width)))
    yield from _section(words("part.more"), (part for mention in page.more for part in _mention(mention)))
    yield from _section(words("part.withheld"), (_item(_held(words, held)) for held in page.withheld))
    yield from _section(words("part.unread"), (_item(_failure(failure)) for failure in page.unread))
    yield from _section(words("part.no-article"), (_item(_failure(failure)) for failure in page.no_article))
    yield from _section(words("part.asked"), (_item(_text(note)) for note in page.asked))
    yield from _section(words("part.making"), (_item(_text(note)) for note in page.making))
    yield from _section(words("part.sources"), _sources(words, page.sources))


def _section(name: str, blocks: Iterable[RenderableType]) -> Iterator[RenderableType]:
    found = list(blocks)
    if found:
        yield from ("", _text(f"== {name}", _STRONG), *found)


def _correction(words: Words, line: view.Line) -> Iterator[RenderableType]:
    yield _item(_line(words, line))
    for quote in line.earlier:
        said = _numbered(_text(f"{words('story.earlier-said')} {quoted(words, quote.text)}", _DIM), (quote.number,))
        yield _indented(said.append(" ").append_text(_text(f"({quote.where})", _DIM)), 2)


def _story(words: Words, story: view.Told, width: int) -> Iterator[RenderableType]:
    yield ""
    yield _line(words, story.headline, _STRONG)
    yield _indented(_text(story.about, _DIM))
    yield from (_item(_line(words, line)) for line in story.summary)
    for dispute in story.disputes:
        yield from _dispute(words, dispute, width)
    for update in story.updates:
        yield from ("", _indented(_tagged(words("update.tag"), update.what, _STRONG)))
        yield _indented(_steps(update), 2)
    if story.uncited:
        yield from ("", _indented(_text(words("story.also-read-short"), _DIM)))
        yield from (part for reference in story.uncited for part in _article(reference))


def _dispute(words: Words, dispute: view.Conflict, width: int) -> Iterator[RenderableType]:
    yield from ("", _indented(_tagged(dispute.tag, dispute.question, _STRONG if dispute.settled else _TAG)))
    yield _indented(_text(dispute.label, _DIM), 2)
    if dispute.brief:
        yield from (_indented(_holder(side), 2) for side in dispute.sides)
        return
    sides = [_side(words, side) for side in dispute.sides]
    if len(sides) * _SIDE_WIDTH + 2 * _INDENT > width:
        yield from (_indented(_hung("|", side), 2) for side in sides)
        return
    grid = Table.grid(padding=(0, 3, 0, 0), expand=True)
    for _ in sides:
        grid.add_column(ratio=1, overflow="fold")
    grid.add_row(*sides)
    yield _indented(grid, 2)


def _holder(side: view.Side) -> Text:
    return _noted(_numbered(_text(side.holder), (quote.number for quote in side.quotes)), side.notes)


def _side(words: Words, side: view.Side) -> Group:
    lines: list[RenderableType] = [_text(side.holder, _STRONG)]
    if side.line:
        lines.append(_line(words, side.line))
    for quote in side.quotes:
        lines.append(_numbered(_text(quoted(words, quote.text)), (quote.number,)))
        lines.append(_text(quote.where, _DIM))
    return Group(*lines, *(_text(note, _MARK) for note in side.notes))


def _steps(update: view.Movement) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for point in update.points:
        marks = _numbered(Text(overflow="fold"), point.line.numbers)
        grid.add_row(_text(point.time, _DIM), _text(point.value, _STRONG), _noted(marks, point.line.notes))
    return grid


def _mention(mention: view.Mention) -> Iterator[RenderableType]:
    yield _indented(_text(mention.title, _STRONG))
    yield _indented(_text(mention.about, _DIM))
    yield from (part for reference in mention.references for part in _article(reference))


def _article(reference: view.Reference) -> Iterator[RenderableType]:
    yield _indented(_text(f"{reference.outlet}: {reference.title} ({reference.published})"), 2)
    yield from _place(reference, 2 * _INDENT)


def _sources(words: Words, sources: Iterable[view.Source]) -> Iterator[RenderableType]:
    """Each citation; an article cited again is named by its first number."""
    first: dict[str, int] = {}
    for source in sources:
        number = first.setdefault(source.reference.key, source.number)
        yield from _source(words, source) if number == source.number else (_again(words, source, number),)


def _source(words: Words, source: view.Source) -> Iterator[RenderableType]:
    reference, mark = source.reference, f"[{source.number}]"
    lines = [_text(f"{words('story.printed', outlet=reference.outlet, moment=reference.published)}: {reference.title}")]
    if source.quote:
        lines.append(_text(f"{source.sentence}: {quoted(words, source.quote)}", _DIM))
    if source.carried:
        lines.append(_text(source.carried, _DIM))
    yield _hung(mark, Group(*lines))
    yield from _place(reference, len(mark) + 1)


def _again(words: Words, source: view.Source, first: int) -> Table:
    quote = f": {quoted(words, source.quote)}" if source.quote else ""
    text = _text(words("story.again", outlet=source.reference.outlet)).append(f" [{first}]", _NUMBER)
    text.append(words("list.comma"))
    return _hung(f"[{source.number}]", text.append_text(_text(f"{source.sentence}{quote}", _DIM)))


def _place(reference: view.Reference, indent: int) -> Iterator[RenderableType]:
    """Where it stands, on one line whatever its length, so that it can be opened or copied."""
    place = reference.url or reference.path
    if place:
        # Printed by itself a Text would be joined into another, which wraps.
        yield Group(Text(" " * indent + one_line(place), style=_NUMBER, no_wrap=True, overflow="ignore"))


def _held(words: Words, held: view.Held) -> Text:
    where = f" ({words('withheld.in-story', story=held.story)})" if held.story else ""
    return _noted(_text(quoted(words, held.text)), (f"{held.reasons}{where}",))


def _failure(failure: view.Unread) -> Text:
    place = f" ({failure.url or failure.place})" if failure.place else ""
    return _text(f"{failure.name}{place}: {failure.reason}").append(" ").append_text(_text(f"({failure.stage})", _DIM))


def _line(words: Words, line: view.Line, style: str = "") -> Text:
    new = f"{words('story.new-text')} " if line.new else ""
    opening = Text(overflow="fold").append(new, _STRONG)
    text = _numbered(opening.append_text(_text(line.text, style)), line.numbers)
    if line.support:
        text.append(" ").append_text(_text(f"({line.support})", _DIM))
    return _noted(text, line.notes)


def _numbered(text: Text, numbers: Iterable[int]) -> Text:
    for number in numbers:
        text.append(" " if text.plain else "").append(f"[{number}]", _NUMBER)
    return text


def _noted(text: Text, notes: Iterable[str]) -> Text:
    for note in notes:
        text.append(" ").append_text(_text(f"({note})", _MARK))
    return text


def _tagged(tag: str, what: str, style: str) -> Text:
    return Text(overflow="fold").append(f"{tag}: ", style).append_text(_text(what))


def _item(text: Text) -> RenderableType:
    return _indented(_hung("-", text))


def _hung(mark: str, block: RenderableType) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(width=cell_len(mark), no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row(Text(mark, style=_NUMBER if len(mark) > 1 else ""), block)
    return grid


def _indented(block: RenderableType, steps: int = 1) -> Padding:
    return Padding(block, (0, 0, 0, _INDENT * steps))


def _text(value: str, style: str = "") -> Text:
    # Appended parts keep a style of their own, so it is a span and not the base of the text.
    text = Text(overflow="fold")
    return text.append(bidi.plain(one_line(value)), style or None)
