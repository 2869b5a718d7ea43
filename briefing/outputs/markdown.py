"""Markdown that reads well raw and rendered (CommonMark; nothing in it needs a dialect)."""

import re
from typing import ClassVar

from markupsafe import Markup

from briefing.outputs import escape, templating, view
from briefing.outputs.words import words_of
from briefing.types import Briefing, Record

_BLANK_LINES = re.compile(r"\n{3,}")


class Markdown(Record):
    """`briefing.md`."""

    extension: ClassVar[str] = "md"

    def render(self, briefing: Briefing) -> str:
        """The briefing as CommonMark text; untrusted text can only appear literally."""
        words, page = words_of(briefing.language), view.page(briefing)
        text = templating.render("briefing.md.jinja", escape.markdown, words=words, page=page, destination=_destination)
        return _BLANK_LINES.sub("\n\n", text)


def _destination(url: str) -> Markup:
    return Markup(escape.destination(url))  # noqa: S704 - a safe_url, ASCII without brackets or white space
