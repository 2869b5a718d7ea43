"""The fenced blocks of the pages a user reads, with the note above each that says what is done with it.

    <!-- not run: REASON -->     a command that no test can run, and why
    <!-- main-job --> <!-- tests -->   run by .ci/run in a fresh clone
    <!-- in: PLACE -->           run in a fresh folder, as `tests.docs.places` sets it up
    <!-- append to: FILE -->     settings that the reader is told to add to a file
    <!-- not settings: WHAT -->  TOML of another kind

Without a note, commands are run in the folder of their page, in order, and a `text` block that follows is what they print;
"…" stands for anything. Every block of settings is loaded.
"""

import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "samples" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_COMMANDS = frozenset({"sh", "bash", "shell", "console"})


class Block(NamedTuple):
    """One fenced block; `prints` is the output that is shown under it."""

    page: str
    line: int
    kind: str
    note: str
    text: str
    prints: str = ""

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def is_commands(self) -> bool:
        return self.kind in _COMMANDS

    def noted(self, key: str) -> str:
        """What the note says after this key; "" where it has another one."""
        head, _, rest = self.note.partition(":")
        return rest.strip() if head == key else ""


def blocks(path: Path) -> tuple[Block, ...]:
    """The blocks of a page, in order."""
    text = path.read_text(encoding="utf-8")
    page, found = str(path.relative_to(ROOT)), list(_BLOCK.finditer(text))
    made = []
    for match, after in pairwise([*found, None]):
        assert match is not None
        follows = after is not None and after["kind"] == "text" and not text[match.end() : after.start()].strip()
        line = text.count("\n", 0, match.start("text"))
        prints = after["text"] if after is not None and follows else ""
        made.append(Block(page, line, match["kind"], match["note"] or "", match["text"], prints))
    return tuple(made)


ALL = tuple(block for path in PAGES for block in blocks(path))
COMMANDS = tuple(block for block in ALL if block.is_commands)
