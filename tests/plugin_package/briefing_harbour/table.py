"""An output: the stories as a table."""

from __future__ import annotations

import csv
import io
from typing import ClassVar

from briefing.types import Briefing, Record


class Csv(Record):
    """`briefing.csv`, a row for each story; `delimiter` stands between the fields."""

    extension: ClassVar[str] = "csv"

    delimiter: str = ","

    def render(self, briefing: Briefing) -> str:
        """The whole file. A headline is an article's words, so what a spreadsheet takes for a formula is disarmed."""
        lines = io.StringIO()
        table = csv.writer(lines, delimiter=self.delimiter)
        table.writerow(("headline", "outlets", "origins", "status"))
        for story in briefing.stories:
            table.writerow((_plain(story.headline.text), story.outlets, story.origins, story.status))
        return lines.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
