"""A source: the log of a harbour office, one text file of entries."""

from __future__ import annotations

from datetime import datetime

from briefing.errors import SourceError
from briefing.plugins import Place, Reading
from briefing.types import Declared, Document, Failure, Record


class Logbook(Record):
    """Entries parted by lines of two dashes; the first line of each is its title.

    `source` is the outlet that they count under. Relative to the settings file, `path` is the file.
    """

    path: Place
    source: str = "Harbour log"

    def read(self, now: datetime) -> Reading:
        """All entries, as of `now`. Raises SourceError where the file cannot be read."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"the log cannot be read ({error}); check `path`") from error
        entries = text.split("\n--\n")
        return Reading.of(self._entry(number, entry.strip(), now) for number, entry in enumerate(entries, start=1))

    def _entry(self, number: int, entry: str, now: datetime) -> Document | Failure:
        """One entry; one without a text is a failure, and the others go on."""
        item = f"{self.path.name}#{number}"
        title, _, body = entry.partition("\n")
        if not body.strip():
            return Failure(stage="read", item=item, reason="an entry without a text; write it below its title")
        declared = Declared(title=title, source=self.source, published=now.date().isoformat())
        return Document(item=item, text=body.strip(), media_type="text/plain", declared=declared)
