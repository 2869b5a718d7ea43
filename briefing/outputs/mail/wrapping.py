"""Plain text in lines of a fixed width, as a terminal counts columns (Unicode Annex 11, "East Asian Width")."""

import re

from rich.cells import cell_len

# Scripts written without spaces may be broken at any character but before closing punctuation; a citation number
# stays with the word it follows.
_IDEOGRAPHIC = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
_PIECE = re.compile(
    rf"\s*(?:[{_IDEOGRAPHIC}][\u3001\u3002\u300d\u300f\uff01\uff09\uff0c\uff1f]*|[^\s{_IDEOGRAPHIC}]+)(?: \[\d+\])*"
)
_START = re.compile(r"( *)((?:- |\[\d+\] )?)")


def wrapped(line: str, width: int) -> str:
    """The line in lines of at most `width` columns; what follows its indent, "- " or "[12] " hangs below it.

    A word longer than a line stays whole.
    """
    found = _START.match(line)
    if cell_len(line) <= width or not found:
        return line
    mark = found[2]
    hanging = found[1][: width // 2] + " " * (4 if mark.startswith("[") else len(mark))
    lines = [found[0]]
    for piece in _PIECE.findall(line[found.end() :]):
        if lines[-1].strip() and cell_len(lines[-1] + piece) > width:
            lines.append(hanging)
        lines[-1] += piece if lines[-1].strip() else piece.lstrip()
    return "\n".join(lines)
